"""What a duty needs: how many of which role on which days, and its special duty periods."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from db.engine import transaction
from db.models import DutyNeed, DutyPeriod, DutyPost, DutyShift
from db.rules.duty.describing import Demand, check_apart, check_need, check_period
from db.rules.duty.words import Days, OnHoliday
from db.rules.permissions import Actor, Permission
from db.rules.problems import Check, Named
from db.services.acts import earlier, guarded
from db.services.duty import scope
from db.services.duty.rows import added, changed, own
from db.services.office.codes import active_codes

MANAGE = Permission.DUTY_MANAGE
PARTS = {"post_id": DutyPost, "shift_id": DutyShift, "period_id": DutyPeriod}


@guarded(Permission.DUTY_MANAGE)
def add_need(
    actor: Actor,
    *,
    duty_id: int,
    post_id: int | None,
    shift_id: int | None,
    role: str | None,
    count: int | None = 1,
    days: str = "every",
    weekday: int | None = None,
    on_holiday: str = "keep",
    skill: str | None = "",
    skill_least: int | None = 0,
    period_id: int | None = None,
    from_on: date | None = None,
    until_on: date | None = None,
    key: str,
) -> int:
    """A new need, `weekday` 0 for Monday; a special period's comes on top of the others. Answers its id."""
    values = _need(
        post_id, shift_id, role, count, days, weekday, on_holiday, skill, skill_least, period_id, from_on, until_on
    )
    with transaction(actor) as session:
        if (done := earlier(session, key)) is not None:
            return int(done)
        scope.in_use(session, actor, duty_id, MANAGE)
        need = DutyNeed(duty_id=duty_id)
        _check(session, need, values)
        answer = added(session, actor, need, values, key, "duty.add_need")
        must_stay_apart(session, duty_id, "shift_id", DutyNeed.id == need.id)
        return answer


@guarded(Permission.DUTY_MANAGE)
def edit_need(
    actor: Actor,
    *,
    need_id: int,
    version: int,
    post_id: int | None,
    shift_id: int | None,
    role: str | None,
    count: int | None = 1,
    days: str = "every",
    weekday: int | None = None,
    on_holiday: str = "keep",
    skill: str | None = "",
    skill_least: int | None = 0,
    period_id: int | None = None,
    from_on: date | None = None,
    until_on: date | None = None,
    key: str,
) -> int:
    """Correct a need; answers its new version."""
    values = _need(
        post_id, shift_id, role, count, days, weekday, on_holiday, skill, skill_least, period_id, from_on, until_on
    )
    with transaction(actor) as session:
        if (done := earlier(session, key)) is not None:
            return int(done)
        need = own(session, actor, DutyNeed, need_id, version, values, MANAGE)
        _check(session, need, values)
        answer = changed(session, actor, need, values, key, "duty.edit_need")
        must_stay_apart(session, need.duty_id, "shift_id", DutyNeed.id == need_id)
        return answer


@guarded(Permission.DUTY_MANAGE)
def retire_need(actor: Actor, *, need_id: int, version: int, key: str) -> int:
    """Take a need out of use; answers its new version."""
    with transaction(actor) as session:
        if (done := earlier(session, key)) is not None:
            return int(done)
        need = own(session, actor, DutyNeed, need_id, version, {"active": False}, MANAGE)
        return changed(session, actor, need, {"active": False}, key, "duty.retire_need")


@guarded(Permission.DUTY_MANAGE)
def restore_need(actor: Actor, *, need_id: int, version: int, key: str) -> int:
    """Put a need back into use, with its post, shift and period; answers its new version."""
    with transaction(actor) as session:
        if (done := earlier(session, key)) is not None:
            return int(done)
        need = own(session, actor, DutyNeed, need_id, version, {"active": True}, MANAGE)
        check = Check()
        _check_parts(session, check, need.duty_id, {name: getattr(need, name) for name in PARTS})
        check.done()
        answer = changed(session, actor, need, {"active": True}, key, "duty.restore_need")
        must_stay_apart(session, need.duty_id, "active", DutyNeed.id == need_id)
        return answer


@guarded(Permission.DUTY_MANAGE)
def add_period(
    actor: Actor,
    *,
    duty_id: int,
    name: str,
    from_on: date | None,
    until_on: date | None,
    reserves: bool = True,
    key: str,
) -> int:
    """A new special duty period (R-61), in which reserves may be called in; answers its id."""
    values = {"name": name.strip(), "from_on": from_on, "until_on": until_on}
    with transaction(actor) as session:
        if (done := earlier(session, key)) is not None:
            return int(done)
        scope.in_use(session, actor, duty_id, MANAGE)
        period = DutyPeriod(duty_id=duty_id)
        _check_period(session, period, values)
        return added(session, actor, period, values | {"reserves": reserves}, key, "duty.add_period")


@guarded(Permission.DUTY_MANAGE)
def edit_period(
    actor: Actor,
    *,
    period_id: int,
    version: int,
    name: str,
    from_on: date | None,
    until_on: date | None,
    reserves: bool = True,
    key: str,
) -> int:
    """Correct a special duty period; answers its new version."""
    values = {"name": name.strip(), "from_on": from_on, "until_on": until_on}
    with transaction(actor) as session:
        if (done := earlier(session, key)) is not None:
            return int(done)
        period = own(session, actor, DutyPeriod, period_id, version, values | {"reserves": reserves}, MANAGE)
        _check_period(session, period, values)
        return changed(session, actor, period, values | {"reserves": reserves}, key, "duty.edit_period")


