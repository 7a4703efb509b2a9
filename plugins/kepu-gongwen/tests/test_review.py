"""The workbook in which a person confirms: safe to open, and read back as it was left."""

import datetime as dt
import io
import zipfile

import openpyxl
import pytest
from gongwen_samples import PLAN, context
from openpyxl.comments import Comment
from review_kit import IMPORTER, back, edited, reviewed, written

import kepu_core as kepu
from kepu_core.language import use_language
from kepu_gongwen.draft import Draft, DraftItem, Meta, Part
from kepu_gongwen.records_values import quantity_of
from kepu_gongwen.review_fields import FIELDS, NotRead

FORMULAS = ("=1+1", "+1", "-1", "@SUM(A1)", '=HYPERLINK("http://x")', "http://example.org", "{=1}")


def test_a_workbook_that_was_not_touched_gives_what_was_read():
    """Also after another program saved it."""
    wanted = IMPORTER.read(PLAN.encode(), context()).records
    assert set(back(reviewed(".xlsx")).records) == set(wanted)
    assert set(edited(lambda book, put: None).records) == set(wanted)


def test_changes_come_back():
    """Changed cells, rows left out, rows added, the sheet of the plan."""

    def change(book, put):
        put(2, "text", "改过的任务")
        put(2, "due", "2024-07-01")
        put(2, "targets", ">=5场\n30人")
        put(3, "decision", "leave out")
        last = book["tasks"].max_row + 1
        put(last, "text", "新加的任务")
        put(last, "section", "2")
        put(last, "verbs", "开展")
        for row in book["plan"].iter_rows():
            if row[0].value == "title":
                row[1].value = "改过的标题"
            if row[0].value == "issuer":
                row[1].value = "云溪市科学技术协会"
            if row[0].value == "document number":
                row[1].value = None

    wanted = IMPORTER.read(PLAN.encode(), context()).records
    found = edited(change)
    assert [f.code for f in found.findings] == ["gongwen.unconfirmed"]
    plan = next(r for r in found.records if isinstance(r, kepu.Plan))
    assert (plan.title, plan.document_number) == ("改过的标题", None)
    assert [r.name for r in found.records if isinstance(r, kepu.Organisation)] == ["云溪市科学技术协会"]
    items = [r for r in found.records if isinstance(r, kepu.PlanItem)]
    assert len(items) == len([r for r in wanted if isinstance(r, kepu.PlanItem)])
    assert (items[0].text, str(items[0].due), [t.unit for t in items[0].targets]) == (
        "改过的任务",
        "2024-07-01",
        ["场", "人"],
    )
    assert items[0].programmes  # what was not touched stays
    assert (items[-1].text, items[-1].section, items[-1].plan) == ("新加的任务", "2", plan.id)
    assert len({i.id for i in items}) == len(items)


def test_dates_and_numbers_that_excel_made_of_texts():
    """A day that became a date, an edition that became a number."""

    def change(book, put):
        put(2, "due", dt.datetime(2024, 7, 1))
        put(2, "label", 3)

    item = next(r for r in edited(change).records if isinstance(r, kepu.PlanItem))
    assert (item.due, item.label) == (dt.date(2024, 7, 1), "3")


@pytest.mark.parametrize(
    ("label", "value", "cell"),
    [
        ("roles", "唱歌", "J2"),
        ("targets", "很多", "P2"),
        ("targets", "每年5场", "P2"),
        ("decision", "不要了", "B2"),
        ("due", "明天", "Q2"),
        ("text", None, "H2"),
        ("programmes", "赛 | 第三", "K2"),
        ("section", None, "F2"),
    ],
)
def test_cells_that_cannot_be_read_are_told(label, value, cell):
    """With sheet and cell, and how they are written; nothing is imported."""

    def change(book, put):
        sheet = book["tasks"]
        column = next(c.column for c in sheet[1] if c.value == label)
        sheet.cell(2, column).value = value

    found = edited(change)
    assert found.records == ()
    assert [(f.code, f.place.sheet, f.place.cell) for f in found.findings] == [("gongwen.review-cell", "tasks", cell)]


