"""Plausibility of figures: what is doubted, what is not, and what makes no difference."""

import math
import random
import statistics

import attrs
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kepu_core import (
    Breakdown,
    Indicator,
    IndicatorKind,
    Observation,
    Place,
    Region,
    RegionTable,
    Severity,
    use_language,
)
from kepu_core.domain import Period
from kepu_core.testing import figures_for, worlds
from kepu_office.plausibility import PlausibilityLimits, check_plausibility
from kepu_office.plausibility_statistics import robust

CITIES = [f"99{n:02}00" for n in range(1, 22)]
PROVINCE = Region(id="990000", name="某省", level="province")
TABLE = RegionTable([PROVINCE, *(Region(id=c, name=f"{c}市", level="prefecture", parent="990000") for c in CITIES)])
VISITS = Indicator(id="visits", name="接待人次", name_en="visits", unit="人次", kind=IndicatorKind.FLOW)
VENUES = Indicator(id="venues", name="科普场馆", unit="个", kind=IndicatorKind.STOCK)
LITERACY = Indicator(id="literacy", name="科学素质", unit="%", kind=IndicatorKind.SHARE)
PEOPLE = Indicator(id="population", name="人口", unit="人", kind=IndicatorKind.STOCK)
KNOWN = (VISITS, VENUES, LITERACY, PEOPLE)


def figure(indicator, subject, value, period="2021", **parts):
    breakdown = tuple(Breakdown(dimension=d, member=m) for d, m in parts.items())
    return Observation.of(indicator, subject, period, value, breakdown=breakdown)


def doubts(figures, **told):
    return check_plausibility(figures, **{"regions": TABLE, "indicators": KNOWN, **told})


def codes(figures, **told):
    return [(d.code.removeprefix("plausible."), d.subject, d.period) for d in doubts(figures, **told)]


def usual(indicator="visits", period="2021", factor=1.0):
    """Figures of all cities as they might be: of unlike size, none strange."""
    chance = random.Random(7)
    return {c: figure(indicator, c, float(round(math.exp(chance.gauss(8, 1)) * factor)), period) for c in CITIES}


def with_value(figures, subject, value):
    one = figures[subject]
    return {**figures, subject: attrs.evolve(one, value=float(value))}.values()


# What is doubted


def test_usual_figures_are_not_doubted():
    """Cities of unlike size that all grow a little give no doubt."""
    figures = [*usual(period="2020").values(), *usual(factor=1.05).values()]
    assert codes(figures) == []


def test_a_jump_is_doubted():
    """A figure that tripled while others grew by a twentieth is doubted, with last year's figure and the change."""
    now = usual(factor=1.05)
    before = usual(period="2020")
    figures = [*before.values(), *with_value(now, CITIES[3], before[CITIES[3]].value * 3)]
    (doubt,) = doubts(figures)
    assert (doubt.code, doubt.subject, doubt.indicator) == ("plausible.jump", CITIES[3], "visits")
    assert doubt.finding.severity is Severity.WARNING
    assert "+200.0%" in doubt.finding.message.en
    assert f"{before[CITIES[3]].value:,.0f} a year before" in doubt.finding.message.en


def test_what_happened_to_all_is_no_jump():
    """After a year of closed venues all grow threefold: beyond the limit, but no farther than their peers."""
    figures = [*usual(period="2020").values(), *usual(factor=3).values()]
    assert codes(figures) == []


def test_a_change_like_others_is_no_jump():
    """Where changes differ widely, from a half to threefold, another that is threefold is nothing of its own."""
    before = usual(period="2020")
    now = [figure("visits", c, before[c].value * (0.5 + n / 8)) for n, c in enumerate(CITIES)]
    assert codes([*before.values(), *now]) == []


def test_parts_are_compared_with_the_same_parts_of_last_year():
    """Women with women: a part is compared neither with the whole nor with another part."""
    figures = [
        figure("visits", CITIES[0], 1000, "2020"),
        figure("visits", CITIES[0], 300, "2020", sex="female"),
        figure("visits", CITIES[0], 1000),
        figure("visits", CITIES[0], 310, sex="female"),
    ]
    assert codes(figures) == []
    figures[3] = figure("visits", CITIES[0], 900, sex="female")
    (doubt,) = doubts(figures)
    assert (doubt.code, doubt.breakdown) == ("plausible.jump", "sex=female")


