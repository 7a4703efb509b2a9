"""Collecting the files of many regions: whose they are, who has reported, what changed, what is doubted."""

import datetime as dt
import io
import json
import tomllib

import attrs
import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

import kepu_core as kepu
from kepu_core import Base, BaseReport, Observation, ValueState, use_language
from kepu_core.cli.app import app as kepu_app
from kepu_core.domain import RECORD_TYPES
from kepu_core.testing import worlds
from kepu_office.collecting import Collection, Comparing, Rate, Returned, collect, regions_under
from kepu_office.collecting_command import collect_app
from kepu_office.collecting_confirmed import confirmed_keys, read_confirmed, write_doubts
from kepu_office.collecting_files import on_time
from kepu_office.collecting_owners import Owners
from kepu_office.collecting_page import page_of
from kepu_office.collecting_sheet import write_status

CODEC = kepu.Codec([kepu.RecordType(cls) for cls in RECORD_TYPES])
GUANGZHOU, SHENZHEN, ZHUHAI, ZHONGSHAN = "440100", "440300", "440400", "442000"
CITIES = (GUANGZHOU, SHENZHEN, ZHUHAI, ZHONGSHAN)
REGIONS = [
    kepu.Region(id="440000", name="广东省", level="province"),
    kepu.Region(id=GUANGZHOU, name="广州市", level="prefecture", parent="440000"),
    kepu.Region(id=SHENZHEN, name="深圳市", level="prefecture", parent="440000"),
    kepu.Region(id="440305", name="南山区", level="county", parent=SHENZHEN),
    kepu.Region(id=ZHUHAI, name="珠海市", level="prefecture", parent="440000"),
    kepu.Region(id=ZHONGSHAN, name="中山市", level="prefecture", parent="440000", districtless=True),
]
VISITS = kepu.Indicator(id="visits", name="接待人次", unit="人次")
STAFF = kepu.Indicator(id="staff", name="科普人员", unit="人", kind="stock")
DUE = dt.date(2021, 12, 20)
EARLY, LATE = dt.datetime(2021, 12, 1, tzinfo=dt.UTC), dt.datetime(2021, 12, 25, tzinfo=dt.UTC)


@pytest.fixture
def ws():
    with kepu.open_workspace(plugins=kepu.PluginManager.with_builtins()) as made:
        made.put(REGIONS, VISITS, STAFF)
        yield made


@pytest.fixture
def folder(tmp_path):
    made = tmp_path / "incoming"
    made.mkdir()
    return made


def figure(subject, value=1000, indicator="visits", period="2021"):
    return Observation.of(indicator, subject, period, value)


def base(region, name="某馆", **more):
    return Base(id=f"base-{region}-{name}", name=name, kind="venue", region=region, **more)


def report(of, **more):
    return BaseReport(id=f"{of.id}|2021", base=of.id, period="2021", **more)


def write(folder, name, *records):
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(CODEC.dumps(records))
    return path


def state(collection, region, kind="observation"):
    return next(s for s in collection.statuses if (s.region, s.type) == (region, kind))


def codes(collection):
    return sorted(f.code for f in collection.findings)


def run(ws, folder, **told):
    return collect(ws, [folder], **{"expected": CITIES, "types": ["observation"], **told})


# Who has reported


def test_every_expected_region_has_a_line(ws, folder):
    """Those that sent nothing stand in the table as missing."""
    write(folder, "广州市/数据.json", figure(GUANGZHOU))
    write(folder, "深圳市-数据.json", figure(SHENZHEN), figure(SHENZHEN, 5, "staff"))
    found = run(ws, folder)
    assert [(s.region, s.state, s.imported) for s in found.statuses] == [
        (GUANGZHOU, Returned.RECEIVED, 1),
        (SHENZHEN, Returned.RECEIVED, 2),
        (ZHUHAI, Returned.MISSING, 0),
        (ZHONGSHAN, Returned.MISSING, 0),
    ]
    assert found.missing == (ZHUHAI, ZHONGSHAN)
    assert found.rates()["reporting"] == Rate(2, 4)
    assert found.ok
    assert {o.subject for o in ws.find(Observation)} == {GUANGZHOU, SHENZHEN}


def test_districts_report_for_their_city(ws, folder):
    """A record of a district counts for the expected region that it lies in."""
    write(folder, "x.json", figure("440305"))
    found = run(ws, folder)
    assert state(found, SHENZHEN).state is Returned.RECEIVED
    assert found.files[0].regions == (SHENZHEN,)


def test_what_one_reports_is_expected_of_all_if_nothing_was_named(ws, folder):
    """Without types, those that anybody reported are expected; registers are not."""
    write(folder, "a.json", figure(GUANGZHOU), VISITS, base(GUANGZHOU))
    found = run(ws, folder, types=())
    assert {s.type for s in found.statuses} == {"observation", "base"}
    assert len(found.statuses) == 8


def test_reports_belong_to_the_region_of_their_base(ws, folder):
    """A report names no region; its base does, whether it comes with it or is stored."""
    ws.put(base(ZHUHAI))
    write(folder, "1.json", report(base(ZHUHAI), visits=5))
    write(folder, "2.json", base(SHENZHEN), report(base(SHENZHEN), visits=7))
    found = run(ws, folder, types=["base_report"])
    assert [s.region for s in found.statuses if s.reported] == [SHENZHEN, ZHUHAI]


