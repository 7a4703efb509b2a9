"""The store: the contract of kepu_core.plugins.storage on SQL.

Bulk statements go to the driver as they are (SQLAlchemy's own inserts are a third slower); everything is bound as
a parameter.
"""

import datetime as dt
import json
import os
import secrets
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import groupby
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, Select, and_, func, select
from sqlalchemy.exc import DBAPIError

from kepu_core import RevisionConflict, StoreRefused
from kepu_core.language import Text
from kepu_core.plugins.storage import (
    CONFLICT,
    STORE_FAILED,
    Commit,
    Prefix,
    StoredRecord,
    Write,
    refuse_strange_bodies,
)
from kepu_sql.schema import COMMITS, INDEX, METADATA, RECORDS, REVISIONS
from kepu_sql.sqlite import examine, make_engine, mark, path_of

__all__ = ["SqlStore", "open_sqlite"]

Condition = str | Prefix | Sequence[str]
UNSIGNED = Text("未署名", "unknown")
_CHUNK = 500
_SURROGATES = range(0xD800, 0xE000)
_COLUMNS = ("type", "id", "revision", "version", "body", "keys", "commit_number")

_INSERT = f"INSERT INTO kepu_record ({', '.join(_COLUMNS)}) VALUES (?, ?, ?, ?, ?, ?, ?)"  # noqa: S608 - our own names
_REPLACE = (
    "UPDATE kepu_record SET revision = ?, version = ?, body = ?, keys = ?, commit_number = ? WHERE type = ? AND id = ?"
)
_KEEP = (
    f"INSERT INTO kepu_revision ({', '.join(_COLUMNS)}) "  # noqa: S608 - our own names
    f"SELECT {', '.join(_COLUMNS)} FROM kepu_record WHERE type = ? AND id = ?"
)
_INDEX = "INSERT INTO kepu_index (type, field, value, id) VALUES (?, ?, ?, ?)"
_UNINDEX = "DELETE FROM kepu_index WHERE type = ? AND field = ? AND value = ? AND id = ?"


def open_sqlite(url: str, *, create: bool) -> "SqlStore":
    """Open (or make) a workspace in an SQLite file; see ``StorageBackend.open``."""
    path = path_of(url)
    if path is not None and not examine(path, create=create):
        _make(path)
    engine = make_engine(path)
    store = SqlStore(engine, url if path is None else str(path))
    with store.failing_clearly():
        if path is None:
            _lay_out(engine)
        with engine.connect() as connection:
            connection.execute(select(func.count()).select_from(COMMITS)).scalar_one()
    return store


def _make(path: Path) -> None:
    """Make a workspace file: whole, or not at all. It is made beside its place, and moved there when it is ready."""
    beside = path.with_name(f".{path.name}.{secrets.token_hex(4)}.part")
    engine = make_engine(beside)
    try:
        with SqlStore(engine, str(path)).failing_clearly():
            _lay_out(engine)
            with engine.connect() as connection:  # the marks must stand in the file itself
                connection.exec_driver_sql("COMMIT")
                connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
                connection.exec_driver_sql("BEGIN")
            engine.dispose()
        _put_in_place(beside, path)
    except OSError as error:
        raise StoreRefused(STORE_FAILED.finding(url=path, reason=error.strerror or error)) from error
    finally:
        engine.dispose()
        for ending in ("", "-wal", "-shm"):
            beside.with_name(beside.name + ending).unlink(missing_ok=True)


def _put_in_place(beside: Path, path: Path) -> None:
    """Move a new file to its place, unless somebody else has made one there in the meantime."""
    if path.exists():
        if path.stat().st_size == 0:
            beside.replace(path)
        return
    try:
        os.link(beside, path)
    except FileExistsError:
        return
    except OSError:  # a file system without links: a drive of the network, a stick
        beside.replace(path)


def _lay_out(engine: Engine) -> None:
    with engine.connect().execution_options(kepu_write=True) as connection, connection.begin():
        METADATA.create_all(connection)
        mark(connection)


