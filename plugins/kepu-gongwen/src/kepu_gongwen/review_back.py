"""Reading a reviewed workbook: what a person left is what was read; what was changed is read from the cells."""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from attrs import define, field

from kepu_core import (
    ImportContext,
    ImportResult,
    InvalidData,
    Organisation,
    Place,
    Plan,
    PlanItem,
    PlanKind,
    Record,
    replace,
)
from kepu_core.codec import number_text
from kepu_core.domain.findings import Finding, Problem, Severity, errors_among
from kepu_core.language import Text
from kepu_gongwen.records_ids import item_ids, unique_ids
from kepu_gongwen.records_values import clean
from kepu_gongwen.review_fields import FIELDS, Cell, NotRead
from kepu_gongwen.review_opening import Rows, open_sheets
from kepu_gongwen.review_sheet import COLUMNS, DECISIONS, DROPPED, KEPT, LONGEST_CELL, MARK, OPEN, PLAN_ROWS, SHEETS
from kepu_gongwen.sources import LIMITS, Limits

__all__ = ["read_review"]

NOT_OURS = Problem(
    "gongwen.review-foreign",
    Text("这不是 kepu import --review 写出的核对表", "this is no workbook that kepu import --review wrote"),
    Text(
        "用 --review 核对.xlsx 重新写出；普通表格用其他导入方式",
        "write one with --review check.xlsx; other sheets have other importers",
    ),
)
NO_COLUMN = Problem(
    "gongwen.review-column",
    Text("“{sheet}”表缺少“{column}”列", "the sheet {sheet} has no column {column}"),
    Text("恢复表头", "put its heading back"),
)
BAD_CELL = Problem(
    "gongwen.review-cell",
    Text("“{label}”：{reason}", "{label}: {reason}"),
    Text("{hint}", "{hint}"),
)
TWICE = Problem(
    "gongwen.review-twice",
    Text("标识 {id} 出现两次", "the id {id} occurs twice"),
    Text("新增的行标识留空", "leave the id of an added row empty"),
)
UNCONFIRMED = Problem(
    "gongwen.unconfirmed",
    Text(
        "有 {count} 行没有标为“已核对”，与核对过的一样导入",
        "{count} rows are not marked as confirmed; they are imported like those that are",
    ),
    Text("核对后改为“已核对”，或选“不要”", "mark them as confirmed once checked, or leave them out"),
    Severity.WARNING,
)
_LETTERS = 26


def read_review(data: bytes, context: ImportContext, limits: Limits = LIMITS) -> ImportResult:
    """The records of a reviewed workbook; whatever is wrong with it is among the findings, with sheet and cell."""
    return _Back(context, limits).result(data)


