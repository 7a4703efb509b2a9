"""Regions: administrative divisions with GB/T 2260 codes, valid from one day to another.

A code is valid for a time: districts are merged, split and renamed. A region's parent is one level up,
or the region says why not (``direct``: a county-level division directly under a province; a
municipality's district). A :class:`RegionTable` answers what is where on a day, and rolls figures of
old codes up to today's.
"""

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import pairwise

from attrs import field as attrs_field
from attrs import frozen

from kepu_core.domain.enums import LabelledEnum
from kepu_core.domain.errors import NotFound
from kepu_core.domain.fields import field
from kepu_core.domain.findings import Finding, Problem
from kepu_core.domain.forms import Form
from kepu_core.domain.record import part, record
from kepu_core.language import Text

__all__ = ["Region", "RegionChange", "RegionLevel", "RegionSuccession", "RegionTable"]

LEVEL_NEEDS_PARENT = Problem(
    "region.no-parent",
    Text("{level}区划 {code} 没有上级区划", "the {level} region {code} has no parent"),
    Text("填写上级区划代码", "give the code of its parent"),
)
PROVINCE_HAS_PARENT = Problem(
    "region.province-with-parent",
    Text("省级区划 {code} 不应有上级", "the province {code} cannot have a parent"),
    Text("删去上级代码，或改正级别", "drop the parent, or correct the level"),
)
ENDS_BEFORE_START = Problem(
    "region.validity",
    Text("区划 {code} 的失效日 {end} 不晚于生效日 {start}", "region {code} ends on {end}, not after its start {start}"),
    Text("核对两个日期", "check the two dates"),
)
UNKNOWN_CODE = Problem(
    "region.unknown-code",
    Text("行政区划代码 {code} 不在区划表中", "the region code {code} is not in the table of regions"),
    Text("{hint}", "{hint}"),
)
NOT_VALID_THEN = Problem(
    "region.not-valid-then",
    Text("区划 {name}（{code}）在 {on} 无效", "region {name} ({code}) was not valid on {on}"),
    Text("改用当时的代码：{successors}", "use the code of that time: {successors}"),
)
WRONG_PARENT_LEVEL = Problem(
    "region.parent-level",
    Text("区划 {code} 的上级 {parent} 不是高一级的区划", "the parent {parent} of region {code} is not one level up"),
    Text("改正上级，或标明直管（direct）", "correct the parent, or mark the region as direct"),
)
NO_SUCH_PARENT = Problem(
    "region.unknown-parent",
    Text("区划 {code} 的上级 {parent} 不在表中", "the parent {parent} of region {code} is not in the table"),
    Text("先加入上级区划", "add the parent first"),
)
TWICE = Problem(
    "region.twice",
    Text("区划代码 {code} 在同一时间出现两次", "the region code {code} occurs twice at one time"),
    Text("删去一条，或改正有效期", "drop one, or correct the validity"),
)


class RegionLevel(LabelledEnum):
    """The levels of administrative divisions."""

    PROVINCE = "province", "省级", "provincial"
    PREFECTURE = "prefecture", "地级", "prefectural"
    COUNTY = "county", "县级", "county"
    TOWNSHIP = "township", "乡级", "township"

    @property
    def depth(self) -> int:
        """0 for provinces, growing downwards."""
        return list(RegionLevel).index(self)


class RegionChange(LabelledEnum):
    """What can happen to a division."""

    ABOLISHED = "abolished", "撤销", "abolished"
    MERGED = "merged", "合并", "merged"
    RENAMED = "renamed", "更名", "renamed"
    SPLIT = "split", "拆分", "split"


@part("区划沿革", "succession")
class RegionSuccession:
    """What a division became: the change, its day and the codes that follow it."""

    change: RegionChange = field("变更", "change")
    on: dt.date = field("日期", "date")
    to: tuple[str, ...] = field("承继区划", "successors", default=(), form=Form.REGION_CODE, ref="region")


