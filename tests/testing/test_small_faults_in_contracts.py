# ruff: noqa: PTH102, PTH107, PTH123, SIM115 - these acts are what is watched
"""What mutation testing found untested: of the contracts, and of watching what plugins do."""

import contextlib
import datetime as dt
import os
import shutil
import socket
import sqlite3
import subprocess
import sys
import threading
import time
import unittest
from pathlib import Path

import pytest
from attrs import evolve
from hypothesis import strategies as st

import kepu_core as kepu
from kepu_core.testing import (
    CheckContract,
    ExporterContract,
    ImporterContract,
    LawOutcome,
    MetricContract,
    PluginContract,
    RuleContract,
    Sample,
    SchemeContract,
    check_contract,
)
from kepu_core.testing.contracts import BrokenLaw, Contract, contracts_of, given_by
from kepu_core.testing.contracts._conduct import at_times, doing_nothing
from kepu_core.testing.contracts.scheme import manager_with
from kepu_core.testing.watching import ActRefusedError, watched

SOURCE = kepu.Provenance(source="样例", checked_on=dt.date(2026, 1, 1))
LABEL = kepu.Text("物", "thing")


def outcome(contract, law, **body):
    """What becomes of one law of a contract."""
    (result,) = check_contract(type("T", (contract,), body), only=[law])
    return result


def code(result):
    return result.finding and result.finding.code


# Watching

ACTS = {
    "open to write": (lambda: open("new", "w"), "write", "new"),
    "append": (lambda: open("old", "a"), "write", "old"),
    "create": (lambda: open(b"new", "xb"), "write", "new"),
    "update": (lambda: Path("old").open("r+"), "write", "old"),
    "read": (lambda: Path("old").read_text("utf-8"), "read", "old"),
    "read by flags": (lambda: os.close(os.open("old", os.O_RDONLY)), "read", "old"),
    "write by flags": (lambda: os.open("new", os.O_WRONLY | os.O_CREAT), "write", "new"),
    "remove": (lambda: os.remove("old"), "write", "os.remove old"),
    "make a folder": (lambda: os.mkdir("folder"), "write", "os.mkdir folder"),
    "copy": (lambda: shutil.copyfile("old", "new"), "write", "shutil.copyfile old"),
    "database": (lambda: sqlite3.connect(":memory:"), "write", "sqlite3.connect :memory:"),
    "network": (socket.socket, "network", "socket.__new__"),
    "process": (lambda: subprocess.run([sys.executable, "-c", ""], check=False), "process", "subprocess.Popen"),
    "system": (lambda: os.system("true"), "process", "os.system"),
}


@pytest.mark.parametrize("name", ACTS)
def test_every_act_is_noted_and_harm_is_refused(name, tmp_path, monkeypatch):
    """An act is noted with its kind and of what; whatever changes something outside is refused, reading is not."""
    act, kind, detail = ACTS[name]
    monkeypatch.chdir(tmp_path)
    Path("old").write_text("old", "utf-8")
    refused = pytest.raises(ActRefusedError, match=kind) if kind != "read" else contextlib.nullcontext()
    with watched() as watch, refused:
        act()
    first = watch.acts[0]
    assert first.kind == kind
    assert str(first).startswith(f"{kind}: {detail}")
    assert sorted(p.name for p in tmp_path.iterdir()) == ["old"]
    assert Path("old").read_text("utf-8") == "old"
    assert watch.of(kind) == tuple(watch.acts)
    assert watch.of("nothing") == ()


def test_what_is_no_act():
    """Descriptors that are open, the null device, other threads, and what comes after the block are not noted."""
    with watched() as watch:
        os.close(os.open(os.devnull, os.O_WRONLY))
        reading, writing = os.pipe()
        with os.fdopen(writing, "w"), os.fdopen(reading):
            pass
        other = threading.Thread(target=lambda: socket.socket().close())
        other.start()
        other.join()
    socket.socket().close()
    assert watch.acts == []


