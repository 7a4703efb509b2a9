"""``kepu plugin new``: what it writes works as it is, and what it is given can do no harm."""

import datetime as dt
import importlib
import json
import os
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

import kepu_core as kepu
from kepu_core.cli import plugin_commands, scaffold
from kepu_core.plugins import PluginState

pytest.importorskip("copier")

RUN = CliRunner()
ROOT = Path(__file__).parents[2]
TODAY = dt.date(2026, 3, 1)
GIVES = {
    "metric": {"kepu_metrics": ["fs.bases_open", "fs.visits_per_resident"]},
    "scheme": {"kepu_schemes": ["fs.annual@2026"]},
    "rule": {"kepu_scoring_rules": ["fs.reached"]},
    "record": {"kepu_record_types": ["fs.station"]},
    "check": {"kepu_check_records": ["fs.opening"]},
    "exporter": {"kepu_exporters": ["fs.notice"]},
    "importer": {"kepu_importers": ["fs.register"]},
    "storage": {"kepu_storage_backends": ["fs.journal"]},
    "regions": {"kepu_regions": ["fs.regions"]},
    "command": {"kepu_cli": ["{name}"]},
    "listener": {"kepu_after_commit": ["fs.log-commits"], "kepu_after_evaluation": ["fs.log-evaluations"]},
}
BAD_NAMES = (
    "", "x", "Foshan", "佛山", "2foshan", "fo shan", "fo_shan", "-foshan", "foshan-", "fo--shan", "fo\nshan", "kepu-",
    "../foshan", "/tmp/foshan", "foshan/..", "a\\b", "c:foshan", "{{ 7 * 7 }}", "{%x%}", 'a"b', "a'b", "x" * 41,
)  # fmt: skip
TAKEN_NAMES = ("kepu-core", "builtin", "sql", "kepu-web", "guangdong", "evaluate", "plugin", "kepu")
HOSTILE_TEXTS = (
    'a"b', 'a"""b', "a\\b", "a\nb", "a\rb", "a\u2028b", "a\x00b", "{{ 7 * 7 }}", "{% raw %}", "{# x #}", "${{ secrets }}",
    "../x", "a/b", "<script>", "`x`", "a|b", "[x](y)", "#x", "a]b", "\u202eb", "x" * 41, "-\t-",
)  # fmt: skip


def new(*words, code=0):
    """Run the command where no terminal is."""
    result = RUN.invoke(plugin_commands.plugin_app, ["new", *map(str, words)])
    assert result.exit_code == code, result.output
    assert "Traceback" not in result.output
    return result


def answer(*words, code=0):
    """What a machine reads: the whole of standard output is one JSON document."""
    return json.loads(new("--json", *words, code=code).stdout)


def codes(told):
    return [finding["code"] for finding in told["findings"]]


