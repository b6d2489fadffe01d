"""Members and their leave from an Excel sheet."""

from collections.abc import Mapping
from dataclasses import dataclass

from db.rules.permissions import Actor, Permission
from db.rules.problems import Problems
from db.services.acts import guarded


@dataclass(frozen=True)
class SheetTaken:
    """What became of a sheet: members added, changed and left as they were, leave added, problems by row."""

    added: int
    changed: int
    same: int
    leave: int
    rejected: Mapping[int, Problems]


@guarded(Permission.DUTY_PLAN)
def members_from_sheet(actor: Actor, *, duty_id: int, content: bytes, key: str) -> SheetTaken:
    """Add or correct members by name and add their leave; a row with a problem is left out and told."""
    raise NotImplementedError


@guarded(Permission.DUTY_PLAN)
def blank_sheet(actor: Actor) -> bytes:
    """An empty sheet with the columns the import knows (.xlsx)."""
    raise NotImplementedError
