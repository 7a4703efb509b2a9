"""Names of events and projects in a task."""

import pytest

from kepu_gongwen.lexicon import builtin_lexicon
from kepu_gongwen.naming import edition_of, is_named
from kepu_gongwen.programmes import programmes_in

WORDS = builtin_lexicon()


def names(text):
    return [text[a:b] for a, b, _ in programmes_in(text, WORDS)]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("办好第36届某省青少年科技创新大赛", ["第36届某省青少年科技创新大赛"]),
        ("举办2024年某市科普讲解大赛", ["2024年某市科普讲解大赛"]),
        ("组织开展好全国科普日活动", ["全国科普日活动"]),
        ("实施“科学之光”行动", ["“科学之光”行动"]),
        ("开展“院士进校园”", []),
        ("开展“科学课堂”“科学影院”等系列活动", ["“科学课堂”", "“科学影院”"]),
        ("举办甲乙大赛和第3届丙丁论坛", ["甲乙大赛", "第3届丙丁论坛"]),
        ("举办青少年机器人竞赛、科学影像节", ["青少年机器人竞赛", "科学影像节"]),
        ("组织参加一系列青少年机器人竞赛", ["青少年机器人竞赛"]),
        ("5月举办青少年机器人竞赛", ["青少年机器人竞赛"]),
        ("举办第3届机器人竞赛决赛", ["第3届机器人竞赛决赛"]),
        ("参加第9届科普创新实验大赛某某赛区", ["第9届科普创新实验大赛某某赛区"]),
        ("举办第3期科技教师培训班", ["第3期科技教师培训班"]),
        ("开展文化科技卫生“三下乡”活动", ["文化科技卫生“三下乡”活动"]),
        ("实施科技馆进校园活动", ["科技馆进校园活动"]),
        ("实施基层科普行动计划", ["基层科普行动计划"]),
        ("举办全国科普日暨科技周启动仪式", ["全国科普日暨科技周启动仪式"]),
    ],
)
def test_a_name(text, found):
    assert names(text) == found


@pytest.mark.parametrize(
    "text",
    [
        "开展系列科普活动",
        "举办各类竞赛",
        "开展科普宣传活动",
        "推进重点项目",
        "开展赛事",
        "制定年度工作计划",
        "计划生育",
        "落实《某某行动计划》",
        "结合世界环境日开展宣传",
        "报送活动方案",
        "改造场馆项目",
        "举办决赛",
        "开展全省活动",
    ],
)
def test_what_names_nothing(text):
    assert names(text) == []


@pytest.mark.parametrize(
    ("name", "edition"),
    [
        ("第36届大赛", 36),
        ("第三十六届大赛", 36),
        ("第 5 次", 5),
        ("第21个全国科普日", 21),
        ("首届大赛", 1),
        ("第三届全体会议", None),
        ("第3个方面", None),
        ("大赛", None),
    ],
)
def test_an_edition(name, edition):
    assert edition_of(name) == edition


@pytest.mark.parametrize(
    ("name", "noun", "is_one"),
    [
        ("第3届大赛", "大赛", True),
        ("“科普”活动", "活动", True),
        ("世界气象日", "气象日", True),
        ("科普日", "科普日", False),
        ("全国科普日", "科普日", True),
        ("省级竞赛", "竞赛", False),
        ("音乐会", "音乐会", False),
        ("某某省科普活动", "活动", False),
        ("2024年某某省科普活动", "活动", True),
        ("有关人员培养计划", "计划", False),
    ],
)
def test_whether_words_before_a_noun_make_a_name(name, noun, is_one):
    assert is_named(name, noun, WORDS) is is_one
