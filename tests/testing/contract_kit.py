"""What the tests of small faults in contracts share: one law of a contract, and things to try it on."""

import datetime as dt

import kepu_core as kepu
from kepu_core.testing import check_contract

SOURCE = kepu.Provenance(source="样例", checked_on=dt.date(2026, 1, 1))
LABEL = kepu.Text("物", "thing")


def outcome(contract, law, **body):
    """What becomes of one law of a contract."""
    (result,) = check_contract(type("T", (contract,), body), only=[law])
    return result


def code(result):
    return result.finding and result.finding.code


@kepu.record("my.station", "站", "station")
class Station:
    """A record type of a plugin's own."""

    id: str = kepu.field("标识", "id")
    region: str = kepu.field("地区", "region")


def metric(compute, **more):
    told = {"title": "数", "title_en": "number", "unit": "个", "subject": "region", "provenance": SOURCE, **more}
    return kepu.metric("my.x", **told)(compute)


def exporter(write, suffix=".txt", accepts=("records",)):
    return kepu.Exporter(name="my.x", label=LABEL, suffixes=(suffix,), accepts=accepts, write=write)
