"""Reports as workbooks: values stay values, texts stay texts, and every sheet can be found, filtered and printed."""

import datetime as dt
import io
import re
import tempfile
import zipfile

import pytest
from book_kit import SOFFICE, filled, formulas, opened, recomputed, sheets, written
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl.worksheet.worksheet import Worksheet

import kepu_core as kepu
from kepu_core.domain.progress import TrafficLight
from kepu_core.report import (
    Bar,
    Bars,
    Column,
    Grid,
    Link,
    Paragraph,
    Report,
    Section,
    Span,
    Table,
    Tile,
    Tiles,
    Timeline,
    Tone,
)
from kepu_core.testing.reports import made_report, reports
from kepu_core.testing.strategies import hard_texts
from kepu_office import report_book, report_pages
from kepu_office.report_texts import SheetNames, safe_text

T = kepu.Text


@pytest.fixture(autouse=True)
def chinese():
    with kepu.use_language("zh"):
        yield


def grid(rows, columns=("a", "b"), *, title="表", **more):
    made = tuple(Column(key=key, label=T(key, key.upper())) for key in columns)
    return Grid(key="g", title=T(title, title), table=Table(columns=made, rows=tuple(rows)), **more)


def report(*blocks, **more):
    section = Section(key="s", title=T("节", "section"), blocks=blocks)
    return Report(kind="example", title=T("报告", "report"), sections=(section,), **more)


def sheet_of(*blocks, name="表", **more) -> Worksheet:
    return opened(written("report-xlsx", report(*blocks, **more)))[name]


def links(sheet):
    return [cell.hyperlink for row in sheet.iter_rows() for cell in row if cell.hyperlink is not None]


def cells(sheet, row):
    return [cell.value for cell in sheet[row]]


class TestValues:
    def test_numbers_days_and_labels_are_what_they_are(self):
        """A number can be added, a day counted on, a label read; what is not known is blank."""
        day = dt.date(2021, 3, 1)
        row = (1, 2.5, day, TrafficLight.RED, None, True, T("甲", "a"), Link("某馆", "base-b1.html"))
        sheet = sheet_of(grid([row], columns="abcdefgh"))
        assert cells(sheet, 3) == [
            1,
            2.5,
            dt.datetime(2021, 3, 1),
            str(TrafficLight.RED.label),
            None,
            "是",
            "甲",
            "某馆",
        ]
        assert sheet["C3"].number_format == "yyyy-mm-dd"

    @pytest.mark.parametrize("target", ["base-b1.html", "馆&一.html", "x\x1b.html", "y" * 4_000])
    def test_links_lead_to_files_beside(self, target):
        """A link shows its word and leads to a file of the same folder, if a workbook can say where that is."""
        cell = sheet_of(grid([(Link("某\x1b馆", target), 1)]))["A3"]
        assert cell.value == "某_x001B_馆"
        assert (cell.hyperlink.target if cell.hyperlink else None) == (
            target if len(target) < 20 and "\x1b" not in target else None
        )

    def test_numbers_are_shown_to_their_decimals(self):
        """Decimals are a format: the number itself is not cut."""
        columns = (Column(key="a", label=T("甲", "a"), decimals=2), Column(key="b", label=T("乙", "b"), decimals=0))
        table = Table(columns=columns, rows=((1 / 3, 2.0),))
        sheet = sheet_of(Grid(key="g", title=T("表", "t"), table=table))
        assert (sheet["A3"].value, sheet["A3"].number_format) == (pytest.approx(1 / 3), "0.00")
        assert sheet["B3"].number_format == "0"

    @pytest.mark.parametrize(
        ("value", "shown"),
        [
            (float("nan"), None),
            (float("inf"), "∞"),
            (float("-inf"), "-∞"),
            (10**18, "1000000000000000000"),
            (dt.date(1899, 12, 31), "1899-12-31"),
            (dt.datetime(2021, 1, 2, 3, 4, tzinfo=dt.UTC), dt.datetime(2021, 1, 2, 3, 4)),
        ],
    )
    def test_what_excel_cannot_hold_is_a_text_or_blank(self, value, shown):
        """No number, day or identifier becomes another one because Excel has none like it."""
        assert sheet_of(grid([(value, 1)]))["A3"].value == shown

    def test_text_that_looks_like_xml_is_a_text(self):
        """What XlsxWriter would take for its own markup stays a text, and the file stays whole."""
        sheet = sheet_of(grid([("<r><t>x</t></r>", "<r>&</r>")]))
        assert [c.strip() for c in cells(sheet, 3)] == ["<r><t>x</t></r>", "<r>&</r>"]

    @given(st.text(st.characters(codec="utf-8"), max_size=30) | st.text("<r>&/a\ud800", max_size=12))
    def test_any_text_can_be_written(self, text):
        """Whatever the text is, it is written whole, and never as XML."""
        made = safe_text(text)
        assert made.encode("utf-8").decode("utf-8") == made
        assert made.rstrip() == text.replace("\ud800", "\ufffd").rstrip()
        assert not (made.startswith("<r>") and made.endswith("</r>"))

    def test_long_text_is_cut_with_a_sign(self):
        """A text longer than a cell ends with an ellipsis."""
        value = sheet_of(grid([("科" * 40_000, 1)]))["A3"].value
        assert len(value) == 32_767
        assert value.endswith("…")


