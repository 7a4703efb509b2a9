"""What a plan covers: its items by section, role and audience, its programmes and partners."""

from collections import Counter
from collections.abc import Iterable, Mapping

from attrs import frozen

from kepu_core.domain.audience import Audience
from kepu_core.domain.plan import ActionRole, Plan, PlanItem, PlanSection

__all__ = ["PlanCoverage", "plan_coverage"]


@frozen(kw_only=True)
class PlanCoverage:
    """Counts of a plan's items. An item with two roles counts in both."""

    plan: Plan
    items: int
    by_section: Mapping[PlanSection, int]
    by_role: Mapping[ActionRole, int]
    by_audience: Mapping[Audience, int]
    programmes: int
    editions: tuple[int, ...]
    partners: Mapping[str, int]


def plan_coverage(plan: Plan, items: Iterable[PlanItem]) -> PlanCoverage:
    """Count a plan's items. Sections come in the order of the plan, the rest most frequent first."""
    own = [i for i in items if i.plan == plan.id]
    sections = Counter(i.section for i in own)
    roles = Counter(role for i in own for role in i.roles)
    audiences = Counter(audience for i in own for audience in i.audiences)
    partners = Counter(partner for i in own for partner in i.partners)
    programmes = [p for i in own for p in i.programmes]
    return PlanCoverage(
        plan=plan,
        items=len(own),
        by_section={s: sections[s.id] for s in plan.sections},
        by_role=dict(sorted(roles.items(), key=lambda e: (-e[1], list(ActionRole).index(e[0])))),
        by_audience=dict(sorted(audiences.items(), key=lambda e: (-e[1], list(Audience).index(e[0])))),
        programmes=len(programmes),
        editions=tuple(sorted((p.edition for p in programmes if p.edition is not None), reverse=True)),
        partners=dict(sorted(partners.items(), key=lambda e: (-e[1], e[0]))),
    )
