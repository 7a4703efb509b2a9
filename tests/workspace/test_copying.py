"""Copies: equal to the last revision, kept in step, never over anything else; backups, whole or not at all."""

import datetime as dt
import tracemalloc

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import kepu_core as kepu
from kepu_core.builtin.memory import MemoryStore
from kepu_core.plugins.storage import STORE_FAILED, RevisionConflict, Rewrite, StorageBackend, StoreRefused, Write
from kepu_core.workspace.copying import backup, copy_store
from kepu_core.workspace.opening import backend_of, open_store
from kepu_core.workspace.views import Past, ReadOnly


def manager_with_sql():
    manager = kepu.PluginManager.with_builtins(strict=True)
    try:
        import kepu_sql.plugin
    except ModuleNotFoundError:
        return manager
    manager.register(kepu_sql.plugin, "sql")
    return manager


MANAGER = manager_with_sql()
CODEC = kepu.Workspace(MemoryStore(), MANAGER).codec
FILES = [f"{{folder}}/w{s}" for b in MANAGER.values(kepu.hook.kepu_storage_backends).values() for s in b.suffixes]
SUFFIXES = [where.removeprefix("{folder}/w") for where in FILES]
STORES = ["memory:", *FILES]
DAY = dt.datetime(2021, 1, 1, tzinfo=dt.UTC)


@pytest.fixture(params=STORES)
def ws(request, tmp_path):
    """A workspace on every kind of store that is here, with some history."""
    where = request.param.format(folder=tmp_path)
    with kepu.open_workspace(where, plugins=MANAGER, author="Li", references="ignore") as workspace:
        workspace.put(body(), body("b", "学会"), reason="first")
        workspace.put(body(name="省科协", contact=person()))
        workspace.delete("organisation", "b", reason="merged")
        yield workspace


@pytest.fixture(params=STORES)
def target(request, tmp_path):
    """An empty store of every kind."""
    (tmp_path / "target").mkdir()
    store = open_store(request.param.format(folder=tmp_path / "target"), MANAGER, create=True)
    yield store
    store.close()


def person(name="张三"):
    return kepu.Contact(name=name, phone="13800000000")


def body(ident="a", name="科协", **more):
    return kepu.Organisation(id=ident, name=name, kind=more.pop("kind", "association"), **more)


def all_of(store):
    """Everything that a store holds, with its history."""
    return list(store.commits()), list(store.changes())


def test_a_copy_is_equal_to_the_last_revision(ws, target):
    """Numbers, times, authors, reasons, revisions, tombstones, index and words: the feed is the same."""
    steps = []
    assert copy_store(ws.store, target, codec=CODEC, step=lambda: steps.append(1)) == len(steps) == 3
    assert all_of(target) == all_of(ws.store)
    there = kepu.Workspace(target, MANAGER)
    assert [o.id for o in there.find("organisation", text="省科协", kind="association")] == ["a"]
    assert [r.number for r in there.history("organisation", "a")] == [1, 2]


def test_a_copy_is_brought_up_to_date(ws, target):
    """The second time what is new since is copied, the third time nothing."""
    copy_store(ws.store, target, codec=CODEC)
    ws.put(body("c", "馆"))
    ws.put(body("b", "新学会"))
    assert [copy_store(ws.store, target, codec=CODEC) for _ in range(2)] == [2, 0]
    assert all_of(target) == all_of(ws.store)


def test_what_is_erased_is_erased_in_a_copy_that_is_kept_in_step(ws, target):
    """Made before or after: the history of the copy is rewritten in the very commit in which the source's was."""
    copy_store(ws.store, target, codec=CODEC)
    ws.put(body(name="广东省科协", contact=person("李四")))
    ws.erase("organisation", "a", reason="asked")
    ws.put(body(contact=person("王五")))
    ws.erase("organisation", "a", reason="asked again")
    assert copy_store(ws.store, target, codec=CODEC) == 4
    assert all_of(target) == all_of(ws.store)
    held = b"".join(c.record.body or b"" for c in target.changes()).decode()
    assert "省科协" in held
    assert not any(name in held for name in ("张三", "李四", "王五"))
    late = MemoryStore()
    copy_store(ws.store, late, codec=CODEC)
    assert all_of(late) == all_of(ws.store)


