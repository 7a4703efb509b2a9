"""What there is to announce: what happened to campaigns and titles, what was reported and evaluated, on which day."""

import datetime as dt
from collections import Counter
from collections.abc import Iterator

from attrs import frozen

from kepu_core import (
    Base,
    Campaign,
    CampaignRole,
    Designation,
    Evaluation,
    LabelledEnum,
    Plan,
    PlanItem,
    ProgressReport,
    RegionDesignation,
    Scheme,
    Text,
)
from kepu_core.codec import number_text
from kepu_core.domain import ILLUSTRATIVE_NOTE, fields_of, info_of
from kepu_web.feeds_material import SHANGHAI, Material, colon

__all__ = ["ANNOUNCED", "Notice", "notices"]

ANNOUNCED = (Base, Campaign, Evaluation, Plan, ProgressReport, RegionDesignation)
"""The record types of which a feed of notices tells."""

_DATES = Text("日期", "dates")
_AND = Text("、", ", ")
_REPORTED = Text("任务进展", "progress of a plan item")
_SHOWN = 60
_MOST = 200
"""How many results of an evaluation are listed."""
_MORE = Text("另有 {n} 个对象", "{n} more subjects")


@frozen(kw_only=True)
class Notice:
    """One entry of a feed: ``id`` never changes, ``kind`` is the record type, ``event`` what happened."""

    id: str
    at: dt.datetime
    title: str
    lines: tuple[str, ...]
    kind: Text
    term: str
    authors: tuple[str, ...] = ()


def notices(material: Material) -> list[Notice]:
    """Everything that is announced of these records, newest first."""
    found = [
        *_of_titles(material),
        *_of_campaigns(material),
        *_of_plans(material),
        *_of_reports(material),
        *_of_evaluations(material),
    ]
    return sorted(found, key=lambda n: (-n.at.timestamp(), n.id))


def _day(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(), SHANGHAI)


class _Names:
    """Names for what happened to one thing: by event and day, numbered where a day has the same event twice."""

    def __init__(self, material: Material, *path: str) -> None:
        self._material, self._path = material, path
        self._seen: Counter[tuple[str, dt.date]] = Counter()

    def of(self, event: LabelledEnum, on: dt.date) -> str:
        self._seen[event.value, on] += 1
        number = self._seen[event.value, on]
        again = () if number == 1 else (str(number),)
        return self._material.tag(*self._path, str(event.value), on.isoformat(), *again)


def _of_campaigns(material: Material) -> Iterator[Notice]:
    for campaign in material.of(Campaign):
        names = _Names(material, "campaign", campaign.id)
        hosts = [u.name for u in campaign.units if u.role in {CampaignRole.HOST, CampaignRole.CO_HOST}]
        days = " – ".join(str(d) for d in (campaign.starts_on, campaign.ends_on) if d)
        told = (("main_venue", material.place(campaign.main_venue)), ("region", material.region(campaign.region)))
        dated = [colon(_DATES, days)] if days else []
        by = [colon(CampaignRole.HOST.label, str(_AND).join(hosts))] if hosts else []
        lines = (*dated, *_labelled(Campaign, *told), *by)
        for step in campaign.steps:
            yield Notice(
                id=names.of(step.event, step.on),
                at=_day(step.on),
                title=colon(campaign.name, step.event.label),
                lines=lines,
                kind=info_of(Campaign).label,
                term=f"campaign/{step.event.value}",
                authors=tuple(dict.fromkeys(hosts)),
            )


def _of_titles(material: Material) -> Iterator[Notice]:
    for base in material.of(Base):
        for title in base.designations:
            yield from _of_title(title, base.name, ("base", base.id), material)
    for held in material.of(RegionDesignation):
        holder = material.region(held.region) or held.region
        yield from _of_title(held.designation, holder, ("region_designation", held.id), material)


def _of_title(title: Designation, holder: str, path: tuple[str, str], material: Material) -> Iterator[Notice]:
    names = _Names(material, *path, title.id)
    by = material.organisation(title.designated_by)
    for step in title.steps:
        told = (
            ("title", title.title),
            ("level", str(title.level.label)),
            ("batch", title.batch),
            ("designated_by", by),
        )
        more = (("until", str(step.until) if step.until else None), ("grade", step.grade), ("document", step.document))
        yield Notice(
            id=names.of(step.event, step.on),
            at=_day(step.on),
            title=colon(holder, f"{title.title} {step.event.label}"),
            lines=(*_labelled(Designation, *told), *_labelled(type(step), *more)),
            kind=info_of(Designation).label,
            term=f"designation/{step.event.value}",
            authors=(by,) if by else (),
        )


def _of_plans(material: Material) -> Iterator[Notice]:
    for plan in material.of(Plan):
        if plan.issued_on is None:
            continue
        issuer = material.organisation(plan.issuer) or plan.issuer
        told = (("document_number", plan.document_number), ("issuer", issuer), ("period", plan.period))
        yield Notice(
            id=material.tag_of(plan),
            at=_day(plan.issued_on),
            title=plan.title,
            lines=(plan.title, *_labelled(Plan, *told)),
            kind=info_of(Plan).label,
            term="plan/issued",
            authors=(issuer,),
        )


def _of_reports(material: Material) -> Iterator[Notice]:
    for report in material.of(ProgressReport):
        item = material.get(PlanItem, report.item)
        by = material.organisation(report.reporter)
        percent = None if report.percent is None else f"{number_text(report.percent)}%"
        told = (
            ("item", item.text if item else report.item),
            ("event", str(report.event.label) if report.event else None),
            ("percent", percent),
            ("reporter", by),
        )
        heading = item.text if item else report.item
        yield Notice(
            id=material.tag_of(report),
            at=_day(report.reported_on),
            title=colon(_REPORTED, heading if len(heading) <= _SHOWN else f"{heading[:_SHOWN]}…"),
            lines=(*([report.summary] if report.summary else []), *_labelled(ProgressReport, *told)),
            kind=info_of(ProgressReport).label,
            term="progress_report/reported",
            authors=(by,) if by else (),
        )


def _of_evaluations(material: Material) -> Iterator[Notice]:
    for evaluation in material.of(Evaluation):
        scheme = material.get(Scheme, evaluation.scheme)
        name = evaluation.scheme if scheme is None else scheme.title
        results = sorted(evaluation.results, key=lambda r: (r.rank is None, r.rank or 0, r.subject))
        rows = []
        for result in results[:_MOST]:
            figures = [None if x is None else number_text(x) for x in (result.rank, result.score)]
            who = material.region(result.subject) or material.organisation(result.subject)
            rows.append(" · ".join(t for t in (figures[0], who, figures[1], result.grade, result.note) if t))
        if len(results) > _MOST:
            rows.append(str(_MORE.format(n=len(results) - _MOST)))
        yield Notice(
            id=material.tag_of(evaluation),
            at=evaluation.evaluated_at,
            title=f"{name} · {evaluation.period}",
            lines=(*([str(ILLUSTRATIVE_NOTE)] if evaluation.illustrative else []), *rows),
            kind=info_of(Evaluation).label,
            term="evaluation/evaluated",
        )


def _labelled(cls: type, *told: tuple[str, str | None]) -> list[str]:
    """Lines of fields by their labels; what is not known is left out."""
    labels = {spec.name: spec.label for spec in fields_of(cls)}
    return [colon(labels[name], value) for name, value in told if value]
