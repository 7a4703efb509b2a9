"""What the fast path relies on: eligibility, msgspec's memory of classes, threads, the fused checks."""

import datetime as dt
import gc
import pickle
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from enum import Enum
from typing import ClassVar, Optional

import msgspec
import pytest
from codec_paths import both, codes, detailed_codec
from codec_strategies import texts
from hypothesis import given
from hypothesis import strategies as st

from kepu_core.codec import Codec, RecordType, _fast
from kepu_core.codec._collector import collector_paused
from kepu_core.codec._fast import DEFERRED, FastPath
from kepu_core.domain._fuse import _QUICK
from kepu_core.domain.enums import LabelledEnum
from kepu_core.domain.errors import InvalidData
from kepu_core.domain.fields import field
from kepu_core.domain.forms import Form
from kepu_core.domain.frozen import FrozenDict
from kepu_core.domain.organisation import Organisation
from kepu_core.domain.record import part, record


class Odd(Enum):
    ONE = "1"
    TWO = "a:b"


class Numbered(Enum):
    ONE = 1
    TWO = 2


class Mixed(Enum):
    ONE = 1
    TWO = "b"


class Generous(LabelledEnum):
    A = "a", "甲", "a"

    @classmethod
    def _missing_(cls, value):
        return cls.A


@part("叶", "leaf")
class Leaf:
    note: str | None = field("备注", "note", default=None)
    when: dt.datetime | None = field("时刻", "when", default=None)


@part("树", "tree")
class Tree:
    leaf: Leaf = field("叶", "leaf", default=Leaf())
    below: tuple["Tree", ...] = field("下级", "below", default=())


@record("fast.wood", "林", "wood")
class Wood:
    id: str = field("标识", "id")
    trees: tuple[Tree, ...] = field("树", "trees", default=())
    more: tuple[Leaf, ...] | None = field("叶", "more", default=None)
    odd: Odd = field("奇", "odd", default=Odd.ONE)


def _holding(kind, default=None):
    @record("fast.holder", "例", "holder")
    class Holder:
        id: str = field("标识", "id")
        value: kind = field("值", "value", default=default)

    return Holder


@pytest.mark.parametrize(
    ("kind", "eligible"),
    [
        (str | None, True),
        (Optional[int], True),  # noqa: UP045 - the old spelling is what is tested
        (tuple[str, ...], True),
        (tuple[tuple[Leaf, ...], ...], True),
        (tuple[dt.date, ...], True),
        (Tree | None, True),
        (Odd, True),
        (tuple[float, ...], False),
        (tuple[float | None, ...], False),
        (tuple[dt.datetime, ...], False),
        (Mapping[str, object], False),
        (str | int, False),
        (Leaf | Tree, False),
        (Generous, False),
        (dt.timedelta, False),
        (dict[str, int], False),
    ],
    ids=str,
)
def test_eligible(kind, eligible):
    """A class is decoded directly only if msgspec treats each of its types exactly as the detailed path does."""
    assert eligible == _fast.is_eligible(_holding(kind))


def test_deep_and_odd_classes():
    """Classes that contain themselves, lists that may be none, and members of any value are counted right."""
    codec = Codec([RecordType(Wood)])
    leaf = Leaf(note="a:b", when=dt.datetime(2021, 5, 1, tzinfo=dt.UTC))
    wood = Wood(
        id="w", trees=[Tree(leaf=leaf, below=[Tree(), Tree(below=[Tree(leaf=leaf)])])], more=[leaf, Leaf()], odd=Odd.TWO
    )
    data = codec.encode(wood)

    assert wood == codec._fast_path(codec.type_of("fast.wood")).one(data)
    assert wood == both(codec, "fast.wood", data)
    for target in (b'"note":null', b'"below":[]', b'"when":null', b'"odd":"a:b"', b'"id":"w"'):
        for extra in (b'"zz":1,', b'"a":{"b":[{}]},', target + b","):
            with pytest.raises(InvalidData):
                codec.decode("fast.wood", data.replace(target, extra + target, 1))
    assert wood != codec.decode("fast.wood", data.replace(b'"odd":"a:b"', b'"odd":"1"'))


