"""What holds for every text."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scores import names, text_of

from kepu_gongwen.brackets import inside, outer
from kepu_gongwen.clauses import clauses_of, sentences_of
from kepu_gongwen.cutting import tasks_of
from kepu_gongwen.draft import as_data
from kepu_gongwen.glyphs import canonical
from kepu_gongwen.lexicon import builtin_lexicon
from kepu_gongwen.parse import read_plan
from kepu_gongwen.patterns import is_made_of
from kepu_gongwen.view import view_of

WORDS = builtin_lexicon()
TITLE = "2024年某市科普工作要点\n"
LONG = 200_000

IN_PLANS = """2024年 第3届 9月15日 6月底前 年底 上半年 “十四五”期间 不少于5场 10万人次 一、 （一） 1. （1） ① 一是 二是 附件： 开展 举办 组织 联合
    配合 与 和 等 由 将 纳入 通过 依托 结合 按照 市科协 市教育局 各有关单位 青少年 老年大学 科普大赛 全国科普日 系列 活动 培训 《纲要》 《科普法》
    责任单位： 完成时限： 牵头 （责任单位：科普部） （甲局牵头，乙局配合） （以下简称《纲要》） 指导思想 工作目标 组织领导 达到15% ， 。 ； ： 、 “ ” 《 》 （ ）"""
PIECES = st.sampled_from([*IN_PLANS.split(), "\n", "\n", "\n\n", "\t", " ", "\u3000", "\r\n", "— 2 —\n"])
PLANS = st.lists(PIECES, max_size=60).map(lambda pieces: TITLE + "".join(pieces))
CHARACTERS = st.text(
    st.sampled_from("一二三十、（）《》“”，。；：\n\t 0123456789年月日第届开展举办联合与和等责任单位大赛活动科协局①kx"),
    max_size=200,
)
ANYTHING = st.text(max_size=200)
TEXTS = st.one_of(PLANS, CHARACTERS, CHARACTERS.map(TITLE.__add__), ANYTHING, ANYTHING.map(TITLE.__add__))

SENTENCES = st.sampled_from(
    [
        "举办第3届某市青少年科技创新大赛，联合市教育局开展培训5期。",
        "组织科普专家深入乡村，开展讲座不少于20场（责任单位：科普部）。",
        "依托科技馆，面向青少年开展“科学之夜”活动；编印科普手册3000余册。",
        "落实《科普法》，6月底前印发实施方案。",
        "高度重视，精心组织。",
    ]
)
HEADINGS = st.sampled_from(["一、主要任务", "二、重点活动", "（一）办好科普日", "（二）抓好培训", "三、组织领导"])
LINES = st.lists(st.one_of(HEADINGS, SENTENCES), min_size=1, max_size=12)


def check_places(draft, source):
    """Everything stands in the source; tasks stand in order and apart from each other."""
    last = 0
    for item in draft.items:
        assert last <= item.start < item.end <= len(source)
        last = item.end
        for part in (
            *item.programmes,
            *item.partners,
            *item.instruments,
            *item.deadlines,
            *item.quantities,
            *item.units,
        ):
            assert -1 <= part.start <= part.end <= len(source)
    for part in (*draft.sections, *draft.targets, *draft.left):
        assert 0 <= part.start < part.end <= len(source)


@given(TEXTS)
def test_any_text_is_read_and_everything_has_its_place(source):
    draft = read_plan(source)
    check_places(draft, source)
    as_data(draft, source, name="any")
    assert draft.is_plan or not (draft.items or draft.targets)


@given(TEXTS)
def test_a_document_is_read_the_same_each_time(source):
    assert read_plan(source) == read_plan(source)


@given(st.text())
def test_one_form_keeps_the_length_and_is_its_own_form(text):
    assert len(canonical(text)) == len(text)
    assert canonical(canonical(text)) == canonical(text)


@given(TEXTS)
def test_every_character_of_a_view_is_that_of_its_place(source):
    view = view_of(source, WORDS)
    assert list(view.at) == sorted(set(view.at))
    assert all(canonical(source[place]) == char or char == "\n" for place, char in zip(view.at, view.text, strict=True))


# A piece that comes twice beside page numbers is a running header, so that lines must differ.
@given(st.lists(st.one_of(HEADINGS, SENTENCES), min_size=1, max_size=10, unique=True), st.integers(8, 40))
def test_a_task_is_what_its_place_in_the_source_says_without_furniture(lines, width):
    broken = [line[k : k + width] for line in lines for k in range(0, len(line), width)]
    source = TITLE + "\n— 7 —\n".join(broken)
    for item in read_plan(source).items:
        printed = re.sub(r"— 7 —|\s", "", source[item.start : item.end])
        assert printed == re.sub(r"\s", "", item.text)


@given(TEXTS, st.data())
def test_a_blank_line_changes_no_task(source, data):
    ends = [m.end() for m in re.finditer("\n", source)]
    place = data.draw(st.sampled_from([0, *ends]))
    blank = data.draw(st.sampled_from(["\n", "  \n", "\u3000\n"]))
    before, after = read_plan(source), read_plan(source[:place] + blank + source[place:])
    assert [i.text for i in after.items] == [i.text for i in before.items]
    assert [s.heading for s in after.sections] == [s.heading for s in before.sections]


@given(LINES)
def test_a_task_is_read_wherever_its_document_stands_in_the_source(lines):
    source = TITLE + "\n".join(lines)
    there, moved = read_plan(source), read_plan("\n\n" + source)
    assert [(i.start + 2, i.text) for i in there.items] == [(i.start, i.text) for i in moved.items]


@given(
    st.lists(
        st.sampled_from(
            [
                "近日，某市科协成功举办了科普大赛。",
                "据悉，本次活动先后有300名选手参加。",
                "记者从市科协了解到，比赛已圆满落幕。",
                "本报讯（记者 某某）昨日，科普日拉开帷幕。",
                "主办方表示，下一步将开展更多活动。",
            ]
        ),
        min_size=3,
        max_size=10,
    )
)
def test_news_stays_without_tasks(sentences):
    draft = read_plan("某市科普大赛圆满落幕\n" + "\n".join(sentences))
    assert not draft.is_plan
    assert draft.items == []


@given(TEXTS)
def test_sentences_and_clauses_lie_in_each_other_and_lose_nothing_but_marks(text):
    form = canonical(text)
    last = 0
    for start, end in sentences_of(form, 0, len(form)):
        assert last <= start < end
        last = end
        clauses = clauses_of(form, start, end)
        assert "，".join(c.text for c in clauses) == form[start:end]
        found = [c for task in tasks_of(clauses, WORDS) for c in task]
        assert found == [c for c in clauses if c in found]


@given(st.text("（）《》“”甲"))
def test_what_is_outside_stands_in_no_bracket(text):
    places = [place for place, _ in outer(text)]
    assert all(text[place] == "甲" for place in places)
    if not inside(text, len(text), "（）", "《》", "“”") and not set(text) & set("）》”"):
        assert len(places) == text.count("甲")


@given(st.lists(st.text("甲乙丙", min_size=1, max_size=3), min_size=1, max_size=5), st.data())
def test_what_is_made_of_words_is_found_to_be(words, data):
    text = "".join(data.draw(st.lists(st.sampled_from(words), max_size=8)))
    assert is_made_of(text, set(words))
    assert not is_made_of(text + "丁", set(words))


@pytest.mark.parametrize("name", names())
def test_samples_hold_to_the_laws(name):
    source = text_of(name)
    draft = read_plan(source)
    check_places(draft, source)
    view = view_of(source, WORDS)
    for item in draft.items:
        assert canonical(item.text) == view.canonical(item.start, item.end).strip()


BEGUN = TITLE + "一、做好。"
PATHOLOGICAL = {
    "one line": "开展活动" * (LONG // 4),
    "lines": "\n" * LONG,
    "spaces": " " * LONG,
    "commas": BEGUN + "开展活动，" * (LONG // 5),
    "semicolons": BEGUN + "；" * LONG,
    "opened quotations": BEGUN + "“" * LONG,
    "opened brackets": BEGUN + "（" * LONG,
    "opened titles": BEGUN + "《" * LONG,
    "crossed brackets": BEGUN + "（" * (LONG // 2) + "》" * (LONG // 2),
    "full stops in a bracket": BEGUN + "（" + "。" * LONG + "）",
    "brackets behind a task": BEGUN + "开展活动" + "（各单位）" * (LONG // 5),
    "brackets behind a heading": TITLE + "（一）开展（" + "（）" * (LONG // 2),
    "all units": TITLE + "（一）开展活动（" + "各单位" * (LONG // 3) + "等）",
    "units": BEGUN
    + "开展活动。\n责任单位："
    + "".join(f"{chr(0x4E00 + n // 99)}{chr(0x4E00 + n % 99)}、" for n in range(60_000)),
    "and": BEGUN + "开展活动。\n责任单位：" + "局和" * (LONG // 2),
    "labels": BEGUN + "\n开展活动甲。\n完成时限：6月" * (LONG // 15),
    "digits": BEGUN + ("1" * 60 + "甲，开展活动。") * (LONG // 70),
    "times": BEGUN + ("期间" * 40 + "甲，开展活动。") * (LONG // 90),
    "months": BEGUN + "3月" * (LONG // 2),
    "years": "2024年" * (LONG // 5),
    "dates": "办法\n" + "".join(f"20{20 + n % 3}年1月{n % 28 + 1}日，" for n in range(LONG // 10)),
    "generic words": BEGUN + "开展" + "科普宣传" * 600 + "某活动。",
    "plain words": BEGUN + "开展" + "国家级" * 500 + "某大赛。",
    "first points": BEGUN + "1.甲。" * (LONG // 4),
    "numbers": TITLE + "1.\n" * (LONG // 3),
    "units of a summary": "2024年工作总结和计划\n" + "一、甲\n" * (LONG // 4),
    "page numbers": TITLE + "— " + " " * LONG + " 甲",
    "aliases": BEGUN + "《甲》（简称“" * (LONG // 7),
    "headers": TITLE + "".join(f"某市科学技术协会{n % 9999}\n" for n in range(LONG // 12)),
    "tabs": TITLE + "任务\t单位\n" * (LONG // 6),
    "cells": TITLE
    + "任务\t目标\t对象\t时限\n开展活动\t"
    + "3场" * 50_000
    + "\t"
    + "学生" * 25_000
    + "\t"
    + "3月" * 25_000,
    "broken lines": TITLE + "开展活动甲乙丙丁戊己庚辛壬癸子丑寅卯辰巳午未\n" * (LONG // 23),
    "pinyin": BEGUN + "（pú）" * (LONG // 4),
    "points": BEGUN + "一是" * (LONG // 2),
}


@pytest.mark.parametrize("kind", PATHOLOGICAL)
def test_a_long_text_of_one_kind_comes_back(kind):
    source = PATHOLOGICAL[kind]
    check_places(read_plan(source), source)
