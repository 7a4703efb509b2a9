"""Which sheets and columns a record type has: derived from what its fields say of themselves, once per class.

* A field with one value is a column. A part of a record (a contact, a location) is laid out in columns of its own.
* A list of texts or of choices is one column, its items joined by ``；``.
* A list of parts (designations, units) is a sheet of its own, each row naming the record that it belongs to; a list
  inside of such a part names the part as well.
* A breakdown is one column (``sex=female|age=18-30``).
* What has no bounded shape (open-ended data, a tree) stands in one cell as JSON.
"""

import datetime as dt
import types
import typing
from collections.abc import Iterator, Mapping
from enum import Enum, auto
from functools import cache
from typing import Any, TypeAlias, cast

import attrs
from attrs import field, frozen

from kepu_core import Breakdown, Record, Text
from kepu_core.domain import FieldSpec, Form, fields_of, info_of, type_name
from kepu_core.domain.observation import Observation

__all__ = [
    "Column",
    "Kind",
    "Level",
    "Shape",
    "is_list",
    "joined_label",
    "kind_of",
    "natural_name",
    "part_class",
    "shapes_of",
]

_DEEPEST = 3
RecordClass: TypeAlias = type[Record]
JOINT = Text("·", " – ")


class Kind(Enum):
    """What a cell of a column holds."""

    TEXT = auto()
    WHOLE = auto()
    NUMBER = auto()
    TRUTH = auto()
    DATE = auto()
    TIME = auto()
    CHOICE = auto()
    BREAKDOWN = auto()
    JSON = auto()


@frozen(kw_only=True)
class Column:
    """One column: where its value goes in the record, and what is known of it.

    ``path`` leads from the record (or, in a sheet of parts, from the part) to the field.
    """

    path: tuple[str, ...]
    spec: FieldSpec
    kind: Kind
    label: Text
    choice: type[Enum] | None = None
    several: bool = False
    required: bool = False
    personal: bool = False

    @property
    def name(self) -> str:
        """The path as text: ``contact.phone``."""
        return ".".join(self.path)

    @property
    def unit(self) -> str | None:
        """The unit of the figure, if it has one."""
        return self.spec.info.unit

    @property
    def form(self) -> Form | None:
        """The written form of the text, if it has one."""
        return self.spec.info.form

    @property
    def is_subject(self) -> bool:
        """Whether it says whom a figure is about: a region, as a rule."""
        return self.spec is _subject()


@cache
def _subject() -> FieldSpec:
    return next(spec for spec in fields_of(Observation) if spec.name == "subject")


@frozen(kw_only=True)
class Level:
    """A list on the way from a record to a part: the field, and the class of what stands in the list."""

    path: tuple[str, ...]
    label: Text
    cls: type


@frozen(kw_only=True)
class Shape:
    """One sheet of a record type: of the record itself (no ``levels``), or of parts that it lists."""

    type: str
    cls: RecordClass
    title: Text
    columns: tuple[Column, ...]
    levels: tuple[Level, ...] = field(default=())

    @property
    def is_main(self) -> bool:
        """Whether each row is a record."""
        return not self.levels

    @property
    def name(self) -> str:
        """The type, and the path of the list: ``base``, ``base.designations.steps``."""
        return ".".join([self.type, *(".".join(level.path) for level in self.levels)])

    @property
    def owners(self) -> tuple[Text, ...]:
        """The headers of the columns that say what a row belongs to: the record, then each part above."""
        if self.is_main:
            return ()
        first = info_of(self.cls).label
        whose = Text("所属{what}", "belongs to: {what}")
        return tuple(whose.format(what=label) for label in (first, *(lv.label for lv in self.levels[:-1])))


def shapes_of(cls: type[Record]) -> tuple[Shape, ...]:
    """The sheets of a record type, the one of the records first.

    >>> from kepu_core import Base
    >>> [s.name for s in shapes_of(Base)]
    ['base', 'base.designations', 'base.designations.steps']
    >>> [c.label.zh for c in shapes_of(Base)[0].columns if c.path[0] == "contact"]
    ['联系人·姓名', '联系人·电话', '联系人·电子邮箱']
    """
    return _shapes_of(cls)


@cache
def _shapes_of(cls: Any) -> tuple[Shape, ...]:
    return tuple(_sheets(cast("type[Record]", cls), cls, (), info_of(cls).label))


