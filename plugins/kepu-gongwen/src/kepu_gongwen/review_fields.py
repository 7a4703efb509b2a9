"""The fields that a person confirms: how each is written into one cell, and read back from it.

A list is written with one entry on each line. Where an entry was not touched, what stood there before stays, with all
that the cell does not show (the id of a unit, say).
"""

import datetime as dt
import re
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from attrs import field, frozen

from kepu_core import ActionRole, Assignment, Audience, LabelledEnum, PlanItem, Programme, Target, UnitRole
from kepu_core.language import Text
from kepu_gongwen.records_values import clean, quantity_of
from kepu_gongwen.review_targets import typed_target

__all__ = ["FIELDS", "UNIT_ROLES", "Cell", "NotRead", "grade_of", "take_day", "take_target", "target_cells"]

_SURE, _UNSURE = 0.9, 0.7


def grade_of(confidence: float) -> str:
    """How sure something is, in three steps: ``sure``, ``fair`` or ``unsure``."""
    return "sure" if confidence >= _SURE else "fair" if confidence >= _UNSURE else "unsure"


class NotRead(ValueError):
    """A cell that cannot be read; its arguments are what is wrong, and what there is instead, as :class:`Text`."""

    @property
    def reason(self) -> Text:
        """All of it in one."""
        return _joined(self.args)


def _joined(texts: Iterable[Text]) -> Text:
    told = tuple(dict.fromkeys(texts))
    return Text("；".join(t.zh for t in told), "; ".join(t.en for t in told))


@frozen
class Cell:
    """One field of a task: its name, label, how an entry is shown and taken (as it is, if not told); ``many`` for lists.

    ``signs`` are what else may stand between entries than a line break; ``required`` may not be empty.
    """

    name: str
    label: Text
    hint: Text
    show: Callable[[Any], str] = field(default=str, kw_only=True)
    take: Callable[[str], Any] = field(default=str, kw_only=True)
    many: bool = field(default=True, kw_only=True)
    signs: str = field(default="", kw_only=True)
    required: bool = field(default=False, kw_only=True)

    def shown(self, item: PlanItem) -> str:
        """What stands in the cell of a task."""
        value = getattr(item, self.name)
        if self.many:
            return "\n".join(map(self.show, value))
        return "" if value is None else self.show(value)

    def taken(self, text: str, base: PlanItem | None) -> Any:
        """The value that a text means. Raises :class:`NotRead`."""
        text = text.replace("\r\n", "\n").strip()
        if base is not None and text == self.shown(base).strip():
            return getattr(base, self.name)
        if not self.many:
            text = clean(text)
            if not text and self.required:
                raise NotRead(Text("不能为空", "it may not be empty"))
            return self.take(text) if text else None
        before = {} if base is None else {self.show(v): v for v in getattr(base, self.name)}
        found: dict[Any, None] = {}
        faults: list[NotRead] = []
        for entry in re.split(rf"[\n{re.escape(self.signs)}]", text):
            words = clean(entry)
            try:
                if words:
                    found[before[words] if words in before else self.take(words)] = None
            except NotRead as fault:
                faults.append(fault)
        if faults:
            raise NotRead(*(f.args[0] for f in faults), *(known for f in faults for known in f.args[1:]))
        return tuple(found)


def _label(member: LabelledEnum) -> str:
    return member.label.zh


def _member(kind: type[LabelledEnum]) -> Callable[[str], LabelledEnum]:
    def take(text: str) -> LabelledEnum:
        for member in kind:
            if text in {member.label.zh, member.label.en, member.value}:
                return member
        known = "、".join(m.label.zh for m in kind)
        raise NotRead(Text(f"没有“{text}”", f"there is no {text}"), Text(f"可用：{known}", f"there are: {known}"))

    return take


def _show_programme(programme: Programme) -> str:
    return programme.name if programme.edition is None else f"{programme.name} | {programme.edition}"


def _take_programme(text: str) -> Programme:
    name, _, edition = (part.strip() for part in text.rpartition("|")) if "|" in text else (text, "", "")
    if edition and not re.fullmatch(r"[1-9][0-9]{0,3}", edition):
        raise NotRead(Text(f"“{edition}”不是届数", f"{edition} is no edition"))
    if not name:
        raise NotRead(Text("竖线前没有名称", "there is no name before the bar"))
    return Programme(name=name, edition=int(edition) if edition else None)


