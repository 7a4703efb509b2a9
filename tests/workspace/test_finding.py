"""Finding by words, by time and page by page: the same as filtering everything in Python."""

import datetime as dt
import unicodedata

import pytest
from attrs import frozen
from hypothesis import given
from hypothesis import strategies as st

import kepu_core as kepu
from kepu_core.codec import RecordType
from kepu_core.domain.fields import fields_of
from kepu_core.workspace.indexing import fold, text_of

MANAGER = kepu.PluginManager.with_builtins(strict=True)
STORES = ["memory:"]


@pytest.fixture(params=STORES)
def ws(request, tmp_path):
    """A workspace on every kind of store that is here, in which references are not looked at."""
    where = request.param.format(folder=tmp_path)
    with kepu.open_workspace(where, plugins=MANAGER, references="ignore") as workspace:
        yield workspace


def base(ident, name, **more):
    return kepu.Base(**{"id": ident, "name": name, "kind": "venue", "region": "440300", **more})


def ids(found):
    return [r.id for r in found]


# Words


def test_every_word_must_occur(ws):
    """Words in any order, in any of the searched fields, parts of records among them."""
    ws.put(
        base("b1", "航天科普馆", themes=["火箭"]),
        base("b2", "海洋馆", address="航天路1号"),
        base("b3", "科普航天中心", designations=[kepu.Designation(id="d", title="全国科普教育基地", level="national")]),
    )
    assert ids(ws.find("base", text="航天 科普")) == ["b1", "b3"]
    assert ids(ws.find("base", text="  火箭\t航天 ")) == ["b1"]
    assert ids(ws.find("base", text="教育基地")) == ["b3"]
    assert ids(ws.find("base", text="")) == ["b1", "b2", "b3"]
    assert ids(ws.find("base", text="航天", kind="town")) == []
    assert ids(ws.find("base", text="航天路")) == []


@pytest.mark.parametrize("query", ["KEPU", "kepu", "ｋｅｐｕ", "Ｋepu", "straße", "STRASSE", "ﬁne", "fine"])
def test_case_and_width_make_no_difference(ws, query):
    """What looks alike is found alike, whichever way round it was written."""
    ws.put(base("b", "ＫＥＰＵ Straße Fine"))
    assert ids(ws.find("base", text=query)) == ["b"]


def test_signs_of_query_languages_are_plain(ws):
    """Nothing in a word means anything but itself."""
    ws.put(base("b", "100% 'of' x_y"), base("c", "100 of xzy"))
    assert ids(ws.find("base", text="%")) == ids(ws.find("base", text="x_y")) == ids(ws.find("base", text="'")) == ["b"]


def test_the_words_follow_changes(ws):
    """A record is found by what it is called now."""
    ws.put(base("b", "旧馆"))
    ws.put(base("b", "新馆"))
    assert (ids(ws.find("base", text="新")), ids(ws.find("base", text="旧"))) == (["b"], [])


def test_a_type_that_names_nothing_cannot_be_searched(ws):
    """It is told, instead of finding nothing for ever."""
    with pytest.raises(kepu.InvalidData) as caught:
        ws.find("observation", text="x")
    assert caught.value.code == "workspace.not-searched"


@kepu.part("部件", "piece")
class Piece:
    name: str = kepu.field("名称", "name", searched=True)
    inner: tuple["Piece", ...] = kepu.field("内部", "inner", default=())
    maker: str | None = kepu.field("制造者", "maker", default=None, personal=True)


@kepu.record("t.machine", "机器", "machine")
class Machine:
    id: str = kepu.field("标识", "id")
    title: str = kepu.field("名称", "title", searched=True)
    tags: tuple[str, ...] = kepu.field("标签", "tags", default=(), searched=True)
    piece: Piece | None = kepu.field("部件", "piece", default=None)
    secret: Piece | None = kepu.field("保密部件", "secret piece", default=None, personal=True)
    built_on: dt.date | None = kepu.field("制造日期", "built on", default=None, index=True)
    seen_at: dt.datetime | None = kepu.field("所见时间", "seen at", default=None, index=True)


@frozen
class Machines:
    kepu_namespace = "t"

    @kepu.hook
    def kepu_record_types(self):
        return [RecordType(Machine)]


