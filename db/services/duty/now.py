"""Who is on now and who comes next, with telephone numbers; the leader on shift (R-69)."""

from dataclasses import dataclass
from datetime import datetime

import pandas as pd
from sqlalchemy.orm import Session

from db.rules.permissions import Actor, Permission
from db.services.acts import guarded

ON = ["place_id", "duty_id", "duty", "duty_en", "post_id", "post", "post_en", "where", "shift", "shift_en", "role"]
ON += ["begins_at", "ends_at", "member_id", "member", "phone", "started_at"]


@dataclass(frozen=True)
class OnNow:
    """Who serves at a moment and who comes next at each post: columns of ON; an open place has no member."""

    at: datetime
    on: pd.DataFrame
    next: pd.DataFrame


@guarded(Permission.DUTY_READ)
def on_now(actor: Actor) -> OnNow:
    """Who is on in every duty in use, duties that answer for the whole office first."""
    raise NotImplementedError


def leader_on_shift(session: Session, moment: datetime) -> int | None:
    """Who leads the responsible duty at a moment and so is first responsible (R-69); nobody while nobody does."""
    raise NotImplementedError
