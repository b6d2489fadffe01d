"""Reading in an emergency: an administrator opens one record, for a reason and a short time; the director is told."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import pandas as pd
from sqlalchemy import ColumnElement, and_, case, select
from sqlalchemy.orm import Session

from db import clock
from db.engine import current, reading, transaction
from db.models import Case, CaseRecusal, Dispute, DisputeMediator, EmergencyReading, Person, Unit
from db.rules.emergency import LIMIT, Register, check_reading
from db.rules.looks import EMERGENCY
from db.rules.permissions import Actor, Permission
from db.rules.problems import Check, NotThere
from db.services import journal
from db.services.acts import earlier, guarded, remember
from db.services.cases import CaseView, scope
from db.services.cases import read as cases
from db.services.cases.people import is_accused
from db.services.mediation import looks as dispute_looks
from db.services.mediation import read as disputes
from db.services.mediation import scope as files
from db.services.mediation.read import DisputeView
from db.services.office import limits_in_force

UNNOTED = ["id", "opened_at", "until", "who", "register", "record_id", "number", "reason"]
# What an administrator who holds another role besides can't do here either.
_NO_ACTS_OF_CASES: Mapping[str, Any] = {"steps": (), "may_unmask": False, "may_edit": False}
_NO_ACTS_OF_DISPUTES: Mapping[str, Any] = {"steps": ()} | dict.fromkeys(
    ("may_keep", "may_sign", "may_unmask", "may_visit"), False
)


@dataclass(frozen=True)
class EmergencyView:
    """What is opened: a case or a dispute, read only, identities masked; until when, and why."""

    id: int
    reason: str
    until: datetime
    case: CaseView | None
    dispute: DisputeView | None


@guarded(Permission.RECORDS_EMERGENCY)
def open_record(actor: Actor, *, register: str | None, number: str, reason: str, key: str) -> int:
    """Open one record for the minutes of the limit; answers the id of the reading. The director is told at once.

    Who is accused, recused or stepped aside can't: for them there is no such record.
    """
    with transaction(actor) as session:
        if (done := earlier(session, key)) is not None:
            return int(done)
        check = Check()
        check_reading(check, register=register, number=number, reason=reason)
        check.done()
        case_id, dispute_id = _found(session, actor, Register(str(register)), number.strip())
        check.that(case_id or dispute_id, "number", "There is no record of this number that you may open.")
        check.done()
        now = clock.now()
        minutes = limits_in_force(session, clock.today(current().settings.timezone))[LIMIT].amount
        opened = EmergencyReading(
            person_id=actor.id,
            case_id=case_id,
            dispute_id=dispute_id,
            reason=reason.strip(),
            opened_at=now,
            until=now + timedelta(minutes=minutes),
        )
        session.add(opened)
        session.flush()
        _note(session, actor, opened)
        remember(session, actor, key, "emergency.open_record", opened.id)
        return opened.id


@guarded(Permission.RECORDS_EMERGENCY)
def view(actor: Actor, *, reading_id: int) -> EmergencyView:
    """What one opened oneself, while its time lasts; each look is journalled. Raises NotThere afterwards."""
    with reading() as session:
        row = _mine(session, actor, reading_id)
        one = session.get(Case, row.case_id) if row.case_id else None
        file = session.get(Dispute, row.dispute_id) if row.dispute_id else None
        seen = EmergencyView(
            id=row.id,
            reason=row.reason,
            until=row.until,
            case=replace(cases.view_of(session, actor, one), **_NO_ACTS_OF_CASES) if one else None,
            dispute=replace(disputes.view_of(session, actor, file), **_NO_ACTS_OF_DISPUTES) if file else None,
        )
    if seen.case is not None:
        journal.note_look(actor, case_id=seen.case.id, what=EMERGENCY)
    if seen.dispute is not None:
        dispute_looks.note_look(actor, dispute_id=seen.dispute.id, what=EMERGENCY)
    return seen


@guarded(Permission.RECORDS_EMERGENCY_NOTE)
def unnoted(actor: Actor) -> pd.DataFrame:
    """Readings no director has taken note of, the oldest first: columns of UNNOTED.

    Of a record behind a wall the actor stands outside of, only that there was one: no number and no reason.
    """
    shown = _shown(actor)
    query = (
        select(
            EmergencyReading.id,
            EmergencyReading.opened_at,
            EmergencyReading.until,
            Person.name.label("who"),
            case((EmergencyReading.case_id.is_not(None), Register.CASES), else_=Register.DISPUTES).label("register"),
            case((shown, EmergencyReading.case_id), else_=None).label("case_id"),
            case((shown, EmergencyReading.dispute_id), else_=None).label("dispute_id"),
            case((shown, EmergencyReading.reason), else_="").label("reason"),
        )
        .join(Person, Person.id == EmergencyReading.person_id)
        .where(EmergencyReading.noted_at.is_(None), EmergencyReading.person_id != actor.id)
        .order_by(EmergencyReading.id)
    )
    with reading() as session:
        rows = [row._asdict() for row in session.execute(query)]
        numbers = _numbers(session, rows)
    for row in rows:
        row["record_id"] = row["case_id"] or row["dispute_id"]
        row["number"] = numbers.get((row["register"], row["record_id"]), "")
    return pd.DataFrame(rows, columns=UNNOTED)


@guarded(Permission.RECORDS_EMERGENCY_NOTE)
def take_note(actor: Actor, *, reading_id: int, key: str) -> int:
    """A director has seen that a record was read in an emergency; nobody notes one's own. Answers its id."""
    with transaction(actor) as session:
        if (done := earlier(session, key)) is not None:
            return int(done)
        row = session.get(EmergencyReading, reading_id, with_for_update=True)
        if row is None or row.person_id == actor.id:
            raise NotThere("emergency reading")
        if row.noted_at is None:
            row.noted_at, row.noted_by_id = clock.now(), actor.id
        remember(session, actor, key, "emergency.take_note", row.id)
        return row.id


