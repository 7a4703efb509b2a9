"""A scheme that cannot be scored cannot be made."""

import pytest

import kepu_core as kepu


def leaf(ident, **more):
    rule = kepu.RuleSpec(kind="linear", params={"low": 0, "high": 1})
    return kepu.Criterion(**{"id": ident, "title": ident, "metric": "m", "rule": rule, **more})


def scheme(*children, root=None, **more):
    top = root or kepu.Criterion(id="total", title="总分", points=100, children=children)
    return kepu.Scheme(
        **{"id": "x.s@1", "name": "x.s", "version": "1", "title": "体系", "subject": "region", "root": top, **more}
    )


def codes(make):
    with pytest.raises(kepu.InvalidData) as caught:
        make()
    return [(f.code, f.field) for f in caught.value.findings]


GRADES = (
    kepu.GradeBand(grade="优", lower=85, inclusive=True),
    kepu.GradeBand(grade="良", lower=70, inclusive=True),
    kepu.GradeBand(grade="差"),
)


@pytest.mark.parametrize(
    ("make", "expected"),
    [
        (lambda: scheme(leaf("a", weight=0.5), leaf("b", weight=0.4)), [("scheme.weights", "root.children")]),
        (lambda: scheme(leaf("a", points=50), leaf("b", points=40)), [("scheme.points", "root.children")]),
        (lambda: scheme(leaf("a", points=50), leaf("b", weight=0.5)), [("scheme.weights-mixed", "root.children")]),
        (lambda: scheme(leaf("a"), leaf("b")), [("scheme.weights-mixed", "root.children")]),
        (lambda: scheme(leaf("a", weight=0.5), leaf("a", weight=0.5)), [("scheme.criterion-twice", "a")]),
        (
            lambda: scheme(leaf("a", weight=1, metric=None, rule=None)),
            [
                ("scheme.leaf-incomplete", "root.children[0].metric"),
                ("scheme.leaf-incomplete", "root.children[0].rule"),
            ],
        ),
        (lambda: scheme(root=leaf("t", children=(leaf("a", weight=1),))), [("scheme.leaf-with-children", "root")]),
        (lambda: scheme(leaf("a", weight=1), id="x.s@2"), [("scheme.id", "id")]),
        (
            lambda: scheme(leaf("a", weight=1), grades=GRADES[::-1]),
            [
                ("scheme.grades-unreachable", "grades[0].lower"),
                ("scheme.grades-gap", "grades[2].lower"),
                ("scheme.grades-order", "grades[2].lower"),
            ],
        ),
        (lambda: scheme(leaf("a", weight=1), grades=GRADES[:2]), [("scheme.grades-gap", "grades[1].lower")]),
        (
            lambda: scheme(leaf("a", weight=1), grades=(GRADES[0], GRADES[0], GRADES[2])),
            [("scheme.grade-twice", "grades[1].grade"), ("scheme.grades-order", "grades[1].lower")],
        ),
        (
            lambda: scheme(
                leaf("a", weight=1),
                peer_groups=[
                    kepu.PeerGroup(id="g", title="甲", members=["1"]),
                    kepu.PeerGroup(id="h", title="乙", members=["1"]),
                ],
            ),
            [("scheme.group-overlap", "peer_groups")],
        ),
    ],
)
def test_each_fault_of_a_scheme_is_told_with_its_place(make, expected):
    """A scheme whose parts do not fit is refused, with the place of every fault."""
    assert codes(make) == expected


WEIGHTING = (kepu.WeightingSpec(kind="equal"),)


