"""Swaps of published places: asked, taken by a colleague, decided by the director (R-51); taken over at once."""

from collections.abc import Mapping

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from db import clock
from db.engine import transaction
from db.models import DutyMember, DutySwap, RotaPlace
from db.rules.duty.swapping import OPEN, Kind, Move, State, Step, check_step
from db.rules.mediation.writing import NEEDED, check_text
from db.rules.permissions import Actor, Permission
from db.rules.problems import N_, Check, NotThere, Problem, Problems
from db.services.acts import earlier, guarded, remember
from db.services.duty.publishing import change_hands, newly_broken
from db.services.duty.serving import Served, in_charge, plans, served, speaks_for
from db.services.records import seen

MOVED_ON = N_("The rota has changed since this was asked; {name} no longer serves here.")


@guarded(Permission.DUTY_SERVE)
def ask_swap(
    actor: Actor,
    *,
    place_id: int,
    version: int,
    reason: str,
    taker_id: int | None = None,
    return_place_id: int | None = None,
    key: str,
) -> int:
    """Ask for leave from one's place, or for a member of a duty one plans: of everybody of the role, or of a named
    colleague, whose place one may take in return. `version` is the place's. Answers the swap's id."""
    with transaction(actor) as session:
        if (done := earlier(session, key)) is not None:
            return int(done)
        shift = served(session, place_id)
        asker = _member(session, shift.place.member_id)
        _must_ask_for(session, actor, asker)
        mine = {"reason": reason, "taker_id": taker_id, "return_place_id": return_place_id}
        seen(session, RotaPlace, place_id, version, mine)
        swap = DutySwap(place_id=place_id, asked_by_id=asker.id, asked_at=clock.now())
        move = _step(None, Step.ASK if taker_id is None else Step.OFFER, shift)
        check = Check()
        _check_reason(check, reason)
        check.that(_open_swap(session, place_id) is None, "", N_("A swap of this place is already under way."))
        sentence = N_("Name the colleague whose place is taken in return.")
        check.that(taker_id is not None or return_place_id is None, "taker_id", sentence)
        check.done()
        if taker_id is not None:
            _name(session, shift, swap, taker_id, return_place_id)
        swap.reason, swap.state = reason.strip(), move.target
        session.add(swap)
        session.flush()
        remember(session, actor, key, "duty.ask_swap", swap.id)
        return swap.id


@guarded(Permission.DUTY_SERVE)
def name_taker(
    actor: Actor, *, swap_id: int, version: int, taker_id: int, return_place_id: int | None = None, key: str
) -> int:
    """Name a colleague, or another one, for a swap nobody has taken; answers its new version."""
    with transaction(actor) as session:
        if (done := earlier(session, key)) is not None:
            return int(done)
        swap, shift = _swap(session, swap_id)
        _must_ask_for(session, actor, _member(session, swap.asked_by_id))
        seen(session, DutySwap, swap_id, version, {"taker_id": taker_id, "return_place_id": return_place_id})
        move = _step(swap, Step.OFFER, shift)
        _name(session, shift, swap, taker_id, return_place_id)
        return _moved(session, actor, swap, move, key, "duty.name_taker")


@guarded(Permission.DUTY_SERVE)
def take_swap(actor: Actor, *, swap_id: int, version: int, taker_id: int, key: str) -> int:
    """Take a swap as the member `taker_id`, oneself or somebody without an account one speaks for; the director
    decides next. Answers its new version."""
    with transaction(actor) as session:
        if (done := earlier(session, key)) is not None:
            return int(done)
        swap, shift = _swap(session, swap_id)
        taker = _member(session, taker_id)
        for_another = swap.state == State.OFFERED and swap.taker_id != taker_id
        if taker.duty_id != shift.duty.id or for_another or not speaks_for(session, actor, taker, clock.now()):
            raise NotThere(DutySwap.__tablename__)
        seen(session, DutySwap, swap_id, version, {"taker_id": taker_id})
        move = _step(swap, Step.TAKE, shift)
        _name(session, shift, swap, taker_id, swap.return_place_id)
        swap.taken_at = clock.now()
        return _moved(session, actor, swap, move, key, "duty.take_swap")


@guarded(Permission.DUTY_SERVE)
def decline(actor: Actor, *, swap_id: int, version: int, key: str) -> int:
    """The named colleague, or who took it, steps back; the swap is asked of everybody again. Answers its version."""
    with transaction(actor) as session:
        if (done := earlier(session, key)) is not None:
            return int(done)
        swap, shift = _swap(session, swap_id)
        if swap.taker_id is None or not speaks_for(session, actor, _member(session, swap.taker_id), clock.now()):
            raise NotThere(DutySwap.__tablename__)
        seen(session, DutySwap, swap_id, version, {})
        move = _step(swap, Step.DECLINE, shift)
        swap.taker_id = swap.return_place_id = swap.taken_at = None
        return _moved(session, actor, swap, move, key, "duty.decline")


