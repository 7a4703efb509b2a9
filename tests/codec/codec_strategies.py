"""Records of every type of the domain, made from what their fields say of themselves.

A field's type, form and range give its values; where the rules of a class bind several fields together, what
they bind is said here. A record that breaks a rule all the same is thrown away.
"""

import datetime as dt
import typing
from enum import Enum

import attrs
from hypothesis import strategies as st

from kepu_core.codec import RecordType
from kepu_core.domain.base import Base, BaseReport
from kepu_core.domain.campaign import (
    CAMPAIGN_LIFECYCLE,
    Activity,
    Award,
    Campaign,
    CampaignSeries,
    CampaignStep,
    Entry,
)
from kepu_core.domain.designation import DESIGNATION_LIFECYCLE, Designation, DesignationStep, RegionDesignation
from kepu_core.domain.errors import InvalidData
from kepu_core.domain.evaluation import Evaluation
from kepu_core.domain.fields import fields_of
from kepu_core.domain.forms import Form
from kepu_core.domain.observation import Indicator, Observation, ValueState
from kepu_core.domain.organisation import Organisation
from kepu_core.domain.plan import Plan, PlanItem, PlanSection
from kepu_core.domain.progress import ProgressReport
from kepu_core.domain.region import Region, RegionLevel
from kepu_core.domain.scheme import Criterion, MissingPolicy, RuleSpec, Scheme

__all__ = ["ALL_TYPES", "instances", "json_data", "texts"]

ALL_TYPES = [
    RecordType(cls)
    for cls in (
        Activity, Award, Base, BaseReport, Campaign, CampaignSeries, Entry, Evaluation, Indicator, Observation,
        Organisation, Plan, PlanItem, ProgressReport, Region, RegionDesignation, Scheme,
    )
]  # fmt: skip

_CHARACTERS = st.one_of(
    st.sampled_from('广东省科普基地〔〕（）、：，。 :"\\/{}[]u003aé\t\n\u2028\x7f\x01😀𠮷'),
    st.characters(exclude_categories=["Cs"]),
)
texts = st.text(_CHARACTERS, min_size=1, max_size=12).filter(lambda t: not t.isspace())
_IDS = st.text('abc019-_|:.@科普"\\', min_size=1, max_size=10)
_CODES = st.sampled_from(["110000", "440300", "440306", "440306001", "440306001002"])
_DATES = st.dates(dt.date(1, 1, 1), dt.date(9999, 12, 31))
_TIMES = st.datetimes(dt.datetime(2, 1, 1), dt.datetime(9998, 1, 1), timezones=st.timezones())  # noqa: DTZ001
_FORMS = {
    Form.TEXT: texts,
    Form.ID: _IDS,
    Form.REGION_CODE: _CODES,
    Form.PERIOD: st.sampled_from(["2021", "2021H1", "2021Q3", "2021-05", "十四五", "2021-09-01/2022-08-31"]),
    Form.USCC: st.sampled_from(["91350100M000100Y43", "12440000455858520H"]),
    Form.DOCUMENT_NUMBER: st.sampled_from(["粤科协办发〔2021〕21号", "国发〔2021〕9号"]),
    Form.PHONE: st.sampled_from(["0755-12345678", "+86 138 0000 0000", "(020) 1234567"]),
    Form.URL: st.sampled_from(["https://a.cn/", "http://b.cn:8080/x?y=1:2"]),
}
json_data = st.dictionaries(
    texts,
    st.recursive(
        st.none()
        | st.booleans()
        | st.integers(-(2**63) + 1, 2**63 - 1)
        | st.floats(allow_nan=False, allow_infinity=False)
        | texts,
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
        max_leaves=6,
    ),
    max_size=3,
)


def instances(cls):
    """Instances of a record class, or of a part of one."""
    return _MADE[cls]() if cls in _MADE else _generic(cls)


def _generic(cls, **fixed):
    return (
        st.fixed_dictionaries({spec.name: fixed.get(spec.name, _values(spec.type, spec)) for spec in fields_of(cls)})
        .map(lambda values: _made(cls, values))
        .filter(lambda made: made is not None)
    )


def _made(cls, values):
    try:
        return cls(**values)
    except InvalidData:
        return None


def _values(kind, spec):
    origin, args = typing.get_origin(kind), typing.get_args(kind)
    if type(None) in args:
        return st.none() | _values(next(a for a in args if a is not type(None)), spec)
    if origin is tuple:
        return st.lists(_values(args[0], spec), max_size=3).map(tuple)
    if isinstance(kind, type) and issubclass(kind, Enum):
        return st.sampled_from(kind)
    if isinstance(kind, type) and attrs.has(kind):
        return st.deferred(lambda: instances(kind))
    info = spec.info
    if kind is str:
        form = info.form or (Form.ID if spec.name == "id" or info.ref else Form.TEXT)
        return _FORMS[form]
    if kind is int:
        return st.integers(
            -(2**63) if info.ge is None else int(info.ge), 2**63 - 1 if info.le is None else int(info.le)
        )
    if kind is float:
        return st.floats(info.ge, info.le, allow_nan=False, allow_infinity=False) | st.just(-0.0)
    return {bool: st.booleans(), dt.date: _DATES, dt.datetime: _TIMES}.get(kind, json_data)


