"""Signing in: every try counted before it is checked, a ticket for a right one, a session for the ticket.

Who has a second factor gets another ticket first, which only their browser holds, and a code turns it into a session.
"""

import secrets
from dataclasses import dataclass
from datetime import timedelta
from functools import cache

from sqlalchemy import SQLColumnExpression, select, update
from sqlalchemy.orm import Session

from db import clock, journal
from db.engine import current, reading, transaction
from db.models import Person, SignInSession, SignInTicket
from db.rules import passwords as rules
from db.rules.permissions import Actor
from db.rules.problems import Problem, Problems
from db.services.accounts.counters import Waiting, count, forgive, key_of, take_one_back
from db.services.accounts.passwords import SCHEME, hash_ready
from db.services.accounts.second_factor import WRONG, is_on, use_code
from db.services.accounts.sessions import begin_session, door_actor, hash_token

TICKET_LASTS = timedelta(seconds=30)
CODE_LASTS = timedelta(minutes=5)
SIGN_IN, CODE, SET_UP = "sign_in", "code", "set_up"


@dataclass(frozen=True)
class Attempt:
    """One try, already counted as failed. `stored` is a real hash even when nobody has that name."""

    name_key: str
    address_key: str
    name_digest: str
    address: str
    person_id: int | None
    stored: str
    expired: bool


@dataclass(frozen=True)
class Claim:
    """What a ticket led to: a session's token, or, when `asks_code`, the ticket a code is asked for."""

    token: str
    target: str
    asks_code: bool = False


def begin(typed: str, *, address: str) -> Attempt:
    """Count a try of this name from this address; raises Waiting when it comes too early.

    Counted before the password is looked at, so that tries side by side can't slip past the limit.
    """
    username = rules.normal_username(typed)
    settings = current().settings
    with reading() as session:
        person = session.scalar(select(Person).where(Person.username == username, Person.active))
        name_key, address_key = _counters(session, username, person, address)
    _count(name_key, address_key, address)
    stored = person.password_hash if person else ""
    expires = person.password_expires_at if person else None
    return Attempt(
        name_key=name_key,
        address_key=address_key,
        name_digest=key_of("name", username)[:16],
        address=address,
        person_id=person.id if person and stored else None,
        stored=stored or _nobodys_hash(settings.password_cost),
        expired=expires is not None and expires < clock.now(),
    )


def fail(attempt: Attempt) -> None:
    """Journal a wrong try; the typed name only as a digest, because people type passwords there."""
    detail: dict[str, object] = {"name": attempt.name_digest}
    if attempt.expired:
        detail["why"] = "first password expired"
    with transaction(door_actor(attempt.address)) as session:
        journal.note(session, "sign_in_failed", detail=detail)


def succeed(attempt: Attempt, *, ready: str, target: str) -> str:
    """Take the try back from the counters and answer a one-time ticket; re-hashes when the cost changed."""
    settings = current().settings
    cost = f"${settings.password_cost:02d}$"
    renewed = "" if attempt.stored[3:7] == cost else hash_ready(ready)
    ticket = secrets.token_urlsafe(32)
    with transaction(door_actor(attempt.address)) as session:
        person = session.get_one(Person, attempt.person_id)
        if renewed and person.password_hash == attempt.stored:
            person.password_hash, person.password_scheme = renewed, SCHEME
        # Before the code is right, a right password takes back its own try only: it must not let codes be guessed.
        if is_on(session, person.id):
            take_one_back(session, attempt.name_key, settings.attempts_per_name)
        else:
            forgive(session, attempt.name_key)
        take_one_back(session, attempt.address_key, settings.attempts_per_address)
        add_ticket(session, ticket, SIGN_IN, lasts=TICKET_LASTS, person_id=person.id, target=target)
    return ticket


def claim(ticket: str, *, address: str, browser: str, replaces: str) -> Claim | None:
    """Exchange a ticket for a session, or for the ticket of a code; None for a used, late or unknown one."""
    with transaction(door_actor(address)) as session:
        row = use_ticket(session, ticket, SIGN_IN)
        person = session.get(Person, row.person_id) if row else None
        if row is None or person is None or not person.active:
            return None
        if is_on(session, person.id):
            token = secrets.token_urlsafe(32)
            add_ticket(session, token, CODE, lasts=CODE_LASTS, person_id=person.id, target=row.target)
            return Claim(token, row.target, asks_code=True)
    return _seated(person, row.target, address=address, browser=browser, replaces=replaces)


