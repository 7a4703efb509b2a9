"""Texts as a workbook takes them: what a cell can hold, how wide it stands, what a sheet may be called."""

import re
import unicodedata

from attrs import define, field

__all__ = ["LONGEST", "SheetNames", "header_text", "safe_text", "width_of"]

LONGEST = 32_767
"""Excel's limit for the text of a cell, in UTF-16 units."""
_LONGEST_NAME = 31
_LONGEST_HEADER = 200
_FORBIDDEN = str.maketrans(dict.fromkeys("[]:*?/\\'", " "))
_RESERVED = frozenset({"history"})
"""Excel keeps this name for itself."""
_SURROGATES = re.compile("[\ud800-\udfff]")
_UNPRINTABLE = re.compile("[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff\ufffe\uffff]+")
_RICH = "<r>"
"""XlsxWriter takes a text between ``<r>`` and ``</r>`` for XML of its own making and writes it as it is."""


def safe_text(text: str) -> str:
    """A text for ``write_string``: no longer than a cell, without half characters, and never taken for XML.

    >>> safe_text("<r>&</r>"), safe_text("=1+1"), len(safe_text("x" * 40_000))
    ('<r>&</r> ', '=1+1', 32767)
    """
    if len(text) * 2 > LONGEST:
        text = _cut(text, LONGEST)
    if _SURROGATES.search(text):
        text = _SURROGATES.sub("\ufffd", text)
    return f"{text[: LONGEST - 1]} " if text.startswith(_RICH) and text.endswith("</r>") else text


def _units(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def _cut(text: str, most: int) -> str:
    """As much of a text as fits into so many UTF-16 units, with an ellipsis where something is left out."""
    if _units(text) <= most:
        return text
    kept = text.encode("utf-16-le", "surrogatepass")[: (most - 1) * 2]
    return kept.decode("utf-16-le", "ignore") + "…"


def width_of(text: str) -> int:
    """How wide the widest line of a text stands, in digits; Chinese characters count twice.

    >>> width_of("科普 day")
    8
    """
    if text.isascii() and "\n" not in text:
        return len(text)
    return max((_line_width(line) for line in text.splitlines()), default=0)


def _line_width(line: str) -> int:
    return sum(2 if unicodedata.east_asian_width(c) in "FW" else 1 for c in line)


_PICTURE = re.compile(r"&(?=&*(?:G|\[Picture\]))")


def header_text(text: str) -> str:
    """A text for the header or footer of a printed page, where ``&`` begins a command.

    >>> header_text("R&D"), header_text("M&G")
    ('R&&D', 'M＆G')
    """
    # XlsxWriter takes &&G for a picture as well, so there the wide sign stands.
    text = _PICTURE.sub("＆", text)
    flat = " ".join(_UNPRINTABLE.sub(" ", safe_text(text)).split()) or "—"  # a header of nothing cannot be read
    return _cut(flat, _LONGEST_HEADER // 2).replace("&", "&&")


@define
class SheetNames:
    """Names for the sheets of one workbook: allowed by Excel, and no two alike.

    >>> names = SheetNames()
    >>> names.take("排名/总表"), names.take("排名 总表"), names.take("'"), names.take("History")
    ('排名 总表', '排名 总表 (2)', 'sheet', 'History (2)')
    """

    _taken: set[str] = field(factory=lambda: set(_RESERVED))

    def take(self, title: str) -> str:
        """A name like a title that nobody has yet."""
        plain = " ".join(_UNPRINTABLE.sub(" ", safe_text(title)).translate(_FORBIDDEN).split()) or "sheet"
        made, number = _short(plain, ""), 1
        while made.lower() in self._taken:
            number += 1
            made = _short(plain, f" ({number})")
        self._taken.add(made.lower())
        return made


def _short(name: str, end: str) -> str:
    return _cut(name, _LONGEST_NAME - len(end)).strip() + end
