"""Swaps of published places: asked, taken by a colleague, decided by the director (R-51); taken over at once."""

from db.rules.permissions import Actor, Permission
from db.services.acts import guarded


@guarded(Permission.DUTY_SERVE)
def ask_swap(
    actor: Actor,
    *,
    place_id: int,
    version: int,
    reason: str,
    taker_id: int | None = None,
    return_place_id: int | None = None,
    key: str,
) -> int:
    """Ask for leave from one's place: of everybody of its role, or of a named colleague, whose place one may take
    in return. `version` is the place's. Answers the swap's id."""
    raise NotImplementedError


@guarded(Permission.DUTY_SERVE)
def name_taker(
    actor: Actor, *, swap_id: int, version: int, taker_id: int, return_place_id: int | None = None, key: str
) -> int:
    """Name a colleague, or another one, for a swap nobody has taken; answers its new version."""
    raise NotImplementedError


@guarded(Permission.DUTY_SERVE)
def take_swap(actor: Actor, *, swap_id: int, version: int, taker_id: int, key: str) -> int:
    """Take a swap as the member `taker_id`, oneself or somebody without an account one speaks for; the director
    decides next. Answers its new version."""
    raise NotImplementedError


@guarded(Permission.DUTY_SERVE)
def decline(actor: Actor, *, swap_id: int, version: int, key: str) -> int:
    """The named colleague, or who took it, steps back; the swap is asked of everybody again. Answers its version."""
    raise NotImplementedError


@guarded(Permission.DUTY_SERVE)
def withdraw(actor: Actor, *, swap_id: int, version: int, reason: str, key: str) -> int:
    """Who asked takes the question back, with a reason; answers the new version."""
    raise NotImplementedError


@guarded(Permission.DUTY_PUBLISH)
def approve(actor: Actor, *, swap_id: int, version: int, words: str = "", key: str) -> int:
    """The director approves: the places change hands; answers the new version."""
    raise NotImplementedError


@guarded(Permission.DUTY_PUBLISH)
def refuse(actor: Actor, *, swap_id: int, version: int, reason: str, key: str) -> int:
    """The director refuses, with a reason; a shift taken over is refused when it is over, and stays as it was served.
    Answers the new version."""
    raise NotImplementedError


@guarded(Permission.DUTY_SERVE)
def take_over_now(actor: Actor, *, place_id: int, version: int, taker_id: int, reason: str, key: str) -> int:
    """Somebody takes a place over at once, approved afterwards: the taker, who plans the duty, or the leader or deputy
    on shift says so. `version` is the place's. Answers the swap's id."""
    raise NotImplementedError


@guarded(Permission.DUTY_PUBLISH)
def undo(actor: Actor, *, swap_id: int, version: int, reason: str, key: str) -> int:
    """The director puts a place taken over back, while its shift lasts, with a reason; answers the new version."""
    raise NotImplementedError
