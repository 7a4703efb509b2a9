"""Documents and audiences that are named in a task.

What stands in 《》 is a document if its name ends like one, or if the text said before what it is short for. A word for
an audience counts outside names of organisations and venues: 青少年, but not 青少年宫 and not 妇女联合会.
"""

import re
from collections.abc import Mapping
from functools import lru_cache

from kepu_core.domain.audience import Audience
from kepu_gongwen.lexicon import Lexicon

__all__ = ["audiences_in", "documents_in"]

# Where somebody goes to, or whose a venue is, begins another name: 学生赴市科技馆, 职工参观县博物馆
_NEW_WORD = "(?![赴到去往至在入向与和及市县区省镇乡村本我该全]|参观|走进|进入|前往)"


@lru_cache(maxsize=8)
def _venue(lexicon: Lexicon) -> re.Pattern[str]:
    """What makes the name of an organisation or venue of the word before it: 老年大学, 儿童活动中心."""
    return re.compile(f"(?:{_NEW_WORD}[一-龥]){{0,4}}?(?:{lexicon.alternatives('organisations', 'venues')})")


def documents_in(text: str, lexicon: Lexicon, aliases: Mapping[str, str]) -> list[tuple[int, int, str | None]]:
    """Start and end of every document's name, and what it is short for.

    >>> from kepu_gongwen.lexicon import builtin_lexicon
    >>> documents_in("落实《某省科普条例》和《纲要》", builtin_lexicon(), {"纲要": "全民科学素质行动规划纲要"})
    [(3, 9, None), (12, 14, '全民科学素质行动规划纲要')]
    """
    found: list[tuple[int, int, str | None]] = []
    depth = start = 0
    for n, char in enumerate(text):
        if char == "《":
            start = start if depth else n + 1
            depth += 1
        elif char == "》" and depth:
            depth -= 1
            name = text[start:n]
            if not depth and (name in aliases or lexicon.document.search(name)):
                found.append((start, n, aliases.get(name)))
    return found


def audiences_in(text: str, lexicon: Lexicon) -> list[Audience]:
    """The audiences that are named outside names of organisations and venues, each once."""
    found = (
        lexicon.audiences.get(match[0])
        for match in lexicon.audience.finditer(text)
        if not _venue(lexicon).match(text, match.end())
    )
    return list(dict.fromkeys(audience for audience in found if audience is not None))
