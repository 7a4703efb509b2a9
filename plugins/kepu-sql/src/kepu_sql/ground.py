"""What reading, writing and checking stand on: connections, the numbers of names, the commits that are known already."""

from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import contextmanager
from threading import Lock
from typing import Any

from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError

from kepu_core import StoreRefused
from kepu_core.plugins.storage import STORE_FAILED, Commit
from kepu_sql.dialect import CHUNK, Dialect, Driver, Rows
from kepu_sql.rows import commit_of, damaged

__all__ = ["Ground"]

_MOST_COMMITS = 200_000
_COMMIT = "SELECT key, number, at, author, reason, size, digest FROM kepu_commit"
_ENDLESS = 1 << 62

Name = tuple[str, str]


class Ground:
    """An open database. Safe to share between threads, for every call takes a connection of its own."""

    def __init__(self, engine: Engine, dialect: Dialect, url: str) -> None:
        self.url = url
        self.dialect = dialect
        self.engine = engine
        self._names: dict[Name, int] = {}
        self._types: dict[int, str] = {}
        self._commits: dict[int, Commit] = {}
        self._lock = Lock()
        self._closed = False

    @contextmanager
    def failing_clearly(self, url: str | None = None) -> Iterator[None]:
        """Turn the driver's errors into refusals that say which store (or which other file) and why."""
        url = self.url if url is None else url
        try:
            yield
        except DBAPIError as error:
            raise self.dialect.refusal(error.orig or error, url) from error
        except self.dialect.errors as error:
            raise self.dialect.refusal(error, url) from error
        except (OverflowError, UnicodeError) as error:
            raise StoreRefused(STORE_FAILED.finding(url=url, reason=error)) from error

    @contextmanager
    def driver(self, url: str | None = None) -> Iterator[Driver]:
        """A connection for one call; a broken one is not kept."""
        with self.failing_clearly(url):
            lent = self.engine.raw_connection()
            driver = lent.driver_connection
            try:
                yield driver
            except self.dialect.errors:
                lent.invalidate()
                if getattr(driver, "closed", False):  # the server is gone or was restarted: so are all the others
                    self.engine.dispose()
                raise
            finally:
                if self._closed and lent.is_valid:  # a reading that ends after its store was closed
                    lent.invalidate()
                lent.close()

    def rows(self, driver: Driver, statement: str, *values: object) -> Rows:
        """All rows of a statement with ``?`` for its values."""
        return self.dialect.rows(driver, self.dialect.sql(statement), values)

    def run(self, driver: Driver, statement: str, *values: object) -> None:
        """Run a statement that gives no rows."""
        self.dialect.change(driver, [(self.dialect.sql(statement), [values])])

    def value(self, driver: Driver, statement: str, *values: object) -> Any:
        """The first column of the first row; ``None`` without any."""
        rows = self.rows(driver, statement, *values)
        return rows[0][0] if rows else None

    def stream(self, driver: Driver, statement: str, *values: object) -> Generator[Rows]:
        """The rows in pieces, as they are asked for; to be closed before the connection is given back."""
        return self.dialect.stream(driver, self.dialect.sql(statement), values)

    # Names

    def number_of(self, driver: Driver, type_name: str, field: str = "") -> int | None:
        """The number of a type or of one of its index fields; ``None`` if nothing was ever written with it."""
        found = self._names.get((type_name, field))
        if found is None:
            self.read_names(driver)
            found = self._names.get((type_name, field))
        return found

    def type_of(self, driver: Driver, number: int) -> str:
        """The type with a number."""
        found = self._types.get(number)
        if found is None:
            self.read_names(driver)
            found = self._types.get(number)
        if found is None:
            raise damaged(self.url, f"type {number}")
        return found

    def read_names(self, driver: Driver) -> None:
        """Learn all names that there are."""
        self.learn({(r.type, r.field): r.n for r in self.rows(driver, "SELECT n, type, field FROM kepu_name")})

    def learn(self, names: dict[Name, int]) -> None:
        """Remember names that are in the database for good."""
        with self._lock:
            self._names |= names
            self._types |= {n: type_name for (type_name, field), n in names.items() if not field}

    def known(self, name: Name) -> int | None:
        """The number of a name, if it has been learnt."""
        return self._names.get(name)

    def types(self, driver: Driver) -> list[tuple[str, int]]:
        """All types by name, with their numbers."""
        self.read_names(driver)
        return sorted((name, n) for n, name in self._types.items())

    # Commits

    def commits_by_key(self, driver: Driver, keys: Iterable[int]) -> Callable[[int], Commit]:
        """A way to look up the commits with some keys."""
        if len(self._commits) > _MOST_COMMITS:
            self._commits = {}
        known = self._commits
        missing = sorted({k for k in keys if k not in known})
        for start in range(0, len(missing), CHUNK):
            among, values = self.dialect.among("key", missing[start : start + CHUNK])
            known.update({r.key: commit_of(r, self.url) for r in self.rows(driver, f"{_COMMIT} WHERE {among}", values)})

        def look_up(key: int) -> Commit:
            found = known.get(key)
            if found is None:
                raise damaged(self.url, f"commit {key}")
            return found

        return look_up

    def commit_rows(self, driver: Driver, since: int, until: int | None = None) -> Iterator[Rows]:
        """The rows of commits, in pieces, oldest first."""
        statement = f"{_COMMIT} WHERE number > ? AND number <= ? ORDER BY number LIMIT 1000"
        while rows := self.rows(driver, statement, since, _ENDLESS if until is None else until):
            yield rows
            since = rows[-1].number

    def dispose(self) -> None:
        """Let go of all connections; those that are being read from go when that ends."""
        self._closed = True
        self.engine.dispose()
