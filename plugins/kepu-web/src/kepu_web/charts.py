"""Bars and tiles, as numbers that a template can draw."""

import math
from collections.abc import Iterator, Sequence

from kepu_core.report import Bar, Bars, Tile, Tiles, Tone
from kepu_web.grids import shade
from kepu_web.views import MARKS, BarRow, BarsView, Piece, TilesView, TileView, said

__all__ = ["bars_view", "number", "percent", "sign", "tile_rules", "tiles_view"]

_SERIES_COLOURS = 8
_CIRCLED, _MOST_CIRCLED = ord("①"), 20
_NUMBERED = 4.0
"""A piece so wide, in hundredths, has room for the number of its series."""
_MANY_TILES = 160
_MOST_PLACES = 400
"""Beyond so many columns or rows a map is laid out one tile after the other."""


def number(value: float) -> str:
    """A number with up to two decimals, and none that say nothing.

    >>> number(3.0), number(1234567.25), number(-0.5)
    ('3', '1234567.25', '-0.5')
    """
    text = f"{value:.2f}"
    return text.rstrip("0").rstrip(".") if math.isfinite(value) else ""


def percent(part: float) -> str:
    """A place in a drawing.

    >>> percent(0.5), percent(1 / 3)
    ('50', '33.33')
    """
    return number(part * 100)


def sign(series: int) -> str:
    """What stands for a series on its pieces and in the legend: colours alone are not for everyone.

    >>> sign(0), sign(19), sign(20)
    ('①', '⑳', '21')
    """
    return chr(_CIRCLED + series) if series < _MOST_CIRCLED else str(series + 1)


def bars_view(block: Bars, ident: str) -> BarsView:
    """Bars on one scale, which begins at 0 or below and ends at ``full`` or beyond, if a bar does."""
    ends = [end for bar in block.bars for end in _ends(bar)]
    low, high = min([0.0, *ends]), max([block.full or 0.0, 0.0, *ends])
    span = (high - low) or 1.0
    unit = "" if block.unit is None else f" {block.unit}"
    return BarsView(
        ident=ident,
        title=str(block.title),
        series=tuple(f"{sign(n)} {series}" for n, series in enumerate(block.series)),
        rows=tuple(_bar(bar, [str(s) for s in block.series], low, span) for bar in block.bars),
        zero=percent(-low / span),
        scale=f"{number(low)} – {number(high)}{unit}",
        stacked=len(block.series) > 1,
        intervals=any(bar.low is not None and bar.high is not None for bar in block.bars),
    )


def _finite(pieces: Sequence[float]) -> list[float]:
    return [piece if math.isfinite(piece) else 0.0 for piece in pieces]


def _ends(bar: Bar) -> Iterator[float]:
    pieces = _finite(bar.pieces)
    yield sum(p for p in pieces if p > 0)
    yield sum(p for p in pieces if p < 0)
    yield from (end for end in (bar.low, bar.high) if end is not None and math.isfinite(end))


def _bar(bar: Bar, series: Sequence[str], low: float, span: float) -> BarRow:
    whisker = (bar.low, bar.high) if bar.low is not None and bar.high is not None else None
    return BarRow(
        label=bar.label,
        pieces=tuple(_pieces(_finite(bar.pieces), series, low, span)),
        values=tuple(number(piece) for piece in bar.pieces),
        total=number(math.fsum(_finite(bar.pieces))),
        low="" if whisker is None else percent((whisker[0] - low) / span),
        high="" if whisker is None else percent((whisker[1] - low) / span),
        interval="" if whisker is None else f"{number(whisker[0])} – {number(whisker[1])}",
    )


def _pieces(pieces: Sequence[float], series: Sequence[str], low: float, span: float) -> Iterator[Piece]:
    """Pieces above 0 follow each other to the right, those below it to the left."""
    right = left = 0.0
    for n, piece in enumerate(pieces):
        start = right if piece >= 0 else left + piece
        right, left = right + max(piece, 0.0), left + min(piece, 0.0)
        x, width = (start - low) / span, abs(piece) / span
        if piece:
            yield Piece(
                x=percent(x),
                width=percent(width),
                middle=percent(x + width / 2),
                series=n % _SERIES_COLOURS,
                label=f"{series[n] if n < len(series) else ''} {number(piece)}".strip(),
                sign=sign(n) if len(series) > 1 and width * 100 >= _NUMBERED else "",
            )


def tiles_view(block: Tiles, ident: str) -> TilesView:
    """A map of tiles, row by row, so that it can be read aloud in that order."""
    tiles = sorted(block.tiles, key=lambda tile: (tile.row, tile.column))
    columns, placed = _columns(tiles), _can_be_placed(tiles)
    return TilesView(
        ident=ident,
        title=str(block.title),
        tiles=tuple(_tile(tile, placed=placed) for tile in tiles),
        columns=columns,
        small=len(tiles) > _MANY_TILES,
        shaded=any(tile.share is not None for tile in tiles),
    )


def tile_rules(views: Sequence[TilesView]) -> str:
    """The style rules that put tiles into their columns and rows: a page with its own policy has no other way."""
    used = {name for view in views for tile in view.tiles for name in tile.css.split() if name[:2] in {"gc", "gr"}}
    ordered = sorted(used, key=lambda name: (name[:2], int(name[2:])))
    axis = {"gc": "column", "gr": "row"}
    return "".join(f".{name}{{grid-{axis[name[:2]]}:{name[2:]}}}" for name in ordered)


def _can_be_placed(tiles: Sequence[Tile]) -> bool:
    return all(0 <= tile.column < _MOST_PLACES and 0 <= tile.row < _MOST_PLACES for tile in tiles)


def _columns(tiles: Sequence[Tile]) -> int:
    return max((tile.column + 1 for tile in tiles), default=1)


def _tile(tile: Tile, *, placed: bool) -> TileView:
    place = f"gc{tile.column + 1} gr{tile.row + 1}" if placed else ""
    tone = "" if tile.tone is Tone.PLAIN else f"tone-{tile.tone.value}"
    return TileView(
        label=tile.label,
        text=tile.text,
        css=" ".join(c for c in (place, shade(tile.share), tone) if c),
        hint=" ".join(t for t in (tile.label, tile.text) if t),
        mark=MARKS[tile.tone],
        says=said(tile.tone),
    )
