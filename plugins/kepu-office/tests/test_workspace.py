"""Sheets in a workspace: the same sheet again changes nothing, a corrected one updates, names become ids."""

import datetime as dt
import io

import openpyxl
import pytest
from faulty_sheets import GOOD, HEAD, bases, row
from office_kit import REGIONS, book, codes, read

import kepu_core as kepu
from kepu_office import plugin


@pytest.fixture
def manager():
    """The built-ins, this plugin, and a few regions."""
    made = kepu.PluginManager.with_builtins(strict=True)
    made.register(plugin, "office")
    source = kepu.RegionSource(name="some.regions", label=kepu.Text("区划", "regions"), load=lambda: REGIONS)
    regions = type("P", (), {"kepu_namespace": "some", "kepu_regions": kepu.hook.kepu_regions(lambda self: [source])})
    made.register(regions(), "some")
    return made


@pytest.fixture
def ws(manager):
    """An empty workspace."""
    with kepu.open_workspace(plugins=manager) as made:
        yield made


@pytest.fixture
def put(ws, tmp_path):
    """Imports the bytes of a sheet."""

    def run(data, name="base.xlsx", **told):
        path = tmp_path / name
        path.write_bytes(data)
        return ws.import_file(path, **told)

    return run


def test_the_same_sheet_again_changes_nothing(put):
    """Ids follow from names, so a second import finds everything as it is."""
    first = put(bases(GOOD, row(c0="乙馆")))
    assert (first.ok, first.added) == (True, 2), first
    again = put(bases(GOOD, row(c0="乙馆")), "again.xlsx")
    assert (again.added, again.changed, again.unchanged, again.commit) == (0, 0, 2, None)


def test_a_corrected_sheet_updates(put, ws):
    """Another area, and the name written otherwise: the same record."""
    put(bases(GOOD))
    report = put(bases(row(c0=" 甲　馆 ", c3="1.3万")))
    assert (report.added, report.changed) == (0, 1)
    (base,) = ws.find(kepu.Base)
    assert (base.exhibition_area, base.id[:5], len(base.id)) == (13000.0, "base-", 13)


def test_a_stored_record_keeps_its_id(put, ws):
    """What is known under an id of its own is updated under it, not stored once more."""
    ws.put(kepu.Base(id="sz-a", name="甲馆", kind="venue", region="440300"))
    assert put(bases(GOOD)).changed == 1
    assert [b.id for b in ws.find(kepu.Base)] == ["sz-a"]


def test_an_id_in_the_sheet_wins(put, ws):
    """Where people do fill in an id, it is taken: even the name may change then."""
    put(bases([*GOOD, "b1"], head=[*HEAD, "标识"]))
    assert put(bases([*row(c0="新甲馆"), "b1"], head=[*HEAD, "标识"])).changed == 1
    assert ws.get(kepu.Base, "b1").name == "新甲馆"


def test_names_become_ids_across_sheets_and_stores(put, ws):
    """A report names its base; the base stands in the same file, or is stored already."""
    ws.put(kepu.Base(id="sz-b", name="乙馆", kind="venue", region="440300"))
    data = book(
        ("科普教育基地", [HEAD, GOOD]),
        ("基地年度报告", [["基地名称", "年度", "接待人次"], ["甲馆", 2021, "3.2万"], ["乙馆", "2021年", 5]]),
    )
    report = put(data)
    assert report.ok, report
    assert {ws.get(kepu.Base, r.base).name: r.visits for r in ws.find(kepu.BaseReport)} == {"甲馆": 32000, "乙馆": 5}


def test_what_the_workspace_finds_stands_at_its_cell(put):
    """A reference that leads nowhere is told with the cell in which it stands."""
    report = put(book(("基地年度报告", [["接待人次", "基地", "报告期"], [5, "nowhere", "2021"]])))
    assert [(f.code, f.place.sheet, f.place.cell) for f in report.findings] == [
        ("reference.unknown", "基地年度报告", "B2")
    ]


def test_figures_have_the_ids_of_figures(put, ws):
    """A figure is known by indicator, subject, period and breakdown; a blank one is missing, not zero."""
    ws.put(kepu.Indicator(id="visits", name="接待人次", unit="人次"))
    head = ["指标", "地区", "统计期", "数值", "分组"]
    data = book(
        (
            "数据",
            [head, ["接待人次", "深圳市", "2021年", "3.2万", None], ["visits", "440100", 2021, None, "sex=female"]],
        )
    )
    assert put(data).ok
    found = {o.id: (o.value, o.state.value) for o in ws.find(kepu.Observation)}
    assert found == {"visits|440300|2021": (32000.0, "reported"), "visits|440100|2021|sex=female": (None, "missing")}


