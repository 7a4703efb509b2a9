"""What is told of plans, bases, campaigns and scorecards, whatever the format."""

import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from report_kit import ON, blocks, campaign, column, day, grid, plan

import kepu_core as kepu
from kepu_core.domain.progress import ItemEvent
from kepu_core.language import use_language
from kepu_core.report import (
    Bars,
    Grid,
    Report,
    Tiles,
    Timeline,
    Tone,
    bases_report,
    campaigns_report,
    plan_report,
    scorecard_report,
)
from kepu_core.report.layout import located, placed
from kepu_core.testing.reports import made_report
from kepu_core.testing.scorecards import made_scorecard, scorecards
from kepu_core.testing.strategies import strategy_for

NAMES = {"440300": "深圳市", "440100": "广州市", "a": "省科协"}


def items():
    lead = kepu.Assignment(unit="科普部", role="lead")
    return [
        kepu.PlanItem(
            id="i1",
            plan="p",
            section="1",
            text="举办大赛",
            order=1,
            due=day("2021-06-01"),
            assignments=[lead],
            realises="f1",
        ),
        kepu.PlanItem(
            id="i2", plan="p", section="1", text="开展培训", order=2, due=day("2021-07-20"), assignments=[lead]
        ),
        kepu.PlanItem(id="i3", plan="p", section="2", text="命名基地", order=3, roles=["host"], audiences=["youth"]),
    ]


def told(state="completed"):
    return [
        kepu.ProgressReport(id="r1", item="i3", reported_on=day("2021-06-02"), event=ItemEvent(state), summary="已命名")
    ]


# Plans


def test_a_plan_tells_what_is_late_and_whose_it_is():
    report = plan_report(plan(), items(), told(), on=ON, names=NAMES)
    late = grid(report, "attention")
    assert column(late, "text") == ["举办大赛", "开展培训"]
    assert column(late, "days") == [30, 0]
    assert late.tones == (Tone.BAD, Tone.WATCH)
    assert {f.key: f.value for f in report.facts} == {
        "issuer": "省科协",
        "period": "2021",
        "items": 3,
        "completed": 1,
        "overdue": 1,
    }
    units = grid(report, "units")
    assert units.table.rows == (("科普部", 2, 0, 0, 0, 1),)


def test_the_task_table_is_in_the_order_of_the_plan():
    report = plan_report(plan(), reversed(items()), told(), on=ON)
    tasks = grid(report, "tasks")
    assert column(tasks, "text") == ["举办大赛", "开展培训", "命名基地"]
    assert column(tasks, "section") == ["一 活动", "一 活动", "二 基地"]
    assert column(tasks, "summary") == [None, None, "已命名"]
    assert [s.record for s in blocks(report, Timeline)[0].spans] == ["plan_item/i1", "plan_item/i2"]


def test_a_plan_tells_which_items_above_nobody_realises():
    above = [kepu.PlanItem(id=f"f{n}", plan="five", section="1", text=f"上级{n}", order=n) for n in (2, 1)]
    found = grid(plan_report(plan(), items(), on=ON, above=above), "alignment")
    assert column(found, "above") == ["上级1", "上级2"]
    assert column(found, "items") == ["举办大赛", None]
    assert found.tones == (Tone.GOOD, Tone.WATCH)


@given(st.lists(strategy_for(kepu.PlanItem), max_size=6, unique_by=lambda i: i.id), st.randoms())
def test_a_plan_tells_the_same_in_whatever_order_it_is_given(found, chance):
    mixed = [
        kepu.PlanItem(**{f: getattr(i, f) for f in ("id", "section", "text", "order", "due")}, plan="p") for i in found
    ]
    first = plan_report(plan(), mixed, on=ON)
    chance.shuffle(mixed)
    assert plan_report(plan(), mixed, on=ON) == first
    assert sum(column(grid(first, "sections"), "items")) <= len(mixed)
    if mixed:
        assert len(grid(first, "tasks").table.rows) == len(mixed)


# Bases