def test_what_is_let_through_is_noted_as_well(tmp_path, capsys):
    """A watch that refuses nothing notes all, and so does each of two; printing is noted once, in 200 characters."""
    with watched(refuse=()) as outer, watched(refuse=()) as inner:
        (tmp_path / "new").write_text("new", "utf-8")
        print("x" * 300)
        print("again")
    assert [a.kind for a in inner.acts] == ["write", "print"]
    assert [a.kind for a in outer.acts] == ["write"]
    assert inner.acts[1].detail == "x" * 200
    assert capsys.readouterr().out == ""


# Conduct


class Nothing(Contract):
    """A contract about nothing."""


def test_what_was_done_is_told_even_if_the_refusal_was_swallowed():
    """Code that catches everything is told all the same; three acts are shown; reading is allowed where it is said."""
    with pytest.raises(BrokenLaw) as caught, doing_nothing(Nothing()):
        for at in range(5):
            with contextlib.suppress(Exception):
                os.mkdir(f"folder{at}")
    assert caught.value.code == "contract.side-effect"
    message = caught.value.findings[0].message.en
    assert "folder2" in message
    assert "folder3" not in message
    with doing_nothing(Nothing(), reads=True):
        Path(__file__).read_text("utf-8")
    for reads, act in ((False, lambda: Path(__file__).read_bytes()), (True, lambda: print("x"))):
        with pytest.raises(BrokenLaw), doing_nothing(Nothing(), reads=reads):
            act()


def test_two_moments_lie_decades_apart_and_stand_still():
    """What is asked at two moments sees two years, and no time pass while it is asked."""
    moments = at_times(lambda: (time.time_ns(), time.time_ns()))
    assert all(first == second for first, second in moments)
    years = [dt.datetime.fromtimestamp(first / 1e9, dt.UTC).year for first, _ in moments]
    assert years == [1999, 2044]


# Contracts


class Base(Contract):
    """Some laws."""

    def test_second(self):
        """It holds.

        Always.
        """

    def test_first(self):
        raise ValueError("no")


class Derived(Base):
    """More laws, one of them worded anew."""

    def test_third(self):
        raise unittest.SkipTest("not now")

    def test_second(self):
        """It holds again."""
        error = BrokenLaw(kepu.Problem("x.y", kepu.Text("错", "wrong"), kepu.Text("改", "mend")).finding())
        error.add_note("an example")
        raise error


def test_laws_are_tried_in_the_order_in_which_they_are_written():
    """Laws of a contract come with those it inherits first, each once, and one that fails keeps none from running."""
    assert Derived.laws() == ("second", "first", "third")
    results = list(check_contract(Derived))
    told = [(r.contract, r.law, r.title, r.outcome.value) for r in results]
    assert told == [
        ("Derived", "second", "It holds again.", "broken"),
        ("Derived", "first", "first", "broken"),
        ("Derived", "third", "third", "skipped"),
    ]
    assert (results[0].finding.code, results[0].notes) == ("x.y", ("an example",))
    assert results[1].finding.code == "contract.raised"
    said = "Derived raised while first was tested: ValueError: no (test_small_faults_in_contracts.py:"
    assert results[1].finding.message.en.startswith(said)
    assert results[1].finding.record == "Derived"
    assert results[2].reason == "not now"
    (kept,) = check_contract(Base(), only={"second"})
    assert (kept.title, kept.outcome, kept.finding) == ("It holds.", LawOutcome.KEPT, None)


def test_an_exemption_from_a_law_that_is_not_there_is_told_at_once():
    """A misspelt exemption is told where the class is made, with the laws that there are."""
    with pytest.raises(BrokenLaw) as caught:
        type("T", (Base,), {"exempt": {"frist": "why"}})
    assert caught.value.code == "contract.unknown-law"
    assert caught.value.findings[0].message.en == "T: there is no law called frist"
    assert caught.value.findings[0].mend.en == "the laws are: second, first"
    assert "frist" in str(caught.value)


