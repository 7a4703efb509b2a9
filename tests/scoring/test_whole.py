"""The engine as a whole: data steps, peer groups, ranking and grading as data, vetoes, what-ifs, panels."""

from decimal import Decimal

import numpy as np
import pytest
from boards import RULES, card, columns, leaf, metrics_of, scheme
from hypothesis import given
from hypothesis import strategies as st

import kepu_core as kepu
from kepu_core.domain import VetoEffect
from kepu_core.scoring import Flag, Panel, Reason, Values, bind, compute, decompose

GROUPS = [{"id": "g", "title": "G", "members": ["a", "b"]}, {"id": "h", "title": "H", "members": ["c", "d"]}]
BANDS = [
    {"grade": "A", "lower": 80, "inclusive": True},
    {"grade": "B", "lower": 50, "inclusive": False},
    {"grade": "C"},
]
MIN_MAX = {"kind": "min_max"}


def test_denominators_and_their_reasons():
    """Per inhabitant: a missing or zero denominator is no figure, and the reason is kept."""
    plan = scheme(
        leaf("x", denominator="t.pop", per=1000, rule={"kind": "linear", "params": {"low": 0, "high": 10}}),
        missing={"action": "exclude"},
    )
    result = card(plan, {"x": [5, 5, 5, "missing"], "pop": [1000, 0, "suppressed", 1000]})
    assert result.score == {"a": 50.0, "b": None, "c": None, "d": None}
    reasons = [result.explain(s).leaves[0].reason for s in "abcd"]
    assert reasons == [Reason.NONE, Reason.UNDEFINED, Reason.SUPPRESSED, Reason.MISSING]
    assert result.explain("a").leaves[0].reported == 5.0


def test_rejected_figures_have_a_policy_of_their_own():
    """A figure that the audit has sent back may be worth nothing where a missing one is left out."""
    plan = scheme(
        leaf("x", 0.5), leaf("y", 0.5), missing={"action": "exclude"}, rejected=kepu.MissingPolicy(action="zero")
    )
    board = columns(("a", "b"), {"x": [80, 80], "y": ["missing", "missing"]})
    board["t.y"] = Values(("a", "b"), [0, 0], [Reason.MISSING, Reason.REJECTED])
    outcome = compute(bind(plan, metrics_of(plan), RULES), board)
    assert outcome.score.tolist() == [80.0, 40.0]
    assert [Flag(int(f)) for f in outcome.leaves["y"].flags] == [Flag.EXCLUDED, Flag.ZERO]


def test_screening_drops_and_tells_whom():
    """Who has too few data or too many zeros is left out, with the numbers; peers are counted without them."""
    leaves = [leaf(k, 0.25, rule=MIN_MAX) for k in "wxyz"]
    table = {"w": [0, 1, 2, 9], "x": [0, 1, 2, "missing"], "y": [0, 1, 2, "missing"], "z": [0, 0, 2, "missing"]}
    plan = scheme(*leaves, missing={"action": "exclude"}, screening=kepu.Screening(min_share=0.5, max_zeros=0.9))
    result = card(plan, table)
    assert [(s.subject, s.data, s.zeros) for s in result.screened] == [("a", 1.0, 1.0), ("d", 0.25, 0.0)]
    assert result.score == {"b": 0.0, "c": 100.0, "a": None, "d": None}
    assert {f.code for f in result.findings} == {"evaluation.screened-out"}
    assert result.explain("d").leaves[0].flag is Flag.SCREENED


def test_screening_may_count_imputed_figures():
    """What has been imputed counts as data only if the scheme says so."""
    leaves = [leaf("x", 0.5), leaf("y", 0.5)]
    table = {"x": [10, 20, 30], "y": ["missing", 60, 80]}
    impute = {"action": "impute", "method": "mean"}
    strict = card(scheme(*leaves, missing=impute, screening=kepu.Screening(min_share=1)), table)
    assert strict.score["a"] is None
    lenient = card(scheme(*leaves, missing=impute, screening=kepu.Screening(min_share=1, count_imputed=True)), table)
    assert lenient.score["a"] == 40.0
    assert lenient.screened == ()


