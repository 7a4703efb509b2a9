"""The import command: options for importers, dumps and reviews without a workspace, marked copies, partial imports."""

import json

import pytest
from typer.testing import CliRunner

import kepu_core as kepu
from kepu_core.cli import common, import_commands
from kepu_core.cli.app import app
from kepu_core.domain.findings import Place, Problem
from kepu_core.plugins import Importer, ImportResult

RUN = CliRunner()
ODD = Problem("x.odd", kepu.Text("怪", "odd"), kepu.Text("改", "mend it"))


def read(data, context):
    """Organisations, one for each word; a word with ! is wrong."""
    words = data.decode().split()
    options = {k: str(v) for k, v in context.options.items()}
    name = options.get("name", "")
    records = [kepu.Organisation(id=w, name=w + name, kind="association") for w in words if "!" not in w]
    wrong = [ODD.finding(place=Place(file=context.path.name, cell=f"A{n}")) for n, w in enumerate(words, 1) if "!" in w]
    return ImportResult(records=records, findings=wrong)


def review(data, context, out, suffix):
    out.write(suffix.encode())


def mark(data, context, findings, out):
    out.write(",".join(f.place.cell for f in findings).encode())


OFFER = Importer(
    name="words", label=kepu.Text("词", "words"), suffixes=(".words",), read=read, review=review, mark=mark,
    reviewed_by={".xlsx": "words.back"}, options=("name", "k", "mapping", "lexicon"),
    dump=lambda data, context: {"words": data.decode().split(), "options": {k: str(v) for k, v in context.options.items()}},
)  # fmt: skip


@pytest.fixture(autouse=True)
def plugins(monkeypatch, tmp_path):
    """The built-ins, the store and an importer, in an empty folder."""
    pytest.importorskip("kepu_sql")
    monkeypatch.setenv("KEPU_PLUGINS", "kepu-sql,sql")
    monkeypatch.delenv("KEPU_WORKSPACE", raising=False)
    monkeypatch.chdir(tmp_path)
    plugin = type("P", (), {"kepu_importers": kepu.hook(lambda self: [OFFER])})()
    discover = kepu.PluginManager.discover

    def with_words():
        manager = discover()
        manager.register(plugin, "words")
        return manager

    monkeypatch.setattr(common.PluginManager, "discover", staticmethod(with_words))
    (tmp_path / "a.words").write_text("甲 乙", encoding="utf-8")
    (tmp_path / "bad.words").write_text("丙 !", encoding="utf-8")


def kepu_run(*words, code=0):
    result = RUN.invoke(app, ["import", *map(str, words)])
    assert result.exit_code == code, result.output
    assert "Traceback" not in result.output
    return result


@pytest.fixture
def work():
    """An empty workspace."""
    assert RUN.invoke(app, ["init", "w.kepu"]).exit_code == 0
    return "w.kepu"


def test_a_dump_needs_no_workspace():
    """Standard output is the JSON of what was read and nothing else; nothing is written."""
    said = kepu_run("--format", "words", "--dump-json", "a.words", "--option", "k=v=w", "--lexicon", "l.toml").stdout
    assert json.loads(said) == {"words": ["甲", "乙"], "options": {"k": "v=w", "lexicon": "l.toml"}}
    assert json.loads(kepu_run("--dump-json", "a.words", "--importer", "words").stdout)["words"] == ["甲", "乙"]


def test_a_review_needs_no_workspace(tmp_path):
    """The suffix of its file says which kind is wanted."""
    kepu_run("a.words", "--review", "r.html")
    assert (tmp_path / "r.html").read_text() == ".html"


def test_a_review_says_how_it_comes_back():
    """The importer that takes it is named, where its offer says so for the suffix."""
    told = "kepu import r.xlsx --format words.back -w WORKSPACE"
    assert told in kepu_run("a.words", "--review", "r.xlsx").output
    assert json.loads(kepu_run("a.words", "--review", "r.xlsx", "--force", "--json").stdout)["then"] == told
    assert "--format" not in kepu_run("a.words", "--review", "r.html").output


def test_a_file_that_is_there_is_replaced_only_by_force(work, tmp_path):
    """Nothing is imported either; with --force it is."""
    (tmp_path / "m.words").write_text("mine")
    for told in (["--review", "m.words"], ["--marked", "m.words", "-w", work, "--partial"]):
        said = kepu_run("bad.words", *told, code=1).output
        assert "cli.target-exists" in said
        assert "--force" in said
        assert (tmp_path / "m.words").read_text() == "mine"
    assert "丙" not in RUN.invoke(app, ["find", "organisation", "-w", work]).output
    kepu_run("bad.words", "--marked", "m.words", "-w", work, "--partial", "--force")
    assert (tmp_path / "m.words").read_text() == "A2"


