"""Who acts for a handler who is away: arranged for days, ended by the calendar; the cases stay the handler's."""

from datetime import date
from typing import cast

import pandas as pd
from sqlalchemy import ColumnElement, Select, and_, false, or_, select, true
from sqlalchemy.orm import Session, aliased

from db import clock
from db.engine import current, reading, transaction
from db.models import DutyAbsence, DutyMember, Person, StandIn, Unit
from db.rules.case_flow import LONGEST_TEXT
from db.rules.intake import UNFIT
from db.rules.permissions import Actor, Permission, Scope
from db.rules.problems import N_, Check, NotThere, Problem, Problems
from db.rules.stand_in import Arranged, check_stand_in
from db.rules.text import is_fit
from db.services.acts import earlier, guarded, remember
from db.services.cases.people import holding
from db.services.cases.scope import standing_in, units_of
from db.services.records import seen

COLUMNS = ["id", "version", "person_id", "person", "stand_in_id", "stand_in", "begins", "ends", "note", "made_by"]
COLUMNS += ["ended_at", "mine"]
LEAVE, MOST_OVER = "leave", 20


@guarded(Permission.CASES_READ)
def stood_for(actor: Actor) -> dict[int, str]:
    """For whom the actor stands in today: id to name."""
    with reading() as session:
        query = select(Person.id, Person.name).where(Person.id.in_(standing_in(actor)))
        return {row.id: row.name for row in session.execute(query.order_by(Person.id))}


@guarded(Permission.CASES_STAND_IN)
def stand_ins(actor: Actor, *, over: bool = False) -> pd.DataFrame:
    """What is arranged for today and later, or the MOST_OVER latest that are over: columns of COLUMNS.

    `mine` says whether the actor may change it, `ended_at` when somebody ended it before its last day.
    """
    absent, acting, maker = aliased(Person), aliased(Person), aliased(Person)
    mine = _within(actor, absent)
    query = (
        select(
            StandIn.id,
            StandIn.version,
            StandIn.person_id,
            absent.name,
            StandIn.stand_in_id,
            acting.name,
            StandIn.begins,
            StandIn.ends,
            StandIn.note,
            maker.name,
            StandIn.removed_at,
            mine.label("mine"),
        )
        .join(absent, absent.id == StandIn.person_id)
        .join(acting, acting.id == StandIn.stand_in_id)
        .join(maker, maker.id == StandIn.made_by_id)
        .where(or_(mine, StandIn.stand_in_id == actor.id))
    )
    stands = and_(StandIn.removed_at.is_(None), StandIn.ends >= _today())
    if over:
        query = query.where(~stands).order_by(StandIn.ends.desc(), StandIn.id.desc()).limit(MOST_OVER)
    else:
        query = query.where(stands).order_by(StandIn.begins, StandIn.id)
    with reading() as session:
        rows = pd.DataFrame([tuple(row) for row in session.execute(query)], columns=COLUMNS)
    return rows.astype({"mine": bool})


@guarded(Permission.CASES_STAND_IN)
def absent_people(actor: Actor) -> dict[int, str]:
    """Handlers for whom this actor may arrange a stand-in: id to name."""
    with reading() as session:
        return dict(_people(session, _within(actor, Person)))


@guarded(Permission.CASES_STAND_IN)
def may_stand_in(actor: Actor, *, person_id: int) -> dict[int, str]:
    """Who may act for this person: handlers of their unit or below, for who reaches further of that reach."""
    with reading() as session:
        return dict(_people(session, _may_act(session, actor, person_id), Person.id != person_id))


@guarded(Permission.CASES_STAND_IN)
def days_of_leave(actor: Actor, *, person_id: int) -> list[tuple[date, date]]:
    """The days of leave this person has on the duty rotas from today on, to choose from."""
    query = (
        select(DutyAbsence.from_on, DutyAbsence.until_on)
        .join(DutyMember, DutyMember.id == DutyAbsence.member_id)
        .join(Person, Person.id == DutyMember.person_id)
        .where(Person.id == person_id, _within(actor, Person), DutyAbsence.kind == LEAVE)
        .where(DutyAbsence.removed_at.is_(None), DutyAbsence.until_on >= _today())
    )
    with reading() as session:
        found = session.execute(query.distinct().order_by(DutyAbsence.from_on))
        return [(max(row.from_on, _today()), row.until_on) for row in found]


@guarded(Permission.CASES_STAND_IN)
def arrange(
    actor: Actor,
    *,
    person_id: int | None,
    stand_in_id: int | None,
    begins: date | None,
    ends: date | None,
    note: str = "",
    key: str,
) -> int:
    """Let somebody act for a handler on these days; answers the arrangement's id. Raises Problems."""
    with transaction(actor) as session:
        if (done := earlier(session, key)) is not None:
            return int(done)
        check = Check()
        person = check.that(person_id is not None, "person_id", N_("This is needed."))
        check.that(
            not person or _reaches(session, actor, person_id), "person_id", N_("This is not one of the choices.")
        )
        wanted = _checked(session, actor, check, person_id, stand_in_id, begins, ends, note)
        check_stand_in(wanted, _others(session, 0), _today())
        row = StandIn(note=note.strip(), made_by_id=actor.id, **vars(wanted))
        session.add(row)
        session.flush()
        remember(session, actor, key, "stand_in.arrange", row.id)
        return row.id


