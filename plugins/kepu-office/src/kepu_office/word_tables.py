"""Tables of a report in Word: widths by what stands in them, the head on every page, no row cut in two."""

import datetime as dt
import math
import re
import unicodedata
from collections.abc import Iterable, Sequence
from itertools import zip_longest

from attrs import frozen

from kepu_core.domain.enums import LabelledEnum
from kepu_core.report import Fact, Grid, Table, Tone
from kepu_core.scoring.tables import shown_value
from kepu_office.word_layouts import Layout
from kepu_office.word_xml import paragraph, run, shading

__all__ = ["MOST_COLUMNS", "cell", "facts_table", "grid_table", "mixed", "row", "table", "text_width", "widths"]

MOST_COLUMNS = 7
"""A table of more columns stands on a page that is turned."""
_WIDEST = 60
"""A column is not made wider than so many half-width characters for the sake of one long text."""
_WIDE = {"W", "F", "A"}
_MARGINS = 180
_WORD = re.compile(r"[!-~]+")
_LONGEST_WORD = 16
"""Words of Latin letters are kept whole up to such a length."""
_NARROW = '<w:tblCellMar><w:left w:w="57" w:type="dxa"/><w:right w:w="57" w:type="dxa"/></w:tblCellMar>'
"""Margins of cells where no style gives them."""
_SMALLER = ((15, 2.5), (11, 1.5), (9, 0.5))
"""With so many columns, the text of a table is so many points smaller."""
_SMALLEST = 7.0


def text_width(text: str) -> int:
    """How wide a text is, in half-width characters; the longest of its lines.

    >>> text_width("科普ab")
    6
    """
    lines = text.splitlines() or [""]
    return max(sum(2 if unicodedata.east_asian_width(c) in _WIDE else 1 for c in line) for line in lines)


def widths(needs: Sequence[tuple[int, int]], room: int) -> list[int]:
    """Widths that fill the room: each column has what it needs at least, and the rest as it would like it.

    ``needs`` are least and wished widths. If even the least do not fit, all shrink alike.

    >>> widths([(100, 100), (100, 800)], 500)
    [100, 400]
    >>> widths([(100, 100), (100, 300)], 800)
    [200, 600]
    """
    least, wished = [a for a, _ in needs], [b for _, b in needs]
    if sum(wished) <= room:
        shares = [w * room / sum(wished) for w in wished]
    elif sum(least) <= room:
        spare, wanted = room - sum(least), sum(wished) - sum(least)
        shares = [a + (b - a) * spare / wanted for a, b in needs]
    else:
        shares = [a * room / sum(least) for a in least]
    found = [int(share) for share in shares]
    found[-1] += room - sum(found)
    return found


def cell(content: str, width: int, properties: str = "") -> str:
    """A cell of paragraphs."""
    return f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/>{properties}</w:tcPr>{content}</w:tc>'


def row(cells: Iterable[str], *, head: bool = False, height: int | None = None) -> str:
    """A row that is not cut by the end of a page; a head is shown on every page."""
    tall = f'<w:trHeight w:val="{height}" w:hRule="atLeast"/>' if height else ""
    return f"<w:tr><w:trPr><w:cantSplit/>{tall}{'<w:tblHeader/>' if head else ''}</w:trPr>{''.join(cells)}</w:tr>"


def table(
    rows: Iterable[str],
    columns: Sequence[int],
    style: str | None,
    *,
    head: bool = False,
    place: str = "",
    lines: str = "",
) -> str:
    """A table of rows with fixed widths, in a style of tables; ``place`` lets it float, ``lines`` are its borders."""
    named = f'<w:tblStyle w:val="{style}"/>' if style else ""
    look = f'<w:tblLook w:val="{"0020" if head else "0000"}" w:firstRow="{int(head)}" w:noHBand="1" w:noVBand="1"/>'
    grid = "".join(f'<w:gridCol w:w="{width}"/>' for width in columns)
    return (
        f'<w:tbl><w:tblPr>{named}{place}<w:tblW w:w="{sum(columns)}" w:type="dxa"/><w:jc w:val="center"/>{lines}'
        f'<w:tblLayout w:type="fixed"/>{"" if style else _NARROW}{look}</w:tblPr><w:tblGrid>{grid}</w:tblGrid>{"".join(rows)}</w:tbl>'
    )


@frozen
class _Column:
    """How the cells of one column are set."""

    width: int
    align: str


def grid_table(grid: Grid, layout: Layout, room: int, *, cell_style: str, table_style: str) -> str:
    """A grid as a table that is as wide as the room (in twips).

    One with very many columns becomes several below each other; each begins with the first columns, which say of what.
    """
    count = len(grid.table.columns)
    shown = [_shown(grid.table, values) for values in grid.table.rows]
    tables = (
        _part(grid, shown, chosen, layout, room, cell_style=cell_style, table_style=table_style)
        for chosen in _chosen(count)
    )
    return paragraph(style=cell_style).join(tables)


def _chosen(count: int) -> Iterable[list[int]]:
    """Which columns stand in which table."""
    if count <= _MOST_AT_ONCE:
        return [list(range(count))] if count else []
    first, each = list(range(_REPEATED)), _MOST_AT_ONCE - _REPEATED
    return [[*first, *range(n, min(n + each, count))] for n in range(_REPEATED, count, each)]


