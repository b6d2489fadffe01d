"""Re-planning a published rota after leave or sick calls: as few changes as possible, seen before they are taken."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import pandas as pd

from db.rules.permissions import Actor, Permission
from db.services.acts import guarded
from db.services.records import Saved

SECONDS = 20
CHANGES = ["place_id", "version", "on_day", "post_id", "post", "shift_id", "shift", "role"]
CHANGES += ["was_id", "was", "becomes_id", "becomes"]


@dataclass(frozen=True)
class Replan:
    """What would change: columns of CHANGES (nobody: None and ""), open places afterwards, whether fewer changes are
    known to be impossible."""

    rota_id: int
    from_on: date
    changes: pd.DataFrame
    open: int
    proven: bool


@guarded(Permission.DUTY_PLAN)
def replan(actor: Actor, *, rota_id: int, from_on: date | None, seconds: int = SECONDS) -> Replan:
    """The fewest changes from a day on that mend what leave broke; writes nothing, waits at most `seconds`."""
    raise NotImplementedError


@guarded(Permission.DUTY_PLAN)
def take_replan(
    actor: Actor, *, rota_id: int, rows: Mapping[int, tuple[int, int | None]], reason: str, key: str
) -> Saved:
    """Make the changes that were shown: place id to (version seen, member id or None). All of them or none."""
    raise NotImplementedError
