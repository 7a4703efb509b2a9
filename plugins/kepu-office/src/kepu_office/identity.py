"""Ids of records that people put into a sheet without one.

People do not fill ids. A record without one gets the id that follows from what it is called by, its *key*: the
texts that must be given and are searched or indexed (a base: its name and region; a report: its base and period). Of
the key, without spaces and differences of writing, eight hexadecimal digits are taken: ``base-3f2a91bc``. So the same
sheet gives the same ids again, and a corrected one updates, as long as the key itself is not corrected. A class that
has a method ``key`` of its own (a figure) is asked instead. A stored record of the same key keeps the id that it has.
"""

import hashlib
import inspect
from collections.abc import Iterator, Mapping, Sequence
from enum import Enum
from functools import cache
from typing import Any

import attrs

from kepu_core import Record
from kepu_core.domain import FieldSpec, fields_of, type_name
from kepu_office.shapes import part_class
from kepu_office.wording import folded

__all__ = ["derived_id", "has_id", "key_of", "key_of_record", "key_paths", "key_text", "own_key", "part_id"]

Path = tuple[str, ...]
_DIGITS = 8


def key_paths(cls: type) -> tuple[Path, ...]:
    """The fields by which a record is known, apart from its id.

    >>> from kepu_core import Award, Base
    >>> key_paths(Base), key_paths(Award)
    ((('name',), ('region',)), (('campaign',), ('prize',)))
    """
    return _key_paths(cls)


@cache
def _key_paths(cls: Any) -> tuple[Path, ...]:
    if callable(getattr(cls, "key", None)):
        return tuple((name,) for name in inspect.signature(cls.key).parameters)
    required = [s for s in fields_of(cls) if s.required and s.name != "id"]
    named = [s for s in required if (s.info.searched or s.info.index) and not _is_choice(s)]
    parts = [s for s in required if attrs.has(s.type)] if named else []
    return tuple(_leaves([*(named or required), *parts]))


def _leaves(specs: Sequence[FieldSpec]) -> Iterator[Path]:
    for spec in specs:
        if attrs.has(spec.type):
            yield from ((spec.name, *inner) for inner in _leaves(_inner(spec)))
        else:
            yield (spec.name,)


def _inner(spec: FieldSpec) -> list[FieldSpec]:
    return [s for s in fields_of(spec.type) if s.required and s.name != "id"]


def _is_choice(spec: FieldSpec) -> bool:
    return isinstance(spec.type, type) and issubclass(spec.type, Enum)


def key_of(cls: type[Record], data: Mapping[str, Any]) -> tuple[str, ...] | None:
    """The key of a record's plain data; ``None`` where part of it is not there."""
    values = [_at(data, path) for path in key_paths(cls)]
    if not values or any(v is None for v in values):
        return None
    return tuple(folded(str(v)) for v in values)


def key_of_record(record: Record) -> tuple[str, ...]:
    """The key of a record that is there."""
    values = []
    for path in key_paths(type(record)):
        value: Any = record
        for name in path:
            value = getattr(value, name)
        values.append(folded(str(value.value if isinstance(value, Enum) else value)))
    return tuple(values)


def key_text(cls: type[Record], data: Mapping[str, Any]) -> str:
    """The key of a record as people read it."""
    return " · ".join(str(v) for path in key_paths(cls) if (v := _at(data, path)) is not None)


def _at(data: Any, path: Path) -> Any:
    for name in path:
        if not isinstance(data, Mapping):
            return None
        data = data.get(name)
    return data


def derived_id(cls: type[Record], key: Sequence[str]) -> str:
    """The id that follows from a key."""
    return f"{type_name(cls)}-{_digest(key)}"


def part_id(cls: type, data: Mapping[str, Any], taken: Mapping[str, Any]) -> str:
    """The id of a part of a record that has none: from what must be given of it, different from those taken."""
    required = [data.get(s.name) for s in fields_of(cls) if s.required and s.name != "id"]
    made = _digest([folded(str(v)) for v in required])
    number = 1
    while (ident := made if number == 1 else f"{made}-{number}") in taken:
        number += 1
    return ident


def _digest(key: Sequence[str]) -> str:
    return hashlib.sha256("\x1f".join(key).encode()).hexdigest()[:_DIGITS]


def has_id(cls: type) -> bool:
    """Whether a part of a record has an id."""
    return any(s.name == "id" for s in fields_of(cls))


def own_key(cls: Any, data: Mapping[str, Any]) -> str | None:
    """The id that a class's own ``key`` makes of the fields that it names; ``None`` if they are not all there."""
    specs = {s.name: s for s in fields_of(cls)}
    given: dict[str, Any] = {}
    for name in inspect.signature(cls.key).parameters:
        value = data.get(name)
        if value is None and specs[name].required:
            return None
        given[name] = specs[name].default if value is None else _structured(cls, name, specs[name].type, value)
    return str(cls.key(**given))


def _structured(cls: type, name: str, kind: Any, value: Any) -> Any:
    inner = part_class(cls, name)
    if inner is not None:
        return tuple(inner(**p) for p in value) if isinstance(value, list) else inner(**value)
    if isinstance(kind, type) and issubclass(kind, Enum):
        return kind(value)
    return tuple(value) if isinstance(value, list) else value
