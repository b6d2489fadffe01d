"""The words a dispute is described in (People's Mediation Law; docs/rules.md)."""

from enum import StrEnum


class State(StrEnum):
    """Where a dispute stands. Agreed, refused, failed and withdrawn are results; archived comes after each."""

    REGISTERED = "registered"
    MEDIATING = "mediating"
    AGREED = "agreed"
    REFUSED = "refused"
    FAILED = "failed"
    WITHDRAWN = "withdrawn"
    ARCHIVED = "archived"


ENDED = frozenset({State.AGREED, State.REFUSED, State.FAILED, State.WITHDRAWN})


class Side(StrEnum):
    """Which side a party is on."""

    APPLICANT = "applicant"
    RESPONDENT = "respondent"


class PartyKind(StrEnum):
    """A person or an organisation."""

    PERSON = "person"
    ORGANISATION = "organisation"


class Sex(StrEnum):
    """As the forms ask for it; may stay empty."""

    FEMALE = "female"
    MALE = "male"


class TellHow(StrEnum):
    """How a party was told its rights, or gave consent."""

    IN_PERSON = "in_person"
    WRITTEN = "written"
    TELEPHONE = "telephone"


class Consent(StrEnum):
    """A party's answer to being mediated (Art. 17, 23); empty until it is given."""

    YES = "yes"
    NO = "no"


class Position(StrEnum):
    """A member's place in the committee."""

    CHAIR = "chair"
    DEPUTY = "deputy"
    MEMBER = "member"


class ComeBy(StrEnum):
    """How a mediator came to a file (Art. 19)."""

    ASSIGNED = "assigned"
    CHOSEN = "chosen"


class EndKind(StrEnum):
    """Why a mediator left a file."""

    STEPPED_ASIDE = "stepped_aside"
    OBJECTED = "objected"
    REPLACED = "replaced"


class SessionKind(StrEnum):
    """An enquiry (form 8), a session (form 10), or a caucus with one side."""

    ENQUIRY = "enquiry"
    SESSION = "session"
    CAUCUS = "caucus"


class AgreementForm(StrEnum):
    """Written or oral (Art. 28)."""

    WRITTEN = "written"
    ORAL = "oral"


class ObligationKind(StrEnum):
    """An amount of money or an act."""

    MONEY = "money"
    ACT = "act"


class Standing(StrEnum):
    """How far an obligation is fulfilled; overdue is computed from its day, never stored."""

    DUE = "due"
    PART = "part"
    FULFILLED = "fulfilled"


class Confirmation(StrEnum):
    """Judicial confirmation of an agreement (Art. 33); empty when nobody asked."""

    REQUESTED = "requested"
    CONFIRMED = "confirmed"
    REJECTED = "rejected"
    NOT_ACCEPTED = "not_accepted"


class Excluded(StrEnum):
    """What a court does not confirm."""

    IDENTITY = "identity"
    ADOPTION = "adoption"
    MARRIAGE = "marriage"


class Route(StrEnum):
    """The other ways parties are told of when mediation ends without an agreement (Art. 26)."""

    ARBITRATION = "arbitration"
    ADMINISTRATIVE = "administrative"
    COURT = "court"


class VisitPerformance(StrEnum):
    """What the visitor found of the agreement's performance."""

    FULL = "full"
    PART = "part"
    NONE = "none"
    NOT_APPLICABLE = "not_applicable"


class Step(StrEnum):
    """What can be done to a dispute as a whole, and the lines of its timeline."""

    OPEN = "open"
    CORRECT = "correct"
    ACCEPT = "accept"
    EXTEND = "extend"
    REFUSE = "refuse"
    TERMINATE = "terminate"
    WITHDRAW = "withdraw"
    CONCLUDE = "conclude"
    ARCHIVE = "archive"
    REOPEN = "reopen"
    PARTY = "party"
    TELL = "tell"
    CONSENT = "consent"
    ASSIGN = "assign"
    STEP_ASIDE = "step_aside"
    OBJECT = "object"
    REPLACE = "replace"
    SESSION = "session"
    AGREEMENT = "agreement"
    SIGN = "sign"
    OBLIGATION = "obligation"
    PERFORM = "perform"
    CONFIRM = "confirm"
    VISIT = "visit"
    ESCALATION = "escalation"
    PAPER = "paper"
    NOTE = "note"
    REMOVE = "remove"
    RESTORE = "restore"
