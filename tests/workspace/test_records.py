"""Putting, finding and keeping records, on every store that is there."""

import datetime as dt

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import kepu_core as kepu
from kepu_core.builtin.memory import MemoryStore
from kepu_core.domain import RECORD_TYPES
from kepu_core.plugins import Prefix
from kepu_core.plugins.storage import Write
from kepu_core.testing import records, strategy_for
from kepu_core.workspace import writing


def manager_with_sql():
    manager = kepu.PluginManager.with_builtins(strict=True)
    try:
        import kepu_sql.plugin
    except ModuleNotFoundError:
        return manager
    manager.register(kepu_sql.plugin, "sql")
    return manager


MANAGER = manager_with_sql()
STORES = ["memory:", *(["file"] if "sqlite" in MANAGER.values(kepu.hook.kepu_storage_backends) else [])]


@pytest.fixture(params=STORES)
def ws(request, tmp_path):
    """A workspace in memory, and one in a file."""
    where = "memory:" if request.param == "memory:" else tmp_path / "w.kepu"
    with kepu.open_workspace(where, plugins=MANAGER, author="Li") as workspace:
        yield workspace


def body(ident="a", name="科协", **more):
    return kepu.Organisation(id=ident, name=name, kind=more.pop("kind", "association"), **more)


def base(ident, region="440300", kind="venue"):
    return kepu.Base(id=ident, name=f"馆{ident}", kind=kind, region=region)


def test_what_is_put_can_be_got(ws):
    """A record comes back equal, by class or by type name."""
    commit = ws.put(body(), reason="first")
    assert ws.get(kepu.Organisation, "a") == ws.get("organisation", "a") == body()
    assert (commit.number, commit.author, commit.reason) == (1, "Li", "first")
    assert ws.exists("organisation", "a")
    assert not ws.exists("organisation", "b")


def test_many_references_are_judged_like_few(ws):
    """However many references a commit holds, exactly those that lead nowhere are told."""
    ws.put(base(f"b{i}") for i in range(150))
    reports = [kepu.BaseReport(id=f"r{i}", base=f"b{i}", period="2021") for i in range(300)]
    with pytest.raises(kepu.InvalidData) as caught:
        ws.put(reports)
    assert [f.record for f in caught.value.findings] == [f"base_report/r{i}" for i in range(150, 300)]
    ws.put(reports[:150])
    assert ws.count()["base_report"] == 150


def test_nothing_is_put_if_one_record_is_faulty(ws):
    """A put is all or nothing."""
    orphan = kepu.BaseReport(id="r", base="no-such", period="2021")
    with pytest.raises(kepu.InvalidData) as caught:
        ws.put(body(), [base("b"), orphan])
    assert [(f.code, f.record) for f in caught.value.findings] == [("reference.unknown", "base_report/r")]
    assert ws.count() == {}
    ws.put(body(), [base("no-such"), orphan])
    assert ws.count() == {"base": 1, "base_report": 1, "organisation": 1}


def test_what_is_stored_already_makes_no_commit(ws):
    """Putting the same again changes nothing and adds nothing to the history."""
    ws.put(body(), base("b"))
    assert ws.put(body()) is None
    assert ws.put(body(), base("b"), base("c")).number == 2
    assert len(ws.history("base", "b")) == 1


def test_one_record_twice_in_a_put(ws):
    """The same twice is once; two different contents of one id are refused."""
    ws.put(body(), body())
    with pytest.raises(kepu.InvalidData) as caught:
        ws.put(body("x"), body("x", name="别的"))
    assert caught.value.code == "workspace.twice"


def test_every_revision_is_kept(ws):
    """History tells who wrote what, deletions among it, and a deleted record can come again."""
    ws.put(body(), author="A")
    ws.put(body(name="省科协"), author="B", reason="renamed")
    ws.delete(kepu.Organisation, "a", author="C")
    ws.put(body(name="又来了"), author="D")
    told = [(r.number, r.commit.author, r.record and r.record.name) for r in ws.history("organisation", "a")]
    assert told == [(1, "A", "科协"), (2, "B", "省科协"), (3, "C", None), (4, "D", "又来了")]


def test_deleted_records_are_gone_but_not_their_history(ws):
    """A deleted record is not got, found or counted."""
    ws.put(body())
    ws.delete("organisation", "a")
    with pytest.raises(kepu.NotFound) as caught:
        ws.get("organisation", "a")
    assert caught.value.code == "workspace.no-record"
    assert (list(ws.find("organisation")), ws.count()) == ([], {})
    with pytest.raises(kepu.NotFound):
        ws.delete("organisation", "a")


def test_a_lost_update_is_refused_and_names_both_writers(ws):
    """A change based on an old revision is refused; nothing of its commit is written."""
    ws.put(body(), author="A")
    ws.put(body(name="省科协"), author="B")
    with pytest.raises(kepu.RevisionConflict) as caught:
        ws.put(body(name="我的"), body("new"), expect=1, author="C")
    assert "by B at" in str(caught.value)
    assert "by C is based on revision 1" in str(caught.value)
    assert not ws.exists("organisation", "new")
    with pytest.raises(kepu.RevisionConflict):
        ws.put(body(), expect=1)
    changed = body(name="我的")
    ws.put(changed, body("new"), expect={changed: 2})
    assert ws.get("organisation", "a").name == "我的"


