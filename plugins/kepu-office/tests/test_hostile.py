"""Files that mean harm, and files that are broken: findings, never a crash, never more than the limits."""

import io
import os
import random
import tracemalloc
import zipfile
from pathlib import Path

import openpyxl
import pytest
from faulty_sheets import GOOD, HEAD, bases
from office_kit import changed, codes, empty_template, fuzzed, read, saved

import kepu_core as kepu
from kepu_core.plugins import ImportResult
from kepu_office import Limits
from kepu_office.archive import unpack
from kepu_office.opening import open_book
from kepu_office.reading import read_office

FUZZED = 5000 if os.environ.get("KEPU_LONG") else 200
ODS = (
    '<?xml version="1.0"?><office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
    'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" '
    'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"><office:body><office:spreadsheet>'
    '<table:table table:name="科普教育基地">{rows}</table:table></office:spreadsheet></office:body>'
    "</office:document-content>"
)


def part(data, name):
    """One part of a workbook as text."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return archive.read(name).decode()


def ods(*rows):
    """An OpenDocument spreadsheet of rows of texts, or of XML."""

    def cells(row):
        return "".join(
            f'<table:table-cell office:value-type="string"><text:p>{c}</text:p></table:table-cell>' for c in row
        )

    body = "".join(r if isinstance(r, str) else f"<table:table-row>{cells(r)}</table:table-row>" for r in rows)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("META-INF/manifest.xml", MANIFEST)
        archive.writestr("content.xml", ODS.format(rows=body))
    return out.getvalue()


MANIFEST = (
    '<?xml version="1.0"?><m:manifest xmlns:m="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"><m:file-entry '
    'm:full-path="/" m:media-type="application/vnd.oasis.opendocument.spreadsheet"/></m:manifest>'
)
BARE_CELL = "<table:table-cell><text:p>x</text:p></table:table-cell>"
TEXT_CELL = BARE_CELL.replace("table-cell>", 'table-cell office:value-type="string">', 1)
WIDE_CELL = TEXT_CELL.replace("office:", 'table:number-columns-repeated="16384" office:')
SHEET = "xl/worksheets/sheet1.xml"


def only(result):
    """The one error."""
    (found,) = codes(result)
    return found[0]


def test_a_file_that_expands_without_end_is_refused_before_it_is_unpacked():
    """The directory says how large it will be; nothing is unpacked to find out."""
    data = changed(bases(GOOD), {"xl/worksheets/sheet9.xml": bytes(300 * 2**20)})
    tracemalloc.start()
    try:
        assert only(read(data)) == "office.limit"
        assert tracemalloc.get_traced_memory()[1] < 32 * 2**20
    finally:
        tracemalloc.stop()


def test_a_directory_that_lies_is_found_out():
    """A part that is larger than the directory says makes the file a damaged one."""
    data = bytearray(changed(bases(GOOD), {"xl/worksheets/sheet9.xml": bytes(8 * 2**20)}))
    size = (8 * 2**20).to_bytes(4, "little")
    while (at := data.find(size)) >= 0:
        data[at : at + 4] = (10).to_bytes(4, "little")
    assert only(read(bytes(data))) == "office.damaged"


@pytest.mark.parametrize(
    "doctype",
    [
        '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>',
        '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>',
        '<!DOCTYPE x SYSTEM "http://example.org/x.dtd">',
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_document_types_and_entities_are_refused(doctype, encoding):
    """No part of a workbook has a document type, in whatever encoding."""
    sheet = part(bases(GOOD), SHEET)
    text = f'<?xml version="1.0" encoding="{encoding}"?>{doctype}{sheet[sheet.find("<worksheet") :]}'
    assert only(read(changed(bases(GOOD), {SHEET: text.encode(encoding)}))) == "office.unsafe"


@pytest.mark.parametrize("spot", ["XFD1048576", "A1048576", "XFD1"])
def test_a_cell_far_out_takes_no_room(spot):
    """The reader would make room for the whole rectangle; it is never asked."""
    made = openpyxl.load_workbook(io.BytesIO(bases(GOOD)))
    made.worksheets[0][spot] = "x"
    assert only(read(saved(made))) == "office.limit"


@pytest.mark.parametrize(
    "cell",
    ['<c x=">" r="XFD1048576"><v>1</v></c>', '<c r="&#88;FD1048576"><v>1</v></c>', "<c r='XFD1048576'><v>1</v></c>"],
)
def test_a_cell_far_out_cannot_be_hidden_from_the_scan(cell):
    """However the reference is written."""
    sheet = part(bases(GOOD), SHEET).replace("</sheetData>", f'<row r="1048576">{cell}</row></sheetData>')
    assert only(read(changed(bases(GOOD), {SHEET: sheet}))) == "office.limit"


def test_a_sheet_cannot_hide_behind_another_kind_of_workbook():
    """A part that makes an archive look like an OpenDocument sheet does not spare its other parts the scan."""
    sheet = part(bases(GOOD), SHEET).replace("</sheetData>", '<row><c r="XFD1048576"><v>1</v></c></row></sheetData>')
    data = changed(bases(GOOD), {SHEET: sheet, "content.xml": ODS.format(rows=""), "META-INF/manifest.xml": MANIFEST})
    assert only(read(data, "a.ods")) == "office.limit"


@pytest.mark.parametrize("end", ["</sheetData></worksheet>", ""])
def test_a_sheet_cannot_hide_under_another_name(end):
    """Every part is scanned; one that is no XML is not shown to the reader of sheets."""
    far = '<worksheet><sheetData><row><c r="XFD1048576"><v>1</v></c></row>' + end
    rels = part(bases(GOOD), "xl/_rels/workbook.xml.rels").replace("</Relationships>", (
        '<Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" '
        'Target="theme/evil.xml"/></Relationships>'))  # fmt: skip
    result = read(changed(bases(GOOD), {"xl/theme/evil.xml": far, "xl/_rels/workbook.xml.rels": rels}))
    assert codes(result)


@pytest.mark.parametrize(
    "rows",
    [
        f'<table:table-row table:number-rows-repeated="1000000">{TEXT_CELL}</table:table-row>',
        f"<table:table-row>{WIDE_CELL}</table:table-row>",
        f'<table:table-row><table:table-cell table:number-columns-repeated="9999"/>{BARE_CELL}</table:table-row>',
    ],
)
def test_repeated_cells_count_as_often_as_they_are_meant(rows):
    """A hundred bytes of an OpenDocument sheet can mean a billion cells."""
    assert only(read(ods(HEAD[:3], rows), "a.ods")) == "office.limit"


def test_numbers_of_repetition_must_be_numbers():
    """A repetition beyond all sheets is a damaged file."""
    row = '<table:table-row table:number-rows-repeated="99999999999"><table:table-cell/></table:table-row>'
    assert only(read(ods(HEAD[:3], row), "a.ods")) == "office.damaged"


def test_open_document_sheets_are_read():
    """What is whole is read, blank filling up to the last row and all."""
    filling = '<table:table-row table:number-rows-repeated="1048000"><table:table-cell table:number-columns-repeated="16384"/></table:table-row>'
    result = read(ods(HEAD[:3], ["甲馆", "科技馆", "深圳"], filling), "a.ods")
    assert [(r.name, r.region) for r in result.records] == [("甲馆", "440300")]


def test_names_of_parts_are_names():
    """A part called like a path outside is passed over, and written nowhere."""
    data = changed(bases(GOOD), {"../../evil.xml": "<x/>", "/etc/passwd.xml": "<x/>"})
    assert [r.name for r in read(data).records] == ["甲馆"]


def test_macros_and_links_are_told_and_left_alone():
    """Neither is a reason to refuse the figures."""
    data = changed(bases(GOOD), {"xl/vbaProject.bin": b"\xd0\xcf", "xl/externalLinks/externalLink1.xml": "<x/>"})
    result = read(data, "a.xlsm")
    assert {"office.macros", "office.external-links"} <= {f.code for f in result.findings}
    assert len(result.records) == 1
    assert "xl/externalLinks/externalLink1.xml" not in unpack(data, Limits()).parts


@pytest.mark.parametrize(
    "limits",
    [Limits(file=100), Limits(expanded=100), Limits(parts=2), Limits(sheets=1), Limits(rows=1), Limits(columns=3), Limits(cells=5),
     Limits(ratio=1, ratio_from=10)],
)  # fmt: skip
def test_each_limit_holds(limits):
    """What is beyond a limit is refused with it."""
    made = openpyxl.load_workbook(io.BytesIO(bases(GOOD)))
    made.create_sheet("2")["A1"] = 1
    context = kepu.ImportContext(codec=kepu.Codec([]), path=Path("a.xlsx"))
    (finding,) = read_office(saved(made), context, limits).findings
    assert finding.code == "office.limit"


def test_tables_of_text_have_limits_too():
    """Rows, columns and cells of a table of text."""
    for text in ("a,b\n" * 10, ",".join("a" * 20)):
        with pytest.raises(kepu.InvalidData, match=r"office\.limit"):
            open_book(text.encode(), ".csv", limits=Limits(rows=5, columns=9))


def test_twin_parts_are_refused():
    """Two parts of one name are two answers to one question."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("xl/workbook.xml", "<a/>")
        archive.writestr("XL/workbook.xml", "<b/>")
    assert only(read(out.getvalue())) == "office.unsafe"


