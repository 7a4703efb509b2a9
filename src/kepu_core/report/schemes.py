"""What is told of the scheme of a scorecard: criteria and rules, bonus and deduction, vetoes and gates, grades."""

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from kepu_core.domain.scheme import Criterion
from kepu_core.language import Text
from kepu_core.report.model import Block, Column, Grid, Table

if TYPE_CHECKING:
    from kepu_core.scoring.scorecard import Scorecard

__all__ = ["scheme_blocks", "titled"]


def titled(what: object) -> Text:
    """The title of a criterion, scheme or the like, in Chinese where it has none in English."""
    title = getattr(what, "title", "")
    return Text(title, getattr(what, "title_en", None) or title)


def scheme_blocks(card: "Scorecard") -> Iterator[Block]:
    """The criteria with their rules, and what the scheme says besides them."""
    yield _criteria(card)
    yield from _beside_tree(card)


def _criteria(card: "Scorecard") -> Grid:
    columns = (
        Column(key="criterion", label=Text("指标", "criterion")),
        Column(key="points", label=Text("分值", "points"), decimals=2),
        Column(key="metric", label=Text("指标来源", "metric")),
        Column(key="rule", label=Text("计分规则", "rule")),
        Column(key="missing", label=Text("缺报处理", "if missing")),
        Column(key="note", label=Text("说明", "note")),
    )
    return Grid(
        key="criteria",
        title=Text("指标与规则", "criteria and rules"),
        table=Table(columns=columns, rows=tuple(_criterion(card, card.scheme.root, 0))),
    )


def _beside_tree(card: "Scorecard") -> Iterator[Block]:
    """What the scheme says besides its criteria: bonus and deduction, vetoes and gates, grades."""
    scheme = card.scheme
    if scheme.adjustments:
        yield _listed(
            "adjustments",
            Text("加分与扣分", "bonus and deduction"),
            (
                Text("名称", "name"),
                Text("类别", "kind"),
                Text("数据项", "metric"),
                Text("每单位分值", "points each"),
                Text("上限", "cap"),
            ),
            ((titled(a), a.kind, a.metric, a.points_each, a.cap) for a in scheme.adjustments),
        )
    if scheme.vetoes:
        yield _listed(
            "vetoes",
            Text("一票否决与门槛", "vetoes and gates"),
            (
                Text("名称", "name"),
                Text("监测", "watches"),
                Text("超过", "above"),
                Text("低于", "below"),
                Text("后果", "effect"),
            ),
            ((titled(v), v.metric or v.criterion, v.above, v.below, v.effect) for v in scheme.vetoes),
        )
    if scheme.grades:
        yield _listed(
            "grades",
            Text("等次", "grades"),
            (Text("等次", "grade"), Text("下限", "from"), Text("含下限", "itself included"), Text("名额占比", "quota")),
            ((Text(g.grade, g.grade_en or g.grade), g.lower, g.inclusive, g.quota) for g in scheme.grades),
        )


def _listed(key: str, title: Text, labels: Sequence[Text], rows: Iterable[tuple[object, ...]]) -> Grid:
    columns = tuple(Column(key=f"{key}-{n}", label=label) for n, label in enumerate(labels))
    return Grid(key=key, title=title, table=Table(columns=columns, rows=tuple(rows)))


def _criterion(card: "Scorecard", node: Criterion, depth: int) -> Iterator[tuple[object, ...]]:
    policy = node.missing or (card.scheme.missing if node.is_leaf else None)
    missing = None
    if policy is not None:
        missing = (
            policy.action.label
            if policy.method is None
            else Text("{a}（{m}）", "{a} ({m})").format(a=policy.action.label, m=policy.method.label)
        )
    title = titled(node)
    indent = "\u2003" * depth
    yield (
        Text(indent + title.zh, indent + title.en),
        card.outcome.worth[node.id],
        node.metric,
        _rule(node),
        missing,
        node.note,
    )
    for child in node.children:
        yield from _criterion(card, child, depth + 1)


def _rule(node: Criterion) -> str:
    if node.rule is None:
        return " · ".join([node.aggregation.kind, *(w.kind for w in node.weighting)])
    params = ", ".join(f"{name} = {_plain(value)}" for name, value in node.rule.params.items())
    return f"{node.rule.kind}: {params}" if params else node.rule.kind


def _plain(value: object) -> str:
    if isinstance(value, tuple):
        return " / ".join(map(_plain, value))
    return f"{value:g}" if isinstance(value, (int, float)) and not isinstance(value, bool) else str(value)
