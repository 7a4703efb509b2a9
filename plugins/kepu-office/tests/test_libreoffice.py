"""Filled templates that LibreOffice opened and saved again are read as they were; it is a second opinion on every file."""

import os
import shutil
import subprocess
from itertools import islice

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from office_kit import filled, is_writable, read, without_silent_parts

from kepu_core.domain import RECORD_TYPES, Scheme, type_name
from kepu_core.testing import strategy_for

SOFFICE = shutil.which("soffice")
EACH = 40 if os.environ.get("KEPU_LONG") else 6


def some(cls, count):
    """A few different records of a type, made as Hypothesis makes them."""
    found = {}

    @settings(max_examples=count, phases=[Phase.generate], suppress_health_check=list(HealthCheck), database=None)
    @given(st.lists(strategy_for(cls).filter(is_writable), min_size=1, max_size=2))
    def collect(records):
        found.update((r.id, r) for r in records)

    collect()
    return list(islice(found.values(), count))


@pytest.mark.skipif(SOFFICE is None, reason="LibreOffice is not installed")
def test_saved_again_by_libreoffice(tmp_path):
    kept = {}
    for cls in RECORD_TYPES:
        kept[type_name(cls)] = records = some(cls, 2 if cls is Scheme else EACH)
        (tmp_path / f"{type_name(cls)}.xlsx").write_bytes(filled(records))
    out = tmp_path / "again"
    files = sorted(map(str, tmp_path.glob("*.xlsx")))
    profile = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"
    command = [SOFFICE, profile, "--headless", "--convert-to", "xlsx:Calc MS Excel 2007 XML", "--outdir", str(out)]
    subprocess.run([*command, *files], check=True, capture_output=True, timeout=300)
    wrong = {}
    for name, records in kept.items():
        result = read((out / f"{name}.xlsx").read_bytes(), name=f"{name}.xlsx")
        if {r.id: r for r in result.records} != {r.id: without_silent_parts(r) for r in records}:
            wrong[name] = [str(f) for f in result.findings[:3]]
    assert wrong == {}
