"""Values: one number per subject, or the reason why there is none.

Missing, not applicable, suppressed and rejected are kept apart from zero and from each other, through all
arithmetic. A result that does not exist (a division by zero, an overflow) is *undefined*, never NaN; where a metric
raised and the caller wanted to go on, it is *failed*.
"""

from collections.abc import Callable, Mapping, Sequence
from enum import IntEnum
from typing import Union

import numpy as np
from numpy.typing import NDArray

from kepu_core.domain.observation import ValueState
from kepu_core.language import Text

__all__ = ["Lineage", "Reason", "Values"]

Floats = NDArray[np.float64]
Codes = NDArray[np.int8]
Lineage = Callable[[int], tuple[str, ...]]
"""For the position of a subject, the records (``type/id``) that its value comes from."""

Operand = Union["Values", float, int]


class Reason(IntEnum):
    """Why there is no number; ``NONE`` where there is one."""

    NONE = 0
    MISSING = 1
    NOT_APPLICABLE = 2
    SUPPRESSED = 3
    REJECTED = 4
    UNDEFINED = 5
    FAILED = 6

    @property
    def label(self) -> Text:
        """The reason in words."""
        return _LABELS[self]


_LABELS = {
    Reason.NONE: Text("有数", "given"),
    Reason.MISSING: Text("未报", "missing"),
    Reason.NOT_APPLICABLE: Text("不适用", "not applicable"),
    Reason.SUPPRESSED: Text("不予公布", "suppressed"),
    Reason.REJECTED: Text("退回", "rejected"),
    Reason.UNDEFINED: Text("无法计算", "undefined"),
    Reason.FAILED: Text("计算出错", "failed"),
}

REASON_OF_STATE = {
    ValueState.REPORTED: Reason.NONE,
    ValueState.MISSING: Reason.MISSING,
    ValueState.NOT_APPLICABLE: Reason.NOT_APPLICABLE,
    ValueState.SUPPRESSED: Reason.SUPPRESSED,
    ValueState.REJECTED: Reason.REJECTED,
}

_LAST = int(max(Reason))  # compared with numpy's integers, an enum costs ten times as much


def _no_lineage(_: int) -> tuple[str, ...]:
    return ()


