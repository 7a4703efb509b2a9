"""The workspace as it was: after a commit, at a time; the log of it, the feed of changes, and reading without writing."""

import datetime as dt
from itertools import count

import pytest
from hypothesis import given
from hypothesis import strategies as st

import kepu_core as kepu
from kepu_core.builtin.memory import MemoryStore
from kepu_core.plugins.storage import Commit, StorageBackend
from kepu_core.workspace.views import Past, ReadOnly

MANAGER = kepu.PluginManager.with_builtins(strict=True)
STORES = ["memory:"]
DAY = dt.datetime(2021, 1, 1, tzinfo=dt.UTC)


def ticking():
    """A clock that goes on by a day with each commit that asks it; checks ask it too."""
    days = count()
    return lambda: DAY + dt.timedelta(days=next(days))


@pytest.fixture(params=STORES)
def ws(request, tmp_path):
    """A workspace on every kind of store that is here."""
    where = request.param.format(folder=tmp_path)
    with kepu.open_workspace(where, plugins=MANAGER, author="Li") as workspace:
        yield workspace


def body(ident="a", name="科协", **more):
    return kepu.Organisation(id=ident, name=name, kind=more.pop("kind", "association"), **more)


def names(ws):
    return {o.id: o.name for o in ws.find(kepu.Organisation)}


def three_states(ws):
    """Commits 1 to 3: made, changed, deleted with another made."""
    ws.put(body(), body("b", "学会"))
    ws.put(body(name="省科协"))
    ws.put(body("c", "馆"))
    ws.delete("organisation", "a")


def test_every_way_of_reading_gives_the_state_of_then(ws):
    """Got, found, counted, with its history up to then, though changed or deleted since."""
    three_states(ws)
    then = ws.as_of(2)
    assert then.get("organisation", "a").name == "省科协"
    assert (then.exists("organisation", "a"), then.exists("organisation", "c")) == (True, False)
    assert names(then) == {"a": "省科协", "b": "学会"}
    assert then.count() == {"organisation": 2}
    assert [r.number for r in then.history("organisation", "a")] == [1, 2]
    assert [c.number for c in then.log()] == [1, 2]
    assert [(c.id, c.revision) for c in then.changes(since=1, until=99)] == [("a", 2)]
    assert then.check() == ()
    assert names(ws.as_of(1)) == {"a": "科协", "b": "学会"}
    assert names(ws.as_of(4)) == names(ws) == {"b": "学会", "c": "馆"}
    assert then.store.get_many("organisation", ["a", "b", "c"]).keys() == {"a", "b"}


def test_before_the_first_commit_there_is_nothing(ws):
    """Commit 0 is the empty workspace."""
    three_states(ws)
    assert (ws.as_of(0).count(), list(ws.as_of(0).log())) == ({}, [])


def test_a_commit_is_as_good_as_its_number(ws):
    """What put gave can be asked for; a commit of another workspace is none of this one."""
    first = ws.put(body())
    ws.put(body(name="省科协"))
    assert names(ws.as_of(first)) == {"a": "科协"}
    with pytest.raises(kepu.NotFound) as caught:
        ws.as_of(Commit(number=1, at=DAY, author="another"))
    assert caught.value.code == "workspace.no-commit"


@pytest.mark.parametrize("number", [-1, 3, 10**9])
def test_a_commit_that_is_not_there_is_told(ws, number):
    """Neither what is to come nor what never was is shown as if it were a state."""
    ws.put(body())
    ws.put(body(name="省科协"))
    with pytest.raises(kepu.NotFound, match="the last one is 2"):
        ws.as_of(number)


def test_a_time_means_the_last_commit_up_to_it():
    """By number: a clock that was set back hides nothing that came after."""
    store, day = MemoryStore(), dt.timedelta(days=1)
    times = iter([DAY, DAY + 5 * day, DAY + 2 * day, DAY + 9 * day])
    now = [DAY]
    with kepu.Workspace(store, MANAGER, clock=lambda: now[0]) as ws:
        for name, at in zip("abcd", times, strict=True):
            now[0] = at
            ws.put(body(name=name))
        assert names(ws.as_of(DAY - day)) == {}
        assert names(ws.as_of(DAY)) == {"a": "a"}
        assert names(ws.as_of(DAY + day)) == {"a": "a"}
        assert names(ws.as_of(DAY + 2 * day)) == {"a": "c"}
        assert names(ws.as_of(DAY + 5 * day)) == {"a": "c"}
        assert names(ws.as_of((DAY + 9 * day).astimezone(dt.timezone(dt.timedelta(hours=8))))) == {"a": "d"}


