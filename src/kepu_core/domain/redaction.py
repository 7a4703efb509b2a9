"""Leaving personal data out: the same record without what its fields mark as personal."""

import datetime as dt
import typing
from typing import Any, TypeVar

import attrs

from kepu_core.domain.fields import FieldSpec, fields_of
from kepu_core.domain.forms import Form
from kepu_core.domain.record import replace

__all__ = ["redacted"]

T = TypeVar("T")
HIDDEN = "＊"
_BY_FORM = {
    Form.PHONE: "00000000",
    Form.ID: HIDDEN,
    Form.URL: "https://example.org/",
    Form.PERIOD: "1900",
    Form.REGION_CODE: "990000",
}


def redacted(item: T) -> T:
    """A record without its personal fields, all the way down.

    Optional fields become what they are when not given; a required text becomes ``＊``, another required value one
    that says nothing (a phone number of zeros, the first of January 1900).

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


def _neutral(spec: FieldSpec, value: Any) -> Any:
    """What stands in a personal field that must be filled: a value that says nothing, valid by form and range."""
    if typing.get_origin(spec.type) is tuple:
        return ()
    if isinstance(value, str):
        return HIDDEN if spec.info.form in {None, Form.TEXT} else _BY_FORM.get(spec.info.form, HIDDEN)
    if isinstance(value, dt.datetime):
        return dt.datetime(1900, 1, 1, tzinfo=dt.UTC)
    if isinstance(value, dt.date):
        return dt.date(1900, 1, 1)
    if isinstance(value, bool):
        return False
    if isinstance(value, (int, float)):
        return type(value)(min(max(0, spec.info.ge or 0), spec.info.le if spec.info.le is not None else 0) or 0)
    if attrs.has(type(value)):
        return replace(value, **{s.name: _blank(s, getattr(value, s.name)) for s in fields_of(type(value))})
    return value


def _blank(spec: FieldSpec, value: Any) -> Any:
    """A field of a part that is personal as a whole."""
    return _neutral(spec, value) if spec.required else spec.default


def _without(spec: FieldSpec, value: Any) -> Any:
    if spec.info.personal:
        if not spec.required:
            return spec.default if value != spec.default else value
        return _neutral(spec, value)
    if attrs.has(type(value)) and hasattr(type(value), "__kepu_record__"):
        return redacted(value)
    if isinstance(value, tuple) and any(hasattr(type(v), "__kepu_record__") for v in value):
        inner = tuple(redacted(v) for v in value)
        return inner if any(a is not b for a, b in zip(inner, value, strict=True)) else value
    return value
