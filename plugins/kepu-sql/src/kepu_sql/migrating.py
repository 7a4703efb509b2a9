"""From an older format of the tables to the present one: a new file is made beside the old one, which is kept."""

import datetime as dt
import json
import os
import secrets
import shutil
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from itertools import groupby
from pathlib import Path
from typing import Any

from kepu_core import StoreRefused
from kepu_core.language import Text
from kepu_core.plugins.storage import LOCKED, NO_STORE, STORE_FAILED, Write
from kepu_sql.opening import Address, make_at, refuse_damaged
from kepu_sql.schema import FORMAT
from kepu_sql.sqlite import SqliteDialect, examine, format_of, sqlite_engine
from kepu_sql.store import SqliteStore, synced

__all__ = ["migrate"]

_COUNTS = "SELECT (SELECT count(*) FROM kepu_commit), (SELECT count(*) FROM kepu_record), (SELECT count(*) FROM kepu_revision)"
_WRITES = (
    "SELECT w.commit_number, w.type, w.id, w.version, w.body, w.keys, c.at, c.author, c.reason FROM ("
    "SELECT * FROM kepu_revision UNION ALL SELECT * FROM kepu_record) w JOIN kepu_commit c ON c.number = w.commit_number "
    "ORDER BY w.commit_number, w.type, w.id"
)


_NOTHING = Text(f"格式已是 {FORMAT}，无需迁移", f"its format is {FORMAT} already: nothing to do")


def migrate(url: str, dry_run: bool) -> Sequence[Text]:  # noqa: FBT001 - the form of StorageBackend.migrate
    """Raise a file of an older format to the present one, or only tell what that would do.

    The old file is kept beside the new one, under its name with ``.format-1`` behind. Raises :class:`StoreRefused` for
    what is no workspace, is newer, or is written to by somebody else.
    """
    address = Address(url)
    path = address.path
    if path is None or not path.exists():
        raise StoreRefused(NO_STORE.finding(url=url))
    if format_of(path) >= FORMAT:
        examine(path, create=False)  # refuses a newer one
        return [_NOTHING]
    file = path.stat().st_ino
    try:
        with closing(sqlite3.connect(path, timeout=address.timeout, isolation_level=None)) as old:
            old.execute("PRAGMA user_version").close()  # now it is open
            if not dry_run:
                _alone(old)
            # Only looked at, for a system may drop a process's locks on a file when it closes it once more.
            if path.stat().st_ino != file:  # somebody else has just done it: what is open here may be what was kept
                return [_NOTHING]
            return _migrated(old, path, address, dry_run=dry_run)
    except sqlite3.Error as error:
        locked = getattr(error, "sqlite_errorcode", 0) == sqlite3.SQLITE_BUSY
        problem = LOCKED if locked else STORE_FAILED
        raise StoreRefused(problem.finding(url=path, seconds=f"{address.timeout:g}", reason=error)) from error


def _alone(old: sqlite3.Connection) -> None:
    """Have a file for oneself until it is closed, with everything in the file and no log beside it.

    Whoever still had it open could go on writing to the old file after the new one has taken its place; and the log of
    the old one would lie where the new one's belongs.
    """
    old.execute("PRAGMA locking_mode = EXCLUSIVE").close()
    old.execute("BEGIN EXCLUSIVE").close()
    old.execute("ROLLBACK").close()  # the lock stays
    if old.execute("PRAGMA journal_mode = DELETE").fetchone()[0] != "delete":
        message = "others have it open"
        raise sqlite3.OperationalError(message)


def _migrated(old: sqlite3.Connection, path: Path, address: Address, *, dry_run: bool) -> Sequence[Text]:
    kept = _free(path.with_name(f"{path.name}.format-1"))
    commits, records, revisions = old.execute(_COUNTS).fetchone()
    if not dry_run:
        _swap(_written_anew(old, path, address), path, kept, old)
    return [
        Text(f"格式 1 → {FORMAT}", f"format 1 → {FORMAT}"),
        Text(
            f"{commits} 次提交，{records} 条记录，{revisions} 个旧版本逐一转写",
            f"{commits} commits, {records} records and {revisions} past revisions are written anew",
        ),
        Text(f"原文件保留为 {kept.name}", f"the old file is kept as {kept.name}"),
    ]


def _written_anew(old: sqlite3.Connection, path: Path, address: Address) -> Path:
    beside = path.with_name(f".{path.name}.{secrets.token_hex(4)}.part")
    make_at(beside, path, address)
    try:
        store = SqliteStore(
            sqlite_engine(beside, timeout=address.timeout), SqliteDialect(beside, address.timeout), str(path)
        )
        with closing(store):
            for _, group in groupby(old.execute(_WRITES), key=lambda row: row[0]):
                rows = list(group)
                at, author, reason = rows[0][6:]
                store.commit(list(_writes(rows)), at=dt.datetime.fromisoformat(at), author=author, reason=reason)
            refuse_damaged(store.verify())
    except BaseException:
        for ending in ("", "-wal", "-shm"):
            beside.with_name(beside.name + ending).unlink(missing_ok=True)
        raise
    return beside


def _writes(rows: Sequence[Any]) -> Iterator[Write]:
    for _, type_name, ident, version, body, keys, *_ in rows:
        whole = None if body is None else bytes(body)
        yield Write(type=type_name, id=ident, version=version, body=whole, index=json.loads(keys))


def _swap(beside: Path, path: Path, kept: Path, old: sqlite3.Connection) -> None:
    """Put the new file into the place of the old one, which stays locked; there is a whole one at every moment."""
    try:
        synced(beside)
        _keep(path, kept)
        if os.name == "nt":  # what is open cannot be replaced there
            old.close()
        beside.replace(path)
        synced(path.parent)
    except OSError as error:
        raise StoreRefused(STORE_FAILED.finding(url=path, reason=error.strerror or error)) from error
    finally:
        beside.unlink(missing_ok=True)


def _keep(path: Path, kept: Path) -> None:
    try:
        os.link(path, kept)
    except FileExistsError:
        raise
    except OSError:  # a file system without links
        shutil.copy2(path, kept)
        synced(kept)


def _free(path: Path) -> Path:
    """A name that nothing has yet."""
    number, found = 1, path
    while found.exists():
        number += 1
        found = path.with_name(f"{path.name}-{number}")
    return found
