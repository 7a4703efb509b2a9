"""Installing the plugins of the gallery as pip would: packages beside their metadata, in a folder on ``sys.path``."""

import importlib
import re
import shutil
import sys
from contextlib import contextmanager
from pathlib import Path

import pytest

import kepu_core as kepu

HERE = Path(__file__).parent


def distribution(site, name, *, entries, version="1.0", metadata=None):
    """Write the metadata of a distribution that registers plugins; the packages themselves are there already."""
    folder = site / f"{name.replace('-', '_')}-{version}.dist-info"
    folder.mkdir()
    told = f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n" if metadata is None else metadata
    (folder / "METADATA").write_text(told, "utf-8")
    lines = [f"{plugin} = {value}" if value else plugin for plugin, value in entries.items()]
    (folder / "entry_points.txt").write_text("\n".join(["[kepu]", *lines, ""]), "utf-8")


def install(site, entry, another="", metadata=None):
    """Lay out a site with the good plugin, a broken one, and if need be another that wants the same as that."""
    shutil.copytree(HERE / "kepu_good", site / "kepu_good", ignore=shutil.ignore_patterns("__pycache__"))
    (site / "kepu_broken").mkdir()
    wanted = {"__init__", "kit", *re.findall(r"kepu_broken\.(\w+)", f"{entry} {another}")}
    for file in (HERE / "kepu_broken").glob("*.py*"):
        if file.name.partition(".")[0] in wanted:
            shutil.copy(file, site / "kepu_broken" / file.name.removesuffix(".txt"))
    distribution(site, "kepu-good", entries={"good": "kepu_good"})
    distribution(site, "kepu-broken", entries={"broken": entry}, metadata=metadata)
    if another:
        name, _, value = another.partition(" = ")
        distribution(site, "kepu-another", entries={name: value}, version="2.0")


@contextmanager
def installed(site, entry, another="", metadata=None, also=()):
    """Everything installed, as long as the block lasts, and nothing of another such block; nothing stays imported."""
    install(site, entry, another, metadata)
    used = ["good", "broken", *also, *([another.partition(" = ")[0]] if another else [])]
    with pytest.MonkeyPatch.context() as patch:
        others = [path for path in sys.path if not (Path(path) / "kepu_broken").is_dir()]
        patch.setattr(sys, "path", [str(site), *others])
        patch.setenv("KEPU_PLUGINS", ",".join(used))
        importlib.invalidate_caches()
        _forget()
        try:
            yield
        finally:
            _forget()


def _forget():
    for module in [m for m in sys.modules if m.partition(".")[0] in {"kepu_good", "kepu_broken"}]:
        del sys.modules[module]


def discovered(block=()):
    """The built-ins and what is installed from the gallery."""
    return kepu.PluginManager.discover(block=block)
