"""The contract holds for a small durable store, and finds out what many of them do wrong on the disk."""

import datetime as dt
import json
import os
import time
from contextlib import contextmanager
from pathlib import Path

import pytest
from attrs import evolve

from kepu_core.builtin.memory import MemoryStore
from kepu_core.language import Text
from kepu_core.plugins.storage import NO_STORE, NOT_A_STORE, StorageBackend, StoreRefused, Write
from kepu_core.testing.contracts import LawOutcome, check_contract
from kepu_core.testing.contracts.storage import StorageContract

fcntl = pytest.importorskip("fcntl", reason="files are locked so on POSIX only")


class FileStore:
    """Lines of JSON, one for a commit, appended and synced; whoever reads takes in first what was appended."""

    def __init__(self, url, create):
        if not create and not Path(url).exists():
            raise StoreRefused(NO_STORE.finding(url=url))
        self.url, self.memory, self.taken = url, MemoryStore(), 0
        self.file = Path(url).open("a+b", buffering=0)  # noqa: SIM115 - closed by close()

    @contextmanager
    def alone(self):
        fcntl.flock(self.file, fcntl.LOCK_EX)  # the system takes it back from the dead
        try:
            yield
        finally:
            fcntl.flock(self.file, fcntl.LOCK_UN)

    def commit(self, writes, *, at, author=None, reason=None):
        writes = [evolve(w, index=dict(w.index)) for w in writes]
        if len({(w.type, w.id) for w in writes}) != len(writes):
            raise ValueError("once")
        told = [[w.type, w.id, w.version, None if w.body is None else bytes.hex(w.body), w.index] for w in writes]
        line = json.dumps([told, at.isoformat(), author, reason]).encode() + b"\n"
        with self.alone():
            self.refresh()
            self.memory._refuse_conflicts(writes, author)
            self.append(line)
            self.refresh()
            return self.memory._commits[-1]

    def append(self, line):
        self.file.truncate(self.taken)  # what a killed writer began
        self.write(line)

    def write(self, line):
        for piece in (line[:40], line[40:]):  # in two pieces, so that a kill can come between
            self.file.write(piece)
        os.fsync(self.file.fileno())

    def refresh(self):
        self.file.seek(self.taken)
        data = self.file.read()
        whole = data[: data.rfind(b"\n") + 1]
        self.taken += len(whole)
        for line in whole.split(b"\n")[:-1]:
            self.replay(*json.loads(line))

    def replay(self, told, at, author, reason):
        writes = [
            Write(type=t, id=i, version=v, body=None if body is None else bytes.fromhex(body), index=index)
            for t, i, v, body, index in told
        ]
        self.memory.commit(writes, at=dt.datetime.fromisoformat(at), author=author, reason=reason)

    def close(self):
        self.file.close()


def _asking(name):
    def ask(self, *arguments):
        self.refresh()
        return getattr(self.memory, name)(*arguments)

    return ask


for _name in ("get", "get_many", "find", "count", "history", "commits"):
    setattr(FileStore, _name, _asking(_name))


def backend(store):
    """A backend for a class of stores; a class can be handed to another process."""
    label = Text(store.__name__, store.__name__)
    return StorageBackend(name=store.__name__, label=label, open=store, suffixes=(".lines",))


class TestFile(StorageContract):
    backend = backend(FileStore)


# Broken on the disk


class LosesTheLast(FileStore):
    def __init__(self, url, create):
        super().__init__(url, create)
        lines = Path(url).read_bytes().splitlines(keepends=True)
        self.file.truncate(sum(map(len, lines[:-1])))


class ReadsOnce(FileStore):
    def __init__(self, url, create):
        super().__init__(url, create)
        super().refresh()

    def commit(self, *arguments, **signed):
        super().refresh()
        return super().commit(*arguments, **signed)

    def append(self, line):
        super().append(line)
        super().refresh()

    def refresh(self):
        """Not now."""


