"""Folders whose writers die, wait for each other, or have no room."""

import errno
import os
import shutil
import tempfile
import threading
from contextlib import closing
from pathlib import Path

import pytest
from folder_stores import AT, SECRET, answers, child, contents, opened, outcome, posix, refusal, said, small, write

from kepu_core.builtin.folder import BACKEND
from kepu_core.plugins.storage import Rewrite, StoreRefused


def test_what_a_killed_writer_leaves(tmp_path):
    """Lines that no commit names are not seen; the next commit cuts them off, compacting takes away their files."""
    small(tmp_path / "w")
    truth, whole = outcome(tmp_path / "w"), contents(tmp_path / "w")
    with opened(tmp_path / "w") as store:
        store.commit([write("more"), write("n", kind="new")], at=AT)
    later = contents(tmp_path / "w")
    line = later["commits.jsonl"][len(whole["commits.jsonl"]) :]
    for size in (0, 1, 30, len(line) - 1):
        (tmp_path / "w" / "commits.jsonl").write_bytes(whole["commits.jsonl"] + line[:size])
        assert outcome(tmp_path / "w") == truth
    shutil.copytree(tmp_path / "w", tmp_path / "compacted")
    with opened(tmp_path / "w") as store:
        assert store.commit([write("more"), write("n", kind="new")], at=AT).number == 5
    assert contents(tmp_path / "w") == later
    with opened(tmp_path / "compacted") as store:
        store.compact()
    assert contents(tmp_path / "compacted").keys() == whole.keys()
    assert outcome(tmp_path / "compacted") == truth


def test_what_was_rewritten_is_gone(tmp_path):
    """Not even its digest is left after compacting, though the old file could not be taken away at once."""
    path = tmp_path / "w"
    small(path, 2)
    old = (path / "records" / "base.jsonl").read_bytes()
    digests = [entry.split('"')[0] for entry in (path / "commits.jsonl").read_text().split('"digest":"')[1:]]
    shutil.rmtree(path)
    small(path)
    (path / "records" / "base.jsonl").write_bytes(old)
    with opened(path) as store, opened(path) as other:
        truth = answers(other)
        store.compact()
        assert answers(store) == answers(other) == truth
    left = b"".join(contents(path).values()).decode()
    assert SECRET not in left
    assert digests[0] not in left
    assert outcome(path) == truth


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EIO])
def test_a_disk_that_fails_at_any_moment(tmp_path, monkeypatch, code):
    """Nothing of the commit is left, the reason is told, and the next one succeeds."""
    sync, left = os.fsync, [0]

    def fail_in_time(handle):
        left[0] -= 1
        if left[0] == 0:
            raise OSError(code, os.strerror(code))
        sync(handle)

    small(tmp_path)
    monkeypatch.setattr(os, "fsync", fail_in_time)
    with opened(tmp_path) as store:
        rewrite = Rewrite(type="base", id="a", revision=1, version=1, body=b"[]")
        for turn in range(1, 20):
            truth, before = answers(store), contents(tmp_path)
            left[0] = turn
            refused = refusal(
                lambda: store.commit(
                    [write("a"), write("p", kind="plan"), write("x", kind="new")], at=AT, rewrites=[rewrite]
                )
            )
            if refused is None:
                break
            assert refused == ("store.full" if code == errno.ENOSPC else "store.failed")
            assert contents(tmp_path) == before
            assert answers(store) == outcome(tmp_path) == truth
        assert turn > 4
        assert outcome(tmp_path) == answers(store)


@posix
def test_a_limit_of_the_system(tmp_path):
    """A file that may grow no further: told as full, the commit undone, and what was there goes on working."""
    process = child(
        """
        import resource
        with t.opened(sys.argv[1]) as store:
            resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, resource.RLIM_INFINITY))
            for number in range(100):
                try:
                    store.commit([t.write(str(number), b"x" * 9000), t.write(str(number), kind="plan")], at=t.AT)
                except t.StoreRefused as refused:
                    code = refused.code
                    break
            print(code, number, store.count() == {"base": number, "plan": number}, len(list(store.verify())))
            resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
            print(store.commit([t.write("last")], at=t.AT).number == number + 1)
        """,
        tmp_path / "w",
    )
    code, number, *rest = said(process)
    assert (code, rest) == ("store.full", ["True", "0", "True"])
    assert outcome(tmp_path / "w")[2] == {"base": int(number) + 1, "plan": int(number)}


