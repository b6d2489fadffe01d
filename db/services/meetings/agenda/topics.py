"""The lines of an agenda: added, dropped and brought back, put in another order, with a note of what was said."""

from collections.abc import Callable
from typing import Any

import pandas as pd
from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from db import clock
from db.engine import reading, transaction
from db.models import Meeting, MeetingTopic
from db.rules.meetings.agenda import check_note, check_topic, moved
from db.rules.meetings.words import TopicCode
from db.rules.permissions import Actor, Permission
from db.rules.problems import N_, Check, NotThere, Problem, Problems
from db.services.acts import earlier, guarded, remember
from db.services.meetings import scope
from db.services.records import seen

LINES = ["id", "version", "code", "title"]


@guarded(Permission.MEETINGS_KEEP)
def add(actor: Actor, *, meeting_id: int, code: str | None, title: str = "", key: str) -> int:
    """One more line at the end: a list that is not on the agenda, or one of the office's own. Answers its id.

    A list that was dropped comes back with its note.
    """
    with transaction(actor) as session:
        if (done := earlier(session, key)) is not None:
            return int(done)
        meeting, rows, check = *_standing(session, actor, meeting_id), Check()
        check_topic(check, code or "", title, [row.code for row in rows])
        check.done()
        own = code == TopicCode.OWN
        row = None if own else _dropped_one(session, meeting, str(code))
        if row is None:
            row = MeetingTopic(meeting_id=meeting.id, code=str(code), title=title.strip() if own else "")
            session.add(row)
        row.dropped_at, row.position = None, 1 + max((one.position for one in rows), default=0)
        session.flush()
        remember(session, actor, key, "topics.add", row.id)
        return row.id


@guarded(Permission.MEETINGS_KEEP)
def drop(actor: Actor, *, topic_id: int, version: int, key: str) -> int:
    """Take a line off the agenda; answers its version."""

    def dropped(row: MeetingTopic, _rows: list[MeetingTopic]) -> None:
        if row.dropped_at is not None:
            raise NotThere(f"topic {topic_id}")
        row.dropped_at = clock.now()

    return _change(actor, topic_id, version, key, "topics.drop", dropped)


@guarded(Permission.MEETINGS_KEEP)
def bring_back(actor: Actor, *, topic_id: int, version: int, key: str) -> int:
    """Put a dropped line back where it stood; answers its version."""

    def back(row: MeetingTopic, rows: list[MeetingTopic]) -> None:
        if row.dropped_at is None:
            raise Problems(Problem("", N_("This stands already.")))
        if row.code != TopicCode.OWN and row.code in [one.code for one in rows]:
            raise Problems(Problem("", N_("This list is on the agenda already.")))
        row.dropped_at = None

    return _change(actor, topic_id, version, key, "topics.bring_back", back)


@guarded(Permission.MEETINGS_KEEP)
def write_note(actor: Actor, *, topic_id: int, version: int, note: str, key: str) -> int:
    """What was said about a line; answers its version. Raises Problems, and Changed when somebody wrote first."""
    check = Check()
    check_note(check, note)
    check.done()

    def written(row: MeetingTopic, _rows: list[MeetingTopic]) -> None:
        row.note = note.strip()

    return _change(actor, topic_id, version, key, "topics.write_note", written, {"note": note})


@guarded(Permission.MEETINGS_KEEP)
def move(actor: Actor, *, meeting_id: int, topic_id: int, steps: int, key: str) -> None:
    """Move a line up (negative) or down by so many places; raises NotThere."""
    with transaction(actor) as session:
        if earlier(session, key) is not None:
            return
        _, rows = _standing(session, actor, meeting_id)
        by_id = {row.id: row for row in rows}
        if topic_id not in by_id:
            raise NotThere(f"topic {topic_id}")
        for position, one in enumerate(moved(list(by_id), topic_id, steps), start=1):
            by_id[one].position = position
        session.flush()
        remember(session, actor, key, "topics.move", topic_id)


@guarded(Permission.MEETINGS_READ)
def dropped(actor: Actor, *, meeting_id: int) -> pd.DataFrame:
    """The lines taken off an agenda, the latest first: columns of LINES."""
    return _lines(actor, meeting_id, MeetingTopic.dropped_at.is_not(None), MeetingTopic.dropped_at.desc())


@guarded(Permission.MEETINGS_READ)
def standing(actor: Actor, *, meeting_id: int) -> pd.DataFrame:
    """The lines of an agenda in order, without what they hold: columns of LINES."""
    return _lines(actor, meeting_id, MeetingTopic.dropped_at.is_(None), MeetingTopic.position, MeetingTopic.id)


def _lines(actor: Actor, meeting_id: int, wanted: ColumnElement[bool], *order: Any) -> pd.DataFrame:
    query = select(*(getattr(MeetingTopic, name) for name in LINES)).where(
        MeetingTopic.meeting_id == meeting_id, wanted
    )
    with reading() as session:
        scope.load(session, actor, meeting_id)
        rows = session.execute(query.order_by(*order)).all()
    return pd.DataFrame(rows, columns=LINES)


def _standing(session: Session, actor: Actor, meeting_id: int) -> tuple[Meeting, list[MeetingTopic]]:
    """A meeting that is kept, and its lines in order."""
    meeting = scope.kept(session, actor, meeting_id)
    query = select(MeetingTopic).where(MeetingTopic.meeting_id == meeting.id, MeetingTopic.dropped_at.is_(None))
    return meeting, list(session.scalars(query.order_by(MeetingTopic.position, MeetingTopic.id)))


def _dropped_one(session: Session, meeting: Meeting, code: str) -> MeetingTopic | None:
    query = select(MeetingTopic).where(MeetingTopic.meeting_id == meeting.id, MeetingTopic.code == code)
    return session.scalars(query.order_by(MeetingTopic.id.desc()).limit(1)).one_or_none()


def _change(
    actor: Actor,
    topic_id: int,
    version: int,
    key: str,
    act: str,
    change: Callable[[MeetingTopic, list[MeetingTopic]], None],
    mine: dict[str, object] | None = None,
) -> int:
    with transaction(actor) as session:
        if (done := earlier(session, key)) is not None:
            return int(done)
        topic = session.get(MeetingTopic, topic_id)
        if topic is None:
            raise NotThere(f"topic {topic_id}")
        _, rows = _standing(session, actor, topic.meeting_id)
        row = seen(session, MeetingTopic, topic_id, version, mine or {})
        change(row, rows)
        session.flush()
        remember(session, actor, key, act, row.version)
        return row.version
