"""How sure a ranking is, which choice matters, what it takes to change it, and how criteria hang together."""

import numpy as np
import pytest
from boards import card, leaf, scheme
from hypothesis import given
from hypothesis import strategies as st

import kepu_core as kepu
from kepu_core.domain.scheme_policies import Ties
from kepu_core.scoring import removals
from kepu_core.scoring.drawn_ranks import drawn_ranks
from kepu_core.scoring.ranking import ranks_of

GRADES = [
    {"grade": "A", "lower": 80, "inclusive": True},
    {"grade": "B", "lower": 50, "inclusive": False},
    {"grade": "C"},
]
MIN_MAX = {"kind": "min_max"}


def board(size=12, seed=3, missing=0):
    rng = np.random.default_rng(seed)
    table = {k: [float(x) for x in rng.uniform(0, 100, size).round(1)] for k in "xyz"}
    for k in range(missing):
        table["xyz"[k % 3]][k] = "missing"
    return table


def tree(**more):
    inner = kepu.Criterion(
        id="n", title="N", weight=0.6, children=[leaf("x", 0.5, rule=MIN_MAX), leaf("y", 0.5, rule=MIN_MAX)]
    )
    return scheme(
        root=kepu.Criterion(id="total", title="T", points=100, children=[inner, leaf("z", 0.4, rule=MIN_MAX)]),
        grades=GRADES, **{"missing": {"action": "exclude"}, **more},
    )  # fmt: skip


def same(one, other):
    return (
        all(
            np.array_equal(getattr(one, name), getattr(other, name), equal_nan=True)
            for name in ("median", "low", "high", "mean", "scored", "chances")
        )
        and one.pairs == other.pairs
    )


@given(st.lists(st.lists(st.integers(0, 6), min_size=5, max_size=5), min_size=1, max_size=4), st.sampled_from(Ties))
def test_ranks_of_many_draws_are_those_of_each(rows, ties):
    """Packed and sorted together, each draw has the ranks it has by itself."""
    scores = np.array(rows, float)
    factor = 2 if ties is Ties.AVERAGE else 1
    expected = [(ranks_of(row, np.ones(5, bool), ties=ties) * factor).tolist() for row in scores]
    assert drawn_ranks(scores, ties, factor).tolist() == expected
    assert drawn_ranks(scores * 1e14, ties, factor).tolist() == expected


@pytest.mark.parametrize("missing", [0, 4])
def test_the_same_seed_gives_the_same_on_any_number_of_threads(missing):
    """Bit by bit, for one to eight threads; another seed gives something else."""
    result = card(tree(), board(missing=missing))
    runs = [result.uncertainty(draws=1000, seed=7, noise=0.05, threads=k) for k in (1, 2, 3, 8)]
    assert all(same(runs[0], run) for run in runs[1:])
    assert not same(runs[0], result.uncertainty(draws=1000, seed=8, noise=0.05))


def test_no_uncertainty_without_any_choice():
    """If nothing varies, every draw is the published ranking."""
    result = card(tree(), board(missing=2))
    found = result.uncertainty(draws=50, weights=0)
    for row in found.rows:
        assert row.low == row.median == row.high == row.mean == row.rank == result.rank[row.subject]
        assert row.grades[result.grade[row.subject]] == 1
    assert found.inseparable() == ()


def test_draws_against_scoring_each_by_itself():
    """Every draw of weights gives what the engine gives under a scheme with those weights."""
    result = card(tree(), board(missing=3))
    from kepu_core.scoring.variants import variants_of

    (variant,) = variants_of(result)
    rng = np.random.default_rng(0)
    top, low = rng.dirichlet([1, 1], 5), rng.dirichlet([1, 1], 5)
    points, known = variant.points({"total": top, "n": low})
    for d in range(5):
        root = result.scheme.root
        inner = kepu.replace(
            root.children[0],
            weight=float(top[d, 0]),
            children=[kepu.replace(c, weight=float(w)) for c, w in zip(root.children[0].children, low[d], strict=True)],
        )
        again = result.under(
            kepu.replace(
                result.scheme,
                root=kepu.replace(root, children=[inner, kepu.replace(root.children[1], weight=float(top[d, 1]))]),
            )
        )
        assert points[d] == pytest.approx(again.outcome.total, abs=1e-9)
        assert known[d].tolist() == again.outcome.scored.tolist()


