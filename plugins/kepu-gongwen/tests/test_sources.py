"""The text of a file: exactly what is in a text, and line by line what is in a page, a Word document or a PDF."""

import pytest
from docx import Document
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls
from gongwen_samples import PLAN, TABLE, add_list, add_number, numbered, pdf, saved, word
from hypothesis import given
from hypothesis import strategies as st

from kepu_gongwen.sources import Limits, text_of
from kepu_gongwen.sources_numbering import _written

W = nsdecls("w")


def code(source):
    assert not source.ok
    assert source.text == ""
    return source.findings[0].code


# Texts


def test_a_text_is_given_exactly_as_it_is():
    """Line ends and wide blanks stay, so that places are those of the file's own text."""
    text = "一、做好\r\n\u3000\u3000（一）开展\t活动\r\n"
    assert text_of(text.encode(), ".txt").text == text


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-16-le", "utf-16-be", "gb18030"])
def test_encodings_are_told_apart(encoding):
    """UTF-8, UTF-16 with and without a mark, and GB18030 give the same text."""
    source = text_of(PLAN.encode(encoding), ".txt")
    assert source.text == PLAN
    assert [f.code for f in source.findings] == (["gongwen.encoding"] if encoding == "gb18030" else [])


def test_the_encoding_named_is_taken():
    """What is said goes before what is guessed; an encoding that does not fit, or does not exist, is told."""
    assert text_of("計畫".encode("big5"), ".txt", "big5").text == "計畫"
    assert code(text_of("计划".encode(), ".txt", "ascii")) == "gongwen.not-text"
    assert code(text_of(b"x", ".txt", "no-such")) == "gongwen.not-text"
    assert code(text_of(b"x", ".txt", "zlib")) == "gongwen.not-text"


def test_what_is_no_text_is_refused():
    """Binary data, and nothing at all."""
    assert code(text_of(bytes(range(256)), ".txt")) == "gongwen.not-text"
    assert code(text_of(b"", ".txt")) == "gongwen.no-text"
    assert code(text_of("\u3000\n\ufeff".encode(), ".txt")) == "gongwen.no-text"


def test_markdown_keeps_its_places():
    """Marks become blanks of the same length, cells stand between tabs."""
    raw = "# 要点\n## 一、**做好**活动\n| 序号 | 任务 |\n|---|:--|\n| 1 | 办赛 |\n"
    text = text_of(raw.encode(), ".md").text
    assert len(text) == len(raw)
    assert text.find("做好") == raw.find("做好")
    assert [line.split() for line in text.splitlines()] == [
        ["要点"],
        ["一、", "做好", "活动"],
        ["序号", "任务"],
        [],
        ["1", "办赛"],
    ]
    assert text.splitlines()[2].count("\t") == 1


@given(st.text(st.characters(exclude_categories=["Cc", "Cs"]) | st.sampled_from("\n\t#*_`| -")))
def test_markdown_never_changes_its_length(raw):
    """Whatever the marks are."""
    source = text_of(raw.encode(), ".md")
    if source.ok:
        assert len(source.text) == len(raw)


# Pages


def test_blocks_of_a_page_are_lines():
    """Paragraphs, divisions, headings, list items and line breaks end lines; what is written inline does not."""
    page = "<title>要点</title><h1>一、<b>做好</b>\n 活动</h1><div>甲<p>乙</p>丙</div><ul><li>丁<li>戊</ul>己<br>庚"
    assert text_of(page.encode(), ".html").text == "一、做好 活动\n甲\n乙\n丙\n丁\n戊\n己\n庚\n"


def test_what_is_not_shown_is_left_out():
    """Scripts, styles, menus, comments and hidden elements."""
    page = (
        "<nav>菜单</nav><script>var a='脚本'</script><style>p{}</style><!-- 注释 --><p hidden>隐</p>"
        "<p style='display: none'>藏</p><noscript>无</noscript><p>正文</p><footer>版权</footer>"
    )
    assert text_of(page.encode(), ".htm").text == "正文\n"


