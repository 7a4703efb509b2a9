"""Facts: counting, adding up and reading figures, by subject and period."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

import kepu_core as kepu
from kepu_core.scoring import Facts, Reason

PERIOD = kepu.Period.parse("2021")


def facts(*records, subjects=("440100", "440300"), home=None, becomes=None, period=PERIOD):
    """Facts of plain records; districts count for their city."""

    def city(code):
        return f"{code[:4]}00" if len(code) == 6 else code

    def of(name):
        return [r for r in records if kepu.domain.type_name(r) == name]

    return Facts(subjects=subjects, period=period, records=of, home=home or city, becomes=becomes or (lambda c: c))


def base(ident, region="440100", kind="venue"):
    return kepu.Base(id=ident, name=ident, kind=kind, region=region)


def report(ident, base="b", **more):
    return kepu.BaseReport(id=ident, base=base, period=more.pop("period", "2021"), **more)


def figure(value, subject="440100", *, indicator="gd.x", period="2021", **more):
    return kepu.Observation.of(indicator, subject, period, value, **more)


def test_counts_by_field_and_condition():
    """Records count for the city of their region; a register without entries counts zero."""
    f = facts(base("b1"), base("b2", "440103"), base("b3", "440300", "town"), base("b4", "450100"))
    assert f.count(kepu.Base).numbers.tolist() == [2, 1]
    assert f.count("base", kind="venue").numbers.tolist() == [2, 0]
    assert f.count(kepu.Base, kind=kepu.BaseKind.VENUE).numbers.tolist() == [2, 0]
    assert f.count("base", having=lambda b: b.id > "b1").numbers.tolist() == [1, 1]
    assert f.count("base", kind="venue").reasons.tolist() == [0, 0]
    assert f.count("base").lineage(0) == ("base/b1", "base/b2")


def test_sums_are_missing_where_nothing_was_reported():
    """A sum over reports: by their subject, inside the period, missing without any figure."""
    f = facts(
        report("r1", "x", visits=5),
        report("r2", "x", visits=7, period="2021Q1"),
        report("r3", "x", visits=1000, period="2020"),
        report("r4", "y"),
        subjects=("x", "y"),
        home=lambda c: c,
    )
    total = f.total(kepu.BaseReport, "visits", by="base")
    assert total.get("x") == 12
    assert total.reason("y") is Reason.MISSING
    assert f.total("base_report", lambda r: r.visits and r.visits * 2, by="base").get("x") == 24
    assert f.previous().total("base_report", "visits", by="base").get("x") == 1000
    assert total.lineage(0) == ("base_report/r1", "base_report/r2")


def test_figures_keep_their_state():
    """A reported zero is a number; missing, not applicable, suppressed and rejected stay what they are."""
    states = ["missing", "not_applicable", "suppressed", "rejected"]
    subjects = ("a", *states, "nobody")
    rows = [figure(None, s, state=kepu.domain.ValueState(s)) for s in states]
    values = facts(figure(0.0, "a"), *rows, subjects=subjects, home=lambda c: c).observed("gd.x")
    assert values.get("a") == 0.0
    assert [values.reason(s).name.lower() for s in states] == states
    assert values.reason("nobody") is Reason.MISSING
    assert values.lineage(0) == ("observation/gd.x|a|2021",)


def test_figures_of_other_periods_indicators_and_breakdowns_do_not_count():
    """Only the whole figure of the indicator and the period is meant."""
    breakdown = (kepu.domain.Breakdown(dimension="gender", member="f"),)
    f = facts(
        figure(1.0),
        figure(2.0, period="2020"),
        figure(3.0, indicator="gd.y"),
        figure(4.0, breakdown=breakdown),
    )
    assert f.observed("gd.x").get("440100") == 1.0
    assert f.observed("gd.x", period=kepu.Period.parse("2020")).get("440100") == 2.0
    assert f.previous().observed("gd.x").get("440100") == 2.0


@pytest.mark.parametrize(("kind", "expected"), [("flow", 3.0), ("share", None)])
def test_figures_of_merged_regions(kind, expected):
    """Codes that became one subject are added up; shares cannot be added, and are undefined."""
    indicator = kepu.Indicator(id="gd.x", name="X", unit="个", kind=kind)
    f = facts(figure(1.0), figure(2.0, "440199"), indicator, becomes=lambda c: "440100")
    assert f.observed("gd.x").get("440100") == expected
    assert f.observed("gd.x").lineage(0) == ("observation/gd.x|440100|2021", "observation/gd.x|440199|2021")
    if expected is None:
        assert f.observed("gd.x").reason("440100") is Reason.UNDEFINED


def test_a_district_is_no_figure_of_its_city():
    """Figures are published for their own subject; only records of a register roll up."""
    assert facts(figure(1.0, "440103")).observed("gd.x").reason("440100") is Reason.MISSING


def test_illustrative_figures_are_remembered():
    """Whether a figure that was read is illustrative, is known after reading it."""
    f = facts(figure(1.0, standing=kepu.domain.Standing.ILLUSTRATIVE))
    assert not f.illustrative
    f.observed("gd.x")
    assert f.illustrative


@given(st.permutations([base(f"b{i}", ["440100", "440300", "440103"][i % 3]) for i in range(6)]))
def test_the_order_of_records_does_not_matter(records):
    """Numbers and their sources are the same, whatever order the store gives."""
    values = facts(*records).count("base")
    assert values.numbers.tolist() == [4, 2]
    assert values.lineage(1) == ("base/b1", "base/b4")
