"""Whole consistent worlds: a made-up province with everything that a year of its work leaves behind.

:func:`worlds` draws provinces whose records fit together, :func:`figures_for` only figures.

Few and small numbers are drawn; everything else follows from them and from what the fields say of themselves. So a
world takes milliseconds, and shrinks to one in which nothing happens but what breaks a test.
"""

import datetime as dt
from collections.abc import Sequence
from functools import cached_property
from typing import Any, TypeVar

import attrs
from hypothesis import strategies as st

import kepu_core.domain as d
from kepu_core.codec import Codec, RecordType
from kepu_core.domain.record import Record, replace
from kepu_core.testing._hand import Bounds, Hand, fate

__all__ = ["World", "figures_for", "worlds"]

R = TypeVar("R", bound=Record)

_PROVINCE = "990000"
_MOST_CITIES = 99  # two digits of a code
_YEAR = dt.timedelta(days=365)
_PERIODS = st.sampled_from(["2021", "2022", "2021H1", "2021Q4", "2021-09-01/2022-08-31"]).map(d.Period.parse)
_INDICATORS = (
    d.Indicator(id="visits", name="接待人次", unit="人次", kind=d.IndicatorKind.FLOW, definition="不含线上"),
    d.Indicator(id="venues", name="科普场馆", unit="个", kind=d.IndicatorKind.STOCK),
    d.Indicator(id="literacy", name="公民具备科学素质的比例", unit="%", kind=d.IndicatorKind.SHARE),
)
_FIGURES: Bounds = {"visits": (0, 1_000_000), "venues": (0, 500), "literacy": (0.0, 100.0)}


@attrs.frozen(kw_only=True)
class World:
    """A made-up province: records that fit together, for one period and some before it.

    ``records`` stand in an order in which they can be put, one by one or all at once. ``corrections`` are later
    revisions of some observations among them, to be put afterwards.
    """

    records: tuple[Record, ...]
    corrections: tuple[d.Observation, ...]
    period: d.Period

    @cached_property
    def regions(self) -> d.RegionTable:
        """The divisions of the province, those that are gone among them."""
        return d.RegionTable(self.of(d.Region))

    def of(self, kind: type[R]) -> tuple[R, ...]:
        """The records of a class, in order."""
        return tuple(r for r in self.records if isinstance(r, kind))

    def __repr__(self) -> str:
        return f"<World {self.period}: {len(self.records)} records, {len(self.corrections)} corrections>"

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:  # noqa: ARG002, FBT001 - as Hypothesis calls it
        printer.text(repr(self))  # it would print every field of every record


def worlds(
    *, cities: int = 3, figures: Bounds | None = None, period: d.Period | None = None, hostile: bool = False
) -> st.SearchStrategy[World]:
    """Made-up provinces of ``cities`` cities (1 to 99), in a ``period`` (else in one of a few).

    The first city has districts that were merged and renamed; the last of several has none. ``figures`` says of which
    indicators there are observations and between which bounds, both allowed, as :func:`figures_for` takes them: of
    cities and districts, for the period and the one before. ``hostile`` puts awkward texts and ids everywhere.

    ``ws.put(world.records)`` succeeds in an empty workspace, and ``ws.check()`` then finds no error::

        @given(worlds(figures={"visits": (0, 500)}))
        def test_my_metric(world): ...

    Raises ``ValueError`` for another number of cities.
    """
    if not 1 <= cities <= _MOST_CITIES:
        message = f"a province has 1 to {_MOST_CITIES} cities, not {cities}"
        raise ValueError(message)
    return _worlds(cities, _FIGURES if figures is None else figures, period, hostile=hostile)


def figures_for(
    subjects: Sequence[str], indicators: Bounds, period: d.Period
) -> st.SearchStrategy[tuple[d.Observation, ...]]:
    """Observations of indicators, for subjects and a period; some have a reason instead of a value, some are not there.

    ``indicators`` are ids with the least and greatest value allowed. Between whole numbers all are whole, else they
    are one of ten thousand steps.
    """
    return _figures_for(tuple(subjects), indicators, period)


@st.composite
def _figures_for(
    draw: st.DrawFn, subjects: Sequence[str], indicators: Bounds, period: d.Period
) -> tuple[d.Observation, ...]:
    drawn = (
        (indicator, subject, fate(draw, bounds)) for indicator, bounds in indicators.items() for subject in subjects
    )
    return tuple(d.Observation.of(i, subject, period.text, **told) for i, subject, told in drawn if told is not None)


