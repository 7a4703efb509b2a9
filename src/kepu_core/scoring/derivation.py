"""From the columns of an outcome to the explanation of one subject."""

from collections.abc import Callable, Iterator
from decimal import Decimal
from functools import partial

from kepu_core.domain.errors import CAUGHT
from kepu_core.domain.scheme import Criterion, Scheme
from kepu_core.domain.scheme_policies import Transform
from kepu_core.language import Text
from kepu_core.scoring.check import BoundScheme
from kepu_core.scoring.columns import Flag, LeafColumn, NodeColumn, Outcome
from kepu_core.scoring.explanation import Line, NodeLine
from kepu_core.scoring.rounding import rounded_decimal
from kepu_core.scoring.values import Reason

__all__ = ["extra_lines", "node_lines", "veto_texts"]

# Far below any published precision, and coarse enough to be free of the noise of binary sums.
_GRAIN = Decimal(1).scaleb(-12)
_NOISE = Decimal(1).scaleb(-9)


def decimal(number: float) -> Decimal:
    """A number as a decimal, free of the noise of binary sums."""
    exact = Decimal(repr(number)).quantize(_GRAIN)
    return exact or abs(exact)


def node_lines(bound: BoundScheme, outcome: Outcome, at: int) -> tuple[NodeLine, ...]:
    """The lines of all nodes for the subject at a position, each before its children."""
    root = bound.scheme.root
    scored = bool(outcome.scored[at])
    return tuple(_lines(bound, outcome, root, at, 0, 1.0, 1.0 if scored else 0.0))


def _lines(
    bound: BoundScheme, o: Outcome, node: Criterion, at: int, depth: int, weight: float, factor: float
) -> Iterator[NodeLine]:
    """``factor`` is by how much the node's share enters the total; a reversed branch enters negatively."""
    column, full = o.nodes[node.id], o.worth[node.id]
    share = column.share_at(at)
    below: list[NodeLine] = []
    direct = Decimal(0)
    if not node.is_leaf:
        weights = _weights_at(node, column, o, at)
        for child in node.children:
            enters = factor * weights[child.id] * (-1.0 if node.reversed else 1.0)
            lines = list(_lines(bound, o, child, at, depth + 1, weights[child.id], enters))
            direct += lines[0].contribution
            below += lines
    contribution = decimal((share or 0.0) * factor * o.worth[bound.scheme.root.id])
    effect = contribution - direct if not node.is_leaf else Decimal(0)
    line = partial(
        NodeLine,
        id=node.id,
        title=Text(node.title, node.title_en or node.title),
        depth=depth,
        full=full,
        weight=weight,
        share=share,
        points=share * full if share is not None else None,
        contribution=contribution,
        coverage=float(column.coverage(at)),
        rescaled=bool(column.rescaled[at]),
    )
    if node.is_leaf:
        yield _leaf_line(bound, o, node, at, line)
        return
    yield line(
        leaf=False,
        aggregation=node.aggregation.kind,
        effect=effect if abs(effect) > _NOISE else Decimal(0),
    )
    yield from below


def _weights_at(node: Criterion, column: NodeColumn, o: Outcome, at: int) -> dict[str, float]:
    """By how much each child enters for one subject: rescaled where some have no data."""
    known = {c.id: column.weights[c.id] if o.nodes[c.id].known[at] else 0.0 for c in node.children}
    whole = sum(known.values())
    enters = bool(column.known[at]) and whole > 0
    return {ident: weight / whole if enters else 0.0 for ident, weight in known.items()}


def _leaf_line(bound: BoundScheme, o: Outcome, node: Criterion, at: int, line: Callable[..., NodeLine]) -> NodeLine:
    leaf = o.leaves[node.id]
    flag = leaf.flag_at(at)
    known = bool(leaf.known[at])
    return line(
        leaf=True,
        metric=node.metric,
        unit=bound.metrics[node.metric or ""].unit,
        rule=node.rule.kind if node.rule else None,
        reported=float(leaf.given.numbers[at]) if leaf.given.known[at] else None,
        raw=float(leaf.untreated[at] if flag is not Flag.DRAWN_IN else leaf.raw[at])
        if known and flag is not Flag.ZERO
        else None,
        given=flag is Flag.NONE,
        reason=Reason(int(leaf.values.reasons[at])),
        flag=flag,
        transform=leaf.transform if known and flag is not Flag.ZERO else Transform.NONE,
        sources=_sources(leaf, at),
    )


def _sources(leaf: LeafColumn, at: int) -> tuple[str, ...]:
    """The records behind a figure; a metric that cannot tell them does not keep the score from being explained."""
    try:
        return tuple(leaf.values.lineage(at))
    except CAUGHT as error:
        return (f"? {type(error).__name__}: {error}",)


def extra_lines(
    scheme: Scheme, outcome: Outcome, at: int, nodes: tuple[NodeLine, ...]
) -> tuple[tuple[Line, ...], Decimal]:
    """The lines outside the tree, which make the sum of all lines the published score; and that score."""
    score = rounded_decimal(float(outcome.total[at]), scheme.rounding)
    lines = [
        Line(
            id=a.id,
            title=Text(a.title, a.title_en or a.title),
            contribution=decimal(float(outcome.adjustments[a.id][at])),
        )
        for a in scheme.adjustments
    ]
    earned = sum((n.contribution if n.leaf else n.effect for n in nodes), Decimal(0))
    given = sum((x.contribution for x in lines), Decimal(0))
    allowed = decimal(float(outcome.adjusted[at])) if outcome.adjusted is not None else Decimal(0)
    if abs(allowed - given) > _NOISE:
        title = Text("加减分总上限", "cap of all bonus or deductions")
        lines.append(Line(id="cap", title=title, contribution=allowed - given))
        given = allowed
    earned += given
    exact = decimal(float(outcome.total[at]))
    if abs(exact - earned) > _NOISE:  # a veto, or a deduction below zero
        lines.append(Line(id="limit", title=Text("否决或下限", "veto or lower limit"), contribution=exact - earned))
        earned = exact
    if score != earned:
        lines.append(Line(id="rounding", title=Text("取整", "rounding"), contribution=score - earned))
    return tuple(lines), score


def veto_texts(scheme: Scheme, outcome: Outcome, at: int) -> tuple[Text, ...]:
    """The vetoes and gates that caught a subject, in words."""
    return tuple(
        Text(
            f"否决或门槛：{v.title}（{v.effect.label.zh}）",
            f"veto or gate: {v.title_en or v.title} ({v.effect.label.en})",
        )
        for v in scheme.vetoes
        if outcome.vetoed[v.id][at]
    )
