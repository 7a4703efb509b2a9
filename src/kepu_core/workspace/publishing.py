"""Publishing: everything that a workspace has to tell, in every form that an exporter writes, into one folder.

The folder can be put on a server or a USB stick as it is: an index leads to all files, and none leads out. What an
earlier publication left there is taken away again; a folder with other files is refused.
"""

import datetime as dt
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from attrs import evolve, field, frozen

from kepu_core.domain.base import Base, BaseReport
from kepu_core.domain.campaign import Activity, Campaign
from kepu_core.domain.errors import KepuError, Refused
from kepu_core.domain.findings import Finding, Severity
from kepu_core.domain.plan import Plan, PlanItem
from kepu_core.domain.record import Record
from kepu_core.language import Text
from kepu_core.plugins.descriptors import ExportContext, Exporter
from kepu_core.plugins.hookspecs import hook
from kepu_core.plugins.info import Given
from kepu_core.report import Column, Fact, Grid, Link, Report, Section, Table, base_report
from kepu_core.workspace import problems
from kepu_core.workspace.exporting import write_whole
from kepu_core.workspace.reporting import Reporter

if TYPE_CHECKING:
    from kepu_core.scoring.scorecard import Scorecard

__all__ = ["MANIFEST", "Published", "publish"]

MANIFEST = "kepu-site.json"
"""What the last publication wrote: the only files that the next one takes away."""
_UNSAFE = re.compile(r"[^\w-]+")
_LONGEST = 80
_PAGE = ".html"
"""In what the index leads to first, and a page of each base is written."""


@frozen(kw_only=True)
class Published:
    """The files that were written, the index last, and what some exporter could not write."""

    folder: Path
    files: tuple[Path, ...]
    findings: tuple[Finding, ...] = ()


@frozen(kw_only=True)
class _Told:
    """One thing to tell, under the name of its files: a report or a scorecard, and the records behind it."""

    name: str
    title: Text
    what: "Report | Scorecard | None" = None
    records: Sequence[Record] = ()


def publish(
    reporter: Reporter,
    folder: Path,
    *,
    cards: "Iterable[Scorecard]" = (),
    formats: Iterable[str] | None = None,
    force: bool = False,
) -> Published:
    """Write what a workspace has to tell: the scorecards given, its plans, bases and campaigns, and an index.

    ``formats`` are the suffixes to write (all that there are, unless given). What an exporter refuses to write is told
    and left out; only left out if it says no more than that such things have no place in its form (a finding of
    severity NOTE). Raises :class:`Refused` (``publish.strange-folder``) for a folder that holds files which no publication
    wrote, unless ``force``; even then only files of the same names are replaced.
    """
    before = _earlier(folder, force=force)
    site = _Site(reporter, folder, None if formats is None else frozenset(formats))
    bases = list(reporter.ws.find(Base))
    taken = {"index"}
    pages = {}
    if site.wants(_PAGE):
        pages = {base.id: _name(f"base-{base.id}", taken) for base in bases}
    told = list(_contents(reporter, cards, bases, pages, taken))
    for one in told:
        site.write(one)
    listed = {one.name: site.written[one.name] for one in told}
    for one in _pages(reporter, bases, pages):
        site.write(one, only=_PAGE)
    index = _index(told, listed, site.forms, reporter.on)
    site.write(_Told(name="index", title=index.title, what=index))
    files = [name for one in site.written.values() for name in one.values()]
    for stale in before.difference(files):
        (folder / stale).unlink(missing_ok=True)
    manifest = json.dumps({"format": "kepu-site", "files": sorted(files)}, ensure_ascii=False, indent=1)
    (folder / MANIFEST).write_text(f"{manifest}\n", "utf-8")
    return Published(folder=folder, files=tuple(folder / name for name in files), findings=tuple(site.findings))


