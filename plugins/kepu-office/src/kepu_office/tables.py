"""Which sheets of a workbook hold records, of which type, and under which header."""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal

from attrs import evolve, frozen

from kepu_core import Codec, Finding, Place, Problem, Text
from kepu_office import problems
from kepu_office.grid import Book, Sheet, cell_name, column_letter
from kepu_office.headers import Bound, Header, best_header, bind, labels_at, nearest, required_missing
from kepu_office.mapping import ColumnMapping, TableMapping
from kepu_office.mapping import Mapping as ColumnMappings
from kepu_office.numbers import NotANumberError, factor_between, written_number
from kepu_office.own_sheets import MARKER, is_own_list, review_of, template_sheets
from kepu_office.shapes import Column, Kind, Shape, shapes_of
from kepu_office.title_units import TitleUnit, concerns, is_scaled, says_nothing_of, title_units
from kepu_office.wording import folded, units_in

__all__ = ["Asked", "Table", "tables_in"]

REVIEWED = Problem(
    "office.reviewed",
    Text(
        "这是供核对的文件（{importer}），不是数据表", "this is a file for reviewing ({importer}), no sheet of records"
    ),
    Text(
        "用 --format {importer} 导入：kepu import {path} --format {importer}",
        "import it with --format {importer}: kepu import {path} --format {importer}",
    ),
)
_REMARKS = {"必填", "选填", "可选", "可不填", "数字", "填数字", "只填数字", "整数", "required", "optional", "number"}
"""What stands in brackets behind the name of a column and is no unit."""
_UNIMPORTANT = {"序号", "编号", "no", "no.", "#", "序"}


@frozen(kw_only=True)
class Table:
    """A sheet of records: its header, what a mapping says of it, and the units that stand above the header."""

    sheet: Sheet
    header: Header
    mapping: TableMapping | None = None
    titles: tuple[TitleUnit, ...] = ()

    @property
    def shape(self) -> Shape:
        """What stands in its rows."""
        return self.header.shape


@frozen(kw_only=True)
class Asked:
    """What is asked of a reading: the codec, the file (for messages and as a hint), a type, a mapping."""

    codec: Codec
    file: str
    stem: str = ""
    kind: str | None = None
    mapping: ColumnMappings | None = None

    def place(self, sheet: Sheet | None, cell: str | None = None) -> Place:
        """A place in the file."""
        return Place(file=self.file, sheet=(sheet.name or None) if sheet is not None else None, cell=cell)


def tables_in(book: Book, asked: Asked) -> tuple[list[Table], list[Finding]]:
    """The tables of a workbook, and what is wrong with its sheets."""
    findings: list[Finding] = []
    kinds = [asked.kind] if asked.kind else []
    kinds += [t.type for t in asked.mapping.tables] if asked.mapping else []
    unknown = [k for k in dict.fromkeys(kinds) if k not in asked.codec.types]
    if unknown:
        known = tuple(asked.codec.types)
        place = asked.place(None)
        return [], [problems.UNKNOWN_KIND.finding(place=place, kind=k, known=known) for k in unknown]
    review = review_of(book)
    if review is not None:
        return [], [REVIEWED.finding(place=asked.place(None), importer=review, path=asked.file)]
    tables: list[Table] = []
    missed: list[Sheet] = []
    marked = template_sheets(book)
    for sheet in book.sheets:
        if sheet.name.startswith(MARKER) or sheet.is_blank() or marked.get(sheet.name) == "":
            continue
        if is_own_list(sheet, book):
            continue
        if sheet.hidden:
            findings.append(problems.HIDDEN.finding(place=asked.place(sheet)))
            continue
        table, told = _table_of(sheet, asked, marked)
        findings += told
        if table is not None:
            tables.append(table)
        elif not told:
            missed.append(sheet)
    findings += _missed(missed, tables, asked)
    findings += _not_there(book, asked)
    for table in tables:
        findings += _faults(table, asked)
    return tables, findings


def _table_of(sheet: Sheet, asked: Asked, marked: Mapping[str, str]) -> tuple[Table | None, list[Finding]]:
    mapping = asked.mapping.of(sheet.name) if asked.mapping is not None else None
    if mapping is not None:
        return _mapped(sheet, mapping, asked)
    if sheet.name in marked:
        shape = _shape_named(marked[sheet.name], asked)
        header = None if shape is None else best_header(sheet, shape)
        if header is not None:
            return _with_units(Table(sheet=sheet, header=header)), []
    return _guessed(sheet, asked)


def _shape_named(name: str, asked: Asked) -> Shape | None:
    kinds = [t for t in asked.codec.types if name == t or name.startswith(f"{t}.")]
    return next((s for t in kinds for s in shapes_of(asked.codec.types[t].cls) if s.name == name), None)


