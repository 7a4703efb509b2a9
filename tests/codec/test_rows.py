"""Records as flat rows, for CSV files and sheets."""

import datetime as dt
import math

import pytest
from codec_paths import codes
from codec_strategies import ALL_TYPES, instances
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kepu_core.codec import Codec, RecordType, RowReader, header, number_text, to_row
from kepu_core.domain.base import Base, BaseReport
from kepu_core.domain.campaign import CampaignSeries
from kepu_core.domain.enums import LabelledEnum
from kepu_core.domain.errors import InvalidData
from kepu_core.domain.fields import field, fields_of
from kepu_core.domain.observation import Breakdown, Observation
from kepu_core.domain.organisation import Contact, Organisation
from kepu_core.domain.record import record


class Size(LabelledEnum):
    SMALL = "small", "小", "small"
    LARGE = "large", "大", "large"


@record("rows.thing", "物", "thing")
class Thing:
    id: str = field("标识", "id")
    count: int | None = field("个数", "count", default=None)
    weight: float | None = field("重量", "weight", default=None)
    sold: bool = field("已售", "sold", default=False)
    made_on: dt.date | None = field("日期", "made on", default=None)
    seen_at: dt.datetime | None = field("时刻", "seen at", default=None)
    size: Size | None = field("大小", "size", default=None)
    sizes: tuple[Size, ...] = field("各尺寸", "sizes", default=())
    names: tuple[str, ...] = field("名称", "names", default=())
    key: str = field("钥匙", "key", default="k")


CODEC = Codec([*ALL_TYPES, RecordType(Thing)])
ALL = [s.name for s in fields_of(Thing)]


def _reader(cls=Thing, columns=None):
    return RowReader(CODEC, cls, columns or [s.name for s in fields_of(cls)])


def _read(column, cell):
    return getattr(_reader(columns=["id", column]).read(["t", cell]), column)


@pytest.mark.parametrize("kind", ALL_TYPES, ids=lambda kind: kind.name)
@given(data=st.data())
@settings(max_examples=25, suppress_health_check=list(HealthCheck), deadline=None)
def test_roundtrip(kind, data):
    """Every record survives the way into a row and back, as far as its texts do not begin or end with white space."""
    item = data.draw(instances(kind.cls).filter(_is_trimmed))
    specs = header(kind.cls, personal=True)
    reader = RowReader(CODEC, kind.cls, [s.name for s in specs])

    assert item == reader.read(to_row(item, specs))


def _is_trimmed(item):
    texts = [getattr(item, s.name) for s in fields_of(type(item))]
    return all(t == t.strip() for t in texts if isinstance(t, str))


@pytest.mark.parametrize(
    ("names", "cell"),
    [
        (("a", "b"), "a；b"),
        (("a;b",), '["a;b"]'),
        (("a；b",), '["a；b"]'),
        ((" a",), '[" a"]'),
        (("[a",), '["[a"]'),
        (("a[",), "a["),
        ((), ""),
    ],
)
def test_lists_of_texts(names, cell):
    """A list of texts is joined where that can be taken apart again, else it stands as JSON."""
    thing = Thing(id="t", names=names)

    assert [cell] == to_row(thing, [s for s in header(Thing) if s.name == "names"])
    assert names == _read("names", cell)


def test_cells():
    """Each kind of value has one plain spelling."""
    thing = Thing(
        id="t",
        count=7,
        weight=2.0,
        sold=True,
        made_on=dt.date(2021, 5, 1),
        seen_at=dt.datetime(2021, 5, 1, 9, tzinfo=dt.timezone(dt.timedelta(hours=8))),
        size="small",
        sizes=["small", "large"],
    )

    assert to_row(thing, header(Thing)) == [
        "t",
        "7",
        "2",
        "是",
        "2021-05-01",
        "2021-05-01T01:00:00+00:00",
        "small",
        "small；large",
        "",
        "k",
    ]
    assert thing == _reader().read(to_row(thing, header(Thing)))
    assert [to_row(Thing(id="t", weight=w), header(Thing))[i] for w, i in ((2.5, 2), (1e16, 2), (0, 3))] == [
        "2.5",
        "1e+16",
        "否",
    ]


@pytest.mark.parametrize(
    ("column", "cell", "value"),
    [
        ("count", " 7 ", 7),
        ("count", "", None),
        ("weight", "1e3", 1000.0),
        ("weight", "-0", 0.0),
        ("sold", "是", True),
        ("sold", "NO", False),
        ("sold", "1", True),
        ("sold", "", False),
        ("size", "大", Size.LARGE),
        ("size", "LARGE", Size.LARGE),
        ("sizes", "小; 大", (Size.SMALL, Size.LARGE)),
        ("names", "a；；b；", ("a", "b")),
        ("made_on", "2021-05-01", dt.date(2021, 5, 1)),
        ("key", " 5 ", "5"),
    ],
)
def test_cells_of_people(column, cell, value):
    """Cells are trimmed, labels taken, both semicolons understood; an empty cell is the default."""
    assert value == _read(column, cell)


