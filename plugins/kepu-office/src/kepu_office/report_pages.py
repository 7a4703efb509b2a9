"""Which sheets a report becomes, and what its cover says of them.

Every table, chart, map and list of times has a sheet of its own. Where sections of one parent hold tables of the same
columns (the derivations of two hundred subjects, say), these follow each other in one sheet, so that it can be filtered.
"""

from collections.abc import Iterator, Sequence

from attrs import frozen

from kepu_core import Text
from kepu_core.report import Bars, Block, Column, Grid, Paragraph, Report, Section, Table, Tiles, Timeline, Tone
from kepu_core.scoring.tables import shown_value
from kepu_office.report_texts import SheetNames

__all__ = ["Entry", "Page", "pages_of"]

MOST_ROWS = 1_000_000
"""A table with more rows goes on in another sheet."""
_ENTRY = Column(key="entry", label=Text("条目", "entry"))


@frozen(kw_only=True)
class Page:
    """One sheet: its name in the workbook, its title, and the block that stands in it."""

    name: str
    title: str
    block: Grid | Bars | Tiles | Timeline


@frozen(kw_only=True)
class Entry:
    """One line of the contents: a heading, a sentence, or the way to a sheet."""

    text: str
    level: int
    page: Page | None = None
    heading: bool = False
    tone: Tone = Tone.PLAIN


def pages_of(report: Report, names: SheetNames) -> list[Entry]:
    """The contents of a report in order; the sheets are those of the entries that have a page."""
    return [entry for section in report.sections for entry in _section(section, 0, names)]


def _section(section: Section, level: int, names: SheetNames) -> Iterator[Entry]:
    yield Entry(text=str(section.title), level=level, heading=True)
    for block in section.blocks:
        yield from _block(block, level + 1, names)
    joined = _joined(section)
    if joined is None:
        for child in section.sections:
            yield from _section(child, level + 1, names)
        return
    yield from _block(joined, level + 1, names)
    for child in section.sections:
        for block in child.blocks:
            if isinstance(block, Paragraph):
                yield Entry(text=f"{child.title}：{block.text}", level=level + 1, tone=block.tone)


def _block(block: Block, level: int, names: SheetNames) -> Iterator[Entry]:
    if isinstance(block, Paragraph):
        yield Entry(text=str(block.text), level=level, tone=block.tone)
        return
    title = str(block.title)
    for piece in _pieces(block):
        yield Entry(text=title, level=level, page=Page(name=names.take(title), title=title, block=piece))


def _pieces(block: Grid | Bars | Tiles | Timeline) -> Iterator[Grid | Bars | Tiles | Timeline]:
    if not isinstance(block, Grid) or len(block.table.rows) <= MOST_ROWS:
        yield block
        return
    for start in range(0, len(block.table.rows), MOST_ROWS):
        at = slice(start, start + MOST_ROWS)
        yield Grid(
            key=block.key,
            title=block.title,
            table=Table(columns=block.table.columns, rows=block.table.rows[at]),
            tones=block.tones[at],
            shares=block.shares[at],
        )


def _joined(section: Section) -> Grid | None:
    """The tables of the sections below as one, each row headed by its section; ``None`` unless all are alike."""
    found = [_only_grid(child) for child in section.sections]
    grids = [grid for grid in found if grid is not None]
    if len(grids) < 2 or len(grids) < len(found):  # noqa: PLR2004 - one table alone keeps its own sheet
        return None
    columns = grids[0].table.columns
    if any(grid.table.columns != columns for grid in grids):
        return None
    titles = [shown_value(child.title) for child in section.sections]
    rows = tuple((title, *row) for title, grid in zip(titles, grids, strict=True) for row in grid.table.rows)
    return Grid(
        key=section.key,
        title=section.title,
        table=Table(columns=(_ENTRY, *columns), rows=rows),
        tones=tuple(tone for grid in grids for tone in _whole(grid.tones, len(grid.table.rows))),
    )


def _only_grid(section: Section) -> Grid | None:
    grids = [block for block in section.blocks if isinstance(block, Grid)]
    others = [block for block in section.blocks if not isinstance(block, (Grid, Paragraph))]
    return grids[0] if len(grids) == 1 and not others and not section.sections else None


def _whole(tones: Sequence[Tone], count: int) -> Sequence[Tone]:
    return tones if len(tones) == count else (Tone.PLAIN,) * count
