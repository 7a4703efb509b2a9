"""Doubts about the figures that were handed in, judged with what is stored: last year's, and those of others."""

from collections.abc import Collection, Iterable, Mapping

from attrs import field, frozen

from kepu_core import Indicator, Observation, Period, Place, Workspace
from kepu_office.plausibility import Doubt, PlausibilityLimits, check_plausibility
from kepu_office.plausibility_figures import year_before

__all__ = ["Comparing", "doubts_about"]


@frozen(kw_only=True)
class Comparing:
    """How figures are compared: see :func:`~kepu_office.plausibility.check_plausibility`."""

    limits: PlausibilityLimits = field(factory=PlausibilityLimits)
    peers: Mapping[str, str] | None = None
    denominators: Mapping[str, str] = field(factory=dict)


def doubts_about(
    ws: Workspace,
    handed: Mapping[str, Observation],
    *,
    indicators: Iterable[Indicator],
    places: Mapping[str, Place],
    comparing: Comparing,
) -> tuple[Doubt, ...]:
    """The doubts about figures by id, and about the totals of regions that they lie in.

    ``indicators`` are those handed in; what is stored is known besides.
    """
    if not handed:
        return ()
    periods = {o.period for o in handed.values()}
    subjects = {o.subject for o in handed.values()}
    names = {o.indicator for o in handed.values()}
    stored = _stored(ws, names, periods, set(comparing.denominators.values()))
    known = {i.id: i for i in (*ws.find(Indicator), *indicators)}
    found = check_plausibility(
        {**stored, **handed}.values(),
        regions=ws.regions,
        indicators=known.values(),
        periods=periods,
        peers=comparing.peers,
        denominators=comparing.denominators,
        places=places,
        limits=comparing.limits,
    )
    return tuple(d for d in found if d.subject in subjects or d.code == "plausible.regions-sum")


def _stored(
    ws: Workspace, names: Collection[str], periods: Collection[str], denominators: Collection[str]
) -> dict[str, Observation]:
    before = {str(span) for text in periods if (span := year_before(Period.parse(text))) is not None}
    found = {o.id: o for o in ws.find(Observation, period=sorted({*periods, *before})) if o.indicator in names}
    if denominators:
        found |= {o.id: o for o in ws.find(Observation, indicator=sorted(denominators))}
    return found