def _guessed(sheet: Sheet, asked: Asked) -> tuple[Table | None, list[Finding]]:
    kinds = [asked.kind] if asked.kind else list(asked.codec.types)
    found: list[tuple[tuple[int, ...], Header]] = []
    for kind in kinds:
        for shape in shapes_of(asked.codec.types[kind].cls):
            header = best_header(sheet, shape)
            if header is not None and (shape.is_main or any(b.owner is not None for b in header.columns.values())):
                found.append((_likelihood(header, sheet, asked), header))
    if not found:
        return None, []
    found.sort(key=lambda f: f[0], reverse=True)
    best = found[0]
    rivals = [h for score, h in found if score == best[0]]
    if len(rivals) > 1:
        kinds_told = tuple(f"{h.shape.title}（{h.shape.type}）" for h in rivals[:5])
        place = asked.place(sheet, cell_name(best[1].first, 0))
        return None, [problems.AMBIGUOUS_KIND.finding(place=place, kinds=kinds_told)]
    return _with_units(Table(sheet=sheet, header=best[1])), []


def _likelihood(header: Header, sheet: Sheet, asked: Asked) -> tuple[int, ...]:
    """What speaks for a header: nothing is missing, the sheet or file says so, more of its columns are known."""
    label, kind = folded(header.shape.title.zh), folded(header.shape.type)
    named = folded(sheet.name), folded(asked.stem)
    hint = (
        2 if named[0] in {label, kind} else int(any(label in n or n == kind or n.startswith(f"{kind}-") for n in named))
    )
    titles = [folded(str(v)) for row in sheet.rows[: header.first] for v in row if isinstance(v, str)]
    hint = max(hint, int(any(label in t for t in titles)))
    missing = len(required_missing(header))
    return (int(hint > 1), -int(missing > 0), hint, header.matched - len(header.twice), -missing)


def _mapped(sheet: Sheet, mapping: TableMapping, asked: Asked) -> tuple[Table | None, list[Finding]]:
    shape = shapes_of(asked.codec.types[mapping.type].cls)[0]
    header = _header_at(sheet, shape, mapping)
    if header is None:
        types = Text("“{t}”", "{t}").format(t=shape.title)
        return None, [problems.NO_HEADER.finding(place=asked.place(sheet), types=types)]
    findings: list[Finding] = []
    columns, unknown = dict(header.columns), dict(header.unknown)
    by_name = {c.name: c for c in shape.columns}
    seen: set[str] = set()
    for position, candidates in sorted(labels_at(sheet, header.first, header.last).items()):
        said = next((m for label in candidates if (m := mapping.column(label)) is not None), None)
        if said is None:
            continue
        seen |= {folded(label) for label in candidates}
        if said.field and said.field not in by_name:
            place = Place(file=asked.file, sheet=sheet.name or None, cell=cell_name(header.last, position))
            reason = f"{candidates[0]} = {said.field!r}"
            findings.append(problems.MAPPING_FILE.finding(place=place, reason=reason))
            continue
        columns.pop(position, None)
        unknown.pop(position, None)
        if not said.field:
            continue
        columns = {p: b for p, b in columns.items() if b.column is None or b.column.name != said.field}
        columns[position] = _bound(candidates[0], said, by_name[said.field])
    known = tuple(c[0] for c in labels_at(sheet, header.first, header.last).values())
    for label in mapping.columns:
        if folded(label) not in seen and mapping.columns[label].field:
            told = problems.MAPPED_COLUMN.finding(place=asked.place(sheet), column=label, known=known)
            findings.append(told)
    made = evolve(header, columns=dict(sorted(columns.items())), unknown=unknown, twice={})
    return _with_units(Table(sheet=sheet, header=made, mapping=mapping)), findings


def _bound(label: str, said: ColumnMapping, column: Column) -> Bound:
    return Bound(label=label, column=column, factor=Decimal(1) if said.factor is None else said.factor)


def _header_at(sheet: Sheet, shape: Shape, mapping: TableMapping) -> Header | None:
    if mapping.header_row is None:
        return best_header(sheet, shape) or _header_with(sheet, shape, mapping)
    last = mapping.header_row - 1
    first = last - mapping.header_rows + 1
    return bind(labels_at(sheet, first, last), shape, first, last) if last < len(sheet.rows) else None


def _header_with(sheet: Sheet, shape: Shape, mapping: TableMapping) -> Header | None:
    """The row in which most of the columns of a mapping stand."""
    wanted = {folded(label) for label in mapping.columns}
    counts = [len(wanted & {folded(str(v)) for v in row}) for row in sheet.rows[:40]]
    if not counts or not max(counts):
        return None
    row = counts.index(max(counts))
    return bind(labels_at(sheet, row, row), shape, row, row)


def _with_units(table: Table) -> Table:
    """The same table, its columns with the factors that follow from the units in their headers."""
    said = {} if table.mapping is None else table.mapping.columns
    factors = {folded(label) for label, c in said.items() if c.factor is not None}
    titles = title_units(table.sheet, table.header.last)
    paths = {c.path for c in table.shape.columns}
    columns: dict[int, Bound] = {}
    for position, bound in table.header.columns.items():
        column = bound.column
        is_number = column is not None and column.kind in {Kind.WHOLE, Kind.NUMBER}
        if column is None or not is_number or folded(bound.label) in factors:
            columns[position] = bound
        elif column.unit is not None:
            columns[position] = evolve(bound, factor=_factor(bound.label, column.unit, titles))
        else:
            beside = titles if (*column.path[:-1], "unit") in paths else ()
            columns[position] = _with_unit(bound, beside)
    return evolve(table, header=evolve(table.header, columns=columns), titles=titles)


