"""Ranks of many draws at once: each draw's scores packed with their places into whole numbers, and sorted.

Sorting whole numbers is what a processor does fastest, and it lets other threads work; counting scores would be as
fast on one thread, but not on several. Buffers are kept per thread: asking the system for fresh memory for every tile
would take longer than the sorting.
"""

import math
import threading
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kepu_core.domain.scheme_policies import Ties
from kepu_core.scoring.ranking import ranks_of

__all__ = ["HALF", "drawn_ranks", "scratch"]

Floats = NDArray[np.float64]

HALF = 0.5 + 1e-6
"""What is added before cutting off: half up, clear of the noise of sums."""
_HAIR = 1e-9

_local = threading.local()


def scratch(name: str, shape: tuple[int, ...], kind: Any) -> NDArray[Any]:
    """A buffer of this thread, with anything in it; asked for again under the same name, it is the same memory."""
    kept: dict[str, NDArray[Any]] = _local.__dict__
    size = int(np.prod(shape))
    buffer = kept.get(name)
    if buffer is None or buffer.dtype != np.dtype(kind) or buffer.size < size:
        buffer = kept[name] = np.empty(size, kind)
    return buffer[:size].reshape(shape)


def drawn_ranks(scores: Floats, ties: Ties, factor: int, width: Any = np.uint32) -> NDArray[Any]:
    """The ranks in each row of scores, rounded half up to whole numbers, times ``factor`` (2 keeps averages whole), as numbers of a width.

    They lie in memory subject by subject, which is how they will be looked at; good until the next call on this thread.

    >>> drawn_ranks(np.array([[5.0, 9.0, 5.0]]), Ties.COMPETITION, 1).tolist()
    [[2, 1, 2]]
    >>> drawn_ranks(np.array([[5.0, 9.0, 5.0]]), Ties.AVERAGE, 2).tolist()
    [[5, 2, 5]]
    """
    draws, size = scores.shape
    # Half up, clear of the noise of sums; upside down, so that the best is the smallest number.
    most, least = math.floor(float(scores.max()) + HALF), math.floor(float(scores.min()) + HALF)
    place_bits = max(1, (size - 1).bit_length())
    bits = place_bits + max(1, (most - least).bit_length())
    if bits > 64:  # noqa: PLR2004 - the widest whole number
        rows = [ranks_of(np.floor(row + HALF), np.ones(size, np.bool_), ties=ties) for row in scores]
        return np.asarray(np.array(rows) * factor, dtype=width)
    kind: Any = np.uint32 if bits <= 32 else np.uint64  # noqa: PLR2004 - the same
    packed = scratch("packed", scores.shape, kind)
    below = np.subtract(most + 1 - HALF - _HAIR, scores, out=scratch("below", scores.shape, np.float64))
    np.copyto(packed, below, casting="unsafe")
    packed <<= kind(place_bits)
    packed |= np.arange(size, dtype=kind)
    packed.sort(axis=1)
    place = scratch("place", scores.shape, np.int64)
    np.bitwise_and(packed, kind((1 << place_bits) - 1), out=place, casting="unsafe")
    place *= draws
    place += np.arange(draws, dtype=np.int64)[:, None]
    packed >>= kind(place_bits)
    ranks = scratch("by_subject", (size, draws), width)
    ranks.reshape(-1)[place.reshape(-1)] = _in_order(packed, ties, factor, width).reshape(-1)
    return ranks.T


def _in_order(keys: NDArray[Any], ties: Ties, factor: int, width: Any) -> NDArray[Any]:
    """The ranks of sorted keys, row by row."""
    size = keys.shape[1]
    ranks = scratch("ranks", keys.shape, width)
    differs = scratch("differs", (keys.shape[0], max(size - 1, 0)), np.bool_)
    np.not_equal(keys[:, 1:], keys[:, :-1], out=differs)
    ranks[:, 0] = 0
    if ties is Ties.DENSE:
        ranks[:, 1:] = differs
        np.cumsum(ranks, axis=1, out=ranks)
    else:
        np.multiply(differs, np.arange(1, size, dtype=width), out=ranks[:, 1:])
        np.maximum.accumulate(ranks, axis=1, out=ranks)
    if ties is Ties.AVERAGE:
        last = np.full(keys.shape, size - 1, width)
        np.copyto(last[:, :-1], np.arange(size - 1, dtype=width), where=differs)
        np.minimum.accumulate(last[:, ::-1], axis=1, out=last[:, ::-1])
        ranks += last
        ranks += width(2)
        return ranks
    ranks += width(1)
    if factor != 1:
        ranks *= width(factor)
    return ranks
