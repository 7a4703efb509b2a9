"""What is special about a file: others' files stay untouched, and what was committed survives."""

import contextlib
import datetime as dt
import os
import signal
import sqlite3
import subprocess
import sys
import threading
import time

import pytest

import kepu_core as kepu
import kepu_sql.plugin

AT = dt.datetime(2021, 5, 1, tzinfo=dt.UTC)


@pytest.fixture
def manager():
    manager = kepu.PluginManager.with_builtins(strict=True)
    manager.register(kepu_sql.plugin, "sql")
    return manager


def org(ident, name="科协"):
    return kepu.Organisation(id=ident, name=name, kind="association")


@pytest.fixture
def filled(manager, tmp_path):
    path = tmp_path / "w.kepu"
    with kepu.open_workspace(path, plugins=manager) as ws:
        ws.put(org("a"))
    return path


def foreign(path):
    with sqlite3.connect(path) as other:
        other.execute("create table notes (text)")
    other.close()


def newer(path):
    with sqlite3.connect(path) as other:
        other.execute("pragma application_id = 1801810037")
        other.execute("pragma user_version = 99")
        other.execute("create table x (y)")
    other.close()


@pytest.mark.parametrize(
    ("make", "code", "said"),
    [
        (lambda p: p.write_bytes(b"hello, this is no database"), "store.not-a-store", "not an SQLite"),
        (lambda p: p.write_bytes(b"SQLite format 3\x00" + b"\x01" * 20), "store.not-a-store", "cut off"),
        (lambda p: p.write_bytes(b"\x00" * 4096), "store.not-a-store", "not an SQLite"),
        (foreign, "store.not-a-store", "another program"),
        (newer, "store.newer-format", "99"),
    ],
    ids=["text", "header only", "zeros", "foreign database", "newer format"],
)
def test_what_is_not_ours_is_refused_untouched(manager, tmp_path, make, code, said):
    """Every byte stays as it was, and no file appears beside it."""
    path = tmp_path / "w.kepu"
    make(path)
    before = path.read_bytes()
    for create in (True, False):
        with pytest.raises(kepu.StoreRefused) as caught:
            kepu.open_workspace(path, plugins=manager, create=create)
        assert caught.value.code == code
        assert said in str(caught.value)
    assert path.read_bytes() == before
    assert [p.name for p in tmp_path.iterdir()] == ["w.kepu"]


def test_what_cannot_be_a_file(manager, tmp_path):
    """A folder, a missing folder, and a missing file that should exist."""
    (tmp_path / "d.kepu").mkdir()
    for path, create, code in (
        (tmp_path / "d.kepu", True, "store.not-a-store"),
        (tmp_path / "no" / "w.kepu", True, "sql.no-folder"),
        (tmp_path / "w.kepu", False, "store.missing"),
    ):
        with pytest.raises(kepu.StoreRefused) as caught:
            kepu.open_workspace(path, plugins=manager, create=create)
        assert caught.value.code == code
    assert not (tmp_path / "w.kepu").exists()


