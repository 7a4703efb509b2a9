"""``kepu plugin check``: everything that a plugin gives, held against the contracts."""

import sys
import tomllib
from collections.abc import Iterator
from importlib import import_module, invalidate_caches
from pathlib import Path
from types import ModuleType

from attrs import frozen

from kepu_core.domain.errors import InvalidData, NotFound
from kepu_core.domain.findings import Finding, Place, Problem
from kepu_core.language import Text
from kepu_core.plugins import problems as plugin_problems
from kepu_core.plugins.calling import CAUGHT, reason_of
from kepu_core.plugins.discovery import installed
from kepu_core.plugins.hook_type import PROJECT
from kepu_core.plugins.info import PluginError
from kepu_core.testing import LawOutcome, LawResult, PluginContract, check_contract, contracts_of, given_by
from kepu_core.testing.contracts import Contract, ExporterContract, StorageContract

__all__ = ["Checked", "Subject", "check_plugin", "subjects_of"]

NO_PROJECT = Problem(
    "check.no-project",
    Text(
        "{path} 中没有 pyproject.toml，也不是 .py 文件", "there is no pyproject.toml in {path}, and it is no .py file"
    ),
    Text("给出插件的文件夹，或已装插件的名称", "give the folder of a plugin, or the name of an installed one"),
)
NO_ENTRY = Problem(
    "check.no-entry-point",
    Text("{path} 没有在入口点组 kepu 中登记插件", "{path} registers no plugin in the entry-point group kepu"),
    Text(
        '写 [project.entry-points.kepu] 和 名称 = "包.plugin"',
        'write [project.entry-points.kepu] and name = "package.plugin"',
    ),
)
BAD_PROJECT = Problem(
    "check.bad-project",
    Text("{path} 读不出：{reason}", "{path} cannot be read: {reason}"),
    Text("改正 pyproject.toml", "mend pyproject.toml"),
)
_SHORT = {ExporterContract: {"rows": 5_000, "subjects": 200}, StorageContract: {"kills": 2}}


@frozen(kw_only=True)
class Subject:
    """A plugin to be checked: its name, the module that holds it, and where that is looked for."""

    name: str
    distribution: str
    version: str
    module: str
    paths: tuple[Path, ...] = ()


@frozen(kw_only=True)
class Checked:
    """One thing that was checked (a metric, the plugin as a whole) and what became of each law."""

    what: str
    results: tuple[LawResult, ...]

    def count(self, outcome: LawOutcome) -> int:
        """How many laws came out so."""
        return sum(r.outcome is outcome for r in self.results)


def subjects_of(target: str) -> tuple[Subject, ...]:
    """The plugins that a path or a name means.

    Raises :class:`NotFound` where there is none, :class:`InvalidData` for a project that cannot be read.
    """
    path = Path(target)
    if path.suffix == ".py" and path.is_file():
        where = (path.resolve().parent,)
        return (Subject(name=path.stem, distribution=path.name, version="", module=path.stem, paths=where),)
    if path.is_dir():
        return _of_project(path.resolve())
    sources, _ = installed()
    named = [s for s in sources if target in {s.name, s.distribution}]
    if not named:
        known = tuple(sorted({s.name for s in sources})) or ("—",)
        raise NotFound(plugin_problems.UNKNOWN_PLUGIN.finding(plugin=target, known=known))
    return tuple(Subject(name=s.name, distribution=s.distribution, version=s.version, module=s.origin) for s in named)


def _of_project(folder: Path) -> tuple[Subject, ...]:
    file = folder / "pyproject.toml"
    if not file.is_file():
        raise NotFound(NO_PROJECT.finding(path=folder))
    try:
        project = tomllib.loads(file.read_text("utf-8")).get("project", {})
        entries = dict(project.get("entry-points", {}).get(PROJECT, {}))
    except (ValueError, AttributeError, TypeError) as error:
        raise InvalidData(BAD_PROJECT.finding(path=file, reason=error)) from error
    if not entries:
        raise NotFound(NO_ENTRY.finding(path=file, place=Place(file=file.name)))
    told = {"distribution": str(project.get("name", folder.name)), "version": str(project.get("version", ""))}
    paths = tuple(p for p in (folder / "src", folder) if p.is_dir())
    return tuple(Subject(name=name, module=str(module), paths=paths, **told) for name, module in entries.items())


def check_plugin(subject: Subject, *, thorough: bool = False) -> Iterator[Checked]:
    """The plugin as a whole, then each thing that it gives. Raises :class:`PluginError` if it cannot be imported."""
    module = _imported(subject)
    whole: type[Contract] = type("ThePlugin", (PluginContract,), {"__doc__": PluginContract.__doc__, "plugin": module})
    laws = [law for law in whole.laws() if law != "keeps_all_contracts"]  # these follow one by one
    results = tuple(check_contract(whole, only=laws))
    yield Checked(what=f"plugin/{subject.name}", results=results)
    try:
        contracts = list(contracts_of(given_by(module), module))
    except PluginError:
        return  # that it is set aside has been told above
    for contract in contracts:
        if not thorough:
            _shorten(contract)
        yield Checked(what=contract().what, results=tuple(check_contract(contract)))


def _shorten(contract: type[Contract]) -> None:
    for kind, sizes in _SHORT.items():
        if issubclass(contract, kind):
            for name, value in sizes.items():
                setattr(contract, name, value)


def _imported(subject: Subject) -> ModuleType:
    added = [str(p) for p in subject.paths if str(p) not in sys.path]
    sys.path[:0] = added
    invalidate_caches()
    try:
        return import_module(subject.module.partition(":")[0])
    except CAUGHT as error:
        raise PluginError(_not_imported(subject, error)) from error


def _not_imported(subject: Subject, error: BaseException) -> Finding:
    release = f"{subject.distribution} {subject.version}".strip()
    return plugin_problems.IMPORT_FAILED.finding(plugin=subject.name, distribution=release, reason=reason_of(error))
