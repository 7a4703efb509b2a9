"""Rounding, ranks and grades."""

import csv
import json
from decimal import ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kepu_core.domain.scheme_policies import GradeBand, Rounding, RoundingMode, Ties
from kepu_core.scoring.grading import grades_of
from kepu_core.scoring.ranking import ranks_of
from kepu_core.scoring.rounding import rounded, rounded_decimal

MODES = {RoundingMode.HALF_UP: ROUND_HALF_UP, RoundingMode.HALF_EVEN: ROUND_HALF_EVEN}
roundings = st.builds(Rounding, decimals=st.integers(0, 4), mode=st.sampled_from(RoundingMode))


@given(st.integers(0, 10**8), roundings)
def test_decimals_round_as_on_paper(thousandths, rounding):
    """A number written with five decimals is rounded as decimals are, though stored in binary."""
    number = Decimal(thousandths).scaleb(-5)
    expected = number.quantize(Decimal(1).scaleb(-rounding.decimals), MODES[rounding.mode])
    assert rounded_decimal(float(number), rounding) == expected
    assert rounded(np.array([float(number)]), rounding)[0] == float(expected)


@given(st.lists(st.floats(0, 1e6), min_size=1, max_size=30), roundings)
def test_columns_round_like_single_numbers(numbers, rounding):
    """The fast way for a column and the exact way for one number agree."""
    single = [float(rounded_decimal(x, rounding)) for x in numbers]
    assert rounded(np.array(numbers), rounding).tolist() == single


@pytest.mark.parametrize(
    ("number", "half_up", "half_even"),
    [(2.675, "2.68", "2.68"), (0.125, "0.13", "0.12"), (1.005, "1.01", "1.00"), (89.995, "90.00", "90.00")],
)
def test_halves(number, half_up, half_even):
    """Half up, and half to even as GB/T 8170 has it."""
    assert str(rounded_decimal(number, Rounding(mode=RoundingMode.HALF_UP))) == half_up
    assert str(rounded_decimal(number, Rounding(mode=RoundingMode.HALF_EVEN))) == half_even


def test_no_negative_zero():
    """A score of minus zero is zero."""
    assert str(rounded_decimal(-0.001, Rounding(decimals=2))) == "0.00"
    assert str(rounded(np.array([-0.001]), Rounding(decimals=2))[0]) == "0.0"


def test_ties_share_the_better_rank(shared_data):
    """Competition, dense and average ranks, as COINr, scikit-criteria and pymcdm give them."""
    ties = json.loads((shared_data / "published" / "ties_conventions.json").read_text("utf-8"))
    scores = np.array(ties["scores"], dtype=float)
    for rule, peer in (
        (Ties.COMPETITION, "coinr_min"),
        (Ties.DENSE, "skcriteria_dense"),
        (Ties.AVERAGE, "pymcdm_average"),
    ):
        assert ranks_of(scores, np.ones(4, bool), ties=rule).tolist() == ties["expected"][peer]


def test_the_published_ranks_of_the_human_development_index(shared_data):
    """All 191 ranks that UNDP published follow from the published, that is rounded, index."""
    with (shared_data / "hdi" / "hdi_2021.csv").open(encoding="utf-8") as file:
        rows = [r for r in csv.DictReader(file) if r["hdi_rank_2021"]]
    score = np.array([float(r["hdi_2021"]) for r in rows])
    ranks = ranks_of(score, np.ones(len(rows), bool))
    assert ranks.tolist() == [int(float(r["hdi_rank_2021"])) for r in rows]
    assert len(rows) == 191


@given(st.lists(st.tuples(st.sampled_from([1.0, 2.0, 3.5]), st.booleans()), max_size=20))
def test_a_rank_is_one_more_than_those_ahead(cells):
    """The definition of a competition rank; none without a score."""
    score, scored = np.array([s for s, _ in cells]), np.array([k for _, k in cells], dtype=bool)
    expected = [1 + sum(k and s > mine for s, k in cells) if known else 0 for mine, known in cells]
    assert ranks_of(score, scored).tolist() == expected


@pytest.mark.parametrize(("score", "grade"), [(100, 0), (90, 0), (89.99, 1), (60.01, 1), (60, 2), (0, 2), (-1, 2)])
def test_grades_say_whether_their_boundary_belongs_to_them(score, grade):
    """90 is in “from 90 up”; 60 is not in “above 60”."""
    bands = [
        GradeBand(grade="A", lower=90, inclusive=True),
        GradeBand(grade="B", lower=60, inclusive=False),
        GradeBand(grade="C"),
    ]
    assert grades_of(np.array([score]), np.array([True]), bands).tolist() == [grade]


def test_no_grade_without_score_or_bands():
    """Who has no score has no grade, and a scheme without grades gives none."""
    assert grades_of(np.array([95.0]), np.array([False]), [GradeBand(grade="A")]).tolist() == [-1]
    assert grades_of(np.array([95.0]), np.array([True]), []).tolist() == [-1]
