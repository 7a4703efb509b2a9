"""What is special about PostgreSQL: connections, COPY for rows by the thousand, locks on rows, time limits."""

from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from itertools import chain, count
from threading import Lock
from typing import Any

import psycopg
from psycopg.pq import TransactionStatus
from psycopg.rows import namedtuple_row
from sqlalchemy import URL, Engine, create_engine, event, inspect, make_url, text
from sqlalchemy.exc import ArgumentError
from sqlalchemy.pool import QueuePool

from kepu_core import InvalidData, StoreRefused
from kepu_core.language import Text
from kepu_core.plugins.storage import (
    LOCKED,
    NEWER_STORE,
    NO_STORE,
    OLDER_STORE,
    READ_ONLY,
    STORE_FAILED,
    STORE_FULL,
)
from kepu_sql.dialect import Driver, Rows, Step, marks, placed
from kepu_sql.problems import BAD_ADDRESS, NO_CONNECTION, NOT_ALLOWED
from kepu_sql.schema import FORMAT, METADATA, STATE
from kepu_sql.store import SqlStore

__all__ = ["PostgresDialect", "open_postgres", "open_postgres_read_only"]

_TIMEOUT = 15.0
_STATEMENT = 0.0
_PIECE = 1000
_ANSWERS = 100
_BLOCK = 100
_FEW = 50
"""So many rows are inserted one by one; more go through COPY."""
_LAYING_OUT = 0x6B657075
"""The number of the lock that whoever makes the tables holds."""

_NEWEST = (
    "SELECT id, revision, keys, commit_key, body IS NULL AS dead FROM kepu_record "
    "WHERE type = %s AND id = ANY(%s) ORDER BY id FOR UPDATE"
)
_OWNER = "SELECT pg_has_role(relowner, 'USAGE') FROM pg_class WHERE oid = 'kepu_record'::regclass"
_NOT_OWNER = "only the owner of the tables may compact them"
_COMMIT = (
    "WITH next AS (UPDATE kepu_state SET last = last + 1 RETURNING last) "
    "INSERT INTO kepu_commit (number, key, at, author, reason, size, digest) "
    "SELECT last, %s, %s, %s, %s, %s, %s FROM next RETURNING number"
)
_SECRET = ("password", "passfile", "sslpassword")
_TYPES = {
    "kepu_record": ("int4", "varchar", "int4", "int4", "int8", "bytea", "bytea", "bytea"),
    "kepu_index": ("int4", "varchar", "varchar"),
    "kepu_text": ("int4", "varchar", "text"),
}
_FULL = {"53100", "53200", "54000"}
_WAITED = {"55P03", "57014"}
_AGAIN = {"23505", "40001", "40P01"}
_TWICE = "23505"
_DENIED = {"42501"}
_CONNECTING = {"08", "28", "3D", "3F"}
_SHUT_DOWN = {"57P01", "57P02", "57P03"}
_NOT_WRITABLE = {"25006"}


