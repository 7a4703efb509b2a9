"""Leaving personal data out: the same record without what its fields mark as personal."""

import typing
from typing import Any, TypeVar

import attrs

from kepu_core.domain.fields import FieldSpec, fields_of
from kepu_core.domain.record import replace

__all__ = ["redacted"]

T = TypeVar("T")
HIDDEN = "＊"


def redacted(item: T) -> T:
    """A record without its personal fields, all the way down.

    Optional fields become what they are when not given; a required text becomes ``＊``.

    >>> from kepu_core.domain.organisation import Contact, Organisation
    >>> body = Organisation(id="a", name="科协", kind="association", contact=Contact(name="张三", phone="13800000000"))
    >>> redacted(body).contact is None
    True
    """
    changes: dict[str, Any] = {}
    for spec in fields_of(type(item)):
        value = getattr(item, spec.name)
        plain = _without(spec, value)
        if plain is not value:
            changes[spec.name] = plain
    return replace(item, **changes) if changes else item


def _without(spec: FieldSpec, value: Any) -> Any:
    if spec.info.personal:
        if not spec.required:
            return spec.default if value != spec.default else value
        return HIDDEN if isinstance(value, str) else () if typing.get_origin(spec.type) is tuple else value
    if attrs.has(type(value)) and hasattr(type(value), "__kepu_record__"):
        return redacted(value)
    if isinstance(value, tuple) and any(hasattr(type(v), "__kepu_record__") for v in value):
        inner = tuple(redacted(v) for v in value)
        return inner if any(a is not b for a, b in zip(inner, value, strict=True)) else value
    return value
