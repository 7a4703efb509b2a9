"""The engine: missing policies, rescaling, what is outside the tree, and the laws of a score."""

from decimal import Decimal

import attrs
import pytest
from boards import RULES, card, leaf, scheme
from hypothesis import given
from hypothesis import strategies as st

import kepu_core as kepu
from kepu_core.domain.record import part
from kepu_core.scoring import Flag, Reason, RuleType

GRADES = [
    {"grade": "A", "lower": 90, "inclusive": True},
    {"grade": "B", "lower": 60, "inclusive": True},
    {"grade": "C"},
]
TWO = (leaf("x", 0.6), leaf("y", 0.4))
PER_UNIT = {"kind": "per_unit", "params": {"points_each": 1}}


def policy(action, **more):
    return {"action": action, **more}


def test_a_weighted_mean():
    """0.6 · 50 + 0.4 · 100 = 70, ranked and graded on the rounded score."""
    result = card(scheme(*TWO, grades=GRADES), {"x": [50, 100, 20], "y": [100, 75, 0]})
    assert result.score == {"b": 90.0, "a": 70.0, "c": 12.0}
    assert result.rank == {"b": 1, "a": 2, "c": 3}
    assert result.grade == {"b": "A", "a": "B", "c": "C"}
    assert result.points("x") == {"a": 30.0, "b": 60.0, "c": 12.0}


def test_points_instead_of_weights_and_levels_below():
    """Points are worth what they say; weights share out the points above them."""
    root = kepu.Criterion(
        id="total",
        title="T",
        points=20,
        children=[
            kepu.Criterion(id="p", title="P", points=15, children=[leaf("x", 0.2), leaf("y", 0.8)]),
            leaf("z", points=5),
        ],
    )
    result = card(scheme(root=root), {"x": [100], "y": [50], "z": [20]})
    assert result.outcome.worth == {"total": 20, "p": 15, "x": 3, "y": 12, "z": 5}
    assert result.score == {"a": 3 + 6 + 1}


def test_missing_figures_refuse_the_evaluation_all_at_once():
    """By default nothing is guessed: every missing figure is told with subject, criterion and reason."""
    with pytest.raises(kepu.InvalidData) as caught:
        card(scheme(*TWO), {"x": [50, "missing", 1], "y": ["suppressed", 1, 1]})
    told = [(f.code, f.record, f.field) for f in caught.value.findings]
    assert told == [("evaluation.missing", "b", "x"), ("evaluation.missing", "a", "y")]
    assert "suppressed" in caught.value.findings[1].message.en
    assert "policy" in caught.value.findings[0].mend.en


def test_missing_as_zero_is_flagged():
    """Counted as no points, in full weight, and visible as such."""
    result = card(scheme(*TWO, missing=policy("zero")), {"x": [50], "y": ["missing"]})
    assert result.score == {"a": 30.0}
    line = result.explain("a").leaves[1]
    assert (line.flag, line.raw, line.given, line.reason) == (Flag.ZERO, None, False, Reason.MISSING)
    assert result.standings[0].coverage == pytest.approx(0.6)
    assert result.standings[0].flagged == 1


def test_a_zero_for_a_missing_figure_is_no_zero_figure():
    """Where less is better a missing figure must not earn full points."""
    down = leaf("x", 1, rule={"kind": "linear", "params": {"low": 100, "high": 0}})
    assert card(scheme(down, missing=policy("zero")), {"x": ["missing", 0]}, lower={"x"}).score == {"a": 0, "b": 100}


def test_missing_left_out_rescales_the_rest():
    """The rest stands for the whole, and coverage says how much of it was there."""
    result = card(scheme(*TWO, missing=policy("exclude")), {"x": [50, 50], "y": ["missing", 0]})
    assert result.score == {"a": 50.0, "b": 30.0}
    assert [(s.subject, s.coverage) for s in result.standings] == [("a", 0.6), ("b", 1.0)]


def test_too_little_data_gives_no_score():
    """Below the least share there is no score, no rank, no grade, and a remark that says so."""
    plan = scheme(*TWO, missing=policy("exclude", min_share=0.6), grades=GRADES)
    result = card(plan, {"x": [50, "missing"], "y": ["missing", 50]})
    assert result.rank == {"a": 1, "b": None}
    assert result.grade["b"] is None
    assert [(f.code, f.record) for f in result.findings] == [("evaluation.too-little-data", "b")]
    explanation = result.explain("b")
    assert explanation.score is None
    assert explanation.total == 0
    assert "no score" in str(explanation)


def test_not_applicable_is_left_out_whatever_the_policy():
    """A city without a coast is not measured by it; this is no missing figure."""
    for action in ("fail", "zero", "exclude"):
        result = card(scheme(*TWO, missing=policy(action)), {"x": [50], "y": ["n/a"]})
        assert result.score == {"a": 50.0}
        assert result.explain("a").leaves[1].flag is Flag.EXCLUDED


