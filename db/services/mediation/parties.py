"""The parties of a dispute: who they are, their rights, their consent (Art. 17, 23)."""

from datetime import date

import pandas as pd

from db.rules.permissions import Actor, Permission
from db.services.acts import guarded

IN_CLEAR = ["id", "side", "kind", "name", "contact", "address", "guardian", "agent", "agent_contact"]


@guarded(Permission.MEDIATION_KEEP)
def add_party(
    actor: Actor,
    *,
    dispute_id: int,
    side: str,
    kind: str = "person",
    name: str = "",
    contact: str = "",
    address: str = "",
    sex: str = "",
    age: int | None = None,
    occupation: str = "",
    child: bool = False,
    guardian: str = "",
    agent: str = "",
    agent_contact: str = "",
    agent_powers: str = "",
    agent_until: date | None = None,
    key: str,
) -> int:
    """One more party; a child's makes the file a child's. Answers its id."""
    raise NotImplementedError


@guarded(Permission.MEDIATION_KEEP)
def edit_party(
    actor: Actor,
    *,
    dispute_id: int,
    party_id: int,
    version: int,
    side: str,
    kind: str = "person",
    name: str | None = None,
    contact: str | None = None,
    address: str | None = None,
    sex: str = "",
    age: int | None = None,
    occupation: str = "",
    child: bool = False,
    guardian: str | None = None,
    agent: str | None = None,
    agent_contact: str | None = None,
    agent_powers: str = "",
    agent_until: date | None = None,
    key: str,
) -> int:
    """Correct a party; an identity that is None or still its own mask stays as it is. Answers the new version."""
    raise NotImplementedError


@guarded(Permission.MEDIATION_KEEP)
def remove_party(actor: Actor, *, dispute_id: int, party_id: int, version: int, key: str) -> int:
    """Take a party out of the file; the last of a side only before acceptance. Answers its new version."""
    raise NotImplementedError


@guarded(Permission.MEDIATION_KEEP)
def restore_party(actor: Actor, *, dispute_id: int, party_id: int, version: int, key: str) -> int:
    """Put a removed party back; answers its new version."""
    raise NotImplementedError


@guarded(Permission.MEDIATION_KEEP)
def tell_rights(
    actor: Actor, *, dispute_id: int, party_id: int, version: int, told_on: date | None, told_how: str, key: str
) -> int:
    """The party was told its rights and obligations; answers its new version."""
    raise NotImplementedError


@guarded(Permission.MEDIATION_KEEP)
def record_consent(
    actor: Actor, *, dispute_id: int, party_id: int, version: int, consent_on: date | None, key: str
) -> int:
    """The party consented, having been told its rights; answers its new version."""
    raise NotImplementedError


@guarded(Permission.MEDIATION_KEEP)
def see_identity(
    actor: Actor, *, dispute_id: int, party_id: int, version: int, identity_seen_on: date | None, key: str
) -> int:
    """The party's identity document was seen by the actor; no copy is kept. Answers its new version."""
    raise NotImplementedError


@guarded(Permission.MEDIATION_UNMASK)
def unmask(actor: Actor, *, dispute_id: int) -> pd.DataFrame:
    """The parties in clear: columns of IN_CLEAR; always journalled."""
    raise NotImplementedError
