"""From the conditions of a search to one statement."""

import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from attrs import frozen

from kepu_core.plugins.storage import Condition, Prefix, Where
from kepu_sql.dialect import Driver

if TYPE_CHECKING:
    from kepu_sql.ground import Ground

__all__ = ["Search", "reachable", "storable"]

_SURROGATES = range(0xD800, 0xE000)
_COLUMNS = "r.id, r.revision, r.version, r.commit_key, r.digest, r.keys, r.body"
_WORTH_COUNTING = 1000

Part = tuple[str, tuple[object, ...]]


@frozen
class Search:
    """What is looked for."""

    type: str
    where: Where
    words: tuple[str, ...] = ()
    after: str | None = None
    limit: int | None = None

    def statement(self, ground: "Ground", driver: Driver) -> tuple[Any, ...] | None:
        """The statement and its values; ``None`` if there cannot be anything."""
        type_n = ground.number_of(driver, self.type)
        fields = {n: ground.number_of(driver, self.type, n) for n in self.where if n != "id"}
        if type_n is None or None in fields.values() or not self.possible:
            return None
        leading = self._leading(ground, driver, fields)
        start: Part = ("FROM kepu_record r WHERE r.type = ?", (type_n,))
        ident = "r.id"
        if leading is not None:
            # Led by an index whose entries stand in order of ids, so that a page reads no more than itself.
            ident = "i.id"
            start = (
                "FROM kepu_index i JOIN kepu_record r ON r.type = ? AND r.id = i.id WHERE i.field = ? AND i.value = ?",
                (type_n, fields[leading], self.where[leading]),
            )
        parts = [start, ("AND r.body IS NOT NULL", ())]
        if self.after is not None:
            parts.append((f"AND {ident} > ?", (self.after,)))
        for name, wanted in self.where.items():
            if name == "id":
                parts.append(_and(_meeting(ground, ident, wanted)))
            elif name != leading:
                text, values = _meeting(ground, "value", wanted)
                field = fields[name]
                parts.append((f"AND r.id IN (SELECT id FROM kepu_index WHERE field = ? AND {text})", (field, *values)))
        if self.words:
            holds = " AND ".join(f"{ground.dialect.position} > 0" for _ in self.words)
            parts.append((f"AND r.id IN (SELECT id FROM kepu_text WHERE type = ? AND {holds})", (type_n, *self.words)))
        parts.append((f"ORDER BY {ident}", ()))
        if self.limit is not None:
            parts.append(("LIMIT ?", (self.limit,)))
        text = " ".join(p for p, _ in parts)
        return (f"SELECT {_COLUMNS} {text}", *(v for _, values in parts for v in values))

    @property
    def possible(self) -> bool:
        """Whether any record can have what is looked for: none has texts that no store keeps."""
        texts = [w for w in self.where.values() if isinstance(w, str)]
        texts += [w.text for w in self.where.values() if isinstance(w, Prefix)]
        return all(map(storable, [*texts, *self.words]))

    def _leading(self, ground: "Ground", driver: Driver, fields: Mapping[str, int | None]) -> str | None:
        """The condition of equality that fewest records meet, as far as it is worth counting them."""
        equal = [name for name in fields if isinstance(self.where[name], str)]
        if len(equal) < 2:  # noqa: PLR2004 - nothing to choose
            return next(iter(equal), None)

        def size(name: str) -> int:
            few = f"SELECT 1 AS one FROM kepu_index WHERE field = ? AND value = ? LIMIT {_WORTH_COUNTING}"
            statement = f"SELECT count(*) FROM ({few}) few"
            return int(ground.value(driver, statement, fields[name], self.where[name]))

        return min(equal, key=size)


def storable(text: str) -> bool:
    r"""Whether a text can be in a store: it holds no U+0000 and no half of a surrogate pair.

    >>> storable("a"), storable("a\0"), storable("\ud800")
    (True, False, False)
    """
    return (text.isascii() and "\0" not in text) or _whole(text)


def _whole(text: str) -> bool:
    return "\0" not in text and not any(ord(c) in _SURROGATES for c in text)


def reachable(after: str | None) -> str | None:
    """A text behind which the same ids come as behind another that no store keeps."""
    if after is None or storable(after):
        return after
    place = next(n for n, c in enumerate(after) if not _whole(c))
    begun = after[:place]
    return begun if after[place] == "\0" else f"{begun}\ud7ff{chr(sys.maxunicode)}"


def _and(part: Part) -> Part:
    return f"AND {part[0]}", part[1]


def _meeting(ground: "Ground", column: str, wanted: Condition) -> Part:
    if isinstance(wanted, str):
        return f"{column} = ?", (wanted,)
    if isinstance(wanted, Prefix):
        after = _after(wanted.text)
        if after is None:
            return f"{column} >= ?", (wanted.text,)
        return f"({column} >= ? AND {column} < ?)", (wanted.text, after)
    among, values = ground.dialect.among(column, sorted(w for w in set(wanted) if storable(w)))
    return among, (values,)


def _after(prefix: str) -> str | None:
    """The least text above all that begin with a prefix; ranges are found by index where LIKE is not."""
    while prefix:
        code = ord(prefix[-1]) + 1
        if code == _SURROGATES.start:  # they are no characters
            code = _SURROGATES.stop
        if code <= sys.maxunicode:
            return prefix[:-1] + chr(code)
        prefix = prefix[:-1]
    return None
