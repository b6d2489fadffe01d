"""What kinds, states and acts of data requests are called."""

from collections.abc import Mapping
from typing import Any

from components.words import N_, t
from db.rules.data_requests import KINDS, Act, ForWhom, Identity, State
from db.rules.limits import UNITS, Limit
from db.rules.others_words import Tells

_WORDS: Mapping[str, Mapping[Any, str]] = {
    "kind": KINDS,
    "for_whom": {
        ForWhom.SELF: N_("For themselves"),
        ForWhom.GUARDIAN: N_("As guardian of a child"),
        ForWhom.RELATIVE: N_("As near relative of somebody who died"),
        ForWhom.AGENT: N_("With a power of attorney"),
    },
    "identity": {
        Identity.CARD: N_("Identity card seen"),
        Identity.CALLED_BACK: N_("Called back on the number on record"),
        Identity.HOUSEHOLD: N_("Household register seen"),
        Identity.POWER: N_("Power of attorney and identity card seen"),
    },
    "state": {
        State.RECEIVED: N_("Taken in"),
        State.CHECKED: N_("Identity checked"),
        State.GRANTED: N_("Granted"),
        State.PARTLY: N_("Granted in part"),
        State.REFUSED: N_("Refused"),
        State.WITHDRAWN: N_("Withdrawn"),
    },
    "act": {
        Act.REGISTER: N_("Taken in"),
        Act.CHECK: N_("Identity checked"),
        Act.SEARCH: N_("Looked for records"),
        Act.TAKE: N_("Records chosen"),
        Act.CORRECT: N_("Corrected"),
        Act.COPY: N_("Copy made"),
        Act.GRANT: N_("Granted"),
        Act.PARTLY: N_("Granted in part"),
        Act.REFUSE: N_("Refused"),
        Act.WITHDRAW: N_("Withdrawn"),
        Act.LIFT: N_("Names told again"),
    },
    "tells": {
        Tells.NAME: N_("Name"),
        Tells.TITLE: N_("Surname and title"),
        Tells.NUMBER: N_("Telephone"),
        Tells.CARD: N_("Number of an identity card"),
        Tells.ADDRESS: N_("Address"),
    },
    "found_by": {
        "both": N_("name and telephone"),
        "name": N_("name only"),
        "contact": N_("telephone only"),
    },
    "field": {"name": N_("Name"), "contact": N_("Contact"), "address": N_("Address")},
}


def labels(kind: str) -> dict[Any, str]:
    """Every word of a kind, in the reader's language."""
    return {code: t(word) for code, word in _WORDS[kind].items()}


def term(limit: Limit) -> str:
    """How long a request may take and what that rests on: a number of the office's, told as what it is."""
    return t("Answered within {n} {unit}: {basis}", n=limit.amount, unit=t(UNITS[limit.unit]), basis=t(limit.basis))
