"""What the tests of workspaces in folders share."""

import datetime as dt
import os
import subprocess
import sys
import textwrap
from contextlib import closing
from pathlib import Path

import pytest

from kepu_core.builtin.folder import BACKEND
from kepu_core.domain.findings import errors_among
from kepu_core.plugins.storage import Rewrite, StoreRefused, Write

AT = dt.datetime(2021, 5, 1, 8, tzinfo=dt.timezone(dt.timedelta(hours=8)))
SECRET = "139-0013-8001"
REMADE = [Rewrite(type="base", id="a", revision=1, version=2, body=b'{"tel":""}')]


def write(ident, body=b"{}", kind="base", **more):
    return Write(type=kind, id=ident, version=1, body=body, **more)


def opened(path, query="", *, create=True):
    return closing(BACKEND.open(f"folder:{path}{query}", create))


def small(path, commits=4):
    """A store in which there is one of each: JSON, other bytes, a tombstone, two types, a rewrite."""
    rewrite = Rewrite(type="base", id="a", revision=1, version=2, body=b'{"n":0}', text="gone")
    deeds = [
        ([write("a", b'{"tel":"%s"}' % SECRET.encode(), text=SECRET), write("b", b"\xff")], ()),
        ([write("a", '{"n":"科普"}'.encode(), index={"region": "4403"}), write("p", kind="plan")], ()),
        ([write("b", None)], [rewrite]),
        ([write("c")], ()),
    ]
    with opened(path) as store:
        for number, (writes, rewrites) in enumerate(deeds[:commits], 1):
            store.commit(writes, at=AT, author="Li Ming", reason=f"deed {number}", rewrites=rewrites)


def answers(store):
    """All that a store holds."""
    living = [list(store.find(kind)) for kind in ("base", "plan")]
    return list(store.commits()), list(store.changes()), dict(store.count()), living


def outcome(path, *warnings):
    """What a store answers, or the code with which it refuses to; verifying tells the same, and warns of nothing else."""
    try:
        with opened(path, create=False) as store:
            findings = list(store.verify())
            found = [finding.code for finding in findings]
            try:
                seen = answers(store)
            except StoreRefused as refused:
                assert "store.damaged" in found
                return refused.code
            assert found == [*warnings]
            assert not errors_among(findings)
            return seen
    except StoreRefused as refused:
        return refused.code


def refusal(deed):
    """The code with which something is refused, if it is."""
    try:
        deed()
    except StoreRefused as refused:
        return refused.code
    return None


def contents(folder):
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


def cut(path, size=5):
    """Take away the last bytes of the commits' file."""
    file = path / "commits.jsonl"
    os.truncate(file, file.stat().st_size - size)


def edited(path, name, change):
    lines = (path / name).read_bytes().splitlines(keepends=True)
    (path / name).write_bytes(b"".join(change(lines)))


def whole_line(path):
    return len((path / "commits.jsonl").read_bytes().splitlines(keepends=True)[-1])


def child(code, *arguments, **how):
    """A process that does something with a store; it prints and reads lines."""
    prelude = f"import sys, os\nsys.path[:0] = {[str(Path(__file__).parent), *sys.path]!r}\nimport folder_stores as t\n"
    command = [sys.executable, "-c", prelude + textwrap.dedent(code), *map(str, arguments)]
    return subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **how
    )


def said(process):
    out, err = process.communicate(timeout=60)
    assert process.returncode == 0, err
    return out.split()


posix = pytest.mark.skipif(os.name == "nt", reason="limits and users of this kind are there on POSIX only")
