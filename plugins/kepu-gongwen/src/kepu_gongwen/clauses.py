"""Sentences, and the comma clauses of a sentence.

A sentence ends at 。；！？ or at the end of a line, and before 一是, 二是 …; a clause ends at a comma. Marks in
brackets, quotations and titles end nothing, and neither does the comma in 1,000. A bracket that is never closed in its
line holds nothing back: behind it 。！？ end a sentence, as if it had not been opened.
"""

import re
from collections.abc import Iterator
from functools import lru_cache

from attrs import frozen

from kepu_gongwen.brackets import PAIRS, Nesting

__all__ = ["Clause", "clauses_of", "sentences_of", "stops_in"]

_STOPS = "。；！？"
_FULL_STOPS = "。！？"
# Points of an enumeration: 一是加强…，二是开展…, and at the beginning 一要加强…
_POINTS = re.compile("[一二三四五六七八九]是(?=[^。，]{2})|[一二三四五六七八九]要(?=[^。，]{4})")
_BEFORE_POINTS = "：，。；、） "
"""What stands before 一是; other points are such wherever they stand."""
# What a sentence begins with and is none of its words: —— ● 首先， 第一，
_LEADING = re.compile(
    r"""(?:[\s，、：。]|—{1,4}|[·•●◆■▪○◇□★☆►➢※*](?!\d)|-\s+
        |(?:首先|其次|再次|最后|第[一二三四五六七八九十])(?:，|是))+""",
    re.VERBOSE,
)
_TRAILING = " ，、：。；！？\n"
_THOUSAND = 3
"""So many digits stand behind the comma in 1,000."""


@frozen
class Clause:
    """A piece of a sentence between commas."""

    start: int
    end: int
    text: str


def sentences_of(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """The spans of sentences in a part of a text, without what ends them.

    >>> text = "举办大赛（含决赛；颁奖）。一是开展讲座；二是培训教师！"
    >>> [text[a:b] for a, b in sentences_of(text, 0, len(text))]
    ['举办大赛（含决赛；颁奖）', '开展讲座', '培训教师']
    """
    while start < end:
        stop = text.find("\n", start, end)
        stop = end if stop < 0 else stop
        yield from _in_line(text, start, stop)
        start = stop + 1


def _in_line(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    for stop in stops_in(text, start, end, _STOPS):
        yield from _pointed(text, start, stop)
        start = stop + 1
    yield from _pointed(text, start, end)


def stops_in(text: str, start: int, end: int, marks: str) -> Iterator[int]:
    """Where one of some marks ends something in a line: outside brackets, or where what is open is never closed."""
    last = {char: text.rfind(char, start, end) for char in PAIRS.values()}
    nesting = Nesting()
    for match in _of_interest(marks).finditer(text, start, end):
        n, char = match.start(), match[0]
        if nesting.passes(char) or char not in marks:
            continue
        if not nesting or (char in _FULL_STOPS and all(last[c] < n for c, times in nesting.open.items() if times)):
            nesting.clear()
            yield n


@lru_cache(maxsize=64)
def _of_interest(marks: str) -> re.Pattern[str]:
    """The marks, and what opens and closes something: all else is passed over, which is most of a text."""
    return re.compile(f"[{re.escape(''.join([marks, *PAIRS, *PAIRS.values()]))}]")


def _pointed(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Cut before 一是, 二是 …, and leave those out."""
    begun = start
    for match in _POINTS.finditer(text, start, end):
        number, word = match[0][0], match[0][1]
        if match.start() > start:
            before = text[match.start() - 1]
            if word == "要" or (number == "一" and before not in _BEFORE_POINTS):
                continue
        yield from _trimmed(text, begun, match.start())
        begun = match.end()
    yield from _trimmed(text, begun, end)


def _trimmed(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    match = _LEADING.match(text, start, end)
    if match:
        start = match.end()
    while end > start and text[end - 1] in _TRAILING:
        end -= 1
    if end > start:
        yield start, end


def clauses_of(text: str, start: int, end: int) -> list[Clause]:
    """The comma clauses of a sentence.

    >>> text = "联合甲、乙（含丙，丁），培训1，000人"
    >>> [c.text for c in clauses_of(text, 0, len(text))]
    ['联合甲、乙（含丙，丁）', '培训1，000人']
    """
    found: list[Clause] = []
    awaited: list[str] = []
    begun = start
    for match in _of_interest("，").finditer(text, start, end):
        n, char = match.start(), match[0]
        if char in PAIRS:
            awaited.append(PAIRS[char])
        elif awaited and char == awaited[-1]:
            awaited.pop()
        elif char == "，" and not awaited and not _in_number(text, n):
            found.append(Clause(begun, n, text[begun:n]))
            begun = n + 1
    found.append(Clause(begun, end, text[begun:end]))
    return found


def _in_number(text: str, comma: int) -> bool:
    """Whether a comma stands between thousands: three digits follow it."""
    after = text[comma + 1 : comma + 1 + _THOUSAND]
    return text[comma - 1 : comma].isdigit() and after.isdigit() and len(after) == _THOUSAND