class Compacting(MemoryStore):
    """A store that counts how often room was given back, or refuses it."""

    compacted = 0
    refusal = None

    def compact(self):
        self.compacted += 1
        if self.refusal is not None:
            raise StoreRefused(self.refusal)


def test_what_is_erased_is_cleared_from_the_files_of_a_copy(ws):
    """Where something was rewritten, and only there; also if the copying ends in an error after that."""
    target = Compacting("memory://li:secret@host/copy")
    copy_store(ws.store, target, codec=CODEC)
    assert target.compacted == 0
    ws.erase("organisation", "a", reason="asked")
    ws.put(body("c", "馆"))

    def stop():
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        copy_store(ws.store, target, codec=CODEC, step=stop)
    assert target.compacted == 1
    copy_store(ws.store, target, codec=CODEC)
    assert target.compacted == 1
    ws.put(body("a", contact=person()))
    copy_store(ws.store, target, codec=CODEC)
    ws.erase("organisation", "a", reason="asked again")
    target.refusal = STORE_FAILED.finding(url="x", reason="no right")
    told = []
    assert copy_store(ws.store, target, codec=CODEC, told=told) == 1
    assert [(f.code, f.severity.value) for f in told] == [("copy.not-cleared", "warning")]
    assert "no right" in told[0].message.en
    assert "secret" not in str(told[0])
    assert all_of(target) == all_of(ws.store)


def test_a_copy_that_was_not_cleared_is_a_notice():
    """It is copied; that is told beside it."""
    target = Compacting()
    target.refusal = STORE_FAILED.finding(url="x", reason="no right")

    class Plugin:
        @kepu.hook
        def kepu_storage_backends(self):
            return [StorageBackend(name="t", label=kepu.Text("测", "t"), open=lambda *_: target, schemes=("tt",))]

    manager = kepu.PluginManager.with_builtins(strict=True)
    manager.register(Plugin(), "t")
    with kepu.open_workspace(plugins=manager) as source:
        source.put(body(contact=person()))
        source.copy_to("tt:")
        source.erase("organisation", "a", reason="asked")
        assert source.copy_to("tt:") == 1
        assert [f.code for f in source.notices] == ["copy.not-cleared"]


def test_the_last_commit_that_both_have_may_be_rewritten_since(ws, target):
    """That its content differs for an erasure is no reason to take the copy for another workspace."""
    ws.put(body(name="广东省科协", contact=person("李四")))
    copy_store(ws.store, target, codec=CODEC)
    ws.erase("organisation", "a", reason="asked")
    assert copy_store(ws.store, target, codec=CODEC) == 1
    assert all_of(target) == all_of(ws.store)


def other_author(store):
    store.commit([write("x", b"{}")], at=DAY, author="another")


def longer(store):
    copy_store(SOURCE, store, codec=CODEC)
    store.commit([write("later", b"{}")], at=DAY)


def other_content(store):
    store.commit([write("x", b'{"other":1}')], at=DAY, author="Li", reason="first")


def other_record(store):
    store.commit([write("y", b"{}")], at=DAY, author="Li", reason="first")


def write(ident, content, **more):
    return Write(type="t", id=ident, version=1, body=content, **more)


SOURCE = MemoryStore()
SOURCE.commit([write("x", b"{}")], at=DAY, author="Li", reason="first")


@pytest.mark.parametrize("make", [other_author, longer, other_content, other_record], ids=lambda f: f.__name__)
def test_what_is_no_copy_is_left_as_it_is(target, make):
    """Another author, more commits, other content, another record: refused, and nothing is written."""
    make(target)
    before = all_of(target)
    with pytest.raises(StoreRefused) as caught:
        copy_store(SOURCE, target, codec=CODEC)
    assert caught.value.code == "store.not-a-copy"
    assert all_of(target) == before


class Failing(MemoryStore):
    """A store that fails at a commit."""

    def __init__(self, number):
        super().__init__()
        self.number = number

    def commit(self, writes, **more):
        if self.number == len(list(self.commits())) + 1:
            self.number = None
            raise OSError(28, "no space")
        return super().commit(writes, **more)