@pytest.mark.parametrize(
    ("method", "estimate"), [("mean", 40.0), ("median", 30.0), ("group_median", 20.0), ("last", 77.0)]
)
def test_imputed_figures(method, estimate):
    """Each method gives its estimate, flagged; the others' figures stay as they are."""
    groups = [
        {"id": "g", "title": "G", "members": ["a", "b", "c"]},
        {"id": "h", "title": "H", "members": ["d", "zz"]},
    ]
    plan = scheme(leaf("x"), missing=policy("impute", method=method), peer_groups=groups)
    result = card(plan, {"x": ["missing", 10, 30, 80]}, previous={"x": [77, 1, 1, 1]})
    assert result.score["a"] == estimate
    line = result.explain("a").leaves[0]
    assert (line.flag, line.raw, line.reason) == (Flag.IMPUTED, estimate, Reason.MISSING)
    assert result.standings[-1].coverage in {0.0, 1.0}
    assert {s.subject: s.coverage for s in result.standings}["a"] == 0.0


@pytest.mark.parametrize("method", ["mean", "median", "group_median", "last"])
def test_what_cannot_be_imputed_is_told(method):
    """Without any figure to go by there is no estimate."""
    plan = scheme(leaf("x"), missing=policy("impute", method=method))
    with pytest.raises(kepu.InvalidData) as caught:
        card(plan, {"x": ["missing", "missing"]})
    assert [f.code for f in caught.value.findings] == ["evaluation.cannot-impute"] * 2


def test_a_node_may_have_a_policy_of_its_own():
    """A criterion's policy goes before the scheme's."""
    plan = scheme(leaf("x", 0.6), leaf("y", 0.4, missing=policy("zero")))
    assert card(plan, {"x": [50], "y": ["missing"]}).score == {"a": 30.0}


def test_bonus_and_deduction_stand_outside_the_tree():
    """So many points each, up to a cap, never below zero in all."""
    plan = scheme(
        leaf("x"),
        adjustments=[
            {"id": "more", "title": "M", "kind": "bonus", "metric": "t.m", "points_each": 2, "cap": 5},
            {"id": "less", "title": "L", "kind": "deduction", "metric": "t.l", "points_each": 10, "cap": 1000},
        ],
    )
    result = card(plan, {"x": [50, 50, 5], "m": [1, 9, "missing"], "l": [0, 0.5, 7]})
    assert result.score == {"a": 52.0, "b": 50.0, "c": 0.0}
    assert [(line.id, line.contribution) for line in result.explain("c").extras] == [
        ("more", 0),
        ("less", -70),
        ("limit", 65),
    ]


def test_vetoes():
    """A veto takes the score, or the grade, whatever the points; its text stands in the explanation."""
    veto = {"id": "v", "title": "事故", "title_en": "accident", "metric": "t.v", "above": 0}
    table = {"x": [95, 95, 95], "v": [0, 1, "missing"]}
    lowest = card(scheme(leaf("x"), vetoes=[veto], grades=GRADES), table)
    assert lowest.grade == {"a": "A", "b": "C", "c": "A"}
    assert lowest.score["b"] == 95.0
    assert "accident" in str(lowest.explain("b"))
    zero = card(scheme(leaf("x"), vetoes=[{**veto, "effect": "zero_score"}], grades=GRADES), table)
    assert zero.score == {"a": 95.0, "c": 95.0, "b": 0.0}
    assert zero.explain("b").total == 0


def test_grades_follow_the_published_score():
    """89.995 is published as 90.00 and graded as that."""
    result = card(scheme(leaf("x"), grades=GRADES), {"x": [89.995, 89.99]})
    assert result.score == {"a": 90.0, "b": 89.99}
    assert result.grade == {"a": "A", "b": "B"}


def test_equal_published_scores_share_a_rank():
    """Ranks are of what is published, not of digits that nobody sees."""
    assert card(scheme(leaf("x")), {"x": [50.001, 50.0, 40]}).rank == {"a": 1, "b": 1, "c": 3}


def test_ranks_within_peer_groups():
    """Beside the whole, everyone is ranked among peers; who is in no group has no such rank."""
    groups = [{"id": "g", "title": "G", "members": ["a", "c"]}, {"id": "h", "title": "H", "members": ["zz"]}]
    result = card(scheme(leaf("x"), peer_groups=groups), {"x": [10, 20, 30]})
    assert {s.subject: (s.group, s.group_rank) for s in result.standings} == {
        "a": ("G", 2),
        "b": (None, None),
        "c": ("G", 1),
    }


@part("坏规则", "bad rule")
class Bad:
    """A rule of a plugin that is wrong in the way that ``how`` says."""

    how: str = kepu.field("如何", "how")

    def shares(self, cells):
        raw = cells.raw
        if self.how == "raise":
            raise KeyError(self.how)
        return {"nan": raw * float("nan"), "big": raw + 1, "short": raw[:1], "none": None}[self.how]


