"""The states of a case and what a row of the flow table looks like."""

from dataclasses import dataclass
from enum import StrEnum

from db.rules.permissions import Permission


class State(StrEnum):
    """Where a case stands. "Closed" says nothing about the outcome."""

    REGISTERED = "registered"
    PROPOSED = "proposed"
    ROUTED = "routed"
    OBJECTED = "objected"
    HANDLING = "handling"
    ANSWERED = "answered"
    SIGNED = "signed"
    CONFIRMED = "confirmed"
    REPLIED = "replied"
    VISITED = "visited"
    REVIEW = "review"
    REVIEWED = "reviewed"
    REREVIEW = "rereview"
    CLOSED = "closed"
    NOT_ACCEPTED = "not_accepted"
    WITHDRAWN = "withdrawn"
    ARCHIVED = "archived"


ENDED = frozenset({State.CLOSED, State.NOT_ACCEPTED, State.WITHDRAWN, State.ARCHIVED})
OPEN = frozenset(State) - ENDED
ON_THE_WAY = OPEN - {State.REVIEW, State.REVIEWED, State.REREVIEW}


class Step(StrEnum):
    """Everything that can be done to a case."""

    PROPOSE = "propose"
    ANSWER_ON_SPOT = "answer_on_spot"
    APPROVE = "approve"
    SEND_BACK = "send_back"
    NOT_ACCEPT = "not_accept"
    GIVE_NOTICE = "give_notice"
    ACCEPT = "accept"
    OBJECT = "object"
    AGREE_RETURN = "agree_return"
    REFUSE_RETURN = "refuse_return"
    RULE = "rule"
    ASSIGN = "assign"
    CO_ANSWER = "co_answer"
    CO_SIGN = "co_sign"
    ANSWER = "answer"
    ASK_EXTENSION = "ask_extension"
    DECIDE_EXTENSION = "decide_extension"
    TELL_EXTENSION = "tell_extension"
    SIGN = "sign"
    CONFIRM = "confirm"
    RETURN_ANSWER = "return_answer"
    REPLY = "reply"
    VISIT = "visit"
    CLOSE = "close"
    ASK_REVIEW = "ask_review"
    DECIDE_REVIEW = "decide_review"
    ASK_REREVIEW = "ask_rereview"
    START_HEARING = "start_hearing"
    END_HEARING = "end_hearing"
    DECIDE_REREVIEW = "decide_rereview"
    ARCHIVE = "archive"
    REOPEN = "reopen"
    WITHDRAW = "withdraw"
    NOTE = "note"
    TELL = "tell"
    RECUSE = "recuse"
    GRANT_ACCESS = "grant_access"


class Who(StrEnum):
    """Which side of the case the actor must stand on."""

    OFFICE = "office"
    LEAD = "lead"
    CO = "co"
    EITHER = "either"
    NOT_CO = "not_co"


class FieldKind(StrEnum):
    """How a field is asked for and checked."""

    TEXT = "text"
    WORDS = "words"
    UNIT = "unit"
    UNITS = "units"
    PERSON = "person"
    DAY = "day"
    DAYS = "days"
    CHOICE = "choice"
    CODE = "code"
    FLAG = "flag"


@dataclass(frozen=True)
class Field:
    """One thing a step needs; WORDS are meant for the resident, TEXT stays inside."""

    name: str
    kind: FieldKind
    label: str
    required: bool = True
    choices: tuple[str, ...] = ()


@dataclass(frozen=True)
class Move:
    """One row of the table. `target` None leaves the state; `permissions` are alternatives."""

    step: Step
    sources: frozenset[State]
    target: State | None
    permissions: tuple[Permission, ...]
    who: Who = Who.OFFICE
    fields: tuple[Field, ...] = ()
    main: bool = False