def test_xml_that_nests_without_end_is_refused():
    """Deep nesting is no workbook."""
    data = changed(bases(GOOD), {SHEET: "<a>" * 200_000 + "</a>" * 200_000})
    assert only(read(data)) == "office.unsafe"


@pytest.mark.parametrize("start", range(0, FUZZED, 50))
def test_broken_files_never_raise(start):
    """Whatever is wrong with a file, there is a result, and what is told names the file."""
    samples = [bases(GOOD, GOOD), empty_template(kepu.Base), ods(HEAD[:3], GOOD[:3])]
    for number in range(start, start + 50):
        dice = random.Random(number)
        data = fuzzed(dice.choice(samples), dice)
        result = read(data, dice.choice(["a.xlsx", "a.ods", "a.csv"]))
        assert isinstance(result, ImportResult)
        assert all(f.place is not None and f.place.file for f in result.findings), number
        assert result.records or result.findings or not data.strip(), number


def test_merged_cells_that_overlap_are_seen_once():
    """Thousands of areas over one another: the first holds."""
    count = 20_000
    names = [["馆" if n == 0 else None, *GOOD[1:]] for n in range(count)]
    data = bases(*names)
    areas = "".join(f'<mergeCell ref="A{n + 2}:A{count + 1}"/>' for n in range(count - 1))
    sheet = part(data, SHEET).replace("</sheetData>", f"</sheetData><mergeCells>{areas}</mergeCells>")
    (base,) = read(changed(data, {SHEET: sheet})).records
    assert base.name == "馆"
