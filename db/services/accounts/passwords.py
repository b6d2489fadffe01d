"""Passwords: set, changed, given for the first time; and the small facts a sign-in screen shows."""

import secrets

import bcrypt
from sqlalchemy import select
from sqlalchemy.orm import Session

from db import clock, journal
from db.engine import current, reading, transaction
from db.models import OfficeFact, Person, Unit
from db.rules import passwords as rules
from db.rules.permissions import Actor, Permission
from db.rules.problems import Check, Problem, Problems
from db.services.accounts.counters import Waiting, count, forgive, key_of
from db.services.accounts.sessions import revoke_sessions
from db.services.acts import guarded

SCHEME = "bcrypt-sha256"


def hash_of(password: str) -> str:
    """bcrypt over a digest of the whole password, at the cost of the settings; takes a tenth of a second."""
    return hash_ready(rules.ready_to_hash(password))


def hash_ready(ready: str) -> str:
    """The same for what rules.ready_to_hash() answered."""
    return bcrypt.hashpw(ready.encode(), bcrypt.gensalt(current().settings.password_cost)).decode()


def is_right(password: str, stored: str) -> bool:
    """Whether this is the password; an empty hash fits none."""
    return bool(stored) and bcrypt.checkpw(rules.ready_to_hash(password).encode(), stored.encode())


def set_password(session: Session, person: Person, hashed: str) -> None:
    """Put a checked, hashed password in force inside the caller's transaction."""
    person.password_hash, person.password_scheme = hashed, SCHEME
    person.password_expires_at, person.must_change = None, False
    session.flush()


def give_first_password(session: Session, person: Person) -> str:
    """Give a random password for one day inside the caller's transaction; it must be changed at sign-in.

    Ends the person's sessions. The answer is shown once and never stored. Costs a tenth of a second.
    """
    # No letters or digits that look alike, because people copy it from a slip of paper.
    alphabet = "abcdefghjkmnpqrstuvwxyz23456789"
    password = "-".join("".join(secrets.choice(alphabet) for _ in range(4)) for _ in range(4))
    set_password(session, person, hash_of(password))
    person.password_expires_at = clock.now() + rules.FIRST_PASSWORD_LASTS
    person.must_change = True
    revoke_sessions(session, person.id, "password reset")
    return password


@guarded(Permission.ACCOUNT_OWN)
def change_password(actor: Actor, *, present: str, password: str, repeated: str) -> None:
    """Change one's own password and end one's other sessions; raises Problems beside the fields.

    Wrong present passwords are counted like failed sign-ins, for whoever finds an unlocked desk; raises Waiting.
    """
    counter = key_of("present", str(actor.id))
    with transaction(actor) as session:
        wait = count(session, counter, current().settings.attempts_per_name)
    if wait:
        raise Waiting(wait)
    with reading() as session:
        person = session.get_one(Person, actor.id)
        names = guessable_names(session)
    if not is_right(present, person.password_hash):
        with transaction(actor) as session:
            journal.note(session, "password_refused", tbl="person", pk=actor.id)
        raise Problems(Problem("present", "This is not your present password."))
    with transaction(actor) as session:
        forgive(session, counter)
    rules.check_password(password, username=person.username, names=names, repeated=repeated)
    check = Check()
    check.that(not is_right(password, person.password_hash), "password", "This is your present password.")
    check.done()
    hashed = hash_of(password)
    with transaction(actor) as session:
        set_password(session, session.get_one(Person, actor.id), hashed)
        revoke_sessions(session, person.id, "password changed", keep=int(actor.session or 0))
        journal.note(session, "password_changed", tbl="person", pk=actor.id)


@guarded(Permission.ACCOUNT_OWN)
def choose_language(actor: Actor, *, language: str) -> None:
    """Remember the language one reads in: zh, en, or "" for the browser's."""
    check = Check()
    check.that(language in ("", "en", "zh"), "language", "There is no such language.")
    check.done()
    with transaction(actor) as session:
        session.get_one(Person, actor.id).language = language


def guessable_names(session: Session) -> list[str]:
    """Names no password may contain: the office's, its units' in both languages."""
    units = [name for row in session.execute(select(Unit.name, Unit.name_en)) for name in row]
    office = session.scalar(select(OfficeFact.value).where(OfficeFact.name == "name"))
    return [name for name in (*units, office) if name]


def office_name() -> str:
    """What the office calls itself, "" before it said so; on the sign-in screen for everybody."""
    with reading() as session:
        return session.scalar(select(OfficeFact.value).where(OfficeFact.name == "name")) or ""
