"""The disputes as a list: tabs by what needs me, filters, sorting and pages, all in SQL."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

import pandas as pd
from sqlalchemy import ColumnElement, Select, and_, exists, or_, select, true
from sqlalchemy.orm import Session

from db import clock
from db.engine import current, reading
from db.models import Case, Committee, Dispute, DisputeMediator, DisputeVisit, Obligation
from db.rules.mediation.words import Standing, State
from db.rules.permissions import Actor, Permission, Scope
from db.services import listing
from db.services.acts import guarded
from db.services.cases import scope as case_scope
from db.services.listing import COUNTED, PAGE_ROWS, Listing, Page, Sort, page_of
from db.services.mediation.counted import Counted, behind
from db.services.mediation.rows import listed
from db.services.mediation.scope import gathered, mediated_by, stubs, visible
from db.services.mediation.search import matching
from db.services.office import limits_in_force
from db.services.working_days import working_calendar

REGISTER = Listing(
    Dispute.id,
    {Sort.RECEIVED: Dispute.received_on, Sort.DUE: Dispute.next_due_on, Sort.NUMBER: Dispute.number},
    Dispute.open,
)
STUBS = ["id", "number", "state", "whole"]


class Tab(StrEnum):
    """What needs me, and everything."""

    MINE = "mine"
    TO_TAKE_ON = "to_take_on"
    DUE_SOON = "due_soon"
    OVERDUE = "overdue"
    OBLIGATIONS = "obligations"
    TO_VISIT = "to_visit"
    OPEN = "open"
    ALL = "all"


NEEDED: dict[Tab, Permission] = {
    Tab.MINE: Permission.MEDIATION_KEEP,
    Tab.TO_TAKE_ON: Permission.MEDIATION_KEEP,
    Tab.DUE_SOON: Permission.MEDIATION_KEEP,
    Tab.OVERDUE: Permission.MEDIATION_KEEP,
    Tab.OBLIGATIONS: Permission.MEDIATION_KEEP,
    Tab.TO_VISIT: Permission.MEDIATION_VISIT,
    Tab.OPEN: Permission.MEDIATION_READ,
    Tab.ALL: Permission.MEDIATION_READ,
}
EVERYTHING = (Tab.OPEN, Tab.ALL)


@dataclass(frozen=True, kw_only=True)
class Choice(listing.Choice):
    """What was asked of the list; empty means any. `counted` is a figure of `year` whose files are asked for."""

    tab: Tab = Tab.OPEN
    source: str = ""
    committee_id: int | None = None
    counted: str = ""
    year: int | None = None


def tabs_of(actor: Actor) -> list[Tab]:
    """The tabs that can hold anything for this actor."""
    return [tab for tab, permission in NEEDED.items() if actor.may(permission)]


def first_tab(actor: Actor) -> Tab:
    """Where the list begins: with one's own files, for who keeps files of their own."""
    return Tab.MINE if actor.scope(Permission.MEDIATION_KEEP) is Scope.OWN else Tab.OPEN


@guarded(Permission.MEDIATION_READ)
def register(actor: Actor, *, choice: Choice) -> Page:
    """One page of what the actor may know under this choice: a frame of LISTED."""
    with reading() as session:
        wanted = _wanted(session, actor, choice)
        if choice.text.strip() or _reads_few(actor):
            found = REGISTER.ids(session, wanted, choice, COUNTED + 1)
            total = len(found)
            page, pages = page_of(total, choice.page)
            ids = found[(page - 1) * PAGE_ROWS : page * PAGE_ROWS]
        else:
            total = REGISTER.count(session, wanted, COUNTED + 1)
            page, pages = page_of(total, choice.page)
            ids = REGISTER.ids(session, wanted, choice, PAGE_ROWS, (page - 1) * PAGE_ROWS)
        rows = listed(session, ids, _whole(session, actor, ids))
    return Page(rows, min(total, COUNTED), total > COUNTED, page, pages)


@guarded(Permission.MEDIATION_READ)
def counts(actor: Actor) -> dict[Tab, int]:
    """How many wait under each tab that needs somebody (capped at COUNTED)."""
    tabs = [tab for tab in tabs_of(actor) if tab not in EVERYTHING]
    with reading() as session:
        return {tab: REGISTER.count(session, _wanted(session, actor, Choice(tab=tab))) for tab in tabs}


@guarded(Permission.MEDIATION_READ)
def waiting(actor: Actor, *, per_tab: int = 20) -> pd.DataFrame:
    """What needs this actor, what is due first on top: a frame of LISTED and "tab"."""
    tabs: dict[int, str] = {}
    with reading() as session:
        for tab in tabs_of(actor):
            if tab not in (Tab.MINE, *EVERYTHING):
                choice = Choice(tab=tab, sort=Sort.DUE, ascending=True)
                wanted = _wanted(session, actor, choice)
                if tab is Tab.TO_VISIT:
                    wanted = and_(wanted, _visit_is_next(session))
                for dispute_id in REGISTER.ids(session, wanted, choice, per_tab):
                    tabs.setdefault(dispute_id, tab.value)
        found = listed(session, list(tabs), frozenset(tabs), tab=list(tabs.values()))
    found = found.sort_values("next_due_on", na_position="last", kind="stable")
    return found.reset_index(drop=True)


