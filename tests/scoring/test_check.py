"""Checking a scheme without data: everything that it names must be there and fit."""

import pytest
from boards import RULES, leaf, metrics_of, scheme

import kepu_core as kepu
from kepu_core.scoring import bind, check_scheme


def test_a_scheme_that_fits():
    """Nothing to say, and it can be bound."""
    plan = scheme(leaf("x", 0.5), leaf("y", 0.5))
    assert list(check_scheme(plan, metrics_of(plan), RULES)) == []
    assert sorted(bind(plan, metrics_of(plan), RULES).rules) == ["x", "y"]


def test_all_faults_are_told_at_once():
    """Unknown metrics, rules, aggregations, wrong parameters and subjects: each with its criterion."""
    root = kepu.Criterion(
        id="total",
        title="T",
        aggregation=kepu.AggregationSpec(kind="geometrical"),
        points=100,
        children=[
            leaf("x", 0.2),
            leaf("y", 0.2, rule={"kind": "liner"}),
            leaf("z", 0.2, rule={"kind": "linear", "params": {"low": 1, "high": 1}}),
            leaf("far", 0.4),
        ],
    )
    extra = {"id": "plus", "title": "P", "kind": "bonus", "metric": "t.nope", "points_each": 1, "cap": 1}
    plan = scheme(root=root, adjustments=[extra])
    metrics = metrics_of(plan)
    del metrics["t.x"], metrics["t.nope"]
    other = metrics["t.far"]
    metrics["t.far"] = kepu.Metric(id=other.id, title=other.title, unit="", subject="base", compute=other.compute)
    faults = list(check_scheme(plan, metrics, RULES))
    assert [(f.code, f.field) for f in faults] == [
        ("scheme.unknown-aggregation", "total.aggregation"),
        ("scheme.unknown-metric", "x"),
        ("scheme.unknown-rule", "y.rule"),
        ("rule.goalposts", "z.rule.params.high"),
        ("scheme.metric-subject", "far"),
        ("scheme.unknown-metric", "plus"),
    ]
    assert {f.record for f in faults} == {"scheme/t.s@1"}
    assert "linear" in faults[2].mend.en
    with pytest.raises(kepu.InvalidData) as caught:
        bind(plan, metrics, RULES)
    assert len(caught.value.findings) == len(faults)


def test_hints():
    """A near name is offered, else what there is, else that nothing is installed."""
    plan = scheme(leaf("days"))
    metrics = metrics_of(plan)
    near = {"t.day": metrics["t.days"]}
    assert "did you mean: t.day" in next(check_scheme(plan, near, RULES)).mend.en
    assert "there are: zzz" in next(check_scheme(plan, {"zzz": metrics["t.days"]}, RULES)).mend.en
    assert "no installed plugin" in next(check_scheme(plan, {}, RULES)).mend.en


def test_methods_in_the_wrong_place():
    """A rule is no aggregation, an aggregation no weighting: said with what there is."""
    root = kepu.Criterion(
        id="total",
        title="T",
        points=100,
        aggregation=kepu.AggregationSpec(kind="linear"),
        weighting=[kepu.WeightingSpec(kind="geometric", share=0.5), kepu.WeightingSpec(kind="entropi", share=0.5)],
        children=[
            leaf("x", rule={"kind": "entropy"}),
            leaf("y", rule={"kind": "per_unit", "params": {"points_each": 1}}),
        ],
    )
    plan = scheme(root=root)
    faults = list(check_scheme(plan, metrics_of(plan), RULES))
    assert [(f.code, f.field) for f in faults] == [
        ("scheme.wrong-method", "total.aggregation"),
        ("scheme.wrong-method", "total.weighting[0]"),
        ("scheme.unknown-weighting", "total.weighting[1]"),
        ("scheme.wrong-method", "x.rule"),
        ("scheme.points-unknown", "y"),
    ]
    assert "did you mean: entropy" in faults[2].mend.en


def test_bounds_against_the_direction():
    """Bounds that fall where less is better would grade everyone wrongly: told before any data."""
    rule = {"kind": "stepwise", "params": {"bounds": [3, 2], "awarded": [1, 0.5, 0]}}
    plan = scheme(leaf("x", 0.5, rule=rule), leaf("y", 0.5, rule=rule, reversed=True))
    found = [(f.code, f.field) for f in check_scheme(plan, metrics_of(plan, lower={"x"}), RULES)]
    assert found == [("scheme.direction", "x.rule.params"), ("scheme.direction", "y.rule.params")]


def test_a_grade_beyond_all_points():
    """Nobody can get 120 of 100 points and 10 bonus; with unbounded rules nothing can be said."""
    bands = [{"grade": "A", "lower": 120, "inclusive": True}, {"grade": "B"}]
    bonus = {"id": "plus", "title": "P", "kind": "bonus", "metric": "t.x", "points_each": 1, "cap": 10}
    plan = scheme(leaf("x"), grades=bands, adjustments=[bonus])
    (fault,) = check_scheme(plan, metrics_of(plan), RULES)
    assert (fault.code, fault.field) == ("scheme.grade-too-high", "grades[0].lower")
    assert "110 is the most" in fault.message.en
    open_end = scheme(leaf("x", rule={"kind": "z_score"}), grades=bands)
    assert list(check_scheme(open_end, metrics_of(open_end), RULES)) == []
