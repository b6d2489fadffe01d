"""How long which records are kept and what becomes of them then: classes, days they count from, what may be done."""

from calendar import monthrange
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from db.rules.intake import UNFIT
from db.rules.problems import N_, Check
from db.rules.text import is_fit

LONGEST = 500
MOST = {"years": 100, "months": 1200, "days": 36500}


class Act(StrEnum):
    """What becomes of records whose time is over."""

    ANONYMISE = "anonymise"
    DELETE = "delete"


class Unit(StrEnum):
    """What a period counts."""

    YEARS = "years"
    MONTHS = "months"
    DAYS = "days"


class State(StrEnum):
    """How a review list stands."""

    PROPOSED = "proposed"
    APPROVED = "approved"
    DONE = "done"
    DROPPED = "dropped"


class Item(StrEnum):
    """How one record of a list stands."""

    DUE = "due"
    KEPT = "kept"
    DONE = "done"


class RecordClass(StrEnum):
    """What has a period of its own."""

    REQUESTS = "cases_request"
    SUGGESTIONS = "cases_suggestion"
    ACCUSATIONS = "cases_accusation"
    GONE = "cases_gone"
    DISPUTES = "disputes"
    DUTY = "duty"
    SCORING = "scoring"
    MEETINGS = "meetings"
    IMPORT_ROWS = "import_rows"
    REMOVED_FILES = "removed_files"
    UNDO = "undo"
    DRAFTS = "drafts"
    SIGN_IN = "sign_in"
    DATA_REQUESTS = "data_requests"


@dataclass(frozen=True)
class About:
    """A class as people read it; `days` it may count from, the usual one first, and what is done with it then."""

    label: str
    days: tuple[str, ...]
    act: Act


_CLOSED = ("closed_on", "archived_on")
CLASSES: Mapping[RecordClass, About] = {
    RecordClass.REQUESTS: About(N_("Requests for resolution"), _CLOSED, Act.ANONYMISE),
    RecordClass.SUGGESTIONS: About(N_("Information, opinions and suggestions"), _CLOSED, Act.ANONYMISE),
    RecordClass.ACCUSATIONS: About(N_("Accusations"), _CLOSED, Act.ANONYMISE),
    RecordClass.GONE: About(N_("Cases in the bin or merged into another"), ("gone_at",), Act.ANONYMISE),
    RecordClass.DISPUTES: About(N_("Disputes"), ("ended_on", "archived_on"), Act.ANONYMISE),
    RecordClass.DUTY: About(N_("Reasons and notes of duty"), ("on_day",), Act.ANONYMISE),
    RecordClass.SCORING: About(N_("Words of scores: reasons, cards, appeals"), ("asked_at",), Act.ANONYMISE),
    RecordClass.MEETINGS: About(N_("Notes and edits of meetings"), ("until",), Act.ANONYMISE),
    RecordClass.IMPORT_ROWS: About(N_("Raw rows of imports"), ("ended_at",), Act.DELETE),
    RecordClass.REMOVED_FILES: About(N_("Files taken out of a record"), ("removed_at",), Act.DELETE),
    RecordClass.UNDO: About(N_("What an act that can be taken back replaced"), ("at",), Act.DELETE),
    RecordClass.DRAFTS: About(N_("Drafts nobody went on with"), ("saved_at",), Act.DELETE),
    RecordClass.SIGN_IN: About(N_("Sign-ins and counters of tries"), ("expires_at",), Act.DELETE),
    RecordClass.DATA_REQUESTS: About(N_("Requests about one's own data"), ("answered_on",), Act.ANONYMISE),
}
DAYS: Mapping[str, str] = {
    "closed_on": N_("day it was closed"),
    "archived_on": N_("day it was filed"),
    "gone_at": N_("day it went there"),
    "ended_on": N_("day it ended"),
    "on_day": N_("day it is about"),
    "asked_at": N_("day it was asked"),
    "until": N_("last day of the meeting"),
    "ended_at": N_("day the import ended"),
    "removed_at": N_("day it was taken out"),
    "at": N_("day it was made"),
    "saved_at": N_("day it was last kept"),
    "expires_at": N_("day it ran out"),
    "answered_on": N_("day it was answered"),
}


def kept_until(today: date, amount: int, unit: str) -> date:
    """The last day whose records are due today: what was counted from it or before has been kept long enough."""
    if unit == Unit.DAYS:
        return today - timedelta(days=min(amount, (today - date.min).days))
    return _months_from(today, -amount * (12 if unit == Unit.YEARS else 1))


def lasts_until(day: date, amount: int, unit: str) -> date:
    """The day on which what was made on `day` has been kept for that long."""
    if unit == Unit.DAYS:
        return day + timedelta(days=amount)
    return _months_from(day, amount * (12 if unit == Unit.YEARS else 1))


def _months_from(day: date, months: int) -> date:
    """The same day so many months on or back, the last of a shorter month."""
    whole = max(12, min(day.year * 12 + day.month - 1 + months, 9999 * 12 + 11))
    year, month = divmod(whole, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def check_rule(*, record_class: str, amount: object, unit: str, counted_from: str, source: str) -> None:
    """Raise Problems unless a period makes sense and says what it rests on."""
    check = Check()
    about = CLASSES.get(RecordClass(record_class)) if record_class in set(RecordClass) else None
    check.that(about, "record_class", N_("This is not one of the choices."))
    if check.that(unit in MOST, "unit", N_("This is not one of the choices.")):
        whole = isinstance(amount, int) and not isinstance(amount, bool) and 1 <= amount <= MOST[unit]
        check.that(whole, "amount", N_("Give a whole number from 1 to {most}."), most=MOST[unit])
    check.that(about is None or counted_from in about.days, "counted_from", N_("This is not one of the choices."))
    check.that(source.strip(), "source", N_("Say which law or practice this rests on."))
    check.that(len(source) <= LONGEST, "source", N_("At most {most} characters."), most=LONGEST)
    check.done()


def check_reason(reason: str) -> None:
    """Raise Problems unless it is said why a record stays."""
    check = Check()
    check.that(reason.strip(), "reason", N_("This is needed."))
    check.that(len(reason) <= LONGEST, "reason", N_("At most {most} characters."), most=LONGEST)
    check.that(is_fit(reason), "reason", UNFIT)
    check.done()
