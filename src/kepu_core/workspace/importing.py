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
    if isinstance(result, ImportResult):
        reason = _strange(result)
        if reason is None:
            return result
    else:
        told = Text("给出 {found}，而不是 ImportResult", "it gave {found} instead of an ImportResult")
        reason = told.format(found=shown(result))
    finding = problems.IMPORTER_FAILED.finding(
        place=Place(file=path.name), importer=given.value.name, plugin=given.plugin.who, hook=given.hook, reason=reason
    )
    raise InvalidData(finding)


def _strange(result: ImportResult) -> Text | None:
    """What is wrong with a result, if anything is: it holds a sequence of records and one of findings."""
    for name, parts in (("records", result.records), ("findings", result.findings)):
        if not isinstance(parts, Sequence) or isinstance(parts, (str, bytes)):
            told = Text("其 {name} 是 {kind}，不是列表", "{name} of its ImportResult is of the type {kind}, no list")
            return told.format(name=name, kind=type(parts).__name__)
    for record in result.records:
        info = getattr(type(record), "__kepu_record__", None)
        if info is None or info.type is None:
            told = Text("其记录中有 {found}，不是记录", "among its records is {found}, which is no record")
            return told.format(found=shown(record))
    strange = next((f for f in result.findings if not isinstance(f, Finding)), None)
    told = Text("其 findings 中有 {found}，不是 Finding", "among its findings is {found}, which is none")
    return None if strange is None else told.format(found=shown(strange))


def _choose(manager: PluginManager, path: Path, name: str | None) -> Given[Importer]:
    offers = manager.given(hook.kepu_importers)
    for given in offers.values():
        if name == given.value.name or (name is None and path.suffix.lower() in given.value.suffixes):
            return given
    known = tuple(f"{g.value.name} ({', '.join(g.value.suffixes)})" for g in offers.values())
    raise NotFound(problems.NO_IMPORTER.finding(path=name or path.name, known=known))
