"""The engine: from values to a scorecard, always in this order.

raw value (with denominator and derived figures) → screening → missing policy → outlier treatment → direction → rule →
points → aggregation → bonus and deduction → veto → rounding to the published precision → rank and grade on the
rounded score.

Pure and deterministic: the same scheme and values give the same scorecard to the last bit, whatever the
number of threads, because sums follow the order of the scheme and blocks are always the same.
"""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

import numpy as np
from attrs import evolve
from numpy.typing import NDArray

from kepu_core.domain.errors import CAUGHT, InvalidData
from kepu_core.domain.findings import Finding
from kepu_core.domain.scheme import Criterion, Scheme
from kepu_core.domain.scheme_policies import Adjustment, AdjustmentKind, Scope, Veto, VetoEffect
from kepu_core.language import Text
from kepu_core.scoring import problems
from kepu_core.scoring.blocks import in_blocks
from kepu_core.scoring.check import BoundScheme
from kepu_core.scoring.columns import LeafColumn, NodeColumn, Outcome, RuleFailure, Screened, everywhere
from kepu_core.scoring.grading import capped_grades, caught, consequences_of, grades_of
from kepu_core.scoring.prepare import (
    Board,
    Groups,
    groups_of,
    history_of,
    prepared,
    screened_out,
    with_policy,
    with_treatment,
    without_group,
)
from kepu_core.scoring.ranking import ranks_of
from kepu_core.scoring.rounding import rounded
from kepu_core.scoring.rules.peers import Constant
from kepu_core.scoring.tree import aggregated, leaf_node

__all__ = ["compute", "fitted_rules"]

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Ints = NDArray[np.int64]
Grades = Sequence[str | None]

_KEPT_CELLS = 4_000_000
"""Up to so many cells the shares of leaves are kept; beyond, they are computed again where they are asked for."""


def compute(
    bound: BoundScheme,
    values: Board,
    earlier: Sequence[Board] = (),
    history: Sequence[Grades] = (),
    *,
    reuse: Outcome | None = None,
    changed: Collection[str] = (),
) -> Outcome:
    """Score subjects.

    ``values`` gives a column per metric, ``earlier`` those of the periods before (the last first), ``history`` the
    grades of the years before, aligned with the subjects. With ``reuse``, an outcome of the same scheme and
    subjects, only what depends on the ``changed`` metrics is computed again.

    Raises :class:`InvalidData` with every missing value whose policy is to fail, and with every rule, weighting or
    aggregation that cannot score its figures.
    """
    scheme = bound.scheme
    subjects = next(iter(values.values())).subjects
    if not subjects:
        raise InvalidData(problems.NO_SUBJECTS.finding(record=f"scheme/{scheme.id}"))
    groups = groups_of(scheme, subjects)
    faults = without_group(scheme, subjects, groups)
    kept = {}
    if reuse is not None and scheme.screening is None:
        kept = {ident: c for ident, c in reuse.leaves.items() if not set(changed) & _metrics_of(scheme, ident)}
    leaves, screened = _leaves(bound, values, earlier, groups, faults, kept)
    if faults:
        raise InvalidData(faults)
    fresh = _fresh_nodes(scheme.root, changed, reuse, leaves)
    nodes: dict[str, NodeColumn] = {}
    try:
        _fill(scheme.root, bound, leaves, groups, nodes, reuse, fresh)
        worth = scheme.full_points({ident: column.weights for ident, column in nodes.items()})
        leaves = {ident: column for ident, node in nodes.items() if (column := node.leaf) is not None}
        finish = _Finish(bound=bound, values=values, groups=groups, nodes=nodes, worth=worth)
        return finish.outcome(subjects, leaves, screened, history)
    except RuleFailure as failure:
        raise InvalidData(failure.args[0]) from failure


def _metrics_of(scheme: Scheme, ident: str) -> set[str]:
    return next(set(leaf.metrics()) for leaf in scheme.leaves() if leaf.id == ident)


