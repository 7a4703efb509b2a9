"""The folder store: a workspace as a folder of JSON lines, one file for each type of record, friendly to git.

::

    work.kepudir/
        kepu.json              what this is, and the version of its format
        commits.jsonl          one line for each commit: who, when, why, and what it added to which files
        records/base.jsonl     one line for each revision of a record

Files only grow, at their ends, so that a diff shows what was written. What a *rewrite* replaces is gone for good: the
file of the type is written anew under a new name (``base.2.jsonl``), the old one is taken away. (What was handed to git
before is still in git.)

What is there counts as far as ``commits.jsonl`` names it: every commit says which bytes of which files are its own, with
their digest, and carries the digest of the commit before it. What a killed writer began is not named, so nobody sees it,
and whoever writes next cuts it off. Hence the law of damage: what was changed, moved, merged or cut off anywhere is told
as ``store.damaged``, and nothing is read from such a folder. Only where the last line of ``commits.jsonl`` was cut off
(or cut short) does the store stand as it was before that commit, for a writer killed just then leaves the very same
behind; and only if all is there that stood before. A commit that replaced a file took the old one away: without its line
the store is damaged.

Verifying tells, as warnings, what no commit names and no killed writer leaves; reading goes on. Of what a killed writer
leaves it says nothing. Repairing saves the lines of such files as well, and tells which they are.

The folder can lie under git. Two branches that both wrote cannot be merged line by line, for commits are numbered: git
tells so by a conflict in ``commits.jsonl``. Take the merge back, or keep one side.

Every handle holds all revisions in memory, bodies as bytes: this is a store for workspaces of up to some 100,000
records.
"""

import datetime as dt
import os
import secrets
import shutil
import threading
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from itertools import islice

from kepu_core.builtin.folder_checking import check
from kepu_core.builtin.folder_damage import NO_FILE, Damaged
from kepu_core.builtin.folder_disk import (
    COMMITS,
    PART,
    RECORDS,
    Address,
    examine,
    held,
    make,
    move,
    put,
    refusal,
    synced,
)
from kepu_core.builtin.folder_repairing import refuse_hopeless, save_all
from kepu_core.builtin.folder_state import State, standing
from kepu_core.builtin.folder_writing import append, clear, planned, shortened
from kepu_core.domain.findings import Finding
from kepu_core.language import Text
from kepu_core.plugins.storage import (
    LOCKED,
    NO_STORE,
    NOT_A_STORE,
    READ_ONLY,
    Change,
    Commit,
    Rewrite,
    StorageBackend,
    StoredRecord,
    StoreRefused,
    Where,
    Write,
    prepared_commit,
    refuse_conflicts,
)

__all__ = ["BACKEND", "FolderStore", "open_folder", "open_folder_read_only", "repair_folder"]

_TURNS = 50
_PAUSE = 0.0005
_FOR_READING = Text("以只读方式打开", "it was opened for reading")
_TAKEN = Text("目标处已有内容", "there is something there already")
_THREAD = Text("另一个线程正在写", "another thread is writing")
_Stamp = tuple[int, int, int]


