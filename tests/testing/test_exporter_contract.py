"""Our own exporters keep the contract; exporters that are wrong in one way are caught."""

import csv
import io
import json
import time
from pathlib import Path

import pytest

import kepu_core as kepu
from kepu_core.builtin.exporters import EXPORTERS
from kepu_core.domain import redacted
from kepu_core.testing.contracts import LawOutcome, check_contract
from kepu_core.testing.contracts.exporter import ExporterContract

OURS = {e.name: e for e in EXPORTERS}
LABEL = kepu.Text("错", "wrong")


@pytest.mark.parametrize("name", sorted(OURS))
def test_our_own_exporters_keep_the_contract(name):
    """JSON, CSV and Markdown, of records and of scorecards, and a hundred thousand rows of them."""
    contract = type("Ours", (ExporterContract,), {"exporter": OURS[name], "examples": 10})
    broken = [r for r in check_contract(contract) if r.outcome is LawOutcome.BROKEN]
    assert not broken, [(r.law, str(r.finding), r.notes[:3]) for r in broken]


def exporter(write, suffix=".txt", accepts="records"):
    return kepu.Exporter(name="my.wrong", label=LABEL, suffixes=(suffix,), accepts=(accepts,), write=write)


def lines(records):
    return "\n".join(f"{r.id} {getattr(r, 'name', '')}" for r in records) or "-"


def right(records, out, context):
    shown = records if context.include_personal else [redacted(r) for r in records]
    out.write(lines(shown).encode())


def only_short_names(records, out, context):
    out.write(lines(records).encode("ascii"))


def needs_one(records, out, context):
    out.write(f"{records[0].id}\n{lines(records)}".encode())


def silent(records, out, context):
    del records


def garbled(records, out, context):
    out.write("\n".join("?" for _ in records).encode() or b"-")


def no_json(records, out, context):
    out.write(json.dumps([r.id for r in records])[:-1].encode())


def cut_off(records, out, context):
    right(records[:65_536], out, context)


def closes(records, out, context):
    with io.TextIOWrapper(out, encoding="utf-8") as text:
        text.write(lines(records))


def writes_beside(records, out, context):
    Path("index.txt").write_text(str(len(records)), "utf-8")
    right(records, out, context)


def dated(records, out, context):
    out.write(f"{time.strftime('%Y')}\n{lines([redacted(r) for r in records])}".encode())


def by_memory(records, out, context):
    out.write(f"{id(object())} {time.perf_counter()} {lines(records)}".encode())


def formulas(records, out, context):
    text = io.StringIO(newline="")
    csv.writer(text).writerows([r.id, r.name] for r in records)
    out.write(text.getvalue().encode() or b"-")


def unescaped(records, out, context):
    out.write(f"<html><body>{''.join(f'<p>{r.id} {r.name}</p>' for r in records)}</body></html>".encode())


def remote(records, out, context):
    page = "<html><head><script src='https://cdn.example.org/x.js'></script></head>"
    out.write(f"{page}<body>{len(records)}</body></html>".encode())


def personal(records, out, context):
    out.write("\n".join(f"{r.id} {r.contact.name if r.contact else None}" for r in records).encode() or b"-")


WRONG = [
    ("takes_anything_it_accepts", exporter(only_short_names), "contract.raised"),
    ("takes_nothing", exporter(needs_one), "contract.raised"),
    ("takes_anything_it_accepts", exporter(silent), "contract.exporter.nothing"),
    ("can_be_read_back", exporter(garbled), "contract.exporter.lost"),
    ("can_be_read_back", exporter(no_json, ".json"), "contract.exporter.unreadable"),
    ("takes_many_rows", exporter(cut_off), "contract.exporter.lost"),
    ("writes_only_to_its_stream", exporter(closes), "contract.exporter.closed"),
    ("writes_only_to_its_stream", exporter(writes_beside), "contract.side-effect"),
    ("is_the_same_again", exporter(dated), "contract.clock"),
    ("is_the_same_again", exporter(by_memory), "contract.unstable"),
    ("is_safe_to_open", exporter(formulas, ".csv"), "contract.exporter.formula"),
    ("is_safe_to_open", exporter(unescaped, ".html"), "contract.exporter.markup"),
    ("is_safe_to_open", exporter(remote, ".html"), "contract.exporter.markup"),
    ("leaves_personal_data_out", exporter(personal), "contract.exporter.personal"),
]


@pytest.mark.parametrize(("law", "wrong", "code"), WRONG, ids=[w.write.__name__ for _, w, _ in WRONG])
def test_a_wrong_exporter_is_caught(law, wrong, code, tmp_path, monkeypatch):
    """The law that an exporter breaks says so with its code."""
    monkeypatch.chdir(tmp_path)
    contract = type("Wrong", (ExporterContract,), {"exporter": wrong, "record_types": (kepu.Organisation,)})
    (result,) = check_contract(contract, only=[law])
    assert (result.outcome, result.finding.code) == (LawOutcome.BROKEN, code), str(result.finding)


def test_every_law_of_exporters_has_a_mutant():
    """No law is there that nothing is known to break."""
    assert {law for law, _, _ in WRONG} == set(ExporterContract.laws())


class TestRight(ExporterContract):
    """An exporter as short as one can be."""

    exporter = exporter(right)
    rows = 70_000
