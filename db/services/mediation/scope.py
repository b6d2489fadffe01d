"""Which disputes an actor may see, and loading one of them; not yours means not there."""

from collections.abc import Callable, Mapping

from sqlalchemy import ColumnElement, Select, and_, exists, false, or_, select, true, union_all
from sqlalchemy.orm import Session, aliased

from db.models import Dispute, DisputeEntry, DisputeMediator, Mediator, Person
from db.rules.mediation.flow import may_change
from db.rules.mediation.words import EndKind, Position, State
from db.rules.permissions import Actor, Permission, Scope
from db.rules.problems import N_, Changed, NotThere, Problem, Problems

ASIDE = (EndKind.STEPPED_ASIDE, EndKind.OBJECTED)
ARCHIVED = N_("This file is archived. It is reopened before anything in it changes.")
# What the person named for the follow-up visit may do with the file.
VISITORS = (Permission.MEDIATION_READ, Permission.MEDIATION_UNMASK, Permission.MEDIATION_VISIT)


def visible(actor: Actor, permission: Permission = Permission.MEDIATION_READ) -> ColumnElement[bool]:
    """The filter every query on disputes carries.

    One's own files; the chair's committee; what nobody of one's committee has taken on; a file one is named to visit.
    A child's file is its mediators', its visitor's and the director's. Who stepped aside sees nothing more of it.
    """
    return _within(actor, permission, lambda: or_(*_reach(Dispute, actor, permission)))


def stubs(actor: Actor, whole: ColumnElement[bool] | None = None) -> ColumnElement[bool]:
    """Disputes of which the actor may know that they exist and how they stand: those seen whole, and more."""
    whole = visible(actor) if whole is None else whole
    may_know = actor.scope(Permission.MEDIATION_STATE) is Scope.ALL
    if not may_know or actor.scope(Permission.MEDIATION_READ) is Scope.ALL:
        return whole
    return or_(whole, and_(~Dispute.child, ~_left(actor)))


def gathered(actor: Actor, permission: Permission = Permission.MEDIATION_READ) -> ColumnElement[bool]:
    """`visible` for a whole list: what is within reach is gathered once by its indexes, not asked file by file."""
    one = aliased(Dispute)

    def ids() -> ColumnElement[bool]:
        _own, *parts = _reach(one, actor, permission)
        files = _files(actor).where(DisputeMediator.ended_on.is_(None))
        return Dispute.id.in_(union_all(files, *(select(one.id).where(part) for part in parts)))

    return _within(actor, permission, ids)


def _within(actor: Actor, permission: Permission, narrow: Callable[[], ColumnElement[bool]]) -> ColumnElement[bool]:
    scope = actor.scope(permission)
    if scope is None or actor.id is None:
        return false()
    return and_(~_left(actor), true() if scope is Scope.ALL else narrow())


def _reach(one: type[Dispute], actor: Actor, permission: Permission) -> list[ColumnElement[bool]]:
    chaired = _committees(one, actor, Mediator.position == Position.CHAIR)
    taken = exists().where(DisputeMediator.dispute_id == one.id, DisputeMediator.ended_on.is_(None))
    free = and_(one.open, ~taken)
    parts = [
        mediated_by(actor, DisputeMediator.ended_on.is_(None), one=one),
        and_(chaired, ~one.child),
        and_(chaired, free),
        and_(_committees(one, actor), ~one.child, free),
    ]
    if permission in VISITORS:
        parts.append(one.visitor_id == actor.id)
    return parts


def mediated_by(actor: Actor, *more: ColumnElement[bool], one: type[Dispute] = Dispute) -> ColumnElement[bool]:
    """Files a person mediates or mediated; `+ 0` keeps SQLite from fetching each of them before anything else."""
    return (one.id + 0).in_(_files(actor).where(*more))


def _left(actor: Actor) -> ColumnElement[bool]:
    return mediated_by(actor, DisputeMediator.end_kind.in_(ASIDE))


def _files(actor: Actor) -> Select[int]:
    mine = select(DisputeMediator.dispute_id).join(Mediator, Mediator.id == DisputeMediator.mediator_id)
    return mine.where(Mediator.person_id == actor.id)


def _committees(one: type[Dispute], actor: Actor, *more: ColumnElement[bool]) -> ColumnElement[bool]:
    mine = select(Mediator.committee_id).where(Mediator.person_id == actor.id, Mediator.active, *more)
    return one.committee_id.in_(mine)


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
