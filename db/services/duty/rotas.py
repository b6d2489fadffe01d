"""Rotas: listed, drawn up with every place open, renewed when the needs change, thrown away and fetched back."""

from collections.abc import Sequence
from datetime import date

import pandas as pd
from sqlalchemy import delete, exists, func, insert, select
from sqlalchemy.orm import Session

from db import clock
from db.engine import current, reading, transaction
from db.models import Duty, DutyShift, Rota, RotaChange, RotaPlace, RotaSearch
from db.rules.duty.needs import Wanted, places_of, span
from db.rules.permissions import Actor, Permission
from db.rules.problems import N_, Check, NotThere, Problem, Problems
from db.services.acts import earlier, guarded, remember
from db.services.duty import ground, scope
from db.services.duty.rows import frame
from db.services.duty.viewing import RotaView, rota_view
from db.services.records import seen
from db.services.working_days import working_calendar

__all__ = ["RotaView", "discard", "discarded", "new_rota", "renew", "restore", "rota_view", "rotas"]

ROTAS = ["id", "version", "duty_id", "duty", "duty_en", "title", "from_on", "until_on", "state", "number"]
ROTAS += ["provisional", "places", "open", "changes", "made_at", "published_at"]
DISCARDED = ["id", "version", "duty_id", "duty", "duty_en", "title", "from_on", "until_on", "made_at"]
MOST_DAYS, MOST_DISCARDED = 366, 20
MOST_TITLE = 80


@guarded(Permission.DUTY_READ)
def rotas(actor: Actor, *, duty_id: int | None = None) -> pd.DataFrame:
    """Published rotas, and drafts of duties the actor plans, newest period first: columns of ROTAS.

    `provisional` while a year of the period has no official calendar.
    """
    ours = RotaPlace.rota_id == Rota.id
    counts = (
        select(func.count()).where(ours).scalar_subquery(),
        select(func.count()).where(ours, RotaPlace.member_id.is_(None)).scalar_subquery(),
        select(func.count()).where(RotaChange.rota_id == Rota.id).scalar_subquery(),
    )
    query = (
        select(Rota.id, Rota.version, Rota.duty_id, Duty.name, Duty.name_en, Rota.title, Rota.from_on, Rota.until_on)
        .add_columns(Rota.state, Rota.number, Rota.provisional, *counts, Rota.made_at, Rota.published_at)
        .join(Duty, Duty.id == Rota.duty_id)
        .where(scope.within(actor, Permission.DUTY_READ))
        .order_by(Rota.from_on.desc(), Rota.duty_id, Rota.id.desc())
    )
    with reading() as session:
        found = query if duty_id is None else query.where(Rota.duty_id == duty_id)
        listed = frame(session, ground.readable(found, actor), ROTAS, "number")
        calendar = working_calendar(session)
        periods = zip(listed["from_on"], listed["until_on"], strict=True)
        return listed.assign(provisional=[not calendar.is_known(first, last) for first, last in periods])


@guarded(Permission.DUTY_PLAN)
def new_rota(
    actor: Actor, *, duty_id: int, from_on: date | None, until_on: date | None, title: str = "", key: str
) -> int:
    """A draft with every place the duty needs, all open; answers its id.

    Its view says `provisional` when a year has no official calendar yet.
    """
    with transaction(actor) as session:
        if (done := earlier(session, key)) is not None:
            return int(done)
        duty = scope.in_use(session, actor, duty_id)
        first, last = _checked(session, duty, from_on, until_on, title)
        calendar = working_calendar(session)
        needs, periods = ground.asked_of(session, duty)
        wanted = places_of(needs, periods, calendar, first, last)
        if not wanted:
            raise Problems(Problem("from_on", N_("This duty needs nobody in these days; say first what it needs.")))
        rota = Rota(
            duty_id=duty.id,
            from_on=first,
            until_on=last,
            title=title.strip(),
            provisional=not calendar.is_known(first, last),
            made_at=clock.now(),
            made_by_id=actor.id,
        )
        session.add(rota)
        session.flush()
        _add_places(session, rota, wanted)
        remember(session, actor, key, "rotas.new_rota", rota.id)
        return rota.id


@guarded(Permission.DUTY_PLAN)
def renew(actor: Actor, *, rota_id: int, version: int, key: str) -> int:
    """Bring the places up to what the duty needs by now (needs, special periods, holidays); answers the new version.

    Who was put on a place that stays is left there. A published rota only gains open places, it loses none.
    """
    with transaction(actor) as session:
        if (done := earlier(session, key)) is not None:
            return int(done)
        rota = ground.rota_of(session, actor, rota_id, write=True)
        seen(session, Rota, rota_id, version, {})
        found = ground.planned(session, rota)
        present = ground.present(session, rota)
        _add_places(session, rota, [each for each in found.wanted if ground.key_of(each) not in present])
        if rota.state == ground.DRAFT:
            wanted = {ground.key_of(each) for each in found.wanted}
            gone = [place_id for where, place_id in present.items() if where not in wanted]
            session.execute(delete(RotaPlace).where(RotaPlace.id.in_(gone)))
        rota.provisional = not found.calendar.is_known(rota.from_on, rota.until_on)
        ground.touch(session, rota)
        remember(session, actor, key, "rotas.renew", rota.version)
        return rota.version


