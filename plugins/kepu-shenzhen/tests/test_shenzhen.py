"""The model city plugin: what it measures, how it judges, what it refuses, and what it sends out."""

import datetime as dt
import io
import math
import subprocess
import sys
from pathlib import Path

import attrs
import pytest

import kepu_core as kepu
import kepu_guangdong.plugin
import kepu_shenzhen.plugin
from kepu_guangdong import CITY_ANNUAL_2021
from kepu_shenzhen.exporters import BULLETIN
from kepu_shenzhen.material import DEMO, records
from kepu_shenzhen.metrics import METRICS
from kepu_shenzhen.records import Station
from kepu_shenzhen.schemes import DISTRICT_ANNUAL_2021, TAKEN

LUOHU, NANSHAN, YANTIAN, LONGHUA, PINGSHAN, GUANGMING = "440303", "440305", "440308", "440309", "440310", "440311"
GUANGZHOU_TIANHE = "440106"
NOON = dt.datetime(2022, 3, 1, 12, tzinfo=dt.UTC)


@pytest.fixture(scope="module")
def manager():
    manager = kepu.PluginManager.with_builtins(strict=True)
    manager.register(kepu_guangdong.plugin, "guangdong")
    manager.register(kepu_shenzhen.plugin, "shenzhen")
    return manager


@pytest.fixture(scope="module")
def ws(manager):
    with kepu.open_workspace(plugins=manager, clock=lambda: NOON) as workspace:
        workspace.put(records(2021))
        yield workspace


@pytest.fixture(scope="module")
def card(ws):
    return ws.evaluate("sz.district-annual", "2021")


@pytest.fixture
def empty(manager):
    with kepu.open_workspace(plugins=manager, clock=lambda: NOON) as workspace:
        yield workspace


def station(ident="s1", **fields):
    given = {"name": "驿站", "region": NANSHAN, "opened_on": dt.date(2021, 1, 1), **fields}
    return Station(id=ident, **given)


def bulletin(card, at=NOON):
    out = io.BytesIO()
    BULLETIN.write(card, out, kepu.ExportContext(codec=kepu.Codec([]), generated_at=at))
    return out.getvalue()


# The whole


def test_the_source_is_short():
    """It can be read in one sitting: under 300 lines, blank ones and all."""
    folder = Path(kepu_shenzhen.plugin.__file__).parent
    assert sum(len(file.read_text("utf-8").splitlines()) for file in folder.glob("*.py")) < 300


def test_listing_plugins_stays_cheap():
    """Importing the plugin module imports none of the modules behind its hooks."""
    told = "import sys, kepu_shenzhen.plugin; print(*sorted(m for m in sys.modules if m.startswith('kepu_shenzhen')))"
    found = subprocess.run([sys.executable, "-c", told], capture_output=True, text=True, check=True).stdout
    assert found.split() == ["kepu_shenzhen", "kepu_shenzhen.plugin"]


def test_everything_fits_together(ws):
    """The checks of all plugins find nothing to say of the material."""
    assert ws.check() == ()


def test_the_same_seed_gives_the_same():
    """On every machine; another seed gives other figures."""
    assert list(records(1)) == list(records(1))
    assert list(records(1)) != list(records(2))


def test_every_made_up_figure_says_so():
    """Each figure of the material is marked, one by one."""
    figures = [r for r in records(2021) if isinstance(r, kepu.Observation)]
    assert len(figures) == 9 * 16
    assert all(o.standing is kepu.Standing.ILLUSTRATIVE and o.source for o in figures)


def test_the_provinces_demo_stays_the_first(manager):
    """`kepu demo` shows the first by name."""
    assert list(manager.values(kepu.hook.kepu_demo)) == ["guangdong", DEMO.name]


def test_every_metric_names_its_source():
    """With the day on which it was checked, its limits, and titles in both languages."""
    for metric in METRICS:
        assert metric.provenance.source
        assert metric.provenance.checked_on
        assert metric.provenance.limits
        assert metric.title.zh != metric.title.en


# The scheme


def test_the_subjects_are_the_districts(ws):
    """Those that the table of regions knows, each in one of the two groups."""
    members = [m for group in DISTRICT_ANNUAL_2021.peer_groups for m in group.members]
    assert sorted(members) == [r.id for r in ws.regions.children("440300")]
    assert len(members) == 9


