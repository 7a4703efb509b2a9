"""Up the tree: weights of a node's children, and the aggregation of their shares, in blocks."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

import numpy as np
from attrs import frozen
from numpy.typing import NDArray

from kepu_core.domain.errors import CAUGHT
from kepu_core.domain.findings import Problem
from kepu_core.domain.scheme import Criterion, Scheme
from kepu_core.domain.scheme_policies import Scope
from kepu_core.scoring import problems
from kepu_core.scoring.blocks import in_blocks
from kepu_core.scoring.check import BoundScheme
from kepu_core.scoring.columns import LIMIT, LeafColumn, NodeColumn, RuleFailure, everywhere, nowhere
from kepu_core.scoring.methods import Aggregation, Children
from kepu_core.scoring.prepare import Groups
from kepu_core.scoring.rules.goalposts import stretched

__all__ = ["aggregated", "has_enough", "in_parts", "leaf_node"]

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Ints = NDArray[np.int64]

_NOISE = 1e-12


def has_enough(available: Floats, least: float) -> Bools:
    """Whether so much of a node's weight has data that the node has a score."""
    found: Bools = (available > _NOISE) & (available >= least - _NOISE)
    return found


def leaf_node(leaf: LeafColumn) -> NodeColumn:
    """A leaf as a node of the tree."""
    return NodeColumn(
        source=leaf.block,
        leaf=leaf,
        known=leaf.known,
        rescaled=np.broadcast_to(np.False_, len(leaf.raw)),
        bounded=leaf.bounded,
    )


def aggregated(bound: BoundScheme, node: Criterion, nodes: Mapping[str, NodeColumn], groups: Groups) -> NodeColumn:
    """The column of an inner node. Raises :class:`RuleFailure` naming what failed."""
    below = [nodes[child.id] for child in node.children]
    weights = _weights(bound, node, below)
    if not weights.any():  # a branch worth nothing, for information: its children count alike
        weights = np.ones(len(weights))
    work = _Work(
        node=node,
        below=below,
        weights=weights / float(np.sum(weights)),
        least=bound.scheme.policy(node).min_share,
        bounded=all(column.bounded for column in below),
        lines=[None if column.leaf is None else column.leaf.line for column in below],
    )
    method = bound.aggregations[node.id]
    if hasattr(method, "fit"):
        return _among_peers(work, method, bound.scheme, groups)
    return work.column(method)


def _weights(bound: BoundScheme, node: Criterion, below: Sequence[NodeColumn]) -> Floats:
    """The weights of the children: given, or made by the weightings."""
    made = bound.weightings.get(node.id)
    if made is None:
        return np.array([c.weight if c.weight is not None else c.points or 0.0 for c in node.children])
    ids = tuple(child.id for child in node.children)
    parts: list[Floats] = []
    for (_, weighting), spec in zip(made, node.weighting, strict=True):
        try:
            found = np.asarray(weighting.weights(_children(ids, below, weighting)), dtype=np.float64)
        except CAUGHT as error:  # weightings come from plugins: whatever they do is told with their name
            raise _failed(problems.WEIGHTING_FAILED, node, weighting=spec.kind, error=error) from error
        if found.shape != (len(ids),) or not np.isfinite(found).all() or bool((found < 0).any()) or not found.any():
            message = "weights must be finite, not negative, and not all 0"
            raise _failed(problems.WEIGHTING_FAILED, node, weighting=spec.kind, error=ValueError(message))
        parts.append(found / float(found.sum()))
    whole = np.zeros(len(ids))
    for (share, _), found in zip(made, parts, strict=True):
        whole += share * found
    return whole


def _children(ids: tuple[str, ...], below: Sequence[NodeColumn], weighting: object) -> Children:
    if not getattr(weighting, "needs_data", True):
        return Children(ids=ids, shares=np.zeros((len(ids), 0)))
    known = np.logical_and.reduce([column.known for column in below])
    everyone = bool(known.all())
    shares = np.empty((len(below), len(known) if everyone else int(known.sum())))
    for k, column in enumerate(below):
        whole = column.shares()
        shares[k] = whole if everyone else whole[known]
    return Children(ids=ids, shares=shares)


