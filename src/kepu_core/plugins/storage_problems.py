"""What can go wrong with a store, and what is checked of a commit before any store writes it."""

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from attrs import evolve

from kepu_core.domain.errors import InvalidData, KepuError
from kepu_core.domain.findings import Finding, Problem
from kepu_core.language import Text
from kepu_core.plugins.storage_types import Rewrite, StoredRecord, Write

__all__ = [
    "CONFLICT",
    "DAMAGED",
    "LOCKED",
    "LONGEST_ID",
    "LONGEST_KEY",
    "NEWER_STORE",
    "NOT_A_STORE",
    "NOT_STORABLE",
    "NO_REVISION",
    "NO_STORE",
    "OLDER_STORE",
    "READ_ONLY",
    "STORE_FAILED",
    "STORE_FULL",
    "UNSIGNED",
    "RevisionConflict",
    "StoreRefused",
    "checked",
    "checked_rewrites",
    "checked_signature",
    "conflict",
    "prepared",
    "prepared_commit",
    "refuse_conflicts",
]

LONGEST_ID = 600
"""Bytes of UTF-8 that an id may have: databases limit what an index can hold."""
LONGEST_KEY = 1800
"""Bytes of UTF-8 that the value of an index field may have."""

UNSIGNED = Text("未署名", "unknown")

CONFLICT = Problem(
    "store.conflict",
    Text(
        "{record} 已被{theirs}于 {at} 改为第 {found} 版，{ours}的修改基于第 {expected} 版",
        "{record} was changed to revision {found} by {theirs} at {at}; the change by {ours} is based on revision {expected}",
    ),
    Text("重新读取该记录，核对后再提交", "read the record again, look at the change, and commit anew"),
)
NOT_A_STORE = Problem(
    "store.not-a-store",
    Text("{url} 不是 kepu 工作区：{reason}", "{url} is not a kepu workspace: {reason}"),
    Text("核对路径；文件未被改动", "check the path; the file was left untouched"),
)
NEWER_STORE = Problem(
    "store.newer-format",
    Text(
        "{url} 由更新的版本写成（格式 {found}，本程序支持到 {known}）",
        "{url} was written by a newer version (format {found}; known up to {known})",
    ),
    Text(
        "升级 kepu-core 和存储插件；文件未被改动",
        "upgrade kepu-core and the storage plugin; the file was left untouched",
    ),
)
OLDER_STORE = Problem(
    "store.older-format",
    Text(
        "{url} 由旧版本写成（格式 {found}，现为 {known}）",
        "{url} was written by an older version (format {found}; it is now {known})",
    ),
    Text(
        "先看会改什么：kepu migrate --dry-run -w {url}，再去掉 --dry-run；文件未被改动",
        "see what would change with kepu migrate --dry-run -w {url}, then without --dry-run; the file was left untouched",
    ),
)
NO_STORE = Problem(
    "store.missing",
    Text("{url} 不存在", "{url} does not exist"),
    Text("用 kepu init 新建，或核对路径", "make it with kepu init, or check the path"),
)
STORE_FAILED = Problem(
    "store.failed",
    Text("{url} 读写失败：{reason}", "{url} could not be read or written: {reason}"),
    Text(
        "检查磁盘空间、权限，以及是否被别的程序占用；未写入任何数据",
        "check disk space, permissions and other programs using it; nothing was written",
    ),
)
STORE_FULL = Problem(
    "store.full",
    Text("{url} 写不下了：{reason}", "there is no room left for {url}: {reason}"),
    Text(
        "腾出磁盘空间后重试；未写入任何数据，已有数据完好",
        "make room on the disk and try again; nothing was written, what is there is whole",
    ),
)
LOCKED = Problem(
    "store.locked",
    Text(
        "{url} 被别的程序占用超过 {seconds} 秒：{reason}",
        "{url} was held by another program for more than {seconds} s: {reason}",
    ),
    Text(
        "等它写完再试，或在地址后加 ?timeout=秒数 延长等待（如 sqlite:///work.kepu?timeout=60）；未写入任何数据",
        "try again when it is done, or wait longer with ?timeout=SECONDS behind the address "
        "(sqlite:///work.kepu?timeout=60); nothing was written",
    ),
)
READ_ONLY = Problem(
    "store.read-only",
    Text("{url} 只能读：{reason}", "{url} can only be read: {reason}"),
    Text(
        "以可写方式打开，或检查权限；未写入任何数据", "open it for writing, or check permissions; nothing was written"
    ),
)
DAMAGED = Problem(
    "store.damaged",
    Text("{url} 中 {record} 已损坏：{reason}", "{record} in {url} is damaged: {reason}"),
    Text(
        "用 kepu verify 查看全部损坏之处；从备份恢复，或用 kepu repair 抢救其余数据",
        "see all that is damaged with kepu verify; restore a backup, or save the rest with kepu repair",
    ),
)
NOT_STORABLE = Problem(
    "store.not-storable",
    Text("{record} 的{what}不能存储：{reason}", "the {what} of {record} cannot be stored: {reason}"),
    Text("改短，或去掉该字符；未写入任何数据", "make it shorter, or leave the character out; nothing was written"),
)
NO_REVISION = Problem(
    "store.no-revision",
    Text("没有可改写的 {record} 第 {revision} 版", "there is no past revision {revision} of {record} to rewrite"),
    Text("只有被取代的旧版本可以改写", "only revisions that have been superseded can be rewritten"),
)

