"""Lines of the registers another act of the office leads to, written in that act's own transaction."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from db import clock
from db.engine import current
from db.models import Unit, Work, WorkUnit
from db.rules.permissions import Actor
from db.rules.problems import Check
from db.rules.scoring.works import Line, Part, check_work
from db.services.records import fill
from db.services.works.keeping import columns_of_line, set_part


def record(session: Session, actor: Actor, *, work_id: int | None, line: Line, parts: Sequence[Part]) -> int:
    """Write a line with these parts, or bring the one it led to before up to them; answers its id.

    A line taken out meanwhile counts again. Units no longer in use are left out, unless they stand in it already.
    Raises Problems.
    """
    check = Check()
    check_work(check, line, clock.today(current().settings.timezone))
    check.done()
    work = session.get(Work, work_id, with_for_update=True) if work_id is not None else None
    if work is None:
        work = Work(kind=line.kind, written_by_id=actor.id)
        session.add(work)
    fill(work, columns_of_line(line) | {"removed_at": None})
    session.flush()
    rows = session.scalars(select(WorkUnit).where(WorkUnit.work_id == work.id)).all()
    versions = {row.unit_id: row.version for row in rows}
    fit = set(session.scalars(select(Unit.id).where(Unit.active))) | {row.unit_id for row in rows if row.standing}
    told = {part.unit_id: part for part in parts if part.unit_id in fit}
    for unit_id in sorted(told.keys() | versions.keys()):
        set_part(session, work, unit_id, versions.get(unit_id, 0), told.get(unit_id, Part(unit_id, "")))
    return work.id


def take_out(session: Session, work_id: int) -> None:
    """A line counts nowhere while what led to it is open again."""
    work = session.get_one(Work, work_id, with_for_update=True)
    work.removed_at = work.removed_at or clock.now()
