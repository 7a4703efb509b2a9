"""Numbered units, their headings, and what holds under them."""

import pytest

from kepu_gongwen.headings import heading_of
from kepu_gongwen.lexicon import builtin_lexicon
from kepu_gongwen.outline import outline
from kepu_gongwen.parse import read_plan
from kepu_gongwen.view import view_of
from kepu_gongwen.zones import Parts, Zone, is_summary, zone_under

WORDS = builtin_lexicon()
TITLE = "2024年某市科普工作要点\n"


def numbers(text):
    """The numbers of units, each with those that it lies in."""
    return list(_below(outline(view_of(text, WORDS)), ()))


def _below(unit, path):
    for child in unit.children:
        yield "/".join((*path, child.number))
        yield from _below(child, (*path, child.number))


def headings(text):
    return [(s.number, s.heading) for s in read_plan(TITLE + text).sections]


def items(text):
    return [(i.label, i.text) for i in read_plan(TITLE + text).items]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("一、甲\n二、乙", ["一", "二"]),
        ("一、甲\n（一）乙\n（二）丙\n二、丁", ["一", "一/（一）", "一/（二）", "二"]),
        ("一、甲\n1.乙\n（1）丙\n①丁", ["一", "一/1", "一/1/（1）", "一/1/（1）/①"]),
        ("第一章 甲\n第二章 乙", ["一", "二"]),
        ("十二、甲", ["十二"]),
        ("一、甲。对象：二、三年级学生", ["一"]),
        ("一、甲\n一、二等奖若干", ["一"]),
        ("一）甲", ["（一）"]),
        ("1、甲\n2、乙", ["1", "2"]),
        ("1.5万人参加", []),
        ("1.5月举办", ["1"]),
        ("一、甲。（一）乙。（二）丙", ["一", "一/（一）", "一/（二）"]),
        ("一、甲。1.乙。2.丙", ["一", "一/1", "一/2"]),
        ("一、甲。1.乙", ["一"]),
        ("一、甲。3.乙", ["一"]),
        ("一、甲（2021）2.乙", ["一"]),
        ("任务\t单位\n1.甲\t乙", []),
        ("一、甲\n附件：1.乙\n2.丙", ["一"]),
        ("一、", []),
    ],
)
def test_numbers_of_units(text, found):
    assert numbers(text) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("一、做好活动\n举办大赛。", [("一", "做好活动")]),
        ("一、做好活动。举办大赛。", [("一", "做好活动")]),
        ("一、做好活动：举办大赛。", [("一", "做好活动")]),
        ("一、做好活动\n（一）科普日\n举办大赛。", [("一", "做好活动"), ("（一）", "科普日")]),
        ("一、做好活动\n（一）举办大赛。", [("一", "做好活动")]),
        ("一、做好活动\n（一）举办大赛；", [("一", "做好活动")]),
        ("一、工作要求\n（一）高度重视。各部门要充分认识意义，密切配合。", [("一", "工作要求")]),
        ("一、做好活动（责任单位：科普部）\n举办大赛。", [("一", "做好活动")]),
        ("一、做好“科普。之夜”活动。举办大赛。", [("一", "做好“科普。之夜”活动")]),
        ("一、做好（科普活动。举办大赛。", [("一", "做好（科普活动")]),
    ],
)
def test_where_a_heading_ends(text, found):
    assert headings(text) == found


def test_a_number_without_heading_is_the_label_of_its_tasks():
    assert items("一、做好活动\n1.举办大赛。\n2.开展培训，编印手册。") == [
        ("1", "举办大赛"),
        ("2", "开展培训"),
        ("2", "编印手册"),
    ]


def test_a_title_with_nothing_but_labels_below_is_a_task():
    (item,) = read_plan(TITLE + "一、重点任务\n（一）举办科普大赛\n责任单位：科普部\n完成时限：6月底前\n").items
    assert (item.text, [u.text for u in item.units]) == ("举办科普大赛", ["科普部"])
    assert [d.text for d in item.deadlines] == ["2024-06-30"]


