"""What the core itself registers, through the very same hooks as a city plugin."""

from collections.abc import Iterable

from kepu_core.builtin import checks, exporters, folder, importers, memory, rules
from kepu_core.plugins.descriptors import Exporter, Importer, MethodType, RecordCheck
from kepu_core.plugins.hookspecs import hook
from kepu_core.plugins.storage import StorageBackend

kepu_api = ">=1,<2"
kepu_namespace = "kepu"


@hook
def kepu_scoring_rules() -> Iterable[MethodType]:
    """The standard rules, aggregations and weightings."""
    return rules.METHODS


@hook
def kepu_storage_backends() -> Iterable[StorageBackend]:
    """The memory store, and the folder of JSON lines."""
    return [memory.BACKEND, folder.BACKEND]


@hook
def kepu_importers() -> Iterable[Importer]:
    """JSON documents and CSV tables."""
    return importers.IMPORTERS


@hook
def kepu_exporters() -> Iterable[Exporter]:
    """JSON, CSV and Markdown."""
    return exporters.EXPORTERS


@hook
def kepu_check_records() -> Iterable[RecordCheck]:
    """What must hold between records."""
    return checks.CHECKS
