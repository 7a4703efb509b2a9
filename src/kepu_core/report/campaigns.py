"""What is told of campaigns: the calendar, the figures, and the editions of each series over the years."""

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence

from kepu_core.domain.campaign import Activity, Campaign, CampaignFigures, CampaignRole, CampaignSeries, CampaignState
from kepu_core.domain.fields import fields_of
from kepu_core.domain.period import Period
from kepu_core.domain.redaction import redacted
from kepu_core.language import Text
from kepu_core.report.model import Bar, Bars, Block, Column, Fact, Grid, Report, Section, Span, Table, Timeline, Tone

__all__ = ["campaigns_report"]

_TONES = {
    CampaignState.UNDER_WAY: Tone.WATCH,
    CampaignState.HELD: Tone.GOOD,
    CampaignState.SUMMED_UP: Tone.GOOD,
    CampaignState.POSTPONED: Tone.BAD,
    CampaignState.CANCELLED: Tone.BAD,
}
_FIGURES = fields_of(CampaignFigures)
_MOST_BARS = 40


def campaigns_report(
    campaigns: Iterable[Campaign],
    series: Iterable[CampaignSeries] = (),
    activities: Iterable[Activity] = (),
    *,
    on: dt.date,
    names: Mapping[str, str] | None = None,
    include_personal: bool = False,
) -> Report:
    """The calendar of campaigns as it stands on a day, their figures by city, and the editions of each series.

    ``names`` gives regions their names. Participation in persons and views online are told apart, never added.

    >>> campaign = Campaign(id="c1", name="科普日", kind="science_day", period="2021", starts_on=dt.date(2021, 9, 11))
    >>> report = campaigns_report([campaign], on=dt.date(2021, 6, 1))
    >>> report.sections[0].key, report.sections[0].blocks[0].spans[0].label
    ('calendar', '科普日')
    """
    shown = sorted((c if include_personal else redacted(c) for c in campaigns), key=lambda c: (_begin(c), c.id))
    held = sorted((a if include_personal else redacted(a) for a in activities), key=lambda a: (a.starts_on, a.id))
    called = names or {}
    sections = (
        Section(key="calendar", title=Text("日历", "calendar"), blocks=tuple(_calendar(shown, held, called, on))),
        Section(key="figures", title=Text("活动数据", "figures"), blocks=tuple(_figures(shown, held, called))),
        Section(key="editions", title=Text("历届情况", "editions"), blocks=tuple(_editions(shown, list(series)))),
    )
    return Report(
        kind="campaigns",
        title=Text("科普活动日历", "Calendar of campaigns"),
        facts=tuple(_facts(shown, held, on)),
        sections=tuple(s for s in sections if s.blocks),
        on=on,
    )


def _begin(campaign: Campaign) -> dt.date:
    return campaign.starts_on or Period.parse(campaign.period).start


def _facts(campaigns: Sequence[Campaign], activities: Sequence[Activity], on: dt.date) -> Iterator[Fact]:
    yield Fact(key="campaigns", label=Text("活动", "campaigns"), value=len(campaigns))
    yield Fact(key="activities", label=Text("子活动", "activities"), value=len(activities))
    ahead = sum(c.starts_on is not None and c.starts_on >= on for c in campaigns)
    yield Fact(key="ahead", label=Text("尚未开始", "still to come"), value=ahead)
    for name in ("participation", "views"):
        spec = next(s for s in _FIGURES if s.name == name)
        counted = (what.figures for what in _counted(campaigns, activities))
        told = [value for f in counted if f is not None and (value := getattr(f, name)) is not None]
        if told:
            yield Fact(key=name, label=spec.label, value=sum(told))
    yield Fact(key="on", label=Text("截至", "as of"), value=on)


def _calendar(
    campaigns: Sequence[Campaign], activities: Sequence[Activity], names: Mapping[str, str], on: dt.date
) -> Iterator[Block]:
    spans = [
        Span(
            label=c.name,
            starts=c.starts_on,
            ends=c.ends_on or c.starts_on,
            note=c.state(on).label,
            tone=_TONES.get(c.state(on), Tone.PLAIN),
            record=f"campaign/{c.id}",
        )
        for c in campaigns
        if c.starts_on is not None
    ]
    spans += [
        Span(
            label=a.name,
            starts=a.starts_on,
            ends=a.ends_on or a.starts_on,
            note=None if a.region is None else Text(names.get(a.region, a.region), names.get(a.region, a.region)),
            record=f"activity/{a.id}",
        )
        for a in activities
    ]
    if spans:
        spans.sort(key=lambda s: (s.starts, s.record or ""))
        yield Timeline(key="calendar", title=Text("活动日历", "calendar"), spans=tuple(spans), today=on)
    if campaigns:
        yield Grid(
            key="campaigns",
            title=Text("活动一览", "campaigns"),
            table=Table(
                columns=(
                    Column(key="name", label=Text("名称", "name")),
                    Column(key="edition", label=Text("届", "edition")),
                    Column(key="kind", label=Text("类别", "kind")),
                    Column(key="starts_on", label=Text("开始日期", "starts on")),
                    Column(key="ends_on", label=Text("结束日期", "ends on")),
                    Column(key="region", label=Text("地区", "region")),
                    Column(key="venue", label=Text("主会场", "main venue")),
                    Column(key="mode", label=Text("形式", "mode")),
                    Column(key="state", label=Text("状态", "state")),
                    *(Column(key=role.value, label=role.label) for role in CampaignRole),
                ),
                rows=tuple(
                    (
                        c.name,
                        c.edition,
                        c.kind,
                        c.starts_on,
                        c.ends_on,
                        names.get(c.region or "", c.region),
                        None if c.main_venue is None else c.main_venue.name,
                        c.mode,
                        c.state(on),
                        *("、".join(u.name for u in c.units if u.role is role) or None for role in CampaignRole),
                    )
                    for c in campaigns
                ),
            ),
            tones=tuple(_TONES.get(c.state(on), Tone.PLAIN) for c in campaigns),
        )


