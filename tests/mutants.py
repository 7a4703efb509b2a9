"""Mutation testing: small faults are put into the library, and the tests must notice each.

    python tests/mutants.py ROOM [--each N] [--seed S] [--jobs J] [--keep FOLDER]

Copies the workspace into a folder of its own and runs mutmut there on the files of one room (``tool.kepu-mutants`` in
``pyproject.toml``), on ``N`` mutants of each file (``0``: on all), the same ones for the same seed. What mutmut makes
of wordings (arguments of ``Text``, ``Text.format`` and ``Problem``) is left out: no test should hold a wording. At the
end it shows a table, and each survivor as a difference; they are kept in ``survivors.diff`` as well.
"""

import argparse
import ast
import json
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile
import textwrap
import tomllib
from collections import Counter
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
LEFT_BEHIND = shutil.ignore_patterns(".git", ".venv", ".nox", ".*_cache", "__pycache__", "mutants", "dist", "site")
STATES = ("killed", "survived", "timeout", "no tests", "not run")
MISSED = {"survived", "no tests"}
LONGEST = 600
"""Seconds that the tests may take with one mutant, in a process of their own."""


def main() -> int:
    """Copy, make the mutants, choose some, run them, and tell."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("room")
    asked.add_argument("--each", type=int, default=0, help="mutants of each file; 0: all")
    asked.add_argument("--seed", default="2026")
    asked.add_argument("--jobs", type=int, default=os.cpu_count() or 2)
    asked.add_argument("--keep", type=Path, help="where to work, and leave everything behind")
    options = asked.parse_args()
    room = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["kepu-mutants"][options.room]
    folder = (options.keep or Path(tempfile.mkdtemp(prefix="kepu-mutants-"))).resolve() / "copy"
    shutil.copytree(ROOT, folder, ignore=LEFT_BEHIND, dirs_exist_ok=True)
    settings = f"only_mutate = {room['files']!r}\npytest_add_cli_args_test_selection = {room['tests']!r}\n"
    project = folder / "pyproject.toml"
    text = project.read_text("utf-8").replace("[tool.mutmut]\n", f"[tool.mutmut]\n{settings}", 1)
    project.write_text(text, "utf-8")
    os.chdir(folder)
    made = mutants_of(room["files"], options.jobs)
    chosen = {}
    for file, names in made.items():
        telling = [n for n in names if not is_wording(file, n)]
        few = random.Random(f"{options.seed} {file}").sample(telling, min(options.each or len(telling), len(telling)))
        chosen[file] = (len(names), len(telling), sorted(few))
    if not room.get("alone"):
        run_mutmut([n for _, _, few in chosen.values() for n in few], options.jobs)
    states = {f: states_of(f, few) for f, (_, _, few) in chosen.items()}
    run_afresh(states, room["tests"], options.jobs, alone=room.get("alone", False))
    return tell(chosen, states, folder.parent)


def mutants_of(files: list[str], jobs: int) -> dict[str, list[str]]:
    """The names of all mutants, by file: mutmut makes them all before it runs any."""
    code = "from mutmut.__main__ import *\n" + textwrap.dedent(f"""
        set_mutant_under_test("mutant_generation")
        Path("mutants").mkdir(exist_ok=True)
        copy_src_dir(); copy_also_copy_files(); setup_source_paths(); store_lines_covered_by_tests()
        create_mutants({jobs})
    """)
    subprocess.run([sys.executable, "-c", code], check=True)
    return {f: list(json.loads(Path("mutants", f"{f}.meta").read_text("utf-8"))["exit_code_by_key"]) for f in files}


def run_mutmut(names: list[str], jobs: int) -> None:
    """Run some mutants; mutmut's own line of progress goes through."""
    command = [sys.executable, "-m", "mutmut", "run", "--max-children", str(jobs), *names]
    subprocess.run(command, check=False, env={**os.environ, "HYPOTHESIS_PROFILE": "ci"})


def states_of(file: str, names: list[str]) -> dict[str, str]:
    """What became of some mutants of a file."""
    from mutmut.stats import status_by_exit_code

    codes = json.loads(Path("mutants", f"{file}.meta").read_text("utf-8"))["exit_code_by_key"]
    told = {n: "not run" if codes[n] is None else status_by_exit_code[codes[n]] for n in names}
    return {n: state if state in STATES else "killed" for n, state in told.items()}  # a crash is noticed as well


