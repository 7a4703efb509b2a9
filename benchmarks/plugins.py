"""Plugins beside plain pluggy: starting them, reading what they gave, asking their metrics, registering one.

Starting is measured in fresh interpreters, with real distributions in a temporary folder; everything else in one
process of its own, the sides in turns; memory in a process for each side. Figures are medians, and seconds are those
of the thread on a processor: others may use the machine, and numpy's own threads spin for a while after its import.
Only a whole process is timed by the clock. The plugins that happen to be installed beside are left out on all sides.
"""

import compileall
import gc
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any

from attrs import frozen

from benchmarks._report import Row, at_most, plain

_ROOT = Path(__file__).parent.parent
Jobs = Mapping[str, Callable[[], object]]
_KEPT = {"MALLOC_TRIM_THRESHOLD_": str(2**36), "MALLOC_MMAP_THRESHOLD_": str(2**25)}
"""Makes glibc keep freed memory: else a side pays for fresh pages, or does not, by chance (±50 % at a million)."""


def run(short: bool) -> list[Row]:
    """Every figure; the short form has fewer and smaller plugins, and no aims: they are for whole sizes."""
    rows = _starting((1, 5), (5,), 1) if short else _starting((1, 10, 50), (1, 10, 50), 15)
    count, units = (5, 100_000) if short else (50, 1_000_000)
    rows += [Row(**row) for row in json.loads(_child("measure", count, units, 3 if short else 15, env=_KEPT))]
    rows += _memory(count, units)
    return [plain(row.name, row.value, row.unit, row.ratio) for row in rows] if short else rows


def _child(*arguments: object, env: Mapping[str, str] | None = None) -> str:
    command = [sys.executable, "-m", "benchmarks.plugins", *map(str, arguments)]
    environment = {**os.environ, **(env or {})}
    return subprocess.run(command, check=True, capture_output=True, text=True, cwd=_ROOT, env=environment).stdout


# Starting

_PLUGIN = """
import kepu_core as kepu

kepu_api = ">=1,<2"
kepu_namespace = "{name}"


@kepu.metric("{name}.share", title="占比", title_en="share", unit="%", subject="region", low=0, high=100)
def share(facts):
    return facts.observed("part") / facts.observed("whole") * 100


@kepu.hook.kepu_metrics
def metrics() -> list[kepu.Metric]:
    return [share]
"""

_PLAIN = """
import pluggy
from kepu_core.plugins import HOOKS
def start(block, more):
    pm = pluggy.PluginManager("kepu")
    pm.add_hookspecs(type("Specifications", (), {n: h.specification for n, h in HOOKS.items()}))
    if more:
        import kepu_core.builtin
        pm.register(kepu_core.builtin, name="builtin")
    for name in block:
        pm.set_blocked(name)
    pm.load_setuptools_entrypoints("kepu")
    gave = {name: getattr(pm.hook, name)() for name in (HOOKS if more else ["kepu_metrics"])}
    return gave["kepu_metrics"]
"""
_OURS = """
from kepu_core.plugins import PluginManager, hook
def start(block):
    return PluginManager.discover(block=block).given(hook.kepu_metrics)
"""
_SIDES = {
    "pluggy": (_PLAIN, "more=False"),
    "pluggy, built-ins, all hooks": (_PLAIN, "more=True"),  # what ours does at least
    "kepu": (_OURS, ""),
}

# All that the core imports is there already, and the folder is the only place with distributions.
_WITHIN = """
import sys, time
import importlib.metadata as metadata
import kepu_core
from kepu_core.plugins import PluginManager, hook
PluginManager.with_builtins().given(hook.kepu_metrics)
kepu_core.metric, kepu_core.Metric
folder = {folder!r}
sys.path[:] = [p for p in sys.path if p == folder or not list(metadata.distributions(path=[p]))]
{work}
begun = time.thread_time()
found = start([], {options})
spent = time.thread_time() - begun
assert len(found) == {count}, found
print(spent)
"""

_WHOLE = """
import kepu_core
{work}
assert len(start({block!r}, {options})) == {count}
"""