class FolderStore:
    """An open folder. Safe to share between threads; reading never waits for a writer."""

    def __init__(self, address: Address, *, read_only: bool = False) -> None:
        self.url = address.url
        self._address, self._read_only = address, read_only
        self._state = State(address.path)
        self._seen: _Stamp | None = None
        self._guard, self._writing = threading.RLock(), threading.Lock()

    # Taking in what others wrote

    def _stamp(self) -> _Stamp:
        """What tells whether anything was committed since."""
        try:
            found = (self._address.path / COMMITS).stat()
        except FileNotFoundError as error:
            if self._address.path.is_dir():
                raise Damaged(COMMITS, NO_FILE) from error
            raise StoreRefused(NO_STORE.finding(url=self.url)) from error
        return found.st_ino, found.st_size, found.st_mtime_ns

    def _fresh(self) -> State:
        """All that is committed by now. Raises :class:`StoreRefused` (``store.damaged``) if it is not as it was written.

        Files may go while they are looked at, for somebody rewrites: then it is looked again.
        """
        with self._guard, self._clearly():
            for turn in range(_TURNS):
                stamp = self._stamp()
                if stamp == self._seen:
                    break
                try:
                    self._state, self._seen = self._state.advanced(), stamp
                except (Damaged, FileNotFoundError):
                    if turn and (self._stamp() == stamp or turn == _TURNS - 1):
                        raise
                    time.sleep(_PAUSE)
            return self._state

    @contextmanager
    def _clearly(self, *, writing: bool = False) -> Iterator[None]:
        """Tell what goes wrong as the error of a store."""
        try:
            yield
        except Damaged as damage:
            raise damage.refused(self.url) from damage
        except OSError as error:
            raise refusal(self.url, error, writing=writing) from error

    # Writing

    @contextmanager
    def _alone(self) -> Iterator[State]:
        """Be the only writer among all threads and processes."""
        if self._read_only:
            raise StoreRefused(READ_ONLY.finding(url=self.url, reason=_FOR_READING))
        seconds = self._address.timeout
        if not self._writing.acquire(timeout=min(seconds, threading.TIMEOUT_MAX)):
            raise StoreRefused(LOCKED.finding(url=self.url, seconds=f"{seconds:g}", reason=_THREAD))
        try:
            with held(self._address):
                yield self._fresh()
        finally:
            self._writing.release()

    def commit(
        self,
        writes: Iterable[Write],
        *,
        at: dt.datetime,
        author: str | None = None,
        reason: str | None = None,
        rewrites: Sequence[Rewrite] = (),
    ) -> Commit:
        """Write all, or none; it is on disk when this returns."""
        own, again = prepared_commit(writes, rewrites, at=at, author=author, reason=reason)
        with self._alone() as state, self._clearly(writing=True):
            refuse_conflicts(own, author, partial(_newest, state))
            commit = Commit(number=len(state.commits) + 1, at=at, author=author, reason=reason)
            append(state, planned(state, own, again, commit), commit)
            return commit

    # Reading

    def get(self, type_name: str, ident: str, *, as_of: int | None = None) -> StoredRecord | None:
        """The newest revision."""
        with self._guard:
            state = self._fresh()
            if as_of is None:
                return _newest(state, type_name, ident)
            change = standing(_history(state, type_name, ident), as_of)
            return change.record if change else None

    def get_many(self, type_name: str, idents: Sequence[str]) -> Mapping[str, StoredRecord]:
        """The newest revisions of many records."""
        with self._guard:
            state = self._fresh()
            found = ((ident, _newest(state, type_name, ident)) for ident in idents)
            return {ident: record for ident, record in found if record}

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
        """The newest living revisions of a type that meet the conditions, by id, as they are asked for."""
        with self._guard:
            state = self._fresh()
            shelf = state.shelves.get(type_name)
            if shelf is None:
                return iter(())
            # No later than now, so that what comes in while it is read does not appear in it by halves.
            then = len(state.commits) if as_of is None else min(as_of, len(state.commits))
            return islice(shelf.find(dict(where or {}), tuple(words), after, then), limit)

    def count(self, type_name: str | None = None, *, as_of: int | None = None) -> Mapping[str, int]:
        """How many living records there are of each type."""
        with self._guard:
            state = self._fresh()
            return dict(state.count(type_name, len(state.commits) if as_of is None else as_of))

    def history(self, type_name: str, ident: str) -> Sequence[StoredRecord]:
        """Every revision of a record, oldest first."""
        with self._guard:
            return tuple(change.record for change in _history(self._fresh(), type_name, ident))

    def commits(self, *, since: int = 0) -> Iterator[Commit]:
        """Every commit after a number, oldest first."""
        return iter(self._fresh().commits[max(since, 0) :])

    def changes(self, *, since: int = 0, until: int | None = None) -> Iterator[Change]:
        """Everything written in the commits after a number, commit by commit, as it is asked for."""
        with self._guard:
            state = self._fresh()
            last = len(state.commits)
            return state.changes(max(since, 0), last if until is None else min(until, last))

    # Looking after it

    def verify(self) -> Iterator[Finding]:
        """Everything in the folder that is not as it was written, line by line, read anew from the disk."""
        for turn in range(_TURNS):
            stamp, found = self._seen, list[Finding]()
            try:
                with self._clearly():
                    stamp = self._stamp()
                    found = check(self._address.path, self.url)
                    if not found or (turn and stamp == self._stamp()):
                        break
            except StoreRefused as error:
                found = list(error.findings)
                break
            time.sleep(_PAUSE)
        return iter(found)

    def compact(self) -> None:
        """Take away what killed writers left behind, the files that rewrites replaced, and all that is said of them."""
        with self._alone() as state, self._clearly(writing=True):
            folder, records = self._address.path, self._address.path / RECORDS
            clear(state, thoroughly=True)
            shorter = shortened(state)
            if shorter is not None:
                put(folder / f"{COMMITS}{PART}", 0, shorter)
                (folder / f"{COMMITS}{PART}").replace(folder / COMMITS)
                synced(folder)
            if records.is_dir():
                synced(records)

    def close(self) -> None:
        """Nothing to let go of: files are open only while something is read or written."""