def test_the_first_of_several_things_to_do_is_no_heading():
    view = view_of("一、甲\n1.举办大赛；开展培训。", WORDS)
    (unit,) = outline(view).children
    assert heading_of(unit, view, WORDS) == (2, 3, 3)
    assert heading_of(unit.children[0], view, WORDS) is None


@pytest.mark.parametrize(
    ("title", "tasks", "strict", "goals"),
    [
        ("主要任务", True, False, False),
        ("指导思想", False, False, False),
        ("活动时间和地点", False, False, False),
        ("工作目标", False, False, True),
        ("组织领导", True, True, False),
        ("加强组织领导", True, True, False),
        ("加强工作要求的落实和检查督促工作", True, False, False),
        ("活动内容", True, False, False),
    ],
)
def test_what_holds_under_a_title(title, tasks, strict, goals):
    zone = zone_under(title, Zone(), "一", 0, WORDS, summary=False)
    assert (zone.tasks, zone.strict, zone.goals, zone.path) == (tasks, strict, goals, ("一",))


@pytest.mark.parametrize(
    ("title", "tasks"),
    [("2023年工作总结", False), ("存在的问题", False), ("2024年工作计划", True), ("工作成效和打算", True)],
)
def test_in_a_summary_only_what_is_ahead_is_to_be_done(title, tasks):
    assert zone_under(title, Zone(), "一", 0, WORDS, summary=True).tasks is tasks


def test_parts_of_a_summary():
    view = view_of("总结和计划\n2023年工作总结\n一、甲\n2024年工作计划\n一、乙\n", WORDS)
    parts = Parts(view)
    first, second = (view.text.index(text) for text in ("一、甲", "一、乙"))
    assert [parts.is_ahead(place) for place in (0, first, second)] == [True, False, True]
    assert is_summary("2023年总结", [])
    assert is_summary("", ["工作回顾"])
    assert not is_summary("工作要点", ["主要任务", "方法", "完成情况"])


def test_under_goals_sentences_are_goals():
    draft = read_plan(TITLE + "一、工作目标\n到2025年，比例达到15%，新建基地3个。\n二、任务\n举办大赛。\n")
    assert [(t.quantities, t.deadlines) for t in draft.targets] == [
        (["15%"], ["2025-12-31"]),
        (["3个"], ["2025-12-31"]),
    ]
    assert [i.text for i in draft.items] == ["举办大赛"]


def test_a_goal_before_the_first_number_is_one():
    draft = read_plan(
        TITLE + "全市科普工作任重道远。力争到2025年，公民具备科学素质的比例达到15%。\n一、任务\n举办大赛。\n"
    )
    assert [(t.quantities, t.deadlines) for t in draft.targets] == [(["15%"], ["2025-12-31"])]
    assert [i.text for i in draft.items] == ["举办大赛"]


@pytest.mark.parametrize(
    ("sentence", "found"),
    [
        (
            "为确保到2025年公民具备科学素质的比例达到13.5%以上，科普基地达到20个，结合实际，特制定本要点",
            [("到2025年公民具备科学素质的比例达到13.5%以上", [">=13.5%"]), ("科普基地达到20个", ["20个"])],
        ),
        ("为实现公民具备科学素质的比例超过15%的目标，制定本方案", [("公民具备科学素质的比例超过15%", [">15%"])]),
        ("2024年，科普工作坚持创新，公民具备科学素质的比例达到14%", [("公民具备科学素质的比例达到14%", ["14%"])]),
        ("截至2023年底，公民具备科学素质的比例已达到13%，现制定本要点", []),
        ("为落实《办法》，举办讲座20场，现制定本要点", []),
        ("根据《办法》（比例不低于5%），制定本要点", []),
    ],
)
def test_a_goal_in_what_leads_up_to_a_plan(sentence, found):
    draft = read_plan(f"{TITLE}{sentence}。\n一、活动\n举办大赛。\n")
    assert [(t.text, t.quantities) for t in draft.targets] == found
    assert [i.text for i in draft.items] == ["举办大赛"]


def test_a_number_before_a_year():
    assert numbers("一、甲\n1.2024年5月举办大赛\n2.2024年6月举办论坛") == ["一", "一/1", "一/2"]
