"""Results that others have computed: COINr on ASEM stage by stage, the Human Development Index, worked examples."""

import json

import numpy as np
import pytest
from asem_board import Asem, asem_scheme, number, read
from boards import RULES

import kepu_core as kepu
from kepu_core.domain.scheme_policies import RoundingMode
from kepu_core.scoring import Ahp, Children, Critic, Entropy, StandardDeviation, Topsis, pairwise_weights, rounded
from kepu_core.scoring.weightings.ahp import RandomIndex

TOLERANCE = 1e-9


@pytest.fixture
def asem(shared_data):
    return Asem(shared_data / "asem")


def agrees(column, known, card, stage, code, scale=1.0):
    for at, subject in enumerate(card.subjects):
        if subject not in stage:
            assert not known[at]
            continue
        expected = number(stage[subject][code])
        assert bool(known[at]) == (expected is not None), (subject, code)
        if expected is not None:
            assert column[at] * scale == pytest.approx(expected, rel=TOLERANCE, abs=TOLERANCE), (subject, code)


def test_asem_stage_by_stage(asem):
    """Denominated, imputed, treated, normalised, aggregated: every cell as COINr computes it, to 1e-9."""
    card = kepu.score(asem_scheme(asem), asem.table, subjects=asem.subjects)
    stages = {name: asem.stage(f"stage_{name}") for name in ("denominated", "imputed", "treated", "normalised")}
    for code in asem.leaves:
        leaf = card.outcome.leaves[code]
        agrees(leaf.values.numbers, leaf.values.known, card, stages["denominated"], code)
        agrees(leaf.untreated, leaf.known, card, stages["imputed"], code)
        agrees(leaf.raw, leaf.known, card, stages["treated"], code)
        agrees(leaf.share, leaf.known, card, stages["normalised"], code, 100)
    final = asem.stage("stage_aggregated")
    for code, node in card.outcome.nodes.items():
        agrees(node.shares(), node.known, card, final, code, 100)
    for subject, row in asem.stage("results_ranks").items():
        assert card.rank[subject] == int(row["Index"])


@pytest.mark.parametrize(
    ("aggregation", "file"), [("arithmetic", "amean"), ("geometric", "gmean"), ("harmonic", "hmean")]
)
def test_asem_means(asem, aggregation, file):
    """Min-max from 1 to 100, then the arithmetic, geometric and harmonic mean at every level."""
    rule = kepu.RuleSpec(kind="min_max", params={"floor": 0.01})
    card = kepu.score(asem_scheme(asem, rule=rule, aggregation=aggregation), asem.table, subjects=asem.subjects)
    normalised, expected = asem.stage("norm_minmax_1_100"), asem.stage(f"agg_minmax1_100_a_{file}")
    for code in asem.leaves:
        leaf = card.outcome.leaves[code]
        agrees(leaf.share, leaf.known, card, normalised, code, 100)
    for code, node in card.outcome.nodes.items():
        if node.leaf is None:
            agrees(node.shares(), node.known, card, expected, code, 100)


def test_asem_z_scores(asem):
    """Standardised to mean 0 and standard deviation 1, mirrored where less is better."""
    rule = kepu.RuleSpec(kind="z_score")
    card = kepu.score(asem_scheme(asem, rule=rule), asem.table, subjects=asem.subjects)
    expected = asem.stage("norm_zscore_0_1")
    for code in asem.leaves:
        leaf = card.outcome.leaves[code]
        agrees(leaf.share, leaf.known, card, expected, code)