def _history(state: State, type_name: str, ident: str) -> Sequence[Change]:
    shelf = state.shelves.get(type_name)
    return shelf.histories.get(ident, ()) if shelf else ()


def _newest(state: State, type_name: str, ident: str) -> StoredRecord | None:
    history = _history(state, type_name, ident)
    return history[-1].record if history else None


def open_folder(url: str, create: bool) -> FolderStore:  # noqa: FBT001 - the signature of a backend
    """Open (or make) a workspace in a folder; see ``StorageBackend.open``.

    A folder that is damaged is opened, so that it can be verified: reading and writing raise ``store.damaged``.
    """
    address = Address(url)
    if not examine(address.path, url):
        if not create:
            raise StoreRefused(NO_STORE.finding(url=url))
        make(address.path, url)
        examine(address.path, url)
    return FolderStore(address)


def open_folder_read_only(url: str) -> FolderStore:
    """Open a folder that nothing is ever written to, not even a lock: it may lie on a medium that cannot be written."""
    address = Address(url)
    if not examine(address.path, url):
        raise StoreRefused(NO_STORE.finding(url=url))
    return FolderStore(address, read_only=True)


def repair_folder(url: str, target: str) -> Sequence[Finding]:
    """Save all revisions that are whole in a damaged folder to a new one; tell what is lost. It only reads the first.

    Where branches were merged into each other, both sides are saved. Raises :class:`StoreRefused` for a target where
    there is something already, and for a folder in which there is nothing of a store.
    """
    source, goal = Address(url), Address(target)
    refuse_hopeless(source)
    if (goal.path.is_dir() and any(goal.path.iterdir())) or (not goal.path.is_dir() and os.path.lexists(goal.path)):
        raise StoreRefused(NOT_A_STORE.finding(url=target, reason=_TAKEN))
    path = goal.path.absolute()
    beside = Address(str(path.with_name(f".{path.name}.{secrets.token_hex(4)}{PART}")))
    try:
        make(beside.path, target)
        lost = save_all(source, FolderStore(beside))
        move(beside.path, path)
        synced(path.parent)
    except OSError as error:
        raise refusal(url, error) from error
    finally:
        shutil.rmtree(beside.path, ignore_errors=True)
    return lost


BACKEND = StorageBackend(
    name="folder",
    label=Text("文件夹（可用 git 管理）", "folder, friendly to git"),
    open=open_folder,
    schemes=("folder",),
    suffixes=(".kepudir",),
    open_read_only=open_folder_read_only,
    repair=repair_folder,
)