def test_a_time_without_zone_is_refused(ws):
    """Which moment it means cannot be known."""
    with pytest.raises(kepu.InvalidData) as caught:
        ws.as_of(dt.datetime(2021, 1, 1))
    assert caught.value.code == "workspace.no-time-zone"


def test_nothing_is_written_into_the_past(ws):
    """Every way of writing is refused with the reason; the workspace stays open when the view is closed."""
    three_states(ws)
    with ws.as_of(2) as then:
        for write in (
            lambda: then.put(body("z")),
            lambda: then.load([body("z")]),
            lambda: then.delete("organisation", "a"),
            then.compact,
        ):
            with pytest.raises(kepu.StoreRefused) as caught:
                write()
            assert caught.value.code == "store.read-only"
    assert names(ws) == {"b": "学会", "c": "馆"}
    assert ws.put(body("z")).number == 5


def test_a_view_of_a_view_never_sees_more(ws):
    """An earlier state can be asked of a past one; a later one is not there."""
    three_states(ws)
    assert names(ws.as_of(3).as_of(1)) == names(ws.as_of(1))
    with pytest.raises(kepu.NotFound):
        ws.as_of(1).as_of(2)


def test_the_past_is_found_exported_and_evaluated(ws, tmp_path):
    """Conditions are those of then, and an export holds what was then."""
    ws.put(kepu.Base(id="b", name="馆", kind="venue", region="440300"))
    ws.put(kepu.Base(id="b", name="镇", kind="town", region="440300"))
    then = ws.as_of(1)
    assert [b.id for b in then.find("base", kind="venue", text="馆")] == ["b"]
    assert list(ws.find("base", kind="venue")) == list(then.find("base", text="镇")) == []
    file = then.export(then.find("base"), tmp_path / "then.json")
    assert [b.name for b in ws.codec.loads(file.read_bytes())] == ["馆"]


def test_regions_are_those_of_then(ws):
    """A region that was put later is not in the table of then."""
    ws.put(kepu.Region(id="440000", name="广东省", level="province"))
    ws.put(kepu.Region(id="450000", name="广西", level="province"))
    assert [r.id for r in ws.as_of(1).regions] == ["440000"]


def test_the_log_and_the_feed(ws):
    """The log names the commits, the feed every revision: in order, deletions without a record."""
    three_states(ws)
    assert [(c.number, c.author) for c in ws.log(since=2)] == [(3, "Li"), (4, "Li")]
    told = [(c.commit.number, c.type, c.id, c.revision, c.record and c.record.name) for c in ws.changes()]
    assert told == [
        (1, "organisation", "a", 1, "科协"),
        (1, "organisation", "b", 1, "学会"),
        (2, "organisation", "a", 2, "省科协"),
        (3, "organisation", "c", 1, "馆"),
        (4, "organisation", "a", 3, None),
    ]
    assert [c.id for c in ws.changes(since=1, until=3)] == ["a", "c"]


IDS = st.sampled_from("abc")
STEPS = st.one_of(
    st.tuples(st.just("put"), st.dictionaries(IDS, st.sampled_from(["一", "二", "三"]), min_size=1)),
    st.tuples(st.just("delete"), IDS),
)