@pytest.fixture
def machines():
    manager = kepu.PluginManager.with_builtins()
    manager.register(Machines(), "machines")
    with kepu.open_workspace(plugins=manager) as ws:
        yield ws


def test_a_plugins_type_is_searched_by_the_fields_that_it_marks(machines):
    """Parts within parts are gone into; what is personal is never searched."""
    piece = Piece(name="轮", inner=[Piece(name="轴", maker="张三")])
    record = Machine(id="m", title="车", tags=["红", "快"], piece=piece, secret=Piece(name="密"))
    assert text_of(record) == "车\n红\n快\n轮\n轴"
    machines.put(record)
    assert ids(machines.find(Machine, text="轴 红")) == ["m"]
    assert ids(machines.find(Machine, text="张三")) == ids(machines.find(Machine, text="密")) == []


def test_personal_data_cannot_be_marked_as_searched():
    """Whoever may not see it could guess it word by word."""
    with pytest.raises(ValueError, match="personal data is not searched"):
        kepu.field("姓名", "name", personal=True, searched=True)


@given(st.text())
def test_folding_twice_is_folding_once(text):
    """A word is folded as the text was, so that both meet."""
    assert fold(fold(text)) == fold(text)
    assert fold(unicodedata.normalize("NFD", text)) == fold(text)


NAMES = st.text("aAｂ科普 ß%_'", min_size=1, max_size=6).filter(str.strip)


@given(st.dictionaries(st.sampled_from("pqrst"), NAMES), st.text("aAB科普 sß%_'", max_size=3))
def test_finding_by_words_is_filtering_by_words(named, query):
    """Whatever the names and the words."""
    rows = [base(i, n) for i, n in named.items()]
    for where in STORES:
        with kepu.open_workspace(where, plugins=MANAGER) as ws:
            ws.put(rows)
            wanted = sorted(r.id for r in rows if all(w in text_of(r) for w in fold(query).split()))
            assert ids(ws.find("base", text=query)) == wanted


# Time


def report(ident, period):
    return kepu.BaseReport(id=ident, base="b", period=period)


def test_what_lies_in_a_period(ws):
    """The whole of a record's period must lie inside: by year, month, plan or days."""
    ws.put(
        report(p.replace("/", "~"), p)
        for p in ("2021", "2021H1", "2021Q4", "2021-05", "2020", "2022", "2021-2022", "十四五", "2021-05-03/2021-05-09")
    )

    def found(during):
        return {r.period for r in ws.find("base_report", during=during)}

    year = {"2021", "2021H1", "2021Q4", "2021-05", "2021-05-03/2021-05-09"}
    assert found("2021") == found(kepu.Period.parse("2021")) == year
    assert found("2021-05") == {"2021-05", "2021-05-03/2021-05-09"}
    assert found("2021Q2") == {"2021-05", "2021-05-03/2021-05-09"}
    assert found("2021-05-03/2021-05-10") == {"2021-05-03/2021-05-09"}
    assert found("2021-2022") == {*year, "2022", "2021-2022"}
    assert found("十四五") == {*year, "2022", "2021-2022", "十四五"}
    assert found("1950-2050") == {r.period for r in ws.find("base_report")}
    assert found("2019") == set()
    assert ids(ws.find("base_report", during="十四五", period="2021H1")) == ["2021H1"]


def test_dates_where_there_is_no_period(ws):
    """A type without a period is found by its indexed dates."""
    days = [dt.date(2020, 12, 31), dt.date(2021, 1, 1), dt.date(2021, 12, 31), dt.date(2022, 1, 1)]
    ws.put(kepu.Activity(id=f"a{d:%y%m%d}", campaign="c", name="讲座", starts_on=d) for d in days)
    assert ids(ws.find("activity", during="2021")) == ["a210101", "a211231"]
    assert ids(ws.find("activity", during="2021-12-31/2022-01-01")) == ["a211231", "a220101"]


def test_all_dates_that_a_record_has_must_lie_inside(machines):
    """Those that it has not say nothing; with none at all it is in no period. A moment has its day in China."""
    night = dt.datetime(2020, 12, 31, 20, tzinfo=dt.UTC)  # on the first of January in Beijing
    machines.put(
        Machine(id="both", title="x", built_on=dt.date(2021, 5, 1), seen_at=night),
        Machine(id="later", title="x", built_on=dt.date(2021, 5, 1), seen_at=night.replace(year=2021)),
        Machine(id="one", title="x", built_on=dt.date(2021, 5, 1)),
        Machine(id="none", title="x"),
    )
    assert ids(machines.find(Machine, during="2021")) == ["both", "one"]


