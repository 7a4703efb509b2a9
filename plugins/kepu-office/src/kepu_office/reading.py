"""Reading a workbook: from the bytes of a file to records, with everything that is wrong with it."""

from pathlib import PurePath

from kepu_core import Finding, ImportContext, ImportResult, InvalidData, Place, Severity
from kepu_office import problems
from kepu_office.limits import LIMITS, Limits
from kepu_office.mapping import read_mapping
from kepu_office.measuring import measure
from kepu_office.names import Names
from kepu_office.opening import open_book
from kepu_office.own_sheets import home_of
from kepu_office.place_names import PlaceNames
from kepu_office.records import build
from kepu_office.rows import Row, rows_of
from kepu_office.tables import Asked, tables_in

__all__ = ["asked_of", "read_office"]


def read_office(data: bytes, context: ImportContext, limits: Limits = LIMITS) -> ImportResult:
    """The records of a workbook or a table of text.

    ``context.options["mapping"]`` says which column is which field (a path or a :class:`Mapping`). All that is wrong
    is a finding with file, sheet and cell; nothing is raised for what a file holds.
    """
    try:
        asked = asked_of(context)
        book, told = open_book(data, context.path.suffix, encoding=context.encoding, limits=limits)
    except InvalidData as error:
        return ImportResult(records=(), findings=[_in_file(f, context.path) for f in error.findings])
    findings = [_in_file(f, context.path) for f in told]
    tables, wrong = tables_in(book, asked)
    findings += wrong
    places = PlaceNames(context.regions, home_of(book))
    rows: list[Row] = []
    for table in tables:
        more, found = rows_of(table, asked, places, since_1904=book.since_1904)
        rows += more
        findings += found
    names = Names(asked.codec, context.find)
    findings += measure(rows, asked, names)
    built = build(rows, tables, asked, names, places)
    findings += built.findings
    if not rows and not any(f.severity is Severity.ERROR for f in findings):
        findings.append(problems.EMPTY.finding(place=asked.place(None)))
    return ImportResult(records=built.records, findings=findings, places=built.places)


def asked_of(context: ImportContext) -> Asked:
    """What a context asks. Raises :class:`InvalidData` for a mapping that is wrong."""
    where = context.options.get("mapping")
    return Asked(
        codec=context.codec,
        file=context.path.name,
        stem=context.path.stem,
        kind=context.kind,
        mapping=None if where is None else read_mapping(where),
    )


def _in_file(finding: Finding, path: PurePath) -> Finding:
    return finding if finding.place is not None else finding.at(place=Place(file=path.name))
