"""The detailed path: cattrs builds records from plain data and tells every fault with its path.

It accepts what the fast path accepts, and besides documents that leave out fields that have a default.
It converts nothing: a number is not read from a text, a list not from a string, ``true`` is not 1.
"""

import datetime as dt
import difflib
import json
import math
import typing
from collections.abc import Callable, Iterator, Mapping
from enum import Enum
from typing import Any, NoReturn, TypeVar

import attrs
import msgspec
from cattrs import Converter
from cattrs.errors import (
    AttributeValidationNote,
    BaseValidationError,
    ClassValidationError,
    ForbiddenExtraKeysError,
    IterableValidationError,
    IterableValidationNote,
)
from cattrs.gen import make_dict_structure_fn

from kepu_core.codec import problems
from kepu_core.domain._coerce import DEEPEST
from kepu_core.domain._fuse import value_findings
from kepu_core.domain.enums import LabelledEnum
from kepu_core.domain.errors import InvalidData
from kepu_core.domain.fields import fields_of
from kepu_core.domain.findings import Finding, Place
from kepu_core.domain.frozen import freeze
from kepu_core.language import Text

__all__ = ["RepeatedKeys", "detailed_converter", "faults_of", "parse", "shown"]

T = TypeVar("T")


class RepeatedKeys(dict[str, Any]):
    """A JSON object in which a key occurs twice: kept so that its place can be told."""

    names: tuple[str, ...] = ()


class _WrongValueError(Exception):
    """A value that is not of the declared type."""

    def __init__(self, expected: Text, value: object) -> None:
        super().__init__(expected, value)
        self.expected = expected
        self.value = value


class _RepeatedKeysError(Exception):
    """An object in which keys occur twice."""

    def __init__(self, names: tuple[str, ...]) -> None:
        super().__init__(names)
        self.names = names


def parse(data: bytes) -> tuple[str, Any]:
    """The text and the plain value of a JSON document.

    Raises :class:`InvalidData` with ``codec.not-utf8``, ``codec.not-json`` or ``codec.too-deep``, placed by
    line and column.
    """
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        if error.reason == "unexpected end of data":
            parse(data[: error.start])  # cut off within a character: told as the cut-off document that it is
        raise InvalidData(problems.NOT_UTF8.finding(offset=error.start)) from None
    try:
        return text, json.loads(text, object_pairs_hook=_object, parse_constant=_no_constant)
    except RecursionError:
        raise InvalidData(problems.TOO_DEEP.finding()) from None
    except json.JSONDecodeError as error:
        place = Place(line=error.lineno, column=error.colno, offset=error.pos)
        raise InvalidData(problems.NOT_JSON.finding(place=place, reason=error.msg)) from None
    except ValueError as error:
        raise InvalidData(problems.NOT_JSON.finding(reason=error)) from None


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    plain = dict(pairs)
    if len(plain) == len(pairs):
        return plain
    seen: set[str] = set()
    repeated = RepeatedKeys(plain)
    repeated.names = tuple(name for name, _ in pairs if name in seen or seen.add(name))  # type: ignore[func-returns-value]
    return repeated


def _no_constant(name: str) -> NoReturn:
    message = f"{name} is not a number in JSON"
    raise ValueError(message)


def detailed_converter() -> Converter:
    """A cattrs converter that builds records from plain data and is strict about every value."""
    converter = Converter(detailed_validation=True, forbid_extra_keys=True)
    for kind, hook in _LEAVES.items():
        converter.register_structure_hook(kind, _leaf(hook))
    converter.register_structure_hook_func(_is_enum, _enum)
    converter.register_structure_hook_factory(_is_form_of(tuple), _tuple_hook(converter))
    converter.register_structure_hook_func(_is_form_of(Mapping), _leaf(_mapping))
    converter.register_structure_hook_factory(lambda k: isinstance(k, type) and attrs.has(k), _class_hook(converter))
    return converter


def _is_form_of(cls: type) -> Callable[[Any], bool]:
    return lambda kind: cls in {kind, typing.get_origin(kind)}


def _leaf(take: Callable[[Any], Any]) -> Callable[[Any, Any], Any]:
    return lambda value, _: take(value)


