"""What an importer can do besides reading, what it is told, and imports that take only what is good."""

import datetime as dt

import pytest

import kepu_core as kepu
from kepu_core.domain.findings import Place, Problem
from kepu_core.plugins import Importer, ImportResult
from kepu_core.plugins.validation import descriptor_faults
from kepu_core.workspace.importing import incoming

ODD = Problem("x.odd", kepu.Text("怪", "odd"), kepu.Text("改", "mend it"))
DAY = dt.date(2021, 1, 1)
NAME = kepu.Text("名单", "names")


def org(ident, **more):
    return kepu.Organisation(**{"id": ident, "name": ident, "kind": "association", **more})


def offering(manager, **parts):
    """A manager with an importer of ``.x``, made of some functions."""
    parts.setdefault("read", lambda data, context: ImportResult(records=[]))
    offer = Importer(name="x", label=NAME, suffixes=(".x",), **parts)
    manager.register(type("P", (), {"kepu_importers": kepu.hook(lambda self: [offer])})(), "p", version="1")
    return manager


@pytest.fixture
def path(tmp_path):
    """A file of the importer."""
    made = tmp_path / "a.x"
    made.write_text("甲 乙", encoding="utf-8")
    return made


def test_options_regions_and_what_is_stored_reach_the_importer(manager, path):
    """What the caller says is handed on; regions and stored records can be asked for."""
    seen = {}

    def read(data, context):
        seen.update(
            options=context.options, regions=context.regions, found=[r.id for r in context.find("organisation")]
        )
        return ImportResult(records=[])

    with kepu.open_workspace(plugins=offering(manager, read=read, options=("mapping",))) as ws:
        ws.put(org("a"), kepu.Region(id="440000", name="广东省", level="province"))
        ws.import_file(path, options={"mapping": "m.toml"})
    assert seen["options"] == {"mapping": "m.toml"}
    assert [r.id for r in seen["regions"]] == ["440000"]
    assert seen["found"] == ["a"]


def test_an_importer_sees_no_more_than_the_role(manager, path):
    """Personal data that the role does not see is not handed to a plugin either."""
    seen = []

    def read(data, context):
        seen.extend(context.find("organisation"))
        return ImportResult(records=[])

    with kepu.open_workspace(plugins=offering(manager, read=read), role=kepu.Role("guest")) as ws:
        ws.put(org("a"))
        ws.import_file(path)
    assert [(r.id, r.contact) for r in seen] == [("a", None)]


def test_dumps_reviews_and_marked_copies(manager, path, tmp_path):
    """Each gets the bytes and the context, and what it writes is written whole."""

    def review(data, context, out, suffix):
        out.write(f"{suffix} {data.decode()}".encode())

    def mark(data, context, findings, out):
        out.write(" ".join(f.code for f in findings).encode())

    offering(manager, dump=lambda data, context: {"text": data.decode()}, review=review, mark=mark)
    with kepu.open_workspace(plugins=manager) as ws:
        file = incoming(ws.plugins, ws.codec, path)
        assert file.dump() == {"text": "甲 乙"}
        file.review(tmp_path / "r.HTML")
        file.mark([ODD.finding()], tmp_path / "m.x")
    assert (tmp_path / "r.HTML").read_text("utf-8") == ".html 甲 乙"
    assert (tmp_path / "m.x").read_text() == "x.odd"


def test_what_an_importer_cannot_do_is_refused(manager, path, tmp_path):
    """With those that can."""
    with kepu.open_workspace(plugins=offering(manager)) as ws:
        file = incoming(ws.plugins, ws.codec, path)
        for deed in (file.dump, lambda: file.review(tmp_path / "r.html"), lambda: file.mark([], tmp_path / "m.x")):
            with pytest.raises(kepu.InvalidData, match=r"import\.cannot"):
                deed()
    assert [p.name for p in tmp_path.iterdir()] == ["a.x"]


def test_what_goes_wrong_in_it_is_told_with_the_plugin(manager, path, tmp_path):
    """An existing file stays as it was; what is no plain data is no dump."""

    def half(data, context, out, suffix):
        out.write(b"half")
        raise ZeroDivisionError("oops")

    offering(manager, dump=lambda data, context: {"x": float("nan")}, review=half)
    target = tmp_path / "r.html"
    target.write_text("old")
    with kepu.open_workspace(plugins=manager) as ws:
        file = incoming(ws.plugins, ws.codec, path)
        for deed in (lambda: file.review(target), file.dump):
            with pytest.raises(kepu.InvalidData, match=r"import\.failed") as caught:
                deed()
            assert "plugin p 1" in str(caught.value)
    assert target.read_text() == "old"


