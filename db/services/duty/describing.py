"""Duties: described, looked at, retired and put back; what one of them should look at."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Required, TypedDict, Unpack

import pandas as pd
from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from db import clock
from db.engine import current, reading
from db.models import Duty, DutyMember, DutyNeed, DutyPeriod, DutyPost, DutyShift, Rota, Unit
from db.rules.duty.breaking import Within
from db.rules.duty.describing import Asked, Serves, check_duty, warnings
from db.rules.duty.words import Days
from db.rules.permissions import Actor, Permission
from db.rules.problems import Check, Problem
from db.services.acts import guarded
from db.services.duty import ground, scope
from db.services.duty.needs import check_unit
from db.services.duty.rows import Act, Load, Values, added, frame, save
from db.services.records import seen

DUTIES = ["id", "version", "name", "name_en", "source", "source_en", "unit_id", "unit", "unit_en", "responsible"]
DUTIES += ["active", "posts", "shifts", "needs", "members", "may_plan"]
POSTS = ["id", "version", "name", "name_en", "place", "position", "active"]
SHIFTS = ["id", "version", "name", "name_en", "mark", "mark_en", "begins", "minutes", "rest_after", "night"]
SHIFTS += ["position", "active"]
NEEDS = ["id", "version", "post_id", "shift_id", "role", "count", "days", "weekday", "on_holiday", "skill"]
NEEDS += ["skill_least", "team", "unit_id", "period_id", "from_on", "until_on", "active"]
PERIODS = ["id", "version", "name", "name_en", "from_on", "until_on", "reserves", "active"]
RULES = ("least_rest", "most_days_running", "most_nights_running", "window_days", "window_most", "most_weekends")


class DutyValues(TypedDict, total=False):
    """What is said of a duty, and its rules; rests in minutes, no number is no limit."""

    name: Required[str]
    name_en: str
    source: str
    source_en: str
    unit_id: int | None
    responsible: bool
    least_rest: int | None
    most_days_running: int | None
    most_nights_running: int | None
    window_days: int | None
    window_most: int | None
    most_weekends: int | None


@dataclass(frozen=True)
class DutyView:
    """A duty with its parts: frames of POSTS, SHIFTS, NEEDS and PERIODS, retired ones too (see `active`)."""

    id: int
    version: int
    name: str
    name_en: str
    source: str
    source_en: str
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
            source_en=duty.source_en,
            unit_id=duty.unit_id,
            responsible=duty.responsible,
            active=duty.active,
            rules={name: getattr(duty, name) for name in RULES},
            posts=_parts(session, DutyPost, duty_id, POSTS, DutyPost.position),
            shifts=_parts(session, DutyShift, duty_id, SHIFTS, DutyShift.position),
            needs=_parts(session, DutyNeed, duty_id, NEEDS, DutyNeed.post_id).astype(
                {"weekday": "Int64", "unit_id": "Int64", "period_id": "Int64"}
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
        needs = session.scalars(select(DutyNeed).where(DutyNeed.duty_id == duty_id, DutyNeed.active)).all()
        units = ground.units_of(session, needs)
        asked = [_asked(need, units) for need in needs if need.until_on is None or need.until_on >= today]
        serving = [
            Serves(
                frozenset(json.loads(member.roles)),
                frozenset(json.loads(member.skills)),
                member.reserve,
                member.team,
                unit_id,
            )
            for member, unit_id in ground.serving(session, duty_id).items()
            if member.active and (member.until_on is None or member.until_on >= today)
        ]
        return warnings({name: int(count) for name, count in needed}, asked, serving)


@guarded(Permission.DUTY_MANAGE)
def add_duty(actor: Actor, *, key: str, **told: Unpack[DutyValues]) -> int:
    """A new duty; answers its id."""
    return save(Act(actor, key, "duty.add_duty"), _new, _values(**told), _checked)


@guarded(Permission.DUTY_MANAGE)
def edit_duty(actor: Actor, *, duty_id: int, version: int, key: str, **told: Unpack[DutyValues]) -> int:
    """Correct a duty and its rules; answers its new version."""
    return save(Act(actor, key, "duty.edit_duty"), _as_seen(duty_id, version), _values(**told), _checked)


@guarded(Permission.DUTY_MANAGE)
def retire_duty(actor: Actor, *, duty_id: int, version: int, key: str) -> int:
    """Take a duty out of use, never while a published rota still runs; answers its new version."""
    act = Act(actor, key, "duty.retire_duty")
    return save(act, _as_seen(duty_id, version), {"active": False}, _run_out)


@guarded(Permission.DUTY_MANAGE)
def restore_duty(actor: Actor, *, duty_id: int, version: int, key: str) -> int:
    """Put a duty back into use; answers its new version."""
    return save(Act(actor, key, "duty.restore_duty"), _as_seen(duty_id, version), {"active": True})


def add_checked(session: Session, actor: Actor, values: Values, key: str, act: str) -> int:
    """A new duty from its columns; raises Problems. Answers its id."""
    duty = Duty()
    return added(session, actor, duty, _checked(session, duty, values), key, act)


def _new(_session: Session, _act: Act, _values: Values) -> Duty:
    return Duty()


def _as_seen(duty_id: int, version: int) -> Load[Duty]:
    return lambda session, _, values: seen(session, Duty, duty_id, version, values)


def _run_out(session: Session, duty: Duty, values: Values) -> Values:
    until = select(func.max(Rota.until_on)).where(Rota.duty_id == duty.id, Rota.state == "published")
    last, check = session.scalar(until), Check()
    runs = last is not None and last >= clock.today(current().settings.timezone)
    check.that(not runs, "active", "A rota is published until {day}.", day=last)
    check.done()
    return values


def _values(
    name: str,
    name_en: str = "",
    source: str = "",
    source_en: str = "",
    unit_id: int | None = None,
    responsible: bool = False,
    least_rest: int | None = 0,
    **limits: int | None,
) -> dict[str, Any]:
    """The columns as they will be written."""
    words = {"name": name, "name_en": name_en, "source": source, "source_en": source_en}
    rules = dict.fromkeys(RULES) | {"least_rest": least_rest} | limits
    return {n: word.strip() for n, word in words.items()} | {"unit_id": unit_id, "responsible": responsible} | rules


def _checked(session: Session, duty: Duty, values: Values) -> Values:
    check = Check()
    check_duty(check, **{name: value for name, value in values.items() if name not in ("unit_id", "responsible")})
    if values["unit_id"] != duty.unit_id:
        check_unit(session, check, values["unit_id"])
    same = select(Duty.id).where(Duty.name == values["name"], Duty.id != (duty.id or 0))
    check.that(session.scalar(same) is None, "name", "There is already a duty of this name, perhaps a retired one.")
    check.done()
    return values


def _asked(need: DutyNeed, units: Mapping[int, Within]) -> Asked:
    unit = units.get(need.unit_id or 0)
    special = need.days == Days.SPECIAL
    asked = Asked(need.role, need.count, need.skill, need.skill_least, special, need.team)
    return replace(asked, unit=unit.name, units=unit.ids) if unit else asked


def _in_use(part: Any) -> Any:
    """How many parts of the outer query's duty are in use."""
    mine = select(func.count()).select_from(part).where(part.duty_id == Duty.id, part.active)
    return mine.correlate(Duty).scalar_subquery()


def _parts(session: Session, part: Any, duty_id: int, columns: list[str], order: Any) -> pd.DataFrame:
    query: Select[Any] = select(*(getattr(part, name) for name in columns)).where(part.duty_id == duty_id)
    return frame(session, query.order_by(order, part.id), columns)
