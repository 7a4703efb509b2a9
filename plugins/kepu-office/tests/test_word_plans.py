"""A plan as the document that it is."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st
from word_kit import read, section, text_of, told, w

import kepu_core as kepu
from kepu_core import Assignment, Plan, PlanItem, PlanSection, Target
from kepu_core.report import plan_report
from kepu_office.word_official import _chinese
from kepu_office.word_plans import heading, numbered, plan_document

OFFICIAL = {"layout": "official", "language": "zh"}
SECTIONS = [
    PlanSection(id="1", number="一", heading="活动"),
    PlanSection(id="1a", number="（一）", heading="竞赛", parent="1"),
    PlanSection(id="1a1", number="1", heading="青少年", parent="1a"),
    PlanSection(id="2", number="二", heading="基地"),
]
ITEMS = [
    PlanItem(id="i1", plan="p", section="1", text="举办科普日", order=1),
    PlanItem(id="i2", plan="p", section="1a1", text="举办创新大赛。", order=2),
    PlanItem(id="i3", plan="p", section="2", text="新建基地", order=3, label="（七）"),
]
PLAN = Plan(
    id="p",
    title="2021年科普工作要点",
    kind="annual",
    period="2021",
    issuer="a",
    document_number="粤科协办发〔2021〕21号",
    issued_on=dt.date(2021, 4, 13),
    addressees=["各市科协", "各学会"],
    copied_to=["省科技厅"],
    sections=SECTIONS,
)
TEXT = [
    ("Heading1", "一、活动"),
    ("BodyText", "1.举办科普日。"),
    ("Heading2", "（一）竞赛"),
    ("Heading3", "1.青少年"),
    ("BodyText", "（2）举办创新大赛。"),
    ("Heading1", "二、基地"),
    ("BodyText", "（七）新建基地。"),
]
ASSIGNED = [
    kepu.replace(i, assignments=[Assignment(unit="科普部", role="lead")], due=dt.date(2021, 6, 30)) for i in ITEMS
]


def body(found):
    """Headings and text, without empty lines."""
    return [(s, t) for s, t in found.paragraphs() if s in {"Heading1", "Heading2", "Heading3", "BodyText"} and t]


def document(items=ITEMS, plan=PLAN):
    return plan_document(plan, items, {"a": "广东省科学技术协会"})


def report(items=ITEMS, plan=PLAN):
    return plan_report(plan, items, on=dt.date(2021, 5, 1), names={"a": "广东省科学技术协会"})


@pytest.mark.parametrize("made", [document, report])
def test_sections_are_headings_and_items_text(made):
    """From the records and from the report of the plan: the same text, with the numbers that are printed."""
    found = read(made(), **OFFICIAL)
    assert body(found) == TEXT
    assert found.texts("Title") == ["2021年科普工作要点"]
    assert found.texts("KepuNumber") == ["粤科协办发〔2021〕21号"]
    assert found.texts("KepuSignature") == ["广东省科学技术协会", "2021年4月13日"]
    assert found.texts("KepuAttachment") == []


def test_records_say_to_whom_it_goes_as_well():
    found = read(document(), **OFFICIAL)
    assert found.texts("KepuFlush") == ["各市科协，各学会："]
    assert found.texts("KepuImprint") == ["抄送：省科技厅。"]


@pytest.mark.parametrize("made", [document, report])
def test_who_does_what_is_attached(made):
    """As a table of tasks, with only the columns in which something stands."""
    found = read(made(ASSIGNED), **OFFICIAL)
    assert found.texts("KepuFlush")[-1] == "附件：任务分解表"
    assert found.texts("KepuAttachment") == ["附件"]
    rows = [[text_of(c) for c in r.findall(w("tc"))] for r in found.tables()[0].findall(w("tr"))]
    assert rows[0] == ["编号", "工作内容", "牵头单位", "完成时限"]
    assert rows[2] == ["2", "举办创新大赛。", "科普部", "2021-06-30"]
    assert body(found)[: len(TEXT)] == TEXT


@pytest.mark.parametrize("made", [document, report])
def test_goals_come_first(made):
    targets = [Target(value=15, unit="%", subject="具备科学素质的公民比例"), Target(value=5, unit="场")]
    found = read(made(plan=kepu.replace(PLAN, targets=targets)), **OFFICIAL)
    style, goals = body(found)[0]
    assert style == "BodyText"
    assert goals.startswith("主要目标：")
    assert "具备科学素质的公民比例" in goals
    assert body(found)[1:] == TEXT


def test_levels_follow_the_form_of_numbers_without_gaps():
    """A plan whose sections are numbered 1, 2 has them as its outermost headings."""
    plan = kepu.replace(PLAN, sections=[PlanSection(id="1", number="1", heading="活动"), PlanSection(id="2", number="（1）", heading="竞赛")])  # fmt: skip
    items = [PlanItem(id="i", plan="p", section="2", text="办")]
    assert body(read(report(items, plan), **OFFICIAL)) == [
        ("Heading1", "1.活动"),
        ("Heading2", "（1）竞赛"),
        ("BodyText", "①办。"),
    ]


def test_items_of_other_plans_and_unknown_sections():
    """Others are left out; an item whose section is not there comes last."""
    items = [*ITEMS, PlanItem(id="x", plan="q", section="1", text="别的"), PlanItem(id="y", plan="p", section="9", text="无处", order=9)]  # fmt: skip
    found = body(read(document(items), **OFFICIAL))
    assert found == [*TEXT, ("Heading1", "三、9"), ("BodyText", "4.无处。")]


def test_a_plan_without_items():
    """Its headings are shown all the same."""
    assert [t for s, t in body(read(document([]), **OFFICIAL))] == [t for s, t in TEXT if s != "BodyText"]


def test_a_plan_document_in_the_other_layout():
    """It is a report like any other."""
    found = read(document(), language="zh")
    assert "1.举办科普日。" in found.texts("BodyText")
    assert "目录" in found.texts()


@given(st.integers(1, 999))
def test_numbers_of_headings_in_chinese(number):
    """They are read back as the number, and known as numbers of headings."""
    digits, units = "〇一二三四五六七八九", {"十": 10, "百": 100}
    total, digit = 0, 0
    for char in _chinese(number):
        if char in units:
            total, digit = total + (digit or 1) * units[char], 0
        else:
            digit = digits.index(char)
    assert total + digit == number
    assert "〇" in _chinese(number) or numbered(f"{_chinese(number)}、甲")


@pytest.mark.parametrize("title", ["2021年工作", "1.5倍增长", "第36届大赛", "（草案）", "一般要求", ""])
def test_titles_that_bring_no_number(title):
    assert not numbered(title)
    if title:
        found = read(told(section(title)), **OFFICIAL)
        assert found.texts("Heading1") == [f"一、{title}"]


def test_headings_with_chapters():
    assert heading("第一章", "总则") == "第一章\u3000总则"
    assert numbered("第一章\u3000总则")
