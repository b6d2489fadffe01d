"""Leave, unavailable days and wishes of members: entered, taken back and put back."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas as pd
from sqlalchemy import select
from sqlalchemy.orm import Session

from db import clock
from db.engine import current, reading, transaction
from db.models import Duty, DutyAbsence, DutyMember, DutyShift
from db.rules.duty.absences import Away, Serving, check_absence
from db.rules.duty.words import WISHES
from db.rules.permissions import Actor, Permission
from db.rules.problems import N_, Check, Named, NotThere, Problem, Problems
from db.services.acts import earlier, guarded
from db.services.duty import scope
from db.services.duty.rows import added, changed, frame
from db.services.records import seen

ABSENCES = ["id", "version", "member_id", "member", "kind", "from_on", "until_on", "shift_id", "weight", "reason"]
ABSENCES += ["removed"]
REMOVED = N_("This was taken back already.")
STANDS = N_("This stands already.")


@dataclass(frozen=True)
class Seat:
    """Somebody as a member of a duty: the duty and its kinds of shift in use by name."""

    member_id: int
    duty: Named
    shifts: Mapping[int, Named]


@guarded(Permission.DUTY_READ)
def absences(actor: Actor, *, duty_id: int, from_on: date, until_on: date, removed: bool = False) -> pd.DataFrame:
    """Absences touching these days: columns of ABSENCES.

    The reason, and with `removed` those taken back, only for who plans the duty and for the member.
    """
    query = (
        select(DutyAbsence, DutyMember.name, DutyMember.person_id)
        .join(DutyMember, DutyMember.id == DutyAbsence.member_id)
        .where(DutyMember.duty_id == duty_id, DutyAbsence.from_on <= until_on, DutyAbsence.until_on >= from_on)
        .order_by(DutyAbsence.from_on, DutyAbsence.id)
    )
    query = query if removed else query.where(DutyAbsence.removed_at.is_(None))
    with reading() as session:
        scope.reached(session, actor, duty_id, Permission.DUTY_READ)
        plans = session.scalar(select(Duty.id).where(Duty.id == duty_id, scope.within(actor))) is not None
        rows = [
            {name: getattr(absence, name) for name in ABSENCES if hasattr(DutyAbsence, name)}
            | {"member": name, "removed": absence.removed_at is not None}
            | ({} if plans or person_id == actor.id else {"reason": ""})
            for absence, name, person_id in session.execute(query)
            if plans or person_id == actor.id or absence.removed_at is None
        ]
    return pd.DataFrame(rows, columns=ABSENCES).astype({"shift_id": "Int64", "removed": bool})


@guarded(Permission.DUTY_SERVE)
def own_seats(actor: Actor) -> tuple[Seat, ...]:
    """The actor as a member of each duty in use."""
    mine = select(DutyMember.id, Duty.id, Duty.name, Duty.name_en).join(Duty, Duty.id == DutyMember.duty_id)
    mine = mine.where(DutyMember.person_id == actor.id, DutyMember.active, Duty.active).order_by(Duty.id)
    with reading() as session:
        seats = session.execute(mine).all()
        shifts = select(DutyShift.duty_id, DutyShift.id, DutyShift.name, DutyShift.name_en).where(DutyShift.active)
        shifts = shifts.where(DutyShift.duty_id.in_([duty_id for _, duty_id, *_ in seats]))
        named = session.execute(shifts.order_by(DutyShift.position, DutyShift.id)).all() if seats else []
    return tuple(
        Seat(member_id, Named(*names), {one: Named(*called) for of, one, *called in named if of == duty_id})
        for member_id, duty_id, *names in seats
    )


@guarded(Permission.DUTY_SERVE)
def own_absences(actor: Actor, *, from_on: date, until_on: date) -> pd.DataFrame:
    """The actor's own absences and wishes touching these days, those taken back too: columns of ABSENCES."""
    own = {"member": DutyMember.name, "removed": DutyAbsence.removed_at.is_not(None)}
    query = (
        select(*(own[name] if name in own else getattr(DutyAbsence, name) for name in ABSENCES))
        .join(DutyMember, DutyMember.id == DutyAbsence.member_id)
        .where(DutyMember.person_id == actor.id, DutyAbsence.from_on <= until_on, DutyAbsence.until_on >= from_on)
        .order_by(DutyAbsence.from_on, DutyAbsence.id)
    )
    with reading() as session:
        return frame(session, query, ABSENCES, "shift_id")


