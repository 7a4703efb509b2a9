"""``kepu demo``: the main job from end to end, and what one would try after it."""

import csv
import io
import json

import pytest
from typer.testing import CliRunner

import kepu_core as kepu
from kepu_core.cli.app import app

RUN = CliRunner()
FILE = "d/guangdong.kepu"


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    """The demo, run once, and where it wrote."""
    for name in ("kepu_guangdong", "kepu_sql", "kepu_web"):
        pytest.importorskip(name)
    folder = tmp_path_factory.mktemp("demo")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        patch.setenv("KEPU_LANG", "en")
        patch.setenv("KEPU_PLUGINS", "guangdong,sql,web")
        result = RUN.invoke(app, ["demo", "--dir", "d"])
        assert result.exit_code == 0, result.output
        yield folder, result.output


@pytest.fixture(autouse=True)
def inside(demo, monkeypatch):
    monkeypatch.chdir(demo[0])
    monkeypatch.setenv("KEPU_PLUGINS", "guangdong,sql,web")


def run(*words):
    result = RUN.invoke(app, list(words))
    assert result.exit_code == 0, result.output
    return result.output


def test_what_it_shows(demo):
    """Coverage of the plan, the ranking, one explanation, where the files lie, what to try next."""
    _, said = demo
    for word in ("51 items", "深圳市", "rank", "illustrative", "index", "what to try next"):
        assert word in said, word


def test_what_it_writes(demo):
    """A workspace and a report in every form, each with all 21 cities."""
    folder, _ = demo
    assert sorted(p.name for p in (folder / "d").iterdir()) == ["guangdong.kepu", "report"]
    reports = folder / "d" / "report"
    for suffix in ("csv", "html", "json", "md"):
        text = (reports / f"evaluation-gd_city-annual-2021.{suffix}").read_text("utf-8-sig")
        assert all(city in text for city in ("广州市", "东莞市", "云浮市")), suffix
    rows = list(csv.reader(io.StringIO((reports / "evaluation-gd_city-annual-2021.csv").read_text("utf-8-sig"))))
    assert len([r for r in rows if r and r[0].isdigit()]) == 21
    assert {"plan-gd-2021.md", "campaigns.md", "index.md"} <= {p.name for p in reports.iterdir()}
    assert 'id="b-intervals"' in (reports / "evaluation-gd_city-annual-2021.html").read_text("utf-8")


def test_the_intervals_of_ranks_are_told_when_asked_for(demo):
    """In a page of the scorecard and in what is made of its report."""
    words = ("-w", FILE, "--scheme", "gd.city-annual", "--period", "2021")
    pages = (("sure.html", "scorecard-html", 'id="b-intervals"'), ("sure.md", "report-markdown", "rank from"))
    for name, exporter, sign in pages:
        run("export", name, *words, "--exporter", exporter)
        assert sign not in (demo[0] / name).read_text("utf-8")
        run("export", name, *words, "--exporter", exporter, "--draws", "200", "--force")
        assert sign in (demo[0] / name).read_text("utf-8")


def test_running_it_again_changes_nothing(demo):
    """The second run finds everything there and makes no commit."""
    with kepu.open_workspace(FILE) as ws:
        before = [c.number for c in ws.store.commits()]
    assert json.loads(run("demo", "--dir", "d", "--json"))["ok"]
    with kepu.open_workspace(FILE) as ws:
        assert [c.number for c in ws.store.commits()] == before


def test_what_it_says_to_try(demo):
    """Every command that the demo proposes works as it stands there."""
    _, said = demo
    proposed = [line.split()[1:] for line in said.splitlines() if line.startswith("  kepu ")]
    assert len(proposed) == 5
    for words in proposed:
        run(*words)


def test_evaluating_and_explaining():
    """Ranking, explanation and export by command give what the library gives."""
    with kepu.open_workspace(FILE) as ws:
        card = ws.evaluate("gd.city-annual", "2021")
    told = json.loads(run("evaluate", "gd.city-annual", "-w", FILE, "--period", "2021", "--json"))
    assert {s["subject"]: s["score"] for s in told["standings"]} == card.score
    assert told["illustrative"] is True
    why = json.loads(run("explain", "gd.city-annual", "深圳市", "-w", FILE, "--period", "2021", "--json"))
    assert why["subject"] == "440300"
    assert float(why["score"]) == card.score["440300"]
    shown = run("evaluate", "gd.city-annual", "-w", FILE, "--period", "2021", "--subject", "440100")
    assert "广州市" in shown
    assert "深圳市" not in shown
    run("export", "x.md", "-w", FILE, "--scheme", "gd.city-annual", "--period", "2021")


def test_keeping_the_result(tmp_path):
    """--save keeps the evaluation; it is found again, with the time at which it was made."""
    copy = tmp_path / "copy.kepu"
    copy.write_bytes((tmp_path.cwd() / FILE).read_bytes())
    run("evaluate", "gd.city-annual", "-w", str(copy), "--period", "2021", "--save")
    (kept,) = json.loads(run("find", "evaluation", "-w", str(copy), "--json"))
    assert (kept["scheme"], len(kept["results"])) == ("gd.city-annual@2021.1", 21)
