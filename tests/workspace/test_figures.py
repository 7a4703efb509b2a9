"""Tables of figures: what is taken, what is refused and how it is told, and what is read again."""

import datetime as dt
import sys

import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.dataset as ds
import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

import kepu_core as kepu
from kepu_core.builtin.memory import MemoryStore
from kepu_core.codec.codec import Codec
from kepu_core.codec.record_type import RecordType
from kepu_core.domain.forms import Form
from kepu_core.domain.observation import Breakdown, breakdown_from, breakdown_text, key_parts
from kepu_core.plugins.storage import LONGEST_ID, Write
from kepu_core.workspace import figure_blocks, figure_checks
from kepu_core.workspace.figure_store import FigureStore
from kepu_core.workspace.figures import FIGURES, decoder, put_figures, read_figures

CODEC = Codec([RecordType(kepu.Observation)])
AT = dt.datetime(2022, 1, 1, tzinfo=dt.UTC)


@pytest.fixture
def store():
    return MemoryStore()


def columns(**more):
    """Two figures, as plain columns."""
    return {"indicator": ["v", "v"], "subject": ["a", "b"], "period": ["2021", "2021"], "value": [1.0, 2.5], **more}


def put(store, table, **more):
    made = pa.table(table) if isinstance(table, dict) else table
    return put_figures(store, made, codec=CODEC, at=AT, **more)


def read(store, **more):
    return read_figures(store, decoder(CODEC), **more).read_all().to_pylist()


def refused(store, table):
    with pytest.raises(kepu.InvalidData) as caught:
        put(store, table)
    assert store.count() == {}
    return caught.value


# Ids

TEXTS = st.text(st.sampled_from("ab|=%27CD"), min_size=1, max_size=4)
BREAKDOWNS = st.lists(st.builds(Breakdown, dimension=TEXTS, member=TEXTS), max_size=2).map(tuple)
KEYS = st.tuples(TEXTS, TEXTS, st.sampled_from(["2021", "2021-05"]), BREAKDOWNS)


@given(KEYS, KEYS)
def test_different_figures_have_different_ids(one, other):
    """Whatever stands in the parts of a key: the id tells them apart, and says what they are."""
    canonical = [(*k[:3], tuple(sorted((b.dimension, b.member) for b in k[3]))) for k in (one, other)]
    ids = [kepu.Observation.key(*k) for k in (one, other)]
    assert (ids[0] == ids[1]) == (canonical[0] == canonical[1])
    assert key_parts(ids[0]) == (*one[:3], breakdown_text(one[3]))
    assert breakdown_text(breakdown_from(breakdown_text(one[3]))) == breakdown_text(one[3])


def test_ids_without_joints_inside_are_as_ever():
    """Nothing is escaped that need not be."""
    parts = (Breakdown(dimension="sex", member="f"), Breakdown(dimension="age", member="18-30"))
    assert kepu.Observation.key("a.b", "440300", "2021-09-01/2022-08-31", parts) == (
        "a.b|440300|2021-09-01/2022-08-31|age=18-30|sex=f"
    )
    assert [key_parts(text) for text in ("a|b", "a", "", "a%|b|2021", "a|b|2021|")] == [None] * 5


# What is accepted

ODD = st.sampled_from(
    ["", " ", "a b", "\u3000", "a\n", "x" * 99, "x" * 196, "x" * 201, "é", "\u200b", "\x00", "%", "|"]
)
SOME = ODD | st.sampled_from(["a", "b", "v", "440300"]) | st.text(max_size=3) | st.none()
ROWS = st.fixed_dictionaries(
    {
        "indicator": st.just("v") | SOME,
        "subject": st.just("a") | SOME,
        "period": st.sampled_from(["2021", "2021-05", "十四五", "2021-13", "2021-2025", "“十四五”", "", None]),
        "value": st.none() | st.floats() | st.sampled_from([1.0, -0.0]),
        "state": st.sampled_from(["reported", "reported", "missing", "rejected", "Reported", "", None]),
        "standing": st.sampled_from(["audited", "published", "已审核", None]),
        "breakdown": st.sampled_from(
            [None, "", "sex=f", "b=1|a=2", "sex", "=f", "a=b=c", "a%3=b", "a%7C=%25", "x y=f"]
        ),
        "unit": SOME,
        "source": SOME,
        "reporter": SOME,
        "note": SOME,
        "reported_on": st.none() | st.dates(),
    }
)


def observation(row):
    """The observation of a row; ``None`` if it is refused."""
    try:
        breakdown = breakdown_from(row["breakdown"] or "")
        ident = kepu.Observation.key(*(str(row[n]) for n in ("indicator", "subject", "period")), breakdown)
        made = kepu.Observation(id=ident, **{**row, "breakdown": breakdown})
    except kepu.InvalidData:
        return None
    return made if len(made.id.encode()) <= LONGEST_ID else None


