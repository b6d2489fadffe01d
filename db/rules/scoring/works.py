"""The registers of work: meetings, reports, inspections and activities, and how each unit stands in them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from types import MappingProxyType

from db.rules.case_flow import LONGEST_TEXT
from db.rules.mediation.writing import NEEDED, NO_CHOICE, check_line, check_text
from db.rules.problems import N_, Check

MOST_PERSONS = 99
YEARS_AHEAD = 2
LATER = N_("This day is still to come.")


class Kind(StrEnum):
    """What a line is."""

    MEETING = "meeting"
    REPORT = "report"
    INSPECTION = "inspection"
    ACTIVITY = "activity"


class About(StrEnum):
    """What kind of meeting, report, inspection or activity; `leaders` is a meeting of R-07, `large` one of R-124."""

    REGULAR = "regular"
    LEADERS = "leaders"
    OTHER_MEETING = "other_meeting"
    MONTHLY = "monthly"
    ANALYSIS = "analysis"
    SPECIAL = "special"
    INFORMATION = "information"
    OTHER_REPORT = "other_report"
    MONTH = "month"
    UNPLANNED = "unplanned"
    LARGE = "large"
    PUBLICITY = "publicity"
    DRILL = "drill"
    OTHER_ACTIVITY = "other_activity"


class Stand(StrEnum):
    """How a unit stands in a line."""

    PRESENT = "present"
    EXCUSED = "excused"
    ABSENT = "absent"
    LED = "led"
    HANDED_IN = "handed_in"
    MISSING = "missing"
    DONE = "done"


class Level(StrEnum):
    """The highest level at which a piece of information was adopted (R-12 to R-15)."""

    TOWN = "town"
    COUNTY = "county"
    CITY = "city"
    CENTRAL = "central"


class Paper(StrEnum):
    """The seven things of publicity (R-27)."""

    PLAN = "plan"
    MATERIALS = "materials"
    RECORDS = "records"
    INTERIM = "interim"
    FINAL = "final"
    SCRIPTS = "scripts"
    MATCHING = "matching"


ABOUTS: Mapping[Kind, tuple[About, ...]] = MappingProxyType(
    {
        Kind.MEETING: (About.REGULAR, About.LEADERS, About.OTHER_MEETING),
        Kind.REPORT: (About.MONTHLY, About.ANALYSIS, About.SPECIAL, About.INFORMATION, About.OTHER_REPORT),
        Kind.INSPECTION: (About.MONTH, About.UNPLANNED),
        Kind.ACTIVITY: (About.PUBLICITY, About.LARGE, About.DRILL, About.OTHER_ACTIVITY),
    }
)


@dataclass(frozen=True)
class Part:
    """One unit in a line; `persons` were absent; "" as standing: not in this line."""

    unit_id: int
    standing: str
    persons: int = 0
    handed_in_on: date | None = None
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class Line:
    """A line as typed."""

    kind: str
    about: str = ""
    on_day: date | None = None
    title: str = ""
    level: str = ""
    papers: tuple[str, ...] = ()
    note: str = ""


def standings(kind: str, about: str) -> tuple[Stand, ...]:
    """How units may stand in such a line; the first is how they begin."""
    if kind == Kind.MEETING:
        return (Stand.LED,) if about == About.LEADERS else (Stand.PRESENT, Stand.EXCUSED, Stand.ABSENT)
    if kind == Kind.REPORT:
        # Nobody owes a piece of information: it is there or it is not.
        return (Stand.HANDED_IN,) if about == About.INFORMATION else (Stand.MISSING, Stand.HANDED_IN)
    return (Stand.DONE,)


def whole(kind: str, about: str) -> Stand:
    """How every unit stands when all did their part."""
    return Stand.HANDED_IN if kind == Kind.REPORT else standings(kind, about)[0]


def is_missing(standing: str, on_day: date, today: date) -> bool:
    """Whether a report counts as missing: not handed in, and its day is over (R-20)."""
    return standing == Stand.MISSING and on_day < today


def moved(part: Part, standing: str) -> Part:
    """The part when its standing is another one: one person absent, nobody where nobody is, no day without a report."""
    absent, came = standing == Stand.ABSENT, standing == Stand.HANDED_IN
    persons = max(part.persons, 1) if absent else 0
    return replace(part, standing=standing, persons=persons, handed_in_on=part.handed_in_on if came else None)


def check_work(check: Check, line: Line, today: date) -> None:
    """What a line says, beside its fields."""
    kind = Kind(line.kind) if line.kind in set(Kind) else None
    if not check.that(kind, "kind", NO_CHOICE) or kind is None:
        return
    check.that(line.about in ABOUTS[kind], "about", N_("Choose what kind it is."))
    check.that(line.title.strip(), "title", NEEDED)
    check_line(check, "title", line.title)
    check.that(len(line.note) <= LONGEST_TEXT, "note", N_("At most {most} characters."), most=LONGEST_TEXT)
    check_text(check, "note", line.note)
    adopted = kind is Kind.REPORT and line.about == About.INFORMATION
    check.that(line.level in ("", *Level), "level", NO_CHOICE)
    check.that(adopted or not line.level, "level", N_("Only a piece of information is adopted at a level."))
    check.that(set(line.papers) <= set(Paper), "papers", NO_CHOICE)
    check.that(kind is Kind.ACTIVITY or not line.papers, "papers", N_("Only an activity has these papers."))
    _check_day(check, line, today, owed=kind is Kind.REPORT and not adopted)


def _check_day(check: Check, line: Line, today: date, *, owed: bool) -> None:
    """The day it happened, or of a report that is owed the day it is due."""
    if check.that(line.on_day, "on_day", N_("Choose the day.")) and line.on_day is not None:
        check.that(owed or line.on_day <= today, "on_day", LATER)
        near = line.on_day.year <= today.year + YEARS_AHEAD
        check.that(near, "on_day", N_("A report is due in {most} years at the latest."), most=YEARS_AHEAD)


def check_part(check: Check, part: Part, kind: str, about: str, today: date) -> None:
    """One unit's part, beside its columns."""
    check.that(part.standing in standings(kind, about), "standing", NO_CHOICE)
    if part.standing == Stand.ABSENT:
        fine = 1 <= part.persons <= MOST_PERSONS
        check.that(fine, "persons", N_("Between 1 and {most} people were absent."), most=MOST_PERSONS)
    else:
        check.that(not part.persons, "persons", N_("People are counted only where they were absent."))
    came = part.handed_in_on
    fine = came is None or part.standing == Stand.HANDED_IN
    check.that(fine, "handed_in_on", N_("Only what was handed in has this day."))
    check.that(came is None or came <= today, "handed_in_on", LATER)
    check_line(check, "note", part.note)


def first_parts(kind: str, about: str, unit_ids: Iterable[int]) -> list[Part]:
    """The parts of a new line: everybody as units begin."""
    first = standings(kind, about)[0]
    return [Part(unit_id, first) for unit_id in dict.fromkeys(unit_ids)]
