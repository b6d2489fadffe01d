"""The demo's duties: the centre's, the patrol's and the reception days', with their people and special periods."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import count
from typing import Any

from db import clock
from db.demo.town import Town
from db.engine import reading
from db.rules.duty.words import Days
from db.rules.permissions import Actor
from db.services.duty import describing, members, needs, pairs
from db.services.duty.now import leader_on_shift
from db.services.duty.presets import load_duty_preset

BEGINNINGS = ("total", "nights", "weekends", "festivals")


@dataclass(frozen=True)
class DutyTold:
    """A duty of the demo: its id, who plans it, its people by user name or name, and what the preset says of it."""

    duty_id: int
    planner: Actor
    members: Mapping[str, int]
    row: Mapping[str, Any]

    @property
    def key(self) -> str:
        """The preset it was made from."""
        return str(self.row["preset"])


@dataclass(frozen=True)
class DutyHall:
    """What all stories of duty share: the town, the duties by key, accounts by member, the preset and the end."""

    town: Town
    duties: Mapping[str, DutyTold]
    accounts: Mapping[int, Actor]
    told: Mapping[str, Any]
    end: datetime
    swapped: set[int] = field(default_factory=set)

    @property
    def director(self) -> Actor:
        """Who publishes and decides."""
        return self.town.people["director"]

    def moment(self, ago: int, hour: int, minute: int) -> datetime:
        """A moment so many days before the demo's last."""
        day = self.end - timedelta(days=ago)
        return day.replace(hour=hour, minute=minute, second=0, microsecond=0)

    def day(self, ago: int) -> date:
        """The day so many days before the demo's last."""
        return self.end.date() - timedelta(days=ago)

    def leaders(self) -> list[Actor]:
        """The leader on shift at the moment; before the first rota of all begins there is none."""
        with reading() as session:
            person_id = leader_on_shift(session, clock.now())
        return [actor for actor in self.town.people.values() if actor.id == person_id]

    def in_charge(self) -> Actor:
        """The leader on shift at the moment."""
        return self.leaders()[0]

    def speaker(self, member_id: int | None) -> Actor:
        """Who speaks for a member: the own account, or the leader on shift."""
        return self.accounts.get(member_id or 0) or self.in_charge()


def month_of(day: date, months: int = 0) -> date:
    """The first of the month of a day, or of one so many months later."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, 1)


def make_duties(told: Mapping[str, Any], town: Town, end: datetime) -> DutyHall:
    """Describe the duties and say who serves; months are counted from the one of `end`."""
    phones = (f"1540001{number:04d}" for number in count(2017, 37))
    made = [_make(row, town, end.date(), phones) for row in told["duty"]]
    accounts = {member: town.people[who] for duty in made for who, member in duty.members.items() if who in town.people}
    return DutyHall(town, {duty.key: duty for duty in made}, accounts, told, end)


def _make(row: Mapping[str, Any], town: Town, today: date, phones: Iterator[str]) -> DutyTold:
    keeper, code = town.people["director"], row["preset"]
    duty_id = load_duty_preset(keeper, preset=code, unit_id=town.unit(row["unit"]), key=f"demo-duty-{code}")
    made = {
        who.get("username") or who["name"]: _seat(keeper, town, duty_id, who, next(phones)) for who in row["members"]
    }
    for pair in row.get("pairs", ()):
        first, second = made[pair["first"]], made[pair["second"]]
        key = f"demo-pair-{first}-{second}"
        pairs.set_pair(keeper, duty_id=duty_id, first_id=first, second_id=second, kind=pair["kind"], key=key)
    for period in row.get("periods", ()):
        _special(keeper, duty_id, period, month_of(today, period["month"]))
    return DutyTold(duty_id, town.people[row["planner"]], made, row)


def _seat(keeper: Actor, town: Town, duty_id: int, who: Mapping[str, Any], phone: str) -> int:
    """One member, named as the account is when there is one."""
    account = town.people.get(who.get("username", ""))
    name = account.name if account else who["name"]
    return members.add_member(
        keeper,
        duty_id=duty_id,
        name=name,
        person_id=account.id if account else None,
        phone=phone,
        **{part: who[part] for part in ("roles", "skills", "team", "share", "reserve") if part in who},
        **{f"begin_{part}": who.get(part, 0) for part in BEGINNINGS},
        key=f"demo-member-{duty_id}-{name}",
    )


def _special(keeper: Actor, duty_id: int, told: Mapping[str, Any], month: date) -> None:
    """A special duty period, and what it asks for on top at the duty's first post, in its first shift."""
    begins, ends = (month + timedelta(days=day - 1) for day in told["days"])
    key = f"demo-period-{duty_id}-{begins}"
    names = {part: told[part] for part in ("name", "name_en")}
    period_id = needs.add_period(keeper, duty_id=duty_id, **names, from_on=begins, until_on=ends, key=key)
    seen = describing.duty_view(keeper, duty_id=duty_id)
    for asks in told["asks"]:
        needs.add_need(
            keeper,
            duty_id=duty_id,
            post_id=int(seen.posts["id"].iloc[0]),
            shift_id=int(seen.shifts["id"].iloc[0]),
            role=asks["role"],
            count=asks["count"],
            team=asks.get("team", ""),
            days=Days.SPECIAL,
            period_id=period_id,
            key=f"demo-need-{period_id}-{asks['role']}",
        )
