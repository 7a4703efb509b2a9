"""What of a plan is stored otherwise than a document says: it may be what a person confirmed."""

from collections.abc import Iterator, Mapping, Sequence

from kepu_core import Place, Plan, PlanItem
from kepu_core.domain.fields import fields_of
from kepu_core.domain.findings import Finding
from kepu_core.language import Text
from kepu_gongwen.records_problems import CONFIRMED_DIFFERS, NOT_STORED

__all__ = ["stored_otherwise"]

_FIRST = 3
_NOT_COMPARED = {"order"}
"""Where a task stands moves with every task before it."""


def stored_otherwise(
    plan: Plan, items: Sequence[PlanItem], stored: Plan | None, known: Sequence[PlanItem], place: Place
) -> Iterator[Finding]:
    """A warning of the records that an import would change, and one of the tasks that it would add to a stored plan."""
    by_id: Mapping[str, PlanItem] = {item.id: item for item in known}
    pairs: list[tuple[Plan | PlanItem, Plan | PlanItem | None]] = [(plan, stored)]
    pairs += [(item, by_id.get(item.id)) for item in items]
    differing = {read.id: names for read, other in pairs if other is not None and (names := _differing(read, other))}
    if differing:
        shown = tuple(
            Text("{id}（{names}）", "{id} ({names})").format(id=i, names=n) for i, n in list(differing.items())[:_FIRST]
        )
        more = "…" if len(differing) > _FIRST else ""
        yield CONFIRMED_DIFFERS.finding(place=place, count=len(differing), shown=shown, more=more)
    added = [item.id for item in items if item.id not in by_id] if stored is not None else []
    if added:
        more = "…" if len(added) > _FIRST else ""
        yield NOT_STORED.finding(place=place, count=len(added), shown=tuple(added[:_FIRST]), more=more)


def _differing(read: Plan | PlanItem, other: Plan | PlanItem) -> list[Text]:
    """The labels of the fields in which two records differ."""
    compared = [f for f in fields_of(type(read)) if f.name not in _NOT_COMPARED]
    return [f.label for f in compared if getattr(read, f.name) != getattr(other, f.name)]
