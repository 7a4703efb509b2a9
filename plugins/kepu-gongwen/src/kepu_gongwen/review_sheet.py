"""The workbook in which a person confirms a plan: a row for each task, its sentence beside it, coloured by confidence.

Every cell is written as what it is, a text or a number; nothing becomes a formula or a link. A hidden sheet keeps the
records as they were read, so that what the cells do not show comes back as well.
"""

from collections.abc import Iterable, Sequence
from typing import Any, BinaryIO

import xlsxwriter

from kepu_core import ImportContext, Plan
from kepu_core.language import Text
from kepu_gongwen.draft import Draft
from kepu_gongwen.records import Records
from kepu_gongwen.records_problems import doubt_text
from kepu_gongwen.review_fields import FIELDS, grade_of, target_cells

__all__ = [
    "COLUMNS",
    "DECISIONS",
    "DROPPED",
    "KEPT",
    "LONGEST_CELL",
    "MARK",
    "OPEN",
    "PLAN_ROWS",
    "SECTION_COLUMNS",
    "SHEETS",
    "TARGET_COLUMNS",
    "write_workbook",
]

MARK = "kepu-gongwen review 1"
KEPT = "_kepu"
LONGEST_CELL = 32_000
_LONGEST_LIST = 255
"""Characters that Excel takes in a list of choices."""
SHEETS = {
    "items": Text("任务", "tasks"),
    "plan": Text("计划", "plan"),
    "sections": Text("章节", "sections"),
    "targets": Text("总体目标", "targets of the plan"),
    "left": Text("未读成任务", "no task"),
    "help": Text("说明", "how to"),
}
CONFIRMED, OPEN, DROPPED = Text("已核对", "confirmed"), Text("待核对", "to check"), Text("不要", "leave out")
DECISIONS = {"confirmed": CONFIRMED, "open": OPEN, "dropped": DROPPED}
"""What a person says of a row; every row but one to leave out comes back."""
COLUMNS: Sequence[tuple[str, Text, int]] = (
    ("id", Text("标识", "id"), 14),
    ("decision", Text("确认", "decision"), 9),
    ("confidence", Text("把握", "confidence"), 7),
    ("source", Text("原句", "sentence"), 48),
    ("doubts", Text("疑点", "doubts"), 16),
    *((f.name, f.label, 44 if f.name == "text" else 16 if f.many else 10) for f in FIELDS),
)
"""Name, label and width of the columns of tasks."""
PLAN_ROWS: Sequence[tuple[str, Text]] = (
    ("title", Text("标题", "title")),
    ("period", Text("计划期", "period")),
    ("kind", Text("类别", "kind")),
    ("issuer", Text("发文单位标识", "id of the issuer")),
    ("issuer_name", Text("发文单位", "issuer")),
    ("document_number", Text("发文字号", "document number")),
    ("region", Text("地区代码", "region code")),
)
"""The rows of the sheet of the plan."""
SECTION_COLUMNS: Sequence[tuple[str, Text]] = (
    ("id", Text("标识", "id")),
    ("number", Text("编号", "number")),
    ("heading", Text("标题", "heading")),
    ("parent", Text("上级章节", "parent section")),
)
TARGET_COLUMNS: Sequence[tuple[str, Text]] = (
    ("subject", Text("对象", "what is counted")),
    ("quantity", Text("数量", "quantity")),
    ("due", Text("完成时限", "due")),
)
_LEFT_COLUMNS = (("sentence", Text("没有读成任务的句子", "sentences that became no task")),)
_HELP = (
    Text(
        "“任务”表每行一项任务，左边是读出它的原句。",
        "Each row of the sheet of tasks is one task, with its sentence on the left.",
    ),
    Text("底色：绿，把握大；黄，请看一眼；红，请核对。", "Colours: green, sure; yellow, have a look; red, check it."),
    Text(
        "改正单元格；一格中有几个时，每行一个（Alt+Enter 换行）。",
        "Correct the cells; where there are several entries, one on each line (Alt+Enter).",
    ),
    Text(
        "“确认”选“不要”的行不导入，已入库的会删除；新增任务填在末行之后，标识留空。",
        "Rows that are to be left out are not imported, and deleted if they are stored; add tasks below the last row, with no id.",
    ),
    Text(
        "“计划”“章节”“总体目标”表也可改。任务的“章节”填章节的标识，或它的标题。",
        "The sheets of the plan, its sections and its targets may be changed as well. The section of a task is its id or its heading.",
    ),
    Text("改好后：kepu import 本文件 --format gongwen.review", "Then: kepu import THIS-FILE --format gongwen.review"),
)
_COLOURS = {"sure": "#E2F0D9", "fair": "#FFF2CC", "unsure": "#F8CBAD"}
_NEW_ROWS = 200
_LINE, _HIGHEST = 15, 409
"""Points: a line, and the highest row that there is."""


def write_workbook(draft: Draft, source: str, records: Records, context: ImportContext, out: BinaryIO) -> None:
    """Write the workbook. ``records`` must have a plan."""
    plan = records.plan
    if plan is None:
        message = "there is no plan to review"
        raise ValueError(message)
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    book = xlsxwriter.Workbook(out, options)
    writer = _Writer(book)
    writer.items(source, records, plan)
    writer.plan(plan, records)
    sections = [(s.id, s.number, s.heading, s.parent or "") for s in plan.sections]
    writer.table("sections", SECTION_COLUMNS, sections)
    writer.table("targets", TARGET_COLUMNS, [target_cells(t) for t in plan.targets])
    writer.table("left", _LEFT_COLUMNS, [(p.text,) for p in draft.left])
    writer.table("help", (), [(str(line),) for line in _HELP])
    writer.kept(records, context)
    book.close()


