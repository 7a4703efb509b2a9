"""A process that writes to a store and is killed in the middle of a commit, or while it makes the store.

It dies at a *change*: as soon as the files in the store's folder have changed for a chosen time (looked for at every
call that Python makes), so that every stage is reached that a disk can be left in, and the same one at every run. Or it
dies by the *clock*, after a part of the time that a commit takes, which also hits inside a call of the operating system,
and stores that are no files.

The parent starts this file as a script, hands it a pickled :class:`Job`, and reads the numbers of the commits that
returned.
"""

import builtins
import datetime as dt
import json
import os
import pickle
import signal
import subprocess
import sys
import time
import zlib
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, Literal

from attrs import astuple, frozen

from kepu_core.plugins.storage import Rewrite, Store, Write

__all__ = ["Job", "Told", "batch", "run_writer", "signed"]

_SIZE = 6
_PADDING = "科普" * 800
"""Makes a commit longer than the buffers of files, so that half of one can get to the disk."""

_INNOCENT = (str, bytes, int, list, tuple, dict, set, type)
"""Whose methods change no file: looking at the disk after every one of them would take long."""

_NOT_LOADED = 3
_MOST = 200
_SECONDS = 120


@frozen
class Job:
    """What the process is to do: open, write, and die after a ``share`` of a commit, by the clock or counted in changes.

    Or make a store, and die ``at`` a change: the first, the second and so on.
    """

    open: Callable[[str, bool], Store]
    url: str
    folder: str
    by: Literal["change", "clock", "making"]
    share: float = 0
    at: int = 0


@frozen
class Told:
    """What became of the process: the commits that returned to it, and why it ended where it was not killed."""

    commits: tuple[int, ...] = ()
    killed: bool = False
    loaded: bool = True
    failure: str = ""


def batch(number: int) -> list[Write]:
    """The ``number``-th commit: a changed record, new ones, and, but for the first, a deletion."""
    body = json.dumps({"n": number, "padding": _PADDING}, ensure_ascii=False).encode()
    known: dict[str, Any] = {"type": "item", "version": 1, "index": {"batch": str(number)}, "text": f"batch {number}"}
    writes = [Write(type="counter", id="c", version=1, body=str(number).encode(), expect=number - 1)]
    writes += [Write(id=f"{number:04}-{i}", body=body, **known) for i in range(_SIZE)]
    if number > 1:
        writes.append(Write(type="item", id=f"{number - 1:04}-0", version=1, body=None, expect=1))
    return writes


def signed(number: int) -> dict[str, Any]:
    """Time, author and reason of the ``number``-th commit, and what it rewrites: the counter as it was before it."""
    at = dt.datetime(2021, 5, 1, tzinfo=dt.UTC) + dt.timedelta(minutes=number)
    known: dict[str, Any] = {"type": "counter", "id": "c", "version": 2, "body": b"-", "text": "rewritten"}
    rewrites = [Rewrite(revision=number - 1, **known)] if number > 1 else []
    return {"at": at, "author": "writer", "reason": f"batch {number}", "rewrites": rewrites}


# The parent's side


def run_writer(job: Job) -> Told:
    """Start a writer and wait for its end. Raises whatever :mod:`pickle` raises where ``job.open`` cannot be pickled."""
    handed = pickle.dumps(astuple(job))  # no Job: the child knows this module by another name
    path = os.pathsep.join(dict.fromkeys([*(p or str(Path.cwd()) for p in sys.path), *sorted(_roots(job.open))]))
    try:
        done = subprocess.run(  # noqa: S603 - this interpreter, this file
            [sys.executable, "-P", __file__],
            input=handed,
            capture_output=True,
            check=False,
            timeout=_SECONDS,
            env={**os.environ, "PYTHONPATH": path},
        )
    except subprocess.TimeoutExpired:
        return Told(failure=f"it hung for {_SECONDS} s")
    commits = tuple(int(number) for number in done.stdout.split())
    if done.returncode in {-signal.SIGKILL, -signal.SIGALRM}:
        return Told(commits, killed=True)
    said = done.stderr.decode(errors="replace").strip().splitlines() or [f"exit code {done.returncode}"]
    return Told(commits, loaded=done.returncode != _NOT_LOADED, failure=said[-1] if done.returncode else "")


