"""Templates: everything on them follows from what fields say of themselves."""

import io

import openpyxl
import pytest
from office_kit import CODEC, REGIONS

import kepu_core as kepu
from kepu_core.domain import RECORD_TYPES
from kepu_core.domain.fields import field
from kepu_office import template
from kepu_office.shapes import shapes_of


def opened(*types, codec=CODEC, **more):
    """A template, opened."""
    return openpyxl.load_workbook(io.BytesIO(template(*types, codec=codec, **more)))


def rule(sheet, header):
    """The rule of the column with a header."""
    letter = next(c.column_letter for c in sheet[1] if c.value == header)
    return next(r for r in sheet.data_validations.dataValidation if str(r.sqref).startswith(f"{letter}2:"))


def test_a_sheet_for_each_shape_and_one_header_row():
    """Records, parts, instructions; the header is locked, the cells below are not."""
    with kepu.use_language("zh"):
        made = opened("base")
    assert made.sheetnames[:4] == ["说明", "科普教育基地", "科普教育基地·命名", "科普教育基地·命名·经过"]
    sheet = made["科普教育基地"]
    assert [c.value for c in sheet[1]][:3] == ["名称*", "类别*", "所在地区*"]
    assert (sheet.freeze_panes, sheet.protection.sheet, sheet["A1"].protection.locked) == ("B2", True, True)
    assert sheet.max_row == 1
    assert made["_kepu"].sheet_state == "veryHidden"


def test_cells_are_checked_while_they_are_typed():
    """Lists of choices, dates as dates, numbers in their range, messages beside the cell."""
    with kepu.use_language("zh"):
        sheet = opened("base", "base_report", regions=REGIONS)["科普教育基地"]
        reports = opened("base", "base_report")["基地年度报告"]
    assert rule(sheet, "类别*").type == "list"
    assert rule(sheet, "开放日期").type == "date"
    area = rule(sheet, "展厅面积（平方米）")
    assert (area.type, float(area.formula1), float(area.formula2)) == ("decimal", 0, 1e8)
    assert (rule(reports, "开放天数（天）").type, rule(reports, "开放天数（天）").formula2) == ("whole", "366")
    assert "平方米" in area.prompt
    assert "科普教育基地" in rule(reports, "基地*").formula1


def test_regions_are_offered_by_name_inside_of_one():
    """Code and name, of one region and what lies below it."""

    def offered(**more):
        made = opened("base", regions=REGIONS, **more)
        lists = made["_kepu_lists"]
        return {c.value for line in lists.iter_rows() for c in line if c.value and c.value[:6].isdecimal()}

    assert offered(region="4403") == {"440300 深圳市", "440304 福田区", "440305 南山区"}
    assert offered(region="深圳") == offered(region="440300")
    assert len(offered()) == len(REGIONS)
    with pytest.raises(kepu.InvalidData, match=r"office\.region"):
        offered(region="南山区")


def test_a_year_offers_its_periods():
    """The year, its halves, quarters and months."""
    lists = opened("base_report", year=2021)["_kepu_lists"]
    values = {c.value for line in lists.iter_rows() for c in line}
    assert {"2021", "2021H2", "2021Q3", "2021-05"} <= values


def test_the_language_is_that_of_the_moment():
    """English headers where English is spoken."""
    with kepu.use_language("en"):
        made = opened("base")
    assert made.sheetnames[0] == "Instructions"
    assert made.worksheets[1]["A1"].value == "name*"


def test_every_column_is_explained():
    """One line for each column of each sheet."""
    with kepu.use_language("zh"):
        made = opened("base")
    lines = [r for r in made["说明"].iter_rows(values_only=True) if r[1] and r[0] != "工作表"]
    shapes = shapes_of(kepu.Base)
    assert len(lines) == sum(len(s.columns) + len(s.owners) for s in shapes)


def test_a_record_type_of_a_plugin_has_its_template_for_nothing():
    """Nothing is listed anywhere but on the fields themselves."""

    @kepu.record("sz.lamp", "灯", "lamp")
    class Lamp:
        id: str = field("标识", "id")
        name: str = field("名称", "name", searched=True)
        watts: float | None = field("功率", "power", default=None, unit="瓦", ge=0, le=1000)
        lit: bool = field("亮着", "is lit", default=False)

    codec = kepu.Codec([kepu.RecordType(Lamp)])
    with kepu.use_language("zh"):
        sheet = opened(Lamp, codec=codec).worksheets[1]
    assert [c.value for c in sheet[1]] == ["名称*", "功率（瓦）", "亮着", "标识"]


def test_all_types_fit_into_one_workbook():
    """Names of sheets are different and short enough, whatever the types are."""
    made = opened(*RECORD_TYPES)
    names = [n.casefold() for n in made.sheetnames]
    assert len(set(names)) == len(names)
    assert max(map(len, names)) <= 31


def test_the_same_template_is_the_same_bytes():
    """No clock goes into it."""
    assert template("base", codec=CODEC) == template("base", codec=CODEC)


def test_an_unknown_type_is_refused():
    """With those that are like it."""
    with pytest.raises(kepu.NotFound, match="base"):
        template("bas", codec=CODEC)
