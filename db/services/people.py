"""People and their accounts: added, edited, given a new first password, signed out."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import pandas as pd
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from db import clock, journal
from db.engine import Database, reading, transaction, using
from db.models import OfficeFact, Person, PersonRole, SignInSession, Unit
from db.rules import passwords
from db.rules.people import check_person, check_roles
from db.rules.permissions import Actor, Permission, Role, system_actor
from db.rules.problems import N_, Check, NotThere, Problem, Problems
from db.services import accounts
from db.services.acts import earlier, guarded, remember
from db.services.records import fill, seen

PEOPLE = ["id", "version", "username", "name", "unit_id", "unit", "unit_en", "phone", "roles", "active"]
PEOPLE += ["must_change", "seen_at"]
SESSIONS = ["id", "created_at", "seen_at", "expires_at", "address", "browser", "revoked_at", "revoked_why"]
SHOWN_SESSIONS = 50


@dataclass(frozen=True)
class FirstPassword:
    """A new first password, shown once; empty when this submission was already answered."""

    person_id: int
    username: str
    password: str


@guarded(Permission.PEOPLE_MANAGE)
def people(actor: Actor, *, left: bool = True) -> pd.DataFrame:
    """Everybody with an account by unit and name, also those who left: columns of PEOPLE."""
    seen_at = select(func.max(SignInSession.seen_at)).where(SignInSession.person_id == Person.id).scalar_subquery()
    query = (
        select(
            Person.id,
            Person.version,
            Person.username,
            Person.name,
            Person.unit_id,
            Unit.name.label("unit"),
            Unit.name_en.label("unit_en"),
            Person.phone,
            Person.active,
            Person.must_change,
            seen_at.label("seen_at"),
        )
        .join(Unit, Unit.id == Person.unit_id)
        .order_by(Unit.path, Person.username)
    )
    with reading() as session:
        rows = [row._asdict() for row in session.execute(query if left else query.where(Person.active))]
        roles = _roles_by_person(session)
    return pd.DataFrame([row | {"roles": roles.get(row["id"], ())} for row in rows], columns=PEOPLE)


@guarded(Permission.PEOPLE_MANAGE)
def add_person(
    actor: Actor,
    *,
    username: str,
    name: str,
    unit_id: int | None,
    roles: Collection[str],
    phone: str = "",
    key: str,
) -> FirstPassword:
    """A new account with a random first password that lasts 24 hours and must be changed."""
    with transaction(actor) as session:
        if (done := earlier(session, key)) is not None:
            return FirstPassword(int(done), passwords.normal_username(username), "")
        added = _add(session, username=username, name=name, unit_id=unit_id, roles=roles, phone=phone)
        remember(session, actor, key, "people.add_person", added.person_id)
        return added


@guarded(Permission.PEOPLE_MANAGE)
def edit_person(
    actor: Actor,
    *,
    person_id: int,
    version: int,
    name: str,
    unit_id: int | None,
    phone: str,
    roles: Collection[str],
    active: bool,
    key: str,
) -> int:
    """Change an account; a change of roles, unit or activity ends its sessions. Answers the new version."""
    with transaction(actor) as session:
        if (done := earlier(session, key)) is not None:
            return int(done)
        mine = {"name": name.strip(), "unit_id": unit_id, "phone": phone.strip(), "active": active}
        person = seen(session, Person, person_id, version, mine)
        check = Check()
        check_person(check, name=name, phone=phone)
        check_roles(check, roles)
        _check_unit(session, check, unit_id, standing=person.unit_id)
        had = set(_roles_by_person(session, person_id).get(person_id, ()))
        if Role.ADMINISTRATOR in had and person.active and (Role.ADMINISTRATOR not in roles or not active):
            field = "active" if not active else "roles"
            check.that(_other_administrators(session, person_id), field, LAST_ADMINISTRATOR)
        check.done()
        ends = person.unit_id != unit_id or person.active != active or had != set(roles)
        fill(person, mine)
        _set_roles(session, person_id, had, set(roles))
        session.flush()
        if ends:
            accounts.revoke_sessions(session, person_id, "account changed")
        remember(session, actor, key, "people.edit_person", person.version)
        return person.version


@guarded(Permission.PEOPLE_MANAGE)
def reset_password(actor: Actor, *, person_id: int, key: str) -> FirstPassword:
    """A new first password for somebody who lost theirs; ends their sessions."""
    with transaction(actor) as session:
        person = session.get(Person, person_id)
        if person is None:
            raise NotThere("person")
        if earlier(session, key) is not None:
            return FirstPassword(person_id, person.username, "")
        check = Check()
        check.that(person.active, "person_id", "This account is closed; open it first.")
        check.done()
        password = accounts.give_first_password(session, person)
        remember(session, actor, key, "people.reset_password", person_id)
        return FirstPassword(person_id, person.username, password)


@guarded(Permission.PEOPLE_MANAGE)
def reset_second_factor(actor: Actor, *, person_id: int, key: str) -> bool:
    """Take a colleague's second factor away and end their sessions; answers whether there was one.

    Who needs one sets it up anew at the next sign-in. One's own goes by one's own code.
    """
    with transaction(actor) as session:
        if (done := earlier(session, key)) is not None:
            return bool(done)
        check = Check()
        check.that(person_id != actor.id, "", "Take your own second factor away under My account.")
        check.done()
        gone = _reset_second_factor(session, person_id)
        remember(session, actor, key, "people.reset_second_factor", gone)
        return gone


@guarded(Permission.PEOPLE_MANAGE)
def end_sessions(actor: Actor, *, person_id: int, key: str) -> int:
    """Sign somebody out everywhere; answers how many sessions ended."""
    with transaction(actor) as session:
        if (done := earlier(session, key)) is not None:
            return int(done)
        if session.get(Person, person_id) is None:
            raise NotThere("person")
        ended = accounts.revoke_sessions(session, person_id, "ended by administrator")
        remember(session, actor, key, "people.end_sessions", ended)
        return ended


@guarded(Permission.PEOPLE_MANAGE)
def sessions(actor: Actor, *, person_id: int) -> pd.DataFrame:
    """A person's latest sessions, open and ended: columns of SESSIONS."""
    query = (
        select(*(getattr(SignInSession, name) for name in SESSIONS))
        .where(SignInSession.person_id == person_id)
        .order_by(SignInSession.id.desc())
        .limit(SHOWN_SESSIONS)
    )
    with reading() as session:
        return pd.DataFrame([tuple(row) for row in session.execute(query)], columns=SESSIONS)


