"""Made-up records for the demo: bases with their titles and reports, and progress of the plan.

Nothing here is known of any city: every name begins with 示例 (example), every remark says so.
"""

import datetime as dt
import random
from collections.abc import Iterable, Iterator

from kepu_core import (
    Base,
    BaseKind,
    BaseReport,
    Designation,
    DesignationEvent,
    DesignationLevel,
    DesignationStep,
    ItemEvent,
    PlanItem,
    ProgressReport,
    Record,
)
from kepu_guangdong.tiles import CITY_TILES

__all__ = ["example_bases", "example_progress"]

_EACH = 3
_NOTE = "示例数据，不代表实际情况"
_KINDS = (BaseKind.SCIENCE_MUSEUM, BaseKind.COMPANY_SITE, BaseKind.NATURAL_SITE, BaseKind.INSTITUTE)
_YEARS = (2019, 2020, 2021)
_DAYS_OF_MONTHS = 28
# Of how many of ten something holds: figures not reported, titles being put right or assessed, items reported or done
_UNREPORTED, _RECTIFYING, _ASSESSED, _SILENT, _OPEN = 0.1, 0.1, 0.5, 0.1, 0.35


def example_bases(seed: int) -> Iterator[Record]:
    """Three bases in each city, of several kinds, some with titles that have ended or are being put right."""
    chance = random.Random(seed)  # noqa: S311 - figures for a demo, no secret
    for city in sorted(CITY_TILES):
        for n in range(1, _EACH + 1):
            ident = f"example-{city}-{n}"
            yield Base(
                id=ident,
                name=f"示例科普基地 {city}-{n}",
                kind=chance.choice(_KINDS),
                region=city,
                exhibition_area=float(chance.randrange(300, 20_000, 50)),
                themes=("示例",),
                designations=(_title(ident, chance),),
            )
            for year in _YEARS:
                yield BaseReport(
                    id=f"{ident}-{year}",
                    base=ident,
                    period=str(year),
                    open_days=chance.randrange(120, 340),
                    visits=None if chance.random() < _UNREPORTED else chance.randrange(2_000, 900_000),
                    activities=chance.randrange(2, 90),
                )


def _title(ident: str, chance: random.Random) -> Designation:
    granted = dt.date(chance.randrange(2016, 2021), chance.randrange(1, 13), chance.randrange(1, _DAYS_OF_MONTHS))
    steps = [DesignationStep(event=DesignationEvent.DESIGNATED, on=granted, remark=_NOTE)]
    later = granted + dt.timedelta(days=400)
    lot = chance.random()
    if lot < _RECTIFYING:
        steps.append(
            DesignationStep(event=DesignationEvent.RECTIFICATION_ORDERED, on=later, until=later + dt.timedelta(90))
        )
    elif lot < _ASSESSED:
        steps.append(DesignationStep(event=DesignationEvent.ASSESSED, on=later, grade="合格"))
    return Designation(
        id=f"{ident}-title",
        title="示例科普教育基地",
        level=chance.choice((DesignationLevel.PROVINCIAL, DesignationLevel.MUNICIPAL)),
        valid_from=granted,
        valid_to=granted.replace(year=granted.year + 5),
        rules=_NOTE,
        steps=tuple(steps),
    )


def example_progress(items: Iterable[PlanItem], seed: int) -> Iterator[ProgressReport]:
    """What might have been reported of the items of the plan by the end of the year."""
    chance = random.Random(seed + 1)  # noqa: S311 - figures for a demo, no secret
    for item in items:
        lot = chance.random()
        if lot < _SILENT:
            continue
        day = dt.date(2021, chance.randrange(3, 13), chance.randrange(1, _DAYS_OF_MONTHS))
        done = lot > _OPEN
        yield ProgressReport(
            id=f"example-{item.id}",
            item=item.id,
            reported_on=day,
            event=ItemEvent.COMPLETED if done else ItemEvent.STARTED,
            percent=100.0 if done else float(chance.randrange(10, 95, 5)),
            summary=_NOTE,
        )
