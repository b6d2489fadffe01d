"""A meeting as its page shows it, and how it is planned, changed, opened and called off."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased

from db import clock
from db.engine import current, reading
from db.models import Case, Meeting, MeetingKind, MeetingMinutes, Person
from db.rules.meetings.words import State
from db.rules.permissions import Actor, Permission
from db.services.acts import guarded
from db.services.cases.scope import visible
from db.services.meetings import scope


@dataclass(frozen=True)
class Seen:
    """A meeting with its kind in words, and what this person may do with it now.

    `kind` is the code of the kind; `chair` and `clerk` are names, "" for nobody yet. `case_number` is "" where there is
    no case or it is not theirs to see. `edition` is that of its latest minutes, 0 before it was closed. `edits`: may
    quick-edit now (open, and they are its chair or clerk); `keeps`: may change, open, close or call it off now.
    """

    id: int
    version: int
    kind_id: int
    kind: str
    kind_name: str
    kind_name_en: str
    source: str
    rhythm: str
    attended_by: str
    about: str
    due_on: date | None
    title: str
    planned_for: datetime
    place: str
    since: date
    until: date
    chair_id: int | None
    chair: str
    clerk_id: int | None
    clerk: str
    case_id: int | None
    case_number: str
    state: str
    opened_at: datetime | None
    closed_at: datetime | None
    called_off_at: datetime | None
    reason: str
    work_id: int | None
    edition: int
    today: date
    edits: bool
    keeps: bool
    reopens: bool


OF_MEETING = [
    *("id", "version", "kind_id", "due_on", "title", "planned_for", "place", "since", "until", "chair_id", "clerk_id"),
    *("state", "opened_at", "closed_at", "called_off_at", "reason", "work_id"),
]


@guarded(Permission.MEETINGS_READ)
def meeting(actor: Actor, *, meeting_id: int) -> Seen:
    """A meeting one reads; raises NotThere."""
    with reading() as session:
        return seen_in(session, actor, scope.load(session, actor, meeting_id))


def seen_in(session: Session, actor: Actor, found: Meeting) -> Seen:
    """The same inside the caller's session."""
    chair, clerk = aliased(Person), aliased(Person)
    edition = select(func.max(MeetingMinutes.edition)).where(MeetingMinutes.meeting_id == found.id).scalar_subquery()
    query = select(MeetingKind, chair.name, clerk.name, edition).select_from(MeetingKind)
    query = query.outerjoin(chair, chair.id == found.chair_id).outerjoin(clerk, clerk.id == found.clerk_id)
    kind, chairs, writes, latest = session.execute(query.where(MeetingKind.id == found.kind_id)).one()
    may_see = select(Case.id, Case.number).where(Case.id == found.case_id, visible(actor, Permission.CASES_READ))
    case = session.execute(may_see).one_or_none()
    over = found.state in scope.OVER
    return Seen(
        **{name: getattr(found, name) for name in OF_MEETING},
        kind=kind.code,
        kind_name=kind.name,
        kind_name_en=kind.name_en,
        **{name: getattr(kind, name) for name in ("source", "rhythm", "attended_by", "about")},
        chair=chairs or "",
        clerk=writes or "",
        case_id=case.id if case else None,
        case_number=case.number if case else "",
        edition=latest or 0,
        today=clock.today(current().settings.timezone),
        edits=scope.is_at_work(actor, found),
        keeps=not over and actor.may(Permission.MEETINGS_KEEP),
        reopens=found.state == State.CLOSED and actor.may(Permission.MEETINGS_REOPEN),
    )
