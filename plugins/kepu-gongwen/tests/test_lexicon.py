"""A city's own words, and files that are faulty."""

import re
import tomllib
from importlib.resources import files

import pytest

from kepu_core.domain.audience import Audience
from kepu_core.domain.errors import InvalidData
from kepu_core.domain.plan import ActionRole, UnitRole
from kepu_gongwen.lexicon import builtin_lexicon, read_lexicon
from kepu_gongwen.parse import read_plan

TEXT = "2024年某市科普工作要点\n一、主要任务\n"


@pytest.fixture
def lexicon(tmp_path):
    """Makes a lexicon of a city's words."""

    def make(text):
        path = tmp_path / "city.toml"
        path.write_text(text, encoding="utf-8")
        return read_lexicon(path)

    return make


def both(text, lexicon):
    """The last task as it is read without and with a city's words; ``None`` if there is none."""
    return [(read_plan(TEXT + text, words).items or [None])[-1] for words in (None, lexicon)]


def test_a_new_word_for_an_audience(lexicon):
    words = lexicon('[audiences]\nyouth = "红领巾"\n')
    without, with_it = both("面向红领巾开展活动。\n", words)
    assert (without.audiences, with_it.audiences) == ([], [Audience.YOUTH])


def test_a_new_word_that_means_nobody(lexicon):
    words = lexicon('[audiences]\nexcept = "学生街"\n')
    without, with_it = both("在学生街开展活动。\n", words)
    assert (without.audiences, with_it.audiences) == ([Audience.YOUTH], [])


def test_a_new_label(lexicon):
    words = lexicon('[units]\nlabels = "主理方"\nlead = "主理"\n')
    without, with_it = both("举办科普大赛。\n主理方：甲局\n", words)
    assert without.units == []
    assert [(u.text, u.kind) for u in with_it.units] == [("甲局", UnitRole.LEAD)]


def test_a_new_event_noun(lexicon):
    words = lexicon('[programmes]\nstrong = "科普庙会"\n')
    without, with_it = both("举办海珠科普庙会。\n", words)
    assert without.programmes == []
    assert [p.text for p in with_it.programmes] == ["海珠科普庙会"]


def test_a_new_verb_and_its_role(lexicon):
    words = lexicon('[verbs]\ntask = "摆摊"\n[roles]\nhost = "摆摊"\n')
    without, with_it = both("摆摊迎春花市。\n", words)
    assert without is None
    assert (with_it.verbs, with_it.roles) == (["摆摊"], [ActionRole.HOST])


def test_a_new_end_of_organisations(lexicon):
    words = lexicon('[organisations]\nendings = "道场"\n')
    without, with_it = both("积极联合镇海道场、岭南道场举办大赛。\n", words)
    assert [p.text for p in with_it.partners] == ["镇海道场", "岭南道场"]
    assert without.partners != with_it.partners


def test_a_new_title_without_tasks(lexicon):
    words = lexicon('[sections]\nnone = "活动缘起"\n')
    text = "2024年某市科普活动方案\n一、活动缘起\n开展活动。\n"
    assert len(read_plan(text).items) == 1
    assert read_plan(text, words).items == []


def test_a_new_heading_of_a_column(lexicon):
    words = lexicon('[columns]\nlead = "操盘手"\n')
    text = "2024年某市科普任务分解表\n任务\t单位类别\t操盘手\n举办科普大赛\t一类\t甲局\n"
    assert UnitRole.LEAD not in [u.kind for u in read_plan(text).items[0].units]
    assert ("甲局", UnitRole.LEAD) in [(u.text, u.kind) for u in read_plan(text, words).items[0].units]


def test_more_words_leave_the_others_as_they_are(lexicon):
    words = lexicon('[audiences]\nyouth = "红领巾"\n')
    assert set(words.of("audiences", "youth")) == {*builtin_lexicon().of("audiences", "youth"), "红领巾"}
    assert words.of("verbs", "task") == builtin_lexicon().of("verbs", "task")
    assert "红领巾" not in builtin_lexicon().audiences


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('[audiences\nyouth = "甲"', "line 1"),
        ('[audience]\nyouth = "甲"\n', "audience"),
        ('[audiences]\nmartians = "甲"\n', "martians"),
        ('[audiences]\nyouth = ["甲"]\n', "audiences.youth"),
        ('words = "甲"\n', "words"),
    ],
)
def test_a_faulty_file_is_a_clear_error(lexicon, text, told):
    with pytest.raises(InvalidData) as error:
        lexicon(text)
    (finding,) = error.value.findings
    assert finding.code == "gongwen.lexicon"
    assert "city.toml" in str(error.value)
    assert told in str(error.value)


@pytest.mark.parametrize("data", ["[audiences]\nyouth = '甲'".encode("utf-16"), None])
def test_a_file_that_cannot_be_read_is_one_too(tmp_path, data):
    path = tmp_path / "city.toml"
    if data is not None:
        path.write_bytes(data)
    with pytest.raises(InvalidData, match=r"city\.toml"):
        read_lexicon(path)


def test_the_words_that_come_along_are_each_told_once_and_in_one_form():
    text = files("kepu_gongwen").joinpath("data/lexicon.toml").read_text("utf-8")
    for section, names in tomllib.loads(text).items():
        for name, words in names.items():
            found = words.split()
            assert len(found) == len(set(found)), (section, name)
            assert found, (section, name)


def test_every_entry_says_what_it_is_for():
    text = files("kepu_gongwen").joinpath("data/lexicon.toml").read_text("utf-8")
    groups = re.split(r"\n(?=\[)", text)[1:]
    for group in groups:
        assert re.match(r"\[\w+\]\n#", group), group[:40]


def test_words_with_which_a_task_begins_need_no_second_entry():
    words = builtin_lexicon()
    assert not set(words.of("verbs", "task")) & set(words.of("verbs", "other"))
    assert set(words.of("verbs", "strong")) <= set(words.of("verbs", "other"))
    assert set(words.of("verbs", "weak")) | set(words.of("verbs", "needing")) <= set(words.of("verbs", "task"))
    assert all(words.verb.match(w) for w in words.of("verbs", "none"))