def _sheets(record: type[Record], cls: type, levels: tuple[Level, ...], title: Text) -> Iterator[Shape]:
    columns: list[Column] = []
    lists: list[tuple[Level, Text]] = []
    _walk(
        cls,
        (),
        Text("", ""),
        required=True,
        personal=False,
        above=(cls, *(lv.cls for lv in levels)),
        to=(columns, lists),
    )
    if not levels:  # people do not fill ids: the column stands at the end
        columns.sort(key=lambda c: c.path == ("id",))
    yield Shape(type=type_name(record), cls=record, title=title, columns=tuple(columns), levels=levels)
    for level, label in lists:
        yield from _sheets(record, level.cls, (*levels, level), joined_label(title, label))


def _walk(
    cls: type,
    path: tuple[str, ...],
    label: Text,
    *,
    required: bool,
    personal: bool,
    above: tuple[type, ...],
    to: tuple[list[Column], list[tuple[Level, Text]]],
) -> None:
    columns, lists = to
    for spec in fields_of(cls):
        here = (*path, spec.name)
        named = joined_label(label, spec.label)
        must = required and spec.required
        own = personal or spec.info.personal
        inner, several = _plain_type(spec.type)
        if inner is Breakdown and several:  # belongs to the identity of a figure: it cannot stand apart from it
            several = False
        elif _is_part(inner) and inner not in above and len(path) < _DEEPEST:
            if several:
                lists.append((Level(path=here, label=named, cls=inner), named))
            else:
                _walk(inner, here, named, required=must, personal=own, above=(*above, inner), to=to)
            continue
        kind, choice = _kind_of(inner)
        several = several and kind is not Kind.JSON
        if several and kind not in {Kind.TEXT, Kind.CHOICE}:
            kind, choice, several = Kind.JSON, None, False
        columns.append(
            Column(
                path=here,
                spec=spec,
                kind=kind,
                label=named,
                choice=choice,
                several=several,
                required=must,
                personal=own,
            )
        )


def joined_label(outer: Text, inner: Text) -> Text:
    """A label inside of another: ``联系人·电话``."""
    if not outer.zh:
        return inner
    return Text(f"{outer.zh}{JOINT.zh}{inner.zh}", f"{outer.en}{JOINT.en}{inner.en}")


def _plain_type(kind: Any) -> tuple[Any, bool]:
    """A type without ``None``, and whether there are several of it."""
    origin, args = typing.get_origin(kind), typing.get_args(kind)
    if origin in {typing.Union, types.UnionType}:
        rest = [a for a in args if a is not type(None)]
        return _plain_type(rest[0]) if len(rest) == 1 else (object, False)
    return (args[0], True) if origin is tuple else (kind, False)


def _is_part(kind: Any) -> bool:
    return isinstance(kind, type) and attrs.has(kind) and hasattr(kind, "__kepu_record__")


def kind_of(kind: Any) -> tuple[Kind, type[Enum] | None]:
    """What a cell of a field of some type holds, and what can be chosen if it is a choice; of several values, JSON."""
    inner, several = _plain_type(kind)
    return (Kind.JSON, None) if several else _kind_of(inner)


_KINDS: Mapping[Any, Kind] = {
    str: Kind.TEXT,
    int: Kind.WHOLE,
    float: Kind.NUMBER,
    bool: Kind.TRUTH,
    dt.date: Kind.DATE,
    dt.datetime: Kind.TIME,
    Breakdown: Kind.BREAKDOWN,
}


def _kind_of(kind: Any) -> tuple[Kind, type[Enum] | None]:
    if kind in _KINDS:
        return _KINDS[kind], None
    if isinstance(kind, type) and issubclass(kind, Enum):
        return Kind.CHOICE, kind
    return Kind.JSON, None


def natural_name(cls: type) -> FieldSpec | None:
    """The field by which people call a record or a part: the first text that must be given and is searched.

    >>> from kepu_core import Base
    >>> natural_name(Base).name
    'name'
    """
    return _natural_name(cls)


@cache
def _natural_name(cls: Any) -> FieldSpec | None:
    texts = [s for s in fields_of(cls) if s.required and s.type is str and s.name != "id" and s.info.ref is None]
    return next((s for s in texts if s.info.searched), None) or next((s for s in texts if s.info.form is None), None)


def is_list(kind: Any) -> bool:
    """Whether a type holds several values."""
    return typing.get_origin(kind) is tuple


def part_class(cls: type, name: str) -> Any:
    """The class of the part (or of each of the parts) in a field; ``None`` if it holds none."""
    return _part_class(cls, name)


@cache
def _part_class(cls: Any, name: str) -> Any:
    kind: Any = next(s.type for s in fields_of(cls) if s.name == name)
    for candidate in (kind, *typing.get_args(kind)):
        if _is_part(candidate):
            return candidate
    return None
