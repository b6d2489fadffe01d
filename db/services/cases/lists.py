"""The register of cases as a list: tabs by what needs me, filters, sorting and pages, all in SQL."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

import pandas as pd
from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select
from sqlalchemy.orm import Session, aliased

from db import clock
from db.engine import current, reading
from db.models import Case, CaseParty, CaseUnit, Person, Unit
from db.rules.case_flow import State
from db.rules.permissions import Actor, Permission, Scope
from db.services.acts import guarded
from db.services.calendar import working_calendar
from db.services.cases.scope import units_of, visible
from db.services.office import limits_in_force
from db.services.search import matching

PAGE_ROWS = 50
COUNTED = 10_000
COLUMNS = [
    "id",
    "version",
    "number",
    "state",
    "received_at",
    "next_due_on",
    "provisional",
    "grade",
    "category",
    "subject",
    "place",
    "resident",
    "lead_unit_id",
    "lead_unit",
    "handler_id",
    "handler",
    "note",
    "open",
]


class Tab(StrEnum):
    """What needs me, and everything."""

    MINE = "mine"
    MY_UNIT = "my_unit"
    TO_PROPOSE = "to_propose"
    TO_APPROVE = "to_approve"
    TO_SIGN = "to_sign"
    TO_CONFIRM = "to_confirm"
    TO_REPLY = "to_reply"
    TO_VISIT = "to_visit"
    DUE_SOON = "due_soon"
    OVERDUE = "overdue"
    OPEN = "open"
    ALL = "all"


NEEDED: dict[Tab, Permission] = {
    Tab.MINE: Permission.CASES_READ,
    Tab.MY_UNIT: Permission.CASES_HANDLE,
    Tab.TO_PROPOSE: Permission.CASES_PROPOSE,
    Tab.TO_APPROVE: Permission.CASES_APPROVE,
    Tab.TO_SIGN: Permission.CASES_SIGN,
    Tab.TO_CONFIRM: Permission.CASES_CONFIRM,
    Tab.TO_REPLY: Permission.CASES_REPLY,
    Tab.TO_VISIT: Permission.CASES_VISIT,
    Tab.DUE_SOON: Permission.CASES_READ,
    Tab.OVERDUE: Permission.CASES_READ,
    Tab.OPEN: Permission.CASES_READ,
    Tab.ALL: Permission.CASES_READ,
}


class Sort(StrEnum):
    """The orders a list may have; names only from here reach the SQL."""

    RECEIVED = "received"
    DUE = "due"
    NUMBER = "number"


@dataclass(frozen=True)
class Choice:
    """What was asked of the list; empty means any."""

    tab: Tab = Tab.OPEN
    text: str = ""
    state: str = ""
    grade: str = ""
    kind: str = ""
    channel: str = ""
    category: str = ""
    unit_id: int | None = None
    handler_id: int | None = None
    received_from: date | None = None
    received_to: date | None = None
    sort: Sort = Sort.RECEIVED
    ascending: bool = False
    page: int = 1


@dataclass(frozen=True)
class Page:
    """One page of the list. `total` is exact up to COUNTED, then COUNTED with `more` set."""

    rows: pd.DataFrame
    total: int
    more: bool
    page: int
    pages: int


def tabs_of(actor: Actor) -> list[Tab]:
    """The tabs that can hold anything for this actor."""
    return [tab for tab, permission in NEEDED.items() if actor.may(permission)]


@guarded(Permission.CASES_READ)
def register(actor: Actor, *, choice: Choice) -> Page:
    """One page of what the actor may see under this choice: a frame with COLUMNS."""
    with reading() as session:
        wanted = _wanted(session, actor, choice)
        counted = session.scalar(
            select(func.count()).select_from(select(Case.id).where(wanted).limit(COUNTED + 1).subquery())
        )
        total = int(counted or 0)
        pages = max(1, -(-min(total, COUNTED) // PAGE_ROWS))
        page = min(max(choice.page, 1), pages)
        query = _listed(wanted, choice).limit(PAGE_ROWS).offset((page - 1) * PAGE_ROWS)
        rows = _frame(session, query)
    return Page(rows, min(total, COUNTED), total > COUNTED, page, pages)


@guarded(Permission.CASES_READ)
def counts(actor: Actor) -> dict[Tab, int]:
    """How many wait under each tab (capped at COUNTED)."""
    with reading() as session:
        return {
            tab: int(
                session.scalar(
                    select(func.count()).select_from(
                        select(Case.id)
                        .where(_wanted(session, actor, Choice(tab=tab)))
                        .limit(COUNTED)
                        .subquery()
                    )
                )
                or 0
            )
            for tab in tabs_of(actor)
            if tab is not Tab.ALL
        }


def rows_for_export(session: Session, actor: Actor, choice: Choice, most: int) -> pd.DataFrame:
    """Every row of the choice up to `most`, in its order."""
    return _frame(session, _listed(_wanted(session, actor, choice), choice).limit(most))


def _listed(wanted: ColumnElement[bool], choice: Choice) -> Select[tuple[object, ...]]:
    handler = aliased(Person)
    resident = (
        select(CaseParty.name_mask).where(CaseParty.case_id == Case.id).order_by(CaseParty.id).limit(1)
    ).scalar_subquery()
    column = {Sort.RECEIVED: Case.received_at, Sort.DUE: Case.next_due_on, Sort.NUMBER: Case.number}[
        choice.sort
    ]
    order = [column.asc(), Case.id.asc()] if choice.ascending else [column.desc(), Case.id.desc()]
    return (
        select(
            Case.id,
            Case.version,
            Case.number,
            Case.state,
            Case.received_at,
            Case.next_due_on,
            Case.provisional,
            Case.grade,
            Case.category,
            Case.subject,
            Case.place,
            resident.label("resident"),
            Case.lead_unit_id,
            Unit.name.label("lead_unit"),
            Case.handler_id,
            handler.name.label("handler"),
            Case.note,
            Case.open,
        )
        .outerjoin(Unit, Unit.id == Case.lead_unit_id)
        .outerjoin(handler, handler.id == Case.handler_id)
        .where(wanted)
        .order_by(*order)
    )


def _frame(session: Session, query: Select[tuple[object, ...]]) -> pd.DataFrame:
    return pd.DataFrame(session.execute(query).all(), columns=COLUMNS)


def _wanted(session: Session, actor: Actor, choice: Choice) -> ColumnElement[bool]:
    zone = ZoneInfo(current().settings.timezone)
    parts = [visible(actor), _tab(session, actor, choice.tab)]
    for column, value in (
        (Case.state, choice.state),
        (Case.grade, choice.grade),
        (Case.kind, choice.kind),
        (Case.channel, choice.channel),
        (Case.category, choice.category),
    ):
        if value:
            parts.append(column == value)
    if choice.unit_id is not None:
        parts.append(Case.lead_unit_id == choice.unit_id)
    if choice.handler_id is not None:
        parts.append(Case.handler_id == choice.handler_id)
    if choice.received_from is not None:
        parts.append(Case.received_at >= datetime.combine(choice.received_from, time.min, zone))
    if choice.received_to is not None:
        parts.append(
            Case.received_at < datetime.combine(choice.received_to + timedelta(days=1), time.min, zone)
        )
    if choice.text.strip():
        parts.append(matching(session, choice.text))
    return and_(*parts)


def _tab(session: Session, actor: Actor, tab: Tab) -> ColumnElement[bool]:
    today = clock.today(current().settings.timezone)
    match tab:
        case Tab.MINE:
            return and_(Case.open, Case.handler_id == actor.id)
        case Tab.MY_UNIT:
            scope = actor.scope(Permission.CASES_HANDLE) or Scope.UNIT
            return and_(Case.open, _shared_with(actor, scope))
        case Tab.TO_PROPOSE:
            return Case.state == State.REGISTERED
        case Tab.TO_APPROVE:
            return Case.state.in_((State.PROPOSED, State.OBJECTED))
        case Tab.TO_SIGN:
            scope = actor.scope(Permission.CASES_SIGN) or Scope.UNIT
            co = exists().where(
                CaseUnit.case_id == Case.id, CaseUnit.role == "co", CaseUnit.state == "answered"
            )
            return and_(Case.open, or_(Case.state == State.ANSWERED, co), _shared_with(actor, scope))
        case Tab.TO_CONFIRM:
            return Case.state == State.SIGNED
        case Tab.TO_REPLY:
            return and_(Case.state == State.CONFIRMED, ~Case.anonymous)
        case Tab.TO_VISIT:
            return and_(
                Case.state == State.REPLIED, or_(Case.handler_id.is_(None), Case.handler_id != actor.id)
            )
        case Tab.DUE_SOON:
            soon = limits_in_force(session, today)["due_soon"].amount
            until = working_calendar(session).add_working(today, soon)
            return and_(Case.open, Case.next_due_on >= today, Case.next_due_on <= until)
        case Tab.OVERDUE:
            return and_(Case.open, Case.next_due_on < today)
        case Tab.OPEN:
            return Case.open.is_(True)
        case Tab.ALL:
            return Case.id.is_not(None)


def _shared_with(actor: Actor, scope: Scope) -> ColumnElement[bool]:
    if scope is Scope.ALL:
        return Case.lead_unit_id.is_not(None)
    shares = select(CaseUnit.case_id).where(
        CaseUnit.unit_id.in_(units_of(actor, scope)), CaseUnit.state != "returned"
    )
    return Case.id.in_(shares)
