"""``kepu plugins`` and ``kepu plugin check``: what is there, from where, and whether it keeps its promises."""

import json
import subprocess
import sys

import pytest
from typer.testing import CliRunner

from kepu_core.cli.app import app

PLUGIN = """
import datetime as dt

import kepu_core as kepu

kepu_api, kepu_namespace = ">=1,<2", "my"
SOURCE = kepu.Provenance(source="样例", checked_on=dt.date(2026, 1, 1))


@kepu.metric("my.visits", title="接待人次", unit="人次", subject="region", low=0, provenance=SOURCE)
def visits(facts):
    return facts.observed("visits")


@kepu.hook.kepu_metrics
def metrics():
    return [visits]
"""
BROKEN = PLUGIN.replace(
    'return facts.observed("visits")',
    """v = facts.observed("visits")
    return kepu.Values(facts.subjects, [v.get(s) or 0.0 for s in facts.subjects])""",
)


def run(*words):
    return CliRunner().invoke(app, [str(w) for w in words], env={"KEPU_LANG": "en"})


@pytest.fixture
def project(tmp_path):
    """A folder with a project that registers a plugin."""

    def make(text, name="kepu_my_city", entry="city"):
        (tmp_path / "src" / name).mkdir(parents=True)
        (tmp_path / "src" / name / "__init__.py").write_text("", "utf-8")
        (tmp_path / "src" / name / "plugin.py").write_text(text, "utf-8")
        project = f'[project]\nname = "kepu-my-city"\nversion = "0.3"\n\n[project.entry-points.kepu]\n{entry} = "{name}.plugin"\n'
        (tmp_path / "pyproject.toml").write_text(project, "utf-8")
        return tmp_path

    path = list(sys.path)
    yield make
    sys.path[:] = path
    for name in [m for m in sys.modules if m.startswith(("kepu_my_", "lonely"))]:
        del sys.modules[name]


def test_a_right_plugin_is_checked(project):
    """Each thing that it gives has a line, and the exit code is 0."""
    done = run("plugin", "check", project(PLUGIN))
    assert done.exit_code == 0, done.output
    assert "city (kepu-my-city 0.3)" in done.output
    assert "✓ metric/my.visits: 10 kept" in done.output


def test_a_broken_plugin_is_told_law_by_law(project):
    """A law that does not hold is told with the example and the mend; the exit code is 1."""
    done = run("plugin", "check", project(BROKEN, "kepu_my_town"), "--json")
    assert done.exit_code == 1
    answer = json.loads(done.stdout)
    broken = [law for one in answer["checked"] for law in one["laws"] if law["outcome"] == "broken"]
    assert [law["law"] for law in broken] == ["missing_stays_missing"]
    assert broken[0]["finding"]["code"] == "contract.metric.invented"
    assert broken[0]["notes"]


def test_a_single_file_is_checked(tmp_path, project):
    """A plugin need not be a project."""
    del project
    file = tmp_path / "lonely.py"
    file.write_text(PLUGIN, "utf-8")
    done = run("plugin", "check", file)
    assert done.exit_code == 0, done.output


def test_an_installed_plugin_is_checked_by_name():
    """By the name of its entry point or of its distribution."""
    for name in ("web", "kepu-web"):
        done = run("plugin", "check", name, "--json")
        assert done.exit_code == 0, done.output
        checked = [one["what"] for one in json.loads(done.stdout)["checked"]]
        assert checked[0] == "plugin/web"
        assert {"exporter/scorecard-html", "exporter/report-html", "exporter/ics", "exporter/parquet"} <= set(checked)


def test_what_cannot_be_checked_is_told(tmp_path, project):
    """No project, no entry point, a broken file, an unknown name, a module that fails."""
    (tmp_path / "empty").mkdir()
    assert "[check.no-project]" in run("plugin", "check", tmp_path / "empty").stderr
    (tmp_path / "empty" / "pyproject.toml").write_text("[project]\nname = 'x'\n", "utf-8")
    assert "[check.no-entry-point]" in run("plugin", "check", tmp_path / "empty").stderr
    (tmp_path / "empty" / "pyproject.toml").write_text("[project\n", "utf-8")
    assert "[check.bad-project]" in run("plugin", "check", tmp_path / "empty").stderr
    done = run("plugin", "check", "nobody")
    assert done.exit_code == 3
    assert "[plugin.unknown]" in done.stderr
    done = run("plugin", "check", project("raise ValueError('no')", "kepu_my_ruin"))
    assert done.exit_code == 4
    assert "[plugin.import]" in done.stderr
    assert "ValueError: no" in done.stderr


def test_doctor_explains(monkeypatch):
    """Where a plugin comes from, for which hooks it was written, what it gave, how long that took."""
    done = run("plugins", "doctor", "guangdong")
    assert done.exit_code == 0, done.output
    for words in ("kepu_guangdong.plugin", ">=1,<2", "namespace: gd", "gd.literacy", "nothing is wrong"):
        assert words in done.output
    assert run("plugins", "doctor", "nobody").exit_code == 4
    monkeypatch.setenv("KEPU_PLUGINS", "nobody")
    done = run("plugins", "doctor", "--json")
    assert [f["code"] for f in json.loads(done.stdout)["findings"]] == ["plugin.not-installed"]


def test_sources_are_listed(monkeypatch):
    """With the day on which each was checked; one that was not checked for long is marked."""
    answer = json.loads(run("plugins", "sources", "--plugin", "guangdong", "--json").stdout)
    assert {row["plugin"] for row in answer} == {"guangdong"}
    assert all(row["provenance"]["source"] for row in answer)
    assert "should be checked again" not in run("plugins", "sources", "--plugin", "guangdong").output
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1893456000")  # 2030
    assert "should be checked again" in run("plugins", "sources", "--plugin", "guangdong").output


def test_a_demo_by_name(tmp_path):
    """The material of any plugin can be shown; an unknown name says which there are."""
    done = run("demo", "--name", "sz.demo", "--dir", tmp_path, "--json")
    assert done.exit_code == 0, done.output
    assert json.loads(done.stdout)["scheme"] == "sz.district-annual@2021.1"
    done = run("demo", "--name", "nobody", "--dir", tmp_path)
    assert done.exit_code == 3
    assert "sz.demo" in done.stderr


def test_what_plugins_print_does_not_spoil_json(tmp_path):
    """With --json, standard output holds the answer and nothing else."""
    package = tmp_path / "kepu_loud"
    package.mkdir()
    (package / "__init__.py").write_text("print('loud')\n" + PLUGIN, "utf-8")
    info = tmp_path / "kepu_loud-1.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: kepu-loud\nVersion: 1\n", "utf-8")
    (info / "entry_points.txt").write_text("[kepu]\nloud = kepu_loud\n", "utf-8")
    code = f"import sys; sys.path.insert(0, {str(tmp_path)!r}); from kepu_core.cli import main; main()"
    done = subprocess.run(
        [sys.executable, "-c", code, "plugins", "--json"], capture_output=True, text=True, encoding="utf-8", check=True
    )
    assert "loud" in [p["name"] for p in json.loads(done.stdout)]
    assert "loud" in done.stderr
