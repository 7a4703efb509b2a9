"""What a storage backend is: a revisioned table of JSON documents.

A store knows nothing of the domain. It keeps, for every record, its type, id, canonical JSON and a few
texts to find it by, all handed over ready-made, so a plugin's new record type needs no new table.

What every store promises:

* :meth:`Store.commit` is atomic: all writes or none, and a commit that returned is durable;
* every write makes a new revision; nothing is overwritten, a deletion is a tombstone;
* a write with ``expect`` succeeds only if that is the newest revision: otherwise
  :class:`RevisionConflict` names both writers, and nothing is written;
* a store written by a newer version is refused with :class:`StoreRefused` and left as it is.
"""

import datetime as dt
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Protocol

from attrs import field, frozen

from kepu_core.domain.errors import KepuError
from kepu_core.domain.findings import Problem
from kepu_core.language import Text

__all__ = [
    "Commit",
    "Prefix",
    "RevisionConflict",
    "StorageBackend",
    "Store",
    "StoreRefused",
    "StoredRecord",
    "Write",
    "refuse_strange_bodies",
]

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


class StoreRefused(KepuError, OSError):
    """A store that cannot be opened or used: not one of ours, newer, missing, locked, full."""

    def __str__(self) -> str:
        return KepuError.__str__(self)


class RevisionConflict(KepuError, RuntimeError):
    """Somebody else changed the record first."""


@frozen
class Prefix:
    """A condition of :meth:`Store.find`: texts that begin so (``Prefix("4403")`` for a region's subtree)."""

    text: str


@frozen(kw_only=True)
class Write:
    """One record to write.

    ``body`` is its canonical JSON, or ``None`` to delete it; ``index`` the texts to find it by; ``expect`` the
    newest revision that the writer has seen (0: the record must not exist; ``None``: whatever it is).
    """

    type: str
    id: str
    version: int
    body: bytes | None
    index: Mapping[str, str] = field(factory=dict)
    expect: int | None = None


@frozen(kw_only=True)
class Commit:
    """Who wrote when and why; ``number`` counts the commits of a store from 1."""

    number: int
    at: dt.datetime
    author: str | None = None
    reason: str | None = None


@frozen(kw_only=True)
class StoredRecord:
    """One revision of a record as a store keeps it; ``body`` is ``None`` for a tombstone."""

    type: str
    id: str
    version: int
    body: bytes | None
    revision: int
    commit: Commit


def refuse_strange_bodies(writes: Sequence[Write]) -> None:
    """Raise ``TypeError`` for a body that is neither bytes nor ``None``: what a store should check before it writes.

    >>> refuse_strange_bodies([Write(type="base", id="b1", version=1, body=b"{}")])
    """
    for write in writes:
        if not isinstance(write.body, (bytes, type(None))):
            message = f"the body of {write.type}/{write.id} should be bytes or None, not {type(write.body).__name__}"
            raise TypeError(message)


class Store(Protocol):
    """An open store. Not safe to share between threads unless a backend says so."""

    url: str

    def commit(
        self, writes: Sequence[Write], *, at: dt.datetime, author: str | None = None, reason: str | None = None
    ) -> Commit:
        """Write all, or none. Two writes of one record in a commit are refused with ``ValueError``.

        Raises :class:`RevisionConflict` where ``expect`` is not met, and ``TypeError`` for a body that is no bytes. A
        commit works while a :meth:`find` on the same store is half read.
        """

    def get(self, type_name: str, ident: str) -> StoredRecord | None:
        """The newest revision, be it a tombstone; ``None`` if there never was one."""

    def get_many(self, type_name: str, idents: Sequence[str]) -> Mapping[str, StoredRecord]:
        """The newest revisions of many records of a type, by id; those that never were are left out."""

    def find(
        self, type_name: str, where: Mapping[str, str | Prefix | Sequence[str]] | None = None
    ) -> Iterator[StoredRecord]:
        """The newest revisions of a type, without tombstones, ordered by id (by code points, not by a language's rules).

        ``where`` names index fields (or ``id``): a text to equal, a :class:`Prefix`, or several texts of which
        to equal one. All conditions must hold. An index field that a record was not written with
        equals nothing.
        """

    def count(self, type_name: str | None = None) -> Mapping[str, int]:
        """How many living records there are of each type (or of the one named); types without any are left out."""

    def history(self, type_name: str, ident: str) -> Sequence[StoredRecord]:
        """Every revision of a record, oldest first."""

    def commits(self) -> Iterator[Commit]:
        """Every commit, oldest first."""

    def close(self) -> None:
        """Let go of files and connections. Closing twice does nothing."""


@frozen(kw_only=True)
class StorageBackend:
    """A kind of store that a plugin offers.

    ``schemes`` are the URL schemes it answers (``sqlite``), ``suffixes`` the endings of bare paths (``.kepu``).
    ``open(url, create)`` gives an open store; with ``create=False`` a missing one is refused with
    ``store.missing``, with ``create=True`` it is made.
    """

    name: str
    label: Text
    open: Callable[[str, bool], Store]
    schemes: tuple[str, ...] = ()
    suffixes: tuple[str, ...] = ()
