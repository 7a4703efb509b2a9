"""Verifying: a healthy workspace gives nothing; each kind of fault is told, once, and the rest is read on."""

import datetime as dt

import pytest

import kepu_core as kepu
from kepu_core.builtin.memory import MemoryStore
from kepu_core.plugins.storage import DAMAGED, StoreRefused, Write
from kepu_core.workspace.indexing import index_of, text_of
from kepu_core.workspace.verifying import verify


def manager_with_sql():
    manager = kepu.PluginManager.with_builtins(strict=True)
    try:
        import kepu_sql.plugin
    except ModuleNotFoundError:
        return manager
    manager.register(kepu_sql.plugin, "sql")
    return manager


MANAGER = manager_with_sql()
FILES = [f"{{folder}}/w{s}" for b in MANAGER.values(kepu.hook.kepu_storage_backends).values() for s in b.suffixes]
DAY = dt.datetime(2021, 6, 1, tzinfo=dt.UTC)


@pytest.fixture(params=["memory:", *FILES])
def ws(request, tmp_path):
    """A workspace on every kind of store that is here."""
    with kepu.open_workspace(request.param.format(folder=tmp_path), plugins=MANAGER, references="ignore") as workspace:
        yield workspace


def body(ident="a", name="科协", **more):
    return kepu.Organisation(id=ident, name=name, kind=more.pop("kind", "association"), **more)


def raw(ws, content, *, kind="organisation", ident="a", version=1, **more):
    ws.store.commit([Write(type=kind, id=ident, version=version, body=content, **more)], at=DAY)


def whole(ws, record):
    raw(ws, ws.codec.encode(record), ident=record.id, index=index_of(record), text=text_of(record))


def told(ws):
    return [(f.code, f.severity.value, f.record) for f in ws.verify()]


def test_a_healthy_workspace_gives_nothing(ws):
    """Put, changed, deleted, erased, migrated: nothing is found; each commit is counted."""
    ws.put(body(), body("b", contact=kepu.Contact(name="张三")))
    ws.put(body(name="省科协"))
    ws.delete("organisation", "a")
    ws.erase("organisation", "b", reason="asked")
    ws.migrate()
    steps = []
    assert list(verify(ws, step=lambda: steps.append(1))) == []
    assert len(steps) == 4


def test_what_cannot_be_read_is_told_for_every_revision(ws):
    """Broken, of a newer version, with another id: past revisions as well; the others are read on."""
    raw(ws, b'{"id":"a"}')
    raw(ws, b"{}")
    raw(ws, b'{"id":"a"}', version=9)
    whole(ws, body())
    raw(ws, ws.codec.encode(body("c")), ident="b")
    assert told(ws) == [("verify.unreadable", "error", "organisation/a")] * 3 + [
        ("verify.unreadable", "error", "organisation/b")
    ]
    assert "revision 3" in ws.verify()[2].message.en


def test_a_type_that_no_plugin_brings_is_told_once(ws):
    """As a warning: the plugin is missing, the data is not."""
    for number in range(3):
        raw(ws, b"{}", kind="my.lamp", ident=f"l{number}")
    whole(ws, body())
    assert told(ws) == [("store.unknown-type", "warning", "my.lamp")]
    assert "3 revisions" in ws.verify()[0].message.en


def test_what_is_found_by_other_texts_than_today_is_told(ws):
    """Index or words of a newest revision; of past ones it does not matter. Migrating mends it."""
    raw(ws, ws.codec.encode(body()), index={"kind": "association"})
    raw(ws, ws.codec.encode(body("b")), ident="b", index={"kind": "x"}, text="科协")
    raw(ws, ws.codec.encode(body("c")), ident="c")
    whole(ws, body("c"))
    assert told(ws) == [("verify.index", "warning", "organisation/a")]
    assert "2 records" in ws.verify()[0].message.en
    ws.migrate()
    assert told(ws) == []


def test_what_the_checks_find_is_told(ws):
    """References that lead nowhere."""
    report = kepu.BaseReport(id="r", base="no", period="2021")
    ws.store.commit(
        [Write(type="base_report", id="r", version=1, body=ws.codec.encode(report), index=index_of(report))], at=DAY
    )
    assert told(ws) == [("reference.unknown", "error", "base_report/r")]


