"""From a document to records: stable ids, sensible updates, values as they are meant, and all that is doubtful told."""

import datetime as dt

import pytest
from gongwen_samples import PLAN, TARGETED, context
from hypothesis import given
from hypothesis import strategies as st

import kepu_core as kepu
import kepu_gongwen.plugin
from kepu_core import ActionRole, Comparison, OrganisationKind, PlanKind, UnitRole
from kepu_gongwen import read_plan, records_of
from kepu_gongwen.draft import Draft, DraftItem, DraftSection, DraftTarget, Meta, Part, Programme, Unit
from kepu_gongwen.records_ids import item_ids, plan_id
from kepu_gongwen.records_places import region_named
from kepu_gongwen.records_values import (
    clean,
    day_of,
    document_number,
    in_digits,
    kind_of,
    organisation_kind,
    period_of,
    quantity_of,
    target_of,
)

REGIONS = kepu.RegionTable(
    [
        kepu.Region(id="990000", name="云岭省", level="province"),
        kepu.Region(id="980000", name="海州省", level="province"),
        kepu.Region(id="990100", name="云溪市", level="prefecture", parent="990000"),
        kepu.Region(id="990102", name="城关区", level="county", parent="990100"),
        kepu.Region(id="980102", name="城关区", level="county", parent="980100", direct=True),
    ]
)


def made(text=PLAN, **more):
    return records_of(read_plan(text), text, context(**more))


def codes(records):
    return [f.code for f in records.findings]


def drafted(*items, title="云溪市科协2024年工作要点", issuer="云溪市科协", year=2024, sections=(), **more):
    """A draft without a text behind it."""
    meta = Meta(title=Part(title) if title else None, issuer=Part(issuer) if issuer else None, year=year)
    return Draft(is_plan=True, meta=meta, items=list(items), sections=list(sections), **more)


def item(text="举办大赛", start=0, **more):
    return DraftItem(start, start + len(text), text, verbs=["举办"], roles=[ActionRole.HOST], **more)


# The plan


def test_a_document_becomes_a_plan_with_sections_and_tasks():
    """Everything that the document says stands in the field that is meant for it."""
    records = made(regions=REGIONS)
    plan = records.plan
    assert (plan.title, plan.kind, plan.period) == ("云溪市科协2024年科普工作要点", PlanKind.ANNUAL, "2024")
    assert (plan.document_number, plan.region) == ("云科协发〔2024〕7号", "990100")
    assert [(s.id, s.number, s.parent) for s in plan.sections] == [
        ("1", "一", None),
        ("1.1", "（一）", "1"),
        ("1.2", "（二）", "1"),
        ("2", "二", None),
    ]
    (body,) = records.organisations
    assert (body.id, body.name, body.kind, body.region) == (
        plan.issuer,
        "云溪市科协",
        OrganisationKind.ASSOCIATION,
        "990100",
    )
    first, second, third, fourth, *_ = records.items
    assert (first.section, first.order, first.roles) == ("1.1", 1, (ActionRole.HOST,))
    assert [(p.name, p.edition) for p in first.programmes] == [("第3届云溪市科普讲解大赛", 3)]
    assert [(a.unit, a.role) for a in first.assignments] == [
        ("市科协科普部", UnitRole.RESPONSIBLE),
        ("市教育局", UnitRole.SUPPORTING),
    ]
    assert second.partners == ("市教育局",)
    assert [quantity_of(t) for t in second.targets] == ["5期"]
    assert (third.due, [t.comparison for t in third.targets]) == (dt.date(2024, 9, 20), [Comparison.AT_LEAST])
    assert (fourth.label, fourth.section, fourth.due) == ("1", "2", dt.date(2024, 6, 30))


def test_every_record_has_its_place():
    """Line and offset of the text, so that what is found later can be placed too."""
    records = made()
    for one in records.items:
        place = records.places[f"plan_item/{one.id}"]
        assert place.file == "要点.txt"
        assert PLAN[place.offset :].startswith(one.text[:4])
        assert PLAN[: place.offset].count("\n") == place.line - 1
    assert records.places[f"plan/{records.plan.id}"].line == 1


