"""Run all benchmarks: ``python -m benchmarks.run [--short] [--json] [--strict] [MODULE …]``.

Ends with 0 whatever was measured, unless ``--strict`` is given: figures of a shared machine are no gate.
"""

import argparse
import importlib
import json
import pkgutil
import sys
import time
from pathlib import Path

from benchmarks._report import Row, as_table

_HERE = Path(__file__).parent


def modules() -> list[str]:
    """The benchmark modules: those whose name has no underscore in front, without this one."""
    names = [m.name for m in pkgutil.iter_modules([str(_HERE)])]
    return sorted(n for n in names if not n.startswith("_") and n != "run")


def main(arguments: list[str] | None = None) -> int:
    """Run what was asked for and print it."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.run", description=__doc__.splitlines()[0])
    parser.add_argument("module", nargs="*", choices=[*modules(), []], help="which to run (all)")
    parser.add_argument("--short", action="store_true", help="small data, few rounds")
    parser.add_argument("--json", action="store_true", help="machine-readable output")
    parser.add_argument("--strict", action="store_true", help="end with 1 if an aim is missed or a module fails")
    options = parser.parse_args(arguments)
    results: dict[str, list[Row]] = {}
    failures: dict[str, str] = {}
    for name in options.module or modules():
        begun = time.perf_counter()
        try:
            results[name] = importlib.import_module(f"benchmarks.{name}").run(options.short)
        except Exception as error:  # noqa: BLE001 - one broken module must not hide the figures of the others
            failures[name] = f"{type(error).__name__}: {error}"
        if not options.json:
            _show(name, results.get(name, []), failures.get(name), time.perf_counter() - begun)
    if options.json:
        rows = {name: [row.as_dict() for row in found] for name, found in results.items()}
        print(json.dumps({"rows": rows, "failures": failures}, ensure_ascii=False, indent=1))
    missed = any(row.ok is False for found in results.values() for row in found)
    return 1 if options.strict and (missed or failures) else 0


def _show(name: str, rows: list[Row], failure: str | None, seconds: float) -> None:
    print(f"\n== {name} ({seconds:.0f} s)")
    print(as_table(rows) if failure is None else f"failed: {failure}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
