"""The columns that the engine makes: one object per node, each array aligned with the subjects."""

from collections.abc import Mapping
from enum import IntEnum

import numpy as np
from attrs import frozen
from numpy.typing import NDArray

from kepu_core.language import Text
from kepu_core.scoring.values import Values

__all__ = ["Flag", "LeafColumn", "NodeColumn", "Outcome"]

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Ints = NDArray[np.int64]


class Flag(IntEnum):
    """What was done to a cell that had no number of its own."""

    NONE = 0
    ZERO = 1
    EXCLUDED = 2
    IMPUTED = 3

    @property
    def label(self) -> Text:
        """The flag in words."""
        return _FLAGS[self]


_FLAGS = {
    Flag.NONE: Text("", ""),
    Flag.ZERO: Text("缺报记零分", "missing, counted as no points"),
    Flag.EXCLUDED: Text("不计，其余权重放大", "left out, the rest rescaled"),
    Flag.IMPUTED: Text("估补", "imputed"),
}


@frozen(eq=False, kw_only=True)
class LeafColumn:
    """A leaf: the values as given, the raw numbers that were scored, what was done to them, their shares."""

    values: Values
    raw: Floats
    flags: NDArray[np.int8]
    share: Floats
    known: Bools


@frozen(eq=False, kw_only=True)
class NodeColumn:
    """Any node: its share of its points, and where it has one.

    ``coverage`` is how much of its weight has data, ``weights`` by how much each child entered, after rescaling.
    """

    share: Floats
    known: Bools
    coverage: Floats
    weights: Mapping[str, Floats]


@frozen(eq=False, kw_only=True)
class Outcome:
    """Everything that an evaluation computed. ``rank`` 0 and ``grade`` -1 mean that there is none."""

    subjects: tuple[str, ...]
    worth: Mapping[str, float]
    leaves: Mapping[str, LeafColumn]
    nodes: Mapping[str, NodeColumn]
    adjustments: Mapping[str, Floats]
    vetoed: Mapping[str, Bools]
    total: Floats
    score: Floats
    scored: Bools
    rank: Ints
    group_rank: Ints
    grade: Ints
