"""The contract of stores holds for ours, and finds out every one of many that are broken on purpose."""

import json
import threading
import time

import pytest
from attrs import evolve

from kepu_core.builtin.memory import BACKEND, MemoryStore
from kepu_core.language import Text
from kepu_core.plugins.storage import (
    NOT_A_STORE,
    Commit,
    Prefix,
    RevisionConflict,
    StorageBackend,
    StoreRefused,
)
from kepu_core.testing.contracts import LawOutcome, check_contract
from kepu_core.testing.contracts.storage import StorageContract

try:
    from kepu_sql.plugin import backends

    (SQLITE,) = backends()
except ImportError:
    SQLITE = None


class TestMemory(StorageContract):
    backend = BACKEND
    shared = True


@pytest.mark.skipif(SQLITE is None, reason="kepu-sql is not installed")
class TestSqlite(StorageContract):
    backend = SQLITE
    shared = True


# Broken in what is asked


class FindsTombstones(MemoryStore):
    def find(self, type_name, where=None):
        newest = [h[-1] for key, h in self._revisions.items() if key[0] == type_name and self._meets(key, where or {})]
        return iter(sorted(newest, key=lambda r: r.id))


class OrdersAsUtf16(MemoryStore):
    def find(self, type_name, where=None):
        return iter(sorted(super().find(type_name, where), key=lambda r: r.id.encode("utf-16-be")))


class FoldsCase(MemoryStore):
    def find(self, type_name, where=None):
        where = dict(where or {})
        start = where.pop("id") if isinstance(where.get("id"), Prefix) else Prefix("")
        return (r for r in super().find(type_name, where) if r.id.casefold().startswith(start.text.casefold()))


class AbsentIsEmpty(MemoryStore):
    def _meets(self, key, where):
        known = {*self._index[key], "id"}
        return super()._meets(key, {name: wanted for name, wanted in where.items() if name in known or wanted})


class HidesTombstones(MemoryStore):
    def get(self, type_name, ident):
        newest = super().get(type_name, ident)
        return newest if newest and newest.body is not None else None


class Forgets(MemoryStore):
    def history(self, type_name, ident):
        return super().history(type_name, ident)[-1:]


class CountsTombstones(MemoryStore):
    def count(self, type_name=None):
        types = sorted({kind for kind, _ in self._revisions} & ({type_name} if type_name else {"base", "plan"}))
        return {name: sum(kind == name for kind, _ in self._revisions) for name in types}