def base(ident="b1", **more):
    title = kepu.Designation(
        id="d",
        title="省级基地",
        level="provincial",
        valid_from=day("2016-10-01"),
        valid_to=more.pop("until", day("2021-09-30")),
        steps=[kepu.DesignationStep(event="designated", on=day("2016-10-01"))],
    )
    contact = kepu.Contact(name="张三", phone="13800000000")
    given_ = {
        "name": "某科技馆",
        "kind": "science_museum",
        "region": "440300",
        "designations": [title],
        "contact": contact,
    }
    return kepu.Base(id=ident, **(given_ | more))


def test_a_register_tells_titles_and_which_end_soon():
    reports = [kepu.BaseReport(id=f"r{y}", base="b1", period=str(y), visits=y) for y in (2020, 2019)]
    report = bases_report([base(), base("b2", until=day("2025-01-01"), region="440100")], reports, on=ON, names=NAMES)
    register = grid(report, "register")
    assert column(register, "id") == ["b2", "b1"]
    assert column(register, "region") == ["广州市", "深圳市"]
    assert column(register, "visits") == [None, 2020]
    (soon,) = blocks(report, Timeline)
    assert [(s.label, s.starts) for s in soon.spans] == [("某科技馆 · 省级基地", dt.date(2021, 9, 30))]
    assert not blocks(bases_report([base()], on=ON, warn_days=10), Timeline)
    assert not blocks(bases_report([base()], on=dt.date(2022, 1, 1)), Timeline)
    assert column(grid(bases_report([base()], on=dt.date(2022, 1, 1)), "titles"), "state") == [
        kepu.DesignationState.EXPIRED
    ]


def test_contacts_leave_only_when_asked_for():
    assert "张三" not in repr(bases_report([base()], on=ON))
    asked = bases_report([base()], on=ON, include_personal=True)
    assert column(grid(asked, "register"), "contact") == ["张三"]


@given(st.lists(strategy_for(kepu.Base), max_size=5, unique_by=lambda b: b.id), st.randoms())
def test_a_register_is_the_same_in_whatever_order_and_counts_every_base(found, chance):
    first = bases_report(found, on=ON)
    mixed = list(found)
    chance.shuffle(mixed)
    assert bases_report(mixed, on=ON) == first
    (tiles,) = blocks(first, Tiles) or [None]
    assert sum(int(t.text) for t in tiles.tiles) == len(found) if tiles else not found


def tiles_of(*bases, **more):
    (tiles,) = blocks(bases_report(bases, on=ON, **more), Tiles)
    return tiles.title.en, {t.region: (t.column, t.row, t.text) for t in tiles.tiles}


def test_bases_of_one_city_are_told_by_district_and_stand_where_they_lie():
    """North is above, east is to the right; without a location for each district, they are laid out by code."""
    sites = {"440303": (22.55, 114.13), "440305": (22.53, 113.93), "440306": (22.75, 113.88), "440307": (22.72, 114.25)}
    bases = [
        base(f"b{n}", region=code, location=kepu.Location(latitude=lat, longitude=lon))
        for n, (code, (lat, lon)) in enumerate(sites.items())
    ]
    title, found = tiles_of(*bases, base("b9", region="440305"))
    assert title == "bases by district"
    assert found["440305"][2] == "2"
    assert found["440306"][1] < found["440305"][1]
    assert found["440307"][1] < found["440303"][1]
    assert found["440306"][0] < found["440307"][0]
    assert found["440305"][0] < found["440303"][0]
    _, by_code = tiles_of(*bases, base("b9", region="440304"))
    assert [by_code[code][0] for code in sorted(by_code)][:2] == [0, 1]
    title, found = tiles_of(base(), base("b2", region="440100"), tiles={"440300": (5, 5), "440100": (4, 4)})
    assert (title, found) == ("bases by city", {"440100": (0, 0, "1"), "440300": (1, 1, "1")})


DEGREES = st.tuples(st.floats(-60, 60), st.floats(-179, 179))


@given(st.dictionaries(st.from_regex("[0-9]{6}", fullmatch=True), DEGREES, max_size=30), st.randoms())
def test_no_two_regions_share_a_tile_wherever_they_lie(points, chance):
    found = located(points)
    assert found.keys() == points.keys()
    assert len(set(found.values())) == len(points)
    assert all(column >= 0 and row >= 0 for column, row in found.values())
    entries = list(points.items())
    chance.shuffle(entries)
    assert located(dict(entries)) == found


