"""Collecting the files of many regions: who has reported, what changed, how complete it is."""

import datetime as dt

import pytest
from collecting_kit import (
    DUE,
    EARLY,
    GUANGZHOU,
    LATE,
    SHENZHEN,
    VISITS,
    ZHONGSHAN,
    ZHUHAI,
    base,
    codes,
    figure,
    report,
    run,
    state,
    write,
)
from hypothesis import given, settings
from hypothesis import strategies as st

import kepu_core as kepu
from kepu_core import Base, BaseReport, Observation, ValueState
from kepu_core.testing import worlds
from kepu_office.collecting import Rate, Returned, collect
from kepu_office.collecting_files import on_time

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
