"""Figures in columns are the records that they would be: whatever is done, in whatever order, nobody sees the difference."""

import datetime as dt

import pyarrow as pa
import pyarrow.compute as pc
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

import kepu_core as kepu
from kepu_core.builtin.memory import MemoryStore
from kepu_core.codec.codec import Codec
from kepu_core.codec.record_type import RecordType
from kepu_core.domain.observation import Breakdown, Standing, ValueState, breakdown_from, breakdown_text
from kepu_core.plugins.storage import Prefix, Write
from kepu_core.workspace.evaluating import _Reading, evaluate
from kepu_core.workspace.figure_records import ColumnFigures
from kepu_core.workspace.figure_rows import rows_of, schema
from kepu_core.workspace.figure_store import FigureStore
from kepu_core.workspace.figures import decoder, put_figures, read_figures
from kepu_core.workspace.indexing import index_of

CODEC = Codec([RecordType(kepu.Observation), RecordType(kepu.Indicator)])
VERSION = CODEC.type_of("observation").version
START = dt.datetime(2022, 1, 1, tzinfo=dt.UTC)

# Few, so that they meet; with what joins and escapes inside ids, and with what sorts between.
INDICATORS = ("v", "v|", "v%7C", "w")
SUBJECTS = ("a", "a|", "a=", "a!", "ab", "%", "441900", '"\\')
PERIODS = ("2021", "2021-05", "2021Q1", "十四五")
PARTS = tuple(Breakdown(dimension=d, member=m) for d, m in (("sex", "f"), ("sex", "m"), ("a|", "="), ("a", "b%")))


@st.composite
def figures_of(draw, key):
    """A figure of a key, with anything else."""
    state = draw(st.sampled_from(ValueState))
    value = draw(st.sampled_from((0.0, 1.0, 2.5, 1e300, 1e16, 0.1))) if state is ValueState.REPORTED else None
    return kepu.Observation.of(
        *key[:3],
        value,
        state=state,
        breakdown=key[3],
        unit=draw(st.sampled_from((None, "人", '"x"\\\n'))),
        standing=draw(st.sampled_from(Standing)),
        reporter=draw(st.sampled_from((None, "gd-ast"))),
        reported_on=draw(st.sampled_from((None, dt.date(2021, 5, 1), dt.date.min, dt.date.max))),
        note=draw(st.sampled_from((None, "\x00 é"))),
    )


KEYS = st.tuples(
    st.sampled_from(INDICATORS),
    st.sampled_from(SUBJECTS),
    st.sampled_from(PERIODS),
    st.lists(st.sampled_from(PARTS), max_size=2).map(tuple),
)


def table(figures):
    """Observations as a table, without what only blocks have."""
    return pa.Table.from_batches([rows_of(figures).select(schema().names)])


def respelt(figure):
    """The same figure with its breakdown in another order."""
    return kepu.replace(figure, breakdown=tuple(reversed(figure.breakdown)))


class Side:
    """A store with what a workspace does to it: what is equal is left alone."""

    def __init__(self, store):
        self.store = store
        self.clock = START

    def put(self, figures, expect=None):
        known = self.store.get_many("observation", [f.id for f in figures])
        writes = [
            Write(type="observation", id=f.id, version=VERSION, body=body, index=index_of(f), expect=expect)
            for f in figures
            if (body := CODEC.encode(f)) is not None
            and not (f.id in known and known[f.id].body == body and expect is None)
        ]
        return self._commit(writes)

    def delete(self, idents):
        return self._commit([Write(type="observation", id=i, version=VERSION, body=None) for i in idents])

    def table(self, figures):
        return self.put(figures)

    def _commit(self, writes):
        return self.store.commit(writes, at=self.now(), author="we", reason="r") if writes else None

    def now(self):
        self.clock += dt.timedelta(seconds=1)
        return self.clock


class Columns(Side):
    """The same, but tables go into columns."""

    def table(self, figures):
        now = self.now()
        made = put_figures(self.store.store, table(figures), codec=CODEC, at=now, author="we", reason="r")
        self.clock -= dt.timedelta(seconds=1 if made is None else 0)
        return made