class SqlStore:
    """An open store. Safe to share between threads, for every call takes a connection of its own (not in memory)."""

    def __init__(self, engine: Engine, url: str) -> None:
        self.url = url
        self._engine = engine

    @contextmanager
    def failing_clearly(self) -> Iterator[None]:
        """Turn the driver's errors into refusals that say which store and why."""
        try:
            yield
        except DBAPIError as error:
            raise StoreRefused(STORE_FAILED.finding(url=self.url, reason=error.orig)) from error

    def commit(
        self, writes: Sequence[Write], *, at: dt.datetime, author: str | None = None, reason: str | None = None
    ) -> Commit:
        """Write all, or none; on disk when it returns."""
        writes = list(writes)
        refuse_strange_bodies(writes)
        keys = {(w.type, w.id) for w in writes}
        if len(keys) != len(writes):
            message = "a commit may write each record once"
            raise ValueError(message)
        with self.failing_clearly(), self._engine.connect().execution_options(kepu_write=True) as connection:
            with connection.begin():
                newest = _newest(connection, writes)
                _refuse_conflicts(connection, writes, newest, author)
                number = (connection.execute(select(func.max(COMMITS.c.number))).scalar() or 0) + 1
                moment = at.astimezone(dt.UTC)
                connection.execute(
                    COMMITS.insert(), {"number": number, "at": moment.isoformat(), "author": author, "reason": reason}
                )
                _write(connection, writes, newest, number)
            return Commit(number=number, at=moment, author=author, reason=reason)

    def get(self, type_name: str, ident: str) -> StoredRecord | None:
        """The newest revision."""
        query = _with_commit(RECORDS).where(RECORDS.c.type == type_name, RECORDS.c.id == ident)
        with self.failing_clearly(), self._engine.connect() as connection:
            row = connection.execute(query).first()
        return None if row is None else _stored(row)

    def get_many(self, type_name: str, idents: Sequence[str]) -> Mapping[str, StoredRecord]:
        """The newest revisions of many records."""
        found: dict[str, StoredRecord] = {}
        with self.failing_clearly(), self._engine.connect() as connection:
            for chunk in _chunks(sorted(idents)):
                query = _with_commit(RECORDS).where(RECORDS.c.type == type_name, RECORDS.c.id.in_(chunk))
                found |= {row.id: _stored(row) for row in connection.execute(query)}
        return found

    def find(self, type_name: str, where: Mapping[str, Condition] | None = None) -> Iterator[StoredRecord]:
        """The newest living revisions of a type that meet the conditions, by id, as they come."""
        query = _with_commit(RECORDS).where(RECORDS.c.type == type_name, RECORDS.c.body.is_not(None))
        for name, wanted in (where or {}).items():
            if name == "id":
                query = query.where(_meets(RECORDS.c.id, wanted))
            else:
                meeting = select(INDEX.c.id).where(
                    INDEX.c.type == type_name, INDEX.c.field == name, _meets(INDEX.c.value, wanted)
                )
                query = query.where(RECORDS.c.id.in_(meeting))
        with self.failing_clearly(), self._engine.connect() as connection:
            rows = connection.execution_options(yield_per=1000).execute(query.order_by(RECORDS.c.id))
            for row in rows:
                yield _stored(row)

    def count(self, type_name: str | None = None) -> Mapping[str, int]:
        """How many living records there are of each type."""
        query = select(RECORDS.c.type, func.count()).where(RECORDS.c.body.is_not(None))
        if type_name is not None:
            query = query.where(RECORDS.c.type == type_name)
        with self.failing_clearly(), self._engine.connect() as connection:
            rows = connection.execute(query.group_by(RECORDS.c.type).order_by(RECORDS.c.type))
            return {row[0]: row[1] for row in rows}

    def history(self, type_name: str, ident: str) -> Sequence[StoredRecord]:
        """Every revision of a record, oldest first."""
        found: list[StoredRecord] = []
        with self.failing_clearly(), self._engine.connect() as connection:
            for table in (REVISIONS, RECORDS):
                query = _with_commit(table).where(table.c.type == type_name, table.c.id == ident)
                found += map(_stored, connection.execute(query.order_by(table.c.revision)))
        return tuple(found)

    def commits(self) -> Iterator[Commit]:
        """Every commit, oldest first."""
        with self.failing_clearly(), self._engine.connect() as connection:
            for row in connection.execute(select(COMMITS).order_by(COMMITS.c.number)):
                yield _commit(row.number, row.at, row.author, row.reason)

    def close(self) -> None:
        """Let go of the file; closing the last connection folds the write-ahead log into it."""
        self._engine.dispose()


