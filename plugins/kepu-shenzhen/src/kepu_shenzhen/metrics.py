"""What the city measures: from records, which count for the district they lie in, and from figures of districts."""

import datetime as dt
from functools import partial

from kepu_core import Activity, Base, BaseReport, Facts, Mode, Period, Provenance, Values, metric
from kepu_shenzhen.records import Station

SOURCE = Provenance(source="基地名册、台账与各区报送", checked_on=dt.date(2026, 11, 25), limits="示例口径，非官方")
of_districts = partial(metric, subject="region", low=0, provenance=SOURCE)


@of_districts("sz.bases_per_100k", title="每十万人开放基地数", title_en="bases per 100,000", unit="个/10万人")
def bases_per_100k(facts: Facts) -> Values:
    """Bases open at the end of the period, for every 100,000 residents."""
    bases = facts.count(Base, having=lambda base: base.is_open(facts.period.end))
    return bases / facts.observed("population", period=Period.parse("2020")) * 100_000


@of_districts("sz.reporting_rate", title="基地年报报送率", title_en="bases that report", unit="%", high=100)
def reporting_rate(facts: Facts) -> Values:
    """The share of open bases with a report for the period; undefined where no base is open."""
    told = {r.base for r in facts.records(BaseReport) if isinstance(r, BaseReport) and r.period == facts.period.text}
    bases = facts.count(Base, having=lambda base: base.is_open(facts.period.end))
    return facts.count(Base, having=lambda b: b.is_open(facts.period.end) and b.id in told) / bases * 100


@of_districts("sz.stations_per_street", title="每街道科普驿站数", title_en="stations per street", unit="个/街道")
def stations_per_street(facts: Facts) -> Values:
    """Stations open at the end of the period, for every street office (街道)."""
    return facts.count(Station, having=lambda s: s.is_open(facts.period.end)) / facts.observed("sz.streets")


@of_districts("sz.onsite_per_10k", title="每万人现场参加人次", title_en="on site per 10,000", unit="人次/万人")
def onsite_per_10k(facts: Facts) -> Values:
    """Person-times at activities that began in the period, for every 10,000 residents. Views online are no people."""
    people = facts.total(
        Activity,
        lambda a: 0 if a.mode is Mode.ONLINE else a.figures and a.figures.participation,
        having=lambda a: a.starts_on in facts.period,
    )
    return people / facts.observed("population", period=Period.parse("2020")) * 10_000


@of_districts("sz.debunks_adopted", title="被上级平台采用的辟谣作品", title_en="debunks adopted", unit="条")
def debunks_adopted(facts: Facts) -> Values:
    """Debunked rumours that a platform of the province or the state took over."""
    return facts.observed("sz.debunks_adopted")


METRICS = (bases_per_100k, reporting_rate, stations_per_street, onsite_per_10k, debunks_adopted)
