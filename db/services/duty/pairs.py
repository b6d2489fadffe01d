"""Two members who must not, or should, serve together."""


import pandas as pd

from db.rules.permissions import Actor, Permission
from db.services.acts import guarded

PAIRS = ["id", "version", "first_id", "first", "second_id", "second", "kind"]


@guarded(Permission.DUTY_READ)
def pairs(actor: Actor, *, duty_id: int) -> pd.DataFrame:
    """The pairs of a duty: columns of PAIRS."""
    raise NotImplementedError


@guarded(Permission.DUTY_PLAN)
def set_pair(
    actor: Actor, *, duty_id: int, first_id: int | None, second_id: int | None, kind: str | None, key: str
) -> int:
    """Say of two members whether they serve together, in place of what was said before; answers the id."""
    raise NotImplementedError


@guarded(Permission.DUTY_PLAN)
def remove_pair(actor: Actor, *, pair_id: int, version: int, key: str) -> int:
    """Say nothing of two members any more; answers the id it had."""
    raise NotImplementedError
