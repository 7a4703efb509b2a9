"""The exporters of workbooks keep the laws of every exporter; the independent readers are calamine and openpyxl."""

import io
import zipfile

import pytest
from book_kit import formulas, opened, sheets
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import kepu_core as kepu
from kepu_core.codec.rows import header, to_row
from kepu_core.domain import RECORD_TYPES, Scheme, type_name
from kepu_core.report import Column, Fact, Grid, Report, Section, Table
from kepu_core.testing import ExporterContract, strategy_for
from kepu_office.plugin import exporters
from kepu_office.report_book import write_report

PREFIXES = ("", "=", "+", "-", "@", '=HYPERLINK("http://x")&', "\t=", "{=1}", "http://example.org/", "<r>")
EXPORTERS = {exporter.name: exporter for exporter in exporters()}


def texts_of(data):
    return [str(cell) for rows in sheets(data).values() for row in rows for cell in row]


class TestReportBook(ExporterContract):
    exporter = EXPORTERS["report-xlsx"]
    examples = 20

    def read_back(self, data):
        assert not formulas(opened(data))
        return texts_of(data)


class TestScorecardBook(ExporterContract):
    exporter = EXPORTERS["scorecard-xlsx"]
    examples = 12

    def read_back(self, data):
        return texts_of(data)


@pytest.mark.parametrize("cls", RECORD_TYPES, ids=type_name)
def test_no_field_of_any_record_becomes_a_formula(cls):
    """Whatever stands in it, in a cell or in a heading; a text stays the text that it was."""
    specs = header(cls, personal=True)

    @settings(max_examples=3 if cls is Scheme else 12, suppress_health_check=list(HealthCheck), database=None)
    @given(st.lists(strategy_for(cls), min_size=1, max_size=3), st.sampled_from(PREFIXES))
    def run(records, prefix):
        texts = [tuple(f"{prefix}{cell}" for cell in to_row(record, specs)) for record in records]
        both = kepu.Text(texts[0][0], texts[0][0])
        columns = tuple(Column(key=s.name, label=kepu.Text(f"{prefix}{s.label.zh}", s.label.en)) for s in specs)
        table = Table(columns=columns, rows=tuple(texts))
        report = Report(
            kind="x",
            title=both,
            facts=(Fact(key="f", label=both, value=texts[0][0]),),
            sections=(Section(key="s", title=both, blocks=(Grid(key="g", title=both, table=table),)),),
        )
        out = io.BytesIO()
        write_report(report, out, kepu.ExportContext(codec=None))
        book = opened(out.getvalue())
        assert not formulas(book)
        assert not any(cell.hyperlink and cell.hyperlink.target for sheet in book for row in sheet for cell in row)
        with zipfile.ZipFile(out) as archive:
            assert not [name for name in archive.namelist() if "external" in name.lower() or "vba" in name.lower()]

    run()
