"""What a sheet does not speak of stays as it is stored: a column that is not there clears nothing.

A blank cell in a column that is there does clear. A list of parts (designations, units) stands on a sheet of its own;
without that sheet the list of a stored record stays. Parts are told from one another by id, else by what must be given
of them.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any

from attrs import define, field

from kepu_core import Codec, Finding, Problem, Record, Severity, Text
from kepu_core.domain import fields_of
from kepu_office.items import Item
from kepu_office.shapes import Column, Level, Shape, shapes_of
from kepu_office.tables import Asked, Table
from kepu_office.wording import folded

__all__ = ["KEPT", "keep"]

KEPT = Problem(
    "office.kept",
    Text(
        "表中没有{fields}；{count} 条已有记录的这些内容保持不变",
        "the sheet has no {fields}; {count} records that are stored keep theirs",
    ),
    Text("要清空就加上这一列（或这张表）并留空", "to clear it, add the column (or the sheet) and leave it blank"),
    Severity.NOTE,
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
    sheet is missing.
    """
    shapes = shapes_of(items[0].shape.cls)
    own = [t for t in tables if t.shape.type == shapes[0].type]
    bound = {s.name: {p for t in own if t.shape.name == s.name for p in _bound(t)} for s in shapes}
    sheets = {t.shape.name for t in own}
    if find is None or not any(_lacks(s, bound[s.name]) or s.name not in sheets for s in shapes):
        return
    by_id: dict[str, list[Item]] = {}
    for item in items:
        if item.id is not None:
            by_id.setdefault(item.id, []).append(item)
    kept: dict[int, tuple[Table, _Kept]] = {}
    for record in find(shapes[0].type):
        for item in by_id.get(record.id, ()):
            old = _data(asked.codec, item.shape, record)
            labels = list(_filled(item, old, shapes, bound, sheets))
            _, told = kept.setdefault(id(item.row.table), (item.row.table, _Kept()))
            told.labels.update(dict.fromkeys(labels))
            told.records |= {record.id} if labels else set()
    for table, told in kept.values():
        if told.labels:
            fields = Text("、".join(x.zh for x in told.labels), ", ".join(x.en for x in told.labels))
            yield KEPT.finding(place=asked.place(table.sheet), fields=fields, count=len(told.records))


def _data(codec: Codec, shape: Shape, record: Record) -> dict[str, Any]:
    data: dict[str, Any] = codec.to_data(record)
    return data if type(record) is shape.cls else {}


def _bound(table: Table) -> set[_Path]:
    """The fields that have a column in a table, or one value for all of its rows."""
    paths = {b.column.path for b in table.header.columns.values() if b.column is not None}
    constants = () if table.mapping is None else table.mapping.constants
    return paths | {tuple(name.split(".")) for name in constants}


def _lacks(shape: Shape, bound: Collection[_Path]) -> list[Column]:
    """The columns of a sheet that may be kept. Those that must be there are told as missing."""
    skipped = {("id",)} if shape.is_main else set()
    if shape.type == _FIGURE and _VALUE in bound:
        skipped.add(_STATE)  # what state a figure is in follows from its value
    return [
        c for c in shape.columns if c.path not in bound and c.path not in skipped and not (c.required and shape.is_main)
    ]


def _filled(
    item: Item, old: dict[str, Any], shapes: Sequence[Shape], bound: Mapping[str, set[_Path]], sheets: Collection[str]
) -> Iterator[Text]:
    """Fill in one record; gives the labels of what was kept."""
    for shape in shapes:
        if shape.name in sheets or shape.is_main:
            there = _bound(item.row.table) if shape.is_main else bound[shape.name]
            for new, before in _pairs(item.data, old, shape.levels):
                yield from (
                    c.label for c in _lacks(shape, there) if _copied(new, before, c.path, there, c.spec.default)
                )
        else:
            *above, last = shape.levels
            outer = shapes[0].name if not above else ".".join([shape.type, *(".".join(lv.path) for lv in above)])
            for new, before in _pairs(item.data, old, above):
                if _copied(new, before, last.path, bound.get(outer, set()), None):
                    yield shape.title


def _pairs(new: Any, old: Any, levels: Sequence[Level]) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    """The parts at a level that are both in the file and stored."""
    if not levels:
        yield new, old
        return
    level = levels[0]
    stored: dict[object, Any] = {}
    for key, part in ((k, p) for p in _at(old, level.path) or () for k in _keys(level.cls, p)):
        stored[key] = None if key in stored else part  # of two that cannot be told apart, neither
    for part in _at(new, level.path) or ():
        before = next((stored[k] for k in _keys(level.cls, part) if stored.get(k) is not None), None)
        if before is not None:
            yield from _pairs(part, before, levels[1:])


def _keys(cls: type, part: Mapping[str, Any]) -> Iterator[object]:
    """By what a part is known: its id, and what must be given of it."""
    if part.get("id"):
        yield str(part["id"])
    named = tuple(_plain(part.get(s.name)) for s in fields_of(cls) if s.required and s.name != "id")
    if any(named):
        yield named


def _plain(value: Any) -> str:
    return str(float(value)) if isinstance(value, (int, float)) else folded(str(value))


def _at(data: Any, path: Sequence[str]) -> Any:
    for name in path:
        data = data.get(name) if isinstance(data, dict) else None
    return data


def _copied(new: dict[str, Any], old: dict[str, Any], path: _Path, bound: Collection[_Path], default: object) -> bool:
    """Copy what is stored at a path, unless the part in which it stands was cleared; whether that says anything."""
    value = _at(old, path)
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
