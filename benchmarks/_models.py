"""A base and what it is made of, as the codec's competitors declare it.

``STRUCTS`` is the limit: msgspec's own structures without a single check. ``PLAIN`` are record classes without
constraints or rules. ``PYDANTIC`` checks what the real :class:`~kepu_core.domain.base.Base` checks, in
pydantic's fastest idiom. ``ATTRS`` is for plain cattrs. All have the same fields, under the same names.
"""

import datetime as dt
import functools
import operator
from collections.abc import Iterator
from typing import Annotated, Any

import attrs
import msgspec
import pydantic
from pydantic import AfterValidator, ConfigDict, Field, StringConstraints

from kepu_core.domain.base import Base, BaseKind, Location
from kepu_core.domain.designation import (
    DESIGNATION_LIFECYCLE,
    STANDARD,
    Designation,
    DesignationEvent,
    DesignationLevel,
    DesignationStep,
)
from kepu_core.domain.fields import field, fields_of
from kepu_core.domain.organisation import Contact
from kepu_core.domain.record import part, record

__all__ = ["AttrsBase", "PlainBase", "PydanticBase", "StructBase"]


def _struct(cls: type, *parts: type) -> type:
    """The structure with the fields of a record class."""
    swaps = {p.__record__: p for p in parts}  # type: ignore[attr-defined]
    fields = [
        (s.name, _swapped(s.type, swaps)) if s.required else (s.name, _swapped(s.type, swaps), s.default)
        for s in fields_of(cls)
    ]
    made = msgspec.defstruct(f"Struct{cls.__name__}", fields, frozen=True, kw_only=True)
    made.__record__ = cls  # type: ignore[attr-defined]
    return made


def _attrs(cls: type, *parts: type) -> type:
    """The frozen attrs class without checks with the fields of a record class."""
    swaps = {p.__record__: p for p in parts}  # type: ignore[attr-defined]
    made = attrs.make_class(
        f"Attrs{cls.__name__}",
        {
            s.name: attrs.field(default=attrs.NOTHING if s.required else s.default, type=_swapped(s.type, swaps))
            for s in fields_of(cls)
        },
        frozen=True,
        slots=True,
        kw_only=True,
    )
    made.__record__ = cls
    return made


def _swapped(kind: Any, swaps: dict[type, type]) -> Any:
    if kind in swaps:
        return swaps[kind]
    arguments = getattr(kind, "__args__", None)
    if not arguments:
        return kind
    swapped = [_swapped(a, swaps) for a in arguments]
    return tuple[swapped[0], ...] if Ellipsis in arguments else functools.reduce(operator.or_, swapped)


def _family(make: Any) -> type:
    step, place, contact = make(DesignationStep), make(Location), make(Contact)
    return make(Base, make(Designation, step), place, contact)


StructBase = _family(_struct)
AttrsBase = _family(_attrs)


# Record classes of the same shape that demand nothing. An ``id`` is always checked, so it is called ``no``.


@part("坐标", "location")
class PlainLocation:
    """A location, unchecked."""

    latitude: float = field("纬度", "latitude")
    longitude: float = field("经度", "longitude")


@part("联系人", "contact")
class PlainContact:
    """A contact, unchecked."""

    name: str = field("姓名", "name", blank=True)
    phone: str | None = field("电话", "phone", default=None, blank=True)
    email: str | None = field("邮箱", "e-mail", default=None, blank=True)


@part("事件", "step")
class PlainStep:
    """A step, unchecked."""

    event: DesignationEvent = field("事件", "event")
    on: dt.date = field("日期", "date")
    until: dt.date | None = field("期限", "until", default=None)
    grade: str | None = field("等次", "grade", default=None, blank=True)
    document: str | None = field("文件", "document", default=None, blank=True)
    remark: str | None = field("备注", "remark", default=None, blank=True)


@part("命名", "designation")
class PlainDesignation:
    """A designation, unchecked."""

    no: str = field("标识", "no", blank=True)
    title: str = field("称号", "title", blank=True)
    level: DesignationLevel = field("级别", "level")
    designated_by: str | None = field("认定单位", "designated by", default=None, blank=True)
    batch: str | None = field("批次", "batch", default=None, blank=True)
    valid_from: dt.date | None = field("起", "valid from", default=None)
    valid_to: dt.date | None = field("止", "valid to", default=None)
    rules: str | None = field("办法", "rules", default=None, blank=True)
    lifecycle: str = field("流程", "lifecycle", default=STANDARD, blank=True)
    steps: tuple[PlainStep, ...] = field("经过", "events", default=())


