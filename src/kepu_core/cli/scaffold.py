"""Writing a new plugin from the template that comes with the library.

The names that a person gives end up in file names, Python, TOML and Markdown. Each may hold only what is harmless in all of
them, so that the template can put it there as it is, and what comes out reads as if written by hand.
"""

import datetime as dt
import difflib
import re
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

from attrs import frozen

from kepu_core.domain.errors import InvalidData, Refused
from kepu_core.domain.extras import needed
from kepu_core.domain.findings import Finding, Problem
from kepu_core.language import Text
from kepu_core.plugins.discovery import BUILTIN, core_version
from kepu_core.plugins.hookspecs import HOOK_API
from kepu_core.plugins.manager import RESERVED_COMMANDS

__all__ = [
    "DEFAULT_KINDS",
    "KINDS",
    "Kind",
    "NewPlugin",
    "checked_city",
    "checked_kinds",
    "checked_name",
    "make_plugin",
    "template_engine",
]

TEMPLATE = Path(__file__).parent / "template"
PREFIX = "kepu-"


@frozen
class Kind:
    """A kind of contribution: what it is called, and the module and the tests that it has in the template."""

    label: Text
    module: str
    tests: str


KINDS: Mapping[str, Kind] = MappingProxyType(
    {
        "metric": Kind(Text("数据项", "metrics"), "metrics", "test_metrics"),
        "scheme": Kind(Text("指标体系", "schemes"), "schemes", "test_evaluation"),
        "check": Kind(Text("记录校验", "checks of records"), "checks", "test_checks"),
        "rule": Kind(Text("评分规则", "scoring rules"), "rules", "test_rules"),
        "record": Kind(Text("记录类型", "record types"), "records", "test_records"),
        "importer": Kind(Text("导入格式", "importers"), "importers", "test_importers"),
        "exporter": Kind(Text("导出格式", "exporters"), "exporters", "test_exporters"),
        "regions": Kind(Text("行政区划", "regions"), "regions", "test_regions"),
        "command": Kind(Text("子命令", "subcommands"), "commands", "test_commands"),
        "listener": Kind(Text("事后通知", "listeners"), "listeners", "test_listeners"),
        "storage": Kind(Text("存储方式", "storage"), "storage", "test_storage"),
    }
)
"""What a plugin can be started with, in the order in which a city is likely to want it."""
DEFAULT_KINDS = ("metric", "scheme", "check")
_IMPLIED = MappingProxyType({"scheme": ("metric",)})
"""The example of the left kind is made of those on the right."""

_NAME = re.compile(r"[a-z][a-z0-9]*(?:-[a-z0-9]+)*")
_NAMESPACE = re.compile(r"[a-z][a-z0-9_]*")
_BETWEEN = re.compile(r"[\s,，、]+")
_SHORTEST, _LONGEST = 2, 40
_IN_CITIES = " -'·（）()"
_IN_AUTHORS = _IN_CITIES + ".,&@_"
_TAKEN = RESERVED_COMMANDS | {BUILTIN, "core", "guangdong", "kepu", "sql", "web"}
"""Names that our own distributions, plugins and commands have."""
_OUR_NAMESPACES = frozenset({"kepu"})

