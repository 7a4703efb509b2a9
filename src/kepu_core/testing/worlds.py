"""Whole consistent worlds: a made-up province with everything that a year of its work leaves behind.

:func:`worlds` draws provinces whose records fit together, :func:`figures_for` only figures, :func:`many_records` makes
rows by the hundred thousand, and :func:`with_secrets` plants texts that must not leave.

Few and small numbers are drawn; everything else follows from them and from what the fields say of themselves. So a
world takes milliseconds, and shrinks to one in which nothing happens but what breaks a test.
"""

import datetime as dt
import types
import typing
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from enum import Enum
from functools import cache, cached_property
from itertools import cycle
from typing import Any, TypeVar

import attrs
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from stdnum.cn import uscc

import kepu_core.domain as d
from kepu_core.codec import Codec, RecordType
from kepu_core.domain.record import Record, replace, type_name
from kepu_core.testing.strategies import hard_texts, ids, strategy_for

__all__ = ["World", "figures_for", "many_records", "with_secrets", "worlds"]

R = TypeVar("R", bound=Record)
T = TypeVar("T")
Bounds = Mapping[str, tuple[float, float]]

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
_WRITTEN: Mapping[d.Form | None, str] = {
    d.Form.ID: "x",
    d.Form.URL: "https://example.org/馆",
    d.Form.PHONE: "020-83561234",
    d.Form.USCC: "91110000600037341L",
    d.Form.DOCUMENT_NUMBER: "某科协〔2021〕1号",
}


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
        (indicator, subject, _fate(draw, bounds)) for indicator, bounds in indicators.items() for subject in subjects
    )
    return tuple(d.Observation.of(i, subject, period.text, **fate) for i, subject, fate in drawn if fate is not None)


_GAPS = (*(state for state in d.ValueState if state is not d.ValueState.REPORTED), None)
_STANDINGS = tuple(d.Standing)


def _fate(draw: st.DrawFn, bounds: tuple[float, float]) -> dict[str, Any] | None:
    """What becomes of a figure, by one number: its value, or why there is none; ``None`` if nothing was ever heard."""
    low, high = bounds
    whole = isinstance(low, int) and isinstance(high, int)
    steps = int(high - low) if whole else 10_000
    step, fate = divmod(draw(_whole(0, 9 * steps + 8)), 9)
    if fate >= len(_STANDINGS):
        state = _GAPS[fate - len(_STANDINGS)]
        return None if state is None else {"state": state}
    # A step may be rounded past the bound that it leads to.
    value = low + step if whole else max(low, min(high, low + (high - low) * step / steps))
    return {"value": value, "standing": _STANDINGS[fate]}


_whole = cache(st.integers)  # making a strategy costs more than drawing from it


# One world


