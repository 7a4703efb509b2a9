"""What is special about SQLite: the file's marks, its pragmas, where it may stand, and looking before touching."""

import json
import shutil
import sqlite3
import struct
from collections import namedtuple
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from functools import cache
from itertools import chain
from pathlib import Path
from typing import Any, cast
from urllib.parse import quote

from sqlalchemy import Engine, create_engine, event
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.pool import QueuePool

from kepu_core import StoreRefused
from kepu_core.language import Text
from kepu_core.plugins.storage import (
    DAMAGED,
    LOCKED,
    NEWER_STORE,
    NO_STORE,
    NOT_A_STORE,
    OLDER_STORE,
    READ_ONLY,
    STORE_FAILED,
    STORE_FULL,
)
from kepu_sql.dialect import Driver, Rows, Step, marks
from kepu_sql.problems import NO_FOLDER
from kepu_sql.schema import FORMAT, METADATA, STATE

__all__ = ["APPLICATION_ID", "SqliteDialect", "examine", "lay_out", "sqlite_engine"]

APPLICATION_ID = 0x6B657075  # "kepu"
_MAGIC = b"SQLite format 3\x00"
_HEADER = 100
_PIECE = 1000
_LAST = "SELECT last FROM kepu_state"
_NEWEST = "SELECT id, revision, keys, commit_key, body IS NULL AS dead FROM kepu_record WHERE type = ?"
_COMMIT = "INSERT INTO kepu_commit (number, key, at, author, reason, size, digest) VALUES (?, ?, ?, ?, ?, ?, ?)"
_TOGETHER = (3000, 50)
"""So many rows go into one statement. The most is long at work without needing Python, which another thread then has."""

NO_SQLITE = Text("不是 SQLite 数据库", "it is not an SQLite database")
FOREIGN = Text("是别的程序的 SQLite 数据库", "it is the SQLite database of another program")
FOLDER = Text("这是一个文件夹", "it is a folder")
BEING_READ = Text("有查询正在读取", "a search is being read from it")
CUT_OFF = Text("文件不完整", "the file is cut off")


def examine(path: Path, *, create: bool) -> bool:
    """Whether there is a workspace in a file already (else it is to be made).

    Only reads the file's header, so that what is not ours stays byte for byte as it is. Raises
    :class:`StoreRefused`.
    """
    if path.is_dir():
        raise StoreRefused(NOT_A_STORE.finding(url=path, reason=FOLDER))
    if not path.exists() or path.stat().st_size == 0:
        if not create:
            raise StoreRefused(NO_STORE.finding(url=path))
        if not path.parent.is_dir():
            raise StoreRefused(NO_FOLDER.finding(url=path, folder=path.parent))
        return False
    written = format_of(path)
    if written > FORMAT:
        raise StoreRefused(NEWER_STORE.finding(url=path, found=written, known=FORMAT))
    if written < FORMAT:
        raise StoreRefused(OLDER_STORE.finding(url=path, found=written, known=FORMAT))
    return True


def format_of(path: Path) -> int:
    """The format of the workspace in a file, from its header. Raises :class:`StoreRefused` for what is none."""
    try:
        with path.open("rb") as file:
            header = file.read(_HEADER)
    except OSError as error:
        raise StoreRefused(STORE_FAILED.finding(url=path, reason=error.strerror or error)) from error
    if not header.startswith(_MAGIC):
        raise StoreRefused(NOT_A_STORE.finding(url=path, reason=NO_SQLITE))
    if len(header) < _HEADER:
        raise StoreRefused(NOT_A_STORE.finding(url=path, reason=CUT_OFF))
    written, application = (int(n) for n in struct.unpack(">i4xi", header[60:72]))
    if application != APPLICATION_ID:
        raise StoreRefused(NOT_A_STORE.finding(url=path, reason=FOREIGN))
    return written


def sqlite_engine(path: Path, *, timeout: float, read_only: bool = False) -> Engine:
    """An engine whose commits are on disk when they return, and whose writers wait for each other."""

    def connect() -> sqlite3.Connection:
        # As many connections as there are searches being read: each is its own view of the file.
        return _connection(path, timeout, read_only=read_only)

    engine = create_engine("sqlite://", creator=connect, poolclass=QueuePool, max_overflow=-1)

    @event.listens_for(engine, "checkout")
    def _look(driver: Any, *_: object) -> None:
        if isinstance(driver, _Frozen) and driver.state != _state(path):
            raise DisconnectionError  # its owner writes to it elsewhere: what was read of it is out of date

    return engine


