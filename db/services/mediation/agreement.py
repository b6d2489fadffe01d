"""The agreement: its words, signatures and seal, the conclusion, and judicial confirmation (Art. 28 to 33)."""

from datetime import date

from db.rules.permissions import Actor, Permission
from db.services.acts import guarded


@guarded(Permission.MEDIATION_KEEP)
def write_agreement(
    actor: Actor,
    *,
    dispute_id: int,
    version: int,
    form: str,
    party_asks_written: bool = False,
    performed_at_once: bool = False,
    facts: str = "",
    content: str = "",
    performance: str = "",
    amount: str = "",
    copies: int = 0,
    reached_on: date | None = None,
    mediator_signed_on: date | None = None,
    sealed_on: date | None = None,
    recorder: str = "",
    excluded_matter: str = "",
    key: str,
) -> int:
    """Write the agreement or change it (version 0: there is none yet); answers its version."""
    raise NotImplementedError


@guarded(Permission.MEDIATION_KEEP)
def sign(
    actor: Actor,
    *,
    dispute_id: int,
    party_id: int,
    version: int,
    signed_on: date | None,
    signed_by_agent: bool = False,
    key: str,
) -> int:
    """A party signed the written agreement, itself or by its agent; answers the party's version."""
    raise NotImplementedError


@guarded(Permission.MEDIATION_KEEP)
def unsign(actor: Actor, *, dispute_id: int, party_id: int, version: int, key: str) -> int:
    """Take a signature back that was noted wrongly; answers the party's version."""
    raise NotImplementedError


@guarded(Permission.MEDIATION_KEEP)
def confirm(
    actor: Actor,
    *,
    dispute_id: int,
    version: int,
    confirmation: str,
    requested_on: date | None = None,
    requested_jointly: bool = False,
    court: str = "",
    court_number: str = "",
    decided_on: date | None = None,
    key: str,
) -> int:
    """Judicial confirmation, asked for or decided ("": nobody asked); answers the agreement's version."""
    raise NotImplementedError
