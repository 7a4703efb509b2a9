"""The rows of a table: what each says, and which of them are no data."""

import re
from collections.abc import Container, Iterator, Mapping
from itertools import chain
from typing import Any, TypeAlias

from attrs import define, field

from kepu_core import Finding, Place, Problem, Severity, Text
from kepu_office import problems
from kepu_office.grid import Cell, Range, Spot, cell_name, is_blank
from kepu_office.headers import Bound
from kepu_office.personal import masked
from kepu_office.place_names import PlaceNames
from kepu_office.shapes import Column, Kind
from kepu_office.showing import shown_number
from kepu_office.tables import Asked, Table
from kepu_office.values import NOTHING, Reader, Surroundings, reader_of
from kepu_office.wording import folded, label_key, may_be_label, narrow, unescaped

__all__ = ["Row", "rows_of"]

GROUP_ROWS = Problem(
    "office.group-rows",
    Text(
        "有 {count} 行没有读取，它们是分组的小标题，不是数据：{rows}",
        "rows that were passed over, being headings of groups and no data ({count}): {rows}",
    ),
    Text("若是数据，把必填的列填上", "if one is data, fill in its required columns"),
    Severity.NOTE,
)
_TOTAL = re.compile(r"(合计|小计|总计|共计|累计|平均值?|总和|sub-?total|total|sum)[:：]?\Z")
# 合计（单位）, 合计12家, 总计人数; 小计科技馆 is a name
_TOTAL_HEAD = re.compile(r"(合计|小计|总计|共计)(?:[:：(（\d]|[一-龥]{0,2}(?:数|项|个|家|人|场|所|元)\Z)")
_NOTE = re.compile(
    r"(注|备注|说明|填表说明|填报说明|填表人|填报人|制表人?|审核人?|复核人?|负责人|单位负责人|分管领导|联系人|联系电话"
    r"|填报单位|填表单位|报送单位|填报日期|填表日期|填报时间|日期|单位盖章|（?盖章）?|note|notes|remark)\s*\d*[:：(（]"
)
_NOTE_START = re.compile(r"(注\s*\d*\s*[、.．:：]|备注\s*[:：]|说明\s*[:：]|\d+[、.．].{12,}|\*.{6,})")
# 一、珠三角 (一)城区 第二批 第一部分：…; 第一中学 is a name
_GROUP = re.compile(
    r"(?:[一二三四五六七八九十百]{1,4}\s*[、.．,，]|[(（〔\[][一二三四五六七八九十百]{1,4}[)）〕\]]"
    r"|第[一二三四五六七八九十百]{1,4}(?:部分|[类组批章节片])(?:\Z|[\s、:：(（])|.{1,20}(?:[:：]|片区|板块)\Z)",
    re.DOTALL,
)
_MOST_GROUPS = 20
"""So many headings of groups are told one by one."""
_NUMBERING = {"甲", "乙", "丙", "丁", "a", "b", "c", "d"}
_MOST_NOTE_CELLS = 4
_LONGEST_SHOWN = 30
_CHECKED_CELLS = 3
_NUMBERED = 3
_LONGEST_TOTAL = 6
_Cells: TypeAlias = list[tuple[int, Cell]]


@define
class Row:
    """One row of a table: plain values by the path of their field, the fields that are faulty, and where they stand."""

    table: Table
    number: int
    values: dict[tuple[str, ...], Any] = field(factory=dict)
    bad: set[tuple[str, ...]] = field(factory=set)
    owners: dict[int, str] = field(factory=dict)

    def cell(self, path: tuple[str, ...] | None) -> str:
        """The name of the cell of a field; of the first column if it has none."""
        columns = self.table.header.columns
        for position, bound in columns.items():
            if path is not None and bound.column is not None and bound.column.path == path:
                return cell_name(self.number, position)
        return cell_name(self.number, min(columns, default=0))

    def own_text(self, path: tuple[str, ...]) -> str | None:
        """What a person typed into the cell of a number; ``None`` if it is blank, or the field has no cell."""
        sheet = self.table.sheet
        for position, bound in self.table.header.columns.items():
            if bound.column is not None and bound.column.path == path:
                value = sheet.at(self.number, position)
                typed = isinstance(value, (str, float)) and not is_blank(value)
                return shown_number(value, percent=(self.number, position) in sheet.percents) if typed else None
        return None


