"""Reports as Markdown and as JSON: what is told, without a layout.

In Markdown, what would be markup is escaped; bars, tiles and times become tables, for nothing is drawn there.
"""

import datetime as dt
import json
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, BinaryIO

from kepu_core.domain.enums import LabelledEnum
from kepu_core.domain.observation import ILLUSTRATIVE_NOTE
from kepu_core.language import Text
from kepu_core.plugins.descriptors import ExportContext, Exporter

if TYPE_CHECKING:
    from kepu_core.report import Bars, Block, Report, Tiles, Timeline

__all__ = ["REPORT_EXPORTERS", "md_row", "md_text"]

_DEEPEST = 6
"""Markdown knows no deeper heading."""


def md_text(text: str) -> str:
    r"""A text in one line, in which nothing is markup.

    >>> print(md_text("a|b *c*"))
    a\|b \*c\*
    """
    flat = " ".join(text.split())
    for mark in ("\\", "|", "*", "_", "`", "<", ">", "[", "]", "#"):
        flat = flat.replace(mark, f"\\{mark}")
    return flat


def md_row(cells: Sequence[str]) -> str:
    """A row of a table."""
    return "| " + " | ".join(md_text(c) for c in cells) + " |"


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    yield md_row(head)
    yield "|" + "---|" * len(head)
    yield from (md_row(row) for row in rows)
    yield ""


def _report_markdown(report: "Report", out: BinaryIO, context: ExportContext) -> None:
    out.write("\n".join(_lines(report, context.generated_at)).encode())
    out.write(b"\n")


def _lines(report: "Report", generated_at: dt.datetime | None) -> Iterator[str]:
    from kepu_core.scoring.tables import shown_value  # noqa: PLC0415 - brings numpy

    subtitle = "" if report.subtitle is None else f" · {md_text(str(report.subtitle))}"
    yield from (f"# {md_text(str(report.title))}{subtitle}", "")
    if report.illustrative:
        yield from (f"> {ILLUSTRATIVE_NOTE}", "")
    for fact in report.facts:
        yield f"- {md_text(str(fact.label))}: {md_text(shown_value(fact.value))}"
    if report.facts:
        yield ""
    for section, level in report.walk():
        yield from (f"{'#' * min(level + 1, _DEEPEST)} {md_text(str(section.title))}", "")
        for block in section.blocks:
            yield from _block(block)
    if generated_at is not None:
        yield generated_at.isoformat(timespec="seconds")


def _block(block: "Block") -> Iterator[str]:
    from kepu_core.report import Bars, Grid, Paragraph, Tiles  # noqa: PLC0415 - brings numpy

    if isinstance(block, Paragraph):
        yield from (md_text(str(block.text)), "")
        return
    yield from (f"**{md_text(str(block.title))}**", "")
    if isinstance(block, Grid):
        yield from _table([str(c.label) for c in block.table.columns], [block.table.shown(r) for r in block.table.rows])
    elif isinstance(block, Bars):
        yield from _bars(block)
    elif isinstance(block, Tiles):
        yield from _tiles(block)
    else:
        yield from _timeline(block)


def _bars(block: "Bars") -> Iterator[str]:
    head = ["", *(str(series) for series in block.series)]
    yield from _table(head, [[bar.label, *(f"{piece:g}" for piece in bar.pieces)] for bar in block.bars])


def _tiles(block: "Tiles") -> Iterator[str]:
    yield from _table(["", ""], [[tile.label, tile.text] for tile in block.tiles])


def _timeline(block: "Timeline") -> Iterator[str]:
    head = [str(Text("开始", "from")), str(Text("结束", "to")), str(Text("内容", "what")), ""]
    rows = [[str(s.starts), str(s.ends), s.label, "" if s.note is None else str(s.note)] for s in block.spans]
    yield from _table(head, rows)


def _report_json(report: "Report", out: BinaryIO, context: ExportContext) -> None:
    data = {
        "format": "kepu-report",
        "version": 1,
        "generated_at": None if context.generated_at is None else context.generated_at.isoformat(),
        **_plain(report),
    }
    out.write(json.dumps(data, ensure_ascii=False, indent=1, allow_nan=False).encode())
    out.write(b"\n")


def _plain(value: Any) -> Any:
    """A report as data: both languages of every label, days as ISO texts, each block with what it is."""
    import attrs  # noqa: PLC0415 - needed only here

    if isinstance(value, Text):
        return {"zh": value.zh, "en": value.en}
    if isinstance(value, LabelledEnum):
        return value.value
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, (tuple, list)):
        return [_plain(v) for v in value]
    if attrs.has(type(value)):
        told = {a.name: _plain(getattr(value, a.name)) for a in attrs.fields(type(value))}
        return {"block": type(value).__name__.lower(), **told} if "key" in told else told
    if isinstance(value, float) and value != value:  # noqa: PLR0124 - not a number
        return None
    return value


REPORT_EXPORTERS = (
    Exporter(
        name="report-markdown",
        label=Text("Markdown 报告", "Markdown report"),
        suffixes=(".md",),
        accepts=("report",),
        write=_report_markdown,
        options=(),
    ),
    Exporter(
        name="report-json",
        label=Text("JSON 报告", "JSON report"),
        suffixes=(".json",),
        accepts=("report",),
        write=_report_json,
        options=(),
    ),
)
