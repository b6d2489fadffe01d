"""What a duty needs: how many of which role on which days, and its special duty periods."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, Required, TypedDict, Unpack

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from db.models import DutyNeed, DutyPeriod, DutyPost, DutyShift, Unit
from db.rules.duty.describing import Demand, check_apart, check_need, check_period
from db.rules.duty.words import Days, OnHoliday
from db.rules.permissions import Actor, Permission
from db.rules.problems import Check, Named
from db.services.acts import guarded
from db.services.duty.rows import Act, Part, Values, new, save, standing
from db.services.office.codes import active_codes

PARTS = {"post_id": DutyPost, "shift_id": DutyShift, "period_id": DutyPeriod}


class NeedValues(TypedDict, total=False):
    """What is asked: how many of whom, on which days; `weekday` 0 for Monday.

    `team` and `unit_id` (or a unit below it) for all of them, `skill` for `skill_least` of them.
    """

    post_id: Required[int | None]
    shift_id: Required[int | None]
    role: Required[str | None]
    count: int | None
    days: str
    weekday: int | None
    on_holiday: str
    skill: str | None
    skill_least: int | None
    team: str | None
    unit_id: int | None
    period_id: int | None
    from_on: date | None
    until_on: date | None


class PeriodValues(TypedDict, total=False):
    """A special duty period (R-61), in which reserves may be called in."""

    name: Required[str]
    name_en: str
    from_on: Required[date | None]
    until_on: Required[date | None]
    reserves: bool


@guarded(Permission.DUTY_MANAGE)
def add_need(actor: Actor, *, duty_id: int, key: str, **told: Unpack[NeedValues]) -> int:
    """A new need; a special period's comes on top of the others. Answers its id."""
    return save(Act(actor, key, "duty.add_need"), new(DutyNeed, duty_id), _need(**told), _checked, _keeps_apart)


@guarded(Permission.DUTY_MANAGE)
def edit_need(actor: Actor, *, need_id: int, version: int, key: str, **told: Unpack[NeedValues]) -> int:
    """Correct a need; answers its new version."""
    act = Act(actor, key, "duty.edit_need")
    return save(act, standing(DutyNeed, need_id, version), _need(**told), _checked, _keeps_apart)


@guarded(Permission.DUTY_MANAGE)
def retire_need(actor: Actor, *, need_id: int, version: int, key: str) -> int:
    """Take a need out of use; answers its new version."""
    return save(Act(actor, key, "duty.retire_need"), standing(DutyNeed, need_id, version), {"active": False})


@guarded(Permission.DUTY_MANAGE)
def restore_need(actor: Actor, *, need_id: int, version: int, key: str) -> int:
    """Put a need back into use, with its post, shift and period; answers its new version."""
    act = Act(actor, key, "duty.restore_need")
    return save(act, standing(DutyNeed, need_id, version), {"active": True}, _restorable, _fits_again)


@guarded(Permission.DUTY_MANAGE)
def add_period(actor: Actor, *, duty_id: int, key: str, **told: Unpack[PeriodValues]) -> int:
    """A new special duty period; answers its id."""
    return save(Act(actor, key, "duty.add_period"), new(DutyPeriod, duty_id), _period(**told), _checked_period)


@guarded(Permission.DUTY_MANAGE)
def edit_period(actor: Actor, *, period_id: int, version: int, key: str, **told: Unpack[PeriodValues]) -> int:
    """Correct a special duty period; answers its new version."""
    act = Act(actor, key, "duty.edit_period")
    return save(act, standing(DutyPeriod, period_id, version), _period(**told), _checked_period)


@guarded(Permission.DUTY_MANAGE)
def retire_period(actor: Actor, *, period_id: int, version: int, key: str) -> int:
    """Take a special duty period out of use, its needs before; answers its new version."""
    act = Act(actor, key, "duty.retire_period")
    return save(act, standing(DutyPeriod, period_id, version), {"active": False}, unneeded(DutyNeed.period_id))


@guarded(Permission.DUTY_MANAGE)
def restore_period(actor: Actor, *, period_id: int, version: int, key: str) -> int:
    """Put a special duty period back into use; answers its new version."""
    return save(Act(actor, key, "duty.restore_period"), standing(DutyPeriod, period_id, version), {"active": True})


