"""Asking the metrics of plugins for their figures, and telling whose fault it is when one fails."""

import time
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Literal

from kepu_core.domain.errors import InvalidData
from kepu_core.domain.findings import Finding, Severity
from kepu_core.language import Text
from kepu_core.plugins.calling import CAUGHT, blame
from kepu_core.plugins.info import Given
from kepu_core.plugins.validation import shown
from kepu_core.scoring import problems
from kepu_core.scoring.facts import Facts
from kepu_core.scoring.metrics import Metric
from kepu_core.scoring.values import Reason, Values

__all__ = ["Asking", "OnError"]

OnError = Literal["fail", "missing"]
"""What becomes of an evaluation when a metric fails: it is refused, or the figures of that metric are missing."""

_PROBED = 200
"""Among how many subjects at most the one is looked for at which a metric fails."""
_NAMED = 5


class Asking:
    """Asks metrics, and remembers how long each plugin took and what was noticed.

    ``timings`` are seconds by plugin; ``remarks`` the findings that do not stand in the way.
    """

    def __init__(self, given: Mapping[str, Given[Metric]], *, on_error: OnError = "fail") -> None:
        self._given = given
        self._on_error = on_error
        self.timings: dict[str, float] = {}
        self.remarks: list[Finding] = []

    def ask(self, names: Iterable[str], facts: Facts) -> dict[str, Values]:
        """A column for each metric. Raises :class:`InvalidData` with every one that fails, unless they go missing."""
        columns: dict[str, Values] = {}
        faults: list[Finding] = []
        for name in names:
            offer = self._given[name]
            started = time.perf_counter()
            try:
                result: object = offer.value(facts)
            except CAUGHT as error:
                faults.append(self._failed(offer, facts, error))
                columns[name] = Values.of_reason(facts.subjects, Reason.FAILED)
                continue
            finally:
                spent = time.perf_counter() - started
                self.timings[offer.plugin.name] = self.timings.get(offer.plugin.name, 0.0) + spent
            if not isinstance(result, Values) or not _same(result.subjects, facts.subjects):
                faults.append(_misshapen(offer, facts, result))
                columns[name] = Values.of_reason(facts.subjects, Reason.FAILED)
                continue
            columns[name] = result
            self.remarks += _doubts(offer, facts, result)
        if faults and self._on_error == "fail":
            raise InvalidData(faults)
        self.remarks += [_as_warning(f) for f in faults]
        return columns

    def _failed(self, offer: Given[Metric], facts: Facts, error: BaseException) -> Finding:
        subjects = _named(_culprits(offer.value, facts, error), facts)
        return blame(offer, problems.METRIC_FAILED, error, **_whose(offer, facts), subjects=subjects)


def _same(ours: tuple[str, ...], theirs: tuple[str, ...]) -> bool:
    return ours is theirs or ours == theirs  # a tuple compares even itself item by item


def _whose(offer: Given[Metric], facts: Facts) -> dict[str, Any]:
    ident = offer.value.id
    return {
        "record": f"metric/{ident}",
        "metric": ident,
        "plugin": offer.plugin.who,
        "hook": offer.hook,
        "period": facts.period,
    }


def _as_warning(finding: Finding) -> Finding:
    more = Text("；它的全部数值按未报处理", "; all of its figures count as missing")
    message = Text(finding.message.zh + more.zh, finding.message.en + more.en)
    mend = Text("改正该插件", "mend the plugin")
    return Finding(code=finding.code, message=message, mend=mend, severity=Severity.WARNING, record=finding.record)


def _culprits(metric: Metric, facts: Facts, error: BaseException) -> tuple[str, ...]:
    """The subjects at which a metric fails when it is asked for one at a time; none if that cannot be told."""
    if len(facts.subjects) > _PROBED:
        return ()
    found = []
    for subject in facts.subjects:
        try:
            metric(facts.only(subject))
        except CAUGHT as again:
            if type(again) is type(error):
                found.append(subject)
    return tuple(found)


def _named(culprits: tuple[str, ...], facts: Facts) -> Text:
    if not culprits or len(culprits) == len(facts.subjects):
        return Text("全部对象", "every subject")
    more = "" if len(culprits) <= _NAMED else " …"
    return Text("{s}{more}", "{s}{more}").format(s=culprits[:_NAMED], more=more)


def _misshapen(offer: Given[Metric], facts: Facts, result: object) -> Finding:
    found: object = shown(result)
    if isinstance(result, Values):
        theirs = f"{len(result.subjects)}"
        found = Text("{n} 个对象的 Values", "Values of {n} subjects").format(n=theirs)
    return problems.METRIC_SHAPE.finding(**_whose(offer, facts), found=found, wanted=len(facts.subjects))


def _doubts(offer: Given[Metric], facts: Facts, values: Values) -> Iterator[Finding]:
    """Figures outside the bounds that the metric states, and periods for which its source is not in force."""
    metric = offer.value
    outside = values.outside(metric.low, metric.high, most=_NAMED)
    if outside:
        told = tuple(f"{subject} {number:g}" for subject, number in outside.items())
        low, high = ("—" if b is None else f"{b:g}" for b in (metric.low, metric.high))
        yield problems.METRIC_RANGE.finding(**_whose(offer, facts), low=low, high=high, told=told)
    source = metric.provenance
    if source is None:
        return
    late = source.effective_from is not None and facts.period.end < source.effective_from
    gone = source.effective_to is not None and facts.period.start > source.effective_to
    if late or gone:
        yield problems.METRIC_NOT_IN_FORCE.finding(
            **_whose(offer, facts),
            source=source.source,
            start=source.effective_from or "—",
            end=source.effective_to or "—",
        )
