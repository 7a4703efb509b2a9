"""A first look at the XML of a workbook: how far its sheets reach, where formulas and failed ones stand.

calamine gives the values of cells, but it makes room for the whole rectangle that a sheet spans before anybody can
ask how large it is, and it passes over failed formulas. So every sheet is scanned before it is read. expat gives no
external entity, and parts with a document type have been refused before.
"""

import posixpath
import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from itertools import product
from typing import Any
from xml.parsers import expat

from attrs import define, field, frozen

from kepu_core import InvalidData, Text
from kepu_office import problems
from kepu_office.limits import Limits

__all__ = ["Scan", "Workbook", "refuse_many", "scan_ods", "scan_sheet", "workbook_of"]

_REF = re.compile(r"\$?([A-Za-z]{1,3})\$?([0-9]{1,7})\Z")
_TABLE = "urn:oasis:names:tc:opendocument:xmlns:table:1.0 "
_PERCENT_FORMATS = {9, 10}
_LITERAL = re.compile(r'"[^"]*(?:"|\Z)|[\\_*].|\[[^\]]*\]', re.DOTALL)
"""What a number format shows as it is: a per cent sign in it multiplies nothing."""
_DEEPEST = 64
_MOST_REPEATED = 1_000_000
"""So many special cells of a file may be written as repetitions of others: each of them takes room."""


@frozen(kw_only=True)
class Workbook:
    """What the parts of an xlsx workbook say of it: the part of each sheet by name, and its formats of per cent."""

    sheets: Mapping[str, str]
    since_1904: bool
    percent_styles: frozenset[str]


@define
class Scan:
    """What one sheet spans, its special cells, and how many of these are written as repetitions of others."""

    rows: int = 0
    columns: int = 0
    formulas: set[tuple[int, int]] = field(factory=set)
    errors: dict[tuple[int, int], str] = field(factory=dict)
    percents: set[tuple[int, int]] = field(factory=set)
    repeated: int = 0

    @property
    def cells(self) -> int:
        """How many cells the rectangle has in which all of them lie."""
        return self.rows * self.columns


def _parse(data: bytes, start: Any, end: Any = None, *, namespaces: bool = False) -> None:
    """Run expat over a part. Raises :class:`InvalidData` for what is no XML or nests too deeply."""
    _run(expat.ParserCreate(namespace_separator=" ") if namespaces else expat.ParserCreate(), data, start, end)


def _run(parser: expat.XMLParserType, data: bytes, start: Any, end: Any) -> None:
    depth = 0

    def on_start(name: str, attributes: dict[str, str]) -> None:
        nonlocal depth
        depth += 1
        if depth > _DEEPEST:
            raise InvalidData(problems.UNSAFE.finding(what=Text("嵌套过深的 XML", "XML that nests too deeply")))
        start(name, attributes)

    def on_end(name: str) -> None:
        nonlocal depth
        depth -= 1
        if end is not None:
            end(name)

    parser.StartElementHandler = on_start
    parser.EndElementHandler = on_end
    try:
        parser.Parse(data, True)
    except (expat.ExpatError, LookupError, ValueError) as error:
        if isinstance(error, InvalidData):
            raise
        raise InvalidData(problems.DAMAGED.finding(reason=f"XML {error}")) from error


def _local(name: str) -> str:
    return name.rpartition(":")[2] if ":" in name else name


def _elements(data: bytes | None, *names: str) -> list[tuple[str, dict[str, str]]]:
    """The elements of some names in a part, each with its attributes."""
    found: list[tuple[str, dict[str, str]]] = []

    def start(name: str, attributes: dict[str, str]) -> None:
        if _local(name) in names:
            found.append((_local(name), attributes))

    if data is not None:
        _parse(data, start)
    return found


