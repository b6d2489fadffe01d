"""Decisions on an agenda: what earlier meetings of this kind left open, and whatever else is past its day."""

from datetime import date

import pandas as pd
from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session

from db.models import Meeting, MeetingDecision
from db.rules.meetings.agenda import MOST_ROWS
from db.rules.meetings.words import TopicCode
from db.rules.permissions import Actor
from db.services.meetings.decisions import carried_over, framed, overdue, seen_by


def fill(session: Session, actor: Actor, meeting: Meeting, _code: TopicCode, today: date) -> tuple[pd.DataFrame, int]:
    """The first rows, what is due first on top (columns of decisions.COLUMNS), and how many there are."""
    wanted = condition(actor, meeting, today)
    total = session.scalar(select(func.count()).select_from(MeetingDecision).where(wanted)) or 0
    query = select(MeetingDecision.id).where(wanted).limit(MOST_ROWS)
    ids = session.scalars(query.order_by(MeetingDecision.due_on.asc().nulls_last(), MeetingDecision.id)).all()
    return framed(session, actor, ids), int(total)


def condition(actor: Actor, meeting: Meeting, today: date) -> ColumnElement[bool]:
    """The decisions of the list; what this very meeting decides stands below it."""
    owed = or_(
        carried_over(meeting.kind_id, meeting.id), and_(overdue(today), MeetingDecision.meeting_id != meeting.id)
    )
    return and_(seen_by(actor), owed)