@guarded(Permission.DUTY_MANAGE)
def retire_period(actor: Actor, *, period_id: int, version: int, key: str) -> int:
    """Take a special duty period out of use, its needs before; answers its new version."""
    with transaction(actor) as session:
        if (done := earlier(session, key)) is not None:
            return int(done)
        period = own(session, actor, DutyPeriod, period_id, version, {"active": False}, MANAGE)
        must_need_nothing(session, DutyNeed.period_id == period_id)
        return changed(session, actor, period, {"active": False}, key, "duty.retire_period")


@guarded(Permission.DUTY_MANAGE)
def restore_period(actor: Actor, *, period_id: int, version: int, key: str) -> int:
    """Put a special duty period back into use; answers its new version."""
    with transaction(actor) as session:
        if (done := earlier(session, key)) is not None:
            return int(done)
        period = own(session, actor, DutyPeriod, period_id, version, {"active": True}, MANAGE)
        return changed(session, actor, period, {"active": True}, key, "duty.restore_period")


def must_need_nothing(session: Session, which: ColumnElement[bool]) -> None:
    """Raise Problems while needs in use hang on what is being retired."""
    count = session.scalar(select(func.count()).select_from(DutyNeed).where(which, DutyNeed.active)) or 0
    check = Check()
    check.that(not count, "active", "Needs that still ask for this: {count}. Retire them first.", count=count)
    check.done()


def must_stay_apart(session: Session, duty_id: int, field: str, which: ColumnElement[bool]) -> None:
    """Raise Problems beside `field` when these needs ask a role twice at one time; as they are written now."""
    query = (
        select(DutyNeed, DutyShift, DutyPost)
        .join(DutyShift, DutyShift.id == DutyNeed.shift_id)
        .join(DutyPost, DutyPost.id == DutyNeed.post_id)
        .where(DutyNeed.duty_id == duty_id, DutyNeed.active, DutyNeed.count > 0)
        .order_by(DutyNeed.id)
    )
    demands = {need.id: _demand(need, shift, post) for need, shift, post in session.execute(query)}
    mine = set(session.scalars(select(DutyNeed.id).where(which, DutyNeed.duty_id == duty_id))) & set(demands)
    for need_id in sorted(mine):
        check = Check()
        check_apart(check, field, demands[need_id], [one for other, one in demands.items() if other != need_id])
        check.done()


def _demand(need: DutyNeed, shift: DutyShift, post: DutyPost) -> Demand:
    return Demand(
        post_id=need.post_id,
        post=Named(post.name, post.name_en),
        role=need.role,
        shift=Named(shift.name, shift.name_en),
        begins=shift.begins,
        minutes=shift.minutes,
        days=need.days,
        weekday=need.weekday,
        period_id=need.period_id,
        from_on=need.from_on,
        until_on=need.until_on,
    )


def _need(
    post_id: int | None,
    shift_id: int | None,
    role: str | None,
    count: int | None,
    days: str,
    weekday: int | None,
    on_holiday: str,
    skill: str | None,
    skill_least: int | None,
    period_id: int | None,
    from_on: date | None,
    until_on: date | None,
) -> dict[str, Any]:
    """The columns as they will be written; what belongs to another kind of days is left out."""
    weekly, special = days == Days.WEEKDAY, days == Days.SPECIAL
    return {
        "post_id": post_id,
        "shift_id": shift_id,
        "role": role or "",
        "count": count,
        "days": days,
        "weekday": weekday if weekly else None,
        "on_holiday": on_holiday if weekly else OnHoliday.KEEP.value,
        "skill": skill or "",
        "skill_least": skill_least if skill else 0,
        "period_id": period_id if special else None,
        "from_on": from_on,
        "until_on": until_on,
    }


def _check(session: Session, need: DutyNeed, values: Mapping[str, Any]) -> None:
    """Ask the rule; a code or part the need has already may stay although it was retired since."""
    check = Check()
    roles = active_codes(session, "duty_role") | {need.role or ""} - {""}
    skills = active_codes(session, "duty_skill") | {need.skill or ""}
    words = {name: value for name, value in values.items() if name not in ("post_id", "shift_id")}
    check_need(check, **words, roles=roles, skills=skills)
    _check_parts(session, check, need.duty_id, {n: values[n] for n in PARTS if values[n] != getattr(need, n)})
    for name, sentence in (("post_id", "Choose a post."), ("shift_id", "Choose a shift.")):
        check.that(values[name] is not None, name, sentence)
    check.done()


def _check_parts(session: Session, check: Check, duty_id: int, parts: Mapping[str, int | None]) -> None:
    """Post, shift and period are this duty's own and in use."""
    for name, part_id in parts.items():
        part = session.get(PARTS[name], part_id) if part_id is not None else None
        fine = part_id is None or (part is not None and part.duty_id == duty_id and part.active)  # type: ignore[attr-defined]
        check.that(fine, name, "Choose one of this duty that is in use.")


def _check_period(session: Session, period: DutyPeriod, values: Mapping[str, Any]) -> None:
    check = Check()
    check_period(check, **values)
    same = select(DutyPeriod.id).where(
        DutyPeriod.duty_id == period.duty_id,
        DutyPeriod.name == values["name"],
        DutyPeriod.from_on == values["from_on"],
        DutyPeriod.id != (period.id or 0),
    )
    check.that(session.scalar(same) is None, "name", "This special period is entered already.")
    check.done()
