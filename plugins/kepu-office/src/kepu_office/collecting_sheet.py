"""The status of a collection as a workbook: the table, the files, what is wrong, what changed, what is doubtful.

Texts are written as texts: a cell that begins with ``=`` is no formula, and an address no link.
"""

from collections.abc import Iterable, Sequence
from typing import Any, BinaryIO

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from kepu_core import Finding, Text
from kepu_core.domain.findings import Severity
from kepu_office.collecting import Collection, Returned
from kepu_office.collecting_output import COLUMNS, RATES, cells_of, shown_region, summary_of, time_text
from kepu_office.collecting_own import PROPERTY
from kepu_office.limits import LIMITS
from kepu_office.report_texts import safe_text

__all__ = ["write_status"]

_OPTIONS = {
    "in_memory": True,
    "strings_to_formulas": False,
    "strings_to_numbers": False,
    "strings_to_urls": False,
    "nan_inf_to_errors": True,
}
_COLOURS = {
    Returned.MISSING: "#F4B6B6",
    Returned.REFUSED: "#F4B6B6",
    Returned.PARTIAL: "#FBE7A1",
    Returned.RECEIVED: "#CDE8CF",
}
_SEVERITIES = {
    Severity.ERROR: Text("错误", "error"),
    Severity.WARNING: Text("请核对", "warning"),
    Severity.NOTE: Text("说明", "note"),
}
_MOST_ROWS = 200_000
_TOO_LONG = "…"
Cell = str | int | float | None


def write_status(collection: Collection, out: BinaryIO) -> None:
    """Write the workbook into a stream, in the language of the moment. The same collection gives the same cells."""
    with xlsxwriter.Workbook(out, dict(_OPTIONS)) as book:
        book.set_custom_property(*PROPERTY)
        _statuses(_Book(book), collection)
        _files(_Book(book), collection)
        _findings(_Book(book), collection.findings)
        _changes(_Book(book), collection)
        _doubts(_Book(book), collection)


class _Book:
    """A workbook, to which sheets of one look are added."""

    def __init__(self, book: Workbook) -> None:
        self.book = book
        self.head = book.add_format({"bold": True, "bg_color": "#DDE6F0", "border": 1, "text_wrap": True})
        self.wrapped = book.add_format({"text_wrap": True, "valign": "top"})
        self.percent = book.add_format({"num_format": "0.0%"})

    def sheet(self, name: Text, headers: Sequence[Text], widths: Sequence[int], first: int = 0) -> Worksheet:
        """A sheet with its header in a row, which stays in sight."""
        sheet = self.book.add_worksheet(str(name))
        for column, (header, width) in enumerate(zip(headers, widths, strict=True)):
            sheet.set_column(column, column, width)
            sheet.write_string(first, column, str(header), self.head)
        sheet.freeze_panes(first + 1, 0)
        return sheet

    def rows(self, sheet: Worksheet, rows: Iterable[Sequence[Cell]]) -> None:
        """Rows of texts and numbers below the header."""
        for number, cells in enumerate(rows, 1):
            if number > _MOST_ROWS:
                sheet.write_string(number, 0, _TOO_LONG)
                break
            for column, cell in enumerate(cells):
                write(sheet, number, column, cell, self.wrapped)


def write(sheet: Worksheet, row: int, column: int, cell: Cell, look: Format | None = None) -> None:
    """A cell as what it is: a number, or a text whatever it begins with."""
    if isinstance(cell, (int, float)):
        sheet.write_number(row, column, cell, look)
    elif cell is not None:
        text = cell if len(cell) <= LIMITS.text else cell[: LIMITS.text - 1] + _TOO_LONG
        sheet.write_string(row, column, safe_text(text), look)


