"""The agenda of a meeting: its lines in order, each list filled as things stand now."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas as pd
from sqlalchemy import select
from sqlalchemy.orm import Session

from db import clock
from db.engine import current, reading
from db.models import Meeting, MeetingTopic
from db.rules.meetings.agenda import CASE_LISTS, EDITABLE
from db.rules.meetings.words import TopicCode
from db.rules.permissions import Actor, Permission
from db.services.acts import guarded
from db.services.meetings import scope
from db.services.meetings.agenda import cases, decisions, disputes, duty, supervised
from db.services.meetings.redacting import Names
from db.services.meetings.telling import in_json

Filled = tuple[pd.DataFrame, int]
FILLS: Mapping[TopicCode, Callable[[Session, Actor, Meeting, TopicCode, date], Filled]] = {
    **dict.fromkeys(CASE_LISTS, cases.fill),
    TopicCode.SUPERVISED: supervised.fill,
    TopicCode.DISPUTES_DUE: disputes.fill,
    TopicCode.OBLIGATIONS_DUE: disputes.fill,
    TopicCode.DUTY_GAPS: duty.fill,
    TopicCode.DECISIONS: decisions.fill,
}


@dataclass(frozen=True)
class Topic:
    """A line of the agenda: a list of at most 50 `rows` of `total`, or one of the office's own without rows.

    The columns of `rows` are those of the module that fills the list (cases.COLUMNS, …); `editable` are the columns a
    quick edit may change, empty unless this actor may edit now.
    """

    id: int
    code: str
    title: str
    note: str
    position: int
    version: int
    rows: pd.DataFrame
    editable: tuple[str, ...]
    total: int
    more: bool


@guarded(Permission.MEETINGS_READ)
def agenda(actor: Actor, *, meeting_id: int) -> list[Topic]:
    """The lines of a meeting in order, without those that were dropped; raises NotThere."""
    with reading() as session:
        meeting = scope.load(session, actor, meeting_id)
        return topics_of(session, actor, meeting)


def topics_of(session: Session, actor: Actor, meeting: Meeting) -> list[Topic]:
    """The same inside the caller's session."""
    today, edits = clock.today(current().settings.timezone), scope.is_at_work(actor, meeting)
    query = select(MeetingTopic).where(MeetingTopic.meeting_id == meeting.id, MeetingTopic.dropped_at.is_(None))
    found = session.scalars(query.order_by(MeetingTopic.position, MeetingTopic.id)).all()
    return [_topic(session, actor, meeting, row, today, edits=edits) for row in found]


def topics_told(session: Session, actor: Actor, meeting: Meeting) -> list[dict[str, Any]]:
    """What the agenda shows now, ready for JSON: days as text, codes as codes, units in both languages.

    Whoever brought a matter of these lists is masked in the notes, too.
    """
    topics = topics_of(session, actor, meeting)
    names = Names(session, [case_id for topic in topics for case_id in _cases_of(topic)])
    return [
        {
            "code": topic.code,
            "title": names.masked_everywhere(topic.title),
            "note": names.masked_everywhere(topic.note),
            "total": topic.total,
            "more": topic.more,
            "columns": [str(name) for name in topic.rows.columns],
            "rows": in_json(topic.rows),
        }
        for topic in topics
    ]


def _cases_of(topic: Topic) -> list[int]:
    """The matters a list is about."""
    column = "id" if topic.code in CASE_LISTS else "case_id"
    return [int(one) for one in topic.rows[column].dropna()] if column in topic.rows else []


def _topic(session: Session, actor: Actor, meeting: Meeting, row: MeetingTopic, today: date, *, edits: bool) -> Topic:
    code = TopicCode(row.code) if row.code in set(TopicCode) else TopicCode.OWN
    rows, total = FILLS[code](session, actor, meeting, code, today) if code in FILLS else (pd.DataFrame(), 0)
    return Topic(
        id=row.id,
        code=row.code,
        title=row.title,
        note=row.note,
        position=row.position,
        version=row.version,
        rows=rows,
        editable=EDITABLE.get(code, ()) if edits else (),
        total=total,
        more=total > len(rows),
    )