@pytest.mark.parametrize(
    ("make", "expected"),
    [
        (lambda: scheme(leaf("a", weight=1, inputs={"x": 3})), [("scheme.inputs", "root.children[0].inputs[x]")]),
        (
            lambda: scheme(
                root=kepu.Criterion(id="t", title="t", weighting=WEIGHTING, children=(leaf("a", weight=1),))
            ),
            [("scheme.weighted-twice", "root.children")],
        ),
        (
            lambda: scheme(
                root=kepu.Criterion(
                    id="t",
                    title="t",
                    weighting=WEIGHTING,
                    children=(kepu.Criterion(id="n", title="n", children=(leaf("a", points=3),)),),
                )
            ),
            [("scheme.points-below-weighting", "root.children[0].children[0].points")],
        ),
        (
            lambda: scheme(
                root=kepu.Criterion(
                    id="t",
                    title="t",
                    weighting=(
                        kepu.WeightingSpec(kind="equal", share=0.5),
                        kepu.WeightingSpec(kind="entropy", share=0.4),
                    ),
                    children=(leaf("a"),),
                )
            ),
            [("scheme.weighting-shares", "root.weighting")],
        ),
        (
            lambda: scheme(leaf("a", weight=1), grades=(kepu.GradeBand(grade="优", lower=85), GRADES[2])),
            [("scheme.bound-not-stated", "grades[0].inclusive")],
        ),
        (
            lambda: scheme(
                leaf("a", weight=1),
                grades=(kepu.GradeBand(grade="优", quota=0.7), kepu.GradeBand(grade="良", quota=0.7), GRADES[2]),
            ),
            [("scheme.quotas", "grades")],
        ),
        (
            lambda: scheme(
                leaf("a", weight=1),
                vetoes=[kepu.Veto(id="v", title="v", criterion="q", below=1, effect="cap_grade", grade="无")],
            ),
            [("scheme.unknown-criterion", "vetoes[0].criterion"), ("scheme.unknown-grade", "vetoes[0].grade")],
        ),
        (
            lambda: scheme(leaf("a", weight=1), ranking=kepu.Ranking(tie_break=["q"])),
            [("scheme.unknown-criterion", "ranking.tie_break")],
        ),
        (
            lambda: scheme(
                leaf("a", weight=1),
                grade_history=[kepu.GradeHistory(id="h", grades=["无"], times=2, consequence="撤销")],
            ),
            [("scheme.unknown-grade", "grade_history[0].grades")],
        ),
        (
            lambda: scheme(leaf("a", weight=1), normalise_within="group"),
            [("scheme.no-groups", "normalise_within")],
        ),
    ],
)
def test_faults_of_what_stands_beside_the_tree(make, expected):
    """Weightings, grades, vetoes, ranking and groups that do not fit are refused with their place."""
    assert codes(make) == expected


@pytest.mark.parametrize(
    "given",
    [
        {"above": 0},
        {"metric": "m", "criterion": "c", "above": 0},
        {"metric": "m"},
        {"metric": "m", "above": 0, "effect": "cap_grade"},
        {"metric": "m", "above": 0, "grade": "优"},
        {"metric": "m", "above": 0, "effect": "cap_score"},
    ],
)
def test_a_veto_watches_one_thing_with_a_bound(given):
    """A metric or a criterion, a bound, and exactly the parameter that its effect needs."""
    assert {code for code, _ in codes(lambda: kepu.Veto(id="v", title="v", **given))} == {"scheme.veto"}


def test_a_grade_nobody_can_get_is_refused():
    """A quota of nothing is no grade."""
    assert codes(lambda: kepu.GradeBand(grade="优", quota=0)) == [("scheme.grade-empty", "quota")]


def test_a_tree_without_a_branch():
    """Points and weights of what is left fill up the place; nothing is left of a root."""
    plan = scheme(leaf("a", points=60), leaf("b", points=40)).root
    left = plan.without("a")
    assert [(c.id, c.points) for c in left.children] == [("b", 100.0)]
    assert plan.without("total") is None
    assert plan.without("q") is plan


def test_all_faults_are_told_at_once():
    """Several faults of one scheme come in one answer."""
    found = codes(lambda: scheme(leaf("a", weight=0.5), leaf("a", weight=0.4), id="y", grades=GRADES[:1]))
    assert [code for code, _ in found] == ["scheme.id", "scheme.criterion-twice", "scheme.weights", "scheme.grades-gap"]


def test_a_policy_imputes_by_a_method():
    """A policy that imputes names its method; one that does not has none."""
    assert codes(lambda: kepu.MissingPolicy(action="impute"))[0][0] == "scheme.imputation"
    assert codes(lambda: kepu.MissingPolicy(action="zero", method="mean"))[0][0] == "scheme.imputation"


def test_full_points_follow_from_points_or_weights():
    """What a node is worth is its points, or its weight times those above it."""
    inner = kepu.Criterion(id="n", title="n", weight=0.4, children=(leaf("a", weight=0.25), leaf("b", weight=0.75)))
    worth = scheme(inner, leaf("c", weight=0.6)).full_points()
    assert worth == {"total": 100, "n": 40, "a": 10, "b": 30, "c": 60}
    unstated = kepu.Criterion(id="total", title="总分", children=(leaf("a", points=30), leaf("b", points=20)))
    assert scheme(root=unstated).full_points()["total"] == 50


def test_metrics_are_named_once():
    """The metrics of a scheme are those of leaves, adjustments and vetoes, each once."""
    bonus = kepu.Adjustment(id="x", title="加分", kind="bonus", metric="b", points_each=1, cap=3)
    veto = kepu.Veto(id="v", title="否决", metric="m", above=0)
    assert scheme(leaf("a", weight=1), adjustments=[bonus], vetoes=[veto]).metrics() == ("m", "b")


def test_rule_parameters_are_frozen_all_the_way():
    """Parameters given as lists and dicts are kept immutable, so a scheme can be hashed."""
    spec = kepu.RuleSpec(kind="stepwise", params={"bounds": [3, 2], "x": {"y": [1]}})
    assert spec.params["bounds"] == (3, 2)
    assert hash(spec) == hash(kepu.RuleSpec(kind="stepwise", params={"x": {"y": (1,)}, "bounds": (3, 2)}))