def test_tables_of_a_page_are_rows():
    """Cells stand between tabs; a cell that reaches over others is written once."""
    page = (
        "<table><tr><th>序号<th>任务<th colspan=2>单位</tr><tr><td rowspan=2>1<td>甲<br>乙<td>丙<td>丁</tr>"
        "<tr><td>戊<td>己<td>庚</tr></table>"
    )
    assert text_of(page.encode(), ".html").text == "序号\t任务\t单位\t\n1\t甲 乙\t丙\t丁\n\t戊\t己\t庚\n"


def test_a_table_that_arranges_the_page_is_no_table():
    """One that holds a table, has one column, or has a cell with a whole document."""
    assert text_of(b"<table><tr><td><p>a</p><p>b</p></table>", ".html").text == "a\nb\n"
    long = "<table><tr><td>菜单<td>" + "<p>一段话。</p>" * 900 + "</table>"
    assert "\t" not in text_of(long.encode(), ".html").text
    nested = "<table><tr><td>a<td><table><tr><td>b<td>c</table></table>"
    assert text_of(nested.encode(), ".html").text == "a\nb\tc\n"


@pytest.mark.parametrize("head", ["<meta charset=gb2312>", "<meta http-equiv=x content='text/html; charset=GBK'>", ""])
def test_the_encoding_of_a_page(head):
    """What it says of itself, for the characters of its successors as well; else what fits."""
    assert text_of(f"{head}<p>镕基</p>".encode("gb18030"), ".html").text == "镕基\n"


def test_a_page_in_another_encoding_than_it_says():
    """Is read in the one that fits."""
    assert text_of("<meta charset=ascii><p>要点</p>".encode(), ".html").text == "要点\n"


# Word


def test_paragraphs_and_tables_in_their_order():
    """Each paragraph and each row is a line; lines in a cell are joined by a blank."""

    def make(document):
        table = document.add_table(2, 2)
        for r, row in enumerate((("序号", "任务"), ("1", "甲\n乙"))):
            for c, text in enumerate(row):
                table.rows[r].cells[c].text = text
        document.add_paragraph("后文")

    assert text_of(word("前文", "", make=make), ".docx").text == "前文\n\n序号\t任务\n1\t甲 乙\n后文\n"


def test_merged_cells():
    """A cell that reaches down or across is written once, and is empty where it covers others."""

    def make(document):
        table = document.add_table(3, 3)
        for r in range(3):
            for c in range(3):
                table.rows[r].cells[c].text = f"{r}{c}"
        table.rows[0].cells[0].merge(table.rows[0].cells[1]).text = "横"
        table.rows[1].cells[2].merge(table.rows[2].cells[2]).text = "竖"

    source = text_of(word("表", make=make), ".docx")
    assert source.text == "表\n横\t\t02\n10\t11\t竖\n20\t21\t\n"
    assert source.merged == {len(source.text) - 1}


def test_numbers_that_word_displays():
    """Automatic numbers stand in the text: levels count by themselves and begin anew under each higher one."""
    document = Document()
    ident = add_list(document, ("chineseCounting", "%1、"), ("chineseCounting", "（%2）"), ("decimal", "%3."))
    for text, level in (("甲", 0), ("乙", 1), ("丙", 2), ("丁", 2), ("戊", 1), ("己", 0), ("庚", 1), ("辛", 2)):
        numbered(document, text, ident, level)
    lines = text_of(saved(document), ".docx").text.splitlines()
    assert lines == ["一、甲", "（一）乙", "1. 丙", "2. 丁", "（二）戊", "二、己", "（一）庚", "1. 辛"]


def test_lists_share_their_count_until_one_says_otherwise():
    """Two lists of one definition go on with each other; one with a start of its own begins there."""
    document = Document()
    first = add_list(document, ("decimal", "%1."))
    second = add_number(document, 91, 90)
    third = add_number(document, 92, 90, {0: 7})
    for text, ident in (("a", first), ("b", second), ("c", third), ("d", third)):
        numbered(document, text, ident)
    assert text_of(saved(document), ".docx").text == "1. a\n2. b\n7. c\n8. d\n"


def test_numbers_of_higher_levels_in_lower_ones():
    """``%1.%2`` shows both; a legal level shows them in digits."""
    document = Document()
    ident = add_list(document, ("chineseCounting", "第%1条"), ("decimal", "%1.%2"))
    level = document.part.numbering_part.element.findall(".//{*}lvl")[1]
    level.append(parse_xml(f"<w:isLgl {W}/>"))
    numbered(document, "甲", ident)
    numbered(document, "乙", ident, 1)
    assert text_of(saved(document), ".docx").text == "第一条甲\n1.1 乙\n"


