"""Whom a figure is about: a misspelt name is told, whatever else there is of that name is found."""

import io

import openpyxl
import pytest
from collecting_kit import CITIES, GUANGZHOU, SHENZHEN, VISITS, codes, figure, run, state, write
from collecting_kit import REGIONS as PROVINCE
from office_kit import CODEC, REGIONS, book, filled, read
from office_kit import codes as faults

import kepu_core as kepu
from kepu_core import Base, Observation, Organisation
from kepu_office import plugin, template
from kepu_office.collecting import Returned

HEAD = ["指标", "对象", "统计期", "数值"]
BASE = Base(id="base-1", name="海澄科学馆", kind="venue", region="440300")


def figures(*subjects, more=(), **told):
    """A sheet of figures about subjects, read."""
    rows = [["visits", subject, "2021", 3] for subject in subjects]
    return read(book(("观测值", [HEAD, *rows]), *more), **told)


def storing(*records):
    """What finds records that are stored."""
    return lambda kind: [r for r in records if CODEC.type_of(kind).cls is type(r)]


@pytest.mark.parametrize(
    ("subject", "near"), [("深训市", "是否为：深圳市"), ("广洲市", "是否为：广州市"), ("全省", "写明是哪个地区"), ("某某科学馆", "先登记")]
)  # fmt: skip
def test_a_misspelt_subject_is_a_fault_at_its_cell(subject, near):
    """With what stands there, what it may be, and how to mend it; no figure is made of it."""
    result = figures("深圳市", subject)
    assert faults(result) == [("office.subject", "B3")]
    (told,) = [f for f in result.findings if f.code == "office.subject"]
    assert f"“{subject}”" in told.message.zh
    assert near in told.mend.zh
    assert [r.subject for r in result.records] == ["440300"]


@pytest.mark.parametrize("subject", ["440300", "440399", "new-base", "base-1f2e"])
def test_an_id_may_come_before_what_it_names(subject):
    """Letters and digits are an id, whether it is registered already or not."""
    assert [r.subject for r in figures(subject).records] == [subject]


@pytest.mark.parametrize("name", ["海澄科学馆", " 海澄 科学馆 "])
def test_the_name_of_a_stored_record_becomes_its_id(name):
    """As it does in every column that refers to records."""
    assert [r.subject for r in figures(name, find=storing(BASE)).records] == ["base-1"]


def test_a_chinese_id_of_a_stored_record_is_one():
    """It is asked for before any name."""
    body = Organisation(id="省科协", name="广东省科学技术协会", kind="association")
    assert [r.subject for r in figures("省科协", find=storing(body)).records] == ["省科协"]


def test_a_name_in_the_same_file_counts():
    """The bases stand on another sheet of it, in whatever order the sheets are."""
    bases = ("科普教育基地", [["名称", "类别", "所在地区", "标识"], ["甲馆", "科普场馆", "深圳市", "base-9"]])
    result = figures("甲馆", more=[bases])
    assert not faults(result)
    assert [r.subject for r in result.records if isinstance(r, Observation)] == ["base-9"]


def test_a_name_of_two_records_is_told():
    """Which of them is meant is not guessed."""
    other = Organisation(id="org-1", name="海澄科学馆", kind="society")
    assert faults(figures("海澄科学馆", find=storing(BASE, other))) == [("office.ambiguous-name", "B2")]


def test_what_was_written_out_is_read_back():
    """A row whose id says the same subject was not typed by people."""
    record = Observation.of("visits", "旧名单位", "2021", 3)
    assert list(read(filled([record])).records) == [record]


def from_template(subject, region, kind="observation"):
    """One row in a template that was made for a region, read."""
    made = openpyxl.load_workbook(io.BytesIO(template(kind, codec=CODEC, regions=REGIONS, region=region)))
    row = ["visits", subject, "2021", 3] if kind == "observation" else ["甲馆", "science venue", subject]
    names = {line[1].value: line[0].value for line in made["_kepu"].iter_rows(min_row=3)}
    for position, value in enumerate(row, 1):
        made[names[kind]].cell(2, position).value = value
    out = io.BytesIO()
    made.save(out)
    return read(out.getvalue())


@pytest.mark.parametrize("kind", ["observation", "base"])
def test_a_name_that_is_unique_in_the_region_of_the_template_is_clear(kind):
    """There are two 南山区, one of them in Shenzhen."""

    def found(region):
        (record,) = from_template("南山区", region, kind).records
        return record.subject if kind == "observation" else record.region

    with kepu.use_language("en"):
        assert (found("4403"), found("230000")) == ("440305", "230404")
        assert [code for code, _ in faults(from_template("南山区", None, kind))] == ["office.ambiguous-name"]
        assert [code for code, _ in faults(from_template("440305 鹤岗市", "4403", kind))] == ["office.ambiguous-name"]


def test_names_of_the_region_of_the_template_are_suggested_first():
    """Of those that look alike."""
    (told,) = [f for f in from_template("南沙区", "2304").findings if f.code == "office.subject"]
    assert "南山区" in told.mend.zh


def test_regions_are_offered_as_subjects():
    """As they are where a region is asked for."""
    with kepu.use_language("zh"):
        made = openpyxl.load_workbook(io.BytesIO(template("observation", codec=CODEC, regions=REGIONS, region="4403")))
    letter = next(c.column_letter for c in made["数据"][1] if c.value == "对象*")
    rule = next(r for r in made["数据"].data_validations.dataValidation if str(r.sqref).startswith(f"{letter}2:"))
    assert (rule.type, "_kepu_lists" in rule.formula1) == ("list", True)


@pytest.fixture
def office():
    """A workspace that knows the importer of sheets, and a province."""
    manager = kepu.PluginManager.with_builtins()
    manager.register(plugin, "office")
    with kepu.open_workspace(plugins=manager) as made:
        made.put(PROVINCE, VISITS)
        yield made


@pytest.mark.parametrize("partial", [False, True])
def test_a_misspelt_city_has_not_reported(office, tmp_path, partial):
    """Nothing of it is stored, and nobody is told to have reported by it."""
    write(tmp_path, "a.json", figure(GUANGZHOU))
    (tmp_path / "深圳市.xlsx").write_bytes(book(("观测值", [HEAD, ["visits", "深训市", "2021", 3]])))
    found = run(office, tmp_path, partial=partial)
    assert {o.subject for o in office.find(Observation)} == {GUANGZHOU}
    assert "office.subject" in codes(found)
    assert (state(found, SHENZHEN).state, state(found, SHENZHEN).imported) == (Returned.REFUSED, 0)
    assert sum(s.imported for s in found.statuses) == 1
    assert len(found.statuses) == len(CITIES)
