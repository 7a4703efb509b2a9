"""The GB/T 2260 table of regions, with what old codes have become."""

import csv
import datetime as dt
from collections.abc import Iterator, Mapping
from importlib.resources import files
from types import MappingProxyType

from kepu_core import Provenance, Region, RegionLevel, RegionSource, Text
from kepu_core.domain.region import RegionChange, RegionSuccession
from kepu_guangdong.tiles import CITY_TILES

__all__ = ["SOURCE", "load_regions", "rows"]


def rows(name: str) -> Iterator[dict[str, str]]:
    """The rows of a table in the package's data."""
    text = files("kepu_guangdong").joinpath("data", name).read_text("utf-8")
    yield from csv.DictReader(text.splitlines())


def load_regions() -> Iterator[Region]:
    """Every division of the table, current and past."""
    successions = _successions()
    for row in rows("regions.csv"):
        code, flags = row["code"], row["flags"].split(";")
        valid_to = _date(row["valid_to"])
        yield Region(
            id=code,
            name=row["name"],
            level=RegionLevel(row["level"]),
            parent=row["parent"] or None,
            valid_from=_date(row["valid_from"]),
            valid_to=valid_to,
            sub_provincial="sub_provincial" in flags,
            districtless="districtless" in flags,
            direct="direct" in flags,
            functional_zone="functional_zone" in flags,
            became=successions.get((code, valid_to)) or successions.get((code, None)) if valid_to else None,
        )


def _date(text: str) -> dt.date | None:
    return dt.date.fromisoformat(text) if text else None


def _successions() -> Mapping[tuple[str, dt.date | None], RegionSuccession]:
    """What each code became, by code and day, and by code alone where it ended only once."""
    found: dict[tuple[str, dt.date | None], RegionSuccession] = {}
    for row in rows("region_changes.csv"):
        day = dt.date.fromisoformat(row["on"])
        for code in row["from_codes"].split(";"):
            to = tuple(c for c in row["to_codes"].split(";") if c and c != code)
            succession = RegionSuccession(change=RegionChange(row["kind"]), on=day, to=to)
            found[code, day] = succession
            found.setdefault((code, None), succession)
    return MappingProxyType(found)


SOURCE = RegionSource(
    name="cn",
    label=Text("全国县级以上行政区划", "China's divisions down to counties"),
    load=load_regions,
    tiles=CITY_TILES,
    provenance=Provenance(
        source="GB/T 2260 及民政部公布的行政区划变更，经公开表格整理",
        checked_on=dt.date(2026, 11, 23),
        limits="变更日期多只知年份；广东以外的沿革不全。详见 data/REGIONS-SOURCES.md",
    ),
)