@pytest.mark.parametrize(("file", "threshold"), [("nothresh", 0.0), ("datthresh_0.75", 0.75)])
def test_asem_with_missing_cells(asem, file, threshold):
    """Nothing imputed: five countries are screened out, weights are rescaled, thin nodes have no score."""
    plan = asem_scheme(asem, impute=False, min_share=threshold, screen=0.9, treat=False)
    card = kepu.score(plan, asem.table, subjects=asem.subjects)
    assert {s.subject for s in card.screened} == {"BGD", "BRN", "KHM", "LAO", "MMR"}
    normalised, expected = asem.stage("norm_missing_minmax_0_100"), asem.stage(f"agg_missing_{file}")
    for code in asem.leaves:
        leaf = card.outcome.leaves[code]
        agrees(leaf.share, leaf.known, card, normalised, code, 100)
    for code, node in card.outcome.nodes.items():
        if node.leaf is None:
            agrees(node.shares(), node.known, card, expected, code, 100)


def hdi_scheme():
    def leaf(ident, low, high, weight, kind="linear"):
        rule = kepu.RuleSpec(kind=kind, params={"low": low, "high": high})
        return kepu.Criterion(id=ident, title=ident, weight=weight, metric=ident, rule=rule)

    education = kepu.Criterion(
        id="edu", title="education", weight=1 / 3, children=[leaf("eys", 0, 18, 0.5), leaf("mys", 0, 15, 0.5)]
    )
    root = kepu.Criterion(
        id="hdi",
        title="HDI",
        points=1,
        aggregation=kepu.AggregationSpec(kind="geometric"),
        children=[leaf("le", 20, 85, 1 / 3), education, leaf("gnipc", 100, 75000, 1 / 3, "log_goalposts")],
    )
    return kepu.Scheme(
        id="undp.hdi@2022",
        name="undp.hdi",
        version="2022",
        title="HDI",
        subject="region",
        root=root,
        rounding=kepu.Rounding(decimals=3),
        missing=kepu.MissingPolicy(action="exclude", min_share=1),
    )


def test_the_human_development_index(shared_data):
    """Every value that UNDP published, and every rank, which is one of the rounded value."""
    rows = [r for r in read(shared_data / "hdi" / "hdi_2021.csv") if number(r["hdi_2021"]) is not None]
    table = {k: [number(r[f"{k}_2021"]) for r in rows] for k in ("le", "eys", "mys", "gnipc")}
    card = kepu.score(hdi_scheme(), table, subjects=[r["iso3"] for r in rows])
    values = {r["iso3"]: float(r["hdi_2021"]) for r in rows}
    assert card.score == values
    assert len(values) == 202
    countries = [r for r in rows if r["hdi_rank_2021"]]
    table = {k: [number(r[f"{k}_2021"]) for r in countries] for k in ("le", "eys", "mys", "gnipc")}
    ranked = kepu.score(hdi_scheme(), table, subjects=[r["iso3"] for r in countries])
    assert {r["iso3"]: int(float(r["hdi_rank_2021"])) for r in countries} == ranked.rank
    assert len(countries) == 191


def published(shared_data, name):
    return json.loads((shared_data / "published" / f"{name}.json").read_text("utf-8"))


def test_the_index_of_1999(shared_data):
    """UNDP's worked example of three countries: goalposts, a logarithm, nested means."""
    case = published(shared_data, "hdi_technote_1999_method")
    posts = case["goalposts"]

    def leaf(ident, weight, title):
        kind = "log_goalposts" if posts[title][0] == "log" else "linear"
        low, high = posts[title][-2:]
        return kepu.Criterion(
            id=ident,
            title=title,
            weight=weight,
            metric=title,
            rule=kepu.RuleSpec(kind=kind, params={"low": low, "high": high}),
        )

    education = kepu.Criterion(
        id="edu", title="e", weight=1 / 3, children=[leaf("l", 2 / 3, "literacy"), leaf("n", 1 / 3, "enrolment")]
    )
    root = kepu.Criterion(
        id="hdi",
        title="h",
        points=1,
        children=[leaf("life", 1 / 3, "life"), education, leaf("income", 1 / 3, "gdp_ppp")],
    )
    plan = kepu.replace(hdi_scheme(), root=root)
    table = dict(zip(case["columns"], zip(*case["matrix"], strict=True), strict=True))
    card = kepu.score(plan, table, subjects=case["units"])
    for name, expected in case["expected"].items():
        found = [card.outcome.nodes[name].shares()[at] for at in range(3)]
        assert found == pytest.approx(expected, abs=case["atol"])


