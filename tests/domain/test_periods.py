"""Periods agree with the calendar, and each has one text."""

import datetime as dt
from itertools import pairwise

import pendulum
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

import kepu_core as kepu
from kepu_core import Period, PeriodUnit
from kepu_core.testing.strategies import dates, periods


@given(periods())
def test_text_and_period_belong_to_each_other(period):
    """Parsing the text of a period gives the period again."""
    assert Period.parse(period.text) == period
    assert Period.parse(Period.parse(period.text).text).text == period.text


@given(periods(), st.integers(-40, 40))
def test_shifting_whole_months_is_pendulums_arithmetic(period, steps):
    """A period of whole months moves by months, as pendulum adds them."""
    assume(period.months is not None)
    start = pendulum.date(period.start.year, period.start.month, 1).add(months=period.months * steps)
    end = start.add(months=period.months).subtract(days=1)
    moved = period.shift(steps)
    assert (moved.start, moved.end) == (start, end)


@given(periods())
def test_the_next_period_follows_without_a_gap(period):
    """Between a period and the next there is no day, and back is where one came from."""
    following = period.next()
    assert following.start - period.end == dt.timedelta(days=1)
    assert following.previous() == period


@given(periods())
def test_days_are_pendulums(period):
    """The number of days is pendulum's interval, both ends counted."""
    start = pendulum.date(period.start.year, period.start.month, period.start.day)
    assert period.days == start.diff(period.end).in_days() + 1


@given(periods(), st.sampled_from(list(PeriodUnit)))
def test_division_tiles_exactly(period, unit):
    """The parts of a period follow each other from its first day to its last, or it does not divide."""
    months = period.months
    fits = months is not None and months % unit == 0 and (period.start.month - 1) % min(unit, 12) == 0
    if not fits:
        with pytest.raises(kepu.InvalidData) as caught:
            period.divide(unit)
        assert caught.value.code == "period.not-divisible"
        return
    parts = list(period.divide(unit))
    assert (parts[0].start, parts[-1].end) == (period.start, period.end)
    assert all(a.next() == b for a, b in pairwise(parts))
    assert all(p in period for p in parts)


@given(periods(), dates())
def test_containment(period, day):
    """A period contains a day exactly if the day is between its ends."""
    assert (day in period) == (period.start <= day <= period.end)


@given(periods(), periods())
def test_overlap_is_sharing_a_day(one, other):
    """Two periods overlap exactly if the later start is not after the earlier end."""
    assert one.overlaps(other) == (max(one.start, other.start) <= min(one.end, other.end))


@pytest.mark.parametrize(
    ("text", "start", "end", "label"),
    [
        ("2021", "2021-01-01", "2021-12-31", "2021年"),
        ("2021H2", "2021-07-01", "2021-12-31", "2021年下半年"),
        ("2021Q3", "2021-07-01", "2021-09-30", "2021年第三季度"),
        ("2024-02", "2024-02-01", "2024-02-29", "2024年2月"),
        ("十四五", "2021-01-01", "2025-12-31", "“十四五”时期（2021—2025年）"),
        ("十三五", "2016-01-01", "2020-12-31", "“十三五”时期（2016—2020年）"),
        ("一五", "1953-01-01", "1957-12-31", "“一五”时期（1953—1957年）"),
        ("二十五", "2051-01-01", "2055-12-31", "“二十五”时期（2051—2055年）"),
        ("2021-09-01/2022-08-31", "2021-09-01", "2022-08-31", "2021-09-01至2022-08-31"),
    ],
)
def test_known_periods(text, start, end, label):
    """The forms of the field are read as what they mean."""
    period = Period.parse(text)
    assert (period.start.isoformat(), period.end.isoformat(), period.label.zh, period.text) == (start, end, label, text)


def test_a_five_year_span_is_the_plan():
    """2021–2025 is 十四五, by whatever text it is given."""
    assert Period.parse("2021-2025") == Period.parse("“十四五”")
    assert Period.parse("2021-2025").text == "十四五"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "21",
        "2021H3",
        "2021Q5",
        "2021-13",
        "2021-1",
        "二〇二一",
        "2021/2022",
        "２０２１",
        "2021-02-30/2021-03-01",
        "now",
    ],
)
def test_other_texts_are_refused(text):
    """What is not a period is refused with the forms that are."""
    with pytest.raises(kepu.InvalidData) as caught:
        Period.parse(text)
    assert caught.value.code == "period.unreadable"


def test_reversed_spans_are_refused():
    """A period that ends before it starts is refused."""
    with pytest.raises(kepu.InvalidData) as caught:
        Period.parse("2022-01-01/2021-01-01")
    assert caught.value.code == "period.reversed"


@given(dates(), st.integers(-2000, 2000))
def test_time_left_tells_the_side(today, days):
    """A deadline ahead is told as ahead, one behind as overdue."""
    due = today + dt.timedelta(days=days)
    words = kepu.time_left(due, today)
    expected = ("today", "今天") if days == 0 else ("in ", "还有") if days > 0 else ("overdue", "过期")
    assert expected[0] in words.en
    assert expected[1] in words.zh
