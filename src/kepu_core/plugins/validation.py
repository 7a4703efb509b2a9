"""What a descriptor must look like: checked once, when it is handed over, so that a slip shows before it is used.

Python would let ``suffixes=".txt"`` pass and look for the ending ``t``; a function with one argument too few would
fail in the middle of an export. Everything that is wrong with a descriptor is told at once.
"""

import inspect
import math
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from kepu_core.domain.errors import CAUGHT
from kepu_core.domain.provenance import Provenance
from kepu_core.domain.record import type_name
from kepu_core.domain.scheme import Scheme
from kepu_core.language import Text
from kepu_core.plugins.descriptors import (
    CliCommand,
    CommitListener,
    Demo,
    EvaluationListener,
    Exporter,
    Importer,
    Metric,
    RecordCheck,
    RecordType,
    RegionSource,
)
from kepu_core.plugins.storage import StorageBackend
from kepu_core.scoring.methods import AggregationType, MethodType, RuleType, WeightingType

__all__ = ["descriptor_faults", "ident_of", "shown"]

Check = Callable[[Any], Text | None]
"""Says what a value should be, if it is not that."""

ACCEPTABLE = ("records", "report", "scorecard")
_NAME = re.compile(r"[^\s/\\:]+")


def descriptor_faults(item: object) -> Iterator[tuple[str, Text]]:
    """What is wrong with a descriptor: the field, and what it should be.

    >>> from kepu_core.language import Text
    >>> broken = RegionSource(name="my.regions", label="区划", load=lambda table: ())
    >>> [field for field, _ in descriptor_faults(broken)]
    ['label', 'load']
    """
    for kind, checks in _CHECKS.items():
        if isinstance(item, kind):
            for name, check in checks.items():
                value = getattr(item, name, None)
                expected = check(value)
                if expected is not None:
                    yield name, Text("{e}，而不是 {found}", "{e}, not {found}").format(e=expected, found=shown(value))


def ident_of(item: Any) -> str:
    """The name under which a descriptor is offered."""
    for attribute in ("kind", "name") if isinstance(item, MethodType) else ("id", "name"):
        ident = getattr(item, attribute, None)
        if isinstance(ident, str):
            return ident
    return shown(item)


def shown(value: object) -> str:
    """A value in a message: its type and the beginning of what it looks like."""
    if value is None:
        return "None"
    name = type(value).__name__
    if isinstance(value, type) or callable(value):
        return f"{'class' if isinstance(value, type) else name} {getattr(value, '__qualname__', '…')}"[:80]
    try:
        text = repr(value)
    except CAUGHT:  # even a broken repr must not hide the message
        text = "…"
    return text[:80] if text.startswith((name, "<")) else f"{name} {text}"[:80]


def _text(value: Any) -> Text | None:
    good = isinstance(value, Text) and value.zh.strip() and value.en.strip()
    return None if good else Text("应为 Text(中文, 英文)", "should be a Text(Chinese, English)")


def _plain(value: Any) -> Text | None:
    return None if isinstance(value, str) else Text("应为文字", "should be a text")


def _name(value: Any) -> Text | None:
    return None if _is_name(value) else Text("应为不含空格和斜线的名称", "should be a name without spaces and slashes")


def _is_name(value: Any) -> bool:
    return isinstance(value, str) and _NAME.fullmatch(value) is not None


def _suffixes(value: Any) -> Text | None:
    good = isinstance(value, tuple) and all(isinstance(s, str) and s.startswith(".") and s == s.lower() for s in value)
    return (
        None
        if good
        else Text('应为小写后缀的元组，如 (".txt",)', 'should be a tuple of endings in lower case, (".txt",)')
    )


def _options(value: Any) -> Text | None:
    good = isinstance(value, tuple) and all(map(_is_name, value))
    return None if good else Text('应为选项名称的元组，如 ("mapping",)', 'should be a tuple of names, ("mapping",)')


def _reviewed_by(value: Any) -> Text | None:
    good = isinstance(value, Mapping) and _suffixes(tuple(value)) is None and all(map(_is_name, value.values()))
    told = Text(
        '应为后缀到导入方式的映射，如 {".xlsx": "my.review"}', 'should map endings to importers, {".xlsx": "my.review"}'
    )
    return None if good else told


def _schemes(value: Any) -> Text | None:
    good = isinstance(value, tuple) and all(
        isinstance(s, str) and re.fullmatch(r"[a-z][a-z0-9+.\-]+", s) for s in value
    )
    return (
        None if good else Text('应为 URL 方案的元组，如 ("sqlite",)', 'should be a tuple of URL schemes, ("sqlite",)')
    )


def _accepts(value: Any) -> Text | None:
    good = isinstance(value, tuple) and value and all(v in ACCEPTABLE for v in value)
    return None if good else Text("应为 {a} 的元组", "should be a tuple of {a}").format(a=ACCEPTABLE)