def test_a_damaged_file_is_told_clearly(manager, filled):
    """A workspace cut in two is refused, or refuses to read: never a traceback of the driver."""
    data = filled.read_bytes()
    filled.write_bytes(data[: len(data) // 2])
    with pytest.raises(kepu.StoreRefused) as caught, kepu.open_workspace(filled, plugins=manager) as ws:
        list(ws.find("organisation"))
        ws.put(org("b"))
    assert caught.value.code == "store.damaged"


@pytest.mark.parametrize("form", ["{}", "sqlite:///{}", "sqlite:{}"])
def test_addresses(manager, filled, form):
    """A path and the usual forms of URL mean the same file."""
    with kepu.open_workspace(form.format(filled), plugins=manager, create=False) as ws:
        assert ws.exists("organisation", "a")


def test_a_database_in_memory(manager):
    """``sqlite://`` alone lives as long as it is open."""
    with kepu.open_workspace("sqlite://", plugins=manager) as ws:
        ws.put(org("a"))
        assert ws.count() == {"organisation": 1}


def test_nothing_lies_beside_a_closed_workspace(filled):
    """The write-ahead log is folded into the one file that people copy."""
    assert [p.name for p in filled.parent.iterdir()] == ["w.kepu"]


def test_two_writers_on_one_file(manager, filled):
    """Both see what the other committed; a lost update is refused and names who was first."""
    with (
        kepu.open_workspace(filled, plugins=manager, author="Li") as one,
        kepu.open_workspace(filled, plugins=manager, author="Wang") as two,
    ):
        one.put(org("a", "甲"), expect=1)
        with pytest.raises(kepu.RevisionConflict) as caught:
            two.put(org("a", "乙"), expect=1)
        assert "Li" in str(caught.value)
        assert two.get(kepu.Organisation, "a").name == "甲"
        two.put(org("a", "乙"), expect=2)
        assert [r.commit.author for r in one.history("organisation", "a")] == [None, "Li", "Wang"]


def test_threads_share_a_workspace(manager, filled):
    """Writers wait for each other; every commit has a number of its own."""
    with kepu.open_workspace(filled, plugins=manager) as ws:
        failed = []

        def work(name):
            try:
                for i in range(10):
                    ws.put(org(f"{name}{i}"))
            except Exception as error:  # noqa: BLE001 - shown below
                failed.append(error)

        threads = [threading.Thread(target=work, args=(n,)) for n in "wxyz"]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert not failed
        assert ws.count() == {"organisation": 41}
        assert [c.number for c in ws.store.commits()] == list(range(1, 42))


WRITER = """
import sys
import kepu_core as kepu, kepu_sql.plugin
manager = kepu.PluginManager.with_builtins()
manager.register(kepu_sql.plugin, "sql")
ws = kepu.open_workspace(sys.argv[1], plugins=manager)
number = sum(ws.count().values()) // 50
while True:
    ws.put(kepu.Organisation(id=f"{number:05}-{i}", name="x", kind="association") for i in range(50))
    print(number, flush=True)
    number += 1
"""


@pytest.mark.skipif(os.name == "nt", reason="no SIGKILL")
def test_a_killed_writer_loses_nothing_it_was_told_is_written(manager, tmp_path):
    """Killed in the middle again and again: every told commit is whole, and no other is half there."""
    path = tmp_path / "w.kepu"
    kepu.open_workspace(path, plugins=manager).close()
    told = -1
    for turn in range(4):
        with subprocess.Popen([sys.executable, "-c", WRITER, str(path)], stdout=subprocess.PIPE, text=True) as writer:
            first = writer.stdout.readline()
            time.sleep(0.02 + 0.03 * turn)
            writer.send_signal(signal.SIGKILL)
            lines = [first, *writer.stdout.read().split()]
        told = int(lines[-1])
        with kepu.open_workspace(path, plugins=manager, create=False) as ws:
            count = ws.count()["organisation"]
            assert count % 50 == 0
            assert count // 50 in {told + 1, told + 2}
            assert sum(1 for _ in ws.find("organisation")) == count
    assert told >= 3


def test_a_file_that_may_not_be_written(manager, filled):
    """A write-protected workspace is told as such, and nothing is changed."""
    if os.geteuid() == 0:
        pytest.skip("the superuser may write everything")
    filled.chmod(0o444)
    with pytest.raises(kepu.StoreRefused), kepu.open_workspace(filled, plugins=manager) as ws:
        ws.put(org("b"))
    filled.chmod(0o644)


def test_hostile_texts_are_only_texts(manager, tmp_path):
    """Ids and conditions are bound as parameters."""
    evil = "'; DROP TABLE kepu_record; --"
    with kepu.open_workspace(tmp_path / "w.kepu", plugins=manager) as ws:
        ws.put(kepu.Organisation(id="a", name=evil, kind="association"))
        assert not list(ws.find("organisation", id=evil))
        assert not ws.exists("organisation", evil)
        assert ws.get(kepu.Organisation, "a").name == evil


def test_a_commit_that_failed_leaves_no_names_behind(tmp_path):
    """What a refused commit called for the first time has no number yet: another handle may have given it to others."""
    from kepu_core.plugins.storage import Rewrite, Write

    sqlite, _ = kepu_sql.plugin.backends()
    path = str(tmp_path / "w.kepu")
    one, other = sqlite.open(path, True), sqlite.open(path, True)
    one.commit([Write(type="base", id="a", version=1, body=b"{}")], at=AT)
    new = Write(type="base", id="b", version=1, body=b"{}", index={"region": "4403"})
    with pytest.raises(kepu.NotFound):
        other.commit([new], at=AT, rewrites=[Rewrite(type="base", id="a", revision=1, version=1, body=b"{}")])
    one.commit([Write(type="plan", id="p", version=1, body=b"{}", index={"kind": "x"})], at=AT)
    other.commit([Write(type="base", id="a", version=1, body=b"{}", index={"region": "4403", "kind": "y"})], at=AT)
    assert [s.id for s in one.find("base", {"region": "4403"})] == ["a"]
    assert not list(one.verify())
    one.close()
    other.close()


@pytest.mark.parametrize("evil", ["a\0b", "a\udcff", "\ud800"])
def test_texts_that_no_store_keeps_find_nothing(tmp_path, evil):
    """They are neither cut to something else nor a crash, wherever they are asked for."""
    from kepu_core.plugins.storage import Prefix, Write

    sqlite, _ = kepu_sql.plugin.backends()
    with contextlib.closing(sqlite.open(str(tmp_path / "w.kepu"), True)) as store:
        store.commit([Write(type="base", id="a", version=1, body=b"{}", index={"k": "a"}, text="a")], at=AT)
        assert store.get("base", evil) is None
        assert store.get(evil, "a") is None
        assert dict(store.get_many("base", [evil, "q"])) == {}
        assert store.history("base", evil) == ()
        for where in ({"id": evil}, {"k": evil}, {"k": [evil, "q"]}, {"k": Prefix(evil)}, {evil: "a"}):
            assert not list(store.find("base", where))
        assert not list(store.find("base", words=[evil]))
        assert [s.id for s in store.find("base", after=evil)] == []
        assert [s.id for s in store.find("base", after="\0")] == ["a"]


def test_compacting_says_when_a_search_keeps_the_log(tmp_path):
    """What was replaced is still in the log then: whoever erases has to know."""
    from kepu_core.plugins.storage import Write

    sqlite, _ = kepu_sql.plugin.backends()
    with contextlib.closing(sqlite.open(f"sqlite:///{tmp_path}/w.kepu?timeout=0.2", True)) as store:
        store.commit([Write(type="base", id=str(i), version=1, body=b"{}") for i in range(5000)], at=AT)
        found = store.find("base")
        next(found)
        store.commit([Write(type="base", id="1", version=1, body=b"[]")], at=AT)
        with pytest.raises(kepu.StoreRefused) as caught:
            store.compact()
        assert caught.value.code == "store.locked"
        found.close()
        store.compact()


@pytest.mark.skipif(sys.platform != "linux", reason="made with tmpfs")
def test_a_file_that_its_owner_writes_to_elsewhere(tmp_path):
    """Seen through a mount that cannot be written: what was committed since is seen, not an old state or a false alarm."""
    from kepu_core.plugins.storage import Write

    sqlite, _ = kepu_sql.plugin.backends()
    there, here = tmp_path / "there", tmp_path / "here"
    there.mkdir()
    here.mkdir()
    path = there / "w.kepu"
    with contextlib.closing(sqlite.open(str(path), True)) as store:
        store.commit([Write(type="base", id="a", version=1, body=b"{}")], at=AT)
    bound = subprocess.run(["mount", "--bind", str(there), str(here)], capture_output=True, check=False)
    if bound.returncode:
        pytest.skip("this user may not mount")
    try:
        subprocess.run(["mount", "-o", "remount,ro,bind", str(here)], check=True)
        with contextlib.closing(sqlite.open_read_only(str(here / "w.kepu"))) as reader:
            assert dict(reader.count()) == {"base": 1}
            with contextlib.closing(sqlite.open(str(path), False)) as store:
                store.commit([Write(type="base", id=str(i), version=1, body=b"{}") for i in range(3000)], at=AT)
            assert dict(reader.count()) == {"base": 3001}
            assert not list(reader.verify())
    finally:
        subprocess.run(["umount", str(here)], check=True)