def test_an_interrupted_copy_goes_on(ws):
    """What was copied stays; called again, the rest follows."""
    target = Failing(3)
    with pytest.raises(OSError, match="no space"):
        copy_store(ws.store, target, codec=CODEC)
    assert len(list(target.commits())) == 2
    assert copy_store(ws.store, target, codec=CODEC) == 1
    assert all_of(target) == all_of(ws.store)


def test_two_who_copy_at_once_do_not_copy_twice():
    """Who comes second is refused by the revisions, and nothing is doubled."""
    target = MemoryStore()

    class Meanwhile(MemoryStore):
        def changes(self, **more):
            copy_store(SOURCE, target, codec=CODEC)
            return super().changes(**more)

    slow = Meanwhile()
    slow.commit([write("x", b"{}")], at=DAY, author="Li", reason="first")
    with pytest.raises(RevisionConflict):
        copy_store(slow, target, codec=CODEC)
    assert all_of(target) == all_of(SOURCE)


def test_what_is_written_meanwhile_is_for_the_next_time():
    """A copy holds what there was when it began."""
    source, target = MemoryStore(), MemoryStore()
    source.commit([write("a", b"{}")], at=DAY)
    late = iter([1])

    def step():
        if next(late, None):
            source.commit([write("b", b"{}")], at=DAY)

    assert [copy_store(source, target, codec=CODEC, step=step) for _ in range(2)] == [1, 1]
    assert all_of(target) == all_of(source)


def test_views_can_be_copied(ws, target):
    """The workspace as it was after a commit, and one that is open for reading."""
    assert copy_store(Past(ws.store, 2), target, codec=CODEC) == 2
    assert copy_store(ReadOnly(ws.store), target, codec=CODEC) == 1
    assert all_of(target) == all_of(ws.store)


def test_a_commit_of_many_records_is_not_held_in_memory():
    """The writes of a commit are handed on as they are read."""

    class Swallowing(MemoryStore):
        def commit(self, writes, **more):
            several = sum(1 for _ in writes)
            assert several == 20_000
            return super().commit([write("x", b"{}")], **more)

    class Giving(MemoryStore):
        def changes(self, **more):
            (change,) = super().changes(**more)
            from attrs import evolve

            return (evolve(change, text="x" * 1000 + str(n)) for n in range(20_000))

    source = Giving()
    source.commit([write("x", b"{}")], at=DAY)
    tracemalloc.start()
    copy_store(source, Swallowing(), codec=CODEC)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 2_000_000


deeds = st.lists(
    st.tuples(
        st.dictionaries(st.sampled_from("abc"), st.none() | st.sampled_from([b"1", b"2", b"3"]), max_size=3),
        st.lists(st.tuples(st.sampled_from("abc"), st.integers(1, 3), st.sampled_from([b"8", b"9"])), max_size=2),
    ),
    max_size=8,
)


def do(store, several):
    """Commit writes, and rewrites of what has been superseded."""
    for number, (contents, rewritten) in enumerate(several):
        writes = [write(i, b, index={"n": str(b)}, text=f"{i}{b}") for i, b in contents.items()]
        known = {i: s.revision for i in "abc" if (s := store.get("t", i))}
        known = {i: n if i in contents else n - 1 for i, n in known.items()}
        rewrites = [
            Rewrite(type="t", id=i, revision=r, version=1, body=b)
            for (i, r), b in {(i, r): b for i, r, b in rewritten}.items()
            if r <= known.get(i, 0) and store.history("t", i)[r - 1].body is not None
        ]
        if writes or (rewrites and not contents):
            at = DAY + dt.timedelta(days=number)
            store.commit(writes, at=at, reason=str(number), rewrites=() if contents else rewrites)


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(deeds, deeds, deeds)
def test_copies_in_any_steps_are_equal(first, second, third):
    """However the history is cut into copies, what comes out is the source; commits that only rewrote the past as well."""
    source, target = MemoryStore(), MemoryStore()
    for several in (first, second, third):
        do(source, several)
        copy_store(source, target, codec=CODEC)
        assert all_of(target) == all_of(source)


