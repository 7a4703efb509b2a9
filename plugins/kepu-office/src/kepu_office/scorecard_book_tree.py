"""The middle sheets: the share of every criterion as a formula, up to the root, and the points that follow."""

from functools import partial
from typing import Any

from kepu_core import Criterion, Text
from kepu_core.scoring.columns import Flag
from kepu_office.scorecard_book_aggregations import Branch, available_formula, node_formula
from kepu_office.scorecard_book_figures import parameter
from kepu_office.scorecard_book_rules import FACTS, Spot, share_formula
from kepu_office.scorecard_book_sheets import FULL, WEIGHT, Address
from kepu_office.scorecard_book_work import Work, titled

__all__ = ["write_tree"]

MOST_COMPARED = 5_000
"""With more subjects, comparing each with all others in formulas would take a spreadsheet minutes."""
_AVAILABLE = Text("有数权重", "weight with data")
_LEAST = Text("最低数据占比", "least share of data")
_POWER = Text("指数", "power")
_NO_RULE = Text("规则 {kind} 没有公式", "there is no formula for the rule {kind}")
_NO_AGGREGATION = Text("合成方法 {kind} 没有公式", "there is no formula for the aggregation {kind}")
_MADE = Text("权重由赋权方法 {kinds} 得出", "weights made by {kinds}")
_SHOWN = "0.0000"
_COMPARING = frozenset({"rank", "percentile_rank", "borda"})


def write_tree(work: Work) -> None:
    """Shares and points: first all columns, for formulas name columns of both sheets."""
    root, worth = work.card.scheme.root, work.card.outcome.worth
    available: dict[str, Address] = {}
    for node in root.walk():
        what = _method(work, node)
        if not node.is_leaf:
            available[node.id] = work.shares.column(f"{titled(node)} · {_AVAILABLE}", node.id)
        work.share_of[node.id] = work.shares.column(titled(node), node.id, what)
        work.points_of[node.id] = work.points.column(titled(node), node.id)
    work.points.header(work.points_of[root.id], FULL, worth[root.id])
    for node in root.walk():
        _weights(work, node)
    for node in root.walk():
        if node.is_leaf:
            _leaf(work, node)
        else:
            _inner(work, node, available[node.id])
        _points(work, node)


def _method(work: Work, node: Criterion) -> str:
    kind = node.rule.kind if node.rule else node.aggregation.kind
    method = work.card.bound.methods.get(kind)
    return kind if method is None else f"{method.label}（{kind}）"


def _weights(work: Work, node: Criterion) -> None:
    made = bool(node.weighting)
    if made:
        kinds = tuple(w.kind for w in node.weighting)
        work.engine(titled(node), _MADE.format(kinds=kinds))
    for child in node.children:
        weight = work.card.outcome.nodes[node.id].weights[child.id]
        share, points = work.share_of[child.id], work.points_of[child.id]
        work.shares.header(share, WEIGHT, weight, kind="engine" if made else "figure")
        whole = work.points_of[node.id].fixed(FULL, work.points.name)
        work.points.header(points, FULL, work.card.outcome.worth[child.id], formula=f"{whole}*{share.fixed(WEIGHT)}")


def _leaf(work: Work, node: Criterion) -> None:
    column, where = work.card.outcome.leaves[node.id], work.share_of[node.id]
    used, shares, kind = work.used_of[node.id], column.share, node.rule.kind if node.rule else ""
    compared = kind in _COMPARING and len(work.order.positions) > MOST_COMPARED
    for at, place in enumerate(work.order.positions):
        known = bool(column.known[place])
        value = float(shares[place]) if known else None
        text = None if compared else share_formula(_spot(work, node, at))
        if text is None:
            work.engine(titled(node), _NO_RULE.format(kind=kind))
            work.shares.value(where, at, value, "engine", _SHOWN)
            continue
        otherwise = "0" if column.flag_at(place) is Flag.ZERO and known else '""'
        figure = used.cell(at)
        given = "" if value is None else value
        work.shares.formula(where, at, f"IF(ISNUMBER({figure}),{text},{otherwise})", given, _SHOWN)