class Values:
    """A column aligned with subjects: numbers, and a reason wherever there is none.

    ``known`` is true where there is a number, ``complete`` if there is one for every subject.

    >>> v = Values(("a", "b"), [10.0, 0.0], [Reason.NONE, Reason.MISSING])
    >>> (v * 2 + 1).get("a"), (v * 2 + 1).reason("b").name, (1 / (v - 10)).reason("a").name
    (21.0, 'MISSING', 'UNDEFINED')
    """

    __slots__ = ("complete", "known", "lineage", "numbers", "reasons", "subjects")

    def __init__(
        self,
        subjects: Sequence[str],
        numbers: Sequence[float] | Floats,
        reasons: Sequence[int] | Codes | None = None,
        lineage: Lineage = _no_lineage,
    ) -> None:
        self.subjects: tuple[str, ...] = tuple(subjects)
        given = np.array(numbers, dtype=np.float64)
        codes = np.zeros(len(given), np.int8) if reasons is None else np.array(reasons, dtype=np.int8)
        if given.shape != (len(self.subjects),) or codes.shape != given.shape:
            message = (
                f"{len(self.subjects)} subjects need as many numbers and reasons, not {given.shape}, {codes.shape}"
            )
            raise ValueError(message)
        if codes.size and not (int(codes.min()) >= 0 and int(codes.max()) <= _LAST):
            message = f"the reasons are the members of Reason, not {codes.min()}…{codes.max()}"
            raise ValueError(message)
        codes[(codes == Reason.NONE) & ~np.isfinite(given)] = Reason.UNDEFINED
        self.complete = not codes.any()
        self.known: NDArray[np.bool_] = codes == Reason.NONE
        if not self.complete:
            given[codes != Reason.NONE] = 0.0
        given.flags.writeable = codes.flags.writeable = self.known.flags.writeable = False
        self.numbers: Floats = given
        self.reasons: Codes = codes
        self.lineage = lineage

    @classmethod
    def of_column(cls, subjects: tuple[str, ...], numbers: Floats) -> "Values":
        """A column without copying it: NaN where there is no figure. The caller must not change it any more.

        >>> Values.of_column(("a", "b"), np.array([1.0, np.nan])).reason("b").name
        'MISSING'
        """
        finite = np.isfinite(numbers)
        if not finite.all():
            reasons = np.where(finite, Reason.NONE, np.where(np.isnan(numbers), Reason.MISSING, Reason.UNDEFINED))
            return cls(subjects, np.where(finite, numbers, 0.0), reasons)
        if numbers.dtype != np.float64 or numbers.shape != (len(subjects),):
            message = f"{len(subjects)} subjects need as many numbers, not {numbers.dtype} {numbers.shape}"
            raise ValueError(message)
        return cls._whole(subjects, numbers, _no_lineage)

    @classmethod
    def _whole(cls, subjects: tuple[str, ...], numbers: Floats, lineage: Lineage) -> "Values":
        made = cls.__new__(cls)
        made.subjects, made.numbers, made.complete, made.lineage = subjects, numbers.view(), True, lineage
        made.reasons = np.broadcast_to(np.int8(0), len(subjects))
        made.known = np.broadcast_to(np.True_, len(subjects))
        made.numbers.flags.writeable = False
        return made

    @classmethod
    def of_reason(cls, subjects: Sequence[str], reason: Reason) -> "Values":
        """A column without a single number, for one reason.

        >>> Values.of_reason(("a", "b"), Reason.FAILED)
        Values(a:failed, b:failed)
        """
        return cls(subjects, np.zeros(len(subjects)), np.full(len(subjects), int(reason), np.int8))

    def __len__(self) -> int:
        return len(self.subjects)

    def outside(self, low: float | None, high: float | None, *, most: int | None = None) -> dict[str, float]:
        """The numbers below or above some bounds, by subject; the first ``most`` of them.

        >>> Values(("a", "b", "c"), [-1.0, 50.0, 101.0]).outside(0, 100)
        {'a': -1.0, 'c': 101.0}
        """
        if not len(self):
            return {}
        # Asked of every metric at every evaluation: one look at the extremes is all it costs where nothing is wrong.
        below, above = low is not None and self.numbers.min() < low, high is not None and self.numbers.max() > high
        if not (below or above):
            return {}
        beyond = np.zeros(len(self), np.bool_)
        if low is not None:
            beyond |= self.numbers < low
        if high is not None:
            beyond |= self.numbers > high
        places = np.flatnonzero(beyond & self.known)[:most].tolist()
        return {self.subjects[at]: float(self.numbers[at]) for at in places}

    def get(self, subject: str) -> float | None:
        """The number of a subject, ``None`` if there is none."""
        at = self.subjects.index(subject)
        return float(self.numbers[at]) if self.reasons[at] == Reason.NONE else None

    def reason(self, subject: str) -> Reason:
        """Why a subject has no number (``NONE`` if it has one)."""
        return Reason(int(self.reasons[self.subjects.index(subject)]))

    def replaced(self, figures: Mapping[str, float | None]) -> "Values":
        """Another column with some figures changed; ``None`` makes one missing.

        >>> Values(("a", "b"), [1.0, 2.0]).replaced({"a": 5.0, "b": None})
        Values(a=5, b:missing)
        """
        numbers, reasons = self.numbers.copy(), np.array(self.reasons)
        for subject, figure in figures.items():
            at = self.subjects.index(subject)
            numbers[at] = 0.0 if figure is None else figure
            reasons[at] = Reason.MISSING if figure is None else Reason.NONE
        return Values(self.subjects, numbers, reasons, self.lineage)

    def aligned(self, subjects: tuple[str, ...]) -> "Values":
        """The column for other subjects: who is not in this one has no figure.

        >>> Values(("a", "b"), [1.0, 2.0]).aligned(("b", "c"))
        Values(b=2, c:missing)
        """
        place = {s: k for k, s in enumerate(self.subjects)}
        at = [place.get(s) for s in subjects]
        numbers = [0.0 if k is None else float(self.numbers[k]) for k in at]
        reasons = [Reason.MISSING if k is None else Reason(int(self.reasons[k])) for k in at]
        lineage = self.lineage
        return Values(subjects, numbers, reasons, lambda k: () if (was := at[k]) is None else lineage(was))

    def __repr__(self) -> str:
        shown = ", ".join(
            f"{s}={n:g}" if r == Reason.NONE else f"{s}:{Reason(int(r)).name.lower()}"
            for s, n, r in list(zip(self.subjects, self.numbers, self.reasons, strict=True))[:6]
        )
        more = ", …" if len(self) > 6 else ""  # noqa: PLR2004 - as many as fit on a line
        return f"Values({shown}{more})"

    def where_known(self, change: Callable[[Floats], Floats]) -> "Values":
        """Another column with a function applied to the numbers (``numpy.log``, say)."""
        with np.errstate(all="ignore"):
            return Values(self.subjects, change(self.numbers), self.reasons, self.lineage)

    def __add__(self, other: Operand) -> "Values":
        return _combined(self, other, np.add)

    __radd__ = __add__

    def __sub__(self, other: Operand) -> "Values":
        return _combined(self, other, np.subtract)

    def __rsub__(self, other: float) -> "Values":
        return _combined(self, other, lambda a, b: np.subtract(b, a))

    def __mul__(self, other: Operand) -> "Values":
        return _combined(self, other, np.multiply)

    __rmul__ = __mul__

    def __truediv__(self, other: Operand) -> "Values":
        return _combined(self, other, np.divide)

    def __rtruediv__(self, other: float) -> "Values":
        return _combined(self, other, lambda a, b: np.divide(b, a))

    def __neg__(self) -> "Values":
        return self.where_known(np.negative)


def _combined(left: Values, right: Operand, operation: Callable[..., Floats]) -> Values:
    if not isinstance(right, Values):
        with np.errstate(all="ignore"):
            numbers = operation(left.numbers, float(right))
        return _made(left, numbers, lambda: left.reasons, left.lineage, complete=left.complete)
    if left.subjects is not right.subjects and left.subjects != right.subjects:
        message = "values of different subjects cannot be combined"
        raise ValueError(message)
    with np.errstate(all="ignore"):
        numbers = operation(left.numbers, right.numbers)
    return _made(
        left,
        numbers,
        lambda: np.where(left.reasons != Reason.NONE, left.reasons, right.reasons),
        _both(left.lineage, right.lineage),
        complete=left.complete and right.complete,
    )


def _made(left: Values, numbers: Floats, reasons: Callable[[], Codes], lineage: Lineage, *, complete: bool) -> Values:
    """The result of arithmetic; where every subject has a number it is neither copied nor given reasons of its own."""
    if complete and np.isfinite(numbers).all():
        return Values._whole(left.subjects, numbers, lineage)  # noqa: SLF001 - our own
    return Values(left.subjects, numbers, reasons(), lineage)


def _both(ours: Lineage, theirs: Lineage) -> Lineage:
    if ours is theirs:
        return ours
    return lambda at: tuple(dict.fromkeys((*ours(at), *theirs(at))))
