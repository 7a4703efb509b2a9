"""One generated check per record class, fused from the constraints of its fields.

The decoder runs the check for every object, so its cost matters: written out as one expression over
the slots it costs a third of what separate validators do. The expression only says *whether* all is
well; :func:`constraint_findings` says what is not, from the same constraints.
"""

import builtins
import datetime as dt
import inspect
import sys
import types
import typing
from collections.abc import Callable, Iterator
from typing import Any, ClassVar

from kepu_core.domain.fields import FieldInfo, fields_of
from kepu_core.domain.findings import Finding, Problem
from kepu_core.domain.forms import Form
from kepu_core.language import Text

__all__ = ["constraint_findings", "fused_check", "value_findings"]

TOO_SMALL = Problem(
    "field.too-small",
    Text("“{label}”为 {value}，小于 {limit}", "{label} is {value}, below {limit}"),
    Text("填不小于 {limit} 的数", "give a number not below {limit}"),
)
TOO_LARGE = Problem(
    "field.too-large",
    Text("“{label}”为 {value}，大于 {limit}", "{label} is {value}, above {limit}"),
    Text("填不大于 {limit} 的数，并核对单位", "give a number not above {limit}, and check its unit"),
)
NO_ZONE = Problem(
    "field.no-time-zone",
    Text("“{label}”没有时区", "{label} has no time zone"),
    Text("补上时区，如 2021-05-01T09:00:00+08:00", "add it, as in 2021-05-01T09:00:00+08:00"),
)

# Whole numbers end up in 64-bit columns of stores; a larger one is a typing error, not a figure.
LARGEST_INT = 2**63 - 1

# What nearly every valid text satisfies, as an expression over its slot ({0}). Each is sufficient, not
# necessary: a text that fails it is judged by the form itself, so the form alone decides what is refused.
_QUICK: dict[Form, str] = {
    Form.TEXT: "{0} > '\u3001'",  # no white space lies above U+3000
    Form.ID: "{0}.isprintable() and ' ' not in {0} and 0 < len({0}) < 100",
    Form.REGION_CODE: "len({0}) == 6 and {0}.isdecimal() and {0}.isascii() and {0} >= '1'",
}


def fused_check(cls: type, *, has_rules: bool, refuse: Callable[[Any], None]) -> Callable[[Any], None] | None:
    """The ``__attrs_post_init__`` of a record class whose fields are still plain class attributes.

    ``refuse`` is called with an instance that breaks something and raises what is to be said. A class of which
    nothing is demanded has no check: even an empty one would cost a call for every object.
    """
    names: dict[str, Any] = {"refuse": refuse, "utc": dt.UTC, "set_": object.__setattr__}
    conditions: list[str] = []
    repairs: list[str] = []
    for name, declared, info in _declared(cls):
        kind, optional = _without_none(declared)
        condition = _condition(f"self.{name}", name, kind, info, names)
        if condition:
            conditions.append(f"(self.{name} is None or {condition})" if optional else f"({condition})")
        repairs += _repair(name, kind, optional=optional)
    lines = []
    if conditions:
        lines += [f"    if not ({' and '.join(conditions)}):", "        refuse(self)"]
    lines += [f"    {line}" for line in repairs]
    if has_rules:
        lines += ["    for _ in self._rules():", "        refuse(self)"]
    if not lines:
        return None
    text = "\n".join(["def __attrs_post_init__(self):", *lines])
    exec(compile(text, f"<check of {cls.__qualname__}>", "exec"), names)  # noqa: S102 - from our own field names only
    check: Callable[[Any], None] = names["__attrs_post_init__"]
    return check


def _declared(cls: type) -> Iterator[tuple[str, Any, FieldInfo]]:
    """Name, type and description of each field: those inherited, then the class's own.

    Raises ``TypeError`` for what cannot be a field of a record: one that is not declared with ``field``, or is private
    (attrs, msgspec and JSON would each call it by another name).
    """
    own = inspect.get_annotations(cls)
    for base in reversed(cls.__mro__[1:]):
        for a in base.__dict__.get("__attrs_attrs__", ()):
            if not a.inherited and a.name not in own:
                yield a.name, _evaluated(a.type, base), a.metadata["kepu"]
    for name, kind in own.items():
        evaluated = _evaluated(kind, cls)
        if evaluated is ClassVar or typing.get_origin(evaluated) is ClassVar:
            continue
        info = getattr(cls.__dict__.get(name), "metadata", {}).get("kepu")
        if info is None or name.startswith("_"):
            reason = "is not declared with field(…)" if info is None else "is private"
            message = f"{cls.__qualname__}.{name} cannot be a field of a record: it {reason}"
            raise TypeError(message)
        yield name, evaluated, info


class _Later:
    """Stands for a name that is not known yet: a class under construction, which is never a plain value."""


class _Names(dict[str, Any]):
    def __missing__(self, name: str) -> Any:
        return getattr(builtins, name, _Later)


