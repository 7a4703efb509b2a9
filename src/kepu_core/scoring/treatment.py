"""Outlier treatment: columns in which a few values would decide are drawn in or bent, and every touch is listed.

Sources: OECD/JRC, Handbook on Constructing Composite Indicators (2008), steps 2 and 4; COINr, ``Treat`` (winsorise behind a
skewness–kurtosis gate, else logarithm); Box & Cox (1964).
"""

import math

import numpy as np
from attrs import frozen
from numpy.typing import NDArray

from kepu_core.domain.scheme_policies import Outliers, Transform, Treatment
from kepu_core.scoring import exact

__all__ = ["Treated", "kurtosis", "skewness", "treated"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@frozen(kw_only=True, eq=False)
class Treated:
    """A column after treatment: its numbers, the positions drawn in, the transformation of all, whether it passes."""

    numbers: Floats
    drawn_in: Ints
    transform: Transform = Transform.NONE
    passes: bool = True


def skewness(numbers: Floats) -> float:
    """The sample skewness G₁ (as in Excel's SKEW); 0 for a constant column or fewer than three numbers.

    >>> round(skewness(np.array([1.0, 2.0, 3.0, 10.0])), 4)
    1.7636
    """
    count = len(numbers)
    moments = _moments(numbers)
    if count < 3 or moments is None:  # noqa: PLR2004 - not defined for fewer
        return 0.0
    second, third, _ = moments
    g1 = float(third / second**1.5)
    return g1 * math.sqrt(count * (count - 1)) / (count - 2)


def kurtosis(numbers: Floats) -> float:
    """The sample excess kurtosis G₂ (as in Excel's KURT); 0 for a constant column or fewer than four numbers.

    >>> round(kurtosis(np.array([1.0, 2.0, 3.0, 10.0])), 4)
    3.228
    """
    count = len(numbers)
    moments = _moments(numbers)
    if count < 4 or moments is None:  # noqa: PLR2004 - not defined for fewer
        return 0.0
    second, _, fourth = moments
    plain = fourth / second**2 - 3
    return ((count + 1) * plain + 6) * (count - 1) / ((count - 2) * (count - 3))


def _moments(numbers: Floats) -> tuple[float, float, float] | None:
    """The second to fourth central moments, of numbers scaled so that none overflows; ``None`` if there is no spread."""
    if not len(numbers) or float(numbers.min()) == float(numbers.max()):
        return None
    scaled = numbers / float(np.abs(numbers).max())
    centred = scaled - exact.mean(scaled)
    size = len(numbers)
    second = exact.total(centred**2) / size
    return (second, exact.total(centred**3) / size, exact.total(centred**4) / size) if second > 0 else None


def treated(numbers: Floats, policy: Treatment) -> Treated:
    """A column after treatment: untouched if it passes the gate."""
    nothing = np.empty(0, np.int64)
    if len(numbers) == 0 or _passes(numbers, policy):
        return Treated(numbers=numbers, drawn_in=nothing)
    if policy.outliers is Outliers.WINSORISE:
        drawn, touched = _winsorised(numbers, policy)
        if _passes(drawn, policy) or policy.otherwise is Transform.NONE:
            return Treated(numbers=drawn, drawn_in=touched, passes=_passes(drawn, policy))
    if policy.otherwise is Transform.NONE:
        return Treated(numbers=numbers, drawn_in=nothing, passes=False)
    bent = _log(numbers) if policy.otherwise is Transform.LOG else _box_cox(numbers)
    return Treated(numbers=bent, drawn_in=nothing, transform=policy.otherwise, passes=_passes(bent, policy))


def _passes(numbers: Floats, policy: Treatment) -> bool:
    return abs(skewness(numbers)) <= policy.skewness or kurtosis(numbers) <= policy.kurtosis


def _winsorised(numbers: Floats, policy: Treatment) -> tuple[Floats, Ints]:
    """Draw the outermost values in, one step at a time, until the column passes or as often as allowed."""
    drawn = numbers.copy()
    for _ in range(policy.most):
        if _passes(drawn, policy):
            break
        high = skewness(drawn) > 0
        edge = drawn.max() if high else drawn.min()
        inner = drawn[drawn != edge]
        drawn[drawn == edge] = inner.max() if high else inner.min()
    return drawn, np.flatnonzero(drawn != numbers)


def _log(numbers: Floats) -> Floats:
    """ln(x - min + 1 % of the range); mirrored for a column with a long tail below."""
    span = float(numbers.max() - numbers.min())
    if skewness(numbers) < 0:
        mirrored: Floats = -np.log(numbers.max() - numbers + 0.01 * span)
        return mirrored
    bent: Floats = np.log(numbers - numbers.min() + 0.01 * span)
    return bent


def _box_cox(numbers: Floats) -> Floats:
    """Box-Cox of the column moved to begin at 1 % of its range, with the power of greatest likelihood."""
    span = float(numbers.max() - numbers.min())
    positive = (numbers - numbers.min()) / span + 0.01
    logs = np.log(positive)
    whole = exact.total(logs)

    def bent(power: float) -> Floats:
        made: Floats = logs if abs(power) < 1e-8 else np.expm1(power * logs) / power  # noqa: PLR2004 - the limit at 0
        return made

    def unlikely(power: float) -> float:
        wide = exact.spread(bent(power), sample=False)
        return len(logs) * math.log(wide) - (power - 1) * whole

    low, high, golden = -5.0, 5.0, (math.sqrt(5) - 1) / 2
    for _ in range(80):
        a, b = high - golden * (high - low), low + golden * (high - low)
        low, high = (low, b) if unlikely(a) <= unlikely(b) else (a, high)
    return bent((low + high) / 2)
