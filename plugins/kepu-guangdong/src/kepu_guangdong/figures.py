"""Figures: what is published, and what is made up for the demo.

Published figures carry their source. Illustrative ones come from a seeded generator, are marked so one by one, and
say nothing about any city. Some are left out on purpose: a year in which everybody reports everything
would be no demonstration.
"""

import random
from collections.abc import Iterator

from kepu_core import Breakdown, Indicator, IndicatorKind, Observation, Standing, ValueState
from kepu_guangdong.regions import rows

__all__ = ["PERIOD", "illustrative_figures", "indicators", "published_figures"]

PERIOD = "2021"
_GENERATOR = "kepu-guangdong: seeded generator"

_LEVELS = {"珠三角": 1.25, "粤东": 0.8, "粤西": 0.75, "粤北": 0.9}
"""How the made-up figures differ between groups, so that the ranking has some shape."""

# indicator, lowest and highest figure for every 10,000 residents
_PER_10K = (
    ("venues", 0.05, 0.16),
    ("visits", 2_000.0, 6_500.0),
    ("participation", 2_500.0, 7_000.0),
    ("staff", 7.0, 13.5),
    ("special_funds", 18_000.0, 46_000.0),
)
# indicator, lowest and highest figure
_PLAIN = (
    ("open_days", 190, 330),
    ("key_events", 6, 24),
    ("platform_posts", 40, 620),
    ("debunked", 4, 22),
    ("model_counties", 0, 1),
    ("late_reports", 0, 3),
)
_NOT_REPORTED = {("440500", "visits"), ("440500", "participation"), ("445300", "literacy"), ("441500", "key_events")}
_NOT_APPLICABLE = {("441900", "model_counties"), ("442000", "model_counties")}


def indicators() -> Iterator[Indicator]:
    """What the figures count, in which unit and how."""
    for row in rows("indicators.csv"):
        yield Indicator(
            id=row["id"],
            name=row["name"],
            name_en=row["name_en"],
            unit=row["unit"],
            kind=IndicatorKind(row["kind"]),
            definition=row["definition"],
        )


def published_figures() -> Iterator[Observation]:
    """Published figures with their sources: the census by city, national surveys and statistics."""
    for row in rows("cities-2020.csv"):
        yield Observation.of(
            "population",
            row["code"],
            "2020",
            float(row["population_2020_census"]),
            unit="人",
            standing=Standing.PUBLISHED,
            source="广东省第七次全国人口普查公报（2020）",
        )
    for row in rows("published.csv"):
        dimension, _, member = row["breakdown"].partition("=")
        yield Observation.of(
            row["indicator"],
            row["subject"],
            row["period"],
            float(row["value"]),
            unit=row["unit"],
            breakdown=(Breakdown(dimension=dimension, member=member),) if member else (),
            standing=Standing.PUBLISHED,
            source=row["source"],
        )


def illustrative_figures(seed: int) -> Iterator[Observation]:
    """Made-up figures of the 21 cities for 2021: the same for the same seed, on every machine."""
    chance = random.Random(seed)  # noqa: S311 - a reproducible demo, no secret
    units = {i.id: i.unit for i in indicators()}
    for row in rows("cities-2020.csv"):
        code, level = row["code"], _LEVELS[row["peer_group"]]
        people = float(row["population_2020_census"]) / 10_000
        figures = {name: float(round(chance.uniform(low, high) * level * people)) for name, low, high in _PER_10K}
        figures |= {name: float(chance.randint(low, high)) for name, low, high in _PLAIN}
        figures["literacy"] = round(chance.uniform(8.5, 14.5) * (0.6 + 0.4 * level), 2)
        figures["accidents"] = 1.0 if chance.random() < 0.05 else 0.0  # noqa: PLR2004 - about one city
        for name, value in figures.items():
            yield _illustrative(name, code, value, units[name])


def _illustrative(name: str, code: str, value: float, unit: str) -> Observation:
    state = ValueState.REPORTED
    if (code, name) in _NOT_REPORTED:
        state = ValueState.MISSING
    elif (code, name) in _NOT_APPLICABLE:
        state = ValueState.NOT_APPLICABLE
    return Observation.of(
        name,
        code,
        PERIOD,
        value if state is ValueState.REPORTED else None,
        state=state,
        unit=unit,
        standing=Standing.ILLUSTRATIVE,
        source=_GENERATOR,
        note="示例数据",
    )
