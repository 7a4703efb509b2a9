"""Campaigns: series, their editions, activities, entries and awards.

The edition (届) is a number, not part of the name; it grows with time within a series. Organisations take
part in roles. Participation in persons and views online are different figures and never added.
"""

import datetime as dt
from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import Any

from kepu_core.domain.audience import Audience
from kepu_core.domain.enums import LabelledEnum
from kepu_core.domain.fields import field
from kepu_core.domain.findings import Finding, Problem
from kepu_core.domain.forms import Form
from kepu_core.domain.lifecycle import Lifecycle
from kepu_core.domain.period import Period
from kepu_core.domain.record import part, record
from kepu_core.language import Text

__all__ = [
    "CAMPAIGN_LIFECYCLE",
    "Activity",
    "Award",
    "Campaign",
    "CampaignEvent",
    "CampaignFigures",
    "CampaignKind",
    "CampaignRole",
    "CampaignSeries",
    "CampaignState",
    "CampaignStep",
    "CampaignUnit",
    "Entry",
    "Mode",
    "Venue",
    "check_activities",
    "check_editions",
]

ENDS_BEFORE_START = Problem(
    "campaign.dates",
    Text("结束日 {end} 早于开始日 {start}", "it ends on {end}, before it starts on {start}"),
    Text("核对两个日期", "check the two dates"),
)
EDITION_ORDER = Problem(
    "campaign.edition-order",
    Text(
        "{series} 第{edition}届（{start}）不晚于第{before}届（{before_start}）",
        "edition {edition} of {series} ({start}) is not later than edition {before} ({before_start})",
    ),
    Text("核对届次和日期", "check the editions and dates"),
)
EDITION_TWICE = Problem(
    "campaign.edition-twice",
    Text("{series} 第{edition}届出现两次", "edition {edition} of {series} occurs twice"),
    Text("核对届次", "check the editions"),
)
OUTSIDE = Problem(
    "activity.outside-campaign",
    Text(
        "子活动 {activity} 的日期（{start} 至 {end}）不在活动期间（{first} 至 {last}）内",
        "activity {activity} ({start} to {end}) does not lie inside its campaign ({first} to {last})",
    ),
    Text("改正日期，或在 outside_reason 说明原因", "correct the dates, or say why in outside_reason"),
)


class CampaignKind(LabelledEnum):
    """What kind of campaign it is."""

    COMPETITION = "competition", "大赛、竞赛", "competition"
    CARNIVAL = "carnival", "嘉年华", "carnival"
    SCIENCE_DAY = "science_day", "科普日", "science day"
    MONTH = "month", "活动月", "activity month"
    OUTREACH = "outreach", "三下乡", "outreach to villages"
    FORUM = "forum", "论坛", "forum"
    EXPO = "expo", "博览会", "expo"
    CAMP = "camp", "科学营", "science camp"
    LECTURE = "lecture", "讲座", "lecture"
    EXHIBITION = "exhibition", "展览", "exhibition"
    SELECTION = "selection", "评选", "selection"
    ACTION = "action", "行动", "action"
    OTHER = "other", "其他活动", "other"


class CampaignRole(LabelledEnum):
    """In which role a unit takes part."""

    HOST = "host", "主办", "host"
    CO_HOST = "co_host", "联合主办", "co-host"
    ORGANISER = "organiser", "承办", "organiser"
    CO_ORGANISER = "co_organiser", "协办", "co-organiser"
    SUPPORTER = "supporter", "支持", "supporter"
    GUIDE = "guide", "指导", "guide"


class Mode(LabelledEnum):
    """Where people take part."""

    ONLINE = "online", "线上", "online"
    ONSITE = "onsite", "线下", "on site"
    HYBRID = "hybrid", "线上线下结合", "hybrid"


class CampaignState(LabelledEnum):
    """Where an edition stands."""

    PLANNED = "planned", "计划", "planned"
    ANNOUNCED = "announced", "已发通知", "announced"
    UNDER_WAY = "under_way", "进行中", "under way"
    HELD = "held", "已举办", "held"
    POSTPONED = "postponed", "延期", "postponed"
    CANCELLED = "cancelled", "取消", "cancelled"
    SUMMED_UP = "summed_up", "已总结", "summed up"


class CampaignEvent(LabelledEnum):
    """What can happen to an edition."""

    ANNOUNCED = "announced", "发通知", "announced"
    OPENED = "opened", "启动", "opened"
    CLOSED = "closed", "闭幕", "closed"
    POSTPONED = "postponed", "延期", "postponed"
    CANCELLED = "cancelled", "取消", "cancelled"
    SUMMED_UP = "summed_up", "总结", "summed up"