@pytest.mark.parametrize(
    ("column", "cell", "code", "expected"),
    [
        ("count", "7.5", "rows.cell", "a whole number"),
        ("count", "many", "rows.cell", "a whole number"),
        ("count", "99999999999999999999", "field.too-large", "not above"),
        ("weight", "heavy", "rows.cell", "a number"),
        ("weight", "nan", "codec.type", "finite"),
        ("weight", "inf", "codec.type", "finite"),
        ("sold", "perhaps", "rows.cell", "yes or no"),
        ("size", "huge", "rows.cell", "one of: small, large"),
        ("sizes", "小；huge", "rows.cell", "one of: small, large"),
        ("names", '["a', "rows.cell", "JSON"),
        ("made_on", "2021/5/1", "codec.type", "a date"),
        ("seen_at", "2021-05-01T09:00:00", "field.type", "time zone"),
    ],
)
def test_bad_cells(column, cell, code, expected):
    """A cell that is not what its field takes is told with its field and what is expected."""
    with pytest.raises(InvalidData) as error:
        _read(column, cell)

    assert [(code, column)] == [(f.code, f.field) for f in error.value.findings]
    assert expected in error.value.findings[0].mend.en + error.value.findings[0].message.en
    assert error.value.findings[0].place is None


def test_all_bad_cells_at_once():
    """All bad cells of a row are told together."""
    with pytest.raises(InvalidData) as error:
        _reader().read(["t", "x", "y", "z"])

    assert [f.field for f in error.value.findings] == ["count", "weight", "sold"]


def test_bad_record_of_good_cells():
    """A row whose cells are fine may still break a rule of its record."""
    columns = ["id", "base", "period", "visits", "free_visits"]
    with pytest.raises(InvalidData) as error:
        _reader(BaseReport, columns).read(["r", "b", "2021", "5", "6"])

    assert [(f.code, f.field, f.record) for f in error.value.findings] == [
        ("base_report.free-visits", "free_visits", "base_report/r")
    ]


@pytest.mark.parametrize("columns", [["标识", "名称", "类别"], ["id", "name", "kind"], ["ID", " Name ", "KIND"]])
def test_headings(columns):
    """A column is headed by the name or a label of its field, in any case, with spaces around."""
    made = _reader(Organisation, columns).read(["a", "省科协", "科协"])

    assert Organisation(id="a", name="省科协", kind="association") == made


def test_columns_without_heading_are_passed_over():
    """A column without a heading is for the people who keep the sheet."""
    assert _reader(columns=["", "id", " "]).read(["note", "t", "note"]).id == "t"


def test_short_row():
    """Cells that a row does not have are empty."""
    assert Thing(id="t") == _reader().read(["t"])


def test_wrong_header():
    """Unknown, repeated and missing columns are all told at once, by the letter of their column."""
    with pytest.raises(InvalidData) as error:
        _reader(Organisation, ["id", "colour", "标识", *[""] * 24, "size"])

    assert [(f.code, f.field) for f in error.value.findings] == [
        ("rows.unknown-column", "B"),
        ("rows.column-twice", "C"),
        ("rows.unknown-column", "AB"),
        ("rows.missing-column", None),
        ("rows.missing-column", None),
    ]
    assert "'name'" in error.value.findings[3].message.en


def test_id_of_an_observation_is_derived():
    """The id of a figure follows from what was observed, breakdown included, and need not stand in the sheet."""
    columns = ["indicator", "subject", "period", "value", "breakdown"]
    reader = _reader(Observation, columns)
    parts = '[{"dimension":"sex","member":"female"}]'

    assert Observation.of("pop", "440300", "2020", 5) == reader.read(["pop", "440300", "2020", "5", ""])
    assert Observation.of(
        "pop", "440300", "2020", 5, breakdown=(Breakdown(dimension="sex", member="female"),)
    ) == reader.read(["pop", "440300", "2020", "5", parts])


@pytest.mark.parametrize(
    ("cells", "fields"),
    [
        (["pop", "", "2020", "5", ""], {"subject"}),
        (["pop", "440300", "2020", "5", "[5]"], {"breakdown[0]"}),
        (["pop", "440300", "2020", "x", ""], {"value"}),
    ],
)
def test_id_is_not_to_blame(cells, fields):
    """Where an id cannot be derived, the fields it follows from are told, not the id."""
    with pytest.raises(InvalidData) as error:
        _reader(Observation, ["indicator", "subject", "period", "value", "breakdown"]).read(cells)

    assert fields == {f.field for f in error.value.findings}


def test_a_field_called_key_derives_nothing():
    """A record with a field of the name ``key`` needs its id like any other."""
    with pytest.raises(InvalidData) as error:
        _reader(columns=["key"])

    assert codes(error) == ["rows.missing-column"]


def test_personal_fields_stay_at_home():
    """Personal fields are left out unless asked for."""
    base = Base(id="b", name="馆", kind="venue", region="440300", contact=Contact(name="张三", phone="13800000000"))

    assert "contact" not in [s.name for s in header(Base)]
    assert not any("张三" in cell for cell in to_row(base, header(Base)))
    assert any("张三" in cell for cell in to_row(base, header(Base, personal=True)))


def test_lists_of_members():
    """Lists of enumeration members are joined by their values."""
    series = CampaignSeries(id="s", name="科普日", kind="science_day", audiences=["youth", "farmers"])

    assert "youth；farmers" in to_row(series, header(CampaignSeries))


@given(st.floats(allow_nan=False) | st.integers(-(10**18), 10**18).map(float))
def test_a_number_as_a_text_is_the_same_number(number):
    """It reads back as itself, and a whole one that is exact has no point."""
    text = number_text(number)
    assert float(text) == number
    assert text.lstrip("-").isdigit() is (abs(number) < 1e15 and number.is_integer())


@pytest.mark.parametrize(
    ("number", "text"),
    [(999_999_999_999_999.0, "999999999999999"), (1e15, "1000000000000000.0"), (-0.0, "0"), (math.inf, "inf"), (math.nan, "nan")],
)  # fmt: skip
def test_where_whole_numbers_end(number, text):
    """Fifteen digits are written whole; what is no number is written as Python does."""
    assert number_text(number) == text
