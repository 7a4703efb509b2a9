"""The analytic hierarchy process: weights from comparisons in pairs, with their consistency.

Sources: Saaty, The Analytic Hierarchy Process (1980) and Int. J. Services Sciences 1(1) (2008) for eigenvector and
consistency ratio; Bozóki, Fülöp & Rónyai, Math. Comput. Modelling 52 (2010) for missing comparisons: they are
filled in so that the greatest eigenvalue becomes least; Aczél & Saaty, J. Math. Psychology 27 (1983) for
several experts: the geometric mean of their comparisons; Donegan & Dodd, Math. Comput. Modelling 15 (1991) for the
second table of random indices.
"""

import itertools
import math
from collections.abc import Iterator, Mapping

import numpy as np
from attrs import frozen
from numpy.typing import NDArray

from kepu_core.domain.enums import LabelledEnum
from kepu_core.domain.fields import field
from kepu_core.domain.findings import Finding, Problem
from kepu_core.domain.record import part
from kepu_core.language import Text
from kepu_core.scoring.methods import Children

__all__ = ["Ahp", "PairwiseResult", "RandomIndex", "pairwise_weights"]

Floats = NDArray[np.float64]

_SAATY = (0.0, 0.0, 0.52, 0.89, 1.11, 1.25, 1.35, 1.4, 1.45, 1.49, 1.51, 1.54, 1.56, 1.57, 1.58)
_SAATY_1980 = (0.0, 0.0, 0.58, 0.9, 1.12, 1.24, 1.32, 1.41, 1.45, 1.49, 1.51, 1.48, 1.56, 1.57, 1.59)
_DONEGAN_DODD = (
    0.0, 0.0, 0.4914, 0.8286, 1.0591, 1.1797, 1.2519, 1.3171, 1.3733, 1.4055, 1.4213, 1.4497, 1.4643, 1.4822, 1.4969,
)  # fmt: skip

BAD_COMPARISON = Problem(
    "weighting.comparison",
    Text(
        "专家 {expert} 的第 {number} 项比较应为 [指标, 指标, 大于 0 的数]，且两个指标不同",
        "comparison {number} of the expert {expert} should be [child, child, a number above 0], of two children",
    ),
    Text("例如 [“a”, “b”, 3]：a 比 b 重要 3 倍", 'such as ["a", "b", 3]: a matters three times as much as b'),
)
COMPARED_TWICE = Problem(
    "weighting.compared-twice",
    Text("专家 {expert} 对 {first} 与 {second} 比较了两次", "the expert {expert} compares {first} and {second} twice"),
    Text("保留一次", "keep one of the two"),
)
NO_EXPERT = Problem(
    "weighting.no-expert",
    Text("没有专家的比较", "there are no comparisons"),
    Text("至少给一位专家的比较", "give the comparisons of at least one expert"),
)


class RandomIndex(LabelledEnum):
    """Which table of random indices the consistency ratio rests on."""

    SAATY = "saaty", "Saaty（2008）", "Saaty (2008)"
    SAATY_1980 = "saaty_1980", "Saaty（1980）", "Saaty (1980)"
    DONEGAN_DODD = "donegan_dodd", "Donegan 与 Dodd（1991）", "Donegan & Dodd (1991)"


_TABLES = {
    RandomIndex.SAATY: _SAATY,
    RandomIndex.SAATY_1980: _SAATY_1980,
    RandomIndex.DONEGAN_DODD: _DONEGAN_DODD,
}


@frozen(kw_only=True)
class PairwiseResult:
    """Weights by id, and how consistent the comparisons are: a ratio above 0.1 asks for another look."""

    weights: Mapping[str, float]
    eigenvalue: float
    consistency_ratio: float


