"""The columns that the engine makes: one object per node, each array aligned with the subjects.

The shares of leaves are not kept for long columns (fifty of them for a million subjects would be four times the
result): they are computed again, block by block, where they are asked for, and come out the same.
"""

from collections.abc import Callable, Mapping, Sequence
from enum import IntEnum
from typing import Any

import numpy as np
from attrs import evolve, field, frozen
from numpy.typing import NDArray

from kepu_core.domain.errors import CAUGHT
from kepu_core.domain.findings import Finding
from kepu_core.domain.scheme_policies import Transform
from kepu_core.language import Text
from kepu_core.scoring.blocks import in_blocks
from kepu_core.scoring.methods import Aggregation, Cells, Rule
from kepu_core.scoring.values import Reason, Values

__all__ = [
    "LIMIT",
    "Flag",
    "LeafColumn",
    "NodeColumn",
    "Outcome",
    "RuleFailure",
    "Screened",
    "Touched",
    "everywhere",
    "nowhere",
]

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Codes = NDArray[np.int8]
Ints = NDArray[np.int64]

LIMIT = 1e9
"""Shares beyond it would leave no digits for the decimals of a score."""


class Flag(IntEnum):
    """What was done to a cell."""

    NONE = 0
    ZERO = 1
    EXCLUDED = 2
    IMPUTED = 3
    DRAWN_IN = 4
    SCREENED = 5

    @property
    def label(self) -> Text:
        """The flag in words."""
        return _FLAGS[self]


_FLAGS = {
    Flag.NONE: Text("", ""),
    Flag.ZERO: Text("缺报记零分", "missing, counted as no points"),
    Flag.EXCLUDED: Text("不计，其余权重放大", "left out, the rest rescaled"),
    Flag.IMPUTED: Text("估补", "imputed"),
    Flag.DRAWN_IN: Text("异常值缩尾", "outlier drawn in"),
    Flag.SCREENED: Text("数据不足，未参评", "screened out for want of data"),
}


def everywhere(mask: Bools) -> bool:
    """Whether a mask holds for all; at once where it was made as one value for all."""
    return bool(mask[0]) if len(mask) and mask.strides == (0,) else bool(mask.all())


def nowhere(mask: Bools) -> bool:
    """Whether a mask holds for none; at once where it was made as one value for all."""
    return not mask[0] if len(mask) and mask.strides == (0,) else not mask.any()


class RuleFailure(Exception):
    """A rule or aggregation of a plugin raised, or gave what it may not."""


@frozen(eq=False, kw_only=True)
class LeafColumn:
    """A leaf: the figures as given, the raw numbers that were scored, what was done to them, the rule that fits.

    ``given`` is the metric, ``values`` what was made of it by denominator and rule, ``raw`` what was scored after
    the missing policy and the treatment of outliers (``untreated`` before the latter). ``known`` says who has
    a share, ``scored`` whom the rule scores: not those for whom missing counts as zero. ``rules`` holds the fitted
    rule, or one for each peer group with the positions it is for.
    """

    given: Values
    values: Values
    raw: Floats
    untreated: Floats
    known: Bools
    scored: Bools
    codes: Codes | None = field(default=None, repr=False)
    rules: Sequence[tuple[Ints | None, Any]]
    higher: bool
    points: float
    previous: Floats | None = None
    inputs: Mapping[str, Floats] = field(factory=dict)
    transform: Transform = Transform.NONE
    passes: bool = True
    kept: Floats | None = field(default=None, repr=False)

    @property
    def flags(self) -> Codes:
        """What was done to each cell, as a :class:`Flag`."""
        if self.codes is not None:
            return self.codes
        return np.where(self.known, np.int8(Flag.NONE), np.int8(Flag.EXCLUDED))

    def flag_at(self, at: int) -> Flag:
        """What was done to one cell."""
        if self.codes is not None:
            return Flag(int(self.codes[at]))
        return Flag.NONE if self.known[at] else Flag.EXCLUDED

    @property
    def line(self) -> tuple[float, float, float, float] | None:
        """The straight line that the rule is, if it is one for all subjects: see ``Rule``."""
        if self.kept is not None or len(self.rules) != 1 or self.rules[0][0] is not None:
            return None
        return getattr(self.rules[0][1], "line", None)

    @property
    def bounded(self) -> bool:
        """Whether shares lie between 0 and 1."""
        return all(getattr(rule, "bounded", True) for _, rule in self.rules)

    @property
    def share(self) -> Floats:
        """The share of each subject, 0 where there is none."""
        if self.kept is not None:
            return self.kept
        result = np.empty(len(self.raw))

        def fill(at: slice) -> None:
            result[at] = self.block(at)

        in_blocks(len(result), fill)
        return result

    def cells(self, at: slice | Ints) -> Cells:
        """The cells at some positions, as a rule takes them."""
        subjects = self.values.subjects

        def ids() -> Sequence[str]:
            return subjects[at] if isinstance(at, slice) else [subjects[k] for k in at.tolist()]

        return Cells(
            raw=self.raw[at],
            higher=self.higher,
            points=self.points,
            previous=None if self.previous is None else self.previous[at],
            inputs={role: column[at] for role, column in self.inputs.items()},
            subjects=ids,
        )

    def block(self, at: slice) -> Floats:
        """The shares of a block. Raises :class:`RuleFailure` where the rule cannot score it."""
        if self.kept is not None:
            return self.kept[at]
        if len(self.rules) == 1 and self.rules[0][0] is None:
            return self._whole(self.rules[0][1], at)
        share = np.zeros(at.stop - at.start)
        for members, rule in self.rules:
            if members is None:
                continue
            places = members[(members >= at.start) & (members < at.stop)]
            places = places[self.scored[places]]
            if len(places):
                share[places - at.start] = self._scored(rule, self.cells(places))
        return share

    def _whole(self, rule: Rule, at: slice) -> Floats:
        cells, inside = self.cells(at), self.scored[at]
        if everywhere(inside):
            return self._scored(rule, cells)
        if not inside.any():
            return np.zeros(at.stop - at.start)
        # A rule scores each cell by itself: those without a figure borrow one, so that it never sees a false one.
        share = self._scored(rule, evolve(cells, raw=np.where(inside, cells.raw, cells.raw[inside.argmax()])))
        return np.where(inside, share, 0.0)

    def _scored(self, rule: Rule, cells: Cells) -> Floats:
        try:
            with np.errstate(all="ignore"):  # what overflows is caught by the bounds below
                share = np.asarray(rule.shares(cells), dtype=np.float64)
        except CAUGHT as error:  # rules come from plugins: whatever they do is told with their name
            message = f"{type(error).__name__}: {error}"
            raise RuleFailure(message) from error
        if share.shape != cells.raw.shape:
            message = f"{len(cells.raw)} values need as many shares, not {share.shape}"
            raise RuleFailure(message)
        least, most = float(share.min()), float(share.max())
        if not (least >= -LIMIT and most <= LIMIT):  # NaN compares false, and is caught too
            message = "a share is no finite number, or so large that no score could be published"
            raise RuleFailure(message)
        if getattr(rule, "bounded", True) and not (least >= 0 and most <= 1):
            message = "shares must lie between 0 and 1"
            raise RuleFailure(message)
        return share


