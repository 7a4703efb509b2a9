"""Numbered units: 一、（一）1.（1）①, how they lie in each other, and where the text of each begins and ends.

A number counts at the beginning of a line. Inside a line it counts behind the end of a sentence, if it is the next
of its kind, or the first and a second follows it. Rows of a table and lists of attachments have no numbers of
units.
"""

import re
from collections.abc import Iterator, Sequence

from attrs import define, field, frozen

from kepu_gongwen.numbers import value_of
from kepu_gongwen.view import View

__all__ = ["Unit", "outline", "texts"]

_DIGITS = "一二三四五六七八九十"
# What goes on with 一、 as one of several: 五、六年级学生, 一、二、三等奖, 三、四季度
_LEVELS = f"[{_DIGITS}]{{1,2}}(?:、[{_DIGITS}]{{1,2}})*(?:年级|季度|月|等奖|类|级|线)"
# The marks of each rank: 第一章, 第一部分、 and 一、; （一）; 1. but not 1.5; （1） and 1）; ①
_MARKERS = (
    (0, re.compile(rf"第([{_DIGITS}]{{1,3}})(?:章|部分|篇|[、．.])[、：]?\s*")),
    (0, re.compile(rf"([{_DIGITS}]{{1,3}})[、．.](?!{_LEVELS})\s*")),
    (1, re.compile(rf"（?([{_DIGITS}]{{1,3}})）[、．.]?\s*")),
    (2, re.compile(r"(\d{1,2})[.．、](?:(?!\d)|(?=\d{1,2}月|20\d{2}年))\s*")),
    (3, re.compile(r"（(\d{1,2})）[、．.]?\s*")),
    (3, re.compile(r"(\d{1,2})）[、．.]?\s*")),
    (4, re.compile(r"([①-⑳])[、．.]?\s*")),
)
_IN_BRACKETS = frozenset({1, 3})
"""Ranks whose numbers are shown in brackets."""
_ARABIC = frozenset({2, 3})
_UPPER = frozenset({0, 1})
"""Ranks whose first number needs no second: （一） alone is no slip."""
# Where a number may stand inside a line: behind the end of a sentence or of a bracket
_INSIDE = re.compile(r"(?<=[。；：！？）])\s*(?=[一二三四五六七八九十（①-⑳\d])")
# 附件1：, and what is listed below
_ATTACHED = re.compile(r"^附\s*[件表]?\s*\d*\s*：")
_LISTED = re.compile(r"^\d{1,2}[.．、]")
# A number below a hundred in Chinese: 三, 十二, 二十
_CHINESE = re.compile("[一二三四五六七八九]?十[一二三四五六七八九]?|[一二三四五六七八九]")


@define(eq=False)
class Unit:
    """One numbered unit; the one without a number holds the text before the first."""

    rank: int
    number: str
    start: int
    """Where its number begins."""
    body: int
    """Where its text begins."""
    end: int = 0
    """Where its own text ends: at the next number."""
    children: list["Unit"] = field(factory=list)
    parent: "Unit | None" = None

    @property
    def depth(self) -> int:
        """How many numbered units it lies in, and itself."""
        return 0 if self.parent is None else self.parent.depth + 1


@frozen
class _Mark:
    """A number of a unit."""

    rank: int
    number: str
    value: int
    start: int
    end: int


def outline(view: View) -> Unit:
    """The numbered units of a text, under one without a number."""
    root = last = Unit(rank=-1, number="", start=0, body=0)
    above = [root]
    for mark in _marks(view):
        last.end = mark.start
        while above[-1].rank >= mark.rank:
            above.pop()
        number = f"（{mark.number}）" if mark.rank in _IN_BRACKETS else mark.number
        last = Unit(mark.rank, number, mark.start, mark.end, parent=above[-1])
        above[-1].children.append(last)
        above.append(last)
    last.end = len(view.text)
    return root


def _marks(view: View) -> Iterator[_Mark]:
    """The marks of all units, in order."""
    latest: dict[int, int] = {}
    in_attachments = False
    for start, end in view.paragraphs():
        text = view.text[start:end]
        if "\t" in text:
            continue
        in_attachments = bool(_ATTACHED.match(text) or (in_attachments and _LISTED.match(text)))
        if in_attachments:
            continue
        marks = [mark for mark in _marks_in(view.text, start, end) if mark is not None]
        seconds = {mark.rank: mark.start for mark in marks if mark.value == 2}  # noqa: PLR2004 - a second
        for mark in marks:
            if mark.end >= end:
                continue
            second_follows = seconds.get(mark.rank, -1) > mark.start
            if mark.start > start and not _counts(mark, view.text, latest.get(mark.rank, 0), second=second_follows):
                continue
            latest = {rank: value for rank, value in latest.items() if rank <= mark.rank} | {mark.rank: mark.value}
            yield mark


def _marks_in(text: str, start: int, end: int) -> Iterator[_Mark | None]:
    """What looks like a mark in a paragraph."""
    yield _mark_at(text, start)
    for inner in _INSIDE.finditer(text, start, end):
        yield _mark_at(text, inner.end())


def _mark_at(text: str, place: int) -> _Mark | None:
    for rank, pattern in _MARKERS:
        match = pattern.match(text, place)
        if match:
            return _Mark(rank, match[1], _value(match[1]), place, match.end())
    return None


def _counts(mark: _Mark, text: str, latest: int, *, second: bool) -> bool:
    """Whether a mark inside a paragraph is one: the next of its kind, or the first with a second behind it."""
    if text[mark.start - 1] == "）" and mark.rank in _ARABIC:
        return False
    if mark.value == 1:
        return second or mark.rank in _UPPER
    return mark.value == latest + 1


def _value(number: str) -> int:
    """The value of a number, 0 if it is none.

    >>> [_value(n) for n in ("12", "③", "二十一", "十", "一二")]
    [12, 3, 21, 10, 0]
    """
    if "①" <= number <= "⑳":
        return ord(number) - ord("①") + 1
    if number.isdigit():
        return int(number)
    return value_of(number) if _CHINESE.fullmatch(number) else 0


def texts(unit: Unit, view: View) -> Sequence[tuple[int, int]]:
    """The paragraphs of a unit's own text."""
    found = []
    start = unit.body
    while start < unit.end:
        stop = view.text.find("\n", start, unit.end)
        stop = unit.end if stop < 0 else stop
        if stop > start:
            found.append((start, stop))
        start = stop + 1
    return found
