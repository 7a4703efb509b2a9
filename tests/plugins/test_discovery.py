"""Installed plugins are looked for once, when first needed, and chosen by names; managers know nothing of each other."""

import importlib.metadata
import sys
import threading

import pytest

import kepu_core as kepu
from kepu_core.plugins import PluginState

PLUGIN = """
import kepu_core as kepu

CALLS = []
kepu_api, kepu_namespace = ">=1,<2", {name!r}


@kepu.metric("{name}.x", title="数", unit="个", subject="region", provenance=kepu.Provenance(source="样例"))
def x(facts):
    return facts.count(kepu.Base)


@kepu.hook.kepu_metrics
def metrics():
    CALLS.append(1)
    return [x]
"""


@pytest.fixture
def site(tmp_path, monkeypatch):
    """A folder of installed distributions, each with one plugin; they are the only ones installed."""

    def install(name, text=PLUGIN, version="1.0"):
        package = tmp_path / f"kepu_{name}"
        package.mkdir()
        (package / "__init__.py").write_text("", "utf-8")
        (package / "plugin.py").write_text(text.replace("{name!r}", repr(name)).replace("{name}", name), "utf-8")
        info = tmp_path / f"kepu_{name}-{version}.dist-info"
        info.mkdir()
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: kepu-{name}\nVersion: {version}\n", "utf-8")
        (info / "entry_points.txt").write_text(f"[kepu]\n{name} = kepu_{name}.plugin\n", "utf-8")

    real = importlib.metadata.entry_points

    def only_ours(**wanted):
        return [e for e in real(**wanted) if e.dist.locate_file("").samefile(tmp_path)]

    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr("importlib.metadata.entry_points", only_ours)
    for variable in ("KEPU_PLUGINS", "KEPU_BLOCK_PLUGINS"):
        monkeypatch.delenv(variable, raising=False)
    install("one")
    install("two")
    yield install
    for name in [m for m in sys.modules if m.startswith(("kepu_one", "kepu_two", "kepu_bad"))]:
        del sys.modules[name]


def states(manager):
    return {p.name: p.state.value for p in manager.plugins}


@pytest.mark.usefixtures("site")
def test_nothing_is_imported_before_it_is_needed():
    """Making a manager imports no plugin; asking it anything imports them, once."""
    manager = kepu.PluginManager.discover()
    assert "kepu_one.plugin" not in sys.modules
    assert states(manager) == {"builtin": "active", "one": "active", "two": "active"}
    assert list(manager.values(kepu.hook.kepu_metrics)) == ["one.x", "two.x"]
    _ = manager.plugins, manager.findings, manager.values(kepu.hook.kepu_exporters)
    assert len(sys.modules["kepu_one.plugin"].CALLS) == 1


@pytest.mark.usefixtures("site")
def test_many_threads_ask_once():
    """Threads that share a manager wait for each other, and all get the same."""
    manager = kepu.PluginManager.discover()
    got, start = [], threading.Barrier(8)

    def ask():
        start.wait()
        got.append(tuple(manager.values(kepu.hook.kepu_metrics)))

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert got == [("one.x", "two.x")] * 8
    assert len(sys.modules["kepu_one.plugin"].CALLS) == 1


@pytest.mark.usefixtures("site")
def test_managers_know_nothing_of_each_other():
    """What one manager blocks or registers concerns no other."""
    one, two = kepu.PluginManager.discover(), kepu.PluginManager.discover()
    one.block("two")
    assert states(one)["two"] == "blocked"
    assert states(two)["two"] == "active"
    assert len(sys.modules["kepu_one.plugin"].CALLS) == 2


@pytest.mark.usefixtures("site")
@pytest.mark.parametrize(
    ("variables", "blocked"),
    [
        ({"KEPU_PLUGINS": "none"}, {"one", "two"}),
        ({"KEPU_PLUGINS": "one"}, {"two"}),
        ({"KEPU_PLUGINS": " kepu-one , two"}, set()),
        ({"KEPU_BLOCK_PLUGINS": "one"}, {"one"}),
        ({"KEPU_BLOCK_PLUGINS": "kepu-two,"}, {"two"}),
        ({"KEPU_PLUGINS": "one,two", "KEPU_BLOCK_PLUGINS": "two"}, {"two"}),
        ({"KEPU_PLUGINS": "", "KEPU_BLOCK_PLUGINS": " "}, set()),
    ],
)
def test_the_environment_chooses(monkeypatch, variables, blocked):
    """By name or by distribution; what is blocked stays listed, and is not imported."""
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    manager = kepu.PluginManager.discover()
    found = states(manager)
    assert {name for name, state in found.items() if state == "blocked"} == blocked
    assert found["builtin"] == "active"
    assert not [name for name in blocked if f"kepu_{name}.plugin" in sys.modules]
    assert manager.info("one").distribution == "kepu-one"


