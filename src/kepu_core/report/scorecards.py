"""What is told of a scorecard: ranking, map, where points come from, what was missing, and every derivation."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from kepu_core.domain.observation import ILLUSTRATIVE_NOTE
from kepu_core.language import Text
from kepu_core.report.derivations import derivation, left_out
from kepu_core.report.layout import TilePlaces, placed
from kepu_core.report.model import (
    Bar,
    Bars,
    Block,
    Column,
    Fact,
    Grid,
    Paragraph,
    Report,
    Section,
    Table,
    Tile,
    Tiles,
    Tone,
)
from kepu_core.report.schemes import scheme_blocks, titled
from kepu_core.scoring.columns import Flag
from kepu_core.scoring.tables import ranking_table

if TYPE_CHECKING:
    from kepu_core.scoring.explanation import Explanation
    from kepu_core.scoring.scorecard import RankingRow, Scorecard
    from kepu_core.scoring.uncertainty import Uncertainty

__all__ = ["MOST_DETAILS", "scorecard_report"]

MOST_DETAILS = 200
"""For how many subjects the whole derivation is told; with more, only the first ranks have it."""
_MOST_BARS = 60
"""More bars are no picture any more: the table has them all."""
_NAMED = 3
_OPTIONAL = frozenset({"grade", "group", "group_rank"})


def scorecard_report(
    card: "Scorecard",
    *,
    uncertainty: "Uncertainty | None" = None,
    tiles: TilePlaces | None = None,
    details: int = MOST_DETAILS,
) -> Report:
    """The report of a scorecard; with ``uncertainty``, the ranking shows the interval of each rank.

    ``tiles`` are the places of regions on the map, ``details`` for how many subjects (by rank) the whole derivation is
    told. Numbers are those of the scorecard, scores as published.
    """
    shown = card.standings[: max(0, details)]
    sections = [
        Section(key="ranking", title=Text("排名", "ranking"), blocks=tuple(_ranking(card, uncertainty))),
        Section(key="contributions", title=Text("得分构成", "where points come from"), blocks=tuple(_parts(card))),
        Section(key="map", title=Text("分布", "map"), blocks=(_map(card, tiles or {}),)),
        Section(key="data", title=Text("数据情况", "data"), blocks=tuple(_data(card))),
        Section(key="scheme", title=Text("指标体系", "scheme"), blocks=tuple(scheme_blocks(card))),
        Section(
            key="subjects",
            title=Text("逐个说明", "one by one"),
            blocks=tuple(left_out(len(card) - len(shown))),
            sections=tuple(derivation(card.explain(row.subject)) for row in shown),
        ),
    ]
    return Report(
        kind="scorecard",
        title=titled(card.scheme),
        subtitle=Text(card.period_text, card.period_text) if card.period_text else None,
        facts=tuple(_facts(card)),
        sections=tuple(s for s in sections if s.blocks or s.sections),
        illustrative=card.illustrative,
    )


def _facts(card: "Scorecard") -> Iterator[Fact]:
    best = card.standings[0] if card.standings else None
    scored = sum(row.score is not None for row in card.standings)
    yield Fact(key="subjects", label=Text("参评对象", "subjects"), value=len(card))
    yield Fact(key="scored", label=Text("有得分", "scored"), value=scored)
    if best is not None and best.score is not None:
        first = [row.name for row in card.standings if row.rank is not None and row.rank == best.rank] or [best.name]
        more = "…" if len(first) > _NAMED else ""
        yield Fact(key="first", label=Text("第一名", "first"), value="、".join(first[:_NAMED]) + more)
        yield Fact(key="best", label=Text("最高分", "highest score"), value=best.score)
    treated = sum(cell.flag is not Flag.NONE for cell in card.touched())
    yield Fact(
        key="treated",
        label=Text("缺报处理项", "cells treated"),
        value=treated,
        tone=Tone.WATCH if treated else Tone.PLAIN,
    )
    yield Fact(key="scheme", label=Text("指标体系", "scheme"), value=card.scheme.id)
    yield Fact(key="scheme_digest", label=Text("体系摘要", "scheme digest"), value=card.scheme_digest)
    yield Fact(key="data_digest", label=Text("数据摘要", "data digest"), value=card.data_digest)
    yield Fact(key="engine", label=Text("引擎版本", "engine version"), value=card.engine_version)


def _ranking(card: "Scorecard", uncertainty: "Uncertainty | None") -> Iterator[Block]:
    if card.illustrative:
        yield Paragraph(text=ILLUSTRATIVE_NOTE, tone=Tone.WATCH)
    table = _filled(ranking_table(card))
    if uncertainty is not None:
        found = {row.subject: row for row in uncertainty.rows}
        extra = (
            Column(key="rank_low", label=Text("区间起", "rank from"), decimals=0),
            Column(key="rank_high", label=Text("区间止", "rank to"), decimals=0),
        )
        rows = tuple(
            (rank, found[s.subject].low, found[s.subject].high, *rest)
            for (rank, *rest), s in zip(table.rows, card.standings, strict=True)
        )
        rank_column, *others = table.columns
        table = Table(columns=(rank_column, *extra, *others), rows=rows)
    place = {subject: at for at, subject in enumerate(card.subjects)}
    caught = [any(hit[place[row.subject]] for hit in card.outcome.vetoed.values()) for row in card.standings]
    tones = tuple(Tone.BAD if hit else Tone.PLAIN for hit in caught) if any(caught) else ()
    shares = tuple(_shares(card, table))
    yield Grid(key="ranking", title=Text("排名", "ranking"), table=table, tones=tones, shares=shares)
    if tones:
        told = Text("标为“问题”的对象触发了否决或门槛。", "Those marked as bad were caught by a veto or gate.")
        yield Paragraph(text=told, tone=Tone.BAD)
    if all(row.score is None for row in card.standings):
        yield Paragraph(text=Text("没有对象有得分。", "Nobody has a score."), tone=Tone.WATCH)
    elif uncertainty is not None:
        yield from _intervals(uncertainty)


def _intervals(uncertainty: "Uncertainty") -> Iterator[Block]:
    """How sure the ranks are, in words and as bars."""
    told = Text(
        "名次区间由 {draws} 次随机抽样得出（种子 {seed}）：每次略微改变评分的选择，如权重；{level} 的抽样中，名次落在区间内。区间重叠的对象，先后并不确定。",
        "The intervals of the ranks come from {draws} random draws (seed {seed}), in each of which choices such as weights are "
        "made a little differently: in {level} of them a rank lies in its interval. Where intervals overlap, the order is not certain.",
    )
    level = f"{uncertainty.level:.0%}"
    yield Paragraph(text=told.format(draws=uncertainty.draws, seed=uncertainty.seed, level=level))
    bars = tuple(
        Bar(label=row.name, pieces=(row.rank,), low=row.low, high=row.high)
        for row in uncertainty.rows[:_MOST_BARS]
        if row.rank is not None
    )
    if bars:
        title, rank = Text("名次及其区间", "ranks and their intervals"), Text("名次", "rank")
        yield Bars(key="intervals", title=title, series=(rank,), bars=bars)


def _filled(table: Table) -> Table:
    """The ranking without what it says of nobody: grades, groups, codes that are the names once more."""
    name = next(n for n, column in enumerate(table.columns) if column.key == "name")
    kept = []
    for n, column in enumerate(table.columns):
        empty = column.key in _OPTIONAL and all(row[n] is None for row in table.rows)
        repeated = column.key == "subject" and n < name and all(row[n] == row[name] for row in table.rows)
        kept += [] if empty or repeated else [n]
    return Table(
        columns=tuple(table.columns[n] for n in kept), rows=tuple(tuple(row[n] for n in kept) for row in table.rows)
    )


def _shares(card: "Scorecard", table: Table) -> Iterator[tuple[float | None, ...]]:
    """How full each cell with points is: points earned of those there are to earn."""
    worth = card.outcome.worth
    full = {column.key: worth[column.key] for column in table.columns if column.key in worth}
    full["score"] = worth[card.scheme.root.id]
    for row in table.rows:
        yield tuple(_share(value, full.get(column.key)) for value, column in zip(row, table.columns, strict=True))


def _share(value: object, full: float | None) -> float | None:
    if not full or not isinstance(value, (int, float)):
        return None
    return min(max(value / full, 0.0), 1.0)


def _parts(card: "Scorecard") -> Iterator[Block]:
    """The contributions of the top criteria, and of what stands outside the tree, for the first ranks."""
    top = card.scheme.root.children
    scored = [row for row in card.standings if row.score is not None][:_MOST_BARS]
    if not top or not scored:
        return
    bars = []
    extras = False
    for row in scored:
        told = card.explain(row.subject)
        outside = float(sum(line.contribution for line in told.extras))
        outside += float(sum(node.effect for node in told.nodes if node.depth == 0 and not node.leaf))
        extras = extras or abs(outside) > 0
        bars.append((row.name, _by_top(told), outside))
    series = [titled(node) for node in top] + (
        [Text("合成、加减分与取整", "aggregation, bonus, rounding")] if extras else []
    )
    yield Bars(
        key="contributions",
        title=Text("各项指标的贡献", "contributions of the criteria"),
        series=tuple(series),
        bars=tuple(Bar(label=name, pieces=(*parts, *([rest] if extras else []))) for name, parts, rest in bars),
        full=card.outcome.worth[card.scheme.root.id],
        unit=Text("分", "points"),
    )


def _by_top(told: "Explanation") -> list[float]:
    """What each criterion below the root contributes, with all below it."""
    found: list[float] = []
    for node in told.nodes:
        if node.depth == 1:
            found.append(0.0)
        if node.depth >= 1:
            found[-1] += float(node.contribution if node.leaf else node.effect)
    return found


def _map(card: "Scorecard", places: TilePlaces) -> Tiles:
    full = card.outcome.worth[card.scheme.root.id]
    where = placed([row.subject for row in card.standings], places)
    decimals = card.scheme.rounding.decimals
    return Tiles(
        key="map",
        title=Text("总分分布", "scores on a map"),
        tiles=tuple(_tile(row, where[row.subject], full, decimals) for row in card.standings),
    )


def _tile(row: "RankingRow", place: tuple[int, int], full: float, decimals: int) -> Tile:
    return Tile(
        region=row.subject,
        label=row.name,
        column=place[0],
        row=place[1],
        text="" if row.score is None else f"{row.score:.{decimals}f}",
        share=_share(row.score, full),
        tone=Tone.WATCH if row.score is None else Tone.PLAIN,
    )


def _data(card: "Scorecard") -> Iterator[Block]:
    titles = {leaf.id: titled(leaf) for leaf in card.scheme.leaves()}
    cells = [cell for cell in card.touched() if cell.flag is not Flag.NONE]
    if cells:
        rows = sorted(
            (
                (card.names.get(c.subject, c.subject), titles[c.criterion], c.reason.label, c.flag.label, c.after)
                for c in cells
            ),
            key=lambda row: (row[0], row[1].zh),
        )
        yield Grid(
            key="treated",
            title=Text("缺报与处理", "what was missing and what was done"),
            table=Table(
                columns=(
                    Column(key="name", label=Text("名称", "name")),
                    Column(key="criterion", label=Text("指标", "criterion")),
                    Column(key="reason", label=Text("原因", "why")),
                    Column(key="flag", label=Text("处理", "what was done")),
                    Column(key="value", label=Text("采用值", "figure used")),
                ),
                rows=tuple(rows),
            ),
            tones=(Tone.WATCH,) * len(rows),
        )
    else:
        yield Paragraph(
            text=Text("数据齐全，没有缺报处理。", "All figures are there; nothing was filled in."), tone=Tone.GOOD
        )
    if card.screened:
        yield Grid(
            key="screened",
            title=Text("因数据不足未评分", "left out for want of data"),
            table=Table(
                columns=(
                    Column(key="name", label=Text("名称", "name")),
                    Column(key="data", label=Text("数据完整率", "share of data"), decimals=3),
                ),
                rows=tuple((card.names.get(s.subject, s.subject), s.data) for s in card.screened),
            ),
            tones=(Tone.BAD,) * len(card.screened),
        )
