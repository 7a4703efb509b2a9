"""Rules, aggregations and weightings: their formulas, their laws, and what they do with dirty data."""

import itertools

import numpy as np
import pytest
from boards import RULES as METHODS
from boards import card, leaf, scheme
from hypothesis import given
from hypothesis import strategies as st

import kepu_core as kepu
from kepu_core.scoring import (
    AggregationType,
    Cells,
    Children,
    Flag,
    Linear,
    RuleType,
    WeightingType,
    kurtosis,
    pairwise_weights,
    skewness,
)
from kepu_core.scoring.rules import frozen_spec
from kepu_core.scoring.treatment import treated

PEER_RULES = sorted(k for k, m in METHODS.items() if isinstance(m, RuleType) and hasattr(m.cls, "fit"))
PARAMS = {"distance_to_reference": {"reference": "a"}, "distance_to_target": {"target": 50}}
positive = st.lists(st.floats(0.001, 1e6), min_size=2, max_size=15)


def fitted(kind, raw, *, higher=True, **params):
    raw = np.array(raw, float)
    cells = Cells(raw=raw, higher=higher, subjects=tuple("abcdefghijklmnopqrstuvwxyz"[: len(raw)]))
    return METHODS[kind].build({**PARAMS.get(kind, {}), **params}).fit(cells).shares(cells)


def weights(kind, shares, **params):
    shares = np.array(shares, float)
    ids = tuple(f"c{k}" for k in range(len(shares)))
    found = METHODS[kind].build(params).weights(Children(ids=ids, shares=shares))
    return found / found.sum()


def combined(kind, shares, given_weights, **params):
    method = METHODS[kind].build(params)
    shares, given_weights = np.array(shares, float), np.array(given_weights, float)
    given_weights = given_weights[:, None] if given_weights.ndim == 1 else given_weights
    if hasattr(method, "fit"):
        method = method.fit(shares, given_weights)
    with np.errstate(all="ignore"):
        return method.combine(shares, given_weights)


@given(st.sampled_from(PEER_RULES), positive, st.booleans(), st.data())
def test_peer_rules_are_monotone_and_finite(kind, raw, higher, data):
    """Whoever is at least as good gets at least as much; nobody gets NaN."""
    shares = fitted(kind, raw, higher=higher)
    assert np.isfinite(shares).all()
    order = np.argsort(raw if higher else -np.array(raw), kind="stable")
    assert (np.diff(shares[order]) >= -1e-9).all()


@given(st.sampled_from(PEER_RULES), positive, st.booleans(), st.randoms(use_true_random=False))
def test_peer_rules_do_not_depend_on_the_order_of_subjects(kind, raw, higher, random):
    """Shuffled cells get the same shares, to the last bit."""
    if kind == "distance_to_reference":
        return
    order = list(range(len(raw)))
    random.shuffle(order)
    one, other = fitted(kind, raw, higher=higher), fitted(kind, [raw[k] for k in order], higher=higher)
    assert one[order].tolist() == other.tolist()


@given(positive, st.integers(-20, 20), st.floats(-1e3, 1e3))
def test_scaling_a_min_max_column_changes_nothing(raw, power, shift):
    """A column in other units (a power of two, so that no digit is lost) has the same shares."""
    factor = 2.0**power
    assert fitted("min_max", raw).tolist() == fitted("min_max", [x * factor for x in raw]).tolist()
    moved = fitted("min_max", [x + shift for x in raw])
    if max(raw) - min(raw) > 1:
        assert moved == pytest.approx(fitted("min_max", raw), abs=1e-9)


@pytest.mark.parametrize(
    "kind", [k for k in PEER_RULES if k not in {"vector", "fraction_of_sum", "fraction_of_max", "rank"}]
)
@pytest.mark.parametrize("raw", [[7.0], [7.0] * 51])
def test_a_column_that_tells_nobody_apart(kind, raw):
    """One subject, or 51 that are alike: everyone gets the same, and it is a number."""
    shares = fitted(kind, raw)
    assert np.isfinite(shares).all()
    assert len(set(shares.tolist())) == 1


