"""A plan as the document that it is: its sections as headings, its items as numbered text below them.

:func:`plan_document` makes it from records; :func:`outlined` from the report of a plan, whose table of tasks holds the
same. Both give reports, so that any format can show them.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from attrs import evolve, field, frozen

from kepu_core import Plan, PlanItem, Text
from kepu_core.domain import Target, UnitRole
from kepu_core.report import Block, Column, Fact, Grid, Paragraph, Report, Section, Table
from kepu_core.scoring.tables import shown_value

__all__ = ["heading", "numbered", "outlined", "plan_document"]

_CHINESE = "[一二三四五六七八九十百]+"
_LEVELS = (
    re.compile(rf"{_CHINESE}[、.．]?|第{_CHINESE}[章部编篇]"),
    re.compile(rf"[（(]{_CHINESE}[）)]|第{_CHINESE}节"),
    re.compile(r"\d{1,3}[.．、]?"),
    re.compile(r"[（(]\d{1,3}[）)]"),
)
"""How numbers of headings look, by their level in an official document."""
_ARABIC = 2
"""From this level on numbers of headings are Arabic."""
_MOST_CIRCLED = 20
_NUMBERED = re.compile(
    rf"\s*(?:{_CHINESE}、|[（(](?:{_CHINESE}|\d{{1,3}})[）)]|\d{{1,3}}(?:[．、]|\.(?!\d))|第{_CHINESE}[章节部编篇])"
)
_ENDS = "。！？；：…．.!?;:"
_UNITS = ("lead", "responsible", "supporting")
_TABLE = ("label", "text", *_UNITS, "due")
_TASKS = Text("任务分解表", "task table")
_GOALS = Text("主要目标：", "Targets: ")


def numbered(title: str) -> bool:
    """Whether a heading brings its number along.

    >>> numbered("一、总体要求"), numbered("（二）活动"), numbered("2021年工作"), numbered("1.5 倍")
    (True, True, False, False)
    """
    return _NUMBERED.match(title) is not None


def heading(number: str, title: str) -> str:
    """A heading with its number, as it is printed.

    >>> heading("一", "总体要求"), heading("（一）", "活动"), heading("1", "竞赛"), heading("", "附则")
    ('一、总体要求', '（一）活动', '1.竞赛', '附则')
    """
    number = number.strip()
    if re.fullmatch(_CHINESE, number):
        return f"{number}、{title}"
    if number.isdecimal():
        return f"{number}.{title}"
    return f"{number}\u3000{title}" if number.startswith("第") else f"{number}{title}"


def outlined(report: Report) -> tuple[Report, tuple[Section, ...]]:
    """The report of a plan as the plan's own text, and what is attached to it; other reports as they are."""
    grids = {grid.key: grid for grid in report.grids()}
    if report.kind != "plan" or "tasks" not in grids:
        return report, ()
    tasks = grids["tasks"]
    keys = [column.key for column in tasks.table.columns]
    rows = [dict(zip(keys, values, strict=True)) for values in tasks.table.rows]
    parts = [_Part(number, title) for number, title in _headings(grids.get("sections"))]
    by_title = {f"{part.number} {part.title}": part for part in parts}
    for told in rows:
        title = shown_value(told["section"])
        part = by_title.get(title)
        if part is None:
            part = by_title[title] = _Part("", title)
            parts.append(part)
        part.texts.append(_item(shown_value(told["label"]), shown_value(told["text"]), part.number))
    sections = _nested(parts, _levels([part.number for part in parts]))
    goals = [Paragraph(text=text) for text in _told_targets(grids.get("targets"))]
    return evolve(report, sections=_opened(goals, sections)), tuple(_attached(tasks))


def _headings(grid: Grid | None) -> Iterator[tuple[str, str]]:
    for number, title, *_ in () if grid is None else grid.table.rows:
        yield shown_value(number), shown_value(title)