@pytest.mark.parametrize(
    ("received", "timely", "rate"),
    [(EARLY, True, Rate(1, 4)), (LATE, False, Rate(0, 4)), (None, None, Rate(0, 3))],
)
def test_on_time_or_late(ws, folder, received, timely, rate):
    """What came after the day is late; what came at an unknown time is neither, and is left out of the rate."""
    path = write(folder, "广州市/数据.json", figure(GUANGZHOU))
    found = run(ws, folder, due=DUE, received={path: received} if received else {})
    assert state(found, GUANGZHOU).on_time is timely
    assert found.rates()["timeliness"] == rate


def test_a_correction_makes_no_return_late(ws, folder):
    """The first file from which anything was imported counts; a refused one does not."""
    first = write(folder, "广州市/1.json", figure(GUANGZHOU))
    again = write(folder, "广州市/2.json", figure(GUANGZHOU, 1001))
    assert state(run(ws, folder, due=DUE, received={first: EARLY, again: LATE}), GUANGZHOU).on_time is True
    first.write_text("{")
    broken = state(run(ws, folder, due=DUE, received={first: EARLY, again: LATE}), GUANGZHOU)
    assert (broken.on_time, broken.received) == (False, LATE)


def test_the_due_day_ends_at_midnight_in_china():
    """A moment may be given instead of a day."""
    evening = dt.datetime(2021, 12, 20, 15, 59, tzinfo=dt.UTC)
    assert on_time(evening, DUE) is True
    assert on_time(evening + dt.timedelta(minutes=1), DUE) is False
    assert on_time(evening, evening) is True
    assert on_time(evening, None) is None


# Whose a file is


def named(name):
    table = kepu.RegionTable(REGIONS)
    return {table.get(c).name for c in Owners(table, CITIES).named(name)}


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("广州市/base.xlsx", {"广州市"}),
        ("深圳-base.xlsx", {"深圳市"}),
        ("base_440400.xlsx", {"珠海市"}),
        ("4403 数据.xlsx", {"深圳市"}),
        ("２０２１/珠海.xlsx", {"珠海市"}),
        ("广州市/转深圳市.xlsx", {"深圳市"}),
        ("中山大学（广州市）.xlsx", {"广州市"}),
        ("南山区.xlsx", {"深圳市"}),
        ("广州深圳.xlsx", {"广州市", "深圳市"}),
        ("2021年数据.xlsx", set()),
        ("20211220.xlsx", set()),
    ],
)
def test_names_tell_whose_a_file_is(name, expected):
    """Codes, full names, short names and districts, in the file's name or that of its folder."""
    assert named(name) == expected


def test_a_subject_that_is_a_name_is_told(ws, folder):
    """The figure counts for the return of the region, but nobody who asks for its code will find it."""
    write(folder, "x.json", figure("广州"), figure("广州", 5, "staff"), figure(SHENZHEN), figure("某馆"))
    found = run(ws, folder)
    assert [s.imported for s in found.statuses] == [2, 1, 0, 0]
    assert codes(found) == ["collecting.several-regions", "collecting.subject-is-a-name"]
    assert "give the code 440100" in found.findings[-1].mend.en


def test_records_go_before_names(ws, folder):
    """The folder says Guangzhou, the records are of Shenzhen: they count for Shenzhen, and it is told."""
    write(folder, "广州市/x.json", figure(SHENZHEN))
    found = run(ws, folder)
    assert state(found, SHENZHEN).reported
    assert not state(found, GUANGZHOU).reported
    assert codes(found) == ["collecting.name-differs"]


def test_an_unreadable_file_is_known_by_its_name(ws, folder):
    """A city whose file is broken has handed something in, but nothing that could be taken."""
    (folder / "珠海市.json").write_text("{")
    found = run(ws, folder)
    assert state(found, ZHUHAI).state is Returned.REFUSED
    assert state(found, ZHUHAI).files == ("珠海市.json",)
    assert ZHUHAI not in found.missing
    assert not found.ok


def test_unknown_owners_are_told(ws, folder):
    """Neither the records nor the name say whose it is; it is imported all the same."""
    write(folder, "x.json", kepu.Organisation(id="o", name="某单位", kind="society"))
    found = run(ws, folder)
    assert codes(found) == ["collecting.unknown-owner"]
    assert found.files[0].regions == ()
    assert ws.exists("organisation", "o")


def test_regions_that_were_not_expected_are_told(ws, folder):
    """Figures of the province itself are nobody's return, unless a city hands them in: that is told too."""
    path = write(folder, "x.json", figure("440000"))
    found = run(ws, folder)
    assert (codes(found), found.files[0].regions) == (["collecting.not-expected"], ())
    path.rename(folder / "广州市.json")
    found = run(ws, folder)
    assert (codes(found), found.files[0].regions) == (["collecting.not-expected"], (GUANGZHOU,))


def test_a_table_of_all_counts_for_each(ws, folder):
    """Records of several regions in one file count for their own regions, unless its name is that of one of them."""
    path = write(folder, "汇总.json", figure(GUANGZHOU), figure(SHENZHEN))
    found = run(ws, folder)
    assert [s.region for s in found.statuses if s.reported] == [GUANGZHOU, SHENZHEN]
    assert codes(found) == ["collecting.several-regions"]
    path.rename(folder / "广州市.json")
    found = run(ws, folder)
    assert [s.region for s in found.statuses if s.reported] == [GUANGZHOU]
    assert codes(found) == ["collecting.stray-records"]


