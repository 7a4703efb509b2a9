"""The marked copy: one's own sheet, its faults coloured and commented, a list in front; safe to open."""

import io
import random
import zipfile
from pathlib import Path

import openpyxl
import pytest
from faulty_sheets import GOOD, HEAD, bases, row
from office_kit import CODEC, book, changed, fuzzed, read, saved
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.formula import ArrayFormula

import kepu_core as kepu
from kepu_office import mark
from kepu_office.own_sheets import LIST_HEAD

SHEET = "xl/worksheets/sheet1.xml"
FORMULA = '=HYPERLINK("http://example.org",1)'


def marked(data, name="报送.xlsx"):
    """The marked copy of a file, opened."""
    out = io.BytesIO()
    context = kepu.ImportContext(codec=CODEC, path=Path(name))
    mark(data, context, read(data, name, kind="base").findings, out)
    return openpyxl.load_workbook(io.BytesIO(out.getvalue()))


def test_faults_are_marked_where_they_are_and_listed_with_links():
    """The cell is red and says what is wrong; the first sheet leads there."""
    copy = marked(bases(GOOD, row(c0="乙馆", c1="飞船", c3="无")))
    listed, sheet, _ = copy.worksheets
    assert (sheet["B3"].fill.fgColor.rgb, sheet["D3"].fill.fgColor.rgb) == ("00FFC7CE", "00DDEBF7")
    assert "飞船" in sheet["B3"].comment.text
    assert [listed.cell(n, 3).value for n in (2, 3)] == ["科普教育基地!B3", "科普教育基地!D3"]
    assert listed["C2"].hyperlink.location or listed["C2"].hyperlink.target == "#'科普教育基地'!B3"


def test_the_look_of_the_sheet_is_kept():
    """Widths, fonts and formats are those of the sheet that was sent."""

    def prepare(made):
        sheet = made.worksheets[0]
        sheet.column_dimensions["A"].width = 33
        sheet["A1"].font = openpyxl.styles.Font(bold=True, color="FF0000")
        sheet["E2"].number_format = "yyyy年m月d日"

    sheet = marked(bases(row(c1="飞船"), prepare=prepare)).worksheets[1]
    assert (sheet.column_dimensions["A"].width, sheet["A1"].font.bold, sheet["E2"].number_format) == (
        33,
        True,
        "yyyy年m月d日",
    )


def test_nothing_that_is_written_is_a_formula():
    """What a cell holds is quoted in messages: as text, whatever it begins with. Formulas that reach out become text."""

    def prepare(made):
        made.worksheets[0]["G2"] = FORMULA
        made.worksheets[0]["G3"] = "=SUM(D2:D2)"
        made.worksheets[0]["A3"] = '=cmd|" /C calc"!A0'
        made.worksheets[0]["B2"].data_type = "s"

    copy = marked(bases(row(c1="=1+1飞船"), row(c0="乙馆", c4="@SUM(1)"), prepare=prepare))
    formulas = [(s.title, c.coordinate) for s in copy for line in s.iter_rows() for c in line if c.data_type == "f"]
    assert formulas == [("科普教育基地", "G3")]
    assert copy.worksheets[0]["D2"].data_type == "s"


def test_a_table_of_text_gets_a_workbook():
    """What is no workbook is marked in a new one, its values as text."""
    text = ",".join(HEAD[:3]) + "\n=1+1,飞船,440300\n"
    copy = marked(text.encode(), "报送.csv")
    assert (copy.worksheets[1]["A2"].value, copy.worksheets[1]["A2"].data_type) == ("=1+1", "s")
    assert copy.worksheets[1]["B2"].comment


def test_a_merged_cell_is_marked_at_its_first():
    """A comment cannot stand inside of a merged area."""
    copy = marked(bases(GOOD, row(c0="乙馆", c3=None), prepare=lambda made: made.worksheets[0].merge_cells("D2:D3")))
    assert copy.worksheets[1]["D2"].comment


def test_sheets_whose_names_are_odd_can_be_linked_to():
    """Quotes in names are doubled, and a sheet that is called like the list does not stand in its way."""
    copy = marked(book(("问题'清单", [HEAD, row(c1="飞船")])))
    assert copy.worksheets[1].title == "问题'清单"


def corrected(copy):
    """A marked copy in which the fault was mended, as it is sent back."""
    copy["科普教育基地"]["B2"] = "科普场馆"
    return saved(copy)


