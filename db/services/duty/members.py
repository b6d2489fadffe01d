"""Who serves in a duty: staff and volunteers, with or without an account, in use or retired."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any, Required, TypedDict, Unpack

import pandas as pd
from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from db import clock
from db.engine import current, reading
from db.identity import decrypt, encrypt
from db.models import DutyMember, DutyPost, Person, PersonRole, Rota, RotaPlace, Unit
from db.rules.duty.members import BEGINNINGS, check_member, phone_of
from db.rules.permissions import GRANTS, Actor, Permission
from db.rules.problems import Check
from db.services.acts import guarded
from db.services.duty import scope
from db.services.duty.needs import check_unit
from db.services.duty.rows import Act, Values, new, save, standing
from db.services.office.codes import active_codes

MEMBERS = ["id", "version", "person_id", "account", "name", "phone", "roles", "skills", "posts", "team", "unit_id"]
MEMBERS += ["unit", "unit_en", "share", "reserve", "most", "from_on", "until_on", "active"]
MEMBERS += ["begin_total", "begin_nights", "begin_weekends", "begin_festivals"]
LISTS = ("roles", "skills", "posts")
PHONE = "duty_member.phone"


class MemberValues(TypedDict, total=False):
    """What is said of a member: codes of roles and skills, `posts` empty for all of them, `share` in percent.

    `unit_id` is for who has no account or serves for another unit; `most` in a month; what was served before.
    """

    name: Required[str]
    person_id: int | None
    roles: Sequence[str]
    skills: Sequence[str]
    posts: Sequence[int]
    team: str
    unit_id: int | None
    share: int | None
    reserve: bool
    most: int | None
    from_on: date | None
    until_on: date | None
    begin_total: int | None
    begin_nights: int | None
    begin_weekends: int | None
    begin_festivals: int | None


@dataclass(frozen=True)
class Ground:
    """What a member may be given now: codes of roles and skills, posts of the duty."""

    roles: frozenset[str]
    skills: frozenset[str]
    posts: frozenset[int]


@guarded(Permission.DUTY_READ)
def members(actor: Actor, *, duty_id: int, retired: bool = False) -> pd.DataFrame:
    """Who serves, telephone numbers in clear; roles, skills and posts are tuples: columns of MEMBERS.

    `unit` is the member's own or that of the account, `unit_id` the own one only.
    """
    query = (
        select(DutyMember, func.coalesce(Person.username, ""), func.coalesce(Unit.name, ""), Unit.name_en)
        .outerjoin(Person, Person.id == DutyMember.person_id)
        .outerjoin(Unit, Unit.id == func.coalesce(DutyMember.unit_id, Person.unit_id))
        .where(DutyMember.duty_id == duty_id)
        .order_by(DutyMember.id)
    )
    with reading() as session:
        scope.reached(session, actor, duty_id, Permission.DUTY_READ)
        found = session.execute(query if retired else query.where(DutyMember.active))
        rows = [
            _row(member) | {"account": account, "unit": unit, "unit_en": unit_en or ""}
            for member, account, unit, unit_en in found
        ]
    return pd.DataFrame(rows, columns=MEMBERS).astype({"person_id": "Int64", "unit_id": "Int64", "most": "Int64"})


@guarded(Permission.DUTY_READ)
def member_names(actor: Actor, *, duty_id: int) -> dict[int, str]:
    """Members in use, to choose from: id to name."""
    query = select(DutyMember.id, DutyMember.name).where(DutyMember.duty_id == duty_id, DutyMember.active)
    with reading() as session:
        scope.reached(session, actor, duty_id, Permission.DUTY_READ)
        return dict(session.execute(query.order_by(DutyMember.id)).all())


@guarded(Permission.DUTY_PLAN)
def account_names(actor: Actor) -> dict[int, str]:
    """Accounts a member may have, those who may serve: id to name and user name."""
    query = select(Person.id, Person.name, Person.username).where(Person.id.in_(_may_serve())).order_by(Person.id)
    with reading() as session:
        return {row.id: f"{row.name} ({row.username})" for row in session.execute(query)}


@guarded(Permission.DUTY_PLAN)
def add_member(actor: Actor, *, duty_id: int, phone: str = "", key: str, **told: Unpack[MemberValues]) -> int:
    """A new member; answers the id."""
    act = Act(actor, key, "duty.add_member", Permission.DUTY_PLAN)
    return save(act, new(DutyMember, duty_id), _values(**told), partial(_checked, phone=phone))


@guarded(Permission.DUTY_PLAN)
def edit_member(
    actor: Actor, *, member_id: int, version: int, phone: str | None = None, key: str, **told: Unpack[MemberValues]
) -> int:
    """Correct a member; a telephone number of None stays as it is. Answers the new version."""
    act = Act(actor, key, "duty.edit_member", Permission.DUTY_PLAN)
    return save(act, standing(DutyMember, member_id, version), _values(**told), partial(_checked, phone=phone))


@guarded(Permission.DUTY_PLAN)
def retire_member(actor: Actor, *, member_id: int, version: int, key: str) -> int:
    """Take a member out of use, never with published places ahead; answers the new version."""
    act = Act(actor, key, "duty.retire_member", Permission.DUTY_PLAN)
    return save(act, standing(DutyMember, member_id, version), {"active": False}, _done_serving)


@guarded(Permission.DUTY_PLAN)
def restore_member(actor: Actor, *, member_id: int, version: int, key: str) -> int:
    """Put a retired member back into use; answers the new version."""
    act = Act(actor, key, "duty.restore_member", Permission.DUTY_PLAN)
    return save(act, standing(DutyMember, member_id, version), {"active": True}, _restorable)


def phone_in_clear(member: DutyMember) -> str:
    """The telephone number, for signed-in staff."""
    return decrypt(current(), PHONE, member.phone)


def values_of(member: DutyMember) -> dict[str, Any]:
    """A member as its form would give it."""
    names = [column.name for column in DutyMember.__table__.columns if column.name not in ("id", "version", "duty_id")]
    values = {name: getattr(member, name) for name in names if name != "active"}
    lists = {name: tuple(json.loads(values[name])) for name in LISTS}
    return values | lists | {"phone": phone_in_clear(member)}


def columns_of(values: Mapping[str, Any], kept: Sequence[str] = ()) -> dict[str, object]:
    """Checked values as they are stored, those to be `kept` left out: lists as JSON, the number encrypted."""
    columns = {name: value for name, value in values.items() if name not in kept}
    for name in LISTS:
        columns[name] = json.dumps(list(values[name]))
    if "phone" in columns:
        columns["phone"] = encrypt(current(), PHONE, values["phone"])
    return columns


def ground_of(session: Session, duty_id: int) -> Ground:
    """What members of a duty may be given now."""
    posts = session.scalars(select(DutyPost.id).where(DutyPost.duty_id == duty_id, DutyPost.active))
    return Ground(active_codes(session, "duty_role"), active_codes(session, "duty_skill"), frozenset(posts))


def check_values(session: Session, member: DutyMember, values: Mapping[str, Any], ground: Ground) -> None:
    """Ask the rule; name and account are this member's only, and what stands already may stay though retired."""
    check = Check()
    had = {name: set(json.loads(getattr(member, name) or "[]")) for name in LISTS}
    check_member(
        check,
        **{name: value for name, value in values.items() if name not in ("person_id", "unit_id", "reserve")},
        known_roles=ground.roles | had["roles"],
        known_skills=ground.skills | had["skills"],
        known_posts=ground.posts | had["posts"],
    )
    others = (DutyMember.duty_id == member.duty_id, DutyMember.id != (member.id or 0))
    taken = session.scalar(select(DutyMember.id).where(*others, DutyMember.name == values["name"])) is not None
    check.that(not taken, "name", "There is already a member of this name, perhaps a retired one.")
    if values["unit_id"] != member.unit_id:
        check_unit(session, check, values["unit_id"])
    person_id = values["person_id"]
    if person_id is not None and person_id != member.person_id:
        may = session.scalar(_may_serve().where(Person.id == person_id)) is not None
        check.that(may, "person_id", "Choose an open account of somebody who may serve.")
        _check_taken(session, check, member, person_id)
    check.done()


