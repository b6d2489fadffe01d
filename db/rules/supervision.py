"""Supervision notices as one table: which act leads from where to where (W2, Art. 40); repeated means a new notice."""

from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from types import MappingProxyType

from db.rules.case_flow import State as CaseState
from db.rules.mediation.writing import NEEDED, check_text
from db.rules.problems import N_, Check, Problem, Problems

LONGEST = 2000


class State(StrEnum):
    """How a notice stands."""

    DRAFT = "draft"
    ISSUED = "issued"
    ANSWERED = "answered"
    CLOSED = "closed"
    WITHDRAWN = "withdrawn"


class Why(StrEnum):
    """What a notice was drafted for: a missed day, an earlier notice, a decision of a meeting, anything else."""

    OVERDUE = "overdue"
    REPEATED = "repeated"
    DECISION = "decision"
    OTHER = "other"


class Act(StrEnum):
    """What somebody does with a notice; the step of the case's timeline of the same name."""

    DRAFT = "supervise_draft"
    REWRITE = "supervise_rewrite"
    ISSUE = "supervise_issue"
    ANSWER = "supervise_answer"
    REPEAT = "supervise_repeat"
    CLOSE = "supervise_close"
    WITHDRAW = "supervise_withdraw"


class By(StrEnum):
    """Who takes an act: who drafts, who issues, the unit it is about."""

    DRAFTER = "drafter"
    ISSUER = "issuer"
    UNIT = "unit"


MOVES: Mapping[tuple[State, Act], tuple[State, By]] = MappingProxyType(
    {
        (State.DRAFT, Act.ISSUE): (State.ISSUED, By.ISSUER),
        (State.DRAFT, Act.REWRITE): (State.DRAFT, By.DRAFTER),
        (State.DRAFT, Act.WITHDRAW): (State.WITHDRAWN, By.DRAFTER),
        (State.ISSUED, Act.ANSWER): (State.ANSWERED, By.UNIT),
        (State.ISSUED, Act.REPEAT): (State.CLOSED, By.ISSUER),
        (State.ISSUED, Act.CLOSE): (State.CLOSED, By.ISSUER),
        (State.ISSUED, Act.WITHDRAW): (State.WITHDRAWN, By.ISSUER),
        (State.ANSWERED, Act.CLOSE): (State.CLOSED, By.ISSUER),
        (State.ANSWERED, Act.REPEAT): (State.CLOSED, By.ISSUER),
    }
)
# Somebody still has to do something about it; and what its unit was told of.
STANDING = (State.DRAFT, State.ISSUED, State.ANSWERED)
TOLD = (State.ISSUED, State.ANSWERED, State.CLOSED)
# The states of a case in which its lead unit has the next step, so that a missed day is the unit's.
UNITS_TURN = (CaseState.ROUTED, CaseState.HANDLING, CaseState.ANSWERED)


def acts_for(state: State, sides: frozenset[By]) -> tuple[Act, ...]:
    """What people on these sides may do now, in the order of the table."""
    return tuple(act for (source, act), (_, by) in MOVES.items() if source is state and by in sides)


def target_of(state: State, act: Act) -> State:
    """Where an act leads; raises Problems when the state does not allow it."""
    move = MOVES.get((state, act))
    if move is None:
        raise Problems(Problem("", N_("The notice has moved on; this step is no longer open.")))
    return move[0]


def side_of(state: State, act: Act) -> By:
    """Who takes an act that the state allows."""
    return MOVES[state, act][1]


def check_notice(text: str, answer_by: date | None, today: date) -> None:
    """Raise Problems unless a notice says something and its answer is asked for from today on."""
    check = Check()
    check_words(check, "text", text)
    fine = answer_by is None or answer_by >= today
    check.that(fine, "answer_by", N_("The answer can't be asked for on a day that has passed."))
    check.done()


def check_words(check: Check, field: str, words: str) -> None:
    """Words that are needed, at most LONGEST characters of them."""
    if check.that(words.strip(), field, NEEDED) and check.that(
        len(words) <= LONGEST, field, N_("At most {most} characters."), most=LONGEST
    ):
        check_text(check, field, words)
