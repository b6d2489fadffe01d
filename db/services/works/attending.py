"""The roll of one line: who stands how, edited unit by unit, or everybody in one click that can be taken back."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import pandas as pd
from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from db.engine import reading, transaction
from db.models import Unit, Work, WorkUnit
from db.rules.permissions import Actor, Permission
from db.rules.problems import N_, Changed, NotThere, Problem, Problems
from db.rules.scoring.works import Part, moved, whole
from db.services.acts import earlier, guarded, remember
from db.services.duty.rows import framed
from db.services.records import Saved, Values, save_each, whole_number
from db.services.works import scope
from db.services.works.keeping import columns_of, set_part

ROLL = ["unit_id", "version", "unit", "unit_en", "level", "kind", "standing", "persons", "handed_in_on", "note"]
QUICK = ("standing", "persons", "handed_in_on", "note")
Rows = Mapping[int, tuple[int, Values]]


@guarded(Permission.WORKS_KEEP)
def roll(actor: Actor, *, work_id: int) -> pd.DataFrame:
    """Every unit in use and every other the line names, in the order of the tree: columns of ROLL.

    `version` 0 and the standing "" : not in this line.
    """
    with reading() as session:
        scope.load(session, actor, work_id)
        own = and_(WorkUnit.unit_id == Unit.id, WorkUnit.work_id == work_id)
        query = select(Unit, WorkUnit).outerjoin(WorkUnit, own)
        query = query.where(or_(Unit.active, and_(WorkUnit.id.is_not(None), WorkUnit.standing != "")))
        found = sorted(session.execute(query).all(), key=lambda row: _place(row[0].path))
        rows = [(unit.id, *_told(unit, part)) for unit, part in found]
    return framed(rows, ROLL, {"handed_in_on": "object"})


@guarded(Permission.WORKS_KEEP)
def attend(actor: Actor, *, work_id: int, rows: Rows, key: str) -> Saved:
    """Quick edit of units' parts: unit → (version seen, new values of QUICK). Each is saved or told why not.

    Another standing changes what hangs on it, unless that was typed, too; "" takes the unit out of the line.
    """
    with transaction(actor) as session:
        if (done := earlier(session, key)) is not None:
            return Saved(tuple(done), {}, {})
        work = scope.kept(session, actor, work_id)
        saved = save_each(session, rows, _changes(session, work))
        remember(session, actor, key, "works.attend", saved.saved)
        return saved


@guarded(Permission.WORKS_KEEP)
def everybody(actor: Actor, *, work_id: int, seen: Mapping[int, int], key: str) -> dict[int, tuple[int, Values]]:
    """All these units (id → version seen) did their part. Answers rows for `attend` that take it back.

    A unit somebody saved meanwhile is left as it is.
    """
    with transaction(actor) as session:
        if earlier(session, key) is not None:
            return {}
        work = scope.kept(session, actor, work_id)
        before = _parts(session, work_id)
        standing = whole(work.kind, work.about)
        others = {unit_id: version for unit_id, version in seen.items() if _standing(before.get(unit_id)) != standing}
        rows = {unit_id: (version, {"standing": standing}) for unit_id, version in others.items()}
        saved = save_each(session, rows, _changes(session, work)).saved
        after = _versions(session, work_id)
        remember(session, actor, key, "works.everybody", saved)
        return {unit_id: (after[unit_id], columns_of(before.get(unit_id, Part(unit_id, "")))) for unit_id in saved}


def _changes(session: Session, work: Work) -> Any:
    """What `save_each` does with one unit's row."""
    standing = _parts(session, work.id)

    def change(unit_id: int, version: int, values: Values) -> None:
        if session.get(Unit, unit_id) is None:
            raise NotThere(f"unit {unit_id}")
        asked = {name: value for name, value in values.items() if name in QUICK}
        part = _changed(standing.get(unit_id, Part(unit_id, "")), asked)
        try:
            set_part(session, work, unit_id, version, part)
        except Changed as conflict:
            mine = {name: asked[name] for name in asked}
            raise Changed(theirs=conflict.theirs, mine=mine, by=conflict.by, version=conflict.version) from conflict

    return change


def _changed(part: Part, values: Values) -> Part:
    """The part with what was typed; an emptied field of a grid comes as None."""
    standing = str(values.get("standing", part.standing) or "")
    if standing != part.standing:
        part = moved(part, standing)
    return Part(
        part.unit_id,
        standing,
        whole_number(values.get("persons", part.persons)) or 0,
        _day(values.get("handed_in_on", part.handed_in_on)),
        str(values.get("note", part.note) or ""),
    )


def _day(value: object) -> date | None:
    """A day as a grid sends it, also as text; raises Problems for what is none."""
    if value is None or isinstance(value, date):
        return value
    try:
        return date.fromisoformat(str(value)[:10])
    except ValueError:
        raise Problems(Problem("handed_in_on", N_("Choose the day."))) from None


def _parts(session: Session, work_id: int) -> dict[int, Part]:
    rows = session.scalars(select(WorkUnit).where(WorkUnit.work_id == work_id))
    return {row.unit_id: Part(row.unit_id, row.standing, row.persons, row.handed_in_on, row.note) for row in rows}


def _versions(session: Session, work_id: int) -> dict[int, int]:
    query = select(WorkUnit.unit_id, WorkUnit.version).where(WorkUnit.work_id == work_id)
    return dict(session.execute(query).all())


def _standing(part: Part | None) -> str:
    return part.standing if part else ""


def _told(unit: Unit, part: WorkUnit | None) -> tuple[object, ...]:
    named = (unit.name, unit.name_en, unit.level, unit.kind)
    if part is None:
        return (0, *named, "", 0, None, "")
    return (part.version, *named, part.standing, part.persons, part.handed_in_on, part.note)


def _place(path: str) -> list[int]:
    return [int(number) for number in path.strip("/").split("/")]
