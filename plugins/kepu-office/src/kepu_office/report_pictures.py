"""Bars, maps of tiles and times as sheets: the figures as a table, and beside it what can be looked at.

Charts are Excel's own and take every label and figure from the cells of the table, so that they follow when these are
changed, and no text of the report is ever part of a formula.
"""

from collections.abc import Iterator, Sequence
from typing import Any

from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from kepu_core import Text
from kepu_core.report import Bar, Bars, Column, Grid, Table, Tile, Tiles, Timeline, Tone
from kepu_office.report_cells import put_text
from kepu_office.report_grids import FIRST, HEADER, write_grid
from kepu_office.report_styles import Styles

__all__ = ["write_bars", "write_tiles", "write_timeline"]

_MOST_SERIES = 50
_MOST_BARS = 500
"""More bars or series are no picture any more: the table has them all."""
_FEW = 12
_BAR_HEIGHT = 22
_CHART_WIDTH = 720
_COLOURS = ("#2E75B6", "#ED7D31", "#70AD47", "#FFC000", "#7030A0", "#00B0A0", "#C00000", "#7F7F7F")
_MOST_PLACES = 200
"""A map with more rows or columns is none that anybody could look at."""
_TILE_WIDTH = 14
_TILE_ROWS = 2
"""A tile has a row for its name and one for what is shown on it."""

_NAME = Column(key="label", label=Text("名称", "name"))
_TOTAL, _LOW, _HIGH = Text("合计", "total"), Text("下限", "low"), Text("上限", "high")
_DECIMALS = 2


def write_bars(book: Workbook, sheet: Worksheet, block: Bars, styles: Styles) -> None:
    """The pieces of each bar as a table, and the bars beside it."""
    several = len(block.series) > 1
    interval = any(bar.low is not None or bar.high is not None for bar in block.bars)
    decimals = 0 if _whole(block.bars) else _DECIMALS
    columns = [_NAME, *(Column(key="piece", label=_counted(s, block), decimals=decimals) for s in block.series)]
    columns += [Column(key="total", label=_TOTAL, decimals=decimals)] * several
    columns += [Column(key="end", label=label, decimals=_DECIMALS) for label in (_LOW, _HIGH)] * interval
    rows = tuple(tuple(_bar_row(bar, several=several, interval=interval)) for bar in block.bars)
    _table(sheet, block.title, columns, rows, styles)
    if block.bars and 0 < len(block.series) <= _MOST_SERIES and len(block.bars) <= _MOST_BARS:
        sheet.insert_chart(HEADER, len(columns) + 1, _chart(book, sheet, block))


def _counted(series: Text, block: Bars) -> Text:
    """The name of a series, with what it counts."""
    if block.unit is None:
        return series
    return Text("{s}（{u}）", "{s} ({u})").format(s=series, u=block.unit)


def _bar_row(bar: Bar, *, several: bool, interval: bool) -> Iterator[Any]:
    yield bar.label
    yield from bar.pieces
    if several:
        yield sum(bar.pieces)
    if interval:
        yield from (bar.low, bar.high)


def _chart(book: Workbook, sheet: Worksheet, block: Bars) -> Any:
    """Lying bars, the first on top, their pieces behind each other; what is known of their ends as a whisker."""
    count, last = len(block.bars), len(block.series) - 1
    chart = book.add_chart({"type": "bar", "subtype": "stacked" if last else "clustered"})
    low, high = FIRST, FIRST + count - 1
    for number in range(len(block.series)):
        column = 1 + number
        chart.add_series(
            {
                "name": [sheet.name, HEADER, column],
                "categories": [sheet.name, low, 0, high, 0],
                "values": [sheet.name, low, column, high, column],
                "fill": {"color": _COLOURS[number % len(_COLOURS)]},
                "gap": 40,
                **(_whiskers(block.bars) if number == last else {}),
            }
        )
    chart.set_title({"name": [sheet.name, 0, 0], "overlay": False, "name_font": {"size": 12}})
    chart.set_legend({"position": "bottom"} if last else {"none": True})
    limits = {"min": 0, "max": block.full} if block.full and _within(block.bars, block.full) else {}
    # The axis of the values is moved to the far end, for the labels run downwards.
    chart.set_y_axis({"reverse": True, "label_position": "low", "interval_unit": 1})
    chart.set_x_axis(
        {**limits, **_steps(block.bars), "major_gridlines": {"visible": True, "line": {"color": "#D9D9D9"}}}
    )
    chart.set_size({"width": _CHART_WIDTH, "height": max(240, 120 + _BAR_HEIGHT * count)})
    return chart


