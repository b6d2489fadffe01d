"""Published places, and who speaks for whom: a member's own account, or for somebody without one who is in charge."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, false, or_, select
from sqlalchemy.orm import Session

from db.models import Duty, DutyMember, Person, Rota, RotaPlace
from db.rules.duty.attending import IN_CHARGE, LONGEST, NEAR, Times
from db.rules.permissions import Actor, Permission
from db.rules.problems import NotThere
from db.services.duty.scope import within

PUBLISHED = "published"


@dataclass(frozen=True)
class Served:
    """A published place with its rota and its duty."""

    place: RotaPlace
    rota: Rota
    duty: Duty

    @property
    def times(self) -> Times:
        """From when to when it is served."""
        return Times(self.place.begins_at, self.place.ends_at)


def served(session: Session, place_id: int) -> Served:
    """The place when it is published; raises NotThere."""
    query = (
        select(RotaPlace, Rota, Duty)
        .join(Rota, Rota.id == RotaPlace.rota_id)
        .join(Duty, Duty.id == Rota.duty_id)
        .where(RotaPlace.id == place_id, Rota.state == PUBLISHED)
    )
    found = session.execute(query).one_or_none()
    if found is None:
        raise NotThere(RotaPlace.__tablename__)
    return Served(*found)


def plans(session: Session, actor: Actor, duty_id: int, permission: Permission = Permission.DUTY_PLAN) -> bool:
    """Whether a right reaches the duty."""
    return session.scalar(select(Duty.id).where(Duty.id == duty_id, within(actor, permission))) is not None


def charges(session: Session, actor: Actor, now: datetime) -> ColumnElement[bool]:
    """The duties whose leader or deputy on shift the actor is; of a responsible duty, every duty's."""
    query = (
        select(Duty.id, Duty.responsible)
        .join(Rota, Rota.duty_id == Duty.id)
        .join(RotaPlace, RotaPlace.rota_id == Rota.id)
        .join(DutyMember, DutyMember.id == RotaPlace.member_id)
        .where(on_at(now), RotaPlace.role.in_(IN_CHARGE), DutyMember.person_id == actor.id)
    )
    led = session.execute(query).all() if actor.id is not None else []
    if any(responsible for _, responsible in led):
        return Duty.id.is_not(None)
    return Duty.id.in_([duty_id for duty_id, _ in led]) if led else false()


def in_charge(session: Session, actor: Actor, duty_id: int, now: datetime) -> bool:
    """Whether the actor is the leader or deputy on shift, of this duty or of the one that answers for the office."""
    return session.scalar(select(Duty.id).where(Duty.id == duty_id, charges(session, actor, now))) is not None


def on_at(moment: datetime) -> ColumnElement[bool]:
    """Published places served at a moment, of duties in use."""
    begun = RotaPlace.begins_at.between(moment - LONGEST, moment)
    return and_(Rota.state == PUBLISHED, Duty.active, begun, RotaPlace.ends_at > moment)


def near(now: datetime) -> ColumnElement[bool]:
    """Places whose shift is now, or near enough to be marked."""
    return and_(RotaPlace.begins_at.between(now - LONGEST - NEAR, now + NEAR), RotaPlace.ends_at >= now - NEAR)


def has_account(session: Session, member: DutyMember) -> bool:
    """Whether the member can sign in and so speaks for themselves."""
    person = session.get(Person, member.person_id) if member.person_id is not None else None
    return person is not None and person.active


def no_account() -> ColumnElement[bool]:
    """Members somebody else speaks for."""
    return or_(DutyMember.person_id.is_(None), DutyMember.person_id.in_(select(Person.id).where(~Person.active)))


def is_own(member: DutyMember, actor: Actor) -> bool:
    """Whether the member is the actor."""
    return member.person_id is not None and member.person_id == actor.id


def marks_for(session: Session, actor: Actor, member: DutyMember, now: datetime) -> bool:
    """Whether the actor marks this member's shifts: the member, or who is in charge of somebody without an account."""
    if has_account(session, member):
        return is_own(member, actor)
    return in_charge(session, actor, member.duty_id, now)


def speaks_for(session: Session, actor: Actor, member: DutyMember, now: datetime) -> bool:
    """Whether the actor agrees for this member: as for marks, and who plans the duty too."""
    if has_account(session, member):
        return is_own(member, actor)
    return plans(session, actor, member.duty_id) or in_charge(session, actor, member.duty_id, now)


def is_member(session: Session, actor: Actor, duty_id: int) -> bool:
    """Whether the actor serves in a duty, or did."""
    mine = select(DutyMember.id).where(DutyMember.duty_id == duty_id, DutyMember.person_id == actor.id)
    return actor.id is not None and session.scalar(mine.limit(1)) is not None
