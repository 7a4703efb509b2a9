"""What templates are given: plain values that only have to be put down. Nothing here is markup."""

from collections.abc import Mapping, Sequence

from attrs import frozen

from kepu_core import Text
from kepu_core.report import Tone

__all__ = [
    "MARKS",
    "BarRow",
    "BarsView",
    "Cell",
    "Choice",
    "GridView",
    "Head",
    "Note",
    "PartView",
    "Piece",
    "Row",
    "SpanRow",
    "Tick",
    "TileView",
    "TilesView",
    "TimesView",
    "View",
    "said",
]

MARKS: Mapping[Tone, str] = {Tone.PLAIN: "", Tone.GOOD: "✓", Tone.WATCH: "▲", Tone.BAD: "✕"}
"""A sign for each tone, told apart by its shape; the word stands beside it."""


@frozen(kw_only=True)
class Note:
    """A paragraph, with its tone in words (nothing for a plain one)."""

    text: str
    tone: str
    mark: str
    says: str
    kind: str = "note"


@frozen(kw_only=True)
class Head:
    """The heading of a column; ``css`` says how wide its cells are and on which side they stand."""

    label: str
    css: str
    sortable: bool = True


@frozen(kw_only=True)
class Cell:
    """One cell: ``order`` stands for the text where sorting by it would be wrong, ``mark`` is a sign before it."""

    text: str
    css: str = ""
    href: str = ""
    order: int | None = None
    mark: str = ""
    header: bool = False


@frozen(kw_only=True)
class Row:
    """A row of cells and its tone."""

    cells: Sequence[Cell]
    tone: str = ""


@frozen(kw_only=True)
class Choice:
    """A column with few values: by any of them the rows can be narrowed down."""

    column: int
    label: str
    values: Sequence[str]


@frozen(kw_only=True)
class GridView:
    """A table. ``tools`` says whether searching and sorting make sense, ``tall`` whether it scrolls in its box.

    ``empty`` names the columns in which there is nothing; they are left out.
    """

    ident: str
    title: str
    heads: Sequence[Head]
    rows: Sequence[Row]
    choices: Sequence[Choice]
    tools: bool
    tall: bool
    wide: bool
    shaded: bool
    empty: str = ""
    kind: str = "grid"


@frozen(kw_only=True)
class Piece:
    """A piece of a bar: where it begins and how long it is, in hundredths of the whole width; ``series`` is its colour.

    ``sign`` stands for the series, nothing where there is no room or only one.
    """

    x: str
    width: str
    middle: str
    series: int
    label: str
    sign: str


@frozen(kw_only=True)
class BarRow:
    """One bar with its numbers."""

    label: str
    pieces: Sequence[Piece]
    values: Sequence[str]
    total: str
    low: str = ""
    high: str = ""
    interval: str = ""


@frozen(kw_only=True)
class BarsView:
    """Bars: a table with a drawing in each row. ``zero`` is where they begin."""

    ident: str
    title: str
    series: Sequence[str]
    rows: Sequence[BarRow]
    zero: str
    scale: str
    stacked: bool
    intervals: bool
    kind: str = "bars"


@frozen(kw_only=True)
class TileView:
    """One tile; ``css`` is its place and shade."""

    label: str
    text: str
    css: str
    hint: str
    mark: str
    says: str


@frozen(kw_only=True)
class TilesView:
    """A map of tiles, by row and column. With very many, they are small."""

    ident: str
    title: str
    tiles: Sequence[TileView]
    columns: int
    small: bool
    shaded: bool
    kind: str = "tiles"


@frozen(kw_only=True)
class SpanRow:
    """One line of a timeline."""

    label: str
    x: str
    width: str
    single: bool
    when: str
    note: str
    tone: str
    mark: str
    says: str


@frozen(kw_only=True)
class Tick:
    """A mark on the axis of a timeline."""

    x: str
    label: str


@frozen(kw_only=True)
class TimesView:
    """A timeline: ``now`` is where the day of the report lies, nothing if it lies outside."""

    ident: str
    title: str
    spans: Sequence[SpanRow]
    ticks: Sequence[Tick]
    now: str
    today: str
    kind: str = "times"


View = Note | GridView | BarsView | TilesView | TimesView


@frozen(kw_only=True)
class PartView:
    """A section: ``lead`` is its first sentence if the section can be folded away, ``level`` that of its heading.

    ``live`` marks the section of the sliders.
    """

    ident: str
    title: str
    level: int
    blocks: Sequence[View]
    parts: "Sequence[PartView]"
    folded: bool
    lead: str = ""
    live: bool = False


def said(tone: Tone) -> str:
    """A tone in words, nothing for a plain one."""
    return "" if tone is Tone.PLAIN else str(Text(tone.label.zh, tone.label.en))
