"""Periods: the spans of time in which work is planned, reported and evaluated.

A :class:`Period` is a span of whole days, both ends included: a year, half, quarter, month, a
five-year plan (十四五 = 2021–2025) or any other span, such as a school year. In records a period is
kept as its text (``2021``, ``2021H1``, ``2021Q3``, ``2021-05``, ``十四五``,
``2021-09-01/2022-08-31``), each period having exactly one text.

Calendar arithmetic and human wording are pendulum's, which is imported when first needed. Nothing
here reads the clock: today is always an argument.
"""

import datetime as dt
import re
from collections.abc import Iterator
from enum import IntEnum
from functools import lru_cache
from typing import TYPE_CHECKING

from attrs import field, frozen

from kepu_core.domain.errors import InvalidData
from kepu_core.domain.findings import Problem
from kepu_core.language import Text

if TYPE_CHECKING:
    import pendulum

__all__ = ["Period", "PeriodUnit", "time_left"]

NOT_A_PERIOD = Problem(
    "period.unreadable",
    Text("“{text}”不是统计期", "{text!r} is not a period"),
    Text(
        "写作 2021、2021H1、2021Q3、2021-05、十四五 或 2021-09-01/2022-08-31",
        "write 2021, 2021H1, 2021Q3, 2021-05, 十四五 or 2021-09-01/2022-08-31",
    ),
)
ENDS_BEFORE_START = Problem(
    "period.reversed",
    Text("统计期的结束日 {end} 早于开始日 {start}", "the period ends on {end}, before it starts on {start}"),
    Text("交换两个日期", "swap the two dates"),
)
NOT_DIVISIBLE = Problem(
    "period.not-divisible",
    Text("{period} 不能整分为{unit}", "{period} does not divide into whole {unit}s"),
    Text("换一个更小的单位，或换一个起止于整月的统计期", "take a smaller unit, or a period of whole months"),
)


class PeriodUnit(IntEnum):
    """The calendar units, each worth its number of months."""

    MONTH = 1
    QUARTER = 3
    HALF = 6
    YEAR = 12
    FIVE_YEARS = 60

    @property
    def label(self) -> Text:
        """What the unit is called."""
        return _UNIT_LABELS[self]


_UNIT_LABELS = {
    PeriodUnit.MONTH: Text("月", "month"),
    PeriodUnit.QUARTER: Text("季度", "quarter"),
    PeriodUnit.HALF: Text("半年", "half-year"),
    PeriodUnit.YEAR: Text("年", "year"),
    PeriodUnit.FIVE_YEARS: Text("五年规划期", "five-year plan"),
}

_DIGITS = "零一二三四五六七八九"
# The plans since the sixth (1981–1985) follow each other without a gap; earlier ones did not.
_SIXTH_PLAN = 1981
_EARLY_PLANS = {1953: 1, 1958: 2, 1966: 3, 1971: 4, 1976: 5}
_FORM = re.compile(
    r"(?P<year>[12]\d{3})"
    r"(?:(?:H(?P<half>[12]))|(?:Q(?P<quarter>[1-4]))|(?:-(?P<month>0[1-9]|1[0-2]))|(?:-(?P<until>[12]\d{3})))?",
    re.ASCII,
)
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


