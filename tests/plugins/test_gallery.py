"""A gallery of broken plugins: each is told with its cause and mend, and everything beside it works."""

import importlib.util
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

import kepu_core as kepu
from kepu_core.cli import app as commands
from kepu_core.cli.demo import run_demo
from kepu_core.cli.output import Output

sys.path.insert(0, str(Path(__file__).parent))

from gallery.acts import EXPORTED, IMPORTED, LOOKED_FOR
from gallery.cases import LEFT_OUT
from gallery.found_cases import FOUND
from gallery.installing import discovered, install, installed
from gallery.page import PAGE, page
from gallery.used_cases import USED
from gallery.world import CITIES, RECORDS, REGIONS, rest_works, scheme, workspace

CASES = [*FOUND, *USED]
SQL = ["sql"] if importlib.util.find_spec("kepu_sql") else []


def ids(cases):
    return [f"{case.entry.split()[0]}-{number}" for number, case in enumerate(cases)]


@pytest.fixture(autouse=True)
def own_folder(tmp_path, monkeypatch):
    """Whatever a plugin writes beside its target, it writes here."""
    monkeypatch.chdir(tmp_path)


@pytest.fixture(scope="module", params=CASES, ids=ids(CASES))
def case(request):
    return request.param


@pytest.fixture(scope="module")
def manager(case, tmp_path_factory):
    """The built-ins, the good plugin and the broken one, as they are discovered."""
    with installed(tmp_path_factory.mktemp("case") / "site", case.value, another=case.another):
        yield discovered()


def tells(case, manager, folder):
    """Assert that a case is told with the right code, its plugin, what is wrong, and a mend, in both languages."""
    findings = case.when.findings(manager, folder)
    assert {f.code for f in findings} == {case.code, *case.besides}, [str(f) for f in findings]
    own = [f for f in findings if f.code == case.code]
    message = " ".join(f.message.en for f in own)
    for part in (case.named, *case.says):
        assert part in message
    for finding in own:
        assert case.named in finding.message.zh
        assert case.mend in finding.mend.en
    for finding in findings:
        assert finding.mend.zh.strip()
        assert finding.mend.en.strip()


def leaves_the_rest(case, manager, folder):
    """Assert that everything else works, beside the plugin or once it is left out."""
    rest_works(discovered(block=["broken"]) if case.rest == LEFT_OUT else manager, folder / "rest")


# Every case


def test_what_is_wrong_is_told(case, manager, tmp_path):
    """The code is stable; the message names plugin and cause; there is a mend, in both languages."""
    tells(case, manager, tmp_path)


def test_it_stays_listed(case, manager):
    """A plugin that is set aside gives nothing, and is listed with distribution and version like any other."""
    if not case.state:
        assert "broken" not in {info.name for info in manager.plugins}
        return
    info = manager.info("broken")
    assert info.state.value == case.state
    assert (info.release, info.origin) == ("kepu-broken 1.0", case.value) or case.another.startswith("broken")
    assert bool(info.gave) is info.state.works


def test_the_rest_works(case, manager, tmp_path):
    """The built-ins and the good plugin put and find records, score as worked out by hand, and write files."""
    assert manager.info("good").state.value == "active"
    leaves_the_rest(case, manager, tmp_path)


def test_a_distribution_without_a_name_is_told_as_such(tmp_path):
    """Metadata that are empty hide neither the plugin nor what is wrong with it, and None is no name."""
    with installed(tmp_path / "site", "kepu_broken.missing_library", metadata=""):
        (finding,) = LOOKED_FOR.findings(discovered(), tmp_path)
    assert "a_library_that_is_not_there" in finding.message.en
    assert "None" not in finding.message.en + finding.mend.en


def test_the_page_is_what_the_code_says_now():
    """It is written by ``python tests/plugins/gallery/page.py``."""
    assert PAGE.read_text("utf-8") == page()


# What some of them do besides


@pytest.fixture
def beside(tmp_path):
    """A function that installs one broken plugin for the rest of a test and gives the manager."""
    blocks = []

    def begin(entry, **more):
        block = installed(tmp_path / "site", f"kepu_broken.{entry}", **more)
        block.__enter__()
        blocks.append(block)
        return discovered()

    yield begin
    for block in blocks:
        block.__exit__(None, None, None)


def two_criteria(missing="fail"):
    """Venues at 0.6 and the number of a broken plugin at 0.4."""
    one, other = (scheme(metric, missing=missing).root.children[0] for metric in ("good.venues", "broken.number"))
    leaves = [kepu.replace(one, id="venues", weight=0.6), kepu.replace(other, weight=0.4)]
    whole = scheme()
    return kepu.replace(whole, root=kepu.replace(whole.root, children=leaves))


