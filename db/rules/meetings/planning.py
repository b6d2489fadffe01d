"""When and by whom a meeting is held, as it is planned or corrected."""

from dataclasses import dataclass
from datetime import date, time, timedelta

from db.rules.mediation.writing import check_line
from db.rules.problems import N_, Check

FARTHEST = timedelta(days=366)


@dataclass(frozen=True, kw_only=True)
class Planned:
    """A meeting as typed: day and time in the office's zone, where, who leads it and who writes."""

    day: date | None
    at: time | None
    title: str = ""
    place: str = ""
    chair_id: int | None = None
    clerk_id: int | None = None


def check_planned(check: Check, planned: Planned, today: date, *, is_open: bool) -> None:
    """Everything said of it, beside its fields; an open meeting has begun, and somebody leads it and writes."""
    check_line(check, "title", planned.title)
    check_line(check, "place", planned.place)
    check.that(planned.at is not None, "at", N_("Choose the time."))
    if check.that(planned.day, "day", N_("Choose the day.")) and planned.day is not None:
        near = abs(planned.day - today) <= FARTHEST
        check.that(near, "day", N_("A meeting lies within a year from today."))
    if is_open:
        check_begun(check, planned, today)


def check_begun(check: Check, planned: Planned, today: date) -> None:
    """What an open meeting needs."""
    fine = planned.day is None or planned.day <= today
    check.that(fine, "day", N_("This meeting is planned for {day}. Change its day first."), day=planned.day)
    check.that(planned.chair_id, "chair_id", N_("Say who chairs it."))
    check.that(planned.clerk_id, "clerk_id", N_("Say who writes."))


def check_covered(check: Check, since: date | None, until: date | None, day: date | None) -> None:
    """The days a meeting is about, corrected by hand."""
    fine = since is not None and until is not None and since <= until
    check.that(fine, "until", N_("The last day can't be before the first."))
    check.that(until is None or day is None or until <= day, "until", N_("A meeting is about days up to its own."))
