"""How cells look: one format for each combination that is used, for a workbook has room for only so many."""

from collections.abc import Mapping
from typing import Any

from attrs import define, field, frozen
from xlsxwriter.format import Format
from xlsxwriter.workbook import Workbook

from kepu_core.report import Tone

__all__ = ["FILLS", "Look", "Styles", "number_format"]

FILLS: Mapping[Tone, str | None] = {
    Tone.PLAIN: None,
    Tone.GOOD: "#E2F0D9",
    Tone.WATCH: "#FFF2CC",
    Tone.BAD: "#F8CBAD",
}
"""The colour behind what stands in each way; words say it too."""
_LINE = {"border": 1, "border_color": "#BFBFBF", "valign": "top"}
_HEAD = {"bold": True, "bg_color": "#DDEBF7", "border": 1, "border_color": "#8EA9DB", "text_wrap": True, "valign": "vcenter"}  # fmt: skip
_NAMED: Mapping[str, Mapping[str, Any]] = {
    "title": {"bold": True, "font_size": 14},
    "big": {"bold": True, "font_size": 18},
    "head": _HEAD,
    "strong": {"bold": True},
    "link": {"font_color": "#0563C1", "underline": 1},
    "back": {"bold": True, "font_size": 14, "font_color": "#1F3864"},
    "quiet": {"font_color": "#595959"},
    "warning": {"bold": True, "font_color": "#9C0006", "bg_color": "#FFC7CE"},
    "note": {"text_wrap": True, "valign": "top"},
}
_SHADES = 10


@frozen
class Look:
    """The formats of one column in one tone: for texts, links, numbers, days and moments."""

    text: Format
    link: Format
    number: Format
    day: Format
    moment: Format


def number_format(decimals: int | None) -> str:
    """The number format for so many decimals.

    >>> number_format(2), number_format(0), number_format(None)
    ('0.00', '0', 'General')
    """
    if decimals is None:
        return "General"
    places = min(max(decimals, 0), 30)
    return f"0.{'0' * places}" if places else "0"


@define
class Styles:
    """The formats of one workbook, each made once."""

    book: Workbook
    _made: dict[tuple[tuple[str, Any], ...], Format] = field(factory=dict)

    def of(self, properties: Mapping[str, Any]) -> Format:
        """The format with some properties."""
        key = tuple(sorted(properties.items()))
        if key not in self._made:
            self._made[key] = self.book.add_format(dict(properties))
        return self._made[key]

    def named(self, name: str) -> Format:
        """One of the formats that have a name, such as ``title``, ``head`` or ``link``."""
        return self.of(_NAMED[name])

    def look(self, decimals: int | None = None, tone: Tone = Tone.PLAIN, *, fill: str = "") -> Look:
        """The formats of a column: to so many decimals, in the colour of a tone or in one of its own."""
        colour = fill or FILLS[tone]
        base = {**_LINE, **({"bg_color": colour} if colour else {})}
        return Look(
            text=self.of({**base, "text_wrap": True}),
            link=self.of({**base, "text_wrap": True, "font_color": "#0563C1", "underline": 1}),
            number=self.of({**base, "num_format": number_format(decimals)}),
            day=self.of({**base, "num_format": "yyyy-mm-dd", "align": "left"}),
            moment=self.of({**base, "num_format": "yyyy-mm-dd hh:mm", "align": "left"}),
        )

    def tinted(self, tone: Tone) -> dict[str, Any]:
        """The properties that show a tone."""
        colour = FILLS[tone]
        return {"bg_color": colour} if colour else {}

    def shade(self, share: float | None) -> str:
        """A colour from white to blue for how full something is; grey where that is not known."""
        if share is None or share != share:  # noqa: PLR0124 - not a number
            return "#EDEDED"
        step = round(min(max(share, 0.0), 1.0) * _SHADES) / _SHADES
        red, green, blue = (round(255 + (full - 255) * step) for full in (91, 155, 213))
        return f"#{red:02X}{green:02X}{blue:02X}"
