"""Importing a file: reading it, checking what it holds, and one commit, with a report of all of it."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence

from attrs import evolve, frozen

from kepu_core.domain.errors import InvalidData, Refused
from kepu_core.domain.findings import Finding, Place, errors_among
from kepu_core.domain.record import Record, record_label, type_name
from kepu_core.plugins.descriptors import ImportResult
from kepu_core.plugins.storage import Write
from kepu_core.workspace.access import Access
from kepu_core.workspace.checking import check, governed, refuse_faulty, told_of
from kepu_core.workspace.conflicts import compared
from kepu_core.workspace.importing import Incoming
from kepu_core.workspace.places import Places
from kepu_core.workspace.referring import refuse_referred
from kepu_core.workspace.reports import FieldChange, ImportReport, Left
from kepu_core.workspace.writing import batch_of, commit, deletions, refuse_losing_personal, stored_of, tell, writes_of

__all__ = ["import_file"]

_ROW = re.compile(r"\d+\Z")


@frozen(kw_only=True)
class _Batch:
    """What is to be put of a file, with what was found; the errors of what is left out stand apart."""

    records: Sequence[Record]
    findings: Sequence[Finding]
    writes: Sequence[Write]
    left: Sequence[Finding] = ()
    left_records: Sequence[str] = ()
    gone: Sequence[Write] = ()


def import_file(
    access: Access,
    places: Places,
    file: Incoming,
    *,
    dry_run: bool,
    partial: bool,
    author: str | None,
    forget_personal: bool,
) -> ImportReport:
    """Read a file and put what it holds: everything, or nothing if anything is wrong with it.

    A ``partial`` import puts everything in which no error was found, and leaves the rest.
    """
    result = file.read()
    read = Counter(type_name(r) for r in result.records)
    report = ImportReport(
        file=file.file, importer=file.importer, read=dict(read), findings=tuple(result.findings), dry_run=dry_run
    )
    if not report.ok and not (partial and (result.records or result.deletes)):
        return report
    prepare = _good_of if partial else _all_of
    try:
        batch = prepare(access, places, result, report.file, forget_personal=forget_personal)
    except (InvalidData, Refused) as error:
        told = {id(f) for f in error.findings}
        others = [f for f in result.findings if id(f) not in told and f not in error.findings]
        return evolve(report, findings=(*error.findings, *others))
    return _put(access, batch, report, author)


def _all_of(access: Access, places: Places, result: ImportResult, file: str, *, forget_personal: bool) -> _Batch:
    """Everything that was read. Raises :class:`InvalidData` or :class:`Refused` if there is an error in any of it."""
    records = batch_of(access, result.records)
    findings = [*result.findings, *_checked(access, places, records, result, file)]
    refuse_faulty(findings)
    if not forget_personal:
        refuse_losing_personal(access, records)
    gone, told = _gone(access, places, result, records)
    return _Batch(records=records, findings=[*findings, *told], writes=writes_of(access, records, None), gone=gone)


def _good_of(access: Access, places: Places, result: ImportResult, file: str, *, forget_personal: bool) -> _Batch:
    """Those records in which there is no error, none that is left out counted as being there.

    Raises :class:`InvalidData` if none is left, or for an error that belongs to no record.
    """
    told = errors_among(result.findings)
    records = list(result.records)
    left, names = list(told), dict.fromkeys([*_spots(told, result.places), *_unmade(result)])
    findings: list[Finding] = []
    while True:
        records, errors = _without_twins(access, records, result, file)
        if not errors:
            findings = _checked(access, places, records, result, file)
            faulty = {record_label(r) for r in records} & {f.record for f in errors_among(findings)}
            errors = [f for f in errors_among(findings) if f.record in faulty]
        if not errors:
            refuse_faulty(findings)
            refused = dict(_refused(access, records, forget_personal=forget_personal))
            errors = [f.at(record=name) for name, fs in refused.items() for f in _placed(fs, result.places, file, name)]
        if not errors:
            break
        left += errors
        out = {f.record for f in errors}
        names.update(dict.fromkeys(n for n in out if n))
        records = [r for r in records if record_label(r) not in out]
    gone: Sequence[Write] = ()
    try:
        gone, behind = _gone(access, places, result, records)
        findings += behind
    except Refused as error:
        left += _placed(error.findings, result.places, file)
        names.update(dict.fromkeys("/".join(key) for key in result.deletes))
    if not records and not gone:
        raise InvalidData(left)
    notes = [f for f in result.findings if f not in told]
    writes = writes_of(access, records, None)
    findings = [*notes, *findings]
    return _Batch(records=records, findings=findings, writes=writes, left=left, left_records=tuple(names), gone=gone)


def _gone(
    access: Access, places: Places, result: ImportResult, records: Sequence[Record]
) -> tuple[list[Write], list[Finding]]:
    """What deletes the stored records that the file says are to go. Raises :class:`Refused` if they are needed."""
    stored = [key for key in dict.fromkeys(result.deletes) if access.living(*key) is not None]
    writes = deletions(access, stored, None)
    return writes, refuse_referred(access, places, stored, records)


def _checked(
    access: Access, places: Places, records: Sequence[Record], result: ImportResult, file: str
) -> list[Finding]:
    return list(_placed(governed(access, check(access, places, records), records), result.places, file))


def _without_twins(
    access: Access, records: Sequence[Record], result: ImportResult, file: str
) -> tuple[list[Record], list[Finding]]:
    """Records of which none has two contents, or what is wrong with those that have."""
    try:
        return batch_of(access, records), []
    except InvalidData as error:
        return list(records), list(_placed(error.findings, result.places, file))


def _refused(
    access: Access, records: Sequence[Record], *, forget_personal: bool
) -> Iterator[tuple[str, tuple[Finding, ...]]]:
    """Which records may not be written as they are; asked one by one only if they may not be written together."""

    def ask(some: Sequence[Record]) -> tuple[Finding, ...]:
        try:
            if not forget_personal:
                refuse_losing_personal(access, some)
            writes_of(access, some, None)
        except (InvalidData, Refused) as error:
            return error.findings
        return ()

    if ask(records):
        for record in records:
            findings = ask([record])
            if findings:
                yield record_label(record), findings


def _put(access: Access, batch: _Batch, report: ImportReport, author: str | None) -> ImportReport:
    known = {key for key, stored in stored_of(access, batch.records).items() if stored.body is not None}
    added = sum((w.type, w.id) not in known for w in batch.writes)
    made = None
    writes = [*batch.writes, *batch.gone]
    if writes and not report.dry_run:
        made = commit(access, writes, author, f"import {report.file}")
        access.notices += told_of(access, batch.findings)
        written = {(w.type, w.id) for w in batch.writes}
        tell(access, made, tuple(r for r in batch.records if (type_name(r), r.id) in written))
    return evolve(
        report,
        added=added,
        changed=len(batch.writes) - added,
        unchanged=len(batch.records) - len(batch.writes),
        deleted=tuple(f"{w.type}/{w.id}" for w in batch.gone),
        findings=tuple(batch.findings),
        commit=made,
        left=Left(count=len(batch.left_records), findings=tuple(batch.left)),
        differences=tuple(_differences(access, batch)) if report.dry_run else (),
    )


def _differences(access: Access, batch: _Batch) -> Iterator[FieldChange]:
    """Every field of stored records that is to change, as the role sees it."""
    written = {(w.type, w.id) for w in batch.writes}
    changed = [r for r in batch.records if (type_name(r), r.id) in written]
    stored = stored_of(access, changed)
    for record in changed:
        before = stored.get((type_name(record), record.id))
        if before is None or before.body is None:
            continue
        old = access.shown(before)
        for d in compared(record_label(record), old, old, record):
            yield FieldChange(
                record=d.record, field=d.field, label=d.label, old=d.base, new=d.ours, personal=d.personal
            )


def _unmade(result: ImportResult) -> Iterator[str]:
    """The rows of records that an importer found in a file and did not make, as it said where they stand."""
    made = {record_label(r) for r in result.records}
    for name, place in result.places.items():
        if " " not in name and name not in made:  # with a space it is a field
            yield _spot(place)


def _spots(findings: Iterable[Finding], places: Mapping[str, Place]) -> Iterator[str]:
    """The rows in which something is wrong, or else the records."""
    for finding in findings:
        place = finding.place if finding.record is None else places.get(finding.record)
        yield _spot(place or Place()) if finding.record is None or place is not None else finding.record


def _spot(place: Place) -> str:
    row = _ROW.search(place.cell or "")
    return f"{place.sheet}!{row[0] if row else place.line or place.path}"


def _placed(
    findings: Iterable[Finding], places: Mapping[str, Place], file: str, record: str | None = None
) -> Iterator[Finding]:
    """Findings of a file's records, with the file and (if the importer told it) the place of the field or record."""
    for finding in findings:
        name = finding.record or record or ""
        place = places.get(f"{name} {finding.field}") or places.get(name) or Place(file=file)
        yield finding if finding.place else finding.at(place=place)
