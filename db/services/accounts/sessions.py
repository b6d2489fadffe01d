"""Signed-in browsers: begun, read on every run, seen, ended. Only the hash of a token is ever stored."""

import hashlib
import secrets
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, SQLColumnExpression, bindparam, delete, func, select, update
from sqlalchemy.orm import Session

from db import clock, journal
from db.base import Moment
from db.engine import current, reading, transaction
from db.models import Person, PersonRole, SecondFactor, SignInCounter, SignInSession, SignInTicket, Unit
from db.rules.permissions import Actor, Permission, Role, system_actor
from db.rules.problems import NotThere
from db.services.acts import guarded

DOOR = "front door"
KEPT_AFTER_THE_END = timedelta(days=90)
_KNOWN_ROLES = {role.value for role in Role}


@dataclass(frozen=True)
class Seat:
    """A person at a signed-in browser, as the database says at this moment."""

    actor: Actor
    session_id: int = 0
    username: str = ""
    unit: str = ""
    unit_en: str = ""
    must_change: bool = False
    must_enrol: bool = False

    @property
    def at_work(self) -> bool:
        """Whether every screen is open: nothing about the account has to be done first."""
        return not (self.must_change or self.must_enrol)


_in, _person, _unit, _role = SignInSession.__table__, Person.__table__, Unit.__table__, PersonRole.__table__
_factor = SecondFactor.__table__
# Built once: asked on every run and every message of every socket.
_SEAT = (
    select(
        _in.c.id.label("session_id"),
        *(_person.c[name] for name in ("id", "username", "name", "language", "must_change", "unit_id")),
        _unit.c.path,
        _unit.c.name.label("unit"),
        _unit.c.name_en.label("unit_en"),
        _role.c.role,
        _factor.c.confirmed_at,
    )
    .select_from(
        _in.join(_person, _person.c.id == _in.c.person_id)
        .join(_unit, _unit.c.id == _person.c.unit_id)
        .outerjoin(_role, _role.c.person_id == _person.c.id)
        .outerjoin(_factor, _factor.c.person_id == _person.c.id)
    )
    .where(
        _in.c.revoked_at.is_(None),
        _in.c.expires_at > bindparam("now", type_=Moment),
        _in.c.seen_at > bindparam("idle_since", type_=Moment),
        _in.c.epoch == _person.c.epoch,
        _person.c.active,
    )
)
_BY_ID = _SEAT.where(_in.c.id == bindparam("which"))
_BY_TOKEN = _SEAT.where(_in.c.token_hash == bindparam("which"))


@dataclass(frozen=True)
class OpenSession:
    """One signed-in browser, for its owner's list."""

    id: int
    created_at: datetime
    seen_at: datetime
    address: str
    browser: str
    is_this_one: bool


def door_actor(address: str) -> Actor:
    """The front door itself, writing for somebody not signed in yet."""
    return Actor(id=None, name=DOOR, origin=address)


def hash_token(token: str) -> str:
    """What is stored of a 256-bit random token; without a salt, because nobody can guess one."""
    return hashlib.sha256(token.encode()).hexdigest()


def seat_of(session_id: int, *, origin: str = "") -> Seat | None:
    """Who sits at this session, or None when it is over; one indexed query."""
    return _seat(_BY_ID, origin, session_id)


def seat_by_token(token: str, *, origin: str = "") -> Seat | None:
    """Who presents this cookie, or None."""
    return _seat(_BY_TOKEN, origin, hash_token(token)) if token else None


def live_among(session_ids: Collection[int]) -> set[int]:
    """Those of the given sessions that are still good, whoever ended the others and in whichever process."""
    if not session_ids:
        return set()
    with reading() as session:
        query = select(SignInSession.id).join(Person, Person.id == SignInSession.person_id)
        return set(session.scalars(query.where(SignInSession.id.in_(session_ids), *_is_live())))


def open_now(session: Session) -> tuple[int, int]:
    """How many browsers are signed in, and of how many people."""
    query = select(func.count(), func.count(SignInSession.person_id.distinct())).select_from(SignInSession)
    browsers, people = session.execute(
        query.join(Person, Person.id == SignInSession.person_id).where(*_is_live())
    ).one()
    return browsers, people


