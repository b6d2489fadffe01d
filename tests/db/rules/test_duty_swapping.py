"""The states of a swap: every row of the table, the shift's time, and a machine that never leaves the paper's way."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from db.rules.duty.swapping import (
    LIVE,
    MOVES,
    OPEN,
    By,
    Kind,
    State,
    Step,
    While,
    check_step,
    move_of,
    stands,
    steps_from,
)
from db.rules.problems import Problems

BEGINS = datetime(2026, 11, 20, 8, tzinfo=ZoneInfo("Asia/Shanghai"))
ENDS = BEGINS + timedelta(hours=24)
BEFORE, DURING, AFTER = BEGINS - timedelta(hours=1), BEGINS + timedelta(hours=1), ENDS + timedelta(hours=1)
# What is open in each state before, during and after the shift.
OFFERED = {
    State.ASKED: (
        {"offer", "take", "take_over", "refuse", "withdraw"},
        {"take_over", "refuse", "withdraw"},
        {"refuse", "withdraw"},
    ),
    State.OFFERED: (
        {"offer", "take", "decline", "take_over", "refuse", "withdraw"},
        {"decline", "take_over", "refuse", "withdraw"},
        {"decline", "refuse", "withdraw"},
    ),
    State.TAKEN: (
        {"decline", "approve", "take_over", "refuse", "withdraw"},
        {"decline", "take_over", "refuse", "withdraw"},
        {"decline", "refuse", "withdraw"},
    ),
    State.TAKEN_OVER: ({"approve", "undo"}, {"approve", "undo"}, {"approve", "refuse"}),
    State.APPROVED: (set(), set(), set()),
    State.REFUSED: (set(), set(), set()),
    State.WITHDRAWN: (set(), set(), set()),
    State.UNDONE: (set(), set(), set()),
}
RESULTS = {
    "ask": "asked",
    "offer": "offered",
    "take": "taken",
    "decline": "asked",
    "approve": "approved",
    "refuse": "refused",
    "withdraw": "withdrawn",
    "take_over": "taken_over",
    "undo": "undone",
}


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize(("now", "place"), [(BEFORE, 0), (DURING, 1), (AFTER, 2)])
def test_a_state_offers_these_steps_and_no_other(state: State, now: datetime, place: int) -> None:
    open_steps = OFFERED[state][place]
    assert set(steps_from(state, BEGINS, ENDS, now)) == open_steps
    for step in Step:
        if step in open_steps:
            assert check_step(state, step, BEGINS, ENDS, now).target == RESULTS[step]
        else:
            with pytest.raises(Problems):
                check_step(state, step, BEGINS, ENDS, now)


def test_a_swap_begins_by_asking_offering_or_taking_over() -> None:
    starts = {step for (state, step) in MOVES if state is None}
    assert starts == {Step.ASK, Step.OFFER, Step.TAKE_OVER}


@pytest.mark.parametrize("step", [Step.TAKE, Step.APPROVE, Step.UNDO, Step.DECLINE])
def test_nothing_is_taken_or_decided_before_it_was_asked(step: Step) -> None:
    with pytest.raises(Problems, match="moved on"):
        move_of(None, step)


def test_every_state_is_reached_and_every_step_has_a_row() -> None:
    assert {move.target for move in MOVES.values()} == set(State)
    assert {step for _, step in MOVES} == set(Step)


def test_only_the_director_changes_hands_but_in_an_emergency() -> None:
    changing = {(step, move.by, move.change) for (_, step), move in MOVES.items() if move.change}
    assert changing == {
        (Step.APPROVE, By.DIRECTOR, Kind.SWAP),
        (Step.TAKE_OVER, By.ON_SHIFT, Kind.TAKE_OVER),
        (Step.UNDO, By.DIRECTOR, Kind.UNDO),
    }
    assert {step for (_, step), move in MOVES.items() if move.by is By.DIRECTOR} == {
        Step.APPROVE,
        Step.REFUSE,
        Step.UNDO,
    }


@pytest.mark.parametrize(
    ("shift", "open_at"),
    [
        (While.TO_COME, {"before"}),
        (While.NOT_OVER, {"before", "begin", "during"}),
        (While.OVER, {"end", "after"}),
        (While.ANY, {"before", "begin", "during", "end", "after"}),
    ],
)
def test_the_first_minute_belongs_to_the_shift_and_the_last_does_not(shift: While, open_at: set[str]) -> None:
    moments = {"before": BEFORE, "begin": BEGINS, "during": DURING, "end": ENDS, "after": AFTER}
    assert {name for name, now in moments.items() if stands(shift, BEGINS, ENDS, now)} == open_at


@pytest.mark.parametrize(
    ("state", "step", "now", "sentence"),
    [
        (State.TAKEN, Step.APPROVE, DURING, "only be taken over"),
        (State.TAKEN_OVER, Step.UNDO, AFTER, "who served stays"),
        (State.TAKEN_OVER, Step.REFUSE, DURING, "undo it instead"),
        (State.WITHDRAWN, Step.TAKE, BEFORE, "moved on"),
    ],
)
def test_what_is_too_early_or_too_late_says_so(state: State, step: Step, now: datetime, sentence: str) -> None:
    with pytest.raises(Problems, match=sentence):
        check_step(state, step, BEGINS, ENDS, now)


class Swap(RuleBasedStateMachine):
    """One place, one clock that only goes forward, and any step at any time.

    The model knows nothing of the table: who holds the place, who was promised it, whether the director spoke.
    """

    def __init__(self) -> None:
        super().__init__()
        self.state: State | None = None
        self.ended = True

    @precondition(lambda self: self.ended)
    @rule(how=st.sampled_from([Step.ASK, Step.OFFER, Step.TAKE_OVER]), hours=st.sampled_from([-20, -10, -1, 0, 20, 30]))
    def begin(self, how: Step, hours: int) -> None:
        self.now = BEGINS + timedelta(hours=hours)
        self.state = None
        self.holder, self.promised, self.agreed, self.ended = "asker", how is Step.OFFER, False, False
        self.step(how)
        self.ended = self.state is None

    @precondition(lambda self: not self.ended)
    @rule(n=st.integers(0, 5))
    def open_step(self, n: int) -> None:
        assert self.state is not None
        offered = steps_from(self.state, BEGINS, ENDS, self.now)
        assert offered, "a swap that waits for somebody has a way on"
        self.step(offered[n % len(offered)])

    @precondition(lambda self: self.state is not None)
    @rule(step=st.sampled_from(Step))
    def any_step(self, step: Step) -> None:
        self.step(step)

    @precondition(lambda self: self.state is not None)
    @rule(hours=st.integers(1, 9))
    def time_passes(self, hours: int) -> None:
        self.now += timedelta(hours=hours)

    def step(self, step: Step) -> None:
        offered = steps_from(self.state, BEGINS, ENDS, self.now) if self.state else ()
        try:
            move = check_step(self.state, step, BEGINS, ENDS, self.now)
        except Problems:
            assert step not in offered
            return
        assert self.state is None or step in offered
        assert not self.ended, "an ended swap moved"
        self.follow(step)
        self.state = move.target
        if move.change:
            self.holder = "asker" if move.change is Kind.UNDO else "taker"

    def follow(self, step: Step) -> None:
        """What must hold of a step that was allowed."""
        if step in (Step.ASK, Step.OFFER, Step.TAKE):
            assert self.now < BEGINS
        if step is Step.TAKE:
            self.agreed = True
        if step is Step.DECLINE:
            assert self.promised or self.agreed
            self.promised = self.agreed = False
        if step is Step.OFFER:
            self.promised, self.agreed = True, False
        if step is Step.APPROVE:
            assert self.holder == "taker" or (self.agreed and self.now < BEGINS)
        if step is Step.TAKE_OVER:
            assert self.holder == "asker"
            assert self.now < ENDS
        if step is Step.UNDO:
            assert self.holder == "taker"
            assert self.now < ENDS
        self.ended = step in (Step.APPROVE, Step.REFUSE, Step.WITHDRAW, Step.UNDO)

    @invariant()
    def what_is_open_is_whose_place_it_is(self) -> None:
        if self.state is None:
            return
        assert self.ended == (self.state not in LIVE)
        if self.state in OPEN:
            assert self.holder == "asker"
        if self.state in (State.TAKEN_OVER, State.APPROVED):
            assert self.holder == "taker"
        if self.state in (State.WITHDRAWN, State.UNDONE):
            assert self.holder == "asker"
        if self.state is State.REFUSED:
            assert self.holder == "asker" or self.now >= ENDS


TestSwap = Swap.TestCase
TestSwap.settings = settings(max_examples=200, stateful_step_count=40, deadline=None)