def test_without_expected_regions_those_found_are_expected(ws, folder):
    """Nobody is missing if nobody was expected."""
    write(folder, "x.json", figure("440305"))
    found = run(ws, folder, expected=None)
    assert [s.region for s in found.statuses] == [SHENZHEN]


def test_regions_under_a_code():
    """The first digits of a code are enough; a region without any below it stands for itself."""
    table = kepu.RegionTable(REGIONS)
    assert regions_under(table, "44") == CITIES
    assert regions_under(table, "4403") == ("440305",)
    assert regions_under(table, ZHONGSHAN) == (ZHONGSHAN,)
    with pytest.raises(kepu.NotFound, match=r"collecting\.no-region"):
        regions_under(table, "99")


def test_unknown_expectations_are_refused(ws, folder):
    """A programmer's mistake, told at once and in whole."""
    with pytest.raises(kepu.NotFound) as caught:
        collect(ws, [folder], expected=["999999"], types=["nonsense"])
    assert [f.code for f in caught.value.findings] == ["collecting.no-region", "collecting.no-type"]


# Importing


def test_a_bad_file_stops_no_other(ws, folder):
    """Each file is imported whole or not at all."""
    write(folder, "广州市.json", figure(GUANGZHOU))
    (folder / "深圳市.csv").write_text("nonsense,columns\n1,2\n", "utf-8")
    (folder / "珠海市.xls").write_bytes(b"\xd0\xcf\x11\xe0")
    write(folder, "中山市.json", figure(ZHONGSHAN), report(base(ZHONGSHAN)))
    found = run(ws, folder)
    assert [s.state for s in found.statuses] == [
        Returned.RECEIVED,
        Returned.REFUSED,
        Returned.REFUSED,
        Returned.REFUSED,
    ]
    assert {o.subject for o in ws.find(Observation)} == {GUANGZHOU}
    assert {f.place.file for f in found.findings if f.place} == {"深圳市.csv", "珠海市.xls", "中山市.json"}


def test_what_is_said_to_one_importer_refuses_no_file_of_another(ws, folder):
    """A mapping is for sheets; documents beside them are read as ever."""
    write(folder, "广州市.json", figure(GUANGZHOU))
    assert run(ws, folder, options={"mapping": "m.toml"}).ok
    assert {o.subject for o in ws.find(Observation)} == {GUANGZHOU}


def test_a_partial_run_takes_what_is_right(ws, folder):
    """With partial the good figures come in, and the return is told to be incomplete."""
    write(folder, "中山市.json", figure(ZHONGSHAN), report(base(ZHONGSHAN)))
    found = run(ws, folder, partial=True, types=["observation", "base_report"])
    assert state(found, ZHONGSHAN).state is Returned.RECEIVED
    assert state(found, ZHONGSHAN, "base_report").state is Returned.REFUSED
    assert (found.files[0].added, found.files[0].refused) == (1, 1)
    assert ws.exists("observation", figure(ZHONGSHAN).id)


def test_faulty_rows_are_counted(ws, folder):
    """A row from which no record can be made counts as refused, and as not filled in; the record goes before the name."""
    text = "indicator,subject,period,value,state,id\n"
    text += "".join(f"visits,{c},2021,{v},reported,visits|{c}|2021\n" for c, v in [(ZHUHAI, "many"), ("440305", "1")])
    (folder / "observation-珠海市.csv").write_text(text, "utf-8")
    found = state(run(ws, folder, types=["observation"]), SHENZHEN)
    assert (found.read, found.refused, found.state) == (2, 2, Returned.REFUSED)
    assert found.fields == Rate(4, 8)


@pytest.mark.parametrize("dry_run", [False, True])
def test_files_may_refer_to_each_other(ws, folder, dry_run):
    """Reports come in whatever the order of the files: those that were refused are tried again."""
    write(folder, "a-深圳市-reports.json", report(base(SHENZHEN), visits=7))
    write(folder, "b-深圳市-bases.json", base(SHENZHEN))
    found = run(ws, folder, types=["base", "base_report"], dry_run=dry_run)
    assert [(s.type, s.state, s.added) for s in found.statuses if s.region == SHENZHEN] == [
        ("base", Returned.RECEIVED, 1),
        ("base_report", Returned.RECEIVED, 1),
    ]
    assert found.ok
    assert ws.count().get("base_report", 0) == (0 if dry_run else 1)


@pytest.mark.parametrize("dry_run", [False, True])
def test_what_nobody_brings_is_missing(ws, folder, dry_run):
    """A report on a base that no file brings, or only a refused one, is refused in a dry run as in earnest."""
    write(folder, "a.json", report(base(SHENZHEN), visits=7))
    write(folder, "b.json", base(SHENZHEN), report(base(ZHUHAI), visits=7))
    found = run(ws, folder, types=["base", "base_report"], dry_run=dry_run)
    assert [f.ok for f in found.files] == [False, False]
    assert codes(found).count("reference.unknown") == 2


def test_partial_files_wait_for_each_other_too(ws, folder):
    """What a file had added in the first round is told as added, though it is there in the second."""
    write(folder, "a.json", figure(SHENZHEN), report(base(SHENZHEN), visits=7))
    write(folder, "b.json", base(SHENZHEN))
    found = run(ws, folder, partial=True)
    assert [(f.name, f.added, f.unchanged, f.refused) for f in found.files] == [
        ("a.json", 2, 0, 0),
        ("b.json", 1, 0, 0),
    ]


