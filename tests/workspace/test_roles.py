"""Roles: who does not see personal data is not given it, and cannot wipe it out."""

import datetime as dt
import json
import traceback

import pytest

import kepu_core as kepu
from kepu_core.codec import Codec, RecordType
from kepu_core.plugins.storage import Commit, StoredRecord, Write
from kepu_core.workspace import Role
from kepu_core.workspace.reading import decoded

MANAGER = kepu.PluginManager.with_builtins(strict=True)
STORES = ["memory:"]
CLERK = Role("clerk")
DAY = dt.datetime(2021, 1, 1, tzinfo=dt.UTC)


@pytest.fixture(params=STORES)
def ws(request, tmp_path):
    """A workspace on every kind of store that is here, with personal data in it."""
    where = request.param.format(folder=tmp_path)
    with kepu.open_workspace(where, plugins=MANAGER, references="ignore") as workspace:
        workspace.put(body(), entry())
        yield workspace


def as_role(ws, role, **more):
    """The same store, seen by another."""
    return kepu.Workspace(ws.store, MANAGER, role=role, references="ignore", **more)


def body(**more):
    contact = kepu.Contact(name="张三", phone="13800000000")
    return kepu.Organisation(**{"id": "a", "name": "科协", "kind": "association", "contact": contact, **more})


def entry(**more):
    return kepu.Entry(**{"id": "e", "campaign": "k", "title": "火箭", "members": ["李四"], **more})


def test_what_a_role_does_not_see_it_is_not_given(ws, tmp_path):
    """Got, found, in history, as it was, in the feed, among those that refer, and in exports asked for whole."""
    clerk = as_role(ws, CLERK)
    given = [
        clerk.get("organisation", "a"),
        *clerk.find("organisation"),
        *clerk.find("organisation", text="科协"),
        *[r.record for r in clerk.history("organisation", "a")],
        *clerk.as_of(1).find("entry"),
        *[c.record for c in clerk.changes()],
        *clerk.referring("campaign", "k"),
    ]
    assert all(r.contact is None for r in given if isinstance(r, kepu.Organisation))
    assert all(r.members == () for r in given if isinstance(r, kepu.Entry))
    assert len(given) == 8
    for what in (clerk.find("organisation"), [body()], body()):
        text = clerk.export(what, tmp_path / "o.json", include_personal=True).read_text("utf-8")
        assert "科协" in text
        assert "张三" not in text
    assert "张三" in ws.export(body(), tmp_path / "all.json", include_personal=True).read_text("utf-8")


def test_a_role_sees_the_types_that_it_is_given(ws, tmp_path):
    """Of these it is given all, of others nothing that is personal; in one export as well."""
    editor = as_role(ws, Role("editor", {"entry"}))
    assert editor.get("entry", "e").members == ("李四",)
    assert editor.get("organisation", "a").contact is None
    file = editor.export([body(), entry()], tmp_path / "both.json", include_personal=True)
    assert "李四" in file.read_text("utf-8")
    assert "张三" not in file.read_text("utf-8")
    assert as_role(ws, Role("chief", "all")).get("organisation", "a") == body()


def test_a_role_cannot_wipe_out_what_it_does_not_see(ws):
    """A change of a record with hidden data is refused; putting it back as it was given changes nothing."""
    clerk = as_role(ws, CLERK)
    seen = clerk.get("organisation", "a")
    assert clerk.put(seen) is None
    with pytest.raises(kepu.Refused) as caught:
        clerk.put(kepu.replace(seen, name="省科协"))
    assert caught.value.code == "workspace.hidden-fields"
    assert "张三" not in str(caught.value)
    with pytest.raises(kepu.Refused):
        clerk.load([kepu.replace(seen, name="省科协")])
    assert ws.get("organisation", "a") == body()