def test_examples_are_as_many_as_are_said_and_always_the_same():
    """A law is tried on as many examples as the contract says, or the law itself, and on the same ones each time."""

    def drawn(**more):
        seen = []
        subject = type("T", (Contract,), {"examples": 7})()

        @subject.for_all(st.integers(0, 10**9), st.text(), **more)
        def _(number, text):
            assert isinstance(text, str)
            seen.append(number)

        return seen

    assert len(drawn()) == 7
    assert len(drawn(examples=3)) == 3
    assert drawn() == drawn()


# Metrics


@kepu.record("my.station", "站", "station")
class Station:
    """A record type of a plugin's own."""

    id: str = kepu.field("标识", "id")
    region: str = kepu.field("地区", "region")


def metric(compute, **more):
    told = {"title": "数", "title_en": "number", "unit": "个", "subject": "region", "provenance": SOURCE, **more}
    return kepu.metric("my.x", **told)(compute)


UNCHECKED = kepu.Provenance(source="样例")
RIGHT = metric(lambda facts: facts.observed("venues"))
WRONG_METRICS = [
    ("names_its_source", evolve(RIGHT, provenance=UNCHECKED), "contract.no-source", "checked-on date"),
    ("names_its_source", evolve(RIGHT, title=kepu.Text("数", " ")), "contract.wordless", "title"),
    ("names_its_source", evolve(RIGHT, title=kepu.Text(" ", "number")), "contract.wordless", "title"),
    ("keeps_its_range", evolve(RIGHT, low=1), "contract.metric.range", "outside 1…—"),
    ("keeps_its_range", evolve(RIGHT, high=50), "contract.metric.range", "outside —…50"),
    ("needs_no_records", metric(lambda facts: 5), "contract.metric.shape", "int 5"),
    ("needs_no_records", metric(lambda facts: 1 / 0), "contract.metric.raises", "ZeroDivisionError: "),
]


@pytest.mark.parametrize(("law", "wrong", "told", "says"), WRONG_METRICS)
def test_what_is_wrong_with_a_metric_is_told(law, wrong, told, says):
    """Blank sources and titles, and bounds on one side, are seen, and told as they are."""
    result = outcome(MetricContract, law, metric=wrong)
    assert code(result) == told
    assert says in result.finding.message.en


def test_metrics_are_tried_on_the_figures_that_are_said():
    """Figures lie between the bounds of the contract, 0 and 100 where it says none."""
    for figures, kept in (
        ({}, LawOutcome.KEPT),
        ({"venues": (5, 6)}, LawOutcome.KEPT),
        ({"venues": (0, 200)}, LawOutcome.BROKEN),
    ):
        bounds = {"low": 5, "high": 6} if figures == {"venues": (5, 6)} else {"low": 0, "high": 100}
        result = outcome(MetricContract, "keeps_its_range", metric=evolve(RIGHT, **bounds), figures=figures)
        assert result.outcome is kept


def test_metrics_are_tried_on_records_of_a_plugins_own():
    """A metric that looks at the plugin's own records meets some, at home in the subjects."""
    seen = []

    def counts(facts):
        values = facts.count(Station, by="region")
        seen.extend(s for s in facts.subjects if values.get(s))
        return values

    counting = metric(counts)
    assert {r.outcome for r in check_contract(type("T", (MetricContract,), {"metric": counting, "examples": 8}))} == {
        LawOutcome.KEPT
    }
    assert seen
    if_any = metric(lambda facts: 1 / 0 if facts.records(Station) else facts.count(Station, by="region"))
    assert code(outcome(MetricContract, "gives_a_value_for_each_subject", metric=if_any)) == "contract.raised"


# Exporters


def exporter(write, suffix=".txt", accepts=("records",)):
    return kepu.Exporter(name="my.x", label=LABEL, suffixes=(suffix,), accepts=accepts, write=write)


