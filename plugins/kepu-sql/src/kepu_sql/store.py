"""The store: the contract of kepu_core.plugins.storage on SQL."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

from sqlalchemy import Engine

from kepu_core import StoreRefused
from kepu_core.domain.findings import Finding
from kepu_core.plugins.storage import STORE_FAILED
from kepu_sql.checking import verify
from kepu_sql.dialect import Dialect
from kepu_sql.writing import Writing

__all__ = ["SqlStore", "SqliteStore", "put_in_place", "synced"]


class SqlStore(Writing):
    """An open store in a database. Safe to share between threads, for every call takes a connection of its own."""

    def __init__(
        self, engine: Engine, dialect: Dialect, url: str, *, closing: Callable[[], None] | None = None
    ) -> None:
        super().__init__(engine, dialect, url)
        self._closing = closing

    def verify(self) -> Iterator[Finding]:
        """Everything that is not as it was written."""
        return verify(self)

    def compact(self) -> None:
        """Give back room that is not used."""
        with self.failing_clearly():
            self.dialect.compact(self.engine)

    def close(self) -> None:
        """Let go of all connections."""
        self.dispose()
        if self._closing:
            closing, self._closing = self._closing, None
            closing()


class SqliteStore(SqlStore):
    """A store in an SQLite file. Closing the last connection folds the write-ahead log into the file."""

    def backup(self, target: Path) -> None:
        """Write a copy of the file as it is between two commits, while others go on."""
        with self.driver(str(target)) as driver:
            self.run(driver, "VACUUM INTO ?", str(target))
        try:
            synced(target)
        except OSError as error:
            raise StoreRefused(STORE_FAILED.finding(url=target, reason=error.strerror or error)) from error


def put_in_place(beside: Path, path: Path) -> None:
    """Move a new file to its place, unless somebody else has made one there in the meantime."""
    if path.exists():
        if path.stat().st_size == 0:
            beside.replace(path)
    else:
        try:
            os.link(beside, path)
        except FileExistsError:
            return
        except OSError:  # a file system without links: a stick
            beside.replace(path)
    synced(path.parent)


def synced(path: Path) -> None:
    """See to it that a file, or the names in a folder, are on disk."""
    if os.name == "nt" and path.is_dir():
        return  # Windows opens no folders
    handle = os.open(path, os.O_RDONLY if path.is_dir() else os.O_RDWR)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