@guarded(Permission.DUTY_PLAN)
def add_absence(
    actor: Actor,
    *,
    member_id: int,
    kind: str | None,
    from_on: date | None,
    until_on: date | None = None,
    shift_id: int | None = None,
    weight: int | None = 1,
    reason: str = "",
    key: str,
) -> int:
    """Leave, unavailable days or a wish of a member; one day when `until_on` is None. Answers its id."""
    values = _values(kind, from_on, until_on, shift_id, weight, reason)
    with transaction(actor) as session:
        if (done := earlier(session, key)) is not None:
            return int(done)
        member = _member(session, member_id)
        scope.in_use(session, actor, member.duty_id)
        _check(session, member, values)
        return added(session, actor, DutyAbsence(member_id=member_id), values, key, "duty.add_absence")


@guarded(Permission.DUTY_PLAN)
def remove_absence(actor: Actor, *, absence_id: int, version: int, key: str) -> int:
    """Take an absence or a wish back; answers its new version."""
    with transaction(actor) as session:
        if (done := earlier(session, key)) is not None:
            return int(done)
        absence = _absence(session, absence_id)
        scope.in_use(session, actor, _member(session, absence.member_id).duty_id)
        return _remove(session, actor, absence_id, version, key, "duty.remove_absence")


@guarded(Permission.DUTY_PLAN)
def restore_absence(actor: Actor, *, absence_id: int, version: int, key: str) -> int:
    """Put an absence or a wish back that was taken back, if it still fits; answers its new version."""
    with transaction(actor) as session:
        if (done := earlier(session, key)) is not None:
            return int(done)
        member = _member(session, _absence(session, absence_id).member_id)
        scope.in_use(session, actor, member.duty_id)
        absence = _removed(session, absence_id, version)
        _check(session, member, _days_of(absence))
        return changed(session, actor, absence, {"removed_at": None}, key, "duty.restore_absence")


@guarded(Permission.DUTY_SERVE)
def add_wish(
    actor: Actor,
    *,
    member_id: int,
    kind: str | None,
    from_on: date | None,
    until_on: date | None = None,
    shift_id: int | None = None,
    weight: int | None = 1,
    reason: str = "",
    key: str,
) -> int:
    """A wish (avoid, want) of the actor as a member, from today on; answers its id."""
    values = _values(kind, from_on, until_on, shift_id, weight, reason)
    with transaction(actor) as session:
        if (done := earlier(session, key)) is not None:
            return int(done)
        member = _own_member(session, actor, member_id)
        _check(session, member, values, wish_from=_today())
        return added(session, actor, DutyAbsence(member_id=member_id), values, key, "duty.add_wish")


@guarded(Permission.DUTY_SERVE)
def remove_wish(actor: Actor, *, absence_id: int, version: int, key: str) -> int:
    """Take an own wish back; leave stays with who plans. Answers its new version."""
    with transaction(actor) as session:
        if (done := earlier(session, key)) is not None:
            return int(done)
        absence = _absence(session, absence_id)
        _own_member(session, actor, absence.member_id)
        if absence.kind not in WISHES:
            raise NotThere(f"wish {absence_id}")
        return _remove(session, actor, absence_id, version, key, "duty.remove_wish")


