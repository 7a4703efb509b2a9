"""From a scorecard to one HTML page that needs nothing else.

The page is made of plain values prepared here; the template only arranges them. Everything is escaped, nothing is
loaded from elsewhere, and a content security policy says so to the browser.
"""

import base64
import datetime as dt
import hashlib
from collections.abc import Iterator
from importlib.resources import files
from typing import Any

from attrs import frozen
from jinja2 import Environment, PackageLoader, StrictUndefined

from kepu_core import Explanation, Scorecard, Text
from kepu_core.language import current_language
from kepu_core.scoring import Flag, NodeLine, Reason, Table, ranking_table
from kepu_web.wording import WORDS

__all__ = ["MOST_DETAILS", "render_scorecard"]

MOST_DETAILS = 200
"""For how many subjects the whole derivation is put on the page; with more, only the first ranks have it."""

_ENVIRONMENT = Environment(
    loader=PackageLoader("kepu_web"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


@frozen(kw_only=True)
class _Cell:
    """One cell of the heat table: the points, and how dark it is (0 to 1)."""

    text: str
    share: float | None


def render_scorecard(card: Scorecard, generated_at: dt.datetime | None = None) -> Iterator[str]:
    """The page, piece by piece. The same scorecard and time give the same page."""
    style, script = _asset("page.css"), _asset("page.js")
    table = ranking_table(card)
    shown = [row.subject for row in card.standings[:MOST_DETAILS]]
    template = _ENVIRONMENT.get_template("scorecard.html")
    return template.generate(
        card=card,
        scheme=card.scheme,
        language="zh-CN" if current_language() == "zh" else "en",
        words={name: str(text) for name, text in WORDS.items()},
        title=_title(card),
        style=style,
        script=script,
        style_hash=_hash(style),
        script_hash=_hash(script),
        generated_at=None if generated_at is None else generated_at.isoformat(timespec="seconds"),
        table=table,
        rows=[(card.standings[i], table.shown(row)) for i, row in enumerate(table.rows)],
        numeric=[column.decimals is not None or column.key in _RANKS for column in table.columns],
        full=card.outcome.worth[card.scheme.root.id],
        heat=_heat(card, table),
        details=[_detail(card.explain(subject)) for subject in shown],
        left_out=len(card) - len(shown),
        treated=_treated(card),
        criteria=list(_criteria(card)),
    )


_RANKS = frozenset({"rank", "group_rank", "flagged"})


def _asset(name: str) -> str:
    return files("kepu_web").joinpath("templates", name).read_text("utf-8").strip()


def _hash(content: str) -> str:
    return base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()


def _title(card: Scorecard) -> str:
    return str(Text(card.scheme.title, card.scheme.title_en or card.scheme.title))


def _heat(card: Scorecard, table: Table) -> list[tuple[str, list[_Cell]]]:
    """Each subject's points of the top criteria, with the share that they are of what there is to earn."""
    top = card.scheme.root.children
    position = {c.key: i for i, c in enumerate(table.columns)}
    lines = []
    for standing, row in zip(card.standings, table.rows, strict=True):
        cells = []
        for node in top:
            earned, full = row[position[node.id]], card.outcome.worth[node.id]
            share = None if earned is None or not full else min(max(earned / full, 0.0), 1.0)
            cells.append(_Cell(text="" if earned is None else f"{earned:.2f}", share=share))
        lines.append((standing.name, cells))
    return lines


@frozen(kw_only=True)
class _Line:
    """One line of a derivation."""

    title: str
    contribution: str
    depth: int = 0
    raw: str = ""
    rule: str = ""
    share: str = ""
    points: str = ""
    remark: str = ""
    sources: tuple[str, ...] = ()


def _detail(explanation: Explanation) -> tuple[Explanation, list[_Line]]:
    lines = [_node(node) for node in explanation.nodes]
    lines += [_Line(title=str(x.title), contribution=f"{x.contribution:+.4f}") for x in explanation.extras]
    return explanation, lines


def _node(node: NodeLine) -> _Line:
    remark = str(node.flag.label) if node.flag else ""
    if node.leaf and node.reason is not Reason.NONE:
        remark = " · ".join(t for t in (str(node.reason.label), remark) if t)
    elif not node.leaf and node.share is None:
        remark = str(Flag.EXCLUDED.label)
    return _Line(
        depth=node.depth,
        title=str(node.title),
        raw="" if node.raw is None else f"{node.raw:,.6g} {node.unit or ''}".strip(),
        rule=node.rule or "",
        share="" if node.share is None else f"{node.share:.1%}",
        points="—" if node.points is None else f"{node.points:.4g} / {node.full:.4g}",
        contribution=f"{node.contribution:.4f}" if node.leaf else f"{node.effect:+.4f}" if node.effect else "",
        remark=remark,
        sources=node.sources,
    )


def _treated(card: Scorecard) -> list[tuple[str, str, str, str]]:
    """Every cell without a number of its own: subject, criterion, why, what was done."""
    titles = {leaf.id: Text(leaf.title, leaf.title_en or leaf.title) for leaf in card.scheme.leaves()}
    return sorted(
        (
            card.names.get(cell.subject, cell.subject),
            str(titles[cell.criterion]),
            str(cell.reason.label),
            str(cell.flag.label),
        )
        for cell in card.touched()
        if cell.flag is not Flag.NONE
    )


def _criteria(card: Scorecard) -> Iterator[dict[str, Any]]:
    def visit(node: Any, depth: int) -> Iterator[dict[str, Any]]:
        params = "" if node.rule is None else ", ".join(f"{k} = {_plain(v)}" for k, v in node.rule.params.items())
        policy = node.missing or (card.scheme.missing if node.is_leaf else None)
        method = f" ({policy.method.label})" if policy and policy.method else ""
        yield {
            "depth": depth,
            "title": str(Text(node.title, node.title_en or node.title)),
            "points": f"{card.outcome.worth[node.id]:.4g}",
            "metric": node.metric or "",
            "rule": f"{node.rule.kind}: {params}" if node.rule else _method(node),
            "missing": f"{policy.action.label}{method}" if policy else "",
            "note": node.note or "",
        }
        for child in node.children:
            yield from visit(child, depth + 1)

    yield from visit(card.scheme.root, 0)


def _method(node: Any) -> str:
    """How a node is made of its children: its aggregation, and its weightings if it has any."""
    return " · ".join([node.aggregation.kind, *(w.kind for w in node.weighting)])


def _plain(value: object) -> str:
    if isinstance(value, tuple):
        return " / ".join(map(_plain, value))
    return f"{value:g}" if isinstance(value, (int, float)) and not isinstance(value, bool) else str(value)
