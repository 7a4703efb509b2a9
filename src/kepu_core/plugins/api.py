"""The versions of the hook API that a plugin says it was written for."""

import re
from itertools import zip_longest

from attrs import frozen

__all__ = ["ApiRange"]

_CLAUSE = re.compile(r"(>=|<=|==|!=|<|>)\s*(\d+(?:\.\d+)*)")


@frozen
class ApiRange:
    """A range of versions such as ``>=1,<2`` or ``>=1.2,<2``.

    ``==1`` accepts every 1.x, as a bare number means the whole line of versions.

    >>> ApiRange.parse(">=1,<3").accepts("2.4"), ApiRange.parse(">=1.2").accepts("1.0"), ApiRange.parse("one")
    (True, False, None)
    """

    clauses: tuple[tuple[str, tuple[int, ...]], ...]

    @classmethod
    def parse(cls, text: object) -> "ApiRange | None":
        """Read a range; ``None`` if it cannot be read."""
        if not isinstance(text, str):
            return None
        matches = [_CLAUSE.fullmatch(part.strip()) for part in text.split(",")]
        if not all(matches):
            return None
        return cls(tuple((m[1], _numbers(m[2])) for m in matches if m))

    def accepts(self, version: str) -> bool:
        """Whether a version lies in the range."""
        numbers = _numbers(version)
        return all(_holds(sign, numbers, bound) for sign, bound in self.clauses)


def _numbers(text: str) -> tuple[int, ...]:
    return tuple(int(n) for n in text.split("."))


def _holds(sign: str, version: tuple[int, ...], bound: tuple[int, ...]) -> bool:
    if sign in {"==", "!="}:
        return (version[: len(bound)] == bound) is (sign == "==")
    pairs = list(zip_longest(version, bound, fillvalue=0))
    ours, theirs = [p[0] for p in pairs], [p[1] for p in pairs]
    return {">=": ours >= theirs, "<=": ours <= theirs, "<": ours < theirs, ">": ours > theirs}[sign]