@st.composite
def _worlds(draw: st.DrawFn, cities: int, figures: Bounds, period: d.Period | None, *, hostile: bool) -> World:
    # Each part is a strategy of its own, so that Hypothesis can try to do without all that is drawn in it at once.
    hand = Hand(draw, draw(_PERIODS) if period is None else period, hostile=hostile)
    _regions(hand, cities)
    draw(_organisations(hand))
    known = {i.id: i for i in _INDICATORS}
    hand.records += [known.get(i) or d.Indicator(id=i, name=hand.text(i), unit="个") for i in figures]
    draw(_series(hand))
    draw(_plans(hand))
    draw(_bases(hand))
    draw(_campaigns(hand))
    draw(_observations(hand, figures))
    draw(_evaluation(hand, figures))
    observed = hand.some(hand.of(d.Observation), 3)
    later = tuple(_corrected(hand, o, figures[o.indicator]) for o in observed)
    return World(records=tuple(hand.records), corrections=later, period=hand.period)


def _regions(hand: Hand, cities: int) -> None:
    def region(code: str, level: d.RegionLevel, parent: str | None, name: str, **more: Any) -> None:
        hand.records.append(d.Region(id=code, level=level, parent=parent, name=hand.text(name), **more))

    region(_PROVINCE, d.RegionLevel.PROVINCE, None, "某省")
    for number in range(1, cities + 1):
        city, alone = f"99{number:02}00", 1 < number == cities
        more: dict[str, Any] = {"sub_provincial": number == 1, "districtless": alone}
        region(city, d.RegionLevel.PREFECTURE, _PROVINCE, f"第{number}市", **more)
        counties: dict[str, dict[str, Any]] = {} if alone else {"01": {}, "02": {"functional_zone": number > 1}}
        for tail, more in (counties | _changes(hand, city) if number == 1 else counties).items():
            region(city[:4] + tail, d.RegionLevel.COUNTY, city, f"第{tail}区", **more)


def _changes(hand: Hand, city: str) -> dict[str, dict[str, Any]]:
    """Two districts that are merged and a county that is renamed: before, in or after the period."""
    start, end = hand.period.start, hand.period.end
    found: dict[str, dict[str, Any]] = {}
    for change, new, old in (("merged", "05", ("03", "04")), ("renamed", "06", ("21",))):
        day = hand.pick((start - _YEAR, start, start + (end - start) / 2, end + dt.timedelta(days=1)))
        became = d.RegionSuccession(change=d.RegionChange(change), on=day, to=(city[:4] + new,))
        found |= {new: {"valid_from": day}, **{tail: {"valid_to": day, "became": became} for tail in old}}
    return found


@st.composite
def _organisations(draw: st.DrawFn, hand: Hand) -> None:
    hand.draw = draw
    kinds, day = d.OrganisationKind, hand.period.start
    for region in hand.of(d.Region):
        if region.id.endswith("00"):
            above = {"region": region.id, "parent": hand.id("ast-" + region.parent) if region.parent else None}
            ident, name = hand.id(f"ast-{region.id}"), hand.text(f"{region.name}科协")
            hand.keep(d.Organisation, day, id=ident, name=name, kind=kinds.ASSOCIATION, **above)
    for kind in (kinds.SOCIETY, kinds.GOVERNMENT, kinds.SCHOOL, kinds.COMPANY):
        hand.keep(d.Organisation, day, id=hand.id(kind.value), name=hand.text(kind.label.zh), kind=kind)


@st.composite
def _series(draw: st.DrawFn, hand: Hand) -> None:
    hand.draw = draw
    for kind in (d.CampaignKind.COMPETITION, d.CampaignKind.SCIENCE_DAY)[: 1 + hand.number(1)]:
        hand.keep(d.CampaignSeries, hand.period.start, id=hand.id(kind.value), kind=kind)


@st.composite
def _plans(draw: st.DrawFn, hand: Hand) -> None:
    """The plan of the province, and perhaps that of the first city, which realises it."""
    hand.draw = draw
    above: list[d.PlanItem] = []
    for issuer in hand.of(d.Organisation)[: 1 + hand.number(1)]:
        day = hand.day(hand.period.start - dt.timedelta(days=30), hand.period.start)
        known: dict[str, Any] = {"issuer": issuer.id, "region": issuer.region, "issued_on": day}
        known |= {"period": str(hand.period), "realises": above[0].plan if above else None}
        sections = tuple(
            d.PlanSection(id=ident, number=number, heading=hand.text("工作"), parent=parent)
            for ident, number, parent in (("1", "一", None), ("1.1", "（一）", "1"), ("2", "二", None))
        )
        plan = hand.keep(d.Plan, day, id=hand.id(f"plan-{issuer.region}"), sections=sections, **known)
        above = [_item(hand, plan, number, above) for number in range(1 + hand.number(3))]


