"""What stands in a calendar: campaigns, activities, the deadlines of a plan, the ends of titles.

Records hold days, not times of day, so that every entry is of whole days. A deadline is an event of one day that
blocks no time, not a to-do: the calendars that officials use (Outlook, those on telephones) leave to-dos out when
they read a file, and a deadline that nobody sees is of no use.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator, Sequence

from attrs import frozen

from kepu_core import (
    Activity,
    Base,
    Campaign,
    CampaignRole,
    Designation,
    LabelledEnum,
    Location,
    PlanItem,
    ProgressReport,
    RegionDesignation,
    Text,
    item_progress,
)
from kepu_core.domain import CampaignState, ItemState, info_of
from kepu_web.feeds_material import Material, colon, end_of_title

__all__ = ["DATED", "Entry", "Undated", "entries"]

DATED = (Activity, Base, Campaign, PlanItem, RegionDesignation)
"""The record types of which a calendar tells."""

_EDITION = Text("第{edition}届{name}", "{name}, edition {edition}")
_ENDS = Text("{name}（结束）", "{name} (ends)")
_DUE = Text("到期：{name}", "due: {name}")
_TITLE_ENDS = Text("{holder}：{title}有效期止", "{holder}: {title} ends")
_SHOWN = 80
"""How much of a task is told as the heading of its deadline; the description has the whole."""

_STATUS = {
    CampaignState.PLANNED: "TENTATIVE",
    CampaignState.POSTPONED: "TENTATIVE",
    CampaignState.CANCELLED: "CANCELLED",
}


@frozen(kw_only=True)
class Entry:
    """One entry of a calendar: whole days from ``start`` to ``end``, both of them included."""

    uid: str
    start: dt.date
    end: dt.date
    summary: str
    stamp: dt.date
    lines: tuple[str, ...] = ()
    status: str = "CONFIRMED"
    sequence: int = 0
    categories: tuple[str, ...] = ()
    place: str | None = None
    location: Location | None = None
    parent: str | None = None
    busy: bool = True


@frozen
class Undated:
    """A record that a calendar cannot hold, as it has no date."""

    type: Text


def entries(material: Material) -> Iterator[Entry | Undated]:
    """Everything that a calendar tells of these records, in the order of their types and ids."""
    for activity in material.of(Activity):
        yield _activity(activity, material)
    for base in material.of(Base):
        for title in base.designations:
            yield from _title(title, base.name, ("base", base.id), material)
    for campaign in material.of(Campaign):
        yield _campaign(campaign, material)
    yield from _deadlines(material)
    for held in material.of(RegionDesignation):
        holder = material.region(held.region) or held.region
        yield from _title(held.designation, holder, ("region_designation", held.id), material)


def _uid(material: Material, *path: str) -> str:
    return f"{'/'.join(path)}@{material.authority}"


def _labels(members: Sequence[LabelledEnum]) -> tuple[str, ...]:
    return tuple(str(m.label) for m in members)


def _activity(activity: Activity, material: Material) -> Entry:
    campaign = material.get(Campaign, activity.campaign)
    state = material.state(campaign)
    lines = [colon(info_of(Campaign).label, campaign.name)] if campaign else []
    lines += [str(activity.mode.label)] if activity.mode else []
    return Entry(
        uid=_uid(material, "activity", activity.id),
        start=activity.starts_on,
        end=activity.ends_on or activity.starts_on,
        summary=activity.name,
        stamp=activity.starts_on,
        lines=tuple(lines),
        # An activity has no history of its own: only that its campaign is off is known of it.
        status="CONFIRMED" if state is None else _STATUS.get(state, "CONFIRMED"),
        sequence=0 if campaign is None else len(campaign.steps),
        categories=_labels(activity.audiences),
        place=material.place(activity.venue) or material.region(activity.region),
        location=material.located(activity.venue),
        parent=_uid(material, "campaign", activity.campaign),
    )


def _campaign(campaign: Campaign, material: Material) -> Entry | Undated:
    start = campaign.starts_on or campaign.ends_on
    if start is None:
        return Undated(info_of(Campaign).label)
    name = campaign.name
    if campaign.edition is not None:
        name = str(_EDITION.format(name=name, edition=campaign.edition))
    state = material.state(campaign) or CampaignState.PLANNED
    units = [(role, [u.name for u in campaign.units if u.role is role]) for role in CampaignRole]
    lines = [colon(role.label, str(Text("、", ", ")).join(names)) for role, names in units if names]
    lines += [str(campaign.mode.label)] if campaign.mode else []
    branches = [place for venue in campaign.branch_venues if (place := material.place(venue))]
    lines += [colon(Text("分会场", "branch venue"), place) for place in branches]
    return Entry(
        uid=_uid(material, "campaign", campaign.id),
        start=start,
        end=campaign.ends_on or start,
        summary=name if campaign.starts_on else str(_ENDS.format(name=name)),
        stamp=max((step.on for step in campaign.steps), default=start),
        lines=tuple(lines),
        status=_STATUS.get(state, "CONFIRMED"),
        sequence=len(campaign.steps),
        categories=(str(campaign.kind.label), *_labels(campaign.audiences)),
        place=material.place(campaign.main_venue) or material.region(campaign.region),
        location=material.located(campaign.main_venue),
    )


def _deadlines(material: Material) -> Iterator[Entry | Undated]:
    reports: dict[str, list[ProgressReport]] = defaultdict(list)
    for report in material.of(ProgressReport):
        reports[report.item].append(report)
    for item in material.of(PlanItem):
        if item.due is None:
            yield Undated(info_of(PlanItem).label)
        else:
            yield _deadline(item, item.due, reports[item.id], material)


def _deadline(item: PlanItem, due: dt.date, reports: Sequence[ProgressReport], material: Material) -> Entry:
    heading = item.text if len(item.text) <= _SHOWN else f"{item.text[:_SHOWN]}…"
    lines = [item.text, *(colon(a.role.label, a.unit) for a in item.assignments)]
    categories = [str(info_of(PlanItem).label)]
    cancelled = False
    told = [r.reported_on for r in reports if r.reported_on <= material.on]
    if told:
        # Where no report is at hand nothing is known of the state, and "not started" would be a guess.
        day = max(told) if material.on == dt.date.max else material.on
        state = item_progress(item, reports, day).state
        categories.append(str(state.label))
        cancelled = state is ItemState.CANCELLED
    return Entry(
        uid=_uid(material, "plan_item", item.id),
        start=due,
        end=due,
        summary=str(_DUE.format(name=heading)),
        stamp=max(told, default=due),
        lines=tuple(lines),
        status="CANCELLED" if cancelled else "CONFIRMED",
        sequence=len(told),
        categories=tuple(categories),
        busy=False,
    )


def _title(title: Designation, holder: str, path: tuple[str, str], material: Material) -> Iterator[Entry]:
    end = end_of_title(title, material.on)
    if end is None:
        return
    known = [step.on for step in title.steps if step.on <= material.on]
    by = material.organisation(title.designated_by)
    yield Entry(
        uid=_uid(material, *path, title.id),
        start=end,
        end=end,
        summary=str(_TITLE_ENDS.format(holder=holder, title=title.title)),
        stamp=max(known, default=title.valid_from or end),
        lines=(colon(Text("认定单位", "designated by"), by),) if by else (),
        sequence=len(known),
        categories=(str(info_of(Designation).label), str(title.level.label)),
        busy=False,
    )
