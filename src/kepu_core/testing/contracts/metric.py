"""What every metric must keep: its values follow from the facts, and from nothing else."""

from collections.abc import Iterable, Mapping, Sequence
from random import Random
from typing import Any, ClassVar

from hypothesis import strategies as st

from kepu_core.domain import RECORD_TYPES
from kepu_core.domain.errors import InvalidData
from kepu_core.domain.findings import Problem
from kepu_core.domain.observation import Indicator, Observation
from kepu_core.domain.period import Period
from kepu_core.domain.record import Record, replace, type_name
from kepu_core.domain.region import Region, RegionLevel
from kepu_core.language import Text
from kepu_core.plugins.calling import reason_of
from kepu_core.plugins.validation import shown
from kepu_core.scoring.facts import Facts
from kepu_core.scoring.metrics import Metric
from kepu_core.scoring.values import Reason, Values
from kepu_core.testing.contracts._conduct import CHANGES, doing_nothing, the_same_at_any_time
from kepu_core.testing.contracts._contract import Contract
from kepu_core.testing.strategies import strategy_for
from kepu_core.testing.worlds import figures_for, worlds

__all__ = ["MetricContract"]

SHAPE = Problem(
    "contract.metric.shape",
    Text("{what} 给出 {found}，而不是与对象对应的 Values", "{what} gave {found} instead of Values of the subjects"),
    Text("用 facts 的方法得到 Values，并保持对象不变", "get Values from the methods of facts, and keep their subjects"),
)
RAISES = Problem(
    "contract.metric.raises",
    Text("{what} 在没有任何记录时出错：{reason}", "{what} raises where there are no records: {reason}"),
    Text("没有数据时返回未报，不要出错", "without data, give missing values"),
)
ORDER = Problem(
    "contract.metric.order",
    Text(
        "{what} 随记录或对象的次序而变：{subject} 为 {first} 或 {second}",
        "{what} depends on the order of records or subjects: {subject} is {first} or {second}",
    ),
    Text("不要依赖次序（第一条、最后一条、累计）", "depend on no order (the first, the last, running sums)"),
)
INVENTED = Problem(
    "contract.metric.invented",
    Text(
        "{what}：{subject} 的 {indicator} 为“{reason}”，却给出 {value}",
        "{what}: {indicator} of {subject} is {reason}, yet it gives {value}",
    ),
    Text("未报不是零：让 Values 的运算保留原因", "missing is not zero: let the arithmetic of Values keep the reason"),
)
RANGE = Problem(
    "contract.metric.range",
    Text("{what}：{subject} 的值 {value} 超出 {low}…{high}", "{what}: {value} of {subject} is outside {low}…{high}"),
    Text(
        '更正 low、high；若输入指标本有界限，在契约中写 figures = {{"{indicator}": (下限, 上限)}}',
        'correct low and high; if the figures are bounded, say so: figures = {{"{indicator}": (low, high)}}',
    ),
)
MUTATES = Problem(
    "contract.metric.mutates",
    Text("{what} 改动了交给它的事实", "{what} changes the facts that it is given"),
    Text("只读取 facts；需要改动时先复制", "only read the facts; copy what is to be changed"),
)
NO_SOURCE = Problem(
    "contract.no-source",
    Text("{what} 没有写明{lacking}", "{what} does not name its {lacking}"),
    Text("写 provenance=Provenance(source=…, checked_on=…)", "give provenance=Provenance(source=…, checked_on=…)"),
)
WORDLESS = Problem(
    "contract.wordless",
    Text("{what} 没有写明{lacking}", "{what} does not say its {lacking}"),
    Text("补上中英文名称和单位", "give a title in both languages, and the unit"),
)
_BOUNDS = (0, 100)
"""Between which numbers figures are drawn where the contract does not say."""
_SHOWN = 20
_FOREIGN = tuple(f"9901{n:02}" for n in range(1, 5))
_DOMAIN = frozenset(RECORD_TYPES)


