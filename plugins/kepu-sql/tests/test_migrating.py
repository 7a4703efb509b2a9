"""Files that an older version wrote are raised to the present format, without losing a revision."""

import datetime as dt
import shutil
import sqlite3
import threading
from contextlib import closing
from pathlib import Path

import pytest

import kepu_core as kepu
import kepu_sql.plugin

SQLITE, _ = kepu_sql.plugin.backends()
OLD = Path(__file__).parent / "data" / "format-1.kepu"


@pytest.fixture
def old(tmp_path):
    """A file as version 0.1.0 of this plugin wrote it before its tables changed."""
    return Path(shutil.copy(OLD, tmp_path / "w.kepu"))


def dumped(path):
    with closing(sqlite3.connect(path)) as connection:
        return list(connection.iterdump())


def refused(path):
    with pytest.raises(kepu.StoreRefused) as caught:
        SQLITE.open(str(path), False)
    return caught.value


def test_an_older_format_is_refused_untouched(old):
    """With the command that helps."""
    before = old.read_bytes()
    error = refused(old)
    assert error.code == "store.older-format"
    assert "kepu migrate" in str(error)
    assert old.read_bytes() == before
    assert [p.name for p in old.parent.iterdir()] == ["w.kepu"]


def test_a_dry_run_only_tells(old):
    """How much there is, and what the old file will be called."""
    before = old.read_bytes()
    told = [str(step) for step in SQLITE.migrate(str(old), True)]
    assert told == [
        "format 1 → 2",
        "7 commits, 14 records and 4 past revisions are written anew",
        "the old file is kept as w.kepu.format-1",
    ]
    assert old.read_bytes() == before
    assert [p.name for p in old.parent.iterdir()] == ["w.kepu"]


def test_nothing_is_lost(old):
    """Every commit and revision, who wrote it when and why; records can be found as before."""
    before = dumped(old)
    SQLITE.migrate(str(old), False)
    assert sorted(p.name for p in old.parent.iterdir()) == ["w.kepu", "w.kepu.format-1"]
    assert dumped(old.with_name("w.kepu.format-1")) == before
    with closing(SQLITE.open(str(old), False)) as store:
        commits = list(store.commits())
        assert [(c.number, c.author, c.reason) for c in commits] == [
            (1, "李明", "first"),
            (2, "王芳", "renamed"),
            (3, "李明", "merged"),
            (4, "李明", None),
            (5, "李明", None),
            (6, "李明", None),
            (7, "李明", None),
        ]
        assert commits[0].at == dt.datetime(2026, 1, 1, 1, tzinfo=dt.UTC)
        assert dict(store.count()) == {"base": 1, "observation": 1, "organisation": 11}
        assert [s.revision for s in store.history("organisation", "org-2")] == [1, 2, 3]
        assert store.history("organisation", "org-2")[1].body is None
        assert store.get("organisation", "org-1", as_of=1).body != store.get("organisation", "org-1").body
        assert [s.id for s in store.find("base", {"region": "440305"})] == ["b1"]
        assert not list(store.verify())


def test_a_second_time_there_is_nothing_to_do(old):
    """And nothing is written."""
    SQLITE.migrate(str(old), False)
    before = old.read_bytes()
    assert [str(s) for s in SQLITE.migrate(str(old), False)] == ["its format is 2 already: nothing to do"]
    assert old.read_bytes() == before


def test_a_file_that_is_being_written_is_left_alone(old):
    """Whoever still works with the old version would go on writing to the wrong file."""
    before = old.read_bytes()
    with closing(sqlite3.connect(old, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(kepu.StoreRefused) as caught:
            SQLITE.migrate(f"sqlite:///{old}?timeout=0.1", False)
        assert caught.value.code == "store.locked"
    assert old.read_bytes() == before


def test_a_file_that_others_have_open_is_left_alone(old):
    """They would go on writing to what is only kept; they need not be writing just now."""
    before = dumped(old)
    with closing(sqlite3.connect(old, isolation_level=None)) as other:
        other.execute("SELECT count(*) FROM kepu_commit").fetchone()
        with pytest.raises(kepu.StoreRefused) as caught:
            SQLITE.migrate(f"sqlite:///{old}?timeout=0.1", False)
        assert caught.value.code == "store.locked"
    assert dumped(old) == before


def test_two_at_once_migrate_once(old):
    """One does it, the other waits and finds it done or is refused; the original is kept."""
    before, told = dumped(old), []

    def work():
        try:
            told.append([str(step) for step in SQLITE.migrate(str(old), False)])
        except kepu.StoreRefused as error:
            told.append(error.code)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(t[0] == "format 1 → 2" for t in told if isinstance(t, list)) == 1
    assert {t for t in told if isinstance(t, str)} <= {"store.locked", "store.failed"}
    kept = [p for p in old.parent.iterdir() if ".format-1" in p.name]
    assert [dumped(p) for p in kept] == [before]
    with closing(SQLITE.open(str(old), False)) as store:
        assert sum(1 for _ in store.commits()) == 7


@pytest.mark.parametrize("name", ["none.kepu", "newer.kepu"])
def test_what_cannot_be_migrated(tmp_path, name):
    """A missing file, a newer format."""
    path = tmp_path / name
    if name == "newer.kepu":
        with closing(sqlite3.connect(path)) as other:
            other.execute("pragma application_id = 1801810037")
            other.execute("pragma user_version = 99")
            other.execute("create table x (y)")
    with pytest.raises(kepu.StoreRefused) as caught:
        SQLITE.migrate(str(path), False)
    assert caught.value.code in {"store.missing", "store.newer-format"}
    assert [p.name for p in tmp_path.iterdir()] == ([name] if name == "newer.kepu" else [])
