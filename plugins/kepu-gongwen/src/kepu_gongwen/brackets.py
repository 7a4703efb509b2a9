"""Brackets, quotations and titles: what stands in them belongs together, and rules for what is outside pass it over."""

from collections import Counter
from collections.abc import Iterator

__all__ = ["PAIRS", "QUOTATIONS", "Nesting", "closing", "inside", "is_open", "outer"]

PAIRS = {"（": "）", "《": "》", "“": "”", "[": "]", "〔": "〕"}
"""What opens, and what closes it."""
QUOTATIONS = ("“”", "《》")
"""Quotations and titles: what is named in them is a name, and no word of the sentence."""
_OPENING = "（《“"
_CLOSING = "）》”"


def inside(text: str, place: int, *pairs: str) -> bool:
    """Whether more brackets of one of some pairs were opened before a place than closed.

    >>> inside("《纲要》", 2, "《》"), inside("《纲要》", 4, "《》")
    (True, False)
    """
    return any(text.count(pair[0], 0, place) > text.count(pair[1], 0, place) for pair in pairs)


def outer(text: str, start: int = 0, end: int | None = None) -> Iterator[tuple[int, str]]:
    """The characters outside brackets, quotations and titles, each with its place; brackets are left out.

    What is closed and was never opened counts for nothing.

    >>> "".join(char for _, char in outer("科协（含老科协）、学会"))
    '科协、学会'
    """
    depth = 0
    for place in range(start, len(text) if end is None else end):
        char = text[place]
        if char in _OPENING:
            depth += 1
        elif char in _CLOSING:
            depth = max(0, depth - 1)
        elif not depth:
            yield place, char


def is_open(text: str, start: int, end: int) -> bool:
    """Whether more is opened in a part of a text than closed.

    >>> is_open("甲（乙", 0, 3), is_open("甲（乙）", 0, 4)
    (True, False)
    """
    return sum(text.count(char, start, end) for char in _OPENING) > sum(text.count(c, start, end) for c in _CLOSING)


def closing(text: str, start: int, end: int) -> int:
    """Where the bracket （ that stands at ``start`` is closed; ``-1``: it is not, before ``end``.

    >>> closing("（甲（乙）丙）丁", 0, 8), closing("（甲", 0, 2)
    (6, -1)
    """
    depth = 0
    for place in range(start, end):
        depth += (text[place] == "（") - (text[place] == "）")
        if not depth:
            return place
    return -1


class Nesting:
    """What is open while a text is passed from its beginning to its end."""

    def __init__(self) -> None:
        self._awaited: list[str] = []
        self.open: Counter[str] = Counter()
        """How many of each closing bracket are awaited."""

    def __bool__(self) -> bool:
        return bool(self._awaited)

    def clear(self) -> None:
        """Forget what is open."""
        self._awaited.clear()
        self.open.clear()

    def passes(self, char: str) -> bool:
        """Whether a character opens or closes something. What closes an outer pair closes those in it as well."""
        awaited = PAIRS.get(char)
        if awaited is not None:
            self._awaited.append(awaited)
            self.open[awaited] += 1
            return True
        if not self.open[char]:
            return False
        while True:
            last = self._awaited.pop()
            self.open[last] -= 1
            if last == char:
                return True
