"""Linked data: expanded by PyLD, which needs no network for it."""

import datetime as dt
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyld import jsonld

import kepu_core as kepu
from kepu_core.testing import strategy_for
from kepu_core.testing.contracts.exporter import export_bytes
from kepu_web.feeds import FEEDS

JSONLD = next(e for e in FEEDS if e.name == "jsonld")
DESCRIBED = (kepu.Activity, kepu.Base, kepu.Campaign, kepu.CampaignSeries, kepu.Organisation)
SCHEMA = "https://schema.org/"
TAG = "tag:kepu-core,2026:"


@pytest.fixture(autouse=True)
def offline(monkeypatch):
    """Nothing is fetched to understand a document."""

    def refuse(url, *_):
        raise AssertionError(url)

    monkeypatch.setattr(jsonld, "load_document", refuse)


def nodes(*records, **context):
    """What is said, by subject: for each property its values, with the names of schema.org shortened."""
    triples = jsonld.to_rdf(json.loads(export_bytes(JSONLD, records, **context))).get("@default", [])
    found = {}
    for triple in triples:
        name = triple["predicate"]["value"].removeprefix(SCHEMA).rpartition("#")[2]
        found.setdefault(triple["subject"]["value"].removeprefix(TAG), {}).setdefault(name, []).append(
            triple["object"]["value"].removeprefix(SCHEMA).removeprefix(TAG)
        )
    return found


def event(**more):
    given = {"id": "c1", "name": "科普日", "kind": "science_day", "period": "2021", "starts_on": dt.date(2021, 9, 11)}
    return kepu.Campaign(**{**given, **more})


@given(st.lists(st.one_of([strategy_for(cls) for cls in DESCRIBED]), max_size=5))
def test_every_record_is_described(records):
    """Whatever the texts, each record is a node with a type of schema.org and its name, and all links are IRIs."""
    whole = jsonld.expand(json.loads(export_bytes(JSONLD, records)))
    assert {n["@id"] for n in whole} == {n["@id"] for n in whole if n["@id"].startswith(TAG)}
    assert len(whole) == len({(type(r), r.id) for r in records})
    names = {n["https://schema.org/name"][0]["@value"] for n in whole}
    assert names == {r.name for r in records} or len(names) < len(records)
    triples = jsonld.to_rdf(whole).get("@default", [])
    links = [t["object"]["value"] for t in triples if t["object"]["type"] == "IRI"]
    assert not [link for link in links if set(link) & set('<>"{}|\\^` \n')]


def test_an_activity_belongs_to_its_campaign_and_that_to_its_series():
    """Days are dates, the events hang together by ``superEvent``."""
    series = kepu.CampaignSeries(id="s", name="全国科普日", kind="science_day")
    activity = kepu.Activity(id="a", campaign="c1", name="开放日", starts_on=dt.date(2021, 9, 12), mode="onsite")
    found = nodes(series, event(series="s", ends_on=dt.date(2021, 9, 17)), activity)
    assert found["campaign_series/s"]["type"] == ["EventSeries"]
    assert found["campaign/c1"]["type"] == ["EducationEvent"]
    assert found["campaign/c1"]["superEvent"] == ["campaign_series/s"]
    assert (found["campaign/c1"]["startDate"], found["campaign/c1"]["endDate"]) == (["2021-09-11"], ["2021-09-17"])
    assert found["activity/a"]["type"] == ["EducationEvent"]
    assert found["activity/a"]["superEvent"] == ["campaign/c1"]
    assert found["activity/a"]["eventAttendanceMode"] == ["OfflineEventAttendanceMode"]


def test_a_day_is_a_date():
    """Programs that know types read a date, not a text."""
    whole = jsonld.expand(json.loads(export_bytes(JSONLD, [event()])))
    assert whole[0][f"{SCHEMA}startDate"] == [{"@type": f"{SCHEMA}Date", "@value": "2021-09-11"}]


@pytest.mark.parametrize(
    ("steps", "status"),
    [
        ([], "EventScheduled"),
        (["announced"], "EventScheduled"),
        (["postponed"], "EventPostponed"),
        (["postponed", "announced"], "EventScheduled"),
        (["announced", "cancelled"], "EventCancelled"),
    ],
)
def test_the_status_follows_from_the_campaign(steps, status):
    """Postponed and cancelled are told, of a campaign and of what belongs to it; of others nothing is known."""
    told = [kepu.CampaignStep(event=e, on=dt.date(2021, 1, 1 + n)) for n, e in enumerate(steps)]
    activity = kepu.Activity(id="a", campaign="c1", name="开放日", starts_on=dt.date(2021, 9, 12))
    found = nodes(event(steps=told), activity)
    assert found["campaign/c1"]["eventStatus"] == found["activity/a"]["eventStatus"] == [status]
    assert "eventStatus" not in nodes(activity)["activity/a"]