@pytest.mark.parametrize(
    "kind", ["min_max", "z_score", "rank", "percentile_rank", "borda", "vector", "linear", "scaled"]
)
def test_numbers_at_the_edge_of_floating_point(kind):
    """1e308 beside -1e308 gives finite shares or a clear refusal, never NaN."""
    raw = [-1e308, 0.0, 1e308]
    params = {"linear": {"low": -1e308, "high": 1e308}, "scaled": {"origin": 0, "span": 1e308}}.get(kind, {})
    rule = {"kind": kind, "params": params}
    try:
        result = card(scheme(leaf("x", rule=rule), points=1), {"x": raw})
    except kepu.InvalidData as error:
        assert error.findings[0].code == "evaluation.rule-failed"  # noqa: PT017 - either is right
        return
    assert all(s is not None and np.isfinite(s) for s in result.score.values())


def test_z_scores_are_not_cut():
    """A z-score may lie below zero, and the published score with it."""
    result = card(scheme(leaf("x", rule={"kind": "z_score"}), points=10), {"x": [1, 2, 3]})
    assert result.score == {"a": -10.0, "b": 0.0, "c": 10.0}
    shifted = fitted("z_score", [1, 2, 3], centre=0.5, spread=0.1)
    assert shifted == pytest.approx([0.4, 0.5, 0.6])


def test_distances():
    """To a reference subject, beyond it and capped; to a target that everyone has passed, or nobody."""
    assert fitted("distance_to_reference", [10, 20, 30], reference="b").tolist() == [0, 1, 2]
    assert fitted("distance_to_reference", [10, 20, 30], reference="b", capped=True).tolist() == [0, 1, 1]
    assert fitted("distance_to_reference", [10, 20, 30], reference="b", higher=False).tolist() == [2, 1, 0]
    assert fitted("distance_to_target", [10, 20], target=40).tolist() == [0, pytest.approx(1 / 3)]
    assert fitted("distance_to_target", [10, 20], target=5).tolist() == [1, 1]
    assert fitted("distance_to_target", [10, 20], target=10).tolist() == [0.5, 0.5]
    with pytest.raises(kepu.InvalidData) as caught:
        card(scheme(leaf("x", rule={"kind": "distance_to_reference", "params": {"reference": "q"}})), {"x": [1, 2]})
    assert "q has no figure" in str(caught.value)


@pytest.mark.parametrize(("kind", "raw", "higher"), [
    ("fraction_of_max", [-1, 2], True), ("fraction_of_max", [0, 2], False),
    ("fraction_of_sum", [-1, 2], True), ("fraction_of_sum", [0, 2], False),
])  # fmt: skip
def test_fractions_need_fitting_figures(kind, raw, higher):
    """Negative figures have no part of a whole, and zero cannot be divided by: a clear error."""
    with pytest.raises(kepu.InvalidData) as caught:
        card(scheme(leaf("x", rule={"kind": kind})), {"x": raw}, lower=() if higher else {"x"})
    (finding,) = caught.value.findings
    assert (finding.code, finding.field) == ("evaluation.rule-failed", "x")


def test_a_fitted_rule_can_be_written_down():
    """What min-max and z-scores have found can be kept in a scheme; ranks cannot."""
    cells = Cells(raw=np.array([10.0, 20.0]))
    spec = frozen_spec(METHODS["min_max"].build({}).fit(cells))
    assert (spec.kind, spec.params["low"], spec.params["high"]) == ("linear", 10, 20)
    z = frozen_spec(METHODS["z_score"].build({}).fit(cells))
    again = METHODS[z.kind].build(z.params).shares(cells)
    assert again.tolist() == METHODS["z_score"].build({}).fit(cells).shares(cells).tolist()
    assert frozen_spec(METHODS["rank"].build({}).fit(cells)) is None