_S, _E = CampaignState, CampaignEvent
CAMPAIGN_LIFECYCLE: Lifecycle[CampaignState, CampaignEvent] = Lifecycle(
    Text("活动", "campaign"),
    _S.PLANNED,
    {
        _S.PLANNED: {
            _E.ANNOUNCED: _S.ANNOUNCED,
            _E.OPENED: _S.UNDER_WAY,
            _E.POSTPONED: _S.POSTPONED,
            _E.CANCELLED: _S.CANCELLED,
        },
        _S.ANNOUNCED: {_E.OPENED: _S.UNDER_WAY, _E.POSTPONED: _S.POSTPONED, _E.CANCELLED: _S.CANCELLED},
        _S.POSTPONED: {_E.ANNOUNCED: _S.ANNOUNCED, _E.OPENED: _S.UNDER_WAY, _E.CANCELLED: _S.CANCELLED},
        _S.UNDER_WAY: {_E.CLOSED: _S.HELD, _E.POSTPONED: _S.POSTPONED, _E.CANCELLED: _S.CANCELLED},
        _S.HELD: {_E.SUMMED_UP: _S.SUMMED_UP},
    },
)


@part("活动事件", "campaign event")
class CampaignStep:
    """One dated event of an edition."""

    event: CampaignEvent = field("事件", "event")
    on: dt.date = field("日期", "date")
    remark: str | None = field("备注", "remark", default=None)


@part("参与单位", "unit taking part")
class CampaignUnit:
    """A unit in its role; ``name`` as printed, ``organisation`` by id if known."""

    name: str = field("单位", "unit", searched=True)
    role: CampaignRole = field("角色", "role")
    organisation: str | None = field("单位标识", "organisation", default=None, ref="organisation")


@part("会场", "venue")
class Venue:
    """A place where a campaign happens."""

    name: str = field("名称", "name", searched=True)
    region: str | None = field("地区", "region", default=None, ref="region", form=Form.REGION_CODE)
    base: str | None = field("基地", "base", default=None, ref="base")
    address: str | None = field("地址", "address", default=None)


@part("活动数据", "campaign figures")
class CampaignFigures:
    """What a campaign or activity achieved. ``None`` is *not reported*."""

    participation: int | None = field("参与人次", "participation", default=None, unit="人次", ge=0, le=10**10)
    views: int | None = field("线上观看量", "views online", default=None, unit="次", ge=0, le=10**12)
    sessions: int | None = field("场次", "sessions", default=None, unit="场次", ge=0, le=10**7)
    materials: int | None = field("发放资料", "materials handed out", default=None, unit="份", ge=0, le=10**9)
    volunteers: int | None = field("志愿者", "volunteers", default=None, unit="人", ge=0, le=10**7)
    media_reports: int | None = field("媒体报道", "media reports", default=None, unit="篇", ge=0, le=10**7)
    expenditure: float | None = field("经费", "expenditure", default=None, unit="元", ge=0, le=1e12)


@record("campaign_series", "活动系列", "campaign series")
class CampaignSeries:
    """A brand under which editions are held, year after year."""

    id: str = field("标识", "id")
    name: str = field("名称", "name", searched=True)
    kind: CampaignKind = field("类别", "kind", index=True)
    first_year: int | None = field("首届年份", "year of the first edition", default=None, ge=1900, le=2999)
    audiences: tuple[Audience, ...] = field("对象人群", "audiences", default=())
    region: str | None = field("地区", "region", default=None, ref="region", form=Form.REGION_CODE, index=True)


@record("campaign", "活动", "campaign")
class Campaign:
    """One edition of a series, or a campaign held once."""

    id: str = field("标识", "id")
    name: str = field("名称", "name", searched=True)
    kind: CampaignKind = field("类别", "kind", index=True)
    period: str = field("年度", "period", form=Form.PERIOD, index=True)
    series: str | None = field("系列", "series", default=None, ref="campaign_series", index=True)
    edition: int | None = field("届", "edition", default=None, ge=1, le=9999)
    starts_on: dt.date | None = field("开始日期", "starts on", default=None)
    ends_on: dt.date | None = field("结束日期", "ends on", default=None)
    mode: Mode | None = field("形式", "mode", default=None)
    region: str | None = field("地区", "region", default=None, ref="region", form=Form.REGION_CODE, index=True)
    units: tuple[CampaignUnit, ...] = field("参与单位", "units", default=())
    main_venue: Venue | None = field("主会场", "main venue", default=None)
    branch_venues: tuple[Venue, ...] = field("分会场", "branch venues", default=())
    audiences: tuple[Audience, ...] = field("对象人群", "audiences", default=())
    figures: CampaignFigures | None = field("数据", "figures", default=None)
    steps: tuple[CampaignStep, ...] = field("经过", "events", default=())
    plan_item: str | None = field("计划任务", "plan item", default=None, ref="plan_item")

    def _rules(self) -> Iterator[Finding]:
        yield from _dates(self.starts_on, self.ends_on)
        for index, finding in CAMPAIGN_LIFECYCLE.faults(step.event for step in self.steps):
            yield finding.at(field=f"steps[{index}].event")

    def state(self, on: dt.date) -> CampaignState:
        """The state on a day: the fold of the events until then."""
        return CAMPAIGN_LIFECYCLE.fold(step.event for step in self.steps if step.on <= on)


