"""Workbooks that go out: a ledger of 100,000 rows beside bare XlsxWriter, and a scorecard in which every score is a formula.

Bare XlsxWriter writes the same values in the same formats, row by row, and nothing else: no widths, no heights of rows,
no colours of what is late, no cover.
"""

import datetime as dt
import io
import time
from typing import Any

from benchmarks._report import Row, at_most, plain

_LIMIT = 1.5
_KINDS = 15


def run(short: bool) -> list[Row]:
    """Write a ledger; write an auditor's workbook."""
    return [*_ledger(2_000 if short else 100_000), *_book(100 if short else 1_000)]


def _ledger(count: int) -> list[Row]:
    from kepu_office.report_book import write_report

    report = _report(count)
    context = _context()
    bare, ours = io.BytesIO(), io.BytesIO()
    bare_time = _seconds(lambda: _bare(report, bare))
    time_taken = _seconds(lambda: write_report(report, ours, context))
    title = f"ledger, {count:,} rows × {_KINDS} columns"
    return [
        plain(f"{title}: bare XlsxWriter", bare_time, "s"),
        at_most(f"{title}: report-xlsx (× bare)", time_taken, "s", time_taken / bare_time, _LIMIT),
        plain(f"{title}: size (× bare)", len(ours.getvalue()) / 1e6, "MB", len(ours.getvalue()) / len(bare.getvalue())),
        plain("thousand cells a second", count * _KINDS / time_taken / 1e3, "k/s"),
    ]


def _report(count: int) -> Any:
    """A ledger as that of a plan: texts of all lengths, labels, days, numbers, and how each row stands."""
    from kepu_core import ItemState, Text
    from kepu_core.report import Column, Grid, Report, Section, Table, Tone

    states, tones, first = list(ItemState), list(Tone), dt.date(2021, 1, 1)
    texts = [f"第{n}项：组织开展面向青少年的科普活动，推动科技资源科普化" for n in range(1000)]
    units = ["省科协", "各地级以上市科协", "省级学会", None]
    columns = tuple(Column(key=f"c{n}", label=Text(f"列{n}", f"column {n}"), decimals=2 if n in {9, 10} else None) for n in range(_KINDS))  # fmt: skip
    rows = tuple(
        (n + 1, f"一、{n % 7}", texts[n % 1000], "实施", None, units[n % 4], units[(n + 1) % 4], None, "青少年、公众",
         n / 7, (n % 101) / 3, first + dt.timedelta(days=n % 365), states[n % len(states)], n % 101, f"A{n % 977}")
        for n in range(count)
    )  # fmt: skip
    grid = Grid(
        key="ledger",
        title=Text("台账", "ledger"),
        table=Table(columns=columns, rows=rows),
        tones=tuple(tones[n % 4] for n in range(count)),
    )
    section = Section(key="s", title=Text("台账", "ledger"), blocks=(grid,))
    return Report(kind="plan", title=Text("要点", "plan"), sections=(section,))


def _bare(report: Any, out: io.BytesIO) -> None:
    import xlsxwriter

    table = next(report.grids()).table
    with xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}) as book:
        sheet = book.add_worksheet()
        text = book.add_format({"border": 1, "text_wrap": True})
        number = book.add_format({"border": 1, "num_format": "0.00"})
        day = book.add_format({"border": 1, "num_format": "yyyy-mm-dd"})
        for position, column in enumerate(table.columns):
            sheet.write_string(0, position, str(column.label), text)
        for row, values in enumerate(table.rows, 1):
            for position, value in enumerate(values):
                if isinstance(value, dt.date):
                    sheet.write_datetime(row, position, value, day)
                elif isinstance(value, (int, float)):
                    sheet.write_number(row, position, value, number)
                elif value is None:
                    sheet.write_blank(row, position, None, text)
                else:
                    sheet.write_string(row, position, str(value), text)


def _book(count: int) -> list[Row]:
    from kepu_core.testing import made_scorecard
    from kepu_office.scorecard_book import write_scorecard

    card = made_scorecard([f"第{n}号单位" for n in range(count)])
    out = io.BytesIO()
    taken = _seconds(lambda: write_scorecard(card, out, _context()))
    return [
        plain(f"scorecard-xlsx, {count:,} subjects, every score a formula", taken, "s"),
        plain(f"scorecard-xlsx, {count:,} subjects: size", len(out.getvalue()) / 1e6, "MB"),
    ]


def _context() -> Any:
    from kepu_core import ExportContext
    from kepu_core.codec import Codec, RecordType
    from kepu_core.domain import RECORD_TYPES

    return ExportContext(codec=Codec([RecordType(cls) for cls in RECORD_TYPES]))


def _seconds(work: Any) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun
