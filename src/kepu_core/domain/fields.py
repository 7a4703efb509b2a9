"""What a record says about its own fields, said once.

Everything that is known of a field (its label in both languages, unit, range, written form, what it
refers to, whether it is personal data or an index) stands on the field as a :class:`FieldInfo`.
Construction, decoding, storage indexes, sheets, exports, redaction, documentation and error messages
are all derived from it.
"""

import types
import typing
from collections.abc import Hashable
from functools import cache
from typing import Any, cast

import attrs
from attrs import NOTHING, frozen

from kepu_core.domain.forms import Form
from kepu_core.language import Text

__all__ = ["FieldInfo", "FieldSpec", "RecordInfo", "describe", "field", "fields_of", "info_of"]

_KEY = "kepu"


@frozen(kw_only=True)
class FieldInfo:
    """What is known of one field.

    ``unit`` is the Chinese unit of the figure (天, 人次, 万元 …); ``ref`` the record type that the field
    names by id; ``index`` asks stores to make it searchable by its value, ``searched`` by the words in it;
    ``personal`` keeps it from leaving unless asked for; ``ge`` and ``le`` bound a number, both ends allowed.
    """

    label: Text
    unit: str | None = None
    ref: str | None = None
    personal: bool = False
    index: bool = False
    searched: bool = False
    form: Form | None = None
    ge: float | None = None
    le: float | None = None
    optional_text: bool = False


@frozen(kw_only=True)
class RecordInfo:
    """What is known of a record class: its type name (``None`` for a part of a record) and label.

    Records of an ``append_only`` type are never changed once stored: what was reported stays reported.
    """

    type: str | None
    label: Text
    append_only: bool = False


@frozen(kw_only=True)
class FieldSpec:
    """One field of a class as the rest of the library sees it: name, type and :class:`FieldInfo`."""

    name: str
    type: Any
    required: bool
    optional: bool
    default: Any
    info: FieldInfo

    @property
    def label(self) -> Text:
        """The label of the field."""
        return self.info.label


def field(
    zh: str,
    en: str,
    *,
    default: Any = NOTHING,
    unit: str | None = None,
    ref: str | None = None,
    personal: bool = False,
    index: bool = False,
    searched: bool = False,
    form: Form | None = None,
    ge: float | None = None,
    le: float | None = None,
    blank: bool = False,
) -> Any:
    """Declare a field of a record: its Chinese and English label and all that is known of it.

    Text fields may not be blank unless ``blank=True``. ``default`` must be immutable. A field that names or describes
    the record is ``searched``; raises ``ValueError`` if it is personal as well, for who may not see it could guess it.
    """
    if searched and personal:
        message = f"{en}: personal data is not searched for words"
        raise ValueError(message)
    info = FieldInfo(
        label=Text(zh, en),
        unit=unit,
        ref=ref,
        personal=personal,
        index=index,
        searched=searched,
        form=form,
        ge=ge,
        le=le,
        optional_text=blank,
    )
    return attrs.field(default=default, metadata={_KEY: info}, repr=not personal)


def fields_of(cls: type) -> tuple[FieldSpec, ...]:
    """The fields of a record class (or of a part of one), in the order in which they are declared.

    >>> from kepu_core.domain.organisation import Organisation
    >>> [f.label.zh for f in fields_of(Organisation)][:2]
    ['标识', '名称']
    """
    return _fields_of(cls)


@cache
def _fields_of(cls: Hashable) -> tuple[FieldSpec, ...]:
    attrs.resolve_types(cast("type", cls))
    return tuple(_spec(a) for a in attrs.fields(cast("type", cls)))


def _spec(a: "attrs.Attribute[Any]") -> FieldSpec:
    return FieldSpec(
        name=a.name,
        type=a.type,
        required=a.default is NOTHING,
        optional=_allows_none(a.type),
        default=a.default,
        info=a.metadata[_KEY],
    )


def _allows_none(kind: Any) -> bool:
    return typing.get_origin(kind) in {typing.Union, types.UnionType} and type(None) in typing.get_args(kind)


def info_of(cls: type) -> RecordInfo:
    """What a record class says of itself.

    Raises ``TypeError`` for a class that was not made with ``@record`` or ``@part``.
    """
    info = cls.__dict__.get("__kepu_record__")
    if not isinstance(info, RecordInfo):
        message = f"{cls.__name__} is not a record class: decorate it with @record or @part"
        raise TypeError(message)
    return info


def describe(cls: type) -> str:
    """A table of a record class for people: field, label, type, unit.

    >>> from kepu_core.domain.organisation import Organisation
    >>> print(describe(Organisation).splitlines()[0])
    organisation  单位  organisation
    """
    info = info_of(cls)
    rows = [(f.name, f.label.zh, f.label.en, f.info.unit or "") for f in fields_of(cls)]
    widths = [max((len(row[i]) for row in rows), default=0) for i in range(3)]
    lines = ["  ".join((info.type or cls.__name__, info.label.zh, info.label.en))]
    lines += [
        "  " + "  ".join((*(c.ljust(w) for c, w in zip(row, widths, strict=False)), row[3])).rstrip() for row in rows
    ]
    return "\n".join(lines)
