"""A workspace makes no difference between figures that were put as a table and one by one."""

import datetime as dt

import pytest

import kepu_core as kepu
from kepu_core.builtin.memory import MemoryStore

pa = pytest.importorskip("pyarrow")


def table(**columns):
    return pa.table({"indicator": ["visits"] * 2, "subject": ["440300", "440500"], "period": ["2021"] * 2, **columns})


@pytest.fixture
def filled(ws):
    ws.author = "李明"
    ws.put(kepu.Observation.of("visits", "440100", "2021", 5.0), kepu.Observation.of("visits", "440300", "2021", 1.0))
    ws.put_figures(table(value=[10.0, 20.0]), reason="from the statistics office")
    return ws


def test_they_are_found_and_counted_as_records(filled):
    assert filled.count() == {"observation": 3}
    assert [o.value for o in filled.find(kepu.Observation, indicator="visits")] == [5.0, 10.0, 20.0]
    assert [o.subject for o in filled.find("observation", during="2021", limit=2)] == ["440100", "440300"]
    assert filled.get(kepu.Observation, "visits|440300|2021").value == 10.0
    assert filled.exists("observation", "visits|440500|2021")


def test_every_figure_has_its_history(filled):
    """The record that the table replaced, the table, and the correction after it."""
    filled.put(kepu.Observation.of("visits", "440300", "2021", 11.0), author="王芳")
    history = filled.history("observation", "visits|440300|2021")
    assert [(r.record.value, r.commit.author) for r in history] == [(1.0, "李明"), (10.0, "李明"), (11.0, "王芳")]
    assert filled.as_of(1).get(kepu.Observation, "visits|440300|2021").value == 1.0
    assert filled.as_of(2).count() == {"observation": 3}


def test_listeners_of_a_load_are_told_of_figures_alone(manager):
    """That a figure was taken out of the columns in the same commit is the workspace's own matter."""
    heard = []

    class Listening:
        @kepu.hook
        def kepu_after_commit(self):
            after = lambda commit, written: heard.append((len(written), [r.value for r in written], written[-1].value))  # noqa: E731 - one line says it
            return [kepu.CommitListener(name="keen", after=after)]

    manager.register(Listening(), "listening")
    with kepu.open_workspace(plugins=manager, references="ignore") as ws:
        ws.put_figures(table(value=[10.0, 20.0]))
        ws.load([kepu.Observation.of("visits", "440300", "2021", 11.0)])
        assert heard == [(1, [11.0], 11.0)]
        assert ws.notices == []


class Meanwhile(MemoryStore):
    """A store to which somebody else writes just before a certain call of it."""

    before = None

    def _now(self, name, kind):
        if self.before == (name, kind):
            self.before = None
            self.deed()

    def find(self, kind, *args, **more):
        def lazily():  # as stores do that read as they are asked
            self._now("find", kind)
            yield from found(kind, *args, **more)

        found = super().find
        return lazily()

    def get(self, kind, ident, **more):
        self._now("get", kind)
        return super().get(kind, ident, **more)

    def history(self, kind, ident):
        self._now("history", kind)
        return super().history(kind, ident)

    def count(self, *args, **more):
        self._now("count", None)
        return super().count(*args, **more)


READINGS = {
    "found": lambda ws: [o.id for o in ws.find("observation")],
    "counted": lambda ws: ["visits|440300|2021", "visits|440500|2021"][: ws.count()["observation"]],
    "got": lambda ws: [ws.get("observation", f"visits|{s}|2021").id for s in ("440300", "440500")],
    "in history": lambda ws: [
        ws.history("observation", f"visits|{s}|2021")[-1].record.id for s in ("440300", "440500")
    ],
    "as a table": lambda ws: ws.read_figures(ids=True).read_all()["id"].to_pylist(),
}
CALLS = [
    *[(name, kind) for name in ("find", "get") for kind in ("observation", ".figures", ".figures-mark")],
    ("history", "observation"),
    ("count", None),
]