@frozen
class _Site:
    """A folder that is being filled."""

    reporter: Reporter
    folder: Path
    formats: frozenset[str] | None
    written: dict[str, dict[str, str]] = field(factory=dict, init=False)
    """The file of each suffix, by the name of what is told."""
    forms: dict[str, dict[Text, None]] = field(factory=dict, init=False)
    """What the files of each suffix are, as their exporters say."""
    findings: list[Finding] = field(factory=list, init=False)

    def wants(self, suffix: str) -> bool:
        """Whether files with a suffix are asked for, and some exporter writes reports in them."""
        offered = (g.value for g in self._offered("report"))
        return (self.formats is None or suffix in self.formats) and any(suffix in e.suffixes for e in offered)

    def write(self, told: _Told, *, only: str | None = None) -> None:
        """Write one thing with each exporter that takes it; of each suffix the first that can."""
        files = self.written.setdefault(told.name, {})
        for given, what in self._offers(told):
            suffix = given.value.suffixes[0] if given.value.suffixes else ""
            unwanted = self.formats is not None and suffix not in self.formats
            if not suffix or suffix in files or unwanted or only not in {None, suffix}:
                continue
            name = f"{told.name}{suffix}"
            try:
                write_whole(given, what, self.folder / name, self._context_of(what))
            except KepuError as error:
                grave = [f for f in error.findings if f.severity is not Severity.NOTE]
                told_of = [evolve(f, severity=Severity.WARNING) for f in grave]
                self.findings.extend(f for f in told_of if f not in self.findings)  # a library is missing for all files
            else:
                files[suffix] = name
                self.forms.setdefault(suffix, {})[given.value.label] = None

    def _offers(self, told: _Told) -> Iterator[tuple[Given[Exporter], Any]]:
        """The exporters that take what is told: of a scorecard, of its report, of the records."""
        report = told.what
        if report is not None and not isinstance(report, Report):
            yield from ((given, told.what) for given in self._offered("scorecard"))
            report = self.reporter.of_card(report)
        if report is not None:
            yield from ((given, report) for given in self._offered("report"))
        if told.records:
            records = [self.reporter.ws.role.shown(r) for r in told.records]
            yield from ((given, records) for given in self._offered("records"))

    def _offered(self, kind: str) -> list[Given[Exporter]]:
        offers = self.reporter.ws.plugins.given(hook.kepu_exporters)
        return [given for given in offers.values() if kind in given.value.accepts]

    def _context_of(self, what: Any) -> ExportContext:
        ws, report = self.reporter.ws, isinstance(what, (Report, list))
        sure = None if report else self.reporter.sure_of(what)
        return ExportContext(
            codec=ws.codec,
            include_personal=self.reporter.include_personal,
            generated_at=ws.now(),
            regions=ws.regions,
            tiles=self.reporter.tiles,
            options={} if sure is None else {"uncertainty": sure},
        )


def _earlier(folder: Path, *, force: bool) -> set[str]:
    """The files that an earlier publication left in a folder."""
    manifest = folder / MANIFEST
    if manifest.is_file():
        try:
            listed = json.loads(manifest.read_text("utf-8"))["files"]
        except (OSError, ValueError, KeyError, TypeError):
            return set()
        return {
            name for name in listed if isinstance(name, str) and name not in {"", ".", ".."} and Path(name).name == name
        }
    if folder.exists() and not folder.is_dir():
        raise Refused(problems.NO_FOLDER.finding(path=folder))
    if folder.exists() and not force and any(folder.iterdir()):
        raise Refused(problems.STRANGE_FOLDER.finding(path=folder))
    return set()


