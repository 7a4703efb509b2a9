"""A copy of somebody's own sheet in which everything that was found is marked, for sending it back.

The copy keeps the look of the sheet; a first sheet lists all findings, each with a link to its cell. Nothing in it is
a formula that was not one before: what is written is text. What the sheet could do beyond its own cells is left out
(:mod:`kepu_office.disarming`).
"""

import io
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, BinaryIO
from xml.parsers import expat

import openpyxl
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils.cell import get_column_letter, range_boundaries
from openpyxl.utils.exceptions import IllegalCharacterError
from openpyxl.workbook import Workbook
from openpyxl.worksheet.page import PageMargins
from openpyxl.worksheet.pagebreak import ColBreak, RowBreak
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from kepu_core import Finding, ImportContext, InvalidData, Severity, Text
from kepu_office import problems
from kepu_office.archive import Unpacked, unpack
from kepu_office.disarming import disarm
from kepu_office.grid import Book, is_blank
from kepu_office.limits import LIMITS, Limits
from kepu_office.opening import open_book
from kepu_office.own_sheets import LIST_HEAD, LIST_MARKER, LIST_SIGNATURE, is_own_list
from kepu_office.reading import asked_of
from kepu_office.tables import tables_in

__all__ = ["mark"]

_CELL = re.compile(r"[A-Z]{1,3}[1-9][0-9]{0,6}\Z")
_ILLEGAL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_LONGEST = 32_000
_LONGEST_COMMENT = 2000
_LONGEST_NAME = 31
_FORBIDDEN = str.maketrans(dict.fromkeys("[]:*?/\\'", " "))
_COLOURS = {Severity.ERROR: "FFC7CE", Severity.WARNING: "FFEB9C", Severity.NOTE: "DDEBF7"}
_ORDER = list(Severity)
_WRAPPED = Alignment(wrap_text=True, vertical="top")
_WIDTHS = (6, 8, 22, 50, 46, 22)
"""Of the columns of the list: together they fit on a page, without becoming too small to read."""
_WHERE = 2
"""The column of the list in which the place stands, from 0."""
_A4 = 9
_LINE, _HIGHEST = 15, 400
"""Points that a line takes, and a row at most."""
_LATIN = 0x2000
_DRAWN = re.compile(
    rb"<Relationship\b[^>]*/(?:drawing|vmlDrawing|oleObject|control|printerSettings|image|ctrlProp|comments)\"[^>]*?(?:/>|></Relationship>)"
)
_DRAWING = re.compile(
    rb"<(?:drawing|legacyDrawing|legacyDrawingHF|picture)\b[^>]*?/>|<(oleObjects|controls)\b.*?</\1>", re.DOTALL
)


def mark(
    data: bytes, context: ImportContext, findings: Sequence[Finding], out: BinaryIO, limits: Limits = LIMITS
) -> None:
    """Write the marked copy of a workbook or table of text as xlsx.

    Raises :class:`InvalidData` for a file that cannot be read at all: there is nothing to mark in it.
    """
    book, _ = open_book(data, context.path.suffix, encoding=context.encoding, limits=limits)
    cells = sum(len(row) for sheet in book.sheets for row in sheet.rows)
    if cells > limits.marked:
        what = Text("要标注的单元格数", "cells of a copy to be marked")
        raise InvalidData(problems.TOO_LARGE.finding(what=what, found=cells, limit=limits.marked))
    made = _own(data, limits) if context.path.suffix.lower() in {".xlsx", ".xlsm"} else None
    copy = made if made is not None else _plain(book)
    _unmark(copy, book)
    _mark_cells(copy, findings)
    _list(copy, sorted(findings, key=lambda f: _ORDER.index(f.severity)))
    _set_pages(copy, _headers(book, context))
    copy.save(out)


def _own(data: bytes, limits: Limits) -> Workbook | None:
    """The workbook itself, without macros, pictures and links; ``None`` if openpyxl cannot read it or would swell."""
    unpacked = unpack(data, limits)
    parts = {name: _undrawn(name, part) for name, part in unpacked.parts.items() if "/drawings/" not in name}
    safe = Unpacked(parts, macros=False, links=False).packed()
    try:
        if sum(_spanned(p) for n, p in parts.items() if n.casefold().endswith(".xml")) > limits.marked:
            return None
        made = openpyxl.load_workbook(io.BytesIO(safe), keep_vba=False, keep_links=False)
    except Exception:  # noqa: BLE001 - whatever it cannot read, the values can still be marked
        return None
    disarm(made, _write)
    return made


