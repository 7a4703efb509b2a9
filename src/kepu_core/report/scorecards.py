"""What is told of a scorecard: ranking, map, where points come from, what was missing, and every derivation."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import TYPE_CHECKING

from kepu_core.domain.scheme import Criterion
from kepu_core.language import Text
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
from kepu_core.scoring.columns import Flag
from kepu_core.scoring.tables import ranking_table
from kepu_core.scoring.values import Reason

if TYPE_CHECKING:
    from kepu_core.scoring.explanation import Explanation, NodeLine
    from kepu_core.scoring.scorecard import RankingRow, Scorecard
    from kepu_core.scoring.uncertainty import Uncertainty

__all__ = ["MOST_DETAILS", "scorecard_report"]

MOST_DETAILS = 200
"""For how many subjects the whole derivation is told; with more, only the first ranks have it."""
_MOST_BARS = 60
"""More bars are no picture any more: the table has them all."""
_OPTIONAL = frozenset({"grade", "group", "group_rank"})
_ILLUSTRATIVE = Text("含示例数据，不代表实际情况。", "Contains illustrative data, not the real situation.")


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
        Section(key="scheme", title=Text("指标体系", "scheme"), blocks=(_criteria(card), *_beside_tree(card))),
        Section(
            key="subjects",
            title=Text("逐个说明", "one by one"),
            blocks=tuple(_left_out(len(card) - len(shown))),
            sections=tuple(_subject(card.explain(row.subject)) for row in shown),
        ),
    ]
    return Report(
        kind="scorecard",
        title=_titled(card.scheme),
        subtitle=Text(card.period_text, card.period_text) if card.period_text else None,
        facts=tuple(_facts(card)),
        sections=tuple(s for s in sections if s.blocks or s.sections),
        illustrative=card.illustrative,
    )


def _titled(what: object) -> Text:
    title = getattr(what, "title", "")
    return Text(title, getattr(what, "title_en", None) or title)


def _facts(card: "Scorecard") -> Iterator[Fact]:
    best = card.standings[0] if card.standings else None
    scored = sum(row.score is not None for row in card.standings)
    yield Fact(key="subjects", label=Text("参评对象", "subjects"), value=len(card))
    yield Fact(key="scored", label=Text("有得分", "scored"), value=scored)
    if best is not None and best.score is not None:
        yield Fact(key="first", label=Text("第一名", "first"), value=best.name)
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
        yield Paragraph(text=_ILLUSTRATIVE, tone=Tone.WATCH)
    table = _filled(ranking_table(card))
    if uncertainty is not None:
        found = {row.subject: row for row in uncertainty.rows}
        level = f"{uncertainty.level:.0%}"
        extra = tuple(
            Column(key=key, label=Text(zh.format(level), en.format(level)), decimals=0)
            for key, zh, en in (
                ("rank_low", "名次下界（{}）", "rank from ({})"),
                ("rank_high", "名次上界（{}）", "rank to ({})"),
            )
        )
        rows = tuple(
            (*row, found[s.subject].low, found[s.subject].high)
            for row, s in zip(table.rows, card.standings, strict=True)
        )
        table = Table(columns=(*table.columns, *extra), rows=rows)
    yield Grid(key="ranking", title=Text("排名", "ranking"), table=table, shares=tuple(_shares(card, table)))


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
        extras = extras or abs(outside) > 0
        bars.append((row.name, _by_top(told), outside))
    series = [_titled(node) for node in top] + ([Text("加减分等", "bonus and others")] if extras else [])
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
    titles = {leaf.id: _titled(leaf) for leaf in card.scheme.leaves()}
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
            ((_titled(a), a.kind, a.metric, a.points_each, a.cap) for a in scheme.adjustments),
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
            ((_titled(v), v.metric or v.criterion, v.above, v.below, v.effect) for v in scheme.vetoes),
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
    title = _titled(node)
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


def _left_out(number: int) -> Iterator[Block]:
    if number > 0:
        yield Paragraph(
            text=Text(
                "其余 {n} 个对象的推导此处从略。", "The derivations of the other {n} subjects are left out here."
            ).format(n=number)
        )


_DERIVATION = (
    Column(key="criterion", label=Text("指标", "criterion")),
    Column(key="figure", label=Text("数值", "figure"), decimals=4),
    Column(key="unit", label=Text("单位", "unit")),
    Column(key="rule", label=Text("规则", "rule")),
    Column(key="share", label=Text("得分率", "share"), decimals=4),
    Column(key="points", label=Text("得分", "points"), decimals=4),
    Column(key="full", label=Text("满分", "full"), decimals=2),
    Column(key="contribution", label=Text("贡献", "contribution"), decimals=4),
    Column(key="remark", label=Text("说明", "remark")),
    Column(key="sources", label=Text("来源记录", "records")),
)


def _subject(told: "Explanation") -> Section:
    rows: list[tuple[object, ...]] = [_line(node) for node in told.nodes]
    rows += [(x.title, None, None, None, None, None, None, float(x.contribution), None, None) for x in told.extras]
    rows.append((Text("总分", "total"), *[None] * 6, None if told.score is None else float(told.score), None, None))
    tones = [
        Tone.WATCH if node.leaf and (node.flag or node.reason is not Reason.NONE) else Tone.PLAIN for node in told.nodes
    ]
    tones += [Tone.PLAIN] * (len(rows) - len(tones))
    notes = [Paragraph(text=text, tone=Tone.BAD) for text in (*told.vetoes, *told.consequences)]
    return Section(
        key=f"subject-{told.subject}",
        title=Text(told.name, told.name),
        blocks=(
            *_place(told),
            *notes,
            Grid(
                key=f"derivation-{told.subject}",
                title=Text("推导", "derivation"),
                table=Table(columns=_DERIVATION, rows=tuple(rows)),
                tones=tuple(tones),
                shares=tuple(_derived_shares(told.nodes, len(rows))),
            ),
        ),
    )


def _place(told: "Explanation") -> Iterator[Paragraph]:
    if told.rank is None:
        yield Paragraph(text=Text("未评分", "no score"), tone=Tone.WATCH)
        return
    place = Text("第 {rank} 名，共 {of} 个", "rank {rank} of {of}").format(rank=f"{told.rank:g}", of=told.of)
    more = [t for t in (told.grade, None if told.group is None else f"{told.group} #{told.group_rank or 0:g}") if t]
    yield Paragraph(text=Text(" · ".join([place.zh, *more]), " · ".join([place.en, *more])))


def _derived_shares(nodes: "Sequence[NodeLine]", rows: int) -> Iterator[tuple[float | None, ...]]:
    at = [column.key for column in _DERIVATION].index("share")
    width = len(_DERIVATION)
    for node in islice(nodes, rows):
        yield tuple(node.share if n == at else None for n in range(width))
    for _ in range(rows - len(nodes)):
        yield (None,) * width


def _line(node: "NodeLine") -> tuple[object, ...]:
    indent = "\u2003" * node.depth
    remark = [node.flag.label] if node.flag else []
    if node.leaf and node.reason is not Reason.NONE:
        remark.insert(0, node.reason.label)
    elif not node.leaf and node.share is None:
        remark = [Flag.EXCLUDED.label]
    effect = None if node.leaf or not node.effect else float(node.effect)
    return (
        Text(indent + node.title.zh, indent + node.title.en),
        node.raw if node.leaf else None,
        node.unit,
        node.rule if node.leaf else node.aggregation,
        node.share,
        node.points,
        node.full,
        float(node.contribution) if node.leaf else effect,
        Text(" · ".join(t.zh for t in remark), " · ".join(t.en for t in remark)) if remark else None,
        " ".join(node.sources) or None,
    )