def workbook_of(parts: Mapping[str, bytes]) -> Workbook:
    """The sheets of a workbook. Raises :class:`InvalidData` if there is no workbook among the parts."""
    path = "xl/workbook.xml"
    for _, attributes in _elements(parts.get("_rels/.rels"), "Relationship"):
        if attributes.get("Type", "").endswith("/officeDocument"):
            path = attributes.get("Target", path).lstrip("/")
    book = parts.get(path)
    if book is None:
        reason = Text("压缩包中没有工作簿", "the archive holds no workbook")
        raise InvalidData(problems.NOT_A_WORKBOOK.finding(reason=reason))
    folder, name = posixpath.split(path)
    targets = {
        a.get("Id", ""): posixpath.normpath(posixpath.join("/", folder, a.get("Target", ""))).lstrip("/")
        for _, a in _elements(parts.get(f"{folder}/_rels/{name}.rels"), "Relationship")
    }
    sheets: dict[str, str] = {}
    since_1904 = False
    for element, attributes in _elements(book, "sheet", "workbookPr"):
        if element == "workbookPr":
            since_1904 = attributes.get("date1904", "0").lower() in {"1", "true", "on"}
        else:
            ident = next((v for k, v in attributes.items() if _local(k) == "id" and ":" in k), "")
            sheets[attributes.get("name", "")] = targets.get(ident, "")
    return Workbook(
        sheets=sheets, since_1904=since_1904, percent_styles=_percent_styles(parts.get(f"{folder}/styles.xml"))
    )


def _percent_styles(styles: bytes | None) -> frozenset[str]:
    """The numbers of the cell styles that show a share as per cent."""
    formats = {str(n) for n in _PERCENT_FORMATS}
    found: list[str] = []
    inside = False
    count = 0

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal inside, count
        local = _local(name)
        if local == "numFmt" and "%" in _LITERAL.sub("", attributes.get("formatCode", "")):
            formats.add(attributes.get("numFmtId", ""))
        elif local == "cellXfs":
            inside = True
        elif local == "xf" and inside:
            if attributes.get("numFmtId") in formats:
                found.append(str(count))
            count += 1

    def end(name: str) -> None:
        nonlocal inside
        if _local(name) == "cellXfs":
            inside = False

    if styles is not None:
        _parse(styles, start, end=end)
    return frozenset(found)


def scan_sheet(data: bytes, styles: frozenset[str], limits: Limits) -> Scan:
    """Look through one sheet of an xlsx workbook. Raises :class:`InvalidData` for one beyond the limits."""
    looking = _Looking(styles, limits, expat.ParserCreate())
    _run(looking.parser, data, looking.start, looking.end)
    return looking.scan


@define
class _Looking:
    """Where a scan of one sheet stands: the cell, and the text of its value if it is a failed formula.

    It is told of every element of a sheet, of texts only inside of a failed formula.
    """

    styles: frozenset[str]
    limits: Limits
    parser: expat.XMLParserType
    scan: Scan = field(factory=Scan)
    at: tuple[int, int] = (-1, -1)
    failed: list[str] | None = None
    in_value: bool = False

    def start(self, name: str, attributes: dict[str, str]) -> None:
        local = _local(name)
        if local == "c":
            self.at = _position(attributes.get("r"), self.at)
            self.failed = None
            if attributes.get("t") == "e":
                self.failed = []
                self.parser.buffer_text = True
                self.parser.CharacterDataHandler = self.text
            if attributes.get("s") in self.styles:
                self.scan.percents.add(self.at)
        elif local == "row":
            self.at = (_row_number(attributes.get("r"), self.at[0] + 1), -1)
        elif local in {"v", "is", "f"}:  # a cell that only has a format takes no room
            _reach(self.scan, self.at, self.limits)
            self.in_value = local == "v" and self.failed is not None
            if local == "f":
                self.scan.formulas.add(self.at)

    def text(self, data: str) -> None:
        if self.in_value and self.failed is not None:
            self.failed.append(data[:20])

    def end(self, name: str) -> None:
        if self.failed is None and not self.in_value:
            return
        local = _local(name)
        if local == "v":
            self.in_value = False
        elif local == "c" and self.failed is not None:
            self.scan.errors[self.at] = "".join(self.failed) or "#?"
            self.failed = None
            self.parser.CharacterDataHandler = None


def _position(reference: str | None, before: tuple[int, int]) -> tuple[int, int]:
    if reference is None:
        return max(before[0], 0), before[1] + 1
    match = _REF.match(reference)
    if match is None:
        raise InvalidData(problems.DAMAGED.finding(reason=f"r={reference[:20]!r}"))
    letters, number = match.groups()
    return max(int(number) - 1, 0), _column(letters)


