"""What came back of the plan itself: the sheet of the plan, its sections, its targets."""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from kepu_core import InvalidData, Organisation, Plan, PlanKind, PlanSection, Target, replace
from kepu_core.language import Text
from kepu_gongwen.records_values import clean, in_digits
from kepu_gongwen.review_desk import Desk, Line, as_text
from kepu_gongwen.review_fields import NotRead, take_day, take_target, target_cells
from kepu_gongwen.review_opening import Rows
from kepu_gongwen.review_sheet import PLAN_ROWS, SECTION_COLUMNS, TARGET_COLUMNS

__all__ = ["plan_of"]

_EMPTY = Text("不能为空", "it may not be empty")
_LABELS: Mapping[str, Text] = dict((*SECTION_COLUMNS, *TARGET_COLUMNS))
_NAMED = "sections["


def plan_of(
    plan: Plan, bodies: Sequence[Organisation], sheets: Mapping[str, tuple[str, Rows]], desk: Desk
) -> tuple[Plan, list[Organisation]]:
    """The plan and the organisations as a person left them. A sheet that is gone leaves what was read as it was."""
    name, rows = sheets["plan"]
    changed, issuer = _told(rows)
    bodies = [replace(b, name=issuer) if issuer and b.id == plan.issuer else b for b in bodies]
    lines: list[Line] = []
    if "sections" in sheets:
        lines, changed["sections"] = _sections(plan, *sheets["sections"], desk)
    if "targets" in sheets:
        changed["targets"] = tuple(_targets(plan, *sheets["targets"], desk))
    desk.places[f"plan/{plan.id}"] = desk.place(name)
    if desk.faulty:
        return plan, bodies
    try:
        return replace(plan, **changed), bodies
    except InvalidData as error:
        for finding in error.findings:
            index, _, part = (finding.field or "").removeprefix(_NAMED).partition("].")
            row = int(index) if index.isdigit() and int(index) < len(lines) else None
            at = desk.place(name)
            if row is not None:
                line = lines[row]
                at = desk.place(line.sheet, line.number, line.columns.get(part, 0))
            desk.findings.append(finding.at(place=at))
        return plan, bodies


def _told(rows: Rows) -> tuple[dict[str, Any], str]:
    """The fields that the sheet of the plan names, and the name of the issuer."""
    by_label = {t: key for key, label in PLAN_ROWS for t in (label.zh, label.en)}
    values: dict[str, str] = {}
    for row in rows:
        key = by_label.get(as_text(row[0])) if row else None
        if key is not None:
            values[key] = clean(as_text(row[1])) if len(row) > 1 else ""
    issuer = values.pop("issuer_name", "")
    changed: dict[str, Any] = {k: v for k, v in values.items() if v or k not in {"document_number", "region"}}
    changed |= {k: None for k in ("document_number", "region") if values.get(k) == ""}
    kind = changed.get("kind")
    if kind is not None:
        changed["kind"] = next((k.value for k in PlanKind if kind in {k.value, k.label.zh, k.label.en}), kind)
    return changed, issuer


def _sections(plan: Plan, name: str, rows: Rows, desk: Desk) -> tuple[list[Line], list[PlanSection]]:
    """The sections, each with the row that it stands in. A row with no id gets one from its number."""
    lines, found = [], []
    told = list(desk.lines(name, rows, SECTION_COLUMNS))
    taken = {clean(line.cells["id"]) for line in told}
    known = {s.id: s for s in plan.sections}
    for line in told:
        cells = {key: clean(text) for key, text in line.cells.items()}
        for key in ("number", "heading"):
            if not cells[key]:
                desk.fail_cell(line, key, _LABELS[key], _EMPTY, Text("填写", "fill it in"))
        if not (cells["number"] and cells["heading"]):
            continue
        ident = cells["id"] or _fresh(cells["parent"], cells["number"], taken)
        values: dict[str, Any] = {**cells, "id": ident, "parent": cells["parent"] or None}
        try:
            found.append(replace(known[ident], **values) if ident in known else PlanSection(**values))
            lines.append(line)
        except InvalidData as error:
            for finding in error.findings:
                at = desk.place(name, line.number, line.columns.get(finding.field or "", 0))
                desk.findings.append(finding.at(place=at))
    return lines, found


def _fresh(parent: str, number: str, taken: set[str]) -> str:
    base = ".".join(filter(None, (parent, in_digits(number))))
    ident, times = base, 1
    while ident in taken:
        times += 1
        ident = f"{base}-{times}"
    taken.add(ident)
    return ident


def _targets(plan: Plan, name: str, rows: Rows, desk: Desk) -> Iterator[Target]:
    """The targets of the plan; one whose cells were not touched keeps what they do not show."""
    before: dict[tuple[str, ...], list[Target]] = {}
    for own in plan.targets:
        before.setdefault(target_cells(own), []).append(own)
    for line in desk.lines(name, rows, TARGET_COLUMNS):
        subject, quantity, due = (clean(line.cells[key]) for key, _ in TARGET_COLUMNS)
        kept = before.get((subject, quantity, due))
        if kept:
            yield kept.pop(0)
            continue
        target: Target | None = None
        day: dt.date | None = None
        try:
            target = take_target(quantity)
        except NotRead as error:
            hint = Text("例如 >=5场、15%以上", "for example >=5场, 15%以上")
            desk.fail_cell(line, "quantity", _LABELS["quantity"], error if quantity else _EMPTY, hint)
        try:
            day = take_day(due) if due else None
        except NotRead as error:
            hint = Text("例如 2025-12-31", "for example 2025-12-31")
            desk.fail_cell(line, "due", _LABELS["due"], error, hint)
        if target is not None:
            yield replace(target, subject=subject or None, due=day)