TARGETS = {
    "2.5万名": "25000名",
    "1500余人": "~1500人",
    "20场以上": ">=20场",
    "1.5亿元": "150000000元",
    "≥2.5 万人次": ">=25000人次",
    "１，５００人": "1500人",
    "3—5万元": "30000-50000元",
    "不少于十场": ">=10场",
    "12345678901.5元": "12345678901.5元",
    "5kg": "5kg",
}


@pytest.mark.parametrize(("typed", "meant"), TARGETS.items())
def test_targets_are_read_as_a_document_says_them(typed, meant):
    """Scale and comparison are understood, not taken for a unit."""
    (target,) = next(f for f in FIELDS if f.name == "targets").taken(typed, None)
    assert quantity_of(target) == meant


@pytest.mark.parametrize(
    "typed",
    [
        "每年5场",
        "5,6场",
        "五、六场",
        "12月底",
        "第3期",
        "2.5万",
        "20场讲座",
        ">20场以上",
        "约3-5场",
        "5场、6人",
        "20场起",
        "1.5个亿",
        "亿十人次",
    ],
)
def test_targets_of_which_a_part_is_not_understood_are_told(typed):
    """Never is the rest of it taken for all."""
    with pytest.raises(NotRead):
        next(f for f in FIELDS if f.name == "targets").taken(typed, None)


def test_rows_that_nobody_confirmed_are_counted():
    """Added rows are confirmed by being added, rows that are left out are not imported."""

    def change(book, put):
        sheet = book["tasks"]
        put(2, "decision", "confirmed")
        put(3, "decision", "leave out")
        put(4, "decision", None)
        last = sheet.max_row + 1
        put(last, "text", "新加的任务")
        put(last, "section", "2")

    (told,) = edited(change).findings
    count = sum(isinstance(r, kepu.PlanItem) for r in IMPORTER.read(PLAN.encode(), context()).records)
    assert (told.code, told.severity) == ("gongwen.unconfirmed", kepu.Severity.WARNING)
    assert told.message.en.startswith(f"{count - 2} rows")

    def confirm(book, put):
        for row in range(2, book["tasks"].max_row + 1):
            put(row, "decision", "已核对")

    assert edited(confirm).findings == []


def test_rows_are_as_high_as_their_texts():
    """What wraps is seen whole."""
    item = DraftItem(0, 4, "办好大赛" * 40, section=-1)
    draft = Draft(is_plan=True, meta=Meta(title=Part("要点"), issuer=Part("科协"), year=2024), items=[item])
    sheet = openpyxl.load_workbook(io.BytesIO(written(draft, "办好大赛", ".xlsx")))["tasks"]
    lines = 160 * 2 / sheet.column_dimensions["H"].width
    assert sheet.row_dimensions[2].height >= lines * 15


def test_two_rows_of_one_task_are_told():
    """A row that was copied keeps its id."""
    found = edited(lambda book, put: put(3, "id", book["tasks"].cell(2, 1).value))
    assert [f.code for f in found.findings] == ["gongwen.review-twice"]


def test_a_heading_that_is_gone_is_told():
    """The sheet cannot be read without it."""
    found = edited(lambda book, put: put(1, "verbs", "其他"))
    assert [f.code for f in found.findings] == ["gongwen.review-column"]


def test_a_plan_that_makes_no_sense_is_told():
    """As any record would be."""

    def change(book, put):
        book["plan"].cell(2, 2).value = "今年"

    assert [f.code for f in edited(change).findings] == ["period.form"]


