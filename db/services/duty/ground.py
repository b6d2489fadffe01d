"""What a rota is judged by, read as plain values: members, leave, pairs, what was published before and after it."""

import json
from calendar import monthrange
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, case, exists, extract, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session
from sqlalchemy.orm.attributes import flag_modified

from db import clock
from db.engine import current
from db.models import (
    Duty,
    DutyAbsence,
    DutyMember,
    DutyNeed,
    DutyPair,
    DutyPeriod,
    DutyShift,
    Person,
    Rota,
    RotaPlace,
    Unit,
)
from db.rules.duty.breaking import Away, Ground, Limits, Member, Place, Within
from db.rules.duty.counts import Tally
from db.rules.duty.needs import Need, Period, Wanted, covers_of, places_of
from db.rules.duty.words import AWAY, Pair
from db.rules.permissions import Actor, Permission
from db.rules.problems import N_, Named, NotThere, Problem, Problems
from db.rules.working_calendar import WorkingCalendar
from db.services.duty import scope
from db.services.working_days import working_calendar

DRAFT, PUBLISHED, DISCARDED = "draft", "published", "discarded"
NO_DRAFT = N_("This rota is published; what changes now goes on top of it, with a reason.")
NOT_PUBLISHED = N_("This rota is still a draft.")
TAKEN = N_("From {first} to {last} is published already.")
STORED = ["id", "version", "on_day", "post_id", "shift_id", "role", "place", "member_id", "published_id", "fixed"]
STORED += ["begins_at", "ends_at"]
_NEED = tuple(field.name for field in fields(Need))
_PLACE = tuple(
    getattr(RotaPlace, name)
    for name in ("id", "on_day", "post_id", "shift_id", "role", "begins_at", "ends_at", "member_id")
)
_WEEKEND = (0, 6)


Key = tuple[date, int, int, str, int]


@dataclass(frozen=True)
class Planned:
    """A rota with everything that bears on it, as `planned` reads it.

    `places` are its own, open ones too; `outside` those published before and after it and those of the same people in
    other duties; `before` is what each member served ahead of it; `wanted` the places the duty needs by now; `together`
    are pairs who should serve together; `stored` are its places as they are stored (STORED), `accounts` those of the
    members.
    """

    rota: Rota
    duty: Duty
    places: tuple[Place, ...]
    outside: tuple[Place, ...]
    ground: Ground
    before: Mapping[int, Tally]
    calendar: WorkingCalendar
    needs: tuple[Need, ...]
    periods: tuple[Period, ...]
    wanted: tuple[Wanted, ...]
    longest: int
    together: tuple[tuple[int, int], ...] = ()
    stored: Sequence[Row[Any]] = ()
    accounts: Mapping[int, int | None] = field(default_factory=dict)

    def serving(self) -> list[Member]:
        """The members in use who may serve on some day of it."""
        first, last = self.rota.from_on, self.rota.until_on
        return [
            member
            for member in self.ground.members.values()
            if member.active
            and (member.from_on is None or member.from_on <= last)
            and (member.until_on is None or member.until_on >= first)
        ]

    def near(self, first: date, last: date) -> list[Place]:
        """The places that bear on who serves from `first` to `last`."""
        earliest, latest = _reach(self.ground.limits, self.longest, first, last)
        return [p for p in (*self.places, *self.outside) if earliest <= p.on_day <= latest]


def rota_of(
    session: Session, actor: Actor, rota_id: int, permission: Permission = Permission.DUTY_PLAN, *, write: bool = False
) -> Rota:
    """The rota when the right reaches its duty (reading: drafts only for who plans); raises NotThere."""
    duties = select(Duty.id).where(scope.within(actor, permission))
    query = select(Rota).where(Rota.id == rota_id, Rota.state != DISCARDED, Rota.duty_id.in_(duties))
    if permission is Permission.DUTY_READ:
        query = readable(query, actor)
    found: Rota | None = session.scalars(query.with_for_update() if write else query).one_or_none()
    if found is None:
        raise NotThere(f"rota {rota_id}")
    return found