def test_the_later_file_counts(ws, folder):
    """Two files hold one figure with two values: the one received later stands, and it is told."""
    first = write(folder, "b-广州市.json", figure(GUANGZHOU, 1))
    again = write(folder, "a-广州市.json", figure(GUANGZHOU, 2))
    found = run(ws, folder, received={first: EARLY, again: LATE})
    assert ws.get(Observation, figure(GUANGZHOU).id).value == 2
    assert codes(found) == ["collecting.in-two-files"]
    assert "a-广州市.json is taken" in found.findings[0].message.en
    found = run(ws, folder, received={first: LATE, again: EARLY})
    assert ws.get(Observation, figure(GUANGZHOU).id).value == 1


def test_a_refused_file_is_not_taken_though_it_is_later(ws, folder):
    """The message names the file whose contents stand."""
    first = write(folder, "广州市-1.json", figure(GUANGZHOU, 1))
    again = write(folder, "广州市-2.json", figure(GUANGZHOU, 2), report(base(GUANGZHOU)))
    found = run(ws, folder, received={first: EARLY, again: LATE})
    (told,) = [f for f in found.findings if f.code == "collecting.in-two-files"]
    assert "广州市-1.json is taken" in told.message.en
    assert ws.get(Observation, figure(GUANGZHOU).id).value == 1


def test_the_later_file_counts_even_if_the_earlier_had_to_wait(ws, folder):
    """A file that was tried again overwrites nothing that came later."""
    waiting = write(folder, "1.json", report(base(SHENZHEN)), figure(SHENZHEN, 1))
    later = write(folder, "2.json", base(SHENZHEN), figure(SHENZHEN, 2))
    run(ws, folder, received={waiting: EARLY, later: LATE})
    assert ws.get(Observation, figure(SHENZHEN).id).value == 2
    assert ws.exists("base_report", report(base(SHENZHEN)).id)


def test_a_dry_run_writes_nothing(ws, folder):
    """It tells the same, and leaves the workspace as it is."""
    ws.put(figure(GUANGZHOU, 900))
    write(folder, "广州市.json", figure(GUANGZHOU), figure(GUANGZHOU, 7, "staff"))
    commits = len(list(ws.log()))
    dry = run(ws, folder, dry_run=True)
    assert len(list(ws.log())) == commits
    real = run(ws, folder)
    assert attrs.evolve(dry, dry_run=False) == real


# What changed


def test_changes_since_last_time(ws, folder):
    """Added, changed with old and new value, unchanged, and what is there no more."""
    write(folder, "广州市.json", figure(GUANGZHOU), figure(GUANGZHOU, 5, "staff"), figure(GUANGZHOU, 3, "venues"))
    run(ws, folder)
    write(folder, "广州市.json", figure(GUANGZHOU, 1100), figure(GUANGZHOU, 5, "staff"), figure(GUANGZHOU, 4, "posts"))
    found = run(ws, folder)
    status = state(found, GUANGZHOU)
    assert (status.added, status.changed, status.unchanged) == (1, 1, 1)
    assert [(d.record, d.field, d.old, d.new) for d in found.differences] == [
        (f"observation/{figure(GUANGZHOU).id}", "value", 1000.0, 1100.0)
    ]
    assert status.gone == (figure(GUANGZHOU, 3, "venues").id,)
    assert "collecting.gone" in codes(found)
    assert ws.exists("observation", status.gone[0])


def test_other_years_and_regions_are_not_gone(ws, folder):
    """What is stored for last year, or of a city that sent nothing, is not missed."""
    ws.put(figure(GUANGZHOU, period="2020"), figure(SHENZHEN), base(GUANGZHOU), base(GUANGZHOU, "旧馆"))
    write(folder, "广州市.json", figure(GUANGZHOU), base(GUANGZHOU))
    found = run(ws, folder, types=["base", "observation"])
    assert {(s.region, s.type, s.gone) for s in found.statuses if s.gone} == {
        (GUANGZHOU, "base", (base(GUANGZHOU, "旧馆").id,))
    }


def test_what_lies_in_others_bases_is_not_gone(ws, folder):
    """Reports name no region: whose they are follows from their bases."""
    old = base(GUANGZHOU, "旧馆")
    ws.put(base(GUANGZHOU), old, base(SHENZHEN), report(old), report(base(SHENZHEN)))
    write(folder, "广州市.json", report(base(GUANGZHOU)))
    found = run(ws, folder, types=["base_report"])
    assert state(found, GUANGZHOU, "base_report").gone == (report(old).id,)


def test_a_second_run_changes_nothing(ws, folder):
    """The same folder again: everything is unchanged, and there is no commit."""
    write(folder, "广州市.json", figure(GUANGZHOU))
    run(ws, folder)
    commits = len(list(ws.log()))
    found = run(ws, folder)
    assert state(found, GUANGZHOU).unchanged == 1
    assert len(list(ws.log())) == commits


# How complete it is


def test_completeness_counts_what_is_to_be_filled_in(ws, folder):
    """A figure that is missing is not filled in, one that does not apply is."""
    missing = Observation.of("staff", GUANGZHOU, "2021")
    none = Observation.of("venues", GUANGZHOU, "2021", state=ValueState.NOT_APPLICABLE)
    write(folder, "广州市.json", figure(GUANGZHOU), missing, none)
    assert state(run(ws, folder), GUANGZHOU).fields == Rate(11, 12)