def _within(bars: Sequence[Bar], full: float) -> bool:
    return all(piece >= 0 for bar in bars for piece in bar.pieces) and all(
        max(sum(bar.pieces), bar.high or 0.0) <= full for bar in bars
    )


def _whole(bars: Sequence[Bar]) -> bool:
    return all(float(piece).is_integer() for bar in bars for piece in bar.pieces)


def _steps(bars: Sequence[Bar]) -> dict[str, Any]:
    """What is counted has no halves, nor has its axis."""
    if not _whole(bars):
        return {}
    top = max((sum(bar.pieces) for bar in bars), default=0)
    return {"num_format": "0", "major_unit": 1} if top <= _FEW else {"num_format": "0"}


def _whiskers(bars: Sequence[Bar]) -> dict[str, Any]:
    if all(bar.low is None and bar.high is None for bar in bars):
        return {}
    ends = [sum(bar.pieces) for bar in bars]
    above = [max(0.0, bar.high - end) if bar.high is not None else 0.0 for bar, end in zip(bars, ends, strict=True)]
    below = [max(0.0, end - bar.low) if bar.low is not None else 0.0 for bar, end in zip(bars, ends, strict=True)]
    return {"y_error_bars": {"type": "custom", "plus_values": above, "minus_values": below}}


_TILE_COLUMNS = (
    Column(key="region", label=Text("代码", "code")),
    Column(key="label", label=Text("名称", "name")),
    Column(key="text", label=Text("数值", "value")),
    Column(key="share", label=Text("占满分的比例", "share of what is possible"), decimals=3),
)


def write_tiles(sheet: Worksheet, block: Tiles, styles: Styles) -> None:
    """The regions as a table, and beside it the map: a cell for each region, the darker the fuller."""
    tiles = block.tiles
    rows = tuple((tile.region, tile.label, tile.text, tile.share) for tile in tiles)
    shares = tuple((None, None, None, tile.share) for tile in tiles)
    grid = Grid(
        key=block.key,
        title=block.title,
        table=Table(columns=_TILE_COLUMNS, rows=rows),
        tones=tuple(tile.tone for tile in tiles),
        shares=shares,
    )
    left = len(_TILE_COLUMNS) + 2
    fits = all(0 <= tile.column < _MOST_PLACES and 0 <= tile.row < _MOST_PLACES for tile in tiles)
    lines: dict[int, list[Tile]] = {}
    for tile in tiles if fits else ():
        lines.setdefault(tile.row, []).append(tile)

    def beside(number: int) -> None:
        line, part = divmod(number, _TILE_ROWS)
        for tile in lines.get(line, ()):
            _tile(sheet, FIRST + number, left + tile.column, tile, styles, part)

    write_grid(sheet, grid, styles, beside=beside, least=_TILE_ROWS * (max(lines, default=-1) + 1))
    if lines:
        sheet.set_column(left, left + max(tile.column for tile in tiles), _TILE_WIDTH)


def _tile(sheet: Worksheet, row: int, column: int, tile: Tile, styles: Styles, part: int) -> None:
    """The upper or the lower half of a tile."""
    edge = "#FFFFFF" if tile.tone is Tone.PLAIN else "#C00000"
    sides = dict.fromkeys(("left", "right", "bottom" if part else "top"), 2)
    colours = {f"{side}_color": edge for side in sides}
    fill = {"bg_color": styles.shade(tile.share), "align": "center", "shrink": True, "bold": not part}
    put_text(sheet, row, column, tile.text if part else tile.label, styles.of({**fill, **sides, **colours}))


_TIMES = (
    Column(key="starts", label=Text("开始", "from")),
    Column(key="ends", label=Text("结束", "to")),
    Column(key="what", label=Text("内容", "what")),
    Column(key="note", label=Text("说明", "note")),
)


def write_timeline(sheet: Worksheet, block: Timeline, styles: Styles) -> None:
    """What lies on which days, as a table."""
    rows = tuple((span.starts, span.ends, span.label, span.note) for span in block.spans)
    tones = tuple(span.tone for span in block.spans)
    grid = Grid(key=block.key, title=block.title, table=Table(columns=_TIMES, rows=rows), tones=tones)
    write_grid(sheet, grid, styles)


def _table(sheet: Worksheet, title: Text, columns: Sequence[Column], rows: tuple[Any, ...], styles: Styles) -> None:
    write_grid(sheet, Grid(key="table", title=title, table=Table(columns=tuple(columns), rows=rows)), styles)
