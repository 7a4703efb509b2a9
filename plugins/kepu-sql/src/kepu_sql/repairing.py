"""Saving what is whole in a damaged file to a new one.

Rows are read one way as far as they can be, and around what cannot be read; a row counts if its digest is right. Index
and texts are made anew from them. The damaged file is only read.
"""

import datetime as dt
import sqlite3
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import closing, suppress
from itertools import groupby
from typing import Any

import msgspec
from attrs import frozen

from kepu_core import StoreRefused
from kepu_core.domain.findings import Finding, Problem
from kepu_core.language import Text
from kepu_core.plugins.storage import NO_STORE, Write
from kepu_sql.opening import Address, open_sqlite
from kepu_sql.problems import HOPELESS, TARGET_TAKEN
from kepu_sql.rows import commit_of, is_whole
from kepu_sql.sqlite import examine, sqlite_engine
from kepu_sql.store import SqliteStore

__all__ = ["repair"]

LOST = Problem(
    "sql.lost",
    Text("{record} 第 {revision} 版已损坏，未能保存", "revision {revision} of {record} is damaged and was not saved"),
    Text("从备份中找回", "look for it in a backup"),
)
MISSING = Problem(
    "sql.lost-rows",
    Text("第 {number} 次提交（{who}，{why}）缺 {count} 条记录", "commit {number} ({who}, {why}) lacks {count} records"),
    Text("从备份中找回", "look for them in a backup"),
)
GONE = Problem(
    "sql.lost-whole-commit",
    Text(
        "第 {number} 次提交（{who}，{why}）的 {count} 条记录全部丢失；其后的提交序号前移",
        "all {count} records of commit {number} ({who}, {why}) are lost; the numbers of later commits move up",
    ),
    Text("从备份中找回", "look for them in a backup"),
)
OUTDATED = Problem(
    "sql.lost-newest",
    Text(
        "{record} 退回到第 {revision} 版：更新的版本（可能是删除）已丢失",
        "{record} is back at revision {revision}: a later one, which may have been its deletion, is lost",
    ),
    Text("从备份中核对，改正或删除该记录", "compare with a backup, then correct or delete the record"),
)
NO_COMMIT = Problem(
    "sql.lost-commit",
    Text(
        "一次提交的时间和署名已损坏；其记录以前一次提交的时间保存",
        "time and author of a commit are damaged; its records were saved with the time of the commit before",
    ),
    Text("从备份中核对", "compare with a backup"),
)
NO_FILE = Text("目标", "the target")
REPAIRED = "repair"
_WIDE = 100_000
_STEP = 64
UNKNOWN_TIME = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
_COLUMNS = "rowid AS place, type, id, revision, version, commit_key, digest, keys, body"
_unpack = msgspec.json.Decoder(tuple[dict[str, str], str]).decode


@frozen(order=True)
class _Place:
    """Where a whole row was found, in the order in which it is to be written."""

    number: int
    key: int
    type: str
    id: str
    revision: int
    table: str
    rowid: int


def repair(url: str, target: str) -> Sequence[Finding]:
    """Save all whole revisions of the store at ``url`` to a new one at ``target``; tell what was lost.

    Raises :class:`StoreRefused` for a target that exists, and where not even the names of the tables can be read.
    """
    source, goal = Address(url).path, Address(target).path
    if source is None or not source.exists():
        raise StoreRefused(NO_STORE.finding(url=url))
    if goal is None or goal.exists() or goal.suffix != ".kepu":
        raise StoreRefused(TARGET_TAKEN.finding(url=goal or NO_FILE))
    examine(source, create=False)
    engine = sqlite_engine(source, timeout=Address(url).timeout, read_only=True)
    try:
        lent = engine.raw_connection()
        try:
            with closing(open_sqlite(target, create=True)) as store:
                return _Repair(lent.driver_connection, str(source)).save_to(store)
        finally:
            lent.close()
    except sqlite3.Error as error:
        raise StoreRefused(HOPELESS.finding(url=source, reason=error)) from error
    finally:
        engine.dispose()


