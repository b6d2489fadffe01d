"""Publishing a rota as a numbered version, and changes on top of it with who and why."""

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from db import clock
from db.engine import transaction
from db.models import DutyPost, DutyShift, Rota, RotaChange, RotaPlace
from db.rules.duty.breaking import Break, breaks_of, new_breaks
from db.rules.permissions import Actor, Permission
from db.rules.problems import N_, Check, Problem, Problems
from db.services.acts import earlier, guarded, remember
from db.services.duty import ground
from db.services.duty.editing import check_member, place_of
from db.services.records import seen

OVERRIDE = "override"
MOST_REASON = 400
NEEDED = N_("This is needed.")


@dataclass(frozen=True)
class LeftOpen:
    """So many places of a role that nobody served when the rota was published."""

    on_day: date
    post_id: int
    shift_id: int
    role: str
    count: int


@guarded(Permission.DUTY_PUBLISH)
def publish(actor: Actor, *, rota_id: int, version: int, reason: str = "", key: str) -> int:
    """Publish a draft; answers its number. With open places only for a reason, listed in its note; no broken rules."""
    with transaction(actor) as session:
        if (done := earlier(session, key)) is not None:
            return int(done)
        rota = ground.rota_of(session, actor, rota_id, Permission.DUTY_PUBLISH, write=True)
        seen(session, Rota, rota_id, version, {})
        _check_publishable(session, rota)
        rota.state = ground.PUBLISHED
        rota.number = 1 + (session.scalar(select(func.max(Rota.number)).where(Rota.duty_id == rota.duty_id)) or 0)
        rota.note = _open_places(session, rota)
        rota.open_reason = _reason(reason) if rota.note else ""
        rota.published_at, rota.published_by_id = clock.now(), actor.id
        _keep_as_published(session, rota)
        session.flush()
        remember(session, actor, key, "publishing.publish", rota.number)
        return rota.number


@guarded(Permission.DUTY_PLAN)
def override(
    actor: Actor, *, rota_id: int, place_id: int, version: int, member_id: int | None, reason: str, key: str
) -> int:
    """Put somebody else on a place of a published rota, or leave it open (None); answers the id of the change."""
    with transaction(actor) as session:
        if (done := earlier(session, key)) is not None:
            return int(done)
        change = override_in(
            session, actor, rota_id=rota_id, place_id=place_id, version=version, member_id=member_id, reason=reason
        )
        remember(session, actor, key, "publishing.override", change.id)
        return change.id


def override_in(
    session: Session, actor: Actor, *, rota_id: int, place_id: int, version: int, member_id: int | None, reason: str
) -> RotaChange:
    """The same inside the caller's transaction."""
    actor.must(Permission.DUTY_PLAN)
    rota = ground.published_of(session, actor, rota_id)
    place = place_of(session, rota, place_id, version, {"member_id": member_id})
    check = Check()
    check_reason(check, reason, NEEDED)
    if check.that(member_id != place.member_id, "member_id", N_("Nothing changes this way.")):
        check_member(session, check, rota, member_id)
    check.done()
    told = newly_broken(session, rota, {place_id: member_id})
    if told:
        raise Problems(*(each.problem for each in told))
    return change_hands(session, actor, place, member_id, kind=OVERRIDE, reason=reason.strip())


def check_reason(check: Check, reason: str, needed: str) -> None:
    """A reason that is there (else this sentence) and fits."""
    if check.that(reason.strip(), "reason", needed):
        fits = len(reason.strip()) <= MOST_REASON
        check.that(fits, "reason", N_("At most {most} characters."), most=MOST_REASON)


def newly_broken(session: Session, rota: Rota, changes: Mapping[int, int | None]) -> tuple[Break, ...]:
    """The rules a published rota would newly break if these places changed hands (swaps, re-planning)."""
    found = ground.planned(session, rota)
    return new_breaks((*found.places, *found.outside), changes, found.ground)


def change_hands(
    session: Session,
    actor: Actor,
    place: RotaPlace,
    member_id: int | None,
    *,
    kind: str,
    reason: str = "",
    swap_id: int | None = None,
) -> RotaChange:
    """Write who serves from now on and the change that says so, inside the caller's transaction; checks nothing."""
    change = RotaChange(
        rota_id=place.rota_id,
        place_id=place.id,
        kind=kind,
        was_id=place.member_id,
        becomes_id=member_id,
        swap_id=swap_id,
        reason=reason,
        person_id=actor.id,
        at=clock.now(),
    )
    place.member_id = member_id
    session.add(change)
    session.flush()
    return change


def _check_publishable(session: Session, rota: Rota) -> None:
    if rota.state != ground.DRAFT:
        raise Problems(Problem("", N_("This rota is published already.")))
    other = ground.overlapping(session, rota.duty_id, rota.from_on, rota.until_on)
    if other is not None:
        raise Problems(Problem("", ground.TAKEN, {"first": other.from_on, "last": other.until_on}))
    found = ground.planned(session, rota)
    told = breaks_of((*found.places, *found.outside), found.ground)
    if told:
        raise Problems(Problem("", N_("Broken rules: {count}. Mend what is marked first."), {"count": len(told)}))


def _reason(reason: str) -> str:
    check = Check()
    check_reason(check, reason, N_("Say why places stay open."))
    check.done()
    return reason.strip()


def left_open(note: str) -> tuple[LeftOpen, ...]:
    """The open places a published rota's note tells."""
    told = json.loads(note) if note else ()
    return tuple(LeftOpen(date.fromisoformat(day), *rest) for day, *rest in told)


def _open_places(session: Session, rota: Rota) -> str:
    """The open places of each day, post, shift and role, and how many, as `left_open` reads them."""
    query = (
        select(RotaPlace.on_day, DutyPost.id, DutyShift.id, RotaPlace.role)
        .join(DutyPost, DutyPost.id == RotaPlace.post_id)
        .join(DutyShift, DutyShift.id == RotaPlace.shift_id)
        .where(RotaPlace.rota_id == rota.id, RotaPlace.member_id.is_(None))
        .order_by(RotaPlace.on_day, DutyPost.position, DutyPost.id, DutyShift.position, DutyShift.id, RotaPlace.role)
    )
    counted = Counter(tuple(row) for row in session.execute(query))
    return json.dumps([[str(day), *rest, n] for (day, *rest), n in counted.items()]) if counted else ""


def _keep_as_published(session: Session, rota: Rota) -> None:
    """What is published stays readable whatever changes later."""
    session.execute(
        update(RotaPlace)
        .where(RotaPlace.rota_id == rota.id, RotaPlace.member_id.is_not(None))
        .values(published_id=RotaPlace.member_id, version=RotaPlace.version + 1)
        .execution_options(synchronize_session=False)
    )
