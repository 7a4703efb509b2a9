"""The feed of notices: read by feedparser, and checked against the rules of RFC 4287."""

import datetime as dt
import re
import xml.etree.ElementTree as ET

import feedparser
import pytest
from hypothesis import given
from hypothesis import strategies as st

import kepu_core as kepu
from kepu_core.testing import strategy_for
from kepu_core.testing.contracts.exporter import export_bytes
from kepu_web.feeds import FEEDS
from kepu_web.feeds_notices import ANNOUNCED

ATOM = next(e for e in FEEDS if e.name == "atom")
NS = "{http://www.w3.org/2005/Atom}"
IRI = re.compile(r"tag:[a-z0-9.-]+,\d{4}:[A-Za-z0-9._~%/-]+")
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d\d:\d\d")
ALLOWED = {
    "feed": {"id": "1", "title": "1", "updated": "1", "author": "1", "generator": "?", "entry": "*"},
    "entry": {
        "id": "1",
        "title": "1",
        "updated": "1",
        "published": "?",
        "author": "*",
        "category": "1",
        "content": "1",
    },
}


def parsed(*records, **context):
    """A feed as a news reader sees it, without what it does to markup."""
    data = export_bytes(ATOM, records, **context)
    feed = feedparser.parse(data, sanitize_html=False, resolve_relative_uris=False)
    assert not feed.bozo
    return feed


def check(element):
    """That an element holds what RFC 4287 allows, as often as it allows it."""
    kind = element.tag.removeprefix(NS)
    assert {child.tag.removeprefix(NS) for child in element} <= set(ALLOWED[kind])
    for name, often in ALLOWED[kind].items():
        found = element.findall(f"{NS}{name}")
        assert often == "*" or len(found) == 1 or (often == "?" and not found)
    assert IRI.fullmatch(element.findtext(f"{NS}id"))
    assert element.findtext(f"{NS}title").strip()
    assert all(TIME.fullmatch(e.text) for e in element if e.tag in {f"{NS}updated", f"{NS}published"})
    assert all(author.findtext(f"{NS}name").strip() for author in element.findall(f"{NS}author"))


@given(st.lists(st.one_of([strategy_for(cls) for cls in ANNOUNCED]), max_size=5))
def test_every_feed_is_valid(records):
    """Whatever the texts: the elements are those of Atom, ids are absolute and unique, the newest comes first."""
    feed = ET.fromstring(export_bytes(ATOM, records))
    entries = feed.findall(f"{NS}entry")
    for element in (feed, *entries):
        check(element)
    ids = [e.findtext(f"{NS}id") for e in entries]
    assert len(set(ids)) == len(ids)
    times = [dt.datetime.fromisoformat(e.findtext(f"{NS}updated")) for e in entries]
    assert times == sorted(times, reverse=True)
    assert not times or dt.datetime.fromisoformat(feed.findtext(f"{NS}updated")) == times[0]


def campaign(**more):
    steps = [
        kepu.CampaignStep(event="announced", on=dt.date(2021, 1, 5)),
        kepu.CampaignStep(event="postponed", on=dt.date(2021, 2, 5)),
    ]
    units = [kepu.CampaignUnit(name="广东省科协", role="host")]
    given = {"id": "c1", "name": "科普日", "kind": "science_day", "period": "2021", "steps": steps, "units": units}
    return kepu.Campaign(**{**given, **more})


def test_each_event_of_a_campaign_is_a_notice():
    """It is dated by the event and signed by the hosts; a later event leaves the earlier notices as they are."""
    feed = parsed(campaign(starts_on=dt.date(2021, 9, 11)))
    assert [e.title for e in feed.entries] == ["科普日: postponed", "科普日: announced"]
    assert feed.entries[1].id == "tag:kepu-core,2026:campaign/c1/announced/2021-01-05"
    assert feed.entries[1].updated == "2021-01-05T00:00:00+08:00"
    assert [a.name for a in feed.entries[1].authors] == ["广东省科协"]
    assert feed.entries[1].tags[0].term == "campaign/announced"
    assert feed.entries[1].content[0].value == "dates: 2021-09-11\nhost: 广东省科协"
    earlier = parsed(kepu.replace(campaign(starts_on=dt.date(2021, 9, 11)), steps=campaign().steps[:1]))
    assert earlier.entries[0] == feed.entries[1]


def test_each_event_of_a_title_is_a_notice():
    """Two events of one kind on one day have two ids."""
    day = dt.date(2021, 5, 1)
    steps = [kepu.DesignationStep(event="designated", on=day, document="粤科协〔2021〕1号")]
    steps += [kepu.DesignationStep(event="assessed", on=day, grade=g) for g in ("良好", "优秀")]
    title = kepu.Designation(id="d", title="科普教育基地", level="provincial", designated_by="gd", steps=steps)
    body = kepu.Organisation(id="gd", name="广东省科协", kind="association")
    base = kepu.Base(id="b", name="深圳科技馆", kind="venue", region="440300", designations=[title])
    entries = {e.id.removeprefix("tag:kepu-core,2026:base/b/d/"): e for e in parsed(base, body).entries}
    assert list(entries) == ["assessed/2021-05-01", "assessed/2021-05-01/2", "designated/2021-05-01"]
    assert entries["designated/2021-05-01"].title == "深圳科技馆: 科普教育基地 designated"
    assert entries["designated/2021-05-01"].author == "广东省科协"
    assert entries["assessed/2021-05-01/2"].content[0].value.endswith("grade: 优秀")


