"""A report as a workbook: a cover with what it says of itself and the way to every sheet, and the sheets."""

import datetime as dt
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, BinaryIO

import xlsxwriter
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from kepu_core import ExportContext, Text
from kepu_core.domain import ILLUSTRATIVE_NOTE
from kepu_core.report import Bars, Grid, Report, Tiles
from kepu_core.workspace.reporting import SHANGHAI
from kepu_office.report_cells import put, put_link, put_text
from kepu_office.report_grids import begin, write_grid
from kepu_office.report_pages import Entry, Page, pages_of
from kepu_office.report_pictures import write_bars, write_tiles, write_timeline
from kepu_office.report_styles import Styles
from kepu_office.report_texts import SheetNames, header_text, safe_text

__all__ = ["opened", "write_report"]

_MANY_CELLS = 2_000_000
"""With more cells, rows wait in a temporary file instead of in memory."""
_UNDATED = dt.datetime(2000, 1, 1)  # noqa: DTZ001 - a stamp that makes the same report the same bytes
_NEVER = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
_CONTENTS_WIDTHS = (44, 76)
_LONGEST_TITLE = 250

_EXAMPLE = Text("示例数据", "illustrative data")
_COVER = Text("封面", "Cover")
_CONTENTS = Text("目录", "Contents")
_AS_OF = Text("截至", "as of")
_MADE = Text("生成时间", "generated at")
_ROWS = Text("{n} 行", "{n} rows")


def write_report(report: Report, out: BinaryIO, context: ExportContext) -> None:
    """Write a report as ``.xlsx``: a cover, and a sheet for each table, chart, map and list of times.

    The language is the one of the moment; the same report gives the same bytes.
    """
    with opened(out, str(report.title), context.generated_at, cells=_cells(report)) as book:
        names = SheetNames()
        cover = book.add_worksheet(names.take(str(_COVER)))
        entries = pages_of(report, names)
        styles = Styles(book)
        sheets = {entry.page.name: book.add_worksheet(entry.page.name) for entry in entries if entry.page}
        _cover(cover, report, entries, styles, context.generated_at)
        note = str(_EXAMPLE) if report.illustrative else ""
        for entry in entries:
            if entry.page is not None:
                sheet = sheets[entry.page.name]
                begin(sheet, entry.page.title, styles, cover.name, note)
                _fill(book, sheet, entry.page, styles)


@contextmanager
def opened(out: BinaryIO, title: str, at: dt.datetime | None, *, cells: int) -> Iterator[Workbook]:
    """A workbook that goes to a stream when the block ends; in memory, unless it has very many cells."""
    stamp = _UNDATED if at is None else at.astimezone(dt.UTC).replace(tzinfo=None)
    with tempfile.TemporaryDirectory() if cells > _MANY_CELLS else _nowhere() as folder:
        memory: dict[str, Any] = {"constant_memory": True, "tmpdir": folder} if folder else {"in_memory": True}
        with xlsxwriter.Workbook(out, {**_NEVER, **memory}) as book:
            book.set_properties({"title": safe_text(title)[:_LONGEST_TITLE], "created": stamp})
            yield book


@contextmanager
def _nowhere() -> Iterator[None]:
    yield None


def _cells(report: Report) -> int:
    return sum(len(grid.table.rows) * len(grid.table.columns) for grid in report.grids())


def _fill(book: Workbook, sheet: Worksheet, page: Page, styles: Styles) -> None:
    block = page.block
    if isinstance(block, Grid):
        write_grid(sheet, block, styles)
    elif isinstance(block, Bars):
        write_bars(book, sheet, block, styles)
    elif isinstance(block, Tiles):
        write_tiles(sheet, block, styles)
    else:
        write_timeline(sheet, block, styles)


def _cover(
    sheet: Worksheet, report: Report, entries: Sequence[Entry], styles: Styles, generated_at: dt.datetime | None
) -> None:
    put_text(sheet, 0, 0, str(report.title), styles.named("big"))
    row = 1
    if report.subtitle is not None:
        put_text(sheet, row, 0, str(report.subtitle), styles.named("title"))
        row += 1
    if report.illustrative:
        put_text(sheet, row, 0, str(ILLUSTRATIVE_NOTE), styles.named("warning"))
        row += 1
    row = _facts(sheet, row + 1, report, styles, generated_at)
    put_text(sheet, row + 1, 0, str(_CONTENTS), styles.named("title"))
    for number, entry in enumerate(entries, row + 2):
        _entry(sheet, number, entry, styles)
    for column, width in enumerate(_CONTENTS_WIDTHS):
        sheet.set_column(column, column, width)
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.set_header(f"&C{header_text(str(report.title))}")
    sheet.set_footer(f"&C{Text('第 &P 页，共 &N 页', 'page &P of &N')}")


def _facts(sheet: Worksheet, row: int, report: Report, styles: Styles, generated_at: dt.datetime | None) -> int:
    """The facts below each other; the row after them."""
    plain = styles.look()
    for fact in report.facts:
        put_text(sheet, row, 0, str(fact.label), styles.named("head"))
        put(sheet, row, 1, fact.value, styles.look(tone=fact.tone))
        row += 1
    made = None if generated_at is None else generated_at.astimezone(SHANGHAI)
    for label, day in ((_AS_OF, report.on), (_MADE, made)):
        if day is not None:
            put_text(sheet, row, 0, str(label), styles.named("head"))
            put(sheet, row, 1, day, plain)
            row += 1
    return row


def _entry(sheet: Worksheet, row: int, entry: Entry, styles: Styles) -> None:
    """One line of the contents, indented by its level."""
    if entry.page is None:
        look = {"bold": True} if entry.heading else styles.tinted(entry.tone)
        put_text(sheet, row, 0, entry.text, styles.of({**look, "indent": min(entry.level, 15)}))
        return
    link = styles.of({"font_color": "#0563C1", "underline": 1, "indent": min(entry.level, 15)})
    put_link(sheet, row, 0, entry.page.name, entry.text, link)
    block = entry.page.block
    if isinstance(block, Grid):
        put_text(sheet, row, 1, str(_ROWS.format(n=len(block.table.rows))), styles.named("quiet"))
