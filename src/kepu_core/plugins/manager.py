"""The plugin manager: finds plugins, asks them once, and says what became of each.

One manager is made for each workspace; nothing is global, and one may be shared between threads. A plugin that cannot
be imported, was written for another API, misspells a hook, raises, or hands over something wrong is set aside with
its cause: it stays listed, and the rest works. ``strict=True`` raises instead.
"""

import re
import threading
import time
from collections.abc import Iterable, Iterator, Mapping
from importlib import import_module
from typing import Any, Self, TypeVar

import pluggy
from attrs import evolve

from kepu_core.domain.findings import Finding, Problem
from kepu_core.language import Text
from kepu_core.plugins import inspecting, problems
from kepu_core.plugins.api import ApiRange
from kepu_core.plugins.calling import CAUGHT, reason_of
from kepu_core.plugins.descriptors import CliCommand
from kepu_core.plugins.discovery import (
    BUILTIN,
    Selection,
    Source,
    core_version,
    installed,
)
from kepu_core.plugins.hook_type import PROJECT, Hook
from kepu_core.plugins.hookspecs import HOOK_API, HOOKS, hook
from kepu_core.plugins.info import Given, PluginError, PluginInfo, PluginState, Sourced
from kepu_core.plugins.inspecting import Fault
from kepu_core.plugins.storage import StorageBackend
from kepu_core.plugins.validation import descriptor_faults, ident_of, shown

__all__ = ["PluginManager"]

T = TypeVar("T")

RESERVED_COMMANDS = frozenset(
    {
        "check", "compare", "demo", "evaluate", "explain", "export", "find", "import", "init", "migrate", "plugin",
        "plugins", "put",
    }
)  # fmt: skip
"""The core's own commands: no plugin may take their names."""

_RESERVED_NAMESPACES = frozenset({"kepu"})
_ENTRY = re.compile(r"[\w.]+\s*(:\s*[\w.]+)?\s*(\[.*\])?\s*")
_SOURCED = (hook.kepu_metrics, hook.kepu_regions, hook.kepu_schemes, hook.kepu_scoring_rules)


