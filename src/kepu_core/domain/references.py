"""References between records, and everything that must hold between them.

Which fields refer to which type stands on the fields themselves; nothing is listed here twice.
"""

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, TypeVar

from attrs import frozen

from kepu_core.domain.base import BaseReport
from kepu_core.domain.campaign import Activity, Campaign, check_activities, check_editions
from kepu_core.domain.fields import fields_of
from kepu_core.domain.findings import Finding, Problem, Severity
from kepu_core.domain.observation import Indicator, Observation, check_units
from kepu_core.domain.plan import Plan, PlanItem, check_plan
from kepu_core.domain.progress import ProgressReport, check_progress
from kepu_core.domain.record import Record, record_label
from kepu_core.domain.region import RegionTable
from kepu_core.language import Text

__all__ = ["Reference", "check_records", "check_references", "references"]

R = TypeVar("R")
Exists = Callable[[str, str], bool]
REGION = "region"
# A figure or a plan may come before the register of indicators and organisations is filled; a report without its
# base, or an item without its plan, means nothing.
_REGISTERS = frozenset({"indicator", "organisation"})

UNKNOWN = Problem(
    "reference.unknown",
    Text(
        "“{label}”（{field_name}）指向不存在的 {target}",
        "{label} ({field_name}) refers to {target}, which does not exist",
    ),
    Text("先放入 {target}，或改正标识", "put {target} first, or correct the id"),
)
NOT_REGISTERED = Problem(
    "reference.not-registered",
    Text(
        "“{label}”（{field_name}）指向未登记的 {target}",
        "{label} ({field_name}) refers to {target}, which is not registered",
    ),
    Text("登记 {target}，或改正标识", "register {target}, or correct the id"),
    Severity.WARNING,
)
REPORTED_TWICE = Problem(
    "base_report.twice",
    Text(
        "基地 {base} 在 {period} 有两份年度报告：{first} 和 {second}",
        "base {base} has two reports for {period}: {first} and {second}",
    ),
    Text("确认后删去一份", "delete one of them"),
    Severity.WARNING,
)


@frozen
class Reference:
    """That a field of a record names another record."""

    type: str
    id: str
    field: str
    label: Text


def references(record: Record) -> Iterator[Reference]:
    """Everything that a record refers to, all the way down.

    >>> from kepu_core.domain.base import Base
    >>> [r.type for r in references(Base(id="b", name="馆", kind="venue", region="440300", operator="x"))]
    ['region', 'organisation']
    """
    return _inside(record, "")


def _inside(item: Any, path: str) -> Iterator[Reference]:
    for spec in fields_of(type(item)):
        value, at = getattr(item, spec.name), f"{path}{spec.name}"
        if value is None:
            continue
        if spec.info.ref is not None:
            several = isinstance(value, tuple)
            for index, ident in enumerate(value if several else (value,)):
                yield Reference(spec.info.ref, ident, f"{at}[{index}]" if several else at, spec.info.label)
        elif isinstance(value, tuple):
            for index, part in enumerate(value):
                if hasattr(type(part), "__kepu_record__"):
                    yield from _inside(part, f"{at}[{index}].")
        elif hasattr(type(value), "__kepu_record__"):
            yield from _inside(value, f"{at}.")


def check_references(records: Iterable[Record], exists: Exists) -> Iterator[Finding]:
    """Every reference to a record that does not exist, regions excepted (a table knows more of them)."""
    for record in records:
        for found in references(record):
            if found.type != REGION and not exists(found.type, found.id):
                target = f"{found.type}/{found.id}"
                problem = NOT_REGISTERED if found.type in _REGISTERS else UNKNOWN
                yield problem.finding(
                    record=record_label(record),
                    field=found.field,
                    field_name=found.field,
                    label=found.label,
                    target=target,
                )


def check_records(records: Sequence[Record], *, regions: RegionTable | None, exists: Exists) -> Iterator[Finding]:
    """Everything that must hold between records: ``records`` are those to check and those around them.

    Without a table of ``regions`` their codes are checked for form only.
    """
    yield from check_references(records, exists)
    if regions is not None:
        yield from _region_faults(records, regions)
    yield from _plan_faults(records)
    yield from _progress_faults(records)
    yield from check_editions(_of(records, Campaign))
    activities = _grouped(_of(records, Activity), lambda a: a.campaign)
    for campaign in _of(records, Campaign):
        yield from check_activities(campaign, activities.get(campaign.id, ()))
    yield from _report_faults(_of(records, BaseReport))
    yield from check_units(_of(records, Observation), _of(records, Indicator))


def _of(records: Iterable[Record], kind: type[R]) -> list[R]:
    return [r for r in records if isinstance(r, kind)]


def _grouped(items: Iterable[R], key: Callable[[R], str]) -> dict[str, list[R]]:
    groups: dict[str, list[R]] = {}
    for item in items:
        groups.setdefault(key(item), []).append(item)
    return groups


def _region_faults(records: Iterable[Record], regions: RegionTable) -> Iterator[Finding]:
    for record in records:
        for found in references(record):
            if found.type == REGION:
                fault = regions.fault(found.id[:6], _day_of(record))
                if fault is not None:
                    yield fault.at(record=record_label(record), field=found.field)


def _day_of(record: Record) -> dt.date | None:
    """The day whose regions a record means, if it says one."""
    for name in ("starts_on", "issued_on", "awarded_on"):
        day = getattr(record, name, None)
        if isinstance(day, dt.date):
            return day
    return None


def _plan_faults(records: Iterable[Record]) -> Iterator[Finding]:
    items = _grouped(_of(records, PlanItem), lambda i: i.plan)
    for plan in _of(records, Plan):
        yield from check_plan(plan, items.get(plan.id, ()))


def _progress_faults(records: Iterable[Record]) -> Iterator[Finding]:
    for reports in _grouped(_of(records, ProgressReport), lambda r: r.item).values():
        yield from check_progress(reports)


def _report_faults(reports: Iterable[BaseReport]) -> Iterator[Finding]:
    first: dict[tuple[str, str], str] = {}
    for report in sorted(reports, key=lambda r: r.id):
        known = first.setdefault((report.base, report.period), report.id)
        if known != report.id:
            yield REPORTED_TWICE.finding(
                record=f"base_report/{report.id}", base=report.base, period=report.period, first=known, second=report.id
            )
