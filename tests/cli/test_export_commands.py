"""``kepu export``: reports and sites."""

import json

import pytest
from typer.testing import CliRunner

import kepu_core as kepu
from kepu_core.cli.app import app

RUN = CliRunner()


@pytest.fixture(autouse=True)
def inside(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("KEPU_PLUGINS", "sql")
    monkeypatch.setenv("KEPU_LANG", "en")
    with kepu.open_workspace("w.kepu") as ws:
        ws.put(
            kepu.Region(id="440000", name="广东省", level="province"),
            kepu.Region(id="440300", name="深圳市", level="prefecture", parent="440000"),
            kepu.Organisation(id="a", name="省科协", kind="association"),
            kepu.Plan(id="p", title="要点", kind="annual", period="2021", issuer="a",
                      sections=[kepu.PlanSection(id="1", number="一", heading="活动")]),
            kepu.PlanItem(id="i", plan="p", section="1", text="举办大赛"),
            kepu.Base(id="b", name="某馆", kind="science_museum", region="440300",
                      contact=kepu.Contact(name="张三", phone="13800000000")),
        )  # fmt: skip


def run(*words, code=0):
    result = RUN.invoke(app, ["export", *words, "-w", "w.kepu"])
    assert result.exit_code == code, result.output
    return result.output


def test_a_report_of_a_plan(tmp_path):
    run("plan.md", "--report", "plan", "--id", "p", "--on", "2021-07-01")
    text = (tmp_path / "plan.md").read_text("utf-8")
    assert text.startswith("# 要点")
    assert "举办大赛" in text


def test_a_register_as_of_a_day_and_without_contacts(tmp_path):
    run("bases.json", "--report", "bases", "--region", "440000", "--on", "2021-07-01")
    report = json.loads((tmp_path / "bases.json").read_text("utf-8"))
    assert (report["kind"], report["on"]) == ("bases", "2021-07-01")
    assert "张三" not in json.dumps(report, ensure_ascii=False)
    run("all.json", "--report", "bases", "--include-personal")
    assert "张三" in (tmp_path / "all.json").read_text("utf-8")


def test_a_site(tmp_path):
    told = json.loads(run("site", "--site", "--json"))
    assert told["ok"]
    assert {"index.md", "plan-p.md", "bases.csv"} <= {p.name for p in (tmp_path / "site").iterdir()}
    assert told["files"] == len(list((tmp_path / "site").iterdir())) - 1
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "mine.txt").write_text("mine", "utf-8")
    assert "publish.strange-folder" in run("other", "--site", code=1)
    for force in ((), ("--force",)):
        assert "publish.no-folder" in run("other/mine.txt", "--site", *force, code=1)


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("x.md", "--report", "plan"), 3, "report.which-plan"),
        (("x.md", "--report", "planets"), 3, "report.unknown-kind"),
        (("x.md", "--period", "2021"), 2, "go together"),
        (("x.md", "--report", "bases", "--option", "layout"), 2, "NAME=VALUE"),
        (("x.md", "--report", "bases", "--option", "exporter=x"), 2, "NAME=VALUE"),
        (("x.md", "--report", "bases", "--option", "tempaltes=x"), 1, "export.option"),
        (("x.md", "--report", "bases", "--id", "b"), 2, "--id would count for nothing"),
        (("x.md", "--report", "plan", "--id", "p", "--scheme", "s", "--period", "2021"), 2, "--period, --scheme would"),
        (("x.md", "--site", "--report", "bases"), 2, "--report would"),
        (("x.md", "--report", "bases", "--region", "999999"), 3, "report.unknown-region"),
    ],
)
def test_what_is_refused(tmp_path, words, code, said):
    assert said in " ".join(run(*words, code=code).split())
    assert not (tmp_path / "x.md").exists()