def _row(member: DutyMember) -> dict[str, Any]:
    """One member as the list shows it."""
    return {"id": member.id, "version": member.version, "active": member.active} | values_of(member)


def _values(
    name: str,
    person_id: int | None = None,
    roles: Sequence[str] = (),
    skills: Sequence[str] = (),
    posts: Sequence[int] = (),
    team: str = "",
    unit_id: int | None = None,
    share: int | None = 100,
    reserve: bool = False,
    most: int | None = None,
    from_on: date | None = None,
    until_on: date | None = None,
    begin_total: int | None = 0,
    begin_nights: int | None = 0,
    begin_weekends: int | None = 0,
    begin_festivals: int | None = 0,
) -> dict[str, Any]:
    """The columns as the form gives them, each code once and in its order."""
    lists = {"roles": roles, "skills": skills, "posts": posts}
    words = {name: tuple(dict.fromkeys(values)) for name, values in lists.items()}
    days = {"from_on": from_on, "until_on": until_on}
    told = {"name": name.strip(), "person_id": person_id, "team": team.strip(), "unit_id": unit_id, "share": share}
    begins = (begin_total, begin_nights, begin_weekends, begin_festivals)
    return told | words | days | {"reserve": reserve, "most": most} | dict(zip(BEGINNINGS, begins, strict=True))


def _checked(session: Session, member: DutyMember, values: Values, *, phone: str | None) -> Values:
    """The columns to store; a number that stays the same is not encrypted anew."""
    was = phone_in_clear(member)
    becomes = {**values, "phone": was if phone is None else phone_of(phone)}
    check_values(session, member, becomes, ground_of(session, member.duty_id))
    return columns_of(becomes, ("phone",) if becomes["phone"] == was else ())


def _done_serving(session: Session, member: DutyMember, values: Values) -> Values:
    ahead = (
        select(func.count())
        .select_from(RotaPlace)
        .join(Rota, Rota.id == RotaPlace.rota_id)
        .where(RotaPlace.member_id == member.id, Rota.state == "published", RotaPlace.ends_at > clock.now())
    )
    count, check = session.scalar(ahead) or 0, Check()
    check.that(not count, "active", "Published shifts still to serve: {count}. Give them to others first.", count=count)
    check.done()
    return values


def _restorable(session: Session, member: DutyMember, values: Values) -> Values:
    check = Check()
    if member.person_id is not None:
        _check_taken(session, check, member, member.person_id)
    check.done()
    return values


def _check_taken(session: Session, check: Check, member: DutyMember, person_id: int) -> None:
    """No two members of a duty share an account."""
    taken = select(DutyMember.name).where(
        DutyMember.duty_id == member.duty_id,
        DutyMember.person_id == person_id,
        DutyMember.id != (member.id or 0),
        DutyMember.active,
    )
    name = session.scalar(taken)
    check.that(name is None, "person_id", "{name} has this account already.", name=name or "")


def _may_serve() -> Select[int]:
    serving = [role.value for role, grants in GRANTS.items() if Permission.DUTY_SERVE in grants]
    holds = select(PersonRole.person_id).where(PersonRole.role.in_(serving))
    return select(Person.id).where(Person.active, Person.id.in_(holds))
