"""One form of every character, at its place: what rules are written against.

Traditional characters become simplified ones, wide letters and digits narrow ones, punctuation the Chinese one. Each
character stays one character, so that places in the result are places in the source.
"""

import unicodedata

from opencc import OpenCC

__all__ = ["canonical"]

_TO_SIMPLIFIED = OpenCC("t2s")
_IDEOGRAPHS = ("\u3400", "\u9fff")
# What stands for one mark: the mark, and all that is written for it
_WRITTEN_FOR = {
    "，": ",",
    "；": ";",
    "：": ":︰﹕",
    "！": "!",
    "？": "?",
    ".": "․﹒",
    "（": "(【﹙",
    "）": ")】﹚",
    "“": "「『〝",
    "”": "」』〞＂",
    "《": "〈",
    "》": "〉",
    "—": "–－−―～~‐‑─",
    " ": "　\xa0\r\v\f\u2002\u2003\u2009\u200b\ufeff",
    "西": "⻄",
}
_MARKS = {other: mark for mark, others in _WRITTEN_FOR.items() for other in others}
_KEPT = frozenset("\n\t①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳")
"""What stays as it is: circled numbers are marks of units."""


def canonical(text: str) -> str:
    """A text of the same length in one form.

    >>> canonical("第３屆「機械人」比賽(公開)，２，０００人")
    '第3届“机械人”比赛（公开），2，000人'
    """
    # 計畫 is written with another character than 计划, in which 画 would be a picture.
    return text.translate(_FORMS).replace("计画", "计划")


class _Forms(dict[int, str]):
    """The form of each character, found when it is first met."""

    def __missing__(self, code: int) -> str:
        self[code] = form = _form(chr(code))
        return form


_FORMS = _Forms()


def _form(char: str) -> str:
    if char in _KEPT:
        return char
    mark = _MARKS.get(char)
    if mark is not None:
        return mark
    wide = unicodedata.normalize("NFKC", char)
    found = wide if len(wide) == 1 else char
    return _simplified(_MARKS.get(found, found))


def _simplified(char: str) -> str:
    """The simplified form of one character."""
    if not _IDEOGRAPHS[0] <= char <= _IDEOGRAPHS[1]:
        return char
    found: str = _TO_SIMPLIFIED.convert(char)
    if found == char or len(found) > 1:
        return char
    return _simplified(found)  # 薴 is 苧, and that 苎