def _with_commit(table: Any) -> Select[Any]:
    return select(
        table.c.type,
        table.c.id,
        table.c.version,
        table.c.body,
        table.c.revision,
        COMMITS.c.number,
        COMMITS.c.at,
        COMMITS.c.author,
        COMMITS.c.reason,
    ).join_from(table, COMMITS, table.c.commit_number == COMMITS.c.number)


def _stored(row: Any) -> StoredRecord:
    commit = _commit(row.number, row.at, row.author, row.reason)
    body = None if row.body is None else bytes(row.body)
    return StoredRecord(type=row.type, id=row.id, version=row.version, body=body, revision=row.revision, commit=commit)


def _commit(number: int, at: str, author: str | None, reason: str | None) -> Commit:
    return Commit(number=number, at=dt.datetime.fromisoformat(at), author=author, reason=reason)


def _meets(column: Any, wanted: Condition) -> Any:
    if isinstance(wanted, Prefix):
        if not wanted.text:
            return column >= ""
        after = _after(wanted.text)
        return column >= wanted.text if after is None else and_(column >= wanted.text, column < after)
    return column == wanted if isinstance(wanted, str) else column.in_(list(wanted))


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


def _chunks(idents: Sequence[str]) -> Iterator[Sequence[str]]:
    """Pieces small enough for the number of parameters that a statement may have."""
    return (idents[start : start + _CHUNK] for start in range(0, len(idents), _CHUNK))


def _newest(connection: Connection, writes: Sequence[Write]) -> dict[tuple[str, str], tuple[int, str, int]]:
    """Revision, index keys and commit of the records to be written that exist already."""
    found: dict[tuple[str, str], tuple[int, str, int]] = {}
    ordered = sorted((w.type, w.id) for w in writes)
    for type_name, group in groupby(ordered, key=lambda key: key[0]):
        for chunk in _chunks([ident for _, ident in group]):
            query = select(RECORDS.c.id, RECORDS.c.revision, RECORDS.c["keys"], RECORDS.c.commit_number).where(
                RECORDS.c.type == type_name, RECORDS.c.id.in_(chunk)
            )
            for ident, revision, keys, number in connection.execute(query):
                found[type_name, ident] = (revision, keys, number)
    return found


def _refuse_conflicts(
    connection: Connection,
    writes: Sequence[Write],
    newest: Mapping[tuple[str, str], tuple[int, str, int]],
    author: str | None,
) -> None:
    findings = []
    for write in writes:
        revision, _, number = newest.get((write.type, write.id), (0, "", 0))
        if write.expect is None or write.expect == revision:
            continue
        theirs = connection.execute(select(COMMITS).where(COMMITS.c.number == number)).first()
        findings.append(
            CONFLICT.finding(
                record=f"{write.type}/{write.id}",
                theirs=(theirs.author if theirs else None) or UNSIGNED,
                ours=author or UNSIGNED,
                at=theirs.at if theirs else "—",
                found=revision,
                expected=write.expect,
            )
        )
    if findings:
        raise RevisionConflict(findings)


def _write(
    connection: Connection,
    writes: Sequence[Write],
    newest: Mapping[tuple[str, str], tuple[int, str, int]],
    number: int,
) -> None:
    inserted, replaced, kept, indexed, unindexed = [], [], [], [], []
    for write in writes:
        index = {} if write.body is None else dict(write.index)
        keys = json.dumps(index, ensure_ascii=False, sort_keys=True) if index else "{}"
        known = newest.get((write.type, write.id))
        if known is None:
            inserted.append((write.type, write.id, 1, write.version, write.body, keys, number))
            indexed += [(write.type, name, value, write.id) for name, value in index.items()]
            continue
        revision, old_keys, _ = known
        kept.append((write.type, write.id))
        replaced.append((revision + 1, write.version, write.body, keys, number, write.type, write.id))
        if keys != old_keys:
            unindexed += [(write.type, name, value, write.id) for name, value in json.loads(old_keys).items()]
            indexed += [(write.type, name, value, write.id) for name, value in index.items()]
    steps = ((_KEEP, kept), (_REPLACE, replaced), (_INSERT, inserted), (_UNINDEX, unindexed), (_INDEX, sorted(indexed)))
    for statement, rows in steps:
        if rows:
            connection.exec_driver_sql(statement, rows)
