"""The bulletin (区级通报): a scorecard as plain text, to be sent to the districts."""

from itertools import pairwise
from typing import BinaryIO

from kepu_core import ExportContext, Exporter, Scorecard, Text


def bulletin(card: Scorecard, out: BinaryIO, context: ExportContext) -> None:
    """Ranking, widest gaps, and what it all rests on. Who has no score is listed too, never left out."""
    decimals = card.scheme.rounding.decimals
    lines = [card.scheme.title, f"{card.period_text} 区级通报", "", "一、排名"]
    for row in card.standings:
        score = "未得分" if row.score is None else f"{row.score:.{decimals}f}"
        lines.append(f"{row.rank or '—':>3}  {row.name}  {score}  {row.grade or '—'}")
    ranked = [(row.score, row.name) for row in card.standings if row.score is not None and row.rank is not None]
    gaps = [(ahead[0] - score, name, ahead[1]) for ahead, (score, name) in pairwise(ranked)]
    lines += ["", "二、与前一名差距最大的三个区"]
    lines += [f"     {name} 比 {ahead} 低 {gap:.{decimals}f} 分" for gap, name, ahead in sorted(gaps, reverse=True)[:3]]
    what = "含示例数据（illustrative），不代表任何区的实际情况" if card.illustrative else "不含示例数据"
    day = f"{context.generated_at:%Y-%m-%d}" if context.generated_at else "—"
    lines += ["", f"体系 {card.scheme.id} {card.scheme_digest}", f"数据 {card.data_digest}", f"{what}；生成日期 {day}"]
    # Whatever stands in a name, it cannot forge a line of the bulletin.
    out.writelines(("".join(c if c.isprintable() else " " for c in line) + "\n").encode() for line in lines)


BULLETIN = Exporter(
    name="sz.bulletin", label=Text("区级通报", "bulletin"), suffixes=(".txt",), accepts=("scorecard",), write=bulletin
)
