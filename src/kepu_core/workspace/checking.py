"""Checking records with the checks of all plugins, against what is stored."""

from collections.abc import Callable, Iterable, Iterator, Sequence

from attrs import evolve

from kepu_core.domain.errors import CAUGHT, InvalidData
from kepu_core.domain.findings import Finding, Severity, errors_among
from kepu_core.domain.record import Record, record_label, type_name
from kepu_core.domain.references import UNKNOWN
from kepu_core.domain.region import RegionTable
from kepu_core.plugins import problems as plugin_problems
from kepu_core.plugins.calling import blame
from kepu_core.plugins.descriptors import CheckContext
from kepu_core.plugins.hookspecs import hook
from kepu_core.plugins.validation import shown
from kepu_core.workspace.access import Access
from kepu_core.workspace.existing import Existing
from kepu_core.workspace.places import Places, with_regions

__all__ = ["check", "findings_in", "governed", "known_otherwise", "known_to", "refuse_faulty", "told_of"]


def check(access: Access, places: Places, batch: Sequence[Record]) -> tuple[Finding, ...]:
    """Everything that the checks of all plugins find in a batch, judged with what is stored."""
    inside = {(type_name(r), r.id) for r in batch}
    known = known_to(access, places)
    return findings_in(
        access,
        batch,
        exists=lambda kind, ident: (kind, ident) in inside or known(kind, ident),
        regions=with_regions(places.table, batch),
    )


def findings_in(
    access: Access, batch: Sequence[Record], *, exists: Callable[[str, str], bool], regions: RegionTable
) -> tuple[Finding, ...]:
    """What the checks of all plugins find, where it is told what exists."""
    context = CheckContext(
        records=tuple(batch),  # one for all checks: none may take anything from the next
        exists=exists,
        find=access.records,
        regions=regions,
        today=access.clock().date(),
    )
    findings: list[Finding] = []
    for given in access.plugins.given(hook.kepu_check_records).values():
        try:
            findings.extend(map(_a_finding, given.value.check(context)))
        except CAUGHT as error:  # a broken check must not hide the others' findings
            findings.append(blame(given, plugin_problems.CHECK_FAILED, error, name=given.value.name))
    return tuple(findings)


def governed(access: Access, findings: Iterable[Finding], batch: Iterable[Record]) -> Iterator[Finding]:
    """Findings as the workspace's policy on references has them: errors, warnings, or left out.

    Stored records that a batch was judged with may refer to what is gone since: that is no fault of the batch.
    """
    found = tuple(findings)
    put = {record_label(r) for r in batch} if any(f.code == UNKNOWN.code for f in found) else ()
    for finding in found:
        if finding.code != UNKNOWN.code:
            yield finding
        elif finding.record in put and access.references != "ignore":
            yield finding if access.references == "refuse" else evolve(finding, severity=Severity.WARNING)


def told_of(access: Access, findings: Iterable[Finding]) -> list[Finding]:
    """What of the findings on a commit becomes a notice: references that lead nowhere, under ``warn``."""
    return [f for f in findings if f.code == UNKNOWN.code and access.references == "warn"]


def refuse_faulty(findings: Iterable[Finding]) -> None:
    """Raise :class:`InvalidData` with the errors among findings, if there are any."""
    errors = errors_among(findings)
    if errors:
        raise InvalidData(errors)


def known_to(access: Access, places: Places) -> Existing:
    """Which records exist, with those that plugins bring."""

    def one(kind: str, ident: str) -> bool:
        return known_otherwise(access, places, kind, ident) or _is_stored(access, kind, ident)

    def every(kind: str) -> Iterator[str]:
        if kind == "region":
            yield from (r.id for r in places.given)
        if kind == "scheme":
            yield from access.plugins.values(hook.kepu_schemes)
        if kind in access.codec.types:
            yield from (s.id for s in access.store.find(kind))

    return Existing(one, every)


def known_otherwise(access: Access, places: Places, kind: str, ident: str) -> bool:
    """Whether a plugin brings a record, whatever is stored."""
    if kind == "region":
        return any(r.id == ident for r in places.given)
    return kind == "scheme" and ident in access.plugins.values(hook.kepu_schemes)


def _is_stored(access: Access, kind: str, ident: str) -> bool:
    return kind in access.codec.types and access.living(kind, ident) is not None


def _a_finding(found: object) -> Finding:
    if not isinstance(found, Finding):
        message = f"a check yields findings, not {shown(found)}"
        raise TypeError(message)
    return found