@given(st.lists(STEPS, max_size=8), st.data())
def test_as_of_is_the_workspace_rebuilt_from_the_feed(steps, data):
    """Whatever was done: the state after a commit is what the changes up to it make, to the last revision."""
    for where in STORES:
        with kepu.open_workspace(where, plugins=MANAGER, clock=ticking()) as ws:
            for deed, what in steps:
                if deed == "put":
                    ws.put(body(i, n) for i, n in what.items())
                elif ws.exists("organisation", what):
                    ws.delete("organisation", what)
            last = sum(1 for _ in ws.log())
            number = data.draw(st.integers(0, last))
            rebuilt = {}
            for change in ws.changes(until=number):
                rebuilt[change.id] = change.record
            living = {i: r for i, r in rebuilt.items() if r is not None}
            then = ws.as_of(number)
            assert {r.id: r for r in then.find("organisation")} == living
            assert then.count() == ({"organisation": len(living)} if living else {})
            for ident, record in rebuilt.items():
                assert then.history("organisation", ident)[-1].record == record
            if number:
                assert names(ws.as_of(list(ws.log())[number - 1])) == names(then)


# Reading only


def test_opened_for_reading_nothing_is_written():
    """A store that knows no way of its own to be read only is opened and never written to; it is closed in the end."""

    class Closing(MemoryStore):
        closed = 0

        def close(self):
            Closing.closed += 1

    class Plain:
        @kepu.hook
        def kepu_storage_backends(self):
            asked = lambda url, create: opened.append((url, create)) or Closing(url)  # noqa: E731
            return [StorageBackend(name="plain", label=kepu.Text("简", "plain"), open=asked, schemes=("plain",))]

    opened = []
    manager = kepu.PluginManager.with_builtins()
    manager.register(Plain(), "plain")
    with kepu.open_workspace("plain:x?timeout=3", plugins=manager, read_only=True) as ws:
        assert opened == [("plain:x?timeout=3", False)]
        with pytest.raises(kepu.StoreRefused) as caught:
            ws.put(body())
        assert caught.value.code == "store.read-only"
    assert Closing.closed == 1


def test_a_backend_is_asked_for_its_own_way_to_read():
    """Where a backend can open without so much as a lock, that is what is done."""

    class Own:
        @kepu.hook
        def kepu_storage_backends(self):
            return [
                StorageBackend(
                    name="own",
                    label=kepu.Text("自", "own"),
                    open=lambda url, create: 1 / 0,
                    open_read_only=lambda url: ReadOnly(MemoryStore(url)),
                    schemes=("own",),
                )
            ]

    manager = kepu.PluginManager.with_builtins()
    manager.register(Own(), "own")
    with kepu.open_workspace("own:x", plugins=manager, read_only=True) as ws:
        assert ws.count() == {}


def test_a_path_is_a_path_and_a_query_belongs_to_a_url(tmp_path):
    """Only what begins with a scheme has a query; a question mark in a path is part of a name."""
    asked = []

    class Files:
        @kepu.hook
        def kepu_storage_backends(self):
            note = lambda url, create: asked.append(url) or MemoryStore(url)  # noqa: E731
            return [StorageBackend(name="f", label=kepu.Text("档", "f"), open=note, schemes=("ff",), suffixes=(".kf",))]

    manager = kepu.PluginManager.with_builtins()
    manager.register(Files(), "files")
    for where in ("ff:work.kf?timeout=3", "ff:///a/work.kf?timeout=3&x=1", "what?/work.kf", tmp_path / "ff:work.kf"):
        kepu.open_workspace(where, plugins=manager).close()
        assert asked.pop() == str(where)
    with pytest.raises(kepu.StoreRefused) as caught:
        kepu.open_workspace("work.kf?timeout=3", plugins=manager)
    assert caught.value.code == "workspace.no-backend"


def test_views_are_whole_stores():
    """What a store can be asked, a view can be asked, with the same answers."""
    store = MemoryStore()
    with kepu.Workspace(store, MANAGER) as ws:
        three_states(ws)
    for view in (ReadOnly(store), Past(store, 4)):
        assert view.get("organisation", "b") == store.get("organisation", "b")
        assert view.get("organisation", "a", as_of=2) == store.get("organisation", "a", as_of=2)
        assert view.get_many("organisation", ["a", "z"]) == store.get_many("organisation", ["a", "z"])
        assert list(view.find("organisation", after="a", limit=1)) == list(
            store.find("organisation", after="a", limit=1)
        )
        assert view.count("organisation", as_of=1) == store.count("organisation", as_of=1)
        assert tuple(view.history("organisation", "a")) == tuple(store.history("organisation", "a"))
        assert list(view.commits(since=1)) == list(store.commits(since=1))
        assert list(view.changes()) == list(store.changes())
        assert list(view.verify()) == []
        view.close()


