"""Evaluation schemes: a versioned indicator tree, as data.

A :class:`Scheme` is a tree of :class:`Criterion`. A leaf binds a metric to a scoring rule; an inner node
aggregates its children. Every node is worth points: its own, or its weight times those of the node
above. Rules and metrics are named, not held: a scheme is data that can be kept, compared and checked
without any plugin.

What always holds: ids are unique; each node is either leaf or inner; the weights of siblings add up to 1,
their points to those of the node above; grade bands fall strictly and say what happens *at* the boundary.
"""

import datetime as dt
import math
from collections.abc import Iterator, Mapping

from kepu_core.domain.enums import LabelledEnum
from kepu_core.domain.fields import field
from kepu_core.domain.findings import Finding, Problem
from kepu_core.domain.forms import Form
from kepu_core.domain.frozen import FrozenDict
from kepu_core.domain.provenance import Provenance
from kepu_core.domain.record import part, record
from kepu_core.language import Text

__all__ = [
    "Adjustment",
    "AdjustmentKind",
    "Criterion",
    "GradeBand",
    "Imputation",
    "MissingAction",
    "MissingPolicy",
    "PeerGroup",
    "Rounding",
    "RoundingMode",
    "RuleSpec",
    "Scheme",
    "Veto",
    "VetoEffect",
]

_TOLERANCE = 1e-9

WRONG_ID = Problem(
    "scheme.id",
    Text("体系标识应为 {expected}", "the id of the scheme should be {expected}"),
    Text("标识由名称和版本组成", "the id is made of name and version"),
)
CRITERION_TWICE = Problem(
    "scheme.criterion-twice",
    Text("指标标识 {criterion} 出现两次", "the criterion id {criterion} occurs twice"),
    Text("每个指标用不同的标识", "give each criterion an id of its own"),
)
LEAF_WITHOUT_RULE = Problem(
    "scheme.leaf-incomplete",
    Text("末级指标 {criterion} 缺少 {what}", "the leaf {criterion} has no {what}"),
    Text("末级指标须有 metric 和 rule，或有下级指标", "a leaf needs a metric and a rule; other nodes need children"),
)
LEAF_AND_NODE = Problem(
    "scheme.leaf-with-children",
    Text("指标 {criterion} 有下级，又有 metric 或 rule", "{criterion} has children, and a metric or rule as well"),
    Text("二者留一", "keep one of the two"),
)
WEIGHTS_DO_NOT_ADD_UP = Problem(
    "scheme.weights",
    Text("{criterion} 下级的权重之和为 {total}，不是 1", "the weights below {criterion} add up to {total}, not to 1"),
    Text("调整权重（{parts}），使其和为 1", "adjust the weights ({parts}) so that they add up to 1"),
)
POINTS_DO_NOT_ADD_UP = Problem(
    "scheme.points",
    Text(
        "{criterion} 下级的分值之和为 {total}，不是 {expected}",
        "the points below {criterion} add up to {total}, not to {expected}",
    ),
    Text("调整分值（{parts}），使其和为 {expected}", "adjust the points ({parts}) so that they add up to {expected}"),
)
WEIGHTS_AND_POINTS_MIXED = Problem(
    "scheme.weights-mixed",
    Text(
        "{criterion} 的下级有的给权重，有的给分值，有的都不给或都给",
        "below {criterion}, some give weights, some points, some neither or both",
    ),
    Text("同一级要么都给权重，要么都给分值", "give all siblings weights, or all of them points"),
)
BANDS_NOT_FALLING = Problem(
    "scheme.grades-order",
    Text("等次“{grade}”的下限不低于前一等次", "the lower end of grade “{grade}” is not below the one before it"),
    Text(
        "等次由高到低排列，下限依次降低", "list the grades from the best down, each with a lower bound below the last"
    ),
)
LAST_BAND_CLOSED = Problem(
    "scheme.grades-gap",
    Text(
        "最低等次“{grade}”有下限 {lower}，低于它的得分没有等次",
        "the last grade “{grade}” begins at {lower}: scores below have no grade",
    ),
    Text("最低等次不设下限", "leave the lower bound of the last grade out"),
)
BAND_OPEN = Problem(
    "scheme.grades-unreachable",
    Text(
        "等次“{grade}”没有下限，其后的等次不可能得到",
        "grade “{grade}” has no lower bound: the grades after it cannot be reached",
    ),
    Text("只有最低等次不设下限", "only the last grade may have no lower bound"),
)
GRADE_TWICE = Problem(
    "scheme.grade-twice",
    Text("等次“{grade}”出现两次", "the grade “{grade}” occurs twice"),
    Text("每个等次用不同的名称", "give each grade a name of its own"),
)
IN_TWO_GROUPS = Problem(
    "scheme.group-overlap",
    Text("{member} 同时属于同类组 {groups}", "{member} belongs to the peer groups {groups}"),
    Text("每个对象只归一个同类组", "put each subject into one peer group"),
)
IMPUTE_WITHOUT_METHOD = Problem(
    "scheme.imputation",
    Text(
        "缺报处理为“估补”时须说明方法；其他处理不应有方法",
        "a policy needs a method if it imputes, and has none if it does not",
    ),
    Text("填写 method：mean、median、group_median 或 last", "give method: mean, median, group_median or last"),
)
ENDS_BEFORE_START = Problem(
    "scheme.validity",
    Text("失效日 {end} 早于生效日 {start}", "it ends on {end}, before it begins on {start}"),
    Text("核对两个日期", "check the two dates"),
)


