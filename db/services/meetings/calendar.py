"""What is due, planned, held, missed and called off, and planning by due days; what is missed stays until explained."""

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from db import clock
from db.engine import current, reading
from db.models import Meeting, MeetingKind, Person
from db.rules.meetings.rhythm import Due, Rule, due_days, slot_of
from db.rules.meetings.words import Rhythm, Slot, State
from db.rules.permissions import Actor, Permission
from db.services.acts import guarded
from db.services.meetings import scope
from db.services.working_days import working_calendar

AROUND = timedelta(days=2)
FARTHEST = timedelta(days=10 * 366)
"""A moment's day in the office's zone is at most so far from its day in UTC; the exact day is compared afterwards."""


@dataclass(frozen=True)
class Entry:
    """A due day or a meeting in the calendar; `due_on` None: called as needed, `meeting_id` None: nothing planned.

    `day` is the day it is planned for, else the day it is due; `late`: planned for or held after its due day;
    `only_reason`: nothing was planned, only the reason noted.
    """

    kind_id: int
    kind: str
    name: str
    name_en: str
    source: str
    due_on: date | None
    day: date
    state: Slot
    late: bool = False
    meeting_id: int | None = None
    version: int = 0
    planned_for: datetime | None = None
    title: str = ""
    place: str = ""
    reason: str = ""
    chair: str = ""
    only_reason: bool = False


@guarded(Permission.MEETINGS_READ)
def calendar(actor: Actor, *, first: date, last: date) -> list[Entry]:
    """Everything between two days (both included) in the order of its day, and before them all that is still missed."""
    with reading() as session:
        kinds = session.scalars(select(MeetingKind).order_by(MeetingKind.position, MeetingKind.id)).all()
        meetings = _meetings(session, actor, first, last)
        chairs = {row.chair_id for row in meetings if row.chair_id is not None}
        names = dict(session.execute(select(Person.id, Person.name).where(Person.id.in_(chairs))).all())
        found = [
            _entry(kind, due_on, row, names)
            for kind in kinds
            for due_on, row in _slots(session, kind, [row for row in meetings if row.kind_id == kind.id], last)
            if not _long_over(due_on, row, first)
        ]
    shown = [one for one in found if _within(one, first, last) or (one.state is Slot.MISSED and one.day < first)]
    return sorted(shown, key=lambda one: (one.day, str(one.planned_for or "")))


def free_due(session: Session, kind: MeetingKind, due_on: date) -> Due | None:
    """The due day of a kind in use for which nothing is planned; None when it is none, taken, or many years ahead."""
    if due_on > _today() + FARTHEST:
        return None
    own = select(Meeting).where(Meeting.kind_id == kind.id, Meeting.due_on.is_not(None))
    own = own.where(Meeting.state != State.CALLED_OFF)
    pairs = _paired(session, kind, session.scalars(own).all(), due_on)
    return next((due for due, row in pairs if due.day == due_on and row is None), None)


def missed_of(session: Session, kind: MeetingKind) -> int:
    """How many due days of a kind were missed and not explained."""
    own = session.scalars(select(Meeting).where(Meeting.kind_id == kind.id, Meeting.due_on.is_not(None))).all()
    slots = [_entry(kind, due.day, row, {}) for due, row in _paired(session, kind, own, _today())]
    return sum(entry.state is Slot.MISSED for entry in slots)


def rule_of(kind: MeetingKind) -> Rule:
    """The rhythm of a kind as a rule."""
    return Rule(rhythm=Rhythm(kind.rhythm), weekday=kind.weekday, day=kind.day, begins_on=kind.begins_on)


def day_of(meeting: Meeting) -> date:
    """The day a meeting is planned for and held on, in the office's zone."""
    return day_in_office(meeting.planned_for)


def day_in_office(moment: datetime) -> date:
    """The day of a moment in the office's zone."""
    return clock.day_of(moment, current().settings.timezone)