@pytest.mark.parametrize(("bands", "code"), [
    ([{"upper": 2, "includes_upper": True, "share": 0}, {"lower": 3, "includes_lower": False, "share": 1}], "rule.band-gap"),
    ([{"upper": 4, "includes_upper": True, "share": 0}, {"lower": 3, "includes_lower": False, "share": 1}], "rule.band-overlap"),
    ([{"upper": 3, "share": 0}, {"lower": 3, "includes_lower": False, "share": 1}], "rule.band-bound"),
    ([{"upper": 3, "includes_upper": True, "share": 0}, {"lower": 3, "includes_lower": True, "share": 1}], "rule.band-bound"),
    ([{"upper": 3, "includes_upper": False, "share": 0}, {"lower": 3, "includes_lower": False, "share": 1}], "rule.band-bound"),
    ([{"lower": 0, "upper": 3, "includes_upper": True, "share": 0}, {"lower": 3, "includes_lower": False, "share": 1}], "rule.band-ends"),
    ([{"upper": 3, "includes_upper": True, "share": 0, "share_upper": 1}, {"lower": 3, "includes_lower": False, "share": 1}], "rule.band-linear"),
    ([], "rule.band-ends"),
])  # fmt: skip
def test_faulty_bands(bands, code):
    """A gap, an overlap, a bound that nobody or everybody claims: each has its code."""
    from kepu_core.scoring import Band, Bands

    with pytest.raises(kepu.InvalidData) as caught:
        Bands(bands=[Band(**b) for b in bands])
    assert [f.code for f in caught.value.findings] == [code]


def test_bands_partition_the_numbers():
    """Every number falls into exactly one band; inside a band the share may run in a line."""
    from kepu_core.scoring import Band, Bands

    rule = Bands(bands=[
        Band(upper=0, includes_upper=False, share=0),
        Band(lower=0, upper=10, includes_lower=True, includes_upper=True, share=0.2, share_upper=0.4),
        Band(lower=10, includes_lower=False, share=1),
    ])  # fmt: skip
    assert rule.shares(Cells(raw=np.array([-1.0, 0.0, 5.0, 10.0, 10.1]))) == pytest.approx([0, 0.2, 0.3, 0.4, 1])


def test_bands_as_a_scheme_writes_them():
    """Bands given as plain data, as in TOML: scored, and faults told with their place."""
    rule = {"kind": "bands", "params": {"bands": [
        {"upper": 5, "includes_upper": True, "share": 0.2}, {"lower": 5, "includes_lower": False, "share": 1}]}}  # fmt: skip
    assert card(scheme(leaf("x", rule=rule)), {"x": [5, 6]}).score == {"a": 20.0, "b": 100.0}
    with pytest.raises(kepu.InvalidData) as caught:
        METHODS["bands"].build({"bands": [{"upper": 5, "share": 2}, {"lower": 5}]})
    assert {f.field for f in caught.value.findings} == {"bands[0].share", "bands[1].share"}


def test_growth_needs_a_last_value():
    """Growth on last year; who has no last value above zero has none, and the missing policy decides."""
    plan = scheme(leaf("x", rule={"kind": "growth", "params": {"low": 0, "high": 0.1}}), missing={"action": "exclude"})
    result = card(plan, {"x": [105, 90, 5, 7]}, previous={"x": [100, 100, 0, "missing"]})
    assert result.score == {"a": 50.0, "b": 0.0, "c": None, "d": None}
    line = result.explain("a").leaves[0]
    assert (line.reported, line.raw) == (105.0, pytest.approx(0.05))
    assert card(plan, {"x": [1.0]}).score == {"a": None}


def test_an_expert_panel_drops_the_extremes():
    """The highest and the lowest mark go; who gave none is left out; a single mark stands."""
    inputs = {"b": "t.b", "c": "t.c", "d": "t.d"}
    plan = scheme(leaf("a", rule={"kind": "panel"}, inputs=inputs))
    table = {"a": [100, 60, 70], "b": [80, "missing", "missing"], "c": [90, 80, "missing"], "d": [20, 70, "missing"]}
    result = card(plan, table)
    assert result.score == {"a": 85.0, "b": 70.0, "c": 70.0}