@guarded(Permission.CASES_READ)
def of_case(actor: Actor, *, case_id: int) -> pd.DataFrame:
    """Disputes opened from a case, for its page: a frame of STUBS, empty for who may know of none of it."""
    query = select(Dispute.id, Dispute.number, Dispute.state).join(Case, Case.id == Dispute.case_id)
    query = query.where(Case.id == case_id, case_scope.visible(actor), stubs(actor))
    with reading() as session:
        found = session.execute(query.order_by(Dispute.id)).all()
        whole = _whole(session, actor, [row.id for row in found])
    return pd.DataFrame([(*row, row.id in whole) for row in found], columns=STUBS)


def rows_of(session: Session, actor: Actor, choice: Choice, most: int) -> pd.DataFrame:
    """Up to `most` rows of a choice which the actor may see whole, in its order: a frame of LISTED."""
    ids = REGISTER.ids(session, and_(_wanted(session, actor, choice), gathered(actor)), choice, most)
    return listed(session, ids, frozenset(ids))


def numbers(session: Session, actor: Actor, choice: Choice) -> tuple[int, int]:
    """How many rows of a choice the actor may open, and of how many more only know (both capped at COUNTED)."""
    wanted = _wanted(session, actor, choice)
    whole = REGISTER.count(session, and_(wanted, gathered(actor)))
    return whole, REGISTER.count(session, wanted) - whole


def _reads_few(actor: Actor) -> bool:
    """Whether only one's own files are listed: finding them twice, to count and to show, would cost more."""
    return not actor.may(Permission.MEDIATION_STATE)


def _whole(session: Session, actor: Actor, ids: list[int]) -> frozenset[int]:
    """Which of the disputes of a page the actor may open."""
    if not actor.may(Permission.MEDIATION_STATE) or actor.scope(Permission.MEDIATION_READ) is Scope.ALL:
        return frozenset(ids)
    return frozenset(session.scalars(select(Dispute.id).where(Dispute.id.in_(ids), visible(actor))))


def _wanted(session: Session, actor: Actor, choice: Choice) -> ColumnElement[bool]:
    """What a choice asks for; what a stub hides is not found by asking for it."""
    known = choice.tab in EVERYTHING and not (choice.category or choice.source or choice.counted)
    # The open ones are few enough to be asked one by one.
    whole = (gathered if choice.tab is Tab.ALL else visible)(actor, NEEDED[choice.tab])
    parts = [stubs(actor, whole) if known else whole, _tab(session, actor, choice.tab)]
    for column, value in (
        (Dispute.category, choice.category),
        (Dispute.source, choice.source),
        (Dispute.state, choice.state),
    ):
        if value:
            parts.append(column == value)
    if choice.committee_id is not None:
        parts.append(Dispute.committee_id == choice.committee_id)
    if choice.received_from is not None:
        parts.append(Dispute.received_on >= choice.received_from)
    if choice.received_to is not None:
        parts.append(Dispute.received_on <= choice.received_to)
    if choice.counted in set(Counted) and choice.year is not None:
        parts.append(behind(Counted(choice.counted), choice.year))
    if choice.text.strip():
        parts.append(_said(session, actor, choice.text.strip()))
    return and_(*parts)


def _said(session: Session, actor: Actor, text: str) -> ColumnElement[bool]:
    """Words of a file one may open, its whole number, or the name of its committee."""
    words = matching(session, text)
    if actor.scope(Permission.MEDIATION_READ) is not Scope.ALL:
        words = and_(words, gathered(actor))
    committees = session.scalars(select(Committee.id).where(Committee.name.contains(text, autoescape=True))).all()
    named = [Dispute.committee_id.in_(committees)] if committees else []
    return or_(words, Dispute.number == text.upper(), *named)


def _tab(session: Session, actor: Actor, tab: Tab) -> ColumnElement[bool]:
    today = clock.today(current().settings.timezone)
    mediating = and_(Dispute.open, Dispute.state == State.MEDIATING)
    agreed = and_(Dispute.open, Dispute.state == State.AGREED)
    match tab:
        case Tab.MINE:
            return and_(Dispute.open, mediated_by(actor, DisputeMediator.ended_on.is_(None)))
        case Tab.TO_TAKE_ON:
            taken = exists().where(DisputeMediator.dispute_id == Dispute.id, DisputeMediator.ended_on.is_(None))
            return and_(Dispute.state.in_((State.REGISTERED, State.MEDIATING)), Dispute.open, ~taken)
        case Tab.DUE_SOON:
            return and_(mediating, Dispute.next_due_on >= today, Dispute.next_due_on <= _soon(session, today))
        case Tab.OVERDUE:
            return and_(mediating, Dispute.next_due_on < today)
        case Tab.OBLIGATIONS:
            return and_(agreed, Dispute.id.in_(_owed(Obligation.due_on < today)))
        case Tab.TO_VISIT:
            visited = exists().where(DisputeVisit.dispute_id == Dispute.id, DisputeVisit.removed_at.is_(None))
            return and_(agreed, ~visited, ~mediated_by(actor))
        case Tab.OPEN:
            return and_(Dispute.open)  # "open IS 1" would leave the index of open disputes unused
        case Tab.ALL:
            return true()


def _soon(session: Session, today: date) -> date:
    return working_calendar(session).add_working(today, limits_in_force(session, today)["due_soon"].amount)


def _visit_is_next(session: Session) -> ColumnElement[bool]:
    """Everything promised is done, and the day of the visit is near."""
    until = _soon(session, clock.today(current().settings.timezone))
    return and_(Dispute.next_due_on <= until, Dispute.id.not_in(_owed()))


def _owed(*more: ColumnElement[bool]) -> Select[int]:
    unfulfilled = Obligation.standing.in_((Standing.DUE, Standing.PART))
    return select(Obligation.dispute_id).where(unfulfilled, Obligation.removed_at.is_(None), *more)
