"""Units in three levels: centre, village or department, group."""

import pandas as pd
from sqlalchemy import func, select, union
from sqlalchemy.orm import Session

from db.engine import reading, transaction
from db.models import Case, CaseUnit, Person, Unit
from db.rules.people import KINDS_OF_LEVEL, LEVELS, check_unit
from db.rules.permissions import Actor, Permission
from db.rules.problems import Check, Problem, Problems
from db.services.acts import earlier, guarded, remember
from db.services.records import fill, seen

UNITS = ["id", "version", "parent_id", "name", "name_en", "level", "path", "kind", "active"]
TREE = [*UNITS, "people", "open_cases"]


@guarded(Permission.ACCOUNT_OWN)
def units(actor: Actor, *, retired: bool = False) -> pd.DataFrame:
    """Units as a tree read from top to bottom, for choosing one: columns of UNITS."""
    with reading() as session:
        return _tree(session, retired)[UNITS]


@guarded(Permission.UNITS_MANAGE)
def tree(actor: Actor) -> pd.DataFrame:
    """Every unit with the people and open cases in it, retired ones too: columns of TREE."""
    with reading() as session:
        frame = _tree(session, retired=True)
        for column, counts in (("people", _people(session)), ("open_cases", _open_cases(session))):
            frame[column] = [counts.get(int(unit_id), 0) for unit_id in frame["id"]]
    return frame[TREE]


@guarded(Permission.UNITS_MANAGE)
def add_unit(actor: Actor, *, parent_id: int | None, name: str, name_en: str = "", kind: str, key: str) -> int:
    """A new unit below another; answers its id."""
    with transaction(actor) as session:
        if (done := earlier(session, key)) is not None:
            return int(done)
        parent = _parent(session, parent_id)
        check = Check()
        check.that(parent.active, "parent_id", "Choose a unit that is in use.")
        check_unit(check, name=name, name_en=name_en, kind=kind, level=parent.level + 1)
        _check_name(session, check, name, parent_id)
        check.done()
        unit = Unit(
            parent_id=parent_id,
            name=name.strip(),
            name_en=name_en.strip(),
            kind=kind,
            level=parent.level + 1,
        )
        session.add(unit)
        session.flush()
        unit.path = f"{parent.path}{unit.id}/"
        session.flush()
        remember(session, actor, key, "units.add_unit", unit.id)
        return unit.id


@guarded(Permission.UNITS_MANAGE)
def edit_unit(actor: Actor, *, unit_id: int, version: int, name: str, name_en: str, kind: str, key: str) -> int:
    """Rename a unit or change its kind; answers its new version."""
    with transaction(actor) as session:
        if (done := earlier(session, key)) is not None:
            return int(done)
        mine = {"name": name.strip(), "name_en": name_en.strip(), "kind": kind}
        unit = seen(session, Unit, unit_id, version, mine)
        check = Check()
        check_unit(check, name=name, name_en=name_en, kind=kind, level=unit.level)
        _check_name(session, check, name, unit.parent_id, besides=unit_id)
        check.done()
        fill(unit, mine)
        session.flush()
        remember(session, actor, key, "units.edit_unit", unit.version)
        return unit.version


@guarded(Permission.UNITS_MANAGE)
def move_unit(actor: Actor, *, unit_id: int, version: int, parent_id: int | None, key: str) -> int:
    """Hang a unit with all below it under another; paths and levels follow. Answers its new version."""
    with transaction(actor) as session:
        if (done := earlier(session, key)) is not None:
            return int(done)
        unit = seen(session, Unit, unit_id, version, {"parent_id": parent_id})
        parent = _parent(session, parent_id)
        moved = session.scalars(select(Unit).where(Unit.path.startswith(unit.path)).order_by(Unit.level)).all()
        down = parent.level + 1 - unit.level
        check = Check()
        check.that(unit.parent_id is not None, "parent_id", "The centre itself can't be moved.")
        check.that(parent.active, "parent_id", "Choose a unit that is in use.")
        check.that(not parent.path.startswith(unit.path), "parent_id", "A unit can't be moved below itself.")
        deepest = max(each.level for each in moved) + down
        check.that(deepest <= LEVELS, "parent_id", "Units have three levels; nothing fits below this one.")
        _check_name(session, check, unit.name, parent_id, besides=unit_id)
        check.done()
        was, becomes = unit.path, f"{parent.path}{unit.id}/"
        unit.parent_id = parent_id
        for each in moved:
            each.path = becomes + each.path.removeprefix(was)
            each.level += down
            if each.kind not in KINDS_OF_LEVEL[each.level]:
                each.kind = KINDS_OF_LEVEL[each.level][0]
        session.flush()
        remember(session, actor, key, "units.move_unit", unit.version)
        return unit.version