@frozen(order=True)
class Period:
    """A span of whole days, both ends included.

    >>> Period.parse("2021H1")
    Period('2021H1')
    >>> Period.parse("十四五").contains(Period.parse("2023Q4"))
    True
    >>> [str(q) for q in Period.parse("2021").divide(PeriodUnit.QUARTER)]
    ['2021Q1', '2021Q2', '2021Q3', '2021Q4']
    >>> Period.parse("2021-12").next()
    Period('2022-01')
    """

    start: dt.date = field()
    end: dt.date = field()

    def __attrs_post_init__(self) -> None:
        if self.end < self.start:
            raise InvalidData.of(ENDS_BEFORE_START, start=self.start, end=self.end)

    @classmethod
    def parse(cls, text: str) -> "Period":
        """Read a period from its text.

        Raises :class:`InvalidData` (code ``period.unreadable``) for anything else.
        """
        return _parse(text)

    @classmethod
    def of(cls, year: int, month: int = 1, unit: PeriodUnit = PeriodUnit.YEAR) -> "Period":
        """The calendar period of one unit that begins in a month.

        >>> Period.of(2021, 7, PeriodUnit.HALF)
        Period('2021H2')
        """
        start = dt.date(year, month, 1)
        return cls(start, _months_later(start, int(unit)) - dt.timedelta(days=1))

    @property
    def text(self) -> str:
        """The one text of this period."""
        unit = self.unit
        if unit is PeriodUnit.FIVE_YEARS:
            number = _plan_number(self.start.year)
            if number:
                return f"{_numeral(number)}五"
        if unit is PeriodUnit.YEAR:
            return f"{self.start.year:04}"
        if unit is PeriodUnit.HALF:
            return f"{self.start.year:04}H{self.start.month // 6 + 1}"
        if unit is PeriodUnit.QUARTER:
            return f"{self.start.year:04}Q{self.start.month // 3 + 1}"
        if unit is PeriodUnit.MONTH:
            return f"{self.start.year:04}-{self.start.month:02}"
        if self._whole_years():
            return f"{self.start.year:04}-{self.end.year:04}"
        return f"{self.start.isoformat()}/{self.end.isoformat()}"

    def __str__(self) -> str:
        return self.text

    def __repr__(self) -> str:
        return f"Period({self.text!r})"

    @property
    def months(self) -> int | None:
        """How many whole months it has; ``None`` if it does not begin and end with a month."""
        after = self.end + dt.timedelta(days=1) if self.end < dt.date.max else None
        if self.start.day != 1 or after is None or after.day != 1:
            return None
        return (after.year - self.start.year) * 12 + after.month - self.start.month

    @property
    def unit(self) -> PeriodUnit | None:
        """The calendar unit that this period is exactly one of, if it is one."""
        months = self.months
        if months not in tuple(PeriodUnit):
            return None
        unit = PeriodUnit(months)
        if unit is PeriodUnit.FIVE_YEARS:
            return unit if self.start.month == 1 and _plan_number(self.start.year) else None
        return unit if (self.start.month - 1) % months == 0 else None

    @property
    def days(self) -> int:
        """How many days it has, both ends counted."""
        return self.end.toordinal() - self.start.toordinal() + 1

    @property
    def label(self) -> Text:
        """How people write it.

        >>> Period.parse("2021H1").label.zh
        '2021年上半年'
        """
        year, unit = self.start.year, self.unit
        if unit is PeriodUnit.YEAR:
            return Text(f"{year}年", str(year))
        if unit is PeriodUnit.HALF:
            first = self.start.month == 1
            return Text(f"{year}年{'上' if first else '下'}半年", f"{'first' if first else 'second'} half of {year}")
        if unit is PeriodUnit.QUARTER:
            number = self.start.month // 3 + 1
            return Text(f"{year}年第{_DIGITS[number]}季度", f"quarter {number} of {year}")
        if unit is PeriodUnit.MONTH:
            return Text(f"{year}年{self.start.month}月", f"{year}-{self.start.month:02}")
        if unit is PeriodUnit.FIVE_YEARS:
            return Text(f"“{self.text}”时期（{year}—{self.end.year}年）", f"five-year plan {year}–{self.end.year}")
        return Text(f"{self.start}至{self.end}", f"{self.start} to {self.end}")

    def contains(self, other: "dt.date | Period") -> bool:
        """Whether a day, or the whole of another period, lies inside this one."""
        if isinstance(other, Period):
            return self.start <= other.start and other.end <= self.end
        return self.start <= other <= self.end

    __contains__ = contains

    def overlaps(self, other: "Period") -> bool:
        """Whether the two share at least one day."""
        return self.start <= other.end and other.start <= self.end

    def shift(self, steps: int) -> "Period":
        """The period of the same length ``steps`` further on (negative: further back).

        Whole months move by months, other spans by their number of days.
        """
        months = self.months
        if months is None:
            move = dt.timedelta(days=self.days * steps)
            return Period(self.start + move, self.end + move)
        start = _months_later(self.start, months * steps)
        return Period(start, _months_later(start, months) - dt.timedelta(days=1))

    def next(self) -> "Period":
        """The period that follows without a gap."""
        return self.shift(1)

    def previous(self) -> "Period":
        """The period before: what growth is measured against."""
        return self.shift(-1)

    def divide(self, unit: PeriodUnit) -> Iterator["Period"]:
        """The units that make up this period, in order.

        Raises :class:`InvalidData` (``period.not-divisible``) where they would not fit exactly.
        """
        months = self.months
        if months is None or months % unit or (self.start.month - 1) % min(unit, 12):
            raise InvalidData.of(NOT_DIVISIBLE, period=self, unit=unit.label)
        return (Period.of((d := _months_later(self.start, i)).year, d.month, unit) for i in range(0, months, unit))

    def _whole_years(self) -> bool:
        return (self.start.month, self.start.day, self.end.month, self.end.day) == (1, 1, 12, 31)


