"""The contract of storage backends: what :mod:`kepu_core.plugins.storage` promises, tried out.

A backend's author writes::

    class TestMyStore(StorageContract):
        backend = BACKEND
"""

import pickle
import signal
import unittest
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, closing, nullcontext
from functools import partial
from itertools import islice
from typing import Literal

from kepu_core.domain.findings import Problem
from kepu_core.language import Text
from kepu_core.plugins.storage import NO_STORE, READ_ONLY, RevisionConflict, Store, StoreRefused, Write
from kepu_core.testing.contracts._contract import BrokenLaw
from kepu_core.testing.contracts._store_base import AT, raised, write
from kepu_core.testing.contracts._store_cases import story
from kepu_core.testing.contracts._store_faults import COUNTER, count_up, together
from kepu_core.testing.contracts._store_model import Model, Site
from kepu_core.testing.contracts._store_problems import (
    CLOSED,
    COMPACTED,
    KILLED,
    MADE,
    MISSING,
    OPEN_FUNCTION,
    READS_ONLY,
    STREAMED,
    VERIFIED,
    WRITERS,
)
from kepu_core.testing.contracts._store_reading import LARGE, ReadingLaws
from kepu_core.testing.contracts._store_writer import Job, Told, batch, run_writer, signed
from kepu_core.testing.contracts._store_writing import LATER, WritingLaws

__all__ = ["StorageContract"]

HALFWAY = Text("取到一半的查找", "a search that is half-way")
_ROUNDS = 6
_KILLS_A_STORE = 20
"""After so many kills another store is begun: one that grew on and on would take ever longer to be looked through."""


