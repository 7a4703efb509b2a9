"""Files from anywhere: whatever is in them, there is a result or a finding, in bounded memory."""

import contextlib
import io
import os
import random
import tracemalloc
import zipfile
import zlib
from base64 import a85encode

import pytest
from gongwen_samples import PLAN, TABLE, context, pdf, word

from kepu_gongwen.plugin import gongwen_importer
from kepu_gongwen.review_back import read_review
from kepu_gongwen.sources import Limits, text_of

IMPORTER = gongwen_importer()
ROUNDS = 5000 if os.environ.get("KEPU_LONG") else 200
MOST = 192 * 2**20


def codes(source):
    return [f.code for f in source.findings]


def archive(**parts):
    """A Word document with some of its parts exchanged."""
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(word("一、举办大赛。"))) as old,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for name in old.namelist():
            new.writestr(name, parts.get(name.rpartition("/")[2].partition(".")[0], old.read(name)))
        for name, data in parts.items():
            if "/" in name:
                new.writestr(name, data)
    return out.getvalue()


def used(run):
    tracemalloc.start()
    try:
        run()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def test_a_document_that_unpacks_without_end():
    """Is refused before it is unpacked, by its size and by its ratio."""
    bomb = archive(**{"word/media/zeros.bin": bytes(200 * 2**20)})
    assert used(lambda: text_of(bomb, ".docx")) < MOST
    assert codes(text_of(bomb, ".docx")) == ["gongwen.too-large"]
    thin = archive(**{"word/media/zeros.bin": bytes(30 * 2**20)})
    assert codes(text_of(thin, ".docx")) == ["gongwen.too-large"]


def test_a_document_that_lies_about_its_size():
    """What it says is the most that is unpacked."""
    data = bytearray(archive(**{"word/media/zeros.bin": bytes(60 * 2**20)}))
    size = (60 * 2**20).to_bytes(4, "little")
    while (at := data.find(size)) >= 0:
        data[at : at + 4] = (10).to_bytes(4, "little")
    assert used(lambda: text_of(bytes(data), ".docx")) < MOST


@pytest.mark.parametrize(
    "xml",
    [
        '<!DOCTYPE l [<!ENTITY a "aaaaaaaaaa">'
        + "".join(f'<!ENTITY b{n} "{"&a;" if n == 0 else f"&b{n - 1};" * 10}">' for n in range(9))
        + "]><l>&b8;</l>",
        '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body><w:p><w:r><w:t>&e;</w:t></w:r></w:p></w:body></w:document>',
        "<l>" * 50_000,
        "",
        "\x00",
        "<w:document/>",
    ],
    ids=["laughs", "outside", "nested", "empty", "nul", "unbound"],
)
def test_a_document_part_that_is_hostile(xml):
    """Entities are neither expanded nor fetched; broken parts are told."""
    source = None

    def run():
        nonlocal source
        source = text_of(archive(document=xml.encode()), ".docx")

    assert used(run) < MOST
    assert "root:" not in source.text
    assert codes(source)[0] in {"gongwen.broken", "gongwen.no-text"}


@pytest.mark.parametrize("part", ["numbering", "styles", "document", "settings", "rels", "app"])
def test_a_document_with_a_broken_part(part):
    """Is read, or told to be broken."""
    for junk in (b"", b"<", b"<x/>", bytes(99), "计划".encode("utf-16")):
        source = text_of(archive(**{part: junk}), ".docx")
        assert source.ok or codes(source)[0] in {"gongwen.broken", "gongwen.no-text"}


def test_deeply_nested_tables():
    """Are refused or read, never a crash."""
    w = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
    for depth in (10, 55, 70, 250):
        inner = "<w:tbl><w:tr><w:tc>" * depth + "<w:p><w:r><w:t>甲</w:t></w:r></w:p>" + "</w:tc></w:tr></w:tbl>" * depth
        source = text_of(archive(document=f"<w:document {w}><w:body>{inner}</w:body></w:document>".encode()), ".docx")
        assert source.text.strip() == "甲" if source.ok else codes(source) == ["gongwen.broken"]