class TestSafety:
    @settings(deadline=None, max_examples=30)
    @given(reports())
    def test_no_text_is_a_formula_or_leads_out(self, made):
        """Whatever a report says, its workbook holds no formula, and links only to sheets of its own."""
        data = written("report-xlsx", made)
        book = opened(data)
        assert formulas(book) == {}
        for sheet in book.worksheets:
            for link in links(sheet):
                assert link.target is None
                assert link.location.rpartition("!")[0].strip("'") in book.sheetnames
        parts = zipfile.ZipFile(io.BytesIO(data)).namelist()
        assert not [part for part in parts if "external" in part.lower() or "vba" in part.lower()]

    def test_chart_takes_its_texts_from_cells(self):
        """A title or series that begins with = is no reference: a chart names cells of its own sheet only."""
        bars = Bars(key="b", title=T("=1+1", "=1"), series=(T("=A1", "=A"), T("乙", "b")), bars=(Bar(label="=x", pieces=(1.0, 2.0)),))  # fmt: skip
        data = written("report-xlsx", report(bars))
        chart = zipfile.ZipFile(io.BytesIO(data)).read("xl/charts/chart1.xml").decode()
        named = set(re.findall(r"<c:f>(.*?)</c:f>", chart))
        assert named == {f"'=1+1'!${c}${r}" for c, r in (("A", 1), ("A", 3), ("B", 2), ("B", 3), ("C", 2), ("C", 3))}

    @given(st.lists(hard_texts() | st.text(max_size=80), max_size=12))
    def test_sheet_names_are_allowed_and_all_different(self, titles):
        """However sections are called, Excel takes the names of their sheets."""
        names = SheetNames()
        taken = [names.take(title) for title in titles]
        assert len({name.lower() for name in taken}) == len(taken)
        for name in taken:
            assert 1 <= len(name.encode("utf-16-le")) // 2 <= 31
            assert not set(name) & set("[]:*?/\\'")
            assert name.lower() != "history"


