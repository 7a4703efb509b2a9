"""Importing: choosing the importer and reading a file under its guard."""

from collections.abc import Sequence
from pathlib import Path

from kepu_core.codec.codec import Codec
from kepu_core.domain.errors import InvalidData, KepuError, NotFound
from kepu_core.domain.findings import Finding, Place
from kepu_core.language import Text
from kepu_core.plugins.calling import CAUGHT, blame
from kepu_core.plugins.descriptors import ImportContext, Importer, ImportResult
from kepu_core.plugins.hookspecs import hook
from kepu_core.plugins.info import Given
from kepu_core.plugins.manager import PluginManager
from kepu_core.plugins.validation import shown
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
        result: object = given.value.read(data, context)
    except KepuError as error:
        return given.value.name, ImportResult(records=(), findings=error.findings)
    except CAUGHT as error:
        place = Place(file=path.name)
        finding = blame(given, problems.IMPORTER_FAILED, error, place=place, importer=given.value.name)
        raise InvalidData(finding) from error
    return given.value.name, _checked(given, path, result)


def _checked(given: Given[Importer], path: Path, result: object) -> ImportResult:
    """Nothing but an :class:`ImportResult` with records and findings in it is taken from a plugin."""
    fault = shown(result)
    if isinstance(result, ImportResult):
        fault = _strange(result)
        if not fault:
            return result
    reason = Text("给出 {found}，而不是 ImportResult", "it gave {found} instead of an ImportResult").format(found=fault)
    finding = problems.IMPORTER_FAILED.finding(
        place=Place(file=path.name), importer=given.value.name, plugin=given.plugin.who, hook=given.hook, reason=reason
    )
    raise InvalidData(finding)


def _strange(result: ImportResult) -> str:
    """What is wrong with a result, if anything is: it holds a sequence of records and one of findings."""
    for parts in (result.records, result.findings):
        if not isinstance(parts, Sequence) or isinstance(parts, (str, bytes)):
            return shown(parts)
    for record in result.records:
        info = getattr(type(record), "__kepu_record__", None)
        if info is None or info.type is None:
            return shown(record)
    return next((shown(f) for f in result.findings if not isinstance(f, Finding)), "")


def _choose(manager: PluginManager, path: Path, name: str | None) -> Given[Importer]:
    offers = manager.given(hook.kepu_importers)
    for given in offers.values():
        if name == given.value.name or (name is None and path.suffix.lower() in given.value.suffixes):
            return given
    known = tuple(f"{g.value.name} ({', '.join(g.value.suffixes)})" for g in offers.values())
    raise NotFound(problems.NO_IMPORTER.finding(path=name or path.name, known=known))