@guarded(Permission.DUTY_SERVE)
def withdraw(actor: Actor, *, swap_id: int, version: int, reason: str, key: str) -> int:
    """Who asked takes the question back, with a reason; answers the new version."""
    with transaction(actor) as session:
        if (done := earlier(session, key)) is not None:
            return int(done)
        swap, shift = _swap(session, swap_id)
        _must_ask_for(session, actor, _member(session, swap.asked_by_id))
        return _decide(session, actor, swap, shift, Step.WITHDRAW, version, reason, key)


@guarded(Permission.DUTY_PUBLISH)
def approve(actor: Actor, *, swap_id: int, version: int, words: str = "", key: str) -> int:
    """The director approves: the places change hands, or what was taken over stands; answers the new version."""
    with transaction(actor) as session:
        if (done := earlier(session, key)) is not None:
            return int(done)
        swap, shift = _decided_by(session, actor, swap_id)
        return _decide(session, actor, swap, shift, Step.APPROVE, version, words, key)


@guarded(Permission.DUTY_PUBLISH)
def refuse(actor: Actor, *, swap_id: int, version: int, reason: str, key: str) -> int:
    """The director refuses, with a reason; a shift taken over is refused when it is over, and stays as it was served.
    Answers the new version."""
    with transaction(actor) as session:
        if (done := earlier(session, key)) is not None:
            return int(done)
        swap, shift = _decided_by(session, actor, swap_id)
        return _decide(session, actor, swap, shift, Step.REFUSE, version, reason, key)


@guarded(Permission.DUTY_SERVE)
def take_over_now(actor: Actor, *, place_id: int, version: int, taker_id: int, reason: str, key: str) -> int:
    """Somebody takes a place over at once, approved afterwards: the taker, who plans the duty, or the leader or deputy
    on shift says so. A swap under way becomes this one; what was to be given in return falls away. `version` is the
    place's. Answers the swap's id."""
    with transaction(actor) as session:
        if (done := earlier(session, key)) is not None:
            return int(done)
        now = clock.now()
        shift = served(session, place_id)
        taker = session.get(DutyMember, taker_id)
        if not _may_order(session, actor, shift.duty.id) and not (taker and speaks_for(session, actor, taker, now)):
            raise NotThere(RotaPlace.__tablename__)
        seen(session, RotaPlace, place_id, version, {"taker_id": taker_id, "reason": reason})
        if shift.place.member_id is None:
            raise Problems(Problem("", N_("This place is open; whoever plans the rota fills it.")))
        swap = _open_swap(session, place_id)
        if swap is None or swap.asked_by_id != shift.place.member_id:
            swap = DutySwap(place_id=place_id, asked_by_id=shift.place.member_id, asked_at=now)
        move = _step(swap if swap.id else None, Step.TAKE_OVER, shift)
        check = Check()
        _check_reason(check, reason)
        check.done()
        _name(session, shift, swap, taker_id, None)
        swap.urgent, swap.reason, swap.taken_at, swap.state = True, reason.strip(), now, move.target
        session.add(swap)
        session.flush()
        _change_hands(session, actor, shift, swap, Kind.TAKE_OVER, swap.reason)
        remember(session, actor, key, "duty.take_over_now", swap.id)
        return swap.id


@guarded(Permission.DUTY_PUBLISH)
def undo(actor: Actor, *, swap_id: int, version: int, reason: str, key: str) -> int:
    """The director puts a place taken over back, while its shift lasts, with a reason; answers the new version."""
    with transaction(actor) as session:
        if (done := earlier(session, key)) is not None:
            return int(done)
        swap, shift = _decided_by(session, actor, swap_id)
        return _decide(session, actor, swap, shift, Step.UNDO, version, reason, key)


def _swap(session: Session, swap_id: int) -> tuple[DutySwap, Served]:
    """A swap with its place; raises NotThere."""
    swap = session.get(DutySwap, swap_id)
    if swap is None:
        raise NotThere(DutySwap.__tablename__)
    return swap, served(session, swap.place_id)


def _decided_by(session: Session, actor: Actor, swap_id: int) -> tuple[DutySwap, Served]:
    """A swap of a duty whose rotas the actor publishes; raises NotThere."""
    swap, shift = _swap(session, swap_id)
    if not plans(session, actor, shift.duty.id, Permission.DUTY_PUBLISH):
        raise NotThere(DutySwap.__tablename__)
    return swap, shift


def _member(session: Session, member_id: int | None) -> DutyMember:
    member = session.get(DutyMember, member_id) if member_id is not None else None
    if member is None:
        raise NotThere(DutyMember.__tablename__)
    return member


def _must_ask_for(session: Session, actor: Actor, asker: DutyMember) -> None:
    """Raise NotThere unless the actor speaks for who asks, or plans the duty."""
    if not speaks_for(session, actor, asker, clock.now()) and not plans(session, actor, asker.duty_id):
        raise NotThere(DutySwap.__tablename__)


def _may_order(session: Session, actor: Actor, duty_id: int) -> bool:
    return plans(session, actor, duty_id) or in_charge(session, actor, duty_id, clock.now())


