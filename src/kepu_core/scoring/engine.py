"""The engine: from values to a scorecard, always in this order.

raw value → missing policy → direction → rule → points → aggregation → bonus and deduction → veto → rounding to
the published precision → rank and grade on the rounded score.

Pure and deterministic: the same scheme and values give the same scorecard to the last bit, whatever the
order of records, because sums follow the order of the scheme.
"""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from kepu_core.domain.errors import InvalidData
from kepu_core.domain.findings import Finding
from kepu_core.domain.scheme import (
    AdjustmentKind,
    Criterion,
    Imputation,
    MissingAction,
    MissingPolicy,
    Scheme,
    VetoEffect,
)
from kepu_core.language import Text
from kepu_core.scoring import problems
from kepu_core.scoring.check import BoundScheme
from kepu_core.scoring.columns import Flag, LeafColumn, NodeColumn, Outcome
from kepu_core.scoring.ranking import competition_ranks, grades_of
from kepu_core.scoring.rounding import rounded
from kepu_core.scoring.rule_type import Rule
from kepu_core.scoring.values import Reason, Values

__all__ = ["compute"]

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Ints = NDArray[np.int64]


def compute(
    bound: BoundScheme,
    values: Mapping[str, Values],
    previous: Mapping[str, Values] | None = None,
) -> Outcome:
    """Score subjects. ``values`` gives a column per metric, ``previous`` those of the period before.

    Raises :class:`InvalidData` with every missing value whose policy is to fail.
    """
    scheme = bound.scheme
    subjects = next(iter(values.values())).subjects
    worth = scheme.full_points()
    faults: list[Finding] = []
    leaves: dict[str, LeafColumn] = {}
    for leaf in scheme.leaves():
        column = _leaf(bound, leaf, worth[leaf.id], values, previous or {}, faults)
        leaves[leaf.id] = column
    if faults:
        raise InvalidData(faults)
    nodes: dict[str, NodeColumn] = {}
    _aggregate(scheme.root, scheme, worth, leaves, nodes)
    root = nodes[scheme.root.id]
    adjustments = {a.id: _adjustment(a.kind, values[a.metric], a.points_each, a.cap) for a in scheme.adjustments}
    total = root.share * worth[scheme.root.id]
    for points in adjustments.values():
        total = total + points
    total = np.maximum(total, 0.0)
    vetoed = {v.id: values[v.metric].known & (values[v.metric].numbers > v.above) for v in scheme.vetoes}
    for veto in scheme.vetoes:
        if veto.effect is VetoEffect.ZERO_SCORE:
            total = np.where(vetoed[veto.id], 0.0, total)
    score = rounded(total, scheme.rounding)
    grade = grades_of(score, root.known, scheme.grades)
    for veto in scheme.vetoes:
        if veto.effect is VetoEffect.LOWEST_GRADE and scheme.grades:
            grade = np.where(vetoed[veto.id] & root.known, len(scheme.grades) - 1, grade)
    return Outcome(
        subjects=subjects,
        worth=worth,
        leaves=leaves,
        nodes=nodes,
        adjustments=adjustments,
        vetoed=vetoed,
        total=total,
        score=score,
        scored=root.known,
        rank=competition_ranks(score, root.known),
        group_rank=_group_ranks(scheme, subjects, score, root.known),
        grade=grade,
    )


def _leaf(
    bound: BoundScheme,
    leaf: Criterion,
    points: float,
    values: Mapping[str, Values],
    previous: Mapping[str, Values],
    faults: list[Finding],
) -> LeafColumn:
    name = leaf.metric or ""
    column = values[name]
    policy = leaf.missing or bound.scheme.missing
    raw, known, flags = column.numbers.copy(), column.known.copy(), np.zeros(len(column), np.int8)
    absent = ~known & (column.reasons != Reason.NOT_APPLICABLE)
    if absent.any():
        _treat_missing(bound.scheme, leaf, policy, column, previous.get(name), absent, raw, known, flags, faults)
    flags[~known & (flags == Flag.NONE)] = Flag.EXCLUDED
    rule, metric = bound.rules[leaf.id], bound.metrics[name]
    share = np.zeros(len(column))
    scored = known & (flags != Flag.ZERO)
    if scored.any():
        try:
            share[scored] = _shares(rule, raw[scored], higher=metric.better == "higher", points=points)
        except Exception as error:  # noqa: BLE001 - rules come from plugins: whatever they do is told with their name
            kind, reason = leaf.rule.kind if leaf.rule else "", f"{type(error).__name__}: {error}"
            faults.append(problems.RULE_FAILED.finding(field=leaf.id, criterion=leaf.id, rule=kind, reason=reason))
    return LeafColumn(values=column, raw=raw, flags=flags, share=share, known=known)


def _shares(rule: Rule, raw: Floats, *, higher: bool, points: float) -> Floats:
    with np.errstate(all="ignore"):  # an overflow is caught by the bounds below
        share = np.asarray(rule.shares(raw, higher=higher, points=points), dtype=np.float64)
    if share.shape != raw.shape:
        message = f"{len(raw)} values need as many shares, not {share.shape}"
        raise ValueError(message)
    if not bool(np.all((share >= 0) & (share <= 1))):  # NaN compares false, and is caught too
        message = "shares must lie between 0 and 1"
        raise ValueError(message)
    return share


