"""From a fresh clone to a running demo or a passed test suite, with nothing but Python, pip and git.

    python bootstrap.py demo [arguments of kepu demo]
    python bootstrap.py test [arguments of pytest]

Makes ``.venv`` beside this file, installs the project and its plugins into it from the clone, and runs what was
asked. Says each step before it takes it. A second call installs again only if something has changed.
"""

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
PLUGINS = ("kepu-sql", "kepu-web", "kepu-office", "kepu-gongwen", "kepu-guangdong", "kepu-shenzhen")
EXTRAS = {"demo": "cli", "test": "cli,scaffold,testing"}
OLDEST = (3, 11)


def say(text: str) -> None:
    """Tell the person what happens next."""
    print(f"[kepu] {text}", flush=True)


def stop(text: str) -> None:
    """Tell the person what is wrong and what to do, and end."""
    print(f"[kepu] {text}", file=sys.stderr, flush=True)
    raise SystemExit(2)


def venv_python() -> Path:
    """The interpreter inside ``.venv``."""
    return VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def works(python: Path) -> bool:
    """Whether an interpreter starts and has pip: a half-made environment does not."""
    command = [str(python), "-c", "import pip, sys; sys.exit(sys.version_info < (3, 11))"]
    return python.exists() and subprocess.run(command, capture_output=True, check=False).returncode == 0


def make_environment() -> None:
    """Make ``.venv``, anew if it is broken."""
    if works(venv_python()):
        return
    if VENV.exists():
        say("the environment in .venv is incomplete: making it anew")
        shutil.rmtree(VENV)
    say(f"making an environment in {VENV.name} (Python {sys.version.split()[0]})")
    done = subprocess.run([sys.executable, "-m", "venv", str(VENV)], capture_output=True, text=True, check=False)
    if done.returncode or not works(venv_python()):
        stop(
            f"the environment could not be made:\n{done.stdout}{done.stderr}\n"
            "Install the venv and pip modules of this Python (on Debian: apt install python3-venv) and call again."
        )


def test_tools() -> list[str]:
    """What the test suite needs besides the project: the group ``test`` of pyproject.toml."""
    import tomllib  # noqa: PLC0415 - not there before Python 3.11, and that is told first

    with (ROOT / "pyproject.toml").open("rb") as file:
        groups = tomllib.load(file)["dependency-groups"]
    return [entry for entry in groups["test"] if isinstance(entry, str)]


def install(target: str) -> None:
    """Install the project, its plugins and (for tests) the tools, unless that is done already."""
    wanted = ["-e", f"{ROOT}[{EXTRAS[target]}]"]
    for plugin in PLUGINS:
        wanted += ["-e", str(ROOT / "plugins" / plugin)]
    if target == "test":
        wanted += test_tools()
    stamp = VENV / f".installed-{target}"
    state = state_of(wanted)
    if stamp.exists() and stamp.read_text("utf-8") == state:
        return
    say("installing kepu-core and its plugins from this folder, and what they need (a minute or two the first time)")
    command = [str(venv_python()), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    command += ["-c", str(ROOT / "constraints.txt"), *wanted]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        last = "\n".join((done.stdout + done.stderr).strip().splitlines()[-15:])
        stop(
            f"pip could not install everything:\n{last}\nIs there a network, or a proxy to name in HTTPS_PROXY? Then call again."
        )
    stamp.write_text(state, "utf-8")


def state_of(wanted: list[str]) -> str:
    """A digest of everything that decides what is installed."""
    files = [ROOT / "pyproject.toml", ROOT / "constraints.txt"]
    files += [ROOT / "plugins" / plugin / "pyproject.toml" for plugin in PLUGINS]
    digest = hashlib.sha256(repr((sys.version, wanted)).encode())
    for file in files:
        digest.update(file.read_bytes())
    return digest.hexdigest()


def activation() -> str:
    """What a shell is told so that it finds the commands of the environment."""
    folder = venv_python().parent
    return f"{folder}\\activate" if os.name == "nt" else f"source {folder}/activate"


def run(target: str, arguments: list[str]) -> int:
    """Run what was asked, and give its exit code."""
    if target == "demo":
        say("running: kepu demo")
        command = [str(venv_python()), "-m", "kepu_core", "demo", *arguments]
        code = subprocess.run(command, check=False).returncode
        if code == 0 and "--json" not in arguments:
            say(f"the command kepu is {venv_python().with_name('kepu')}; {activation()} puts it on the path")
        return code
    say("running the tests on all cores")
    command = [str(venv_python()), "-m", "pytest", "-n", "auto", "--dist", "loadfile", "-q", *arguments]
    return subprocess.run(command, cwd=ROOT, check=False).returncode


def main() -> int:
    """Do what the first argument says."""
    if sys.version_info < OLDEST:
        stop(f"Python {OLDEST[0]}.{OLDEST[1]} or newer is needed; this is {sys.version.split()[0]}.")
    if len(sys.argv) < 2 or sys.argv[1] not in EXTRAS:  # noqa: PLR2004 - the program and what is asked of it
        stop("say what to do: python bootstrap.py demo, or python bootstrap.py test")
    target = sys.argv[1]
    make_environment()
    install(target)
    return run(target, sys.argv[2:])


if __name__ == "__main__":
    raise SystemExit(main())
