"""A document that was imported before: what is stored of its plan may be what a person confirmed since.

Nothing of it is undone unless a person says so. What no document can say (the task of the plan above that a task
realises, the register entry of a unit) stays in any case.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, TypeVar

from attrs import evolve, frozen

from kepu_core import Place, Plan, PlanItem, Severity, replace
from kepu_core.domain.fields import fields_of
from kepu_core.domain.findings import Finding
from kepu_core.language import Text
from kepu_gongwen.records_problems import CONFIRMED_DIFFERS, NOT_STORED
from kepu_gongwen.records_sections import kept_sections

__all__ = ["CHOICES", "KEEP", "REPLACE", "Settled", "settled"]

KEEP, REPLACE = "keep", "replace"
CHOICES = (KEEP, REPLACE)
"""What becomes of a stored record that differs from the document: it stays, or the document goes before it."""

_FIRST = 3
_NOT_COMPARED = {"order"}
"""Where a task stands moves with every task before it."""
_UNSAID: Mapping[type, Sequence[str]] = {
    Plan: ("issued_on", "addressees", "copied_to", "instruments", "realises"),
    PlanItem: ("realises",),
}
"""The fields that are not read from a document."""
_SAID: Mapping[type, Mapping[str, Sequence[str]]] = {
    Plan: {"targets": ("value", "unit", "comparison", "upto", "subject", "due")},
    PlanItem: {
        "programmes": ("name", "edition"),
        "assignments": ("unit", "role"),
        "targets": ("value", "unit", "comparison", "upto"),
    },
}
"""What a document says of the parts of a record; the rest of a part was added to it."""
R = TypeVar("R", Plan, PlanItem)


@frozen(kw_only=True)
class Settled:
    """The plan and its tasks as they are to be stored, and what is told of the differences."""

    plan: Plan
    items: Sequence[PlanItem]
    findings: Sequence[Finding] = ()


def settled(
    plan: Plan,
    items: Sequence[PlanItem],
    stored: Plan | None,
    known: Iterable[PlanItem],
    choice: str | None,
    place: Place,
) -> Settled:
    """What was read of a document, settled with what is stored of its plan.

    With the ``choice`` :data:`KEEP` stored records stay as they are and tasks that are not stored are added, which is
    told; with :data:`REPLACE` the document goes before. With neither, any difference is an error.
    """
    if stored is None:
        return Settled(plan=plan, items=items)
    by_id = {item.id: item for item in known}
    pairs = [(item, by_id.get(item.id)) for item in items]
    added = [item.id for item, own in pairs if own is None]
    if choice == KEEP:
        kept = [item if own is None else replace(_linked(item, own), order=item.order) for item, own in pairs]
        findings = [evolve(f, severity=Severity.WARNING) for f in _told(NOT_STORED.finding, added, place)]
        return Settled(plan=_with_room(stored, plan, kept), items=kept, findings=findings)
    whole, merged = _completed(plan, stored), [item if own is None else _completed(item, own) for item, own in pairs]
    if choice == REPLACE:
        return Settled(plan=whole, items=merged)
    differing = dict(_differing([(whole, stored), *zip(merged, (own for _, own in pairs), strict=True)]))
    shown = [Text("{id}（{names}）", "{id} ({names})").format(id=i, names=n) for i, n in differing.items()]
    findings = [*_told(CONFIRMED_DIFFERS.finding, shown, place), *_told(NOT_STORED.finding, added, place)]
    return Settled(plan=whole, items=merged, findings=findings)


def _told(finding: Callable[..., Finding], shown: Sequence[Any], place: Place) -> Iterator[Finding]:
    if shown:
        more = "…" if len(shown) > _FIRST else ""
        yield finding(place=place, count=len(shown), shown=tuple(shown[:_FIRST]), more=more)


def _differing(pairs: Iterable[tuple[Any, Any]]) -> Iterator[tuple[str, list[Text]]]:
    """The records of which a document says something else, with the labels of the fields."""
    for read, own in pairs:
        if own is None:
            continue
        linked = _linked(read, own)
        compared = [f for f in fields_of(type(read)) if f.name not in _NOT_COMPARED]
        names = [f.label for f in compared if getattr(read, f.name) != getattr(linked, f.name)]
        if names:
            yield read.id, names


def _completed(read: R, own: R) -> R:
    """A record as it was read, with what the stored one has that no document says."""
    own = _linked(read, own)
    parts = {
        name: tuple(_stored_part(part, getattr(own, name), said) or part for part in getattr(read, name))
        for name, said in _SAID[type(read)].items()
    }
    return replace(read, **{name: getattr(own, name) for name in _UNSAID[type(read)]}, **parts)


def _linked(read: R, own: R) -> R:
    """A stored record whose units are linked with the organisations that were found for them since."""
    if not isinstance(own, PlanItem) or not isinstance(read, PlanItem):
        return own
    said = _SAID[PlanItem]["assignments"]
    now = [(part, _stored_part(part, read.assignments, said)) for part in own.assignments]
    return replace(
        own,
        assignments=[
            part if part.organisation or found is None else replace(part, organisation=found.organisation)
            for part, found in now
        ],
    )


def _stored_part(part: Any, others: Iterable[Any], said: Sequence[str]) -> Any:
    """The part among others of which a document says the same; ``None`` if there is none."""
    return next((o for o in others if all(getattr(o, name) == getattr(part, name) for name in said)), None)


def _with_room(stored: Plan, read: Plan, items: Iterable[PlanItem]) -> Plan:
    """The stored plan, with the sections of the document that tasks stand in which were not stored."""
    wanted = {item.section for item in items}
    return replace(stored, sections=[*stored.sections, *kept_sections(read, wanted, stored.sections)])
