"""The calendar: read by vobject, which did not write it, and checked against the grammar of RFC 5545."""

import datetime as dt
import re

import pytest
import vobject
from hypothesis import given
from hypothesis import strategies as st

import kepu_core as kepu
from kepu_core.testing import hard_texts, strategy_for
from kepu_core.testing.contracts.exporter import export_bytes
from kepu_web.feeds import FEEDS
from kepu_web.feeds_entries import DATED
from kepu_web.feeds_material import clean

ICS = next(e for e in FEEDS if e.name == "ics")
# A line of content: a name, parameters, a value without control characters but the tab (RFC 5545, 3.1).
LINE = re.compile(
    r'[A-Z0-9-]+(;[A-Z0-9-]+=("[^"\x00-\x08\x0a-\x1f\x7f]*"|[^";:,\x00-\x1f\x7f]*))*:[^\x00-\x08\x0a-\x1f\x7f]*'
)
# A text in which every backslash escapes something that may be escaped (3.3.11).
TEXT = re.compile(r"([^\\;,]|\\[\\;,nN])*")
GEO = re.compile(r"GEO:-?\d+\.\d+;-?\d+\.\d+")
MUSEUM = kepu.Base(
    id="b1",
    name="深圳科技馆",
    kind="science_museum",
    region="440300",
    address="福中路1号",
    location=kepu.Location(latitude=22.543096, longitude=114.057865),
)


def calendar(*records, **context):
    """The calendar of some records as vobject reads it."""
    return vobject.readOne(export_bytes(ICS, records, **context).decode())


def events(*records, **context):
    """Its events by their ids without the part that names the workspace."""
    found = calendar(*records, **context).contents.get("vevent", [])
    return {e.uid.value.rpartition("@")[0]: e for e in found}


def campaign(**more):
    return kepu.Campaign(**{"id": "c1", "name": "科技创新大赛", "kind": "competition", "period": "2021", **more})


def activity(**more):
    given = {"id": "a1", "campaign": "c1", "name": "开幕式", "starts_on": dt.date(2021, 3, 20)}
    return kepu.Activity(**{**given, **more})


def titled(*steps, **more):
    """A base with one title that is valid until the end of 2025."""
    given = {"valid_from": dt.date(2021, 1, 1), "valid_to": dt.date(2025, 12, 31)}
    made = [kepu.DesignationStep(event=e, on=on, until=until) for e, on, until in steps]
    title = kepu.Designation(id="d1", title="科普教育基地", level="provincial", steps=made, **{**given, **more})
    return kepu.replace(MUSEUM, designations=[title])


def lines(data):
    """The unfolded lines of a calendar; each line as it stands is at most 75 octets long."""
    assert data.endswith(b"\r\n")
    assert all(len(line) <= 75 for line in data.split(b"\r\n"))
    return data.decode().replace("\r\n ", "").removesuffix("\r\n").split("\r\n")


@given(st.lists(st.one_of([strategy_for(cls) for cls in DATED]), max_size=5))
def test_every_calendar_keeps_the_grammar(records):
    """Whatever the texts: lines are short, names and values well formed, each event has what it must, no id occurs twice."""
    told = lines(export_bytes(ICS, records))
    assert all(LINE.fullmatch(line) for line in told)
    for name in ("SUMMARY", "DESCRIPTION", "LOCATION", "UID", "RELATED-TO"):
        assert all(TEXT.fullmatch(line.partition(":")[2]) for line in told if line.startswith(f"{name}:"))
    assert all(GEO.fullmatch(line) for line in told if line.startswith("GEO"))
    uids = [line for line in told if line.startswith("UID:")]
    assert len(uids) == len(set(uids)) == told.count("BEGIN:VEVENT") == sum(t.startswith("DTSTAMP:") for t in told)


@given(hard_texts())
def test_a_text_is_read_as_it_was_written(text):
    """No character is lost on the way to another program, but control characters and line breaks in a heading."""
    event = events(activity(name=text), campaign(name=text))["activity/a1"]
    assert event.summary.value == " ".join(clean(text).split())
    assert event.description.value.endswith(clean(text))


def test_a_backslash_before_a_capital_n_is_no_line_break():
    r"""``C:\New`` stays what it is."""
    assert events(activity(name=r"C:\New"))["activity/a1"].summary.value == r"C:\New"


def test_days_are_whole_and_the_end_is_the_day_after():
    """A campaign from the 20th to the 22nd ends, as calendars count, on the 23rd; a day ends on the next one."""
    found = events(campaign(starts_on=dt.date(2021, 3, 20), ends_on=dt.date(2021, 3, 22)), activity())
    assert found["campaign/c1"].dtstart.value == dt.date(2021, 3, 20)
    assert found["campaign/c1"].dtend.value == dt.date(2021, 3, 23)
    assert found["activity/a1"].dtend.value == dt.date(2021, 3, 21)


