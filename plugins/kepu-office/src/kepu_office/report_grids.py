"""Tables as sheets: a title that leads back, a header that stays in sight and is repeated on paper, one row per row."""

import math
from collections.abc import Callable, Sequence
from typing import Any

from xlsxwriter.worksheet import Worksheet

from kepu_core import Text
from kepu_core.report import Column, Grid, Tone
from kepu_office.report_cells import put, put_link, put_text, shown_width
from kepu_office.report_styles import Styles
from kepu_office.report_texts import header_text, width_of

__all__ = ["FIRST", "HEADER", "begin", "write_grid"]

HEADER = 1
"""The row of the header, counted from 0."""
FIRST = 2
"""The first row with values."""
_WIDEST = 48
_NARROWEST = 6
_LEAST_WIDE = 14
_LINE_HEIGHT = 16.5
_MOST_LINES = 24
"""A row is at most 409 points high."""
_PAPER = 200
"""So many digits beside each other can be read on A4 across."""
_LOOKED_AT = 400
"""So many rows, evenly spread, say how wide a column is."""
_A4 = 9
_NOISE = 1e-6
_MANY_COLUMNS = 6
_STANDING = Column(key="standing", label=Text("状况", "standing"))
_PAGE = Text("第 &P 页，共 &N 页", "page &P of &N")
_DATA_BAR = {"type": "data_bar", "bar_solid": True, "bar_color": "#9DC3E6", "bar_border_color": "#5B9BD5", "data_bar_2010": True}  # fmt: skip


def begin(sheet: Worksheet, title: str, styles: Styles, cover: str, note: str = "") -> None:
    """The title in the first row, which leads back to the cover, and how the sheet is printed."""
    tip = str(Text("返回目录", "back to the contents"))
    put_link(sheet, 0, 0, cover, title, styles.named("back"), tip)
    sheet.set_paper(_A4)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(HEADER)
    right = f"&R{header_text(note)}" if note else ""
    sheet.set_header(f"&C{header_text(title)}{right}")
    sheet.set_footer(f"&C{_PAGE}")


def _head(sheet: Worksheet, columns: Sequence[Column], rows: int, styles: Styles) -> None:
    """The header row of a table: kept in sight, with a filter for each column."""
    sheet.set_row(HEADER, 2 * _LINE_HEIGHT)
    for position, column in enumerate(columns):
        put_text(sheet, HEADER, position, str(column.label), styles.named("head"))
    sheet.freeze_panes(FIRST, 1 if len(columns) > _MANY_COLUMNS else 0)
    if columns and rows:
        sheet.autofilter(HEADER, 0, HEADER + rows, len(columns) - 1)


