from pathlib import Path

import pytest
from accept_reject import CODEC, ROWS, page
from codec_paths import both, codes, fast_and_detailed

from kepu_core.codec._fast import DEFERRED
from kepu_core.domain.errors import InvalidData

DOCUMENTATION = Path(__file__).parents[2] / "docs" / "reference" / "accept-reject.md"


def _name(row):
    return f"{row.shown[:40]}"


@pytest.mark.parametrize("row", ROWS, ids=_name)
def test_paths_agree(row):
    """The fast path gives what the detailed path gives, or defers to it."""
    assert both(CODEC, row.type, row.data) is not None


@pytest.mark.parametrize("row", [r for r in ROWS if r.code], ids=_name)
def test_refused(row):
    """What the table refuses is refused with the code that it names, and with nothing else."""
    with pytest.raises(InvalidData) as error:
        CODEC.decode(row.type, row.data)

    assert {row.code} == set(codes(error))


@pytest.mark.parametrize("row", [r for r in ROWS if not r.code], ids=_name)
def test_taken(row):
    """What the table takes is taken, with the value that it names and of the very type."""
    made = CODEC.decode(row.type, row.data)

    if row.field is not None:
        found = getattr(made, row.field)
        assert (row.takes, type(row.takes), repr(row.takes)) == (found, type(found), repr(found))


@pytest.mark.parametrize("row", [r for r in ROWS if not r.code], ids=_name)
def test_taken_once_is_taken_again(row):
    """What was taken is written in its one canonical form, and that is read as the same record."""
    made = CODEC.decode(row.type, row.data)
    written = CODEC.encode(made)

    assert made == CODEC.decode(row.type, written)
    assert written == CODEC.encode(CODEC.decode(row.type, written))


@pytest.mark.parametrize("row", [r for r in ROWS if r.fast is not None], ids=_name)
def test_fast_where_it_matters(row):
    """Canonical and nearly canonical input is proven on the fast path; what hides colons is not."""
    fast, _ = fast_and_detailed(CODEC, row.type, row.data)

    assert row.fast == (fast is not DEFERRED)


def test_documentation_shows_the_table():
    """The page of the documentation is what the table gives now."""
    assert page() == DOCUMENTATION.read_text(encoding="utf-8")