class TestSheets:
    def test_header_stays_in_sight_and_filters(self):
        """The header is frozen, filters its columns, and is repeated on every printed page, A4 across."""
        sheet = sheet_of(grid([(1, 2), (3, 4)]))
        assert cells(sheet, 2) == ["a", "b"]
        assert sheet.freeze_panes == "A3"
        assert sheet.auto_filter.ref == "A2:B4"
        assert sheet.print_title_rows == "$2:$2"
        assert (sheet.page_setup.paperSize, sheet.page_setup.orientation) == (9, "landscape")
        assert (sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight) == (None, 0)
        assert sheet.sheet_properties.pageSetUpPr.fitToPage
        assert sheet.oddHeader.center.text == "表"
        assert "&P" in sheet.oddFooter.center.text

    def test_tones_are_a_colour_and_a_word(self):
        """A row to be looked at is coloured, and its last column says so; others are not coloured."""
        sheet = sheet_of(grid([("甲", 1), ("乙", 2), ("丙", 3)], tones=(Tone.BAD, Tone.PLAIN, Tone.GOOD)))
        assert [sheet.cell(row, 3).value for row in (2, 3, 4, 5)] == ["状况", str(Tone.BAD.label), None, str(Tone.GOOD.label)]  # fmt: skip
        assert sheet["A3"].fill.start_color.rgb == "FFF8CBAD"
        assert sheet["A4"].fill.fill_type is None
        assert (sheet["A5"].fill.fill_type, sheet["C5"].fill.start_color.rgb) == (None, "FFE2F0D9")

    def test_without_tones_there_is_no_word_for_them(self):
        """A table whose rows all stand alike gets no further column."""
        assert cells(sheet_of(grid([(1, 2)], tones=(Tone.PLAIN,))), 2) == ["a", "b"]

    def test_parts_of_one_whole_have_bars(self):
        """A column of points has bars as long as they are parts of what can be had."""
        rows, shares = [("甲", 10.0), ("乙", 40.0)], ((None, 0.2), (None, 0.8))
        sheet = sheet_of(grid(rows, shares=shares))
        (area,) = sheet.conditional_formatting
        bar = area.rules[0].dataBar
        assert (str(area.sqref), [c.val for c in bar.cfvo]) == ("B3:B4", [0, 50])

    def test_parts_of_different_wholes_are_shaded(self):
        """Where each value is part of another whole, its cell is the darker the fuller it is."""
        sheet = sheet_of(grid([("甲", 10.0), ("乙", 10.0)], shares=((None, 1.0), (None, 0.2))))
        dark, light = (int(sheet[f"B{row}"].fill.start_color.rgb[2:4], 16) for row in (3, 4))
        assert dark < light

    def test_chinese_needs_twice_the_room(self):
        """Columns are as wide as their widest text, in which a Chinese character counts twice."""
        sheet = sheet_of(grid([("科" * 10, "x" * 10)]))
        wide = {letter: sheet.column_dimensions[letter].width for letter in "AB"}
        assert 20 <= wide["A"] <= 25
        assert 10 <= wide["B"] <= 14

    def test_long_texts_get_as_many_lines_as_they_need(self):
        """A row is higher where a text is longer than its column is wide."""
        sheet = sheet_of(grid([("科" * 100, 1), ("科", 2)]))
        assert sheet.row_dimensions[3].height > 4 * 15
        assert sheet.row_dimensions[4].height is None

    def test_a_table_longer_than_a_sheet_goes_on(self, monkeypatch):
        """Rows beyond what one sheet holds stand in the next, which is named after the first."""
        monkeypatch.setattr(report_pages, "MOST_ROWS", 2)
        found = sheets(written("report-xlsx", report(grid([(n, n) for n in range(5)], tones=(Tone.BAD,) * 5))))
        assert [n for n in found if n.startswith("表")] == ["表", "表 (2)", "表 (3)"]
        assert [row[0] for name in found if name != "封面" for row in found[name][2:]] == [0, 1, 2, 3, 4]

    def test_in_a_file_it_says_the_same_as_in_memory(self, monkeypatch, tmp_path):
        """Very many rows wait in a temporary file: cell by cell the workbook is the same, and nothing is left behind."""
        made = made_report([f"第{n}号" for n in range(60)])
        here = written("report-xlsx", made)
        monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
        monkeypatch.setattr(report_book, "_MANY_CELLS", 0)
        assert sheets(written("report-xlsx", made)) == sheets(here)
        assert list(tmp_path.iterdir()) == []