def test_self_assessed_and_audited():
    """The audit counts; an unaudited claim counts in part; claiming too much costs points."""
    params = {"unaudited": 0.5, "tolerance": 0.1, "penalty": 0.2}
    plan = scheme(leaf("x", rule={"kind": "audited", "params": params}, inputs={"audited": "t.y"}))
    result = card(plan, {"x": [90, 80, 66], "y": [60, "missing", 60]})
    assert result.score == {"a": 40.0, "b": 40.0, "c": 60.0}
    assert card(scheme(leaf("x", rule={"kind": "audited"})), {"x": [70]}).score == {"a": 70.0}


def test_yes_with_evidence_and_levels():
    """A yes without evidence earns what the scheme says; a level that does not exist is refused."""
    plan = scheme(leaf("x", rule={"kind": "yes_no", "params": {"unproven": 0.5}}, inputs={"evidence": "t.e"}))
    assert card(plan, {"x": [1, 1, 0], "e": [2, "missing", 1]}).score == {"a": 100.0, "b": 50.0, "c": 0.0}
    plan = scheme(leaf("x", rule={"kind": "levels", "params": {"levels": [1, 2], "awarded": [1, 0.6]}}))
    assert card(plan, {"x": [2, 1]}).score == {"a": 60.0, "b": 100.0}
    with pytest.raises(kepu.InvalidData, match="3 is none of the levels 1, 2"):
        card(plan, {"x": [2, 3]})


means = st.lists(st.tuples(st.floats(0, 1), st.floats(0.01, 1)), min_size=1, max_size=6)


@given(means)
def test_the_order_of_means(pairs):
    """Minimum ≤ harmonic ≤ geometric ≤ arithmetic ≤ quadratic mean, whatever the shares and weights."""
    shares, given_weights = [[s] for s, _ in pairs], np.array([w for _, w in pairs])
    given_weights = given_weights / given_weights.sum()
    found = [
        combined("minimum", shares, given_weights)[0],
        combined("harmonic", shares, given_weights)[0],
        combined("geometric", shares, given_weights)[0],
        combined("arithmetic", shares, given_weights)[0],
        combined("generalised", shares, given_weights, power=2)[0],
    ]
    assert all(a <= b + 1e-9 for a, b in itertools.pairwise(found))
    assert combined("generalised", shares, given_weights, power=1)[0] == pytest.approx(found[3])
    assert combined("generalised", shares, given_weights, power=-1)[0] == pytest.approx(found[1], abs=1e-9)


def test_means_of_zero():
    """A child without points takes a geometric, harmonic or negative-power mean to zero: no NaN."""
    for kind, params in (("geometric", {}), ("harmonic", {}), ("generalised", {"power": -3}), ("minimum", {})):
        assert combined(kind, [[0.0], [1.0]], [0.5, 0.5], **params).tolist() == [0.0]
        assert combined(kind, [[0.0], [0.0]], [0.5, 0.5], **params).tolist() == [0.0]
    with pytest.raises(kepu.InvalidData, match="0"):
        METHODS["generalised"].build({"power": 0})


@pytest.mark.parametrize("kind", ["geometric", "harmonic", "generalised"])
def test_means_of_negative_shares_are_refused(kind):
    """Negative shares have no geometric mean: the node and the aggregation are named."""
    params = {"power": 2} if kind == "generalised" else {}
    root = kepu.Criterion(
        id="total",
        title="T",
        points=100,
        aggregation=kepu.AggregationSpec(kind=kind, params=params),
        children=[leaf("x", 0.5, rule={"kind": "z_score"}), leaf("y", 0.5)],
    )
    with pytest.raises(kepu.InvalidData) as caught:
        card(scheme(root=root), {"x": [1, 2], "y": [50, 60]})
    (finding,) = caught.value.findings
    assert (finding.code, finding.field) == ("evaluation.aggregation-failed", "total")
    assert kind in finding.message.en


def test_copeland_wins_and_losses():
    """Wins less losses against everyone else; draws count for neither; alone there is nobody to beat."""
    shares = [[0.9, 0.5, 0.1], [0.2, 0.8, 0.1]]
    assert combined("copeland", shares, [0.5, 0.5]).tolist() == pytest.approx([0.75, 0.75, 0.0])
    assert combined("copeland", [[0.3]], [1.0]).tolist() == [0.5]
    assert combined("copeland", [[0.3] * 4], [1.0]).tolist() == [0.5] * 4


