"""Who came to a meeting: a row for every unit or member of staff, edited in a grid, or everybody in one click."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

import pandas as pd
from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session

from db.engine import reading, transaction
from db.models import Meeting, MeetingAttendance, MeetingKind, Person, Unit
from db.rules.meetings.attending import Came, check_came, moved
from db.rules.meetings.words import AttendedBy, Standing, State
from db.rules.people import KINDS_OF_LEVEL
from db.rules.permissions import Actor, Permission
from db.rules.problems import Changed, Check, NotThere, Problem, Problems
from db.services.acts import earlier, guarded, remember
from db.services.duty.rows import framed
from db.services.meetings import scope
from db.services.meetings.people import check_leaders
from db.services.records import Saved, Values, fill, last_writer, save_each, whole_number

ROLL = ["id", "version", "name", "name_en", "kind", "standing", "persons", "approved_by_id", "approved_by", "note"]
QUICK = ("standing", "persons", "approved_by_id", "note")
SECOND = 2
Rows = Mapping[int, tuple[int, Values]]
Key = ColumnElement[int | None]


@guarded(Permission.MEETINGS_READ)
def roll(actor: Actor, *, meeting_id: int) -> pd.DataFrame:
    """Whose attendance a meeting keeps: columns of ROLL, `id` that of the unit or the person.

    Villages and departments, or the staff of the centre, and whoever a row names; `version` 0 and standing "": nothing
    is said of them yet.
    """
    with reading() as session:
        return roll_in(session, scope.load(session, actor, meeting_id))


def roll_in(session: Session, meeting: Meeting) -> pd.DataFrame:
    """The same inside the caller's session."""
    of_units = attended_by(session, meeting) == AttendedBy.UNITS
    found = _units(session, meeting.id) if of_units else _people(session, meeting.id)
    approved = {row.approved_by_id for *_, row in found if row is not None}
    names = dict(session.execute(select(Person.id, Person.name).where(Person.id.in_(approved))).all())
    rows = [(*told, *_told(row, names)) for *told, row in found]
    wanted = ["id", "name", "name_en", "kind", "version", *ROLL[5:]]
    return framed(rows, wanted, {"approved_by_id": "Int64"})[ROLL]


@guarded(Permission.MEETINGS_KEEP)
def attend(actor: Actor, *, meeting_id: int, rows: Rows, key: str) -> Saved:
    """Quick edit: unit or person → (version seen, new values of QUICK). Each is saved or told why not.

    Another standing changes what hangs on it, unless that was typed, too; "" says nothing of them any more.
    """
    with transaction(actor) as session:
        if (done := earlier(session, key)) is not None:
            return Saved(tuple(done), {}, {})
        meeting = _open(session, actor, meeting_id)
        saved = save_each(session, rows, _changes(session, meeting))
        remember(session, actor, key, "meetings.attend", saved.saved)
        return saved


@guarded(Permission.MEETINGS_KEEP)
def everybody(actor: Actor, *, meeting_id: int, seen: Mapping[int, int], key: str) -> dict[int, tuple[int, Values]]:
    """All of these (unit or person → version seen) were present. Answers rows for `attend` that take it back.

    Whom somebody saved meanwhile is left as they are.
    """
    with transaction(actor) as session:
        if earlier(session, key) is not None:
            return {}
        meeting = _open(session, actor, meeting_id)
        before = {named: _came(row) for named, row in _rows(session, meeting).items()}
        present = {"standing": Standing.PRESENT.value}
        rows: Rows = {
            named: (version, present)
            for named, version in seen.items()
            if before.get(named, Came()).standing != Standing.PRESENT
        }
        saved = save_each(session, rows, _changes(session, meeting)).saved
        after = _rows(session, meeting)
        remember(session, actor, key, "meetings.everybody", saved)
        return {named: (after[named].version, asdict(before.get(named, Came()))) for named in saved}


def attended_by(session: Session, meeting: Meeting) -> AttendedBy:
    """Whose attendance the kind of a meeting keeps."""
    return AttendedBy(session.get_one(MeetingKind, meeting.kind_id).attended_by)


def _open(session: Session, actor: Actor, meeting_id: int) -> Meeting:
    """An open meeting to keep attendance of, by whoever keeps meetings."""
    meeting = scope.kept(session, actor, meeting_id)
    if meeting.state != State.OPEN:
        raise Problems(Problem("", scope.NOT_OPEN))
    return meeting


