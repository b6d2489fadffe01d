"""Duties and drafts to search, and waiting for what is found."""

import time
from datetime import date, timedelta
from functools import partial

from sqlalchemy import select

from db.engine import Database
from db.models import DutyAbsence, DutyMember, Rota, RotaPlace
from db.rules.permissions import Actor
from db.services.duty import rotas, searching
from db.services.duty.searching import Progress
from tests.factories import SYSTEM, Office, a_duty

FIRST, LAST = date(2026, 12, 1), date(2026, 12, 14)
LONGEST = 120.0


def a_draft(database: Database, office: Office, *, first: date = FIRST, last: date = LAST, **duty: object) -> int:
    """The centre duty and a draft of two weeks, every place open; answers the id of the draft."""
    with database.transaction(SYSTEM) as session:
        duty_id = a_duty(session, office, **duty).id
    return rotas.new_rota(office.director, duty_id=duty_id, from_on=first, until_on=last, key=f"draft-{duty_id}")


def members(database: Database) -> dict[str, int]:
    """Everybody who serves, by name."""
    with database.reading() as session:
        return {member.name: member.id for member in session.scalars(select(DutyMember))}


def away(database: Database, name: str, first: date, last: date, kind: str = "leave") -> None:
    """Leave of a member."""
    with database.transaction(SYSTEM) as session:
        member = session.scalars(select(DutyMember).where(DutyMember.name == name)).one()
        session.add(DutyAbsence(member_id=member.id, kind=kind, from_on=first, until_on=last))


def serving(database: Database, rota_id: int) -> dict[int, int | None]:
    """Who serves at each place."""
    with database.reading() as session:
        rows = session.execute(select(RotaPlace.id, RotaPlace.member_id).where(RotaPlace.rota_id == rota_id))
        return {row.id: row.member_id for row in rows}


def wishes(database: Database, first: date, days: int) -> None:
    """Everybody would rather not serve on every third day, each on others: hard to prove the best of."""
    with database.transaction(SYSTEM) as session:
        for member_id in session.scalars(select(DutyMember.id)).all():
            for n in range(member_id % 3, days, 3):
                day = first + timedelta(days=n)
                wish = DutyAbsence(member_id=member_id, kind="avoid", from_on=day, until_on=day, weight=1 + n % 4)
                session.add(wish)


def rota_row(database: Database, rota_id: int) -> Rota:
    """The rota as it stands."""
    with database.reading() as session:
        return session.get_one(Rota, rota_id)


def searched(actor: Actor, rota_id: int, key: str = "ask", *, rounds: int | None = 2, seed: int = 1) -> Progress:
    """A whole search of a draft, waited for."""
    searching.ask(actor, rota_id=rota_id, seconds=20, rounds=rounds, seed=seed, key=key)
    return waited(actor, rota_id)


def waited(actor: Actor, rota_id: int) -> Progress:
    """The search once it is over."""
    until = time.monotonic() + LONGEST
    ask = partial(searching.progress, actor, rota_id=rota_id)
    while (found := ask()) is not None and found.state in ("waiting", "running"):
        assert time.monotonic() < until, found
        time.sleep(0.1)
    assert found is not None
    return found
