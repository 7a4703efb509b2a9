"""Hypothesis strategies for records: valid by construction, awkward on purpose.

:func:`strategy_for` derives a strategy from what a class says of its fields, so a plugin's own record types
are covered for nothing. Classes whose rules concern several fields have a strategy of their own here, or take
``overrides``.

>>> from kepu_core.domain.organisation import Organisation
>>> strategy_for(Organisation).example().id != ""  # doctest: +SKIP
True
"""

import datetime as dt
import types
import typing
from collections.abc import Callable, Mapping
from enum import Enum
from functools import partial
from typing import Any

import attrs
from hypothesis import strategies as st

from kepu_core.domain import RECORD_TYPES
from kepu_core.domain.base import Base, BaseReport
from kepu_core.domain.campaign import CAMPAIGN_LIFECYCLE, Activity, Campaign, CampaignStep
from kepu_core.domain.designation import (
    DESIGNATION_LIFECYCLE,
    STANDARD,
    Designation,
    DesignationStep,
)
from kepu_core.domain.errors import InvalidData
from kepu_core.domain.fields import FieldSpec, fields_of
from kepu_core.domain.forms import Form
from kepu_core.domain.frozen import FrozenDict
from kepu_core.domain.lifecycle import Lifecycle
from kepu_core.domain.observation import Breakdown, Observation, Standing, ValueState
from kepu_core.domain.period import Period, PeriodUnit
from kepu_core.domain.plan import Plan, PlanItem, PlanSection, Target
from kepu_core.domain.progress import ProgressReport
from kepu_core.domain.record import Record, replace
from kepu_core.domain.region import Region, RegionLevel
from kepu_core.domain.scheme import Criterion, Scheme
from kepu_core.domain.scheme_policies import (
    GradeBand,
    Imputation,
    MissingAction,
    MissingPolicy,
    PeerGroup,
    Ranking,
    RuleSpec,
    Veto,
    VetoEffect,
)

__all__ = ["AWKWARD", "dates", "hard_texts", "histories", "ids", "periods", "records", "schemes", "strategy_for"]

_DEEPEST = 2
"""How deeply parts of a class stand inside each other."""

AWKWARD = (
    "广东省科普教育基地",
    "=1+1",
    "'; DROP TABLE kepu_record; --",
    '"引号"，逗号；分号',
    "<script>alert(1)</script>",
    "第一行\n第二行",
    "𠮷野家 👩‍🔬",
    "\u202eلم",
    "http://a:b@c/d?e=f:g",
    "\\u003a\\",
    "0",
)


def hard_texts() -> st.SearchStrategy[str]:
    """Texts that are not blank, among them those that break naive programs."""
    some = st.text(st.characters(codec="utf-8"), min_size=1, max_size=20).filter(lambda t: not t.isspace())
    return st.sampled_from(AWKWARD) | some


def ids() -> st.SearchStrategy[str]:
    """Ids: visible characters without spaces, Chinese among them."""
    plain = st.characters(codec="utf-8", exclude_categories=["C", "Z"])
    return st.text(plain, min_size=1, max_size=12).filter(Form.ID.accepts)


def dates() -> st.SearchStrategy[dt.date]:
    """Dates that occur in records."""
    return st.dates(dt.date(1949, 10, 1), dt.date(2100, 12, 31))