@pytest.mark.usefixtures("site")
def test_arguments_win_over_the_environment(monkeypatch):
    """What a program says of plugins holds, whatever the environment says."""
    monkeypatch.setenv("KEPU_PLUGINS", "none")
    monkeypatch.setenv("KEPU_BLOCK_PLUGINS", "one")
    assert states(kepu.PluginManager.discover(allow=["one"], block=()))["one"] == "active"
    assert states(kepu.PluginManager.discover(allow=["one"]))["one"] == "blocked"


@pytest.mark.usefixtures("site")
def test_a_name_that_nobody_has_is_told(monkeypatch):
    """A misspelt name in the environment is a remark that says which plugins there are."""
    monkeypatch.setenv("KEPU_PLUGINS", "one,tow")
    (finding,) = [f for f in kepu.PluginManager.discover().findings if f.code == "plugin.not-installed"]
    assert "KEPU_PLUGINS" in finding.message.en
    assert "tow" in finding.message.en
    assert "two" in finding.mend.en


@pytest.mark.usefixtures("site")
def test_what_is_registered_by_hand_needs_no_leave(monkeypatch):
    """KEPU_PLUGINS restricts what is installed; a program's own plugin is there, unless it is blocked."""
    monkeypatch.setenv("KEPU_PLUGINS", "none")
    monkeypatch.setenv("KEPU_BLOCK_PLUGINS", "unwanted")

    class Own:
        kepu_namespace = "own"

        @kepu.hook.kepu_metrics
        def metrics(self):
            return []

    manager = kepu.PluginManager.discover()
    assert manager.register(Own(), "own").state is PluginState.ACTIVE
    assert manager.register(Own(), "unwanted").state is PluginState.BLOCKED


def test_a_plugin_that_cannot_be_imported_names_the_line(site):
    """The message says where outside of this library it happened."""
    site("bad", "import kepu_core\n\n\nraise ValueError('no figures')\n")
    finding = kepu.PluginManager.discover().info("bad").findings[0]
    assert finding.code == "plugin.import"
    assert "ValueError: no figures (plugin.py:4)" in finding.message.en
    assert "kepu-bad 1.0" in finding.mend.en


@pytest.mark.usefixtures("site")
def test_sources_can_be_asked_for():
    """Every metric, method, scheme and table of regions, with plugin and provenance."""
    sources = {(s.hook, s.id): s for s in kepu.PluginManager.discover().sources()}
    one = sources["kepu_metrics", "one.x"]
    assert (one.provenance.source, one.plugin.label, one.label.zh) == ("样例", "one 1.0", "数")
    assert sources["kepu_scoring_rules", "entropy"].provenance.checked_on is not None
    assert all(s.provenance for s in sources.values() if s.plugin.name == "builtin")


@pytest.mark.usefixtures("site")
def test_strict_discovery_raises_at_once(site):
    """With strict=True nothing waits for the first question."""
    site("bad", "raise ValueError\n")
    with pytest.raises(kepu.PluginError):
        kepu.PluginManager.discover(strict=True)


@pytest.mark.usefixtures("site")
def test_endings_that_several_plugins_answer_for_are_told():
    """Which exporter is taken for a suffix must not be a matter of chance that nobody hears of."""

    def write(what, out, context):
        out.write(b"x")

    def plugin(name):
        exporter = kepu.Exporter(
            name=f"{name}.list", label=kepu.Text("名单", "list"), suffixes=(".txt",), accepts=("records",), write=write
        )
        return type("P", (), {"kepu_namespace": name, "kepu_exporters": kepu.hook(lambda self: [exporter])})()

    manager = kepu.PluginManager.with_builtins(strict=True)
    manager.register(plugin("my"), "my")
    assert not manager.findings
    manager.register(plugin("your"), "your")
    (finding,) = manager.findings
    assert (finding.code, finding.severity) == ("plugin.shared-suffix", kepu.Severity.WARNING)
    for words in ("my.list (my)", "your.list (your)", "my.list is taken"):
        assert words in finding.message.en
