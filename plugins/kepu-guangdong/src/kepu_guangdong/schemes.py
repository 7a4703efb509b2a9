"""An illustrative scheme for the yearly evaluation of Guangdong's cities.

It is made up: it shows what a scheme can say, in the manner of the schemes in use, and is no official
document. Where a goalpost has a source, the criterion's note names it.
"""

import datetime as dt

from kepu_core import (
    Adjustment,
    AdjustmentKind,
    Criterion,
    GradeBand,
    Imputation,
    MissingAction,
    MissingPolicy,
    PeerGroup,
    Provenance,
    RuleSpec,
    Scheme,
    Veto,
    VetoEffect,
)
from kepu_guangdong.regions import rows

__all__ = ["CITY_ANNUAL_2021"]

_GROUPS = {"珠三角": "prd", "粤东": "east", "粤西": "west", "粤北": "north"}


def _leaf(
    ident: str,
    titles: tuple[str, str],
    points: float,
    rule: RuleSpec,
    *,
    missing: MissingPolicy | None = None,
    note: str | None = None,
) -> Criterion:
    zh, en = titles
    return Criterion(
        id=ident, title=zh, title_en=en, points=points, metric=f"gd.{ident}", rule=rule, missing=missing, note=note
    )


def _linear(low: float, high: float) -> RuleSpec:
    return RuleSpec(kind="linear", params={"low": low, "high": high})


def _ratio(target: float) -> RuleSpec:
    return RuleSpec(kind="ratio", params={"target": target})


def _per_unit(points_each: float) -> RuleSpec:
    return RuleSpec(kind="per_unit", params={"points_each": points_each})


def _stepwise(bounds: tuple[float, ...], awarded: tuple[float, ...]) -> RuleSpec:
    return RuleSpec(kind="stepwise", params={"bounds": bounds, "awarded": awarded})


def _node(ident: str, titles: tuple[str, str], points: float, *children: Criterion) -> Criterion:
    return Criterion(id=ident, title=titles[0], title_en=titles[1], points=points, children=children)


_TREE = _node(
    "total",
    ("全省科普工作评价", "science popularisation"),
    100,
    _node(
        "literacy_group",
        ("科学素质", "literacy"),
        15,
        _leaf(
            "literacy",
            ("公民具备科学素质的比例", "scientific literacy"),
            15,
            _linear(5, 20),
            missing=MissingPolicy(action=MissingAction.IMPUTE, method=Imputation.GROUP_MEDIAN),
        ),
    ),
    _node(
        "venues_group",
        ("科普设施", "venues"),
        25,
        _leaf("venues_per_100k", ("每十万人科普场馆数", "venues per 100,000"), 10, _linear(0, 2)),
        _leaf("visits_per_head", ("人均参观次数", "visits per head"), 10, _ratio(0.6)),
        _leaf(
            "open_days",
            ("平均开放天数", "open days"),
            5,
            _stepwise((300, 250, 200), (1, 0.9, 0.7, 0)),
            note="分档界限见科普教育基地运行考核自评表（开放时间 300/250/200 天）",
        ),
    ),
    _node(
        "activities_group",
        ("科普活动", "activities"),
        25,
        _leaf("participation_per_10k", ("每万人参加活动人次", "participation per 10,000"), 15, _linear(0, 8000)),
        _leaf(
            "key_events",
            ("重点活动场次", "key events"),
            10,
            _per_unit(0.5),
            missing=MissingPolicy(action=MissingAction.ZERO),
        ),
    ),
    _node(
        "means_group",
        ("人才与经费", "people and funds"),
        20,
        _leaf("staff_per_10k", ("每万人科普人员", "staff per 10,000"), 8, _ratio(13)),
        _leaf(
            "funds_per_head",
            ("人均科普专项经费", "special funds per head"),
            12,
            _ratio(4.71),
            note="目标值为 2021 年全国人均科普专项经费 4.71 元（科技部全国科普统计）",
        ),
    ),
    _node(
        "digital_group",
        ("数字与应急科普", "digital and emergency"),
        15,
        _leaf("platform_posts", ("数字平台信息", "platform posts"), 8, _stepwise((500, 200, 50), (1, 0.8, 0.6, 0))),
        _leaf("debunked", ("辟谣信息", "rumours debunked"), 7, _per_unit(0.35)),
    ),
)


def _peer_groups() -> tuple[PeerGroup, ...]:
    members: dict[str, list[str]] = {}
    for row in rows("cities-2020.csv"):
        members.setdefault(row["peer_group"], []).append(row["code"])
    return tuple(PeerGroup(id=_GROUPS[title], title=title, members=tuple(codes)) for title, codes in members.items())


CITY_ANNUAL_2021 = Scheme(
    id="gd.city-annual@2021.1",
    name="gd.city-annual",
    version="2021.1",
    title="广东省地级以上市科普工作年度评价（示例体系）",
    title_en="Yearly evaluation of Guangdong's cities (illustrative scheme)",
    subject="region",
    root=_TREE,
    valid_from=dt.date(2021, 1, 1),
    missing=MissingPolicy(action=MissingAction.EXCLUDE, min_share=0.6),
    grades=(
        GradeBand(grade="优秀", grade_en="excellent", lower=85, inclusive=True),
        GradeBand(grade="良好", grade_en="good", lower=70, inclusive=True),
        GradeBand(grade="合格", grade_en="satisfactory", lower=55, inclusive=True),
        GradeBand(grade="不合格", grade_en="unsatisfactory"),
    ),
    adjustments=(
        Adjustment(
            id="bonus_model_counties",
            title="新获全国科普示范县加分",
            title_en="bonus for new national model counties",
            kind=AdjustmentKind.BONUS,
            metric="gd.model_counties",
            points_each=1,
            cap=3,
        ),
        Adjustment(
            id="deduction_late_reports",
            title="逾期报送扣分",
            title_en="deduction for late reports",
            kind=AdjustmentKind.DEDUCTION,
            metric="gd.late_reports",
            points_each=0.5,
            cap=2,
        ),
    ),
    vetoes=(
        Veto(
            id="veto_accidents",
            title="发生安全责任事故",
            title_en="safety accident",
            metric="gd.accidents",
            above=0,
            effect=VetoEffect.LOWEST_GRADE,
        ),
    ),
    peer_groups=_peer_groups(),
    illustrative=True,
    provenance=Provenance(source="本项目编写的示例体系，非官方文件", checked_on=dt.date(2026, 11, 23)),
)
