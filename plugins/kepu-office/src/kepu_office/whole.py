"""Records from plain data that leaves nothing out, by way of JSON: the codec makes them so in a third of the time."""

import datetime as dt
import json
from collections.abc import Mapping
from enum import Enum
from functools import cache
from typing import Any

from kepu_core import Codec, InvalidData, Record
from kepu_core.domain import fields_of
from kepu_office.shapes import part_class

__all__ = ["written"]


def written(codec: Codec, kind: str, cls: type[Record], data: Mapping[str, Any]) -> Record | None:
    """The record that :meth:`Codec.from_data` makes of plain data; ``None`` where that may have something to say."""
    try:
        text = json.dumps(_whole(cls, data), ensure_ascii=False, allow_nan=False, default=_plain)
        return codec.decode(kind, text.encode())
    except (InvalidData, TypeError, ValueError, RecursionError):
        return None


def _whole(cls: type, data: Mapping[str, Any]) -> dict[str, Any]:
    """The same data with the defaults of what is not in it: the codec is fast if every key is there."""
    defaults, parts = _defaults(cls)
    whole = {**defaults, **data}
    for name, inner in parts:
        value = whole[name]
        if isinstance(value, dict):
            whole[name] = _whole(inner, value)
        elif isinstance(value, list):
            whole[name] = [_whole(inner, part) if isinstance(part, dict) else part for part in value]
    return whole


@cache
def _defaults(cls: Any) -> tuple[Mapping[str, Any], tuple[tuple[str, Any], ...]]:
    """The defaults of a class, and the classes of the parts in its fields."""
    specs = fields_of(cls)
    parts = ((spec.name, part_class(cls, spec.name)) for spec in specs)
    return {s.name: s.default for s in specs if not s.required}, tuple(p for p in parts if p[1] is not None)


def _plain(value: object) -> Any:
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, Mapping):
        return dict(value)
    raise TypeError(type(value).__name__)
