"""The contract of storage backends: what :mod:`kepu_core.plugins.storage` promises, tried out.

A backend's author writes::

    class TestMyStore(StorageContract):
        backend = BACKEND
"""

import datetime as dt
import pickle
import signal
import unittest
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, nullcontext
from functools import partial
from itertools import islice
from typing import Any, Literal

from attrs import evolve

from kepu_core.domain.findings import Problem
from kepu_core.language import Text
from kepu_core.plugins.storage import NO_STORE, Store, StoreRefused, Write
from kepu_core.testing.contracts._contract import BrokenLaw
from kepu_core.testing.contracts._store_base import AT, StoreKit, raised, write
from kepu_core.testing.contracts._store_faults import COUNTER, FaultyIndex, FaultyWrites, Fuse, count_up, together
from kepu_core.testing.contracts._store_model import Model, Site, shown
from kepu_core.testing.contracts._store_problems import (
    ATOMIC,
    BODIES,
    CLOSED,
    EXACT,
    FINDS,
    ISOLATED,
    KILLED,
    MADE,
    MISSING,
    MODEL,
    ONCE,
    OPEN_FUNCTION,
    STREAMED,
    TWO_HANDLES,
    WRITERS,
)
from kepu_core.testing.contracts._store_texts import NASTY, bodies, conditions, findable, json_bytes, moments, texts
from kepu_core.testing.contracts._store_writer import Job, Told, batch, run_writer, signed

__all__ = ["StorageContract"]

LATER = Text("后来的一次提交", "a later commit")
HALFWAY = Text("取到一半的查找", "a search that is half-way")
LARGE = 1200
"""More records than a statement of SQL may have parameters in older databases."""
_MOST_READINGS = 1000
_ROUNDS = 6

_How = dict[str, Any]


