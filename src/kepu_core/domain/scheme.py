"""Evaluation schemes: a versioned indicator tree, as data.

A :class:`Scheme` is a tree of :class:`Criterion`. A leaf binds a metric to a scoring rule; an inner node
aggregates its children. Every node is worth points: its own, or its weight times those of the node
above. Rules, metrics, aggregations and weightings are named, not held: a scheme is data that can be kept,
compared and checked without any plugin.

What always holds: ids are unique; each node is either leaf or inner; the weights of siblings add up to 1,
their points to those of the node above, unless a weighting makes them; grade bands fall strictly and say what
happens *at* the boundary.
"""

import datetime as dt
import math
from collections.abc import Iterable, Iterator, Mapping

from kepu_core.domain import scheme_faults as faults
from kepu_core.domain.errors import InvalidData
from kepu_core.domain.fields import field
from kepu_core.domain.findings import Finding
from kepu_core.domain.forms import Form
from kepu_core.domain.frozen import FrozenDict
from kepu_core.domain.provenance import Provenance
from kepu_core.domain.record import part, record, replace
from kepu_core.domain.scheme_policies import (
    Adjustment,
    AggregationSpec,
    GradeBand,
    GradeHistory,
    MissingAction,
    MissingPolicy,
    PeerGroup,
    Ranking,
    Rounding,
    RuleSpec,
    Scope,
    Screening,
    Treatment,
    Veto,
    WeightingSpec,
)

__all__ = ["Criterion", "Scheme", "tree_of"]


@part("指标", "criterion")
class Criterion:
    """One node of the tree: a leaf with metric and rule, or an inner node with children.

    A leaf's raw value is its metric, divided by ``denominator`` (another metric) and times ``per`` if given: per
    100,000 inhabitants is ``per=100_000``. ``inputs`` names further metrics that its rule asks for. ``reversed``
    turns the direction of a leaf, or of a whole branch. ``weighting`` makes the weights of the children, who
    then have none of their own.
    """

    id: str = field("标识", "id")
    title: str = field("名称", "title")
    title_en: str | None = field("英文名称", "English title", default=None)
    weight: float | None = field("权重", "weight", default=None, ge=0, le=1)
    points: float | None = field("分值", "points", default=None, ge=0, le=1e6)
    metric: str | None = field("数据项", "metric", default=None, form=Form.ID)
    denominator: str | None = field("分母", "denominator", default=None, form=Form.ID)
    per: float = field("每", "per", default=1.0)
    inputs: Mapping[str, object] = field("其他数据项", "further metrics", default=FrozenDict())
    rule: RuleSpec | None = field("评分标准", "rule", default=None)
    reversed: bool = field("反向", "reversed", default=False)
    missing: MissingPolicy | None = field("缺报处理", "missing policy", default=None)
    rejected: MissingPolicy | None = field("退回处理", "policy for rejected figures", default=None)
    treatment: Treatment | None = field("异常值处理", "outlier treatment", default=None)
    aggregation: AggregationSpec = field("合成方法", "aggregation", default=AggregationSpec(kind="arithmetic"))
    weighting: tuple[WeightingSpec, ...] = field("赋权方法", "weighting", default=())
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

    def metrics(self) -> tuple[str, ...]:
        """The metrics of this node itself: what is scored, what it is divided by, what its rule asks for."""
        names = (self.metric, self.denominator, *self.inputs.values())
        return tuple(str(n) for n in names if n is not None)

    def without(self, ident: str) -> "Criterion | None":
        """This tree without one node: its siblings take over its share. ``None`` if nothing is left.

        >>> rule = RuleSpec(kind="linear", params={"low": 0, "high": 1})
        >>> leaves = [Criterion(id=i, title=i, weight=w, metric="m", rule=rule) for i, w in (("a", .5), ("b", .5))]
        >>> [c.weight for c in Criterion(id="t", title="t", children=leaves).without("a").children]
        [1.0]
        """
        if self.id == ident:
            return None
        if self.is_leaf or all(node.id != ident for node in self.walk()):
            return self
        left = [made for child in self.children if (made := child.without(ident)) is not None]
        return replace(self, children=_filled_up(left, self.children)) if left else None


def _filled_up(left: list[Criterion], before: tuple[Criterion, ...]) -> tuple[Criterion, ...]:
    """What is left of some siblings, with the shares of those gone."""
    weight = math.fsum(c.weight or 0.0 for c in left)
    points, whole = math.fsum(c.points or 0.0 for c in left), math.fsum(c.points or 0.0 for c in before)
    return tuple(
        replace(scaled(child, whole / points), weight=None)
        if child.points is not None and points
        else replace(child, weight=child.weight / weight)
        if child.weight is not None and weight
        else child
        for child in left
    )