def seen(moments: Mapping[int, datetime]) -> None:
    """Note when each session was last used; never wakes one that is over."""
    with transaction(system_actor(DOOR)) as session:
        for session_id, moment in moments.items():
            mine = (SignInSession.id == session_id, SignInSession.revoked_at.is_(None))
            session.execute(update(SignInSession).where(*mine, SignInSession.seen_at < moment).values(seen_at=moment))


def note_lapsed(session_ids: Collection[int]) -> None:
    """Write the end of sessions that nobody ended: idle too long, at their limit, or their person changed."""
    now, settings = clock.now(), current().settings
    idle = now - timedelta(minutes=settings.idle_minutes)
    good = select(SignInSession.id).join(Person, Person.id == SignInSession.person_id).where(*_is_live())
    with transaction(system_actor(DOOR)) as session:
        over = SignInSession.id.in_(session_ids) & SignInSession.revoked_at.is_(None)
        for row in session.scalars(select(SignInSession).where(over, SignInSession.id.not_in(good))):
            row.revoked_at = now
            row.revoked_why = "limit" if row.expires_at <= now else "idle" if row.seen_at <= idle else "changed"
            detail: dict[str, object] = {"why": row.revoked_why, "ended": 1}
            journal.note(session, "session_ended", tbl="person", pk=row.person_id, detail=detail)


def begin_session(session: Session, person: Person, *, address: str, browser: str, replaces: str) -> str:
    """Start a session inside the caller's transaction and answer its token; the replaced one dies."""
    now = clock.now()
    if replaces:
        session.execute(
            update(SignInSession)
            .where(SignInSession.token_hash == hash_token(replaces), SignInSession.revoked_at.is_(None))
            .values(revoked_at=now, revoked_why="replaced")
        )
    token = secrets.token_urlsafe(32)
    session.add(
        SignInSession(
            token_hash=hash_token(token),
            person_id=person.id,
            epoch=person.epoch,
            created_at=now,
            seen_at=now,
            expires_at=now + timedelta(hours=current().settings.absolute_hours),
            address=address,
            browser="".join(c for c in browser if c.isprintable())[:200],
        )
    )
    journal.note(session, "sign_in", tbl="person", pk=person.id)
    return token


def end(seat: Seat) -> None:
    """Sign out: this session only."""
    with transaction(seat.actor) as session:
        _revoke(session, SignInSession.id == seat.session_id, why="sign_out")
        journal.note(session, "sign_out", tbl="person", pk=seat.actor.id)


def revoke_sessions(session: Session, person_id: int, why: str, *, keep: int | None = None) -> int:
    """End a person's sessions inside the caller's transaction (role change, reset, deactivation).

    Raises the person's epoch; `keep` names one session that goes on. Answers how many ended.
    """
    person = session.get_one(Person, person_id)
    person.epoch += 1
    session.flush()
    others = SignInSession.person_id == person_id
    if keep is not None:
        session.execute(update(SignInSession).where(SignInSession.id == keep).values(epoch=person.epoch))
        others &= SignInSession.id != keep
    ended = _revoke(session, others, why=why)
    if ended:
        journal.note(session, "session_ended", tbl="person", pk=person_id, detail={"why": why, "ended": ended})
    return ended


@guarded(Permission.ACCOUNT_OWN)
def my_sessions(actor: Actor) -> tuple[OpenSession, ...]:
    """The actor's own open sessions, the latest first."""
    query = (
        select(SignInSession)
        .join(Person, Person.id == SignInSession.person_id)
        .where(SignInSession.person_id == actor.id, *_is_live())
        .order_by(SignInSession.seen_at.desc(), SignInSession.id.desc())
    )
    with reading() as session:
        return tuple(
            OpenSession(
                id=row.id,
                created_at=row.created_at,
                seen_at=row.seen_at,
                address=row.address,
                browser=row.browser,
                is_this_one=str(row.id) == actor.session,
            )
            for row in session.scalars(query)
        )


