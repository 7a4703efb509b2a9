"""What is told of bases: the register with its titles, which run out soon, and where they are."""

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from statistics import fmean

from kepu_core.domain.base import Base, BaseKind, BaseReport, Location
from kepu_core.domain.designation import Designation, DesignationLevel, DesignationState
from kepu_core.domain.redaction import redacted
from kepu_core.language import Text
from kepu_core.report.layout import TilePlaces, located, placed
from kepu_core.report.model import (
    Bar,
    Bars,
    Block,
    Column,
    Fact,
    Grid,
    Link,
    Report,
    Section,
    Span,
    Table,
    Tile,
    Tiles,
    Timeline,
    Tone,
)

__all__ = ["bases_report"]

_TONES = {
    DesignationState.VALID: Tone.GOOD,
    DesignationState.RECTIFYING: Tone.WATCH,
    DesignationState.SUSPENDED: Tone.BAD,
    DesignationState.REVOKED: Tone.BAD,
    DesignationState.EXPIRED: Tone.BAD,
}
_PREFECTURE, _COUNTY = 4, 6
"""So many digits of a code name the city or the district that a region lies in."""


def bases_report(
    bases: Iterable[Base],
    reports: Iterable[BaseReport] = (),
    *,
    on: dt.date,
    names: Mapping[str, str] | None = None,
    tiles: TilePlaces | None = None,
    warn_days: int = 180,
    include_personal: bool = False,
    links: Mapping[str, str] | None = None,
) -> Report:
    """The register of bases as it stands on a day; titles that end within ``warn_days`` are listed by their end.

    ``names`` gives regions and organisations their names, ``tiles`` cities their places on the map. Contacts are told
    only if ``include_personal``. ``links`` are files beside the report that tell more of a base, by its id.

    >>> base = Base(id="b1", name="某科技馆", kind="science_museum", region="440300")
    >>> report = bases_report([base], on=dt.date(2021, 6, 1), names={"440300": "深圳市"})
    >>> next(report.grids()).table.rows[0][:3]
    ('b1', '某科技馆', '深圳市')
    """
    shown = sorted((b if include_personal else redacted(b) for b in bases), key=lambda b: (b.region, b.id))
    called = names or {}
    latest: dict[str, BaseReport] = {}
    for report in sorted(reports, key=lambda r: (r.period, r.id)):
        latest[report.base] = report
    held = [(b, d) for b in shown for d in b.designations]
    sections = (
        Section(
            key="register",
            title=Text("名录", "register"),
            blocks=(_register(shown, latest, called, on, links or {}, personal=include_personal),) if shown else (),
        ),
        Section(key="titles", title=Text("命名", "titles"), blocks=tuple(_titles(held, called, on))),
        Section(
            key="expiring", title=Text("即将到期", "running out soon"), blocks=tuple(_expiring(held, on, warn_days))
        ),
        Section(key="map", title=Text("分布", "map"), blocks=tuple(_spread(shown, called, tiles or {}))),
    )
    return Report(
        kind="bases",
        title=Text("科普教育基地名录", "Register of science-education bases"),
        facts=tuple(_facts(shown, held, on, warn_days)),
        sections=tuple(s for s in sections if s.blocks),
        on=on,
    )


def _facts(bases: Sequence[Base], held: Sequence[tuple[Base, Designation]], on: dt.date, days: int) -> Iterator[Fact]:
    yield Fact(key="bases", label=Text("基地", "bases"), value=len(bases))
    yield Fact(key="open", label=Text("开放中", "open"), value=sum(b.is_open(on) for b in bases))
    yield Fact(key="valid", label=Text("有效命名", "valid titles"), value=sum(d.is_valid(on) for _, d in held))
    soon = sum(1 for _ in _soon(held, on, days))
    yield Fact(
        key="soon", label=Text("即将到期", "running out soon"), value=soon, tone=Tone.WATCH if soon else Tone.GOOD
    )
    yield Fact(key="on", label=Text("截至", "as of"), value=on)


def _register(
    bases: Sequence[Base],
    latest: Mapping[str, BaseReport],
    names: Mapping[str, str],
    on: dt.date,
    links: Mapping[str, str],
    *,
    personal: bool,
) -> Grid:
    columns = [
        Column(key="id", label=Text("标识", "id")),
        Column(key="name", label=Text("名称", "name")),
        Column(key="region", label=Text("所在地区", "region")),
        Column(key="kind", label=Text("类别", "kind")),
        Column(key="operator", label=Text("运营单位", "operator")),
        Column(key="titles", label=Text("有效命名", "valid titles")),
        Column(key="valid_to", label=Text("最早到期", "first to end")),
        Column(key="open", label=Text("开放", "open")),
        Column(key="address", label=Text("地址", "address")),
        Column(key="area", label=Text("展厅面积（平方米）", "exhibition area (m²)"), decimals=0),
        Column(key="period", label=Text("最近报告期", "last report")),
        Column(key="visits", label=Text("接待人次", "visits")),
        Column(key="website", label=Text("网址", "website")),
    ]
    if personal:
        columns += [
            Column(key="contact", label=Text("联系人", "contact")),
            Column(key="phone", label=Text("电话", "phone")),
        ]
    rows = []
    for b in bases:
        titles = b.titles(on)
        ends = [end for end in (d.ends_on(on) for d in titles) if end is not None]
        report = latest.get(b.id)
        row: list[object] = [
            b.id,
            Link(b.name, links[b.id]) if b.id in links else b.name,
            names.get(b.region, b.region),
            b.kind,
            names.get(b.operator or "", b.operator),
            "、".join(d.title for d in titles) or None,
            min(ends, default=None),
            b.is_open(on),
            b.address,
            b.exhibition_area,
            None if report is None else report.period,
            None if report is None else report.visits,
            b.website,
        ]
        if personal:
            row += [None, None] if b.contact is None else [b.contact.name, b.contact.phone]
        rows.append(tuple(row))
    tones = tuple(Tone.PLAIN if b.titles(on) else Tone.WATCH for b in bases)
    return Grid(
        key="register",
        title=Text("基地名录", "register"),
        table=Table(columns=tuple(columns), rows=tuple(rows)),
        tones=tones,
    )


