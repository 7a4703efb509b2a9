"""Findings, errors and texts: codes are stable, wording is bilingual."""

import pickle
import string
import sys
import threading
from pathlib import Path

import pytest

import kepu_core as kepu
from kepu_core.domain.errors import KepuError
from kepu_core.domain.frozen import FrozenDict, freeze
from kepu_core.language import current_language

sys.path.insert(0, str(Path(__file__).parents[2] / "docs"))
import generate

PROBLEMS = generate.problems()


def names(template):
    return {field for _, field, _, _ in string.Formatter().parse(template) if field}


@pytest.mark.parametrize("code", sorted(PROBLEMS))
def test_every_problem_is_worded_in_both_languages(code):
    """Both wordings of a problem name the same things; its code is dotted and lower case."""
    problem, _ = PROBLEMS[code]
    assert names(problem.message.zh) == names(problem.message.en)
    assert problem.mend.zh
    assert problem.mend.en
    assert code == code.lower()
    assert "." in code
    assert " " not in code


def test_the_reference_pages_are_up_to_date():
    """The pages that are derived from the code say what the code says."""
    assert generate.stale() == []


def test_errors_carry_findings_and_survive_pickling():
    """An error is its findings; it can be sent to another process."""
    with pytest.raises(kepu.InvalidData) as caught:
        kepu.Base(id="b", name="", kind="venue", region="x")
    again = pickle.loads(pickle.dumps(caught.value))
    assert (type(again), again.findings, str(again)) == (kepu.InvalidData, caught.value.findings, str(caught.value))
    assert isinstance(again, (KepuError, ValueError))
    assert again.mend == again.findings[0].mend


def test_long_lists_of_findings_are_cut_in_the_text_only():
    """The text shows the first findings and counts the rest; the error holds them all."""
    finding = kepu.Problem("x.y", kepu.Text("错", "wrong"), kepu.Text("改", "mend")).finding()
    error = kepu.InvalidData([finding] * 50)
    assert len(error.findings) == 50
    assert str(error).endswith("… and 30 more")


def test_a_missing_thing_is_a_key_error_with_a_readable_text():
    """NotFound is a KeyError that does not show quotes around its text."""
    error = kepu.NotFound(kepu.Problem("x.y", kepu.Text("无", "none"), kepu.Text("找", "look")).finding())
    assert isinstance(error, KeyError)
    assert str(error) == "[x.y] none → look"


@pytest.mark.parametrize(
    ("kepu_lang", "lang", "expected"),
    [("zh", "en_US.UTF-8", "zh"), ("en", "zh_CN.UTF-8", "en"), ("", "zh_CN.UTF-8", "zh"), ("", "de_DE.UTF-8", "en")],
)
def test_the_language_follows_the_environment(monkeypatch, kepu_lang, lang, expected):
    """KEPU_LANG decides, else the locale, else English."""
    monkeypatch.setenv("KEPU_LANG", kepu_lang)
    monkeypatch.setenv("LC_ALL", lang)
    assert current_language() == expected


def test_the_language_of_a_block_is_that_of_its_thread():
    """use_language does not change what other threads speak."""
    heard = []
    with kepu.use_language("zh"):
        thread = threading.Thread(target=lambda: heard.append(current_language()))
        thread.start()
        thread.join()
        assert current_language() == "zh"
    assert heard == ["en"]


def test_texts_are_filled_in_both_languages():
    """A text among the values, and a list of them, stay bilingual."""
    text = kepu.Text("{a}：{b}", "{a}: {b}").format(a=kepu.Text("甲", "A"), b=(kepu.Text("乙", "B"), 3))
    assert (text.zh, text.en) == ("甲：乙、3", "A: B, 3")


def test_frozen_mappings():
    """A frozen mapping compares by value, can be hashed and pickled, and refuses change."""
    one = freeze({"b": [1, {"c": 2}], "a": None})
    assert one == {"a": None, "b": (1, FrozenDict(c=2))}
    assert pickle.loads(pickle.dumps(one)) == one
    assert list(one) == ["a", "b"]
    assert len(one) == 2
    assert one != 5
    with pytest.raises(AttributeError):
        one.x = 1
    with pytest.raises(TypeError):
        one["a"] = 1
