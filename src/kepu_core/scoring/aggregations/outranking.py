"""Aggregations that compare subjects with each other: fitted first, like the rules that do."""

import numpy as np
from attrs import field as plain_field
from attrs import frozen
from numpy.typing import NDArray

from kepu_core.domain.fields import field
from kepu_core.domain.record import part
from kepu_core.scoring import exact

__all__ = ["Copeland", "Topsis"]

Floats = NDArray[np.float64]

_PAIRS = 4_000_000
_NOISE = 1e-12


@part("科普兰", "Copeland")
class Copeland:
    """Every subject against every other: who wins more criteria by weight wins the pair.

    share = ½ + (wins - losses) / (2 (n - 1)): 1 for who beats all, ½ for as many wins as losses. Criteria on
    which the two are equal, or one of them has no data, count for neither. Time grows with the square of the
    number of subjects. Source: Copeland (1951); OECD/JRC, Handbook on Constructing Composite Indicators (2008), step 6.

    >>> shares, weights = np.array([[0.9, 0.5, 0.1], [0.2, 0.8, 0.1]]), np.array([[0.7], [0.3]])
    >>> Copeland().fit(shares, weights).combine(shares, weights)
    array([1. , 0.5, 0. ])
    """

    def fit(self, shares: Floats, weights: Floats) -> "_CopelandAmong":
        """The peers to be compared with."""
        return _CopelandAmong(shares=shares, weights=np.broadcast_to(weights, shares.shape))


@frozen(kw_only=True, eq=False)
class _CopelandAmong:
    shares: Floats = plain_field(repr=False)
    weights: Floats = plain_field(repr=False)

    def combine(self, shares: Floats, weights: Floats) -> Floats:
        ours = np.broadcast_to(weights, shares.shape)
        peers = self.shares.shape[1]
        result = np.full(shares.shape[1], 0.5)
        if peers < 2:  # noqa: PLR2004 - nobody to compare with
            return result
        step = max(1, _PAIRS // (peers * len(shares)))
        for start in range(0, shares.shape[1], step):
            at = slice(start, start + step)
            balance = np.zeros((len(result[at]), peers))
            for k in range(len(shares)):
                both = (ours[k, at] > 0)[:, None] & (self.weights[k] > 0)[None, :]
                weight = np.minimum(ours[k, at][:, None], self.weights[k][None, :])
                balance += np.where(both, np.sign(shares[k, at][:, None] - self.shares[k][None, :]) * weight, 0.0)
            # What is below the noise of adding weights is a draw.
            wins = np.sign(np.where(np.abs(balance) < _NOISE, 0.0, balance)).sum(axis=1)
            result[at] = 0.5 + wins / (2 * (peers - 1))
        return np.clip(result, 0.0, 1.0, out=result)


@part("逼近理想解", "TOPSIS")
class Topsis:
    """How near the best of all criteria, and how far from the worst: D⁻ / (D⁺ + D⁻).

    Every child's column is divided by its length (``vector``, unless it is false) and weighted; D⁺ and D⁻ are the
    Euclidean distances to the best and to the worst value of each. Where best and worst coincide everyone gets
    ½. Source: Hwang & Yoon, Multiple Attribute Decision Making (1981); Tzeng & Huang (2011).

    >>> shares, weights = np.array([[0.0, 1.0, 0.5], [1.0, 0.0, 0.5]]), np.array([[0.5], [0.5]])
    >>> Topsis(vector=False).fit(shares, weights).combine(shares, weights)
    array([0.5, 0.5, 0.5])
    """

    vector: bool = field("向量归一", "vector normalisation", default=True)

    def fit(self, shares: Floats, weights: Floats) -> "_TopsisAmong":
        """The best and the worst of each child, and the length of its column."""
        counted = np.broadcast_to(weights, shares.shape) > 0
        least, most, length = (np.zeros(len(shares)) for _ in range(3))
        for k, (column, inside) in enumerate(zip(shares, counted, strict=True)):
            known = column if inside.all() else column[inside]
            if len(known):
                least[k], most[k] = known.min(), known.max()
                length[k] = np.sqrt(exact.total(known * known)) if self.vector else 1.0
        return _TopsisAmong(least=least, most=most, length=np.where(length > 0, length, 1.0))


@frozen(kw_only=True, eq=False)
class _TopsisAmong:
    least: Floats
    most: Floats
    length: Floats

    def combine(self, shares: Floats, weights: Floats) -> Floats:
        best, worst = np.zeros(shares.shape[1]), np.zeros(shares.shape[1])
        for k, share in enumerate(shares):
            scale = (weights[k] / self.length[k]) ** 2
            for far, mark in ((best, self.most[k]), (worst, self.least[k])):
                gap = share - mark
                gap *= gap
                gap *= scale
                np.add(far, gap, out=far)
        np.sqrt(best, out=best)
        np.sqrt(worst, out=worst)
        both = best + worst
        with np.errstate(invalid="ignore", divide="ignore"):
            return np.where(both > 0, worst / both, 0.5)