def _unit_of(label: str) -> str | None:
    unit = units_in(label)
    return None if unit in _REMARKS else unit


def _factor(label: str, wanted: str, titles: Sequence[TitleUnit]) -> Decimal:
    """By what the numbers of a column are multiplied; 0 if its unit, or the one of the whole sheet, does not fit."""
    unit = _unit_of(label)
    if unit is not None:
        return Decimal(factor_between(unit, wanted) or 0)
    return Decimal(0) if any(concerns(title.unit, wanted) for title in titles) else Decimal(1)


def _with_unit(bound: Bound, titles: Sequence[TitleUnit]) -> Bound:
    """A column of a field that has no unit of its own, with the one that its header or the title names."""
    own = _unit_of(bound.label)
    unit = own or (titles[0].unit if len(titles) == 1 and titles[0].clear else None)
    if unit is None or unit[0].isdecimal():  # a year, as a rule
        return bound
    try:
        written_number(f"1{unit}")
    except NotANumberError:
        return evolve(bound, factor=Decimal(0))
    return evolve(bound, unit=unit, title=own is None)


def _missed(missed: Sequence[Sheet], tables: Sequence[Table], asked: Asked) -> Iterator[Finding]:
    for sheet in missed:
        if tables:
            yield problems.NOT_READ.finding(place=asked.place(sheet))
        else:
            label = asked.codec.types[asked.kind].label if asked.kind else None
            types = Text("“{t}”", "{t}").format(t=label) if label else Text("任何已知记录", "any known record")
            yield problems.NO_HEADER.finding(place=asked.place(sheet), types=types)


def _not_there(book: Book, asked: Asked) -> Iterator[Finding]:
    names = {folded(s.name) for s in book.sheets}
    for table in asked.mapping.tables if asked.mapping else ():
        if table.sheet is not None and folded(table.sheet) not in names:
            known = tuple(s.name for s in book.sheets)
            yield problems.MAPPED_SHEET.finding(place=asked.place(None), sheet=table.sheet, known=known)


def _faults(table: Table, asked: Asked) -> Iterator[Finding]:
    """What is wrong with the header of a table."""
    header, sheet = table.header, table.sheet
    constants = set() if table.mapping is None else set(table.mapping.constants)
    for column in required_missing(header):
        if column.name in constants:
            continue
        near = [label for label in header.unknown.values() if nearest(label, header) == column.label]
        hint = (
            Text("；是否为“{near}”列？", "; is it the column {near!r}?").format(near=near[0]) if near else Text("", "")
        )
        place = asked.place(sheet, cell_name(header.last, 0))
        yield problems.MISSING_COLUMN.finding(place=place, column=column.label, hint=hint)
    for position, first in header.twice.items():
        label = str(sheet.at(header.last, position)).strip()
        place = asked.place(sheet, cell_name(header.last, position))
        yield problems.COLUMN_TWICE.finding(place=place, column=label, first=column_letter(first))
    said = [] if table.mapping is None else [folded(n) for n, c in table.mapping.columns.items() if not c.field]
    for position, label in header.unknown.items():
        if folded(label) in _UNIMPORTANT or folded(label) in said:
            continue
        place = asked.place(sheet, cell_name(header.last, position))
        close = nearest(label, header)
        if close is None:
            yield problems.UNKNOWN_COLUMN.finding(place=place, column=label)
        else:
            yield problems.LIKE_COLUMN.finding(place=place, column=label, near=close)
    yield from _wrong_units(table, asked)


def _wrong_units(table: Table, asked: Asked) -> Iterator[Finding]:
    for position, bound in table.header.columns.items():
        if bound.factor or bound.column is None:
            continue
        unit = _unit_of(bound.label)
        wanted = bound.column.unit or Text("“单位”列中的单位", "the unit that its row names")
        if unit is not None:
            place = asked.place(table.sheet, cell_name(table.header.last, position))
            yield problems.WRONG_UNIT.finding(place=place, column=bound.label, found=unit, unit=wanted)
            continue
        title = next((t for t in table.titles if bound.column.unit and concerns(t.unit, bound.column.unit)), None)
        if title is not None:
            place = asked.place(table.sheet, title.cell)
            problem = problems.TITLE_UNIT if is_scaled(title.unit, str(wanted)) else problems.TITLE_OTHER_UNIT
            yield problem.finding(place=place, column=bound.column.label, found=title.unit, unit=wanted)
    yield from _unused_titles(table, asked)


def _unused_titles(table: Table, asked: Asked) -> Iterator[Finding]:
    """The units above the header that are those of no column, or may be no units at all."""
    columns = [b.column for b in table.header.columns.values() if b.column is not None]
    units = [c.unit for c in columns if c.kind in {Kind.WHOLE, Kind.NUMBER}]
    for title in table.titles if units else ():
        if says_nothing_of(title, units):
            yield problems.TITLE_UNUSED.finding(place=asked.place(table.sheet, title.cell), found=title.unit)
