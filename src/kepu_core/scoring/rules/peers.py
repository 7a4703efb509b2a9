"""Rules that compare subjects with each other. Fitted, each becomes a rule that needs no peers.

A column in which all are equal tells nobody apart: everyone gets the middle of the range. A single subject is
such a column. Direction: where less is better, the mirrored column is scored, unless the docstring gives
another formula.
"""

from collections.abc import Iterator

import numpy as np
from attrs import field as plain_field
from attrs import frozen
from numpy.typing import NDArray

from kepu_core.domain.fields import field, fields_of
from kepu_core.domain.findings import Finding, Problem
from kepu_core.domain.record import part
from kepu_core.domain.scheme_policies import RuleSpec, Ties
from kepu_core.language import Text
from kepu_core.scoring import exact
from kepu_core.scoring.methods import Cells, Rule
from kepu_core.scoring.rules.goalposts import Linear, between, range_faults, stretched

__all__ = [
    "Borda",
    "Constant",
    "DistanceToMax",
    "DistanceToReference",
    "DistanceToTarget",
    "FractionOfMax",
    "FractionOfSum",
    "MinMax",
    "PercentileRank",
    "Rank",
    "Ranked",
    "Scaled",
    "VectorNorm",
    "ZScore",
    "frozen_spec",
]

Floats = NDArray[np.float64]

NO_SPREAD = Problem(
    "rule.spread",
    Text("单位或标准差不能为 0", "a span or standard deviation of 0 has no meaning"),
    Text("填一个非零的数", "give another number"),
)


@part("固定", "constant")
class Constant:
    """The same share for everyone: what is left where a column tells nobody apart.

    >>> Constant(share=0.5).shares(Cells(raw=np.array([1.0, 2.0])))
    array([0.5, 0.5])
    """

    bounded = False

    share: float = field("得分率", "share")

    def shares(self, cells: Cells) -> Floats:
        """See ``Rule.shares``."""
        return np.full(len(cells.raw), self.share)


@part("直线", "straight line")
class Scaled:
    """A straight line, not cut: share = offset + (x - origin) / span, at most ``cap``.

    It is what z-scores and distances are once they are fitted, and how a scheme writes them down when the values
    of a base year are to stay.

    >>> Scaled(origin=10, span=5).shares(Cells(raw=np.array([10.0, 20.0])))
    array([0., 2.])
    """

    bounded = False

    origin: float = field("零点", "origin")
    span: float = field("单位", "span")
    offset: float = field("加数", "offset", default=0.0)
    cap: float | None = field("上限", "cap", default=None)

    def _rules(self) -> Iterator[Finding]:
        if self.span == 0:
            yield NO_SPREAD.finding(field="span")

    def shares(self, cells: Cells) -> Floats:
        """See ``Rule.shares``."""
        share = between(cells.raw, self.origin, self.origin + self.span)
        share += self.offset
        return share if self.cap is None else np.minimum(share, self.cap)


@frozen(kw_only=True, eq=False)
class Ranked:
    """Among sorted peers: how many are worse. ``ties`` says where equal ones stand, ``least`` what the last gets."""

    peers: Floats = plain_field(repr=False)
    higher: bool
    ties: Ties
    least: float
    span: float
    floor: float = 0.0
    ceiling: float = 1.0

    def shares(self, cells: Cells) -> Floats:
        """See ``Rule.shares``."""
        raw = cells.raw if self.higher else -cells.raw
        worse = np.searchsorted(self.peers, raw, side="left").astype(np.float64)
        if self.ties is Ties.AVERAGE:
            equal = np.searchsorted(self.peers, raw, side="right") - worse
            worse += np.maximum(equal - 1, 0) / 2
        return stretched(np.clip((worse + self.least) / self.span, 0.0, 1.0), self.floor, self.ceiling)


def _ranked(cells: Cells, ties: Ties, least: float, floor: float, ceiling: float) -> Rule:
    peers = np.sort(cells.raw if cells.higher else -cells.raw)
    if ties is Ties.DENSE:
        peers = np.unique(peers)
    span = len(peers) - 1 + least
    if span <= 0:
        return Constant(share=(floor + ceiling) / 2)
    return Ranked(peers=peers, higher=cells.higher, ties=ties, least=least, span=span, floor=floor, ceiling=ceiling)