def page(body):
    return exporter(lambda what, out, context: out.write(f"<html><body>{body}</body></html>".encode()), ".html")


PAGES = [
    ("<p onclick='alert(1)'>x</p>", "onclick"),
    ("<link href='//example.org/x.css'>", "<link href=//example.org/x.css>"),
    ("<img src='http://example.org/x.png'>", "<img src="),
    ("<form action='https://example.org'></form>", "<form action="),
    ("<script>alert(1)</script>", "alert(1)"),
    ("<a href='https://example.org'>x</a><img src='x.png'><script>let x</script><p>alert(1)</p>", None),
]


@pytest.mark.parametrize(("body", "found"), PAGES)
def test_what_a_page_would_run_or_fetch_is_found(body, found):
    """Handlers, scripts and addresses that are fetched are told; a link that somebody must follow is not."""
    result = outcome(ExporterContract, "is_safe_to_open", exporter=page(body), examples=2)
    assert (code(result), result.outcome.value) == (("contract.exporter.markup", "broken") if found else (None, "kept"))
    if found:
        assert found in result.finding.message.en


def test_numbers_are_no_formulas():
    """In a table, a cell that begins as a formula does is one, unless it is a number."""
    for cell, told in (
        ("-5", None),
        ("+1e3", None),
        ("-5+x", "contract.exporter.formula"),
        ("@x", "contract.exporter.formula"),
    ):
        wrong = exporter(lambda what, out, context, cell=cell: out.write(f"\ufeff{cell},x\n".encode()), ".csv")
        assert code(outcome(ExporterContract, "is_safe_to_open", exporter=wrong, examples=2)) == told


@pytest.mark.parametrize(
    ("suffix", "form"),
    [(".json", '{{"{0}": [{{"id": "x"}}]}}'), (".csv", '\ufeff"{0}",x\r\n'), (".html", "<p>{0}</p>"), (".md", "{0}")],
)
def test_what_another_program_reads_is_what_was_written(suffix, form):
    """Keys and texts of JSON, cells of tables, texts of pages, lines of plain text: an underscore may be escaped."""
    for joint, told in (("|", None), ("", "contract.exporter.lost")):

        def write(records, out, context, joint=joint):
            ids = [r.id.replace("_", "\\_") if suffix == ".md" else r.id for r in records]
            out.write(form.format(joint.join(ids if joint else ["x"])).encode())

        result = outcome(ExporterContract, "can_be_read_back", exporter=exporter(write, suffix))
        assert code(result) == told, str(result.finding)


@pytest.mark.parametrize("lost", [0, 50, 99])
def test_rows_that_are_lost_are_missed(lost):
    """The first, the middle and the last row of a large export are looked for."""

    def write(records, out, context):
        out.write("\n".join(r.id for at, r in enumerate(records) if len(records) != 100 or at != lost).encode() or b"-")

    result = outcome(ExporterContract, "takes_many_rows", exporter=exporter(write), rows=100)
    assert code(result) == "contract.exporter.lost"


def test_exporters_of_scorecards_are_tried_on_scorecards():
    """One that takes scorecards alone is tried on those, empty ones too, and holds nothing personal."""

    def write(card, out, context):
        out.write("\n".join(card.names[r.subject] for r in card.standings).encode())

    body = {"exporter": exporter(write, accepts=("scorecard",)), "subjects": 10, "examples": 3}
    results = {r.law: r for r in check_contract(type("T", (ExporterContract,), body))}
    assert {law for law, r in results.items() if r.outcome is LawOutcome.SKIPPED} == {"leaves_personal_data_out"}
    assert {law: str(r.finding) for law, r in results.items() if r.outcome is LawOutcome.BROKEN} == {}
    body["exporter"] = exporter(lambda card, out, context: None, accepts=("scorecard",))
    assert code(outcome(ExporterContract, "takes_nothing", **body)) == "contract.exporter.nothing"


