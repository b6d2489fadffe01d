"""Who came to a meeting: what one row of its attendance may say (R-19: excused is not absent)."""

from dataclasses import dataclass, replace

from db.rules.mediation.writing import NO_CHOICE, check_line
from db.rules.meetings.words import AttendedBy, Standing
from db.rules.problems import N_, Check
from db.rules.scoring.works import MOST_PERSONS


@dataclass(frozen=True)
class Came:
    """How a unit or a person stands; "" as standing: nothing is said yet. `persons` of a unit were absent."""

    standing: str = ""
    persons: int = 0
    approved_by_id: int | None = None
    note: str = ""


def moved(came: Came, standing: str, attended_by: str) -> Came:
    """The row when its standing is another one: one person of a unit absent, nobody's approval without an excuse."""
    absent = standing == Standing.ABSENT and attended_by == AttendedBy.UNITS
    approved = came.approved_by_id if standing == Standing.EXCUSED else None
    return replace(came, standing=standing, persons=max(came.persons, 1) if absent else 0, approved_by_id=approved)


def check_came(check: Check, came: Came, attended_by: str) -> None:
    """One row, beside its columns; an excuse names who approved it."""
    check.that(came.standing in ("", *Standing), "standing", NO_CHOICE)
    if came.standing == Standing.ABSENT and attended_by == AttendedBy.UNITS:
        fine = 1 <= came.persons <= MOST_PERSONS
        check.that(fine, "persons", N_("Between 1 and {most} people were absent."), most=MOST_PERSONS)
    else:
        check.that(not came.persons, "persons", N_("People are counted only where they were absent."))
    if came.standing == Standing.EXCUSED:
        check.that(came.approved_by_id, "approved_by_id", N_("Say who approved the excuse."))
    else:
        check.that(not came.approved_by_id, "approved_by_id", N_("Only an excuse is approved."))
    check_line(check, "note", came.note)
