"""A document that is imported again: what a person confirmed since is not undone, unless it is asked for."""

import datetime as dt

import openpyxl
import pytest
from gongwen_samples import TARGETED, context

import kepu_core as kepu
import kepu_gongwen.plugin
from kepu_core.workspace.importing import incoming
from kepu_gongwen.plugin import gongwen_importer


@pytest.fixture
def ws():
    """A workspace with this plugin alone."""
    manager = kepu.PluginManager.with_builtins(strict=True)
    manager.register(kepu_gongwen.plugin, "gongwen", version="1")
    with kepu.open_workspace(plugins=manager) as workspace:
        yield workspace


@pytest.fixture
def path(tmp_path):
    """The document, on disk."""
    made = tmp_path / "要点.txt"
    made.write_text(TARGETED, encoding="utf-8")
    return made


def told(report, code):
    return [f for f in report.findings if f.code == f"gongwen.{code}"]


def items(ws):
    return sorted(ws.find(kepu.PlanItem), key=lambda i: i.order)


def confirmed(ws, path):
    """Import the document, then let a person correct a task and the title, and drop a task."""
    assert ws.import_file(path).ok
    first, second, *_ = items(ws)
    ws.put(kepu.replace(first, verbs=("组织",), due=dt.date(2024, 7, 1)))
    ws.put(kepu.replace(next(ws.find(kepu.Plan)), title="改过的标题"))
    ws.delete("plan_item", second.id)
    return first.id, second.id


def test_nothing_is_undone_without_being_asked(ws, path):
    """The import fails, and tells which records differ in which fields."""
    changed, dropped = confirmed(ws, path)
    before = {r.id: r for r in (*ws.find(kepu.Plan), *ws.find(kepu.PlanItem))}
    report = ws.import_file(path)
    assert not report.ok
    (differs,), (absent,) = told(report, "confirmed-differs"), told(report, "confirmed-absent")
    assert differs.message.en.startswith("2 stored records")
    assert f"{changed} (verbs, due)" in differs.message.en
    assert f"{changed}（动词、完成时限）" in differs.message.zh
    assert dropped in absent.message.en
    assert {r.id: r for r in (*ws.find(kepu.Plan), *ws.find(kepu.PlanItem))} == before


def test_what_is_stored_may_be_kept(ws, path):
    """Tasks that are not stored are added, which is told."""
    changed, dropped = confirmed(ws, path)
    report = ws.import_file(path, options={"stored": "keep"})
    assert report.ok
    assert [f.severity for f in told(report, "confirmed-absent")] == [kepu.Severity.WARNING]
    assert ws.get(kepu.PlanItem, changed).due == dt.date(2024, 7, 1)
    assert next(ws.find(kepu.Plan)).title == "改过的标题"
    assert ws.get(kepu.PlanItem, dropped).text
    assert ws.import_file(path, options={"stored": "keep"}).commit is None


def test_the_document_may_go_before_what_is_stored(ws, path):
    """A dry run shows what that changes."""
    changed, _ = confirmed(ws, path)
    seen = ws.import_file(path, options={"stored": "replace"}, dry_run=True)
    assert {d.field for d in seen.differences if d.record == f"plan_item/{changed}"} >= {"due"}
    report = ws.import_file(path, options={"stored": "replace"})
    assert report.ok
    assert ws.get(kepu.PlanItem, changed).due is None
    assert ws.import_file(path).commit is None


def test_another_choice_is_told(ws, path):
    (found,) = ws.import_file(path, options={"stored": "both"}).findings
    assert (found.code, found.place.file) == ("gongwen.stored", "要点.txt")


@pytest.mark.parametrize("choice", [None, "replace", "keep"])
def test_what_no_document_says_stays(ws, path, choice):
    """Links with registers and with the plan above are no difference, and survive even a replacement."""
    ws.import_file(path)
    ws.put(kepu.Organisation(id="kpb", name="科普部（登记名称）", kind="association"))
    ws.put(kepu.CampaignSeries(id="jjds", name="讲解大赛", kind="competition"))
    plan = next(ws.find(kepu.Plan))
    ws.put(kepu.Plan(id="above", title="十四五规划", kind="five_year", period="十四五", issuer=plan.issuer))
    first = items(ws)[0]
    own = kepu.replace(
        first,
        programmes=[kepu.replace(p, series="jjds") for p in first.programmes],
        assignments=[kepu.replace(a, organisation="kpb", due=dt.date(2024, 5, 1)) for a in first.assignments],
    )
    ws.put(own, kepu.replace(plan, realises="above", issued_on=dt.date(2024, 3, 1)))
    report = ws.import_file(path, options={} if choice is None else {"stored": choice})
    assert report.ok, report.findings
    assert report.commit is None
    assert ws.get(kepu.PlanItem, own.id) == own