def test_chances_and_intervals_are_what_they_say():
    """Chances add up to 1, the interval holds the middle, and who is better everywhere is always ahead."""
    table = board()
    table = {k: [v[0] + 500 if at == 0 else x for at, x in enumerate(v)] for k, v in table.items()}
    result = card(tree(), table)
    found = result.uncertainty(draws=400, seed=1, weights=0.5)
    for row in found.rows:
        assert sum(row.grades.values()) == pytest.approx(1)
        assert row.low <= row.median <= row.high
        assert row.scored == 1
    assert found["a"].high == 1
    assert found.ahead("a", "b") == 1
    assert found.ahead("b", "a") == 0
    assert len(found.pairs) == 12 * 11 / 2
    with pytest.raises(KeyError):
        found["nobody"]


def test_alternatives_and_noise_widen_the_intervals():
    """Other normalisations, aggregations, missing policies and errors in the figures are drawn among."""
    result = card(tree(), board(missing=2))
    plain = result.uncertainty(draws=300, seed=1, weights=0.05)
    wide = result.uncertainty(
        draws=300, seed=1, weights=0.05, noise={"x": 0.2},
        normalisations=[kepu.RuleSpec(kind="percentile_rank")],
        aggregations=[kepu.AggregationSpec(kind="geometric"), kepu.AggregationSpec(kind="topsis")],
        missing=[kepu.MissingPolicy(action="impute", method="mean")],
    )  # fmt: skip
    assert wide.variants == 12

    def width(found):
        return sum(r.high - r.low for r in found.rows)

    assert width(wide) > width(plain)
    assert all(sum(r.grades.values()) == pytest.approx(r.scored) for r in wide.rows)


def test_quotas_and_vetoes_hold_in_every_draw():
    """A quota is one of each draw; who is under a veto is never better than it allows."""
    bands = [{"grade": "A", "quota": 0.25}, {"grade": "B", "quota": 0.25}, {"grade": "C"}]
    result = card(kepu.replace(tree(), grades=[kepu.GradeBand(**b) for b in bands]), board())
    found = result.uncertainty(draws=200, seed=1)
    assert sum(r.grades["A"] for r in found.rows) <= 0.25 * 12 + 1e-9
    veto = kepu.Veto(id="v", title="V", metric="t.v", above=0, effect="cap_grade", grade="B")
    capped = card(
        kepu.replace(tree(), vetoes=[veto]),
        {**{k: [v[0] + 500, *v[1:]] for k, v in board().items()}, "v": [1] + [0] * 11},
    )
    assert capped.uncertainty(draws=100, seed=1)["a"].grades == {"A": 0, "B": 1, "C": 0}


def test_many_subjects_are_taken_in_turns(monkeypatch):
    """Where ranks are too many to keep, subjects come in turns, and the result is the same."""
    from kepu_core.scoring import uncertainty as module

    names = tuple(f"s{k:03}" for k in range(230))
    result = card(tree(), board(size=230), subjects=names)
    whole = result.uncertainty(draws=300, seed=2)
    monkeypatch.setattr(module, "_KEPT", 300 * 2 * 40)
    assert same(whole, result.uncertainty(draws=300, seed=2))
    assert len(whole.pairs) == 229


def test_wrong_questions():
    """Numbers out of range and unknown leaves are refused before anything is drawn."""
    result = card(tree(), board())
    for wrong in ({"draws": 0}, {"weights": 1.5}, {"level": 1}, {"noise": {"q": 0.1}}, {"noise": 1.5}):
        with pytest.raises(ValueError, match=r"must be|share below 1"):
            result.uncertainty(**wrong)


