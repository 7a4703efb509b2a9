"""Counting what was handed in: by region and record type."""

import datetime as dt
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from attrs import define, field, frozen

from kepu_core import Finding, InvalidData, NotFound, Observation, Place, Record, Text, Workspace
from kepu_core.domain import info_of
from kepu_core.domain.findings import errors_among
from kepu_core.domain.record import record_label, type_name
from kepu_core.plugins.storage import Prefix
from kepu_core.workspace.finding import stem_of
from kepu_office.collecting_files import on_time
from kepu_office.collecting_importing import Taken
from kepu_office.collecting_owners import Belonging, Owner, Owners
from kepu_office.collecting_problems import GONE, SUBJECT_NAME, SUBJECT_UNKNOWN
from kepu_office.collecting_status import NO_RATE, Rate, Returned, Status, fields_expected, filled
from kepu_office.subjects import is_chinese

__all__ = ["Asked", "Tallied", "Tally", "find_in"]

_SHOWN = 10
_ROW = re.compile(r"\d+\Z", re.ASCII)
_NOWHERE = frozenset({"region", "indicator", "scheme", "evaluation", "erasure"})
"""Registers and results: nobody reports them for a region."""


@frozen(kw_only=True)
class Asked:
    """What was to be reported: by whom, of which types and indicators, for which periods, by when.

    ``types`` is empty if it was not said: what one region reports is then expected of all. ``periods`` is empty for
    those in the files. ``fields`` are the fields to be filled in, of types for which they are named.
    """

    regions: Sequence[str]
    types: Sequence[str] = ()
    indicators: Sequence[str] = ()
    periods: Sequence[str] = ()
    due: dt.date | None = None
    fields: Mapping[str, Sequence[str]] = field(factory=dict)


@frozen(kw_only=True)
class Tallied:
    """A file with whose it is."""

    taken: Taken
    owner: Owner
    codes: Mapping[str, str | None]

    @property
    def faulty_rows(self) -> tuple[Finding, ...]:
        """One error for each row from which no record could be made."""
        rows: dict[object, Finding] = {}
        for finding in errors_among(self.taken.findings):
            place = finding.place
            if place is None or finding.record in self.taken.fates:
                continue
            row = _ROW.search(place.cell or "")
            spot = (place.sheet, row[0] if row else place.line or place.path)
            if spot[1] is not None:
                rows.setdefault(spot, finding)
        return tuple(rows.values())


@define
class _Line:
    """What is counted for a region and type."""

    files: dict[str, Taken] = field(factory=dict)
    fates: Counter[str] = field(factory=Counter)
    records: dict[str, Record] = field(factory=dict)
    rows: int = 0
    fields: Rate = NO_RATE


