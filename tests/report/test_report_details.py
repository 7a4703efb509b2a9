"""What readers compute again from a report: sums that add up once, what decides a score, who was caught."""

import pytest
from report_kit import ON, blocks, campaign, column, day, grid, plan

import kepu_core as kepu
from kepu_core.report import Bars, Tone, campaigns_report, plan_report, scorecard_report

LINEAR = kepu.RuleSpec(kind="linear", params={"low": 0, "high": 100})


def test_a_unit_in_two_roles_has_one_item():
    """Its item is late or done once; what was last said of an item is told, even if a later report only gives figures."""
    both = [kepu.Assignment(unit="甲局", role=role) for role in ("lead", "responsible")]
    late = kepu.PlanItem(id="i", plan="p", section="1", text="办", assignments=both, due=day("2021-01-01"))
    reports = [
        kepu.ProgressReport(id="r1", item="i", reported_on=day("2021-02-01"), summary="已启动", event="started"),
        kepu.ProgressReport(id="r2", item="i", reported_on=day("2021-03-01"), percent=50),
        kepu.ProgressReport(id="r3", item="i", reported_on=day("2021-12-01"), summary="以后的"),
    ]
    report = plan_report(plan(), [late], reports, on=ON)
    assert grid(report, "units").table.rows == (("甲局", 1, 1, 0, 0, 1),)
    assert column(grid(report, "attention"), "units") == ["甲局"]
    assert column(grid(report, "tasks"), "summary") == ["已启动"]


def test_figures_of_a_campaign_hold_those_of_its_activities():
    """They are added up once, at the head and by region."""
    whole, bare = campaign("c1", 2021, 1, participation=100), campaign("c2", 2021, 2)
    inside = [
        kepu.Activity(
            id=f"a{n}", campaign=c, name="讲座", starts_on=day("2021-05-01"), region="440300",
            figures=kepu.CampaignFigures(participation=40),
        )
        for n, c in enumerate(("c1", "c2", "c2"))
    ]  # fmt: skip
    report = campaigns_report([whole, bare], [], inside, on=ON)
    assert next(f.value for f in report.facts if f.key == "participation") == 180
    assert column(grid(report, "regions"), "participation") == [180]


def test_bars_end_at_the_score_under_any_aggregation():
    root = kepu.Criterion(
        id="t", title="总分", points=100, aggregation=kepu.AggregationSpec(kind="geometric"),
        children=[kepu.Criterion(id=k, title=k, weight=0.5, metric=k, rule=LINEAR) for k in "ab"],
    )  # fmt: skip
    plan = kepu.Scheme(id="s@1", name="s", version="1", title="S", subject="base", root=root)
    card = kepu.score(plan, {"id": ["甲", "乙"], "a": [90.0, 20.0], "b": [40.0, 60.0]})
    (bars,) = [b for b in blocks(scorecard_report(card), Bars) if b.key == "contributions"]
    assert {bar.label: pytest.approx(sum(bar.pieces)) for bar in bars.bars} == {r.name: r.score for r in card.standings}


def test_what_decides_is_told_of_the_scheme():
    """Denominators, directions, figures in full, caps, what a veto does, ties, rounding; who was caught, who shares the first place."""
    root = kepu.Criterion(
        id="t", title="总分", points=100,
        children=[
            kepu.Criterion(id="a", title="甲", weight=0.5, metric="a", denominator="pop", per=100_000, reversed=True,
                           rule=kepu.RuleSpec(kind="ratio", params={"target": 1234567})),
            kepu.Criterion(id="b", title="乙", weight=0.5, metric="b", rule=LINEAR),
        ],
    )  # fmt: skip
    plan = kepu.Scheme(
        id="s@1", name="s", version="1", title="S", subject="base", root=root, bonus_cap=3,
        adjustments=[kepu.Adjustment(id="x", title="加", kind="bonus", metric="b", points_each=0, cap=1)],
        vetoes=[kepu.Veto(id="v", title="事故", metric="b", above=90, effect="cap_score", score=60)],
        ranking=kepu.Ranking(tie_break=["b"]),
    )  # fmt: skip
    table = {"id": ["甲市", "乙市", "丙市"], "a": [1.0, 1.0, 1.0], "b": [50.0, 50.0, 95.0], "pop": [10.0, 10.0, 10.0]}
    report = scorecard_report(kepu.score(plan, table))
    told = " ".join(str(value) for g in report.grids() for row in g.table.rows for value in row)
    for word in (
        "a ÷ pop × 100000",
        "1234567",
        "reversed",
        "together at most",
        "total is capped: 60",
        "2 decimals",
    ):
        assert word in told, word
    assert [f.value for f in report.facts if f.key == "first"] == ["乙市、甲市"]
    ranking = grid(report, "ranking")
    tones = zip(column(ranking, "name"), ranking.tones, strict=True)
    assert [name for name, tone in tones if tone is Tone.BAD] == ["丙市"]
