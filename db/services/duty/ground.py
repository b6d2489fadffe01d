"""What a rota is judged by, read as plain values: members, leave, pairs, what was published before and after it."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy.orm import Session

from db.models import Duty, Rota
from db.rules.duty.breaking import Ground, Place
from db.rules.duty.counts import Tally
from db.rules.duty.needs import Need, Period, Wanted
from db.rules.permissions import Actor, Permission
from db.rules.working_calendar import WorkingCalendar


@dataclass(frozen=True)
class Planned:
    """A rota with everything that bears on it. `places` are its own, open ones too; `outside` those published before
    and after it and those of other duties of the same people; `before` is what each member served ahead of it."""

    rota: Rota
    duty: Duty
    places: tuple[Place, ...]
    outside: tuple[Place, ...]
    ground: Ground
    before: Mapping[int, Tally]
    calendar: WorkingCalendar
    needs: tuple[Need, ...]
    periods: tuple[Period, ...]
    wanted: tuple[Wanted, ...]


def rota_of(
    session: Session, actor: Actor, rota_id: int, permission: Permission = Permission.DUTY_PLAN, *, write: bool = False
) -> Rota:
    """The rota when the right reaches its duty (reading: drafts only for who plans); raises NotThere."""
    raise NotImplementedError


def planned(session: Session, rota: Rota) -> Planned:
    """Everything a rota is judged and searched by; a handful of queries, whatever the size of the office."""
    raise NotImplementedError


def touch(session: Session, rota: Rota) -> None:
    """Give the rota a new version, because its places changed: who publishes has seen what is published."""
    raise NotImplementedError
