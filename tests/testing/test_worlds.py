"""Made-up worlds, figures, rows and secrets keep what they promise to those who test with them."""

import datetime as dt

import attrs
import pytest
from hypothesis import HealthCheck, Phase, find, given, seed, settings
from hypothesis import strategies as st

import kepu_core as kepu
import kepu_core.domain as d
from kepu_core.codec import Codec, RecordType
from kepu_core.testing.rows import many_records, with_secrets
from kepu_core.testing.strategies import strategy_for
from kepu_core.testing.worlds import figures_for, worlds

CLASSES = [c for c in vars(d).values() if isinstance(c, type) and "__kepu_record__" in vars(c)]
CODEC = Codec([RecordType(cls) for cls in d.RECORD_TYPES])
PERIODS = st.sampled_from(["2020-02-29/2020-02-29", "2021-05", "2021H2", "十四五", "2021-09-01/2022-08-31"])
FEW = settings(max_examples=20, suppress_health_check=list(HealthCheck))
FOUND = settings(FEW, max_examples=500, database=None, derandomize=True, phases=[Phase.generate])
REVERSED = d.Problem("t.span", kepu.Text("上下颠倒", "reversed"), kepu.Text("交换", "swap them"))


@kepu.part("人", "person")
class Person:
    name: str = kepu.field("姓名", "name")
    office: str | None = kepu.field("单位", "office", default=None, ref="organisation")
    friends: tuple["Person", ...] = kepu.field("友", "friends", default=())


@kepu.record("t.pass", "证件", "pass")
class Pass:
    """A plugin's record: a personal field of every form, personal parts, and parts of its own kind."""

    id: str = kepu.field("标识", "id")
    text: str | None = kepu.field("文", "text", default=None, personal=True)
    key: str | None = kepu.field("号", "key", default=None, personal=True, form=kepu.Form.ID)
    place: str | None = kepu.field("地", "place", default=None, personal=True, form=kepu.Form.REGION_CODE)
    span: str | None = kepu.field("期", "span", default=None, personal=True, form=kepu.Form.PERIOD)
    code: str | None = kepu.field("码", "code", default=None, personal=True, form=kepu.Form.USCC)
    paper: str | None = kepu.field("文号", "paper", default=None, personal=True, form=kepu.Form.DOCUMENT_NUMBER)
    phone: str | None = kepu.field("电话", "phone", default=None, personal=True, form=kepu.Form.PHONE)
    site: str | None = kepu.field("网址", "site", default=None, personal=True, form=kepu.Form.URL)
    born: dt.date | None = kepu.field("生日", "born", default=None, personal=True)
    holder: Person | None = kepu.field("持有人", "holder", default=None, personal=True)
    others: tuple[d.Contact, ...] = kepu.field("其他", "others", default=())


@kepu.record("t.span", "起止", "span")
class Span:
    """A plugin's record whose rules tie fields together."""

    id: str = kepu.field("标识", "id")
    low: int = kepu.field("低", "low", ge=0, le=100)
    high: int = kepu.field("高", "high", ge=0, le=100)

    def _rules(self):
        if self.high < self.low:
            yield REVERSED.finding(field="high")


@kepu.part("任一", "either")
class Either:
    """A plugin's part with fields that take several types."""

    one: str | int = kepu.field("一", "one")
    many: tuple[str | float, ...] = kepu.field("多", "many", default=())


def put_all(*batches):
    """What a fresh workspace with the built-ins finds after everything was put."""
    with kepu.open_workspace(plugins=kepu.PluginManager.with_builtins(strict=True)) as ws:
        for batch in batches:
            ws.put(batch)
        return ws.check(), {o.id: len(ws.history(d.Observation, o.id)) for o in ws.find(d.Observation)}


# Strategies


@pytest.mark.parametrize("cls", [*CLASSES, Person, Pass, Span, Either], ids=lambda cls: cls.__name__)
@given(data=st.data())
@FEW
def test_every_class_has_a_strategy(cls, data):
    """Every record type and every part of the domain, and those of a plugin, can be drawn."""
    assert type(data.draw(strategy_for(cls))) is cls


def test_trees_are_drawn_with_children():
    """A class that holds parts of its own kind is drawn with some, and comes to an end."""
    tree = find(strategy_for(d.Criterion), lambda c: bool(c.children), settings=FOUND)

    assert not any(below.children for below in tree.children)


@pytest.mark.parametrize("wanted", [str, int])
def test_unions_are_drawn_whole(wanted):
    """Of a field that takes several types, each is drawn."""
    assert find(strategy_for(Either), lambda e: type(e.one) is wanted, settings=FOUND)


# Worlds


