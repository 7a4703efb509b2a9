"""Facts: the read-only view of records from which metrics are computed.

One :class:`Facts` has one period and one set of subjects. Metrics see nothing else, so the same facts always
give the same values.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from enum import Enum
from functools import cached_property
from typing import Any, TypeVar, overload

import numpy as np

from kepu_core.domain.observation import Indicator, IndicatorKind, Observation, Standing
from kepu_core.domain.period import Period
from kepu_core.domain.record import Record, type_name
from kepu_core.scoring.values import REASON_OF_STATE, Reason, Values

__all__ = ["Facts"]

R = TypeVar("R", bound=Record)
Home = Callable[[str], str | None]
"""From a region code (or the id of a subject) to the subject that it counts for; ``None`` for none."""
Figures = Callable[[str, str], Iterable[Observation]]
"""From an indicator and the text of a period to the observations of it."""


def _itself(code: str) -> str | None:
    return code


class Facts:
    """Records of one period, as columns over subjects.

    ``records`` gives all records of a type; ``home`` the subject to which a record at a code belongs: itself, the
    city of its district, the successor of an old code; ``becomes`` only the latter, for a figure of a district is
    no figure of its city. ``figures`` gives the observations of an indicator and a period, without parts of
    breakdowns and by id, where that costs less than looking through all of them.
    """

    def __init__(
        self,
        *,
        subjects: Sequence[str],
        period: Period,
        records: Callable[[str], Iterable[Record]],
        home: Home = _itself,
        becomes: Home = _itself,
        figures: Figures | None = None,
    ) -> None:
        self.subjects: tuple[str, ...] = tuple(subjects)
        self.period = period
        self._records = records
        self._position: Mapping[str, int] = {s: i for i, s in enumerate(self.subjects)}
        self._home = home
        self._becomes = becomes
        self._figures = figures
        self._cache: dict[str, tuple[Record, ...]] = {}
        self._noted: set[str] = set()
        self._closed = True

    def __setattr__(self, name: str, value: object) -> None:
        # A metric that changed the facts would change what the next one sees. (The caches of properties are no attributes.)
        if getattr(self, "_closed", False):
            message = f"facts cannot be changed: {name}"
            raise AttributeError(message)
        super().__setattr__(name, value)

    @property
    def illustrative(self) -> bool:
        """Whether any figure that was asked for is made up for illustration."""
        return "illustrative" in self._noted

    @overload
    def records(self, kind: type[R]) -> tuple[R, ...]: ...
    @overload
    def records(self, kind: str) -> tuple[Record, ...]: ...
    def records(self, kind: str | type) -> tuple[Any, ...]:
        """All records of a type, ordered by id, whatever order they were stored in."""
        name = kind if isinstance(kind, str) else type_name(kind)
        if name not in self._cache:
            self._cache[name] = tuple(sorted(self._records(name), key=lambda r: r.id))
        return self._cache[name]

    def previous(self) -> "Facts":
        """The same facts one period earlier: what growth is measured against."""
        return Facts(
            subjects=self.subjects,
            period=self.period.previous(),
            records=self.records,
            home=self._home,
            becomes=self._becomes,
            figures=self._figures,
        )

    def only(self, subject: str) -> "Facts":
        """The same facts with one subject: to find out at which a metric fails."""
        return Facts(
            subjects=(subject,),
            period=self.period,
            records=self.records,
            home=self._home,
            becomes=self._becomes,
            figures=self._figures,
        )

    def count(
        self,
        kind: str | type,
        /,
        *,
        by: str = "region",
        having: Callable[[Any], bool] | None = None,
        **equal: object,
    ) -> Values:
        """How many records each subject has.

        ``by`` names the field that leads to the subject; ``equal`` fields that must have a value; ``having`` any
        other condition. Records with a ``period`` count only inside the facts' period. No record is a
        count of zero: a register is complete.
        """
        numbers, lineage, _ = self._tallied(kind, by, having, equal, lambda _: 1.0)
        return Values(self.subjects, numbers, None, lineage)

    def total(
        self,
        kind: str | type,
        amount: str | Callable[[Any], float | None],
        /,
        *,
        by: str = "region",
        having: Callable[[Any], bool] | None = None,
        **equal: object,
    ) -> Values:
        """The sum of a field over each subject's records; *missing* where none of them has it."""
        take = (lambda r: getattr(r, amount)) if isinstance(amount, str) else amount
        numbers, lineage, found = self._tallied(kind, by, having, equal, take)
        reasons = np.where(found > 0, Reason.NONE, Reason.MISSING)
        return Values(self.subjects, numbers, reasons, lineage)

    def observed(self, indicator: str, *, period: Period | None = None) -> Values:
        """The figures reported for an indicator, without breakdown, in the facts' period.

        Figures of codes that have become one subject are added, unless the indicator is a share: then
        the value is undefined. Where nothing was reported, the value is *missing*.
        """
        wanted = (period or self.period).text
        size = len(self.subjects)
        numbers, reasons = np.zeros(size), np.full(size, int(Reason.MISSING), np.int8)
        sources: dict[int, list[str]] = {}
        for o in self._whole_figures(indicator, wanted):
            at = self._position.get(self._becomes(o.subject) or "")
            if at is None:
                continue
            if o.standing is Standing.ILLUSTRATIVE:
                self._noted.add("illustrative")
            reason = REASON_OF_STATE[o.state]
            if at not in sources:
                reasons[at], numbers[at] = reason, o.value or 0.0
            elif self._adds_up(indicator) and reason == reasons[at] == Reason.NONE:
                numbers[at] += o.value or 0.0
            else:
                reasons[at] = Reason.UNDEFINED if reason == reasons[at] == Reason.NONE else max(reason, reasons[at])
            sources.setdefault(at, []).append(f"observation/{o.id}")
        return Values(self.subjects, numbers, reasons, lambda at: tuple(sources.get(at, ())))

    def _whole_figures(self, indicator: str, period: str) -> Iterable[Observation]:
        if self._figures is not None:
            return self._figures(indicator, period)
        return self._observations.get((indicator, period), ())

    @cached_property
    def _observations(self) -> Mapping[tuple[str, str], Sequence[Observation]]:
        groups: dict[tuple[str, str], list[Observation]] = {}
        for o in self.records(Observation):
            if isinstance(o, Observation) and not o.breakdown:
                groups.setdefault((o.indicator, o.period), []).append(o)
        return groups

    def _adds_up(self, indicator: str) -> bool:
        known = (i for i in self.records(Indicator) if isinstance(i, Indicator) and i.id == indicator)
        return all(i.kind is not IndicatorKind.SHARE for i in known)

    def _tallied(
        self,
        kind: str | type,
        by: str,
        having: Callable[[Any], bool] | None,
        equal: Mapping[str, object],
        amount: Callable[[Any], float | None],
    ) -> tuple[Any, Callable[[int], tuple[str, ...]], Any]:
        numbers, found = np.zeros(len(self.subjects)), np.zeros(len(self.subjects), np.int64)
        sources: dict[int, list[str]] = {}
        name = kind if isinstance(kind, str) else type_name(kind)
        for record in self.records(kind):
            at = self._position.get(self._home(str(getattr(record, by) or "")) or "")
            if at is None or not self._counts(record, equal) or (having is not None and not having(record)):
                continue
            value = amount(record)
            if value is None:
                continue
            numbers[at] += value
            found[at] += 1
            sources.setdefault(at, []).append(f"{name}/{record.id}")
        return numbers, lambda at: tuple(sources.get(at, ())), found

    def _counts(self, record: Record, equal: Mapping[str, object]) -> bool:
        text = getattr(record, "period", None)
        if isinstance(text, str) and not self.period.contains(Period.parse(text)):
            return False
        return all(_same(getattr(record, name), wanted) for name, wanted in equal.items())


def _same(value: object, wanted: object) -> bool:
    return value == wanted or (isinstance(value, Enum) and value.value == wanted)
