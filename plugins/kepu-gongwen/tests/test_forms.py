"""The same document written in other ways: broken by a PDF, in traditional characters, in wide digits."""

import re
import unicodedata

import pytest
from opencc import OpenCC
from scores import f1, names, text_of

from kepu_gongwen.glyphs import canonical
from kepu_gongwen.parse import read_plan

TO_TRADITIONAL = OpenCC("s2t")


def one_by_one(text):
    """Traditional characters, each for one."""
    made = {c: TO_TRADITIONAL.convert(c) for c in set(text)}
    return "".join(made[c] if len(made[c]) == 1 else c for c in text)


def wrapped(text, width=32):
    """Lines broken anywhere, page numbers between them."""
    lines = []
    for line in text.split("\n"):
        pieces = [line] if "\t" in line else [line[k : k + width] for k in range(0, len(line), width)] or [line]
        for piece in pieces:
            lines.append(piece)
            if len(lines) % 24 == 0:
                lines.append(f"— {len(lines) // 24} —")
    return "\n".join(lines)


FORMS = {
    "traditional": one_by_one,
    "wide digits": lambda t: t.translate(str.maketrans("0123456789", "０１２３４５６７８９")),
    "narrow marks": lambda t: t.translate(str.maketrans("，；：（）", ",;:()")),
    "blank lines": lambda t: t.replace("\n", "\n\n"),
    "indented": lambda t: "\n".join(f"　　{line}" if line else line for line in t.split("\n")),
    "line ends of Windows": lambda t: t.replace("\n", "\r\n"),
    "broken lines": wrapped,
}
EXACT = {"wide digits", "narrow marks", "blank lines", "indented", "line ends of Windows"}


def found_in(text):
    draft = read_plan(text)
    return {_same(i.text) for i in draft.items}, {(s.number, _same(s.heading)) for s in draft.sections}


def _same(text):
    return re.sub(r"\s|— \d+ —", "", unicodedata.normalize("NFKC", canonical(text)))


@pytest.mark.parametrize("form", FORMS)
def test_the_same_in_another_form(form):
    hits = predicted = wanted = 0
    for name in names():
        if form == "broken lines" and re.search("^[—-] ?2 ?[—-]$", text_of(name), re.MULTILINE):
            continue  # broken already
        items, sections = found_in(text_of(name))
        others, headings = found_in(FORMS[form](text_of(name)))
        if form in EXACT:
            assert others == items, name
            assert headings == sections, name
        hits, predicted, wanted = hits + len(items & others), predicted + len(others), wanted + len(items)
    assert f1(hits, predicted, wanted) >= (1 if form in EXACT else 0.97)


def test_where_lines_are_lost_nothing_is_sure():
    text = wrapped(text_of("tongan-2023-yaodian"), 20)
    draft = read_plan(text)
    assert "lines" in draft.doubts
    assert draft.confidence <= 0.7
    assert max(i.confidence for i in draft.items) <= 0.8