_MOST_AT_ONCE, _REPEATED = 24, 2
"""So many columns can be read on a turned page; with more, a table is cut and its first columns are repeated."""


def _part(
    grid: Grid,
    shown: Sequence[Sequence[str]],
    chosen: Sequence[int],
    layout: Layout,
    room: int,
    *,
    cell_style: str,
    table_style: str,
) -> str:
    """Some columns of a grid as a table."""
    size = _size(layout, len(chosen))
    columns = _columns(grid.table, shown, chosen, size, room)
    look = f'<w:sz w:val="{round(size * 2)}"/>' if size != layout.cell else ""
    heads = (str(grid.table.columns[n].label) for n in chosen)
    rows = [
        row((_cell(head, c, cell_style, "<w:b/>" + look) for head, c in zip(heads, columns, strict=True)), head=True)
    ]
    for values, tone, shares in zip_longest(shown, grid.tones[: len(shown)], grid.shares[: len(shown)]):
        back = layout.tones.get((tone or Tone.PLAIN).value)
        cells = []
        for n, column in zip(chosen, columns, strict=True):
            share = shares[n] if shares and layout.tones else None
            colour = back if share is None else mixed(layout.heat, share)
            cells.append(_cell(values[n], column, cell_style, look, column.align, colour))
        rows.append(row(cells))
    return table(rows, [column.width for column in columns], table_style, head=True)


def _cell(text: str, column: _Column, style: str, look: str, align: str = "center", colour: str | None = None) -> str:
    content = paragraph(run(text, look), style, f'<w:jc w:val="{align}"/>')
    return cell(content, column.width, (shading(colour) if colour else "") + _MIDDLE)


_MIDDLE = '<w:vAlign w:val="center"/>'


def _shown(given: Table, values: Sequence[object]) -> list[str]:
    """A row as it is read on paper: a figure of which no decimals are told is not printed to its last bit."""
    texts = given.shown(values)
    for n, (value, column) in enumerate(zip(values, given.columns, strict=True)):
        if isinstance(value, float) and column.decimals is None and math.isfinite(value):
            texts[n] = f"{value:.4f}".rstrip("0").rstrip(".") if abs(value) >= _SMALL else f"{value:.4g}"
    return texts


_SMALL = 0.1
"""Figures below this are shown to four digits, others to four decimals."""


def _size(layout: Layout, columns: int) -> float:
    smaller = next((less for many, less in _SMALLER if columns >= many), 0.0)
    return max(_SMALLEST, layout.cell - smaller)


def _columns(
    given: Table, shown: Sequence[Sequence[str]], chosen: Sequence[int], size: float, room: int
) -> list[_Column]:
    needs, aligns = [], []
    half = size * 20 / 2
    for n in chosen:
        texts, values = [row[n] for row in shown], [row[n] for row in given.rows]
        numbers = any(map(_is_number, values)) and all(v is None or _is_number(v) for v in values)
        head = text_width(str(given.columns[n].label))
        least, widest = _needed(head, texts, values)
        needs.append((int(least * half) + _MARGINS, int(widest * half) + _MARGINS))
        aligns.append("right" if numbers else "center" if widest <= _SHORT else "left")
    return [_Column(width, align) for width, align in zip(widths(needs, room), aligns, strict=True)]


def _needed(head: int, texts: Sequence[str], values: Sequence[object]) -> tuple[int, int]:
    """The least width of a column, in which nothing is torn that should not be, and the one it would like."""
    sizes = [text_width(text) for text in texts]
    # Numbers, days and short texts stay whole, words up to a length; a head breaks into two lines.
    whole = (size for size, v in zip(sizes, values, strict=True) if isinstance(v, _WHOLE) or size <= _SHORT)
    words = (len(word) for text in texts for word in _WORD.findall(text))
    least = max(*whole, min(max(words, default=0), _LONGEST_WORD), (head + 1) // 2, min(head, _SHORT), 4)
    return min(least, _WIDEST), min(max(least, head, *sizes), _WIDEST)


_WHOLE = (int, float, dt.date, LabelledEnum)
"""Values that are not broken into lines."""
_SHORT = 10
"""Texts up to such a width are not broken, and stand in the middle of their column."""


def _is_number(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def facts_table(facts: Sequence[Fact], layout: Layout, room: int, *, cell_style: str, table_style: str) -> str:
    """Facts as two columns: label and value."""
    labels = [str(fact.label) for fact in facts]
    half = layout.cell * 20 / 2
    first = min(int(max(map(text_width, labels), default=1) * half) + 3 * _MARGINS, room // 2)
    columns = (first, room - first)
    rows = []
    for fact, label in zip(facts, labels, strict=True):
        back = layout.tones.get(fact.tone.value)
        rows.append(
            row(
                (
                    cell(paragraph(run(label, "<w:b/>"), cell_style), columns[0], _MIDDLE),
                    cell(
                        paragraph(run(shown_value(fact.value)), cell_style),
                        columns[1],
                        (shading(back) if back else "") + _MIDDLE,
                    ),
                )
            )
        )
    return table(rows, columns, table_style)


def mixed(colour: str, share: float) -> str:
    """A colour so strong: white at 0, itself at 1.

    >>> mixed("000000", 0.5)
    '808080'
    """
    strength = min(max(share, 0.0), 1.0)
    parts = (int(colour[n : n + 2], 16) for n in (0, 2, 4))
    return "".join(f"{round(255 - (255 - part) * strength):02X}" for part in parts)