def readable(query: Select[Any], actor: Actor) -> Select[Any]:
    """Only published rotas, and drafts of duties the actor plans."""
    plans = Rota.duty_id.in_(select(Duty.id).where(scope.within(actor)))
    return query.where(or_(Rota.state == PUBLISHED, and_(Rota.state == DRAFT, plans)))


def draft_of(session: Session, actor: Actor, rota_id: int) -> Rota:
    """A draft to be written to; raises NotThere, and Problems once it is published."""
    rota = rota_of(session, actor, rota_id, write=True)
    if rota.state != DRAFT:
        raise Problems(Problem("", NO_DRAFT))
    return rota


def published_of(session: Session, actor: Actor, rota_id: int) -> Rota:
    """A published rota to be changed on top; raises NotThere, and Problems while it is a draft."""
    rota = rota_of(session, actor, rota_id, write=True)
    if rota.state != PUBLISHED:
        raise Problems(Problem("", NOT_PUBLISHED))
    return rota


def touch(session: Session, rota: Rota) -> None:
    """Give the rota a new version, because its places changed: who publishes has seen what is published."""
    flag_modified(rota, "title")
    session.flush()


def planned(session: Session, rota: Rota) -> Planned:
    """Everything a rota is judged and searched by; a handful of queries, whatever the size of the office."""
    duty = session.get_one(Duty, rota.duty_id)
    calendar, (needs, periods) = working_calendar(session), asked_of(session, duty)
    shifts = {shift.id: shift for shift in session.scalars(select(DutyShift).where(DutyShift.duty_id == duty.id))}
    longest = max((shift.rest_after + shift.minutes for shift in shifts.values()), default=0)
    members, units = serving(session, duty.id), units_of(session, needs)
    wanted = places_of(needs, periods, calendar, rota.from_on, rota.until_on)
    limits = _limits(duty)
    ground = Ground(
        limits=limits,
        members={member.id: _member(member, unit_id) for member, unit_id in members.items()},
        aways=_aways(session, rota),
        apart=_pairs(session, duty, Pair.APART),
        periods=periods,
        covers=covers_of(needs, periods, calendar, rota.from_on, rota.until_on),
        units=units,
        today=clock.today(current().settings.timezone),
    )
    asked, stored = {key_of(each): each for each in wanted}, _own(session, rota)
    days = _reach(limits, longest, rota.from_on, rota.until_on)
    return Planned(
        rota=rota,
        duty=duty,
        places=tuple(_place(row, shifts[row.shift_id], asked=asked.get(_key(row))) for row in stored),
        outside=(*_around(session, rota, shifts, days), *_elsewhere(session, rota, members, days)),
        ground=ground,
        before=_before(session, rota, members, calendar),
        calendar=calendar,
        needs=needs,
        periods=periods,
        wanted=wanted,
        longest=longest,
        together=_pairs(session, duty, Pair.TOGETHER),
        stored=stored,
        accounts={member.id: member.person_id for member in members},
    )


def asked_of(session: Session, duty: Duty) -> tuple[tuple[Need, ...], tuple[Period, ...]]:
    """What a duty needs and its special periods, those in use."""
    needs = session.scalars(select(DutyNeed).where(DutyNeed.duty_id == duty.id, DutyNeed.active).order_by(DutyNeed.id))
    periods = session.scalars(
        select(DutyPeriod).where(DutyPeriod.duty_id == duty.id, DutyPeriod.active).order_by(DutyPeriod.id)
    )
    return (
        tuple(Need(**{name: getattr(need, name) for name in _NEED}) for need in needs),
        tuple(Period(p.id, p.name, p.from_on, p.until_on, p.reserves, p.name_en) for p in periods),
    )


def key_of(wanted: Wanted) -> Key:
    """Which place it is, in whatever rota."""
    return wanted.on_day, wanted.post_id, wanted.shift_id, wanted.role, wanted.place


def present(session: Session, rota: Rota) -> dict[Key, int]:
    """The places a rota has: which they are, and their ids."""
    return {_key(row): row.id for row in _own(session, rota)}