class PostgresDialect:
    """PostgreSQL, through psycopg 3. What speaks its protocol and keeps its types is reached in the same way."""

    name = "postgresql"
    serial = False
    errors: tuple[type[Exception], ...] = (psycopg.Error,)
    position = "strpos(text, ?)"

    def __init__(self, timeout: float) -> None:
        self._timeout = timeout
        self._lock = Lock()
        self._cursors = count()
        self._key = self._left = 0

    def sql(self, statement: str) -> str:
        """With the marks of psycopg."""
        return placed(statement, "%s")

    def among(self, column: str, values: Sequence[object]) -> tuple[str, object]:
        """Through an array."""
        return f"{column} = ANY(?)", list(values)

    def rows(self, driver: Driver, statement: str, values: Sequence[object]) -> Rows:
        """All of them."""
        rows: Rows = driver.execute(statement, values, binary=True).fetchall()
        return rows

    def stream(self, driver: Driver, statement: str, values: Sequence[object]) -> Generator[Rows]:
        """Through a cursor of the server, in a transaction of its own."""
        name = f"kepu_{next(self._cursors)}"
        # Cursors of a snapshot may end in any order, which transactions within transactions may not.
        inside = driver.info.transaction_status == TransactionStatus.INTRANS
        with nullcontext() if inside else driver.transaction(), driver.cursor(name=name, binary=True) as cursor:
            cursor.execute(statement, values)
            while rows := cursor.fetchmany(_PIECE):
                yield rows

    def transaction(self, driver: Driver, *, small: bool) -> AbstractContextManager[object]:
        """Writers wait for each other only where they change the same records, and for a number at the end."""
        return _few(driver) if small else driver.transaction()

    @contextmanager
    def snapshot(self, driver: Driver) -> Iterator[None]:
        """A transaction that sees no later commit."""
        with driver.transaction():
            driver.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
            yield

    def new_key(self, driver: Driver) -> int:
        """The next of a sequence, taken from it a hundred at a time: writers need not wait for each other."""
        with self._lock:
            if self._left == 0:
                self._key = int(driver.execute("SELECT nextval('kepu_commit_key')").fetchone()[0]) * _BLOCK
                self._left = _BLOCK
            self._key, self._left = self._key + 1, self._left - 1
            return self._key

    def newest(self, driver: Driver, type_n: int, idents: Sequence[str]) -> Rows:
        """The records that exist, locked in the order of their ids."""
        return self.rows(driver, _NEWEST, (type_n, list(idents)))

    def change(self, driver: Driver, steps: Iterable[Step]) -> None:
        """All in one go: nothing waits for the answer to what goes before."""
        with nullcontext() if driver.info.pipeline_status else _together(driver), driver.cursor() as cursor:
            for statement, rows in steps:
                for row in rows:
                    cursor.execute(statement, row)

    def insert(self, driver: Driver, table: str, columns: Sequence[str], rows: Sequence[Any]) -> None:
        """Add rows: a few as they are, many through COPY in binary form."""
        names = ", ".join(columns)
        if len(rows) <= _FEW:
            if rows:
                values = ", ".join([f"({placed(marks(columns), '%s')})"] * len(rows))
                self.change(driver, [(f"INSERT INTO {table} ({names}) VALUES {values}", [tuple(chain(*rows))])])
            return
        with driver.cursor() as cursor, cursor.copy(f"COPY {table} ({names}) FROM STDIN (FORMAT BINARY)") as copy:
            copy.set_types(_TYPES[table])
            for row in rows:
                copy.write_row(row)

    def number(self, driver: Driver, row: Sequence[object]) -> Callable[[], int]:
        """The next one, held by a lock on the one row of the state; read when the transaction has been sent off."""
        cursor = driver.execute(_COMMIT, row)
        return lambda: int(cursor.fetchone()[0])

    def loaded(self, driver: Driver) -> None:
        """Let the planner know what there is now, as far as this role may; it finds out by itself only later."""
        with suppress(psycopg.Error):  # what was written is safe
            driver.execute("ANALYZE kepu_record, kepu_index, kepu_text")

    def written(self, column: str, *, before: bool) -> str:
        """Keys are given out before numbers: the commits are asked."""
        return f"{column} {'IN' if before else 'NOT IN'} (SELECT key FROM kepu_commit WHERE number <= ?)"

    def refusal(self, cause: Exception, url: str) -> StoreRefused:
        """By the standard's codes."""
        state = getattr(cause, "sqlstate", None) or ""
        reason = (str(cause).strip().splitlines() or [type(cause).__name__])[0]
        if state in _FULL:
            return StoreRefused(STORE_FULL.finding(url=url, reason=reason))
        if state in _WAITED:
            return StoreRefused(LOCKED.finding(url=url, seconds=f"{self._timeout:g}", reason=reason))
        if state in _NOT_WRITABLE:
            return StoreRefused(READ_ONLY.finding(url=url, reason=reason))
        if state in _DENIED:
            return StoreRefused(NOT_ALLOWED.finding(url=url, reason=reason))
        if (
            state[:2] in _CONNECTING
            or state in _SHUT_DOWN
            or (isinstance(cause, psycopg.OperationalError) and not state)
        ):
            return StoreRefused(NO_CONNECTION.finding(url=url, reason=reason))
        return StoreRefused(STORE_FAILED.finding(url=url, reason=reason))

    def again(self, cause: Exception) -> bool:
        """Another writer added the same record, or the two waited for each other."""
        return getattr(cause, "sqlstate", None) in _AGAIN

    def twice(self, cause: Exception) -> bool:
        """By the standard's code."""
        return getattr(cause, "sqlstate", None) == _TWICE

    def faults(self, driver: Driver) -> Iterator[Text | str]:  # noqa: ARG002 - the server looks after its files
        """None: the server checks its own pages."""
        return iter(())

    def compact(self, engine: Engine) -> None:
        """Free what was replaced, and bring the planner's figures up to date."""
        lent = engine.raw_connection()
        try:
            driver: Driver = lent.driver_connection
            if not driver.execute(_OWNER).fetchone()[0]:  # the server would only warn, and leave everything as it is
                raise psycopg.errors.InsufficientPrivilege(_NOT_OWNER)
            for table in METADATA.tables:
                driver.execute(f"VACUUM (FULL, ANALYZE) {table}")
        finally:
            lent.close()


@contextmanager
def _together(driver: Driver) -> Iterator[None]:
    """What is sent inside is answered at the end; of several answers after a failure only the first is told."""
    with driver.pipeline() as pipeline:
        try:
            yield
            pipeline.sync()
        except BaseException:
            _settle(driver, pipeline)
            raise