@pytest.mark.parametrize("packing", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_an_archive_that_is_packed_in_another_way(packing):
    """Word and Excel do not do that, and it may ask for any amount of memory."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", packing) as made:
        made.writestr("word/document.xml", b"x" * 1000)
    assert codes(text_of(out.getvalue(), ".docx")) == ["gongwen.broken"]


def test_names_in_an_archive_are_no_paths(tmp_path, monkeypatch):
    """Nothing is written, wherever a name points."""
    monkeypatch.chdir(tmp_path)
    text_of(archive(**{"../../escaped.txt": b"x", "word/../../x": b"y"}), ".docx")
    assert list(tmp_path.iterdir()) == []
    assert not (tmp_path.parent / "escaped.txt").exists()


@pytest.mark.parametrize(
    "page",
    [
        b"<div>" * 100_000,
        b"<table>" * 3_000 + b"<tr><td>x",
        b"<table>" + b"<tr><td rowspan=9999 colspan=9999>x" * 500,
        b"<p>&" + b"amp;&" * 50_000,
        b"<!DOCTYPE html [<!ENTITY e SYSTEM 'file:///etc/passwd'>]><p>&e;</p>",
        b"<" * 100_000,
        b"<meta charset=utf-7><p>+ADw-</p>",
        b"<meta charset=" + b"x" * 5000,
    ],
)
def test_a_page_that_is_hostile(page):
    """Gives a text or a finding."""
    source = None

    def run():
        nonlocal source
        source = text_of(page, ".html")

    assert used(run) < MOST
    assert source.ok or codes(source)
    assert "root:" not in source.text


def test_a_page_nested_too_deeply_is_refused():
    """Nothing of it is left out without a word."""
    page = "<div>" * 250 + "<p>举办科普讲座5场。</p>" + "</div>" * 250
    assert codes(text_of(page.encode(), ".html")) == ["gongwen.broken"]


def stream(data, head=b"/Filter /FlateDecode"):
    body = b"<< " + head + b" /Length " + str(len(data)).encode() + b" >>\nstream\n" + data + b"\nendstream"
    return b"%PDF-1.4\n1 0 obj\n" + body + b"\nendobj\ntrailer << /Root 1 0 R >>\n%%EOF"


def test_a_pdf_that_unpacks_without_end():
    """Is measured before it is read: one layer, and layers in layers; whatever it calls its packing."""
    once = zlib.compress(bytes(200 * 2**20))
    twice = zlib.compress(zlib.compress(bytes(64 * 2**20)))
    again = b"%PDF"
    for _ in range(6):
        again = zlib.compress(again)
    for data in (once, twice, again):
        assert used(lambda data=data: text_of(stream(data), ".pdf")) < MOST
        assert codes(
            text_of(stream(data, b"/Filter 7 0 R" if data is not once else b"/Filter /Fl#61teDecode"), ".pdf")
        )[0] in {
            "gongwen.too-large",
            "gongwen.pdf-packing",
        }
    assert codes(text_of(stream(once), ".pdf")) == ["gongwen.too-large"]
    for filters in (b"/L#5aWDecode", b"[/ASCIIHexDecode /FlateDecode]", b"[/A85 /A85 /FlateDecode]"):
        assert codes(text_of(stream(b"x", b"/Filter " + filters), ".pdf")) == ["gongwen.pdf-packing"]
    lettered = a85encode(once) + b"~>"
    assert codes(text_of(stream(lettered, b"/Filter [ /ASCII85Decode /FlateDecode ]"), ".pdf")) == ["gongwen.too-large"]
    assert codes(text_of(stream(once, b"/Encrypt 7 0 R"), ".pdf")) == ["gongwen.locked"]
    for keyword in (b"stream \n", b"stream\r", b"stream % here it comes\r\n"):
        hidden = stream(once).replace(b"stream\n", keyword, 1)
        assert codes(text_of(hidden, ".pdf")) == ["gongwen.too-large"]


def test_a_pdf_whose_objects_go_in_circles():
    """Pages that contain themselves."""
    data = (
        b"%PDF-1.4\n1 0 obj << /Type /Catalog /Pages 2 0 R >> endobj\n2 0 obj << /Type /Pages /Kids [2 0 R 1 0 R] "
        b"/Parent 2 0 R /Count 9 >> endobj\ntrailer << /Root 1 0 R /Prev 0 >>\nstartxref\n0\n%%EOF"
    )
    assert codes(text_of(data, ".pdf"))


def test_texts_that_are_hostile():
    """Long lines, long numbers, brackets without end: read within the limits."""
    for text in (
        "a" * 2_000_000,
        "（" * 39_000,
        "《“" * 19_000,
        "1" * 39_000,
        "一、" * 19_000,
        "\t" * 39_000,
        "十" * 39_000,
    ):
        for data in (text, f"云溪市科协2024年工作要点\n一、做好。举办{text}场大赛。\n"):
            result = IMPORTER.read(data.encode(), context())
            assert result.records or result.findings


def test_a_workbook_that_is_hostile():
    """A bomb, and a sheet with a cell far out."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr("xl/workbook.xml", bytes(200 * 2**20))
    assert [f.code for f in read_review(out.getvalue(), context("a.xlsx")).findings] == ["gongwen.too-large"]


@pytest.mark.parametrize(
    ("row", "cell"),
    [
        ('<row r="1">', '<c r="XFD1048576">'),
        ('<row r="1048576">', "<c>"),
        ("<row spans='1:1' r='1048576'>", "<c>"),
        ('<x:row r="1">', "<x:c s='\">\"' r = 'ZZ1'>"),
        ('<row r="1">', '<c r="A&#49;048576">'),
    ],
)
def test_a_sheet_with_cells_far_out(row, cell):
    """Is refused before it is laid out: there is no memory for what lies between."""
    out = io.BytesIO()
    IMPORTER.review(PLAN.encode(), context(), out, ".xlsx")
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(out.getvalue())) as old, zipfile.ZipFile(made, "w") as new:
        for name in old.namelist():
            part = old.read(name).decode()
            far = f"{row}{cell}<v>1</v></c></row></sheetData>"
            new.writestr(name, part.replace("</sheetData>", far) if name.endswith("sheet1.xml") else part)
    assert [f.code for f in read_review(made.getvalue(), context("a.xlsx")).findings] == ["gongwen.too-large"]


