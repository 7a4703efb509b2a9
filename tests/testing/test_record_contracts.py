"""Record types, checks, schemes and whole plugins that are wrong in one way are caught; right ones pass."""

import datetime as dt
import time

import pytest

import kepu_core as kepu
from kepu_core.builtin.checks import CHECKS
from kepu_core.domain import RECORD_TYPES
from kepu_core.testing import (
    CheckContract,
    LawOutcome,
    PluginContract,
    RecordTypeContract,
    SchemeContract,
    check_contract,
)

SOURCE = kepu.Provenance(source="样例", checked_on=dt.date(2026, 1, 1))
_seen = []


def outcome(contract, law, **body):
    """What becomes of one law of a contract."""
    (result,) = check_contract(type("T", (contract,), body), only=[law])
    return result


@pytest.mark.parametrize("cls", RECORD_TYPES, ids=lambda c: c.__name__)
def test_our_own_record_types_keep_the_contract(cls):
    """Every record type of the domain keeps every law that concerns it."""
    contract = type("Ours", (RecordTypeContract,), {"record_type": kepu.RecordType(cls), "examples": 8})
    broken = [r for r in check_contract(contract) if r.outcome is LawOutcome.BROKEN]
    assert not broken, [(r.law, str(r.finding)) for r in broken]


class TestConsistency(CheckContract):
    """The checks that the core itself registers."""

    check = CHECKS[0]
    examples = 8


# Record types


def record(**fields):
    """A record type with an id, a name and some fields."""
    body = {
        "id": kepu.field("标识", "id"),
        "name": kepu.field("名称", "name"),
        **{n: f for n, (_, f) in fields.items()},
    }
    body["__annotations__"] = {"id": str, "name": str, **{n: kind for n, (kind, _) in fields.items()}}
    return kepu.record("my.thing", "物", "thing")(type("Thing", (), body))


def never_the_same():
    """A class whose instances are equal to nothing."""
    body = {
        "__annotations__": {"id": str},
        "id": kepu.field("标识", "id"),
        "__eq__": lambda self, other: False,
        "__hash__": lambda self: 0,
    }
    return kepu.record("my.thing", "物", "thing")(type("Thing", (), body))


ENGLISH = record(size=(int, kepu.field("size", "size", default=0)))
TWINS = record(other=(str, kepu.field("名称", "other name", default="x")))
TUPLES = record(tags=(tuple[str, ...], kepu.field("标签", "tags", default=("a", "b"), index=True)))
PHONE = record(phone=(str | None, kepu.field("电话", "phone", default=None)))
SECOND = kepu.RecordType(record(), version=2, upgrades={1: lambda data: data})
WRONG_TYPES = [
    ("labels_its_fields", {"record_type": kepu.RecordType(ENGLISH)}, "contract.record.labels"),
    ("labels_its_fields", {"record_type": kepu.RecordType(TWINS)}, "contract.record.same-label"),
    ("survives_storing", {"record_type": kepu.RecordType(never_the_same())}, "contract.record.lossy"),
    ("is_found_by_its_indexes", {"record_type": kepu.RecordType(TUPLES)}, "contract.record.unfound"),
    ("hides_what_is_personal", {"record_type": kepu.RecordType(PHONE)}, "contract.record.unmarked"),
    ("reads_what_was_once_written", {"record_type": SECOND}, "contract.record.old"),
    (
        "reads_what_was_once_written",
        {"record_type": SECOND, "old": {1: [{"id": "a", "title": "旧"}]}},
        "contract.record.old",
    ),
]


@pytest.mark.parametrize(("law", "body", "code"), WRONG_TYPES)
def test_a_wrong_record_type_is_caught(law, body, code):
    """The law that a record type breaks says so with its code."""
    result = outcome(RecordTypeContract, law, **body)
    assert (result.outcome, result.finding and result.finding.code) == (LawOutcome.BROKEN, code), str(result)


def test_what_only_looks_personal_says_so():
    """A field that looks personal and is not is named in the contract."""
    body = {"record_type": kepu.RecordType(PHONE), "not_personal": ("phone",)}
    assert outcome(RecordTypeContract, "hides_what_is_personal", **body).outcome is LawOutcome.KEPT


def test_an_old_version_with_a_good_sample_is_kept():
    """What upgrades lead up to is read."""
    body = {"record_type": SECOND, "old": {1: [{"id": "a", "name": "旧"}]}}
    assert outcome(RecordTypeContract, "reads_what_was_once_written", **body).outcome is LawOutcome.KEPT


