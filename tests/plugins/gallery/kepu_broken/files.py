"""Importers and exporters that go wrong in the middle of a file."""

import json
import sys
from pathlib import Path

import kepu_core as kepu
from kepu_broken.kit import LABEL, gives

BASE = kepu.Base(id="b9", name="丙馆", kind="venue", region="440100")


def importer(read):
    return gives(
        kepu.hook.kepu_importers,
        kepu.Importer(name="broken.list", label=LABEL, suffixes=(".broken",), read=read),
    )


def exporter(write):
    return gives(
        kepu.hook.kepu_exporters,
        kepu.Exporter(name="broken.list", label=LABEL, suffixes=(".broken",), accepts=("records",), write=write),
    )


@importer
def read_raises(data, context):
    raise LookupError("no sheet called 2021")


@importer
def read_no_json(data, context):
    return kepu.ImportResult(records=[kepu.Base(**each) for each in json.loads(data)])


@importer
def read_a_list(data, context):
    return [BASE]


@importer
def read_dictionaries(data, context):
    return kepu.ImportResult(records=[{"id": "b9"}])


@importer
def read_nothing(data, context):
    return kepu.ImportResult(records=None)


@importer
def read_a_generator(data, context):
    return kepu.ImportResult(records=(base for base in [BASE]))


@importer
def read_a_part(data, context):
    return kepu.ImportResult(records=[kepu.Contact(name="李明")])


@exporter
def write_stops_half_way(records, out, context):
    out.write(b"half of it")
    raise LookupError("no template")


@exporter
def write_leaves(records, out, context):
    sys.exit(3)


@exporter
def write_a_text(records, out, context):
    out.write("\n".join(r.id for r in records))


@exporter
def write_and_close(records, out, context):
    out.write("\n".join(r.id for r in records).encode() or b"-")
    out.close()


@exporter
def write_beside(records, out, context):
    Path("index.txt").write_text(str(len(records)), "utf-8")
    out.write("\n".join(r.id for r in records).encode() or b"-")


@exporter
def write_one_of_ours(records, out, context):
    kepu.Period.parse("last year")
