"""The memory store: for notebooks, tests and what-if questions. Nothing outlives the process."""

import datetime as dt
import threading
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice

from attrs import evolve

from kepu_core.domain.errors import NotFound
from kepu_core.domain.findings import Finding
from kepu_core.language import Text
from kepu_core.plugins.storage import (
    NO_REVISION,
    Change,
    Commit,
    Rewrite,
    StorageBackend,
    Store,
    StoredRecord,
    Where,
    Write,
    meets,
    prepared_commit,
    refuse_conflicts,
)

__all__ = ["BACKEND", "MemoryStore"]

Key = tuple[str, str]


class MemoryStore:
    """A store in dictionaries. Safe to share between threads; what it gives out is immutable."""

    def __init__(self, url: str = "memory:") -> None:
        self.url = url
        self._lock = threading.RLock()
        self._changes: dict[Key, list[Change]] = {}
        self._commits: list[Commit] = []
        self._feed: list[list[Key]] = []

    def commit(
        self,
        writes: Iterable[Write],
        *,
        at: dt.datetime,
        author: str | None = None,
        reason: str | None = None,
        rewrites: Sequence[Rewrite] = (),
    ) -> Commit:
        """Write all, or none."""
        # Everything that could fail is done before anything is changed.
        writes, rewrites = prepared_commit(writes, rewrites, at=at, author=author, reason=reason)
        with self._lock:
            self.refuse_conflicts(writes, author)
            commit = Commit(number=len(self._commits) + 1, at=at, author=author, reason=reason)
            made = {(w.type, w.id): self._made(w, commit) for w in writes}
            rewritten = [self._rewritten(r, made) for r in rewrites]
            for key, change in made.items():
                self._changes.setdefault(key, []).append(change)
            for key, place, change in rewritten:
                self._changes[key][place] = change
            self._commits.append(commit)
            self._feed.append(sorted(made))
            return commit

    def refuse_conflicts(self, writes: Iterable[Write], author: str | None) -> None:
        """Raise :class:`RevisionConflict` where a write expects another revision than there is."""
        refuse_conflicts(writes, author, self.get)

    def _made(self, write: Write, commit: Commit) -> Change:
        revision = len(self._changes.get((write.type, write.id), ())) + 1
        record = StoredRecord(
            type=write.type, id=write.id, version=write.version, body=write.body, revision=revision, commit=commit
        )
        return Change(record=record, index=write.index, text=write.text)

    def _rewritten(self, rewrite: Rewrite, made: Mapping[Key, Change]) -> tuple[Key, int, Change]:
        key = (rewrite.type, rewrite.id)
        known = self._changes.get(key, [])
        past = len(known) if key in made else len(known) - 1
        if not 1 <= rewrite.revision <= past:
            raise NotFound(NO_REVISION.finding(record="/".join(key), revision=rewrite.revision))
        place = rewrite.revision - 1
        record = known[place].record
        if record.body is not None:
            record = evolve(record, version=rewrite.version, body=rewrite.body)
        return key, place, Change(record=record, index=rewrite.index, text=rewrite.text)

    def get(self, type_name: str, ident: str, *, as_of: int | None = None) -> StoredRecord | None:
        """The newest revision."""
        with self._lock:
            change = self._standing((type_name, ident), as_of)
            return change.record if change else None

    def _standing(self, key: Key, as_of: int | None) -> Change | None:
        changes = self._changes.get(key, ())
        if as_of is not None:
            changes = [c for c in changes if c.record.commit.number <= as_of]
        return changes[-1] if changes else None

    def get_many(self, type_name: str, idents: Sequence[str]) -> Mapping[str, StoredRecord]:
        """The newest revisions of many records."""
        with self._lock:
            found = ((ident, self._changes.get((type_name, ident))) for ident in idents)
            return {ident: changes[-1].record for ident, changes in found if changes}

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
        with self._lock:
            standing = [
                change
                for key in self._changes
                if key[0] == type_name and (after is None or key[1] > after)
                if (change := self._standing(key, as_of)) is not None
            ]
        living = (
            c for c in standing if c.record.body is not None and meets(c.record.id, c.index, c.text, where or {}, words)
        )
        return islice(iter(sorted((c.record for c in living), key=lambda r: r.id)), limit)

    def count(self, type_name: str | None = None, *, as_of: int | None = None) -> Mapping[str, int]:
        """How many living records there are of each type."""
        with self._lock:
            standing = [(key, self._standing(key, as_of)) for key in self._changes]
        living = Counter(key[0] for key, change in standing if change and change.record.body is not None)
        return {name: living[name] for name in sorted(living) if type_name in {None, name}}

    def history(self, type_name: str, ident: str) -> Sequence[StoredRecord]:
        """Every revision of a record, oldest first."""
        with self._lock:
            return tuple(c.record for c in self._changes.get((type_name, ident), ()))

    def commits(self, *, since: int = 0) -> Iterator[Commit]:
        """Every commit after a number, oldest first."""
        with self._lock:
            return iter(tuple(self._commits[max(since, 0) :]))

    def changes(self, *, since: int = 0, until: int | None = None) -> Iterator[Change]:
        """Everything written in the commits after a number, commit by commit."""
        with self._lock:
            return iter([self._change(key, c.number) for c in self._commits[max(since, 0) : until]
                         for key in self._feed[c.number - 1]])  # fmt: skip

    def _change(self, key: Key, number: int) -> Change:
        found = next(c for c in self._changes[key] if c.record.commit.number == number)
        return evolve(found, index=dict(found.index))

    def verify(self) -> Iterator[Finding]:
        """Memory is as it was written."""
        return iter(())

    def compact(self) -> None:
        """Nothing is unused."""

    def close(self) -> None:
        """Nothing to let go of."""


def _open(url: str, create: bool) -> Store:  # noqa: ARG001, FBT001 - there is never one already
    return MemoryStore(url)


BACKEND = StorageBackend(name="memory", label=Text("内存", "memory"), open=_open, schemes=("memory",))