def test_the_smallest_change_of_a_weight_that_flips():
    """At the weight that is named, the two are equal; beyond it, they have changed places."""
    result = card(scheme(leaf("x", 0.6), leaf("y", 0.4)), {"x": [80, 60], "y": [40, 60]})
    first, *rest = result.flips("a", "b")
    assert (first.criterion, first.weight) == ("x", 0.6)
    assert first.needed == pytest.approx(0.5)
    assert [f.criterion for f in rest] == ["y"]
    assert card(scheme(leaf("x", 1.0), leaf("y", 0.0)), {"x": [80, 60], "y": [80, 60]}).flips("a", "b") == ()


@given(st.integers(0, 2**32 - 1), st.sampled_from(["arithmetic", "geometric", "minimum"]))
def test_flips_hold_under_any_aggregation(seed, kind):
    """The engine, given the weight that was named, gives both the same points."""
    plan = tree()
    plan = kepu.replace(plan, root=kepu.replace(plan.root, aggregation=kepu.AggregationSpec(kind=kind)))
    result = card(plan, board(size=4, seed=seed))
    for flip in result.flips("a", "b"):
        if min(flip.needed, 1 - flip.needed) < 1e-6:  # where a criterion stops counting, a minimum jumps
            continue
        changed = _reweighted(plan.root, flip.criterion, flip.needed)
        total = result.under(kepu.replace(plan, root=changed)).outcome.total
        assert total[0] == pytest.approx(total[1], abs=1e-6)


def _reweighted(node, ident, weight):
    ids = [c.id for c in node.children]
    if ident in ids:
        old = node.children[ids.index(ident)].weight
        children = [
            kepu.replace(c, weight=weight if c.id == ident else c.weight * (1 - weight) / (1 - old))
            for c in node.children
        ]
        return kepu.replace(node, children=children)
    return kepu.replace(node, children=[c if c.is_leaf else _reweighted(c, ident, weight) or c for c in node.children])


def test_leaving_out_each_criterion():
    """Every criterion and branch once, the one that moves ranks most first."""
    result = card(tree(), board())
    found = removals(result)
    assert {r.criterion for r in found} == {"n", "x", "y", "z"}
    assert [r.mean_shift for r in found] == sorted((r.mean_shift for r in found), reverse=True)
    worst = found[0]
    ranks = result.without(worst.criterion).rank
    assert worst.greatest_shift == max(abs(ranks[s] - result.rank[s]) for s in ranks)


def test_structure_tells_what_is_measured_twice():
    """Two criteria that are the same, and one that pulls the other way, are flagged; numbers agree with numpy."""
    rng = np.random.default_rng(1)
    x = rng.uniform(0, 100, 30)
    table = {"x": x.tolist(), "y": (x + rng.normal(0, 1, 30)).clip(0).tolist(), "z": (100 - x).tolist()}
    result = card(tree(), table, subjects=tuple(f"s{k}" for k in range(30)))
    found = result.structure()
    flags = {(c.first, c.second): c.flag.value for c in found.correlations}
    assert flags == {("n", "z"): "opposed", ("x", "y"): "redundant"}
    shares = [result.outcome.leaves[k].share for k in "xy"]
    (pair,) = [c for c in found.correlations if c.node == "n"]
    assert pair.correlation == pytest.approx(np.corrcoef(shares)[0, 1])
    covariance = np.cov(shares)
    assert found.alpha["n"] == pytest.approx(2 * (1 - np.trace(covariance) / covariance.sum()))
    assert found.components["n"] == pytest.approx(np.sort(np.linalg.eigvalsh(np.corrcoef(shares)))[::-1] / 2)
    assert [(w.criterion, w.nominal) for w in found.weights] == [
        ("x", pytest.approx(0.3)),
        ("y", pytest.approx(0.3)),
        ("z", pytest.approx(0.4)),
    ]
    assert len(found.flagged) == 2


