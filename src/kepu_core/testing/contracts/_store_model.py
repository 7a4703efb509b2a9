"""What a store is compared with: a dictionary of histories, as plain as can be; and a place where a store may stand."""

import datetime as dt
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Protocol

from attrs import evolve, field, frozen

from kepu_core.plugins.storage import (
    Change,
    Commit,
    Condition,
    Prefix,
    Rewrite,
    StorageBackend,
    Store,
    StoredRecord,
    Where,
    Write,
)

__all__ = ["Key", "Model", "Site"]

Key = tuple[str, str]


class Model:
    """What a store should hold after the same commits.

    >>> model = Model()
    >>> at = dt.datetime(2021, 5, 1, tzinfo=dt.UTC)
    >>> model.commit([Write(type="base", id="a", version=1, body=b"{}")], at=at).number
    1
    >>> model.commit([Write(type="base", id="a", version=1, body=None)], at=at).number
    2
    >>> model.count(), model.count(as_of=1)
    ({}, {'base': 1})
    """

    def __init__(self) -> None:
        self.histories: dict[Key, list[Change]] = {}
        self.commits: list[Commit] = []

    # What is written

    def clashes(self, writes: Iterable[Write]) -> list[Write]:
        """The writes whose expectation is not met."""
        return [w for w in writes if w.expect not in {None, len(self.histories.get((w.type, w.id), ()))}]

    def commit(
        self,
        writes: Iterable[Write],
        *,
        at: dt.datetime,
        author: str | None = None,
        reason: str | None = None,
        rewrites: Iterable[Rewrite] = (),
    ) -> Commit:
        """Take over a commit that should have succeeded."""
        commit = Commit(number=len(self.commits) + 1, at=at, author=author, reason=reason)
        self.commits.append(commit)
        for write in writes:
            history = self.histories.setdefault((write.type, write.id), [])
            known: dict[str, Any] = {"type": write.type, "id": write.id, "version": write.version, "body": write.body}
            record = StoredRecord(**known, revision=len(history) + 1, commit=commit)
            history.append(Change(record=record, index=dict(write.index), text=write.text))
        for rewrite in rewrites:
            history = self.histories[rewrite.type, rewrite.id]
            record = history[rewrite.revision - 1].record
            if record.body is not None:  # a tombstone stays one
                record = evolve(record, version=rewrite.version, body=rewrite.body)
            history[rewrite.revision - 1] = Change(record=record, index=dict(rewrite.index), text=rewrite.text)
        return commit

    # What is read

    def standing(self, key: Key, as_of: int | None = None) -> Change | None:
        """The newest revision that there was after a commit, with what it was written with."""
        then = [c for c in self.histories.get(key, ()) if as_of is None or c.record.commit.number <= as_of]
        return then[-1] if then else None

    def newest(self, key: Key, as_of: int | None = None) -> StoredRecord | None:
        """What ``get`` should give: the newest revision, be it a tombstone."""
        found = self.standing(key, as_of)
        return found.record if found else None

    def history(self, key: Key) -> list[StoredRecord]:
        """What ``history`` should give."""
        return [change.record for change in self.histories.get(key, ())]

    def idents(self, type_name: str) -> list[str]:
        """The ids of all records that there ever were of a type."""
        return sorted(ident for kind, ident in self.histories if kind == type_name)

    def living(
        self,
        type_name: str,
        where: Where | None = None,
        *,
        words: Sequence[str] = (),
        after: str | None = None,
        limit: int | None = None,
        as_of: int | None = None,
    ) -> list[StoredRecord]:
        """What ``find`` should give."""
        standing = [self.standing((type_name, ident), as_of) for ident in self.idents(type_name)]
        found = [
            change.record
            for change in standing
            if change is not None and change.record.body is not None
            if after is None or change.record.id > after
            if _has(change, where or {}) and all(word in change.text for word in words)
        ]
        return found if limit is None else found[:limit]

    def count(self, *, as_of: int | None = None) -> dict[str, int]:
        """What ``count`` should give."""
        standing = [(kind, self.newest((kind, ident), as_of)) for kind, ident in self.histories]
        return dict(Counter(kind for kind, record in standing if record is not None and record.body is not None))

    def changes(self, *, since: int = 0, until: int | None = None) -> list[Change]:
        """What ``changes`` should give."""
        last = len(self.commits) if until is None else until
        every = [change for history in self.histories.values() for change in history]
        chosen = [(c.record.commit.number, c.record.type, c.record.id, c) for c in every]
        return [change for *_, change in sorted(entry for entry in chosen if since < entry[0] <= last)]


def _has(change: Change, where: Where) -> bool:
    texts = {**change.index, "id": change.record.id}
    return all(name in texts and _met(texts[name], wanted) for name, wanted in where.items())


def _met(text: str, wanted: Condition) -> bool:
    if isinstance(wanted, Prefix):
        return text.startswith(wanted.text)
    return text == wanted if isinstance(wanted, str) else text in wanted


class Subject(Protocol):
    """What of a contract a site needs to know."""

    @property
    def backend(self) -> Any:
        """The backend that is tested."""

    def url(self, folder: Path) -> str:
        """The address of a store in a folder."""


@frozen
class Site:
    """A fresh place for one store: a folder, its address, and the way to open it."""

    backend: StorageBackend = field(repr=False)
    folder: Path
    url: str

    @classmethod
    @contextmanager
    def fresh(cls, subject: Subject) -> Iterator["Site"]:
        """A place that is cleared away at the end. Whoever opens a store in it closes it before."""
        with tempfile.TemporaryDirectory(prefix="kepu-store-", ignore_cleanup_errors=True) as name:
            yield cls(subject.backend, Path(name), subject.url(Path(name)))

    def open(self, *, create: bool = True) -> Store:
        """A new handle on the store."""
        return self.backend.open(self.url, create)

    def contents(self) -> dict[str, bytes]:
        """Every file in the folder, and what is in it."""
        found = {}
        for path in sorted(self.folder.rglob("*")):
            with suppress(OSError):  # it may be gone again, or be no file
                found[path.relative_to(self.folder).as_posix()] = path.read_bytes()
        return found