def _item(hand: Hand, plan: d.Plan, number: int, above: Sequence[d.PlanItem]) -> d.PlanItem:
    """An item of a plan with the reports on its progress."""
    known = {"plan": plan.id, "section": hand.pick(plan.sections).id, "order": number}
    realises = hand.pick(above).id if above else None
    item = hand.keep(d.PlanItem, hand.period.start, id=f"{plan.id}-{number}", realises=realises, **known)
    for index, (event, day) in enumerate(hand.walk(d.ITEM_LIFECYCLE, hand.period.start, 3)):
        hand.keep(d.ProgressReport, day, id=f"{item.id}-{index}", item=item.id, reported_on=day, event=event)
    return item


@st.composite
def _bases(draw: st.DrawFn, hand: Hand) -> None:
    """Bases with their titles and yearly reports, in districts that there may be no more; and a model county."""
    hand.draw = draw
    everywhere = [r.id for r in hand.of(d.Region) if r.parent is not None]
    for number in range(1 + hand.number(2)):
        day = hand.day(hand.period.start - 10 * _YEAR, hand.period.start)
        known = {"region": hand.pick(everywhere), "opened_on": day, "closed_on": hand.pick((None, hand.period.end))}
        titles = tuple(_title(hand, f"title-{index}") for index in range(hand.number(2)))
        base = hand.keep(d.Base, day, id=hand.id(f"base-{number}"), designations=titles, **known)
        for span in hand.some((hand.period.previous(), hand.period)):
            visits = hand.pick((hand.number(50_000), None))
            figures = {"visits": visits, "free_visits": visits and visits // 2}
            reason = hand.text("改造") if visits is None else None
            ident = {"id": f"{base.id}|{span}", "base": base.id, "period": str(span)}
            hand.keep(d.BaseReport, span.end, **ident, **figures, closed_for=reason)
    hand.keep(d.RegionDesignation, hand.period.end, id=hand.id("county"), designation=_title(hand, "model"))


def _title(hand: Hand, ident: str) -> d.Designation:
    """A title with some years of events; it ends when it expires, else five years after it was granted."""
    events = d.DesignationEvent
    walked = list(hand.walk(d.DESIGNATION_LIFECYCLE, hand.period.start - 3 * _YEAR, 9))
    granted = next((day for event, day in walked if event is events.DESIGNATED), None)
    expired = next((day for event, day in walked if event is events.EXPIRED), None)
    steps = tuple(_title_step(hand, event, day) for event, day in walked)
    span = {"valid_from": granted, "valid_to": expired or (granted and granted + 5 * _YEAR)}
    return hand.make(d.Designation, hand.period.start, id=ident, steps=steps, lifecycle=d.STANDARD, **span)


def _title_step(hand: Hand, event: d.DesignationEvent, day: dt.date) -> d.DesignationStep:
    limited = event in {d.DesignationEvent.RENEWED, d.DesignationEvent.RECTIFICATION_ORDERED}
    grade = hand.text("合格") if event is d.DesignationEvent.ASSESSED else None
    return d.DesignationStep(event=event, on=day, until=day + _YEAR if limited else None, grade=grade)


@st.composite
def _campaigns(draw: st.DrawFn, hand: Hand) -> None:
    """Editions of every series, numbers growing with time, and a forum that is held once."""
    hand.draw = draw
    for series in hand.of(d.CampaignSeries):
        last = hand.number(40, 3)
        for back in reversed(range(1 + hand.number(2))):
            known = {"id": f"{series.id}-{last - back}", "series": series.id, "edition": last - back}
            _campaign(hand, hand.period.shift(-back), kind=series.kind, name=series.name, **known)
    forum = {"id": hand.id("forum"), "kind": d.CampaignKind.FORUM, "series": None, "edition": None}
    _campaign(hand, hand.period, **forum)


def _campaign(hand: Hand, span: d.Period, **known: Any) -> None:
    """A campaign with its activities, and the entries and awards of a competition."""
    start = hand.day(span.start, span.end)
    end = hand.day(start, min(span.end, start + dt.timedelta(days=20)))
    walked = hand.walk(d.CAMPAIGN_LIFECYCLE, start - dt.timedelta(days=60), 4)
    known |= {"steps": tuple(d.CampaignStep(event=event, on=day) for event, day in walked)}
    campaign = hand.keep(d.Campaign, start, period=str(span), starts_on=start, ends_on=end, **known)
    for number in range(hand.number(2)):
        known = {"id": f"{campaign.id}-{number}", "campaign": campaign.id}
        late = hand.number(3) == 3
        day = end + dt.timedelta(days=9) if late else hand.day(start, end)
        reason = hand.text("因天气顺延") if late else None
        hand.keep(d.Activity, day, starts_on=day, ends_on=day, outside_reason=reason, **known)
        if campaign.kind is d.CampaignKind.COMPETITION:
            entry = hand.keep(d.Entry, end, **known)
            hand.keep(d.Award, end, entry=entry.id, awarded_on=end, **known)


@st.composite
def _observations(draw: st.DrawFn, hand: Hand, figures: Bounds) -> None:
    """Figures of the cities and districts that there are when a period begins, for it and the one before."""
    hand.draw = draw
    units = {i.id: i.unit for i in hand.of(d.Indicator)}
    for span in (hand.period.previous(), hand.period):
        for place in hand.places(span.start):
            key = {"subject": place, "period": str(span), "reporter": hand.id(f"ast-{place[:4]}00")}
            for indicator, bounds in figures.items():
                if told := fate(hand.draw, bounds):
                    known = {"indicator": indicator, "unit": units[indicator], "reported_on": span.end, **key, **told}
                    hand.records.append(d.Observation.of(**known))
                    # A part of a figure is no figure of its subject: whoever adds it up is wrong.
                    if place.endswith("0100"):
                        hand.records.append(d.Observation.of(**known, breakdown=_WOMEN))


_WOMEN = (d.Breakdown(dimension="sex", member="female"),)


def _corrected(hand: Hand, before: d.Observation, bounds: tuple[float, float]) -> d.Observation:
    """What was said of a figure afterwards: another value, or that it is to be left out."""
    told = fate(hand.draw, bounds) or {"state": d.ValueState.SUPPRESSED}
    values = {"value": None, "state": d.ValueState.REPORTED, "standing": d.Standing.AUDITED} | told
    return replace(before, **values, reported_on=hand.period.end + dt.timedelta(days=30), note=hand.text("更正"))


@st.composite
def _evaluation(draw: st.DrawFn, hand: Hand, figures: Bounds) -> None:
    """Perhaps a scheme over the figures, and what came out for the cities."""
    hand.draw = draw
    if not figures or not hand.number(2):
        return
    cities = tuple(r.id for r in hand.of(d.Region) if r.level is d.RegionLevel.PREFECTURE)
    scheme = _scheme(hand, figures, cities)
    scores = {city: hand.number(100) for city in cities}
    results = tuple(
        d.SubjectResult(subject=c, score=s, rank=1 + sum(x > s for x in scores.values()), grade=_GRADES[s < 60].grade)
        for c, s in scores.items()
    )
    evaluation = d.Evaluation(
        id=f"{scheme.id}|{hand.period}",
        scheme=scheme.id,
        period=str(hand.period),
        scheme_digest=Codec([RecordType(d.Scheme)]).digest([scheme]),
        data_digest="none",
        engine_version="0",
        evaluated_at=dt.datetime.combine(hand.period.end, dt.time(), dt.UTC),
        results=results,
        illustrative=True,
    )
    hand.records += [scheme, evaluation]
    if hand.number(1):
        gone = d.Erasure(
            id="erasure-1",
            record_type="entry",
            record_id=hand.text("作品"),
            fields=("members",),
            revisions=hand.number(3),
            erased_at=evaluation.evaluated_at,
            reason=hand.text("监护人要求"),
        )
        hand.records.append(gone)


_GRADES = (d.GradeBand(grade="优秀", lower=60, inclusive=True), d.GradeBand(grade="合格"))


def _scheme(hand: Hand, figures: Bounds, cities: tuple[str, ...]) -> d.Scheme:
    """A scheme whose leaves ask for metrics that are called like the indicators."""
    leaves = tuple(
        _leaf(indicator, 1 / len(figures), low, max(high, low + 1)) for indicator, (low, high) in figures.items()
    )
    name = hand.id("world")
    return d.Scheme(
        id=f"{name}@1",
        name=name,
        version="1",
        title=hand.text("评价"),
        subject="region",
        root=d.Criterion(id="total", title=hand.text("总分"), points=100, children=leaves),
        missing=d.MissingPolicy(action=d.MissingAction.ZERO),
        grades=_GRADES,
        peer_groups=(d.PeerGroup(id="all", title=hand.text("全省"), members=cities),),
        illustrative=True,
    )


def _leaf(indicator: str, weight: float, low: float, high: float) -> d.Criterion:
    rule = d.RuleSpec(kind="linear", params={"low": low, "high": high})
    return d.Criterion(id=f"leaf-{indicator}", title=indicator, weight=weight, metric=indicator, rule=rule)
