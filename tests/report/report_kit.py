"""What tests of reports look at, and a plan and a campaign to report on."""

import datetime as dt

import kepu_core as kepu

ON = dt.date(2021, 7, 1)
day = dt.date.fromisoformat


def grid(report, key):
    return next(g for g in report.grids() if g.key == key)


def blocks(report, kind):
    return [b for section, _ in report.walk() for b in section.blocks if isinstance(b, kind)]


def column(found, key):
    at = [c.key for c in found.table.columns].index(key)
    return [row[at] for row in found.table.rows]


def plan():
    return kepu.Plan(
        id="p",
        title="2021年要点",
        kind="annual",
        period="2021",
        issuer="a",
        realises="five",
        sections=[
            kepu.PlanSection(id="1", number="一", heading="活动"),
            kepu.PlanSection(id="2", number="二", heading="基地"),
        ],
    )


def campaign(ident, year, edition, **figures):
    return kepu.Campaign(
        id=ident,
        name=f"第{edition}届大赛",
        kind="competition",
        period=str(year),
        series="s",
        edition=edition,
        starts_on=day(f"{year}-05-01"),
        region="440300",
        figures=kepu.CampaignFigures(**figures) if figures else None,
    )
