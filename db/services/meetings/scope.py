"""Which meetings somebody reads, keeps or is at work in, and loading one of them; not yours means not there."""

from sqlalchemy import ColumnElement, and_, false, select, true
from sqlalchemy.orm import Session

from db.models import Case, Meeting
from db.rules.cases import Kind
from db.rules.meetings.words import State
from db.rules.permissions import Actor, Permission, Scope
from db.rules.problems import N_, NotThere, Problem, Problems
from db.services.cases import scope as of_cases

OVER = {
    State.CLOSED: N_("This meeting is closed. Reopen it first."),
    State.CALLED_OFF: N_("This meeting was called off."),
}
NOT_OPEN = N_("This meeting is not open.")
NOT_AT_WORK = N_("During a meeting its chair or its clerk writes.")


def visible(actor: Actor) -> ColumnElement[bool]:
    """The meetings somebody reads: all of them or none."""
    return true() if actor.scope(Permission.MEETINGS_READ) is Scope.ALL else false()


def open_to_a_meeting(actor: Actor) -> ColumnElement[bool]:
    """Cases that may stand in a meeting: what the actor sees, never a sealed one nor an accusation (Art. 30)."""
    return and_(of_cases.visible(actor), ~Case.sealed, Case.kind != Kind.ACCUSATION)


def load(session: Session, actor: Actor, meeting_id: int) -> Meeting:
    """A meeting one reads; raises NotThere."""
    found = session.scalars(select(Meeting).where(Meeting.id == meeting_id, visible(actor))).one_or_none()
    if found is None:
        raise NotThere(f"meeting {meeting_id}")
    return found


def locked(session: Session, actor: Actor, meeting_id: int) -> Meeting:
    """A meeting one reads, locked to be written to, in any state; raises NotThere."""
    wanted = select(Meeting).where(Meeting.id == meeting_id, visible(actor)).with_for_update()
    found = session.scalars(wanted.execution_options(populate_existing=True)).one_or_none()
    if found is None:
        raise NotThere(f"meeting {meeting_id}")
    return found


def kept(session: Session, actor: Actor, meeting_id: int) -> Meeting:
    """A planned or open meeting, locked to be written to; raises Refused, NotThere, and Problems when it is over."""
    actor.must(Permission.MEETINGS_KEEP)
    found = locked(session, actor, meeting_id)
    if found.state in OVER:
        raise Problems(Problem("", OVER[State(found.state)]))
    return found


def is_at_work(actor: Actor, meeting: Meeting) -> bool:
    """Whether this person may quick-edit in this meeting now: it is open, and they are its chair or its clerk."""
    leads = actor.id is not None and actor.id in (meeting.chair_id, meeting.clerk_id)
    return leads and meeting.state == State.OPEN and actor.may(Permission.MEETINGS_KEEP)


def at_work(session: Session, actor: Actor, meeting_id: int) -> Meeting:
    """As `kept`, of an open meeting whose chair or clerk this is; raises Problems otherwise."""
    found = kept(session, actor, meeting_id)
    if found.state != State.OPEN:
        raise Problems(Problem("", NOT_OPEN))
    if not is_at_work(actor, found):
        raise Problems(Problem("", NOT_AT_WORK))
    return found
