"""Writing values into cells: numbers as numbers, days as days, and every text as a text.

No text is ever handed to the functions of XlsxWriter that guess what a text is: what begins with ``=`` stays a text.
"""

import datetime as dt
import math
from collections.abc import Callable
from typing import Any

from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from kepu_core import LabelledEnum, Text
from kepu_core.report import Link
from kepu_core.scoring.tables import shown_value
from kepu_office.report_styles import Look
from kepu_office.report_texts import safe_text, width_of

__all__ = ["put", "put_link", "put_text", "shown_width"]

_EXACT = 10**15
"""Excel keeps fifteen digits; a longer whole number is an identifier and stays a text."""
_FIRST_DAY = dt.date(1900, 3, 1)
"""Before it, the days of Excel are not those of the calendar."""
_LINKED_ROWS = 10_000
_LONGEST_TARGET = 250
"""A sheet can hold 65,530 links, and a link no longer way."""
_DAY_WIDTH = 10
_GENERAL_WIDTH = 11
"""A number in the format *General* is shown with as many decimals as there is room for."""


def put_text(sheet: Worksheet, row: int, column: int, text: str, look: Format | None = None) -> None:
    """Write a text, whatever it looks like."""
    sheet.write_string(row, column, safe_text(text), look)


def put_link(sheet: Worksheet, row: int, column: int, to: str, text: str, look: Format, tip: str | None = None) -> None:
    """Write a text that leads to the first cell of another sheet of the same workbook.

    XlsxWriter repeats the text of a link in an attribute, where not every character may stand: it gets the name of
    the sheet there.
    """
    sheet.write_url(row, column, f"internal:'{to}'!A1", look, to, tip)
    put_text(sheet, row, column, text, look)


def put(sheet: Worksheet, row: int, column: int, value: Any, look: Look) -> None:
    """Write a value of a report: a blank for ``None`` and for what is no number, the current language for labels."""
    kind = type(value)
    writer = _WRITERS.get(kind)
    if writer is None:
        writer = _WRITERS[kind] = _writer_for(kind)
    writer(sheet, row, column, value, look)


_Writer = Callable[[Worksheet, int, int, Any, Look], Any]


def _none(sheet: Worksheet, row: int, column: int, _: Any, look: Look) -> None:
    sheet.write_blank(row, column, None, look.text)


def _text(sheet: Worksheet, row: int, column: int, value: Any, look: Look) -> None:
    sheet.write_string(row, column, safe_text(value), look.text)


def _words(sheet: Worksheet, row: int, column: int, value: Any, look: Look) -> None:
    sheet.write_string(row, column, safe_text(shown_value(value)), look.text)


def _whole(sheet: Worksheet, row: int, column: int, value: Any, look: Look) -> None:
    if -_EXACT < value < _EXACT:
        sheet.write_number(row, column, value, look.number)
    else:
        sheet.write_string(row, column, str(value), look.text)


def _real(sheet: Worksheet, row: int, column: int, value: Any, look: Look) -> None:
    number = float(value)
    if math.isfinite(number):
        sheet.write_number(row, column, number, look.number)
    elif math.isnan(number):
        sheet.write_blank(row, column, None, look.text)
    else:
        sheet.write_string(row, column, "-∞" if number < 0 else "∞", look.text)


def _day(sheet: Worksheet, row: int, column: int, value: Any, look: Look) -> None:
    if value >= _FIRST_DAY:
        sheet.write_datetime(row, column, value, look.day)
    else:
        sheet.write_string(row, column, value.isoformat(), look.text)


def _moment(sheet: Worksheet, row: int, column: int, value: Any, look: Look) -> None:
    naive = value.replace(tzinfo=None)
    if naive.date() >= _FIRST_DAY:
        sheet.write_datetime(row, column, naive, look.moment)
    else:
        sheet.write_string(row, column, value.isoformat(), look.text)


def _link(sheet: Worksheet, row: int, column: int, value: Any, look: Look) -> None:
    """The way to a file beside the workbook; only the word where Excel could not hold the way."""
    target = value.target
    if row <= _LINKED_ROWS and len(target) <= _LONGEST_TARGET and target.isprintable():
        sheet.write_url(row, column, f"external:{target}", look.link, target)
        put_text(sheet, row, column, value.text, look.link)
    else:
        put_text(sheet, row, column, value.text, look.text)


_WRITERS: dict[type, _Writer] = {
    type(None): _none,
    str: _text,
    Text: _words,
    Link: _link,
    bool: _words,
    int: _whole,
    float: _real,
    dt.date: _day,
    dt.datetime: _moment,
}


def _writer_for(kind: type) -> _Writer:
    """The writer for a type that is met for the first time: labels, links, numbers of other libraries."""
    if issubclass(kind, LabelledEnum):
        return _words
    for known in (str, dt.datetime, dt.date, float, int):
        if issubclass(kind, known):
            return _WRITERS[known]
    return _real if hasattr(kind, "__float__") else _words


def shown_width(value: Any, decimals: int | None) -> int:
    """How wide a value stands when it is shown."""
    if isinstance(value, dt.date):
        return _DAY_WIDTH
    wide = width_of(shown_value(value, decimals))
    return min(wide, _GENERAL_WIDTH) if isinstance(value, float) and decimals is None else wide
