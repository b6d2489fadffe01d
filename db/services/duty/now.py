"""Who is on now and who comes next, with telephone numbers; the leader on shift (R-69)."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any

import pandas as pd
from sqlalchemy import ColumnElement, Select, and_, func, select
from sqlalchemy.orm import Session

from db import clock
from db.engine import current, reading
from db.identity import decrypt
from db.models import Duty, DutyAttendance, DutyMember, DutyPost, DutyShift, Person, Rota, RotaPlace
from db.rules.duty.attending import LEADER
from db.rules.permissions import Actor, Permission
from db.services.acts import guarded
from db.services.duty.rows import framed
from db.services.duty.serving import PUBLISHED, on_at

ON = ["place_id", "duty_id", "duty", "duty_en", "post_id", "post", "post_en", "where", "shift", "shift_en", "role"]
ON += ["begins_at", "ends_at", "member_id", "member", "phone", "started_at"]
AHEAD = timedelta(days=7)


@dataclass(frozen=True)
class OnNow:
    """Who serves at a moment and who comes next at each post: columns of ON; an open place has no member."""

    at: datetime
    on: pd.DataFrame
    next: pd.DataFrame


@guarded(Permission.DUTY_READ)
def on_now(actor: Actor) -> OnNow:
    """Who is on in every duty in use, duties that answer for the whole office first; next within a week."""
    now = clock.now()
    with reading() as session:
        return OnNow(now, _frame(session, on_at(now)), _frame(session, _next(now)))


def leader_on_shift(session: Session, moment: datetime) -> int | None:
    """Who leads the responsible duty at a moment and so is first responsible (R-69); nobody while nobody does."""
    query = (
        select(Person.id)
        .join(DutyMember, DutyMember.person_id == Person.id)
        .join(RotaPlace, RotaPlace.member_id == DutyMember.id)
        .join(Rota, Rota.id == RotaPlace.rota_id)
        .join(Duty, Duty.id == Rota.duty_id)
        .where(on_at(moment), Duty.responsible, RotaPlace.role == LEADER, DutyMember.active, Person.active)
        .order_by(RotaPlace.begins_at.desc(), RotaPlace.id)
    )
    return session.scalar(query.limit(1))


def _next(now: datetime) -> ColumnElement[bool]:
    """At each post the places that begin first after now."""
    ahead = and_(Rota.state == PUBLISHED, Duty.active, RotaPlace.begins_at > now, RotaPlace.begins_at <= now + AHEAD)
    first = (
        select(RotaPlace.post_id, func.min(RotaPlace.begins_at).label("begins_at"))
        .join(Rota, Rota.id == RotaPlace.rota_id)
        .join(Duty, Duty.id == Rota.duty_id)
        .where(ahead)
        .group_by(RotaPlace.post_id)
        .subquery()
    )
    matches = select(first.c.post_id).where(
        first.c.post_id == RotaPlace.post_id, first.c.begins_at == RotaPlace.begins_at
    )
    return and_(ahead, matches.exists())


def _frame(session: Session, condition: ColumnElement[bool]) -> pd.DataFrame:
    database = current()
    rows = [
        (*row[:-3], row.member or "", decrypt(database, "duty_member.phone", row.phone), row.started_at)
        for row in session.execute(_places().where(condition))
    ]
    return framed(rows, ON, {"member_id": "Int64"})


@cache
def _places() -> Select[*tuple[Any, ...]]:
    """Places with their names, members and marks; built once, because building it costs more than running it."""
    marked = and_(DutyAttendance.place_id == RotaPlace.id, DutyAttendance.member_id == RotaPlace.member_id)
    return (
        select(
            RotaPlace.id,
            Duty.id,
            Duty.name,
            Duty.name_en,
            DutyPost.id,
            DutyPost.name,
            DutyPost.name_en,
            DutyPost.place,
            DutyShift.name,
            DutyShift.name_en,
            RotaPlace.role,
            RotaPlace.begins_at,
            RotaPlace.ends_at,
            DutyMember.id,
            DutyMember.name.label("member"),
            DutyMember.phone,
            DutyAttendance.started_at,
        )
        .join(Rota, Rota.id == RotaPlace.rota_id)
        .join(Duty, Duty.id == Rota.duty_id)
        .join(DutyPost, DutyPost.id == RotaPlace.post_id)
        .join(DutyShift, DutyShift.id == RotaPlace.shift_id)
        .outerjoin(DutyMember, DutyMember.id == RotaPlace.member_id)
        .outerjoin(DutyAttendance, marked)
        .order_by(Duty.responsible.desc(), Duty.id, RotaPlace.begins_at, DutyPost.position, DutyPost.id, RotaPlace.id)
    )