# Importers

REFUSED = kepu.Problem("my.refused", kepu.Text("不行", "no"), kepu.Text("改", "mend"))


def importer(read):
    return kepu.Importer(name="my.x", label=LABEL, suffixes=(".x",), read=read)


def refusing(data, context):
    raise kepu.InvalidData(REFUSED.finding())


def test_an_importer_that_refuses_is_told_so():
    """An error in a sample breaks the law, whether it is returned or raised; a damaged file may be refused."""
    finding = REFUSED.finding(place=kepu.Place(file="a.x"))
    for read in (refusing, lambda data, context: kepu.ImportResult(records=[], findings=[finding])):
        body = {"importer": importer(read), "samples": [Sample(name="a.x", data=b"x")], "examples": 5}
        result = outcome(ImporterContract, "reads_its_samples", **body)
        assert (code(result), "raises no" in result.finding.message.en) == ("contract.importer.raises", True)
        if read is refusing:
            assert outcome(ImporterContract, "damaged_files_never_raise", **body).outcome is LawOutcome.KEPT


def test_importers_are_told_what_they_are_asked_for():
    """Whatever is done to a sample, its name and record type stay; bytes are cut out, put in, and left out altogether."""
    seen = []

    def read(data, context):
        assert (context.path.name, context.kind) in {("a.x", "organisation"), ("a.x", None)}
        seen.append((len(data), context.kind))
        names = dict.fromkeys(n for n in data.decode("utf-8", "replace").split("\n")[:-1] if n.isalpha())
        records = [kepu.Organisation(id=f"o-{n}", name=n, kind="association") for n in names if len(n) < 99]
        return kepu.ImportResult(records=records, findings=[REFUSED.finding(place=kepu.Place(file="a.x"))])

    body = {"importer": importer(read), "samples": [Sample(name="a.x", data=b"one\ntwo\n", kind="organisation")]}
    for law in ("damaged_files_never_raise", "a_cut_off_file_invents_nothing", "is_the_same_again"):
        result = outcome(ImporterContract, law, **body)
        assert result.outcome is LawOutcome.KEPT, str(result.finding)
        if law != "damaged_files_never_raise":
            assert {kind for _, kind in seen} == {"organisation"}
        else:
            assert {0, 8} < {size for size, _ in seen}
            assert min(size for size, _ in seen if size) < 8 < max(size for size, _ in seen)
        seen.clear()


def test_laws_of_importers_that_need_something_ask_for_it():
    """Without an exporter there is no round trip, and without samples nothing to cut off."""
    for law, reason in (
        ("round_trip", "exporter"),
        ("a_cut_off_file_invents_nothing", "samples"),
        ("is_the_same_again", "samples"),
    ):
        result = outcome(ImporterContract, law, importer=importer(refusing))
        assert (result.outcome, reason in result.reason) == (LawOutcome.SKIPPED, True)


# Checks, record types, schemes, plugins


def record_check(check):
    return kepu.RecordCheck(name="my.check", label=LABEL, check=check)


UNWORDED = [
    (kepu.Text("有", "is"), kepu.Text("改", " "), "an English wording"),
    (kepu.Text("有", ""), kepu.Text("改", "mend"), "an English wording"),
    (kepu.Text("有", "is"), kepu.Text("mend", "mend"), "a Chinese wording"),
    (kepu.Text("is", "is"), kepu.Text("改", "mend"), "a Chinese wording"),
]


@pytest.mark.parametrize(("message", "mend", "lacking"), UNWORDED)
def test_findings_are_worded_twice(message, mend, lacking):
    """What a check says and how it is mended stand in both languages."""
    problem = kepu.Problem("my.found", message, mend)
    check = record_check(lambda context: (problem.finding(record=r.id) for r in context.records))
    result = outcome(CheckContract, "yields_findings", check=check, examples=3)
    assert code(result) == "contract.check.unspoken"
    assert f"my.found of check/my.check lacks {lacking}" in result.finding.message.en


