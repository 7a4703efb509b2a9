"""Sheets as offices send them: titles, two header rows, merged cells, words for columns, values in many forms."""

import datetime as dt

import openpyxl
import pytest
from faulty_sheets import GOOD, HEAD, bases, row
from office_kit import book, codes, read, saved

import kepu_core as kepu
from kepu_office.days import written_period

DAYS = [
    "2021-05-03", "2021/5/3", "2021.5.3", "2021年5月3日", "20210503", "２０２１年５月３日", "2021-5-3 09:30", "2021 5 3",
    "二〇二一年五月三日", "2021年五月三号", "3 May 2021", "May 3, 2021", 20210503, 44319, dt.date(2021, 5, 3),
    dt.datetime(2021, 5, 3, 9, 30),
]  # fmt: skip
NUMBERS = [
    (1234, 1234), ("1234", 1234), ("1,234", 1234), ("１２３４", 1234), ("1，234", 1234), ("1.2万", 12000), ("0.5亿", 5e7),
    (" 12 平方米", 12), ("12㎡", 12), ("3百", 300), ("1e3", 1000), (0, 0), ("0", 0), ("12.50", 12.5),
]  # fmt: skip
PERIODS = [
    (2021, "2021"), ("2021年度", "2021"), ("2021年5月", "2021-05"), (202105, "2021-05"), ("2021年上半年", "2021H1"),
    ("2021年上半年度", "2021H1"), ("2021h2", "2021H2"), ("2021年第三季度", "2021Q3"), ("“十四五”时期", "十四五"), ("2021—2023年", "2021-2023"), (dt.date(2021, 5, 1), "2021-05"),
    ("2021年9月1日至2022年8月31日", "2021-09-01/2022-08-31"),
]  # fmt: skip
REGIONS = [("440300", "440300"), (440300, "440300"), ("440300 深圳市", "440300"), ("4403", "440300"), ("深圳", "440300"),
           ("广东省深圳市", "440300"), ("广东深圳", "440300"), ("深圳市南山区", "440305"), ("深圳福田", "440304")]  # fmt: skip


def one(result):
    """The one record that was read."""
    assert not codes(result), result.findings
    (record,) = result.records
    return record


@pytest.mark.parametrize("text", DAYS)
def test_days_in_many_forms(text):
    """All of them are the third of May."""
    assert one(read(bases(row(c4=text)))).opened_on == dt.date(2021, 5, 3)


def test_serial_numbers_count_from_where_the_workbook_says():
    """A number of days since 1904 is another day than one since 1900."""
    made = openpyxl.Workbook()
    made.epoch = openpyxl.utils.datetime.CALENDAR_MAC_1904
    made.active.title = "科普教育基地"
    made.active.append(HEAD)
    made.active.append(row(c4=None))
    made.active["E2"] = 42857
    assert one(read(saved(made))).opened_on == dt.date(2021, 5, 3)


@pytest.mark.parametrize(("text", "value"), NUMBERS)
def test_numbers_in_many_forms(text, value):
    """Separators, full width, ten thousands, units: and zero is zero."""
    assert one(read(bases(row(c3=text)))).exhibition_area == value


@pytest.mark.parametrize("text", ["2021H", "2021上2", "2021H3", "2021年13月"])
def test_half_a_period_is_none(text):
    """Which half is not guessed."""
    assert written_period(text) is None


@pytest.mark.parametrize(("text", "period"), PERIODS)
def test_periods_in_many_forms(text, period):
    """As people and spreadsheets write them."""
    assert one(read(book(("基地年度报告", [["基地", "报告期"], ["b1", text]])))).period == period


@pytest.mark.parametrize(("text", "code"), REGIONS)
def test_regions_in_many_forms(text, code):
    """Codes, names, short names, and names behind those of the regions above."""
    assert one(read(bases(row(c2=text)))).region == code


@pytest.mark.parametrize(("text", "value"), [("85%", 85), (85, 85), ("85", 85), (0.85, 0.85)])
def test_per_cent(text, value):
    """A figure in per cent is what it says; 0.85 is not 85 unless its cell shows it so."""
    data = book(("基地年度报告", [["基地", "报告期", "展项更新率"], ["b1", "2021", text]]))
    assert one(read(data)).renewed_share == value


def test_a_cell_that_shows_per_cent():
    """0.85 that is shown as 85 % is 85 %."""

    def prepare(made):
        made.worksheets[0]["C2"].number_format = "0.0%"

    data = book(("基地年度报告", [["基地", "报告期", "展项更新率"], ["b1", "2021", 0.85]]), prepare=prepare)
    assert one(read(data)).renewed_share == 85


@pytest.mark.parametrize(
    ("text", "value"),
    [("是", True), ("√", True), ("Y", True), (True, True), (1, True), ("×", False), ("否", False), (0, False)],
)
def test_yes_and_no(text, value):
    """Ticks and crosses too."""
    data = book(
        ("行政区划", [["区划代码", "名称", "级别", "上级区划", "直管"], ["441900", "东莞市", "地级", "440000", text]])
    )
    assert one(read(data)).direct is value


def test_lists_are_split_where_people_split_them():
    """By 、 ； ; and line breaks; and a list of choices by labels."""
    rows = [["名称", "类别", "对象人群"], ["科普日", "科普日", "青少年、老年人；农民\n公众"]]
    assert [a.value for a in one(read(book(("活动系列", rows)))).audiences] == ["youth", "elderly", "farmers", "public"]


