"""Who served how much: shifts, nights, weekends, festivals, hours, swaps and missing marks, counted in the database."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

import pandas as pd
from sqlalchemy import ColumnElement, Integer, Select, and_, case, cast, extract, func, literal, null, or_, select
from sqlalchemy.orm import Session, aliased

from db import clock
from db.engine import reading
from db.models import Duty, DutyAttendance, DutyMember, DutyPost, DutyShift, Rota, RotaChange, RotaPlace
from db.rules.duty.swapping import Kind
from db.rules.permissions import Actor, Permission
from db.rules.problems import N_, NotThere, Problem, Problems
from db.rules.working_calendar import WorkingCalendar
from db.services.acts import guarded
from db.services.duty import scope
from db.services.duty.serving import PUBLISHED
from db.services.working_days import working_calendar

SERVED = ("total", "nights", "weekends", "festivals", "gaps")
SWAPPED = ("given", "taken")
# Every figure opens; hours are those of all shifts.
FIGURES = (*SERVED, *SWAPPED)
COUNTS = [*SERVED[:4], "minutes", "gaps", *SWAPPED]
PEOPLE = ["member_id", "member", *COUNTS]
MONTHS = ["year", "month", *COUNTS]
RECORDS = ["place_id", "on_day", "begins_at", "ends_at", "duty", "duty_en", "post", "post_en", "shift", "shift_en"]
RECORDS += ["role", "started_at", "ended_at", "colleague"]
_WEEKEND = (0, 6)
_MINUTE = 60
_PLACE = (
    RotaPlace.id,
    RotaPlace.on_day,
    RotaPlace.begins_at,
    RotaPlace.ends_at,
    Duty.name,
    Duty.name_en,
    DutyPost.name,
    DutyPost.name_en,
    DutyShift.name,
    DutyShift.name_en,
    RotaPlace.role,
)


@guarded(Permission.DUTY_PLAN)
def people(actor: Actor, *, duty_id: int, from_on: date, until_on: date) -> pd.DataFrame:
    """Everybody who serves or served in a duty one plans, with what they served in these days: columns of PEOPLE.

    A shift counts once it has begun; `gaps` are shifts without a start or, when they are over, without an end.
    Raises NotThere for a duty out of reach, and Problems.
    """
    _check(from_on, until_on)
    with reading() as session:
        scope.reached(session, actor, duty_id)
        members = DutyMember.duty_id == duty_id
        counted = _counted(session, members, from_on, until_on, [RotaPlace.member_id], [DutyMember.id])
        named = session.execute(
            select(DutyMember.id, DutyMember.name, DutyMember.active).where(members).order_by(DutyMember.id)
        )
        rows = [
            {"member_id": member_id, "member": name} | counted.get((member_id,), dict.fromkeys(COUNTS, 0))
            for member_id, name, active in named
            if active or (member_id,) in counted
        ]
    return pd.DataFrame(rows, columns=PEOPLE)


@guarded(Permission.DUTY_SERVE)
def months(actor: Actor, *, member_id: int | None = None, from_on: date, until_on: date) -> pd.DataFrame:
    """What one served month by month, in every duty, newest first: columns of MONTHS.

    One's own, or a member's of a duty one plans; raises NotThere, and Problems.
    """
    _check(from_on, until_on)
    with reading() as session:
        members = _whose(session, actor, member_id)
        by = [cast(extract(part, RotaPlace.on_day), Integer) for part in ("year", "month")]
        counted = _counted(session, members, from_on, until_on, by, by)
    rows = [{"year": year, "month": month} | counted[year, month] for year, month in sorted(counted, reverse=True)]
    return pd.DataFrame(rows, columns=MONTHS)


@guarded(Permission.DUTY_SERVE)
def records(actor: Actor, *, figure: str, member_id: int | None = None, from_on: date, until_on: date) -> pd.DataFrame:
    """The shifts behind one figure of FIGURES, newest first: columns of RECORDS; `colleague` is the other of a swap."""
    _check(from_on, until_on)
    with reading() as session:
        members = _whose(session, actor, member_id)
        if figure in SWAPPED:
            query = _swapped_places(figure, members, from_on, until_on)
        elif figure in SERVED:
            conditions = _conditions(working_calendar(session), from_on, until_on, clock.now())
            query = _served_places(members, from_on, until_on).where(conditions[figure])
        else:
            raise Problems(Problem("figure", N_("This is not one of the choices.")))
        rows = [tuple(row) for row in session.execute(query.order_by(RotaPlace.begins_at.desc(), RotaPlace.id))]
    return pd.DataFrame(rows, columns=RECORDS)


def _check(from_on: date, until_on: date) -> None:
    if until_on < from_on:
        raise Problems(Problem("until_on", N_("The last day is before the first.")))


def _whose(session: Session, actor: Actor, member_id: int | None) -> ColumnElement[bool]:
    """One's own members, or one of a duty one plans; raises NotThere."""
    if member_id is None:
        return and_(DutyMember.person_id == actor.id, DutyMember.person_id.is_not(None))
    own = DutyMember.person_id == actor.id
    query = select(DutyMember.id).join(Duty, Duty.id == DutyMember.duty_id).where(DutyMember.id == member_id)
    if session.scalar(query.where(or_(own, scope.within(actor)))) is None:
        raise NotThere(f"duty_member {member_id}")
    return DutyMember.id == member_id


