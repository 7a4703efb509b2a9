"""What kepu-office gives to the library. What is heavy is imported when it is needed."""

from collections.abc import Sequence
from typing import Any, BinaryIO

from kepu_core import CliCommand, ExportContext, Exporter, Finding, ImportContext, Importer, ImportResult, Text, hook

kepu_api = ">=1,<2"
COMMAND = "template"


def _read(data: bytes, context: ImportContext) -> ImportResult:
    from kepu_office.reading import read_office

    return read_office(data, context)


def _mark(data: bytes, context: ImportContext, findings: Sequence[Finding], out: BinaryIO) -> None:
    from kepu_office.marking import mark

    mark(data, context, findings, out)


def _dump(data: bytes, context: ImportContext) -> Any:
    from kepu_office.dumping import dump

    return dump(data, context)


def _write_report_book(report: Any, out: BinaryIO, context: ExportContext) -> None:
    from kepu_office.report_book import write_report

    write_report(report, out, context)


def _write_scorecard_book(card: Any, out: BinaryIO, context: ExportContext) -> None:
    from kepu_office.scorecard_book import write_scorecard

    write_scorecard(card, out, context)


def _write_word(report: Any, out: BinaryIO, context: ExportContext) -> None:
    from kepu_office.word_writing import write_word

    write_word(report, out, context)


def _build() -> Any:
    from kepu_office.commands import template_app

    return template_app()


def _build_collect() -> Any:
    from kepu_office.collecting_command import collect_app

    return collect_app()


@hook.kepu_importers
def importers() -> list[Importer]:
    """Workbooks, and by name (``--importer office``) tables of text too."""
    return [
        Importer(
            name="office",
            label=Text("Excel、WPS 表格", "Excel and OpenDocument sheets"),
            suffixes=(".xlsx", ".xlsm", ".ods", ".xls", ".et"),
            read=_read,
            dump=_dump,
            mark=_mark,
            options=("mapping",),
        )
    ]


_WORD_OPTIONS = (
    "addressees",
    "copied_to",
    "document_number",
    "issued_on",
    "issuer",
    "layout",
    "masthead",
    "template",
)


@hook.kepu_exporters
def exporters() -> list[Exporter]:
    """Reports as Word documents, in two layouts, and as workbooks; scorecards as workbooks that compute."""
    return [
        Exporter(
            name="report-docx",
            label=Text("Word 报告、公文", "Word report or official document"),
            suffixes=(".docx",),
            accepts=("report",),
            write=_write_word,
            options=_WORD_OPTIONS,
        ),
        Exporter(
            name="report-xlsx",
            label=Text("Excel 报告：台账、图表", "Excel report: ledgers and charts"),
            suffixes=(".xlsx",),
            accepts=("report",),
            write=_write_report_book,
            options=(),
        ),
        Exporter(
            name="scorecard-xlsx",
            label=Text("Excel 复核表：公式逐级重算", "Excel workbook for auditors: every score as a formula"),
            suffixes=(".xlsx",),
            accepts=("scorecard",),
            write=_write_scorecard_book,
            options=(),
        ),
    ]


@hook.kepu_cli
def commands() -> list[CliCommand]:
    """Templates, and mappings for sheets that are none; collecting what many regions handed in."""
    return [
        CliCommand(name=COMMAND, label=Text("填报模板", "templates to fill in"), build=_build),
        CliCommand(name="collect", label=Text("汇总各地报送", "collect from many regions"), build=_build_collect),
    ]
