"""Erasing: personal data is gone from the record and its whole history; everything else is as it was."""

import datetime as dt
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import kepu_core as kepu
from kepu_core.builtin.memory import MemoryStore
from kepu_core.codec import Codec, RecordType
from kepu_core.domain.erasure import Erasure
from kepu_core.plugins.storage import RevisionConflict, Write
from kepu_core.testing import strategy_for
from kepu_core.workspace.erasing import erase, personal_fields


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
    where = request.param.format(folder=tmp_path)
    with kepu.open_workspace(where, plugins=MANAGER, author="Li", references="ignore", clock=lambda: DAY) as workspace:
        yield workspace


def contact(name="张三", **more):
    return kepu.Contact(name=name, **more)


def body(ident="a", name="科协", **more):
    return kepu.Organisation(id=ident, name=name, kind=more.pop("kind", "association"), **more)


def held(ws):
    """Every byte and text in all of the history."""
    return "\n".join(f"{(c.record.body or b'').decode()} {dict(c.index)} {c.text}" for c in ws.store.changes())


def test_personal_data_is_gone_from_all_revisions(ws):
    """From the record, from what it was, from the feed; the rest of each revision stays, and it is told."""
    ws.put(body(contact=contact()), body("b", contact=contact("王五")))
    ws.put(body(name="省科协", contact=contact("李四")))
    before = ws.store.history("organisation", "a")
    erasure = ws.erase("organisation", "a", reason="本人要求")
    assert (erasure.record_type, erasure.record_id, erasure.fields) == ("organisation", "a", ("contact",))
    assert (erasure.revisions, erasure.unreadable, erasure.erased_at) == (2, 0, DAY)
    assert (erasure.decided_by, erasure.reason) == ("Li", "本人要求")
    assert list(ws.find(Erasure, record_type="organisation", record_id="a")) == [erasure]
    assert "张三" not in held(ws)
    assert "李四" not in held(ws)
    assert "王五" in held(ws)
    revisions = ws.history("organisation", "a")
    assert [r.record for r in revisions] == [body(), body(name="省科协"), body(name="省科协")]
    assert [r.commit for r in revisions[:2]] == [s.commit for s in before]
    assert revisions[2].commit.reason == "本人要求"
    assert len(list(ws.log())) == 3
    assert ws.as_of(1).get("organisation", "a") == body()
    assert ws.verify() == ()


@pytest.mark.parametrize("where", FILES)
def test_the_bytes_are_gone_from_the_files(where, tmp_path):
    """Nothing of it is left in any file of the store once it is closed."""
    where = Path(where.format(folder=tmp_path))
    secret = "secretperson"
    with kepu.open_workspace(where, plugins=MANAGER) as ws:
        for number in range(30):
            ws.put(body(name=f"科协{number}", contact=contact(secret)))
        assert ws.erase("organisation", "a", reason="asked").revisions == 30
    files = [p for p in tmp_path.rglob("*") if p.is_file()]
    assert files
    assert not any(secret.encode() in p.read_bytes() for p in files)


def test_a_deleted_record_is_erased_as_well(ws):
    """It stays deleted; only what it was is rewritten."""
    ws.put(body(contact=contact()))
    ws.delete("organisation", "a")
    assert ws.erase("organisation", "a", reason="asked").revisions == 1
    assert [r.record for r in ws.history("organisation", "a")] == [body(), None]
    assert "张三" not in held(ws)


def test_what_holds_none_any_more_is_not_written_anew(ws):
    """Where only the past holds personal data, only the past is rewritten."""
    ws.put(body(contact=contact()))
    ws.put(body())
    assert ws.erase("organisation", "a", reason="asked").revisions == 1
    assert len(ws.history("organisation", "a")) == 2
    assert "张三" not in held(ws)


def test_nothing_to_erase_is_said_and_nothing_written(ws):
    """A record that never was, one without personal data, a type without, a field that is not personal."""
    ws.put(body())
    cases = [
        (("organisation", "no"), {}, kepu.NotFound, "workspace.no-record"),
        (("organisation", "a"), {}, kepu.Refused, "erase.nothing"),
        (("evaluation", "a"), {}, kepu.Refused, "erase.no-personal-fields"),
        (("organisation", "a"), {"fields": ["name"]}, kepu.InvalidData, "erase.not-personal"),
        (("organisation", "a"), {"fields": ["phone", "contact"]}, kepu.InvalidData, "erase.not-personal"),
        (("organisations", "a"), {}, kepu.NotFound, "codec.unknown-type"),
    ]
    for words, more, kind, code in cases:
        with pytest.raises(kind) as caught:
            ws.erase(*words, reason="asked", **more)
        assert caught.value.code == code
    with pytest.raises(ValueError, match="at least"):
        ws.erase("organisation", "a", reason="asked", fields=[])
    ws.put(body(contact=contact()))
    with pytest.raises(kepu.InvalidData):
        ws.erase("organisation", "a", reason=" ")
    assert len(list(ws.log())) == 2
    ws.erase("organisation", "a", reason="asked")
    with pytest.raises(kepu.Refused) as caught:
        ws.erase("organisation", "a", reason="asked twice")
    assert caught.value.code == "erase.nothing"


