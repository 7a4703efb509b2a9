"""What rules, aggregations and weightings are, and how a plugin offers one.

Each is a small immutable class with one method; a scheme names it by its kind and gives its parameters. What
looks at all subjects at once (the minimum and maximum of a column, an ideal point) is *fitted*: a method ``fit``
turns it into one that needs no peers any more. So goalposts can be frozen, a single subject be scored again, and a
million be scored in blocks.

A city adds methods of its own through the hook ``kepu_scoring_rules``.
"""

import typing
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Protocol

from attrs import field, frozen

from kepu_core.domain.errors import InvalidData
from kepu_core.domain.fields import fields_of
from kepu_core.domain.findings import Finding
from kepu_core.domain.provenance import Provenance
from kepu_core.language import Text

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = [
    "Aggregation",
    "AggregationType",
    "Cells",
    "Children",
    "MethodType",
    "PeerRule",
    "Rule",
    "RuleType",
    "Weighting",
    "WeightingType",
]


@frozen(kw_only=True, eq=False)
class Cells:
    """What a rule is given: the raw values of some subjects, and what else it may need.

    ``raw`` holds a finite number each; ``higher`` says whether more is better, ``points`` what the criterion is
    worth. ``previous`` (the raw values one period earlier) and ``inputs`` (the further metrics that the criterion
    names, by role) are aligned with it and NaN where there is none. ``subjects`` are the ids, if they are known: given
    as they are, or as a function that makes them when a rule asks.
    """

    raw: "NDArray[np.float64]"
    higher: bool = True
    points: float = 1.0
    previous: "NDArray[np.float64] | None" = None
    inputs: "Mapping[str, NDArray[np.float64]]" = field(factory=dict)
    _subjects: Sequence[str] | Callable[[], Sequence[str]] = field(default=(), alias="subjects", repr=False)

    @property
    def subjects(self) -> Sequence[str]:
        """The ids of the subjects."""
        return self._subjects() if callable(self._subjects) else self._subjects


class Rule(Protocol):
    """A rule that needs no peers: from raw values to the share of the points that each earns.

    Shares lie between 0 and 1, unless the rule says ``bounded = False``. A rule may also have
    ``derive(cells)``: it makes the raw value itself, of the metric, the last period and further inputs; NaN where
    that cannot be done.

    A rule whose parameters make sense for one direction only has ``fits(self, *, higher) -> bool``: a scheme that binds it
    to a metric of the other is refused (``scheme.direction``).

    A rule that is nothing but a straight line between two goalposts, cut at both ends, may say so: ``line`` is
    (value for no points, value for full points, least share, greatest share), and a million cells are scored in a
    third of the time.
    """

    def shares(self, cells: Cells) -> "NDArray[np.float64]":
        """The share of the points for each cell."""


class PeerRule(Protocol):
    """A rule that compares subjects with each other."""

    def fit(self, cells: Cells) -> Rule:
        """The rule that these cells make, for these and any others."""


class Aggregation(Protocol):
    """How a node makes one share of its children's. With ``fit(shares, weights)``, it looks at all subjects first.

    One that is nothing but the weighted sum may say so, ``additive = True``: then children are added one by one, without
    a table of all their shares.
    """

    def combine(self, shares: "NDArray[np.float64]", weights: "NDArray[np.float64]") -> "NDArray[np.float64]":
        """One share per subject.

        ``shares`` has a row per child and a column per subject, ``weights`` the same shape or one column for all;
        each column adds up to 1, with 0 (and a share of 0) for a child without data.
        """


@frozen(kw_only=True, eq=False)
class Children:
    """What a weighting is given: the ids of the children, and their shares.

    ``shares`` has a row per child and a column for each subject that has data for all of them.
    """

    ids: tuple[str, ...]
    shares: "NDArray[np.float64]"


class Weighting(Protocol):
    """How the weights of a node's children come about. ``needs_data = False`` if it looks only at their ids."""

    def weights(self, children: Children) -> "NDArray[np.float64]":
        """A weight for each child, none negative; they need not add up to 1."""


@frozen(kw_only=True)
class MethodType:
    """A kind of method that a plugin offers: its name in schemes, its class and where it comes from."""

    kind: str
    label: Text
    cls: Callable[..., Any]
    provenance: Provenance | None = None

    def build(self, params: Mapping[str, object]) -> Any:
        """The method with given parameters. Raises :class:`InvalidData` with every fault in them."""
        return self.cls(**{name: _with_parts(self.cls, name, value) for name, value in params.items()})


def _with_parts(cls: Any, name: str, value: object) -> object:
    """A parameter that is a list of parts (bands, say), from the plain data that a scheme holds."""
    kind = next((spec.type for spec in fields_of(cls) if spec.name == name), None)
    each: Any = typing.get_args(kind)[0] if typing.get_origin(kind) is tuple else None
    if not isinstance(value, (list, tuple)) or not hasattr(each, "__kepu_record__"):
        return value
    made, faults = [], list[Finding]()
    for index, item in enumerate(value):
        try:
            made.append(each(**item) if isinstance(item, Mapping) else item)
        except InvalidData as error:
            faults += [f.at(field=f"{name}[{index}]") for f in error.findings]
    if faults:
        raise InvalidData(faults)
    return tuple(made)


@frozen(kw_only=True)
class RuleType(MethodType):
    """A kind of scoring rule. ``cls`` is made with ``@part`` and is a :class:`Rule` or a :class:`PeerRule`."""


@frozen(kw_only=True)
class AggregationType(MethodType):
    """A kind of aggregation. ``cls`` is made with ``@part`` and is an :class:`Aggregation`."""


@frozen(kw_only=True)
class WeightingType(MethodType):
    """A kind of weighting. ``cls`` is made with ``@part`` and is a :class:`Weighting`."""
