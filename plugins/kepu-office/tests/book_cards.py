"""Scorecards in which every rule, aggregation and policy occurs, with figures that lie on bounds and in between."""

import random

import kepu_core as kepu
from kepu_core.domain.scheme_policies import Imputation, Outliers, Scope, Screening, Transform, Treatment

RULES = {
    "all_or_nothing": [{"at": 50}],
    "audited": [{"high": 100}, {"high": 90, "low": 10, "unaudited": 0.5, "tolerance": 0.1, "penalty": 0.2}],
    "bands": [
        {
            "bands": [
                {"upper": 20, "includes_upper": False, "share": 0.1},
                {"lower": 20, "upper": 60, "includes_lower": True, "includes_upper": True, "share": 0.3, "share_upper": 0.8},
                {"lower": 60, "includes_lower": False, "share": 1},
            ]
        }
    ],
    "borda": [{}, {"floor": 0.1, "ceiling": 0.9}],
    "constant": [{"share": 0.4}],
    "deduction": [{"target": 50, "rate": 2}],
    "distance_to_max": [{}],
    "distance_to_reference": [{"reference": "s0"}, {"reference": "s0", "capped": True}],
    "distance_to_target": [{"target": 60}, {"target": 60, "capped": False}],
    "fraction_of_max": [{}, {"complement": True}],
    "fraction_of_sum": [{}],
    "growth": [{"low": 0, "high": 0.5}],
    "levels": [{"levels": (1, 2, 3), "awarded": (1, 0.8, 0.3)}],
    "linear": [{"low": 10, "high": 90}, {"low": 90, "high": 10, "floor": 0.2, "ceiling": 0.9}],
    "log_goalposts": [{"low": 1, "high": 100}, {"low": 100, "high": 1, "floor": 0.1}],
    "min_max": [{}, {"floor": 0.1, "ceiling": 0.9}],
    "panel": [{"trim": 0}, {"trim": 1}, {"trim": 2, "low": 10}],
    "per_unit": [{"points_each": 0.3}],
    "percentile_rank": [{}, {"floor": 0.2}],
    "rank": [{}, {"ties": "average"}, {"ties": "dense"}, {"floor": 0.2, "ceiling": 0.8}],
    "ratio": [{"target": 60}, {"target": 60, "capped": False}],
    "scaled": [{"origin": 10, "span": 50}, {"origin": 90, "span": -40, "offset": 0.2, "cap": 1}],
    "stepwise": [{"bounds": (80, 50, 20), "awarded": (1, 0.7, 0.3, 0)}, {"bounds": (80, 50), "awarded": (1, 0.5, 0.1), "inclusive": False}],
    "vector": [{}],
    "yes_no": [{"unproven": 0.5}],
    "z_score": [{}, {"centre": 0.5, "spread": 0.2}],
}  # fmt: skip
LESS_IS_BETTER = {"stepwise": [{"bounds": (20, 50, 80), "awarded": (1, 0.7, 0.3, 0)}]}
ONE_WAY = {"per_unit"}
UNBOUNDED = {"z_score", "scaled", "distance_to_reference", "distance_to_target", "vector", "constant"}
"""Their shares may be below 0, where a geometric mean has no meaning; or they say so."""
INPUTS = {"audited": {"audited": "m1"}, "yes_no": {"evidence": "m1"}, "panel": {"b": "m1", "c": "m2", "d": "m3", "e": "m4"}}  # fmt: skip


def leaf(chance, ident, kind, *, weight):
    """A leaf with one of the rules in one of its forms."""
    reversed_ = kind not in ONE_WAY and chance.random() < 0.4
    forms = LESS_IS_BETTER.get(kind, RULES[kind]) if reversed_ else RULES[kind]
    params = chance.choice(forms)
    if kind == "ratio" and reversed_:
        params = {"target": 60}
    dividing = kind not in {"levels", "panel"} and chance.random() < 0.2
    actions = [
        kepu.MissingPolicy(action=kepu.MissingAction.EXCLUDE),
        kepu.MissingPolicy(action=kepu.MissingAction.ZERO),
        kepu.MissingPolicy(action=kepu.MissingAction.IMPUTE, method=Imputation.MEDIAN),
    ]
    return kepu.Criterion(
        id=ident,
        title=f"指标 {ident}",
        weight=weight,
        metric="level" if kind == "levels" else chance.choice(("m0", "m2", "m3")),
        denominator="den" if dividing else None,
        per=chance.choice((1, 1, 10)) if kind != "levels" else 1,
        inputs=INPUTS.get(kind, {}),
        rule=kepu.RuleSpec(kind=kind, params=params),
        reversed=reversed_,
        missing=chance.choice(actions[:2] if kind == "levels" else actions),
    )


def weights_of(chance, count):
    parts = [chance.randint(1, 5) for _ in range(count)]
    return [part / sum(parts) for part in parts]


def branch(chance, ident, kinds, weight=None):
    """A node above some leaves, with an aggregation that their shares allow."""
    bounded = not set(kinds) & UNBOUNDED and "ratio" not in kinds
    names = ["arithmetic", "arithmetic", "minimum", *(["geometric", "harmonic", "generalised", "topsis"] if bounded else [])]  # fmt: skip
    aggregation = chance.choice(names)
    params = {"power": chance.choice((2, -2, 0.5))} if aggregation == "generalised" else {}
    leaves = [
        leaf(chance, f"{ident}{n}", kind, weight=w)
        for n, (kind, w) in enumerate(zip(kinds, weights_of(chance, len(kinds)), strict=True))
    ]
    return kepu.Criterion(
        id=ident,
        title=f"一级 {ident}",
        weight=weight,
        children=leaves,
        aggregation=kepu.AggregationSpec(kind=aggregation, params=params),
        reversed=chance.random() < 0.1,
        missing=kepu.MissingPolicy(action=kepu.MissingAction.EXCLUDE, min_share=chance.choice((0, 0.3))),
    )


