"""Where the tiles of regions stand: where their table says so, else where they lie, else in the order of their codes."""

import math
from collections.abc import Mapping, Sequence

__all__ = ["TilePlaces", "located", "placed"]

Point = tuple[float, float]
"""Latitude and longitude in degrees."""
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


def located(points: Mapping[str, Point]) -> dict[str, tuple[int, int]]:
    """A column and row for each code, near to where its point lies on a map with north above; none shares a tile.

    From north to south, each code takes the free tile that is nearest to its point.

    >>> located({"north": (23.5, 113.0), "south": (22.5, 113.1), "east": (22.9, 114.5), "west": (23.0, 112.0)})
    {'north': (1, 0), 'west': (0, 1), 'east': (3, 1), 'south': (1, 2)}
    """
    if not points:
        return {}
    south, north = min(lat for lat, _ in points.values()), max(lat for lat, _ in points.values())
    west, east = min(lon for _, lon in points.values()), max(lon for _, lon in points.values())
    wide, high = (east - west) * math.cos(math.radians((north + south) / 2)), north - south
    side = math.ceil(math.sqrt(len(points)))
    columns = rows = side + 1
    if wide and high:
        columns = min(2 * side, max(2, round((side + 1) * math.sqrt(wide / high))))
        rows = math.ceil((side + 1) ** 2 / columns)
    free = {(column, row) for column in range(columns) for row in range(rows)}
    found: dict[str, tuple[int, int]] = {}
    for code, (lat, lon) in sorted(points.items(), key=lambda entry: (-entry[1][0], entry[1][1], entry[0])):
        x = (lon - west) / (east - west) * (columns - 1) if wide else 0.0
        y = (north - lat) / high * (rows - 1) if high else 0.0
        found[code] = min(free, key=lambda cell: ((cell[0] - x) ** 2 + (cell[1] - y) ** 2, cell[1], cell[0]))
        free.remove(found[code])
    return placed(list(found), found)