def scaled(node: Criterion, factor: float) -> Criterion:
    """A branch worth ``factor`` times as many points, all the way down."""
    points = None if node.points is None else node.points * factor
    return replace(node, points=points, children=tuple(scaled(child, factor) for child in node.children))


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
    title: str = field("名称", "title", searched=True)
    title_en: str | None = field("英文名称", "English title", default=None, searched=True)
    subject: str = field("评价对象", "subject", form=Form.ID)
    root: Criterion = field("指标树", "tree")
    valid_from: dt.date | None = field("生效日期", "valid from", default=None)
    valid_to: dt.date | None = field("失效日期", "valid to", default=None)
    missing: MissingPolicy = field("缺报处理", "missing policy", default=MissingPolicy(action=MissingAction.FAIL))
    rejected: MissingPolicy | None = field("退回处理", "policy for rejected figures", default=None)
    screening: Screening | None = field("数据筛选", "screening", default=None)
    treatment: Treatment | None = field("异常值处理", "outlier treatment", default=None)
    normalise_within: Scope = field("标准化范围", "normalise within", default=Scope.ALL)
    rounding: Rounding = field("取整", "rounding", default=Rounding())
    ranking: Ranking = field("排名", "ranking", default=Ranking())
    grades: tuple[GradeBand, ...] = field("等次", "grades", default=())
    grade_within: Scope = field("评等范围", "grade within", default=Scope.ALL)
    grade_history: tuple[GradeHistory, ...] = field("连年等次", "grades over years", default=())
    adjustments: tuple[Adjustment, ...] = field("加减分项", "adjustments", default=())
    bonus_cap: float | None = field("加分总上限", "cap of all bonus", default=None, ge=0, le=1e6)
    deduction_cap: float | None = field("扣分总上限", "cap of all deductions", default=None, ge=0, le=1e6)
    vetoes: tuple[Veto, ...] = field("否决和门槛", "vetoes and gates", default=())
    peer_groups: tuple[PeerGroup, ...] = field("同类组", "peer groups", default=())
    illustrative: bool = field("示例", "illustrative", default=False)
    provenance: Provenance | None = field("出处", "provenance", default=None)

    def _rules(self) -> Iterator[Finding]:
        return faults.scheme_faults(self)

    def leaves(self) -> Iterator[Criterion]:
        """The leaves of the tree, in order."""
        return (c for c in self.root.walk() if c.is_leaf)

    def metrics(self) -> tuple[str, ...]:
        """Every metric that the scheme needs, once, in order."""
        names: list[str | None] = [name for leaf in self.leaves() for name in leaf.metrics()]
        names += [a.metric for a in self.adjustments] + [v.metric for v in self.vetoes]
        return tuple(dict.fromkeys(n for n in names if n is not None))

    def full_points(self, weights: Mapping[str, Mapping[str, float]] | None = None) -> dict[str, float]:
        """What every node is worth, by id: its own points, or its weight times those above it.

        ``weights`` are those that weightings have made, by node and child; without them, the children
        of a node with a weighting share alike.
        """
        worth: dict[str, float] = {}

        def visit(node: Criterion, points: float) -> None:
            worth[node.id] = points
            made = (weights or {}).get(node.id)
            for child in node.children:
                if node.weighting:
                    share = made[child.id] if made else 1 / len(node.children)
                    visit(child, points * share)
                else:
                    visit(child, child.points if child.points is not None else points * (child.weight or 0.0))

        visit(self.root, self.root.points if self.root.points is not None else _points_below(self.root))
        return worth

    def policy(self, node: Criterion) -> MissingPolicy:
        """What is done where a figure of a node is missing: its own policy, or that of the scheme."""
        return node.missing or self.missing

    def group_of(self, subject: str) -> PeerGroup | None:
        """The peer group of a subject."""
        return next((g for g in self.peer_groups if subject in g.members), None)


def _points_below(node: Criterion) -> float:
    given = [c.points for c in node.children if c.points is not None]
    return math.fsum(given) if given else 100.0


def tree_of(rows: Iterable[tuple[str | None, Criterion]]) -> Criterion:
    """The tree from a flat list of (id of the parent, node): how sheets give it. Order among siblings is kept.

    Raises :class:`InvalidData` with every fault: ids twice, unknown parents, a cycle, no root or several.

    >>> rule = RuleSpec(kind="linear", params={"low": 0, "high": 1})
    >>> tree = tree_of([("t", Criterion(id="a", title="a", weight=1, metric="m", rule=rule)),
    ...                 (None, Criterion(id="t", title="t"))])
    >>> [c.id for c in tree.walk()]
    ['t', 'a']
    """
    listed = list(rows)
    nodes, parent = {node.id: node for _, node in listed}, {node.id: above for above, node in listed}
    found = tuple(faults.flat_faults([(above, node.id) for above, node in listed]))
    if found:
        raise InvalidData(found)
    below: dict[str, list[str]] = {}
    for ident, above in parent.items():
        below.setdefault(above or "", []).append(ident)

    def build(ident: str) -> Criterion:
        children = tuple(build(child) for child in below.get(ident, ()))
        return replace(nodes[ident], children=children)

    return build(below[""][0])