@pytest.mark.parametrize("read", READINGS)
@pytest.mark.parametrize("moves", ["into columns", "into the first columns", "out of columns"])
def test_a_figure_that_moves_while_it_is_read_is_not_lost(manager, moves, read):
    """From a record into columns or back, at whatever moment between the calls that reading makes."""
    for call in CALLS:
        with kepu.Workspace(Meanwhile(), manager, references="ignore") as ws:
            if moves == "into the first columns":
                ws.put([kepu.Observation.of("visits", s, "2021", 1.0) for s in ("440300", "440500")])
            else:
                ws.put_figures(table(value=[1.0, 2.0]))
            if moves == "into columns":
                ws.put(kepu.Observation.of("visits", "440300", "2021", 3.0))
            other = kepu.Workspace(ws.store, manager, references="ignore")
            if moves == "out of columns":
                ws.store.deed = lambda ws=other: ws.put(kepu.Observation.of("visits", "440300", "2021", 4.0))
            else:
                ws.store.deed = lambda ws=other: ws.put_figures(table(value=[5.0, 6.0]))
            ws.store.before = call
            assert READINGS[read](ws) == ["visits|440300|2021", "visits|440500|2021"], call


def test_they_are_read_as_a_table(filled):
    found = filled.read_figures(under="440300").read_all()
    assert found.select(["subject", "value"]).to_pylist() == [{"subject": "440300", "value": 10.0}]
    assert filled.read_figures(period="2021", ids=True).read_all().num_rows == 3
    assert filled.read_figures(indicator="none").read_all().num_rows == 0


def test_a_table_with_faults_is_refused_whole(filled):
    with pytest.raises(kepu.InvalidData) as caught:
        filled.put_figures(table(value=[1.0, float("nan")]))
    assert "1" in str(caught.value)
    assert filled.get(kepu.Observation, "visits|440300|2021").value == 10.0


def test_a_view_and_a_reader_write_no_tables(filled):
    with pytest.raises(kepu.StoreRefused) as caught:
        filled.as_of(1).put_figures(table(value=[1.0, 2.0]))
    assert caught.value.code == "store.read-only"


def test_an_evaluation_is_the_same_and_can_be_replayed(manager):
    """Figures as records in one workspace, as a table in the other: one result, one digest; replayed after a change."""
    clock = lambda: dt.datetime(2022, 1, 1, tzinfo=dt.UTC)  # noqa: E731 - one line says it
    leaf = kepu.Criterion(id="v", title="参观", weight=1, metric="seen.visits", rule=kepu.RuleSpec(kind="min_max"))
    root = kepu.Criterion(id="total", title="总分", points=100, children=[leaf])
    scheme = kepu.Scheme(id="x.y@1", name="x.y", version="1", title="示例", subject="region", root=root)

    class Plugin:
        kepu_namespace = "seen"

        @kepu.hook.kepu_metrics
        def metrics(self):
            @kepu.metric("seen.visits", title="参观人次", unit="人次", subject="region")
            def seen(facts):
                return facts.observed("visits")

            return [seen]

    manager.register(Plugin(), "seen")
    cards = []
    for as_table in (False, True):
        ws = kepu.open_workspace(plugins=manager, clock=clock)
        ws.put(kepu.Region(id="440300", name="深圳市", level="prefecture", parent="440000"),
               kepu.Region(id="440500", name="汕头市", level="prefecture", parent="440000"),
               kepu.Region(id="440000", name="广东省", level="province"))  # fmt: skip
        if as_table:
            ws.put_figures(table(value=[10.0, 20.0]))
        else:
            ws.put([kepu.Observation.of("visits", s, "2021", v) for s, v in (("440300", 10.0), ("440500", 20.0))])
        cards.append(ws.evaluate(scheme, "2021", subjects=["440300", "440500"], save=True))
        kept = next(iter(ws.find(kepu.Evaluation)))
        ws.put_figures(table(value=[30.0, 20.0]))
        ws.delete("observation", "visits|440500|2021")
        assert ws.replay(kept.id).results() == kept.results
    assert cards[0].data_digest == cards[1].data_digest
    assert cards[0].results() == cards[1].results()
