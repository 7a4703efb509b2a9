"""Files in and out: everything or nothing, every fault with its place, safe to open."""

import csv
import io
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

import kepu_core as kepu
from kepu_core.plugins import Exporter, Importer, ImportResult
from kepu_core.testing import hard_texts

HEADER = "标识,名称,类别,所在地区"


def table(tmp_path, *lines, name="base.csv", encoding="utf-8", end="\n"):
    path = tmp_path / name
    path.write_bytes(end.join([HEADER, *lines]).encode(encoding))
    return path


def codes(report):
    return [(f.code, f.place.line if f.place else None) for f in report.findings]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-be", "gb18030"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_tables_as_offices_save_them(ws, tmp_path, encoding, end):
    """With or without BOM, in UTF-16 or GB18030; only a guess is remarked upon."""
    named = encoding if encoding == "utf-16-be" else None  # has no BOM here, so it cannot be told
    path = table(tmp_path, f"b1,广州科技馆,{kepu.BaseKind.VENUE.label.zh},440100", encoding=encoding, end=end)
    report = ws.import_file(path, encoding=named)
    assert (report.ok, report.added) == (True, 1)
    assert codes(report) == ([("import.encoding", None)] if encoding == "gb18030" else [])
    assert ws.get(kepu.Base, "b1").name == "广州科技馆"


def test_tabs_blank_lines_and_short_lines(ws, tmp_path):
    """Tab-separated text is read too; blank lines are skipped, and cells left off at the end are empty."""
    path = tmp_path / "organisation.tsv"
    path.write_text("id\tname\tkind\tregion\n\na\t科协\tassociation\n\t\t\t\n", encoding="utf-8")
    assert ws.import_file(path).added == 1
    assert ws.get("organisation", "a").region is None


def test_importing_again_changes_nothing(ws, tmp_path):
    """The second import of a file makes no commit, and what changed is told apart from what did not."""
    path = table(tmp_path, "b1,甲馆,venue,440100", "b2,乙馆,venue,440300")
    assert ws.import_file(path).commit.number == 1
    again = ws.import_file(path)
    assert (again.commit, again.added, again.changed, again.unchanged) == (None, 0, 0, 2)
    third = ws.import_file(table(tmp_path, "b1,甲馆,venue,440100", "b2,丙馆,venue,440300"))
    assert (third.added, third.changed, third.unchanged) == (0, 1, 1)
    assert "1 changed" in str(third)


def test_a_dry_run_writes_nothing(ws, tmp_path):
    """It says what would be done."""
    report = ws.import_file(table(tmp_path, "b1,甲馆,venue,440100"), dry_run=True)
    assert (report.added, report.commit, ws.count()) == (1, None, {})
    assert "dry run" in str(report)


def test_one_fault_and_nothing_is_imported(ws, tmp_path):
    """Every fault of a table is told at once, with its line; the good lines are not imported either."""
    path = table(
        tmp_path,
        "b1,甲馆,venue,440100",
        "b2,乙馆,palace,440300",
        "b3,,venue,4403",
        "b4,丁馆,venue,440100,多,余",
        "b1,又是甲馆,venue,440100",
    )
    report = ws.import_file(path)
    assert not report.ok
    assert set(codes(report)) == {
        ("rows.cell", 3),
        ("codec.missing-key", 4),
        ("region.code-form", 4),
        ("import.ragged", 5),
        ("import.twice", 6),
    }
    assert ws.count() == {}
    assert "nothing imported" in str(report)


def test_findings_of_checks_have_their_line(ws, tmp_path):
    """What only shows across records still points to the line of the file."""
    path = tmp_path / "base_report.csv"
    path.write_text("id,base,period\nr1,no-such,2021\n", encoding="utf-8")
    (finding,) = ws.import_file(path).findings
    assert (finding.code, finding.place.line, finding.place.file) == ("reference.unknown", 2, "base_report.csv")


@pytest.mark.parametrize(
    ("name", "data", "code"),
    [
        ("base.csv", b"", "import.empty"),
        ("base.csv", "标识,名称,名称\n".encode(), "rows.column-twice"),
        ("base.csv", "标识,名称,颜色\n".encode(), "rows.unknown-column"),
        ("base.csv", f'{HEADER}\nb1,"甲'.encode(), "import.csv"),
        ("table.csv", "标识,名称\n".encode(), "import.kind"),
        ("base.csv", b"\xff\xff\xff\xff", "import.unreadable"),
        ("x.json", b"", "codec.not-json"),
        ("x.json", b'{"format": "kepu", "records": [', "codec.not-json"),
        ("x.json", b"[]", "codec.not-a-document"),
        ("x.json", b"\xff\xfe\x00", "codec.not-utf8"),
    ],
)
def test_wrong_files(ws, tmp_path, name, data, code):
    """Each kind of wrong file has its own message, and none ends in a traceback."""
    path = tmp_path / name
    path.write_bytes(data)
    report = ws.import_file(path)
    assert not report.ok
    assert code in [f.code for f in report.findings], report
    assert ws.count() == {}


@pytest.mark.parametrize(("name", "code"), [("no.json", "import.no-file"), ("x.docx", "import.no-importer")])
def test_files_that_cannot_be_read(ws, tmp_path, name, code):
    """A file that is not there, and one that nobody reads."""
    with pytest.raises(kepu.NotFound) as caught:
        ws.import_file(tmp_path / name)
    assert caught.value.code == code


