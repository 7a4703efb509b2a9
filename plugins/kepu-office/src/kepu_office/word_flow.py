"""What follows what on upright and turned pages."""

from collections.abc import Iterable, Iterator, Sequence

from attrs import frozen

from kepu_office.word_xml import paragraph

__all__ = ["Piece", "flowed"]

_POINT, _GAP = 20, 120
"""Heights of empty lines, in twips: what ends a section should take no room, what stands behind a table a little."""


@frozen
class Piece:
    """Something in a document: its XML, and whether it stands on a turned page.

    A piece that does not say (``None``), such as a heading, stands where the next one does that says. A ``table`` at
    its end wants a paragraph behind it: two tables without one between them would be one.
    """

    xml: str
    wide: bool | None = None
    table: bool = False


def flowed(pieces: Sequence[Piece], sections: tuple[str, str]) -> tuple[str, bool]:
    """The pieces as XML with a section for each turn of the page, and whether the last page is turned.

    ``sections`` are the properties of sections with upright and with turned pages. Those of the last section are not
    written: they stand at the end of a document.
    """
    turned = list(_settled(reversed(pieces)))[::-1]
    parts: list[str] = []
    for n, piece in enumerate(pieces):
        parts.append(piece.xml)
        if n + 1 < len(pieces) and turned[n + 1] != turned[n]:
            parts.append(paragraph(properties=_line(_POINT) + sections[turned[n]]))
        elif piece.table:
            parts.append(paragraph(properties=_line(_GAP)))
    return "".join(parts), bool(turned and turned[-1])


def _line(height: int) -> str:
    """The properties of an empty line of some height."""
    return (
        f'<w:snapToGrid w:val="0"/><w:spacing w:before="0" w:after="0" w:line="{height}" w:lineRule="exact"/>'
        '<w:ind w:firstLineChars="0" w:firstLine="0"/>'
    )


def _settled(backwards: Iterable[Piece]) -> Iterator[bool]:
    """From the end: what does not say stands where the piece behind it does."""
    wide = False
    for piece in backwards:
        wide = wide if piece.wide is None else piece.wide
        yield wide