def reaches(session: Session, actor: Actor, rota: Rota, permission: Permission) -> bool:
    """Whether a right reaches the duty of this rota."""
    return bool(session.scalar(select(exists().where(Duty.id == rota.duty_id, scope.within(actor, permission)))))


def overlapping(session: Session, duty_id: int, from_on: date, until_on: date) -> Rota | None:
    """A published rota of the duty that shares a day with this period."""
    query = select(Rota).where(
        Rota.duty_id == duty_id, Rota.state == PUBLISHED, Rota.from_on <= until_on, Rota.until_on >= from_on
    )
    return session.scalars(query.order_by(Rota.from_on).limit(1)).one_or_none()


def _limits(duty: Duty) -> Limits:
    return Limits(
        duty.least_rest,
        duty.most_days_running,
        duty.most_nights_running,
        duty.window_days,
        duty.window_most,
        duty.most_weekends,
    )


def serving(session: Session, duty_id: int) -> dict[DutyMember, int | None]:
    """The members of a duty, retired ones too, and the unit each is of: their own, or that of the account."""
    query = select(DutyMember, func.coalesce(DutyMember.unit_id, Person.unit_id))
    query = query.outerjoin(Person, Person.id == DutyMember.person_id).where(DutyMember.duty_id == duty_id)
    return dict(session.execute(query.order_by(DutyMember.id)).all())


def units_of(session: Session, needs: Iterable[Need | DutyNeed]) -> dict[int, Within]:
    """The units that needs ask for, each with those below it."""
    asked = {need.unit_id for need in needs} - {None}
    every = session.scalars(select(Unit)).all() if asked else ()
    return {
        unit.id: Within(
            Named(unit.name, unit.name_en), frozenset(one.id for one in every if one.path.startswith(unit.path))
        )
        for unit in every
        if unit.id in asked
    }


def _member(row: DutyMember, unit_id: int | None) -> Member:
    return Member(
        id=row.id,
        name=row.name,
        roles=tuple(json.loads(row.roles)),
        posts=frozenset(json.loads(row.posts)),
        skills=frozenset(json.loads(row.skills)),
        team=row.team,
        unit_id=unit_id,
        share=row.share,
        reserve=row.reserve,
        most=row.most,
        from_on=row.from_on,
        until_on=row.until_on,
        active=row.active,
    )


def _aways(session: Session, rota: Rota) -> tuple[Away, ...]:
    query = (
        select(DutyAbsence.member_id, DutyAbsence.from_on, DutyAbsence.until_on, DutyAbsence.kind, DutyAbsence.shift_id)
        .join(DutyMember, DutyMember.id == DutyAbsence.member_id)
        .where(DutyMember.duty_id == rota.duty_id, DutyAbsence.removed_at.is_(None), DutyAbsence.kind.in_(AWAY))
        .where(DutyAbsence.from_on <= rota.until_on, DutyAbsence.until_on >= rota.from_on)
        .order_by(DutyAbsence.id)
    )
    return tuple(Away(*row) for row in session.execute(query))


def _pairs(session: Session, duty: Duty, kind: Pair) -> tuple[tuple[int, int], ...]:
    query = select(DutyPair.first_id, DutyPair.second_id).where(
        DutyPair.duty_id == duty.id, DutyPair.kind == kind, DutyPair.removed_at.is_(None)
    )
    return tuple((first, second) for first, second in session.execute(query.order_by(DutyPair.id)))


def _own(session: Session, rota: Rota) -> Sequence[Any]:
    order = (RotaPlace.on_day, RotaPlace.post_id, RotaPlace.shift_id, RotaPlace.role, RotaPlace.place)
    query = select(*(getattr(RotaPlace, name) for name in STORED)).where(RotaPlace.rota_id == rota.id)
    return session.execute(query.order_by(*order)).all()


def _key(row: Row[Any]) -> Key:
    return row.on_day, row.post_id, row.shift_id, row.role, row.place