def test_the_province_counts_for_seventy_points_and_the_city_for_thirty():
    """The five groups that were taken, and the city's own."""
    points = {child.id: child.points for child in DISTRICT_ANNUAL_2021.root.children}
    assert set(points) == TAKEN | {"everywhere"}
    assert math.isclose(sum(points[ident] for ident in TAKEN), 70)
    assert points["everywhere"] == 30


def test_inside_the_provinces_part_no_share_changes(ws, card):
    """At each node of the province every district earns 70 % of what it would earn under the province's own scheme."""
    theirs = kepu.replace(
        CITY_ANNUAL_2021,
        id="x.province@1",
        name="x.province",
        version="1",
        peer_groups=DISTRICT_ANNUAL_2021.peer_groups,
    )
    alone = ws.evaluate(theirs, "2021")
    taken = [node.id for node in theirs.root.walk() if node.id != theirs.root.id]
    assert len(taken) == 15
    for ident in taken:
        before, after = alone.points(ident), card.points(ident)
        assert before.keys() == after.keys()
        for district, points in before.items():
            assert (points is None) == (after[district] is None), (ident, district)
            assert points is None or math.isclose(after[district], points * 0.7), (ident, district)


@pytest.mark.parametrize("what", ["missing", "rejected", "grades", "vetoes", "rounding", "ranking", "valid_from"])
def test_what_the_city_does_not_say_is_the_provinces(what):
    """Policies, grades and vetoes are taken over as they are."""
    assert getattr(DISTRICT_ANNUAL_2021, what) == getattr(CITY_ANNUAL_2021, what)


def test_it_says_that_it_is_illustrative(card):
    """Scheme, scorecard and explanation."""
    assert DISTRICT_ANNUAL_2021.illustrative
    assert "非官方" in DISTRICT_ANNUAL_2021.provenance.source
    assert card.illustrative
    assert "illustrative" in str(card.explain("南山区"))


def test_every_district_has_a_score_and_a_rank_in_its_group(card):
    """Nobody is left out, though some figures are missing."""
    assert [row.rank for row in card] == list(range(1, 10))
    for group in ("原特区内", "原特区外"):
        ranks = sorted(row.group_rank for row in card if row.group == group)
        assert ranks == list(range(1, len(ranks) + 1))


def test_an_accident_costs_the_grade_not_the_rank(card):
    """The province's veto holds in the districts."""
    accidents = {o for o in card.subjects if card.board["gd.accidents"].get(o)}
    assert accidents == {LONGHUA}
    assert card.grade[LONGHUA] == "不合格"
    assert card.score[LONGHUA] > 70


@pytest.mark.parametrize(("adopted", "bonus"), [(0, 0), (3, 1.5), (4, 2), (400, 2)])
def test_the_bonus_has_a_cap(card, adopted, bonus):
    """Half a point for each debunked rumour that was adopted, at most two."""
    changed = card.with_figures("sz.debunks_adopted", {NANSHAN: adopted}).explain(NANSHAN)
    assert {x.id: float(x.contribution) for x in changed.extras}["bonus_debunks"] == bonus


# The metrics


def test_bases_by_hand(ws, card):
    """南山: four bases and 1.8 million residents; the derivation names them all."""
    open_bases = [b.id for b in ws.find(kepu.Base, region=NANSHAN) if b.opened_on <= dt.date(2021, 12, 31)]
    assert len(open_bases) == 4
    (line,) = (n for n in card.explain(NANSHAN).leaves if n.id == "bases_per_100k")
    assert math.isclose(line.raw, 4 / 1_800_000 * 100_000)
    assert set(line.sources) == {f"base/{ident}" for ident in open_bases} | {f"observation/population|{NANSHAN}|2020"}


def test_a_criterion_by_hand(card):
    """南山: five stations in eight streets are 0.625 each; of eight points for one in every street, that is five."""
    assert card.board["sz.stations_per_street"].get(NANSHAN) == 5 / 8
    assert math.isclose(card.points("stations_per_street")[NANSHAN], 5)