class TestBlocks:
    def test_bars_are_a_table_and_a_chart_beside_it(self):
        """Every piece and interval is in the table, with a total; the chart stands to the right of it."""
        bars = Bars(
            key="b",
            title=T("条", "bars"),
            series=(T("甲", "a"), T("乙", "b")),
            bars=(Bar(label="一", pieces=(1.5, 2.0), low=3.0, high=5.0), Bar(label="二", pieces=(0.0, 1.0))),
            unit=T("分", "points"),
        )
        sheet = sheet_of(bars, name="条")
        assert cells(sheet, 2) == ["名称", "甲（分）", "乙（分）", "合计", "下限", "上限"]
        assert [cells(sheet, row) for row in (3, 4)] == [["一", 1.5, 2, 3.5, 3, 5], ["二", 0, 1, 1, None, None]]
        (chart,) = sheet._charts
        assert chart.anchor._from.col == 7
        assert (chart.grouping, chart.barDir, len(chart.series)) == ("stacked", "bar", 2)
        whisker = chart.series[-1].errBars
        assert [[float(p.v) for p in side.numLit.pt] for side in (whisker.plus, whisker.minus)] == [[1.5, 0.0], [0.5, 0.0]]  # fmt: skip

    def test_tiles_are_a_table_and_a_map(self):
        """Each region stands in the table, and at its place on the map with what is shown on it."""
        tiles = Tiles(
            key="t",
            title=T("图", "map"),
            tiles=(
                Tile(region="1", label="甲", column=0, row=1, text="90", share=0.9),
                Tile(region="2", label="乙", column=2, row=0, text="10"),
            ),
        )
        sheet = sheet_of(tiles, name="图")
        assert cells(sheet, 3)[:4] == ["1", "甲", "90", 0.9]
        assert [sheet["G5"].value, sheet["G6"].value] == ["甲", "90"]
        assert [sheet["I3"].value, sheet["I4"].value] == ["乙", "10"]

    @pytest.mark.parametrize("column", [-1, 100_000])
    def test_tiles_beyond_any_sheet_are_only_in_the_table(self, column):
        """A place that no map has keeps no region out of the table."""
        tile = Tile(region="1", label="甲", column=column, row=0, text="90")
        sheet = sheet_of(Tiles(key="t", title=T("图", "map"), tiles=(tile,)), name="图")
        assert cells(sheet, 3)[:3] == ["1", "甲", "90"]

    def test_times_are_a_table_of_days(self):
        """What lies on which days can be sorted by day."""
        span = Span(label="科普日", starts=dt.date(2021, 9, 11), ends=dt.date(2021, 9, 17), note=T("注", "n"), tone=Tone.WATCH)  # fmt: skip
        sheet = sheet_of(Timeline(key="t", title=T("时", "times"), spans=(span,)), name="时")
        days = [dt.datetime(2021, 9, 11), dt.datetime(2021, 9, 17)]
        assert cells(sheet, 3) == [*days, "科普日", "注", str(Tone.WATCH.label)]

    def test_paragraphs_stand_on_the_cover(self):
        """A sentence is not lost between the tables."""
        data = written("report-xlsx", report(Paragraph(text=T("数据齐全。", "all there")), grid([(1, 2)])))
        assert "数据齐全。" in [row[0] for row in sheets(data)["封面"]]

    def test_like_tables_of_sibling_sections_share_a_sheet(self):
        """Derivations of many subjects are one table that can be filtered by subject; what is said of each stays."""
        children = tuple(
            Section(
                key=f"c{n}",
                title=T(f"对象{n}", f"s{n}"),
                blocks=(grid([(n, 1), (n, 2)]), Paragraph(text=T("否决", "veto"))),
            )
            for n in range(3)
        )
        made = Report(
            kind="x", title=T("报告", "r"), sections=(Section(key="all", title=T("逐个", "each"), sections=children),)
        )
        found = sheets(written("report-xlsx", made))
        assert list(found) == ["封面", "逐个"]
        assert found["逐个"][1] == ["条目", "a", "b"]
        assert [row[:2] for row in found["逐个"][2:]] == [[f"对象{n}", float(n)] for n in range(3) for _ in range(2)]
        assert "对象1：否决" in [row[0] for row in found["封面"]]

    def test_different_tables_of_sibling_sections_do_not(self):
        """Sections whose tables have other columns keep sheets of their own."""
        children = (
            Section(key="a", title=T("甲", "a"), blocks=(grid([(1, 2)]),)),
            Section(key="b", title=T("乙", "b"), blocks=(grid([(1, 2)], columns=("x", "y")),)),
        )
        made = Report(
            kind="x", title=T("报告", "r"), sections=(Section(key="all", title=T("逐个", "each"), sections=children),)
        )
        assert list(sheets(written("report-xlsx", made))) == ["封面", "表", "表 (2)"]


class TestCover:
    def test_every_sheet_can_be_reached_and_leads_back(self):
        """The cover links to every sheet, and the title of every sheet to the cover."""
        book = opened(written("report-xlsx", made_report(["甲", "乙"])))
        cover, *rest = book.worksheets
        assert {link.location.rpartition("!")[0].strip("'") for link in links(cover)} == {s.title for s in rest}
        assert all(sheet["A1"].hyperlink.location == "'封面'!A1" for sheet in rest)

    def test_made_up_figures_are_named_as_such(self):
        """A report with illustrative data says so on the cover and on every printed page."""
        book = opened(written("report-xlsx", report(grid([(1, 2)]), illustrative=True)))
        assert any("示例数据" in str(cell.value) for cell in book["封面"]["A"])
        assert "示例数据" in book["表"].oddHeader.right.text

    def test_it_speaks_the_language_of_the_moment(self):
        """In English, titles, headers and words of the workbook are English."""
        with kepu.use_language("en"):
            found = sheets(written("report-xlsx", report(grid([(1, 2)], tones=(Tone.BAD,)))))
        assert list(found) == ["Cover", "表"]
        assert found["表"][1] == ["A", "B", "standing"]

    def test_title_on_paper_is_no_command(self):
        """An ampersand in a title is an ampersand on paper."""
        sheet = sheet_of(grid([(1, 2)], title="R&D &P"), name="R&D &P")
        assert sheet.HeaderFooter.oddHeader.center.text.replace("&&", "&") == "R&D &P"


@pytest.mark.skipif(SOFFICE is None, reason="LibreOffice is not installed")
def test_libreoffice_reads_the_same(tmp_path):
    """Another spreadsheet finds in every sheet what was written, awkward texts included."""
    data = written("report-xlsx", made_report(["甲市", "=1+1", "<script>", "第一行\n第二行", "𠮷野家"]))
    ours, theirs = sheets(data), sheets(recomputed({"r": data}, tmp_path)["r"])
    assert {name: filled(rows) for name, rows in theirs.items()} == {name: filled(rows) for name, rows in ours.items()}