def _units(session: Session, meeting_id: int) -> list[tuple[Any, ...]]:
    own = and_(MeetingAttendance.unit_id == Unit.id, MeetingAttendance.meeting_id == meeting_id)
    listed = and_(Unit.active, Unit.level == SECOND, Unit.kind.in_(KINDS_OF_LEVEL[SECOND]))
    query = select(Unit, MeetingAttendance).outerjoin(MeetingAttendance, own)
    query = query.where(or_(listed, and_(MeetingAttendance.id.is_not(None), MeetingAttendance.standing != "")))
    found = sorted(
        session.execute(query).all(), key=lambda row: [int(part) for part in row[0].path.strip("/").split("/")]
    )
    return [(unit.id, unit.name, unit.name_en, unit.kind, row) for unit, row in found]


def _people(session: Session, meeting_id: int) -> list[tuple[Any, ...]]:
    own = and_(MeetingAttendance.person_id == Person.id, MeetingAttendance.meeting_id == meeting_id)
    listed = and_(Person.active, Unit.level == 1)
    query = select(Person.id, Person.name, MeetingAttendance).join(Unit, Unit.id == Person.unit_id)
    query = query.outerjoin(MeetingAttendance, own).order_by(Person.name)
    query = query.where(or_(listed, and_(MeetingAttendance.id.is_not(None), MeetingAttendance.standing != "")))
    return [(person_id, name, "", "", row) for person_id, name, row in session.execute(query)]


def _told(row: MeetingAttendance | None, names: Mapping[int, str]) -> tuple[object, ...]:
    if row is None:
        return (0, "", 0, None, "", "")
    return (
        row.version,
        row.standing,
        row.persons,
        row.approved_by_id,
        names.get(row.approved_by_id or 0, ""),
        row.note,
    )


def _named(session: Session, meeting: Meeting) -> str:
    return "unit_id" if attended_by(session, meeting) == AttendedBy.UNITS else "person_id"


def _rows(session: Session, meeting: Meeting) -> dict[int, MeetingAttendance]:
    """What is said so far, by unit or person."""
    column = _named(session, meeting)
    query = select(MeetingAttendance).where(MeetingAttendance.meeting_id == meeting.id)
    rows = session.scalars(query.execution_options(populate_existing=True))
    return {getattr(row, column): row for row in rows if getattr(row, column) is not None}


def _came(row: MeetingAttendance) -> Came:
    return Came(row.standing, row.persons, row.approved_by_id, row.note)


def _changes(session: Session, meeting: Meeting) -> Any:
    """What `save_each` does with one row."""
    rows, column = _rows(session, meeting), _named(session, meeting)
    whose = attended_by(session, meeting)

    def change(named: int, version: int, values: Values) -> None:
        if session.get(Unit if whose == AttendedBy.UNITS else Person, named) is None:
            raise NotThere(f"{column} {named}")
        asked = {name: value for name, value in values.items() if name in QUICK}
        row = rows.get(named)
        if (row.version if row else 0) != version:
            theirs = {name: getattr(row, name) for name in asked} if row else {}
            by = last_writer(session, MeetingAttendance.__tablename__, row.id) if row else ""
            raise Changed(theirs=theirs, mine=asked, by=by, version=row.version if row else 0)
        before = _came(row) if row else Came()
        came = _changed(before, asked, whose)
        check = Check()
        check_came(check, came, whose)
        if came.approved_by_id != before.approved_by_id:
            check_leaders(session, check, [("approved_by_id", came.approved_by_id)])
        check.done()
        if row is None:
            row = MeetingAttendance(meeting_id=meeting.id, **{column: named})
            session.add(row)
        fill(row, asdict(came))

    return change


def _changed(came: Came, values: Values, whose: AttendedBy) -> Came:
    """The row with what was typed; an emptied field of a grid comes as None."""
    standing = str(values.get("standing", came.standing) or "")
    if standing != came.standing:
        came = moved(came, standing, whose)
    approved = values.get("approved_by_id", came.approved_by_id)
    return Came(
        standing,
        whole_number(values.get("persons", came.persons)) or 0,
        whole_number(approved) or None,
        str(values.get("note", came.note) or "").strip(),
    )