@record("region", "行政区划", "region")
class Region:
    """One administrative division during one span of validity.

    ``valid_to`` is the first day on which the code is *no longer* valid.

    >>> sz = Region(id="440300", name="深圳市", level="prefecture", parent="440000", sub_provincial=True)
    >>> sz.valid_on(dt.date(2021, 1, 1))
    True
    """

    id: str = field("区划代码", "code", form=Form.REGION_CODE)
    name: str = field("名称", "name", searched=True)
    level: RegionLevel = field("级别", "level", index=True)
    parent: str | None = field("上级区划", "parent", default=None, ref="region", form=Form.REGION_CODE, index=True)
    valid_from: dt.date | None = field("生效日期", "valid from", default=None)
    valid_to: dt.date | None = field("失效日期", "valid to", default=None)
    sub_provincial: bool = field("副省级", "sub-provincial", default=False)
    districtless: bool = field("不设县级区划", "without county divisions", default=False)
    direct: bool = field("直管", "directly governed", default=False)
    functional_zone: bool = field("功能区", "functional zone", default=False)
    became: RegionSuccession | None = field("沿革", "succession", default=None)

    def _rules(self) -> Iterator[Finding]:
        if self.level is RegionLevel.PROVINCE:
            if self.parent is not None:
                yield PROVINCE_HAS_PARENT.finding(field="parent", code=self.id)
        elif self.parent is None:
            yield LEVEL_NEEDS_PARENT.finding(field="parent", code=self.id, level=self.level.label)
        if self.valid_from and self.valid_to and self.valid_to <= self.valid_from:
            yield ENDS_BEFORE_START.finding(field="valid_to", code=self.id, start=self.valid_from, end=self.valid_to)

    def valid_on(self, day: dt.date) -> bool:
        """Whether the code is in force on a day."""
        after_start = self.valid_from is None or self.valid_from <= day
        return after_start and (self.valid_to is None or day < self.valid_to)


def _order(region: Region) -> tuple[str, dt.date]:
    return region.id, region.valid_from or dt.date.min


def _ordered(regions: Iterable[Region]) -> tuple[Region, ...]:
    return tuple(sorted(regions, key=_order))


