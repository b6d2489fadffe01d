"""The centre duty with a published rota of nine days around the stopped clock, and its people by name."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import func, select

from db import clock
from db.engine import Database
from db.models import DutyMember, DutyPost, DutyShift, Rota, RotaChange, RotaPlace
from db.rules.permissions import Actor
from db.services.duty import attendance
from tests.factories import SYSTEM, Office, a_duty

ZONE = ZoneInfo("Asia/Shanghai")
FIRST, LAST = date(2026, 11, 16), date(2026, 11, 24)
# Who serves on the days of a turn: leader, deputy and two staff; the second crew is on now.
CREWS = (
    ("顾带班", "尹副班", "柯值班", "邢值班"),
    ("林带班", "杜副班", "陈接访", "冉值班"),
    ("周主任", "祁副班", "王经办", "苗值班"),
)
ROLES = (("leader", 0), ("deputy", 0), ("staff", 0), ("staff", 1))


def at(day: int, hour: int, minute: int = 0) -> datetime:
    """A moment of November 2026 in the office."""
    return datetime(2026, 11, day, hour, minute, tzinfo=ZONE)


@dataclass(frozen=True)
class Scene:
    """One duty and its published rota."""

    database: Database
    office: Office
    duty: int
    rota: int
    post: int
    shift: int

    def member(self, name: str) -> int:
        """A member by name."""
        with self.database.reading() as session:
            named = (DutyMember.duty_id == self.duty, DutyMember.name == name)
            return session.scalars(select(DutyMember.id).where(*named)).one()

    def place(self, day: int, name: str) -> int:
        """The place somebody was published on, on a day of November."""
        with self.database.reading() as session:
            query = (
                select(RotaPlace.id)
                .join(DutyMember, DutyMember.id == RotaPlace.published_id)
                .where(RotaPlace.rota_id == self.rota, RotaPlace.on_day == date(2026, 11, day), DutyMember.name == name)
            )
            return session.scalars(query).one()

    def holder(self, day: int, name: str) -> str:
        """Who serves now on the place somebody was published on."""
        with self.database.reading() as session:
            place = session.get_one(RotaPlace, self.place(day, name))
            return session.get_one(DutyMember, place.member_id).name if place.member_id else ""

    def row(self, model: Any, row_id: int) -> dict[str, Any]:
        """A row as it stands."""
        with self.database.reading() as session:
            found = session.get_one(model, row_id)
            return {column.name: getattr(found, column.name) for column in model.__table__.columns}

    def version(self, model: Any, row_id: int) -> int:
        """The version a row has now."""
        return int(self.row(model, row_id)["version"])

    def change(self, model: Any, row_id: int, **values: object) -> None:
        """Set columns behind the services' back."""
        with self.database.transaction(SYSTEM) as session:
            row = session.get_one(model, row_id)
            for name, value in values.items():
                setattr(row, name, value)

    def count(self, model: Any) -> int:
        """How many rows a table has."""
        with self.database.reading() as session:
            return session.scalar(select(func.count()).select_from(model)) or 0

    def chain(self) -> list[tuple[str, str, str, str]]:
        """The changes of the rota in their order: kind, who stood there, who stands there, why."""
        with self.database.reading() as session:
            names = {row.id: row.name for row in session.scalars(select(DutyMember))}
            query = select(RotaChange).where(RotaChange.rota_id == self.rota).order_by(RotaChange.id)
            return [
                (row.kind, names[row.was_id or 0], names[row.becomes_id or 0], row.reason)
                for row in session.scalars(query)
            ]


def a_published_rota(database: Database, office: Office, **changes: object) -> Scene:
    """The centre duty from 16 to 24 November, three crews in turn, each place one version old."""
    with database.transaction(SYSTEM) as session:
        duty = a_duty(session, office, **changes)
        post = session.scalars(select(DutyPost).where(DutyPost.duty_id == duty.id)).one()
        shift = session.scalars(select(DutyShift).where(DutyShift.duty_id == duty.id)).one()
        rota = Rota(duty_id=duty.id, from_on=FIRST, until_on=LAST, state="published", number=1, made_at=clock.now())
        rota.published_at, rota.published_by_id = clock.now(), office.director.id
        session.add(rota)
        session.flush()
        serving = session.scalars(select(DutyMember).where(DutyMember.duty_id == duty.id))
        members = {member.name: member.id for member in serving}
        # The second crew serves on the 19th.
        for n in range((LAST - FIRST).days + 1):
            day = FIRST + timedelta(days=n)
            for name, (role, place) in zip(CREWS[(n + 1) % 3], ROLES, strict=True):
                begins = datetime(day.year, day.month, day.day, 8, tzinfo=ZONE)
                served = {"published_id": members[name], "member_id": members[name]}
                span = {"begins_at": begins, "ends_at": begins + timedelta(days=1)}
                which = {"on_day": day, "post_id": post.id, "shift_id": shift.id, "role": role, "place": place}
                session.add(RotaPlace(rota_id=rota.id, **which, **span, **served))
        return Scene(database, office, duty.id, rota.id, post.id, shift.id)


def the_account_of(scene: Scene, name: str, actor: Actor) -> None:
    """Link a member to an account."""
    scene.change(DutyMember, scene.member(name), person_id=actor.id)


def start(scene: Scene, actor: Actor, day: int, name: str, key: str = "start", **changes: Any) -> int:
    """Mark the start of a shift."""
    values = {"version": 1, "uniform": None, **changes}
    return attendance.start_shift(actor, place_id=scene.place(day, name), key=key, **values)


def end(scene: Scene, actor: Actor, day: int, name: str, key: str = "end", **changes: Any) -> int:
    """Mark the end of a shift."""
    values = {"version": 1, **changes}
    return attendance.end_shift(actor, place_id=scene.place(day, name), key=key, **values)
