"""What is said of a kind of meeting: its names, its rhythm, who attends, and what its agenda begins with."""

from dataclasses import dataclass
from datetime import date

from db.rules.mediation.writing import NEEDED, NO_CHOICE, check_line
from db.rules.meetings.rhythm import LAST_DAY
from db.rules.meetings.words import AttendedBy, Rhythm, TopicCode
from db.rules.problems import N_, Check
from db.rules.scoring.works import About

MOST_NAME = 60
LAST_WEEKDAY = 6
ABOUTS = (About.REGULAR, About.OTHER_MEETING)
"""The kinds of lines of the registers of work a meeting's attendance may go into."""
CHOSEN = tuple(code for code in TopicCode if code is not TopicCode.OWN)
"""The lists an agenda may begin with; a topic of the office's own belongs to one meeting."""


@dataclass(frozen=True, kw_only=True)
class Described:
    """A kind as typed; `weekday` counts for a weekly rhythm only, `day` for the others that have one."""

    name: str
    name_en: str = ""
    source: str = ""
    rhythm: str = ""
    weekday: int | None = None
    day: int | None = None
    begins_on: date | None = None
    attended_by: str = AttendedBy.PEOPLE
    about: str = ""
    topics: tuple[str, ...] = ()


def check_kind(check: Check, kind: Described) -> None:
    """Everything said of a kind, beside its fields."""
    check.that(kind.name.strip(), "name", NEEDED)
    check.that(len(kind.name) <= MOST_NAME, "name", N_("At most {most} characters."), most=MOST_NAME)
    for field in ("name", "name_en", "source"):
        check_line(check, field, getattr(kind, field))
    check.that(kind.begins_on, "begins_on", N_("Choose the day."))
    check.that(kind.attended_by in set(AttendedBy), "attended_by", NO_CHOICE)
    check.that(kind.about in ("", *ABOUTS), "about", NO_CHOICE)
    units = kind.attended_by == AttendedBy.UNITS or not kind.about
    check.that(units, "about", N_("Only the attendance of units goes into the registers of work."))
    check.that(set(kind.topics) <= set(CHOSEN), "topics", NO_CHOICE)
    if check.that(kind.rhythm in set(Rhythm), "rhythm", N_("Choose how often it is held.")):
        _check_days(check, kind, Rhythm(kind.rhythm))


def _check_days(check: Check, kind: Described, rhythm: Rhythm) -> None:
    """The weekday of a weekly rhythm, the day of a longer one."""
    if rhythm is Rhythm.WEEKLY:
        fine = kind.weekday is not None and 0 <= kind.weekday <= LAST_WEEKDAY
        check.that(fine, "weekday", N_("Choose the weekday."))
    elif rhythm in LAST_DAY:
        most = LAST_DAY[rhythm]
        fine = kind.day is not None and 1 <= kind.day <= most
        check.that(fine, "day", N_("Give a day from {least} to {most}."), least=1, most=most)


def only_what_counts(kind: Described) -> tuple[int | None, int | None]:
    """The weekday and the day as they are stored: only the one the rhythm uses."""
    weekly = kind.rhythm == Rhythm.WEEKLY
    dated = kind.rhythm in set(LAST_DAY)
    return kind.weekday if weekly else None, kind.day if dated else None
