"""Parquet and Arrow: read by polars, which is no part of pyarrow."""

import datetime as dt
import io
import json
import subprocess
import sys
from collections.abc import Mapping

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

import kepu_core as kepu
from kepu_core.domain import RECORD_TYPES, fields_of, redacted
from kepu_core.testing import made_scorecard, many_records, strategy_for
from kepu_core.testing.contracts.exporter import export_bytes
from kepu_web.feeds import FEEDS
from kepu_web.feeds_columns import _BATCH

PARQUET, ARROW = (next(e for e in FEEDS if e.name == name) for name in ("parquet", "arrow"))
BOTH = pytest.mark.parametrize("exporter", [PARQUET, ARROW], ids=lambda e: e.name)


def frame(exporter, what, **context):
    """What was exported, as polars reads it."""
    file = io.BytesIO(export_bytes(exporter, what, **context))
    return pl.read_parquet(file) if exporter is PARQUET else pl.read_ipc(file)


@kepu.part("灯泡", "bulb")
class Bulb:
    """A part that holds others of its kind, and one thing that is personal."""

    watts: float = kepu.field("功率", "power", unit="瓦")
    owner: str | None = kepu.field("主人", "owner", default=None, personal=True)
    spare: "tuple[Bulb, ...]" = kepu.field("备用", "spare", default=())


@kepu.part("钥匙", "key")
class Key:
    """A part of which nothing may leave."""

    holder: str = kepu.field("保管人", "holder", personal=True)


@kepu.record("test.lamp", "灯", "lamp")
class Lamp:
    """A record with every kind of field."""

    id: str = kepu.field("标识", "id")
    kind: kepu.BaseKind = kepu.field("类别", "kind")
    lit: bool = kepu.field("亮", "lit")
    count: int = kepu.field("个数", "count")
    at: dt.datetime = kepu.field("时间", "at")
    on: dt.date | None = kepu.field("日期", "on", default=None)
    bulbs: tuple[Bulb, ...] = kepu.field("灯泡", "bulbs", default=())
    key: Key | None = kepu.field("钥匙", "key", default=None)
    extra: Mapping[str, object] = kepu.field("其他", "other", default=())


LAMP = Lamp(
    id="l1",
    kind="venue",
    lit=True,
    count=3,
    at=dt.datetime(2021, 5, 1, 8, tzinfo=dt.UTC),
    on=dt.date(2021, 5, 1),
    bulbs=[Bulb(watts=5, owner="张三", spare=[Bulb(watts=3, owner="李四")])],
    key=Key(holder="王五"),
    extra={"b": [1, None], "a": "甲"},
)


@BOTH
def test_each_kind_of_field_has_its_type(exporter):
    """Choices are texts, days are days, parts are structs, what has no fixed shape is JSON."""
    made = frame(exporter, [LAMP], types=[Lamp])
    bulb = pl.Struct({"watts": pl.Float64, "spare": pl.List(pl.String)})
    assert dict(made.schema) == {
        "id": pl.String,
        "kind": pl.String,
        "lit": pl.Boolean,
        "count": pl.Int64,
        "at": pl.Datetime("us", "UTC"),
        "on": pl.Date,
        "bulbs": pl.List(bulb),
        "extra": pl.String,
    }
    row = made.row(0, named=True)
    assert (row["kind"], row["lit"], row["count"], row["at"], row["on"]) == ("venue", True, 3, LAMP.at, LAMP.on)
    assert row["bulbs"] == [{"watts": 5.0, "spare": ['{"spare":[],"watts":3.0}']}]
    assert row["extra"] == '{"a":"甲","b":[1,null]}'


@BOTH
def test_personal_columns_are_made_only_when_asked_for(exporter):
    """Unasked there is no such column at any depth, nor a part that would be empty; asked, everything is there."""
    data = export_bytes(exporter, [LAMP], types=[Lamp])
    assert not [name for name in ("张三", "李四", "王五", "owner", "holder") if name.encode() in data]
    row = frame(exporter, [LAMP], types=[Lamp], include_personal=True).row(0, named=True)
    assert row["key"] == {"holder": "王五"}
    assert row["bulbs"][0]["owner"] == "张三"
    assert json.loads(row["bulbs"][0]["spare"][0])["owner"] == "李四"


def plain(value):
    """A value of a record as polars gives it."""
    if isinstance(value, tuple):
        return [plain(v) for v in value]
    if hasattr(type(value), "__kepu_record__"):
        return {s.name: plain(getattr(value, s.name)) for s in fields_of(type(value)) if not s.info.personal}
    return value.value if isinstance(value, kepu.LabelledEnum) else value


@pytest.mark.parametrize("cls", [c for c in RECORD_TYPES if c is not kepu.Scheme], ids=lambda c: c.__name__)
@given(data=st.data())
def test_what_is_read_is_what_was_written(cls, data):
    """All fields of all records, whatever is in them, by id."""
    records = data.draw(st.lists(strategy_for(cls), max_size=4, unique_by=lambda r: r.id))
    rows = frame(PARQUET, records).to_dicts() if records else []
    expected = [plain(redacted(r)) for r in sorted(records, key=lambda r: r.id)]
    assert rows == expected
    if records:
        assert frame(ARROW, records).to_dicts() == expected


