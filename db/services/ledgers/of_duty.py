"""Shifts of published rotas that have begun, as lines: who stood there, signed in and out, and handed over."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Select, func, select, tuple_
from sqlalchemy.orm import Session

from db import clock
from db.models import (
    DutyAttendance,
    DutyHandover,
    DutyMember,
    DutyPost,
    DutyShift,
    Person,
    Rota,
    RotaPlace,
    Unit,
)
from db.rules.permissions import Actor, Permission
from db.rules.problems import Named
from db.services.ledgers.asking import Asked, Line, Source


def _wanted(_actor: Actor, asked: Asked) -> Select[*tuple[Any, ...]]:
    serves = func.coalesce(DutyMember.unit_id, Person.unit_id)
    query = select(RotaPlace, DutyShift, DutyPost, DutyMember.name, Unit.name, Unit.name_en, DutyAttendance)
    query = query.join(Rota, Rota.id == RotaPlace.rota_id).join(DutyShift, DutyShift.id == RotaPlace.shift_id)
    query = query.join(DutyPost, DutyPost.id == RotaPlace.post_id)
    query = query.join(DutyMember, DutyMember.id == RotaPlace.member_id)
    query = query.outerjoin(Person, Person.id == DutyMember.person_id).outerjoin(Unit, Unit.id == serves)
    signed = (DutyAttendance.place_id == RotaPlace.id) & (DutyAttendance.member_id == RotaPlace.member_id)
    query = query.outerjoin(DutyAttendance, signed)
    wanted = (Rota.state == "published", RotaPlace.begins_at <= clock.now(), asked.on(RotaPlace.on_day))
    query = query.where(*wanted, asked.within(serves))
    return query.order_by(RotaPlace.on_day, DutyShift.position, DutyPost.id, RotaPlace.role, RotaPlace.place)


def _lines(session: Session, _actor: Actor, _asked: Asked, rows: Sequence[Any]) -> list[Line]:
    notes = _handovers(session, {(row[0].post_id, row[0].shift_id, row[0].on_day) for row in rows})
    return [
        {"on_day": place.on_day, "shift": Named(shift.name, shift.name_en), "post": Named(post.name, post.name_en)}
        | {"role": place.role, "member": member, "unit": Named(unit or "", unit_en or "")}
        | {name: getattr(signed, name, None) for name in ("started_at", "ended_at", "uniform", "note")}
        | {"handover": notes.get((place.post_id, place.shift_id, place.on_day), "")}
        for place, shift, post, member, unit, unit_en, signed in rows
    ]


def _handovers(session: Session, places: set[tuple[int, int, Any]]) -> dict[tuple[int, int, Any], str]:
    found: dict[tuple[int, int, Any], list[str]] = {}
    wanted, every = tuple_(DutyHandover.post_id, DutyHandover.shift_id, DutyHandover.on_day), sorted(places)
    for part in (every[begin : begin + 300] for begin in range(0, len(every), 300)):
        for row in session.scalars(select(DutyHandover).where(wanted.in_(part)).order_by(DutyHandover.id)):
            found.setdefault((row.post_id, row.shift_id, row.on_day), []).append(row.text)
    return {place: "\n".join(texts) for place, texts in found.items()}


SHIFTS = Source(Permission.DUTY_READ, _wanted, _lines)