def test_goals_become_targets_of_the_plan():
    """With what is counted, how the figure is meant, and by when."""
    (target,) = made(TARGETED).plan.targets
    assert (target.value, target.unit, target.due) == (16, "%", dt.date(2025, 12, 31))
    assert target.subject == "公民具备科学素质的比例"


def test_tasks_outside_of_all_sections_get_one():
    """正文 for running text, 任务表 for a table."""
    bare = records_of(drafted(item()), "举办大赛", context())
    assert [(s.id, s.number, s.heading) for s in bare.plan.sections] == [("0", "—", "正文")]
    table = records_of(drafted(item(start=2)), "1\t举办大赛\t科协", context())
    assert [s.heading for s in table.plan.sections] == ["任务表"]


def test_headings_with_the_same_number_stay_apart():
    """Documents number two sections alike; what lies under each stays there."""
    sections = [
        DraftSection("一", "甲", 1, 0, 1, ("一",)),
        DraftSection("（一）", "乙", 2, 1, 2, ("一", "（一）")),
        DraftSection("一", "", 1, 2, 3, ("一",)),
        DraftSection("（一）", "丙", 2, 3, 4, ("一", "（一）")),
    ]
    records = records_of(drafted(item(section=3), sections=sections), "举办大赛", context())
    found = [(s.id, s.heading, s.parent) for s in records.plan.sections]
    assert found == [("1", "甲", None), ("1.1", "乙", "1"), ("1-2", "一", None), ("1-2.1", "丙", "1-2")]
    assert records.items[0].section == "1-2.1"


# What a caller says


def test_an_attached_table_is_no_section_of_the_text():
    """It gets an id of its own, whatever its number."""
    table = "附件1\n海州市任务分解表\n序号\t任务\t责任单位\n1\t举办第5届海州市科普剧大赛\t市科协\n"
    records = made(f"{PLAN}{table}")
    assert records.plan.section("a1").heading == "海州市任务分解表"
    (item,) = [i for i in records.items if "科普剧" in i.text]
    assert item.section == "a1"


def test_options_go_before_what_was_read():
    """Plan, issuer, region, period and kind."""
    options = {"plan": "yx-2024", "issuer": "yx-ast", "region": "990100", "period": "2024H1", "kind": "action"}
    records = made(options=options)
    plan = records.plan
    assert (plan.id, plan.issuer, plan.region, plan.period, plan.kind) == (
        "yx-2024", "yx-ast", "990100", "2024H1", PlanKind.ACTION,
    )  # fmt: skip
    assert records.organisations == []
    assert all(i.plan == "yx-2024" and i.id.startswith("yx-2024-") for i in records.items)


@pytest.mark.parametrize(
    ("options", "code"), [({"period": "今年"}, "gongwen.period"), ({"kind": "诗"}, "gongwen.plan-kind")]
)
def test_options_that_make_no_sense_are_told(options, code):
    """As errors: nothing is read past them."""
    records = made(options=options)
    assert codes(records) == [code]
    assert records.all == ()


# Who and where


def test_an_issuer_that_is_registered_is_referred_to():
    """Under any of its names; a unit of a task as well. No second record is made of it."""
    bodies = [
        kepu.Organisation(id="yx", name="云溪市科学技术协会", kind="association"),
        kepu.Organisation(id="edu", name="云溪市教育局", kind="government", also_known_as=["市教育局"]),
    ]
    records = made(find=lambda kind: bodies if kind == "organisation" else ())
    assert records.plan.issuer == "yx"
    assert records.organisations == []
    assert [a.organisation for a in records.items[0].assignments] == [None, "edu"]


def test_a_body_that_was_made_before_is_not_made_anew():
    """What was entered for it since stays as it is."""
    (body,) = made().organisations
    renamed = kepu.replace(body, name="云溪市科学技术协会（新）")
    records = made(find=lambda kind: [renamed] if kind == "organisation" else ())
    assert (records.plan.issuer, records.organisations) == (body.id, [])


def test_an_issuer_that_is_not_named_is_told():
    """The plan names one that nobody has, and checks go on asking for it."""
    records = records_of(drafted(item(), issuer=None), "举办大赛", context())
    assert records.plan.issuer == "issuer-unknown"
    assert "gongwen.no-issuer" in codes(records)


