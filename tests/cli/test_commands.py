"""The command line: answers for people and machines, exit codes, messages in both languages."""

import json
import subprocess
import sys

import pytest
from typer.testing import CliRunner

import kepu_core as kepu
from kepu_core.cli.app import app

RUN = CliRunner()
BASES = "id,name,kind,region\nb1,甲馆,venue,440300\nb2,乙镇,town,440304\n"


@pytest.fixture(autouse=True)
def plain(monkeypatch, tmp_path):
    """The built-ins and the store alone, in an empty folder."""
    pytest.importorskip("kepu_sql")
    monkeypatch.setenv("KEPU_PLUGINS", "kepu-sql,sql")
    monkeypatch.chdir(tmp_path)


def kepu_run(*words, code=0):
    result = RUN.invoke(app, [str(w) for w in words])
    assert result.exit_code == code, result.output
    assert "Traceback" not in result.output
    return result


def answer(*words, code=0):
    """What a machine reads: the whole of standard output is one JSON document."""
    return json.loads(kepu_run(*words, "--json", code=code).stdout)


@pytest.fixture
def work(tmp_path):
    """A workspace with two bases."""
    (tmp_path / "base.csv").write_text(BASES, encoding="utf-8")
    kepu_run("init", "w.kepu")
    kepu_run("import", "base.csv", "-w", "w.kepu")
    return "w.kepu"


def test_help_and_version():
    """Without words there is help; the version is that of the library."""
    assert "evaluate" in RUN.invoke(app, []).output
    assert kepu.__version__ in kepu_run("--version").output
    assert "--workspace" in kepu_run("find", "--help").output


def test_from_init_to_check(work):
    """A workspace is made, filled, checked and searched."""
    assert answer("init", work) == {"ok": True, "workspace": work, "records": {"base": 2}}
    assert answer("check", "-w", work)["ok"]
    assert [r["id"] for r in answer("find", "base", "kind=venue", "-w", work)] == ["b1"]
    assert [r["id"] for r in answer("find", "base", "--under", "440304", "-w", work)] == ["b2"]
    shown = kepu_run("find", "base", "-w", work, "--limit", "1").output
    assert "甲馆" in shown
    assert "乙镇" not in shown
    assert "2 in all" in shown


def test_importing_tells_what_it_did(work, tmp_path):
    """Unchanged the second time; a dry run; a fault with its line, exit code 1, and nothing written."""
    (again,) = answer("import", "base.csv", "-w", work)
    assert (again["ok"], again["unchanged"]) == (True, 2)
    (tmp_path / "base.csv").write_text(BASES.replace("乙镇", "丙镇"), encoding="utf-8")
    (dry,) = answer("import", "base.csv", "-w", work, "--dry-run")
    assert (dry["dry_run"], dry["changed"]) == (True, 1)
    (tmp_path / "base.csv").write_text(BASES.replace("town", "tower"), encoding="utf-8")
    (bad,) = answer("import", "base.csv", "-w", work, code=1)
    (finding,) = bad["findings"]
    assert (finding["code"], finding["place"]["line"]) == ("rows.cell", 3)
    assert finding["message"]["zh"] != finding["message"]["en"]
    assert "乙镇" in kepu_run("find", "base", "-w", work).output


def test_a_thousand_mistakes_of_one_kind_are_told_once(work, tmp_path):
    """People see the first of each kind and how many more there are; machines get all."""
    lines = [f"x{i},馆,tower,440300" for i in range(1000)]
    (tmp_path / "base.csv").write_text("\n".join(["id,name,kind,region", *lines, "y,,venue,440300"]), encoding="utf-8")
    said = kepu_run("import", "base.csv", "-w", work, code=1).output
    assert said.count("rows.cell") == 21
    assert "980 more" in said
    assert "codec.missing-key" in said
    assert len(answer("import", "base.csv", "-w", work, code=1)[0]["findings"]) == 1001


def test_exports(work, tmp_path):
    """Records go out by type or all together, and come back."""
    assert answer("export", "all.json", "-w", work)["ok"]
    assert answer("export", "b.csv", "--type", "base", "-w", work)["bytes"] == (tmp_path / "b.csv").stat().st_size
    kepu_run("init", "other.kepu")
    (report,) = answer("import", "all.json", "-w", "other.kepu")
    assert report["added"] == 2


