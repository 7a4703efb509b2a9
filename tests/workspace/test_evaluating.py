"""Evaluating through the workspace: schemes, metrics of plugins, subjects, what is kept."""

import json

import pytest

import kepu_core as kepu
from kepu_core.plugins import EvaluationListener
from kepu_core.scoring import Values, metric


def scheme(version="1", *, metrics=("t.x",), subject="organisation", **more):
    share = 1 / len(metrics)
    leaves = [
        kepu.Criterion(
            id=m.partition(".")[2],
            title=m,
            weight=share,
            metric=m,
            rule=kepu.RuleSpec(kind="linear", params={"low": 0, "high": 10}),
        )
        for m in metrics
    ]
    root = kepu.Criterion(id="total", title="总分", points=100, children=leaves)
    return kepu.Scheme(
        id=f"t.s@{version}", name="t.s", version=version, title="测试", subject=subject, root=root, **more
    )


@metric("t.x", title="x", unit="个", subject="organisation")
def reported(facts):
    """The figures reported for an indicator."""
    return facts.observed("x")


@metric("t.raises", title="x", unit="个", subject="organisation")
def raises(facts):
    """A metric with a fault."""
    raise ZeroDivisionError("no people")


@metric("t.short", title="x", unit="个", subject="organisation")
def short(facts):
    """A metric that forgets a subject."""
    return Values(facts.subjects[:-1], [1.0] * (len(facts.subjects) - 1))


class Plugin:
    """A plugin with metrics, schemes and a listener."""

    kepu_namespace = "t"

    def __init__(self):
        self.heard = []

    @kepu.hook
    def kepu_metrics(self):
        """Metrics good and bad."""
        return [reported, raises, short]

    @kepu.hook
    def kepu_schemes(self):
        """Two versions, one after the other."""
        return [
            scheme("2020", valid_to=kepu.Period.parse("2020").end),
            scheme("2021", valid_from=kepu.Period.parse("2021").start),
        ]

    @kepu.hook
    def kepu_after_evaluation(self):
        """A listener that works and one that does not."""

        def broken(card):
            raise RuntimeError("deaf")

        return [EvaluationListener(name="ear", after=self.heard.append), EvaluationListener(name="deaf", after=broken)]


@pytest.fixture
def plugin(manager):
    plugin = Plugin()
    manager.register(plugin, "t", "kepu-t", "1.0")
    return plugin


@pytest.fixture
def filled(ws, plugin):
    ws.put(kepu.Organisation(id=i, name=f"单位{i}", kind="association") for i in "abc")
    ws.put(kepu.Indicator(id="x", name="X", unit="个"))
    ws.put(kepu.Observation.of("x", s, "2021", v) for s, v in {"a": 5, "b": 10, "c": 2.5}.items())
    return ws


def test_the_version_in_force_is_taken(filled):
    """A name means the version that is valid for the period; an id means exactly that one."""
    assert filled.evaluate("t.s", "2021").scheme.id == "t.s@2021"
    assert filled.evaluate("t.s@2020", "2021").scheme.id == "t.s@2020"
    assert filled.evaluate(scheme("mine"), kepu.Period.parse("2021")).scheme.id == "t.s@mine"
    with pytest.raises(kepu.NotFound) as caught:
        filled.evaluate("t.z", "2021")
    assert caught.value.code == "scheme.unknown"
    assert "t.s@2021" in str(caught.value)


def test_names_ranks_and_sources(filled):
    """Subjects are named, ranked, and their figures traced to the records."""
    card = filled.evaluate("t.s", "2021")
    assert [(s.name, s.score, s.rank) for s in card.standings] == [
        ("单位b", 100, 1),
        ("单位a", 50, 2),
        ("单位c", 25, 3),
    ]
    assert card.explain("单位a").leaves[0].sources == ("observation/x|a|2021",)
    assert set(card.timings) == {"t"}


def test_another_period_has_its_own_figures(filled):
    """Figures of one year say nothing of the next."""
    with pytest.raises(kepu.InvalidData) as caught:
        filled.evaluate("t.s", "2022")
    assert {f.code for f in caught.value.findings} == {"evaluation.missing"}
    assert len(caught.value.findings) == 3


def test_last_years_figure(filled):
    """Carried forward from the period before, and flagged."""
    policy = kepu.MissingPolicy(action="impute", method="last")
    card = filled.evaluate(scheme(missing=policy), "2022")
    assert card.score == {"b": 100, "a": 50, "c": 25}
    assert {s.flagged for s in card.standings} == {1}


def test_some_subjects_only(filled):
    """Whom to evaluate may be named; nobody is an error."""
    assert filled.evaluate("t.s", "2021", subjects=["c", "a", "a"]).rank == {"a": 1, "c": 2}
    with pytest.raises(kepu.InvalidData) as caught:
        filled.evaluate("t.s", "2021", subjects=[])
    assert caught.value.code == "evaluation.no-subjects"


