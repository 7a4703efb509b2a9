"""The versions of the hook API that a plugin says it was written for."""

import re

from attrs import frozen

__all__ = ["ApiRange"]

_CLAUSE = re.compile(r"(>=|<=|==|!=|<|>)\s*(\d+)")
_TESTS = {
    ">=": lambda a, b: a >= b,
    "<=": lambda a, b: a <= b,
    "==": lambda a, b: a == b,
    "!=": lambda a, b: a != b,
    "<": lambda a, b: a < b,
    ">": lambda a, b: a > b,
}


@frozen
class ApiRange:
    """A range of whole versions such as ``>=1,<2``.

    >>> ApiRange.parse(">=1,<3").accepts(2), ApiRange.parse("one")
    (True, None)
    """

    clauses: tuple[tuple[str, int], ...]

    @classmethod
    def parse(cls, text: object) -> "ApiRange | None":
        """Read a range; ``None`` if it cannot be read."""
        if not isinstance(text, str):
            return None
        matches = [_CLAUSE.fullmatch(part.strip()) for part in text.split(",")]
        if not all(matches):
            return None
        return cls(tuple((m[1], int(m[2])) for m in matches if m))

    def accepts(self, version: int) -> bool:
        """Whether a version lies in the range."""
        return all(_TESTS[sign](version, bound) for sign, bound in self.clauses)
