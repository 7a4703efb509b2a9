"""A whole workspace in one folder: what is written, what leads where, and what a second time does."""

import datetime as dt
import json

import pytest

import kepu_core as kepu
from kepu_core.report import Link
from kepu_core.testing.scorecards import made_scorecard
from kepu_core.workspace.publishing import MANIFEST

ON = dt.date(2021, 7, 1)
LABEL = kepu.Text("页", "page")


class Pages:
    """Exporters of pages (as lists of what leads on), of calendars, and one that refuses everything."""

    kepu_namespace = "my"

    @kepu.hook
    def kepu_exporters(self):
        def page(what, out, context):
            links = [c for g in what.grids() for row in g.table.rows for c in row if isinstance(c, Link)]
            out.write(json.dumps([what.kind, [link.target for link in links]]).encode())

        def calendar(what, out, context):
            out.write("\n".join(r.id for r in what).encode())

        def refuse(what, out, context):
            raise kepu.Refused(kepu.Problem("my.no", LABEL, LABEL).finding())

        def pass_over(what, out, context):
            raise kepu.Refused(kepu.Problem("my.no-place", LABEL, LABEL, kepu.Severity.NOTE).finding())

        return [
            kepu.Exporter(name="my.page", label=LABEL, suffixes=(".html",), accepts=("report",), write=page),
            kepu.Exporter(name="my.calendar", label=LABEL, suffixes=(".ics",), accepts=("records",), write=calendar),
            kepu.Exporter(name="my.over", label=LABEL, suffixes=(".over",), accepts=("records",), write=pass_over),
            kepu.Exporter(name="my.no", label=LABEL, suffixes=(".no",), accepts=("report",), write=refuse),
        ]


@pytest.fixture
def ws():
    manager = kepu.PluginManager.with_builtins()
    manager.register(Pages(), name="my")
    with kepu.open_workspace(plugins=manager) as opened:
        regions = [
            kepu.Region(id="440000", name="广东省", level="province"),
            kepu.Region(id="440300", name="深圳市", level="prefecture", parent="440000"),
        ]
        body = kepu.Organisation(id="a", name="省科协", kind="association")
        plan = kepu.Plan(
            id="gd/2021", title="要点", kind="annual", period="2021", issuer="a",
            sections=[kepu.PlanSection(id="1", number="一", heading="活动")],
        )  # fmt: skip
        contact = kepu.Contact(name="张三", phone="13800000000")
        opened.put(
            *regions,
            body,
            plan,
            kepu.PlanItem(id="i", plan="gd/2021", section="1", text="举办大赛"),
            kepu.Base(id="b1", name="某馆", kind="science_museum", region="440300", contact=contact),
            kepu.Base(id="B1", name="另一馆", kind="science_museum", region="440300"),
            kepu.Campaign(id="c", name="科普日", kind="science_day", period="2021"),
        )
        yield opened


def names(published):
    return {path.name for path in published.files}


def page(folder, name):
    return json.loads((folder / name).read_text("utf-8"))


def test_everything_is_told_and_the_index_leads_to_it(ws, tmp_path):
    folder = tmp_path / "site"
    done = ws.publish(folder, cards=[made_scorecard(["甲市"])], on=ON)
    assert {
        "index.html", "evaluation-test_card-2021.html", "evaluation-test_card-2021.csv", "plan-gd_2021.html",
        "plan-gd_2021.ics", "bases.html", "bases.csv", "base-B1.html", "base-b1-2.html", "campaigns.html", "campaigns.ics",
    } <= names(done)  # fmt: skip
    assert done.files[-1].name.startswith("index")
    kind, links = page(folder, "index.html")
    assert kind == "index"
    assert set(links) == {n for n in names(done) if not n.startswith(("index", "base-"))}
    assert all((folder / link).is_file() for link in links)


def test_the_register_leads_to_a_page_of_each_base(ws, tmp_path):
    done = ws.publish(tmp_path / "site", on=ON)
    assert set(page(tmp_path / "site", "bases.html")[1]) == {n for n in names(done) if n.startswith("base-")}
    assert page(tmp_path / "site", "base-b1-2.html")[0] == "base"


def test_what_an_exporter_refuses_is_told_and_left_out(ws, tmp_path):
    done = ws.publish(tmp_path / "site", on=ON)
    assert [f.code for f in done.findings] == ["my.no"]  # once, for however many files
    assert not any(name.endswith(".no") for name in names(done))


def test_the_index_says_what_the_forms_are(ws, tmp_path):
    ws.publish(tmp_path / "site", on=ON)
    text = (tmp_path / "site" / "index.md").read_text("utf-8")
    assert "| html | page |" in text
    assert "| csv |" in text


def test_only_the_forms_that_are_asked_for(ws, tmp_path):
    done = ws.publish(tmp_path / "site", on=ON, formats=[".ics"])
    assert {path.suffix for path in done.files} == {".ics"}
    assert names(done) >= {"bases.ics", "campaigns.ics"}


def test_a_second_time_takes_away_what_is_no_more(ws, tmp_path):
    folder = tmp_path / "site"
    ws.publish(folder, on=ON)
    ws.delete(kepu.Base, "b1")
    done = ws.publish(folder, on=ON)
    assert {path.name for path in folder.iterdir()} == names(done) | {MANIFEST}
    assert "base-b1-2.html" not in names(done)


def test_nothing_of_anybody_else_is_touched(ws, tmp_path):
    folder = tmp_path / "site"
    folder.mkdir()
    (folder / "mine.txt").write_text("mine", "utf-8")
    with pytest.raises(kepu.Refused, match=r"publish\.strange-folder"):
        ws.publish(folder, on=ON)
    assert [path.name for path in folder.iterdir()] == ["mine.txt"]
    ws.publish(folder, on=ON, force=True)
    (folder / MANIFEST).write_text(json.dumps({"files": ["../outside.txt", "/etc/x", 5, "mine.txt/.."]}), "utf-8")
    (tmp_path / "outside.txt").write_text("safe", "utf-8")
    ws.publish(folder, on=ON)
    assert (folder / "mine.txt").read_text("utf-8") == "mine"
    assert (tmp_path / "outside.txt").read_text("utf-8") == "safe"


def test_a_broken_list_of_the_last_time_takes_nothing_away(ws, tmp_path):
    ws.publish(tmp_path, on=ON)
    (tmp_path / MANIFEST).write_text("{", "utf-8")
    (tmp_path / "mine.txt").write_text("mine", "utf-8")
    ws.publish(tmp_path, on=ON)
    assert (tmp_path / "mine.txt").exists()


def test_personal_data_stays_unless_asked_for(ws, tmp_path):
    ws.publish(tmp_path / "a", on=ON)
    assert not any("张三" in path.read_text("utf-8") for path in (tmp_path / "a").iterdir())
    ws.publish(tmp_path / "b", on=ON, include_personal=True)
    assert "张三" in (tmp_path / "b" / "bases.json").read_text("utf-8")


@pytest.mark.parametrize(
    "target", ["", "../x", "a/b", "https://x", "a?b", "a#b", "a%2e", ".hidden", "a b", "a\nb", "javascript:x"]
)
def test_a_link_leads_only_to_a_file_beside(target):
    with pytest.raises(ValueError, match="beside"):
        Link("x", target)


def test_two_times_the_same_day_are_the_same(ws, tmp_path):
    ws.publish(tmp_path / "a", on=ON, formats=[".html", ".ics"])
    ws.publish(tmp_path / "b", on=ON, formats=[".html", ".ics"])
    first, second = ({p.name: p.read_bytes() for p in (tmp_path / which).iterdir()} for which in "ab")
    assert first == second