def test_a_change_within_the_limit_is_no_jump():
    """Nobody else changed at all, but two fifths more is within the limit."""
    figures = [*usual(period="2020").values(), *with_value(usual(), CITIES[0], usual()[CITIES[0]].value * 1.4)]
    assert codes(figures) == []


def test_few_peers_are_no_measure_of_jumps():
    """With one city alone the limit decides."""
    figures = [figure("visits", CITIES[0], 1000, "2020"), figure("visits", CITIES[0], 2001)]
    assert codes(figures) == [("jump", CITIES[0], "2021")]


def test_a_quarter_is_compared_with_the_same_quarter_of_last_year():
    """Summer holidays are no jump: the third quarter is compared with last year's third."""
    figures = [
        figure("visits", CITIES[0], 1000, "2021Q2"),
        figure("visits", CITIES[0], 5000, "2020Q3"),
        figure("visits", CITIES[0], 5100, "2021Q3"),
    ]
    assert codes(figures) == []
    assert codes([*figures[:1], figures[2], figure("visits", CITIES[0], 1000, "2020Q3")]) == [
        ("jump", CITIES[0], "2021Q3")
    ]


@pytest.mark.parametrize(("before", "now", "doubted"), [(3, 8, False), (3, 30, True), (0, 500, False), (500, 0, True)])
def test_small_counts_and_zero(before, now, doubted):
    """Counts below ten double easily; from zero there is no relative change; a fall to zero is one."""
    figures = [figure("venues", CITIES[0], before, "2020"), figure("venues", CITIES[0], now)]
    assert bool(codes(figures)) is doubted


@pytest.mark.parametrize("factor", [10_000, 1 / 10_000])
def test_a_figure_in_the_wrong_unit_is_an_outlier(factor):
    """People given in ten thousands, or ten thousand times too many, stand out, whatever the size of the city."""
    figures = usual("population")
    for city in CITIES:
        strange = with_value(figures, city, figures[city].value * factor)
        assert ("outlier", city, "2021") in codes(strange)


def test_figures_are_compared_per_unit_of_a_denominator():
    """Venues that are many for so few people are doubted only if they are counted per head."""
    people = {c: figure("population", c, 1_000_000.0 * (n % 7 + 2), "2020") for n, c in enumerate(CITIES)}
    venues = {c: figure("venues", c, 20.0 * (n % 7 + 2) + n % 3) for n, c in enumerate(CITIES)}
    figures = [*people.values(), *with_value(venues, CITIES[0], 300)]
    assert codes(figures) == []
    (doubt,) = doubts(figures, denominators={"venues": "population"})
    assert (doubt.code, doubt.subject) == ("plausible.outlier", CITIES[0])
    assert "per unit of 人口" in doubt.finding.message.en


def test_without_its_denominator_a_figure_is_not_compared():
    """Nothing is said of a city whose population is not known, and nothing is divided by zero."""
    people = {c: figure("population", c, 0.0 if n == 1 else 1e6, "2020") for n, c in enumerate(CITIES) if n != 0}
    venues = {c: figure("venues", c, 50_000.0 if n < 2 else 40.0 + n) for n, c in enumerate(CITIES)}
    found = doubts([*people.values(), *venues.values()], denominators={"venues": "population"})
    assert [d for d in found if d.indicator == "venues"] == []


def test_counts_of_one_size_are_no_outliers():
    """Where all cities report nearly the same, twice or half of it is still no outlier; ten times is one."""
    figures = {c: figure("visits", c, 1000.0 + n) for n, c in enumerate(CITIES)}
    assert codes(with_value(figures, CITIES[2], 2000)) == []
    assert codes(with_value(figures, CITIES[2], 500)) == []
    assert codes(with_value(figures, CITIES[2], 10_000)) == [("outlier", CITIES[2], "2021")]


def test_shares_are_compared_as_they_are():
    """A share of 90 % among others around 12 is an outlier, though it is below a hundred."""
    shares = {c: figure("literacy", c, 12 + n / 10) for n, c in enumerate(CITIES)}
    assert codes(with_value(shares, CITIES[5], 90)) == [("outlier", CITIES[5], "2021")]
    assert codes(with_value(shares, CITIES[5], 14.5)) == []


