"""Figures: indicators and what was observed of them.

An :class:`Observation` is one figure: an indicator, of a subject, for a period, perhaps of one part of a
breakdown. Missing, not applicable, rejected and zero are four different things. A correction is a new
revision of the same observation: its id follows from what is observed, so the store keeps the old one.
"""

import datetime as dt
from collections.abc import Iterable, Iterator

from kepu_core.domain.enums import LabelledEnum
from kepu_core.domain.errors import InvalidData
from kepu_core.domain.fields import field
from kepu_core.domain.findings import Finding, Problem, Severity
from kepu_core.domain.forms import Form
from kepu_core.domain.record import part, record
from kepu_core.language import Text

__all__ = [
    "ILLUSTRATIVE_NOTE",
    "Breakdown",
    "Indicator",
    "IndicatorKind",
    "Observation",
    "Standing",
    "ValueState",
    "breakdown_from",
    "breakdown_text",
    "check_units",
    "key_parts",
]

VALUE_AND_REASON = Problem(
    "observation.value-and-state",
    Text("状态为“{state}”，却填了数值 {value}", "the state is {state}, yet there is a value: {value}"),
    Text("删去数值，或把状态改为“已报”（reported）", "drop the value, or make the state “reported”"),
)
NO_VALUE = Problem(
    "observation.no-value",
    Text("状态为“已报”，却没有数值", "the state is “reported”, yet there is no value"),
    Text(
        "填写数值；没有数的，状态填“未报”（missing）或“不适用”（not_applicable）。零要写 0",
        "give the value, or the state missing or not_applicable; a zero is written 0",
    ),
)
NOT_A_BREAKDOWN = Problem(
    "observation.breakdown",
    Text("“{text}”不是分组", "{text!r} is not a breakdown"),
    Text(
        "写作 维度=组别，几个之间用 | 连接；名称中的 %、|、= 写作 %25、%7C、%3D",
        "write dimension=member, several joined by |; inside names %, | and = are written %25, %7C and %3D",
    ),
)
WRONG_ID = Problem(
    "observation.id",
    Text("标识应为 {expected}", "the id should be {expected}"),
    Text("用 Observation.of(…) 生成，或不填标识", "make it with Observation.of(…)"),
)


OTHER_SCALE = Problem(
    "observation.scale",
    Text(
        "数值以{unit}计，而指标 {indicator} 以{expected}计：评价会把它当作{expected}",
        "the value is in {unit}, the indicator {indicator} in {expected}: an evaluation would take it for {expected}",
    ),
    Text("把数值换算成{expected}", "convert the value into {expected}"),
)
OTHER_UNIT = Problem(
    "observation.unit",
    Text(
        "单位写作{unit}，而指标 {indicator} 以{expected}计",
        "the unit is {unit}, that of the indicator {indicator} is {expected}",
    ),
    Text("核对口径；一致的话，单位改为{expected}", "see whether both count the same; if so, make the unit {expected}"),
    Severity.WARNING,
)
_SCALES = ("十", "百", "千", "万", "十万", "百万", "千万", "亿", "万亿")


class ValueState(LabelledEnum):
    """Whether there is a number, and if not, why."""

    REPORTED = "reported", "已报", "reported"
    MISSING = "missing", "未报", "missing"
    NOT_APPLICABLE = "not_applicable", "不适用", "not applicable"
    SUPPRESSED = "suppressed", "不予公布", "suppressed"
    REJECTED = "rejected", "退回", "rejected"


ILLUSTRATIVE_NOTE = Text("含示例数据，不代表实际情况。", "Contains illustrative data, not the real situation.")
"""What is said wherever made-up figures go out."""


class Standing(LabelledEnum):
    """Whose figure it is, and how far it was checked."""

    SELF_ASSESSED = "self_assessed", "自评", "self-assessed"
    AUDITED = "audited", "审核", "audited"
    PUBLISHED = "published", "公布", "published"
    ILLUSTRATIVE = "illustrative", "示例数据", "illustrative"