@contextmanager
def _few(driver: Driver) -> Iterator[None]:
    # Sent together as far as nothing has to be known before: each round trip costs more than the statement.
    with driver.pipeline() as pipeline:
        try:
            driver.execute("BEGIN")
            yield
            driver.execute("COMMIT")
            pipeline.sync()
        except BaseException:
            _settle(driver, pipeline)
            with suppress(psycopg.Error):  # the connection may be gone
                driver.execute("ROLLBACK")
            _settle(driver, pipeline)
            raise


def _settle(driver: Driver, pipeline: Any) -> None:
    """Take all answers that are still to come: those behind a statement that failed say no more than that."""
    for _ in range(_ANSWERS):
        try:
            pipeline.sync()
        except psycopg.Error:
            if driver.closed:
                return
        else:
            return


def open_postgres(url: str, *, create: bool) -> SqlStore:
    """Open (or make) a workspace in a database; see ``StorageBackend.open``."""
    return _open(url, create=create, read_only=False)


def open_postgres_read_only(url: str) -> SqlStore:
    """Open a workspace in which this program changes nothing, whatever its role may do."""
    return _open(url, create=False, read_only=True)


def _open(url: str, *, create: bool, read_only: bool) -> SqlStore:
    address, timeout, limit = _address(url)
    dialect = PostgresDialect(timeout)
    shown = address.difference_update_query(_SECRET).render_as_string()
    store = SqlStore(_engine(address, timeout, limit, read_only=read_only), dialect, shown)
    try:
        with store.failing_clearly():
            found = _format(store.engine)
            if found is None and create:
                _lay_out(store.engine)
                found = _format(store.engine)
            _refuse_other(found, store.url)
            with store.driver() as driver:
                store.read_names(driver)
    except BaseException:
        store.close()
        raise
    return store


def _refuse_other(found: int | None, url: str) -> None:
    if found is None:
        raise StoreRefused(NO_STORE.finding(url=url))
    if found != FORMAT:
        problem = NEWER_STORE if found > FORMAT else OLDER_STORE
        raise StoreRefused(problem.finding(url=url, found=found, known=FORMAT))


def _address(url: str) -> tuple[URL, float, float]:
    """The address for the driver, and how long to wait for locks and for statements."""
    try:
        address = make_url(url)
    except (ArgumentError, ValueError) as error:
        raise InvalidData(BAD_ADDRESS.finding(url="postgresql:…", part=Text("整个地址", "all of it"))) from error
    limits = {"timeout": _TIMEOUT, "statement_timeout": _STATEMENT}
    for key in limits:
        value = address.query.get(key)
        if value is None:
            continue
        if not (isinstance(value, str) and value.replace(".", "", 1).isdigit()):
            raise InvalidData(
                BAD_ADDRESS.finding(
                    url=address.difference_update_query(_SECRET).render_as_string(), part=f"{key}={value}"
                )
            )
        limits[key] = float(value)
    return address.difference_update_query(list(limits)), limits["timeout"], limits["statement_timeout"]


def _engine(address: URL, timeout: float, limit: float, *, read_only: bool) -> Engine:
    settings = {
        "lock_timeout": f"{timeout * 1000:.0f}",
        "statement_timeout": f"{limit * 1000:.0f}",
        "default_transaction_read_only": "on" if read_only else "off",
        "synchronous_commit": "on",
        # Everything is looked up by key, whatever the planner thinks of a table that is just being filled.
        "enable_seqscan": "off",
        # What is found is read to the end, though it comes through a cursor.
        "cursor_tuple_fraction": "1",
        "client_encoding": "UTF8",
    }
    told = address.query.get("options", "")
    options = " ".join(
        [told if isinstance(told, str) else " ".join(told), *(f"-c {k}={v}" for k, v in settings.items())]
    )
    connect = {"options": options.strip(), "connect_timeout": str(max(2, round(timeout)))}
    address = address.set(drivername="postgresql+psycopg").difference_update_query(["options"])
    # As many connections as there are searches being read: each is a view of its own.
    engine = create_engine(address, poolclass=QueuePool, max_overflow=-1, connect_args=connect)

    @event.listens_for(engine, "connect")
    def _prepare(driver: Driver, _: object) -> None:
        driver.row_factory = namedtuple_row
        driver.autocommit = True

    return engine


def _format(engine: Engine) -> int | None:
    """The format of the workspace in a database; ``None`` if there is none."""
    with engine.connect() as connection:
        if not inspect(connection).has_table(STATE.name):
            return None
        found = connection.execute(text("SELECT format FROM kepu_state")).scalar()
        return None if found is None else int(found)


def _lay_out(engine: Engine) -> None:
    """Make the tables, whole or not at all; of several that try, one does."""
    with engine.connect() as connection:
        connection.exec_driver_sql("BEGIN")  # the driver begins nothing by itself
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_LAYING_OUT})")
        if not inspect(connection).has_table(STATE.name):
            METADATA.create_all(connection)
            connection.exec_driver_sql("CREATE SEQUENCE kepu_commit_key")
            connection.execute(STATE.insert(), {"only": 1, "format": FORMAT, "last": 0})
        connection.commit()
