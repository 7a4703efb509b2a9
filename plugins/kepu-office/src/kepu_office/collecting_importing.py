"""Importing many files, each whole or not at all, through the workspace: one bad file stops no other.

A file may refer to what another one brings (reports to bases). So files that were refused are tried again for as long as
others bring something new, and the order in which they lie in a folder makes no difference. Where two files hold
one record with different contents, the one that was received later counts.
"""

from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from attrs import define, evolve, field, frozen

from kepu_core import (
    ImportReport,
    ImportResult,
    InvalidData,
    NotFound,
    Place,
    Record,
    Refused,
    RevisionConflict,
    Workspace,
)
from kepu_core.domain.findings import Finding, errors_among
from kepu_core.domain.record import record_label
from kepu_core.domain.references import UNKNOWN, references
from kepu_core.workspace.importing import importer_for, incoming
from kepu_office.collecting_files import Handed
from kepu_office.collecting_problems import IN_TWO_FILES

__all__ = ["Importing", "Taken"]


@frozen(kw_only=True)
class Taken:
    """What came of a file: the records in it, the report, and what became of each record by its label.

    ``fates`` has ``"added"``, ``"changed"``, ``"unchanged"`` or ``"refused"``. ``findings`` are those of the report, those
    of what was left out, and what kept the file from being read at all.
    """

    file: Handed
    result: ImportResult
    report: ImportReport | None
    fates: Mapping[str, str]
    findings: tuple[Finding, ...]

    @property
    def ok(self) -> bool:
        """Whether the file was imported, whole or (if that was asked for) in part."""
        return self.report is not None and self.report.ok

    @property
    def places(self) -> Mapping[str, Place]:
        """Where the records in it stand."""
        return {label: evolve(place, file=self.file.name) for label, place in self.result.places.items()}

    @property
    def labels(self) -> frozenset[str]:
        """The records in it."""
        return frozenset(self.fates)


@define
class Importing:
    """Imports files into a workspace. ``told`` is what :meth:`Workspace.import_file` is told of each."""

    ws: Workspace
    dry_run: bool
    partial: bool
    told: Mapping[str, Any]
    step: Callable[[str], None]
    _taken: dict[Path, Taken] = field(factory=dict, init=False)

    def run(self, files: Sequence[Handed]) -> list[Taken]:
        """Import all files, which stand in the order in which they were received."""
        waiting, imported, rounds = list(files), 0, 0
        while waiting:
            for file in waiting:
                self._taken[file.path] = _merged(self._taken.get(file.path), self._one(file))
                self.step(file.name)
            before, imported, rounds = imported, self._imported(), rounds + 1
            waiting = [f for f in waiting if not self._is_done(f)]
            if self.dry_run or imported == before:
                break
        order = [self._taken[f.path] for f in files]
        if rounds > 1:
            self._settle(order)
        order = self._excused(order) if self.dry_run else order
        return [evolve(t, findings=(*t.findings, *_conflicts(n, order))) for n, t in enumerate(order)]

    def _imported(self) -> int:
        return sum(fate != "refused" for t in self._taken.values() for fate in t.fates.values())

    def _is_done(self, file: Handed) -> bool:
        taken = self._taken[file.path]
        return taken.ok and "refused" not in taken.fates.values() and not errors_among(taken.findings)

    def _settle(self, order: Sequence[Taken]) -> None:
        """A file that had to wait may hold records of one received later: that one has the last word."""
        for number, taken in enumerate(order):
            if taken.ok and any(_differing(taken, earlier) for earlier in order[:number]):
                self._one(taken.file)

    def _one(self, file: Handed) -> Taken:
        """Read a file, see what it would change, and import it."""
        nothing = ImportResult(records=())
        try:
            result = incoming(
                self.ws.plugins,
                self.ws.codec,
                file.path,
                **self._told(file, "kind", "encoding"),
                regions=self.ws.regions,
                find=self.ws.find,
            ).read()
        except (InvalidData, NotFound, Refused) as error:
            return _unread(file, nothing, error.findings)
        try:
            report = self._import(file, dry_run=True)
            fates = self._fates(result, report)
            if not self.dry_run and report.ok and set(fates.values()) & {"added", "changed"}:
                report = evolve(self._import(file, dry_run=False), differences=report.differences)
        except (InvalidData, NotFound, Refused, RevisionConflict) as error:
            return _unread(file, result, error.findings)
        if not report.ok:
            fates = dict.fromkeys(fates, "refused")
        return _taken(file, result, report, fates)

    def _told(self, file: Handed, *names: str) -> Mapping[str, Any]:
        """What is said to the importer of a file: of the options those that it takes, as others are for other files."""
        importer = self.told.get("importer")
        takes = importer_for(self.ws.plugins, file.path, importer).value.options
        options = {k: v for k, v in (self.told.get("options") or {}).items() if k in takes}
        return {**{n: self.told[n] for n in names if n in self.told}, "importer": importer, "options": options}

    def _import(self, file: Handed, *, dry_run: bool) -> ImportReport:
        told = self._told(file, *self.told)
        return self.ws.import_file(file.path, dry_run=dry_run, partial=self.partial, **told)

    def _fates(self, result: ImportResult, report: ImportReport) -> dict[str, str]:
        changed = {d.record for d in report.differences}
        left = {f.record for f in report.left.findings}
        fates = {}
        for record in result.records:
            label = record_label(record)
            if label in left or not report.ok:
                fates[label] = "refused"
            elif label in changed:
                fates[label] = "changed"
            else:
                fates[label] = "unchanged" if self.ws.exists(type(record), record.id) else "added"
        return fates

    def _excused(self, order: list[Taken]) -> list[Taken]:
        """In a dry run nothing is put: what is only missing because another file would bring it, is no fault."""
        while True:
            brought = {label for t in order for label, fate in t.fates.items() if fate != "refused"}
            again = [self._excuse(t, brought) for t in order]
            if all(a is b for a, b in zip(again, order, strict=True)):
                return order
            order = again

    def _excuse(self, taken: Taken, brought: Container[str]) -> Taken:
        report = taken.report
        if report is None:
            return taken
        known = {record_label(r): r for r in taken.result.records}
        excused = {f for f in (*report.findings, *report.left.findings) if _is_brought(f, known, brought)}
        if not excused:
            return taken
        report = evolve(
            report,
            findings=tuple(f for f in report.findings if f not in excused),
            left=evolve(report.left, findings=tuple(f for f in report.left.findings if f not in excused)),
        )
        fates = self._fates(taken.result, report)
        for label, fate in fates.items():  # the report of a file that was refused does not say what it would change
            if fate == "unchanged" and self.ws.get(type(known[label]), known[label].id) != known[label]:
                fates[label] = "changed"
        return _taken(taken.file, taken.result, report, fates)


