"""Rotas of the tests: drawn up, served in and published in a line each."""

import json
from datetime import date
from typing import Any

from sqlalchemy import select, update

from db.engine import Database
from db.models import DutyMember, Rota, RotaPlace
from db.rules.permissions import Actor
from db.services.duty import rotas
from tests.factories import SYSTEM

FIRST, LAST = date(2026, 12, 1), date(2026, 12, 31)


def member_id(database: Database, name: str) -> int:
    """The member of this name."""
    with database.reading() as session:
        return session.scalars(select(DutyMember.id).where(DutyMember.name == name)).one()


def serve(database: Database, rota_id: int, day: date, name: str, *, role: str | None = None) -> None:
    """Put somebody on the first open place of a day, in the role the member has first."""
    with database.transaction(SYSTEM) as session:
        member = session.scalars(select(DutyMember).where(DutyMember.name == name)).one()
        place = session.scalars(
            select(RotaPlace)
            .where(RotaPlace.rota_id == rota_id, RotaPlace.on_day == day, RotaPlace.member_id.is_(None))
            .where(RotaPlace.role == (role or json.loads(member.roles)[0]))
            .order_by(RotaPlace.place)
            .limit(1)
        ).one()
        place.member_id = member.id


def publish(database: Database, rota_id: int, number: int = 1) -> None:
    """Make a rota a published one, whatever stands in it."""
    with database.transaction(SYSTEM) as session:
        rota = session.get_one(Rota, rota_id)
        rota.state, rota.number = "published", number
        session.execute(update(RotaPlace).where(RotaPlace.rota_id == rota_id).values(published_id=RotaPlace.member_id))


def new(actor: Actor, duty_id: int, first: date = FIRST, last: date = LAST, **more: Any) -> int:
    """A new draft."""
    return rotas.new_rota(actor, duty_id=duty_id, from_on=first, until_on=last, key=more.pop("key", "new"), **more)


def view(actor: Actor, rota_id: int) -> rotas.RotaView:
    """The rota as somebody sees it."""
    return rotas.rota_view(actor, rota_id=rota_id)


def add(database: Database, *rows: object) -> None:
    """Rows of the test's own."""
    with database.transaction(SYSTEM) as session:
        session.add_all(rows)
