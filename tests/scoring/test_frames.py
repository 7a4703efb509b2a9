"""Scorecards in other libraries: frames, Arrow, a table in a notebook; and tables from them."""

import numpy as np
import pytest
from boards import card, leaf, scheme

import kepu_core as kepu
from kepu_core.scoring.boards import board_from

PLAN = scheme(leaf("x", 0.5), leaf("y", 0.5), missing={"action": "exclude"})
TABLE = {"t.x": [10, 20, 30], "t.y": [40, None, "not_applicable"], "code": ["a", "b", "c"]}


@pytest.fixture
def result():
    return card(PLAN, {"x": [10, 20, 30], "y": [40, "missing", "n/a"]})


def test_pandas(result):
    """A row per subject, indexed by it; and a frame is a table to score."""
    pd = pytest.importorskip("pandas")
    frame = result.to_pandas()
    assert frame.loc["a", "score"] == 25.0
    assert list(frame.index) == ["c", "a", "b"]
    again = kepu.score(PLAN, pd.DataFrame({"code": ["a", "b", "c"], "t.x": [10, 20, 30], "t.y": [40, np.nan, np.nan]}))
    assert again.score == result.score


def test_polars_and_arrow(result):
    """The same in polars, and as an Arrow stream that any library reads."""
    pl = pytest.importorskip("polars")
    assert result.to_polars().filter(pl.col("subject") == "a")["score"].to_list() == [25.0]
    assert pl.DataFrame(result).height == 3
    frame = pl.DataFrame({"code": ["a", "b", "c"], "t.x": [10, 20, 30], "t.y": [40, None, None]})
    assert kepu.score(PLAN, frame).score == result.score


def test_pyarrow(result):
    """And in pyarrow."""
    pa = pytest.importorskip("pyarrow")
    assert pa.table(result).num_rows == 3


def test_a_notebook_shows_a_safe_table():
    """Names are escaped; long tables are cut, and say so; nothing is loaded from elsewhere."""
    evil = kepu.replace(PLAN, title="<script>x</script>")
    size = 80
    html = card(evil, {"x": [1] * size, "y": [2] * size}, subjects=tuple(f"<s{k}>" for k in range(size)))._repr_html_()
    assert "<script" not in html
    assert "<s0>" not in html
    assert "20 more rows" in html
    assert "http" not in html
    explanation = card(evil, {"x": [1], "y": [2]}).explain("a")
    assert "<script" not in explanation._repr_html_()
    assert explanation.to_html() == explanation._repr_html_()


def test_words_say_why_there_is_no_figure():
    """Missing, not applicable, suppressed and rejected are kept apart in a table as well."""
    subjects, board = board_from(TABLE, ["t.x", "t.y"])
    assert subjects == ("a", "b", "c")
    assert [board["t.y"].reason(s).name for s in subjects] == ["NONE", "MISSING", "NOT_APPLICABLE"]
    assert board_from({"t.x": [1.0, float("inf")]}, ["t.x"])[1]["t.x"].reason("2").name == "UNDEFINED"


@pytest.mark.parametrize(("table", "codes"), [
    ({"t.x": [1, "abc"], "t.y": [1, object()]}, ["table.no-figure", "table.no-figure"]),
    ({"t.x": [1, 2]}, ["table.no-column"]),
    ({"t.x": [1, 2], "t.y": [1]}, ["table.uneven"]),
    ({"t.x": [1, 2], "t.y": [1, 2], "id": ["a", "a"]}, ["table.subject-twice"]),
])  # fmt: skip
def test_faulty_tables(table, codes):
    """Every fault of a table is told at once, with row and column."""
    with pytest.raises(kepu.InvalidData) as caught:
        kepu.score(PLAN, table)
    assert [f.code for f in caught.value.findings] == codes


def test_other_things_are_no_table():
    """A list is not a table: an ordinary TypeError."""
    with pytest.raises(TypeError, match="mapping of columns"):
        kepu.score(PLAN, [1, 2])
    with pytest.raises(kepu.InvalidData) as caught:
        kepu.score(PLAN, {"t.x": [1], "t.y": [2]}, subjects="nope")
    assert caught.value.code == "table.no-column"


def test_earlier_tables_are_aligned_by_subject():
    """Last year's table may be in another order, or lack someone."""
    plan = scheme(leaf("x", rule={"kind": "growth", "params": {"low": 0, "high": 1}}), missing={"action": "exclude"})
    now = {"id": ["a", "b", "c"], "t.x": [15, 30, 7]}
    result = kepu.score(plan, now, earlier=[{"id": ["b", "a"], "t.x": [20, 10]}])
    assert result.score == {"a": 50.0, "b": 50.0, "c": None}
