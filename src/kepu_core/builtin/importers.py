"""Reading JSON documents and CSV tables.

A file is read as data, never run; one that is too large is not read at all. Every fault is told at once, with
line and column.
"""

import csv
import io
from collections.abc import Iterator
from pathlib import PurePath

from kepu_core.codec.rows import RowReader
from kepu_core.codec.toml import scheme_from_toml
from kepu_core.domain.errors import InvalidData
from kepu_core.domain.findings import Finding, Place, Problem, Severity
from kepu_core.domain.record import Record
from kepu_core.language import Text
from kepu_core.plugins.descriptors import ImportContext, Importer, ImportResult

__all__ = ["IMPORTERS"]

_BOMS = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))

READ_AS = Problem(
    "import.encoding",
    Text("不是 UTF-8，按 {encoding} 读取", "not UTF-8; read as {encoding}"),
    Text("若文字有误，用 --encoding 指明编码", "if the text looks wrong, name the encoding with --encoding"),
    Severity.NOTE,
)
UNREADABLE = Problem(
    "import.unreadable",
    Text("文字编码无法识别（{tried}）", "the text encoding cannot be told ({tried})"),
    Text("另存为 UTF-8，或用 --encoding 指明编码", "save it as UTF-8, or name the encoding with --encoding"),
)
NO_KIND = Problem(
    "import.kind",
    Text("不知道表中是哪种记录", "it is not known which type of record the table holds"),
    Text(
        "用 --type 指明，或把文件名写成 <类型>.csv（如 observation.csv）；类型有：{known}",
        "name it with --type, or call the file <type>.csv (observation.csv, say); the types are: {known}",
    ),
)
EMPTY = Problem(
    "import.empty",
    Text("表是空的：没有表头", "the table is empty: it has no header"),
    Text("第一行写列名", "put the names of the columns into the first line"),
)
TOO_MANY_CELLS = Problem(
    "import.ragged",
    Text("这一行有 {found} 格，表头只有 {expected} 列", "this line has {found} cells, the header {expected} columns"),
    Text("检查是否有未加引号的逗号", "check for commas that are not in quotes"),
)
BROKEN_CSV = Problem(
    "import.csv",
    Text("CSV 格式有误：{reason}", "broken CSV: {reason}"),
    Text("用表格软件重新导出为 CSV", "export it again as CSV"),
)
TWICE = Problem(
    "import.twice",
    Text("标识 {id} 在第 {first} 行已出现", "the id {id} stands in line {first} already"),
    Text("删去一行，或改正标识", "drop one line, or correct the id"),
)


def read_json(data: bytes, context: ImportContext) -> ImportResult:
    """A document of the codec."""
    records, findings = context.codec.read(data, file=context.path.name)
    return ImportResult(records=records, findings=findings)


def read_csv(data: bytes, context: ImportContext) -> ImportResult:
    """A table of one record type: named by ``kind``, or else by the file."""
    file = context.path.name
    text, findings = _decoded(data, context)
    if text is None:
        return ImportResult(records=(), findings=findings)
    known = context.codec.types
    kind = context.kind or _kind_of(context.path, known)
    if kind not in known:
        findings.append(NO_KIND.finding(place=Place(file=file), known=tuple(known)))
        return ImportResult(records=(), findings=findings)
    lines = _lines(text)
    try:
        first = next(lines, None)
        if first is None:
            return ImportResult(records=(), findings=[*findings, EMPTY.finding(place=Place(file=file))])
        reader = RowReader(context.codec, known[kind].cls, first[1])
        seen: dict[str, int] = {}
        records = list(_rows(reader, first, lines, file, findings, seen))
    except InvalidData as error:
        faults = [f.at(place=Place(file=file, line=1, cell=f.field)) for f in error.findings]
        return ImportResult(records=(), findings=[*findings, *faults])
    except csv.Error as error:
        findings.append(BROKEN_CSV.finding(place=Place(file=file), reason=error))
        return ImportResult(records=(), findings=findings)
    places = {f"{kind}/{ident}": Place(file=file, line=line) for ident, line in seen.items()}
    return ImportResult(records=records, findings=findings, places=places)


def read_toml(data: bytes, context: ImportContext) -> ImportResult:
    """A scheme as people write it."""
    text, findings = _decoded(data, context)
    if text is None:
        return ImportResult(records=(), findings=findings)
    try:
        scheme = scheme_from_toml(text, context.codec, file=context.path.name)
    except InvalidData as error:
        return ImportResult(records=(), findings=[*findings, *error.findings])
    return ImportResult(records=[scheme], findings=findings)


def _kind_of(path: PurePath, known: object) -> str:
    stem = path.stem.casefold()
    for name in known:  # type: ignore[attr-defined]  # a mapping of names
        if stem == name or stem.startswith((f"{name}-", f"{name}.")):
            return str(name)
    return ""


def _decoded(data: bytes, context: ImportContext) -> tuple[str | None, list[Finding]]:
    place = Place(file=context.path.name)
    wanted = [context.encoding] if context.encoding else []
    if not wanted:
        for mark, encoding in _BOMS:
            if data.startswith(mark):
                data, wanted = data[len(mark) :], [encoding]
                break
    for encoding in wanted or ["utf-8", "gb18030"]:
        try:
            text = data.decode(encoding)
        except (UnicodeDecodeError, LookupError):
            continue
        guessed = not wanted and encoding != "utf-8"
        return text, [READ_AS.finding(place=place, encoding=encoding.upper())] if guessed else []
    return None, [UNREADABLE.finding(place=place, tried="、".join(wanted or ["UTF-8", "GB18030"]))]


def _lines(text: str) -> Iterator[tuple[int, list[str]]]:
    delimiter = "\t" if "\t" in text.partition("\n")[0] else ","
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    for cells in reader:
        if any(cell.strip() for cell in cells):
            yield reader.line_num, [_plain(cell) for cell in cells]


def _plain(cell: str) -> str:
    """Take off the apostrophe that exports put before texts that look like formulas."""
    return cell[1:] if cell[:1] == "'" and cell[1:2] in {"=", "+", "-", "@", "\t", "\r", "\n", "'"} else cell


def _rows(
    reader: RowReader,
    first: tuple[int, list[str]],
    lines: Iterator[tuple[int, list[str]]],
    file: str,
    findings: list[Finding],
    seen: dict[str, int],
) -> Iterator[Record]:
    width = len(first[1])
    for number, cells in lines:
        place = Place(file=file, line=number)
        if any(cell.strip() for cell in cells[width:]):
            findings.append(TOO_MANY_CELLS.finding(place=place, found=len(cells), expected=width))
            continue
        try:
            record = reader.read(cells[:width])
        except InvalidData as error:
            findings.extend(f.at(place=place) for f in error.findings)
            continue
        if record.id in seen:
            findings.append(TWICE.finding(place=place, field="id", id=record.id, first=seen[record.id]))
            continue
        seen[record.id] = number
        yield record


IMPORTERS = (
    Importer(name="csv", label=Text("CSV 表格", "CSV table"), suffixes=(".csv", ".tsv"), read=read_csv),
    Importer(name="toml", label=Text("TOML 指标体系", "scheme as TOML"), suffixes=(".toml",), read=read_toml),
    Importer(name="json", label=Text("JSON 文档", "JSON document"), suffixes=(".json",), read=read_json),
)
