"""The register of cases as a list: tabs by what needs me, filters, sorting and pages, all in SQL."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

import pandas as pd
from sqlalchemy import ColumnElement, and_, func, or_, select, true
from sqlalchemy.orm import Session

from db import clock
from db.engine import current, reading
from db.models import Case, CaseEntry, CaseExtension, CaseUnit
from db.rules.case_flow import State, Step
from db.rules.permissions import Actor, Permission, Scope
from db.services.acts import guarded
from db.services.calendar import working_calendar
from db.services.cases.rows import framed, stored
from db.services.cases.scope import shared_with, units_of, visible
from db.services.office import limits_in_force
from db.services.search import matching

PAGE_ROWS = 50
COUNTED = 10_000


class Tab(StrEnum):
    """What needs me, and everything."""

    TO_PROPOSE = "to_propose"
    TO_APPROVE = "to_approve"
    TO_ACCEPT = "to_accept"
    TO_ANSWER = "to_answer"
    TO_SIGN = "to_sign"
    TO_CONFIRM = "to_confirm"
    TO_REPLY = "to_reply"
    TO_VISIT = "to_visit"
    TO_REVIEW = "to_review"
    TO_CLOSE = "to_close"
    MINE = "mine"
    MY_UNIT = "my_unit"
    DUE_SOON = "due_soon"
    OVERDUE = "overdue"
    OPEN = "open"
    ALL = "all"


NEEDED: dict[Tab, Permission] = {
    Tab.TO_PROPOSE: Permission.CASES_PROPOSE,
    Tab.TO_APPROVE: Permission.CASES_APPROVE,
    Tab.TO_ACCEPT: Permission.CASES_HANDLE,
    Tab.TO_ANSWER: Permission.CASES_HANDLE,
    Tab.TO_SIGN: Permission.CASES_SIGN,
    Tab.TO_CONFIRM: Permission.CASES_CONFIRM,
    Tab.TO_REPLY: Permission.CASES_REPLY,
    Tab.TO_VISIT: Permission.CASES_VISIT,
    Tab.TO_REVIEW: Permission.CASES_REVIEW,
    Tab.TO_CLOSE: Permission.CASES_ARCHIVE,
    Tab.MINE: Permission.CASES_HANDLE,
    Tab.MY_UNIT: Permission.CASES_HANDLE,
    Tab.DUE_SOON: Permission.CASES_READ,
    Tab.OVERDUE: Permission.CASES_READ,
    Tab.OPEN: Permission.CASES_READ,
    Tab.ALL: Permission.CASES_READ,
}
WORK = tuple(tab for tab in Tab if tab.startswith("to_"))


class Sort(StrEnum):
    """The orders a list may have; names only from here reach the SQL."""

    DUE = "due"
    RECEIVED = "received"
    NUMBER = "number"


def sorts_of(tab: Tab) -> tuple[Sort, ...]:
    """The orders a tab offers, its own first; what is closed is not due, so "all" has no such order."""
    if tab is Tab.ALL:
        return (Sort.RECEIVED, Sort.NUMBER)
    return (Sort.RECEIVED, Sort.DUE, Sort.NUMBER) if tab is Tab.OPEN else tuple(Sort)


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
    closed_from: date | None = None
    sort: Sort | None = None
    ascending: bool | None = None
    page: int = 1

    @property
    def order(self) -> tuple[Sort, bool]:
        """What it is sorted by and whether upwards: what is due next first, what came in last first."""
        offered = sorts_of(self.tab)
        sort = self.sort if self.sort in offered else offered[0]
        return sort, (sort is Sort.DUE if self.ascending is None else self.ascending)


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
    """One page of what the actor may see under this choice: a frame with COLUMNS and ADDED."""
    with reading() as session:
        wanted = _wanted(session, actor, choice)
        total = _count(session, wanted, COUNTED + 1)
        pages = max(1, -(-min(total, COUNTED) // PAGE_ROWS))
        page = min(max(choice.page, 1), pages)
        rows = rows_of(session, wanted, choice, PAGE_ROWS, (page - 1) * PAGE_ROWS)
    return Page(rows, min(total, COUNTED), total > COUNTED, page, pages)


@guarded(Permission.CASES_READ)
def counts(actor: Actor) -> dict[Tab, int]:
    """How many wait under each tab that needs somebody (capped at COUNTED)."""
    with reading() as session:
        return {
            tab: _count(session, _wanted(session, actor, Choice(tab=tab)), COUNTED)
            for tab in tabs_of(actor)
            if tab not in (Tab.OPEN, Tab.ALL)
        }


@guarded(Permission.CASES_READ)
def waiting(actor: Actor, *, per_tab: int = 20) -> pd.DataFrame:
    """What waits for this actor's own step, what is due first on top: a frame with COLUMNS, ADDED and "tab"."""
    tabs: dict[int, str] = {}
    with reading() as session:
        for tab in tabs_of(actor):
            if tab in WORK:
                choice = Choice(tab=tab, sort=Sort.DUE, ascending=True)
                for case_id in _ids(session, _wanted(session, actor, choice), choice, per_tab, 0):
                    tabs.setdefault(case_id, tab.value)
        found = framed(session, stored(session, list(tabs)), tab=list(tabs.values()))
    found = found.sort_values("next_due_on", na_position="last", kind="stable")
    return found.reset_index(drop=True)


def choice_in_sql(session: Session, actor: Actor, choice: Choice) -> ColumnElement[bool]:
    """The rows of a choice the actor may see, as a condition."""
    return _wanted(session, actor, choice)


def _count(session: Session, wanted: ColumnElement[bool], most: int) -> int:
    some = select(Case.id).where(wanted).limit(most).subquery()
    return int(session.scalar(select(func.count()).select_from(some)) or 0)


