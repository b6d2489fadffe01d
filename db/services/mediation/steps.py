"""The steps of a dispute as a whole: accepted, extended, ended in one of its ways, reopened."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from db import clock
from db.models import Dispute
from db.rules.mediation.flow import check_step, may_change, target_of
from db.rules.mediation.words import State, Step
from db.rules.permissions import Actor, Permission
from db.services.acts import guarded
from db.services.mediation import clocks, timeline


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
    raise NotImplementedError


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
    raise NotImplementedError


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
    raise NotImplementedError


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
    raise NotImplementedError


@guarded(Permission.MEDIATION_KEEP)
def withdraw(actor: Actor, *, dispute_id: int, version: int, ended_on: date | None, reason: str, key: str) -> Receipt:
    """The application is taken back."""
    raise NotImplementedError


@guarded(Permission.MEDIATION_SIGN)
def reopen(actor: Actor, *, dispute_id: int, version: int, reason: str, key: str) -> Receipt:
    """Undo an ending: an archived file stands again with its result, an ended one where the result came from."""
    raise NotImplementedError
