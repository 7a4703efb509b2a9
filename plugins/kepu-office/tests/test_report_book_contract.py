"""The exporters of workbooks keep the laws of every exporter; the independent readers are calamine and openpyxl."""

from book_kit import formulas, opened, sheets

from kepu_core.testing import ExporterContract
from kepu_office.plugin import exporters

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
