"""The lists of cases on an agenda: new, closed, overdue, due soon, returned twice, found on patrol."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pandas as pd
from sqlalchemy import ColumnElement, UnaryExpression, and_, func, select
from sqlalchemy.orm import Session

from db.engine import current
from db.models import Case, CaseUnit, Meeting, Person, Unit
from db.rules.case_flow import State, who_acts
from db.rules.cases import Share, Source
from db.rules.meetings.agenda import MOST_ROWS
from db.rules.meetings.words import TopicCode
from db.rules.permissions import Actor
from db.services.listing import COUNTED, time_left
from db.services.meetings.redacting import Names
from db.services.meetings.scope import open_to_a_meeting
from db.services.office import limits_in_force

COLUMNS = ["id", "version", "number", "subject", "state", "acting", "lead_unit_id", "lead_unit", "lead_unit_en"]
COLUMNS += ["handler_id", "handler", "unit_due_on", "next_due_on", "days_left", "working_left", "grade", "bounces"]
COLUMNS += ["next_step", "note", "received_at", "closed_on", "outcome"]
REDACTED = ("subject", "next_step", "note")
A_WEEK = timedelta(days=7)


def fill(session: Session, actor: Actor, meeting: Meeting, code: TopicCode, today: date) -> tuple[pd.DataFrame, int]:
    """The first rows of a list, COLUMNS, and how many there are (counted up to COUNTED)."""
    wanted = condition(session, actor, meeting, code, today)
    some = select(Case.id).where(wanted).limit(COUNTED).subquery()
    total = session.scalar(select(func.count()).select_from(some)) or 0
    ids = session.scalars(select(Case.id).where(wanted).order_by(*_order(code)).limit(MOST_ROWS)).all()
    return framed(session, ids, today), int(total)


def condition(session: Session, actor: Actor, meeting: Meeting, code: TopicCode, today: date) -> ColumnElement[bool]:
    """The cases of one list: `new` and `closed` within the days of the meeting, everything else as it is now."""
    return and_(open_to_a_meeting(actor), _of(session, meeting, code, today))


def _of(session: Session, meeting: Meeting, code: TopicCode, today: date) -> ColumnElement[bool]:
    match code:
        case TopicCode.NEW:
            zone = ZoneInfo(current().settings.timezone)
            first = datetime.combine(meeting.since, time.min, zone)
            after = datetime.combine(meeting.until + timedelta(days=1), time.min, zone)
            return and_(Case.received_at >= first, Case.received_at < after)
        case TopicCode.CLOSED:
            return Case.closed_on.between(meeting.since, meeting.until)
        case TopicCode.OVERDUE:
            return and_(Case.open, Case.next_due_on < today)
        case TopicCode.DUE_SOON:
            return and_(Case.open, Case.next_due_on.between(today, today + A_WEEK))
        case TopicCode.RETURNED_TWICE:
            return and_(Case.open, Case.bounces >= limits_in_force(session, today)["bounces_before_ruling"].amount)
        case _:
            return and_(Case.open, Case.source == Source.PATROL)


def _order(code: TopicCode) -> tuple[UnaryExpression[Any], ...]:
    latest = {TopicCode.NEW: Case.received_at, TopicCode.CLOSED: Case.closed_on}.get(code)
    return (Case.next_due_on.asc().nulls_last() if latest is None else latest.desc()), Case.id.asc()


def framed(session: Session, ids: Sequence[int], today: date) -> pd.DataFrame:
    """These cases in this order: a frame of COLUMNS, residents' names behind masks."""
    rows, names = _stored(session, ids), Names(session, ids)
    rulings = limits_in_force(session, today)["bounces_before_ruling"].amount
    columns: dict[str, object] = {name: [row.get(name) for row in rows] for name in COLUMNS}
    for name in REDACTED:
        columns[name] = [names.masked(row["id"], row[name]) for row in rows]
    for name in ("lead_unit", "lead_unit_en", "handler"):
        columns[name] = [row[name] or "" for row in rows]
    columns["acting"] = [
        who_acts(State(row["state"]), anonymous=row["anonymous"], ruling=row["bounces"] >= rulings).value
        for row in rows
    ]
    columns |= time_left(session, [row["next_due_on"] for row in rows])
    for name in ("lead_unit_id", "handler_id"):
        columns[name] = pd.array([row[name] for row in rows], dtype="Int64")
    return pd.DataFrame(columns)[COLUMNS]


def _stored(session: Session, ids: Sequence[int]) -> list[Mapping[str, Any]]:
    own = ["id", "version", "number", "subject", "state", "lead_unit_id", "handler_id", "next_due_on", "grade"]
    own += ["bounces", "next_step", "note", "received_at", "closed_on", "outcome", "anonymous"]
    lead = and_(CaseUnit.case_id == Case.id, CaseUnit.role == Share.LEAD, CaseUnit.state != "returned")
    query = (
        select(
            *(getattr(Case, name) for name in own),
            Unit.name.label("lead_unit"),
            Unit.name_en.label("lead_unit_en"),
            Person.name.label("handler"),
            CaseUnit.due_on.label("unit_due_on"),
        )
        .outerjoin(Unit, Unit.id == Case.lead_unit_id)
        .outerjoin(Person, Person.id == Case.handler_id)
        .outerjoin(CaseUnit, lead)
        .where(Case.id.in_(ids))
    )
    found = {row["id"]: row for row in session.execute(query).mappings()} if ids else {}
    return [found[one] for one in ids]  # type: ignore[misc]
