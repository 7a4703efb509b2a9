"""Grades of published scores: by score, by quota, under vetoes and gates, over years."""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from kepu_core.domain.scheme_policies import GradeBand, GradeHistory, Veto, VetoEffect

__all__ = ["capped_grades", "caught", "consequences_of", "grades_of"]

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Codes = NDArray[np.int8]
Ints = NDArray[np.int64]


def grades_of(
    score: Floats,
    counted: Bools,
    bands: Sequence[GradeBand],
    *,
    rank: Floats | None = None,
    groups: Sequence[Ints] = (),
) -> Codes:
    """The position of each score's grade in the bands; -1 where nothing is counted or there is no band.

    Quotas are shares of those counted, overall or in each of the ``groups``, rounded down; subjects with the same
    ``rank`` are never parted: if all of them would exceed the quota, none of them is within it.

    >>> bands = [GradeBand(grade="优", lower=90, inclusive=True), GradeBand(grade="良", lower=60, inclusive=False),
    ...          GradeBand(grade="差")]
    >>> grades_of(np.array([90.0, 60.0, 60.1]), np.array([True, True, True]), bands).tolist()
    [0, 2, 1]
    """
    grade = np.full(len(score), -1, np.int8)
    if any(band.quota is not None for band in bands):
        for members in groups or (np.arange(len(score)),):
            inside = members[counted[members]]
            grade[inside] = _by_quota(score[inside], (score if rank is None else -rank)[inside], bands)
        return grade
    for position, band in reversed(list(enumerate(bands))):
        grade[_reached(score, band) & counted] = position
    return grade


def _reached(score: Floats, band: GradeBand) -> Bools:
    if band.lower is None:
        return np.ones(len(score), np.bool_)
    return score >= band.lower if band.inclusive else score > band.lower


def _by_quota(score: Floats, standing: Floats, bands: Sequence[GradeBand]) -> Codes:
    grade = np.full(len(score), -1, np.int8)
    order = np.argsort(-standing, kind="stable")
    for position, band in enumerate(bands):
        free = order[(grade[order] < 0) & _reached(score[order], band)]
        if band.quota is not None:
            room = int(band.quota * len(score) + 1e-9)
            if room < len(free):
                first_out = standing[free[room]]
                free = free[:room][standing[free[:room]] > first_out]
        grade[free] = position
    return grade


def caught(veto: Veto, watched: Floats, known: Bools) -> Bools:
    """Whom a veto or gate catches: those with a figure beyond its bounds."""
    found = np.zeros(len(watched), np.bool_)
    if veto.above is not None:
        found |= watched > veto.above
    if veto.below is not None:
        found |= watched < veto.below
    return found & known


def capped_grades(
    grade: Codes, bands: Sequence[GradeBand], vetoes: Sequence[Veto], vetoed: Mapping[str, Bools]
) -> Codes:
    """Grades after vetoes and gates: never better than they allow."""
    names = [band.grade for band in bands]
    for veto in vetoes:
        if veto.effect is VetoEffect.LOWEST_GRADE:
            best = len(bands) - 1
        elif veto.effect is VetoEffect.CAP_GRADE and veto.grade is not None:
            best = names.index(veto.grade)
        else:
            continue
        grade = np.where(vetoed[veto.id] & (grade >= 0), np.maximum(grade, best), grade).astype(np.int8)
    return grade


def consequences_of(
    rules: Sequence[GradeHistory], bands: Sequence[GradeBand], grade: Codes, earlier: Sequence[Sequence[str | None]]
) -> Mapping[str, Bools]:
    """For each rule over years, whom it catches now.

    ``earlier`` holds the grades of the years before, the last year first, aligned with ``grade``; a year without a
    grade ends the row.

    >>> bands = [GradeBand(grade="合格", lower=60, inclusive=True), GradeBand(grade="基本合格")]
    >>> rule = GradeHistory(id="twice", grades=["基本合格"], times=2, consequence="撤销称号")
    >>> consequences_of([rule], bands, np.array([1, 1], np.int8), [["基本合格", "合格"]])["twice"].tolist()
    [True, False]
    """
    names = [band.grade for band in bands]
    found: dict[str, Bools] = {}
    for rule in rules:
        row = np.isin(grade, [names.index(g) for g in rule.grades])
        for year in range(rule.times - 1):
            past = earlier[year] if year < len(earlier) else [None] * len(grade)
            row = row & np.array([g in rule.grades for g in past], dtype=np.bool_)
        found[rule.id] = row
    return found
