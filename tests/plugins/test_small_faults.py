"""What mutation testing found untested: of the plugin manager, and of the contracts."""

import datetime as dt
import importlib
import math
import types
from collections.abc import Iterator
from typing import Any, Union

import pluggy
import pytest
from attrs import evolve

import kepu_core as kepu
from kepu_core.plugins import PluginState
from kepu_core.plugins.api import ApiRange
from kepu_core.plugins.calling import blame, reason_of
from kepu_core.plugins.descriptors import RuleType, WeightingType
from kepu_core.plugins.info import Given, PluginInfo, told
from kepu_core.plugins.problems import CHECK_FAILED
from kepu_core.plugins.validation import descriptor_faults, shown

SOURCE = kepu.Provenance(source="样例", checked_on=dt.date(2026, 1, 1))
LABEL = kepu.Text("物", "thing")


def make_metric(ident, **more):
    return kepu.metric(ident, title="数", unit="个", subject="region", **more)(lambda facts: facts.observed("x"))


def plugin(hooks=None, **attributes):
    """A plugin object whose hooks give what they are told."""
    body = {"kepu_namespace": "my", **attributes}
    for name, gives in (hooks or {}).items():
        body[name] = kepu.hook(_giving(gives))
    return type("Plugin", (), body)()


def _giving(gives):
    return lambda self: gives


def exporter(name="my-lines", **more):
    told_ = {"label": LABEL, "suffixes": (".lines",), "accepts": ("records",), "write": lambda what, out, context: None}
    return kepu.Exporter(name=name, **{**told_, **more})


def importer(**more):
    told_ = {"label": LABEL, "suffixes": (".lines",), "read": lambda data, context: None}
    return kepu.Importer(name="my-lines", **{**told_, **more})


def command(name):
    return kepu.CliCommand(name=name, label=LABEL, build=lambda: None)


def set_aside(hook, *items, **attributes):
    """The finding for which a plugin that gives some items is set aside."""
    manager = kepu.PluginManager.with_builtins()
    manager.register(plugin({hook: list(items)}, **attributes), "one", "kepu-one", "1.2")
    info = manager.info("one")
    assert (info.state, info.gave) == (PluginState.FAILED, {})
    (finding,) = info.findings
    return finding


# The manager


def test_a_wrong_descriptor_is_set_aside_with_all_its_faults():
    """Every fault of a descriptor is told at once, with the hook, the name and the fields to mend."""
    finding = set_aside("kepu_exporters", exporter(label="行", suffixes=".lines"))
    assert finding.code == "plugin.descriptor"
    assert finding.record == "plugin/one"
    for told_ in ("one 1.2", "kepu_exporters", "my-lines", "label should be a Text", "suffixes should be a tuple"):
        assert told_ in finding.message.en
    assert finding.mend.en == "mend label, suffixes"


@pytest.mark.parametrize("name", ["demo", "plugins"])
def test_the_commands_of_the_core_are_reserved(name):
    """A plugin cannot take the name of one of the core's own commands, and is told which there are."""
    finding = set_aside("kepu_cli", command(name))
    assert finding.code == "plugin.reserved-command"
    assert f"the command {name} of" in finding.message.en
    assert "check, compare, demo" in finding.mend.en


def test_names_of_the_core_are_reserved_for_commands_only():
    """An exporter may be called as a command is, and a command as no other is."""
    manager = kepu.PluginManager.with_builtins(strict=True)
    manager.register(plugin({"kepu_exporters": [exporter("demo")], "kepu_cli": [command("my-own")]}), "one")
    assert manager.info("one").gave == {"kepu_exporters": ("demo",), "kepu_cli": ("my-own",)}


def test_a_namespace_is_what_stands_before_the_first_dot():
    """A name may have several dots; what stands before the first is the plugin's namespace."""
    manager = kepu.PluginManager.with_builtins(strict=True)
    metric = make_metric("my.venues.indoor")
    manager.register(plugin({"kepu_metrics": [metric]}), "one")
    assert manager.values(kepu.hook.kepu_metrics)["my.venues.indoor"] is metric