def _found(session: Session, actor: Actor, register: Register, number: str) -> tuple[int | None, int | None]:
    if register is Register.DISPUTES:
        aside = files.mediated_by(actor, DisputeMediator.end_kind.in_(files.ASIDE))
        return None, session.scalar(select(Dispute.id).where(Dispute.number == number, ~aside))
    recused = select(CaseRecusal.case_id).where(CaseRecusal.person_id == actor.id)
    found = session.scalar(select(Case).where(Case.number == number, Case.id.not_in(recused)))
    accused = found is not None and is_accused(session, found, session.get(Unit, actor.unit_id or 0))
    return (None if found is None or accused else found.id), None


def _mine(session: Session, actor: Actor, reading_id: int) -> EmergencyReading:
    own = (EmergencyReading.id == reading_id, EmergencyReading.person_id == actor.id)
    row = session.scalar(select(EmergencyReading).where(*own, EmergencyReading.until > clock.now()))
    if row is None:
        raise NotThere("emergency reading")
    return row


def _note(session: Session, actor: Actor, opened: EmergencyReading) -> None:
    if opened.case_id is not None:
        journal.look(session, actor, opened.case_id, EMERGENCY)
    if opened.dispute_id is not None:
        dispute_looks.look(session, actor, opened.dispute_id, EMERGENCY)


def _shown(actor: Actor) -> ColumnElement[bool]:
    seen_cases = select(Case.id).where(scope.visible(actor))
    seen_files = select(Dispute.id).where(files.visible(actor))
    return and_(
        EmergencyReading.case_id.is_(None) | EmergencyReading.case_id.in_(seen_cases),
        EmergencyReading.dispute_id.is_(None) | EmergencyReading.dispute_id.in_(seen_files),
    )


def _numbers(session: Session, rows: list[dict[str, object]]) -> dict[tuple[object, object], str]:
    found: dict[tuple[object, object], str] = {}
    tables = ((Register.CASES, Case, "case_id"), (Register.DISPUTES, Dispute, "dispute_id"))
    for register, table, column in tables:
        ids = [row[column] for row in rows if row[column] is not None]
        for row in session.execute(select(table.id, table.number).where(table.id.in_(ids))):
            found[register, row.id] = row.number
    return found
