"""The register of cases as a list: tabs by what needs me, filters, sorting and pages, all in SQL."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

import pandas as pd
from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select, true
from sqlalchemy.orm import Session

from db import clock
from db.engine import current, reading
from db.models import Case, CaseEntry, CaseExtension, CaseImportRow, CaseUnit
from db.rules.case_flow import State, Step
from db.rules.case_import import Verdict
from db.rules.permissions import Actor, Permission, Scope
from db.services import listing
from db.services.acts import guarded
from db.services.cases.rows import framed, stored
from db.services.cases.scope import acted_for, handled_by, shared_with, units_of, visible
from db.services.listing import COUNTED, PAGE_ROWS, Listing, Page, Sort, page_of
from db.services.office import limits_in_force
from db.services.search import matching
from db.services.working_days import working_calendar

REGISTER = Listing(
    Case.id, {Sort.RECEIVED: Case.received_at, Sort.DUE: Case.next_due_on, Sort.NUMBER: Case.number}, Case.open
)


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


class Clock(StrEnum):
    """How an open case stands to its next due day; goes with any tab."""

    DUE_SOON = "due_soon"
    OVERDUE = "overdue"
    NO_DAY = "no_day"


class Whose(StrEnum):
    """What this person has to do with a case; goes with any tab."""

    MINE = "mine"
    TAKEN_IN = "taken_in"


@dataclass(frozen=True, kw_only=True)
class Choice(listing.Choice):
    """What was asked of the list; empty means any. `brought`: what the import `import_id` did, added or updated."""

    tab: Tab = Tab.OPEN
    grade: str = ""
    kind: str = ""
    channel: str = ""
    unit_id: int | None = None
    handler_id: int | None = None
    import_id: int | None = None
    brought: str = ""
    clock: str = ""
    whose: str = ""
    closed_from: date | None = None


def tabs_of(actor: Actor) -> list[Tab]:
    """The tabs that can hold anything for this actor."""
    return [tab for tab, permission in NEEDED.items() if actor.may(permission)]


@guarded(Permission.CASES_READ)
def register(actor: Actor, *, choice: Choice) -> Page:
    """One page of what the actor may see under this choice: a frame with COLUMNS and ADDED."""
    with reading() as session:
        wanted = _wanted(session, actor, choice)
        total = REGISTER.count(session, wanted, COUNTED + 1)
        page, pages = page_of(total, choice.page)
        rows = rows_of(session, wanted, choice, PAGE_ROWS, (page - 1) * PAGE_ROWS)
    return Page(rows, min(total, COUNTED), total > COUNTED, page, pages)


@guarded(Permission.CASES_READ)
def counts(actor: Actor) -> dict[Tab, int]:
    """How many wait under each tab that needs somebody (capped at COUNTED)."""
    with reading() as session:
        return {
            tab: REGISTER.count(session, _wanted(session, actor, Choice(tab=tab)))
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
                for case_id in REGISTER.ids(session, _wanted(session, actor, choice), choice, per_tab):
                    tabs.setdefault(case_id, tab.value)
        found = framed(session, stored(session, list(tabs)), tab=list(tabs.values()))
    found = found.sort_values("next_due_on", na_position="last", kind="stable")
    return found.reset_index(drop=True)


def choice_in_sql(session: Session, actor: Actor, choice: Choice) -> ColumnElement[bool]:
    """The rows of a choice the actor may see, as a condition."""
    return _wanted(session, actor, choice)


def rows_of(session: Session, wanted: ColumnElement[bool], choice: Choice, most: int, skipped: int) -> pd.DataFrame:
    """Up to `most` rows in the order of the choice: COLUMNS as stored, ADDED as they stand today."""
    return framed(session, stored(session, REGISTER.ids(session, wanted, choice, most, skipped)))


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
    if choice.clock in set(Clock):
        parts.append(_clock(session, Clock(choice.clock)))
    if choice.whose:
        parts.append(handled_by(actor) if choice.whose == Whose.MINE else Case.registered_by_id == actor.id)
    if choice.import_id is not None:
        parts.append(Case.id.in_(_brought(choice.import_id, choice.brought)))
    if choice.received_from is not None:
        parts.append(Case.received_at >= datetime.combine(choice.received_from, time.min, zone))
    if choice.received_to is not None:
        parts.append(Case.received_at < datetime.combine(choice.received_to + timedelta(days=1), time.min, zone))
    if choice.closed_from is not None:
        parts.append(Case.closed_on >= choice.closed_from)
    if choice.text.strip():
        parts.append(matching(session, choice.text))
    return and_(*parts)


def _brought(import_id: int, verdict: str) -> Select[int | None]:
    """The cases an import added, updated or either; a row that was skipped may name a case, too."""
    verdicts = (verdict,) if verdict else (Verdict.ADD, Verdict.UPDATE)
    of_import = and_(CaseImportRow.import_id == import_id, CaseImportRow.verdict.in_(verdicts))
    return select(CaseImportRow.case_id).where(of_import, CaseImportRow.case_id.is_not(None))


def _clock(session: Session, wanted: Clock) -> ColumnElement[bool]:
    today = clock.today(current().settings.timezone)
    if wanted is Clock.NO_DAY:
        return and_(Case.open, Case.next_due_on.is_(None))
    if wanted is Clock.OVERDUE:
        return and_(Case.open, Case.next_due_on < today)
    soon = limits_in_force(session, today)["due_soon"].amount
    until = working_calendar(session).add_working(today, soon)
    return and_(Case.open, Case.next_due_on >= today, Case.next_due_on <= until)


def _tab(session: Session, actor: Actor, tab: Tab) -> ColumnElement[bool]:
    today = clock.today(current().settings.timezone)
    match tab:
        case Tab.TO_PROPOSE:
            return Case.state == State.REGISTERED
        case Tab.TO_APPROVE:
            return _to_approve(session, actor, today)
        case Tab.TO_ACCEPT:
            return and_(Case.state == State.ROUTED, or_(_leads(actor, Permission.CASES_HANDLE), handled_by(actor)))
        case Tab.TO_ANSWER:
            mine = or_(
                handled_by(actor),
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
            stood_in = exists().where(CaseEntry.case_id == Case.id, acted_for(actor))
            return and_(
                Case.state == State.REPLIED,
                or_(Case.handler_id.is_(None), ~handled_by(actor)),
                ~stood_in,
                or_(Case.answered_by_id.is_(None), Case.answered_by_id != actor.id),
            )
        case Tab.TO_REVIEW:
            return Case.state.in_((State.REVIEW, State.REREVIEW))
        case Tab.TO_CLOSE:
            return or_(Case.state == State.VISITED, and_(Case.state == State.CONFIRMED, Case.anonymous.is_(True)))
        case Tab.MINE:
            return and_(Case.open, handled_by(actor))
        case Tab.MY_UNIT:
            units = units_of(actor, actor.scope(Permission.CASES_HANDLE) or Scope.UNIT)
            return and_(Case.open, shared_with(units))
        case Tab.DUE_SOON:
            return _clock(session, Clock.DUE_SOON)
        case Tab.OVERDUE:
            return _clock(session, Clock.OVERDUE)
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