class _Hand:
    """Draws what a field may hold, and remembers what was made, so that references hold."""

    def __init__(self, draw: st.DrawFn, period: d.Period, *, hostile: bool) -> None:
        self.draw = draw
        self.period = period
        self.records: list[Any] = []
        # A handful of awkward texts in turn: one for each field would be slow to draw and shrink badly.
        self._texts = cycle(["", *(draw(st.lists(hard_texts(), max_size=6)) if hostile else ())])
        self._tail = draw(ids()) if hostile else ""

    def of(self, kind: type[R]) -> list[R]:
        return [r for r in self.records if isinstance(r, kind)]

    def number(self, most: int, least: int = 0) -> int:
        return self.draw(_whole(least, most))

    def pick(self, options: Sequence[T]) -> T:
        return options[self.number(len(options) - 1)]

    def some(self, options: Sequence[T], most: int = 2) -> Sequence[T]:
        """A few neighbours among them, each once."""
        start, count = divmod(self.number(len(options) * (most + 1)), most + 1)
        return options[start : start + count]

    def day(self, first: dt.date, last: dt.date) -> dt.date:
        return first + dt.timedelta(days=self.number((last - first).days))

    def text(self, plain: str) -> str:
        return next(self._texts) or plain

    def id(self, plain: str) -> str:
        return plain + self._tail

    def places(self, on: dt.date) -> list[str]:
        """The codes of cities and districts on a day."""
        return [r.id for r in self.of(d.Region) if r.parent is not None and r.valid_on(on)]

    def walk(self, lifecycle: d.Lifecycle[Any, Any], day: dt.date, most: int) -> Iterator[tuple[Any, dt.date]]:
        """Events that a lifecycle allows, at most so many, and their days."""
        state = lifecycle.initial
        for _ in range(self.number(most)):
            if allowed := lifecycle.allowed(state):
                event = self.pick(allowed)
                state, day = lifecycle.advance(state, event), day + dt.timedelta(days=self.number(120))
                yield event, day

    def make(self, cls: type[T], on: dt.date, **given: Any) -> T:
        """An instance with the fields given; of the optional others some are filled, as on a day."""
        specs = [s for s in d.fields_of(cls) if s.name not in given]
        optional = [s.name for s in specs if not s.required]
        # One small number for all: which fields come first differs from record to record.
        first = len(self.records) % len(optional) if optional else 0
        chosen = (optional[first:] + optional[:first])[: self.number(len(optional))]
        for spec in specs:
            if spec.required or spec.name in chosen:
                given[spec.name] = self._value(spec, on)
        return cls(**given)

    def keep(self, cls: type[R], on: dt.date, **given: Any) -> R:
        """Make a record to which later ones may refer."""
        self.records.append(made := self.make(cls, on, **given))
        return made

    def _value(self, spec: d.FieldSpec, on: dt.date) -> Any:
        kind, several = _inner(spec.type)
        options = self._options(kind, spec, on)
        if options is not None:
            return self.some(options) if several else self.pick(options) if options else None
        if several:
            return [self._single(kind, spec, on) for _ in range(self.number(2))]
        return self._single(kind, spec, on)

    def _options(self, kind: Any, spec: d.FieldSpec, on: dt.date) -> Sequence[Any] | None:
        """Among what a field chooses; ``None`` if it is free."""
        if spec.info.ref == "region":
            return self.places(on)
        if spec.info.ref is not None:
            return [r.id for r in self.records if type_name(r) == spec.info.ref]
        return list(kind) if issubclass(kind, Enum) else [False, True] if kind is bool else None

    def _single(self, kind: Any, spec: d.FieldSpec, on: dt.date) -> Any:
        if kind is str:
            return _WRITTEN.get(spec.info.form) or self.text(spec.label.zh)
        if kind is dt.date:
            return self.day(self.period.start, self.period.end)
        if kind in {int, float}:
            low = int(spec.info.ge or 0)
            return self.number(min(int(spec.info.le or 10_000), low + 10_000), low)
        # The upper end of a target must not lie below its value.
        return self.make(kind, on, upto=None) if kind is d.Target else self.make(kind, on)


def _inner(kind: Any) -> tuple[Any, bool]:
    """The type inside of an optional one or a tuple, and whether it was a tuple."""
    if typing.get_origin(kind) in {typing.Union, types.UnionType}:
        kind = next(k for k in typing.get_args(kind) if k is not types.NoneType)
    return (typing.get_args(kind)[0], True) if typing.get_origin(kind) is tuple else (kind, False)


@st.composite
def _worlds(draw: st.DrawFn, cities: int, figures: Bounds, period: d.Period | None, *, hostile: bool) -> World:
    # Each part is a strategy of its own, so that Hypothesis can try to do without all that is drawn in it at once.
    hand = _Hand(draw, draw(_PERIODS) if period is None else period, hostile=hostile)
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


def _regions(hand: _Hand, cities: int) -> None:
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


def _changes(hand: _Hand, city: str) -> dict[str, dict[str, Any]]:
    """Two districts that are merged and a county that is renamed: before, in or after the period."""
    start, end = hand.period.start, hand.period.end
    found: dict[str, dict[str, Any]] = {}
    for change, new, old in (("merged", "05", ("03", "04")), ("renamed", "06", ("21",))):
        day = hand.pick((start - _YEAR, start, start + (end - start) / 2, end + dt.timedelta(days=1)))
        became = d.RegionSuccession(change=d.RegionChange(change), on=day, to=(city[:4] + new,))
        found |= {new: {"valid_from": day}, **{tail: {"valid_to": day, "became": became} for tail in old}}
    return found


