"""Posts and kinds of shift of a duty: added, corrected, retired and put back."""



from db.rules.permissions import Actor, Permission
from db.services.acts import guarded


@guarded(Permission.DUTY_MANAGE)
def add_post(
    actor: Actor, *, duty_id: int, name: str, name_en: str = "", place: str = "", position: int = 0, key: str
) -> int:
    """A new post; answers its id."""
    raise NotImplementedError


@guarded(Permission.DUTY_MANAGE)
def edit_post(
    actor: Actor,
    *,
    post_id: int,
    version: int,
    name: str,
    name_en: str = "",
    place: str = "",
    position: int = 0,
    key: str,
) -> int:
    """Correct a post; answers its new version."""
    raise NotImplementedError


@guarded(Permission.DUTY_MANAGE)
def retire_post(actor: Actor, *, post_id: int, version: int, key: str) -> int:
    """Take a post out of use; answers its new version."""
    raise NotImplementedError


@guarded(Permission.DUTY_MANAGE)
def restore_post(actor: Actor, *, post_id: int, version: int, key: str) -> int:
    """Put a post back into use; answers its new version."""
    raise NotImplementedError


@guarded(Permission.DUTY_MANAGE)
def add_shift(
    actor: Actor,
    *,
    duty_id: int,
    name: str,
    name_en: str = "",
    mark: str = "",
    begins: int | None,
    minutes: int | None,
    rest_after: int | None = 0,
    night: bool = False,
    position: int = 0,
    key: str,
) -> int:
    """A new kind of shift, `begins` and lengths in minutes; answers its id."""
    raise NotImplementedError


@guarded(Permission.DUTY_MANAGE)
def edit_shift(
    actor: Actor,
    *,
    shift_id: int,
    version: int,
    name: str,
    name_en: str = "",
    mark: str = "",
    begins: int | None,
    minutes: int | None,
    rest_after: int | None = 0,
    night: bool = False,
    position: int = 0,
    key: str,
) -> int:
    """Correct a kind of shift; answers its new version."""
    raise NotImplementedError


@guarded(Permission.DUTY_MANAGE)
def retire_shift(actor: Actor, *, shift_id: int, version: int, key: str) -> int:
    """Take a shift out of use; answers its new version."""
    raise NotImplementedError


@guarded(Permission.DUTY_MANAGE)
def restore_shift(actor: Actor, *, shift_id: int, version: int, key: str) -> int:
    """Put a shift back into use; answers its new version."""
    raise NotImplementedError
