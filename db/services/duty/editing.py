"""Who serves where: drafts edited by hand, and what a placing would break before it is made."""

from collections.abc import Mapping

import pandas as pd

from db.rules.duty.breaking import Break
from db.rules.permissions import Actor, Permission
from db.services.acts import guarded
from db.services.records import Saved, Values

CANDIDATES = ["member_id", "member", "free", "breaks", "over_total"]


@guarded(Permission.DUTY_PLAN)
def put(actor: Actor, *, rota_id: int, rows: Mapping[int, tuple[int, Values]], key: str) -> Saved:
    """Put members on places of a draft: place id to (version seen, {"member_id": id or None, "fixed": yes or no}).

    What breaks a rule is saved and marked in the view; in a published rota nothing is (see publishing.override).
    """
    raise NotImplementedError


@guarded(Permission.DUTY_PLAN)
def would_break(actor: Actor, *, rota_id: int, place_id: int, member_id: int) -> tuple[Break, ...]:
    """The rules that would be broken by putting a member on a place; nothing is written."""
    raise NotImplementedError


@guarded(Permission.DUTY_PLAN)
def candidates(actor: Actor, *, rota_id: int, place_id: int) -> pd.DataFrame:
    """Everybody of the role, who breaks nothing and served least first: columns of CANDIDATES.

    `breaks` is a tuple of Break, `free` whether it is empty.
    """
    raise NotImplementedError