BAD_NAME = Problem(
    "scaffold.name",
    Text("“{name}”不能作插件名", "{name!r} cannot be the name of a plugin"),
    Text(
        "用 {shortest} 到 {longest} 个小写字母、数字和连字符，以字母开头，如 foshan",
        "use {shortest} to {longest} lower-case letters, digits and hyphens, a letter first: foshan",
    ),
)
TAKEN_NAME = Problem(
    "scaffold.name-taken",
    Text("插件名“{name}”是 kepu 自用的", "the name {name} is kepu's own"),
    Text("换一个名称，如 {name}-city", "take another name, such as {name}-city"),
)
BAD_NAMESPACE = Problem(
    "scaffold.namespace",
    Text("“{namespace}”不能作命名空间", "{namespace!r} cannot be a namespace"),
    Text(
        "用不超过 {longest} 个小写字母、数字和下划线，以字母开头，如 fs；kepu 是自用的",
        "use up to {longest} lower-case letters, digits and underscores, a letter first: fs; kepu is taken",
    ),
)
BAD_TEXT = Problem(
    "scaffold.text",
    Text("{what}“{text}”不合要求", "{text!r} will not do as {what}"),
    Text(
        "用不超过 {longest} 个文字、数字、空格和 {marks}",
        "use up to {longest} letters, digits, spaces and {marks}",
    ),
)
UNKNOWN_KIND = Problem(
    "scaffold.kind",
    Text("没有“{kind}”这一类", "there is no kind {kind!r}"),
    Text("{hint}", "{hint}"),
)
NO_KIND = Problem(
    "scaffold.no-kind",
    Text("没有选任何一类", "no kind was chosen"),
    Text("可选：{known}", "there are: {known}"),
)
IN_THE_WAY = Problem(
    "scaffold.folder",
    Text("{folder} 已存在且不为空", "{folder} exists already and is not empty"),
    Text("换一个名称或文件夹（--dir）；原有内容未被改动", "take another name or folder (--dir); it was left as it is"),
)
_CITY, _AUTHOR = Text("城市名称", "the name of a city"), Text("作者", "an author")


@frozen(kw_only=True)
class NewPlugin:
    """A plugin that was just written: its names, what it adds, its folder and the files in it."""

    name: str
    distribution: str
    package: str
    namespace: str
    city: str
    kinds: tuple[str, ...]
    folder: Path
    files: tuple[str, ...]


def make_plugin(
    name: str,
    *,
    today: dt.date,
    city: str | None = None,
    kinds: Iterable[str] = DEFAULT_KINDS,
    namespace: str | None = None,
    author: str | None = None,
    directory: Path = Path(),
) -> NewPlugin:
    """Write a plugin into a new folder ``kepu-NAME`` in a directory.

    ``today`` is the day that stands in its examples. Raises :class:`MissingLibrary` without copier,
    :class:`InvalidData` with everything that is wrong with the names, :class:`Refused` if the folder is not empty.
    Nothing is written then.
    """
    engine, wanted = template_engine(), tuple(kinds)
    _refuse_faulty(
        (checked_name, name),
        (checked_kinds, wanted),
        (checked_city, city),
        (_checked_namespace, namespace),
        (_checked_author, author),
    )
    short, chosen = checked_name(name), checked_kinds(wanted)
    folder = directory / f"{PREFIX}{short}"
    if _occupied(folder):
        raise Refused(IN_THE_WAY.finding(folder=folder))
    names = {
        "name": short,
        "distribution": folder.name,
        "package": folder.name.replace("-", "_"),
        "namespace": namespace or short.replace("-", "_"),
        "city": checked_city(city) if city else short.replace("-", " ").title(),
    }
    more = {
        "author": _checked_author(author) if author else f"{folder.name} maintainers",
        "kinds": {kind: [KINDS[kind].module, _both(KINDS[kind].label)] for kind in chosen},
        "core_versions": _line_of(core_version()),
        "hook_versions": _major_of(HOOK_API),
        "year": today.year,
        "today": f"{today.year}, {today.month}, {today.day}",
    }
    # The template is a folder of ours: it runs no tasks, asks nothing, and needs neither git nor a network.
    engine.run_copy(
        str(TEMPLATE),
        folder,
        data=names | more,
        exclude=[f"{file}.py" for kind, its in KINDS.items() if kind not in chosen for file in (its.module, its.tests)],
        defaults=True,
        quiet=True,
        unsafe=False,
    )
    files = sorted(p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file())
    return NewPlugin(**names, kinds=chosen, folder=folder, files=tuple(files))


def template_engine() -> Any:
    """The library that fills templates in. Raises :class:`MissingLibrary` if it is not installed."""
    return needed("copier", "scaffold")


