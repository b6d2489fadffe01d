"""Enquiries, sessions with the parties, and caucuses whose notes only their mediators see."""

from collections.abc import Sequence
from datetime import date, time

from sqlalchemy.orm import Session

from db.models import Dispute, DisputeSession
from db.rules.permissions import Actor, Permission
from db.services.acts import guarded


def sessions_for(
    session: Session, actor: Actor, dispute: Dispute, *, removed: bool = False
) -> tuple[DisputeSession, ...]:
    """Sessions in the order they were held, without caucuses the actor was no mediator of; or those taken out."""
    raise NotImplementedError


@guarded(Permission.MEDIATION_KEEP)
def add_session(
    actor: Actor,
    *,
    dispute_id: int,
    kind: str,
    held_on: date | None,
    held_time: time | None,
    ended_time: time | None = None,
    place: str = "",
    present: Sequence[int] = (),
    invited: str = "",
    open_to_others: bool = False,
    notices: str = "",
    statements: str = "",
    checked: str = "",
    result: str = "",
    recorder: str = "",
    mediators: Sequence[int] = (),
    key: str,
) -> int:
    """Record an enquiry, a session or a caucus; answers its id. `present` are parties, `mediators` mediators."""
    raise NotImplementedError


@guarded(Permission.MEDIATION_KEEP)
def edit_session(
    actor: Actor,
    *,
    dispute_id: int,
    session_id: int,
    version: int,
    kind: str,
    held_on: date | None,
    held_time: time | None,
    ended_time: time | None = None,
    place: str = "",
    present: Sequence[int] = (),
    invited: str = "",
    open_to_others: bool = False,
    notices: str = "",
    statements: str = "",
    checked: str = "",
    result: str = "",
    recorder: str = "",
    mediators: Sequence[int] = (),
    key: str,
) -> int:
    """Correct a record; answers its new version."""
    raise NotImplementedError


@guarded(Permission.MEDIATION_KEEP)
def remove_session(actor: Actor, *, dispute_id: int, session_id: int, version: int, key: str) -> int:
    """Take a record out of the file; answers its new version."""
    raise NotImplementedError


@guarded(Permission.MEDIATION_KEEP)
def restore_session(actor: Actor, *, dispute_id: int, session_id: int, version: int, key: str) -> int:
    """Put a removed record back; answers its new version."""
    raise NotImplementedError
