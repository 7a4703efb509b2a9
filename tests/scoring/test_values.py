"""Columns of values: arithmetic keeps apart why there is no number."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kepu_core.scoring import Reason, Values

numbers = st.floats(-1e6, 1e6, allow_nan=False) | st.sampled_from([0.0, 1e308, -1e308])
cells = st.tuples(numbers, st.sampled_from([*Reason][:5]))
OPERATIONS = {
    "+": lambda a, b: a + b,
    "-": lambda a, b: a - b,
    "*": lambda a, b: a * b,
    "/": lambda a, b: a / b,
}


def column(pairs):
    return Values([str(i) for i in range(len(pairs))], [n for n, _ in pairs], [r for _, r in pairs])


@given(st.lists(st.tuples(cells, cells), min_size=1, max_size=6), st.sampled_from(sorted(OPERATIONS)))
def test_arithmetic_agrees_with_plain_numbers_and_keeps_reasons(pairs, sign):
    """Each cell is what plain arithmetic gives, undefined where that is no number, absent where an operand is."""
    left, right = column([a for a, _ in pairs]), column([b for _, b in pairs])
    result = OPERATIONS[sign](left, right)
    for at, ((x, why_x), (y, why_y)) in enumerate(pairs):
        expected = why_x or why_y
        if expected:
            assert result.reasons[at] == expected
            continue
        with np.errstate(all="ignore"):
            plain = OPERATIONS[sign](np.float64(x), np.float64(y))
        assert result.reasons[at] == (Reason.NONE if np.isfinite(plain) else Reason.UNDEFINED)
        assert result.numbers[at] == (plain if np.isfinite(plain) else 0.0)


@given(st.lists(cells, min_size=1, max_size=6), numbers)
def test_arithmetic_with_a_number_works_on_both_sides(pairs, number):
    """A plain number may stand on either side of every operator."""
    values = column(pairs)
    assert np.array_equal((values + number).numbers, (number + values).numbers)
    assert np.array_equal((values * number).numbers, (number * values).numbers)
    assert np.array_equal((values - number).numbers, (-(number - values)).numbers)
    dividend = Values(values.subjects, [number] * len(pairs))
    assert np.array_equal((number / values).numbers, (dividend / values).numbers)


def test_what_is_no_number_is_undefined_at_construction():
    """NaN and infinity never enter a column."""
    values = Values(("a", "b", "c"), [float("nan"), float("inf"), 1.0])
    assert values.reasons.tolist() == [Reason.UNDEFINED, Reason.UNDEFINED, Reason.NONE]
    assert values.numbers.tolist() == [0.0, 0.0, 1.0]
    assert values.known.tolist() == [False, False, True]


def test_a_column_cannot_be_changed():
    """Columns are shared between metrics, and therefore read-only."""
    values = Values(("a",), [1.0])
    with pytest.raises(ValueError, match="read-only"):
        values.numbers[0] = 2.0


def test_columns_of_different_subjects_or_lengths_are_refused():
    """What does not belong together cannot be combined."""
    with pytest.raises(ValueError, match="different subjects"):
        Values(("a",), [1.0]) + Values(("b",), [1.0])
    with pytest.raises(ValueError, match="as many numbers"):
        Values(("a", "b"), [1.0])
    with pytest.raises(ValueError, match="as many numbers"):
        Values(("a",), [1.0], [0, 0])


def test_functions_and_sight():
    """Functions are applied to what is known; reading a cell gives a number or the reason."""
    values = Values(("a", "b", "c"), [100.0, -1.0, 5.0], [0, 0, Reason.REJECTED])
    logged = values.where_known(np.log10)
    assert logged.get("a") == 2.0
    assert [logged.reason(s) for s in "abc"] == [Reason.NONE, Reason.UNDEFINED, Reason.REJECTED]
    assert logged.get("b") is None
    assert repr(values) == "Values(a=100, b=-1, c:rejected)"
    assert len(repr(Values([str(i) for i in range(99)], np.zeros(99)))) < 60
    assert (-values).get("a") == -100.0


def test_lineage_of_a_combination_names_both_sides_once():
    """A value knows the records that it comes from, each once."""
    left = Values(("a",), [1.0], lineage=lambda _: ("base/1", "base/2"))
    right = Values(("a",), [1.0], lineage=lambda _: ("base/2", "base/3"))
    assert (left / right).lineage(0) == ("base/1", "base/2", "base/3")
    assert (left * 2).lineage(0) == ("base/1", "base/2")
