"""Regions as people write them: a code, ``440300 深圳市``, ``深圳``, ``广东省深圳市南山区``."""

import re
from collections.abc import Iterable, Mapping
from difflib import get_close_matches

from attrs import define, field

from kepu_core import Region, RegionTable
from kepu_office.wording import folded, narrow

__all__ = ["PlaceNames"]

_CODE = re.compile(r"([1-9]\d{5}(?:\d{3}){0,2})(?:\s*[·\-]?\s*(\D.*))?\Z", re.ASCII | re.DOTALL)
_CODE_DIGITS = 6
_LONGEST = 100
"""No name of a region is longer, with all above it; looking one up takes the square of its length."""
_REMEMBERED = 50_000
_MOST_HINTS = 200
"""For so many unknown names others that look like them are looked for: that is slow, and nobody reads more."""
_TAILS = (
    "特别行政区", "维吾尔自治区", "壮族自治区", "回族自治区", "自治区", "自治州", "自治县", "地区", "新区", "林区",
    "省", "市", "区", "县", "盟", "旗",
)  # fmt: skip
_SHORTEST = 2
_HINTS = 3
_CLOSE = 30
"""So many names that look like a text are looked through for those that are meant."""


@define
class PlaceNames:
    """Finds regions by what people call them.

    Of several regions of one name, the only one in ``home`` (a code) is meant, if there is such.

    >>> table = RegionTable([Region(id="440000", name="广东省", level="province"),
    ...                      Region(id="440300", name="深圳市", level="prefecture", parent="440000")])
    >>> PlaceNames(table).find("深圳"), PlaceNames(table).find("广东省深圳市"), PlaceNames(table).find("440300 深圳市")
    (('440300',), ('440300',), ('440300',))
    """

    table: RegionTable | None
    home: str | None = None
    _names: Mapping[str, tuple[Region, ...]] | None = field(default=None, init=False)
    _found: dict[str, tuple[str, ...]] = field(factory=dict, init=False)
    _near: dict[str, tuple[str, ...]] = field(factory=dict, init=False)

    def find(self, text: str) -> tuple[str, ...]:
        """The codes of the regions that a text can mean: none if it means none that is known.

        A code and a name that contradict each other mean several; of a code alone nothing is asked.
        """
        if len(text) > _LONGEST:
            return ()
        found = self._found.get(text)
        if found is None:
            found = self._find(text)
            if len(self._found) < _REMEMBERED:
                self._found[text] = found
        return found

    def begins_with_code(self, text: str) -> bool:
        """Whether a text is written like a code with a name behind it."""
        match = _CODE.match(narrow(text[:_LONGEST]).strip())
        return match is not None and bool(match[2])

    def _find(self, text: str) -> tuple[str, ...]:
        plain = narrow(text).strip()
        match = _CODE.match(plain)
        if match:
            return self._with_name(match[1], folded(match[2] or "").strip("·-()[]:,/"))
        if self.table is None:
            return ()
        if re.fullmatch(r"[1-9]\d(\d\d)?", plain, re.ASCII):
            code = plain.ljust(6, "0")
            return (code,) if code in self.table else ()
        return self._at_home(_valid(self._called(folded(text))))

    def _at_home(self, codes: tuple[str, ...]) -> tuple[str, ...]:
        inside = tuple(code for code in codes if self._is_at_home(code))
        return inside if len(inside) == 1 else codes

    def _is_at_home(self, code: str) -> bool:
        return self.table is not None and self.home is not None and self.table.within(code, self.home)

    def _with_name(self, code: str, name: str) -> tuple[str, ...]:
        """The code, if the name behind it is its own; else all that the two may mean."""
        if not name or self.table is None:
            return (code,)
        if code not in self.table:
            return (code,) if len(code) > _CODE_DIGITS else ()  # towns and villages need not be in the table
        found = self._candidates(name)
        if any(r.id == code for r in found):
            return (code,)
        others = _valid(found)
        return (code, *others) if others else ()

    def named(self, code: str) -> str:
        """A code with its name."""
        return f"{code} {self.table.get(code).name}" if self.table is not None and code in self.table else code

    def near(self, text: str) -> tuple[str, ...]:
        """Names that look like a text; of a sheet full of unknown names, only for the first."""
        near = self._near.get(text)
        if near is None:
            if len(text) > _LONGEST or len(self._near) >= _MOST_HINTS:
                return ()
            near = self._near[text] = self._like(text)
        return near

    def _like(self, text: str) -> tuple[str, ...]:
        """Names that look like a text: of regions at home if any of these does, else of those in what lies above it."""
        names = self._by_name()
        regions = [r for n in get_close_matches(folded(text), names, n=_CLOSE, cutoff=0.5) for r in names[n]]
        regions = [r for r in regions if r.valid_to is None] or regions
        if self.table is not None and self.home is not None:
            for code in (self.home, *(r.id for r in self.table.ancestors(self.home))):
                inside = [r for r in regions if self.table.within(r.id, code)]
                if inside:
                    return _names_of(inside)
        return _names_of(regions)

    def _called(self, text: str, inside: Iterable[Region] | None = None) -> list[Region]:
        """The regions that a text names, perhaps behind the names of those above them; those of just that name first."""
        found = self._candidates(text, inside)
        return [r for r in found if folded(r.name) == text] or found

    def _candidates(self, text: str, inside: Iterable[Region] | None = None) -> list[Region]:
        names = self._by_name()
        allowed = None if inside is None else {r.id for r in inside}
        found: list[Region] = []
        for start in range(len(text)):
            for region in names.get(text[start:], ()):
                if allowed is not None and region.id not in allowed:
                    continue
                if start == 0 or self._called(text[:start], self._above(region)):
                    found.append(region)
        return found

    def _above(self, region: Region) -> tuple[Region, ...]:
        return () if self.table is None else self.table.ancestors(region.id)

    def _by_name(self) -> Mapping[str, tuple[Region, ...]]:
        if self._names is None:
            names: dict[str, list[Region]] = {}
            for region in self.table or ():
                for name in {folded(region.name), folded(_short(region.name))}:
                    names.setdefault(name, []).append(region)
            self._names = {name: tuple(rows) for name, rows in names.items()}
        return self._names


def _names_of(regions: Iterable[Region]) -> tuple[str, ...]:
    """The first names of regions, each once."""
    return tuple(dict.fromkeys(r.name for r in regions))[:_HINTS]


def _valid(regions: Iterable[Region]) -> tuple[str, ...]:
    """The codes of those regions that there are, or else of those that there were."""
    found = {r.id: r for r in regions}
    return tuple(sorted([i for i, r in found.items() if r.valid_to is None] or found))


def _short(name: str) -> str:
    for tail in _TAILS:
        if name.endswith(tail) and len(name) - len(tail) >= _SHORTEST:
            return name.removesuffix(tail)
    return name