class RoundingMode(LabelledEnum):
    """How a score is rounded before it is published."""

    HALF_UP = "half_up", "四舍五入", "half up"
    HALF_EVEN = "half_even", "四舍六入五成双", "half even (GB/T 8170)"


class MissingAction(LabelledEnum):
    """What is done where a figure is missing."""

    FAIL = "fail", "报错", "refuse to evaluate"
    ZERO = "zero", "记零分", "count as no points"
    EXCLUDE = "exclude", "不计，其余权重按比例放大", "leave out and rescale the rest"
    IMPUTE = "impute", "估补", "impute"


class Imputation(LabelledEnum):
    """From what a missing figure is estimated."""

    MEAN = "mean", "均值", "mean"
    MEDIAN = "median", "中位数", "median"
    GROUP_MEDIAN = "group_median", "同类组中位数", "median of the peer group"
    LAST = "last", "上期值", "last value"


class AdjustmentKind(LabelledEnum):
    """Whether an adjustment adds or takes points."""

    BONUS = "bonus", "加分", "bonus"
    DEDUCTION = "deduction", "扣分", "deduction"


class VetoEffect(LabelledEnum):
    """What a veto does."""

    ZERO_SCORE = "zero_score", "总分记零", "total becomes zero"
    LOWEST_GRADE = "lowest_grade", "等次降为最低", "grade becomes the lowest"


@part("缺报处理", "missing policy")
class MissingPolicy:
    """What is done where a figure is missing. Missing is never silently zero.

    ``min_share`` is for ``exclude``: the least share of a node's weight that must have data for the node to
    have a score.
    """

    action: MissingAction = field("处理", "action")
    method: Imputation | None = field("估补方法", "method", default=None)
    min_share: float = field("最低数据占比", "least share of data", default=0.0, ge=0, le=1)

    def _rules(self) -> Iterator[Finding]:
        if (self.action is MissingAction.IMPUTE) != (self.method is not None):
            yield IMPUTE_WITHOUT_METHOD.finding(field="method")


@part("评分规则", "rule")
class RuleSpec:
    """A scoring rule by name, with its parameters as plain data.

    >>> RuleSpec(kind="linear", params={"low": 0, "high": 300}).params["high"]
    300
    """

    kind: str = field("规则", "rule", form=Form.ID)
    params: Mapping[str, object] = field("参数", "parameters", default=FrozenDict())


@part("指标", "criterion")
class Criterion:
    """One node of the tree: a leaf with metric and rule, or an inner node with children."""

    id: str = field("标识", "id")
    title: str = field("名称", "title")
    title_en: str | None = field("英文名称", "English title", default=None)
    weight: float | None = field("权重", "weight", default=None, ge=0, le=1)
    points: float | None = field("分值", "points", default=None, ge=0, le=1e6)
    metric: str | None = field("数据项", "metric", default=None, form=Form.ID)
    rule: RuleSpec | None = field("评分标准", "rule", default=None)
    missing: MissingPolicy | None = field("缺报处理", "missing policy", default=None)
    aggregation: str = field("合成方法", "aggregation", default="arithmetic", form=Form.ID)
    children: tuple["Criterion", ...] = field("下级指标", "children", default=())
    note: str | None = field("说明", "note", default=None)

    @property
    def is_leaf(self) -> bool:
        """Whether the node has no children."""
        return not self.children

    def walk(self) -> Iterator["Criterion"]:
        """This node and all below it, each before its children, in order."""
        yield self
        for child in self.children:
            yield from child.walk()