def test_subjects_that_do_not_exist(filled):
    """A misspelt subject is an error with those that are near, not a subject without data."""
    with pytest.raises(kepu.NotFound) as caught:
        filled.evaluate("t.s", "2021", subjects=["a", "A"])
    (finding,) = caught.value.findings
    assert (finding.code, finding.record) == ("evaluation.no-such-subject", "A")


def test_a_name_that_several_have(filled):
    """Two districts of one name are told apart by their codes, never mixed up."""
    filled.put(kepu.Organisation(id="a", name="单位b", kind="association"))
    with pytest.raises(kepu.NotFound) as caught:
        filled.evaluate("t.s", "2021").explain("单位b")
    assert caught.value.code == "evaluation.ambiguous-subject"
    assert "a" in caught.value.findings[0].mend.en


def test_faulty_metrics_are_told_with_their_plugin(filled):
    """A raising metric and one of the wrong shape are both named, with plugin and period."""
    with pytest.raises(kepu.InvalidData) as caught:
        filled.evaluate(scheme(metrics=("t.raises", "t.short")), "2021")
    one, two = caught.value.findings
    assert (one.code, two.code) == ("evaluation.metric-failed", "evaluation.metric-result")
    assert all(word in one.message.en for word in ("t.raises", "t 1.0", "2021", "no people"))
    assert "t.short" in two.message.en


def test_a_scheme_that_names_what_is_not_there(filled):
    """An unknown metric stops the evaluation before anything is computed."""
    with pytest.raises(kepu.InvalidData) as caught:
        filled.evaluate(scheme(metrics=("t.y",)), "2021")
    assert caught.value.code == "scheme.unknown-metric"


def test_listeners_hear_of_it_and_cannot_stop_it(filled, plugin):
    """What is done is done: a failing listener leaves a notice."""
    card = filled.evaluate("t.s", "2021")
    assert plugin.heard == [card]
    assert [f.code for f in filled.notices] == ["plugin.listener"]
    assert "deaf" in str(filled.notices[0])


def test_what_is_saved(filled):
    """A saved evaluation keeps results, digests and scheme, and fixes the scheme for good."""
    card = filled.evaluate("t.s", "2021", save=True)
    (kept,) = filled.find(kepu.Evaluation)
    assert (kept.scheme, kept.period, kept.scheme_digest) == ("t.s@2021", "2021", card.scheme_digest)
    assert [(r.subject, r.score, r.rank) for r in kept.results] == [("a", 50, 2), ("b", 100, 1), ("c", 25, 3)]
    used = filled.get(kepu.Scheme, "t.s@2021")
    with pytest.raises(kepu.Refused) as caught:
        filled.put(kepu.replace(used, title="另一个"))
    assert caught.value.code == "scheme.in-use"
    with pytest.raises(kepu.Refused):
        filled.delete(kepu.Scheme, used.id)
    filled.put(used)
    with pytest.raises(kepu.Refused):
        filled.put(kepu.replace(kept, illustrative=True))


def test_digests_follow_the_data(filled):
    """The same data gives the same digest; another figure, subject or period another."""
    first, second = filled.evaluate("t.s", "2021"), filled.evaluate("t.s", "2021")
    assert first.data_digest == second.data_digest
    assert filled.evaluate("t.s", "2021", subjects=["a"]).data_digest != first.data_digest
    filled.put(kepu.Observation.of("x", "a", "2021", 6))
    third = filled.evaluate("t.s", "2021")
    assert third.data_digest != first.data_digest
    assert third.scheme_digest == first.scheme_digest


@pytest.mark.parametrize("suffix", [".json", ".csv", ".md"])
def test_scorecards_are_exported(filled, tmp_path, suffix):
    """Every format names every subject with its score, and says if figures are illustrative."""
    filled.put(kepu.Observation.of("x", "a", "2021", 5, standing=kepu.domain.Standing.ILLUSTRATIVE))
    text = filled.export(filled.evaluate("t.s", "2021"), tmp_path / f"card{suffix}").read_text("utf-8")
    assert all(f"单位{s}" in text for s in "abc")
    assert "100.0" in text
    assert "illustrative" in text


def test_the_json_of_a_scorecard_adds_up(filled, tmp_path):
    """Contributions in the export sum to the score that stands beside them."""
    data = json.loads(filled.export(filled.evaluate("t.s", "2021"), tmp_path / "c.json").read_text("utf-8"))
    leaves = {c["id"] for c in data["criteria"] if c["leaf"]}
    for row in data["standings"]:
        parts = [n for n in row["nodes"] if n["id"] in leaves] + row["extras"]
        assert sum(float(p["contribution"]) for p in parts) == row["score"]