def _starting(counts: tuple[int, ...], whole_for: tuple[int, ...], rounds: int) -> list[Row]:
    block = sorted({entry.name for entry in entry_points(group="kepu")})
    with tempfile.TemporaryDirectory() as folder:
        sites = {count: _site(Path(folder, str(count)), count) for count in counts}
        within: dict[tuple[int, str], list[float]] = {}
        whole: dict[tuple[int, str], list[float]] = {}
        for _ in range(rounds):
            for count, site in sites.items():
                for side, (work, options) in _SIDES.items():
                    code = _WITHIN.format(folder=str(site), work=work, options=options, count=count)
                    within.setdefault((count, side), []).append(float(_fresh(code, site)))
                    if count not in whole_for:
                        continue
                    begun = time.perf_counter()
                    _fresh(_WHOLE.format(work=work, block=block, options=options, count=count), site)
                    whole.setdefault((count, side), []).append(time.perf_counter() - begun)
    rows = [
        *_started("start", {key: statistics.median(times) for key, times in within.items()}),
        *_started("start, the whole process", {key: statistics.median(times) for key, times in whole.items()}),
    ]
    few, many = min(counts), max(counts)
    each = {
        side: (statistics.median(within[many, side]) - statistics.median(within[few, side])) / (many - few)
        for side in _SIDES
    }
    return [
        *rows,
        plain("start, each further plugin (× pluggy)", each["kepu"] * 1e6, "µs", each["kepu"] / each["pluggy"]),
    ]


def _started(title: str, found: Mapping[tuple[int, str], float]) -> Iterator[Row]:
    for (count, side), seconds in found.items():
        yield plain(
            f"{title}, {_plugins(count)}: {side} (× pluggy)", seconds * 1e3, "ms", seconds / found[count, "pluggy"]
        )


def _plugins(count: int) -> str:
    return "1 plugin" if count == 1 else f"{count} plugins"


def _site(folder: Path, count: int) -> Path:
    """A folder with so many installed plugins, compiled as pip leaves them."""
    for number in range(count):
        name = f"bench_{number:02}"
        package, info = folder / name, folder / f"kepu_{name}-1.0.dist-info"
        package.mkdir(parents=True)
        info.mkdir()
        (package / "__init__.py").touch()
        (package / "plugin.py").write_text(_PLUGIN.format(name=name), encoding="utf-8")
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: kepu-{name}\nVersion: 1.0\n", encoding="utf-8")
        (info / "entry_points.txt").write_text(f"[kepu]\n{name} = {name}.plugin\n", encoding="utf-8")
    compileall.compile_dir(folder, quiet=1)
    return folder


def _fresh(code: str, site: Path) -> str:
    clean = {k: v for k, v in os.environ.items() if k not in {"KEPU_PLUGINS", "KEPU_BLOCK_PLUGINS"}}
    environment = {**clean, "PYTHONPATH": os.pathsep.join([str(site), *filter(None, [clean.get("PYTHONPATH")])])}
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True, env=environment)
    return done.stdout


# In a process of its own


@frozen
class _Crowd:
    """Plugins with one metric each over two ready columns, registered on both sides, and what to ask them for."""

    plugins: tuple[Any, ...]
    manager: Any
    pluggy: Any
    facts: Any
    columns: tuple[Any, Any]

    @property
    def metrics(self) -> list[Any]:
        return [plugin.metric for plugin in self.plugins]


def _crowd(count: int, units: int, *, high: float = 1e6) -> _Crowd:
    import numpy as np

    import kepu_core as kepu
    from kepu_core.plugins import PluginManager, hook

    ids = tuple(f"{number:06}" for number in range(units))
    rng = np.random.default_rng(1)
    part, whole = (kepu.Values.of_column(ids, rng.random(units) * 100 + 5) for _ in range(2))

    class Plugin:
        kepu_api = ">=1,<2"

        def __init__(self, number):
            self.kepu_namespace, self.asked = f"bench_{number:02}", 0
            describe = kepu.metric(
                f"{self.kepu_namespace}.share", title="占比", unit="%", subject="region", low=0, high=high
            )
            self.metric = describe(lambda _: part / whole * (100 + number))

        @hook.kepu_metrics
        def metrics(self):
            self.asked += 1
            return [self.metric]

    plugins = tuple(map(Plugin, range(count)))
    manager, peer = PluginManager.with_builtins(strict=True), _plain_pluggy()
    for plugin in plugins:
        manager.register(plugin, plugin.kepu_namespace)
        peer.register(plugin, plugin.kepu_namespace)
    facts = kepu.Facts(subjects=ids, period=kepu.Period.parse("2021"), records=lambda _: ())
    return _Crowd(plugins, manager, peer, facts, (part, whole))


def _plain_pluggy() -> Any:
    import pluggy

    from kepu_core.plugins import HOOKS

    peer = pluggy.PluginManager("kepu")
    peer.add_hookspecs(type("Specifications", (), {n: h.specification for n, h in HOOKS.items()}))
    return peer


