"""How the city judges its districts: by the province's criteria for 70 points, and by its own for 30."""

import datetime as dt

from kepu_core import Adjustment, AdjustmentKind, Criterion, PeerGroup, Provenance, RuleSpec, replace
from kepu_guangdong import CITY_ANNUAL_2021

TAKEN = {"literacy_group", "venues_group", "activities_group", "means_group", "digital_group"}


def worth(node: Criterion, points: float, of: float) -> Criterion:
    """A branch of another scheme, worth ``points`` for every ``of`` that it was worth; inside it no share changes."""
    rule = node.rule  # some give so many points at a time: if only the nodes shrank, 14 events would earn what 20 did
    if rule is not None and isinstance(each := rule.params.get("points_each"), int | float):
        rule = replace(rule, params={**rule.params, "points_each": each * points / of})
    children = tuple(worth(child, points, of) for child in node.children)
    return replace(node, points=(node.points or 0) * points / of, rule=rule, children=children)


def own(ident: str, title: str, title_en: str, points: float, target: float) -> Criterion:
    """A criterion of the city: in proportion to a target, full points from there on."""
    rule = RuleSpec(kind="ratio", params={"target": target})
    return Criterion(id=ident, title=title, title_en=title_en, points=points, metric=f"sz.{ident}", rule=rule)


EVERYWHERE = (
    own("bases_per_100k", "每十万人开放基地", "bases per 100,000", 8, target=0.25),
    own("reporting_rate", "基地年报报送率", "bases that report", 6, target=100),
    own("stations_per_street", "每街道科普驿站", "stations per street", 8, target=1),
    own("onsite_per_10k", "每万人现场参加人次", "on site per 10,000", 8, target=250),
)
TREE = (
    *(worth(node, 70, of=100) for node in CITY_ANNUAL_2021.root.walk() if node.id in TAKEN),
    Criterion(id="everywhere", title="全域科普", title_en="science everywhere", points=30, children=EVERYWHERE),
)
ADOPTED = Adjustment(
    id="bonus_debunks",
    title="辟谣作品被采用加分",
    title_en="bonus for debunks adopted",
    kind=AdjustmentKind.BONUS,
    metric="sz.debunks_adopted",
    points_each=0.5,
    cap=2,
)
# What is not named here is the province's: missing data, grades, veto, rounding, and that it is illustrative.
DISTRICT_ANNUAL_2021 = replace(
    CITY_ANNUAL_2021,
    id="sz.district-annual@2021.1",
    name="sz.district-annual",
    version="2021.1",
    title="深圳市区级全域科普年度评价（示例体系）",
    title_en="Yearly evaluation of Shenzhen's districts (illustrative scheme)",
    root=replace(CITY_ANNUAL_2021.root, title="区级全域科普评价", title_en="science in the districts", children=TREE),
    adjustments=(*CITY_ANNUAL_2021.adjustments, ADOPTED),
    peer_groups=(
        PeerGroup(id="inner", title="原特区内", members=("440303", "440304", "440305", "440308")),
        PeerGroup(id="outer", title="原特区外", members=("440306", "440307", "440309", "440310", "440311")),
    ),
    provenance=Provenance(source="本项目编写的示例体系，非官方文件", checked_on=dt.date(2026, 11, 25)),
)
