"""From a report to the bytes of a Word document, in the layout that was asked for."""

import datetime as dt
from pathlib import Path
from typing import Any, BinaryIO

from kepu_core import ExportContext, InvalidData
from kepu_core.report import Report
from kepu_office import word_problems
from kepu_office.word_layouts import LAYOUTS
from kepu_office.word_official import Head, fill_official
from kepu_office.word_package import open_package
from kepu_office.word_plans import outlined
from kepu_office.word_report import fill_report

__all__ = ["write_word"]

_TEXTS = ("masthead", "document_number", "issuer", "addressees", "copied_to")


def write_word(report: Report, out: BinaryIO, context: ExportContext) -> None:
    """Write a report as ``.docx``.

    ``context.options`` may hold ``layout`` (``"report"`` or ``"official"``), ``template`` (the path of a document whose
    styles and page are used), and for the official layout what stands at its head and end: ``masthead``,
    ``document_number``, ``issuer``, ``issued_on``, ``addressees``, ``copied_to``; what is not given is taken from the
    facts of the report. Raises :class:`InvalidData` for an unknown layout, for what is no day, and for a template that
    cannot be used.
    """
    options = context.options
    layout = LAYOUTS.get(str(options.get("layout") or "report"))
    if layout is None:
        raise InvalidData(word_problems.UNKNOWN_LAYOUT.finding(layout=options["layout"], known=tuple(LAYOUTS)))
    template = options.get("template")
    package = open_package(layout, None if template is None else Path(template))
    if layout.name == "official":
        text, attachments = outlined(report)
        fill_official(package, text, attachments, _head(report, options))
    else:
        fill_report(package, report, context.generated_at)
    package.save(out, str(report.title), context.generated_at)


def _head(report: Report, options: Any) -> Head:
    facts = {fact.key: fact.value for fact in report.facts if fact.value is not None}
    told = {name: options.get(name, facts.get(name)) for name in _TEXTS}
    if told["document_number"] is None and report.kind == "plan" and report.subtitle is not None:
        told["document_number"] = report.subtitle
    return Head(
        issued_on=_day(options.get("issued_on", facts.get("issued_on"))),
        **{name: None if value is None else str(value) for name, value in told.items()},
    )


def _day(value: object) -> dt.date | None:
    if value is None or isinstance(value, dt.date):
        return value
    try:
        return dt.date.fromisoformat(str(value))
    except ValueError as error:
        raise InvalidData(word_problems.NOT_A_DAY.finding(found=value)) from error
