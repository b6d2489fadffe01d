"""Meetings that are over as a list, searched and paged in the database."""

from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session

from db.engine import reading
from db.models import Meeting, MeetingAttendance, MeetingDecision, MeetingKind, Person
from db.rules.meetings.words import Standing, State
from db.rules.permissions import Actor, Permission
from db.services import listing
from db.services.acts import guarded
from db.services.duty.rows import framed
from db.services.listing import COUNTED, PAGE_ROWS, Page, page_of
from db.services.meetings import scope
from db.services.meetings.decisions import seen_by

LISTED = ["id", "kind", "name", "name_en", "title", "planned_for", "place", "chair", "state", "reason", "decisions"]
LISTED += [standing.value for standing in Standing]
OVER = (State.CLOSED, State.CALLED_OFF)


class Tab(StrEnum):
    """What is coming or was missed, and what is over."""

    CALENDAR = "calendar"
    PAST = "past"


@dataclass(frozen=True, kw_only=True)
class Choice(listing.Choice):
    """What was asked of the list; `text` is sought in titles, places, reasons, names of kinds and decisions."""

    tab: Tab = Tab.PAST
    kind_id: int | None = None


@guarded(Permission.MEETINGS_READ)
def past(actor: Actor, *, choice: Choice) -> Page:
    """One page of the meetings closed or called off, the last first: a frame of LISTED."""
    with reading() as session:
        wanted = _wanted(actor, choice)
        some = select(Meeting.id).join(MeetingKind, MeetingKind.id == Meeting.kind_id).where(wanted)
        total = session.scalar(select(func.count()).select_from(some.limit(COUNTED + 1).subquery())) or 0
        page, pages = page_of(total, choice.page)
        names = ("id", "title", "planned_for", "place", "state", "reason")
        query = select(*(getattr(Meeting, name) for name in names), MeetingKind.code.label("kind"))
        query = query.add_columns(MeetingKind.name, MeetingKind.name_en, Person.name.label("chair"))
        query = query.join(MeetingKind, MeetingKind.id == Meeting.kind_id)
        query = query.outerjoin(Person, Person.id == Meeting.chair_id).where(wanted)
        order = (Meeting.planned_for.desc(), Meeting.id.desc())
        found = session.execute(query.order_by(*order).limit(PAGE_ROWS).offset((page - 1) * PAGE_ROWS)).all()
        counts = _counts(session, actor, [row.id for row in found])
        rows = [row._asdict() | {"chair": row.chair or ""} | counts[row.id] for row in found]
    told = framed([[row[name] for name in LISTED] for row in rows], LISTED, {"planned_for": "object"})
    return Page(told, min(total, COUNTED), total > COUNTED, page, pages)


def _wanted(actor: Actor, choice: Choice) -> ColumnElement[bool]:
    states = [choice.state] if choice.state in OVER else list(OVER)
    wanted = [scope.visible(actor), Meeting.state.in_(states)]
    if choice.kind_id is not None:
        wanted.append(Meeting.kind_id == choice.kind_id)
    if text := choice.text.strip():
        columns = (Meeting.title, Meeting.place, Meeting.reason, MeetingKind.name, MeetingKind.name_en)
        said = select(MeetingDecision.meeting_id).where(
            seen_by(actor), MeetingDecision.text.icontains(text, autoescape=True)
        )
        named = [column.icontains(text, autoescape=True) for column in columns]
        wanted.append(or_(*named, Meeting.id.in_(said)))
    return and_(*wanted)


def _counts(session: Session, actor: Actor, ids: list[int]) -> dict[int, dict[str, int]]:
    """Decisions made and how many stood how, by meeting."""
    counts = {meeting_id: dict.fromkeys(("decisions", *Standing), 0) for meeting_id in ids}
    came = select(MeetingAttendance.meeting_id, MeetingAttendance.standing, func.count())
    came = came.where(MeetingAttendance.meeting_id.in_(ids), MeetingAttendance.standing != "")
    for meeting_id, standing, n in session.execute(
        came.group_by(MeetingAttendance.meeting_id, MeetingAttendance.standing)
    ):
        counts[meeting_id][standing] = n
    made = select(MeetingDecision.meeting_id, func.count()).where(MeetingDecision.meeting_id.in_(ids), seen_by(actor))
    for meeting_id, n in session.execute(made.group_by(MeetingDecision.meeting_id)):
        counts[meeting_id]["decisions"] = n
    return counts
