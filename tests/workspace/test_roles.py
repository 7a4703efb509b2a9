"""Roles: who does not see personal data is not given it, and cannot wipe it out."""

import datetime as dt

import pytest

import kepu_core as kepu
from kepu_core.codec import RecordType
from kepu_core.plugins.storage import Write
from kepu_core.workspace import Role

MANAGER = kepu.PluginManager.with_builtins(strict=True)
STORES = ["memory:"]
CLERK = Role("clerk")


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