def _spanned(part: bytes) -> int:
    """How many cells openpyxl makes of a part: those written, and every one of merged cells and of ranges with a link."""
    count = 0

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal count
        local = name.rpartition(":")[2]
        if local in {"c", "row"}:
            count += 1
        elif local in {"mergeCell", "hyperlink"}:
            left, top, right, bottom = (b or 0 for b in range_boundaries(attributes.get("ref", "A1")))
            count += max(right - left + 1, 1) * max(bottom - top + 1, 1)

    parser = expat.ParserCreate()
    parser.StartElementHandler = start
    parser.Parse(part, True)
    return count


def _undrawn(name: str, part: bytes) -> bytes:
    """A part without what leads to pictures and controls, which are left out of the copy."""
    if name.endswith(".rels"):
        return _DRAWN.sub(b"", part)
    return _DRAWING.sub(b"", part) if name.startswith("xl/worksheets/") else part


def _plain(book: Book) -> Workbook:
    """A new workbook with the values of a file that openpyxl does not read, such as a table of text."""
    made = openpyxl.Workbook()
    made.remove(made.active)
    for sheet in book.sheets:
        page = made.create_sheet(_sheet_name(sheet.name, made.sheetnames))
        page.sheet_state = "hidden" if sheet.hidden else "visible"
        for number, row in enumerate(sheet.rows, 1):
            for position, value in enumerate(row, 1):
                if not is_blank(value):
                    _write(page, number, position, value)
    if not made.sheetnames:
        made.create_sheet("1")
    return made


def _sheet_name(name: str, taken: Sequence[str]) -> str:
    wanted = name.translate(_FORBIDDEN).strip()[:_LONGEST_NAME] or "1"
    number, made = 1, wanted
    while made.casefold() in {t.casefold() for t in taken}:
        number += 1
        made = f"{wanted[: _LONGEST_NAME - 4]}~{number}"
    return made


def _write(page: Worksheet, row: int, column: int, value: Any) -> Any:
    """Write a value; a text is a text, whatever it begins with."""
    cell = page.cell(row, column)
    if isinstance(value, str):
        cell.value = _ILLEGAL.sub("�", value)[:_LONGEST]
        cell.data_type = "s"
        if value[:1] in {"=", "+", "-", "@"}:
            cell.quotePrefix = True
        return cell
    try:
        cell.value = value
    except (ValueError, IllegalCharacterError):
        cell.value = str(value)
    return cell


def _page_of(copy: Workbook, sheet: str | None) -> Worksheet | None:
    """The sheet of a finding: the first one for a file that has but one without a name."""
    if sheet is None:
        pages = [p for p in copy.worksheets if p.sheet_state == "visible"]
        return pages[0] if len(pages) == 1 else None
    return copy[sheet] if sheet in copy.sheetnames and isinstance(copy[sheet], Worksheet) else None


def _unmark(copy: Workbook, book: Book) -> None:
    """Take away what an earlier marking left in a copy that was sent back: its list, and the colours that it tells of."""
    lists = [sheet for sheet in book.sheets if is_own_list(sheet, book) and sheet.name in copy.sheetnames]
    anchors: dict[str, dict[str, str]] = {}
    for where in (str(sheet.at(number, _WHERE)) for sheet in lists for number in range(1, len(sheet.rows))):
        name, _, cell = where.rpartition("!")
        page = _page_of(copy, name or None)
        if page is not None and _CELL.match(cell):
            if page.title not in anchors:
                anchors[page.title] = _anchors(page)
            marked = page[anchors[page.title].get(cell, cell)]
            if str(marked.fill.fgColor.rgb)[2:] in _COLOURS.values():
                marked.fill = PatternFill()
    for name in (*(sheet.name for sheet in lists), LIST_MARKER):
        if name in copy.sheetnames:
            copy.remove(copy[name])


def _headers(book: Book, context: ImportContext) -> dict[str, tuple[int, int]]:
    """The first and last row of the header of each table, by sheet, counted from 1."""
    try:
        tables, _ = tables_in(book, asked_of(context))
    except InvalidData:  # of the mapping: told by the import
        return {}
    return {t.sheet.name: (t.header.first + 1, t.header.last + 1) for t in tables}


def _set_pages(copy: Workbook, headers: Mapping[str, tuple[int, int]]) -> None:
    """Let every sheet be printed one page wide, with its header on each page."""
    for page in copy.worksheets:
        page.page_setup.orientation = "landscape"
        page.page_setup.paperSize = page.page_setup.paperSize or _A4
        page.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
        page.page_setup.fitToWidth, page.page_setup.fitToHeight = 1, 0
        page.page_margins = PageMargins(left=0.4, right=0.4, top=0.5, bottom=0.5)
        page.print_area = None
        page.row_breaks, page.col_breaks = RowBreak(), ColBreak()
        if page.title in headers:
            first, last = headers[page.title]
            page.print_title_rows = f"{first}:{last}"