class IndicatorKind(LabelledEnum):
    """How figures of an indicator add up: flows over time and place, stocks over place, shares never."""

    FLOW = "flow", "时期数", "flow"
    STOCK = "stock", "时点数", "stock"
    SHARE = "share", "比率", "share"


@record("indicator", "指标", "indicator")
class Indicator:
    """What is counted, in which unit, and exactly how (口径)."""

    id: str = field("标识", "id")
    name: str = field("名称", "name", searched=True)
    unit: str = field("单位", "unit")
    kind: IndicatorKind = field("性质", "kind", default=IndicatorKind.FLOW)
    definition: str | None = field("口径", "definition", default=None)
    name_en: str | None = field("英文名", "English name", default=None, searched=True)


@part("分组", "breakdown")
class Breakdown:
    """One part of a figure: the dimension and the member (``sex``, ``female``)."""

    dimension: str = field("维度", "dimension", form=Form.ID)
    member: str = field("组别", "member", form=Form.ID)


_ESCAPES = (("%", "%25"), ("|", "%7C"), ("=", "%3D"))


def _escaped(part: str) -> str:
    for mark, written in _ESCAPES:
        part = part.replace(mark, written)
    return part


def _unescaped(written: str) -> str | None:
    """The part that is written so; ``None`` if none is."""
    part = written
    for mark, escape in reversed(_ESCAPES):
        part = part.replace(escape, mark)
    return part if _escaped(part) == written else None


def breakdown_text(breakdown: Iterable[Breakdown]) -> str:
    """A breakdown as it stands in ids and tables: the same in whatever order its parts are given.

    >>> breakdown_text([Breakdown(dimension="sex", member="female"), Breakdown(dimension="age", member="18-30")])
    'age=18-30|sex=female'
    """
    return "|".join(sorted(f"{_escaped(b.dimension)}={_escaped(b.member)}" for b in breakdown))


def breakdown_from(text: str) -> tuple[Breakdown, ...]:
    """The breakdown that a text means. Raises :class:`InvalidData` (``observation.breakdown``, ``field.id``).

    >>> [b.member for b in breakdown_from("sex=female|age=18-30")]
    ['18-30', 'female']
    >>> breakdown_from("")
    ()
    """
    if not text:
        return ()
    pairs = [tuple(map(_unescaped, part.split("="))) for part in text.split("|")]
    if any(len(pair) != 2 or None in pair for pair in pairs):  # noqa: PLR2004 - dimension and member
        raise InvalidData.of(NOT_A_BREAKDOWN, field="breakdown", text=text)
    parts = (Breakdown(dimension=str(dimension), member=str(member)) for dimension, member in pairs)
    return tuple(sorted(parts, key=lambda b: (b.dimension, b.member)))


def key_parts(ident: str) -> tuple[str, str, str, str] | None:
    """Indicator, subject, period and text of the breakdown that an id is made of; ``None`` if it is no such id.

    >>> key_parts("visits|a%7Cb|2021|sex=female")
    ('visits', 'a|b', '2021', 'sex=female')
    """
    indicator, subject, period, breakdown, *_ = [*ident.split("|", 3), "", "", ""]
    parts = [_unescaped(p) for p in (indicator, subject, period)]
    if ident.count("|") < 2 or ident.endswith("|"):  # noqa: PLR2004 - at least two joints
        return None
    found = [p for p in parts if p is not None]
    return (found[0], found[1], found[2], breakdown) if len(found) == len(parts) else None


