"""Importing: choosing the importer and reading a file under its guard."""

from pathlib import Path

from kepu_core.codec.codec import Codec
from kepu_core.domain.errors import InvalidData, KepuError, NotFound
from kepu_core.domain.findings import Place
from kepu_core.plugins.descriptors import ImportContext, Importer, ImportResult
from kepu_core.plugins.manager import Given, PluginManager
from kepu_core.workspace import problems

__all__ = ["read_file"]


def read_file(
    manager: PluginManager,
    codec: Codec,
    path: Path,
    *,
    kind: str | None,
    encoding: str | None,
    importer: str | None,
) -> tuple[str, ImportResult]:
    """Read a file with the importer named, or the one for its suffix.

    Raises :class:`NotFound` for a missing file or importer. Everything wrong *in* the file is a finding.
    """
    given = _choose(manager, path, importer)
    context = ImportContext(codec=codec, path=path, kind=kind, encoding=encoding)
    try:
        size = path.stat().st_size
        if size > context.largest:
            finding = problems.TOO_LARGE.finding(path=path.name, size=size, largest=context.largest)
            return given.value.name, ImportResult(records=(), findings=[finding])
        data = path.read_bytes()
    except OSError as error:
        raise NotFound(problems.NO_FILE.finding(path=path, reason=error.strerror or error)) from error
    try:
        return given.value.name, given.value.read(data, context)
    except KepuError as error:
        return given.value.name, ImportResult(records=(), findings=error.findings)
    except Exception as error:
        reason = f"{type(error).__name__}: {error}"
        finding = problems.IMPORTER_FAILED.finding(
            place=Place(file=path.name), importer=given.value.name, plugin=given.plugin.label, reason=reason
        )
        raise InvalidData(finding) from error


def _choose(manager: PluginManager, path: Path, name: str | None) -> Given[Importer]:
    offers = manager.given("kepu_importers")
    for given in offers.values():
        if name == given.value.name or (name is None and path.suffix.lower() in given.value.suffixes):
            return given
    known = tuple(f"{g.value.name} ({', '.join(g.value.suffixes)})" for g in offers.values())
    raise NotFound(problems.NO_IMPORTER.finding(path=name or path.name, known=known))
