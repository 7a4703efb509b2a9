"""Ranks and grades, both of the published score."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from kepu_core.domain.scheme import GradeBand

__all__ = ["competition_ranks", "grades_of"]


def competition_ranks(score: NDArray[np.float64], scored: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Rank 1 for the highest; equal scores share a rank and the next is skipped; 0 where there is no score.

    >>> competition_ranks(np.array([90.0, 80.0, 90.0, 0.0]), np.array([True, True, True, False])).tolist()
    [1, 3, 1, 0]
    """
    ranks = np.zeros(len(score), np.int64)
    known = score[scored]
    if not len(known):
        return ranks
    rising = np.sort(known)
    ranks[scored] = len(known) - np.searchsorted(rising, known, side="right") + 1
    return ranks


def grades_of(score: NDArray[np.float64], scored: NDArray[np.bool_], bands: Sequence[GradeBand]) -> NDArray[np.int64]:
    """The position of each score's grade in the scheme's bands; -1 where there is no score or no band.

    >>> bands = [GradeBand(grade="优", lower=90), GradeBand(grade="良", lower=60, inclusive=False),
    ...          GradeBand(grade="差")]
    >>> grades_of(np.array([90.0, 60.0, 60.1]), np.array([True, True, True]), bands).tolist()
    [0, 2, 1]
    """
    grade = np.full(len(score), -1, np.int64)
    for position, band in reversed(list(enumerate(bands))):
        if band.lower is None:
            reached = scored
        elif band.inclusive:
            reached = scored & (score >= band.lower)
        else:
            reached = scored & (score > band.lower)
        grade[reached] = position
    return grade
