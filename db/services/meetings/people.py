"""Who may chair a meeting, write in it or excuse somebody from it: people with the right to keep meetings."""

from collections.abc import Iterable

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from db.engine import reading
from db.models import Person, PersonRole
from db.rules.permissions import GRANTS, Actor, Permission
from db.rules.problems import N_, Check
from db.services.acts import guarded

KEEPING = tuple(role.value for role, grants in GRANTS.items() if Permission.MEETINGS_KEEP in grants)
NOBODY = N_("Choose somebody who keeps meetings.")


@guarded(Permission.MEETINGS_READ)
def leaders(actor: Actor) -> dict[int, str]:
    """Active people who may chair a meeting or write in it: id to name."""
    with reading() as session:
        return dict(session.execute(_keeping().order_by(Person.name)).all())


def check_leaders(session: Session, check: Check, chosen: Iterable[tuple[str, int | None]]) -> None:
    """Each (field, person) chosen is one of them; nobody chosen is fine."""
    asked = {field: person_id for field, person_id in chosen if person_id is not None}
    known = set(session.scalars(_keeping().with_only_columns(Person.id).where(Person.id.in_(asked.values()))))
    for field, person_id in asked.items():
        check.that(person_id in known, field, NOBODY)


def _keeping() -> Select[int, str]:
    holds = select(PersonRole.person_id).where(PersonRole.role.in_(KEEPING))
    return select(Person.id, Person.name).where(Person.active, Person.id.in_(holds))
