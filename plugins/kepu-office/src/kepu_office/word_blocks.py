"""The blocks of a report as pieces of a document, in either layout."""

from collections.abc import Iterator
from itertools import count

from attrs import define, field

from kepu_core import Text
from kepu_core.report import Bars, Block, Grid, Paragraph, Section, Tiles, Timeline
from kepu_office.word_flow import Piece
from kepu_office.word_package import Package
from kepu_office.word_pictures import bars_table, tiles_table, timeline_table
from kepu_office.word_tables import MOST_COLUMNS, grid_table
from kepu_office.word_xml import capital, paragraph, run, shading
from kepu_office.word_xml import field as word_field

__all__ = ["Blocks", "is_wide"]

_TABLE, _FIGURE = Text("表", "Table"), Text("图", "Figure")
_NONE = Text("（无）", "(none)")


def is_wide(block: Block) -> bool:
    """Whether a block stands on a turned page."""
    return isinstance(block, Grid) and len(block.table.columns) > MOST_COLUMNS


@define
class Blocks:
    """Writes blocks, and counts tables and figures for their captions."""

    package: Package
    _tables: Iterator[int] = field(factory=lambda: count(1))
    _figures: Iterator[int] = field(factory=lambda: count(1))

    def section(self, section: Section, *, titled: bool = False) -> Iterator[Piece]:
        """The blocks of a section, without those below it. A ``titled`` one needs no caption that says the same.

        Paragraphs stand on the page of the table that follows them in their section, or else of what is before them.
        """
        wide = False
        rest = [is_wide(block) for block in section.blocks if not isinstance(block, Paragraph)]
        for block in section.blocks:
            bare = titled and getattr(block, "title", None) == section.title
            if not isinstance(block, Paragraph):
                wide = rest.pop(0)
            yield from self._block(block, bare=bare, follows=None if rest else wide)

    def _block(self, block: Block, *, bare: bool, follows: bool | None) -> Iterator[Piece]:
        """One block with its caption, unless it is bare: above tables, below figures."""
        package = self.package
        styles = {"cell_style": package.style("KepuCell"), "table_style": package.style("KepuTable")}
        cell_style, layout = styles["cell_style"], package.layout
        if isinstance(block, Paragraph):
            yield self._paragraph(block, wide=follows)
        elif isinstance(block, Grid):
            wide = is_wide(block)
            room = (package.wide if wide else package.page).room
            if not bare:
                yield Piece(self._caption(_TABLE, next(self._tables), block.title, keep=True), wide)
            content = grid_table(block, layout, room, **styles)
            yield Piece(content or self._none(), wide, table=True)
        elif isinstance(block, Timeline):
            yield Piece(self._caption(_TABLE, next(self._tables), block.title, keep=True), wide=False)
            content = timeline_table(block, layout, package.page.room, **styles) if block.spans else self._none()
            yield Piece(content, wide=False, table=True)
        else:
            yield Piece(self._figure(block, cell_style), wide=False)

    def _figure(self, block: Bars | Tiles, cell_style: str) -> str:
        layout, room = self.package.layout, self.package.page.room
        if isinstance(block, Bars):
            content = "".join(bars_table(block, layout, room, cell_style=cell_style)) if block.bars else ""
        else:
            content = tiles_table(block, layout, room, cell_style=cell_style) if block.tiles else ""
        unit = getattr(block, "unit", None)
        return (content or self._none()) + self._caption(_FIGURE, next(self._figures), block.title, unit)

    def _paragraph(self, block: Paragraph, *, wide: bool | None) -> Piece:
        back = self.package.layout.tones.get(block.tone.value)
        look = shading(back) if back else ""
        return Piece(paragraph(run(str(block.text)), self.package.style("BodyText"), look), wide)

    def _caption(self, kind: Text, number: int, title: Text, unit: Text | None = None, *, keep: bool = False) -> str:
        counted = word_field(f"SEQ {kind} \\* ARABIC", str(number))
        measured = f" ({unit})" if unit is not None else ""
        content = run(f"{kind} ") + counted + run(f"\u3000{capital(title)}{measured}")
        return paragraph(content, self.package.style("Caption"), "<w:keepNext/>" if keep else "")

    def _none(self) -> str:
        return paragraph(run(str(_NONE)), self.package.style("KepuCell"), '<w:jc w:val="center"/>')
