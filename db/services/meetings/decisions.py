"""Decisions one may see: as a list, on a desk, in a meeting; how often each was carried over."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

import pandas as pd
from sqlalchemy import ColumnElement, Select, and_, false, func, or_, select, true
from sqlalchemy.orm import Session, aliased

from db import clock
from db.engine import current, reading
from db.models import Case, CaseRecusal, Meeting, MeetingDecision, MeetingKind, Person, Supervision, Unit
from db.rules.cases import Kind
from db.rules.meetings import deciding
from db.rules.meetings.words import Became, DecisionState, State
from db.rules.permissions import Actor, Permission, Scope
from db.services import listing
from db.services.acts import guarded
from db.services.cases.scope import units_of, visible
from db.services.listing import COUNTED, PAGE_ROWS, Page, page_of, time_left
from db.services.meetings.redacting import Names

COLUMNS = ["id", "version", "text", "owner_id", "owner", "unit_id", "unit", "unit_en", "due_on", "days_left"]
COLUMNS += ["working_left", "state", "note", "carried", "meeting_id", "kind_id", "kind", "kind_en", "meeting_title"]
COLUMNS += ["meeting_on", "decided_at", "settled_at", "settled_by", "topic_id", "case_id", "case_number", "became"]
COLUMNS += ["became_id", "became_number", "removed"]
NAMES = ("owner", "unit", "unit_en", "settled_by", "case_number")


class Tab(StrEnum):
    """Which decisions: mine, my unit's, all open ones, those past their day, all."""

    MINE = "mine"
    UNIT = "unit"
    OPEN = "open"
    OVERDUE = "overdue"
    ALL = "all"


@dataclass(frozen=True, kw_only=True)
class Choice(listing.Choice):
    """What was asked of the list; empty means any."""

    tab: Tab = Tab.OPEN
    kind_id: int | None = None


def seen_by(actor: Actor) -> ColumnElement[bool]:
    """Standing decisions somebody may see: all who read meetings, else one's own, one's unit's and those below.

    Not those about a matter that is sealed by now or an accusation, or that they stand aside from (Art. 28, 30).
    """
    if actor.scope(Permission.MEETINGS_READ) is Scope.ALL:
        return _standing(actor)
    return settled_by(actor)


def _standing(actor: Actor) -> ColumnElement[bool]:
    return and_(MeetingDecision.removed_at.is_(None), open_about(actor))


def open_about(actor: Actor) -> ColumnElement[bool]:
    """Whether a decision may be told to somebody: about no matter, or about one that is in no case kept from them."""
    aside = select(CaseRecusal.case_id).where(CaseRecusal.person_id == actor.id)
    open_one = select(Case.id).where(
        Case.id == MeetingDecision.case_id, ~Case.sealed, Case.kind != Kind.ACCUSATION, Case.id.not_in(aside)
    )
    return or_(MeetingDecision.case_id.is_(None), open_one.exists())


def settled_by(actor: Actor) -> ColumnElement[bool]:
    """Standing decisions somebody may settle."""
    scope = actor.scope(Permission.DECISIONS_SETTLE)
    if scope is None or actor.id is None:
        return false()
    if scope is Scope.ALL:
        return _standing(actor)
    reach = [MeetingDecision.owner_id == actor.id]
    if scope is not Scope.OWN:
        units = units_of(actor, scope)
        people = select(Person.id).where(Person.unit_id.in_(units))
        reach += [MeetingDecision.unit_id.in_(units), MeetingDecision.owner_id.in_(people)]
    return and_(_standing(actor), or_(*reach))


@guarded(Permission.DECISIONS_SETTLE)
def register(actor: Actor, *, choice: Choice) -> Page:
    """One page of the decisions of a choice: a frame of COLUMNS."""
    with reading() as session:
        found = ids_of(session, actor, choice, COUNTED)
        page, pages = page_of(len(found), choice.page)
        rows = framed(session, actor, found[(page - 1) * PAGE_ROWS : page * PAGE_ROWS])
    return Page(rows, len(found), len(found) >= COUNTED, page, pages)


