"""Which records refer to one: through an index where there is one, else by looking into every record that could."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import chain

import msgspec
from attrs import define, field

from kepu_core.codec.record_type import RecordType
from kepu_core.domain.errors import Refused
from kepu_core.domain.fields import fields_of
from kepu_core.domain.findings import Finding, Problem, errors_among
from kepu_core.domain.record import Record, record_label
from kepu_core.domain.references import REGION, references
from kepu_core.plugins.storage import Condition, Prefix, StoredRecord
from kepu_core.workspace import problems
from kepu_core.workspace.access import Access
from kepu_core.workspace.checking import known_otherwise
from kepu_core.workspace.finding import in_order
from kepu_core.workspace.places import Places
from kepu_core.workspace.shapes import is_several, specs_below

__all__ = ["referring", "refuse_referred"]

Key = tuple[str, str]
_NAMED = 5
_COUNTY = 6
_FEW = 20


def referring(access: Access, target: str, idents: Collection[str]) -> Iterator[tuple[Record, frozenset[str]]]:
    """The records that refer to any of some records of a type, by type and id, and to which of them each does."""
    wanted = frozenset(idents)
    for name in sorted(access.codec.types):
        kind = access.codec.type_of(name)
        if not any(s.info.ref == target for s in specs_below(kind.cls)):
            continue
        for stored in _candidates(access, kind, target, wanted):
            record = access.whole(stored)
            named = _named(record, target, wanted)
            if named:
                yield record, named


def _named(record: Record, target: str, wanted: frozenset[str]) -> frozenset[str]:
    told = {r.id for r in references(record) if r.type == target}
    if target == REGION:  # a village lies in its county: only the county need be known
        told |= {ident[:_COUNTY] for ident in told}
    return wanted & told


def _candidates(access: Access, kind: RecordType, target: str, wanted: frozenset[str]) -> Iterator[StoredRecord]:
    ways = _indexed_ways(kind.cls, target)
    if ways and (target != REGION or len(wanted) <= _FEW):
        questions: list[Mapping[str, Condition]] = [{way: sorted(wanted)} for way in ways]
        if target == REGION:
            questions = [{way: Prefix(ident)} for way in ways for ident in sorted(wanted)]
        yield from in_order([access.store.find(kind.name, where) for where in questions])
        return
    # An id stands in the canonical JSON of a record as it stands in JSON alone; older versions may write it otherwise.
    needles = [msgspec.json.encode(ident)[1:-1] for ident in wanted] if len(wanted) <= _FEW else [b""]
    for stored in access.store.find(kind.name):
        body = stored.body or b""
        if stored.version != kind.version or any(needle in body for needle in needles):
            yield stored


def _indexed_ways(cls: type, target: str) -> list[str]:
    """The index fields through which alone records of a class refer to a type; none if there are other ways."""
    above = [s for s in fields_of(cls) if s.info.ref == target]
    below = [s for s in specs_below(cls) if s.info.ref == target]
    if len(above) < len(below) or not all(s.info.index and not is_several(s) for s in above):
        return []
    return [s.name for s in above]


@define
class _Referred:
    count: int = 0
    names: list[str] = field(factory=list)

    def add(self, record: Record) -> None:
        self.count += 1
        if len(self.names) < _NAMED:
            self.names.append(record_label(record))

    def finding(self, problem: Problem, key: Key) -> Finding:
        more = " …" if self.count > len(self.names) else ""
        return problem.finding(record="/".join(key), count=self.count, names=tuple(self.names), more=more)


def refuse_referred(access: Access, places: Places, gone: Collection[Key], put: Sequence[Record] = ()) -> list[Finding]:
    """Raise :class:`Refused` if others refer to what is to be deleted; under the policy ``"warn"`` only tell it.

    That a figure may come before its indicator is registered is no reason to take the register away from under those
    that are there. What a plugin brings is still there when a stored record of the same id is deleted. Records that
    are ``put`` in the same commit count as they will be, not as they are stored.
    """
    if access.references == "ignore":
        return []
    keys = frozenset(key for key in gone if not known_otherwise(access, places, *key))
    found = [f for kind in sorted({k for k, _ in keys}) for f in _of_type(access, kind, keys, frozenset(gone), put)]
    errors = errors_among(found)
    if errors:
        raise Refused(errors)
    return found


def _of_type(
    access: Access, target: str, keys: frozenset[Key], gone: frozenset[Key], put: Sequence[Record]
) -> Iterator[Finding]:
    found: dict[str, _Referred] = {}
    wanted = frozenset(ident for kind, ident in keys if kind == target)
    passed = gone | {(access.name(type(r)), r.id) for r in put}
    stored = (
        pair for pair in referring(access, target, wanted) if (access.name(type(pair[0])), pair[0].id) not in passed
    )
    for record, named in chain(stored, ((r, _named(r, target, wanted)) for r in put)):
        for ident in named:
            found.setdefault(ident, _Referred()).add(record)
    problem = problems.STILL_REFERRED if access.references == "refuse" else problems.LEFT_BEHIND
    for ident in sorted(found):
        yield found[ident].finding(problem, (target, ident))
