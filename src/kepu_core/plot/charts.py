"""The charts. Colours are those of Okabe & Ito (2008) and a single-hue ramp: told apart by everyone, and in print."""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from kepu_core.domain.errors import NotFound
from kepu_core.domain.extras import needed
from kepu_core.language import Text
from kepu_core.plot import problems

if TYPE_CHECKING:
    from kepu_core.domain.scheme import Criterion
    from kepu_core.scoring.scorecard import Scorecard
    from kepu_core.scoring.structure import Structure
    from kepu_core.scoring.uncertainty import Uncertainty

__all__ = ["contributions", "correlation", "heatmap", "ranking", "tiles"]

_COLOURS = ["#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#D55E00", "#F0E442", "#999999"]
_RAMP = "tealblues"


def _altair() -> Any:
    return needed("altair", "plot")


def _data(alt: Any, rows: Iterable[Mapping[str, Any]]) -> Any:
    return alt.Data(values=[dict(row) for row in rows])


def _title(node: "Criterion") -> str:
    return str(Text(node.title, node.title_en or node.title))


def ranking(card: "Scorecard", sure: "Uncertainty | None" = None, *, top: int | None = None) -> Any:
    """Ranks as points, the best on top; with the intervals of an uncertainty analysis as bars behind them.

    ``top`` shows the first so many only. Raises :class:`MissingLibrary` without Altair.
    """
    alt = _altair()
    rows = []
    for row in [r for r in card.standings if r.rank is not None][:top]:
        interval = sure[row.subject] if sure is not None else None
        rows.append(
            {
                "name": row.name,
                "rank": row.rank,
                "score": row.score,
                "grade": row.grade or "",
                "low": interval.low if interval else None,
                "high": interval.high if interval else None,
            }
        )
    order = [row["name"] for row in rows]
    base = alt.Chart(_data(alt, rows)).encode(y=alt.Y("name:N", sort=order, title=None))
    place = alt.X("rank:Q", title=str(Text("名次", "rank")), scale=alt.Scale(reverse=True, zero=False))
    colour = alt.Color(
        "grade:N",
        title=str(Text("等次", "grade")),
        scale=alt.Scale(range=_COLOURS),
        sort=[band.grade for band in card.scheme.grades],
    )
    shown = [alt.Tooltip(f"{name}:N" if name in {"name", "grade"} else f"{name}:Q") for name in rows[0]] if rows else []
    points = base.mark_point(filled=True, size=90, opacity=1).encode(x=place, color=colour, tooltip=shown)
    if sure is None:
        return points.properties(title=_heading(card))
    bars = base.mark_bar(height=6, color="#cccccc").encode(x=alt.X("low:Q", title=None), x2="high:Q")
    return (bars + points).properties(title=_heading(card))


def _heading(card: "Scorecard") -> str:
    title = str(Text(card.scheme.title, card.scheme.title_en or card.scheme.title))
    note = str(Text("（示例数据）", " (illustrative data)")) if card.illustrative else ""
    return f"{title} {card.period_text}{note}".strip()


def contributions(card: "Scorecard", *, top: int | None = None) -> Any:
    """What each criterion below the total adds to the score, stacked; the best on top."""
    alt = _altair()
    top_nodes = card.scheme.root.children or (card.scheme.root,)
    rows, order = [], []
    for row in [r for r in card.standings if r.score is not None][:top]:
        order.append(row.name)
        lines = {line.id: line for line in card.explain(row.subject).nodes}
        rows += [
            {
                "name": row.name,
                "criterion": _title(node),
                "place": k,
                "points": float(lines[node.id].contribution),
                "score": row.score,
            }
            for k, node in enumerate(top_nodes)
        ]
    titles = [_title(node) for node in top_nodes]
    return (
        alt.Chart(_data(alt, rows), title=_heading(card))
        .mark_bar()
        .encode(
            x=alt.X("points:Q", title=str(Text("得分", "points"))),
            y=alt.Y("name:N", sort=order, title=None),
            color=alt.Color("criterion:N", title=None, sort=titles, scale=alt.Scale(range=_COLOURS)),
            order=alt.Order("place:Q"),
            tooltip=["name:N", "criterion:N", alt.Tooltip("points:Q", format=".2f"), "score:Q"],
        )
    )