@pytest.mark.parametrize(("method", "estimate"), [("group_mean", 20.0), ("linear", 70.0), ("last", 50.0)])
def test_more_ways_to_impute(method, estimate):
    """From the mean of the group, and along the line of the two last periods."""
    plan = scheme(leaf("x"), missing={"action": "impute", "method": method}, peer_groups=GROUPS)
    result = card(plan, {"x": ["missing", 20, 90, 90]}, previous=[{"x": [50, 1, 1, 1]}, {"x": [30, 1, 1, 1]}])
    assert result.score["a"] == estimate


def test_a_trend_needs_two_periods():
    """Without two periods in a row there is no line: a clear error."""
    plan = scheme(leaf("x"), missing={"action": "impute", "method": "linear"})
    with pytest.raises(kepu.InvalidData) as caught:
        card(plan, {"x": ["missing", 20]}, previous=[{"x": [50, 1]}])
    assert [f.code for f in caught.value.findings] == ["evaluation.cannot-impute"]


def test_everything_within_peer_groups():
    """Normalised, ranked and graded within the group, beside the whole."""
    bands = [{"grade": "A", "quota": 0.5}, {"grade": "B"}]
    plan = scheme(
        leaf("x", rule=MIN_MAX), peer_groups=GROUPS, normalise_within="group", grade_within="group", grades=bands
    )
    result = card(plan, {"x": [1, 2, 10, 20]})
    assert result.score == {"b": 100.0, "d": 100.0, "a": 0.0, "c": 0.0}
    assert result.grade == {"b": "A", "d": "A", "a": "B", "c": "B"}
    assert {r.subject: r.group_rank for r in result.standings} == {"a": 2, "b": 1, "c": 2, "d": 1}
    with pytest.raises(kepu.InvalidData) as caught:
        card(plan, {"x": [1, 2, 3, 4, 5]})
    assert [(f.code, f.record) for f in caught.value.findings] == [("evaluation.no-group", "e")]


def test_a_reversed_branch_turns_its_share():
    """The direction of a whole branch: the burden is good where it is small."""
    burden = kepu.Criterion(id="n", title="N", weight=0.5, reversed=True, children=[leaf("x", 0.5), leaf("y", 0.5)])
    root = kepu.Criterion(id="total", title="T", points=100, children=[burden, leaf("z", 0.5)])
    result = card(scheme(root=root), {"x": [80], "y": [40], "z": [100]})
    assert result.score == {"a": 70.0}
    assert result.explain("a").total == Decimal("70.00")
    assert card(scheme(leaf("x", reversed=True, rule=MIN_MAX)), {"x": [1, 2]}).score == {"a": 100.0, "b": 0.0}


def test_ties_and_what_parts_them():
    """Equal scores share a rank by the rule of the scheme; a chain of criteria parts them first."""
    leaves = [leaf("x", 0.5), leaf("y", 0.5)]
    table = {"x": [60, 40, 50, 10], "y": [40, 60, 50, 10]}
    assert list(card(scheme(*leaves), table).rank.values()) == [1, 1, 1, 4]
    dense = card(scheme(*leaves, ranking=kepu.Ranking(ties="dense")), table)
    assert list(dense.rank.values()) == [1, 1, 1, 2]
    average = card(scheme(*leaves, ranking=kepu.Ranking(ties="average")), table)
    assert list(average.rank.values()) == [2, 2, 2, 4]
    broken = card(scheme(*leaves, ranking=kepu.Ranking(tie_break=["x"])), table)
    assert broken.rank == {"a": 1, "c": 2, "b": 3, "d": 4}


def test_half_ranks_are_shown_as_such():
    """Two on ranks 2 and 3 share 2.5, in the scorecard and in the text."""
    result = card(scheme(leaf("x"), ranking=kepu.Ranking(ties="average")), {"x": [90, 50, 50]})
    assert result.rank == {"a": 1, "b": 2.5, "c": 2.5}
    assert "rank 2.5 of 3" in str(result.explain("b"))
    assert result.results()[1].rank == 2.5


def test_quotas_never_part_equals_nor_exceed():
    """The best half is two of four; if three are equal at the edge, none of them is within; a bound may be asked as well."""
    bands = [{"grade": "A", "quota": 0.5}, {"grade": "B", "quota": 0.25}, {"grade": "C"}]
    plan = scheme(leaf("x"), grades=bands)
    assert list(card(plan, {"x": [40, 30, 20, 10]}).grade.values()) == ["A", "A", "B", "C"]
    assert card(plan, {"x": [40, 30, 30, 30]}).grade == {"a": "A", "b": "C", "c": "C", "d": "C"}
    both = [{"grade": "A", "quota": 0.5, "lower": 35, "inclusive": True}, {"grade": "C"}]
    assert list(card(scheme(leaf("x"), grades=both), {"x": [40, 30, 20, 10]}).grade.values()) == ["A", "C", "C", "C"]


