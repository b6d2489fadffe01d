"""Follow-up visits by somebody who is and was no mediator of the file."""

from datetime import date

from db.rules.permissions import Actor, Permission
from db.services.acts import guarded


@guarded(Permission.MEDIATION_VISIT)
def add_visit(
    actor: Actor,
    *,
    dispute_id: int,
    visited_on: date | None,
    how: str,
    reason: str = "",
    performance: str,
    satisfaction: str = "",
    court_case: bool = False,
    recurrence: bool = False,
    words: str = "",
    key: str,
) -> int:
    """What a visit found of the agreement's performance; answers its id."""
    raise NotImplementedError


@guarded(Permission.MEDIATION_VISIT)
def remove_visit(actor: Actor, *, dispute_id: int, visit_id: int, version: int, key: str) -> int:
    """Take a visit out of the file; answers its new version."""
    raise NotImplementedError


@guarded(Permission.MEDIATION_VISIT)
def restore_visit(actor: Actor, *, dispute_id: int, visit_id: int, version: int, key: str) -> int:
    """Put a removed visit back; answers its new version."""
    raise NotImplementedError
