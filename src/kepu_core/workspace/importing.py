"""A file that comes in: choosing its importer, and calling what the importer can do with it under guard."""

import io
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any, BinaryIO

from attrs import frozen

from kepu_core.codec.codec import Codec
from kepu_core.domain.errors import InvalidData, KepuError, NotFound
from kepu_core.domain.findings import Finding, Place, Problem
from kepu_core.domain.record import Record, type_name
from kepu_core.domain.region import RegionTable
from kepu_core.language import Text
from kepu_core.plugins.calling import CAUGHT, blame
from kepu_core.plugins.descriptors import ExportContext, Exporter, ImportContext, Importer, ImportResult
from kepu_core.plugins.hookspecs import hook
from kepu_core.plugins.info import Given
from kepu_core.plugins.manager import PluginManager
from kepu_core.plugins.validation import shown
from kepu_core.workspace import problems
from kepu_core.workspace.exporting import write_whole

__all__ = ["Incoming", "importer_for", "incoming"]

CANNOT = Problem(
    "import.cannot",
    Text("导入方式 {importer} 不能{deed}", "the importer {importer} cannot {deed}"),
    Text("能这样做的导入方式：{known}", "importers that can: {known}"),
)
UNKNOWN_OPTION = Problem(
    "import.option",
    Text("导入方式 {importer} 没有选项 {name}", "the importer {importer} takes no option {name}"),
    Text("它的选项：{known}", "its options: {known}"),
)
_DEEDS: Mapping[str, Text] = {
    "dump": Text("以 JSON 给出读到的内容", "give what it reads as JSON"),
    "review": Text("写出供核对的文件", "write a file for people to confirm"),
    "mark": Text("在副本中标出错误", "mark the faults in a copy"),
}


class _Buffer(io.BytesIO):
    """A stream that an importer cannot close by letting go of a wrapper around it."""

    def close(self) -> None:
        """Do nothing: what was written is still to be read."""


@frozen(kw_only=True)
class Incoming:
    """A file, the importer that reads it, and what the importer may use.

    What an importer raises that is none of this library's own errors becomes :class:`InvalidData`
    (``import.failed``), with the plugin's name.
    """

    given: Given[Importer]
    context: ImportContext
    manager: PluginManager

    @property
    def importer(self) -> str:
        """The name of the importer."""
        return self.given.value.name

    @property
    def file(self) -> str:
        """The name of the file, without its folder."""
        return self.context.path.name

    def read(self) -> ImportResult:
        """What the importer makes of the file. Everything wrong *in* the file is a finding.

        Raises :class:`NotFound` for a missing file, :class:`InvalidData` for an importer that fails.
        """
        try:
            result: object = self._called(partial(self.given.value.read, self._data(), self.context))
        except KepuError as error:
            if isinstance(error, NotFound) or error.code == problems.IMPORTER_FAILED.code:
                raise
            return ImportResult(records=(), findings=error.findings)
        return self._checked(result)

    def dump(self) -> Any:
        """What was read as plain data, before records are made of it.

        Raises :class:`InvalidData`: ``import.cannot`` if the importer has no such form, or what is wrong with the file.
        """
        dump = self._deed("dump", self.given.value.dump)
        data = self._data()

        def dumped() -> Any:
            plain = dump(data, self.context)
            json.dumps(plain, allow_nan=False)  # raises for what is no plain data
            return plain

        return self._called(dumped)

    def review(self, target: Path) -> None:
        """Write the file in which a person confirms what was read; its suffix says which kind. Raises as :meth:`dump`."""
        review = self._deed("review", self.given.value.review)
        out, data = _Buffer(), self._data()
        self._called(lambda: review(data, self.context, out, target.suffix.lower()))
        self._put(target, out)

    def mark(self, findings: Sequence[Finding], target: Path) -> None:
        """Write a copy of the file with the places of findings marked. Raises as :meth:`dump`."""
        mark = self._deed("mark", self.given.value.mark)
        out, data = _Buffer(), self._data()
        self._called(lambda: mark(data, self.context, tuple(findings), out))
        self._put(target, out)

    def _data(self) -> bytes:
        path = self.context.path
        try:
            size = path.stat().st_size
            if size > self.context.largest:
                place = Place(file=path.name)
                told = problems.TOO_LARGE.finding(place=place, path=path.name, size=size, largest=self.context.largest)
                raise InvalidData(told)
            return path.read_bytes()
        except OSError as error:
            raise NotFound(problems.NO_FILE.finding(path=path, reason=error.strerror or error)) from error

    def _deed(self, name: str, able: Any) -> Any:
        if able is None:
            offers = self.manager.given(hook.kepu_importers).values()
            known = tuple(g.value.name for g in offers if getattr(g.value, name) is not None) or ("—",)
            raise InvalidData(CANNOT.finding(importer=self.importer, deed=_DEEDS[name], known=known))
        return able

    def _called(self, run: Callable[[], Any]) -> Any:
        try:
            return run()
        except KepuError:
            raise
        except CAUGHT as error:
            place = Place(file=self.file)
            finding = blame(self.given, problems.IMPORTER_FAILED, error, place=place, importer=self.importer)
            raise InvalidData(finding) from error

    def _put(self, target: Path, out: io.BytesIO) -> None:
        """Whole or not at all, as exports are written."""

        def write(_: object, stream: BinaryIO, __: ExportContext) -> None:
            stream.write(out.getbuffer())

        label = self.given.value.label
        whole = Exporter(name=self.importer, label=label, suffixes=(), accepts=("records",), write=write)
        made = Given(value=whole, plugin=self.given.plugin, hook=self.given.hook)
        write_whole(made, (), target, ExportContext(codec=self.context.codec))

    def _checked(self, result: object) -> ImportResult:
        """Nothing but an :class:`ImportResult` with records and findings in it is taken from a plugin."""
        if isinstance(result, ImportResult):
            reason = _strange(result)
            if reason is None:
                return result
        else:
            told = Text("给出 {found}，而不是 ImportResult", "it gave {found} instead of an ImportResult")
            reason = told.format(found=shown(result))
        finding = problems.IMPORTER_FAILED.finding(
            place=Place(file=self.file),
            importer=self.importer,
            plugin=self.given.plugin.who,
            hook=self.given.hook,
            reason=reason,
        )
        raise InvalidData(finding)