def test_other_workbooks_are_refused():
    """A sheet of something else, one with our names only, and what is no workbook."""
    book = openpyxl.Workbook()
    book.active.title = "tasks"
    out = io.BytesIO()
    book.save(out)
    assert [f.code for f in back(out.getvalue()).findings] == ["gongwen.review-foreign"]
    assert [f.code for f in back(b"x").findings] == ["gongwen.broken"]

    def forged(book, put):
        book["_kepu"].cell(2, 1).value = '{"format":"kepu"}'

    assert [f.code for f in edited(forged).findings] == ["gongwen.review-foreign"]


def test_nothing_becomes_a_formula_or_a_link():
    """Texts that a spreadsheet would run are texts, on every sheet, and come back as they were."""
    items = [DraftItem(n, n + 1, text, label=text, verbs=[text], section=-1) for n, text in enumerate(FORMULAS)]
    title = Part("=cmd|' /C calc'!A0")
    draft = Draft(
        is_plan=True, meta=Meta(title=title, issuer=Part("@科协"), year=2024), items=items, left=[Part("=1", 0, 1)]
    )
    data = written(draft, "=+-@" * 9, ".xlsx")
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        sheets = [archive.read(n).decode() for n in archive.namelist() if n.startswith("xl/worksheets/sheet")]
        names = archive.namelist()
    assert sheets
    assert not any("<f>" in s or "<hyperlink" in s for s in sheets)
    assert not any("externalLink" in n for n in names)
    found = back(data)
    assert [r.text for r in found.records if isinstance(r, kepu.PlanItem)] == list(FORMULAS)
    assert next(r for r in found.records if isinstance(r, kepu.Plan)).title == title.text


def test_comments_and_other_sheets_do_no_harm():
    """People write where they like."""

    def change(book, put):
        book["tasks"]["A2"].comment = Comment("看", "我")
        book.create_sheet("备忘")["A1"] = "=1/0"

    assert set(edited(change).records) == set(IMPORTER.read(PLAN.encode(), context()).records)


def test_the_workbook_in_chinese_is_read_in_english():
    """The language in which it was written does not matter."""
    with use_language("zh"):
        data = reviewed(".xlsx")
    assert set(back(data).records) == set(IMPORTER.read(PLAN.encode(), context()).records)


# Both


@pytest.mark.parametrize("suffix", [".html", ".xlsx"])
def test_what_is_no_plan_is_not_reviewed(suffix):
    """The findings say why."""
    with pytest.raises(kepu.InvalidData) as caught:
        reviewed(suffix, "云溪市科协召开年会。\n会议指出，成绩很大。\n")
    assert caught.value.code in {"gongwen.no-plan", "gongwen.no-tasks"}
    assert caught.value.findings[0].place.file == "要点.txt"


def test_other_endings_are_refused():
    """A review is a page or a workbook."""
    with pytest.raises(kepu.InvalidData) as caught:
        reviewed(".docx")
    assert caught.value.code == "gongwen.review-kind"


def test_what_a_cell_does_not_show_stays():
    """An entry that was not touched keeps the id of its unit; one that was changed is another."""
    known = kepu.Assignment(unit="甲", role="lead", organisation="a")
    item = kepu.PlanItem(id="i", plan="p", section="1", text="x", assignments=[known])
    cell = next(f for f in FIELDS if f.name == "assignments")
    assert cell.taken("牵头单位：甲\n责任单位：乙", item) == (known, kepu.Assignment(unit="乙", role="responsible"))
    assert cell.taken("配合单位：甲", item) == (kepu.Assignment(unit="甲", role="supporting"),)
    with pytest.raises(NotRead):
        next(f for f in FIELDS if f.name == "text").taken("", item)


def test_a_text_that_looks_like_xml_of_the_writer_stays_a_text():
    text = PLAN.replace("二、完善科普设施", "二、<r>&</r>")
    book = openpyxl.load_workbook(io.BytesIO(reviewed(".xlsx", text)))
    values = [str(cell.value) for sheet in book for row in sheet.iter_rows() for cell in row if cell.value]
    assert any(value.strip() == "<r>&</r>" for value in values)
