"""From the bytes of a file to its sheets: xlsx, xlsm, ods, csv; anything else is refused with advice."""

import csv
import io
from collections.abc import Mapping, Sequence

from attrs import evolve
from python_calamine import CalamineError, CalamineWorkbook, SheetMetadata, SheetTypeEnum, SheetVisibleEnum

from kepu_core import Finding, InvalidData, Text
from kepu_office import problems
from kepu_office.archive import Unpacked, unpack
from kepu_office.grid import Book, Sheet
from kepu_office.limits import LIMITS, Limits
from kepu_office.scanning import Scan, Workbook, refuse_many, scan_ods, scan_sheet, workbook_of

__all__ = ["open_book"]

_DOCUMENT_PARTS = {"mimetype", "META-INF/manifest.xml", "content.xml"}
_TABLES = {".csv", ".tsv", ".txt"}
_BOMS = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))


def open_book(
    data: bytes, suffix: str, *, encoding: str | None = None, limits: Limits = LIMITS
) -> tuple[Book, list[Finding]]:
    """The sheets of a file, and what is to be told of it.

    The suffix matters for tables of text only; what a workbook is, its content says. Raises :class:`InvalidData` with
    what is wrong with the file as a whole.
    """
    if suffix.lower() in _TABLES and not data.startswith(b"PK\x03\x04"):
        return _table(data, encoding, limits)
    if data[:400].lstrip().lower().startswith((b"<html", b"<!doctype html", b"<?xml", b"<table")):
        reason = Text("内容是网页或 XML，只是改了后缀名", "it is a web page or XML under another name")
        raise InvalidData(problems.NOT_A_WORKBOOK.finding(reason=reason))
    unpacked = unpack(data, limits)
    told = [p.finding() for p, there in ((problems.MACROS, unpacked.macros), (problems.LINKS, unpacked.links)) if there]
    if "content.xml" in unpacked.parts and not any(n.casefold().startswith("xl/") for n in unpacked.parts):
        return _open_document(unpacked, limits), told
    return _open_xlsx(unpacked, limits), told


def _open_xlsx(unpacked: Unpacked, limits: Limits) -> Book:
    workbook = workbook_of(unpacked.parts)
    refuse_many(len(workbook.sheets), limits)
    by_part = _scanned(unpacked.parts, workbook, limits)
    scans = {sheet: by_part.get(part, Scan()) for sheet, part in workbook.sheets.items()}
    _refuse_large(sum(s.cells for s in scans.values()), limits)
    seen = evolve(unpacked, parts={n: p for n, p in unpacked.parts.items() if n in by_part or n.endswith(".rels")})
    return Book(sheets=_sheets(seen, scans, limits), since_1904=workbook.since_1904)


def _scanned(parts: Mapping[str, bytes], workbook: Workbook, limits: Limits) -> dict[str, Scan]:
    """A scan of every part, whatever it is called: which of them is a sheet, the reader decides for itself.

    A part that is no sheet and cannot be scanned is left out of what the reader gets.
    """
    sheets = set(workbook.sheets.values())
    scans: dict[str, Scan] = {}
    for name, data in parts.items():
        if name.endswith(".rels") or not name.casefold().endswith(".xml"):
            continue
        try:
            scans[name] = scan_sheet(data, workbook.percent_styles, limits)
        except InvalidData as error:
            if name in sheets or error.code != problems.DAMAGED.code:
                raise
    return scans


def _refuse_large(cells: int, limits: Limits) -> None:
    if cells > limits.cells:
        what = Text("全部工作表的单元格数", "cells of all sheets")
        raise InvalidData(problems.TOO_LARGE.finding(what=what, found=cells, limit=limits.cells))


def _open_document(unpacked: Unpacked, limits: Limits) -> Book:
    scans = scan_ods(unpacked.parts["content.xml"], limits)
    _refuse_large(sum(s.cells for s in scans), limits)
    seen = evolve(unpacked, parts={n: p for n, p in unpacked.parts.items() if n in _DOCUMENT_PARTS})
    return Book(sheets=_sheets(seen, scans, limits))