def test_personal_data_cannot_be_guessed_by_putting(ws):
    """A guess that is right is refused as one that is wrong: the same is answered, whatever is stored."""
    clerk = as_role(ws, CLERK)
    told = set()
    for phone in ("13800000000", "13900000000"):
        for write in (clerk.put, lambda r: clerk.load([r]), lambda r: clerk.put(r, expect=1)):
            with pytest.raises(kepu.Refused) as caught:
                write(body(contact=kepu.Contact(name="张三", phone=phone)))
            told.add(str(caught.value))
    assert len(told) == 1
    assert "hidden-fields" in told.pop()
    assert ws.put(body()) is None


def test_a_role_may_write_what_hides_nothing(ws):
    """New records, records without anything personal, and types that it sees."""
    clerk = as_role(ws, CLERK)
    plain = kepu.replace(body(), id="b", contact=None)
    clerk.put(plain, kepu.replace(body(), id="c"))
    clerk.put(kepu.replace(plain, name="改名"))
    assert ws.get("organisation", "b").name == "改名"
    assert ws.get("organisation", "c").contact == body().contact
    assert as_role(ws, Role("editor", {"entry"})).put(entry(members=["王五"])) is not None


def test_data_put_in_between_is_not_wiped_out_either():
    """What was without personal data when the role looked, and no longer is when it writes: a conflict."""
    from kepu_core.builtin.memory import MemoryStore

    class Racing(MemoryStore):
        """Between the last look and the commit, somebody else adds a contact."""

        def commit(self, writes, **more):
            if racing:
                racing.pop()
                ws.put(body())
            return super().commit(writes, **more)

    racing = []
    ws = kepu.Workspace(Racing(), MANAGER)
    ws.put(body(contact=None))
    clerk = as_role(ws, CLERK)
    racing.append(True)
    with pytest.raises(kepu.RevisionConflict):
        clerk.put(body(contact=None, name="省科协"))
    assert ws.get("organisation", "a") == body()


def test_checking_and_evaluating_see_all(ws):
    """What a role does not see is there all the same for the rules that need it."""
    seen = []

    class Checking:
        kepu_namespace = "my"

        @kepu.hook
        def kepu_check_records(self):
            def look(context):
                seen.extend(r.contact for r in context.find("organisation"))
                return iter(())

            return [kepu.RecordCheck(name="my.look", label=kepu.Text("看", "look"), check=look)]

    manager = kepu.PluginManager.with_builtins()
    manager.register(Checking(), "checking")
    kepu.Workspace(ws.store, manager, role=CLERK, references="ignore").check()
    assert seen == [body().contact]


def test_a_partial_role_copies_nothing_whole(ws, tmp_path):
    """A copy or backup holds everything: only a role that sees all may make one."""
    clerk = as_role(ws, Role("editor", {"entry"}))
    for copy in (lambda: clerk.copy_to("memory:"), lambda: clerk.backup(tmp_path / "b.kepu")):
        with pytest.raises(kepu.Refused) as caught:
            copy()
        assert caught.value.code == "workspace.role-cannot-copy"


@kepu.record("t.child", "学员", "pupil")
class Pupil:
    id: str = kepu.field("标识", "id")
    phone: str | None = kepu.field("电话", "phone", default=None, personal=True, index=True)
    born_on: dt.date | None = kepu.field("出生日期", "born on", default=None, personal=True, index=True)


def test_personal_data_cannot_be_guessed_by_searching():
    """An index on a personal field is none for a role that does not see it."""

    class Pupils:
        kepu_namespace = "t"

        @kepu.hook
        def kepu_record_types(self):
            return [RecordType(Pupil)]

    manager = kepu.PluginManager.with_builtins()
    manager.register(Pupils(), "pupils")
    with kepu.open_workspace(plugins=manager) as ws:
        ws.put(Pupil(id="p", phone="138", born_on=dt.date(2010, 5, 1)))
        assert [p.id for p in ws.find(Pupil, phone="138", during="2010")] == ["p"]
        clerk = kepu.Workspace(ws.store, manager, role=CLERK)
        for where in ({"phone": "138"}, {"during": "2010"}):
            with pytest.raises(kepu.InvalidData):
                clerk.find(Pupil, **where)


