"""Closing a meeting: everything shown is frozen as an edition of its minutes; reopened, it is closed as another."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from db import clock
from db.engine import reading, transaction
from db.models import Meeting, MeetingKind, MeetingMinutes, Person
from db.rules.mediation.writing import check_line
from db.rules.meetings.words import AttendedBy, State
from db.rules.permissions import Actor, Permission
from db.rules.problems import N_, Check, NotThere, Problem, Problems
from db.rules.scoring.works import Kind, Line, Part
from db.services.acts import earlier, guarded, remember
from db.services.meetings import scope
from db.services.meetings.agenda.lists import topics_told
from db.services.meetings.attending import roll_in
from db.services.meetings.calendar import day_of
from db.services.meetings.keeping import Seen, seen_in
from db.services.meetings.keeping_back import kept_back
from db.services.meetings.telling import decisions_told, edits_told, in_json
from db.services.office import facts_of
from db.services.records import seen
from db.services.works.recording import record, take_out
from db.version import version as program

NOBODY_CAME = N_("Say first who came; the attendance of this kind goes into the registers of work.")
HEAD = ("id", "kind", "kind_name", "kind_name_en", "source", "rhythm", "attended_by", "due_on", "title", "planned_for")
OF_HEAD = (*HEAD, "place", "since", "until", "chair", "clerk", "case_number", "opened_at")


@dataclass(frozen=True)
class Edition:
    """One edition of minutes: when and by whom it was closed, and why the meeting had been reopened for it."""

    edition: int
    closed_at: datetime
    closed_by: str
    reason: str


@dataclass(frozen=True)
class Minutes:
    """A meeting as it was closed; `editions` are all there are, the first first.

    `document` has the office's name, meeting (OF_HEAD), attendance (attending.ROLL without versions, only of whom
    something was said), topics, decisions and edits (as topics_told, decisions_told and edits_told answer them),
    edition, closed_at, closed_by, reason and the program's version. Days and moments are text.
    """

    document: Mapping[str, Any]
    edition: int
    editions: tuple[Edition, ...]
    closed_at: datetime
    closed_by: str


@guarded(Permission.MEETINGS_KEEP)
def close_meeting(actor: Actor, *, meeting_id: int, version: int, key: str) -> int:
    """Close an open meeting: freeze all it shows, and count its attendance in the registers of work.

    Answers the edition of its minutes. Raises Problems while nobody's attendance is known though it counts.
    """
    with transaction(actor) as session:
        if (done := earlier(session, key)) is not None:
            return int(done)
        row = scope.kept(session, actor, meeting_id)
        seen(session, Meeting, meeting_id, version, {"state": State.CLOSED})
        if row.state != State.OPEN:
            raise Problems(Problem("", scope.NOT_OPEN))
        kind = session.get_one(MeetingKind, row.kind_id)
        came = _came(session, row)
        counts = kind.about and kind.attended_by == AttendedBy.UNITS
        work_id = _count(session, actor, row, kind, came) if counts else row.work_id
        latest = session.scalar(select(func.max(MeetingMinutes.edition)).where(MeetingMinutes.meeting_id == row.id))
        edition, now = (latest or 0) + 1, clock.now()
        document = document_in(session, actor, row) | {
            "edition": edition,
            "closed_at": now.isoformat(),
            "closed_by": actor.name,
            "reason": row.reason,
        }
        written = json.dumps(document, ensure_ascii=False)
        own = {"document": written, "reason": row.reason, "closed_at": now, "closed_by_id": actor.id}
        session.add(MeetingMinutes(meeting_id=row.id, edition=edition, **own))
        row.state, row.closed_at, row.reason, row.work_id = State.CLOSED, now, "", work_id
        session.flush()
        remember(session, actor, key, "meetings.close", edition)
        return edition


@guarded(Permission.MEETINGS_REOPEN)
def reopen(actor: Actor, *, meeting_id: int, version: int, reason: str, key: str) -> int:
    """Open a closed meeting again; its minutes stay, its line of the registers waits. Answers its version."""
    with transaction(actor) as session:
        if (done := earlier(session, key)) is not None:
            return int(done)
        row = scope.locked(session, actor, meeting_id)
        seen(session, Meeting, meeting_id, version, {"state": State.OPEN})
        check = Check()
        check.that(row.state == State.CLOSED, "reason", N_("Only a closed meeting is reopened."))
        check.that(reason.strip(), "reason", N_("Say why."))
        check_line(check, "reason", reason)
        check.done()
        row.state, row.closed_at, row.reason = State.OPEN, None, reason.strip()
        if row.work_id is not None:
            take_out(session, row.work_id)
        session.flush()
        remember(session, actor, key, "meetings.reopen", row.version)
        return row.version


@guarded(Permission.MEETINGS_READ)
def minutes(actor: Actor, *, meeting_id: int, edition: int | None = None) -> Minutes:
    """The minutes of a meeting, the latest edition unless another is asked for; raises NotThere when there are none.

    Without the rows of matters that are kept from this reader since (keeping_back).
    """
    with reading() as session:
        scope.load(session, actor, meeting_id)
        query = select(MeetingMinutes, Person.name).outerjoin(Person, Person.id == MeetingMinutes.closed_by_id)
        query = query.where(MeetingMinutes.meeting_id == meeting_id).order_by(MeetingMinutes.edition)
        found = [(row, name or "") for row, name in session.execute(query)]
        chosen = [(row, name) for row, name in found if edition in (None, row.edition)]
        if not chosen:
            raise NotThere(f"minutes of meeting {meeting_id}")
        row, name = chosen[-1]
        editions = tuple(Edition(one.edition, one.closed_at, by, one.reason) for one, by in found)
        told = kept_back(session, actor, json.loads(row.document))
        return Minutes(told, row.edition, editions, row.closed_at, name)


def document_in(session: Session, actor: Actor, row: Meeting) -> dict[str, Any]:
    """All the pages of a meeting show, as it stands in this transaction."""
    session.flush()
    head: Seen = seen_in(session, actor, row)
    return {
        "office": facts_of(session).name,
        "meeting": {name: _text(getattr(head, name)) for name in OF_HEAD},
        "attendance": _came(session, row),
        "topics": topics_told(session, actor, row),
        "decisions": decisions_told(session, actor, row),
        "edits": edits_told(session, actor, row),
        "version": program(),
    }


def _came(session: Session, row: Meeting) -> list[dict[str, Any]]:
    """Of whom something was said."""
    roll = roll_in(session, row)
    return in_json(roll[roll["standing"] != ""].drop(columns="version"))


def _count(session: Session, actor: Actor, row: Meeting, kind: MeetingKind, came: list[dict[str, Any]]) -> int:
    """Bring the meeting's line of the registers of work up to its attendance; answers the line's id."""
    if not came:
        raise Problems(Problem("", NOBODY_CAME))
    title = row.title or kind.name
    line = Line(kind=Kind.MEETING, about=kind.about, on_day=day_of(row), title=title)
    parts = [Part(one["id"], one["standing"], one["persons"], None, one["note"]) for one in came]
    return record(session, actor, work_id=row.work_id, line=line, parts=parts)


def _text(value: Any) -> Any:
    return value.isoformat() if isinstance(value, (date, datetime)) else value
