"""JSON Schema of record types, derived from what their fields say: for editors, and for other languages.

It says what a document looks like. What must hold between fields (weights that add up, bands without gaps) only
the library can check.
"""

import datetime as dt
import types
import typing
from collections.abc import Mapping
from enum import Enum
from typing import Any

from kepu_core.domain.enums import LabelledEnum
from kepu_core.domain.fields import FieldSpec, fields_of, info_of

__all__ = ["json_schema"]


def json_schema(cls: type) -> dict[str, Any]:
    """The JSON Schema (2020-12) of a record class, with the parts it is made of under ``$defs``.

    >>> from kepu_core.domain.organisation import Organisation
    >>> schema = json_schema(Organisation)
    >>> schema["properties"]["name"], schema["required"]
    ({'title': '名称 · name', 'type': 'string', 'minLength': 1}, ['id', 'name', 'kind'])
    """
    parts: dict[str, Any] = {}
    made = _object(cls, parts)
    head = {"$schema": "https://json-schema.org/draft/2020-12/schema"}
    return {**head, **made, **({"$defs": dict(sorted(parts.items()))} if parts else {})}


def _object(cls: type, parts: dict[str, Any]) -> dict[str, Any]:
    specs = fields_of(cls)
    label = info_of(cls).label
    return {
        "title": f"{label.zh} · {label.en}",
        "type": "object",
        "properties": {spec.name: _field(spec, parts) for spec in specs},
        "required": [spec.name for spec in specs if spec.required],
        "additionalProperties": False,
    }


def _field(spec: FieldSpec, parts: dict[str, Any]) -> dict[str, Any]:
    made = {"title": f"{spec.label.zh} · {spec.label.en}", **_type(spec.type, parts)}
    info = spec.info
    if info.ge is not None:
        made["minimum"] = info.ge
    if info.le is not None:
        made["maximum"] = info.le
    if made.get("type") == "string" and not info.optional_text and "format" not in made:
        made["minLength"] = 1
    if info.unit:
        made["description"] = info.unit
    return made


def _type(kind: Any, parts: dict[str, Any]) -> dict[str, Any]:
    origin, args = typing.get_origin(kind), typing.get_args(kind)
    if origin in {typing.Union, types.UnionType}:
        options = [_type(a, parts) for a in args if a is not type(None)]
        made = options[0] if len(options) == 1 else {"anyOf": options}
        if type(None) not in args:
            return made
        return {"anyOf": [*made.get("anyOf", [made]), {"type": "null"}]}
    if origin is tuple:
        return {"type": "array", "items": _type(args[0], parts)}
    if origin is Mapping:
        return {"type": "object"}
    if isinstance(kind, type) and issubclass(kind, LabelledEnum):
        return {"enum": [m.value for m in kind], "description": "；".join(f"{m.value} {m.label.zh}" for m in kind)}
    if isinstance(kind, type) and issubclass(kind, Enum):
        return {"enum": [m.value for m in kind]}
    if isinstance(kind, type) and hasattr(kind, "__kepu_record__"):
        if kind.__name__ not in parts:
            parts[kind.__name__] = {}  # a criterion holds criteria
            parts[kind.__name__] = _object(kind, parts)
        return {"$ref": f"#/$defs/{kind.__name__}"}
    return dict(_SIMPLE.get(kind, {}))


_SIMPLE: dict[Any, dict[str, Any]] = {
    str: {"type": "string"},
    int: {"type": "integer"},
    float: {"type": "number"},
    bool: {"type": "boolean"},
    dt.date: {"type": "string", "format": "date"},
    dt.datetime: {"type": "string", "format": "date-time"},
}
