"""The words meetings are described with: how often, in which state, who came, what the agenda lists."""

from enum import StrEnum


class Rhythm(StrEnum):
    """How often a kind of meeting is due; a half month is 1 to 15 and 16 to its end, a week begins on Monday."""

    WEEKLY = "weekly"
    HALF_MONTHLY = "half_monthly"
    MONTHLY = "monthly"
    QUARTERLY = "quarterly"
    AS_NEEDED = "as_needed"


class AttendedBy(StrEnum):
    """Whose attendance is kept: villages and departments, or the staff of the centre."""

    UNITS = "units"
    PEOPLE = "people"


class State(StrEnum):
    """What became of a meeting so far."""

    PLANNED = "planned"
    OPEN = "open"
    CLOSED = "closed"
    CALLED_OFF = "called_off"


class Slot(StrEnum):
    """How a due day, or a meeting called as needed, stands in the calendar."""

    DUE = "due"
    PLANNED = "planned"
    OPEN = "open"
    MISSED = "missed"
    HELD = "held"
    CALLED_OFF = "called_off"


class Standing(StrEnum):
    """How a unit or a person stands in a meeting."""

    PRESENT = "present"
    EXCUSED = "excused"
    ABSENT = "absent"


class TopicCode(StrEnum):
    """A line of the agenda: a list that fills itself, or one of the office's own."""

    NEW = "new"
    CLOSED = "closed"
    OVERDUE = "overdue"
    DUE_SOON = "due_soon"
    SUPERVISED = "supervised"
    RETURNED_TWICE = "returned_twice"
    DISPUTES_DUE = "disputes_due"
    OBLIGATIONS_DUE = "obligations_due"
    DUTY_GAPS = "duty_gaps"
    PATROL_FOUND = "patrol_found"
    DECISIONS = "decisions"
    OWN = "own"


class DecisionState(StrEnum):
    """What became of a decision so far."""

    OPEN = "open"
    DONE = "done"
    DROPPED = "dropped"


class Became(StrEnum):
    """What a decision led to, "" for nothing yet."""

    STEP = "step"
    SUPERVISION = "supervision"
    ROTA_CHANGE = "rota_change"
