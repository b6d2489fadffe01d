"""Which lines of the registers somebody reads, and whose part in them; not yours means not there."""

from sqlalchemy import ColumnElement, and_, select, true
from sqlalchemy.orm import Session

from db.models import Unit, Work, WorkUnit
from db.rules.permissions import Actor, Permission, Scope
from db.rules.problems import N_, NotThere, Problem, Problems
from db.services.scoring.scope import within

REMOVED = N_("This line was removed; restore it first.")


def reads_all(actor: Actor) -> bool:
    """Whether every line and every unit's part is theirs to read."""
    return actor.scope(Permission.WORKS_READ) is Scope.ALL


def parts(actor: Actor) -> ColumnElement[bool]:
    """The parts (WorkUnit) somebody reads: all, or those of one's unit and the units below it; none taken out."""
    named = WorkUnit.standing != ""
    if reads_all(actor):
        return named
    return and_(named, WorkUnit.unit_id.in_(select(Unit.id).where(within(actor, Permission.WORKS_READ))))


def visible(actor: Actor) -> ColumnElement[bool]:
    """The lines (Work) somebody reads: all, removed ones too, or those standing that name one's unit."""
    if reads_all(actor):
        return true()
    return and_(Work.removed_at.is_(None), Work.id.in_(select(WorkUnit.work_id).where(parts(actor))))


def load(session: Session, actor: Actor, work_id: int) -> Work:
    """A line one reads; raises NotThere."""
    found = session.scalars(select(Work).where(Work.id == work_id, visible(actor))).one_or_none()
    if found is None:
        raise NotThere(f"work {work_id}")
    return found


def kept(session: Session, actor: Actor, work_id: int) -> Work:
    """A standing line, locked to be written to; raises Refused, NotThere, and Problems when it was removed."""
    actor.must(Permission.WORKS_KEEP)
    wanted = select(Work).where(Work.id == work_id, visible(actor)).with_for_update()
    found = session.scalars(wanted.execution_options(populate_existing=True)).one_or_none()
    if found is None:
        raise NotThere(f"work {work_id}")
    if found.removed_at is not None:
        raise Problems(Problem("", REMOVED))
    return found