def scheme(chance, kinds):
    """A scheme in which some rules occur, with all that may stand outside the tree."""
    half = max(1, len(kinds) // 2)
    groups = [part for part in (kinds[:half], kinds[half:]) if part]
    weights = weights_of(chance, len(groups))
    branches = [branch(chance, "ab"[n], part, w) for n, (part, w) in enumerate(zip(groups, weights, strict=True))]
    within = chance.random() < 0.3 and "distance_to_reference" not in kinds
    effects = chance.sample(list(kepu.VetoEffect), 2)
    grades = (
        kepu.GradeBand(grade="优秀", lower=70, inclusive=True),
        kepu.GradeBand(grade="=良好", lower=40, inclusive=False),
        kepu.GradeBand(grade="合格"),
    )
    if chance.random() < 0.2:
        grades = (kepu.GradeBand(grade="优秀", quota=0.3), kepu.GradeBand(grade="=良好", lower=40, inclusive=False), kepu.GradeBand(grade="合格"))  # fmt: skip
    return kepu.Scheme(
        id="x.book@1",
        name="x.book",
        version="1",
        title="复核",
        subject="base",
        root=kepu.Criterion(id="total", title="总分", points=100, children=branches),
        missing=kepu.MissingPolicy(action=kepu.MissingAction.EXCLUDE, min_share=chance.choice((0, 0.2))),
        screening=Screening(min_share=0.3) if chance.random() < 0.3 else None,
        treatment=Treatment(outliers=Outliers.WINSORISE, otherwise=chance.choice((Transform.NONE, Transform.LOG)), skewness=0.5, kurtosis=0.5) if chance.random() < 0.2 and "levels" not in kinds else None,
        normalise_within=Scope.GROUP if within else Scope.ALL,
        rounding=kepu.Rounding(decimals=chance.choice((0, 1, 2, 3)), mode=chance.choice(list(kepu.RoundingMode))),
        ranking=kepu.Ranking(ties=chance.choice(list(kepu.Ties)), tie_break=chance.choice(((), ("a",), ("b" if len(groups) > 1 else "a", "a0")))),
        grades=grades,
        adjustments=(
            kepu.Adjustment(id="bonus", title="加分", kind=kepu.AdjustmentKind.BONUS, metric="prizes", points_each=0.5, cap=2),
            kepu.Adjustment(id="more", title="另加", kind=kepu.AdjustmentKind.BONUS, metric="m4", points_each=0.1, cap=3),
            kepu.Adjustment(id="less", title="扣分", kind=kepu.AdjustmentKind.DEDUCTION, metric="faults", points_each=5, cap=30),
        ),
        bonus_cap=chance.choice((None, 4)),
        deduction_cap=chance.choice((None, 20)),
        vetoes=(
            kepu.Veto(id="v1", title="事故", metric="accidents", above=2, **effect(effects[0])),
            kepu.Veto(id="v2", title="门槛", criterion="a", below=20, **effect(effects[1])),
        ),
        peer_groups=(
            kepu.PeerGroup(id="g1", title="一组", members=("s0", "s3", "s5", "s6")),
            kepu.PeerGroup(id="g2", title="二组", members=("s1", "s2", "s4", "s7", "s8", "s9")),
        ),
    )  # fmt: skip


def effect(kind):
    """The parameters that an effect asks for."""
    more = {kepu.VetoEffect.CAP_SCORE: {"score": 35}, kepu.VetoEffect.CAP_GRADE: {"grade": "=良好"}}.get(kind, {})
    return {"effect": kind, **more}


def figures(chance, size):
    """Columns of figures: some equal, some missing, some on the bounds of the rules."""

    def cell(low, gaps):
        if chance.random() < gaps:
            return None
        pick = chance.random()
        if pick < 0.4:
            return float(chance.choice((20, 50, 60, 80, 90)))
        return float(chance.randint(low, 100)) if pick < 0.9 else float(chance.randint(low, 3))

    columns = {name: [cell(1, 0.12) for _ in range(size)] for name in ("m0", "m1", "m2", "m3", "m4")}
    columns["level"] = [chance.choice((None, 1.0, 2.0, 3.0)) for _ in range(size)]
    columns["den"] = [float(chance.choice((1, 2, 4))) for _ in range(size)]
    for name, top in (("prizes", 9), ("faults", 5), ("accidents", 4)):
        columns[name] = [chance.choice((None, 0.0, float(chance.randint(0, top)))) for _ in range(size)]
    return columns


def card(seed, kinds, size=10):
    """A scorecard from a seed; ``None`` where the figures are none that its rules can score."""
    chance = random.Random(seed)
    made = scheme(chance, list(kinds))
    ids = [f"s{n}" for n in range(size)]
    table, past = ({"id": ids, **figures(chance, size)} for _ in range(2))
    wanted = set(made.metrics())
    try:
        return kepu.score(made, {k: v for k, v in table.items() if k == "id" or k in wanted}, earlier=[{k: v for k, v in past.items() if k == "id" or k in wanted}], names={i: f"第 {i} 馆" for i in ids})  # fmt: skip
    except kepu.InvalidData:
        return None