def _sheets(unpacked: Unpacked, scans: Mapping[str, Scan] | Sequence[Scan], limits: Limits) -> list[Sheet]:
    try:
        with CalamineWorkbook.from_filelike(io.BytesIO(unpacked.packed())) as book:
            metas = [(i, m) for i, m in enumerate(book.sheets_metadata) if m.typ is SheetTypeEnum.WorkSheet]
            sheets: list[Sheet] = []
            for index, meta in metas:
                sheets.append(_sheet(book, index, meta, _scan_of(scans, index, meta.name)))
                _refuse_large(sum(len(s.rows) * len(s.rows[0]) for s in sheets if s.rows), limits)
            return sheets
    except (KeyboardInterrupt, SystemExit, GeneratorExit, InvalidData):
        raise
    except BaseException as error:  # a panic of the library is no Exception, and a damaged file may cause one
        raise InvalidData(problems.DAMAGED.finding(reason=" ".join(str(error).split())[:100])) from error


def _scan_of(scans: Mapping[str, Scan] | Sequence[Scan], index: int, name: str) -> Scan:
    """The scan of a sheet. A sheet that was not scanned is not read: nobody knows how far it reaches."""
    if isinstance(scans, Mapping):
        if name in scans:
            return scans[name]
    elif index < len(scans):
        return scans[index]
    raise InvalidData(problems.DAMAGED.finding(reason=name))


def _sheet(book: CalamineWorkbook, index: int, meta: SheetMetadata, scan: Scan) -> Sheet:
    found = book.get_sheet_by_index(index)
    try:
        merged = [(a, b, c, d) for (a, b), (c, d) in found.merged_cell_ranges or ()]
    except CalamineError:
        merged = []
    return Sheet(
        name=meta.name,
        rows=found.to_python(skip_empty_area=False),
        hidden=meta.visible is not SheetVisibleEnum.Visible,
        merged=merged,
        formulas=frozenset(scan.formulas),
        errors=scan.errors,
        percents=frozenset(scan.percents),
    )


def _table(data: bytes, encoding: str | None, limits: Limits) -> tuple[Book, list[Finding]]:
    if len(data) > limits.file:
        what = Text("文件大小（字节）", "size of the file in bytes")
        raise InvalidData(problems.TOO_LARGE.finding(what=what, found=len(data), limit=limits.file))
    text, told = _decoded(data, encoding)
    head = text[:4096].partition("\n")[0]
    delimiter = max(",\t;", key=head.count) if any(c in head for c in ",\t;") else ","
    rows: list[list[str]] = []
    cells = 0
    try:
        for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter):
            cells += len(row)
            for what, found, most in (
                (Text("行数", "rows"), len(rows), limits.rows),
                (Text("列数", "columns"), len(row), limits.columns),
                (Text("单元格数", "cells"), cells, limits.cells),
            ):
                if found > most:
                    raise InvalidData(problems.TOO_LARGE.finding(what=what, found=found, limit=most))
            rows.append(row)
    except csv.Error as error:
        raise InvalidData(problems.DAMAGED.finding(reason=error)) from error
    return Book(sheets=[Sheet(name="", rows=rows)]), told


def _decoded(data: bytes, encoding: str | None) -> tuple[str, list[Finding]]:
    wanted = [encoding] if encoding else []
    if not wanted:
        for mark, named in _BOMS:
            if data.startswith(mark):
                data, wanted = data[len(mark) :], [named]
                break
    for name in wanted or ["utf-8", "gb18030"]:
        try:
            text = data.decode(name)
        except (UnicodeDecodeError, LookupError):
            continue
        guessed = not wanted and name != "utf-8"
        return text.removeprefix("\ufeff"), [problems.READ_AS.finding(encoding=name.upper())] if guessed else []
    tried = "、".join(wanted or ["UTF-8", "GB18030"])
    raise InvalidData(problems.UNREADABLE.finding(tried=tried))
