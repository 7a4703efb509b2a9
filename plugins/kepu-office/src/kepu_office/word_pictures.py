"""Bars, maps of tiles and times in Word, without pictures: shaded runs and cells, which print and can be edited.

A piece of a bar is a tabulator with a background: it is exactly as long as its value, and needs no column of its own.
"""

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence

from kepu_core import Text
from kepu_core.report import Bar, Bars, Span, Tile, Tiles, Timeline, Tone
from kepu_core.scoring.tables import shown_value
from kepu_office.word_layouts import Layout
from kepu_office.word_tables import cell, mixed, row, table, text_width
from kepu_office.word_xml import paragraph, run, shading, tabs

__all__ = ["bars_table", "tiles_table", "timeline_table"]

_NO_SPACE = '<w:spacing w:before="0" w:after="0" w:line="240" w:lineRule="auto"/>'
_MARGIN = 57
"""Twips between the edge of a cell and what stands in it."""
_LEAST = 15
"""A piece that is there at all is at least so many twips long."""
_MOST_TILES = 12
"""A map of more tiles in a row is laid out anew: on paper, more cannot be read."""
_WHITE_FROM = 0.75
_EMPTY = "F2F2F2"
_NO_BORDERS = "".join(f'<w:{side} w:val="nil"/>' for side in ("top", "left", "bottom", "right", "insideH", "insideV"))
_PLAIN = f"<w:tblBorders>{_NO_BORDERS}</w:tblBorders>"
_OF, _ON, _NOTE, _WHEN = Text("事项", "what"), Text("日期", "when"), Text("说明", "note"), Text("时间", "time")


