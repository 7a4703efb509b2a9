"""The official layout has the figures of GB/T 9704-2012, and everything stands where the standard wants it."""

import datetime as dt
from itertools import pairwise

import pytest
from word_kit import MM, SOFFICE, grid, number, pdf_of, read, said, section, text_of, told, w, written

from kepu_core.report import Fact

OFFICIAL = {"layout": "official"}
NARROW, WIDE = grid(2, [(1, 2)], "窄表"), grid(9, [range(9)] * 3, "宽表")
LONG = told(section("甲", said("字" * 3000)))


def page(found):
    properties = found.sections()[-1]
    size, margins = properties.find(w("pgSz")), properties.find(w("pgMar"))
    return {k.split("}")[1]: int(v) for e in (size, margins) for k, v in e.items() if v.isdigit()}


def close(twips, mm, within=0.2):
    return abs(twips / MM - mm) <= within


def test_the_page_is_that_of_the_standard():
    """A4, 37 mm above, 28 mm at the binding, and a type area of 156 × 225 mm; the binding is inside on both sides."""
    found = read(LONG, **OFFICIAL)
    p = page(found)
    assert close(p["w"], 210)
    assert close(p["h"], 297)
    assert close(p["top"], 37)
    assert close(p["left"], 28)
    assert close(p["w"] - p["left"] - p["right"], 156)
    assert close(p["h"] - p["top"] - p["bottom"], 225)
    assert found.xml["word/settings.xml"].find(w("mirrorMargins")) is not None


def test_the_grid_has_22_lines_of_28_characters():
    """The pitches of the grid fit so often into the type area, and not once more."""
    found = read(LONG, **OFFICIAL)
    p = page(found)
    grid_of = found.sections()[-1].find(w("docGrid"))
    assert grid_of.get(w("type")) == "linesAndChars"
    size = number(found.styles["Normal"], "rPr/sz", "val") / 2
    character = (size + int(grid_of.get(w("charSpace"))) / 4096) * 20
    line = int(grid_of.get(w("linePitch")))
    assert (p["h"] - p["top"] - p["bottom"]) // line == 22
    assert (p["w"] - p["left"] - p["right"]) // character == 28


FONTS = {
    "Title": ("方正小标宋简体", 22),
    "Normal": ("仿宋_GB2312", 16),
    "BodyText": ("仿宋_GB2312", 16),
    "Heading1": ("黑体", 16),
    "Heading2": ("楷体_GB2312", 16),
    "Heading3": ("仿宋_GB2312", 16),
    "Heading4": ("仿宋_GB2312", 16),
    "KepuAttachment": ("黑体", 16),
    "KepuImprint": ("仿宋_GB2312", 14),
    "Footer": ("宋体", 14),
}


@pytest.mark.parametrize("name", FONTS)
def test_fonts_and_sizes(name):
    """Each element has its font for Chinese and its size; none is bold; each font has others to stand in for it."""
    found = read(LONG, **OFFICIAL)
    style = found.styles[name].find(w("rPr"))
    assert (style.find(w("rFonts")).get(w("eastAsia")), int(style.find(w("sz")).get(w("val"))) / 2) == FONTS[name]
    assert style.find(w("b")).get(w("val")) == "0"
    others = {f.get(w("name")): f.find(w("altName")).get(w("val")) for f in found.xml["word/fontTable.xml"]}
    assert others[FONTS[name][0]]


def test_headings_are_numbered_by_level():
    """一、（一）1.（1）in styles that Word knows as headings; a heading that brings its number keeps it."""
    report = told(
        section("甲", section("乙", section("丙", section("丁", said("文")))), section("戊")),
        section("三、己"),
        *(section(f"第{n}节") for n in range(3, 12)),
    )
    found = read(report, language="zh", **OFFICIAL)
    levels = [found.texts(f"Heading{n}") for n in range(1, 5)]
    assert levels[0][:3] == ["一、甲", "三、己", "三、第3节"]
    assert levels[0][-1] == "十一、第11节"
    assert levels[1:] == [["（一）乙", "（二）戊"], ["1.丙"], ["（1）丁"]]
    for n in range(1, 5):
        style = found.styles[f"Heading{n}"]
        assert style.find(w("name")).get(w("val")) == f"heading {n}"
        assert number(style, "pPr/outlineLvl", "val") == n - 1
        assert number(style, "pPr/ind", "firstLineChars") == 200
    english = read(report, language="en", **OFFICIAL)
    assert english.texts("Heading2") == ["1.1. 乙", "1.2. 戊"]


def test_a_paragraph_begins_two_characters_in():
    """And goes on at the edge, on lines of one height."""
    style = read(LONG, **OFFICIAL).styles["BodyText"]
    assert number(style, "pPr/ind", "firstLineChars") == 200
    assert style.find(f"{w('pPr')}/{w('spacing')}").get(w("lineRule")) == "exact"


def footers(found, section_number):
    relations = {r.get("Id"): r.get("Target") for r in found.xml["word/_rels/document.xml.rels"]}
    properties = found.sections()[section_number]
    ident = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
    return {
        e.get(w("type")): found.xml[f"word/{relations[e.get(ident)]}"] for e in properties.findall(w("footerReference"))
    }


def test_page_numbers_stand_outside_between_dashes():
    """— 1 — as a field: on odd pages one character from the right, on even ones from the left."""
    found = read(LONG, **OFFICIAL)
    assert found.xml["word/settings.xml"].find(w("evenAndOddHeaders")) is not None
    both = footers(found, 0)
    for kind, side in (("default", "right"), ("even", "left")):
        footer = both[kind].find(w("p"))
        assert text_of(footer) == "— 1 —"
        assert [e.text.strip() for e in footer.iter(w("instrText"))] == ["PAGE"]
        assert footer.find(f"{w('pPr')}/{w('jc')}").get(w("val")) == side
        assert number(footer, "pPr/ind", f"{side}Chars") == 100


