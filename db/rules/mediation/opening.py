"""What may be written down of a dispute and its parties when it is opened or corrected (form 3, 4 and 7)."""

from dataclasses import dataclass
from datetime import date

from db.rules.mediation.words import PartyKind, Side


@dataclass(frozen=True)
class PartyForm:
    """A party as told. `of_case` is a party of the case whose identity is copied where this shows only its mask."""

    side: str
    kind: str = PartyKind.PERSON
    name: str = ""
    contact: str = ""
    address: str = ""
    sex: str = ""
    age: int | None = None
    occupation: str = ""
    child: bool = False
    guardian: str = ""
    agent: str = ""
    agent_contact: str = ""
    agent_powers: str = ""
    agent_until: date | None = None
    of_case: int | None = None


@dataclass(frozen=True)
class Opening:
    """A dispute as it comes to a committee. `amount` is typed, in yuan; `received_on` None means today."""

    committee_id: int | None = None
    case_id: int | None = None
    source: str = "application"
    category: str = ""
    child: bool = False
    major: bool = False
    subject: str = ""
    facts: str = ""
    request: str = ""
    place: str = ""
    head_count: int = 2
    amount: str = ""
    received_on: date | None = None
    parties: tuple[PartyForm, ...] = (PartyForm(side=Side.APPLICANT), PartyForm(side=Side.RESPONDENT))
    mediator_id: int | None = None
    notice_shown: bool = False