@given(
    st.lists(st.integers(0, 100), min_size=1, max_size=12),
    st.lists(st.sampled_from([0.1, 0.2, 0.25]), min_size=1, max_size=3),
)
def test_grades_partition(figures, quotas):
    """Everyone has exactly one grade, better scores never a worse one, and no quota is exceeded."""
    bands = [*({"grade": f"Q{k}", "quota": q} for k, q in enumerate(quotas)), {"grade": "rest"}]
    result = card(scheme(leaf("x"), grades=bands), {"x": figures})
    order = [b["grade"] for b in bands]
    places = [order.index(r.grade) for r in result.standings]
    assert places == sorted(places)
    for k, quota in enumerate(quotas):
        assert places.count(k) <= quota * len(figures) + 1e-9


def veto(effect, **more):
    return {"id": "v", "title": "V", "metric": "t.v", "above": 0, "effect": effect, **more}


def test_every_effect_of_a_veto():
    """Score to zero or capped, grade lowest or capped, out of the ranking: each is seen in the derivation."""
    table = {"x": [95, 90], "v": [1, 0]}
    plans = {e: scheme(leaf("x"), grades=BANDS, vetoes=[veto(e.value, **more)]) for e, more in (
        (VetoEffect.ZERO_SCORE, {}), (VetoEffect.CAP_SCORE, {"score": 60}), (VetoEffect.LOWEST_GRADE, {}),
        (VetoEffect.CAP_GRADE, {"grade": "B"}), (VetoEffect.UNRANKED, {}))}  # fmt: skip
    found = {e: card(plan, table) for e, plan in plans.items()}
    assert {e.value: (c.score["a"], c.rank["a"], c.grade["a"]) for e, c in found.items()} == {
        "zero_score": (0.0, 2, "C"),
        "cap_score": (60.0, 2, "B"),
        "lowest_grade": (95.0, 1, "C"),
        "cap_grade": (95.0, 1, "B"),
        "unranked": (95.0, None, None),
    }
    assert found[VetoEffect.UNRANKED].rank["b"] == 1
    for result in found.values():
        explanation = result.explain("a")
        assert explanation.total == explanation.score
        assert "veto or gate" in str(explanation)


def test_a_gate_watches_points():
    """Who has less than 85 points in the tree may not be graded A, whatever the bonus."""
    bonus = {"id": "plus", "title": "P", "kind": "bonus", "metric": "t.m", "points_each": 1, "cap": 20}
    gate = {"id": "gate", "title": "门槛", "criterion": "total", "below": 85, "effect": "cap_grade", "grade": "B"}
    plan = scheme(leaf("x"), grades=BANDS, adjustments=[bonus], vetoes=[gate])
    result = card(plan, {"x": [84.99, 85], "m": [20, 0]})
    assert result.grade == {"a": "B", "b": "A"}
    assert result.score["a"] == 104.99


def test_a_veto_that_could_not_be_checked_is_a_remark():
    """No report of accidents is not the same as no accident."""
    result = card(scheme(leaf("x"), grades=BANDS, vetoes=[veto("lowest_grade")]), {"x": [95], "v": ["missing"]})
    assert [f.code for f in result.findings] == ["evaluation.veto-unchecked"]


def test_caps_of_all_bonus_and_all_deductions():
    """Each item has its cap, and all of them together one more; the derivation still adds up."""
    items = [
        {"id": f"p{k}", "title": "P", "kind": "bonus", "metric": "t.m", "points_each": 1, "cap": 10} for k in range(3)
    ] + [{"id": "less", "title": "L", "kind": "deduction", "metric": "t.m", "points_each": 1, "cap": 10}]
    result = card(scheme(leaf("x"), adjustments=items, bonus_cap=12, deduction_cap=4), {"x": [50], "m": [10]})
    assert result.score == {"a": 58.0}
    explanation = result.explain("a")
    assert [(line.id, line.contribution) for line in explanation.extras][-1] == ("cap", Decimal(-12))
    assert explanation.total == explanation.score


