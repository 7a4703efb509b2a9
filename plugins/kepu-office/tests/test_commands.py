"""The command for templates and mappings."""

import openpyxl
import pytest
from faulty_sheets import GOOD, bases
from typer.testing import CliRunner

from kepu_core.cli.app import app
from kepu_office import mapping_from_toml
from kepu_office.plugin import COMMAND

RUN = CliRunner()


@pytest.fixture(autouse=True)
def plugins(monkeypatch, tmp_path):
    """This plugin, the store and the regions, in an empty folder."""
    pytest.importorskip("kepu_sql")
    monkeypatch.setenv("KEPU_PLUGINS", "kepu-sql,sql,kepu-office,office,kepu-guangdong,guangdong")
    monkeypatch.chdir(tmp_path)


def kepu_run(*words, code=0):
    result = RUN.invoke(app, [str(w) for w in words])
    assert result.exit_code == code, result.output
    assert "Traceback" not in result.output
    return result.output


def test_a_template_is_written(tmp_path):
    """Named after the first type unless a name is given."""
    kepu_run(COMMAND, "base", "base_report", "--region", "4403", "--year", 2021)
    sheets = openpyxl.load_workbook(tmp_path / "base.xlsx").sheetnames
    assert {"Instructions", "science-education base", "base s annual report"} <= set(sheets)


def test_a_template_replaces_no_sheet_unless_told(tmp_path):
    """A sheet that was filled in stays; a file that is read stays even with --force."""
    filled = bases(GOOD)
    (tmp_path / "base.xlsx").write_bytes(filled)
    assert "cli.target-exists" in kepu_run(COMMAND, "base", code=1)
    told = [COMMAND, "base", "--mapping-for", "base.xlsx", "-o", "base.xlsx", "--force"]
    assert "cli.target-is-input" in kepu_run(*told, code=1)
    assert (tmp_path / "base.xlsx").read_bytes() == filled
    kepu_run(COMMAND, "base", "--force")
    assert "Instructions" in openpyxl.load_workbook(tmp_path / "base.xlsx").sheetnames


def test_the_help_lists_the_commands():
    """Those of plugins stand beside our own."""
    said = kepu_run("--help")
    assert {"template", "collect", "import"} <= set(said.split())


def test_a_mapping_is_suggested_and_used(tmp_path):
    """Written for a sheet, and used to import it."""
    (tmp_path / "旧表.xlsx").write_bytes(bases(GOOD))
    kepu_run(COMMAND, "base", "--mapping-for", "旧表.xlsx", "-o", "m.toml")
    assert mapping_from_toml((tmp_path / "m.toml").read_text("utf-8")).tables[0].type == "base"
    kepu_run("init", "w.kepu")
    assert "1 added" in kepu_run("import", "旧表.xlsx", "-w", "w.kepu", "--mapping", "m.toml")


def test_faults_come_out_as_a_marked_copy(tmp_path):
    """The copy is written beside the messages; nothing is stored."""
    (tmp_path / "a.xlsx").write_bytes(bases([*GOOD[:1], "飞船", *GOOD[2:]]))
    kepu_run("init", "w.kepu")
    assert "B2" in kepu_run("import", "a.xlsx", "-w", "w.kepu", "--marked", "m.xlsx", code=1)
    assert openpyxl.load_workbook(tmp_path / "m.xlsx").worksheets[1]["B2"].comment


def test_a_dump_shows_what_was_recognised(tmp_path):
    """Sheets, columns and values, without a workspace."""
    (tmp_path / "a.xlsx").write_bytes(bases(GOOD))
    said = kepu_run("import", "--dump-json", "a.xlsx")
    assert '"field": "exhibition_area"' in said
    assert '"opened_on": "2021-05-03"' in said


@pytest.mark.parametrize(
    ("words", "code"),
    [(["bas"], 3), (["base", "--region", "亚特兰蒂斯"], 1), (["base", "--mapping-for", "no.xlsx"], 3), (["base", "campaign", "--mapping-for", "no.xlsx"], 2)],
)  # fmt: skip
def test_wrong_words_are_answered(words, code):
    """An unknown type or region, a file that is not there."""
    kepu_run(COMMAND, *words, code=code)
