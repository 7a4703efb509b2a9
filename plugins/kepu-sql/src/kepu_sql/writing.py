"""Writing: one commit, as one transaction."""

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from itertools import groupby, islice
from typing import Any

import msgspec
from attrs import define, evolve, field, frozen

from kepu_core import NotFound, RevisionConflict, StoreRefused
from kepu_core.domain.findings import Finding
from kepu_core.plugins.storage import (
    NO_REVISION,
    Commit,
    Rewrite,
    StoredRecord,
    Write,
    checked,
    checked_rewrites,
    checked_signature,
    conflict,
)
from kepu_sql.dialect import CHUNK, Driver, Rows
from kepu_sql.problems import MEANWHILE
from kepu_sql.reading import Reading
from kepu_sql.rows import COLUMNS, commit_digest, damaged, keys_of, row_digest

__all__ = ["Writing"]

_MANY = 10_000
"""So many writes are worked on at once: what a commit of any size takes of memory."""
_FEW = 20
_TRIES = 8
_ROW = ("type", *COLUMNS)
_COPIED = ", ".join(_ROW)

_KEEP = (
    f"INSERT INTO kepu_revision ({_COPIED}, until_key) SELECT {_COPIED}, ? FROM kepu_record WHERE type = ? AND id = ?"
)
_REPLACE = (
    "UPDATE kepu_record SET revision = ?, version = ?, commit_key = ?, digest = ?, keys = ?, body = ? "
    "WHERE type = ? AND id = ?"
)
_UNINDEX = "DELETE FROM kepu_index WHERE field = ? AND value = ? AND id = ?"
_UNTEXT = "DELETE FROM kepu_text WHERE type = ? AND id = ?"
_NAME = "INSERT INTO kepu_name (type, field) VALUES (?, ?)"
_NUMBER = "SELECT n FROM kepu_name WHERE type = ? AND field = ?"
_REWRITE = (
    "UPDATE kepu_revision SET version = ?, digest = ?, keys = ?, body = ? WHERE type = ? AND id = ? AND revision = ?"
)
_unpack = msgspec.json.Decoder(tuple[dict[str, str], str]).decode

Key = tuple[str, str]


@frozen
class _Newest:
    """What a record is before a write: its revision, its index and text while it lives, and who wrote it last."""

    revision: int
    index: Mapping[str, str]
    text: str
    commit_key: int


@define
class _Rows:
    """The rows that a piece of a commit adds, changes and removes."""

    inserted: list[tuple[Any, ...]] = field(factory=list)
    replaced: list[tuple[Any, ...]] = field(factory=list)
    kept: list[tuple[Any, ...]] = field(factory=list)
    indexed: list[tuple[Any, ...]] = field(factory=list)
    unindexed: list[tuple[Any, ...]] = field(factory=list)
    texts: list[tuple[Any, ...]] = field(factory=list)
    untexts: list[tuple[Any, ...]] = field(factory=list)


@define
class _Transaction:
    """One commit under way: its key, which types were empty before it, and the names that it brings.

    Large commits run beside: while the database takes the rows of one piece, the records of the next are read and
    made into rows. Whoever asks for the driver gets it when it is free.
    """

    own_driver: Driver
    key: int
    author: str | None
    trusting: bool
    beside: Executor | None
    empty: dict[str, bool] = field(factory=dict)
    names: dict[tuple[str, str], int] = field(factory=dict)
    size: int = 0
    pending: Future[None] | None = None

    @property
    def driver(self) -> Driver:
        """The connection, once nothing runs on it. Raises what went wrong with what ran."""
        pending, self.pending = self.pending, None
        if pending is not None:
            pending.result()
        return self.own_driver

    def run(self, work: Callable[[Driver], None]) -> None:
        """Run something on the connection: beside, if that is worth it."""
        driver = self.driver
        if self.beside is None:
            work(driver)
        else:
            self.pending = self.beside.submit(work, driver)