def test_parts_go_into_what_they_belong_to(put, ws):
    """Designations on a sheet of their own, named by the base; events by the designation."""
    data = book(
        ("科普教育基地", [HEAD, GOOD, row(c0="乙馆")]),
        (
            "科普教育基地·命名",
            [["所属科普教育基地", "称号", "级别"], ["甲馆", "省级基地", "省级"], ["甲馆", "市级基地", "市级"]],
        ),
        (
            "科普教育基地·命名·经过",
            [["所属科普教育基地", "所属命名", "事件", "日期"], ["甲馆", "市级基地", "认定", "2021-05-03"]],
        ),
    )
    assert put(data).ok
    titles = {b.name: [(d.title, len(d.steps)) for d in b.designations] for b in ws.find(kepu.Base)}
    assert titles == {"甲馆": [("省级基地", 0), ("市级基地", 1)], "乙馆": []}
    assert put(data, "again.xlsx").unchanged == 2


def test_a_partial_import_takes_what_is_good(put, ws):
    """Rows with errors are left, with their findings; the others are put in one commit."""
    report = put(bases(GOOD, row(c0="乙馆", c1="飞船"), row(c0="丙馆", c4="5月3日")), partial=True)
    assert (report.ok, report.added, report.left.count) == (True, 1, 2)
    assert [f.place.cell for f in report.left.findings] == ["B3", "E4"]
    assert report.commit.number == 1
    assert put(bases(GOOD, row(c0="乙馆", c1="飞船"))).ok is False


def test_what_refers_to_something_left_out_is_left_too(put, ws):
    """A report of a base that is left out would refer to nothing."""
    data = book(
        ("科普教育基地", [HEAD, [*row(c0="乙馆", c1="飞船")], GOOD]),
        ("基地年度报告", [["基地", "报告期", "接待人次"], ["乙馆", "2021", 3], ["甲馆", "2021", 4]]),
    )
    report = put(data, partial=True)
    assert (report.ok, report.added, report.left.count) == (True, 2, 2), report
    assert {f.code for f in report.left.findings} == {"office.cell", "reference.unknown"}


def test_with_nothing_good_nothing_is_partial(put, ws):
    """Where every row is faulty the import fails as a whole."""
    report = put(bases(row(c1="飞船")), partial=True)
    assert (report.ok, report.commit) == (False, None)


def test_a_dry_run_shows_what_would_change(put, ws):
    """Old and new of every field; personal data is masked."""
    put(bases(GOOD))
    report = put(bases(row(c3=1300, c5="李四")), dry_run=True)
    shown = {d.field: str(d) for d in report.differences}
    assert "1200.0 → 1300.0" in shown["exhibition_area"]
    assert next(d for d in report.differences if d.personal).new is None
    assert "李四" not in " ".join(shown.values())
    assert next(ws.find(kepu.Base)).exhibition_area == 1200


def test_awards_of_one_prize_are_told_apart_by_the_person_who_fills_them_in():
    """Where the key of two rows is the same and the rest differs, that is told and not guessed."""
    rows = [["活动", "奖次", "获奖者"], ["c1", "一等奖", "张三"], ["c1", "一等奖", "李四"]]
    assert codes(read(book(("奖项", rows)))) == [("office.twice", "A3")]


def test_openpyxl_and_we_agree_on_what_a_cell_is_called():
    """The cells named in findings are those that a person sees."""
    data = bases(GOOD, row(c0="乙馆", c1="飞船"))
    ((_, cell),) = codes(read(data))
    assert openpyxl.load_workbook(io.BytesIO(data)).worksheets[0][cell].value == "飞船"


TITLES = "科普教育基地·命名"
BASES = (GOOD, row(c0="乙馆"))
TITLE_HEAD = ["所属科普教育基地", "称号", "级别", "有效期起"]


def titled(*rows, head=TITLE_HEAD, bases=BASES):
    """Two bases and the sheet of their titles."""
    return book(("科普教育基地", [HEAD, *bases]), (TITLES, [head, *rows]))


def titles_of(ws):
    """The titles of every base by its name."""
    return {b.name: [d.title for d in b.designations] for b in ws.find(kepu.Base)}


def test_a_partial_import_holds_back_what_a_row_may_belong_to(put, ws):
    """A title whose base is mistyped may be anybody's: no base of the file is written without it."""
    good = ["甲馆", "省级基地", "省级", None]
    assert put(titled(good)).ok
    report = put(titled(["甲官", *good[1:]], bases=(row(c3=99), row(c0="乙馆", c3=98))), "b.xlsx", partial=True)
    assert (report.ok, report.commit) == (False, None)
    assert {"office.unknown-parent", "office.held"} == {f.code for f in report.findings} - {"office.kept"}
    assert titles_of(ws) == {"甲馆": ["省级基地"], "乙馆": []}