@lru_cache(maxsize=1024)
def _column(letters: str) -> int:
    column = 0
    for letter in letters.upper():
        column = column * 26 + ord(letter) - 64
    return column - 1


def _row_number(number: str | None, following: int) -> int:
    if number is None:
        return following
    if not re.fullmatch(r"[0-9]{1,7}", number):
        raise InvalidData(problems.DAMAGED.finding(reason=f"row {number[:20]!r}"))
    return max(int(number) - 1, 0)


def _reach(scan: Scan, at: tuple[int, int], limits: Limits) -> None:
    row, column = at
    if row < scan.rows and column < scan.columns:
        return
    scan.rows, scan.columns = max(scan.rows, row + 1), max(scan.columns, column + 1)
    for what, found, most in (
        (Text("行数", "rows"), scan.rows, limits.rows),
        (Text("列数", "columns"), scan.columns, limits.columns),
        (Text("单元格数", "cells"), scan.cells, limits.cells),
    ):
        _refuse_more(what, found, most)


def _refuse_more(what: Text, found: int, most: int) -> None:
    if found > most:
        raise InvalidData(problems.TOO_LARGE.finding(what=what, found=found, limit=most))


def scan_ods(data: bytes, limits: Limits) -> list[Scan]:
    """Look through the sheets of an OpenDocument spreadsheet, in order.

    Raises :class:`InvalidData` for one beyond the limits; blank cells and rows that only fill it up do not count.
    """
    scans: list[Scan] = []
    row, column, repeat_row, times = -1, 0, 1, 1
    cell: tuple[int, int] | None = None

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal row, column, repeat_row, times, cell
        local = name.removeprefix(_TABLE)
        if local == "table":
            scans.append(Scan())
            row, column, repeat_row = 0, 0, 1
            refuse_many(len(scans), limits)
        elif local == "table-row":
            column, repeat_row = 0, _repeats(attributes, "number-rows-repeated")
        elif local in {"table-cell", "covered-table-cell"} and scans:
            cell, times = (row, column), _repeats(attributes, "number-columns-repeated")
            plain = {k.rpartition(" ")[2]: v for k, v in attributes.items()}
            if "value-type" in plain or "formula" in plain:
                _reach(scans[-1], (row + repeat_row - 1, column + times - 1), limits)
                _special(scans, plain, range(row, row + repeat_row), range(column, column + times))
            column += times
        elif cell is not None:  # whatever stands in a cell may be its text
            _reach(scans[-1], (cell[0] + repeat_row - 1, cell[1] + times - 1), limits)

    def end(name: str) -> None:
        nonlocal row, cell
        local = name.removeprefix(_TABLE)
        if local == "table-row":
            row += repeat_row
        elif local in {"table-cell", "covered-table-cell"}:
            cell = None

    _parse(data, start, end=end, namespaces=True)
    return scans


def _special(scans: Sequence[Scan], plain: Mapping[str, str], rows: range, columns: range) -> None:
    """Remember what is special of a cell of the last sheet, at all the places that it is repeated at."""
    kind = plain.get("value-type")
    if "formula" not in plain and kind not in {"error", "percentage"}:
        return
    scan = scans[-1]
    scan.repeated += len(rows) * len(columns) - 1
    _refuse_more(Text("重复的单元格数", "repeated cells"), sum(s.repeated for s in scans), _MOST_REPEATED)
    for at in product(rows, columns):
        if "formula" in plain:
            scan.formulas.add(at)
        if kind == "error":
            scan.errors[at] = "#?"
        elif kind == "percentage":
            scan.percents.add(at)


def _repeats(attributes: Mapping[str, str], name: str) -> int:
    said = attributes.get(f"{_TABLE}{name}", "1")
    if not re.fullmatch(r"[0-9]{1,7}", said, re.ASCII):
        raise InvalidData(problems.DAMAGED.finding(reason=f"{name}={said[:20]!r}"))
    return max(int(said), 1)


def refuse_many(found: int, limits: Limits) -> None:
    """Raise :class:`InvalidData` for more sheets than are read."""
    _refuse_more(Text("工作表数", "sheets"), found, limits.sheets)
