"""What worlds are drawn with: small numbers, and what the fields of a class say of themselves."""

import datetime as dt
import types
import typing
from collections.abc import Iterator, Mapping, Sequence
from enum import Enum
from functools import cache
from itertools import cycle
from typing import Any, TypeVar

from hypothesis import strategies as st

import kepu_core.domain as d
from kepu_core.domain.record import Record, type_name
from kepu_core.testing.strategies import hard_texts, ids

__all__ = ["Bounds", "Hand", "fate", "inner"]

R = TypeVar("R", bound=Record)
T = TypeVar("T")
Bounds = Mapping[str, tuple[float, float]]

_WRITTEN: Mapping[d.Form | None, str] = {
    d.Form.ID: "x",
    d.Form.URL: "https://example.org/馆",
    d.Form.PHONE: "020-83561234",
    d.Form.USCC: "91110000600037341L",
    d.Form.DOCUMENT_NUMBER: "某科协〔2021〕1号",
}


_number = cache(st.integers)  # making a strategy costs more than drawing from it


_GAPS = (*(state for state in d.ValueState if state is not d.ValueState.REPORTED), None)
_STANDINGS = tuple(d.Standing)


def fate(draw: st.DrawFn, bounds: tuple[float, float]) -> dict[str, Any] | None:
    """What becomes of a figure, by one number: its value, or why there is none; ``None`` if nothing was ever heard."""
    low, high = bounds
    whole = isinstance(low, int) and isinstance(high, int)
    steps = int(high - low) if whole else 10_000
    step, kind = divmod(draw(_number(0, 9 * steps + 8)), 9)
    if kind >= len(_STANDINGS):
        state = _GAPS[kind - len(_STANDINGS)]
        return None if state is None else {"state": state}
    # A step may be rounded past the bound that it leads to.
    value = low + step if whole else max(low, min(high, low + (high - low) * step / steps))
    return {"value": value, "standing": _STANDINGS[kind]}


class Hand:
    """Draws what a field may hold, and remembers what was made, so that references hold."""

    def __init__(self, draw: st.DrawFn, period: d.Period, *, hostile: bool) -> None:
        self.draw = draw
        self.period = period
        self.records: list[Any] = []
        # A handful of awkward texts in turn: one for each field would be slow to draw and shrink badly.
        self._texts = cycle(["", *(draw(st.lists(hard_texts(), max_size=6)) if hostile else ())])
        self._tail = draw(ids()) if hostile else ""

    def of(self, kind: type[R]) -> list[R]:
        return [r for r in self.records if isinstance(r, kind)]

    def number(self, most: int, least: int = 0) -> int:
        return self.draw(_number(least, most))

    def pick(self, options: Sequence[T]) -> T:
        return options[self.number(len(options) - 1)]

    def some(self, options: Sequence[T], most: int = 2) -> Sequence[T]:
        """A few neighbours among them, each once."""
        start, count = divmod(self.number(len(options) * (most + 1)), most + 1)
        return options[start : start + count]

    def day(self, first: dt.date, last: dt.date) -> dt.date:
        return first + dt.timedelta(days=self.number((last - first).days))

    def text(self, plain: str) -> str:
        return next(self._texts) or plain

    def id(self, plain: str) -> str:
        return plain + self._tail

    def places(self, on: dt.date) -> list[str]:
        """The codes of cities and districts on a day."""
        return [r.id for r in self.of(d.Region) if r.parent is not None and r.valid_on(on)]

    def walk(self, lifecycle: d.Lifecycle[Any, Any], day: dt.date, most: int) -> Iterator[tuple[Any, dt.date]]:
        """Events that a lifecycle allows, at most so many, and their days."""
        state = lifecycle.initial
        for _ in range(self.number(most)):
            if allowed := lifecycle.allowed(state):
                event = self.pick(allowed)
                state, day = lifecycle.advance(state, event), day + dt.timedelta(days=self.number(120))
                yield event, day

    def make(self, cls: type[T], on: dt.date, **given: Any) -> T:
        """An instance with the fields given; of the optional others some are filled, as on a day."""
        specs = [s for s in d.fields_of(cls) if s.name not in given]
        optional = [s.name for s in specs if not s.required]
        # One small number for all: which fields come first differs from record to record.
        first = len(self.records) % len(optional) if optional else 0
        chosen = (optional[first:] + optional[:first])[: self.number(len(optional))]
        for spec in specs:
            if spec.required or spec.name in chosen:
                given[spec.name] = self._value(spec, on)
        return cls(**given)

    def keep(self, cls: type[R], on: dt.date, **given: Any) -> R:
        """Make a record to which later ones may refer."""
        self.records.append(made := self.make(cls, on, **given))
        return made

    def _value(self, spec: d.FieldSpec, on: dt.date) -> Any:
        kind, several = inner(spec.type)
        options = self._options(kind, spec, on)
        if options is not None:
            return self.some(options) if several else self.pick(options) if options else None
        if several:
            return [self._single(kind, spec, on) for _ in range(self.number(2))]
        return self._single(kind, spec, on)

    def _options(self, kind: Any, spec: d.FieldSpec, on: dt.date) -> Sequence[Any] | None:
        """Among what a field chooses; ``None`` if it is free."""
        if spec.info.ref == "region":
            return self.places(on)
        if spec.info.ref is not None:
            return [r.id for r in self.records if type_name(r) == spec.info.ref]
        return list(kind) if issubclass(kind, Enum) else [False, True] if kind is bool else None

    def _single(self, kind: Any, spec: d.FieldSpec, on: dt.date) -> Any:
        if kind is str:
            return _WRITTEN.get(spec.info.form) or self.text(spec.label.zh)
        if kind is dt.date:
            return self.day(self.period.start, self.period.end)
        if kind in {int, float}:
            low = int(spec.info.ge or 0)
            return self.number(min(int(spec.info.le or 10_000), low + 10_000), low)
        # The upper end of a target must not lie below its value.
        return self.make(kind, on, upto=None) if kind is d.Target else self.make(kind, on)


def inner(kind: Any) -> tuple[Any, bool]:
    """The type inside of an optional one or a tuple, and whether it was a tuple."""
    if typing.get_origin(kind) in {typing.Union, types.UnionType}:
        kind = next(k for k in typing.get_args(kind) if k is not types.NoneType)
    return (typing.get_args(kind)[0], True) if typing.get_origin(kind) is tuple else (kind, False)
