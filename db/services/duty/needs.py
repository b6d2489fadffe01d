"""What a duty needs: how many of which role on which days, and its special duty periods."""

from datetime import date

from db.rules.permissions import Actor, Permission
from db.services.acts import guarded


@guarded(Permission.DUTY_MANAGE)
def add_need(
    actor: Actor,
    *,
    duty_id: int,
    post_id: int | None,
    shift_id: int | None,
    role: str | None,
    count: int | None = 1,
    days: str = "every",
    weekday: int | None = None,
    on_holiday: str = "keep",
    skill: str | None = "",
    skill_least: int | None = 0,
    period_id: int | None = None,
    from_on: date | None = None,
    until_on: date | None = None,
    key: str,
) -> int:
    """A new need; answers its id."""
    raise NotImplementedError


@guarded(Permission.DUTY_MANAGE)
def edit_need(
    actor: Actor,
    *,
    need_id: int,
    version: int,
    post_id: int | None,
    shift_id: int | None,
    role: str | None,
    count: int | None = 1,
    days: str = "every",
    weekday: int | None = None,
    on_holiday: str = "keep",
    skill: str | None = "",
    skill_least: int | None = 0,
    period_id: int | None = None,
    from_on: date | None = None,
    until_on: date | None = None,
    key: str,
) -> int:
    """Correct a need; answers its new version."""
    raise NotImplementedError


@guarded(Permission.DUTY_MANAGE)
def retire_need(actor: Actor, *, need_id: int, version: int, key: str) -> int:
    """Take a need out of use; answers its new version."""
    raise NotImplementedError


@guarded(Permission.DUTY_MANAGE)
def restore_need(actor: Actor, *, need_id: int, version: int, key: str) -> int:
    """Put a need back into use; answers its new version."""
    raise NotImplementedError


@guarded(Permission.DUTY_MANAGE)
def add_period(
    actor: Actor,
    *,
    duty_id: int,
    name: str,
    from_on: date | None,
    until_on: date | None,
    reserves: bool = True,
    key: str,
) -> int:
    """A new special duty period; answers its id."""
    raise NotImplementedError


@guarded(Permission.DUTY_MANAGE)
def edit_period(
    actor: Actor,
    *,
    period_id: int,
    version: int,
    name: str,
    from_on: date | None,
    until_on: date | None,
    reserves: bool = True,
    key: str,
) -> int:
    """Correct a special duty period; answers its new version."""
    raise NotImplementedError


@guarded(Permission.DUTY_MANAGE)
def retire_period(actor: Actor, *, period_id: int, version: int, key: str) -> int:
    """Take a period out of use; answers its new version."""
    raise NotImplementedError


@guarded(Permission.DUTY_MANAGE)
def restore_period(actor: Actor, *, period_id: int, version: int, key: str) -> int:
    """Put a period back into use; answers its new version."""
    raise NotImplementedError
