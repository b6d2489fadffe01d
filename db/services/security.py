"""How safe the office stands, for the administrator: one line per question, the worst first."""

import json
import platform
import tomllib
from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import cache
from importlib.metadata import version
from pathlib import Path

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from db import clock, wall
from db.engine import current, reading
from db.journal import JournalRow
from db.models import EmergencyReading, Person, PersonRole, SecondFactor, SignInSession
from db.rules import security as rules
from db.rules.permissions import Actor, Permission, Role
from db.rules.problems import N_
from db.rules.security import Account, Finding, State, finding
from db.services import accounts, journal, keeping
from db.services.acts import guarded
from db.services.keeping import safety
from db.settings import Settings

_ROOT = Path(__file__).parents[2]
_KNOWN_ROLES = {role.value for role in Role}


@guarded(Permission.SECURITY_READ)
def findings(actor: Actor, *, local: bool, came_by_tls: bool) -> tuple[Finding, ...]:
    """Every question with its answer, the worst first; `local` when nobody but this computer reaches Linli."""
    settings, now = current().settings, clock.now()
    asked = {role for role in Role if settings.asks_second_factor({role})}
    with reading() as session:
        people = _accounts(session)
        found = [
            rules.transport(
                https=settings.https,
                local=local,
                came_by_tls=came_by_tls,
                reason=settings.without_tls.strip(),
            ),
            rules.second_factor(people, asked, settings.without_second_factor.strip()),
            *rules.wide_roles(people),
            rules.unused(people, now),
            _open_sessions(session),
            rules.failed_sign_ins(_failed(session, now)),
            _verified(session, now),
            rules.emergencies(*_emergencies(session)),
            _second_wall(session),
            _versions(session),
        ]
    found += [rules.anchored([_moment(head.at) if head else None for head in journal.newest_anchors(settings)])]
    found += [*_backups(actor), *_files(settings), *_user()]
    return tuple(sorted(found, key=lambda one: list(State).index(one.state)))


def _accounts(session: Session) -> list[Account]:
    used = select(func.max(SignInSession.seen_at)).where(SignInSession.person_id == Person.id).scalar_subquery()
    query = (
        select(Person.id, Person.name, Person.created_at, SecondFactor.confirmed_at, used.label("used_at"))
        .outerjoin(SecondFactor, SecondFactor.person_id == Person.id)
        .where(Person.active)
        .order_by(Person.username)
    )
    roles: dict[int, set[Role]] = {}
    for row in session.execute(select(PersonRole.person_id, PersonRole.role)):
        if row.role in _KNOWN_ROLES:
            roles.setdefault(row.person_id, set()).add(Role(row.role))
    return [
        Account(row.name, frozenset(roles.get(row.id, ())), row.confirmed_at is not None, row.used_at or row.created_at)
        for row in session.execute(query)
    ]


def _open_sessions(session: Session) -> Finding:
    browsers, people = accounts.open_now(session)
    message = N_("{n} browsers of {people} people are signed in now.")
    return finding(State.GOOD, N_("Signed-in browsers"), message, "people", n=browsers, people=people)


def _failed(session: Session, now: datetime) -> int:
    since = (now - timedelta(days=rules.FAILED_DAYS)).isoformat(timespec="microseconds")
    lately = (JournalRow.at >= since, JournalRow.event == "sign_in_failed")
    return session.scalar(select(func.count()).select_from(JournalRow).where(*lately)) or 0


def _verified(session: Session, now: datetime) -> Finding:
    query = select(JournalRow.at, JournalRow.after).where(JournalRow.tbl == "journal")
    query = query.where(JournalRow.event == "journal_verified").order_by(JournalRow.seq.desc()).limit(1)
    row = session.execute(query).one_or_none()
    if row is None:
        return rules.verified(None, sound=False, now=now)
    return rules.verified(_moment(row.at), sound=bool(json.loads(row.after or "{}").get("sound")), now=now)


def _emergencies(session: Session) -> tuple[int, datetime | None]:
    query = select(func.count(), func.min(EmergencyReading.opened_at)).where(EmergencyReading.noted_at.is_(None))
    number, oldest = session.execute(query).one()
    return number, oldest


def _second_wall(session: Session) -> Finding:
    if current().is_sqlite:
        return rules.second_wall(sqlite=True, stands=False, binds=False)
    connection = session.connection()
    return rules.second_wall(sqlite=False, stands=wall.is_built(connection), binds=wall.binds(connection))


def _versions(session: Session) -> Finding:
    asked = "SELECT sqlite_version()" if current().is_sqlite else "SHOW server_version"
    return finding(
        State.GOOD,
        N_("Versions"),
        N_("Linli {linli}, Python {python}, Streamlit {streamlit}, {engine} {engine_version}."),
        linli=_own_version(),
        python=platform.python_version(),
        streamlit=version("streamlit"),
        engine="SQLite" if current().is_sqlite else "PostgreSQL",
        engine_version=session.scalar(text(asked)),
    )


def _backups(actor: Actor) -> Iterator[Finding]:
    state, about = keeping.overview(actor), N_("Backups and disk")
    yield from (Finding(State.BAD, about, problem, "backups") for problem in state.urgent)
    yield from (Finding(State.LOOK, about, problem, "backups") for problem in state.advice)
    if state.newest is not None and not state.urgent:
        free, total = (f"{size / 1e9:.0f}" for size in (state.free, state.total))
        message = N_("The newest backup is of {time}; {free} GB of {total} GB are free.")
        yield finding(State.GOOD, about, message, "backups", time=state.newest, free=free, total=total)


def _files(settings: Settings) -> Iterator[Finding]:
    about, private = N_("Files of the database and the keys"), safety.private_files(settings)
    wide = safety.readable_by_others(settings)
    if wide:
        message = N_("Others on this computer may read {names}. Set their mode to 0600.")
        yield finding(State.BAD, about, message, names=", ".join(path.name for path in wide))
    elif private:
        yield finding(State.GOOD, about, N_("{n} files are readable by their owner only."), n=len(private))
    else:
        message = N_("This system has no such modes. Give the data folder to Linli's own account alone.")
        yield finding(State.LOOK, about, message)


def _user() -> Iterator[Finding]:
    if safety.runs_as_root():
        message = N_("Linli runs as root. Give it a user of its own, so that a hole in it is not one in the computer.")
        yield finding(State.LOOK, N_("User of the computer"), message)


@cache
def _own_version() -> str:
    return str(tomllib.loads((_ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"])


def _moment(written: str) -> datetime:
    return datetime.fromisoformat(written)