def test_a_failing_metric_can_count_as_missing(beside):
    """With on_error="missing" the others are scored as ever, and the card says in a warning what was left out."""
    with workspace(beside("metrics:raises_for_one")) as ws:
        ws.put(RECORDS)
        card = ws.evaluate(two_criteria("exclude"), "2021", subjects=CITIES, on_error="missing")
    assert {s.subject: s.score for s in card.standings} == {"440100": 25.0, "440300": 75.0}  # venues alone: 1/4, 3/4
    (finding,) = card.findings
    assert (finding.code, finding.severity) == ("evaluation.metric-failed", kepu.Severity.WARNING)


def test_what_failed_is_told_before_what_is_missing_for_it(beside):
    """With on_error="missing", a scheme that lets nothing be missing names the plugin first, then what is missing."""
    with workspace(beside("metrics:raises_for_one")) as ws:
        ws.put(RECORDS)
        with pytest.raises(kepu.InvalidData) as caught:
            ws.evaluate(scheme("broken.number"), "2021", subjects=CITIES, on_error="missing")
    first, *others = caught.value.findings
    assert first.code == "evaluation.metric-failed"
    assert "broken 1.0" in first.message.en
    assert "440300" in first.message.en
    assert {f.code for f in others} == {"evaluation.missing"}


def test_a_score_is_explained_though_its_sources_are_not(beside):
    """A metric that raises when asked for the sources of a figure: the source says so, and all else is explained."""
    manager = beside("metrics:raises_for_sources")
    with workspace(manager) as ws:
        ws.put(RECORDS)
        told = ws.evaluate(scheme("broken.number"), "2021", subjects=CITIES).explain("440300")
    assert [node.sources for node in told.nodes if node.leaf] == [("? KeyError: 'sources'",)]
    assert (told.score, told.nodes[-1].raw) == (100, 4)  # four bases, with 4 for full marks
    assert manager.info("broken").state.value == "active"
    rest_works(manager, Path("rest"))


def test_nan_is_never_a_number(beside):
    """A metric that gives NaN has no figure there: undefined, left out where the scheme says so."""
    with workspace(beside("metrics:not_a_number")) as ws:
        ws.put(RECORDS)
        card = ws.evaluate(two_criteria("exclude"), "2021", subjects=CITIES)
    figures = card.board["broken.number"]
    assert (figures.get("440300"), figures.reason("440300")) == (None, kepu.Reason.UNDEFINED)
    # 440100: 100 × (0.6 × 1/4 + 0.4 × 1/4) = 25; 440300 by its venues alone: 100 × 3/4 = 75.
    assert {s.subject: s.score for s in card.standings} == {"440100": 25.0, "440300": 75.0}


def test_time_is_booked_to_the_plugin_that_took_it(beside):
    """The card says how long each plugin was busy."""
    with workspace(beside("metrics:sleeps")) as ws:
        ws.put(RECORDS)
        card = ws.evaluate(two_criteria(), "2021", subjects=CITIES)
    from kepu_broken.metrics import NAP

    assert card.timings["broken"] >= NAP
    assert set(card.timings) == {"broken", "good"}


def test_the_other_checks_still_run(beside):
    """Where one check raises, nothing is written, and what the others find is told as well."""
    with workspace(beside("records:check_raises")) as ws:
        with pytest.raises(kepu.InvalidData) as caught:
            ws.put(REGIONS, kepu.Base(id="b8", name="辛馆", kind="venue", region="449900"))
        assert {f.code for f in caught.value.findings} == {"plugin.check", "region.unknown-code"}
        assert not ws.count()


def test_a_check_cannot_hide_records_from_others(beside):
    """Checks get the batch as a tuple: one that tries to empty it fails, the others see all, nothing is stored."""
    with workspace(beside("records:check_empties_the_batch")) as ws:
        with pytest.raises(kepu.InvalidData) as caught:
            ws.put(REGIONS, kepu.Base(id="b8", name="辛馆", kind="venue", region="449900"))
        assert {f.code for f in caught.value.findings} == {"plugin.check", "region.unknown-code"}
        assert not ws.count()


def test_what_a_listener_does_not_hear_is_saved_all_the_same(beside):
    """Data and history are there; the notices of the workspace say who was not told."""
    with workspace(beside("records:listener_raises")) as ws:
        ws.put(REGIONS)
        assert ws.count() == {"region": 3}
        assert [f.code for f in ws.notices] == ["plugin.listener"]


def test_a_failed_import_leaves_the_store_alone(beside, tmp_path):
    """Nothing of a file is put if its importer fails."""
    manager = beside("files:read_raises")
    with workspace(manager) as ws:
        IMPORTED.findings(manager, tmp_path)
        with pytest.raises(kepu.InvalidData):
            ws.import_file(tmp_path / "list.broken")
        assert not ws.count()


