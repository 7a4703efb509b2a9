"""Writing records: from what is put to one commit, and telling those who listen."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any, TypeAlias, cast

from kepu_core.domain.errors import CAUGHT, InvalidData, KepuError, NotFound, Refused
from kepu_core.domain.fields import info_of
from kepu_core.domain.findings import Finding
from kepu_core.domain.record import Record, record_label, type_name
from kepu_core.domain.redaction import redacted
from kepu_core.plugins import problems as plugin_problems
from kepu_core.plugins.calling import blame, reason_of
from kepu_core.plugins.hookspecs import hook
from kepu_core.plugins.info import Given
from kepu_core.plugins.storage import STORE_FAILED, Commit, RevisionConflict, StoredRecord, StoreRefused, Write
from kepu_core.workspace import problems
from kepu_core.workspace.access import Access
from kepu_core.workspace.addresses import masked
from kepu_core.workspace.conflicts import explained
from kepu_core.workspace.indexing import index_of, text_of
from kepu_core.workspace.shapes import has_personal

__all__ = [
    "Expect",
    "Watched",
    "batch_of",
    "commit",
    "deletions",
    "no_record",
    "refuse_losing_personal",
    "stored_of",
    "tell",
    "tell_one",
    "write_of",
    "writes_of",
]

Expect: TypeAlias = Mapping[Record, int] | int | None
Key = tuple[str, str]
_NAMED = 5


def batch_of(access: Access, records: Iterable[Record | Iterable[Record]]) -> list[Record]:
    """One list of all records, those given twice alike only once.

    Raises :class:`InvalidData` (``workspace.twice``) for two contents of one id.
    """
    batch: dict[Key, Record] = {}
    faults: list[Finding] = []
    for item in records:
        several = (item,) if hasattr(item, "__kepu_record__") else item
        for record in cast("Iterable[Record]", several):
            key = (access.name(type(record)), record.id)
            if batch.setdefault(key, record) != record:
                faults.append(problems.TWICE_IN_BATCH.finding(record="/".join(key)))
    if faults:
        raise InvalidData(faults)
    return list(batch.values())


def stored_of(access: Access, batch: Iterable[Record]) -> dict[Key, StoredRecord]:
    """What is stored of the records of a batch."""
    idents: dict[str, list[str]] = {}
    for record in batch:
        idents.setdefault(type_name(record), []).append(record.id)
    return {(n, i): s for n, ids in idents.items() for i, s in access.store.get_many(n, ids).items()}


def writes_of(access: Access, batch: Sequence[Record], expect: Expect) -> list[Write]:
    """What to write of a batch; what is stored already as it is is left out."""
    stored = stored_of(access, batch)
    wanted = (
        write_of(access, r, stored.get((type_name(r), r.id)), expect.get(r) if isinstance(expect, Mapping) else expect)
        for r in batch
    )
    return [w for w in wanted if w is not None]


def write_of(access: Access, record: Record, stored: StoredRecord | None, expect: int | None) -> Write | None:
    """What to write of a record; ``None`` if it is stored already as it is.

    Raises :class:`Refused` for what may only be added, and for a change that would wipe out what the role does not
    see.
    """
    kind = access.codec.type_of(type_name(record))
    body = access.codec.encode(record)
    if stored is not None and stored.body is not None:
        if access.role.hides_from(kind.cls) and _is_as_shown(access, record, stored):
            return None
        if stored.body == body and stored.version == kind.version and expect in {None, stored.revision}:
            return None
        if info_of(kind.cls).append_only:
            raise Refused(_append_only(record))
        _refuse_used_scheme(access, record)
    if expect is None and (access.role.hides_from(kind.cls) or info_of(kind.cls).append_only):
        # Or personal data put in between would be wiped out all the same, and what may only be added be changed.
        expect = stored.revision if stored else 0
    return Write(
        type=kind.name,
        id=record.id,
        version=kind.version,
        body=body,
        index=index_of(record),
        text=text_of(record),
        expect=expect,
    )


def refuse_losing_personal(access: Access, batch: Iterable[Record]) -> None:
    """Raise :class:`Refused` where records hold no personal data, and what is stored of them does.

    So looks a file that was exported without personal data, edited and put again.
    """
    bare = [r for r in batch if has_personal(type(r)) and redacted(r) == r]
    losing = []
    for key, stored in stored_of(access, bare).items():
        if stored.body is not None:
            whole = access.whole(stored)
            if redacted(whole) != whole:
                losing.append("/".join(key))
    if losing:
        more = " …" if len(losing) > _NAMED else ""
        raise Refused(problems.LOSES_PERSONAL.finding(count=len(losing), names=tuple(losing[:_NAMED]), more=more))


def _is_as_shown(access: Access, record: Record, stored: StoredRecord) -> bool:
    """Whether a record is put as the role has got it: nothing was changed, though more is stored.

    Raises :class:`Refused` for any other record where the role misses something. What it misses is not compared: a
    guess that is right is refused as one that is wrong.
    """
    whole = access.whole(stored)
    if not access.role.misses(whole):
        return False
    if access.role.shown(whole) == record:
        return True
    label = info_of(type(record)).label
    raise Refused(problems.HIDDEN_FIELDS.finding(record=record_label(record), role=access.role.name, label=label))


def deletions(access: Access, keys: Collection[Key], expect: int | None) -> list[Write]:
    """What deletes records. Raises :class:`NotFound` for those that are not there, and :class:`Refused`."""
    found = {key: access.living(*key) for key in keys}
    gone = [no_record(access, *key) for key, stored in found.items() if stored is None]
    if gone:
        raise NotFound(gone)
    for kind, ident in found:
        cls = access.codec.type_of(kind).cls
        if info_of(cls).append_only:
            label = info_of(cls).label
            raise Refused(problems.APPEND_ONLY.finding(record=f"{kind}/{ident}", label=label))
        if kind == "scheme":
            _refuse_used(access, ident)
    return [Write(type=k, id=i, version=access.codec.type_of(k).version, body=None, expect=expect) for k, i in found]


def no_record(access: Access, kind: str, ident: str) -> Finding:
    """That there is no record of a type and id."""
    label = access.codec.type_of(kind).label
    return problems.NO_RECORD.finding(record=f"{kind}/{ident}", type=kind, id=ident, label=label)


def _refuse_used_scheme(access: Access, record: Record) -> None:
    if type_name(record) == "scheme":
        _refuse_used(access, record.id)


def _refuse_used(access: Access, scheme: str) -> None:
    used = next(access.store.find("evaluation", {"scheme": scheme}, limit=1), None)
    if used is not None:
        raise Refused(problems.SCHEME_IN_USE.finding(record=f"scheme/{scheme}", evaluation=used.id))


def _append_only(record: Record) -> Finding:
    return problems.APPEND_ONLY.finding(record=record_label(record), label=info_of(type(record)).label)


class Watched:
    """Writes that are made while a store commits them; what goes wrong in making them is no fault of the store."""

    def __init__(self, writes: Iterator[Write]) -> None:
        self._writes = writes
        self.error: BaseException | None = None

    def __iter__(self) -> "Watched":
        return self

    def __next__(self) -> Write:
        try:
            return next(self._writes)
        except StopIteration:
            raise
        except BaseException as error:
            self.error = error
            raise


def commit(access: Access, writes: Sequence[Write] | Watched, author: str | None, reason: str | None) -> Commit:
    """Write to the store. Raises :class:`RevisionConflict` with all that differs, and :class:`StoreRefused`."""
    author = author or access.author
    own = writes if isinstance(writes, Watched) else None
    try:
        return access.store.commit(writes, at=access.clock(), author=author, reason=reason)
    except CAUGHT as error:
        if own is not None and own.error is not None:
            if own.error is error:
                raise
            raise own.error from error
        if isinstance(error, RevisionConflict):
            raise explained(access, error, writes if own is None else ()) from error
        if isinstance(error, KepuError):
            raise
        raise StoreRefused(STORE_FAILED.finding(url=masked(access.store.url), reason=reason_of(error))) from error


def tell(access: Access, made: Commit, written: Sequence[Record]) -> None:
    """Tell every listener of a commit what was written."""
    for given in access.plugins.given(hook.kepu_after_commit).values():
        tell_one(access, given, partial(given.value.after, made, written))


def tell_one(access: Access, given: Given[Any], after: Callable[[], None]) -> None:
    """Call a listener; what is done is done, so one that fails can only be reported."""
    try:
        after()
    except CAUGHT as error:
        access.notices.append(blame(given, plugin_problems.LISTENER_FAILED, error, name=given.value.name))