def test_the_last_of_all_days_has_a_place():
    """A placeholder date at the end of time is no reason to fail."""
    far = dt.date(9999, 12, 31)
    assert events(activity(starts_on=far))["activity/a1"].dtend.value == far


def test_of_a_campaign_that_only_ends_the_end_is_told():
    """Where only the last day is known, that day is in the calendar, and says that it is the end."""
    event = events(campaign(ends_on=dt.date(2021, 3, 22)))["campaign/c1"]
    assert (event.dtstart.value, event.summary.value) == (dt.date(2021, 3, 22), "科技创新大赛 (ends)")


def test_what_has_no_date_is_counted():
    """A campaign without dates is no entry; the description of the calendar says how many there are."""
    whole = calendar(campaign(), kepu.replace(campaign(), id="c2"), activity())
    assert len(whole.vevent_list) == 1
    assert whole.description.value == "2 of the type campaign have no date and are not in the calendar"
    assert whole.contents["x-wr-caldesc"][0].value == whole.description.value


@pytest.mark.parametrize(
    ("steps", "status"),
    [
        ([], "TENTATIVE"),
        (["announced"], "CONFIRMED"),
        (["announced", "postponed"], "TENTATIVE"),
        (["announced", "cancelled"], "CANCELLED"),
    ],
)
def test_the_status_follows_from_the_campaign(steps, status):
    """A campaign that is only planned is tentative; an activity is on or off with its campaign."""
    told = [kepu.CampaignStep(event=e, on=dt.date(2021, 1, 1 + n)) for n, e in enumerate(steps)]
    found = events(campaign(starts_on=dt.date(2021, 3, 20), steps=told), activity())
    assert {e.status.value for e in found.values()} == {status}
    assert found["campaign/c1"].sequence.value == str(len(steps))
    assert found["activity/a1"].contents["related-to"][0].value == "campaign/c1@kepu-core"


def test_what_happened_after_the_day_is_not_told():
    """The status is that of the day on which the calendar is made, in China."""
    steps = [kepu.CampaignStep(event="announced", on=dt.date(2021, 1, 1))]
    steps.append(kepu.CampaignStep(event="cancelled", on=dt.date(2021, 2, 1)))
    made = campaign(starts_on=dt.date(2021, 3, 20), steps=steps)
    before = dt.datetime(2021, 1, 31, 15, 59, tzinfo=dt.UTC)
    assert events(made, generated_at=before)["campaign/c1"].status.value == "CONFIRMED"
    after = before + dt.timedelta(minutes=1)
    assert events(made, generated_at=after)["campaign/c1"].status.value == "CANCELLED"


def test_steps_out_of_order_do_not_stop_a_calendar():
    """A closing dated before the opening is a fault of the data, not of the calendar."""
    steps = [kepu.CampaignStep(event="opened", on=dt.date(2022, 1, 1))]
    steps.append(kepu.CampaignStep(event="closed", on=dt.date(2020, 1, 1)))
    event = events(campaign(starts_on=dt.date(2021, 3, 20), steps=steps))["campaign/c1"]
    assert event.status.value == "TENTATIVE"


def test_a_deadline_blocks_no_time():
    """The due date of a task is an event of one day; who is responsible stands in it."""
    item = kepu.PlanItem(
        id="i1",
        plan="p",
        section="1",
        text="办好大赛",
        due=dt.date(2021, 6, 30),
        assignments=[kepu.Assignment(unit="青少部", role="lead")],
    )
    event = events(item)["plan_item/i1"]
    assert (event.dtstart.value, event.dtend.value) == (dt.date(2021, 6, 30), dt.date(2021, 7, 1))
    assert event.transp.value == "TRANSPARENT"
    assert event.summary.value == "due: 办好大赛"
    assert event.description.value == "办好大赛\nlead unit: 青少部"


@pytest.mark.parametrize(
    ("reported", "status", "state"),
    [
        ([], "CONFIRMED", None),
        ([("started", 1)], "CONFIRMED", "overdue"),
        ([("started", 1), ("completed", 2)], "CONFIRMED", "completed"),
        ([("cancelled", 1)], "CANCELLED", "cancelled"),
    ],
)
def test_a_deadline_knows_how_far_the_task_is(reported, status, state):
    """Its state follows from the reports beside it; without any, nothing is said of it."""
    item = kepu.PlanItem(id="i1", plan="p", section="1", text="办好大赛", due=dt.date(2021, 6, 30))
    reports = [
        kepu.ProgressReport(id=f"r{n}", item="i1", reported_on=dt.date(2021, 5, n), event=event)
        for event, n in reported
    ]
    event = events(item, *reports)["plan_item/i1"]
    assert event.status.value == status
    assert event.categories.value == ["plan item", *([state] if state else [])]
    assert events(item, *reports, generated_at=None)["plan_item/i1"].status.value == status