@record("observation", "数据", "observation")
class Observation:
    """One figure, or the reason why there is none. Make one with :meth:`of`.

    >>> o = Observation.of("population", "440300", "2020", 17_560_061, unit="人", source="census 2020")
    >>> o.id, o.value
    ('population|440300|2020', 17560061.0)
    >>> Observation.of("visits", "440500", "2021", state=ValueState.MISSING).value is None
    True
    """

    id: str = field("标识", "id")
    indicator: str = field("指标", "indicator", ref="indicator", index=True)
    subject: str = field("对象", "subject", form=Form.ID, index=True)
    period: str = field("统计期", "period", form=Form.PERIOD, index=True)
    value: float | None = field("数值", "value", default=None)
    state: ValueState = field("状态", "state", default=ValueState.REPORTED)
    unit: str | None = field("单位", "unit", default=None)
    breakdown: tuple[Breakdown, ...] = field("分组", "breakdown", default=())
    standing: Standing = field("审核状态", "standing", default=Standing.SELF_ASSESSED)
    source: str | None = field("来源", "source", default=None)
    reporter: str | None = field("报送单位", "reporting unit", default=None, ref="organisation")
    reported_on: dt.date | None = field("报送日期", "reported on", default=None)
    note: str | None = field("备注", "note", default=None)

    def _rules(self) -> Iterator[Finding]:
        if self.state is ValueState.REPORTED:
            if self.value is None:
                yield NO_VALUE.finding(field="value")
        elif self.value is not None:
            yield VALUE_AND_REASON.finding(field="value", state=self.state.label, value=self.value)
        expected = self.key(self.indicator, self.subject, self.period, self.breakdown)
        if self.id != expected:
            yield WRONG_ID.finding(field="id", expected=expected)

    @staticmethod
    def key(indicator: str, subject: str, period: str, breakdown: tuple[Breakdown, ...] = ()) -> str:
        """The id of the figure for a subject, period and breakdown: different for different figures.

        What joins the parts is escaped inside them (``|``, ``=`` and ``%`` as ``%7C``, ``%3D`` and ``%25``).

        >>> Observation.key("visits", "a|b", "2021", (Breakdown(dimension="sex", member="female"),))
        'visits|a%7Cb|2021|sex=female'
        """
        whole = f"{indicator}|{subject}|{period}"
        if whole.count("|") != 2 or "%" in whole or "=" in whole:  # noqa: PLR2004 - two joints, and nothing to escape
            whole = "|".join(map(_escaped, (indicator, subject, period)))
        return f"{whole}|{breakdown_text(breakdown)}" if breakdown else whole

    @classmethod
    def of(
        cls,
        indicator: str,
        subject: str,
        period: str,
        value: float | None = None,
        *,
        state: ValueState | None = None,
        unit: str | None = None,
        breakdown: tuple[Breakdown, ...] = (),
        standing: Standing = Standing.SELF_ASSESSED,
        source: str | None = None,
        reporter: str | None = None,
        reported_on: dt.date | None = None,
        note: str | None = None,
    ) -> "Observation":
        """An observation with the id that follows from what is observed.

        Without a value and a state, it is *missing*.
        """
        if state is None:
            state = ValueState.MISSING if value is None else ValueState.REPORTED
        return cls(
            id=cls.key(indicator, subject, period, breakdown),
            indicator=indicator,
            subject=subject,
            period=period,
            value=value,
            state=state,
            unit=unit,
            breakdown=tuple(sorted(breakdown, key=lambda b: (b.dimension, b.member))),
            standing=standing,
            source=source,
            reporter=reporter,
            reported_on=reported_on,
            note=note,
        )


def check_units(observations: Iterable[Observation], indicators: Iterable[Indicator]) -> Iterator[Finding]:
    """Observations whose unit is not that of their indicator.

    One that is larger by a scale (万元 for 元) is an error, for an evaluation would be wrong by as much; another word is a
    warning. An observation without a unit is meant in that of its indicator.

    >>> counted = Indicator(id="i", name="经费", unit="元")
    >>> given = Observation.of("i", "440300", "2021", 3, unit="万元")
    >>> [finding.code for finding in check_units([given], [counted])]
    ['observation.scale']
    """
    units = {indicator.id: indicator.unit for indicator in indicators}
    for observation in observations:
        expected, unit = units.get(observation.indicator), observation.unit
        if unit is None or expected is None or unit == expected:
            continue
        larger, smaller = sorted((unit, expected), key=len, reverse=True)
        scaled = larger.endswith(smaller) and larger.removesuffix(smaller) in _SCALES
        problem = OTHER_SCALE if scaled else OTHER_UNIT
        yield problem.finding(
            record=f"observation/{observation.id}",
            field="unit",
            unit=unit,
            indicator=observation.indicator,
            expected=expected,
        )
