"""The metrics of Guangdong's city evaluation, all from figures reported by cities."""

import datetime as dt

from kepu_core import Facts, Period, Provenance, Values, metric

__all__ = ["METRICS"]

_PER_100K = 100_000
_PER_10K = 10_000
_CENSUS = Period.parse("2020")


def _from(source: str, *, per_resident: bool = False) -> Provenance:
    """Where the figures behind a metric are collected; a metric per resident also rests on the census."""
    return Provenance(
        source=f"{source}；分母：第七次全国人口普查常住人口" if per_resident else source,
        checked_on=dt.date(2026, 11, 25),
        limits="指标口径为示例体系自拟；演示数据为示例（illustrative），不代表任何城市的实际情况",
    )


_SURVEY = "中国公民科学素质抽样调查"
_STATISTICS = "科技部《全国科普统计调查制度》"
_REPORTED = "各市报送的工作数据"


@metric(
    "gd.literacy",
    title="公民具备科学素质的比例",
    title_en="scientific literacy",
    unit="%",
    subject="region",
    low=0,
    high=100,
    provenance=_from(_SURVEY),
)
def literacy(facts: Facts) -> Values:
    """The share of citizens with scientific literacy, as surveyed."""
    return facts.observed("literacy")


@metric(
    "gd.venues_per_100k",
    title="每十万人科普场馆数",
    title_en="science venues per 100,000 people",
    unit="个/10万人",
    subject="region",
    low=0,
    provenance=_from(f"{_STATISTICS}科普场地", per_resident=True),
)
def venues_per_100k(facts: Facts) -> Values:
    """Venues for every 100,000 residents."""
    return facts.observed("venues") / _population(facts) * _PER_100K


@metric(
    "gd.visits_per_head",
    title="人均参观科普场馆次数",
    title_en="visits to venues per head",
    unit="次/人",
    subject="region",
    low=0,
    provenance=_from(f"{_STATISTICS}科普场地", per_resident=True),
)
def visits_per_head(facts: Facts) -> Values:
    """Visits to venues for every resident."""
    return facts.observed("visits") / _population(facts)


@metric(
    "gd.open_days",
    title="科普场馆平均开放天数",
    title_en="average open days of venues",
    unit="天",
    subject="region",
    low=0,
    high=366,
    provenance=_from(_REPORTED),
)
def open_days(facts: Facts) -> Values:
    """How many days a year venues are open, on average."""
    return facts.observed("open_days")


@metric(
    "gd.participation_per_10k",
    title="每万人参加科普活动人次",
    title_en="participation per 10,000 people",
    unit="人次/万人",
    subject="region",
    low=0,
    provenance=_from(f"{_STATISTICS}科普活动", per_resident=True),
)
def participation_per_10k(facts: Facts) -> Values:
    """Person-times on site for every 10,000 residents. Views online are another figure."""
    return facts.observed("participation") / _population(facts) * _PER_10K


@metric(
    "gd.key_events",
    title="举办重点科普活动场次",
    title_en="key events held",
    unit="场次",
    subject="region",
    low=0,
    provenance=_from(_REPORTED),
)
def key_events(facts: Facts) -> Values:
    """Events of the province's brand campaigns held in the city."""
    return facts.observed("key_events")


@metric(
    "gd.staff_per_10k",
    title="每万人科普人员数",
    title_en="science-popularisation staff per 10,000 people",
    unit="人/万人",
    subject="region",
    low=0,
    provenance=_from(f"{_STATISTICS}科普人员", per_resident=True),
)
def staff_per_10k(facts: Facts) -> Values:
    """Full-time and part-time staff for every 10,000 residents."""
    return facts.observed("staff") / _population(facts) * _PER_10K


@metric(
    "gd.funds_per_head",
    title="人均科普专项经费",
    title_en="special funds per head",
    unit="元/人",
    subject="region",
    low=0,
    provenance=_from(f"{_STATISTICS}科普经费", per_resident=True),
)
def funds_per_head(facts: Facts) -> Values:
    """Special funds for science popularisation for every resident."""
    return facts.observed("special_funds") / _population(facts)


@metric(
    "gd.platform_posts",
    title="数字平台发布科普信息",
    title_en="posts on the digital platform",
    unit="条",
    subject="region",
    low=0,
    provenance=_from(_REPORTED),
)
def platform_posts(facts: Facts) -> Values:
    """Items published on the province's digital platform."""
    return facts.observed("platform_posts")


@metric(
    "gd.debunked",
    title="发布辟谣信息",
    title_en="rumours debunked",
    unit="条",
    subject="region",
    low=0,
    provenance=_from(_REPORTED),
)
def debunked(facts: Facts) -> Values:
    """Rumours debunked, alone or with others."""
    return facts.observed("debunked")


@metric(
    "gd.model_counties",
    title="当年新获全国科普示范县",
    title_en="new national model counties",
    unit="个",
    subject="region",
    low=0,
    provenance=_from(_REPORTED),
)
def model_counties(facts: Facts) -> Values:
    """Counties or districts designated as national models in the period."""
    return facts.observed("model_counties")


@metric(
    "gd.late_reports",
    title="逾期报送次数",
    title_en="late reports",
    unit="次",
    subject="region",
    better="lower",
    low=0,
    provenance=_from(_REPORTED),
)
def late_reports(facts: Facts) -> Values:
    """Reports that came after their date."""
    return facts.observed("late_reports")


@metric(
    "gd.accidents",
    title="科普活动安全责任事故",
    title_en="safety accidents",
    unit="起",
    subject="region",
    better="lower",
    low=0,
    provenance=_from(_REPORTED),
)
def accidents(facts: Facts) -> Values:
    """Accidents at events for which the organisers were responsible."""
    return facts.observed("accidents")


def _population(facts: Facts) -> Values:
    """Permanent residents at the census of 2020, the newest count by city."""
    return facts.observed("population", period=_CENSUS)


METRICS = (
    accidents,
    debunked,
    funds_per_head,
    key_events,
    late_reports,
    literacy,
    model_counties,
    open_days,
    participation_per_10k,
    platform_posts,
    staff_per_10k,
    venues_per_100k,
    visits_per_head,
)
