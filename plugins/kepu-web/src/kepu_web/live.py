"""What the page needs to weigh the criteria below the root anew, and whether it can do so exactly.

The page holds the shares that each subject has of those criteria, and what stands outside the tree; no names. It adds up
in the order of the engine and rounds in decimals as the engine does. A branch in which points are given per unit is
held with its figures, since shares change there with what a criterion is worth. Where the engine would do more (other
rules that ask for the points, aggregations that compare subjects), no sliders are offered.
"""

import base64
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any

import numpy as np
from attrs import frozen

from kepu_core import Criterion, Scorecard, Text
from kepu_core.domain.scheme_policies import Veto, VetoEffect
from kepu_core.scoring.aggregations import Arithmetic, Generalised, Geometric, Harmonic, Minimum
from kepu_core.scoring.columns import LeafColumn
from kepu_core.scoring.grading import caught
from kepu_core.scoring.rules import PerUnit
from kepu_core.scoring.tables import shown_value

__all__ = ["LiveView", "Slider", "Standing", "live_view"]

_COMPUTED = {
    Arithmetic: "arithmetic",
    Generalised: "generalised",
    Geometric: "geometric",
    Harmonic: "harmonic",
    Minimum: "minimum",
}
"""The aggregations that the page computes: each subject's share follows from its own children."""
_MOST_NUMBERS = 60_000
"""More shares would make the page heavier than it may be."""

_TOO_FEW = Text(
    "一级指标不足两项，没有权重可调。", "There are fewer than two criteria below the root: nothing to weigh."
)
_NOBODY = Text("没有对象有得分。", "Nobody has a score.")
_METHOD = Text(
    "合成方法 {kind} 须同时比较所有对象，或来自插件，本页不能照样计算。",
    "The aggregation {kind} compares all subjects or is a plugin's: the page cannot compute it.",
)
_POINTS = Text(
    "以下指标的得分率与其分值有关，权重一变须由引擎重新评分：{titles}。",
    "What these criteria give depends on what they are worth: only the engine can weigh them anew: {titles}.",
)
_UNBOUNDED = Text(
    "合成方法 {kind} 不适用于可能为负的得分率。", "The aggregation {kind} has no meaning where shares may be negative."
)
_TOO_MANY = Text("对象太多，本页放不下全部数据。", "There are too many subjects to put all figures on the page.")


@frozen(kw_only=True)
class Slider:
    """A criterion and its weight, in hundredths."""

    title: str
    percent: str


@frozen(kw_only=True)
class Standing:
    """A subject as published."""

    name: str
    rank: str
    score: str


@frozen(kw_only=True)
class LiveView:
    """Sliders, and the published standing of each subject in the order of ``data``; or ``why`` there are none.

    ``made`` says that the published weights come from a weighting method.
    """

    why: str = ""
    made: bool = False
    sliders: Sequence[Slider] = ()
    standings: Sequence[Standing] = ()
    data: Mapping[str, Any] | None = None


def live_view(card: Scorecard) -> LiveView:
    """What the page needs to weigh anew, or why it cannot."""
    asking = [leaf for leaf in card.scheme.leaves() if _asks_for_points(card, leaf)]
    tree = _Tree(card, frozenset(leaf.id for leaf in asking))
    why = _hindrance(card, asking, tree)
    if why is not None:
        return LiveView(why=str(why))
    root, decimals = card.scheme.root, card.scheme.rounding.decimals
    weights = card.outcome.nodes[root.id].weights
    return LiveView(
        made=bool(root.weighting),
        sliders=tuple(
            Slider(title=str(Text(node.title, node.title_en or node.title)), percent=f"{weights[node.id] * 100:.10g}")
            for node in root.children
        ),
        standings=tuple(
            Standing(name=row.name, rank=_place(row.rank), score=shown_value(row.score, decimals))
            for row in card.standings
        ),
        data=_data(card, tree),
    )


def _place(rank: float | None) -> str:
    return "" if rank is None else f"{rank:g}"


def _hindrance(card: Scorecard, asking: Sequence[Criterion], tree: "_Tree") -> Text | None:
    """Why the page cannot compute what the engine would, nothing if it can."""
    if len(card.scheme.root.children) < 2:  # noqa: PLR2004 - one weight cannot be changed
        return _TOO_FEW
    if not card.outcome.scored.any():
        return _NOBODY
    strange = [leaf for leaf in asking if type(card.bound.rules[leaf.id]) is not PerUnit]
    weighed = [node for node in tree.opened[1:] if node.weighting]
    if strange or weighed:
        named = strange or weighed
        titles = Text("、".join(x.title for x in named), ", ".join(x.title_en or x.title for x in named))
        return _POINTS.format(titles=titles)
    for node in tree.opened:
        method, kind = card.bound.aggregations[node.id], node.aggregation.kind
        if type(method) not in _COMPUTED:
            return _METHOD.format(kind=kind)
        if not isinstance(method, Arithmetic) and not card.outcome.nodes[node.id].bounded:
            return _UNBOUNDED.format(kind=kind)
    if len(card) * tree.columns > _MOST_NUMBERS:
        return _TOO_MANY
    return None


class _AskedError(Exception):
    """A rule asked what its criterion is worth."""


class _Watched:
    """The cells of a rule, which do not say what the criterion is worth."""

    def __init__(self, cells: Any) -> None:
        self._cells = cells

    def __getattr__(self, name: str) -> Any:
        if name == "points":
            raise _AskedError
        return getattr(self._cells, name)


