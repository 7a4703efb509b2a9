"""Reading: newest revisions, past ones, searches, history, the feed of changes."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from itertools import islice
from typing import Any

from kepu_core.plugins.storage import Change, Commit, StoredRecord, Where, meets
from kepu_sql.dialect import CHUNK, Driver, Rows
from kepu_sql.ground import Ground
from kepu_sql.rows import commit_of, record_of, unpacked
from kepu_sql.searching import Search, reachable, storable

__all__ = ["Reading"]

_SELECT = "SELECT id, revision, version, commit_key, digest, keys, body FROM"
# All less the deleted: both from indexes alone, without reading a record.
_COUNT = (
    "SELECT type, sum(found) FROM (SELECT type, count(*) AS found FROM kepu_record GROUP BY type "
    "UNION ALL SELECT type, -count(*) FROM kepu_record WHERE body IS NULL GROUP BY type) parts GROUP BY type"
)
_SMALL = 2000
"""Rows of so many writes are read and put in order at once; larger commits are streamed type by type."""


class Reading(Ground):
    """The half of a store that changes nothing."""

    def get(self, type_name: str, ident: str, *, as_of: int | None = None) -> StoredRecord | None:
        """The newest revision."""
        if as_of is not None:
            past = [s for s in self.history(type_name, ident) if s.commit.number <= as_of]
            return past[-1] if past else None
        if not storable(ident):
            return None
        with self.driver() as driver:
            type_n = self.number_of(driver, type_name)
            if type_n is None:
                return None
            rows = self.rows(driver, f"{_SELECT} kepu_record WHERE type = ? AND id = ?", type_n, ident)
            return next(self._stored(driver, type_name, rows), None)

    def get_many(self, type_name: str, idents: Sequence[str]) -> Mapping[str, StoredRecord]:
        """The newest revisions of many records."""
        found: dict[str, StoredRecord] = {}
        wanted = sorted(i for i in set(idents) if storable(i))
        with self.driver() as driver:
            type_n = self.number_of(driver, type_name)
            if type_n is None:
                return found
            for start in range(0, len(wanted), CHUNK):
                part = wanted[start : start + CHUNK]
                among, values = self.dialect.among("id", part) if len(part) > 1 else ("id = ?", part[0])
                rows = self.rows(driver, f"{_SELECT} kepu_record WHERE type = ? AND {among}", type_n, values)
                found |= {s.id: s for s in self._stored(driver, type_name, rows)}
        return found

    def _stored(self, driver: Driver, type_name: str, rows: Rows) -> Iterator[StoredRecord]:
        commit = self.commits_by_key(driver, (row.commit_key for row in rows))
        return (record_of(row, type_name, commit(row.commit_key), self.url) for row in rows)

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
        """The newest living revisions of a type that meet the conditions, by id, as they come."""
        search = Search(type_name, where or {}, tuple(filter(None, words)), reachable(after), limit)
        return self._found_now(search) if as_of is None else islice(self._found_then(search, as_of), limit)

    def _found_now(self, search: Search) -> Iterator[StoredRecord]:
        with self.driver() as driver:
            statement = search.statement(self, driver)
            if statement is None:
                return
            with closing(self.stream(driver, *statement)) as pieces:
                for rows in pieces:
                    yield from self._stored(driver, search.type, rows)

    def _found_then(self, search: Search, as_of: int) -> Iterator[StoredRecord]:
        """What was found after a commit. The index has moved on: conditions are held against each revision's own."""
        with self.driver() as driver:
            type_n = self.number_of(driver, search.type)
            if type_n is None:
                return
            with closing(self.stream(driver, *self._then(type_n, as_of, search.after))) as pieces:
                for rows in pieces:
                    kept = [row for row in rows if self._met(search, row)]
                    yield from self._stored(driver, search.type, kept)

    def _then(self, type_n: int, as_of: int, after: str | None) -> tuple[Any, ...]:
        begun, ended = (self.dialect.written(c, before=c == "commit_key") for c in ("commit_key", "until_key"))
        behind, more = ("", ()) if after is None else (" AND id > ?", (after,))
        living = f"WHERE type = ? AND body IS NOT NULL{behind} AND {begun}"
        statement = f"{_SELECT} kepu_record {living} UNION ALL {_SELECT} kepu_revision {living} AND {ended} ORDER BY id"
        return (
            statement,
            *(type_n, *more, as_of),
            *(type_n, *more, as_of, as_of),
        )

    def _met(self, search: Search, row: Any) -> bool:
        index, text = unpacked(row, self.url, f"{search.type}/{row.id}")
        return meets(row.id, index, text, search.where, search.words)

    def count(self, type_name: str | None = None, *, as_of: int | None = None) -> Mapping[str, int]:
        """How many living records there are of each type."""
        if as_of is not None:
            return self._count_then(type_name, as_of)
        with self.driver() as driver:
            counts = {self.type_of(driver, n): int(count) for n, count in self.rows(driver, _COUNT)}
        return {name: counts[name] for name in sorted(counts) if counts[name] and type_name in {None, name}}

    def _count_then(self, type_name: str | None, as_of: int) -> Mapping[str, int]:
        begun, ended = (self.dialect.written(c, before=c == "commit_key") for c in ("commit_key", "until_key"))
        with self.driver() as driver:
            now = f"SELECT type FROM kepu_record WHERE body IS NOT NULL AND {begun}"
            then = f"SELECT type FROM kepu_revision WHERE body IS NOT NULL AND {begun} AND {ended}"
            statement = f"SELECT type, count(*) FROM ({now} UNION ALL {then}) there GROUP BY type"
            rows = self.rows(driver, statement, as_of, as_of, as_of)
            counts = {self.type_of(driver, int(n)): int(c) for n, c in rows}
        return {name: counts[name] for name in sorted(counts) if type_name in {None, name}}

    def history(self, type_name: str, ident: str) -> Sequence[StoredRecord]:
        """Every revision of a record, oldest first."""
        with self.driver() as driver:
            type_n = self.number_of(driver, type_name) if storable(ident) else None
            if type_n is None:
                return ()
            one = "WHERE type = ? AND id = ?"
            rows = self.rows(
                driver,
                f"{_SELECT} kepu_revision {one} UNION ALL {_SELECT} kepu_record {one} ORDER BY revision",
                *(type_n, ident) * 2,
            )
            return tuple(self._stored(driver, type_name, rows))

    def commits(self, *, since: int = 0) -> Iterator[Commit]:
        """Every commit after a number, oldest first."""
        with self.driver() as driver:
            for rows in self.commit_rows(driver, since):
                yield from (commit_of(row, self.url) for row in rows)

    def changes(self, *, since: int = 0, until: int | None = None) -> Iterator[Change]:
        """Everything written in the commits after a number, commit by commit."""
        with self.driver() as driver:
            for commits in self.commit_rows(driver, since, until):
                for batch in _batches(commits):
                    if batch[0].size > _SMALL:
                        yield from self._large(driver, batch[0])
                    else:
                        yield from self._small(driver, batch)

    def _small(self, driver: Driver, batch: Rows) -> Iterator[Change]:
        """The writes of several commits, put in order here."""
        keys = [row.key for row in batch]
        columns = "SELECT type, id, revision, version, commit_key, digest, keys, body FROM"
        among, values = self.dialect.among("commit_key", keys)
        rows = self.rows(
            driver,
            f"{columns} kepu_revision WHERE {among} UNION ALL {columns} kepu_record WHERE {among}",
            *(values, values),
        )
        commit = self.commits_by_key(driver, keys)
        named = [(commit(row.commit_key), self.type_of(driver, row.type), row) for row in rows]
        for known, type_name, row in sorted(named, key=lambda n: (n[0].number, n[1], n[2].id)):
            yield self._change(row, type_name, known)

    def _large(self, driver: Driver, commit: Any) -> Iterator[Change]:
        """The writes of one commit, as they come."""
        known = commit_of(commit, self.url)
        self.read_names(driver)
        for type_name, type_n in sorted((name, n) for n, name in self._types.items()):
            within = "WHERE commit_key = ? AND type = ?"
            statement = f"{_SELECT} kepu_revision {within} UNION ALL {_SELECT} kepu_record {within} ORDER BY id"
            with closing(self.stream(driver, statement, *(commit.key, type_n) * 2)) as pieces:
                for rows in pieces:
                    yield from (self._change(row, type_name, known) for row in rows)

    def _change(self, row: Any, type_name: str, commit: Commit) -> Change:
        record = record_of(row, type_name, commit, self.url)
        index, text = unpacked(row, self.url, f"{type_name}/{row.id}")
        return Change(record=record, index=index, text=text)


def _batches(commits: Iterable[Any]) -> Iterator[Sequence[Any]]:
    """Commits in groups of not too many writes; one of very many stands alone."""
    batch: list[Any] = []
    size = 0
    for row in commits:
        if batch and (size + row.size > _SMALL or len(batch) == CHUNK):
            yield batch
            batch, size = [], 0
        batch.append(row)
        size += row.size
    if batch:
        yield batch