# Campaigns


def test_campaigns_tell_editions_and_never_add_views_to_persons():
    found = [
        campaign("c2", 2021, 36, participation=10, views=1000),
        campaign("c1", 2020, 35, participation=7),
        campaign("c0", 2019, 34),
    ]
    report = campaigns_report(
        found, [kepu.CampaignSeries(id="s", name="创新大赛", kind="competition")], on=ON, names=NAMES
    )
    facts = {f.key: f.value for f in report.facts}
    assert (facts["participation"], facts["views"]) == (17, 1000)
    editions = grid(report, "editions")
    assert column(editions, "edition") == [34, 35, 36]
    assert column(editions, "participation") == [None, 7, 10]
    assert column(grid(report, "regions"), "views") == [1000]
    assert [s.starts.year for s in blocks(report, Timeline)[0].spans] == [2019, 2020, 2021]


def test_activities_stand_in_the_calendar():
    activity = kepu.Activity(id="x", campaign="c1", name="开幕式", starts_on=day("2020-05-02"), region="440300")
    report = campaigns_report([campaign("c1", 2020, 35)], [], [activity], on=ON, names=NAMES)
    spans = blocks(report, Timeline)[0].spans
    assert [s.label for s in spans] == ["第35届大赛", "开幕式"]
    assert str(spans[1].note) == "深圳市"


# Scorecards


@given(scorecards())
def test_a_scorecard_is_told_whole(card):
    report = scorecard_report(card)
    ranking = grid(report, "ranking")
    assert column(ranking, "subject") == [row.subject for row in card.standings]
    assert len(blocks(report, Tiles)[0].tiles) == len(card)
    for row in card.standings:
        derivation = grid(report, f"derivation-{row.subject}")
        *lines, total = column(derivation, "contribution")
        assert total == row.score
        if row.score is not None:
            assert sum(map(Decimal, map(str, (x or 0 for x in lines)))) == pytest.approx(Decimal(str(row.score)))
    treated = sum(cell.flag != 0 for cell in card.touched())
    assert next(f.value for f in report.facts if f.key == "treated") == treated


def test_bars_of_a_scorecard_end_at_the_score():
    card = made_scorecard(["甲市", "乙市", "丙市"])
    (bars,) = [b for b in blocks(scorecard_report(card), Bars) if b.key == "contributions"]
    ends = {bar.label: sum(bar.pieces) for bar in bars.bars}
    assert ends == {row.name: pytest.approx(row.score) for row in card.standings if row.score is not None}


def test_only_the_first_ranks_are_derived_and_it_says_so():
    report = scorecard_report(made_scorecard(["甲市", "乙市", "丙市"]), details=1)
    (section,) = [s for s in report.sections if s.key == "subjects"]
    assert len(section.sections) == 1
    assert "2" in section.blocks[0].text.en


def test_intervals_of_ranks_stand_beside_them():
    card = made_scorecard(["甲市", "乙市", "丙市"])
    sure = card.uncertainty(draws=50, seed=1)
    ranking = grid(scorecard_report(card, uncertainty=sure), "ranking")
    for subject, low, high in zip(
        column(ranking, "subject"), column(ranking, "rank_low"), column(ranking, "rank_high"), strict=True
    ):
        assert (low, high) == (sure[subject].low, sure[subject].high)
    (bars,) = [b for b in blocks(scorecard_report(card, uncertainty=sure), Bars) if b.key == "intervals"]
    assert [(b.label, b.pieces, b.low, b.high) for b in bars.bars] == [
        (row.name, (row.rank,), row.low, row.high) for row in sure.rows if row.rank is not None
    ]


