"""What may be typed into the cells of a template: drop-down lists, dates, numbers in their range."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from attrs import define, field
from xlsxwriter.utility import xl_col_to_name
from xlsxwriter.workbook import Workbook

from kepu_core import Form, Text
from kepu_office.cells import choice_text
from kepu_office.shapes import Column, Kind

__all__ = ["Lists", "rule_of"]

_FIRST_DAY, _LAST_DAY = dt.date(1901, 1, 1), dt.date(2999, 12, 31)
_MOST = 10.0**15


@define
class Lists:
    """The hidden sheet of what can be chosen: one list in each column, each written once."""

    book: Workbook
    name: str
    places: Sequence[str]
    _lists: dict[tuple[str, ...], int] = field(factory=dict)

    def source(self, items: Sequence[str]) -> str:
        """The cells in which a list stands."""
        key = tuple(items)
        position = self._lists.setdefault(key, len(self._lists))
        letter = xl_col_to_name(position, col_abs=True)
        return f"='{self.name}'!{letter}$1:{letter}${len(key)}"

    def write(self) -> None:
        """Make the sheet, once all lists are known."""
        sheet = self.book.add_worksheet(self.name)
        for items, position in self._lists.items():
            for row, text in enumerate(items):
                sheet.write_string(row, position, text)
        sheet.hide()


def rule_of(column: Column, lists: Lists, names: str | None, year: int | None) -> dict[str, Any]:
    """The rule for the cells of a column; ``names`` are cells with what it can refer to."""
    if column.several:
        return {"validate": "any"}
    if column.kind is Kind.CHOICE and column.choice is not None:
        return _list(lists.source([choice_text(m) for m in column.choice]))
    if column.kind is Kind.TRUTH:
        return _list(lists.source([str(Text("是", "yes")), str(Text("否", "no"))]))
    if column.kind is Kind.DATE:
        return _between("date", _FIRST_DAY, _LAST_DAY)
    if column.kind in {Kind.WHOLE, Kind.NUMBER}:
        return _number(column)
    if (
        lists.places
        and (column.form is Form.REGION_CODE or column.spec.info.ref == "region" or column.is_subject)
        and column.path != ("id",)
    ):
        return _offer(lists.source(lists.places))
    if column.form is Form.PERIOD and year is not None:
        parts = [f"{year}H{n}" for n in (1, 2)] + [f"{year}Q{n}" for n in range(1, 5)]
        return _offer(lists.source([str(year), *parts, *(f"{year}-{n:02}" for n in range(1, 13))]))
    return {"validate": "any"} if names is None else _offer(names)


def _list(source: str) -> dict[str, Any]:
    title, message = (
        Text("请从列表中选择", "choose from the list"),
        Text("这一格只能填列表中的内容", "only what is in the list"),
    )
    return {"validate": "list", "source": source, "error_title": str(title), "error_message": str(message)}


def _offer(source: str) -> dict[str, Any]:
    """A list to choose from, beside which something else may be typed."""
    return {"validate": "list", "source": source, "show_error": False}


def _between(kind: str, low: Any, high: Any) -> dict[str, Any]:
    shown = [f"{v:.15g}" if isinstance(v, float) else str(v) for v in (low, high)]
    message = Text(f"应在 {shown[0]} 与 {shown[1]} 之间", f"should be between {shown[0]} and {shown[1]}")
    title = Text("请核对", "please check")
    return {
        "validate": kind,
        "criteria": "between",
        "minimum": low,
        "maximum": high,
        "error_title": str(title),
        "error_message": str(message),
    }


def _number(column: Column) -> dict[str, Any]:
    info = column.spec.info
    low = info.ge if info.ge is not None else -_MOST
    high = info.le if info.le is not None else _MOST
    whole = column.kind is Kind.WHOLE
    ends = (int(low), int(high)) if whole else (float(low), float(high))
    return _between("integer" if whole else "decimal", *ends)