def test_the_fields_to_be_filled_in_can_be_named(ws, folder):
    """Of a base, its required fields and figures; or just those that are named."""
    write(folder, "广州市.json", base(GUANGZHOU, address="某路"))
    assert state(run(ws, folder, types=["base"]), GUANGZHOU, "base").fields == Rate(3, 4)
    named_fields = {"base": ["address", "website", "themes"]}
    assert state(run(ws, folder, types=["base"], fields=named_fields), GUANGZHOU, "base").fields == Rate(1, 3)


def test_expected_indicators(ws, folder):
    """Indicators that a region did not answer for itself are named; figures of its districts or of last year do not count."""
    write(
        folder,
        "深圳市.json",
        figure(SHENZHEN),
        figure("440305", 5, "staff"),
        figure(SHENZHEN, 5, "staff", "2020"),
        Observation.of("venues", SHENZHEN, "2021"),
        Observation.of("venues", SHENZHEN, "2021", 3, breakdown=(kepu.Breakdown(dimension="kind", member="town"),)),
    )
    found = run(ws, folder, indicators=["visits", "staff", "venues"], periods=["2021"])
    assert state(found, SHENZHEN).indicators == Rate(1, 3)
    assert state(found, SHENZHEN).indicators_missing == ("staff", "venues")
    assert found.rates()["indicators"] == Rate(1, 12)


# Doubts


def test_figures_are_compared_with_what_is_stored(ws, folder):
    """Last year's figure is in the workspace; the doubt names the file."""
    ws.put(figure(GUANGZHOU, 100, period="2020"), figure(SHENZHEN, -3))
    write(folder, "广州市/数据.json", figure(GUANGZHOU, 1000))
    found = run(ws, folder)
    assert [(d.code, d.subject) for d in found.doubts] == [("plausible.jump", GUANGZHOU)]
    assert state(found, GUANGZHOU).doubts == 1
    assert found.ok


def test_the_total_of_a_province_is_doubted_once_all_have_reported(ws, folder):
    """The province's own figure is stored, those of its cities come in."""
    ws.put(figure("440000", 4001))
    for n, city in enumerate(CITIES):
        write(folder, f"{n}.json", figure(city))
    found = run(ws, folder)
    assert [(d.code, d.subject) for d in found.doubts] == [("plausible.regions-sum", "440000")]


def test_denominators_are_found_in_the_workspace(ws, folder):
    """The census of another year is enough."""
    more = [kepu.Region(id=f"4499{n:02}", name=f"第{n}市", level="prefecture", parent="440000") for n in range(10)]
    ws.put(more)
    ws.put([figure(r.id, 1e6, "population", "2020") for r in more])
    for n, region in enumerate(more):
        write(folder, f"{n}.json", figure(region.id, 900_000 if n == 4 else 200 + n, "staff"))
    told = {"expected": [r.id for r in more], "comparing": Comparing(denominators={"staff": "population"})}
    found = run(ws, folder, **told)
    assert [(d.code, d.subject) for d in found.doubts] == [("plausible.outlier", more[4].id)]
    assert "per unit of population" in found.doubts[0].finding.message.en


@pytest.mark.parametrize("suffix", [".toml", ".json"])
def test_what_was_confirmed_is_not_asked_again(ws, folder, tmp_path, suffix):
    """A confirmation silences a doubt for as long as the figure stays what it is; a new value asks again."""
    write(folder, "广州市.json", figure(GUANGZHOU, -5))
    file = tmp_path / f"doubts{suffix}"
    write_doubts(file, run(ws, folder).doubts, {})
    assert confirmed_keys(read_confirmed(file)) == frozenset()
    file.write_text(file.read_text("utf-8").replace("false", "true"), "utf-8")
    found = run(ws, folder, confirmed=confirmed_keys(read_confirmed(file)))
    assert (found.doubts, found.silenced) == ((), 1)
    write(folder, "广州市.json", figure(GUANGZHOU, -6))
    found = run(ws, folder, confirmed=confirmed_keys(read_confirmed(file)))
    assert (len(found.doubts), found.silenced) == (1, 0)


def test_doubts_are_written_beside_what_was_confirmed(ws, folder, tmp_path):
    """Confirmed entries stay as they are, notes stay, what is doubted no more is marked."""
    write(folder, "广州市.json", figure(GUANGZHOU, -5))
    (doubt,) = run(ws, folder).doubts
    entries = {
        "old": {"key": "old", "confirmed": True, "by": "张"},
        "gone": {"key": "gone", "confirmed": False, "by": "李"},
        doubt.key: {"key": doubt.key, "confirmed": False, "note": "已去电", "gone": True},
    }
    file = tmp_path / "d.toml"
    write_doubts(file, [doubt], entries)
    written = {e["key"]: e for e in tomllib.loads(file.read_text("utf-8"))["doubt"]}
    assert set(written) == {"old", "gone", doubt.key}
    assert written["gone"] == {**entries["gone"], "gone": True}
    assert "gone" not in written[doubt.key]
    assert written["old"] == entries["old"]
    assert (written[doubt.key]["note"], written[doubt.key]["confirmed"]) == ("已去电", False)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.toml", b"[[doubt]"),
        ("a.json", b"["),
        ("a.json", b"[" * 100_000),
        ("a.json", b"[]"),
        ("a.toml", b"[[doubt]]\nkey = 1\nconfirmed = true"),
        ("a.toml", b'[[doubt]]\nkey = "x"\nconfirmed = "yes"'),
        ("a.toml", b"\xff\xfe\x00"),
    ],
)
def test_a_broken_file_of_confirmations_is_refused(tmp_path, name, content):
    """What cannot be read silences nothing by mistake."""
    (tmp_path / name).write_bytes(content)
    with pytest.raises(kepu.InvalidData, match=r"collecting\.confirmed-file"):
        read_confirmed(tmp_path / name)
    with pytest.raises(kepu.NotFound):
        read_confirmed(tmp_path / "none.toml")


