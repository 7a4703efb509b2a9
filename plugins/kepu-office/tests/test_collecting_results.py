"""Collecting: what comes out, as text, data, workbook and page."""

import io
import json

import openpyxl
import pytest
import xlsxwriter
from collecting_kit import DUE, GUANGZHOU, SHENZHEN, ZHUHAI, base, figure, run, write

import kepu_core as kepu
from kepu_core import use_language
from kepu_office.collecting import Collection
from kepu_office.collecting_page import page_of
from kepu_office.collecting_sheet import write as write_cell
from kepu_office.collecting_sheet import write_status


@pytest.fixture
def collection(ws, folder):
    ws.put(figure(GUANGZHOU, 100, period="2020"), base(GUANGZHOU, "=SUM(A1)"))
    write(folder, "广州市/<b>数据.json", figure(GUANGZHOU, 1000), base(GUANGZHOU, "新馆"))
    (folder / "深圳市.json").write_text("{")
    return run(ws, folder, types=["base", "observation"], due=DUE)


def test_the_collection_as_text(collection):
    """A table, and a summary in words, in both languages."""
    text = str(collection)
    header = "code region type state files read imported added changed unchanged gone completeness doubts"
    assert text.splitlines()[0].split() == header.split()
    assert "nothing came from: 珠海市, 中山市" in text
    assert "reporting rate 25.0% (2/8)" in text
    with use_language("zh"):
        assert "未报：珠海市、中山市" in str(collection)
        assert "未通过" in str(collection)


def test_the_collection_as_data(collection):
    """Everything goes into JSON; the rows are those of the table."""
    data = json.loads(json.dumps(collection.to_data(), allow_nan=False))
    assert data["statuses"] == json.loads(json.dumps(collection.to_rows()))
    assert {s["state"] for s in data["statuses"]} == {"received", "refused", "missing"}
    assert data["doubts"][0]["key"].startswith("plausible.jump|visits|440100|2021")
    assert data["rates"]["reporting"] == {"part": 2, "whole": 8, "share": 0.25}


def test_the_collection_as_a_workbook(collection):
    """Five sheets; what looks like a formula is a text, and rates are numbers."""
    out = io.BytesIO()
    write_status(collection, out)
    book = openpyxl.load_workbook(io.BytesIO(out.getvalue()))
    assert book.sheetnames == ["status", "files", "findings", "changes", "doubts"]
    cells = [c for sheet in book for row in sheet for c in row if c.value is not None]
    assert not [c for c in cells if c.data_type == "f" or c.hyperlink]
    assert [c.value for c in book["files"]["A"]][1:] == [f.name for f in collection.files]
    assert any(
        str(c.value).startswith("广州市 gone base/base-440100-=SUM") or "=SUM(A1)" in str(c.value) for c in cells
    )
    states = {row[0].value: row[3].value for row in book["status"].iter_rows(min_row=5) if row[3].value}
    assert states[ZHUHAI] == "missing"


def test_texts_that_look_like_formulas_stay_texts(ws, folder):
    """A file name that begins with an equals sign is written as a text."""
    write(folder, "=cmd.json", figure(GUANGZHOU))
    write(folder, "https___x.json", figure(SHENZHEN))
    out = io.BytesIO()
    write_status(run(ws, folder), out)
    sheet = openpyxl.load_workbook(io.BytesIO(out.getvalue()))["files"]
    assert [(c.value, c.data_type) for c in sheet["A"]][1:] == [("=cmd.json", "s"), ("https___x.json", "s")]


def test_the_collection_as_a_page(collection):
    """Everything is escaped; nothing is loaded from elsewhere."""
    page = page_of(collection)
    assert "&lt;b&gt;数据.json" in page
    assert "<b>" not in page
    assert "default-src 'none'" in page


def test_an_empty_collection_can_be_shown(ws, folder):
    """Nobody expected, nothing found."""
    found = run(ws, folder, expected=[])
    assert isinstance(found, Collection)
    write_status(found, io.BytesIO())
    assert "0 of 0 regions" in str(found)
    assert "<table>" in page_of(found)


def test_personal_data_is_not_told(ws, folder):
    """That a telephone number changed is told, not which it was."""
    contact = {"name": "张三", "phone": "020-83561234"}
    ws.put(base(GUANGZHOU, contact=kepu.Contact(**contact)))
    write(folder, "广州市.json", base(GUANGZHOU, contact=kepu.Contact(**{**contact, "phone": "020-83569999"})))
    found = run(ws, folder, types=["base"])
    assert found.differences[0].personal
    told = json.dumps(found.to_data(), ensure_ascii=False) + page_of(found) + str(found.differences[0])
    assert "8356" not in told


def test_a_text_that_looks_like_xml_of_the_writer_stays_a_text():
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        write_cell(book.add_worksheet(), 0, 0, "<r>&</r>")
    assert openpyxl.load_workbook(io.BytesIO(out.getvalue())).active["A1"].value.strip() == "<r>&</r>"
