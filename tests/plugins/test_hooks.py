"""The specifications of the hooks are a reference: every example runs, and says what the hook gives."""

import inspect
import types

import pytest

import kepu_core as kepu
from kepu_core.plugins import HOOKS, PluginState
from kepu_core.plugins.hookspecs import Hooks


def example_of(hook):
    """The module in the docstring of a hook."""
    _, _, example = hook.__doc__.partition("Example::")
    code = inspect.cleandoc(example.replace("\n    ", "\n"))
    module = types.ModuleType(f"example_{hook.name}")
    module.kepu_api, module.kepu_namespace = ">=1,<2", "my"
    exec(compile(f"import kepu_core as kepu\n\n{code}", f"<{hook.name}>", "exec"), vars(module))
    return module


@pytest.mark.parametrize("name", HOOKS)
def test_the_example_of_every_hook_is_a_plugin(name):
    """Registered strictly, it gives what the hook is for."""
    manager = kepu.PluginManager.with_builtins(strict=True)
    info = manager.register(example_of(HOOKS[name]), "example")
    assert info.state is PluginState.ACTIVE
    assert list(manager.info("example").gave) == [name]
    (given, *_) = [g for g in manager.given(HOOKS[name]).values() if g.plugin.name == "example"]
    assert isinstance(given.value, HOOKS[name].gives)


def test_the_example_of_a_metric_and_a_scheme_evaluate():
    """The examples fit together: one plugin's metric under another's scheme."""
    manager = kepu.PluginManager.with_builtins(strict=True)
    for name in ("kepu_metrics", "kepu_schemes", "kepu_regions"):
        manager.register(example_of(HOOKS[name]), name)
    with kepu.open_workspace(plugins=manager) as ws:
        ws.put(kepu.Base(id=f"b{n}", name="馆", kind="venue", region="440300") for n in range(2))
        assert ws.evaluate("my.annual", "2021", subjects=["440300"]).score == {"440300": 66.67}


@pytest.mark.parametrize("name", HOOKS)
def test_every_hook_says_what_an_author_must_know(name):
    """When its functions are called and what a failure means stands in each; the rest is common to all."""
    doc = HOOKS[name].__doc__
    assert "Example::" in doc
    assert len(doc.partition("Example::")[0].split()) > 15
    assert getattr(kepu.hook, name) is HOOKS[name]


def test_the_marker_offers_exactly_the_hooks():
    """What an editor completes behind ``hook.`` is what there is."""
    assert {n for n in vars(Hooks) if n.startswith("kepu_")} == set(HOOKS)


def test_a_hook_of_a_newer_version_can_be_marked():
    """A name that this version does not know is no error at import: the manager answers it."""

    @kepu.hook.kepu_telepathy
    def thoughts():
        return []

    module = types.ModuleType("newer")
    module.thoughts, module.kepu_api = thoughts, ">=1,<2"
    info = kepu.PluginManager.with_builtins().register(module, "newer")
    assert (info.state, info.findings[0].code) == (PluginState.FAILED, "plugin.unknown-hook")
    with pytest.raises(AttributeError):
        kepu.hook.metrics  # noqa: B018 - asking is the point


def test_an_optional_hook_degrades():
    """A hook marked as optional that is not there leaves the rest of the plugin at work."""

    class Plugin:
        kepu_api, kepu_namespace = ">=1,<2", "my"

        @kepu.hook.optional
        def kepu_telepathy(self):
            return []

        @kepu.hook.kepu_metrics
        def metrics(self):
            return [kepu.metric("my.x", title="数", unit="个", subject="region")(lambda facts: facts.count(kepu.Base))]

    manager = kepu.PluginManager.with_builtins(strict=True)
    manager.register(Plugin(), "p")
    info = manager.info("p")
    assert (info.state, [f.code for f in info.findings]) == (PluginState.DEGRADED, ["plugin.degraded"])
    assert "kepu_telepathy" in info.findings[0].message.en
    assert info.gave == {"kepu_metrics": ("my.x",)}