def test_of_several_issuers_the_first_counts():
    """The others are told of."""
    records = records_of(drafted(item(), issuer="云溪市委宣传部、云溪市科协"), "举办大赛", context())
    assert [o.name for o in records.organisations] == ["云溪市委宣传部"]
    assert "gongwen.issuers" in codes(records)


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("云溪市", "990100"),
        ("云溪", "990100"),
        ("城关区", None),
        ("云溪市城关区", "990102"),
        ("云岭", "990000"),
        ("云岭省云溪市", "990100"),
        ("月牙县", None),
        ("云溪市月牙县", None),
    ],
)
def test_regions_are_found_by_name(name, code):
    """With or without their level; a name that two have is nobody's."""
    assert region_named(name, REGIONS) == code
    assert region_named(name, None) is None


def test_a_region_that_is_not_certain_is_told():
    """As a note, once."""
    draft = drafted(item())
    draft.meta.region = "城关区"
    records = records_of(draft, "举办大赛", context(regions=REGIONS))
    assert records.plan.region is None
    assert codes(records).count("gongwen.region") == 1


# What is told


def test_what_is_no_plan_gives_no_record():
    """One error that says so."""
    records = records_of(Draft(is_plan=False), "", context())
    assert (codes(records), records.all) == (["gongwen.no-plan"], ())
    assert codes(records_of(Draft(is_plan=True), "", context())) == ["gongwen.no-tasks"]
    assert codes(records_of(drafted(item(), year=None, title="工作要点"), "举办大赛", context())) == ["gongwen.no-year"]


def test_doubts_and_what_was_left_are_told():
    """Each with its place: a warning where little is certain, a note elsewhere."""
    draft = drafted(
        item(confidence=0.4, doubts=["verb", "strange"]),
        item("开展培训", 5, confidence=0.8, doubts=["long"]),
        item("开展调研", 9),
        left=[Part("高度重视", 14, 18)],
        doubts=["lines"],
    )
    records = records_of(draft, "举办大赛\n开展培训开展调研\n高度重视", context())
    told = {(f.code, f.severity.value, f.place.line) for f in records.findings}
    assert told == {
        ("gongwen.unsure", "warning", 1),
        ("gongwen.unsure", "note", 2),
        ("gongwen.left", "note", 3),
        ("gongwen.doubt", "warning", None),
    }
    assert "strange" in str(records.findings[0].message)
    many = records_of(drafted(item(), left=[Part("x", 0, 1)] * 60), "举办大赛", context())
    assert (codes(many).count("gongwen.left"), codes(many)[-1]) == (40, "gongwen.more-left")


def test_what_has_no_value_is_told():
    """A day that does not exist or whose year is not known, a quantity that is none, a number without its form."""
    draft = drafted(
        item(deadlines=[Part("XXXX-09-21"), Part("2024-02-30")], quantities=[Part("若干场"), Part("5场")]),
        targets=[DraftTarget(0, 1, "x", ["很多人"], [])],
    )
    draft.meta.doc_number = Part("云科协发七号", 0, 2)
    records = records_of(draft, "举办大赛", context())
    assert (records.items[0].due, len(records.items[0].targets), records.plan.targets) == (None, 1, ())
    found = codes(records)
    assert [found.count(f"gongwen.{c}") for c in ("date", "quantity", "document-number")] == [2, 2, 1]


def test_strange_values_never_break_a_record():
    """Blank texts, control characters and editions out of range are left out."""
    draft = drafted(
        item(
            "举办\x00大赛\n第二行",
            label=" ",
            programmes=[Programme("赛", edition=0), Programme("\n"), Programme("节", edition=10**6)],
            partners=[Part(""), Part("甲"), Part("甲")],
            units=[Unit("\t"), Unit("乙")],
        )
    )
    (one,) = records_of(draft, "举办大赛", context()).items
    assert (one.text, one.label, one.partners) == ("举办大赛第二行", None, ("甲",))
    assert [(p.name, p.edition) for p in one.programmes] == [("赛", None), ("节", None)]
    assert [a.unit for a in one.assignments] == ["乙"]


def test_a_title_that_is_not_there():
    """The name of the file stands for it, and that is told."""
    records = records_of(drafted(item(), title=None), "举办大赛", context("附件1.docx"))
    assert records.plan.title == "附件1"
    assert "gongwen.no-title" in codes(records)