@st.composite
def _organisations(draw: st.DrawFn, hand: _Hand) -> None:
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
def _series(draw: st.DrawFn, hand: _Hand) -> None:
    hand.draw = draw
    for kind in (d.CampaignKind.COMPETITION, d.CampaignKind.SCIENCE_DAY)[: 1 + hand.number(1)]:
        hand.keep(d.CampaignSeries, hand.period.start, id=hand.id(kind.value), kind=kind)


@st.composite
def _plans(draw: st.DrawFn, hand: _Hand) -> None:
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


def _item(hand: _Hand, plan: d.Plan, number: int, above: Sequence[d.PlanItem]) -> d.PlanItem:
    """An item of a plan with the reports on its progress."""
    known = {"plan": plan.id, "section": hand.pick(plan.sections).id, "order": number}
    realises = hand.pick(above).id if above else None
    item = hand.keep(d.PlanItem, hand.period.start, id=f"{plan.id}-{number}", realises=realises, **known)
    for index, (event, day) in enumerate(hand.walk(d.ITEM_LIFECYCLE, hand.period.start, 3)):
        hand.keep(d.ProgressReport, day, id=f"{item.id}-{index}", item=item.id, reported_on=day, event=event)
    return item


@st.composite
def _bases(draw: st.DrawFn, hand: _Hand) -> None:
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


def _title(hand: _Hand, ident: str) -> d.Designation:
    """A title with some years of events; it ends when it expires, else five years after it was granted."""
    events = d.DesignationEvent
    walked = list(hand.walk(d.DESIGNATION_LIFECYCLE, hand.period.start - 3 * _YEAR, 9))
    granted = next((day for event, day in walked if event is events.DESIGNATED), None)
    expired = next((day for event, day in walked if event is events.EXPIRED), None)
    steps = tuple(_title_step(hand, event, day) for event, day in walked)
    span = {"valid_from": granted, "valid_to": expired or (granted and granted + 5 * _YEAR)}
    return hand.make(d.Designation, hand.period.start, id=ident, steps=steps, lifecycle=d.STANDARD, **span)


def _title_step(hand: _Hand, event: d.DesignationEvent, day: dt.date) -> d.DesignationStep:
    limited = event in {d.DesignationEvent.RENEWED, d.DesignationEvent.RECTIFICATION_ORDERED}
    grade = hand.text("合格") if event is d.DesignationEvent.ASSESSED else None
    return d.DesignationStep(event=event, on=day, until=day + _YEAR if limited else None, grade=grade)


@st.composite
def _campaigns(draw: st.DrawFn, hand: _Hand) -> None:
    """Editions of every series, numbers growing with time, and a forum that is held once."""
    hand.draw = draw
    for series in hand.of(d.CampaignSeries):
        last = hand.number(40, 3)
        for back in reversed(range(1 + hand.number(2))):
            known = {"id": f"{series.id}-{last - back}", "series": series.id, "edition": last - back}
            _campaign(hand, hand.period.shift(-back), kind=series.kind, name=series.name, **known)
    forum = {"id": hand.id("forum"), "kind": d.CampaignKind.FORUM, "series": None, "edition": None}
    _campaign(hand, hand.period, **forum)


def _campaign(hand: _Hand, span: d.Period, **known: Any) -> None:
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
def _observations(draw: st.DrawFn, hand: _Hand, figures: Bounds) -> None:
    """Figures of the cities and districts that there are when a period begins, for it and the one before."""
    hand.draw = draw
    units = {i.id: i.unit for i in hand.of(d.Indicator)}
    for span in (hand.period.previous(), hand.period):
        for place in hand.places(span.start):
            key = {"subject": place, "period": str(span), "reporter": hand.id(f"ast-{place[:4]}00")}
            for indicator, bounds in figures.items():
                if fate := _fate(hand.draw, bounds):
                    known = {"indicator": indicator, "unit": units[indicator], "reported_on": span.end, **key, **fate}
                    hand.records.append(d.Observation.of(**known))
                    # A part of a figure is no figure of its subject: whoever adds it up is wrong.
                    if place.endswith("0100"):
                        hand.records.append(d.Observation.of(**known, breakdown=_WOMEN))


_WOMEN = (d.Breakdown(dimension="sex", member="female"),)