def test_a_change_in_between_is_not_lost():
    """Who changed the record while it was erased is named, and nothing is written."""

    class Racing(MemoryStore):
        def history(self, type_name, ident):
            found = super().history(type_name, ident)
            if len(found) == 1:
                record = found[0]
                self.commit([Write(type=record.type, id=ident, version=1, body=record.body)], at=DAY, author="Wang")
            return found

    with kepu.Workspace(Racing(), MANAGER, author="Li") as ws:
        ws.put(body(contact=contact()))
        with pytest.raises(RevisionConflict, match="Wang"):
            ws.erase("organisation", "a", reason="asked")
        assert len(list(ws.log())) == 2
        assert "张三" in held(ws)


def test_listeners_learn_of_it():
    """What keeps a copy of records (an index of an app) is told of the record without its personal data."""
    heard = []

    class Listening:
        kepu_namespace = "l"

        @staticmethod
        @kepu.hook
        def kepu_after_commit():
            yield kepu.CommitListener(name="l.one", after=lambda c, records: heard.append(records))

    manager = kepu.PluginManager.with_builtins(strict=True)
    manager.register(Listening(), "listening")
    with kepu.open_workspace(plugins=manager) as ws:
        ws.put(body(contact=contact()))
        erasure = ws.erase("organisation", "a", reason="asked")
    assert heard[1:] == [(body(), erasure)]


# Types that have changed, types of plugins


@kepu.part("监护人", "guardian")
class Guardian:
    """A part with personal and other fields."""

    name: str = kepu.field("姓名", "name", personal=True)
    relation: str = kepu.field("关系", "relation", default="父母")


@kepu.record("my.pupil", "学生", "pupil")
class Pupil:
    """A type whose first version had a telephone number and other words."""

    id: str = kepu.field("标识", "id")
    school: str = kepu.field("学校", "school", searched=True, index=True)
    name: str = kepu.field("姓名", "name", personal=True, index=True)
    born: int | None = kepu.field("出生年", "year of birth", default=None, personal=True)
    guardians: tuple[Guardian, ...] = kepu.field("监护人", "guardians", default=())


def upgraded(data):
    data.pop("phone")
    return {"name": "？", **data}


@pytest.fixture
def pupils():
    """A workspace whose record type is in its second version."""

    class Giving:
        kepu_namespace = "my"

        @staticmethod
        @kepu.hook
        def kepu_record_types():
            return [RecordType(Pupil, version=2, upgrades={1: upgraded})]

    manager = kepu.PluginManager.with_builtins(strict=True)
    manager.register(Giving(), "giving")
    with kepu.open_workspace(plugins=manager, author="Li") as ws:
        yield ws


def old(ws, *bodies, version=1):
    for content in bodies:
        ws.store.commit([Write(type="my.pupil", id="p", version=version, body=content, index={"name": "小明"})], at=DAY)


def pupil(**more):
    return Pupil(
        **{"id": "p", "school": "一小", "name": "小明", "born": 2010, "guardians": [Guardian(name="大明")], **more}
    )


def test_older_versions_are_redacted_in_the_present_one(pupils):
    """What an older version held and the present one does not even know goes as well."""
    old(pupils, b'{"id":"p","phone":"13800000000","school":"\xe4\xb8\x80\xe5\xb0\x8f"}')
    pupils.put(pupil())
    erasure = pupils.erase("my.pupil", "p", reason="asked")
    assert (erasure.fields, erasure.revisions) == (("name", "born", "guardians"), 2)
    plain = pupil(name="＊", born=None, guardians=[Guardian(name="＊")])
    assert [r.record for r in pupils.history("my.pupil", "p")] == [
        Pupil(id="p", school="一小", name="＊"),
        plain,
        plain,
    ]
    assert [s.version for s in pupils.store.history("my.pupil", "p")] == [2, 2, 2]
    assert not any(text in held(pupils) for text in ("小明", "大明", "13800000000", "2010"))
    assert list(pupils.find("my.pupil", name="小明")) == list(pupils.as_of(2).find("my.pupil", name="小明")) == []
    assert list(pupils.as_of(2).find("my.pupil", text="一小")) == [plain]