@pytest.mark.parametrize(("ident", "wanted"), [("gd.venues", "gd"), ("venues", "kepu_one")])
def test_a_plugin_without_a_namespace_is_told_which_to_take(ident, wanted):
    """The mend names a namespace: that of the name that was given, or else one made of the plugin's own name."""
    manager = kepu.PluginManager.with_builtins()
    manager.register(plugin({"kepu_metrics": [make_metric(ident)]}, kepu_namespace=None), "kepu-one")
    (finding,) = manager.info("kepu-one").findings
    assert finding.code == "plugin.no-namespace"
    assert f'kepu_namespace = "{wanted}"' in finding.mend.en
    assert f"kepu_metrics of the plugin kepu-one gave {ident}" in finding.message.en


def test_a_foreign_name_is_told_with_the_namespace_that_it_should_have():
    """Where a plugin gives a name outside its namespace, the hook, the name and the namespace are told."""
    message = set_aside("kepu_exporters", exporter("gd.lines")).message.en
    assert message == "kepu_exporters of the plugin one 1.2 gave gd.lines, outside its namespace my"


def test_what_is_wrong_with_a_result_is_told():
    """Where a hook gives something else, the hook, what it gave and what it should give are told."""
    for gives in (5, ["x"]):
        message = set_aside("kepu_metrics", *gives).message.en if isinstance(gives, list) else _wrong_result(gives)
        assert "kepu_metrics" in message
        assert ("instead of a list of Metric" if gives == 5 else "not a Metric") in message
        assert ("int 5" if gives == 5 else "str 'x'") in message


def _wrong_result(gives):
    manager = kepu.PluginManager.with_builtins()
    manager.register(plugin({"kepu_metrics": gives}), "one")
    return manager.info("one").findings[0].message.en


def test_the_line_of_the_plugin_that_raised_is_told():
    """What a hook raised is told in one line, with the file and the line where it happened outside of the library."""

    def broken(self):
        raise ValueError("two\nlines")

    manager = kepu.PluginManager.with_builtins()
    manager.register(type("P", (), {"kepu_metrics": kepu.hook(broken)})(), "one")
    message = manager.info("one").findings[0].message.en
    assert "kepu_metrics of the plugin one" in message
    assert f"ValueError: two lines (test_small_faults.py:{broken.__code__.co_firstlineno + 1})" in message


def test_the_built_ins_come_first_whatever_others_are_called():
    """A plugin that sorts before the built-ins and gives what they give is the one that is set aside."""
    manager = kepu.PluginManager.with_builtins()
    manager.register(plugin({"kepu_exporters": [exporter("csv")]}), "a")
    assert (manager.info("builtin").state, manager.info("a").state) == (PluginState.ACTIVE, PluginState.FAILED)
    (finding,) = manager.info("a").findings
    assert finding.message.en.startswith("kepu_exporters: csv is offered by both a")
    assert f"builtin {kepu.__version__} (kepu-core)" in finding.message.en


def test_duplicates_are_found_across_other_plugins():
    """What an earlier plugin took stays taken after one that gives something else."""
    manager = kepu.PluginManager.with_builtins()
    for name, ident in (("a", "my.x"), ("b", "my.y"), ("c", "my.x")):
        manager.register(plugin({"kepu_metrics": [make_metric(ident)]}), name)
    assert [manager.info(name).state.value for name in "abc"] == ["active", "active", "failed"]


def test_two_functions_of_one_hook_are_taken_together():
    """A plugin may answer a hook with several functions; the same name from two of them is a duplicate."""

    def answering(*idents):
        return kepu.hook.kepu_metrics(lambda self: [make_metric(i) for i in idents])

    for second, state in (("my.b", "active"), ("my.a", "failed")):
        body = {"kepu_namespace": "my", "one": answering("my.a"), "two": answering(second)}
        manager = kepu.PluginManager.with_builtins()
        manager.register(type("P", (), body)(), "p", "kepu-p", "1")
        info = manager.info("p")
        assert info.state.value == state
        if state == "active":
            assert list(manager.values(kepu.hook.kepu_metrics)) == ["my.a", "my.b"]
        else:
            message = "kepu_metrics of the plugin p 1 (kepu-p 1) gives my.a twice"
            assert info.findings[0].message.en == message


def test_time_is_kept_of_asking_as_well():
    """The seconds of a plugin are those of loading and of asking it, not more."""
    manager = kepu.PluginManager.with_builtins()
    before = manager.register(plugin({"kepu_metrics": [make_metric("my.x")]}), "one").seconds
    assert 0 < before < manager.info("one").seconds < 60


