"""Messages quote what stands in the cell, and one fault does not hide another."""

import openpyxl
import pytest
from faulty_sheets import HEAD, bases, row
from office_kit import CODEC, book, codes, read, saved

import kepu_core as kepu
from kepu_office.second_look import broken_rules

FIGURE = ["指标", "对象", "统计期", "数值", "单位"]


def messages(data, code, **told):
    """What is said of faults of a kind."""
    return [f.message for f in read(data, **told).findings if f.code == code]


def indicator(kind):
    """What finds the indicator ``visits``, in 人次."""
    stored = [kepu.Indicator(id="visits", name="接待人次", unit="人次")]
    return stored if kind == "indicator" else []


@pytest.mark.parametrize("text", ["1,2345", "１２，３４", "1.2.3", "三千"])
def test_a_number_that_is_none_is_quoted_as_it_stands(text):
    """Below a unit of the whole sheet too, which stands in no cell."""
    for titles in ([], [["单位：万元"]]):
        (message,) = messages(
            book(("观测值", [*titles, FIGURE, ["visits", "440300", "2021", text, None]])), "office.cell"
        )
        assert f"“{text}”" in message.zh
        assert f"{text!r}" in message.en


@pytest.mark.parametrize(("text", "shown"), [("1,234", "1,234"), (5, "5"), (1234.5, "1234.5")])
def test_the_unit_of_a_title_is_no_part_of_the_cell(text, shown):
    """The unit is named as it stands above, the number as it stands in the cell."""
    data = book(("观测值", [["单位：万元"], FIGURE, ["visits", "440300", "2021", text, None]]))
    (message,) = messages(data, "office.cell-unit", find=indicator)
    assert message.zh == f"“{shown}”的单位是“万元”，“数值”的单位是“人次”"
    (message,) = messages(data, "office.cell-unit")
    assert message.zh.startswith(f"“{shown}”按表头或表上方以“万元”计")


def test_a_number_that_was_converted_is_quoted_as_it_stands():
    """The rule speaks of yuan, the cell of ten thousands of them."""
    data = book(("基地年度报告", [["基地", "报告期", "经费支出（万元）"], ["b1", "2021", "-3"]]))
    (message,) = messages(data, "field.too-small")
    assert "-30000" in message.zh
    assert message.zh.endswith("（格中写的是“-3”）")


def test_a_number_that_is_as_it_stands_is_quoted_once():
    """Nothing is added to what says the same."""
    (message,) = messages(bases(row(c3=-5)), "field.too-small")
    assert "格中" not in message.zh


CLOSED = [*HEAD, "闭馆日期"]


@pytest.mark.parametrize(
    ("changes", "others"),
    [
        ({"c1": "飞船"}, [("office.cell", "B2")]), ({"c1": None}, [("office.missing", "B2")]),
        ({"c1": "飞船", "c2": "深训市"}, [("office.cell", "B2"), ("office.region", "C2")]),
        ({"c3": -5}, [("field.too-small", "D2")]),
        ({"c1": "飞船", "c3": -5, "c6": "见附件"}, [("field.phone", "G2"), ("field.too-small", "D2"), ("office.cell", "B2")]),
    ],
)  # fmt: skip
def test_a_rule_is_told_though_another_cell_cannot_be_read(changes, others):
    """It closes before it opens, whatever its category may be."""
    result = read(bases([*row(**changes), "2020-01-01"], head=CLOSED))
    assert sorted(codes(result)) == sorted([*others, ("base.closed-before-opened", "H2")])


def test_a_rule_that_depends_on_what_cannot_be_read_is_not_told():
    """Neither date can be judged without the other, nor the free visits without all."""
    assert codes(read(bases([*row(c4="去年", c1="飞船"), "2020-01-01"], head=CLOSED))) == [
        ("office.cell", "B2"),
        ("office.cell", "E2"),
    ]
    data = book(("基地年度报告", [["基地", "报告期", "接待人次", "免费接待人次"], ["b1", "2021", -1, 200]]))
    assert codes(read(data)) == [("field.too-small", "C2")]


def test_broken_rules_are_those_of_every_value():
    """A part is looked at as well; what is right breaks none."""
    title = {"title": "省级基地", "level": "省", "valid_from": "2021-01-01", "valid_to": "2020-01-01", "id": "d"}
    base = {"id": "b", "name": "甲馆", "region": "440300", "designations": [title]}
    found = broken_rules(CODEC, "base", base, {"kind", "designations[0].level"})
    assert [(f.code, f.field) for f in found] == [("designation.validity", "designations[0].valid_to")]
    assert not broken_rules(CODEC, "base", {**base, "designations": []}, {"kind"})


def reviewed(mark, state="veryHidden", name="_kepu"):
    """A workbook like those in which a person reviews what was read."""
    made = openpyxl.Workbook()
    made.active.title = "任务"
    for line in (["标识", "确认", "任务"], ["t1", "已核对", "办好科普日"]):
        made.active.append(line)
    made.create_sheet(name)["A1"] = mark
    made[name].sheet_state = state
    return saved(made)


def test_a_reviewed_file_is_told_with_the_importer_that_takes_it():
    """One error, whatever is in its sheets, for any plugin."""
    for plugin in ("gongwen", "other-one"):
        (finding,) = read(reviewed(f"kepu-{plugin} review 2")).findings
        assert finding.code == "office.reviewed"
        assert f"kepu import returns.xlsx --format {plugin}.review" in finding.mend.zh


@pytest.mark.parametrize(
    "data",
    [reviewed("kepu-gongwen review"), reviewed("kepu-office"), reviewed("kepu-gongwen review 1", state="visible"),
     reviewed("kepu-gongwen review 1", name="备注")],
)  # fmt: skip
def test_a_workbook_without_that_mark_is_a_sheet(data):
    """Hidden, under that name, in that form: nothing else is one."""
    assert "office.reviewed" not in {f.code for f in read(data).findings}
