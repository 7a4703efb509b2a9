"""Scoring rules: from raw values to the share of a criterion's points that they earn.

See :class:`~kepu_core.scoring.rule_type.Rule` for what a rule is.
"""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from kepu_core.domain.fields import field
from kepu_core.domain.findings import Finding, Problem
from kepu_core.domain.record import part
from kepu_core.language import Text

__all__ = ["Linear", "PerUnit", "Ratio", "Stepwise"]

Floats = NDArray[np.float64]

SAME_GOALPOSTS = Problem(
    "rule.goalposts",
    Text("零分值与满分值相同（{value}）", "the value for no points and that for full points are the same ({value})"),
    Text("填两个不同的值", "give two different values"),
)
ONE_SHARE_MORE = Problem(
    "rule.bands",
    Text(
        "{bounds} 个界限需要 {expected} 个得分率，而不是 {shares} 个",
        "{bounds} bounds need {expected} shares, not {shares}",
    ),
    Text(
        "得分率比界限多一个：最后一个给未达任何界限者",
        "give one share more than bounds: the last is for values that reach none",
    ),
)
BOUNDS_NOT_SORTED = Problem(
    "rule.bands-order",
    Text("界限未按由好到差排列", "the bounds do not run from the best to the worst"),
    Text("数值越高越好时由大到小，越低越好时由小到大", "falling where more is better, rising where less is"),
)
SHARE_OUT_OF_RANGE = Problem(
    "rule.share",
    Text(
        "得分率 {share} 不在 0 到 1 之间，或高于更好一档",
        "the share {share} is not between 0 and 1, or above that of a better band",
    ),
    Text("得分率由高到低，介于 0 和 1", "let the shares fall, between 1 and 0"),
)
TARGET_NOT_POSITIVE = Problem(
    "rule.target",
    Text("目标值须大于 0", "the target must be above 0"),
    Text("填一个正数", "give a positive number"),
)


@part("线性", "linear between goalposts")
class Linear:
    """Nothing at ``low``, everything at ``high``, in proportion between; capped at both ends.

    share = (x - low) / (high - low), cut to [0, 1]. ``low`` above ``high`` means that less is better. Goalposts as
    in UNDP, Human Development Report, technical note 1.

    >>> Linear(low=0, high=200).shares(np.array([50.0, 300.0]), higher=True, points=10)
    array([0.25, 1.  ])
    """

    low: float = field("零分值", "value for no points")
    high: float = field("满分值", "value for full points")

    def _rules(self) -> Iterator[Finding]:
        if self.low == self.high:
            yield SAME_GOALPOSTS.finding(field="high", value=self.low)

    def shares(self, raw: Floats, *, higher: bool, points: float) -> Floats:  # noqa: ARG002 - the goalposts say all
        """See ``Rule.shares``."""
        return np.clip((raw - self.low) / (self.high - self.low), 0.0, 1.0)


@part("分档", "stepwise bands")
class Stepwise:
    """A share for each band: the first bound that a value reaches decides; the last share is for none.

    A bound belongs to its band: with bounds 300, 250, 200 a value of 250 is in the second band. Bands as on
    the assessment sheets of science-education bases.

    >>> rule = Stepwise(bounds=(300, 250, 200), awarded=(1, 0.9, 0.7, 0))
    >>> rule.shares(np.array([300.0, 299.0, 250.0, 199.0]), higher=True, points=10)
    array([1. , 0.9, 0.9, 0. ])
    """

    bounds: tuple[float, ...] = field("界限", "bounds")
    awarded: tuple[float, ...] = field("得分率", "shares")

    def _rules(self) -> Iterator[Finding]:
        if len(self.awarded) != len(self.bounds) + 1 or not self.bounds:
            expected, count = len(self.bounds) + 1, len(self.awarded)
            yield ONE_SHARE_MORE.finding(field="awarded", bounds=len(self.bounds), expected=expected, shares=count)
        pairs = list(zip(self.bounds, self.bounds[1:], strict=False))
        if not (all(a > b for a, b in pairs) or all(a < b for a, b in pairs)):
            yield BOUNDS_NOT_SORTED.finding(field="bounds")
        better = 1.0
        for index, share in enumerate(self.awarded):
            if not 0 <= share <= better:
                yield SHARE_OUT_OF_RANGE.finding(field=f"awarded[{index}]", share=share)
            better = min(better, share)

    def shares(self, raw: Floats, *, higher: bool, points: float) -> Floats:  # noqa: ARG002 - bands know their shares
        """See ``Rule.shares``."""
        bounds = np.array(self.bounds)
        reached = raw[None, :] >= bounds[:, None] if higher else raw[None, :] <= bounds[:, None]
        band = np.where(reached.any(axis=0), reached.argmax(axis=0), len(bounds))
        result: Floats = np.array(self.awarded)[band]
        return result


@part("比率", "ratio to target")
class Ratio:
    """In proportion to a target, full points from the target on.

    share = x / target, or target / x where less is better; cut to [0, 1].

    >>> Ratio(target=300).shares(np.array([150.0, 330.0]), higher=True, points=10)
    array([0.5, 1. ])
    """

    target: float = field("目标值", "target")

    def _rules(self) -> Iterator[Finding]:
        if self.target <= 0:
            yield TARGET_NOT_POSITIVE.finding(field="target")

    def shares(self, raw: Floats, *, higher: bool, points: float) -> Floats:  # noqa: ARG002 - a share needs no points
        """See ``Rule.shares``."""
        if higher:
            return np.clip(raw / self.target, 0.0, 1.0)
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.where(raw <= self.target, 1.0, np.clip(self.target / raw, 0.0, 1.0))


@part("按次计分", "points per unit")
class PerUnit:
    """So many points for each unit, up to all the points of the criterion.

    share = min(points_each · x, points) / points, never below 0: 每次 0.3 分，最高 3 分 is ``points_each=0.3`` on a
    criterion worth 3 points.

    >>> PerUnit(points_each=0.3).shares(np.array([5.0, 20.0]), higher=True, points=3)
    array([0.5, 1. ])
    """

    points_each: float = field("每单位分值", "points per unit", ge=0)

    def shares(self, raw: Floats, *, higher: bool, points: float) -> Floats:  # noqa: ARG002 - units only add
        """See ``Rule.shares``."""
        if points <= 0:
            return np.zeros_like(raw)
        return np.clip(self.points_each * raw / points, 0.0, 1.0)
