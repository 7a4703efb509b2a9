"""What stands in a cell, as messages quote it: as people see it, in one line, not longer than need be."""

from kepu_office.grid import Cell

__all__ = ["EXACT", "SHOWN", "shown", "shown_number"]

EXACT = 10**15
"""From here on a number of a spreadsheet loses digits."""
SHOWN = 40
"""So many characters of a cell are quoted."""


def shown(cell: Cell) -> str:
    """The text of a cell.

    >>> shown(12.0), shown(" 1,2345 "), shown("x" * 50)[-2:]
    ('12', '1,2345', 'x…')
    """
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < EXACT:
        cell = int(cell)
    text = " ".join(str(cell).split())
    return text if len(text) <= SHOWN else text[: SHOWN - 1] + "…"


def shown_number(cell: Cell, *, percent: bool) -> str:
    """The text of a cell with a number: with the sign of per cent where its format adds one.

    >>> shown_number(0.85, percent=True), shown_number("85", percent=True)
    ('85%', '85')
    """
    return f"{float(cell) * 100:.10g}%" if percent and isinstance(cell, (int, float)) else shown(cell)
