"""Migrating: what is stored in an older form is written anew in one commit, and everything stays the same record."""

import datetime as dt

import pytest

import kepu_core as kepu
from kepu_core.builtin.memory import MemoryStore
from kepu_core.codec import RecordType
from kepu_core.plugins.storage import RevisionConflict, Write


@kepu.record("my.report", "月报", "monthly report", append_only=True)
class Report:
    """A type in its third version: names are told apart, and can be searched."""

    id: str = kepu.field("标识", "id")
    name: str = kepu.field("名称", "name", searched=True)
    city: str | None = kepu.field("城市", "city", default=None, index=True)


def renamed(data):
    return {"id": data["id"], "name": data["title"]}


def with_city(data):
    return {**data, "city": data["name"][:2]}


class Giving:
    """A plugin that brings the type."""

    kepu_namespace = "my"

    @staticmethod
    @kepu.hook
    def kepu_record_types():
        return [RecordType(Report, version=3, upgrades={1: renamed, 2: with_city})]


def full_manager():
    manager = kepu.PluginManager.with_builtins(strict=True)
    manager.register(Giving(), "giving")
    try:
        import kepu_sql.plugin
    except ModuleNotFoundError:
        return manager
    manager.register(kepu_sql.plugin, "sql")
    return manager


MANAGER = full_manager()
FILES = [f"{{folder}}/w{s}" for b in MANAGER.values(kepu.hook.kepu_storage_backends).values() for s in b.suffixes]
DAY = dt.datetime(2021, 6, 1, tzinfo=dt.UTC)


@pytest.fixture(params=["memory:", *FILES])
def ws(request, tmp_path):
    """A workspace with records of every age, on every kind of store that is here."""
    where = request.param.format(folder=tmp_path)
    with kepu.open_workspace(where, plugins=MANAGER, author="Li") as workspace:
        raw(workspace, '{"id":"1","title":"深圳月报"}', "1", 1)
        raw(workspace, '{"id":"2","name":"广州月报"}', "2", 2)
        raw(workspace, '{"id":"gone","title":"x"}', "gone", 1)
        workspace.store.commit([Write(type="my.report", id="gone", version=1, body=None)], at=DAY)
        workspace.put(Report(id="3", name="珠海月报", city="珠海"))
        yield workspace


def raw(ws, content, ident, version, kind="my.report", **more):
    write = Write(type=kind, id=ident, version=version, body=content.encode(), **more)
    return ws.store.commit([write], at=DAY)


def everything(ws):
    return list(ws.find("my.report"))


def test_what_is_older_is_written_anew(ws):
    """In one commit, append-only or not; the records are equal, what was deleted stays so, the past stays as it was."""
    before, past = everything(ws), list(ws.store.changes())
    assert [o.id for o in ws.find("my.report", city="深圳")] == []
    done = ws.migrate()
    assert (done.counts, done.findings, done.ok) == ({"my.report": 2}, (), True)
    assert (done.commit.number, done.commit.author, done.commit.reason) == (6, "Li", "migrate")
    assert everything(ws) == before
    assert [o.id for o in ws.find("my.report", city="深圳", text="月报")] == ["1"]
    assert list(ws.store.changes(until=5)) == past
    assert [s.version for s in ws.store.history("my.report", "1")] == [1, 3]
    assert not ws.exists("my.report", "gone")


def test_the_second_time_nothing_is_done(ws):
    """There is no commit where nothing is to be written."""
    ws.migrate()
    again = ws.migrate()
    assert (again.counts, again.commit) == ({}, None)
    assert len(list(ws.log())) == 6


def test_a_dry_run_only_tells(ws):
    """The same counts; nothing is written, not even to what can only be read."""
    for there in (ws, ws.as_of(5)):
        told = there.migrate(dry_run=True)
        assert (told.counts, told.commit, told.dry_run) == ({"my.report": 2}, None, True)
    assert len(list(ws.log())) == 5


def test_other_bytes_or_texts_are_reason_enough(ws):
    """JSON that is not canonical, an index that is missing, words that are others."""
    ws.migrate()
    raw(ws, '{"name": "东莞月报", "id": "4", "city": null}', "4", 3, text="东莞月报")
    report = Report(id="5", name="中山月报", city="中山")
    raw(ws, ws.codec.encode(report).decode(), "5", 3, text="中山月报")
    raw(ws, ws.codec.encode(kepu.replace(report, id="6")).decode(), "6", 3, index={"city": "中山"}, text="old")
    assert ws.migrate().counts == {"my.report": 3}
    assert ws.verify() == ()


def test_what_cannot_be_read_stops_it(ws):
    """All of it is told, and nothing is written; a dry run tells the same."""
    raw(ws, '{"id":"7"}', "7", 1)
    raw(ws, '{"id":"8","name":"x","city":1}', "8", 3)
    raw(ws, '{"id":"9"}', "9", 4)
    told = ws.migrate(dry_run=True)
    assert (told.ok, told.counts) == (False, {"my.report": 2})
    assert [f.record for f in told.findings] == ["my.report/7", "my.report/8", "my.report/9"]
    with pytest.raises(kepu.InvalidData) as caught:
        ws.migrate()
    assert caught.value.findings == told.findings
    assert len(list(ws.log())) == 8


def test_what_could_not_be_read_in_the_past_does_not_matter(ws):
    """Only what lives is written anew."""
    raw(ws, '{"id":"7"}', "7", 1)
    raw(ws, '{"id":"7","title":"x"}', "7", 1)
    assert ws.migrate().counts == {"my.report": 3}


def test_types_of_missing_plugins_are_left_alone(ws):
    """They are told, and wait for their plugin."""
    raw(ws, "{}", "l", 1, kind="my.lamp")
    done = ws.migrate()
    assert [(f.code, f.severity.value) for f in done.findings] == [("store.unknown-type", "warning")]
    assert done.counts == {"my.report": 2}
    assert ws.store.get("my.lamp", "l").body == b"{}"


def test_a_change_in_between_is_not_lost():
    """Who changed a record after it was read is named, and nothing is written."""

    class Racing(MemoryStore):
        def commit(self, writes, **more):
            several = list(writes)
            if more.get("reason") == "migrate":
                super().commit([Write(type="my.report", id="1", version=1, body=b'{"id":"1","title":"y"}')], at=DAY)
            return super().commit(several, **more)

    with kepu.Workspace(Racing(), MANAGER) as ws:
        raw(ws, '{"id":"1","title":"x"}', "1", 1)
        with pytest.raises(RevisionConflict):
            ws.migrate()
        assert ws.get("my.report", "1").name == "y"
        assert len(ws.history("my.report", "1")) == 2


def test_many_are_written_as_they_are_read(ws):
    """More records than are read at a time, in one commit, while the store is read."""
    writes = [
        Write(type="my.report", id=f"m{n:04}", version=2, body=f'{{"id":"m{n:04}","name":"月报{n}"}}'.encode())
        for n in range(2500)
    ]
    ws.store.commit(writes, at=DAY)
    done = ws.migrate()
    assert done.counts == {"my.report": 2502}
    assert {s.commit for s in ws.store.find("my.report") if s.id != "3"} == {done.commit}
    assert len(list(ws.find("my.report", city="月报"))) == 2500
