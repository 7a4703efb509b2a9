"""Figures that cannot be, and totals that do not add up."""

from collections.abc import Iterator

import numpy as np
from attrs import frozen

from kepu_core import IndicatorKind, Text
from kepu_core.domain.observation import breakdown_from, breakdown_text
from kepu_office.plausibility_doubts import Doubt, Doubting, plain
from kepu_office.plausibility_figures import Figures
from kepu_office.plausibility_problems import ABOVE_ALL, NEGATIVE, PART_ABOVE, PARTS_SUM, PLACE_ABOVE, PLACES_SUM
from kepu_office.plausibility_statistics import Floats, Ints, Truths

__all__ = ["breakdown_sums", "impossible", "region_sums"]

_ALL = 100
_DECIMALS = 6
_ADDED = (IndicatorKind.FLOW, IndicatorKind.STOCK)


def impossible(doubting: Doubting) -> Iterator[Doubt]:
    """Figures below zero, and shares in per cent above a hundred."""
    f = doubting.figures
    for row in np.flatnonzero(f.values < 0):
        yield doubting.doubt(NEGATIVE, int(row), Text("不小于 0", "0 or more"))
    for row in np.flatnonzero(f.is_kind(IndicatorKind.SHARE) & f.has_unit("%") & (f.values > _ALL)):
        yield doubting.doubt(ABOVE_ALL, int(row), Text("不大于 100", "100 at most"))


def region_sums(doubting: Doubting) -> Iterator[Doubt]:
    """Regions whose figures are not the sum of those of the regions directly in them, where all of these are there.

    Shares do not add up, and of an indicator that is not registered it is not known whether it does.
    """
    f = doubting.figures
    parents, counts = _parents(f)
    rows = np.flatnonzero(f.is_kind(*_ADDED) & (parents[f.period, f.subject] >= 0))
    above = parents[f.period[rows], f.subject[rows]]
    sums = _sums(f, rows, f.key(f.indicator[rows], above, f.period[rows], f.breakdown[rows]))
    for row, part in sums.above(f):
        told = {"whole": doubting.name(f.rows[row].subject), "total": plain(f.values[row])}
        yield doubting.doubt(PLACE_ABOVE, part, _at_most(f.values[row]), float(f.values[row]), **told)
    complete = sums.count == counts[f.period[sums.whole], f.subject[sums.whole]]
    for i in np.flatnonzero(~sums.agrees(f) & (complete | sums.exceeds(f))):
        total, row = float(sums.total[i]), int(sums.whole[i])
        yield doubting.doubt(PLACES_SUM, row, _expected(total), total, count=int(sums.count[i]), sum=plain(total))


def breakdown_sums(doubting: Doubting) -> Iterator[Doubt]:
    """Figures that are not the sum of their parts by a dimension, where all parts are there, and parts above their whole."""
    f, limits = doubting.figures, doubting.limits
    for dimension, rows, rest, members in _dimensions(f):
        sums = _sums(f, rows, f.key(f.indicator[rows], f.subject[rows], f.period[rows], rest))
        for row, part in sums.above(f):
            told = {"indicator": doubting.indicator(f.rows[row].indicator), "total": plain(f.values[row])}
            told |= {"part": f.breakdowns[f.breakdown[part]]}
            yield doubting.doubt(PART_ABOVE, part, _at_most(f.values[row]), float(f.values[row]), **told)
        agrees = sums.agrees(f)
        complete = (sums.count == members) & (members > 1)
        adds_up = dimension in limits.partitions or _is_usual(agrees[complete], limits.adding_up, limits.least_cases)
        for i in np.flatnonzero(~agrees & complete) if adds_up else ():
            total, row = float(sums.total[i]), int(sums.whole[i])
            parts = {"dimension": dimension, "sum": plain(total)}
            yield doubting.doubt(PARTS_SUM, row, _expected(total), total, count=int(sums.count[i]), **parts)