@define
class _Reader:
    table: Table
    asked: Asked
    places: PlaceNames
    since_1904: bool
    findings: list[Finding]
    merged: Mapping[Spot, Range] = field(init=False)
    widths: Mapping[Spot, int] = field(init=False)
    special: Container[int] = field(init=False)
    keys: Mapping[int, str] = field(init=False)
    owners: Mapping[int, str] = field(init=False)
    readers: dict[tuple[int, bool], Reader] = field(factory=dict, init=False)
    ended: bool = field(default=False, init=False)
    last_full: int = field(init=False)
    groups: list[tuple[int, int, str]] = field(factory=list, init=False)

    def __attrs_post_init__(self) -> None:
        sheet = self.table.sheet
        self.merged = _merged_cells(self.table)
        self.widths = {(top, left): right - left + 1 for top, left, _, right in sheet.merged}
        # Rows of which something is known beyond the values of their cells. In all others a blank cell says nothing.
        self.special = {row for row, _ in chain(self.merged, sheet.errors, sheet.formulas, sheet.percents)}
        self.owners = {b.owner: "" for b in self.table.header.columns.values() if b.owner is not None}
        self.keys = {p: label_key(b.label) for p, b in self.table.header.columns.items()}
        self.last_full = self._last_full()

    def rows(self) -> Iterator[Row]:
        sheet = self.table.sheet
        for number in range(self.table.header.last + 1, len(sheet.rows)):
            cells = [(p, v) for p, v in enumerate(sheet.rows[number]) if not is_blank(v)]
            reason = self._passed_over(number, cells)
            if reason is None:
                yield self._row(number, cells)
            elif reason is not _BLANK:
                self.findings.append(reason)
        if self.groups:
            self.findings.append(self._group_rows())

    def _last_full(self) -> int:
        """The last row with several cells that are filled in and is no total or remark."""
        sheet, columns = self.table.sheet, self.table.header.columns
        for number in range(len(sheet.rows) - 1, self.table.header.last, -1):
            cells = [(p, v) for p, v in enumerate(sheet.rows[number]) if p in columns and not is_blank(v)]
            first = str(cells[0][1]).strip() if cells else ""
            is_remark = _TOTAL.match(folded(first)) or _NOTE_START.match(first) or _NOTE.match(folded(first))
            if len(cells) > 1 and not is_remark:
                return number
        return -1

    def _is_group(self, number: int, cells: _Cells) -> bool:
        """Whether a row is the heading of a group of rows (一、珠三角), and no record of which most is left blank.

        It holds one text, not right of the first column of the table, and rows of data follow: what stands below the
        last of them is a remark, or a record that was begun. The text is merged over several columns, or numbered as
        headings are, or ends as they do; a lone name is none of these, so it stays a fault. Nor is it a heading if that
        one cell is all that a record needs, or if cells merged with those above fill the row.
        """
        columns = self.table.header.columns
        if len(cells) != 1 or number >= self.last_full or not isinstance(cells[0][1], str):
            return False
        position, text = cells[0][0], cells[0][1].strip()
        if position > min(columns, default=-1) or any((number, p) in self.merged for p in columns):
            return False
        if _NOTE_START.match(text) or _NOTE.match(folded(text)) or _TOTAL.match(folded(text)):
            return False
        if self._required() and self._required() <= {position}:
            return False
        return self.widths.get((number, position), 1) > 1 or _GROUP.match(narrow(text)) is not None

    def _group_rows(self) -> Finding:
        """One note for all headings of groups, which tells where they stand."""
        shown = [
            Text("第 {row} 行“{text}”", "row {row} {text!r}").format(row=number + 1, text=_cut(text))
            for number, _, text in self.groups[:_MOST_GROUPS]
        ]
        more = [Text("…", "…")] if len(self.groups) > _MOST_GROUPS else []
        place = self._place(*self.groups[0][:2])
        return GROUP_ROWS.finding(place=place, count=len(self.groups), rows=(*shown, *more))

    def _required(self) -> set[int]:
        """The columns of the sheet that must be filled in, apart from that of the ids."""
        bounds = ((p, b.column) for p, b in self.table.header.columns.items())
        return {p for p, c in bounds if c is not None and c.required and c.path != ("id",)}

    def _place(self, number: int, position: int) -> Place:
        return self.asked.place(self.table.sheet, cell_name(number, position))

    def _value(self, number: int, position: int) -> Cell:
        """What a cell holds; one that is merged with those above holds what they do."""
        value = self.table.sheet.at(number, position)
        area = self.merged.get((number, position))
        return self.table.sheet.at(area[0], area[1]) if area is not None and is_blank(value) else value

    def _passed_over(self, number: int, cells: _Cells) -> Finding | None:
        """Why a row is no data; ``None`` if it is. ``cells`` are those that are not blank."""
        sheet, columns = self.table.sheet, self.table.header.columns
        failed = number in self.special and any(
            (number, p) in sheet.errors or (number, p) in sheet.formulas for p in columns
        )
        if not failed and self._is_group(number, cells):
            self.groups.append((number, cells[0][0], str(cells[0][1]).strip()))
            return _BLANK
        if not failed and not any(p in columns for p, _ in cells):
            note = next(
                (str(v).strip() for _, v in cells if isinstance(v, str) and _NOTE_START.match(str(v).strip())), None
            )
            return _BLANK if note is None else self._note(number, cells[0][0], note)
        texts = [(p, str(v).strip()) for p, v in cells[:_CHECKED_CELLS] if isinstance(v, str)]
        for position, text in texts:
            if _TOTAL.match(folded(text)) or (len(text) <= _LONGEST_TOTAL and _TOTAL_HEAD.match(folded(text))):
                return problems.TOTAL_ROW.finding(place=self._place(number, position), text=_cut(text))
        if self._is_note(number, cells):
            self.ended = True
            return self._note(number, cells[0][0], str(cells[0][1]).strip())
        if self._is_header(cells):
            return problems.HEADER_AGAIN.finding(place=self._place(number, cells[0][0]))
        if self._is_numbering(number, cells):
            return self._note(number, cells[0][0], str(cells[0][1]).strip())
        return None

    def _note(self, number: int, position: int, text: str) -> Finding:
        """A row that is a remark; of what stands behind a colon, which may be a name or a number, nothing is told."""
        head, colon, rest = text.replace("：", ":").partition(":")
        shown = f"{head}：…" if colon and rest.strip() and _NOTE.match(folded(text)) else text
        return problems.NOTE_ROW.finding(place=self._place(number, position), text=_cut(shown))

    def _is_note(self, number: int, cells: _Cells) -> bool:
        if not cells or len(cells) > _MOST_NOTE_CELLS or not isinstance(cells[0][1], str):
            return False
        text = cells[0][1].strip()
        filled = {p for p, _ in cells}
        columns = self.table.header.columns
        required = self._required()
        if required and required <= filled:
            return False
        if _NOTE_START.match(text) or _NOTE.match(folded(text)):
            return True
        wide = self.widths.get((number, cells[0][0]), 1)
        return len(cells) == 1 and (self.ended or (wide > 1 and wide * 2 >= len(columns)))

    def _is_header(self, cells: _Cells) -> bool:
        """Whether at least two cells, and half of them all, are the labels of their columns."""
        others = 0
        for position, value in cells:
            if not self._is_label(position, str(value)):
                others += 1
                if others * 2 > len(cells):
                    return False
        return len(cells) - others > 1

    def _is_label(self, position: int, text: str) -> bool:
        key = self.keys.get(position)
        return key is not None and may_be_label(text, key) and label_key(text) == key

    def _is_numbering(self, number: int, cells: _Cells) -> bool:
        """A row below the header that numbers the columns: 甲 乙 1 2 3."""
        if number != self.table.header.last + 1 or len(cells) < _NUMBERED:
            return False
        rest = [v for _, v in cells if folded(str(v)) not in _NUMBERING]
        try:
            numbers = [float(v) for v in rest]
        except (TypeError, ValueError):
            return False
        return numbers == [float(n + 1) for n in range(len(rest))] and len(rest) >= _CHECKED_CELLS - 1

    def _row(self, number: int, cells: _Cells) -> Row:
        row = Row(table=self.table, number=number, owners=dict(self.owners))
        columns = self.table.header.columns
        special = number in self.special
        for position, value in ((p, self._value(number, p)) for p in columns) if special else cells:
            bound = columns.get(position)
            if bound is None:
                continue
            if bound.owner is not None:
                text = str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)
                row.owners[bound.owner] = unescaped(text)
            elif bound.column is not None and not (special and self._is_fault(row, position, bound.column, value)):
                self._take(row, position, bound, bound.column, value)
        return row

    def _is_fault(self, row: Row, position: int, column: Column, value: Cell) -> bool:
        spot = (row.number, position)
        sheet = self.table.sheet
        finding = None
        if spot in sheet.errors:
            finding = problems.ERROR_VALUE.finding(label=column.label, found=sheet.errors[spot])
        elif spot in sheet.formulas and is_blank(value):
            finding = problems.NOT_COMPUTED.finding(label=column.label)
        elif spot in self.merged and column.kind in {Kind.WHOLE, Kind.NUMBER} and not is_blank(value):
            top, left, bottom, right = self.merged[spot]
            cells = f"{cell_name(top, left)}:{cell_name(bottom, right)}"
            finding = problems.MERGED_NUMBER.finding(label=column.label, cells=cells)
            if row.number != top:  # told at the first of the cells
                row.bad.add(column.path)
                return True
        if finding is not None:
            self._bad(row, position, column, finding)
        return finding is not None

    def _bad(self, row: Row, position: int, column: Column, finding: Finding) -> None:
        row.bad.add(column.path)
        self._told(row, position, column, finding)

    def _told(self, row: Row, position: int, column: Column, finding: Finding) -> None:
        told = masked(finding, column)
        self.findings.append(told.at(field=column.name, place=self._place(row.number, position)))

    def _take(self, row: Row, position: int, bound: Bound, column: Column, value: Cell) -> None:
        if not bound.factor:  # its header names a unit that does not fit: told there
            if not is_blank(value):
                row.bad.add(column.path)
            return
        percent = (row.number, position) in self.table.sheet.percents
        read = self.readers.get((position, percent)) or self._reader(position, bound, column, percent=percent)
        told: list[Finding] = []
        taken = read(value, told)
        for finding in told:
            if finding.severity is Severity.ERROR:
                self._bad(row, position, column, finding)
            else:
                self._told(row, position, column, finding)
        if taken is not NOTHING:
            row.values[column.path] = taken

    def _reader(self, position: int, bound: Bound, column: Column, *, percent: bool) -> Reader:
        around = Surroundings(
            places=self.places,
            since_1904=self.since_1904,
            percent=percent,
            factor=bound.factor,
            unit=bound.unit,
            title=bound.title,
        )
        return self.readers.setdefault((position, percent), reader_of(column, around))


