"""What the constructor of a record takes for each declared type, and what it makes of it.

Deliberately little: the conversions that lose nothing and surprise nobody. Everything else is a
:class:`Mismatch` that says what was expected and what was found.
"""

import datetime as dt
import math
import types
import typing
from collections.abc import Callable, Iterable, Mapping
from enum import Enum
from typing import Any, TypeAlias

from attrs import frozen

from kepu_core.domain.enums import LabelledEnum
from kepu_core.domain.fields import fields_of
from kepu_core.domain.frozen import freeze
from kepu_core.language import Text

__all__ = ["DEEPEST", "Coercion", "Mismatch", "coercions"]

DEEPEST = 100
"""How deeply open-ended data may be nested."""
_EXACT = 2**63
_JSON = Text("JSON 能表示的值", "something that JSON can hold")


@frozen
class Mismatch:
    """A value that is not of the declared type: what was expected, what was found, where inside."""

    expected: Text
    found: str
    path: str = ""


_SHOWN = 60

Coercion: TypeAlias = Callable[[Any], Any]


def coercions(cls: type) -> dict[str, Coercion]:
    """For each field of a record class, the function that takes its value or reports a mismatch."""
    return {spec.name: _coercion(spec.type) for spec in fields_of(cls)}


def _coercion(kind: Any) -> Coercion:
    simple = _SIMPLE.get(kind)
    if simple is not None:
        return simple
    origin, args = typing.get_origin(kind), typing.get_args(kind)
    if origin in {typing.Union, types.UnionType}:
        return _either(tuple(a for a in args if a is not type(None)), none=type(None) in args)
    if origin is tuple:
        return _tuple(args)
    if origin is Mapping:
        return _mapping
    if isinstance(kind, type) and issubclass(kind, Enum):
        return _enum(kind)
    if isinstance(kind, type):
        return _instance(kind)
    message = f"a record field cannot be declared as {kind!r}"
    raise TypeError(message)


def _found(value: object) -> str:
    shown = repr(value)
    return f"{type(value).__name__} {shown if len(shown) <= _SHOWN else shown[: _SHOWN - 1] + '…'}"


def _str(value: Any) -> Any:
    if not isinstance(value, str):
        return Mismatch(Text("文字", "text"), _found(value))
    try:
        value.encode()
    except UnicodeEncodeError:
        return Mismatch(Text("可编码为 UTF-8 的文字", "text that UTF-8 can encode"), _found(value))
    return value if type(value) is str else str(value)


def _int(value: Any) -> Any:
    if isinstance(value, int) and not isinstance(value, bool):
        return int(value)
    return Mismatch(Text("整数", "a whole number"), _found(value))


def _float(value: Any) -> Any:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return Mismatch(Text("数值", "a number"), _found(value))
    try:
        number = float(value)
    except OverflowError:
        number = math.inf
    if not math.isfinite(number):
        return Mismatch(Text("有限的数值", "a finite number"), _found(value))
    return number or 0.0  # one zero: -0.0 equals 0.0 but is written differently


def _bool(value: Any) -> Any:
    return value if isinstance(value, bool) else Mismatch(Text("是或否", "true or false"), _found(value))


def _date(value: Any) -> Any:
    if isinstance(value, dt.datetime) or not isinstance(value, dt.date):
        return Mismatch(Text("日期", "a date"), _found(value))
    return value if type(value) is dt.date else dt.date(value.year, value.month, value.day)


def _datetime(value: Any) -> Any:
    if not isinstance(value, dt.datetime) or value.utcoffset() is None:
        return Mismatch(Text("带时区的时间", "a time with its time zone"), _found(value))
    try:
        utc = value.astimezone(dt.UTC)
    except OverflowError:
        return Mismatch(Text("公元 1 至 9999 年内的时间", "a time within the years 1 to 9999 in UTC"), _found(value))
    return dt.datetime.combine(utc.date(), utc.time(), dt.UTC) if type(utc) is not dt.datetime else utc


