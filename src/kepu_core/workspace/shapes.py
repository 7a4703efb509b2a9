"""What record classes are made of, down to their innermost parts: asked once per class."""

import typing
from collections.abc import Hashable, Iterator
from functools import cache
from typing import Any, cast

from kepu_core.domain.fields import FieldSpec, fields_of

__all__ = ["has_personal", "is_part", "is_several", "parts_of", "specs_below"]


def is_part(value: object) -> bool:
    """Whether a value is a part of a record (or a record): something with fields of its own."""
    return hasattr(type(value), "__kepu_record__")


def is_several(spec: FieldSpec) -> bool:
    """Whether a field holds several values."""
    return tuple in {typing.get_origin(spec.type), *map(typing.get_origin, typing.get_args(spec.type))}


def specs_below(cls: type) -> tuple[FieldSpec, ...]:
    """The fields of a class and of all its parts; a class that occurs again is not gone into again.

    >>> from kepu_core.domain.region import Region
    >>> [s.name for s in specs_below(Region)][-3:]
    ['change', 'on', 'to']
    """
    return _specs_below(cls)


@cache
def _specs_below(cls: Hashable) -> tuple[FieldSpec, ...]:
    found: list[FieldSpec] = []
    open_, seen = [cast("type", cls)], {cls}
    while open_:
        for spec in fields_of(open_.pop(0)):
            found.append(spec)
            new = [part for part in parts_of(spec.type) if part not in seen]
            open_ += new
            seen.update(new)
    return tuple(found)


def parts_of(kind: Any) -> Iterator[type]:
    """The classes of records and parts that a type is made of."""
    if isinstance(kind, type) and "__kepu_record__" in kind.__dict__:
        yield kind
    for inner in typing.get_args(kind):
        yield from parts_of(inner)


def has_personal(cls: type) -> bool:
    """Whether a class has personal fields, itself or in its parts."""
    return any(spec.info.personal for spec in specs_below(cls))
