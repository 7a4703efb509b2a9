"""Looking at a plugin before it is asked anything: is it what it should be, and are its hooks hooks?"""

import difflib
import inspect
import re
import typing
from collections.abc import Collection, Generator, Iterable, Iterator, Mapping, Sequence
from typing import Any

import pluggy
from attrs import field, frozen

from kepu_core.domain.findings import Finding, Problem
from kepu_core.language import Text
from kepu_core.plugins import problems
from kepu_core.plugins.api import ApiRange
from kepu_core.plugins.hook_type import Hook
from kepu_core.plugins.hookspecs import HOOK_API, HOOKS
from kepu_core.plugins.validation import shown

__all__ = ["Fault", "Marked", "fault_of", "marked_hooks", "origin_of", "unknown_hooks"]

_NAMESPACE = re.compile(r"[a-z][a-z0-9_]*")
_COLLECTIONS = (list, tuple, set, frozenset, Iterable, Iterator, Sequence, Collection, Generator)


@frozen
class Fault:
    """Why a plugin is set aside: the kind of fault, its particulars, and what was raised."""

    problem: Problem
    values: Mapping[str, Any] = field(factory=dict)
    cause: BaseException | None = None


@frozen
class Marked:
    """A function of a plugin that is marked as a hook."""

    attribute: str
    hook: str
    optional: bool
    wrapper: bool
    function: Any


def marked_hooks(manager: pluggy.PluginManager, plugin: object) -> tuple[Marked, ...]:
    """Everything in a plugin that is marked as a hook, known or not."""
    found = []
    for name in dir(plugin):
        if name.startswith("__"):  # no hook, and two thirds of what a small module has
            continue
        options = manager.parse_hookimpl_opts(plugin, name)
        if options is not None:
            wrapper = bool(options["wrapper"] or options["hookwrapper"])
            hook = options["specname"] or name
            found.append(Marked(name, hook, options["optionalhook"], wrapper, getattr(plugin, name)))
    return tuple(found)


def unknown_hooks(marked: Iterable[Marked]) -> tuple[Marked, ...]:
    """Those that this version of the library does not have."""
    return tuple(m for m in marked if m.hook not in HOOKS)


def origin_of(plugin: object) -> str:
    """The module that was registered, or the class of the object."""
    if inspect.ismodule(plugin):
        return plugin.__name__
    cls = plugin if isinstance(plugin, type) else type(plugin)
    return f"{cls.__module__}.{cls.__qualname__}"


def fault_of(plugin: object, marked: Sequence[Marked]) -> Fault | None:
    """The first thing that is wrong with a plugin, apart from what it will hand over."""
    for fault in _faults(plugin, marked):
        return fault
    return None


def _faults(plugin: object, marked: Sequence[Marked]) -> Iterator[Fault]:
    namespace = getattr(plugin, "kepu_namespace", None)
    if namespace is not None and not (isinstance(namespace, str) and _NAMESPACE.fullmatch(namespace)):
        yield Fault(problems.BAD_NAMESPACE, {"found": shown(namespace)})
    if isinstance(plugin, type):
        yield Fault(problems.A_CLASS, {"origin": plugin.__name__})
    names = {m.attribute for m in marked}
    for name in HOOKS:
        if name not in names and inspect.isroutine(getattr(plugin, name, None)):
            yield Fault(problems.UNMARKED_HOOK, {"hook": name})
    if not marked:
        yield Fault(problems.NO_HOOKS, {"origin": origin_of(plugin)})
    newer = _admits_newer(plugin)
    for one in marked:
        if one.hook not in HOOKS:
            if not (one.optional or newer):
                yield Fault(problems.UNKNOWN_HOOK, {"hook": one.hook, "hint": _hint(one.hook)})
            continue
        yield from _function_faults(one)


def _admits_newer(plugin: object) -> bool:
    """Whether a plugin was written for the next line of hooks as well, and may use what is new there."""
    api = ApiRange.parse(getattr(plugin, "kepu_api", None))
    return api is not None and api.accepts(f"{int(HOOK_API.partition('.')[0]) + 1}.0")


def _hint(name: str) -> Text:
    near = difflib.get_close_matches(name, HOOKS, n=1)
    if near:
        return Text("是否为 {near}？", "did you mean {near}?").format(near=near[0])
    return Text("钩子有：{hooks}", "the hooks are: {hooks}").format(hooks=tuple(HOOKS))


def _function_faults(one: Marked) -> Iterator[Fault]:
    hook = HOOKS[one.hook]
    if one.wrapper:
        yield Fault(problems.NO_WRAPPERS, {"hook": one.hook})
    signature = inspect.signature(one.function)
    if signature.parameters:
        reason = Text("多出参数 {names}", "it takes {names}").format(
            names=tuple(map(str, signature.parameters.values()))
        )
        yield Fault(problems.WRONG_SIGNATURE, {"hook": one.hook, "reason": reason})
    if inspect.iscoroutinefunction(one.function) or inspect.isasyncgenfunction(one.function):
        reason = Text("它是异步函数", "it is asynchronous")
        yield Fault(problems.WRONG_SIGNATURE, {"hook": one.hook, "reason": reason})
    given = _annotated_items(one.function)
    if given is not None and not _fits(given, hook):
        found = inspect.formatannotation(signature.return_annotation)
        yield Fault(problems.WRONG_ANNOTATION, {"hook": one.hook, "found": found, "expected": hook.gives.__name__})


def _annotated_items(function: Any) -> Any:
    """What a function says that it gives a number of; ``None`` if it says nothing that can be understood."""
    try:
        said = typing.get_type_hints(function).get("return")
    except Exception:  # noqa: BLE001 - names for type checkers only need not be there at run time
        return None
    if said is None or said is Any:
        return None
    origin, args = typing.get_origin(said), typing.get_args(said)
    if origin is None:
        return None if said in _COLLECTIONS else said
    if isinstance(origin, type) and any(issubclass(origin, c) for c in _COLLECTIONS if isinstance(c, type)):
        return args[0] if args else None
    return said


def _fits(given: Any, hook: Hook[Any]) -> bool:
    kinds = typing.get_args(given) if typing.get_origin(given) is not None else (given,)
    if typing.get_origin(given) not in {None, typing.Union, type(int | str)}:
        return False
    return all(kind is Any or (isinstance(kind, type) and issubclass(kind, hook.gives)) for kind in kinds)


def degraded(plugin: str, marked: Iterable[Marked]) -> tuple[Finding, ...]:
    """What is told of hooks that a plugin may do without."""
    return tuple(problems.MISSING_HOOK.finding(plugin=plugin, hook=m.hook) for m in unknown_hooks(marked))
