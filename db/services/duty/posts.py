"""Posts and kinds of shift of a duty: added, corrected, retired and put back."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.engine import transaction
from db.models import DutyNeed, DutyPost, DutyShift
from db.rules.duty.describing import check_post, check_shift
from db.rules.permissions import Actor, Permission
from db.rules.problems import Check
from db.services.acts import earlier, guarded
from db.services.duty import scope
from db.services.duty.needs import must_need_nothing, must_stay_apart
from db.services.duty.rows import added, changed, own

MANAGE = Permission.DUTY_MANAGE


@guarded(Permission.DUTY_MANAGE)
def add_post(
    actor: Actor, *, duty_id: int, name: str, name_en: str = "", place: str = "", position: int | None = 0, key: str
) -> int:
    """A new post; answers its id."""
    values = _post(name, name_en, place, position)
    with transaction(actor) as session:
        if (done := earlier(session, key)) is not None:
            return int(done)
        scope.in_use(session, actor, duty_id, MANAGE)
        post = DutyPost(duty_id=duty_id)
        _check_post(session, post, values)
        return added(session, actor, post, values, key, "duty.add_post")


@guarded(Permission.DUTY_MANAGE)
def edit_post(
    actor: Actor,
    *,
    post_id: int,
    version: int,
    name: str,
    name_en: str = "",
    place: str = "",
    position: int | None = 0,
    key: str,
) -> int:
    """Correct a post; answers its new version."""
    values = _post(name, name_en, place, position)
    with transaction(actor) as session:
        if (done := earlier(session, key)) is not None:
            return int(done)
        post = own(session, actor, DutyPost, post_id, version, values, MANAGE)
        _check_post(session, post, values)
        return changed(session, actor, post, values, key, "duty.edit_post")


@guarded(Permission.DUTY_MANAGE)
def retire_post(actor: Actor, *, post_id: int, version: int, key: str) -> int:
    """Take a post out of use, its needs before; answers its new version."""
    with transaction(actor) as session:
        if (done := earlier(session, key)) is not None:
            return int(done)
        post = own(session, actor, DutyPost, post_id, version, {"active": False}, MANAGE)
        must_need_nothing(session, DutyNeed.post_id == post_id)
        return changed(session, actor, post, {"active": False}, key, "duty.retire_post")


@guarded(Permission.DUTY_MANAGE)
def restore_post(actor: Actor, *, post_id: int, version: int, key: str) -> int:
    """Put a post back into use; answers its new version."""
    with transaction(actor) as session:
        if (done := earlier(session, key)) is not None:
            return int(done)
        post = own(session, actor, DutyPost, post_id, version, {"active": True}, MANAGE)
        return changed(session, actor, post, {"active": True}, key, "duty.restore_post")


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
    position: int | None = 0,
    key: str,
) -> int:
    """A new kind of shift, `begins` in minutes from midnight, lengths in minutes; answers its id."""
    values = _shift(name, name_en, mark, begins, minutes, rest_after, night, position)
    with transaction(actor) as session:
        if (done := earlier(session, key)) is not None:
            return int(done)
        scope.in_use(session, actor, duty_id, MANAGE)
        shift = DutyShift(duty_id=duty_id)
        _check_shift(session, shift, values)
        return added(session, actor, shift, values, key, "duty.add_shift")


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
    position: int | None = 0,
    key: str,
) -> int:
    """Correct a kind of shift; rotas made before keep their times. Answers its new version."""
    values = _shift(name, name_en, mark, begins, minutes, rest_after, night, position)
    with transaction(actor) as session:
        if (done := earlier(session, key)) is not None:
            return int(done)
        shift = own(session, actor, DutyShift, shift_id, version, values, MANAGE)
        _check_shift(session, shift, values)
        answer = changed(session, actor, shift, values, key, "duty.edit_shift")
        must_stay_apart(session, shift.duty_id, "begins", DutyNeed.shift_id == shift_id)
        return answer


@guarded(Permission.DUTY_MANAGE)
def retire_shift(actor: Actor, *, shift_id: int, version: int, key: str) -> int:
    """Take a kind of shift out of use, its needs before; answers its new version."""
    with transaction(actor) as session:
        if (done := earlier(session, key)) is not None:
            return int(done)
        shift = own(session, actor, DutyShift, shift_id, version, {"active": False}, MANAGE)
        must_need_nothing(session, DutyNeed.shift_id == shift_id)
        return changed(session, actor, shift, {"active": False}, key, "duty.retire_shift")


@guarded(Permission.DUTY_MANAGE)
def restore_shift(actor: Actor, *, shift_id: int, version: int, key: str) -> int:
    """Put a kind of shift back into use; answers its new version."""
    with transaction(actor) as session:
        if (done := earlier(session, key)) is not None:
            return int(done)
        shift = own(session, actor, DutyShift, shift_id, version, {"active": True}, MANAGE)
        return changed(session, actor, shift, {"active": True}, key, "duty.restore_shift")


def _post(name: str, name_en: str, place: str, position: int | None) -> dict[str, Any]:
    return {"name": name.strip(), "name_en": name_en.strip(), "place": place.strip(), "position": position}


def _shift(
    name: str,
    name_en: str,
    mark: str,
    begins: int | None,
    minutes: int | None,
    rest_after: int | None,
    night: bool,
    position: int | None,
) -> dict[str, Any]:
    words = {"name": name.strip(), "name_en": name_en.strip(), "mark": mark.strip(), "night": night}
    return words | {"begins": begins, "minutes": minutes, "rest_after": rest_after, "position": position}


def _check_post(session: Session, post: DutyPost, values: Mapping[str, Any]) -> None:
    check = Check()
    check_post(check, **values)
    _check_name(session, check, post, values)
    check.done()


def _check_shift(session: Session, shift: DutyShift, values: Mapping[str, Any]) -> None:
    check = Check()
    check_shift(check, **{name: value for name, value in values.items() if name != "night"})
    _check_name(session, check, shift, values)
    check.done()


def _check_name(session: Session, check: Check, row: DutyPost | DutyShift, values: Mapping[str, Any]) -> None:
    """A duty names each post and each shift once."""
    kind = type(row)
    same = select(kind.id).where(kind.duty_id == row.duty_id, kind.name == values["name"], kind.id != (row.id or 0))
    taken = session.scalar(same) is not None
    check.that(not taken, "name", "This duty has this name already, perhaps for a retired entry.")
