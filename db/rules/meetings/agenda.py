"""The lines of an agenda: which lists hold cases, what may be edited in them during a meeting, their order."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from types import MappingProxyType

from db.rules.meetings.words import TopicCode
from db.rules.problems import N_, Check
from db.rules.text import is_fit, is_fit_line

MOST_ROWS = 50
LONGEST_TITLE, LONGEST_NOTE = 100, 4_000
CASE_LISTS = (
    TopicCode.NEW,
    TopicCode.CLOSED,
    TopicCode.OVERDUE,
    TopicCode.DUE_SOON,
    TopicCode.RETURNED_TWICE,
    TopicCode.PATROL_FOUND,
)
CASE_FIELDS = ("handler_id", "unit_due_on", "grade", "next_step", "note")
SUPERVISION_FIELDS = ("answer_by",)
DECISION_FIELDS = ("owner_id", "unit_id", "due_on", "state", "note")
EDITABLE: Mapping[TopicCode, tuple[str, ...]] = MappingProxyType(
    dict.fromkeys(CASE_LISTS, CASE_FIELDS)
    | {TopicCode.SUPERVISED: SUPERVISION_FIELDS, TopicCode.DECISIONS: DECISION_FIELDS}
)
UNFIT = N_("There are characters in this that can't be kept.")


def check_topic(check: Check, code: str, title: str, standing: Collection[str]) -> None:
    """A list stands once in an agenda; a line of the office's own has a title."""
    if not check.that(code in tuple(TopicCode), "code", N_("This is not one of the choices.")):
        return
    if code != TopicCode.OWN:
        check.that(code not in standing, "code", N_("This list is on the agenda already."))
        return
    if check.that(title.strip(), "title", N_("This is needed.")):
        check.that(len(title) <= LONGEST_TITLE, "title", N_("At most {most} characters."), most=LONGEST_TITLE)
        check.that(is_fit_line(title), "title", UNFIT)


def check_note(check: Check, note: str) -> None:
    """A note on a line of the agenda: what was said about it."""
    check.that(len(note) <= LONGEST_NOTE, "note", N_("At most {most} characters."), most=LONGEST_NOTE)
    check.that(is_fit(note), "note", UNFIT)


def moved(ids: Sequence[int], one: int, steps: int) -> list[int]:
    """The ids in their new order after one moved by so many places, up when negative; ends stay ends."""
    rest = [each for each in ids if each != one]
    place = min(max(list(ids).index(one) + steps, 0), len(rest))
    return [*rest[:place], one, *rest[place:]]


def check_answer_day(check: Check, day: date | None, *, today: date, share: str, statute_on: date | None) -> None:
    """The day the lead unit's answer is wanted: there is a unit that has not answered, from today to the statute's day.

    `share` is how the lead unit's part stands, "" while no unit has the matter; `statute_on` is None without a limit.
    """
    field = "unit_due_on"
    if not check.that(share, field, N_("No unit has this matter yet that could answer.")):
        return
    fine = share not in ("answered", "signed")
    if not check.that(fine, field, N_("The unit has answered already.")):
        return
    if not check.that(day is not None, field, N_("This is needed.")) or day is None:
        return
    check.that(day >= today, field, N_("This day is already past."))
    late = statute_on is not None and day > statute_on
    check.that(not late, field, N_("The law's limit for this matter ends on {day}."), day=statute_on)