@given(worlds(hostile=True) | worlds() | st.integers(1, 5).flatmap(lambda n: worlds(cities=n, figures={})))
@settings(max_examples=40, suppress_health_check=list(HealthCheck))
def test_worlds_put_cleanly(world):
    """A whole world can be put at once, with nothing to find, and corrections become second revisions."""
    findings, revisions = put_all(world.records, world.corrections)

    assert findings == ()
    assert {o.id for o in world.corrections} == {ident for ident, count in revisions.items() if count == 2}


@given(PERIODS.flatmap(lambda text: worlds(period=kepu.Period.parse(text), hostile=True)))
@settings(max_examples=10, suppress_health_check=list(HealthCheck))
def test_worlds_put_one_by_one(world):
    """The records of a world, of any period, can be put one by one in the order in which they stand."""
    findings, _ = put_all(*([r] for r in world.records))

    assert findings == ()


@given(worlds(hostile=True))
@FEW
def test_worlds_survive_the_codec(world):
    """What a world holds is read as it was written."""
    assert CODEC.dumps(world.records) == CODEC.dumps(CODEC.loads(CODEC.dumps(world.records)))
    assert set(world.records) == set(CODEC.loads(CODEC.dumps(world.records)))


def test_equal_seeds_give_equal_worlds():
    """Two runs with one seed draw the same worlds."""

    def drawn():
        found = []

        @seed(7)
        @settings(max_examples=5, database=None)
        @given(worlds(hostile=True))
        def note(world):
            found.append(world)

        note()
        return found

    assert drawn() == drawn()


def test_worlds_hold_every_record_type():
    """There are worlds with records of every type, and such with corrections."""
    world = find(
        worlds(), lambda w: {type(r) for r in w.records} == set(d.RECORD_TYPES) and w.corrections, settings=FOUND
    )

    assert repr(world) == f"<World {world.period}: {len(world.records)} records, {len(world.corrections)} corrections>"


@given(st.integers(1, 6).flatmap(lambda n: st.tuples(st.just(n), worlds(cities=n, figures={}))))
@FEW
def test_worlds_have_the_cities_asked_for(drawn):
    """There are as many cities as asked; the last of several has no districts; old districts lead to new ones."""
    number, world = drawn
    cities = world.regions.at_level(d.RegionLevel.PREFECTURE)
    gone = [r for r in world.of(d.Region) if r.became is not None]

    assert len(cities) == number
    assert [c.districtless for c in cities] == [False, *[False] * (number - 2), *[True] * (number > 1)]
    assert all(c.districtless == (not world.regions.children(c.id)) for c in cities)
    assert {r.became.change for r in gone} == {d.RegionChange.MERGED, d.RegionChange.RENAMED}
    assert all([s.id for s in world.regions.resolve(r.id)] == list(r.became.to) for r in gone)
    assert not list(world.regions.check())


@pytest.mark.parametrize("number", [0, 100])
def test_too_many_cities_are_refused(number):
    """A province without cities, or with more than codes can tell apart, is refused."""
    with pytest.raises(ValueError, match="1 to 99 cities"):
        worlds(cities=number)


def test_worlds_shrink_to_what_matters():
    """The smallest world with a rejected figure has that one only, and nothing corrected."""
    world = find(
        worlds(cities=1, figures={"visits": (0, 99)}),
        lambda w: any(o.state is d.ValueState.REJECTED for o in w.of(d.Observation)),
        settings=settings(FOUND, phases=[Phase.generate, Phase.shrink]),
    )
    figures = world.of(d.Observation)

    # The first city has a part of its figure beside the whole.
    assert [o.state for o in figures].count(d.ValueState.REJECTED) <= 2
    assert {o.value for o in figures} == {0.0, None}
    assert (len(world.of(d.PlanItem)), len(world.of(d.Base)), world.corrections) == (1, 1, ())


# Figures


@given(st.tuples(st.integers(-99, 99), st.integers(0, 99)), st.floats(-1e6, 1e6), st.floats(0, 1e6), st.data())
@settings(max_examples=30, suppress_health_check=list(HealthCheck))
def test_figures_stay_in_bounds(whole, low, width, data):
    """Figures of a world, and their corrections, lie between the bounds asked for; between whole ones all are whole."""
    bounds = {"a": (whole[0], sum(whole)), "b": (low, low + width)}
    world = data.draw(worlds(cities=2, figures=bounds))
    figures = [o for o in (*world.of(d.Observation), *world.corrections) if o.value is not None]

    assert all(bounds[o.indicator][0] <= o.value <= bounds[o.indicator][1] for o in figures)
    assert all(o.value.is_integer() for o in figures if o.indicator == "a")
    assert {i.id for i in world.of(d.Indicator)} == {"a", "b"}
    assert not any(world.regions.fault(o.subject, kepu.Period.parse(o.period).start) for o in figures)


