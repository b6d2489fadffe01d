"""Start and end of shifts as they were marked (R-55), with the uniform check (R-66)."""

from datetime import date, datetime

import pandas as pd
from sqlalchemy import ColumnElement, False_, and_, func, or_, select, union
from sqlalchemy.orm import Session

from db import clock
from db.engine import reading, transaction
from db.models import Duty, DutyAttendance, DutyMember, DutyPost, DutyShift, DutySwap, Rota, RotaPlace
from db.rules.duty.attending import Marks, Times, check_end, check_start, late, may_end, may_start
from db.rules.duty.swapping import LIVE
from db.rules.mediation.writing import check_text
from db.rules.permissions import Actor, Permission
from db.rules.problems import Check, NotThere
from db.services.acts import earlier, guarded, remember
from db.services.duty.gaps import GAPS, gaps
from db.services.duty.rows import framed
from db.services.duty.serving import PUBLISHED, charges, marks_for, near, no_account, served
from db.services.records import seen

__all__ = ["GAPS", "SHIFTS", "end_shift", "gaps", "my_shifts", "start_shift", "to_mark"]

SHIFTS = ["place_id", "version", "duty_id", "duty", "duty_en", "on_day", "post_id", "post", "post_en", "shift_id"]
SHIFTS += [
    "shift",
    "shift_en",
    "role",
    "begins_at",
    "ends_at",
    "member_id",
    "member",
    "started_at",
    "ended_at",
    "uniform",
    "note",
]
SHIFTS += ["start_late", "end_early", "swap_id", "swap_state", "may_start", "may_end"]
TYPES = {"start_late": "Int64", "end_early": "Int64", "swap_id": "Int64", "uniform": "boolean"}
TYPES |= {"may_start": "bool", "may_end": "bool"}


@guarded(Permission.DUTY_SERVE)
def my_shifts(actor: Actor, *, from_on: date, until_on: date) -> pd.DataFrame:
    """One's own published shifts in these days, of every duty, with their marks: columns of SHIFTS.

    `start_late` and `end_early` are minutes, negative the other way round, missing without a mark. A shift somebody
    took over in its course stays in the list of who began it.
    """
    with reading() as session:
        days = and_(RotaPlace.on_day >= from_on, RotaPlace.on_day <= until_on)
        return _shifts(session, DutyMember.person_id == actor.id, days, clock.now())


@guarded(Permission.DUTY_SERVE)
def to_mark(actor: Actor) -> pd.DataFrame:
    """Shifts near enough to be marked, of members without an account the actor is in charge of: columns of SHIFTS."""
    now = clock.now()
    with reading() as session:
        charged = charges(session, actor, now)
        if isinstance(charged, False_):
            return framed([], SHIFTS, TYPES)
        shifts = _shifts(session, and_(no_account(), charged), near(now), now)
    return shifts[shifts["may_start"] | shifts["may_end"]].reset_index(drop=True)


@guarded(Permission.DUTY_SERVE)
def start_shift(actor: Actor, *, place_id: int, version: int, uniform: bool | None, note: str = "", key: str) -> int:
    """Mark the start of a shift at this moment, early or late as it is. Answers the mark's id.

    By the member's own account, or by the leader or deputy on shift for somebody without one. `uniform` None: none is
    worn at this post. `version` is the place's.
    """
    with transaction(actor) as session:
        if (done := earlier(session, key)) is not None:
            return int(done)
        now = clock.now()
        shift = served(session, place_id)
        member = _who(session, actor, shift.place, now, begun=False)
        seen(session, RotaPlace, place_id, version, {"uniform": uniform, "note": note})
        row = _row(session, place_id, member.id)
        check_start(shift.times, _marks(row), now)
        row.started_at, row.uniform = now, uniform
        return _marked(session, actor, row, note, key, "duty.start_shift")


@guarded(Permission.DUTY_SERVE)
def end_shift(actor: Actor, *, place_id: int, version: int, note: str = "", key: str) -> int:
    """Mark the end of a shift at this moment; a start that was not marked stays missing. Answers the mark's id.

    Who began a shift somebody else took over ends it too.
    """
    with transaction(actor) as session:
        if (done := earlier(session, key)) is not None:
            return int(done)
        now = clock.now()
        shift = served(session, place_id)
        member = _who(session, actor, shift.place, now, begun=True)
        seen(session, RotaPlace, place_id, version, {"note": note})
        row = _row(session, place_id, member.id)
        check_end(shift.times, _marks(row), now)
        row.ended_at = now
        return _marked(session, actor, row, note, key, "duty.end_shift")


