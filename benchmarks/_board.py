"""Boards and schemes for the benchmarks of scoring: 50 indicators in a tree of 50, 10, 4 and 1."""

import gc
import sys
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

import kepu_core as kepu
from kepu_core.scoring import BoundScheme, Scorecard, Values, compute

LEAVES = 50
GRADES = (60.0, 55.0, 50.0, 45.0)


def scheme() -> kepu.Scheme:
    """The tree: equal leaves in tens, min-max across all, five grades."""
    rule = kepu.RuleSpec(kind="min_max")

    def leaf(k: int) -> kepu.Criterion:
        return kepu.Criterion(id=f"l{k}", title="x", weight=0.2, metric=f"m{k}", rule=rule)

    tens = [
        kepu.Criterion(
            id=f"p{g}",
            title="p",
            weight=1.0 if g == 9 else (0.4, 0.3, 0.3)[g % 3],
            children=[leaf(g * 5 + i) for i in range(5)],
        )
        for g in range(10)
    ]
    fours = [kepu.Criterion(id=f"s{g}", title="s", weight=0.25, children=tens[g * 3 : g * 3 + 3]) for g in range(4)]
    bands = [kepu.GradeBand(grade=f"G{k}", lower=b, inclusive=True) for k, b in enumerate(GRADES)]
    return kepu.Scheme(
        id="bench.tree@1",
        name="bench.tree",
        version="1",
        title="benchmark",
        subject="region",
        root=kepu.Criterion(id="total", title="total", points=100, children=fours),
        missing=kepu.MissingPolicy(action="exclude"),
        grades=[*bands, kepu.GradeBand(grade="last")],
    )


def bound() -> BoundScheme:
    """The scheme with its methods, as scoring any table binds it."""
    plan = scheme()
    return kepu.score(plan, {name: [0.0, 1.0] for name in plan.metrics()}).bound


def table(units: int, missing: float = 0.0, seed: int = 1) -> list[Any]:
    """Columns of even random numbers; NaN where one is missing."""
    rng = np.random.default_rng(seed)
    columns = [rng.random(units) * 100 + 5 for _ in range(LEAVES)]
    if missing:
        for column in columns:
            column[rng.random(units) < missing] = np.nan
    return columns


def board(columns: list[Any]) -> dict[str, Values]:
    """The same as the engine takes them, without copying complete columns."""
    ids = tuple(map(str, range(len(columns[0]))))
    return {f"m{k}": Values.of_column(ids, column) for k, column in enumerate(columns)}


def card(units: int) -> Scorecard:
    """A scorecard to ask how sure it is."""
    ready, values = bound(), board(table(units))
    return Scorecard(bound=ready, outcome=compute(ready, values), board=values, names={})


def flat_weights() -> Any:
    """The weight of each leaf in the total."""
    worth = scheme().full_points()
    return np.array([worth[f"l{k}"] / 100 for k in range(LEAVES)])


def _resident(what: str) -> float:
    """A figure of this process in MiB: ``VmRSS`` now, ``VmHWM`` at most since it was reset."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith(what):
            return float(line.split()[1]) / 1024
    raise LookupError(what)


def _memory(what: str, units: int, more: float) -> float:
    """In a process of its own: by how many MiB memory grows at most."""
    if what == "score":
        ready, values = bound(), board(table(units, more))
        job = partial(compute, ready, values)
    else:
        job = partial(card(units).uncertainty, draws=int(more), seed=1)
    gc.collect()
    Path("/proc/self/clear_refs").write_text("5")
    before = _resident("VmRSS")
    kept = job()
    assert kept is not None
    return _resident("VmHWM") - before


if __name__ == "__main__":
    print(_memory(sys.argv[1], int(sys.argv[2]), float(sys.argv[3])))
