"""Whose a file is: by its records, else by its name or the folder that it lies in."""

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence

from attrs import define, field, frozen

from kepu_core import Finding, Observation, Place, Record, Region, RegionTable
from kepu_core.domain import fields_of
from kepu_core.domain.record import record_label
from kepu_office.collecting_problems import (
    NOT_EXPECTED,
    OTHER_NAME,
    SEVERAL_NAMED,
    SEVERAL_OWNERS,
    STRAY,
    UNKNOWN_OWNER,
)
from kepu_office.place_names import PlaceNames

__all__ = ["Belonging", "Owner", "Owners", "short_name"]

Find = Callable[[str, str], Record | None]
_CODE = re.compile(r"(?<!\d)(\d{6}|\d{4})(?!\d)", re.ASCII)
_NAME = re.compile(
    r"(.{2,}?)(?:(?:特别行政区|(?:维吾尔|壮族|回族)?自治区|地区|林区|[省市区县盟旗])|(?:[^族]{1,4}族)*自治[州县旗])"
)
_DEEPEST = 4
_SHORTEST = 2
_COUNTY = 6
_SHOWN = 5


@frozen(kw_only=True)
class Owner:
    """The expected regions that a file is from (none if that cannot be told), and what is to be said of it.

    One of them: everything in the file counts for it. Several: each record counts for its own.
    """

    regions: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = ()


@define
class Owners:
    """Finds out which of the expected regions files are from."""

    regions: RegionTable
    expected: Sequence[str]
    _above: dict[str, str | None] = field(factory=dict, init=False)
    _names: Sequence[Mapping[str, frozenset[str]]] | None = field(default=None, init=False)

    def expected_for(self, code: str) -> str | None:
        """The expected region that a code is, or lies in; ``None`` if there is none."""
        if code not in self._above:
            wanted = frozenset(self.expected)
            above = (code, code[:_COUNTY], *(r.id for r in self.regions.ancestors(code)))
            self._above[code] = next((c for c in above if c in wanted), None)
        return self._above[code]

    def name(self, code: str) -> str:
        """A region as people call it."""
        return self.regions.get(code).name if code in self.regions else code

    def owner(self, file: str, told: str, codes: Sequence[str]) -> Owner:
        """Who handed a file in, by the regions of its records (one for each that has one) and what its path tells."""
        place = Place(file=file)
        counts = Counter(c for c in map(self.expected_for, codes) if c is not None)
        named = self.named(told)
        findings: list[Finding] = []
        if len(named) > 1:
            findings.append(SEVERAL_NAMED.finding(place=place, names=tuple(map(self.name, sorted(named)))))
        (one,) = named if len(named) == 1 else (None,)
        if not counts:
            return self._without_records(place, one, codes, findings)
        if one is not None and one in counts and len(counts) > 1:
            others = tuple(self.name(c) for c in sorted(counts) if c != one)
            stray = counts.total() - counts[one]
            note = STRAY.finding(place=place, owner=self.name(one), others=others[:_SHOWN], count=stray)
            return Owner(regions=(one,), findings=(*findings, note))
        if len(counts) > 1:
            note = SEVERAL_OWNERS.finding(place=place, names=tuple(self.name(c) for c in sorted(counts))[:_SHOWN])
            return Owner(regions=tuple(sorted(counts)), findings=(*findings, note))
        (found,) = counts
        if one is not None and one != found:
            findings.append(OTHER_NAME.finding(place=place, named=self.name(one), found=self.name(found)))
        return Owner(regions=(found,), findings=tuple(findings))

    def _without_records(
        self, place: Place, named: str | None, codes: Sequence[str], findings: Sequence[Finding]
    ) -> Owner:
        """A file of which no record lies in an expected region: a broken one, or one of somebody else."""
        others = tuple(self.name(c) for c in sorted(set(codes)))[:_SHOWN]
        notes = [NOT_EXPECTED.finding(place=place, names=others)] if others else []
        if named is not None:
            return Owner(regions=(named,), findings=(*findings, *notes))
        return Owner(findings=(*findings, *(notes or [UNKNOWN_OWNER.finding(place=place)])))

    def named(self, file: str) -> frozenset[str]:
        """The expected regions that a name tells of: the innermost part of a path that names one decides.

        >>> table = RegionTable([Region(id="440000", name="广东省", level="province"),
        ...                      Region(id="440300", name="深圳市", level="prefecture", parent="440000")])
        >>> sorted(Owners(table, ["440300"]).named("汇总/深圳市-base.xlsx"))
        ['440300']
        """
        for part in reversed(file.split("/")):
            found = self._in_name(unicodedata.normalize("NFKC", part))
            if found:
                return found
        return frozenset()

    def _in_name(self, text: str) -> frozenset[str]:
        """Codes and full names go before short names (中山大学 is not in 中山市), and these before what lies inside."""
        codes = [self.expected_for(code.ljust(_COUNTY, "0")) for code in _CODE.findall(text)]
        found = frozenset(c for c in codes if c is not None)
        for names in self._tiers():
            rest = text
            for name in sorted(names, key=lambda n: (-len(n), n)):
                if name in rest:
                    found |= names[name]
                    rest = rest.replace(name, " ")  # 海南 is not to be found in 海南藏族自治州
            if found:
                break
        return found

    def _tiers(self) -> Sequence[Mapping[str, frozenset[str]]]:
        """What the expected regions are called: in full, in short, and the regions that lie in one of them only."""
        if self._names is None:
            tiers: tuple[dict[str, set[str]], ...] = ({}, {}, {})
            for region in self.regions:
                owner = self.expected_for(region.id)
                if owner == region.id:
                    tiers[0].setdefault(region.name, set()).add(owner)
                    tiers[1].setdefault(short_name(region.name), set()).add(owner)
                elif owner and region.valid_to is None and len(region.name) > _SHORTEST:
                    tiers[2].setdefault(region.name, set()).add(owner)
            ambiguous = [name for name, owners in tiers[2].items() if len(owners) > 1]
            for name in ambiguous:
                del tiers[2][name]
            self._names = [{name: frozenset(owners) for name, owners in tier.items()} for tier in tiers]
        return self._names