GRANTED = ("designated", dt.date(2021, 1, 1), None)


@pytest.mark.parametrize(
    ("steps", "end"),
    [
        ([], dt.date(2025, 12, 31)),
        ([GRANTED], dt.date(2025, 12, 31)),
        ([GRANTED, ("renewed", dt.date(2021, 6, 1), dt.date(2030, 12, 31))], dt.date(2030, 12, 31)),
        ([GRANTED, ("renewed", dt.date(2022, 6, 1), dt.date(2030, 12, 31))], dt.date(2025, 12, 31)),
        ([GRANTED, ("revoked", dt.date(2021, 6, 1), None)], None),
        ([("applied", dt.date(2021, 1, 1), None)], None),
    ],
)
def test_the_end_of_a_title_is_a_day_to_remember(steps, end):
    """A renewal moves it once it has happened; a title that was never granted, or taken away, has none."""
    event = events(titled(*steps)).get("base/b1/d1")
    assert (event and event.dtstart.value) == end


def test_a_title_under_another_table_of_states_is_told_too():
    """A province's own order of events is not judged by the common one."""
    base = titled(("reviewed", dt.date(2021, 1, 1), None), GRANTED, lifecycle="own.table")
    assert events(base)["base/b1/d1"].summary.value == "深圳科技馆: 科普教育基地 ends"


def test_a_title_of_a_region_is_named_after_it():
    """The table of regions that the workspace knows gives the name."""
    title = kepu.Designation(id="d1", title="科普示范区", level="national", valid_to=dt.date(2025, 12, 31))
    held = kepu.RegionDesignation(id="x", region="440304", designation=title)
    regions = kepu.RegionTable([kepu.Region(id="440304", name="福田区", level="county", parent="440300")])
    assert events(held, regions=regions)["region_designation/x/d1"].summary.value == "福田区: 科普示范区 ends"


def test_a_venue_is_where_its_base_is():
    """Place and coordinates of an activity are those of the base in which it is held."""
    event = events(activity(venue=kepu.Venue(name="报告厅", base="b1")), MUSEUM)["activity/a1"]
    assert event.location.value == "报告厅, 深圳科技馆, 福中路1号"
    assert event.geo.value == "22.543096;114.057865"


def test_a_small_number_has_no_exponent():
    """Calendars know no exponents: a place a metre from the equator lies on it."""
    near = kepu.replace(MUSEUM, location=kepu.Location(latitude=0.00001, longitude=-0.00001))
    assert events(activity(venue=kepu.Venue(name="报告厅", base="b1")), near)["activity/a1"].geo.value == "0.0;0.0"


def test_the_time_of_an_entry_is_no_clock():
    """It is the time at which the export is made, or the day of the record's last event."""
    made = dt.datetime(2021, 12, 31, 16, 30, tzinfo=dt.timezone(dt.timedelta(hours=8)))
    assert b"DTSTAMP:20211231T083000Z" in export_bytes(ICS, [activity()], generated_at=made)
    assert b"DTSTAMP:20210320T000000Z" in export_bytes(ICS, [activity()], generated_at=None)


def test_workspaces_do_not_overwrite_each_other():
    """With a domain name of one's own, the entry of the same record id is another one."""
    data = export_bytes(ICS, [activity()], options={"authority": "kepu.example.org", "title": "深圳"})
    assert b"UID:activity/a1@kepu.example.org" in data
    assert "X-WR-CALNAME:深圳\r\n".encode() in data


@pytest.mark.parametrize("authority", ["", "a b", "x\r\nATTENDEE:mailto:a@b", "中国", "-a", "a..b"])
def test_an_authority_that_is_no_domain_name_is_refused(authority):
    """Nothing but a domain name comes into the ids."""
    with pytest.raises(kepu.InvalidData, match=r"\[web.authority\]"):
        export_bytes(ICS, [activity()], options={"authority": authority})


def test_an_empty_calendar_is_valid():
    """It has no event, and yet a component, which the grammar asks for."""
    whole = calendar()
    assert "vevent" not in whole.contents
    assert whole.vtimezone.tzid.value == "Asia/Shanghai"


def test_a_calendar_speaks_both_languages():
    """Labels follow the language; what was written by people stays as it is."""
    with kepu.use_language("zh"):
        event = events(campaign(edition=36, starts_on=dt.date(2021, 3, 20), audiences=["youth"]))["campaign/c1"]
    assert event.summary.value == "第36届科技创新大赛"
    assert event.categories.value == ["大赛、竞赛", "青少年"]