def _roots(function: object) -> set[str]:
    """The folders from which a function's module can be imported: pytest imports tests without telling ``sys.path``."""
    found = set()
    for part in (function, getattr(function, "func", None), getattr(function, "__self__", None)):
        name = str(getattr(part, "__module__", ""))
        file, is_package = (getattr(sys.modules.get(name), attribute, None) for attribute in ("__file__", "__path__"))
        parents = Path(file).resolve().parents if file else ()
        found |= {str(parent) for parent in parents[name.count(".") + bool(is_package) :][:1]}
    return found


# The child's side


class _Watch:
    """Counts how often the files of a folder change from call to call, and kills its own process at the n-th change."""

    def __init__(self, folder: str, at: int = 0) -> None:
        self.folder, self.at, self.changes = folder, at, 0
        self.known = _contents(folder)

    def __call__(self, _frame: object, event: str, called: object) -> None:
        owner = getattr(called, "__self__", None)
        if event != "c_return" or owner is builtins or isinstance(owner, _INNOCENT):
            return
        contents = _contents(self.folder)
        if contents != self.known:
            self.known = contents
            self.changes += 1
            if self.changes == self.at:
                os.kill(os.getpid(), signal.SIGKILL)


def _contents(folder: str) -> dict[str, int]:
    found = {}
    for root, _, names in os.walk(folder):
        for path in (os.path.join(root, name) for name in names):  # noqa: PTH118 - path objects take long
            with suppress(OSError), open(path, "rb") as file:  # noqa: PTH123 - the same; it may be gone again
                found[path] = zlib.crc32(file.read())
    return found


def _commit(store: Store, number: int, watch: _Watch | None = None) -> None:
    """Commit, and tell that it returned."""
    sys.setprofile(watch)
    try:
        commit = store.commit(batch(number), **signed(number))
    finally:
        sys.setprofile(None)
    os.write(1, f"{commit.number}\n".encode())  # not through a buffer, which would die with the process


def _make(job: Job) -> None:
    """Make a store, and die meanwhile, unless it is made before."""
    sys.setprofile(_Watch(job.folder, job.at))
    store = job.open(job.url, True)
    sys.setprofile(None)
    store.close()


def _write(job: Job) -> None:
    """Write until death comes, in the third commit or soon after."""
    store = job.open(job.url, False)
    number = sum(1 for _ in store.commits()) + 1
    _commit(store, number)  # makes caches warm: the next one is as those to come
    measure, began = _Watch(job.folder), time.perf_counter()
    _commit(store, number + 1, measure if job.by == "change" else None)
    took = time.perf_counter() - began
    watch = None
    if measure.changes:
        watch = _Watch(job.folder, at=1 + int(measure.changes * job.share))
    else:
        signal.signal(signal.SIGALRM, signal.SIG_DFL)  # the system ends the process then and there
        signal.setitimer(signal.ITIMER_REAL, max(took * job.share, 1e-6))
    for more in range(2, _MOST):
        _commit(store, number + more, watch)
    os.kill(os.getpid(), signal.SIGKILL)


def main() -> None:
    """Read the job, do it, and die."""
    try:
        job = Job(*pickle.load(sys.stdin.buffer))  # noqa: S301 - from the parent
    except Exception as error:  # noqa: BLE001 - whatever an import raises
        sys.stderr.write(f"{type(error).__name__}: {error}\n")
        sys.exit(_NOT_LOADED)
    (_make if job.by == "making" else _write)(job)


if __name__ == "__main__":
    main()
