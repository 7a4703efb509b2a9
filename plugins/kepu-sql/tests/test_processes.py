"""Many processes write to one store: nothing acknowledged is missing, no update is lost, and there is one order of all."""

import json
import os
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

import kepu_sql.plugin

SQLITE, POSTGRES = kepu_sql.plugin.backends()
LONG = bool(os.environ.get("KEPU_LONG"))
PROCESSES = 8
COMMITS = 1000 if LONG else 25
CROWD = Path(__file__).with_name("crowd.py")


def run_crowd(address):
    """What every process told; none may fail, hang or write to its standard error."""
    started = [
        subprocess.Popen(
            [sys.executable, str(CROWD), address, str(me), str(COMMITS)],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for me in range(PROCESSES)
    ]
    told = []
    for process in started:
        out, errors = process.communicate(timeout=1800)
        assert (process.returncode, errors) == (0, "")
        told.append([json.loads(line) for line in out.splitlines()])
    return told


def check_history(store, told):
    """The history has one order, and everything that was read or written fits into it.

    A counter that a commit changed was read as it stood just before that commit: commits are as if they had been made
    one after the other. What was only read is what some moment since the reader's own last commit gives.
    """
    total = PROCESSES * COMMITS
    commits = list(store.commits())
    assert [c.number for c in commits] == list(range(1, total + 1))
    assert dict(store.count())["own"] == total
    assert not list(store.verify())
    history = {key: store.history("hot", key) for key in {s.id for s in store.find("hot")}}
    written = {}
    for revisions in history.values():
        assert [int(s.body) for s in revisions] == list(range(1, len(revisions) + 1))  # no update is lost
        numbers = [s.commit.number for s in revisions]
        assert numbers == sorted(numbers)
        for stored in revisions:
            written.setdefault(stored.commit.number, {})[stored.id] = stored.revision
    acknowledged = {}
    for me, events in enumerate(told):
        last = 0
        for kind, *event in events:
            if kind == "wrote":
                number, seen = event
                assert number > last
                last = number
                acknowledged[number] = (me, {key: revision + 1 for key, revision in seen.items()})
            elif kind == "read":
                key, revision, value, number = event
                assert revision == value
                revisions = history.get(key, ())
                if revision:
                    assert revisions[revision - 1].commit.number == number
                overtaken = revisions[revision].commit.number if revision < len(revisions) else total + 1
                assert overtaken > last  # it was the newest after the reader's own last commit, or became so
            else:
                assert "was changed to revision" in event[0]
                assert "p" in event[0]
    assert {n: seen for n, (_, seen) in acknowledged.items()} == written
    assert all(commits[n - 1].author == f"p{me}" for n, (me, _) in acknowledged.items())


@pytest.fixture(params=["sqlite", "postgresql"])
def place(request, tmp_path):
    """An empty store of each kind: its backend and its address."""
    if request.param == "sqlite":
        return SQLITE, f"sqlite:///{tmp_path}/w.kepu?timeout=300"
    return POSTGRES, request.getfixturevalue("fresh")(timeout=300)


def test_eight_processes_write_at_once(place):
    """Every acknowledged commit is there, in one order that explains all that was read."""
    backend, address = place
    backend.open(address, True).close()
    told = run_crowd(address)
    with closing(backend.open(address, False)) as store:
        check_history(store, told)
    assert any(kind == "lost" for events in told for kind, *_ in events)  # they did get in each other's way
