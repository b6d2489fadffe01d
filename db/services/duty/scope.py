"""Which duties somebody plans or describes, and loading one of them; not yours means not there."""

from sqlalchemy import ColumnElement, false, select, true
from sqlalchemy.orm import Session

from db.models import Duty, Unit
from db.rules.permissions import Actor, Permission, Scope
from db.rules.problems import N_, NotThere, Problem, Problems

RETIRED = N_("This duty is retired; restore it first.")


def within(actor: Actor, permission: Permission = Permission.DUTY_PLAN) -> ColumnElement[bool]:
    """The duties a right reaches: all, or those of one's unit and the units below it."""
    scope = actor.scope(permission)
    if scope is Scope.ALL:
        return true()
    if scope is None or scope is Scope.OWN:
        return false()
    if scope is Scope.UNIT:
        return Duty.unit_id == actor.unit_id
    return Duty.unit_id.in_(select(Unit.id).where(Unit.path.startswith(actor.unit_path or "-", autoescape=True)))


def reached(session: Session, actor: Actor, duty_id: int, permission: Permission = Permission.DUTY_PLAN) -> Duty:
    """The duty when the right reaches it; raises NotThere."""
    found = session.scalars(select(Duty).where(Duty.id == duty_id, within(actor, permission))).one_or_none()
    if found is None:
        raise NotThere(f"duty {duty_id}")
    return found


def in_use(session: Session, actor: Actor, duty_id: int, permission: Permission = Permission.DUTY_PLAN) -> Duty:
    """The duty to be written to; raises NotThere, and Problems when it is retired."""
    duty = reached(session, actor, duty_id, permission)
    if not duty.active:
        raise Problems(Problem("", RETIRED))
    return duty
