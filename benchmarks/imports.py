"""What ``import kepu_core`` costs, beside the import of the libraries that it stands on.

Each import runs in a fresh interpreter; the two sides take turns, so that both see the same machine. The time of an
interpreter that imports nothing is taken off both sides.
"""

import statistics
import subprocess
import sys
import time

from benchmarks._report import Row, at_most, plain

_SIDES = {
    "nothing": "pass",
    "attrs, cattrs, pluggy": "import attrs, cattrs, pluggy",
    "kepu_core": "import kepu_core",
    "kepu_core and a record": "import kepu_core; kepu_core.Organisation(id='a', name='x', kind='association')",
    "kepu_core and a workspace": "import kepu_core; kepu_core.open_workspace()",
}


def _once(code: str) -> float:
    begun = time.perf_counter()
    subprocess.run([sys.executable, "-c", code], check=True)
    return time.perf_counter() - begun


def run(short: bool) -> list[Row]:
    """Import each side in turn, many times; the median counts."""
    rounds = 7 if short else 41
    taken: dict[str, list[float]] = {name: [] for name in _SIDES}
    for code in _SIDES.values():
        _once(code)  # compiled files and the disk's cache are there for all
    for _ in range(rounds):
        for name, code in _SIDES.items():
            taken[name].append(_once(code))
    bare = statistics.median(taken.pop("nothing"))
    cost = {name: statistics.median(times) - bare for name, times in taken.items()}
    peer = cost.pop("attrs, cattrs, pluggy")
    rows = [
        plain("an interpreter alone", bare * 1e3, "ms"),
        plain("import attrs, cattrs, pluggy", peer * 1e3, "ms", 1.0),
    ]
    for name, seconds in cost.items():
        label, value, ratio = f"import {name}", seconds * 1e3, seconds / peer
        whole = name == "kepu_core"
        rows.append(at_most(label, value, "ms", ratio, 1.3) if whole else plain(label, value, "ms", ratio))
    return rows
