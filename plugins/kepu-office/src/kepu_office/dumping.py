"""What was read of a workbook as plain data: its tables, the columns that were recognised, the values of its rows."""

import datetime as dt
from typing import Any

from kepu_core import ImportContext
from kepu_office.grid import column_letter
from kepu_office.limits import LIMITS, Limits
from kepu_office.measuring import measure
from kepu_office.names import Names
from kepu_office.opening import open_book
from kepu_office.own_sheets import home_of
from kepu_office.place_names import PlaceNames
from kepu_office.reading import asked_of
from kepu_office.rows import Row, rows_of
from kepu_office.tables import Table, tables_in

__all__ = ["dump"]


def dump(data: bytes, context: ImportContext, limits: Limits = LIMITS) -> Any:
    """The tables of a file, for JSON. Raises :class:`InvalidData` for a file that cannot be read at all."""
    asked = asked_of(context)
    book, _ = open_book(data, context.path.suffix, encoding=context.encoding, limits=limits)
    tables, _ = tables_in(book, asked)
    places = PlaceNames(context.regions, home_of(book))
    rows = [rows_of(t, asked, places, since_1904=book.since_1904)[0] for t in tables]
    list(measure([row for some in rows for row in some], asked, Names(asked.codec, context.find)))
    return {"tables": [_table(t, some) for t, some in zip(tables, rows, strict=True)]}


def _table(table: Table, rows: list[Row]) -> dict[str, Any]:
    header = table.header
    return {
        "sheet": table.sheet.name or None,
        "type": table.shape.name,
        "header_row": header.last + 1,
        "columns": {column_letter(p): {"label": b.label, "field": b.key} for p, b in header.columns.items()},
        "not_read": {column_letter(p): label for p, label in header.unknown.items()},
        "rows": [
            {
                "row": row.number + 1,
                "values": {".".join(path): _plain(value) for path, value in row.values.items()},
                "belongs_to": [row.owners[n] for n in sorted(row.owners)],
                "faulty": sorted(".".join(path) for path in row.bad),
            }
            for row in rows
        ],
    }


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, dt.date) else value
