"""The days of a dispute: its time limit, what is due next, and the time to ask for confirmation."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from db.rules.clocks import due_on
from db.rules.limits import Limits
from db.rules.mediation.words import State, TellHow
from db.rules.mediation.writing import NEEDED, NO_CHOICE, check_day, check_order, check_text
from db.rules.problems import N_, Check
from db.rules.working_calendar import WorkingCalendar


@dataclass(frozen=True)
class DayFacts:
    """What the days of one dispute depend on; `unfulfilled` are the days of what is still owed."""

    state: State
    accepted_on: date | None = None
    extended_days: int = 0
    effective_on: date | None = None
    unfulfilled: tuple[date, ...] = ()
    visited: bool = False


@dataclass(frozen=True)
class Days:
    """The end of the time limit, and the day a list sorts by. Provisional: a year's holidays are not known yet."""

    due_on: date | None = None
    next_on: date | None = None
    provisional: bool = False


def days_of(facts: DayFacts, limits: Limits, calendar: WorkingCalendar) -> Days:
    """The days as they follow from the facts.

    Mediating: the end of the time limit. Agreed: the earliest day of what is still owed, as agreed and never moved;
    when nothing is, the follow-up visit, until there was one. Otherwise nothing is due.
    """
    due, unsure = None, False
    if facts.accepted_on is not None:
        due, unsure = _end(facts.accepted_on, "mediation", limits, calendar, more=facts.extended_days)
    if facts.state is State.MEDIATING:
        return Days(due, due, unsure)
    if facts.state is not State.AGREED:
        return Days(due)
    if facts.unfulfilled:
        return Days(due, min(facts.unfulfilled))
    if facts.visited or facts.effective_on is None:
        return Days(due)
    return Days(due, *_end(facts.effective_on, "mediation_visit_after", limits, calendar))


def confirm_by(effective_on: date, limits: Limits, calendar: WorkingCalendar) -> date:
    """The last day to ask a court for confirmation (Art. 33)."""
    return _end(effective_on, "confirmation", limits, calendar)[0]


@dataclass(frozen=True)
class MoreTime:
    """An extension as it was agreed with the parties."""

    days: int
    reason: str
    consented_on: date | None
    consented_how: str


def check_more_time(asked: MoreTime, *, accepted_on: date, most: int, missing: Sequence[str], today: date) -> None:
    """Raise Problems unless every party agreed on record; `missing` are the masks of those without consent."""
    check = Check()
    check.that(1 <= asked.days <= most, "days", N_("Between 1 and {most} days."), most=most)
    check.that(asked.reason.strip(), "reason", NEEDED)
    check_text(check, "reason", asked.reason)
    if check_day(check, "consented_on", asked.consented_on, today):
        check_order(check, "consented_on", asked.consented_on, accepted_on, N_("It was accepted on {day}."))
    check.that(asked.consented_how in tuple(TellHow), "consented_how", NO_CHOICE)
    check.that(not missing, "consented_on", N_("No consent on record: {names}."), names="、".join(missing))
    check.done()


def _end(start: date, rule: str, limits: Limits, calendar: WorkingCalendar, more: int = 0) -> tuple[date, bool]:
    roll = bool(limits["roll_to_working_day"].amount)
    _, day = due_on(start, limits[rule], calendar, roll=roll, more=more)
    return day, not calendar.is_known(start, day)