class FiguresAreRecords(RuleBasedStateMachine):
    """All is done on two sides, as records and with tables in columns; all answers are the same."""

    @initialize(keys=st.lists(KEYS, min_size=1, max_size=5))
    def begin(self, keys):
        self.records = Side(FigureStore(MemoryStore(), CODEC))
        self.columns = Columns(FigureStore(MemoryStore(), CODEC))
        self.keys = keys  # few, so that they meet
        self.ids = {kepu.Observation.of(*key[:3], breakdown=key[3]).id for key in keys}
        self.last = 0

    def both(self, deed):
        ours, theirs = deed(self.records), deed(self.columns)
        assert ours == theirs
        self.last = ours.number if ours else self.last

    def some(self, data):
        """Some figures of the few keys."""
        one = st.sampled_from(self.keys).flatmap(figures_of)
        return data.draw(st.lists(one, min_size=1, max_size=5, unique_by=lambda o: o.id))

    @rule(data=st.data())
    def put(self, data):
        figures = self.some(data)
        self.both(lambda side: side.put(figures))

    @rule(data=st.data())
    def put_a_table(self, data):
        figures = self.some(data)
        self.both(lambda side: side.table(figures))

    @rule(data=st.data())
    def put_in_another_order_of_breakdowns(self, data):
        figures = [respelt(f) for f in self.some(data)]
        self.both(lambda side: side.put(figures))

    @rule(data=st.data())
    def put_a_table_of_what_stands(self, data):
        """It changes nothing but the order of breakdowns."""
        living = [decoder(CODEC)(s) for s in self.records.store.find("observation")]
        if living:
            chosen = data.draw(st.lists(st.sampled_from(living), min_size=1, unique_by=lambda o: o.id))
            again = [kepu.replace(o, breakdown=breakdown_from(breakdown_text(o.breakdown))) for o in chosen]
            self.both(lambda side: side.table(again))

    @rule(data=st.data())
    def delete(self, data):
        living = [s.id for s in self.records.store.find("observation")]
        if living:
            chosen = data.draw(st.lists(st.sampled_from(living), min_size=1, max_size=3, unique=True))
            self.both(lambda side: side.delete(chosen))

    @rule(data=st.data(), wrong=st.sampled_from((0, 0, 0, 1, -1)))
    def expect(self, data, wrong):
        figure = self.some(data)[0]
        newest = self.records.store.get("observation", figure.id)
        expected = max((newest.revision if newest else 0) + wrong, 0)

        def deed(side):
            try:
                return side.put([figure], expect=expected)
            except kepu.RevisionConflict as error:
                return str(error)

        ours, theirs = deed(self.records), deed(self.columns)
        assert ours == theirs
        self.last = ours.number if not isinstance(ours, str) else self.last

    @rule(
        where=st.fixed_dictionaries(
            {},
            optional={
                "indicator": st.sampled_from((*INDICATORS, Prefix("v"), ["v|", "w"], [])),
                "subject": st.sampled_from((*SUBJECTS, Prefix("a"), ["ab", "%"], Prefix(""))),
                "period": st.sampled_from((*PERIODS, Prefix("2021"), list(PERIODS))),
                "standing": st.just("audited"),
            },
        ),
        limit=st.sampled_from((None, 0, 1, 3)),
        data=st.data(),
    )
    def find(self, where, limit, data):
        ids = sorted(self.ids) or ["v|a|2021"]
        number = data.draw(st.sampled_from((None, None, *range(self.last + 1))))
        after = data.draw(st.none() | st.sampled_from(ids) | st.just("v"))
        chosen = data.draw(st.none() | st.lists(st.sampled_from(ids)) | st.sampled_from((ids[0], Prefix("v|"), "x")))
        if chosen is not None:
            where = {**where, "id": chosen}
        ours, theirs = (list(side.store.find("observation", where, after=after, limit=limit, as_of=number))
                        for side in (self.records, self.columns))  # fmt: skip
        assert ours == theirs

    @invariant()
    def same(self):
        if not hasattr(self, "ids"):
            return
        ours, theirs = self.records.store, self.columns.store
        assert list(ours.find("observation")) == list(theirs.find("observation"))
        assert ours.count() == theirs.count()
        ids = sorted(self.ids)
        assert ours.get_many("observation", ids) == theirs.get_many("observation", ids)
        for ident in ids:
            assert list(ours.history("observation", ident)) == list(theirs.history("observation", ident))

    def teardown(self):
        """Every past state, one by one, as records and as a table, and the digest of all."""
        if not hasattr(self, "ids"):
            return
        ours, theirs = self.records.store, self.columns.store
        for number in range(self.last + 1):
            assert ours.count(as_of=number) == theirs.count(as_of=number)
            assert list(ours.find("observation", as_of=number)) == list(theirs.find("observation", as_of=number))
            both = [read_figures(s.store, decoder(CODEC), ids=True, as_of=number).read_all() for s in (ours, theirs)]
            assert both[0].to_pylist() == both[1].to_pylist()
            for ident in self.ids:
                assert ours.get("observation", ident, as_of=number) == theirs.get("observation", ident, as_of=number)
        plain = _Reading(lambda name: [decoder(CODEC)(s) for s in ours.find(name)], None)
        columns = _Reading(
            lambda name: [decoder(CODEC)(s) for s in theirs.find(name)], ColumnFigures(theirs.store, CODEC)
        )
        plain("observation")
        columns.figures("v", "2021")
        period = kepu.Period.parse("2021")
        assert plain.digest(CODEC, ["a"], period) == columns.digest(CODEC, ["a"], period)