# Files


def test_what_is_no_return_is_passed_over(ws, folder, tmp_path):
    """Hidden and lock files silently; other kinds of files, and links that lead out of the folder, are told."""
    write(folder, "广州市.json", figure(GUANGZHOU))
    for name in ("~$广州市.xlsx", ".hidden.json", ".git/x.json"):
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text("{")
    (folder / "说明.pdf").write_bytes(b"%PDF")
    outside = write(tmp_path, "outside.json", figure(SHENZHEN))
    (folder / "深圳市.json").symlink_to(outside)
    found = run(ws, folder)
    assert [f.name for f in found.files] == ["广州市.json"]
    assert codes(found) == ["collecting.link", "collecting.passed-over"]


def test_empty_and_missing_folders_are_told(ws, folder, tmp_path):
    """Nothing to import is no reason to stop."""
    found = collect(ws, [folder, tmp_path / "none"], expected=CITIES)
    assert codes(found) == ["collecting.no-files", "collecting.no-folder"]
    assert [s.type for s in found.statuses] == [None] * 4
    assert found.missing == CITIES


def test_a_file_given_twice_counts_once(ws, folder):
    """Named itself and found in a folder; the folder that it lies in is known in both cases."""
    path = write(folder, "广州市/x.json", kepu.Organisation(id="o", name="某单位", kind="society"))
    for paths in ([path, folder], [folder, path], [path.parent]):
        assert [f.regions for f in collect(ws, paths, expected=CITIES).files] == [(GUANGZHOU,)]


def test_files_of_one_name_are_kept_apart(ws, folder):
    """Two folders that were both given hold a sheet of one name: two files, each with a name of its own."""
    write(folder, "广州市/x.json", figure(GUANGZHOU))
    write(folder, "深圳市/x.json", figure(SHENZHEN))
    found = collect(ws, [folder / "广州市", folder / "深圳市"], expected=CITIES)
    assert {f.name: f.added for f in found.files} == {"x.json": 1, "深圳市/x.json": 1}


def test_what_the_command_writes_is_no_return(work, folder):
    """The status and the doubts may be written into the folder itself."""
    write(folder, "广州市.json", figure(GUANGZHOU, -1))
    args = [folder, "-w", work, "--under", "44", "--doubts", folder / "doubts.json"]
    for more in (["-o", folder / "status.html"], ["-o", folder / "status.html", "--force"]):
        assert [f["name"] for f in json.loads(kepu_collect(*args, *more, "--json").stdout)["files"]] == ["广州市.json"]
    assert "广州市" in (folder / "status.html").read_text("utf-8")


def test_what_was_handed_in_is_not_replaced(work, folder, tmp_path):
    """Not even by force; any other file only by force."""
    handed, there = folder / "广州市.json", tmp_path / "status.json"
    write(folder, handed.name, figure(GUANGZHOU))
    before = handed.read_bytes()
    there.write_text("mine")
    told = [folder, "-w", work, "--under", "44"]
    for more, code in (([handed, "--force"], "is-input"), ([there], "exists")):
        done = kepu_collect(*told, "-o", *more)
        assert (done.exit_code, f"cli.target-{code}" in done.output) == (1, True)
    assert (handed.read_bytes(), there.read_text()) == (before, "mine")
    with kepu.open_workspace(work) as ws:
        assert not ws.exists("observation", figure(GUANGZHOU).id)
    assert kepu_collect(*told, "-o", there, "--force").exit_code == 0


def test_confirmations_outlive_the_next_run(work, folder, tmp_path):
    """The same command again keeps what was confirmed and adds what is new; no other file becomes a file of doubts."""
    write(folder, "广州市.json", figure(GUANGZHOU, -5))
    doubts = tmp_path / "doubts.toml"
    told = [folder, "-w", work, "--under", "44", "--doubts", doubts, "--json"]
    kepu_collect(*told)
    doubts.write_text(doubts.read_text("utf-8").replace("false", "true"), "utf-8")
    write(folder, "深圳市.json", figure(SHENZHEN, -6))
    again = json.loads(kepu_collect(*told).stdout)
    assert ([d["region"] for d in again["doubts"]], again["silenced"]) == ([SHENZHEN], 1)
    states = {e["key"].split("|")[2]: e["confirmed"] for e in tomllib.loads(doubts.read_text("utf-8"))["doubt"]}
    assert states == {GUANGZHOU: True, SHENZHEN: False}
    doubts.write_text('[tool]\nname = "x"\n')
    assert "collecting.confirmed-file" in kepu_collect(*told).output
    assert doubts.read_text() == '[tool]\nname = "x"\n'


def test_a_dry_run_sees_changes_that_wait_for_another_file(ws, folder):
    """What a report on a new base changes besides is told as changed, though the base is not there yet."""
    ws.put(figure(SHENZHEN, 1))
    write(folder, "a.json", figure(SHENZHEN, 2), report(base(SHENZHEN), visits=7))
    write(folder, "b.json", base(SHENZHEN))
    found = run(ws, folder, dry_run=True)
    assert [(f.added, f.changed) for f in found.files] == [(1, 1), (1, 0)]