@st.composite
def _walk(draw, lifecycle):
    state, events = lifecycle.initial, []
    for _ in range(draw(st.integers(0, 4))):
        allowed = lifecycle.allowed(state)
        if not allowed:
            break
        events.append(draw(st.sampled_from(allowed)))
        state = lifecycle.advance(state, events[-1])
    return events


@st.composite
def _steps(draw, lifecycle, cls):
    events = draw(_walk(lifecycle))
    days = sorted(draw(_DATES) for _ in events)
    return tuple(
        cls(event=event, on=day, remark=draw(st.none() | texts)) for event, day in zip(events, days, strict=True)
    )


@st.composite
def _ordered(draw, strategy, first, last):
    made = draw(strategy)
    days = sorted(day for day in (made[first], made[last]) if day is not None)
    if len(days) == 2:
        made = {**made, first: days[0], last: days[1]}
    return made


def _designations():
    return _in_order(
        Designation,
        "valid_from",
        "valid_to",
        steps=_steps(DESIGNATION_LIFECYCLE, DesignationStep),
        lifecycle=st.just("standard"),
    )


def _in_order(cls, first, last, **fixed):
    fields = st.fixed_dictionaries({s.name: fixed.get(s.name, _values(s.type, s)) for s in fields_of(cls)})
    return _ordered(fields, first, last).map(lambda values: _made(cls, values)).filter(lambda made: made is not None)


def _bases():
    titles = st.lists(_designations(), max_size=3, unique_by=lambda d: d.id).map(tuple)
    return _in_order(Base, "opened_on", "closed_on", designations=titles)


def _campaigns():
    return _in_order(Campaign, "starts_on", "ends_on", steps=_steps(CAMPAIGN_LIFECYCLE, CampaignStep))


@st.composite
def _sections(draw):
    count = draw(st.integers(0, 3))
    return tuple(
        PlanSection(
            id=f"s{i}",
            number=draw(texts),
            heading=draw(texts),
            parent=draw(st.none() | st.sampled_from([f"s{j}" for j in range(i)])) if i else None,
        )
        for i in range(count)
    )


@st.composite
def _observations(draw):
    made = draw(
        st.fixed_dictionaries(
            {s.name: _values(s.type, s) for s in fields_of(Observation) if s.name not in {"id", "state", "value"}}
        )
    )
    value = draw(st.none() | st.floats(allow_nan=False, allow_infinity=False))
    state = ValueState.REPORTED if value is not None else draw(st.sampled_from(list(ValueState)[1:]))
    key = Observation.key(made["indicator"], made["subject"], made["period"], made["breakdown"])
    return Observation(id=key, value=value, state=state, **made)


@st.composite
def _regions(draw):
    made = draw(st.fixed_dictionaries({s.name: _values(s.type, s) for s in fields_of(Region)}))
    made["parent"] = None if made["level"] is RegionLevel.PROVINCE else draw(_CODES)
    made["valid_from"], made["valid_to"] = draw(
        st.sampled_from([(None, None), (dt.date(2000, 1, 1), dt.date(2010, 1, 1))])
    )
    return Region(**made)


@st.composite
def _schemes(draw):
    leaf = st.builds(
        lambda title, params: {"title": title, "metric": "m.x", "rule": RuleSpec(kind="linear", params=params)},
        texts,
        json_data,
    )
    weights = draw(st.sampled_from([(1.0,), (0.5, 0.5), (0.25, 0.75)]))
    children = [Criterion(id=f"c{i}", weight=w, **draw(leaf)) for i, w in enumerate(weights)]
    name, version = draw(_IDS), draw(_IDS)
    return Scheme(
        id=f"{name}@{version}",
        name=name,
        version=version,
        title=draw(texts),
        subject="region",
        root=Criterion(id="root", title=draw(texts), points=draw(st.none() | st.floats(0, 1e6)), children=children),
        missing=MissingPolicy(action="exclude", min_share=draw(st.floats(0, 1))),
        illustrative=draw(st.booleans()),
    )


_MADE = {
    Base: _bases,
    Campaign: _campaigns,
    Activity: lambda: _in_order(Activity, "starts_on", "ends_on"),
    Designation: _designations,
    RegionDesignation: lambda: _generic(RegionDesignation, designation=_designations()),
    Plan: lambda: _generic(Plan, sections=_sections()),
    Observation: _observations,
    Region: _regions,
    Scheme: _schemes,
}
