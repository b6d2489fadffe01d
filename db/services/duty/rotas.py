"""Rotas: drawn up with every place open, listed, and looked at with rules, counts and score."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

import pandas as pd

from db.rules.duty.breaking import Break
from db.rules.duty.counts import Score
from db.rules.permissions import Actor, Permission
from db.services.acts import guarded

ROTAS = ["id", "version", "duty_id", "duty", "duty_en", "title", "from_on", "until_on", "state", "number"]
ROTAS += ["provisional", "places", "open", "changes", "made_at", "published_at"]
PLACES = ["id", "version", "on_day", "post_id", "shift_id", "role", "place", "member_id", "published_id", "fixed"]
PLACES += ["begins_at", "ends_at", "mark", "moved_from"]
MEMBERS = ["id", "name", "roles", "skills", "posts", "team", "share", "reserve", "person_id", "active"]
ABSENCES = ["id", "member_id", "kind", "from_on", "until_on", "shift_id", "weight"]
DAYS = ["day", "kind", "name", "period", "known"]
COUNTS = ["member_id", "member", "group", "share", "total", "nights", "weekends", "festivals"]
COUNTS += ["ever_total", "ever_nights", "ever_weekends", "ever_festivals"]
COUNTS += ["over_total", "over_nights", "over_weekends", "over_festivals"]
CHANGES = ["id", "place_id", "on_day", "post_id", "shift_id", "role", "kind", "was_id", "was", "becomes_id", "becomes"]
CHANGES += ["swap_id", "reason", "person", "at"]


@dataclass(frozen=True)
class RotaView:
    """A rota as its screen shows it.

    Frames: `places` (PLACES; member_id is who serves now, published_id who was published), `members` (MEMBERS),
    `absences` (ABSENCES; only one's own for who doesn't plan), `days` (DAYS; kind is a DayKind, `period` the names of
    special periods, `known` false without an official calendar), `counts` (COUNTS: this period, ever, and over the
    fair share), `changes` (CHANGES, newest first). `posts`, `shifts` and `marks` are names by id.
    """

    id: int
    version: int
    duty_id: int
    duty: str
    duty_en: str
    title: str
    from_on: date
    until_on: date
    state: str
    number: int | None
    note: str
    provisional: bool
    seed: int
    made_at: datetime
    published_at: datetime | None
    published_by: str
    posts: Mapping[int, str]
    shifts: Mapping[int, str]
    marks: Mapping[int, str]
    places: pd.DataFrame
    members: pd.DataFrame
    absences: pd.DataFrame
    days: pd.DataFrame
    breaks: tuple[Break, ...]
    counts: pd.DataFrame
    score: Score
    changes: pd.DataFrame
    may_plan: bool
    may_publish: bool


@guarded(Permission.DUTY_READ)
def rotas(actor: Actor, *, duty_id: int | None = None) -> pd.DataFrame:
    """Published rotas, and drafts of duties the actor plans, newest period first: columns of ROTAS."""
    raise NotImplementedError


@guarded(Permission.DUTY_READ)
def rota_view(actor: Actor, *, rota_id: int) -> RotaView:
    """One rota with all that is shown of it; raises NotThere."""
    raise NotImplementedError


@guarded(Permission.DUTY_PLAN)
def new_rota(
    actor: Actor, *, duty_id: int, from_on: date | None, until_on: date | None, title: str = "", key: str
) -> int:
    """A draft with every place the duty needs, all open; answers its id.

    Its view says `provisional` when a year has no official calendar yet.
    """
    raise NotImplementedError


@guarded(Permission.DUTY_PLAN)
def discard(actor: Actor, *, rota_id: int, version: int, key: str) -> int:
    """Throw a draft away; answers the id it had."""
    raise NotImplementedError