def test_personal_data_is_not_told(ws, folder):
    """That a telephone number changed is told, not which it was."""
    contact = {"name": "张三", "phone": "020-83561234"}
    ws.put(base(GUANGZHOU, contact=kepu.Contact(**contact)))
    write(folder, "广州市.json", base(GUANGZHOU, contact=kepu.Contact(**{**contact, "phone": "020-83569999"})))
    found = run(ws, folder, types=["base"])
    assert found.differences[0].personal
    told = json.dumps(found.to_data(), ensure_ascii=False) + page_of(found) + str(found.differences[0])
    assert "8356" not in told


# Laws


@settings(max_examples=25)
@given(worlds(cities=4), st.data())
def test_the_order_of_files_makes_no_difference(tmp_path_factory, world, data):
    """However a province's returns are cut into files and in whatever order these are named, the answer is the same."""
    folder = tmp_path_factory.mktemp("world")
    fixed = [r for r in world.records if isinstance(r, (kepu.Region, kepu.Indicator, kepu.Organisation))]
    kinds = (Base, BaseReport, Observation)
    parts = {}
    for number, record in enumerate(r for r in world.records if isinstance(r, kinds)):
        parts.setdefault(data.draw(st.integers(0, 3)) if number < 12 else number % 4, []).append(record)
    paths = [write(folder, f"{n}.json", *records) for n, records in parts.items()]
    received = {p: EARLY + dt.timedelta(days=data.draw(st.integers(0, 2))) for p in paths}
    answers = []
    for order in (paths, data.draw(st.permutations(paths))):
        with kepu.open_workspace(plugins=kepu.PluginManager.with_builtins()) as ws:
            ws.put(fixed)
            found = collect(ws, order, expected=[r.id for r in world.regions.children("990000")], received=received)
            answers.append((found, {r.id: r for k in kinds for r in ws.find(k)}))
    assert answers[0] == answers[1]
    assert sum(f.read for f in answers[0][0].files) == sum(map(len, parts.values()))


@settings(max_examples=25)
@given(worlds(cities=3))
def test_a_whole_province_comes_in(tmp_path_factory, world):
    """All that a consistent province has is imported, record by record, and counted once."""
    folder = tmp_path_factory.mktemp("province")
    kinds = (Base, BaseReport, Observation)
    cities = [r.id for r in world.regions.children("990000")]
    with kepu.open_workspace(plugins=kepu.PluginManager.with_builtins()) as ws:
        ws.put([r for r in world.records if isinstance(r, (kepu.Region, kepu.Indicator, kepu.Organisation))])
        for record in (r for r in world.records if isinstance(r, kinds)):
            write(folder, f"{len(list(folder.iterdir())):04}.json", record)
        found = collect(ws, [folder], expected=cities, types=["base", "base_report", "observation"])
        assert found.ok
        for kind in kinds:
            name = kepu.RecordType(kind).name
            counted = sum(s.added for s in found.statuses if s.type == name)
            assert counted == len(world.of(kind)) == len(list(ws.find(kind)))


# What comes out


@pytest.fixture
def collection(ws, folder):
    ws.put(figure(GUANGZHOU, 100, period="2020"), base(GUANGZHOU, "=SUM(A1)"))
    write(folder, "广州市/<b>数据.json", figure(GUANGZHOU, 1000), base(GUANGZHOU, "新馆"))
    (folder / "深圳市.json").write_text("{")
    return run(ws, folder, types=["base", "observation"], due=DUE)


def test_the_collection_as_text(collection):
    """A table, and a summary in words, in both languages."""
    text = str(collection)
    header = "code region type state files read imported added changed unchanged gone completeness doubts"
    assert text.splitlines()[0].split() == header.split()
    assert "nothing came from: 珠海市, 中山市" in text
    assert "reporting rate 25.0% (2/8)" in text
    with use_language("zh"):
        assert "未报：珠海市、中山市" in str(collection)
        assert "未通过" in str(collection)


def test_the_collection_as_data(collection):
    """Everything goes into JSON; the rows are those of the table."""
    data = json.loads(json.dumps(collection.to_data(), allow_nan=False))
    assert data["statuses"] == json.loads(json.dumps(collection.to_rows()))
    assert {s["state"] for s in data["statuses"]} == {"received", "refused", "missing"}
    assert data["doubts"][0]["key"].startswith("plausible.jump|visits|440100|2021")
    assert data["rates"]["reporting"] == {"part": 2, "whole": 8, "share": 0.25}


def test_the_collection_as_a_workbook(collection):
    """Five sheets; what looks like a formula is a text, and rates are numbers."""
    out = io.BytesIO()
    write_status(collection, out)
    book = openpyxl.load_workbook(io.BytesIO(out.getvalue()))
    assert book.sheetnames == ["status", "files", "findings", "changes", "doubts"]
    cells = [c for sheet in book for row in sheet for c in row if c.value is not None]
    assert not [c for c in cells if c.data_type == "f" or c.hyperlink]
    assert [c.value for c in book["files"]["A"]][1:] == [f.name for f in collection.files]
    assert any(
        str(c.value).startswith("广州市 gone base/base-440100-=SUM") or "=SUM(A1)" in str(c.value) for c in cells
    )
    states = {row[0].value: row[3].value for row in book["status"].iter_rows(min_row=5) if row[3].value}
    assert states[ZHUHAI] == "missing"