def test_grades_over_years():
    """Twice in a row the lowest grade but one, and the title is withdrawn; a year between ends the row."""
    rule = kepu.GradeHistory(
        id="twice", grades=["C"], times=2, consequence="撤销称号", consequence_en="title withdrawn"
    )
    plan = scheme(leaf("x"), grades=BANDS, grade_history=[rule])
    result = card(plan, {"x": [10, 10, 90]}, history=[["C", "B", "C"], ["C", "C", "C"]])
    assert {r.subject: r.consequences for r in result.standings} == {"a": ("撤销称号",), "b": (), "c": ()}
    assert "title withdrawn" in str(result.explain("a"))
    assert result.results()[0].note == "撤销称号"
    assert card(plan, {"x": [10]}).standings[0].consequences == ()


def test_no_subject_is_a_clear_error():
    """There is nothing to score, and the engine says so."""
    plan = scheme(leaf("x"))
    with pytest.raises(kepu.InvalidData) as caught:
        compute(bind(plan, metrics_of(plan), RULES), {"t.x": Values((), [])})
    assert caught.value.code == "evaluation.no-subjects"


def test_a_constant_column_is_a_remark():
    """A criterion in which all are equal gives everyone the middle, and is named."""
    result = card(scheme(leaf("x", rule=MIN_MAX)), {"x": [7] * 51}, subjects=tuple(f"s{k}" for k in range(51)))
    assert set(result.score.values()) == {50.0}
    assert set(result.rank.values()) == {1}
    assert [f.code for f in result.findings] == ["evaluation.constant-column"]


def test_thousands_of_missing_figures_are_told_in_a_bounded_answer():
    """The first thousand by name, the rest as a number."""
    size = 3000
    with pytest.raises(kepu.InvalidData) as caught:
        card(scheme(leaf("x")), {"x": ["missing"] * size}, subjects=tuple(map(str, range(size))))
    assert len(caught.value.findings) == 1001
    assert "2000 more" in caught.value.findings[-1].message.en


TREE = kepu.Criterion(
    id="total", title="T", points=100, aggregation=kepu.AggregationSpec(kind="geometric"),
    children=[
        kepu.Criterion(id="n", title="N", weight=0.5, children=[leaf("x", 0.5, rule=MIN_MAX), leaf("y", 0.5)]),
        kepu.Criterion(id="m", title="M", weight=0.5, aggregation=kepu.AggregationSpec(kind="minimum"), children=[leaf("z", 0.25), leaf("w", 0.75)]),
    ],
)  # fmt: skip
figures = st.one_of(st.integers(0, 100).map(float), st.just("missing"))
tables = st.integers(2, 6).flatmap(
    lambda n: st.fixed_dictionaries({k: st.lists(figures, min_size=n, max_size=n) for k in "xyzw"})
)


@given(tables)
def test_contributions_add_up_under_any_aggregation(table):
    """Sums, minima and geometric means: leaves, effects and rounding add up to the published score exactly."""
    result = card(scheme(root=TREE, missing={"action": "exclude"}, rounding=kepu.Rounding(decimals=3)), table)
    for subject in result.subjects:
        explanation = result.explain(subject)
        if explanation.score is not None:
            assert (
                explanation.total == explanation.score == Decimal(str(result.score[subject])).quantize(Decimal("0.001"))
            )


@given(tables, st.sampled_from("xyzw"), st.one_of(st.none(), st.integers(0, 100)))
def test_selective_scoring_equals_scoring_everything(table, name, figure):
    """One changed figure: what depends on it is scored again, the rest is the very same column; the result is equal."""
    plan = scheme(root=TREE, missing={"action": "exclude"})
    before = card(plan, table)
    after = before.with_figures(f"t.{name}", {"a": None if figure is None else float(figure)})
    changed = {**table, name: ["missing" if figure is None else figure, *table[name][1:]]}
    assert after.standings == card(plan, changed).standings
    untouched = "m" if name in "xy" else "n"
    assert after.outcome.nodes[untouched] is before.outcome.nodes[untouched]


@given(tables)
def test_replay_gives_the_same_bytes(table):
    """Computed again from the same figures, every column is equal to the last bit."""
    result = card(scheme(root=TREE, missing={"action": "exclude"}), table)
    again = result.replay()
    assert again.outcome.total.tobytes() == result.outcome.total.tobytes()
    assert again.standings == result.standings


