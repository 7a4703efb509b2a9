# ruff: noqa: PTH102, PTH107, PTH123, SIM115 - these acts are what is watched
"""What mutation testing found untested: of watching what plugins do, and of their conduct."""

import contextlib
import datetime as dt
import os
import shutil
import socket
import sqlite3
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from kepu_core.testing.contracts import BrokenLaw, Contract
from kepu_core.testing.contracts._conduct import at_times, doing_nothing
from kepu_core.testing.watching import ActRefusedError, watched

# Watching

ACTS = {
    "open to write": (lambda: open("new", "w"), "write", "new"),
    "append": (lambda: open("old", "a"), "write", "old"),
    "create": (lambda: open(b"new", "xb"), "write", "new"),
    "update": (lambda: Path("old").open("r+"), "write", "old"),
    "read": (lambda: Path("old").read_text("utf-8"), "read", "old"),
    "read by flags": (lambda: os.close(os.open("old", os.O_RDONLY)), "read", "old"),
    "write by flags": (lambda: os.open("new", os.O_WRONLY | os.O_CREAT), "write", "new"),
    "remove": (lambda: os.remove("old"), "write", "os.remove old"),
    "make a folder": (lambda: os.mkdir("folder"), "write", "os.mkdir folder"),
    "copy": (lambda: shutil.copyfile("old", "new"), "write", "shutil.copyfile old"),
    "database": (lambda: sqlite3.connect(":memory:"), "write", "sqlite3.connect :memory:"),
    "network": (socket.socket, "network", "socket.__new__"),
    "process": (lambda: subprocess.run([sys.executable, "-c", ""], check=False), "process", "subprocess.Popen"),
    "system": (lambda: os.system("true"), "process", "os.system"),
}


@pytest.mark.parametrize("name", ACTS)
def test_every_act_is_noted_and_harm_is_refused(name, tmp_path, monkeypatch):
    """An act is noted with its kind and of what; whatever changes something outside is refused, reading is not."""
    act, kind, detail = ACTS[name]
    monkeypatch.chdir(tmp_path)
    Path("old").write_text("old", "utf-8")
    refused = pytest.raises(ActRefusedError, match=kind) if kind != "read" else contextlib.nullcontext()
    with watched() as watch, refused:
        act()
    first = watch.acts[0]
    assert first.kind == kind
    assert str(first).startswith(f"{kind}: {detail}")
    assert sorted(p.name for p in tmp_path.iterdir()) == ["old"]
    assert Path("old").read_text("utf-8") == "old"
    assert watch.of(kind) == tuple(watch.acts)
    assert watch.of("nothing") == ()


def test_what_is_no_act():
    """Descriptors that are open, the null device, other threads, and what comes after the block are not noted."""
    with watched() as watch:
        os.close(os.open(os.devnull, os.O_WRONLY))
        reading, writing = os.pipe()
        with os.fdopen(writing, "w"), os.fdopen(reading):
            pass
        other = threading.Thread(target=lambda: socket.socket().close())
        other.start()
        other.join()
    socket.socket().close()
    assert watch.acts == []


def test_what_is_let_through_is_noted_as_well(tmp_path, capsys):
    """A watch that refuses nothing notes all, and so does each of two; printing is noted once, in 200 characters."""
    with watched(refuse=()) as outer, watched(refuse=()) as inner:
        (tmp_path / "new").write_text("new", "utf-8")
        print("x" * 300)
        print("again")
    assert [a.kind for a in inner.acts] == ["write", "print"]
    assert [a.kind for a in outer.acts] == ["write"]
    assert inner.acts[1].detail == "x" * 200
    assert capsys.readouterr().out == ""


# Conduct


class Nothing(Contract):
    """A contract about nothing."""


def test_what_was_done_is_told_even_if_the_refusal_was_swallowed():
    """Code that catches everything is told all the same; three acts are shown; reading is allowed where it is said."""
    with pytest.raises(BrokenLaw) as caught, doing_nothing(Nothing()):
        for at in range(5):
            with contextlib.suppress(Exception):
                os.mkdir(f"folder{at}")
    assert caught.value.code == "contract.side-effect"
    message = caught.value.findings[0].message.en
    assert "folder2" in message
    assert "folder3" not in message
    with doing_nothing(Nothing(), reads=True):
        Path(__file__).read_text("utf-8")
    for reads, act in ((False, lambda: Path(__file__).read_bytes()), (True, lambda: print("x"))):
        with pytest.raises(BrokenLaw), doing_nothing(Nothing(), reads=reads):
            act()


def test_two_moments_lie_decades_apart_and_stand_still():
    """What is asked at two moments sees two years, and no time pass while it is asked."""
    moments = at_times(lambda: (time.time_ns(), time.time_ns()))
    assert all(first == second for first, second in moments)
    years = [dt.datetime.fromtimestamp(first / 1e9, dt.UTC).year for first, _ in moments]
    assert years == [1999, 2044]
