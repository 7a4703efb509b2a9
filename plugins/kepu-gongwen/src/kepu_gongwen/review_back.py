"""Reading a reviewed workbook: what a person left is what was read; what was changed is read from the cells."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any

from attrs import define, field

from kepu_core import ImportContext, ImportResult, InvalidData, Organisation, Plan, PlanItem, Record, replace
from kepu_core.domain.findings import Finding, Problem, Severity
from kepu_core.language import Text
from kepu_gongwen.records_ids import item_ids, unique_ids
from kepu_gongwen.records_values import clean
from kepu_gongwen.review_desk import Desk, Line, as_text
from kepu_gongwen.review_fields import FIELDS, Cell, NotRead
from kepu_gongwen.review_opening import Rows, open_sheets
from kepu_gongwen.review_plan import plan_of
from kepu_gongwen.review_sheet import COLUMNS, DECISIONS, DROPPED, KEPT, LONGEST_CELL, MARK, OPEN, SHEETS
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
MISSING = Problem(
    "gongwen.review-missing",
    Text(
        "已入库的 {count} 项任务不在表中，保持不变：{shown}{more}",
        "{count} stored tasks are not in the sheet and stay as they are: {shown}{more}",
    ),
    Text("要删除，保留该行并选“不要”", "to delete them, keep their rows and mark them as to be left out"),
    Severity.WARNING,
)
_FIRST = 5
_NOT_READ = frozenset({"confidence", "source", "doubts"})


def read_review(data: bytes, context: ImportContext, limits: Limits = LIMITS) -> ImportResult:
    """The records of a reviewed workbook; whatever is wrong with it is among the findings, with sheet and cell."""
    return _Back(context, limits).result(data)


@define
class _Back:
    context: ImportContext
    limits: Limits
    desk: Desk = field(init=False)
    dropped: list[str] = field(factory=list)

    def __attrs_post_init__(self) -> None:
        self.desk = Desk(file=self.context.path.name)

    def result(self, data: bytes) -> ImportResult:
        desk = self.desk
        sheets = self._sheets(data)
        records = self._records(sheets) if sheets is not None else []
        if desk.faulty:
            return ImportResult(records=(), findings=desk.findings)
        deletes = [("plan_item", ident) for ident in self.dropped]
        return ImportResult(records=records, findings=desk.findings, places=desk.places, deletes=deletes)

    def _sheets(self, data: bytes) -> dict[str, tuple[str, Rows]] | None:
        """The sheets by what they hold: the name that each has, and its cells from the first on."""
        keys = {name: key for key, text in SHEETS.items() for name in (text.zh, text.en)} | {KEPT: KEPT}
        opened = open_sheets(data, keys, self.limits)
        if isinstance(opened, Finding):
            self.desk.findings.append(opened.at(place=self.desk.place()))
            return None
        found = {keys[name]: (name, rows) for name, rows in opened.items()}
        kept = found.get(KEPT, ("", []))[1]
        if not kept or not kept[0] or as_text(kept[0][0]) != MARK or not {"items", "plan"} <= found.keys():
            self.desk.fail(NOT_OURS)
            return None
        return found

    def _records(self, sheets: Mapping[str, tuple[str, Rows]]) -> list[Record]:
        kept = "".join(str(row[0]) for row in sheets[KEPT][1][1:])
        records, findings = self.context.codec.read(kept.encode(), file=self.context.path.name)
        plan = next((r for r in records if isinstance(r, Plan)), None)
        if findings or plan is None:
            self.desk.fail(NOT_OURS)
            return []
        known = {r.id: r for r in records if isinstance(r, PlanItem)}
        made, bodies = plan_of(plan, [r for r in records if isinstance(r, Organisation)], sheets, self.desk)
        items = list(self._items(made, known, *sheets["items"]))
        self._tell_missing(known, {*(i.id for i in items), *self.dropped})
        return [*bodies, made, *items]

    def _tell_missing(self, known: Iterable[str], here: Collection[str]) -> None:
        """A row that was taken out of the sheet says nothing of the task that is stored already."""
        find = self.context.find
        stored = set() if find is None or self.desk.faulty else {r.id for r in find("plan_item")}
        missing = [ident for ident in known if ident not in here and ident in stored]
        if missing:
            more = "…" if len(missing) > _FIRST else ""
            self.desk.fail(MISSING, count=len(missing), shown=tuple(missing[:_FIRST]), more=more)

    def _items(self, plan: Plan, known: Mapping[str, PlanItem], name: str, rows: Rows) -> Iterator[PlanItem]:
        wanted = [(key, label) for key, label, _ in COLUMNS]
        lines = [
            line
            for line in self.desk.lines(name, rows, wanted, _NOT_READ)
            if clean(line.cells["text"]) or clean(line.cells["id"])
        ]
        fresh = _fresh_ids(plan.id, lines)
        seen: set[str] = set()
        unconfirmed = 0
        for line in lines:
            ident = clean(line.cells["id"]) or fresh[line.number]
            decision = self._decision(line)
            if decision is DROPPED:
                self.dropped += [ident] if ident in known else []
                continue
            if ident in seen:
                self.desk.fail(TWICE, self.desk.place(name, line.number, line.columns["id"]), id=ident)
                continue
            seen.add(ident)
            item = self._item(plan, ident, known.get(ident), line)
            if item is not None:
                self.desk.places[f"plan_item/{ident}"] = self.desk.place(name, line.number, line.columns["text"])
                unconfirmed += decision is OPEN and (ident in known or bool(clean(line.cells["decision"])))
                yield item
        self.dropped = [ident for ident in self.dropped if ident not in seen]
        if unconfirmed and not self.desk.faulty:
            self.desk.fail(UNCONFIRMED, self.desk.place(name), count=unconfirmed)

    def _decision(self, line: Line) -> Text:
        """What a person said of a row; nothing said is a row that is still open."""
        told = clean(line.cells["decision"])
        found = next((d for d in DECISIONS.values() if told in {d.zh, d.en}), None)
        if told and found is None:
            known = Text("、".join(d.zh for d in DECISIONS.values()), ", ".join(d.en for d in DECISIONS.values()))
            reason = Text("没有“{told}”", "there is no {told}").format(told=told)
            self.desk.fail_cell(line, "decision", next(c[1] for c in COLUMNS if c[0] == "decision"), reason, known)
        return found or OPEN

    def _item(self, plan: Plan, ident: str, base: PlanItem | None, line: Line) -> PlanItem | None:
        values: dict[str, Any] = {}
        for one in FIELDS:
            try:
                values[one.name] = _taken(one, line.cells[one.name], base)
            except NotRead as error:
                self.desk.fail_cell(line, one.name, one.label, error, one.hint)
        if len(values) < len(FIELDS):
            return None
        values["section"] = _section(plan, values["section"])
        try:
            if base is not None:
                return replace(base, **values)
            return PlanItem(id=ident, plan=plan.id, order=line.number, **values)
        except InvalidData as error:
            for finding in error.findings:
                name = (finding.field or "").partition("[")[0]
                column = line.columns.get(name, line.columns["text"])
                self.desk.findings.append(finding.at(place=self.desk.place(line.sheet, line.number, column)))
            return None


def _section(plan: Plan, told: str) -> str:
    """The id of the section that a cell names: by its id, or by its heading if only one section has it."""
    if plan.section(told) is not None:
        return told
    named = [s.id for s in plan.sections if told in {s.heading, f"{s.number}{s.heading}", f"{s.number} {s.heading}"}]
    return named[0] if len(named) == 1 else told


def _fresh_ids(plan: str, lines: Sequence[Line]) -> dict[int, str]:
    """Ids for the rows that have none, by the number of the row."""
    taken = {clean(line.cells["id"]) for line in lines}
    new = {line.number: clean(line.cells["text"]) for line in lines if not clean(line.cells["id"])}
    return dict(zip(new, unique_ids(item_ids(plan, list(new.values()), ()), taken), strict=True))


def _taken(one: Cell, text: str, base: PlanItem | None) -> Any:
    """The value of a cell. A cell that was too long to be shown whole stays what it was."""
    if base is not None and len(text) >= LONGEST_CELL and one.shown(base).startswith(text.strip()):
        return getattr(base, one.name)
    return one.taken(text, base)
