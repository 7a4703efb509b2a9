"""Work plans: the plan, its sections and its items.

A :class:`Plan` (工作要点, 规划, 实施方案 …) is a document with numbered sections; a :class:`PlanItem` is one
row of a task table: one action with its objects, its units, its date. An item stands under exactly one
section. An item of an annual or a city's plan may *realise* an item of the plan above it.

What is done about an item is not part of it: see :mod:`kepu_core.domain.progress`.
"""

import datetime as dt
from collections.abc import Iterable, Iterator
from typing import Any

from kepu_core.domain.audience import Audience
from kepu_core.domain.enums import LabelledEnum
from kepu_core.domain.fields import field
from kepu_core.domain.findings import Finding, Problem
from kepu_core.domain.forms import Form
from kepu_core.domain.record import part, record
from kepu_core.language import Text

__all__ = [
    "ActionRole",
    "Assignment",
    "Comparison",
    "Plan",
    "PlanItem",
    "PlanKind",
    "PlanSection",
    "Programme",
    "Target",
    "UnitRole",
    "check_plan",
]

SECTION_TWICE = Problem(
    "plan.section-twice",
    Text("章节标识 {section} 出现两次", "the section id {section} occurs twice"),
    Text("每个章节用不同的标识", "give each section an id of its own"),
)
SECTION_PARENT = Problem(
    "plan.section-parent",
    Text(
        "章节 {section} 的上级 {parent} 不在其前", "the parent {parent} of section {section} does not stand before it"
    ),
    Text("先列上级章节", "list the parent section first"),
)
ITEM_WITHOUT_SECTION = Problem(
    "plan.item-without-section",
    Text(
        "任务 {item} 所在章节 {section} 不在计划 {plan} 中",
        "item {item} names section {section}, which plan {plan} does not have",
    ),
    Text("计划的章节有：{sections}", "the sections of the plan are: {sections}"),
)
ITEM_OF_OTHER_PLAN = Problem(
    "plan.item-of-other-plan",
    Text("任务 {item} 属于计划 {other}，不属于 {plan}", "item {item} belongs to plan {other}, not to {plan}"),
    Text("改正任务的 plan 字段", "correct the field plan of the item"),
)
REALISES_ITSELF = Problem(
    "plan.realises-itself",
    Text("任务 {item} 不能落实自身", "item {item} cannot realise itself"),
    Text("填写上级计划的任务标识", "give the id of an item of the plan above"),
)
RANGE_REVERSED = Problem(
    "plan.range-reversed",
    Text("目标的上限 {upto} 小于下限 {value}", "the upper end {upto} of the target is below its lower end {value}"),
    Text("交换两个数", "swap the two numbers"),
)


class PlanKind(LabelledEnum):
    """What kind of plan a document is."""

    ANNUAL = "annual", "年度工作要点", "annual work plan"
    FIVE_YEAR = "five_year", "五年规划", "five-year plan"
    IMPLEMENTATION = "implementation", "实施方案", "implementation plan"
    ACTION = "action", "行动方案", "action plan"


class ActionRole(LabelledEnum):
    """In which role the issuer of a plan acts in an item."""

    HOST = "host", "主办", "host"
    ORGANISE = "organise", "承办", "organise"
    CO_ORGANISE = "co_organise", "协办", "co-organise"
    JOINT = "joint", "联合", "act jointly"
    ASSIST = "assist", "配合", "assist"
    PARTICIPATE = "participate", "参加", "participate"
    SUPPORT = "support", "支持", "support"
    GUIDE = "guide", "指导", "guide"
    PROMOTE = "promote", "推动", "promote"
    IMPLEMENT = "implement", "实施", "implement"


class UnitRole(LabelledEnum):
    """In which role a unit is assigned to an item."""

    LEAD = "lead", "牵头单位", "lead unit"
    RESPONSIBLE = "responsible", "责任单位", "responsible unit"
    SUPPORTING = "supporting", "配合单位", "supporting unit"


class Comparison(LabelledEnum):
    """How a target's figure is meant."""

    AT_LEAST = "at_least", "不少于", "at least"
    MORE_THAN = "more_than", "超过", "more than"
    AT_MOST = "at_most", "不超过", "at most"
    LESS_THAN = "less_than", "低于", "less than"
    EXACTLY = "exactly", "等于", "exactly"
    ABOUT = "about", "约", "about"
    BETWEEN = "between", "介于", "between"


@part("目标", "target")
class Target:
    """A quantity to reach: ``不少于5场``, ``到2025年比例达到15%``."""

    value: float = field("目标值", "value")
    unit: str = field("单位", "unit")
    comparison: Comparison = field("比较", "comparison", default=Comparison.AT_LEAST)
    upto: float | None = field("上限", "upper end", default=None)
    subject: str | None = field("对象", "what is counted", default=None)
    indicator: str | None = field("指标", "indicator", default=None, ref="indicator")
    due: dt.date | None = field("时限", "due", default=None)

    def _rules(self) -> Iterator[Finding]:
        if self.upto is not None and self.upto < self.value:
            yield RANGE_REVERSED.finding(field="upto", value=self.value, upto=self.upto)


@part("章节", "section")
class PlanSection:
    """A numbered heading of a plan; ``number`` as printed (一、（一）…), ``id`` unique in the plan."""

    id: str = field("标识", "id")
    number: str = field("编号", "number")
    heading: str = field("标题", "heading", searched=True)
    parent: str | None = field("上级章节", "parent section", default=None, form=Form.ID)


