"""Which records exist, asked many times during one check."""

from collections import Counter
from collections.abc import Callable, Iterable

__all__ = ["Existing"]

_FEW = 100


class Existing:
    """Remembers answers; where many ids of a type are asked for, all ids of that type are learned at once.

    One question costs a query, and a table of reports asks as many as it has lines.

    >>> asked = []
    >>> existing = Existing(lambda kind, ident: asked.append(ident) or ident == "a", lambda kind: ["a"])
    >>> existing("base", "a"), existing("base", "a"), existing("base", "b"), asked
    (True, True, False, ['a', 'b'])
    """

    def __init__(self, one: Callable[[str, str], bool], every: Callable[[str], Iterable[str]]) -> None:
        self._one = one
        self._every = every
        self._answers: dict[tuple[str, str], bool] = {}
        self._asked: Counter[str] = Counter()
        self._stored: dict[str, frozenset[str]] = {}

    def __call__(self, kind: str, ident: str) -> bool:
        """Whether there is a record of a type and id."""
        key = (kind, ident)
        if key not in self._answers:
            self._answers[key] = self._ask(kind, ident)
        return self._answers[key]

    def _ask(self, kind: str, ident: str) -> bool:
        self._asked[kind] += 1
        if self._asked[kind] <= _FEW:
            return self._one(kind, ident)
        if kind not in self._stored:
            self._stored[kind] = frozenset(self._every(kind))
        return ident in self._stored[kind]
