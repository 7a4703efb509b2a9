"""What goes into a store and what comes out of it."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import TypeAlias

from attrs import field, frozen

__all__ = ["Change", "Commit", "Condition", "Prefix", "Rewrite", "StoredRecord", "Where", "Write", "meets"]


@frozen
class Prefix:
    """A condition of :meth:`Store.find`: texts that begin so (``Prefix("4403")`` for a region's subtree)."""

    text: str


Condition: TypeAlias = str | Prefix | Sequence[str]
"""What the text of an index field must be: equal, beginning so, or equal to one of several."""
Where: TypeAlias = Mapping[str, Condition]
"""Conditions by index field (or ``id``), all of which must hold."""


@frozen(kw_only=True)
class Write:
    """One record to write.

    ``body`` is its canonical JSON, or ``None`` to delete it; ``index`` the texts to find it by; ``text`` what is
    searched for words; ``expect`` the newest revision that the writer has seen (0: the record must not exist;
    ``None``: whatever it is).
    """

    type: str
    id: str
    version: int
    body: bytes | None
    index: Mapping[str, str] = field(factory=dict)
    text: str = ""
    expect: int | None = None


@frozen(kw_only=True)
class Rewrite:
    """Another content for a revision that has been superseded, for good: what erasing personal data takes.

    Revision, commit and place in the history stay; ``version``, ``body``, ``index`` and ``text`` are replaced. A
    tombstone stays one, with its version.
    """

    type: str
    id: str
    revision: int
    version: int
    body: bytes
    index: Mapping[str, str] = field(factory=dict)
    text: str = ""


@frozen(kw_only=True)
class Commit:
    """Who wrote when and why; ``number`` counts the commits of a store from 1."""

    number: int
    at: dt.datetime
    author: str | None = None
    reason: str | None = None


@frozen(kw_only=True)
class StoredRecord:
    """One revision of a record as a store keeps it; ``body`` is ``None`` for a tombstone."""

    type: str
    id: str
    version: int
    body: bytes | None
    revision: int
    commit: Commit


@frozen(kw_only=True)
class Change:
    """One revision with all that was written of it: what the feed of changes gives, and what a copy is made from."""

    record: StoredRecord
    index: Mapping[str, str] = field(factory=dict)
    text: str = ""


def meets(ident: str, index: Mapping[str, str], text: str, where: Where, words: Sequence[str]) -> bool:
    """Whether a revision meets all conditions of a search, and its text holds all the words: for stores that look themselves.

    >>> meets("b1", {"region": "440305"}, "", {"region": Prefix("4403"), "id": ["b1", "b2"]}, [])
    True
    """
    texts = {**index, "id": ident}
    return all(_matches(texts.get(name), wanted) for name, wanted in where.items()) and all(w in text for w in words)


def _matches(text: str | None, wanted: Condition) -> bool:
    if text is None:
        return False
    if isinstance(wanted, Prefix):
        return text.startswith(wanted.text)
    return text == wanted if isinstance(wanted, str) else text in wanted
