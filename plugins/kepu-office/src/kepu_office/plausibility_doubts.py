"""A doubt about a figure, and what is needed to raise one."""

from collections.abc import Mapping, Sequence
from functools import cached_property

import numpy as np
from attrs import frozen

from kepu_core import Finding, Place, Problem, Text
from kepu_office.plausibility_figures import Figures
from kepu_office.plausibility_limits import PlausibilityLimits
from kepu_office.plausibility_statistics import Ints

__all__ = ["Doubt", "Doubting", "plain"]


@frozen(kw_only=True)
class Doubt:
    """A figure that may be wrong: what it is, what was expected instead, and the finding that says so.

    ``value`` is ``None`` where several figures are doubted together. ``key`` names the doubt with the values that raise
    it: once one of them changes it is another doubt, which no earlier confirmation silences.
    """

    code: str
    subject: str
    indicator: str
    period: str
    breakdown: str = ""
    value: float | None = None
    expected: Text
    finding: Finding
    key: str

    def __str__(self) -> str:
        return str(self.finding)


@frozen(kw_only=True, eq=False, slots=False)
class Doubting:
    """The figures, the limits, who is compared with whom, and where each figure stands."""

    figures: Figures
    limits: PlausibilityLimits
    groups: Mapping[str, str]
    denominators: Mapping[str, str]
    places: Mapping[str, Place]

    @cached_property
    def group(self) -> Ints:
        """For every subject, the number of its group of peers."""
        names = [self.groups.get(s, "") for s in self.figures.subjects]
        numbers = {name: number for number, name in enumerate(sorted(set(names)))}
        return np.array([numbers[n] for n in names], np.int64)

    def peers(self, rows: Ints) -> Ints:
        """One number for each of some rows, the same for figures that are compared: a sort of figure, of a group."""
        f = self.figures
        key = f.indicator[rows] * len(f.periods) + f.period[rows]
        key = key * len(f.breakdowns) + f.breakdown[rows]
        made: Ints = key * (len(f.subjects) + 1) + self.group[f.subject[rows]]
        return made

    def doubt(self, problem: Problem, row: int, expected: Text, *against: float, **told: object) -> Doubt:
        """A doubt about the figure in a row; ``against`` are the other values that are in question with it."""
        record = self.figures.rows[row]
        breakdown = self.figures.breakdowns[self.figures.breakdown[row]]
        value = float(self.figures.values[row])
        label = f"observation/{record.id}"
        told = {
            "name": self.name(record.subject),
            "period": Text(record.period, record.period),
            "indicator": self.indicator(record.indicator, breakdown),
            "value": plain(value),
            **told,
        }
        finding = problem.finding(
            record=label, field="value", place=self.places.get(label), where=self.where([label]), **told
        )
        return Doubt(
            code=problem.code,
            subject=record.subject,
            indicator=record.indicator,
            period=record.period,
            breakdown=breakdown,
            value=value,
            expected=expected,
            finding=finding,
            key="|".join([problem.code, record.id, *(repr(v) for v in (value, *against))]),
        )

    def where(self, labels: Sequence[str]) -> Text:
        """Where figures stand, for people: in cells of files if that is known."""
        spots = [str(self.places[label]) for label in labels if label in self.places]
        if not spots:
            return Text("该数据", "the figure")
        return Text(" {spots} 处的数据", "what stands at {spots}").format(spots=tuple(dict.fromkeys(spots)))

    def name(self, subject: str) -> str:
        """A subject as people call it."""
        regions = self.figures.regions
        return regions.get(subject).name if subject in regions else subject

    def indicator(self, ident: str, breakdown: str = "") -> Text:
        """An indicator as people call it, with the part of it that is meant."""
        known = self.figures.known.get(ident)
        part = f" ({breakdown})" if breakdown else ""
        if known is None:
            return Text(f"{ident}{part}", f"{ident}{part}")
        return Text(f"{known.name}{part}", f"{known.name_en or known.name}{part}")


def plain(value: float) -> str:
    """A number for people, with all its digits.

    >>> plain(1234567.0), plain(0.125), plain(-3.0)
    ('1,234,567', '0.125', '-3')
    """
    number = float(value)
    return f"{number:,.0f}" if number.is_integer() and abs(number) < 1e15 else f"{number:,}"  # noqa: PLR2004 - beyond it digits are made up
