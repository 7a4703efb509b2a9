"""What is told of a plan: what it covers, who does what by when, where it stands, and what it realises."""

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TypeVar

from kepu_core.domain.coverage import plan_coverage
from kepu_core.domain.enums import LabelledEnum
from kepu_core.domain.plan import Assignment, Plan, PlanItem, Target, UnitRole
from kepu_core.domain.progress import ItemProgress, ItemState, ProgressReport, TrafficLight, item_progress
from kepu_core.language import Text
from kepu_core.report.model import (
    Bar,
    Bars,
    Block,
    Column,
    Fact,
    Grid,
    Paragraph,
    Report,
    Section,
    Span,
    Table,
    Timeline,
    Tone,
)

__all__ = ["plan_report"]

L = TypeVar("L", bound=LabelledEnum)

_TONES = {TrafficLight.GREEN: Tone.GOOD, TrafficLight.YELLOW: Tone.WATCH, TrafficLight.RED: Tone.BAD}
_MOST_BARS = 40


def plan_report(
    plan: Plan,
    items: Iterable[PlanItem],
    reports: Iterable[ProgressReport] = (),
    *,
    on: dt.date,
    names: Mapping[str, str] | None = None,
    above: Sequence[PlanItem] = (),
    warn_days: int = 30,
) -> Report:
    """The report of a plan as it stands on a day: coverage, ledger (台账), times, and how it realises a plan above it.

    ``names`` gives organisations their names, ``above`` are the items of the plan that this one realises, and an item
    that is due within ``warn_days`` and not done has a yellow light.

    >>> plan = Plan(id="p", title="要点", kind="annual", period="2021", issuer="a")
    >>> report = plan_report(plan, [], on=dt.date(2021, 6, 1))
    >>> report.kind, [section.key for section in report.sections]
    ('plan', ['overview'])
    """
    own = sorted((i for i in items if i.plan == plan.id), key=lambda i: (i.order, i.id))
    told: dict[str, list[ProgressReport]] = {}
    for report in reports:
        told.setdefault(report.item, []).append(report)
    stand = [item_progress(item, told.get(item.id, ()), on, warn_days=warn_days) for item in own]
    called = names or {}
    sections = (
        Section(key="overview", title=Text("总体情况", "overview"), blocks=tuple(_coverage(plan, own))),
        Section(key="progress", title=Text("进展", "progress"), blocks=tuple(_progress(stand, on))),
        Section(key="tasks", title=Text("任务分解表", "task table"), blocks=tuple(_tasks(plan, stand, told, on))),
        Section(key="units", title=Text("责任单位", "units"), blocks=tuple(_units(stand))),
        Section(
            key="alignment",
            title=Text("与上级计划的衔接", "alignment with the plan above"),
            blocks=tuple(_aligned(own, above)),
        ),
    )
    return Report(
        kind="plan",
        title=Text(plan.title, plan.title),
        subtitle=None if plan.document_number is None else Text(plan.document_number, plan.document_number),
        facts=tuple(_facts(plan, stand, called)),
        sections=tuple(s for s in sections if s.blocks),
        on=on,
    )


def _facts(plan: Plan, stand: Sequence[ItemProgress], names: Mapping[str, str]) -> Iterator[Fact]:
    yield Fact(key="issuer", label=Text("发文单位", "issuer"), value=names.get(plan.issuer, plan.issuer))
    yield Fact(key="period", label=Text("计划期", "period"), value=plan.period)
    if plan.issued_on is not None:
        yield Fact(key="issued_on", label=Text("印发日期", "issued on"), value=plan.issued_on)
    yield Fact(key="items", label=Text("任务", "items"), value=len(stand))
    done = sum(p.state is ItemState.COMPLETED for p in stand)
    late = sum(p.state is ItemState.OVERDUE for p in stand)
    yield Fact(key="completed", label=Text("已完成", "completed"), value=done)
    yield Fact(key="overdue", label=Text("滞后", "overdue"), value=late, tone=Tone.BAD if late else Tone.GOOD)


def _coverage(plan: Plan, items: Sequence[PlanItem]) -> Iterator[Block]:
    coverage = plan_coverage(plan, items)
    if plan.targets:
        yield _targets(plan.targets)
    sections = tuple((s.number, s.heading, n) for s, n in coverage.by_section.items())
    if sections:
        yield Grid(
            key="sections",
            title=Text("各章节任务", "items by section"),
            table=Table(
                columns=(
                    Column(key="number", label=Text("编号", "number")),
                    Column(key="heading", label=Text("章节", "section")),
                    Column(key="items", label=Text("任务", "items")),
                ),
                rows=sections,
            ),
        )
    yield from _counted("roles", Text("按角色", "by role"), coverage.by_role)
    yield from _counted("audiences", Text("按人群", "by audience"), coverage.by_audience)
    if not items:
        yield Paragraph(text=Text("还没有任务。", "There are no items yet."), tone=Tone.WATCH)


