"""A misspelt or wrongly typed hook is an error in the author's editor: what mypy says, line by line."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("mypy")
ROOT = Path(__file__).parents[2]
FILE = ROOT / "tests" / "typing" / "hooks.py"


def test_a_type_checker_sees_what_is_wrong_with_a_hook(tmp_path):
    """Every marked line is an error of the code it says; nothing else is."""
    expected = {
        (number, code)
        for number, line in enumerate(FILE.read_text("utf-8").splitlines(), 1)
        for code in re.findall(r"# E: ([a-z-]+)", line)
    }
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "mypy",
            "--strict",
            "--no-error-summary",
            "--config-file=",
            f"--cache-dir={tmp_path}",
            str(FILE),
        ],
        capture_output=True,
        text=True,
        cwd=ROOT,
        env={**os.environ, "MYPYPATH": str(ROOT / "src")},
        check=False,
    )
    told = re.findall(r"hooks\.py:(\d+): error: .*\[([a-z-]+)\]$", done.stdout, re.MULTILINE)
    # That a misspelt decorator makes its function untyped follows from the first error on the line.
    found = {(int(line), code) for line, code in told if code != "untyped-decorator"}
    assert found == expected, done.stdout + done.stderr
    assert "maybe" in done.stdout  # the hook that was meant