def rows_of(session: Session, wanted: ColumnElement[bool], choice: Choice, most: int, skipped: int) -> pd.DataFrame:
    """Up to `most` rows in the order of the choice: COLUMNS as stored, ADDED as they stand today."""
    return framed(session, stored(session, _ids(session, wanted, choice, most, skipped)))


def _ids(session: Session, wanted: ColumnElement[bool], choice: Choice, most: int, skipped: int) -> list[int]:
    """The page by ids alone; names are looked up for its rows only."""
    sort, ascending = choice.order
    column = {Sort.RECEIVED: Case.received_at, Sort.DUE: Case.next_due_on, Sort.NUMBER: Case.number}[sort]
    order = (column.asc(), Case.id.asc()) if ascending else (column.desc(), Case.id.desc())
    if sort is Sort.DUE:
        wanted = and_(wanted, Case.open)
    page = select(Case.id).where(wanted).order_by(*order).limit(most).offset(skipped)
    return list(session.scalars(page))


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
        parts.append(Case.received_at < datetime.combine(choice.received_to + timedelta(days=1), time.min, zone))
    if choice.closed_from is not None:
        parts.append(Case.closed_on >= choice.closed_from)
    if choice.text.strip():
        parts.append(matching(session, choice.text))
    return and_(*parts)


def _tab(session: Session, actor: Actor, tab: Tab) -> ColumnElement[bool]:
    today = clock.today(current().settings.timezone)
    match tab:
        case Tab.TO_PROPOSE:
            return Case.state == State.REGISTERED
        case Tab.TO_APPROVE:
            return _to_approve(session, actor, today)
        case Tab.TO_ACCEPT:
            return and_(Case.state == State.ROUTED, _leads(actor, Permission.CASES_HANDLE))
        case Tab.TO_ANSWER:
            mine = or_(
                Case.handler_id == actor.id,
                and_(Case.handler_id.is_(None), _leads(actor, Permission.CASES_HANDLE)),
            )
            co = _helps(actor, Permission.CASES_HANDLE, "sent")
            return or_(
                and_(Case.state == State.HANDLING, mine),
                and_(Case.state.in_((State.ROUTED, State.HANDLING)), co),
            )
        case Tab.TO_SIGN:
            co = _helps(actor, Permission.CASES_SIGN, "answered")
            return or_(
                and_(Case.state == State.ANSWERED, _leads(actor, Permission.CASES_SIGN)),
                and_(Case.state.in_((State.ROUTED, State.HANDLING)), co),
            )
        case Tab.TO_CONFIRM:
            return Case.state == State.SIGNED
        case Tab.TO_REPLY:
            untold = select(CaseExtension.case_id).where(
                CaseExtension.approved.is_(True), CaseExtension.told_on.is_(None)
            )
            return and_(
                ~Case.anonymous,
                or_(Case.state == State.CONFIRMED, and_(Case.state == State.HANDLING, Case.id.in_(untold))),
            )
        case Tab.TO_VISIT:
            return and_(
                Case.state == State.REPLIED,
                or_(Case.handler_id.is_(None), Case.handler_id != actor.id),
                or_(Case.answered_by_id.is_(None), Case.answered_by_id != actor.id),
            )
        case Tab.TO_REVIEW:
            return Case.state.in_((State.REVIEW, State.REREVIEW))
        case Tab.TO_CLOSE:
            return or_(Case.state == State.VISITED, and_(Case.state == State.CONFIRMED, Case.anonymous.is_(True)))
        case Tab.MINE:
            return and_(Case.open, Case.handler_id == actor.id)
        case Tab.MY_UNIT:
            units = units_of(actor, actor.scope(Permission.CASES_HANDLE) or Scope.UNIT)
            return and_(Case.open, shared_with(units))
        case Tab.DUE_SOON:
            soon = limits_in_force(session, today)["due_soon"].amount
            until = working_calendar(session).add_working(today, soon)
            return and_(Case.open, Case.next_due_on >= today, Case.next_due_on <= until)
        case Tab.OVERDUE:
            return and_(Case.open, Case.next_due_on < today)
        case Tab.OPEN:
            return and_(Case.open)  # "open IS 1" would leave the index of open cases unused
        case Tab.ALL:
            return true()


def _to_approve(session: Session, actor: Actor, today: date) -> ColumnElement[bool]:
    """Proposals of others, objections, and for who may rule also rulings and extensions."""
    proposer = (
        select(CaseEntry.person_id)
        .where(CaseEntry.case_id == Case.id, CaseEntry.step == Step.PROPOSE)
        .order_by(CaseEntry.id.desc())
        .limit(1)
        .scalar_subquery()
    )
    proposals = and_(Case.state == State.PROPOSED, func.coalesce(proposer, 0) != actor.id)
    if not actor.may(Permission.CASES_RULE):
        rulings = limits_in_force(session, today)["bounces_before_ruling"].amount
        return or_(proposals, and_(Case.state == State.OBJECTED, Case.bounces < rulings))
    asked = select(CaseExtension.case_id).where(CaseExtension.approved.is_(None))
    return or_(
        proposals,
        Case.state == State.OBJECTED,
        and_(Case.state == State.HANDLING, Case.id.in_(asked)),
    )


def _leads(actor: Actor, permission: Permission) -> ColumnElement[bool]:
    return Case.lead_unit_id.in_(units_of(actor, actor.scope(permission) or Scope.UNIT))


def _helps(actor: Actor, permission: Permission, state: str) -> ColumnElement[bool]:
    units = units_of(actor, actor.scope(permission) or Scope.UNIT)
    return shared_with(units, CaseUnit.role == "co", CaseUnit.state == state)
