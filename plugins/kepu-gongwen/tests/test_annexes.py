"""Tables that are attached: under which section their tasks stand, and which of them the text has already."""

import pytest
from docx import Document
from gongwen_samples import saved

from kepu_gongwen.annexes import bare_heading
from kepu_gongwen.draft import as_data
from kepu_gongwen.parse import read_plan
from kepu_gongwen.sources import text_of

TEXT = """某市科协2024年科普工作要点
一、打造品牌活动
（一）办好科普日。9月举办科普日主场活动，开展讲座20场。
二、加强阵地建设
1.建设科普馆2个。（责任单位：市科技馆）
"""
TABLE = "序号\t工作任务\t责任单位\t完成时限\n"


def placed(text):
    """Each task with the number and heading of its section."""
    draft = read_plan(text)
    return [(i.text, draft.sections[i.section].number, draft.sections[i.section].heading) for i in draft.items[3:]]


@pytest.mark.parametrize(
    ("before", "number"),
    [
        ("附件：任务分解表\n", "附件"),
        ("附：任务分解表\n", "附件"),
        ("附件：1.任务分解表\n2.活动报名表\n某市科协\n2024年3月1日\n附件1\n任务分解表\n", "附件1"),
        ("附件 2\n任务分解表\n", "附件2"),
    ],
)
def test_an_attached_table_stands_under_its_own_title(before, number):
    text = TEXT + before + TABLE + "1\t编印年报\t办公室\t12月\n"
    assert placed(text) == [("编印年报", number, "任务分解表")]
    data = as_data(read_plan(text), text, name="any")
    assert data["items"][-1]["path"] == []
    assert [s["number"] for s in data["sections"]] == ["一", "（一）", "二"]


def test_a_table_in_the_text_stands_in_the_section_around_it():
    text = TEXT + "三、活动安排\n" + TABLE + "1\t编印年报\t办公室\t12月\n"
    assert placed(text) == [("编印年报", "三", "活动安排")]


def test_a_cell_names_the_section_of_its_row():
    table = "序号\t类别\t工作任务\t责任单位\n"
    rows = "1\t一、打造品牌活动\t举办科普之夜\t甲局\n2\t\t举办科普集市\t甲局\n3\t加强阵地建设\t更新展品50件\t乙馆\n4\t其他\t编印年报\t甲局\n"
    assert placed(f"{TEXT}附件：任务分解表\n{table}{rows}") == [
        ("举办科普之夜", "一", "打造品牌活动"),
        ("举办科普集市", "一", "打造品牌活动"),
        ("更新展品50件", "二", "加强阵地建设"),
        ("编印年报", "附件", "任务分解表"),
    ]


def test_headings_are_compared_without_numbers():
    assert {bare_heading(h) for h in ("一、办活动", "（二）办活动", "3.办活动", "办活动")} == {"办活动"}


def test_an_attached_table_is_read_though_the_last_section_has_no_tasks():
    text = TEXT + "三、活动时间\n2024年9月\n附件：任务分解表\n" + TABLE + "1\t编印年报\t办公室\t12月\n"
    assert [p[0] for p in placed(text)] == ["编印年报"]


def test_a_form_to_be_filled_in_holds_no_tasks():
    assert placed(TEXT + "附件：活动报名表\n序号\t活动名称\t单位\n例\t举办科普讲座\t某某学校\n") == []


def test_sentences_of_an_attachment_are_told_as_left():
    text = TEXT + "附件：任务分解表\n各单位要组织开展自查5次。\n" + TABLE + "1\t编印年报\t办公室\t12月\n"
    draft = read_plan(text)
    assert [i.text for i in draft.items[3:]] == ["编印年报"]
    assert [p.text for p in draft.left] == ["各单位要组织开展自查5次。"]


REPEATED = """附件：任务分解表
序号\t工作任务\t责任单位\t完成时限
1\t举办科普日主场活动\t科普部\t9月30日前
2\t开展讲座30场。\t学会部\t12月底前
3\t建设科普馆2个\t某区科协\t
4\t编印年报\t办公室\t12月
"""


def repeated():
    return read_plan(TEXT + REPEATED).items


def test_what_a_table_repeats_is_one_task():
    """Punctuation, figures and times at the beginning may differ; the words of the text stay."""
    assert [i.text for i in repeated()] == ["9月举办科普日主场活动", "开展讲座20场", "建设科普馆2个", "编印年报"]


def test_a_task_of_the_text_gains_what_only_the_table_says():
    event, talks, museum, _ = repeated()
    assert [[u.text for u in i.units] for i in (event, talks, museum)] == [
        ["科普部"],
        ["学会部"],
        ["市科技馆", "某区科协"],
    ]
    assert [d.text for d in event.deadlines] == ["2024-09"]
    assert [d.text for d in talks.deadlines] == ["2024-12-31"]


def test_it_gains_nothing_that_blank_cells_take_from_the_row_above():
    assert repeated()[2].deadlines == []


def test_each_task_of_the_text_is_repeated_once():
    text = "2024年工作要点\n一、活动\n（一）举办讲座。举办科普讲座10场。\n附件：任务分解表\n任务\t单位\n举办科普讲座10场\t甲局\n举办科普讲座20场\t乙局\n"
    assert [(i.text, [u.text for u in i.units]) for i in read_plan(text).items] == [
        ("举办科普讲座10场", ["甲局"]),
        ("举办科普讲座20场", ["乙局"]),
    ]


def test_a_table_with_nothing_new_makes_no_section():
    text = TEXT + "附件：任务分解表\n" + TABLE + "1\t建设科普馆2个\t某区科协\t6月\n"
    assert [s.number for s in read_plan(text).sections] == ["一", "（一）", "二"]


def test_a_word_document_with_its_tasks_in_a_table_as_well():
    """As plans are exported: numbered tasks, the list of attachments, the signature, and the table on its own page."""
    document = Document()
    for line in (
        "某市科协2024年工作要点",
        "一、品牌活动",
        "1.举办科普日。",
        "2.开展讲座20场。",
        "二、阵地",
        "3.建设科普馆2个。",
    ):
        document.add_paragraph(line)
    for line in ("附件：任务分解表", "", "某市科协", "2024年3月1日", "附件", "", "任务分解表", ""):
        document.add_paragraph(line)
    rows = (
        ("编号", "工作内容", "牵头单位", "配合单位", "完成时限"),
        ("1", "举办科普日", "科普部", "市教育局", "2024-09-30"),
        ("2", "开展讲座20场", "学会部", "", ""),
        ("3", "建设科普馆2个", "", "", "2024-06-30"),
    )
    table = document.add_table(len(rows), len(rows[0]))
    for cells, told in zip(table.rows, rows, strict=True):
        for cell, text in zip(cells.cells, told, strict=True):
            cell.text = text
    source = text_of(saved(document), ".docx")
    draft = read_plan(source.text, merged=source.merged)
    assert [(i.text, i.path, [u.text for u in i.units], [d.text for d in i.deadlines]) for i in draft.items] == [
        ("举办科普日", ("一",), ["科普部", "市教育局"], ["2024-09-30"]),
        ("开展讲座20场", ("一",), ["学会部"], []),
        ("建设科普馆2个", ("二",), [], ["2024-06-30"]),
    ]
