"""The contract holds for a small durable store, and finds out what many of them do wrong on the disk."""

import json
import time
from contextlib import contextmanager
from pathlib import Path

import pytest
from file_store import FileStore, backend

from kepu_core.plugins.storage import DAMAGED, NOT_A_STORE, StoreRefused
from kepu_core.testing.contracts import LawOutcome, check_contract
from kepu_core.testing.contracts.storage import StorageContract


class TestFile(StorageContract):
    backend = backend(FileStore)


# Broken on the disk


class LosesTheLast(FileStore):
    def __init__(self, url, create):
        super().__init__(url, create)
        lines = Path(url).read_bytes().splitlines(keepends=True)
        if self.file.writable():
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
        if self.pending and not self.file.closed:
            self.write(self.pending)
        super().close()


class KeepsTornLines(FileStore):
    def append(self, line):
        self.write(line)


class WritesInTwo(FileStore):
    """The first record, then the others: whole lines, but half commits."""

    def append(self, line):
        told, *signed, anew = json.loads(line)
        super().append(json.dumps([told[:1], *signed, anew]).encode() + b"\n")
        if told[1:]:
            self.write(json.dumps(["more", told[1:], *signed, []]).encode() + b"\n")

    def replay(self, told, *rest):
        first = []
        if told == "more":
            self.memory._commits.pop()
            first = self.memory._feed.pop()
            told, *rest = rest
        super().replay(told, *rest)
        self.memory._feed[-1] = sorted([*first, *self.memory._feed[-1]])


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


class LocksWhatItReads(FileStore):
    @classmethod
    def read_only(cls, url):
        Path(f"{url}.lock").touch()
        return super().read_only(url)


class WritesAnyway(FileStore):
    @classmethod
    def read_only(cls, url):
        return cls(url, create=False)


class ReadsACopy(FileStore):
    """What is opened for reading is what there was then."""

    @classmethod
    def read_only(cls, url):
        store = super().read_only(url)
        store.refresh()
        store.refresh = lambda: None
        return store


class MakesWhatItReads(FileStore):
    @classmethod
    def read_only(cls, url):
        Path(url).touch()
        return super().read_only(url)


class KeepsOldBytes(FileStore):
    def compact(self):
        """Nothing is unused, it says."""


class LeavesTheOldFile(FileStore):
    def compact(self):
        Path(f"{self.url}.old").write_bytes(Path(self.url).read_bytes())
        super().compact()


class CompactsAlone(FileStore):
    """Other handles go on with the file that was there before."""

    def follow(self):
        return False


class ChangesSums(FileStore):
    """Keeps a checksum beside, and forgets it when something is rewritten."""

    def commit(self, writes, *, rewrites=(), **signed):
        commit = super().commit(writes, rewrites=rewrites, **signed)
        if not rewrites:
            Path(f"{self.url}.sum").write_text(str(Path(self.url).stat().st_size), "utf-8")
        return commit

    def verify(self):
        kept, size = Path(f"{self.url}.sum"), Path(self.url).stat().st_size
        if kept.exists() and int(kept.read_text("utf-8")) != size:
            yield DAMAGED.finding(url=self.url, record="all", reason="its sum is another one")


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
    (MakesWhatItReads, "missing", "open_read_only(url)"),
    (LocksWhatItReads, "read_only", "store.lines.lock"),
    (WritesAnyway, "read_only", "store.read-only"),
    (ReadsACopy, "read_only", "another handle's commit"),
    (KeepsOldBytes, "rewritten", "body, index, text"),
    (LeavesTheOldFile, "rewritten", "store.lines.old"),
    (CompactsAlone, "compacted", "other handles go on"),
    (ChangesSums, "verified", "its sum is another one"),
    (ChangesSums, "killed", "verify("),
]


def broken_laws(store, *laws, **how):
    """Those of some laws that a store in a file does not keep, by name."""
    ways = {"backend": backend(store), "shrink": False, "examples": 10, "kills": 0, "patience": 5.0, **how}
    results = check_contract(type("Mutant", (StorageContract,), ways), only=laws)
    return {r.law: r for r in results if r.outcome is LawOutcome.BROKEN}


@pytest.mark.parametrize(
    ("store", "law", "said"), MUTANTS, ids=[f"{store.__name__}-{law}" for store, law, _ in MUTANTS]
)
def test_a_broken_store_is_found_out(store, law, said):
    """The law that it breaks is told by its code, with what was seen and what to mend."""
    finding = broken_laws(store, law, kills=2 if law in {"killed", "made"} else 0)[law].finding
    if store is LocksNothing and finding.code == "contract.raised":
        return  # writers that get in each other's way may also make the store itself fall over
    assert finding.code == f"contract.storage.{law.replace('_', '-')}"
    assert said in str(finding)


def test_every_law_on_durable_stores_finds_something_out():
    """There is a broken store for each law that concerns nothing in memory."""
    assert {law for _, law, _ in MUTANTS} >= {"two_handles", "killed", "made", "missing", "read_only"}


def test_another_process_must_be_able_to_open_a_store():
    """An ``open`` that cannot be pickled is told, with what to do about it."""

    class Inner(FileStore):
        pass

    finding = broken_laws(Inner, "killed", kills=1)["killed"].finding
    assert finding.code == "contract.storage.open-function"
    assert "module-level function" in str(finding)