@pytest.mark.parametrize(("kind", "fast"), [(Numbered, True), (Mixed, False)])
def test_members_of_other_values(kind, fast):
    """Members whose values are numbers are read by both paths; mixed values are left to the detailed one."""
    cls = _holding(kind, kind.ONE)
    codec = Codec([RecordType(cls)])

    assert fast == FastPath(cls).eligible
    assert cls(id="a", value=kind.TWO) == both(codec, "fast.holder", codec.encode(cls(id="a", value=kind.TWO)))
    for bad in (b"true", b"1.0", b"3", b'"1"'):
        assert both(codec, "fast.holder", b'{"id":"a","value":' + bad + b"}") == "refused"


def test_key_left_out_cannot_hide_a_key_too_many():
    """At no depth can a key that is left out make room for one that is unknown."""
    codec = Codec([RecordType(Wood)])
    data = codec.encode(Wood(id="w", trees=[Tree()], more=[Leaf()]))
    for known in (b'"note":null', b'"below":[]', b'"when":null', b'"odd":"1"', b'"leaf":{"note":null,"when":null}'):
        for occurrence in range(data.count(known)):
            pieces = data.split(known)
            spoilt = known.join(pieces[: occurrence + 1]) + b'"zz":null' + known.join(pieces[occurrence + 1 :])
            with pytest.raises(InvalidData) as error:
                codec.decode("fast.wood", spoilt)
            assert codes(error) == ["codec.unknown-key"]


def test_rule_that_raises_anything():
    """Whatever a class's own rule raises becomes a finding, on both paths, and is not taken for a missing key."""

    @record("fast.broken", "坏", "broken")
    class Broken:
        id: str = field("标识", "id")

        def _rules(self):
            raise {"k": KeyError("id"), "z": ZeroDivisionError("z")}[self.id]
            yield

    codec = Codec([RecordType(Broken)])
    for ident, text in (("k", "KeyError"), ("z", "ZeroDivisionError")):
        with pytest.raises(InvalidData) as error:
            codec.decode("fast.broken", b'{"id":"' + ident.encode() + b'"}')
        assert codes(error) == ["codec.type"]
        assert text in error.value.findings[0].message.en


def _made_anew():
    """A record class that msgspec has not met, with a part."""

    @part("部分", "bit")
    class Bit:
        b: str | None = field("乙", "b", default=None)

    @record("fast.anew", "新", "anew")
    class Anew:
        id: str = field("标识", "id")
        bit: Bit = field("部分", "bit", default=Bit())

    return Anew


@pytest.mark.parametrize("first", ["them", "us"])
def test_other_programs_that_use_msgspec(first):
    """Neither does another program that decodes our classes with msgspec disturb us, nor we it, whoever is first."""
    cls = _made_anew()
    if first == "them":
        msgspec.json.decode(b'{"id":"a","bit":{}}', type=cls)
    codec = Codec([RecordType(cls)])

    for spoilt in (b'{"id":"a","zz":1}', b'{"id":"a","bit":{"zz":1}}'):
        with pytest.raises(InvalidData) as error:
            codec.decode("fast.anew", spoilt)
        assert codes(error) == ["codec.unknown-key"]
    assert FastPath(cls).eligible
    assert FastPath(cls).one(b'{"id":"a"}') is DEFERRED
    assert cls(id="a") == msgspec.json.decode(b'{"id":"a","bit":{}}', type=cls)


def test_memory_in_another_place(monkeypatch):
    """If msgspec remembers classes elsewhere than we know, the class is left to the detailed path."""
    monkeypatch.setattr(_fast, "_MEMORY", "__elsewhere__")
    cls = _made_anew()
    path = FastPath(cls)

    assert not path.eligible
    assert path.one(b"{}") is DEFERRED
    assert path.many(b"[]") is DEFERRED
    assert cls(id="a") == Codec([RecordType(cls)]).decode("fast.anew", b'{"id":"a","bit":{"b":null}}')