@define
class _Back:
    context: ImportContext
    limits: Limits
    findings: list[Finding] = field(factory=list)
    places: dict[str, Place] = field(factory=dict)

    def result(self, data: bytes) -> ImportResult:
        sheets = self._sheets(data)
        records = self._records(sheets) if sheets is not None else []
        if errors_among(self.findings):
            return ImportResult(records=(), findings=self.findings)
        return ImportResult(records=records, findings=self.findings, places=self.places)

    def _place(self, sheet: str | None = None, row: int = 0, column: int = 0) -> Place:
        cell = None if sheet is None else f"{_letters(column)}{row + 1}"
        return Place(file=self.context.path.name, sheet=sheet, cell=cell)

    def _fail(self, problem: Problem, place: Place | None = None, **values: object) -> None:
        self.findings.append(problem.finding(place=place or self._place(), **values))  # type: ignore[arg-type]  # wording

    def _sheets(self, data: bytes) -> dict[str, tuple[str, Rows]] | None:
        """The sheets by what they hold: the name that each has, and its cells from the first on."""
        keys = {name: key for key, text in SHEETS.items() for name in (text.zh, text.en)} | {KEPT: KEPT}
        opened = open_sheets(data, keys, self.limits)
        if isinstance(opened, Finding):
            self.findings.append(opened.at(place=self._place()))
            return None
        found = {keys[name]: (name, rows) for name, rows in opened.items()}
        kept = found.get(KEPT, ("", []))[1]
        if not kept or not kept[0] or _text(kept[0][0]) != MARK or not {"items", "plan"} <= found.keys():
            self._fail(NOT_OURS)
            return None
        return found

    def _records(self, sheets: Mapping[str, tuple[str, Rows]]) -> list[Record]:
        kept = "".join(str(row[0]) for row in sheets[KEPT][1][1:])
        records, findings = self.context.codec.read(kept.encode(), file=self.context.path.name)
        plan = next((r for r in records if isinstance(r, Plan)), None)
        if findings or plan is None:
            self._fail(NOT_OURS)
            return []
        bodies = [r for r in records if isinstance(r, Organisation)]
        known = {r.id: r for r in records if isinstance(r, PlanItem)}
        made, bodies = self._plan(plan, bodies, *sheets["plan"])
        items = list(self._items(plan, known, *sheets["items"]))
        return [*bodies, made, *items]

    def _plan(
        self, plan: Plan, bodies: Sequence[Organisation], name: str, rows: Rows
    ) -> tuple[Plan, list[Organisation]]:
        by_label = {t: key for key, label in PLAN_ROWS for t in (label.zh, label.en)}
        values: dict[str, str] = {}
        for row in rows:
            key = by_label.get(_text(row[0])) if row else None
            if key is not None:
                values[key] = clean(_text(row[1])) if len(row) > 1 else ""
        issuer = values.pop("issuer_name", "")
        changed: dict[str, Any] = {k: v for k, v in values.items() if v or k not in {"document_number", "region"}}
        changed |= {k: None for k in ("document_number", "region") if values.get(k) == ""}
        kind = changed.get("kind")
        if kind is not None:
            changed["kind"] = next((k.value for k in PlanKind if kind in {k.value, k.label.zh, k.label.en}), kind)
        bodies = [replace(b, name=issuer) if issuer and b.id == plan.issuer else b for b in bodies]
        place = Place(file=self.context.path.name, sheet=name)
        self.places[f"plan/{plan.id}"] = place
        try:
            return replace(plan, **changed), bodies
        except InvalidData as error:
            self.findings += [f.at(place=place) for f in error.findings]
            return plan, bodies

    def _items(self, plan: Plan, known: Mapping[str, PlanItem], name: str, rows: Rows) -> Iterator[PlanItem]:
        columns = self._columns(name, rows)
        if columns is None:
            return
        seen: set[str] = set()
        unconfirmed = 0
        fresh = _fresh_ids(plan.id, rows[1:], columns)
        for number, row in enumerate(rows[1:], 1):
            cells = {key: _text(row[n]) if n < len(row) else "" for key, n in columns.items()}
            if not clean(cells["text"]) and not clean(cells["id"]):
                continue
            decision = self._decision(clean(cells["decision"]), name, number, columns)
            if decision is DROPPED:
                continue
            ident = clean(cells["id"]) or fresh[number]
            if ident in seen:
                self._fail(TWICE, self._place(name, number, columns["id"]), id=ident)
                continue
            seen.add(ident)
            place = self._place(name, number, columns["text"])
            item = self._item(plan, ident, known.get(ident), number, cells, columns, name)
            if item is not None:
                self.places[f"plan_item/{ident}"] = place
                unconfirmed += decision is OPEN and (ident in known or bool(clean(cells["decision"])))
                yield item
        if unconfirmed and not errors_among(self.findings):
            self._fail(UNCONFIRMED, Place(file=self.context.path.name, sheet=name), count=unconfirmed)

    def _decision(self, told: str, sheet: str, row: int, columns: Mapping[str, int]) -> Text:
        """What a person said of a row; nothing said is a row that is still open."""
        found = next((d for d in DECISIONS.values() if told in {d.zh, d.en}), None)
        if told and found is None:
            known = Text("、".join(d.zh for d in DECISIONS.values()), ", ".join(d.en for d in DECISIONS.values()))
            reason = Text("没有“{told}”", "there is no {told}").format(told=told)
            label = next(label for key, label, _ in COLUMNS if key == "decision")
            self._fail(BAD_CELL, self._place(sheet, row, columns["decision"]), label=label, reason=reason, hint=known)
        return found or OPEN

    def _columns(self, name: str, rows: Rows) -> dict[str, int] | None:
        heads = {_text(cell): n for n, cell in enumerate(rows[0])} if rows else {}
        found: dict[str, int] = {}
        for key, label, _ in COLUMNS:
            place = next((heads[t] for t in (label.zh, label.en) if t in heads), None)
            if place is not None:
                found[key] = place
            elif key not in {"confidence", "source", "doubts"}:
                self._fail(NO_COLUMN, Place(file=self.context.path.name, sheet=name), sheet=name, column=label)
        return None if self.findings and errors_among(self.findings) else found

    def _item(
        self,
        plan: Plan,
        ident: str,
        base: PlanItem | None,
        number: int,
        cells: Mapping[str, str],
        columns: Mapping[str, int],
        sheet: str,
    ) -> PlanItem | None:
        values: dict[str, Any] = {}
        for one in FIELDS:
            place = self._place(sheet, number, columns[one.name])
            try:
                values[one.name] = _taken(one, cells[one.name], base)
            except NotRead as error:
                self._fail(BAD_CELL, place, label=one.label, reason=error.reason, hint=one.hint)
        if len(values) < len(FIELDS):
            return None
        order = number if base is None else base.order
        try:
            if base is not None:
                return replace(base, **values)
            return PlanItem(id=ident, plan=plan.id, order=order, **values)
        except InvalidData as error:
            by_name = {f.name for f in FIELDS}
            for finding in error.findings:
                field_name = (finding.field or "").partition("[")[0]
                column = columns[field_name if field_name in by_name else "text"]
                self.findings.append(finding.at(place=self._place(sheet, number, column)))
            return None


