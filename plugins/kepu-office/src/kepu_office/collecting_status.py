"""Who has reported what, and how well: one line for each expected region and record type.

The rates are those of ordinary statistical quality reports:

* **reporting rate** = returns received / returns expected. A return is what one region reports of one record type;
  it is received if at least one record of it was imported or is stored as it was handed in.
* **timeliness rate** = returns received by the due date / returns expected. The first file from which anything was
  imported counts: a correction that comes later makes no return late.
* **completeness rate** = fields filled in / fields to be filled in, over all records that were handed in (refused ones
  too; of a row from which no record could be made, no field counts as filled in). Which fields: those that must be
  given, those with a unit (the figures of a record), and the value of an observation, unless others are named. A
  figure that is said not to be applicable is filled in, one that is said to be missing is not.
* **indicator rate** = expected indicators that a region answered for itself / indicators expected.
"""

import datetime as dt
from collections.abc import Mapping, Sequence

from attrs import frozen

from kepu_core import LabelledEnum, Observation, Record, ValueState
from kepu_core.domain import fields_of, type_name

__all__ = ["NO_RATE", "Rate", "Returned", "Status", "fields_expected", "filled"]

_ANSWERED = frozenset({ValueState.REPORTED, ValueState.NOT_APPLICABLE})


class Returned(LabelledEnum):
    """How a return stands."""

    MISSING = "missing", "未报", "missing"
    REFUSED = "refused", "未通过", "refused"
    PARTIAL = "partial", "部分通过", "in part"
    RECEIVED = "received", "已报", "received"


@frozen
class Rate:
    """A share of what was expected. Without anything expected there is no rate.

    >>> str(Rate(20, 21)), Rate(0, 0).share, Rate(1, 2) + Rate(1, 2)
    ('95.2%', None, Rate(part=2, whole=4))
    """

    part: int = 0
    whole: int = 0

    @property
    def share(self) -> float | None:
        """The rate as a number from 0 to 1."""
        return self.part / self.whole if self.whole else None

    def __add__(self, other: "Rate") -> "Rate":
        return Rate(self.part + other.part, self.whole + other.whole)

    def __str__(self) -> str:
        return "—" if self.share is None else f"{self.share:.1%}"


NO_RATE = Rate()
"""The rate of nothing."""


@frozen(kw_only=True)
class Status:
    """What an expected region reported of a record type (``None``: of anything at all).

    ``received`` is when the first file came from which anything was imported, or else the first file. ``on_time`` is
    ``None`` where it is not known when it came, or no day was set. ``read`` counts records and faulty rows;
    ``added``, ``changed`` and ``unchanged`` make up what was imported; ``gone`` names what is stored from before and was
    not handed in now.
    """

    region: str
    name: str
    type: str | None
    state: Returned
    files: tuple[str, ...] = ()
    received: dt.datetime | None = None
    on_time: bool | None = None
    read: int = 0
    added: int = 0
    changed: int = 0
    unchanged: int = 0
    refused: int = 0
    gone: tuple[str, ...] = ()
    fields: Rate = NO_RATE
    indicators: Rate = NO_RATE
    indicators_missing: tuple[str, ...] = ()
    doubts: int = 0

    @property
    def imported(self) -> int:
        """How many records were imported, those among them that were there already."""
        return self.added + self.changed + self.unchanged

    @property
    def reported(self) -> bool:
        """Whether the return was received."""
        return self.imported > 0


def fields_expected(cls: type, named: Mapping[str, Sequence[str]]) -> tuple[str, ...]:
    """The fields of a record class that are to be filled in.

    >>> from kepu_core import Base
    >>> fields_expected(Base, {}), fields_expected(Base, {"base": ["name", "address"]})
    (('name', 'kind', 'region', 'exhibition_area'), ('name', 'address'))
    """
    told = named.get(type_name(cls))
    if told is not None:
        return tuple(told)
    value = {"value"} if cls is Observation else set()
    specs = [s for s in fields_of(cls) if s.name != "id"]
    return tuple(s.name for s in specs if s.required or s.info.unit is not None or s.name in value)


def filled(record: Record, fields: Sequence[str]) -> int:
    """How many of some fields are filled in."""
    if isinstance(record, Observation):
        given = {"value": record.state in _ANSWERED}
        return sum(given.get(f, _is_given(record, f)) for f in fields)
    return sum(_is_given(record, f) for f in fields)


def _is_given(record: Record, name: str) -> bool:
    value = getattr(record, name, None)
    return value is not None and value not in ("", ())
