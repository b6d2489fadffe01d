"""The first administrator: set up once, through a link only the terminal shows; no default password."""

import secrets
from datetime import timedelta

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from db import clock, journal
from db.engine import reading, transaction
from db.models import OfficeFact, Person, PersonRole, SignInTicket, Unit
from db.rules import passwords as rules
from db.rules.permissions import Actor, Role, system_actor
from db.rules.problems import Check, NotThere, Problems
from db.services.accounts.passwords import guessable_names, hash_of, set_password
from db.services.accounts.sessions import begin_session, door_actor, hash_token
from db.services.accounts.sign_in import SET_UP, add_ticket, use_ticket

LASTS = timedelta(hours=24)
CENTRE = "centre"


def has_administrator() -> bool:
    """Whether anybody active may manage people."""
    query = (
        select(func.count())
        .select_from(Person)
        .join(PersonRole, PersonRole.person_id == Person.id)
        .where(Person.active, PersonRole.role == Role.ADMINISTRATOR.value)
    )
    with reading() as session:
        return bool(session.scalar(query))


def issue_set_up_ticket() -> str:
    """A token for the set-up form, good for a day; earlier ones end."""
    token = secrets.token_urlsafe(32)
    with transaction(system_actor("set-up")) as session:
        session.execute(delete(SignInTicket).where(SignInTicket.purpose == SET_UP))
        add_ticket(session, token, SET_UP, lasts=LASTS, person_id=None)
        journal.note(session, "set_up_link")
    return token


def set_up_ticket_is_good(token: str) -> bool:
    """Whether the set-up form may be shown."""
    with reading() as session:
        ticket = session.get(SignInTicket, hash_token(token))
        fits = ticket is not None and ticket.purpose == SET_UP and ticket.used_at is None
        return fits and ticket is not None and ticket.expires_at > clock.now() and not has_administrator()


def set_up(
    token: str,
    *,
    office: str,
    name: str,
    username: str,
    password: str,
    repeated: str,
    language: str,
    address: str,
    browser: str,
) -> str:
    """Make the root unit and the first administrator, signed in; answers the session's token.

    Raises Problems beside the fields (the link stays good) and NotThere for a link that isn't good any more.
    """
    if not set_up_ticket_is_good(token):
        raise NotThere("set-up link")
    office, name = office.strip(), name.strip()
    _check(office=office, name=name, username=username, password=password, repeated=repeated)
    hashed = hash_of(password)
    with transaction(door_actor(address)) as session:
        if use_ticket(session, token, SET_UP) is None:
            raise NotThere("set-up link")
        person = Person(
            username=rules.normal_username(username),
            name=name,
            unit_id=_root(session, office).id,
            language=language,
            created_at=clock.now(),
        )
        session.add(person)
        set_password(session, person, hashed)
        session.add(PersonRole(person_id=person.id, role=Role.ADMINISTRATOR.value))
        journal.note(session, "first_administrator", tbl="person", pk=person.id)
        _name_the_office(session, office)
        session.flush()
        session_token = begin_session(session, person, address=address, browser=browser, replaces="")
        actor = Actor(id=person.id, name=name, roles=frozenset({Role.ADMINISTRATOR}), origin=address)
    _load_presets(actor)
    return session_token


def _check(*, office: str, name: str, username: str, password: str, repeated: str) -> None:
    found: list[Problems] = []
    check = Check()
    check.that(office and len(office) <= 80, "office", "Enter the name of the office.")
    check.that(name and len(name) <= 40, "name", "Enter your name.")
    with reading() as session:
        names = [*guessable_names(session), office]
        taken = session.scalar(select(Person.id).where(Person.username == rules.normal_username(username)).limit(1))
    check.that(taken is None, "username", "Somebody has this user name already.")
    for part in (
        check.done,
        lambda: rules.check_username(username),
        lambda: rules.check_password(password, username=username, names=names, repeated=repeated),
    ):
        try:
            part()
        except Problems as problems:
            found.append(problems)
    if found:
        raise Problems(*(problem for problems in found for problem in problems.problems))


def _root(session: Session, office: str) -> Unit:
    root = session.scalar(select(Unit).where(Unit.parent_id.is_(None)).order_by(Unit.id).limit(1))
    if root is None:
        root = Unit(name=office, level=1, kind=CENTRE)
        session.add(root)
        session.flush()
        root.path = f"/{root.id}/"
        session.flush()
    return root


def _name_the_office(session: Session, office: str) -> None:
    fact = session.scalar(select(OfficeFact).where(OfficeFact.name == "name"))
    if fact is None:
        session.add(OfficeFact(name="name", value=office))
    elif not fact.value:
        fact.value = office


def _load_presets(actor: Actor) -> None:
    """The office's own first numbers and lists; imported late, because accounts come before all else."""
    from db.services import office

    office.load_presets(actor)
