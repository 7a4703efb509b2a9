"""References between records: refused, told or not looked at; and who refers to one."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

import kepu_core as kepu
from kepu_core.codec import RecordType
from kepu_core.domain.record import type_name
from kepu_core.domain.references import references
from kepu_core.plugins.storage import Write

MANAGER = kepu.PluginManager.with_builtins(strict=True)
STORES = ["memory:"]


@pytest.fixture(params=STORES)
def place(request, tmp_path):
    """An address on every kind of store that is here."""
    return request.param.format(folder=tmp_path)


@pytest.fixture
def ws(place):
    with kepu.open_workspace(place, plugins=MANAGER) as workspace:
        yield workspace


def base(ident="b", **more):
    return kepu.Base(**{"id": ident, "name": "馆", "kind": "venue", "region": "440300", **more})


def report(ident, of="b", **more):
    return kepu.BaseReport(id=ident, base=of, period="2021", **more)


def labels(records):
    return [f"{type_name(r)}/{r.id}" for r in records]


def body(ident="o", **more):
    return kepu.Organisation(**{"id": ident, "name": "科协", "kind": "association", **more})


def test_who_refers_to_a_record(ws):
    """Through an index, through a field that is none, and through parts deep inside; each record once."""
    ws.put(
        base(operator="o"),
        base("c"),
        body(),
        report("r1"),
        report("r2", reporter="o"),
        kepu.Campaign(
            id="k", name="科普日", kind="science_day", period="2021",
            main_venue=kepu.Venue(name="馆", base="b"), branch_venues=[kepu.Venue(name="馆", base="b")],
            units=[kepu.CampaignUnit(name="科协", role="host", organisation="o")],
        ),
    )  # fmt: skip
    assert labels(ws.referring("base", "b")) == ["base_report/r1", "base_report/r2", "campaign/k"]
    assert labels(ws.referring(kepu.Organisation, "o")) == ["base/b", "base_report/r2", "campaign/k"]
    assert labels(ws.referring("base", "c")) == labels(ws.referring("base", "no-such")) == []


def test_who_lies_in_a_region(ws):
    """A village is in its county; a county that merely lies in a city does not refer to the city."""
    ws.put(base("county", region="440304"), base("village", region="440304001"), base("city", region="440300"))
    assert labels(ws.referring("region", "440304")) == ["base/county", "base/village"]
    assert labels(ws.referring("region", "440300")) == ["base/city"]


def test_what_others_refer_to_is_not_deleted(ws):
    """Up to five are named, and how many there are in all; nothing is deleted."""
    ws.put(base(), [report(f"r{i}") for i in range(7)])
    with pytest.raises(kepu.Refused) as caught:
        ws.delete("base", "b")
    assert caught.value.code == "workspace.still-referred"
    assert "by 7 records: base_report/r0, base_report/r1" in str(caught.value)
    assert "r4 …" in str(caught.value)
    assert "r5" not in str(caught.value)
    assert ws.exists("base", "b")


def test_references_inside_a_deletion_do_not_count(ws):
    """Several records that refer to each other go in one commit; one from outside keeps them all."""
    ws.put(base(), base("c"), report("r1"), report("r2"))
    with pytest.raises(kepu.Refused, match="by 1 records: base_report/r2"):
        ws.delete_many([("base", "b"), ("base_report", "r1"), ("base", "c")])
    assert ws.count() == {"base": 2, "base_report": 2}
    made = ws.delete_many([(kepu.Base, "b"), ("base_report", "r1"), ("base_report", "r2"), ("base_report", "r1")])
    assert (made.number, ws.count()) == (2, {"base": 1})
    assert ws.delete_many([]) is None


def test_a_deletion_of_several_is_all_or_nothing(ws):
    """Every record that is not there is named."""
    ws.put(base())
    with pytest.raises(kepu.NotFound) as caught:
        ws.delete_many([("base", "b"), ("base", "x"), ("organisation", "y")])
    assert [f.record for f in caught.value.findings] == ["base/x", "organisation/y"]
    assert ws.exists("base", "b")


def test_registers_are_kept_as_well(ws):
    """A figure may come before its indicator; an indicator does not go while there are figures of it."""
    ws.put(kepu.Observation.of("visits", "440300", "2021", 1))
    ws.put(kepu.Indicator(id="visits", name="人次", unit="人次"))
    with pytest.raises(kepu.Refused) as caught:
        ws.delete("indicator", "visits")
    assert caught.value.code == "workspace.still-referred"
    assert ws.exists("indicator", "visits")


def test_warned_instead_of_refused(place, tmp_path):
    """With ``warn`` both putting and deleting are done, and told in the notices."""
    with kepu.open_workspace(place, plugins=MANAGER, references="warn") as ws:
        ws.put(report("r", of="no-such"))
        assert [(f.code, f.severity.value) for f in ws.notices] == [("reference.unknown", "warning")]
        ws.put(base(), report("r2"))
        ws.delete("base", "b")
        assert [f.code for f in ws.notices] == ["reference.unknown", "workspace.left-behind"]
        assert ws.notices[1].severity.value == "warning"
        file = tmp_path / "more.json"
        file.write_bytes(ws.codec.dumps([report("r3", of="nowhere")]))
        imported = ws.import_file(file)
        assert imported.ok
        assert [f.severity.value for f in imported.findings] == ["warning"]
        ws.load([report("r4", of="nowhere")])
        assert [f.code for f in ws.notices[2:]] == ["reference.unknown"] * 2
        assert next(f.severity.value for f in ws.check()) == "error"


def test_not_looked_at(place):
    """With ``ignore`` nothing is said of references; everything else is checked as ever."""
    with kepu.open_workspace(place, plugins=MANAGER, references="ignore") as ws:
        ws.put(base(), report("r"), report("s", of="no-such"))
        ws.delete("base", "b")
        assert ws.notices == []
        with pytest.raises(kepu.Refused):
            report_of_progress(ws)


def report_of_progress(ws):
    made = kepu.ProgressReport(id="p", item="i", reported_on=dt.date(2021, 5, 1), percent=10)
    ws.put(made)
    ws.delete("progress_report", "p")


def test_old_faults_are_not_those_of_a_new_record(place):
    """What was put when nobody looked does not keep others from being put; checking everything tells it."""
    with kepu.open_workspace(place, plugins=MANAGER, references="ignore") as ws:
        ws.put(base(), report("old", of="no-such"))
        strict = kepu.Workspace(ws.store, MANAGER)
        strict.put(report("new"))
        assert [(f.code, f.record) for f in strict.check()] == [("reference.unknown", "base_report/old")]
        with pytest.raises(kepu.InvalidData):
            strict.put(report("newer", of="no-such"))


def test_another_policy_is_a_mistake():
    """It is told when the workspace is opened."""
    with pytest.raises(ValueError, match="refuse, warn, ignore"):
        kepu.open_workspace(plugins=MANAGER, references="maybe")


def test_what_a_plugin_brings_is_still_there():
    """A stored region that only stands before a plugin's may go: those that refer to it find the plugin's."""

    class Table:
        @kepu.hook
        def kepu_regions(self):
            load = lambda: [kepu.Region(id="440300", name="深圳", level="prefecture", parent="440000")]  # noqa: E731
            return [kepu.RegionSource(name="t", label=kepu.Text("表", "table"), load=load)]

    manager = kepu.PluginManager.with_builtins()
    manager.register(Table(), "table")
    with kepu.open_workspace(plugins=manager) as ws:
        ws.put(kepu.Region(id="440000", name="广东省", level="province"))
        ws.put(kepu.Region(id="440300", name="深圳市", level="prefecture", parent="440000"), base())
        ws.put(kepu.Region(id="440400", name="珠海市", level="prefecture", parent="440000"), base("c", region="440400"))
        ws.delete("region", "440300")
        with pytest.raises(kepu.Refused):
            ws.delete("region", "440400")


def test_many_are_deleted_as_few_are(ws):
    """However many ids are asked for at once."""
    ws.put([base(f"b{i:02}") for i in range(40)], [report(f"r{i:02}", of=f"b{i:02}") for i in range(40)])
    with pytest.raises(kepu.Refused) as caught:
        ws.delete_many(("base", f"b{i:02}") for i in range(40))
    assert len(caught.value.findings) == 40
    gone = [("base", f"b{i:02}") for i in range(40)] + [("base_report", f"r{i:02}") for i in range(40)]
    assert ws.delete_many(gone).number == 2


IDS = ["b1", "b2", 'b"3', "b\\4", "巴5", "b1x"]
BASES = st.sampled_from(IDS)


@given(st.lists(st.tuples(BASES, st.lists(BASES, max_size=2)), max_size=6), BASES)
def test_who_refers_is_who_says_so(links, target):
    """Whatever the ids: exactly those whose references name it."""
    rows = [
        kepu.Campaign(
            id=f"k{i}", name="科普日", kind="science_day", period="2021",
            main_venue=kepu.Venue(name="馆", base=first), branch_venues=[kepu.Venue(name="馆", base=b) for b in more],
        )
        for i, (first, more) in enumerate(links)
    ]  # fmt: skip
    rows += [report(f"r{i}", of=first) for i, (first, _) in enumerate(links)]
    for where in STORES:
        with kepu.open_workspace(where, plugins=MANAGER, references="ignore") as ws:
            ws.put(rows)
            wanted = {r.id for r in rows if any((n.type, n.id) == ("base", target) for n in references(r))}
            assert {r.id for r in ws.referring("base", target)} == wanted


@kepu.part("一程", "leg")
class Leg:
    base: str = kepu.field("基地", "base", ref="base")


@kepu.record("t.trip", "行程", "trip")
class Trip:
    id: str = kepu.field("标识", "id")
    start: str = kepu.field("起点", "start", ref="base", index=True)
    end: str = kepu.field("终点", "end", ref="base", index=True)


@kepu.record("t.tour", "线路", "tour")
class Tour:
    id: str = kepu.field("标识", "id")
    start: str = kepu.field("起点", "start", ref="base", index=True)
    legs: tuple[Leg, ...] = kepu.field("途经", "legs", default=())


class Travels:
    kepu_namespace = "t"

    @kepu.hook
    def kepu_record_types(self):
        renamed = {1: lambda data: {**data, "start": data["start"].lower()}}
        return [RecordType(Trip), RecordType(Tour, version=2, upgrades=renamed)]


@pytest.fixture
def travels():
    manager = kepu.PluginManager.with_builtins()
    manager.register(Travels(), "travels")
    with kepu.open_workspace(plugins=manager) as ws:
        ws.put(base("b"), base("c"))
        yield ws


def test_every_way_to_refer_is_looked_at(travels):
    """A record that refers twice is told once; a reference in a part is found beside one in an index."""
    travels.put(Trip(id="round", start="b", end="b"), Trip(id="there", start="c", end="b"))
    travels.put(Tour(id="x", start="c", legs=[Leg(base="b")]))
    assert labels(travels.referring("base", "b")) == ["t.tour/x", "t.trip/round", "t.trip/there"]


def test_what_an_older_version_wrote_otherwise_is_found(travels):
    """A record is judged by what it says when it is read, not by how it was once written."""
    old = Write(type="t.tour", id="old", version=1, body=b'{"id":"old","legs":[],"start":"B"}')
    travels.store.commit([old], at=dt.datetime(2021, 1, 1, tzinfo=dt.UTC))
    assert labels(travels.referring("base", "b")) == ["t.tour/old"]
