"""A broken plugin never takes the rest down, and its fault is told with its mend."""

import itertools
import sys
import types

import pytest
from hypothesis import given
from hypothesis import strategies as st

import kepu_core as kepu
from kepu_core.plugins import HOOKS, PluginState
from kepu_core.plugins.api import ApiRange


def make_metric(ident):
    @kepu.metric(ident, title="数", unit="个", subject="region")
    def one(facts):
        return facts.count("base")

    return one


def plugin(hooks=None, **attributes):
    """A plugin object whose hooks give what they are told, or do what they are told."""
    body = {"kepu_namespace": "my", **attributes}
    for name, gives in (hooks or {}).items():
        body[name] = kepu.hook(_giving(gives))
    return type("Plugin", (), body)()


def _giving(gives):
    def function(self):
        return gives() if callable(gives) else gives

    return function


GOOD = {"kepu_metrics": [make_metric("good.one")]}


def raising():
    message = "boom"
    raise RuntimeError(message)


BROKEN = {
    "raises": (plugin({"kepu_metrics": raising}), "plugin.hook-raised", "failed"),
    "not a list": (plugin({"kepu_metrics": 5}), "plugin.result", "failed"),
    "forgot to return": (plugin({"kepu_metrics": lambda: None}), "plugin.result", "failed"),
    "wrong item": (plugin({"kepu_metrics": ["gd.x"]}), "plugin.result", "failed"),
    "function for a metric": (plugin({"kepu_metrics": [len]}), "plugin.result", "failed"),
    "no namespace in the id": (plugin({"kepu_metrics": [make_metric("venues")]}), "plugin.namespace", "failed"),
    "foreign namespace": (plugin({"kepu_metrics": [make_metric("gd.venues")]}), "plugin.namespace", "failed"),
    "no namespace declared": (
        plugin({"kepu_metrics": [make_metric("my.x")]}, kepu_namespace=None),
        "plugin.no-namespace",
        "failed",
    ),
    "twice the same": (
        plugin({"kepu_metrics": [make_metric("my.x"), make_metric("my.x")]}),
        "plugin.duplicate",
        "failed",
    ),
    "misspelt": (plugin({"kepu_metrix": []}), "plugin.unknown-hook", "failed"),
    "newer api": (plugin(GOOD, kepu_api=">=2"), "plugin.api", "refused"),
    "unreadable api": (plugin(GOOD, kepu_api="one"), "plugin.api-form", "failed"),
    "api no text": (plugin(GOOD, kepu_api=1), "plugin.api-form", "failed"),
    "newer hook": (plugin({"kepu_telepathy": []}, kepu_api=">=1"), "plugin.degraded", "degraded"),
    "half good": (
        plugin({"kepu_metrics": [make_metric("my.x")], "kepu_schemes": raising}),
        "plugin.hook-raised",
        "failed",
    ),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_plugin_is_set_aside_and_the_rest_works(name):
    """Whatever is wrong with a plugin, it stays listed with cause and mend, and the others give what they give."""
    broken, code, state = BROKEN[name]
    manager = kepu.PluginManager.with_builtins()
    manager.register(broken, "broken", "kepu-broken", "1.2")
    manager.register(plugin(GOOD, kepu_namespace="good"), "good")
    info = manager.info("broken")
    assert info.state.value == state
    assert [f.code for f in info.findings] == ([code] if code else [])
    if code:
        assert "broken 1.2" in info.findings[0].message.en
        assert info.findings[0].mend.zh
        assert info.gave == {}
    assert "good.one" in manager.values(kepu.hook.kepu_metrics)
    assert "my.x" not in manager.values(kepu.hook.kepu_metrics)
    assert "linear" in manager.values(kepu.hook.kepu_scoring_rules)


@pytest.mark.parametrize("name", [n for n, (_, code, state) in BROKEN.items() if state in {"failed", "refused"}])
def test_strict_raises_instead(name):
    """With strict=True the fault is raised, the original behind it."""
    broken, code, _ = BROKEN[name]
    manager = kepu.PluginManager.with_builtins(strict=True)
    with pytest.raises(kepu.PluginError) as caught:
        manager.register(broken, "broken")
        manager.given(kepu.hook.kepu_metrics)
    assert caught.value.code == code
    if code == "plugin.hook-raised":
        assert isinstance(caught.value.__cause__, RuntimeError)


def test_a_misspelt_hook_is_answered_with_the_right_one():
    """The mend names the hook that was meant."""
    info = kepu.PluginManager.with_builtins().register(plugin({"kepu_metrix": []}), "p")
    assert "kepu_metrics" in info.findings[0].mend.en


def test_a_class_instead_of_an_instance_is_set_aside():
    """A class whose hooks take self is a mistake that shows when it is asked."""

    class Forgotten:
        kepu_namespace = "my"

        @kepu.hook
        def kepu_metrics(self):
            return []

    manager = kepu.PluginManager.with_builtins()
    manager.register(Forgotten, "forgotten")
    assert manager.info("forgotten").state is not PluginState.ACTIVE
    assert "linear" in manager.values(kepu.hook.kepu_scoring_rules)


def test_a_hook_that_asks_for_arguments_is_set_aside():
    """A hook with arguments that the specification lacks is refused at registration."""

    class Curious:
        @kepu.hook
        def kepu_metrics(self, workspace):
            return []

    info = kepu.PluginManager.with_builtins().register(Curious(), "curious")
    assert (info.state.value, info.findings[0].code) == ("failed", "plugin.signature")
    assert "kepu_metrics" in info.findings[0].message.en


def test_duplicates_name_both_sides():
    """Of two plugins that give the same, the later by name is set aside, and both are named."""
    manager = kepu.PluginManager.with_builtins()
    for name in ("b", "a"):
        manager.register(plugin({"kepu_metrics": [make_metric("my.x")]}), name, f"dist-{name}", "1")
    assert (manager.info("a").state.value, manager.info("b").state.value) == ("active", "failed")
    message = manager.info("b").findings[0].message.en
    assert "dist-a" in message
    assert "dist-b" in message


def test_generators_are_taken_and_results_are_stamped():
    """A hook may yield; what it gives is stamped with plugin, version and hook, and its time is kept."""

    def several():
        yield make_metric("my.b")
        yield make_metric("my.a")

    manager = kepu.PluginManager.with_builtins()
    manager.register(plugin({"kepu_metrics": several}), "p", "kepu-p", "3.1")
    given_ = manager.given(kepu.hook.kepu_metrics)
    assert list(given_) == ["my.a", "my.b"]
    assert (given_["my.a"].plugin.label, given_["my.a"].hook) == ("p 3.1", "kepu_metrics")
    assert manager.info("p").seconds > 0
    assert manager.info("p").gave == {"kepu_metrics": ("my.b", "my.a")}


@given(st.permutations(["a", "b", "c"]))
def test_the_order_of_registration_changes_nothing(order):
    """What is given does not depend on the order in which plugins come."""
    manager = kepu.PluginManager.with_builtins()
    for name in order:
        manager.register(
            plugin({"kepu_metrics": [make_metric(f"{name}.x"), make_metric(f"{name}.y")]}, kepu_namespace=name), name
        )
    assert list(manager.values(kepu.hook.kepu_metrics)) == ["a.x", "a.y", "b.x", "b.y", "c.x", "c.y"]
    assert [p.name for p in manager.plugins] == ["builtin", "a", "b", "c"]


def test_blocking():
    """A blocked plugin gives nothing, whether it is blocked before or after it is registered, and stays listed."""
    manager = kepu.PluginManager.with_builtins()
    manager.block("early")
    for name in ("early", "late"):
        manager.register(plugin({"kepu_metrics": [make_metric(f"{name}.x")]}, kepu_namespace=name), name)
    manager.block("late")
    assert list(manager.values(kepu.hook.kepu_metrics)) == []
    assert {p.name: p.state.value for p in manager.plugins} == {
        "builtin": "active",
        "early": "blocked",
        "late": "blocked",
    }


def test_one_name_is_registered_once():
    """A second plugin of the same name is set aside under another."""
    manager = kepu.PluginManager.with_builtins()
    manager.register(plugin(GOOD, kepu_namespace="good"), "p", "one")
    second = manager.register(plugin(), "p", "two")
    assert (second.state.value, second.findings[0].code) == ("failed", "plugin.duplicate")
    assert manager.info("p").state is PluginState.ACTIVE


def test_unknown_plugins_are_told():
    """Asking for a plugin that is not there names those that are."""
    with pytest.raises(kepu.PluginError) as caught:
        kepu.PluginManager.with_builtins().info("nobody")
    assert caught.value.code == "plugin.unknown"


class Entry:
    """An installed entry point."""

    def __init__(self, name, load):
        self.name, self.value, self.load = name, f"{name}:plugin", load
        self.dist = types.SimpleNamespace(name=f"kepu-{name}", version="2.0")


@pytest.fixture
def installed(monkeypatch):
    """Three installed plugins: one good, one that cannot be imported, one that leaves the interpreter."""

    def leave():
        sys.exit("no")

    entries = [
        Entry("good", lambda: plugin(GOOD, kepu_namespace="good")),
        Entry("missing", lambda: __import__("a_module_that_is_not_there")),
        Entry("leaving", leave),
    ]
    monkeypatch.setattr("importlib.metadata.entry_points", lambda group: entries if group == "kepu" else [])


@pytest.mark.usefixtures("installed")
def test_discovery_survives_whatever_is_installed():
    """Import errors and even sys.exit in one plugin leave the others alone; distribution and version are told."""
    manager = kepu.PluginManager.discover()
    states = {p.name: (p.state.value, p.distribution, p.version) for p in manager.plugins}
    assert states["good"] == ("active", "kepu-good", "2.0")
    assert states["missing"] == ("failed", "kepu-missing", "2.0")
    assert states["leaving"] == ("failed", "kepu-leaving", "2.0")
    assert {f.code for f in manager.findings} == {"plugin.import"}
    assert "a_module_that_is_not_there" in manager.info("missing").findings[0].message.en


@pytest.mark.usefixtures("installed")
@pytest.mark.parametrize(
    ("wanted", "active"), [("none", set()), ("good", {"good"}), (" good , missing ", {"good"}), ("", {"good"})]
)
def test_the_environment_restricts_plugins(monkeypatch, wanted, active):
    """KEPU_PLUGINS names the plugins that may load; the built-ins are always there."""
    monkeypatch.setenv("KEPU_PLUGINS", wanted)
    manager = kepu.PluginManager.discover()
    states = {p.name for p in manager.plugins if p.state is PluginState.ACTIVE}
    assert states == {"builtin"} | active


@pytest.mark.usefixtures("installed")
def test_discovery_can_be_strict():
    """With strict=True the first plugin that cannot be imported is raised."""
    with pytest.raises(kepu.PluginError):
        kepu.PluginManager.discover(strict=True)


def test_a_keyboard_interrupt_is_not_swallowed(monkeypatch):
    """A person who interrupts discovery is obeyed."""

    def interrupted():
        raise KeyboardInterrupt

    monkeypatch.setattr("importlib.metadata.entry_points", lambda group: [Entry("slow", interrupted)])
    manager = kepu.PluginManager.discover()
    with pytest.raises(KeyboardInterrupt):
        manager.plugins  # noqa: B018 - plugins are looked for when they are first asked for


@pytest.mark.parametrize(
    ("text", "version", "accepted"),
    [(">=1,<2", 1, True), (">=1,<2", 2, False), ("==1", 1, True), ("!=1", 1, False), (">0", 1, True), ("<=1", 1, True)],
)
def test_api_ranges(text, version, accepted):
    """A range of hook versions accepts what it says."""
    assert ApiRange.parse(text).accepts(f"{version}.0") is accepted


@pytest.mark.parametrize("name", HOOKS)
def test_every_hook_is_documented_and_can_be_implemented(name):
    """Every hook says what it is for, gives nothing by itself, and takes an implementation that gives nothing."""
    specification = HOOKS[name]
    assert len(specification.__doc__) > 30
    assert list(specification.specification()) == []
    manager = kepu.PluginManager.with_builtins(strict=True)
    manager.register(plugin({name: []}), "p")
    assert manager.info("p").state is PluginState.ACTIVE


def test_builtins_come_through_the_hooks():
    """What the core itself offers is listed like any plugin's."""
    info = kepu.PluginManager.with_builtins().info("builtin")
    given_ = set(itertools.chain.from_iterable(info.gave.values()))
    assert {"memory", "linear", "stepwise", "ratio", "per_unit", "json", "csv", "kepu.consistency"} <= given_