# Backups


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_a_backup_is_whole_and_can_be_restored(ws, tmp_path, suffix):
    """It can be opened, holds everything, and is copied back; nothing is left beside it."""
    (tmp_path / "out").mkdir()
    path = backup(ws.store, tmp_path / "out" / f"b{suffix}", MANAGER, CODEC)
    assert [p.name for p in (tmp_path / "out").iterdir()] == [f"b{suffix}"]
    with kepu.open_workspace(path, read_only=True, plugins=MANAGER) as kept:
        assert kept.verify() == ()
        assert all_of(kept.store) == all_of(ws.store)
        restored = MemoryStore()
        copy_store(kept.store, restored, codec=CODEC)
    assert all_of(restored) == all_of(ws.store)


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_a_backup_overwrites_nothing(ws, tmp_path, suffix):
    """A file, a folder, a link that leads nowhere: refused and left alone."""
    file, folder, link = (tmp_path / f"{n}{suffix}" for n in ("file", "folder", "link"))
    file.write_text("mine")
    folder.mkdir()
    link.symlink_to(tmp_path / "nowhere")
    for path in (file, folder, link):
        with pytest.raises(kepu.Refused) as caught:
            backup(ws.store, path, MANAGER, CODEC)
        assert caught.value.code == "backup.exists"
    assert (file.read_text(), list(folder.iterdir()), link.is_symlink()) == ("mine", [], True)


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_a_backup_that_fails_leaves_nothing(tmp_path, suffix):
    """Neither a half backup nor what it was made from."""

    class Damaged(MemoryStore):
        def changes(self, **more):
            yield from list(super().changes(**more))[:1]
            raise OSError(5, "bad sector")

    store = Damaged()
    store.commit([write("a", b"{}"), write("b", b"{}")], at=DAY)
    with pytest.raises(OSError):  # noqa: PT011 - what a backend makes of it
        backup(store, tmp_path / f"b{suffix}", MANAGER, CODEC)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_who_comes_first_is_not_overwritten(tmp_path, suffix):
    """Something that turns up at the place while the backup is made stays as it is."""
    path = tmp_path / f"b{suffix}"

    class Racing(MemoryStore):
        def changes(self, **more):
            path.write_text("theirs")
            return super().changes(**more)

    store = Racing()
    store.commit([write("a", b"{}")], at=DAY)
    with pytest.raises(kepu.Refused) as caught:
        backup(store, path, MANAGER, CODEC)
    assert caught.value.code == "backup.exists"
    assert path.read_text() == "theirs"
    assert [p.name for p in tmp_path.iterdir()] == [path.name]


def test_a_backup_needs_a_kind_of_store(ws, tmp_path):
    """A suffix that no backend answers is refused, and so is a folder that does not exist."""
    with pytest.raises(StoreRefused) as caught:
        backup(ws.store, tmp_path / "b.txt", MANAGER, CODEC)
    assert caught.value.code == "workspace.no-backend"
    assert backend_of("memory:", MANAGER).value.name == "memory"
    if SUFFIXES:
        with pytest.raises(kepu.Refused) as refused:
            backup(ws.store, tmp_path / "no" / f"b{SUFFIXES[0]}", MANAGER, CODEC)
        assert refused.value.code == "backup.no-folder"


def test_figures_in_columns_are_copied_and_verified(ws, target):
    """Their blocks are records of the store's own: they go along, and are none that a plugin should know."""
    pa = pytest.importorskip("pyarrow")
    from kepu_core.workspace.figures import put_figures

    table = pa.table({"indicator": ["i"], "subject": ["440300"], "period": ["2021"], "value": [1.0]})
    put_figures(ws.store, table, codec=CODEC, at=DAY)
    copy_store(ws.store, target, codec=CODEC)
    assert all_of(target) == all_of(ws.store)
    told = [[f.code for f in w.verify()] for w in (ws, kepu.Workspace(target, MANAGER))]
    assert told == [["reference.not-registered"]] * 2
    assert ws.migrate(dry_run=True).counts == {}