def _failed(problem: Problem, node: Criterion, *, error: BaseException, **method: Any) -> RuleFailure:
    reason = str(error) if isinstance(error, (ValueError, RuleFailure)) else f"{type(error).__name__}: {error}"
    finding = problem.finding(field=node.id, criterion=node.id, reason=reason, **method)
    return RuleFailure(finding)


@frozen(kw_only=True, eq=False)
class _Work:
    """What is needed to aggregate any block of a node."""

    node: Criterion
    below: Sequence[NodeColumn]
    weights: Floats
    least: float
    bounded: bool
    lines: Sequence[tuple[float, float, float, float] | None]

    def row(self, k: int, at: slice, out: Floats) -> None:
        """The shares of one child in a block; straight lines without a detour."""
        column, line = self.below[k], self.lines[k]
        if line is None or column.leaf is None:
            try:
                out[:] = column.block(at)
            except RuleFailure as failure:
                raise _rule_failed(self.node.children[k], failure) from failure
            return
        low, high, floor, ceiling = line
        np.subtract(column.leaf.raw[at], low, out=out)
        out /= high - low
        np.clip(out, 0.0, 1.0, out=out)
        if floor != 0 or ceiling != 1:
            out[:] = stretched(out, floor, ceiling)
        scored = column.leaf.scored[at]
        if not everywhere(scored):
            np.copyto(out, 0.0, where=~scored)

    def rows(self, at: slice) -> Floats:
        """The shares of the children in a block, a row for each."""
        shares = np.empty((len(self.below), at.stop - at.start))
        for k in range(len(shares)):
            self.row(k, at, shares[k])
        return shares

    def added(self, at: slice) -> tuple[Floats, Bools | None]:
        """The weighted sum of the children in a block, child by child, and who has enough data for one."""
        size = at.stop - at.start
        whole, share = np.zeros(size), np.empty(size)
        for k in range(len(self.below)):
            self.row(k, at, share)
            share *= self.weights[k]
            whole += share
        available = self._available(at)
        if available is None:
            return whole, None
        enough = has_enough(available, self.least)
        whole /= np.where(enough, available, 1.0)
        whole[~enough] = 0.0
        return whole, enough

    def split(self, at: slice) -> tuple[Floats, Bools | None]:
        """The weights for a block, rescaled, and who has enough data; ``None`` for everyone."""
        available = self._available(at)
        if available is None:
            return self.weights[:, None], None
        enough = has_enough(available, self.least)
        weights = np.array([column.known[at] * self.weights[k] for k, column in enumerate(self.below)])
        weights /= np.where(enough, available, 1.0)
        return weights, enough

    def combined(self, method: Aggregation, shares: Floats, weights: Floats) -> Floats:
        try:
            with np.errstate(all="ignore"):
                found = np.asarray(method.combine(shares, weights), dtype=np.float64)
        except CAUGHT as error:  # aggregations come from plugins: whatever they do is told with their name
            kind = self.node.aggregation.kind
            raise _failed(problems.AGGREGATION_FAILED, self.node, aggregation=kind, error=error) from error
        if found.shape != shares.shape[1:] or not bool((np.abs(found) <= LIMIT).all()):
            message = "one finite share is needed for each subject"
            kind = self.node.aggregation.kind
            raise _failed(problems.AGGREGATION_FAILED, self.node, aggregation=kind, error=ValueError(message))
        return self._within(found, None)

    def _within(self, found: Floats, enough: Bools | None) -> Floats:
        if self.bounded:  # a sum of weights can be a hair above 1
            np.clip(found, 0.0, 1.0, out=found)
        if not self.node.reversed:
            return found
        turned = (1.0 if self.bounded else 0.0) - found
        return turned if enough is None else np.where(enough, turned, 0.0)

    def column(self, method: Aggregation, fitted: Floats | None = None) -> NodeColumn:
        """The node's column; ``fitted`` holds its shares where they have been computed already."""
        size = len(self.below[0].known)
        # Where a child's weights were rescaled, the node's score rests on that as well, however complete its children.
        full = all(everywhere(c.known) and nowhere(c.rescaled) for c in self.below)
        known = np.broadcast_to(np.True_, size) if full else np.zeros(size, np.bool_)
        rescaled = np.broadcast_to(np.False_, size) if full else np.zeros(size, np.bool_)

        def fill(at: slice) -> None:
            enough = self.enough(at)
            known[at], rescaled[at] = enough, enough & self._partial(at)

        if not full:
            in_blocks(size, fill)
        additive = getattr(method, "additive", False)

        def source(at: slice) -> Floats:
            if fitted is not None:
                return fitted[at]
            if additive:
                return self._within(*self.added(at))
            weights, enough = self.split(at)
            return self._block(method, self.rows(at), weights, enough)

        return NodeColumn(
            source=source,
            known=known,
            rescaled=rescaled,
            bounded=self.bounded,
            weights={c.id: float(w) for c, w in zip(self.node.children, self.weights, strict=True)},
            combine=method,
            below=self.below,
            reversed=self.node.reversed,
        )

    def enough(self, at: slice) -> Bools:
        """Who has enough data in a block."""
        available = self._available(at)
        if available is None:
            return np.ones(at.stop - at.start, np.bool_)
        return has_enough(available, self.least)

    def _available(self, at: slice) -> Floats | None:
        """How much of the weight has data in a block; ``None`` where all of it has."""
        available: Floats | None = None
        for k, column in enumerate(self.below):
            known = column.known[at]
            if not everywhere(known):
                available = np.ones(at.stop - at.start) if available is None else available
                available[np.flatnonzero(~known)] -= self.weights[k]
        return available

    def _block(self, method: Aggregation, shares: Floats, weights: Floats, enough: Bools | None) -> Floats:
        if enough is None or bool(enough.all()):
            return self.combined(method, shares, weights)
        found = np.zeros(shares.shape[1])
        if enough.any():
            found[enough] = self.combined(method, shares[:, enough], weights[:, enough])
        return found

    def _partial(self, at: slice) -> Bools:
        found = np.zeros(at.stop - at.start, np.bool_)
        for column in self.below:
            found |= ~column.known[at] | column.rescaled[at]
        return found