def time_left(due: dt.date, today: dt.date) -> Text:
    """How far a deadline lies ahead or behind, in words.

    >>> time_left(dt.date(2021, 6, 30), today=dt.date(2021, 6, 16)).en
    'in 2 weeks'
    >>> time_left(dt.date(2021, 6, 1), today=dt.date(2021, 6, 4)).zh
    '已过期3天'
    """
    if due == today:
        return Text("今天到期", "due today")
    a, b = _pendulum_date(due), _pendulum_date(today)
    length = (a - b if due > today else b - a).days
    distance = a.diff_for_humans(b, absolute=True, locale="zh") if length else ""
    words = a.diff_for_humans(b, absolute=True, locale="en")
    if due > today:
        return Text(f"还有{distance}", f"in {words}")
    return Text(f"已过期{distance}", f"{words} overdue")


@lru_cache(maxsize=4096)
def _parse(text: str) -> Period:
    found = _parse_form(text) or _parse_plan(text) or _parse_span(text)
    if found is None:
        raise InvalidData.of(NOT_A_PERIOD, text=text)
    return found


def _parse_form(text: str) -> Period | None:
    match = _FORM.fullmatch(text)
    if match is None:
        return None
    year = int(match["year"])
    if match["half"]:
        return Period.of(year, 6 * int(match["half"]) - 5, PeriodUnit.HALF)
    if match["quarter"]:
        return Period.of(year, 3 * int(match["quarter"]) - 2, PeriodUnit.QUARTER)
    if match["month"]:
        return Period.of(year, int(match["month"]), PeriodUnit.MONTH)
    if match["until"]:
        return Period(dt.date(year, 1, 1), dt.date(int(match["until"]), 12, 31))
    return Period.of(year)


def _parse_plan(text: str) -> Period | None:
    name = text.strip('“”"')
    for year in (*_EARLY_PLANS, *range(_SIXTH_PLAN, _SIXTH_PLAN + 5 * 30, 5)):
        if name == f"{_numeral(_plan_number(year))}五":
            return Period.of(year, 1, PeriodUnit.FIVE_YEARS)
    return None


def _parse_span(text: str) -> Period | None:
    first, slash, last = text.partition("/")
    if not (slash and _DATE.fullmatch(first) and _DATE.fullmatch(last)):
        return None
    try:
        return Period(dt.date.fromisoformat(first), dt.date.fromisoformat(last))
    except InvalidData:
        raise
    except ValueError:
        return None


def _plan_number(start_year: int) -> int:
    """Which five-year plan begins in a year; 0 if none does."""
    if start_year < _SIXTH_PLAN:
        return _EARLY_PLANS.get(start_year, 0)
    steps, rest = divmod(start_year - _SIXTH_PLAN, 5)
    return 0 if rest else steps + 6


def _numeral(number: int) -> str:
    tens, ones = divmod(number, 10)
    head = ("" if tens == 1 else _DIGITS[tens]) + "十" if tens else ""
    return head + (_DIGITS[ones] if ones else "")


def _months_later(day: dt.date, months: int) -> dt.date:
    later = _pendulum_date(day).add(months=months)
    return dt.date(later.year, later.month, later.day)


def _pendulum_date(day: dt.date) -> "pendulum.Date":
    import pendulum  # noqa: PLC0415 - a third of the import cost of the library, needed only here

    return pendulum.date(day.year, day.month, day.day)
