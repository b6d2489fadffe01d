"""Supervision notices as lists: drafts to issue, waiting for an answer, answered, all; each with its days."""

from collections.abc import Sequence
from datetime import date, datetime
from enum import StrEnum
from typing import Any

import pandas as pd
from sqlalchemy import ColumnElement, Row, Select, func, select, true
from sqlalchemy.orm import Session

from db import clock
from db.engine import current, reading
from db.models import Case, Supervision, Unit
from db.rules.permissions import Actor, Permission
from db.rules.supervision import STANDING, State
from db.services.acts import guarded
from db.services.listing import COUNTED, PAGE_ROWS, Page, page_of, time_left
from db.services.supervision.scope import shown_to

STORED = ["id", "version", "number", "state", "why", "missed_on", "answer_by", "text"]
STORED += ["drafted_at", "issued_at", "answered_at", "closed_at"]
BESIDE = ["case_id", "case", "subject", "unit", "unit_en"]
ADDED = ["days", "days_left", "working_left"]


class Tab(StrEnum):
    """What waits for whom, and everything."""

    TO_ISSUE = "to_issue"
    WAITING = "waiting"
    ANSWERED = "answered"
    ALL = "all"


_STATE = {Tab.TO_ISSUE: State.DRAFT, Tab.WAITING: State.ISSUED, Tab.ANSWERED: State.ANSWERED}


@guarded(Permission.CASES_READ)
def notices(actor: Actor, *, tab: Tab, page: int = 1) -> Page:
    """One page of the notices this actor may see: columns of STORED, BESIDE and ADDED (days from the issue to the
    answer, or to the end or today without one; days and working days left)."""
    with reading() as session:
        wanted = _shown(actor).where(_tab(tab))
        found = int(session.scalar(select(func.count()).select_from(wanted.limit(COUNTED + 1).subquery())) or 0)
        page, pages = page_of(found, page)
        rows = session.execute(_ordered(wanted, tab).limit(PAGE_ROWS).offset((page - 1) * PAGE_ROWS)).all()
        return Page(_framed(session, rows), min(found, COUNTED), found > COUNTED, page, pages)


@guarded(Permission.CASES_READ)
def counts(actor: Actor) -> dict[Tab, int]:
    """How many notices stand under each tab but "all"."""
    with reading() as session:
        shown = _shown(actor).where(Supervision.state.in_(STANDING)).subquery()
        found = session.execute(select(shown.c.state, func.count()).group_by(shown.c.state)).all()
    by_state = {state: int(count) for state, count in found}
    return {tab: by_state.get(state.value, 0) for tab, state in _STATE.items()}


def _shown(actor: Actor) -> Select[Any]:
    columns = (getattr(Supervision, name) for name in STORED)
    beside = (Case.id.label("case_id"), Case.number.label("case"), Case.subject, Unit.name.label("unit"), Unit.name_en)
    query = select(*columns, *beside[:-1], beside[-1].label("unit_en")).join(Case, Case.id == Supervision.case_id)
    return query.join(Unit, Unit.id == Supervision.unit_id).where(shown_to(actor))


def _tab(tab: Tab) -> ColumnElement[bool]:
    return Supervision.state == _STATE[tab].value if tab in _STATE else true()


def _ordered(query: Select[Any], tab: Tab) -> Select[Any]:
    """What is most urgent first: missed longest ago, due next, answered longest ago; everything by the newest."""
    orders: dict[Tab, ColumnElement[Any]] = {
        Tab.TO_ISSUE: Supervision.missed_on.asc().nulls_last(),
        Tab.WAITING: Supervision.answer_by.asc(),
        Tab.ANSWERED: Supervision.answered_at.asc(),
    }
    return query.order_by(orders.get(tab, Supervision.id.desc()), Supervision.id)


def _framed(session: Session, rows: Sequence[Row[Any]]) -> pd.DataFrame:
    columns: dict[str, object] = {name: [getattr(row, name) for row in rows] for name in STORED + BESIDE}
    columns["days"] = pd.array([_days(row) for row in rows], dtype="Int64")
    return pd.DataFrame(columns | time_left(session, [_due(row) for row in rows]), columns=STORED + BESIDE + ADDED)


def _due(row: Row[Any]) -> date | None:
    """The day that counts: of a draft the one that was missed, of a notice issued the one an answer is wanted by."""
    due: date | None = {State.DRAFT: row.missed_on, State.ISSUED: row.answer_by}.get(State(row.state))
    return due


def _days(row: Row[Any]) -> int | None:
    if row.issued_at is None:
        return None
    zone = current().settings.timezone
    ended: datetime = row.answered_at or row.closed_at or clock.now()
    return (clock.day_of(ended, zone) - clock.day_of(row.issued_at, zone)).days
