"""Figures as columns, so that thousands are compared at once.

Rows are in the order of their ids, whatever order they come in; indicators, subjects, periods and breakdowns are
numbers into sorted lists of names. Only figures that have a value are rows.
"""

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cached_property

import numpy as np
from attrs import field, frozen

from kepu_core import Indicator, IndicatorKind, Observation, Period, RegionTable
from kepu_core.domain.observation import breakdown_text
from kepu_office.plausibility_statistics import Floats, Ints, Truths

__all__ = ["Figures", "figures_of", "year_before"]

_NONE = -1
_YEAR = 12


@frozen(kw_only=True, eq=False)
class Figures:
    """Columns of figures; the codes are numbers into ``indicators``, ``subjects``, ``periods`` and ``breakdowns``."""

    rows: Sequence[Observation]
    values: Floats
    indicator: Ints
    subject: Ints
    period: Ints
    breakdown: Ints
    indicators: Sequence[str]
    subjects: Sequence[str]
    periods: Sequence[str]
    breakdowns: Sequence[str]
    known: Mapping[str, Indicator] = field(factory=dict)
    regions: RegionTable

    def __len__(self) -> int:
        return len(self.rows)

    @cached_property
    def keys(self) -> Ints:
        """One number for each row, growing: which figure it is."""
        return self.key(self.indicator, self.subject, self.period, self.breakdown)

    def key(self, indicator: Ints, subject: Ints, period: Ints, breakdown: Ints) -> Ints:
        """The number of the figure with these codes; -1 where one of them is none."""
        key = (indicator * len(self.subjects) + subject) * len(self.periods) + period
        key = key * len(self.breakdowns) + breakdown
        gone = (indicator < 0) | (subject < 0) | (period < 0) | (breakdown < 0)
        made: Ints = np.where(gone, _NONE, key)
        return made

    def find(self, keys: Ints) -> Ints:
        """In which row each figure stands; -1 if in none."""
        if not len(self):
            return np.full(len(keys), _NONE, np.int64)
        at = np.minimum(np.searchsorted(self.keys, keys), len(self) - 1)
        found: Ints = np.where(self.keys[at] == keys, at, _NONE).astype(np.int64)
        return found

    @cached_property
    def spans(self) -> Sequence[Period]:
        """The periods themselves, by their codes."""
        return [Period.parse(p) for p in self.periods]

    @cached_property
    def before(self) -> Ints:
        """For every row, the row of the same figure a year before; -1 if there is none."""
        numbers = {text: number for number, text in enumerate(self.periods)}
        earlier = np.array([numbers.get(str(year_before(s)), _NONE) for s in self.spans], np.int64)
        return self.find(self.key(self.indicator, self.subject, earlier[self.period], self.breakdown))

    def is_kind(self, *kinds: IndicatorKind) -> Truths:
        """Which rows are of an indicator that is registered as one of these kinds."""
        return self._by_indicator(lambda i: i is not None and i.kind in kinds)

    def has_unit(self, unit: str) -> Truths:
        """Which rows are of an indicator that is registered with a unit."""
        return self._by_indicator(lambda i: i is not None and i.unit.strip() == unit)

    @cached_property
    def whole(self) -> Truths:
        """Which values are whole numbers."""
        whole: Truths = self.values == np.rint(self.values)
        return whole

    def _by_indicator(self, test: Callable[[Indicator | None], bool]) -> Truths:
        told = np.array([test(self.known.get(name)) for name in self.indicators], np.bool_)
        return told[self.indicator] if len(self) else np.zeros(0, np.bool_)


def figures_of(observations: Iterable[Observation], known: Mapping[str, Indicator], regions: RegionTable) -> Figures:
    """The figures that have a value, by id; of several with one id the last counts."""
    by_id = {o.id: o for o in observations if o.value is not None and math.isfinite(o.value)}
    rows = list(by_id.values())
    texts = _texts(rows)
    indicator, indicators = _codes([o.indicator for o in rows])
    subject, subjects = _codes([o.subject for o in rows])
    period, periods = _codes([o.period for o in rows])
    breakdown, breakdowns = _codes(texts)
    order = np.lexsort((breakdown, period, subject, indicator))
    return Figures(
        rows=[rows[i] for i in order],
        values=np.fromiter((o.value for o in rows), np.float64, len(rows))[order],
        indicator=indicator[order],
        subject=subject[order],
        period=period[order],
        breakdown=breakdown[order],
        indicators=indicators,
        subjects=subjects,
        periods=periods,
        breakdowns=breakdowns,
        known=known,
        regions=regions,
    )


def year_before(span: Period) -> Period | None:
    """What a period is compared with: the same months a year before, or else the period before.

    ``None`` where the calendar ends.

    >>> year_before(Period.parse("2021Q3")), year_before(Period.parse("2021")), year_before(Period.parse("十四五"))
    (Period('2020Q3'), Period('2020'), Period('十三五'))
    """
    months = span.months
    steps = 1 if months is None or _YEAR % months else _YEAR // months
    try:
        return span.shift(-steps)
    except (ValueError, OverflowError):
        return None


def _texts(rows: Iterable[Observation]) -> list[str]:
    return [breakdown_text(o.breakdown) if o.breakdown else "" for o in rows]


def _codes(names: Sequence[str]) -> tuple[Ints, list[str]]:
    """Names as numbers into their sorted list."""
    ordered = sorted(set(names))
    numbers = {name: number for number, name in enumerate(ordered)}
    return np.fromiter((numbers[n] for n in names), np.int64, len(names)), ordered