@part("活动项目", "programme")
class Programme:
    """A named event, competition, campaign or project in an item, with its edition (届) if it has one."""

    name: str = field("名称", "name", searched=True)
    edition: int | None = field("届", "edition", default=None, ge=1, le=9999)
    series: str | None = field("系列", "series", default=None, ref="campaign_series")


@part("任务分工", "assignment")
class Assignment:
    """Who does an item, in which role, by when; ``unit`` as printed, ``organisation`` by id if known."""

    unit: str = field("单位", "unit")
    role: UnitRole = field("分工", "role", default=UnitRole.RESPONSIBLE)
    organisation: str | None = field("单位标识", "organisation", default=None, ref="organisation")
    due: dt.date | None = field("时限", "due", default=None)


@record("plan", "工作要点", "plan")
class Plan:
    """A plan document with its sections.

    >>> Plan(id="gd-2021", title="要点", kind="annual", period="2021", issuer="gd-ast",
    ...      sections=[PlanSection(id="1", number="一", heading="政策")]).section("1").heading
    '政策'
    """

    id: str = field("标识", "id")
    title: str = field("标题", "title", searched=True)
    kind: PlanKind = field("类别", "kind", index=True)
    period: str = field("计划期", "period", form=Form.PERIOD, index=True)
    issuer: str = field("发文单位", "issuer", ref="organisation")
    region: str | None = field("地区", "region", default=None, ref="region", form=Form.REGION_CODE, index=True)
    document_number: str | None = field(
        "发文字号", "document number", default=None, form=Form.DOCUMENT_NUMBER, searched=True
    )
    issued_on: dt.date | None = field("印发日期", "issued on", default=None)
    addressees: tuple[str, ...] = field("主送", "addressees", default=())
    copied_to: tuple[str, ...] = field("抄送", "copied to", default=())
    instruments: tuple[str, ...] = field("依据文件", "instruments", default=())
    realises: str | None = field("上级计划", "plan above", default=None, ref="plan")
    sections: tuple[PlanSection, ...] = field("章节", "sections", default=())
    targets: tuple[Target, ...] = field("总体目标", "targets", default=())

    def _rules(self) -> Iterator[Finding]:
        seen: set[str] = set()
        for index, section in enumerate(self.sections):
            at = f"sections[{index}]"
            if section.id in seen:
                yield SECTION_TWICE.finding(field=f"{at}.id", section=section.id)
            if section.parent is not None and section.parent not in seen:
                yield SECTION_PARENT.finding(field=f"{at}.parent", section=section.id, parent=section.parent)
            seen.add(section.id)

    def section(self, ident: str) -> PlanSection | None:
        """The section with an id; ``None`` if the plan has none such."""
        return next((s for s in self.sections if s.id == ident), None)


@record("plan_item", "任务", "plan item")
class PlanItem:
    """One action of a plan: one row of its task table.

    ``text`` says what is to be done; ``verbs`` and ``roles`` how the issuer acts; ``partners`` with whom;
    ``assignments`` who is responsible; ``order`` its place in the plan.
    """

    id: str = field("标识", "id")
    plan: str = field("计划", "plan", ref="plan", index=True)
    section: str = field("章节", "section", form=Form.ID, index=True)
    text: str = field("工作内容", "text", searched=True)
    order: int = field("序号", "order", default=0, ge=0, le=100_000)
    label: str | None = field("编号", "label", default=None)
    verbs: tuple[str, ...] = field("动词", "verbs", default=())
    roles: tuple[ActionRole, ...] = field("角色", "roles", default=())
    programmes: tuple[Programme, ...] = field("活动项目", "programmes", default=())
    partners: tuple[str, ...] = field("合作单位", "partners", default=())
    assignments: tuple[Assignment, ...] = field("任务分工", "assignments", default=())
    audiences: tuple[Audience, ...] = field("对象人群", "audiences", default=())
    instruments: tuple[str, ...] = field("相关文件", "instruments", default=())
    targets: tuple[Target, ...] = field("目标", "targets", default=())
    due: dt.date | None = field("完成时限", "due", default=None)
    realises: str | None = field("落实的上级任务", "item realised", default=None, ref="plan_item")

    def _rules(self) -> Iterator[Finding]:
        if self.realises == self.id:
            yield REALISES_ITSELF.finding(field="realises", item=self.id)

    @property
    def editions(self) -> tuple[int, ...]:
        """The editions (届) of the item's programmes, without repetition, in order."""
        return tuple(sorted({p.edition for p in self.programmes if p.edition is not None}))


def check_plan(plan: Plan, items: Iterable[PlanItem]) -> Iterator[Finding]:
    """What does not hold between a plan and its items: each item under one section of this plan."""
    known = tuple(s.id for s in plan.sections)
    for item in items:
        where: dict[str, Any] = {"record": f"plan_item/{item.id}", "item": item.id, "plan": plan.id}
        if item.plan != plan.id:
            yield ITEM_OF_OTHER_PLAN.finding(field="plan", other=item.plan, **where)
        elif item.section not in known:
            yield ITEM_WITHOUT_SECTION.finding(field="section", section=item.section, sections=known or ("—",), **where)