@pytest.mark.parametrize(
    "entry", [f"files:write_{how}" for how in ("stops_half_way", "leaves", "a_text", "one_of_ours")]
)
def test_a_failed_export_leaves_the_file_alone(entry, beside, tmp_path):
    """An existing file stays as it was, and nothing is left beside it."""
    (tmp_path / "list.broken").write_text("as it was", "utf-8")
    assert EXPORTED.findings(beside(entry), tmp_path)
    assert (tmp_path / "list.broken").read_text("utf-8") == "as it was"
    assert {p.name for p in tmp_path.iterdir()} == {"list.broken", "site"}


def test_a_closed_stream_loses_nothing(beside, tmp_path):
    """Though its contract forbids it, what an exporter wrote before it closed the stream is written."""
    assert not EXPORTED.findings(beside("files:write_and_close"), tmp_path)
    assert (tmp_path / "list.broken").read_text("utf-8").split() == [r.id for r in RECORDS]


# The command line

SHOWN = [case for case in FOUND if case.entry in {"missing_library", "hooks:misspelt", "declared:newer_hook"}]
REFUSED = [case for case in FOUND if case.entry == "declared:newer_api"]


def answer(*words, code=0):
    """What ``kepu`` says to a machine."""
    result = CliRunner().invoke(commands.app, [*words, "--json"])
    assert result.exit_code == code, result.output
    return json.loads(result.stdout)


@pytest.mark.parametrize("case", [*SHOWN, *REFUSED], ids=lambda case: case.entry)
def test_plugins_and_doctor_name_the_cause(case, beside):
    """``kepu plugins --json`` and ``kepu plugins doctor`` list the broken plugin with code, cause and mend."""
    beside(case.entry)
    code = 0 if case.state == "degraded" else 4
    rows = {row["name"]: row for row in answer("plugins", code=code)}
    assert (rows["good"]["state"], rows["broken"]["state"]) == ("active", case.state)
    (told,) = answer("plugins", "doctor", "broken", code=code)["plugins"]
    (finding,) = told["findings"]
    assert (told["state"], finding["code"]) == (case.state, case.code)
    assert rows["broken"]["findings"] == [finding]
    shown = CliRunner().invoke(commands.app, ["plugins", "doctor", "broken"])
    assert (shown.exit_code, finding["mend"]["en"] in shown.output) == (code, True)


def test_a_demo_names_the_plugin_whose_material_raises(beside):
    """``kepu demo`` with material of a plugin that cannot be made."""
    pytest.importorskip("kepu_sql")
    beside("records:demo_raises", also=SQL)
    with pytest.raises(kepu.KepuError) as caught:
        run_demo(Output(as_json=True), Path("demo"), 2021)
    (finding,) = caught.value.findings
    assert finding.code == "plugin.demo"
    for part in ("broken.demo", "broken 1.0", "LookupError: no figures", "records.py:"):
        assert part in finding.message.en
    assert "--name" in finding.mend.en


def stored(manager):
    """A workspace on disk with the records, and a scheme that names the metric of the broken plugin."""
    with kepu.open_workspace("w.kepu", plugins=manager) as ws:
        ws.put(RECORDS, scheme("broken.number"))
    return ["-w", "w.kepu", "--period", "2021", *(word for city in CITIES for word in ("--subject", city))]


def test_evaluate_says_which_plugin_took_long(beside, monkeypatch):
    """``kepu evaluate`` names a plugin that took longer than a moment, and tells machines the seconds of each."""
    pytest.importorskip("kepu_sql")
    where = stored(beside("metrics:sleeps", also=SQL))
    monkeypatch.setattr(commands, "_SLOW", 0.01)
    shown = CliRunner().invoke(commands.app, ["evaluate", "try.out", *where]).output
    assert "plugins that took long: broken 0." in shown
    assert answer("evaluate", "try.out", *where)["seconds_by_plugin"]["broken"] > 0


def test_printing_does_not_spoil_an_answer(tmp_path):
    """A plugin that prints at import, in a hook and in a metric leaves standard output to the JSON of the answer."""
    pytest.importorskip("kepu_sql")
    site = tmp_path / "site"
    install(site, "kepu_broken.noisy")
    with kepu.open_workspace("w.kepu", plugins=kepu.PluginManager.discover(allow=["sql"])) as ws:
        ws.put(RECORDS)
    words = ["evaluate", "broken.noisy", "-w", "w.kepu", "--period", "2021", "--subject", "440300", "--json"]
    run = subprocess.run(
        [sys.executable, "-m", "kepu_core", *words],
        env={**os.environ, "PYTHONPATH": str(site), "KEPU_PLUGINS": "sql,broken", "PYTHONIOENCODING": "utf-8"},
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    assert [s["score"] for s in json.loads(run.stdout)["standings"]] == [75.0]
    for noise in ("loading the figures", "{'not': 'JSON'}", "counting 2021"):
        assert noise in run.stderr