def incoming(
    manager: PluginManager,
    codec: Codec,
    path: Path,
    *,
    kind: str | None = None,
    encoding: str | None = None,
    importer: str | None = None,
    options: Mapping[str, Any] | None = None,
    regions: RegionTable | None = None,
    find: Callable[[str], Iterable[Record]] | None = None,
) -> Incoming:
    """A file with the importer named, or the one for its suffix. Nothing is read yet.

    Raises :class:`NotFound` for an importer that does not exist, :class:`InvalidData` (``import.option``) for an option
    that it does not take.
    """
    given = importer_for(manager, path, importer)
    known = given.value.options
    unknown = [name for name in options or {} if name not in known]
    if unknown:
        told = [UNKNOWN_OPTION.finding(importer=given.value.name, name=n, known=known or ("—",)) for n in unknown]
        raise InvalidData(told)
    context = ImportContext(
        codec=codec, path=path, kind=kind, encoding=encoding, options=dict(options or {}), regions=regions, find=find
    )
    return Incoming(given=given, context=context, manager=manager)


def _strange(result: ImportResult) -> Text | None:
    """What is wrong with a result, if anything is: it holds a sequence of records and one of findings."""
    told_parts = (("records", result.records), ("findings", result.findings), ("deletes", result.deletes))
    for name, parts in told_parts:
        if not isinstance(parts, Sequence) or isinstance(parts, (str, bytes)):
            told = Text("其 {name} 是 {kind}，不是列表", "{name} of its ImportResult is of the type {kind}, no list")
            return told.format(name=name, kind=type(parts).__name__)
    for record in result.records:
        info = getattr(type(record), "__kepu_record__", None)
        if info is None or info.type is None:
            told = Text("其记录中有 {found}，不是记录", "among its records is {found}, which is no record")
            return told.format(found=shown(record))
    put = {(type_name(r), r.id) for r in result.records}
    for key in result.deletes:
        if not (isinstance(key, tuple) and [*map(type, key)] == [str, str]):
            told = Text("其 deletes 中有 {found}，不是（类型，标识）", "among its deletes is {found}, no (type, id)")
            return told.format(found=shown(key))
        if key in put:
            told = Text("它既给出又删除 {found}", "it gives {found} and deletes it")
            return told.format(found="/".join(key))
    strange = next((f for f in result.findings if not isinstance(f, Finding)), None)
    told = Text("其 findings 中有 {found}，不是 Finding", "among its findings is {found}, which is none")
    return None if strange is None else told.format(found=shown(strange))


def importer_for(manager: PluginManager, path: Path, name: str | None = None) -> Given[Importer]:
    """The importer of a name, or the first for the suffix of a file. Raises :class:`NotFound` if there is none."""
    offers = manager.given(hook.kepu_importers)
    for given in offers.values():
        if name == given.value.name or (name is None and path.suffix.lower() in given.value.suffixes):
            return given
    known = tuple(f"{g.value.name} ({', '.join(g.value.suffixes)})" for g in offers.values())
    raise NotFound(problems.NO_IMPORTER.finding(path=name or path.name, known=known))