class _Writer:
    def __init__(self, book: Any) -> None:
        self.book = book
        self.head = book.add_format(
            {"bold": True, "bg_color": "#DDE3EA", "border": 1, "text_wrap": True, "valign": "vcenter"}
        )
        plain = {"text_wrap": True, "valign": "top", "border": 1, "border_color": "#D5DAE0", "num_format": "@"}
        self.cell = book.add_format(plain)
        self.graded = {grade: book.add_format({**plain, "bg_color": colour}) for grade, colour in _COLOURS.items()}
        self.share = {
            grade: book.add_format({**plain, "bg_color": colour, "num_format": "0%"})
            for grade, colour in _COLOURS.items()
        }

    def sheet(self, name: str) -> Any:
        return self.book.add_worksheet(str(SHEETS[name]))

    def items(self, source: str, records: Records, plan: Plan) -> None:
        """The sheet of tasks."""
        sheet = self.sheet("items")
        for n, (_, label, width) in enumerate(COLUMNS):
            sheet.set_column(n, n, width)
            sheet.write_string(0, n, str(label), self.head)
        for n, field in enumerate(FIELDS, len(COLUMNS) - len(FIELDS)):
            sheet.write_comment(0, n, str(field.hint), {"x_scale": 1.6})
        for row, (draft, item) in enumerate(records.pairs, 1):
            grade = grade_of(draft.confidence)
            values = {
                "id": item.id,
                "decision": str(OPEN),
                "source": source[draft.start : draft.end],
                "doubts": "\n".join(str(doubt_text(d)) for d in draft.doubts),
                **{f.name: f.shown(item) for f in FIELDS},
            }
            sheet.set_row(row, _height((values.get(name, ""), width) for name, _, width in COLUMNS))
            for n, (name, _, _) in enumerate(COLUMNS):
                if name == "confidence":
                    sheet.write_number(row, n, round(draft.confidence, 2), self.share[grade])
                else:
                    coloured = name in {"decision", "source", "doubts", "text"}
                    sheet.write_string(row, n, _fits(values[name]), self.graded[grade] if coloured else self.cell)
        last = len(records.pairs)
        self._chosen(sheet, 1, last, [str(t) for t in DECISIONS.values()], "decision")
        self._chosen(sheet, 1, last, [s.id for s in plan.sections], "section")
        sheet.freeze_panes(1, 4)
        sheet.autofilter(0, 0, max(last, 1), len(COLUMNS) - 1)

    @staticmethod
    def _chosen(sheet: Any, first: int, last: int, values: Sequence[str], name: str) -> None:
        """Let one of some values be chosen in a column, if the list is short enough for a cell."""
        column = next(n for n, c in enumerate(COLUMNS) if c[0] == name)
        if values and len(",".join(values)) <= _LONGEST_LIST and not any("," in v for v in values):
            sheet.data_validation(first, column, last + _NEW_ROWS, column, {"validate": "list", "source": list(values)})

    def plan(self, plan: Plan, records: Records) -> None:
        """The sheet of the plan: what it says of itself, one field in each row."""
        name = next((o.name for o in records.organisations if o.id == plan.issuer), "")
        values = {
            "title": plan.title,
            "period": plan.period,
            "kind": str(plan.kind.label),
            "issuer": plan.issuer,
            "issuer_name": name,
            "document_number": plan.document_number or "",
            "region": plan.region or "",
        }
        sheet = self.sheet("plan")
        sheet.set_column(0, 0, 18)
        sheet.set_column(1, 1, 70)
        for row, (key, label) in enumerate(PLAN_ROWS):
            sheet.write_string(row, 0, str(label), self.head)
            sheet.write_string(row, 1, _fits(values[key]), self.cell)

    def table(self, name: str, heads: Sequence[tuple[str, Text]], rows: Sequence[Sequence[str]]) -> None:
        """A plain sheet."""
        sheet = self.sheet(name)
        sheet.set_column(0, 3, 80 if name in {"left", "help"} else 20)
        for n, (_, label) in enumerate(heads):
            sheet.write_string(0, n, str(label), self.head)
        for row, cells in enumerate(rows, 1 if heads else 0):
            for n, text in enumerate(cells):
                sheet.write_string(row, n, _fits(text), self.cell)

    def kept(self, records: Records, context: ImportContext) -> None:
        """The records as they were read, in pieces that fit into cells, out of sight."""
        sheet = self.book.add_worksheet(KEPT)
        sheet.very_hidden()
        sheet.write_string(0, 0, MARK)
        data = context.codec.dumps(records.all).decode()
        for row, start in enumerate(range(0, len(data), LONGEST_CELL), 1):
            sheet.write_string(row, 0, data[start : start + LONGEST_CELL])


def _height(cells: Iterable[tuple[str, int]]) -> float:
    """How high a row must be for its wrapped texts, each in a column of some width; Chinese characters are wide."""
    lines = max(
        sum(max(1, -(-_columns(line) // max(1, width - 1))) for line in text.split("\n")) for text, width in cells
    )
    return min(_LINE * lines + 3, _HIGHEST)


def _columns(text: str) -> int:
    return sum(2 if ord(char) > 0x2E80 else 1 for char in text)  # noqa: PLR2004 - where East Asian writing begins


def _fits(text: str) -> str:
    """As much as a cell holds; XlsxWriter would write a text in <r>…</r> as XML of its own, a space keeps it a text."""
    text = text[:LONGEST_CELL]
    return f"{text[: LONGEST_CELL - 1]} " if text.startswith("<r>") and text.endswith("</r>") else text
