"""Texts that must be taken for nothing but themselves, and whatever a record may be written with."""

import datetime as dt
import json
from collections.abc import Iterator

from hypothesis import strategies as st

from kepu_core.language import Text
from kepu_core.plugins.storage import Prefix, Where, Write

__all__ = [
    "HOSTILE",
    "NASTY",
    "UNEASY",
    "bodies",
    "conditions",
    "findable",
    "hostile",
    "json_bytes",
    "moments",
    "texts",
]

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

UNEASY = {
    Text("空字符", "the character U+0000"): "\x00",
    Text("不成对的代理字符", "half of a surrogate pair"): "\ud83d",
}
"""Texts that not every database can keep, by what is wrong with them."""

HOSTILE = (
    "'", "''", '"', "`", "--", "/*", "*/", ";", " OR 1=1", "') ", "?", "?1", ":a", "$1", "%s", "%(a)s", "@a", "NULL",
    "%", "_", "*", "^", ".", ".*", "[", "]", "[a-z]", "\\", "\\%", "(", "|", "+", "#", "$", "NEAR(", "a:b", "-a",
    "{", "}", "{0}", "{{", "$.a", "->>", ",", ":", "\n", "\r", "\t", "\\u0041", "\\n", "<a>", "&amp;", "\x1b[0m", "\x7f",
    "/", "..", "../", "/etc/passwd", "~", "C:\\", "con", ".kepu", "file:", "://", "%2e", "\u202e", "\ufeff", "\u200b",
    "a", "A", "44", "0", "科普", "é", " ", "id", "type",
)  # fmt: skip
"""What means something to SQL, to patterns, to JSON, templates and terminals, to paths; and what means nothing."""

_EDGES = ("", "4403", "440304", "44%", "\ud7ff0", "\ue000", "\U0010ffff", "\U0010ffffa")
_BEGINNINGS = (*NASTY, *_EDGES, "44", "x", "e", "\ud7ff")

texts = st.sampled_from(NASTY) | st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=40)
hostile = st.lists(st.sampled_from(HOSTILE), min_size=1, max_size=6).map("".join)
"""Texts that are put together from those."""
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


def conditions() -> Iterator[Where | None]:
    """What those records are looked for by."""
    for text in _BEGINNINGS:
        yield from ({"t": text}, {"t": Prefix(text)}, {"id": text}, {"id": Prefix(text)})
    yield from ({"t": ["a", "A", "none"]}, {"id": ["a", "edge1", "none"]}, {"t": []}, {"id": []})
    yield from ({"t": Prefix("44"), "id": Prefix("edge")}, {"t": "a", "u": "a"}, {"t": "a", "u": "A"})
    yield from ({"unheard-of": ""}, {"unheard-of": Prefix("")}, {"unheard-of": ["", "a"]}, {}, None)
