"""The choices that an evaluation might have made otherwise, and the scores under any weights for each of them.

A :class:`Variant` is one combination of normalisation, aggregation and missing policy, with the shares of all leaves
computed. Under it, scores for many draws of weights are a few matrix products if every node is a weighted sum, and a
walk up the tree per draw otherwise.
"""

from collections.abc import Mapping, Sequence
from functools import cached_property

import numpy as np
from attrs import evolve, field, frozen
from numpy.typing import NDArray

from kepu_core.domain.record import replace
from kepu_core.domain.scheme import Criterion, Scheme
from kepu_core.domain.scheme_policies import AggregationSpec, MissingPolicy, RuleSpec, VetoEffect
from kepu_core.scoring.check import BoundScheme, bind
from kepu_core.scoring.columns import LeafColumn, Outcome, everywhere
from kepu_core.scoring.drawn_ranks import scratch
from kepu_core.scoring.engine import compute, fitted_rules
from kepu_core.scoring.prepare import groups_of
from kepu_core.scoring.scorecard import Scorecard
from kepu_core.scoring.tree import has_enough

__all__ = ["Variant", "variants_of"]

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Weights = Mapping[str, Floats]
"""For each inner node, the weights of its children: a row per draw, each adding up to 1."""


def variants_of(
    card: Scorecard,
    normalisations: Sequence[RuleSpec] = (),
    aggregations: Sequence[AggregationSpec] = (),
    missing: Sequence[MissingPolicy] = (),
) -> tuple["Variant", ...]:
    """The scheme as it is and every combination of it with the alternatives, the scheme itself first.

    A normalisation replaces the rules that compare subjects with each other, an aggregation those of all nodes, a
    missing policy that of the scheme. Raises :class:`InvalidData` where an alternative cannot be computed.
    """
    found = []
    for rule in (None, *normalisations):
        for aggregation in (None, *aggregations):
            for policy in (None, *missing):
                if rule is None and aggregation is None and policy is None:
                    found.append(Variant(bound=card.bound, outcome=card.outcome))
                    continue
                root = _changed(card.scheme.root, card.bound, rule, aggregation)
                scheme = replace(card.scheme, root=root, **({} if policy is None else {"missing": policy}))
                bound = bind(scheme, card.bound.metrics, card.bound.methods)
                found.append(Variant(bound=bound, outcome=compute(bound, card.board, card.earlier, card.history)))
    return tuple(found)


def _changed(
    node: Criterion, bound: BoundScheme, rule: RuleSpec | None, aggregation: AggregationSpec | None
) -> Criterion:
    if node.is_leaf:
        peers = rule is not None and hasattr(bound.rules[node.id], "fit")
        return replace(node, rule=rule) if peers else node
    children = tuple(_changed(child, bound, rule, aggregation) for child in node.children)
    return replace(node, children=children, aggregation=aggregation or node.aggregation)