# Ids


def test_ids_do_not_depend_on_marks_and_spaces():
    """The same document scanned, retyped or laid out anew is the same plan."""
    other = PLAN.replace("2024年科普", "２０２４年 科普").replace("，", ", ")
    assert made(other).plan.id == made().plan.id
    assert [i.id for i in made(other).items] == [i.id for i in made().items]


def test_another_year_or_issuer_is_another_plan():
    """And so is another title."""
    ids = {
        plan_id("2024", "甲", "要点"),
        plan_id("2025", "甲", "要点"),
        plan_id("2024", "乙", "要点"),
        plan_id("2024", "甲", "方案"),
    }
    assert len(ids) == 4


TEXTS = st.lists(st.text("举办开展大赛培训科普活动0123", min_size=1, max_size=12), max_size=8)


@given(TEXTS, st.randoms())
def test_ids_of_tasks_do_not_depend_on_their_order(texts, random):
    """Different tasks keep their ids wherever they stand; equal ones are numbered."""
    ids = item_ids("p", texts, [])
    assert len(set(ids)) == len(texts)
    unique = list(dict.fromkeys(texts))
    shuffled = random.sample(unique, len(unique))
    plain = dict(zip(unique, item_ids("p", unique, []), strict=True))
    if len({i[:10] for i in plain.values()}) == len(unique):  # no two that differ in figures only
        assert dict(zip(shuffled, item_ids("p", shuffled, []), strict=True)) == plain


@given(TEXTS, TEXTS)
def test_a_stored_task_is_claimed_once(before, after):
    """Whatever was stored: no two tasks get one id, and tasks with the same words keep theirs."""
    stored = [
        kepu.PlanItem(id=i, plan="p", section="1", text=t)
        for i, t in zip(item_ids("p", before, []), before, strict=True)
    ]
    ids = item_ids("p", after, stored)
    assert len(set(ids)) == len(after)
    same = dict(zip(before, (s.id for s in stored), strict=True))
    for text, ident in zip(after, ids, strict=True):
        if before.count(text) == after.count(text) == 1 and sum(t.casefold() == text.casefold() for t in before) == 1:
            assert ident == same[text]


# Into a workspace


@pytest.fixture
def ws():
    manager = kepu.PluginManager.with_builtins(strict=True)
    manager.register(kepu_gongwen.plugin, "gongwen")
    with kepu.open_workspace(plugins=manager) as opened:
        yield opened


def imported(ws, folder, text, name="要点.txt", **more):
    path = folder / name
    path.write_bytes(text.encode())
    report = ws.import_file(path, **more)
    assert report.ok, report.findings
    return report


def test_an_import_passes_the_checks_of_a_workspace(ws, tmp_path):
    """And a second one of the same file changes nothing."""
    report = imported(ws, tmp_path, PLAN)
    assert report.read == {"organisation": 1, "plan": 1, "plan_item": len(made().items)}
    assert not [f for f in report.findings if f.severity is not kepu.Severity.NOTE]
    again = imported(ws, tmp_path, PLAN)
    assert (again.added, again.changed) == (0, 0)


def test_a_task_that_is_gone_is_told_and_kept(ws, tmp_path):
    """Even if its section is gone as well."""
    imported(ws, tmp_path, PLAN)
    count = len(list(ws.find("plan_item")))
    report = imported(ws, tmp_path, PLAN.partition("二、完善")[0])
    gone = [f for f in report.findings if f.code == "gongwen.gone"]
    assert gone
    assert len(list(ws.find("plan_item"))) == count
    assert "2" in {s.id for p in ws.find("plan") for s in p.sections}


def test_a_plan_that_is_stored_under_another_id_is_told(ws, tmp_path):
    """And is updated if the caller says so."""
    imported(ws, tmp_path, PLAN, options={"plan": "yx-2024"})
    report = ws.import_file(tmp_path / "要点.txt", dry_run=True)
    assert [f.code for f in report.findings if f.severity is kepu.Severity.WARNING] == ["gongwen.known-plan"]
    again = imported(ws, tmp_path, PLAN, options={"plan": "yx-2024"})
    assert (again.added, again.changed) == (0, 0)


