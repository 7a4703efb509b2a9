"""The memory store: for notebooks, tests and what-if questions. Nothing outlives the process."""

import datetime as dt
import threading
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from attrs import evolve

from kepu_core.language import Text
from kepu_core.plugins.storage import (
    CONFLICT,
    Commit,
    Prefix,
    RevisionConflict,
    StorageBackend,
    Store,
    StoredRecord,
    Write,
    refuse_strange_bodies,
)

__all__ = ["BACKEND", "MemoryStore"]

UNSIGNED = Text("未署名", "unknown")
Condition = str | Prefix | Sequence[str]


class MemoryStore:
    """A store in dictionaries. Safe to share between threads; what it gives out is immutable."""

    def __init__(self, url: str = "memory:") -> None:
        self.url = url
        self._lock = threading.RLock()
        self._revisions: dict[tuple[str, str], list[StoredRecord]] = {}
        self._index: dict[tuple[str, str], Mapping[str, str]] = {}
        self._commits: list[Commit] = []

    def commit(
        self, writes: Sequence[Write], *, at: dt.datetime, author: str | None = None, reason: str | None = None
    ) -> Commit:
        """Write all, or none."""
        # Everything that could fail is done before anything is changed.
        writes = [evolve(w, index=dict(w.index)) for w in writes]
        refuse_strange_bodies(writes)
        with self._lock:
            keys = [(w.type, w.id) for w in writes]
            if len(set(keys)) != len(keys):
                message = "a commit may write each record once"
                raise ValueError(message)
            self._refuse_conflicts(writes, author)
            commit = Commit(number=len(self._commits) + 1, at=at, author=author, reason=reason)
            for write, key in zip(writes, keys, strict=True):
                revisions = self._revisions.setdefault(key, [])
                revisions.append(
                    StoredRecord(
                        type=write.type,
                        id=write.id,
                        version=write.version,
                        body=write.body,
                        revision=len(revisions) + 1,
                        commit=commit,
                    )
                )
                self._index[key] = write.index
            self._commits.append(commit)
            return commit

    def _refuse_conflicts(self, writes: Sequence[Write], author: str | None) -> None:
        found = []
        for write in writes:
            newest = self.get(write.type, write.id)
            revision = newest.revision if newest else 0
            if write.expect is not None and write.expect != revision:
                theirs = newest.commit.author if newest else None
                found.append(
                    CONFLICT.finding(
                        record=f"{write.type}/{write.id}",
                        theirs=theirs or UNSIGNED,
                        ours=author or UNSIGNED,
                        at=newest.commit.at if newest else "—",
                        found=revision,
                        expected=write.expect,
                    )
                )
        if found:
            raise RevisionConflict(found)

    def get(self, type_name: str, ident: str) -> StoredRecord | None:
        """The newest revision."""
        with self._lock:
            revisions = self._revisions.get((type_name, ident))
            return revisions[-1] if revisions else None

    def get_many(self, type_name: str, idents: Sequence[str]) -> Mapping[str, StoredRecord]:
        """The newest revisions of many records."""
        with self._lock:
            found = ((ident, self._revisions.get((type_name, ident))) for ident in idents)
            return {ident: revisions[-1] for ident, revisions in found if revisions}

    def find(self, type_name: str, where: Mapping[str, Condition] | None = None) -> Iterator[StoredRecord]:
        """The newest living revisions of a type that meet the conditions, by id."""
        with self._lock:
            found = [
                revisions[-1]
                for key, revisions in self._revisions.items()
                if key[0] == type_name and revisions[-1].body is not None and self._meets(key, where or {})
            ]
        return iter(sorted(found, key=lambda r: r.id))

    def _meets(self, key: tuple[str, str], where: Mapping[str, Condition]) -> bool:
        texts = {**self._index[key], "id": key[1]}
        return all(_matches(texts.get(name), wanted) for name, wanted in where.items())

    def count(self, type_name: str | None = None) -> Mapping[str, int]:
        """How many living records there are of each type."""
        with self._lock:
            living = Counter(key[0] for key, revisions in self._revisions.items() if revisions[-1].body is not None)
        return {name: living[name] for name in sorted(living) if type_name in {None, name}}

    def history(self, type_name: str, ident: str) -> Sequence[StoredRecord]:
        """Every revision of a record, oldest first."""
        with self._lock:
            return tuple(self._revisions.get((type_name, ident), ()))

    def commits(self) -> Iterator[Commit]:
        """Every commit, oldest first."""
        with self._lock:
            return iter(tuple(self._commits))

    def close(self) -> None:
        """Nothing to let go of."""


def _matches(text: str | None, wanted: Condition) -> bool:
    if text is None:
        return False
    if isinstance(wanted, Prefix):
        return text.startswith(wanted.text)
    return text == wanted if isinstance(wanted, str) else text in wanted


def _open(url: str, create: bool) -> Store:  # noqa: ARG001, FBT001 - there is never one already
    return MemoryStore(url)


BACKEND = StorageBackend(name="memory", label=Text("内存", "memory"), open=_open, schemes=("memory",))