def _treat_missing(
    scheme: Scheme,
    leaf: Criterion,
    policy: MissingPolicy,
    column: Values,
    before: Values | None,
    absent: Bools,
    raw: Floats,
    known: Bools,
    flags: NDArray[np.int8],
    faults: list[Finding],
) -> None:
    if policy.action is MissingAction.FAIL:
        for at in np.flatnonzero(absent):
            reason = Reason(int(column.reasons[at])).label
            faults.append(
                problems.MISSING_VALUE.finding(
                    record=column.subjects[at],
                    field=leaf.id,
                    subject=column.subjects[at],
                    title=Text(leaf.title, leaf.title_en or leaf.title),
                    metric=leaf.metric,
                    reason=reason,
                )
            )
    elif policy.action is MissingAction.ZERO:
        raw[absent], known[absent], flags[absent] = 0.0, True, Flag.ZERO
    elif policy.action is MissingAction.IMPUTE and policy.method is not None:
        estimate = _estimates(scheme, policy.method, column, before)
        for at in np.flatnonzero(absent):
            if np.isfinite(estimate[at]):
                raw[at], known[at], flags[at] = estimate[at], True, Flag.IMPUTED
            else:
                faults.append(
                    problems.CANNOT_IMPUTE.finding(
                        record=column.subjects[at],
                        field=leaf.id,
                        subject=column.subjects[at],
                        title=Text(leaf.title, leaf.title_en or leaf.title),
                        reason=policy.method.label,
                    )
                )


def _estimates(scheme: Scheme, method: Imputation, column: Values, before: Values | None) -> Floats:
    size = len(column)
    given = column.numbers[column.known]
    if method is Imputation.LAST:
        return np.where(before.known, before.numbers, np.nan) if before is not None else np.full(size, np.nan)
    if method is Imputation.GROUP_MEDIAN:
        result = np.full(size, np.nan)
        position = {s: i for i, s in enumerate(column.subjects)}
        for group in scheme.peer_groups:
            members = np.array([position[m] for m in group.members if m in position], dtype=np.int64)
            inside = members[column.known[members]] if len(members) else members
            if len(inside):
                result[members] = np.median(column.numbers[inside])
        return result
    if not len(given):
        return np.full(size, np.nan)
    # Sorted first: a mean must not depend on the order of subjects in its last bit.
    estimate = np.median(given) if method is Imputation.MEDIAN else np.sort(given).mean()
    return np.full(size, float(estimate))


def _aggregate(
    node: Criterion,
    scheme: Scheme,
    worth: Mapping[str, float],
    leaves: Mapping[str, LeafColumn],
    nodes: dict[str, NodeColumn],
) -> None:
    """Fill in the columns of a node and all below it: the weighted arithmetic mean of what is known."""
    if node.is_leaf:
        leaf = leaves[node.id]
        # Coverage is what was really reported: an imputed figure, or a zero for a missing one, covers nothing.
        reported = leaf.values.known.astype(np.float64)
        nodes[node.id] = NodeColumn(share=leaf.share, known=leaf.known, coverage=reported, weights={})
        return
    for child in node.children:
        _aggregate(child, scheme, worth, leaves, nodes)
    below = [nodes[child.id] for child in node.children]
    weights = [worth[child.id] for child in node.children]
    whole = float(np.sum(weights))
    size = len(below[0].share)
    weighted, available, coverage = np.zeros(size), np.zeros(size), np.zeros(size)
    for weight, column in zip(weights, below, strict=True):
        weighted = weighted + np.where(column.known, weight * column.share, 0.0)
        available = available + np.where(column.known, weight, 0.0)
        coverage = coverage + weight * column.coverage
    policy = node.missing or scheme.missing
    enough = (available > 0) & (available >= policy.min_share * whole - 1e-12)
    safe = np.where(available > 0, available, 1.0)
    share = np.where(enough, np.clip(weighted / safe, 0.0, 1.0), 0.0)
    effective = {
        child.id: np.where(enough & column.known, weight / safe, 0.0)
        for child, weight, column in zip(node.children, weights, below, strict=True)
    }
    nodes[node.id] = NodeColumn(
        share=share, known=enough, coverage=coverage / whole if whole else coverage, weights=effective
    )


def _adjustment(kind: AdjustmentKind, values: Values, each: float, cap: float) -> Floats:
    points = np.clip(np.where(values.known, values.numbers * each, 0.0), 0.0, cap)
    return points if kind is AdjustmentKind.BONUS else -points


def _group_ranks(scheme: Scheme, subjects: Sequence[str], score: Floats, scored: Bools) -> Ints:
    ranks = np.zeros(len(subjects), np.int64)
    position = {s: i for i, s in enumerate(subjects)}
    for group in scheme.peer_groups:
        members = np.array([position[m] for m in group.members if m in position], dtype=np.int64)
        if len(members):
            ranks[members] = competition_ranks(score[members], scored[members])
    return ranks
