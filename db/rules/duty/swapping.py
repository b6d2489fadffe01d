"""The states of a swap as one table: which step leads from where to where, who takes it, and while the shift is when.

A swap is asked of everybody of the role, or offered to a named colleague; taken, it waits for the director (R-51). In
an emergency a place is taken over at once, whether a swap was asked for or not, and approved, refused or undone
afterwards.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType

from db.rules.problems import N_, Problem, Problems


class State(StrEnum):
    """How a swap stands."""

    ASKED = "asked"
    OFFERED = "offered"
    TAKEN = "taken"
    TAKEN_OVER = "taken_over"
    APPROVED = "approved"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    UNDONE = "undone"


class Step(StrEnum):
    """What somebody does with a swap."""

    ASK = "ask"
    OFFER = "offer"
    TAKE = "take"
    DECLINE = "decline"
    APPROVE = "approve"
    REFUSE = "refuse"
    WITHDRAW = "withdraw"
    TAKE_OVER = "take_over"
    UNDO = "undo"


class By(StrEnum):
    """Who takes a step."""

    ASKER = "asker"
    TAKER = "taker"
    DIRECTOR = "director"
    ON_SHIFT = "on_shift"


class While(StrEnum):
    """Where the shift must stand in time: still to come, not yet over, over; or it doesn't matter."""

    TO_COME = "to_come"
    NOT_OVER = "not_over"
    OVER = "over"
    ANY = "any"


class Kind(StrEnum):
    """How a change of a published rota came about."""

    SWAP = "swap"
    TAKE_OVER = "take_over"
    UNDO = "undo"


@dataclass(frozen=True)
class Move:
    """One row of the table; `change` says that places change hands."""

    target: State
    by: By
    shift: While = While.ANY
    change: Kind | None = None


MOVES: Mapping[tuple[State | None, Step], Move] = MappingProxyType(
    {
        (None, Step.ASK): Move(State.ASKED, By.ASKER, While.TO_COME),
        (None, Step.OFFER): Move(State.OFFERED, By.ASKER, While.TO_COME),
        (None, Step.TAKE_OVER): Move(State.TAKEN_OVER, By.ON_SHIFT, While.NOT_OVER, Kind.TAKE_OVER),
        (State.ASKED, Step.OFFER): Move(State.OFFERED, By.ASKER, While.TO_COME),
        (State.ASKED, Step.TAKE): Move(State.TAKEN, By.TAKER, While.TO_COME),
        (State.ASKED, Step.TAKE_OVER): Move(State.TAKEN_OVER, By.ON_SHIFT, While.NOT_OVER, Kind.TAKE_OVER),
        (State.ASKED, Step.REFUSE): Move(State.REFUSED, By.DIRECTOR),
        (State.ASKED, Step.WITHDRAW): Move(State.WITHDRAWN, By.ASKER),
        (State.OFFERED, Step.OFFER): Move(State.OFFERED, By.ASKER, While.TO_COME),
        (State.OFFERED, Step.TAKE): Move(State.TAKEN, By.TAKER, While.TO_COME),
        (State.OFFERED, Step.DECLINE): Move(State.ASKED, By.TAKER),
        (State.OFFERED, Step.TAKE_OVER): Move(State.TAKEN_OVER, By.ON_SHIFT, While.NOT_OVER, Kind.TAKE_OVER),
        (State.OFFERED, Step.REFUSE): Move(State.REFUSED, By.DIRECTOR),
        (State.OFFERED, Step.WITHDRAW): Move(State.WITHDRAWN, By.ASKER),
        (State.TAKEN, Step.DECLINE): Move(State.ASKED, By.TAKER),
        (State.TAKEN, Step.APPROVE): Move(State.APPROVED, By.DIRECTOR, While.TO_COME, Kind.SWAP),
        (State.TAKEN, Step.TAKE_OVER): Move(State.TAKEN_OVER, By.ON_SHIFT, While.NOT_OVER, Kind.TAKE_OVER),
        (State.TAKEN, Step.REFUSE): Move(State.REFUSED, By.DIRECTOR),
        (State.TAKEN, Step.WITHDRAW): Move(State.WITHDRAWN, By.ASKER),
        (State.TAKEN_OVER, Step.APPROVE): Move(State.APPROVED, By.DIRECTOR),
        (State.TAKEN_OVER, Step.REFUSE): Move(State.REFUSED, By.DIRECTOR, While.OVER),
        (State.TAKEN_OVER, Step.UNDO): Move(State.UNDONE, By.DIRECTOR, While.NOT_OVER, Kind.UNDO),
    }
)
# Nothing has changed hands yet; and what still waits for somebody.
OPEN = (State.ASKED, State.OFFERED, State.TAKEN)
LIVE = (*OPEN, State.TAKEN_OVER)
_WHEN_NOT: Mapping[While, str] = MappingProxyType(
    {
        While.TO_COME: N_("The shift has begun; it can only be taken over now."),
        While.NOT_OVER: N_("The shift is over; who served stays written."),
        While.OVER: N_("The shift is not over yet; undo it instead."),
    }
)


def move_of(state: State | None, step: Step) -> Move:
    """The row of the table; raises Problems when the state does not allow the step."""
    move = MOVES.get((state, step))
    if move is None:
        raise Problems(Problem("", N_("The swap has moved on; this step is no longer open.")))
    return move


def stands(shift: While, begins_at: datetime, ends_at: datetime, now: datetime) -> bool:
    """Whether a shift stands in time as a step asks."""
    if shift is While.TO_COME:
        return now < begins_at
    if shift is While.NOT_OVER:
        return now < ends_at
    return shift is While.ANY or now >= ends_at


def check_step(state: State | None, step: Step, begins_at: datetime, ends_at: datetime, now: datetime) -> Move:
    """The row of the table, when the state and the shift's time allow the step; raises Problems."""
    move = move_of(state, step)
    if not stands(move.shift, begins_at, ends_at, now):
        raise Problems(Problem("", _WHEN_NOT[move.shift]))
    return move


def steps_from(state: State, begins_at: datetime, ends_at: datetime, now: datetime) -> tuple[Step, ...]:
    """The steps open in a state at a moment, in the order of the table."""
    return tuple(
        step
        for (source, step), move in MOVES.items()
        if source is state and stands(move.shift, begins_at, ends_at, now)
    )