def _leaves(
    bound: BoundScheme,
    values: Board,
    earlier: Sequence[Board],
    groups: Groups,
    faults: list[Finding],
    kept: Mapping[str, LeafColumn],
) -> tuple[dict[str, LeafColumn], tuple[Screened, ...]]:
    """The columns of all leaves, ready to be aggregated; those ``kept`` are taken as they are."""
    scheme, worth = bound.scheme, bound.scheme.full_points()
    columns = {
        leaf.id: kept.get(leaf.id) or prepared(bound, leaf, worth[leaf.id], values, earlier) for leaf in scheme.leaves()
    }
    policy = scheme.screening
    out, screened = screened_out(scheme, columns)
    if policy is not None and policy.count_imputed:
        out = np.zeros(len(out), np.bool_)
    for leaf in scheme.leaves():
        if leaf.id in kept:
            continue
        before = () if hasattr(bound.rules[leaf.id], "derive") else history_of(leaf, earlier)
        columns[leaf.id] = with_policy(bound, leaf, columns[leaf.id], out, before, groups, faults)
    if policy is not None and policy.count_imputed:
        out, screened = screened_out(scheme, columns)
        columns = {ident: _without(column, out) for ident, column in columns.items()}
    keep = len(columns) * len(out) <= _KEPT_CELLS
    order = [leaf for leaf in scheme.leaves() if leaf.id not in kept]

    def finish(at: slice) -> tuple[LeafColumn, list[Finding]]:
        leaf, found = order[at.start], list[Finding]()
        column = with_treatment(scheme, leaf, columns[leaf.id])
        return _fitted(scheme, leaf, column, groups, found, keep=keep), found

    # A leaf on each thread, if the columns are long enough to be worth one.
    done = in_blocks(len(order), finish, block=1, threads=1 if keep else None)
    for leaf, (column, found) in zip(order, done, strict=True):
        columns[leaf.id] = column
        faults.extend(found)
    return columns, screened


def _without(column: LeafColumn, out: Bools) -> LeafColumn:
    if not out.any():
        return column
    return evolve(column, known=column.known & ~out, scored=column.scored & ~out)


def _fitted(
    scheme: Scheme, leaf: Criterion, column: LeafColumn, groups: Groups, faults: list[Finding], *, keep: bool
) -> LeafColumn:
    """The column with its rule fitted, on all or within each group; and its shares, if they are kept."""
    rule = column.rules[0][1]
    kind = leaf.rule.kind if leaf.rule else ""
    try:
        if hasattr(rule, "fit"):
            column = evolve(column, rules=fitted_rules(scheme, column, rule, groups))
        if keep:
            column = evolve(column, kept=column.share)
    except CAUGHT as error:  # rules come from plugins: whatever they do is told with their name
        reason = str(error) if isinstance(error, (ValueError, RuleFailure)) else f"{type(error).__name__}: {error}"
        faults.append(problems.RULE_FAILED.finding(field=leaf.id, criterion=leaf.id, rule=kind, reason=reason))
    return column


def fitted_rules(scheme: Scheme, column: LeafColumn, rule: Any, groups: Groups) -> Sequence[tuple[Ints | None, Any]]:
    """A rule that compares subjects, fitted on all who are scored or within each peer group."""
    parts: list[tuple[Ints | None, Any]] = []
    within = groups.values() if scheme.normalise_within is Scope.GROUP else [None]
    for members in within:
        if members is None and everywhere(column.scored):
            cells = column.cells(slice(0, len(column.raw)))
        else:
            cells = column.cells(np.flatnonzero(column.scored) if members is None else members[column.scored[members]])
        if len(cells.raw):
            with np.errstate(over="ignore"):
                fitted = rule.fit(cells)
        else:
            fitted = Constant(share=0.0)
        parts.append((members, fitted))
    return tuple(parts)


