"""The text as it was meant: one form of characters, whole lines, no furniture."""

import pytest

from kepu_gongwen.furniture import pinyin_in, without_pinyin
from kepu_gongwen.glyphs import canonical
from kepu_gongwen.lexicon import builtin_lexicon
from kepu_gongwen.parse import read_plan
from kepu_gongwen.view import view_of

WORDS = builtin_lexicon()


def read(source):
    return view_of(source, WORDS).text.split("\n")


@pytest.mark.parametrize(
    ("printed", "form"),
    [
        ("２０２４年", "2024年"),
        ("科學技術", "科学技术"),
        ("「科普」", "“科普”"),
        ("(一),:;!?", "（一），：；！？"),
        ("〈纲要〉", "《纲要》"),
        ("3～5 3–5 3-5", "3—5 3—5 3-5"),
        ("甲\u3000乙\xa0丙", "甲 乙 丙"),
        ("①②", "①②"),
        ("㈠", "㈠"),
        ("甲\n\t乙", "甲\n\t乙"),
    ],
)
def test_one_form_of_characters(printed, form):
    assert canonical(printed) == form


@pytest.mark.parametrize(
    ("lines", "paragraphs"),
    [
        (["举办大赛，联合", "市教育局开展培训。"], ["举办大赛，联合市教育局开展培训。"]),
        (["一、举办大赛（含", "决赛）。"], ["一、举办大赛（含决赛）。"]),
        (["举办大赛、", "论坛。"], ["举办大赛、论坛。"]),
        (["举办大赛。", "开展培训。"], ["举办大赛。", "开展培训。"]),
        (["一、活动", "举办大赛。"], ["一、活动", "举办大赛。"]),
        (["举办大赛，开展", "二、培训"], ["举办大赛，开展", "二、培训"]),
        (["举办大赛，开展", "责任单位：科普部"], ["举办大赛，开展", "责任单位：科普部"]),
        (["举办大赛，开展", "附件：名单"], ["举办大赛，开展", "附件：名单"]),
        (["某市科协", "2024年3月5日"], ["某市科协", "2024年3月5日"]),
        (["2024年工作要点", "各县科协："], ["2024年工作要点", "各县科协："]),
        (["任务\t单位", "举办大赛，\t科普部"], ["任务\t单位", "举办大赛，\t科普部"]),
        (["举办大赛。", "", "开展培训。"], ["举办大赛。", "开展培训。"]),
    ],
)
def test_which_lines_are_one(lines, paragraphs):
    assert read("\n".join(lines)) == paragraphs


@pytest.mark.parametrize(
    "line",
    [
        "— 2 —",
        "- 12 -",
        "第3页",
        "第 3 页 共 12 页",
        "3/12",
        "打印",
        "来源：某网",
        "责任编辑：甲",
        "网站标识码123",
        "字体：大 中 小",
    ],
)
def test_furniture_is_left_out(line):
    assert read(f"举办大赛，开展\n{line}\n培训。") == ["举办大赛，开展培训。"]


def test_a_running_header_is_left_out_and_the_title_stays_once():
    page = "某市2024年科普工作要点\n一、举办大赛。\n某市科学技术协会\n"
    text = read(page + page.replace("一", "二") + page.replace("一", "三"))
    assert text.count("某市2024年科普工作要点") == 1
    assert "某市科学技术协会" not in text


def test_a_header_with_the_words_of_a_title_is_none_below_a_page_number():
    text = "某市科协\n2024年科普工作计划\n一、活动\n举办大赛，联合\n— 1 —\n某市2024年科普计划\n县科协开展培训。\n— 2 —\n某市2024年科普计划\n"
    assert read(text)[-1] == "举办大赛，联合县科协开展培训。"


def test_behind_a_full_stop_a_broken_line_goes_on_however_short_it_is():
    long = "广泛深入持续开展各类群众性科普活动和科技志愿服务活动，不断满足"
    lines = [long, "人民群众需要。", *[long, "公众的需要。"] * 9]
    text = "\n".join([*lines, "（一）健全机制。牵头印发年度科普工作", "方案和清单。"])
    assert read(text)[-1] == "（一）健全机制。牵头印发年度科普工作方案和清单。"


def test_pinyin_at_the_end_belongs_to_what_it_stands_behind():
    source = "举办讲座120場（chǎng）。"
    view = view_of(source, WORDS)
    start, end = view.span(0, 8)
    assert source[start:end] == "举办讲座120場（chǎng）"


def test_what_comes_twice_is_a_header_only_beside_page_numbers():
    twice = "某市科学技术协会\n举办大赛。\n某市科学技术协会\n开展培训。\n"
    assert read(twice).count("某市科学技术协会") == 2
    beside = "某市科学技术协会\n— 1 —\n举办大赛。\n某市科学技术协会\n— 2 —\n开展培训。\n"
    assert read(beside) == ["举办大赛。", "开展培训。"]


def test_what_is_numbered_closed_or_labelled_is_no_header():
    text = "一、活动\n举办大赛。\n责任单位：科普部\n" * 3
    assert read(text) == text.strip().split("\n")


@pytest.mark.parametrize(
    ("text", "without"),
    [
        ("濮（pú）阳市", "濮阳市"),
        ("濮(pú)阳市", "濮阳市"),
        ("科普（STEM）", "科普（STEM）"),
        ("科普（a）", "科普（a）"),
    ],
)
def test_pinyin_behind_a_character(text, without):
    assert without_pinyin(text) == without
    assert bool(pinyin_in(text)) is (text != without)
    assert read(text) == [canonical(without)]


@pytest.mark.parametrize(
    ("text", "without"), [("科 普 日", "科普日"), ("VR 2 代", "VR 2代"), ("甲        乙", "甲 乙"), ("  甲  ", "甲")]
)
def test_spaces_between_characters(text, without):
    assert read(text) == [without]


def test_every_character_knows_its_place():
    source = "　一、舉辦 大賽,\r\n— 1 —\r\n開展培訓。"
    view = view_of(source, WORDS)
    assert view.text == "一、举办大赛，开展培训。"
    start, end = view.span(2, 6)
    assert source[start:end] == "舉辦 大賽"
    assert view.printed(2, 11).replace(" ", "") == "舉辦大賽,開展培訓"
    assert view.canonical(start, end) == "举办大赛"
    assert view.span(len(view.text), len(view.text)) == (len(source), len(source))
    assert view.joined == 1


def test_a_task_over_two_pages_is_one():
    source = "2024年工作要点\n一、活动\n举办科普大赛，联合市\n— 1 —\n教育局开展培训。\n"
    assert [i.text for i in read_plan(source).items] == ["举办科普大赛", "联合市教育局开展培训"]
