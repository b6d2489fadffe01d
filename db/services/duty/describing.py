"""Duties: described, looked at, retired and put back; what one of them should look at."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd
from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from db import clock
from db.engine import current, reading, transaction
from db.models import Duty, DutyMember, DutyNeed, DutyPeriod, DutyPost, DutyShift, Rota, Unit
from db.rules.duty.describing import Asked, Serves, check_duty, warnings
from db.rules.duty.words import Days
from db.rules.permissions import Actor, Permission
from db.rules.problems import Check, Problem
from db.services.acts import earlier, guarded
from db.services.duty import scope
from db.services.duty.rows import added, changed, frame
from db.services.records import seen

DUTIES = ["id", "version", "name", "name_en", "source", "unit_id", "unit", "unit_en", "responsible", "active"]
DUTIES += ["posts", "shifts", "needs", "members", "may_plan"]
POSTS = ["id", "version", "name", "name_en", "place", "position", "active"]
SHIFTS = ["id", "version", "name", "name_en", "mark", "begins", "minutes", "rest_after", "night", "position", "active"]
NEEDS = ["id", "version", "post_id", "shift_id", "role", "count", "days", "weekday", "on_holiday", "skill"]
NEEDS += ["skill_least", "period_id", "from_on", "until_on", "active"]
PERIODS = ["id", "version", "name", "from_on", "until_on", "reserves", "active"]
RULES = ("least_rest", "most_days_running", "most_nights_running", "window_days", "window_most", "most_weekends")


@dataclass(frozen=True)
class DutyView:
    """A duty with its parts: frames of POSTS, SHIFTS, NEEDS and PERIODS, retired ones too (see `active`)."""

    id: int
    version: int
    name: str
    name_en: str
    source: str
    unit_id: int | None
    responsible: bool
    active: bool
    rules: Mapping[str, int | None]
    posts: pd.DataFrame
    shifts: pd.DataFrame
    needs: pd.DataFrame
    periods: pd.DataFrame
    may_plan: bool
    may_manage: bool


@guarded(Permission.DUTY_READ)
def duties(actor: Actor, *, retired: bool = False) -> pd.DataFrame:
    """Duties in the order they were entered, with their parts in use counted: columns of DUTIES."""
    own = [getattr(Duty, name) for name in DUTIES if hasattr(Duty, name)]
    unit = [func.coalesce(Unit.name, "").label("unit"), func.coalesce(Unit.name_en, "").label("unit_en")]
    parts = {"posts": DutyPost, "shifts": DutyShift, "needs": DutyNeed, "members": DutyMember}
    counts = [_in_use(part).label(name) for name, part in parts.items()]
    query = select(*own, *unit, *counts, scope.within(actor).label("may_plan")).order_by(Duty.id)
    query = query.outerjoin(Unit, Unit.id == Duty.unit_id)
    with reading() as session:
        rows = session.execute(query if retired else query.where(Duty.active)).mappings().all()
    found = pd.DataFrame([dict(row) for row in rows], columns=DUTIES)
    return found.astype({"unit_id": "Int64", "may_plan": bool})


@guarded(Permission.DUTY_READ)
def duty_names(actor: Actor, *, plannable: bool = False, language: str = "zh") -> dict[int, str]:
    """Duties in use, to choose from: id to name in this language; only those the actor plans when asked."""
    name = func.coalesce(func.nullif(Duty.name_en, ""), Duty.name) if language == "en" else Duty.name
    query = select(Duty.id, name).where(Duty.active).order_by(Duty.id)
    with reading() as session:
        return dict(session.execute(query.where(scope.within(actor)) if plannable else query).all())


@guarded(Permission.DUTY_READ)
def duty_view(actor: Actor, *, duty_id: int) -> DutyView:
    """One duty with all its parts; raises NotThere."""
    with reading() as session:
        duty = scope.reached(session, actor, duty_id, Permission.DUTY_READ)
        may_plan = session.scalar(select(Duty.id).where(Duty.id == duty_id, scope.within(actor))) is not None
        return DutyView(
            id=duty.id,
            version=duty.version,
            name=duty.name,
            name_en=duty.name_en,
            source=duty.source,
            unit_id=duty.unit_id,
            responsible=duty.responsible,
            active=duty.active,
            rules={name: getattr(duty, name) for name in RULES},
            posts=_parts(session, DutyPost, duty_id, POSTS, DutyPost.position),
            shifts=_parts(session, DutyShift, duty_id, SHIFTS, DutyShift.position),
            needs=_parts(session, DutyNeed, duty_id, NEEDS, DutyNeed.post_id).astype(
                {"weekday": "Int64", "period_id": "Int64"}
            ),
            periods=_parts(session, DutyPeriod, duty_id, PERIODS, DutyPeriod.from_on),
            may_plan=may_plan,
            may_manage=actor.may(Permission.DUTY_MANAGE),
        )


@guarded(Permission.DUTY_READ)
def warnings_of(actor: Actor, *, duty_id: int) -> tuple[Problem, ...]:
    """What the duty should look at before a rota is made; nothing of it stops anybody. Roles and skills are codes."""
    today = clock.today(current().settings.timezone)
    with reading() as session:
        scope.reached(session, actor, duty_id, Permission.DUTY_READ)
        posts = select(DutyPost.name, func.count(DutyNeed.id)).outerjoin(
            DutyNeed, (DutyNeed.post_id == DutyPost.id) & DutyNeed.active
        )
        needed = session.execute(
            posts.where(DutyPost.duty_id == duty_id, DutyPost.active).group_by(DutyPost.id).order_by(DutyPost.id)
        )
        asked = [
            Asked(need.role, need.count, need.skill, need.skill_least, need.days == Days.SPECIAL)
            for need in session.scalars(select(DutyNeed).where(DutyNeed.duty_id == duty_id, DutyNeed.active))
            if need.until_on is None or need.until_on >= today
        ]
        serving = [
            Serves(frozenset(json.loads(member.roles)), frozenset(json.loads(member.skills)), member.reserve)
            for member in session.scalars(select(DutyMember).where(DutyMember.duty_id == duty_id, DutyMember.active))
            if member.until_on is None or member.until_on >= today
        ]
        return warnings({name: int(count) for name, count in needed}, asked, serving)


@guarded(Permission.DUTY_MANAGE)
def add_duty(
    actor: Actor,
    *,
    name: str,
    name_en: str = "",
    source: str = "",
    unit_id: int | None = None,
    responsible: bool = False,
    least_rest: int | None = 0,
    most_days_running: int | None = None,
    most_nights_running: int | None = None,
    window_days: int | None = None,
    window_most: int | None = None,
    most_weekends: int | None = None,
    key: str,
) -> int:
    """A new duty; rests and lengths in minutes. Answers its id."""
    rules = (least_rest, most_days_running, most_nights_running, window_days, window_most, most_weekends)
    values = _values(name, name_en, source, unit_id, responsible, rules)
    with transaction(actor) as session:
        if (done := earlier(session, key)) is not None:
            return int(done)
        return add_checked(session, actor, values, key, "duty.add_duty")


@guarded(Permission.DUTY_MANAGE)
def edit_duty(
    actor: Actor,
    *,
    duty_id: int,
    version: int,
    name: str,
    name_en: str = "",
    source: str = "",
    unit_id: int | None = None,
    responsible: bool = False,
    least_rest: int | None = 0,
    most_days_running: int | None = None,
    most_nights_running: int | None = None,
    window_days: int | None = None,
    window_most: int | None = None,
    most_weekends: int | None = None,
    key: str,
) -> int:
    """Correct a duty and its rules; answers its new version."""
    rules = (least_rest, most_days_running, most_nights_running, window_days, window_most, most_weekends)
    values = _values(name, name_en, source, unit_id, responsible, rules)
    with transaction(actor) as session:
        if (done := earlier(session, key)) is not None:
            return int(done)
        duty = seen(session, Duty, duty_id, version, values)
        _check(session, duty, values)
        return changed(session, actor, duty, values, key, "duty.edit_duty")


@guarded(Permission.DUTY_MANAGE)
def retire_duty(actor: Actor, *, duty_id: int, version: int, key: str) -> int:
    """Take a duty out of use, never while a published rota still runs; answers its new version."""
    with transaction(actor) as session:
        if (done := earlier(session, key)) is not None:
            return int(done)
        duty = seen(session, Duty, duty_id, version, {"active": False})
        until = select(func.max(Rota.until_on)).where(Rota.duty_id == duty_id, Rota.state == "published")
        last, check = session.scalar(until), Check()
        runs = last is not None and last >= clock.today(current().settings.timezone)
        check.that(not runs, "active", "A rota is published until {day}.", day=last)
        check.done()
        return changed(session, actor, duty, {"active": False}, key, "duty.retire_duty")


@guarded(Permission.DUTY_MANAGE)
def restore_duty(actor: Actor, *, duty_id: int, version: int, key: str) -> int:
    """Put a duty back into use; answers its new version."""
    with transaction(actor) as session:
        if (done := earlier(session, key)) is not None:
            return int(done)
        duty = seen(session, Duty, duty_id, version, {"active": True})
        return changed(session, actor, duty, {"active": True}, key, "duty.restore_duty")


def add_checked(session: Session, actor: Actor, values: Mapping[str, Any], key: str, act: str) -> int:
    """A new duty from its columns; raises Problems. Answers its id."""
    duty = Duty()
    _check(session, duty, values)
    return added(session, actor, duty, values, key, act)


def _values(
    name: str, name_en: str, source: str, unit_id: int | None, responsible: bool, rules: tuple[int | None, ...]
) -> dict[str, Any]:
    """The columns as they will be written."""
    words = {"name": name.strip(), "name_en": name_en.strip(), "source": source.strip()}
    return words | {"unit_id": unit_id, "responsible": responsible} | dict(zip(RULES, rules, strict=True))


def _check(session: Session, duty: Duty, values: Mapping[str, Any]) -> None:
    check = Check()
    check_duty(check, **{name: values[name] for name in ("name", "name_en", "source", *RULES)})
    unit_id = values["unit_id"]
    if unit_id is not None and unit_id != duty.unit_id:
        unit = session.get(Unit, unit_id)
        check.that(unit is not None and unit.active, "unit_id", "Choose a unit that is in use.")
    same = select(Duty.id).where(Duty.name == values["name"], Duty.id != (duty.id or 0))
    check.that(session.scalar(same) is None, "name", "There is already a duty of this name, perhaps a retired one.")
    check.done()


def _in_use(part: Any) -> Any:
    """How many parts of the outer query's duty are in use."""
    mine = select(func.count()).select_from(part).where(part.duty_id == Duty.id, part.active)
    return mine.correlate(Duty).scalar_subquery()


def _parts(session: Session, part: Any, duty_id: int, columns: list[str], order: Any) -> pd.DataFrame:
    query: Select[Any] = select(*(getattr(part, name) for name in columns)).where(part.duty_id == duty_id)
    return frame(session, query.order_by(order, part.id), columns)
