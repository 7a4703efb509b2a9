"""Texts that must be taken for nothing but themselves, and whatever a record may be written with."""

import datetime as dt
import json
from collections.abc import Iterator, Mapping

from hypothesis import strategies as st

from kepu_core.plugins.storage import Prefix, Write
from kepu_core.testing.contracts._store_model import Condition

__all__ = ["NASTY", "bodies", "conditions", "findable", "json_bytes", "moments", "texts"]

_CONFUSABLE = (
    "a",
    "A",
    " a",
    "a ",
    "é",
    "e\u0301",
    "ß",
    "ﬁ",
    "\uff21",
    "\ufeffa",
    "深圳",
    "\U0001f468\u200d\U0001f52c",
)
_SYNTAX = (
    "'; DROP TABLE kepu_record; --",
    '"',
    "%",
    "_",
    "\\",
    "a/b?c#d",
    "{a}",
    "NULL",
    "0",
    "00",
    "x" * 200,
    "深" * 200,
)
NASTY = (*_CONFUSABLE, *_SYNTAX)
"""Texts that collations, trimming, escapes and patterns take for each other, or for something else."""

_EDGES = ("", "4403", "440304", "44%", "\ud7ff0", "\ue000", "\U0010ffff", "\U0010ffffa")
_BEGINNINGS = (*NASTY, *_EDGES, "44", "x", "e", "\ud7ff")

texts = st.sampled_from(NASTY) | st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=40)
bodies = st.dictionaries(texts, st.text(max_size=20) | st.integers() | st.none(), max_size=3)
_zones = st.integers(-14 * 60, 14 * 60).map(lambda minutes: dt.timezone(dt.timedelta(minutes=minutes)))
moments = st.datetimes(dt.datetime(1949, 10, 1), dt.datetime(2149, 10, 1), timezones=_zones)  # noqa: DTZ001 - bounds


def json_bytes(value: object) -> bytes:
    """JSON as a store gets it, all characters as they are."""
    return json.dumps(value, ensure_ascii=False).encode()


def findable() -> list[Write]:
    """Records that differ in as little as possible: in their ids, in a field ``t``; some lack it, some have another."""
    writes = [Write(type="x", id=text, version=1, body=b"{}", index={"t": text, "u": text[:1]}) for text in NASTY]
    writes += [
        Write(type="x", id=f"edge{n}", version=1, body=b"{}", index={"t": text}) for n, text in enumerate(_EDGES)
    ]
    writes.append(Write(type="x", id="deleted", version=1, body=None, index={"t": "a"}))
    writes.append(Write(type="x", id="without", version=1, body=b"{}"))
    writes.append(Write(type="y", id="a", version=1, body=b"{}", index={"t": "a"}))
    return writes


def conditions() -> Iterator[Mapping[str, Condition] | None]:
    """What those records are looked for by."""
    for text in _BEGINNINGS:
        yield from ({"t": text}, {"t": Prefix(text)}, {"id": text}, {"id": Prefix(text)})
    yield from ({"t": ["a", "A", "none"]}, {"id": ["a", "edge1", "none"]}, {"t": []}, {"id": []})
    yield from ({"t": Prefix("44"), "id": Prefix("edge")}, {"t": "a", "u": "a"}, {"t": "a", "u": "A"})
    yield from ({"unheard-of": ""}, {"unheard-of": Prefix("")}, {"unheard-of": ["", "a"]}, {}, None)
