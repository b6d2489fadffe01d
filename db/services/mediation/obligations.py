"""What one party owes another, one by one or in instalments, and what was done towards it (Art. 29, 31)."""

from collections.abc import Sequence
from datetime import date

from db.rules.permissions import Actor, Permission
from db.services import files as file_store
from db.services.acts import guarded


@guarded(Permission.MEDIATION_KEEP)
def add_obligation(
    actor: Actor,
    *,
    dispute_id: int,
    kind: str,
    debtor_id: int | None,
    creditor_id: int | None,
    amount: str = "",
    act: str = "",
    manner: str = "",
    place: str = "",
    due_on: date | None,
    key: str,
) -> int:
    """Somebody owes somebody an amount or an act by a day; answers its id."""
    raise NotImplementedError


@guarded(Permission.MEDIATION_KEEP)
def add_instalments(
    actor: Actor,
    *,
    dispute_id: int,
    debtor_id: int | None,
    creditor_id: int | None,
    total: str,
    count: int,
    first_due_on: date | None,
    every_months: int = 1,
    manner: str = "",
    place: str = "",
    key: str,
) -> list[int]:
    """An amount in `count` parts, one every so many months, whose sum is exact; answers their ids."""
    raise NotImplementedError


@guarded(Permission.MEDIATION_KEEP)
def edit_obligation(
    actor: Actor,
    *,
    dispute_id: int,
    obligation_id: int,
    version: int,
    kind: str,
    debtor_id: int | None,
    creditor_id: int | None,
    amount: str = "",
    act: str = "",
    manner: str = "",
    place: str = "",
    due_on: date | None,
    key: str,
) -> int:
    """Correct an obligation before the agreement is concluded; answers its new version."""
    raise NotImplementedError


@guarded(Permission.MEDIATION_KEEP)
def remove_obligation(actor: Actor, *, dispute_id: int, obligation_id: int, version: int, key: str) -> int:
    """Take an obligation out of the file; answers its new version."""
    raise NotImplementedError


@guarded(Permission.MEDIATION_KEEP)
def restore_obligation(actor: Actor, *, dispute_id: int, obligation_id: int, version: int, key: str) -> int:
    """Put a removed obligation back; answers its new version."""
    raise NotImplementedError


@guarded(Permission.MEDIATION_KEEP)
def perform(
    actor: Actor,
    *,
    dispute_id: int,
    obligation_id: int,
    version: int,
    done_on: date | None,
    amount: str = "",
    whole: bool = True,
    evidence: str = "",
    uploads: Sequence[file_store.Upload] = (),
    key: str,
) -> int:
    """Something was paid (`amount`) or done (`whole` or in part) towards an obligation; answers the row's id."""
    raise NotImplementedError


@guarded(Permission.MEDIATION_KEEP)
def remove_performance(actor: Actor, *, dispute_id: int, performance_id: int, version: int, key: str) -> int:
    """Take a performance out that was noted wrongly; answers its new version."""
    raise NotImplementedError


@guarded(Permission.MEDIATION_KEEP)
def restore_performance(actor: Actor, *, dispute_id: int, performance_id: int, version: int, key: str) -> int:
    """Put a removed performance back; answers its new version."""
    raise NotImplementedError