def test_a_plugin_that_fails_when_it_is_asked_again_gives_nothing():
    """Once another plugin comes, all are asked anew; what one gave before it failed is gone."""
    answers = iter([[make_metric("my.x")], 5])
    manager = kepu.PluginManager.with_builtins()
    manager.register(
        type("P", (), {"kepu_namespace": "my", "kepu_metrics": kepu.hook(lambda self: next(answers))})(), "p"
    )
    assert manager.info("p").gave == {"kepu_metrics": ("my.x",)}
    manager.register(plugin({"kepu_exporters": [exporter()]}), "q")
    info = manager.info("p")
    assert (info.state, info.gave) == (PluginState.FAILED, {})
    assert manager.values(kepu.hook.kepu_metrics) == {}


def test_blocking_is_told_and_leaves_the_others_alone():
    """A blocked plugin says so in a note and gives nothing; no other plugin, nor the built-ins, are touched."""
    manager = kepu.PluginManager.with_builtins()
    for name in ("a", "b"):
        manager.register(
            plugin({"kepu_metrics": [make_metric(f"{name}.x")]}, kepu_namespace=name), name, f"kepu-{name}"
        )
    assert set(manager.values(kepu.hook.kepu_metrics)) == {"a.x", "b.x"}
    manager.block("kepu-a")
    manager.block("builtin")
    assert set(manager.values(kepu.hook.kepu_metrics)) == {"b.x"}
    assert manager.info("builtin").state is PluginState.ACTIVE
    info = manager.info("a")
    assert (info.state, info.gave) == (PluginState.BLOCKED, {})
    assert [(f.code, f.message.en) for f in info.findings] == [("plugin.blocked", "the plugin a is blocked")]


def test_who_the_built_ins_are():
    """The built-ins are named with the distribution and its version; managers are not strict unless asked."""
    info = kepu.PluginManager.with_builtins().info("kepu-core")
    assert (info.name, info.distribution, info.version) == ("builtin", "kepu-core", kepu.__version__)
    assert kepu.PluginManager().register(5, "five").state is PluginState.FAILED
    with pytest.raises(kepu.PluginError, match=r"no plugin nobody .*builtin"):
        kepu.PluginManager.with_builtins().info("nobody")


def test_what_is_known_of_what_is_registered():
    """Name, distribution, origin, version of the hooks and namespace are taken from what is registered itself."""
    module = types.ModuleType("my_pkg.mod")
    module.kepu_metrics, module.kepu_api, module.kepu_namespace = kepu.hook(lambda: iter(())), ">=1,<2", "my"
    info = kepu.PluginManager.with_builtins(strict=True).register(module, version="3")
    assert (info.name, info.release, info.origin) == ("mod", "mod 3", "my_pkg.mod")
    assert (info.api, info.namespace) == (">=1,<2", "my")
    made = kepu.PluginManager.with_builtins(strict=True).register(plugin({"kepu_metrics": []}, kepu_namespace=None))
    assert (made.label, made.release, made.origin) == ("Plugin", "Plugin", f"{__name__}.Plugin")
    assert (made.api, made.namespace) == (None, None)
    odd = kepu.PluginManager.with_builtins().register(plugin(kepu_api=1), "odd")
    assert odd.api is None
    assert odd.findings[0].message.en == "kepu_api = 1 of the plugin odd cannot be read"


def test_a_plugin_that_cannot_even_be_looked_at():
    """An object that raises when it is looked at is set aside like any other, with what it raised."""
    sulking = type("Sulking", (), {"__dir__": lambda self: 1 / 0})()
    info = kepu.PluginManager.with_builtins().register(sulking, "p")
    assert [f.code for f in info.findings] == ["plugin.unreadable"]
    assert "the plugin p (p) cannot be looked at: ZeroDivisionError: " in info.findings[0].message.en
    with pytest.raises(kepu.PluginError) as caught:
        kepu.PluginManager.with_builtins(strict=True).register(sulking, "p")
    assert isinstance(caught.value.__cause__, ZeroDivisionError)


def test_allowing_and_blocking_by_hand():
    """What is registered by hand needs no leave, and can be blocked when the manager is made, by any of its names."""
    manager = kepu.PluginManager.with_builtins(block=["kepu-b"])
    states = [manager.register(plugin({"kepu_metrics": []}), n, f"kepu-{n}").state for n in ("a", "b")]
    assert states == [PluginState.ACTIVE, PluginState.BLOCKED]