def one_row(row):
    kinds = {"value": pa.float64(), "reported_on": pa.date32()}
    return pa.table({name: pa.array([value], kinds.get(name, pa.string())) for name, value in row.items()})


@given(ROWS)
def test_a_row_is_accepted_if_and_only_if_the_observation_is(row):
    """And what is read again is that observation."""
    store = MemoryStore()
    expected = observation(row)
    try:
        put(store, one_row(row))
    except kepu.InvalidData:
        assert expected is None
        assert store.count() == {}
    else:
        found = [decoder(CODEC)(s) for s in FigureStore(store, CODEC).find("observation")]
        assert found == [expected]


def test_all_faults_are_told_with_their_rows():
    """Each kind once, the first five rows, how many in all; nothing is written."""
    store = MemoryStore()
    bad = {
        "indicator": ["v"] * 8,
        "subject": ["a b"] * 7 + ["c"],
        "period": ["2021"] * 7 + ["2021-13"],
        "value": [None, 1, 1, 1, 1, 1, 1, float("inf")],
        "state": ["reported", "missing"] + ["reported"] * 6,
    }
    error = refused(store, bad)
    told = {f.code: f.message.en for f in error.findings}
    assert set(told) == {
        "field.id", "period.form", "observation.no-value", "observation.value-and-state", "field.type"
    }  # fmt: skip
    assert told["field.id"].endswith("(7 rows, counted from 0: 0, 1, 2, 3, 4)")
    assert "共 7 行" in next(f for f in error.findings if f.code == "field.id").message.zh
    assert "2021-13" in told["period.form"]


def test_figures_given_twice_are_refused_whatever_the_order_of_their_breakdown():
    """One row of each figure."""
    twice = columns(subject=["a", "a"], breakdown=["a=1|b=2", "b=2|a=1"])
    assert refused(MemoryStore(), twice).code == "figures.twice"
    assert refused(MemoryStore(), columns(subject=["a", "a"])).findings[0].message.en.endswith("from 0: 0, 1)")


def test_columns_are_checked_before_rows(store):
    """Missing, unknown, repeated and of a wrong type: all at once."""
    table = pa.table([pa.array([1]), pa.array(["x"]), pa.array(["y"]), pa.array(["z"])],
                     names=["indicator", "strange", "unit", "unit"])  # fmt: skip
    codes = [f.code for f in refused(store, table).findings]
    assert codes.count("figures.column-missing") == 3
    assert {"figures.column-type", "figures.column-unknown", "figures.column-twice"} < set(codes)
    for name, wrong in (
        ("value", [True, False]),
        ("value", ["1", "2"]),
        ("reported_on", [AT, AT]),
        ("unit", [b"a", b"b"]),
    ):
        assert refused(store, columns(**{name: wrong})).code == "figures.column-type"
    assert refused(store, "no table").code == "figures.not-a-table"


def test_an_id_that_is_given_has_to_be_the_right_one(store):
    """What was read with ids can be put again; another id is refused."""
    assert refused(store, columns(id=["v|a|2021", "v|x|2021"])).code == "observation.id"
    put(store, columns(id=["v|a|2021", "v|b|2021"]))
    assert put(store, read_figures(store, decoder(CODEC), ids=True)) is None


def test_what_columns_cannot_hold_is_refused(store):
    """Ids beyond what stores take, days beyond the calendar, texts that are no UTF-8."""
    assert refused(store, columns(subject=["\U00020000" * 160, "b"])).code == "store.not-storable"
    assert refused(store, columns(indicator=["\u4e00" * 190, "v"])).code == "store.not-storable"
    assert refused(store, columns(reported_on=pa.array([2**31 - 1, 0], pa.date32()))).code == "field.type"
    broken = pa.StringArray.from_buffers(2, pa.py_buffer(b"\0\0\0\0\1\0\0\0\2\0\0\0"), pa.py_buffer(b"\xffb"))
    assert refused(store, pa.table(columns(subject=broken))).code == "figures.not-arrow"


def test_lengths_of_ids_are_judged_as_the_form_does():
    """The longest id that an observation may have, and one more."""
    most = max(n for n in range(400) if Form.ID.accepts("x" * n))
    for more, fits in ((0, True), (1, False)):
        row = {"indicator": ["v"], "subject": ["x" * (most - len("v||2021") + more)], "period": ["2021"], "value": [1]}
        if fits:
            assert put(MemoryStore(), row)
        else:
            assert refused(MemoryStore(), row).code == "field.id"


# What may be handed in