def _counted(campaigns: Sequence[Campaign], activities: Sequence[Activity]) -> Iterator[Campaign | Activity]:
    """What has figures to be added up: campaigns, and activities of those that have none of their own.

    The figures of a campaign hold those of its activities already.
    """
    whole = {c.id for c in campaigns if c.figures is not None}
    yield from (c for c in campaigns if c.id in whole)
    yield from (a for a in activities if a.figures is not None and a.campaign not in whole)


def _figures(
    campaigns: Sequence[Campaign], activities: Sequence[Activity], names: Mapping[str, str]
) -> Iterator[Block]:
    columns = tuple(
        Column(key=s.name, label=Text(f"{s.label.zh}（{s.info.unit}）", s.label.en) if s.info.unit else s.label)
        for s in _FIGURES
    )
    told = [c for c in campaigns if c.figures is not None]
    if told:
        yield Grid(
            key="figures",
            title=Text("各活动数据", "figures by campaign"),
            table=Table(
                columns=(
                    Column(key="name", label=Text("名称", "name")),
                    Column(key="region", label=Text("地区", "region")),
                    *columns,
                ),
                rows=tuple(
                    (c.name, names.get(c.region or "", c.region), *(getattr(c.figures, s.name) for s in _FIGURES))
                    for c in told
                ),
            ),
        )
    by_region: dict[str, list[CampaignFigures]] = {}
    for what in _counted(campaigns, activities):
        if what.figures is not None and what.region is not None:
            by_region.setdefault(what.region, []).append(what.figures)
    if by_region:
        rows = []
        for region, figures in sorted(by_region.items()):
            known = [[v for f in figures if (v := getattr(f, s.name)) is not None] for s in _FIGURES]
            rows.append((names.get(region, region), len(figures), *(sum(v) if v else None for v in known)))
        yield Grid(
            key="regions",
            title=Text("各地数据", "figures by region"),
            table=Table(
                columns=(
                    Column(key="region", label=Text("地区", "region")),
                    Column(key="reports", label=Text("报送数", "reported")),
                    *columns,
                ),
                rows=tuple(rows),
            ),
        )


def _editions(campaigns: Sequence[Campaign], series: Sequence[CampaignSeries]) -> Iterator[Block]:
    """The editions of each series over the years: when, and how many took part."""
    named = {s.id: s.name for s in series}
    by: dict[str, list[Campaign]] = {}
    for campaign in campaigns:
        if campaign.series is not None:
            by.setdefault(campaign.series, []).append(campaign)
    rows = [
        (
            named.get(ident, ident),
            c.edition,
            c.period,
            c.starts_on,
            c.name,
            c.figures.participation if c.figures else None,
            c.figures.views if c.figures else None,
        )
        for ident, editions in sorted(by.items())
        for c in sorted(editions, key=lambda c: (c.edition or 0, _begin(c)))
    ]
    if not rows:
        return
    yield Grid(
        key="editions",
        title=Text("历届一览", "editions"),
        table=Table(
            columns=(
                Column(key="series", label=Text("系列", "series")),
                Column(key="edition", label=Text("届", "edition")),
                Column(key="period", label=Text("年度", "period")),
                Column(key="starts_on", label=Text("开始日期", "starts on")),
                Column(key="name", label=Text("名称", "name")),
                Column(key="participation", label=Text("参与人次", "participation")),
                Column(key="views", label=Text("线上观看量", "views online")),
            ),
            rows=tuple(rows),
        ),
    )
    bars = [Bar(label=f"{name} {period}", pieces=(float(n),)) for name, _, period, _, _, n, _ in rows if n is not None]
    if bars:
        yield Bars(
            key="participation",
            title=Text("历届参与人次", "participation by edition"),
            series=(Text("参与人次", "participation"),),
            bars=tuple(bars[:_MOST_BARS]),
            unit=Text("人次", "persons"),
        )