@frozen(eq=False, kw_only=True)
class NodeColumn:
    """Any node: its share of its points, and where it has one.

    ``rescaled`` says where the weight of missing children went to the others; ``weights`` by how much each child
    enters where all have data; ``combine`` is the fitted aggregation, ``below`` the columns of the children. Shares
    are computed from those below, by ``source``, when they are asked for: for a million subjects, keeping every node
    would take longer than computing it.
    """

    source: Callable[[slice], Floats] = field(repr=False)
    leaf: LeafColumn | None = None
    known: Bools
    rescaled: Bools
    bounded: bool
    weights: Mapping[str, float] = field(factory=dict)
    combine: Aggregation | None = None
    below: "Sequence[NodeColumn]" = field(default=(), repr=False)
    reversed: bool = False
    _kept: list[Floats] = field(factory=list, repr=False, init=False)

    @property
    def complete(self) -> bool:
        """Whether every figure below was reported for every subject."""
        if self.leaf is not None:
            return self.leaf.values.complete and everywhere(self.known)
        return all(column.complete for column in self.below)

    def coverage(self, at: slice | int = slice(None)) -> Floats:
        """How much of the weight below a node was really reported: not imputed, nor counted as zero for want of data."""
        if self.leaf is not None:
            return np.asarray(self.leaf.values.known[at], dtype=np.float64)
        whole = np.zeros(np.shape(self.known[at]))
        for weight, column in zip(self.weights.values(), self.below, strict=True):
            whole = whole + weight * column.coverage(at)
        return np.clip(whole, 0.0, 1.0)

    def shares(self) -> Floats:
        """The share of each subject, 0 where there is none. Computed once, when first asked for."""
        if not self._kept:
            result = np.empty(len(self.known))

            def fill(at: slice) -> None:
                result[at] = self.source(at)

            in_blocks(len(result), fill)
            self._kept.append(result)
        return self._kept[0]

    def block(self, at: slice) -> Floats:
        """The shares of a block."""
        return self._kept[0][at] if self._kept else self.source(at)

    def share_at(self, at: int) -> float | None:
        """The share of one subject, ``None`` where there is none."""
        return float(self.block(slice(at, at + 1))[0]) if self.known[at] else None


@frozen(kw_only=True)
class Touched:
    """A cell to which something was done: what was reported (if anything), what was scored, why and how.

    ``after`` is ``None`` for a cell that was left out. Where a whole column was bent, ``before`` and ``after`` are
    figure and logarithm.
    """

    subject: str
    criterion: str
    flag: Flag
    reason: Reason
    transform: Transform
    before: float | None
    after: float | None


@frozen(kw_only=True)
class Screened:
    """A subject that was left out for want of data: the share of its leaves that have data, and that are zero."""

    subject: str
    data: float
    zeros: float


@frozen(eq=False, kw_only=True)
class Outcome:
    """Everything that an evaluation computed. ``rank`` 0 and ``grade`` -1 mean that there is none.

    ``scored`` says who has a score, ``ranked`` who has rank and grade; they differ by the vetoes that take both.
    """

    subjects: tuple[str, ...]
    worth: Mapping[str, float]
    leaves: Mapping[str, LeafColumn]
    nodes: Mapping[str, NodeColumn]
    adjustments: Mapping[str, Floats]
    adjusted: Floats | None
    vetoed: Mapping[str, Bools]
    total: Floats
    score: Floats
    scored: Bools
    ranked: Bools
    rank: Floats
    group_rank: Floats | None
    grade: Codes
    consequences: Mapping[str, Bools]
    screened: tuple[Screened, ...]
    remarks: tuple[Finding, ...]
