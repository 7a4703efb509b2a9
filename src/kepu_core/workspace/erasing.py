"""Erasing personal data for good: from what a record is, and from all that it ever was."""

import uuid
from collections.abc import Sequence
from typing import TYPE_CHECKING, TypeVar

from attrs import evolve, frozen

from kepu_core.codec import problems as codec_problems
from kepu_core.codec.record_type import RecordType
from kepu_core.domain.erasure import Erasure
from kepu_core.domain.errors import InvalidData, NotFound, Refused
from kepu_core.domain.fields import fields_of
from kepu_core.domain.findings import Problem, Severity
from kepu_core.domain.record import Record, replace, type_name
from kepu_core.domain.redaction import redacted
from kepu_core.language import Text
from kepu_core.plugins.storage import Rewrite, StoredRecord, StoreRefused, Write
from kepu_core.workspace import writing
from kepu_core.workspace.indexing import index_of, text_of
from kepu_core.workspace.reading import decoded
from kepu_core.workspace.shapes import has_personal, parts_of

if TYPE_CHECKING:
    from kepu_core.workspace.workspace import Workspace

__all__ = ["EMPTIED", "erase", "personal_fields"]

NO_PERSONAL_FIELDS = Problem(
    "erase.no-personal-fields",
    Text("{label}没有个人信息字段，无可抹除", "a {label} has no personal fields: there is nothing to erase"),
    Text("核对记录类型", "check the record type"),
)
NOT_PERSONAL = Problem(
    "erase.not-personal",
    Text("{label}没有个人信息字段 {field}", "a {label} has no personal field {field}"),
    Text("可用：{known}", "use one of: {known}"),
)
NOTHING_LEFT = Problem(
    "erase.nothing",
    Text(
        "{record} 的任何版本都不含这些个人信息：{names}",
        "no revision of {record} holds any of this personal data: {names}",
    ),
    Text("无需再做；用 kepu find erasure 查看抹除记录", "nothing is left to do; see kepu find erasure"),
)
UNREADABLE = Problem(
    "erase.unreadable",
    Text(
        "{record} 的现行版本读不出来，无法只去掉个人信息",
        "the newest revision of {record} cannot be read, so it cannot be kept without them",
    ),
    Text("先用 kepu delete 删除该记录，再抹除", "delete the record with kepu delete first, then erase"),
)

NOT_CLEARED = Problem(
    "erase.not-cleared",
    Text(
        "{record} 已抹除，但存储中被替换的旧数据尚未清除：{reason}",
        "{record} was erased, but what was replaced has not been cleared from the store yet: {reason}",
    ),
    Text(
        "请有权限者运行 kepu compact；服务器的日志和归档在轮换之前仍含旧数据",
        "whoever has the right should run kepu compact; the logs and archives of a server hold it until they are recycled",
    ),
    Severity.WARNING,
)

EMPTIED = b"{}"
"""What stands in place of a past revision that could not be read any more."""
R = TypeVar("R", bound=Record)


def personal_fields(cls: type) -> tuple[str, ...]:
    """The fields of a record class that are personal, or have personal fields in their parts.

    >>> from kepu_core.domain.organisation import Organisation
    >>> personal_fields(Organisation)
    ('contact',)
    """
    return tuple(s.name for s in fields_of(cls) if s.info.personal or any(map(has_personal, parts_of(s.type))))


def erase(
    ws: "Workspace",
    kind_name: str,
    ident: str,
    *,
    fields: Sequence[str] | None,
    author: str | None,
    reason: str,
) -> Erasure:
    """Erase the personal data of a record, of some fields or of all, from the record and its whole history.

    Every past revision is rewritten without it, also those of a deleted record and those written under older versions
    of the type; the newest is superseded by one without; a past revision that cannot be read any more is emptied. That,
    and the :class:`Erasure` that tells of it, is one commit. Then the store gives back the room in which the old bytes
    stood. Copies that are kept in step erase it as well when they are next brought up to date.

    **Out of reach** are older backups, copies that are not kept in step, exported files, ids, and what people wrote
    as the reason of a commit.

    Raises :class:`NotFound` for a record that never was, :class:`InvalidData` for fields that are not personal,
    :class:`Refused` where nothing is to be erased, :class:`RevisionConflict` if somebody changed it meanwhile.
    """
    kind = ws.codec.type_of(kind_name)
    names = _names(kind, fields)
    history = ws.store.history(kind_name, ident)
    if not history:
        raise NotFound(writing.no_record(ws._access, kind_name, ident))  # noqa: SLF001 - a part of the workspace
    _refuse_newer(kind, history)
    plan = _Plan.of(ws, kind, names, history)
    if plan.write is None and not plan.rewrites:
        _clear(ws, kind_name, ident)  # whoever erased it may not have come to that
        raise Refused(NOTHING_LEFT.finding(record=f"{kind_name}/{ident}", names=names))
    at = ws.now()
    author = author or ws.author
    erasure = Erasure(
        id=f"{at:%Y%m%dT%H%M%S}-{uuid.uuid4().hex}",
        record_type=kind_name,
        record_id=ident,
        fields=names,
        revisions=len(plan.rewrites),
        unreadable=plan.unreadable,
        erased_at=at,
        decided_by=author,
        reason=reason,
    )
    writes = [w for w in (plan.write, _write(ws, erasure, 0)) if w is not None]
    commit = ws.store.commit(writes, at=at, author=author, reason=reason, rewrites=plan.rewrites)
    _clear(ws, kind_name, ident)
    written = (erasure,) if plan.record is None else (plan.record, erasure)
    writing.tell(ws._access, commit, written)  # noqa: SLF001 - the same
    return erasure