def test_two_processes_and_a_lock(tmp_path):
    """Who waits too long is told so; readers do not wait; a lock dies with its process."""
    small(tmp_path)
    truth = outcome(tmp_path)
    process = child(
        """
        from kepu_core.builtin.folder_disk import Address, held
        with held(Address("folder:" + sys.argv[1])):
            print("held", flush=True)
            sys.stdin.read()
        """,
        tmp_path,
    )
    assert process.stdout.readline() == "held\n"
    with opened(tmp_path, "?timeout=0.05") as store:
        for deed in (lambda: store.commit([write("new")], at=AT), store.compact):
            with pytest.raises(StoreRefused, match=r"store\.locked.*0\.05 s"):
                deed()
        assert answers(store) == truth
        process.kill()
        process.communicate()
        assert store.commit([write("new")], at=AT).number == 5


def test_threads_share_a_handle(tmp_path):
    """Commits are seen as a whole by threads that read meanwhile; a thread that waits too long is told so."""
    with opened(tmp_path / "w") as store:
        done, torn = threading.Event(), []

        def read():
            while not done.is_set():
                found = {r.body for r in store.get_many("base", ["a", "b"]).values()}
                living = {r.body for r in store.find("base", {"id": ["a", "b"]})}
                torn.extend(seen for seen in (found, living) if len(seen) > 1)

        readers = [threading.Thread(target=read) for _ in range(3)]
        for reader in readers:
            reader.start()
        for number in range(100):
            store.commit([write("a", b"%d" % number), write("b", b"%d" % number)], at=AT)
        done.set()
        for reader in readers:
            reader.join()
        assert torn == []
    with opened(tmp_path / "w", "?timeout=0.05") as store, store._alone():
        assert refusal(lambda: store.commit([write("new")], at=AT)) == "store.locked"


def test_looking_while_files_are_replaced(tmp_path):
    """Whoever reads, opens or verifies while somebody rewrites and compacts finds everything whole."""
    small(tmp_path)
    found, done = [], threading.Event()

    def look():
        while not done.is_set():
            with closing(BACKEND.open_read_only(f"folder:{tmp_path}")) as store:
                found.extend([*store.verify(), *(r for r in store.find("base", {"id": "a"}) if r.body != b"[]")])

    with opened(tmp_path) as store:
        store.commit([write("a", b"[]")], at=AT)
        readers = [threading.Thread(target=look) for _ in range(2)]
        for reader in readers:
            reader.start()
        for number in range(60):
            rewrite = Rewrite(type="base", id="a", revision=1, version=1, body=b"%d" % number)
            store.commit([write("a", b"[]")], at=AT, rewrites=[rewrite])
            if number % 3 == 0:
                store.compact()
        done.set()
        for reader in readers:
            reader.join()
    assert found == []


@pytest.fixture
def open_folder():
    """A folder that every user may enter."""
    with tempfile.TemporaryDirectory(prefix="kepu-") as name:
        Path(name).chmod(0o755)
        yield Path(name)


@posix
def test_a_folder_that_may_only_be_read(open_folder):
    """Reading works, both ways of opening; a commit is refused as what it is; not a byte changes."""
    tmp_path = open_folder
    small(tmp_path / "w")
    before, truth = contents(tmp_path), outcome(tmp_path / "w")
    for path in (tmp_path / "w", *(tmp_path / "w").rglob("*")):
        path.chmod(0o555 if path.is_dir() else 0o444)
    process = child(
        """
        if os.geteuid() == 0:
            os.seteuid(65534)
        for opened in (lambda u: t.BACKEND.open(u, True), t.BACKEND.open_read_only):
            store = opened("folder:" + sys.argv[1])
            print(len(list(store.changes())), len(list(store.verify())))
            for deed in (lambda: store.commit([t.write("new")], at=t.AT), store.compact):
                try:
                    deed()
                except t.StoreRefused as refused:
                    print(refused.code)
        """,
        tmp_path / "w",
    )
    try:
        assert said(process) == [str(len(truth[1])), "0", "store.read-only", "store.read-only"] * 2
        assert contents(tmp_path) == before
    finally:
        for path in (tmp_path / "w", tmp_path / "w" / "records"):
            path.chmod(0o755)