def _counted(key: str, title: Text, counts: Mapping[L, int]) -> Iterator[Block]:
    if counts:
        yield Bars(
            key=key,
            title=title,
            series=(Text("任务", "items"),),
            bars=tuple(Bar(label=str(member.label), pieces=(float(n),)) for member, n in counts.items()),
            unit=Text("项", "items"),
        )


def _targets(targets: Sequence[Target]) -> Grid:
    return Grid(
        key="targets",
        title=Text("总体目标", "targets"),
        table=Table(
            columns=(
                Column(key="subject", label=Text("对象", "what is counted")),
                Column(key="comparison", label=Text("比较", "comparison")),
                Column(key="value", label=Text("目标值", "value")),
                Column(key="unit", label=Text("单位", "unit")),
                Column(key="due", label=Text("时限", "due")),
            ),
            rows=tuple((t.subject, t.comparison, t.value, t.unit, t.due) for t in targets),
        ),
    )


def _progress(stand: Sequence[ItemProgress], on: dt.date) -> Iterator[Block]:
    if not stand:
        return
    states = Counter(p.state for p in stand)
    yield Bars(
        key="states",
        title=Text("任务状态", "states of items"),
        series=(Text("任务", "items"),),
        bars=tuple(Bar(label=str(s.label), pieces=(float(states[s]),)) for s in ItemState if states[s]),
        unit=Text("项", "items"),
    )
    late = [p for p in stand if p.light is not TrafficLight.GREEN]
    if late:
        yield Grid(
            key="attention",
            title=Text("需要关注", "to be looked at"),
            table=Table(
                columns=(
                    Column(key="light", label=Text("灯", "light")),
                    Column(key="text", label=Text("工作内容", "text")),
                    Column(key="units", label=Text("责任单位", "units")),
                    Column(key="due", label=Text("完成时限", "due")),
                    Column(key="days", label=Text("超期天数", "days late")),
                ),
                rows=tuple(
                    (
                        p.light,
                        p.item.text,
                        _who(p.item.assignments),
                        p.item.due,
                        max(0, (on - p.item.due).days) if p.item.due else None,
                    )
                    for p in sorted(late, key=lambda p: (p.item.due or dt.date.max, p.item.order))
                ),
            ),
            tones=tuple(_TONES[p.light] for p in sorted(late, key=lambda p: (p.item.due or dt.date.max, p.item.order))),
        )
    dated = sorted(
        (p for p in stand if p.item.due is not None), key=lambda p: (p.item.due or dt.date.max, p.item.order)
    )
    if dated:
        yield Timeline(
            key="due",
            title=Text("完成时限", "when items are due"),
            spans=tuple(
                Span(
                    label=p.item.text,
                    starts=p.item.due,
                    ends=p.item.due,
                    note=p.state.label,
                    tone=_TONES[p.light],
                    record=f"plan_item/{p.item.id}",
                )
                for p in dated
                if p.item.due is not None
            ),
            today=on,
        )


_TASKS = (
    Column(key="label", label=Text("编号", "label")),
    Column(key="section", label=Text("章节", "section")),
    Column(key="text", label=Text("工作内容", "text")),
    Column(key="roles", label=Text("角色", "roles")),
    Column(key="programmes", label=Text("活动项目", "programmes")),
    Column(key="lead", label=UnitRole.LEAD.label),
    Column(key="responsible", label=UnitRole.RESPONSIBLE.label),
    Column(key="supporting", label=UnitRole.SUPPORTING.label),
    Column(key="audiences", label=Text("对象人群", "audiences")),
    Column(key="due", label=Text("完成时限", "due")),
    Column(key="state", label=Text("状态", "state")),
    Column(key="percent", label=Text("进度（%）", "progress (%)"), decimals=0),
    Column(key="light", label=Text("灯", "light")),
    Column(key="reported_on", label=Text("最近报送", "last report")),
    Column(key="summary", label=Text("进展说明", "what was reported")),
)


