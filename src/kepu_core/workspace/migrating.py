"""Migrating records: what is stored in an older form than today's is written anew."""

from collections.abc import Iterator, Mapping
from itertools import chain, groupby
from typing import TYPE_CHECKING

from attrs import field, frozen

from kepu_core.codec.codec import Codec
from kepu_core.domain.errors import InvalidData
from kepu_core.domain.findings import Finding, Problem, Severity, errors_among
from kepu_core.language import Text
from kepu_core.plugins.storage import Change, Commit, Store, StoredRecord, StoreRefused, Write
from kepu_core.workspace.access import is_internal
from kepu_core.workspace.indexing import index_of, text_of
from kepu_core.workspace.reading import decoded

if TYPE_CHECKING:
    from kepu_core.workspace.workspace import Workspace

__all__ = ["UNKNOWN_TYPE", "Migration", "migrate_records", "with_newest"]

UNKNOWN_TYPE = Problem(
    "store.unknown-type",
    Text(
        "有 {count} 个版本的记录类型 {type} 无人认识，未检查",
        "{count} revisions are of the unknown type {type} and were left out",
    ),
    Text("安装定义该类型的插件", "install the plugin that brings this type"),
    Severity.WARNING,
)
_AT_ONCE = 1000


@frozen(kw_only=True)
class Migration:
    """What was written anew, or would be: how many records of each type, and what stands in the way.

    ``commit`` is ``None`` if there was nothing to write, or in a dry run.
    """

    counts: Mapping[str, int] = field(factory=dict)
    findings: tuple[Finding, ...] = ()
    commit: Commit | None = None
    dry_run: bool = False

    @property
    def ok(self) -> bool:
        """Whether nothing stands in the way."""
        return not errors_among(self.findings)


def migrate_records(ws: "Workspace", *, dry_run: bool) -> Migration:
    """Write every living record anew that is not stored as it would be today, in one commit.

    That is: under an older version of its type, in other bytes, or found by other texts. The content stays the same
    record, so append-only types are no exception. Past revisions stay as they are. With ``dry_run`` it is only told.

    Raises :class:`InvalidData` with everything that cannot be read, before anything is written, and
    :class:`RevisionConflict` if a record is changed meanwhile.
    """
    until = max((c.number for c in ws.store.commits()), default=0)
    counts, findings = _survey(ws, until)
    if dry_run:
        return Migration(counts=counts, findings=findings, dry_run=True)
    errors = errors_among(findings)
    if errors:
        raise InvalidData(errors)
    writes = _writes(ws, until)
    first = next(writes, None)
    commit = None
    if first is not None:
        commit = ws.store.commit(chain((first,), writes), at=ws.now(), author=ws.author, reason="migrate")
    return Migration(counts=counts if commit else {}, findings=findings, commit=commit)


def _survey(ws: "Workspace", until: int) -> tuple[dict[str, int], tuple[Finding, ...]]:
    """How many records of each type are to be written, and everything that stands in the way."""
    counts: dict[str, int] = {}
    unknown: dict[str, int] = {}
    findings: list[Finding] = []
    for change, newest in _living(ws.store, until):
        name = newest.type
        if name not in ws.codec.types:
            unknown[name] = unknown.get(name, 0) + 1
            continue
        try:
            counts[name] = counts.get(name, 0) + (_anew(ws.codec, change, newest) is not None)
        except InvalidData as error:
            findings += (f.at(record=f"{name}/{newest.id}") for f in error.findings)
    findings += (UNKNOWN_TYPE.finding(record=name, type=name, count=n) for name, n in sorted(unknown.items()))
    return {name: counts[name] for name in sorted(counts) if counts[name]}, tuple(findings)


def _writes(ws: "Workspace", until: int) -> Iterator[Write]:
    for change, newest in _living(ws.store, until):
        if newest.type in ws.codec.types:
            write = _anew(ws.codec, change, newest)
            if write is not None:
                yield write


def _living(store: Store, until: int) -> Iterator[tuple[Change, StoredRecord]]:
    for change, newest in with_newest(store, until):
        if newest is not None and newest.body is not None and newest.commit == change.record.commit:
            yield change, newest


def _anew(codec: Codec, change: Change, newest: StoredRecord) -> Write | None:
    """What writes a record as it would be written today; ``None`` if it is so already."""
    kind = codec.type_of(newest.type)
    record = decoded(codec, newest)
    write = Write(
        type=newest.type,
        id=newest.id,
        version=kind.version,
        body=codec.encode(record),
        index=index_of(record),
        text=text_of(record),
        expect=newest.revision,
    )
    stored = (newest.version, newest.body, dict(change.index), change.text)
    return None if stored == (write.version, write.body, write.index, write.text) else write


def with_newest(store: Store, until: int | None = None) -> Iterator[tuple[Change, StoredRecord | None]]:
    """Every change of records in the feed, each with what is the newest revision of its record by now."""
    for several in _batches(c for c in store.changes(until=until) if not is_internal(c.record.type)):
        for name, group in groupby(several, key=lambda c: c.record.type):
            changes = list(group)
            newest = store.get_many(name, sorted({c.record.id for c in changes}))
            for change in changes:
                yield change, newest.get(change.record.id)


def _batches(feed: Iterator[Change]) -> Iterator[list[Change]]:
    """The feed in parts; what was read before damage put an end to it is a part as well."""
    several: list[Change] = []
    try:
        for change in feed:
            several.append(change)
            if len(several) == _AT_ONCE:
                yield several
                several = []
    except StoreRefused:
        yield several
        raise
    yield several
