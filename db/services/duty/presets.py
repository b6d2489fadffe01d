"""Duties to begin with (db/presets/duties.toml), each naming its rule."""



from db.rules.permissions import Actor, Permission
from db.services.acts import guarded


@guarded(Permission.DUTY_MANAGE)
def duty_presets(actor: Actor) -> dict[str, str]:
    """The duties to choose from: code to name."""
    raise NotImplementedError


@guarded(Permission.DUTY_MANAGE)
def load_duty_preset(actor: Actor, *, preset: str, unit_id: int | None = None, key: str) -> int:
    """A new duty with posts, shifts and needs of a preset; answers its id."""
    raise NotImplementedError