@pytest.fixture
def installed(monkeypatch):
    """Three installed plugins, one of no known distribution."""

    def entry(name, dist):
        given = plugin({"kepu_metrics": [make_metric(f"{name}.x")]}, kepu_namespace=name)
        return types.SimpleNamespace(name=name, value=f"{name}.mod:plugin", load=lambda: given, dist=dist)

    dist = types.SimpleNamespace(name="kepu-one", version="2.0")
    entries = [entry("three", None), entry("two", dist), entry("one", dist)]
    monkeypatch.setattr("importlib.metadata.entry_points", lambda group: entries if group == "kepu" else [])


@pytest.mark.usefixtures("installed")
@pytest.mark.parametrize(
    ("environment", "arguments", "active"),
    [
        ({}, {}, {"one", "two", "three"}),
        ({}, {"allow": ["one", "three"]}, {"one", "three"}),
        ({}, {"allow": []}, set()),
        ({}, {"block": ["kepu-one"]}, {"three"}),
        ({"KEPU_PLUGINS": "one"}, {"allow": ["two"]}, {"two"}),
        ({"KEPU_BLOCK_PLUGINS": "one, two"}, {}, {"three"}),
        ({"KEPU_BLOCK_PLUGINS": "one"}, {"block": ["two"]}, {"one", "three"}),
        ({"KEPU_PLUGINS": "kepu-one", "KEPU_BLOCK_PLUGINS": "two"}, {}, {"one"}),
    ],
)
def test_what_a_caller_says_goes_before_the_environment(monkeypatch, environment, arguments, active):
    """Installed plugins are chosen by what the caller says, and where it says nothing by the environment."""
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    manager = kepu.PluginManager.discover(**arguments)
    assert {p.name for p in manager.plugins if p.state is PluginState.ACTIVE} == {"builtin"} | active
    assert set(manager.values(kepu.hook.kepu_metrics)) == {f"{name}.x" for name in active}


def test_strict_discovery_says_why(monkeypatch):
    """A strict manager raises at once what an import raised, with that behind it."""
    entry = types.SimpleNamespace(name="p", value="p:plugin", load=lambda: 1 / 0, dist=None)
    monkeypatch.setattr("importlib.metadata.entry_points", lambda group: [entry])
    with pytest.raises(kepu.PluginError) as caught:
        kepu.PluginManager.discover(strict=True)
    assert isinstance(caught.value.__cause__, ZeroDivisionError)


@pytest.mark.usefixtures("installed")
def test_where_installed_plugins_come_from():
    """The entry point and the distribution of an installed plugin are told, as far as they are known."""
    manager = kepu.PluginManager.discover()
    told_ = [(p.name, p.origin, p.distribution, p.version) for p in manager.plugins[1:]]
    assert told_ == [
        ("one", "one.mod:plugin", "kepu-one", "2.0"),
        ("three", "three.mod:plugin", "?", ""),
        ("two", "two.mod:plugin", "kepu-one", "2.0"),
    ]


@pytest.mark.usefixtures("installed")
def test_names_that_nobody_has_are_told(monkeypatch):
    """A misspelt name is a warning that says where it stands and what is installed; "none" is no name."""
    monkeypatch.setenv("KEPU_PLUGINS", "one,tow")
    findings = kepu.PluginManager.discover(block=["kepu-one", "kepu-tow"]).findings
    remarks = [(f.message.en, f.mend.en) for f in findings if f.code == "plugin.not-installed"]
    known = "installed: one, three, two"
    assert remarks == [
        ("KEPU_PLUGINS names tow, which is not installed", known),
        ("block names kepu-tow, which is not installed", known),
    ]
    monkeypatch.setenv("KEPU_PLUGINS", "none")
    monkeypatch.setenv("KEPU_BLOCK_PLUGINS", "four")
    codes = {f.message.en for f in kepu.PluginManager.discover().findings if f.code == "plugin.not-installed"}
    assert codes == {"KEPU_BLOCK_PLUGINS names four, which is not installed"}
    said = kepu.PluginManager.discover(allow=["five"]).findings
    assert "allow names five, which is not installed" in {f.message.en for f in said}


