"""Sums that do not depend on the order of what is added, so that the order of subjects can't change a score."""

import math

import numpy as np
from numpy.typing import NDArray

from kepu_core.scoring.blocks import BLOCK

__all__ = ["EXACT", "mean", "median", "spread", "total"]

Floats = NDArray[np.float64]

_HUGE = 1e140
EXACT = 10_000
"""Up to so many numbers a sum is exact; beyond, it follows the order of the subjects, which is that of their ids."""


def total(numbers: Floats) -> float:
    """The sum of a column. Raises ``OverflowError`` where it is no finite number.

    >>> total(np.array([1e16, 1.0, -1e16]))
    1.0
    """
    if len(numbers) <= EXACT:
        return math.fsum(numbers.tolist())
    found = math.fsum(float(numbers[at : at + BLOCK].sum()) for at in range(0, len(numbers), BLOCK))
    if not math.isfinite(found):
        raise OverflowError
    return found


def _unit(numbers: Floats) -> float:
    """What to divide huge numbers by, so that neither their sum nor their squares overflow; 1 for others."""
    most = float(np.abs(numbers).max())
    return most if most > _HUGE else 1.0


def mean(numbers: Floats) -> float:
    """The arithmetic mean of a column.

    >>> mean(np.array([1e308, 1e308]))
    1e+308
    """
    unit = _unit(numbers)
    return unit * (total(numbers / unit) / len(numbers))


def median(numbers: Floats) -> float:
    """The median of a column."""
    unit = _unit(numbers)
    return unit * float(np.median(numbers / unit))


def spread(numbers: Floats, *, sample: bool = True) -> float:
    """The standard deviation of a column; of a sample (n - 1) unless told otherwise; 0 for a single number.

    >>> spread(np.array([1.0, 2.0, 3.0]))
    1.0
    """
    count = len(numbers) - (1 if sample else 0)
    if count <= 0 or float(numbers.min()) == float(numbers.max()):
        return 0.0
    unit = _unit(numbers)
    scaled = numbers / unit
    return unit * math.sqrt(total((scaled - mean(scaled)) ** 2) / count)
