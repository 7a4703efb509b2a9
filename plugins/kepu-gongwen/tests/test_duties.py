"""Who is responsible and by when: in brackets, behind labels, inside a task."""

import pytest

from kepu_core.domain.plan import UnitRole
from kepu_gongwen.duties import duty_in_bracket, duty_of_label, is_duty, led_by
from kepu_gongwen.lexicon import builtin_lexicon
from kepu_gongwen.parse import read_plan

WORDS = builtin_lexicon()
LEAD, SUPPORT, RESPONSIBLE = UnitRole.LEAD, UnitRole.SUPPORTING, UnitRole.RESPONSIBLE
HEAD = "2024年某市科普工作要点\n一、主要任务\n"


def told(duty, text):
    return [(text[a:b], role) for a, b, role in duty.units], [text[a:b] for a, b in duty.dates]


def units(item):
    return [(u.text, u.kind) for u in item.units]


@pytest.mark.parametrize(
    "inner",
    [
        "责任单位：科普部",
        "市教育局牵头",
        "市教育局牵头，市气象局配合",
        "完成时限：6月",
        "各有关单位按职责分工负责",
        "各县区、各有关单位",
        "甲国科协、乙丙部、丙丁基金会、戊己团中央、庚辛妇联",
        "国土资源部、中国气象局等",
        "各乡镇（街道）",
        "县纲要办各成员单位",
    ],
)
def test_a_bracket_that_says_who(inner):
    assert is_duty(inner, WORDS)


@pytest.mark.parametrize(
    "inner", ["含决赛", "以下简称《纲要》", "2021—2025年", "地点：科技馆", "各界人士", "配合", "各单位X"]
)
def test_another_bracket(inner):
    assert not is_duty(inner, WORDS)


@pytest.mark.parametrize(
    ("inner", "names", "dates"),
    [
        ("责任单位：科普部", [("科普部", RESPONSIBLE)], []),
        ("牵头单位：甲局；配合单位：乙局、丙局", [("甲局", LEAD), ("乙局", SUPPORT), ("丙局", SUPPORT)], []),
        ("责任单位：甲局；完成时限：6月底前", [("甲局", RESPONSIBLE)], ["6月底前"]),
        ("甲局牵头，乙局、丙局配合", [("甲局", LEAD), ("乙局", SUPPORT), ("丙局", SUPPORT)], []),
        ("甲局牵头，乙局和丙局参与", [("甲局", LEAD), ("乙局", SUPPORT), ("丙局", SUPPORT)], []),
        ("甲局、乙局按职责分工负责", [("甲局", RESPONSIBLE), ("乙局", RESPONSIBLE)], []),
        ("甲局负责，6月底前完成", [("甲局", RESPONSIBLE)], ["6月底前完成"]),
        ("甲局等有关部门负责", [("甲局", RESPONSIBLE)], []),
        ("文化和旅游局、发展和改革局负责", [("文化和旅游局", RESPONSIBLE), ("发展和改革局", RESPONSIBLE)], []),
        ("科协（含学会、协会）负责", [("科协（含学会、协会）", RESPONSIBLE)], []),
        ("甲局以及乙局负责", [("甲局", RESPONSIBLE), ("乙局", RESPONSIBLE)], []),
        ("各有关单位", [("各有关单位", RESPONSIBLE)], []),
        ("有关部门负责", [], []),
    ],
)
def test_what_a_bracket_says(inner, names, dates):
    assert told(duty_in_bracket(inner, 0, len(inner), WORDS), inner) == (names, dates)


@pytest.mark.parametrize(
    ("label", "text", "names", "dates"),
    [
        ("责任单位", "甲局、乙局", [("甲局", RESPONSIBLE), ("乙局", RESPONSIBLE)], []),
        ("牵头单位", "甲局", [("甲局", LEAD)], []),
        ("配合单位", "甲局", [("甲局", SUPPORT)], []),
        ("责任单位", "甲局牵头，乙局配合", [("甲局", LEAD), ("乙局", SUPPORT)], []),
        ("责任单位", "甲局 完成时限：6月", [("甲局", RESPONSIBLE)], ["6月"]),
        ("完成时限", "6月底前", [], ["6月底前"]),
        ("活动地点", "科技馆", [], []),
    ],
)
def test_what_a_line_with_a_label_says(label, text, names, dates):
    assert told(duty_of_label(text, label, 0, len(text), WORDS), text) == (names, dates)


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("大赛由甲局牵头", [("甲局", LEAD)]),
        ("大赛由甲局负责", [("甲局", RESPONSIBLE)]),
        ("大赛由甲局牵头，乙局配合", [("甲局", LEAD), ("乙局", SUPPORT)]),
        ("举办大赛", []),
    ],
)
def test_who_leads_inside_a_task(text, names):
    assert [(text[a:b], role) for a, b, role in led_by(text, 0, len(text))] == names


def test_a_bracket_holds_for_the_tasks_before_it_since_the_last():
    found = read_plan(HEAD + "举办大赛（甲局负责）。举办论坛。举办展览。（责任单位：乙局）开展活动。\n").items
    by_second = [("乙局", RESPONSIBLE)]
    assert [units(i) for i in found] == [[("甲局", RESPONSIBLE)], by_second, by_second, []]


def test_a_line_with_labels_closes_the_tasks_of_its_section_that_have_nobody():
    text = (
        HEAD
        + "（一）活动\n1.举办大赛（责任单位：乙局）。\n2.举办论坛。\n责任单位：甲局\n完成时限：6月\n（二）培训\n3.举办讲座。\n"
    )
    found = read_plan(text).items
    assert [units(i) for i in found] == [[("乙局", RESPONSIBLE)], [("甲局", RESPONSIBLE)], []]
    assert [[d.text for d in i.deadlines] for i in found] == [[], ["2024-06"], []]


def test_who_leads_the_first_task_of_a_unit_leads_those_behind_it():
    found = read_plan(HEAD + "（一）活动\n科普大赛由甲局牵头组织举办。举办论坛。\n").items
    assert [units(i)[:1] for i in found] == [[("甲局", LEAD)], [("甲局", LEAD)]]


def test_a_bracket_that_explains_is_no_part_of_a_task():
    (item,) = read_plan(HEAD + "举办科普大赛（方案另行通知）。\n").items
    assert (item.text, units(item)) == ("举办科普大赛", [])


def test_units_stand_where_the_source_has_them():
    source = HEAD + "舉辦科普大賽。（責任單位：甲局、乙局）\n"
    (item,) = read_plan(source).items
    assert [source[u.start : u.end] for u in item.units] == ["甲局", "乙局"]


def test_a_bracket_in_a_line_of_its_own_closes_the_section():
    text = "一、主要任务\n（一）举办大赛。\n（二）开展培训；编印手册。\n（责任处室：宣传处、科普部）\n二、其他\n印发通知。\n"
    found = [units(item) for item in read_plan("2024年某市科普工作要点\n" + text).items]
    both = [("宣传处", RESPONSIBLE), ("科普部", RESPONSIBLE)]
    assert found == [both, both, both, []]