def _fresh_nodes(
    root: Criterion, changed: Collection[str], reuse: Outcome | None, leaves: Mapping[str, LeafColumn]
) -> set[str]:
    """The nodes that must be computed: all of them, or those above a leaf with a changed metric."""
    if reuse is None:
        return {node.id for node in root.walk()}
    fresh: set[str] = set()

    def visit(node: Criterion) -> bool:
        below = [visit(child) for child in node.children]
        moved = node.is_leaf and (
            bool(set(node.metrics()) & set(changed))
            or not np.array_equal(reuse.leaves[node.id].known, leaves[node.id].known)
        )
        if moved or any(below):
            fresh.add(node.id)
        return node.id in fresh

    visit(root)
    return fresh


def _fill(
    node: Criterion,
    bound: BoundScheme,
    leaves: Mapping[str, LeafColumn],
    groups: Groups,
    nodes: dict[str, NodeColumn],
    reuse: Outcome | None,
    fresh: Collection[str],
) -> None:
    """Fill in the columns of a node and all below it."""
    for child in node.children:
        _fill(child, bound, leaves, groups, nodes, reuse, fresh)
    if reuse is not None and node.id not in fresh:
        nodes[node.id] = reuse.nodes[node.id]
    elif node.is_leaf:
        nodes[node.id] = leaf_node(leaves[node.id])
    else:
        nodes[node.id] = aggregated(bound, node, nodes, groups)


