"""Ranks of published scores: which rank equal ones share, and what parts them."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kepu_core.domain.scheme_policies import Ties

__all__ = ["ranks_of"]

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Ints = NDArray[np.int64]

_FEW = 4_000_000


def ranks_of(
    score: Floats,
    counted: Bools,
    *,
    ties: Ties = Ties.COMPETITION,
    breakers: Sequence[Floats] = (),
    decimals: int | None = None,
) -> Floats:
    """Rank 1 for the highest; 0 where nothing is counted. ``breakers`` part equal scores, the first one first.

    ``decimals`` says to how many the scores have been rounded: then they are counted instead of sorted.

    >>> score, counted = np.array([90.0, 80.0, 90.0, 0.0]), np.array([True, True, True, False])
    >>> ranks_of(score, counted).tolist(), ranks_of(score, counted, ties=Ties.AVERAGE).tolist()
    ([1.0, 3.0, 1.0, 0.0], [1.5, 3.0, 1.5, 0.0])
    >>> ranks_of(score, counted, breakers=[np.array([1.0, 0.0, 2.0, 0.0])]).tolist()
    [2.0, 3.0, 1.0, 0.0]
    """
    everyone = bool(counted.all())
    known = score if everyone else score[counted]
    if not len(known):
        return np.zeros(len(score))
    keys = _counted_keys(known, decimals) if not breakers and decimals is not None else None
    if keys is None:
        keys = _places(known, [b if everyone else b[counted] for b in breakers])
    found = _of_keys(keys, ties)
    if everyone:
        return found
    ranks = np.zeros(len(score))
    ranks[counted] = found
    return ranks


def _counted_keys(known: Floats, decimals: int) -> Ints | None:
    """Scores as whole numbers from 0 for the highest, if there are few enough different ones to count them."""
    scale = 10.0**decimals
    top, bottom = float(known.max()), float(known.min())
    if not (top - bottom) * scale < _FEW:
        return None
    keys: Ints = np.rint((top - known) * scale).astype(np.int64)
    return keys


def _places(known: Floats, breakers: Sequence[Floats]) -> Ints:
    """The same for any scores: 0 for the first, equal numbers for those equal in all."""
    columns = [known, *breakers]
    order = np.lexsort([-c for c in reversed(columns)]) if breakers else np.argsort(-known, kind="stable")
    differs = np.zeros(len(known), np.bool_)
    for column in columns:
        ordered = column[order]
        differs[1:] |= ordered[1:] != ordered[:-1]
    keys = np.empty(len(known), np.int64)
    keys[order] = np.cumsum(differs)
    return keys


def _of_keys(keys: Ints, ties: Ties) -> Floats:
    counts = np.bincount(keys)
    before = np.cumsum(counts) - counts
    table: NDArray[Any]
    if ties is Ties.DENSE:
        table = np.cumsum(counts > 0).astype(np.float64)
    elif ties is Ties.AVERAGE:
        table = np.asarray(before + (counts + 1) / 2, dtype=np.float64)
    else:
        table = before + 1.0
    return np.asarray(table[keys], dtype=np.float64)
