"""How criteria hang together: what is measured twice, what pulls apart, what really drives the total.

Sources: OECD/JRC, Handbook on Constructing Composite Indicators (2008), step 4; Cronbach, Psychometrika 16 (1951); Paruolo,
Saisana & Saltelli, J. R. Statist. Soc. A 176 (2013), for the importance of a criterion as its squared correlation
with the total.
"""

from collections.abc import Iterator, Mapping

import numpy as np
from attrs import frozen
from numpy.typing import NDArray

from kepu_core.domain.enums import LabelledEnum
from kepu_core.domain.scheme import Criterion
from kepu_core.scoring import exact
from kepu_core.scoring.scorecard import Scorecard
from kepu_core.scoring.weightings.objective import correlations

__all__ = ["Correlated", "CorrelationFlag", "EffectiveWeight", "Structure", "structure"]

Floats = NDArray[np.float64]

_HIGH, _LOW, _APART = 0.92, 0.3, -0.4


class CorrelationFlag(LabelledEnum):
    """What a correlation between siblings tells."""

    NONE = "none", "", ""
    REDUNDANT = "redundant", "几乎重复", "nearly the same"
    WEAK = "weak", "关联弱", "weak"
    OPPOSED = "opposed", "相互抵消", "opposed"


@frozen(kw_only=True)
class Correlated:
    """Two children of one node, how alike they are over how many subjects, and what that tells."""

    node: str
    first: str
    second: str
    correlation: float
    subjects: int
    flag: CorrelationFlag


@frozen(kw_only=True)
class EffectiveWeight:
    """A leaf's weight in the total as the scheme has it, its correlation with the total, and its importance.

    ``importance`` is the squared correlation: how much of the variation of the total goes along with the leaf.
    """

    criterion: str
    nominal: float
    correlation: float
    importance: float


@frozen(kw_only=True)
class Structure:
    """The result: correlations of siblings, Cronbach's alpha and principal components of each node, effective weights.

    ``alpha`` is ``None`` where it is not defined (one child, no spread); ``components`` are the parts of variance
    that the principal components of a node's children explain, the greatest first.
    """

    correlations: tuple[Correlated, ...]
    alpha: Mapping[str, float | None]
    components: Mapping[str, tuple[float, ...]]
    weights: tuple[EffectiveWeight, ...]

    @property
    def flagged(self) -> tuple[Correlated, ...]:
        """The correlations that ask for another look."""
        return tuple(c for c in self.correlations if c.flag is not CorrelationFlag.NONE)


def structure(card: Scorecard) -> Structure:
    """The structure of a scorecard, over the subjects that have all the columns compared."""
    inner = [node for node in card.scheme.root.walk() if not node.is_leaf]
    return Structure(
        correlations=tuple(c for node in inner for c in _pairs(card, node)),
        alpha={node.id: _alpha(_columns(card, node)) for node in inner},
        components={node.id: _components(_columns(card, node)) for node in inner},
        weights=tuple(_effective(card)),
    )


def _columns(card: Scorecard, node: Criterion) -> Floats:
    columns = [card.outcome.nodes[child.id] for child in node.children]
    known = np.logical_and.reduce([c.known for c in columns])
    return np.array([c.shares()[known] for c in columns])


def _pairs(card: Scorecard, node: Criterion) -> Iterator[Correlated]:
    for i, first in enumerate(node.children):
        for second in node.children[i + 1 :]:
            a, b = card.outcome.nodes[first.id], card.outcome.nodes[second.id]
            both = a.known & b.known
            count = int(both.sum())
            likeness = float(correlations(np.array([a.shares()[both], b.shares()[both]]))[0, 1]) if count > 1 else 0.0
            yield Correlated(
                node=node.id,
                first=first.id,
                second=second.id,
                correlation=likeness,
                subjects=count,
                flag=_flag(likeness) if count > 2 else CorrelationFlag.NONE,  # noqa: PLR2004 - two always agree
            )


def _flag(likeness: float) -> CorrelationFlag:
    if likeness >= _HIGH:
        return CorrelationFlag.REDUNDANT
    if likeness <= _APART:
        return CorrelationFlag.OPPOSED
    return CorrelationFlag.WEAK if likeness < _LOW else CorrelationFlag.NONE


def _alpha(columns: Floats) -> float | None:
    """Cronbach's alpha: k / (k - 1) · (1 - Σ variances / variance of the sum)."""
    count = len(columns)
    if count < 2 or columns.shape[1] < 2:  # noqa: PLR2004 - nothing to compare
        return None
    whole = exact.spread(columns.sum(axis=0)) ** 2
    parts = sum(exact.spread(row) ** 2 for row in columns)
    return count / (count - 1) * (1 - parts / whole) if whole > 0 else None


def _components(columns: Floats) -> tuple[float, ...]:
    varied = [row for row in columns if row.size > 1 and exact.spread(row) > 0]
    if not varied:
        return ()
    values = np.clip(np.linalg.eigvalsh(correlations(np.array(varied)))[::-1], 0.0, None)
    return tuple(float(v) for v in values / values.sum())


def _effective(card: Scorecard) -> Iterator[EffectiveWeight]:
    outcome, root = card.outcome, card.scheme.root
    total = outcome.nodes[root.id]
    whole = outcome.worth[root.id]
    for leaf in card.scheme.leaves():
        column = outcome.nodes[leaf.id]
        both = column.known & total.known
        likeness = 0.0
        if both.sum() > 1:
            likeness = float(correlations(np.array([column.shares()[both], total.shares()[both]]))[0, 1])
        nominal = outcome.worth[leaf.id] / whole if whole else 0.0
        yield EffectiveWeight(criterion=leaf.id, nominal=nominal, correlation=likeness, importance=likeness * likeness)
