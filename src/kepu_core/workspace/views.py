"""Stores seen through: as they were after a commit, or without any way to write."""

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from itertools import takewhile
from typing import NoReturn
from weakref import WeakKeyDictionary

from kepu_core.domain.errors import InvalidData, NotFound
from kepu_core.domain.findings import Finding
from kepu_core.language import Text
from kepu_core.plugins.storage import (
    READ_ONLY,
    Change,
    Commit,
    Rewrite,
    Store,
    StoredRecord,
    StoreRefused,
    Where,
    Write,
)
from kepu_core.workspace import problems
from kepu_core.workspace.addresses import masked

__all__ = ["Past", "ReadOnly", "commit_number", "last_commit"]


def commit_number(store: Store, when: dt.datetime | Commit | int) -> int:
    """The number of the commit after which a store is meant: of a commit, or of the last one up to a time.

    0 is before the first. Raises :class:`InvalidData` (``workspace.no-time-zone``) for a naive time and
    :class:`NotFound` (``workspace.no-commit``) for a commit that there is not: what is to come is not known yet.
    """
    if isinstance(when, dt.datetime):
        if when.tzinfo is None:
            raise InvalidData(problems.NAIVE_TIME.finding(at=when.isoformat()))
        # By number, not by the first that is later: a clock that was set back does not hide what came after.
        return max((c.number for c in store.commits() if c.at <= when), default=0)
    number = when.number if isinstance(when, Commit) else when
    if number == 0:
        return 0
    found = next(store.commits(since=number - 1), None) if number > 0 else None
    if found is None or (isinstance(when, Commit) and found != when):
        last = max((c.number for c in store.commits()), default=0)
        raise NotFound(problems.NO_COMMIT.finding(number=number, last=last))
    return number


_SEEN: WeakKeyDictionary[Store, int] = WeakKeyDictionary()


def last_commit(store: Store) -> int:
    """The number of the newest commit, 0 without any. Asked again, it costs next to nothing.

    >>> from kepu_core.builtin.memory import MemoryStore
    >>> last_commit(MemoryStore())
    0
    """
    number = 0
    with suppress(TypeError):  # not everything can be remembered so
        number = _SEEN.get(store, 0)
    if number and not _is_after(store, number - 1):  # a folder may have been put back to what it was
        number = 0
    step = 1
    while _is_after(store, number + step - 1):
        number += step
        step *= 2
    while step > 1:
        step //= 2
        if _is_after(store, number + step - 1):
            number += step
    with suppress(TypeError):
        _SEEN[store] = number
    return number


def _is_after(store: Store, number: int) -> bool:
    return next(store.commits(since=number), None) is not None


class ReadOnly:
    """A store that refuses to be written to. Closing it does nothing, or what ``on_close`` does."""

    reason = Text("以只读方式打开", "it was opened for reading")

    def __init__(self, store: Store, *, on_close: Callable[[], None] | None = None) -> None:
        self.url = store.url
        self._store = store
        self._on_close = on_close

    def _refuse(self) -> NoReturn:
        raise StoreRefused(READ_ONLY.finding(url=masked(self.url), reason=self.reason))

    def commit(
        self,
        writes: Iterable[Write],  # noqa: ARG002 - refused whatever it is
        *,
        at: dt.datetime,  # noqa: ARG002 - the same
        author: str | None = None,  # noqa: ARG002 - the same
        reason: str | None = None,  # noqa: ARG002 - the same
        rewrites: Sequence[Rewrite] = (),  # noqa: ARG002 - the same
    ) -> Commit:
        """Refuse with ``store.read-only``."""
        self._refuse()

    def compact(self) -> None:
        """Refuse with ``store.read-only``: it would write."""
        self._refuse()

    def get(self, type_name: str, ident: str, *, as_of: int | None = None) -> StoredRecord | None:
        """The newest revision."""
        return self._store.get(type_name, ident, as_of=as_of)

    def get_many(self, type_name: str, idents: Sequence[str]) -> Mapping[str, StoredRecord]:
        """The newest revisions of many records."""
        return self._store.get_many(type_name, idents)

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
        """The newest living revisions of a type that meet the conditions, by id."""
        return self._store.find(type_name, where, words=words, after=after, limit=limit, as_of=as_of)

    def count(self, type_name: str | None = None, *, as_of: int | None = None) -> Mapping[str, int]:
        """How many living records there are of each type."""
        return self._store.count(type_name, as_of=as_of)

    def history(self, type_name: str, ident: str) -> Sequence[StoredRecord]:
        """Every revision of a record, oldest first."""
        return self._store.history(type_name, ident)

    def commits(self, *, since: int = 0) -> Iterator[Commit]:
        """Every commit after a number, oldest first."""
        return self._store.commits(since=since)

    def changes(self, *, since: int = 0, until: int | None = None) -> Iterator[Change]:
        """Everything written in the commits after a number, commit by commit."""
        return self._store.changes(since=since, until=until)

    def verify(self) -> Iterator[Finding]:
        """Everything in the store that is not as it was written."""
        return self._store.verify()

    def close(self) -> None:
        """Let go of what it was given to close, if anything."""
        if self._on_close is not None:
            self._on_close()


class Past(ReadOnly):
    """A store as it was after a commit; what came later is not there."""

    reason = Text("这是过去某一时刻的状态", "it is shown as it was at a time in the past")

    def __init__(self, store: Store, number: int) -> None:
        super().__init__(store)
        self.number = number

    def _until(self, number: int | None) -> int:
        return self.number if number is None else min(number, self.number)

    def get(self, type_name: str, ident: str, *, as_of: int | None = None) -> StoredRecord | None:
        """The newest revision that there was."""
        return self._store.get(type_name, ident, as_of=self._until(as_of))

    def get_many(self, type_name: str, idents: Sequence[str]) -> Mapping[str, StoredRecord]:
        """The newest revisions that there were of many records."""
        found = ((ident, self.get(type_name, ident)) for ident in idents)
        return {ident: stored for ident, stored in found if stored is not None}

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
        """What lived then and met the conditions then, by id."""
        return self._store.find(type_name, where, words=words, after=after, limit=limit, as_of=self._until(as_of))

    def count(self, type_name: str | None = None, *, as_of: int | None = None) -> Mapping[str, int]:
        """How many living records there were of each type."""
        return self._store.count(type_name, as_of=self._until(as_of))

    def history(self, type_name: str, ident: str) -> Sequence[StoredRecord]:
        """Every revision of a record up to then, oldest first."""
        return tuple(s for s in self._store.history(type_name, ident) if s.commit.number <= self.number)

    def commits(self, *, since: int = 0) -> Iterator[Commit]:
        """Every commit after a number and up to then, oldest first."""
        return takewhile(lambda c: c.number <= self.number, self._store.commits(since=since))

    def changes(self, *, since: int = 0, until: int | None = None) -> Iterator[Change]:
        """Everything written after a commit and up to then."""
        return self._store.changes(since=since, until=self._until(until))
