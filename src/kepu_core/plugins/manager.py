"""The plugin manager: finds plugins, asks them once, and says what became of each.

One manager is made for each workspace; nothing is global. A plugin that cannot be imported, was written for
another API, misspells a hook, raises, or hands over something wrong is set aside with its cause: it
stays listed, and the rest works. ``strict=True`` raises instead.
"""

import difflib
import os
import time
from collections.abc import Iterable, Iterator, Mapping
from importlib import import_module
from types import MappingProxyType
from typing import Any, Generic, Self, TypeVar

import pluggy
from attrs import evolve, field, frozen

from kepu_core.domain.enums import LabelledEnum
from kepu_core.domain.errors import KepuError
from kepu_core.domain.findings import Finding, Problem
from kepu_core.domain.scheme import Scheme
from kepu_core.language import Text
from kepu_core.plugins import descriptors, hookspecs, problems
from kepu_core.plugins.api import ApiRange
from kepu_core.plugins.hookspecs import HOOK_API, PROJECT

__all__ = ["Given", "PluginError", "PluginInfo", "PluginManager", "PluginState"]

T = TypeVar("T")

_GIVES: Mapping[str, type] = MappingProxyType(
    {
        "kepu_after_commit": descriptors.CommitListener,
        "kepu_after_evaluation": descriptors.EvaluationListener,
        "kepu_check_records": descriptors.RecordCheck,
        "kepu_cli": descriptors.CliCommand,
        "kepu_demo": descriptors.Demo,
        "kepu_exporters": descriptors.Exporter,
        "kepu_importers": descriptors.Importer,
        "kepu_metrics": descriptors.Metric,
        "kepu_record_types": descriptors.RecordType,
        "kepu_regions": descriptors.RegionSource,
        "kepu_schemes": Scheme,
        "kepu_scoring_rules": descriptors.MethodType,
        "kepu_storage_backends": descriptors.StorageBackend,
    }
)
_NAMESPACED = frozenset({"kepu_metrics", "kepu_record_types", "kepu_schemes"})
_LONGEST = 200


class PluginError(KepuError, RuntimeError):
    """A plugin that is wrong, where the caller wanted to know at once (``strict=True``)."""


class PluginState(LabelledEnum):
    """What became of a plugin."""

    ACTIVE = "active", "可用", "active"
    DEGRADED = "degraded", "部分可用", "degraded"
    REFUSED = "refused", "拒绝（接口不符）", "refused"
    FAILED = "failed", "出错，已搁置", "failed"
    BLOCKED = "blocked", "已停用", "blocked"


@frozen(kw_only=True)
class PluginInfo:
    """One plugin: where it comes from, what became of it and why, what it gave, how long that took."""

    name: str
    distribution: str
    version: str
    state: PluginState = PluginState.ACTIVE
    findings: tuple[Finding, ...] = ()
    gave: Mapping[str, tuple[str, ...]] = field(factory=dict)
    seconds: float = 0.0

    @property
    def label(self) -> str:
        """Name and version, as told in errors."""
        return f"{self.name} {self.version}".strip()


@frozen
class Given(Generic[T]):
    """Something that a plugin gave, stamped with who gave it and through which hook."""

    value: T
    plugin: PluginInfo
    hook: str


