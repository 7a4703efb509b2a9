"""The text of a document as it was meant: lines that were broken are whole again, page furniture is left out.

A :class:`View` is a text whose every character knows where it stands in the source. Paragraphs are separated by one
line feed; cells of a table by tabs. A line goes on with the one before it if that one is as wide as lines are at
most, or ends inside a sentence or a bracket; it does not if it begins with a number or a label, or if the one
before it is closed, a title, a date or a row of a table.
"""

import re
from array import array
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from itertools import zip_longest

from attrs import frozen

from kepu_gongwen.contacts import is_contact
from kepu_gongwen.furniture import CLOSED, NUMBERED, SHORT, TITLE, Line, pinyin_end, pinyin_in, without_furniture
from kepu_gongwen.glyphs import canonical
from kepu_gongwen.lexicon import Lexicon
from kepu_gongwen.signatures import signers

__all__ = ["View", "view_of"]

# Whom a notice addresses: 各县（市、区）科协：
_ADDRESSED = re.compile("^(?:各|全)[^。；]{2,60}：$")
# A date on a line of its own: 2024年3月5日, 二〇二四年三月五日
_DATE = re.compile(
    r"""^\d{4}年\d{1,2}月\d{1,2}日$
    |^[二〇○零一三四五六七八九十]{4}年[一二三四五六七八九十]{1,3}月[一二三四五六七八九十]{1,3}日$""",
    re.VERBOSE,
)
# 附件：, 附件2：
_ATTACHMENT = re.compile(r"^附\s*[件表]?\s*\d*\s*[：.]|^附件")
_ATTACHMENT_BEFORE = re.compile(r"^附\s*[件表]?\s*\d*\s*[：.]")
# The ends of sentences and clauses, anywhere in a line
_ENDED = re.compile("[。；]")
_CLAUSED = re.compile("[。；，]")
_LISTED = re.compile("[。；，、]")
# A number in Chinese: a heading with it is rarely longer than a line
_CHINESE_NUMBER = re.compile("[第（一二三四五六七八九十]")
_INSIDE = tuple("，。；、）”》的和与及等")
"""What a line begins with that began on the line before."""
_SPACES = re.compile(" +")
_TAB_LIKE = 3
"""More spaces in a row part two things."""
_WRAPPED = 18
_HEADED = 30
_REACH = 80
"""So far back an opening bracket is looked for."""
_NARROW = "\xff"
_NARROW_COUNTED = 6
_WIDEST = 140
"""Lines that are wider were not broken: they are paragraphs."""
_SAME_WIDTH = 8
_LITTLE_NARROWER = 30
_FEW_OPEN, _FEW_WIDE = 8, 6


@frozen
class View:
    """A cleaned text (``text``, in canonical characters) and where each of its characters stands in ``source``."""

    source: str
    text: str
    at: "array[int]"
    joined: int = 0
    """How many lines were put together again: what was lost may have been put together wrongly."""

    def span(self, start: int, end: int) -> tuple[int, int]:
        """A span of the view as a span of the source."""
        if start >= end:
            place = self.at[start] if start < len(self.at) else len(self.source)
            return place, place
        stop = self.at[end - 1] + 1
        return self.at[start], pinyin_end(self.source, stop)

    def printed(self, start: int, end: int) -> str:
        """What is printed in a span, without furniture and line breaks."""
        return "".join([self.source[place] for place in self.at[start:end]]).replace("\n", "").strip()

    def canonical(self, start: int, end: int) -> str:
        """What stands in a span of the source, in canonical characters and without line breaks."""
        return self.text[bisect_left(self.at, start) : bisect_left(self.at, end)].replace("\n", "")

    def paragraphs(self) -> Iterator[tuple[int, int]]:
        """The spans of the paragraphs."""
        start = 0
        while start < len(self.text):
            stop = self.text.find("\n", start)
            stop = len(self.text) if stop < 0 else stop
            if stop > start:
                yield start, stop
            start = stop + 1


def view_of(source: str, lexicon: Lexicon) -> View:
    r"""The view of a source.

    >>> from kepu_gongwen.lexicon import builtin_lexicon
    >>> view_of("举办科普大赛，联合市\n教育局开展培训。\n— 2 —\n", builtin_lexicon()).text
    '举办科普大赛，联合市教育局开展培训。'
    """
    lines = without_furniture(list(_signed(_lines(canonical(source)), lexicon)))
    wrapped = _wrapped_at(lines)
    text: list[str] = []
    at = array("q")
    joined = 0
    so_far = ""  # of the paragraph, as far back as it matters
    previous: Line | None = None
    for line in lines:
        if previous is not None:
            if _is_open(so_far) or (not TITLE.search(so_far) and _goes_on(previous, line, wrapped, lexicon)):
                joined += 1
            else:
                text.append("\n")
                at.append(line.start - 1)
                so_far = ""
        dropped = _dropped(line.text)
        kept: Sequence[int] = range(len(line.text))
        piece = line.text
        if dropped:
            kept = [place for place in kept if place not in dropped]
            piece = "".join([line.text[place] for place in kept])
        text.append(piece)
        at.extend([line.start + place for place in kept])
        so_far = (so_far + piece)[-_REACH:]
        previous = line
    return View(source=source, text="".join(text), at=at, joined=joined)