@pytest.mark.parametrize("how", ["nan", "big", "short", "none", "raise"])
def test_a_wrong_rule_of_a_plugin_is_a_clear_error(how):
    """Whatever a rule does wrong, the criterion and the rule are named, and no score is given."""
    rules = {**RULES, "bad": RuleType(kind="bad", label=kepu.Text("坏", "bad"), cls=Bad)}
    plan = scheme(leaf("x", rule={"kind": "bad", "params": {"how": how}}))
    with pytest.raises(kepu.InvalidData) as caught:
        card(plan, {"x": [50, 60]}, rules=rules)
    (finding,) = caught.value.findings
    assert (finding.code, finding.field) == ("evaluation.rule-failed", "x")
    assert "bad" in finding.message.en


def test_unknown_subjects_are_answered_with_the_known():
    """An explanation may be asked by id or name; anything else is an error that lists them."""
    result = card(scheme(leaf("x")), {"x": [1]})
    assert result.explain("City a") == result.explain("a")
    with pytest.raises(kepu.NotFound) as caught:
        result.explain("q")
    assert caught.value.code == "evaluation.unknown-subject"
    assert "City a" in str(caught.value)


cells = st.one_of(st.floats(0, 120).map(lambda x: round(x, 3)), st.sampled_from(["missing", "n/a"]))
boards = st.integers(2, 7).flatmap(
    lambda n: st.fixed_dictionaries({k: st.lists(cells, min_size=n, max_size=n) for k in ("x", "y", "z")})
)
actions = st.sampled_from([policy("zero"), policy("exclude"), policy("exclude", min_share=0.5)])
weights = st.sampled_from([(0.5, 0.3, 0.2), (1, 0, 0), (0.1, 0.1, 0.8), (1 / 3, 1 / 3, 1 / 3)])


def three(shares, action, **more):
    leaves = [leaf(k, w) for k, w in zip("xyz", shares, strict=True)]
    return scheme(*leaves, missing=action, grades=GRADES, **more)


@given(boards, weights, actions)
def test_contributions_add_up_to_the_published_score(table, shares, action):
    """To the last digit, for every subject."""
    result = card(three(shares, action), table)
    for subject in result.subjects:
        explanation = result.explain(subject)
        published = result.score[subject]
        assert explanation.total == (
            Decimal(0) if published is None else Decimal(str(published)).quantize(Decimal("0.01"))
        )
        assert explanation.score is None or explanation.score == explanation.total


@given(boards, weights, actions, st.randoms(use_true_random=False))
def test_the_order_of_subjects_does_not_matter(table, shares, action, random):
    """Shuffled subjects get the same scores, ranks and grades to the last bit."""
    size = len(table["x"])
    order = list(range(size))
    random.shuffle(order)
    names = "abcdefghij"[:size]
    plan = three(shares, action)
    one = card(plan, table, subjects=tuple(names))
    other = card(plan, {k: [v[i] for i in order] for k, v in table.items()}, subjects=tuple(names[i] for i in order))
    assert one.standings == other.standings
    assert all(one.explain(s) == other.explain(s) for s in names)


@given(boards, weights, actions, st.data())
def test_a_better_figure_never_lowers_the_score(table, shares, action, data):
    """Scores are monotone in every reported figure."""
    name = data.draw(st.sampled_from(["x", "y", "z"]))
    at = data.draw(st.integers(0, len(table["x"]) - 1))
    if isinstance(table[name][at], str):
        table[name][at] = 10.0
    better = {k: list(v) for k, v in table.items()}
    better[name][at] += data.draw(st.floats(0, 100))
    plan = three(shares, action)
    before, after = (card(plan, t).score["abcdefghij"[at]] for t in (table, better))
    assert (before is None) == (after is None)
    if before is not None:
        assert after >= before


@given(boards, weights, actions)
def test_the_same_figures_give_the_same_scorecard(table, shares, action):
    """To the last bit: two evaluations of the same facts cannot be told apart."""
    plan = three(shares, action)
    one, other = card(plan, table), card(plan, table)
    assert one.outcome.total.tobytes() == other.outcome.total.tobytes()
    assert attrs.asdict(one.explain("a")) == attrs.asdict(other.explain("a"))


def test_weights_rescaled_deep_in_the_tree_are_told_at_the_top():
    """A subject whose figure is missing two levels down has a total that rests on rescaled weights."""
    inner = kepu.Criterion(id="inner", title="内", weight=0.5, children=[leaf("x", 0.5), leaf("y", 0.5)])
    middle = kepu.Criterion(id="middle", title="中", weight=0.5, children=[inner, leaf("z", 0.5)])
    root = kepu.Criterion(id="total", title="总分", points=100, children=[middle, leaf("w", 0.5)])
    plan = scheme(root=root, missing={"action": "exclude"})
    rows = {
        r.subject: r for r in card(plan, {"x": [10, "missing"], "y": [20, 30], "z": [40, 50], "w": [60, 70]}).standings
    }
    assert (rows["a"].rescaled, rows["b"].rescaled) == (False, True)
