"""A store in which figures are records, whichever way they are kept: what a workspace reads from and writes to."""

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import chain, islice
from typing import Any

from attrs import evolve

from kepu_core.codec.codec import Codec
from kepu_core.domain.findings import Finding
from kepu_core.plugins.storage import (
    Change,
    Commit,
    Rewrite,
    Store,
    StoredRecord,
    Where,
    Write,
    refuse_conflicts,
)
from kepu_core.workspace.figure_blocks import arrow, has_blocks, ids_of, made_blocks
from kepu_core.workspace.figure_records import decoder, figure_histories, stored_figures
from kepu_core.workspace.figure_rows import OBSERVATION, Decode, Wanted, count_standing, standing

__all__ = ["FigureStore"]

_AT_ONCE = 1000
_FOUND_BY = frozenset({"id", "indicator", "subject", "period"})


class FigureStore:
    """Another store, with its figures in columns shown as records of the type ``observation``.

    Where there are none, everything is the other store's, and pyarrow is not needed. What is written to a figure in
    columns takes it out of them, in the same commit. :meth:`changes`, :meth:`commits` and :meth:`verify` are those of the
    other store: the feed has blocks in it, so that a copy is a copy.

    ``text_of`` gives what is searched for words in an observation.
    """

    def __init__(self, store: Store, codec: Codec, *, text_of: Callable[[Any], str] | None = None) -> None:
        self.store = store
        self.url = store.url
        self._version = codec.type_of(OBSERVATION).version
        self._decode: Decode = decoder(codec)
        self._text_of = text_of or (lambda _: "")

    # Reading

    def get(self, type_name: str, ident: str, *, as_of: int | None = None) -> StoredRecord | None:
        """The newest revision, be it a tombstone; ``None`` if there never was one."""
        stored = self.store.get(type_name, ident, as_of=as_of)
        if not self._mixed(type_name, as_of):  # looked at afterwards: a figure may have moved into the first block
            return stored
        revisions = figure_histories(self.store, [ident], version=self._version, as_of=as_of)[ident]
        return revisions[-1] if revisions else None

    def get_many(self, type_name: str, idents: Sequence[str]) -> Mapping[str, StoredRecord]:
        """The newest revisions of many records of a type, by id."""
        found = dict(self.store.get_many(type_name, idents))
        if not self._mixed(type_name, None):
            return found
        for rows in standing(self.store, None, Wanted.meeting({"id": tuple(idents)}), gone=True):
            for stored in stored_figures(self.store, rows, version=self._version):
                found[stored.id] = stored
        return found

    def find(
        self,
        type_name: str,
        where: Where | None = None,
        *,
        words: Sequence[str] = (),
        after: str | None = None,
        limit: int | None = None,
        as_of: int | None = None,
    ) -> Iterator[StoredRecord]:
        """The newest revisions of a type, without tombstones, by id."""
        if not self._mixed(type_name, as_of):
            found = self.store.find(type_name, where, words=words, after=after, limit=limit, as_of=as_of)
            if type_name != OBSERVATION or as_of is not None:
                return found
            first = list(islice(found, 1))
            if not self._mixed(type_name, None):  # nor has any moved into the first block since
                return chain(first, found)
        where = dict(where or {})
        found = iter(()) if where.keys() - _FOUND_BY else self._figures(Wanted.meeting(where, after), as_of)
        if words:
            found = (s for s in found if all(word in self._text_of(self._decode(s)) for word in words))
        return islice(found, limit)

    def _figures(self, wanted: Wanted, as_of: int | None) -> Iterator[StoredRecord]:
        for rows in standing(self.store, self._decode, wanted, as_of=as_of):
            yield from stored_figures(self.store, rows, version=self._version, as_of=as_of)

    def count(self, type_name: str | None = None, *, as_of: int | None = None) -> Mapping[str, int]:
        """How many living records there are of each type; blocks are none."""
        found = {name: n for name, n in self.store.count(type_name, as_of=as_of).items() if not name.startswith(".")}
        if type_name in {None, OBSERVATION} and has_blocks(self.store, as_of=as_of):
            found[OBSERVATION] = count_standing(self.store, self._decode, as_of=as_of)
        return {name: found[name] for name in sorted(found) if found[name]}

    def history(self, type_name: str, ident: str) -> Sequence[StoredRecord]:
        """Every revision of a record, oldest first."""
        found = self.store.history(type_name, ident)
        if not self._mixed(type_name, None):
            return found
        return figure_histories(self.store, [ident], version=self._version)[ident]

    def _mixed(self, type_name: str, as_of: int | None) -> bool:
        return type_name == OBSERVATION and has_blocks(self.store, as_of=as_of)

    # Writing

    def commit(
        self,
        writes: Iterable[Write],
        *,
        at: dt.datetime,
        author: str | None = None,
        reason: str | None = None,
        rewrites: Sequence[Rewrite] = (),
    ) -> Commit:
        """Write all, or none. ``expect`` of a figure is the revision that this store gives."""
        if has_blocks(self.store):
            beside = self._beside_columns(writes, author)
            # What was given as a list can be tried again by a store whose writers meet.
            writes = list(beside) if isinstance(writes, Sequence) else beside
        return self.store.commit(writes, at=at, author=author, reason=reason, rewrites=rewrites)

    def _beside_columns(self, writes: Iterable[Write], author: str | None) -> Iterator[Write]:
        """The writes, with those that take figures out of the columns."""
        rest = iter(writes)
        while several := list(islice(rest, _AT_ONCE)):
            figures = [w for w in several if w.type == OBSERVATION]
            yield from (w for w in several if w.type != OBSERVATION)
            if figures:
                yield from self._moved(figures, author)

    def _moved(self, writes: Sequence[Write], author: str | None) -> Iterator[Write]:
        idents = [w.id for w in writes]
        own = self.store.get_many(OBSERVATION, idents)
        self._refuse_conflicts(writes, author)
        in_columns: set[str] = set()
        for rows in standing(self.store, None, Wanted.meeting({"id": tuple(idents)})):
            in_columns |= set(ids_of(rows.batch).to_pylist())
            yield from made_blocks(rows.indicator, _as_gone(rows.batch))
        for write in writes:
            stored = own.get(write.id)
            if write.body is None and write.id in in_columns and (stored is None or stored.body is None):
                continue  # there is no record to end
            expected = None if write.expect is None else stored.revision if stored else 0
            yield evolve(write, expect=expected)

    def _refuse_conflicts(self, writes: Sequence[Write], author: str | None) -> None:
        if all(w.expect is None for w in writes):
            return
        newest = self.get_many(OBSERVATION, [w.id for w in writes])
        refuse_conflicts(writes, author, lambda _, ident: newest.get(ident))

    # The other store's own

    def commits(self, *, since: int = 0) -> Iterator[Commit]:
        """Every commit after the ``since``-th, oldest first."""
        return self.store.commits(since=since)

    def changes(self, *, since: int = 0, until: int | None = None) -> Iterator[Change]:
        """Everything written, as the other store keeps it."""
        return self.store.changes(since=since, until=until)

    def verify(self) -> Iterator[Finding]:
        """Everything in the store that is not as it was written."""
        return self.store.verify()

    def compact(self) -> None:
        """Give back room that is not used."""
        self.store.compact()

    def close(self) -> None:
        """Close the other store."""
        self.store.close()


def _as_gone(rows: Any) -> Any:
    """Rows that say that their figures have gone, as blocks keep them."""
    pa, _ = arrow()
    names = [n for n in rows.schema.names if n not in {"gone", "order", "times"}]
    return rows.select(names).append_column("gone", pa.array([True] * rows.num_rows, pa.bool_()))