@record("benchmark.base", "基地", "base")
class PlainBase:
    """A base, unchecked."""

    no: str = field("标识", "no", blank=True)
    name: str = field("名称", "name", blank=True)
    kind: BaseKind = field("类别", "kind")
    region: str = field("地区", "region", blank=True)
    operator: str | None = field("运营单位", "operator", default=None, blank=True)
    address: str | None = field("地址", "address", default=None, blank=True)
    location: PlainLocation | None = field("坐标", "location", default=None)
    opened_on: dt.date | None = field("开放", "opened on", default=None)
    closed_on: dt.date | None = field("关闭", "closed on", default=None)
    exhibition_area: float | None = field("面积", "area", default=None)
    website: str | None = field("网址", "website", default=None, blank=True)
    themes: tuple[str, ...] = field("主题", "themes", default=())
    contact: PlainContact | None = field("联系人", "contact", default=None)
    designations: tuple[PlainDesignation, ...] = field("命名", "designations", default=())


# pydantic, with the checks of the real classes


def _not_blank(text: str) -> str:
    if not text or text.isspace():
        message = "blank"
        raise ValueError(message)
    return text


_Text = Annotated[str, AfterValidator(_not_blank)]
_Id = Annotated[str, StringConstraints(pattern=r"^[^\s\p{C}]{1,200}$")]
_Region = Annotated[str, StringConstraints(pattern=r"^[1-9](?:[0-9]{5}|[0-9]{8}|[0-9]{11})$")]
_Url = Annotated[str, StringConstraints(pattern=r"^https?://[^\s<>\"']+$")]
_Phone = Annotated[str, StringConstraints(pattern=r"^\+?[0-9][0-9 \-()]{4,24}(?:[转x][0-9]{1,6})?$")]


class _Model(pydantic.BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class PydanticLocation(_Model):
    """A location."""

    latitude: Annotated[float, Field(ge=-90, le=90)]
    longitude: Annotated[float, Field(ge=-180, le=180)]


class PydanticContact(_Model):
    """A contact."""

    name: _Text
    phone: _Phone | None = None
    email: _Text | None = None


class PydanticStep(_Model):
    """A step."""

    event: DesignationEvent
    on: dt.date
    until: dt.date | None = None
    grade: _Text | None = None
    document: _Text | None = None
    remark: _Text | None = None


class PydanticDesignation(_Model):
    """A designation."""

    id: _Id
    title: _Text
    level: DesignationLevel
    designated_by: _Id | None = None
    batch: _Text | None = None
    valid_from: dt.date | None = None
    valid_to: dt.date | None = None
    rules: _Text | None = None
    lifecycle: _Text = STANDARD
    steps: tuple[PydanticStep, ...] = ()

    @pydantic.model_validator(mode="after")
    def _rules(self) -> "PydanticDesignation":
        for fault in _designation_faults(self):
            raise ValueError(fault)
        return self


def _designation_faults(title: PydanticDesignation) -> Iterator[str]:
    if title.valid_from is not None and title.valid_to is not None and title.valid_to < title.valid_from:
        yield "validity"
    before = None
    for step in title.steps:
        if before is not None and step.on < before:
            yield "order"
        before = step.on
    if title.steps and title.lifecycle == STANDARD:
        for _ in DESIGNATION_LIFECYCLE.faults(step.event for step in title.steps):
            yield "event"


class PydanticBase(_Model):
    """A base."""

    id: _Id
    name: _Text
    kind: BaseKind
    region: _Region
    operator: _Id | None = None
    address: _Text | None = None
    location: PydanticLocation | None = None
    opened_on: dt.date | None = None
    closed_on: dt.date | None = None
    exhibition_area: Annotated[float, Field(ge=0, le=1e8)] | None = None
    website: _Url | None = None
    themes: tuple[_Text, ...] = ()
    contact: PydanticContact | None = None
    designations: tuple[PydanticDesignation, ...] = ()

    @pydantic.model_validator(mode="after")
    def _rules(self) -> "PydanticBase":
        if self.opened_on is not None and self.closed_on is not None and self.closed_on < self.opened_on:
            message = "dates"
            raise ValueError(message)
        if len(self.designations) > 1 and len({d.id for d in self.designations}) != len(self.designations):
            message = "twice"
            raise ValueError(message)
        return self