def test_an_export_replaces_a_file_only_by_force(work, tmp_path):
    """Nothing that is there is lost, and the workspace itself is never written over."""
    target = tmp_path / "all.json"
    target.write_text("mine")
    said = kepu_run("export", target, "-w", work, code=1).output
    assert "cli.target-exists" in said
    assert target.read_text() == "mine"
    kepu_run("export", target, "-w", work, "--force")
    assert target.read_text("utf-8").startswith("{")
    before = (tmp_path / work).read_bytes()
    for more in ([], ["--force"]):
        assert "cli.target-is-input" in kepu_run("export", work, "--exporter", "json", "-w", work, *more, code=1).output
    assert (tmp_path / work).read_bytes() == before


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["find", "base", "-w", "no.kepu"], 3, "store.missing"),
        (["find", "venue", "-w", "w.kepu"], 3, "codec.unknown-type"),
        (["find", "base", "colour=red", "-w", "w.kepu"], 1, "colour"),
        (["find", "base", "colour", "-w", "w.kepu"], 2, "field=value"),
        (["find", "base"], 2, "--workspace"),
        (["import", "no.csv", "-w", "w.kepu"], 3, "import.no-file"),
        (["import", "base.csv", "-w", "base.csv"], 4, "workspace.no-backend"),
        (["evaluate", "no.such", "-w", "w.kepu", "--period", "2021"], 3, "scheme.unknown"),
        (["evaluate", "no.such", "-w", "w.kepu", "--period", "20-21"], 1, "period.unreadable"),
        (["export", "x.docx", "-w", "w.kepu"], 3, "export.no-exporter"),
        (["export", "x.csv", "-w", "w.kepu", "--period", "2021"], 2, "--scheme"),
        (["export", "x.csv", "--type", "bases", "-w", "w.kepu"], 3, "codec.unknown-type"),
        (["dance"], 2, "dance"),
        (["demo", "--dir", "base.csv"], 1, "base.csv"),
    ],
    ids=lambda x: " ".join(x) if isinstance(x, list) else None,
)
def test_what_goes_wrong_is_said(work, words, code, said):
    """Each mistake has its exit code and a message with the mend; nothing ends in a traceback."""
    assert said in kepu_run(*words, code=code).output


def test_a_file_that_is_no_workspace_is_left_alone(tmp_path):
    """Whatever it is, it is not touched."""
    (tmp_path / "w.kepu").write_text("hello")
    findings = answer("check", "-w", "w.kepu", code=4)["findings"]
    assert [f["code"] for f in findings] == ["store.not-a-store"]
    assert (tmp_path / "w.kepu").read_text() == "hello"


def test_errors_of_check(work):
    """Errors among the records give exit code 1; they are listed."""
    with kepu.open_workspace(work) as ws:
        write = kepu.plugins.Write(
            type="base_report", id="r", version=1, body=b'{"base":"no","id":"r","period":"2021"}', index={}
        )
        ws.store.commit([write], at=ws._clock(), author=None, reason=None)
    assert [f["code"] for f in answer("check", "-w", work, code=1)["findings"]] == ["reference.unknown"]


def test_plugins_are_listed_with_what_was_set_aside(monkeypatch, tmp_path):
    """A plugin that raises at import is told with its cause; the others are there; exit code 4."""
    broken = tmp_path / "site" / "kepu_broken-1.0.dist-info"
    broken.mkdir(parents=True)
    (broken / "METADATA").write_text("Metadata-Version: 2.1\nName: kepu-broken\nVersion: 1.0\n")
    (broken / "entry_points.txt").write_text("[kepu]\nbroken = kepu_broken\n")
    (tmp_path / "site" / "kepu_broken.py").write_text("raise RuntimeError('no licence')\n")
    monkeypatch.syspath_prepend(str(tmp_path / "site"))
    monkeypatch.setenv("KEPU_PLUGINS", "sql,broken")
    rows = {p["name"]: p for p in answer("plugins", code=4)}
    assert rows["builtin"]["state"] == "active"
    assert rows["broken"]["state"] == "failed"
    assert rows["broken"]["distribution"] == "kepu-broken"
    assert "no licence" in rows["broken"]["findings"][0]["message"]["en"]
    assert "no licence" in kepu_run("plugins", code=4).output
    kepu_run("init", "w.kepu")


def test_a_subcommand_of_a_plugin(monkeypatch, tmp_path):
    """A plugin's command is called like any other."""
    site = tmp_path / "site" / "kepu_hello-1.0.dist-info"
    site.mkdir(parents=True)
    (site / "METADATA").write_text("Metadata-Version: 2.1\nName: kepu-hello\nVersion: 1.0\n")
    (site / "entry_points.txt").write_text("[kepu]\nhello = kepu_hello\n")
    (tmp_path / "site" / "kepu_hello.py").write_text(
        "import typer\n"
        "import kepu_core as kepu\n"
        "from kepu_core.plugins import CliCommand\n"
        "app = typer.Typer()\n"
        "@app.command()\n"
        "def hello(name: str):\n"
        "    typer.echo('hello ' + name)\n"
        "@kepu.hook\n"
        "def kepu_cli():\n"
        "    return [CliCommand(name='hello', label=kepu.Text('你好', 'hello'), build=lambda: app)]\n"
    )
    monkeypatch.syspath_prepend(str(tmp_path / "site"))
    monkeypatch.setenv("KEPU_PLUGINS", "hello")
    assert "hello Li" in kepu_run("hello", "Li").output


def test_messages_in_chinese(work):
    """The language of the environment is spoken, in help and in errors alike."""
    command = [sys.executable, "-m", "kepu_core", "find", "base", "-w"]
    env = {"KEPU_LANG": "zh", "KEPU_PLUGINS": "sql", "PYTHONIOENCODING": "utf-8", "PATH": ""}
    good = subprocess.run([*command, work], env=env, capture_output=True, text=True, encoding="utf-8", check=False)
    bad = subprocess.run([*command, "no.kepu"], env=env, capture_output=True, text=True, encoding="utf-8", check=False)
    assert "共 2 条" in good.stdout
    assert bad.returncode == 3
    assert "不存在" in bad.stderr
    assert not bad.stdout