@contextmanager
def _beside(*, many: bool) -> Iterator[Executor | None]:
    """A thread that runs one thing after the other, for commits of many records; it has ended when the block has."""
    if not many:
        yield None
        return
    with ThreadPoolExecutor(1, "kepu-sql") as beside:
        yield beside


class Writing(Reading):
    """The half of a store that writes."""

    def commit(
        self,
        writes: Iterable[Write],
        *,
        at: dt.datetime,
        author: str | None = None,
        reason: str | None = None,
        rewrites: Sequence[Rewrite] = (),
    ) -> Commit:
        """Write all, or none; on disk when it returns."""
        if at.tzinfo is None:
            message = "the time of a commit should have a zone"
            raise ValueError(message)
        checked_signature(author, reason)
        commit = Commit(number=0, at=at.astimezone(dt.UTC), author=author, reason=reason)
        again = isinstance(writes, Sequence)  # what can be read once only cannot be tried again
        for left in reversed(range(_TRIES)):
            try:
                return self._committed(writes, commit, rewrites, trusting=left == _TRIES - 1)
            except StoreRefused as refused:
                cause = refused.__cause__
                if not (isinstance(cause, self.dialect.errors) and self.dialect.again(cause)):
                    raise
                if not (again and left):
                    raise RevisionConflict(MEANWHILE.finding(url=self.url)) from refused
        raise AssertionError

    def _committed(
        self, writes: Iterable[Write], commit: Commit, rewrites: Sequence[Rewrite], *, trusting: bool
    ) -> Commit:
        known = len(writes) if isinstance(writes, Sequence) else _MANY + 1
        with self.driver() as driver:
            with self.dialect.transaction(driver, small=known <= _FEW), _beside(many=known > _MANY) as beside:
                under_way = _Transaction(driver, self.dialect.new_key(driver), commit.author, trusting, beside)
                source = iter(writes)
                while piece := list(islice(source, _MANY)):
                    self._write(under_way, piece)
                if not (under_way.size or rewrites):
                    message = "a commit writes something"
                    raise ValueError(message)
                for rewrite in rewrites:
                    self._rewrite(under_way, rewrite)
                signed = (under_way.key, commit.at.isoformat(), commit.author, commit.reason, under_way.size)
                number = self.dialect.number(under_way.driver, (*signed, commit_digest(*signed)))
            if under_way.size >= _MANY:
                self.dialect.loaded(driver)
        self.learn(under_way.names)
        return evolve(commit, number=number())

    def _write(self, under_way: _Transaction, piece: list[Write]) -> None:
        checked(piece)
        # In one order for all writers, who could otherwise wait for each other in a circle.
        piece.sort(key=lambda w: (w.type, w.id))
        self._number(under_way, piece)
        newest = self._newest(under_way, piece)
        self._refuse_conflicts(under_way, piece, newest)
        rows = _Rows()
        for type_name, group in groupby(piece, key=lambda w: w.type):
            numbers = _Numbers(self, under_way, type_name)
            if newest:
                for write in group:
                    _add(rows, write, newest.get((type_name, write.id)), numbers, under_way.key)
            else:
                _add_new(rows, group, numbers, under_way.key)
        unseen = self.dialect.serial and bool(under_way.empty)  # nobody else writes, and nothing was looked up
        under_way.run(partial(self._run, rows=rows, unseen=unseen))
        under_way.size += len(piece)

    def _number(self, under_way: _Transaction, piece: Sequence[Write]) -> None:
        """Give numbers to types and fields that have none yet."""
        wanted = {(w.type, "") for w in piece} | {
            (t, f) for t, fs in {(w.type, tuple(w.index)) for w in piece} for f in fs
        }
        missing = sorted(n for n in wanted if self.known(n) is None and n not in under_way.names)
        if missing and not self.dialect.serial:
            # Apart from the commit, which others would have to wait for; a name without records does no harm.
            with self.driver() as apart:
                for name in missing:
                    self.run(apart, f"{_NAME} ON CONFLICT (type, field) DO NOTHING", *name)
                self.read_names(apart)
            return
        for name in missing:
            found = self.value(under_way.driver, _NUMBER, *name)
            if found is None:
                self.run(under_way.driver, _NAME, *name)
                found = self.value(under_way.driver, _NUMBER, *name)
            under_way.names[name] = int(found)

    def _n(self, under_way: _Transaction, type_name: str, name: str = "") -> int | None:
        """The number of a type or field; ``None`` if there is none.

        What is read inside a transaction is not remembered before it has been committed: its own new names may be
        taken back.
        """
        known = self.known((type_name, name))
        if known is None and (type_name, name) not in under_way.names:
            rows = self.rows(under_way.driver, "SELECT n, type, field FROM kepu_name")
            under_way.names |= {(r.type, r.field): r.n for r in rows}
        return under_way.names.get((type_name, name)) if known is None else known

    def _newest(self, under_way: _Transaction, piece: Sequence[Write]) -> dict[Key, _Newest]:
        """The records to be written that exist already."""
        found: dict[Key, _Newest] = {}
        for type_name, group in groupby(piece, key=lambda w: w.type):
            idents = [w.id for w in group]
            if len(idents) > CHUNK and self._is_empty(under_way, type_name):
                continue
            type_n = self._n(under_way, type_name)
            if type_n is None:
                continue
            for start in range(0, len(idents), CHUNK):
                part = idents[start : start + CHUNK]
                for row in self._held(under_way, type_n, part):
                    if row.commit_key == under_way.key:
                        message = f"a commit may write each record once: {type_name}/{row.id}"
                        raise ValueError(message)
                    index, text = ({}, "") if row.dead else _unpack(row.keys)
                    found[type_name, row.id] = _Newest(row.revision, index, text, row.commit_key)
        return found

    def _held(self, under_way: _Transaction, type_n: int, idents: Sequence[str]) -> Rows:
        """What exists of some records, held. Whoever had to wait for it looks again for what has come meanwhile."""
        rows = list(self.dialect.newest(under_way.driver, type_n, idents))
        if self.dialect.serial or under_way.trusting or len(rows) == len(idents):
            return rows
        found = {row.id for row in rows}
        return [*rows, *self.dialect.newest(under_way.driver, type_n, [i for i in idents if i not in found])]

    def _is_empty(self, under_way: _Transaction, type_name: str) -> bool:
        """Whether there was nothing of a type before a commit: a load into it need not look for anything.

        Where writers are not serial, that is trusted at the first try only.
        """
        if type_name not in under_way.empty:
            first = "SELECT 1 FROM kepu_record WHERE type = ? LIMIT 1"
            under_way.empty[type_name] = self.value(under_way.driver, first, self._n(under_way, type_name)) is None
        return under_way.trusting and under_way.empty[type_name]

    def _refuse_conflicts(self, under_way: _Transaction, piece: Sequence[Write], newest: Mapping[Key, _Newest]) -> None:
        found: list[Finding] = []
        for write in piece:
            if write.expect is None:
                continue
            known = newest.get((write.type, write.id))
            if write.expect != (known.revision if known else 0):
                theirs = self._theirs(under_way, write, known) if known else None
                found.append(conflict(write, theirs, under_way.author))
        if found:
            raise RevisionConflict(found)

    def _theirs(self, under_way: _Transaction, write: Write, known: _Newest) -> StoredRecord:
        commit = self.commits_by_key(under_way.driver, [known.commit_key])(known.commit_key)
        return StoredRecord(type=write.type, id=write.id, version=0, body=None, revision=known.revision, commit=commit)

    def _run(self, driver: Driver, *, rows: _Rows, unseen: bool) -> None:
        try:
            self._put(driver, rows)
        except self.dialect.errors as error:
            if unseen and self.dialect.twice(error):
                message = "a commit may write each record once"
                raise ValueError(message) from error
            raise

    def _put(self, driver: Driver, rows: _Rows) -> None:
        steps = ((_KEEP, rows.kept), (_REPLACE, rows.replaced), (_UNINDEX, rows.unindexed), (_UNTEXT, rows.untexts))
        self.dialect.change(driver, [(self.dialect.sql(statement), values) for statement, values in steps if values])
        self.dialect.insert(driver, "kepu_record", _ROW, rows.inserted)
        self.dialect.insert(driver, "kepu_index", ("field", "value", "id"), sorted(rows.indexed))
        self.dialect.insert(driver, "kepu_text", ("type", "id", "text"), rows.texts)

    def _rewrite(self, under_way: _Transaction, rewrite: Rewrite) -> None:
        """Replace what a superseded revision holds."""
        label = f"{rewrite.type}/{rewrite.id}"
        type_n = self._n(under_way, rewrite.type)
        where = "FROM kepu_revision WHERE type = ? AND id = ? AND revision = ?"
        place = (type_n, rewrite.id, rewrite.revision)
        rows = self.rows(under_way.driver, f"SELECT version, commit_key, body {where}", *place)
        if not rows:
            raise NotFound(NO_REVISION.finding(record=label, revision=rewrite.revision))
        row = rows[0]
        deleted = row.body is None  # a tombstone stays one
        version, body = (row.version, None) if deleted else (rewrite.version, rewrite.body)
        checked_rewrites([rewrite])
        keys = keys_of(dict(rewrite.index), rewrite.text)
        digest = row_digest(rewrite.type, rewrite.id, rewrite.revision, version, row.commit_key, keys, body)
        self.run(under_way.driver, _REWRITE, version, digest, keys, body, *place)


