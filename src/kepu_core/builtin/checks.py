"""What must hold between records, as a record check like any plugin's."""

from collections.abc import Iterable, Iterator

from kepu_core.domain.base import BaseReport
from kepu_core.domain.campaign import Activity, Campaign
from kepu_core.domain.findings import Finding
from kepu_core.domain.observation import Indicator, Observation
from kepu_core.domain.plan import Plan, PlanItem
from kepu_core.domain.progress import ProgressReport
from kepu_core.domain.record import Record, record_label, type_name
from kepu_core.domain.references import check_records
from kepu_core.language import Text
from kepu_core.plugins.descriptors import CheckContext, RecordCheck

__all__ = ["CHECKS"]

# To judge a record of the left kind, those of the right kinds must be known: an item needs its plan, and a changed
# plan all its items.
_JUDGED_WITH: dict[type, tuple[type, ...]] = {
    Plan: (PlanItem,),
    PlanItem: (Plan,),
    ProgressReport: (ProgressReport,),
    Campaign: (Campaign, Activity),
    Activity: (Campaign,),
    BaseReport: (BaseReport,),
    Observation: (Indicator,),
}


def _consistent(context: CheckContext) -> Iterator[Finding]:
    asked = {record_label(r) for r in context.records}
    around = [r for r in _around(context) if record_label(r) not in asked]
    regions = context.regions or None
    yield from check_records([*context.records, *around], regions=regions, exists=context.exists)


def _around(context: CheckContext) -> Iterable[Record]:
    kinds = {type(r) for r in context.records}
    needed = {type_name(other) for kind in kinds for other in _JUDGED_WITH.get(kind, ())}
    for name in sorted(needed):
        yield from context.find(name)


CHECKS = (
    RecordCheck(
        name="kepu.consistency",
        label=Text("记录之间的一致性", "consistency between records"),
        check=_consistent,
    ),
)
