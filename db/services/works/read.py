"""One line of the registers of work: what it says, how the units one may see stand, its files, what happened to it."""

import json
from dataclasses import dataclass
from datetime import date, datetime

import pandas as pd
from sqlalchemy import and_, or_, select

from db import clock
from db.engine import current, reading
from db.journal import JournalRow
from db.models import Attachment, Person, Unit, Work, WorkUnit
from db.rules.permissions import Actor, Permission
from db.rules.problems import NotThere
from db.services.acts import guarded
from db.services.duty.rows import framed
from db.services.works import scope

PARTS = ["unit_id", "version", "unit", "unit_en", "standing", "persons", "handed_in_on", "note"]
FILES = ["id", "version", "name", "size", "internal", "uploaded_by", "uploaded_at", "removed"]
HISTORY = ["at", "who", "event", "unit", "unit_en", "before", "after"]


@dataclass(frozen=True)
class WorkView:
    """A line as somebody reads it: `parts` (PARTS) and `files` (FILES) only as far as they are theirs to see."""

    id: int
    version: int
    kind: str
    about: str
    on_day: date
    title: str
    level: str
    papers: tuple[str, ...]
    note: str
    removed: bool
    written_by: str
    parts: pd.DataFrame
    files: pd.DataFrame
    today: date
    may_keep: bool


@guarded(Permission.WORKS_READ)
def view(actor: Actor, *, work_id: int) -> WorkView:
    """A line one may read; raises NotThere."""
    with reading() as session:
        work = scope.load(session, actor, work_id)
        keeps = actor.may(Permission.WORKS_KEEP)
        query = select(WorkUnit, Unit.name, Unit.name_en, Unit.path).join(Unit, Unit.id == WorkUnit.unit_id)
        found = session.execute(query.where(WorkUnit.work_id == work_id, scope.parts(actor))).all()
        found = sorted(found, key=lambda row: [int(part) for part in row.path.strip("/").split("/")])
        parts = [
            (part.unit_id, part.version, name, name_en, part.standing, part.persons, part.handed_in_on, part.note)
            for part, name, name_en, _ in found
        ]
        held = select(Attachment, Person.name).outerjoin(Person, Person.id == Attachment.uploaded_by_id)
        held = held.where(Attachment.work_id == work_id).order_by(Attachment.id)
        if not keeps:
            held = held.where(Attachment.removed_at.is_(None))
        if not scope.reads_all(actor):
            held = held.where(Attachment.internal.is_(False))
        files = [
            (*(getattr(file, name) for name in FILES[:5]), by or "", file.uploaded_at, file.removed_at is not None)
            for file, by in session.execute(held)
        ]
        writer = session.scalar(select(Person.name).where(Person.id == work.written_by_id)) or ""
        return WorkView(
            **{name: getattr(work, name) for name in ("id", "version", "kind", "about", "on_day", "title", "level")},
            papers=tuple(work.papers.split()),
            note=work.note,
            removed=work.removed_at is not None,
            written_by=writer,
            parts=framed(parts, PARTS, {"handed_in_on": "object"}),
            files=framed(files, FILES, {"uploaded_at": "object"}),
            today=clock.today(current().settings.timezone),
            may_keep=keeps,
        )


@guarded(Permission.WORKS_READ)
def history(actor: Actor, *, work_id: int) -> pd.DataFrame:
    """Who changed a line and its units and when, newest first, for who reads all of it: columns of HISTORY.

    `before` and `after` are dictionaries of what changed; `unit` is "" for the line itself.
    """
    if not scope.reads_all(actor):
        raise NotThere(f"work {work_id}")
    with reading() as session:
        scope.load(session, actor, work_id)
        named = select(WorkUnit.id, Unit.name, Unit.name_en).join(Unit, Unit.id == WorkUnit.unit_id)
        named = named.where(WorkUnit.work_id == work_id)
        units = {str(row.id): (row.name, row.name_en) for row in session.execute(named)}
        own = and_(JournalRow.tbl == Work.__tablename__, JournalRow.pk == str(work_id))
        theirs = and_(JournalRow.tbl == WorkUnit.__tablename__, JournalRow.pk.in_(list(units)))
        written = select(JournalRow).where(or_(own, theirs), JournalRow.event.in_(("insert", "update")))
        rows = [
            (datetime.fromisoformat(row.at), row.actor, row.event)
            + (units[row.pk] if row.tbl == WorkUnit.__tablename__ else ("", ""))
            + (_parsed(row.before), _parsed(row.after))
            for row in session.scalars(written.order_by(JournalRow.seq.desc()))
        ]
    return framed(rows, HISTORY, {"at": "object"})


def _parsed(stored: str | None) -> dict[str, object]:
    """A row's journalled columns without the bookkeeping among them."""
    told: dict[str, object] = json.loads(stored) if stored else {}
    return {name: value for name, value in told.items() if name not in ("id", "version", "work_id", "unit_id")}
