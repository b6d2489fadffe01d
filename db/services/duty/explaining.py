"""Why places stay open: for everybody the rule that keeps them out, and the smallest set of changes that would help."""

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from db.rules.permissions import Actor, Permission
from db.rules.problems import Problem
from db.services.acts import guarded

OPEN = ["place_id", "on_day", "post_id", "post", "shift_id", "shift", "role"]
REASONS = ["place_id", "on_day", "member_id", "member", "rules", "sentences"]


@dataclass(frozen=True)
class Explanation:
    """`open`: columns of OPEN; `reasons`: columns of REASONS, one row for each open place and member of its role,
    `rules` a tuple of names, `sentences` a tuple of Problem; `help`: the smallest set of changes found, a sentence
    each; `proven`: whether fewer are known to be impossible; `ways`: other single changes and what they would fill."""

    open: pd.DataFrame
    reasons: pd.DataFrame
    help: Sequence[Problem]
    proven: bool
    ways: Sequence[Problem]


@guarded(Permission.DUTY_PLAN)
def explain(actor: Actor, *, rota_id: int) -> Explanation:
    """Every open place of a rota and what would help."""
    raise NotImplementedError
