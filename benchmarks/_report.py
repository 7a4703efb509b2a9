"""What a benchmark gives, and how it is shown.

A row is one measured figure. Where there is an aim, ``ratio`` is the figure that the aim is about, ``limit``
the aim as people read it (``≤ 1.4``, ``≥ 2.2``) and ``ok`` whether it is met.
"""

import unicodedata
from collections.abc import Iterable
from typing import Any

from attrs import asdict, frozen

__all__ = ["Row", "as_table", "at_least", "at_most", "plain"]


@frozen
class Row:
    """One measured figure; ``ok`` is ``None`` where there is no aim."""

    name: str
    value: float
    unit: str
    ratio: float | None = None
    limit: str | None = None
    ok: bool | None = None

    def as_dict(self) -> dict[str, Any]:
        """The row as plain data."""
        return asdict(self)


def plain(name: str, value: float, unit: str, ratio: float | None = None) -> Row:
    """A figure without an aim."""
    return Row(name, value, unit, ratio)


def at_most(name: str, value: float, unit: str, ratio: float, limit: float) -> Row:
    """A figure whose ratio should not exceed a limit."""
    return Row(name, value, unit, ratio, f"≤ {limit:g}", ratio <= limit)


def at_least(name: str, value: float, unit: str, ratio: float, limit: float) -> Row:
    """A figure whose ratio should reach a limit."""
    return Row(name, value, unit, ratio, f"≥ {limit:g}", ratio >= limit)


def as_table(rows: Iterable[Row]) -> str:
    """The rows as a table for a terminal."""
    cells = [("what", "value", "unit", "ratio", "aim", "")]
    cells += [
        (
            row.name,
            f"{row.value:,.4g}",
            row.unit,
            "" if row.ratio is None else f"{row.ratio:.2f}",
            row.limit or "",
            {None: "", True: "ok", False: "MISSED"}[row.ok],
        )
        for row in rows
    ]
    widths = [max(_width(row[i]) for row in cells) for i in range(len(cells[0]))]
    return "\n".join("  ".join(_padded(c, w) for c, w in zip(row, widths, strict=True)).rstrip() for row in cells)


def _width(text: str) -> int:
    # A Chinese character takes two columns of a terminal.
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def _padded(text: str, width: int) -> str:
    return text + " " * (width - _width(text))
