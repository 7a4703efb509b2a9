"""What is told of the scheme of a scorecard: criteria and rules, bonus and deduction, vetoes and gates, grades."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from kepu_core.codec.rows import number_text
from kepu_core.domain.fields import fields_of
from kepu_core.domain.scheme import Criterion, Scheme
from kepu_core.domain.scheme_policies import AdjustmentKind, Veto
from kepu_core.language import Text
from kepu_core.report.model import Block, Column, Grid, Table

if TYPE_CHECKING:
    from kepu_core.scoring.methods import MethodType
    from kepu_core.scoring.scorecard import Scorecard

__all__ = ["scheme_blocks", "titled"]

_ALL = Text("合计不超过", "together at most")


def titled(what: object) -> Text:
    """The title of a criterion, scheme or the like, in Chinese where it has none in English."""
    title = getattr(what, "title", "")
    return Text(title, getattr(what, "title_en", None) or title)


def scheme_blocks(card: "Scorecard") -> Iterator[Block]:
    """The criteria with their rules, and what the scheme says besides them."""
    yield _criteria(card)
    yield from _beside_tree(card)
    yield _published(card.scheme)


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
            (
                *((titled(a), a.kind, a.metric, a.points_each, a.cap) for a in scheme.adjustments),
                *(
                    (label, kind, None, None, cap)
                    for label, kind, cap in (
                        (_ALL, AdjustmentKind.BONUS, scheme.bonus_cap),
                        (_ALL, AdjustmentKind.DEDUCTION, scheme.deduction_cap),
                    )
                    if cap is not None
                ),
            ),
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
            ((titled(v), _watched(v, scheme), v.above, v.below, _effect(v)) for v in scheme.vetoes),
        )
    if scheme.grades:
        yield _listed(
            "grades",
            Text("等次", "grades"),
            (Text("等次", "grade"), Text("下限", "from"), Text("含下限", "itself included"), Text("名额占比", "quota")),
            ((Text(g.grade, g.grade_en or g.grade), g.lower, g.inclusive, g.quota) for g in scheme.grades),
        )


def _watched(veto: Veto, scheme: Scheme) -> Text | str | None:
    found = next((node for node in scheme.root.walk() if node.id == veto.criterion), None)
    return veto.metric if found is None else titled(found)


def _effect(veto: Veto) -> Text:
    """What a veto does, and to which grade or score it holds a subject."""
    limit = veto.grade if veto.score is None else number_text(veto.score)
    label = veto.effect.label
    return label if limit is None else Text("{e}：{l}", "{e}: {l}").format(e=label, l=limit)


def _published(scheme: Scheme) -> Grid:
    """How scores become published ones and ranks: what a reader needs who computes them again."""
    titles = {node.id: titled(node) for node in scheme.root.walk()}
    parted = [titles[ident] for ident in scheme.ranking.tie_break if ident in titles]
    rounded = Text("{n} 位小数，{m}", "{n} decimals, {m}").format(
        n=scheme.rounding.decimals, m=scheme.rounding.mode.label
    )
    rows = [
        (Text("取整", "rounding"), rounded),
        (Text("并列名次", "equal scores"), scheme.ranking.ties.label),
        (
            Text("同分比较", "tie-break"),
            Text("、".join(t.zh for t in parted), ", ".join(t.en for t in parted)) if parted else None,
        ),
        (Text("标准化范围", "normalised within"), scheme.normalise_within.label),
        (Text("评等范围", "graded within"), scheme.grade_within.label if scheme.grades else None),
    ]
    labels = (Text("事项", "what"), Text("规定", "how"))
    return _listed("published", Text("取整、排名与范围", "rounding, ranking, scope"), labels, [r for r in rows if r[1]])


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
        _figure(card, node),
        _rule(card, node),
        missing,
        node.note,
    )
    for child in node.children:
        yield from _criterion(card, child, depth + 1)


def _figure(card: "Scorecard", node: Criterion) -> Text | None:
    """What is measured: a metric, divided by another, per so many; by title and id."""
    if node.metric is None:
        return None
    told = _named(card, node.metric)
    if node.denominator is not None:
        below = _named(card, node.denominator)
        told = Text(f"{told.zh} ÷ {below.zh}", f"{told.en} ÷ {below.en}")
    return (
        told if node.per == 1 else Text(f"{told.zh} × {number_text(node.per)}", f"{told.en} × {number_text(node.per)}")
    )


def _named(card: "Scorecard", ident: str) -> Text:
    metric = card.bound.metrics.get(ident)
    if metric is None or metric.title.zh == ident:
        return Text(ident, ident)
    return Text(f"{metric.title.zh}（{ident}）", f"{metric.title.en} ({ident})")


def _rule(card: "Scorecard", node: Criterion) -> Text:
    """How figures become shares, or shares of criteria become one: by the label of the method, with its figures."""
    spec, methods = node.rule or node.aggregation, card.bound.methods
    used = card.bound.rules.get(node.id) if node.rule else card.bound.aggregations.get(node.id)
    labels = {f.name: f.label for f in fields_of(type(used))} if hasattr(type(used), "__kepu_record__") else {}
    words = [_called(methods, spec.kind), *(_called(methods, w.kind) for w in node.weighting)]
    figures = [(labels.get(name, Text(name, name)), _plain(value)) for name, value in spec.params.items()]
    zh = [" · ".join(w.zh for w in words), "，".join(f"{label.zh} {value}" for label, value in figures)]
    en = [" · ".join(w.en for w in words), ", ".join(f"{label.en} {value}" for label, value in figures)]
    told = Text("：".join(filter(None, zh)), ": ".join(filter(None, en)))
    return Text(f"{told.zh}（反向）", f"{told.en} (reversed)") if node.reversed else told


def _called(methods: "Mapping[str, MethodType]", kind: str) -> Text:
    return methods[kind].label if kind in methods else Text(kind, kind)


def _plain(value: object) -> str:
    if isinstance(value, tuple):
        return " / ".join(map(_plain, value))
    return number_text(value) if isinstance(value, (int, float)) and not isinstance(value, bool) else str(value)