def test_sources_are_told_with_the_official_source():
    """Every metric, method, scheme and table of regions is listed with its label, its plugin and its source."""
    regions = kepu.RegionSource(
        name="my.regions", label=kepu.Text("区划", "regions"), load=lambda: (), provenance=SOURCE
    )
    manager = kepu.PluginManager.with_builtins(strict=True)
    metric = make_metric("my.x", title_en="number")
    manager.register(plugin({"kepu_metrics": [metric], "kepu_regions": [regions]}), "one")
    mine = {s.id: s for s in manager.sources() if s.plugin.name == "one"}
    assert {i: (s.hook, s.label.en, s.provenance) for i, s in mine.items()} == {
        "my.x": ("kepu_metrics", "number", None),
        "my.regions": ("kepu_regions", "regions", SOURCE),
    }
    assert {"kepu_scoring_rules"} == {s.hook for s in manager.sources() if s.plugin.name == "builtin"}


def test_findings_about_what_was_given_name_the_giver():
    """What is wrong with what a plugin gave is told with the plugin and the hook, and keeps its place."""
    info = PluginInfo(name="one", distribution="kepu-one", version="1.2")
    given = Given(exporter(), info, "kepu_exporters")
    place = kepu.Place(file="a.csv", line=3)
    problem = kepu.Problem("x.y", kepu.Text("错", "wrong"), kepu.Text("改", "mend"), kepu.Severity.WARNING)
    found = told(problem.finding(record="base/b", field="name", place=place), given)
    assert (found.code, found.severity, found.record, found.field) == ("x.y", kepu.Severity.WARNING, "base/b", "name")
    assert (found.place, found.mend.en) == (place, "mend")
    assert found.message == kepu.Text(
        "错（插件 one 1.2, kepu-one，kepu_exporters）", "wrong (plugin one 1.2, kepu-one, kepu_exporters)"
    )
    blamed = blame(given, CHECK_FAILED, KeyError("a"), name="my.check")
    assert (blamed.code, blamed.message.en) == (
        "plugin.check",
        "the check my.check of the plugin one 1.2, kepu-one (kepu_exporters) failed: KeyError: 'a'",
    )  # fmt: skip


def test_reasons_in_one_line():
    """A fault of the library's own is told with its mend, a syntax error without a line of ours, others shortened."""
    problem = kepu.Problem("x.y", kepu.Text("错", "wrong"), kepu.Text("改", "mend"))
    assert reason_of(kepu.PluginError(problem.finding())).en == "wrong → mend"
    assert reason_of(ValueError()) == "ValueError"
    assert len(reason_of(ValueError("x" * 999))) == 200
    with pytest.raises(ModuleNotFoundError) as caught:
        importlib.import_module("a_module_that_is_not_there")
    assert "<frozen" not in reason_of(caught.value)
    with pytest.raises(SyntaxError) as caught:
        compile("a b", "plug.py", "exec")
    assert "test_killers" not in reason_of(caught.value)


@pytest.mark.parametrize(
    ("text", "version", "accepted"),
    [
        ("==1.2", "1.2.5", True),
        ("==1.2", "1.3", False),
        ("!=1.2", "1.2.5", False),
        ("<1.0.0", "1.0", False),
        (">=1.0.0", "1.0", True),
        (">1", "1.0", False),
        (">1", "1.0.1", True),
        ("<=1", "1.0.0", True),
        ("<2", "1.9", True),
        (" >= 1 , < 2 ", "1.0", True),
    ],
)
def test_api_ranges_to_the_last_number(text, version, accepted):
    """Versions are compared number by number, missing ones being 0; == and != look at as many as they name."""
    assert ApiRange.parse(text).accepts(version) is accepted


# Looking at plugins and at what they hand over


def annotated(annotation, name="kepu_metrics"):
    def hook(self):
        return []

    hook.__annotations__["return"] = annotation
    return plugin(**{name: kepu.hook(hook)})


async def asynchronous(self):
    return []


async def asynchronous_writing(what, out, context):
    return None


async def asynchronously_yielding(self):
    yield None