@pytest.mark.parametrize(
    ("metric", "district", "value"),
    [
        pytest.param("bases_per_100k", PINGSHAN, 0, id="its base opened after the year"),
        pytest.param("reporting_rate", PINGSHAN, None, id="no base, no rate"),
        pytest.param("reporting_rate", LUOHU, 50, id="one of two reports"),
        pytest.param("stations_per_street", YANTIAN, 2 / 4, id="the third closed in June"),
        pytest.param("stations_per_street", LONGHUA, 2 / 6, id="the third opened after the year"),
        pytest.param("onsite_per_10k", GUANGMING, 0, id="views online and people online are not on site"),
        pytest.param("onsite_per_10k", YANTIAN, 4000 / 21, id="participation, not views"),
    ],
)
def test_what_counts(card, metric, district, value):
    """Registers on the last day of the year; people on site, not views; what does not exist is no zero."""
    found = card.board[f"sz.{metric}"].get(district)
    assert found == value if value is None else math.isclose(found, value)


def test_a_rate_without_bases_is_undefined_not_zero(card):
    """The criterion is left out, and the derivation says that the others were scaled up."""
    assert card.board["sz.reporting_rate"].reason(PINGSHAN) is kepu.Reason.UNDEFINED
    (node,) = (n for n in card.explain(PINGSHAN).nodes if n.id == "everywhere")
    assert node.rescaled


def test_a_report_for_another_year_is_none_for_this_one(empty):
    """Only the report for the period counts."""
    base = kepu.Base(id="b1", name="某馆", kind=kepu.BaseKind.VENUE, region=LUOHU, opened_on=dt.date(2015, 1, 1))
    empty.put(records(2021))
    empty.put(base, kepu.BaseReport(id="b1-2020", base="b1", period="2020"))
    assert math.isclose(empty.evaluate("sz.district-annual", "2021").board["sz.reporting_rate"].get(LUOHU), 100 / 3)


def test_participation_that_was_not_reported_is_missing(empty):
    """An activity on site without figures does not make a district one without people."""
    empty.put(r for r in records(2021) if not isinstance(r, kepu.Activity))
    empty.put(
        kepu.Activity(
            id="a1", campaign="sz-month-2021", name="专场", starts_on=dt.date(2021, 9, 4), region=LUOHU, mode="onsite"
        )
    )
    values = empty.evaluate("sz.district-annual", "2021").board["sz.onsite_per_10k"]
    assert values.reason(LUOHU) is kepu.Reason.MISSING


# Records and their check


@pytest.mark.parametrize("region", [GUANGZHOU_TIANHE, "440300", "440399", "440000"])
def test_a_station_outside_the_districts_is_refused(empty, region):
    """Another city's district, the city itself, an unknown code: it would count for nobody. Nothing is stored."""
    with pytest.raises(kepu.InvalidData) as caught:
        empty.put(station("ours"), station("theirs", region=region))
    (finding,) = (f for f in caught.value.findings if f.code == "sz.station-elsewhere")
    assert (finding.record, finding.field, finding.severity) == ("sz.station/theirs", "region", kepu.Severity.ERROR)
    assert region in finding.message.zh
    assert region in finding.message.en
    assert list(empty.find(Station)) == []


@pytest.mark.parametrize(("region", "told"), [(NANSHAN, ["base/b1"]), (GUANGZHOU_TIANHE, [])])
def test_a_base_without_an_opening_date_is_told_of(empty, region, told):
    """As a warning, and only of the city's own: other cities keep their own registers."""
    base = kepu.Base(id="b1", name="某馆", kind=kepu.BaseKind.VENUE, region=region)
    found = [f for f in empty.check([base]) if f.code == "sz.base-no-opening"]
    assert [f.record for f in found] == told
    assert all(f.severity is kepu.Severity.WARNING for f in found)
    assert empty.put(base) is not None


def test_a_station_does_not_close_before_it_opens():
    """The rule of the record type itself holds wherever one is made."""
    with pytest.raises(kepu.InvalidData) as caught:
        station(closed_on=dt.date(2020, 12, 31))
    assert [(f.code, f.field) for f in caught.value.findings] == [("sz.station-closed-first", "closed_on")]
    assert station(closed_on=dt.date(2021, 1, 1)).is_open(dt.date(2021, 1, 1))