UNIT_ROLES = {role.label.zh: role for role in UnitRole} | {role.label.zh[:2]: role for role in UnitRole}


def _show_assignment(assignment: Assignment) -> str:
    return f"{assignment.role.label.zh}：{assignment.unit}"


def _take_assignment(text: str) -> Assignment:
    role, colon, unit = re.sub("[:：]", "：", text, count=1).partition("：")
    if colon and role.strip() in UNIT_ROLES and unit.strip():
        return Assignment(unit=unit.strip(), role=UNIT_ROLES[role.strip()])
    return Assignment(unit=text, role=UnitRole.RESPONSIBLE)


def take_target(text: str) -> Target:
    """The target that a text is. Raises :class:`NotRead`."""
    target = typed_target(text)
    if target is None:
        raise NotRead(Text(f"“{text}”不能读成一个数量", f"{text} cannot be read as one quantity"))
    return target


def take_day(text: str) -> dt.date:
    """The day that a text is, year, month and day. Raises :class:`NotRead`."""
    match = re.fullmatch(r"(\d{4})[-./年](\d{1,2})[-./月](\d{1,2})日?", text, re.ASCII)
    try:
        if match is not None:
            return dt.date(int(match[1]), int(match[2]), int(match[3]))
    except ValueError:
        pass
    raise NotRead(Text(f"“{text}”不是完整的年月日", f"{text} is no full date"))


_LINES = Text("每行一个", "one on each line")
_SPLIT = Text("用顿号或换行分开", "with 、 or a line break between")
FIELDS: Sequence[Cell] = (
    Cell("section", Text("章节", "section"), Text("章节标识", "the id of a section"), many=False, required=True),
    Cell("label", Text("编号", "label"), Text("如（一）、1", "such as （一） or 1"), many=False),
    Cell("text", Text("工作内容", "text"), Text("要做的事", "what is to be done"), many=False, required=True),
    Cell("verbs", Text("动词", "verbs"), _SPLIT, signs="、"),
    Cell(
        "roles",
        Text("角色", "roles"),
        Text(
            "主办、承办、协办、联合、配合、参加、支持、指导、推动、实施",
            "主办 host, 承办 organise, 协办 co-organise, 联合 jointly, 配合 assist, 参加 participate, 支持 support, 指导 guide, 推动 promote, 实施 implement",
        ),
        show=_label,
        take=_member(ActionRole),
        signs="、",
    ),
    Cell(
        "programmes",
        Text("活动项目", "programmes"),
        Text("每行一个：名称 | 届", "one on each line: name | edition"),
        show=_show_programme,
        take=_take_programme,
    ),
    Cell("partners", Text("合作单位", "partners"), _LINES),
    Cell(
        "assignments",
        Text("任务分工", "assignments"),
        Text("每行一个：牵头单位：名称", "one on each line: 牵头单位：name"),
        show=_show_assignment,
        take=_take_assignment,
    ),
    Cell("audiences", Text("对象人群", "audiences"), _SPLIT, show=_label, take=_member(Audience), signs="、"),
    Cell("instruments", Text("相关文件", "instruments"), _LINES),
    Cell(
        "targets",
        Text("目标", "targets"),
        Text("每行一个，例如 >=5场、1-4场、2.5万人次", "one on each line, for example >=5场, 1-4场, 2.5万人次"),
        show=quantity_of,
        take=take_target,
    ),
    Cell(
        "due",
        Text("完成时限", "due"),
        Text("写全年月日，例如 2024-06-30", "year, month and day, for example 2024-06-30"),
        show=dt.date.isoformat,
        take=take_day,
        many=False,
    ),
)
"""The fields of a task in the order in which they are shown."""


def target_cells(target: Target) -> tuple[str, str, str]:
    """What a review shows of a target of the plan: what is counted, how much, by when."""
    return target.subject or "", quantity_of(target), "" if target.due is None else target.due.isoformat()
