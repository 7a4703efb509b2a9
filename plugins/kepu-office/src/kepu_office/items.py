"""Records on their way from rows: their plain data, where each field stands, and what is missing in them."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache
from typing import Any

from attrs import define, field

from kepu_core import Place
from kepu_core.domain import FieldSpec, fields_of
from kepu_office.rows import Row
from kepu_office.shapes import Shape, is_list, natural_name, part_class
from kepu_office.tables import Asked
from kepu_office.wording import folded

__all__ = ["Item", "Places", "at_path", "called_in", "complete", "gaps", "index_of", "nested", "relative", "steps_of"]


@define(eq=False)
class Item:
    """A record on its way: its plain data, the row that it stands in, and the rows of its parts."""

    row: Row
    data: dict[str, Any]
    parts: dict[str, Row] = field(factory=dict)
    id: str | None = None
    key: tuple[str, ...] | None = None

    @property
    def shape(self) -> Shape:
        """The sheet of its type."""
        return self.row.table.shape

    @property
    def is_faulty(self) -> bool:
        """Whether a cell of it could not be read."""
        return bool(self.row.bad) or any(r.bad for r in self.parts.values())

    def spot(self, path: str | None) -> tuple[Row, str]:
        """The row and cell in which a field stands: of the record, or of a part of it."""
        for prefix in sorted(self.parts, key=len, reverse=True):
            if path is not None and (path == prefix or path.startswith(f"{prefix}.")):
                row = self.parts[prefix]
                return row, row.cell(steps_of(path[len(prefix) + 1 :]))
        return self.row, self.row.cell(steps_of(path or ""))


def steps_of(path: str) -> tuple[str, ...]:
    """The names on a path, without the numbers of parts."""
    return tuple(step.partition("[")[0] for step in path.split(".")) if path else ()


class Places(Mapping[str, Place]):
    """Where records stand, and (``type/id field``) where a field of one does. Made when it is asked for."""

    def __init__(self, items: Mapping[str, Item], asked: Asked) -> None:
        self._items = items
        self._asked = asked

    def __getitem__(self, key: str) -> Place:
        name, path = key, None
        if name not in self._items:
            name, _, path = key.rpartition(" ")
        item = self._items[name]
        row, cell = item.spot(path)
        return self._asked.place(row.table.sheet, cell)

    def __iter__(self) -> Iterator[str]:
        return iter(self._items)

    def __len__(self) -> int:
        return len(self._items)


def nested(row: Row) -> dict[str, Any]:
    """The values of a row as plain data, parts within."""
    data: dict[str, Any] = {}
    for path, value in row.values.items():
        inner = data
        for name in path[:-1]:
            inner = inner.setdefault(name, {})
        inner[path[-1]] = value
    return data


def relative(item: Item, row: Row, path: str) -> tuple[str, ...]:
    """A path below the record as one below the part that a row holds."""
    for prefix, other in item.parts.items():
        if other is row:
            return steps_of(path[len(prefix) + 1 :])
    return steps_of(path)


def gaps(cls: type, data: Mapping[str, Any], path: str) -> Iterator[tuple[str, Any]]:
    """What must be given and is not, all the way down, with its label. A list that must be given may be empty."""
    for spec, inner, several in _steps(cls):
        value = data.get(spec.name)
        if inner is not None and several:
            if spec.required and value is None and isinstance(data, dict):
                data[spec.name] = value = []
            for index, part in enumerate(value if isinstance(value, list) else ()):
                yield from gaps(inner, part, f"{path}{spec.name}[{index}].") if isinstance(part, dict) else ()
        elif inner is not None:
            if value is not None or spec.required:
                yield from gaps(inner, value if isinstance(value, dict) else {}, f"{path}{spec.name}.")
        elif value is None:
            if several and isinstance(data, dict):
                data[spec.name] = []
            else:
                yield f"{path}{spec.name}", spec.label


@cache
def _steps(cls: Any) -> tuple[tuple[FieldSpec, Any, bool], ...]:
    """The fields in which something can be missing, each with the class of its parts and whether it is a list."""
    specs = ((spec, part_class(cls, spec.name)) for spec in fields_of(cls))
    return tuple((spec, inner, is_list(spec.type)) for spec, inner in specs if inner is not None or spec.required)


def called_in(items: Iterable[Item]) -> Callable[[str], list[Item]]:
    """Finds records by what the rows of their parts may call them: the id as it is, else the id or name as written."""
    found: list[dict[str, list[Item]]] = [{}, {}, {}]
    for item in items:
        spec = natural_name(item.shape.cls)
        ident, name = item.data.get("id"), item.data.get(spec.name) if spec is not None else None
        for by, text in zip(found, (ident, folded(str(ident)) if ident else None, folded(str(name))), strict=True):
            if isinstance(text, str):
                by.setdefault(text, []).append(item)

    def look(text: str) -> list[Item]:
        return found[0].get(text) or found[1].get(folded(text)) or found[2].get(folded(text)) or []

    return look


def index_of(parts: Sequence[Mapping[str, Any]], text: str, cls: type) -> int | None:
    """Which of several parts a text means: by id, by name, or by its number from 1."""
    if not text:
        return 0 if len(parts) == 1 else None
    spec = natural_name(cls)
    called = (
        [[str(p.get("id")), folded(str(p.get("id"))), folded(str(p.get(spec.name)))] for p in parts] if spec else []
    )
    for position, wanted in enumerate((text, folded(text), folded(text))):
        found = [i for i, names in enumerate(called) if names[position] == wanted]
        if len(found) == 1:
            return found[0]
    return int(text) - 1 if text.isdecimal() and 1 <= int(text) <= len(parts) else None


def at_path(data: Any, path: str) -> Any:
    """What stands at a path in plain data."""
    for step in path.split("."):
        name, bracket, index = step.partition("[")
        data = data[name]
        if bracket:
            data = data[int(index.rstrip("]"))]
    return data


def complete(item: Item) -> None:
    """A figure without a value and a state is missing; that is not for people to spell out."""
    data = item.data
    if item.shape.type != "observation" or ("value",) in item.row.bad:
        return
    if data.get("value") is None and "state" not in data:
        data["state"] = "missing"
