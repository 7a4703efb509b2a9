"""From figures to the raw numbers that are scored: denominators, derived figures, screening, missing policies, outliers."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from attrs import evolve
from numpy.typing import NDArray

from kepu_core.domain.errors import CAUGHT, InvalidData
from kepu_core.domain.findings import Finding
from kepu_core.domain.scheme import Criterion, Scheme
from kepu_core.domain.scheme_policies import Imputation, MissingAction, MissingPolicy, Scope, Transform
from kepu_core.language import Text
from kepu_core.scoring import exact, problems
from kepu_core.scoring.check import BoundScheme
from kepu_core.scoring.columns import Flag, LeafColumn, Screened
from kepu_core.scoring.methods import Cells
from kepu_core.scoring.treatment import treated
from kepu_core.scoring.values import Reason, Values

__all__ = [
    "Board",
    "Groups",
    "groups_of",
    "history_of",
    "prepared",
    "screened_out",
    "with_policy",
    "with_treatment",
    "without_group",
]

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Ints = NDArray[np.int64]
Board = Mapping[str, Values]
"""A column of values for each metric."""
Groups = Mapping[str, Ints]
"""The positions of each peer group's members."""

_TOLD = 1000


def groups_of(scheme: Scheme, subjects: Sequence[str]) -> Groups:
    """The positions of the members of each peer group, by the id of the group."""
    if not scheme.peer_groups:
        return {}
    place = {s: k for k, s in enumerate(subjects)}
    return {
        g.id: np.array(sorted(place[m] for m in g.members if m in place), dtype=np.int64) for g in scheme.peer_groups
    }


def history_of(leaf: Criterion, earlier: Sequence[Board]) -> tuple[Values, ...]:
    """The figures of a leaf in the periods before, the last first, as far as they reach back without a gap."""
    found: list[Values] = []
    for board in earlier:
        if leaf.metric not in board or (leaf.denominator is not None and leaf.denominator not in board):
            break
        found.append(_ratio(leaf, board))
    return tuple(found)


def _ratio(leaf: Criterion, board: Board) -> Values:
    values = board[leaf.metric or ""]
    if leaf.denominator is not None:
        values = values / board[leaf.denominator]
    return values * leaf.per if leaf.per != 1 else values


def _or_nan(values: Values) -> Floats:
    return np.where(values.known, values.numbers, np.nan)


def prepared(bound: BoundScheme, leaf: Criterion, points: float, board: Board, earlier: Sequence[Board]) -> LeafColumn:
    """The column of a leaf before any policy: what its metric, denominator and rule make of the figures."""
    rule = bound.rules[leaf.id]
    values, before = _ratio(leaf, board), history_of(leaf, earlier)
    inputs = {role: _or_nan(board[str(name)]) for role, name in leaf.inputs.items()}
    previous = _or_nan(before[0]) if before else None
    higher = (bound.metrics[leaf.metric or ""].better == "higher") != leaf.reversed
    derive = getattr(rule, "derive", None)
    if derive is not None:
        cells = Cells(raw=_or_nan(values), higher=higher, points=points, previous=previous, inputs=inputs)
        values = _derived(values, _raw(leaf, derive, cells), [board[str(n)] for n in leaf.inputs.values()])
    complete = values.complete
    size = len(values)
    return LeafColumn(
        given=board[leaf.metric or ""],
        values=values,
        raw=values.numbers,
        untreated=values.numbers,
        known=np.broadcast_to(np.True_, size) if complete else values.known,
        scored=np.broadcast_to(np.True_, size) if complete else values.known,
        rules=((None, rule),),
        higher=higher,
        points=points,
        previous=previous,
        inputs=inputs,
    )