def test_a_fault_of_the_file_is_passed_on_as_it_is(manager, path):
    """What a dump says is wrong with a file is no failure of the plugin."""

    def dump(data, context):
        raise kepu.InvalidData(ODD.finding())

    with kepu.open_workspace(plugins=offering(manager, dump=dump)) as ws, pytest.raises(kepu.InvalidData, match="odd"):
        incoming(ws.plugins, ws.codec, path).dump()


@pytest.mark.parametrize(("name", "function"), [("dump", len), ("review", lambda data, context: None), ("mark", 5)])
def test_descriptors_are_checked(name, function):
    """A function with other arguments shows when the plugin is loaded; none at all is fine."""
    good = Importer(name="x", label=NAME, suffixes=(".x",), read=lambda data, context: None)
    assert list(descriptor_faults(good)) == []
    bad = Importer(name="x", label=NAME, suffixes=(".x",), read=lambda data, context: None, **{name: function})
    assert [field for field, _ in descriptor_faults(bad)] == [name]


def reading(records, findings=(), places=None):
    """An importer that gives the same whatever the file."""
    return lambda data, context: ImportResult(records=records, findings=findings, places=places or {})


def test_findings_of_a_field_stand_where_the_field_does(manager, path):
    """A place of the field is better than one of the record, and that is better than none."""
    base = kepu.Base(id="b", name="b", kind="venue", region="440300")
    report = kepu.BaseReport(id="r", base="nowhere", period="2021")
    places = {"base_report/r": Place(cell="A2"), "base_report/r base": Place(cell="C2")}
    with kepu.open_workspace(plugins=offering(manager, read=reading([base, report], places=places))) as ws:
        (finding,) = [f for f in ws.import_file(path).findings if f.code == "reference.unknown"]
    assert finding.place.cell == "C2"


def test_a_partial_import_leaves_what_is_faulty(manager, path):
    """What the importer and the checks find: the rest is put, in one commit."""
    records = [org("a"), kepu.BaseReport(id="r", base="nowhere", period="2021")]
    wrong = ODD.finding(place=Place(file="a.x", cell="B7"))
    with kepu.open_workspace(plugins=offering(manager, read=reading(records, [wrong]))) as ws:
        assert not ws.import_file(path).ok
        assert ws.count() == {}
        report = ws.import_file(path, partial=True)
        assert (report.ok, report.added, report.commit.number, report.left.count) == (True, 1, 1, 2)
        assert {f.code for f in report.left.findings} == {"x.odd", "reference.unknown"}
        assert "2 left out" in str(report)


def test_a_partial_import_leaves_what_is_refused(manager, path):
    """Records that may only be added, contents that contradict each other, personal data that would be lost."""
    contact = kepu.Contact(name="张三")
    told, retold = (kepu.ProgressReport(id="r", item="i", reported_on=DAY, summary=s) for s in ("old", "new"))
    records = [org("a"), org("b"), org("b", name="other"), org("c"), retold]
    with kepu.open_workspace(plugins=offering(manager, read=reading(records)), references="ignore") as ws:
        ws.put(org("c", contact=contact), told)
        report = ws.import_file(path, partial=True)
        assert (report.ok, report.added, report.left.count) == (True, 1, 3)
        left = {f.record for f in report.left.findings}
        assert left == {"organisation/b", "organisation/c", "progress_report/r"}
        assert ws.get("organisation", "c").contact == contact


def test_a_partial_import_with_nothing_good_fails(manager, path):
    """There is no empty commit."""
    with kepu.open_workspace(plugins=offering(manager, read=reading([], [ODD.finding()]))) as ws:
        report = ws.import_file(path, partial=True)
        assert (report.ok, report.commit, report.left.count) == (False, None, 0)