def _tiles(value: Any) -> Text | None:
    good = isinstance(value, Mapping) and all(_is_name(code) and _is_place(place) for code, place in value.items())
    told = Text(
        '应为区划代码到（列，行）的映射，如 {"440100": (3, 2)}',
        'should map codes to column and row, {"440100": (3, 2)}',
    )
    return None if good else told


def _is_place(value: Any) -> bool:
    return isinstance(value, tuple) and len(value) == 2 and all(type(n) is int and n >= 0 for n in value)  # noqa: PLR2004 - column and row


def _provenance(value: Any) -> Text | None:
    good = value is None or isinstance(value, Provenance)
    return None if good else Text("应为 Provenance", "should be a Provenance")


def _bound(value: Any) -> Text | None:
    good = value is None or (isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value))
    return None if good else Text("应为数或不填", "should be a number, or be left out")


def _better(value: Any) -> Text | None:
    return None if value in {"higher", "lower"} else Text('应为 "higher" 或 "lower"', 'should be "higher" or "lower"')


def _takes(*names: str) -> Check:
    """A function that can be called with so many arguments and is no coroutine."""
    wanted = Text("应为函数 ({names})", "should be a function ({names})").format(names=", ".join(names))

    def check(value: Any) -> Text | None:
        if not callable(value) or inspect.iscoroutinefunction(value):
            return wanted
        try:
            inspect.signature(value).bind(*names)
        except TypeError:
            return wanted
        except ValueError:  # some builtins have no signature to look at
            return None
        return None

    return check


def _may_take(*names: str) -> Check:
    """Such a function, or none at all."""
    takes = _takes(*names)
    return lambda value: None if value is None else takes(value)


def _record_class(value: Any) -> Text | None:
    good = isinstance(value, type) and hasattr(value, "__kepu_record__") and isinstance(type_name(value), str)
    return None if good else Text("应为用 @kepu.record 定义的类", "should be a class made with @kepu.record")


def _method_class(*methods: str) -> Check:
    """A class made with ``@part`` that has one of some methods, with the right number of arguments."""

    def check(value: Any) -> Text | None:
        if not (isinstance(value, type) and hasattr(value, "__kepu_record__")):
            return Text("应为用 @kepu.part 定义的类", "should be a class made with @kepu.part")
        found = {m.partition("(")[0]: m for m in methods if callable(getattr(value, m.partition("(")[0], None))}
        if not found:
            several = Text(" 或 ", " or ")
            wanted = Text(several.zh.join(methods), several.en.join(methods))
            return Text("应有方法 {m}", "should have the method {m}").format(m=wanted)
        for name, form in found.items():
            arguments = ["self", *form.partition("(")[2].rstrip(")").split(", ")]
            if _takes(*arguments)(inspect.getattr_static(value, name)) is not None:
                return Text("应有方法 {m}", "should have the method {m}").format(m=form)
        return None

    return check


_DESCRIBED: Mapping[str, Check] = {"name": _name, "label": _text}
_METHOD: Mapping[str, Check] = {"kind": _name, "label": _text, "provenance": _provenance}
_CHECKS: Mapping[type, Mapping[str, Check]] = {
    Metric: {
        "id": _name,
        "title": _text,
        "unit": _plain,
        "subject": _name,
        "compute": _takes("facts"),
        "better": _better,
        "low": _bound,
        "high": _bound,
        "provenance": _provenance,
    },
    RuleType: {**_METHOD, "cls": _method_class("shares(cells)", "fit(cells)")},
    AggregationType: {**_METHOD, "cls": _method_class("combine(shares, weights)", "fit(shares, weights)")},
    WeightingType: {**_METHOD, "cls": _method_class("weights(children)")},
    RecordType: {"cls": _record_class},
    RegionSource: {**_DESCRIBED, "load": _takes(), "provenance": _provenance, "tiles": _tiles},
    RecordCheck: {**_DESCRIBED, "check": _takes("context")},
    StorageBackend: {**_DESCRIBED, "open": _takes("url", "create"), "schemes": _schemes, "suffixes": _suffixes},
    Importer: {
        **_DESCRIBED,
        "suffixes": _suffixes,
        "read": _takes("data", "context"),
        "dump": _may_take("data", "context"),
        "review": _may_take("data", "context", "out", "suffix"),
        "mark": _may_take("data", "context", "findings", "out"),
        "options": _options,
        "reviewed_by": _reviewed_by,
    },
    Exporter: {
        **_DESCRIBED,
        "suffixes": _suffixes,
        "accepts": _accepts,
        "write": _takes("what", "out", "context"),
        "options": lambda value: None if value is None else _options(value),
    },
    CommitListener: {"name": _name, "after": _takes("commit", "records")},
    EvaluationListener: {"name": _name, "after": _takes("card")},
    CliCommand: {**_DESCRIBED, "build": _takes()},
    Demo: {**_DESCRIBED, "records": _takes("seed"), "scheme": _name, "period": _name, "explain": _name},
    Scheme: {},
}