@part("极差标准化", "min-max across peers")
class MinMax:
    """Nothing for the worst of the peers, everything for the best, in proportion between.

    share = (x - min) / (max - min), mirrored where less is better, drawn to [``floor``, ``ceiling``]. Source: OECD/JRC,
    Handbook on Constructing Composite Indicators (2008), step 5.

    >>> MinMax().fit(Cells(raw=np.array([10.0, 15.0, 20.0]), higher=False))
    Linear(low=20.0, high=10.0, floor=0.0, ceiling=1.0)
    """

    floor: float = field("最低得分率", "least share", default=0.0, ge=0, le=1)
    ceiling: float = field("最高得分率", "greatest share", default=1.0, ge=0, le=1)

    def _rules(self) -> Iterator[Finding]:
        yield from range_faults(self.floor, self.ceiling)

    def fit(self, cells: Cells) -> Rule:
        """Goalposts at the least and the greatest value."""
        least, most = float(cells.raw.min()), float(cells.raw.max())
        if least == most:
            return Constant(share=(self.floor + self.ceiling) / 2)
        low, high = (least, most) if cells.higher else (most, least)
        return Linear(low=low, high=high, floor=self.floor, ceiling=self.ceiling)


@part("标准分", "z-score")
class ZScore:
    """How many standard deviations (of a sample) above the mean; not bounded.

    share = centre + spread · (x - mean) / sd, mirrored where less is better. Source: OECD/JRC Handbook (2008), step 5.

    >>> raw = np.array([1.0, 2.0, 3.0])
    >>> ZScore().fit(Cells(raw=raw)).shares(Cells(raw=raw))
    array([-1.,  0.,  1.])
    """

    bounded = False

    centre: float = field("均值位置", "centre", default=0.0)
    spread: float = field("标准差", "spread", default=1.0)

    def _rules(self) -> Iterator[Finding]:
        if self.spread <= 0:
            yield NO_SPREAD.finding(field="spread")

    def fit(self, cells: Cells) -> Rule:
        """The line through mean and standard deviation."""
        middle, wide = exact.mean(cells.raw), exact.spread(cells.raw)
        if wide == 0:
            return Constant(share=self.centre)
        return Scaled(origin=middle, span=(wide if cells.higher else -wide) / self.spread, offset=self.centre)


@part("名次", "rank")
class Rank:
    """The place from below as a share: of n subjects the best gets 1, the last 1/n.

    share = (1 + number of worse ones) / n; on a criterion worth n points that is the rank counted from below.
    Source: OECD/JRC Handbook (2008), step 5.

    >>> raw = np.array([3.0, 9.0, 9.0, 1.0])
    >>> Rank().fit(Cells(raw=raw)).shares(Cells(raw=raw))
    array([0.5 , 0.75, 0.75, 0.25])
    """

    ties: Ties = field("并列", "ties", default=Ties.COMPETITION)
    floor: float = field("最低得分率", "least share", default=0.0, ge=0, le=1)
    ceiling: float = field("最高得分率", "greatest share", default=1.0, ge=0, le=1)

    def _rules(self) -> Iterator[Finding]:
        yield from range_faults(self.floor, self.ceiling)

    def fit(self, cells: Cells) -> Rule:
        """The sorted peers."""
        return _ranked(cells, self.ties, 1.0, self.floor, self.ceiling)


@part("百分位次", "percentile rank")
class PercentileRank:
    """The part of the other subjects that are worse: (number of worse ones) / (n - 1).

    Equal ones share the lower place. Source: OECD/JRC Handbook (2008), step 5; COINr, ``n_prank``.

    >>> raw = np.array([3.0, 9.0, 9.0, 1.0])
    >>> PercentileRank().fit(Cells(raw=raw)).shares(Cells(raw=raw)).round(3)
    array([0.333, 0.667, 0.667, 0.   ])
    """

    floor: float = field("最低得分率", "least share", default=0.0, ge=0, le=1)
    ceiling: float = field("最高得分率", "greatest share", default=1.0, ge=0, le=1)

    def _rules(self) -> Iterator[Finding]:
        yield from range_faults(self.floor, self.ceiling)

    def fit(self, cells: Cells) -> Rule:
        """The sorted peers."""
        return _ranked(cells, Ties.COMPETITION, 0.0, self.floor, self.ceiling)