MARK = pluggy.HookimplMarker("kepu")
NOTHING = kepu.hook(lambda self: [])
FAULTS = [
    (plugin({"kepu_metrics": []}, kepu_namespace="My-own"), "plugin.namespace-form", "str 'My-own'"),
    (plugin({"kepu_metrics": []}, kepu_namespace=5), "plugin.namespace-form", "int 5"),
    (type(plugin({"kepu_metrics": []})), "plugin.class", "the class Plugin"),
    (plugin(kepu_metrics=NOTHING, kepu_schemes=lambda self: []), "plugin.unmarked", "kepu_schemes of"),
    (plugin(), "plugin.empty", f"({__name__}.Plugin)"),
    (types.ModuleType("my_empty"), "plugin.empty", "(my_empty)"),
    (plugin(kepu_metrics=MARK(lambda self: (yield), wrapper=True)), "plugin.wrapper", "kepu_metrics of"),
    (plugin(kepu_metrics=MARK(lambda self: (yield), hookwrapper=True)), "plugin.wrapper", "kepu_metrics of"),
    (
        plugin(kepu_metrics=kepu.hook(asynchronous)),
        "plugin.signature",
        "kepu_metrics of the plugin p has the wrong signature: it is asynchronous",
    ),
    (plugin(kepu_metrics=kepu.hook(asynchronously_yielding)), "plugin.signature", "it is asynchronous"),
    (annotated(list[int]), "plugin.annotation", "list[int] instead of list[Metric]"),
    (annotated(None), "plugin.annotation", "annotated to return None"),
    (annotated(int), "plugin.annotation", "kepu_metrics of the plugin p is annotated to return int"),
    (annotated(dict[str, kepu.Metric]), "plugin.annotation", "instead of list[Metric]"),
    (annotated(list[list[kepu.Metric]]), "plugin.annotation", "instead of list[Metric]"),
    (annotated(list[kepu.Metric | int]), "plugin.annotation", "instead of list[Metric]"),
    (annotated(type[kepu.Metric]), "plugin.annotation", "instead of list[Metric]"),
    (plugin({"kepu_metrix": []}, kepu_api=">=1,<2"), "plugin.unknown-hook", "kepu_metrix, which is not a hook"),
    (
        plugin(
            kepu_aaa=NOTHING,
            kepu_zzz=kepu.hook(lambda self, x: []),
            kepu_metrics=kepu.hook(lambda self, x: []),
            kepu_api=">=1",
        ),
        "plugin.signature",
        "it takes x",
    ),
]


@pytest.mark.parametrize(("wrong", "code", "says"), FAULTS)
def test_what_is_wrong_before_a_plugin_is_asked(wrong, code, says):
    """A plugin that is none, or whose hooks are none, is set aside when it is registered, with what is wrong."""
    info = kepu.PluginManager.with_builtins().register(wrong, "p")
    assert (info.state.value, [f.code for f in info.findings]) == ("failed", [code])
    assert says in info.findings[0].message.en


@pytest.mark.parametrize(
    "right",
    [
        *(annotated(a) for a in (Any, list, Iterator, "NotThere", list[Any], "list[NotThere]", Iterator[kepu.Metric])),
        annotated(tuple[kepu.Metric, ...]),
        annotated(list[RuleType | WeightingType], "kepu_scoring_rules"),
        annotated(list[Union[RuleType, WeightingType]], "kepu_scoring_rules"),  # noqa: UP007 - the older way to say it
    ],
)
def test_annotations_that_say_nothing_wrong(right):
    """A hook may be annotated loosely, precisely, or by names that are not there at run time."""
    info = kepu.PluginManager.with_builtins(strict=True).register(right, "p")
    assert info.state is PluginState.ACTIVE


def test_hooks_of_another_version():
    """Who admits the next line of hooks does without those that are not there yet, and who says so for one hook."""
    manager = kepu.PluginManager.with_builtins()
    newer = manager.register(plugin({"kepu_telepathy": [], "kepu_metrics": []}, kepu_api=">=1,<3"), "newer")
    optional = manager.register(plugin(kepu_telepathy=MARK(lambda self: [], optionalhook=True)), "optional")
    for info in (newer, optional):
        message = f"the plugin {info.name} uses kepu_telepathy, which is newer than this program"
        assert (info.state, [f.message.en for f in info.findings]) == (PluginState.DEGRADED, [message])
    misspelt = manager.register(plugin({"kepu_metrix": []}), "misspelt")
    assert misspelt.findings[0].mend.en == "did you mean kepu_metrics?"