class PluginManager:
    """Finds and holds plugins. Build it with :meth:`discover`, or with :meth:`with_builtins` and :meth:`register`.

    ``block`` leaves plugins out, each named by itself or by its distribution. The built-ins are always there, and so is
    what is registered by hand, unless it is blocked.

    >>> manager = PluginManager.with_builtins()
    >>> manager.plugins[0].name, manager.plugins[0].state.value
    ('builtin', 'active')
    """

    def __init__(self, *, strict: bool = False, block: Iterable[str] | None = None) -> None:
        self._strict = strict
        self._selection = Selection.of(block=block)
        self._lock = threading.RLock()
        self._pluggy = pluggy.PluginManager(PROJECT)
        self._pluggy.add_hookspecs(type("Specifications", (), {n: h.specification for n, h in HOOKS.items()}))
        self._info: dict[str, PluginInfo] = {}
        self._waiting: tuple[Source, ...] | None = None
        self._remarks: tuple[Finding, ...] = ()
        self._given: dict[str, dict[str, Given[Any]]] | None = None

    @classmethod
    def with_builtins(cls, *, strict: bool = False, block: Iterable[str] | None = None) -> Self:
        """A manager that holds only what the core itself registers."""
        manager = cls(strict=strict, block=block)
        manager.register(import_module("kepu_core.builtin"), BUILTIN, "kepu-core", core_version())
        return manager

    @classmethod
    def discover(
        cls, *, strict: bool = False, allow: Iterable[str] | None = None, block: Iterable[str] | None = None
    ) -> Self:
        """A manager with the built-ins and every installed plugin.

        Installed plugins are looked for and imported once, when something is first asked of the manager (at once if
        ``strict``). ``allow`` restricts them to some (an empty list: none), ``block`` leaves some out; where these are
        not given, ``KEPU_PLUGINS=a,b`` (or ``none``) and ``KEPU_BLOCK_PLUGINS=a,b`` do.
        """
        manager = cls.with_builtins(strict=strict)
        manager._selection = Selection.from_environment(allow, block)  # noqa: SLF001 - our own
        manager._waiting = ()  # noqa: SLF001 - our own
        if strict:
            manager._collect()  # noqa: SLF001 - our own
        return manager

    def register(
        self, plugin: object, name: str | None = None, distribution: str = "", version: str = ""
    ) -> PluginInfo:
        """Add a plugin: a module, or an object with hook functions. The answer says what became of it."""
        name = name or getattr(plugin, "__name__", type(plugin).__name__).rpartition(".")[2]
        source = Source(
            name=name, distribution=distribution or name, version=version, load=lambda: plugin, asked_for=True
        )
        with self._lock:
            return self._add(source)

    def block(self, name: str) -> None:
        """Leave a plugin out, whether it is registered already or comes later."""
        with self._lock:
            self._selection = evolve(self._selection, block=self._selection.block | {name})
            for info in [i for i in self._info.values() if name in {i.name, i.distribution} and i.name != BUILTIN]:
                if self._pluggy.has_plugin(info.name):
                    self._pluggy.unregister(name=info.name)
                self._set_blocked(info)
            self._given = None

    @property
    def plugins(self) -> tuple[PluginInfo, ...]:
        """Every plugin with its state, what it gave and why it was set aside, the built-ins first."""
        with self._lock:
            self._collect()
            return tuple(sorted(self._info.values(), key=lambda p: (p.name != BUILTIN, p.name)))

    @property
    def findings(self) -> tuple[Finding, ...]:
        """Everything that is wrong with any plugin or between them, and with what was said of plugins."""
        plugins = self.plugins
        return (*self._remarks, *(f for p in plugins for f in p.findings), *self._shared_suffixes())

    def _shared_suffixes(self) -> Iterator[Finding]:
        """Endings for which several plugins read or write: the first by name is taken, which nobody may expect."""
        offers: dict[tuple[str, str, str], list[Given[Any]]] = {}
        readers_and_writers: tuple[Hook[Any], ...] = (hook.kepu_importers, hook.kepu_exporters)
        for one in readers_and_writers:
            for given in self.given(one).values():
                for suffix in given.value.suffixes:
                    for kind in getattr(given.value, "accepts", ("",)):
                        offers.setdefault((one.name, kind, suffix), []).append(given)
        for (name, _, suffix), several in offers.items():
            if len({g.plugin.name for g in several}) > 1:
                what = (
                    Text("导出方式", "exporters") if name == hook.kepu_exporters.name else Text("导入方式", "importers")
                )
                names = tuple(f"{g.value.name} ({g.plugin.who})" for g in several)
                yield problems.SHARED_SUFFIX.finding(suffix=suffix, what=what, names=names, first=several[0].value.name)

    def info(self, name: str) -> PluginInfo:
        """What is known of a plugin, by its name or distribution. Raises :class:`PluginError` if there is none."""
        plugins = self.plugins
        for info in plugins:
            if name in {info.name, info.distribution}:
                return info
        raise PluginError(problems.UNKNOWN_PLUGIN.finding(plugin=name, known=tuple(p.name for p in plugins)))

    def given(self, hook: Hook[T]) -> Mapping[str, Given[T]]:
        """What all plugins gave through a hook, by name, in the order of the names."""
        return self._collect()[hook.name]

    def values(self, hook: Hook[T]) -> dict[str, T]:
        """The same, without the stamps."""
        return {name: given.value for name, given in self.given(hook).items()}

    def sources(self) -> tuple[Sourced, ...]:
        """Every metric, scoring method, scheme and table of regions, with the official source that it follows."""
        return tuple(
            Sourced(hook=h.name, id=ident, label=_label(g.value), plugin=g.plugin, provenance=g.provenance)
            for h in _SOURCED
            for ident, g in self._collect()[h.name].items()
        )

    # Loading

    def _collect(self) -> dict[str, dict[str, Given[Any]]]:
        with self._lock:
            if self._waiting is not None:
                self._waiting = None
                sources, unreadable = installed()
                self._remarks = (*self._selection.unknown(sources), *unreadable)
                for source in sources:
                    self._add(source)
            if self._given is None:
                self._given = self._ask_all()
            return self._given

    def _add(self, source: Source) -> PluginInfo:
        """Load a plugin, look at it, and register it; or set it aside."""
        info = PluginInfo(
            name=source.name, distribution=source.distribution, version=source.version, origin=source.origin
        )
        known = self._info.get(source.name)
        if known is not None and known.state is not PluginState.BLOCKED:
            values: dict[str, Any] = {"name": source.name, "ours": info.release, "theirs": known.release}
            return self._set_aside(evolve(info, name=f"{source.name}#{len(self._info)}"), problems.NAME_TAKEN, **values)
        if not self._selection.admits(source.name, source.distribution, asked_for=source.asked_for):
            return self._set_blocked(info)
        self._given = None
        started = time.perf_counter()
        if source.origin and not _ENTRY.fullmatch(source.origin):
            return self._set_aside(info, problems.BAD_ENTRY, origin=source.origin)
        try:
            plugin = source.load()
        except BaseException as error:  # importing runs any code: only a person's interrupt goes through
            if isinstance(error, KeyboardInterrupt):
                raise
            return self._set_aside(info, problems.IMPORT_FAILED, error, reason=reason_of(error, source.origin))
        try:
            info = evolve(
                info,
                origin=source.origin or inspecting.origin_of(plugin),
                api=_told(plugin, "kepu_api"),
                namespace=_told(plugin, "kepu_namespace"),
            )
            info = self._registered(info, plugin)
        except CAUGHT as error:
            if isinstance(error, PluginError):
                raise
            return self._set_aside(info, problems.NOT_EXAMINED, error, reason=reason_of(error, info.origin))
        self._info[info.name] = evolve(info, seconds=time.perf_counter() - started)
        return self._info[info.name]

    def _registered(self, info: PluginInfo, plugin: object) -> PluginInfo:
        wanted = getattr(plugin, "kepu_api", None)
        if wanted is not None:
            api = ApiRange.parse(wanted)
            if api is None:
                return self._set_aside(info, problems.BAD_API, wanted=wanted)
            if not api.accepts(HOOK_API):
                details: dict[str, Any] = {"wanted": wanted, "offered": HOOK_API, "core": core_version()}
                details["distribution"] = info.distribution
                return self._set_aside(info, problems.WRONG_API, state=PluginState.REFUSED, **details)
        marked = inspecting.marked_hooks(self._pluggy, plugin)
        fault = inspecting.fault_of(plugin, marked)
        if fault is None and info.namespace in _RESERVED_NAMESPACES and info.name != BUILTIN:
            fault = Fault(problems.BAD_NAMESPACE, {"found": shown(info.namespace)})
        if fault is not None:
            return self._set_aside(info, fault.problem, fault.cause, **fault.values)
        twin = self._pluggy.get_name(plugin)
        if twin is not None:
            theirs = self._info[twin]
            both: dict[str, Any] = {"ours": f"{info.name} ({info.release})", "theirs": f"{twin} ({theirs.release})"}
            return self._set_aside(info, problems.SAME_OBJECT, origin=info.origin, **both)
        self._pluggy.register(plugin, name=info.name)
        missing = inspecting.degraded(info.label, marked)
        return evolve(info, state=PluginState.DEGRADED, findings=missing) if missing else info

    # Asking

    def _ask_all(self) -> dict[str, dict[str, Given[Any]]]:
        """Ask every plugin everything; one that answers wrongly anywhere gives nothing at all."""
        # The built-ins first, then by name: on a duplicate the later plugin is set aside, not the earlier.
        ordered = sorted((n for n in self._info if self._pluggy.has_plugin(n)), key=lambda n: (n != BUILTIN, n))
        taken: dict[tuple[str, str], str] = {}
        found: dict[str, dict[str, tuple[str, Any]]] = {name: {} for name in HOOKS}
        for name in ordered:
            started = time.perf_counter()
            try:
                gave = self._ask(self._info[name])
                claims = self._claimed(name, gave, taken)
            except _SetAsideError as aside:
                self._pluggy.unregister(name=name)
                self._set_aside(self._info[name], aside.fault.problem, aside.fault.cause, **aside.fault.values)
                continue
            finally:
                spent = self._info[name].seconds + time.perf_counter() - started
                self._info[name] = evolve(self._info[name], seconds=spent)
            taken |= claims
            self._info[name] = evolve(self._info[name], gave={h: tuple(i) for h, i in gave.items() if i})
            for hook_name, items in gave.items():
                found[hook_name] |= {ident: (name, value) for ident, value in items.items()}
        return {
            hook_name: {i: Given(v, self._info[name], hook_name) for i, (name, v) in sorted(items.items())}
            for hook_name, items in found.items()
        }

    def _ask(self, info: PluginInfo) -> dict[str, dict[str, Any]]:
        plugin = self._pluggy.get_plugin(info.name)
        gave: dict[str, dict[str, Any]] = {}
        for name, one in HOOKS.items():
            caller: pluggy.HookCaller = getattr(self._pluggy.hook, name)
            for implementation in caller.get_hookimpls():
                if implementation.plugin is plugin:
                    gave.setdefault(name, {}).update(
                        self._answer(info, one, implementation.function, gave.get(name, {}))
                    )
        return gave

    def _answer(self, info: PluginInfo, one: Hook[Any], function: Any, seen: Mapping[str, Any]) -> dict[str, Any]:
        try:
            result = function()
            items = list(result) if isinstance(result, Iterable) and not isinstance(result, (str, bytes)) else result
        except CAUGHT as error:
            raise _raised(info, one, error) from error
        expected = one.gives.__name__
        if not isinstance(items, list):
            raise _SetAsideError(problems.WRONG_RESULT, hook=one.name, expected=expected, found=shown(items))
        answer: dict[str, Any] = {}
        for number, item in enumerate(items, 1):
            if not isinstance(item, one.gives):
                told: dict[str, Any] = {"hook": one.name, "expected": expected, "found": shown(item)}
                raise _SetAsideError(problems.WRONG_ITEM, number=number, **told)
            try:
                ident = ident_of(item)
                fault = _wrong(info, one, ident, item)
            except CAUGHT as error:  # looking at a descriptor runs its properties
                raise _raised(info, one, error) from error
            if ident in answer or ident in seen:
                raise _SetAsideError(problems.GIVEN_TWICE, hook=one.name, name=ident)
            if fault is not None:
                raise _SetAsideError(fault.problem, **fault.values)
            answer[ident] = item
        return answer

    def _claimed(
        self, ours: str, gave: Mapping[str, Mapping[str, Any]], taken: Mapping[tuple[str, str], str]
    ) -> dict[tuple[str, str], str]:
        """The names that a plugin takes for itself; refused if it, or another, has taken one already."""
        claims: dict[tuple[str, str], str] = {}
        for key in _claims(gave):
            if key in claims:
                raise _SetAsideError(problems.GIVEN_TWICE, hook=key[0], name=key[1])
            if key in taken:
                us, them = self._info[ours], self._info[taken[key]]
                both: dict[str, Any] = {
                    "ours": f"{us.label} ({us.distribution})",
                    "theirs": f"{them.label} ({them.distribution})",
                }
                raise _SetAsideError(problems.DUPLICATE, hook=key[0], name=key[1], **both)
            claims[key] = ours
        return claims

    # Setting aside

    def _set_blocked(self, info: PluginInfo) -> PluginInfo:
        blocked = problems.BLOCKED.finding(plugin=info.name)
        self._info[info.name] = evolve(info, state=PluginState.BLOCKED, findings=(blocked,), gave={})
        return self._info[info.name]

    def _set_aside(
        self,
        info: PluginInfo,
        problem: Problem,
        cause: BaseException | None = None,
        *,
        state: PluginState = PluginState.FAILED,
        **values: Any,
    ) -> PluginInfo:
        details: dict[str, Any] = {"plugin": info.label, "distribution": info.release, **values}
        finding = problem.finding(record=f"plugin/{info.name}", **details)
        if self._strict:
            raise PluginError(finding) from cause
        self._info[info.name] = evolve(info, state=state, findings=(*info.findings, finding), gave={})
        return self._info[info.name]