# Loading


def test_loading_is_one_commit_in_batches(ws):
    """What comes in many batches is one commit; earlier batches count as known; what is stored already is left out."""
    ws.put(kepu.Base(id="b0", name="馆", kind="venue", region="440300"))
    rows = [kepu.Base(id=f"b{i}", name="馆", kind="venue", region="440300") for i in range(7)]
    rows += [kepu.BaseReport(id=f"r{i}", base=f"b{i}", period="2021") for i in range(7)]
    made = ws.load(iter(rows), batch=3, reason="bulk", author="Wu")
    assert (made.number, made.author, made.reason) == (2, "Wu", "bulk")
    assert ws.count() == {"base": 7, "base_report": 7}
    assert len(list(ws.changes(since=1))) == 13
    assert ws.load(rows, batch=5) is None
    assert ws.load([]) is None
    with pytest.raises(ValueError, match="batch is 0"):
        ws.load(rows, batch=0)


@pytest.mark.parametrize("bad", ["reference", "twice", "raises"])
def test_a_load_is_all_or_nothing(ws, bad):
    """A fault in the last batch, or an error of the source itself, leaves nothing behind and is told as it is."""

    def rows():
        yield from (body(f"o{i}") for i in range(5))
        yield body("o1")  # alike: once
        if bad == "reference":
            yield kepu.BaseReport(id="r", base="no-such", period="2021")
        if bad == "twice":
            yield body("o1", name="别的")
        if bad == "raises":
            raise LookupError("the source broke off")

    wanted = {"reference": "reference.unknown", "twice": "workspace.twice"}
    with pytest.raises(LookupError if bad == "raises" else kepu.InvalidData) as caught:
        ws.load(rows(), batch=2)
    if bad in wanted:
        assert caught.value.code == wanted[bad]
    else:
        assert "broke off" in str(caught.value)
    assert (ws.count(), list(ws.log())) == ({}, [])


def test_a_load_with_its_own_regions(ws):
    """Records lie in regions that came in a batch before."""
    rows = [
        kepu.Region(id="440000", name="广东省", level="province"),
        kepu.Region(id="440300", name="深圳市", level="prefecture", parent="440000"),
        kepu.Base(id="b", name="馆", kind="venue", region="440300"),
    ]
    assert ws.load(rows, batch=1).number == 1
    with pytest.raises(kepu.InvalidData):
        ws.load([kepu.Base(id="c", name="馆", kind="venue", region="440400")])


def test_listeners_of_a_load_read_what_was_written():
    """They are given the records as a sequence that is read only when they ask."""
    heard = []

    class Listening:
        @kepu.hook
        def kepu_after_commit(self):
            def after(commit, written):
                heard.append((len(written), [r.id for r in written], written[1].id, written[-1].id, written[:1][0].id))
                with pytest.raises(IndexError):
                    written[3]

            return [kepu.CommitListener(name="keen", after=after)]

    manager = kepu.PluginManager.with_builtins()
    manager.register(Listening(), "listening")
    with kepu.open_workspace(plugins=manager) as ws:
        ws.put(body("a"))
        heard.clear()
        manager_notices = ws.notices
        ws.load([body("c"), body("b"), body("a", name="省"), body("c")], batch=2)
        assert heard == [(3, ["a", "b", "c"], "b", "c", "a")]
        assert manager_notices[1:] == []


def test_what_goes_wrong_in_the_source_is_not_blamed_on_the_store():
    """Even if a store makes an error of its own out of it."""

    class Wrapping(MemoryStore):
        def commit(self, writes, **more):
            try:
                return super().commit(writes, **more)
            except Exception as error:
                raise OSError("the store failed") from error

    def rows():
        yield body()
        raise LookupError("the source broke off")

    with pytest.raises(LookupError, match="broke off"):
        kepu.Workspace(Wrapping(), MANAGER).load(rows(), batch=1)
