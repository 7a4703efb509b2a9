"""Every store behaves like a plain dictionary with a history, whatever is done to it in whatever order."""

import datetime as dt

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

import kepu_core as kepu
from kepu_core.plugins import Prefix, Write

AT = dt.datetime(2021, 5, 1, tzinfo=dt.UTC)
idents = st.sampled_from(["a", "ab", "b", "深圳", "é", "a'b", "%", "\U0001f600"])
types = st.sampled_from(["base", "plan"])
values = st.sampled_from(["4403", "440300", "440304", "", "%", "é"])
bodies = st.none() | st.sampled_from([b"{}", b'{"x":1}', '{"名":""}'.encode()])


def opened(url, folder):
    manager = kepu.PluginManager.with_builtins(strict=True)
    if url != "memory:":
        manager.register(pytest.importorskip("kepu_sql.plugin"), "sql")
        url = folder / "w.kepu"
    return lambda: kepu.open_workspace(url, plugins=manager).store


class StoreMachine(RuleBasedStateMachine):
    """Commits of one and several records, refused ones, deletions, reopening."""

    reopens = False

    def __init__(self, make):
        super().__init__()
        self.make = make
        self.store = make()
        self.history = {}
        self.commits = 0

    @rule(writes=st.dictionaries(st.tuples(types, idents), st.tuples(bodies, values, st.integers(-1, 3)), max_size=4))
    def commit(self, writes):
        """All writes take effect, or none if any expectation is not met."""
        batch = [
            Write(type=t, id=i, version=1, body=body, index={"region": value} if body else {},
                  expect=None if expect < 0 else expect)
            for (t, i), (body, value, expect) in writes.items()
        ]  # fmt: skip
        if not batch:
            return
        clash = any(w.expect not in {None, len(self.history.get((w.type, w.id), []))} for w in batch)
        if clash:
            with pytest.raises(kepu.RevisionConflict):
                self.store.commit(batch, at=AT)
            return
        commit = self.store.commit(batch, at=AT, author="Li", reason="why")
        self.commits += 1
        assert (commit.number, commit.at, commit.author, commit.reason) == (self.commits, AT, "Li", "why")
        for w in batch:
            self.history.setdefault((w.type, w.id), []).append((w.body, w.index.get("region"), self.commits))

    @rule()
    def reopen(self):
        """What was written is still there when the file is opened again."""
        if self.reopens:
            self.store.close()
            self.store = self.make()

    @rule(kind=types, wanted=values | values.map(Prefix) | st.lists(values, max_size=2))
    def find(self, kind, wanted):
        """Conditions are met exactly, in order of ids."""

        def met(value):
            if isinstance(wanted, Prefix):
                return value.startswith(wanted.text)
            return value == wanted if isinstance(wanted, str) else value in wanted

        expected = sorted(i for (t, i), h in self.history.items() if t == kind and h[-1][0] and met(h[-1][1]))
        assert [s.id for s in self.store.find(kind, {"region": wanted})] == expected

    @rule(kind=types, wanted=idents | idents.map(Prefix))
    def find_by_id(self, kind, wanted):
        """Ids are found whole or by their beginning."""
        living = [i for (t, i), h in self.history.items() if t == kind and h[-1][0]]
        met = [i for i in living if (i.startswith(wanted.text) if isinstance(wanted, Prefix) else i == wanted)]
        assert [s.id for s in self.store.find(kind, {"id": wanted})] == sorted(met)

    @rule(kind=types, ident=idents)
    def read(self, kind, ident):
        """The newest revision, tombstones included, and the whole history."""
        known = self.history.get((kind, ident), [])
        got = self.store.get(kind, ident)
        assert (got is None) == (not known)
        if got:
            assert (got.body, got.revision, got.commit.number) == (known[-1][0], len(known), known[-1][2])
            assert self.store.get_many(kind, [ident, "no such"]) == {ident: got}
        told = [(s.body, s.commit.number, s.revision) for s in self.store.history(kind, ident)]
        assert told == [(body, number, at) for at, (body, _, number) in enumerate(known, 1)]

    @invariant()
    def counts(self):
        """Only the living are counted, and every commit is told once."""
        expected = {}
        for (kind, _), known in self.history.items():
            if known[-1][0]:
                expected[kind] = expected.get(kind, 0) + 1
        assert self.store.count() == expected
        assert [c.number for c in self.store.commits()] == list(range(1, self.commits + 1))

    def teardown(self):
        """Closing twice does nothing."""
        self.store.close()
        self.store.close()


@pytest.mark.parametrize("url", ["memory:", "file"])
def test_a_store_is_a_dictionary_with_a_history(url, tmp_path_factory):
    """Compared step by step with a dictionary of lists."""

    class Machine(StoreMachine):
        reopens = url != "memory:"

        def __init__(self):
            super().__init__(opened(url, tmp_path_factory.mktemp("store")))

    run_state_machine_as_test(Machine, settings=settings(max_examples=25, stateful_step_count=25, deadline=None))


@pytest.mark.parametrize("url", ["memory:", "file"])
def test_the_same_record_twice_in_a_commit(url, tmp_path):
    """A commit that writes a record twice is a mistake of the caller."""
    store = opened(url, tmp_path)()
    write = Write(type="base", id="a", version=1, body=b"{}")
    with pytest.raises(ValueError, match="once"):
        store.commit([write, write], at=AT)
    assert store.count() == {}
    store.close()
