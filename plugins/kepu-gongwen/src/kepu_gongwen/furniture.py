"""What a page or a web site adds to a document: page numbers, running headers, buttons, pinyin behind a character.

A line is furniture if it is a page number, begins like what sites print around a text, or comes again and again.
What comes twice is a running header only where a page number stands beside it each time; a title stays once.
"""

import re
from collections.abc import Sequence

from attrs import frozen

__all__ = [
    "CLOSED",
    "NUMBERED",
    "SHORT",
    "TITLE",
    "Line",
    "pinyin_end",
    "pinyin_in",
    "without_furniture",
    "without_pinyin",
]

SHORT = 45
"""No heading, header or label is longer."""
# The end of a sentence at the end of a line: 。, 。”, 。（市科协负责）
CLOSED = re.compile("[。；！？：…](?:[”’）》]|（[^（）。；]{1,200}）)*$")
# A number of a unit at the beginning of a line: 一、 第二章 （三） 4. （5） ⑥ 一是
NUMBERED = re.compile(
    r"""^(?:第?[一二三四五六七八九十]{1,3}[、．.]|第[一二三四五六七八九十百]+[章节条部]|（?[一二三四五六七八九十]{1,3}）
    |\d{1,2}[.．、](?:(?!\d)|(?=\d{1,2}月|20\d{2}年))|\d{1,2}）|（\d{1,2}）|[①-⑳]|[一二三四五六七八九]是)""",
    re.VERBOSE,
)
# The end of a title: 工作要点, 的通知
TITLE = re.compile("(?:要点|计划|方案|安排|通知|任务分解表|意见|规划|分工表|总结|办法|条例|附件)[》）”]*(?:的通知)?$")
# A page number: — 3 —, 第3页, 第 3 页 共 12 页, 3/12
_PAGE = re.compile(
    r"""^[—\-\s·.]*
    (?:第?\s*\d{1,3}\s*页?|第\s*\d{1,3}\s*页[，,\s/]*共\s*\d{1,3}\s*页|\d{1,3}\s*/\s*\d{1,3})
    [—\-\s·.]*$""",
    re.VERBOSE,
)
_LONGEST_PAGE = 80
# What sites print around a text: 打印, 来源：, 网站标识码
_AROUND = re.compile(
    r"""^（?(?:扫一扫|扫码|打印|关闭|【?字体|字号|上一篇|下一篇|分享到|分享至|您的位置|当前位置|首页\s*[>》]|浏览次数|点击数
    |阅读量|版权所有|主办单位?：.{0,30}承办|网站标识码|.{0,3}ICP备|.{0,6}公网安备|责任编辑|来源：|发布时间|发布日期
    |信息来源|索\s*引\s*号|(?:友情)?链接|返回顶部|相关附件|附件下载)""",
    re.VERBOSE,
)
_BRACKET = re.compile("^（[^（）]*）$")
_TONES = "āáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜ"
_SYLLABLE = f"[a-z{_TONES}üńň]{{0,5}}"
# Pinyin that a converter left behind a rare character: 濮（pú）
_PINYIN = re.compile(f"[（(]{_SYLLABLE}[{_TONES}]{_SYLLABLE}[)）]")
_OFTEN = 2
"""What comes more often is no title."""
_SHORTEST_HEADER = 4


@frozen
class Line:
    """A line that is not empty."""

    start: int
    text: str
    """In canonical characters, without the spaces around it."""


def pinyin_in(text: str) -> list[tuple[int, int]]:
    """The spans of pinyin in brackets.

    >>> pinyin_in("濮（pú）阳市"), pinyin_in("科普（STEM）活动")
    ([(1, 5)], [])
    """
    return [match.span() for match in _PINYIN.finditer(text)]


def pinyin_end(text: str, place: int) -> int:
    """Where the pinyin ends that begins at a place; the place itself if there is none.

    >>> pinyin_end("120場(chǎng)。", 4)
    11
    """
    match = _PINYIN.match(text, place)
    return match.end() if match else place


def without_pinyin(text: str) -> str:
    """A text without pinyin in brackets."""
    return _PINYIN.sub("", text)


def without_furniture(lines: Sequence[Line]) -> list[Line]:
    """The lines of the document itself."""
    heads = _running_heads(lines)
    seen: set[str] = set()
    kept: list[Line] = []
    paged = False
    for line in lines:
        after_page, paged = paged, _is_page(line.text)
        if paged or ("\t" not in line.text and _AROUND.match(line.text)):
            continue
        if line.text in heads:
            if line.text in seen or after_page or not TITLE.search(line.text):
                continue
            seen.add(line.text)
        kept.append(line)
    return kept


def _is_page(text: str) -> bool:
    return len(text) <= _LONGEST_PAGE and "\t" not in text and bool(_PAGE.match(text))


def _running_heads(lines: Sequence[Line]) -> set[str]:
    """Lines that come on every page."""
    places: dict[str, list[int]] = {}
    for n, line in enumerate(lines):
        places.setdefault(line.text, []).append(n)
    return {text for text, found in places.items() if len(found) >= _OFTEN and _is_head(text, found, lines)}


def _is_head(text: str, places: Sequence[int], lines: Sequence[Line]) -> bool:
    if not _SHORTEST_HEADER <= len(text) <= SHORT or "\t" in text or "：" in text or NUMBERED.match(text):
        return False
    if len(places) == _OFTEN:
        return all(any(_is_page(lines[k].text) for k in (n - 1, n + 1) if 0 <= k < len(lines)) for n in places)
    return not (CLOSED.search(text) or _BRACKET.match(text))