def _widths(columns: Sequence[Column], rows: Sequence[Sequence[Any]]) -> list[int]:
    """How wide each column is, from its header and its values; beyond ``_WIDEST``, texts are wrapped."""
    some = rows[:: max(1, len(rows) // _LOOKED_AT)]
    wide = [width_of(str(column.label)) // 2 + 4 for column in columns]  # a header has room for two lines
    for row in some:
        for position, (value, column) in enumerate(zip(row, columns, strict=False)):
            wide[position] = max(wide[position], shown_width(value, column.decimals) + 2)
    most = _fitting(wide)
    return [min(max(width, _NARROWEST), most) for width in wide]


def _fitting(wide: Sequence[int]) -> int:
    """How wide a column may be so that all together can still be read on one page; longer texts take more lines."""
    return next(
        (most for most in range(_WIDEST, _LEAST_WIDE, -1) if sum(min(w, most) for w in wide) <= _PAPER), _LEAST_WIDE
    )


def write_grid(
    sheet: Worksheet, grid: Grid, styles: Styles, *, beside: Callable[[int], None] | None = None, least: int = 0
) -> None:
    """A table below the title; how its rows stand is a colour and, at the end, a word.

    ``beside(n)`` may write more into the n-th row, and into those after the last up to ``least``: rows are written in
    order, and once only. It says how high they are.
    """
    tones = grid.tones if any(tone is not Tone.PLAIN for tone in grid.tones) else ()
    columns = (*grid.table.columns, _STANDING) if tones else grid.table.columns
    widths = _widths(columns, grid.table.rows)
    _head(sheet, columns, len(grid.table.rows), styles)
    for position, width in enumerate(widths):
        sheet.set_column(position, position, width)
    write = _row_writer(sheet, grid, styles, tones)
    for number, row in enumerate(grid.table.rows):
        if beside is not None:
            beside(number)
        elif (lines := _lines(row, widths)) > 1:
            sheet.set_row(FIRST + number, _LINE_HEIGHT * min(lines, _MOST_LINES))
        write(number, row)
    if beside is not None:
        for number in range(len(grid.table.rows), least):
            beside(number)
    _bars(sheet, grid)


def _row_writer(
    sheet: Worksheet, grid: Grid, styles: Styles, tones: Sequence[Tone]
) -> Callable[[int, Sequence[Any]], None]:
    """What writes one row: in the colour of its tone if it should be looked at, shaded where it is part of a whole."""
    columns, shaded = grid.table.columns, _shaded_columns(grid)
    plain = [styles.look(column.decimals) for column in columns]
    looks = {tone: [styles.look(column.decimals, tone) for column in columns] for tone in (Tone.WATCH, Tone.BAD)}
    words = {tone: styles.look(tone=tone) for tone in Tone}

    def write(number: int, row: Sequence[Any]) -> None:
        at = FIRST + number
        tone = tones[number] if number < len(tones) else Tone.PLAIN
        for position, (value, look) in enumerate(zip(row, looks.get(tone, plain), strict=True)):
            put(sheet, at, position, value, look)
        if tones:
            put(sheet, at, len(row), None if tone is Tone.PLAIN else tone.label, words[tone])
        for position in shaded:
            share = grid.shares[number][position]
            if share is not None:
                put(
                    sheet,
                    at,
                    position,
                    row[position],
                    styles.look(columns[position].decimals, fill=styles.shade(share)),
                )

    return write


def _bars(sheet: Worksheet, grid: Grid) -> None:
    """Bars in the cells of columns whose values are parts of one whole."""
    for position in _share_columns(grid):
        full = _whole_of(grid, position)
        if full is not None:
            options = {**_DATA_BAR, "min_type": "num", "min_value": 0, "max_type": "num", "max_value": full}
            sheet.conditional_format(FIRST, position, HEADER + len(grid.table.rows), position, options)


def _lines(row: Sequence[Any], widths: Sequence[int]) -> int:
    """How many lines the longest text of a row takes: not every program makes rows as high as they have to be."""
    most = 1
    for value, width in zip(row, widths, strict=False):
        text = value if type(value) is str else str(value) if isinstance(value, Text) else ""
        if len(text) * 2 > width or "\n" in text:
            most = max(most, sum(-(-width_of(line) // width) or 1 for line in text.split("\n")))
    return most


def _shaded_columns(grid: Grid) -> list[int]:
    """Columns with shares that no bar can show, since each value is part of another whole, or none is a number."""
    return [position for position in _share_columns(grid) if _whole_of(grid, position) is None]


def _share_columns(grid: Grid) -> list[int]:
    if len(grid.shares) != len(grid.table.rows):
        return []
    width = len(grid.table.columns)
    return [k for k in range(width) if any(len(row) == width and row[k] is not None for row in grid.shares)]


def _whole_of(grid: Grid, position: int) -> float | None:
    """What the values of a column are parts of, if that is the same for all."""
    parts = [(row[position], share[position]) for row, share in zip(grid.table.rows, grid.shares, strict=True)]
    known = [(value, share) for value, share in parts if share is not None]
    if any(isinstance(value, bool) or not isinstance(value, (int, float)) for value, _ in known):
        return None
    whole = max((value / share for value, share in known if 0 < share < 1), default=0.0)
    if not 0 < whole < math.inf:
        return None
    same = all(abs(min(max(value / whole, 0.0), 1.0) - share) <= _NOISE for value, share in known)
    return whole if same else None
