"""Which disputes an actor may see, and loading one of them; not yours means not there."""

from collections.abc import Mapping
from typing import TypeVar

from sqlalchemy import ColumnElement, Select, and_, exists, false, or_, select, true
from sqlalchemy.orm import Session

from db.models import Dispute, DisputeEntry, DisputeMediator, DisputeParty, Mediator, Person
from db.rules.mediation.flow import may_change
from db.rules.mediation.words import EndKind, Position, State
from db.rules.permissions import Actor, Permission, Scope
from db.rules.problems import N_, Changed, NotThere, Problem, Problems
from db.services.records import seen

Part = TypeVar("Part", DisputeParty, DisputeMediator)
ASIDE = (EndKind.STEPPED_ASIDE, EndKind.OBJECTED)
ARCHIVED = N_("This file is archived. It is reopened before anything in it changes.")
# What the person named for the follow-up visit may do with the file.
VISITORS = (Permission.MEDIATION_READ, Permission.MEDIATION_UNMASK, Permission.MEDIATION_VISIT)


def visible(actor: Actor, permission: Permission = Permission.MEDIATION_READ) -> ColumnElement[bool]:
    """The filter every query on disputes carries.

    One's own files; the chair's committee; what nobody of one's committee has taken on; a file one is named to visit.
    A child's file is its mediators', its visitor's and the director's. Who stepped aside sees nothing more of it.
    """
    scope = actor.scope(permission)
    if scope is None or actor.id is None:
        return false()
    reach = true() if scope is Scope.ALL else _reach(actor, permission)
    return and_(~_left(actor), reach)


def stubs(actor: Actor) -> ColumnElement[bool]:
    """Disputes of which the actor may know that they exist and how they stand."""
    may_know = actor.scope(Permission.MEDIATION_STATE) is Scope.ALL
    whole = visible(actor)
    return or_(whole, and_(~Dispute.child, ~_left(actor))) if may_know else whole


def _reach(actor: Actor, permission: Permission) -> ColumnElement[bool]:
    chaired = _committees(actor, Mediator.position == Position.CHAIR)
    free = ~exists().where(DisputeMediator.dispute_id == Dispute.id, DisputeMediator.ended_on.is_(None))
    parts = [
        Dispute.id.in_(_files(actor).where(DisputeMediator.ended_on.is_(None))),
        and_(chaired, or_(~Dispute.child, free)),
        and_(_committees(actor), ~Dispute.child, free),
    ]
    if permission in VISITORS:
        parts.append(Dispute.visitor_id == actor.id)
    return or_(*parts)


def _left(actor: Actor) -> ColumnElement[bool]:
    return Dispute.id.in_(_files(actor).where(DisputeMediator.end_kind.in_(ASIDE)))


def _files(actor: Actor) -> Select[int]:
    mine = select(DisputeMediator.dispute_id).join(Mediator, Mediator.id == DisputeMediator.mediator_id)
    return mine.where(Mediator.person_id == actor.id)


def _committees(actor: Actor, *more: ColumnElement[bool]) -> ColumnElement[bool]:
    mine = select(Mediator.committee_id).where(Mediator.person_id == actor.id, Mediator.active, *more)
    return Dispute.committee_id.in_(mine)


def load(
    session: Session,
    actor: Actor,
    dispute_id: int,
    permission: Permission = Permission.MEDIATION_READ,
    *,
    write: bool = False,
) -> Dispute:
    """The dispute when the actor may see it, locked when it will be written; raises NotThere."""
    query = select(Dispute).where(Dispute.id == dispute_id, visible(actor, permission))
    found = session.scalars(query.with_for_update() if write else query).one_or_none()
    if found is None:
        raise NotThere(f"dispute {dispute_id}")
    return found


def kept(
    session: Session, actor: Actor, dispute_id: int, permission: Permission = Permission.MEDIATION_KEEP
) -> Dispute:
    """The dispute to be written to, locked; raises NotThere, and Problems when it is archived."""
    dispute = load(session, actor, dispute_id, permission, write=True)
    if not may_change(State(dispute.state)):
        raise Problems(Problem("", ARCHIVED))
    return dispute


def reaches(session: Session, actor: Actor, dispute: Dispute, permission: Permission) -> bool:
    """Whether a right reaches this dispute, which the actor is known to see."""
    scope, sees = actor.scope(permission), actor.scope(Permission.MEDIATION_READ)
    if scope is None or sees is None:
        return False
    if scope is Scope.ALL or (permission in VISITORS and scope >= sees):
        return True
    query = select(Dispute.id).where(Dispute.id == dispute.id, visible(actor, permission))
    return session.scalar(query) is not None


def part_of(
    session: Session, dispute: Dispute, model: type[Part], row_id: int, version: int, mine: Mapping[str, object]
) -> Part:
    """A row of this very dispute as it was seen; raises NotThere or Changed."""
    row = session.get(model, row_id)
    if row is None or row.dispute_id != dispute.id:
        raise NotThere(f"{model.__name__} {row_id} of dispute {dispute.id}")
    return seen(session, model, row_id, version, mine)


def must_be_seen(session: Session, dispute: Dispute, version: int, mine: Mapping[str, object]) -> None:
    """Raise Changed with both versions unless `version` is the one that stands."""
    if dispute.version == version:
        return
    theirs = {name: getattr(dispute, name) for name in mine if hasattr(Dispute, name)} | {"state": dispute.state}
    raise Changed(theirs=theirs, mine=dict(mine), by=last_writer(session, dispute.id), version=dispute.version)


def last_writer(session: Session, dispute_id: int) -> str:
    """Who did the last thing to a dispute ("" when nobody did)."""
    query = (
        select(Person.name)
        .join(DisputeEntry, DisputeEntry.person_id == Person.id)
        .where(DisputeEntry.dispute_id == dispute_id)
        .order_by(DisputeEntry.id.desc())
        .limit(1)
    )
    return session.scalar(query) or ""