def test_threads():
    """One codec serves many threads at once, from its very first record on."""
    bodies = [Organisation(id=f"o{i}", name="科协：一", kind="media") for i in range(2000)]
    data = Codec([RecordType(Organisation)]).encode_many(bodies)
    codec = Codec([RecordType(Organisation), RecordType(Wood)])
    incomplete = data.replace(b'"parent":null,', b"")

    def work(number):
        return codec.decode_many("organisation", incomplete if number % 4 == 3 else data)

    with ThreadPoolExecutor(8) as pool:
        results = list(pool.map(work, range(24)))

    assert all(bodies == result for result in results)
    assert gc.isenabled()


def test_collector_is_left_as_it_was():
    """Pausing the collector leaves it on where it was on, off where it was off, whatever happens."""
    with pytest.raises(KeyError, match="False"), collector_paused(1 << 21):
        raise KeyError(gc.isenabled())
    assert gc.isenabled()
    gc.disable()
    try:
        with collector_paused(1 << 21):
            pass
        assert not gc.isenabled()
    finally:
        gc.enable()
    gc.freeze()
    try:
        with collector_paused(1 << 21):
            pass
        assert gc.get_freeze_count()
    finally:
        gc.unfreeze()


def test_errors_travel():
    """Errors of the codec can be pickled, as processes that share work need it."""
    with pytest.raises(InvalidData) as error:
        Codec([RecordType(Organisation)]).decode("organisation", b'{"id":1}')
    copy = pickle.loads(pickle.dumps(error.value))

    assert (type(copy), copy.findings, str(copy)) == (InvalidData, error.value.findings, str(error.value))


def test_encoding_what_is_no_record():
    """What no record can hold is refused by the encoder."""
    with pytest.raises(NotImplementedError, match="cannot hold object"):
        _fast.encode([object()])


@pytest.mark.parametrize("form", _QUICK, ids=str)
@given(
    text=st.one_of(texts, st.text(st.sampled_from("0123456789０１ 　abc\n\x00、。"), max_size=13), st.text(max_size=5))
)
def test_quick_checks_are_sound(form, text):
    """The quick form of a check accepts nothing that the form itself refuses."""
    quick = eval(_QUICK[form].format("text"), {"text": text})

    assert form.accepts(text) or not quick


def test_long_ids():
    """The longest id is checked right on both sides of its limit."""
    assert [_accepts("i" * n) for n in (200, 201)] == [True, False]


def _accepts(ident):
    try:
        _made_anew()(id=ident)
    except InvalidData:
        return False
    return True


@record("fast.quoted", "引", "quoted")
class Quoted:
    """All annotations written as texts, as ``from __future__ import annotations`` does."""

    id: "str" = field("标识", "id")
    moment: "dt.datetime" = field("时刻", "moment")
    amount: "float | None" = field("金额", "amount", default=None, ge=0)
    link: "str | None" = field("网址", "link", default=None, form=Form.URL)
    names: "tuple[str, ...]" = field("名称", "names", default=())
    loose: "tuple[str | None, ...]" = field("文字", "loose", default=())
    mixed: "int | str | None" = field("混合", "mixed", default=None)
    parts: "tuple[NotYet, ...]" = field("部分", "parts", default=())
    count: "ClassVar[int]" = 0


@part("后", "later")
class NotYet:
    note: str = field("备注", "note")