def _evaluated(kind: Any, cls: type) -> Any:
    """The type that an annotation means, be it written as text or not."""
    if not isinstance(kind, str):
        return kind
    module = sys.modules.get(cls.__module__)
    return eval(kind, _Names(vars(module) if module else {}))  # noqa: S307 - the class's own annotation


def _without_none(kind: Any) -> tuple[Any, bool]:
    """A type without ``None``, and whether ``None`` was allowed."""
    if typing.get_origin(kind) not in {typing.Union, types.UnionType}:
        return kind, False
    rest = [k for k in typing.get_args(kind) if k is not type(None)]
    return (rest[0] if len(rest) == 1 else kind), len(rest) < len(typing.get_args(kind))


def _condition(slot: str, name: str, kind: Any, info: FieldInfo, names: dict[str, Any]) -> str | None:
    if kind is str:
        form = _form(info, name)
        if form is None:
            return None
        names[f"check_{name}"] = form.check
        quick = _QUICK.get(form)
        return f"({quick.format(slot)}) or check_{name}({slot})" if quick else f"check_{name}({slot})"
    if kind is int or kind is float:
        low = info.ge if info.ge is not None or kind is float else -LARGEST_INT - 1
        high = info.le if info.le is not None or kind is float else LARGEST_INT
        bounds = ("" if low is None else f"{low!r} <= ", "" if high is None else f" <= {high!r}")
        return f"{bounds[0]}{slot}{bounds[1]}" if any(bounds) else None
    if kind is dt.datetime:
        return f"{slot}.tzinfo is not None"
    if typing.get_origin(kind) is tuple and typing.get_args(kind)[0] is str:
        form = info.form or _each_form(info)
        names[f"check_{name}"] = form.check
        quick = f"min({slot}) > '\u3001' or " if form is Form.TEXT else ""
        return f"not {slot} or {quick}all(map(check_{name}, {slot}))"
    if _mixes(kind):  # judged by the same function that explains it
        names[f"holds_{name}"] = lambda value: not any(value_findings(name, value, info))
        return f"holds_{name}({slot})"
    return None


def _mixes(kind: Any) -> bool:
    """Whether a type is one of the rare mixtures: a union of several, or a list of such."""
    if typing.get_origin(kind) is tuple:
        return typing.get_origin(typing.get_args(kind)[0]) in {typing.Union, types.UnionType}
    return typing.get_origin(kind) in {typing.Union, types.UnionType}


def _each_form(info: FieldInfo) -> Form:
    """What each text of a list must be: an id where it refers to records, else not blank."""
    return Form.ID if info.ref is not None else Form.TEXT


def _form(info: FieldInfo, name: str) -> Form | None:
    if info.form is not None:
        return info.form
    if name == "id" or info.ref is not None:
        return Form.ID
    return None if info.optional_text else Form.TEXT


def _repair(name: str, kind: Any, *, optional: bool) -> list[str]:
    """Bring the few values that have two spellings to one: minus zero, times not in UTC."""
    if kind is float:
        return [f"if self.{name} == 0.0: set_(self, {name!r}, 0.0)"]
    if kind is dt.datetime:
        guard = f"self.{name} is not None and " if optional else ""
        return [f"if {guard}self.{name}.tzinfo is not utc: set_(self, {name!r}, self.{name}.astimezone(utc))"]
    return []


def constraint_findings(instance: Any) -> Iterator[Finding]:
    """Every breach of a constraint on a single field."""
    cls: type = type(instance)
    for spec in fields_of(cls):
        value = getattr(instance, spec.name)
        if value is not None:
            yield from value_findings(spec.name, value, spec.info)


def value_findings(name: str, value: Any, info: FieldInfo) -> Iterator[Finding]:  # noqa: C901 - one branch per kind of value
    """Every breach of the constraints on one field by a value of its type that is not ``None``."""
    if isinstance(value, str):
        form = _form(info, name)
        if form is not None and not form.accepts(value):
            yield form.problem.finding(field=name, label=info.label, value=value)
    elif isinstance(value, tuple):
        form = info.form or _each_form(info)
        for index, item in enumerate(value):
            if isinstance(item, str) and not form.accepts(item):
                yield form.problem.finding(field=f"{name}[{index}]", label=info.label, value=item)
    elif isinstance(value, bool):
        return
    elif isinstance(value, (int, float)):
        low = info.ge if info.ge is not None or isinstance(value, float) else -LARGEST_INT - 1
        high = info.le if info.le is not None or isinstance(value, float) else LARGEST_INT
        if low is not None and value < low:
            yield TOO_SMALL.finding(field=name, label=info.label, value=value, limit=low)
        if high is not None and value > high:
            yield TOO_LARGE.finding(field=name, label=info.label, value=value, limit=high)
    elif isinstance(value, dt.datetime) and value.tzinfo is None:
        yield NO_ZONE.finding(field=name, label=info.label)