class _Numbers(dict[str, int]):
    """The numbers of the index fields of one type, looked up when they are first needed; that of the type itself as ``type_n``."""

    def __init__(self, store: Writing, under_way: _Transaction, type_name: str) -> None:
        self._look_up = partial(store._n, under_way, type_name)  # noqa: SLF001 - a part of it
        self._url = store.url
        self.type_name = type_name
        self.type_n = self[""]

    def __missing__(self, name: str) -> int:
        found = self._look_up(name)
        if found is None:  # a record has an index field that nobody ever gave a number
            raise damaged(self._url, f"{self.type_name} {name}")
        self[name] = found
        return found


def _add_new(rows: _Rows, writes: Iterable[Write], numbers: _Numbers, key: int) -> None:
    """Add the rows of records that do not exist yet."""
    type_n, type_name = numbers.type_n, numbers.type_name
    inserted, indexed, texts = rows.inserted.append, rows.indexed.append, rows.texts.append
    for write in writes:
        ident, version, index, text, body = write.id, write.version, write.index, write.text, write.body
        keys = keys_of(index, text)
        digest = row_digest(type_name, ident, 1, version, key, keys, body)
        inserted((type_n, ident, 1, version, key, digest, keys, body))
        if body is not None:
            for name, value in index.items():
                indexed((numbers[name], value, ident))
            if text:
                texts((type_n, ident, text))


def _add(rows: _Rows, write: Write, known: _Newest | None, numbers: _Numbers, key: int) -> None:
    """Add the rows of one write."""
    if known is None:
        _add_new(rows, [write], numbers, key)
        return
    type_n, ident, body = numbers.type_n, write.id, write.body
    keys = keys_of(write.index, write.text)
    revision = known.revision + 1
    digest = row_digest(numbers.type_name, ident, revision, write.version, key, keys, body)
    rows.kept.append((key, type_n, ident))
    rows.replaced.append((revision, write.version, key, digest, keys, body, type_n, ident))
    index, text = ({}, "") if body is None else (write.index, write.text)
    rows.indexed += [(numbers[n], v, ident) for n, v in index.items() if known.index.get(n) != v]
    rows.unindexed += [(numbers[n], v, ident) for n, v in known.index.items() if index.get(n) != v]
    if known.text != text:
        if known.text:
            rows.untexts.append((type_n, ident))
        if text:
            rows.texts.append((type_n, ident, text))