class _Times:
    """Seconds of jobs that took turns; ratios are the median of those of each turn, so that a slow moment hits both."""

    def __init__(self, jobs: Jobs, rounds: int, repeat: int = 1) -> None:
        self._taken: dict[str, list[float]] = {name: [] for name in jobs}
        for job in jobs.values():
            job()
        for _ in range(rounds):
            for name, job in jobs.items():
                begun = time.thread_time()
                for _ in range(repeat):
                    job()
                self._taken[name].append((time.thread_time() - begun) / repeat)

    def __getitem__(self, name: str) -> float:
        return statistics.median(self._taken[name])

    def ratio(self, name: str, to: str) -> float:
        return statistics.median(a / b for a, b in zip(self._taken[name], self._taken[to], strict=True))


def _measure(count: int, units: int, rounds: int) -> Iterator[Row]:
    yield from _reading(count, rounds)
    yield from _evaluating(count)
    yield from _asking(count, units, rounds)
    yield from _small(count, rounds)
    yield from _registering(rounds)


# Reading


def _reading(count: int, rounds: int) -> Iterator[Row]:
    from kepu_core.plugins import hook

    one, crowd = _crowd(1, 1), _crowd(count, 1)
    manager, kept = crowd.manager, {"kepu_metrics": crowd.manager.given(hook.kepu_metrics)}
    found = _Times(
        {
            "dictionary": lambda: kept["kepu_metrics"],
            "given": lambda: manager.given(hook.kepu_metrics),
            "given by 1": lambda: one.manager.given(hook.kepu_metrics),
            "values": lambda: manager.values(hook.kepu_metrics),
            "pluggy": crowd.pluggy.hook.kepu_metrics,
        },
        rounds * 3,
        2000,
    )
    title, given, values = f"read what {count} plugins gave", found["given"] * 1e6, found["values"] * 1e6
    yield plain(f"{title}: a bare dictionary", found["dictionary"] * 1e6, "µs")
    yield plain(f"{title}: pluggy asks again", found["pluggy"] * 1e6, "µs")
    yield at_most(f"{title}: given (× with 1 plugin)", given, "µs", found.ratio("given", "given by 1"), 1.2)
    yield at_most(f"{title}: given (× pluggy)", given, "µs", found.ratio("given", "pluggy"), 0.1)
    yield plain(f"{title}: values (× a bare dictionary)", values, "µs", found.ratio("values", "dictionary"))
    yield at_most(f"{title}: values (× pluggy)", values, "µs", found.ratio("values", "pluggy"), 0.5)


def _evaluating(count: int) -> Iterator[Row]:
    """Nothing is asked of a hook again while a workspace is opened and evaluates."""
    import kepu_core as kepu
    from kepu_core.plugins import hook

    crowd = _crowd(count, 100)
    assert len(crowd.manager.given(hook.kepu_metrics)) == count
    before, monitored = sum(p.asked for p in crowd.plugins), []
    crowd.manager._pluggy.add_hookcall_monitoring(lambda *call: monitored.append(call), lambda *_: None)
    rule = kepu.RuleSpec(kind="min_max")
    leaves = [
        kepu.Criterion(id=f"l{k}", title="占比", weight=1 / count, metric=m.id, rule=rule)
        for k, m in enumerate(crowd.metrics)
    ]
    root = kepu.Criterion(id="total", title="总分", points=100, children=leaves)
    scheme = kepu.Scheme(id="x.all@1", name="x.all", version="1", title="示例", subject="region", root=root)
    with kepu.open_workspace(plugins=crowd.manager) as workspace:
        card = workspace.evaluate(scheme, "2021", subjects=crowd.facts.subjects)
    assert len(card.board) == count
    again = sum(p.asked for p in crowd.plugins) - before + len(monitored)
    yield at_most("hooks called again in an evaluation", again, "", again, 0)


# Asking


def _sides(crowd: _Crowd) -> Jobs:
    from kepu_core.plugins import hook
    from kepu_core.workspace.asking import Asking

    given, facts, metrics = crowd.manager.given(hook.kepu_metrics), crowd.facts, crowd.metrics
    return {
        "called directly": lambda: {m.id: m.compute(facts) for m in metrics},
        "asked": lambda: Asking(given).ask(given, facts),
    }


