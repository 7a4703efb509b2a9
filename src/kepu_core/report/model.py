"""What a report says, apart from how it looks: the one description from which every format is written.

A :class:`Report` has facts at its head and sections; a section has blocks: paragraphs, tables, bars, tiles, times.
Values stay values (numbers, dates, labels in two languages), so that a sheet gets numbers, a page words, and both
the same order. What is in a report may leave: personal data is left out when it is made.
"""

import datetime as dt
import re
from collections.abc import Iterator

from attrs import field as attrs_field
from attrs import frozen

from kepu_core.domain.enums import LabelledEnum
from kepu_core.language import Text
from kepu_core.scoring.tables import Column, Table

__all__ = [
    "Bar",
    "Bars",
    "Block",
    "Column",
    "Fact",
    "Grid",
    "Link",
    "Paragraph",
    "Report",
    "Section",
    "Span",
    "Table",
    "Tile",
    "Tiles",
    "Timeline",
    "Tone",
    "Value",
]


@frozen
class Link:
    """A word that leads to another file of the same publication: ``target`` is its path beside this one.

    Formats that cannot lead there show the word. Where a target would lead out of the folder, it is refused.

    >>> str(Link("某科技馆", "base-b1.html"))
    '某科技馆'
    >>> Link("x", "https://example.org/")
    Traceback (most recent call last):
    ValueError: a link leads to a file beside the report, not to 'https://example.org/'
    """

    text: str
    target: str = attrs_field()

    @target.validator
    def _inside(self, _: object, value: str) -> None:
        if not _BESIDE.fullmatch(value):
            message = f"a link leads to a file beside the report, not to {value!r}"
            raise ValueError(message)

    def __str__(self) -> str:
        return self.text


_BESIDE = re.compile(r"[^/\\:?#<>\"'%\s.][^/\\:?#<>\"'%\s]*")
"""The name of a file without folders, queries and what a browser would decode."""

Value = str | int | float | bool | dt.date | Text | LabelledEnum | Link | None
"""What a cell or fact may hold; ``None`` is *not known* and is shown as nothing."""


class Tone(LabelledEnum):
    """How something stands, for those who look rather than read. Never the only sign: words say it too."""

    PLAIN = "plain", "一般", "plain"
    GOOD = "good", "良好", "good"
    WATCH = "watch", "关注", "to watch"
    BAD = "bad", "问题", "bad"


@frozen(kw_only=True)
class Fact:
    """One line at the head of a report: a label and a value (``score``, ``period``, ``digest`` …)."""

    key: str
    label: Text
    value: Value
    tone: Tone = Tone.PLAIN


@frozen(kw_only=True)
class Paragraph:
    """A sentence or a few."""

    text: Text
    tone: Tone = Tone.PLAIN


@frozen(kw_only=True)
class Grid:
    """A table: ``key`` names it (a sheet, an anchor), ``tones`` how each row stands, ``shares`` how full cells are.

    ``shares[i][j]`` runs from 0 to 1, ``None`` for a cell that is no part of a whole; both may be left empty.
    """

    key: str
    title: Text
    table: Table
    tones: tuple[Tone, ...] = ()
    shares: tuple[tuple[float | None, ...], ...] = ()


@frozen(kw_only=True)
class Bar:
    """One bar: its pieces in the order of the series, and an interval around its end, if one is known."""

    label: str
    pieces: tuple[float, ...]
    low: float | None = None
    high: float | None = None


@frozen(kw_only=True)
class Bars:
    """Bars side by side; ``full`` is how long a bar can be at most, ``unit`` what it counts."""

    key: str
    title: Text
    series: tuple[Text, ...]
    bars: tuple[Bar, ...]
    full: float | None = None
    unit: Text | None = None


@frozen(kw_only=True)
class Tile:
    """One region of a tile map, in a column and row of the grid, with what is shown on it (``share`` from 0 to 1)."""

    region: str
    label: str
    column: int
    row: int
    text: str = ""
    share: float | None = None
    tone: Tone = Tone.PLAIN


@frozen(kw_only=True)
class Tiles:
    """A map of tiles, one per region: no boundaries are drawn, and every region is as large as the others."""

    key: str
    title: Text
    tiles: tuple[Tile, ...]


@frozen(kw_only=True)
class Span:
    """Something that lies on one day or goes on for some (``ends`` included)."""

    label: str
    starts: dt.date
    ends: dt.date
    note: Text | None = None
    tone: Tone = Tone.PLAIN
    record: str | None = None
    """The record that it stands for, as ``type/id``."""


@frozen(kw_only=True)
class Timeline:
    """Days and spans of days, in order; ``today`` is the day of the report."""

    key: str
    title: Text
    spans: tuple[Span, ...]
    today: dt.date | None = None


Block = Paragraph | Grid | Bars | Tiles | Timeline
"""What a section is made of."""


@frozen(kw_only=True)
class Section:
    """A heading with blocks, and sections below it."""

    key: str
    title: Text
    blocks: tuple[Block, ...] = ()
    sections: tuple["Section", ...] = ()


@frozen(kw_only=True)
class Report:
    """What is told, in order.

    ``kind`` says of what (``scorecard``, ``plan``, ``bases``, ``campaigns``, or what a plugin reports), ``on`` the day
    whose state it tells, ``illustrative`` that it holds figures made up for demonstration.

    >>> report = Report(kind="note", title=Text("说明", "a note"), sections=(
    ...     Section(key="a", title=Text("甲", "A"), sections=(Section(key="b", title=Text("乙", "B")),)),))
    >>> [(section.key, level) for section, level in report.walk()]
    [('a', 1), ('b', 2)]
    """

    kind: str
    title: Text
    subtitle: Text | None = None
    facts: tuple[Fact, ...] = ()
    sections: tuple[Section, ...] = ()
    on: dt.date | None = None
    illustrative: bool = False

    def walk(self) -> Iterator[tuple[Section, int]]:
        """All sections in reading order, each with its level (1 is the outermost)."""
        stack = [(section, 1) for section in reversed(self.sections)]
        while stack:
            section, level = stack.pop()
            yield section, level
            stack += [(child, level + 1) for child in reversed(section.sections)]

    def grids(self) -> Iterator[Grid]:
        """All tables in reading order."""
        for section, _ in self.walk():
            yield from (block for block in section.blocks if isinstance(block, Grid))