class _Repair:
    """One reading of a damaged file."""

    def __init__(self, driver: Any, url: str) -> None:
        self.driver, self.url = driver, url
        self.lost: list[Finding] = []
        names = list(self.readable("kepu_name", "n AS place, type, field"))
        self.types = {row.place: row.type for row in names if row.field == ""}
        self.commits: dict[int, Any] = {}
        self.sizes: dict[int, int] = {}
        for row in self.readable("kepu_commit", "rowid AS place, key, number, at, author, reason, size, digest"):
            try:
                self.commits[row.key] = commit_of(row, url)
                self.sizes[row.key] = row.size
            except StoreRefused as error:
                self.lost += error.findings

    def readable(self, table: str, columns: str) -> Iterator[Any]:
        """The rows of a table that can be read at all: from the first on, from the last back, and between the holes."""
        seen: set[int] = set()
        for order in ("ASC", "DESC"):
            with suppress(sqlite3.Error):
                for row in self.driver.execute(f"SELECT {columns} FROM {table} NOT INDEXED ORDER BY rowid {order}"):
                    if row.place in seen:
                        return
                    seen.add(row.place)
                    yield row
                return
        yield from self.between(table, columns, seen)

    def between(self, table: str, columns: str, seen: set[int]) -> Iterator[Any]:
        """The rows between two holes, one by one; far from any row the steps grow."""
        for low, high in _gaps(seen):
            at, step = low, 1
            while at < high:
                try:
                    row = self.driver.execute(f"SELECT {columns} FROM {table} WHERE rowid = ?", (at,)).fetchone()
                except sqlite3.Error:
                    row = None
                if row is not None:
                    yield row
                    step = 1
                elif high - low > _WIDE:
                    step = min(step * 2, _STEP)
                at += step

    def save_to(self, store: SqliteStore) -> list[Finding]:
        """Write every whole row to a new store, commit by commit."""
        places = sorted(self.places())
        last = UNKNOWN_TIME
        saved: Counter[int] = Counter()
        for key, group in groupby(places, key=lambda p: p.key):
            commit = self.commits.get(key)
            found = list(group)
            saved[key] = len(found)
            if commit is None:
                self.lost.append(NO_COMMIT.finding(record=found[0].type + "/" + found[0].id))
                store.commit(map(self.write, found), at=last, reason=REPAIRED)
                continue
            last = commit.at
            store.commit(map(self.write, found), at=commit.at, author=commit.author, reason=commit.reason)
        self.lost += self.missing(saved)
        self.lost += self.outdated(places)
        return self.lost

    def missing(self, saved: Counter[int]) -> Iterator[Finding]:
        """What commits wrote, and was not found any more."""
        for key, commit in sorted(self.commits.items(), key=lambda pair: pair[1].number):
            count = self.sizes[key] - saved[key]
            if count:
                told = {"number": commit.number, "who": commit.author or "—", "why": commit.reason or "—"}
                yield (MISSING if saved[key] else GONE).finding(count=count, **told)

    def outdated(self, places: Sequence[_Place]) -> Iterator[Finding]:
        """Records of which only revisions are left that something came after."""
        newest: dict[tuple[str, str], _Place] = {}
        for place in places:
            known = newest.get((place.type, place.id))
            if known is None or known.revision < place.revision:
                newest[place.type, place.id] = place
        for (type_name, ident), place in newest.items():
            if place.table == "kepu_revision":
                yield OUTDATED.finding(record=f"{type_name}/{ident}", revision=place.revision)

    def places(self) -> Iterator[_Place]:
        latest = max((c.number for c in self.commits.values()), default=0) + 1
        for table in ("kepu_revision", "kepu_record"):
            for row in self.readable(table, _COLUMNS):
                type_name = self.types.get(row.type, "")
                if not (type_name and is_whole(row, type_name)):
                    label = f"{type_name or '?'}/{row.id!s}".encode(errors="replace").decode()
                    self.lost.append(LOST.finding(record=label, revision=row.revision))
                    continue
                commit = self.commits.get(row.commit_key)
                number = commit.number if commit else latest
                yield _Place(number, row.commit_key, type_name, row.id, row.revision, table, row.place)

    def write(self, place: _Place) -> Write:
        statement = f"SELECT {_COLUMNS} FROM {place.table} WHERE rowid = ?"
        row = self.driver.execute(statement, (place.rowid,)).fetchone()
        index, text = _unpack(row.keys)
        return Write(type=place.type, id=place.id, version=row.version, body=row.body, index=index, text=text)


def _gaps(seen: set[int]) -> Iterator[tuple[int, int]]:
    """What lies between the numbers that were seen."""
    ordered = sorted(seen)
    for low, high in zip([0, *ordered], [*ordered, (ordered[-1] if ordered else 0) + _WIDE], strict=True):
        if high - low > 1:
            yield low + 1, high