def _asking(count: int, units: int, rounds: int) -> Iterator[Row]:
    crowd = _crowd(count, units)
    part, whole = (column.numbers for column in crowd.columns)
    jobs = {
        "numpy alone": lambda: [part / whole * (100 + number) for number in range(count)],
        **_sides(crowd),
    }
    found = _Times(jobs, rounds)
    title, direct = f"{count} plugins × {units:,} subjects", "called directly"
    for side in ("numpy alone", direct):
        yield plain(f"{title}: {side} (× directly)", found[side] * 1e3, "ms", found.ratio(side, direct))
    ratio = found.ratio("asked", direct)
    yield at_most(f"{title}: asked (× directly)", found["asked"] * 1e3, "ms", ratio, 1.2)
    alone = (ratio - 1) * found[direct] / count / units
    yield plain(f"{title}: asking alone, per object and plugin", alone * 1e9, "ns")
    del crowd, jobs
    few = max(1, count // 10)
    wild = _Times(_sides(_crowd(few, units, high=0.0)), 3)
    title = f"{_plugins(few)} × {units:,} subjects, all out of bounds: asked (× directly)"
    yield plain(title, wild["asked"] * 1e3, "ms", wild.ratio("asked", direct))


def _small(count: int, rounds: int) -> Iterator[Row]:
    for units, repeat in ((10, 50), (3000, 20)):
        found = _Times(_sides(_crowd(count, units)), rounds * 3, repeat)
        title, each = f"{count} plugins × {units:,} subjects", 1e6 / count
        yield plain(f"{title}: called directly, per plugin", found["called directly"] * each, "µs")
        ratio = found.ratio("asked", "called directly")
        yield plain(f"{title}: asked, per plugin (× directly)", found["asked"] * each, "µs", ratio)


def _peak(side: str, count: int, units: int) -> float:
    """In a process of its own: by how many MiB memory grows at most while the metrics are computed and kept."""
    from benchmarks._board import _resident

    job = _sides(_crowd(count, units))[side]
    gc.collect()
    Path("/proc/self/clear_refs").write_text("5")
    before = _resident("VmRSS")
    kept = job()
    assert kept is not None
    return _resident("VmHWM") - before


def _memory(count: int, units: int) -> list[Row]:
    if not Path("/proc/self/clear_refs").exists():  # only Linux tells the peak of a part of a run
        return []
    direct, asked = (float(_child("peak", side, count, units)) for side in ("called directly", "asked"))
    title = f"memory of {count} plugins × {units:,}"
    return [
        plain(f"{title}: called directly", direct, "MiB"),
        at_most(f"{title}: asked (× directly)", asked, "MiB", asked / direct, 1.1),
    ]


# Registering


class _Raising:
    kepu_api = ">=1,<2"
    kepu_namespace = "bench"

    def metrics(self):
        message = "no register of bases was found"
        raise RuntimeError(message)


def _registering(rounds: int) -> Iterator[Row]:
    """One plugin in a manager that is new each time; making the manager is not counted."""
    from kepu_core.plugins import PluginManager, hook

    plugin = _crowd(1, 1).plugins[0]
    raising = type("Raising", (_Raising,), {"metrics": hook.kepu_metrics(_Raising.metrics)})()

    def ours(what):
        def job(manager):
            manager.register(what, "bench_00")
            manager.given(hook.kepu_metrics)

        return job

    def theirs(peer):
        peer.register(plugin, "bench_00")
        peer.hook.kepu_metrics()

    sides: dict[str, tuple[Callable[[], Any], Callable[[Any], object]]] = {
        "pluggy registers": (_plain_pluggy, lambda peer: peer.register(plugin, "bench_00")),
        "pluggy registers and asks": (_plain_pluggy, theirs),
        "kepu registers": (PluginManager, lambda manager: manager.register(plugin, "bench_00")),
        "kepu registers and asks": (PluginManager, ours(plugin)),
        "kepu sets aside one that raises": (PluginManager, ours(raising)),
    }
    taken: dict[str, list[float]] = {name: [] for name in sides}
    for _ in range(rounds * 8):
        for name, (make, job) in sides.items():
            made = make()
            begun = time.thread_time()
            job(made)
            taken[name].append(time.thread_time() - begun)
    found = {name: statistics.median(times) for name, times in taken.items()}
    for name, seconds in found.items():
        yield plain(
            f"one plugin: {name} (× pluggy registers)", seconds * 1e6, "µs", seconds / found["pluggy registers"]
        )


if __name__ == "__main__":
    what, *rest = sys.argv[1:]
    if what == "peak":
        print(_peak(rest[0], *map(int, rest[1:])))
    else:
        print(json.dumps([row.as_dict() for row in _measure(*map(int, rest))]))