def test_structure_of_almost_nothing():
    """One subject, constant columns: nothing is defined, and nothing is NaN."""
    for table in ({"x": [1], "y": [2], "z": [3]}, {"x": [1, 1], "y": [2, 2], "z": [3, 3]}):
        found = card(tree(), table).structure()
        assert all(np.isfinite(c.correlation) for c in found.correlations)
        assert set(found.alpha.values()) == {None}
        assert all(w.importance == 0 for w in found.weights)


def test_sobol_indices_of_choices():
    """A criterion that alone differs explains all; indices have intervals; the number of evaluations is told."""
    pytest.importorskip("scipy")
    result = card(tree(), board())
    found = result.sensitivity(samples=64, seed=1, subject="a")
    assert {f.name for f in found.factors} == {"n", "z", "x", "y"}
    assert found.evaluations == 64 * 6
    assert all(f.total_low <= f.total_high for f in found.factors)
    with_choices = result.sensitivity(
        samples=64,
        seed=1,
        normalisations=[kepu.RuleSpec(kind="rank")],
        aggregations=[kepu.AggregationSpec(kind="geometric")],
    )
    assert {"normalisation", "aggregation"} < {f.name for f in with_choices.factors}
    assert [f.total for f in with_choices.factors] == sorted((f.total for f in with_choices.factors), reverse=True)


def test_sobol_indices_of_an_additive_model_add_up():
    """For one subject the weights of two equal siblings matter alike, and first indices add up to nearly 1."""
    pytest.importorskip("scipy")
    plan = scheme(leaf("x", 0.5), leaf("y", 0.5))
    found = card(plan, {"x": [100, 0], "y": [0, 100]}).sensitivity(samples=512, seed=3, subject="a", weights=0.1)
    assert found["x"].first + found["y"].first == pytest.approx(1, abs=0.05)
    assert found["x"].total == pytest.approx(found["y"].total, abs=0.1)


def test_the_ishigami_function(shared_data):
    """The library behind the indices gives the analytic values of the usual test function."""
    stats = pytest.importorskip("scipy.stats")
    import json

    case = json.loads((shared_data / "published" / "sobol_ishigami_analytic.json").read_text("utf-8"))
    a, b = case["params"]["a"], case["params"]["b"]

    def ishigami(x):
        return np.sin(x[0]) + a * np.sin(x[1]) ** 2 + b * x[2] ** 4 * np.sin(x[0])

    dists = [stats.uniform(loc=-np.pi, scale=2 * np.pi)] * 3
    found = stats.sobol_indices(func=ishigami, n=2**14, dists=dists, rng=np.random.default_rng(1))
    assert found.first_order == pytest.approx(case["expected"]["S"], abs=0.01)
    assert found.total_order == pytest.approx(case["expected"]["ST"], abs=0.01)


def test_where_no_choice_matters_indices_are_zero():
    """Nothing varies: no warning, no NaN."""
    pytest.importorskip("scipy")
    found = card(scheme(leaf("x", 0.5), leaf("y", 0.5)), {"x": [90, 10], "y": [80, 20]}).sensitivity(samples=16)
    assert {(f.first, f.total) for f in found.factors} == {(0.0, 0.0)}


def test_grades_of_draws_follow_the_rounded_score():
    """79.995 is published as 80.00, and graded as that in every draw."""
    result = card(scheme(leaf("x"), grades=GRADES), {"x": [79.995, 79.99, 50.004, 50.005]})
    found = result.uncertainty(draws=20, weights=0)
    assert {row.subject: row.grades[result.grade[row.subject]] for row in found.rows} == dict.fromkeys("abcd", 1)
    assert result.grade == {"a": "A", "b": "B", "d": "B", "c": "C"}
