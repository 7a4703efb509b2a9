"""Faulty sheets: each has its message, its cell and its mend, in both languages."""

import re
from pathlib import Path

import pytest
from faulty_sheets import CASES, GOOD, NOTES, bases, found, page
from office_kit import read

import kepu_core as kepu


@pytest.mark.parametrize("case", CASES, ids=lambda c: c.title.en)
def test_each_fault_is_told_with_its_cell(case):
    """The fault is an error, stands at its cell, and nothing else is wrong with the sheet."""
    result = found(case)
    errors = [f for f in result.findings if f.severity is kepu.Severity.ERROR]
    assert [(f.code, f.place.cell) for f in errors] == [(case.code, case.cell)], errors
    assert errors[0].place.file == case.name


@pytest.mark.parametrize("case", NOTES, ids=lambda c: c.title.en)
def test_what_is_only_told_stops_nothing(case):
    """Rows that are no data, and values that are read with care, are told; nothing is an error."""
    result = found(case)
    assert not [f for f in result.findings if f.severity is kepu.Severity.ERROR]
    assert (case.code, case.cell) in [(f.code, f.place.cell) for f in result.findings]


def test_all_faults_are_told_at_once():
    """One round of corrections is enough: every faulty cell of every row is told."""
    bad = ["", "飞船", "深训市", "约300", "5月3日", None, "见附件"]
    result = read(bases(bad, GOOD, bad))
    cells = {f.place.cell for f in result.findings if f.severity is kepu.Severity.ERROR}
    assert {"A2", "B2", "C2", "D2", "E2", "F2", "G2", "A4", "B4"} <= cells
    assert [r.name for r in result.records] == ["甲馆"]


def test_every_message_is_whole_in_both_languages():
    """No placeholder is left open, and each says how to mend it."""
    for case in (*CASES, *NOTES):
        for finding in found(case).findings:
            for text in (finding.message.zh, finding.message.en, finding.mend.zh, finding.mend.en):
                assert text.strip()
                assert not re.search(r"\{\w*\}|None|Text\(", text), text


def test_the_page_shows_every_case():
    """The page of the reference can be made from the gallery."""
    text = page()
    assert text.count("### ") == len(CASES) + len(NOTES)
    assert "office.region" in text


def test_the_page_of_the_reference_is_what_is_said_now():
    """To be written anew after a change: ``python -c "import faulty_sheets; print(faulty_sheets.page())"``."""
    written = Path(__file__).parents[3] / "docs" / "reference" / "faulty-sheets.md"
    assert written.read_text("utf-8") == page()