_NUL = "\x00"


class StoreRefused(KepuError, OSError):
    """A store that cannot be opened or used: not one of ours, newer, missing, locked, full, damaged."""

    def __str__(self) -> str:
        return KepuError.__str__(self)


class RevisionConflict(KepuError, RuntimeError):
    """Somebody else changed the record first.

    ``differences`` is what they made of it and what was wanted, field by field, where a workspace raises it.
    """

    def __init__(self, findings: Finding | Iterable[Finding], differences: Iterable[Any] = ()) -> None:
        super().__init__(findings)
        self.differences: tuple[Any, ...] = tuple(differences)

    def __reduce__(self) -> Any:
        return type(self), (self.findings, self.differences)


def conflict(write: Write, newest: StoredRecord | None, author: str | None) -> Finding:
    """That a write expected another revision than the newest one there is."""
    theirs = newest.commit.author if newest else None
    return CONFLICT.finding(
        record=f"{write.type}/{write.id}",
        theirs=theirs or UNSIGNED,
        ours=author or UNSIGNED,
        at=newest.commit.at if newest else "—",
        found=newest.revision if newest else 0,
        expected=write.expect,
    )


def refuse_conflicts(
    writes: Iterable[Write], author: str | None, newest: Callable[[str, str], StoredRecord | None]
) -> None:
    """Raise :class:`RevisionConflict` where a write expects another revision than the newest one of its type and id."""
    found = []
    for write in writes:
        if write.expect is not None:
            there = newest(write.type, write.id)
            if write.expect != (there.revision if there else 0):
                found.append(conflict(write, there, author))
    if found:
        raise RevisionConflict(found)


def prepared_commit(
    writes: Iterable[Write], rewrites: Iterable[Rewrite], *, at: dt.datetime, author: str | None, reason: str | None
) -> tuple[list[Write], list[Rewrite]]:
    """The writes and rewrites of a commit, with indexes of their own, once nothing speaks against the whole commit.

    Raises what :func:`prepared`, :func:`checked_signature` and :func:`checked_rewrites` raise, and ``ValueError`` for
    a commit of nothing and for a time without zone. Whether the revisions are as expected, only the store knows.

    >>> at = dt.datetime(2021, 5, 1, tzinfo=dt.timezone.utc)
    >>> write = Write(type="base", id="b1", version=1, body=b"{}")
    >>> writes, rewrites = prepared_commit([write], (), at=at, author="张", reason=None)
    >>> writes[0].id, rewrites
    ('b1', [])
    """
    own = prepared(writes)
    checked_signature(author, reason)
    again = [evolve(r, index=dict(r.index)) for r in rewrites]
    checked_rewrites(again)
    if at.utcoffset() is None or not (own or again):
        message = "a commit writes something, at a time with a zone"
        raise ValueError(message)
    return own, again


