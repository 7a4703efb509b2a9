"""A workspace makes no difference between figures that were put as a table and one by one."""

import datetime as dt

import pytest

import kepu_core as kepu

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
