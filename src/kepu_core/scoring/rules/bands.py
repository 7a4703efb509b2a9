"""Rules in steps: bands, graded levels, yes or no."""

import itertools
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from kepu_core.domain.fields import field
from kepu_core.domain.findings import Finding, Problem
from kepu_core.domain.record import part
from kepu_core.language import Text
from kepu_core.scoring.methods import Cells

__all__ = ["Band", "Bands", "Levels", "Stepwise", "YesNo"]

Floats = NDArray[np.float64]

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
BAND_GAP = Problem(
    "rule.band-gap",
    Text("{upper} 与 {lower} 之间的值不属于任何一档", "values between {upper} and {lower} belong to no band"),
    Text("让相邻两档首尾相接", "let each band begin where the next one ends"),
)
BAND_OVERLAP = Problem(
    "rule.band-overlap",
    Text("{lower} 至 {upper} 的值属于两档", "values from {lower} to {upper} belong to two bands"),
    Text("让相邻两档首尾相接", "let each band begin where the next one ends"),
)
BAND_BOUND = Problem(
    "rule.band-bound",
    Text("恰为 {bound} 的值{fault}", "the value {bound} itself {fault}"),
    Text(
        "在一档填 true，在另一档填 false（includes_lower、includes_upper）",
        "say true in one band and false in the other (includes_lower, includes_upper)",
    ),
)
BAND_ENDS = Problem(
    "rule.band-ends",
    Text("第 {number} 档的上下限不成立，或两端之外还有空缺", "band {number} is empty, or leaves values beyond it out"),
    Text(
        "上限大于下限；最低一档不设下限，最高一档不设上限",
        "let each end above where it begins; the lowest has no lower bound, the highest no upper one",
    ),
)
BAND_LINEAR = Problem(
    "rule.band-linear",
    Text("第 {number} 档要线性给分，须有上下限", "band {number} can be linear only between two bounds"),
    Text("补上限和下限，或去掉 share_upper", "give both bounds, or leave share_upper out"),
)
NO_LEVEL = Problem(
    "rule.levels",
    Text("等级与得分率个数不同，或等级重复", "levels and shares differ in number, or a level occurs twice"),
    Text("每个等级给一个得分率", "give one share for each level"),
)


@part("分档", "stepwise bands")
class Stepwise:
    """A share for each band: the first bound that a value reaches decides; the last share is for none.

    A bound belongs to its band unless ``inclusive`` is false: with bounds 300, 250, 200 a value of 250 is in the
    second band. Bands as on the assessment sheets of science-education bases.

    >>> rule = Stepwise(bounds=(300, 250, 200), awarded=(1, 0.9, 0.7, 0))
    >>> rule.shares(Cells(raw=np.array([300.0, 299.0, 250.0, 199.0])))
    array([1. , 0.9, 0.9, 0. ])
    """

    bounds: tuple[float, ...] = field("界限", "bounds")
    awarded: tuple[float, ...] = field("得分率", "shares")
    inclusive: bool = field("含界限", "bounds included", default=True)

    def _rules(self) -> Iterator[Finding]:
        if len(self.awarded) != len(self.bounds) + 1 or not self.bounds:
            expected, count = len(self.bounds) + 1, len(self.awarded)
            yield ONE_SHARE_MORE.finding(field="awarded", bounds=len(self.bounds), expected=expected, shares=count)
        pairs = list(itertools.pairwise(self.bounds))
        if not (all(a > b for a, b in pairs) or all(a < b for a, b in pairs)):
            yield BOUNDS_NOT_SORTED.finding(field="bounds")
        better = 1.0
        for index, share in enumerate(self.awarded):
            if not 0 <= share <= better:
                yield SHARE_OUT_OF_RANGE.finding(field=f"awarded[{index}]", share=share)
            better = min(better, share)

    def fits(self, *, higher: bool) -> bool:
        """Whether the bounds run from good to bad for this direction."""
        return len(self.bounds) < 2 or (self.bounds[0] > self.bounds[1]) == higher  # noqa: PLR2004 - one bound fits

    def shares(self, cells: Cells) -> Floats:
        """See ``Rule.shares``."""
        bounds = np.array(self.bounds if cells.higher else [-b for b in self.bounds])[::-1]
        raw = cells.raw if cells.higher else -cells.raw
        reached = np.searchsorted(bounds, raw, side="right" if self.inclusive else "left")
        result: Floats = np.array(self.awarded)[len(bounds) - reached]
        return result


@part("档", "band")
class Band:
    """One band of :class:`Bands`: from ``lower`` to ``upper``, and which of the two belong to it.

    Between them the share is ``share``, or runs in a straight line from ``share`` to ``share_upper``.
    """

    lower: float | None = field("下限", "lower bound", default=None)
    upper: float | None = field("上限", "upper bound", default=None)
    includes_lower: bool | None = field("含下限", "includes the lower bound", default=None)
    includes_upper: bool | None = field("含上限", "includes the upper bound", default=None)
    share: float = field("得分率", "share", ge=0, le=1)
    share_upper: float | None = field("上限处得分率", "share at the upper bound", default=None, ge=0, le=1)