def test_a_total_that_is_not_the_sum_of_its_regions_is_doubted():
    """All 21 cities are there and do not add up to the figure of the province."""
    cities = usual()
    total = sum(o.value for o in cities.values())
    assert codes([*cities.values(), figure("visits", "990000", total)]) == []
    (doubt,) = doubts([*cities.values(), figure("visits", "990000", total + 1)])
    assert (doubt.code, doubt.subject, doubt.value) == ("plausible.regions-sum", "990000", total + 1)
    assert f"{total:,.0f}" in doubt.expected.en


def test_a_total_is_not_judged_while_a_region_is_missing():
    """One city has not reported: the sum may be below the total, but not above."""
    cities = usual()
    total = sum(o.value for o in cities.values())
    some = [o for c, o in cities.items() if c != CITIES[4]]
    assert codes([*some, figure("visits", "990000", total)]) == []
    rest = total - cities[CITIES[4]].value
    assert codes([*some, figure("visits", "990000", rest - 1)]) == [("regions-sum", "990000", "2021")]


def test_a_negative_part_leaves_the_sum_open():
    """Where a part is below zero, those that are there may be more than the whole until the last one comes."""
    figures = [figure("visits", "990000", 100), figure("visits", CITIES[0], 150), figure("visits", CITIES[1], -10)]
    assert {code for code, *_ in codes(figures)} == {"negative"}


def test_shares_and_unknown_indicators_are_not_added_up():
    """Of an indicator that nobody registered it is not known whether it adds up."""
    shares = [figure("literacy", c, 12.0) for c in [*CITIES, "990000"]]
    unknown = [figure("open_days", c, 300.0) for c in [*CITIES, "990000"]]
    assert codes([*shares, *unknown]) == []


def test_rounding_is_no_fault():
    """Figures in two decimals may be off by as much as their rounding; whole numbers may not be."""
    money = [figure("visits", c, 10.33) for c in CITIES]
    assert codes([*money, figure("visits", "990000", 217.0)]) == []
    assert codes([*money, figure("visits", "990000", 218.0)]) == [("regions-sum", "990000", "2021")]


def test_parts_by_sex_must_add_up():
    """Women and men are all people, whether or not others' figures add up."""
    whole, women = figure("visits", CITIES[0], 1000), figure("visits", CITIES[0], 600, sex="female")
    assert codes([whole, women, figure("visits", CITIES[0], 400, sex="male")]) == []
    found = doubts([whole, women, figure("visits", CITIES[0], 300, sex="male")])
    assert [(d.code, d.subject) for d in found] == [("plausible.parts-sum", CITIES[0])]
    assert codes([whole, women]) == []


def test_parts_of_which_several_can_be_chosen_need_not_add_up():
    """A dimension is taken as one that adds up only if it does in most cities."""
    figures = []
    for n, city in enumerate(CITIES):
        figures += [
            figure("visits", city, 1000 + n),
            figure("visits", city, 700, by="bus"),
            figure("visits", city, 600, by="car"),
        ]
    assert codes(figures) == []
    adding = [figure("visits", c, 1300) for c in CITIES] + [o for o in figures if o.breakdown]
    assert codes(adding) == []
    adding[3] = figure("visits", CITIES[3], 1301)
    assert codes(adding) == [("parts-sum", CITIES[3], "2021")]


def test_parts_are_added_up_inside_of_other_parts():
    """Women in town and in the country make up the women, not the people."""
    table = [
        figure("visits", CITIES[0], 600, sex="female"),
        figure("visits", CITIES[0], 350, sex="female", 性别="城镇"),
        figure("visits", CITIES[0], 251, sex="female", 性别="农村"),
    ]
    (doubt,) = doubts(table)
    assert (doubt.code, doubt.breakdown) == ("plausible.parts-sum", "sex=female")


