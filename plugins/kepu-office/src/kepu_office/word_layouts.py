"""The two layouts: a report, and an official document as GB/T 9704-2012 has it.

The figures of the standard that are used here: A4; 37 mm above and 28 mm at the binding; a type area of 156 × 225 mm
with 22 lines of 28 characters; text in 3号 (16 points), the title in 2号 (22 points), page numbers in 4号 (14 points)
7 mm below the type area.
"""

import math
from collections.abc import Mapping
from types import MappingProxyType

from attrs import evolve, frozen

from kepu_office.word_styles import Font, Style
from kepu_office.word_xml import twips

__all__ = ["LAYOUTS", "OFFICIAL", "REPORT", "Layout", "Page"]

_LINES, _CHARACTERS, _BODY = 22, 28, 16
"""Lines of a page, characters of a line, and the size of the text in points, in an official document."""


@frozen(kw_only=True)
class Page:
    """A page in twips: its size, margins, where header and footer stand, and its grid."""

    width: int
    height: int
    top: int
    bottom: int
    left: int
    right: int
    header: int = 851
    footer: int = 992
    grid: str = ""

    @property
    def room(self) -> int:
        """How wide the type area is."""
        return self.width - self.left - self.right

    def turned(self) -> "Page":
        """The page turned so that the head of a table lies at the binding."""
        return evolve(
            self,
            width=self.height,
            height=self.width,
            top=self.left,
            bottom=self.right,
            left=self.bottom,
            right=self.top,
        )

    def section(self, references: str) -> str:
        """The properties of a section with such pages; ``references`` lead to its headers and footers."""
        turned = ' w:orient="landscape"' if self.width > self.height else ""
        return (
            f'<w:sectPr>{references}<w:type w:val="nextPage"/><w:pgSz w:w="{self.width}" w:h="{self.height}"{turned}/>'
            f'<w:pgMar w:top="{self.top}" w:right="{self.right}" w:bottom="{self.bottom}" w:left="{self.left}" '
            f'w:header="{self.header}" w:footer="{self.footer}" w:gutter="0"/>{self.grid}</w:sectPr>'
        )


@frozen(kw_only=True)
class Layout:
    """A layout: its pages, upright and turned, its styles by id, and how tables and pictures look.

    ``cell`` is the size of text in tables, ``fills`` the colours of the series of bars in their order, ``heat`` the
    colour of a full cell, ``tones`` the backgrounds of rows by their tone.
    """

    name: str
    page: Page
    wide: Page
    styles: Mapping[str, Style]
    table: str
    cell: float
    fills: tuple[str, ...]
    heat: str
    tones: Mapping[str, str]


def _official_page() -> Page:
    width, height, top, left = twips(210), twips(297), twips(37), twips(28)
    right, bottom = width - left - twips(156), height - top - twips(225)
    pitch = math.floor(twips(225) / _LINES)
    # How much a character is wider than those of the style Normal, in 4096ths of a point; down, so that 28 fit.
    space = math.floor((twips(156) / _CHARACTERS / 20 - _BODY) * 4096)
    grid = f'<w:docGrid w:type="linesAndChars" w:linePitch="{pitch}" w:charSpace="{space}"/>'
    # The footer ends 25 mm above the edge: the dashes of its one line then lie 7 mm below the type area.
    return Page(width=width, height=height, top=top, bottom=bottom, left=left, right=right, footer=twips(25), grid=grid)


def _styles(*styles: Style) -> Mapping[str, Style]:
    return MappingProxyType({style.id: style for style in styles})


def _table_style(head: str, line: str) -> str:
    borders = "".join(
        f'<w:{side} w:val="single" w:sz="4" w:space="0" w:color="{line}"/>'
        for side in ("top", "left", "bottom", "right", "insideH", "insideV")
    )
    return (
        '<w:style w:type="table" w:customStyle="1" w:styleId="KepuTable"><w:name w:val="Kepu Table"/>'
        '<w:basedOn w:val="TableNormal"/><w:qFormat/>'
        f"<w:tblPr><w:tblBorders>{borders}</w:tblBorders><w:tblCellMar>"
        '<w:top w:w="28" w:type="dxa"/><w:left w:w="57" w:type="dxa"/><w:bottom w:w="28" w:type="dxa"/>'
        '<w:right w:w="57" w:type="dxa"/></w:tblCellMar></w:tblPr>'
        '<w:tblStylePr w:type="firstRow"><w:rPr><w:b/></w:rPr><w:tcPr>'
        f'<w:shd w:val="clear" w:color="auto" w:fill="{head}"/></w:tcPr></w:tblStylePr></w:style>'
    )


_INK, _QUIET = "1F3864", "595959"