def _counted(
    session: Session,
    members: ColumnElement[bool],
    from_on: date,
    until_on: date,
    by: Sequence[Any],
    swapped_by: Sequence[Any],
) -> dict[tuple[int, ...], dict[str, int]]:
    """The figures, by whatever they are grouped by."""
    conditions = _conditions(working_calendar(session), from_on, until_on, clock.now())
    seconds = extract("epoch", RotaPlace.ends_at) - extract("epoch", RotaPlace.begins_at)
    figures = [func.sum(case((conditions[figure], 1), else_=0)) for figure in SERVED]
    # Only what has begun is read at all, so every row is a shift served.
    query = _begun(select(*by, *figures, func.sum(seconds)), members, from_on, until_on).group_by(*by)
    found: dict[tuple[int, ...], dict[str, int]] = {}
    for row in session.execute(query):
        key, numbers = tuple(int(n) for n in row[: len(by)]), [int(n or 0) for n in row[len(by) :]]
        counts = dict(zip((*SERVED, "minutes"), (*numbers[:-1], numbers[-1] // _MINUTE), strict=True))
        found[key] = dict.fromkeys(COUNTS, 0) | counts
    for figure in SWAPPED:
        swapped = _swapped(select(*swapped_by, func.count()), figure, members, from_on, until_on)
        for row in session.execute(swapped.group_by(*swapped_by)):
            found.setdefault(tuple(int(n) for n in row[:-1]), dict.fromkeys(COUNTS, 0))[figure] = int(row[-1])
    return found


def _conditions(
    calendar: WorkingCalendar, from_on: date, until_on: date, now: datetime
) -> dict[str, ColumnElement[bool]]:
    """What makes a shift count for each figure."""
    workdays = [day for day in calendar.workdays if from_on <= day <= until_on]
    holidays = [day for day in calendar.holidays if from_on <= day <= until_on]
    unended = and_(DutyAttendance.ended_at.is_(None), RotaPlace.ends_at <= now)
    return {
        "total": RotaPlace.begins_at <= now,
        "nights": DutyShift.night.is_(True),
        "weekends": and_(extract("dow", RotaPlace.on_day).in_(_WEEKEND), RotaPlace.on_day.not_in(workdays)),
        "festivals": RotaPlace.on_day.in_(holidays),
        "gaps": or_(DutyAttendance.started_at.is_(None), unended),
    }


def _begun(
    query: Select[*tuple[Any, ...]], members: ColumnElement[bool], from_on: date, until_on: date
) -> Select[*tuple[Any, ...]]:
    """Published places of these members that have begun, with their marks."""
    marked = and_(DutyAttendance.place_id == RotaPlace.id, DutyAttendance.member_id == RotaPlace.member_id)
    return (
        query.select_from(RotaPlace)
        .join(DutyMember, DutyMember.id == RotaPlace.member_id)
        .join(Rota, and_(Rota.id == RotaPlace.rota_id, Rota.state == PUBLISHED))
        .join(DutyShift, DutyShift.id == RotaPlace.shift_id)
        .outerjoin(DutyAttendance, marked)
        .where(members, RotaPlace.on_day.between(from_on, until_on), RotaPlace.begins_at <= clock.now())
    )


def _swapped(
    query: Select[*tuple[Any, ...]], figure: str, members: ColumnElement[bool], from_on: date, until_on: date
) -> Select[*tuple[Any, ...]]:
    """Places that changed hands by a swap or a take-over that was not undone."""
    undone = aliased(RotaChange)
    put_back = select(undone.id).where(undone.swap_id == RotaChange.swap_id, undone.kind == Kind.UNDO)
    whose = RotaChange.was_id if figure == "given" else RotaChange.becomes_id
    return (
        query.select_from(RotaChange)
        .join(RotaPlace, RotaPlace.id == RotaChange.place_id)
        .join(DutyMember, DutyMember.id == whose)
        .where(RotaChange.kind.in_((Kind.SWAP, Kind.TAKE_OVER)), ~put_back.exists())
        .where(members, RotaPlace.on_day.between(from_on, until_on))
    )


def _served_places(members: ColumnElement[bool], from_on: date, until_on: date) -> Select[*tuple[Any, ...]]:
    marks = (DutyAttendance.started_at, DutyAttendance.ended_at)
    return _where_it_was(_begun(select(*_PLACE, *marks, literal("")), members, from_on, until_on))


def _swapped_places(
    figure: str, members: ColumnElement[bool], from_on: date, until_on: date
) -> Select[*tuple[Any, ...]]:
    other = aliased(DutyMember)
    whose = RotaChange.becomes_id if figure == "given" else RotaChange.was_id
    told = select(*_PLACE, null(), null(), func.coalesce(other.name, ""))
    query = _swapped(told, figure, members, from_on, until_on).outerjoin(other, other.id == whose)
    return _where_it_was(query.join(DutyShift, DutyShift.id == RotaPlace.shift_id))


def _where_it_was(query: Select[*tuple[Any, ...]]) -> Select[*tuple[Any, ...]]:
    return query.join(DutyPost, DutyPost.id == RotaPlace.post_id).join(Duty, Duty.id == DutyPost.duty_id)
