"""Who may be named in a case: as its handler, or as one more person who may see a sealed one."""

from collections.abc import Sequence

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session

from db.engine import reading
from db.models import Case, CaseAccess, CaseRecusal, Person, PersonRole, Unit
from db.rules.permissions import GRANTS, Actor, Permission, Role
from db.rules.problems import N_
from db.services.acts import guarded
from db.services.cases.scope import load

NO_UNIT = N_("No unit has this matter yet; it is transferred before somebody handles it.")


def why_not_named(session: Session, case: Case, person_id: object) -> str:
    """ "" when this person may have to do with the case, else the reason in a sentence (Art. 28, 30)."""
    person = session.get(Person, person_id)
    if person is None or not person.active:
        return N_("There is no such person.")
    aside = select(CaseRecusal.id).where(CaseRecusal.case_id == case.id, CaseRecusal.person_id == person.id)
    if session.scalar(aside) is not None:
        return N_("This person has stepped aside from the matter.")
    if is_accused(session, case, session.get(Unit, person.unit_id)):
        return N_("An accusation never goes to the unit it is about.")
    if not _holds(session, person.id, Permission.CASES_READ):
        return N_("This person has no role that reads cases.")
    return ""


def why_not_handler(session: Session, case: Case, person_id: object, unit_id: int | None) -> str:
    """The same for a handler, who also belongs to the lead unit or one below it."""
    if why := why_not_named(session, case, person_id):
        return why
    if unit_id is None:
        return NO_UNIT
    lead, person = session.get(Unit, unit_id), session.get(Person, person_id)
    unit = session.get(Unit, person.unit_id) if person else None
    if lead is None or unit is None or not unit.path.startswith(lead.path):
        return N_("The handler must belong to the lead unit.")
    if person is None or not _holds(session, person.id, Permission.CASES_HANDLE):
        return N_("This person has no role that handles cases.")
    return ""


def is_accused(session: Session, case: Case, unit: Unit | None) -> bool:
    """Whether the unit is the accused one or lies below it."""
    accused = session.get(Unit, case.accused_unit_id) if case.accused_unit_id else None
    return accused is not None and unit is not None and unit.path.startswith(accused.path)


def let_see(session: Session, actor: Actor, case: Case, person_id: int) -> None:
    """One more person may see a sealed case; nothing to do for any other."""
    known = select(CaseAccess.id).where(CaseAccess.case_id == case.id, CaseAccess.person_id == person_id)
    if case.sealed and session.scalar(known) is None:
        session.add(CaseAccess(case_id=case.id, person_id=person_id, granted_by_id=actor.id))


@guarded(Permission.CASES_READ)
def handlers(actor: Actor, *, unit_ids: Sequence[int]) -> dict[int, str]:
    """Active people of these units and below who may handle cases: id to name."""
    with reading() as session:
        return dict(_handlers(session, unit_ids))


@guarded(Permission.CASES_READ)
def nameable(actor: Actor, *, case_id: int) -> dict[int, str]:
    """Who may be let into a sealed case: everybody who reads cases, but nobody of the accused unit."""
    with reading() as session:
        case = load(session, actor, case_id)
        query = (
            select(Person.id, Person.name)
            .where(Person.active, Person.id.in_(holding(Permission.CASES_READ)))
            .order_by(Person.id)
        )
        return {row.id: row.name for row in session.execute(query) if not why_not_named(session, case, row.id)}


def _handlers(session: Session, unit_ids: Sequence[int]) -> list[tuple[int, str]]:
    paths = session.scalars(select(Unit.path).where(Unit.id.in_(unit_ids))).all()
    if not paths:
        return []
    below = or_(*(Unit.path.startswith(path, autoescape=True) for path in paths))
    query = (
        select(Person.id, Person.name)
        .join(Unit, Unit.id == Person.unit_id)
        .where(Person.active, below, Person.id.in_(holding(Permission.CASES_HANDLE)))
    )
    return [(row.id, row.name) for row in session.execute(query.order_by(Person.id))]


def people_with(session: Session, permission: Permission) -> dict[int, str]:
    """Active people of the office who hold a permission: id to name."""
    query = select(Person.id, Person.name).where(Person.active, Person.id.in_(holding(permission)))
    return {row.id: row.name for row in session.execute(query.order_by(Person.id))}


def holding(permission: Permission) -> Select[int]:
    """The people whose roles grant a permission, as a subquery of ids."""
    return select(PersonRole.person_id).where(PersonRole.role.in_(_roles(permission)))


def _holds(session: Session, person_id: int, permission: Permission) -> bool:
    held = session.scalars(select(PersonRole.role).where(PersonRole.person_id == person_id)).all()
    return bool(set(held) & set(_roles(permission)))


def _roles(permission: Permission) -> list[str]:
    return [Role(role).value for role, grants in GRANTS.items() if permission in grants]
