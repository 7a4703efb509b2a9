"""Styles as values: what a layout looks like, apart from what stands in it.

A city's template may hold styles of the same names: those are used as they are, and only what it lacks is added.
"""

from collections.abc import Mapping

from attrs import frozen

from kepu_office.word_xml import escaped

__all__ = ["FALLBACKS", "Font", "Style", "font_table", "style_sheet", "style_xml"]

FALLBACKS: Mapping[str, str] = {
    "仿宋_GB2312": "仿宋,FangSong,STFangsong,Noto Serif CJK SC",
    "楷体_GB2312": "楷体,KaiTi,STKaiti,Noto Serif CJK SC",
    "方正小标宋简体": "FZXiaoBiaoSong-B05S,宋体,SimSun,Noto Serif CJK SC",
    "黑体": "SimHei,STHeiti,Noto Sans CJK SC",
    "宋体": "SimSun,STSong,Noto Serif CJK SC",
    "Times New Roman": "Liberation Serif",
}
"""Fonts that stand in for those that a computer lacks, in the order in which they are looked for."""
_SANS = {"黑体"}
_WHOLE = 100


@frozen
class Font:
    """A font for Chinese characters and one for the rest, with a size in points and a width in percent."""

    chinese: str
    size: float
    bold: bool = False
    colour: str | None = None
    latin: str = "Times New Roman"
    scale: int = 100

    @property
    def bare(self) -> str:
        """The size alone: the font is that of the document."""
        half_points = round(self.size * 2)
        return f'<w:sz w:val="{half_points}"/><w:szCs w:val="{half_points}"/>'

    @property
    def xml(self) -> str:
        """The properties of runs in this font."""
        names = f'w:ascii="{self.latin}" w:hAnsi="{self.latin}" w:eastAsia="{self.chinese}" w:cs="{self.latin}"'
        bold = "<w:b/>" if self.bold else '<w:b w:val="0"/>'
        colour = f'<w:color w:val="{self.colour}"/>' if self.colour else ""
        scale = f'<w:w w:val="{self.scale}"/>' if self.scale != _WHOLE else ""
        return f"<w:rFonts {names}/>{bold}{colour}{scale}{self.bare}"


@frozen(kw_only=True)
class Style:
    """A style of paragraphs. ``name`` is what Word calls it, ``id`` what paragraphs in a document name.

    Spaces are twips; ``line`` the exact height of a line, or 240 to the line if ``lines``; ``first``, ``left`` and
    ``hanging`` are indents in hundredths of a character; ``outline`` the level of a heading, from 1.
    """

    id: str
    name: str
    font: Font
    based_on: str | None = "Normal"
    next: str | None = None
    align: str = "left"
    before: int = 0
    after: int = 0
    line: int | None = None
    lines: int = 240
    first: int = 0
    outline: int | None = None
    keep_next: bool = False
    grid: bool = True
    custom: bool = False


def style_xml(style: Style, *, bare: bool = False) -> str:
    """A style as it stands in the sheet of styles; a bare one leaves the font, and running text its size, as it is."""
    font = style.font.xml if not bare else "" if style.id == "BodyText" else style.font.bare
    custom = ' w:customStyle="1"' if style.custom else ""
    default = ' w:default="1"' if style.id == "Normal" else ""
    based = f'<w:basedOn w:val="{style.based_on}"/>' if style.based_on and style.id != "Normal" else ""
    following = f'<w:next w:val="{style.next}"/>' if style.next else ""
    return (
        f'<w:style w:type="paragraph"{default}{custom} w:styleId="{style.id}"><w:name w:val="{escaped(style.name)}"/>'
        f"{based}{following}<w:qFormat/><w:pPr>{_paragraphs(style)}</w:pPr><w:rPr>{font}</w:rPr></w:style>"
    )


def _paragraphs(style: Style) -> str:
    """The properties of paragraphs, in the order that the schema asks for."""
    line, rule = (style.lines, "auto") if style.line is None else (style.line, "exact")
    parts = [
        "<w:keepNext/><w:keepLines/>" if style.keep_next else "",
        "" if style.grid else '<w:snapToGrid w:val="0"/>',
        f'<w:spacing w:before="{style.before}" w:after="{style.after}" w:line="{line}" w:lineRule="{rule}"/>',
        f'<w:ind w:firstLineChars="{style.first}" w:firstLine="{round(style.first / 100 * style.font.size * 20)}"/>',
        f'<w:jc w:val="{style.align}"/>',
        "" if style.outline is None else f'<w:outlineLvl w:val="{style.outline - 1}"/>',
    ]
    return "".join(parts)


def style_sheet(styles: Mapping[str, Style], tables: str) -> str:
    """What stands in a sheet of styles that has nothing else in it; ``tables`` are the styles of tables."""
    normal = styles["Normal"].font
    return (
        f"<w:docDefaults><w:rPrDefault><w:rPr>{normal.xml}"
        '<w:lang w:val="en-US" w:eastAsia="zh-CN" w:bidi="ar-SA"/></w:rPr></w:rPrDefault>'
        "<w:pPrDefault/></w:docDefaults>"
        + "".join(map(style_xml, styles.values()))
        + '<w:style w:type="character" w:default="1" w:styleId="DefaultParagraphFont">'
        '<w:name w:val="Default Paragraph Font"/><w:uiPriority w:val="1"/><w:semiHidden/></w:style>'
        '<w:style w:type="table" w:default="1" w:styleId="TableNormal"><w:name w:val="Normal Table"/>'
        '<w:uiPriority w:val="99"/><w:semiHidden/><w:tblPr><w:tblInd w:w="0" w:type="dxa"/><w:tblCellMar>'
        '<w:top w:w="0" w:type="dxa"/><w:left w:w="108" w:type="dxa"/><w:bottom w:w="0" w:type="dxa"/>'
        '<w:right w:w="108" w:type="dxa"/></w:tblCellMar></w:tblPr></w:style>'
        '<w:style w:type="numbering" w:default="1" w:styleId="NoList"><w:name w:val="No List"/>'
        '<w:uiPriority w:val="99"/><w:semiHidden/></w:style>' + tables
    )


def font_table() -> str:
    """The fonts with what stands in for them."""
    return "".join(
        f'<w:font w:name="{name}"><w:altName w:val="{others}"/>'
        f'<w:charset w:val="{"00" if name.isascii() else "86"}"/>'
        f'<w:family w:val="{"modern" if name in _SANS else "roman"}"/><w:pitch w:val="variable"/></w:font>'
        for name, others in FALLBACKS.items()
    )
