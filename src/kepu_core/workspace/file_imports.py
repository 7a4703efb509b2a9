"""Importing a file: reading it, checking what it holds, and one commit, with a report of all of it."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from attrs import evolve

from kepu_core.domain.errors import InvalidData, Refused
from kepu_core.domain.findings import Finding, Place
from kepu_core.domain.record import type_name
from kepu_core.plugins.descriptors import ImportResult
from kepu_core.workspace.access import Access
from kepu_core.workspace.checking import check, governed, refuse_faulty, told_of
from kepu_core.workspace.importing import read_file
from kepu_core.workspace.places import Places
from kepu_core.workspace.reports import ImportReport
from kepu_core.workspace.writing import batch_of, commit, refuse_losing_personal, stored_of, tell, writes_of

__all__ = ["import_file"]


def import_file(
    access: Access,
    places: Places,
    file: Path,
    *,
    kind: str | None,
    encoding: str | None,
    importer: str | None,
    dry_run: bool,
    author: str | None,
    forget_personal: bool,
) -> ImportReport:
    """Read a file and put what it holds: everything, or nothing if anything is wrong with it."""
    name, result = read_file(access.plugins, access.codec, file, kind=kind, encoding=encoding, importer=importer)
    read = Counter(type_name(r) for r in result.records)
    report = ImportReport(
        file=file.name, importer=name, read=dict(read), findings=tuple(result.findings), dry_run=dry_run
    )
    return _put(access, places, result, report, author, forget_personal=forget_personal) if report.ok else report


def _put(
    access: Access,
    places: Places,
    result: ImportResult,
    report: ImportReport,
    author: str | None,
    *,
    forget_personal: bool,
) -> ImportReport:
    findings = list(result.findings)
    try:
        batch = batch_of(access, result.records)
        found = governed(access, check(access, places, batch), batch)
        findings += _placed(found, result.places, report.file)
        refuse_faulty(findings)
        if not forget_personal:
            refuse_losing_personal(access, batch)
        writes = writes_of(access, batch, None)
    except (InvalidData, Refused) as error:
        told = {id(f) for f in error.findings}
        others = [f for f in findings if id(f) not in told and f not in error.findings]
        return evolve(report, findings=(*error.findings, *others))
    known = stored_of(access, batch)
    added = sum((w.type, w.id) not in known for w in writes)
    made = None
    if writes and not report.dry_run:
        made = commit(access, writes, author, f"import {report.file}")
        access.notices += told_of(access, findings)
        written = {(w.type, w.id) for w in writes}
        tell(access, made, tuple(r for r in batch if (type_name(r), r.id) in written))
    return evolve(
        report,
        added=added,
        changed=len(writes) - added,
        unchanged=len(batch) - len(writes),
        findings=tuple(findings),
        commit=made,
    )


def _placed(findings: Iterable[Finding], places: Mapping[str, Place], file: str) -> Iterator[Finding]:
    """Findings of a file's records, with the file and (if the importer told it) the place of the record."""
    return (f if f.place else f.at(place=places.get(f.record or "", Place(file=file))) for f in findings)
