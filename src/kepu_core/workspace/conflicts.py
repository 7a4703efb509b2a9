"""What differs where two people changed the same record: what it was, what theirs made of it, what ours wants."""

from collections.abc import Iterable, Iterator, Sequence
from enum import Enum
from typing import Any

from attrs import evolve, frozen

from kepu_core.domain.errors import KepuError
from kepu_core.domain.fields import fields_of
from kepu_core.domain.findings import Finding
from kepu_core.domain.record import Record
from kepu_core.domain.redaction import redacted
from kepu_core.language import Text
from kepu_core.plugins.storage import RevisionConflict, StoredRecord, Write
from kepu_core.workspace import problems
from kepu_core.workspace.access import Access
from kepu_core.workspace.shapes import is_part

__all__ = ["ABSENT", "DELETED", "WRITTEN", "Difference", "compared", "explained"]

ABSENT = Text("没有", "none")
DELETED = Text("已删除", "deleted")
WRITTEN = Text("已写入", "written")
_WHOLE = Text("整条记录", "the whole record")
_SHOWN = 15
_LONGEST = 60


@frozen(kw_only=True)
class Difference:
    """One field that is not the same in what it was (``base``), in ``theirs`` and in ``ours``.

    ``field`` is a path (``designations[0].valid_to``), or ``None`` where the record as a whole was deleted or made.
    What was not there is ``None``. Of personal data neither of the three is told (``personal``).
    """

    record: str
    field: str | None
    label: Text
    base: Any = None
    theirs: Any = None
    ours: Any = None
    personal: bool = False
    both: bool = False
    """Whether both sides changed it, each in another way."""

    def finding(self) -> Finding:
        """The difference in words, cut to a sensible length."""
        if self.personal:
            return problems.PERSONAL_APART.finding(record=self.record, field=self.field, label=self.label)
        return problems.CHANGED_APART.finding(
            record=self.record,
            field=self.field,
            label=self.label,
            base=_worded(self.base),
            theirs=_worded(self.theirs),
            ours=_worded(self.ours),
        )


def explained(access: Access, error: RevisionConflict, writes: Iterable[Write]) -> RevisionConflict:
    """The conflict with what differs, told after what the store says of each record."""
    findings: list[Finding] = []
    differences: list[Difference] = []
    by_record = {f"{w.type}/{w.id}": w for w in writes}
    for finding in error.findings:
        findings.append(finding)
        write = by_record.get(finding.record or "")
        if write is not None:
            found = _differences(access, write)
            differences += found
            findings += _told(found)
    return RevisionConflict(findings, differences)


def _told(found: Sequence[Difference]) -> Iterator[Finding]:
    yield from (d.finding() for d in found[:_SHOWN])
    if len(found) > _SHOWN:
        yield problems.MORE_APART.finding(record=found[0].record, count=len(found) - _SHOWN)


def _differences(access: Access, write: Write) -> list[Difference]:
    history = access.store.history(write.type, write.id)
    base = next((s for s in history if s.revision == write.expect), None)
    theirs = history[-1] if history else None
    label = f"{write.type}/{write.id}"
    if theirs is None or theirs.body is None or write.body is None:
        whole = Difference(record=label, field=None, label=_WHOLE, base=_fate(base), theirs=_fate(theirs),
                           ours=DELETED if write.body is None else WRITTEN, both=True)  # fmt: skip
        return [whole]
    try:
        three = (_decoded(access, base), access.whole(theirs), access.codec.decode(write.type, write.body))
    except KepuError:  # what cannot be read any more cannot be compared; that there is a conflict is told all the same
        return []
    return compared(label, *three)


def _decoded(access: Access, stored: StoredRecord | None) -> Record | None:
    return None if stored is None or stored.body is None else access.whole(stored)


def _fate(stored: StoredRecord | None) -> Text:
    if stored is None:
        return ABSENT
    return DELETED if stored.body is None else WRITTEN


def compared(label: str, base: Record | None, theirs: Record | None, ours: Record | None) -> list[Difference]:
    """Every field in which two changes of a record differ, what both changed first.

    >>> from kepu_core.domain.organisation import Organisation
    >>> was = Organisation(id="a", name="A", kind="society")
    >>> theirs = Organisation(id="a", name="B", kind="society")
    >>> [(d.field, d.base, d.theirs, d.ours) for d in compared("organisation/a", was, theirs, was)]
    [('name', 'A', 'B', 'A')]
    """
    found = (evolve(d, record=label) for d in _inside("", (base, theirs, ours), _WHOLE))
    return sorted(found, key=lambda d: not d.both)


Three = tuple[Any, Any, Any]


def _inside(path: str, three: Three, label: Text) -> Iterator[Difference]:
    base, theirs, ours = three
    if theirs == ours:
        return
    there = [v for v in three if v is not None]
    if all(map(is_part, there)) and len({type(v) for v in there}) == 1 and theirs is not None and ours is not None:
        yield from _in_fields(path, three, type(there[0]))
    elif all(isinstance(v, tuple) for v in there) and any(map(is_part, (p for v in there for p in v))):
        for place in range(max(map(len, there))):
            parts = tuple(v[place] if v is not None and place < len(v) else None for v in three)
            yield from _inside(f"{path}[{place}]", (parts[0], parts[1], parts[2]), label)
    else:
        both = base not in (theirs, ours)
        base, theirs, ours = map(_plain, three)
        yield Difference(record="", field=path, label=label, base=base, theirs=theirs, ours=ours, both=both)


def _in_fields(path: str, three: Three, cls: type) -> Iterator[Difference]:
    for spec in fields_of(cls):
        values = tuple(None if item is None else getattr(item, spec.name) for item in three)
        base, theirs, ours = values
        inner = f"{path}.{spec.name}" if path else spec.name
        if spec.info.personal and theirs != ours:
            both = base not in (theirs, ours)
            yield Difference(record="", field=inner, label=spec.label, personal=True, both=both)
        else:
            yield from _inside(inner, (base, theirs, ours), spec.label)


def _plain(value: Any) -> Any:
    """A value without what is personal in its parts."""
    if isinstance(value, tuple):
        return tuple(map(_plain, value))
    return redacted(value) if is_part(value) else value


def _worded(value: Any) -> Text:
    """A value for people, cut; a part whose personal fields its own repr leaves out."""
    if value is None:
        return ABSENT
    if isinstance(value, Text):
        return value
    if isinstance(value, tuple):
        parts = [_worded(v) for v in value]
        return _cut(Text("、".join(p.zh for p in parts), ", ".join(p.en for p in parts))) if parts else ABSENT
    if isinstance(value, Enum):
        label = getattr(value, "label", None)
        return label if isinstance(label, Text) else Text(str(value.value), str(value.value))
    text = " ".join(str(value).split())
    return _cut(Text(text, text))


def _cut(text: Text) -> Text:
    return Text(*(t if len(t) <= _LONGEST else f"{t[: _LONGEST - 1]}…" for t in (text.zh, text.en)))
