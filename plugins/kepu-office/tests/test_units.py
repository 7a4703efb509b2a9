"""Numbers, units and regions that could be read as something else: the unit that is said wins, the rest are faults."""

import io
import zipfile

import pytest
from office_kit import REGIONS, book, codes, read, saved
from openpyxl import Workbook

import kepu_core as kepu
from kepu_office.mapping import mapping_from_toml
from kepu_office.numbers import NotANumberError, converted, written_number
from kepu_office.place_names import PlaceNames

FIGURE = ["指标", "对象", "统计期", "数值", "单位"]


def reports(column, *values, titles=(), prepare=None):
    """A sheet of reports of one figure each."""
    rows = [[f"b{n}", "2021", value] for n, value in enumerate(values)]
    return read(book(("基地年度报告", [*titles, ["基地", "报告期", column], *rows]), prepare=prepare))


def figure(value, unit=None, *, head="数值", prepare=None, **context):
    """One figure of a region, with the unit of its row."""
    header = [head if name == "数值" else name for name in FIGURE]
    return read(book(("观测值", [header, ["visits", "440300", "2021", value, unit]]), prepare=prepare), **context)


def per_cent(name, number_format="0.0%"):
    """What shows a cell as a share."""

    def prepare(made):
        made.worksheets[0][name].number_format = number_format

    return prepare


@pytest.mark.parametrize(
    ("head", "field", "cell", "value"),
    [
        ("经费支出（万元）", "expenditure", 5, 50_000),
        ("经费支出（万元）", "expenditure", "5万元", 50_000),
        ("经费支出（万元）", "expenditure", "5万", 50_000),
        ("经费支出（万元）", "expenditure", "12元", 12),
        ("接待人次（万人次）", "visits", "20", 200_000),
        ("接待人次（万人次）", "visits", "20万人次", 200_000),
        ("接待人次（万人次）", "visits", "200000人次", 200_000),
    ],
)
def test_the_unit_of_a_cell_comes_before_that_of_its_header(head, field, cell, value):
    """It is not multiplied twice."""
    result = reports(head, cell)
    assert not codes(result)
    assert getattr(result.records[0], field) == value


def test_a_unit_of_a_cell_that_does_not_fit():
    """Whatever the header says."""
    assert codes(reports("经费支出（万元）", "12亩")) == [("office.cell-unit", "C2")]


@pytest.mark.parametrize(
    "text", ["1 234", "1 234 567", "1,234", " 12 ", "12 家", "12\n家", "1\u3000234", "12m²", "3元/人"]
)
def test_white_space_that_parts_nothing(text):
    """Groups of three digits, and a number and its unit."""
    assert written_number(text).value in {12, 3, 1234, 1234567}


@pytest.mark.parametrize(
    "text",
    ["120\n130", "12 13", "1 2345", "1234 567", "1 234,567", "3:1", "3/4", "12；13", "12(含在建3)", "2021年5月", "12家\n13家", "5#", "1 . 2"],
)  # fmt: skip
def test_two_numbers_are_never_one(text):
    """Nor is what stands behind a number dropped."""
    with pytest.raises(NotANumberError):
        written_number(text)
    assert codes(figure(text)) == [("office.cell", "D2")]


def test_percentage_points_are_not_hundreds():
    """百 in 百分点 multiplies nothing."""
    assert converted(written_number("5百分点"), "百分点") == 5


@pytest.mark.parametrize(
    ("cell", "unit", "value"),
    [
        ("3万元", "元", 30_000), ("3万元", "万元", 3), ("5元", "万元", 0.0005), ("3万", "人次", 30_000), ("3万", None, 30_000),
        ("85%", "%", 85), (12, "万元", 12), ("5百分点", "百分点", 5), ("7家", "个", 7),
    ],
)  # fmt: skip
def test_a_figure_in_the_unit_of_its_row(cell, unit, value):
    """It is converted, also where a mapping gives the unit; another unit, or none in the row, is a fault."""
    result = figure(cell, unit)
    assert not codes(result)
    assert result.records[0].value == value


@pytest.mark.parametrize(
    ("cell", "unit"), [("3万元", None), ("3万元", "人次"), ("85%", None), ("85%", "元"), ("5百分点", "%")]
)
def test_a_figure_in_another_unit_than_its_row(cell, unit):
    """Its unit is not dropped."""
    assert codes(figure(cell, unit)) == [("office.cell-unit", "D2")]