def _fresh_ids(plan: str, rows: Rows, columns: Mapping[str, int]) -> dict[int, str]:
    """Ids for the rows that have none, by the number of the row."""
    new: dict[int, str] = {}
    taken: set[str] = set()
    for number, row in enumerate(rows, 1):
        ident = clean(_text(row[columns["id"]])) if columns["id"] < len(row) else ""
        text = clean(_text(row[columns["text"]])) if columns["text"] < len(row) else ""
        if ident:
            taken.add(ident)
        elif text:
            new[number] = text
    return dict(zip(new, unique_ids(item_ids(plan, list(new.values()), ()), taken), strict=True))


def _taken(one: Cell, text: str, base: PlanItem | None) -> Any:
    """The value of a cell. A cell that was too long to be shown whole stays what it was."""
    if base is not None and len(text) >= LONGEST_CELL and one.shown(base).startswith(text.strip()):
        return getattr(base, one.name)
    return one.taken(text, base)


def _text(value: Any) -> str:
    """A cell as text: whole numbers without a point, days in their form."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value)
    if isinstance(value, float):
        return number_text(value)
    if isinstance(value, dt.datetime):
        return value.date().isoformat()
    if isinstance(value, (dt.date, dt.time)):
        return value.isoformat()
    return str(value).replace("\r\n", "\n").replace("\r", "\n")


def _letters(column: int) -> str:
    """The letters of a column.

    >>> _letters(0), _letters(27)
    ('A', 'AB')
    """
    text, rest = "", column + 1
    while rest:
        rest, digit = divmod(rest - 1, _LETTERS)
        text = chr(ord("A") + digit) + text
    return text