def test_a_criterion_without_data_counts_for_neither_in_copeland_and_topsis():
    """Missing children are left out pair by pair, and nobody gets NaN."""
    for kind in ("copeland", "topsis"):
        root = kepu.Criterion(
            id="total", title="T", points=100, aggregation=kepu.AggregationSpec(kind=kind),
            children=[leaf("x", 0.6), leaf("y", 0.4)],
        )  # fmt: skip
        result = card(scheme(root=root, missing={"action": "exclude"}), {"x": [90, 50, 10], "y": [10, "missing", 90]})
        assert all(s is not None and 0 <= s <= 100 for s in result.score.values())
        assert result.explain("b").leaves[1].flag is Flag.EXCLUDED
        assert result.explain("b").total == result.explain("b").score


@pytest.mark.parametrize("kind", ["entropy", "critic", "standard_deviation", "coefficient_of_variation", "pca"])
def test_objective_weights_of_dirty_columns(kind):
    """A constant column weighs nothing, all constant columns weigh the same, zeros are no problem."""
    varied = [0.0, 0.5, 1.0, 0.2]
    assert weights(kind, [varied, [0.5] * 4, varied[::-1]])[1] == pytest.approx(0, abs=1e-12)
    assert weights(kind, [[0.5] * 4, [0.7] * 4]).tolist() == [0.5, 0.5]
    assert weights(kind, [[0.5], [0.7]]).tolist() == [0.5, 0.5]
    assert weights(kind, [[], []]).tolist() == [0.5, 0.5]
    assert weights(kind, [[0.0] * 3, [0.0] * 3]).tolist() == [0.5, 0.5]


@given(st.lists(st.lists(st.floats(0, 1), min_size=5, max_size=5), min_size=2, max_size=5), st.sampled_from(
    ["entropy", "critic", "standard_deviation", "coefficient_of_variation", "pca"]), st.permutations(range(5)))  # fmt: skip
def test_objective_weights_do_not_depend_on_the_order_of_subjects(rows, kind, order):
    """Weights add up to 1, none is negative or NaN, and shuffled subjects give the same."""
    found = weights(kind, rows)
    assert np.isfinite(found).all()
    assert (found >= 0).all()
    assert found.sum() == pytest.approx(1)
    assert weights(kind, np.array(rows)[:, order]) == pytest.approx(found, abs=1e-9)


def test_weights_that_need_other_shares_say_so():
    """Entropy of negative shares and MEREC of zeros are refused with the node, the method and the mend."""
    for kind, rule, table in (
        ("entropy", {"kind": "z_score"}, {"x": [1, 2, 3], "y": [3, 1, 2]}),
        ("merec", {"kind": "min_max"}, {"x": [1, 2, 3], "y": [3, 1, 2]}),
    ):
        root = kepu.Criterion(
            id="total", title="T", points=100, weighting=[kepu.WeightingSpec(kind=kind)],
            children=[leaf("x", rule=rule), leaf("y", rule=rule)],
        )  # fmt: skip
        with pytest.raises(kepu.InvalidData) as caught:
            card(scheme(root=root), table)
        (finding,) = caught.value.findings
        assert (finding.code, finding.field) == ("evaluation.weighting-failed", "total")
        assert kind in finding.message.en


def test_weights_at_any_node_and_combined():
    """Experts' and objective weights, each with its share, at any node; the scorecard says what came out."""
    inner = kepu.Criterion(
        id="n", title="N", weight=0.5,
        weighting=[kepu.WeightingSpec(kind="equal", share=0.5), kepu.WeightingSpec(kind="given", share=0.5, params={"table": {"x": 3, "y": 1}})],
        children=[leaf("x"), leaf("y")],
    )  # fmt: skip
    root = kepu.Criterion(id="total", title="T", points=100, children=[inner, leaf("z", 0.5)])
    result = card(scheme(root=root), {"x": [100], "y": [0], "z": [0]})
    assert result.weights == {"total": {"n": 0.5, "z": 0.5}, "n": {"x": 0.625, "y": 0.375}}
    assert result.outcome.worth["x"] == 31.25
    assert result.score == {"a": 31.25}