# --- the command line ---


def cli_add(database: Database, *, name: str, full_name: str, roles: Sequence[str]) -> list[str]:
    """Add a person of the top unit and answer what to print, the first password among it."""
    with using(database), transaction(system_actor("manage.py user add")) as session:
        unit_id = session.scalar(select(Unit.id).where(Unit.parent_id.is_(None)).order_by(Unit.id).limit(1))
        added = _add(
            session,
            username=name,
            name=full_name or name,
            unit_id=unit_id or _first_unit(session),
            roles=roles,
            phone="",
        )
    return _slip(added)


def cli_reset(database: Database, *, name: str) -> list[str]:
    """Give a person a new first password and answer what to print."""
    with using(database), transaction(system_actor("manage.py user reset")) as session:
        username = passwords.normal_username(name)
        person = session.scalar(select(Person).where(Person.username == username))
        if person is None:
            raise NotThere(f"no user {username}")
        if not person.active:
            raise Problems(Problem("name", "This account is closed; open it first."))
        return _slip(FirstPassword(person.id, username, accounts.give_first_password(session, person)))


def cli_reset_second_factor(database: Database, *, name: str) -> list[str]:
    """Take a person's second factor away, also the last administrator's; answers what to print."""
    with using(database), transaction(system_actor("manage.py user second-factor")) as session:
        username = passwords.normal_username(name)
        person_id = session.scalar(select(Person.id).where(Person.username == username))
        if not _reset_second_factor(session, person_id or 0):
            return [f"{username} has no second factor."]
    return [f"The second factor of {username} is taken away and their sessions have ended."]