def test_a_unit_that_the_label_says():
    """3届 under 届 is 3."""
    rows = [["系列", "届", "年份", "名称"], ["s", "3届", "2021", "科普日"]]
    result = read(book(("活动", rows)), kind="campaign")
    assert not [c for c in codes(result) if c[0] == "office.cell-unit"]


@pytest.mark.parametrize(("unit", "value"), [("%", 85), (None, None), ("元", None)])
def test_a_cell_of_per_cent_is_like_its_text(unit, value):
    """0.85 shown as 85.0% is read as the text 85% is."""
    shown, text = figure(0.85, unit, prepare=per_cent("D2")), figure("85%", unit)
    assert codes(shown) == codes(text)
    assert [r.value for r in shown.records] == [r.value for r in text.records] == ([] if value is None else [value])


def test_per_cent_where_no_per_cent_is_meant():
    """A number of persons shown as 85 % is a fault, as its text is."""
    assert codes(reports("接待人次", 3, prepare=per_cent("C2"))) == codes(reports("接待人次", "300%")) != []


@pytest.mark.parametrize(
    ("head", "unit", "value"),
    [
        ("数值（万人次）", "人次", 30_000),
        ("数值（万人次）", "万人次", 3),
        ("数值（必填）", None, 3),
        ("数值（2021年）", None, 3),
    ],
)
def test_the_header_of_figures_names_a_unit(head, unit, value):
    """It holds for the cells below."""
    result = figure(3, unit, head=head)
    assert not codes(result)
    assert result.records[0].value == value


@pytest.mark.parametrize(("head", "unit"), [("数值（万人次）", None), ("数值（万人次）", "元")])
def test_the_header_of_figures_names_another_unit(head, unit):
    """That is a fault of every cell that it holds for."""
    assert codes(figure(3, unit, head=head)) == [("office.cell-unit", "D2")]


def test_a_text_of_groups_below_a_header_with_a_unit():
    """Text in a cell that shows per cent is what it says."""
    result = figure("1 234", "元", head="数值（万元）", prepare=per_cent("D2"))
    assert result.records[0].value == 12_340_000
    assert codes(figure("1 234", None, head="数值（万元）", prepare=per_cent("D2"))) == [("office.cell-unit", "D2")]


def test_a_header_of_figures_that_says_more_than_a_unit():
    """What cannot be told is a fault of the header."""
    assert ("office.unit", "D1") in codes(figure(3, "人次", head="数值（万人次，含线上）"))


@pytest.mark.parametrize(
    ("number_format", "value"),
    [("0.0%", 50), ('0.0"%"', 0.5), ("0.0\\%", 0.5), ('"约"0%', 50), ("[Red]0%;-0%", 50)],
)
def test_a_sign_of_per_cent_that_is_only_shown(number_format, value):
    """In quotes it multiplies nothing."""
    result = reports("展项更新率", 0.5, prepare=per_cent("C2", number_format))
    assert result.records[0].renewed_share == value


def test_repeated_cells_of_per_cent():
    """A spreadsheet of OpenDocument writes equal cells and rows once: all of them are per cent."""
    head = "".join(_text(t) for t in ("上年展项更新率", "展项更新率", "报告期", "基地"))
    share = '<table:table-cell office:value-type="percentage" office:value="0.85" table:number-columns-repeated="2"/>'
    rows = f"<table:table-row>{head}</table:table-row><table:table-row>{share}{_text('2021')}{_text('b1')}</table:table-row>"
    assert read(_ods(rows), name="a.ods", kind="base_report").records[0].renewed_share == 85


def test_too_many_repeated_cells():
    """A small file cannot ask for room without end."""
    share = '<table:table-cell office:value-type="percentage" office:value="1" table:number-columns-repeated="20"/>'
    rows = f'<table:table-row table:number-rows-repeated="60000">{share}</table:table-row>'
    assert codes(read(_ods(rows), name="a.ods")) == [("office.limit", None)]


def _text(text):
    return f'<table:table-cell office:value-type="string"><text:p>{text}</text:p></table:table-cell>'