def test_finding_by_index_region_and_prefix(ws):
    """Records are found by index fields, by several values, by prefix and under a region, ordered by id."""
    ws.put(base("b3", "440304"), base("b1", "440100"), base("b2", "440300", "town"), base("b4", "441900"))

    def found(**where):
        return [b.id for b in ws.find(kepu.Base, **where)]

    assert found() == ["b1", "b2", "b3", "b4"]
    assert found(kind="venue") == found(kind=kepu.BaseKind.VENUE) == ["b1", "b3", "b4"]
    assert found(under="440300") == ["b2", "b3"]
    assert found(under="440000") == ["b1", "b2", "b3", "b4"]
    assert found(under="440304", kind="venue") == ["b3"]
    assert found(kind=["town", "venue"], region=Prefix("4403")) == ["b2", "b3"]
    assert found(id=Prefix("b")) == ["b1", "b2", "b3", "b4"]
    assert found(id=["b1", "b9"]) == ["b1"]
    assert found(kind=[]) == found(region=None) == found(kind="'; DROP TABLE kepu_record; --") == []


def test_the_index_follows_changes(ws):
    """After a change a record is found by its new values only."""
    ws.put(base("b", "440300"))
    ws.put(base("b", "440100"))
    assert [b.id for b in ws.find("base", region="440100")] == ["b"]
    assert list(ws.find("base", region="440300")) == []


def test_unknown_types_and_fields_are_told(ws):
    """What cannot be asked is answered with what can."""
    with pytest.raises(kepu.InvalidData) as field:
        ws.find("base", name="馆")
    assert field.value.code == "workspace.not-an-index"
    with pytest.raises(kepu.NotFound) as kind:
        ws.find("bases")
    assert (kind.value.code, "base" in kind.value.mend.en) == ("codec.unknown-type", True)


def test_the_author_may_change_while_it_is_open(ws):
    """Who works on stands in the history from then on; the clock of the workspace can be asked."""
    ws.put(body())
    ws.author = "Wu"
    ws.put(body("b"))
    assert [c.author for c in ws.log()] == ["Li", "Wu"]
    assert ws.now().tzinfo is not None


def test_the_workspaces_own_records_are_not_shown(ws):
    """What a store keeps under a name with a dot is no record: neither counted, checked nor in the feed."""
    ws.put(body())
    own = Write(type=".figures", id="x", version=1, body=b"\x00\x01")
    ws.store.commit([own], at=dt.datetime(2021, 1, 1, tzinfo=dt.UTC))
    assert (ws.count(), ws.check()) == ({"organisation": 1}, ())
    assert [c.type for c in ws.changes()] == ["organisation"]


def test_reports_are_only_ever_added(ws):
    """A progress report cannot be changed or deleted; the same again is no change."""
    plan = kepu.Plan(
        id="p",
        title="要点",
        kind="annual",
        period="2021",
        issuer="a",
        sections=[kepu.PlanSection(id="1", number="一", heading="政策")],
    )
    item = kepu.PlanItem(id="i", plan="p", section="1", text="做事")
    report = kepu.ProgressReport(id="r", item="i", reported_on=dt.date(2021, 5, 1), percent=10)
    ws.put(plan, item, report)
    assert ws.put(report) is None
    with pytest.raises(kepu.Refused) as caught:
        ws.put(kepu.replace(report, percent=90))
    assert caught.value.code == "workspace.append-only"
    with pytest.raises(kepu.Refused):
        ws.delete("progress_report", "r")


@pytest.mark.parametrize("at_length", [False, True], ids=["put", "load"])
def test_what_may_only_be_added_is_not_changed_by_two_at_once(manager, at_length):
    """Somebody adds a record of the same id between the look and the commit: a conflict, and theirs stays alone."""

    def erasure(who):
        at = dt.datetime(2021, 1, 1, tzinfo=dt.UTC)
        return kepu.Erasure(
            id="e",
            record_type="base",
            record_id="b",
            fields=["note"],
            revisions=1,
            erased_at=at,
            decided_by=who,
            reason="r",
        )

    class Racing(MemoryStore):
        def commit(self, writes, **more):
            if racing:
                racing.pop()
                kepu.Workspace(self, manager).put(erasure("first"))
            return super().commit(writes, **more)

    ws = kepu.Workspace(Racing(), manager)
    racing = [True]
    with pytest.raises(kepu.RevisionConflict):
        ws.load([erasure("second")]) if at_length else ws.put(erasure("second"))
    assert [(r.number, r.record.decided_by) for r in ws.history("erasure", "e")] == [(1, "first")]