def _told_targets(grid: Grid | None) -> Iterator[Text]:
    if grid is not None:
        told = [" ".join(_worded(value) for value in row if value is not None) for row in grid.table.rows]
        yield Text(f"{_GOALS.zh}{'；'.join(told)}。", f"{_GOALS.en}{'; '.join(told)}.")


def _worded(value: object) -> str:
    return f"{value:g}" if isinstance(value, float) else shown_value(value)


def _attached(tasks: Grid) -> Iterator[Section]:
    """The table of tasks, if it says who does what or by when."""
    at = {column.key: n for n, column in enumerate(tasks.table.columns)}
    filled = {key for key in _TABLE if any(values[at[key]] is not None for values in tasks.table.rows)}
    if not filled & {*_UNITS, "due"}:
        return
    kept = [at[key] for key in _TABLE if key in filled]
    table = Table(
        columns=tuple(tasks.table.columns[n] for n in kept),
        rows=tuple(tuple(values[n] for n in kept) for values in tasks.table.rows),
    )
    yield Section(key="tasks", title=_TASKS, blocks=(Grid(key="tasks", title=_TASKS, table=table),))


def plan_document(plan: Plan, items: Iterable[PlanItem], names: Mapping[str, str] | None = None) -> Report:
    """A plan as a document: number, addressees and copies as facts, sections below each other, items as text.

    ``names`` gives organisations their names. Items of other plans are left out; those of a section that the plan does
    not have come last. Export it with ``layout="official"``.

    >>> from kepu_core import PlanSection
    >>> plan = Plan(id="p", title="要点", kind="annual", period="2021", issuer="a",
    ...             sections=[PlanSection(id="1", number="一", heading="活动")])
    >>> report = plan_document(plan, [PlanItem(id="i", plan="p", section="1", text="举办科普日")])
    >>> str(report.sections[0].title), str(report.sections[0].blocks[0].text)
    ('一、活动', '1.举办科普日。')
    """
    own = sorted((item for item in items if item.plan == plan.id), key=lambda item: (item.order, item.id))
    parts = {section.id: _Part(section.number, section.heading) for section in plan.sections}
    above = {section.id: section.parent for section in plan.sections}
    for n, item in enumerate(own, 1):
        part = parts.setdefault(item.section, _Part("", item.section))
        part.texts.append(_item(item.label or str(n), item.text, part.number))
    depths = [_depth(ident, above) for ident in parts]
    goals = [Paragraph(text=_targets(plan.targets))] if plan.targets else []
    called = names or {}
    return Report(
        kind="plan_document",
        title=Text(plan.title, plan.title),
        facts=tuple(_facts(plan, called)),
        sections=(*_opened(goals, _nested(list(parts.values()), depths)), *_assigned(own)),
    )


def _facts(plan: Plan, names: Mapping[str, str]) -> Iterator[Fact]:
    if plan.document_number is not None:
        yield Fact(key="document_number", label=Text("发文字号", "document number"), value=plan.document_number)
    yield Fact(key="issuer", label=Text("发文单位", "issuer"), value=names.get(plan.issuer, plan.issuer))
    if plan.issued_on is not None:
        yield Fact(key="issued_on", label=Text("印发日期", "issued on"), value=plan.issued_on)
    if plan.addressees:
        yield Fact(key="addressees", label=Text("主送", "addressees"), value="，".join(plan.addressees))
    if plan.copied_to:
        yield Fact(key="copied_to", label=Text("抄送", "copied to"), value="，".join(plan.copied_to))


def _targets(targets: Sequence[Target]) -> Text:
    def told(target: Target, language: str) -> str:
        upto = "" if target.upto is None else f"–{target.upto:g}"
        how = getattr(target.comparison.label, language)
        gap = "" if language == "zh" else " "
        figure = gap.join(filter(None, (target.subject, how, f"{target.value:g}{upto}", target.unit)))
        return f"{figure}（{target.due}）" if target.due else figure

    zh, en = ([told(t, language) for t in targets] for language in ("zh", "en"))
    return Text(f"{_GOALS.zh}{'；'.join(zh)}。", f"{_GOALS.en}{'; '.join(en)}.")