def cli_list(database: Database) -> list[str]:
    """One line per person: user name, name, unit, roles, and whether the account is open."""
    query = select(Person.id, Person.username, Person.name, Unit.name, Person.active)
    with database.reading() as session:
        rows = session.execute(query.join(Unit, Unit.id == Person.unit_id).order_by(Person.username)).all()
        roles = _roles_by_person(session)
    return [
        "\t".join((username, name, unit, ",".join(roles.get(id_, ())), "open" if active else "closed"))
        for id_, username, name, unit, active in rows
    ]


def _slip(added: FirstPassword) -> list[str]:
    return [
        f"user name: {added.username}",
        f"first password: {added.password}",
        "It is shown once, lasts 24 hours and must be changed at the first sign-in.",
    ]


# --- inside a transaction ---

LAST_ADMINISTRATOR = N_("The last active administrator can't be taken away; name another one first.")


def _add(
    session: Session, *, username: str, name: str, unit_id: int | None, roles: Collection[str], phone: str
) -> FirstPassword:
    username = passwords.normal_username(username)
    check = Check()
    check_person(check, name=name, phone=phone)
    check_roles(check, roles)
    _check_unit(session, check, unit_id)
    taken = session.scalar(select(Person.id).where(Person.username == username))
    check.that(taken is None, "username", "Somebody has this user name already.")
    _also(check, username)
    check.done()
    person = Person(username=username, name=name.strip(), unit_id=unit_id, phone=phone.strip(), created_at=clock.now())
    session.add(person)
    session.flush()
    _set_roles(session, person.id, set(), set(roles))
    return FirstPassword(person.id, username, accounts.give_first_password(session, person))


def _also(check: Check, username: str) -> None:
    """Tell a bad user name together with everything else."""
    try:
        passwords.check_username(username)
    except Problems as problems:
        for problem in problems.problems:
            check.that(False, problem.field, problem.message, **problem.values)


def _check_unit(session: Session, check: Check, unit_id: int | None, *, standing: int | None = None) -> None:
    unit = session.get(Unit, unit_id or 0)
    check.that(unit and (unit.active or unit_id == standing), "unit_id", "Choose a unit that is in use.")


def _set_roles(session: Session, person_id: int, had: set[str], wanted: set[str]) -> None:
    for role in sorted(had - wanted):
        session.delete(session.get_one(PersonRole, (person_id, role)))
    session.add_all(PersonRole(person_id=person_id, role=str(role)) for role in sorted(wanted - had))


def _other_administrators(session: Session, person_id: int) -> int:
    query = (
        select(func.count())
        .select_from(Person)
        .join(PersonRole, PersonRole.person_id == Person.id)
        .where(Person.active, Person.id != person_id, PersonRole.role == Role.ADMINISTRATOR.value)
    )
    return session.scalar(query) or 0


def _roles_by_person(session: Session, person_id: int | None = None) -> Mapping[int, tuple[str, ...]]:
    query = select(PersonRole.person_id, PersonRole.role)
    if person_id is not None:
        query = query.where(PersonRole.person_id == person_id)
    order = {role.value: place for place, role in enumerate(Role)}
    found: dict[int, list[str]] = {}
    for holder, role in session.execute(query):
        found.setdefault(holder, []).append(role)
    return {holder: tuple(sorted(names, key=lambda n: order.get(n, 99))) for holder, names in found.items()}


def _reset_second_factor(session: Session, person_id: int) -> bool:
    if session.get(Person, person_id) is None:
        raise NotThere("person")
    gone = accounts.take_away(session, person_id)
    if gone:
        journal.note(session, "second_factor_reset", tbl="person", pk=person_id)
        accounts.revoke_sessions(session, person_id, "second factor reset")
    return gone


def _first_unit(session: Session) -> int:
    name = session.scalar(select(OfficeFact.value).where(OfficeFact.name == "name")) or "Centre"
    unit = Unit(name=name, level=1, kind="centre")
    session.add(unit)
    session.flush()
    unit.path = f"/{unit.id}/"
    return unit.id
