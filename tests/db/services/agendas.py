"""An agenda written at once, and cases for its lists, for tests that begin in the middle of a meeting."""

from datetime import timedelta
from typing import Any

from sqlalchemy import select

from db.engine import Database
from db.models import Case, MeetingDecision, MeetingTopic
from db.rules.meetings.words import TopicCode
from db.rules.permissions import Actor
from db.services.meetings.agenda import Topic, agenda
from tests.db.services import stages
from tests.factories import NOW, SYSTEM, Office

TODAY = NOW.date()


def lines(database: Database, meeting_id: int, *codes: str) -> list[int]:
    """These lists as the lines of a meeting; answers their ids."""
    with database.transaction(SYSTEM) as session:
        rows = [
            MeetingTopic(meeting_id=meeting_id, position=place, code=code)
            for place, code in enumerate(codes or tuple(TopicCode), start=1)
        ]
        session.add_all(rows)
        session.flush()
        return [row.id for row in rows]


def listed(actor: Actor, meeting_id: int, code: str) -> Topic:
    """One list of an agenda as somebody sees it."""
    return next(topic for topic in agenda(actor, meeting_id=meeting_id) if topic.code == code)


def overdue(database: Database, office: Office, count: int = 1, **changes: Any) -> list[int]:
    """Cases unit A handles, whose day is past."""
    made = [stages.brought(office, stages.HANDLING) for _ in range(count)]
    told = {"next_due_on": TODAY - timedelta(days=2), "received_at": NOW - timedelta(days=9)} | changes
    for case_id in made:
        set_case(database, case_id, **told)
    return made


def set_case(database: Database, case_id: int, **changes: Any) -> None:
    """Set columns of a case behind the services' back."""
    with database.transaction(SYSTEM) as session:
        case = session.get_one(Case, case_id)
        for name, value in changes.items():
            setattr(case, name, value)


def row_of(database: Database, model: Any, row_id: int) -> dict[str, Any]:
    """A row as it stands."""
    with database.reading() as session:
        found = session.get_one(model, row_id)
        return {column.name: getattr(found, column.name) for column in model.__table__.columns}


def all_of(database: Database, model: Any) -> list[dict[str, Any]]:
    """Every row of a table in order."""
    with database.reading() as session:
        ids = session.scalars(select(model.id).order_by(model.id)).all()
    return [row_of(database, model, one) for one in ids]


def a_decision(database: Database, office: Office, meeting_id: int, **changes: Any) -> int:
    """Something a meeting decided an hour ago: the clerk owes it next week."""
    told: dict[str, Any] = {"meeting_id": meeting_id, "text": "下周前拆除围挡", "owner_id": office.clerk.id}
    told |= {"due_on": TODAY + timedelta(days=7), "decided_at": NOW - timedelta(hours=1)}
    with database.transaction(SYSTEM) as session:
        row = MeetingDecision(**(told | changes))
        session.add(row)
        session.flush()
        return row.id
