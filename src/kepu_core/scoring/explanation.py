"""Explanations: the whole derivation of one subject's score, with contributions that add up exactly.

Contributions are decimals. A leaf contributes its share times its points, scaled by what was left out beside and
above it. What a node that is no weighted sum (a geometric mean, a minimum) gives more or less than the weighted sum
of its children is an *effect* of its own; bonus, deduction, cap, veto and rounding are lines of their own. So all
lines sum to the published score to the last digit.
"""

from collections.abc import Iterator
from decimal import Decimal
from html import escape

from attrs import frozen

from kepu_core.domain.scheme_policies import Transform
from kepu_core.language import Text
from kepu_core.scoring.columns import Flag
from kepu_core.scoring.values import Reason

__all__ = ["Explanation", "Line", "NodeLine"]


@frozen(kw_only=True)
class NodeLine:
    """One node of the tree for one subject.

    ``reported`` is the figure of the metric, ``raw`` the number that was scored (per denominator, imputed, drawn in:
    ``given`` tells whether nothing was done to it), ``share`` what the rule or aggregation gave, ``points`` the points
    earned out of ``full``, ``weight`` how much the node enters its parent after rescaling, ``contribution`` what it
    adds to the total, ``effect`` what a node adds beyond the weighted sum of its children, ``sources`` the
    records behind it.
    """

    id: str
    title: Text
    depth: int
    leaf: bool
    full: float
    weight: float
    share: float | None
    points: float | None
    contribution: Decimal
    effect: Decimal = Decimal(0)
    coverage: float
    rescaled: bool = False
    metric: str | None = None
    unit: str | None = None
    rule: str | None = None
    aggregation: str | None = None
    reported: float | None = None
    raw: float | None = None
    given: bool = True
    reason: Reason = Reason.NONE
    flag: Flag = Flag.NONE
    transform: Transform = Transform.NONE
    sources: tuple[str, ...] = ()


@frozen(kw_only=True)
class Line:
    """One line outside the tree: a bonus, a deduction, a cap, a veto, the rounding."""

    id: str
    title: Text
    contribution: Decimal


@frozen(kw_only=True)
class Explanation:
    """Why a subject has its score: ``str(explanation)`` is the text for people, ``to_html()`` the table."""

    subject: str
    name: str
    scheme: str
    period: str
    score: Decimal | None
    rank: float | None
    of: int
    grade: str | None
    nodes: tuple[NodeLine, ...]
    extras: tuple[Line, ...]
    vetoes: tuple[Text, ...] = ()
    consequences: tuple[Text, ...] = ()
    group: str | None = None
    group_rank: float | None = None
    illustrative: bool = False

    @property
    def leaves(self) -> tuple[NodeLine, ...]:
        """The lines of the leaves."""
        return tuple(n for n in self.nodes if n.leaf)

    @property
    def total(self) -> Decimal:
        """The sum of all contributions: always the published score."""
        earned = sum((n.contribution if n.leaf else n.effect for n in self.nodes), Decimal(0))
        return earned + sum((line.contribution for line in self.extras), Decimal(0))

    @property
    def head(self) -> tuple[str, ...]:
        """Who, which score, which place: the lines above the derivation."""
        score = Text("未评分", "no score") if self.score is None else self.score
        lines = [
            str(
                Text("{name}（{subject}）{period}：{score}", "{name} ({subject}){period}: {score}").format(
                    name=self.name,
                    subject=self.subject,
                    period=Text(self.period, f" {self.period}" if self.period else ""),
                    score=score,
                )
            )
        ]
        if self.rank is not None:
            place = Text("第 {rank} 名，共 {of} 个", "rank {rank} of {of}").format(rank=f"{self.rank:g}", of=self.of)
            grade = f" · {self.grade}" if self.grade else ""
            group = f" · {self.group} #{self.group_rank:g}" if self.group and self.group_rank is not None else ""
            lines.append(f"{place}{grade}{group}")
        if self.illustrative:
            lines.append(
                str(Text("（含示例数据，不代表实际情况）", "(contains illustrative data, not the real situation)"))
            )
        return tuple(lines)

    def __str__(self) -> str:
        return "\n".join(self._lines())

    def _lines(self) -> Iterator[str]:
        yield from self.head
        for node in self.nodes:
            yield node_text(node)
        for line in self.extras:
            yield f"{line.title}: {line.contribution:+.4f}"
        yield from (str(text) for text in (*self.vetoes, *self.consequences))

    def to_html(self) -> str:
        """The derivation as a table, safe to put into any page: every text is escaped, nothing is loaded."""
        heads = (
            Text("指标", "criterion"),
            Text("数值", "figure"),
            Text("得分率", "share"),
            Text("得分", "points"),
            Text("贡献", "contribution"),
            Text("说明", "remark"),
        )
        rows = [_row(node) for node in self.nodes]
        rows += [(str(line.title), "", "", "", f"{line.contribution:+.4f}", "") for line in self.extras]
        rows.append((str(Text("总分", "total")), "", "", "", "" if self.score is None else str(self.score), ""))
        head = "".join(f"<th>{escape(str(h))}</th>" for h in heads)
        body = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in _escaped(row)) + "</tr>" for row in rows)
        notes = "".join(f"<p>{escape(str(t))}</p>" for t in (*self.head, *self.vetoes, *self.consequences))
        return f"<div>{notes}<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>"

    def _repr_html_(self) -> str:
        return self.to_html()


def _escaped(row: tuple[str, ...]) -> Iterator[str]:
    for cell in row:
        text = escape(cell.lstrip("\u2003"))
        yield "&emsp;" * (len(cell) - len(cell.lstrip("\u2003"))) + text


def _row(node: NodeLine) -> tuple[str, ...]:
    title = "\u2003" * node.depth + str(node.title)
    if node.share is None:
        return (title, "—", "—", f"—/{node.full:.4g}", "", str(node.reason.label if node.leaf else Flag.EXCLUDED.label))
    figure = "" if not node.leaf else _figure(node)
    points = f"{node.points:.4g}/{node.full:.4g}"
    contribution = f"{node.contribution if node.leaf else node.effect:+.4f}" if node.leaf or node.effect else ""
    return (title, figure, f"{node.share:.1%}", points, contribution, str(_remark(node)))


def _figure(node: NodeLine) -> str:
    return "—" if node.raw is None else f"{node.raw:,.6g} {node.unit or ''}".strip()


def _remark(node: NodeLine) -> Text:
    if node.flag:
        return node.flag.label
    if node.transform is not Transform.NONE:
        return node.transform.label
    return Flag.EXCLUDED.label if node.rescaled else Text("", "")


def node_text(node: NodeLine) -> str:
    """One node as a line of text."""
    indent = "  " * node.depth
    if node.share is None:
        return f"{indent}{node.title}: — ({node.reason.label if node.leaf else Flag.EXCLUDED.label})"
    earned = f"{node.points:.4g}/{node.full:.4g}"
    remark = _remark(node)
    flag = f" [{remark}]" if str(remark) else ""
    if not node.leaf:
        effect = f" ({node.aggregation} {node.effect:+.4f})" if node.effect else ""
        return f"{indent}{node.title}: {earned}{effect}{flag}"
    return f"{indent}{node.title}: {_figure(node)} → {node.rule} {node.share:.1%} → {earned} ({node.contribution:+.4f}){flag}"