def test_experts_who_contradict_themselves_are_refused():
    """A consistency ratio above the limit is told with its number; comparisons must tie all children together."""
    rows = [["x", "y", 9], ["y", "z", 9], ["z", "x", 9]]
    root = kepu.Criterion(
        id="total", title="T", points=100, weighting=[kepu.WeightingSpec(kind="ahp", params={"experts": {"甲": rows}})],
        children=[leaf("x"), leaf("y"), leaf("z")],
    )  # fmt: skip
    with pytest.raises(kepu.InvalidData, match="consistency ratio"):
        card(scheme(root=root), {"x": [1], "y": [1], "z": [1]})
    with pytest.raises(ValueError, match="nothing ties d, c"):
        pairwise_weights(("a", "b", "d", "c"), {("a", "b"): 2, ("c", "d"): 2})
    with pytest.raises(ValueError, match="q is compared"):
        pairwise_weights(("a", "b"), {("a", "q"): 2})


@pytest.mark.parametrize(("kind", "params", "code"), [
    ("ahp", {"experts": {}}, "weighting.no-expert"),
    ("ahp", {"experts": {"e": [["a", "b"]]}}, "weighting.comparison"),
    ("ahp", {"experts": {"e": [["a", "a", 2]]}}, "weighting.comparison"),
    ("ahp", {"experts": {"e": [["a", "b", -2]]}}, "weighting.comparison"),
    ("ahp", {"experts": {"e": [["a", "b", 2], ["b", "a", 2]]}}, "weighting.compared-twice"),
    ("budget", {"experts": {"e": {"a": -1}}}, "weighting.number"),
    ("budget", {"experts": {"e": {"a": 0}}}, "weighting.nothing"),
    ("budget", {"experts": {"e": 3}}, "weighting.number"),
    ("given", {"table": {"a": True}}, "weighting.number"),
])  # fmt: skip
def test_faulty_judgements(kind, params, code):
    """What experts may have got wrong in writing is told before any data is looked at."""
    with pytest.raises(kepu.InvalidData) as caught:
        METHODS[kind].build(params)
    assert [f.code for f in caught.value.findings] == [code]


@kepu.part("自定", "of my own")
class Own:
    """An aggregation and weighting of a plugin that does what ``how`` says."""

    how: str = kepu.field("如何", "how")

    def combine(self, shares, weights):
        if self.how == "raise":
            raise KeyError(self.how)
        return {"best": shares.max(axis=0), "nan": shares[0] * np.nan, "short": shares[0][:1]}[self.how]

    def weights(self, children):
        if self.how == "raise":
            raise KeyError(self.how)
        return {
            "best": np.array([3.0, 1.0]),
            "nan": np.array([np.nan, 1]),
            "short": np.ones(1),
            "minus": np.array([-1.0, 2]),
        }[self.how]


OWN = {
    **METHODS,
    "own": AggregationType(kind="own", label=kepu.Text("自定", "own"), cls=Own),
    "own_weights": WeightingType(kind="own_weights", label=kepu.Text("自定", "own"), cls=Own),
}


def test_methods_of_a_plugin():
    """A city's aggregation and weighting work like the core's own."""
    root = kepu.Criterion(
        id="total", title="T", points=100, aggregation=kepu.AggregationSpec(kind="own", params={"how": "best"}),
        weighting=[kepu.WeightingSpec(kind="own_weights", params={"how": "best"})], children=[leaf("x"), leaf("y")],
    )  # fmt: skip
    result = card(scheme(root=root), {"x": [10], "y": [60]}, rules=OWN)
    assert result.score == {"a": 60.0}
    assert result.weights["total"] == {"x": 0.75, "y": 0.25}
    assert result.explain("a").total == result.explain("a").score


