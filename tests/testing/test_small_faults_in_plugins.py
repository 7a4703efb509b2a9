"""What mutation testing found untested: of the contracts of metrics, checks, record types, schemes and plugins."""

import datetime as dt
from pathlib import Path

import pytest
from attrs import evolve
from contract_kit import LABEL, SOURCE, Station, code, exporter, metric, outcome

import kepu_core as kepu
from kepu_core.testing import (
    CheckContract,
    LawOutcome,
    MetricContract,
    PluginContract,
    RuleContract,
    SchemeContract,
    check_contract,
)
from kepu_core.testing.contracts import contracts_of, given_by
from kepu_core.testing.contracts.scheme import manager_with

# Metrics

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
