"""Small pieces of WordprocessingML as text. Every text that comes from data passes through :func:`escaped`.

A document is written as text and parsed once: objects for every cell of a long table would be slow.
"""

import re
from collections.abc import Iterable

__all__ = [
    "NAMESPACES",
    "bookmarked",
    "capital",
    "escaped",
    "field",
    "linked",
    "paragraph",
    "run",
    "shading",
    "tabs",
    "twips",
]

NAMESPACES = (
    'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" '
    'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
)
_TWIPS_PER_MM = 1440 / 25.4
_FORBIDDEN = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_MARKS = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;"})
_BREAKS = re.compile("(\r\n|[\n\r\t])")


def twips(mm: float) -> int:
    """Millimetres as twentieths of a point.

    >>> twips(210), twips(297)
    (11906, 16838)
    """
    return round(mm * _TWIPS_PER_MM)


def escaped(text: str) -> str:
    r"""A text that is a text in XML, whatever is in it; characters that XML does not have become U+FFFD.

    >>> escaped('<a b="c">&\x00')
    '&lt;a b=&quot;c&quot;&gt;&amp;\ufffd'
    """
    return _FORBIDDEN.sub("\ufffd", text).translate(_MARKS)


def capital(text: object) -> str:
    r"""A heading in one line, which in English begins with a capital.

    >>> capital("where points\ncome from")
    'Where points come from'
    """
    line = " ".join(str(text).split())
    return line[:1].upper() + line[1:] if line[:1].isascii() else line


def run(text: str, properties: str = "") -> str:
    """A run; breaks of lines in the text are breaks in the document."""
    if not text:
        return ""
    inner = "".join(_piece(piece) for piece in _BREAKS.split(text) if piece)
    return f"<w:r>{f'<w:rPr>{properties}</w:rPr>' if properties else ''}{inner}</w:r>"


def _piece(piece: str) -> str:
    if piece == "\t":
        return "<w:tab/>"
    if _BREAKS.fullmatch(piece):
        return "<w:br/>"
    return f'<w:t xml:space="preserve">{escaped(piece)}</w:t>'


def paragraph(content: str = "", style: str | None = None, properties: str = "") -> str:
    """A paragraph of runs, in a style (by its id), with properties of its own."""
    named = f'<w:pStyle w:val="{escaped(style)}"/>' if style else ""
    told = f"<w:pPr>{named}{properties}</w:pPr>" if named or properties else ""
    return f"<w:p>{told}{content}</w:p>"


def field(code: str, shown: str = "", properties: str = "") -> str:
    """A field with what is shown until Word reckons it anew."""
    told = f"<w:rPr>{properties}</w:rPr>" if properties else ""
    marks = [f'<w:r>{told}<w:fldChar w:fldCharType="{kind}"/></w:r>' for kind in ("begin", "separate", "end")]
    asked = f'<w:r>{told}<w:instrText xml:space="preserve"> {escaped(code)} </w:instrText></w:r>'
    return marks[0] + asked + marks[1] + run(shown, properties) + marks[2]


def bookmarked(content: str, number: int, name: str) -> str:
    """Content that can be led to; ``number`` and ``name`` are unique in the document."""
    return f'<w:bookmarkStart w:id="{number}" w:name="{name}"/>{content}<w:bookmarkEnd w:id="{number}"/>'


def linked(content: str, name: str) -> str:
    """Content that leads to a bookmark of this document."""
    return f'<w:hyperlink w:anchor="{name}" w:history="1">{content}</w:hyperlink>'


def shading(colour: str) -> str:
    """A background, as a property of runs, paragraphs or cells."""
    return f'<w:shd w:val="clear" w:color="auto" w:fill="{colour}"/>'


def tabs(positions: Iterable[int], kind: str = "left") -> str:
    """Stops of the tabulator, in twips."""
    stops = "".join(f'<w:tab w:val="{kind}" w:pos="{position}"/>' for position in positions)
    return f"<w:tabs>{stops}</w:tabs>" if stops else ""
