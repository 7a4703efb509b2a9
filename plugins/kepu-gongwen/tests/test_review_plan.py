"""The sheets of the plan itself in a reviewed workbook: its sections and its targets come back as they were left."""

import datetime as dt
import io

import openpyxl
import pytest
from gongwen_samples import TARGETED
from review_kit import edited, reviewed

import kepu_core as kepu

DATA = reviewed(".xlsx", TARGETED)


def changed(change):
    """The plan and the tasks of the workbook after a change, or its findings."""
    found = edited(change, DATA)
    if [f for f in found.findings if f.severity is kepu.Severity.ERROR]:
        return found.findings
    plan = next(r for r in found.records if isinstance(r, kepu.Plan))
    return plan, [r for r in found.records if isinstance(r, kepu.PlanItem)]


def rows(sheet):
    return [[cell.value for cell in row] for row in sheet.iter_rows(min_row=2)]


def test_sections_and_targets_stand_on_sheets_of_their_own():
    book = openpyxl.load_workbook(io.BytesIO(DATA))
    assert [row[:3] for row in rows(book["sections"])][:2] == [
        ["1", "一", "抓好重点活动"],
        ["1.1", "（一）", "办好科普赛事"],
    ]
    assert rows(book["targets of the plan"]) == [["公民具备科学素质的比例", "16%", "2025-12-31"]]


def test_a_changed_heading_and_an_added_section_come_back():
    """A section with no id gets one from its number; a task names it by its heading."""

    def change(book, put):
        sheet = book["sections"]
        sheet["C2"] = "抓好品牌活动"
        sheet.append([None, "（三）", "做好应急科普", "1"])
        put(2, "section", "做好应急科普")

    plan, items = changed(change)
    assert plan.section("1").heading == "抓好品牌活动"
    (added,) = [s for s in plan.sections if s.heading == "做好应急科普"]
    assert (added.id, added.number, added.parent) == ("1.3", "（三）", "1")
    assert items[0].section == "1.3"


def test_a_section_whose_row_is_gone_goes():
    def change(book, put):
        numbers = {row[0].value: row[0].row for row in book["sections"].iter_rows(min_row=2)}
        for row in range(2, book["tasks"].max_row + 1):
            put(row, "section", "1")
        book["sections"].delete_rows(numbers["2"])

    plan, items = changed(change)
    assert plan.section("2") is None
    assert {i.section for i in items} == {"1"}


@pytest.mark.parametrize(
    ("cell", "value", "code", "place"),
    [
        ("C2", None, "gongwen.review-cell", "C2"),
        ("D3", "99", "plan.section-parent", "D3"),
        ("A3", "1", "plan.section-twice", "A3"),
        ("A1", "编号？", "gongwen.review-column", None),
    ],
)
def test_sections_that_make_no_sense_are_told_at_their_cell(cell, value, code, place):
    def change(book, put):
        book["sections"][cell] = value

    told = changed(change)
    assert code in [f.code for f in told]
    assert [f.place.cell for f in told if f.code == code][:1] == [place]
    assert {f.place.sheet for f in told if f.code == code} == {"sections"}


def test_targets_of_the_plan_are_changed_added_and_taken_out():
    def change(book, put):
        book["targets of the plan"].append(["科普场馆", "不少于10个", dt.datetime(2024, 6, 30)])
        book["targets of the plan"]["B2"] = "16.5%以上"

    plan, _ = changed(change)
    assert [(t.subject, t.value, t.comparison.value, t.due) for t in plan.targets] == [
        ("公民具备科学素质的比例", 16.5, "at_least", dt.date(2025, 12, 31)),
        ("科普场馆", 10, "at_least", dt.date(2024, 6, 30)),
    ]

    def take_out(book, put):
        book["targets of the plan"].delete_rows(2)

    assert changed(take_out)[0].targets == ()


def test_a_target_that_cannot_be_read_is_told_at_its_cell():
    def change(book, put):
        book["targets of the plan"]["B2"] = "很多"
        book["targets of the plan"]["C2"] = "明年"

    told = changed(change)
    assert [(f.code, f.place.sheet, f.place.cell) for f in told] == [
        ("gongwen.review-cell", "targets of the plan", "B2"),
        ("gongwen.review-cell", "targets of the plan", "C2"),
    ]


def test_sheets_that_are_gone_leave_what_was_read():
    def change(book, put):
        del book["sections"]
        del book["targets of the plan"]

    plan, _ = changed(change)
    assert plan.sections
    assert plan.targets[0].value == 16