def test_a_part_above_its_whole_is_doubted():
    """A part cannot be more than the figure that it is a part of, nor a city more than its province."""
    (doubt,) = doubts([figure("visits", CITIES[0], 100), figure("visits", CITIES[0], 101, age="18-30")])
    assert (doubt.code, doubt.breakdown, doubt.value) == ("plausible.part-above-whole", "age=18-30", 101)
    found = codes([figure("visits", "990000", 100), figure("visits", CITIES[0], 101)])
    assert ("part-above-whole", CITIES[0], "2021") in found


def test_a_change_of_regions_is_no_missing_part():
    """A district that is gone by the end of the period need not report for the total to be judged."""
    gone = Region(id="999900", name="旧市", level="prefecture", parent="990000", valid_to=Period.parse("2021").start)
    table = RegionTable([*TABLE, gone])
    cities = [figure("visits", c, 100) for c in CITIES]
    assert codes([*cities, figure("visits", "990000", 2100)], regions=table) == []
    assert codes([*cities, figure("visits", "990000", 2200)], regions=table) == [("regions-sum", "990000", "2021")]


def test_functional_zones_leave_sums_open():
    """Whether a total was made with a zone that lies in a district is not known; the districts alone must not exceed it."""
    zone = Region(id="999900", name="某新区", level="prefecture", parent="990000", functional_zone=True)
    table = RegionTable([*TABLE, zone])
    cities = [figure("visits", c, 100) for c in CITIES]
    for total in (2100, 2150):
        assert codes([*cities, figure("visits", zone.id, 50), figure("visits", "990000", total)], regions=table) == []
    assert codes([*cities, figure("visits", "990000", 2099)], regions=table) == [("regions-sum", "990000", "2021")]


@pytest.mark.parametrize(
    ("indicator", "value", "code"),
    [
        ("visits", -1, "plausible.negative"),
        ("literacy", 100.5, "plausible.share-above-all"),
        ("literacy", -0.5, "plausible.negative"),
    ],
)
def test_impossible_figures_are_doubted(indicator, value, code):
    """Counts below zero and shares above a hundred; a share of just a hundred is possible."""
    assert [d.code for d in doubts([figure(indicator, CITIES[0], value)])] == [code]
    assert doubts([figure(indicator, CITIES[0], abs(round(value)))]) == ()


def many(city, period="2021", seed=1):
    chance = random.Random(seed)
    return [figure(f"i{n}", city, chance.randint(101, 99_999) * 10 + 1, period) for n in range(12)]


def test_last_years_figures_given_again_are_doubted():
    """A dozen figures that are just those of last year, but not among many; small counts and stocks may stay the same."""
    (doubt,) = doubts([*many(CITIES[0], "2020"), *many(CITIES[0])])
    assert (doubt.code, doubt.subject, doubt.value) == ("plausible.same-as-last-year", CITIES[0], None)
    assert "12 of 12" in doubt.finding.message.en
    stocks = [Indicator(id=f"i{n}", name=f"{n}", unit="个", kind=IndicatorKind.STOCK) for n in range(12)]
    assert doubts([*many(CITIES[0], "2020"), *many(CITIES[0])], indicators=stocks) == ()
    others = [figure(f"j{n}", CITIES[0], 1003 + n + 50 * int(p), p) for n in range(60) for p in ("2020", "2021")]
    assert doubts([*many(CITIES[0], "2020"), *many(CITIES[0]), *others]) == ()
    small = [figure(f"i{n}", CITIES[0], n, period) for n in range(12) for period in ("2020", "2021")]
    assert doubts(small) == ()


def test_another_citys_figures_are_doubted():
    """Two cities with a dozen figures in common are both asked; a city and the province that it lies in are not."""
    found = doubts([*many(CITIES[0]), *many(CITIES[1]), *many(CITIES[2], seed=2)])
    assert [(d.code, d.subject) for d in found] == [("plausible.same-as-another", c) for c in CITIES[:2]]
    assert CITIES[1] in found[0].finding.message.en
    assert "same-as-another" not in {c for c, *_ in codes([*many(CITIES[0]), *many("990000")])}


def test_what_all_have_in_common_is_no_copy():
    """A figure that the province gave to all cities is not copied by any of them."""
    assert codes([o for c in CITIES for o in many(c)]) == []


# What is said