def _str(value: Any) -> str:
    if type(value) is not str or not _is_encodable(value):
        raise _WrongValueError(Text("文字", "text"), value)
    return value


def _is_encodable(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _int(value: Any) -> int:
    if type(value) is not int:
        raise _WrongValueError(Text("整数", "a whole number"), value)
    return value


def _float(value: Any) -> float:
    if type(value) not in {int, float}:
        raise _WrongValueError(Text("数值", "a number"), value)
    try:
        number = float(value)
    except OverflowError:
        number = math.inf
    if not math.isfinite(number):
        raise _WrongValueError(Text("有限的数值", "a finite number"), value)
    return number


def _bool(value: Any) -> bool:
    if type(value) is not bool:
        raise _WrongValueError(Text("true 或 false", "true or false"), value)
    return value


def _temporal(kind: type[T], expected: Text) -> Callable[[Any], T]:
    def take(value: Any) -> T:
        # msgspec's own grammar of dates and times, so that both paths agree to the letter.
        try:
            return msgspec.convert(_str(value), kind)
        except (msgspec.MsgspecError, _WrongValueError):
            raise _WrongValueError(expected, value) from None

    return take


_LEAVES: dict[Any, Callable[[Any], Any]] = {
    str: _str,
    int: _int,
    float: _float,
    bool: _bool,
    dt.date: _temporal(dt.date, Text("日期（如 2021-05-01）", "a date (such as 2021-05-01)")),
    dt.datetime: _temporal(
        dt.datetime, Text("时间（如 2021-05-01T09:00:00+08:00）", "a time (such as 2021-05-01T09:00:00+08:00)")
    ),
}


def _is_enum(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, Enum)


def _enum(value: Any, kind: type[Enum]) -> Enum:
    for member in kind:
        if type(member.value) is type(value) and member.value == value:
            return member
    zh = "、".join(f"{m.value}（{m.label.zh}）" if isinstance(m, LabelledEnum) else str(m.value) for m in kind)
    raise _WrongValueError(Text(f"下列之一：{zh}", "one of: " + ", ".join(str(m.value) for m in kind)), value)


def _mapping(value: Any) -> Any:
    if not isinstance(value, dict):
        raise _WrongValueError(Text("名值表 {…}", "an object {…}"), value)
    _check_open(value, 0)
    return freeze(value)


def _check_open(value: Any, depth: int) -> None:
    """Refuse in open-ended data what could not be written again as it was read."""
    if depth > DEEPEST:
        raise _WrongValueError(Text("嵌套较浅的数据", "data nested less deeply"), "…")
    if isinstance(value, RepeatedKeys):
        raise _RepeatedKeysError(value.names)
    if isinstance(value, dict):
        for key, item in value.items():
            _check_open(key, depth + 1)
            _check_open(item, depth + 1)
    elif isinstance(value, list):
        for item in value:
            _check_open(item, depth + 1)
    elif isinstance(value, str):
        _str(value)
    elif isinstance(value, float):
        _float(value)


def _tuple_hook(converter: Converter) -> Callable[[Any], Callable[[Any, Any], Any]]:
    def factory(kind: Any) -> Callable[[Any, Any], Any]:
        element = typing.get_args(kind)[0]
        hook = converter.get_structure_hook(element)

        def structure(value: Any, _: Any) -> tuple[Any, ...]:
            if not isinstance(value, list):
                raise _WrongValueError(Text("列表 […]", "a list […]"), value)
            made: list[Any] = []
            errors: list[Exception] = []
            for index, item in enumerate(value):
                try:
                    made.append(hook(item, element))
                except Exception as error:  # noqa: BLE001 - all are collected, none is lost
                    error.__notes__ = [IterableValidationNote("", index, element)]
                    errors.append(error)
            if errors:
                raise IterableValidationError("", errors, kind)  # noqa: EM101 - the notes carry what is said
            return tuple(made)

        return structure

    return factory


def _class_hook(converter: Converter) -> Callable[[type], Callable[[Any, Any], Any]]:
    def factory(cls: type) -> Callable[[Any, Any], Any]:
        inner: list[Callable[[Any, Any], Any]] = []

        def structure(value: Any, _: Any) -> Any:
            if not isinstance(value, dict):
                raise _WrongValueError(Text("对象 {…}", "an object {…}"), value)
            if not inner:  # made at first use: a class may contain itself
                fields_of(cls)
                inner.append(
                    make_dict_structure_fn(
                        cls, converter, _cattrs_forbid_extra_keys=True, _cattrs_detailed_validation=True
                    )
                )
            errors: list[Exception] = [_RepeatedKeysError(value.names)] if isinstance(value, RepeatedKeys) else []
            try:
                made = inner[0](value, cls)
            except ClassValidationError as error:
                breaches = list(_breaches(error, value, cls, converter))
                errors += error.exceptions
                errors += [InvalidData(breaches)] if breaches else []
            if errors:
                raise ClassValidationError(cls.__name__, errors, cls)
            return made

        return structure

    return factory


def _breaches(error: ClassValidationError, value: dict[str, Any], cls: type, converter: Converter) -> Iterator[Finding]:
    """What the fields that could be read break, where others could not and the object was therefore never made."""
    if all(isinstance(inner, InvalidData) for inner in error.exceptions):
        return  # it was made, and has told its breaches itself
    unread = {_step(inner) for inner in error.exceptions}
    for spec in fields_of(cls):
        if value.get(spec.name) is not None and f".{spec.name}" not in unread:
            made = converter.get_structure_hook(spec.type)(value[spec.name], spec.type)
            yield from value_findings(spec.name, made, spec.info)


def faults_of(error: BaseException, path: str = "") -> Iterator[tuple[str, Finding]]:  # noqa: C901 - one branch per kind of error
    """Every fault in an exception of the converter, each with its path below the record."""
    if isinstance(error, BaseValidationError):
        for inner in error.exceptions:
            yield from faults_of(inner, path + _step(inner))
    elif isinstance(error, ForbiddenExtraKeysError):
        known = [spec.name for spec in fields_of(error.cl)]
        for key in sorted(error.extra_fields):
            yield f"{path}.{key}", problems.UNKNOWN_KEY.finding(key=key, hint=_hint(key, known))
    elif isinstance(error, _RepeatedKeysError):
        for name in error.names:
            yield f"{path}.{name}", problems.REPEATED_KEY.finding(key=name)
    elif isinstance(error, _WrongValueError):
        yield path, problems.WRONG_VALUE.finding(expected=error.expected, found=shown(error.value))
    elif isinstance(error, InvalidData):
        for finding in error.findings:
            inner_path = f".{finding.field}" if finding.field else ""
            yield path + inner_path, attrs.evolve(finding, field=None)
    elif type(error) is KeyError and _step(error) == f".{error.args[0]}":
        # cattrs notes the field at which it looked in vain; a KeyError of a class's own rule has no such note.
        yield path, problems.MISSING_KEY.finding(key=error.args[0])
    else:
        found = f"{type(error).__name__}: {error}"
        yield path, problems.WRONG_VALUE.finding(expected=Text("有效的值", "a valid value"), found=found)


def _step(error: BaseException) -> str:
    for note in getattr(error, "__notes__", ()):
        if isinstance(note, AttributeValidationNote):
            return f".{note.name}"
        if isinstance(note, IterableValidationNote):
            return f"[{note.index}]"
    return ""


def _hint(key: str, known: list[str]) -> Text:
    near = difflib.get_close_matches(key, known, n=1)
    if near:
        return Text(f"是否为 {near[0]}？", f"did you mean {near[0]}?")
    return Text("可用字段：{known}", "the fields are: {known}").format(known=tuple(known))


def shown(value: object) -> str:
    """A value as JSON, short enough for a message."""
    try:
        text = json.dumps(value, ensure_ascii=False)
    except (TypeError, ValueError):
        text = repr(value)
    except RecursionError:
        text = "…"
    text = text.encode("utf-8", "backslashreplace").decode()
    return text if len(text) <= 60 else text[:57] + "…"  # noqa: PLR2004 - what fits on a line