@guarded(Permission.DUTY_SERVE)
def restore_wish(actor: Actor, *, absence_id: int, version: int, key: str) -> int:
    """Put an own wish of days to come back; answers its new version."""
    with transaction(actor) as session:
        if (done := earlier(session, key)) is not None:
            return int(done)
        member = _own_member(session, actor, _absence(session, absence_id).member_id)
        absence = _removed(session, absence_id, version)
        _check(session, member, _days_of(absence), wish_from=_today())
        return changed(session, actor, absence, {"removed_at": None}, key, "duty.restore_wish")


def check_days(
    member: DutyMember,
    values: Mapping[str, Any],
    shifts: Collection[int],
    standing: Iterable[Away],
    *,
    wish_from: date | None = None,
) -> None:
    """Ask the rule about days of a member; raises Problems."""
    serving = Serving(member.name, member.active, member.from_on, member.until_on)
    check = Check()
    check_absence(check, serving, **values, shifts=shifts, standing=standing, wish_from=wish_from)
    check.done()


def shifts_of(session: Session, duty_id: int) -> set[int]:
    """The kinds of shift in use."""
    return set(session.scalars(select(DutyShift.id).where(DutyShift.duty_id == duty_id, DutyShift.active)))


def away(absence: DutyAbsence) -> Away:
    """The days of an absence as the rule knows them."""
    return Away(absence.kind, absence.from_on, absence.until_on, absence.shift_id)


def _check(session: Session, member: DutyMember, values: Mapping[str, Any], wish_from: date | None = None) -> None:
    entered = select(DutyAbsence).where(DutyAbsence.member_id == member.id, DutyAbsence.removed_at.is_(None))
    standing = [away(one) for one in session.scalars(entered)]
    check_days(member, values, shifts_of(session, member.duty_id), standing, wish_from=wish_from)


def _values(
    kind: str | None, from_on: date | None, until_on: date | None, shift_id: int | None, weight: int | None, reason: str
) -> dict[str, Any]:
    """The columns as they will be written; leave and unavailable days weigh nothing but 1."""
    weighs = weight if kind in WISHES else 1
    days = {"kind": kind or "", "from_on": from_on, "until_on": until_on if until_on is not None else from_on}
    return days | {"shift_id": shift_id, "weight": weighs, "reason": reason.strip()}


def _member(session: Session, member_id: int) -> DutyMember:
    member = session.get(DutyMember, member_id)
    if member is None:
        raise NotThere(f"member {member_id}")
    return member


def _own_member(session: Session, actor: Actor, member_id: int) -> DutyMember:
    """The actor as a member of a duty in use."""
    member = _member(session, member_id)
    if actor.id is None or member.person_id != actor.id:
        raise NotThere(f"member {member_id}")
    scope.in_use(session, actor, member.duty_id, Permission.DUTY_READ)
    return member


def _absence(session: Session, absence_id: int) -> DutyAbsence:
    absence = session.get(DutyAbsence, absence_id)
    if absence is None:
        raise NotThere(f"absence {absence_id}")
    return absence


def _remove(session: Session, actor: Actor, absence_id: int, version: int, key: str, act: str) -> int:
    absence = seen(session, DutyAbsence, absence_id, version, {})
    if absence.removed_at is not None:
        raise Problems(Problem("", REMOVED))
    return changed(session, actor, absence, {"removed_at": clock.now()}, key, act)


def _removed(session: Session, absence_id: int, version: int) -> DutyAbsence:
    """An absence that was taken back, as it was seen."""
    absence = seen(session, DutyAbsence, absence_id, version, {})
    if absence.removed_at is None:
        raise Problems(Problem("", STANDS))
    return absence


def _days_of(absence: DutyAbsence) -> dict[str, Any]:
    """An absence as its form gave it."""
    return {name: getattr(absence, name) for name in ("kind", "from_on", "until_on", "shift_id", "weight", "reason")}


def _today() -> date:
    return clock.today(current().settings.timezone)
