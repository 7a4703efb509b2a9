"""What is known of a plugin, and of what it gave."""

from collections.abc import Mapping
from typing import Any, Generic, TypeVar

from attrs import field, frozen

from kepu_core.domain.enums import LabelledEnum
from kepu_core.domain.errors import KepuError
from kepu_core.domain.findings import Finding
from kepu_core.domain.provenance import Provenance
from kepu_core.language import Text

__all__ = ["Given", "PluginError", "PluginInfo", "PluginState", "Sourced", "told"]

T = TypeVar("T")


class PluginError(KepuError, RuntimeError):
    """A plugin that is wrong, where the caller wanted to know at once (``strict=True``), or that is not there."""


class PluginState(LabelledEnum):
    """What became of a plugin."""

    ACTIVE = "active", "可用", "active"
    DEGRADED = "degraded", "部分可用", "degraded"
    REFUSED = "refused", "拒绝（接口不符）", "refused"
    FAILED = "failed", "出错，已搁置", "failed"
    BLOCKED = "blocked", "已停用", "blocked"

    @property
    def works(self) -> bool:
        """Whether what the plugin gives is used."""
        return self in {PluginState.ACTIVE, PluginState.DEGRADED}


@frozen(kw_only=True)
class PluginInfo:
    """One plugin: where it comes from, what became of it and why, what it gave, how long that took.

    ``origin`` is the module or object that was registered, ``api`` the hook versions it was written for, ``seconds``
    the time that importing and asking it took.
    """

    name: str
    distribution: str
    version: str
    origin: str = ""
    api: str | None = None
    namespace: str | None = None
    state: PluginState = PluginState.ACTIVE
    findings: tuple[Finding, ...] = ()
    gave: Mapping[str, tuple[str, ...]] = field(factory=dict)
    seconds: float = 0.0

    @property
    def label(self) -> str:
        """Name and version, as told in errors."""
        return f"{self.name} {self.version}".strip()

    @property
    def who(self) -> str:
        """Name, version and, where it is called otherwise, the distribution: whom to turn to."""
        return self.label if self.distribution in {"", self.name} else f"{self.label}, {self.distribution}"

    @property
    def release(self) -> str:
        """The distribution and its version: what pip installs or leaves out."""
        return f"{self.distribution} {self.version}".strip()


@frozen
class Given(Generic[T]):
    """Something that a plugin gave, stamped with who gave it and through which hook."""

    value: T
    plugin: PluginInfo
    hook: str

    @property
    def provenance(self) -> Provenance | None:
        """Its official source, if it names one."""
        return getattr(self.value, "provenance", None)


@frozen(kw_only=True)
class Sourced:
    """A metric, method, scheme or table of regions with the source that it follows (``None`` if it names none)."""

    hook: str
    id: str
    label: Text
    plugin: PluginInfo
    provenance: Provenance | None


def told(finding: Finding, given: Given[Any]) -> Finding:
    """A finding about what a plugin gave, with the plugin, its version and the hook in its message."""
    who = Text("（插件 {plugin}，{hook}）", " (plugin {plugin}, {hook})").format(
        plugin=given.plugin.who, hook=given.hook
    )
    message = Text(finding.message.zh + who.zh, finding.message.en + who.en)
    return Finding(
        code=finding.code,
        message=message,
        mend=finding.mend,
        severity=finding.severity,
        record=finding.record,
        field=finding.field,
        place=finding.place,
    )
