"""The exporter keeps the laws of every exporter, in both layouts."""

from attrs import evolve
from word_kit import WORD, Read

from kepu_core.testing import ExporterContract


def _official(report, out, context):
    WORD.write(report, out, evolve(context, options={"layout": "official", "masthead": "某某文件", "issuer": "某单位"}))


class _Word(ExporterContract):
    subjects = 2_000
    examples = 15

    def read_back(self, data):
        return Read(data).texts()


class TestReport(_Word):
    exporter = WORD


class TestOfficial(_Word):
    exporter = evolve(WORD, name="report-docx-official", write=_official)


del _Word