def test_numbers_from_styles():
    """A paragraph is numbered by its style, or by the one that the style is based on; 0 takes the number away."""
    document = Document()
    ident = add_list(document, ("chineseCounting", "%1、"))
    style = document.styles["Heading 1"]
    style.element.get_or_add_pPr().append(parse_xml(f'<w:numPr {W}><w:numId w:val="{ident}"/></w:numPr>'))
    own = document.styles.add_style("Own", 1)
    own.base_style = style
    document.add_paragraph("甲", style="Heading 1")
    document.add_paragraph("乙", style="Own")
    numbered(document, "丙", 0).style = own
    document.add_paragraph("丁", style="Own")
    assert text_of(saved(document), ".docx").text == "一、甲\n二、乙\n丙\n三、丁\n"


def test_bullets_and_empty_paragraphs_have_no_number():
    """A bullet is no number; an empty paragraph of a list shows nothing."""
    document = Document()
    bullets = add_list(document, ("bullet", "\uf0b7"))
    numbers = add_list(document, ("decimal", "%1、"), number=80)
    numbered(document, "甲", bullets)
    numbered(document, "", numbers)
    numbered(document, "乙", numbers)
    assert text_of(saved(document), ".docx").text.splitlines() == ["甲", "", "2、乙"]


@pytest.mark.parametrize(
    ("value", "form", "written"),
    [
        (1, "chineseCounting", "一"),
        (10, "chineseCounting", "十"),
        (11, "chineseCountingThousand", "十一"),
        (20, "japaneseCounting", "二十"),
        (105, "chineseCounting", "一百零五"),
        (110, "chineseCounting", "一百一十"),
        (3, "chineseLegalSimplified", "叁"),
        (10, "ideographDigital", "一〇"),
        (2, "ideographTraditional", "乙"),
        (3, "ideographZodiac", "寅"),
        (5, "decimalEnclosedCircle", "⑤"),
        (21, "decimalEnclosedCircleChinese", "21"),
        (4, "decimalFullWidth", "４"),
        (4, "decimalZero", "04"),
        (6, "decimalEnclosedParen", "（6）"),
        (28, "upperLetter", "BB"),
        (3, "lowerLetter", "c"),
        (9, "lowerRoman", "ix"),
        (14, "upperRoman", "XIV"),
        (7, "noSuchForm", "7"),
    ],
)
def test_forms_of_numbers(value, form, written):
    """Each of Word's forms that documents use; another one is written in digits."""
    assert _written(value, form) == written


def test_revisions():
    """What was deleted is gone, what was inserted is there; a paragraph whose end was deleted goes on."""
    document = Document()
    paragraph = document.add_paragraph("甲")
    for xml in (
        f"<w:ins {W}><w:r><w:t>乙</w:t></w:r></w:ins>",
        f"<w:del {W}><w:r><w:delText>丙</w:delText></w:r></w:del>",
        f"<w:moveFrom {W}><w:r><w:t>丁</w:t></w:r></w:moveFrom>",
        f"<w:moveTo {W}><w:r><w:t>戊</w:t></w:r></w:moveTo>",
    ):
        paragraph._p.append(parse_xml(xml))
    first = document.add_paragraph("一行")
    first._p.get_or_add_pPr().append(parse_xml(f"<w:rPr {W}><w:del/></w:rPr>"))
    document.add_paragraph("到底")
    table = document.add_table(2, 2)
    for row, name in zip(table.rows, "留去", strict=True):
        for cell in row.cells:
            cell.text = name
    table.rows[1]._tr.get_or_add_trPr().append(parse_xml(f"<w:del {W}/>"))
    assert text_of(saved(document), ".docx").text == "甲乙戊\n一行到底\n留\t留\n"