class _Finish:
    """From the tree to ranks and grades."""

    def __init__(
        self,
        *,
        bound: BoundScheme,
        values: Board,
        groups: Groups,
        nodes: Mapping[str, NodeColumn],
        worth: Mapping[str, float],
    ) -> None:
        self.bound, self.scheme, self.values = bound, bound.scheme, values
        self.groups, self.nodes, self.worth = groups, nodes, worth

    def outcome(
        self,
        subjects: tuple[str, ...],
        leaves: Mapping[str, LeafColumn],
        screened: tuple[Screened, ...],
        history: Sequence[Grades],
    ) -> Outcome:
        scheme, root = self.scheme, self.nodes[self.scheme.root.id]
        tree = root.shares() * self.worth[scheme.root.id]
        adjustments = {a.id: self._adjustment(a) for a in scheme.adjustments}
        adjusted = self._adjusted(adjustments)
        # A deduction takes nobody below zero; a score that is below zero by itself (z-scores) stays.
        total = tree if adjusted is None else np.maximum(tree + adjusted, np.minimum(tree, 0.0))
        vetoed = {v.id: self._caught(v) & root.known for v in scheme.vetoes}
        for veto in scheme.vetoes:
            if veto.effect is VetoEffect.ZERO_SCORE:
                total = np.where(vetoed[veto.id], 0.0, total)
            elif veto.effect is VetoEffect.CAP_SCORE and veto.score is not None:
                total = np.where(vetoed[veto.id], np.minimum(total, veto.score), total)
        score = rounded(total, scheme.rounding)
        ranked = root.known
        for veto in scheme.vetoes:
            if veto.effect is VetoEffect.UNRANKED:
                ranked = ranked & ~vetoed[veto.id]
        rank = self._ranks(score, ranked)
        grade = grades_of(score, ranked, scheme.grades, rank=rank, groups=self._grade_groups())
        grade = capped_grades(grade, scheme.grades, scheme.vetoes, vetoed)
        return Outcome(
            subjects=subjects,
            worth=self.worth,
            leaves=leaves,
            nodes=self.nodes,
            adjustments=adjustments,
            adjusted=adjusted,
            vetoed=vetoed,
            total=total,
            score=score,
            scored=root.known,
            ranked=ranked,
            rank=rank,
            group_rank=self._group_ranks(score, ranked) if self.groups else None,
            grade=grade,
            consequences=consequences_of(scheme.grade_history, scheme.grades, grade, history),
            screened=screened,
            remarks=(*self._leaf_remarks(leaves), *self._veto_remarks()),
        )

    def _adjustment(self, a: Adjustment) -> Floats:
        values = self.values[a.metric]
        with np.errstate(over="ignore"):
            earned = np.where(values.known, values.numbers * a.points_each, 0.0)
        points: Floats = np.clip(earned, 0.0, a.cap)
        return points if a.kind is AdjustmentKind.BONUS else -points

    def _adjusted(self, adjustments: Mapping[str, Floats]) -> Floats | None:
        """All bonus and deduction together, each within its cap."""
        whole: Floats | None = None
        for kind, cap, sign in (
            (AdjustmentKind.BONUS, self.scheme.bonus_cap, 1.0),
            (AdjustmentKind.DEDUCTION, self.scheme.deduction_cap, -1.0),
        ):
            columns = [adjustments[a.id] for a in self.scheme.adjustments if a.kind is kind]
            if not columns:
                continue
            summed = columns[0]
            for column in columns[1:]:
                summed = summed + column
            if cap is not None:
                summed = np.clip(summed, min(0.0, sign * cap), max(0.0, sign * cap))
            whole = summed if whole is None else whole + summed
        return whole

    def _caught(self, v: Veto) -> Bools:
        if v.metric is not None:
            values = self.values[v.metric]
            return caught(v, values.numbers, values.known)
        ident = v.criterion or self.scheme.root.id
        node = self.nodes[ident]
        points = rounded(node.shares() * self.worth[ident], self.scheme.rounding)
        return caught(v, points, node.known)

    def _breakers(self) -> list[Floats]:
        return [
            np.where(
                self.nodes[i].known, rounded(self.nodes[i].shares() * self.worth[i], self.scheme.rounding), -np.inf
            )
            for i in self.scheme.ranking.tie_break
        ]

    def _ranks(self, score: Floats, ranked: Bools) -> Floats:
        policy, decimals = self.scheme.ranking, self.scheme.rounding.decimals
        return ranks_of(score, ranked, ties=policy.ties, breakers=self._breakers(), decimals=decimals)

    def _group_ranks(self, score: Floats, ranked: Bools) -> Floats:
        policy, decimals, breakers = self.scheme.ranking, self.scheme.rounding.decimals, self._breakers()
        ranks = np.zeros(len(score))
        for members in self.groups.values():
            if len(members):
                inside = [b[members] for b in breakers]
                ranks[members] = ranks_of(
                    score[members], ranked[members], ties=policy.ties, breakers=inside, decimals=decimals
                )
        return ranks

    def _grade_groups(self) -> Sequence[Ints]:
        return list(self.groups.values()) if self.scheme.grade_within is Scope.GROUP else ()

    def _leaf_remarks(self, leaves: Mapping[str, LeafColumn]) -> list[Finding]:
        found = []
        for leaf in self.scheme.leaves():
            column, title = leaves[leaf.id], Text(leaf.title, leaf.title_en or leaf.title)
            written = leaf.rule is not None and leaf.rule.kind == "constant"
            if not written and any(isinstance(r, Constant) for _, r in column.rules) and column.scored.sum() > 1:
                found.append(problems.CONSTANT_COLUMN.finding(field=leaf.id, title=title))
            if not column.passes:
                found.append(problems.STILL_SKEWED.finding(field=leaf.id, title=title))
        return found

    def _veto_remarks(self) -> list[Finding]:
        found = []
        for veto in self.scheme.vetoes:
            values = None if veto.metric is None else self.values[veto.metric]
            if values is None or values.complete:
                continue
            unknown = [values.subjects[at] for at in np.flatnonzero(~values.known)[:20].tolist()]
            title = Text(veto.title, veto.title_en or veto.title)
            count = int((~values.known).sum())
            found.append(
                problems.VETO_UNCHECKED.finding(field=veto.id, title=title, count=count, subjects=tuple(unknown))
            )
        return found
