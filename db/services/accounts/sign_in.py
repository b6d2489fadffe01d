"""Signing in: every try counted before it is checked, a ticket for a right one, a session for the ticket."""

import secrets
from dataclasses import dataclass
from datetime import timedelta
from functools import cache

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from db import clock, journal
from db.engine import current, reading, transaction
from db.models import Person, SignInSession, SignInTicket
from db.rules import passwords as rules
from db.rules.permissions import Actor
from db.services.accounts.counters import Waiting, count, forgive, key_of, take_one_back
from db.services.accounts.passwords import SCHEME, hash_ready
from db.services.accounts.sessions import begin_session, door_actor, hash_token

TICKET_LASTS = timedelta(seconds=30)
SIGN_IN, SET_UP = "sign_in", "set_up"


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


def begin(typed: str, *, address: str) -> Attempt:
    """Count a try of this name from this address; raises Waiting when it comes too early.

    Counted before the password is looked at, so that tries side by side can't slip past the limit.
    """
    username = rules.normal_username(typed)
    settings = current().settings
    with reading() as session:
        person = session.scalar(select(Person).where(Person.username == username, Person.active))
        usual = person is not None and _comes_from_here(session, person.id, address)
    # A place somebody signed in from before has its own counter, so that strangers elsewhere who
    # fail on purpose can't keep a colleague out.
    name_key = key_of("name", username, address if usual else "")
    address_key = key_of("address", address)
    with transaction(door_actor(address)) as session:
        waits = [
            count(session, name_key, settings.attempts_per_name),
            count(session, address_key, settings.attempts_per_address),
        ]
    if any(waits):
        raise Waiting(max(waits))
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
    cost = f"${current().settings.password_cost:02d}$"
    renewed = "" if attempt.stored[3:7] == cost else hash_ready(ready)
    ticket = secrets.token_urlsafe(32)
    with transaction(door_actor(attempt.address)) as session:
        person = session.get_one(Person, attempt.person_id)
        if renewed and person.password_hash == attempt.stored:
            person.password_hash, person.password_scheme = renewed, SCHEME
        forgive(session, attempt.name_key)
        take_one_back(session, attempt.address_key)
        add_ticket(session, ticket, SIGN_IN, lasts=TICKET_LASTS, person_id=person.id, target=target)
    return ticket


def claim(ticket: str, *, address: str, browser: str, replaces: str) -> tuple[str, str] | None:
    """Exchange a ticket for a session: its token and where to go; None for a used, late or unknown one."""
    with transaction(door_actor(address)) as session:
        row = use_ticket(session, ticket, SIGN_IN)
        person = session.get(Person, row.person_id) if row else None
        if row is None or person is None or not person.active:
            return None
    actor = Actor(id=person.id, name=person.name, origin=address)
    with transaction(actor) as session:
        person = session.get_one(Person, person.id)
        if not person.active:
            return None
        token = begin_session(session, person, address=address, browser=browser, replaces=replaces)
        return token, row.target


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
    now = clock.now()
    good = (
        SignInTicket.token_hash == hash_token(token),
        SignInTicket.purpose == purpose,
        SignInTicket.used_at.is_(None),
        SignInTicket.expires_at > now,
    )
    used = session.execute(update(SignInTicket).where(*good).values(used_at=now))
    if used.rowcount != 1:  # type: ignore[attr-defined]
        return None
    return session.get(SignInTicket, hash_token(token))


def _comes_from_here(session: Session, person_id: int, address: str) -> bool:
    query = select(SignInSession.id).where(SignInSession.person_id == person_id, SignInSession.address == address)
    return bool(address) and session.scalar(query.limit(1)) is not None


@cache
def _nobodys_hash(cost: int) -> str:
    """A hash no password fits, so that an unknown name costs the same time."""
    return hash_ready(secrets.token_urlsafe(32))
