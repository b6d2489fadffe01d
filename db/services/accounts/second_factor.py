"""The second factor: set up, confirmed by a code, asked for at sign-in, taken away; each code counts once."""

import secrets
from dataclasses import dataclass

import pyotp
from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from db import clock, journal
from db.engine import current, reading, transaction
from db.identity import decrypt, encrypt
from db.models import OfficeFact, Person, RecoveryCode, SecondFactor
from db.rules import second_factor as rules
from db.rules.permissions import Actor, Permission
from db.rules.problems import N_, Check, Problem, Problems
from db.services.accounts.counters import Waiting, count, forgive, key_of
from db.services.accounts.sessions import revoke_sessions
from db.services.acts import guarded

ISSUER = "Linli"
TAKEN = N_("You have a second factor. Take it away first to set up another.")
WRONG = N_("This code is not right, or it was used before.")


@dataclass(frozen=True)
class Enrolment:
    """What an authenticator is told: the secret to type, and the same as an address for a QR code."""

    secret: str
    uri: str


@dataclass(frozen=True)
class Standing:
    """Whether a person's second factor counts, whether their roles ask for one, recovery codes left."""

    on: bool
    required: bool
    codes_left: int


@guarded(Permission.ACCOUNT_OWN)
def my_second_factor(actor: Actor) -> Standing:
    """How the actor's own second factor stands."""
    unused = select(func.count()).where(RecoveryCode.person_id == actor.id, RecoveryCode.used_at.is_(None))
    with reading() as session:
        return Standing(
            is_on(session, actor.id), current().settings.asks_second_factor(actor.roles), session.scalar(unused) or 0
        )


@guarded(Permission.ACCOUNT_OWN)
def begin_second_factor(actor: Actor) -> Enrolment:
    """The secret to put into an authenticator, the same until it is confirmed; raises Problems when one counts."""
    with reading() as session:
        row = session.get(SecondFactor, actor.id)
        stored = row.secret if row is not None and row.confirmed_at is None else None
        taken = row is not None and stored is None
        name = session.get_one(Person, actor.id).username
        issuer = session.scalar(select(OfficeFact.value).where(OfficeFact.name == "name")) or ISSUER
    if taken:
        raise Problems(Problem("", TAKEN))
    secret = decrypt(current(), _place(actor.id), stored) if stored else _keep_new(actor)
    return Enrolment(secret, pyotp.TOTP(secret).provisioning_uri(name=name, issuer_name=issuer))


@guarded(Permission.ACCOUNT_OWN)
def confirm_second_factor(actor: Actor, *, code: str) -> tuple[str, ...]:
    """Let it count from now on and answer the recovery codes, which nobody sees again; other sessions end.

    Raises Problems beside `code` when it is none of the authenticator's.
    """
    with transaction(actor) as session:
        row = session.get(SecondFactor, actor.id)
        if row is None or row.confirmed_at is not None or not _use_step(session, _id(actor), rules.normal_code(code)):
            raise Problems(Problem("code", WRONG))
        session.execute(update(SecondFactor).where(SecondFactor.person_id == actor.id).values(confirmed_at=clock.now()))
        revoke_sessions(session, _id(actor), "second factor set up", keep=int(actor.session or 0))
        journal.note(session, "second_factor_set_up", tbl="person", pk=actor.id)
        return _new_codes(session, _id(actor))


@guarded(Permission.ACCOUNT_OWN)
def renew_recovery_codes(actor: Actor, *, code: str) -> tuple[str, ...]:
    """Ten new recovery codes for a code; the old ones end. Raises Problems and Waiting like a sign-in."""
    _prove(actor, code)
    with transaction(actor) as session:
        journal.note(session, "recovery_codes_renewed", tbl="person", pk=actor.id)
        return _new_codes(session, _id(actor))


@guarded(Permission.ACCOUNT_OWN)
def drop_second_factor(actor: Actor, *, code: str) -> None:
    """Take one's own away, for another telephone, for a code or a recovery code; raises Problems and Waiting."""
    _prove(actor, code)
    with transaction(actor) as session:
        take_away(session, _id(actor))
        journal.note(session, "second_factor_dropped", tbl="person", pk=actor.id)


