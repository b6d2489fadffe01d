"""Units and handlers by name or by the first letters of their pinyin; each leads to a list of matters."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.engine import reading
from db.models import Person, PersonRole, Unit
from db.rules.permissions import GRANTS, Actor, Permission, Role, Scope
from db.rules.pinyin import initials
from db.rules.words import folded
from db.services.acts import guarded
from db.services.cases.scope import units_of
from db.services.finding.hits import Named

SHOWN = 8
HANDLES = tuple(role for role in Role if Permission.CASES_HANDLE in GRANTS[role])


@guarded(Permission.RECORDS_FIND)
def found(actor: Actor, *, text: str) -> tuple[tuple[Named, ...], tuple[Named, ...]]:
    """Units and handlers whose matters the actor may see, at most SHOWN each."""
    scope = actor.scope(Permission.CASES_READ)
    if scope is None:
        return (), ()
    with reading() as session:
        units, handlers = _units(session, actor, scope), _handlers(session, actor, scope)
    return (
        tuple(one for one in units if _fits(one, text, person=False))[:SHOWN],
        tuple(one for one in handlers if _fits(one, text, person=True))[:SHOWN],
    )


def _units(session: Session, actor: Actor, scope: Scope) -> list[Named]:
    query = select(Unit.id, Unit.name, Unit.name_en).where(Unit.active).order_by(Unit.path)
    if scope is not Scope.ALL:
        query = query.where(Unit.id.in_(units_of(actor, scope)))
    return [Named(row.id, row.name, row.name_en) for row in session.execute(query)]


def _handlers(session: Session, actor: Actor, scope: Scope) -> list[Named]:
    handles = select(PersonRole.person_id).where(PersonRole.role.in_(HANDLES))
    query = select(Person.id, Person.name).where(Person.id.in_(handles)).order_by(Person.active.desc(), Person.name)
    if scope is not Scope.ALL:
        query = query.where(Person.unit_id.in_(units_of(actor, scope)))
    return [Named(row.id, row.name) for row in session.execute(query)]


def _fits(one: Named, text: str, *, person: bool) -> bool:
    wanted = "".join(folded(text).split())
    if any(wanted in "".join(folded(name).split()) for name in (one.name, one.name_en)):
        return len(wanted) > 1 or not wanted.isascii()
    return len(wanted) > 1 and wanted.isascii() and initials(one.name, person=person).startswith(wanted)