def test_a_body_that_was_registered_since_is_linked(ws, path):
    """That is no difference from what a person confirmed."""
    ws.import_file(path)
    unit = next(a.unit for i in items(ws) for a in i.assignments)
    ws.put(kepu.Organisation(id="o1", name=unit, kind="association"))
    report = ws.import_file(path)
    assert report.ok, report.findings
    assert "o1" in {a.organisation for i in items(ws) for a in i.assignments}


def test_a_task_that_only_moved_does_not_differ(ws, path):
    """Its number is not what a person confirms."""
    ws.import_file(path)
    ws.put(kepu.replace(items(ws)[0], order=99))
    assert ws.import_file(path).ok


def test_a_corrected_document_updates_what_it_corrects(ws, path):
    """A task that was reworded, moved or given another figure keeps its id, and with it what was reported of it."""
    ws.import_file(path)
    before = {i.text: i.id for i in items(ws)}
    corrected = (
        TARGETED.replace("不少于30场", "不少于40场").replace("修订《", "组织修订《").replace("培训5期", "培训6期")
    )
    path.write_text(corrected.replace("（一）办好", "（三）办好"), encoding="utf-8")
    report = ws.import_file(path, options={"stored": "replace"})
    assert (report.ok, report.added, told(report, "gone")) == (True, 0, [])
    after = {i.id: i.text for i in items(ws)}
    assert set(after) == set(before.values())
    assert "不少于40场" in after[next(i for t, i in before.items() if "不少于30场" in t)]


# The review of a plan that is stored


def reviewed(ws, path, change=None):
    """The review of the document, changed by a person, and imported."""
    target = path.with_name("核对.xlsx")
    incoming(ws.plugins, ws.codec, path, regions=ws.regions, find=ws.find).review(target)
    book = openpyxl.load_workbook(target)
    if change is not None:
        change(book["tasks"])
    book.save(target)
    return ws.import_file(target, importer="gongwen.review")


def test_a_review_shows_what_is_stored(ws, path):
    """A review that was not touched changes nothing of what was confirmed before."""
    changed, dropped = confirmed(ws, path)
    seen = []
    report = reviewed(ws, path, lambda sheet: seen.extend(sheet.iter_rows(values_only=True)))
    row = next(row for row in seen if row[0] == changed)
    assert "2024-07-01" in row
    assert report.ok
    assert ws.get(kepu.PlanItem, changed).due == dt.date(2024, 7, 1)
    assert next(ws.find(kepu.Plan)).title == "改过的标题"
    assert dropped in {row[0] for row in seen}  # shown, for the document has it


def test_a_task_to_be_left_out_is_deleted(ws, path):
    """Even if it is stored already; the report says how many, and its history stays."""
    ws.import_file(path)
    first, *rest = items(ws)

    def change(sheet):
        sheet["B2"] = "不要"

    report = reviewed(ws, path, change)
    assert report.deleted == (f"plan_item/{first.id}",)
    assert [i.id for i in items(ws)] == [i.id for i in rest]
    assert len(list(ws.history("plan_item", first.id))) == 2


def test_a_task_that_was_reported_on_is_not_deleted(ws, path):
    ws.import_file(path)
    first = items(ws)[0]
    reported_on = dt.date(2024, 6, 1)
    ws.put(
        kepu.ProgressReport(
            id="r", item=first.id, reported_on=reported_on, reporter=next(ws.find(kepu.Plan)).issuer, event="started"
        )
    )

    def change(sheet):
        sheet["B2"] = "不要"

    report = reviewed(ws, path, change)
    assert [f.code for f in report.findings if f.severity is kepu.Severity.ERROR] == ["workspace.still-referred"]
    assert ws.get(kepu.PlanItem, first.id) == first


def test_a_row_that_was_taken_out_is_told(ws, path):
    """It may have been cut by mistake: the stored task stays."""
    ws.import_file(path)
    first = items(ws)[0]
    report = reviewed(ws, path, lambda sheet: sheet.delete_rows(2))
    (found,) = told(report, "review-missing")
    assert found.severity is kepu.Severity.WARNING
    assert first.id in found.message.en
    assert ws.get(kepu.PlanItem, first.id) == first


def test_nothing_is_told_of_rows_of_a_plan_that_is_not_stored(ws, path):
    """What was not stored and is taken out is not imported, as a person wanted it."""
    report = reviewed(ws, path, lambda sheet: sheet.delete_rows(2))
    assert (report.ok, told(report, "review-missing")) == (True, [])
    read = gongwen_importer().read(TARGETED.encode(), context()).records
    assert len(items(ws)) == sum(isinstance(r, kepu.PlanItem) for r in read) - 1