def _place(
    row: Row[Any], shift: DutyShift, member_id: int | None = None, *, asked: Wanted | None = None, own: bool = True
) -> Place:
    return Place(
        id=row.id,
        on_day=row.on_day,
        post_id=row.post_id,
        shift_id=row.shift_id,
        role=row.role,
        begins_at=row.begins_at,
        ends_at=row.ends_at,
        rest_after=shift.rest_after,
        night=shift.night,
        member_id=member_id or row.member_id,
        own=own,
        elsewhere=member_id is not None,
        team=asked.team if asked else "",
        unit_id=asked.unit_id if asked else None,
    )


def _reach(limits: Limits, longest: int, first: date, last: date) -> tuple[date, date]:
    """The days that bear on a period: whole calendar months, and whatever runs, windows and rest reach beyond."""
    rest = timedelta(minutes=longest + limits.least_rest).days + 1
    runs = (limits.most_days_running, limits.most_nights_running, limits.window_days, rest)
    margin = timedelta(days=max(days or 0 for days in runs) + 1)
    month_end = last.replace(day=monthrange(last.year, last.month)[1])
    return first.replace(day=1) - margin, month_end + margin


def _around(session: Session, rota: Rota, shifts: Mapping[int, DutyShift], days: tuple[date, date]) -> Iterable[Place]:
    query = _served(days).where(Rota.duty_id == rota.duty_id, Rota.id != rota.id)
    return [_place(row, shifts[row.shift_id], own=False) for row in session.execute(query)]


def _elsewhere(session: Session, rota: Rota, members: Iterable[DutyMember], days: tuple[date, date]) -> Iterable[Place]:
    """Places of the same people in other duties."""
    here = {member.person_id: member.id for member in members if member.person_id is not None}
    query = (
        _served(days)
        .join(DutyMember, DutyMember.id == RotaPlace.member_id)
        .join(DutyShift, DutyShift.id == RotaPlace.shift_id)
        .where(Rota.duty_id != rota.duty_id, DutyMember.person_id.in_(here))
        .add_columns(DutyShift, DutyMember.person_id)
    )
    found = session.execute(query) if here else ()
    return [_place(row, row.DutyShift, here[row.person_id], own=False) for row in found]


def _served(days: tuple[date, date]) -> Select[Any]:
    return (
        select(*_PLACE)
        .join(Rota, Rota.id == RotaPlace.rota_id)
        .where(Rota.state == PUBLISHED, RotaPlace.member_id.is_not(None), RotaPlace.on_day.between(*days))
        .order_by(RotaPlace.id)
    )


def _before(session: Session, rota: Rota, members: Iterable[DutyMember], calendar: WorkingCalendar) -> dict[int, Tally]:
    """What each member began with and served in rotas published before this one."""
    earlier = and_(Rota.duty_id == rota.duty_id, Rota.state == PUBLISHED, RotaPlace.on_day < rota.from_on)
    first = session.scalar(select(func.min(Rota.from_on)).where(Rota.duty_id == rota.duty_id)) or rota.from_on
    weekend = and_(
        extract("dow", RotaPlace.on_day).in_(_WEEKEND),
        RotaPlace.on_day.not_in([day for day in calendar.workdays if first <= day < rota.from_on]),
    )
    festival = RotaPlace.on_day.in_([day for day in calendar.holidays if first <= day < rota.from_on])
    query = (
        select(RotaPlace.member_id, func.count(), _times(DutyShift.night), _times(weekend), _times(festival))
        .join(Rota, Rota.id == RotaPlace.rota_id)
        .join(DutyShift, DutyShift.id == RotaPlace.shift_id)
        .where(earlier, Rota.id != rota.id, RotaPlace.member_id.is_not(None))
        .group_by(RotaPlace.member_id)
    )
    served = {member_id: Tally(*(int(n) for n in counts)) for member_id, *counts in session.execute(query)}
    return {
        m.id: Tally(m.begin_total, m.begin_nights, m.begin_weekends, m.begin_festivals) + served.get(m.id, Tally())
        for m in members
    }


def _times(condition: ColumnElement[bool] | InstrumentedAttribute[bool]) -> ColumnElement[int]:
    return func.sum(case((condition, 1), else_=0))