def test_checks_may_look_for_other_records():
    """What a check asks of its context is there: what exists, what is of a kind, the regions, the day."""

    def check(context):
        bases = [r for r in context.records if isinstance(r, kepu.Base)]
        assert list(context.find("base")) == bases
        assert all(context.exists("base", r.id) for r in bases)
        assert not context.exists("base", "nobody")
        assert context.today == dt.date(2021, 6, 30)
        assert context.regions is not None
        seen.extend(bases)
        return iter(())

    seen = []
    for law in ("yields_findings", "takes_nothing", "order_does_not_matter"):
        assert outcome(CheckContract, law, check=record_check(check), examples=5).outcome is LawOutcome.KEPT
    assert seen
    wrong = record_check(lambda context: ["x"])
    assert code(outcome(CheckContract, "takes_nothing", check=wrong)) == "contract.check.findings"


def test_own_record_types_are_among_what_a_check_is_tried_on():
    """A check of a plugin's own records meets some where the contract names their type, and none where it does not."""
    for types, met in (((), False), ((Station,), True)):
        seen = []
        own = record_check(
            lambda context, seen=seen: (seen.append(r) for r in context.records if isinstance(r, Station))
        )
        outcome(CheckContract, "order_does_not_matter", check=own, record_types=types, examples=8)
        assert bool(seen) is met


class Days:
    """A plugin with one metric."""

    kepu_api = ">=1,<2"
    kepu_namespace = "my"

    @kepu.hook.kepu_metrics
    def metrics(self):
        return [evolve(metric(lambda f: f.observed("days")), id="my.days")]


def scheme(params=None, **more):
    rule = kepu.RuleSpec(kind="ratio", params=params or {"target": 100})
    leaf = kepu.Criterion(id="days", title="天数", weight=1, metric="my.days", rule=rule)
    root = kepu.Criterion(id="total", title="总分", points=100, children=[leaf])
    told = {"id": "my.s@1", "name": "my.s", "version": "1", "title": "示例", "subject": "region", "provenance": SOURCE}
    return kepu.Scheme(root=root, **{**told, **more})


def test_schemes_are_tried_on_the_figures_that_are_said():
    """Figures lie between the bounds of the contract: what earns too much above 100 is not seen below."""
    body = {"scheme": scheme({"target": 100, "capped": False}), "plugin": Days()}
    assert outcome(SchemeContract, "scores_lie_within_its_points", **body).outcome is LawOutcome.KEPT
    result = outcome(SchemeContract, "scores_lie_within_its_points", figures={"my.days": (0, 200)}, **body)
    assert code(result) == "contract.scheme.scores"
    assert result.finding.message.en.endswith("which is not between 0 and 100")


def test_bonus_counts_among_the_points_of_a_scheme():
    """A score may exceed the points of the tree by the bonus that can be had, and no more."""
    told = {"id": "more", "title": "加分", "kind": "bonus", "metric": "my.days", "points_each": 1, "cap": 10}
    more = kepu.Adjustment(**told)
    for bonus in ({"adjustments": [more]}, {"adjustments": [more], "bonus_cap": 3}):
        result = outcome(SchemeContract, "scores_lie_within_its_points", scheme=scheme(**bonus), plugin=Days())
        assert result.outcome is LawOutcome.KEPT, str(result.finding)
    wrong = scheme({"target": 50, "capped": False}, adjustments=[more], bonus_cap=3)
    result = outcome(SchemeContract, "scores_lie_within_its_points", scheme=wrong, plugin=Days())
    assert result.finding.message.en.endswith("which is not between 0 and 103")


