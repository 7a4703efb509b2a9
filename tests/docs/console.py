"""Runs a page whose commands a reader types: files are written, edits made, commands run, answers compared.

A block ```` ```text title="NAME" ```` is a file to write, a block ```` ```diff ```` an edit to make, a block
```` ```console ```` commands behind ``$`` and what they answer; ``…`` stands for anything. ``python tests/docs/console.py
PAGE`` writes the real answers into the page.

The commands run in an environment of its own: a new virtual environment that sees the packages of this one, so that
nothing but the reader's own plugin is installed, and no network is needed.
"""

import os
import re
import shlex
import subprocess
import sys
import sysconfig
import tempfile
import venv
from pathlib import Path

BLOCK = re.compile(
    r'^```(?P<kind>text title="(?P<name>[^"]+)"|diff|console)\n(?P<body>.*?)^```$', re.DOTALL | re.MULTILINE
)
VARIES = [
    (re.compile(r"\d[\d,]*(?= bytes)"), "…"),
    (re.compile(r"\d+(?= ms)"), "…"),
    (re.compile(r"in [\d.]+s"), "in …s"),
]
PROGRAMS = {"kepu": "kepu_core", "pip": "pip", "pytest": "pytest", "mypy": "mypy"}


class Environment:
    """A folder, and a virtual environment in which commands run."""

    def __init__(self, folder):
        self.folder = Path(folder) / "work"
        self.folder.mkdir()
        home = Path(folder) / "venv"
        venv.create(home, with_pip=False)
        self.python = home / ("Scripts" if os.name == "nt" else "bin") / "python"
        site = subprocess.run(
            [self.python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"],
            capture_output=True, text=True, check=True,
        ).stdout.strip()  # fmt: skip
        ours = sysconfig.get_path("purelib")
        Path(site, "_ours.pth").write_text(f"import site; site.addsitedir({ours!r})\n", "utf-8")

    def run(self, command):
        """What a command answers, on either stream."""
        program, *words = shlex.split(command)
        if program == "pip":  # what it needs is here already: nothing is fetched or built elsewhere
            words += ["--no-deps", "--no-build-isolation", "--quiet", "--disable-pip-version-check"]
        if program == "pytest":
            words += ["-p", "no:cacheprovider", "-q"]
        call = [self.python, "-m", PROGRAMS[program], *words]
        env = {**os.environ, "KEPU_LANG": "en", "PYTHONIOENCODING": "utf-8", "PIP_ROOT_USER_ACTION": "ignore"}
        env["SOURCE_DATE_EPOCH"] = "1795564800"  # the day on which the page was written
        for name in ("KEPU_PLUGINS", "KEPU_BLOCK_PLUGINS", "PYTEST_ADDOPTS"):
            env.pop(name, None)
        done = subprocess.run(
            call, cwd=self.folder, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, encoding="utf-8",
            timeout=300, check=False,
        )  # fmt: skip
        return [line.rstrip() for line in done.stdout.rstrip().splitlines()]

    def apply(self, diff):
        """Make an edit."""
        subprocess.run(
            ["git", "apply", "--whitespace=nowarn", "--unidiff-zero", "-"],
            cwd=self.folder,
            input=diff,
            text=True,
            encoding="utf-8",
            check=True,
        )


def played(page, environment):
    """The page with the answers that its commands really give, and each difference from what it says."""
    differences = []

    def play(block):
        kind, body = block["kind"], block["body"]
        if block["name"]:
            file = environment.folder / block["name"]
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(body, "utf-8")
        elif kind == "diff":
            environment.apply(body)
        else:
            real = "".join(_session(command, said, environment, differences) for command, said in _commands(body))
            return f"```console\n{real}```"
        return block[0]

    return BLOCK.sub(play, page), differences


def _commands(body):
    """The commands of a block, each with what it is said to answer."""
    for part in re.split(r"^\$ ", body, flags=re.MULTILINE)[1:]:
        command, _, said = part.partition("\n")
        yield command, said.rstrip("\n").splitlines()


def _session(command, said, environment, differences):
    real = environment.run(command)
    if not _same(said, real):
        differences.append((command, said, real))
    shown = "\n".join(real)
    for pattern, instead in VARIES:
        shown = pattern.sub(instead, shown)
    return f"$ {command}\n{shown}\n" if shown else f"$ {command}\n"


def _same(said, real):
    if len(said) != len(real):
        return False
    patterns = (".*".join(map(re.escape, line.split("…"))) for line in said)
    return all(re.fullmatch(p, r.rstrip()) for p, r in zip(patterns, real, strict=True))


def effort(page):
    """How many commands a reader types, and how many lines he writes or changes."""
    blocks = list(BLOCK.finditer(page))
    commands = sum(1 for b in blocks if b["kind"] == "console" for _ in _commands(b["body"]))
    added = [
        line for b in blocks if b["kind"] == "diff" for line in b["body"].splitlines() if re.match(r"\+(?!\+\+)", line)
    ]
    return commands, len(added)


if __name__ == "__main__":
    for name in sys.argv[1:]:
        with tempfile.TemporaryDirectory() as scratch:
            text, _ = played(Path(name).read_text("utf-8"), Environment(scratch))
            Path(name).write_text(text, "utf-8")