def test_a_ranking_has_no_columns_that_say_nothing():
    """No grades, no groups, and codes only where they are not the names once more."""
    root = kepu.Criterion(
        id="t", title="总分", points=100, metric="a", rule=kepu.RuleSpec(kind="linear", params={"low": 0, "high": 100})
    )
    plain = kepu.Scheme(id="s@1", name="s", version="1", title="S", subject="base", root=root)
    ranking = grid(scorecard_report(kepu.score(plain, {"id": ["甲", "乙"], "a": [30.0, 60.0]})), "ranking")
    assert [c.key for c in ranking.table.columns] == ["rank", "name", "score", "t", "coverage", "flagged"]
    assert len({len(row) for row in (*ranking.table.rows, *ranking.shares)}) == 1


def test_a_map_without_places_is_laid_out_by_code():
    places = placed(["c", "a", "b"], {"a": (5, 5), "b": (5, 5), "c": (0, 0)})
    assert places == {"a": (0, 0), "b": (1, 0), "c": (2, 0)}
    assert placed([], {}) == {}


# From a workspace


class Wrote:
    """An exporter that keeps what it is given."""

    kepu_namespace = "my"

    def __init__(self):
        self.what = None

    @kepu.hook
    def kepu_exporters(self):
        def write(what, out, context):
            self.what = what
            out.write(b"told")

        return [
            kepu.Exporter(
                name="my.told", label=kepu.Text("甲", "a"), suffixes=(".told",), accepts=("report",), write=write
            )
        ]


def opened(plugin):
    manager = kepu.PluginManager.with_builtins()
    manager.register(plugin, name="my")
    return kepu.open_workspace(plugins=manager, clock=lambda: dt.datetime(2021, 6, 30, 17, tzinfo=dt.UTC))


def test_a_workspace_reports_the_day_in_shanghai(tmp_path):
    plugin = Wrote()
    with opened(plugin) as ws:
        ws.put(kepu.Organisation(id="a", name="省科协", kind="association"))
        ws.put(
            kepu.Region(id="440000", name="广东省", level="province"),
            kepu.Region(id="440300", name="深圳市", level="prefecture", parent="440000"),
        )
        ws.put(base())
        report = ws.report("bases", region="440000")
        assert (report.on, column(grid(report, "register"), "region")) == (ON, ["深圳市"])
        assert (tmp_path / "r.told") == ws.export(report, tmp_path / "r.told")
        assert plugin.what == report
        assert not ws.report("campaigns", period="2021").sections


def test_a_scorecard_is_told_to_exporters_of_reports(tmp_path):
    plugin = Wrote()
    card = made_scorecard(["甲市"])
    with opened(plugin) as ws:
        ws.export(card, tmp_path / "r.told")
        assert isinstance(plugin.what, Report)
        assert plugin.what.kind == "scorecard"
        assert [b.key for b in blocks(plugin.what, Bars)] == ["contributions"]
        ws.export(card, tmp_path / "r.told", draws=50)
        assert [b.key for b in blocks(plugin.what, Bars)] == ["intervals", "contributions"]
        assert plugin.what == ws.report(card, draws=50)
        with pytest.raises(kepu.NotFound, match=r"export\.no-exporter.*\.csv is for records"):
            ws.export(made_report(["甲"]), tmp_path / "r.csv")
        with pytest.raises(kepu.NotFound, match=r"export\.no-exporter.*→ what can"):
            ws.export(made_report(["甲"]), tmp_path / "r.nobody")


@pytest.mark.parametrize(
    ("asked", "code"),
    [(("plan",), "report.which-plan"), (("nothing",), "report.unknown-kind"), (("plan", "no"), "workspace")],
)
def test_what_cannot_be_told_of(asked, code):
    with opened(Wrote()) as ws, pytest.raises(kepu.NotFound) as caught:
        ws.report(*asked)
    assert caught.value.findings[0].code.startswith(code)


def test_both_languages_show_the_same_values():
    report = plan_report(plan(), items(), told(), on=ON)
    found = grid(report, "tasks")
    with use_language("zh"):
        chinese = [found.table.shown(row) for row in found.table.rows]
    with use_language("en"):
        english = [found.table.shown(row) for row in found.table.rows]
    assert chinese[2][3:4] == ["主办"]
    assert english[2][3:4] == ["host"]
    assert [row[2] for row in chinese] == [row[2] for row in english]
    assert isinstance(found, Grid)
