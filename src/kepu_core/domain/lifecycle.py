"""Lifecycles: which event may follow which state, as data.

A :class:`Lifecycle` is a table of state × event → state. A thing's state is never stored: it is the
fold of its events, so history is never lost and a wrong entry is found where it was made. One small
class serves plan items, designations, campaigns and rectifications alike, and a province can supply a
table of its own.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Generic, TypeVar

from attrs import field, frozen

from kepu_core.domain.enums import LabelledEnum
from kepu_core.domain.errors import Refused
from kepu_core.domain.findings import Finding, Problem
from kepu_core.language import Text

__all__ = ["Lifecycle"]

S = TypeVar("S", bound=LabelledEnum)
E = TypeVar("E", bound=LabelledEnum)

NOT_ALLOWED = Problem(
    "lifecycle.not-allowed",
    Text("{thing}：状态为“{state}”时不能“{event}”", "{thing}: {event} is not possible in the state “{state}”"),
    Text("此时可以：{allowed}；请核对事件的日期和先后", "possible now: {allowed}; check the events' dates and order"),
)
NOTHING_ALLOWED = Text("无（已是终态）", "nothing (the state is final)")


@frozen
class Lifecycle(Generic[S, E]):
    """A table of state × event → state, with the state in which everything begins.

    >>> class State(LabelledEnum):
    ...     OPEN = "open", "开", "open"
    ...     SHUT = "shut", "关", "shut"
    >>> class Event(LabelledEnum):
    ...     CLOSED = "closed", "关门", "closing"
    >>> door = Lifecycle(Text("门", "door"), State.OPEN, {State.OPEN: {Event.CLOSED: State.SHUT}})
    >>> door.fold([Event.CLOSED])
    <State.SHUT: 'shut'>
    >>> door.allowed(State.SHUT)
    ()
    """

    name: Text
    initial: S
    table: Mapping[S, Mapping[E, S]] = field(repr=False)

    def __attrs_post_init__(self) -> None:
        object.__setattr__(self, "table", {state: dict(row) for state, row in self.table.items()})

    def allowed(self, state: S) -> tuple[E, ...]:
        """The events that may happen in a state; none if it is final."""
        return tuple(self.table.get(state, {}))

    @property
    def states(self) -> frozenset[S]:
        """Every state that the table can reach from its beginning."""
        reached: set[S] = set()
        waiting = [self.initial]
        while waiting:
            state = waiting.pop()
            if state not in reached:
                reached.add(state)
                waiting.extend(self.table.get(state, {}).values())
        return frozenset(reached)

    def advance(self, state: S, event: E) -> S:
        """The state after an event.

        Raises :class:`Refused` (``lifecycle.not-allowed``) with what the state does allow.
        """
        row = self.table.get(state, {})
        if event not in row:
            raise Refused(self._refusal(state, event))
        return row[event]

    def fold(self, events: Iterable[E]) -> S:
        """The state after all events, in their order. Raises like :meth:`advance`."""
        state = self.initial
        for event in events:
            state = self.advance(state, event)
        return state

    def faults(self, events: Iterable[E]) -> Iterator[tuple[int, Finding]]:
        """Each event that is not allowed where it stands, with its position.

        A refused event leaves the state as it was, so that one fault is told once.
        """
        state = self.initial
        for position, event in enumerate(events):
            row = self.table.get(state, {})
            if event in row:
                state = row[event]
            else:
                yield position, self._refusal(state, event)

    def _refusal(self, state: S, event: E) -> Finding:
        allowed = tuple(e.label for e in self.allowed(state)) or NOTHING_ALLOWED
        return NOT_ALLOWED.finding(thing=self.name, state=state.label, event=event.label, allowed=allowed)