class PluginManager:
    """Finds and holds plugins. Build it with :meth:`discover`, or empty and :meth:`register` objects.

    ``allow`` restricts to some names (an empty set: none); the built-ins are always there.

    >>> manager = PluginManager.with_builtins()
    >>> manager.plugins[0].name, manager.plugins[0].state.value
    ('builtin', 'active')
    """

    def __init__(self, *, strict: bool = False, allow: Iterable[str] | None = None) -> None:
        self._strict = strict
        self._allow = None if allow is None else frozenset(allow)
        self._pluggy = pluggy.PluginManager(PROJECT)
        self._pluggy.add_hookspecs(hookspecs)
        self._info: dict[str, PluginInfo] = {}
        self._given: dict[str, dict[str, Given[Any]]] | None = None

    @classmethod
    def with_builtins(cls, *, strict: bool = False, allow: Iterable[str] | None = None) -> Self:
        """A manager that holds only what the core itself registers."""
        manager = cls(strict=strict, allow=allow)
        manager.register(import_module("kepu_core.builtin"), "builtin", "kepu-core", _core_version())
        return manager

    @classmethod
    def discover(cls, *, strict: bool = False, allow: Iterable[str] | None = None) -> Self:
        """A manager with the built-ins and every installed plugin.

        ``KEPU_PLUGINS=none`` or ``KEPU_PLUGINS=a,b`` restricts to some, unless ``allow`` does.
        """
        from importlib.metadata import entry_points  # noqa: PLC0415 - the scan is half the cost of starting

        manager = cls.with_builtins(strict=strict, allow=_allowed_by_environment() if allow is None else allow)
        for entry in sorted(entry_points(group=PROJECT), key=lambda e: (e.name, e.value)):
            distribution = entry.dist.name if entry.dist else "?"
            version = entry.dist.version if entry.dist else ""
            if manager._is_blocked(entry.name, distribution, version):  # noqa: SLF001 - our own
                continue
            started = time.perf_counter()
            try:
                plugin = entry.load()
            except BaseException as error:
                if isinstance(error, KeyboardInterrupt):
                    raise
                info = PluginInfo(name=entry.name, distribution=distribution, version=version)
                manager._set_aside(info, problems.IMPORT_FAILED, error, reason=_reason(error))  # noqa: SLF001 - our own
                continue
            manager.register(plugin, entry.name, distribution, version, _started=started)
        return manager

    def register(
        self,
        plugin: object,
        name: str | None = None,
        distribution: str = "",
        version: str = "",
        *,
        _started: float | None = None,
    ) -> PluginInfo:
        """Add a plugin: a module, or an object with hook functions. The answer says what became of it."""
        name = name or getattr(plugin, "__name__", type(plugin).__name__).rpartition(".")[2]
        if name in self._info and self._info[name].state is not PluginState.BLOCKED:
            clash: dict[str, Any] = {
                "hook": "kepu",
                "name": name,
                "ours": distribution or name,
                "theirs": self._info[name].distribution,
            }
            info = PluginInfo(name=f"{name}#{len(self._info)}", distribution=distribution, version=version)
            return self._set_aside(info, problems.DUPLICATE, None, **clash)
        if self._is_blocked(name, distribution, version):
            return self._info[name]
        self._given = None
        info = PluginInfo(name=name, distribution=distribution or name, version=version)
        wanted = getattr(plugin, "kepu_api", None)
        newer_allowed = False
        if wanted is not None:
            api = ApiRange.parse(wanted)
            if api is None:
                return self._set_aside(info, problems.BAD_API, None, wanted=wanted)
            if not api.accepts(HOOK_API):
                details: dict[str, Any] = {"wanted": wanted, "offered": HOOK_API, "version": _core_version()}
                return self._set_aside(info, problems.WRONG_API, None, state=PluginState.REFUSED, **details)
            newer_allowed = api.accepts(HOOK_API + 1)
        started = _started if _started is not None else time.perf_counter()
        try:
            self._pluggy.register(plugin, name=name)
        except Exception as error:  # noqa: BLE001 - whatever is wrong with it, the others work on
            return self._set_aside(info, problems.WRONG_SIGNATURE, error, hook=_hook_of(error), reason=_reason(error))
        info = evolve(info, seconds=time.perf_counter() - started)
        self._info[name] = info
        return self._check_unknown_hooks(info, plugin, newer_allowed=newer_allowed)

    def block(self, name: str) -> None:
        """Leave a plugin out, whether it is registered already or comes later."""
        if self._pluggy.has_plugin(name):
            self._pluggy.unregister(name=name)
        self._given = None
        known = self._info.get(name) or PluginInfo(name=name, distribution="", version="")
        blocked = problems.BLOCKED.finding(plugin=name)
        self._info[name] = evolve(known, state=PluginState.BLOCKED, findings=(blocked,), gave={})

    @property
    def plugins(self) -> tuple[PluginInfo, ...]:
        """Every plugin with its state, what it gave and why it was set aside, the built-ins first."""
        self._collect()
        return tuple(sorted(self._info.values(), key=lambda p: (p.name != "builtin", p.name)))

    @property
    def findings(self) -> tuple[Finding, ...]:
        """Everything that is wrong with any plugin."""
        return tuple(f for p in self.plugins for f in p.findings)

    def info(self, name: str) -> PluginInfo:
        """What is known of a plugin. Raises :class:`PluginError` if there is none of that name."""
        self._collect()
        if name not in self._info:
            raise PluginError(problems.UNKNOWN_PLUGIN.finding(plugin=name, known=tuple(sorted(self._info))))
        return self._info[name]

    def given(self, hook: str) -> Mapping[str, Given[Any]]:
        """What all plugins gave through a hook, by name, in the order of the names."""
        return self._collect()[hook]

    def values(self, hook: str) -> dict[str, Any]:
        """The same, without the stamps."""
        return {name: given.value for name, given in self.given(hook).items()}

    def _collect(self) -> dict[str, dict[str, Given[Any]]]:
        if self._given is None:
            self._given = self._ask_all()
        return self._given

    def _ask_all(self) -> dict[str, dict[str, Given[Any]]]:
        """Ask every plugin everything; one that answers wrongly anywhere gives nothing at all."""
        answers: dict[str, dict[str, dict[str, Any]]] = {}
        # The built-ins first, then by name: on a duplicate the later plugin is set aside, not the earlier.
        for name in sorted(n for n in self._info if self._pluggy.has_plugin(n)):
            answers[name] = {}
        ordered = sorted(answers, key=lambda n: (n != "builtin", n))
        taken: dict[tuple[str, str], str] = {}
        for name in ordered:
            try:
                gave = self._ask(name)
                for hook, items in gave.items():
                    for ident in items:
                        self._refuse_duplicate(hook, ident, name, taken.get((hook, ident)))
            except _SetAsideError as aside:
                self._pluggy.unregister(name=name)
                self._set_aside(self._info[name], aside.problem, aside.cause, **aside.values)
                continue
            taken.update({(hook, ident): name for hook, items in gave.items() for ident in items})
            answers[name] = gave
            self._info[name] = evolve(self._info[name], gave={h: tuple(i) for h, i in gave.items() if i})
        return {
            hook: {
                ident: Given(value, self._info[name], hook)
                for ident, name, value in sorted(
                    (ident, name, value) for name in ordered for ident, value in answers[name].get(hook, {}).items()
                )
            }
            for hook in _GIVES
        }

    def _ask(self, name: str) -> dict[str, dict[str, Any]]:
        plugin = self._pluggy.get_plugin(name)
        gave: dict[str, dict[str, Any]] = {}
        for hook in _GIVES:
            caller: pluggy.HookCaller = getattr(self._pluggy.hook, hook)
            for implementation in caller.get_hookimpls():
                if implementation.plugin is not plugin:
                    continue
                started = time.perf_counter()
                try:
                    result = implementation.function()
                    items = list(result) if isinstance(result, Iterable) else result
                except Exception as error:
                    raise _SetAsideError(problems.HOOK_RAISED, error, hook=hook, reason=_reason(error)) from error
                finally:
                    spent = time.perf_counter() - started
                    self._info[name] = evolve(self._info[name], seconds=self._info[name].seconds + spent)
                gave[hook] = dict(
                    self._validated(self._info[name], hook, items, getattr(plugin, "kepu_namespace", None))
                )
        return gave

    def _validated(
        self, info: PluginInfo, hook: str, items: object, namespace: str | None
    ) -> Iterator[tuple[str, Any]]:
        expected = _GIVES[hook]
        if not isinstance(items, list):
            raise _SetAsideError(problems.WRONG_RESULT, hook=hook, expected=expected.__name__, found=_shown(items))
        seen: set[str] = set()
        for item in items:
            if not isinstance(item, expected):
                raise _SetAsideError(problems.WRONG_RESULT, hook=hook, expected=expected.__name__, found=_shown(item))
            ident = _ident(item)
            if ident in seen:
                raise _SetAsideError(problems.DUPLICATE, hook=hook, name=ident, ours=info.label, theirs=info.label)
            if hook in _NAMESPACED and not (namespace and ident.startswith(f"{namespace}.")):
                raise _SetAsideError(problems.FOREIGN_NAMESPACE, hook=hook, name=ident, namespace=namespace or "?")
            seen.add(ident)
            yield ident, item

    def _refuse_duplicate(self, hook: str, ident: str, ours: str, theirs: str | None) -> None:
        if theirs is not None:
            us, them = self._info[ours], self._info[theirs]
            both: dict[str, Any] = {
                "ours": f"{us.label} ({us.distribution})",
                "theirs": f"{them.label} ({them.distribution})",
            }
            raise _SetAsideError(problems.DUPLICATE, hook=hook, name=ident, **both)

    def _check_unknown_hooks(self, info: PluginInfo, plugin: object, *, newer_allowed: bool) -> PluginInfo:
        unknown = [n for n in _marked_hooks(self._pluggy, plugin) if n not in _GIVES]
        if not unknown:
            return info
        if newer_allowed:
            missing = tuple(problems.MISSING_HOOK.finding(plugin=info.label, hook=n) for n in unknown)
            self._info[info.name] = evolve(info, state=PluginState.DEGRADED, findings=missing)
            return self._info[info.name]
        self._pluggy.unregister(name=info.name)
        near = difflib.get_close_matches(unknown[0], _GIVES, n=1)
        hint = (
            Text(f"是否为 {near[0]}？", f"did you mean {near[0]}?")
            if near
            else Text("钩子有：{hooks}", "the hooks are: {hooks}").format(hooks=tuple(_GIVES))
        )
        return self._set_aside(info, problems.UNKNOWN_HOOK, None, hook=unknown[0], hint=hint)

    def _is_blocked(self, name: str, distribution: str, version: str) -> bool:
        known = self._info.get(name)
        if known is not None and known.state is PluginState.BLOCKED:
            return True
        if self._allow is None or name == "builtin" or name in self._allow:
            return False
        finding = problems.BLOCKED.finding(plugin=name)
        self._info[name] = PluginInfo(
            name=name, distribution=distribution, version=version, state=PluginState.BLOCKED, findings=(finding,)
        )
        return True

    def _set_aside(
        self,
        info: PluginInfo,
        problem: Problem,
        cause: BaseException | None,
        *,
        state: PluginState = PluginState.FAILED,
        **values: Any,
    ) -> PluginInfo:
        details: dict[str, Any] = {
            "plugin": info.label,
            "distribution": f"{info.distribution} {info.version}".strip(),
            **values,
        }
        finding = problem.finding(record=f"plugin/{info.name}", **details)
        if self._strict:
            raise PluginError(finding) from cause
        self._info[info.name] = evolve(info, state=state, findings=(*info.findings, finding), gave={})
        return self._info[info.name]


