"""A copy of somebody's own sheet in which everything that was found is marked, for sending it back.

The copy keeps the look of the sheet; a first sheet lists all findings, each with a link to its cell. Nothing in it is
a formula that was not one before: what is written is text. What the sheet could do beyond its own cells is left out
(:mod:`kepu_office.disarming`).
"""

import io
import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any, BinaryIO
from xml.parsers import expat

import openpyxl
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils.cell import get_column_letter, range_boundaries
from openpyxl.utils.exceptions import IllegalCharacterError
from openpyxl.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from kepu_core import Finding, ImportContext, InvalidData, Severity, Text
from kepu_office import problems
from kepu_office.archive import Unpacked, unpack
from kepu_office.disarming import disarm
from kepu_office.grid import Book, is_blank
from kepu_office.limits import LIMITS, Limits
from kepu_office.opening import open_book

__all__ = ["mark"]

_CELL = re.compile(r"[A-Z]{1,3}[1-9][0-9]{0,6}\Z")
_ILLEGAL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_LONGEST = 32_000
_LONGEST_COMMENT = 2000
_LONGEST_NAME = 31
_FORBIDDEN = str.maketrans(dict.fromkeys("[]:*?/\\'", " "))
_COLOURS = {Severity.ERROR: "FFC7CE", Severity.WARNING: "FFEB9C", Severity.NOTE: "DDEBF7"}
_ORDER = list(Severity)
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
    _mark_cells(copy, findings)
    _list(copy, sorted(findings, key=lambda f: _ORDER.index(f.severity)))
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
    head = (Text("序号", "no."), Text("程度", "severity"), Text("位置", "where"), Text("问题", "what is wrong"),
            Text("如何改正", "how to mend it"), Text("代码", "code"))  # fmt: skip
    for position, text in enumerate(head, 1):
        cell = _write(page, 1, position, str(text))
        cell.font = Font(bold=True)
        cell.fill = PatternFill("solid", fgColor="D9D9D9")
    for number, finding in enumerate(findings, 1):
        _line(copy, page, number, finding)
    for letter, width in zip("ABCDEF", (6, 8, 28, 60, 60, 24), strict=True):
        page.column_dimensions[letter].width = width
    page.freeze_panes = "A2"
    copy.active = 0
    for other in copy.worksheets[1:]:
        other.sheet_view.tabSelected = False


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
    for position, text in enumerate(texts, 2):
        cell = _write(page, number + 1, position, text)
        cell.alignment = Alignment(wrap_text=True, vertical="top")
        if position == 2:  # noqa: PLR2004 - the column of the severity
            cell.fill = PatternFill("solid", fgColor=_COLOURS[finding.severity])
    target = _page_of(copy, sheet)
    if target is not None and name and _CELL.match(name) and target.title != page.title:
        quoted = target.title.replace("'", "''")
        link = page.cell(number + 1, 3)
        link.hyperlink = f"#'{quoted}'!{name}"
        link.font = Font(color="0563C1", underline="single")