def _titles(held: Sequence[tuple[Base, Designation]], names: Mapping[str, str], on: dt.date) -> Iterator[Block]:
    if not held:
        return
    states = Counter(d.state(on) for _, d in held)
    yield Bars(
        key="states",
        title=Text("命名状态", "states of titles"),
        series=tuple(level.label for level in DesignationLevel),
        bars=tuple(
            Bar(
                label=str(state.label),
                pieces=tuple(
                    float(sum(d.state(on) is state and d.level is level for _, d in held)) for level in DesignationLevel
                ),
            )
            for state in DesignationState
            if states[state]
        ),
        unit=Text("个", "titles"),
    )
    yield Grid(
        key="titles",
        title=Text("全部命名", "all titles"),
        table=Table(
            columns=(
                Column(key="base", label=Text("基地", "base")),
                Column(key="region", label=Text("所在地区", "region")),
                Column(key="title", label=Text("称号", "title")),
                Column(key="level", label=Text("级别", "level")),
                Column(key="state", label=Text("状态", "state")),
                Column(key="by", label=Text("认定单位", "designated by")),
                Column(key="batch", label=Text("批次", "batch")),
                Column(key="from", label=Text("有效期起", "valid from")),
                Column(key="to", label=Text("有效期止", "valid to")),
            ),
            rows=tuple(
                (
                    b.name,
                    names.get(b.region, b.region),
                    d.title,
                    d.level,
                    d.state(on),
                    names.get(d.designated_by or "", d.designated_by),
                    d.batch,
                    d.valid_from,
                    d.ends_on(on),
                )
                for b, d in held
            ),
        ),
        tones=tuple(_TONES.get(d.state(on), Tone.PLAIN) for _, d in held),
    )


def _soon(
    held: Sequence[tuple[Base, Designation]], on: dt.date, days: int
) -> Iterator[tuple[Base, Designation, dt.date]]:
    for base, title in held:
        end = title.ends_on(on)
        if end is not None and title.is_valid(on) and (end - on).days <= days:
            yield base, title, end


def _expiring(held: Sequence[tuple[Base, Designation]], on: dt.date, days: int) -> Iterator[Block]:
    found = sorted(_soon(held, on, days), key=lambda entry: (entry[2], entry[0].id))
    if found:
        yield Timeline(
            key="expiring",
            title=Text("{n} 天内到期的命名", "titles that end within {n} days").format(n=days),
            spans=tuple(
                Span(
                    label=f"{base.name} · {title.title}",
                    starts=end,
                    ends=end,
                    note=Text("还有 {n} 天", "{n} days left").format(n=(end - on).days),
                    tone=Tone.WATCH,
                    record=f"base/{base.id}",
                )
                for base, title, end in found
            ),
            today=on,
        )


def _spread(bases: Sequence[Base], names: Mapping[str, str], places: TilePlaces) -> Iterator[Block]:
    """How many bases there are in each city (or district, if all lie in one city), and of which kinds."""
    if not bases:
        return
    cities = {f"{b.region[:_PREFECTURE]}00" for b in bases}
    counties = {b.region[:_COUNTY] for b in bases}
    inside = len(cities) == 1 and len(counties) > 1
    homes = {b.id: b.region[:_COUNTY] if inside else f"{b.region[:_PREFECTURE]}00" for b in bases}
    counts = Counter(homes.values())
    where, most = _where(bases, homes, places), max(counts.values())
    title = Text("各区县基地数", "bases by district") if inside else Text("各市基地数", "bases by city")
    yield Tiles(
        key="map",
        title=title,
        tiles=tuple(
            Tile(
                region=code,
                label=names.get(code, code),
                column=where[code][0],
                row=where[code][1],
                text=str(n),
                share=n / most,
            )
            for code, n in sorted(counts.items())
        ),
    )
    kinds = Counter(b.kind for b in bases)
    yield Bars(
        key="kinds",
        title=Text("按类别", "by kind"),
        series=(Text("基地", "bases"),),
        bars=tuple(Bar(label=str(kind.label), pieces=(float(kinds[kind]),)) for kind in BaseKind if kinds[kind]),
        unit=Text("个", "bases"),
    )


def _where(bases: Sequence[Base], homes: Mapping[str, str], places: TilePlaces) -> Mapping[str, tuple[int, int]]:
    """Where the tiles stand: as the table of regions says, or else by the middle of the sites whose location is known."""
    codes = set(homes.values())
    sites: dict[str, list[Location]] = {}
    for b in bases:
        if b.location is not None:
            sites.setdefault(homes[b.id], []).append(b.location)
    if codes <= places.keys() or codes != sites.keys():
        return placed(sorted(codes), places)
    return located(
        {code: (fmean(s.latitude for s in at), fmean(s.longitude for s in at)) for code, at in sites.items()}
    )