def test_a_broken_importer_is_named(manager, tmp_path):
    """What a plugin's importer raises is told with importer and plugin."""

    def broken(data, context):
        raise ZeroDivisionError("oops")

    plugin = type("P", (), {"kepu_importers": kepu.hook(lambda self: [make(broken)])})()

    def make(read):
        return Importer(name="x", label=kepu.Text("x", "x"), suffixes=(".x",), read=read)

    manager.register(plugin, "odd", version="1")
    (tmp_path / "a.x").write_text("")
    with kepu.open_workspace(plugins=manager) as ws, pytest.raises(kepu.InvalidData) as caught:
        ws.import_file(tmp_path / "a.x")
    assert caught.value.code == "import.failed"
    assert "odd" in str(caught.value)
    assert "oops" in str(caught.value)


def test_an_importer_may_give_any_records(manager, tmp_path):
    """A plugin's importer gives records; the workspace checks and puts them."""

    def read(data, context):
        return ImportResult(records=[kepu.Organisation(id=data.decode(), name="甲", kind="association")], findings=[])

    offer = Importer(name="x", label=kepu.Text("x", "x"), suffixes=(".x",), read=read)
    manager.register(type("P", (), {"kepu_importers": kepu.hook(lambda self: [offer])})(), "p")
    (tmp_path / "a.x").write_text("org")
    with kepu.open_workspace(plugins=manager) as ws:
        assert ws.import_file(tmp_path / "a.x").added == 1
        assert ws.exists("organisation", "org")


@pytest.mark.parametrize("suffix", [".json", ".csv", ".md"])
def test_personal_data_leaves_only_when_asked_for(ws, tmp_path, suffix):
    """Contacts stay at home by default, in every format."""
    contact = kepu.domain.Contact(name="张三", phone="020-12345678")
    org = kepu.Organisation(id="a", name="科协", kind="association", contact=contact)
    shy = ws.export(org, tmp_path / f"shy{suffix}").read_text("utf-8")
    assert "科协" in shy
    assert "张三" not in shy
    assert "张三" in ws.export(org, tmp_path / f"open{suffix}", include_personal=True).read_text("utf-8")


names = hard_texts().filter(lambda t: t.strip() == t and t and "\x00" not in t)


@given(st.lists(names, min_size=1, max_size=4))
def test_tables_come_back_as_they_were(tmp_path_factory, texts):
    """What is exported as CSV or JSON is imported as the same records, formulas and line breaks included."""
    folder = tmp_path_factory.mktemp("out")
    manager = kepu.PluginManager.with_builtins()
    orgs = [kepu.Organisation(id=f"o{i}", name=t, kind="association") for i, t in enumerate(texts)]
    for suffix in (".csv", ".json"):
        with kepu.open_workspace(plugins=manager) as ws:
            report = ws.import_file(ws.export(orgs, folder / f"organisation{suffix}"))
            assert report.ok, report
            assert list(ws.find(kepu.Organisation)) == orgs


@given(hard_texts())
def test_no_cell_of_a_table_is_a_formula(text):
    """A spreadsheet never sees a cell that it would compute."""
    from kepu_core.builtin.exporters import safe_cell

    assert not safe_cell(text).startswith(("=", "+", "-", "@", "\t", "\r", "\n"))


def test_tables_open_in_spreadsheets(ws, tmp_path):
    """UTF-8 with BOM, Chinese headers, formulas disarmed, numbers left alone."""
    bases = [kepu.Base(id="b1", name="=HYPERLINK(1)", kind="venue", region="440300", exhibition_area=0.5)]
    data = ws.export(bases, tmp_path / "b.csv").read_bytes()
    assert data.startswith(b"\xef\xbb\xbf")
    header, row = csv.reader(io.StringIO(data.decode("utf-8-sig")))
    assert header[:2] == ["标识", "名称"]
    assert row[:2] == ["b1", "'=HYPERLINK(1)"]


def test_exports_are_whole_or_not_at_all(ws, manager, tmp_path):
    """A failing exporter leaves the old file as it was, and nothing beside it."""

    def half(records, out, context):
        out.write(b"half")
        raise OSError("disk full")

    offer = Exporter(name="h", label=kepu.Text("h", "h"), suffixes=(".h",), accepts=("records",), write=half)
    manager.register(type("P", (), {"kepu_exporters": kepu.hook(lambda self: [offer])})(), "p")
    target = tmp_path / "a.h"
    target.write_text("old")
    with pytest.raises(kepu.InvalidData) as caught:
        ws.export([], target)
    assert caught.value.code == "export.failed"
    assert [p.name for p in tmp_path.iterdir()] == ["a.h"]
    assert target.read_text() == "old"


def test_exports_that_cannot_be_written(ws, tmp_path):
    """No exporter for a suffix, two types in one table, a folder in the way: each its own message."""
    org, base = kepu.Organisation(id="a", name="甲", kind="association"), kepu.Base(id="b", name="乙", kind="venue", region="440300")  # fmt: skip
    with pytest.raises(kepu.NotFound, match=r"export\.no-exporter"):
        ws.export(org, tmp_path / "a.xyz")
    with pytest.raises(kepu.InvalidData, match=r"export\.several-types"):
        ws.export([org, base], tmp_path / "a.csv")
    (tmp_path / "a.json").mkdir()
    with pytest.raises(kepu.InvalidData, match=r"export\.cannot-write"):
        ws.export(org, tmp_path / "a.json")
    assert [p.name for p in tmp_path.iterdir()] == ["a.json"]


def test_named_exporters_and_empty_exports(ws, tmp_path):
    """An exporter may be named against the suffix; no records still make a valid file."""
    assert json.loads(ws.export([], tmp_path / "a.txt", exporter="json").read_text("utf-8"))["blocks"] == []
    assert ws.export([], tmp_path / "a.csv").read_bytes() == b"\xef\xbb\xbf"