@pytest.mark.parametrize("batched", [False, True])
def test_tables_of_all_kinds_are_taken(store, batched, tmp_path):
    """Whatever gives an Arrow stream, dictionaries and long texts included; a dataset; a reader, read once."""
    plain = pa.table(columns(unit=["人", None], reported_on=[dt.date(2021, 5, 1), None]))
    duckdb = pytest.importorskip("duckdb")
    ds.write_dataset(plain, tmp_path, format="parquet")
    words = ["indicator", "subject", "period", "unit"]
    kinds = [
        plain,
        plain.to_batches()[0],
        pa.RecordBatchReader.from_batches(plain.schema, plain.to_batches(max_chunksize=1 if batched else 2)),
        pl.from_arrow(plain),
        pl.from_arrow(plain).with_columns(pl.col(words).cast(pl.Categorical)),
        plain.to_pandas(),
        pd.DataFrame({n: plain[n].to_pandas().astype("category") if n in words else plain[n].to_pandas() for n in plain.column_names}),
        duckdb.from_arrow(plain),
        ds.dataset(tmp_path),
        ds.dataset(tmp_path).scanner(),
        plain.set_column(1, "subject", plain["subject"].cast(pa.large_string())),
        plain.set_column(1, "subject", plain["subject"].cast(pa.string_view())),
    ]  # fmt: skip
    first, *others = [put(store, kind) for kind in kinds]
    assert first is not None
    assert others == [None] * (len(kinds) - 1)
    assert [(r["subject"], r["value"], r["unit"], r["reported_on"]) for r in read(store)] == [
        ("a", 1.0, "人", dt.date(2021, 5, 1)),
        ("b", 2.5, None, None),
    ]


@pytest.mark.parametrize("kind", [pa.int8(), pa.uint64(), pa.float16(), pa.float32(), pa.float64()])
def test_numbers_of_all_kinds_are_taken(kind):
    """As the decimals that they are."""
    store = MemoryStore()
    put(store, columns(value=pa.array([1, 3], kind)))
    assert [r["value"] for r in read(store)] == [1.0, 3.0]


def test_nothing_is_put_of_an_empty_table(store):
    """There is no commit of nothing."""
    assert put(store, pa.table(columns()).slice(0, 0)) is None
    assert read(store) == []


# What is read


def test_only_what_differs_is_written_and_the_newest_counts(store):
    """A correction is a row of its own; the state before can be read."""
    first = put(store, columns(), author="a", reason="first")
    assert (first.author, first.reason) == ("a", "first")
    second = put(store, columns(value=[1.0, 3.0]))
    assert [r["value"] for r in read(store)] == [1.0, 3.0]
    assert [r["value"] for r in read(store, as_of=first.number)] == [1.0, 2.5]
    newest = [b for _, blocks in figure_blocks.blocks_of(store) for b in blocks if b.commit == second.number]
    assert [b.rows().num_rows for b in newest] == [1]


def test_figures_are_read_by_what_they_are_of(store):
    """Indicators, subjects, periods (one or several), and what lies under a region."""
    rows = [(i, s, p) for i in ("v", "w") for s in ("440300", "440305", "450100") for p in ("2021", "2022")]
    put(store, dict(zip(("indicator", "subject", "period"), map(list, zip(*rows, strict=True)), strict=True),
                    value=list(range(12))))  # fmt: skip
    assert len(read(store)) == 12
    assert len(read(store, indicator="v")) == 6
    assert len(read(store, indicator=["v", "x"], period=["2021"])) == 3
    assert {r["subject"] for r in read(store, under="4403")} == {"440300", "440305"}
    assert len(read(store, under=["440305", "45"], subject=["440305", "440300"], indicator="w", period="2022")) == 1
    assert read(store, under=[]) == read(store, indicator=[]) == []
    assert [r["id"] for r in read(store, ids=True)] == sorted(f"{i}|{s}|{p}" for i, s, p in rows)


def test_records_and_columns_are_read_as_one(store):
    """An observation put as a record stands in the same table."""
    figures = FigureStore(store, CODEC)
    put(store, columns())
    one = kepu.Observation.of("v", "c", "2021", 7)
    figures.commit([Write(type="observation", id=one.id, version=1, body=CODEC.encode(one),
                          index={"indicator": "v", "subject": "c", "period": "2021"})], at=AT)  # fmt: skip
    assert [r["subject"] for r in read(store)] == ["a", "b", "c"]
    put(store, columns(subject=["c", "d"], value=[8, 9]))
    assert [r["value"] for r in read(store)] == [1.0, 2.5, 8.0, 9.0]
    assert store.count("observation") == {}
    assert figures.count() == {"observation": 4}
    assert [s.body is None for s in figures.history("observation", one.id)] == [False, False]


