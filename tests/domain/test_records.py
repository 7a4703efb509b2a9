"""Every record class keeps the promises of the room."""

import datetime as dt
import pickle
import typing

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

import kepu_core as kepu
from kepu_core.domain import RECORD_TYPES
from kepu_core.domain.fields import describe, fields_of, info_of
from kepu_core.domain.record import record_label, replace, type_name
from kepu_core.domain.redaction import redacted
from kepu_core.testing import records, strategy_for


def parts_of(cls, found=None):
    """A class and everything that it is made of."""
    found = set() if found is None else found
    if cls not in found:
        found.add(cls)
        for spec in fields_of(cls):
            for kind in (spec.type, *typing.get_args(spec.type)):
                if isinstance(kind, type) and hasattr(kind, "__kepu_record__"):
                    parts_of(kind, found)
    return found


CLASSES = sorted(set().union(*map(parts_of, RECORD_TYPES)), key=lambda c: c.__name__)


@pytest.mark.parametrize("cls", CLASSES, ids=lambda c: c.__name__)
def test_every_class_is_frozen_slotted_and_labelled(cls):
    """A record class is immutable, has no room for other attributes, and is labelled in both languages."""
    props = attrs.inspect(cls)
    assert (props.is_frozen, props.is_slotted) == (True, True)
    assert info_of(cls).label.zh
    assert info_of(cls).label.en
    for spec in fields_of(cls):
        assert spec.label.zh, spec.name
        assert spec.label.en.isascii(), spec.name


@pytest.mark.parametrize("cls", CLASSES, ids=lambda c: c.__name__)
def test_fields_hold_only_immutable_types(cls):
    """No field is declared as a list, set or dict."""
    for spec in fields_of(cls):
        assert not {list, set, dict} & {typing.get_origin(spec.type), spec.type}


@given(records())
def test_records_are_equal_to_their_copies_and_can_be_hashed_and_pickled(record):
    """A record is a value: its copies are equal, hash alike and survive pickling."""
    copy = replace(record)
    assert copy == record
    assert hash(copy) == hash(record)
    assert pickle.loads(pickle.dumps(record)) == record


@given(records())
def test_any_field_can_be_replaced_whatever_it_is_called(record):
    """A copy with a field set to what it is, is the same; no name of a field is taken by ``replace`` itself."""
    for spec in fields_of(type(record)):
        assert replace(record, **{spec.name: getattr(record, spec.name)}) == record


@given(records())
def test_records_cannot_be_changed(record):
    """Setting a field raises."""
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        record.id = "other"


def test_all_type_faults_are_told_at_once():
    """A constructor tells every field of the wrong type, with record and field."""
    with pytest.raises(kepu.InvalidData) as caught:
        kepu.BaseReport(id="r", base=1, period="2021", visits="many", open_days=True, zzz=1)
    found = {(f.code, f.field, f.record) for f in caught.value.findings}
    assert found == {
        ("field.type", "base", "base_report/r"),
        ("field.type", "visits", "base_report/r"),
        ("field.type", "open_days", "base_report/r"),
        ("field.unknown", "zzz", "base_report/r"),
    }


def test_missing_fields_are_told_by_name():
    """Required fields that are not given are findings, not a TypeError."""
    with pytest.raises(kepu.InvalidData) as caught:
        kepu.Base(id="b")
    assert {(f.code, f.field) for f in caught.value.findings} == {
        ("field.missing", "name"),
        ("field.missing", "kind"),
        ("field.missing", "region"),
    }


def test_all_constraint_faults_are_told_at_once():
    """A constructor tells every constraint that does not hold."""
    with pytest.raises(kepu.InvalidData) as caught:
        kepu.BaseReport(id="a b", base="b", period="21", open_days=367, visits=-1)
    assert {(f.code, f.field) for f in caught.value.findings} == {
        ("field.id", "id"),
        ("period.form", "period"),
        ("field.too-large", "open_days"),
        ("field.too-small", "visits"),
    }


def test_what_is_normalised_and_what_is_not():
    """Lists become tuples, whole numbers decimals, minus zero zero, enum values members; nothing else is converted."""
    base = kepu.Base(id="b", name="馆", kind="venue", region="440300", exhibition_area=-0.0, themes=["天文"])
    assert (base.kind, str(base.exhibition_area), base.themes) == (kepu.BaseKind.VENUE, "0.0", ("天文",))
    for wrong in (
        {"exhibition_area": "5"},
        {"themes": "天文"},
        {"opened_on": "2021-01-01"},
        {"opened_on": dt.datetime(2021, 1, 1)},
    ):
        with pytest.raises(kepu.InvalidData):
            kepu.Base(id="b", name="馆", kind="venue", region="440300", **wrong)


@pytest.mark.parametrize("bad", [float("nan"), float("inf"), -float("inf"), 10**400])
def test_numbers_are_finite(bad):
    """No field takes a number that is not finite."""
    with pytest.raises(kepu.InvalidData):
        kepu.Target(value=bad, unit="场")