@part("加减分项", "adjustment")
class Adjustment:
    """Points outside the tree: so many per unit of a metric, up to a cap."""

    id: str = field("标识", "id")
    title: str = field("名称", "title")
    title_en: str | None = field("英文名称", "English title", default=None)
    kind: AdjustmentKind = field("类别", "kind")
    metric: str = field("数据项", "metric", form=Form.ID)
    points_each: float = field("每单位分值", "points per unit", ge=0, le=1e6)
    cap: float = field("上限", "cap", ge=0, le=1e6)


@part("一票否决", "veto")
class Veto:
    """If a metric exceeds ``above``, the effect applies, whatever the score."""

    id: str = field("标识", "id")
    title: str = field("名称", "title")
    title_en: str | None = field("英文名称", "English title", default=None)
    metric: str = field("数据项", "metric", form=Form.ID)
    above: float = field("超过", "above", default=0.0)
    effect: VetoEffect = field("后果", "effect", default=VetoEffect.LOWEST_GRADE)


@part("等次", "grade band")
class GradeBand:
    """One grade: scores from ``lower`` up; ``inclusive`` says whether the boundary itself belongs to it."""

    grade: str = field("等次", "grade")
    grade_en: str | None = field("英文等次", "English grade", default=None)
    lower: float | None = field("下限", "lower bound", default=None)
    inclusive: bool = field("含下限", "boundary included", default=True)


@part("同类组", "peer group")
class PeerGroup:
    """Subjects that are compared with each other."""

    id: str = field("标识", "id")
    title: str = field("名称", "title")
    members: tuple[str, ...] = field("成员", "members", form=Form.ID)


@part("取整", "rounding")
class Rounding:
    """To how many decimals scores are published, and how; ranks and grades follow the rounded score."""

    decimals: int = field("小数位数", "decimals", default=2, ge=0, le=9)
    mode: RoundingMode = field("方式", "mode", default=RoundingMode.HALF_UP)


@record("scheme", "指标体系", "scheme")
class Scheme:
    """One version of an indicator scheme.

    >>> leaf = Criterion(id="days", title="开放天数", weight=1, metric="base.open_days",
    ...                  rule=RuleSpec(kind="ratio", params={"target": 300}))
    >>> scheme = Scheme(id="x.demo@1", name="x.demo", version="1", title="示例", subject="base",
    ...                 root=Criterion(id="total", title="总分", points=100, children=[leaf]))
    >>> [c.id for c in scheme.leaves()]
    ['days']
    """

    id: str = field("标识", "id")
    name: str = field("名称标识", "name", form=Form.ID, index=True)
    version: str = field("版本", "version", form=Form.ID)
    title: str = field("名称", "title")
    title_en: str | None = field("英文名称", "English title", default=None)
    subject: str = field("评价对象", "subject", form=Form.ID)
    root: Criterion = field("指标树", "tree")
    valid_from: dt.date | None = field("生效日期", "valid from", default=None)
    valid_to: dt.date | None = field("失效日期", "valid to", default=None)
    missing: MissingPolicy = field("缺报处理", "missing policy", default=MissingPolicy(action=MissingAction.FAIL))
    rounding: Rounding = field("取整", "rounding", default=Rounding())
    grades: tuple[GradeBand, ...] = field("等次", "grades", default=())
    adjustments: tuple[Adjustment, ...] = field("加减分项", "adjustments", default=())
    vetoes: tuple[Veto, ...] = field("一票否决", "vetoes", default=())
    peer_groups: tuple[PeerGroup, ...] = field("同类组", "peer groups", default=())
    illustrative: bool = field("示例", "illustrative", default=False)
    provenance: Provenance | None = field("出处", "provenance", default=None)

    def _rules(self) -> Iterator[Finding]:
        if self.id != f"{self.name}@{self.version}":
            yield WRONG_ID.finding(field="id", expected=f"{self.name}@{self.version}")
        if self.valid_from is not None and self.valid_to is not None and self.valid_to < self.valid_from:
            yield ENDS_BEFORE_START.finding(field="valid_to", start=self.valid_from, end=self.valid_to)
        yield from _unique_ids(self)
        yield from _tree_faults(self.root, "root", self.root.points)
        yield from _grade_faults(self.grades)
        yield from _group_faults(self.peer_groups)

    def leaves(self) -> Iterator[Criterion]:
        """The leaves of the tree, in order."""
        return (c for c in self.root.walk() if c.is_leaf)

    def metrics(self) -> tuple[str, ...]:
        """Every metric that the scheme needs, once, in order."""
        names = [c.metric for c in self.leaves()]
        names += [a.metric for a in self.adjustments] + [v.metric for v in self.vetoes]
        return tuple(dict.fromkeys(n for n in names if n is not None))

    def full_points(self) -> dict[str, float]:
        """What every node is worth, by id: its own points, or its weight times those above it."""
        worth: dict[str, float] = {}

        def visit(node: Criterion, points: float) -> None:
            worth[node.id] = points
            for child in node.children:
                visit(child, child.points if child.points is not None else points * (child.weight or 0.0))

        visit(self.root, self.root.points if self.root.points is not None else _points_below(self.root))
        return worth


