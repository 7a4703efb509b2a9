"""Lifecycles: no event leads where its table does not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

import kepu_core as kepu
from kepu_core.domain.campaign import CAMPAIGN_LIFECYCLE, CampaignEvent, CampaignState
from kepu_core.domain.designation import DESIGNATION_LIFECYCLE
from kepu_core.domain.designation import DesignationEvent as Event
from kepu_core.domain.designation import DesignationState as State
from kepu_core.domain.progress import ITEM_LIFECYCLE, ItemEvent, ItemState
from kepu_core.domain.rectification import RECTIFICATION_LIFECYCLE, RectificationEvent, RectificationState

TABLES = [
    (DESIGNATION_LIFECYCLE, State, Event),
    (ITEM_LIFECYCLE, ItemState, ItemEvent),
    (CAMPAIGN_LIFECYCLE, CampaignState, CampaignEvent),
    (RECTIFICATION_LIFECYCLE, RectificationState, RectificationEvent),
]


@pytest.mark.parametrize(("table", "states", "events"), TABLES)
def test_every_state_and_event_is_used(table, states, events):
    """Each declared state can be reached (overdue is derived), each declared event can happen."""
    assert table.states | {ItemState.OVERDUE, State.NONE} >= set(states)
    assert {event for row in table.table.values() for event in row} == set(events)


@pytest.mark.parametrize(("table", "states", "events"), TABLES)
@given(data=st.data())
def test_any_sequence_stays_inside_the_table(table, states, events, data):
    """Whatever is tried, the state after is what the table says, or the event is refused with what is allowed."""
    state = table.initial
    for event in data.draw(st.lists(st.sampled_from(events), max_size=12)):
        allowed = table.allowed(state)
        if event in allowed:
            state = table.advance(state, event)
            assert state in table.states
        else:
            with pytest.raises(kepu.Refused) as caught:
                table.advance(state, event)
            assert caught.value.code == "lifecycle.not-allowed"
            assert all(a.label.en in caught.value.mend.en for a in allowed)


@pytest.mark.parametrize(("table", "states", "events"), TABLES)
@given(data=st.data())
def test_faults_are_exactly_the_refused_events(table, states, events, data):
    """Finding faults tells each event that folding would refuse, and none else."""
    tried = data.draw(st.lists(st.sampled_from(events), max_size=8))
    faulty = [position for position, _ in table.faults(tried)]
    good = [e for position, e in enumerate(tried) if position not in faulty]
    table.fold(good)
    if faulty:
        with pytest.raises(kepu.Refused):
            table.fold(tried)


class DesignationMachine(RuleBasedStateMachine):
    """A title to which random events are added, dated one after the other."""

    def __init__(self):
        super().__init__()
        self.day = kepu.Period.parse("2021").start
        self.title = kepu.Designation(id="d", title="省科普教育基地", level="provincial")

    @rule(event=st.sampled_from(Event), days=st.integers(0, 400))
    def try_event(self, event, days):
        before = self.title.state(self.day)
        self.day = self.day.fromordinal(self.day.toordinal() + days)
        step = kepu.DesignationStep(event=event, on=self.day)
        try:
            self.title = self.title.after(step)
        except kepu.Refused:
            assert event not in DESIGNATION_LIFECYCLE.allowed(before)
        else:
            assert self.title.state(self.day) is DESIGNATION_LIFECYCLE.table[before][event]

    @invariant()
    def the_state_is_in_the_table(self):
        assert self.title.state(self.day) in DESIGNATION_LIFECYCLE.states


TestDesignationMachine = DesignationMachine.TestCase
