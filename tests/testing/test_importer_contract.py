"""Our own importers keep the contract; importers that are wrong in one way are caught."""

import subprocess
import sys
import time

import pytest

import kepu_core as kepu
from kepu_core.builtin.exporters import EXPORTERS
from kepu_core.builtin.importers import IMPORTERS
from kepu_core.domain import Place
from kepu_core.testing.contracts import LawOutcome, check_contract
from kepu_core.testing.contracts.importer import ImporterContract, Sample

OURS = {i.name: i for i in IMPORTERS}
WRITERS = {e.name: e for e in EXPORTERS}
SCHEME = """
id = "t.s@1"
name = "t.s"
version = "1"
title = "示例"
subject = "region"

[root]
id = "total"
title = "总分"
points = 100

[[root.children]]
id = "days"
title = "开放天数"
weight = 1
metric = "t.days"
rule = {kind = "ratio", params = {target = 300}}
"""
LABEL = kepu.Text("错", "wrong")


class TestJson(ImporterContract):
    """Documents of the codec, of several types."""

    importer = OURS["json"]
    exporter = WRITERS["json"]
    record_types = (kepu.Organisation, kepu.Base)


class TestCsv(ImporterContract):
    """Tables of one type."""

    importer = OURS["csv"]
    exporter = WRITERS["csv"]
    exempt = {
        "round_trip": "cells are trimmed, and texts that a spreadsheet would take for formulas stand behind an apostrophe"
    }


class TestToml(ImporterContract):
    """Schemes."""

    importer = OURS["toml"]
    samples = (Sample(name="s.toml", data=SCHEME.encode()),)


NAMES = "科协\n学会\n".encode()


def organisation(name):
    return kepu.Organisation(id=f"o-{name}", name=name, kind="association")


def result(names, findings=()):
    return kepu.ImportResult(records=[organisation(n) for n in dict.fromkeys(names)], findings=findings)


NOTHING = kepu.Problem("my.nothing", kepu.Text("没有单位", "no names"), kepu.Text("每行一个", "one on each line"))
CUT = kepu.Problem("my.cut", kepu.Text("最后一行不完整", "the last line is cut off"), kepu.Text("补上换行", "end it"))


def right(data, context):
    """Names, each on a line of its own that must end."""
    place = Place(file=context.path.name)
    text = data[:1_000_000].decode("utf-8", "replace")
    *lines, rest = text.split("\n")
    names = [n.strip() for n in lines if n.strip().isalpha() and len(n) < 100]
    findings = [CUT.finding(place=place)] if rest else []
    return result(names, findings if names or findings else [NOTHING.finding(place=place)])


def blind(data, context):
    return result([])


def raising(data, context):
    return result(data.decode("utf-8").split())


def a_list(data, context):
    return [organisation(n) for n in data.decode("utf-8", "replace").split()]


def placeless(data, context):
    good = right(data, context)
    return kepu.ImportResult(records=good.records, findings=[NOTHING.finding()])


def halves(data, context):
    text = data.decode("utf-8", "ignore")
    middle = len(text) // 2
    return result(n for n in (text[:middle], text[middle:]) if n.strip().isalpha())


def lossy(data, context):
    return result([r.name[:1] for r in right(data, context).records], right(data, context).findings)


def runs(data, context):
    subprocess.run([sys.executable, "-c", ""], check=False)
    return right(data, context)


def dated(data, context):
    good = right(data, context)
    return result([f"{r.name}{time.localtime().tm_year}" for r in good.records], good.findings)


def greedy(data, context):
    good = right(data, context)
    hoard = bytearray(300 * 2**20) if b"[[[" in data else b""
    del hoard
    return good


def importer(read):
    return kepu.Importer(name="my.names", label=LABEL, suffixes=(".names",), read=read)


def write_names(records, out, context):
    out.write("".join(f"{r.name}\n" for r in records).encode())


WRITER = kepu.Exporter(name="my.names", label=LABEL, suffixes=(".names",), accepts=("records",), write=write_names)
WRONG = [
    ("reads_its_samples", blind, "contract.importer.silent"),
    ("damaged_files_never_raise", raising, "contract.importer.raises"),
    ("damaged_files_never_raise", a_list, "contract.importer.shape"),
    ("damaged_files_never_raise", placeless, "contract.importer.placeless"),
    ("a_cut_off_file_invents_nothing", halves, "contract.importer.invented"),
    ("round_trip", lossy, "contract.importer.round-trip"),
    ("does_nothing_else", runs, "contract.side-effect"),
    ("is_the_same_again", dated, "contract.clock"),
    ("takes_no_more_memory_than_it_needs", greedy, "contract.importer.greedy"),
]


@pytest.mark.parametrize(("law", "read", "code"), WRONG, ids=[read.__name__ for _, read, _ in WRONG])
def test_a_wrong_importer_is_caught(law, read, code):
    """The law that an importer breaks says so with its code."""
    body = {"importer": importer(read), "samples": [Sample(name="a.names", data=NAMES)]}
    if law == "round_trip":
        body["exporter"] = WRITER
    (told,) = check_contract(type("Wrong", (ImporterContract,), body), only=[law])
    assert (told.outcome, told.finding and told.finding.code) == (LawOutcome.BROKEN, code), str(told.finding)


def test_every_law_of_importers_has_a_mutant():
    """No law is there that nothing is known to break."""
    assert {law for law, _, _ in WRONG} == set(ImporterContract.laws())


class TestRight(ImporterContract):
    """A list of names."""

    importer = importer(right)
    samples = (Sample(name="a.names", data=NAMES),)
