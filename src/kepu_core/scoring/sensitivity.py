"""Which choice matters: Sobol's indices of every choice, and what leaving out each criterion does.

The first index is the part of the variation that a choice explains by itself, the total index that in which it takes
part at all. They are computed by ``scipy.stats.sobol_indices``. Sources: Sobol (2001); Saltelli et al., Computer Physics
Communications 181 (2010); Saisana, Saltelli & Tarantola (2005) for their use on rankings.
"""

import warnings
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from attrs import frozen
from numpy.typing import NDArray

from kepu_core.domain.extras import needed
from kepu_core.domain.scheme_policies import AggregationSpec, MissingPolicy, RuleSpec
from kepu_core.scoring.drawn_ranks import HALF
from kepu_core.scoring.ranking import ranks_of
from kepu_core.scoring.scorecard import Scorecard
from kepu_core.scoring.variants import Variant, variants_of

__all__ = ["Factor", "Removal", "Sensitivity", "removals", "sensitivity"]

Floats = NDArray[np.float64]


@frozen(kw_only=True)
class Factor:
    """One choice: its first and total index, each with the ends of a 95 % bootstrap interval."""

    name: str
    first: float
    first_low: float
    first_high: float
    total: float
    total_low: float
    total_high: float


@frozen(kw_only=True)
class Sensitivity:
    """The result: the factors, the greatest total index first, and what their effect was measured on."""

    factors: tuple[Factor, ...]
    measured: str
    evaluations: int

    def __getitem__(self, name: str) -> Factor:
        for factor in self.factors:
            if factor.name == name:
                return factor
        raise KeyError(name)


@frozen(kw_only=True)
class Removal:
    """What leaving out one criterion does: how far ranks move on average and at most, and whose most."""

    criterion: str
    mean_shift: float
    greatest_shift: float
    subject: str | None


def sensitivity(
    card: Scorecard,
    *,
    samples: int = 256,
    seed: int = 0,
    weights: float = 0.25,
    normalisations: Sequence[RuleSpec] = (),
    aggregations: Sequence[AggregationSpec] = (),
    missing: Sequence[MissingPolicy] = (),
    subject: str | None = None,
) -> Sensitivity:
    """Sobol's indices of the choices, on the mean shift of ranks against the published ones, or on one subject's points.

    Factors are the weight of each child of each node (named by its id, changed by up to ``weights`` of itself), and, if
    alternatives are given, ``normalisation``, ``aggregation`` and ``missing``. ``samples`` is a power of 2; the scheme is
    evaluated samples × (factors + 2) times.

    Raises :class:`MissingLibrary` without scipy (``kepu-core[analysis]``), :class:`InvalidData` where an alternative cannot
    be computed.
    """
    stats = needed("scipy.stats", "analysis")
    choices = {"normalisation": len(normalisations), "aggregation": len(aggregations), "missing": len(missing)}
    model = _Model(card, variants_of(card, normalisations, aggregations, missing), weights, choices, subject)
    rng = np.random.default_rng(seed)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # where nothing varies, scipy divides by zero; that is told as 0 below
        found = stats.sobol_indices(func=model, n=samples, dists=[stats.uniform()] * len(model.names), rng=rng)
        bounds = found.bootstrap(confidence_level=0.95, n_resamples=200)
    factors = [
        Factor(
            name=name,
            first=_number(found.first_order, k),
            first_low=_number(bounds.first_order.confidence_interval.low, k),
            first_high=_number(bounds.first_order.confidence_interval.high, k),
            total=_number(found.total_order, k),
            total_low=_number(bounds.total_order.confidence_interval.low, k),
            total_high=_number(bounds.total_order.confidence_interval.high, k),
        )
        for k, name in enumerate(model.names)
    ]
    return Sensitivity(
        factors=tuple(sorted(factors, key=lambda f: (-f.total, f.name))),
        measured="mean shift of ranks" if subject is None else f"points of {subject}",
        evaluations=samples * (len(model.names) + 2),
    )


def _number(column: Any, at: int) -> float:
    value = float(np.atleast_1d(column)[at])
    return value if np.isfinite(value) else 0.0  # nothing varies: no choice matters


class _Model:
    """From a point of the unit cube to the quantity whose variation is explained."""

    def __init__(
        self,
        card: Scorecard,
        variants: Sequence[Variant],
        spread: float,
        choices: Mapping[str, int],
        subject: str | None,
    ) -> None:
        self.card, self.variants, self.spread = card, variants, spread
        self.at = None if subject is None else card.position(subject)
        self.sizes = [1 + count for count in choices.values()]
        self.weighted = [(n.id, c.id) for n in variants[0].inner if len(n.children) > 1 for c in n.children]
        self.chosen = [name for name, count in choices.items() if count]
        self.names = [child for _, child in self.weighted] + self.chosen

    def __call__(self, points: Floats) -> Floats:
        """``points`` has a row per factor and a column per sample; one number per sample comes back."""
        which = self._which(points)
        result = np.empty(points.shape[1])
        for k in np.unique(which).tolist():
            inside = np.flatnonzero(which == k)
            for start in range(0, len(inside), 256):
                at = inside[start : start + 256]
                result[at] = self._measured(self.variants[k], self._weights(self.variants[k], points[:, at]))
        return result

    def _which(self, points: Floats) -> NDArray[np.int64]:
        which = np.zeros(points.shape[1], np.int64)
        row = len(self.weighted)
        for size in self.sizes:
            which *= size
            if size > 1:
                which += np.minimum((points[row] * size).astype(np.int64), size - 1)
                row += 1
        return which

    def _weights(self, variant: Variant, points: Floats) -> Mapping[str, Floats]:
        moves = {pair: points[k] * 2 - 1 for k, pair in enumerate(self.weighted)}
        still = np.zeros(points.shape[1])
        return variant.weights(
            {n.id: np.column_stack([moves.get((n.id, c.id), still) for c in n.children]) for n in variant.inner},
            self.spread,
        )

    def _measured(self, variant: Variant, weights: Mapping[str, Floats]) -> Floats:
        points, known = variant.points(weights)
        if self.at is not None:
            return points[:, self.at]
        nominal = self.card.outcome.rank
        scale = 10.0**self.card.scheme.rounding.decimals
        shifts = np.empty(len(points))
        for draw, row in enumerate(points):
            ranks = ranks_of(np.floor(row * scale + HALF), known[draw], ties=self.card.scheme.ranking.ties, decimals=0)
            both = (ranks > 0) & (nominal > 0)
            shifts[draw] = np.abs(ranks[both] - nominal[both]).mean() if both.any() else 0.0
        return shifts


def removals(card: Scorecard) -> tuple[Removal, ...]:
    """What leaving out each criterion and branch does to the ranks, the greatest mean shift first."""
    found = []
    for node in card.scheme.root.walk():
        if node is card.scheme.root:
            continue
        root = card.scheme.root.without(node.id)
        if root is None or root.is_leaf:
            continue
        ranks = card.without(node.id).outcome.rank
        both = (ranks > 0) & (card.outcome.rank > 0)
        shifts = np.where(both, np.abs(ranks - card.outcome.rank), 0.0)
        worst = int(shifts.argmax())
        found.append(
            Removal(
                criterion=node.id,
                mean_shift=float(shifts[both].mean()) if both.any() else 0.0,
                greatest_shift=float(shifts[worst]),
                subject=card.subjects[worst] if shifts[worst] else None,
            )
        )
    return tuple(sorted(found, key=lambda r: (-r.mean_shift, r.criterion)))