def _corrected(hand: _Hand, before: d.Observation, bounds: tuple[float, float]) -> d.Observation:
    """What was said of a figure afterwards: another value, or that it is to be left out."""
    fate = _fate(hand.draw, bounds) or {"state": d.ValueState.SUPPRESSED}
    values = {"value": None, "state": d.ValueState.REPORTED, "standing": d.Standing.AUDITED} | fate
    return replace(before, **values, reported_on=hand.period.end + dt.timedelta(days=30), note=hand.text("更正"))


@st.composite
def _evaluation(draw: st.DrawFn, hand: _Hand, figures: Bounds) -> None:
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


_GRADES = (d.GradeBand(grade="优秀", lower=60, inclusive=True), d.GradeBand(grade="合格"))


def _scheme(hand: _Hand, figures: Bounds, cities: tuple[str, ...]) -> d.Scheme:
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


# Many rows

Variation = Callable[[Any, int], Mapping[str, Any]]


def many_records(cls: type[R], count: int, *, vary: Variation | None = None) -> Iterator[R]:
    """``count`` valid records of any class, each with an id of its own: the same ones at every run, for large exports.

    A dozen are drawn from :func:`strategy_for`; all are copies of these with another id, and another text and number
    where the class has some that may vary freely. What they refer to does not exist. If a plugin's rules tie the id
    to other fields, ``vary`` says what is different in a copy: given a record and a number, it returns the fields.
    Raises :class:`InvalidData` if the rules refuse a copy.

    >>> from kepu_core.domain import Organisation
    >>> [o.id for o in many_records(Organisation, 3)]
    ['organisation-0', 'organisation-1', 'organisation-2']
    """
    templates = cycle([(record, vary or _variation(record)) for record in _drawn(cls)])
    for number, (record, changes) in zip(range(count), templates, strict=False):
        yield replace(record, **changes(record, number))


def _variation(record: Any) -> Variation:
    """How copies of a record differ. What varies freely is found out once, not for every copy."""
    if type(record) in _OTHERWISE:
        return _OTHERWISE[type(record)]
    stem = type_name(record)
    text = next((s.name for s in d.fields_of(type(record)) if _is_plain_text(s)), None)
    figure = next((found for s in d.fields_of(type(record)) if (found := _free_range(record, s))), None)

    def changes(record: Any, number: int) -> Mapping[str, Any]:
        found: dict[str, Any] = {"id": f"{stem}-{number}"}
        if text is not None:
            found[text] = f"{getattr(record, text)} {number}"
        if figure is not None:
            name, low, high = figure
            found[name] = low + number % (high - low + 1)
        return found

    return changes


def _is_plain_text(spec: d.FieldSpec) -> bool:
    return spec.type is str and spec.name != "id" and spec.info.ref is None and spec.info.form in {None, d.Form.TEXT}


def _free_range(record: Any, spec: d.FieldSpec) -> tuple[str, int, int] | None:
    """Between which whole numbers a field may vary: where both ends are allowed, so is what lies between."""
    value = getattr(record, spec.name)
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    low = int(spec.info.ge or 0)
    high = low + 10_000 if spec.info.le is None else int(spec.info.le)
    try:
        replace(record, **{spec.name: low})
        replace(record, **{spec.name: high})
    except d.InvalidData:
        return None
    return spec.name, low, high


def _other_observation(record: d.Observation, number: int) -> Mapping[str, Any]:
    subject = f"subject-{number}"
    ident = d.Observation.key(record.indicator, subject, record.period, record.breakdown)
    return {"id": ident, "subject": subject, "value": None if record.value is None else number}


_OTHERWISE: Mapping[type, Variation] = {
    d.Observation: _other_observation,
    d.Region: lambda _, number: {"id": str(10**11 + number), "name": f"第{number}区"},
    d.Scheme: lambda record, number: {"id": f"{record.name}@{number}", "version": str(number)},
}
"""Classes whose ids follow from other fields, or have a form of their own."""


_DOZEN = settings(
    max_examples=12,
    derandomize=True,
    database=None,
    deadline=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)


