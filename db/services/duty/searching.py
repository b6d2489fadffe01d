"""Searches for a rota, each in a process of its own: asked for, watched, stopped, and what they found taken."""

from collections.abc import Sequence
from dataclasses import dataclass

from db.rules.permissions import Actor, Permission
from db.rules.problems import Problem
from db.services.acts import guarded
from db.services.records import Saved

SECONDS = 60


@dataclass(frozen=True)
class Progress:
    """How far the latest search of a rota is.

    `state`: waiting (others are searching), running, done (over), stopped (by somebody), failed (it ended by itself;
    the best it had is kept). `elapsed` seconds of `seconds`; `open` places in the best so far (None: nothing yet);
    `found`: when something better was found: seconds, cost and open places; `proven`: nothing better exists; `note`:
    a sentence about waiting or failing; `may_take`: over, with a result that wasn't taken yet.
    """

    search_id: int
    state: str
    seconds: int
    elapsed: float
    open: int | None
    found: Sequence[tuple[float, int, int]]
    proven: bool
    note: Problem | None
    taken: bool
    may_take: bool


@guarded(Permission.DUTY_PLAN)
def ask(actor: Actor, *, rota_id: int, seconds: int | None = SECONDS, seed: int | None = None, key: str) -> int:
    """Begin a search for a draft in a process of its own; answers its id. `seed` None: the rota's own."""
    raise NotImplementedError


@guarded(Permission.DUTY_PLAN)
def progress(actor: Actor, *, rota_id: int) -> Progress | None:
    """How far the latest search of a rota is; None when there never was one."""
    raise NotImplementedError


@guarded(Permission.DUTY_PLAN)
def stop(actor: Actor, *, search_id: int) -> None:
    """End a search; the best it found is kept to be taken."""
    raise NotImplementedError


@guarded(Permission.DUTY_PLAN)
def take(actor: Actor, *, search_id: int, replace: bool = False, key: str) -> Saved:
    """Put what was found into the draft; fixed places stay.

    Raises Changed when places were changed by hand since the search began, unless `replace`.
    """
    raise NotImplementedError
