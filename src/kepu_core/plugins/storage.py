"""What a storage backend is: a revisioned table of JSON documents.

A store knows nothing of the domain. It keeps, for every record, its type, id, canonical JSON, a few texts to find it
by and one to search for words, all handed over ready-made, so a plugin's new record type needs no new table.

What every store promises:

* :meth:`Store.commit` is atomic: all writes or none, and a commit that returned is durable;
* every write makes a new revision; nothing is overwritten, a deletion is a tombstone, and the store can be read as it
  was after any commit;
* a write with ``expect`` succeeds only if that is the newest revision: otherwise
  :class:`RevisionConflict` names both writers, and nothing is written;
* what it gives out is what was written, or an error says that it is damaged;
* a store written by a newer version is refused with :class:`StoreRefused` and left as it is.
"""

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Protocol, runtime_checkable

from attrs import frozen

from kepu_core.domain.findings import Finding
from kepu_core.language import Text
from kepu_core.plugins.storage_problems import (
    CONFLICT,
    DAMAGED,
    LOCKED,
    LONGEST_ID,
    LONGEST_KEY,
    NEWER_STORE,
    NO_REVISION,
    NO_STORE,
    NOT_A_STORE,
    NOT_STORABLE,
    OLDER_STORE,
    READ_ONLY,
    STORE_FAILED,
    STORE_FULL,
    UNSIGNED,
    RevisionConflict,
    StoreRefused,
    checked,
    checked_rewrites,
    checked_signature,
    conflict,
    prepared,
    prepared_commit,
    refuse_conflicts,
)
from kepu_core.plugins.storage_types import (
    Change,
    Commit,
    Condition,
    Prefix,
    Rewrite,
    StoredRecord,
    Where,
    Write,
    meets,
)

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
    "BacksUp",
    "Change",
    "Commit",
    "Condition",
    "Prefix",
    "RevisionConflict",
    "Rewrite",
    "StorageBackend",
    "Store",
    "StoreRefused",
    "StoredRecord",
    "Where",
    "Write",
    "checked",
    "checked_rewrites",
    "checked_signature",
    "conflict",
    "meets",
    "prepared",
    "prepared_commit",
    "refuse_conflicts",
]


class Store(Protocol):
    """An open store. Not safe to share between threads unless a backend says so.

    ``as_of`` is the number of a commit: what is read is the store as it was after that one. ``None`` is now.
    """

    url: str

    def commit(
        self,
        writes: Iterable[Write],
        *,
        at: dt.datetime,
        author: str | None = None,
        reason: str | None = None,
        rewrites: Sequence[Rewrite] = (),
    ) -> Commit:
        """Write all, or none.

        ``rewrites`` replace what superseded revisions hold, once the writes are done; all else is only ever added.

        Raises :class:`RevisionConflict` where ``expect`` is not met, ``ValueError`` for a record that is written twice
        in a commit, for a commit of nothing and for a time without zone, ``TypeError`` for a body that is no bytes,
        :class:`InvalidData` for texts that cannot be stored, and :class:`NotFound` (``store.no-revision``) for a
        rewrite of a revision that does not exist or is the newest. A commit works while a :meth:`find` on the same
        store is half read. ``writes`` may be an iterator: it is read inside the commit, and may read from a store,
        but not write to this one.
        """

    def get(self, type_name: str, ident: str, *, as_of: int | None = None) -> StoredRecord | None:
        """The newest revision, be it a tombstone; ``None`` if there never was one."""

    def get_many(self, type_name: str, idents: Sequence[str]) -> Mapping[str, StoredRecord]:
        """The newest revisions of many records of a type, by id; those that never were are left out."""

    def find(
        self,
        type_name: str,
        where: Where | None = None,
        *,
        words: Sequence[str] = (),
        after: str | None = None,
        limit: int | None = None,
        as_of: int | None = None,
    ) -> Iterator[StoredRecord]:
        """The newest revisions of a type, without tombstones, ordered by id (by code points, not by a language's rules).

        ``where`` names index fields (or ``id``): a text to equal, a :class:`Prefix`, or several texts of which
        to equal one. All conditions must hold. An index field that a record was not written with
        equals nothing. Every one of ``words`` must occur in the record's ``text``, character by character.

        ``after`` begins behind an id, ``limit`` gives that many at most: pages made so neither repeat nor miss a
        record, whatever is written meanwhile.
        """

    def count(self, type_name: str | None = None, *, as_of: int | None = None) -> Mapping[str, int]:
        """How many living records there are of each type (or of the one named); types without any are left out."""

    def history(self, type_name: str, ident: str) -> Sequence[StoredRecord]:
        """Every revision of a record, oldest first."""

    def commits(self, *, since: int = 0) -> Iterator[Commit]:
        """Every commit after the ``since``-th, oldest first."""

    def changes(self, *, since: int = 0, until: int | None = None) -> Iterator[Change]:
        """Everything written after commit ``since`` (and up to ``until``), in order of commit, type and id."""

    def verify(self) -> Iterator[Finding]:
        """Everything in the store that is not as it was written: no finding, no damage. Reads everything."""

    def compact(self) -> None:
        """Give back room that is not used. No revision is lost."""

    def close(self) -> None:
        """Let go of files and connections. Closing twice does nothing."""


@runtime_checkable
class BacksUp(Protocol):
    """A store in a file that can write a copy of itself faster than record by record."""

    def backup(self, target: Path) -> None:
        """Write a whole, consistent store to a path where there is none yet, while others go on writing to this one."""


@frozen(kw_only=True)
class StorageBackend:
    """A kind of store that a plugin offers.

    ``schemes`` are the URL schemes it answers (``sqlite``), ``suffixes`` the endings of bare paths (``.kepu``).
    ``open(url, create)`` gives an open store; with ``create=False`` a missing one is refused with
    ``store.missing``, with ``create=True`` it is made.

    What not every kind of store has: ``open_read_only(url)`` opens a store in which nothing is ever changed, be it on a
    medium that cannot be written (what it needs beside the store while it is open is gone afterwards);
    ``migrate(url, dry_run)`` raises a store of an older format to the present one, or only tells what it would do, line
    by line; ``repair(url, target)`` saves what is whole in a damaged store to a new one and tells what is not.
    """

    name: str
    label: Text
    open: Callable[[str, bool], Store]
    schemes: tuple[str, ...] = ()
    suffixes: tuple[str, ...] = ()
    open_read_only: Callable[[str], Store] | None = None
    migrate: Callable[[str, bool], Sequence[Text]] | None = None
    repair: Callable[[str, str], Sequence[Finding]] | None = None