def _connection(path: Path, timeout: float, *, read_only: bool) -> sqlite3.Connection:
    settings: dict[str, Any] = {"timeout": timeout, "isolation_level": None, "check_same_thread": False, "uri": True}
    address = f"file:{quote(str(path))}"
    connect = _reading if read_only else _changing
    connection = connect(address, settings, path)
    pragmas = ["foreign_keys = ON", "trusted_schema = OFF", "cell_size_check = ON", "cache_size = -32768"]
    if not read_only:
        # Full durability; what is deleted is overwritten, for personal data that was erased must be gone.
        pragmas += ["journal_mode = WAL", "synchronous = FULL", "secure_delete = ON"]
    connection.row_factory = _named
    try:
        for pragma in pragmas:
            connection.execute(f"PRAGMA {pragma}").close()
    except sqlite3.Error:
        connection.close()
        raise
    return connection


@cache
def _inserting(table: str, columns: tuple[str, ...], rows: int) -> str:
    values = ", ".join([f"({marks(columns)})"] * rows)
    return f"INSERT INTO {table} ({', '.join(columns)}) VALUES {values}"


@cache
def _row(names: tuple[str, ...]) -> Callable[[Iterable[object]], object]:
    kind: Any = namedtuple("_Row", names, rename=True)  # type: ignore[misc]  # noqa: PYI024 - the statement's columns
    make: Callable[[Iterable[object]], object] = kind._make
    return make


def _named(cursor: sqlite3.Cursor, values: tuple[object, ...]) -> object:
    return _row(tuple(column[0].lower() for column in cursor.description))(values)


def _changing(address: str, settings: dict[str, Any], _: Path) -> sqlite3.Connection:
    connection: sqlite3.Connection = sqlite3.connect(f"{address}?mode=rw", **settings)
    return connection


class _Frozen(sqlite3.Connection):
    """A connection to a file that nobody is supposed to change; ``state`` is how it was."""

    state: tuple[int, int] | None = None


def _reading(address: str, settings: dict[str, Any], path: Path) -> sqlite3.Connection:
    connection: sqlite3.Connection = sqlite3.connect(f"{address}?mode=ro", **settings)
    try:
        connection.execute("PRAGMA schema_version").close()
    except sqlite3.OperationalError as error:
        connection.close()
        nowhere = error.sqlite_errorcode in {sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY_DIRECTORY}
        if not nowhere or path.with_name(f"{path.name}-wal").exists():
            raise
        # A medium on which nothing can be written: not even the file by which readers and writers meet.
        frozen: _Frozen = sqlite3.connect(f"{address}?immutable=1", factory=_Frozen, **settings)
        frozen.state = _state(path)
        return frozen
    return connection


def _state(path: Path) -> tuple[int, int]:
    found = path.stat()
    return found.st_mtime_ns, found.st_size


def lay_out(engine: Engine) -> None:
    """Make the tables in a new file, and the marks by which it is known again."""
    with engine.connect() as connection:
        connection.exec_driver_sql("BEGIN IMMEDIATE")
        METADATA.create_all(connection, checkfirst=False)
        connection.execute(STATE.insert(), {"only": 1, "format": FORMAT, "last": 0})
        connection.exec_driver_sql(f"PRAGMA application_id = {APPLICATION_ID}")
        connection.exec_driver_sql(f"PRAGMA user_version = {FORMAT}")
        connection.commit()
    with engine.connect() as connection:  # all must stand in the file itself, not in the log beside it
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)").close()


