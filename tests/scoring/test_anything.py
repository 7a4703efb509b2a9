"""Any scheme on any figures: a clear refusal, or finite scores whose lines add up. Nothing in between."""

import math
from decimal import Decimal

from boards import RULES as METHODS
from boards import card, leaf, scheme
from hypothesis import given
from hypothesis import strategies as st

import kepu_core as kepu
from kepu_core.scoring import AggregationType, RuleType, WeightingType

PARAMS = {
    "all_or_nothing": {"at": 5},
    "bands": {
        "bands": [{"upper": 5, "includes_upper": True, "share": 0.2}, {"lower": 5, "includes_lower": False, "share": 1}]
    },
    "constant": {"share": 0.3},
    "deduction": {"target": 10},
    "distance_to_reference": {"reference": "a"},
    "distance_to_target": {"target": 10},
    "growth": {"low": 0, "high": 0.5},
    "levels": {"levels": [0, 1, 2], "awarded": [0, 0.5, 1]},
    "linear": {"low": -1e3, "high": 1e3},
    "log_goalposts": {"low": 1, "high": 1e6},
    "per_unit": {"points_each": 0.5},
    "ratio": {"target": 10},
    "scaled": {"origin": 3, "span": 7},
    "stepwise": {"bounds": [10, 5], "awarded": [1, 0.5, 0]},
    "generalised": {"power": -2},
}
RULES = sorted(k for k, m in METHODS.items() if isinstance(m, RuleType))
AGGREGATIONS = sorted(k for k, m in METHODS.items() if isinstance(m, AggregationType))
WEIGHTINGS = sorted(
    k for k, m in METHODS.items() if isinstance(m, WeightingType) and k not in {"ahp", "budget", "given"}
)
WORDS = ["missing", "n/a", "suppressed"]
figures = st.one_of(
    st.sampled_from([0.0, 1.0, 1e308, -1e308, 5e-324, 7.0, 7.0]),
    st.floats(-1e6, 1e6),
    st.floats(0, 100),
    st.sampled_from(WORDS),
)
policies = st.sampled_from([
    {"action": "zero"}, {"action": "exclude"}, {"action": "exclude", "min_share": 0.6}, {"action": "impute", "method": "median"},
    {"action": "impute", "method": "group_mean"}, {"action": "impute", "method": "last"},
])  # fmt: skip
treatments = st.sampled_from(
    [None, kepu.Treatment(), kepu.Treatment(otherwise="box_cox"), kepu.Treatment(outliers="none")]
)


@st.composite
def trees(draw):
    """Two branches of two leaves, with any rules, aggregations and weightings."""

    def some_leaf(ident, weight):
        kind = draw(st.sampled_from(RULES))
        return leaf(
            ident, weight, rule={"kind": kind, "params": PARAMS.get(kind, {})},
            treatment=draw(treatments), reversed=kind != "stepwise" and draw(st.booleans()),
        )  # fmt: skip

    def branch(ident, names, weight):
        kind, own = draw(st.sampled_from(AGGREGATIONS)), draw(st.sampled_from([None, *WEIGHTINGS]))
        points = {"per_unit"} if own else set()
        children = [some_leaf(n, None if own else 0.5) for n in names]
        children = [c if c.rule.kind not in points else leaf(c.id, c.weight) for c in children]
        return kepu.Criterion(
            id=ident, title=ident, weight=weight, children=children, reversed=draw(st.booleans()),
            aggregation=kepu.AggregationSpec(kind=kind, params=PARAMS.get(kind, {})),
            weighting=[kepu.WeightingSpec(kind=own)] if own else [],
        )  # fmt: skip

    kind = draw(st.sampled_from(AGGREGATIONS))
    return kepu.Criterion(
        id="total", title="T", points=100, children=[branch("n", "wx", 0.4), branch("m", "yz", 0.6)],
        aggregation=kepu.AggregationSpec(kind=kind, params=PARAMS.get(kind, {})),
    )  # fmt: skip


@given(trees(), policies, st.sampled_from(["all", "group"]), st.integers(1, 5), st.data())
def test_any_scheme_on_any_figures(tree, policy, within, size, data):
    """Never NaN, never a score whose lines do not add up, never an error without a code."""
    columns = st.lists(figures, min_size=size, max_size=size)
    table = {k: data.draw(columns) for k in "wxyz"}
    groups = [{"id": "g", "title": "G", "members": list("abc")}, {"id": "h", "title": "H", "members": list("de")}]
    plan = scheme(root=tree, missing=policy, peer_groups=groups, normalise_within=within)
    try:
        result = card(plan, table, previous={k: data.draw(columns) for k in "wxyz"})
    except kepu.InvalidData as error:
        known = {f.code for f in error.findings if not f.code.startswith("evaluation.")}
        assert known <= {"scheme.direction"}
        return
    for row in result.standings:
        if row.score is None:
            continue
        assert math.isfinite(row.score)
        assert row.rank >= 1
        assert 0 <= row.coverage <= 1
        explanation = result.explain(row.subject)
        assert explanation.total == explanation.score == Decimal(repr(row.score)).quantize(Decimal("0.01"))
        assert "nan" not in str(explanation).casefold()
    assert result.replay().standings == result.standings