def _asks_for_points(card: Scorecard, leaf: Criterion) -> bool:
    """Whether the rule of a leaf looks at its points; one that cannot be watched counts as if it did."""
    column, rule = card.outcome.leaves[leaf.id], card.bound.rules[leaf.id]
    try:
        with np.errstate(all="ignore"):
            for (_, fitted), cells in zip(column.rules, _watched(column), strict=True):
                for step in ("derive", "fit"):
                    if hasattr(rule, step):
                        getattr(rule, step)(cells)
                fitted.shares(cells)
    except Exception:  # noqa: BLE001 - rules come from plugins: whatever they do, they are not computed here
        return True
    return False


def _watched(column: LeafColumn) -> Iterator[Any]:
    """The cells that each of the fitted rules scores."""
    for members, _ in column.rules:
        inside = np.flatnonzero(column.scored)
        yield _Watched(column.cells(inside if members is None else members[column.scored[members]]))


_MOVING = frozenset({VetoEffect.ZERO_SCORE, VetoEffect.CAP_SCORE, VetoEffect.UNRANKED})
"""Vetoes that change scores or ranks; the others change grades only, which are not computed again."""


class _Tree:
    """The tree as the page holds it: branches in which no rule asks for points are held as shares, others are opened.

    ``opened`` are the nodes that are opened, the root first; ``columns`` how many numbers a subject has.
    """

    def __init__(self, card: Scorecard, asking: frozenset[str]) -> None:
        self._card, self._asking = card, asking
        place = {subject: at for at, subject in enumerate(card.subjects)}
        self.order = [place[row.subject] for row in card.standings]
        root = card.scheme.root
        self.opened = [root, *(node for child in root.children for node in child.walk() if self._opens(node))]
        self.columns = sum(not self._opens(child) for node in self.opened for child in node.children)
        self._measured: dict[str, int] = {}
        self.measures: list[Mapping[str, Any]] = []

    def _moves(self, node: Criterion) -> bool:
        """Whether shares of a node change with what it is worth."""
        return any(below.id in self._asking for below in node.walk())

    def _opens(self, node: Criterion) -> bool:
        return not node.is_leaf and self._moves(node)

    def made(self, node: Criterion) -> Mapping[str, Any]:
        """A node with all below it; the root is always opened."""
        if node is not self._card.scheme.root and not self._opens(node):
            return self._per_unit(node) if self._moves(node) else {"shares": self._shares(node.id)}
        column, method = self._card.outcome.nodes[node.id], self._card.bound.aggregations[node.id]
        return {
            "method": _COMPUTED[type(method)],
            "power": getattr(method, "power", None),
            "least": self._card.scheme.policy(node).min_share,
            "bounded": column.bounded,
            "reversed": node.reversed,
            "weights": [column.weights[child.id] for child in node.children],
            "children": [self.made(child) for child in node.children],
        }

    def _per_unit(self, leaf: Criterion) -> Mapping[str, Any]:
        """Figures; where missing counts as no points, there are no units."""
        column = self._card.outcome.leaves[leaf.id]
        raw = np.where(column.scored, column.raw, 0.0)
        figures = _packed(raw, column.known, self.order)
        return {"each": getattr(self._card.bound.rules[leaf.id], "points_each", 0.0), "raw": figures}

    def _shares(self, ident: str) -> str:
        node = self._card.outcome.nodes[ident]
        return _packed(node.shares(), node.known, self.order)

    def measure(self, ident: str) -> int:
        """Where a criterion stands among those whose points part equal scores or open a gate."""
        if ident not in self._measured:
            self._measured[ident] = len(self.measures)
            way = _way(self._card.scheme.root, ident)
            last = way[-1]
            held = None if last is self._card.scheme.root or self._moves(last) else self._shares(ident)
            steps = [above.children.index(below) for above, below in pairwise(way)]
            weights = [self._card.outcome.nodes[a.id].weights[b.id] for a, b in pairwise(way[1:])]
            self.measures.append({"steps": steps, "weights": weights, "shares": held})
        return self._measured[ident]


def _packed(numbers: Any, known: Any, order: Sequence[int]) -> str:
    """Numbers in some order, exactly and in half the room of their digits: binary, in base64; NaN where unknown."""
    return base64.b64encode(np.where(known, numbers, np.nan)[order].astype("<f8").tobytes()).decode()


def _way(node: Criterion, ident: str) -> tuple[Criterion, ...]:
    """The nodes from one down to another, nothing if that is not below it."""
    if node.id == ident:
        return (node,)
    for child in node.children:
        if below := _way(child, ident):
            return (node, *below)
    return ()


def _data(card: Scorecard, tree: _Tree) -> Mapping[str, Any]:
    """What the script of the page computes with; every list of numbers is in the order of the published ranking."""
    scheme, outcome = card.scheme, card.outcome
    return {
        "size": len(card),
        "full": outcome.worth[scheme.root.id],
        "decimals": scheme.rounding.decimals,
        "mode": scheme.rounding.mode.value,
        "ties": scheme.ranking.ties.value,
        "tree": tree.made(scheme.root),
        "adjusted": None if outcome.adjusted is None else outcome.adjusted[tree.order].tolist(),
        "vetoes": [_veto(veto, card, tree) for veto in scheme.vetoes if veto.effect in _MOVING],
        "breakers": [tree.measure(ident) for ident in scheme.ranking.tie_break],
        "measures": tree.measures,
    }


def _veto(veto: Veto, card: Scorecard, tree: _Tree) -> Mapping[str, Any]:
    """A veto on a metric catches the same subjects under any weights; a gate on a criterion is looked at again."""
    told: dict[str, Any] = {"effect": veto.effect.value, "score": veto.score}
    if veto.criterion is not None:
        return {**told, "measure": tree.measure(veto.criterion), "above": veto.above, "below": veto.below}
    watched = card.board[veto.metric or ""]
    return {**told, "caught": caught(veto, watched.numbers, watched.known)[tree.order].astype(int).tolist()}
