"""Designations: titles that a base or a region holds, as the fold of their dated events.

A title is applied for, recommended, screened, reviewed, put on public notice and granted; afterwards it
is assessed, put under rectification, suspended, renewed, revoked, or ends with its term. The state on a
day is the fold of the events until that day; validity ends by itself.

The table :data:`DESIGNATION_LIFECYCLE` is common practice, not law: a designation that follows another
province's table names it in ``lifecycle`` and is judged by that one.
"""

import datetime as dt
from collections.abc import Iterator

from kepu_core.domain.enums import LabelledEnum
from kepu_core.domain.fields import field
from kepu_core.domain.findings import Finding, Problem
from kepu_core.domain.forms import Form
from kepu_core.domain.lifecycle import Lifecycle
from kepu_core.domain.record import part, record, replace
from kepu_core.language import Text

__all__ = [
    "DESIGNATION_LIFECYCLE",
    "STANDARD",
    "Designation",
    "DesignationEvent",
    "DesignationLevel",
    "DesignationState",
    "DesignationStep",
    "RegionDesignation",
]

STANDARD = "standard"

OUT_OF_ORDER = Problem(
    "designation.out-of-order",
    Text(
        "事件“{event}”（{on}）早于前一事件（{before}）",
        "the event {event} ({on}) is dated before the one in front of it ({before})",
    ),
    Text("按日期先后排列事件", "put the events in the order of their dates"),
)
ENDS_BEFORE_START = Problem(
    "designation.validity",
    Text("有效期止 {end} 早于起 {start}", "the title ends on {end}, before it begins on {start}"),
    Text("核对两个日期", "check the two dates"),
)


class DesignationLevel(LabelledEnum):
    """Who designates."""

    NATIONAL = "national", "国家级", "national"
    PROVINCIAL = "provincial", "省级", "provincial"
    MUNICIPAL = "municipal", "市级", "municipal"
    COUNTY = "county", "县级", "county"


class DesignationState(LabelledEnum):
    """Where a title stands."""

    NONE = "none", "未申报", "not applied for"
    APPLIED = "applied", "已申报", "applied for"
    RECOMMENDED = "recommended", "已推荐", "recommended"
    SCREENED = "screened", "已初审", "screened"
    REVIEWED = "reviewed", "已评审", "reviewed"
    PUBLICISED = "publicised", "公示中", "on public notice"
    OBJECTED = "objected", "有异议", "objected to"
    VALID = "valid", "有效", "valid"
    RECTIFYING = "rectifying", "整改中", "under rectification"
    SUSPENDED = "suspended", "暂停", "suspended"
    REJECTED = "rejected", "未通过", "rejected"
    REVOKED = "revoked", "已撤销", "revoked"
    EXPIRED = "expired", "已到期", "expired"


class DesignationEvent(LabelledEnum):
    """What can happen to a title."""

    APPLIED = "applied", "申报", "applied"
    RECOMMENDED = "recommended", "推荐", "recommended"
    SCREENED = "screened", "初审", "screened"
    REVIEWED = "reviewed", "专家评审", "reviewed"
    PUBLICISED = "publicised", "公示", "put on public notice"
    OBJECTED = "objected", "异议", "objected to"
    OBJECTION_SETTLED = "objection_settled", "异议处理完毕", "objection settled"
    DESIGNATED = "designated", "认定", "designated"
    REJECTED = "rejected", "不予认定", "rejected"
    ASSESSED = "assessed", "年度考核", "assessed"
    REASSESSED = "reassessed", "复核", "reassessed"
    RECTIFICATION_ORDERED = "rectification_ordered", "限期整改", "rectification ordered"
    RECTIFIED = "rectified", "整改通过", "rectified"
    SUSPENDED = "suspended", "暂停", "suspended"
    RESUMED = "resumed", "恢复", "resumed"
    OPERATOR_CHANGED = "operator_changed", "运营单位变更", "operator changed"
    RENEWED = "renewed", "续认", "renewed"
    REVOKED = "revoked", "撤销", "revoked"
    EXPIRED = "expired", "到期", "expired"


_S, _E = DesignationState, DesignationEvent
_ENDS = {_E.REVOKED: _S.REVOKED, _E.EXPIRED: _S.EXPIRED}
_REFUSED = {_E.REJECTED: _S.REJECTED}

DESIGNATION_LIFECYCLE: Lifecycle[DesignationState, DesignationEvent] = Lifecycle(
    Text("命名", "designation"),
    _S.NONE,
    {
        # Registers often hold only the grant: a title may begin with it.
        _S.NONE: {_E.APPLIED: _S.APPLIED, _E.DESIGNATED: _S.VALID},
        _S.APPLIED: {_E.RECOMMENDED: _S.RECOMMENDED, _E.SCREENED: _S.SCREENED, **_REFUSED},
        _S.RECOMMENDED: {_E.SCREENED: _S.SCREENED, _E.REVIEWED: _S.REVIEWED, **_REFUSED},
        _S.SCREENED: {_E.REVIEWED: _S.REVIEWED, **_REFUSED},
        _S.REVIEWED: {_E.PUBLICISED: _S.PUBLICISED, _E.DESIGNATED: _S.VALID, **_REFUSED},
        _S.PUBLICISED: {_E.OBJECTED: _S.OBJECTED, _E.DESIGNATED: _S.VALID, **_REFUSED},
        _S.OBJECTED: {_E.OBJECTION_SETTLED: _S.PUBLICISED, **_REFUSED},
        _S.VALID: {
            _E.ASSESSED: _S.VALID,
            _E.REASSESSED: _S.VALID,
            _E.OPERATOR_CHANGED: _S.VALID,
            _E.RENEWED: _S.VALID,
            _E.RECTIFICATION_ORDERED: _S.RECTIFYING,
            _E.SUSPENDED: _S.SUSPENDED,
            **_ENDS,
        },
        _S.RECTIFYING: {_E.RECTIFIED: _S.VALID, _E.SUSPENDED: _S.SUSPENDED, **_ENDS},
        _S.SUSPENDED: {_E.RESUMED: _S.VALID, **_ENDS},
        _S.REJECTED: {_E.APPLIED: _S.APPLIED},
        _S.EXPIRED: {_E.RENEWED: _S.VALID, _E.APPLIED: _S.APPLIED},
        _S.REVOKED: {_E.APPLIED: _S.APPLIED},
    },
)