def test_a_doubt_says_where_to_correct_the_figure():
    """The message names city, indicator, period and value; the mend names the cell; both languages speak."""
    one = figure("visits", CITIES[0], -5)
    place = Place(file="广州市/数据.xlsx", sheet="数据", cell="B7")
    (doubt,) = doubts([one], places={f"observation/{one.id}": place})
    assert doubt.finding.place == place
    with use_language("zh"):
        assert "接待人次”为 -5，小于 0" in str(doubt)
        assert "确认无误，或改正 广州市/数据.xlsx 数据!B7 处的数据" in str(doubt)
    assert "confirm it, or correct what stands at 广州市/数据.xlsx 数据!B7" in str(doubt)


def test_only_what_was_asked_for_is_doubted():
    """Figures of other periods and subjects serve for comparison."""
    figures = [figure("visits", c, -5, p) for c in CITIES[:2] for p in ("2020", "2021")]
    found = codes(figures, periods=["2021"], subjects=[CITIES[1]])
    assert found == [("negative", CITIES[1], "2021")]


def test_a_new_value_is_a_new_doubt():
    """The key names the value, and the one that it is compared with; the same values give the same key."""
    one = [figure("visits", CITIES[0], 100, "2020"), figure("visits", CITIES[0], 900)]
    again = [one[0], figure("visits", CITIES[0], 901)]
    corrected = [figure("visits", CITIES[0], 101, "2020"), one[1]]
    keys = [doubts(figures)[0].key for figures in (one, again, corrected, one)]
    assert keys[0] == keys[3]
    assert len(set(keys)) == 3


def test_no_figures_no_doubts():
    """Nothing is said of nothing, nor of figures without a value."""
    assert doubts([]) == ()
    assert doubts([Observation.of("visits", CITIES[0], "2021")]) == ()


def test_without_regions_all_are_compared_with_each_other():
    """Subjects that no table knows are peers, and their ids stand for their names."""
    figures = [Observation.of("visits", f"s{n}", "2021", 1000.0 + n) for n in range(20)]
    found = check_plausibility([*figures, Observation.of("visits", "x", "2021", 1e9)])
    assert [(d.code, d.subject) for d in found] == [("plausible.outlier", "x")]


def test_planted_faults_are_found_and_few_others():
    """Of 21 cities with 60 indicators, faults of a factor of ten are all found; of the rest one in fifty is asked."""
    chance = random.Random(3)
    indicators = [Indicator(id=f"i{n}", name=f"{n}", unit="个") for n in range(60)]
    figures, faults = [], set()
    for i in indicators:
        for city in CITIES:
            size = math.exp(chance.gauss(8, 1))
            figures.append(figure(i.id, city, float(round(size)), "2020"))
            wrong = chance.random() < 0.02
            now = figure(i.id, city, float(round(size * math.exp(chance.gauss(0.05, 0.1)) * (10 if wrong else 1))))
            faults |= {f"observation/{now.id}"} if wrong else set()
            figures.append(now)
    found = {d.finding.record for d in doubts(figures, indicators=indicators, periods=["2021"])}
    assert len(faults) > 15
    assert faults <= found
    assert len(found - faults) < len(figures) / 2 / 50


# What makes no difference


@given(worlds(cities=4), st.randoms(use_true_random=False))
def test_the_order_of_figures_makes_no_difference(world, chance):
    """The same figures in another order give the same doubts."""
    figures = list(world.of(Observation))
    told = {"regions": world.regions, "indicators": world.of(Indicator), "limits": PlausibilityLimits(least_peers=3)}
    first = check_plausibility(figures, **told)
    chance.shuffle(figures)
    assert check_plausibility(figures, **told) == first


@given(worlds(cities=4, hostile=True))
def test_doubts_are_warnings_about_figures_that_there_are(world):
    """Whatever a province reports, each doubt is a warning about one of its figures, with a key of its own."""
    figures = {f"observation/{o.id}": o for o in world.of(Observation)}
    found = check_plausibility(figures.values(), regions=world.regions, indicators=world.of(Indicator))
    for doubt in found:
        assert doubt.finding.severity is Severity.WARNING
        assert doubt.code.startswith("plausible.")
        assert doubt.finding.record in figures
        assert doubt.value in {None, figures[doubt.finding.record].value}
    assert len({d.key for d in found}) == len(found)


