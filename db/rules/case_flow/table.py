"""The flow as one table: every step, where it starts and leads, who may take it and what it needs."""

from collections.abc import Mapping
from types import MappingProxyType

from db.rules.case_flow.states import ENDED, ON_THE_WAY, OPEN, Field, FieldKind, Move, State, Step, Who
from db.rules.cases import Decision, How, Outcome, Satisfaction, Solved
from db.rules.permissions import Permission
from db.rules.problems import N_

F, K, P, S = Field, FieldKind, Permission, State
REASON = F("reason", K.TEXT, N_("Reason"))
ON = F("on", K.DAY, N_("Day"))
HOW = F("how", K.CHOICE, N_("How"), choices=tuple(How))
WORDS = F("words", K.WORDS, N_("Words to the resident"))
NOTE = F("reason", K.TEXT, N_("Note"), required=False)
OUTCOME = F("outcome", K.CHOICE, N_("Outcome"), choices=tuple(Outcome))
LEAD_UNIT = F("unit", K.UNIT, N_("Lead unit"))
DECISION = F("decision", K.CHOICE, N_("Decision"), choices=tuple(Decision))


def _at(*states: State) -> frozenset[State]:
    return frozenset(states)


MOVES: tuple[Move, ...] = (
    Move(
        Step.PROPOSE,
        _at(S.REGISTERED),
        S.PROPOSED,
        (P.CASES_PROPOSE,),
        fields=(
            LEAD_UNIT,
            F("co_units", K.UNITS, N_("Co-handling units"), required=False),
            F("due_on", K.DAY, N_("Answer wanted by"), required=False),
            F("reason", K.TEXT, N_("Proposed handling"), required=False),
        ),
        main=True,
    ),
    Move(
        Step.ANSWER_ON_SPOT,
        _at(S.REGISTERED),
        S.CLOSED,
        (P.INTAKE_REGISTER,),
        fields=(OUTCOME, F("words", K.WORDS, N_("What was explained or done"))),
    ),
    Move(Step.APPROVE, _at(S.PROPOSED), S.ROUTED, (P.CASES_APPROVE,), fields=(NOTE,), main=True),
    Move(Step.SEND_BACK, _at(S.PROPOSED), S.REGISTERED, (P.CASES_APPROVE,), fields=(REASON,)),
    Move(
        Step.NOT_ACCEPT,
        _at(S.REGISTERED, S.PROPOSED),
        S.NOT_ACCEPTED,
        (P.CASES_APPROVE,),
        fields=(
            F("referral", K.CODE, N_("Where to go")),
            WORDS,
            F("material_returned", K.FLAG, N_("Material returned"), required=False),
        ),
    ),
    Move(
        Step.GIVE_NOTICE,
        ON_THE_WAY - _at(S.REPLIED, S.VISITED),
        None,
        (P.CASES_REPLY,),
        fields=(HOW, ON, F("words", K.WORDS, N_("Words to the resident"), required=False)),
    ),
    Move(
        Step.ACCEPT,
        _at(S.ROUTED),
        S.HANDLING,
        (P.CASES_HANDLE,),
        Who.LEAD,
        (F("person", K.PERSON, N_("Handler"), required=False), NOTE),
        main=True,
    ),
    Move(Step.OBJECT, _at(S.ROUTED), S.OBJECTED, (P.CASES_HANDLE,), Who.LEAD, (REASON,)),
    Move(Step.AGREE_RETURN, _at(S.OBJECTED), S.REGISTERED, (P.CASES_APPROVE,), fields=(REASON,), main=True),
    Move(Step.REFUSE_RETURN, _at(S.OBJECTED), S.ROUTED, (P.CASES_APPROVE,), fields=(REASON,)),
    Move(Step.RULE, _at(S.OBJECTED), S.ROUTED, (P.CASES_RULE,), fields=(LEAD_UNIT, REASON), main=True),
    Move(
        Step.ASSIGN,
        _at(S.ROUTED, S.HANDLING),
        None,
        (P.CASES_HANDLE,),
        Who.LEAD,
        (F("person", K.PERSON, N_("Handler")), NOTE),
    ),
    Move(
        Step.CO_ANSWER,
        _at(S.ROUTED, S.HANDLING),
        None,
        (P.CASES_HANDLE,),
        Who.CO,
        (F("reason", K.TEXT, N_("Our unit's answer")),),
        main=True,
    ),
    Move(Step.CO_SIGN, _at(S.ROUTED, S.HANDLING), None, (P.CASES_SIGN,), Who.CO, (NOTE,), main=True),
    Move(
        Step.ANSWER,
        _at(S.HANDLING),
        S.ANSWERED,
        (P.CASES_HANDLE,),
        Who.LEAD,
        (
            OUTCOME,
            F("facts", K.TEXT, N_("Facts and reasons")),
            F("legal_basis", K.TEXT, N_("Legal basis")),
            F("words", K.WORDS, N_("Opinion for the resident")),
        ),
        main=True,
    ),
    Move(
        Step.ASK_EXTENSION,
        _at(S.HANDLING),
        None,
        (P.CASES_HANDLE,),
        Who.LEAD,
        (F("days", K.DAYS, N_("Days more")), REASON),
    ),
    Move(
        Step.DECIDE_EXTENSION,
        _at(S.HANDLING),
        None,
        (P.CASES_RULE,),
        fields=(F("approved", K.CHOICE, N_("Approved"), choices=("yes", "no")), NOTE),
        main=True,
    ),
    Move(
        Step.TELL_EXTENSION,
        _at(S.HANDLING, S.ANSWERED, S.SIGNED, S.CONFIRMED, S.REPLIED, S.VISITED, S.CLOSED),
        None,
        (P.CASES_REPLY,),
        fields=(HOW, ON, WORDS),
        main=True,
    ),
    Move(Step.SIGN, _at(S.ANSWERED), S.SIGNED, (P.CASES_SIGN,), Who.LEAD, (NOTE,), main=True),
    Move(Step.CONFIRM, _at(S.SIGNED), S.CONFIRMED, (P.CASES_CONFIRM,), fields=(NOTE,), main=True),
    Move(
        Step.RETURN_ANSWER,
        _at(S.ANSWERED, S.SIGNED),
        S.HANDLING,
        (P.CASES_SIGN, P.CASES_CONFIRM),
        Who.NOT_CO,
        (REASON,),
    ),
    Move(Step.REPLY, _at(S.CONFIRMED), S.REPLIED, (P.CASES_REPLY,), fields=(HOW, ON, WORDS), main=True),
    Move(
        Step.VISIT,
        _at(S.REPLIED),
        S.VISITED,
        (P.CASES_VISIT,),
        fields=(
            HOW,
            ON,
            F("reached", K.FLAG, N_("Resident reached"), required=False),
            F("satisfaction", K.CHOICE, N_("Satisfaction"), required=False, choices=tuple(Satisfaction)),
            F("solved", K.CHOICE, N_("Matter solved"), required=False, choices=tuple(Solved)),
            F("reason", K.TEXT, N_("What the resident said"), required=False),
        ),
        main=True,
    ),
    Move(
        Step.CLOSE,
        _at(S.CONFIRMED, S.REPLIED, S.VISITED, S.REVIEWED),
        S.CLOSED,
        (P.CASES_CONFIRM, P.CASES_ARCHIVE),
        fields=(NOTE,),
        main=True,
    ),
    Move(
        Step.ASK_REVIEW,
        _at(S.REPLIED, S.VISITED, S.CLOSED),
        S.REVIEW,
        (P.CASES_REPLY,),
        fields=(ON, F("reason", K.TEXT, N_("What the resident asks"))),
    ),
    Move(
        Step.DECIDE_REVIEW,
        _at(S.REVIEW),
        S.REVIEWED,
        (P.CASES_REVIEW,),
        fields=(DECISION, ON, WORDS),
        main=True,
    ),
    Move(
        Step.ASK_REREVIEW,
        _at(S.REVIEWED),
        S.REREVIEW,
        (P.CASES_REPLY,),
        fields=(ON, F("reason", K.TEXT, N_("What the resident asks"))),
    ),
    Move(Step.START_HEARING, _at(S.REREVIEW), None, (P.CASES_REVIEW,), fields=(ON, NOTE)),
    Move(Step.END_HEARING, _at(S.REREVIEW), None, (P.CASES_REVIEW,), fields=(ON, NOTE), main=True),
    Move(
        Step.DECIDE_REREVIEW,
        _at(S.REREVIEW),
        S.CLOSED,
        (P.CASES_REVIEW,),
        fields=(DECISION, ON, WORDS),
        main=True,
    ),
    Move(
        Step.ARCHIVE,
        _at(S.CLOSED, S.NOT_ACCEPTED, S.WITHDRAWN),
        S.ARCHIVED,
        (P.CASES_ARCHIVE,),
        fields=(NOTE,),
        main=True,
    ),
    Move(
        Step.REOPEN,
        ENDED | {S.VISITED},
        S.HANDLING,
        (P.CASES_REOPEN,),
        fields=(REASON, F("new_facts", K.FLAG, N_("New facts or reasons"), required=False)),
    ),
    Move(Step.WITHDRAW, ON_THE_WAY, S.WITHDRAWN, (P.CASES_REPLY,), fields=(ON, REASON)),
    Move(
        Step.NOTE,
        frozenset(State) - {S.ARCHIVED},
        None,
        (P.CASES_HANDLE, P.CASES_EDIT),
        Who.EITHER,
        (F("reason", K.TEXT, N_("Internal note")),),
    ),
    Move(Step.TELL, OPEN, None, (P.CASES_REPLY,), fields=(HOW, WORDS)),
    Move(Step.RECUSE, OPEN, None, (P.CASES_READ,), Who.EITHER, (REASON,)),
    Move(
        Step.GRANT_ACCESS,
        OPEN,
        None,
        (P.CASES_SEALED,),
        fields=(F("person", K.PERSON, N_("Who may see it")), REASON),
    ),
)
BY_STEP: Mapping[Step, Move] = MappingProxyType({move.step: move for move in MOVES})
