"""Plain functions that make an office to test in; each row means the same in every test."""

import json
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from db import clock, engine, migrations
from db.engine import Database
from db.models import (
    Case,
    Committee,
    Dispute,
    DisputeParty,
    Duty,
    DutyMember,
    DutyNeed,
    DutyPost,
    DutyShift,
    LimitSet,
    Mediator,
    Person,
    PersonRole,
    Unit,
)
from db.rules.permissions import Actor, Role, system_actor
from db.services import office as office_services
from db.services.scoring import assessments, rubrics
from db.settings import Settings

NOW = datetime(2026, 11, 19, 9, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
SYSTEM = system_actor("tests")


@dataclass(frozen=True)
class Office:
    """The people every test knows, and the units they belong to (ids)."""

    clerk: Actor
    deputy: Actor
    leader: Actor
    director: Actor
    head: Actor
    handler: Actor
    outsider: Actor
    mediator: Actor
    chair: Actor
    elsewhere: Actor
    assessor: Actor
    viewer: Actor
    admin: Actor
    auditor: Actor
    centre: int
    unit_a: int
    group_a: int
    unit_b: int
    committee_a: int
    committee_b: int

    @property
    def people(self) -> dict[str, Actor]:
        """Every actor by name."""
        values = {f.name: getattr(self, f.name) for f in fields(self)}
        return {name: value for name, value in values.items() if isinstance(value, Actor)}


# name: role, unit, name colleagues see
PEOPLE: dict[str, tuple[Role, str, str]] = {
    "clerk": (Role.CLERK, "centre", "陈接访"),
    "deputy": (Role.DUTY_DEPUTY, "centre", "杜副班"),
    "leader": (Role.DUTY_LEADER, "centre", "林带班"),
    "director": (Role.DIRECTOR, "centre", "周主任"),
    "head": (Role.UNIT_HEAD, "unit_a", "何所长"),
    "handler": (Role.HANDLER, "unit_a", "王经办"),
    "outsider": (Role.HANDLER, "unit_b", "吴外人"),
    "mediator": (Role.MEDIATOR, "unit_a", "马调解"),
    "chair": (Role.MEDIATOR, "unit_a", "方主委"),
    "elsewhere": (Role.MEDIATOR, "unit_b", "俞调解"),
    "assessor": (Role.ASSESSOR, "centre", "康考评"),
    "viewer": (Role.VIEWER, "centre", "魏领导"),
    "admin": (Role.ADMINISTRATOR, "centre", "管系统"),
    "auditor": (Role.AUDITOR, "centre", "沈审计"),
}


def a_unit(session: Session, name: str, *, parent: Unit | None = None, **changes: object) -> Unit:
    """A unit below `parent`, with its path."""
    unit = Unit(name=name, parent_id=parent.id if parent else None, level=parent.level + 1 if parent else 1)
    session.add(unit)
    session.flush()
    unit.path = f"{parent.path if parent else '/'}{unit.id}/"
    for field, value in changes.items():
        setattr(unit, field, value)
    session.flush()
    return unit


def a_person(session: Session, username: str, *, unit: Unit, roles: set[Role], **changes: object) -> Person:
    """A person who may sign in once a password is set."""
    person = Person(username=username, name=username, unit_id=unit.id, must_change=False, created_at=clock.now())
    for field, value in changes.items():
        setattr(person, field, value)
    session.add(person)
    session.flush()
    session.add_all(PersonRole(person_id=person.id, role=role.value) for role in roles)
    session.flush()
    return person


def actor_of(person: Person, unit: Unit, roles: set[Role]) -> Actor:
    """The actor as the front door would make it."""
    return Actor(
        id=person.id,
        name=person.name,
        roles=frozenset(roles),
        unit_id=unit.id,
        unit_path=unit.path,
        origin="test",
    )


def an_office(database: Database) -> Office:
    """Three levels of units and one person of each role that matters."""
    with database.transaction(SYSTEM) as session:
        centre = a_unit(session, "综治中心", name_en="Centre", kind="centre")
        unit_a = a_unit(session, "城建所", parent=centre, name_en="Building office")
        group_a = a_unit(session, "城建一组", parent=unit_a, name_en="Building group 1", kind="group")
        unit_b = a_unit(session, "东村", parent=centre, name_en="East village", kind="village")
        units = {"centre": centre, "unit_a": unit_a, "unit_b": unit_b}
        actors = {}
        for username, (role, where, name) in PEOPLE.items():
            person = a_person(session, username, unit=units[where], roles={role}, name=name)
            actors[username] = actor_of(person, units[where], {role})
        committee_a = a_committee(session, "城建所调委会", unit_a, mediator=actors["mediator"], chair=actors["chair"])
        committee_b = a_committee(session, "东村调委会", unit_b, mediator=actors["elsewhere"])
        return Office(
            **actors,
            centre=centre.id,
            unit_a=unit_a.id,
            group_a=group_a.id,
            unit_b=unit_b.id,
            committee_a=committee_a.id,
            committee_b=committee_b.id,
        )


def a_committee(session: Session, name: str, unit: Unit, **members: Actor) -> Committee:
    """A committee set up this year with these members; the one called `chair` is its chair."""
    committee = Committee(name=name, kind="village", unit_id=unit.id, set_up_on=NOW.date(), term_from=NOW.date())
    session.add(committee)
    session.flush()
    for place, actor in members.items():
        position = "chair" if place == "chair" else "member"
        session.add(Mediator(committee_id=committee.id, person_id=actor.id, name=actor.name, position=position))
    session.flush()
    return committee


def mediator_of(session: Session, actor: Actor) -> int:
    """The member a person is (id of the mediator)."""
    return session.scalars(select(Mediator.id).where(Mediator.person_id == actor.id)).one()


def a_dispute(session: Session, office: Office, **changes: object) -> Dispute:
    """A neighbours' dispute of committee A, applied for today, with a party on each side and nobody assigned yet."""
    running = (session.scalar(select(func.max(Dispute.running))) or 0) + 1
    dispute = Dispute(
        number=f"M2026-{running:06}",
        year=2026,
        running=running,
        state="registered",
        committee_id=office.committee_a,
        source="application",
        category="neighbours",
        subject="院墙排水",
        facts="甲家屋檐水流入乙家院内，双方为此多次争吵。",
        received_on=NOW.date(),
        registered_at=NOW,
        registered_by_id=office.clerk.id,
        limit_set_id=session.scalar(select(LimitSet.id).order_by(LimitSet.id).limit(1)),
    )
    for field, value in changes.items():
        setattr(dispute, field, value)
    session.add(dispute)
    session.flush()
    for side, mask in (("applicant", "甲**"), ("respondent", "乙**")):
        session.add(DisputeParty(dispute_id=dispute.id, side=side, name_mask=mask))
    session.flush()
    return dispute


# name: role of the centre duty, account of the office
SERVING = {
    "林带班": ("leader", "leader"),
    "周主任": ("leader", "director"),
    "顾带班": ("leader", ""),
    "杜副班": ("deputy", "deputy"),
    "祁副班": ("deputy", ""),
    "尹副班": ("deputy", ""),
    "陈接访": ("staff", "clerk"),
    "王经办": ("staff", "handler"),
    "冉值班": ("staff", ""),
    "苗值班": ("staff", ""),
    "柯值班": ("staff", ""),
    "邢值班": ("staff", ""),
}


def a_duty(session: Session, office: Office, **changes: object) -> Duty:
    """The centre duty (R-50): one post, one shift of 24 hours from 08:00, every day 1 leader, 1 deputy and 2 staff."""
    duty = Duty(name="中心值班", unit_id=office.centre, responsible=True, least_rest=720)
    for field, value in changes.items():
        setattr(duty, field, value)
    session.add(duty)
    session.flush()
    post = DutyPost(duty_id=duty.id, name="综治中心")
    shift = DutyShift(duty_id=duty.id, name="全天", mark="全", begins=480, minutes=1440, night=True)
    session.add_all([post, shift])
    session.flush()
    for role, count in (("leader", 1), ("deputy", 1), ("staff", 2)):
        session.add(DutyNeed(duty_id=duty.id, post_id=post.id, shift_id=shift.id, role=role, count=count))
    for name, (role, account) in SERVING.items():
        a_member(session, duty, name, role, person_id=office.people[account].id if account else None)
    return duty


def a_member(session: Session, duty: Duty, name: str, *roles: str, **changes: object) -> DutyMember:
    """Somebody who serves in these roles."""
    member = DutyMember(duty_id=duty.id, name=name, roles=json.dumps(roles))
    for field, value in changes.items():
        setattr(member, field, value)
    session.add(member)
    session.flush()
    return member


def a_patrol_lead(session: Session, office: Office) -> Actor:
    """A patrol lead of unit A, who plans the duties of that unit and those below it."""
    unit = session.get_one(Unit, office.unit_a)
    person = a_person(session, "patrol_lead", unit=unit, roles={Role.PATROL_LEAD}, name="巡队长")
    return actor_of(person, unit, {Role.PATROL_LEAD})


def an_assessment(office: Office, preset: str = "township", *, year: int = 2026, name: str = "百分制考核") -> int:
    """An assessment of a preset, in force, scoring unit A and unit B (its id); in a session of its own."""
    director = office.director
    unit_ids = (office.unit_a, office.unit_b)
    assessment_id = assessments.add_assessment(
        director, preset=preset, year=year, name=name, unit_ids=unit_ids, key=f"{preset}-{year}-{name}"
    )
    with engine.reading() as session:
        rubric = rubrics.latest(session, assessment_id)
    rubrics.put_in_force(director, rubric_id=rubric.id, version=rubric.version, key=f"in force {assessment_id}")
    return assessment_id


def settings_for(folder: Path, url: str = "", **changes: Any) -> Settings:
    """Settings of one test's own office: a folder of its own, cheap passwords."""
    return Settings(data_dir=str(folder), database_url=url, password_cost=10, **changes)


def a_database(folder: Path, url: str = "", **changes: Any) -> tuple[Database, Office]:
    """A migrated database with presets and the office of the tests; `changes` are settings."""
    database = engine.open_database(settings_for(folder, url, **changes))
    migrations.upgrade(database)
    with engine.using(database):
        office_services.load_presets(SYSTEM)
        return database, an_office(database)


def a_case(session: Session, office: Office, **changes: object) -> Case:
    """A general request just registered by the clerk, due in 7 and 60 days; for tests that don't need the act."""
    running = (session.scalar(select(func.max(Case.running))) or 0) + 1
    limit_set_id = session.scalar(select(LimitSet.id).order_by(LimitSet.id).limit(1))
    today = NOW.date()
    case = Case(
        number=f"2026-{running:05}",
        year=2026,
        running=running,
        state="registered",
        channel="visit",
        source="resident",
        kind="request",
        grade="general",
        category="other",
        subject="路灯不亮",
        text="东村村口路灯坏了两个月。",
        query_code=b"",
        received_at=NOW,
        registered_at=NOW,
        registered_by_id=office.clerk.id,
        limit_set_id=limit_set_id,
        promise_due_on=today + timedelta(days=7),
        statute_due_on=today + timedelta(days=60),
        next_due_on=today + timedelta(days=7),
    )
    for field, value in changes.items():
        setattr(case, field, value)
    session.add(case)
    session.flush()
    return case