def test_units_take_part_in_their_roles():
    """Hosts and organisers organise; a unit that is described in the document is referred to, another is named."""
    units = [
        kepu.CampaignUnit(name="省科协", role="host", organisation="gd"),
        kepu.CampaignUnit(name="市科协", role="co_organiser"),
        kepu.CampaignUnit(name="某公司", role="supporter", organisation="x"),
    ]
    body = kepu.Organisation(id="gd", name="广东省科学技术协会", kind="association", also_known_as=["省科协"])
    found = nodes(event(units=units), body)
    assert found["campaign/c1"]["organizer"] == ["organisation/gd"]
    assert found["organisation/gd"]["name"] == ["广东省科学技术协会"]
    assert found["organisation/gd"]["alternateName"] == ["省科协"]
    assert found[found["campaign/c1"]["contributor"][0]]["name"] == ["市科协"]
    assert found["campaign/c1"]["sponsor"] == ["organisation/x"]
    assert found["organisation/x"]["name"] == ["某公司"]


def test_a_hall_lies_in_its_base():
    """A venue keeps its own name; the base is where it is."""
    base = kepu.Base(
        id="b1",
        name="深圳科技馆",
        kind="science_museum",
        region="440300",
        address="福中路1号",
        website="https://example.org/{馆}",
        location=kepu.Location(latitude=22.5, longitude=114.0),
        designations=[kepu.Designation(id="d", title="科普教育基地", level="provincial")],
    )
    found = nodes(event(main_venue=kepu.Venue(name="报告厅", base="b1")), base)
    hall = found[found["campaign/c1"]["location"][0]]
    assert (hall["name"], hall["containedInPlace"]) == (["报告厅"], ["base/b1"])
    museum = found["base/b1"]
    assert (museum["type"], museum["name"]) == (["Museum"], ["深圳科技馆"])
    assert museum["url"] == ["https://example.org/%7B馆%7D"]
    assert found[museum["geo"][0]]["latitude"] == ["2.25E1"]
    assert found[museum["address"][0]]["streetAddress"] == ["福中路1号"]
    assert found[museum["additionalProperty"][0]]["name"] == ["科普教育基地"]


def test_a_virtual_museum_is_nowhere():
    """It has an address on the network, and none in a street."""
    base = kepu.Base(
        id="v", name="云馆", kind="virtual_museum", region="440300", address="某路", website="https://example.org"
    )
    found = nodes(event(main_venue=kepu.Venue(name="直播间", base="v")), base)
    assert found["base/v"]["type"] == ["VirtualLocation"]
    assert "address" not in found["base/v"]
    assert found[found["campaign/c1"]["location"][0]]["url"] == ["https://example.org"]


def test_a_place_without_a_venue_is_its_region():
    """Where only the region is known, that is the place."""
    regions = kepu.RegionTable([kepu.Region(id="440000", name="广东省", level="province")])
    found = nodes(event(region="440000"), regions=regions)
    assert found[found["campaign/c1"]["location"][0]]["name"] == ["广东省"]


def test_contacts_are_told_only_when_asked_for():
    """A person to ask is personal data."""
    contact = kepu.Contact(name="张三", phone="13800138000", email="a@example.org")
    body = kepu.Organisation(id="gd", name="省科协", kind="association", contact=contact, uscc="91440300708461136T")
    base = kepu.Base(id="b1", name="馆", kind="venue", region="440300", contact=contact)
    found = nodes(body, base, include_personal=True)
    point = found[found["organisation/gd"]["contactPoint"][0]]
    assert (point["name"], point["telephone"], point["email"]) == (["张三"], ["13800138000"], ["a@example.org"])
    assert found["base/b1"]["telephone"] == ["13800138000"]
    assert "contactPoint" not in nodes(body, base)["organisation/gd"]
    code = next(v for v in found["organisation/gd"]["identifier"] if v != "gd")
    assert found[code]["value"] == ["91440300708461136T"]
