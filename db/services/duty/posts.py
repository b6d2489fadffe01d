"""Posts and kinds of shift of a duty: added, corrected, retired and put back."""

from typing import Any, Required, TypedDict, Unpack

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.models import DutyNeed, DutyPost, DutyShift
from db.rules.duty.describing import check_post, check_shift
from db.rules.permissions import Actor, Permission
from db.rules.problems import Check
from db.services.acts import guarded
from db.services.duty.needs import must_stay_apart, unneeded
from db.services.duty.rows import Act, Values, new, save, standing


class PostValues(TypedDict, total=False):
    """What is said of a post; `position` is its place in lists."""

    name: Required[str]
    name_en: str
    place: str
    position: int | None


class ShiftValues(TypedDict, total=False):
    """What is said of a kind of shift: `begins` in minutes from midnight, lengths in minutes."""

    name: Required[str]
    name_en: str
    mark: str
    mark_en: str
    begins: Required[int | None]
    minutes: Required[int | None]
    rest_after: int | None
    night: bool
    position: int | None


@guarded(Permission.DUTY_MANAGE)
def add_post(actor: Actor, *, duty_id: int, key: str, **told: Unpack[PostValues]) -> int:
    """A new post; answers its id."""
    return save(Act(actor, key, "duty.add_post"), new(DutyPost, duty_id), _post(**told), _checked_post)


@guarded(Permission.DUTY_MANAGE)
def edit_post(actor: Actor, *, post_id: int, version: int, key: str, **told: Unpack[PostValues]) -> int:
    """Correct a post; answers its new version."""
    act = Act(actor, key, "duty.edit_post")
    return save(act, standing(DutyPost, post_id, version), _post(**told), _checked_post)


@guarded(Permission.DUTY_MANAGE)
def retire_post(actor: Actor, *, post_id: int, version: int, key: str) -> int:
    """Take a post out of use, its needs before; answers its new version."""
    act = Act(actor, key, "duty.retire_post")
    return save(act, standing(DutyPost, post_id, version), {"active": False}, unneeded(DutyNeed.post_id))


@guarded(Permission.DUTY_MANAGE)
def restore_post(actor: Actor, *, post_id: int, version: int, key: str) -> int:
    """Put a post back into use; answers its new version."""
    return save(Act(actor, key, "duty.restore_post"), standing(DutyPost, post_id, version), {"active": True})


@guarded(Permission.DUTY_MANAGE)
def add_shift(actor: Actor, *, duty_id: int, key: str, **told: Unpack[ShiftValues]) -> int:
    """A new kind of shift; answers its id."""
    return save(Act(actor, key, "duty.add_shift"), new(DutyShift, duty_id), _shift(**told), _checked_shift)


@guarded(Permission.DUTY_MANAGE)
def edit_shift(actor: Actor, *, shift_id: int, version: int, key: str, **told: Unpack[ShiftValues]) -> int:
    """Correct a kind of shift; rotas made before keep their times. Answers its new version."""
    act = Act(actor, key, "duty.edit_shift")
    return save(act, standing(DutyShift, shift_id, version), _shift(**told), _checked_shift, _keeps_apart)


@guarded(Permission.DUTY_MANAGE)
def retire_shift(actor: Actor, *, shift_id: int, version: int, key: str) -> int:
    """Take a kind of shift out of use, its needs before; answers its new version."""
    act = Act(actor, key, "duty.retire_shift")
    return save(act, standing(DutyShift, shift_id, version), {"active": False}, unneeded(DutyNeed.shift_id))


@guarded(Permission.DUTY_MANAGE)
def restore_shift(actor: Actor, *, shift_id: int, version: int, key: str) -> int:
    """Put a kind of shift back into use; answers its new version."""
    return save(Act(actor, key, "duty.restore_shift"), standing(DutyShift, shift_id, version), {"active": True})


def _post(name: str, name_en: str = "", place: str = "", position: int | None = 0) -> dict[str, Any]:
    return {"name": name.strip(), "name_en": name_en.strip(), "place": place.strip(), "position": position}


def _shift(
    name: str,
    begins: int | None,
    minutes: int | None,
    name_en: str = "",
    mark: str = "",
    mark_en: str = "",
    rest_after: int | None = 0,
    night: bool = False,
    position: int | None = 0,
) -> dict[str, Any]:
    words = {"name": name.strip(), "name_en": name_en.strip(), "mark": mark.strip(), "mark_en": mark_en.strip()}
    times = {"begins": begins, "minutes": minutes, "rest_after": rest_after}
    return words | times | {"night": night, "position": position}


def _checked_post(session: Session, post: DutyPost, values: Values) -> Values:
    check = Check()
    check_post(check, **values)
    _check_name(session, check, post, values)
    check.done()
    return values


def _checked_shift(session: Session, shift: DutyShift, values: Values) -> Values:
    check = Check()
    check_shift(check, **{name: value for name, value in values.items() if name != "night"})
    _check_name(session, check, shift, values)
    check.done()
    return values


def _keeps_apart(session: Session, shift: DutyShift) -> None:
    must_stay_apart(session, shift.duty_id, "begins", DutyNeed.shift_id == shift.id)


def _check_name(session: Session, check: Check, row: DutyPost | DutyShift, values: Values) -> None:
    """A duty names each post and each shift once."""
    kind = type(row)
    same = select(kind.id).where(kind.duty_id == row.duty_id, kind.name == values["name"], kind.id != (row.id or 0))
    taken = session.scalar(same) is not None
    check.that(not taken, "name", "This duty has this name already, perhaps for a retired entry.")
