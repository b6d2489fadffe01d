"""The demo town: an office, its units in three levels, and people of every role with one password."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select

from db import clock
from db.demo.matters import Matter
from db.engine import transaction
from db.models import OfficeFact, Person, PersonRole, Unit
from db.rules.intake import Party
from db.rules.permissions import Actor, Role, system_actor
from db.rules.working_calendar import WorkingCalendar
from db.services.accounts.passwords import hash_of, set_password

ACTOR = system_actor("demo")


@dataclass(frozen=True)
class Town:
    """Units by key (id and path), people by user name, and what happened so far that later matters refer to."""

    units: Mapping[str, tuple[int, str]]
    unit_of: Mapping[str, str]
    people: Mapping[str, Actor]
    calendar: WorkingCalendar
    registered: list[tuple[int, Matter, tuple[Party, ...]]] = field(default_factory=list)

    def staff(self, role: Role, unit: str = "") -> list[Actor]:
        """The people of a role, in one unit or anywhere."""
        return [a for name, a in self.people.items() if role in a.roles and unit in ("", self.unit_of[name])]

    def unit(self, key: str) -> int:
        """A unit's id."""
        return self.units[key][0]


def make_town(told: Mapping[str, Any], password: str, calendar: WorkingCalendar) -> Town:
    """Write facts, units and people; one transaction."""
    units: dict[str, tuple[int, str]] = {}
    people: dict[str, Actor] = {}
    hashed = hash_of(password)
    with transaction(ACTOR) as session:
        for fact in session.scalars(select(OfficeFact)):
            fact.value = told["facts"].get(fact.name, fact.value)
        for place in told["unit"]:
            parent_id, parent_path = units.get(place.get("parent", ""), (None, "/"))
            unit = Unit(
                parent_id=parent_id,
                name=place["name"],
                name_en=place["name_en"],
                kind=place["kind"],
                level=parent_path.count("/"),
            )
            session.add(unit)
            session.flush()
            unit.path = f"{parent_path}{unit.id}/"
            units[place["key"]] = (unit.id, unit.path)
        for who in told["person"]:
            unit_id, unit_path = units[who["unit"]]
            person = Person(username=who["username"], name=who["name"], unit_id=unit_id, created_at=clock.now())
            session.add(person)
            set_password(session, person, hashed)
            session.add_all(PersonRole(person_id=person.id, role=role) for role in who["roles"])
            people[who["username"]] = Actor(
                id=person.id,
                name=person.name,
                roles=frozenset(Role(role) for role in who["roles"]),
                unit_id=unit_id,
                unit_path=unit_path,
                origin="demo",
            )
    unit_of = {who["username"]: who["unit"] for who in told["person"]}
    return Town(units, unit_of, people, calendar)


def people_lines(town: Town) -> list[str]:
    """One line per person: user name, name and roles."""
    return [f"  {name:<12} {a.name}  {', '.join(sorted(a.roles))}" for name, a in town.people.items()]