def call(*words, folder, **environment):
    """Run a module of this Python in a folder."""
    settings = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1", "PYTHONUTF8": "1", **environment}
    done = subprocess.run(
        [sys.executable, "-m", *map(str, words)],
        cwd=folder, env=settings, capture_output=True, text=True, encoding="utf-8", timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module", params=["default", "all"])
def project(request, tmp_path_factory):
    """A project as a city gets it: with the default kinds, or with all."""
    folder = tmp_path_factory.mktemp(request.param)
    kinds = scaffold.DEFAULT_KINDS if request.param == "default" else scaffold.KINDS
    name = f"try-{request.param}"
    return scaffold.make_plugin(name, today=TODAY, city="佛山市", kinds=kinds, namespace="fs", directory=folder)


@pytest.fixture(scope="module")
def mypy_cache(tmp_path_factory):
    """One cache for all projects: what they import is the same."""
    return tmp_path_factory.mktemp("mypy")


# What is written works


def test_it_can_be_installed_and_is_listed_with_what_it_gives(project, tmp_path):
    """Pip builds it, and kepu finds it and asks it."""
    pytest.importorskip("hatchling")
    pytest.importorskip("pip")  # uv makes environments without it
    site = tmp_path / "site"
    install = ("pip", "install", "--quiet", "--no-deps", "--no-build-isolation", "--no-index")
    call(*install, "--target", site, project.folder, folder=tmp_path)
    settings = {"PYTHONPATH": str(site), "KEPU_PLUGINS": project.name}
    listed = json.loads(call("kepu_core", "plugins", "--json", folder=tmp_path, **settings))
    (plugin,) = [p for p in listed if p["name"] == project.name]
    assert (plugin["state"], plugin["distribution"], plugin["findings"]) == ("active", project.distribution, [])
    assert plugin["gave"] == gives(project)


def gives(project):
    """What a plugin should give through each hook."""
    return {
        hook: [name.format(name=project.name) for name in names]
        for kind in project.kinds
        for hook, names in GIVES[kind].items()
    }


def test_its_own_tests_pass(project):
    """The contracts, the evaluation worked out by hand, and an example of every kind."""
    # The contract of a plugin runs those of its parts: with all kinds, none but those told more is run twice.
    told_more = "not test_contracts or TestPlugin or TestReached or TestRegister or TestNotice"
    chosen = ("-k", told_more) if project.name == "try-all" else ()
    said = call("pytest", "-q", "-p", "no:cacheprovider", *chosen, folder=project.folder, KEPU_PLUGINS="")
    assert " passed" in said
    assert "failed" not in said


def test_it_is_typed_strictly(project, mypy_cache):
    """Under its own configuration, sources and tests."""
    pytest.importorskip("mypy")
    assert "Success" in call("mypy", "--cache-dir", mypy_cache, folder=project.folder)
    assert tomllib.loads((project.folder / "pyproject.toml").read_text("utf-8"))["tool"]["mypy"]["strict"]


def test_it_is_linted_and_formatted(project):
    """Under its own configuration."""
    pytest.importorskip("ruff")
    call("ruff", "check", "--no-cache", ".", folder=project.folder)
    call("ruff", "format", "--no-cache", "--check", ".", folder=project.folder)


@pytest.mark.parametrize(
    ("name", "city", "namespace"),
    [("ab", "A", "a"), ("x" * 40, "市" * 40, "y" * 40), ("a-b-c", "Xi'an (·）", "a_b_c")],
    ids=["short", "long", "marks"],
)
def test_names_of_any_length_leave_it_formatted(name, city, namespace, tmp_path):
    """No line is made that the formatter would write otherwise, and no quote ends a text before its time."""
    pytest.importorskip("ruff")
    kinds = scaffold.KINDS
    made = scaffold.make_plugin(name, today=TODAY, city=city, namespace=namespace, kinds=kinds, directory=tmp_path)
    call("ruff", "check", "--no-cache", ".", folder=made.folder)
    call("ruff", "format", "--no-cache", "--check", ".", folder=made.folder)
    assert city in tomllib.loads((made.folder / "pyproject.toml").read_text("utf-8"))["project"]["description"]


@pytest.fixture(scope="module")
def alone(tmp_path_factory):
    """A project for each kind, without any other."""
    folder = tmp_path_factory.mktemp("alone")
    given = {"today": TODAY, "city": "佛山市", "namespace": "fs", "directory": folder}
    return {kind: scaffold.make_plugin(f"only-{kind}", kinds=[kind], **given) for kind in scaffold.KINDS}


@pytest.mark.parametrize("kind", scaffold.KINDS)
def test_each_kind_works_alone(kind, alone, monkeypatch, manager):
    """A plugin of one kind registers where whatever is wrong is raised, and gives what it should."""
    made = alone[kind]
    monkeypatch.syspath_prepend(made.folder / "src")
    info = manager.register(importlib.import_module(f"{made.package}.plugin"), made.name)
    assert manager.info(info.name).state is PluginState.ACTIVE
    assert {h: list(names) for h, names in manager.info(info.name).gave.items()} == gives(made)
    assert made.kinds == (("metric", "scheme") if kind == "scheme" else (kind,))


def test_each_kind_alone_is_linted_and_formatted(alone):
    """Each project under its own configuration."""
    pytest.importorskip("ruff")
    folder = alone["metric"].folder.parent
    call("ruff", "check", "--no-cache", ".", folder=folder)
    call("ruff", "format", "--no-cache", "--check", ".", folder=folder)


def test_listing_imports_nothing_of_the_plugin_but_its_hooks(tmp_path, monkeypatch):
    """Each hook imports its own module when it is asked."""
    made = scaffold.make_plugin("lazy-one", today=TODAY, kinds=scaffold.KINDS, directory=tmp_path)
    monkeypatch.syspath_prepend(made.folder / "src")
    importlib.import_module("kepu_lazy_one.plugin")
    assert [m for m in sys.modules if m.startswith("kepu_lazy_one.")] == ["kepu_lazy_one.plugin"]


def test_what_a_city_must_change_is_marked(project):
    """Wherever something is made up, its source says so, and a comment says what to do."""
    modules = {p.name: p.read_text("utf-8") for p in (project.folder / "src" / project.package).glob("[a-z]*.py")}
    del modules["plugin.py"]
    unmarked = [n for n, text in modules.items() if "改这里 / change here" not in text and n != "storage.py"]
    assert unmarked == []
    sources = [line for text in modules.values() for line in text.splitlines() if "source=" in line]
    assert sources
    assert all("示例" in line and "an example" in line for line in sources)


def test_the_licence_is_whole(project):
    """Word for word that of the library."""
    assert (project.folder / "LICENSE").read_bytes() == (ROOT / "LICENSE").read_bytes()


def test_it_names_versions_that_are_there(project):
    """Its bounds hold for the library and the hooks that it was made with."""
    text = (project.folder / "src" / project.package / "plugin.py").read_text("utf-8")
    assert f'kepu_api = "{scaffold._major_of("1.0")}"' in text
    wanted = tomllib.loads((project.folder / "pyproject.toml").read_text("utf-8"))["project"]["dependencies"]
    assert any(d.startswith("kepu-core") and d.endswith(scaffold._line_of(kepu.__version__)) for d in wanted)


# The command


def test_without_a_terminal_defaults_are_taken(tmp_path, monkeypatch):
    """Nothing is asked; the tree of files and the next commands are shown."""
    monkeypatch.chdir(tmp_path)
    said = new("kepu-foshan").output
    assert "kepu_foshan" in said
    assert 'pip install -e "kepu-foshan[test]"' in said
    assert "kepu plugin check kepu-foshan" in said
    assert "pytest kepu-foshan" in said
    text = (tmp_path / "kepu-foshan" / "src" / "kepu_foshan" / "plugin.py").read_text("utf-8")
    assert 'kepu_namespace = "foshan"' in text
    assert "Foshan" in (tmp_path / "kepu-foshan" / "README.md").read_text("utf-8")


def test_machines_are_told_what_was_written(tmp_path):
    """Names, kinds, and every file."""
    told = answer("foshan", "--city", "佛山市", "--kind", "check,record", "--namespace", "fs", "--dir", tmp_path)
    folder = tmp_path / "kepu-foshan"
    assert (told["ok"], told["distribution"], told["package"]) == (True, "kepu-foshan", "kepu_foshan")
    assert (told["name"], told["namespace"], told["city"], told["kinds"]) == (
        "foshan",
        "fs",
        "佛山市",
        ["check", "record"],
    )
    assert told["folder"] == str(folder)
    assert told["files"] == sorted(p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file())
    assert {".gitignore", ".github/workflows/test.yml", "LICENSE"} <= set(told["files"])
    assert "src/kepu_foshan/metrics.py" not in told["files"]


def test_all_gives_one_of_every_kind(tmp_path):
    """However many there are."""
    assert answer("foshan", "--all", "--dir", tmp_path)["kinds"] == list(scaffold.KINDS)


def test_on_a_terminal_what_was_not_said_is_asked_for(tmp_path, monkeypatch):
    """Name, city and kinds; a wrong answer is explained and asked for again."""
    monkeypatch.setattr(plugin_commands, "_on_terminal", lambda: True)
    answers = "Foshan\nfoshan\n{{}}\n佛山市\nmetrics\ncheck，rule\n"
    result = RUN.invoke(plugin_commands.plugin_app, ["new", "--dir", str(tmp_path)], input=answers)
    assert result.exit_code == 0, result.output
    assert "[scaffold.name]" in result.output
    assert "[scaffold.text]" in result.output
    assert "did you mean metric?" in result.output
    package = tmp_path / "kepu-foshan" / "src" / "kepu_foshan"
    assert sorted(p.name for p in package.iterdir()) == [
        "__init__.py",
        "checks.py",
        "plugin.py",
        "py.typed",
        "rules.py",
    ]
    assert "佛山市" in (package / "__init__.py").read_text("utf-8")


def test_nothing_is_asked_that_was_said(tmp_path, monkeypatch):
    """Not even on a terminal; nor anything at all with --yes."""
    monkeypatch.setattr(plugin_commands, "_on_terminal", lambda: True)
    new("foshan", "--city", "佛山市", "--kind", "check", "--dir", tmp_path)
    new("kepu-zhuhai", "--yes", "--dir", tmp_path)


def test_a_name_is_needed(tmp_path):
    """Without a terminal there is nobody to ask."""
    assert "NAME" in new("--dir", tmp_path, code=2).output
    assert list(tmp_path.iterdir()) == []


def test_messages_come_in_both_languages(tmp_path, monkeypatch):
    """As everywhere."""
    (finding,) = answer("foshan", "--kind", "shceme", "--dir", tmp_path, code=1)["findings"]
    assert finding["mend"] == {"zh": "是否为 scheme？", "en": "did you mean scheme?"}
    monkeypatch.setenv("KEPU_LANG", "zh")
    assert "接下来" in new("foshan", "--dir", tmp_path).output


# What is refused


@pytest.mark.parametrize("name", BAD_NAMES)
def test_bad_names_are_refused(name, tmp_path):
    """And nothing is written, neither in the folder nor elsewhere."""
    inside = tmp_path / "a" / "b"
    inside.mkdir(parents=True)
    assert codes(answer("--dir", inside, "--", name, code=1)) == ["scaffold.name"]
    assert sorted(p.name for p in tmp_path.rglob("*")) == ["a", "b"]


@pytest.mark.parametrize("name", TAKEN_NAMES)
def test_names_of_our_own_are_refused(name, tmp_path):
    """Those of our distributions, plugins and commands."""
    assert codes(answer(name, "--dir", tmp_path, code=1)) == ["scaffold.name-taken"]


@pytest.mark.parametrize("text", HOSTILE_TEXTS)
def test_texts_that_could_break_out_are_refused(text, tmp_path):
    """Of city and author alike; both are told at once, and nothing is written."""
    told = answer("foshan", "--dir", tmp_path, f"--city={text}", f"--author={text}", code=1)
    assert codes(told) == ["scaffold.text", "scaffold.text"]
    assert list(tmp_path.iterdir()) == []


@given(st.text(max_size=50) | st.text(st.sampled_from("市a1 -'·（）()\"\\{}[]<>%$#|*_/`\n\t\u2028\u202e"), max_size=8))
def test_what_is_let_through_is_harmless_anywhere(text):
    """No city that is accepted holds a quote, brace, backslash, line break or mark of another language."""
    try:
        city = scaffold.checked_city(text)
    except kepu.InvalidData:
        return
    assert city == city.strip()
    assert city.isprintable()
    assert not set(city) & set('"\\{}[]<>%$#|*_/`&;:=@')


@pytest.mark.parametrize("namespace", ["9", "Fs", "f.s", "f-s", "fs\n", 'f"s', "kepu", "{{ x }}", "n" * 41])
def test_bad_namespaces_are_refused(namespace, tmp_path):
    """The hooks would refuse them as well, and kepu's own is taken."""
    assert codes(answer("foshan", "--dir", tmp_path, "--namespace", namespace, code=1)) == ["scaffold.namespace"]


def test_everything_that_is_wrong_is_told_at_once(tmp_path):
    """Name, kinds and city in one round."""
    told = answer("Foshan", "--kind", "a,metric", "--kind", "b", "--city", "{", "--dir", tmp_path, code=1)
    assert codes(told) == ["scaffold.name", "scaffold.kind", "scaffold.kind", "scaffold.text"]
    assert codes(answer("foshan", "--kind", ",", "--dir", tmp_path, code=1)) == ["scaffold.no-kind"]


def test_a_folder_with_something_in_it_is_left_as_it_is(tmp_path):
    """It is refused, even if all that is in it is hidden; an empty one is filled."""
    folder = tmp_path / "kepu-foshan"
    folder.mkdir()
    (folder / ".keep").write_bytes(b"mine")
    assert codes(answer("foshan", "--dir", tmp_path, code=1)) == ["scaffold.folder"]
    assert [(p.name, p.read_bytes()) for p in folder.iterdir()] == [(".keep", b"mine")]
    (folder / ".keep").unlink()
    assert answer("foshan", "--dir", tmp_path)["ok"]


def test_neither_a_file_nor_a_link_is_written_over(tmp_path):
    """Wherever the link leads."""
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (tmp_path / "kepu-foshan").write_bytes(b"mine")
    assert codes(answer("foshan", "--dir", tmp_path, code=1)) == ["scaffold.folder"]
    assert (tmp_path / "kepu-foshan").read_bytes() == b"mine"
    try:
        (tmp_path / "kepu-zhuhai").symlink_to(elsewhere, target_is_directory=True)
    except OSError:
        pytest.skip("links cannot be made here")
    assert codes(answer("zhuhai", "--dir", tmp_path, code=1)) == ["scaffold.folder"]
    assert list(elsewhere.iterdir()) == []


def test_without_copier_it_is_said_what_to_install(tmp_path, monkeypatch):
    """Before anything is asked or written."""
    monkeypatch.setitem(sys.modules, "copier", None)
    monkeypatch.setattr(plugin_commands, "_on_terminal", lambda: True)
    said = new("--dir", tmp_path, code=4).output
    assert "[library.missing] copier is not installed" in said
    assert "kepu-core[scaffold]" in said
    assert list(tmp_path.iterdir()) == []