@frozen(kw_only=True, eq=False)
class Variant:
    """One way to evaluate, ready for any weights."""

    bound: BoundScheme
    outcome: Outcome
    leaves: Mapping[str, LeafColumn] | None = field(default=None, repr=False)

    @property
    def scheme(self) -> Scheme:
        """The scheme of this variant."""
        return self.bound.scheme

    @cached_property
    def inner(self) -> tuple[Criterion, ...]:
        """The inner nodes, each before its children."""
        return tuple(node for node in self.scheme.root.walk() if not node.is_leaf)

    @cached_property
    def _names(self) -> tuple[str, ...]:
        return tuple(leaf.id for leaf in self.scheme.leaves())

    @cached_property
    def shares(self) -> Floats:
        """The shares of all leaves: a row per leaf, a column per subject."""
        columns = self.leaves or self.outcome.leaves
        return np.array([columns[name].share for name in self._names])

    @cached_property
    def known(self) -> Bools | None:
        """Who has a share at each leaf; ``None`` if everyone has all."""
        columns = [self.outcome.leaves[name].known for name in self._names]
        return None if all(everywhere(k) for k in columns) else np.array(columns)

    @cached_property
    def additive(self) -> bool:
        """Whether every node is a plain weighted sum."""
        return all(getattr(self.bound.aggregations[n.id], "additive", False) and not n.reversed for n in self.inner)

    def nominal(self) -> Mapping[str, Floats]:
        """The weights of the scheme itself, by node."""
        return {n.id: np.array([self.outcome.nodes[n.id].weights[c.id] for c in n.children]) for n in self.inner}

    def weights(self, moves: Mapping[str, Floats], spread: float) -> Weights:
        """The weights of the scheme, each changed by a move between -1 and 1 times ``spread``; siblings add up to 1."""
        found = {}
        for ident, nominal in self.nominal().items():
            drawn = nominal * (1.0 + spread * moves[ident])
            whole = drawn.sum(axis=1, keepdims=True)
            found[ident] = np.divide(drawn, whole, out=np.broadcast_to(nominal, drawn.shape).copy(), where=whole > 0)
        return found

    def disturbed(self, noise: Mapping[str, float], rng: np.random.Generator) -> "Variant":
        """The same with each figure of a leaf multiplied by a random factor of a given spread, and scored anew."""
        columns = {}
        for leaf in self.scheme.leaves():
            column = self.outcome.leaves[leaf.id]
            spread = noise.get(leaf.id, 0.0)
            if spread:
                raw = column.raw * (1.0 + spread * rng.standard_normal(len(column.raw)))
                column = evolve(column, raw=raw, kept=None, rules=((None, self.bound.rules[leaf.id]),))
                rule = self.bound.rules[leaf.id]
                if hasattr(rule, "fit"):
                    groups = groups_of(self.scheme, column.values.subjects)
                    column = evolve(column, rules=fitted_rules(self.scheme, column, rule, groups))
            columns[leaf.id] = column
        return Variant(bound=self.bound, outcome=self.outcome, leaves=columns)

    def points(self, weights: Weights, scale: float = 1.0) -> tuple[Floats, Bools]:
        """Total points for each draw of weights (rows) and subject (columns), times ``scale``, and who has any.

        The table is this thread's own and good until the next call on it.
        """
        o = self.outcome
        full = o.worth[self.scheme.root.id] * scale
        if self.additive and self.known is None:
            points, known = self._plain(weights, full)
        else:
            points, known = self._walk(weights)
            points *= full
        if o.adjusted is not None:
            points = np.maximum(points + o.adjusted * scale, np.minimum(points, 0.0))
        for veto in self.scheme.vetoes:
            if veto.effect is VetoEffect.ZERO_SCORE:
                points[:, o.vetoed[veto.id]] = 0.0
            elif veto.effect is VetoEffect.CAP_SCORE and veto.score is not None:
                caught = o.vetoed[veto.id]
                points[:, caught] = np.minimum(points[:, caught], veto.score * scale)
            elif veto.effect is VetoEffect.UNRANKED:
                known = known & ~o.vetoed[veto.id]
        return points, known

    def _plain(self, weights: Weights, full: float) -> tuple[Floats, Bools]:
        """One matrix product: draws × leaves, leaves × subjects."""
        draws = len(next(iter(weights.values())))
        effective = {self.scheme.root.id: np.ones(draws)}
        for node in self.inner:
            for k, child in enumerate(node.children):
                effective[child.id] = effective[node.id] * weights[node.id][:, k]
        matrix = np.column_stack([effective[name] for name in self._names]) * full
        points = np.matmul(matrix, self.shares, out=scratch("points", (draws, self.shares.shape[1]), np.float64))
        return points, np.broadcast_to(np.True_, (draws, self.shares.shape[1]))

    def _walk(self, weights: Weights) -> tuple[Floats, Bools]:
        """Up the tree, node by node, all draws at once where nodes are weighted sums."""
        place = {name: k for k, name in enumerate(self._names)}
        draws, size = len(next(iter(weights.values()))), self.shares.shape[1]

        def visit(node: Criterion) -> tuple[Floats, Bools]:
            if node.is_leaf:
                at = place[node.id]
                known = np.ones(size, np.bool_) if self.known is None else self.known[at]
                return np.broadcast_to(self.shares[at], (draws, size)), np.broadcast_to(known, (draws, size))
            below = [visit(child) for child in node.children]
            return self._joined(node, below, weights[node.id])

        return visit(self.scheme.root)

    def _joined(self, node: Criterion, below: Sequence[tuple[Floats, Bools]], weights: Floats) -> tuple[Floats, Bools]:
        column = self.outcome.nodes[node.id]
        method, least = column.combine, self.scheme.policy(node).min_share
        available = np.zeros(below[0][0].shape)
        for k, (_, known) in enumerate(below):
            available += weights[:, k, None] * known
        enough = has_enough(available, least)
        safe = np.where(enough, available, 1.0)
        if getattr(method, "additive", False):
            share = np.zeros_like(available)
            for k, (part, known) in enumerate(below):
                share += weights[:, k, None] * (part * known)
            share /= safe
        else:
            share = self._combined(node, below, weights, safe, enough)
        if column.bounded:
            np.clip(share, 0.0, 1.0, out=share)
        if node.reversed:
            share = (1.0 if column.bounded else 0.0) - share
        return np.where(enough, share, 0.0), enough

    def _combined(
        self, node: Criterion, below: Sequence[tuple[Floats, Bools]], weights: Floats, safe: Floats, enough: Bools
    ) -> Floats:
        """Draw by draw; what looks at all subjects is fitted for each draw."""
        method = self.bound.aggregations[node.id]
        found = np.zeros(safe.shape)
        for draw in range(len(found)):
            inside = enough[draw]
            if not inside.any():
                continue
            shares = np.array([np.where(known[draw], part[draw], 0.0)[inside] for part, known in below])
            each = np.array([weights[draw, k] * known[draw][inside] for k, (_, known) in enumerate(below)])
            each = each / safe[draw][inside]
            with np.errstate(all="ignore"):
                fitted = method.fit(shares, each) if hasattr(method, "fit") else method
                found[draw, inside] = fitted.combine(shares, each)
        return found