@define
class Tally:
    """Counts files, in the order in which they were received."""

    ws: Workspace
    owners: Owners
    asked: Asked
    belonging: Belonging
    files: list[Tallied] = field(factory=list, init=False)
    _lines: dict[tuple[str, str | None], _Line] = field(factory=dict, init=False)

    def add(self, taken: Taken) -> None:
        """Count a file."""
        codes = {record_label(r): self.belonging.region(r) for r in taken.result.records}
        found = [c for c in codes.values() if c is not None]
        tallied = Tallied(taken=taken, owner=self.owners.owner(taken.file.name, taken.file.told, found), codes=codes)
        self.files.append(tallied)
        for record in taken.result.records:
            region = self._region(tallied, record)
            if region is None:
                continue
            if self._is_of_nobody(tallied, record):  # it is stored, but is a figure of no region
                self._count_row(region, taken, type_name(record))
            else:
                self._count(region, taken, record)
        if len(tallied.owner.regions) == 1:
            (region,) = tallied.owner.regions
            for finding in tallied.faulty_rows:
                self._count_row(region, taken, self._type(taken, finding))
            if not taken.fates and not tallied.faulty_rows:
                self._line(region, None).files[taken.file.name] = taken

    def statuses(self) -> list[Status]:
        """One line for each expected region and type."""
        found = {kind for _, kind in self._lines if kind is not None}
        kinds: Sequence[str | None] = list(self.asked.types) or sorted(found - _NOWHERE) or [None]
        return [self._status(region, kind) for region in self.asked.regions for kind in kinds]

    def observations(self) -> dict[str, Observation]:
        """All figures that were handed in, by id; the later file counts."""
        records = (r for t in self.files for r in t.taken.result.records)
        return {r.id: r for r in records if isinstance(r, Observation)}

    def gone_findings(self, statuses: Iterable[Status]) -> Iterator[Finding]:
        """What is stored from before and was not handed in now."""
        for status in statuses:
            if status.gone and status.type is not None:
                ids = tuple(status.gone[:_SHOWN]) + (("…",) if len(status.gone) > _SHOWN else ())
                yield GONE.finding(name=status.name, type=self.label(status.type), count=len(status.gone), ids=ids)

    def subject_findings(self) -> Iterator[Finding]:
        """Figures of which the subject is a name, not a code or id: told once for each name in a file."""
        for tallied in self.files:
            records = [r for r in tallied.taken.result.records if isinstance(r, Observation)]
            for subject, record in {r.subject: r for r in reversed(records)}.items():
                code = tallied.codes[record_label(record)]
                if self._is_of_nobody(tallied, record):
                    place = tallied.taken.places.get(record_label(record), Place(file=tallied.taken.file.name))
                    yield SUBJECT_UNKNOWN.finding(field="subject", place=place, found=subject)
                if subject not in self.ws.regions and code is not None and code == self.belonging.called(subject):
                    place = tallied.taken.places.get(record_label(record), Place(file=tallied.taken.file.name))
                    yield SUBJECT_NAME.finding(field="subject", place=place, found=subject, code=code)

    def _is_of_nobody(self, tallied: Tallied, record: Record) -> bool:
        """Whether a figure is about a name that means nothing that is known: a misspelt one, as a rule."""
        if not isinstance(record, Observation) or not is_chinese(record.subject):
            return False
        in_no_region = tallied.codes[record_label(record)] is None
        return in_no_region and not any(self.belonging.find(kind, record.subject) for kind in self.ws.codec.types)

    def label(self, kind: str) -> Text:
        """What records of a type are called."""
        return info_of(self.ws.codec.type_of(kind).cls).label

    def _region(self, tallied: Tallied, record: Record) -> str | None:
        regions = tallied.owner.regions
        if len(regions) == 1:
            return regions[0]
        code = tallied.codes[record_label(record)]
        return self.owners.expected_for(code) if code is not None and regions else None

    def _line(self, region: str, kind: str | None) -> _Line:
        return self._lines.setdefault((region, kind), _Line())

    def _count(self, region: str, taken: Taken, record: Record) -> None:
        label, line = record_label(record), self._line(region, type_name(record))
        fields = fields_expected(type(record), self.asked.fields)
        line.files[taken.file.name] = taken
        line.fates[taken.fates[label]] += 1
        line.records[label] = record
        line.fields += Rate(filled(record, fields), len(fields))

    def _count_row(self, region: str, taken: Taken, kind: str | None) -> None:
        line = self._line(region, kind)
        line.files[taken.file.name] = taken
        line.rows += 1
        if kind is not None:
            line.fields += Rate(0, len(fields_expected(self.ws.codec.type_of(kind).cls, self.asked.fields)))

    def _type(self, taken: Taken, finding: Finding) -> str | None:
        """Of which type the record in a faulty row would be."""
        named = (finding.record or "").partition("/")[0]
        if named in self.ws.codec.types:
            return named
        sheet = finding.place.sheet if finding.place else None
        types = {label.partition("/")[0] for label in taken.fates}
        near = {label.partition("/")[0] for label, place in taken.places.items() if place.sheet == sheet}
        for found in (near, types, set(self.asked.types)):
            if len(found) == 1:
                return next(iter(found))
        return None

    def _status(self, region: str, kind: str | None) -> Status:
        line = self._lines.get((region, kind), _Line())
        unread = self._lines.get((region, None), _Line())
        files = line.files or unread.files
        imported = [t for t in line.files.values() if self._has_imported(t, line)]
        received = [t.file.received for t in imported or files.values() if t.file.received is not None]
        first = min(received, default=None)
        added, changed, unchanged = (line.fates[f] for f in ("added", "changed", "unchanged"))
        refused = line.fates["refused"] + line.rows
        indicators, missing = self._indicators(region, kind, line)
        return Status(
            region=region,
            name=self.owners.name(region),
            type=kind,
            state=_state(bool(files), added + changed + unchanged, refused),
            files=tuple(sorted(files)),
            received=first,
            on_time=on_time(first, self.asked.due) if imported else None,
            read=line.fates.total() + line.rows,
            added=added,
            changed=changed,
            unchanged=unchanged,
            refused=refused,
            gone=tuple(self._gone(region, kind, line)) if imported and kind is not None else (),
            fields=line.fields,
            indicators=indicators,
            indicators_missing=missing,
        )

    @staticmethod
    def _has_imported(taken: Taken, line: _Line) -> bool:
        return any(fate != "refused" and label in line.records for label, fate in taken.fates.items())

    def _indicators(self, region: str, kind: str | None, line: _Line) -> tuple[Rate, tuple[str, ...]]:
        if kind != "observation" or not self.asked.indicators:
            return NO_RATE, ()
        fields = ("value",)
        answered = {
            r.indicator
            for r in line.records.values()
            if isinstance(r, Observation)
            and r.subject == region
            and not r.breakdown
            and (not self.asked.periods or r.period in self.asked.periods)
            and filled(r, fields)
        }
        missing = tuple(i for i in self.asked.indicators if i not in answered)
        return Rate(len(self.asked.indicators) - len(missing), len(self.asked.indicators)), missing

    def _gone(self, region: str, kind: str, line: _Line) -> Iterator[str]:
        """The ids of stored records of a region that were not handed in now: for the periods that were."""
        spans = {getattr(r, "period", None) for r in line.records.values()}
        for record in self._stored(region, kind):
            if record_label(record) in line.records or getattr(record, "period", None) not in spans:
                continue
            code = self.belonging.region(record)
            if code is not None and self.owners.expected_for(code) == region:
                yield record.id

    def _stored(self, region: str, kind: str) -> Iterator[Record]:
        try:
            if kind == "observation":
                return self.ws.find(kind, subject=Prefix(stem_of(region)))
            return self.ws.find(kind, under=region)
        except InvalidData:  # a type that does not say where its records lie itself
            return self.ws.find(kind)


def find_in(ws: Workspace, taken: Iterable[Taken]) -> Callable[[str, str], Record | None]:
    """How a record is found by type and id: among those handed in, else in the workspace."""
    handed = {record_label(r): r for t in taken for r in t.result.records}

    def find(kind: str, ident: str) -> Record | None:
        known = handed.get(f"{kind}/{ident}")
        if known is not None or kind not in ws.codec.types:
            return known
        try:
            return ws.get(kind, ident)
        except NotFound:
            return None

    return find


def _state(handed: bool, imported: int, refused: int) -> Returned:  # noqa: FBT001 - three facts, one word
    if not handed:
        return Returned.MISSING
    if not imported:
        return Returned.REFUSED
    return Returned.PARTIAL if refused else Returned.RECEIVED
