"""Whom to ask and where to send things: no tasks, and in the text of none."""

import pytest

from kepu_gongwen.contacts import is_contact, without_contacts
from kepu_gongwen.parse import read_plan

TITLE = "2024年某市科普日活动通知\n一、活动\n举办讲座10场。\n"
PERSONAL = ("0755", "12345678", "13800138000", "example.org", "张某")


@pytest.mark.parametrize(
    "line",
    [
        "联系人：张某，电话：0755-12345678，邮箱：kpb@example.org",
        "联系人:张某 电话:13800138000",
        "联系方式：0755-12345678",
        "联系人及电话：张某，0755—1234××××",
        "附件收取邮箱：kpb@example.org",
        "附件收取邮箱：kpb@example.org，报送邮件请组织填写单位名称",
        "（联系人：张某，0755-12345678）",
        "咨询电话：1234567",
        "电话：0755-12345678；传真：0755-12345678",
    ],
)
def test_a_contact_is_no_task(line):
    draft = read_plan(f"{TITLE}{line}\n二、其他\n（一）{line}\n编印手册。\n")
    assert [i.text for i in draft.items] == ["举办讲座10场", "编印手册"]
    assert draft.left == []


@pytest.mark.parametrize(
    ("sentence", "text"),
    [
        ("9月30日前报送总结（联系人：张某，电话：0755-12345678，邮箱：kpb@example.org）。", "9月30日前报送总结"),
        ("9月30日前报送总结（张某，13800138000）。", "9月30日前报送总结"),
        ("9月30日前报送总结，联系人：张某，0755-12345678。", "9月30日前报送总结"),
        ("9月30日前将总结（联系电话：0755-12345678）报送市科协。", "9月30日前将总结报送市科协"),
        ("9月30日前报送总结至邮箱：kpb@example.org。", "9月30日前报送总结至邮箱"),
    ],
)
def test_no_text_of_a_task_holds_a_contact(sentence, text):
    item = read_plan(TITLE + sentence).items[-1]
    assert item.text == text
    assert [d.text for d in item.deadlines] == ["2024-09-30"]


def test_what_became_no_task_is_told_without_contacts():
    draft = read_plan(f"{TITLE}科普是社会的事（张某，0755-12345678）很重要。\n")
    assert draft.left
    assert not any(word in part.text for part in draft.left for word in PERSONAL)


def test_a_cell_with_a_contact_is_no_task():
    draft = read_plan(
        "2024年某市任务分解表\n序号\t任务\t单位\n1\t举办大赛\t甲局\n2\t联系人：张某，0755-12345678\t乙局\n"
    )
    assert [i.text for i in draft.items] == ["举办大赛"]


@pytest.mark.parametrize(
    "text", ["微信平台：每周推送3期", "建立联系人制度", "开通热线电话：解答群众疑问", "请于9月前报送至邮箱：甲"]
)
def test_what_only_holds_such_a_word_is_no_contact(text):
    assert not is_contact(text)


@pytest.mark.parametrize("text", ["举办第3届大赛（2021—2035年），覆盖12000人次", "建设基地（含社区10个）"])
def test_other_numbers_stay(text):
    assert without_contacts(text) == text


def test_a_section_of_contacts_has_no_tasks():
    assert [i.text for i in read_plan(TITLE + "二、联系方式\n市科协科普部组织开展，张某。\n").items] == ["举办讲座10场"]