@part("波达计分", "Borda")
class Borda:
    """Borda's count as a share: a point for each subject that is worse, half a point for each equal one.

    share = (worse + equal / 2) / (n - 1). Source: de Borda, Mémoire sur les élections au scrutin (1784).

    >>> raw = np.array([3.0, 9.0, 9.0, 1.0])
    >>> Borda().fit(Cells(raw=raw)).shares(Cells(raw=raw)).round(3)
    array([0.333, 0.833, 0.833, 0.   ])
    """

    floor: float = field("最低得分率", "least share", default=0.0, ge=0, le=1)
    ceiling: float = field("最高得分率", "greatest share", default=1.0, ge=0, le=1)

    def _rules(self) -> Iterator[Finding]:
        yield from range_faults(self.floor, self.ceiling)

    def fit(self, cells: Cells) -> Rule:
        """The sorted peers."""
        return _ranked(cells, Ties.AVERAGE, 0.0, self.floor, self.ceiling)


@part("距最优值", "distance to the maximum")
class DistanceToMax:
    """One minus the distance to the best peer, in units of the whole range: 1 - (max - x) / (max - min).

    Source: OECD/JRC Handbook (2008), step 5; COINr, ``n_dist2max``. The same number as min-max, said from the top.

    >>> DistanceToMax().fit(Cells(raw=np.array([10.0, 20.0]))).shares(Cells(raw=np.array([15.0])))
    array([0.5])
    """

    def fit(self, cells: Cells) -> Rule:
        """Goalposts at the least and the greatest value."""
        return MinMax().fit(cells)


@part("距参照对象", "distance to a reference subject")
class DistanceToReference:
    """One minus the distance to one subject, in units of that subject's lead over the worst.

    share = 1 - (ref - x) / (ref - min), where less is better with max for min; above 1 for who is better than the
    reference, unless ``capped``. Source: OECD/JRC Handbook (2008), step 5; COINr, ``n_dist2ref``.

    >>> cells = Cells(raw=np.array([10.0, 20.0, 30.0]), subjects=("a", "b", "c"))
    >>> DistanceToReference(reference="b").fit(cells).shares(cells)
    array([0., 1., 2.])
    """

    bounded = False

    reference: str = field("参照对象", "reference subject")
    capped: bool = field("封顶", "capped", default=False)

    def fit(self, cells: Cells) -> Rule:
        """The line through the worst and the reference. Raises ``ValueError`` if the reference has no figure."""
        if self.reference not in cells.subjects:
            message = f"the reference {self.reference} has no figure here"
            raise ValueError(message)
        mark = float(cells.raw[list(cells.subjects).index(self.reference)])
        return _to_mark(cells, mark, capped=self.capped)


@part("距目标值", "distance to a target")
class DistanceToTarget:
    """One minus the distance to a target, in units of the way from the worst peer to it.

    share = (x - min) / (target - min), where less is better with max for min; above 1 beyond the target, unless
    ``capped``. Source: COINr, ``n_dist2targ``.

    >>> cells = Cells(raw=np.array([10.0, 20.0, 30.0]))
    >>> DistanceToTarget(target=20).fit(cells).shares(cells)
    array([0., 1., 1.])
    """

    bounded = False

    target: float = field("目标值", "target")
    capped: bool = field("封顶", "capped", default=True)

    def fit(self, cells: Cells) -> Rule:
        """The line through the worst and the target."""
        return _to_mark(cells, self.target, capped=self.capped)


def _to_mark(cells: Cells, mark: float, *, capped: bool) -> Rule:
    worst = float(cells.raw.min() if cells.higher else cells.raw.max())
    if worst == mark:
        return Constant(share=0.5)
    if (worst > mark) == cells.higher:  # everybody is beyond the mark already
        return Constant(share=1.0)
    return Scaled(origin=worst, span=mark - worst, cap=1.0 if capped else None)