class StorageContract(WritingLaws, ReadingLaws):
    """What every store keeps, whoever wrote it: subclass it, and name the backend.

    ``durable`` says whether stores outlive their handles (``None``: those that are files do); the laws on reopening, on
    several handles and on killed processes concern durable stores only. ``shared`` says whether threads may share one
    handle: the law on writers then tries it, besides a handle for each thread where stores are durable.

    ``examples`` and ``steps`` are how many histories are drawn, and how long they are; ``shrink`` has one that breaks a
    law made as short as can be. ``writers`` is how many threads write at once, ``kills`` how often a process is killed
    while it writes, ``patience`` the seconds after which a store is said to hang.

    A law on stores that are only read is tried where the backend has ``open_read_only``; that nothing is left of what
    was rewritten, where stores are files.

    >>> from kepu_core.builtin.memory import BACKEND
    >>> from kepu_core.testing.contracts import check_contract
    >>> class TestMyStore(StorageContract):
    ...     backend = BACKEND
    ...     examples = 3
    >>> [result.law for result in check_contract(TestMyStore)][:3]
    ['model', 'two_handles', 'finds']
    """

    def test_writers(self) -> None:
        """Of writers at once that expect one revision exactly one wins; none loses an update, and numbers have no gap."""
        if not (self._is_durable or self.shared):
            raise unittest.SkipTest(str(Text("不可供多个线程使用", "not for several threads")))
        if self._is_durable:
            with self._site() as site:
                self._race(site, lambda: closing(site.open()))
        if self.shared:
            with self._site() as site, closing(site.open()) as store:
                self._race(site, lambda: nullcontext(store))

    def test_killed(self) -> None:
        """However a process dies while it writes: each commit that returned is there, and no other is half there."""
        self._only_if_killable()
        for first in range(1, self.kills + 1, _KILLS_A_STORE):
            with self._site() as site:
                site.open().close()
                for turn in range(first, min(first + _KILLS_A_STORE, self.kills + 1)):
                    by: Literal["change", "clock"] = "change" if turn % 2 else "clock"
                    share = turn / (self.kills + 1)
                    self._kill(site, Job(self.backend.open, site.url, str(site.folder), by, share=share))

    def test_made(self) -> None:
        """However a process dies while it makes a store, one can be opened or made there afterwards."""
        self._only_if_killable()
        for change in range(1, self.kills + 1):
            with self._site() as site:
                deed = Text(
                    f"建库进程在第 {change} 次写盘后被结束",
                    f"a process was killed at change {change} while it made a store",
                )
                told = self._writer(MADE, Job(self.backend.open, site.url, str(site.folder), "making", at=change), deed)
                with closing(self._unharmed(MADE, "open(…)", site.open, deed)) as store:
                    self._unharmed(MADE, "commit(…)", lambda: store.commit([write("a")], at=AT), deed)
                    self._same(MADE, "count()", dict(store.count()), {"base": 1}, deed=deed)
                if not told.killed:  # it was made before
                    return

    def test_missing(self) -> None:
        """A store that is not there is refused, unless it is to be made; refusing makes nothing."""
        self._only_if_durable()
        only_read = self.backend.open_read_only
        with self._site() as site:
            self._miss(site, "open(url, False)", lambda: site.open(create=False))
            if only_read is not None:
                self._miss(site, "open_read_only(url)", lambda: only_read(site.url))

    def _miss(self, site: Site, call: str, opened: Callable[[], Store]) -> None:
        before = sorted(site.folder.iterdir())
        try:
            opened().close()
            seen: object = Text("一个库", "a store")
        except StoreRefused as refused:
            seen = refused.code
        except Exception as error:  # noqa: BLE001 - told
            seen = raised(error)
        self._same(MISSING, call, seen, NO_STORE.code)
        self._same(MISSING, call, sorted(site.folder.iterdir()), before)

    def test_read_only(self) -> None:
        """A store that is opened for reading gives all that there is, refuses to be written to, and changes no file."""
        self._only_if_durable()
        only_read = self.backend.open_read_only
        if only_read is None:
            raise unittest.SkipTest(str(Text("后端没有 open_read_only", "the backend has no open_read_only")))
        model = Model()
        with self._site() as site:
            with closing(site.open()) as store:
                for done in story():
                    self._both(store, model, **done)
            before, deed = site.contents(), Text("只读打开", "opening it for reading")
            reader = self._unharmed(READS_ONLY, "open_read_only(url)", lambda: only_read(site.url), deed)
            with closing(reader):
                self._agree(READS_ONLY, reader, model, deed=deed)
                how = {"writes": [write("new")], "at": AT}
                self._refused(READS_ONLY, reader, how, deed, StoreRefused, READ_ONLY.code)
                self._agree(READS_ONLY, reader, model, [("base", "new")], deed=deed)
            self._untouched(site, before, Text("只读打开并关闭", "opening it for reading, and closing it"))
            with closing(only_read(site.url)) as reader, closing(site.open()) as writer:
                for number in range(2):
                    self._both(writer, model, [write("a"), write(f"later{number}", region="44", text="first")], at=AT)
                    deed = Text("另一句柄又提交", "another handle's commit")
                    self._agree(READS_ONLY, reader, model, deed=deed)

    def _untouched(self, site: Site, before: dict[str, bytes], deed: Text) -> None:
        after = site.contents()
        changed = sorted(name for name in before.keys() | after.keys() if before.get(name) != after.get(name))
        self._same(READS_ONLY, "open_read_only(url)", changed, [], deed=deed)

    def test_verified(self) -> None:
        """Nothing is found to be damaged in a store that is whole, whatever was done to it."""
        with self._site() as site, closing(site.open()) as store:
            self._verify(store, Text("建库", "making it"))
            for number, done in enumerate(story(), 1):
                store.commit(**done)
                self._verify(store, Text(f"第 {number} 次提交", f"commit {number}"))
            stale = [write("new"), Write(type="base", id="a", version=1, body=b"{}", expect=1)]
            self._refused(VERIFIED, store, {"writes": stale, "at": AT}, LATER, RevisionConflict)
            self._verify(store, Text("被拒绝的提交", "a commit that was refused"))
            store.commit([write(f"{n:05}", text=f"text {n % 7}", region=f"{n % 9}") for n in range(LARGE)], at=AT)
            store.commit([write(f"{n:05}", None if n % 2 else b"[]") for n in range(0, LARGE, 3)], at=AT)
            for body in (b"{}", b"[]", None):  # more types than have one digit
                store.commit([Write(type=f"t{n}", id=i, version=1, body=body) for n in range(25) for i in "ab"], at=AT)
            self._verify(store, Text("写入许多类型", "writing many types"))
            store.compact()
            self._verify(store, Text("compact()", "compact()"))
            if self._is_durable:
                with closing(site.open()) as other:
                    self._verify(other, Text("重新打开", "opening it again"))

    def _verify(self, store: Store, deed: Text) -> None:
        found = self._unharmed(VERIFIED, "verify()", lambda: list(store.verify()), deed)
        self._same(VERIFIED, "verify()", found, [], deed=deed)

    def test_compacted(self) -> None:
        """Compacting loses nothing, while another handle is open too, and a store can be written to afterwards."""
        model, deed = Model(), Text("compact()", "compact()")
        with self._site() as site, ExitStack() as stack:
            stores = [stack.enter_context(closing(site.open())) for _ in range(2 if self._is_durable else 1)]
            self._unharmed(COMPACTED, "compact()", stores[0].compact, Text("建库", "making it"))
            for number, done in enumerate(story()):
                self._both(stores[number % len(stores)], model, **done)
                self._unharmed(COMPACTED, "compact()", stores[0].compact, LATER)
                for store in stores:
                    self._agree(COMPACTED, store, model, deed=deed)
            if self._is_durable:
                with closing(site.open()) as store:
                    self._agree(COMPACTED, store, model, deed=deed)

    def test_closed(self) -> None:
        """Closing twice does nothing, not even after a search that was given up."""
        with self._site() as site:
            store = site.open()
            store.commit([write("a"), write("b")], at=AT)
            found = store.find("base")
            next(iter(found))
            for deed in (Text("一次取到一半的查找", "a search half-way"), Text("第一次关闭", "closing once")):
                self._unharmed(CLOSED, "close()", store.close, deed)
            del found
            if self._is_durable:
                with closing(site.open()) as store:
                    self._same(CLOSED, "count()", dict(store.count()), {"base": 2}, deed=deed)

    def test_streamed(self) -> None:
        """A search gives records as they are asked for, and can be left half-way: commits go on meanwhile."""
        with self._site() as site:
            outcome = together(lambda: self._stream(site), patience=self.patience)[0]
        if isinstance(outcome, BrokenLaw):
            raise outcome
        self._same(STREAMED, "commit(…)", outcome, None, deed=HALFWAY)

    def _race(self, site: Site, opened: Callable[[], AbstractContextManager[Store]]) -> None:
        """Let several threads count one record up, each with a record of its own in every commit."""
        won: list[tuple[int, int]] = []

        def work(name: str) -> None:
            with opened() as store:
                won.extend(count_up(store, f"{name}-{turn}", name) for turn in range(_ROUNDS))

        with closing(site.open()) if self._is_durable else opened() as store:
            store.commit([Write(type=COUNTER[0], id=COUNTER[1], version=1, body=b"0")], at=AT)
            works = [partial(work, f"writer{number}") for number in range(self.writers)]
            deed = Text(f"{self.writers} 个写者同时写", f"{self.writers} writers at once")
            errors = [error for error in together(*works, patience=self.patience) if error]
            self._same(WRITERS, "commit(…)", errors, [], deed=deed)
            total = self.writers * _ROUNDS
            numbers = list(range(1, total + 2))
            self._same(WRITERS, "commits()", [commit.number for commit in store.commits()], numbers, deed=deed)
            history = store.history(*COUNTER)
            counted = [b"%d" % number for number in range(total + 1)]
            self._same(WRITERS, f"history{COUNTER!r}", [record.body for record in history], counted, deed=deed)
            told = [(record.commit.number, record.revision) for record in history[1:]]
            self._same(WRITERS, "commit(…)", sorted(won), told, deed=deed)
            self._same(WRITERS, "count()", dict(store.count()), {COUNTER[0]: 1, "own": total}, deed=deed)
            fed = [(change.record.commit.number, change.record.type) for change in store.changes()]
            both = [(number, kind) for number in numbers for kind in (COUNTER[0], "own")]
            self._same(WRITERS, "changes()", fed, [pair for pair in both if pair != (1, "own")], deed=deed)
            self._same(WRITERS, "verify()", list(store.verify()), [], deed=deed)

    def _only_if_killable(self) -> None:
        self._only_if_durable()
        if not hasattr(signal, "SIGKILL"):
            raise unittest.SkipTest(str(Text("本系统不能这样结束进程", "this system cannot kill so")))

    def _writer(self, problem: Problem, job: Job, deed: Text) -> Told:
        """Let a process do a job, which it can only if it is given the backend's ``open``."""
        try:
            pickle.dumps(job.open)
        except Exception as error:  # noqa: BLE001 - pickle raises whatever comes
            self.broken(OPEN_FUNCTION, reason=error)
        told = run_writer(job)
        if not told.loaded:
            self.broken(OPEN_FUNCTION, reason=told.failure)
        self._same(problem, "open(…)/commit(…)", told.failure, "", deed=deed)
        return told

    def _kill(self, site: Site, job: Job) -> None:
        """Let a process write and die, and look at what it leaves."""
        deed = Text(f"进程在提交的 {job.share:.0%} 处被结束", f"a process was killed at {job.share:.0%} of a commit")
        told = self._writer(KILLED, job, deed)
        with closing(self._unharmed(KILLED, "open(…)", lambda: site.open(create=False), deed)) as store:
            there, least = sum(1 for _ in store.commits()), max(told.commits, default=0)
            if there not in {least, least + 1}:  # one may have been written, and not told any more
                self._same(KILLED, "commits()", there, least, deed=deed)
            model = Model()
            for number in range(1, there + 1):
                model.commit(batch(number), **signed(number))
            nothing = [(w.type, w.id) for w in batch(there + 1)]
            self._agree(KILLED, store, model, nothing, deed=deed)
            more = batch(there + 1), signed(there + 1)
            self._unharmed(KILLED, "commit(…)", lambda: store.commit(more[0], **more[1]), deed)
            model.commit(more[0], **more[1])
            self._agree(KILLED, store, model, deed=deed)

    def _stream(self, site: Site) -> None:
        """Read on, and give up, while commits go on."""
        idents = [f"{number:05}" for number in range(LARGE)]
        gone = Write(type="base", id=idents[-9], version=1, body=None)
        with closing(site.open()) as store:
            store.commit([write(ident) for ident in idents], at=AT)
            found = store.find("base")
            if not isinstance(found, Iterator):
                self._same(STREAMED, "find('base')", type(found), Iterator, deed=Text("查找", "a search"))
            seen = [record.id for record in islice(found, 3)]
            change = [write(idents[-5], body=b'{"x":1}'), gone, write("99999")]
            self._unharmed(STREAMED, "commit(…)", lambda: store.commit(change, at=AT), HALFWAY)
            seen += self._unharmed(STREAMED, "find('base')", lambda: [record.id for record in found], LATER)
            there = [ident for ident in idents if ident in seen or ident != gone.id]
            self._same(STREAMED, "find('base')", seen, [*there, *(["99999"] if "99999" in seen else [])], deed=LATER)
            kept = [store.find("base") for _ in range(3)]
            for found in kept:
                next(found)
            del kept[1]
            self._unharmed(STREAMED, "commit(…)", lambda: store.commit([write("99998")], at=AT), HALFWAY)
            many = store.get_many("base", [*idents, "none", idents[0]])
            self._same(STREAMED, "get_many('base', …)", sorted(many), idents, deed=LATER)