def bars_table(bars: Bars, layout: Layout, room: int, *, cell_style: str) -> Iterator[str]:
    """A legend, if there is more than one series, and the bars: label, bar, figure."""
    if len(bars.series) > 1:
        yield paragraph(_legend(bars.series, layout), cell_style, '<w:keepNext/><w:jc w:val="center"/>')
    figures = [_figure(bar) for bar in bars.bars]
    half = layout.cell * 20 / 2
    first = min(int(max([text_width(b.label) for b in bars.bars], default=1) * half) + 3 * _MARGIN, room // 3)
    last = min(int(max(map(text_width, figures), default=1) * half) + 3 * _MARGIN, room // 3)
    columns = (first, room - first - last, last)
    longest = max([bars.full or 0.0, *(_length(bar) for bar in bars.bars)])
    scale = (columns[1] - 3 * _MARGIN) / longest if longest > 0 else 0.0
    rows = []
    for bar, figure in zip(bars.bars, figures, strict=True):
        drawn = _drawn([max(0.0, piece) * scale for piece in bar.pieces], layout.fills)
        texts = (
            paragraph(run(bar.label), cell_style, f'<w:keepNext/>{_NO_SPACE}<w:jc w:val="right"/>'),
            paragraph(drawn[1], cell_style, f"<w:keepNext/>{drawn[0]}{_NO_SPACE}"),
            paragraph(run(figure), cell_style, f"<w:keepNext/>{_NO_SPACE}"),
        )
        rows.append(row(cell(text, width) for text, width in zip(texts, columns, strict=True)))
    yield table(rows, columns, None)


def _length(bar: Bar) -> float:
    return sum(max(0.0, piece) for piece in bar.pieces)


def _figure(bar: Bar) -> str:
    """The sum of a bar, and the interval around its end."""
    text = _number(sum(bar.pieces))
    if bar.low is None and bar.high is None:
        return text
    low, high = ("" if end is None else _number(end) for end in (bar.low, bar.high))
    return f"{text} ({low}–{high})"


def _number(value: float) -> str:
    return f"{value:,.2f}".rstrip("0").rstrip(".")


def _legend(series: Sequence[Text], layout: Layout) -> str:
    squares = (
        run("■ ", f'<w:color w:val="{layout.fills[n % len(layout.fills)]}"/>') + run(f"{name}    ")
        for n, name in enumerate(series)
    )
    return "".join(squares)


def _drawn(lengths: Sequence[float], fills: Sequence[str]) -> tuple[str, str]:
    """The stops and the runs of a bar."""
    stops, runs, at = [], [], 0.0
    for n, length in enumerate(lengths):
        if length > 0:
            at += max(length, _LEAST)
            stops.append(round(at))
            runs.append(f"<w:r><w:rPr>{shading(fills[n % len(fills)])}</w:rPr><w:tab/></w:r>")
    return tabs(stops), "".join(runs)


def tiles_table(tiles: Tiles, layout: Layout, room: int, *, cell_style: str) -> str:
    """The tiles in their places, the fuller the darker."""
    places = {(tile.row, tile.column): tile for tile in tiles.tiles}
    if max((tile.column for tile in tiles.tiles), default=0) >= _MOST_TILES:
        ordered = sorted(tiles.tiles, key=lambda t: (t.row, t.column))
        places = {divmod(n, _MOST_TILES): tile for n, tile in enumerate(ordered)}
    columns = max((column for _, column in places), default=0) + 1
    width = min(room // columns, _WIDEST_TILE)
    rows = [
        row(
            (_tile(places.get((r, c)), width, layout, cell_style) for c in range(columns)),
            height=_TILE_HEIGHT,
        )
        for r in range(max((r for r, _ in places), default=0) + 1)
    ]
    return table(rows, [width] * columns, None)


_WIDEST_TILE, _TILE_HEIGHT = 1300, 620
_BORDER = "".join(
    f'<w:{side} w:val="single" w:sz="12" w:space="0" w:color="FFFFFF"/>' for side in ("top", "left", "bottom", "right")
)


def _tile(tile: Tile | None, width: int, layout: Layout, style: str) -> str:
    if tile is None:
        return cell(paragraph(style=style, properties=_NO_SPACE), width)
    fill = _EMPTY if tile.share is None else mixed(layout.fills[0], 0.1 + 0.9 * tile.share)
    white = '<w:color w:val="FFFFFF"/>' if tile.share is not None and tile.share >= _WHITE_FROM else ""
    centred = f'<w:keepNext/>{_NO_SPACE}<w:jc w:val="center"/>'
    texts = [paragraph(run(tile.label, f'{white}<w:sz w:val="16"/>'), style, centred)]
    if tile.text:
        texts.append(paragraph(run(tile.text, f'<w:b/>{white}<w:sz w:val="18"/>'), style, centred))
    borders = f"<w:tcBorders>{_BORDER}</w:tcBorders>"
    margins = '<w:tcMar><w:left w:w="20" w:type="dxa"/><w:right w:w="20" w:type="dxa"/></w:tcMar>'
    return cell("".join(texts), width, f'{borders}{shading(fill)}{margins}<w:vAlign w:val="center"/>')


def timeline_table(timeline: Timeline, layout: Layout, room: int, *, cell_style: str, table_style: str) -> str:
    """What happens when: each span with its days and its place in the whole time."""
    spans = timeline.spans
    days = [_days(span) for span in spans]
    notes = [shown_value(span.note) for span in spans]
    half = layout.cell * 20 / 2
    second = int(max([text_width(d) for d in days], default=1) * half) + 3 * _MARGIN
    last = min(int(max([8, *map(text_width, notes)]) * half) + 3 * _MARGIN, room // 5)
    track = room // 4
    columns = (room - second - track - last, second, track, last)
    begin = min((s.starts for s in spans), default=dt.date.min)
    end = max((s.ends for s in spans), default=dt.date.min)
    scale = (track - 4 * _MARGIN) / max(1, (end - begin).days + 1)
    heads = (str(_OF), str(_ON), f"{_WHEN}", str(_NOTE))
    rows = [row(_cells([run(h, "<w:b/>") for h in heads], columns, cell_style, "center"), head=True)]
    for span, told, note in zip(spans, days, notes, strict=True):
        back = layout.tones.get(span.tone.value)
        stops, runs = _track(span, begin, scale, layout)
        drawn = paragraph(runs, cell_style, stops + _NO_SPACE)
        cells = list(_cells([run(span.label), run(told), "", run(note)], columns, cell_style, "left", back))
        cells[2] = cell(drawn, columns[2], '<w:vAlign w:val="center"/>')
        rows.append(row(cells))
    return table(rows, columns, table_style, head=True)


def _cells(
    contents: Iterable[str], columns: Sequence[int], style: str, align: str, back: str | None = None
) -> Iterator[str]:
    look = (shading(back) if back else "") + '<w:vAlign w:val="center"/>'
    for content, width in zip(contents, columns, strict=True):
        yield cell(paragraph(content, style, f'<w:jc w:val="{align}"/>'), width, look)


def _days(span: Span) -> str:
    if span.starts == span.ends:
        return span.starts.isoformat()
    return f"{span.starts.isoformat()}\n{span.ends.isoformat()}"


def _track(span: Span, begin: dt.date, scale: float, layout: Layout) -> tuple[str, str]:
    """A gap up to the first day, and a shaded length for the days."""
    gap, length = (span.starts - begin).days * scale, max(((span.ends - span.starts).days + 1) * scale, 4 * _LEAST)
    fill = layout.fills[1] if span.tone is Tone.BAD else layout.fills[0]
    drawn = f"<w:r><w:rPr>{shading(fill)}</w:rPr><w:tab/></w:r>"
    if gap < 1:
        return tabs([round(length)]), drawn
    return tabs([round(gap), round(gap + length)]), f"<w:r><w:tab/></w:r>{drawn}"