def run_afresh(states: dict[str, dict[str, str]], tests: list[str], jobs: int, *, alone: bool) -> None:
    """Run mutants in processes of their own: of rooms that mutmut cannot run, and of what runs at import.

    mutmut puts its mutants into a process that has imported everything: what ran then, ran without them.
    """
    wanted = [(f, n) for f, some in states.items() for n in some]
    if not alone:
        early = run_at_import(tests)
        wanted = [(f, n) for f, n in wanted if states[f][n] in MISSED and re.sub(r"__mutmut_\d+$", "", n) in early]

    def again(one: tuple[str, str]) -> None:
        file, name = one
        command = [sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", "-W", "default", *tests]
        try:
            done = subprocess.run(command, capture_output=True, check=False, timeout=LONGEST, **_inside(name))
        except subprocess.TimeoutExpired:
            states[file][name] = "timeout"
        else:
            states[file][name] = "killed" if done.returncode else "survived"

    print(f"in processes of their own: {len(wanted)}", flush=True)
    with ThreadPoolExecutor(jobs) as pool:
        list(pool.map(again, wanted))


def run_at_import(tests: list[str]) -> set[str]:
    """The functions that run while the tests are collected."""
    code = "import json, pytest; from mutmut.state import state; "
    code += f"pytest.main(['--collect-only', '-q', *{tests!r}]); print(); print(json.dumps(sorted(state()._stats)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, **_inside("stats"))
    return set(json.loads(done.stdout.splitlines()[-1]))


def _inside(mutant: str) -> dict[str, Any]:
    told = {"MUTANT_UNDER_TEST": mutant, "HYPOTHESIS_PROFILE": "ci", "PYTHONPATH": str(Path("mutants/src").resolve())}
    return {"cwd": "mutants", "env": {**os.environ, **told}}


def functions(file: str, mutant: str) -> tuple[ast.AST, ast.AST]:
    """The function as it was, and as it is in the mutant."""
    found = _functions(file)
    plain = mutant.rpartition(".")[2]
    return found[re.sub(r"__mutmut_\d+$", "__mutmut_orig", plain)], found[plain]


_known: dict[str, dict[str, ast.AST]] = {}


def _functions(file: str) -> dict[str, ast.AST]:
    if file not in _known:
        tree = ast.parse(Path("mutants", file).read_text("utf-8"))
        _known[file] = {n.name: n for n in ast.walk(tree) if isinstance(n, (ast.FunctionDef, ast.AsyncFunctionDef))}
    return _known[file]


def is_wording(file: str, mutant: str) -> bool:
    """Whether a mutant changes nothing but what is said: something inside a ``Text``, its ``format`` or a ``Problem``."""
    before, after = functions(file, mutant)
    for node in difference([before.args, *before.body], [after.args, *after.body]):
        if isinstance(node, ast.Call):
            called = node.func
            if isinstance(called, ast.Attribute) and called.attr == "format":
                called = getattr(called.value, "func", called)
            if isinstance(called, ast.Name) and called.id in {"Text", "Problem"}:
                return True
    return False


def difference(before: object, after: object) -> list[ast.AST]:
    """The nodes on the way down to the first place where two trees differ."""
    if isinstance(before, ast.AST):
        if type(before) is not type(after):
            return [before]
        for name in before._fields:
            ours, theirs = getattr(before, name), getattr(after, name, None)
            if _dump(ours) != _dump(theirs):
                return [before, *difference(ours, theirs)]
    if isinstance(before, list) and isinstance(after, list) and len(before) == len(after):
        for ours, theirs in zip(before, after, strict=True):
            if _dump(ours) != _dump(theirs):
                return difference(ours, theirs)
    return []


def _dump(value: object) -> str:
    if isinstance(value, list):
        return "".join(map(_dump, value))
    return ast.dump(value) if isinstance(value, ast.AST) else repr(value)


def tell(chosen: dict[str, tuple[int, int, list[str]]], states: dict[str, dict[str, str]], folder: Path) -> int:
    """The table, and the survivors."""
    from mutmut.mutation.diff_apply import get_diff_for_mutant

    print(f"\n{'file':48} {'made':>5} {'no wording':>10} {'run':>4}", *(f"{k:>8}" for k in STATES), f"{'score':>6}")
    differences = []
    for file, (made, telling, few) in chosen.items():
        counts = Counter(states[file].values())
        print(f"{file:48} {made:5} {telling:10} {len(few):4}", *(f"{counts[k]:8}" for k in STATES), score(counts))
        differences += [
            f"# {state}: {name}\n{get_diff_for_mutant(name, path=file)}\n"
            for name, state in states[file].items()
            if state in MISSED
        ]
    total = Counter(state for some in states.values() for state in some.values())
    made, telling, few = (
        sum(size(c) for c in chosen.values()) for size in (lambda c: c[0], lambda c: c[1], lambda c: len(c[2]))
    )
    print(f"{'':48} {made:5} {telling:10} {few:4}", *(f"{total[k]:8}" for k in STATES), score(total))
    (folder / "survivors.diff").write_text("\n".join(differences), "utf-8")
    print(f"\nwhat was not noticed, each as a difference: {folder / 'survivors.diff'}")
    return 0


def score(counts: Mapping[str, int]) -> str:
    """How many of those that were run were noticed, in per cent."""
    noticed, missed = counts["killed"] + counts["timeout"], counts["survived"] + counts["no tests"]
    return f"{100 * noticed / (noticed + missed):5.1f}%" if noticed + missed else "     —"


if __name__ == "__main__":
    raise SystemExit(main())
