"""Hook specifications, the plugin manager, and the descriptors that plugins hand over."""

from kepu_core.plugins.calling import CAUGHT, blame, reason_of
from kepu_core.plugins.descriptors import (
    CheckContext,
    CliCommand,
    CommitListener,
    Demo,
    EvaluationListener,
    ExportContext,
    Exporter,
    ImportContext,
    Importer,
    ImportResult,
    Metric,
    RecordCheck,
    RecordType,
    RegionSource,
    RuleType,
)
from kepu_core.plugins.hook_type import Hook
from kepu_core.plugins.hookspecs import HOOK_API, HOOKS, hook
from kepu_core.plugins.info import Given, PluginError, PluginInfo, PluginState, Sourced
from kepu_core.plugins.manager import PluginManager
from kepu_core.plugins.storage import (
    Commit,
    Prefix,
    RevisionConflict,
    StorageBackend,
    Store,
    StoredRecord,
    StoreRefused,
    Write,
)

__all__ = [
    "CAUGHT",
    "HOOKS",
    "HOOK_API",
    "CheckContext",
    "CliCommand",
    "Commit",
    "CommitListener",
    "Demo",
    "EvaluationListener",
    "ExportContext",
    "Exporter",
    "Given",
    "Hook",
    "ImportContext",
    "ImportResult",
    "Importer",
    "Metric",
    "PluginError",
    "PluginInfo",
    "PluginManager",
    "PluginState",
    "Prefix",
    "RecordCheck",
    "RecordType",
    "RegionSource",
    "RevisionConflict",
    "RuleType",
    "Sourced",
    "StorageBackend",
    "Store",
    "StoreRefused",
    "StoredRecord",
    "Write",
    "blame",
    "hook",
    "reason_of",
]