def test_every_law_of_record_types_has_a_mutant():
    """No law is there that nothing is known to break."""
    assert {law for law, _, _ in WRONG_TYPES} == set(RecordTypeContract.laws())


# Checks

FOUND = kepu.Problem("my.found", kepu.Text("有问题", "wrong"), kepu.Text("改", "mend"), kepu.Severity.WARNING)
ENGLISH_ONLY = kepu.Problem("my.found", kepu.Text("wrong", "wrong"), kepu.Text("mend", "mend"))
NAMELESS = kepu.Problem("found", kepu.Text("有问题", "wrong"), kepu.Text("改", "mend"))


def saying(problem, **where):
    def check(context):
        for record in context.records:
            yield problem.finding(**(where or {"record": f"x/{record.id}"}))

    return check


def right(context):
    for record in context.records:
        if isinstance(record, kepu.Base) and record.opened_on is None:
            yield FOUND.finding(record=f"base/{record.id}")


def says_texts(context):
    yield from (record.id for record in context.records)


def recordless(context):
    yield from (FOUND.finding() for _ in context.records)


def needs_dates(context):
    for record in context.records:
        if isinstance(record, kepu.Base) and record.opened_on.year < 1900:
            yield FOUND.finding(record=f"base/{record.id}")


def needs_one(context):
    yield FOUND.finding(record=context.records[0].id)


def every_second(context):
    yield from (FOUND.finding(record=r.id) for r in context.records[::2])


def reads_the_clock(context):
    if context.records and time.localtime().tm_year % 2:
        yield FOUND.finding(record=context.records[0].id)


def remembers(context):
    _seen.append(1)
    yield from (FOUND.finding(record=f"{r.id}{len(_seen)}") for r in context.records[:1])


def prints(context):
    print(len(context.records))
    yield from right(context)


WRONG_CHECKS = [
    ("yields_findings", says_texts, "contract.check.findings"),
    ("yields_findings", saying(ENGLISH_ONLY), "contract.check.unspoken"),
    ("yields_findings", saying(NAMELESS), "contract.check.unspoken"),
    ("yields_findings", recordless, "contract.check.unspoken"),
    ("yields_findings", needs_dates, "contract.check.raises"),
    ("takes_nothing", needs_one, "contract.check.raises"),
    ("order_does_not_matter", every_second, "contract.check.order"),
    ("is_the_same_again", reads_the_clock, "contract.clock"),
    ("is_the_same_again", remembers, "contract.unstable"),
    ("does_nothing_else", prints, "contract.side-effect"),
]


def record_check(check):
    return kepu.RecordCheck(name="my.check", label=kepu.Text("校验", "check"), check=check)


@pytest.mark.parametrize(("law", "check", "code"), WRONG_CHECKS)
def test_a_wrong_check_is_caught(law, check, code):
    """The law that a check breaks says so with its code."""
    result = outcome(CheckContract, law, check=record_check(check))
    assert (result.outcome, result.finding and result.finding.code) == (LawOutcome.BROKEN, code), str(result)


def test_a_right_check_keeps_the_contract():
    """A check that looks at each record by itself keeps every law."""
    contract = type("T", (CheckContract,), {"check": record_check(right)})
    assert {r.outcome for r in check_contract(contract)} == {LawOutcome.KEPT}


def test_every_law_of_checks_has_a_mutant():
    """No law is there that nothing is known to break."""
    assert {law for law, _, _ in WRONG_CHECKS} == set(CheckContract.laws())


# Schemes


def scheme(metric="my.days", kind="ratio", params=None, **more):
    leaf = kepu.Criterion(
        id="days",
        title="天数",
        weight=1,
        metric=metric,
        rule=kepu.RuleSpec(kind=kind, params=params or {"target": 300}),
    )
    body = {"provenance": SOURCE, **more}
    return kepu.Scheme(
        id="my.s@1",
        name="my.s",
        version="1",
        title="示例",
        subject="region",
        root=kepu.Criterion(id="total", title="总分", points=100, children=[leaf]),
        **body,
    )


class Days:
    """A plugin with one metric."""

    kepu_api = ">=1,<2"
    kepu_namespace = "my"

    @kepu.hook.kepu_metrics
    def metrics(self):
        return [
            kepu.metric("my.days", title="天数", unit="天", subject="region", provenance=SOURCE)(
                lambda f: f.observed("days")
            )
        ]