WORDS = [
    "（",
    "《",
    "“",
    "\t",
    "\n",
    "1",
    "；",
    "一、",
    "（二）",
    "<w:p>",
    "2024年",
    "月底前",
    "责任单位：",
    "第",
    "届",
    "不少于",
    "万",
    "举办",
]


def changed(made, pieces, rng):
    """Bytes or characters changed, cut out, doubled, or put in."""
    for _ in range(rng.randint(1, 6)):
        at = rng.randrange(len(made) + 1)
        how = rng.randrange(4)
        if how == 0:
            made[at : at + 1] = rng.choice(pieces)
        elif how == 1:
            del made[at : at + rng.randint(1, 60)]
        elif how == 2:
            made[at:at] = made[max(0, at - 80) : at]
        else:
            made[at:at] = rng.choice(pieces) * rng.choice((1, 1, 1, 3, 40))
    return made


def damaged(data, rng):
    """A file with something changed in it: in a text mostly characters, so that it stays one."""
    pieces = [w.encode() for w in WORDS] + [rng.randbytes(rng.randint(1, 9)) for _ in range(6)]
    try:
        text = data.decode()
    except UnicodeDecodeError:
        return bytes(changed(bytearray(data), pieces, rng))
    if rng.random() < 0.2:
        return bytes(changed(bytearray(data), pieces, rng))
    return "".join(changed(list(text), WORDS, rng)).encode()


def inside(data, rng):
    """An archive whose parts are damaged, not its frame."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        chosen = rng.choice(old.namelist())
        for name in old.namelist():
            part = old.read(name)
            new.writestr(name, damaged(part, rng) if name == chosen else part)
    return out.getvalue()


def fuzzed():
    """The files to damage, by their names."""
    out = io.BytesIO()
    IMPORTER.review(PLAN.encode(), context(), out, ".xlsx")
    page = "".join(f"<p>{line}</p>" for line in PLAN.splitlines()) + "<table><tr><td>1<td>举办大赛</table>"
    files = {
        "a.txt": PLAN.encode(),
        "a.html": page.encode(),
        "a.docx": word(*PLAN.splitlines()),
        "a.xlsx": out.getvalue(),
    }
    with contextlib.suppress(ModuleNotFoundError):
        files["a.pdf"] = pdf(*PLAN.split("\n\n"), TABLE)
    return files


def test_damaged_files_give_a_result():
    """Hundreds of them, of every kind: never an exception, always a record or a finding with its file."""
    rng = random.Random(20240601)
    files = fuzzed()
    for round_ in range(ROUNDS):
        name = rng.choice(sorted(files))
        data = files[name]
        packed = name.endswith((".docx", ".xlsx")) and rng.random() < 0.7
        made = inside(data, rng) if packed else damaged(data, rng)
        read = read_review if name == "a.xlsx" else IMPORTER.read
        try:
            result = read(made, context(name))
        except Exception as error:
            message = f"round {round_}, {name}: {error!r}"
            raise AssertionError(message) from error
        assert result.records or result.findings, (round_, name)
        assert all(f.place and f.place.file == name for f in result.findings), (round_, name)


def test_limits_are_small_enough_to_try():
    """A caller may set them lower."""
    assert codes(text_of(PLAN.encode(), ".txt", limits=Limits(characters=10))) == ["gongwen.too-large"]