class NumbersTwice(MemoryStore):
    def commits(self):
        return (evolve(commit, number=commit.number - commit.number // 2) for commit in super().commits())


class ListsAll(MemoryStore):
    def find(self, type_name, where=None):
        return list(super().find(type_name, where))


class KeepsReading(MemoryStore):
    reading = 0

    def find(self, type_name, where=None):
        self.reading += 1
        try:
            yield from super().find(type_name, where)
        finally:
            self.reading -= 1

    def commit(self, writes, **signed):
        if self.reading:
            raise StoreRefused(NOT_A_STORE.finding(url=self.url, reason="it is being read"))
        return super().commit(writes, **signed)


class WaitsForItself(MemoryStore):
    def __init__(self):
        super().__init__()
        self.turn = threading.Lock()

    def find(self, type_name, where=None):
        with self.turn:
            yield from super().find(type_name, where)

    def commit(self, writes, **signed):
        with self.turn:
            return super().commit(writes, **signed)


class ClosesOnce(MemoryStore):
    closed = False

    def close(self):
        if self.closed:
            raise OSError("closed already")
        self.closed = True


# Broken in what is written


class Tampers(MemoryStore):
    """The ground of those that change what is handed in."""

    def change(self, write):
        return write

    def commit(self, writes, **signed):
        return super().commit([self.change(evolve(w, index=dict(w.index))) for w in writes], **signed)


class CutsIds(Tampers):
    def change(self, write):
        return evolve(write, id=write.id[:100])


class TrimsIds(Tampers):
    def change(self, write):
        return evolve(write, id=write.id.strip())


class RewritesJson(Tampers):
    def change(self, write):
        body = write.body and json.dumps(json.loads(write.body), ensure_ascii=False, separators=(",", ":")).encode()
        return evolve(write, body=body)


class GivesViews(MemoryStore):
    def get(self, type_name, ident):
        found = super().get(type_name, ident)
        return found if found is None or found.body is None else evolve(found, body=memoryview(found.body))


class TakesAnyBody(Tampers):
    def change(self, write):
        return evolve(write, body=str(write.body).encode() if isinstance(write.body, (str, int)) else write.body)


class IgnoresExpect(Tampers):
    def change(self, write):
        return evolve(write, expect=None)


class DropsAuthor(MemoryStore):
    def commit(self, writes, *, author=None, **signed):
        return super().commit(writes, **signed)


class KeepsNoZone(MemoryStore):
    def commit(self, writes, *, at, **signed):
        return super().commit(writes, at=at.replace(tzinfo=None), **signed)


class CutsReasons(MemoryStore):
    def commit(self, writes, *, reason=None, **signed):
        return super().commit(writes, reason=reason and reason.splitlines()[0], **signed)


class NamesNobody(MemoryStore):
    def _refuse_conflicts(self, writes, author):
        try:
            super()._refuse_conflicts(writes, author)
        except RevisionConflict as conflict:
            nameless = [evolve(finding, message=Text("冲突", "conflict")) for finding in conflict.findings]
            raise RevisionConflict(nameless) from None


class WritesWhatItCan(MemoryStore):
    def commit(self, writes, **signed):
        try:
            return super().commit(writes, **signed)
        except RevisionConflict:
            super().commit([w for w in writes if w.expect is None], **signed)
            raise


class StopsHalfWay(MemoryStore):
    def commit(self, writes, **signed):
        read = []
        try:
            for write in writes:
                read.append(evolve(write, index=dict(write.index)))  # noqa: PERF401 - what was read is kept
        except Exception:
            super().commit(read, **signed)
            raise
        return super().commit(read, **signed)


class UsesUpNumbers(Tampers):
    def commit(self, writes, *, at, **signed):
        try:
            return super().commit(writes, at=at, **signed)
        except Exception:
            self._commits.append(Commit(number=len(self._commits) + 1, at=at))
            raise


class LastOneWins(MemoryStore):
    def commit(self, writes, **signed):
        return super().commit(list({(w.type, w.id): w for w in writes}.values()), **signed)


class KeepsIndexes(MemoryStore):
    def commit(self, writes, **signed):
        commit = super().commit(writes, **signed)
        self._index |= {(w.type, w.id): w.index for w in writes}
        return commit


class GivesItsOwnLists(MemoryStore):
    def history(self, type_name, ident):
        return self._revisions.get((type_name, ident), [])


class LooksBeforeItLocks(MemoryStore):
    def commit(self, writes, *, author=None, **signed):
        self._refuse_conflicts(writes, author)
        time.sleep(0.002)
        return super().commit([evolve(w, expect=None) for w in writes], author=author, **signed)


MUTANTS = [
    (FindsTombstones, "finds", "find("),
    (OrdersAsUtf16, "finds", "find("),
    (FoldsCase, "finds", "find("),
    (AbsentIsEmpty, "finds", "find("),
    (HidesTombstones, "model", "get("),
    (Forgets, "model", "history("),
    (CountsTombstones, "model", "count("),
    (NumbersTwice, "model", "commits("),
    (NamesNobody, "model", "names Li Ming and"),
    (IgnoresExpect, "model", "RevisionConflict"),
    (WritesWhatItCan, "model", "mend"),
    (CutsIds, "exact", "get("),
    (TrimsIds, "exact", "no trimming"),
    (RewritesJson, "exact", "no new JSON"),
    (GivesViews, "exact", "memoryview"),
    (DropsAuthor, "exact", "author"),
    (KeepsNoZone, "exact", "zone"),
    (CutsReasons, "exact", "reason"),
    (StopsHalfWay, "atomic", "a fault at reading"),
    (UsesUpNumbers, "atomic", "commits("),
    (TakesAnyBody, "bodies", "TypeError"),
    (LastOneWins, "once", "ValueError"),
    (KeepsIndexes, "isolated", "handed in"),
    (GivesItsOwnLists, "isolated", "copies"),
    (LooksBeforeItLocks, "writers", "history("),
    (ClosesOnce, "closed", "closed already"),
    (ListsAll, "streamed", "list"),
    (KeepsReading, "streamed", "it is being read"),
    (WaitsForItself, "streamed", "no answer"),
]


def broken_laws(store, **how):
    """The laws that a store in memory does not keep, by name."""
    label = Text(store.__name__, store.__name__)

    class Mutant(StorageContract):
        backend = StorageBackend(
            name=store.__name__, label=label, open=lambda url, create: store(), schemes=("mutant",)
        )
        shared, shrink, examples, patience = True, False, 10, 1.0

    contract = type("Mutant", (Mutant,), how)
    return {r.law: r for r in check_contract(contract) if r.outcome is LawOutcome.BROKEN}


@pytest.mark.parametrize(("store", "law", "said"), MUTANTS, ids=[store.__name__ for store, _, _ in MUTANTS])
def test_a_broken_store_is_found_out(store, law, said):
    """The law that it breaks is told by its code, with what was seen and what to mend."""
    finding = broken_laws(store)[law].finding
    assert finding.code == f"contract.storage.{law}"
    assert said in str(finding)


def test_every_law_finds_something_out():
    """There is a broken store for each of the laws; for those on durable stores they are files, in another test."""
    assert {law for _, law, _ in MUTANTS} == set(StorageContract.laws()) - {"two_handles", "killed", "made", "missing"}


def test_what_does_not_concern_a_store_is_skipped():
    """A store that is neither durable nor shared need not bear several handles, threads or processes."""

    class Alone(StorageContract):
        backend = BACKEND
        examples = 1

    skipped = {r.law: r.reason for r in check_contract(Alone) if r.outcome is LawOutcome.SKIPPED}
    assert set(skipped) == {"two_handles", "writers", "killed", "made", "missing"}
    assert all(skipped.values())


def test_a_broken_history_is_shown_as_short_as_can_be():
    """The steps that break the first law come with it, in the words of Python."""
    steps = "\n".join(broken_laws(Forgets, shrink=True, steps=6, examples=100)["model"].notes)
    assert steps.count("state.commit(") == 2
    assert "state.read(" in steps