def test_lone_surrogates_are_refused():
    """A text that UTF-8 cannot encode is refused when the record is made, not when it is written."""
    with pytest.raises(kepu.InvalidData):
        kepu.Organisation(id="a", name="\ud800", kind="other")


def test_times_are_aware_and_kept_in_utc():
    """A naive time is refused; any other is kept as the same instant in UTC."""
    east = dt.timezone(dt.timedelta(hours=8))
    common = {
        "id": "e",
        "scheme": "s",
        "period": "2021",
        "scheme_digest": "x",
        "data_digest": "y",
        "engine_version": "1",
        "results": (),
    }
    made = kepu.Evaluation(evaluated_at=dt.datetime(2021, 5, 1, 9, tzinfo=east), **common)
    assert made.evaluated_at.isoformat() == "2021-05-01T01:00:00+00:00"
    with pytest.raises(kepu.InvalidData):
        kepu.Evaluation(evaluated_at=dt.datetime(2021, 5, 1, 9), **common)


def test_dates_of_pendulum_become_plain():
    """A subclass of date is taken and kept as a plain date."""
    pendulum = pytest.importorskip("pendulum")
    step = kepu.DesignationStep(event="applied", on=pendulum.date(2021, 1, 1))
    assert type(step.on) is dt.date


def test_personal_fields_are_not_in_repr_and_are_redacted():
    """Personal data shows neither in repr nor after redaction."""
    contact = kepu.Contact(name="张三", phone="13800138000")
    body = kepu.Organisation(id="a", name="科协", kind="association", contact=contact)
    award = kepu.Award(id="w", campaign="c", prize="一等奖", recipients=("李四",))
    assert "张三" not in repr(body) + repr(contact)
    assert "13800138000" not in repr(body) + repr(contact)
    assert redacted(body).contact is None
    assert redacted(award).recipients == ()
    assert redacted(contact).name != "张三"


@given(records())
def test_redaction_is_idempotent_and_keeps_the_rest(record):
    """Redacting twice is redacting once; a record without personal data stays itself."""
    once = redacted(record)
    assert redacted(once) == once
    for spec in fields_of(type(record)):
        if not spec.info.personal and not hasattr(type(getattr(record, spec.name)), "__kepu_record__"):
            assert getattr(once, spec.name) == getattr(record, spec.name)


def test_type_names_and_labels():
    """A record knows its type; a part has none."""
    base = kepu.Base(id="b", name="馆", kind="venue", region="440300")
    assert (type_name(base), record_label(base), type_name(kepu.Base)) == ("base", "base/b", "base")
    with pytest.raises(TypeError):
        type_name(kepu.Location)
    with pytest.raises(TypeError):
        info_of(int)
    assert "科普教育基地" in describe(kepu.Base)


def test_a_record_type_of_ones_own():
    """A class made with @record has all of it: labels, constraints, rules, refusals."""
    wrong = kepu.Problem("x.wrong", kepu.Text("错", "wrong"), kepu.Text("改", "mend"))

    @kepu.record("x.pair", "对", "pair")
    class Pair:
        id: str = kepu.field("标识", "id")
        low: int = kepu.field("低", "low", ge=0)
        high: int = kepu.field("高", "high", ge=0)

        def _rules(self):
            if self.high < self.low:
                yield wrong.finding(field="high")

    assert Pair(id="p", low=1, high=2).high == 2
    with pytest.raises(kepu.InvalidData) as caught:
        Pair(id="p", low=3, high=2)
    assert (caught.value.code, caught.value.findings[0].record) == ("x.wrong", "x.pair/p")


@given(st.data())
def test_strategies_reach_every_field(data):
    """The test kit makes records of every class from what the class says of itself."""
    cls = data.draw(st.sampled_from(CLASSES))
    if cls is kepu.Criterion:
        return
    assert type(data.draw(strategy_for(cls))) is cls


def test_redaction_reaches_what_must_be_filled():
    """Required personal fields of every kind become values that say nothing and are still valid."""

    @kepu.part("监护人", "guardian")
    class Guardian:
        name: str = kepu.field("姓名", "name")
        phone: str = kepu.field("电话", "phone", form=kepu.Form.PHONE)

    @kepu.record("my.child", "儿童", "child")
    class Child:
        id: str = kepu.field("标识", "id")
        guardian: Guardian = kepu.field("监护人", "guardian", personal=True)
        phone: str = kepu.field("电话", "phone", form=kepu.Form.PHONE, personal=True)
        born: dt.date = kepu.field("出生日期", "born", personal=True)
        age: int = kepu.field("年龄", "age", personal=True, ge=3, le=18)

    child = Child(
        id="c",
        guardian=Guardian(name="张三", phone="13800138000"),
        phone="13900139000",
        born=dt.date(2014, 5, 6),
        age=7,
    )
    hidden = redacted(child)
    told = str(attrs.asdict(hidden))
    assert not [secret for secret in ("张三", "13800138000", "13900139000", "2014") if secret in told]
    assert (hidden.guardian.name, hidden.born.year, hidden.age) == ("＊", 1900, 3)