def test_what_if_questions_about_unknown_things():
    """Unknown metrics, subjects and criteria are answered with what there is."""
    result = card(scheme(leaf("x", 0.5), leaf("y", 0.5)), {"x": [1], "y": [2]})
    for ask, code in (
        (lambda: result.with_figures("t.q", {"a": 1}), "evaluation.not-on-board"),
        (lambda: result.with_figures("t.x", {"q": 1}), "evaluation.unknown-subject"),
        (lambda: result.without("q"), "evaluation.unknown-criterion"),
    ):
        with pytest.raises(kepu.NotFound) as caught:
            ask()
        assert caught.value.code == code
    with pytest.raises(kepu.InvalidData) as caught:
        result.without("total")
    assert caught.value.code == "evaluation.nothing-left"


def test_leaving_a_criterion_out():
    """Its siblings take over its share, by weight or by points."""
    result = card(scheme(leaf("x", 0.5), leaf("y", 0.3), leaf("z", 0.2)), {"x": [10], "y": [50], "z": [100]})
    assert result.without("x").score == {"a": 70.0}
    assert result.without("x").weights["total"] == pytest.approx({"y": 0.6, "z": 0.4})
    points = scheme(
        root=kepu.Criterion(id="total", title="T", points=100, children=[leaf("x", points=50), leaf("y", points=50)])
    )
    assert card(points, {"x": [10], "y": [50]}).without("x").score == {"a": 50.0}


def test_comparing_two_scorecards():
    """Criterion by criterion, the differences add up to that of the published score; newcomers are named."""
    plan = scheme(leaf("x", 0.6), leaf("y", 0.4), missing={"action": "exclude"})
    before = card(plan, {"x": [50, 60], "y": [10, 20]}, subjects=("a", "b"))
    after = card(plan, {"x": [70, 60], "y": ["missing", 20]}, subjects=("a", "c"))
    compared = before.compare(after)
    assert (compared.only_before, compared.only_after) == (("b",), ("c",))
    change = compared["a"]
    assert change.total == change.change == Decimal("36.00")
    assert [(line.id, line.change) for line in change.lines] == [("x", Decimal(40)), ("y", Decimal(-4))]
    assert change.lines[0].figures == (50.0, 70.0)
    assert "34.00 → 70.00" in str(change)
    assert compared.moved == (change,)


def test_frozen_goalposts_make_years_comparable():
    """Under the goalposts of the base year, everyone can get better; rules that cannot be frozen are named."""
    plan = scheme(leaf("x", 0.5, rule=MIN_MAX), leaf("y", 0.5, rule={"kind": "z_score"}))
    base = card(plan, {"x": [10, 20, 30], "y": [1, 2, 3]})
    kept = base.frozen_scheme("2021-posts")
    assert kept.id == "t.s@2021-posts"
    assert base.under(kept).score == base.score
    later = card(kept, {"x": [20, 30, 30], "y": [2, 3, 4]})
    assert all(later.score[s] > base.score[s] for s in "ab")
    with pytest.raises(kepu.InvalidData) as caught:
        card(scheme(leaf("x", rule={"kind": "rank"})), {"x": [1, 2]}).frozen_scheme("f")
    assert [f.code for f in caught.value.findings] == ["evaluation.cannot-freeze"]


def test_how_much_of_a_change_is_the_scheme():
    """Last year restated under this year's scheme parts the change into scheme and reality."""
    old_plan = scheme(leaf("x", 0.5), leaf("y", 0.5))
    new_plan = scheme(leaf("x", 0.8), leaf("y", 0.2))
    old = card(old_plan, {"x": [40], "y": [80]})
    restated, new = old.under(new_plan), card(new_plan, {"x": [50], "y": [80]})
    by_scheme, real = decompose(old, restated, new)["a"]
    assert (by_scheme, real) == (Decimal("-12.00"), Decimal("8.00"))
    assert by_scheme + real == Decimal(str(new.score["a"] - old.score["a"]))


