"""What all feeds have in common: order makes no difference, and what fits nowhere is refused."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

import kepu_core as kepu
from kepu_core.domain import RECORD_TYPES
from kepu_core.testing import records, strategy_for
from kepu_core.testing.contracts.exporter import export_bytes
from kepu_web.feeds import FEEDS
from kepu_web.feeds_material import clean, one_line

TEXTUAL = [e for e in FEEDS if e.name in {"atom", "geojson", "ics", "jsonld"}]
COLUMNS = [e for e in FEEDS if e.name in {"arrow", "parquet"}]


def written(exporter, what):
    """The bytes of an export, or why it was refused."""
    try:
        return export_bytes(exporter, what)
    except kepu.InvalidData as error:
        return error.code


@pytest.mark.parametrize("exporter", TEXTUAL, ids=lambda e: e.name)
@given(st.lists(records(), max_size=8), st.randoms(use_true_random=False))
def test_the_order_of_records_makes_no_difference(exporter, some, random):
    """The same records give the same bytes, or are refused alike."""
    mixed = list(some)
    random.shuffle(mixed)
    assert written(exporter, mixed) == written(exporter, some)


@pytest.mark.parametrize("exporter", COLUMNS, ids=lambda e: e.name)
@given(st.data())
def test_the_order_of_rows_makes_no_difference(exporter, data):
    """The same records of one type give the same bytes, be it that there are versions of one among them."""
    cls = data.draw(st.sampled_from(RECORD_TYPES))
    some = data.draw(st.lists(strategy_for(cls), max_size=6))
    assert export_bytes(exporter, data.draw(st.permutations(some))) == export_bytes(exporter, some)


@pytest.mark.parametrize("exporter", TEXTUAL, ids=lambda e: e.name)
def test_what_fits_nowhere_is_refused(exporter):
    """A file that would be empty although there are records is not written; the types that fit are named."""
    figures = [kepu.Indicator(id="x", name="人口", unit="人")]
    with pytest.raises(kepu.InvalidData, match=r"\[web.nothing-fits\] .* only indicator → give it .*base"):
        export_bytes(exporter, figures)


@pytest.mark.parametrize("exporter", TEXTUAL, ids=lambda e: e.name)
def test_a_record_given_twice_is_told_once(exporter):
    """Ids in a feed are unique, even if a list holds two versions of a record: one is taken, always the same."""
    day = dt.date(2021, 1, 1)
    step = kepu.CampaignStep(event="announced", on=day)
    one = kepu.Campaign(id="c", name="甲", kind="forum", period="2021", starts_on=day, steps=[step])
    other = kepu.replace(one, name="乙")
    assert export_bytes(exporter, [one, other, one]) == export_bytes(exporter, [other, one])
    assert export_bytes(exporter, [one, one]) == export_bytes(exporter, [one])


@given(st.text())
def test_a_clean_text_holds_nothing_that_formats_refuse(text):
    """No control characters but tab and line feed, no code points that XML does not know, and nothing else changed."""
    result = clean(text)
    assert not {c for c in result if (c < " " and c not in "\t\n") or c in "\x7f\x85\ufffe\uffff"}
    assert clean(result) == result
    assert result == text or not text.isprintable()


@pytest.mark.parametrize("char", "\x00\x0e\x7f\x9f\ufffe\uffff\U0001fffe")
def test_what_no_format_knows_is_replaced(char):
    """It is seen that something stood there; what joins the parts of an emoji stays."""
    assert clean(f"a{char}b") == "a\ufffdb"
    assert clean("👩\u200d🔬\u202e") == "👩\u200d🔬\u202e"


def test_a_heading_is_one_line():
    """Line breaks of every kind become spaces."""
    assert one_line(" 一\r\n二\u2028三\x0b四 ") == "一 二 三 四"