def _rule_failed(child: Criterion, failure: RuleFailure) -> RuleFailure:
    if not isinstance(failure.args[0], str):  # told already
        return failure
    kind = child.rule.kind if child.rule else ""
    return RuleFailure(
        problems.RULE_FAILED.finding(field=child.id, criterion=child.id, rule=kind, reason=failure.args[0])
    )


def _among_peers(work: _Work, method: Any, scheme: Scheme, groups: Groups) -> NodeColumn:
    """A node whose aggregation looks at all subjects at once: fitted on those with enough data, or in each group."""
    size = len(work.below[0].known)
    whole = slice(0, size)
    shares, (weights, enough) = work.rows(whole), work.split(whole)
    inside = np.arange(size) if enough is None else np.flatnonzero(enough)
    parts = [inside]
    if scheme.normalise_within is Scope.GROUP:
        parts = [members[np.isin(members, inside)] for members in groups.values()]
    weights = np.broadcast_to(weights, shares.shape)
    result, fitted = np.zeros(size), method
    for places in parts:
        if not len(places):
            continue
        everyone = len(places) == size
        ours, theirs = (shares, weights) if everyone else (shares[:, places], weights[:, places])
        try:
            fitted = method.fit(ours, theirs)
        except CAUGHT as error:  # aggregations come from plugins: whatever they do is told with their name
            kind = work.node.aggregation.kind
            raise _failed(problems.AGGREGATION_FAILED, work.node, aggregation=kind, error=error) from error
        result[places] = in_parts(partial(work.combined, fitted), ours, theirs)
    return work.column(fitted, fitted=result)


def in_parts(combine: Callable[[Floats, Floats], Floats], shares: Floats, weights: Floats) -> Floats:
    """A fitted aggregation applied to long columns in blocks.

    >>> from kepu_core.scoring.aggregations import Minimum
    >>> in_parts(Minimum().combine, np.array([[0.2, 0.9], [1.0, 0.4]]), np.array([[0.5], [0.5]]))
    array([0.2, 0.4])
    """
    found = np.empty(shares.shape[1])

    def fill(at: slice) -> None:
        found[at] = combine(shares[:, at], weights if weights.shape[1] == 1 else weights[:, at])

    in_blocks(len(found), fill)
    return found
