"""Which cases an actor may see, and loading one of them; not yours means not there."""

from sqlalchemy import ColumnElement, Select, and_, exists, false, or_, select, true
from sqlalchemy.orm import Session

from db import clock
from db.engine import current
from db.models import Case, CaseAccess, CaseEntry, CaseRecusal, CaseUnit, Person, StandIn, Unit
from db.rules.permissions import GRANTS, Actor, Permission, Role, Scope
from db.rules.problems import Changed, NotThere

# What a stand-in takes over: what a handler may do, and none of the rights the stand-in has besides.
TAKEN_OVER = frozenset(GRANTS[Role.HANDLER])


def visible(actor: Actor, permission: Permission = Permission.CASES_READ) -> ColumnElement[bool]:
    """The scope filter every query on cases carries: scope, seal (Art. 30) and recusal (Art. 28)."""
    scope = actor.scope(permission)
    if scope is None or actor.id is None:
        return false()
    # Not correlated: each list is read once, however many cases are asked about.
    granted = Case.id.in_(select(CaseAccess.case_id).where(CaseAccess.person_id == actor.id))
    aside = Case.id.in_(select(CaseRecusal.case_id).where(CaseRecusal.person_id == actor.id))
    let_in = and_(granted, or_(Case.accused_unit_id.is_(None), Case.accused_unit_id.not_in(_units_above(actor))))
    return and_(or_(~Case.sealed, let_in), ~aside, or_(_reach(actor, scope, permission), granted))


def _units_above(actor: Actor) -> list[int]:
    """The actor's unit and those it lies in: who was moved below the accused unit sees the accusation no more."""
    return [int(one) for one in actor.unit_path.split("/") if one]


def _reach(actor: Actor, scope: Scope, permission: Permission) -> ColumnElement[bool]:
    if scope is Scope.ALL:
        return true()
    handled = handled_by(actor) if permission in TAKEN_OVER else Case.handler_id == actor.id
    own = or_(handled, Case.registered_by_id == actor.id)
    if scope is Scope.OWN:
        return own
    return or_(own, shared_with(units_of(actor, scope)))


def handled_by(actor: Actor) -> ColumnElement[bool]:
    """Whether the actor is the handler, or stands in for the handler today."""
    return or_(Case.handler_id == actor.id, Case.handler_id.in_(standing_in(actor)))


def standing_in(actor: Actor) -> Select[int]:
    """For whom the actor stands in today, as a subquery of ids; it ends by itself after the last day.

    Nobody, once the actor handles no cases any more.
    """
    today = clock.today(current().settings.timezone)
    arranged = select(StandIn.person_id).where(StandIn.stand_in_id == actor.id, StandIn.removed_at.is_(None))
    if not actor.may(Permission.CASES_HANDLE):
        arranged = arranged.where(false())
    return arranged.where(StandIn.begins <= today, StandIn.ends >= today)


def acted_for(actor: Actor) -> ColumnElement[bool]:
    """Whether a line of the timeline is a step the actor took as somebody's stand-in."""
    return and_(CaseEntry.person_id == actor.id, CaseEntry.detail.contains('"for_id": ', autoescape=True))


def shared_with(units: Select[int], *more: ColumnElement[bool]) -> ColumnElement[bool]:
    """Whether one of these units now takes part; asked case by case, because a unit's list grows for years."""
    return exists().where(CaseUnit.case_id == Case.id, CaseUnit.unit_id.in_(units), CaseUnit.state != "returned", *more)


def units_of(actor: Actor, scope: Scope) -> Select[int]:
    """The units a scope covers, as a subquery of ids."""
    if scope is Scope.UNIT:
        return select(Unit.id).where(Unit.id == actor.unit_id)
    return select(Unit.id).where(Unit.path.startswith(actor.unit_path or "-", autoescape=True))


def load(
    session: Session,
    actor: Actor,
    case_id: int,
    permission: Permission = Permission.CASES_READ,
    *,
    write: bool = False,
) -> Case:
    """The case when the actor may see it, locked when it will be written; raises NotThere."""
    query = select(Case).where(Case.id == case_id, visible(actor, permission))
    found = session.scalars(query.with_for_update() if write else query).one_or_none()
    if found is None:
        raise NotThere(f"case {case_id}")
    return found


def must_be_seen(session: Session, case: Case, version: int, mine: dict[str, object]) -> None:
    """Raise Changed with both versions unless `version` is the one that stands."""
    if case.version == version:
        return
    theirs = {name: getattr(case, name) for name in mine if hasattr(Case, name)}
    theirs |= {"state": case.state, "handler_id": case.handler_id}
    raise Changed(theirs=theirs, mine=mine, by=_last_writer(session, case.id), version=case.version)


def _last_writer(session: Session, case_id: int) -> str:
    query = (
        select(Person.name)
        .join(CaseEntry, CaseEntry.person_id == Person.id)
        .where(CaseEntry.case_id == case_id)
        .order_by(CaseEntry.id.desc())
        .limit(1)
    )
    return session.scalar(query) or ""
