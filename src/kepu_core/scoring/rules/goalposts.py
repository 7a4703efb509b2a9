"""Rules with fixed goalposts: what a value earns depends on nothing but itself."""

import math
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from kepu_core.domain.fields import field
from kepu_core.domain.findings import Finding, Problem
from kepu_core.domain.record import part
from kepu_core.language import Text
from kepu_core.scoring.methods import Cells

__all__ = ["AllOrNothing", "Deduction", "Linear", "LogGoalposts", "PerUnit", "Ratio"]

Floats = NDArray[np.float64]

SAME_GOALPOSTS = Problem(
    "rule.goalposts",
    Text("零分值与满分值相同（{value}）", "the value for no points and that for full points are the same ({value})"),
    Text("填两个不同的值", "give two different values"),
)
RANGE_UPSIDE_DOWN = Problem(
    "rule.range",
    Text(
        "最低得分率 {floor} 不低于最高得分率 {ceiling}", "the least share {floor} is not below the greatest {ceiling}"
    ),
    Text("floor 应小于 ceiling", "let floor be below ceiling"),
)
NOT_POSITIVE = Problem(
    "rule.target",
    Text("“{field}”须大于 0", "{field} must be above 0"),
    Text("填一个正数", "give a positive number"),
)


def range_faults(floor: float, ceiling: float) -> Iterator[Finding]:
    """What is wrong with an output range."""
    if floor >= ceiling:
        yield RANGE_UPSIDE_DOWN.finding(field="floor", floor=floor, ceiling=ceiling)


def stretched(share: Floats, floor: float, ceiling: float) -> Floats:
    """Shares between 0 and 1, drawn to another range within it."""
    if floor == 0 and ceiling == 1:
        return share
    return np.clip(floor + share * (ceiling - floor), floor, ceiling)


def between(raw: Floats, low: float, high: float) -> Floats:
    """(raw - low) / (high - low), not cut; half-sized where the span would overflow."""
    if not math.isfinite(high - low):
        raw, low, high = raw / 2, low / 2, high / 2
    share = raw - low
    share /= high - low
    return share


@part("线性", "linear between goalposts")
class Linear:
    """Nothing at ``low``, everything at ``high``, in proportion between; capped at both ends.

    share = (x - low) / (high - low), cut to [0, 1], then drawn to [``floor``, ``ceiling``]. ``low`` above ``high``
    means that less is better. Goalposts as in UNDP, Human Development Report, technical note 1.

    >>> Linear(low=0, high=200).shares(Cells(raw=np.array([50.0, 300.0])))
    array([0.25, 1.  ])
    """

    low: float = field("零分值", "value for no points")
    high: float = field("满分值", "value for full points")
    floor: float = field("最低得分率", "least share", default=0.0, ge=0, le=1)
    ceiling: float = field("最高得分率", "greatest share", default=1.0, ge=0, le=1)

    def _rules(self) -> Iterator[Finding]:
        if self.low == self.high:
            yield SAME_GOALPOSTS.finding(field="high", value=self.low)
        yield from range_faults(self.floor, self.ceiling)

    @property
    def line(self) -> tuple[float, float, float, float] | None:
        """The two goalposts and the range; ``None`` where their distance is beyond numbers."""
        return (self.low, self.high, self.floor, self.ceiling) if math.isfinite(self.high - self.low) else None

    def shares(self, cells: Cells) -> Floats:
        """See ``Rule.shares``."""
        share = between(cells.raw, self.low, self.high)
        np.clip(share, 0.0, 1.0, out=share)
        return stretched(share, self.floor, self.ceiling)


@part("对数线性", "logarithmic between goalposts")
class LogGoalposts:
    """Linear in the logarithm: each doubling counts alike, as for income in the Human Development Index.

    share = (ln x - ln low) / (ln high - ln low), cut to [0, 1]; 0 for what is not above 0. Source: UNDP, Human
    Development Report, technical note 1.

    >>> LogGoalposts(low=100, high=10_000).shares(Cells(raw=np.array([1000.0, -5.0])))
    array([0.5, 0. ])
    """

    low: float = field("零分值", "value for no points")
    high: float = field("满分值", "value for full points")
    floor: float = field("最低得分率", "least share", default=0.0, ge=0, le=1)
    ceiling: float = field("最高得分率", "greatest share", default=1.0, ge=0, le=1)

    def _rules(self) -> Iterator[Finding]:
        if self.low == self.high:
            yield SAME_GOALPOSTS.finding(field="high", value=self.low)
        for name in ("low", "high"):
            if getattr(self, name) <= 0:
                yield NOT_POSITIVE.finding(field=name)
        yield from range_faults(self.floor, self.ceiling)

    def shares(self, cells: Cells) -> Floats:
        """See ``Rule.shares``."""
        with np.errstate(divide="ignore", invalid="ignore"):
            logs = np.log(cells.raw)
        share = np.clip((logs - math.log(self.low)) / (math.log(self.high) - math.log(self.low)), 0.0, 1.0)
        worst = 0.0 if self.low < self.high else 1.0
        return stretched(np.where(cells.raw > 0, share, worst), self.floor, self.ceiling)


