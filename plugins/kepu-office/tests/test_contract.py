"""The importer keeps the laws of every importer."""

from faulty_sheets import bases, row

from kepu_core.domain import Base
from kepu_core.testing import ImporterContract, Sample
from kepu_office.plugin import importers

CODES = row(c2="440300"), row(c0="乙馆", c2="440304")


class TestOffice(ImporterContract):
    importer = importers()[0]
    samples = [Sample(name="base.xlsx", data=bases(*CODES)), Sample(name="base.csv", data="名称,类别,所在地区\n甲,venue,440300\n".encode(), kind="base")]  # fmt: skip
    record_types = (Base,)
    examples = 30