def _points_below(node: Criterion) -> float:
    given = [c.points for c in node.children if c.points is not None]
    return math.fsum(given) if given else 100.0


def _unique_ids(scheme: Scheme) -> Iterator[Finding]:
    seen: set[str] = set()
    idents = [c.id for c in scheme.root.walk()]
    idents += [a.id for a in scheme.adjustments] + [v.id for v in scheme.vetoes]
    for ident in idents:
        if ident in seen:
            yield CRITERION_TWICE.finding(field=ident, criterion=ident)
        seen.add(ident)


def _tree_faults(node: Criterion, at: str, points: float | None) -> Iterator[Finding]:
    if node.is_leaf:
        for what in ("metric", "rule"):
            if getattr(node, what) is None:
                yield LEAF_WITHOUT_RULE.finding(field=f"{at}.{what}", criterion=node.id, what=what)
        return
    if node.metric is not None or node.rule is not None:
        yield LEAF_AND_NODE.finding(field=at, criterion=node.id)
    yield from _share_faults(node, at, points)
    for index, child in enumerate(node.children):
        worth = child.points
        if worth is None and points is not None and child.weight is not None:
            worth = points * child.weight
        yield from _tree_faults(child, f"{at}.children[{index}]", worth)


def _share_faults(node: Criterion, at: str, points: float | None) -> Iterator[Finding]:
    weights = [c.weight for c in node.children if c.weight is not None and c.points is None]
    worths = [c.points for c in node.children if c.points is not None and c.weight is None]
    count = len(node.children)
    if len(weights) == count:
        total = math.fsum(weights)
        if abs(total - 1) > _TOLERANCE:
            yield WEIGHTS_DO_NOT_ADD_UP.finding(
                field=f"{at}.children", criterion=node.id, total=f"{total:g}", parts=_sum(weights)
            )
    elif len(worths) == count:
        total = math.fsum(worths)
        if points is not None and abs(total - points) > _TOLERANCE * max(1.0, points):
            yield POINTS_DO_NOT_ADD_UP.finding(
                field=f"{at}.children",
                criterion=node.id,
                total=f"{total:g}",
                expected=f"{points:g}",
                parts=_sum(worths),
            )
    else:
        yield WEIGHTS_AND_POINTS_MIXED.finding(field=f"{at}.children", criterion=node.id)


def _sum(numbers: list[float]) -> str:
    return " + ".join(f"{n:g}" for n in numbers)


def _grade_faults(bands: tuple[GradeBand, ...]) -> Iterator[Finding]:
    before: float | None = None
    seen: set[str] = set()
    for index, band in enumerate(bands):
        at = f"grades[{index}]"
        if band.grade in seen:
            yield GRADE_TWICE.finding(field=f"{at}.grade", grade=band.grade)
        seen.add(band.grade)
        last = index == len(bands) - 1
        if band.lower is None:
            if not last:
                yield BAND_OPEN.finding(field=f"{at}.lower", grade=band.grade)
            continue
        if last:
            yield LAST_BAND_CLOSED.finding(field=f"{at}.lower", grade=band.grade, lower=band.lower)
        if before is not None and band.lower >= before:
            yield BANDS_NOT_FALLING.finding(field=f"{at}.lower", grade=band.grade)
        before = band.lower


def _group_faults(groups: tuple[PeerGroup, ...]) -> Iterator[Finding]:
    homes: dict[str, list[str]] = {}
    for group in groups:
        for member in group.members:
            homes.setdefault(member, []).append(group.title)
    for member, titles in sorted(homes.items()):
        if len(titles) > 1:
            yield IN_TWO_GROUPS.finding(field="peer_groups", member=member, groups=tuple(titles))
