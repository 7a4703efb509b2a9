"""From records to the cells of a template: the way back of what is read, so that each value is read as itself."""

import datetime as dt
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from enum import Enum
from typing import Any

from kepu_core import Codec, LabelledEnum, Record, Text
from kepu_core.domain import type_name
from kepu_core.domain.observation import breakdown_text
from kepu_office.shapes import Column, Kind, Level, Shape, shapes_of
from kepu_office.wording import escaped, split_items

__all__ = ["cell_of", "choice_text", "table_rows"]

CellValue = str | int | float | bool | dt.date | None
_EXACT = 10**15
_FIRST_YEAR = 1901
SEPARATOR = "；"


def table_rows(records: Iterable[Record], codec: Codec) -> Mapping[str, list[list[CellValue]]]:
    """The rows of records in each of the sheets of their types, by the name of the shape, without headers.

    The columns are those of a template: first what a row belongs to, then the fields. ``None`` is a blank cell.
    """
    rows: dict[str, list[list[CellValue]]] = {}
    for record in records:
        codec.type_of(type_name(record))
        for shape in shapes_of(type(record)):
            rows.setdefault(shape.name, []).extend(_rows(record, shape, codec))
    return rows


def _rows(record: Record, shape: Shape, codec: Codec) -> Iterator[list[CellValue]]:
    for owners, item, data in _below(record, codec.to_data(record), shape.levels, [record.id]):
        whose = [escaped(o) for o in owners[: len(shape.levels)]]
        yield [*whose, *(_cell_at(item, data, c) for c in shape.columns)]


def _below(item: Any, data: Any, levels: Sequence[Level], owners: list[str]) -> Iterator[tuple[list[str], Any, Any]]:
    """What a list (in a list) holds, as such and as plain data, each with the ids of what it belongs to."""
    if not levels:
        yield owners, item, data
        return
    parts, plain = _at(item, levels[0].path), _in(data, levels[0].path)
    for index, part in enumerate(parts or ()):
        ident = str(getattr(part, "id", index + 1))
        yield from _below(part, plain[index], levels[1:], [*owners, ident])


def _cell_at(item: Any, data: Any, column: Column) -> CellValue:
    value = _at(item, column.path)
    if column.kind is not Kind.JSON:
        return cell_of(value, column)
    if value is None or value == column.spec.default:
        return None
    return json.dumps(_in(data, column.path), ensure_ascii=False)


def _in(data: Any, path: Sequence[str]) -> Any:
    for name in path:
        data = None if data is None else data[name]
    return data


def _at(item: Any, path: Sequence[str]) -> Any:
    for name in path:
        if item is None:
            return None
        item = getattr(item, name)
    return item


def cell_of(value: Any, column: Column) -> CellValue:
    """The value of a cell for a field.

    Texts that would be read as something else get an apostrophe, numbers beyond 15 digits and days before 1901 are
    written as text: a spreadsheet would not keep them.
    """
    if value is None:
        return None
    if column.kind is Kind.BREAKDOWN:
        return breakdown_text(value) or None
    if column.several:
        return _items(value, column)
    if isinstance(value, Enum):
        return choice_text(value)
    if isinstance(value, bool):
        return str(Text("是", "yes")) if value else str(Text("否", "no"))
    if isinstance(value, dt.datetime):
        return value.isoformat()
    if isinstance(value, dt.date):
        return value if value.year >= _FIRST_YEAR else value.isoformat()
    if isinstance(value, int):
        return value if abs(value) < _EXACT else str(value)
    if isinstance(value, float):
        return value if float(f"{value:.15g}") == value else repr(value)
    return escaped(value) if isinstance(value, str) else value


def choice_text(member: Enum) -> str:
    """How a choice is written: by its label, with its value where two have the same label.

    >>> from kepu_core import BaseKind, use_language
    >>> with use_language("zh"):
    ...     choice_text(BaseKind.VENUE)
    '科普场馆'
    """
    if not isinstance(member, LabelledEnum):
        return str(member.value)
    label = str(member.label)
    alone = sum(str(m.label) == label for m in type(member)) == 1
    return label if alone else f"{label}（{member.value}）"


def _items(value: Sequence[Any], column: Column) -> CellValue:
    if value == column.spec.default or (not value and column.required):
        return None
    texts = [choice_text(v) if isinstance(v, Enum) else str(v) for v in value]
    joined = SEPARATOR.join(texts)
    if texts and split_items(joined) == texts and escaped(joined) == joined and not joined.startswith("["):
        return joined
    return json.dumps([v.value if isinstance(v, Enum) else v for v in value], ensure_ascii=False)