@part("区间分档", "bands with both bounds")
class Bands:
    """Bands as a table gives them, with both bounds: a gap, an overlap or a bound that nobody claims is a fault.

    Bands run from the lowest values up. Inside a band the share is constant, or linear.

    >>> rule = Bands(bands=[
    ...     Band(upper=200, includes_upper=False, share=0.5),
    ...     Band(lower=200, upper=300, includes_lower=True, includes_upper=False, share=0.7, share_upper=0.9),
    ...     Band(lower=300, includes_lower=True, share=1)])
    >>> rule.shares(Cells(raw=np.array([199.0, 200.0, 250.0, 300.0])))
    array([0.5, 0.7, 0.8, 1. ])
    """

    bands: tuple[Band, ...] = field("档", "bands")

    def _rules(self) -> Iterator[Finding]:
        if not self.bands:
            yield BAND_ENDS.finding(field="bands", number=1)
        for index, band in enumerate(self.bands):
            yield from self._band_faults(index, band)
        for index, (below, above) in enumerate(itertools.pairwise(self.bands)):
            yield from _seam_faults(below, above, f"bands[{index + 1}]")

    def _band_faults(self, index: int, band: Band) -> Iterator[Finding]:
        at, number, last = f"bands[{index}]", index + 1, len(self.bands) - 1
        empty = band.lower is not None and band.upper is not None and band.lower >= band.upper
        if empty or (band.lower is None) != (index == 0) or (band.upper is None) != (index == last):
            yield BAND_ENDS.finding(field=at, number=number)
        if band.share_upper is not None and (band.lower is None or band.upper is None):
            yield BAND_LINEAR.finding(field=f"{at}.share_upper", number=number)

    def shares(self, cells: Cells) -> Floats:
        """See ``Rule.shares``."""
        raw, result = cells.raw, np.zeros(len(cells.raw))
        for band in self.bands:
            inside = np.ones(len(raw), np.bool_)
            if band.lower is not None:
                inside &= raw >= band.lower if band.includes_lower else raw > band.lower
            if band.upper is not None:
                inside &= raw <= band.upper if band.includes_upper else raw < band.upper
            if band.share_upper is None or band.lower is None or band.upper is None:
                result[inside] = band.share
            else:
                part_way = (raw[inside] - band.lower) / (band.upper - band.lower)
                result[inside] = band.share + part_way * (band.share_upper - band.share)
        return np.clip(result, 0.0, 1.0)


def _seam_faults(below: Band, above: Band, at: str) -> Iterator[Finding]:
    if below.upper is None or above.lower is None:
        return
    if below.upper < above.lower:
        yield BAND_GAP.finding(field=at, upper=f"{below.upper:g}", lower=f"{above.lower:g}")
    elif below.upper > above.lower:
        yield BAND_OVERLAP.finding(field=at, upper=f"{below.upper:g}", lower=f"{above.lower:g}")
    elif below.includes_upper is None or above.includes_lower is None:
        fault = Text("没有说明属于哪一档", "is not said to belong to either band")
        yield BAND_BOUND.finding(field=at, bound=f"{above.lower:g}", fault=fault)
    elif below.includes_upper == above.includes_lower:
        fault = Text("属于两档或不属于任何一档", "belongs to both bands or to none")
        yield BAND_BOUND.finding(field=at, bound=f"{above.lower:g}", fault=fault)


@part("等级", "graded levels")
class Levels:
    """A share for each level that a figure may have: A, B, C reported as 1, 2, 3.

    A figure that is no level is refused (``evaluation.rule-failed``).

    >>> Levels(levels=(1, 2, 3), awarded=(1, 0.8, 0.6)).shares(Cells(raw=np.array([2.0, 1.0])))
    array([0.8, 1. ])
    """

    levels: tuple[float, ...] = field("等级", "levels")
    awarded: tuple[float, ...] = field("得分率", "shares")

    def _rules(self) -> Iterator[Finding]:
        if len(self.levels) != len(self.awarded) or len(set(self.levels)) != len(self.levels) or not self.levels:
            yield NO_LEVEL.finding(field="levels")
        for index, share in enumerate(self.awarded):
            if not 0 <= share <= 1:
                yield SHARE_OUT_OF_RANGE.finding(field=f"awarded[{index}]", share=share)

    def shares(self, cells: Cells) -> Floats:
        """See ``Rule.shares``."""
        order = np.argsort(self.levels)
        levels, awarded = np.array(self.levels)[order], np.array(self.awarded)[order]
        at = np.minimum(np.searchsorted(levels, cells.raw), len(levels) - 1)
        strange = cells.raw[levels[at] != cells.raw]
        if len(strange):
            message = f"{strange[0]:g} is none of the levels {', '.join(f'{x:g}' for x in levels)}"
            raise ValueError(message)
        result: Floats = awarded[at]
        return result


@part("有无", "yes or no, with evidence")
class YesNo:
    """Everything for a yes (a figure above 0), nothing for a no; a yes without evidence earns ``unproven``.

    Evidence is the input ``evidence`` of the criterion: the number of documents handed in, say. Without
    such an input every yes counts.

    >>> cells = Cells(raw=np.array([1.0, 1.0, 0.0]), inputs={"evidence": np.array([2.0, np.nan, 1.0])})
    >>> YesNo(unproven=0.5).shares(cells)
    array([1. , 0.5, 0. ])
    """

    unproven: float = field("无佐证得分率", "share without evidence", default=0.0, ge=0, le=1)

    def shares(self, cells: Cells) -> Floats:
        """See ``Rule.shares``."""
        yes = cells.raw > 0 if cells.higher else cells.raw <= 0
        evidence = cells.inputs.get("evidence")
        if evidence is None:
            return yes.astype(np.float64)
        with np.errstate(invalid="ignore"):
            return np.where(yes, np.where(evidence > 0, 1.0, self.unproven), 0.0)
