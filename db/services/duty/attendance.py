"""Start and end of shifts as they were marked (R-55), with the uniform check (R-66); what is missing is listed."""

from datetime import date

import pandas as pd

from db.rules.permissions import Actor, Permission
from db.services.acts import guarded

SHIFTS = ["place_id", "version", "duty_id", "duty", "on_day", "post_id", "post", "shift_id", "shift", "role"]
SHIFTS += ["begins_at", "ends_at", "member_id", "member", "started_at", "ended_at", "uniform", "note"]
SHIFTS += ["start_late", "end_early", "swap_id", "swap_state", "may_start", "may_end"]
GAPS = ["what", "place_id", "on_day", "post_id", "post", "shift_id", "shift", "role", "member_id", "member", "at"]


@guarded(Permission.DUTY_SERVE)
def my_shifts(actor: Actor, *, from_on: date, until_on: date) -> pd.DataFrame:
    """One's own published shifts in these days, of every duty, with their marks: columns of SHIFTS.

    `start_late` and `end_early` are minutes, negative the other way round, missing without a mark.
    """
    raise NotImplementedError


@guarded(Permission.DUTY_SERVE)
def to_mark(actor: Actor) -> pd.DataFrame:
    """Shifts now, or near enough to be marked, of members without an account one speaks for: columns of SHIFTS."""
    raise NotImplementedError


@guarded(Permission.DUTY_SERVE)
def start_shift(actor: Actor, *, place_id: int, version: int, uniform: bool | None, note: str = "", key: str) -> int:
    """Mark the start of a shift at this moment, early or late as it is. Answers the mark's id.

    By the member's own account, or by the leader or deputy on shift for somebody without one. `uniform` None: none is
    worn at this post. `version` is the place's.
    """
    raise NotImplementedError


@guarded(Permission.DUTY_SERVE)
def end_shift(actor: Actor, *, place_id: int, version: int, note: str = "", key: str) -> int:
    """Mark the end of a shift at this moment; a start that was not marked stays missing. Answers the mark's id."""
    raise NotImplementedError


@guarded(Permission.DUTY_READ)
def gaps(actor: Actor, *, duty_id: int, from_on: date, until_on: date) -> pd.DataFrame:
    """What is missing of shifts that have begun: columns of GAPS, `what` a db.rules.duty.attending.Gap.

    Every member's for who plans or describes the duty and for its leader or deputy on shift, else one's own.
    """
    raise NotImplementedError