def test_a_type_without_any_time_is_told(ws):
    """There is nothing by which it could lie in a period."""
    with pytest.raises(kepu.InvalidData) as caught:
        ws.find("organisation", during="2021")
    assert caught.value.code == "workspace.no-period"
    with pytest.raises(kepu.InvalidData) as unreadable:
        ws.find("base_report", during="last year")
    assert unreadable.value.code == "period.unreadable"


YEARS = st.integers(2018, 2027)
PERIODS = st.one_of(
    YEARS.map(str),
    st.builds("{}H{}".format, YEARS, st.integers(1, 2)),
    st.builds("{}Q{}".format, YEARS, st.integers(1, 4)),
    st.builds("{}-{:02}".format, YEARS, st.integers(1, 12)),
    st.sampled_from(["十三五", "十四五", "2018-2019", "2021-2024", "2019-12-30/2020-01-02", "2021-05-03/2021-05-09"]),
)


@given(st.lists(PERIODS, max_size=12), PERIODS, st.integers(1, 4))
def test_finding_by_time_is_filtering_by_time_in_whatever_pages(periods, during, size):
    """The pages one after the other are the whole, and the whole is what lies inside."""
    rows = [report(f"r{i:02}", p) for i, p in enumerate(periods)]
    span = kepu.Period.parse(during)
    wanted = [r.id for r in rows if span.contains(kepu.Period.parse(r.period))]
    for where in STORES:
        with kepu.open_workspace(where, plugins=MANAGER, references="ignore") as ws:
            ws.put(rows)
            assert ids(ws.find("base_report", during=during)) == wanted
            assert paged(ws, size, during=during) == wanted


def paged(ws, size, **more):
    found, after = [], None
    while True:
        page = ids(ws.find("base_report", after=after, limit=size, **more))
        assert len(page) <= size
        found += page
        if len(page) < size:
            return found
        after = page[-1]


@given(st.sets(st.text("ab|é京", min_size=1, max_size=4)), st.integers(1, 3))
def test_pages_are_the_whole(names, size):
    """Each record once, in the order of ids by code points."""
    for where in STORES:
        with kepu.open_workspace(where, plugins=MANAGER, references="ignore") as ws:
            ws.put(report(i, "2021") for i in names)
            assert paged(ws, size) == ids(ws.find("base_report")) == sorted(names)


def test_pages_go_on_while_others_write(ws):
    """Nothing that was there from the first to the last page is missed or told twice."""
    ws.put(report(f"r{i}", "2021") for i in range(1, 6))
    first = ids(ws.find("base_report", limit=2, during="2021"))
    ws.put(report("r0", "2021"), report("r25", "2021"))
    ws.delete("base_report", "r3")
    assert (first, ids(ws.find("base_report", after="r2", during="2021"))) == (["r1", "r2"], ["r25", "r4", "r5"])


def test_a_limit_counts_what_is_found(ws):
    """However many candidates fail the exact test before: the page is full if there is enough."""
    ws.put(report(f"r{i:04}", "2021-2022" if i % 300 else "2021") for i in range(1, 1201))
    assert ids(ws.find("base_report", during="2021", limit=3)) == ["r0300", "r0600", "r0900"]
    assert ids(ws.find("base_report", during="2021", limit=0)) == []
    with pytest.raises(ValueError, match="limit is -1"):
        ws.find("base_report", limit=-1)


def test_a_place_and_a_condition_on_the_place_both_hold(ws):
    """``under`` and ``region=`` are two conditions."""
    ws.put(base("b1", "x", region="440304"), base("b2", "x", region="440104"))
    assert ids(ws.find("base", under="440300", region=["440304", "440104"])) == ["b1"]


def test_the_fields_that_name_a_record_are_searched():
    """Each type of the domain that people call by a name can be searched for it."""
    from kepu_core.domain import RECORD_TYPES

    unnamed = {
        cls.__name__
        for cls in RECORD_TYPES
        if any(s.name in {"name", "title", "text"} for s in fields_of(cls))
        and not any(s.info.searched for s in fields_of(cls))
    }
    assert unnamed == set()
