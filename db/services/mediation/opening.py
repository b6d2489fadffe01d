"""Opening a dispute, from a case or by itself, and correcting what its file says."""

from dataclasses import dataclass
from datetime import date, datetime, time

from db.rules.mediation.opening import Opening
from db.rules.permissions import Actor, Permission
from db.services.acts import guarded


@dataclass(frozen=True)
class Opened:
    """What opening led to."""

    dispute_id: int
    number: str
    at: datetime


@guarded(Permission.MEDIATION_OPEN)
def open_dispute(actor: Actor, *, opening: Opening, key: str) -> Opened:
    """Open a dispute with its parties; fields of the parties end in their place (name_0). Raises Problems."""
    raise NotImplementedError


@guarded(Permission.MEDIATION_OPEN)
def from_case(actor: Actor, *, case_id: int) -> Opening:
    """What a case already says, to be completed; identities stay masks and are copied when it is opened."""
    raise NotImplementedError


@guarded(Permission.MEDIATION_KEEP)
def correct(
    actor: Actor,
    *,
    dispute_id: int,
    version: int,
    subject: str,
    facts: str,
    request: str = "",
    place: str = "",
    category: str,
    source: str,
    child: bool = False,
    major: bool = False,
    head_count: int,
    amount: str = "",
    key: str,
) -> int:
    """Correct what the file says; the earlier words go into the timeline. Answers the new version."""
    raise NotImplementedError


@guarded(Permission.MEDIATION_KEEP)
def set_escalation(
    actor: Actor,
    *,
    dispute_id: int,
    version: int,
    escalation: bool,
    escalation_measure: str = "",
    police_reported_on: date | None = None,
    police_reported_time: time | None = None,
    escalation_prevented: bool = False,
    key: str,
) -> int:
    """The risk that the dispute escalates and what was done about it (Art. 25); answers the new version."""
    raise NotImplementedError


@guarded(Permission.MEDIATION_KEEP)
def add_note(actor: Actor, *, dispute_id: int, text: str, key: str) -> None:
    """A line in the timeline."""
    raise NotImplementedError