WRONG_SCHEMES = [
    ("names_its_source", scheme(provenance=None), "contract.no-source"),
    ("can_be_used", scheme(metric="my.nights"), "contract.scheme.unbound"),
    ("can_be_used", scheme(kind="nonsense"), "contract.scheme.unbound"),
    ("scores_lie_within_its_points", scheme(params={"target": 10, "capped": False}), "contract.scheme.scores"),
]


@pytest.mark.parametrize(("law", "wrong", "code"), WRONG_SCHEMES)
def test_a_wrong_scheme_is_caught(law, wrong, code):
    """The law that a scheme breaks says so with its code."""
    result = outcome(SchemeContract, law, scheme=wrong, plugin=Days())
    assert (result.outcome, result.finding and result.finding.code) == (LawOutcome.BROKEN, code), str(result)


def test_a_right_scheme_keeps_the_contract():
    """A scheme on a plugin's metric keeps every law."""
    contract = type("T", (SchemeContract,), {"scheme": scheme(), "plugin": Days()})
    assert {r.outcome for r in check_contract(contract)} == {LawOutcome.KEPT}


def test_every_law_of_schemes_has_a_mutant():
    """The sum of an explanation is the engine's own promise: no scheme can break it, and its tests hold it there."""
    assert {law for law, _, _ in WRONG_SCHEMES} == set(SchemeContract.laws()) - {"explanations_add_up"}


# Plugins


def plugin(**body):
    return type("Plugin", (), {"kepu_api": ">=1,<2", "kepu_namespace": "my", **body})()


def loud(self):
    print("hello")
    return []


def regions(load):
    source = kepu.RegionSource(name="my.regions", label=kepu.Text("区划", "regions"), load=load, provenance=SOURCE)
    return plugin(kepu_regions=kepu.hook(lambda self: [source]))


def orphan():
    yield kepu.Region(id="440305", name="南山区", level="county", parent="440300")


def bad_metric(self):
    return [kepu.metric("my.x", title="数", unit="个", subject="region")(lambda facts: facts.observed("x"))]


WRONG_PLUGINS = [
    ("registers_without_a_remark", plugin(kepu_metrics=kepu.hook(lambda self: 5)), "contract.plugin.set-aside"),
    ("registers_without_a_remark", plugin(), "contract.plugin.set-aside"),
    ("says_its_api", plugin(kepu_api=None, kepu_metrics=kepu.hook(lambda self: [])), "contract.plugin.no-api"),
    ("hands_over_quietly", plugin(kepu_metrics=kepu.hook(loud)), "contract.side-effect"),
    ("keeps_all_contracts", plugin(kepu_metrics=kepu.hook(bad_metric)), "contract.plugin.parts"),
    ("regions_are_right", regions(orphan), "contract.plugin.regions"),
]


@pytest.mark.parametrize(("law", "wrong", "code"), WRONG_PLUGINS)
def test_a_wrong_plugin_is_caught(law, wrong, code):
    """The law that a plugin breaks says so with its code."""
    result = outcome(PluginContract, law, plugin=wrong)
    assert (result.outcome, result.finding and result.finding.code) == (LawOutcome.BROKEN, code), str(result)


def test_a_right_plugin_keeps_the_contract():
    """The plugin with one metric keeps every law."""
    contract = type("T", (PluginContract,), {"plugin": Days()})
    assert {r.outcome for r in check_contract(contract)} == {LawOutcome.KEPT}


def test_every_law_of_plugins_has_a_mutant():
    """No law is there that nothing is known to break."""
    assert {law for law, _, _ in WRONG_PLUGINS} == set(PluginContract.laws())


def test_a_plugin_that_is_imported_for_the_first_time_is_quiet(tmp_path, monkeypatch):
    """What Python writes when it compiles a module is nothing that the plugin did."""
    (tmp_path / "kepu_fresh").mkdir()
    (tmp_path / "kepu_fresh" / "__init__.py").write_text("", "utf-8")
    (tmp_path / "kepu_fresh" / "metrics.py").write_text("METRICS = []\n", "utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr("sys.dont_write_bytecode", False)

    def metrics(self):
        import kepu_fresh.metrics

        return kepu_fresh.metrics.METRICS

    fresh = plugin(kepu_metrics=kepu.hook(metrics))
    assert outcome(PluginContract, "hands_over_quietly", plugin=fresh).outcome is LawOutcome.KEPT
    assert list((tmp_path / "kepu_fresh" / "__pycache__").iterdir())