class _SetAsideError(Exception):
    """Why a plugin is set aside while it is being asked."""

    def __init__(self, problem: Problem, cause: BaseException | None = None, **values: Any) -> None:
        super().__init__(problem.code)
        self.problem = problem
        self.cause = cause
        self.values = values


def _ident(item: Any) -> str:
    for attribute in ("kind", "name") if isinstance(item, descriptors.MethodType) else ("id", "name"):
        ident = getattr(item, attribute, None)
        if isinstance(ident, str):
            return ident
    return repr(item)


def _marked_hooks(manager: pluggy.PluginManager, plugin: object) -> list[str]:
    return [name for name in dir(plugin) if manager.parse_hookimpl_opts(plugin, name) is not None]


def _hook_of(error: Exception) -> str:
    words = [w.strip("'\"(),:") for w in str(error).split()]
    return next((w for w in words if w in _GIVES), "kepu_…")


def _reason(error: BaseException) -> str:
    text = " ".join(str(error).split())
    return f"{type(error).__name__}: {text}"[:_LONGEST]


def _shown(value: object) -> str:
    return f"{type(value).__name__} {value!r}"[:80]


def _allowed_by_environment() -> frozenset[str] | None:
    wanted = os.environ.get("KEPU_PLUGINS")
    if wanted is None or not wanted.strip():
        return None
    names = frozenset(n.strip() for n in wanted.split(",") if n.strip())
    return frozenset() if names == {"none"} else names


def _core_version() -> str:
    from kepu_core import __version__  # noqa: PLC0415 - the face of the package imports this room

    return __version__
