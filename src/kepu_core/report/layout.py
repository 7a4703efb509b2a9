"""Where the tiles of regions stand: where their table says so, or else in the order of their codes."""

import math
from collections.abc import Mapping, Sequence

__all__ = ["TilePlaces", "placed"]

TilePlaces = Mapping[str, tuple[int, int]]
"""Column and row of regions, by their codes."""
_WIDER = 1.6
"""A map without places of its own is so much wider than high."""


def placed(codes: Sequence[str], places: TilePlaces) -> dict[str, tuple[int, int]]:
    """A column and row for each code. If one has no place of its own, or two share one, all are laid out by code.

    >>> placed(["b", "a"], {"a": (3, 0), "b": (4, 2)})
    {'b': (1, 2), 'a': (0, 0)}
    >>> placed(["b", "a", "c"], {"a": (3, 0)})
    {'a': (0, 0), 'b': (1, 0), 'c': (2, 0)}
    """
    known = [places[code] for code in codes if code in places]
    if len(known) == len(codes) == len(set(known)) and known:
        left, top = min(column for column, _ in known), min(row for _, row in known)
        return {code: (places[code][0] - left, places[code][1] - top) for code in codes}
    columns = max(1, math.ceil(math.sqrt(len(codes) * _WIDER)))
    return {code: (n % columns, n // columns) for n, code in enumerate(sorted(codes))}