def test_a_role_says_what_it_sees():
    """All, nothing, or a set of types; a single name is a mistake."""
    assert [CLERK.sees("entry"), Role("x", "all").sees("entry"), Role("x", ["entry"]).sees("entry")] == [
        False,
        True,
        True,
    ]
    with pytest.raises(TypeError, match="not 'entry'"):
        Role("x", "entry")


def test_what_was_written_without_the_workspace_is_shown_by_role_too(ws):
    """It is the reading that leaves personal data out, however it came in."""
    codec = ws.codec
    ws.store.commit(
        [Write(type="entry", id="z", version=1, body=codec.encode(entry(id="z")))],
        at=dt.datetime(2021, 1, 1, tzinfo=dt.UTC),
    )
    assert as_role(ws, CLERK).get("entry", "z").members == ()


BROKEN = {
    "a part that is none": {"contact": "张三 13800000000"},
    "a wrong text": {"contact": {"name": ["张三"], "phone": "13800000000"}},
    "a wrong number": {"contact": {"name": "张三", "phone": 13800000000}},
    "a wrong form": {"contact": {"name": "张三", "phone": "张三:13800000000"}},
    "an unknown field": {"contact": {"name": "张三", "phone13800000000张三": 1}},
    "a list": [{"contact": "张三 13800000000"}],
}


@pytest.mark.parametrize("content", BROKEN.values(), ids=BROKEN)
def test_what_cannot_be_read_is_not_quoted(content):
    """Whoever asks, and however: the fault is told by its code and field, without what stands there."""
    with kepu.open_workspace(plugins=MANAGER) as ws:
        plain = {"id": "a", "name": "科协", "kind": "association"}
        body_ = plain | content if isinstance(content, dict) else content
        ws.store.commit([Write(type="organisation", id="a", version=1, body=json.dumps(body_).encode())], at=DAY)
        told = []
        for look in (
            lambda ws: ws.get("organisation", "a"),
            lambda ws: list(ws.find("organisation")),
            lambda ws: ws.history("organisation", "a"),
            lambda ws: list(ws.changes()),
            lambda ws: ws.migrate(),
            lambda ws: ws.put(body(contact=None)),
        ):
            with pytest.raises(kepu.InvalidData) as caught:
                look(as_role(ws, CLERK))
            told += caught.value.findings
            assert "13800000000" not in "".join(traceback.format_exception(caught.value))
        told += ws.migrate(dry_run=True).findings
        told += ws.verify()
    assert not any(secret in str(f.at()) + repr(f) for f in told for secret in ("13800000000", "张三"))
    assert {f.field for f in told} <= {"contact", "contact.name", "contact.phone", None}


def test_what_is_not_personal_is_quoted():
    """A fault in any other field is told as it always was."""
    with kepu.open_workspace(plugins=MANAGER, role=CLERK) as ws:
        content = {"id": "a", "name": 7, "kind": "association", "colour": "red"}
        ws.store.commit([Write(type="organisation", id="a", version=1, body=json.dumps(content).encode())], at=DAY)
        with pytest.raises(kepu.InvalidData) as caught:
            ws.get("organisation", "a")
    assert "should be text, not 7" in str(caught.value)
    assert "unknown field colour" in str(caught.value)


def test_an_upgrade_that_fails_quotes_nothing():
    """What it raises may hold anything of a record of the older shape."""

    def upgrade(data):
        raise ValueError(data["contact"])

    kind = RecordType(kepu.Organisation, version=2, upgrades={1: upgrade})
    codec = Codec([kind])
    stored = StoredRecord(
        type="organisation", id="a", version=1, body=b'{"contact": "13800000000"}', revision=1,
        commit=Commit(number=1, at=DAY),
    )  # fmt: skip
    with pytest.raises(kepu.InvalidData) as caught:
        decoded(codec, stored)
    assert caught.value.code == "codec.upgrade-failed"
    assert "13800000000" not in "".join(traceback.format_exception(caught.value))