_HELD = frozenset({_S.VALID, _S.RECTIFYING, _S.SUSPENDED})


@part("命名事件", "designation event")
class DesignationStep:
    """One dated event of a title; ``until`` is a new end of validity, or the deadline of a rectification."""

    event: DesignationEvent = field("事件", "event")
    on: dt.date = field("日期", "date")
    until: dt.date | None = field("期限", "until", default=None)
    grade: str | None = field("等次", "grade", default=None)
    document: str | None = field("文件", "document", default=None)
    remark: str | None = field("备注", "remark", default=None)


@part("命名", "designation")
class Designation:
    """A title with its dated events.

    ``valid_to`` is the last day of the title. ``rules`` names the regulation in force when it was granted.

    >>> title = Designation(id="d1", title="广东省科普教育基地", level="provincial", valid_from=dt.date(2021, 1, 1),
    ...     valid_to=dt.date(2025, 12, 31), steps=[DesignationStep(event="designated", on=dt.date(2021, 1, 1))])
    >>> title.state(dt.date(2023, 6, 1)).label.zh, title.state(dt.date(2026, 1, 1)).label.zh
    ('有效', '已到期')
    """

    id: str = field("标识", "id")
    title: str = field("称号", "title", searched=True)
    level: DesignationLevel = field("级别", "level")
    designated_by: str | None = field("认定单位", "designated by", default=None, ref="organisation")
    batch: str | None = field("批次", "batch", default=None)
    valid_from: dt.date | None = field("有效期起", "valid from", default=None)
    valid_to: dt.date | None = field("有效期止", "valid to", default=None)
    rules: str | None = field("依据办法", "rules", default=None)
    lifecycle: str = field("流程", "lifecycle", default=STANDARD)
    steps: tuple[DesignationStep, ...] = field("经过", "events", default=())

    def _rules(self) -> Iterator[Finding]:
        if self.valid_from is not None and self.valid_to is not None and self.valid_to < self.valid_from:
            yield ENDS_BEFORE_START.finding(field="valid_to", start=self.valid_from, end=self.valid_to)
        before = None
        for index, step in enumerate(self.steps):
            if before is not None and step.on < before:
                yield OUT_OF_ORDER.finding(
                    field=f"steps[{index}].on", event=step.event.label, on=step.on, before=before
                )
            before = step.on
        if self.steps and self.lifecycle == STANDARD:
            yield from self.faults()

    def faults(
        self, lifecycle: Lifecycle[DesignationState, DesignationEvent] = DESIGNATION_LIFECYCLE
    ) -> Iterator[Finding]:
        """Each event that a table does not allow where it stands."""
        for index, finding in lifecycle.faults(step.event for step in self.steps):
            yield finding.at(field=f"steps[{index}].event")

    def state(
        self,
        on: dt.date,
        lifecycle: Lifecycle[DesignationState, DesignationEvent] = DESIGNATION_LIFECYCLE,
    ) -> DesignationState:
        """The state on a day: the fold of the events until then, ended by the end of validity."""
        state = lifecycle.fold(step.event for step in self.steps if step.on <= on)
        end = self.ends_on(on)
        if state in _HELD and end is not None and on > end:
            return DesignationState.EXPIRED
        return state

    def is_valid(self, on: dt.date) -> bool:
        """Whether the title is held on a day, be it under rectification; not while suspended."""
        started = self.valid_from is None or self.valid_from <= on
        return started and self.state(on) in {DesignationState.VALID, DesignationState.RECTIFYING}

    def ends_on(self, on: dt.date) -> dt.date | None:
        """The last day of the title as known on a day: a renewal moves it."""
        renewed = [s.until for s in self.steps if s.event is DesignationEvent.RENEWED and s.on <= on and s.until]
        return renewed[-1] if renewed else self.valid_to

    def after(
        self,
        step: DesignationStep,
        lifecycle: Lifecycle[DesignationState, DesignationEvent] = DESIGNATION_LIFECYCLE,
    ) -> "Designation":
        """The same title with one more event.

        Raises :class:`Refused` if the state does not allow the event, naming what it does allow, and
        :class:`InvalidData` if it is dated before the last one.
        """
        lifecycle.advance(lifecycle.fold(s.event for s in self.steps), step.event)
        return replace(self, steps=(*self.steps, step))


@record("region_designation", "地区命名", "region's designation")
class RegionDesignation:
    """A title that a region holds, such as 科普示范县（市、区）."""

    id: str = field("标识", "id")
    region: str = field("地区", "region", ref="region", form=Form.REGION_CODE, index=True)
    designation: Designation = field("命名", "designation")