def _report() -> Layout:
    page = Page(width=twips(210), height=twips(297), top=1440, bottom=1300, left=1300, right=1300)
    wide = Page(width=page.height, height=page.width, top=1300, bottom=1134, left=1134, right=1134)
    song, hei = "宋体", "黑体"
    styles = _styles(
        Style(id="Normal", name="Normal", font=Font(song, 12)),
        Style(
            id="Title",
            name="Title",
            font=Font(hei, 24, colour=_INK),
            align="center",
            before=600,
            after=200,
            next="BodyText",
        ),
        Style(id="Subtitle", name="Subtitle", font=Font(hei, 14, colour=_QUIET), align="center", after=300),
        *(
            Style(
                id=f"Heading{n}",
                name=f"heading {n}",
                font=Font(hei, size, colour=_INK),
                before=before,
                after=120,
                outline=n,
                keep_next=True,
                next="BodyText",
            )
            for n, size, before in ((1, 16, 360), (2, 14, 280), (3, 12, 200), (4, 12, 160))
        ),
        Style(id="BodyText", name="Body Text", font=Font(song, 12), align="both", lines=360, first=200),
        Style(id="Caption", name="caption", font=Font(hei, 10.5), align="center", before=120, after=80),
        Style(id="TOCHeading", name="TOC Heading", font=Font(hei, 14, colour=_INK), before=360, after=120),
        Style(id="TOC1", name="toc 1", font=Font(song, 12), lines=280),
        Style(id="TOC2", name="toc 2", font=Font(song, 10.5), first=200),
        Style(id="Header", name="header", font=Font(song, 9, colour=_QUIET), align="right"),
        Style(id="Footer", name="footer", font=Font(song, 9, colour=_QUIET), align="center"),
        Style(id="KepuCell", name="Kepu Cell", font=Font(song, 9), custom=True),
    )
    return Layout(
        name="report",
        page=page,
        wide=wide,
        styles=styles,
        table=_table_style("D9E2F3", "A6A6A6"),
        cell=9,
        fills=("2F5597", "ED7D31", "70AD47", "FFC000", "7F7F7F", "4BACC6", "9E480E", "43682B", "997300", "8064A2"),
        heat="8FB4E3",
        tones=MappingProxyType({"watch": "FFF2CC", "bad": "F8CBAD"}),
    )


def _official() -> Layout:
    page = _official_page()
    fang, kai, hei, song, mark = "仿宋_GB2312", "楷体_GB2312", "黑体", "宋体", "方正小标宋简体"
    line = math.floor(twips(225) / _LINES)
    # 28 characters of 16 points are wider than 156 mm. Word narrows what lies between them; LibreOffice gives a character
    # that is wider than its cell two of them. A little narrower, they fit for both.
    text, black, script = (Font(name, _BODY, scale=98) for name in (fang, hei, kai))
    heading = ((1, black), (2, script), (3, text), (4, text), (5, text))
    styles = _styles(
        Style(id="Normal", name="Normal", font=text),
        Style(id="Title", name="Title", font=Font(mark, 22), align="center", line=line, grid=False, next="BodyText"),
        Style(id="Subtitle", name="Subtitle", font=script, align="center", line=line, next="BodyText"),
        *(
            Style(
                id=f"Heading{n}",
                name=f"heading {n}",
                font=font,
                align="both",
                line=line,
                first=200,
                outline=n,
                keep_next=True,
                next="BodyText",
            )
            for n, font in heading
        ),
        Style(id="BodyText", name="Body Text", font=text, align="both", line=line, first=200),
        Style(id="Caption", name="caption", font=Font(hei, 12), align="center", line=line, grid=False),
        Style(id="Header", name="header", font=Font(song, 9)),
        Style(id="Footer", name="footer", font=Font(song, 14, latin=song), line=360, grid=False),
        Style(id="KepuCell", name="Kepu Cell", font=Font(fang, 10.5), grid=False, custom=True),
        Style(
            id="KepuMark",
            name="Kepu Mark",
            font=Font(mark, 48, colour="FF0000"),
            align="center",
            grid=False,
            custom=True,
        ),
        Style(id="KepuNumber", name="Kepu Number", font=text, align="center", line=line, custom=True),
        Style(id="KepuFlush", name="Kepu Flush", font=text, align="both", line=line, custom=True),
        Style(id="KepuSignature", name="Kepu Signature", font=text, align="right", line=line, custom=True),
        Style(id="KepuAttachment", name="Kepu Attachment", font=black, line=line, custom=True),
        Style(id="KepuImprint", name="Kepu Imprint", font=Font(fang, 14), align="both", grid=False, custom=True),
    )
    return Layout(
        name="official",
        page=page,
        wide=evolve(page.turned(), grid=""),
        styles=styles,
        table=_table_style("auto", "000000"),
        cell=10.5,
        fills=("404040", "A6A6A6", "737373", "D0D0D0", "000000", "8C8C8C", "BFBFBF", "595959", "E0E0E0", "262626"),
        heat="D9D9D9",
        tones=MappingProxyType({}),
    )


REPORT, OFFICIAL = _report(), _official()
LAYOUTS: Mapping[str, Layout] = MappingProxyType({layout.name: layout for layout in (REPORT, OFFICIAL)})
"""The layouts, by their names."""
