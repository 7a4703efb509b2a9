"""Figures against last year's, and against those of peers."""

import math
from collections.abc import Iterator
from itertools import pairwise

import numpy as np

from kepu_core import IndicatorKind, Text
from kepu_office.plausibility_doubts import Doubt, Doubting, plain
from kepu_office.plausibility_figures import Figures
from kepu_office.plausibility_problems import JUMP, OUTLIER
from kepu_office.plausibility_statistics import MAD_TO_SIGMA, Floats, Ints, Truths, robust

__all__ = ["jumps", "outliers"]

_NOISE = 1e-9
_BOUNDLESS = 1e12
"""No relative change is larger: what is divided by next to nothing would be infinite."""


def jumps(doubting: Doubting) -> Iterator[Doubt]:
    """Figures that changed more on the year before than the limit, and otherwise than those of their peers.

    The change is (v - p) / |p|. One that is nearly the median of the peers' changes is none of its own, however
    little these differ. A figure that was zero has no relative change, and is not judged.
    """
    f, limits = doubting.figures, doubting.limits
    rows = np.flatnonzero(f.before >= 0)
    rows = rows[f.values[f.before[rows]] != 0]
    now, then = f.values[rows], f.values[f.before[rows]]
    with np.errstate(over="ignore"):
        change = np.clip((now - then) / np.abs(then), -_BOUNDLESS, _BOUNDLESS)
    usual = robust(change, doubting.peers(rows))
    other = np.abs(change - usual.median) > limits.slight * (1 + np.abs(usual.median))
    strange = (usual.beyond(change, limits.k) & other) | (usual.size < limits.least_peers)
    strange &= (np.abs(change) > limits.jump) & ~_small(f, rows, now, then, limits.small)
    for i in np.flatnonzero(strange):
        few = usual.size[i] < limits.least_peers
        reach = limits.k * MAD_TO_SIGMA * usual.mad[i]
        low, high = (0.0, 0.0) if few else (usual.median[i] - reach, usual.median[i] + reach)
        expected = _around(then[i], min(low, -limits.jump), max(high, limits.jump))
        before = float(then[i])
        told = {"before": plain(before), "change": f"{change[i]:+.1%}"}
        yield doubting.doubt(JUMP, int(rows[i]), expected, before, **told)


def outliers(doubting: Doubting) -> Iterator[Doubt]:
    """Figures far from those of their peers in the same period, by the modified z-score.

    Shares are compared as they are; others by their logarithm, those that are not above zero not at all. Where more
    than half of the peers have one and the same figure there is no spread to measure by, and nothing is said.
    """
    f, limits = doubting.figures, doubting.limits
    share = f.is_kind(IndicatorKind.SHARE)
    divisor, divided = _divisors(doubting)
    figures = f.values / divisor
    rows = np.flatnonzero(np.isfinite(figures) & (share | (figures > 0)))
    figures, plainly = figures[rows], share[rows]
    scaled = np.where(plainly, figures, np.log(np.where(plainly, 1.0, figures)))
    usual = robust(scaled, doubting.peers(rows))
    middle = np.where(plainly, usual.median, np.exp(np.where(plainly, 0.0, usual.median)))
    judged = (usual.size >= limits.least_peers) & (usual.mad > 0)
    apart = np.where(plainly, limits.slight * np.abs(usual.median), math.log(limits.apart) + _NOISE)
    judged &= np.abs(scaled - usual.median) > apart
    judged &= ~_small(f, rows, f.values[rows], middle * divisor[rows], limits.small)
    for i in np.flatnonzero(judged & usual.beyond(scaled, limits.k)):
        row, reach = int(rows[i]), limits.k * MAD_TO_SIGMA * usual.mad[i]
        reach = max(reach, apart[i])
        low, high = usual.median[i] - reach, usual.median[i] + reach
        if not plainly[i]:
            low, high = np.exp(low), np.exp(high)
        name = doubting.indicator(doubting.denominators[f.rows[row].indicator]) if divided[row] else Text("", "")
        per = Text("（按“{d}”平均为 {v}）", " ({v} per unit of {d})").format(d=name, v=_short(figures[i]))
        score = (scaled[i] - usual.median[i]) / (MAD_TO_SIGMA * usual.mad[i])
        told = {"per": per if divided[row] else Text("", ""), "median": _short(middle[i]), "score": f"{score:.1f}"}
        yield doubting.doubt(OUTLIER, row, _between(low * divisor[row], high * divisor[row]), **told)


def _small(f: Figures, rows: Ints, one: Floats, other: Floats, small: float) -> Truths:
    """Counts so small that chance alone doubles them."""
    counts = f.whole[rows] & ~f.is_kind(IndicatorKind.SHARE)[rows]
    tiny: Truths = counts & (np.maximum(np.abs(one), np.abs(other)) < small)
    return tiny


def _divisors(doubting: Doubting) -> tuple[Floats, Truths]:
    """By what each figure is divided (1 if its indicator has no denominator, nan if that is missing), and which are."""
    f = doubting.figures
    divisor, divided = np.ones(len(f)), np.zeros(len(f), np.bool_)
    numbers = {name: number for number, name in enumerate(f.indicators)}
    for name, below in doubting.denominators.items():
        rows = np.flatnonzero(f.indicator == numbers.get(name, -1))
        if len(rows):
            found = _newest(f, numbers.get(below, -1))[f.subject[rows], f.period[rows]]
            divisor[rows] = np.where(found > 0, found, np.nan)
            divided[rows] = True
    return divisor, divided


def _newest(f: Figures, indicator: int) -> Floats:
    """For every subject and period, the figure of an indicator for it or for the newest period before; else nan."""
    table = np.full((len(f.subjects), len(f.periods)), np.nan)
    whole = [i for i, text in enumerate(f.breakdowns) if not text]
    rows = np.flatnonzero((f.indicator == indicator) & np.isin(f.breakdown, whole))
    table[f.subject[rows], f.period[rows]] = f.values[rows]
    order = sorted(range(len(f.periods)), key=lambda p: (f.spans[p].end, f.spans[p].start))
    for earlier, later in pairwise(order):
        column = table[:, later]
        table[:, later] = np.where(np.isnan(column), table[:, earlier], column)
    return table


def _around(base: float, low: float, high: float) -> Text:
    return _between(*sorted((float(base + abs(base) * low), float(base + abs(base) * high))))


def _between(low: float, high: float) -> Text:
    told = {"low": _short(low), "high": _short(high)}
    return Text("{low} 至 {high}", "{low} to {high}").format(**told)


def _short(number: float) -> str:
    """A number that was computed, in four digits.

    >>> _short(1234567.8), _short(0.000123456), _short(12.0)
    ('1,235,000', '0.0001235', '12')
    """
    return f"{float(f'{number:.4g}'):,.10g}" if abs(number) < 1e10 else f"{number:.4g}"  # noqa: PLR2004 - what fits
