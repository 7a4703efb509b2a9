"""Tables of tasks: what their columns hold, empty and merged cells."""

import pytest

from kepu_core.domain.audience import Audience
from kepu_core.domain.plan import UnitRole
from kepu_gongwen.lexicon import builtin_lexicon
from kepu_gongwen.parse import read_plan
from kepu_gongwen.tables import rows_of
from kepu_gongwen.view import view_of

WORDS = builtin_lexicon()
TITLE = "2024年某市科普工作任务分解表\n"


def rows(*lines):
    """The rows of a table as texts."""
    text = "\n".join(lines)
    view = view_of(text, WORDS)
    places, start = [], 0
    for line in view.text.split("\n"):
        places.append((start, start + len(line)))
        start += len(line) + 1

    def shown(cells):
        return [view.text[a:b] for a, b in cells]

    return [
        {
            "task": shown([r.task])[0],
            "label": r.label,
            "leads": shown(r.leads),
            "supports": shown(r.supports),
            "units": shown(r.units),
            "dates": shown(r.dates),
        }
        for r in rows_of(view, places, WORDS)
    ]


@pytest.mark.parametrize(
    ("heading", "kind"),
    [
        ("责任单位", "units"),
        ("牵头单位", "leads"),
        ("配合单位", "supports"),
        ("完成时限", "dates"),
        ("月份", "dates"),
        ("责任部门", "units"),
        ("主办单位", "leads"),
    ],
)
def test_what_a_column_holds(heading, kind):
    (row,) = rows(f"工作任务\t{heading}", "举办大赛\t甲")
    assert row["task"] == "举办大赛"
    assert row[kind] == ["甲"]


def test_without_headings_the_longest_column_holds_the_tasks():
    found = rows("1\t举办某市青少年科普大赛\t甲局", "2\t开展某市科普活动\t乙局")
    assert [(r["label"], r["task"], r["units"]) for r in found] == [
        ("1", "举办某市青少年科普大赛", ["甲局"]),
        ("2", "开展某市科普活动", ["乙局"]),
    ]


def test_of_several_columns_with_tasks_the_one_that_says_most():
    (row,) = rows("项目\t工作内容\t责任单位", "大赛\t举办某市青少年科普大赛\t甲局")
    assert row["task"] == "举办某市青少年科普大赛"


def test_an_empty_cell_was_merged_with_the_one_above_if_it_says_who_or_when():
    found = rows("序号\t任务\t责任单位\t时限\t备注", "1\t举办大赛\t甲局\t6月\t乙", "2\t开展活动\t\t\t")
    assert [(r["task"], r["units"], r["dates"]) for r in found] == [
        ("举办大赛", ["甲局"], ["6月"]),
        ("开展活动", ["甲局"], ["6月"]),
    ]


def test_what_a_blank_cell_takes_from_above_is_doubted():
    """A person should look at it; a cell that is known to be merged is certain."""
    text = TITLE + "序号\t任务\t单位\n1\t举办大赛\t甲局\n2\t开展活动\t\n"
    blank, merged = (read_plan(text, merged=known).items for known in ((), {text.rindex("\n")}))
    for first, second in (blank, merged):
        assert [u.text for u in second.units] == [u.text for u in first.units] == ["甲局"]
    assert [item.doubts for item in blank] == [[], ["above"]]
    assert [item.doubts for item in merged] == [[], []]


def test_a_blank_cell_with_nothing_above_is_not_doubted():
    (item,) = read_plan(TITLE + "序号\t任务\t单位\n1\t举办大赛\t\n").items
    assert (item.units, item.doubts) == ([], [])


def test_a_row_without_a_task_is_none():
    assert [r["task"] for r in rows("序号\t任务\t单位", "1\t\t甲局", "2\t开展活动\t乙局")] == ["开展活动"]


def test_a_row_may_be_shorter_than_the_headings():
    assert [r["task"] for r in rows("序号\t任务\t单位", "1\t开展活动")] == ["开展活动"]


def test_tasks_of_a_table():
    text = (
        TITLE
        + "序号\t工作任务\t对象\t数量\t牵头单位\t配合单位\t时限\n1\t举办科普大赛；开展培训\t青少年\t3场\t甲局\t乙局、丙局\t6月底前\n"
    )
    first, second = read_plan(text).items
    assert (first.label, first.text, second.text) == ("1", "举办科普大赛", "开展培训")
    for item in (first, second):
        assert item.audiences == [Audience.YOUTH]
        assert [q.text for q in item.quantities] == ["3场"]
        assert [d.text for d in item.deadlines] == ["2024-06-30"]
        assert [(u.text, u.kind) for u in item.units] == [
            ("甲局", UnitRole.LEAD),
            ("乙局", UnitRole.SUPPORTING),
            ("丙局", UnitRole.SUPPORTING),
        ]


def test_a_bracket_in_a_cell_says_who():
    (item,) = read_plan(TITLE + "序号\t工作任务\n1\t举办科普大赛（责任单位：甲局）\n").items
    assert (item.text, [u.text for u in item.units]) == ("举办科普大赛", ["甲局"])


def test_a_table_stands_under_its_section():
    text = "2024年工作要点\n一、任务\n任务\t单位\n举办大赛\t甲局\n二、时间\n任务\t单位\n举办论坛\t甲局\n"
    assert [(i.text, i.path) for i in read_plan(text).items] == [("举办大赛", ("一",))]