def _raw(leaf: Criterion, derive: Callable[[Cells], Any], cells: Cells) -> Floats:
    """What a rule derives. Raises :class:`InvalidData` naming the criterion and the rule: it may be a plugin's."""
    try:
        found = np.asarray(derive(cells), np.float64)
        if found.shape != cells.raw.shape:
            message = f"{len(cells.raw)} subjects need as many figures, not {found.shape}"
            raise ValueError(message)
    except CAUGHT as error:
        kind, reason = leaf.rule.kind if leaf.rule else "", f"{type(error).__name__}: {error}"
        told = problems.RULE_FAILED.finding(field=leaf.id, criterion=leaf.id, rule=kind, reason=reason)
        raise InvalidData(told) from error
    return found


def _derived(values: Values, numbers: Floats, others: Sequence[Values]) -> Values:
    """Derived figures: where there are none although the metric has one, they are missing."""
    gone = ~np.isfinite(numbers)
    reasons = np.where(gone, np.where(values.known, Reason.MISSING, values.reasons), Reason.NONE)
    lineages = [values.lineage, *(o.lineage for o in others)]
    return Values(
        values.subjects,
        np.where(gone, 0.0, numbers),
        reasons,
        lambda at: tuple(dict.fromkeys(source for lineage in lineages for source in lineage(at))),
    )


def screened_out(scheme: Scheme, columns: Mapping[str, LeafColumn]) -> tuple[Bools, tuple[Screened, ...]]:
    """Who has too few data, or too many zeros: a mask, and the table of who and why."""
    first = next(iter(columns.values()))
    size, policy = len(first.raw), scheme.screening
    if policy is None:
        return np.broadcast_to(np.False_, size), ()
    given, zeros = np.zeros(size), np.zeros(size)
    for column in columns.values():
        counts = column.known if policy.count_imputed else column.values.known
        given += counts
        zeros += counts & (column.raw == 0)
    given, zeros = given / len(columns), zeros / len(columns)
    out = (given < policy.min_share - 1e-12) | (zeros > policy.max_zeros + 1e-12)
    subjects = first.values.subjects
    rows = [
        Screened(subject=subjects[at], data=float(given[at]), zeros=float(zeros[at]))
        for at in np.flatnonzero(out).tolist()
    ]
    return out, tuple(rows)


def with_policy(
    bound: BoundScheme,
    leaf: Criterion,
    column: LeafColumn,
    out: Bools,
    before: Sequence[Values],
    groups: Groups,
    faults: list[Finding],
) -> LeafColumn:
    """The column after the missing policies; what cannot be dealt with joins the faults."""
    values, scheme = column.values, bound.scheme
    if values.complete and not out.any():
        return column
    rejected = leaf.rejected or leaf.missing or scheme.rejected or scheme.missing
    policies = (scheme.policy(leaf), rejected)
    if not out.any() and all(p.action is MissingAction.EXCLUDE for p in policies):
        return column
    raw, known, flags = column.raw.copy(), values.known & ~out, np.zeros(len(column.raw), np.int8)
    absent = ~values.known & (values.reasons != Reason.NOT_APPLICABLE) & ~out
    was_rejected = values.reasons == Reason.REJECTED
    for policy, cells in zip(policies, (absent & ~was_rejected, absent & was_rejected), strict=True):
        if cells.any():
            _treat_missing(leaf, policy, column, cells, before, groups, raw, known, flags, faults)
    flags[out] = Flag.SCREENED
    flags[~known & (flags == Flag.NONE)] = Flag.EXCLUDED
    return evolve(column, raw=raw, untreated=raw, known=known, scored=known & (flags != Flag.ZERO), codes=flags)


