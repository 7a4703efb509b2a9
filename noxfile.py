"""Every check as a session: ``nox`` runs the quick ones, ``nox -s NAME`` any."""

import shutil
import tempfile
from pathlib import Path

import nox

nox.options.default_venv_backend = "uv|virtualenv"
nox.options.sessions = ["lint", "types", "floors", "tests"]
nox.options.reuse_existing_virtualenvs = True

PYTHONS = ["3.11", "3.12", "3.13", "3.14"]
PLUGINS = ["kepu-sql", "kepu-web", "kepu-office", "kepu-gongwen", "kepu-guangdong", "kepu-shenzhen"]
MEASURED = ["domain", "codec", "scoring", "plugins"]
GROUPS = nox.project.load_toml("pyproject.toml")["dependency-groups"]


def install(session: nox.Session, *groups: str, extras: str = "cli,scaffold,testing") -> None:
    """Install the workspace from this folder, with the tools of some dependency groups."""
    wanted = ["-e", f".[{extras}]"]
    for plugin in PLUGINS:
        wanted += ["-e", f"plugins/{plugin}"]
    for group in groups:
        wanted += [entry for entry in GROUPS[group] if isinstance(entry, str)]
    session.install("-c", "constraints.txt", *wanted)


@nox.session(python=PYTHONS)
def tests(session: nox.Session) -> None:
    """The tests, on every Python that is installed."""
    install(session, "test", "peers", extras="analysis,cli,frames,plot,scaffold,testing")
    session.run("pytest", "-n", "auto", "--dist", "loadfile", "-q", *session.posargs)


@nox.session
def coverage(session: nox.Session) -> None:
    """The tests with branch coverage; the rooms that everything rests on need 95 %."""
    install(session, "test", "peers", extras="analysis,cli,frames,plot,scaffold,testing")
    session.run(
        "pytest", "-n", "auto", "--dist", "loadfile", "-q", "--cov", "--cov-report=term-missing", *session.posargs
    )
    rooms = ",".join(f"*/kepu_core/{room}/*" for room in MEASURED)
    session.run("coverage", "report", f"--include={rooms}", "--fail-under=95")


@nox.session
def lint(session: nox.Session) -> None:
    """Ruff, with nearly all of its rules, and its formatter."""
    install(session, "lint")
    session.run("ruff", "check")
    session.run("ruff", "format", "--check")


@nox.session
def types(session: nox.Session) -> None:
    """Mypy, strict, on the library and its plugins."""
    install(session, "lint", "test")
    session.run("mypy")


@nox.session
def floors(session: nox.Session) -> None:
    """Imports go only downwards."""
    install(session, "lint")
    session.run("lint-imports")


@nox.session
def docs(session: nox.Session) -> None:
    """The documentation, built strictly; its code is run by the tests."""
    install(session, "docs")
    session.run("mkdocs", "build", "--strict")


@nox.session
def bench(session: nox.Session) -> None:
    """The benchmarks, whole; ``-- --short`` for the short form."""
    install(session, "bench", "test")
    session.run("python", "-m", "benchmarks.run", *session.posargs)


@nox.session
def demo(session: nox.Session) -> None:
    """``kepu demo`` in an environment of its own."""
    install(session, extras="cli")
    with tempfile.TemporaryDirectory() as folder:
        session.run("kepu", "demo", "--dir", folder)


@nox.session
def fuzz(session: nox.Session) -> None:
    """The property tests with a hundred thousand examples each."""
    install(session, "test")
    session.run(
        "pytest",
        "-n",
        "auto",
        "--dist",
        "loadfile",
        "-q",
        "tests",
        "plugins",
        *session.posargs,
        env={"HYPOTHESIS_PROFILE": "long"},
    )


@nox.session
def contracts(session: nox.Session) -> None:
    """The contracts at full size, on everything that our own plugins give."""
    install(session, "test")
    for plugin in PLUGINS:
        session.run("kepu", "plugin", "check", "--thorough", plugin)
    session.run("pytest", "-n", "auto", "--dist", "loadfile", "-q", "tests/testing", *session.posargs)


@nox.session
def stores(session: nox.Session) -> None:
    """Every store at full size: a thousand killed writers each, 10,000 damaged files, 8 processes with 1,000 commits each."""
    install(session, "test", extras="cli,frames,scaffold,testing")
    session.run(
        "pytest",
        "-n",
        "auto",
        "--dist",
        "worksteal",
        "-q",
        "plugins/kepu-sql/tests",
        *map(str, sorted(Path("tests/workspace").glob("test_folder_*.py"))),
        *session.posargs,
        env={"KEPU_LONG": "1"},
    )


@nox.session
def mutation(session: nox.Session) -> None:
    """Small faults that the tests must notice: ``-- plugins``, ``-- contracts --each 20``, ``-- watching``."""
    install(session, "test", "mutation")
    session.run("python", "tests/mutants.py", *(session.posargs or ["plugins"]))


@nox.session
def build(session: nox.Session) -> None:
    """Wheels and source archives of all distributions, into ``dist``."""
    session.install("build", "twine")
    shutil.rmtree("dist", ignore_errors=True)
    for folder in [".", *(f"plugins/{p}" for p in PLUGINS)]:
        session.run("python", "-m", "build", "--outdir", "dist", folder)
    session.run("twine", "check", "--strict", *map(str, sorted(Path("dist").iterdir())))