def test_a_scheme_has_its_tree_as_text():
    """A tree of criteria has no fixed depth: its first level is a struct, what is below is JSON."""
    scheme = made_scorecard(["甲"]).scheme
    row = frame(PARQUET, [scheme]).row(0, named=True)
    assert row["root"]["id"] == scheme.root.id
    below = [json.loads(text) for text in row["root"]["children"]]
    assert [node["id"] for node in below] == [node.id for node in scheme.root.children]


@BOTH
def test_labels_and_units_go_along(exporter):
    """Each column says what it is, in both languages; the file says of which type its records are."""
    file = io.BytesIO(export_bytes(exporter, [kepu.BaseReport(id="r", base="b", period="2021", visits=3)]))
    schema = pq.read_schema(file) if exporter is PARQUET else pa.ipc.open_file(file).schema
    told = schema.field("visits").metadata
    assert {k.decode(): v.decode() for k, v in told.items() if not k.startswith(b"PARQUET")} == {
        "zh": "接待人次",
        "en": "visits",
        "unit": "人次",
    }
    assert schema.metadata[b"kepu.type"] == b"base_report"


@BOTH
def test_several_types_are_refused(exporter):
    """A table holds one type of record."""
    several = [kepu.Organisation(id="a", name="甲", kind="other"), kepu.Indicator(id="x", name="人口", unit="人")]
    with pytest.raises(kepu.InvalidData, match=r"\[web.several-types\] .* indicator, organisation"):
        export_bytes(exporter, several)


@BOTH
def test_no_records_are_a_file_without_columns(exporter):
    """There is nothing from which columns could follow."""
    file = io.BytesIO(export_bytes(exporter, []))
    read = pq.read_table(file) if exporter is PARQUET else pa.ipc.open_file(file).read_all()
    assert (read.num_rows, read.num_columns) == (0, 0)


@BOTH
def test_rows_are_written_in_batches(exporter):
    """No batch is larger than what is made at once, and none is lost at the seam."""
    records = list(many_records(kepu.Indicator, _BATCH + 5))
    file = io.BytesIO(export_bytes(exporter, records))
    if exporter is PARQUET:
        whole = pq.ParquetFile(file)
        sizes = [whole.metadata.row_group(n).num_rows for n in range(whole.metadata.num_row_groups)]
        ids = whole.read(["id"])["id"].to_pylist()
    else:
        whole = pa.ipc.open_file(file)
        sizes = [whole.get_batch(n).num_rows for n in range(whole.num_record_batches)]
        ids = whole.read_all()["id"].to_pylist()
    assert sizes == [_BATCH, 5]
    assert ids == sorted(r.id for r in records)


@BOTH
def test_a_ranking_is_a_table(exporter):
    """One row per subject in the order of ranks; texts are texts and numbers are numbers, even where all are missing."""
    card = made_scorecard(["广州市", "深圳市"])
    made = frame(exporter, card)
    assert made["name"].to_list() == [row.name for row in card.standings]
    assert made["score"].to_list() == [row.score for row in card.standings]
    empty = frame(exporter, made_scorecard(["某市"], {n: [None] for n in ("visits", "days", "prizes", "accidents")}))
    assert dict(empty.schema) == dict(made.schema)
    assert empty["score"].to_list() == [None]


@BOTH
def test_criteria_may_be_called_like_other_columns(exporter):
    """Two columns of one name could not be told apart: the later one gets a number, and stays a number."""
    rule = kepu.RuleSpec(kind="linear", params={"low": 0, "high": 10})
    leaves = [
        kepu.Criterion(id=i, title=i, weight=0.5, metric=m, rule=rule) for i, m in (("name", "x"), ("flagged", "y"))
    ]
    root = kepu.Criterion(id="total", title="总分", points=100, children=leaves)
    scheme = kepu.Scheme(id="t.s@1", name="t.s", version="1", title="评价", subject="region", root=root)
    made = frame(exporter, kepu.score(scheme, pl.DataFrame({"code": ["甲"], "x": [10.0], "y": [4.0]})))
    assert made.columns[-3:] == ["flagged", "coverage", "flagged.2"]
    assert made.select("name", "name.2", "flagged", "flagged.2").row(0) == ("甲", 50.0, 20.0, 0.0)


@BOTH
def test_a_ranking_says_what_it_follows_from(exporter):
    """Scheme, digests, and that data is illustrative stand in the file."""
    card = made_scorecard(["广州市"])
    file = io.BytesIO(export_bytes(exporter, card))
    told = (pq.read_schema(file) if exporter is PARQUET else pa.ipc.open_file(file).schema).metadata
    assert told[b"kepu.scheme"].decode() == card.scheme.id
    assert told[b"kepu.scheme_digest"].decode() == card.scheme_digest
    assert told[b"kepu.illustrative"] == (b"true" if card.illustrative else b"false")


def test_without_pyarrow_it_is_said_what_to_install(monkeypatch):
    """The library is an extra; the message names it."""
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    for exporter in (PARQUET, ARROW):
        with pytest.raises(kepu.MissingLibrary, match=r"\[library.missing\] pyarrow .*kepu-core\[frames\]"):
            export_bytes(exporter, [])


def test_listing_the_feeds_loads_no_library():
    """That a plugin can write calendars and columns costs nothing until it does."""
    code = "import sys, kepu_web.feeds; print({'icalendar', 'pyarrow', 'xml.etree'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"