def heatmap(card: "Scorecard", *, leaves: bool = True) -> Any:
    """The share of its points that each subject earned at every node of the tree; empty where there is none.

    Without ``leaves``, inner nodes only.
    """
    alt = _altair()
    nodes = [n for n in card.scheme.root.walk() if leaves or not n.is_leaf]
    titles = [f"{'· ' * _depth(card.scheme.root, n.id)}{_title(n)}" for n in nodes]
    shares = {n.id: (card.outcome.nodes[n.id].shares(), card.outcome.nodes[n.id].known) for n in nodes}
    ranked = list(card.standings)
    rows = [
        {
            "name": row.name,
            "criterion": title,
            "share": float(shares[node.id][0][at]) if shares[node.id][1][at] else None,
        }
        for row in ranked
        for at in [card.position(row.subject)]
        for node, title in zip(nodes, titles, strict=True)
    ]
    return (
        alt.Chart(_data(alt, rows), title=_heading(card))
        .mark_rect()
        .encode(
            x=alt.X("criterion:N", sort=titles, title=None, axis=alt.Axis(labelAngle=-45, labelLimit=220)),
            y=alt.Y("name:N", sort=[r.name for r in ranked], title=None),
            color=alt.Color(
                "share:Q", title=str(Text("得分率", "share")), scale=alt.Scale(scheme=_RAMP, domain=[0, 1])
            ),
            tooltip=["name:N", "criterion:N", alt.Tooltip("share:Q", format=".1%")],
        )
    )


def _depth(root: "Criterion", ident: str) -> int:
    if root.id == ident:
        return 0
    return next(1 + _depth(c, ident) for c in root.children if any(n.id == ident for n in c.walk()))


def correlation(found: "Structure", titles: Mapping[str, str] | None = None) -> Any:
    """How alike the children of each node are, a row and a column each; opposed ones stand out in orange."""
    alt = _altair()
    names = titles or {}
    rows = []
    for pair in found.correlations:
        a, b = names.get(pair.first, pair.first), names.get(pair.second, pair.second)
        flag = str(pair.flag.label)
        rows += [{"first": x, "second": y, "r": pair.correlation, "flag": flag} for x, y in ((a, b), (b, a))]
    order = list(dict.fromkeys(row["first"] for row in rows))
    return (
        alt.Chart(_data(alt, rows))
        .mark_rect()
        .encode(
            x=alt.X("first:N", sort=order, title=None, axis=alt.Axis(labelAngle=-45)),
            y=alt.Y("second:N", sort=order, title=None),
            color=alt.Color("r:Q", scale=alt.Scale(scheme="blueorange", reverse=True, domain=[-1, 1]), title="r"),
            tooltip=["first:N", "second:N", alt.Tooltip("r:Q", format=".2f"), "flag:N"],
        )
    )


def tiles(card: "Scorecard", places: Mapping[str, tuple[int, int]], *, short: Mapping[str, str] | None = None) -> Any:
    """A tile-grid map: a square for each subject where it lies, coloured by its score.

    ``places`` gives the column and the row of each subject, ``short`` the name to write on its tile. Raises
    :class:`NotFound` naming every subject without a place.
    """
    alt = _altair()
    lost = tuple(s for s in card.subjects if s not in places)
    if lost:
        raise NotFound(problems.NO_TILE.finding(subjects=lost))
    rows = [
        {
            "name": (short or {}).get(row.subject, row.name),
            "full": row.name,
            "column": places[row.subject][0],
            "row": places[row.subject][1],
            "score": row.score,
            "rank": row.rank,
        }
        for row in card.standings
    ]
    base = alt.Chart(_data(alt, rows), title=_heading(card)).encode(
        x=alt.X("column:O", axis=None), y=alt.Y("row:O", axis=None), tooltip=["full:N", "score:Q", "rank:Q"]
    )
    scores = [row.score for row in card.standings if row.score is not None]
    middle = (min(scores) + max(scores)) / 2 if scores else 0.0
    squares = base.mark_rect(stroke="white", strokeWidth=2).encode(
        color=alt.Color("score:Q", title=str(Text("总分", "score")), scale=alt.Scale(scheme=_RAMP, zero=False))
    )
    words = base.mark_text(baseline="middle", fontSize=12).encode(
        text="name:N", color=alt.condition(alt.datum.score > middle, alt.value("white"), alt.value("black"))
    )
    return (squares + words).properties(width=alt.Step(58), height=alt.Step(46))