def _treat_missing(
    leaf: Criterion,
    policy: MissingPolicy,
    column: LeafColumn,
    cells: Bools,
    before: Sequence[Values],
    groups: Groups,
    raw: Floats,
    known: Bools,
    flags: NDArray[np.int8],
    faults: list[Finding],
) -> None:
    if policy.action is MissingAction.FAIL:
        faults.extend(_missing_findings(leaf, column.values, cells))
    elif policy.action is MissingAction.ZERO:
        raw[cells], known[cells], flags[cells] = 0.0, True, Flag.ZERO
    elif policy.action is MissingAction.IMPUTE and policy.method is not None:
        estimate = _estimates(policy.method, raw, known, before, groups)
        fits = cells & np.isfinite(estimate)
        raw[fits], known[fits], flags[fits] = estimate[fits], True, Flag.IMPUTED
        for at in np.flatnonzero(cells & ~fits)[:_TOLD].tolist():
            details = _whose(leaf, column.values, at)
            faults.append(problems.CANNOT_IMPUTE.finding(reason=policy.method.label, **details))


def _whose(leaf: Criterion, values: Values, at: int) -> dict[str, Any]:
    subject = values.subjects[at]
    return {
        "record": subject,
        "field": leaf.id,
        "subject": subject,
        "title": Text(leaf.title, leaf.title_en or leaf.title),
    }


def _missing_findings(leaf: Criterion, values: Values, cells: Bools) -> list[Finding]:
    places = np.flatnonzero(cells).tolist()
    told = [
        problems.MISSING_VALUE.finding(
            metric=leaf.metric, reason=Reason(int(values.reasons[at])).label, **_whose(leaf, values, at)
        )
        for at in places[:_TOLD]
    ]
    if len(places) > _TOLD:
        title = Text(leaf.title, leaf.title_en or leaf.title)
        told.append(problems.MORE_MISSING.finding(field=leaf.id, count=len(places) - _TOLD, title=title))
    return told


def _estimates(method: Imputation, raw: Floats, known: Bools, before: Sequence[Values], groups: Groups) -> Floats:
    size = len(raw)
    if method is Imputation.LAST:
        return _or_nan(before[0]) if before else np.full(size, np.nan)
    if method is Imputation.LINEAR:
        if len(before) < 2:  # noqa: PLR2004 - a line needs two points
            return np.full(size, np.nan)
        with np.errstate(over="ignore"):
            return 2 * _or_nan(before[0]) - _or_nan(before[1])
    middle = exact.median if method in {Imputation.MEDIAN, Imputation.GROUP_MEDIAN} else exact.mean
    if method in {Imputation.MEAN, Imputation.MEDIAN}:
        return np.full(size, float(middle(raw[known])) if known.any() else np.nan)
    result = np.full(size, np.nan)
    for members in groups.values():
        inside = members[known[members]]
        if len(inside):
            result[members] = float(middle(raw[inside]))
    return result


def with_treatment(scheme: Scheme, leaf: Criterion, column: LeafColumn) -> LeafColumn:
    """The column after the treatment of outliers, if the leaf or the scheme asks for it."""
    policy = leaf.treatment or scheme.treatment
    if policy is None or not column.scored.any():
        return column
    places = np.flatnonzero(column.scored)
    result = treated(column.raw[places], policy)
    if not len(result.drawn_in) and result.transform is Transform.NONE:
        return evolve(column, passes=result.passes)
    raw, flags = column.raw.copy(), column.flags.copy()
    raw[places] = result.numbers
    drawn = places[result.drawn_in]
    flags[drawn[flags[drawn] == Flag.NONE]] = Flag.DRAWN_IN
    return evolve(column, raw=raw, untreated=column.raw, codes=flags, transform=result.transform, passes=result.passes)


def without_group(scheme: Scheme, subjects: Sequence[str], groups: Groups) -> list[Finding]:
    """Those without a peer group, where the scheme compares within groups."""
    if Scope.GROUP not in {scheme.normalise_within, scheme.grade_within}:
        return []
    inside = np.zeros(len(subjects), np.bool_)
    for members in groups.values():
        inside[members] = True
    return [
        problems.NO_GROUP.finding(record=subjects[at], subject=subjects[at])
        for at in np.flatnonzero(~inside)[:_TOLD].tolist()
    ]