def test_texts_that_look_like_formulas_stay_texts(ws, folder):
    """A file name that begins with an equals sign is written as a text."""
    write(folder, "=cmd.json", figure(GUANGZHOU))
    write(folder, "https___x.json", figure(SHENZHEN))
    out = io.BytesIO()
    write_status(run(ws, folder), out)
    sheet = openpyxl.load_workbook(io.BytesIO(out.getvalue()))["files"]
    assert [(c.value, c.data_type) for c in sheet["A"]][1:] == [("=cmd.json", "s"), ("https___x.json", "s")]


def test_the_collection_as_a_page(collection):
    """Everything is escaped; nothing is loaded from elsewhere."""
    page = page_of(collection)
    assert "&lt;b&gt;数据.json" in page
    assert "<b>" not in page
    assert "default-src 'none'" in page


def test_an_empty_collection_can_be_shown(ws, folder):
    """Nobody expected, nothing found."""
    found = run(ws, folder, expected=[])
    assert isinstance(found, Collection)
    write_status(found, io.BytesIO())
    assert "0 of 0 regions" in str(found)
    assert "<table>" in page_of(found)


# The command


@pytest.fixture
def work(tmp_path):
    path = tmp_path / "work.kepu"
    with kepu.open_workspace(path) as ws:
        ws.put(VISITS, STAFF)
    return str(path)


def kepu_collect(*args):
    return CliRunner().invoke(collect_app(), [str(a) for a in args])


def sheet(folder, name, *rows):
    """A sheet as a city fills it in: a title, a header of its own, figures with their units and remarks."""
    book = openpyxl.Workbook()
    for row in (["2021年科普数据"], ["指标", "对象", "统计期", "数值"], *rows, ["注：不含线上"]):
        book.active.append(row)
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    book.save(path)
    return path


def test_sheets_of_cities_come_in(work, folder):
    """The whole way, through ``kepu`` itself: sheets in folders, a doubt with its cell, a fault, a city that is missing."""
    sheet(folder, "广州市/数据.xlsx", ["visits", GUANGZHOU, "2021年", "1.2万"], ["staff", GUANGZHOU, "2021年", 350])
    sheet(folder, "深圳市/数据.xlsx", ["visits", SHENZHEN, "2021年", -7])
    sheet(folder, "珠海市/数据.xlsx", ["visits", ZHUHAI, "2021年", "约三十"])
    args = ["collect", str(folder), "-w", work, "--under", "44", "--type", "observation", "--json"]
    done = CliRunner().invoke(kepu_app, args)
    assert done.exit_code == 1
    data = json.loads(done.stdout)
    states = {s["name"]: (s["state"], s["imported"], s["refused"]) for s in data["statuses"]}
    assert states["广州市"] == ("received", 2, 0)
    assert states["珠海市"] == ("refused", 0, 1)
    assert states["中山市"] == ("missing", 0, 0)
    (fault,) = [f for f in data["findings"] if f["severity"] == "error"]
    assert fault["place"] == "珠海市/数据.xlsx Sheet!D3"
    (doubt,) = data["doubts"]
    assert (doubt["code"], doubt["value"]) == ("plausible.negative", -7)
    assert doubt["place"].startswith("深圳市/数据.xlsx Sheet!")
    with kepu.open_workspace(work) as ws:
        assert ws.get(Observation, figure(GUANGZHOU).id).value == 12_000


def test_the_command_collects_a_folder(work, folder, tmp_path):
    """Files of the 21 cities of Guangdong: the table, the status sheet, and the doubts to be confirmed."""
    write(folder, "广州市/数据.json", figure(GUANGZHOU, -5))
    out, doubts = tmp_path / "status.xlsx", tmp_path / "doubts.toml"
    told = [folder, "-w", work, "--under", "44", "--type", "observation"]
    done = kepu_collect(*told, "-o", out, "--doubts", doubts, "--due", "2999-12-31")
    assert done.exit_code == 0, done.output
    assert "1 of 21 regions handed in 1 files" in done.output
    assert "timeliness rate 4.8% (1/21)" in done.output
    assert openpyxl.load_workbook(out).sheetnames[0] == "status"
    doubts.write_text(doubts.read_text("utf-8").replace("false", "true"), "utf-8")
    again = json.loads(kepu_collect(*told, "--confirmed", doubts, "--json").stdout)
    assert (again["doubts"], again["silenced"]) == ([], 1)
    assert again["files"][0]["unchanged"] == 1


def test_the_command_tells_faults_by_its_exit_code(work, folder, tmp_path):
    """A refused file is 1, an unknown region 3, a wrong option 2."""
    (folder / "广州市.json").write_text("{")
    assert kepu_collect(folder, "-w", work, "--under", "44").exit_code == 1
    assert kepu_collect(folder, "-w", work, "--under", "99").exit_code == 3
    assert kepu_collect(folder, "-w", work, "--due", "soon").exit_code == 2
    assert kepu_collect(folder, "-w", work, "--denominator", "venues").exit_code == 2
    assert kepu_collect(folder, "-w", work, "-o", tmp_path / "x.pdf").exit_code == 1


@pytest.mark.parametrize("suffix", [".json", ".html"])
def test_the_command_writes_other_kinds_of_files(work, folder, tmp_path, suffix):
    """The kind follows from the suffix; a dry run writes the status, and nothing into the workspace."""
    write(folder, "广州市.json", figure(GUANGZHOU))
    target = tmp_path / f"status{suffix}"
    assert kepu_collect(folder, "-w", work, "--under", "44", "--dry-run", "-o", target).exit_code == 0
    assert "广州市" in target.read_text("utf-8")
    with kepu.open_workspace(work) as ws:
        assert not ws.exists("observation", figure(GUANGZHOU).id)