def test_what_stands_in_other_elements():
    """Links, content controls and fields belong to the text; hidden text does not; breaks of pages are none of lines."""
    document = Document()
    paragraph = document.add_paragraph("甲")
    for xml in (
        f"<w:hyperlink {W}><w:r><w:t>乙</w:t></w:r></w:hyperlink>",
        f"<w:sdt {W}><w:sdtContent><w:r><w:t>丙</w:t></w:r></w:sdtContent></w:sdt>",
        f"<w:r {W}><w:instrText>PAGE</w:instrText></w:r>",
        f"<w:r {W}><w:rPr><w:vanish/></w:rPr><w:t>隐</w:t></w:r>",
        f'<w:r {W}><w:br w:type="page"/><w:t>丁</w:t><w:br/><w:t>戊</w:t><w:tab/><w:t>己</w:t></w:r>',
    ):
        paragraph._p.append(parse_xml(xml))
    body = document.element.body
    body.insert(0, parse_xml(f"<w:sdt {W}><w:sdtContent><w:p><w:r><w:t>前</w:t></w:r></w:p></w:sdtContent></w:sdt>"))
    assert text_of(saved(document), ".docx").text == "前\n甲乙丙丁\n戊 己\n"


# PDF


def test_a_text_layer_is_read_in_lines_and_rows():
    """Lines in reading order; a ruled table as rows with cells between tabs."""
    pytest.importorskip("reportlab")
    source = text_of(pdf("云溪市2024年科普工作要点", TABLE, "二、其他工作。"), ".pdf")
    rows = ["\t".join(row) for row in TABLE]
    assert source.text.splitlines() == ["云溪市2024年科普工作要点", *rows, "二、其他工作。"]
    assert not source.lines


def test_a_scan_has_no_text():
    """Pages without a text layer are no fault of reading, and are not guessed at."""
    canvas = pytest.importorskip("reportlab.pdfgen.canvas")
    import io

    out = io.BytesIO()
    page = canvas.Canvas(out)
    page.rect(10, 10, 100, 100, fill=1)
    page.showPage()
    page.save()
    assert code(text_of(out.getvalue(), ".pdf")) == "gongwen.no-text"


def test_a_locked_pdf_is_told():
    """One that asks for a password."""
    pytest.importorskip("reportlab")
    pytest.importorskip("cryptography")
    assert code(text_of(pdf("x", encrypt="secret"), ".pdf")) == "gongwen.locked"


# What is refused


@pytest.mark.parametrize("suffix", [".doc", ".wps", ".docx", ".txt"])
def test_old_word_is_refused_with_advice(suffix):
    """By its first bytes, whatever it is called."""
    assert code(text_of(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), suffix)) == "gongwen.old-word"


def test_a_locked_word_document_is_told():
    """Word puts an encrypted document into the old container."""
    data = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600) + "EncryptedPackage".encode("utf-16-le")
    assert code(text_of(data, ".docx")) == "gongwen.locked"


def test_other_kinds_are_refused():
    """With the list of what is read."""
    source = text_of(b"x", ".odt")
    assert code(source) == "gongwen.kind"
    assert ".docx" in source.findings[0].mend.en


@pytest.mark.parametrize(
    ("limits", "suffix", "data"),
    [
        (Limits(size=3), ".txt", b"abcd"),
        (Limits(characters=3), ".txt", b"abcd"),
        (Limits(line=3), ".txt", b"ab\nabcd"),
        (Limits(parts=3), ".docx", word("a")),
        (Limits(expanded=1000), ".docx", word("a")),
    ],
)
def test_each_limit_is_told(limits, suffix, data):
    """What is too large, and what the limit is."""
    assert code(text_of(data, suffix, limits=limits)) == "gongwen.too-large"


def test_pages_are_limited():
    """A PDF may have so many."""
    pytest.importorskip("reportlab")
    assert code(text_of(pdf(*["行"] * 100), ".pdf", limits=Limits(pages=1))) == "gongwen.too-large"


def test_cells_of_a_page_that_reach_down():
    """A cell that is covered is known from one that is blank."""
    rows = '<tr><td>甲</td><td rowspan="2">乙</td></tr><tr><td>丙</td></tr><tr><td>丁</td><td></td></tr>'
    source = text_of(f"<p>表</p><table>{rows}</table>".encode(), ".html")
    assert source.text == "表\n甲\t乙\n丙\t\n丁\t\n"
    assert source.merged == {source.text.index("丙") + 2}
