"""A small durable store: what the contract of stores is tried on, and what broken ones are made from."""

import datetime as dt
import json
import os
from contextlib import contextmanager
from pathlib import Path

import pytest

from kepu_core.builtin.memory import MemoryStore
from kepu_core.language import Text
from kepu_core.plugins.storage import (
    NO_STORE,
    READ_ONLY,
    Rewrite,
    StorageBackend,
    StoreRefused,
    Write,
    prepared_commit,
)

fcntl = pytest.importorskip("fcntl", reason="files are locked so on POSIX only")


class FileStore:
    """Lines of JSON, one for a commit, appended and synced; whoever reads takes in first what was appended."""

    mode = "a+b"

    def __init__(self, url, create):
        if not create and not Path(url).exists():
            raise StoreRefused(NO_STORE.finding(url=url))
        self.url = url
        self.begin()

    @classmethod
    def read_only(cls, url):
        return type(cls.__name__, (ReadOnly, cls), {})(url, False)

    def begin(self):
        self.file = Path(self.url).open(self.mode, buffering=0)  # noqa: SIM115 - closed by close()
        self.memory, self.taken = MemoryStore(), 0

    def follow(self):
        """Go over to the file that another handle has put in the place of ours."""
        if os.fstat(self.file.fileno()).st_ino != Path(self.url).stat().st_ino:
            self.file.close()
            self.begin()
            return True
        return False

    @contextmanager
    def alone(self):
        while True:
            file = self.file
            fcntl.flock(file, fcntl.LOCK_EX)  # the system takes it back from the dead
            if not self.follow():
                break
        try:
            yield
        finally:
            if not file.closed:
                fcntl.flock(file, fcntl.LOCK_UN)

    def commit(self, writes, *, at, author=None, reason=None, rewrites=()):
        writes, rewrites = prepared_commit(writes, rewrites, at=at, author=author, reason=reason)
        told = [[w.type, w.id, w.version, _hex(w.body), w.index, w.text] for w in writes]
        anew = [[r.type, r.id, r.version, _hex(r.body), dict(r.index), r.text, r.revision] for r in rewrites]
        line = json.dumps([told, at.isoformat(), author, reason, anew]).encode() + b"\n"
        with self.alone():
            self.refresh()
            self.memory.refuse_conflicts(writes, author)
            for rewrite in rewrites:
                self.memory._rewritten(rewrite, {(w.type, w.id): None for w in writes})
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
        self.follow()
        self.file.seek(self.taken)
        data = self.file.read()
        whole = data[: data.rfind(b"\n") + 1]
        self.taken += len(whole)
        for line in whole.split(b"\n")[:-1]:
            self.replay(*json.loads(line))

    def replay(self, told, at, author, reason, anew):
        writes = [
            Write(type=t, id=i, version=v, body=_bytes(body), index=index, text=text)
            for t, i, v, body, index, text in told
        ]
        rewrites = [
            Rewrite(type=t, id=i, version=v, body=_bytes(body), index=index, text=text, revision=revision)
            for t, i, v, body, index, text, revision in anew
        ]
        at = dt.datetime.fromisoformat(at)
        self.memory.commit(writes, at=at, author=author, reason=reason, rewrites=rewrites)

    def compact(self):
        """Write the lines anew, each with what its revisions hold now, and put them in the place of the old ones."""
        with self.alone():
            self.refresh()
            lines = Path(self.url).read_bytes()[: self.taken].splitlines()
            new = Path(f"{self.url}.new")
            with new.open("wb") as file:
                for number, line in enumerate(lines, 1):
                    _, at, author, reason, anew = json.loads(line)
                    changes = list(self.memory.changes(since=number - 1, until=number))
                    told = [_now(change) for change in changes]
                    known = self.memory._changes
                    anew = [[*_now(known[t, i][revision - 1]), revision] for t, i, *_, revision in anew]
                    for row in anew:
                        row[3] = row[3] or ""
                    file.write(json.dumps([told, at, author, reason, anew]).encode() + b"\n")
                file.flush()
                os.fsync(file.fileno())
            new.replace(self.url)

    def verify(self):
        self.refresh()
        return iter(())

    def close(self):
        self.file.close()


class ReadOnly:
    mode = "rb"

    def commit(self, writes, **signed):
        raise StoreRefused(READ_ONLY.finding(url=self.url, reason="it was opened so"))


def _hex(body):
    return None if body is None else bytes.hex(body)


def _bytes(told):
    return None if told is None else bytes.fromhex(told)


def _now(change):
    record = change.record
    return [record.type, record.id, record.version, _hex(record.body), change.index, change.text]


def _asking(name):
    def ask(self, *arguments, **how):
        self.refresh()
        return getattr(self.memory, name)(*arguments, **how)

    return ask


for _name in ("get", "get_many", "find", "count", "history", "commits", "changes"):
    setattr(FileStore, _name, _asking(_name))


def backend(store):
    """A backend for a class of stores; a class can be handed to another process."""
    label = Text(store.__name__, store.__name__)
    return StorageBackend(
        name=store.__name__, label=label, open=store, suffixes=(".lines",), open_read_only=store.read_only
    )
