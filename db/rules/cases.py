"""The words a case is described in: channels, kinds, grades, outcomes (docs/rules.md)."""

from enum import StrEnum


class Channel(StrEnum):
    """How it came (Art. 17)."""

    VISIT = "visit"
    LETTER = "letter"
    TELEPHONE = "telephone"
    ONLINE = "online"
    FAX = "fax"


class Source(StrEnum):
    """Where it came from, apart from the channel."""

    RESIDENT = "resident"
    HOTLINE = "hotline"
    SUPERIOR = "superior"
    OTHER_UNIT = "other_unit"
    PATROL = "patrol"


class Kind(StrEnum):
    """The three streams of Art. 29 to 31, each with its own route."""

    SUGGESTION = "suggestion"
    ACCUSATION = "accusation"
    REQUEST = "request"


class Procedure(StrEnum):
    """Whether another legal procedure is open for the matter; only ordinary requests follow the 60 days."""

    ORDINARY = "ordinary"
    OTHER = "other"


class Grade(StrEnum):
    """How heavy it is: same day, 7 days, 30 days (R-74 to R-76)."""

    SIMPLE = "simple"
    GENERAL = "general"
    MAJOR = "major"


class Outcome(StrEnum):
    """The three results of Art. 32, kept apart from the status."""

    SUPPORTED = "supported"
    EXPLAINED = "explained"
    NOT_SUPPORTED = "not_supported"


class Satisfaction(StrEnum):
    """The resident's rating."""

    SATISFIED = "satisfied"
    FAIRLY = "fairly"
    DISSATISFIED = "dissatisfied"
    NO_WORD = "no_word"


class Solved(StrEnum):
    """Whether the matter itself is solved, as the resident sees it."""

    YES = "yes"
    PARTLY = "partly"
    NO = "no"


class How(StrEnum):
    """How the resident was told or asked."""

    TELEPHONE = "telephone"
    IN_PERSON = "in_person"
    WRITTEN = "written"


class Decision(StrEnum):
    """What a review or re-review decided about the earlier opinion."""

    UPHELD = "upheld"
    CHANGED = "changed"
    REVOKED = "revoked"


class Share(StrEnum):
    """A unit's part in a case."""

    LEAD = "lead"
    CO = "co"