def store(**more):
    return kepu.StorageBackend(name="my-store", label=LABEL, open=lambda url, create: None, **more)


def rule(cls):
    return RuleType(kind="my.rule", label=LABEL, cls=cls)


def places(tiles):
    return kepu.RegionSource(name="my.places", label=LABEL, load=list, tiles=tiles)


def part(**methods):
    return kepu.part("法", "method")(type("Part", (), {"__annotations__": {}, **methods}))


WRONG = [
    *((exporter(label=label), "label") for label in ("行", None, kepu.Text("行", " "), kepu.Text(" ", "lines"))),
    *((exporter(name), "name") for name in ("my lines", "my/lines", "my:lines", "", 5)),
    *((exporter(suffixes=s), "suffixes") for s in (".txt", [".txt"], (".TXT",), ("txt",), (5,), None)),
    *((exporter(accepts=a), "accepts") for a in ((), ["records"], ("records", "all"), "records")),
    *((exporter(write=w), "write") for w in (5, asynchronous_writing, lambda what, out: None, lambda a, b, c, d: None)),
    *((importer(options=o), "options") for o in ("mapping", ["mapping"], ("my mapping",), ("a/b",), ("",), (5,), None)),
    *((importer(reviewed_by=r), "reviewed_by") for r in (
        None, ".xlsx", (".xlsx", "my.review"), {"xlsx": "my.review"}, {".XLSX": "my.review"}, {5: "my.review"},
        {".xlsx": "my review"}, {".xlsx": ""}, {".xlsx": None}, {".ods": "my.review", ".xlsx": "my/review"},
    )),
    *((places(t), "tiles") for t in (None, [("1", (0, 0))], {"1": [0, 0]}, {"1": (0,)}, {"1": (0, -1)}, {"1": (0, 0.5)}, {5: (0, 0)})),
    *((store(schemes=s), "schemes") for s in (["my"], ("My",), (5,), ("m",), ("my_",))),
    *((evolve(make_metric("my.x"), **{n: v}), n) for n, v in (
        ("unit", 5), ("title", "数"), ("better", "more"), ("provenance", "x"), ("low", "1"), ("low", True), ("high", math.nan), ("high", math.inf),
    )),
    (rule(int), "cls"),
    (rule(type("Loose", (), {"shares": lambda self, cells: cells})), "cls"),
    (rule(part()), "cls"),
    (rule(part(shares=lambda self: None)), "cls"),
    (rule(part(fit=lambda self, cells, more: None)), "cls"),
    (rule(part(fit=lambda self, cells: None, shares=lambda self: None)), "cls"),
]  # fmt: skip
RIGHT = [
    exporter(accepts=("scorecard", "records"), suffixes=()),
    importer(options=(), reviewed_by={}),
    importer(options=("mapping", "k"), reviewed_by={".ods": "my.review", ".xlsx": "my.review"}),
    exporter(accepts=("report",)),
    places({"440100": (3, 2)}),
    store(schemes=("my+x", "my.x-1"), suffixes=(".my",)),
    evolve(make_metric("my.x", better="lower"), low=0, high=1.5, provenance=SOURCE, unit=""),
    rule(part(shares=lambda self, cells: None)),
    rule(part(fit=lambda self, cells: None)),
    kepu.RecordType(kepu.Base),
]


@pytest.mark.parametrize(("wrong", "field"), WRONG)
def test_a_wrong_field_of_a_descriptor_is_told(wrong, field):
    """Each field of a descriptor is looked at, and told by its name with what it is."""
    ((name, text),) = descriptor_faults(wrong)
    assert name == field
    assert text.en.startswith(
        ("should be a", "should have the method", 'should be "higher"', "its method should be", "should map ")
    )
    assert f", not {shown(getattr(wrong, field))}" in text.en


@pytest.mark.parametrize("right", RIGHT)
def test_a_right_descriptor_is_let_through(right):
    """What a descriptor may be is not refused."""
    assert list(descriptor_faults(right)) == []


def test_a_value_is_shown_in_few_words():
    """What is shown of a value is its type and its beginning; one that cannot be shown takes nothing down."""

    class Sulking:
        def __repr__(self):
            raise RuntimeError("no")

    assert shown(Sulking()) == "Sulking …"
    assert shown("x" * 99) == f"str '{'x' * 75}"