def _conflicts(number: int, order: Sequence[Taken]) -> Iterator[Finding]:
    """Records of a file that stand otherwise in one that was received later."""
    taken = order[number]
    for other in order[number + 1 :]:
        winner = other if other.ok or not taken.ok else taken
        for label in _differing(taken, other):
            place = taken.places.get(label, Place(file=taken.file.name))
            told = {"other": other.file.name, "winner": winner.file.name}
            yield IN_TWO_FILES.finding(record=label, place=place, **told)


def _merged(first: Taken | None, again: Taken) -> Taken:
    """A file that was tried again: what it had added before is there now, and was added all the same."""
    if first is None:
        return again
    fates = {
        label: first.fates[label] if fate == "unchanged" and first.fates.get(label) in {"added", "changed"} else fate
        for label, fate in again.fates.items()
    }
    report = again.report
    if report is not None and first.report is not None:
        report = evolve(report, differences=(*first.report.differences, *report.differences))
    return evolve(again, fates=fates, report=report)


def _taken(file: Handed, result: ImportResult, report: ImportReport, fates: Mapping[str, str]) -> Taken:
    findings = (*report.findings, *report.left.findings)
    return Taken(file=file, result=result, report=report, fates=fates, findings=_named(file, findings))


def _unread(file: Handed, result: ImportResult, findings: tuple[Finding, ...]) -> Taken:
    fates = {record_label(r): "refused" for r in result.records}
    told = (*findings, *(f for f in result.findings if f not in findings))
    return Taken(file=file, result=result, report=None, fates=fates, findings=_named(file, told))


def _named(file: Handed, findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Findings that name the file by its folder too: every city calls its sheet alike."""
    return tuple(evolve(f, place=evolve(f.place or Place(), file=file.name)) for f in findings)


def _is_brought(finding: Finding, known: Mapping[str, Record], brought: Container[str]) -> bool:
    """Whether a finding only says that a record is missing which another file of the run brings."""
    record = known.get(finding.record or "")
    if record is None or finding.code != UNKNOWN.code:
        return False
    return any(r.field == finding.field and f"{r.type}/{r.id}" in brought for r in references(record))


def _differing(one: Taken, other: Taken) -> list[str]:
    """The records that two files have in common, with different contents."""
    if not one.labels & other.labels:
        return []
    mine = {record_label(r): r for r in one.result.records}
    theirs = {record_label(r): r for r in other.result.records}
    return sorted(label for label in one.labels & other.labels if mine[label] != theirs[label])
