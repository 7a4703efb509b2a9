"""Figures that are the same to the last digit, where nobody would expect it."""

import hashlib
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import combinations

import numpy as np

from kepu_core import IndicatorKind, Problem, Text
from kepu_office.plausibility_doubts import Doubt, Doubting
from kepu_office.plausibility_figures import Figures
from kepu_office.plausibility_problems import AS_ANOTHER, AS_LAST_YEAR
from kepu_office.plausibility_statistics import Ints, Truths

__all__ = ["as_another", "as_last_year"]

_SHOWN = 5


def as_last_year(doubting: Doubting) -> Iterator[Doubt]:
    """Subjects many of whose figures are those of the year before.

    What is counted at a point in time (an area, a number of venues) may well stay the same; what happened in the course
    of a year does not. Shares are not judged either: surveys are not taken every year.
    """
    f, limits = doubting.figures, doubting.limits
    rows = np.flatnonzero((f.before >= 0) & ~f.is_kind(IndicatorKind.STOCK, IndicatorKind.SHARE))
    rows = rows[_telling(f, limits.digits)[rows]]
    same = f.values[rows] == f.values[f.before[rows]]
    where = f.subject[rows] * len(f.periods) + f.period[rows]
    compared, alike = Counter(where.tolist()), Counter(where[same].tolist())
    for place, count in sorted(alike.items()):
        if count >= limits.same and count >= limits.same_share * compared[place]:
            found = rows[same & (where == place)]
            yield _together(doubting, AS_LAST_YEAR, found, [], compared=compared[place], other=Text("", ""))


def as_another(doubting: Doubting) -> Iterator[Doubt]:
    """Pairs of regions many of whose figures for a period are the same; one inside the other is no pair."""
    f, limits = doubting.figures, doubting.limits
    rows = np.flatnonzero(_telling(f, limits.digits))
    alike: dict[tuple[int, int, int], list[tuple[int, int]]] = {}
    for group in _groups_alike(f, rows, limits.most_alike):
        for one, other in combinations(sorted(group, key=lambda r: int(f.subject[r])), 2):
            pair = (int(f.period[one]), int(f.subject[one]), int(f.subject[other]))
            alike.setdefault(pair, []).append((one, other))
    for (period, one, other), pairs in sorted(alike.items()):
        a, b = f.subjects[one], f.subjects[other]
        if len(pairs) < limits.same or f.regions.within(a, b) or f.regions.within(b, a):
            continue
        compared = _in_common(f, rows, period, one, other)
        if len(pairs) >= limits.same_share * compared:
            for mine, theirs, name in ((0, 1, b), (1, 0, a)):
                first, second = ([p[side] for p in pairs] for side in (mine, theirs))
                other_name = Text(doubting.name(name), doubting.name(name))
                yield _together(doubting, AS_ANOTHER, first, second, compared=compared, other=other_name)


def _telling(f: Figures, digits: int) -> Truths:
    """Which values have so many significant digits that they are not the same by chance."""
    size = np.abs(f.values)
    some = size > 0
    unit = 10.0 ** (np.floor(np.log10(np.where(some, size, 1.0))) - (digits - 2))
    coarse = size / np.where(unit > 0, unit, 1.0)
    telling: Truths = some & ((digits == 1) | (np.abs(coarse - np.rint(coarse)) > 1e-6))  # noqa: PLR2004 - not by computing
    return telling


def _groups_alike(f: Figures, rows: Ints, most: int) -> Iterator[Ints]:
    """The rows that have one value of one sort of figure, two to ``most`` of them."""
    sort = (f.indicator[rows] * len(f.periods) + f.period[rows]) * len(f.breakdowns) + f.breakdown[rows]
    order = np.lexsort((f.values[rows], sort))
    rows, sort = rows[order], sort[order]
    values = f.values[rows]
    starts = np.flatnonzero(np.r_[True, (np.diff(sort) != 0) | (np.diff(values) != 0)]) if len(rows) else rows
    sizes = np.diff(np.r_[starts, len(rows)])
    for start, size in zip(starts, sizes, strict=True):
        if 1 < size <= most:
            yield rows[start : start + size]


def _in_common(f: Figures, rows: Ints, period: int, one: int, other: int) -> int:
    """How many sorts of figures two subjects both have in a period, the telling ones."""
    rows = rows[f.period[rows] == period]
    sort = f.indicator[rows] * len(f.breakdowns) + f.breakdown[rows]
    whose = f.subject[rows]
    return len(np.intersect1d(sort[whose == one], sort[whose == other]))


def _together(
    doubting: Doubting, problem: Problem, rows: Sequence[int], others: Sequence[int], *, compared: int, other: Text
) -> Doubt:
    """One doubt about several figures of a subject."""
    f = doubting.figures
    records = [f.rows[r] for r in rows]
    subject, period = records[0].subject, records[0].period
    names = dict.fromkeys(str(doubting.indicator(r.indicator).zh) for r in records)
    english = dict.fromkeys(doubting.indicator(r.indicator).en for r in records)
    label = f"observation/{records[0].id}"
    finding = problem.finding(
        record=label,
        place=doubting.places.get(label),
        name=doubting.name(subject),
        other=other,
        period=period,
        count=len(rows),
        compared=compared,
        names=Text(_some(list(names), "、", "等"), _some(list(english), ", ", " …")),
        where=doubting.where([f"observation/{r.id}" for r in records[:_SHOWN]]),
    )
    values = sorted(f"{r.id}={r.value!r}" for r in records) + sorted({f.rows[r].subject for r in others})
    digest = hashlib.sha256("\n".join(values).encode()).hexdigest()[:16]
    return Doubt(
        code=problem.code,
        subject=subject,
        indicator=records[0].indicator if len(records) == 1 else "",
        period=period,
        expected=Text("各不相同", "figures that differ"),
        finding=finding,
        key=f"{problem.code}|{subject}|{period}|{digest}",
    )


def _some(names: Sequence[str], joint: str, more: str) -> str:
    return joint.join(names[:_SHOWN]) + (more if len(names) > _SHOWN else "")
