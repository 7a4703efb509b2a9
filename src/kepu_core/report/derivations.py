"""What is told of one subject of a scorecard: its place, and the whole derivation of its score."""

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import TYPE_CHECKING

from kepu_core.language import Text
from kepu_core.report.model import Block, Column, Grid, Paragraph, Section, Table, Tone
from kepu_core.scoring.columns import Flag
from kepu_core.scoring.values import Reason

if TYPE_CHECKING:
    from kepu_core.scoring.explanation import Explanation, NodeLine

__all__ = ["derivation", "left_out"]


def left_out(number: int) -> Iterator[Block]:
    """That some subjects have no derivation here, if there are any."""
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


def derivation(told: "Explanation") -> Section:
    """How the score of one subject comes about, line by line."""
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