def test_installed_plugins_are_there_whatever_the_environment_says(monkeypatch):
    """A plugin is tested beside all that are installed, and is registered once if it is installed itself."""
    names = {p.name for p in manager_with(None).plugins}
    monkeypatch.setenv("KEPU_PLUGINS", "none")
    monkeypatch.setenv("KEPU_BLOCK_PLUGINS", ",".join(names))
    assert {p.name for p in manager_with(None).plugins if p.state.works} == names
    assert {p.name for p in manager_with("kepu_core.builtin").plugins} == names
    assert {p.name for p in manager_with(Days()).plugins} == names | {"Days"}


def regions(load, provenance=SOURCE):
    source = kepu.RegionSource(name="my.regions", label=LABEL, load=load, provenance=provenance)
    body = {"kepu_api": ">=1,<2", "kepu_namespace": "my", "kepu_regions": kepu.hook(lambda self: [source])}
    return type("Plugin", (), body)()


def test_tables_of_regions_name_their_source_and_can_be_read():
    """A table of regions without a source, or that raises, breaks the law; a right one keeps it."""
    cities = [kepu.Region(id="440000", name="广东省", level="province")]
    for plugin, says in (
        (regions(lambda: cities, None), "my.regions does not name its source"),
        (regions(lambda: 1 / 0), "ZeroDivisionError: "),
        (regions(lambda: cities), None),
    ):
        result = outcome(PluginContract, "regions_are_right", plugin=plugin)
        assert code(result) == ("contract.plugin.regions" if says else None)
        assert says is None or says in result.finding.message.en


def test_a_plugin_that_says_nothing_of_the_hooks_is_told_so():
    """A plugin without kepu_api is one that does not say for which hooks it was written, not one that raises."""
    silent = type("Silent", (), {"kepu_metrics": kepu.hook(lambda self: [])})()
    assert code(outcome(PluginContract, "says_its_api", plugin=silent)) == "contract.plugin.no-api"


def test_a_plugin_may_read_what_it_brings_and_score_what_it_measures():
    """Handing over may read a file; a scheme of a plugin's own is tried with the metrics of that plugin."""

    class Both(Days):
        """A plugin with a metric and a scheme that names it."""

        @kepu.hook.kepu_schemes
        def schemes(self):
            Path(__file__).read_text("utf-8")
            return [scheme()]

    for law in ("hands_over_quietly", "keeps_all_contracts"):
        result = outcome(PluginContract, law, plugin=Both())
        assert result.outcome is LawOutcome.KEPT, str(result.finding)


def test_everything_that_a_plugin_gives_has_its_contract():
    """Each thing that a plugin gives gets the contract of its kind, with the plugin's own record types and itself."""

    class Many(Days):
        """A plugin with something of several kinds."""

        @kepu.hook.kepu_record_types
        def types(self):
            return [kepu.RecordType(Station)]

        @kepu.hook.kepu_check_records
        def checks(self):
            return [record_check(lambda context: iter(()))]

        @kepu.hook.kepu_exporters
        def exporters(self):
            return [exporter(lambda what, out, context: None)]

        @kepu.hook.kepu_schemes
        def schemes(self):
            return [scheme()]

        @kepu.hook.kepu_scoring_rules
        def rules(self):
            cls = kepu.part("法", "rule")(
                type("Rule", (), {"__annotations__": {}, "shares": lambda self, cells: cells.raw})
            )
            return [kepu.RuleType(kind="my.rule", label=LABEL, cls=cls)]

    plugin = Many()
    made = {c.__name__: c for c in contracts_of(given_by(plugin), plugin)}
    assert set(made) == {
        "CheckContract", "ExporterContract", "MetricContract", "RecordTypeContract", "RuleContract", "SchemeContract",
    }  # fmt: skip
    assert made["CheckContract"].record_types == (Station,)
    assert made["ExporterContract"].record_types == (kepu.Organisation, Station)
    assert made["SchemeContract"].plugin is plugin
    assert made["RecordTypeContract"].record_type.cls is Station
    assert issubclass(made["RuleContract"], RuleContract)
    assert made["MetricContract"].metric.id == "my.days"
