"""What kepu-web gives to the library. What is heavy is imported when it is needed, so that listing plugins stays cheap."""

from typing import Any, BinaryIO

from kepu_core import ExportContext, Exporter, Text, hook

kepu_api = ">=1,<2"


def _write_scorecard(card: Any, out: BinaryIO, context: ExportContext) -> None:
    from kepu_web.page import render_scorecard

    given = {name: context.options[name] for name in _CHOICES if name in context.options}
    pieces = render_scorecard(card, generated_at=context.generated_at, tiles=context.tiles, **given)
    out.writelines(chunk.encode() for chunk in pieces)


def _write_report(report: Any, out: BinaryIO, context: ExportContext) -> None:
    from kepu_web.page import render_report

    pieces = render_report(report, generated_at=context.generated_at, templates=context.options.get("templates"))
    out.writelines(chunk.encode() for chunk in pieces)


_CHOICES = ("details", "templates", "uncertainty")
"""The options of a scorecard's page."""


@hook.kepu_exporters
def exporters() -> list[Exporter]:
    """The offline pages of a scorecard and of any report, and what other applications take in."""
    from kepu_web.feeds import FEEDS

    suffixes = (".html", ".htm")
    return [
        Exporter(
            name="scorecard-html",
            label=Text("离线网页：评分卡", "offline page of a scorecard"),
            suffixes=suffixes,
            accepts=("scorecard",),
            write=_write_scorecard,
            options=_CHOICES,
        ),
        Exporter(
            name="report-html",
            label=Text("离线网页报告", "offline page of a report"),
            suffixes=suffixes,
            accepts=("report",),
            write=_write_report,
            options=("templates",),
        ),
        *FEEDS,
    ]
