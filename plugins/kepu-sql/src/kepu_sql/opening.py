"""From an address to an open SQLite store: looking, making, checking."""

import secrets
import shutil
import sqlite3
import tempfile
from collections.abc import Callable, Iterable
from contextlib import closing, suppress
from functools import partial
from pathlib import Path
from urllib.parse import parse_qsl

from kepu_core import InvalidData, StoreRefused
from kepu_core.domain.findings import Finding
from kepu_core.language import Text
from kepu_core.plugins.storage import NOT_A_STORE, STORE_FAILED
from kepu_sql.places import network_drive
from kepu_sql.problems import BAD_ADDRESS, ON_THE_NETWORK
from kepu_sql.sqlite import SqliteDialect, examine, lay_out, sqlite_engine
from kepu_sql.store import SqliteStore, put_in_place

__all__ = ["Address", "make_at", "open_sqlite", "open_sqlite_read_only", "refuse_damaged"]

_PREFIXES = ("sqlite:///", "sqlite://", "sqlite:")
_MEMORY = ":memory:"
_TIMEOUT = 15.0
_NAMED = 5
_SMALL = 4 << 20
"""Up to so many bytes a file is verified as a whole whenever it is opened, which takes some hundredths of a second."""


class Address:
    """What an address says: the file (``None`` for one that lives as long as it is open) and the options behind it.

    >>> a = Address("sqlite:///work.kepu?timeout=3")
    >>> str(a.path), a.timeout
    ('work.kepu', 3.0)
    """

    def __init__(self, url: str) -> None:
        prefix = next((p for p in _PREFIXES if url.startswith(p)), "")
        name, _, options = url.removeprefix(prefix).partition("?") if prefix else (url, "", "")
        self.path = Path(name) if name not in {"", _MEMORY} else None
        self.timeout = _TIMEOUT
        self.network = False
        for key, value in parse_qsl(options, keep_blank_values=True):
            if key == "timeout" and value.replace(".", "", 1).isdigit():
                self.timeout = float(value)
            elif (key, value) == ("network", "allow"):
                self.network = True
            else:
                raise InvalidData(BAD_ADDRESS.finding(url=url, part=f"{key}={value}"))


def open_sqlite(url: str, *, create: bool) -> SqliteStore:
    """Open (or make) a workspace in an SQLite file; see ``StorageBackend.open``."""
    address = Address(url)
    if address.path is None:
        return _passing(url, address)
    return _open(address.path, address, create=create)


def _open(path: Path, address: Address, *, create: bool, at_the_end: Callable[[], None] | None = None) -> SqliteStore:
    kind = None if address.network else network_drive(path)
    if kind:
        raise StoreRefused(ON_THE_NETWORK.finding(url=path, kind=kind))
    if not examine(path, create=create):
        _make(path, address)
    engine = sqlite_engine(path, timeout=address.timeout)
    store = SqliteStore(engine, SqliteDialect(path, address.timeout), str(path), closing=at_the_end)
    _look(store, path)
    return store


def _passing(url: str, address: Address) -> SqliteStore:
    """A store that lives as long as it is open: a file of its own, so that threads can share it like any other."""
    folder = Path(tempfile.mkdtemp(prefix="kepu-"))
    store = _open(folder / "passing.kepu", address, create=True, at_the_end=partial(shutil.rmtree, folder, True))
    store.url = url
    return store


def open_sqlite_read_only(url: str) -> SqliteStore:
    """Open a file that nothing is ever written to: not a byte, even on a medium that cannot be written."""
    address = Address(url)
    path = address.path
    if path is None:
        raise StoreRefused(NOT_A_STORE.finding(url=url, reason=Text("没有文件", "there is no file")))
    examine(path, create=False)
    alone = not any(path.with_name(path.name + ending).exists() for ending in ("-wal", "-shm"))
    engine = sqlite_engine(path, timeout=address.timeout, read_only=True)
    tidy = partial(_fold, path) if alone else None
    store = SqliteStore(engine, SqliteDialect(path, address.timeout), str(path), closing=tidy)
    _look(store, path)
    return store


def _fold(path: Path) -> None:
    """Clear away the files by which readers and writers meet, which a reader leaves behind.

    The closing of a writer does it, if that finds nobody else at work.
    """
    with suppress(sqlite3.Error, OSError):
        beside = [path.with_name(path.name + ending) for ending in ("-wal", "-shm")]
        # A log with something in it was left by a writer that died: that is a writer's to fold, not a reader's.
        if any(p.exists() for p in beside) and not (beside[0].exists() and beside[0].stat().st_size):
            with closing(sqlite3.connect(path, timeout=0)) as connection:
                connection.execute("SELECT count(*) FROM sqlite_master").close()


def _look(store: SqliteStore, path: Path) -> None:
    """Refuse at once what cannot be read: a small file is read as a whole."""
    try:
        with store.failing_clearly():
            if path.stat().st_size <= _SMALL:
                refuse_damaged(store.verify())
            with store.driver() as driver:
                store.read_names(driver)
                store.rows(driver, "SELECT last FROM kepu_state")
    except BaseException:
        store.close()
        raise


def refuse_damaged(damages: Iterable[Finding]) -> None:
    """Raise :class:`StoreRefused` with the first of the damages, if there are any."""
    found = list(damages)
    if found:
        raise StoreRefused(found[:_NAMED])


def _make(path: Path, address: Address) -> None:
    """Make a workspace file: whole, or not at all. It is made beside its place, and moved there when it is ready."""
    beside = path.with_name(f".{path.name}.{secrets.token_hex(4)}.part")
    try:
        make_at(beside, path, address)
        put_in_place(beside, path)
    except OSError as error:
        if isinstance(error, StoreRefused):
            raise
        raise StoreRefused(STORE_FAILED.finding(url=path, reason=error.strerror or error)) from error
    finally:
        for ending in ("", "-wal", "-shm"):
            beside.with_name(beside.name + ending).unlink(missing_ok=True)


def make_at(beside: Path, path: Path, address: Address) -> None:
    """Make a file with empty tables, which will stand at another path."""
    beside.touch()
    engine = sqlite_engine(beside, timeout=address.timeout)
    try:
        with SqliteStore(engine, SqliteDialect(path, address.timeout), str(path)).failing_clearly():
            lay_out(engine)
    finally:
        engine.dispose()