def test_wide_tables_are_attached_on_turned_pages():
    """The text says where they are, the list of attachments names them, each begins on a page of its own."""
    report = told(section("甲", NARROW), section("乙", WIDE), section("丙", section("丁", WIDE)))
    found = read(report, language="zh", **OFFICIAL)
    assert found.texts("Heading1") == ["一、甲", "二、乙", "三、丙", "一、丁"]
    assert "见附件1。" in found.texts()
    assert "见附件2。" in found.texts()
    assert found.texts("KepuFlush") == ["附件：1.乙", "2.丙"]
    assert found.texts("KepuAttachment") == ["附件1", "附件2"]
    assert all(p.find(f"{w('pPr')}/{w('pageBreakBefore')}") is not None for _, p in found.paragraphs("KepuAttachment"))
    turned = [s.find(w("pgSz")).get(w("orient")) == "landscape" for s in found.sections()]
    assert turned == [False, True]
    # The number stands in the margin at the left, sideways: where it is on the other pages.
    for footer in footers(found, 1).values():
        assert footer.find(f".//{w('textDirection')}").get(w("val")) == "tbRl"
        assert text_of(footer) == "— 1 —"


def test_one_attachment_has_no_number():
    found = read(told(section("甲", said("文")), section("乙", WIDE)), language="zh", **OFFICIAL)
    assert found.texts("KepuFlush") == ["附件：乙"]
    assert found.texts("KepuAttachment") == ["附件"]
    assert "见附件。" in found.texts()


def indent(found, style, n, side):
    return number(found.paragraphs(style)[n][1], "pPr/ind", f"{side}Chars") / 100


@pytest.mark.parametrize(
    ("name", "day", "right"),
    [
        ("广东省科学技术协会", dt.date(2021, 4, 13), (2, 2.5)),  # the day begins two characters behind the name
        ("某科协", dt.date(2021, 12, 31), (8, 2)),  # the day is longer: it stands two from the edge, the name follows
    ],
)
def test_who_signs_and_when(name, day, right):
    """Without a seal: the name two characters from the edge, the day below it two characters further in."""
    found = read(LONG, language="zh", issuer=name, issued_on=day, **OFFICIAL)
    shown = f"{day.year}年{day.month}月{day.day}日"
    assert found.texts("KepuSignature") == [name, shown]
    assert (indent(found, "KepuSignature", 0, "right"), indent(found, "KepuSignature", 1, "right")) == right


def test_head_and_foot():
    """The mark of the issuer in red, the number above a red line, title, addressees; at the end who gets a copy."""
    head = {
        "masthead": "某省科协文件",
        "document_number": "某科协〔2021〕2号",
        "addressees": "各市科协",
        "copied_to": "省科技厅",
    }
    found = read(LONG, language="zh", **head, **OFFICIAL)
    assert found.texts("KepuMark") == ["某省科协文件"]
    assert found.styles["KepuMark"].find(f"{w('rPr')}/{w('color')}").get(w("val")) == "FF0000"
    ((shown, line),) = found.paragraphs("KepuNumber")
    assert shown == "某科协〔2021〕2号"
    assert line.find(f"{w('pPr')}/{w('pBdr')}/{w('bottom')}").get(w("color")) == "FF0000"
    assert found.texts("KepuFlush") == ["各市科协："]
    assert found.texts("KepuImprint") == ["抄送：省科技厅。"]
    order = [s for s, _ in found.paragraphs()]
    places = [order.index(s) for s in ("KepuMark", "KepuNumber", "Title", "KepuFlush", "Heading1", "KepuImprint")]
    assert all(a < b for a, b in pairwise(places))


def test_facts_with_places_of_their_own_stand_there_only():
    """What the report says of its number, issuer and day is used, and not told again among the facts."""
    facts = (
        Fact(key="issuer", label=told().title, value="某科协"),
        Fact(key="issued_on", label=told().title, value=dt.date(2021, 4, 1)),
        Fact(key="count", label=told().title, value=7),
    )
    found = read(told(section("甲"), facts=facts), language="zh", **OFFICIAL)
    assert found.texts("KepuSignature") == ["某科协", "2021年4月1日"]
    assert found.texts("KepuCell") == ["报告", "7"]


def test_an_official_document_is_black():
    """But for the mark of the issuer and its line, no text has a colour, and rows no background."""
    found = read(told(section("甲", grid(2, [(1, 2)], tones=()))), **OFFICIAL)
    colours = {c.get(w("val")) for c in found.body.iter(w("color"))}
    assert colours == set()
    assert list(found.body.iter(w("shd"))) == []


@pytest.mark.skipif(SOFFICE is None, reason="LibreOffice is not installed")
def test_printed_pages_hold_22_lines_of_28_characters(tmp_path):
    """As another program lays it out: lines and characters on a full page are counted."""
    pdfplumber = pytest.importorskip("pdfplumber")
    with pdfplumber.open(pdf_of(written(LONG, **OFFICIAL), tmp_path)) as pdf:
        assert (round(float(pdf.pages[1].width) / 72 * 25.4), round(float(pdf.pages[1].height) / 72 * 25.4)) == (
            210,
            297,
        )
        lines = {}
        for char in pdf.pages[1].chars:
            if char["text"] == "字":
                lines.setdefault(round(char["top"]), []).append(char)
    assert len(lines) == 22
    assert {len(line) for line in lines.values()} == {28}
    edges = [min(c["x0"] for c in line) for line in lines.values()]
    assert max(edges) - min(edges) < 1
