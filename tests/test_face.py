"""The face of the library: what it names is there, and naming it costs nothing."""

import importlib
import subprocess
import sys

import pytest

import kepu_core as kepu

HEAVY = ("numpy", "pendulum", "pluggy", "msgspec", "sqlalchemy", "typer", "rich", "kepu_sql", "kepu_guangdong")


def run(code):
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code], capture_output=True, text=True, check=False, encoding="utf-8"
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.split()


def test_importing_brings_nothing_heavy_and_asks_no_plugin():
    """No numpy, no pendulum, no plugin, no scan of entry points before first use."""
    loaded = set(run("import sys, kepu_core; print(*sys.modules)"))
    assert not loaded.intersection(HEAVY)
    assert "importlib.metadata" not in loaded
    assert "kepu_core.plugins.manager" not in loaded


def test_records_need_no_storage_and_no_numbers():
    """The domain alone, with periods and checks, loads neither numpy nor a plugin."""
    loaded = set(run(
        "import sys, kepu_core as k; k.Base(id='b', name='馆', kind='venue', region='440300');"
        "print(*sys.modules)"
    ))  # fmt: skip
    assert not loaded.intersection(set(HEAVY) - {"pendulum"})


def test_everything_named_is_there():
    """``__all__`` is what ``dir`` shows, sorted, without repetition, and every name can be had."""
    assert list(kepu.__all__) == sorted(set(kepu.__all__), key=kepu.__all__.index)
    assert set(kepu.__all__) <= set(dir(kepu))
    for name in kepu.__all__:
        assert getattr(kepu, name) is not None


@pytest.mark.parametrize("room", ["domain", "codec", "scoring", "plugins", "workspace", "testing"])
def test_every_room_has_a_face(room):
    """Each package names what it offers; names that the library shares are the same objects."""
    face = importlib.import_module(f"kepu_core.{room}")
    for name in face.__all__:
        thing = getattr(face, name)
        if name in kepu.__all__:
            assert getattr(kepu, name) is thing


def test_unknown_names():
    """A misspelt name is an ordinary AttributeError."""
    with pytest.raises(AttributeError, match="Bose"):
        kepu.Bose  # noqa: B018 - asking is the point


def test_without_the_libraries_of_the_command_line():
    """The bare core says in one line what to install."""
    done = subprocess.run(
        [sys.executable, "-c", "import sys; sys.modules['typer'] = None; from kepu_core.cli import main; main()"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 4
    assert "kepu-core[cli]" in done.stderr
    assert "Traceback" not in done.stderr


def test_as_a_module():
    """``python -m kepu_core`` is the command line."""
    done = subprocess.run([sys.executable, "-m", "kepu_core", "--version"], capture_output=True, text=True, check=False)
    assert kepu.__version__ in done.stdout


def test_listing_plugins_loads_none_of_their_libraries():
    """Opening a workspace in memory asks every installed plugin, but needs neither a database nor a template engine."""
    loaded = set(run("import sys, kepu_core; kepu_core.open_workspace().close(); print(*sys.modules)"))
    assert not loaded.intersection({"sqlalchemy", "jinja2", "typer", "rich"})
