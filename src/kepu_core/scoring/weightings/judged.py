"""Weights that people give."""

import math
from collections.abc import Iterator, Mapping

import numpy as np
from numpy.typing import NDArray

from kepu_core.domain.fields import field
from kepu_core.domain.findings import Finding, Problem
from kepu_core.domain.record import part
from kepu_core.language import Text
from kepu_core.scoring.methods import Children

__all__ = ["Budget", "Equal", "Given"]

Floats = NDArray[np.float64]

BAD_WEIGHT = Problem(
    "weighting.number",
    Text("{name} 的权重须为不小于 0 的数", "the weight of {name} must be a number not below 0"),
    Text("改成数值", "give a number"),
)
NOTHING_GIVEN = Problem(
    "weighting.nothing",
    Text("所有权重都是 0", "all weights are 0"),
    Text("至少给一项大于 0 的权重", "give at least one a weight above 0"),
)


def table_faults(table: Mapping[str, object], at: str) -> Iterator[Finding]:
    """What is wrong with a table of weights by id."""
    wrong = [n for n, w in table.items() if isinstance(w, bool) or not isinstance(w, (int, float)) or w < 0]
    yield from (BAD_WEIGHT.finding(field=f"{at}[{name}]", name=name) for name in wrong)
    if not wrong and not any(table.values()):
        yield NOTHING_GIVEN.finding(field=at)


def in_order(table: Mapping[str, object], ids: tuple[str, ...]) -> Floats:
    """The weights of a table, in the order of the children. Raises ``ValueError`` if the names differ."""
    if set(table) != set(ids):
        strange = sorted(set(table) ^ set(ids))
        message = f"weights are needed for {', '.join(ids)}; these do not match: {', '.join(strange)}"
        raise ValueError(message)
    return np.array([float(str(table[i])) for i in ids])


@part("等权", "equal weights")
class Equal:
    """The same weight for each child.

    >>> Equal().weights(Children(ids=("a", "b"), shares=np.zeros((2, 0))))
    array([1., 1.])
    """

    needs_data = False

    def weights(self, children: Children) -> Floats:
        """See ``Weighting.weights``."""
        return np.ones(len(children.ids))


@part("给定权重", "given weights")
class Given:
    """Weights by id of the child: to be combined with weights from the data.

    >>> Given(table={"a": 3, "b": 1}).weights(Children(ids=("b", "a"), shares=np.zeros((2, 0))))
    array([1., 3.])
    """

    needs_data = False

    table: Mapping[str, object] = field("权重", "weights")

    def _rules(self) -> Iterator[Finding]:
        yield from table_faults(self.table, "table")

    def weights(self, children: Children) -> Floats:
        """See ``Weighting.weights``."""
        return in_order(self.table, children.ids)


@part("预算分配", "budget allocation")
class Budget:
    """Each expert shares out the same number of points among the children; the shares are averaged.

    ``experts`` holds, by the name of each expert, points by child; what an expert does not name gets none. Source:
    OECD/JRC, Handbook on Constructing Composite Indicators (2008), step 6.

    >>> rule = Budget(experts={"甲": {"a": 70, "b": 30}, "乙": {"a": 50, "b": 50}})
    >>> rule.weights(Children(ids=("a", "b"), shares=np.zeros((2, 0))))
    array([0.6, 0.4])
    """

    needs_data = False

    experts: Mapping[str, object] = field("专家", "experts")

    def _rules(self) -> Iterator[Finding]:
        if not self.experts:
            yield NOTHING_GIVEN.finding(field="experts")
        for name, table in self.experts.items():
            if isinstance(table, Mapping):
                yield from table_faults(table, f"experts[{name}]")
            else:
                yield BAD_WEIGHT.finding(field=f"experts[{name}]", name=name)

    def weights(self, children: Children) -> Floats:
        """See ``Weighting.weights``. Raises ``ValueError`` for a child that no expert can have meant."""
        shares = []
        for name in self.experts:
            table = self.experts[name]
            given = dict(table) if isinstance(table, Mapping) else {}
            filled = in_order({**dict.fromkeys(children.ids, 0), **given}, children.ids)
            shares.append(filled / math.fsum(filled))
        result: Floats = np.mean(shares, axis=0)
        return result