_BLANK = problems.EMPTY.finding()
"""Why a blank row is passed over: nothing is told of it."""


def _cut(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= _LONGEST_SHOWN else text[: _LONGEST_SHOWN - 1] + "…"


def _merged_cells(table: Table) -> dict[Spot, Range]:
    """The cells below the header that are merged with cells in other rows, each with its area."""
    found: dict[Spot, Range] = {}
    done: dict[int, int] = {}
    columns = table.header.columns
    most = len(table.sheet.rows)
    for area in sorted(table.sheet.merged):
        top, left, bottom, _ = area
        if top > table.header.last and bottom > top and left in columns:
            # Areas of a sound sheet do not overlap; of those that do, the first holds, so that no cell is seen twice.
            end = min(bottom + 1, most)
            found.update({(row, left): area for row in range(max(top, done.get(left, 0)), end)})
            done[left] = max(end, done.get(left, 0))
    return found


def rows_of(table: Table, asked: Asked, places: PlaceNames, *, since_1904: bool) -> tuple[list[Row], list[Finding]]:
    """The rows of a table that hold data, and everything that is wrong with them or told of others.

    What names a unit of its own is still to be put into that of its row: see :mod:`kepu_office.measuring`.
    """
    findings: list[Finding] = []
    rows = list(_Reader(table, asked, places, since_1904, findings).rows())
    constants = {} if table.mapping is None else table.mapping.constants
    for name, value in constants.items():
        column = next((c for c in table.shape.columns if c.name == name), None)
        if column is None:
            place = asked.place(table.sheet)
            findings.append(problems.MAPPING_FILE.finding(place=place, reason=f"{name} = {value!r}"))
            continue
        told: list[Finding] = []
        read = reader_of(column, Surroundings(places=places))
        taken = read(float(value) if isinstance(value, int) else value, told)
        findings += [f.at(field=name, place=asked.place(table.sheet)) for f in told]
        for row in rows:
            if taken is not NOTHING:
                row.values.setdefault(column.path, taken)
    return rows, [*findings, *_formulas(table, asked)]


def _formulas(table: Table, asked: Asked) -> Iterator[Finding]:
    inside = sorted(s for s in table.sheet.formulas if s[1] in table.header.columns and s[0] > table.header.last)
    if inside:
        cells = tuple(cell_name(*s) for s in inside[:3])
        place = asked.place(table.sheet, cells[0])
        yield problems.FORMULAS.finding(place=place, count=len(inside), cells=Text("、".join(cells), ", ".join(cells)))