def _contents(
    reporter: Reporter,
    cards: "Iterable[Scorecard]",
    bases: Sequence[Base],
    pages: Mapping[str, str],
    taken: set[str],
) -> Iterator[_Told]:
    for card in cards:
        name = _name(f"evaluation-{card.scheme.name}-{card.period_text}", taken)
        title = Text(card.scheme.title, card.scheme.title_en or card.scheme.title)
        named = Text("{title}（{period}）", "{title} ({period})").format(title=title, period=card.period_text)
        yield _Told(name=name, title=named if card.period_text else title, what=card)
    for plan in reporter.ws.find(Plan):
        items = list(reporter.ws.find(PlanItem, plan=plan.id))
        report = reporter.of("plan", plan.id)
        yield _Told(name=_name(f"plan-{plan.id}", taken), title=report.title, what=report, records=items)
    if bases:
        report = reporter.of_bases(bases, {ident: f"{name}{_PAGE}" for ident, name in pages.items()})
        yield _Told(name=_name("bases", taken), title=report.title, what=report, records=bases)
    campaigns = list(reporter.ws.find(Campaign))
    if campaigns:
        report = reporter.of("campaigns")
        yield _Told(name=_name("campaigns", taken), title=report.title, what=report, records=campaigns)
    activities = list(reporter.ws.find(Activity))
    if activities:
        yield _Told(name=_name("activities", taken), title=Text("子活动", "activities"), records=activities)


def _pages(reporter: Reporter, bases: Sequence[Base], pages: Mapping[str, str]) -> Iterator[_Told]:
    """A page of each base."""
    if not pages:
        return
    yearly: dict[str, list[BaseReport]] = {}
    for report in reporter.ws.find(BaseReport):
        yearly.setdefault(report.base, []).append(report)
    names, personal = reporter.names, reporter.include_personal
    for base in bases:
        shown = reporter.ws.role.shown(base)
        page = base_report(shown, yearly.get(base.id, ()), on=reporter.on, names=names, include_personal=personal)
        yield _Told(name=pages[base.id], title=page.title, what=page)


def _index(
    told: Sequence[_Told], listed: Mapping[str, Mapping[str, str]], forms: Mapping[str, Iterable[Text]], on: dt.date
) -> Report:
    """The page that leads to all others: a row for each thing, a column for each form, and what the forms are."""
    suffixes = sorted({s for files in listed.values() for s in files}, key=lambda s: (s != _PAGE, s))
    rows = []
    for one in told:
        files = listed[one.name]
        links = (Link(suffix.removeprefix("."), files[suffix]) if suffix in files else None for suffix in suffixes)
        rows.append((one.title, *links))
    columns = (
        Column(key="what", label=Text("内容", "what")),
        *(Column(key=s.removeprefix("."), label=Text(s.removeprefix("."), s.removeprefix("."))) for s in suffixes),
    )
    grid = Grid(key="files", title=Text("文件", "files"), table=Table(columns=columns, rows=tuple(rows)))
    kinds = Grid(
        key="forms",
        title=Text("文件格式", "forms of files"),
        table=Table(
            columns=(
                Column(key="form", label=Text("格式", "form")),
                Column(key="what", label=Text("说明", "what it is")),
            ),
            rows=tuple((s.removeprefix("."), _together(forms[s])) for s in suffixes),
        ),
    )
    return Report(
        kind="index",
        title=Text("目录", "Contents"),
        facts=(Fact(key="on", label=Text("截至", "as of"), value=on),),
        sections=(Section(key="files", title=Text("文件", "files"), blocks=(grid, kinds)),),
        on=on,
    )


def _together(labels: Iterable[Text]) -> Text:
    told = tuple(labels)
    return Text("、".join(label.zh for label in told), "; ".join(label.en for label in told))


def _name(wanted: str, taken: set[str]) -> str:
    """A name for files that is safe on every system and not taken yet.

    >>> taken = {"index"}
    >>> [_name(text, taken) for text in ("plan-gd/2021", "PLAN-gd 2021", "../..")]
    ['plan-gd_2021', 'PLAN-gd_2021-2', 'x']
    """
    stem = _UNSAFE.sub("_", wanted).strip("_")[:_LONGEST] or "x"
    name, n = stem, 2
    while name.casefold() in taken:
        name, n = f"{stem}-{n}", n + 1
    taken.add(name.casefold())
    return name
