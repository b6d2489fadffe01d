"""A year of one register by unit and month: how often a unit stood how, and the months it was left out (R-05)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import case, extract, func, or_, select

from db import clock
from db.engine import current, reading
from db.models import Unit, Work, WorkUnit
from db.rules.permissions import Actor, Permission
from db.rules.scoring.works import About, Kind, Stand
from db.services.acts import guarded
from db.services.scoring.scope import within
from db.services.works import scope

EXPECTED = "expected"
SECOND = 2
MONTHS = range(1, 13)


@dataclass(frozen=True)
class UnitYear:
    """One unit: by month how often it stood how (people where it was absent), and months without an inspection."""

    unit_id: int
    name: str
    name_en: str
    months: Mapping[int, Mapping[str, int]] = field(default_factory=dict)
    left_out: tuple[int, ...] = ()


@guarded(Permission.WORKS_READ)
def year(actor: Actor, *, kind: str, year: int) -> tuple[UnitYear, ...]:
    """Every village and department in use and every unit named in the year, as far as one reads them, as a tree.

    What is not handed in counts as "expected" until its day is over. A month is left out when it is over and the unit
    had no monthly inspection in it.
    """
    today = clock.today(current().settings.timezone)
    missing = (WorkUnit.standing == Stand.MISSING) & (Work.on_day >= today)
    month, stands = extract("month", Work.on_day), case((missing, EXPECTED), else_=WorkUnit.standing)
    number = func.sum(case((WorkUnit.standing == Stand.ABSENT, WorkUnit.persons), else_=1))
    inspected = func.max(case((Work.about == About.MONTH, 1), else_=0))
    counted = select(WorkUnit.unit_id, month, stands, number, inspected).join(Work, Work.id == WorkUnit.work_id)
    counted = counted.where(scope.parts(actor), Work.removed_at.is_(None), Work.kind == kind)
    counted = counted.where(Work.on_day.between(date(year, 1, 1), date(year, 12, 31)))
    found: dict[int, dict[int, dict[str, int]]] = {}
    seen: set[tuple[int, int]] = set()
    with reading() as session:
        for unit_id, at, standing, n, monthly in session.execute(counted.group_by(WorkUnit.unit_id, month, stands)):
            found.setdefault(unit_id, {}).setdefault(int(at), {})[standing] = int(n)
            if monthly:
                seen.add((unit_id, int(at)))
        shown = or_(Unit.active & (Unit.level == SECOND), Unit.id.in_(list(found)))
        query = select(Unit.id, Unit.name, Unit.name_en, Unit.path).where(shown, within(actor, Permission.WORKS_READ))
        units = sorted(
            session.execute(query).all(), key=lambda one: [int(part) for part in one.path.split("/") if part]
        )
    over = [at for at in MONTHS if (year, at) < (today.year, today.month)] if kind == Kind.INSPECTION else []
    return tuple(
        UnitYear(
            unit.id,
            unit.name,
            unit.name_en,
            found.get(unit.id, {}),
            tuple(at for at in over if (unit.id, at) not in seen),
        )
        for unit in units
    )
