"""Who serves in a duty: staff and volunteers, with or without an account, in use or retired."""

from collections.abc import Sequence
from datetime import date

import pandas as pd

from db.rules.permissions import Actor, Permission
from db.services.acts import guarded

MEMBERS = ["id", "version", "person_id", "account", "name", "phone", "roles", "skills", "posts", "team", "share"]
MEMBERS += ["reserve", "most", "from_on", "until_on", "active"]
MEMBERS += ["begin_total", "begin_nights", "begin_weekends", "begin_festivals"]


@guarded(Permission.DUTY_READ)
def members(actor: Actor, *, duty_id: int, retired: bool = False) -> pd.DataFrame:
    """Who serves, with telephone numbers in clear; roles, skills and posts are tuples: columns of MEMBERS."""
    raise NotImplementedError


@guarded(Permission.DUTY_READ)
def member_names(actor: Actor, *, duty_id: int) -> dict[int, str]:
    """Members in use, to choose from: id to name."""
    raise NotImplementedError


@guarded(Permission.DUTY_PLAN)
def account_names(actor: Actor) -> dict[int, str]:
    """Accounts a member may have, those who may serve: id to name and user name."""
    raise NotImplementedError


@guarded(Permission.DUTY_PLAN)
def add_member(
    actor: Actor,
    *,
    duty_id: int,
    name: str,
    person_id: int | None = None,
    phone: str = "",
    roles: Sequence[str] = (),
    skills: Sequence[str] = (),
    posts: Sequence[int] = (),
    team: str = "",
    share: int | None = 100,
    reserve: bool = False,
    most: int | None = None,
    from_on: date | None = None,
    until_on: date | None = None,
    begin_total: int = 0,
    begin_nights: int = 0,
    begin_weekends: int = 0,
    begin_festivals: int = 0,
    key: str,
) -> int:
    """A new member; answers the id."""
    raise NotImplementedError


@guarded(Permission.DUTY_PLAN)
def edit_member(
    actor: Actor,
    *,
    member_id: int,
    version: int,
    name: str,
    person_id: int | None = None,
    phone: str | None = None,
    roles: Sequence[str] = (),
    skills: Sequence[str] = (),
    posts: Sequence[int] = (),
    team: str = "",
    share: int | None = 100,
    reserve: bool = False,
    most: int | None = None,
    from_on: date | None = None,
    until_on: date | None = None,
    begin_total: int = 0,
    begin_nights: int = 0,
    begin_weekends: int = 0,
    begin_festivals: int = 0,
    key: str,
) -> int:
    """Correct a member; a telephone number of None stays as it is. Answers the new version."""
    raise NotImplementedError


@guarded(Permission.DUTY_PLAN)
def retire_member(actor: Actor, *, member_id: int, version: int, key: str) -> int:
    """Take a member out of use; answers the new version."""
    raise NotImplementedError


@guarded(Permission.DUTY_PLAN)
def restore_member(actor: Actor, *, member_id: int, version: int, key: str) -> int:
    """Put a retired member back into use; answers the new version."""
    raise NotImplementedError