def _spot(work: Work, node: Criterion, at: int) -> Spot:
    column, used = work.card.outcome.leaves[node.id], work.used_of[node.id]
    rule: Any = work.card.bound.rules[node.id]
    block = work.order.block_of(at)

    def figure(role: str) -> str | None:
        return work.figure_of[str(node.inputs[role])].cell(at) if role in node.inputs else None

    def subject(ident: str) -> str | None:
        row = work.row_of.get(ident, -1)
        return used.cell(row) if block[0] <= row < block[1] else None

    return Spot(
        x=used.cell(at),
        rule=rule,
        higher=column.higher,
        param=partial(parameter, work, node, rule),
        fact=partial(_fact, work, node, block),
        figure=figure,
        subject=subject,
        points=work.points_of[node.id].fixed(FULL),
        peers=used.span(*block),
    )


def _fact(work: Work, node: Criterion, block: tuple[int, int], name: str) -> str:
    """The cell of what the peers of a leaf have in common."""
    label, formula, value = FACTS[name]
    column = work.card.outcome.leaves[node.id]
    places = [p for p in work.order.positions[slice(*block)] if column.known[p] and column.scored[p]]
    numbers = [float(column.raw[p]) for p in places]
    several = f" {work.order.blocks.index(block) + 1}" if len(work.order.blocks) > 1 else ""
    made = formula.format(r=work.used_of[node.id].span(*block))
    key = f"{name}@{block[0]}"
    return work.parameters.formula(work.owner(node), key, f"{label}{several}", made, value(numbers) if numbers else 0.0)


def _inner(work: Work, node: Criterion, available: Address) -> None:
    column, where, sheet = work.card.outcome.nodes[node.id], work.share_of[node.id], work.shares.name
    shares, method = column.shares(), work.card.bound.aggregations[node.id]
    least = work.card.scheme.policy(node).min_share
    owner = work.owner(node)
    least_cell = work.parameters.number(owner, "min_share", str(_LEAST), least)
    for at, place in enumerate(work.order.positions):
        children = [
            (work.share_of[child.id].cell(at, sheet), work.share_of[child.id].fixed(WEIGHT, sheet))
            for child in node.children
        ]
        known = {child.id: bool(work.card.outcome.nodes[child.id].known[place]) for child in node.children}
        left = sum(column.weights[ident] for ident, there in known.items() if there)
        whole = available_formula(children)
        if whole is None:
            work.shares.value(available, at, left, "engine")
        else:
            work.shares.formula(available, at, whole, left, _SHOWN)
        value = float(shares[place]) if column.known[place] else None
        branch = Branch(
            method=method,
            children=children,
            available=available.cell(at, sheet),
            least=least_cell,
            bounded=column.bounded,
            reversed=node.reversed,
            power=lambda: work.parameters.number(owner, "power", str(_POWER), getattr(method, "power", 1.0)),
        )
        text = node_formula(branch)
        if text is None:
            work.engine(titled(node), _NO_AGGREGATION.format(kind=node.aggregation.kind))
            work.shares.value(where, at, value, "engine", _SHOWN)
        else:
            work.shares.formula(where, at, text, "" if value is None else value, _SHOWN)


def _points(work: Work, node: Criterion) -> None:
    column, full, where = work.card.outcome.nodes[node.id], work.card.outcome.worth[node.id], work.points_of[node.id]
    shares = column.shares()
    for at, place in enumerate(work.order.positions):
        share = work.share_of[node.id].cell(at)
        value = float(shares[place]) * full if column.known[place] else ""
        text = f'IF(ISNUMBER({share}),{share}*{where.fixed(FULL, where.sheet)},"")'
        work.points.formula(where, at, text, value, _SHOWN)