@frozen(kw_only=True)
class _Fraction:
    whole: float
    inverse: bool = False
    complement: bool = False
    bounded: bool = True

    def shares(self, cells: Cells) -> Floats:
        with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
            share = self.whole / cells.raw if self.inverse else cells.raw / self.whole
        return 1.0 - share if self.complement else share


def _refuse(wrong: bool, what: str) -> None:  # noqa: FBT001 - reads as a sentence
    if wrong:
        message = f"{what}: take another rule, or treat the column"
        raise ValueError(message)


@part("占最大值比重", "fraction of the maximum")
class FractionOfMax:
    """The part of the greatest value: x / max. No value may be negative.

    Where less is better: min / x, or 1 - x / max with ``complement``. Source: OECD/JRC Handbook (2008), step 5; COINr,
    ``n_fracmax``; pymcdm, linear and max normalisation.

    >>> cells = Cells(raw=np.array([1.0, 2.0, 4.0]), higher=False)
    >>> FractionOfMax().fit(cells).shares(cells)
    array([1.  , 0.5 , 0.25])
    """

    complement: bool = field("余数法", "complement", default=False)

    def fit(self, cells: Cells) -> Rule:
        """The greatest value, or the least. Raises ``ValueError`` for negative values, and zeros divided by."""
        raw = cells.raw
        _refuse(bool(raw.min() < 0), "there are negative values")
        most = float(raw.max())
        if most == 0:
            return Constant(share=0.5)
        if cells.higher or self.complement:
            return _Fraction(whole=most, complement=not cells.higher)
        _refuse(bool(raw.min() == 0), "a value of 0 cannot be divided by")
        return _Fraction(whole=float(raw.min()), inverse=True)


@part("占总和比重", "fraction of the sum")
class FractionOfSum:
    """The part of the sum of all values: x / sum, where less is better (1 / x) / sum of 1 / x.

    Source: pymcdm, sum normalisation; Kracka, Brauers & Zavadskas (2010), Inžinerinė ekonomika 21(4).

    >>> cells = Cells(raw=np.array([1.0, 3.0]))
    >>> FractionOfSum().fit(cells).shares(cells)
    array([0.25, 0.75])
    """

    def fit(self, cells: Cells) -> Rule:
        """The sum of the values. Raises ``ValueError`` for negative values, and zeros divided by."""
        raw = cells.raw
        _refuse(bool(raw.min() < 0), "there are negative values")
        if cells.higher:
            whole = exact.total(raw)
            return _Fraction(whole=whole) if whole > 0 else Constant(share=1 / len(raw))
        _refuse(bool(raw.min() == 0), "a value of 0 cannot be divided by")
        return _Fraction(whole=1 / exact.total(1 / raw), inverse=True)


@part("向量归一", "vector normalisation")
class VectorNorm:
    """The value as a part of the length of the column: x / √Σx², where less is better 1 - x / √Σx².

    Source: Hwang & Yoon, Multiple Attribute Decision Making (1981).

    >>> cells = Cells(raw=np.array([3.0, 4.0]))
    >>> VectorNorm().fit(cells).shares(cells)
    array([0.6, 0.8])
    """

    bounded = False

    def fit(self, cells: Cells) -> Rule:
        """The length of the column."""
        most = float(np.abs(cells.raw).max())
        if most == 0:
            return Constant(share=0.0 if cells.higher else 1.0)
        length = most * float(np.sqrt(exact.total((cells.raw / most) ** 2)))
        return _Fraction(whole=length, complement=not cells.higher, bounded=False)


def frozen_spec(rule: Rule) -> RuleSpec | None:
    """How a fitted rule is written in a scheme, so that its goalposts stay; ``None`` if it can't be written.

    >>> frozen_spec(MinMax().fit(Cells(raw=np.array([10.0, 20.0])))).params["high"]
    20
    """
    for kind, cls in _WRITABLE.items():
        if type(rule) is cls:
            given = {f.name: getattr(rule, f.name) for f in fields_of(cls)}
            return RuleSpec(kind=kind, params={name: value for name, value in given.items() if value is not None})
    return None


_WRITABLE: dict[str, type] = {"linear": Linear, "scaled": Scaled, "constant": Constant}
