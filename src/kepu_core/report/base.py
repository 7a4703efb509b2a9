"""What is told of one base: what it is, its titles with all that happened to them, and its yearly reports."""

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence

from kepu_core.domain.base import Base, BaseReport
from kepu_core.domain.fields import fields_of
from kepu_core.domain.redaction import redacted
from kepu_core.language import Text
from kepu_core.report.model import Bar, Bars, Block, Column, Fact, Grid, Report, Section, Table, Value

__all__ = ["base_report"]

_LEFT_OUT = frozenset({"id", "base", "period"})


def base_report(
    base: Base,
    reports: Iterable[BaseReport] = (),
    *,
    on: dt.date,
    names: Mapping[str, str] | None = None,
    include_personal: bool = False,
) -> Report:
    """The page of one base as it stands on a day.

    ``names`` gives regions and organisations their names. The contact is told only if ``include_personal``.

    >>> base = Base(id="b1", name="某科技馆", kind="science_museum", region="440300")
    >>> [str(fact.value) for fact in base_report(base, on=dt.date(2021, 6, 1)).facts][:2]
    ['b1', '440300']
    """
    shown = base if include_personal else redacted(base)
    called = names or {}
    yearly = sorted((r for r in reports if r.base == base.id), key=lambda r: (r.period, r.id))
    sections = (
        Section(key="titles", title=Text("命名", "titles"), blocks=tuple(_titles(shown, called, on))),
        Section(key="reports", title=Text("年度报告", "annual reports"), blocks=tuple(_yearly(yearly))),
    )
    return Report(
        kind="base",
        title=Text(shown.name, shown.name),
        facts=tuple(_facts(shown, called, on)),
        sections=tuple(s for s in sections if s.blocks),
        on=on,
    )


def _facts(base: Base, names: Mapping[str, str], on: dt.date) -> Iterator[Fact]:
    told: Sequence[tuple[str, Value]] = (
        ("id", base.id),
        ("region", names.get(base.region, base.region)),
        ("kind", base.kind),
        ("operator", names.get(base.operator or "", base.operator)),
        ("address", base.address),
        ("opened_on", base.opened_on),
        ("closed_on", base.closed_on),
        ("exhibition_area", base.exhibition_area),
        ("website", base.website),
        ("themes", "、".join(base.themes) or None),
    )
    labels = {spec.name: spec for spec in fields_of(Base)}
    for name, value in told:
        if value is not None:
            unit = labels[name].info.unit
            label = labels[name].label
            yield Fact(key=name, label=Text(f"{label.zh}（{unit}）", label.en) if unit else label, value=value)
    if base.contact is not None:
        yield Fact(key="contact", label=Text("联系人", "contact"), value=base.contact.name)
    yield Fact(key="on", label=Text("截至", "as of"), value=on)


def _titles(base: Base, names: Mapping[str, str], on: dt.date) -> Iterator[Block]:
    if not base.designations:
        return
    yield Grid(
        key="titles",
        title=Text("命名", "titles"),
        table=Table(
            columns=(
                Column(key="title", label=Text("称号", "title")),
                Column(key="level", label=Text("级别", "level")),
                Column(key="state", label=Text("状态", "state")),
                Column(key="by", label=Text("认定单位", "designated by")),
                Column(key="from", label=Text("有效期起", "valid from")),
                Column(key="to", label=Text("有效期止", "valid to")),
            ),
            rows=tuple(
                (
                    d.title,
                    d.level,
                    d.state(on),
                    names.get(d.designated_by or "", d.designated_by),
                    d.valid_from,
                    d.ends_on(on),
                )
                for d in base.designations
            ),
        ),
    )
    steps = [(d.title, s) for d in base.designations for s in d.steps]
    if steps:
        steps.sort(key=lambda entry: (entry[1].on, entry[0]))
        yield Grid(
            key="steps",
            title=Text("经过", "what happened"),
            table=Table(
                columns=(
                    Column(key="on", label=Text("日期", "date")),
                    Column(key="title", label=Text("称号", "title")),
                    Column(key="event", label=Text("事件", "event")),
                    Column(key="until", label=Text("期限", "until")),
                    Column(key="grade", label=Text("等次", "grade")),
                    Column(key="document", label=Text("文件", "document")),
                    Column(key="remark", label=Text("备注", "remark")),
                ),
                rows=tuple((s.on, title, s.event, s.until, s.grade, s.document, s.remark) for title, s in steps),
            ),
        )


def _yearly(reports: Sequence[BaseReport]) -> Iterator[Block]:
    """The reports of the years, with the columns in which anything was reported."""
    if not reports:
        return
    specs = [
        s
        for s in fields_of(BaseReport)
        if s.name not in _LEFT_OUT and s.info.ref is None and any(getattr(r, s.name) is not None for r in reports)
    ]
    yield Grid(
        key="reports",
        title=Text("年度报告", "annual reports"),
        table=Table(
            columns=(
                Column(key="period", label=Text("报告期", "period")),
                *(
                    Column(
                        key=s.name, label=Text(f"{s.label.zh}（{s.info.unit}）", s.label.en) if s.info.unit else s.label
                    )
                    for s in specs
                ),
            ),
            rows=tuple((r.period, *(getattr(r, s.name) for s in specs)) for r in reports),
        ),
    )
    visits = [(r.period, r.visits) for r in reports if r.visits is not None]
    if visits:
        yield Bars(
            key="visits",
            title=Text("历年接待人次", "visits over the years"),
            series=(Text("接待人次", "visits"),),
            bars=tuple(Bar(label=period, pieces=(float(n),)) for period, n in visits),
            unit=Text("人次", "visits"),
        )