def checked_name(text: str) -> str:
    """The short name of a plugin, given with or without ``kepu-``. Raises :class:`InvalidData`.

    >>> checked_name("kepu-foshan"), checked_name("foshan")
    ('foshan', 'foshan')
    """
    name = text.strip().removeprefix(PREFIX)
    if not (_NAME.fullmatch(name) and _SHORTEST <= len(name) <= _LONGEST):
        raise InvalidData(BAD_NAME.finding(name=text, shortest=_SHORTEST, longest=_LONGEST))
    if name in _TAKEN:
        raise InvalidData(TAKEN_NAME.finding(name=name))
    return name


def checked_kinds(texts: Iterable[str]) -> tuple[str, ...]:
    """Kinds, without repetition and in their own order, with those that their examples need. Raises :class:`InvalidData`.

    >>> checked_kinds(["check, scheme", "check"])
    ('metric', 'scheme', 'check')
    """
    wanted = [kind for text in texts for kind in _BETWEEN.split(text) if kind]
    unknown = [UNKNOWN_KIND.finding(kind=kind, hint=_hint(kind)) for kind in wanted if kind not in KINDS]
    if unknown:
        raise InvalidData(unknown)
    if not wanted:
        raise InvalidData(NO_KIND.finding(known=tuple(KINDS)))
    needed_too = [other for kind in wanted for other in _IMPLIED.get(kind, ())]
    return tuple(kind for kind in KINDS if kind in {*wanted, *needed_too})


def checked_city(text: str) -> str:
    """The name of a city, as it may stand in texts of any kind. Raises :class:`InvalidData`."""
    return _checked_text(text, _CITY, _IN_CITIES)


def _checked_author(text: str) -> str:
    return _checked_text(text, _AUTHOR, _IN_AUTHORS)


def _checked_text(text: str, what: Text, marks: str) -> str:
    plain = text.strip()
    if not (0 < len(plain) <= _LONGEST and all(c.isalnum() or c in marks for c in plain)):
        raise InvalidData(BAD_TEXT.finding(text=text, what=what, longest=_LONGEST, marks=" ".join(marks.strip())))
    return plain


def _checked_namespace(text: str) -> str:
    if not (_NAMESPACE.fullmatch(text) and len(text) <= _LONGEST) or text in _OUR_NAMESPACES:
        raise InvalidData(BAD_NAMESPACE.finding(namespace=text, longest=_LONGEST))
    return text


def _refuse_faulty(*given: tuple[Callable[[Any], object], object]) -> None:
    """Raise everything that the checks find in what was given; what was left out is not looked at."""
    faults: list[Finding] = []
    for check, value in given:
        try:
            if value is not None:
                check(value)
        except InvalidData as error:
            faults += error.findings
    if faults:
        raise InvalidData(faults)


def _both(text: Text) -> str:
    return f"{text.zh} · {text.en}"


def _hint(kind: str) -> Text:
    near = difflib.get_close_matches(kind, KINDS, n=1)
    if near:
        return Text("是否为 {near}？", "did you mean {near}?").format(near=near[0])
    return Text("可选：{known}", "there are: {known}").format(known=tuple(KINDS))


def _occupied(folder: Path) -> bool:
    """Whether something stands where a folder is to be made: a file, or a folder with anything in it."""
    return folder.is_symlink() or (folder.exists() and not (folder.is_dir() and not any(folder.iterdir())))


def _line_of(version: str) -> str:
    """The releases that go with one: up to the next that may break something.

    >>> _line_of("0.1.4"), _line_of("2.3.1")
    ('>=0.1,<0.2', '>=2.3,<3')
    """
    major, minor = (int(number) for number in version.split(".")[:2])
    return f">={major}.{minor},<{major + 1}" if major else f">=0.{minor},<0.{minor + 1}"


def _major_of(version: str) -> str:
    """Every version with the same first number.

    >>> _major_of("1.4")
    '>=1,<2'
    """
    major = int(version.partition(".")[0])
    return f">={major},<{major + 1}"