@guarded(Permission.DECISIONS_SETTLE)
def one(actor: Actor, *, decision_id: int) -> pd.DataFrame:
    """One decision the actor may see, or none: a frame of COLUMNS."""
    with reading() as session:
        return framed(session, actor, _ids(session, and_(seen_by(actor), MeetingDecision.id == decision_id), 1))


@guarded(Permission.DECISIONS_SETTLE)
def owed(actor: Actor, *, most: int = 20) -> pd.DataFrame:
    """What this person owes, and what their unit owes while nobody is named, due first on top: a frame of COLUMNS."""
    mine = or_(
        MeetingDecision.owner_id == actor.id,
        and_(MeetingDecision.owner_id.is_(None), MeetingDecision.unit_id == actor.unit_id),
    )
    with reading() as session:
        wanted = and_(seen_by(actor), MeetingDecision.state == DecisionState.OPEN, mine)
        return framed(session, actor, _ids(session, wanted, most))


@guarded(Permission.MEETINGS_READ)
def of_meeting(actor: Actor, *, meeting_id: int) -> pd.DataFrame:
    """What a meeting decided, in that order, removed ones last: a frame of COLUMNS."""
    query = select(MeetingDecision.id).where(MeetingDecision.meeting_id == meeting_id, open_about(actor))
    query = query.order_by(MeetingDecision.removed_at.is_not(None), MeetingDecision.id)
    with reading() as session:
        return framed(session, actor, session.scalars(query).all())


def carried_over(kind_id: int, besides: int) -> ColumnElement[bool]:
    """Open decisions of a kind's other meetings."""
    of_kind = select(Meeting.id).where(Meeting.kind_id == kind_id, Meeting.id != besides)
    return and_(_stands_open(), MeetingDecision.meeting_id.in_(of_kind))


def overdue(today: date) -> ColumnElement[bool]:
    """Open decisions of any kind past their day."""
    return and_(_stands_open(), MeetingDecision.due_on < today)


def _stands_open() -> ColumnElement[bool]:
    return and_(MeetingDecision.removed_at.is_(None), MeetingDecision.state == DecisionState.OPEN)


def ids_of(session: Session, actor: Actor, choice: Choice, most: int) -> list[int]:
    """The decisions of a choice: what is due first on top, of all of them the latest."""
    parts = [seen_by(actor), _tab(actor, choice.tab)]
    if choice.kind_id is not None:
        parts.append(MeetingDecision.meeting_id.in_(select(Meeting.id).where(Meeting.kind_id == choice.kind_id)))
    if choice.text.strip():
        parts.append(MeetingDecision.text.contains(choice.text.strip(), autoescape=True))
    latest = MeetingDecision.id.desc() if choice.tab is Tab.ALL else None
    return _ids(session, and_(*parts), most, latest)


def _ids(
    session: Session, wanted: ColumnElement[bool], most: int, latest: ColumnElement[Any] | None = None
) -> list[int]:
    order = [latest] if latest is not None else [MeetingDecision.due_on.asc().nulls_last(), MeetingDecision.id]
    return list(session.scalars(select(MeetingDecision.id).where(wanted).order_by(*order).limit(most)))


def _tab(actor: Actor, tab: Tab) -> ColumnElement[bool]:
    match tab:
        case Tab.MINE:
            return and_(_stands_open(), MeetingDecision.owner_id == actor.id)
        case Tab.UNIT:
            people = select(Person.id).where(Person.unit_id == actor.unit_id)
            ours = or_(MeetingDecision.unit_id == actor.unit_id, MeetingDecision.owner_id.in_(people))
            return and_(_stands_open(), ours)
        case Tab.OPEN:
            return _stands_open()
        case Tab.OVERDUE:
            return overdue(clock.today(current().settings.timezone))
        case Tab.ALL:
            return true()