def only_reason(row: Meeting) -> bool:
    """Whether a meeting called off is only the reason why nothing was planned for its due day."""
    nobody = row.chair_id is None and row.clerk_id is None and not row.title and not row.place
    midnight = datetime.combine(row.due_on, time.min, ZoneInfo(current().settings.timezone)) if row.due_on else None
    return nobody and row.planned_for == midnight


def _meetings(session: Session, actor: Actor, first: date, last: date) -> Sequence[Meeting]:
    """Those that answer to a due day (a few hundred a decade), and those planned for about these days."""
    begins, ends = (datetime.combine(day, time.min, UTC) for day in (first, last))
    near = Meeting.planned_for.between(begins - AROUND, ends + AROUND)
    query = select(Meeting).where(scope.visible(actor), or_(Meeting.due_on.is_not(None), near))
    return session.scalars(query.order_by(Meeting.id)).all()


def _slots(
    session: Session, kind: MeetingKind, rows: Sequence[Meeting], last: date
) -> list[tuple[date | None, Meeting | None]]:
    """The due days of a kind with their meetings, and its other meetings but those a later one replaced."""
    answered = _answered(session, kind, rows, last)
    pairs = [(due.day, _standing(found)) for due, found in answered]
    taken = {row.id for _, row in pairs if row is not None}
    taken |= {row.id for _, found in answered for row in found if row.state == State.CALLED_OFF}
    return [*pairs, *((row.due_on, row) for row in rows if row.id not in taken)]


def _paired(
    session: Session, kind: MeetingKind, rows: Sequence[Meeting], last: date
) -> list[tuple[Due, Meeting | None]]:
    """Every due day of a kind in use with its meeting."""
    return [(due, _standing(found)) for due, found in _answered(session, kind, rows, last)]


def _answered(
    session: Session, kind: MeetingKind, rows: Sequence[Meeting], last: date
) -> list[tuple[Due, list[Meeting]]]:
    """Every due day of a kind in use with the meetings that answer to it."""
    if not kind.active:
        return []
    dues = due_days(rule_of(kind), kind.begins_on, last, working_calendar(session))
    begins = [due.first for due in dues]
    answered: list[tuple[Due, list[Meeting]]] = [(due, []) for due in dues]
    for row in rows:
        place = bisect_right(begins, row.due_on) - 1 if row.due_on is not None else -1
        if place >= 0 and dues[place].answers(row.due_on):
            answered[place][1].append(row)
    return answered


def _standing(found: Sequence[Meeting]) -> Meeting | None:
    """The meeting of a due day: one that takes place before one that was called off."""
    takes_place = [row for row in found if row.state != State.CALLED_OFF]
    return next(iter([*takes_place, *found[-1:]]), None)


def _entry(kind: MeetingKind, due_on: date | None, row: Meeting | None, names: Mapping[int, str]) -> Entry:
    own: dict[str, Any] = {"kind_id": kind.id, "kind": kind.code} | {
        name: getattr(kind, name) for name in ("name", "name_en", "source")
    }
    today = _today()
    if row is None:
        return Entry(**own, due_on=due_on, day=due_on or today, state=slot_of(due_on, None, None, today))
    day = day_of(row)
    return Entry(
        **own,
        due_on=due_on,
        day=day,
        state=slot_of(due_on, row.state, day, today),
        late=due_on is not None and day > due_on,
        meeting_id=row.id,
        version=row.version,
        chair=names.get(row.chair_id or 0, ""),
        only_reason=row.state == State.CALLED_OFF and only_reason(row),
        **{name: getattr(row, name) for name in ("planned_for", "title", "place", "reason")},
    )


def _long_over(due_on: date | None, row: Meeting | None, first: date) -> bool:
    """Whether it was held or called off well before the days looked at; those are not drawn up one by one."""
    if row is None or row.state not in (State.CLOSED, State.CALLED_OFF):
        return False
    return row.planned_for.date() + AROUND < first and (due_on is None or due_on < first)


def _within(one: Entry, first: date, last: date) -> bool:
    """Whether its day or the day it is due lies between two days."""
    return first <= one.day <= last or (one.due_on is not None and first <= one.due_on <= last)


def _today() -> date:
    return clock.today(current().settings.timezone)
