"""How a record class is made: ``@record`` for aggregates, ``@part`` for what they are made of.

What always holds of a record:

* it is immutable, slotted, compared by value, and every field is given by keyword;
* its fields hold exactly the declared types: lists given for tuples become tuples, whole numbers
  given for decimals become decimals, dates are plain ``datetime.date``, times are aware and in UTC,
  an enumeration member may be given by its value. Nothing else is converted;
* every constraint on its fields and every rule of its class (``_rules``) holds. A breach raises
  :class:`InvalidData` with *all* findings.

The constraints of all fields are fused into one generated check per class, run by ``__init__`` and by
the decoder alike: eight separate attrs validators would double the cost of decoding.
"""

from collections.abc import Callable, Iterable, Iterator
from typing import Any, Protocol, TypeVar, cast, dataclass_transform, runtime_checkable

import attrs

from kepu_core.domain._coerce import Coercion, Mismatch, coercions
from kepu_core.domain._fuse import constraint_findings, fused_check
from kepu_core.domain.errors import InvalidData
from kepu_core.domain.fields import RecordInfo, field, info_of
from kepu_core.domain.findings import Finding, Problem
from kepu_core.language import Text

__all__ = ["Record", "part", "record", "record_label", "replace", "type_name"]

T = TypeVar("T")

UNKNOWN_FIELD = Problem(
    "field.unknown",
    Text("“{label}”没有字段 {name}", "{label} has no field {name}"),
    Text("可用字段：{fields}", "its fields are: {fields}"),
)
MISSING_FIELD = Problem(
    "field.missing",
    Text("缺少“{label}”", "{label} is missing"),
    Text("补上字段 {name}", "give the field {name}"),
)
WRONG_TYPE = Problem(
    "field.type",
    Text("“{label}”应为{expected}，而不是 {found}", "{label} should be {expected}, not {found}"),
    Text("改成{expected}", "make it {expected}"),
)


@runtime_checkable
class Record(Protocol):
    """Anything that ``@record`` made: an immutable value with an ``id``."""

    @property
    def id(self) -> str:
        """The identity of the record within its type."""


@dataclass_transform(kw_only_default=True, frozen_default=True, field_specifiers=(field,))
def record(type_name: str, zh: str, en: str, *, append_only: bool = False) -> Callable[[type[T]], type[T]]:
    """Make a class a record type, stored and exchanged under ``type_name``.

    Records of an ``append_only`` type may be added, never changed.

    >>> @record("demo.lamp", "灯", "lamp")
    ... class Lamp:
    ...     id: str = field("标识", "id")
    ...     watts: float = field("功率", "power", unit="瓦", ge=0)
    >>> Lamp(id="l1", watts=40)
    Lamp(id='l1', watts=40.0)
    >>> Lamp(id="l1", watts=-1)
    Traceback (most recent call last):
    kepu_core.domain.errors.InvalidData: [field.too-small] power is -1.0, below 0 ...
    """
    return _maker(RecordInfo(type=type_name, label=Text(zh, en), append_only=append_only))


@dataclass_transform(kw_only_default=True, frozen_default=True, field_specifiers=(field,))
def part(zh: str, en: str) -> Callable[[type[T]], type[T]]:
    """Make a class a part of records: an immutable value without an identity of its own."""
    return _maker(RecordInfo(type=None, label=Text(zh, en)))


def _maker(info: RecordInfo) -> Callable[[type[T]], type[T]]:
    def make(cls: type[T]) -> type[T]:
        has_rules = hasattr(cls, "_rules")
        check = fused_check(cls, has_rules=has_rules, refuse=_refuse)
        if check is not None:
            cls.__attrs_post_init__ = check  # type: ignore[attr-defined]  # attrs and msgspec both run it
        made = attrs.frozen(kw_only=True)(cls)
        made.__kepu_record__ = info  # type: ignore[attr-defined]
        _strict_init(made)
        return made

    return make


def _strict_init(cls: type) -> None:
    """Let ``__init__`` check and normalise what it is given before attrs sets it.

    A converter per field would do the same one fault at a time; this one tells them all at once, and
    the decoder, which has checked types already, does not run it.
    """
    plain: Callable[..., None] = cls.__init__  # type: ignore[misc]
    plan: dict[str, Coercion] = {}

    def __init__(self: object, **values: Any) -> None:  # noqa: N807 - the constructor of any record
        if not plan:
            plan.update(coercions(cls))
        faults: list[Finding] = []
        for name, value in values.items():
            coerce = plan.get(name)
            if coerce is None:
                faults.append(_unknown_field(cls, name, plan))
                continue
            taken = coerce(value)
            if isinstance(taken, Mismatch):
                faults.append(_wrong_type(cls, name, taken))
            else:
                values[name] = taken
        faults.extend(_missing_fields(cls, values))
        if faults:
            raise InvalidData(f.at(record=_name_of(cls, values.get("id"))) for f in faults)
        plain(self, **values)

    __init__.__doc__ = plain.__doc__
    __init__.__wrapped__ = plain  # type: ignore[attr-defined]  # so that signatures show the fields
    cls.__init__ = __init__  # type: ignore[misc]


def _missing_fields(cls: type, values: dict[str, Any]) -> Iterator[Finding]:
    for a in attrs.fields(cls):
        if a.default is attrs.NOTHING and a.name not in values:
            yield MISSING_FIELD.finding(field=a.name, name=a.name, label=a.metadata["kepu"].label)


def _unknown_field(cls: type, name: str, plan: Iterable[str]) -> Finding:
    return UNKNOWN_FIELD.finding(field=name, name=name, label=info_of(cls).label, fields=tuple(plan))


def _wrong_type(cls: type, name: str, mismatch: Mismatch) -> Finding:
    label = attrs.fields_dict(cls)[name].metadata["kepu"].label
    return WRONG_TYPE.finding(
        field=f"{name}{mismatch.path}", label=label, expected=mismatch.expected, found=mismatch.found
    )


def _refuse(instance: Any) -> None:
    """Explain why the fused check failed: first the fields, then (if they hold) the class's rules."""
    cls = type(instance)
    faults = list(constraint_findings(instance))
    if not faults and hasattr(cls, "_rules"):
        faults = list(instance._rules())  # noqa: SLF001 - the rules of the class that we made
    if faults:
        raise InvalidData(f.at(record=_name_of(cls, getattr(instance, "id", None))) for f in faults)


def _name_of(cls: type, ident: object) -> str | None:
    kind = info_of(cls).type
    return f"{kind}/{ident}" if kind and isinstance(ident, str) else kind


def type_name(record_or_class: object) -> str:
    """The type name under which a record (class) is stored and exchanged.

    >>> from kepu_core.domain.organisation import Organisation
    >>> type_name(Organisation)
    'organisation'
    """
    cls = record_or_class if isinstance(record_or_class, type) else type(record_or_class)
    name = info_of(cls).type
    if name is None:
        message = f"{cls.__name__} is a part of records, not a record type of its own"
        raise TypeError(message)
    return name


def record_label(item: Record) -> str:
    """How a record is named in messages: ``type/id``."""
    return f"{type_name(item)}/{item.id}"


def replace(item: T, /, **changes: Any) -> T:
    """A copy of a record with some fields changed, checked like a new one.

    >>> from kepu_core.domain.organisation import Organisation, OrganisationKind
    >>> body = Organisation(id="gd-ast", name="省科协", kind=OrganisationKind.ASSOCIATION)
    >>> replace(body, name="广东省科协").name
    '广东省科协'
    """
    return cast("T", attrs.evolve(cast("Any", item), **changes))