def asks_code(ticket: str) -> bool:
    """Whether a code may still be given for this ticket."""
    with reading() as session:
        return session.scalar(select(SignInTicket.token_hash).where(*_good(ticket, CODE))) is not None


def give_code(ticket: str, *, code: str, address: str, browser: str, replaces: str) -> Claim | None:
    """Exchange the ticket and a code, or a recovery code, for a session; None for a used, late or unknown ticket.

    Counted like a password, before it is looked at: raises Waiting, and Problems for a wrong code or a used one.
    """
    with reading() as session:
        row = session.scalar(select(SignInTicket).where(*_good(ticket, CODE)))
        person = session.get(Person, row.person_id) if row else None
        if row is None or person is None or not person.active:
            return None
        name_key, address_key = _counters(session, person.username, person, address)
    _count(name_key, address_key, address)
    actor = Actor(id=person.id, name=person.name, origin=address)
    with transaction(actor) as session:
        right = use_code(session, person.id, code)
        if right and use_ticket(session, ticket, CODE) is None:
            return None
        if right:
            forgive(session, name_key)
            take_one_back(session, address_key, current().settings.attempts_per_address)
        else:
            journal.note(session, "second_factor_refused", tbl="person", pk=person.id)
    if not right:
        raise Problems(Problem("code", WRONG))
    return _seated(person, row.target, address=address, browser=browser, replaces=replaces)


def _seated(person: Person, target: str, *, address: str, browser: str, replaces: str) -> Claim | None:
    actor = Actor(id=person.id, name=person.name, origin=address)
    with transaction(actor) as session:
        person = session.get_one(Person, person.id)
        if not person.active:
            return None
        token = begin_session(session, person, address=address, browser=browser, replaces=replaces)
        return Claim(token, target)


def add_ticket(
    session: Session, token: str, purpose: str, *, lasts: timedelta, person_id: int | None, target: str = "/"
) -> None:
    """Store a ticket's hash inside the caller's transaction."""
    session.add(
        SignInTicket(
            token_hash=hash_token(token),
            purpose=purpose,
            person_id=person_id,
            target=target,
            expires_at=clock.now() + lasts,
        )
    )


def use_ticket(session: Session, token: str, purpose: str) -> SignInTicket | None:
    """Use a ticket up inside the caller's transaction; None when it is not good, whoever asks first wins."""
    used = session.execute(update(SignInTicket).where(*_good(token, purpose)).values(used_at=clock.now()))
    if used.rowcount != 1:  # type: ignore[attr-defined]
        return None
    return session.get(SignInTicket, hash_token(token))


def _good(token: str, purpose: str) -> tuple[SQLColumnExpression[bool], ...]:
    """What makes a ticket good now."""
    return (
        SignInTicket.token_hash == hash_token(token),
        SignInTicket.purpose == purpose,
        SignInTicket.used_at.is_(None),
        SignInTicket.expires_at > clock.now(),
    )


def _counters(session: Session, username: str, person: Person | None, address: str) -> tuple[str, str]:
    """What tries of this name and from this address are counted under.

    A place somebody signed in from before has its own counter, so that strangers elsewhere who fail on purpose can't
    keep a colleague out.
    """
    usual = person is not None and _comes_from_here(session, person.id, address)
    return key_of("name", username, address if usual else ""), key_of("address", address)


def _count(name_key: str, address_key: str, address: str) -> None:
    """Count one more try under both; raises Waiting when it comes too early."""
    settings = current().settings
    with transaction(door_actor(address)) as session:
        waits = [
            count(session, name_key, settings.attempts_per_name),
            count(session, address_key, settings.attempts_per_address),
        ]
    if any(waits):
        raise Waiting(max(waits))


def _comes_from_here(session: Session, person_id: int, address: str) -> bool:
    query = select(SignInSession.id).where(SignInSession.person_id == person_id, SignInSession.address == address)
    return bool(address) and session.scalar(query.limit(1)) is not None


@cache
def _nobodys_hash(cost: int) -> str:
    """A hash no password fits, so that an unknown name costs the same time."""
    return hash_ready(secrets.token_urlsafe(32))
