"""Who mediates a dispute, how they came to it and why they left it (Art. 19, 23); who follows up."""

from datetime import date

from db.rules.permissions import Actor, Permission
from db.services.acts import guarded


@guarded(Permission.MEDIATION_KEEP)
def assign(
    actor: Actor,
    *,
    dispute_id: int,
    mediator_id: int | None,
    lead: bool = False,
    how: str = "assigned",
    party_id: int | None = None,
    from_on: date | None,
    key: str,
) -> int:
    """Put a mediator on the file, of its committee or chosen by a party; answers the row's id."""
    raise NotImplementedError


@guarded(Permission.MEDIATION_KEEP)
def step_aside(
    actor: Actor, *, dispute_id: int, row_id: int, version: int, ended_on: date | None, reason: str, key: str
) -> int:
    """A mediator with a tie to a party leaves the file for good; answers the row's new version."""
    raise NotImplementedError


@guarded(Permission.MEDIATION_KEEP)
def object_to(
    actor: Actor,
    *,
    dispute_id: int,
    row_id: int,
    version: int,
    party_id: int | None,
    ended_on: date | None,
    reason: str,
    key: str,
) -> int:
    """A party does not accept a mediator, who leaves the file for good; answers the row's new version."""
    raise NotImplementedError


@guarded(Permission.MEDIATION_KEEP)
def replace(
    actor: Actor, *, dispute_id: int, row_id: int, version: int, ended_on: date | None, reason: str, key: str
) -> int:
    """The committee takes a mediator off the file, who may come back; answers the row's new version."""
    raise NotImplementedError


@guarded(Permission.MEDIATION_KEEP)
def name_visitor(actor: Actor, *, dispute_id: int, version: int, person_id: int | None, key: str) -> int:
    """Name who makes the follow-up visit (None: nobody), who then sees the file. Answers the dispute's new version."""
    raise NotImplementedError


@guarded(Permission.MEDIATION_KEEP)
def visitors(actor: Actor, *, dispute_id: int) -> dict[int, str]:
    """Who may be named: people who make visits and are and were no mediator of the file, id to name."""
    raise NotImplementedError
