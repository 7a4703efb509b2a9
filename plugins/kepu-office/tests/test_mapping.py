"""Mappings: suggested, edited, used again."""

from pathlib import Path

import pytest
from faulty_sheets import GOOD, bases
from office_kit import CODEC, book, codes, read

import kepu_core as kepu
from kepu_office import mapping_from_toml, mapping_to_toml, read_mapping, suggest_mapping

OWN = [["统计表"], ["馆名", "哪类", "在哪", "占地（亩）", "经办"], ["甲馆", "科技馆", "深圳", 3, "张三"]]
MAPPING = """
[[table]]
type = "base"
sheet = "表1"
header_row = 2
[table.columns]
"馆名" = "name"
"哪类" = "kind"
"在哪" = "region"
"占地（亩）" = { field = "exhibition_area", factor = 666.67 }
"经办" = ""
[table.constants]
operator = "org-1"
"""


def test_a_mapping_says_what_headers_do_not(tmp_path):
    """Words of one's own, another unit, a constant for every row, a column that is not read."""
    path = tmp_path / "mapping.toml"
    path.write_text(MAPPING, encoding="utf-8")
    result = read(book(("表1", OWN)), options={"mapping": path})
    assert not result.findings, result.findings
    (base,) = result.records
    assert (base.name, base.region, base.exhibition_area, base.operator, base.contact) == (
        "甲馆",
        "440300",
        2000.01,
        "org-1",
        None,
    )


def test_a_suggested_mapping_can_be_used_as_it_is():
    """What is recognised reads the same with the suggestion as without it."""
    data = bases(GOOD)
    text = suggest_mapping(data, kepu.ImportContext(codec=CODEC, path=Path("a.xlsx"), kind="base"))
    mapping = mapping_from_toml(text)
    assert mapping.tables[0].columns["名称"].field == "name"
    assert read(data, options={"mapping": mapping}).records == read(data).records


def test_every_column_is_in_the_suggestion():
    """Columns that nobody knows are there too, to be filled in; below stand the fields."""
    text = suggest_mapping(book(("表1", OWN)), kepu.ImportContext(codec=CODEC, path=Path("a.xlsx"), kind="base"))
    table = mapping_from_toml(text).tables[0]
    assert (table.header_row, list(table.columns)) == (2, OWN[1])
    assert "# exhibition_area" in text


def test_mappings_are_written_and_read_back():
    """What is written is what is read."""
    mapping = mapping_from_toml(MAPPING)
    assert mapping_from_toml(mapping_to_toml(mapping)) == mapping


@pytest.mark.parametrize(
    "text",
    ["", "x = 1", "[[table]]", "[[table]]\ntype = 1", '[[table]]\ntype = "base"\nheader_row = 0', '[[table]]\ntype = "base"\nodd = 1',
     '[[table]]\ntype = "base"\n[table.columns]\n"a" = 1', '[[table]]\ntype = "base"\n[table.columns]\n"a" = { field = "name", factor = 0 }',
     "[[table]", "[table]\ntype = 1"],
)  # fmt: skip
def test_a_faulty_mapping_is_told(text):
    """It is never read as something else."""
    with pytest.raises(kepu.InvalidData, match=r"office\.mapping-file"):
        mapping_from_toml(text)


def test_a_mapping_that_is_not_there_is_a_finding(tmp_path):
    """The importer tells it like anything else that is wrong."""
    assert codes(read(bases(GOOD), options={"mapping": tmp_path / "no.toml"})) == [("office.mapping-file", None)]
    (tmp_path / "b.toml").write_bytes(b"\xff\xff")
    with pytest.raises(kepu.InvalidData, match=r"office\.mapping-file"):
        read_mapping(tmp_path / "b.toml")


def test_a_mapping_of_a_sheet_that_is_not_there():
    """The sheet is named, and those that there are."""
    mapping = mapping_from_toml('[[table]]\ntype = "base"\nsheet = "表9"')
    assert ("office.mapped-sheet", None) in codes(read(bases(GOOD), options={"mapping": mapping}))
