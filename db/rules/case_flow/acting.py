"""Whose turn it is: read from the state alone, so that a list of a million cases can say it."""

from enum import StrEnum

from db.rules.case_flow.states import State


class Acting(StrEnum):
    """Who takes the next step."""

    PROPOSER = "proposer"
    APPROVER = "approver"
    ACCEPTER = "accepter"
    REFEREE = "referee"
    RULER = "ruler"
    HANDLER = "handler"
    SIGNER = "signer"
    CONFIRMER = "confirmer"
    REPLIER = "replier"
    VISITOR = "visitor"
    REVIEWER = "reviewer"
    CLOSER = "closer"
    FILER = "filer"
    NOBODY = "nobody"


_TURN = {
    State.REGISTERED: Acting.PROPOSER,
    State.PROPOSED: Acting.APPROVER,
    State.ROUTED: Acting.ACCEPTER,
    State.OBJECTED: Acting.REFEREE,
    State.HANDLING: Acting.HANDLER,
    State.ANSWERED: Acting.SIGNER,
    State.SIGNED: Acting.CONFIRMER,
    State.CONFIRMED: Acting.REPLIER,
    State.REPLIED: Acting.VISITOR,
    State.VISITED: Acting.CLOSER,
    State.REVIEW: Acting.REVIEWER,
    State.REVIEWED: Acting.CLOSER,
    State.REREVIEW: Acting.REVIEWER,
    State.CLOSED: Acting.FILER,
    State.NOT_ACCEPTED: Acting.FILER,
    State.WITHDRAWN: Acting.FILER,
    State.ARCHIVED: Acting.NOBODY,
}


def who_acts(state: State, *, anonymous: bool = False, ruling: bool = False) -> Acting:
    """Who takes the next step; `ruling` when so many objections were made that the director decides."""
    if state is State.CONFIRMED and anonymous:
        return Acting.CLOSER
    if state is State.OBJECTED and ruling:
        return Acting.RULER
    return _TURN[state]
