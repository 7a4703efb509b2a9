"""Progress of plan items: reports that only append, and the state that follows from them.

Nothing stores the state of an item. It is the fold of its dated reports; being overdue, and the traffic
light of the ledger (台账), follow from the due date and a given day.
"""

import datetime as dt
from collections.abc import Iterable, Iterator

from attrs import frozen

from kepu_core.domain.enums import LabelledEnum
from kepu_core.domain.fields import field
from kepu_core.domain.findings import Finding, Problem
from kepu_core.domain.lifecycle import Lifecycle
from kepu_core.domain.plan import PlanItem
from kepu_core.domain.record import record
from kepu_core.language import Text

__all__ = [
    "ITEM_LIFECYCLE",
    "ItemEvent",
    "ItemProgress",
    "ItemState",
    "ProgressReport",
    "TrafficLight",
    "check_progress",
    "item_progress",
]

SAYS_NOTHING = Problem(
    "progress.says-nothing",
    Text(
        "进展报送 {report} 既无事件、进度，也无说明", "the report {report} has neither event nor percentage nor summary"
    ),
    Text("至少填写一项", "give at least one of them"),
)


class ItemState(LabelledEnum):
    """Where an item stands; ``OVERDUE`` is derived, no event leads there."""

    NOT_STARTED = "not_started", "未启动", "not started"
    IN_PROGRESS = "in_progress", "推进中", "in progress"
    COMPLETED = "completed", "已完成", "completed"
    OVERDUE = "overdue", "滞后", "overdue"
    CANCELLED = "cancelled", "取消", "cancelled"


class ItemEvent(LabelledEnum):
    """What a progress report can say has happened."""

    STARTED = "started", "启动", "started"
    COMPLETED = "completed", "完成", "completed"
    REOPENED = "reopened", "重新推进", "reopened"
    CANCELLED = "cancelled", "取消", "cancelled"


class TrafficLight(LabelledEnum):
    """The light of an item in the ledger."""

    GREEN = "green", "绿灯", "green"
    YELLOW = "yellow", "黄灯", "yellow"
    RED = "red", "红灯", "red"


_S, _E = ItemState, ItemEvent
ITEM_LIFECYCLE: Lifecycle[ItemState, ItemEvent] = Lifecycle(
    Text("任务", "plan item"),
    _S.NOT_STARTED,
    {
        _S.NOT_STARTED: {
            _E.STARTED: _S.IN_PROGRESS,
            _E.COMPLETED: _S.COMPLETED,
            _E.CANCELLED: _S.CANCELLED,
        },
        _S.IN_PROGRESS: {_E.COMPLETED: _S.COMPLETED, _E.CANCELLED: _S.CANCELLED},
        _S.COMPLETED: {_E.REOPENED: _S.IN_PROGRESS},
        _S.CANCELLED: {_E.REOPENED: _S.IN_PROGRESS},
    },
)


@record("progress_report", "进展报送", "progress report", append_only=True)
class ProgressReport:
    """What a unit reported about an item on a day. Never changed; a correction is a later report."""

    id: str = field("标识", "id")
    item: str = field("任务", "plan item", ref="plan_item", index=True)
    reported_on: dt.date = field("报送日期", "reported on", index=True)
    reporter: str | None = field("报送单位", "reporting unit", default=None, ref="organisation")
    event: ItemEvent | None = field("事件", "event", default=None)
    percent: float | None = field("进度", "progress", default=None, unit="%", ge=0, le=100)
    summary: str | None = field("进展说明", "summary", default=None, searched=True)
    evidence: tuple[str, ...] = field("佐证材料", "evidence", default=())

    def _rules(self) -> Iterator[Finding]:
        if self.event is None and self.percent is None and self.summary is None:
            yield SAYS_NOTHING.finding(report=self.id)


@frozen(kw_only=True)
class ItemProgress:
    """One row of the ledger: where an item stands on a day."""

    item: PlanItem
    state: ItemState
    percent: float | None
    last_report: ProgressReport | None
    light: TrafficLight


def check_progress(reports: Iterable[ProgressReport]) -> Iterator[Finding]:
    """Each report of one item whose event was not possible when it was made."""
    told = [r for r in _in_order(reports) if r.event is not None]
    for position, finding in ITEM_LIFECYCLE.faults(r.event for r in told if r.event is not None):
        yield finding.at(record=f"progress_report/{told[position].id}", field="event")


def item_progress(
    item: PlanItem,
    reports: Iterable[ProgressReport],
    today: dt.date,
    *,
    warn_days: int = 30,
) -> ItemProgress:
    """Where an item stands on ``today``, told by the reports made until then.

    Red: overdue. Yellow: due within ``warn_days`` and not done. Green: everything else. An impossible
    event is passed over here (:func:`check_progress` reports it).

    >>> item = PlanItem(id="i1", plan="p", section="1", text="办大赛", due=dt.date(2021, 6, 30))
    >>> item_progress(item, [], dt.date(2021, 7, 1)).light
    <TrafficLight.RED: 'red'>
    """
    known = [r for r in _in_order(reports) if r.item == item.id and r.reported_on <= today]
    state = ITEM_LIFECYCLE.initial
    percent: float | None = None
    for report in known:
        if report.event in ITEM_LIFECYCLE.allowed(state):
            state = ITEM_LIFECYCLE.advance(state, report.event)
        percent = report.percent if report.percent is not None else percent
    if state is ItemState.NOT_STARTED and percent:
        state = ItemState.IN_PROGRESS
    open_still = state in {ItemState.NOT_STARTED, ItemState.IN_PROGRESS}
    light = TrafficLight.GREEN
    if open_still and item.due is not None:
        if item.due < today:
            state, light = ItemState.OVERDUE, TrafficLight.RED
        elif (item.due - today).days <= warn_days:
            light = TrafficLight.YELLOW
    done = 100.0 if state is ItemState.COMPLETED else percent
    return ItemProgress(item=item, state=state, percent=done, last_report=known[-1] if known else None, light=light)


def _in_order(reports: Iterable[ProgressReport]) -> list[ProgressReport]:
    return sorted(reports, key=lambda r: (r.reported_on, r.id))