def made(case, shares=None):
    matrix = np.array(case["matrix"], float).T if shares is None else shares
    return Children(ids=tuple(f"c{k}" for k in range(len(matrix))), shares=matrix)


def weights(method, case):
    found = method.weights(made(case))
    return found / found.sum()


def test_entropy_weights(shared_data):
    """Elsayed, Dawood & Karthikeyan (2017)."""
    case = published(shared_data, "weights_entropy_elsayed2017")
    assert weights(Entropy(), case) == pytest.approx(case["expected"]["weights"], abs=case["atol"])


def test_standard_deviation_weights(shared_data):
    """Jahan & Edwards (2013)."""
    case = published(shared_data, "weights_std_jahan2013")
    assert weights(StandardDeviation(), case) == pytest.approx(case["expected"]["weights"], abs=case["atol"])


def test_critic_weights(shared_data):
    """Diakoulaki, Mavrotas & Papayannakis (1995), scaled or not, with either correlation."""
    case = published(shared_data, "weights_critic_diakoulaki1995")
    assert weights(Critic(), case) == pytest.approx(case["expected"]["weights"], abs=case["atol"])
    for variant in case["variants"]:
        params = variant["params"]
        method = Critic(scaled=bool(params["scale"]), correlation=params["correlation"])
        assert weights(method, case) == pytest.approx(variant["weights"], abs=case["atol"])


def test_topsis(shared_data):
    """Tzeng & Huang (2011): similarity and rank."""
    case = published(shared_data, "topsis_tzeng2011")
    shares, given = np.array(case["matrix"], float).T, np.array(case["weights"])[:, None]
    found = Topsis().fit(shares, given).combine(shares, given)
    assert found == pytest.approx(case["expected"]["similarity"], abs=case["atol"])
    assert (np.argsort(np.argsort(-found)) + 1).tolist() == case["expected"]["rank"]


def matrix_pairs(labels, matrix):
    return {(a, b): matrix[i][j] for i, a in enumerate(labels) for j, b in enumerate(labels) if i < j}


def test_the_analytic_hierarchy_process(shared_data):
    """Saaty (2008): weights and consistency, with both tables of random indices."""
    case = published(shared_data, "ahp_saaty2008_drinks")
    labels, expected = tuple(case["labels"]), case["expected"]
    found = pairwise_weights(labels, matrix_pairs(labels, case["matrix"]))
    assert list(found.weights.values()) == pytest.approx(expected["weights"], abs=case["atol"])
    assert found.consistency_ratio == pytest.approx(expected["consistency_ratio"], abs=case["atol"])
    other = pairwise_weights(labels, matrix_pairs(labels, case["matrix"]), RandomIndex.DONEGAN_DODD)
    assert other.consistency_ratio == pytest.approx(expected["consistency_ratio_donegan_dodd"], abs=case["atol"] / 5)


def test_incomplete_comparisons(shared_data):
    """Bozóki, Fülöp & Rónyai (2010): the missing comparison is filled in, and the weights follow."""
    case = published(shared_data, "ahp_incomplete_bozoki2010")
    pairs = {(a, b): x for a, b, x in case["pairs"]}
    found = pairwise_weights(("a", "b", "c", "d"), pairs, RandomIndex.DONEGAN_DODD)
    assert found.weights == pytest.approx(case["expected"]["weights"], abs=case["atol"])
    assert found.consistency_ratio == pytest.approx(
        case["expected"]["consistency_ratio_donegan_dodd"], abs=case["atol"]
    )