def outliers(values, indicator, **limits):
    figures = [figure(indicator, c, v) for c, v in zip(CITIES, values, strict=False)]
    told = PlausibilityLimits(slight=0, apart=1, small=0, **limits)
    return {d.subject for d in doubts(figures, limits=told) if d.code == "plausible.outlier"}


SHARES = st.lists(st.integers(0, 4000).map(lambda n: n / 64), min_size=8, max_size=21)
COUNTS = st.lists(st.integers(1, 10**9).map(float), min_size=8, max_size=21)


@given(COUNTS | SHARES, st.sampled_from(["visits", "literacy"]))
def test_the_median_is_no_outlier(values, indicator):
    """A figure that equals the median of its peers is never an outlier."""
    values = values[:-1] if len(values) % 2 == 0 else values
    if len(values) >= 8:
        middle = statistics.median([v for v in values if indicator == "literacy" or v > 0] or [0.0])
        found = outliers(values, indicator)
        assert all(v != middle for c, v in zip(CITIES, values, strict=False) if c in found)


@given(SHARES, st.integers(0, 64))
def test_adding_a_constant_to_all_shares_makes_no_difference(values, constant):
    """The distances of shares stay the same (multiples of 1/64 are exact)."""
    assert outliers([v + constant for v in values], "literacy") == outliers(values, "literacy")


@given(COUNTS, st.sampled_from([2**-10, 0.5, 2, 2**20]))
def test_the_unit_of_counts_makes_no_difference(values, factor):
    """Persons or thousands of persons: ratios stay the same."""
    assert outliers([v * factor for v in values], "visits") == outliers(values, "visits")


@given(COUNTS, st.integers(0, 20))
def test_a_larger_k_never_doubts_more(values, place):
    """What is an outlier by a strict measure is one by a lenient measure."""
    values[place % len(values)] *= 10_000
    assert outliers(values, "visits", k=5) <= outliers(values, "visits", k=3)


@given(figures_for(CITIES, {"visits": (0, 10_000), "venues": (0, 50)}, Period.parse("2021")))
def test_a_computed_total_is_never_doubted(figures):
    """The figure of the province, added up from its cities, is the sum of them."""
    reported = [o for o in figures if o.value is not None]
    names = {o.indicator for o in reported}
    totals = [figure(i, "990000", sum(o.value for o in reported if o.indicator == i)) for i in sorted(names)]
    assert {d.subject for d in doubts([*figures, *totals])} & {"990000"} == set()


@given(st.lists(st.tuples(st.integers(0, 3), st.floats(-1e6, 1e6)), min_size=1, max_size=60))
def test_statistics_of_groups_are_those_of_each_group(pairs):
    """Medians and spreads are those that the standard library gives, group by group."""
    groups, numbers = (np.array(column) for column in zip(*pairs, strict=True))
    found = robust(numbers.astype(float), groups)
    for place, (group, _) in enumerate(pairs):
        mine = [v for g, v in pairs if g == group]
        middle = statistics.median(mine)
        assert found.median[place] == pytest.approx(middle)
        assert found.mad[place] == pytest.approx(statistics.median(abs(v - middle) for v in mine), abs=1e-6)
        assert found.size[place] == len(mine)


@given(st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=16, max_size=16), st.booleans())
def test_numbers_at_the_ends_of_what_can_be_written_do_no_harm(values, share):
    """The largest and smallest numbers are judged or not, but nothing overflows."""
    indicator = "literacy" if share else "visits"
    now = [figure(indicator, c, v) for c, v in zip(CITIES, values[:8], strict=False)]
    before = [figure(indicator, c, v, "2020") for c, v in zip(CITIES, values[8:], strict=False)]
    assert all(str(d) for d in doubts([*now, *before, figure(indicator, "990000", values[0])]))


@given(st.lists(st.text("abc", min_size=1, max_size=3), min_size=1, max_size=8, unique=True), st.integers(1, 500))
def test_parts_that_add_up_are_not_doubted(members, each):
    """However many members a dimension has: if they add up to the whole, nothing is said."""
    parts = [figure("visits", CITIES[0], each + n, sex=m) for n, m in enumerate(members)]
    assert doubts([*parts, figure("visits", CITIES[0], sum(p.value for p in parts))]) == ()