def _statuses(book: _Book, collection: Collection) -> None:
    lines = summary_of(collection)
    first = len(lines) + 1
    widths = [9, 16, 16, 10, 8, 17, 8, 8, 8, 8, 8, 8, 8, 13, 9, 11, 8]
    sheet = book.sheet(Text("报送情况", "status"), list(COLUMNS.values()), widths, first)
    for row, line in enumerate(lines):
        write(sheet, row, 0, line)
    looks = {state: book.book.add_format({"bg_color": colour}) for state, colour in _COLOURS.items()}
    for row, status in enumerate(collection.statuses, first + 1):
        for column, (name, cell) in enumerate(cells_of(collection, status).items()):
            percent = book.percent if name in {"completeness", "indicators"} else None
            write(sheet, row, column, cell, looks[status.state] if name == "state" else percent)
    last = first + max(len(collection.statuses), 1)
    sheet.autofilter(first, 0, last, len(COLUMNS) - 1)
    for offset, (name, rate) in enumerate(collection.rates().items(), last + 2):
        write(sheet, offset, 0, str(RATES[name]), None)
        write(sheet, offset, 2, rate.share, book.percent)
        write(sheet, offset, 3, f"{rate.part} / {rate.whole}", None)


def _files(book: _Book, collection: Collection) -> None:
    headers = [
        Text("文件", "file"),
        Text("地区", "region"),
        *(COLUMNS[c] for c in ("received", "read", "added", "changed", "unchanged", "refused")),
        Text("结果", "result"),
    ]
    sheet = book.sheet(Text("文件", "files"), headers, [44, 20, 17, 8, 8, 8, 8, 8, 10])
    good, bad = Text("已导入", "imported"), Text("未导入", "not imported")
    book.rows(
        sheet,
        (
            (
                f.name,
                "、".join(shown_region(collection, r) for r in f.regions) or "—",
                time_text(f.received),
                f.read,
                f.added,
                f.changed,
                f.unchanged,
                f.refused,
                str(good if f.ok else bad),
            )
            for f in collection.files
        ),
    )


def _findings(book: _Book, findings: Iterable[Finding]) -> None:
    headers = [
        Text("程度", "severity"),
        Text("位置", "place"),
        Text("问题", "what is wrong"),
        Text("改法", "how to mend it"),
        Text("记录", "record"),
        Text("代码", "code"),
    ]
    sheet = book.sheet(Text("问题", "findings"), headers, [8, 44, 60, 44, 30, 24])
    order = list(Severity)
    book.rows(
        sheet,
        (
            (str(_SEVERITIES[f.severity]), str(f.place or ""), str(f.message), str(f.mend), f.record or "", f.code)
            for f in sorted(findings, key=lambda f: order.index(f.severity))
        ),
    )


def _changes(book: _Book, collection: Collection) -> None:
    headers = [Text("记录与字段：原值 → 新值", "record and field: old → new")]
    sheet = book.sheet(Text("变动", "changes"), headers, [120])
    gone = Text("上次有本次无", "gone")
    told = [str(d) for d in collection.differences]
    told += [f"{s.name} {gone} {s.type}/{ident}" for s in collection.statuses for ident in s.gone]
    book.rows(sheet, ((line,) for line in told))


def _doubts(book: _Book, collection: Collection) -> None:
    headers = [
        Text("代码", "code"),
        Text("统计期", "period"),
        Text("指标", "indicator"),
        Text("数值", "value"),
        Text("应在", "expected"),
        Text("疑点", "doubt"),
        Text("处理", "what to do"),
        Text("类别", "kind"),
        Text("键", "key"),
    ]
    sheet = book.sheet(Text("待确认", "doubts"), headers, [9, 9, 20, 14, 24, 60, 44, 24, 40])
    rows: list[Sequence[Any]] = [
        (
            d.subject,
            d.period,
            f"{d.indicator} {d.breakdown}".strip(),
            d.value,
            str(d.expected),
            str(d.finding.message),
            str(d.finding.mend),
            d.code,
            d.key,
        )
        for d in collection.doubts
    ]
    book.rows(sheet, rows)
