"""Publishing a rota as a numbered version, and changes on top of it with who and why."""

from collections.abc import Mapping

from sqlalchemy.orm import Session

from db.models import Rota, RotaChange, RotaPlace
from db.rules.duty.breaking import Break
from db.rules.permissions import Actor, Permission
from db.services.acts import guarded


@guarded(Permission.DUTY_PUBLISH)
def publish(actor: Actor, *, rota_id: int, version: int, key: str) -> int:
    """Publish a draft; answers its number. Open places are listed in its note, broken rules refused."""
    raise NotImplementedError


@guarded(Permission.DUTY_PLAN)
def override(
    actor: Actor, *, rota_id: int, place_id: int, version: int, member_id: int | None, reason: str, key: str
) -> int:
    """Put somebody else on a place of a published rota, or leave it open (None); answers the id of the change."""
    raise NotImplementedError


def newly_broken(session: Session, rota: Rota, changes: Mapping[int, int | None]) -> tuple[Break, ...]:
    """The rules a published rota would newly break if these places changed hands (swaps, re-planning)."""
    raise NotImplementedError


def change_hands(
    session: Session,
    actor: Actor,
    place: RotaPlace,
    member_id: int | None,
    *,
    kind: str,
    reason: str = "",
    swap_id: int | None = None,
) -> RotaChange:
    """Write who serves from now on and the change that says so, inside the caller's transaction; checks nothing."""
    raise NotImplementedError
