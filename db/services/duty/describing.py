"""Duties: described, looked at, retired and put back; what one of them should look at."""

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from db.rules.permissions import Actor, Permission
from db.rules.problems import Problem
from db.services.acts import guarded

DUTIES = ["id", "version", "name", "name_en", "source", "unit_id", "unit", "unit_en", "responsible", "active"]
DUTIES += ["posts", "shifts", "needs", "members", "may_plan"]
POSTS = ["id", "version", "name", "name_en", "place", "position", "active"]
SHIFTS = ["id", "version", "name", "name_en", "mark", "begins", "minutes", "rest_after", "night", "position", "active"]
NEEDS = ["id", "version", "post_id", "shift_id", "role", "count", "days", "weekday", "on_holiday", "skill"]
NEEDS += ["skill_least", "period_id", "from_on", "until_on", "active"]
PERIODS = ["id", "version", "name", "from_on", "until_on", "reserves", "active"]


@dataclass(frozen=True)
class DutyView:
    """A duty with its parts: frames of POSTS, SHIFTS, NEEDS and PERIODS, retired ones too (see `active`)."""

    id: int
    version: int
    name: str
    name_en: str
    source: str
    unit_id: int | None
    responsible: bool
    active: bool
    rules: Mapping[str, int | None]
    posts: pd.DataFrame
    shifts: pd.DataFrame
    needs: pd.DataFrame
    periods: pd.DataFrame
    may_plan: bool
    may_manage: bool


@guarded(Permission.DUTY_READ)
def duties(actor: Actor, *, retired: bool = False) -> pd.DataFrame:
    """Duties in the order they were entered: columns of DUTIES."""
    raise NotImplementedError


@guarded(Permission.DUTY_READ)
def duty_names(actor: Actor, *, plannable: bool = False) -> dict[int, str]:
    """Duties in use, to choose from: id to name; only those the actor plans when asked."""
    raise NotImplementedError


@guarded(Permission.DUTY_READ)
def duty_view(actor: Actor, *, duty_id: int) -> DutyView:
    """One duty with all its parts; raises NotThere."""
    raise NotImplementedError


@guarded(Permission.DUTY_READ)
def warnings_of(actor: Actor, *, duty_id: int) -> tuple[Problem, ...]:
    """What the duty should look at before a rota is made; nothing of it stops anybody."""
    raise NotImplementedError


@guarded(Permission.DUTY_MANAGE)
def add_duty(
    actor: Actor,
    *,
    name: str,
    name_en: str = "",
    source: str = "",
    unit_id: int | None = None,
    responsible: bool = False,
    least_rest: int | None = 0,
    most_days_running: int | None = None,
    most_nights_running: int | None = None,
    window_days: int | None = None,
    window_most: int | None = None,
    most_weekends: int | None = None,
    key: str,
) -> int:
    """A new duty; answers its id."""
    raise NotImplementedError


@guarded(Permission.DUTY_MANAGE)
def edit_duty(
    actor: Actor,
    *,
    duty_id: int,
    version: int,
    name: str,
    name_en: str = "",
    source: str = "",
    unit_id: int | None = None,
    responsible: bool = False,
    least_rest: int | None = 0,
    most_days_running: int | None = None,
    most_nights_running: int | None = None,
    window_days: int | None = None,
    window_most: int | None = None,
    most_weekends: int | None = None,
    key: str,
) -> int:
    """Correct a duty and its rules; answers its new version."""
    raise NotImplementedError


@guarded(Permission.DUTY_MANAGE)
def retire_duty(actor: Actor, *, duty_id: int, version: int, key: str) -> int:
    """Take a duty out of use; answers its new version."""
    raise NotImplementedError


@guarded(Permission.DUTY_MANAGE)
def restore_duty(actor: Actor, *, duty_id: int, version: int, key: str) -> int:
    """Put a duty back into use; answers its new version."""
    raise NotImplementedError