def _clear(ws: "Workspace", kind_name: str, ident: str) -> None:
    """Let the store give up what was replaced; it is erased even if that has to be done by others."""
    try:
        ws.store.compact()
    except StoreRefused as refused:
        ws.notices.append(NOT_CLEARED.finding(record=f"{kind_name}/{ident}", reason=refused.findings[0].message))


def _names(kind: RecordType, fields: Sequence[str] | None) -> tuple[str, ...]:
    known = personal_fields(kind.cls)
    if not known:
        raise Refused(NO_PERSONAL_FIELDS.finding(record=kind.name, label=kind.label))
    if fields is None:
        return known
    if not fields:
        message = "fields names one at least, or is None for all"
        raise ValueError(message)
    wrong = [name for name in fields if name not in known]
    if wrong:
        raise InvalidData(
            NOT_PERSONAL.finding(record=kind.name, field=name, label=kind.label, known=known) for name in wrong
        )
    return tuple(name for name in known if name in fields)


def _refuse_newer(kind: RecordType, history: Sequence[StoredRecord]) -> None:
    """What a newer plugin wrote is not emptied because this one is too old to read it."""
    newest = max(s.version for s in history)
    if newest > kind.version:
        raise InvalidData(codec_problems.NEWER_TYPE.finding(type=kind.name, found=newest, known=kind.version))


@frozen(kw_only=True)
class _Plan:
    """What an erasure writes: the record anew, if it lives, and its past."""

    record: Record | None
    write: Write | None
    rewrites: tuple[Rewrite, ...]
    unreadable: int

    @classmethod
    def of(cls, ws: "Workspace", kind: RecordType, names: Sequence[str], history: Sequence[StoredRecord]) -> "_Plan":
        newest = history[-1]
        found = {s.revision: _without(ws, s, names) for s in history if s.body is not None}
        record = found.get(newest.revision)
        if newest.body is not None and record is None:
            raise Refused(UNREADABLE.finding(record=f"{newest.type}/{newest.id}"))
        if record is not None and ws.codec.encode(record) == newest.body:
            record = None  # it holds none; what it was before may
            del found[newest.revision]
        bodies = {s.revision: s.body for s in history}
        rewrites = tuple(
            rewrite
            for revision, plain in found.items()
            if (rewrite := _rewrite(ws, kind, newest.id, revision, plain)).body != bodies[revision]
        )
        return cls(
            record=record,
            write=None if record is None else _write(ws, record, newest.revision),
            rewrites=rewrites,
            unreadable=sum(r.body == EMPTIED for r in rewrites),
        )


def _without(ws: "Workspace", stored: StoredRecord, names: Sequence[str]) -> Record | None:
    """A revision without its personal fields; ``None`` if it cannot be read."""
    try:
        record = decoded(ws.codec, stored)
        return _redacted(record, names)
    except InvalidData:
        return None


def _redacted(record: R, names: Sequence[str]) -> R:
    plain = redacted(record)
    changes = {name: getattr(plain, name) for name in names if getattr(plain, name) != getattr(record, name)}
    return replace(record, **changes) if changes else record


def _rewrite(ws: "Workspace", kind: RecordType, ident: str, revision: int, plain: Record | None) -> Rewrite:
    empty = Rewrite(type=kind.name, id=ident, revision=revision, version=kind.version, body=EMPTIED)
    if plain is None:
        return empty
    return evolve(empty, body=ws.codec.encode(plain), index=index_of(plain), text=text_of(plain))


def _write(ws: "Workspace", record: Record, expect: int) -> Write:
    name = type_name(record)
    return Write(
        type=name,
        id=record.id,
        version=ws.codec.type_of(name).version,
        body=ws.codec.encode(record),
        index=index_of(record),
        text=text_of(record),
        expect=expect,
    )