def test_a_marked_copy_comes_back_like_any_sheet():
    """Its list is passed over without a word, whatever it is called, and marking it again leaves one list."""
    copy = marked(bases(row(c1="飞船")))
    assert not read(corrected(copy)).findings
    copy.worksheets[0].title = "意见"
    result = read(corrected(copy))
    assert [r.name for r in result.records] == ["甲馆"]
    assert not result.findings
    again = marked(saved(copy))
    assert again.sheetnames == [
        "问题清单" if "问题清单" in again.sheetnames else "Findings",
        "科普教育基地",
        "_kepu_marked",
    ]


def test_marking_again_takes_away_the_old_colours():
    """What was mended is not red any more; what was not, still is."""
    copy = marked(bases(row(c1="飞船", c3="约300")))
    sheet = marked(corrected(copy)).worksheets[1]
    assert (sheet["B2"].fill.fill_type, sheet["D2"].fill.fgColor.rgb) == (None, "00FFC7CE")


def test_a_list_of_somebody_else_is_no_list_of_ours():
    """A sheet with the same header in a workbook that we did not mark is read, and told."""
    head = [text.zh for text in LIST_HEAD]
    result = read(book(("科普教育基地", [HEAD, GOOD]), ("问题清单", [head, [1, "错误", "A1", "x", "y", "z"]])))
    assert [f.code for f in result.findings] == ["office.sheet-passed-over"]


def test_every_sheet_prints_one_page_wide():
    """Landscape, with the header on each page; the list wraps its texts, in rows that are high enough."""

    def prepare(made):
        made.worksheets[0].insert_rows(1)
        made.worksheets[0]["A1"] = "台账"

    copy = marked(bases(row(c1="飞船", c3="约300"), prepare=prepare))
    for page in copy.worksheets[:2]:
        assert (page.page_setup.orientation, page.sheet_properties.pageSetUpPr.fitToPage) == ("landscape", True)
        assert (page.page_setup.fitToWidth, page.page_setup.fitToHeight) == (1, 0)
    assert [page.print_title_rows for page in copy.worksheets[:2]] == ["$1:$1", "$1:$2"]
    listed = copy.worksheets[0]
    assert all(cell.alignment.wrap_text for line in listed.iter_rows() for cell in line)
    assert listed.row_dimensions[2].height > listed.row_dimensions[3].height > 0


def test_broken_files_are_marked_or_refused():
    """Whatever is wrong with a file, there is a copy that opens, or an error of this library's own."""
    context = kepu.ImportContext(codec=CODEC, path=Path("a.xlsx"))
    copies = 0
    for number in range(100):
        data = fuzzed(bases(GOOD, row(c0="乙馆", c1="飞船")), random.Random(number))
        out = io.BytesIO()
        try:
            mark(data, context, read(data).findings, out)
        except kepu.KepuError:
            continue
        copies += 1
        assert openpyxl.load_workbook(io.BytesIO(out.getvalue())).sheetnames
    assert copies


@pytest.mark.parametrize(
    ("where", "xml"),
    [
        ("</sheetData>", '</sheetData><mergeCells><mergeCell ref="I5:XFD1048576"/></mergeCells>'),
        ("</sheetData>", '</sheetData><hyperlinks><hyperlink ref="I5:XFD1048576" location="A1"/></hyperlinks>'),
        ("</sheetData>", '<row r="1048576"><c r="XFD1048576" s="0"/></row></sheetData>'),
    ],
)
def test_ranges_far_out_take_no_room(where, xml):
    """Merged cells, ranges with a link and cells with a format only are never made one by one."""
    data = bases(row(c1="飞船"))
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        sheet = archive.read(SHEET).decode().replace(where, xml)
    copy = marked(changed(data, {SHEET: sheet}))
    assert "飞船" in copy.worksheets[1]["B2"].comment.text


def test_what_reaches_beyond_its_cell_is_left_out():
    """Array formulas are text; names and links to elsewhere are gone."""

    def prepare(made):
        sheet = made.worksheets[0]
        sheet["H1"] = ArrayFormula("H1:H2", "=SUM(D2:D3)")
        sheet["H3"] = "x"
        sheet["H3"].hyperlink = "http://example.org"
        made.defined_names["EVIL"] = DefinedName("EVIL", attr_text='WEBSERVICE("http://example.org")')
        sheet.defined_names["LOCAL"] = DefinedName("LOCAL", attr_text='WEBSERVICE("http://example.org")')

    copy = marked(bases(row(c1="飞船"), prepare=prepare))
    sheet = copy.worksheets[1]
    assert (sheet["H1"].value, sheet["H1"].data_type, sheet["H3"].hyperlink) == ("=SUM(D2:D3)", "s", None)
    assert not copy.defined_names
    assert not sheet.defined_names