def test_what_a_row_may_not_belong_to_is_put(put, ws):
    """A row that names a base that is stored and not in the file holds nobody back; records held back are counted."""
    assert put(bases(row(c0="丙馆"))).ok
    stray = ["丙馆", "省级基地", "省级", None]
    report = put(titled(stray), "b.xlsx", partial=True)
    assert (report.added, report.left.count) == (2, 1)
    other = book(
        ("科普教育基地", [HEAD, row(c3=1), row(c0="乙馆", c3=2)]),
        (TITLES, [TITLE_HEAD, ["无名馆", *stray[1:]]]),
        ("指标", [["标识", "名称", "单位"], ["visits", "接待人次", "人次"]]),
    )
    report = put(other, "c.xlsx", partial=True)
    assert (report.added, report.left.count) == (1, 3), report
    assert {b.exhibition_area for b in ws.find(kepu.Base)} == {1200}


def test_a_record_with_a_faulty_part_is_left_out(put, ws):
    """The base of a title that cannot be read stays as it is, the other is put."""
    assert put(titled(["甲馆", "省级基地", "省级", None])).ok
    data = titled(["甲馆", "省级基地", "宇宙级", None], bases=(row(c3=1), row(c0="乙馆", c3=2)))
    assert put(data, "b.xlsx", partial=True).changed == 1
    assert {b.name: b.exhibition_area for b in ws.find(kepu.Base)} == {"甲馆": 1200, "乙馆": 2}
    assert titles_of(ws)["甲馆"] == ["省级基地"]


def test_a_column_that_is_not_there_clears_nothing(put, ws):
    """Nor does a sheet of parts that is not there; it is told what was kept. What is new gets nothing."""
    assert put(titled(["甲馆", "省级基地", "省级", None])).ok
    report = put(book(("科普教育基地", [HEAD[:4], row(c3=7)[:4], row(c0="新馆")[:4]])), "few.xlsx")
    assert (report.added, report.changed) == (1, 1)
    (note,) = report.findings
    assert (note.code, note.severity) == ("office.kept", kepu.Severity.NOTE)
    assert all(word in note.message.zh for word in ("开放日期", "联系人·姓名", "命名", "1 条"))
    found = {b.name: b for b in ws.find(kepu.Base)}
    kept, other = found["甲馆"], found["新馆"]
    assert (kept.exhibition_area, kept.contact.phone, kept.designations[0].title) == (7, GOOD[6], "省级基地")
    assert (other.contact, other.opened_on, other.designations) == (None, None, ())


def test_a_blank_cell_clears(put, ws):
    """In a column that is there; a part of which all columns that are there are blank goes as a whole."""
    assert put(titled(["甲馆", "省级基地", "省级", None])).ok
    head = HEAD[:6]
    cleared = book(("科普教育基地", [head, row(c3=None, c5=None)[:6]]), (TITLES, [TITLE_HEAD]))
    assert put(cleared, "b.xlsx", forget_personal=True).changed == 1
    base = next(b for b in ws.find(kepu.Base) if b.name == "甲馆")
    assert (base.exhibition_area, base.contact, base.designations) == (None, None, ())


def test_a_column_of_parts_that_is_not_there_clears_nothing(put, ws):
    """A title is known by its id, or by what must be given of it, and keeps its dates and events."""
    steps = (kepu.DesignationStep(event="designated", on=dt.date(2021, 5, 3)),)
    title = kepu.Designation(id="d1", title="省级基地", level="provincial", batch="第一批", steps=steps)
    ws.put(kepu.Base(id="a", name="甲馆", kind="venue", region="440300", designations=(title,)))
    assert put(titled(["甲馆", "省级基地", "省级"], head=TITLE_HEAD[:3], bases=(GOOD,))).ok
    (base,) = ws.find(kepu.Base)
    assert base.designations == (title,)


def test_the_state_of_a_figure_follows_from_its_value(put, ws):
    """A figure that was missing is reported when it has a value, and keeps its note."""
    ws.put(kepu.Indicator(id="visits", name="接待人次", unit="人次"))
    head = ["指标", "地区", "统计期", "数值"]
    assert put(book(("数据", [[*head, "备注"], ["visits", "440300", 2021, None, "待报"]])), kind="observation").ok
    assert put(book(("数据", [head, ["visits", "440300", 2021, 5]])), "b.xlsx", kind="observation").ok
    (figure,) = ws.find(kepu.Observation)
    assert (figure.value, figure.state.value, figure.note) == (5, "reported", "待报")


@pytest.mark.parametrize("phone", ["1380013800x", 13800138000123456, "电话13800138000李四"])
def test_what_is_wrong_with_personal_data_is_told_without_it(phone):
    """Neither a number nor a name gets into a message, nor what stands behind a colon in a remark."""
    result = read(bases(row(c6=phone), ["联系人：王五 13900139000"]))
    assert codes(result)
    assert all(text not in str(f) for f in result.findings for text in ("13800138000", "1380013800x", "李四", "王五"))
