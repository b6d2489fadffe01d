"""The words duties are described with: on which days, what kind of absence, which two serve together."""

from enum import StrEnum


class Days(StrEnum):
    """On which days a need stands; working and rest follow the calendar, special belongs to one special period."""

    EVERY = "every"
    WORKING = "working"
    REST = "rest"
    HOLIDAY = "holiday"
    SPECIAL = "special"
    WEEKDAY = "weekday"


class OnHoliday(StrEnum):
    """What becomes of a weekly need on a statutory holiday: it stays, or waits for the next working day (R-67)."""

    KEEP = "keep"
    NEXT_WORKING = "next_working"


class Absence(StrEnum):
    """Days a member can't serve (leave, unavailable), or would rather not or like to (wishes)."""

    LEAVE = "leave"
    UNAVAILABLE = "unavailable"
    AVOID = "avoid"
    WANT = "want"


class Pair(StrEnum):
    """Two members who must not, or should, serve together."""

    APART = "apart"
    TOGETHER = "together"


WISHES = (Absence.AVOID, Absence.WANT)
AWAY = (Absence.LEAVE, Absence.UNAVAILABLE)
