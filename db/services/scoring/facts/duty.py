"""What duty says of units: places nobody served and notes nobody wrote of the duty's unit, marks missing of a member's.

What is missing is what db/rules/duty/attending.py calls so, of published rotas and shifts that have begun.
"""

from sqlalchemy import ColumnElement, and_, exists, func, or_, select
from sqlalchemy.orm import Session

from db.models import Duty, DutyAttendance, DutyHandover, DutyMember, Person, Rota, RotaPlace
from db.services.duty.serving import PUBLISHED
from db.services.scoring.facts.fact import Fact, Span

PLACE = "place"


def duty_gaps(session: Session, span: Span) -> list[Fact]:
    """Places nobody served, and shifts at a post that ended without a hand-over note (R-11); a shift's note is one."""
    noted = exists().where(
        DutyHandover.post_id == RotaPlace.post_id,
        DutyHandover.on_day == RotaPlace.on_day,
        DutyHandover.shift_id == RotaPlace.shift_id,
    )
    unserved = RotaPlace.member_id.is_(None)
    no_note = and_(~unserved, RotaPlace.ends_at <= span.now, ~noted)
    query = (
        select(Duty.unit_id, RotaPlace.id, RotaPlace.on_day, RotaPlace.member_id, RotaPlace.post_id, RotaPlace.shift_id)
        .join(Rota, Rota.id == RotaPlace.rota_id)
        .join(Duty, Duty.id == Rota.duty_id)
        .where(_published(span), or_(and_(unserved, RotaPlace.begins_at <= span.now), no_note))
    )
    return [
        Fact(unit, on, PLACE, place_id, once=None if member is None else (post, on, shift))
        for unit, place_id, on, member, post, shift in session.execute(query)
    ]


def missed_attendance(session: Session, span: Span) -> list[Fact]:
    """Shifts whose start or end their member did not mark (R-55); both of one shift is one."""
    no_start = and_(DutyAttendance.started_at.is_(None), RotaPlace.begins_at <= span.now)
    no_end = and_(DutyAttendance.ended_at.is_(None), RotaPlace.ends_at <= span.now)
    return _of_members(session, span, or_(no_start, no_end))


def uniform_missing(session: Session, span: Span) -> list[Fact]:
    """Shifts begun without the uniform their post asks for (R-66)."""
    return _of_members(session, span, DutyAttendance.uniform.is_(False))


def _of_members(session: Session, span: Span, missing: ColumnElement[bool]) -> list[Fact]:
    """Of the unit a member serves for: said of the member, else the account's, else the duty's."""
    unit = func.coalesce(DutyMember.unit_id, Person.unit_id, Duty.unit_id)
    marked = and_(DutyAttendance.place_id == RotaPlace.id, DutyAttendance.member_id == RotaPlace.member_id)
    query = (
        select(unit, RotaPlace.on_day, RotaPlace.id)
        .join(Rota, Rota.id == RotaPlace.rota_id)
        .join(Duty, Duty.id == Rota.duty_id)
        .join(DutyMember, DutyMember.id == RotaPlace.member_id)
        .outerjoin(Person, Person.id == DutyMember.person_id)
        .outerjoin(DutyAttendance, marked)
        .where(_published(span), missing)
    )
    return [Fact(unit_id, on, PLACE, place_id) for unit_id, on, place_id in session.execute(query)]


def _published(span: Span) -> ColumnElement[bool]:
    return and_(Rota.state == PUBLISHED, RotaPlace.on_day.between(span.first, span.last))