def pairwise_weights(
    ids: tuple[str, ...],
    comparisons: Mapping[tuple[str, str], float],
    index: RandomIndex = RandomIndex.SAATY,
) -> PairwiseResult:
    """Weights from comparisons, of which some may be missing as long as each child is tied to all others.

    Raises ``ValueError`` for unknown children and for comparisons that fall apart.

    >>> found = pairwise_weights(("a", "b", "c"), {("a", "b"): 2, ("a", "c"): 4, ("b", "c"): 2})
    >>> {k: round(w, 4) for k, w in found.weights.items()}, round(abs(found.consistency_ratio), 6)
    ({'a': 0.5714, 'b': 0.2857, 'c': 0.1429}, 0.0)
    """
    matrix = _matrix(ids, comparisons)
    if np.isnan(matrix).any():
        matrix = _completed(matrix, ids)
    value, vector = _principal(matrix)
    size = len(ids)
    table = _TABLES[index]
    random = table[min(size, len(table)) - 1]
    ratio = (value - size) / (size - 1) / random if random else 0.0
    weights = {ident: float(w) for ident, w in zip(ids, vector, strict=True)}
    return PairwiseResult(weights=weights, eigenvalue=value, consistency_ratio=max(ratio, 0.0))


def _matrix(ids: tuple[str, ...], comparisons: Mapping[tuple[str, str], float]) -> Floats:
    place = {ident: k for k, ident in enumerate(ids)}
    matrix = np.full((len(ids), len(ids)), np.nan)
    np.fill_diagonal(matrix, 1.0)
    for (first, second), times in comparisons.items():
        strange = [name for name in (first, second) if name not in place]
        if strange:
            message = f"{strange[0]} is compared, but is none of {', '.join(ids)}"
            raise ValueError(message)
        matrix[place[first], place[second]], matrix[place[second], place[first]] = times, 1 / times
    return matrix


def _principal(matrix: Floats) -> tuple[float, Floats]:
    """The greatest eigenvalue of a positive matrix and its vector, which adds up to 1: by repeated squaring.

    Multiplications only, so every machine gives the same weights.
    """
    power = matrix / matrix.sum()
    for _ in range(60):
        power = power @ power
        power /= power.sum()
    vector = power.sum(axis=1)
    vector /= math.fsum(vector)
    return float(np.mean((matrix @ vector) / vector)), vector


def _completed(matrix: Floats, ids: tuple[str, ...]) -> Floats:
    """Missing comparisons filled in so that the greatest eigenvalue is least, one after the other until it rests.

    The eigenvalue is a convex function of their logarithms, so each turn can only lower it. One turn has a closed
    form: with all else fixed, the best x_ij balances i and j seen through every other path.
    """
    _check_tied(matrix, ids)
    gaps = [(i, j) for i, j in itertools.combinations(range(len(ids)), 2) if math.isnan(matrix[i, j])]
    logs = _first_guess(matrix)
    full = np.where(np.isnan(matrix), np.exp(logs[:, None] - logs[None, :]), matrix)
    for _ in range(200):
        before = full.copy()
        for i, j in gaps:
            full[i, j] = _best(full, i, j)
            full[j, i] = 1 / full[i, j]
        if np.allclose(full, before, rtol=1e-10, atol=0):
            break
    return full


def _best(matrix: Floats, i: int, j: int) -> float:
    """The value of one comparison at which the greatest eigenvalue is least: a search over its logarithm."""
    trial = matrix.copy()

    def value(log: float) -> float:
        trial[i, j], trial[j, i] = math.exp(log), math.exp(-log)
        return _principal(trial)[0]

    middle, golden = math.log(matrix[i, j]), (math.sqrt(5) - 1) / 2
    low, high = middle - 3.0, middle + 3.0
    for _ in range(60):
        a, b = high - golden * (high - low), low + golden * (high - low)
        low, high = (low, b) if value(a) <= value(b) else (a, high)
    return math.exp((low + high) / 2)


def _first_guess(matrix: Floats) -> Floats:
    """The logarithms of weights that fit the given comparisons best (least squares)."""
    known = ~np.isnan(matrix)
    laplace = np.diag(known.sum(axis=1)) - known.astype(np.float64)
    with np.errstate(invalid="ignore"):
        sums = np.where(known, np.log(matrix), 0.0).sum(axis=1)
    found: Floats = np.linalg.lstsq(laplace, sums, rcond=None)[0]
    return found


