"""The steps of a dispute as a whole: accepted, extended, ended in one of its ways, reopened."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from db import clock
from db.engine import transaction
from db.models import Dispute, DisputeEntry, DisputeExtension
from db.rules.mediation.days import MoreTime, check_more_time
from db.rules.mediation.flow import Ending, check_ending, check_step, may_change, target_of, told
from db.rules.mediation.opening import BOTH_SIDES, has_both_sides
from db.rules.mediation.words import Confirmation, Consent, State, Step
from db.rules.mediation.writing import NEEDED, check_day, check_order, check_text
from db.rules.permissions import Actor, Permission
from db.rules.problems import N_, Check, Problem, Problems
from db.services.acts import earlier, guarded, remember
from db.services.mediation import clocks, ground, scope, timeline
from db.services.office import limits_of
from db.services.records import fill

# What a result writes into the dispute, and what filing does, each with its empty value.
RESULT: Mapping[str, object] = {
    "ended_on": None, "end_reason": "", "refused_by": "", "routes_told": "", "routes_told_on": None,
}  # fmt: skip
FILING: Mapping[str, object] = {
    "archived_on": None, "archived_by_id": None, "signed_incomplete": "", "standard": None,
}  # fmt: skip


@dataclass(frozen=True)
class Receipt:
    """What a step led to, told to the person from the database."""

    dispute_id: int
    number: str
    state: str
    at: datetime

    @classmethod
    def again(cls, done: Mapping[str, str]) -> "Receipt":
        """The receipt an earlier use of the key led to."""
        return cls(**{**done, "at": datetime.fromisoformat(done["at"])})  # type: ignore[arg-type]

    def kept(self) -> dict[str, object]:
        """What is remembered under the key."""
        return asdict(self) | {"at": self.at.isoformat()}


def move(
    session: Session,
    actor: Actor,
    dispute: Dispute,
    step: Step,
    *,
    to: State | None = None,
    text: str = "",
    detail: Mapping[str, object] | None = None,
) -> Receipt:
    """Take a step inside the caller's transaction: state, timeline and due days. Raises Problems when it isn't open.

    A file is open until it is archived. The caller has asked `check_step` before it wrote anything else.
    """
    was = State(dispute.state)
    check_step(step, was)
    dispute.state = target_of(step, was) if to is None else to
    dispute.open = may_change(State(dispute.state))
    clocks.keep_due(session, dispute)
    timeline.line(session, actor, dispute, step, was=was, text=text, detail=detail)
    return Receipt(dispute.id, dispute.number, dispute.state, clock.now())


@guarded(Permission.MEDIATION_KEEP)
def accept(actor: Actor, *, dispute_id: int, version: int, accepted_on: date | None, key: str) -> Receipt:
    """The committee accepts the dispute; its time begins the day after."""
    with transaction(actor) as session:
        if (done := earlier(session, key)) is not None:
            return Receipt.again(done)
        dispute = _ready(session, actor, dispute_id, version, Step.ACCEPT, {"accepted_on": accepted_on})
        check = Check()
        if check_day(check, "accepted_on", accepted_on, ground.today()):
            check_order(check, "accepted_on", accepted_on, dispute.received_on, N_("It was received on {day}."))
        sides = [party.side for party in ground.parties(session, dispute)]
        check.that(has_both_sides(sides), "", BOTH_SIDES)
        check.done()
        dispute.accepted_on = accepted_on
        return _taken(session, actor, dispute, Step.ACCEPT, key, on=accepted_on)


@guarded(Permission.MEDIATION_KEEP)
def extend(
    actor: Actor,
    *,
    dispute_id: int,
    version: int,
    days: int,
    reason: str,
    consented_on: date | None,
    consented_how: str,
    key: str,
) -> Receipt:
    """More time, with the consent of every party on record."""
    asked = MoreTime(days, reason, consented_on, consented_how)
    with transaction(actor) as session:
        if (done := earlier(session, key)) is not None:
            return Receipt.again(done)
        dispute = _ready(session, actor, dispute_id, version, Step.EXTEND, asdict(asked))
        parties = ground.parties(session, dispute)
        check_more_time(
            asked,
            accepted_on=dispute.accepted_on or dispute.received_on,
            most=limits_of(session, dispute.limit_set_id)["mediation_extension_most"].amount,
            missing=[party.name_mask for party in parties if party.consent != Consent.YES],
            today=ground.today(),
        )
        more = asdict(asked) | {"reason": reason.strip()}
        session.add(DisputeExtension(dispute_id=dispute.id, recorded_by_id=actor.id, **more))
        dispute.extended_days += days
        return _taken(session, actor, dispute, Step.EXTEND, key, reason, days=days, on=consented_on, how=consented_how)


@guarded(Permission.MEDIATION_KEEP)
def refuse(
    actor: Actor,
    *,
    dispute_id: int,
    version: int,
    party_id: int | None,
    refused_on: date | None,
    reason: str = "",
    routes: Sequence[str] = (),
    routes_told_on: date | None,
    key: str,
) -> Receipt:
    """A party clearly refuses to be mediated (Art. 17) and is told of another route."""
    ending = Ending(Step.REFUSE, "refused_on", refused_on, reason, routes, routes_told_on)
    with transaction(actor) as session:
        if (done := earlier(session, key)) is not None:
            return Receipt.again(done)
        dispute = _ready(session, actor, dispute_id, version, Step.REFUSE, ending.values)
        party = next((one for one in ground.parties(session, dispute) if one.id == party_id), None)
        if party is None:
            raise Problems(Problem("party_id", N_("Choose the party.")))
        party.consent, party.consent_on = Consent.NO, refused_on
        dispute.refused_by = party.side
        return _end(session, actor, dispute, ending, key, party=party.name_mask)


@guarded(Permission.MEDIATION_KEEP)
def terminate(
    actor: Actor,
    *,
    dispute_id: int,
    version: int,
    ended_on: date | None,
    reason: str,
    routes: Sequence[str] = (),
    routes_told_on: date | None,
    key: str,
) -> Receipt:
    """The mediation ends without an agreement; the parties are told of all three routes (Art. 26)."""
    ending = Ending(Step.TERMINATE, "ended_on", ended_on, reason, routes, routes_told_on)
    with transaction(actor) as session:
        if (done := earlier(session, key)) is not None:
            return Receipt.again(done)
        dispute = _ready(session, actor, dispute_id, version, Step.TERMINATE, ending.values)
        return _end(session, actor, dispute, ending, key)


@guarded(Permission.MEDIATION_KEEP)
def withdraw(actor: Actor, *, dispute_id: int, version: int, ended_on: date | None, reason: str, key: str) -> Receipt:
    """The application is taken back."""
    ending = Ending(Step.WITHDRAW, "ended_on", ended_on, reason)
    with transaction(actor) as session:
        if (done := earlier(session, key)) is not None:
            return Receipt.again(done)
        dispute = _ready(session, actor, dispute_id, version, Step.WITHDRAW, ending.values)
        return _end(session, actor, dispute, ending, key)


@guarded(Permission.MEDIATION_SIGN)
def reopen(actor: Actor, *, dispute_id: int, version: int, reason: str, key: str) -> Receipt:
    """Undo an ending: an archived file stands again with its result, an ended one where the result came from."""
    with transaction(actor) as session:
        if (done := earlier(session, key)) is not None:
            return Receipt.again(done)
        dispute = scope.load(session, actor, dispute_id, Permission.MEDIATION_SIGN, write=True)
        scope.must_be_seen(session, dispute, version, {"reason": reason})
        check_step(Step.REOPEN, State(dispute.state))
        check = Check()
        check.that(reason.strip(), "reason", NEEDED)
        check_text(check, "reason", reason)
        check.done()
        archived = dispute.state == State.ARCHIVED
        undone = _clear(dispute, FILING if archived else RESULT) | ({} if archived else _unbind(session, dispute))
        receipt = move(
            session, actor, dispute, Step.REOPEN, to=_came_from(session, dispute), text=reason.strip(), detail=undone
        )
        remember(session, actor, key, "mediation.reopen", receipt.kept())
        return receipt


def _ready(
    session: Session, actor: Actor, dispute_id: int, version: int, step: Step, mine: Mapping[str, object]
) -> Dispute:
    """The dispute as it was seen, in a state that allows the step."""
    dispute = scope.kept(session, actor, dispute_id)
    scope.must_be_seen(session, dispute, version, mine)
    check_step(step, State(dispute.state))
    return dispute


def _taken(
    session: Session, actor: Actor, dispute: Dispute, step: Step, key: str, text: str = "", **detail: object
) -> Receipt:
    receipt = move(session, actor, dispute, step, text=text.strip(), detail=detail)
    remember(session, actor, key, f"mediation.{step}", receipt.kept())
    return receipt


def _end(session: Session, actor: Actor, dispute: Dispute, ending: Ending, key: str, **detail: object) -> Receipt:
    check_ending(
        ending,
        begun_on=dispute.accepted_on or dispute.received_on,
        last_session_on=ground.last_session_on(session, dispute),
        today=ground.today(),
    )
    dispute.ended_on, dispute.end_reason = ending.on, ending.reason.strip()
    dispute.routes_told, dispute.routes_told_on = told(ending.routes), ending.routes_told_on
    return _taken(
        session, actor, dispute, ending.step, key, ending.reason, on=ending.on, routes=dispute.routes_told, **detail
    )


def _clear(dispute: Dispute, nothing: Mapping[str, object]) -> dict[str, object]:
    """Empty these fields; answers what stood in them."""
    stood = {name: getattr(dispute, name) for name, empty in nothing.items() if getattr(dispute, name) != empty}
    fill(dispute, nothing)
    return stood


def _unbind(session: Session, dispute: Dispute) -> dict[str, object]:
    """An agreement takes effect only when it is concluded again; who refused may still consent."""
    stood: dict[str, object] = {}
    agreement = ground.agreement_of(session, dispute)
    if agreement is not None and agreement.confirmation == Confirmation.CONFIRMED:
        raise Problems(Problem("", N_("A court has confirmed this agreement; it stands.")))
    if agreement is not None and agreement.effective_on is not None:
        stood = {"effective_on": agreement.effective_on, "confirm_by": agreement.confirm_by}
        fill(agreement, dict.fromkeys(stood))
    for party in ground.parties(session, dispute):
        if party.consent == Consent.NO:
            party.consent, party.consent_on = "", None
    return stood


def _came_from(session: Session, dispute: Dispute) -> State:
    """Where the state the dispute is in was reached from, as its timeline tells."""
    reached = (
        select(DisputeEntry.from_state)
        .where(
            DisputeEntry.dispute_id == dispute.id,
            DisputeEntry.step != Step.REOPEN,
            DisputeEntry.to_state == dispute.state,
            DisputeEntry.from_state != dispute.state,
        )
        .order_by(DisputeEntry.id.desc())
        .limit(1)
    )
    return State(session.scalars(reached).one())