@cache
def _drawn(cls: type) -> tuple[Any, ...]:
    """A dozen instances of a class, the same ones at every run."""
    found: list[Any] = []

    @_DOZEN
    @given(strategy_for(cls))
    def note(instance: Any) -> None:
        found.append(instance)

    # Hypothesis refuses one test inside another of the same thread, and whoever calls may well be inside one.
    with ThreadPoolExecutor(1) as thread:
        thread.submit(note).result()
    return tuple(found)


# Texts that must not leave


def with_secrets(record: T, marker: str = "SECRET") -> tuple[T, frozenset[str]]:
    """The same record (or part) with a secret in every personal field, and the set of all secrets that were placed.

    Each secret is another text, valid by the form of its field: most hold ``marker`` (an id itself), a phone number
    or code is digits made of it. This goes all the way down, into parts and tuples of parts; a missing part that has
    personal fields is made. Of a part that is personal as a whole every text becomes a secret, except references.
    Numbers, dates and choices stay as they are: that one of those has left cannot be seen.

    >>> from kepu_core.domain import Entry, redacted
    >>> entry, secrets = with_secrets(Entry(id="e", campaign="c", title="机器人"))
    >>> entry.members, sorted(secrets)
    (('SECRET-0', 'SECRET-1'), ['SECRET-0', 'SECRET-1'])
    >>> redacted(entry).members
    ()
    """
    placed: list[str] = []
    return _filled(record, marker, placed), frozenset(placed)


def _filled(item: Any, marker: str, placed: list[str], above: tuple[type, ...] = (), *, whole: bool = False) -> Any:
    """``whole`` says that the item stands in a personal field; ``above`` are the classes of parts around it."""
    changes: dict[str, Any] = {}
    for spec in d.fields_of(type(item)):
        kind, several = _inner(spec.type)
        personal = spec.info.personal or whole
        held = getattr(item, spec.name)
        if kind is str and (spec.info.personal or (whole and spec.info.ref is None)):
            made = [_secret(spec, marker, placed) for _ in range(1 + several)]
        elif hasattr(kind, "__kepu_record__") and (personal or _has_personal(kind)):
            missing = not held and kind not in above
            parts = _drawn(kind)[:1] if missing else held if several else (held,)
            inside = (*above, kind)
            made = [_filled(part, marker, placed, inside, whole=personal) for part in parts if part is not None]
        else:
            continue
        changes[spec.name] = made if several else made[0] if made else None
    return replace(item, **changes)


def _secret(spec: d.FieldSpec, marker: str, placed: list[str]) -> str:
    form = spec.info.form or (d.Form.ID if spec.info.ref or spec.name == "id" else d.Form.TEXT)
    text = f"{marker}-{len(placed)}"
    placed.append(_SECRETS[form](text, zlib.crc32(text.encode())))
    return placed[-1]


def _secret_uscc(_: str, number: int) -> str:
    stem = f"91440000{number % 10**9:09}"
    return stem + str(uscc.calc_check_digit(stem))


def _secret_period(_: str, number: int) -> str:
    # From a second of a month on: no such span has a shorter name.
    start = dt.date(1900 + number % 100, 1 + number // 100 % 12, 2)
    return str(d.Period(start, start + dt.timedelta(days=number % 9973)))


_SECRETS: Mapping[d.Form, Callable[[str, int], str]] = {
    d.Form.TEXT: lambda text, _: text,
    d.Form.ID: lambda text, _: text,
    d.Form.URL: lambda text, _: f"https://example.org/{text}",
    d.Form.PHONE: lambda _, number: f"1{number:010}",
    d.Form.REGION_CODE: lambda _, number: f"99{number:010}",
    d.Form.DOCUMENT_NUMBER: lambda _, number: f"密〔2021〕1{number}号",
    d.Form.USCC: _secret_uscc,
    d.Form.PERIOD: _secret_period,
}
"""For each form, a secret from a text that holds the marker and a number of up to ten digits made of it."""


def _has_personal(cls: type, above: tuple[type, ...] = ()) -> bool:
    """Whether a field of a class is personal, or of one of its parts."""
    inner = [kind for s in d.fields_of(cls) if hasattr(kind := _inner(s.type)[0], "__kepu_record__")]
    return any(s.info.personal for s in d.fields_of(cls)) or any(
        _has_personal(kind, (*above, cls)) for kind in inner if kind not in above
    )
