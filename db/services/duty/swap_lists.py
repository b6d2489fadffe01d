"""Swaps as a list with what each person may do next, and who could take a place."""

import pandas as pd

from db.rules.permissions import Actor, Permission
from db.services.acts import guarded

SWAPS = ["id", "version", "state", "urgent", "duty_id", "duty", "place_id", "on_day", "begins_at", "ends_at", "post"]
SWAPS += ["shift", "role", "asked_by_id", "asked_by", "taker_id", "taker", "return_place_id", "return_day"]
SWAPS += ["return_shift", "reason", "asked_at", "taken_at", "decided_at", "decided_by", "decision", "steps", "takers"]
TAKERS = ["member_id", "member", "reserve", "total", "fits", "why"]


@guarded(Permission.DUTY_READ)
def swaps(actor: Actor, *, duty_id: int | None = None, live: bool = True) -> pd.DataFrame:
    """Swaps one has to do with (asked, named for, could take, plans or decides), newest first: columns of SWAPS.

    `steps` is a tuple of the steps open to this actor (db.rules.duty.swapping.Step), `takers` the members of the
    actor who could take it, id to name. Reasons and decisions are "" for everybody but asker, taker and planners.
    """
    raise NotImplementedError


@guarded(Permission.DUTY_SERVE)
def propose(actor: Actor, *, place_id: int) -> pd.DataFrame:
    """Who has the role of a place, those who fit first, then those with the fewest shifts: columns of TAKERS.

    `why` is a tuple of Problem, empty for who fits. For whose place it is, and for who plans the duty.
    """
    raise NotImplementedError