@guarded(Permission.ACCOUNT_OWN)
def end_mine(actor: Actor, *, session_id: int) -> None:
    """End one of the actor's own sessions; raises NotThere for anybody else's."""
    with transaction(actor) as session:
        mine = (SignInSession.id == session_id) & (SignInSession.person_id == actor.id)
        if not _revoke(session, mine, why="ended by owner"):
            raise NotThere("sign_in_session")
        journal.note(session, "session_ended", tbl="person", pk=actor.id, detail={"why": "ended by owner"})


@guarded(Permission.ACCOUNT_OWN)
def end_my_others(actor: Actor) -> None:
    """End the actor's other sessions and keep this one."""
    with transaction(actor) as session:
        others = (SignInSession.person_id == actor.id) & (SignInSession.id != int(actor.session or 0))
        ended = _revoke(session, others, why="ended by owner")
        detail: dict[str, object] = {"why": "ended by owner", "ended": ended}
        journal.note(session, "session_ended", tbl="person", pk=actor.id, detail=detail)


@guarded(Permission.ACCOUNT_OWN)
def end_all_mine(actor: Actor) -> None:
    """Sign out everywhere, here too."""
    with transaction(actor) as session:
        ended = _revoke(session, SignInSession.person_id == actor.id, why="signed out everywhere")
        detail: dict[str, object] = {"why": "signed out everywhere", "ended": ended}
        journal.note(session, "session_ended", tbl="person", pk=actor.id, detail=detail)


def note_refused_screen(actor: Actor, *, screen: str) -> None:
    """Journal that somebody asked for a screen their roles don't open."""
    with transaction(actor) as session:
        journal.note(session, "refused", tbl="screen", pk=screen, detail={"why": "Refused"})


def tidy() -> None:
    """Forget used tickets, old failures and sessions that ended long ago."""
    now, settings = clock.now(), current().settings
    forgotten = now - timedelta(minutes=settings.attempt_window_minutes)
    with transaction(system_actor(DOOR)) as session:
        session.execute(delete(SignInTicket).where(SignInTicket.expires_at < now - timedelta(days=1)))
        session.execute(
            delete(SignInCounter).where(
                SignInCounter.since < forgotten,
                SignInCounter.wait_until.is_(None) | (SignInCounter.wait_until < now),
            )
        )
        session.execute(delete(SignInSession).where(SignInSession.expires_at < now - KEPT_AFTER_THE_END))


def _is_live() -> tuple[SQLColumnExpression[bool], ...]:
    """What makes a session good now; needs person joined."""
    now = clock.now()
    idle = timedelta(minutes=current().settings.idle_minutes)
    return (
        SignInSession.revoked_at.is_(None),
        SignInSession.expires_at > now,
        SignInSession.seen_at > now - idle,
        SignInSession.epoch == Person.epoch,
        Person.active,
    )


def _seat(query: Select[Any], origin: str, which: object) -> Seat | None:
    now = clock.now()
    idle_since = now - timedelta(minutes=current().settings.idle_minutes)
    with reading() as session:
        values = {"which": which, "now": now, "idle_since": idle_since}
        rows = session.connection().execute(query, values).all()
    return _seated(rows, origin) if rows else None


def _seated(rows: Sequence[Row[*tuple[Any, ...]]], origin: str) -> Seat:
    first = rows[0]
    actor = Actor(
        id=first.id,
        name=first.name,
        roles=frozenset(Role(row.role) for row in rows if row.role in _KNOWN_ROLES),
        unit_id=first.unit_id,
        unit_path=first.path,
        language=first.language,
        origin=origin,
        session=str(first.session_id),
    )
    return Seat(
        actor=actor,
        session_id=first.session_id,
        username=first.username,
        unit=first.unit,
        unit_en=first.unit_en,
        must_change=first.must_change,
        must_enrol=first.confirmed_at is None and current().settings.asks_second_factor(actor.roles),
    )


def _revoke(session: Session, which: ColumnElement[bool], *, why: str) -> int:
    change = update(SignInSession).where(which, SignInSession.revoked_at.is_(None))
    result = session.execute(change.values(revoked_at=clock.now(), revoked_why=why))
    return int(result.rowcount)  # type: ignore[attr-defined]