@guarded(Permission.CASES_STAND_IN)
def rearrange(
    actor: Actor,
    *,
    arrangement_id: int,
    version: int,
    stand_in_id: int | None,
    begins: date | None,
    ends: date | None,
    note: str = "",
    key: str,
) -> int:
    """Change who stands in, or the days; answers the new version. Raises Problems, Changed or NotThere."""
    with transaction(actor) as session:
        if (done := earlier(session, key)) is not None:
            return int(done)
        values: dict[str, object] = {"stand_in_id": stand_in_id, "begins": begins, "ends": ends, "note": note.strip()}
        row = _mine(session, actor, arrangement_id, version, values)
        wanted = _checked(session, actor, Check(), row.person_id, stand_in_id, begins, ends, note)
        check_stand_in(wanted, _others(session, row.id), _today(), began=row.begins)
        row.stand_in_id, row.begins, row.ends, row.note = wanted.stand_in_id, wanted.begins, wanted.ends, note.strip()
        session.flush()
        remember(session, actor, key, "stand_in.rearrange", row.version)
        return row.version


@guarded(Permission.CASES_STAND_IN)
def end(actor: Actor, *, arrangement_id: int, version: int, key: str) -> int:
    """End an arrangement at once; answers its new version. Raises Changed or NotThere."""
    with transaction(actor) as session:
        if (done := earlier(session, key)) is not None:
            return int(done)
        row = _mine(session, actor, arrangement_id, version, {})
        row.removed_at = clock.now()
        session.flush()
        remember(session, actor, key, "stand_in.end", row.version)
        return row.version


def _checked(
    session: Session,
    actor: Actor,
    check: Check,
    person_id: int | None,
    stand_in_id: int | None,
    begins: date | None,
    ends: date | None,
    note: str,
) -> Arranged:
    for name, value in (("stand_in_id", stand_in_id), ("begins", begins), ("ends", ends)):
        check.that(value is not None, name, N_("This is needed."))
    check.that(len(note) <= LONGEST_TEXT, "note", N_("At most {most} characters."), most=LONGEST_TEXT)
    check.that(is_fit(note), "note", UNFIT)
    check.done()
    person, acting = cast(int, person_id), cast(int, stand_in_id)
    if acting not in dict(_people(session, _may_act(session, actor, person))):
        raise Problems(
            Problem("stand_in_id", N_("This person can't stand in here: another unit, or no right to handle."))
        )
    return Arranged(person, acting, cast(date, begins), cast(date, ends))


def _others(session: Session, row_id: int) -> list[Arranged]:
    wanted = (StandIn.person_id, StandIn.stand_in_id, StandIn.begins, StandIn.ends)
    query = select(*wanted).where(StandIn.removed_at.is_(None), StandIn.ends >= _today(), StandIn.id != row_id)
    return [Arranged(*row) for row in session.execute(query)]


def _mine(session: Session, actor: Actor, row_id: int, version: int, values: dict[str, object]) -> StandIn:
    """An arrangement that still stands and the actor may change; raises NotThere or Changed."""
    query = select(StandIn.id).join(Person, Person.id == StandIn.person_id).where(StandIn.id == row_id)
    standing = query.where(StandIn.removed_at.is_(None), StandIn.ends >= _today(), _within(actor, Person))
    if session.scalar(standing) is None:
        raise NotThere("stand_in")
    return seen(session, StandIn, row_id, version, values)


def _reaches(session: Session, actor: Actor, person_id: int | None) -> bool:
    return person_id in dict(_people(session, _within(actor, Person), Person.id == person_id))


def _within(actor: Actor, person: type[Person]) -> ColumnElement[bool]:
    """The people whose absence an actor arranges."""
    scope = actor.scope(Permission.CASES_STAND_IN)
    if scope is None:
        return false()
    if scope is Scope.OWN:
        return person.id == actor.id
    return true() if scope is Scope.ALL else person.unit_id.in_(units_of(actor, scope))


def _may_act(session: Session, actor: Actor, person_id: int) -> ColumnElement[bool]:
    """Who may be asked: the absent person's unit and what lies below, or the actor's whole reach."""
    scope = actor.scope(Permission.CASES_STAND_IN)
    if scope in (Scope.ALL, Scope.UNIT_BELOW):
        return _within(actor, Person)
    path = session.scalar(select(Unit.path).join(Person, Person.unit_id == Unit.id).where(Person.id == person_id))
    return Person.unit_id.in_(select(Unit.id).where(Unit.path.startswith(path or "-", autoescape=True)))


def _people(session: Session, *wanted: ColumnElement[bool]) -> list[tuple[int, str]]:
    handles: Select[int] = holding(Permission.CASES_HANDLE)
    query = select(Person.id, Person.name).where(Person.active, Person.id.in_(handles), *wanted)
    return [(row.id, row.name) for row in session.execute(query.order_by(Person.id))]


def _today() -> date:
    return clock.today(current().settings.timezone)