@pytest.mark.parametrize(
    ("name", "value", "code"),
    [
        ("moment", dt.datetime(2021, 5, 1), "field.type"),
        ("moment", dt.datetime(1, 1, 1, tzinfo=dt.timezone(dt.timedelta(hours=8))), "field.type"),
        ("amount", -1.0, "field.too-small"),
        ("link", "ftp://x", "field.url"),
        ("names", (" ",), "field.blank"),
        ("loose", (None, ""), "field.blank"),
        ("mixed", 2**64, "field.too-large"),
        ("mixed", "", "field.blank"),
    ],
)
def test_quoted_annotations(name, value, code):
    """Constraints hold however the type of a field is written."""
    good = {"id": "q", "moment": dt.datetime(2021, 5, 1, tzinfo=dt.UTC), "loose": ("a", None), "mixed": "x"}
    with pytest.raises(InvalidData) as error:
        Quoted(**{**good, name: value})

    assert [code] == codes(error)
    assert Quoted(**good).moment.tzinfo is dt.UTC


def test_naive_time_on_the_fast_path():
    """A time without its zone is refused by the decoder too, with the annotation written as text."""

    @record("fast.when", "时", "when")
    class When:
        id: str = field("标识", "id")
        moment: "dt.datetime" = field("时刻", "moment")
        weight: "float" = field("重", "weight", default=0.0)

    codec = Codec([RecordType(When)])
    with pytest.raises(InvalidData):
        codec.decode("fast.when", b'{"id":"a","moment":"2021-05-01T00:00:00","weight":1}')
    made = codec.decode("fast.when", b'{"id":"a","moment":"2021-05-01T08:00:00+08:00","weight":-0.0}')
    assert codec.encode(made) == b'{"id":"a","moment":"2021-05-01T00:00:00Z","weight":0.0}'
    assert made == detailed_codec([RecordType(When)]).decode("fast.when", codec.encode(made))


def test_inherited_constraints():
    """A record class that extends another checks the fields of both."""

    @record("fast.parent", "父", "parent")
    class Parent:
        id: str = field("标识", "id")
        size: int = field("大小", "size", ge=0)

    @record("fast.child", "子", "child")
    class Child(Parent):
        age: int = field("年龄", "age", ge=0, default=0)

    codec = Codec([RecordType(Child)])
    for data in (b'{"age":0,"id":"a","size":-1}', b'{"age":-1,"id":"a","size":1}', b'{"age":0,"id":" ","size":1}'):
        with pytest.raises(InvalidData):
            codec.decode("fast.child", data)
    assert codec.encode(Child(id="a", size=1)) == b'{"age":0,"id":"a","size":1}'


def test_what_cannot_be_a_field():
    """A field that is private, or not declared with ``field``, is refused when the class is made."""
    with pytest.raises(TypeError, match="_x cannot be a field of a record: it is private"):

        @part("甲", "a")
        class Private:
            _x: int = field("甲", "x")

    with pytest.raises(TypeError, match="not declared with field"):

        @part("甲", "a")
        class Bare:
            x: int = 5


@pytest.mark.parametrize(
    "bad",
    [float("nan"), float("inf"), 2**63, -(2**64), {1}, "\ud800", {"a": [b"x"]}, {2.5: 1}, {"a": {"\ud800": 1}}],
    ids=repr,
)
def test_open_data_holds_what_json_can(bad):
    """Open-ended data that could not be written, or would be read as something else, is refused by the constructor."""
    with pytest.raises(InvalidData) as error:
        _holding(Mapping[str, object], FrozenDict())(id="a", value={"x": bad})

    assert codes(error) == ["field.type"]


def test_open_data_is_not_too_deep():
    """Open-ended data nested without end is refused, not followed."""
    value = {}
    for _ in range(200):
        value = {"a": value}
    with pytest.raises(InvalidData):
        _holding(Mapping[str, object], FrozenDict())(id="a", value=value)


def test_open_data_is_written_in_one_way():
    """Equal open-ended data is written alike: 1.0 as 1, minus zero as zero."""
    cls = _holding(Mapping[str, object], FrozenDict())
    codec = Codec([RecordType(cls)])
    one, other = cls(id="a", value={"x": 1, "y": 0, 3: [2]}), cls(id="a", value={"y": -0.0, "x": 1.0, "3": (2.0,)})

    assert (one, codec.encode(one)) == (other, codec.encode(other))
    assert one == codec.decode("fast.holder", codec.encode(one))