def _check_tied(matrix: Floats, ids: tuple[str, ...]) -> None:
    reached, todo = {0}, [0]
    while todo:
        at = todo.pop()
        for other in np.flatnonzero(~np.isnan(matrix[at])).tolist():
            if other not in reached:
                reached.add(other)
                todo.append(other)
    if len(reached) < len(ids):
        apart = ", ".join(ids[k] for k in range(len(ids)) if k not in reached)
        message = f"nothing ties {apart} to {ids[0]}: compare them, at least through others"
        raise ValueError(message)


@part("层次分析法", "analytic hierarchy process")
class Ahp:
    """Weights from experts' comparisons in pairs (Saaty).

    ``experts`` holds, by the name of each expert, comparisons ``[child, other child, times as important]``. Comparisons of
    one pair by several experts are averaged geometrically; pairs that nobody compared are completed so that the
    comparisons contradict each other least. A consistency ratio above ``limit`` is refused.

    >>> rule = Ahp(experts={"甲": [["a", "b", 3]], "乙": [["a", "b", 1 / 3]]})
    >>> rule.weights(Children(ids=("a", "b"), shares=np.zeros((2, 0))))
    array([0.5, 0.5])
    """

    needs_data = False

    experts: Mapping[str, object] = field("专家比较", "comparisons by expert")
    index: RandomIndex = field("随机一致性指标", "random index", default=RandomIndex.SAATY)
    limit: float = field("一致性比例上限", "greatest consistency ratio", default=0.1, ge=0)

    def _rules(self) -> Iterator[Finding]:
        if not self.experts:
            yield NO_EXPERT.finding(field="experts")
        for expert, rows in self.experts.items():
            seen: set[frozenset[str]] = set()
            for number, row in enumerate(rows if isinstance(rows, tuple) else (rows,), start=1):
                at = f"experts[{expert}][{number - 1}]"
                if not _is_comparison(row):
                    yield BAD_COMPARISON.finding(field=at, expert=expert, number=number)
                    continue
                pair = frozenset(row[:2])
                if pair in seen:
                    yield COMPARED_TWICE.finding(field=at, expert=expert, first=row[0], second=row[1])
                seen.add(pair)

    def pooled(self) -> Mapping[tuple[str, str], float]:
        """The geometric mean of all experts' comparisons of each pair."""
        logs: dict[tuple[str, str], list[float]] = {}
        for rows in self.experts.values():
            for first, second, times in rows if isinstance(rows, tuple) else ():
                pair, log = (
                    ((first, second), math.log(times)) if first < second else ((second, first), -math.log(times))
                )
                logs.setdefault(pair, []).append(log)
        return {pair: math.exp(math.fsum(found) / len(found)) for pair, found in logs.items()}

    def result(self, ids: tuple[str, ...]) -> PairwiseResult:
        """Weights and consistency for these children."""
        return pairwise_weights(ids, self.pooled(), self.index)

    def weights(self, children: Children) -> Floats:
        """See ``Weighting.weights``. Raises ``ValueError`` where the comparisons contradict each other too much."""
        found = self.result(children.ids)
        if found.consistency_ratio > self.limit:
            message = (
                f"the comparisons contradict each other: consistency ratio {found.consistency_ratio:.3f}, "
                f"above {self.limit:g}; look at them again, or raise the limit"
            )
            raise ValueError(message)
        return np.array([found.weights[i] for i in children.ids])


def _is_comparison(row: object) -> bool:
    if not isinstance(row, tuple) or len(row) != 3:  # noqa: PLR2004 - two children and a number
        return False
    first, second, times = row
    number = isinstance(times, (int, float)) and not isinstance(times, bool) and times > 0
    return isinstance(first, str) and isinstance(second, str) and first != second and number
