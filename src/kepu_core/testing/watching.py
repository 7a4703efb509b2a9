"""Watching what code does besides computing: files, network, processes, printing.

Python tells every such act to its audit hooks (PEP 578). A watch notes those of its own thread and refuses them, so
that a plugin under test can do no harm. It is a net for mistakes, not a sandbox for malice.
"""

import contextlib
import io
import os
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from attrs import field, frozen

__all__ = ["Act", "Watch", "watched"]

_NETWORK = ("socket.", "urllib.", "http.client.", "ftplib.", "smtplib.", "poplib.", "imaplib.")
_PROCESS = ("subprocess.Popen", "os.system", "os.exec", "os.posix_spawn", "os.spawn", "os.fork", "pty.spawn")
_WRITES = (
    "os.remove", "os.rename", "os.rmdir", "os.mkdir", "os.truncate", "os.chmod", "os.link", "os.symlink", "shutil.", "sqlite3.connect",
)  # fmt: skip
_WRITING_FLAGS = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND


class ActRefusedError(RuntimeError):
    """Raised inside the code that is watched, in place of the act."""


@frozen
class Act:
    """One thing that was done: ``network``, ``process``, ``write``, ``read`` or ``print``, and of what."""

    kind: str
    detail: str

    def __str__(self) -> str:
        return f"{self.kind}: {self.detail}"


@frozen(kw_only=True, eq=False)
class Watch:
    """What was noted; ``refuse`` are the kinds of acts that are not let through."""

    refuse: frozenset[str]
    thread: int = field(factory=threading.get_ident)
    acts: list[Act] = field(factory=list)

    def of(self, *kinds: str) -> tuple[Act, ...]:
        """The acts of some kinds, in order."""
        return tuple(act for act in self.acts if act.kind in kinds)


_active: list[Watch] = []
_installed = threading.Lock()
_hooked = False


@contextmanager
def watched(*, refuse: tuple[str, ...] = ("network", "process", "write")) -> Iterator[Watch]:
    """Note what this thread does inside the block, and refuse some of it.

    >>> with watched() as watch:
    ...     with contextlib.suppress(ActRefusedError):
    ...         open("somewhere.txt", "w")
    ...     print("hello")
    >>> [act.kind for act in watch.acts]
    ['write', 'print']
    """
    _install()
    watch = Watch(refuse=frozenset(refuse))
    printed = io.StringIO()
    _active.append(watch)
    try:
        with contextlib.redirect_stdout(printed):
            yield watch
    finally:
        _active.remove(watch)
        if printed.getvalue():
            watch.acts.append(Act("print", printed.getvalue().strip()[:200]))


def _install() -> None:
    """An audit hook cannot be taken back, so there is one, and it does nothing unless somebody watches."""
    global _hooked  # noqa: PLW0603 - the interpreter has one list of hooks
    with _installed:
        if not _hooked:
            sys.addaudithook(_note)
            _hooked = True


def _note(event: str, arguments: tuple[Any, ...]) -> None:
    if not _active:
        return
    act = _act(event, arguments)
    if act is None or "__pycache__" in act.detail:  # what Python compiles at an import is no act of the plugin
        return
    for watch in tuple(_active):
        if watch.thread == threading.get_ident():
            watch.acts.append(act)
            if act.kind in watch.refuse:
                raise ActRefusedError(str(act))


def _act(event: str, arguments: tuple[Any, ...]) -> Act | None:
    if event == "open":
        path, mode, flags = (*arguments, None, None, None)[:3]
        return _opened(path, mode, flags)
    for kind, names in (("network", _NETWORK), ("process", _PROCESS), ("write", _WRITES)):
        if event.startswith(names):
            shown = next((str(a) for a in arguments if isinstance(a, (str, bytes, tuple))), "")
            return Act(kind, f"{event} {shown}".strip())
    return None


def _opened(path: object, mode: object, flags: object) -> Act | None:
    if not isinstance(path, (str, bytes, os.PathLike)):
        return None  # a descriptor that is open already
    name = os.fsdecode(path)
    if name == os.devnull:
        return None
    writing = (
        any(c in mode for c in "wax+")
        if isinstance(mode, str)
        else isinstance(flags, int) and bool(flags & _WRITING_FLAGS)
    )
    return Act("write" if writing else "read", name)