@guarded(Permission.DUTY_PLAN)
def discard(actor: Actor, *, rota_id: int, version: int, key: str) -> int:
    """Throw a draft away with everything put into it, to be fetched back by `restore`; answers its id."""
    with transaction(actor) as session:
        if (done := earlier(session, key)) is not None:
            return int(done)
        rota = ground.draft_of(session, actor, rota_id)
        seen(session, Rota, rota_id, version, {})
        running = select(exists().where(RotaSearch.rota_id == rota_id, RotaSearch.ended_at.is_(None)))
        if session.scalar(running):
            raise Problems(Problem("", N_("A search for this rota is running; stop it first.")))
        rota.state = ground.DISCARDED
        remember(session, actor, key, "rotas.discard", rota_id)
        return rota_id


@guarded(Permission.DUTY_PLAN)
def discarded(actor: Actor, *, duty_id: int | None = None) -> pd.DataFrame:
    """Drafts thrown away of the duties the actor plans, the last drawn up first: columns of DISCARDED."""
    query = (
        select(Rota.id, Rota.version, Rota.duty_id, Duty.name, Duty.name_en, Rota.title, Rota.from_on, Rota.until_on)
        .add_columns(Rota.made_at)
        .join(Duty, Duty.id == Rota.duty_id)
        .where(Rota.state == ground.DISCARDED, Duty.active, scope.within(actor))
        .order_by(Rota.id.desc())
        .limit(MOST_DISCARDED)
    )
    with reading() as session:
        return frame(session, query if duty_id is None else query.where(Rota.duty_id == duty_id), DISCARDED)


@guarded(Permission.DUTY_PLAN)
def restore(actor: Actor, *, rota_id: int, version: int, key: str) -> int:
    """Fetch a draft back, unless its days are published by now; answers its id."""
    with transaction(actor) as session:
        if (done := earlier(session, key)) is not None:
            return int(done)
        query = select(Rota).where(Rota.id == rota_id, Rota.state == ground.DISCARDED)
        rota = session.scalars(query.with_for_update()).one_or_none()
        if rota is None:
            raise NotThere(f"rota {rota_id}")
        scope.in_use(session, actor, rota.duty_id)
        seen(session, Rota, rota_id, version, {})
        other = ground.overlapping(session, rota.duty_id, rota.from_on, rota.until_on)
        if other is not None:
            raise Problems(Problem("", ground.TAKEN, {"first": other.from_on, "last": other.until_on}))
        rota.state = ground.DRAFT
        remember(session, actor, key, "rotas.restore", rota_id)
        return rota_id


def _checked(
    session: Session, duty: Duty, from_on: date | None, until_on: date | None, title: str
) -> tuple[date, date]:
    check = Check()
    check.that(from_on, "from_on", N_("Choose a day."))
    check.that(until_on, "until_on", N_("Choose a day."))
    check.that(len(title.strip()) <= MOST_TITLE, "title", N_("At most {most} characters."), most=MOST_TITLE)
    if from_on is None or until_on is None:
        check.done()
        raise AssertionError
    if check.that(from_on <= until_on, "until_on", N_("The last day is before the first.")):
        fits = (until_on - from_on).days < MOST_DAYS
        check.that(fits, "until_on", N_("At most {most} days at once."), most=MOST_DAYS)
        other = ground.overlapping(session, duty.id, from_on, until_on)
        if other is not None:
            check.that(False, "from_on", ground.TAKEN, first=other.from_on, last=other.until_on)
    check.done()
    return from_on, until_on


def _add_places(session: Session, rota: Rota, wanted: Sequence[Wanted]) -> None:
    zone = current().settings.timezone
    shifts = {s.id: s for s in session.scalars(select(DutyShift).where(DutyShift.duty_id == rota.duty_id))}
    rows = []
    for each in wanted:
        shift = shifts[each.shift_id]
        begins_at, ends_at = span(each.on_day, shift.begins, shift.minutes, zone)
        names = ("on_day", "post_id", "shift_id", "role", "place")
        row = {name: getattr(each, name) for name in names}
        rows.append({"rota_id": rota.id, "begins_at": begins_at, "ends_at": ends_at, **row})
    if rows:
        session.execute(insert(RotaPlace), rows)
