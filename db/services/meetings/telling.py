"""What a meeting decided and changed, ready for JSON: minutes freeze it, present mode shows it."""

from datetime import date, datetime
from typing import Any

import pandas as pd
from sqlalchemy import and_, case, func, or_, select
from sqlalchemy.orm import Session

from db.models import Case, Meeting, MeetingDecision, MeetingEdit, Person, Supervision
from db.rules.meetings.words import DecisionState
from db.rules.permissions import Actor
from db.services.meetings.decisions import framed, seen_by
from db.services.meetings.redacting import Names
from db.services.meetings.scope import open_to_a_meeting

BEGINNING = 20
CASE, DECISION, SUPERVISION = "case_file", "meeting_decision", "supervision"


def decisions_told(session: Session, actor: Actor, meeting: Meeting) -> list[dict[str, Any]]:
    """What a meeting decided (`made`), then what it settled or left open of earlier ones of its kind.

    Columns of decisions.COLUMNS; days and moments as text, states as codes.
    """
    stands = seen_by(actor)
    made = select(MeetingDecision.id).where(stands, MeetingDecision.meeting_id == meeting.id)
    ours = list(session.scalars(made.order_by(MeetingDecision.id)))
    before = select(Meeting.id).where(
        Meeting.kind_id == meeting.kind_id, Meeting.id != meeting.id, Meeting.planned_for <= meeting.planned_for
    )
    settled = MeetingDecision.settled_at >= (meeting.opened_at or meeting.planned_for)
    earlier = select(MeetingDecision.id).where(
        stands,
        MeetingDecision.meeting_id.in_(before),
        or_(MeetingDecision.state == DecisionState.OPEN, settled),
    )
    theirs = list(session.scalars(earlier.order_by(MeetingDecision.due_on.asc().nulls_last(), MeetingDecision.id)))
    rows = in_json(framed(session, actor, [*ours, *theirs]))
    return [row | {"made": row["meeting_id"] == meeting.id} for row in rows]


def edits_told(session: Session, actor: Actor, meeting: Meeting) -> list[dict[str, Any]]:
    """What was edited in a meeting, ready for JSON, oldest first; codes as codes, days as text, people by name.

    `number` is that of the case or the notice, of a decision the beginning of its words. Nothing of a matter that is
    kept from the actor by now.
    """
    of_case = case((MeetingEdit.record == CASE, MeetingEdit.record_id))
    case_id = func.coalesce(of_case, Supervision.case_id, MeetingDecision.case_id)
    # A notice or a decision the second wall hides is not about no matter.
    hidden = or_(
        and_(MeetingEdit.record == SUPERVISION, Supervision.id.is_(None)),
        and_(MeetingEdit.record == DECISION, MeetingDecision.id.is_(None)),
    )
    about_none = and_(case_id.is_(None), ~hidden)
    query = (
        select(MeetingEdit, Person.name, Case.number, Supervision.number, MeetingDecision)
        .outerjoin(Person, Person.id == MeetingEdit.person_id)
        .outerjoin(Supervision, and_(MeetingEdit.record == SUPERVISION, Supervision.id == MeetingEdit.record_id))
        .outerjoin(MeetingDecision, and_(MeetingEdit.record == DECISION, MeetingDecision.id == MeetingEdit.record_id))
        .outerjoin(Case, Case.id == case_id)
        .where(MeetingEdit.meeting_id == meeting.id, or_(about_none, open_to_a_meeting(actor)))
        .order_by(MeetingEdit.id)
    )
    rows = session.execute(query).all()
    names = Names(session, [decision.case_id for *_, decision in rows if decision])
    return [
        {
            "at": edit.at.isoformat(),
            "person": person or "",
            "topic": edit.topic,
            "record": edit.record,
            "record_id": edit.record_id,
            "number": notice or (_beginning(names, decision) if decision else case_number or ""),
            "field": edit.field,
            "before": edit.before,
            "after": edit.after,
        }
        for edit, person, case_number, notice, decision in rows
    ]


def _beginning(names: Names, decision: MeetingDecision) -> str:
    said = names.masked(decision.case_id, decision.text)
    return said if len(said) <= BEGINNING else f"{said[:BEGINNING]}…"


def in_json(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """The rows of a frame with days and moments as text, None for what is missing."""
    return [
        {str(name): _plain(value) for name, value in zip(frame.columns, row, strict=True)}
        for row in frame.itertuples(index=False, name=None)
    ]


def _plain(value: Any) -> Any:
    if value is None or value is pd.NA or value is pd.NaT or (isinstance(value, float) and pd.isna(value)):
        return None
    if isinstance(value, (date, datetime)):
        return value.isoformat()
    return value.item() if hasattr(value, "item") else value
