"""Decisions of a meeting: what one says, how it is settled, what it may become, how often it was carried over."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from db.rules.meetings.agenda import UNFIT
from db.rules.meetings.words import DecisionState
from db.rules.problems import N_, Check, Problem, Problems
from db.rules.text import is_fit

LONGEST_TEXT = 2_000
NEEDED = N_("This is needed.")


@dataclass(frozen=True)
class Decided:
    """What was decided, who owes it and until when."""

    text: str
    owner_id: int | None = None
    unit_id: int | None = None
    due_on: date | None = None
    note: str = ""


def check_decided(check: Check, decided: Decided, since: date) -> None:
    """A sentence, somebody who owes it, and a day from `since` on (the day it was decided)."""
    if check.that(decided.text.strip(), "text", NEEDED):
        _check_text(check, "text", decided.text)
    check_owed(check, decided, since)


def check_owed(check: Check, decided: Decided, since: date) -> None:
    """The same without its text, which stays as it was decided."""
    owes = decided.owner_id is not None or decided.unit_id is not None
    check.that(owes, "owner_id", N_("Say who owes it: a person, a unit or both."))
    if check.that(decided.due_on, "due_on", NEEDED) and decided.due_on is not None:
        check.that(decided.due_on >= since, "due_on", N_("This day is before it was decided."))
    check_decision_note(check, decided.note)


def check_decision_note(check: Check, note: str) -> None:
    """What became of it so far."""
    _check_text(check, "note", note)


def check_settled(check: Check, state: str, note: str) -> None:
    """Done, or dropped for a reason."""
    known = state in (DecisionState.DONE, DecisionState.DROPPED)
    check.that(known, "state", N_("This is not one of the choices."))
    reason = state != DecisionState.DROPPED or note.strip()
    check.that(reason, "note", N_("Say why it is dropped."))
    check_decision_note(check, note)


def must_be_open(state: str) -> None:
    """Raise Problems for what is settled."""
    if state != DecisionState.OPEN:
        raise Problems(Problem("", N_("This decision is settled. Open it again first.")))


def must_have_become_nothing(became: str) -> None:
    """Raise Problems when it led to something already: it is carried out once."""
    if became:
        raise Problems(Problem("", N_("This decision was carried out in the system already.")))


def carried(decided_at: datetime, settled_at: datetime | None, closings: Iterable[datetime]) -> int:
    """How many meetings of its kind were closed since it was decided while it was still open."""
    return sum(decided_at <= at and (settled_at is None or at < settled_at) for at in closings)


def _check_text(check: Check, field: str, text: str) -> None:
    check.that(len(text) <= LONGEST_TEXT, field, N_("At most {most} characters."), most=LONGEST_TEXT)
    check.that(is_fit(text), field, UNFIT)
