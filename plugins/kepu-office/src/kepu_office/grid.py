"""A workbook as plain rows of values, whatever file it came from."""

from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

from attrs import field, frozen

__all__ = ["Book", "Cell", "Range", "Sheet", "Spot", "cell_name", "column_letter"]

Cell: TypeAlias = Any
"""What a cell holds: text, a number, a truth value, a date, a time, or ``""`` where it is blank."""
Range: TypeAlias = tuple[int, int, int, int]
"""First row, first column, last row, last column, from 0."""
Spot: TypeAlias = tuple[int, int]


@frozen(kw_only=True)
class Sheet:
    """One sheet: rows of values from its first row and column on, and what is known of single cells.

    ``errors`` holds the text of failed formulas; ``percents`` the cells that show a share as per cent.
    """

    name: str
    rows: Sequence[Sequence[Cell]]
    hidden: bool = False
    merged: Sequence[Range] = ()
    formulas: frozenset[Spot] = frozenset()
    errors: Mapping[Spot, str] = field(factory=dict)
    percents: frozenset[Spot] = frozenset()

    def at(self, row: int, column: int) -> Cell:
        """The value of a cell; ``""`` for one that is not there."""
        if row < len(self.rows) and column < len(self.rows[row]):
            return self.rows[row][column]
        return ""

    def is_blank(self) -> bool:
        """Whether no cell holds anything."""
        return not self.errors and all(is_blank(v) for row in self.rows for v in row)


@frozen(kw_only=True)
class Book:
    """The sheets of a file. ``since_1904``: whether serial numbers of days count from 1904."""

    sheets: Sequence[Sheet]
    since_1904: bool = False


def is_blank(value: Cell) -> bool:
    """Whether a cell holds nothing that a person sees."""
    return value is None or (isinstance(value, str) and not value.strip("\u200b\ufeff \t\r\n\u3000\xa0"))


def column_letter(column: int) -> str:
    """The letters of a column, counted from 0.

    >>> column_letter(0), column_letter(27)
    ('A', 'AB')
    """
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def cell_name(row: int, column: int) -> str:
    """The name of a cell, its row and column counted from 0.

    >>> cell_name(6, 1)
    'B7'
    """
    return f"{column_letter(column)}{row + 1}"