@record("activity", "子活动", "activity")
class Activity:
    """One event inside a campaign; inside its dates, unless ``outside_reason`` says why not."""

    id: str = field("标识", "id")
    campaign: str = field("活动", "campaign", ref="campaign", index=True)
    name: str = field("名称", "name", searched=True)
    starts_on: dt.date = field("开始日期", "starts on", index=True)
    ends_on: dt.date | None = field("结束日期", "ends on", default=None)
    region: str | None = field("地区", "region", default=None, ref="region", form=Form.REGION_CODE, index=True)
    venue: Venue | None = field("会场", "venue", default=None)
    mode: Mode | None = field("形式", "mode", default=None)
    audiences: tuple[Audience, ...] = field("对象人群", "audiences", default=())
    figures: CampaignFigures | None = field("数据", "figures", default=None)
    outside_reason: str | None = field("期外原因", "reason for lying outside", default=None)

    def _rules(self) -> Iterator[Finding]:
        yield from _dates(self.starts_on, self.ends_on)


@record("entry", "参赛作品", "entry")
class Entry:
    """A work or team that competes, round by round; contestants are mostly minors."""

    id: str = field("标识", "id")
    campaign: str = field("活动", "campaign", ref="campaign", index=True)
    title: str = field("作品", "title", searched=True)
    team: str | None = field("参赛队", "team", default=None)
    members: tuple[str, ...] = field("参赛者", "contestants", default=(), personal=True)
    organisation: str | None = field("选送单位", "entering unit", default=None, ref="organisation")
    region: str | None = field("地区", "region", default=None, ref="region", form=Form.REGION_CODE, index=True)
    advanced_to: str | None = field("晋级", "advanced to", default=None)


@record("award", "奖项", "award")
class Award:
    """A prize given in a campaign."""

    id: str = field("标识", "id")
    campaign: str = field("活动", "campaign", ref="campaign", index=True)
    prize: str = field("奖次", "prize", searched=True)
    entry: str | None = field("作品", "entry", default=None, ref="entry")
    recipients: tuple[str, ...] = field("获奖者", "recipients", default=(), personal=True)
    organisation: str | None = field("获奖单位", "organisation", default=None, ref="organisation")
    region: str | None = field("地区", "region", default=None, ref="region", form=Form.REGION_CODE, index=True)
    awarded_on: dt.date | None = field("颁奖日期", "awarded on", default=None)


def _dates(start: dt.date | None, end: dt.date | None) -> Iterator[Finding]:
    if start is not None and end is not None and end < start:
        yield ENDS_BEFORE_START.finding(field="ends_on", start=start, end=end)


def check_editions(campaigns: Iterable[Campaign]) -> Iterator[Finding]:
    """Where edition numbers do not strictly increase with time within a series.

    Editions are compared by their start, or by their period where no start is known.
    """
    series: dict[str, list[Campaign]] = {}
    for campaign in campaigns:
        if campaign.series is not None and campaign.edition is not None:
            series.setdefault(campaign.series, []).append(campaign)
    for name, editions in sorted(series.items()):
        editions.sort(key=lambda c: (c.edition or 0, c.id))
        for before, after in pairwise(editions):
            where: dict[str, Any] = {"record": f"campaign/{after.id}", "field": "edition", "series": name}
            if before.edition == after.edition:
                yield EDITION_TWICE.finding(edition=after.edition, **where)
            elif not _later(after, before):
                yield EDITION_ORDER.finding(
                    edition=after.edition,
                    start=_begin(after),
                    before=before.edition,
                    before_start=_begin(before),
                    **where,
                )


def _begin(campaign: Campaign) -> dt.date:
    return campaign.starts_on or Period.parse(campaign.period).start


def _later(after: Campaign, before: Campaign) -> bool:
    # Two editions of one year of which the days are not known may well be in order.
    if after.starts_on is None or before.starts_on is None:
        return _begin(after) >= _begin(before)
    return after.starts_on > before.starts_on


def check_activities(campaign: Campaign, activities: Iterable[Activity]) -> Iterator[Finding]:
    """Activities that lie outside their campaign's dates without saying why."""
    first, last = campaign.starts_on, campaign.ends_on or campaign.starts_on
    if first is None or last is None:
        return
    for activity in activities:
        end = activity.ends_on or activity.starts_on
        if (activity.starts_on < first or end > last) and activity.outside_reason is None:
            yield OUTSIDE.finding(
                record=f"activity/{activity.id}",
                field="starts_on",
                activity=activity.id,
                start=activity.starts_on,
                end=end,
                first=first,
                last=last,
            )