def _mark_cells(copy: Workbook, findings: Iterable[Finding]) -> None:
    by_cell: dict[tuple[str, str], list[Finding]] = defaultdict(list)
    for finding in findings:
        place = finding.place
        if place is None or place.cell is None or not _CELL.match(place.cell):
            continue
        page = _page_of(copy, place.sheet)
        if page is not None:
            by_cell[page.title, place.cell].append(finding)
    anchors = {title: _anchors(copy[title]) for title in {title for title, _ in by_cell}}
    for (title, name), found in by_cell.items():
        page = copy[title]
        cell = page[anchors[title].get(name, name)]
        worst = min(found, key=lambda f: _ORDER.index(f.severity))
        cell.fill = PatternFill("solid", fgColor=_COLOURS[worst.severity])
        text = "\n".join(f"{f.message} → {f.mend}" for f in found)
        cell.comment = Comment(_ILLEGAL.sub("�", text)[:_LONGEST_COMMENT], "kepu", width=320, height=120)


def _anchors(page: Worksheet) -> dict[str, str]:
    """The cell that holds a comment for each that is merged: the first. How many there may be was limited before."""
    found: dict[str, str] = {}
    for area in page.merged_cells.ranges:
        for row, column in area.cells:
            found[f"{get_column_letter(column)}{row}"] = area.coord.partition(":")[0]
    return found


def _list(copy: Workbook, findings: Sequence[Finding]) -> None:
    """The first sheet: all findings, with links."""
    page = copy.create_sheet(_sheet_name(str(Text("问题清单", "Findings")), copy.sheetnames), 0)
    for position, text in enumerate(LIST_HEAD, 1):
        cell = _write(page, 1, position, str(text))
        cell.alignment = _WRAPPED
        cell.font = Font(bold=True)
        cell.fill = PatternFill("solid", fgColor="D9D9D9")
    for number, finding in enumerate(findings, 1):
        _line(copy, page, number, finding)
    for letter, width in zip("ABCDEF", _WIDTHS, strict=True):
        page.column_dimensions[letter].width = width
    page.freeze_panes = "A2"
    page.print_title_rows = "1:1"
    mark = copy.create_sheet(LIST_MARKER)
    _write(mark, 1, 1, LIST_SIGNATURE)
    mark.sheet_state = "veryHidden"
    copy.active = 0
    for other in copy.worksheets[1:]:
        other.sheet_view.tabSelected = False


def _lines(text: str, width: int) -> int:
    """How many lines a text takes in a column, a Chinese character being twice as wide as a letter."""
    return sum(-(-(sum(2 if ord(c) > _LATIN else 1 for c in part) or 1) // (width - 2)) for part in text.split("\n"))


_SEVERITIES = {
    Severity.ERROR: Text("错误", "error"),
    Severity.WARNING: Text("提醒", "warning"),
    Severity.NOTE: Text("说明", "note"),
}


def _line(copy: Workbook, page: Worksheet, number: int, finding: Finding) -> None:
    place = finding.place
    sheet, name = (place.sheet, place.cell) if place is not None else (None, None)
    where = "!".join(p for p in (sheet, name) if p)
    texts = (str(_SEVERITIES[finding.severity]), where, str(finding.message), str(finding.mend), finding.code)
    page.cell(number + 1, 1).value = number
    page.cell(number + 1, 1).alignment = _WRAPPED
    for position, text in enumerate(texts, 2):
        cell = _write(page, number + 1, position, text)
        cell.alignment = _WRAPPED
        if position == 2:  # noqa: PLR2004 - the column of the severity
            cell.fill = PatternFill("solid", fgColor=_COLOURS[finding.severity])
    # Not every program fits the height of a row to its texts when it opens a file.
    lines = max(_lines(text, width) for text, width in zip(texts, _WIDTHS[1:], strict=True))
    page.row_dimensions[number + 1].height = min(_LINE * lines + 2, _HIGHEST)
    target = _page_of(copy, sheet)
    if target is not None and name and _CELL.match(name) and target.title != page.title:
        quoted = target.title.replace("'", "''")
        link = page.cell(number + 1, 3)
        link.hyperlink = f"#'{quoted}'!{name}"
        link.font = Font(color="0563C1", underline="single")
