"""What the form needs to ask: choices, limits, who may take an accusation, emergency words and reception care."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from db import clock
from db.engine import current, reading
from db.models import Code, Person, PersonRole, Unit
from db.rules.permissions import GRANTS, Actor, Permission
from db.services.acts import guarded
from db.services.office import limits_in_force

PRESETS = Path(__file__).parents[2] / "presets"


@dataclass(frozen=True)
class Form:
    """Choices of the form (code or id to Chinese and English label) and the numbers it knows."""

    categories: Mapping[str, tuple[str, str]]
    units: Mapping[int, tuple[str, str]]
    representatives_most: int
    collective_from: int


@guarded(Permission.INTAKE_REGISTER)
def form_for(actor: Actor) -> Form:
    """Everything the form offers now, in one look."""
    codes = select(Code.code, Code.label_zh, Code.label_en).where(Code.list_name == "category", Code.active)
    units = select(Unit.id, Unit.name, Unit.name_en).where(Unit.active).order_by(Unit.path)
    with reading() as session:
        limits = limits_in_force(session, clock.today(current().settings.timezone))
        return Form(
            categories={
                row.code: (row.label_zh, row.label_en or row.label_zh)
                for row in session.execute(codes.order_by(Code.position, Code.id))
            },
            units={row.id: (row.name, row.name_en or row.name) for row in session.execute(units)},
            representatives_most=limits["representatives_most"].amount,
            collective_from=limits["collective_from"].amount,
        )


@guarded(Permission.INTAKE_REGISTER)
def takers(actor: Actor, *, accused_unit_id: int | None = None) -> list[tuple[int, str]]:
    """Who may take an accusation: id and name, never anybody of the accused unit."""
    with reading() as session:
        return takers_of(session, accused_unit_id)


def takers_of(session: Session, accused_unit_id: int | None) -> list[tuple[int, str]]:
    """The same inside the caller's session."""
    roles = [role.value for role, grants in GRANTS.items() if Permission.CASES_SEALED in grants]
    accused = session.get(Unit, accused_unit_id) if accused_unit_id else None
    query = (
        select(Person.id, Person.name, Unit.path)
        .join(PersonRole, PersonRole.person_id == Person.id)
        .join(Unit, Unit.id == Person.unit_id)
        .where(Person.active, PersonRole.role.in_(roles))
        .order_by(Person.id)
        .distinct()
    )
    found = session.execute(query).all()
    return [(row.id, row.name) for row in found if accused is None or not row.path.startswith(accused.path)]


@cache
def emergency_words() -> Mapping[str, tuple[str, ...]]:
    """The emergency numbers and the words that call for them, from the preset."""
    return {number: tuple(words) for number, words in _preset("emergency")["numbers"].items()}


@cache
def guidance(language: str) -> Mapping[str, Any]:
    """What the screen reminds of and never stores: care for four kinds of visitors, children, emergencies."""
    found: Mapping[str, Any] = _preset("prompts")[language]
    return found


def _preset(name: str) -> dict[str, Any]:
    return tomllib.loads((PRESETS / f"{name}.toml").read_text(encoding="utf-8"))