def short_name(name: str) -> str:
    """What people call a region in short.

    >>> short_name("深圳市"), short_name("连山壮族瑶族自治县"), short_name("内蒙古自治区"), short_name("城区")
    ('深圳', '连山', '内蒙古', '城区')
    """
    match = _NAME.fullmatch(name)
    return name if match is None else match[1]


@define
class Belonging:
    """In which region a record lies: what it says itself, or else what it belongs to."""

    regions: RegionTable
    find: Find
    _known: dict[str, str | None] = field(factory=dict, init=False)
    _called: dict[str, str | None] = field(factory=dict, init=False)
    _names: PlaceNames = field(init=False)

    @_names.default
    def _its_names(self) -> PlaceNames:
        return PlaceNames(self.regions)

    def region(self, record: Record) -> str | None:
        """The code of the region that a record lies in; ``None`` if it does not say."""
        label = record_label(record)
        if label not in self._known:
            self._known[label] = None  # what refers to itself lies nowhere
            self._known[label] = self._region(record)
        return self._known[label]

    def _region(self, record: Record) -> str | None:
        if isinstance(record, Region):
            return record.id
        if isinstance(record, Observation):
            known = record.subject in self.regions
            return record.subject if known else self._of("base", record.subject) or self.called(record.subject)
        own = getattr(record, "region", None)
        if isinstance(own, str):
            return own
        found = (self._of(kind, ident) for kind, ident in _belongs_to(record))
        return next((code for code in found if code is not None), None)

    def called(self, name: str) -> str | None:
        """The region that somebody wrote by its name where its code belongs."""
        if name not in self._called:
            found = self._names.find(name)
            self._called[name] = found[0] if len(found) == 1 and found[0] in self.regions else None
        return self._called[name]

    def _of(self, kind: str, ident: str) -> str | None:
        other = self.find(kind, ident)
        return None if other is None else self.region(other)


def _belongs_to(record: Record) -> Iterator[tuple[str, str]]:
    """What a record belongs to, the nearest first: what it must name, then the organisations that it names."""
    named = [s for s in fields_of(type(record)) if s.info.ref is not None and s.info.ref != "region"]
    inner = [s for s in named if s.required and s.info.ref != "organisation"]
    for spec in [*inner, *(s for s in named if s.info.ref == "organisation")]:
        value = getattr(record, spec.name)
        if isinstance(value, str) and spec.info.ref is not None:
            yield spec.info.ref, value