@frozen
class RegionTable:
    """All known divisions, to look up codes, parents, children and successors on a day.

    >>> table = RegionTable([Region(id="440000", name="广东省", level="province"),
    ...                      Region(id="440300", name="深圳市", level="prefecture", parent="440000")])
    >>> table.get("440300").name, [r.name for r in table.children("440000")]
    ('深圳市', ['深圳市'])
    >>> table.get("449999")
    Traceback (most recent call last):
    kepu_core.domain.errors.NotFound: [region.unknown-code] the region code 449999 is not in ...
    """

    regions: tuple[Region, ...] = attrs_field(converter=_ordered, repr=False)
    _by_code: Mapping[str, tuple[Region, ...]] = attrs_field(init=False, repr=False, eq=False)
    _by_parent: Mapping[str, tuple[Region, ...]] = attrs_field(init=False, repr=False, eq=False)

    def __attrs_post_init__(self) -> None:
        object.__setattr__(self, "_by_code", _grouped(self.regions, lambda r: r.id))
        object.__setattr__(self, "_by_parent", _grouped(self.regions, lambda r: r.parent))

    def __len__(self) -> int:
        return len(self.regions)

    def __iter__(self) -> Iterator[Region]:
        return iter(self.regions)

    def __contains__(self, code: object) -> bool:
        return code in self._by_code

    def get(self, code: str, on: dt.date | None = None) -> Region:
        """The division with a code on a day; without a day, the newest one.

        Raises :class:`NotFound` with ``region.unknown-code`` or ``region.not-valid-then``.
        """
        fault = self.fault(code, on)
        if fault is not None:
            raise NotFound(fault)
        known = self._by_code[code]
        return known[-1] if on is None else next(r for r in known if r.valid_on(on))

    def fault(self, code: str, on: dt.date | None = None) -> Finding | None:
        """What is wrong with a code on a day; ``None`` if nothing is."""
        known = self._by_code.get(code)
        if known is None:
            return UNKNOWN_CODE.finding(code=code, hint=self._hint(code))
        if on is None or any(r.valid_on(on) for r in known):
            return None
        successors = tuple(r.id for r in self.resolve(code, on)) or ("—",)
        return NOT_VALID_THEN.finding(code=code, name=known[-1].name, on=on, successors=successors)

    def children(self, code: str, on: dt.date | None = None) -> tuple[Region, ...]:
        """The divisions directly below one; without a day, those that are still valid."""
        return tuple(r for r in self._by_parent.get(code, ()) if _holds(r, on))

    def ancestors(self, code: str) -> tuple[Region, ...]:
        """The divisions above one, nearest first. A 9- or 12-digit code counts from its county."""
        chain: list[Region] = []
        current = self._by_code.get(code) or self._by_code.get(code[:6])
        if current and len(code) > 6:  # noqa: PLR2004 - the length of a GB/T 2260 code
            chain.append(current[-1])
        while current and (parent := current[-1].parent):
            current = self._by_code.get(parent)
            if current:
                chain.append(current[-1])
        return tuple(chain)

    def within(self, code: str, subtree: str) -> bool:
        """Whether a code is, or lies under, another."""
        return code == subtree or any(r.id == subtree for r in self.ancestors(code))

    def at_level(self, level: RegionLevel, under: str | None = None, on: dt.date | None = None) -> tuple[Region, ...]:
        """The divisions of one level, of a subtree if asked, by code."""
        return tuple(
            r
            for r in self.regions
            if r.level is level and _holds(r, on) and (under is None or self.within(r.id, under))
        )

    def resolve(self, code: str, on: dt.date | None = None) -> tuple[Region, ...]:
        """What a (possibly old) code has become by a day: itself, its successor, or several.

        Empty if the code is unknown or ended without a successor.
        """
        seen: set[str] = set()
        found: dict[str, Region] = {}
        waiting = [code]
        while waiting:
            current = waiting.pop()
            if current in seen:
                continue
            seen.add(current)
            known = self._by_code.get(current, ())
            valid = [r for r in known if _holds(r, on)]
            if valid:
                found[current] = valid[-1]
            else:
                waiting += [c for r in known if r.became for c in r.became.to]
        return tuple(found[c] for c in sorted(found))

    def check(self) -> Iterator[Finding]:
        """Everything that does not hold of the table as a whole."""
        for code, known in self._by_code.items():
            for earlier, later in pairwise(known):
                if earlier.valid_to is None or later.valid_from is None or later.valid_from < earlier.valid_to:
                    yield TWICE.finding(record=f"region/{code}", code=code)
        for region in self.regions:
            if region.parent is None:
                continue
            parents = self._by_code.get(region.parent)
            if parents is None:
                yield NO_SUCH_PARENT.finding(record=f"region/{region.id}", code=region.id, parent=region.parent)
            elif parents[-1].level.depth != region.level.depth - 1 and not region.direct:
                yield WRONG_PARENT_LEVEL.finding(record=f"region/{region.id}", code=region.id, parent=region.parent)

    def _hint(self, code: str) -> Text:
        near = [r for r in self.regions if len(code) == len(r.id) and _distance(code, r.id) == 1 and not r.valid_to]
        if not near:
            return Text("核对代码；地级以 00 结尾", "check the code; prefectures end in 00")
        names = tuple(f"{r.id} {r.name}" for r in near[:3])
        return Text("是否为：{names}", "did you mean: {names}").format(names=names)


def _distance(a: str, b: str) -> int:
    return sum(x != y for x, y in zip(a, b, strict=True))


def _holds(region: Region, on: dt.date | None) -> bool:
    return region.valid_to is None if on is None else region.valid_on(on)


def _grouped(regions: Iterable[Region], key: Callable[[Region], str | None]) -> dict[str, tuple[Region, ...]]:
    groups: dict[str, list[Region]] = {}
    for region in regions:
        name = key(region)
        if name is not None:
            groups.setdefault(name, []).append(region)
    return {name: tuple(rows) for name, rows in groups.items()}
