"""A kind of meeting and a meeting of it, written at once, for tests that begin in the middle."""

from datetime import timedelta
from typing import Any

from db.engine import Database
from db.models import Meeting, MeetingKind
from tests.factories import NOW, SYSTEM, Office

TODAY = NOW.date()


def a_kind(database: Database, **changes: Any) -> int:
    """A weekly meeting on Monday, attended by units; answers its id."""
    told: dict[str, Any] = {"code": "weekly", "name": "每周例会", "name_en": "Weekly meeting", "rhythm": "weekly"}
    told |= {"weekday": 0, "begins_on": TODAY - timedelta(days=28), "attended_by": "units"}
    with database.transaction(SYSTEM) as session:
        kind = MeetingKind(**(told | changes))
        session.add(kind)
        session.flush()
        return kind.id


def a_meeting(database: Database, office: Office, *, kind_id: int | None = None, **changes: Any) -> int:
    """An open meeting today over the last seven days, chaired by the director, the clerk writing; answers its id."""
    told: dict[str, Any] = {"kind_id": kind_id or a_kind(database), "planned_for": NOW, "opened_at": NOW}
    told |= {"since": TODAY - timedelta(days=7), "until": TODAY - timedelta(days=1), "state": "open"}
    told |= {"chair_id": office.director.id, "clerk_id": office.clerk.id}
    with database.transaction(SYSTEM) as session:
        meeting = Meeting(**(told | changes))
        session.add(meeting)
        session.flush()
        return meeting.id