def test_a_title_of_a_region_and_a_plan_are_announced():
    """A plan is announced on the day on which it was issued; one that was not is no news."""
    step = kepu.DesignationStep(event="designated", on=dt.date(2021, 5, 1))
    title = kepu.Designation(id="d", title="科普示范区", level="national", steps=[step])
    held = kepu.RegionDesignation(id="x", region="440304", designation=title)
    plan = kepu.Plan(
        id="p",
        title="2021年工作要点",
        kind="annual",
        period="2021",
        issuer="gd",
        document_number="粤科协办发〔2021〕21号",
        issued_on=dt.date(2021, 3, 1),
    )
    draft = kepu.replace(plan, id="draft", issued_on=None)
    feed = parsed(held, plan, draft)
    assert [e.title for e in feed.entries] == ["440304: 科普示范区 designated", "2021年工作要点"]
    assert "document number: 粤科协办发〔2021〕21号" in feed.entries[1].content[0].value


def test_a_progress_report_is_a_notice():
    """The item is named by its text where it is at hand, and markup in a summary is text."""
    report = kepu.ProgressReport(
        id="r1", item="i1", reported_on=dt.date(2021, 5, 1), percent=40, summary="<b>办了</b> & 结束", reporter="gd"
    )
    item = kepu.PlanItem(id="i1", plan="p", section="1", text="办好大赛")
    entry = parsed(report, item).entries[0]
    assert entry.title == "progress of a plan item: 办好大赛"
    assert entry.content[0].value == "<b>办了</b> & 结束\nplan item: 办好大赛\nprogress: 40%\nreporting unit: gd"
    assert entry.content[0].type == "text/plain"
    assert parsed(report).entries[0].title == "progress of a plan item: i1"


def evaluation(results, **more):
    return kepu.Evaluation(
        id="e1",
        scheme="gd.city@1",
        period="2021",
        scheme_digest="sha256:0",
        data_digest="sha256:1",
        engine_version="0.1.0",
        evaluated_at=dt.datetime(2022, 1, 10, 8, 30, 5, 7, tzinfo=dt.UTC),
        results=results,
        **more,
    )


def test_an_evaluation_is_a_notice_with_its_ranking():
    """In the order of ranks, those without a rank last; that data is illustrative is the first that is said."""
    results = [
        kepu.SubjectResult(subject="440500", note="数据不足"),
        kepu.SubjectResult(subject="440300", score=91.5, rank=2, grade="优秀"),
        kepu.SubjectResult(subject="440100", score=92, rank=1, grade="优秀"),
    ]
    regions = kepu.RegionTable([kepu.Region(id="440100", name="广州市", level="prefecture", parent="440000")])
    entry = parsed(evaluation(results, illustrative=True), regions=regions).entries[0]
    assert entry.updated == "2022-01-10T08:30:05+00:00"
    assert entry.title == "gd.city@1 · 2021"
    assert entry.content[0].value.splitlines()[1:] == [
        "1 · 广州市 · 92 · 优秀",
        "2 · 440300 · 91.5 · 优秀",
        "440500 · 数据不足",
    ]
    assert "illustrative" in entry.content[0].value.splitlines()[0]


def test_a_long_ranking_is_cut():
    """The first two hundred are listed, and how many more there are."""
    results = [kepu.SubjectResult(subject=str(n), score=1, rank=n) for n in range(1, 251)]
    told = parsed(evaluation(results)).entries[0].content[0].value.splitlines()
    assert len(told) == 201
    assert told[-1] == "50 more subjects"


def test_a_feed_changes_only_with_news():
    """Making it again later gives the same bytes; an empty one is dated by its making."""
    later = dt.datetime(2030, 1, 1, tzinfo=dt.UTC)
    assert export_bytes(ATOM, [campaign()], generated_at=later) == export_bytes(ATOM, [campaign()], generated_at=None)
    assert parsed(generated_at=later).feed.updated == "2030-01-01T00:00:00+00:00"
    assert parsed(generated_at=None).feed.updated == "1970-01-01T00:00:00+00:00"


def test_the_feed_is_named_by_whoever_publishes_it():
    """Title, author and domain name are options."""
    options = {"title": "深圳<科普>", "author": "深圳市科协", "authority": "kepu.example.org"}
    feed = parsed(campaign(), options=options)
    assert (feed.feed.title, feed.feed.author) == ("深圳<科普>", "深圳市科协")
    assert feed.feed.id == "tag:kepu.example.org,2026:notices"
    assert feed.entries[0].id.startswith("tag:kepu.example.org,2026:campaign/c1/")


@pytest.mark.parametrize(
    ("language", "title", "tag"), [("zh", "科普日：延期", "zh-CN"), ("en", "科普日: postponed", "en")]
)
def test_a_feed_speaks_both_languages(language, title, tag):
    """What the library says follows the language, and the feed says which one it is."""
    with kepu.use_language(language):
        feed = parsed(campaign())
        root = ET.fromstring(export_bytes(ATOM, [campaign()]))
    assert feed.entries[0].title == title
    assert root.get("{http://www.w3.org/XML/1998/namespace}lang") == tag
