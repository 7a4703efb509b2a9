"""Making reports of what a workspace holds: the records they tell of, with names and places found."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from attrs import frozen

from kepu_core.domain.base import Base, BaseReport
from kepu_core.domain.campaign import Activity, Campaign, CampaignSeries
from kepu_core.domain.errors import NotFound
from kepu_core.domain.organisation import Organisation
from kepu_core.domain.period import Period
from kepu_core.domain.plan import Plan, PlanItem
from kepu_core.domain.progress import ProgressReport
from kepu_core.plugins.hookspecs import hook
from kepu_core.report import Report, bases_report, campaigns_report, plan_report, scorecard_report
from kepu_core.workspace import problems

if TYPE_CHECKING:
    from kepu_core.scoring.scorecard import Scorecard
    from kepu_core.scoring.uncertainty import Uncertainty
    from kepu_core.workspace.workspace import Workspace

__all__ = ["KINDS", "SHANGHAI", "Reporter"]

SHANGHAI = dt.timezone(dt.timedelta(hours=8), "Asia/Shanghai")
"""Where the days of reports begin; no summer time has been kept there since 1991."""

KINDS = ("plan", "bases", "campaigns")
"""What reports are made of besides scorecards."""


@frozen
class Reporter:
    """Makes the reports of a workspace, as it stands on a day."""

    ws: "Workspace"
    on: dt.date
    include_personal: bool = False
    draws: int = 0
    """Draws for the intervals of the ranks of a scorecard; none, no intervals."""

    def of_card(self, card: "Scorecard") -> Report:
        """The report of a scorecard."""
        return scorecard_report(card, tiles=self.tiles, uncertainty=self.sure_of(card))

    def sure_of(self, card: "Scorecard") -> "Uncertainty | None":
        """How sure the ranks of a scorecard are, if that is to be told."""
        return card.uncertainty(draws=self.draws) if self.draws else None

    def of(
        self, kind: str, ident: str | None = None, *, region: str | None = None, period: str | None = None
    ) -> Report:
        """The report of a kind: of the plan with an id, of the bases of a region, of the campaigns of a period.

        Raises :class:`NotFound` for an unknown kind (``report.unknown-kind``) or plan.
        """
        if region is not None and len(self.ws.regions) and region not in self.ws.regions:
            raise NotFound(problems.UNKNOWN_REGION.finding(region=region))
        if kind == "plan":
            return self._plan(ident)
        if kind == "bases":
            return self._bases(region)
        if kind == "campaigns":
            return self._campaigns(region, period)
        raise NotFound(problems.UNKNOWN_REPORT.finding(kind=kind, known=KINDS))

    def _plan(self, ident: str | None) -> Report:
        if ident is None:
            raise NotFound(problems.WHICH_PLAN.finding(known=tuple(p.id for p in self.ws.find(Plan)) or ("—",)))
        plan = self.ws.get(Plan, ident)
        items = list(self.ws.find(PlanItem, plan=ident))
        own = {item.id for item in items}
        reports = [r for r in self.ws.find(ProgressReport) if r.item in own]
        above = () if plan.realises is None else tuple(self.ws.find(PlanItem, plan=plan.realises))
        return plan_report(plan, items, reports, on=self.on, names=self.names, above=above)

    def _bases(self, region: str | None) -> Report:
        return self.of_bases(list(self.ws.find(Base, under=region) if region else self.ws.find(Base)))

    def of_bases(self, bases: Sequence[Base], links: Mapping[str, str] | None = None) -> Report:
        """The register of some bases; ``links`` are files beside it that tell more of one, by its id."""
        known = {base.id for base in bases}
        reports = [r for r in self.ws.find(BaseReport) if r.base in known]
        return bases_report(
            bases,
            reports,
            on=self.on,
            names=self.names,
            tiles=self.tiles,
            include_personal=self.include_personal,
            links=links,
        )

    def _campaigns(self, region: str | None, period: str | None) -> Report:
        found: Iterable[Campaign] = self.ws.find(Campaign, under=region) if region else self.ws.find(Campaign)
        within = None if period is None else Period.parse(period)
        campaigns = [c for c in found if within is None or within.overlaps(Period.parse(c.period))]
        known = {c.id for c in campaigns}
        activities = [a for a in self.ws.find(Activity) if a.campaign in known]
        return campaigns_report(
            campaigns,
            self.ws.find(CampaignSeries),
            activities,
            on=self.on,
            names=self.names,
            include_personal=self.include_personal,
        )

    @property
    def names(self) -> Mapping[str, str]:
        """The names of regions and organisations, by id."""
        found = {region.id: region.name for region in self.ws.regions}
        found.update((o.id, o.name) for o in self.ws.find(Organisation))
        return found

    @property
    def tiles(self) -> Mapping[str, tuple[int, int]]:
        """The places of regions on the map, as the plugins give them."""
        sources = self.ws.plugins.values(hook.kepu_regions).values()
        return {code: place for source in sources for code, place in source.tiles.items()}