# Values


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2024", (2024, 12, 31)),
        ("2024-02", (2024, 2, 29)),
        ("2024-06-30", (2024, 6, 30)),
        ("2024-09-15/2024-09-20", (2024, 9, 20)),
        ("2024-03/2024-05", (2024, 5, 31)),
        ("2024-02-30", None),
        ("2024-13", None),
        ("0000-01-01", None),
        ("XXXX-09", None),
        ("年底", None),
    ],
)
def test_deadlines(text, day):
    """The last day of what is meant; nothing where no certain day is."""
    assert day_of(text) == (None if day is None else dt.date(*day))


@pytest.mark.parametrize(
    ("text", "comparison", "value", "upto", "unit"),
    [
        (">=5场", Comparison.AT_LEAST, 5, None, "场"),
        (">12%", Comparison.MORE_THAN, 12, None, "%"),
        ("<=3次", Comparison.AT_MOST, 3, None, "次"),
        ("<3次", Comparison.LESS_THAN, 3, None, "次"),
        ("~100册", Comparison.ABOUT, 100, None, "册"),
        ("30场", Comparison.EXACTLY, 30, None, "场"),
        ("4-1场", Comparison.BETWEEN, 1, 4, "场"),
        ("1.5万元", Comparison.EXACTLY, 1.5, None, "万元"),
    ],
)
def test_quantities(text, comparison, value, upto, unit):
    """Sign, number, upper end and unit, there and back."""
    target = target_of(text)
    assert (target.comparison, target.value, target.upto, target.unit) == (comparison, value, upto, unit)
    assert target_of(quantity_of(target)) == target


@pytest.mark.parametrize("text", ["", "场", "5", ">=场", f"{'9' * 400}场", "5 ", "-5场"])
def test_what_is_no_quantity(text):
    """Gives no target."""
    assert target_of(text) is None


@pytest.mark.parametrize(
    ("title", "year", "period"),
    [
        ("2024年科普工作要点", 2024, "2024"),
        ("某市全民科学素质行动规划纲要实施方案（2021—2025年）", 2021, "十四五"),
        ("某市科普规划（2022年-2024年）", 2022, "2022-2024"),
        ("某市“十四五”科普发展规划", None, "十四五"),
        ("某市“十四五”科普发展规划2023年任务", 2023, "2023"),
        ("方案（2025—2021年）", 2021, None),
        ("工作要点", None, None),
    ],
)
def test_periods(title, year, period):
    """The years of the title, else the year of the plan."""
    assert period_of(title, year) == period


@pytest.mark.parametrize(
    ("title", "period", "kind"),
    [
        ("工作要点", "2024", "annual"),
        ("科普行动计划", "2024", "action"),
        ("科普活动实施方案", "2024", "implementation"),
        ("科普发展规划", "十四五", "five_year"),
        ("科普规划", "2024", "annual"),
        ("随便", "2024", "annual"),
    ],
)
def test_kinds(title, period, kind):
    """By the word of the title that says most."""
    assert kind_of(title, period).value == kind


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("云溪市科协", "association"),
        ("云岭省科学技术协会", "association"),
        ("云岭省气象学会", "society"),
        ("云溪市人大常委会", "legislature"),
        ("云溪市委宣传部", "party"),
        ("云溪大学", "school"),
        ("某某公司", "company"),
        ("云溪科技馆", "venue_operator"),
        ("云溪市教育局", "government"),
        ("粤港澳科普联盟", "alliance"),
        ("某人", "other"),
    ],
)
def test_kinds_of_bodies(name, kind):
    """By the end of the name."""
    assert organisation_kind(name).value == kind


def test_small_values():
    """Document numbers in their form, numbers of headings in digits, texts without control characters."""
    assert document_number("云科协发(2024)第07号") == "云科协发〔2024〕7号"
    assert document_number("云科协发 7号") is None
    assert [in_digits(n) for n in ("十", "二十一", "（三）", "⑤", "1.", "第一章", "？")] == [
        "10",
        "21",
        "3",
        "5",
        "1",
        "1",
        "0",
    ]
    assert clean(" a\u2028b\ufeff ") == "ab"