def framed(session: Session, actor: Actor, ids: Sequence[int]) -> pd.DataFrame:
    """These decisions in this order: a frame of COLUMNS, residents' names behind masks.

    A case is named as far as the actor may see it; `carried` counts meetings, `days_left` days.
    """
    found = {row["id"]: dict(row) for row in session.execute(_rows(actor, ids)).mappings()} if ids else {}
    rows = [found[one] for one in ids]
    names = Names(session, [row["linked_id"] for row in rows])
    closings = _closings(session, {row["kind_id"] for row in rows})
    for row in rows:
        row |= {name: names.masked(row["linked_id"], row[name]) for name in ("text", "note")}
        row["carried"] = deciding.carried(row["decided_at"], row["settled_at"], closings[row["kind_id"]])
        row["removed"] = row["removed_at"] is not None
    columns: dict[str, object] = {name: [row.get(name) for row in rows] for name in COLUMNS}
    columns |= {name: [row[name] or "" for row in rows] for name in NAMES}
    columns |= time_left(session, [row["due_on"] if row["state"] == DecisionState.OPEN else None for row in rows])
    for name in ("owner_id", "unit_id", "topic_id", "case_id", "became_id"):
        columns[name] = pd.array([row[name] for row in rows], dtype="Int64")
    return pd.DataFrame(columns)[COLUMNS]


def _rows(actor: Actor, ids: Sequence[int]) -> Select[Any]:
    own = ["id", "version", "text", "owner_id", "unit_id", "due_on", "state", "note", "meeting_id", "decided_at"]
    own += ["settled_at", "topic_id", "became", "became_id", "removed_at"]
    owner, settler, linked = aliased(Person), aliased(Person), aliased(Case)
    shown = select(Case.id).where(Case.id == MeetingDecision.case_id, visible(actor), ~Case.sealed)
    notice = and_(MeetingDecision.became == Became.SUPERVISION, Supervision.id == MeetingDecision.became_id)
    return (
        select(
            *(getattr(MeetingDecision, name) for name in own),
            MeetingDecision.case_id.label("linked_id"),
            owner.name.label("owner"),
            Unit.name.label("unit"),
            Unit.name_en.label("unit_en"),
            settler.name.label("settled_by"),
            Meeting.kind_id,
            Meeting.title.label("meeting_title"),
            Meeting.planned_for.label("meeting_on"),
            MeetingKind.name.label("kind"),
            MeetingKind.name_en.label("kind_en"),
            linked.id.label("case_id"),
            linked.number.label("case_number"),
            func.coalesce(Supervision.number, "").label("became_number"),
        )
        .join(Meeting, Meeting.id == MeetingDecision.meeting_id)
        .join(MeetingKind, MeetingKind.id == Meeting.kind_id)
        .outerjoin(owner, owner.id == MeetingDecision.owner_id)
        .outerjoin(settler, settler.id == MeetingDecision.settled_by_id)
        .outerjoin(Unit, Unit.id == MeetingDecision.unit_id)
        .outerjoin(linked, linked.id == shown.correlate(MeetingDecision).scalar_subquery())
        .outerjoin(Supervision, notice)
        .where(MeetingDecision.id.in_(ids))
    )


def _closings(session: Session, kind_ids: set[int]) -> Mapping[int, list[datetime]]:
    """When the meetings of each kind that are closed were closed."""
    closed = select(Meeting.kind_id, Meeting.closed_at).where(
        Meeting.kind_id.in_(kind_ids), Meeting.state == State.CLOSED
    )
    found: defaultdict[int, list[datetime]] = defaultdict(list)
    for kind_id, at in session.execute(closed) if kind_ids else ():
        if at is not None:
            found[kind_id].append(at)
    return found


@guarded(Permission.MEETINGS_READ)
def owners(actor: Actor) -> dict[int, tuple[str, str, str]]:
    """Active people who may be named as owing something: id to name and unit, in Chinese and in English."""
    query = select(Person.id, Person.name, Unit.name, Unit.name_en).join(Unit, Unit.id == Person.unit_id)
    with reading() as session:
        found = session.execute(query.where(Person.active).order_by(Unit.path, Person.name)).all()
    return {row[0]: (row[1], row[2], row[3]) for row in found}
