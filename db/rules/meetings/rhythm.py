"""When a kind of meeting is due, which due day a meeting answers to, and the days it covers (R-90 to R-100)."""

from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise, takewhile

from db.rules.meetings.words import Rhythm, Slot, State
from db.rules.working_calendar import WorkingCalendar

ONE = timedelta(days=1)
WEEK = 7
FAR = timedelta(days=200)
HALF = 15
"""The first half of a month ends on this day."""
LAST_DAY = {Rhythm.HALF_MONTHLY: 16, Rhythm.MONTHLY: 31, Rhythm.QUARTERLY: 31}
"""The last day that may be said of a period; a shorter one is due on its own last day."""


@dataclass(frozen=True, kw_only=True)
class Rule:
    """How often: `weekday` 0 for Monday (weekly); `day` of the month, the half month or a quarter's last month."""

    rhythm: Rhythm
    weekday: int | None = None
    day: int | None = None
    begins_on: date


@dataclass(frozen=True)
class Due:
    """A day a meeting is due on, and the days (`first` to `last`) of which it is the one due day."""

    day: date
    first: date
    last: date

    def answers(self, due_on: date | None) -> bool:
        """Whether a meeting planned for that due day is the one of this due day, also after the calendar changed."""
        return due_on is not None and self.first <= due_on <= self.last


def due_days(rule: Rule, first: date, last: date, calendar: WorkingCalendar) -> list[Due]:
    """What is due between two days (both included), in order; nothing before the rule begins.

    A due day off moves to the next working day. Two that come to the same day, as in a week of holidays, are one.
    """
    found: list[Due] = []
    for day, following in pairwise(_days(rule)):
        if day < rule.begins_on:
            continue
        moved = calendar.next_working(day)
        if moved > last:
            break
        begins = found.pop().first if found and found[-1].day == moved else day
        found.append(Due(moved, begins, following - ONE))
    return [due for due in found if first <= due.day <= last]


def covered(rule: Rule, day: date, last_until: date | None) -> tuple[date, date]:
    """The days a meeting on `day` is about: from the day after the last one ended to the day before it.

    `last_until`: the last day covered by the meeting before, always before `day`; None begins one period back.
    """
    since = _before(rule, day) if last_until is None else last_until + ONE
    return since, max(since, day - ONE)


def slot_of(due_on: date | None, state: str | None, planned_on: date | None, today: date) -> Slot:
    """How a due day stands with the meeting planned for it, if there is one; what was not opened in time is missed."""
    if state is None or planned_on is None:
        return Slot.MISSED if due_on is not None and due_on < today else Slot.DUE
    if state == State.PLANNED:
        return Slot.MISSED if planned_on < today else Slot.PLANNED
    return {State.OPEN: Slot.OPEN, State.CLOSED: Slot.HELD}.get(State(state), Slot.CALLED_OFF)


def _days(rule: Rule, since: date | None = None) -> Iterator[date]:
    """Every due day from the period `since` (or the beginning) lies in, as the rule says it, days off among them."""
    at = since or rule.begins_on
    if rule.rhythm is Rhythm.AS_NEEDED:
        return
    if rule.rhythm is Rhythm.WEEKLY:
        at -= timedelta(days=at.weekday() - (rule.weekday or 0))
        while True:
            yield at
            at += timedelta(days=WEEK)
    for begins, ends in _periods(rule.rhythm, at):
        yield min(begins + timedelta(days=(rule.day or 1) - 1), ends)


def _periods(rhythm: Rhythm, at: date) -> Iterator[tuple[date, date]]:
    """Half months, months, or the last months of quarters, from the one `at` lies in."""
    year, month = at.year, at.month
    if rhythm is Rhythm.QUARTERLY:
        month += -month % 3
    while True:
        ends = date(year, month, monthrange(year, month)[1])
        if rhythm is Rhythm.HALF_MONTHLY:
            yield date(year, month, 1), date(year, month, HALF)
            yield date(year, month, HALF + 1), ends
        else:
            yield date(year, month, 1), ends
        month += 3 if rhythm is Rhythm.QUARTERLY else 1
        year, month = (year, month) if month <= 12 else (year + 1, month - 12)


def _before(rule: Rule, day: date) -> date:
    """The last due day before `day`, whether the rule had begun by then or not; `day` itself when there is none."""
    earlier = takewhile(lambda due: due < day, _days(rule, day - FAR))
    return max(earlier, default=day)