def _mapping(value: Any) -> Any:
    if not isinstance(value, Mapping):
        return Mismatch(Text("名值表", "a mapping"), _found(value))
    taken = _open(value, "", 0)
    return taken if isinstance(taken, Mismatch) else freeze(taken)


def _open(value: Any, path: str, depth: int) -> Any:
    """Open-ended data as it will be read back: what JSON can hold, each number in one spelling."""
    if depth > DEEPEST:
        return Mismatch(Text("嵌套较浅的数据", "data nested less deeply"), "…", path)
    if isinstance(value, Mapping):
        return _open_items(((_key(key), item) for key, item in value.items()), path, depth)
    if isinstance(value, (list, tuple)):
        taken = _open_items(enumerate(value), path, depth)
        return taken if isinstance(taken, Mismatch) else tuple(taken.values())
    taken = value if value is None or isinstance(value, bool) else _open_leaf(value)
    return Mismatch(taken.expected, taken.found, path) if isinstance(taken, Mismatch) else taken


def _open_items(items: Iterable[tuple[Any, Any]], path: str, depth: int) -> Any:
    made: dict[Any, Any] = {}
    for key, item in items:
        if isinstance(key, Mismatch):
            return Mismatch(key.expected, key.found, path)
        taken = _open(item, f"{path}[{key}]", depth + 1)
        if isinstance(taken, Mismatch):
            return taken
        made[key] = taken
    return made


def _key(key: Any) -> Any:
    return str(key) if type(key) is int else _str(key)


def _open_leaf(value: Any) -> Any:
    if isinstance(value, str):
        return _str(value)
    number = _float(value)
    if isinstance(number, Mismatch):
        return number if isinstance(value, float) else Mismatch(_JSON, _found(value))
    # 1 equals 1.0, and equal records are written alike: whole numbers as such, as far as 64 bits go.
    if number.is_integer() and abs(value) < _EXACT:
        return int(value)
    return (
        number
        if isinstance(value, float)
        else Mismatch(Text("64 位以内的整数", "a whole number of 64 bits"), _found(value))
    )


def _tuple(args: tuple[Any, ...]) -> Coercion:
    each = _coercion(args[0])
    if len(args) != 2 or args[1] is not Ellipsis:  # noqa: PLR2004 - tuple[X, ...]
        message = "a record field holds tuple[X, …], not a tuple of fixed length"
        raise TypeError(message)

    def take(value: Any) -> Any:
        if not isinstance(value, (tuple, list)):
            return Mismatch(Text("列表", "a list"), _found(value))
        taken = tuple(each(item) for item in value)
        for index, item in enumerate(taken):
            if isinstance(item, Mismatch):
                return Mismatch(item.expected, item.found, f"[{index}]{item.path}")
        return taken

    return take


def _either(kinds: tuple[Any, ...], *, none: bool) -> Coercion:
    takers = [_coercion(kind) for kind in kinds]

    def take(value: Any) -> Any:
        if value is None and none:
            return None
        taken: Any = None
        for taker in takers:
            taken = taker(value)
            if not isinstance(taken, Mismatch):
                return taken
        return taken

    return take


def _enum(kind: type[Enum]) -> Coercion:
    by_value = {member.value: member for member in kind}
    names = "、".join(f"{m.value}（{m.label.zh}）" if isinstance(m, LabelledEnum) else str(m.value) for m in kind)
    expected = Text(f"下列之一：{names}", "one of: " + ", ".join(str(m.value) for m in kind))

    def take(value: Any) -> Any:
        if isinstance(value, kind):
            return value
        member = by_value.get(value) if isinstance(value, (str, int)) else None
        return Mismatch(expected, _found(value)) if member is None else member

    return take


def _instance(kind: type) -> Coercion:
    def take(value: Any) -> Any:
        # Exactly this class: the decoder makes no other, and attrs compares exact classes.
        if type(value) is kind:
            return value
        return Mismatch(Text(f"{kind.__name__} 对象", f"a {kind.__name__}"), _found(value))

    return take


_SIMPLE: dict[Any, Coercion] = {
    str: _str,
    int: _int,
    float: _float,
    bool: _bool,
    dt.date: _date,
    dt.datetime: _datetime,
}