def _assigned(items: Sequence[PlanItem]) -> Iterator[Section]:
    """Who does what by when, as a section of its own."""
    columns = (
        Column(key="label", label=Text("编号", "label")),
        Column(key="text", label=Text("工作内容", "text")),
        *(
            Column(key=role.value, label=role.label)
            for role in (UnitRole.LEAD, UnitRole.RESPONSIBLE, UnitRole.SUPPORTING)
        ),
        Column(key="due", label=Text("完成时限", "due")),
    )
    rows = tuple(
        (
            item.label or str(n),
            item.text,
            *(
                "、".join(a.unit for a in item.assignments if a.role is role) or None
                for role in (UnitRole.LEAD, UnitRole.RESPONSIBLE, UnitRole.SUPPORTING)
            ),
            item.due,
        )
        for n, item in enumerate(items, 1)
    )
    yield from _attached(Grid(key="tasks", title=_TASKS, table=Table(columns=columns, rows=rows)))


@frozen
class _Part:
    """A section with the texts below its heading."""

    number: str
    title: str
    texts: list[Text] = field(factory=list)


def _item(label: str, text: str, section: str) -> Text:
    """An item as a sentence with its number, in a form that stands below that of its section."""
    text = text.strip()
    stop = "" if text[-1:] in _ENDS else "。" if not text.isascii() else "."
    sentence = heading(_below(label, section), text) + stop
    return Text(sentence, sentence)


def _below(label: str, section: str) -> str:
    """A plain number as it is written below a section: 1. would be taken for its neighbour below 1. or above （1）.

    >>> _below("3", "（二）"), _below("3", "2."), _below("3", "（2）"), _below("23", "（2）"), _below("（3）", "2.")
    ('3', '（3）', '③', '23）', '（3）')
    """
    level = _level(section)
    if not label.isdecimal() or level < _ARABIC:
        return label
    if level == _ARABIC:
        return f"（{label}）"
    return chr(ord("①") + int(label) - 1) if 0 < int(label) <= _MOST_CIRCLED else f"{label}）"


def _level(number: str) -> int:
    return next((n for n, form in enumerate(_LEVELS) if form.fullmatch(number.strip())), 0)


def _levels(numbers: Sequence[str]) -> list[int]:
    """The depths of sections by the form of their numbers, from 0 without gaps."""
    found = [_level(number) for number in numbers]
    order = sorted(set(found))
    return [order.index(level) for level in found]


def _depth(ident: str, above: Mapping[str, str | None]) -> int:
    """How many sections stand above one; parents stand before their children, so there are no rings."""
    depth, parent = 0, above.get(ident)
    while parent is not None:
        depth, parent = depth + 1, above.get(parent)
    return depth


def _nested(parts: Sequence[_Part], depths: Sequence[int], start: int = 0) -> tuple[Section, ...]:
    """Sections below each other by their depths."""
    found: list[Section] = []
    at = 0
    while at < len(parts):
        end = at + 1
        while end < len(parts) and depths[end] > depths[at]:
            end += 1
        part = parts[at]
        title = heading(part.number, part.title)
        found.append(
            Section(
                key=f"part-{start + at + 1}",
                title=Text(title, title),
                blocks=tuple(Paragraph(text=text) for text in part.texts),
                sections=_nested(parts[at + 1 : end], depths[at + 1 : end], start + at + 1),
            )
        )
        at = end
    return tuple(found)


def _opened(paragraphs: Sequence[Block], sections: tuple[Section, ...]) -> tuple[Section, ...]:
    """Sections with paragraphs before them, under no heading."""
    if not paragraphs:
        return sections
    return (Section(key="opening", title=Text("", ""), blocks=tuple(paragraphs)), *sections)