class SqliteDialect:
    """SQLite, through the driver that comes with Python."""

    name = "sqlite"
    serial = True
    errors: tuple[type[Exception], ...] = (sqlite3.Error,)
    position = "instr(text, ?)"

    def __init__(self, path: Path, timeout: float) -> None:
        self._path = path
        self._timeout = timeout

    def sql(self, statement: str) -> str:
        """As it is."""
        return statement

    def among(self, column: str, values: Sequence[object]) -> tuple[str, object]:
        """Through a list in JSON."""
        return f"{column} IN (SELECT value FROM json_each(?))", json.dumps(list(values), ensure_ascii=False)

    def rows(self, driver: Driver, statement: str, values: Sequence[object]) -> Rows:
        """All of them."""
        rows: Rows = driver.execute(statement, values).fetchall()
        return rows

    def stream(self, driver: Driver, statement: str, values: Sequence[object]) -> Generator[Rows]:
        """As the file was when the first was asked for."""
        with closing(driver.execute(statement, values)) as cursor:
            while rows := cursor.fetchmany(_PIECE):
                yield rows

    @contextmanager
    def transaction(self, driver: Driver, *, small: bool) -> Iterator[None]:  # noqa: ARG002 - all alike
        """A writer takes its place at once: a reader that turns writer could be refused half-way."""
        driver.execute("BEGIN IMMEDIATE")
        try:
            yield
            driver.execute("COMMIT")
        except BaseException:
            with suppress(sqlite3.Error):
                driver.execute("ROLLBACK")
            raise

    @contextmanager
    def snapshot(self, driver: Driver) -> Iterator[None]:
        """A reading transaction."""
        driver.execute("BEGIN")
        try:
            yield
        finally:
            with suppress(sqlite3.Error):  # a reading that was given up may end after its store was closed
                driver.execute("ROLLBACK")

    def new_key(self, driver: Driver) -> int:
        """The number that the commit will have."""
        return int(driver.execute(_LAST).fetchone()[0]) + 1

    def newest(self, driver: Driver, type_n: int, idents: Sequence[str]) -> Rows:
        """The records that exist."""
        among, values = self.among("id", idents) if len(idents) > 1 else ("id = ?", idents[0])
        return self.rows(driver, f"{_NEWEST} AND {among}", (type_n, values))

    def change(self, driver: Driver, steps: Iterable[Step]) -> None:
        """One prepared statement after the other, each in the driver's own loop."""
        for statement, rows in steps:
            if len(rows) == 1:
                driver.execute(statement, rows[0])
            else:
                driver.executemany(statement, rows)

    def insert(self, driver: Driver, table: str, columns: Sequence[str], rows: Sequence[Any]) -> None:
        """Many in one statement, which takes half the time of one by one."""
        done = 0
        for together in _TOGETHER:
            statement = _inserting(table, tuple(columns), together)
            while len(rows) - done >= together:
                driver.execute(statement, list(chain.from_iterable(rows[done : done + together])))
                done += together
        if done < len(rows):
            self.change(driver, [(_inserting(table, tuple(columns), 1), rows[done:])])

    def number(self, driver: Driver, row: Sequence[object]) -> Callable[[], int]:
        """Its key."""
        key = cast("int", row[0])
        driver.execute(_COMMIT, (key, *row))
        driver.execute("UPDATE kepu_state SET last = ?", (key,))
        return lambda: key

    def loaded(self, driver: Driver) -> None:
        """Nothing: no plan depends on how much there is."""

    def written(self, column: str, *, before: bool) -> str:
        """Keys are numbers here."""
        return f"{column} <= ?" if before else f"{column} > ?"

    def refusal(self, cause: Exception, url: str) -> StoreRefused:
        """By SQLite's own codes."""
        code = getattr(cause, "sqlite_errorcode", 0) & 0xFF
        if code == sqlite3.SQLITE_FULL or (code == sqlite3.SQLITE_IOERR and self._is_full()):
            return StoreRefused(STORE_FULL.finding(url=url, reason=cause))
        if code in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}:
            return StoreRefused(LOCKED.finding(url=url, seconds=f"{self._timeout:g}", reason=cause))
        if code == sqlite3.SQLITE_READONLY:
            return StoreRefused(READ_ONLY.finding(url=url, reason=cause))
        if code in {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB} or isinstance(cause, sqlite3.IntegrityError):
            return StoreRefused(DAMAGED.finding(url=url, record="—", reason=cause))
        return StoreRefused(STORE_FAILED.finding(url=url, reason=cause))

    def _is_full(self) -> bool:
        try:
            return shutil.disk_usage(self._path.parent).free < 1 << 16
        except OSError:
            return False

    def again(self, cause: Exception) -> bool:  # noqa: ARG002 - nobody writes at the same time
        """Never: writers wait for each other."""
        return False

    def twice(self, cause: Exception) -> bool:
        """By the class that the driver gives it."""
        return isinstance(cause, sqlite3.IntegrityError)

    def faults(self, driver: Driver) -> Iterator[Text | str]:
        """The structure of the file."""
        for (told,) in driver.execute("PRAGMA integrity_check(20)"):
            if told != "ok":
                yield str(told)

    def compact(self, engine: Engine) -> None:
        """Write the file anew, and fold the write-ahead log into it."""
        lent = engine.raw_connection()
        try:
            driver: Driver = lent.driver_connection
            for statement in ("VACUUM", "PRAGMA optimize"):
                driver.execute(statement).close()
            busy = driver.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
            if busy:  # what was replaced still stands in the log beside the file
                raise StoreRefused(LOCKED.finding(url=self._path, seconds=f"{self._timeout:g}", reason=BEING_READ))
        finally:
            lent.close()