def test_only_the_fields_that_are_named(pupils):
    """The other personal fields stay; the erasure names what went."""
    pupils.put(pupil())
    assert pupils.erase("my.pupil", "p", reason="asked", fields=["guardians", "born"]).fields == ("born", "guardians")
    assert pupils.get("my.pupil", "p") == pupil(born=None, guardians=[Guardian(name="＊")])
    assert [o.id for o in pupils.find("my.pupil", name="小明")] == ["p"]


def test_what_cannot_be_read_any_more_is_emptied(pupils):
    """A past revision of broken content is emptied, counted, and verifying says so; a newest one has to be deleted first."""
    old(pupils, b'{"id":"p","phone":"13800000000"}', b"\xff\xfe", version=2)
    with pytest.raises(kepu.Refused) as caught:
        pupils.erase("my.pupil", "p", reason="asked")
    assert caught.value.code == "erase.unreadable"
    pupils.delete("my.pupil", "p")
    erasure = pupils.erase("my.pupil", "p", reason="asked")
    assert (erasure.revisions, erasure.unreadable) == (2, 2)
    assert [s.body for s in pupils.store.history("my.pupil", "p")] == [b"{}", b"{}", None]
    assert "小明" not in held(pupils)
    assert [(f.code, f.severity) for f in pupils.verify()] == [("verify.emptied", kepu.Severity.NOTE)] * 2


def test_what_a_newer_plugin_wrote_is_not_emptied(pupils):
    """It is only unknown here: upgrade first."""
    old(pupils, b'{"new":"form"}', version=3)
    pupils.put(pupil())
    with pytest.raises(kepu.InvalidData) as caught:
        pupils.erase("my.pupil", "p", reason="asked")
    assert caught.value.code == "codec.newer-type"
    assert len(list(pupils.log())) == 2


@settings(suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large], max_examples=40)
@given(st.lists(st.one_of(st.none(), strategy_for(kepu.Entry)), min_size=1, max_size=4))
def test_whatever_its_history_is_no_personal_data_is_left(several):
    """Of any revisions and deletions: what stays is what redaction leaves, revision by revision."""
    with kepu.open_workspace(plugins=MANAGER, references="ignore", clock=lambda: DAY) as ws:
        codec: Codec = ws.codec
        versions = [None if e is None else kepu.replace(e, id="e") for e in several]
        for entry in versions:
            content = None if entry is None else codec.encode(entry)
            ws.store.commit([Write(type="entry", id="e", version=1, body=content)], at=DAY)
        try:
            erasure = erase(ws, "entry", "e", fields=None, author=None, reason="asked")
        except kepu.Refused:
            erasure = None
        plain = [None if e is None else kepu.replace(e, members=()) for e in versions]
        assert (erasure is None) == (plain == versions)
        revisions = [r.record for r in ws.history("entry", "e")]
        assert revisions[: len(plain)] == plain
        assert revisions[len(plain) :] in ([], plain[-1:])


def test_an_erasure_can_be_declared_by_nobody_else(ws):
    """It is only ever added: what was erased stays told."""
    ws.put(body(contact=contact()))
    erasure = ws.erase("organisation", "a", reason="asked")
    with pytest.raises(kepu.Refused):
        ws.put(kepu.replace(erasure, reason="other"))
    with pytest.raises(kepu.Refused):
        ws.delete("erasure", erasure.id)


def test_personal_fields_of_the_domain():
    """They are found in parts as well."""
    assert personal_fields(kepu.Entry) == ("members",)
    assert personal_fields(Pupil) == ("name", "born", "guardians")
    assert personal_fields(kepu.Region) == ()


def test_what_a_killed_erasure_left_is_cleared_by_asking_again(tmp_path):
    """Erased, but killed before the store gave up the old bytes: asking again says that nothing is left, and clears them."""
    path = tmp_path / "w.kepudir"
    with kepu.open_workspace(path, plugins=kepu.PluginManager.with_builtins()) as ws:
        contact = kepu.Contact(name="张三", phone="13800138000")
        ws.put(kepu.Organisation(id="a", name="科协", kind="association", contact=contact))
        compact, ws.store.compact = ws.store.compact, lambda: None
        ws.erase("organisation", "a", reason="asked")
        ws.store.compact = compact
        with pytest.raises(kepu.Refused) as caught:
            ws.erase("organisation", "a", reason="asked again")
        assert caught.value.code == "erase.nothing"
    assert all(b"13800138000" not in p.read_bytes() for p in path.rglob("*") if p.is_file())