@frozen(kw_only=True, eq=False)
class _Sums:
    """What the parts of figures add up to: for every whole, the row of it, and of its parts the sum and number."""

    whole: Ints
    total: Floats
    count: Ints
    decimals: Ints
    least: Floats
    part: Ints
    part_of: Ints

    def agrees(self, f: Figures) -> Truths:
        """Which wholes are the sum of their parts, each rounded to as many decimals as are given."""
        exact = (self.decimals == 0) & f.whole[self.whole]
        rounding = np.where(exact, 0.0, 0.5 * 10.0**-self.decimals * (self.count + 1))
        noise = 1e-9 * np.maximum(np.abs(self.total), np.abs(f.values[self.whole]))
        close: Truths = np.abs(f.values[self.whole] - self.total) <= rounding * (1 + 1e-6) + noise
        return close

    def exceeds(self, f: Figures) -> Truths:
        """Which sums are above their whole already, though perhaps not all parts are there."""
        more: Truths = (self.total > f.values[self.whole]) & (self.least >= 0)
        return more

    def above(self, f: Figures) -> Iterator[tuple[int, int]]:
        """The rows of wholes and of parts that are above them. Where a part is negative, another may be."""
        rows = self.whole[self.part_of]
        for i in np.flatnonzero((f.values[self.part] > f.values[rows]) & (self.least[self.part_of] >= 0)):
            yield int(rows[i]), int(self.part[i])


def _sums(f: Figures, rows: Ints, wholes: Ints) -> _Sums:
    """The sums of rows by the figure that they are parts of; parts of figures that are not there are left out."""
    whole = f.find(wholes)
    rows, whole = rows[whole >= 0], whole[whole >= 0]
    once, part_of, count = np.unique(whole, return_inverse=True, return_counts=True)
    least = np.full(len(once), np.inf)
    np.minimum.at(least, part_of, f.values[rows])
    decimals = np.zeros(len(once), np.int64)
    np.maximum.at(decimals, part_of, _decimals(f.values[rows]))
    return _Sums(
        whole=once,
        total=np.bincount(part_of, weights=f.values[rows], minlength=len(once)).astype(np.float64),
        count=count.astype(np.int64),
        decimals=np.maximum(decimals, _decimals(f.values[once])),
        least=least,
        part=rows,
        part_of=part_of,
    )


def _decimals(values: Floats) -> Ints:
    """In how many decimals each value is given, 6 at most."""
    found = np.full(len(values), _DECIMALS, np.int64)
    for places in reversed(range(_DECIMALS)):
        found[np.round(values, places) == values] = places
    return found


def _parents(f: Figures) -> tuple[Ints, Ints]:
    """For every period and subject: the subject that it lies directly in (-1 if none), and how many lie in it.

    A functional zone lies in divisions that report for themselves: it is no part of a sum, and where there is one it
    is not known whether a total was made with it (no number of regions will do: -1).
    """
    numbers = {name: number for number, name in enumerate(f.subjects)}
    parents = np.full((len(f.periods), len(f.subjects)), -1, np.int64)
    counts = np.zeros((len(f.periods), len(f.subjects)), np.int64)
    for period, span in enumerate(f.spans):
        for subject, name in enumerate(f.subjects):
            inside = f.regions.children(name, span.end)
            counts[period, subject] = -1 if any(r.functional_zone for r in inside) else len(inside)
            for region in inside:
                if region.id in numbers and not region.functional_zone:
                    parents[period, numbers[region.id]] = subject
    return parents, counts


def _dimensions(f: Figures) -> Iterator[tuple[str, Ints, Ints, int]]:
    """Every way in which an indicator is broken down: the dimension, the rows of parts, the breakdown that is left
    without it (a number, -1 if no figure has it), and how many members there are in all.
    """  # noqa: D205 - what is given takes two lines
    numbers = {text: number for number, text in enumerate(f.breakdowns)}
    split = [(code, part) for code, text in enumerate(f.breakdowns) for part in breakdown_from(text)]
    added = f.is_kind(*_ADDED)
    found: dict[tuple[int, int, str], list[tuple[int, str]]] = {}
    for code, part in split:
        parts = breakdown_from(f.breakdowns[code])
        rest = numbers.get(breakdown_text(p for p in parts if p != part), -1)
        for indicator in np.unique(f.indicator[added & (f.breakdown == code)]) if rest >= 0 else ():
            found.setdefault((int(indicator), rest, part.dimension), []).append((code, part.member))
    for (indicator, rest, dimension), codes in sorted(found.items()):
        rows = np.flatnonzero((f.indicator == indicator) & np.isin(f.breakdown, [code for code, _ in codes]))
        yield dimension, rows, np.full(len(rows), rest, np.int64), len(codes)


def _is_usual(agrees: Truths, share: float, least: int) -> bool:
    return len(agrees) >= least and bool(agrees.mean() >= share)


def _expected(total: float) -> Text:
    return Text("等于各部分之和 {total}", "the sum of the parts, {total}").format(total=plain(total))


def _at_most(total: float) -> Text:
    return Text("不大于 {total}", "{total} at most").format(total=plain(total))