def test_a_panel_of_years():
    """Scores by period, and as an index of the base year; who was not there yet has none."""
    plan = scheme(leaf("x"))
    cards = [
        kepu.scoring.Scorecard(**{**vars_of(card(plan, t, subjects=s)), "period": kepu.Period.parse(p)})
        for p, t, s in (("2021", {"x": [40, 60]}, ("a", "b")), ("2022", {"x": [50, 60, 10]}, ("a", "b", "c")))
    ]
    panel = Panel(cards=tuple(cards), base="2021")
    assert panel.periods == ("2021", "2022")
    assert panel.subjects == ("a", "b", "c")
    assert panel.index("a") == {"2021": 100.0, "2022": 125.0}
    assert panel.scores("c") == {"2021": None, "2022": 10.0}
    assert panel.index("c") == {"2021": None, "2022": None}
    assert panel["2022"].score["b"] == 60.0
    assert len(panel.rows()) == 5


def vars_of(scorecard):
    import attrs

    return {a.name: getattr(scorecard, a.name) for a in attrs.fields(type(scorecard))}


def test_long_columns_give_what_short_ones_give():
    """Blocks and threads change nothing: a long column scored in blocks equals the same cells scored one by one."""
    size = 200_000
    rng = np.random.default_rng(5)
    ids = tuple(map(str, range(size)))
    raw = {k: rng.uniform(0, 100, size) for k in "xyzw"}
    raw["y"][::7] = np.nan
    fixed = {"kind": "linear", "params": {"low": 0, "high": 100}}
    root = kepu.replace(TREE, aggregation=kepu.AggregationSpec(kind="arithmetic"))
    root = kepu.replace(
        root,
        children=[
            kepu.replace(root.children[0], children=[leaf("x", 0.5, rule=fixed), leaf("y", 0.5)]),
            root.children[1],
        ],
    )
    filler = [leaf(f"f{k}", 1 / 20, rule=fixed) for k in range(20)]
    many = kepu.Criterion(
        id="top",
        title="T",
        points=100,
        children=[
            kepu.replace(root, weight=0.5, points=None),
            kepu.Criterion(id="fill", title="F", weight=0.5, children=filler),
        ],
    )
    for k in range(20):
        raw[f"f{k}"] = rng.uniform(0, 100, size)
    plan = scheme(root=many, missing={"action": "exclude"})
    bound = bind(plan, metrics_of(plan), RULES)
    board = {f"t.{k}": Values.of_column(ids, v) for k, v in raw.items()}
    long = compute(bound, board)
    some = slice(70_000, 70_200)
    short = compute(
        bound,
        {
            k: Values.of_column(ids[some], np.array(np.where(v.known[some], v.numbers[some], np.nan)))
            for k, v in board.items()
        },
    )
    assert long.score[some].tolist() == short.score.tolist()
    assert long.nodes["n"].shares()[some].tolist() == short.nodes["n"].shares().tolist()
    assert long.leaves["x"].share[some].tolist() == short.leaves["x"].share.tolist()


def test_a_branch_worth_nothing_is_for_information():
    """Criteria without points are scored and shown, and add nothing."""
    extra = kepu.Criterion(id="n", title="N", points=0, children=[leaf("y", points=0), leaf("z", points=0)])
    root = kepu.Criterion(id="total", title="T", points=100, children=[leaf("x", points=100), extra])
    result = card(scheme(root=root), {"x": [40], "y": [100], "z": [0]})
    assert result.score == {"a": 40.0}
    assert result.outcome.nodes["n"].shares().tolist() == [0.5]
    assert result.explain("a").total == Decimal("40.00")


def test_noise_is_drawn_within_peer_groups():
    """Errors in the figures leave each subject in its group: a group of one never moves."""
    groups = [{"id": "g", "title": "G", "members": ["a", "b"]}, {"id": "h", "title": "H", "members": ["c"]}]
    plan = scheme(leaf("x", rule=MIN_MAX), peer_groups=groups, normalise_within="group")
    found = card(plan, {"x": [1, 100, 1000]}).uncertainty(draws=100, seed=1, weights=0, noise=0.3)
    assert found["c"].low == found["c"].high == 2


def test_only_what_depends_on_a_figure_is_prepared_again():
    """Columns of other leaves are the very same objects after a figure has changed."""
    result = card(scheme(root=TREE, missing={"action": "exclude"}), {k: [1, 50, 99] for k in "xyzw"})
    after = result.with_figures("t.x", {"a": 70.0})
    assert after.outcome.leaves["y"] is result.outcome.leaves["y"]
    assert after.outcome.leaves["x"] is not result.outcome.leaves["x"]
