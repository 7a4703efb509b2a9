"""Moving between kinds of stores, backing up and restoring while others write: everything arrives, and stays the same."""

import datetime as dt
import threading
from contextlib import closing

import pytest

import kepu_core as kepu
import kepu_sql.plugin
from kepu_core.domain.findings import errors_among
from kepu_core.plugins.storage import Rewrite, Write

SQLITE, POSTGRES = kepu_sql.plugin.backends()
AT = dt.datetime(2021, 5, 1, tzinfo=dt.UTC)


@pytest.fixture
def manager():
    manager = kepu.PluginManager.with_builtins(strict=True)
    manager.register(kepu_sql.plugin, "sql")
    return manager


def story(ws):
    """A history with everything in it: changes, deletions, a table of figures, an erasure."""
    contact = kepu.Contact(name="张三", phone="13800000000")
    ws.put(
        [kepu.Organisation(id=f"o{n}", name=f"科协{n}", kind="association", contact=contact) for n in range(30)],
        reason="first",
    )
    ws.put(kepu.Organisation(id="o1", name="改名", kind="association"), author="王芳")
    ws.delete("organisation", "o2", reason="merged")
    ws.put(kepu.Observation.of("visits", "440300", "2021", 5.0))
    ws.erase("organisation", "o3", reason="asked by the person")
    pa = pytest.importorskip("pyarrow")
    ws.put_figures(pa.table({"indicator": ["visits"], "subject": ["440300"], "period": ["2021"], "value": [6.0]}))


def everything(ws):
    """All that can be seen of a workspace."""
    return [(c.record, dict(c.index), c.text) for c in ws.store.changes()], list(ws.store.commits()), dict(ws.count())


def test_from_sqlite_to_postgresql_and_back(manager, tmp_path, address):
    """Commits, revisions, times, authors, what was erased, figures in columns: the same everywhere."""
    with kepu.open_workspace(tmp_path / "a.kepu", plugins=manager, author="李明") as ws:
        story(ws)
        truth = everything(ws)
        assert ws.copy_to(address) == 6
    with kepu.open_workspace(address, plugins=manager) as moved:
        assert everything(moved) == truth
        assert not errors_among(moved.verify())
        assert moved.get(kepu.Observation, "visits|440300|2021").value == 6.0
        moved.put(kepu.Organisation(id="new", name="新的", kind="association"))
        moved.copy_to(str(tmp_path / "b.kepu"))
        moved.copy_to(f"folder:{tmp_path / 'b.kepudir'}")
        truth = everything(moved)
    for back in (tmp_path / "b.kepu", tmp_path / "b.kepudir"):
        with kepu.open_workspace(back, plugins=manager, read_only=True) as ws:
            assert everything(ws) == truth
            assert not errors_among(ws.verify())
    with kepu.open_workspace(address, plugins=manager) as moved:
        moved.put(kepu.Organisation(id="newer", name="更新", kind="association"))
        assert moved.copy_to(str(tmp_path / "b.kepu")) == 1
        assert moved.copy_to(str(tmp_path / "b.kepu")) == 0


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_a_backup_while_others_write(request, manager, tmp_path, kind):
    """It is whole, ends with some commit, and restores to exactly what was there then."""
    url = str(tmp_path / "w.kepu") if kind == "sqlite" else request.getfixturevalue("address")
    done = threading.Event()
    with kepu.open_workspace(url, plugins=manager) as ws:
        ws.put([kepu.Organisation(id=f"o{n}", name="科协", kind="association") for n in range(200)])

        def write():
            with closing((SQLITE if kind == "sqlite" else POSTGRES).open(url, False)) as store:
                number = 0
                while not done.is_set():
                    store.commit([Write(type="x", id=f"{number}-{i}", version=1, body=b"{}") for i in range(10)], at=AT)
                    number += 1

        writer = threading.Thread(target=write)
        writer.start()
        try:
            backups = [ws.backup(tmp_path / f"backup-{n}.kepu") for n in range(3)]
        finally:
            done.set()
            writer.join()
        for backup in backups:
            with kepu.open_workspace(backup, plugins=manager, read_only=True) as kept:
                last = max(c.number for c in kept.log())
                assert kept.store.count().get("x", 0) == 10 * (last - 1)
                assert not list(kept.store.verify())
                restored = str(tmp_path / f"restored-{last}-{backup.stem}.kepu")
                kept.copy_to(restored)
            with kepu.open_workspace(restored, plugins=manager) as again:
                then = [(c.record, dict(c.index), c.text) for c in ws.store.changes(until=last)]
                assert [(c.record, dict(c.index), c.text) for c in again.store.changes()] == then


def test_erased_bytes_are_nowhere_in_the_server(address, server):
    """Neither in the tables nor, after compacting, in what they have given back."""
    psycopg = pytest.importorskip("psycopg")
    secret = b"13800138000"
    with closing(POSTGRES.open(address, True)) as store:
        store.commit(
            [Write(type="base", id="a", version=1, body=b'{"phone":"%s"}' % secret, text="13800138000")], at=AT
        )
        store.commit(
            [Write(type="base", id="a", version=1, body=b"{}")],
            at=AT,
            rewrites=[Rewrite(type="base", id="a", revision=1, version=1, body=b"{}")],
        )
        store.compact()
        with psycopg.connect(address, autocommit=True) as connection:
            connection.execute("CHECKPOINT")
            paths = [
                connection.execute("SELECT pg_relation_filepath(%s)", (f"kepu_{name}",)).fetchone()[0]
                for name in ("record", "revision", "text")
            ]
            data = [connection.execute("SELECT pg_read_binary_file(%s)", (path,)).fetchone()[0] for path in paths]
        assert all(secret not in bytes(part) for part in data)
        assert any(data)
