"""Headings of groups between the rows of somebody's sheet are no records; a record that was begun is one."""

import pytest
from faulty_sheets import GOOD, HEAD, bases, row
from office_kit import book, codes, read

ONE, TWO = GOOD, row(c0="乙馆")


def told(result):
    """What is told of headings of groups."""
    return [f for f in result.findings if f.code == "office.group-rows"]


def names(result):
    """The names of the bases that were read."""
    return [r.name for r in result.records]


def merged(*areas):
    """What merges some cells of the first sheet."""
    return lambda made: [made.worksheets[0].merge_cells(area) for area in areas]


def test_headings_are_told_in_one_note_with_their_rows():
    """However many there are."""
    result = read(bases(["一、珠三角"], ONE, ["（二）粤东、粤西"], TWO, ["第三批"], row(c0="丙馆")))
    assert not codes(result)
    assert names(result) == ["甲馆", "乙馆", "丙馆"]
    (note,) = told(result)
    assert note.place.cell == "A2"
    assert all(
        part in note.message.zh
        for part in ("3 行", "第 2 行“一、珠三角”", "第 4 行“（二）粤东、粤西”", "第 6 行“第三批”")
    )


@pytest.mark.parametrize("area", ["A3:G3", "A3:C3", "A3:B3"])
def test_a_band_across_columns_is_a_heading_whatever_it_says(area):
    """And what follows it is data all the same, even a single cell that was filled in."""
    result = read(bases(ONE, ["珠三角"], TWO, ["丙馆"], row(c0="丁馆"), prepare=merged(area)))
    assert names(result) == ["甲馆", "乙馆", "丁馆"]
    assert [f.place.cell for f in told(result)] == ["A3"]
    assert {cell for _, cell in codes(result)} == {"B5", "C5"}


@pytest.mark.parametrize("text", ["丙馆", "第一中学科技馆", "一体化展馆", "十万个为什么馆", "大兴安岭地区"])
def test_a_name_alone_is_a_record_that_was_begun(text):
    """Between others as at the end: what is missing is told."""
    for rows in ([ONE, [text], TWO], [ONE, TWO, [text]]):
        result = read(bases(*rows))
        assert not told(result)
        assert {code for code, _ in codes(result)} == {"office.missing"}


def test_a_heading_below_the_last_record_is_none():
    """Nothing follows that it could be the heading of."""
    result = read(bases(ONE, TWO, ["三、粤北"], ["合计", None, None, 2400]))
    assert not told(result)
    assert codes(result)


@pytest.mark.parametrize("rest", [{"c3": 5}, {"c1": "科技馆"}])
def test_a_row_with_more_than_one_cell_is_data(rest):
    """Whatever its text begins with."""
    begun = ["一、珠三角", *([None] * 6)]
    for key, value in rest.items():
        begun[int(key[1:])] = value
    result = read(bases(begun, ONE))
    assert not told(result)
    assert codes(result)


def test_a_text_further_right_is_no_heading():
    """A base of which only the address is there."""
    result = read(bases([None, None, None, None, None, "一、张三"], ONE))
    assert not told(result)
    assert codes(result)


def test_a_heading_left_of_the_columns_that_are_read_is_told_as_well():
    """In the column of the numbers of rows."""
    rows = [["序号", *HEAD], ["一、珠三角"], [1, *ONE], ["二、粤东"], [2, *TWO]]
    result = read(book(("科普教育基地", rows)))
    assert names(result) == ["甲馆", "乙馆"]
    assert "第 4 行“二、粤东”" in told(result)[0].message.zh


def test_one_cell_may_be_a_whole_record():
    """Where nothing else must be filled in, nothing is passed over."""
    rows = [["指标", "对象", "统计期", "数值"], ["一、总数", "440300", "2021", 1], ["二、人数", "440300", "2021", 2]]
    assert not told(read(book(("观测值", rows))))


def test_rows_below_a_merged_cell_are_no_headings():
    """A cell that goes down over several rows fills each of them."""
    result = read(bases(ONE, ["一、甲馆"], TWO, prepare=merged("C2:C3")))
    assert not told(result)
    assert codes(result)
