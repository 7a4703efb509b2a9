"""The rules: boundaries, monotony, faults in their parameters."""

import json

import numpy as np
import pytest
from boards import RULES
from hypothesis import assume, given
from hypothesis import strategies as st

import kepu_core as kepu
from kepu_core.scoring import Cells

finite = st.floats(-1e9, 1e9, allow_nan=False)


def shares(kind, params, raw, *, higher=True, points=10.0):
    with np.errstate(all="ignore"):  # as the engine calls it
        return (
            RULES[kind]
            .build(params)
            .shares(Cells(raw=np.array(raw, dtype=float), higher=higher, points=points))
            .tolist()
        )


@st.composite
def rules(draw):
    """Any valid rule, with the direction it is for."""
    kind = draw(st.sampled_from(["linear", "stepwise", "ratio", "per_unit"]))
    higher = kind == "per_unit" or draw(st.booleans())
    if kind == "linear":
        low, high = draw(finite), draw(finite)
        assume(abs(low - high) > 1e-6)
        return kind, {"low": low, "high": high}, high > low
    if kind == "ratio":
        return kind, {"target": draw(st.floats(1e-3, 1e9))}, higher
    if kind == "per_unit":
        return kind, {"points_each": draw(st.floats(0, 1e3))}, higher
    bounds = sorted(draw(st.lists(finite, min_size=1, max_size=5, unique=True)), reverse=higher)
    awarded = draw(st.lists(st.floats(0, 1), min_size=len(bounds) + 1, max_size=len(bounds) + 1))
    return kind, {"bounds": bounds, "awarded": sorted(awarded, reverse=True)}, higher


@given(rules(), st.lists(finite, min_size=2, max_size=20), st.floats(0, 1000))
def test_better_values_never_earn_less(rule, raw, points):
    """Every rule gives shares between 0 and 1, and never less for a better value."""
    kind, params, higher = rule
    ordered = sorted(raw, reverse=not higher)
    if kind == "ratio" and not higher:
        ordered = [x for x in ordered if x >= 0]
    earned = shares(kind, params, ordered, higher=higher, points=points)
    assert all(0 <= s <= 1 for s in earned)
    assert earned == sorted(earned)


@pytest.mark.parametrize(
    ("raw", "higher", "expected"),
    [(300, True, 1), (299.999, True, 0.9), (250, True, 0.9), (200, True, 0.7), (199.999, True, 0), (-1, True, 0)],
)
def test_a_bound_belongs_to_its_band(raw, higher, expected):
    """Exactly at a bound, the better band counts."""
    params = {"bounds": [300, 250, 200], "awarded": [1, 0.9, 0.7, 0]}
    assert shares("stepwise", params, [raw], higher=higher) == [expected]


@pytest.mark.parametrize(("raw", "expected"), [(1, 1), (1.001, 0.5), (3, 0.5), (3.001, 0.1)])
def test_bands_where_less_is_better(raw, expected):
    """Bands may rise: the fewer incidents, the better."""
    params = {"bounds": [1, 3], "awarded": [1, 0.5, 0.1]}
    assert shares("stepwise", params, [raw], higher=False) == [expected]


def test_the_bands_of_a_self_assessment_sheet(shared_data):
    """Values at and beside the bounds of a district's sheet fall into the grades that it prints."""
    sheet = json.loads((shared_data / "rules" / "base_self_assessment_thresholds.json").read_text("utf-8"))
    floors = [g["share"][0] for g in sheet["grades"]]
    grade_of = {g["share"][0]: g["name"] for g in sheet["grades"]}
    bounds = {i["code"]: i["lower_bounds"][:-1] for i in sheet["items"]}
    seen = 0
    for example in sheet["examples"]:
        if example["value"] is None:
            continue
        (share,) = shares("stepwise", {"bounds": bounds[example["item"]], "awarded": floors}, [example["value"]])
        assert grade_of[share] == example["grade"], example
        seen += 1
    assert seen == 6


def test_goalposts_in_both_directions():
    """Linear: nothing at low, everything at high, whichever is larger."""
    assert shares("linear", {"low": 20, "high": 85}, [20, 52.5, 85, 10, 90]) == [0, 0.5, 1, 0, 1]
    assert shares("linear", {"low": 85, "high": 20}, [20, 52.5, 85, 10, 90]) == [1, 0.5, 0, 1, 0]


def test_ratio_to_a_target():
    """Proportional below the target, full from it on; the other way round where less is better."""
    assert shares("ratio", {"target": 300}, [0, 150, 300, 330, -5]) == [0, 0.5, 1, 1, 0]
    assert shares("ratio", {"target": 2}, [0, 1, 2, 4, 8], higher=False) == [1, 1, 1, 0.5, 0.25]


def test_points_per_unit():
    """0.3 points each, 3 at most; a criterion worth nothing earns nothing."""
    assert shares("per_unit", {"points_each": 0.3}, [0, 5, 10, 20, -3], points=3) == [0, 0.5, 1, 1, 0]
    assert shares("per_unit", {"points_each": 0.3}, [5], points=0) == [0]


@pytest.mark.parametrize(
    ("kind", "params", "code", "field"),
    [
        ("linear", {"low": 1, "high": 1}, "rule.goalposts", "high"),
        ("linear", {"low": 1}, "field.missing", "high"),
        ("linear", {"low": 1, "high": float("nan")}, "field.type", "high"),
        ("linear", {"low": 1, "high": "2"}, "field.type", "high"),
        ("stepwise", {"bounds": [3, 2], "awarded": [1, 0]}, "rule.bands", "awarded"),
        ("stepwise", {"bounds": [], "awarded": [1]}, "rule.bands", "awarded"),
        ("stepwise", {"bounds": [2, 2], "awarded": [1, 0.5, 0]}, "rule.bands-order", "bounds"),
        ("stepwise", {"bounds": [1, 3, 2], "awarded": [1, 0.5, 0.2, 0]}, "rule.bands-order", "bounds"),
        ("stepwise", {"bounds": [3, 2], "awarded": [1, 0, 0.5]}, "rule.share", "awarded[2]"),
        ("stepwise", {"bounds": [3, 2], "awarded": [1.5, 1, 0]}, "rule.share", "awarded[0]"),
        ("ratio", {"target": 0}, "rule.target", "target"),
        ("per_unit", {"points_each": -1}, "field.too-small", "points_each"),
    ],
)
def test_faulty_parameters_are_refused(kind, params, code, field):
    """Each fault in a rule's parameters has its code and its field."""
    with pytest.raises(kepu.InvalidData) as caught:
        RULES[kind].build(params)
    assert [(f.code, f.field) for f in caught.value.findings] == [(code, field)]
