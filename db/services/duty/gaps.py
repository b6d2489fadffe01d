"""Gaps in attendance and in hand-over notes: listed, never filled in."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, datetime

import pandas as pd
from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from db import clock
from db.engine import reading
from db.models import Duty, DutyAttendance, DutyHandover, DutyMember, DutyPost, DutyShift, Rota, RotaPlace
from db.rules.duty.attending import Gap, Marks, Times, gaps_of, next_of
from db.rules.permissions import Actor, Permission
from db.rules.problems import NotThere
from db.services.acts import guarded
from db.services.duty.rows import framed
from db.services.duty.serving import PUBLISHED, in_charge, plans

GAPS = ["what", "place_id", "on_day", "post_id", "post", "post_en", "shift_id", "shift", "shift_en", "role"]
GAPS += ["member_id", "member", "at"]
# A shift at a post on a day.
Which = tuple[int, date, int]


@guarded(Permission.DUTY_READ)
def gaps(actor: Actor, *, duty_id: int, from_on: date, until_on: date) -> pd.DataFrame:
    """What is missing of shifts that have begun, in the order of time: columns of GAPS, `what` a Gap.

    Every member's for who plans or describes the duty and for its leader or deputy on shift, else one's own. A note is
    missing of a shift as a whole, without a member; `at` is when the mark or the note was due.
    """
    with reading() as session:
        if session.get(Duty, duty_id) is None:
            raise NotThere(Duty.__tablename__)
        return missing(session, actor, duty_id, from_on, until_on)


def missing(
    session: Session, actor: Actor, duty_id: int, from_on: date, until_on: date, *, whole: bool = False
) -> pd.DataFrame:
    """The same inside the caller's session; `whole` for lines that name no member, told to who keeps a meeting."""
    now = clock.now()
    rows = _attendance(session, duty_id, from_on, until_on, now)
    everything = whole or _sees_all(session, actor, duty_id, now)
    rows += _notes(session, duty_id, from_on, until_on, now) if everything else []
    own = None if everything else _own(session, actor, duty_id)
    found = framed(rows, GAPS, {"member_id": "Int64"})
    mine = found if own is None else found[found["member_id"].isin(own)]
    return mine.sort_values(["at", "place_id", "what"], ignore_index=True)


def _sees_all(session: Session, actor: Actor, duty_id: int, now: datetime) -> bool:
    planning = any(plans(session, actor, duty_id, one) for one in (Permission.DUTY_PLAN, Permission.DUTY_MANAGE))
    return planning or in_charge(session, actor, duty_id, now)


def _own(session: Session, actor: Actor, duty_id: int) -> set[int]:
    mine = select(DutyMember.id).where(DutyMember.duty_id == duty_id, DutyMember.person_id == actor.id)
    return set(session.scalars(mine))


def _attendance(
    session: Session, duty_id: int, from_on: date, until_on: date, now: datetime
) -> list[tuple[object, ...]]:
    marked = and_(DutyAttendance.place_id == RotaPlace.id, DutyAttendance.member_id == RotaPlace.member_id)
    query = (
        select(RotaPlace, DutyPost, DutyShift, DutyMember.name, DutyAttendance)
        .join(Rota, and_(Rota.id == RotaPlace.rota_id, Rota.state == PUBLISHED))
        .join(DutyPost, DutyPost.id == RotaPlace.post_id)
        .join(DutyShift, DutyShift.id == RotaPlace.shift_id)
        .outerjoin(DutyMember, DutyMember.id == RotaPlace.member_id)
        .outerjoin(DutyAttendance, marked)
        .where(Rota.duty_id == duty_id, RotaPlace.on_day >= from_on, RotaPlace.on_day <= until_on)
        .where(RotaPlace.begins_at <= now)
    )
    rows: list[tuple[object, ...]] = []
    for place, post, shift, member, row in session.execute(query):
        marks = Marks(row.started_at, row.ended_at, row.uniform) if row else Marks()
        times = Times(place.begins_at, place.ends_at)
        where = (*_where(place, post, shift), place.role)
        for gap in gaps_of(times, marks, now, served=place.member_id is not None):
            due = place.ends_at if gap is Gap.NO_END else place.begins_at
            rows.append((gap.value, *where, place.member_id, member or "", due))
    return rows


def _notes(session: Session, duty_id: int, from_on: date, until_on: date, now: datetime) -> list[tuple[object, ...]]:
    """Shifts without a note, and notes the next shift has not read although it has begun."""
    query = (
        select(RotaPlace, DutyPost, DutyShift)
        .join(Rota, and_(Rota.id == RotaPlace.rota_id, Rota.state == PUBLISHED))
        .join(DutyPost, DutyPost.id == RotaPlace.post_id)
        .join(DutyShift, DutyShift.id == RotaPlace.shift_id)
        .where(Rota.duty_id == duty_id, RotaPlace.on_day >= from_on, RotaPlace.begins_at <= now)
        .where(RotaPlace.member_id.is_not(None))
        .order_by(RotaPlace.begins_at, RotaPlace.id)
    )
    at_post: defaultdict[int, list[Times]] = defaultdict(list)
    shifts: dict[Which, tuple[RotaPlace, DutyPost, DutyShift]] = {}
    for place, post, shift in session.execute(query):
        at_post[place.post_id].append(Times(place.begins_at, place.ends_at))
        if place.on_day <= until_on:
            shifts.setdefault((place.post_id, place.on_day, place.shift_id), (place, post, shift))
    written = _written(session, list(at_post), from_on, until_on)
    return list(_missing_notes(shifts, at_post, written, now))


def _where(place: RotaPlace, post: DutyPost, shift: DutyShift) -> tuple[object, ...]:
    """The columns of GAPS that say which shift it is."""
    return (place.id, place.on_day, post.id, post.name, post.name_en, shift.id, shift.name, shift.name_en)


def _written(session: Session, posts: list[int], from_on: date, until_on: date) -> dict[Which, list[DutyHandover]]:
    of = and_(DutyHandover.post_id.in_(posts), DutyHandover.on_day >= from_on, DutyHandover.on_day <= until_on)
    found: defaultdict[Which, list[DutyHandover]] = defaultdict(list)
    for note in session.scalars(select(DutyHandover).where(of)):
        found[note.post_id, note.on_day, note.shift_id].append(note)
    return found


def _missing_notes(
    shifts: dict[Which, tuple[RotaPlace, DutyPost, DutyShift]],
    at_post: dict[int, list[Times]],
    written: dict[Which, list[DutyHandover]],
    now: datetime,
) -> Iterator[tuple[object, ...]]:
    for which, (place, post, shift) in shifts.items():
        where = (*_where(place, post, shift), "", None, "")
        if which not in written:
            if now >= place.ends_at:
                yield (Gap.NO_NOTE.value, *where, place.ends_at)
        elif any(note.read_at is None for note in written[which]):
            begins = next_of(Times(place.begins_at, place.ends_at), at_post[place.post_id])
            if begins is not None:
                yield (Gap.UNREAD.value, *where, begins)