class MetricContract(Contract):
    """The laws of a metric.

    ``figures`` bounds the indicators that it reads, where 0 to 100 is not what they can be; ``period`` is the period
    evaluated. A metric that rightly gives a number where one of its figures is missing (a fallback) says so::

        class TestVenues(MetricContract):
            metric = venues_per_100k
            exempt = {"missing_stays_missing": "the census stands in where a city has not reported"}
    """

    metric: ClassVar[Metric]
    figures: ClassVar[Mapping[str, tuple[float, float]]] = {}
    period: ClassVar[Period] = Period.parse("2021")
    examples: ClassVar[int] = 25

    @property
    def what(self) -> str:
        """The metric, for messages."""
        return f"metric/{self.metric.id}"

    def test_names_its_source(self) -> None:
        """A metric says where it comes from, when that was checked, what it is called and in which unit it counts."""
        source = self.metric.provenance
        if source is None or not source.source.strip():
            self.broken(NO_SOURCE, lacking=Text("出处", "source"))
        if source.checked_on is None:
            self.broken(NO_SOURCE, lacking=Text("核对日期", "checked-on date"))
        if not self.metric.unit.strip():
            self.broken(WORDLESS, lacking=Text("单位", "unit"))
        if not (self.metric.title.zh.strip() and self.metric.title.en.strip()):
            self.broken(WORDLESS, lacking=Text("名称", "title"))

    def test_needs_no_records(self) -> None:
        """Without any record it gives values all the same: missing ones, or counts of zero."""
        facts = self._facts((), _FOREIGN, self.period)
        try:
            result = self.metric(facts)
        except Exception as error:  # noqa: BLE001 - a metric may raise anything
            self.broken(RAISES, reason=reason_of(error))
        self._shape(result, facts)

    def test_gives_a_value_for_each_subject(self) -> None:
        """The result is a column of values, aligned with the subjects."""

        @self.for_all(self._cases())
        def _(case: "_Case") -> None:
            facts = case.facts()
            self._shape(self.metric(facts), facts)

    def test_is_the_same_again(self) -> None:
        """Asked again, and after other facts, it gives the same."""
        others = self._facts((), _FOREIGN[:1], self.period)

        @self.for_all(self._cases())
        def _(case: "_Case") -> None:
            first = _told(self.metric(case.facts()))
            self.metric(others)
            second = _told(self.metric(case.facts()))
            if first != second:
                self.broken(CHANGES, first=_difference(first, second), second=_difference(second, first))

    def test_order_does_not_matter(self) -> None:
        """Records in another order, and subjects in another order, change nothing."""

        @self.for_all(self._cases(), st.randoms(use_true_random=False))
        def _(case: "_Case", random: Random) -> None:
            first = _told(self.metric(case.facts()))
            second = _told(self.metric(case.shuffled(random).facts(sort=False)))
            for subject, value in first.items():
                if second.get(subject) != value:
                    self.broken(ORDER, subject=subject, first=value, second=second.get(subject))

    def test_reads_no_clock(self) -> None:
        """It gives the same whenever it is asked."""

        @self.for_all(self._cases(), examples=3)
        def _(case: "_Case") -> None:
            the_same_at_any_time(self, lambda: _told(self.metric(case.facts())))

    def test_does_nothing_else(self) -> None:
        """It opens no file, asks no network, starts no process and prints nothing."""

        @self.for_all(self._cases(), examples=5)
        def _(case: "_Case") -> None:
            with doing_nothing(self, reads=True):  # what it imports is read once
                self.metric(case.facts())
            with doing_nothing(self):
                self.metric(case.facts())

    def test_leaves_the_facts_alone(self) -> None:
        """The facts are the same afterwards."""

        @self.for_all(self._cases())
        def _(case: "_Case") -> None:
            facts, before = case.facts(), repr(case.records)
            seen = (facts.subjects, facts.period)
            try:
                self.metric(facts)
            except (AttributeError, ValueError) as error:
                if "read-only" in str(error) or "cannot be changed" in str(error):
                    self.broken(MUTATES)
                raise
            kept = all(facts.records(name) == case.facts().records(name) for name in case.kinds)
            if repr(case.records) != before or seen != (facts.subjects, facts.period) or not kept:
                self.broken(MUTATES)

    def test_missing_stays_missing(self) -> None:
        """Where a figure that it reads is missing, there is no number but a reason."""

        @self.for_all(self._cases())
        def _(case: "_Case") -> None:
            notes = _Notes()
            result = self.metric(case.facts(notes))
            for indicator, values in notes.observed:
                for at, subject in enumerate(values.subjects):
                    reason = Reason(int(values.reasons[at]))
                    if reason is not Reason.NONE and (value := result.get(subject)) is not None:
                        told = {"subject": subject, "indicator": indicator, "reason": reason.label}
                        self.broken(INVENTED, value=value, **told)

    def test_keeps_its_range(self) -> None:
        """What it gives lies between the bounds that it states."""

        @self.for_all(self._cases())
        def _(case: "_Case") -> None:
            result = self.metric(case.facts())
            outside = result.outside(self.metric.low, self.metric.high)
            for subject, value in outside.items():
                low, high = ("—" if b is None else f"{b:g}" for b in (self.metric.low, self.metric.high))
                indicator = next(iter(case.indicators), "…")
                self.broken(RANGE, subject=subject, value=f"{value:g}", low=low, high=high, indicator=indicator)

    # What the laws are tried on

    def _shape(self, result: object, facts: Facts) -> None:
        if not isinstance(result, Values) or result.subjects != facts.subjects:
            self.broken(SHAPE, found=shown(result))

    def _facts(self, records: Sequence[Record], subjects: Sequence[str], period: Period) -> Facts:
        return _Case(records, tuple(subjects), period).facts()

    def _cases(self) -> st.SearchStrategy["_Case"]:
        """Facts as the metric needs them: what it asks for is found out on empty ones."""
        notes = _Notes()
        try:
            self.metric(_Case((), _FOREIGN, self.period).facts(notes))
        except Exception:  # noqa: BLE001 - that it raises is another law; what it asked for before is known
            notes.failed = True
        return _cases(notes, self.metric.subject, self.period, self.figures)