def _ods(rows):
    names = " ".join(
        f'xmlns:{n}="urn:oasis:names:tc:opendocument:xmlns:{n}:1.0"' for n in ("office", "table", "text", "manifest")
    )
    kind = "application/vnd.oasis.opendocument.spreadsheet"
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("mimetype", kind)
        archive.writestr(
            "META-INF/manifest.xml",
            f'<manifest:manifest {names}><manifest:file-entry manifest:full-path="/" manifest:media-type="{kind}"/>'
            "</manifest:manifest>",
        )
        archive.writestr(
            "content.xml",
            f"<office:document-content {names}><office:body><office:spreadsheet>"
            f'<table:table table:name="Sheet1">{rows}</table:table></office:spreadsheet></office:body>'
            "</office:document-content>",
        )
    return out.getvalue()


@pytest.mark.parametrize(
    "text", ["440300 深圳市", "440300深圳", "440300·深圳市", "440300（深圳市）", "440300 广东省深圳市"]
)
def test_a_code_with_its_own_name(text):
    """In any of the forms of the name."""
    assert PlaceNames(REGIONS).find(text) == ("440300",)


def test_a_code_with_another_name_means_two():
    """So it is a fault that names both; a postcode with a name is no region."""
    places = PlaceNames(REGIONS)
    assert places.find("440300 广州市") == ("440300", "440100")
    assert places.find("518000深圳市") == ()
    assert places.find("440305001 粤海街道") == ("440305001",)
    rows = [["名称", "类别", "所在地区"], ["甲馆", "科普场馆", "440300 广州市"], ["乙馆", "科普场馆", "518000深圳市"]]
    assert codes(read(book(("科普教育基地", rows)))) == [("office.ambiguous-name", "C2"), ("office.region", "C3")]


@pytest.mark.parametrize(
    ("subject", "found"),
    [("深圳", "440300"), ("440300 深圳市", "440300"), ("some-firm", "some-firm"), ("某企业", None), ("南山区", None), ("440300 广州市", None), ("518000深圳市", None)],
)  # fmt: skip
def test_whom_a_figure_is_about(subject, found):
    """A region's name becomes its code; one of several regions is a fault, and so is one of nothing that is known."""
    result = read(book(("观测值", [FIGURE, ["visits", subject, "2021", 3, None]])))
    assert [r.subject for r in result.records] == ([found] if found else [])
    assert bool(codes(result)) is (found is None)


def test_a_long_text_is_no_region():
    """It is not even looked up, and of many unknown names only the first get hints."""
    places = PlaceNames(REGIONS)
    assert places.find("深" * 101) == () == places.near("深" * 101)
    assert places.near("深训市")
    for number in range(300):
        places.near(f"深训市{number}")
    assert places.near("深训市又") == ()


@pytest.mark.parametrize("title", ["单位：万元", "（单位：万元）", "2021年统计表（金额单位: 万元）", "单位：人、万元"])
def test_a_unit_above_the_header(title):
    """It may be meant for the column, so the column has to say."""
    result = reports("经费支出", 5, titles=[[title]])
    assert codes(result) == [("office.title-unit", "A1")]
    assert not result.records or result.records[0].expenditure is None


@pytest.mark.parametrize(
    ("title", "head", "value"),
    [
        ("单位：万元", "经费支出（万元）", 50_000), ("单位：元", "经费支出", 5), ("单位：亿元", "经费支出（元）", 5),
        ("填报单位：深圳科学馆", "经费支出", 5), ("单位：深圳科学馆", "经费支出", 5),
    ],
)  # fmt: skip
def test_a_unit_above_the_header_that_changes_nothing(title, head, value):
    """The header says its own, or it is the same, or no unit at all."""
    result = reports(head, 5, titles=[[title]])
    assert not codes(result)
    assert result.records[0].expenditure == value


def test_a_unit_above_figures_is_that_of_their_cells():
    """And must be the unit of the row: which of two is meant cannot be told."""

    def figures(unit):
        return read(book(("观测值", [["单位：", "万人次"], FIGURE, ["visits", "440300", "2021", 3, unit]])))

    assert [r.value for r in figures("万人次").records] == [3]
    assert codes(figures(None)) == [("office.cell-unit", "D3")]
    assert codes(figures("人次")) == codes(figures("元")) == [("office.units-differ", "D3")]


def test_a_mapping_to_a_type_that_is_not_there():
    """Is a fault, whatever type is asked for."""
    mapping = mapping_from_toml('[[table]]\ntype = "nosuch"\n[table.columns]\n"名称" = "name"')
    made = Workbook()
    made.active.append(["名称"])
    result = read(saved(made), kind="base", options={"mapping": mapping})
    assert [f.code for f in result.findings if f.severity is kepu.Severity.ERROR] == ["office.unknown-type"]