def is_on(session: Session, person_id: int | None) -> bool:
    """Whether a person is asked for a code when they sign in."""
    query = select(SecondFactor.person_id).where(SecondFactor.person_id == person_id)
    return session.scalar(query.where(SecondFactor.confirmed_at.is_not(None))) is not None


def use_code(session: Session, person_id: int, typed: str) -> bool:
    """Use a code or a recovery code up inside the caller's transaction; whoever comes first with it wins."""
    code = rules.normal_code(typed)
    if not rules.is_recovery_code(code):
        return _use_step(session, person_id, code)
    mine = (RecoveryCode.code_hash == _hash(person_id, code), RecoveryCode.used_at.is_(None))
    used = session.execute(update(RecoveryCode).where(*mine).values(used_at=clock.now()))
    if used.rowcount != 1:  # type: ignore[attr-defined]
        return False
    journal.note(session, "recovery_code_used", tbl="person", pk=person_id)
    return True


def take_away(session: Session, person_id: int) -> bool:
    """Forget a person's authenticator and recovery codes inside the caller's transaction; whether there was one."""
    session.execute(delete(RecoveryCode).where(RecoveryCode.person_id == person_id))
    gone = session.execute(delete(SecondFactor).where(SecondFactor.person_id == person_id))
    return bool(gone.rowcount)  # type: ignore[attr-defined]


def _prove(actor: Actor, code: str) -> None:
    """Counted before it is looked at, for whoever finds an unlocked desk; raises Waiting and Problems."""
    counter = key_of("present", str(actor.id))
    with transaction(actor) as session:
        wait = count(session, counter, current().settings.attempts_per_name)
    if wait:
        raise Waiting(wait)
    with transaction(actor) as session:
        right = is_on(session, actor.id) and use_code(session, _id(actor), code)
        if right:
            forgive(session, counter)
        else:
            journal.note(session, "second_factor_refused", tbl="person", pk=actor.id)
    check = Check()
    check.that(right, "code", WRONG)
    check.done()


def _keep_new(actor: Actor) -> str:
    secret = pyotp.random_base32()
    sealed = encrypt(current(), _place(actor.id), secret) or b""
    with transaction(actor) as session:
        if (begun := session.get(SecondFactor, actor.id)) is not None:  # another tab was faster
            if begun.confirmed_at is not None:
                raise Problems(Problem("", TAKEN))
            return decrypt(current(), _place(actor.id), begun.secret)
        session.add(SecondFactor(person_id=_id(actor), secret=sealed, begun_at=clock.now(), last_step=0))
    return secret


def _use_step(session: Session, person_id: int, code: str) -> bool:
    """Whether this is the code of a step later than the last one used, which it then is."""
    row = session.get(SecondFactor, person_id)
    if row is None:
        return False
    told = pyotp.TOTP(decrypt(current(), _place(person_id), row.secret), digits=rules.DIGITS)
    fits = [step for step in rules.steps_at(clock.now()) if _same(told.generate_otp(step), code)]
    if not fits:
        return False
    fresh = (SecondFactor.person_id == person_id, SecondFactor.last_step < max(fits))
    used = session.execute(update(SecondFactor).where(*fresh).values(last_step=max(fits)))
    return bool(used.rowcount == 1)  # type: ignore[attr-defined]


def _same(one: str, other: str) -> bool:
    return secrets.compare_digest(one.encode(), other.encode())


def _new_codes(session: Session, person_id: int) -> tuple[str, ...]:
    session.execute(delete(RecoveryCode).where(RecoveryCode.person_id == person_id))
    codes = tuple("-".join(map(_letters, rules.RECOVERY_GROUPS)) for _ in range(rules.RECOVERY_CODES))
    session.add_all(
        RecoveryCode(code_hash=_hash(person_id, rules.normal_code(code)), person_id=person_id) for code in codes
    )
    return codes


def _letters(length: int) -> str:
    return "".join(secrets.choice(rules.ALPHABET) for _ in range(length))


def _hash(person_id: int, code: str) -> str:
    return key_of("recovery", str(person_id), code)


def _place(person_id: int | None) -> str:
    """What the secret is bound to: its column and its person, so that no row can take another's place."""
    return f"second_factor.secret/{person_id}"


def _id(actor: Actor) -> int:
    return int(actor.id or 0)