class _SetAsideError(Exception):
    """Why a plugin is set aside while it is being asked."""

    def __init__(self, problem: Problem, cause: BaseException | None = None, **values: Any) -> None:
        super().__init__(problem.code)
        self.fault = Fault(problem, values, cause)


def _raised(info: PluginInfo, one: Hook[Any], error: BaseException) -> _SetAsideError:
    return _SetAsideError(problems.HOOK_RAISED, error, hook=one.name, reason=reason_of(error, info.origin))


def _claims(gave: Mapping[str, Mapping[str, Any]]) -> Iterator[tuple[str, str]]:
    """The names that a plugin takes for itself: what it gives by name, and the addresses that its stores answer."""
    for hook_name, items in gave.items():
        yield from ((hook_name, ident) for ident in items)
        for item in items.values():
            if isinstance(item, StorageBackend):
                yield from ((hook_name, f"{scheme}:") for scheme in item.schemes)
                yield from ((hook_name, f"*{suffix}") for suffix in item.suffixes)


def _wrong(info: PluginInfo, one: Hook[Any], ident: str, item: object) -> Fault | None:
    """What is wrong with a descriptor and its name, if anything is."""
    faults = list(descriptor_faults(item))
    if faults:
        lines = tuple(Text("{f} {t}", "{f} {t}").format(f=name, t=text) for name, text in faults)
        fields = tuple(name for name, _ in faults)
        return Fault(problems.WRONG_DESCRIPTOR, {"hook": one.name, "name": ident, "faults": lines, "fields": fields})
    prefix, dot, _ = ident.partition(".")
    if (one.namespaced or dot) and not (dot and prefix == info.namespace):
        told = {"hook": one.name, "name": ident}
        if info.namespace is None:
            wanted = prefix if dot else info.name.replace("-", "_")
            return Fault(problems.NO_NAMESPACE, {**told, "wanted": wanted})
        return Fault(problems.FOREIGN_NAMESPACE, {**told, "namespace": info.namespace})
    if isinstance(item, CliCommand) and ident in RESERVED_COMMANDS:
        return Fault(
            problems.RESERVED_COMMAND, {"hook": one.name, "name": ident, "known": tuple(sorted(RESERVED_COMMANDS))}
        )
    return None


def _label(item: Any) -> Text:
    label = getattr(item, "label", None) or getattr(item, "title", None)
    if isinstance(label, Text):
        return label
    return Text(str(label), str(getattr(item, "title_en", None) or label))


def _told(plugin: object, name: str) -> str | None:
    value = getattr(plugin, name, None)
    return value if isinstance(value, str) else None