class Buffers(FileStore):
    """Writes when it is closed."""

    pending = b""

    def append(self, line):
        self.pending += line
        self.replay(*json.loads(line))

    def close(self):
        if not self.file.closed:
            self.write(self.pending)
        super().close()


class KeepsTornLines(FileStore):
    def append(self, line):
        self.write(line)


class WritesInTwo(FileStore):
    """The first record, then the others: whole lines, but half commits."""

    def append(self, line):
        told, *signed = json.loads(line)
        super().append(json.dumps([told[:1], *signed]).encode() + b"\n")
        if told[1:]:
            self.write(json.dumps(["more", told[1:], *signed]).encode() + b"\n")

    def replay(self, told, *rest):
        if told == "more":
            self.memory._commits.pop()
            told, *rest = rest
        super().replay(told, *rest)


class LeavesItsLock(FileStore):
    def __init__(self, url, create):
        if Path(f"{url}.lock").exists():
            raise StoreRefused(NOT_A_STORE.finding(url=url, reason="it is locked"))
        super().__init__(url, create)

    def write(self, line):
        Path(f"{self.url}.lock").touch()
        super().write(line)
        Path(f"{self.url}.lock").unlink()


class MarksLate(FileStore):
    def __init__(self, url, create):
        mark = Path(f"{url}.mark")
        if Path(url).exists() and not mark.exists():
            raise StoreRefused(NOT_A_STORE.finding(url=url, reason="it bears no mark"))
        super().__init__(url, create)
        mark.touch()


class LocksNothing(FileStore):
    @contextmanager
    def alone(self):
        yield

    def append(self, line):
        time.sleep(0.02)  # long enough for all the others to come in between
        super().append(line)


class MakesWhatIsMissing(FileStore):
    def __init__(self, url, create):
        super().__init__(url, create=True)


class MissesWithoutCode(FileStore):
    def __init__(self, url, create):
        if not create:
            Path(url).stat()
        super().__init__(url, create)


MUTANTS = [
    (LosesTheLast, "model", "mend"),
    (ReadsOnce, "two_handles", "other handles"),
    (LocksNothing, "writers", "writers at once"),
    (Buffers, "killed", "commits("),
    (KeepsTornLines, "killed", "killed at 33%"),
    (WritesInTwo, "killed", "killed at 33%"),
    (LeavesItsLock, "killed", "it is locked"),
    (MarksLate, "made", "it bears no mark"),
    (MakesWhatIsMissing, "missing", "a store"),
    (MissesWithoutCode, "missing", "FileNotFoundError"),
]


def broken_laws(store, **how):
    """The laws that a store in a file does not keep, by name."""
    ways = {"backend": backend(store), "shrink": False, "examples": 10, "kills": 0, "patience": 5.0, **how}
    results = check_contract(type("Mutant", (StorageContract,), ways))
    return {r.law: r for r in results if r.outcome is LawOutcome.BROKEN}


@pytest.mark.parametrize(("store", "law", "said"), MUTANTS, ids=[store.__name__ for store, _, _ in MUTANTS])
def test_a_broken_store_is_found_out(store, law, said):
    """The law that it breaks is told by its code, with what was seen and what to mend."""
    finding = broken_laws(store, kills=2 if law in {"killed", "made"} else 0)[law].finding
    if store is LocksNothing and finding.code == "contract.raised":
        return  # writers that get in each other's way may also make the store itself fall over
    assert finding.code == f"contract.storage.{law.replace('_', '-')}"
    assert said in str(finding)


def test_every_law_on_durable_stores_finds_something_out():
    """There is a broken store for each law that concerns nothing in memory."""
    assert {law for _, law, _ in MUTANTS} >= {"two_handles", "killed", "made", "missing"}


def test_another_process_must_be_able_to_open_a_store():
    """An ``open`` that cannot be pickled is told, with what to do about it."""

    class Inner(FileStore):
        pass

    finding = broken_laws(Inner, kills=1)["killed"].finding
    assert finding.code == "contract.storage.open-function"
    assert "module-level function" in str(finding)
