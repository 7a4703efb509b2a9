"""Records ⇄ flat rows of text, for CSV files and sheets.

One column per field; lists of texts are joined by ``；``; anything deeper stands in its cell as JSON. A
column may be headed by the field's name or by its Chinese or English label. Reading never guesses:
a cell that is not what its field takes becomes a finding with its column.
"""

import datetime as dt
import inspect
import json
import types
import typing
from collections.abc import Mapping, Sequence
from enum import Enum
from typing import Any

import msgspec

from kepu_core.codec._detailed import detailed_converter
from kepu_core.codec._fast import encode
from kepu_core.codec.codec import Codec
from kepu_core.domain.enums import LabelledEnum
from kepu_core.domain.errors import InvalidData
from kepu_core.domain.fields import FieldSpec, fields_of
from kepu_core.domain.findings import Finding, Problem
from kepu_core.domain.observation import Observation, ValueState
from kepu_core.domain.record import Record, type_name
from kepu_core.language import Text

__all__ = ["RowReader", "header", "number_text", "to_row"]

SEPARATOR = "；"
_EXACT = 1e15  # beyond it not every whole number is a float: digits would be made up
_CONVERTER = detailed_converter()
_YES, _NO = {"是", "true", "yes", "1"}, {"否", "false", "no", "0"}

UNKNOWN_COLUMN = Problem(
    "rows.unknown-column",
    Text("未知的列“{column}”", "unknown column {column!r}"),
    Text("可用的列：{known}", "the columns are: {known}"),
)
COLUMN_TWICE = Problem(
    "rows.column-twice",
    Text("列“{column}”与前面的列指同一字段 {field_name}", "the column {column!r} is the field {field_name} once more"),
    Text("删去一列", "drop one of them"),
)
MISSING_COLUMN = Problem(
    "rows.missing-column",
    Text("缺少必填的列“{column}”（{name}）", "the required column {column!r} ({name}) is missing"),
    Text("补上这一列", "add the column"),
)
BAD_CELL = Problem(
    "rows.cell",
    Text("“{column}”列的“{value}”不是{expected}", "{value!r} in the column {column!r} is not {expected}"),
    Text("改成{expected}", "make it {expected}"),
)


def header(cls: type[Record], *, personal: bool = False) -> list[FieldSpec]:
    """The fields that a row of a record type has, in order; personal ones only if asked for."""
    return [spec for spec in fields_of(cls) if personal or not spec.info.personal]


def to_row(record: Record, specs: Sequence[FieldSpec]) -> list[str]:
    """The cells of a record for the given fields.

    >>> from kepu_core.domain.organisation import Organisation
    >>> body = Organisation(id="a", name="科协", kind="association", also_known_as=["省科协", "科协"])
    >>> to_row(body, header(Organisation))[:4]
    ['a', '科协', 'association', '省科协；科协']
    """
    return [_cell(getattr(record, spec.name), spec) for spec in specs]


def number_text(value: float) -> str:
    """A number as a text that reads back as the same number; a whole one below 10¹⁵ without a point.

    >>> number_text(5.0), number_text(2.5), number_text(1e15)
    ('5', '2.5', '1000000000000000.0')
    """
    return str(int(value)) if float(value).is_integer() and abs(value) < _EXACT else repr(value)


def _cell(value: Any, spec: FieldSpec) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, Enum):
        return str(value.value)
    if isinstance(value, float):
        return number_text(value)
    if isinstance(value, (str, int, dt.date)):
        return value.isoformat() if isinstance(value, dt.date) else str(value)
    if value == () != spec.default:
        return "[]"  # an empty cell would mean the default, or that the field is missing
    if isinstance(value, tuple) and all(isinstance(v, (str, Enum)) for v in value):
        texts = [str(v.value) if isinstance(v, Enum) else v for v in value]
        joined = SEPARATOR.join(texts)
        if _parts(joined) == texts and not joined.startswith("["):
            return joined
    return encode(value).decode()