def test_stations_are_found_by_district_and_day(ws):
    """Both are index fields."""
    assert len(list(ws.find(Station, under="440300"))) == 41
    assert len(list(ws.find(Station, region=NANSHAN))) == 5
    day = next(ws.find(Station, region=NANSHAN)).opened_on
    assert list(ws.find(Station, opened_on=day, region=NANSHAN))


@pytest.mark.parametrize("suffix", [".json", ".csv", ".md"])
def test_the_keeper_stays_at_home(ws, tmp_path, suffix):
    """Who looks after a station leaves only when asked for."""
    stations = list(ws.find(Station))
    assert all(s.keeper == "示例管理员" for s in stations)
    shown = ws.export(stations, tmp_path / f"s{suffix}").read_text("utf-8")
    assert stations[0].id in shown
    assert "示例管理员" not in shown
    asked = ws.export(stations, tmp_path / f"p{suffix}", include_personal=True).read_text("utf-8")
    assert "示例管理员" in asked
    assert "示例管理员" not in repr(stations)


# The bulletin


def test_the_bulletin_says_who_stands_where(ws, card, tmp_path):
    """Title, all districts by rank with score and grade, the three widest gaps, and what it rests on."""
    lines = ws.export(card, tmp_path / "b.txt").read_text("utf-8").splitlines()
    assert lines[0] == DISTRICT_ANNUAL_2021.title
    assert lines[1] == "2021 区级通报"
    assert [line.split() for line in lines[4:13]] == [[str(r.rank), r.name, f"{r.score:.2f}", r.grade] for r in card]
    gaps = {b.name: a.score - b.score for a, b in zip(card.standings, card.standings[1:], strict=False)}
    widest = sorted(gaps, key=gaps.get, reverse=True)[:3]
    assert [line.split()[0] for line in lines[15:18]] == widest
    assert lines[15].endswith(f"低 {gaps[widest[0]]:.2f} 分")
    assert lines[19] == f"体系 {card.scheme.id} {card.scheme_digest}"
    assert lines[20] == f"数据 {card.data_digest}"
    assert "illustrative" in lines[21]
    assert lines[21].endswith("2022-03-01")


def test_the_bulletin_knows_no_clock(card):
    """The same scorecard gives the same bytes, in either language; without a day it says so."""
    with kepu.use_language("zh"):
        chinese = bulletin(card)
    assert chinese == bulletin(card)
    assert bulletin(card, at=None).decode().endswith("生成日期 —\n")


def test_a_name_cannot_forge_a_line(card):
    """Line breaks, control characters and marks that turn the direction of writing become blanks."""
    evil = attrs.evolve(card, names={**card.names, NANSHAN: "南山\r\n  0  \u202e\x1b[2J别区\u2028\x00  100.00  优秀"})
    text = bulletin(evil).decode()
    assert len(text.split("\n")) == len(bulletin(card).decode().split("\n"))
    assert not {c for c in text if not c.isprintable()} - {"\n"}


def test_who_has_no_score_is_listed(empty):
    """With hardly a figure there is no score, no rank and no gap, but a bulletin."""
    empty.put(r for r in records(2021) if getattr(r, "indicator", None) == "literacy")
    text = bulletin(empty.evaluate("sz.district-annual", "2021")).decode()
    assert text.count("未得分") == 9
    assert " 低 " not in text


# The walkthrough


def test_the_walkthrough_quotes_the_source():
    """Every line that docs/explanation/model-plugin.md quotes stands in the plugin as it is."""
    here = Path(__file__).parents[1]
    page = here.parents[1] / "docs" / "explanation" / "model-plugin.md"
    if not page.is_file():
        pytest.skip("the documentation lies beside a checkout only")
    files = [here / "pyproject.toml", *(here / "src" / "kepu_shenzhen").glob("*.py")]
    source = {line for file in files for line in file.read_text("utf-8").splitlines()}
    _, _, *quotes = page.read_text("utf-8").split("```text\n")
    quoted = [line for quote in quotes for line in quote.split("```")[0].splitlines()]
    assert len(quoted) > 20
    assert [line for line in quoted if line not in source] == []
