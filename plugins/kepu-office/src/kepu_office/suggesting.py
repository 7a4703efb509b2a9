"""A first mapping for a sheet of somebody's own: what is recognised, and the rest to be filled in."""

from kepu_core import ImportContext, InvalidData
from kepu_office import problems
from kepu_office.headers import Header, best_header, labels_at, nearest
from kepu_office.limits import LIMITS, Limits
from kepu_office.mapping import ColumnMapping, Mapping, TableMapping, mapping_to_toml
from kepu_office.opening import open_book
from kepu_office.own_sheets import MARKER, is_own_list
from kepu_office.reading import asked_of
from kepu_office.shapes import shapes_of

__all__ = ["suggest_mapping"]


def suggest_mapping(data: bytes, context: ImportContext, limits: Limits = LIMITS) -> str:
    """The text of a mapping for a file, to be edited; ``context.kind`` says which records are in it.

    Each column of each sheet is there: with its field, with an empty one if it is not known. Below stand the fields
    that there are. Raises :class:`InvalidData` for a file without a sheet that can be read.
    """
    asked = asked_of(context)
    kind = asked.codec.type_of(asked.kind or "")
    shape = shapes_of(kind.cls)[0]
    book, _ = open_book(data, context.path.suffix, encoding=context.encoding, limits=limits)
    tables: list[TableMapping] = []
    guesses: list[str] = []
    for sheet in book.sheets:
        if sheet.hidden or sheet.is_blank() or sheet.name.startswith(MARKER) or is_own_list(sheet, book):
            continue
        header = best_header(sheet, shape)
        if header is None:
            row = max(
                range(min(len(sheet.rows), 20)),
                key=lambda n: sum(isinstance(v, str) and bool(v) for v in sheet.rows[n]),
            )
            header = Header(shape=shape, first=row, last=row, columns={})
        columns: dict[str, ColumnMapping] = {}
        for position, names in labels_at(sheet, header.first, header.last).items():
            bound = header.columns.get(position)
            column = bound.column if bound is not None else None
            columns.setdefault(names[0], ColumnMapping(field="" if column is None else column.name))
            close = nearest(names[0], header) if column is None else None
            if close is not None:
                guesses.append(f"# {names[0]} → {close} ?")
        tables.append(
            TableMapping(
                type=kind.name,
                sheet=sheet.name or None,
                header_row=header.last + 1,
                header_rows=header.last - header.first + 1,
                columns=columns,
            )
        )
    if not tables:
        raise InvalidData(problems.EMPTY.finding())
    fields = [f"# {c.name} = {c.label.zh} / {c.label.en}" + (f" ({c.unit})" if c.unit else "") for c in shape.columns]
    return "\n".join([mapping_to_toml(Mapping(tuple(tables))), *guesses, *fields, ""])