def prepared(writes: Iterable[Write]) -> list[Write]:
    """The writes of a commit, with indexes of their own, once nothing speaks against writing them.

    Everything that was handed in is read here, so that what raises half-way raises before anything is written. Raises
    ``TypeError`` for a body that is neither bytes nor ``None``, ``ValueError`` for a record that occurs twice,
    :class:`InvalidData` (``store.not-storable``) for texts that not every store could keep.

    >>> prepared([Write(type="base", id="b1", version=1, body=b"{}")])[0].id
    'b1'
    """
    own = [evolve(w, index=dict(w.index)) for w in writes]
    checked(own)
    return own


def checked(writes: Sequence[Write]) -> None:
    """Raise what :func:`prepared` raises, and copy nothing: for a store that is done with them when it returns."""
    for write in writes:
        if type(write.body) is not bytes and not isinstance(write.body, (bytes, type(None))):
            message = f"the body of {write.type}/{write.id} should be bytes or None, not {type(write.body).__name__}"
            raise TypeError(message)
    if not _all_plain(writes):
        found = [fault for write in writes for fault in _faults(write)]
        if found:
            raise InvalidData(found)
    if len({(w.type, w.id) for w in writes}) != len(writes):
        message = "a commit may write each record once"
        raise ValueError(message)


def checked_rewrites(rewrites: Iterable[Rewrite]) -> None:
    """Raise what :func:`checked` raises for what is to stand in past revisions."""
    for r in rewrites:
        checked([Write(type=r.type, id=r.id, version=r.version, body=r.body, index=r.index, text=r.text)])


def checked_signature(author: str | None, reason: str | None) -> None:
    """Raise :class:`InvalidData` for an author or a reason that cannot be stored."""
    for what, text in ((Text("署名", "author"), author), (Text("理由", "reason"), reason)):
        fault = text and _text_fault(text)
        if fault:
            raise InvalidData(NOT_STORABLE.finding(record="commit", what=what, reason=fault))


def _all_plain(writes: Sequence[Write]) -> bool:
    """Whether nothing can be wrong with any text: nearly all are short ASCII, but for what is searched."""
    names = {(w.type, *w.index) for w in writes}
    short = [text for parts in names for text in parts]
    short += [w.id for w in writes]
    short += [text for w in writes for text in w.index.values()]
    together = "".join(short)
    if _NUL in together or not together.isascii() or max(map(len, short), default=0) > LONGEST_ID:
        return False
    return not _text_fault("".join([w.text for w in writes]))


def _faults(write: Write) -> Iterator[Finding]:
    label = f"{write.type}/{write.id}"
    ident, key, searched = Text("标识", "id"), Text("索引", "index"), Text("检索文字", "text")
    texts = [(ident, write.type, LONGEST_ID), (ident, write.id, LONGEST_ID), (searched, write.text, None)]
    texts += [pair for n, v in write.index.items() for pair in ((key, n, LONGEST_ID), (key, v, LONGEST_KEY))]
    for what, text, longest in texts:
        fault = _text_fault(text) or _length_fault(text, longest)
        if fault:
            record = label.encode(errors="replace").decode()
            yield NOT_STORABLE.finding(record=record, what=what, reason=fault)


def _text_fault(text: str) -> Text | None:
    if _NUL in text:
        return Text("含有空字符 U+0000", "it holds the character U+0000")
    try:
        text.encode()
    except UnicodeEncodeError:
        return Text("含有不成对的代理字符", "it holds half of a surrogate pair")
    return None


def _length_fault(text: str, longest: int | None) -> Text | None:
    size = len(text.encode())
    if longest is None or size <= longest:
        return None
    return Text(f"{size} 字节，上限 {longest}", f"{size} bytes, where {longest} are the limit")
