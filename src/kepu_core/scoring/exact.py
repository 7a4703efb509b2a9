"""Sums that do not depend on the order of what is added, so that the order of subjects can't change a score."""

import math

import numpy as np
from numpy.typing import NDArray

from kepu_core.scoring.blocks import BLOCK

__all__ = ["EXACT", "mean", "spread", "total"]

Floats = NDArray[np.float64]

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


def mean(numbers: Floats) -> float:
    """The arithmetic mean of a column."""
    return total(numbers) / len(numbers)


def spread(numbers: Floats, *, sample: bool = True) -> float:
    """The standard deviation of a column; of a sample (n - 1) unless told otherwise; 0 for a single number.

    >>> spread(np.array([1.0, 2.0, 3.0]))
    1.0
    """
    count = len(numbers) - (1 if sample else 0)
    if count <= 0 or float(numbers.min()) == float(numbers.max()):
        return 0.0
    middle = mean(numbers)
    return math.sqrt(total((numbers - middle) ** 2) / count)