@given(figures_for(["990100", "990200"], {"a": (0, 9), "b": (0.0, 1.0)}, kepu.Period.parse("2021")))
def test_figures_are_of_what_was_asked(figures):
    """Each figure is of a subject, an indicator and the period that were asked for, each at most once."""
    asked = {(i, s, "2021") for i in ("a", "b") for s in ("990100", "990200")}
    keys = [(o.indicator, o.subject, o.period) for o in figures]

    assert set(keys) <= asked
    assert len(keys) == len(set(keys))


@pytest.mark.parametrize("state", [*d.ValueState, None], ids=str)
def test_figures_are_missing_in_every_way(state):
    """Every state of a figure occurs, and that nothing was heard of it at all."""
    figures = find(
        figures_for(["990100"], {"a": (1, 9)}, kepu.Period.parse("2021")),
        lambda found: [o.state for o in found] == ([] if state is None else [state]),
        settings=FOUND,
    )

    assert [o.value for o in figures] == ([] if state is None else [1.0 if state is d.ValueState.REPORTED else None])


# Many rows


@pytest.mark.parametrize("cls", [*d.RECORD_TYPES, Pass, Span], ids=lambda cls: cls.__name__)
def test_many_records_are_distinct_and_valid(cls):
    """Many records of any class differ in their ids, are valid, and are the same at every run."""
    codec = Codec([RecordType(cls)])
    records = list(many_records(cls, 500))

    assert len({r.id for r in records}) == 500
    assert records == codec.decode_many(d.type_name(cls), codec.encode_many(records))
    assert records == list(many_records(cls, 500))


@given(st.integers(0, 30))
def test_many_records_can_be_made_inside_a_property_test(count):
    """A test that draws examples may make many records, and say how they differ."""
    records = list(many_records(Span, count, vary=lambda _, number: {"id": f"s{number}", "low": 0, "high": number}))

    assert [(r.id, r.high) for r in records] == [(f"s{n}", n) for n in range(count)]


# Secrets


def personal_texts(item, *, whole=False):
    """Every text of a record that no one else may see, found without the help of what is tested."""
    for spec in d.fields_of(type(item)):
        value = getattr(item, spec.name)
        for inner in value if isinstance(value, tuple) else (value,):
            if hasattr(type(inner), "__kepu_record__"):
                yield from personal_texts(inner, whole=whole or spec.info.personal)
            elif isinstance(inner, str) and (spec.info.personal or (whole and spec.info.ref is None)):
                yield inner


@pytest.mark.parametrize("cls", [*d.RECORD_TYPES, d.Contact, Pass], ids=lambda cls: cls.__name__)
@given(data=st.data())
@FEW
def test_secrets_fill_every_personal_field(cls, data):
    """Every personal text of a record becomes a secret of its own, all the way down; nothing else changes."""
    record = data.draw(strategy_for(cls))
    filled, secrets = with_secrets(record, "机密X")

    assert sorted(personal_texts(filled)) == sorted(secrets)
    assert cls is Pass or d.redacted(filled) == d.redacted(record)
    assert not any(secret in repr(attrs.asdict(d.redacted(filled))) for secret in secrets)


BARE = [
    (d.Organisation(id="o", name="某学会", kind="society"), 3),
    (d.Base(id="b", name="某馆", kind="venue", region="990100"), 3),
    (d.Entry(id="e", campaign="c", title="机器人"), 2),
    (d.Award(id="a", campaign="c", prize="一等奖"), 2),
    (d.Indicator(id="i", name="场馆", unit="个"), 0),
    (Pass(id="p"), 12),
]


@pytest.mark.parametrize(("record", "count"), BARE, ids=[d.type_name(record) for record, _ in BARE])
def test_missing_parts_are_made(record, count):
    """Where a personal text, list or part is missing, one is made; a record without personal fields stays as it is."""
    filled, secrets = with_secrets(record)

    assert len(secrets) == count
    assert (filled == record) == (count == 0)


def test_references_stay_inside_personal_parts():
    """A personal part still refers to what it referred to, and its like inside it is filled, not multiplied."""
    person = Person(name="张三", office="ast", friends=(Person(name="李四"),))
    filled, secrets = with_secrets(Pass(id="p", holder=person))

    assert (filled.holder.office, len(filled.holder.friends), filled.holder.friends[0].friends) == ("ast", 1, ())
    assert {filled.holder.name, filled.holder.friends[0].name} <= secrets