@pytest.mark.parametrize("how", ["raise", "nan", "short", "minus"])
@pytest.mark.parametrize("where", ["aggregation", "weighting"])
def test_wrong_methods_of_a_plugin_are_clear_errors(how, where):
    """Whatever a plugin's method does wrong, node and method are named, and no score is given."""
    if where == "aggregation" and how == "minus":
        return
    given_ = {
        "aggregation": {"aggregation": kepu.AggregationSpec(kind="own", params={"how": how}), "children": [leaf("x", 0.5), leaf("y", 0.5)]},
        "weighting": {"weighting": [kepu.WeightingSpec(kind="own_weights", params={"how": how})], "children": [leaf("x"), leaf("y")]},
    }  # fmt: skip
    root = kepu.Criterion(id="total", title="T", points=100, **given_[where])
    with pytest.raises(kepu.InvalidData) as caught:
        card(scheme(root=root), {"x": [10, 20], "y": [60, 50]}, rules=OWN)
    (finding,) = caught.value.findings
    assert (finding.code, finding.field) == (f"evaluation.{where}-failed", "total")


def test_a_rule_that_says_it_is_a_line_is_one():
    """A million cells are scored along the line that a rule names: it must be what ``shares`` computes."""
    rule = Linear(low=3, high=17, floor=0.1, ceiling=0.9)
    raw = np.linspace(-5, 30, 1000)
    low, high, floor, ceiling = rule.line
    share = np.clip(floor + np.clip((raw - low) / (high - low), 0, 1) * (ceiling - floor), floor, ceiling)
    assert rule.shares(Cells(raw=raw)).tolist() == share.tolist()


def test_treatment_draws_in_or_bends():
    """A single outlier is drawn in; a long tail is bent; what passes is left alone; all of it is listed."""
    quiet = np.arange(20.0)
    assert treated(quiet, kepu.Treatment()).numbers is quiet
    one = np.append(quiet, 500.0)
    drawn = treated(one, kepu.Treatment())
    assert (drawn.numbers[-1], drawn.drawn_in.tolist(), drawn.transform.value) == (19.0, [20], "none")
    low = treated(np.append(quiet, -500.0), kepu.Treatment())
    assert (low.numbers[-1], low.drawn_in.tolist()) == (0.0, [20])
    tail = np.append(quiet, [1e3 * 3**k for k in range(9)])
    bent = treated(tail, kepu.Treatment(most=1))
    assert (bent.transform.value, bent.drawn_in.tolist()) == ("log", [])
    assert (np.diff(bent.numbers) > 0).all()
    power = treated(tail, kepu.Treatment(most=1, otherwise="box_cox"))
    assert abs(skewness(power.numbers)) < abs(skewness(tail))
    assert (np.diff(power.numbers) > 0).all()
    left = treated(tail, kepu.Treatment(outliers="none", otherwise="none"))
    assert left.numbers is tail
    assert not left.passes


def test_treated_cells_are_flagged_in_the_scorecard():
    """The cell that was drawn in says so, with the figure that was reported; a column that stays skewed is a remark."""
    names = tuple(f"s{k}" for k in range(21))
    figures = [float(k) for k in range(20)] + [500.0]
    plan = scheme(leaf("x", rule={"kind": "min_max"}, treatment=kepu.Treatment()))
    result = card(plan, {"x": figures}, subjects=names)
    line = result.explain("s20").leaves[0]
    assert (line.flag, line.reported, line.raw) == (Flag.DRAWN_IN, 500.0, 19.0)
    assert result.score["s20"] == 100.0
    (cell,) = result.touched()
    assert (cell.subject, cell.criterion, cell.before, cell.after) == ("s20", "x", 500.0, 19.0)
    stays = scheme(leaf("x", rule={"kind": "min_max"}, treatment=kepu.Treatment(outliers="none", otherwise="none")))
    assert [f.code for f in card(stays, {"x": figures}, subjects=names).findings] == ["evaluation.still-skewed"]


def test_moments_of_short_and_constant_columns():
    """Skewness and kurtosis of too few or equal numbers are 0, and huge numbers do not overflow."""
    assert skewness(np.array([1.0, 2.0])) == 0
    assert kurtosis(np.array([1.0, 2.0, 9.0])) == 0
    assert skewness(np.full(9, 7.0)) == 0
    assert skewness(np.array([1e308, 2e307, 0.0, 0.0])) == pytest.approx(skewness(np.array([10.0, 2.0, 0.0, 0.0])))
