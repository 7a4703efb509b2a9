"""Collecting: the sheets of many cities in one run, who has reported, what changed, what is doubtful."""

import datetime as dt
import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from collections.abc import Collection as Several
from functools import reduce
from operator import add
from pathlib import Path
from typing import Any

from attrs import evolve, frozen

from kepu_core import Finding, Indicator, NotFound, RegionLevel, RegionTable, Text, Workspace
from kepu_core.domain.findings import errors_among
from kepu_core.workspace.reports import FieldChange
from kepu_office.collecting_doubts import Comparing, doubts_about
from kepu_office.collecting_files import Handed, handed_in
from kepu_office.collecting_importing import Importing, Taken
from kepu_office.collecting_owners import Belonging, Owners
from kepu_office.collecting_problems import NO_REGION, UNKNOWN_TYPE
from kepu_office.collecting_status import Rate, Returned, Status
from kepu_office.collecting_tally import Asked, Tallied, Tally, find_in
from kepu_office.plausibility import Doubt

__all__ = [
    "SHEETS",
    "CollectedFile",
    "Collection",
    "Comparing",
    "Rate",
    "Returned",
    "Status",
    "collect",
    "regions_under",
]

SHEETS = (".xlsx", ".xlsm", ".xls", ".ods", ".csv", ".tsv", ".json")
"""How files are called that are taken from a folder, unless other suffixes are named."""


@frozen(kw_only=True)
class CollectedFile:
    """A file that was handed in: whose it is (none if that cannot be told), and what came of it."""

    name: str
    received: dt.datetime | None
    regions: tuple[str, ...]
    importer: str | None
    ok: bool
    read: int
    added: int
    changed: int
    unchanged: int
    refused: int
    findings: tuple[Finding, ...]


@frozen(kw_only=True)
class Collection:
    """What came of a run: the table of who has reported, the files, the differences, the findings and the doubts.

    ``statuses`` has a line for every expected region and record type, missing ones too, by region; ``differences`` are
    the changed fields of records that were there before, as far as the import told them; ``findings`` everything that
    is wrong with or to be said of the files, doubts apart; ``silenced`` counts doubts that were confirmed before.
    """

    statuses: tuple[Status, ...]
    files: tuple[CollectedFile, ...]
    findings: tuple[Finding, ...]
    doubts: tuple[Doubt, ...]
    silenced: int
    differences: tuple[FieldChange, ...]
    labels: Mapping[str, Text]
    due: dt.date | None
    dry_run: bool

    @property
    def ok(self) -> bool:
        """Whether nothing that was handed in had to be refused. That somebody is missing is no fault of the run."""
        return not errors_among(self.findings)

    @property
    def missing(self) -> tuple[str, ...]:
        """The expected regions from which nothing came."""
        by_region: dict[str, bool] = {}
        for s in self.statuses:
            by_region[s.region] = by_region.get(s.region, True) and s.state is Returned.MISSING
        return tuple(region for region, nothing in by_region.items() if nothing)

    def rates(self, region: str | None = None) -> Mapping[str, Rate]:
        """The rates ``reporting``, ``timeliness``, ``completeness`` and ``indicators``, of one region or of all.

        What they mean is told in :mod:`kepu_office.collecting_status`.
        """
        lines = [s for s in self.statuses if region in {None, s.region}]
        judged = [s for s in lines if self.due is not None and not (s.reported and s.on_time is None)]
        return {
            "reporting": Rate(sum(s.reported for s in lines), len(lines)),
            "timeliness": Rate(sum(s.on_time is True for s in judged), len(judged)),
            "completeness": reduce(add, (s.fields for s in lines), Rate()),
            "indicators": reduce(add, (s.indicators for s in lines), Rate()),
        }

    def to_rows(self) -> list[dict[str, Any]]:
        """The table as plain rows, one for each expected region and type."""
        from kepu_office.collecting_output import rows_of  # noqa: PLC0415 - it uses this module

        return rows_of(self)

    def to_data(self) -> Mapping[str, Any]:
        """Everything as plain data for JSON; of personal data no value."""
        from kepu_office.collecting_output import data_of  # noqa: PLC0415 - it uses this module

        return data_of(self)

    def __str__(self) -> str:
        from kepu_office.collecting_output import text_of  # noqa: PLC0415 - it uses this module

        return text_of(self)