@part("比率", "ratio to target")
class Ratio:
    """In proportion to a target; full points from the target on, unless ``capped`` is false.

    share = x / target, or target / x where less is better; cut to [0, 1].

    >>> Ratio(target=300).shares(Cells(raw=np.array([150.0, 330.0])))
    array([0.5, 1. ])
    >>> Ratio(target=300, capped=False).shares(Cells(raw=np.array([330.0])))
    array([1.1])
    """

    target: float = field("目标值", "target")
    capped: bool = field("封顶", "capped", default=True)

    def _rules(self) -> Iterator[Finding]:
        if self.target <= 0:
            yield NOT_POSITIVE.finding(field="target")

    @property
    def bounded(self) -> bool:
        """Whether shares end at 1."""
        return self.capped

    def shares(self, cells: Cells) -> Floats:
        """See ``Rule.shares``."""
        raw, top = cells.raw, 1.0 if self.capped else np.inf
        if cells.higher:
            return np.clip(raw / self.target, 0.0, top)
        if not self.capped and (raw <= 0).any():
            # Nothing at all would be worth infinitely much; anything else would make it worse than a little.
            message = "where less is better and shares have no cap, 0 has no share: set capped"
            raise ValueError(message)
        with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
            share = np.where(raw > 0, self.target / raw, np.inf)
        return np.clip(share, 0.0, top)


@part("按次计分", "points per unit")
class PerUnit:
    """So many points for each unit, up to all the points of the criterion.

    share = min(points_each · x, points) / points, never below 0: 每次 0.3 分，最高 3 分 is ``points_each=0.3`` on a
    criterion worth 3 points.

    >>> PerUnit(points_each=0.3).shares(Cells(raw=np.array([5.0, 20.0]), points=3))
    array([0.5, 1. ])
    """

    uses_points = True

    points_each: float = field("每单位分值", "points per unit", ge=0)

    def fits(self, *, higher: bool) -> bool:
        """More must be better: points for each accident would be a mistake (a deduction is an adjustment)."""
        return higher

    def shares(self, cells: Cells) -> Floats:
        """See ``Rule.shares``."""
        if cells.points <= 0:
            return np.zeros_like(cells.raw)
        with np.errstate(over="ignore"):
            return np.clip(self.points_each * cells.raw / cells.points, 0.0, 1.0)


@part("完不成按比例扣分", "proportional deduction")
class Deduction:
    """Full points from the target on; below it, ``rate`` times the part that is missing is taken off.

    share = 1 - rate · (target - x) / target, cut to [0, 1]; where less is better, the excess over the target
    counts. 完不成的按比例扣分 is ``rate=1``.

    >>> Deduction(target=100, rate=2).shares(Cells(raw=np.array([100.0, 90.0, 40.0])))
    array([1. , 0.8, 0. ])
    """

    target: float = field("目标值", "target")
    rate: float = field("扣分倍率", "rate", default=1.0, ge=0)

    def _rules(self) -> Iterator[Finding]:
        if self.target <= 0:
            yield NOT_POSITIVE.finding(field="target")

    def shares(self, cells: Cells) -> Floats:
        """See ``Rule.shares``."""
        with np.errstate(over="ignore"):
            short = (self.target - cells.raw) / self.target
            gap = np.clip(short if cells.higher else -short, 0.0, None)
            return np.clip(1.0 - self.rate * gap, 0.0, 1.0)


@part("达标得分", "all or nothing")
class AllOrNothing:
    """Everything for who reaches ``at``, nothing for the rest: 不投稿不得分 is ``at=1``.

    Where less is better, everything for who is not above it.

    >>> AllOrNothing(at=1).shares(Cells(raw=np.array([0.0, 1.0, 7.0])))
    array([0., 1., 1.])
    """

    at: float = field("界限", "threshold")

    def shares(self, cells: Cells) -> Floats:
        """See ``Rule.shares``."""
        return np.asarray(cells.raw >= self.at if cells.higher else cells.raw <= self.at, dtype=np.float64)
