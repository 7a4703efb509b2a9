"""Rules that look at more than one figure: the last period, several experts, an audit.

They derive the raw value from those figures; what cannot be derived is missing, and the missing policy decides.
"""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from kepu_core.domain.fields import field
from kepu_core.domain.findings import Finding
from kepu_core.domain.record import part
from kepu_core.scoring.methods import Cells
from kepu_core.scoring.rules.goalposts import SAME_GOALPOSTS, between

__all__ = ["Audited", "ExpertPanel", "Growth"]

Floats = NDArray[np.float64]


@part("较上期增长", "growth on the last period")
class Growth:
    """Linear in the growth on the last period: 增长 10% 得满分 is ``low=0, high=0.1``.

    growth = x / previous - 1, then (growth - low) / (high - low), cut to [0, 1]. Without a last value above 0
    there is no growth: the figure is missing.

    >>> rule = Growth(low=0, high=0.1)
    >>> cells = Cells(raw=np.array([105.0, 90.0, 5.0]), previous=np.array([100.0, 100.0, np.nan]))
    >>> rule.derive(cells).round(3)
    array([ 0.05, -0.1 ,   nan])
    >>> rule.shares(Cells(raw=np.array([0.05, -0.1])))
    array([0.5, 0. ])
    """

    uses_previous = True

    low: float = field("零分增长率", "growth for no points")
    high: float = field("满分增长率", "growth for full points")

    def _rules(self) -> Iterator[Finding]:
        if self.low == self.high:
            yield SAME_GOALPOSTS.finding(field="high", value=self.low)

    def derive(self, cells: Cells) -> Floats:
        """The growth of each cell, NaN where there is no last value."""
        if cells.previous is None:
            return np.full(len(cells.raw), np.nan)
        with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
            return np.where(cells.previous > 0, cells.raw / cells.previous - 1.0, np.nan)

    def shares(self, cells: Cells) -> Floats:
        """See ``Rule.shares``: the cells are growths already."""
        return np.clip(between(cells.raw, self.low, self.high), 0.0, 1.0)


@part("专家评分", "expert panel")
class ExpertPanel:
    """The mean of several experts' marks, without the highest and the lowest: 去掉一个最高分和一个最低分.

    The experts are the metric and all inputs of the criterion, in the order of their roles; who gave no mark is
    left out. ``trim`` marks are dropped at either end, as long as one is left. Then linear between ``low`` and
    ``high``.

    >>> inputs = {"b": np.array([80.0]), "c": np.array([90.0]), "d": np.array([20.0])}
    >>> ExpertPanel(high=100).derive(Cells(raw=np.array([100.0]), inputs=inputs))
    array([85.])
    """

    low: float = field("零分值", "value for no points", default=0.0)
    high: float = field("满分值", "value for full points", default=100.0)
    trim: int = field("两端各去掉", "marks dropped at either end", default=1, ge=0, le=100)

    def _rules(self) -> Iterator[Finding]:
        if self.low == self.high:
            yield SAME_GOALPOSTS.finding(field="high", value=self.low)

    def derive(self, cells: Cells) -> Floats:
        """The trimmed mean of the marks for each cell."""
        marks = np.sort(np.vstack([cells.raw, *(cells.inputs[role] for role in sorted(cells.inputs))]), axis=0)
        count = np.sum(~np.isnan(marks), axis=0)  # sorting has put those without a mark last
        drop = np.minimum(self.trim, np.maximum((count - 1) // 2, 0))
        place = np.arange(len(marks))[:, None]
        kept = (place >= drop) & (place < count - drop)
        with np.errstate(invalid="ignore", divide="ignore", over="ignore"):
            result: Floats = np.where(kept, marks, 0.0).sum(axis=0) / kept.sum(axis=0)
        return result

    def shares(self, cells: Cells) -> Floats:
        """See ``Rule.shares``: the cells are means already."""
        return np.clip(between(cells.raw, self.low, self.high), 0.0, 1.0)


@part("自评与审核", "self-assessed and audited")
class Audited:
    """The audited figure counts, and who claimed much more than the audit found loses points.

    The metric is the figure that the subject gave itself, the input ``audited`` what the audit found (审核分). Where
    there was no audit, ``unaudited`` of the claim counts. A claim above the audited figure by more than
    ``tolerance`` (a share of it) costs ``penalty`` of the points. Then linear between ``low`` and ``high``.

    >>> cells = Cells(raw=np.array([90.0, 80.0]), inputs={"audited": np.array([60.0, np.nan])})
    >>> Audited(high=100, unaudited=0.5).derive(cells)
    array([60., 40.])
    """

    low: float = field("零分值", "value for no points", default=0.0)
    high: float = field("满分值", "value for full points", default=100.0)
    unaudited: float = field("未审核计入", "share of an unaudited claim", default=1.0, ge=0, le=1)
    tolerance: float = field("允许偏差", "tolerance", default=0.0, ge=0)
    penalty: float = field("虚报扣分", "penalty", default=0.0, ge=0, le=1)

    def _rules(self) -> Iterator[Finding]:
        if self.low == self.high:
            yield SAME_GOALPOSTS.finding(field="high", value=self.low)

    def derive(self, cells: Cells) -> Floats:
        """The figure that counts for each cell: the penalty is taken off in the figure's own unit."""
        audited = cells.inputs.get("audited")
        if audited is None:
            return cells.raw * self.unaudited
        with np.errstate(invalid="ignore", over="ignore"):
            claim = cells.raw - audited if cells.higher else audited - cells.raw
            beyond = claim > self.tolerance * np.abs(audited)
            fined = audited - np.where(beyond, self.penalty * (self.high - self.low), 0.0)
            return np.where(np.isnan(audited), cells.raw * self.unaudited, fined)

    def shares(self, cells: Cells) -> Floats:
        """See ``Rule.shares``: the cells are what counts already."""
        return np.clip(between(cells.raw, self.low, self.high), 0.0, 1.0)
