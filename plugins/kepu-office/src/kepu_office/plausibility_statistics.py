"""Robust statistics of groups: medians, spreads and modified z-scores, of many groups at once.

Source: B. Iglewicz and D. C. Hoaglin, How to Detect and Handle Outliers (ASQC Basic References in Quality Control, volume
16, 1993): the modified z-score is 0.6745 (x - median) / MAD, and what lies beyond 3.5 is a potential outlier. MAD is the
median of the absolute deviations from the median; 1.4826 MAD estimates the standard deviation of normal data.
"""

import numpy as np
from attrs import frozen
from numpy.typing import NDArray

__all__ = ["MAD_TO_SIGMA", "Floats", "Ints", "Robust", "Truths", "group_medians", "robust"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Truths = NDArray[np.bool_]

MAD_TO_SIGMA = 1.4826


@frozen(kw_only=True, eq=False)
class Robust:
    """For every number: the median and MAD of its group, and how many numbers are in it."""

    median: Floats
    mad: Floats
    size: Ints

    def beyond(self, numbers: Floats, k: float) -> Truths:
        """Which numbers lie farther than ``k`` robust standard deviations from their median.

        A billionth of the median is no distance: so much may be an error of computing.
        """
        noise = 1e-9 * np.maximum(1.0, np.abs(self.median))
        far: Truths = np.abs(numbers - self.median) > k * MAD_TO_SIGMA * self.mad + noise
        return far


def robust(numbers: Floats, groups: Ints) -> Robust:
    """The robust statistics of groups; ``numbers`` and ``groups`` are of the same length, in any order.

    >>> r = robust(np.array([1.0, 2.0, 9.0, 5.0]), np.array([0, 0, 0, 1]))
    >>> r.median.tolist(), r.mad.tolist(), r.size.tolist()
    ([2.0, 2.0, 2.0, 5.0], [1.0, 1.0, 1.0, 0.0], [3, 3, 3, 1])
    """
    _, place, sizes = np.unique(groups, return_inverse=True, return_counts=True)
    median = group_medians(numbers, place)[place]
    mad = group_medians(np.abs(numbers - median), place)[place]
    return Robust(median=median, mad=mad, size=sizes[place].astype(np.int64))


def group_medians(numbers: Floats, groups: Ints) -> Floats:
    """The median of each group; groups are numbered from 0, none of them empty."""
    order = np.lexsort((numbers, groups))
    ordered = numbers[order]
    sizes = np.bincount(groups)
    starts = np.cumsum(sizes) - sizes
    low, high = ordered[starts + (sizes - 1) // 2], ordered[starts + sizes // 2]
    # Two equal middles must give just that number: half of each, added up, may not.
    medians: Floats = np.where(low == high, low, low / 2 + high / 2)
    return medians
