"""Which assessed units somebody sees while their sheets are open, and who may write in them; not yours is not there."""

from sqlalchemy import ColumnElement, false, select, true
from sqlalchemy.orm import Session

from db.models import AssessedUnit, Assessment, Unit
from db.rules.permissions import Actor, Permission, Scope
from db.rules.problems import N_, NotThere, Problem, Problems

OWN_UNIT = N_("You belong to this unit; another assessor scores it.")
RETIRED = N_("This assessment is retired; restore it first.")


def within(actor: Actor, permission: Permission = Permission.SCORES_OPEN) -> ColumnElement[bool]:
    """The units (joined as Unit) a right reaches: all, or one's own and those below it."""
    scope = actor.scope(permission)
    if scope is Scope.ALL:
        return true()
    if scope is None or scope is Scope.OWN:
        return false()
    if scope is Scope.UNIT:
        return Unit.id == (actor.unit_id or 0)
    return Unit.path.startswith(actor.unit_path or "-", autoescape=True)


def reached(
    session: Session,
    actor: Actor,
    assessed_unit_id: int,
    permission: Permission = Permission.SCORES_OPEN,
    *,
    write: bool = False,
) -> AssessedUnit:
    """The assessed unit a right reaches, locked when it will be written; raises NotThere."""
    wanted = select(AssessedUnit).join(Unit, Unit.id == AssessedUnit.unit_id)
    wanted = wanted.where(AssessedUnit.id == assessed_unit_id, within(actor, permission))
    if write:
        wanted = wanted.with_for_update(of=AssessedUnit).execution_options(populate_existing=True)
    found = session.scalars(wanted).one_or_none()
    if found is None:
        raise NotThere(f"assessed unit {assessed_unit_id}")
    return found


def entered(
    session: Session, actor: Actor, assessed_unit_id: int, permission: Permission = Permission.SCORES_ENTER
) -> AssessedUnit:
    """The assessed unit to be written to; raises NotThere, and Problems for one's own unit or a retired assessment."""
    found = reached(session, actor, assessed_unit_id, permission, write=True)
    if belongs(session, actor, found.unit_id):
        raise Problems(Problem("", OWN_UNIT))
    assessment = session.get_one(Assessment, found.assessment_id)
    if not (assessment.active and found.active):
        raise Problems(Problem("", RETIRED))
    return found


def belongs(session: Session, actor: Actor, unit_id: int) -> bool:
    """Whether the actor works in this unit or in one below it."""
    path = session.scalar(select(Unit.path).where(Unit.id == unit_id)) or ""
    return bool(path) and actor.unit_path.startswith(path)
