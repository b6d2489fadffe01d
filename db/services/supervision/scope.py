"""Which supervision notices an actor may see, and loading one of them; not yours means not there."""

from collections.abc import Mapping

from sqlalchemy import ColumnElement, and_, exists, or_, select
from sqlalchemy.orm import Session

from db.models import Case, Supervision, Unit
from db.rules.cases import Kind
from db.rules.permissions import Actor, Permission, Scope
from db.rules.problems import NotThere
from db.rules.supervision import TOLD, By
from db.services.cases.scope import handled_by, units_of, visible
from db.services.records import seen


def may_be_supervised() -> ColumnElement[bool]:
    """A condition on cases: one with a lead unit, and never a sealed one or an accusation (Art. 30)."""
    return and_(Case.lead_unit_id.is_not(None), ~Case.sealed, Case.kind != Kind.ACCUSATION)


def shown_to(actor: Actor) -> ColumnElement[bool]:
    """A condition on notices joined to their cases: the office sees all, a unit's people what their unit was told."""
    scope = actor.scope(Permission.CASES_READ)
    seen_cases = and_(visible(actor), may_be_supervised())
    if scope is Scope.ALL:
        return seen_cases
    theirs = or_(Supervision.unit_id.in_(units_of(actor, scope or Scope.OWN)), handled_by(actor))
    return and_(seen_cases, Supervision.state.in_(TOLD), theirs)


def load(
    session: Session, actor: Actor, supervision_id: int, version: int, mine: Mapping[str, object]
) -> tuple[Supervision, Case]:
    """A notice the actor may see with its case, as it was seen; raises NotThere and Changed."""
    notice, case = found(session, actor, supervision_id)
    return seen(session, Supervision, notice.id, version, mine), case


def found(session: Session, actor: Actor, supervision_id: int) -> tuple[Supervision, Case]:
    """A notice the actor may see with its case; raises NotThere."""
    query = select(Supervision, Case).join(Case, Case.id == Supervision.case_id)
    row = session.execute(query.where(Supervision.id == supervision_id, shown_to(actor))).one_or_none()
    if row is None:
        raise NotThere(f"supervision {supervision_id}")
    notice, case = row
    return notice, case


def sides_of(session: Session, actor: Actor, notice: Supervision, case: Case) -> frozenset[By]:
    """On which sides of a notice the actor stands."""
    sides = {By.DRAFTER} if actor.may(Permission.CASES_SUPERVISE) else set()
    if actor.may(Permission.CASES_SUPERVISION_ISSUE):
        sides |= {By.ISSUER, By.DRAFTER}
    if speaks_for(session, actor, notice.unit_id, case):
        sides.add(By.UNIT)
    return frozenset(sides)


def speaks_for(session: Session, actor: Actor, unit_id: int, case: Case) -> bool:
    """Whether the actor handles for that unit, or handles the matter."""
    scope = actor.scope(Permission.CASES_HANDLE)
    if scope is None:
        return False
    if scope is Scope.ALL or case.handler_id == actor.id:
        return True
    stands_in = exists().where(Case.id == case.id, handled_by(actor))
    within = exists().where(Unit.id == unit_id, Unit.id.in_(units_of(actor, scope)))
    return bool(session.scalar(select(or_(stands_in, within))))