def test_items_are_judged_with_the_stored_plan(ws):
    """An item put later needs a section of its plan; a plan that drops the section of an item is refused."""
    section = kepu.PlanSection(id="1", number="一", heading="政策")
    plan = kepu.Plan(id="p", title="要点", kind="annual", period="2021", issuer="a", sections=[section])
    ws.put(plan)
    with pytest.raises(kepu.InvalidData) as caught:
        ws.put(kepu.PlanItem(id="i", plan="p", section="2", text="做事"))
    assert caught.value.code == "plan.item-without-section"
    ws.put(kepu.PlanItem(id="i", plan="p", section="1", text="做事"))
    with pytest.raises(kepu.InvalidData):
        ws.put(kepu.replace(plan, sections=[]))
    assert ws.coverage("p").items == 1


def test_checking_everything(ws):
    """check() goes over the whole workspace and tells doubts as well."""
    ws.put(kepu.Observation.of("visits", "440300", "2021", 1))
    assert [f.code for f in ws.check()] == ["reference.not-registered"]
    ws.put(kepu.Indicator(id="visits", name="人次", unit="人次"))
    assert ws.check() == ()


def test_stored_regions_win_over_a_plugins(manager):
    """A region stored in the workspace replaces the one that a plugin brings."""

    class Table:
        @kepu.hook
        def kepu_regions(self):
            load = lambda: [kepu.Region(id="440000", name="广东", level="province")]  # noqa: E731
            return [kepu.RegionSource(name="t", label=kepu.Text("表", "table"), load=load)]

    manager.register(Table(), "table")
    with kepu.open_workspace(plugins=manager) as ws:
        with pytest.raises(kepu.InvalidData):
            ws.put(base("b", "440300"))
        ws.put(kepu.Region(id="440300", name="深圳市", level="prefecture", parent="440000"))
        ws.put(kepu.Region(id="440000", name="广东省", level="province"), base("b", "440300"))
        assert [(r.id, r.name) for r in ws.regions] == [("440000", "广东省"), ("440300", "深圳市")]


def test_listeners_are_told_and_cannot_undo(manager):
    """After a commit every listener hears what was written; one that fails becomes a notice."""
    heard = []

    class Listening:
        @kepu.hook
        def kepu_after_commit(self):
            return [
                kepu.CommitListener(name="deaf", after=lambda commit, given_: 1 / 0),
                kepu.CommitListener(
                    name="keen", after=lambda commit, given_: heard.append((commit.number, [r.id for r in given_]))
                ),
            ]

    manager.register(Listening(), "listening")
    with kepu.open_workspace(plugins=manager) as ws:
        ws.put(body("a"), body("b"))
        ws.put(body("b"), body("c"))
        assert heard == [(1, ["a", "b"]), (2, ["c"])]
        assert [n.code for n in ws.notices] == ["plugin.listener"] * 2
        assert "ZeroDivisionError" in ws.notices[0].message.en


def test_a_citys_own_check(manager):
    """A plugin's check refuses records; a check that fails is told and refuses as well."""
    never = kepu.Problem("my.never", kepu.Text("不行", "no"), kepu.Text("改", "mend"))

    class Checking:
        kepu_namespace = "my"

        @kepu.hook
        def kepu_check_records(self):
            def strict(context):
                for record in context.records:
                    if record.id == "bad":
                        yield never.finding(record=record.id)
                    if record.id == "broken":
                        yield 1 / 0

            return [kepu.RecordCheck(name="my.strict", label=kepu.Text("严", "strict"), check=strict)]

    manager.register(Checking(), "checking")
    with kepu.open_workspace(plugins=manager) as ws:
        ws.put(body())
        for ident, code in (("bad", "my.never"), ("broken", "plugin.check")):
            with pytest.raises(kepu.InvalidData) as caught:
                ws.put(body(ident))
            assert caught.value.code == code


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow], max_examples=60)
@given(data=st.data())
@pytest.mark.parametrize("cls", RECORD_TYPES, ids=lambda c: c.__name__)
def test_every_record_type_round_trips_through_every_store(cls, data, tmp_path_factory):
    """Whatever record of whatever type goes into a store comes out equal, and is found by its indexes."""
    record = data.draw(strategy_for(cls))
    for where in STORES:
        place = "memory:" if where == "memory:" else tmp_path_factory.mktemp("w") / "w.kepu"
        with kepu.open_workspace(place, plugins=MANAGER) as ws:
            writing.commit(ws._access, writing.writes_of(ws._access, [record], None), None, None)
            assert ws.get(cls, record.id) == record
            assert list(ws.find(cls, id=record.id)) == [record]
            assert list(ws.as_of(1).find(cls, after="", limit=1)) == [record]


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(records(), max_size=5, unique_by=lambda r: (type(r), r.id)), st.randoms())
def test_a_digest_does_not_depend_on_order(items, chance):
    """The same records in any order have the same document and the same digest."""
    shuffled = list(items)
    chance.shuffle(shuffled)
    with kepu.open_workspace(plugins=MANAGER) as ws:
        assert ws.codec.dumps(items) == ws.codec.dumps(shuffled)
        assert ws.codec.digest(items) == ws.codec.digest(shuffled)
