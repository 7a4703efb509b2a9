"""Stored evaluations: replayed to the same bytes, looked back on, and several years side by side."""

import pytest

import kepu_core as kepu
from kepu_core.language import Text


def figure(subject, period, value):
    return kepu.Observation.of("visits", subject, period, value, unit="人次")


@kepu.metric("t.visits", title="参观人次", unit="人次", subject="base")
def visits(facts):
    return facts.observed("visits")


class City:
    kepu_api = ">=1,<2"
    kepu_namespace = "t"

    @kepu.hook
    def kepu_metrics(self):
        return [visits]


@pytest.fixture
def ws():
    manager = kepu.PluginManager.with_builtins()
    manager.register(City(), name="city")
    with kepu.open_workspace(plugins=manager) as space:
        space.put(kepu.Indicator(id="visits", name="参观人次", unit="人次", kind="flow"))
        space.put(kepu.Base(id=b, name=b, kind="venue", region="440300") for b in ("b1", "b2"))
        yield space


def scheme(version="1", **more):
    leaf = kepu.Criterion(
        id="visits", title="参观人次", weight=1, metric="t.visits", rule=kepu.RuleSpec(kind="min_max")
    )
    return kepu.Scheme(**{
        "id": f"t.s@{version}", "name": "t.s", "version": version, "title": "体系", "subject": "base",
        "root": kepu.Criterion(id="total", title="总分", points=100, children=[leaf]),
        "grades": [kepu.GradeBand(grade="合格", lower=60, inclusive=True), kepu.GradeBand(grade="基本合格")], **more,
    })  # fmt: skip


def kept(ws, *, period="2022"):
    return [e for e in ws.find(kepu.Evaluation) if e.period == period][-1]


def test_a_stored_evaluation_is_replayed_from_the_records_as_they_were(ws):
    """Figures corrected, records added and the scheme's next version put: the replay still gives the same."""
    ws.put(figure("b1", "2022", 10), figure("b2", "2022", 30))
    first = ws.evaluate(scheme(), "2022", save=True)
    ws.put(kepu.replace(figure("b1", "2022", 10), value=99))
    ws.put(kepu.Base(id="b3", name="b3", kind="venue", region="440300"), figure("b3", "2022", 5), scheme("2"))
    again = ws.replay(kept(ws))
    assert again.results() == first.results()
    assert (again.data_digest, again.scheme_digest) == (first.data_digest, first.scheme_digest)
    assert again.outcome.total.tobytes() == first.outcome.total.tobytes()


def test_a_replay_that_cannot_be_the_same_says_what_differs(ws):
    """Results or digests that were written by other means: named, with the record."""
    ws.put(figure("b1", "2022", 10), figure("b2", "2022", 30))
    ws.evaluate(scheme(), "2022", save=True)
    evaluation = kept(ws)
    forged = kepu.replace(evaluation, results=tuple(kepu.replace(r, score=1.0) for r in evaluation.results))
    with pytest.raises(kepu.InvalidData) as caught:
        ws.replay(forged)
    assert caught.value.code == "evaluation.replay-differs"
    assert "results" in str(caught.value)
    other = kepu.replace(evaluation, data_digest=f"sha256:{'0' * 64}")
    with pytest.raises(kepu.InvalidData, match="data"):
        ws.replay(other)
    with pytest.raises(kepu.NotFound) as unknown:
        ws.replay(kepu.replace(evaluation, id="never-kept"))
    assert unknown.value.code == "workspace.no-record"


def test_what_was_deleted_since_is_found_again(ws):
    """Subjects and figures that are gone by now were there then: the replay gives the same, to the last byte."""
    ws.put(figure("b1", "2022", 10), figure("b2", "2022", 30))
    first = ws.evaluate(scheme(), "2022", save=True)
    ws.delete_many([("base", "b2"), (kepu.Observation, "visits|b1|2022")])
    again = ws.replay(kept(ws))
    assert (again.results(), again.data_digest) == (first.results(), first.data_digest)
    with pytest.raises(kepu.KepuError):
        ws.evaluate(scheme(), "2022", subjects=["b2"])


def test_a_past_state_is_evaluated(ws):
    """Evaluating the workspace as it was gives what it gave then, and cannot be kept there."""
    made = ws.put(figure("b1", "2022", 10), figure("b2", "2022", 30))
    first = ws.evaluate(scheme(), "2022")
    ws.put(kepu.replace(figure("b1", "2022", 10), value=99))
    assert ws.evaluate(scheme(), "2022").results() != first.results()
    then = ws.as_of(made)
    assert then.evaluate(scheme(), "2022").results() == first.results()
    with pytest.raises(kepu.StoreRefused):
        then.evaluate(scheme(), "2022", save=True)


def test_grades_of_stored_years_have_consequences(ws):
    """Two years in a row the lower grade: what follows stands in this year's result."""
    rule = kepu.GradeHistory(id="twice", grades=["基本合格"], times=2, consequence="撤销称号")
    plan = scheme(grade_history=[rule])
    ws.put(
        figure(b, p, v) for b, p, v in (("b1", "2021", 10), ("b2", "2021", 30), ("b1", "2022", 10), ("b2", "2022", 30))
    )
    ws.evaluate(plan, "2021", save=True)
    result = ws.evaluate(plan, "2022", save=True)
    assert {r.subject: r.consequences for r in result.standings} == {"b1": ("撤销称号",), "b2": ()}
    assert ws.replay(kept(ws)).standings == result.standings
    alone = ws.evaluate(plan, "2021")
    assert all(not r.consequences for r in alone.standings)


def test_a_panel_under_the_goalposts_of_a_base_year(ws):
    """With the base year's goalposts, a year in which all got better shows it."""
    ws.put(
        figure(b, p, v) for b, p, v in (("b1", "2021", 10), ("b2", "2021", 30), ("b1", "2022", 20), ("b2", "2022", 30))
    )
    floating = ws.panel(scheme(), ["2022", "2021"])
    assert floating.periods == ("2021", "2022")
    assert floating.scores("b1") == {"2021": 0.0, "2022": 0.0}
    frozen = ws.panel(scheme(), ["2021", "2022"], base="2021")
    assert frozen.scores("b1") == {"2021": 0.0, "2022": 50.0}
    assert frozen.index("b2") == {"2021": 100.0, "2022": 100.0}


def test_a_scheme_is_imported_from_toml(ws, tmp_path):
    """The form in which people write a scheme, with every fault told at once."""
    from kepu_core.codec import scheme_to_toml

    good = tmp_path / "scheme.toml"
    good.write_text(scheme_to_toml(scheme()), "utf-8")
    assert ws.import_file(good).findings == ()
    assert ws.get(kepu.Scheme, "t.s@1") == scheme()
    bad = tmp_path / "bad.toml"
    bad.write_text(
        good.read_text("utf-8").replace('version = "1"', 'version = "2"').replace("weight = 1.0", "weight = 0.5"),
        "utf-8",
    )
    report = ws.import_file(bad)
    assert {f.code for f in report.findings} == {"scheme.id", "scheme.weights"}
    assert all(f.place.file == "bad.toml" for f in report.findings)
    broken = tmp_path / "broken.toml"
    broken.write_text("id = \n", "utf-8")
    assert [f.code for f in ws.import_file(broken).findings] == ["codec.not-toml"]


def test_labels_are_there():
    """The plugin of these tests is a plugin like any other."""
    assert visits.title == Text("参观人次", "参观人次")
