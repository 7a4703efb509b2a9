"""Which region and which body a printed name means."""

import re
from collections.abc import Iterable, Iterator

from kepu_core import Organisation, Region, RegionTable

__all__ = ["called", "region_named"]

_LEVELS = ("省", "市", "县", "区", "自治区", "特别行政区")
_LONG, _SHORT = "科学技术协会", "科协"


def region_named(name: str, regions: RegionTable | None) -> str | None:
    """The code of the division of a name that is in force; of several the one that stands above all others.

    A name may begin with that of a division above: 某某市城关区. ``None`` if there is none, or if there are several
    on one level.
    """
    if not regions:
        return None
    whole = _named(name, regions)
    if whole is not None:
        return whole
    for cut in range(2, len(name) - 1):
        above = _named(name[:cut], regions)
        below = _named(name[cut:], (r for r in regions if regions.within(r.id, above))) if above else None
        if below is not None:
            return below
    return None


def _named(name: str, regions: Iterable[Region]) -> str | None:
    names = {name, *(f"{name}{level}" for level in _LEVELS)}
    found = [r for r in regions if r.valid_to is None and r.name in names]
    exact = [r for r in found if r.name == name] or found
    top = min((r.level.depth for r in exact), default=0)
    codes = {r.id for r in exact if r.level.depth == top}
    return codes.pop() if len(codes) == 1 else None


def called(name: str, bodies: Iterable[Organisation]) -> Organisation | None:
    """The one body that has a name, in its long or short form; ``None`` if there is none, or several."""
    names = set(_forms(name))
    found = [b for b in bodies if any(b.is_called(n) for n in names)]
    return found[0] if len(found) == 1 else None


def _forms(name: str) -> Iterator[str]:
    bare = re.sub(r"\s", "", name)
    yield bare
    yield bare.replace(_LONG, _SHORT)
    yield bare.replace(_SHORT, _LONG)
