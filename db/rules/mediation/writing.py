"""What every form of a mediation file asks of a line, a text and a day, and when the file still takes it."""

from datetime import date

from db.rules.intake import LONGEST_LINE, UNFIT
from db.rules.mediation.words import State
from db.rules.problems import N_, Check, Problem, Problems
from db.rules.text import is_fit, is_fit_line

NEEDED = N_("This is needed.")
NO_CHOICE = N_("This is not one of the choices.")


def must_be_mediating(state: State) -> None:
    """Raise Problems unless the dispute is being mediated: not before it is taken on, not after its result."""
    if state is State.REGISTERED:
        raise Problems(Problem("", N_("The committee takes the dispute on first.")))
    if state is not State.MEDIATING:
        raise Problems(Problem("", N_("This file has its result. It is reopened before this changes.")))


def check_line(check: Check, field: str, line: str) -> None:
    """One line of a form."""
    check.that(len(line) <= LONGEST_LINE, field, N_("At most {most} characters."), most=LONGEST_LINE)
    check.that(is_fit_line(line), field, UNFIT)


def check_text(check: Check, field: str, text: str) -> None:
    """A text of any length, paragraphs and all."""
    check.that(is_fit(text), field, UNFIT)


def check_day(check: Check, field: str, day: date | None, today: date) -> bool:
    """The day of something that happened: written down, and not to come."""
    return check.that(day, field, N_("Choose the day.")) and check_past(check, field, day, today)


def check_past(check: Check, field: str, day: date | None, today: date) -> bool:
    """A day that may be missing, but not lie ahead."""
    return check.that(day is None or day <= today, field, N_("This day is still to come."))


def check_order(check: Check, field: str, day: date | None, earliest: date | None, why: str) -> bool:
    """A day not before another, where both are known; `why` says which, as {day}."""
    fine = day is None or earliest is None or day >= earliest
    return check.that(fine, field, why, day=earliest)


def check_until(check: Check, field: str, day: date | None, latest: date | None, why: str) -> bool:
    """A day not after another, where both are known; `why` says which, as {day}."""
    fine = day is None or latest is None or day <= latest
    return check.that(fine, field, why, day=latest)