def test_damage_is_told_and_told_once():
    """What the store finds, and what reading runs into, is the same damage; what can be read is checked all the same."""
    damage = DAMAGED.finding(url="memory:", record="organisation/a", reason="digest")

    class Damaged(MemoryStore):
        def verify(self):
            yield damage

        def changes(self, **more):
            yield from list(super().changes(**more))[:1]
            raise StoreRefused(damage)

    with kepu.Workspace(Damaged(), MANAGER) as ws:
        raw(ws, b'{"id":"0"}', ident="0")
        whole(ws, body())
        report = kepu.BaseReport(id="r", base="no", period="2021")
        raw(ws, ws.codec.encode(report), kind="base_report", ident="r", index=index_of(report))
        codes = [f.code for f in ws.verify()]
    assert codes == ["store.damaged", "verify.unreadable", "reference.unknown"]


def figures(**columns):
    pa = pytest.importorskip("pyarrow")
    plain = {"indicator": ["visits"], "subject": ["440300"], "period": ["2021"], "value": [1.0]}
    return pa.table(plain | columns)


def test_figures_in_columns_are_checked_as_records_are(ws):
    """What the checks find over the whole workspace is found."""
    ws.put_figures(figures(indicator=["unheard-of"]))
    assert [f.code for f in ws.verify()] == [f.code for f in ws.check()] == ["reference.not-registered"]


def rewritten(body, rows=None, **more):
    """A block with other rows, or with other words about them."""
    pa = pytest.importorskip("pyarrow")
    reader = pa.ipc.open_stream(body)
    batch = reader.read_next_batch()
    about = more.get("about", reader.schema.metadata[b"kepu.about"])
    batch = (rows or (lambda b: b))(batch).replace_schema_metadata({b"kepu.about": about})
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, batch.schema) as out:
        out.write_batch(batch)
    return sink.getvalue().to_pybytes()


DAMAGES = {
    "no Arrow": lambda body: b"no arrow",
    "nothing": lambda body: b"",
    "cut off": lambda body: body[: len(body) // 2],
    "without its end": lambda body: body[:-100],
    "no rows": lambda body: rewritten(body, lambda b: b.slice(0, 0)),
    "other columns": lambda body: rewritten(body, lambda b: b.select(["indicator", "value"])),
    "another order of columns": lambda body: rewritten(body, lambda b: b.select(b.schema.names[::-1])),
    "bounds that are no JSON": lambda body: rewritten(body, about=b"x"),
    "bounds that are too few": lambda body: rewritten(body, about=b"[]"),
    "bounds that are no list": lambda body: rewritten(body, about=b"1"),
    "other bounds": lambda body: rewritten(body, about=b'["a|b", "c|d", 1]'),
    "another number of rows": lambda body: rewritten(body, about=b'["440300|2021", "440300|2021", 7]'),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_block_is_told_and_the_rest_is_checked(damage, manager):
    """Once, by its id; figures in other blocks, and all records, are checked all the same."""
    with kepu.Workspace(MemoryStore(), manager, references="ignore") as ws:
        ws.put_figures(figures())
        ws.put_figures(figures(indicator=["unheard-of"]))
        ws.put(kepu.BaseReport(id="r", base="no", period="2021"))
        block = next(s for s in ws.store.find(".figures") if s.id.startswith("visits|"))
        assert sum(f.code == "store.damaged" for f in ws.verify()) == 0
        raw(ws, DAMAGES[damage](block.body), kind=".figures", ident=block.id, index={"indicator": "visits"})
        found = [(f.code, f.record) for f in ws.verify()]
    assert (found[0], len(found)) == (("store.damaged", f".figures/{block.id}"), 3)
    assert [(c, (r or "").partition("|")[0]) for c, r in found[1:]] == [
        ("reference.unknown", "base_report/r"),
        ("reference.not-registered", "observation/unheard-of"),
    ]


def test_a_block_of_a_newer_version_is_told(ws):
    """It is whole, but not for this program."""
    ws.put_figures(figures())
    (block,) = ws.store.find(".figures")
    raw(ws, block.body, kind=".figures", ident=block.id, version=99, index={"indicator": "visits"})
    assert [f.code for f in ws.verify()] == ["codec.newer-type"]


def test_a_role_that_sees_little_verifies_all(ws):
    """Checks and comparisons are made on whole records."""
    ws.put(body(contact=kepu.Contact(name="张三")))
    clerk = kepu.Workspace(ws.store, MANAGER, role=kepu.Role("clerk")) if hasattr(kepu, "Role") else ws
    assert clerk.verify() == ()
