"""Units above a header: where a number of a column would be another one in them, the column has to say."""

import pytest
from faulty_sheets import GOOD, HEAD
from office_kit import book, read
from test_units import reports

from kepu_office.numbers import is_measure, is_unit
from kepu_office.title_units import concerns

AREA = [name.partition("（")[0] for name in HEAD]


def told(result):
    """What is told of titles, with the severity."""
    return [(f.severity.value, f.place.cell) for f in result.findings if f.code == "office.title-unit"]


@pytest.mark.parametrize(
    ("title", "head"),
    [("单位：亩", AREA), ("单 位：公顷", AREA), ("（面积单位：平方公里）", AREA), ("单位：万平方米", AREA), ("单位：人、亩", AREA)],
)  # fmt: skip
def test_a_title_in_another_measure(title, head):
    """An area below 亩 is no number of square metres: the column has to say what it is in."""
    assert told(read(book(("科普教育基地", [[title], head, GOOD])))) == [("error", "A1")]


@pytest.mark.parametrize(
    "title", ["单位：万元/人次", "单位：元/人", "单位：美元", "单位：人民币万元", "单位：元/平方米"]
)
def test_a_title_of_one_unit_per_another(title):
    """It is asked about for the columns that are in the upper unit; with the unit in the header all is said."""
    assert told(reports("经费支出", 5, titles=[[title]])) == [("error", "A1")]
    named = reports("经费支出（万元）", 5, titles=[[title]])
    assert not told(named)
    assert named.records[0].expenditure == 50_000


@pytest.mark.parametrize("title", ["单位：亩", "单位：元/人", "单位：粒", "单位：深圳", "单位：粒、人次"])
def test_a_title_that_fits_no_column(title):
    """It is told, and keeps nothing from being read: it may be a body that is called so."""
    result = reports("接待人次", 5, titles=[[title]])
    assert told(result) == [("warning", "A1")]
    assert result.records[0].visits == 5


@pytest.mark.parametrize(
    "title",
    ["单位：市科协", "单位：深圳 科学馆", "单位：和平区", "单位：无", "单位：", "填报单位：粒", "单位：人次", "单位：件、套", "单位：元",
     "单位：深圳市科学技术馆运营管理有限责任"],
)  # fmt: skip
def test_a_title_that_says_nothing_of_numbers(title):
    """Names of bodies, and units that could change no number of the sheet."""
    result = reports("接待人次", 5, titles=[[title, "日期：2021年"] if title == "单位：" else [title]])
    assert not told(result)
    assert result.records[0].visits == 5


def test_what_is_a_unit():
    """Known words, with or without a word for a power of ten, alone or per another."""
    assert all(map(is_unit, ("亩", "万元/人次", "千克", "公里", "台", "万", "kWh")))
    assert not any(map(is_unit, ("科协", "万宁", "十堰", "", "元/科协")))
    assert is_measure("公顷")
    assert not is_measure("万人次")
    assert concerns("小时", "天")
    assert not concerns("天", "元")