class RowReader:
    """Reads rows of one record type under one header.

    Raises :class:`InvalidData` if the header has unknown, repeated or missing columns.

    >>> from kepu_core.codec.record_type import RecordType
    >>> from kepu_core.domain.organisation import Organisation
    >>> reader = RowReader(Codec([RecordType(Organisation)]), Organisation, ["标识", "名称", "kind"])
    >>> reader.read(["a", "省科协", "科协"]).kind
    <OrganisationKind.ASSOCIATION: 'association'>
    """

    def __init__(self, codec: Codec, cls: type[Record], columns: Sequence[str]) -> None:
        self._codec = codec
        self._cls = cls
        self._specs: list[FieldSpec | None] = []
        names = _column_names(cls)
        faults: list[Finding] = []
        for position, column in enumerate(columns):
            spec = names.get(column.strip().casefold())
            if spec is None and column.strip():
                known = tuple(s.label.zh for s in fields_of(cls))
                faults.append(UNKNOWN_COLUMN.finding(field=_letter(position), column=column, known=known))
            elif spec is not None and spec in self._specs:
                faults.append(COLUMN_TWICE.finding(field=_letter(position), column=column, field_name=spec.name))
            self._specs.append(spec)
        faults += [
            MISSING_COLUMN.finding(column=spec.label, name=spec.name)
            for spec in fields_of(cls)
            if spec.required and spec not in self._specs and not (spec.name == "id" and _derives_id(cls))
        ]
        if faults:
            raise InvalidData(faults)
        # Without a column of values nothing is said of them, not even that they are missing.
        self._is_figure = cls is Observation and any(s is not None and s.name == "value" for s in self._specs)

    def read(self, cells: Sequence[str]) -> Record:
        """The record of one row. Cells are trimmed; an empty one leaves its field at its default.

        A figure whose cells of value and state are both empty is *missing*, as in :meth:`Observation.of`. Raises
        :class:`InvalidData`: with every cell that is not what its field takes, or, if all are, with everything that is
        wrong with the record.
        """
        faults: list[Finding] = []
        data: dict[str, Any] = {}
        for spec, cell in zip(self._specs, cells, strict=False):
            text = cell.strip()
            if spec is None or not text:
                continue
            try:
                data[spec.name] = _value(text, spec.type)
            except _BadCellError as bad:
                expected = bad.expected
                faults.append(BAD_CELL.finding(field=spec.name, column=spec.label, value=text, expected=expected))
        if "id" not in data and _derives_id(self._cls) and not faults:
            data["id"] = _derived_id(self._cls, data)
        if faults:
            raise InvalidData(faults)
        if self._is_figure and "value" not in data:
            data.setdefault("state", ValueState.MISSING.value)
        return self._codec.from_data(type_name(self._cls), data)


class _BadCellError(Exception):
    def __init__(self, expected: Text) -> None:
        super().__init__(expected)
        self.expected = expected


def _column_names(cls: type[Record]) -> Mapping[str, FieldSpec]:
    names: dict[str, FieldSpec] = {}
    for spec in fields_of(cls):
        for name in (spec.label.en, spec.label.zh, spec.name):
            names[name.casefold()] = spec
    return names


def _letter(position: int) -> str:
    letters = ""
    position += 1
    while position:
        position, rest = divmod(position - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def _derives_id(cls: type[Record]) -> bool:
    # A method, not a field of that name.
    return callable(getattr(cls, "key", None))


def _derived_id(cls: type[Record], data: Mapping[str, Any]) -> str:
    """The id that follows from the other fields, as the class's ``key`` makes it of those it names.

    What is missing or wrong in them is not judged here: it is found when the record is built.
    """
    derive = cls.key  # type: ignore[attr-defined]
    specs = {spec.name: spec for spec in fields_of(cls)}
    given: dict[str, Any] = {}
    for name in inspect.signature(derive).parameters:
        try:
            given[name] = _CONVERTER.structure(data[name], specs[name].type)
        except Exception:  # noqa: BLE001 - absent or bad
            given[name] = "" if specs[name].required else specs[name].default
    return str(derive(**given))


def _value(text: str, kind: Any) -> Any:
    origin, args = typing.get_origin(kind), typing.get_args(kind)
    if origin in {typing.Union, types.UnionType}:
        return _value(text, next(a for a in args if a is not type(None)))
    if origin is tuple and args[0] is str and not text.startswith("["):
        return _parts(text)
    if origin is tuple and isinstance(args[0], type) and issubclass(args[0], Enum) and not text.startswith("["):
        return [_value(t, args[0]) for t in _parts(text)]
    if kind is str:
        return text
    if kind is bool:
        return _boolean(text)
    if kind in {int, float}:
        return _number(text, kind)
    if isinstance(kind, type) and issubclass(kind, LabelledEnum):
        return _member(text, kind)
    if kind in {dt.date, dt.datetime}:
        return text
    try:
        return json.loads(text)
    except ValueError:
        raise _BadCellError(Text("JSON", "JSON")) from None


def _parts(text: str) -> list[str]:
    return [t.strip() for t in text.replace(";", SEPARATOR).split(SEPARATOR) if t.strip()]


def _boolean(text: str) -> bool:
    if text.casefold() in _YES | _NO:
        return text.casefold() in _YES
    raise _BadCellError(Text("是或否", "yes or no"))


def _number(text: str, kind: type) -> int | float:
    try:
        number: int | float = msgspec.convert(text, kind, strict=False)
    except msgspec.MsgspecError:
        expected = Text("整数", "a whole number") if kind is int else Text("数值", "a number")
        raise _BadCellError(expected) from None
    return number


def _member(text: str, kind: type[LabelledEnum]) -> str:
    member = kind.from_text(text)
    if member is None:
        zh, en = "、".join(m.label.zh for m in kind), ", ".join(str(m.value) for m in kind)
        raise _BadCellError(Text(f"下列之一：{zh}", f"one of: {en}"))
    return str(member.value)