def periods() -> st.SearchStrategy[Period]:
    """Years, halves, quarters, months, five-year plans and other spans."""
    years = st.integers(1981, 2099)
    units = st.sampled_from([PeriodUnit.YEAR, PeriodUnit.HALF, PeriodUnit.QUARTER, PeriodUnit.MONTH])
    calendar = st.builds(
        lambda year, unit, which: Period.of(year, 1 + which % (12 // unit) * unit, unit),
        years,
        units,
        st.integers(0, 11),
    )
    plans = st.integers(0, 20).map(lambda n: Period.of(1981 + 5 * n, 1, PeriodUnit.FIVE_YEARS))
    spans = st.tuples(dates(), dates()).map(lambda d: Period(min(d), max(d)))
    return calendar | plans | spans


_CODES = st.sampled_from(["440000", "440300", "440304", "441900", "442000", "440513", "110101", "441881"])
_USCCS = st.sampled_from(["91110000600037341L", "911100007109250324", "91440300708461136T"]).filter(Form.USCC.accepts)
_FORMS: Mapping[Form, st.SearchStrategy[str]] = {
    Form.TEXT: hard_texts(),
    Form.ID: ids(),
    Form.REGION_CODE: _CODES,
    Form.PERIOD: periods().map(str),
    Form.USCC: _USCCS,
    Form.DOCUMENT_NUMBER: st.builds(
        lambda y, n: f"粤科协办发〔{y}〕{n}号", st.integers(1990, 2099), st.integers(1, 999)
    ),
    Form.PHONE: st.sampled_from(["020-83561234", "13800138000", "+86 755 2600 0000"]),
    Form.URL: st.sampled_from(["https://example.org/科普", "http://example.org:8080/a?b=c"]),
}


def strategy_for(cls: type, **overrides: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Valid instances of a record class, or of a part.

    ``overrides`` give strategies for single fields, where rules of the class tie fields together: what the rules
    refuse is drawn again, so that rules which random fields seldom keep need them.
    """
    own = _OWN.get(cls)
    if own is not None and not overrides:
        return st.deferred(own)
    return _derived(cls, **overrides)


def records() -> st.SearchStrategy[Record]:
    """Any record of the domain."""
    return st.one_of([strategy_for(cls) for cls in RECORD_TYPES])


def _derived(cls: type, above: tuple[type, ...] = (), /, **overrides: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """``above`` are the classes inside of which an instance stands: a tree of criteria must end somewhere."""
    given = {
        spec.name: overrides[spec.name] if spec.name in overrides else _of_type(spec.type, spec, (*above, cls))
        for spec in fields_of(cls)
    }
    fields = st.fixed_dictionaries(given)
    if not hasattr(cls, "_rules"):
        return fields.map(lambda values: cls(**values))
    return fields.map(partial(_if_allowed, cls)).filter(lambda made: made is not None)


def _if_allowed(cls: type, values: Mapping[str, Any]) -> Any:
    """An instance, or ``None`` where the rules of the class tie fields together that were drawn apart."""
    try:
        return cls(**values)
    except InvalidData:
        return None


def _of_type(kind: Any, spec: FieldSpec, above: tuple[type, ...]) -> st.SearchStrategy[Any]:  # noqa: C901 - one branch per kind of field
    origin, args = typing.get_origin(kind), typing.get_args(kind)
    info = spec.info
    if origin in {typing.Union, types.UnionType}:
        kinds = sorted(args, key=lambda a: a is not types.NoneType)  # examples shrink towards the first
        return st.one_of([_of_type(a, spec, above) for a in kinds if above.count(a) < _DEEPEST])
    if kind is types.NoneType:
        return st.none()
    if origin is tuple:
        most = 3 if above.count(args[0]) < _DEEPEST else 0
        return st.lists(_of_type(args[0], spec, above) if most else st.nothing(), max_size=most).map(tuple)
    if origin is Mapping:
        return st.dictionaries(
            st.text(st.characters(codec="ascii", categories=["Ll"]), min_size=1), _PLAIN, max_size=3
        ).map(FrozenDict)
    if kind is str:
        form = info.form or (Form.ID if info.ref or spec.name == "id" else Form.TEXT)
        return _FORMS[form]
    if kind is int:
        return st.integers(
            int(info.ge) if info.ge is not None else -(2**63), int(info.le) if info.le is not None else 2**63 - 1
        )
    if kind is float:
        return st.floats(info.ge, info.le, allow_nan=False, allow_infinity=False)
    if kind is bool:
        return st.booleans()
    if kind is dt.date:
        return dates()
    if kind is dt.datetime:
        return st.datetimes(timezones=st.just(dt.UTC))
    if isinstance(kind, type) and issubclass(kind, Enum):
        return st.sampled_from(kind)
    if isinstance(kind, type) and attrs.has(kind):
        return strategy_for(kind) if kind in _OWN else _derived(kind, above)
    message = f"no strategy for {kind!r}"
    raise TypeError(message)


_PLAIN: st.SearchStrategy[Any] = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False, allow_infinity=False).map(lambda x: x or 0.0)
    | hard_texts(),
    lambda inner: st.lists(inner, max_size=3).map(tuple),
    max_leaves=4,
)


@st.composite
def histories(draw: st.DrawFn, lifecycle: Lifecycle[Any, Any], longest: int = 6) -> list[tuple[Any, dt.date]]:
    """Dated events that a lifecycle allows, in the order of their dates."""
    state, events = lifecycle.initial, []
    for _ in range(draw(st.integers(0, longest))):
        allowed = lifecycle.allowed(state)
        if not allowed:
            break
        event = draw(st.sampled_from(allowed))
        state = lifecycle.advance(state, event)
        events.append(event)
    days = sorted(draw(st.lists(dates(), min_size=len(events), max_size=len(events))))
    return list(zip(events, days, strict=True))


def _span() -> st.SearchStrategy[tuple[dt.date | None, dt.date | None]]:
    """Two dates in order, either of which may be unknown."""
    return st.tuples(dates(), dates(), st.booleans(), st.booleans()).map(
        lambda d: (min(d[0], d[1]) if d[2] else None, max(d[0], d[1]) if d[3] else None)
    )


@st.composite
def _designations(draw: st.DrawFn) -> Designation:
    steps = [DesignationStep(event=event, on=day) for event, day in draw(histories(DESIGNATION_LIFECYCLE))]
    start, end = draw(_span())
    plain = draw(
        _derived(Designation, steps=st.just(()), valid_from=st.none(), valid_to=st.none(), lifecycle=st.just(STANDARD))
    )
    made: Designation = replace(plain, steps=steps, valid_from=start, valid_to=end)
    return made


def _bases() -> st.SearchStrategy[Base]:
    several = st.lists(_designations(), max_size=2, unique_by=lambda d: d.id).map(tuple)
    plain = _derived(Base, designations=several, opened_on=st.none(), closed_on=st.none())
    return st.builds(lambda base, span: replace(base, opened_on=span[0], closed_on=span[1]), plain, _span())


def _base_reports() -> st.SearchStrategy[BaseReport]:
    visits = st.integers(0, 10**6)
    plain = _derived(BaseReport, visits=st.none(), free_visits=st.none())
    return st.builds(
        lambda report, a, b: replace(report, visits=max(a, b), free_visits=min(a, b)), plain, visits, visits
    )


def _campaigns() -> st.SearchStrategy[Campaign]:
    steps = histories(CAMPAIGN_LIFECYCLE).map(lambda h: tuple(CampaignStep(event=e, on=day) for e, day in h))
    plain = _derived(Campaign, starts_on=st.none(), ends_on=st.none(), steps=steps)
    return st.builds(lambda c, span: replace(c, starts_on=span[0], ends_on=span[1]), plain, _span())


def _activities() -> st.SearchStrategy[Activity]:
    plain = _derived(Activity, ends_on=st.none())
    return st.builds(
        lambda a, day: replace(a, starts_on=min(a.starts_on, day), ends_on=max(a.starts_on, day)), plain, dates()
    )


def _plans() -> st.SearchStrategy[Plan]:
    section = _derived(PlanSection, parent=st.none())
    return _derived(Plan, sections=st.lists(section, max_size=3, unique_by=lambda s: s.id).map(tuple))


def _targets() -> st.SearchStrategy[Target]:
    return st.builds(
        lambda target, upto: replace(target, value=min(target.value, upto), upto=max(target.value, upto)),
        _derived(Target, upto=st.none()),
        st.floats(0, 1e9),
    ) | _derived(Target, upto=st.none())


def _observations() -> st.SearchStrategy[Observation]:
    part = st.builds(lambda d, m: Breakdown(dimension=d, member=m), ids(), ids())
    breakdown = st.lists(part, max_size=2, unique_by=lambda b: b.dimension).map(tuple)
    value = st.floats(allow_nan=False, allow_infinity=False)
    reasons = st.sampled_from([s for s in ValueState if s is not ValueState.REPORTED])
    common = {"breakdown": breakdown, "standing": st.sampled_from(Standing), "source": st.none() | hard_texts()}
    key = (ids(), ids(), periods().map(str))
    return st.builds(Observation.of, *key, value, **common) | st.builds(Observation.of, *key, state=reasons, **common)


def _regions() -> st.SearchStrategy[Region]:
    days = st.tuples(dates(), dates()).filter(lambda d: d[0] != d[1])
    below = st.sampled_from([level for level in RegionLevel if level is not RegionLevel.PROVINCE])
    plain = _derived(Region, level=below, parent=_CODES, valid_from=st.none(), valid_to=st.none())
    return st.builds(lambda r, d: replace(r, valid_from=min(d), valid_to=max(d)), plain, days) | plain


def _policies() -> st.SearchStrategy[MissingPolicy]:
    others = st.sampled_from([a for a in MissingAction if a is not MissingAction.IMPUTE])
    return st.builds(lambda a, s: MissingPolicy(action=a, min_share=s), others, st.floats(0, 1)) | st.builds(
        lambda m: MissingPolicy(action=MissingAction.IMPUTE, method=m), st.sampled_from(Imputation)
    )


def _bands() -> st.SearchStrategy[GradeBand]:
    return _derived(GradeBand, quota=st.none() | st.floats(0.01, 1))


@st.composite
def _vetoes(draw: st.DrawFn) -> Veto:
    """Vetoes on a metric and gates on a criterion, of every effect."""
    effect = draw(st.sampled_from(VetoEffect))
    metric = draw(st.none() | ids())
    made: Veto = draw(
        _derived(
            Veto,
            metric=st.just(metric),
            criterion=ids() if metric is None else st.none(),
            above=st.floats(-1e6, 1e6),
            effect=st.just(effect),
            grade=hard_texts() if effect is VetoEffect.CAP_GRADE else st.none(),
            score=st.floats(0, 100) if effect is VetoEffect.CAP_SCORE else st.none(),
        )
    )
    return made


@st.composite
def schemes(draw: st.DrawFn) -> Scheme:
    """Valid schemes of one or two levels, with grades and peer groups."""
    names = iter(draw(st.lists(ids(), min_size=12, max_size=12, unique=True)))
    rule = st.just(RuleSpec(kind="linear", params=FrozenDict(low=0, high=100)))

    def leaf(weight: float) -> Criterion:
        made: Criterion = draw(
            _derived(
                Criterion,
                id=st.just(next(names)),
                weight=st.just(weight),
                points=st.none(),
                metric=ids(),
                rule=rule,
                inputs=st.dictionaries(ids(), ids(), max_size=2).map(FrozenDict),
                children=st.just(()),
            )
        )
        return made

    def node(weight: float, children: list[Criterion]) -> Criterion:
        return Criterion(id=next(names), title=draw(hard_texts()), weight=weight, children=tuple(children))

    top = [node(0.5, [leaf(0.25), leaf(0.75)]), leaf(0.5)] if draw(st.booleans()) else [leaf(0.5), leaf(0.5)]
    root = replace(node(0.0, top), weight=None, points=100)
    bounds = sorted(draw(st.lists(st.floats(0, 100), max_size=3, unique=True)), reverse=True)
    grades = [GradeBand(grade=f"G{i}", lower=bound, inclusive=draw(st.booleans())) for i, bound in enumerate(bounds)]
    name, version = draw(ids()), draw(ids())
    made: Scheme = draw(
        _derived(
            Scheme,
            id=st.just(f"{name}@{version}"),
            name=st.just(name),
            version=st.just(version),
            root=st.just(root),
            valid_to=st.none(),
            grades=st.just((*grades, GradeBand(grade="last")) if grades else ()),
            adjustments=st.just(()),
            vetoes=st.just(()),
            grade_history=st.just(()),
            ranking=_derived(Ranking, tie_break=st.sampled_from([(), (root.id,)])),
            peer_groups=st.just((PeerGroup(id="g", title="组", members=("a", "b")),)),
        )
    )
    return made


_OWN: Mapping[type, Callable[[], st.SearchStrategy[Any]]] = {
    Activity: _activities,
    Base: _bases,
    BaseReport: _base_reports,
    Campaign: _campaigns,
    Designation: _designations,
    GradeBand: _bands,
    MissingPolicy: _policies,
    Observation: _observations,
    Plan: _plans,
    PlanItem: lambda: _derived(PlanItem, realises=st.none()),
    ProgressReport: lambda: _derived(ProgressReport, summary=hard_texts()),
    Region: _regions,
    Scheme: schemes,
    Target: _targets,
    Veto: _vetoes,
}