class _Notes:
    """What a metric asked the facts for."""

    def __init__(self) -> None:
        self.observed: list[tuple[str, Values]] = []
        self.figures: dict[tuple[str, str], None] = {}
        self.kinds: dict[type | str, str] = {}
        self.failed = False


class _NotingFacts(Facts):
    """Facts that note what they are asked for."""

    def __init__(self, notes: _Notes, **facts: Any) -> None:
        self._notes = notes
        super().__init__(**facts)

    def observed(self, indicator: str, *, period: Period | None = None) -> Values:
        self._notes.figures[indicator, (period or self.period).text] = None
        values = super().observed(indicator, period=period)
        self._notes.observed.append((indicator, values))
        return values

    def records(self, kind: Any) -> tuple[Any, ...]:
        self._notes.kinds.setdefault(kind, "region")
        return super().records(kind)

    def _tallied(self, kind: Any, by: str, *rest: Any) -> Any:
        self._notes.kinds[kind] = by
        return super()._tallied(kind, by, *rest)


class _Case:
    """Records, subjects and a period, from which facts are made as often as needed."""

    def __init__(self, records: Sequence[Record], subjects: tuple[str, ...], period: Period) -> None:
        self.records, self.subjects, self.period = tuple(records), subjects, period

    def __repr__(self) -> str:
        shown = ", ".join(map(repr, self.records[:_SHOWN]))
        more = f", … {len(self.records) - _SHOWN} more" if len(self.records) > _SHOWN else ""
        return f"subjects={self.subjects}, period={self.period}, records=[{shown}{more}]"

    @property
    def kinds(self) -> tuple[str, ...]:
        return tuple(sorted({type_name(r) for r in self.records}))

    @property
    def indicators(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(r.indicator for r in self.records if isinstance(r, Observation)))

    def facts(self, notes: _Notes | None = None, *, sort: bool = True) -> Facts:
        wanted = frozenset(self.subjects)

        def home(code: str) -> str | None:
            return next((c for c in (code, f"{code[:4]}00", f"{code[:2]}0000") if c in wanted), None)

        def becomes(code: str) -> str | None:
            return code if code in wanted else None

        def records(name: str) -> Iterable[Record]:
            found = [r for r in self.records if type_name(r) == name]
            return sorted(found, key=lambda r: r.id) if sort else found

        parts: dict[str, Any] = {"subjects": self.subjects, "period": self.period, "records": records}
        parts |= {"home": home, "becomes": becomes}
        return Facts(**parts) if notes is None else _NotingFacts(notes, **parts)

    def shuffled(self, random: Random) -> "_Case":
        records, subjects = list(self.records), list(self.subjects)
        random.shuffle(records)
        random.shuffle(subjects)
        return _Case(records, tuple(subjects), self.period)


@st.composite
def _cases(
    draw: st.DrawFn, notes: _Notes, subject: str, period: Period, figures: Mapping[str, tuple[float, float]]
) -> _Case:
    records: list[Record] = []
    subjects = _FOREIGN
    kinds = {k: by for k, by in notes.kinds.items() if k not in {Observation, Indicator, "observation", "indicator"}}
    if subject != "region" or any(_class_of(k) in _DOMAIN for k in kinds):
        world = draw(worlds(figures={}, period=period))
        asked = {_class_of(k) for k in kinds}  # the rest would only stand in the way of a counterexample
        records += [r for r in world.records if type(r) in asked or type_name(r) == subject != "region"]
        cities = tuple(r.id for r in world.of(Region) if r.level is RegionLevel.PREFECTURE)
        subjects = cities if subject == "region" else tuple(r.id for r in records if type_name(r) == subject)
        subjects = subjects or _FOREIGN
    for kind, by in kinds.items():
        cls = _class_of(kind)
        if cls is not None and cls not in _DOMAIN:
            records += draw(_own(cls, by, subjects))
    for indicator, text in notes.figures:
        bounds = figures.get(indicator, _BOUNDS)
        records += draw(figures_for(subjects, {indicator: bounds}, Period.parse(text)))
    return _Case(records, tuple(sorted(subjects)), period)


def _class_of(kind: type | str) -> type | None:
    return kind if isinstance(kind, type) else next((c for c in RECORD_TYPES if type_name(c) == kind), None)


def _own(cls: type, by: str, subjects: Sequence[str]) -> st.SearchStrategy[list[Any]]:
    """Records of a plugin's own type, each belonging to one of the subjects."""

    def placed(record: Any, subject: str) -> Any:
        try:
            return replace(record, **{by: subject})
        except InvalidData:
            return record

    one = st.builds(placed, strategy_for(cls), st.sampled_from(subjects))
    return st.lists(one, max_size=6, unique_by=lambda r: r.id)


def _told(values: Values) -> dict[str, str]:
    """A column as texts by subject: numbers to the last bit, and reasons."""
    return {
        s: float(values.numbers[at]).hex()
        if values.reasons[at] == Reason.NONE
        else Reason(int(values.reasons[at])).name
        for at, s in enumerate(values.subjects)
    }


def _difference(ours: Mapping[str, str], theirs: Mapping[str, str]) -> str:
    return next((f"{s}={v}" for s, v in ours.items() if theirs.get(s) != v), "…")
