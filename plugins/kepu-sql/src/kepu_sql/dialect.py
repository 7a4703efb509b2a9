"""What differs between databases: how a writer takes its place, how rows go in by the thousand, what errors mean.

Everything else is portable SQL with ``?`` for parameters, written once in :mod:`kepu_sql.reading` and
:mod:`kepu_sql.writing`. Statements go to the driver as they are: SQLAlchemy makes the tables and keeps the
connections, but would double the time of a short question.
"""

from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from functools import cache
from typing import Any, Protocol, TypeAlias

from sqlalchemy import Engine

from kepu_core import StoreRefused
from kepu_core.language import Text

__all__ = ["CHUNK", "Dialect", "Driver", "Rows", "Step", "marks", "placed"]

CHUNK = 500
"""How many records are asked for in one statement."""

Driver: TypeAlias = Any
"""An open connection of the database's own driver, which is in no transaction unless one was begun."""
Rows: TypeAlias = Sequence[Any]
"""Rows whose columns are attributes."""
Step: TypeAlias = tuple[str, Sequence[Sequence[object]]]
"""A statement that changes something, and the rows of values to run it with."""


class Dialect(Protocol):
    """One kind of database.

    ``serial`` says that writers wait for each other from the beginning of a commit: its number is then known at once,
    and is its key as well.
    """

    name: str
    serial: bool
    errors: tuple[type[Exception], ...]
    """What the driver raises."""
    position: str
    """Where a word stands in the column ``text``, 0 if it does not."""

    def sql(self, statement: str) -> str:
        """A statement with the driver's own marks for parameters."""

    def among(self, column: str, values: Sequence[object]) -> tuple[str, object]:
        """That a column equals one of several values, as a condition with one parameter, however many they are."""

    def rows(self, driver: Driver, statement: str, values: Sequence[object]) -> Rows:
        """All rows that a question gives."""

    def stream(self, driver: Driver, statement: str, values: Sequence[object]) -> Generator[Rows]:
        """The same in pieces, fetched as they are asked for, all as they were at the beginning. To be closed."""

    def transaction(self, driver: Driver, *, small: bool) -> AbstractContextManager[object]:
        """A transaction for a few writes or for many: committed at the end, taken back if anything is raised."""

    def snapshot(self, driver: Driver) -> AbstractContextManager[object]:
        """Whatever is asked inside is answered as of one moment."""

    def new_key(self, driver: Driver) -> int:
        """A key for the rows of a commit."""

    def newest(self, driver: Driver, type_n: int, idents: Sequence[str]) -> Rows:
        """Id, revision, keys, commit key and whether it is dead, of those records that exist.

        Nobody else changes them before the end of the transaction.
        """

    def change(self, driver: Driver, steps: Iterable[Step]) -> None:
        """Run statements, one after the other."""

    def insert(self, driver: Driver, table: str, columns: Sequence[str], rows: Sequence[Any]) -> None:
        """Add many rows to a table."""

    def number(self, driver: Driver, row: Sequence[object]) -> Callable[[], int]:
        """Give the next number to a commit and write its row: key, time, author, reason, size, digest.

        Nobody else can do so before the end of the transaction; what comes back tells the number after it.
        """

    def loaded(self, driver: Driver) -> None:
        """After a commit of many records."""

    def written(self, column: str, *, before: bool) -> str:
        """The condition that a key belongs to a commit up to a number (or, if not ``before``, to a later one)."""

    def refusal(self, error: Exception, url: str) -> StoreRefused:
        """What an error of the driver means to people."""

    def again(self, error: Exception) -> bool:
        """Whether a commit failed only because of another one at the same time, and should be tried again."""

    def twice(self, error: Exception) -> bool:
        """Whether a row was added that is there already."""

    def faults(self, driver: Driver) -> Iterator[Text | str]:
        """What the database itself finds wrong with its files."""

    def compact(self, engine: Engine) -> None:
        """Give back room that is not used."""


@cache
def placed(statement: str, mark: str) -> str:
    """A statement with another mark for parameters; ours hold no question mark but those."""
    return statement.replace("?", mark)


def marks(values: Iterable[object]) -> str:
    """As many marks as there are values, for ``IN (…)``."""
    return ", ".join("?" for _ in values)