@pytest.mark.parametrize(
    ("cell", "field", "expected"),
    [
        (5, "root.children", "a list […], not 5.0"),
        (True, "root.children", "a list […], not true"),
        ("5", "root.children", "a list […], not 5"),
        ("false", "root.children", "a list […], not false"),
        ("[5]", "root.children[0]", "an object {…}, not 5"),
        ("[true]", "root.children[0]", "an object {…}, not true"),
        ("[[5]]", "root.children[0]", "an object {…}, not [5]"),
    ],
)
def test_a_list_of_parts_that_is_none_is_told_at_its_cell(cell, field, expected):
    """A list of parts stands in its cell as JSON: a number or a truth is none, nor is it a part of one."""
    head = ["name", "version", "title", "subject", "root.id", "root.title", "root.children"]
    result = read(book(("x", [head, ["my.s", "1", "示例", "region", "total", "总分", cell]])), kind="scheme")
    (told,) = result.findings
    assert not list(result.records)
    assert (told.code, told.field, told.place.cell) == ("codec.type", field, "G2")
    assert told.message.en == f"should be {expected}"


def test_a_header_below_titles_in_two_rows_with_merged_cells():
    """The title is passed over, the two rows are joined, a merged region holds for its rows."""

    def prepare(made):
        sheet = made.worksheets[0]
        for area in ("A1:G1", "A2:A3", "B2:B3", "C2:C3", "D2:D3", "E2:F2", "C4:C5"):
            sheet.merge_cells(area)

    rows = [
        ["2021年广东省科普教育基地统计表"],
        ["序号", "基地名称", "所在市", "基地类型", "联系人", None],
        [None, None, None, None, "姓名", "电话"],
        ["甲", "乙", "丙", 1, 2, 3],
        [1, "甲馆", "深圳市", "科技馆", "张三", "020-83561234"],
    ]
    data = book(("Sheet1", [*rows[:3], rows[4], [2, "乙馆", None, "科普场馆", "李四", "无"]]), prepare=prepare)
    result = read(data)
    assert not codes(result), result.findings
    assert [(r.name, r.region, r.contact.name, r.contact.phone) for r in result.records] == [
        ("甲馆", "440300", "张三", "020-83561234"), ("乙馆", "440300", "李四", None)]  # fmt: skip


def test_a_row_that_numbers_the_columns_is_no_data():
    """甲 乙 丙 1 2 3 below the header."""
    result = read(book(("科普教育基地", [HEAD[:4], ["甲", "乙", 1, 2], GOOD[:4]])))
    assert [r.name for r in result.records] == ["甲馆"]


def test_units_in_headers_are_reckoned_with():
    """万元 in the header makes 3.2 into 32,000 yuan."""
    data = book(
        ("基地年度报告", [["基地", "报告期", "经费支出（万元）", "接待人次(万人次)"], ["b1", "2021", 3.2, "1.5"]])
    )
    report = one(read(data))
    assert (report.expenditure, report.visits) == (32000, 15000)


def test_tables_of_text_are_read_by_the_same_rules():
    """GB18030, titles, totals: when the importer is named, a table of text is read like a sheet."""
    text = "2021年统计表,,\n基地名称,类型,所在市\n甲馆,科技馆,深圳\n合计,,\n"
    for encoding in ("utf-8", "utf-8-sig", "utf-16", "gb18030"):
        result = read(text.encode(encoding), "报送.csv", kind="base")
        assert [(r.name, r.region) for r in result.records] == [("甲馆", "440300")]
    assert "office.encoding" in {f.code for f in read(text.encode("gb18030"), "报送.csv", kind="base").findings}


def test_a_name_that_begins_like_a_total_is_a_name():
    """小计 and what counts something are totals; 小计科技馆 is a base."""
    heads = ("合计", "合计（个）", "合计12家", "总计人数", "小计：")
    text = "基地名称,类型,所在市\n小计科技馆,科技馆,深圳\n总计馆,科技馆,深圳\n" + "".join(f"{h},,\n" for h in heads)
    result = read(text.encode(), "报送.csv", kind="base")
    assert [r.name for r in result.records] == ["小计科技馆", "总计馆"]
    assert [f.code for f in result.findings].count("office.total-row") == len(heads)


def test_an_english_template_is_read_too():
    """Labels in either language, names of fields, whatever the language of the moment."""
    rows = [["name", "kind", "region", "exhibition area (平方米)", "contact – phone", "contact.name"],
            ["A", "science venue", "440300", 5, "020-83561234", "B"]]  # fmt: skip
    assert one(read(book(("x", rows)), kind="base")).contact.name == "B"


def test_what_looks_like_a_column_is_suggested():
    """A header that is misspelt is not read, and what it may be is said."""
    result = read(bases([*GOOD, "x"], head=[*HEAD, "运营单立"]))
    told = next(f for f in result.findings if f.code == "office.unknown-column")
    assert (told.severity, "operator" in told.mend.en) == (kepu.Severity.WARNING, True)


def test_a_long_sheet_is_read_wholly():
    """Twenty thousand rows, each of them."""
    result = read(bases(*(row(c0=f"馆{n}", c2="440300") for n in range(20_000))))
    assert len({r.id for r in result.records}) == 20_000