def collect(
    ws: Workspace,
    paths: Iterable[str | os.PathLike[str]],
    *,
    expected: Iterable[str] | None = None,
    due: dt.date | None = None,
    received: Mapping[Path, dt.datetime] | None = None,
    types: Sequence[str] = (),
    indicators: Sequence[str] = (),
    periods: Sequence[str] = (),
    fields: Mapping[str, Sequence[str]] | None = None,
    dry_run: bool = False,
    partial: bool = False,
    comparing: Comparing | None = None,
    confirmed: Several[str] = (),
    suffixes: Several[str] = SHEETS,
    ignored: Several[Path] = (),
    step: Callable[[str], None] = lambda _: None,
    **told: Any,
) -> Collection:
    """Import files and folders of files, and say who has reported what.

    ``expected`` are the codes of the regions that are to report (else the prefectures that anything was found of);
    ``types`` and ``indicators`` what they are to report (types: what one of them reports, if none is named); ``due``
    a day or an aware time; ``received`` when each file came (what is not in it came at an unknown time); ``fields``
    which fields of a type are to be filled in; ``confirmed`` the keys of doubts that were confirmed; ``ignored``
    files that are no returns though they lie among them. ``told`` goes to
    :meth:`~kepu_core.Workspace.import_file` for every file (``kind``, ``importer``, ``options``, ``author`` …).

    Each file is imported whole or not at all (with ``partial``, without its faulty records); one that is refused stops no
    other. With ``dry_run`` nothing is written. The order of ``paths`` makes no difference. Raises
    :class:`~kepu_core.NotFound` for an expected region or type that is unknown; what is wrong with files is told in
    the findings.
    """
    regions = ws.regions
    named = None if expected is None else tuple(dict.fromkeys(expected))
    _refuse_unknown(ws, regions, named or (), types)
    files, findings = handed_in([Path(p) for p in paths], suffixes, received or {}, ignored)
    taken = Importing(ws, dry_run=dry_run, partial=partial, told=told, step=step).run(files)
    candidates = _prefectures(regions) if named is None else named
    asked = Asked(regions=candidates, types=types, indicators=indicators, periods=periods, due=due, fields=fields or {})
    tally = Tally(ws, Owners(regions, candidates), asked, Belonging(regions, find_in(ws, taken)))
    for one in taken:
        tally.add(one)
    if named is None:
        tally.asked = evolve(asked, regions=sorted({r for t in tally.files for r in t.owner.regions}))
    doubts = _doubts(ws, tally, comparing or Comparing())
    open_doubts = tuple(d for d in doubts if d.key not in frozenset(confirmed))
    statuses = _with_doubts(tally.statuses(), open_doubts, tally)
    told_of_files = [f for t in tally.files for f in (*t.taken.findings, *t.owner.findings)]
    return Collection(
        statuses=tuple(statuses),
        files=tuple(_file(t) for t in tally.files),
        findings=(*findings, *told_of_files, *tally.subject_findings(), *tally.gone_findings(statuses)),
        doubts=open_doubts,
        silenced=len(doubts) - len(open_doubts),
        differences=tuple(d for t in taken if t.report is not None for d in t.report.differences),
        labels={s.type: tally.label(s.type) for s in statuses if s.type is not None},
        due=due,
        dry_run=dry_run,
    )


def regions_under(regions: RegionTable, code: str) -> tuple[str, ...]:
    """The codes of the regions directly in one, which may be given by its first digits (``44``).

    Raises :class:`~kepu_core.NotFound` for a code that there is not.
    """
    whole = code if len(code) >= 6 else code.ljust(6, "0")  # noqa: PLR2004 - the length of a GB/T 2260 code
    if whole not in regions:
        raise NotFound(NO_REGION.finding(code=code))
    inside = tuple(r.id for r in regions.children(whole))
    return inside or (whole,)


def _refuse_unknown(ws: Workspace, regions: RegionTable, expected: Iterable[str], types: Iterable[str]) -> None:
    unknown = [NO_REGION.finding(code=c) for c in expected if c not in regions]
    known = tuple(ws.codec.types)
    unknown += [UNKNOWN_TYPE.finding(type=t, known=known) for t in types if t not in known]
    if unknown:
        raise NotFound(unknown)


def _prefectures(regions: RegionTable) -> tuple[str, ...]:
    return tuple(dict.fromkeys(r.id for r in regions.at_level(RegionLevel.PREFECTURE)))


def _doubts(ws: Workspace, tally: Tally, comparing: Comparing) -> tuple[Doubt, ...]:
    known = [r for t in tally.files for r in t.taken.result.records if isinstance(r, Indicator)]
    places = {label: place for t in tally.files for label, place in t.taken.places.items()}
    return doubts_about(ws, tally.observations(), indicators=known, places=places, comparing=comparing)


def _with_doubts(statuses: Iterable[Status], doubts: Iterable[Doubt], tally: Tally) -> list[Status]:
    counts: dict[str | None, int] = {}
    for doubt in doubts:
        region = tally.owners.expected_for(doubt.subject)
        counts[region] = counts.get(region, 0) + 1
    return [evolve(s, doubts=counts.get(s.region, 0)) if s.type in {"observation", None} else s for s in statuses]


def _file(tallied: Tallied) -> CollectedFile:
    taken: Taken = tallied.taken
    handed: Handed = taken.file
    fates = list(taken.fates.values())
    rows = len(tallied.faulty_rows)
    return CollectedFile(
        name=handed.name,
        received=handed.received,
        regions=tallied.owner.regions,
        importer=None if taken.report is None else taken.report.importer,
        ok=taken.ok,
        read=len(fates) + rows,
        added=fates.count("added"),
        changed=fates.count("changed"),
        unchanged=fates.count("unchanged"),
        refused=fates.count("refused") + rows,
        findings=(*taken.findings, *tallied.owner.findings),
    )
