"""Meetings: kinds with their rhythm, agendas, edits, decisions, attendance, and minutes as they were closed.

The words are those of db/rules/meetings/words.py.
"""

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from db.base import Base, Versioned

TAKES_PLACE: dict[str, Any] = {
    "sqlite_where": text("due_on IS NOT NULL AND called_off_at IS NULL"),
    "postgresql_where": text("due_on IS NOT NULL AND called_off_at IS NULL"),
}


class MeetingKind(Versioned, Base):
    """A kind of meeting and how often it is due (R-90 to R-105); the office edits it.

    `weekday` is 0 for Monday (weekly), `day` the day of the month or half month (the last when it is shorter). Due days
    are counted from `begins_on`. `topics` are codes of agenda lists with spaces between. `about` is the kind of line of
    the registers of work its attendance goes into, "" for none.
    """

    __tablename__ = "meeting_kind"

    code: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    name_en: Mapped[str] = mapped_column(default="")
    source: Mapped[str] = mapped_column(default="")
    rhythm: Mapped[str]
    weekday: Mapped[int | None]
    day: Mapped[int | None]
    begins_on: Mapped[date]
    attended_by: Mapped[str] = mapped_column(default="people")
    about: Mapped[str] = mapped_column(default="")
    topics: Mapped[str] = mapped_column(Text, default="")
    position: Mapped[int] = mapped_column(default=0)
    active: Mapped[bool] = mapped_column(default=True)


class Meeting(Versioned, Base):
    """One meeting: for the due day it answers to (None: called as needed), over the days `since` to `until`.

    States: planned, open, closed, called_off. `work_id` is its line in the registers of work once it was closed.
    """

    __tablename__ = "meeting"
    __table_args__ = (
        Index("uq_meeting_kind_id_due_on", "kind_id", "due_on", unique=True, **TAKES_PLACE),
        Index("ix_meeting_planned_for", "planned_for"),
    )

    kind_id: Mapped[int] = mapped_column(ForeignKey("meeting_kind.id"))
    due_on: Mapped[date | None]
    title: Mapped[str] = mapped_column(default="", info={"journal": "digest"})
    planned_for: Mapped[datetime]
    place: Mapped[str] = mapped_column(default="")
    since: Mapped[date]
    until: Mapped[date]
    chair_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    clerk_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    case_id: Mapped[int | None] = mapped_column(ForeignKey("case_file.id"), index=True)
    state: Mapped[str] = mapped_column(default="planned")
    opened_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    called_off_at: Mapped[datetime | None]
    reason: Mapped[str] = mapped_column(Text, default="", info={"journal": "digest"})
    work_id: Mapped[int | None] = mapped_column(ForeignKey("work.id"))


class MeetingTopic(Versioned, Base):
    """A line of the agenda: a list that fills itself (`code`) or one of the office's own ("own", with a title)."""

    __tablename__ = "meeting_topic"

    meeting_id: Mapped[int] = mapped_column(ForeignKey("meeting.id"), index=True)
    position: Mapped[int]
    code: Mapped[str]
    title: Mapped[str] = mapped_column(default="", info={"journal": "digest"})
    note: Mapped[str] = mapped_column(Text, default="", info={"journal": "digest"})
    dropped_at: Mapped[datetime | None]


class MeetingEdit(Base):
    """What a quick edit in a meeting changed: one field of one record, before and after, never changed again."""

    __tablename__ = "meeting_edit"

    id: Mapped[int] = mapped_column(primary_key=True)
    meeting_id: Mapped[int] = mapped_column(ForeignKey("meeting.id"), index=True)
    at: Mapped[datetime]
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    topic: Mapped[str]
    record: Mapped[str]
    record_id: Mapped[int]
    field: Mapped[str]
    before: Mapped[str] = mapped_column(Text, default="", info={"journal": "digest"})
    after: Mapped[str] = mapped_column(Text, default="", info={"journal": "digest"})


class MeetingDecision(Versioned, Base):
    """What a meeting decided: by whom to be done, and until when. States: open, done, dropped.

    An open one stands on every later meeting of its kind by itself. `became` is "", step, supervision or rota_change,
    `became_id` the row it led to.
    """

    __tablename__ = "meeting_decision"
    __table_args__ = (Index("ix_meeting_decision_state_due_on", "state", "due_on"),)

    meeting_id: Mapped[int] = mapped_column(ForeignKey("meeting.id"), index=True)
    topic_id: Mapped[int | None] = mapped_column(ForeignKey("meeting_topic.id"))
    text: Mapped[str] = mapped_column(Text, info={"journal": "digest"})
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"), index=True)
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    due_on: Mapped[date | None]
    note: Mapped[str] = mapped_column(Text, default="", info={"journal": "digest"})
    case_id: Mapped[int | None] = mapped_column(ForeignKey("case_file.id"), index=True)
    state: Mapped[str] = mapped_column(default="open")
    decided_at: Mapped[datetime]
    settled_at: Mapped[datetime | None]
    settled_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    became: Mapped[str] = mapped_column(default="")
    became_id: Mapped[int | None]
    removed_at: Mapped[datetime | None]


class MeetingAttendance(Versioned, Base):
    """A unit or a person in a meeting: present, excused (by whom) or absent; `persons` of a unit were absent."""

    __tablename__ = "meeting_attendance"
    __table_args__ = (
        UniqueConstraint("meeting_id", "unit_id", name="uq_meeting_attendance_meeting_id_unit_id"),
        UniqueConstraint("meeting_id", "person_id", name="uq_meeting_attendance_meeting_id_person_id"),
    )

    meeting_id: Mapped[int] = mapped_column(ForeignKey("meeting.id"))
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    standing: Mapped[str]
    persons: Mapped[int] = mapped_column(default=0)
    approved_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    note: Mapped[str] = mapped_column(default="", info={"journal": "digest"})


class MeetingMinutes(Versioned, Base):
    """A meeting as it was closed: everything shown, as JSON. Closed again after being reopened is another edition."""

    __tablename__ = "meeting_minutes"
    __table_args__ = (UniqueConstraint("meeting_id", "edition"),)

    meeting_id: Mapped[int] = mapped_column(ForeignKey("meeting.id"))
    edition: Mapped[int]
    document: Mapped[str] = mapped_column(Text, info={"journal": "digest"})
    reason: Mapped[str] = mapped_column(Text, default="")
    closed_at: Mapped[datetime]
    closed_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))


Meeting.__table__.info["wall"] = "it was held, whatever became of its matter, which is told behind both walls"  # type: ignore[attr-defined]
