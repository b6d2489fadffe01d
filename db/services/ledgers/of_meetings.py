"""Meetings held, their minutes, and briefings issued, as lines."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select, true
from sqlalchemy.orm import Session, aliased

from db import clock
from db.engine import current
from db.models import (
    Briefing,
    Meeting,
    MeetingAttendance,
    MeetingDecision,
    MeetingKind,
    MeetingMinutes,
    Person,
    Unit,
)
from db.rules.briefings.issuing import State as Issued
from db.rules.meetings.words import Standing, State
from db.rules.permissions import Actor, Permission
from db.rules.problems import Named
from db.services.ledgers.asking import Asked, Line, Source, grouped
from db.services.meetings.decisions import seen_by

_chair, _clerk = aliased(Person), aliased(Person)


def _held(_actor: Actor, asked: Asked) -> Select[*tuple[Any, ...]]:
    query = select(Meeting, MeetingKind.name, MeetingKind.name_en, _chair.name, _clerk.name)
    query = query.join(MeetingKind, MeetingKind.id == Meeting.kind_id).outerjoin(_chair, _chair.id == Meeting.chair_id)
    query = query.outerjoin(_clerk, _clerk.id == Meeting.clerk_id)
    query = query.where(Meeting.state == State.CLOSED, asked.at(Meeting.planned_for), _held_with(asked))
    return query.order_by(Meeting.planned_for, Meeting.id)


def _held_with(asked: Asked) -> ColumnElement[bool]:
    """All meetings, or those a unit or somebody of it was asked to."""
    if asked.units is None:
        return true()
    came = select(MeetingAttendance.meeting_id).outerjoin(Person, Person.id == MeetingAttendance.person_id)
    return Meeting.id.in_(came.where(func.coalesce(MeetingAttendance.unit_id, Person.unit_id).in_(asked.units)))


def _held_lines(session: Session, actor: Actor, _asked: Asked, rows: Sequence[Any]) -> list[Line]:
    ids, zone = [row[0].id for row in rows], current().settings.timezone
    came, decided = _attendance(session, ids), _decisions(session, actor, ids)
    return [
        {"on_day": clock.day_of(meeting.planned_for, zone), "kind": Named(kind, kind_en), "title": meeting.title}
        | {
            "place": meeting.place,
            "chair": chair or "",
            "recorder": clerk or "",
            "decisions": decided.get(meeting.id, ""),
        }
        | _came(came.get(meeting.id, []))
        for meeting, kind, kind_en, chair, clerk in rows
    ]


def _came(rows: Sequence[Any]) -> Line:
    stood = [standing for _, standing, *_ in rows]
    away = [(unit or person, en or unit or person) for _, standing, person, unit, en in rows if standing in _AWAY]
    counts = {
        standing.value: stood.count(standing) for standing in (Standing.PRESENT, Standing.EXCUSED, Standing.ABSENT)
    }
    return counts | {"who_absent": Named("、".join(zh for zh, _ in away), ", ".join(en for _, en in away))}


_AWAY = (Standing.EXCUSED, Standing.ABSENT)


def _attendance(session: Session, ids: Sequence[int]) -> Any:
    query = select(MeetingAttendance.meeting_id, MeetingAttendance.standing, Person.name, Unit.name, Unit.name_en)
    query = query.outerjoin(Person, Person.id == MeetingAttendance.person_id)
    query = query.outerjoin(Unit, Unit.id == MeetingAttendance.unit_id)
    return grouped(
        session.execute(query.where(MeetingAttendance.meeting_id.in_(ids)).order_by(MeetingAttendance.id)).all()
    )


def _decisions(session: Session, actor: Actor, ids: Sequence[int]) -> dict[int, str]:
    query = select(MeetingDecision.meeting_id, MeetingDecision.text).where(MeetingDecision.meeting_id.in_(ids))
    query = query.where(seen_by(actor)).order_by(MeetingDecision.id)
    found = grouped(session.execute(query).all())
    return {one: "\n".join(f"{n}. {text}" for n, (_, text) in enumerate(rows, 1)) for one, rows in found.items()}


def _minutes(_actor: Actor, asked: Asked) -> Select[*tuple[Any, ...]]:
    query = select(MeetingMinutes, Meeting, MeetingKind.name, MeetingKind.name_en, Person.name)
    query = query.join(Meeting, Meeting.id == MeetingMinutes.meeting_id)
    query = query.join(MeetingKind, MeetingKind.id == Meeting.kind_id)
    query = query.outerjoin(Person, Person.id == MeetingMinutes.closed_by_id)
    query = query.where(asked.at(MeetingMinutes.closed_at), _held_with(asked))
    return query.order_by(MeetingMinutes.closed_at, MeetingMinutes.id)


def _minutes_lines(_session: Session, _actor: Actor, _asked: Asked, rows: Sequence[Any]) -> list[Line]:
    zone = current().settings.timezone
    return [
        {"on_day": clock.day_of(minutes.closed_at, zone), "kind": "minutes", "title": Named(kind, kind_en)}
        | {"about": "", "period": _period(meeting.since, meeting.until), "by": by or "", "edition": minutes.edition}
        for minutes, meeting, kind, kind_en, by in rows
    ]


def _briefings(_actor: Actor, asked: Asked) -> Select[*tuple[Any, ...]]:
    query = select(Briefing, Person.name).outerjoin(Person, Person.id == Briefing.issued_by_id)
    wanted = (Briefing.state == Issued.ISSUED, Briefing.removed_at.is_(None), asked.at(Briefing.issued_at))
    return query.where(*wanted).order_by(Briefing.issued_at, Briefing.id)


def _briefing_lines(_session: Session, _actor: Actor, _asked: Asked, rows: Sequence[Any]) -> list[Line]:
    zone = current().settings.timezone
    return [
        {"on_day": clock.day_of(row.issued_at, zone), "kind": "briefing", "about": row.kind, "title": row.title}
        | {"period": _period(row.begins, row.ends), "by": by or "", "edition": row.edition}
        for row, by in rows
    ]


def _period(begins: Any, ends: Any) -> str:
    return f"{begins:%Y-%m-%d}" if begins == ends else f"{begins:%Y-%m-%d} – {ends:%Y-%m-%d}"


HELD = Source(Permission.MEETINGS_READ, _held, _held_lines)
MINUTES = Source(Permission.MEETINGS_READ, _minutes, _minutes_lines)
BRIEFINGS = Source(Permission.BRIEFINGS_READ, _briefings, _briefing_lines, of_units=False)