def test_a_table_puts_breakdowns_in_their_one_order(store):
    """A record may have another: it is not the same, though its figure is; and afterwards nothing is left to do."""
    parts = (Breakdown(dimension="sex", member="f"), Breakdown(dimension="age", member="18-30"))
    one = kepu.replace(kepu.Observation.of("v", "a", "2021", 1, breakdown=parts), breakdown=parts)
    index = {"indicator": "v", "subject": "a", "period": "2021"}
    store.commit([Write(type="observation", id=one.id, version=1, body=CODEC.encode(one), index=index)], at=AT)
    table = columns(breakdown=[breakdown_text(parts)] * 2, subject=["a", "b"])
    assert put(store, table) is not None
    assert store.count("observation") == {}
    assert put(store, table) is None


def test_the_schema_is_fixed(store):
    """The columns of ``FIGURES``, with or without rows, with or without ids."""
    names = [c.name for c in FIGURES]
    assert read_figures(store, None).schema.names == names
    put(store, columns())
    assert read_figures(store, None).read_all().schema == read_figures(MemoryStore(), None).schema
    assert read_figures(store, None, ids=True).read_all().schema.names == ["id", *names]


def test_long_tables_are_split(store, monkeypatch):
    """Blocks of limited length, checked in parts of limited length: nothing is lost, nothing out of order."""
    monkeypatch.setattr(figure_blocks, "_ROWS", 7)
    monkeypatch.setattr(figure_checks, "_AT_ONCE", 5)
    count = 100
    table = {"indicator": ["v"] * count, "subject": [f"s{k * 37 % count}" for k in range(count)],
             "period": ["2021"] * count, "value": list(range(count))}  # fmt: skip
    put(store, table)
    assert store.count(figure_blocks.BLOCKS) == {figure_blocks.BLOCKS: 15}
    expected = dict(zip(table["subject"], map(float, table["value"]), strict=True))
    assert {r["subject"]: r["value"] for r in read(store)} == expected
    ordered = sorted(expected, key=lambda s: f"{s}|")
    assert [r["subject"] for r in read(store)] == ordered
    table["subject"][60] = "a b"
    with pytest.raises(kepu.InvalidData, match="counted from 0: 60"):
        put(store, table)
    found, after = [], None
    figures = FigureStore(store, CODEC)
    while page := list(figures.find("observation", after=after, limit=9)):
        found += page
        after = page[-1].id
    assert [s.id for s in found] == [f"v|{s}|2021" for s in ordered]


def test_words_are_searched_in_what_an_observation_says(store):
    """With what the workspace says is searched."""
    put(store, columns(note=["航天 展", "科普"]))
    figures = FigureStore(store, CODEC, text_of=lambda o: o.note or "")
    assert [s.id for s in figures.find("observation", words=["航天", "展"])] == ["v|a|2021"]


# What can go wrong with blocks


def altered(store, **more):
    """The only block of a store, changed."""
    (block,) = store.find(figure_blocks.BLOCKS)
    write = Write(type=block.type, id=block.id, version=block.version, body=block.body, index={"indicator": "v"})
    store.commit([evolve(write, **more)], at=AT)


@pytest.mark.parametrize("share", [0, 0.3, 0.6, 0.7, 0.8, 0.95])
def test_a_damaged_block_is_told(store, share):
    """With the record that is damaged, never a wrong figure."""
    put(store, columns())
    (block,) = store.find(figure_blocks.BLOCKS)
    altered(store, body=block.body[: int(len(block.body) * share)])
    with pytest.raises(kepu.StoreRefused) as caught:
        read(store)
    assert caught.value.code == "store.damaged"
    assert block.id in str(caught.value)


def test_a_block_of_a_newer_version_is_refused(store):
    """Not guessed at."""
    put(store, columns())
    altered(store, version=99)
    with pytest.raises(kepu.InvalidData) as caught:
        read(store)
    assert caught.value.code == "codec.newer-type"


def test_pyarrow_is_needed_only_where_there_are_columns(store, monkeypatch):
    """Without it records work as ever; blocks say what is missing."""
    figures = FigureStore(store, CODEC)
    full = MemoryStore()
    put(full, columns())
    for name in [n for n in sys.modules if n.partition(".")[0] == "pyarrow"]:
        monkeypatch.setitem(sys.modules, name, None)
    one = kepu.Observation.of("v", "c", "2021", 7)
    figures.commit([Write(type="observation", id=one.id, version=1, body=CODEC.encode(one))], at=AT)
    assert figures.get("observation", one.id).body == CODEC.encode(one)
    assert figures.count() == {"observation": 1}
    assert [s.id for s in figures.find("observation")] == [one.id]
    for deed in (lambda: list(FigureStore(full, CODEC).find("observation")), lambda: read_figures(store, None)):
        with pytest.raises(kepu.MissingLibrary, match="frames"):
            deed()
