"""Explanations: the whole derivation of one subject's score, with contributions that add up exactly.

Contributions are decimals. What rounding to the published precision adds or takes is a line of its own, so
the lines always sum to the published score to the last digit.
"""

from collections.abc import Iterator
from decimal import Decimal

from attrs import frozen

from kepu_core.language import Text
from kepu_core.scoring.columns import Flag
from kepu_core.scoring.values import Reason

__all__ = ["Explanation", "Line", "NodeLine"]


@frozen(kw_only=True)
class NodeLine:
    """One node of the tree for one subject.

    ``raw`` is the number that was scored (``given`` tells whether it was the one reported), ``share`` what the
    rule or aggregation gave, ``points`` the points earned out of ``full``, ``contribution`` what the node adds to
    the total after rescaling, ``sources`` the records behind it.
    """

    id: str
    title: Text
    depth: int
    leaf: bool
    full: float
    share: float | None
    points: float | None
    contribution: Decimal
    coverage: float
    metric: str | None = None
    unit: str | None = None
    rule: str | None = None
    raw: float | None = None
    given: bool = True
    reason: Reason = Reason.NONE
    flag: Flag = Flag.NONE
    sources: tuple[str, ...] = ()


@frozen(kw_only=True)
class Line:
    """One line outside the tree: a bonus, a deduction, a veto, the rounding."""

    id: str
    title: Text
    contribution: Decimal


@frozen(kw_only=True)
class Explanation:
    """Why a subject has its score: ``str(explanation)`` is the text for people."""

    subject: str
    name: str
    scheme: str
    period: str
    score: Decimal | None
    rank: int | None
    of: int
    grade: str | None
    nodes: tuple[NodeLine, ...]
    extras: tuple[Line, ...]
    vetoes: tuple[Text, ...] = ()
    group: str | None = None
    group_rank: int | None = None
    illustrative: bool = False

    @property
    def leaves(self) -> tuple[NodeLine, ...]:
        """The lines of the leaves."""
        return tuple(n for n in self.nodes if n.leaf)

    @property
    def total(self) -> Decimal:
        """The sum of all contributions: always the published score."""
        earned = sum((leaf.contribution for leaf in self.leaves), Decimal(0))
        return earned + sum((line.contribution for line in self.extras), Decimal(0))

    def __str__(self) -> str:
        return "\n".join(self._lines())

    def _lines(self) -> Iterator[str]:
        score = Text("未评分", "no score") if self.score is None else self.score
        yield str(
            Text("{name}（{subject}）{period}：{score}", "{name} ({subject}) {period}: {score}").format(
                name=self.name, subject=self.subject, period=self.period, score=score
            )
        )
        if self.rank is not None:
            place = Text("第 {rank} 名，共 {of} 个", "rank {rank} of {of}").format(rank=self.rank, of=self.of)
            grade = f" · {self.grade}" if self.grade else ""
            group = f" · {self.group} #{self.group_rank}" if self.group else ""
            yield f"{place}{grade}{group}"
        if self.illustrative:
            yield str(Text("（含示例数据，不代表实际情况）", "(contains illustrative data, not the real situation)"))
        for node in self.nodes:
            yield node_text(node)
        for line in self.extras:
            yield f"{line.title}: {line.contribution:+.4f}"
        for veto in self.vetoes:
            yield str(veto)


def node_text(node: NodeLine) -> str:
    """One node as a line of text."""
    indent = "  " * node.depth
    if node.share is None:
        return f"{indent}{node.title}: — ({node.reason.label if node.leaf else Flag.EXCLUDED.label})"
    earned = f"{node.points:.4g}/{node.full:.4g}"
    if not node.leaf:
        return f"{indent}{node.title}: {earned}"
    flag = f" [{node.flag.label}]" if node.flag else ""
    raw = "—" if node.raw is None else f"{node.raw:,.6g} {node.unit or ''}".strip()
    return f"{indent}{node.title}: {raw} → {node.rule} {node.share:.1%} → {earned} (+{node.contribution:.4f}){flag}"
