"""What kepu-web gives to the library. What is heavy is imported when it is needed, so that listing plugins stays cheap."""

from typing import Any, BinaryIO

from kepu_core import ExportContext, Exporter, Text, hook

kepu_api = ">=1,<2"


def _write(card: Any, out: BinaryIO, context: ExportContext) -> None:
    from kepu_web.page import render_scorecard

    out.writelines(chunk.encode() for chunk in render_scorecard(card, context.generated_at))


@hook.kepu_exporters
def exporters() -> list[Exporter]:
    """The offline page of a scorecard."""
    return [
        Exporter(
            name="scorecard-html",
            label=Text("离线网页报告", "offline HTML report"),
            suffixes=(".html", ".htm"),
            accepts=("scorecard",),
            write=_write,
        )
    ]