def test_a_hierarchy_of_comparisons(shared_data):
    """The leader example: comparisons of criteria, and of candidates under each."""
    case = published(shared_data, "ahp_leader_hierarchy")
    criteria, people = tuple(case["criteria"]), tuple(case["alternatives"])
    top = pairwise_weights(criteria, matrix_pairs(criteria, case["criteria_matrix"]))
    below = {c: pairwise_weights(people, matrix_pairs(people, case["alternative_matrices"][c])) for c in criteria}
    expected = case["expected"]
    assert list(top.weights.values()) == pytest.approx(expected["criteria_weights"], abs=case["atol"])
    assert top.consistency_ratio == pytest.approx(expected["criteria_cr"], abs=case["atol"])
    # The published result was made of weights rounded to three digits at either level; exact ones give 0.149 for Sue.
    final = [sum(round(top.weights[c], 3) * round(below[c].weights[p], 3) for c in criteria) for p in people]
    assert final == pytest.approx(expected["alternatives"], abs=case["atol"])
    assert below["Experience"].consistency_ratio == pytest.approx(expected["cr_experience"], abs=case["atol"])
    assert below["Education"].consistency_ratio == pytest.approx(expected["cr_education"], abs=case["atol"])


def test_experts_in_a_scheme(shared_data):
    """The same comparisons as the weighting of a node give the same weights."""
    case = published(shared_data, "ahp_saaty2008_drinks")
    labels = tuple(case["labels"])
    rows = [[a, b, x] for (a, b), x in matrix_pairs(labels, case["matrix"]).items()]
    found = Ahp(experts={"one": rows}).weights(Children(ids=labels, shares=np.zeros((7, 0))))
    assert found == pytest.approx(case["expected"]["weights"], abs=case["atol"])


@pytest.mark.parametrize(
    ("name", "kind", "params"),
    [
        ("minmax", "min_max", {}),
        ("max", "fraction_of_max", {"complement": True}),
        ("sum", "fraction_of_sum", {}),
        ("vector", "vector", {}),
        ("linear", "fraction_of_max", {}),
    ],
)
def test_normalisations(shared_data, name, kind, params):
    """Five normalisations of a matrix with benefits and costs."""
    case = published(shared_data, "normalisations_6x3")
    for k, direction in enumerate(case["directions"]):
        raw = np.array([row[k] for row in case["matrix"]], float)
        cells = kepu.Cells(raw=raw, higher=direction > 0)
        found = RULES[kind].build(params).fit(cells).shares(cells)
        assert found == pytest.approx([row[k] for row in case["expected"][name]], abs=case["atol"])


def test_a_weighted_sum(shared_data):
    """Kracka, Brauers & Zavadskas (2010): parts of sums, costs by their reciprocals."""
    case = published(shared_data, "wsm_kracka2010")
    total = sum(case["weights"])
    leaves = [
        kepu.Criterion(
            id=f"c{k}",
            title=f"c{k}",
            weight=w / total,
            metric=f"c{k}",
            reversed=case["directions"][k] < 0,
            rule=kepu.RuleSpec(kind="fraction_of_sum"),
        )
        for k, w in enumerate(case["weights"])
    ]
    root = kepu.Criterion(id="t", title="t", points=1, children=leaves)
    plan = kepu.replace(hdi_scheme(), root=root, rounding=kepu.Rounding(decimals=9))
    table = {f"c{k}": [row[k] for row in case["matrix"]] for k in range(len(leaves))}
    card = kepu.score(plan, table)
    assert [card.score[str(k + 1)] for k in range(6)] == pytest.approx(case["expected"]["score"], abs=case["atol"])
    assert [card.rank[str(k + 1)] for k in range(6)] == case["expected"]["rank"]


def test_rounding_modes_differ_only_at_halves():
    """The two modes give the same for everything but an exact half."""
    column = np.array([0.5, 1.5, 2.5, 0.4999, 2.5001])
    up = rounded(column, kepu.Rounding(decimals=0))
    even = rounded(column, kepu.Rounding(decimals=0, mode=RoundingMode.HALF_EVEN))
    assert up.tolist() == [1, 2, 3, 0, 3]
    assert even.tolist() == [0, 2, 2, 0, 3]
