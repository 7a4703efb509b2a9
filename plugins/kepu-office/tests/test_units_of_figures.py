"""Figures that name no unit: that of the indicator counts, and what is unclear is told. A blank one is missing."""

import json
from pathlib import Path

import pytest
from office_kit import CODEC, book, codes, read
from test_units import FIGURE

import kepu_core as kepu
from kepu_office import plugin

VISITS = kepu.Indicator(id="visits", name="接待人次", unit="人次")
BUDGET = kepu.Indicator(id="budget", name="科普经费", unit="万元")


def figure(value, *, titles=(), head="数值", stored=(VISITS, BUDGET), indicator="visits", unit=None, sheets=()):
    """One figure, with the indicators that are stored."""
    header = [head if name == "数值" else name for name in FIGURE]
    rows = [*titles, header, [indicator, "440300", "2021", value, unit]]
    return read(book(("观测值", rows), *sheets), find=lambda kind: [r for r in stored if kind == "indicator"])


@pytest.mark.parametrize(
    ("value", "indicator", "found"),
    [
        ("3万", "visits", 30_000), ("3万人次", "接待人次", 30_000), ("3人次", "visits", 3), ("30万元", "budget", 30), ("3元", "budget", 0.0003),
        (3, "budget", 3), ("3", "unheard", 3),
    ],
)  # fmt: skip
def test_a_figure_without_a_unit_is_in_that_of_its_indicator(value, indicator, found):
    """Which is asked for by id or name; a number alone is in it already. Nothing is written into the figure."""
    result = figure(value, indicator=indicator)
    assert not codes(result)
    assert [(r.value, r.unit) for r in result.records] == [(found, None)]


@pytest.mark.parametrize(
    ("value", "indicator"), [("3万元", "visits"), ("85%", "visits"), ("3亩", "budget"), ("3元", "unheard")]
)
def test_a_figure_in_another_unit_than_its_indicator(value, indicator):
    """That is a fault of the cell, as with a unit in the row."""
    assert codes(figure(value, indicator=indicator)) == [("office.cell-unit", "D2")]


def test_the_unit_of_the_row_comes_before_that_of_the_indicator():
    """A row may say that it is in another."""
    assert figure("3元", indicator="budget", unit="元").records[0].value == 3


def test_the_indicator_of_the_same_file_counts():
    """Also where the sheet of indicators stands behind, and before the one that is stored."""
    head, sheet = ["名称", "单位"], "指标"
    budget = (sheet, [head, ["科普经费", "元"]])
    assert figure("3万元", indicator="科普经费", stored=(), sheets=[budget]).records[0].value == 30_000
    assert figure("3万元", indicator="科普经费", sheets=[budget]).records[0].value == 30_000
    assert figure("3万元", indicator="budget", sheets=[budget]).records[0].value == 30_000
    named = (sheet, [[*head, "标识"], ["经费", "万元", "x"]])
    assert figure("3万元", indicator="x", stored=(), sheets=[named]).records[0].value == 3


def test_indicators_of_one_name_say_nothing():
    """Two units for one name: the row has to say."""
    twins = (BUDGET, kepu.Indicator(id="other", name="科普经费", unit="元"))
    assert ("office.cell-unit", "D2") in codes(figure("3万元", indicator="科普经费", stored=twins))
    twins = (BUDGET, kepu.Indicator(id="other", name="科普经费", unit="万元"))
    assert ("office.cell-unit", "D2") not in codes(figure("3万元", indicator="科普经费", stored=twins))


@pytest.mark.parametrize(
    ("titles", "head", "indicator", "value"),
    [(["单位：万人次"], "数值", "visits", 30_000), ([], "数值（万人次）", "visits", 30_000), ([], "数值（元）", "budget", 0.0003), (["单位：万元"], "数值", "budget", 3)],
)  # fmt: skip
def test_a_header_or_title_names_the_unit_of_figures(titles, head, indicator, value):
    """It is converted into that of the indicator."""
    result = figure(3, titles=[titles] if titles else [], head=head, indicator=indicator)
    assert not codes(result)
    assert result.records[0].value == value


def test_a_title_names_several_units_of_figures():
    """A figure that might be in one of them, and does not say so, is a fault; the others are read."""
    titles = [["单位：人、万人次、万元"]]
    assert codes(figure(3, titles=titles)) == [("office.cell-unit", "D3")]
    assert codes(figure(3, titles=titles, indicator="unheard", stored=())) == [("office.cell-unit", "D3")]
    assert figure(3, titles=titles, unit="人次").records[0].value == 3
    assert figure(3, titles=titles, indicator="budget").records[0].value == 3
    assert figure("3人次", titles=titles).records[0].value == 3


def test_a_row_that_says_another_unit_than_what_stands_above_is_told():
    """3000000 in a row that says 元, below 单位：万元: it may be in either, and a guess would be off by ten thousand."""
    titles = [["单位：万元"]]
    assert codes(figure(3_000_000, titles=titles, indicator="budget", unit="元")) == [("office.units-differ", "D3")]
    assert figure("3万元", titles=titles, indicator="budget", unit="元").records[0].value == 30_000


def test_a_dump_shows_numbers_and_not_what_they_were_made_of():
    """In the unit of the row or indicator."""
    data = book(("观测值", [FIGURE, ["visits", "440300", "2021", "3万人次", None]]))
    context = kepu.ImportContext(codec=CODEC, path=Path("a.xlsx"), find=lambda kind: [VISITS])
    dumped = plugin.importers()[0].dump(data, context)
    assert json.loads(json.dumps(dumped))["tables"][0]["rows"][0]["values"]["value"] == 30_000


def test_a_blank_figure_is_missing_in_a_sheet_and_in_a_table_of_text():
    """Without a state; one that is said to be reported must have a value, and without the column nothing is said."""
    table = kepu.PluginManager.with_builtins().given(kepu.hook.kepu_importers)["csv"].value

    def both(head, cells):
        text = ",".join(head) + "\n" + ",".join(cells) + "\n"
        context = kepu.ImportContext(codec=CODEC, path=Path("observation.csv"))
        sheet = read(book(("观测值", [head, [c or None for c in cells]])))
        return sheet, table.read(text.encode(), context)

    head = ["指标", "对象", "统计期", "数值", "状态"]
    for cells in (["visits", "440300", "2021", "", ""], ["visits", "440300", "2021", "", "不适用"]):
        sheet, text = both(head, cells)
        assert list(sheet.records) == list(text.records) != []
    assert sheet.records[0].state.value == "not_applicable"
    sheet, text = both(head[:4], ["visits", "440300", "2021", ""])
    assert sheet.records[0].state.value == text.records[0].state.value == "missing"
    for result in both(head, ["visits", "440300", "2021", "", "已报"]):
        assert "observation.no-value" in [f.code for f in result.findings]
    text = both([*head[:3], "备注"], ["visits", "440300", "2021", "x"])[1]
    assert [f.code for f in text.findings] == ["observation.no-value"]
