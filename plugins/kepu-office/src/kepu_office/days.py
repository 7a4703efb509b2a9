"""Days and periods as people write them: ``2021年5月3日``, ``2021.5.3``, ``44319``, ``2021年上半年``, ``十四五``."""

import datetime as dt
import re
from contextlib import suppress
from enum import Enum, auto

from kepu_core import InvalidData, Period, PeriodUnit
from kepu_office.wording import narrow

__all__ = ["DayFault", "DayFaultError", "serial_day", "written_day", "written_period", "written_time"]

_NUMERALS = str.maketrans("〇零○一二三四五六七八九", "000123456789")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_TIME_BEHIND = re.compile(r"[t ]\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?$")
_YMD = re.compile(r"(\d{4})\s*[-/.年\s]\s*(\d{1,2})\s*[-/.月\s]\s*(\d{1,2})\s*[日号]?")
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})")
_ENGLISH = re.compile(
    r"(?:(\d{1,2})(?:st|nd|rd|th)?\s+([a-z]{3,9})\.?,?|([a-z]{3,9})\.?\s+(\d{1,2})(?:st|nd|rd|th)?,?)\s+(\d{4})"
)
_SHORT = re.compile(r"\d{1,2}[-/.]\d{1,2}[-/.]\d{1,4}|\d{2}年\d{1,2}月\d{1,2}[日号]?")
_NO_YEAR = re.compile(r"\d{1,2}[-/.月]\d{1,2}[日号]?")
_NO_DAY = re.compile(r"\d{4}[-/.年]?(\d{1,2}月?)?(年|年度)?|\d{4}年(上半年|下半年|第?\d季度)")
_EARLIEST, _LATEST = 20_000, 80_000
_EPOCH_1900, _EPOCH_1904 = dt.date(1899, 12, 30), dt.date(1904, 1, 1)


class DayFault(Enum):
    """What is wrong with a text that should be a day."""

    OTHER = auto()
    NO_DAY = auto()
    NO_YEAR = auto()
    AMBIGUOUS = auto()


class DayFaultError(Exception):
    """A text that is no day."""

    def __init__(self, fault: DayFault) -> None:
        super().__init__(fault)
        self.fault = fault


def written_day(text: str) -> dt.date:
    """The day that a text says. Raises :class:`DayFaultError`.

    >>> written_day("2021年5月3日"), written_day("二〇二一年十二月三十一日")
    (datetime.date(2021, 5, 3), datetime.date(2021, 12, 31))
    """
    plain = _digits(narrow(text).strip().casefold())
    plain = _TIME_BEHIND.sub("", plain).strip()
    for pattern in (_YMD, _COMPACT):
        match = pattern.fullmatch(plain)
        if match:
            return _day(*map(int, match.groups()))
    match = _ENGLISH.fullmatch(plain)
    if match:
        month = (match[2] or match[3])[:3]
        if month in _MONTHS:
            return _day(int(match[5]), _MONTHS.index(month) + 1, int(match[1] or match[4]))
    if _NO_DAY.fullmatch(plain):
        raise DayFaultError(DayFault.NO_DAY)
    if _SHORT.fullmatch(plain):
        raise DayFaultError(DayFault.AMBIGUOUS)
    if _NO_YEAR.fullmatch(plain):
        raise DayFaultError(DayFault.NO_YEAR)
    raise DayFaultError(DayFault.OTHER)


def _day(year: int, month: int, day: int) -> dt.date:
    try:
        return dt.date(year, month, day)
    except ValueError as error:
        raise DayFaultError(DayFault.OTHER) from error


def _digits(text: str) -> str:
    """Chinese numerals of days, months and years as digits."""
    text = re.sub("廿", "二十", text)
    text = re.sub(r"([二三])十([一二三四五六七八九])", r"\1\2", text)
    text = re.sub(r"([二三])十", r"\g<1>0", text)
    text = re.sub(r"十([一二三四五六七八九])", r"1\1", text)
    text = re.sub(r"十(?=[月日号])", "10", text)
    return text.translate(_NUMERALS)


def serial_day(number: float, *, since_1904: bool) -> dt.date | None:
    """The day of a serial number as spreadsheets count them; ``None`` for a number that is hardly meant so.

    >>> serial_day(44319, since_1904=False)
    datetime.date(2021, 5, 3)
    """
    if number != int(number) or not _EARLIEST <= number <= _LATEST:
        return None
    return (_EPOCH_1904 if since_1904 else _EPOCH_1900) + dt.timedelta(days=int(number))


def written_time(text: str) -> dt.datetime | None:
    """The time that a text says; without a time zone it is the time of China."""
    try:
        made = dt.datetime.fromisoformat(narrow(text).strip().replace("/", "-"))
    except ValueError:
        return None
    return made if made.tzinfo else made.replace(tzinfo=dt.timezone(dt.timedelta(hours=8)))


_YEAR = re.compile(r"(\d{4})(?:年度?|学年)?")
_MONTH = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*月?(?:份)?")
_HALF = re.compile(r"(\d{4})\s*年?\s*(?:(上|下)半(?:年度?)?|h\s*([12]))")
_QUARTER = re.compile(r"(\d{4})\s*年?\s*(?:第?([1-4])季度?|q([1-4]))")
_YEARS = re.compile(r"(\d{4})\s*年?\s*(?:[-—–~至到]+)\s*(\d{4})\s*年?")
_DAYS = re.compile(r"(.+?)\s*(?:至|到|—+|~|/)\s*(.+)")


def written_period(text: str) -> str | None:
    """The standard text of the period that a text says; ``None`` if it says none.

    >>> [written_period(t) for t in ("2021年度", "2021年5月", "2021年上半年", "2021年第三季度", "“十四五”期间")]
    ['2021', '2021-05', '2021H1', '2021Q3', '十四五']
    """
    plain = narrow(text).strip()
    with suppress(InvalidData):
        return Period.parse(plain).text
    named = plain.strip("“”\"'").removesuffix("期间").removesuffix("时期").strip("“”\"'")
    with suppress(InvalidData):
        return Period.parse(named).text
    return _period_of(_digits(plain.casefold()))


def _period_of(plain: str) -> str | None:
    with suppress(InvalidData, ValueError, DayFaultError):
        if m := _YEAR.fullmatch(plain):
            return Period.of(int(m[1])).text
        if m := _MONTH.fullmatch(plain):
            return Period.of(int(m[1]), int(m[2]), PeriodUnit.MONTH).text
        if m := re.fullmatch(r"(\d{4})(0[1-9]|1[0-2])", plain):
            return Period.of(int(m[1]), int(m[2]), PeriodUnit.MONTH).text
        if m := _QUARTER.fullmatch(plain):
            return Period.of(int(m[1]), 3 * int(m[2] or m[3]) - 2, PeriodUnit.QUARTER).text
        if m := _HALF.fullmatch(plain):
            second = m[2] == "下" or m[3] == "2"
            return Period.of(int(m[1]), 7 if second else 1, PeriodUnit.HALF).text
        if m := _YEARS.fullmatch(plain):
            return Period(dt.date(int(m[1]), 1, 1), dt.date(int(m[2]), 12, 31)).text
        if m := _DAYS.fullmatch(plain):
            return Period(written_day(m[1]), written_day(m[2])).text
    return None