def unneeded(part: InstrumentedAttribute[Any]) -> Callable[[Session, Part, Values], Values]:
    """The check that no need in use hangs, by this column, on what is being retired."""

    def checked(session: Session, row: Part, values: Values) -> Values:
        asked = select(func.count()).select_from(DutyNeed).where(part == row.id, DutyNeed.active)
        count, check = session.scalar(asked) or 0, Check()
        check.that(not count, "active", "Needs that still ask for this: {count}. Retire them first.", count=count)
        check.done()
        return values

    return checked


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
        team=need.team,
        unit_id=need.unit_id,
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
    count: int | None = 1,
    days: str = Days.EVERY.value,
    weekday: int | None = None,
    on_holiday: str = OnHoliday.KEEP.value,
    skill: str | None = "",
    skill_least: int | None = 0,
    team: str | None = "",
    unit_id: int | None = None,
    period_id: int | None = None,
    from_on: date | None = None,
    until_on: date | None = None,
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
        "team": (team or "").strip(),
        "unit_id": unit_id,
        "period_id": period_id if special else None,
        "from_on": from_on,
        "until_on": until_on,
    }


def _period(
    name: str, from_on: date | None, until_on: date | None, name_en: str = "", reserves: bool = True
) -> dict[str, Any]:
    words = {"name": name.strip(), "name_en": name_en.strip()}
    return words | {"from_on": from_on, "until_on": until_on, "reserves": reserves}


def _checked(session: Session, need: DutyNeed, values: Values) -> Values:
    """Ask the rule; a code, part or unit the need has already may stay although it was retired since."""
    check = Check()
    roles = active_codes(session, "duty_role") | {need.role or ""} - {""}
    skills = active_codes(session, "duty_skill") | {need.skill or ""}
    words: dict[str, Any] = {n: v for n, v in values.items() if n not in ("post_id", "shift_id", "unit_id")}
    check_need(check, **words, roles=roles, skills=skills)
    changed: dict[str, Any] = {n: values[n] for n in (*PARTS, "unit_id") if values[n] != getattr(need, n)}
    check_unit(session, check, changed.pop("unit_id", None))
    _check_parts(session, check, need.duty_id, changed)
    for name, sentence in (("post_id", "Choose a post."), ("shift_id", "Choose a shift.")):
        check.that(values[name] is not None, name, sentence)
    check.done()
    return values


def check_unit(session: Session, check: Check, unit_id: int | None) -> None:
    """A unit that is newly chosen is in use."""
    unit = session.get(Unit, unit_id) if unit_id is not None else None
    check.that(unit_id is None or (unit and unit.active), "unit_id", "Choose a unit that is in use.")


def _restorable(session: Session, need: DutyNeed, values: Values) -> Values:
    check = Check()
    _check_parts(session, check, need.duty_id, {name: getattr(need, name) for name in PARTS})
    check.done()
    return values


def _keeps_apart(session: Session, need: DutyNeed) -> None:
    must_stay_apart(session, need.duty_id, "shift_id", DutyNeed.id == need.id)


def _fits_again(session: Session, need: DutyNeed) -> None:
    must_stay_apart(session, need.duty_id, "active", DutyNeed.id == need.id)


def _check_parts(session: Session, check: Check, duty_id: int, parts: Mapping[str, int | None]) -> None:
    """Post, shift and period are this duty's own and in use."""
    for name, part_id in parts.items():
        part = session.get(PARTS[name], part_id) if part_id is not None else None
        fine = part_id is None or (part is not None and part.duty_id == duty_id and part.active)  # type: ignore[attr-defined]
        check.that(fine, name, "Choose one of this duty that is in use.")


def _checked_period(session: Session, period: DutyPeriod, values: Values) -> Values:
    check = Check()
    check_period(check, **{name: value for name, value in values.items() if name != "reserves"})
    same = select(DutyPeriod.id).where(
        DutyPeriod.duty_id == period.duty_id,
        DutyPeriod.name == values["name"],
        DutyPeriod.from_on == values["from_on"],
        DutyPeriod.id != (period.id or 0),
    )
    check.that(session.scalar(same) is None, "name", "This special period is entered already.")
    check.done()
    return values
