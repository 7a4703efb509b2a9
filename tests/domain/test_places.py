"""Regions, organisations and the written forms of identifiers."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

import kepu_core as kepu
from kepu_core import Region, RegionTable
from kepu_core.domain.region import RegionSuccession


def region(code, name="某区", level="county", parent="440300", **more):
    return Region(id=code, name=name, level=level, parent=parent, **more)


PROVINCE = Region(id="440000", name="广东省", level="province")
CITY = region("440300", "深圳市", "prefecture", "440000", sub_provincial=True)


def became(kind, day, *codes):
    return RegionSuccession(change=kind, on=day, to=codes)


D2000, D2010 = dt.date(2000, 1, 1), dt.date(2010, 1, 1)
TABLE = RegionTable(
    [
        PROVINCE,
        CITY,
        region("440301", "老区", valid_to=D2000, became=became("split", D2000, "440302", "440303")),
        region("440302", "东区", valid_from=D2000, valid_to=D2010, became=became("renamed", D2010, "440304")),
        region("440303", "西区", valid_from=D2000),
        region("440304", "新区", valid_from=D2010),
        region("440305", "废区", valid_to=D2000, became=became("abolished", D2000)),
    ]
)


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (dt.date(1999, 1, 1), ["440301"]),
        (dt.date(2005, 1, 1), ["440302", "440303"]),
        (None, ["440303", "440304"]),
    ],
)
def test_old_codes_lead_to_what_is_valid_on_a_day(day, expected):
    """Splits and renamings are followed until a division is valid."""
    assert [r.id for r in TABLE.resolve("440301", day)] == expected


def test_codes_that_end_or_are_unknown_lead_nowhere():
    """An abolished code without successor, and an unknown one, resolve to nothing."""
    assert TABLE.resolve("440305") == TABLE.resolve("999999") == ()


def test_succession_may_run_in_a_circle():
    """Codes that succeed each other in a circle do not hang the table."""
    a = region("440306", valid_to=D2000, became=became("renamed", D2000, "440307"))
    b = region("440307", valid_to=D2000, became=became("renamed", D2000, "440306"))
    assert RegionTable([a, b]).resolve("440306") == ()


def test_looking_up_a_code():
    """A code is found on days on which it is valid; otherwise the answer says why and what to use."""
    assert TABLE.get("440302", dt.date(2005, 1, 1)).name == "东区"
    with pytest.raises(kepu.NotFound) as unknown:
        TABLE.get("440399")
    assert unknown.value.code == "region.unknown-code"
    assert "check the code" in unknown.value.mend.en
    with pytest.raises(kepu.NotFound) as near:
        TABLE.get("440309")
    assert "440303 西区" in near.value.mend.en
    with pytest.raises(kepu.NotFound) as past:
        TABLE.get("440302", dt.date(2020, 1, 1))
    assert past.value.code == "region.not-valid-then"
    assert "440304" in past.value.mend.en
    assert "440300" in TABLE
    assert len(list(TABLE)) == len(TABLE) == 7


def test_the_tree_of_regions():
    """Children, ancestors, subtrees and levels follow from parents."""
    assert [r.id for r in TABLE.children("440300")] == ["440303", "440304"]
    assert [r.id for r in TABLE.ancestors("440304")] == ["440300", "440000"]
    assert [r.id for r in TABLE.ancestors("440304001")] == ["440304", "440300", "440000"]
    assert TABLE.within("440304", "440000")
    assert not TABLE.within("440000", "440304")
    assert [r.id for r in TABLE.at_level(kepu.RegionLevel.COUNTY, under="440300", on=dt.date(2005, 1, 1))] == [
        "440302",
        "440303",
    ]


def test_a_table_is_checked_as_a_whole():
    """Unknown parents, wrong levels and overlapping validity are found; a direct county is no fault."""
    table = RegionTable(
        [
            PROVINCE,
            region("440101", parent="440100"),
            region("440102", parent="440000"),
            region("440103", parent="440000", direct=True),
            region("440104", parent="440000", direct=True, valid_to=D2010),
            region("440104", parent="440000", direct=True, valid_from=D2000),
        ]
    )
    found = sorted((f.code, f.record) for f in table.check())
    assert found == [
        ("region.parent-level", "region/440102"),
        ("region.twice", "region/440104"),
        ("region.unknown-parent", "region/440101"),
    ]


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"level": "province", "parent": "440000"}, "region.province-with-parent"),
        ({"level": "county", "parent": None}, "region.no-parent"),
        ({"valid_from": D2010, "valid_to": D2000}, "region.validity"),
    ],
)
def test_regions_that_cannot_be(fields, code):
    """A region breaks no rule of its level and validity."""
    with pytest.raises(kepu.InvalidData) as caught:
        region("440301", **fields)
    assert caught.value.code == code


@pytest.mark.parametrize("length", [6, 9, 12])
@given(data=st.data())
def test_region_codes_have_6_9_or_12_digits(length, data):
    """A code is digits, by pairs and threes, and does not begin with zero."""
    digits = data.draw(st.text("0123456789", min_size=length, max_size=length))
    assert kepu.Form.REGION_CODE.accepts(digits) == (digits[0] != "0")
    assert not kepu.Form.REGION_CODE.accepts(digits[:-1])
    assert not kepu.Form.REGION_CODE.accepts("４" + digits[1:])


def test_credit_codes_are_checked_by_their_check_character():
    """A unified social credit code with any one character changed is refused."""
    good = "91110000600037341L"
    assert kepu.Organisation(id="a", name="公司", kind="company", uscc=good).uscc == good
    for position, letter in enumerate(good):
        other = "0" if letter != "0" else "1"
        wrong = good[:position] + other + good[position + 1 :]
        with pytest.raises(kepu.InvalidData) as caught:
            kepu.Organisation(id="a", name="公司", kind="company", uscc=wrong)
        assert caught.value.code == "organisation.uscc"


@pytest.mark.parametrize(
    ("text", "good"),
    [
        ("粤科协办发〔2021〕21号", True),
        ("粤科协办发[2021]21号", False),
        ("粤科协办发〔2021〕021号", False),
        ("〔2021〕21号", False),
    ],
)
def test_document_numbers(text, good):
    """A document number has an issuer, a year in 〔〕 and a number without leading zeros."""
    assert kepu.Form.DOCUMENT_NUMBER.accepts(text) is good


def test_organisations_answer_to_their_names():
    """An organisation is recognised by its name and by those it is also known as."""
    body = kepu.Organisation(id="d", name="广东省科学技术厅", kind="government", also_known_as=["省科技厅"])
    assert body.is_called(" 省科技厅 ")
    assert not body.is_called("科技厅")


def test_labels_of_enumerations():
    """Members are found by value, name and label, and are called by their labels."""
    assert kepu.BaseKind.from_text("科技馆") is kepu.BaseKind.SCIENCE_MUSEUM
    assert kepu.BaseKind.from_text("VENUE") is kepu.BaseKind.VENUE
    assert kepu.BaseKind.from_text("castle") is None
