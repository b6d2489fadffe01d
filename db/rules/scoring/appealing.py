"""An appeal against a published score: its states as one table, and how long it may be asked."""

from collections.abc import Mapping
from datetime import date, timedelta
from enum import StrEnum
from types import MappingProxyType

from db.rules.problems import N_, Problem, Problems


class State(StrEnum):
    """How an appeal stands."""

    ASKED = "asked"
    ACCEPTED = "accepted"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


class Step(StrEnum):
    """What somebody does with an appeal."""

    WITHDRAW = "withdraw"
    ACCEPT = "accept"
    REFUSE = "refuse"


MOVES: Mapping[tuple[State, Step], State] = MappingProxyType(
    {
        (State.ASKED, Step.WITHDRAW): State.WITHDRAWN,
        (State.ASKED, Step.ACCEPT): State.ACCEPTED,
        (State.ASKED, Step.REFUSE): State.REFUSED,
    }
)


def move_of(state: str, step: Step) -> State:
    """Where a step leads; raises Problems when the state does not allow it."""
    target = MOVES.get((State(state), step))
    if target is None:
        raise Problems(Problem("", N_("The appeal has moved on; this step is no longer open.")))
    return target


def last_day(published_on: date, days: int) -> date:
    """The last day on which an appeal may be asked, so many calendar days after the day of publishing."""
    return published_on + timedelta(days=days)