def _lines(canon: str) -> list[Line]:
    found: list[Line] = []
    start = 0
    for raw in canon.split("\n"):
        stripped = raw.strip(" ")
        if stripped.strip():
            found.append(Line(start + len(raw) - len(raw.lstrip(" ")), stripped))
        start += len(raw) + 1
    return found


def _signed(lines: Sequence[Line], lexicon: Lexicon) -> Iterator[Line]:
    """The lines, where those who sign above a date and are parted by tabs are no row of a table."""
    before = ""
    for line, after in zip_longest(lines, lines[1:]):
        dated = after is not None and "\t" in line.text and _DATE.match(after.text)
        if dated and "\t" not in before and signers(line.text, lexicon):
            yield Line(line.start, line.text.replace("\t", " "))
        else:
            yield line
        before = line.text


def _wrapped_at(lines: Sequence[Line]) -> int | None:
    """The width from which a line is as wide as they are at most; ``None`` if they were not broken at a width."""
    free = [line.text for line in lines if "\t" not in line.text]
    still_open = [_width(text) for text in free if not CLOSED.search(text)]
    if len(still_open) < _FEW_OPEN:
        return None
    widest = sorted(map(_width, free))[int(len(free) * 0.9)]
    wide = sum(width >= widest - _SAME_WIDTH for width in still_open)
    if widest > _WIDEST or wide < max(_FEW_WIDE, len(free) // 5):
        return None
    return widest - _SAME_WIDTH


def _width(text: str) -> int:
    """How wide a line is; digits count as half, but where every character was given the same room."""
    narrow = sum(map(_NARROW.__ge__, text))
    return 2 * len(text) - min(narrow, _NARROW_COUNTED)


def _goes_on(previous: Line, line: Line, wrapped: int | None, lexicon: Lexicon) -> bool:
    """Whether a line goes on with the sentence of the line before it."""
    before, after = previous.text, line.text
    if _is_apart(before, after, lexicon):
        return False
    if before.endswith(("、", "，")):
        return True
    if wrapped is not None:
        if _ENDED.search(before):
            return True  # no heading has a full stop inside: the text behind it goes on
        width = _width(before)
        a_little_less = width >= wrapped - _LITTLE_NARROWER and not NUMBERED.match(before)
        return width >= wrapped or (a_little_less and after.startswith(_INSIDE))
    if _is_whole(before, lexicon):
        return False
    return bool(_LISTED.search(before)) or after.startswith(_INSIDE)


def _is_apart(before: str, after: str, lexicon: Lexicon) -> bool:
    """Whether two lines are certainly not one: a row, a number, a date, a label, an addressee, an attachment."""
    if "\t" in before or "\t" in after or CLOSED.search(before):
        return True
    if NUMBERED.match(after) or _ADDRESSED.match(after) or _DATE.match(before) or _DATE.match(after):
        return True
    if lexicon.label_at(after.removeprefix("（")) is not None:
        return True
    return bool(_ATTACHMENT.match(after) or _ATTACHMENT_BEFORE.match(before))


def _is_whole(before: str, lexicon: Lexicon) -> bool:
    """Whether a line is a label with its text, a contact, a heading, a title, an addressee or a signature."""
    if is_contact(before):
        return True
    if lexicon.label_at(before) is not None and len(before) < SHORT:
        return True
    if NUMBERED.match(before) and len(before) <= SHORT and not _ENDED.search(before):
        broken = "，" in before and len(before) > _HEADED and not _CHINESE_NUMBER.match(before)
        if not broken:
            return True
    return len(before) < _WRAPPED and not _CLAUSED.search(before)


def _is_open(text: str) -> bool:
    """Whether a bracket, a quotation or a title was opened a little before, and not closed."""
    return "\t" not in text and any(text.rfind(a) > text.rfind(b) for a, b in ("（）", "《》", "“”"))


def _dropped(text: str) -> set[int]:
    """The places of a line with pinyin and with spaces, but for one space between words and in a wide gap."""
    dropped = {place for span in pinyin_in(text) for place in range(*span)}
    for match in _SPACES.finditer(text):
        start, end = match.span()
        both = _is_word(text[start - 1 : start]) and _is_word(text[end : end + 1])
        keep = both or end - start > _TAB_LIKE
        dropped.update(range(start + keep, end))
    return dropped


def _is_word(char: str) -> bool:
    return char.isascii() and char.isalnum()