def _who(session: Session, actor: Actor, place: RotaPlace, now: datetime, *, begun: bool) -> DutyMember:
    """The member of the place the actor marks for, or with `begun` one who began it; raises NotThere."""
    stands = DutyMember.id == place.member_id
    if begun:
        started = select(DutyAttendance.member_id).where(
            DutyAttendance.place_id == place.id, DutyAttendance.ended_at.is_(None)
        )
        stands = or_(stands, DutyMember.id.in_(started))
    members = session.scalars(select(DutyMember).where(stands).order_by(DutyMember.id)).all()
    for member in sorted(members, key=lambda one: one.id != place.member_id):
        if marks_for(session, actor, member, now):
            return member
    raise NotThere(RotaPlace.__tablename__)


def _row(session: Session, place_id: int, member_id: int) -> DutyAttendance:
    """What is marked of a member's shift, or a new line for it."""
    mine = and_(DutyAttendance.place_id == place_id, DutyAttendance.member_id == member_id)
    row = session.scalars(select(DutyAttendance).where(mine)).one_or_none()
    return row or DutyAttendance(place_id=place_id, member_id=member_id, note="")


def _marks(row: DutyAttendance) -> Marks:
    return Marks(row.started_at, row.ended_at, row.uniform)


def _marked(session: Session, actor: Actor, row: DutyAttendance, note: str, key: str, act: str) -> int:
    """Keep the mark; a note at the end comes below the one at the start."""
    check = Check()
    check_text(check, "note", note)
    check.done()
    row.note = "\n".join(filter(None, (row.note, note.strip())))
    session.add(row)
    session.flush()
    remember(session, actor, key, act, row.id)
    return row.id


def _shifts(session: Session, members: ColumnElement[bool], places: ColumnElement[bool], now: datetime) -> pd.DataFrame:
    """The shifts of some members at some places: those they stand on, and those they began and were relieved of."""
    stands = select(RotaPlace.id.label("place_id"), RotaPlace.member_id.label("member_id"))
    stands = stands.join(DutyMember, DutyMember.id == RotaPlace.member_id)
    began = select(DutyAttendance.place_id, DutyAttendance.member_id)
    began = began.join(RotaPlace, RotaPlace.id == DutyAttendance.place_id)
    began = began.join(DutyMember, DutyMember.id == DutyAttendance.member_id)
    both = [part.join(Duty, Duty.id == DutyMember.duty_id).where(members, places) for part in (stands, began)]
    pairs = union(*both).subquery()
    marked = and_(DutyAttendance.place_id == RotaPlace.id, DutyAttendance.member_id == DutyMember.id)
    latest = select(func.max(DutySwap.id)).where(DutySwap.place_id == RotaPlace.id, DutySwap.state.in_(LIVE))
    query = (
        select(RotaPlace, Duty, DutyPost, DutyShift, DutyMember, DutyAttendance, DutySwap)
        .join(pairs, pairs.c.place_id == RotaPlace.id)
        .join(DutyMember, DutyMember.id == pairs.c.member_id)
        .join(Rota, and_(Rota.id == RotaPlace.rota_id, Rota.state == PUBLISHED))
        .join(Duty, Duty.id == Rota.duty_id)
        .join(DutyPost, DutyPost.id == RotaPlace.post_id)
        .join(DutyShift, DutyShift.id == RotaPlace.shift_id)
        .outerjoin(DutyAttendance, marked)
        .outerjoin(DutySwap, DutySwap.id == latest.correlate(RotaPlace).scalar_subquery())
        .order_by(RotaPlace.begins_at, RotaPlace.id, DutyMember.id)
    )
    rows = [_told(*row, now=now) for row in session.execute(query)]
    return framed(rows, SHIFTS, TYPES)


def _told(
    place: RotaPlace,
    duty: Duty,
    post: DutyPost,
    shift: DutyShift,
    member: DutyMember,
    row: DutyAttendance | None,
    swap: DutySwap | None,
    *,
    now: datetime,
) -> tuple[object, ...]:
    times = Times(place.begins_at, place.ends_at)
    marks = _marks(row) if row else Marks()
    stands = place.member_id == member.id
    early = late(marks.ended_at, place.ends_at)
    return (
        *(place.id, place.version, duty.id, duty.name, duty.name_en, place.on_day),
        *(post.id, post.name, post.name_en, shift.id, shift.name, shift.name_en),
        *(place.role, place.begins_at, place.ends_at, member.id, member.name),
        *(marks.started_at, marks.ended_at, marks.uniform, row.note if row else ""),
        *(late(marks.started_at, place.begins_at), None if early is None else -early),
        *(swap.id if swap else None, swap.state if swap else ""),
        *(stands and may_start(times, marks, now), may_end(times, marks, now)),
    )
