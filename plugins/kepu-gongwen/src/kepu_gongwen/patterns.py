"""Words as parts of patterns, and texts that are made of nothing but given words.

Python tries the alternatives of a pattern in order. In lists of words the longest stands first, so that 组织实施 is
never taken for 组织.
"""

import re
from collections.abc import Collection, Iterable

__all__ = ["alternatives", "any_of", "is_made_of"]


def alternatives(words: Iterable[str]) -> str:
    """Words as alternatives of a pattern, each once, the longest first.

    >>> alternatives(["组织", "举办", "组织实施"])
    '组织实施|举办|组织'
    """
    return "|".join(re.escape(word) for word in sorted(set(words), key=lambda word: (-len(word), word)))


def any_of(words: Iterable[str]) -> re.Pattern[str]:
    """A pattern that finds any of some words."""
    return re.compile(alternatives(words))


def is_made_of(text: str, words: Collection[str]) -> bool:
    """Whether a text consists of given words and nothing else; an empty one does.

    A pattern ``(?:科普|宣传|科普宣传)*$`` would try every way to cut the text, and there may be 2ⁿ of them: here each
    place is reached once.

    >>> is_made_of("科普宣传系列", {"科普", "宣传", "系列"}), is_made_of("科普小镇", {"科普"})
    (True, False)
    """
    lengths = {len(word) for word in words}
    reached = {0}
    for place in range(len(text)):
        if place in reached:
            reached.update(place + n for n in lengths if text[place : place + n] in words)
    return len(text) in reached
