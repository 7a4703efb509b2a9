"""Tables: how wide their columns are, which may be sorted and narrowed down, how dark their cells are."""

import unicodedata
from collections.abc import Iterator, Sequence
from typing import Any

from attrs import evolve

from kepu_core import Text
from kepu_core.domain import LabelledEnum
from kepu_core.report import Column, Grid, Link, Table, Tone
from kepu_web.views import MARKS, Cell, Choice, GridView, Head, Row, said
from kepu_web.wording import WORDS

__all__ = ["grid_view", "shade"]

_INDENT = "\u2003"
"""Tables of a tree begin the texts of lower nodes with as many of these: their order means something."""
_SHORT, _LONG = 14, 44
"""Columns with texts up to the first width are never broken, those above the second get room."""
_LOOKED_AT = 400
"""So many rows say how wide a column is."""
_TALL, _WIDE = 30, 9
_FEW_ROWS = 6
_MOST_VALUES, _MOST_CHOICES = 15, 3
_DEEPEST = 5
_SHADES = 10


def grid_view(grid: Grid, ident: str) -> GridView:
    """A table as the page shows it. Rows keep their order; a reader may sort them, except where they are a tree."""
    grid, empty = _filled(grid)
    columns, rows = grid.table.columns, grid.table.rows
    texts = [grid.table.shown(row) for row in rows]
    tree = any(text.startswith(_INDENT) for row in texts for text in row)
    tones = grid.tones if any(tone is not Tone.PLAIN for tone in grid.tones) else ()
    css = [_width([row[k] for row in rows], [row[k] for row in texts]) for k in range(len(columns))]
    name = _name_column([c.key for c in columns], css)
    ranked = [_ranked([row[k] for row in rows]) for k in range(len(columns))]
    shown = [
        Row(
            cells=tuple(
                _cells(row, texts[n], css, ranked, name, grid.shares[n] if grid.shares else (), tones[n : n + 1])
            ),
            tone=tones[n].value if tones and tones[n] is not Tone.PLAIN else "",
        )
        for n, row in enumerate(rows)
    ]
    heads = [Head(label=str(WORDS["standing"]), css="mark")] if tones else []
    heads += [Head(label=str(column.label), css=kind) for column, kind in zip(columns, css, strict=True)]
    tools = not tree and len(rows) >= _FEW_ROWS
    return GridView(
        ident=ident,
        title=str(grid.title),
        heads=tuple(heads) if tools else tuple(Head(label=h.label, css=h.css, sortable=False) for h in heads),
        rows=tuple(shown),
        choices=tuple(_choices(heads, shown, ranked, bool(tones))) if tools else (),
        tools=tools,
        tall=len(rows) > _TALL,
        wide=len(columns) >= _WIDE,
        shaded=any(share is not None for row in grid.shares for share in row),
        empty=str(Text("、", ", ")).join(str(column.label) for column in empty),
    )


def _filled(grid: Grid) -> tuple[Grid, list[Column]]:
    """The table without the columns in which no row has anything, and these columns: they take room and are named instead."""
    columns, rows = grid.table.columns, grid.table.rows
    kept = [k for k in range(len(columns)) if any(row[k] is not None and row[k] != "" for row in rows)]
    if len(kept) == len(columns) or not kept:
        return grid, []
    table = Table(columns=tuple(columns[k] for k in kept), rows=tuple(tuple(row[k] for k in kept) for row in rows))
    shares = tuple(tuple(row[k] for k in kept) for row in grid.shares)
    return evolve(grid, table=table, shares=shares), [c for k, c in enumerate(columns) if k not in kept]


def shade(share: float | None) -> str:
    """The class of a shade for a share from 0 to 1, nothing for none.

    >>> shade(0.0), shade(0.55), shade(1.0), shade(None)
    ('h0', 'h5', 'h9', '')
    """
    return "" if share is None else f"h{min(max(int(share * _SHADES), 0), _SHADES - 1)}"


def _cells(
    row: Sequence[Any],
    texts: Sequence[str],
    css: Sequence[str],
    ranked: Sequence[bool],
    name: int,
    shares: Sequence[float | None],
    tones: Sequence[Tone],
) -> Iterator[Cell]:
    for tone in tones:
        yield Cell(text=said(tone), css="mark", order=list(Tone).index(tone), mark=MARKS[tone])
    for k, value in enumerate(row):
        text = texts[k]
        depth = len(text) - len(text.lstrip(_INDENT))
        dark = shade(shares[k]) if shares else ""
        # A long ranking is mostly shaded numbers: the shade alone says that a cell is one.
        kind = "" if dark and css[k] == "n" else css[k]
        classes = (kind, f"d{min(depth, _DEEPEST)}" if depth else "", dark)
        yield Cell(
            text=text[depth:],
            css=" ".join(c for c in classes if c),
            href=value.target if isinstance(value, Link) else "",
            order=list(type(value)).index(value) if ranked[k] and isinstance(value, LabelledEnum) else None,
            header=k == name,
        )


def _width(values: Sequence[Any], texts: Sequence[str]) -> str:
    """``n`` for numbers, ``s`` for short texts, ``l`` for long ones."""
    known = [value for value in values if value is not None]
    if known and all(isinstance(value, (int, float)) and not isinstance(value, bool) for value in known):
        return "n"
    widest = max((_cells_wide(text) for text in texts[:_LOOKED_AT]), default=0)
    return "s" if widest <= _SHORT else "l" if widest > _LONG else ""


def _cells_wide(text: str) -> int:
    """How wide a text is; a Chinese character is as wide as two Latin ones."""
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text[: _LONG + 1])


def _name_column(keys: Sequence[str], css: Sequence[str]) -> int:
    """The column that names the row: the one called so, or else the first with texts; -1 if there is none."""
    if "name" in keys:
        return keys.index("name")
    return next((k for k, kind in enumerate(css) if kind != "n"), -1)


def _ranked(values: Sequence[Any]) -> bool:
    """Whether a column holds members of one list, which have an order of their own."""
    known = {type(value) for value in values if value is not None}
    return len(known) == 1 and all(issubclass(kind, LabelledEnum) for kind in known)


def _choices(heads: Sequence[Head], rows: Sequence[Row], ranked: Sequence[bool], toned: bool) -> Iterator[Choice]:  # noqa: FBT001 - private
    """Columns of texts with few values, each value often."""
    found = 0
    ordered = [True, *ranked] if toned else ranked
    for k, head in enumerate(heads):
        cells = [row.cells[k] for row in rows]
        values = {cell.text for cell in cells if cell.text}
        few = 1 < len(values) <= _MOST_VALUES and len(values) * 2 <= len(cells)
        if head.css in {"n", "l"} or not few or found == _MOST_CHOICES:
            continue
        found += 1
        places = {cell.text: cell.order or 0 for cell in cells} if ordered[k] else {}
        yield Choice(column=k, label=head.label, values=tuple(sorted(values, key=lambda v: (places.get(v, 0), v))))