class StorageContract(StoreKit):
    """What every store keeps, whoever wrote it: subclass it, and name the backend.

    ``durable`` says whether stores outlive their handles (``None``: those that are files do); the laws on reopening, on
    several handles and on killed processes concern durable stores only. ``shared`` says whether threads may share one
    handle: the law on writers then tries it, besides a handle for each thread where stores are durable.

    ``examples`` and ``steps`` are how many histories are drawn, and how long they are; ``shrink`` has one that breaks a
    law made as short as can be. ``writers`` is how many threads write at once, ``kills`` how often a process is killed
    while it writes, ``patience`` the seconds after which a store is said to hang.

    >>> from kepu_core.builtin.memory import BACKEND
    >>> from kepu_core.testing.contracts import check_contract
    >>> class TestMyStore(StorageContract):
    ...     backend = BACKEND
    ...     examples = 3
    >>> [result.law for result in check_contract(TestMyStore)][:3]
    ['model', 'two_handles', 'finds']
    """

    # Laws

    def test_model(self) -> None:
        """A store behaves like a dictionary with a history, whatever is done to it in whatever order."""
        self._machine(MODEL, opened=1, examples=self.examples)

    def test_two_handles(self) -> None:
        """Two handles on one store see each other's commits at once."""
        self._only_if_durable()
        self._machine(TWO_HANDLES, opened=2, examples=self.examples // 2 + 1)

    def test_finds(self) -> None:
        """A search gives exactly the living records that meet every condition, by id."""
        model, writes = Model(), findable()
        with self._site() as site, closing(site.open()) as store:
            store.commit(writes, at=AT)
            model.commit(writes, at=AT)
            for where in conditions():
                self._same(FINDS, f"find('x', {where!r})", list(store.find("x", where)), model.living("x", where))

    def test_exact(self) -> None:
        """Ids, bodies, authors and reasons come back to the byte, times as the same instant."""
        model = Model()
        with self._site() as site:
            with closing(site.open()) as store:
                how: _How = {"at": AT, "author": "李明", "reason": "two\nlines\t'"}
                for nasty in NASTY:
                    body = json_bytes({nasty: nasty})
                    one = Write(type="x", id=nasty, version=1, body=body, index={"t": nasty})
                    self._give_back(store, model, one, how)

                @self.for_all(texts, bodies, texts, texts, moments, examples=2 * self.examples)
                def _(ident: str, body: _How, author: str, reason: str, at: dt.datetime) -> None:
                    drawn = Write(type="y", id=ident, version=1, body=json_bytes(body), index={"t": author})
                    self._give_back(store, model, drawn, {"at": at, "author": author, "reason": reason})

                self._agree(EXACT, store, model)
            if self._is_durable:
                with closing(site.open()) as store:
                    self._agree(EXACT, store, model)

    def test_atomic(self) -> None:
        """A commit that raises half-way has written nothing, and the store goes on working."""
        model = Model()
        with self._site() as site:
            with closing(site.open()) as store:
                first = [write("a", region="44"), write("b", region="45")]
                store.commit(first, at=AT)
                model.commit(first, at=AT)
                for reading in range(1, _MOST_READINGS):
                    if not self._blow(store, model, Fuse(reading), reading):
                        break
            if self._is_durable:
                with closing(site.open()) as store:
                    self._agree(ATOMIC, store, model, deed=Text("重新打开", "opening it again"))

    def test_bodies(self) -> None:
        """A body that is neither bytes nor ``None`` is refused, and nothing of its commit is written."""
        self._refuses(BODIES, *([write("new"), write("a", body=body), write("b")] for body in ("{}", 5, object())))

    def test_once(self) -> None:
        """The same record twice in a commit is a ``ValueError``, and nothing is written."""
        once, again = write("a"), write("a", body=b'{"again":1}')
        self._refuses(ONCE, [once, once], [write("new"), once, write("b"), again], raises=ValueError)

    def test_isolated(self) -> None:
        """What a store was given, and what it gave out, can be changed without changing the store."""
        model, index = Model(), {"region": "44"}
        with self._site() as site, closing(site.open()) as store:
            writes = [Write(type="base", id="a", version=1, body=b"{}", index=index), write("b")]
            model.commit(writes, at=AT)
            store.commit(writes, at=AT)
            index["region"] = "45"
            writes.clear()
            self._agree(ISOLATED, store, model, deed=Text("改动交入的 index", "changing an index that was handed in"))
            given = [store.history("base", "a"), store.get_many("base", ["a"]), store.count(), store.get("base", "a")]
            before = [str(shown(value)) for value in given]
            later = [write("a", region="46"), write("c")]
            store.commit(later, at=AT)
            model.commit(later, at=AT)
            self._same(ISOLATED, "commit(…)", [str(shown(value)) for value in given], before, deed=LATER)
            for value in given:
                getattr(value, "clear", int)()
            self._agree(ISOLATED, store, model, deed=Text("清空所给出的内容", "clearing what it gave out"))

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
        with self._site() as site:
            site.open().close()
            for turn in range(1, self.kills + 1):
                by: Literal["change", "clock"] = "change" if turn % 2 else "clock"
                self._kill(site, Job(self.backend.open, site.url, str(site.folder), by, share=turn / (self.kills + 1)))

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
        with self._site() as site:
            before = sorted(site.folder.iterdir())
            try:
                site.open(create=False).close()
                seen: object = Text("一个库", "a store")
            except StoreRefused as refused:
                seen = refused.code
            except Exception as error:  # noqa: BLE001 - told
                seen = raised(error)
            self._same(MISSING, "open(url, False)", seen, NO_STORE.code)
            self._same(MISSING, "open(url, False)", sorted(site.folder.iterdir()), before)

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

    def _give_back(self, store: Store, model: Model, given: Write, how: _How) -> None:
        """Commit, and look whether the record comes back as it was given."""
        key = (given.type, given.id)
        self._same(EXACT, "commit(…)", store.commit([given], **how), model.commit([given], **how))
        seen, newest = store.get(*key), model.newest(key)
        self._same(EXACT, f"get{key!r}", seen, newest)
        self._same(EXACT, f"get{key!r}.body", type(seen.body) if seen else None, bytes)
        for name, text in [*given.index.items(), ("id", given.id)]:
            found = list(store.find(given.type, {name: text}))
            self._same(EXACT, f"{shown(newest)} in find({given.type!r}, …)", newest in found, expected=True)

    def _blow(self, store: Store, model: Model, fuse: Fuse, reading: int) -> bool:
        """Commit with a fault at some reading of what is handed in; whether the commit came as far as that."""
        gone = Write(type="base", id="b", version=1, body=None, index={"region": "45"})
        writes = [write("a", region="46"), write(f"new-{reading}", region="44", kind="x"), gone]
        faulty = [evolve(each, index=FaultyIndex(each.index, fuse)) for each in writes]
        try:
            store.commit(FaultyWrites(faulty, fuse), at=AT)
        except Exception:
            if not fuse.blown:
                raise
        else:
            model.commit(writes, at=AT)
        deed = Text(f"第 {reading} 次读取参数时出错", f"a fault at reading {reading} of writes and indexes")
        self._agree(ATOMIC, store, model, [(w.type, w.id) for w in writes], deed=deed)
        return fuse.blown

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
