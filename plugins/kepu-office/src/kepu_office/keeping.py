"""What a sheet does not speak of stays as it is stored: a column that is not there clears nothing.

A blank cell in a column that is there does clear. A list of parts (designations, units) stands on a sheet of its own;
without that sheet the list of a stored record stays. Which columns there are is a matter of the sheet in which a row
stands: of two sheets of the same parts, each clears what it has.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from typing import Any

from attrs import define, field

from kepu_core import Codec, Finding, Problem, Record, Severity, Text
from kepu_office.identity import has_id, part_id
from kepu_office.items import Item
from kepu_office.pairing import Parts, defaulted, paired, value_at
from kepu_office.rows import Row
from kepu_office.shapes import Column, Shape, shapes_of
from kepu_office.tables import Asked, Table

__all__ = ["CANNOT_KEEP", "KEPT", "keep"]

KEPT = Problem(
    "office.kept",
    Text(
        "表中没有{fields}；{count} 条已有记录的这些内容保持不变",
        "the sheet has no {fields}; {count} records that are stored keep theirs",
    ),
    Text("要清空就加上这一列（或这张表）并留空", "to clear it, add the column (or the sheet) and leave it blank"),
    Severity.NOTE,
)
CANNOT_KEEP = Problem(
    "office.cannot-keep",
    Text(
        "同一条记录有几项“{what}”的必填内容相同，分不清这一行是哪一项；表中没有{fields}，已存的这些内容会丢失",
        "of several {what} of one record the required fields are the same, so it cannot be told which of them this row is; "
        "the sheet has no {fields}, and what is stored of that would be lost",
    ),
    Text("补上缺的列，或在“标识”列填写各项的标识", "add the columns that are missing, or give their ids"),
)
_VALUE, _STATE = ("value",), ("state",)
_FIGURE = "observation"
_Path = tuple[str, ...]


@define
class _Kept:
    """What was kept for the records of one table: of which fields, and for which records."""

    labels: dict[Text, None] = field(factory=dict)
    records: set[str] = field(factory=set)


def keep(
    items: Sequence[Item], tables: Iterable[Table], find: Callable[[str], Iterable[Record]] | None, asked: Asked
) -> Iterator[Finding]:
    """Fill in what is stored and has no column in the tables.

    ``items`` are records of one type, with their ids; ``find`` gives the stored ones. It is asked only if a column or a
    sheet is missing. Where it cannot be told which of the stored parts a row is, and something of them would be lost,
    that is told, and the record is not taken.
    """
    shapes = shapes_of(items[0].shape.cls)
    keeper = _Keeper(shapes, [t for t in tables if t.shape.type == shapes[0].type], asked)
    if find is None or keeper.is_idle():
        return
    by_id: dict[str, list[Item]] = {}
    for item in items:
        if item.id is not None:
            by_id.setdefault(item.id, []).append(item)
    kept: dict[int, tuple[Table, _Kept]] = {}
    for record in find(shapes[0].type):
        for item in by_id.get(record.id, ()):
            labels = list(keeper.filled(item, _data(asked.codec, item.shape, record)))
            _, told = kept.setdefault(id(item.row.table), (item.row.table, _Kept()))
            told.labels.update(dict.fromkeys(labels))
            told.records |= {record.id} if labels else set()
    yield from keeper.findings
    for table, told in kept.values():
        if told.labels:
            fields = _listed(told.labels)
            yield KEPT.finding(place=asked.place(table.sheet), fields=fields, count=len(told.records))


def _listed(labels: Iterable[Text]) -> Text:
    several = tuple(labels)
    return Text("、".join(x.zh for x in several), ", ".join(x.en for x in several))


def _data(codec: Codec, shape: Shape, record: Record) -> dict[str, Any]:
    data: dict[str, Any] = codec.to_data(record)
    return data if type(record) is shape.cls else {}


def _bound(table: Table) -> frozenset[_Path]:
    """The fields that have a column in a table, or one value for all of its rows."""
    paths = {b.column.path for b in table.header.columns.values() if b.column is not None}
    constants = () if table.mapping is None else table.mapping.constants
    return frozenset(paths | {tuple(name.split(".")) for name in constants})


def _lacks(shape: Shape, bound: Collection[_Path]) -> list[Column]:
    """The columns of a sheet that may be kept. Those that must be there are told as missing."""
    skipped = {("id",)} if shape.is_main else set()
    if shape.type == _FIGURE and _VALUE in bound:
        skipped.add(_STATE)  # what state a figure is in follows from its value
    return [
        c for c in shape.columns if c.path not in bound and c.path not in skipped and not (c.required and shape.is_main)
    ]


@define
class _Keeper:
    """Fills in records of one type. ``bound`` are the fields that each table has, ``lacks`` those that it has not."""

    shapes: Sequence[Shape]
    tables: Sequence[Table]
    asked: Asked
    findings: list[Finding] = field(factory=list)
    bound: dict[int, frozenset[_Path]] = field(init=False)
    lacks: dict[int, list[Column]] = field(init=False)
    sheets: frozenset[str] = field(init=False)

    def __attrs_post_init__(self) -> None:
        self.bound = {id(t): _bound(t) for t in self.tables}
        self.lacks = {id(t): _lacks(t.shape, self.bound[id(t)]) for t in self.tables}
        self.sheets = frozenset(t.shape.name for t in self.tables)

    def is_idle(self) -> bool:
        """Whether there is nothing to be kept: every sheet and every column is there."""
        return not any(self.lacks.values()) and all(s.name in self.sheets for s in self.shapes)

    def filled(self, item: Item, old: dict[str, Any]) -> Iterator[Text]:
        """Fill in one record; gives the labels of what was kept."""
        yield from self._columns(item.row, item.data, old)
        yield from self._lists(item, self.shapes[0], item.row, (item.data, old), "")

    def _columns(self, row: Row, new: dict[str, Any], old: dict[str, Any]) -> Iterator[Text]:
        table = id(row.table)
        for c in self.lacks[table]:
            if _copied(new, old, c.path, self.bound[table], c.spec.default):
                yield c.label

    def _lists(
        self, item: Item, shape: Shape, row: Row, pair: tuple[dict[str, Any], dict[str, Any]], prefix: str
    ) -> Iterator[Text]:
        """Fill in the lists of parts right below a record or a part."""
        new, old = pair
        for inner in self._inside(shape):
            path = inner.levels[-1].path
            if inner.name not in self.sheets:
                if _copied(new, old, path, self.bound[id(row.table)], None):
                    yield inner.title
                continue
            parts = self._parts(item, inner, value_at(new, path) or [], f"{prefix}{'.'.join(path)}")
            pairs, unclear = paired(parts, value_at(old, path) or [])
            for number, before in pairs:
                own = parts.rows[number]
                yield from self._columns(own, parts.news[number], before)
                yield from self._lists(item, inner, own, (parts.news[number], before), f"{parts.prefix}[{number}].")
            _number_anew(parts, [number for number, _ in pairs])
            for number in unclear:
                self._tell(parts.rows[number], inner)

    def _inside(self, shape: Shape) -> list[Shape]:
        depth = len(shape.levels)
        return [s for s in self.shapes if len(s.levels) == depth + 1 and s.levels[:depth] == shape.levels]

    def _parts(self, item: Item, shape: Shape, news: list[dict[str, Any]], prefix: str) -> Parts:
        """The parts of a list in the file, each with its row; and what there would be to keep of a stored one."""
        rows = [item.parts[f"{prefix}[{n}]"] for n in range(len(news))]
        below = [s for s in self.shapes if s.levels[: len(shape.levels)] == shape.levels and s is not shape]
        whole = {s.name for s in below if not any(self.lacks[id(t)] for t in self.tables if t.shape.name == s.name)}
        lists = tuple(s.levels[len(shape.levels)].path for s in below if s.name not in self.sheets & whole)

        def kept_of(row: Row, old: dict[str, Any]) -> dict[_Path, Any]:
            columns = ((c.path, c.spec.default) for c in self.lacks[id(row.table)] if c.path != ("id",))
            return defaulted(old, [*columns, *((path, None) for path in lists)])

        return Parts(shape=shape, news=news, rows=rows, prefix=prefix, bound=self.bound, kept_of=kept_of)

    def _tell(self, row: Row, shape: Shape) -> None:
        row.bad.add(())
        labels = [c.label for c in self.lacks[id(row.table)] if c.path != ("id",)]
        labels += [s.title for s in self._inside(shape) if s.name not in self.sheets]
        place = self.asked.place(row.table.sheet, row.cell(None))
        what = shape.levels[-1].label
        self.findings.append(CANNOT_KEEP.finding(place=place, what=what, fields=_listed(labels)))


def _number_anew(parts: Parts, kept: Collection[int]) -> None:
    """Give new parts other ids than those that were kept, if theirs were only derived."""
    cls = parts.shape.levels[-1].cls
    if not has_id(cls):
        return
    given = {n for n, row in enumerate(parts.rows) if row.values.get(("id",)) or n in kept}
    taken: dict[str, Any] = {str(parts.news[n].get("id")): None for n in given}
    for number, part in enumerate(parts.news):
        if number not in given:
            part["id"] = part_id(cls, part, taken)
            taken[part["id"]] = None


def _copied(new: dict[str, Any], old: dict[str, Any], path: _Path, bound: Collection[_Path], default: object) -> bool:
    """Copy what is stored at a path, unless the part in which it stands was cleared; whether that says anything."""
    value = value_at(old, path)
    if value is None or value in ([], {}):
        return False
    for depth, name in enumerate(path[:-1], 1):
        inner = new.get(name)
        if not isinstance(inner, dict):
            if any(b[:depth] == path[:depth] for b in bound):
                return False
            inner = new[name] = {}
        new = inner
    new[path[-1]] = value
    return bool(value != getattr(default, "value", default))
