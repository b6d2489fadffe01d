"""Leave, unavailable days and wishes of members."""

from datetime import date

import pandas as pd

from db.rules.permissions import Actor, Permission
from db.services.acts import guarded

ABSENCES = ["id", "version", "member_id", "member", "kind", "from_on", "until_on", "shift_id", "weight", "reason"]


@guarded(Permission.DUTY_READ)
def absences(actor: Actor, *, duty_id: int, from_on: date, until_on: date) -> pd.DataFrame:
    """Absences touching these days; the reason only for who plans the duty and for the member: columns of ABSENCES."""
    raise NotImplementedError


@guarded(Permission.DUTY_PLAN)
def add_absence(
    actor: Actor,
    *,
    member_id: int,
    kind: str | None,
    from_on: date | None,
    until_on: date | None = None,
    shift_id: int | None = None,
    weight: int | None = 1,
    reason: str = "",
    key: str,
) -> int:
    """Leave, unavailable days or a wish of a member; one day when `until_on` is None. Answers its id."""
    raise NotImplementedError


@guarded(Permission.DUTY_PLAN)
def remove_absence(actor: Actor, *, absence_id: int, version: int, key: str) -> int:
    """Take an absence back; answers its new version."""
    raise NotImplementedError


@guarded(Permission.DUTY_SERVE)
def add_wish(
    actor: Actor,
    *,
    member_id: int,
    kind: str | None,
    from_on: date | None,
    until_on: date | None = None,
    shift_id: int | None = None,
    weight: int | None = 1,
    reason: str = "",
    key: str,
) -> int:
    """A wish (avoid, want) of the actor as a member; answers its id."""
    raise NotImplementedError


@guarded(Permission.DUTY_SERVE)
def remove_wish(actor: Actor, *, absence_id: int, version: int, key: str) -> int:
    """Take an own wish back; answers its new version."""
    raise NotImplementedError
