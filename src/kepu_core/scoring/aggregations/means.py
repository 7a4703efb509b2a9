"""Means: each subject's share follows from its own children alone.

What a low value in one child does to the whole is a choice: in the arithmetic mean the others make up for it,
in the geometric and harmonic mean less so, in the minimum not at all.
"""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from kepu_core.domain.fields import field
from kepu_core.domain.findings import Finding, Problem
from kepu_core.domain.record import part
from kepu_core.language import Text

__all__ = ["Arithmetic", "Generalised", "Geometric", "Harmonic", "Minimum"]

Floats = NDArray[np.float64]

NO_POWER = Problem(
    "aggregation.power",
    Text("指数不能为 0", "the power cannot be 0"),
    Text("指数趋于 0 即几何平均：用 geometric", "its limit is the geometric mean: take geometric"),
)


def not_negative(shares: Floats, weights: Floats, what: str) -> None:
    """Refuse negative shares that count. Raises ``ValueError``."""
    if bool(np.any((shares < 0) & (weights > 0))):
        message = f"the {what} has no meaning for negative shares: use rules with shares from 0 to 1"
        raise ValueError(message)


@part("加权算术平均", "weighted arithmetic mean")
class Arithmetic:
    """The weighted arithmetic mean, Σ w·s: a weak child can be made up for by a strong one.

    Source: OECD/JRC, Handbook on Constructing Composite Indicators (2008), step 6.

    >>> Arithmetic().combine(np.array([[0.2], [1.0]]), np.array([[0.5], [0.5]]))
    array([0.6])
    """

    additive = True

    def combine(self, shares: Floats, weights: Floats) -> Floats:
        """See ``Aggregation.combine``: summed child by child, in their order."""
        whole: Floats = np.add.reduce(shares * weights, axis=0)
        return whole


@part("加权几何平均", "weighted geometric mean")
class Geometric:
    """The weighted geometric mean, Π s^w: 0 if any child that counts is 0.

    Source: OECD/JRC Handbook (2008), step 6. Raises ``ValueError`` for negative shares.

    >>> Geometric().combine(np.array([[0.25], [1.0]]), np.array([[0.5], [0.5]]))
    array([0.5])
    """

    def combine(self, shares: Floats, weights: Floats) -> Floats:
        """See ``Aggregation.combine``."""
        not_negative(shares, weights, "geometric mean")
        with np.errstate(divide="ignore", invalid="ignore"):
            logs = np.where(weights > 0, weights * np.log(shares), 0.0)
        result: Floats = np.exp(logs.sum(axis=0))
        return result


@part("加权调和平均", "weighted harmonic mean")
class Harmonic:
    """The weighted harmonic mean, 1 / Σ (w / s): 0 if any child that counts is 0.

    Source: COINr, ``a_hmean``. Raises ``ValueError`` for negative shares.

    >>> Harmonic().combine(np.array([[0.5], [1.0]]), np.array([[0.5], [0.5]])).round(4)
    array([0.6667])
    """

    def combine(self, shares: Floats, weights: Floats) -> Floats:
        """See ``Aggregation.combine``."""
        not_negative(shares, weights, "harmonic mean")
        with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
            result: Floats = 1.0 / np.where(weights > 0, weights / shares, 0.0).sum(axis=0)
        return result


@part("广义平均", "generalised mean")
class Generalised:
    """The weighted power mean, (Σ w·s^p)^(1/p): 1 is the arithmetic, -1 the harmonic mean.

    With a power below 0, 0 if any child that counts is 0. Source: Hardy, Littlewood & Pólya, Inequalities
    (1934). Raises ``ValueError`` for negative shares.

    >>> Generalised(power=2).combine(np.array([[0.6], [0.8]]), np.array([[0.5], [0.5]])).round(4)
    array([0.7071])
    """

    power: float = field("指数", "power", ge=-100, le=100)

    def _rules(self) -> Iterator[Finding]:
        if self.power == 0:
            yield NO_POWER.finding(field="power")

    def combine(self, shares: Floats, weights: Floats) -> Floats:
        """See ``Aggregation.combine``."""
        not_negative(shares, weights, "generalised mean")
        # Relative to the greatest share (the least below 0), so that no power overflows.
        counted = np.where(weights > 0, shares, np.nan)
        mark = np.nanmax(counted, axis=0) if self.power > 0 else np.nanmin(counted, axis=0)
        with np.errstate(divide="ignore", invalid="ignore"):
            ratio = np.where(weights > 0, (shares / mark) ** self.power, 0.0)
            result = mark * (weights * ratio).sum(axis=0) ** (1 / self.power)
        return np.where(mark == 0, 0.0, result)


@part("最小值", "minimum")
class Minimum:
    """The least of the children that count: nothing makes up for the weakest.

    Source: OECD/JRC Handbook (2008), step 6 (no compensation at all).

    >>> Minimum().combine(np.array([[0.2], [1.0]]), np.array([[0.5], [0.5]]))
    array([0.2])
    """

    def combine(self, shares: Floats, weights: Floats) -> Floats:
        """See ``Aggregation.combine``."""
        result: Floats = np.where(weights > 0, shares, np.inf).min(axis=0)
        return result