def _open_swap(session: Session, place_id: int, but: int | None = None) -> DutySwap | None:
    """The swap under way about a place, as what is asked for or as what is given in return; another than `but`."""
    about = or_(DutySwap.place_id == place_id, DutySwap.return_place_id == place_id)
    query = select(DutySwap).where(about, DutySwap.state.in_(OPEN), DutySwap.id != (but or 0))
    return session.scalars(query.order_by(DutySwap.place_id != place_id, DutySwap.id).limit(1)).one_or_none()


def _step(swap: DutySwap | None, step: Step, shift: Served) -> Move:
    """The move a step makes now; raises Problems when state or time don't allow it."""
    state = State(swap.state) if swap is not None else None
    return check_step(state, step, shift.place.begins_at, shift.place.ends_at, clock.now())


def _name(session: Session, shift: Served, swap: DutySwap, taker_id: int, return_place_id: int | None) -> None:
    """Set who takes the place, and which place is taken in return; raises Problems when a rule is against it."""
    taker = session.get(DutyMember, taker_id)
    check = Check()
    fine = taker is not None and taker.duty_id == shift.duty.id and taker.id != swap.asked_by_id
    check.that(fine, "taker_id", N_("Choose a colleague who serves in this duty."))
    back = session.get(RotaPlace, return_place_id) if return_place_id is not None else None
    if return_place_id is not None:
        fine = back is not None and back.rota_id == shift.rota.id and back.member_id == taker_id
        check.that(fine, "return_place_id", N_("Choose a place of this colleague in the same rota."))
        free = _open_swap(session, return_place_id, swap.id) is None
        check.that(free, "return_place_id", N_("A swap of this place is already under way."))
    check.done()
    fields = {taker_id: "taker_id", swap.asked_by_id: "return_place_id"}
    _check_hands(session, shift, swap.asked_by_id, taker_id, back, fields)
    swap.taker_id, swap.return_place_id = taker_id, return_place_id


def _check_hands(
    session: Session,
    shift: Served,
    asker_id: int,
    taker_id: int,
    back: RotaPlace | None,
    fields: Mapping[int, str],
) -> None:
    """Raise Problems when the rota moved on, or would break a rule with the places in other hands."""
    stand = [(shift.place, asker_id), *([(back, taker_id)] if back is not None else [])]
    for place, member_id in stand:
        if place.member_id != member_id:
            name = _member(session, member_id).name
            raise Problems(Problem("", MOVED_ON, {"name": name}))
    if back is not None and back.begins_at <= clock.now():
        raise Problems(Problem(fields.get(asker_id, ""), N_("The shift taken in return has begun.")))
    changes: dict[int, int | None] = {shift.place.id: taker_id}
    if back is not None:
        changes[back.id] = asker_id
    broken = newly_broken(session, shift.rota, changes)
    if broken:
        raise Problems(
            *(Problem(fields.get(one.member_id, ""), one.problem.message, one.problem.values) for one in broken)
        )


def _decide(
    session: Session, actor: Actor, swap: DutySwap, shift: Served, step: Step, version: int, words: str, key: str
) -> int:
    """Approve, refuse, withdraw or undo: all but an approval with a reason. Answers the new version."""
    seen(session, DutySwap, swap.id, version, {"decision": words})
    move = _step(swap, step, shift)
    check = Check()
    field = "words" if step is Step.APPROVE else "reason"
    check.that(step is Step.APPROVE or words.strip(), field, NEEDED)
    check_text(check, field, words)
    check.done()
    if move.change is not None:
        _change_hands(session, actor, shift, swap, move.change, words.strip() or swap.reason)
    swap.decision, swap.decided_at, swap.decided_by_id = words.strip(), clock.now(), actor.id
    return _moved(session, actor, swap, move, key, f"duty.{step}")


def _change_hands(session: Session, actor: Actor, shift: Served, swap: DutySwap, kind: Kind, reason: str) -> None:
    """The places change hands, when no rule is against it; undone, the place goes back to who asked."""
    give, take = swap.asked_by_id, swap.taker_id or 0
    if kind is Kind.UNDO:
        give, take = take, give
    back = session.get(RotaPlace, swap.return_place_id) if swap.return_place_id is not None else None
    _check_hands(session, shift, give, take, back, {take: "taker_id"} if kind is Kind.TAKE_OVER else {})
    change_hands(session, actor, shift.place, take, kind=kind, reason=reason, swap_id=swap.id)
    if back is not None:
        change_hands(session, actor, back, give, kind=kind, reason=reason, swap_id=swap.id)


def _check_reason(check: Check, reason: str) -> None:
    check.that(reason.strip(), "reason", NEEDED)
    check_text(check, "reason", reason)


def _moved(session: Session, actor: Actor, swap: DutySwap, move: Move, key: str, act: str) -> int:
    """Keep the state a step led to; answers the new version."""
    swap.state = move.target
    session.flush()
    remember(session, actor, key, act, swap.version)
    return swap.version