def test_a_dry_run_tells_the_differences(manager, path):
    """Of what is stored, field by field; what is new has none, and personal data is masked."""
    contact, other = (kepu.domain.Contact(name=n) for n in ("张三", "李四"))
    records = [org("a", name="new", contact=other), org("b")]
    with kepu.open_workspace(plugins=offering(manager, read=reading(records))) as ws:
        ws.put(org("a", contact=contact))
        report = ws.import_file(path, dry_run=True)
        assert ws.get("organisation", "a").name == "a"
    assert [(d.field, d.old, d.new, d.personal) for d in report.differences] == [
        ("name", "a", "new", False),
        ("contact", None, None, True),
    ]
    assert str(report.differences[0]) == "organisation/a name (name): a → new"
    assert "李四" not in str(report.differences[1])


def deleting(manager, records, deletes):
    """A manager whose importer of ``.x`` gives records, and says which are to go."""
    return offering(manager, read=lambda data, context: ImportResult(records=records, deletes=deletes))


def plan_with_items(*items):
    """A plan with an item for each id; what stands behind a colon is the item that it realises."""
    plan = kepu.Plan(
        id="p",
        title="要点",
        kind="annual",
        period="2021",
        issuer="a",
        sections=[kepu.PlanSection(id="1", number="一", heading="政策")],
    )
    told = [(name, above or None) for name, _, above in (i.partition(":") for i in items)]
    return [plan, *(kepu.PlanItem(id=n, plan="p", section="1", text=n, realises=above) for n, above in told)]


def test_what_a_file_says_is_to_go_goes_in_the_same_commit(manager, path):
    """Its history stays; the same file again changes nothing."""
    with kepu.open_workspace(plugins=deleting(manager, [org("b")], [("organisation", "a")])) as ws:
        ws.put(org("a"))
        seen = ws.import_file(path, dry_run=True)
        assert (seen.added, seen.deleted) == (1, ("organisation/a",))
        assert ws.get(kepu.Organisation, "a").id == "a"
        report = ws.import_file(path)
        assert (report.added, report.deleted) == (1, ("organisation/a",))
        assert [r.id for r in ws.find(kepu.Organisation)] == ["b"]
        assert [r.record is None for r in ws.history("organisation", "a")] == [False, True]
        assert {r.commit.number for r in ws.history("organisation", "a")} >= {report.commit.number}
        again = ws.import_file(path)
        assert (again.unchanged, again.deleted, again.commit) == (1, (), None)
        ws.delete("organisation", "b")
        assert ws.import_file(path).added == 1


def test_what_others_refer_to_is_not_deleted(manager, path):
    """Nothing is imported then; a partial import puts the rest and tells it."""
    with kepu.open_workspace(plugins=deleting(manager, [org("b")], [("plan_item", "x")])) as ws:
        ws.put(org("a"), *plan_with_items("x", "y:x"))
        report = ws.import_file(path)
        assert [f.code for f in report.findings if f.record == "plan_item/x"] == ["workspace.still-referred"]
        assert not report.ok
        assert len(list(ws.find(kepu.Organisation))) == 1
        report = ws.import_file(path, partial=True)
        assert (report.added, report.deleted) == (1, ())
        assert [f.code for f in report.left.findings] == ["workspace.still-referred"]
        assert report.left.count == 1


def test_records_of_the_file_count_as_they_will_be(manager, path):
    """What no longer refers to a record that goes does not hold it; what newly does, holds it."""
    *_, y_alone = plan_with_items("y")
    with kepu.open_workspace(plugins=deleting(manager, [y_alone], [("plan_item", "x")])) as ws:
        ws.put(org("a"), *plan_with_items("x", "y:x"))
        assert ws.import_file(path).deleted == ("plan_item/x",)
    *_, y_on_x = plan_with_items("y:x")
    with kepu.open_workspace(
        plugins=deleting(kepu.PluginManager.with_builtins(strict=True), [y_on_x], [("plan_item", "x")])
    ) as ws:
        ws.put(org("a"), *plan_with_items("x", "y"))
        assert [f.code for f in ws.import_file(path).findings] == ["workspace.still-referred"]


@pytest.mark.parametrize("deletes", [["organisation/a"], [("organisation", 1)], [("organisation", "b")]])
def test_what_is_no_record_to_delete_is_told(manager, path, deletes):
    """A plugin's mistake is told with its name, and nothing is put."""
    with kepu.open_workspace(plugins=deleting(manager, [org("b")], deletes)) as ws:
        with pytest.raises(kepu.InvalidData) as caught:
            ws.import_file(path)
        assert [f.code for f in caught.value.findings] == ["import.failed"]
        assert not list(ws.find(kepu.Organisation))
