"""A tile-grid map of Guangdong's 21 cities: each a square, about where it lies."""

from collections.abc import Mapping

__all__ = ["CITY_TILES"]

CITY_TILES: Mapping[str, tuple[int, int]] = {
    "440200": (4, 0),
    "441800": (3, 1),
    "441600": (5, 1),
    "441400": (6, 1),
    "445100": (7, 1),
    "441200": (2, 2),
    "440600": (3, 2),
    "440100": (4, 2),
    "441300": (5, 2),
    "445200": (6, 2),
    "440500": (7, 2),
    "445300": (1, 3),
    "440700": (2, 3),
    "442000": (3, 3),
    "441900": (4, 3),
    "440300": (5, 3),
    "441500": (6, 3),
    "440900": (0, 4),
    "441700": (1, 4),
    "440400": (3, 4),
    "440800": (0, 5),
}
"""Column and row of each city by its code: made for this library, not to scale."""
