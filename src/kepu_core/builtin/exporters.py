"""JSON, CSV and Markdown: of scorecards, and of records.

What goes out is safe to open: in CSV, a text that a spreadsheet would take for a formula is written behind an
apostrophe; in Markdown, what would be markup is escaped. Personal fields are left out unless asked for.
"""

import csv
import io
import json
from collections.abc import Iterable, Sequence
from typing import Any, BinaryIO

from kepu_core.builtin.reports import REPORT_EXPORTERS, md_row
from kepu_core.codec.rows import header, to_row
from kepu_core.domain.errors import InvalidData
from kepu_core.domain.fields import info_of
from kepu_core.domain.findings import Problem
from kepu_core.domain.observation import ILLUSTRATIVE_NOTE
from kepu_core.domain.record import Record, type_name
from kepu_core.domain.redaction import redacted
from kepu_core.language import Text
from kepu_core.plugins.descriptors import ExportContext, Exporter

__all__ = ["EXPORTERS", "safe_cell"]

_BOM = b"\xef\xbb\xbf"
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")

SEVERAL_TYPES = Problem(
    "export.several-types",
    Text("CSV 只能放一种记录，这里有：{types}", "a CSV table holds one type of record; here are: {types}"),
    Text("一次导出一种，或导出为 JSON", "export one type at a time, or export to JSON"),
)


def safe_cell(text: str) -> str:
    """A text that no spreadsheet takes for a formula: such texts get an apostrophe in front.

    >>> safe_cell("=1+1"), safe_cell("科技馆")
    ("'=1+1", '科技馆')
    """
    return f"'{text}" if text.startswith(_FORMULA_STARTS) or text.startswith("'") else text


def _write_csv(rows: Iterable[Sequence[str]], out: BinaryIO) -> None:
    text = io.TextIOWrapper(out, encoding="utf-8", newline="", write_through=True)
    csv.writer(text, lineterminator="\r\n").writerows(rows)
    text.detach()


def _shown_records(records: Any, context: ExportContext) -> list[Record]:
    return list(records) if context.include_personal else [redacted(r) for r in records]


def records_json(records: Any, out: BinaryIO, context: ExportContext) -> None:
    """A document of the codec: what ``kepu import`` reads back."""
    out.write(context.codec.dumps(_shown_records(records, context)))


def records_csv(records: Any, out: BinaryIO, context: ExportContext) -> None:
    """A table of one record type, headed by the Chinese labels, with a BOM for spreadsheets."""
    shown = _shown_records(records, context)
    types = sorted({type_name(r) for r in shown})
    if len(types) > 1:
        raise InvalidData(SEVERAL_TYPES.finding(types=tuple(types)))
    out.write(_BOM)
    if not shown:
        return
    specs = header(type(shown[0]), personal=context.include_personal)
    _write_csv([[s.label.zh for s in specs]], out)
    _write_csv(([_guarded(cell) for cell in to_row(r, specs)] for r in shown), out)


def _guarded(cell: str) -> str:
    try:
        float(cell)
    except ValueError:
        return safe_cell(cell)
    return cell


def records_markdown(records: Any, out: BinaryIO, context: ExportContext) -> None:
    """One table per record type."""
    shown = _shown_records(records, context)
    for cls in sorted({type(r) for r in shown}, key=type_name):
        specs = header(cls, personal=context.include_personal)
        lines = [f"## {info_of(cls).label}", "", md_row([str(s.label) for s in specs]), "|" + "---|" * len(specs)]
        lines += [md_row(to_row(r, specs)) for r in shown if type(r) is cls]
        out.write(("\n".join(lines) + "\n\n").encode())
    if not shown:
        out.write(f"{_NO_RECORDS}\n".encode())


def scorecard_json(card: Any, out: BinaryIO, context: ExportContext) -> None:
    """The whole scorecard as data: scheme, digests, standings, and the derivation of every score."""
    data = {
        "format": "kepu-scorecard",
        "version": 1,
        "scheme": card.scheme.id,
        "title": card.scheme.title,
        "period": card.period_text,
        "scheme_digest": card.scheme_digest,
        "data_digest": card.data_digest,
        "engine_version": card.engine_version,
        "generated_at": context.generated_at.isoformat() if context.generated_at else None,
        "illustrative": card.illustrative,
        "criteria": [
            {"id": c.id, "title": c.title, "points": card.outcome.worth[c.id], "leaf": c.is_leaf}
            for c in card.scheme.root.walk()
        ],
        "standings": [_standing_data(card, row) for row in card.standings],
    }
    out.write(json.dumps(data, ensure_ascii=False, indent=1, allow_nan=False).encode())
    out.write(b"\n")


def _standing_data(card: Any, row: Any) -> dict[str, Any]:
    explanation = card.explain(row.subject)
    return {
        "subject": row.subject,
        "name": row.name,
        "score": row.score,
        "rank": row.rank,
        "grade": row.grade,
        "group": row.group,
        "group_rank": row.group_rank,
        "coverage": row.coverage,
        "nodes": [
            {
                "id": n.id,
                "raw": n.raw,
                "unit": n.unit,
                "reason": n.reason.name.lower(),
                "flag": n.flag.name.lower(),
                "share": n.share,
                "points": n.points,
                "contribution": str(n.contribution.normalize()),
                "sources": list(n.sources),
            }
            for n in explanation.nodes
        ],
        "extras": [
            {"id": x.id, "title": x.title.zh, "contribution": str(x.contribution.normalize())}
            for x in explanation.extras
        ],
    }


def scorecard_csv(card: Any, out: BinaryIO, context: ExportContext) -> None:  # noqa: ARG001
    """The ranking as a table, with a BOM for spreadsheets."""
    from kepu_core.scoring.tables import ranking_table  # noqa: PLC0415 - needed only with a scorecard

    table = ranking_table(card)
    note = [[str(ILLUSTRATIVE_NOTE)]] if card.illustrative else []
    out.write(_BOM)
    _write_csv([[str(c.label) for c in table.columns]], out)
    _write_csv(([_guarded(cell) for cell in table.shown(row)] for row in table.rows), out)
    _write_csv(note, out)


_NO_RECORDS = Text("没有记录", "no records")

EXPORTERS = (
    Exporter(
        name="csv",
        label=Text("CSV 表格", "CSV table"),
        suffixes=(".csv",),
        accepts=("records",),
        write=records_csv,
        options=(),
    ),
    Exporter(
        name="json",
        label=Text("JSON 文档", "JSON document"),
        suffixes=(".json",),
        accepts=("records",),
        write=records_json,
        options=(),
    ),
    Exporter(
        name="markdown",
        label=Text("Markdown", "Markdown"),
        suffixes=(".md",),
        accepts=("records",),
        write=records_markdown,
        options=(),
    ),
    Exporter(
        name="scorecard-csv",
        label=Text("排名表 CSV", "ranking as CSV"),
        suffixes=(".csv",),
        accepts=("scorecard",),
        write=scorecard_csv,
        options=(),
    ),
    Exporter(
        name="scorecard-json",
        label=Text("评分卡 JSON", "scorecard as JSON"),
        suffixes=(".json",),
        accepts=("scorecard",),
        write=scorecard_json,
        options=(),
    ),
    *REPORT_EXPORTERS,
)
