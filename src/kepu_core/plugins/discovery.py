"""Where plugins come from, and which of them are wanted."""

import os
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from attrs import field, frozen

from kepu_core.domain.errors import CAUGHT
from kepu_core.domain.findings import Finding
from kepu_core.plugins import problems
from kepu_core.plugins.hook_type import PROJECT

__all__ = ["BUILTIN", "Selection", "Source", "core_version", "installed"]

BUILTIN = "builtin"
ALLOW, BLOCK = "KEPU_PLUGINS", "KEPU_BLOCK_PLUGINS"


@frozen(kw_only=True)
class Source:
    """A plugin that can be loaded: its name, the distribution that brings it, and how."""

    name: str
    distribution: str
    version: str
    load: Callable[[], Any]
    origin: str = ""
    asked_for: bool = False
    """Whether the caller registered it, rather than somebody having installed it."""


def installed() -> tuple[tuple[Source, ...], tuple[Finding, ...]]:
    """Every installed plugin, by name, and the distributions whose metadata cannot be read.

    Only metadata is read; nothing is imported.
    """
    from importlib import metadata  # noqa: PLC0415 - the scan is half the cost of starting

    faults: list[Finding] = []
    try:
        entries = list(metadata.entry_points(group=PROJECT))
    except CAUGHT:  # one distribution spoils the scan of all: look at each by itself
        entries = []
        for distribution in metadata.distributions():
            try:
                entries += [e for e in distribution.entry_points if e.group == PROJECT]
            except CAUGHT as error:
                name = _told(distribution, "name") or "?"
                faults.append(
                    problems.BAD_METADATA.finding(distribution=name, reason=f"{type(error).__name__}: {error}")
                )
    found = [
        Source(
            name=entry.name,
            distribution=_told(entry.dist, "name") or "?",
            version=_told(entry.dist, "version"),
            load=entry.load,
            origin=entry.value,
        )
        for entry in entries
    ]
    return tuple(sorted(found, key=lambda s: (s.name, s.origin, s.distribution))), tuple(faults)


def _told(distribution: object, name: str) -> str:
    """The name or version of a distribution, nothing if its metadata lacks it."""
    try:
        value = getattr(distribution, name, None)
    except CAUGHT:
        return ""
    return value if isinstance(value, str) else ""


@frozen(kw_only=True)
class Selection:
    """Which plugins may be used: ``allow`` names them (``None``: all), ``block`` those left out in any case.

    A plugin is named by itself or by its distribution. The built-ins are always there.

    >>> some = Selection.of(allow=["sz", "kepu-web"], block=["kepu-web"])
    >>> some.admits("sz", "kepu-shenzhen"), some.admits("web", "kepu-web"), some.admits("gd", "kepu-guangdong")
    (True, False, False)
    """

    allow: frozenset[str] | None = None
    block: frozenset[str] = frozenset()
    said_by: Mapping[str, str] = field(factory=dict)

    @classmethod
    def of(cls, allow: Iterable[str] | None = None, block: Iterable[str] | None = None) -> "Selection":
        """What a caller says."""
        names = None if allow is None else frozenset(allow)
        return cls(allow=names, block=frozenset(block or ()), said_by={"allow": "allow", "block": "block"})

    @classmethod
    def from_environment(cls, allow: Iterable[str] | None = None, block: Iterable[str] | None = None) -> "Selection":
        """What a caller says, and where it says nothing, ``KEPU_PLUGINS`` and ``KEPU_BLOCK_PLUGINS``."""
        wanted, unwanted = _named(ALLOW), _named(BLOCK)
        if wanted == frozenset({"none"}):
            wanted = frozenset()
        return cls(
            allow=wanted if allow is None else frozenset(allow),
            block=(unwanted or frozenset()) if block is None else frozenset(block),
            said_by={"allow": ALLOW if allow is None else "allow", "block": BLOCK if block is None else "block"},
        )

    def admits(self, name: str, distribution: str, *, asked_for: bool = False) -> bool:
        """Whether a plugin may be used; one that the caller ``asked_for`` needs no leave, but can be blocked."""
        if name == BUILTIN:
            return True
        named = {name, distribution}
        return not (named & self.block) and (asked_for or self.allow is None or bool(named & self.allow))

    def unknown(self, sources: Iterable[Source]) -> tuple[Finding, ...]:
        """Names that no installed plugin has: most likely misspelt."""
        names = {n for s in sources for n in (s.name, s.distribution)}
        known = tuple(sorted({s.name for s in sources})) or ("—",)
        wanted = (
            (self.said_by.get("allow", "allow"), self.allow or ()),
            (self.said_by.get("block", "block"), self.block),
        )
        return tuple(
            problems.NOT_INSTALLED.finding(variable=variable, plugin=name, known=known)
            for variable, listed in wanted
            for name in sorted(listed)
            if name not in names
        )


def _named(variable: str) -> frozenset[str] | None:
    text = os.environ.get(variable, "")
    return frozenset(n.strip() for n in text.split(",") if n.strip()) if text.strip() else None


def core_version() -> str:
    """The version of this library."""
    from kepu_core import __version__  # noqa: PLC0415 - the face of the package imports this room

    return __version__