def test_nothing_is_imported_if_a_file_is_not_there(work, tmp_path):
    """All that are missing are told at once, before the first of the others is imported; so is one that nothing reads."""
    (tmp_path / "folder.words").mkdir()
    said = kepu_run("a.words", "none.words", "folder.words", "gone.words", "-w", work, "--json", code=3).stdout
    told = json.loads(said)["findings"]
    assert [f["code"] for f in told] == ["import.no-file"] * 3
    assert all(
        name in f["message"]["en"] for name, f in zip(("none.words", "folder.words", "gone.words"), told, strict=True)
    )
    (tmp_path / "b.unheard").write_text("x")
    assert "import.no-importer" in kepu_run("a.words", "b.unheard", "-w", work, code=3).output
    assert "甲" not in RUN.invoke(app, ["find", "organisation", "-w", work]).output
    kepu_run("a.words", "-w", work)
    assert "甲" in RUN.invoke(app, ["find", "organisation", "-w", work]).output


@pytest.mark.parametrize("target", ["bad.words", "link.words", "w.kepu", "map.toml"])
@pytest.mark.parametrize("deed", ["--review", "--marked"])
def test_what_is_read_is_never_replaced(work, tmp_path, target, deed):
    """Not the file itself, under no name; not the workspace, not the mapping; not by force."""
    (tmp_path / "link.words").symlink_to("bad.words")
    (tmp_path / "map.toml").write_text("")
    before = (tmp_path / target).read_bytes()
    told = ["bad.words", "-w", work, "--mapping", "map.toml", deed, target, "--force"]
    assert "cli.target-is-input" in kepu_run(*told, code=1).output
    assert (tmp_path / target).read_bytes() == before


def test_options_reach_the_importer(work):
    """Repeated, or by a name of their own."""
    (answer,) = json.loads(kepu_run("a.words", "-w", work, "--option", "name=馆", "--mapping", "m", "--json").stdout)
    assert answer["added"] == 2
    assert "甲馆" in RUN.invoke(app, ["find", "organisation", "-w", work]).output


def test_an_option_that_the_importer_does_not_take_is_refused(work):
    """A slip of the pen is told, with the names there are, and nothing is imported."""
    said = kepu_run("a.words", "-w", work, "--option", "nmae=馆", code=1).output
    assert "import.option" in said
    assert "mapping" in said
    assert "甲" not in RUN.invoke(app, ["find", "organisation", "-w", work]).output


def test_a_partial_import_and_its_marked_copy(work, tmp_path):
    """What is good is put; what is not is marked for whoever sent it."""
    kepu_run("bad.words", "-w", work, code=1)
    (answer,) = json.loads(kepu_run("bad.words", "-w", work, "--partial", "--marked", "m.words", "--json").stdout)
    assert (answer["ok"], answer["added"], answer["left"]["count"], answer["marked"]) == (True, 1, 1, "m.words")
    assert (tmp_path / "m.words").read_text() == "A2"
    assert "marked" not in json.loads(kepu_run("a.words", "-w", work, "--marked", "no.words", "--json").stdout)[0]
    assert not (tmp_path / "no.words").exists()


def test_a_dry_run_prints_the_differences(work):
    """Old and new, for people and machines."""
    kepu_run("a.words", "-w", work)
    told = ["a.words", "-w", work, "--dry-run", "--option", "name=馆"]
    assert "organisation/甲 name (name): 甲 → 甲馆" in kepu_run(*told).output
    (answer,) = json.loads(kepu_run(*told, "--json").stdout)
    assert (answer["differences"][0]["old"], answer["differences"][0]["new"]) == ("甲", "甲馆")


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["a.words"], 2, "--workspace"),
        (["a.words", "bad.words", "--dump-json"], 2, "one file"),
        (["a.words", "--option", "x", "--dump-json"], 2, "KEY=VALUE"),
        (["no.words", "--dump-json"], 3, "import.no-file"),
        (["a.words", "--dump-json", "--format", "none"], 3, "import.no-importer"),
        (["a.json", "--dump-json"], 1, "import.cannot"),
    ],
)
def test_wrong_words_are_answered(words, code, said, tmp_path):
    """Usage, what is not there, what an importer cannot do."""
    (tmp_path / "a.json").write_text("{}")
    assert said in kepu_run(*words, code=code).output


def test_personal_data_is_masked_in_differences():
    """A machine is told that it differs, not what it is."""
    from kepu_core.workspace.reports import FieldChange, ImportReport

    change = FieldChange(record="organisation/a", field="contact", label=kepu.Text("联系人", "contact"), personal=True)
    report = ImportReport(file="a", importer="x", read={}, differences=(change,))
    (told,) = import_commands._data(report, None)["differences"]
    assert "old" not in told
    assert "***" in str(change)