def test_figures_in_columns_are_the_records_that_they_would_be():
    """Any sequence of puts, tables and deletions: the same records, revisions, histories, counts and past states."""
    run_state_machine_as_test(
        FiguresAreRecords,
        settings=settings(
            max_examples=40, stateful_step_count=10, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )


# Evaluating


@kepu.metric("t.visits", title="参观人次", unit="人次", subject="base")
def visits(facts):
    return facts.observed("visits")


class City:
    kepu_api = ">=1,<2"
    kepu_namespace = "t"

    @kepu.hook
    def kepu_metrics(self):
        return [visits]


def scheme():
    rule = kepu.RuleSpec(kind="min_max")
    leaf = kepu.Criterion(id="visits", title="参观人次", weight=1, metric="t.visits", rule=rule)
    root = kepu.Criterion(id="total", title="总分", points=100, children=[leaf])
    return kepu.Scheme(id="t.s@1", name="t.s", version="1", title="体系", subject="base", root=root)


def changed(rows):
    """The same figures with other values: what makes a table differ from the records that stand."""
    place = rows.schema.get_field_index("value")
    return rows.set_column(place, "value", pc.add(rows["value"], 1))


def test_evaluations_are_the_same_however_figures_are_stored(manager):
    """Scores, lineage and digest; and only the figures that are asked for are made into objects."""
    manager.register(City(), name="city")
    figures = [
        kepu.Observation.of("visits", s, p, v, breakdown=b)
        for (s, v) in (("b1", 10), ("b2", 30), ("b9", 4))
        for p in ("2021", "2022")
        for b in ((), (Breakdown(dimension="sex", member="f"),))
    ]
    figures += [kepu.Observation.of("other", f"b{k}", "2022", k) for k in range(50)]
    with kepu.open_workspace(plugins=manager) as ws:
        ws.put(kepu.Base(id=b, name=b, kind="venue", region="440300") for b in ("b1", "b2"))
        ws.put(kepu.Indicator(id="visits", name="参观人次", unit="人次", kind="flow"))
        ws.put(figures)
        plain = ws.evaluate(scheme(), "2022")
        rows = read_figures(ws.store, decoder(ws.codec)).read_all()
        for part in (rows.slice(0, 5), rows):  # some in columns, and all
            with kepu.open_workspace(plugins=manager) as other:
                other.put(ws.find("base"), ws.find("indicator"), figures)
                put_figures(other.store, changed(part), codec=other.codec, at=START)
                put_figures(other.store, part, codec=other.codec, at=START)
                store = FigureStore(other.store, other.codec)
                assert store.count()["observation"] == len(figures)
                assert other.store.count().get("observation", 0) == len(figures) - part.num_rows
                made = ColumnFigures(other.store, other.codec)
                card = evaluate(
                    scheme=scheme(),
                    period=kepu.Period.parse("2022"),
                    subjects=("b1", "b2"),
                    manager=manager,
                    codec=other.codec,
                    records=lambda name, store=store, codec=other.codec: [decoder(codec)(s) for s in store.find(name)],
                    regions=other.regions,
                    engine_version=plain.engine_version,
                    figures=made,
                )
                assert card.results() == plain.results()
                assert card.data_digest == plain.data_digest
                assert [card.board["t.visits"].lineage(k) for k in (0, 1)] == [
                    plain.board["t.visits"].lineage(k) for k in (0, 1)
                ]
                assert len(made("visits", "2022")) == 3