def _tasks(
    plan: Plan, stand: Sequence[ItemProgress], told: Mapping[str, Sequence[ProgressReport]], on: dt.date
) -> Iterator[Block]:
    if not stand:
        return
    headings = {s.id: f"{s.number} {s.heading}" for s in plan.sections}
    rows = []
    for n, p in enumerate(stand, 1):
        item, last = p.item, p.last_report
        rows.append(
            (
                item.label or str(n),
                headings.get(item.section, item.section),
                item.text,
                _joined([role.label for role in item.roles]),
                "、".join(_programme(x.name, x.edition) for x in item.programmes) or None,
                *(_who(item.assignments, role) for role in (UnitRole.LEAD, UnitRole.RESPONSIBLE, UnitRole.SUPPORTING)),
                _joined([a.label for a in item.audiences]),
                item.due,
                p.state,
                p.percent,
                p.light,
                None if last is None else last.reported_on,
                _newest(told.get(item.id, ()), on),
            )
        )
    yield Grid(
        key="tasks",
        title=Text("任务分解表", "task table"),
        table=Table(columns=_TASKS, rows=tuple(rows)),
        tones=tuple(_TONES[p.light] for p in stand),
    )


def _newest(reports: Iterable[ProgressReport], on: dt.date) -> str | None:
    """What was last said of an item; a later report may give its progress only."""
    said = [r for r in reports if r.summary and r.reported_on <= on]
    return max(said, key=lambda r: (r.reported_on, r.id)).summary if said else None


def _programme(name: str, edition: int | None) -> str:
    return name if edition is None or f"第{edition}届" in name else f"第{edition}届{name}" if name[:1] != "第" else name


def _joined(labels: Sequence[Text]) -> Text | None:
    if not labels:
        return None
    return Text("、".join(label.zh for label in labels), ", ".join(label.en for label in labels))


def _who(assignments: Sequence[Assignment], role: UnitRole | None = None) -> str | None:
    return "、".join(dict.fromkeys(a.unit for a in assignments if role is None or a.role is role)) or None


def _units(stand: Sequence[ItemProgress]) -> Iterator[Block]:
    """Who has how much to do, and how much of it is late."""
    counts: dict[str, Counter[str]] = {}
    for p in stand:
        for unit, role in dict.fromkeys((a.unit, a.role.value) for a in p.item.assignments):
            counts.setdefault(unit, Counter())[role] += 1
        for unit in {a.unit for a in p.item.assignments}:  # in however many roles, the item is one
            counts[unit]["done"] += p.state is ItemState.COMPLETED
            counts[unit]["late"] += p.state is ItemState.OVERDUE
    if not counts:
        return
    ordered = sorted(counts.items(), key=lambda entry: (-sum(entry[1][r.value] for r in UnitRole), entry[0]))
    yield Grid(
        key="units",
        title=Text("各单位任务", "items by unit"),
        table=Table(
            columns=(
                Column(key="unit", label=Text("单位", "unit")),
                *(Column(key=role.value, label=role.label) for role in UnitRole),
                Column(key="done", label=Text("已完成", "completed")),
                Column(key="late", label=Text("滞后", "overdue")),
            ),
            rows=tuple((unit, *(c[r.value] for r in UnitRole), c["done"], c["late"]) for unit, c in ordered),
        ),
        tones=tuple(Tone.BAD if c["late"] else Tone.PLAIN for _, c in ordered),
    )
    yield Bars(
        key="load",
        title=Text("任务最多的单位", "units with the most items"),
        series=tuple(role.label for role in UnitRole),
        bars=tuple(
            Bar(label=unit, pieces=tuple(float(c[r.value]) for r in UnitRole)) for unit, c in ordered[:_MOST_BARS]
        ),
        unit=Text("项", "items"),
    )


def _aligned(items: Sequence[PlanItem], above: Sequence[PlanItem]) -> Iterator[Block]:
    """How the items of the plan above are realised, and which are not."""
    if not above:
        return
    by: dict[str, list[PlanItem]] = {}
    for item in items:
        if item.realises is not None:
            by.setdefault(item.realises, []).append(item)
    ordered = sorted(above, key=lambda i: (i.order, i.id))
    yield Grid(
        key="alignment",
        title=Text("上级任务的落实", "how the items above are realised"),
        table=Table(
            columns=(
                Column(key="above", label=Text("上级任务", "item above")),
                Column(key="due", label=Text("完成时限", "due")),
                Column(key="count", label=Text("落实任务", "items")),
                Column(key="items", label=Text("落实它的任务", "realised by")),
            ),
            rows=tuple(
                (i.text, i.due, len(by.get(i.id, ())), "；".join(x.text for x in by.get(i.id, ())) or None)
                for i in ordered
            ),
        ),
        tones=tuple(Tone.GOOD if by.get(i.id) else Tone.WATCH for i in ordered),
    )