@guarded(Permission.UNITS_MANAGE)
def retire_unit(actor: Actor, *, unit_id: int, version: int, key: str) -> int:
    """Take a unit out of use; never while people, open cases or units in use are in it."""
    with transaction(actor) as session:
        if (done := earlier(session, key)) is not None:
            return int(done)
        unit = seen(session, Unit, unit_id, version, {"active": False})
        check = Check()
        check.that(unit.parent_id is not None, "active", "The centre itself can't be retired.")
        people = _people(session).get(unit_id, 0)
        check.that(not people, "active", "{count} people are still in this unit.", count=people)
        cases = _open_cases(session).get(unit_id, 0)
        check.that(not cases, "active", "{count} open cases are still with this unit.", count=cases)
        below = session.scalar(select(func.count()).where(Unit.parent_id == unit_id, Unit.active)) or 0
        check.that(not below, "active", "{count} units below are still in use.", count=below)
        check.done()
        unit.active = False
        session.flush()
        remember(session, actor, key, "units.retire_unit", unit.version)
        return unit.version


@guarded(Permission.UNITS_MANAGE)
def restore_unit(actor: Actor, *, unit_id: int, version: int, key: str) -> int:
    """Put a retired unit back into use below a unit in use."""
    with transaction(actor) as session:
        if (done := earlier(session, key)) is not None:
            return int(done)
        unit = seen(session, Unit, unit_id, version, {"active": True})
        parent = session.get(Unit, unit.parent_id) if unit.parent_id else None
        check = Check()
        check.that(parent is None or parent.active, "active", "The unit above is retired; restore it first.")
        check.done()
        unit.active = True
        session.flush()
        remember(session, actor, key, "units.restore_unit", unit.version)
        return unit.version


def _tree(session: Session, retired: bool) -> pd.DataFrame:
    """Every unit after its parent, siblings in the order they were made (ids sort as numbers)."""
    query = select(*(getattr(Unit, name) for name in UNITS))
    rows = session.execute(query if retired else query.where(Unit.active)).all()
    rows = sorted(rows, key=lambda row: [int(part) for part in row.path.strip("/").split("/")])
    frame = pd.DataFrame([tuple(row) for row in rows], columns=UNITS)
    return frame.astype({"parent_id": "Int64"})


def _parent(session: Session, parent_id: int | None) -> Unit:
    """The unit to hang another one under; raises Problems when none was chosen."""
    parent = session.get(Unit, parent_id or 0)
    if parent is None:
        raise Problems(Problem("parent_id", "Choose a unit that is in use."))
    return parent


def _check_name(session: Session, check: Check, name: str, parent_id: int | None, besides: int | None = None) -> None:
    same = select(Unit.id).where(Unit.parent_id == parent_id, Unit.name == name.strip(), Unit.id != (besides or 0))
    check.that(session.scalar(same) is None, "name", "There is already a unit of this name here.")


def _people(session: Session) -> dict[int, int]:
    query = select(Person.unit_id, func.count()).where(Person.active).group_by(Person.unit_id)
    return dict(session.execute(query).all())


def _open_cases(session: Session) -> dict[int, int]:
    """Open cases a unit leads or helps with."""
    leads = select(Case.lead_unit_id.label("unit_id"), Case.id.label("case_id")).where(Case.open)
    helps = select(CaseUnit.unit_id, CaseUnit.case_id).join(Case, Case.id == CaseUnit.case_id).where(Case.open)
    both = union(leads, helps).subquery()
    query = select(both.c.unit_id, func.count()).where(both.c.unit_id.is_not(None)).group_by(both.c.unit_id)
    return dict(session.execute(query).all())
