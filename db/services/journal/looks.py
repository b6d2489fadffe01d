"""Looks at a record: one row per opening, repeats soon after counted once, told on the record page by page."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pandas as pd
from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from db import clock, journal
from db.engine import current, reading, transaction
from db.journal import JournalRow
from db.models import Attachment, Case, PersonRole
from db.rules.looks import LOOKS, may_be_told
from db.rules.permissions import Actor, Permission, Role
from db.services.acts import guarded
from db.services.office import limits_in_force

SEEN = ["at", "person", "roles", "event", "what", "times"]
SHOWN = 20
# As much of a stored moment as its hour: who does the same again within it did so several times.
_HOUR = len("2026-11-19T01")


@dataclass(frozen=True)
class Looks:
    """At most SHOWN rows, the newest first (columns of SEEN; `roles` are today's), and where the older ones begin."""

    rows: pd.DataFrame
    older: int | None


def seen_lately(session: Session, actor: Actor, case_id: int, what: str) -> bool:
    """Whether this person's look at this case is already in the journal for the last few minutes."""
    return looked_lately(session, actor, what, JournalRow.case_id == case_id)


def looked_lately(session: Session, actor: Actor, what: str, *about: ColumnElement[bool]) -> bool:
    """The same for whatever journal rows `about` names."""
    limits = limits_in_force(session, clock.today(current().settings.timezone))
    since = clock.now().astimezone(UTC) - timedelta(minutes=limits["coalesce_looks"].amount)
    found = session.scalar(
        select(JournalRow.seq)
        .where(
            *about,
            JournalRow.actor_id == actor.id,
            JournalRow.event == what,
            JournalRow.at > since.isoformat(timespec="microseconds"),
        )
        .limit(1)
    )
    return found is not None


def look(session: Session, actor: Actor, case_id: int, what: str) -> None:
    """Note in the caller's transaction that the actor saw a case (look, unmask), once per few minutes."""
    if not seen_lately(session, actor, case_id, what):
        journal.note(session, what, tbl="case_file", pk=case_id, case_id=case_id)


def note_look(actor: Actor, *, case_id: int, what: str) -> None:
    """The same in a transaction of its own, and without any when there is nothing to write."""
    with reading() as session:
        if seen_lately(session, actor, case_id, what):
            return
    with transaction(actor) as session:
        look(session, actor, case_id, what)


@guarded(Permission.CASES_READ)
def who_has_seen(actor: Actor, *, case_id: int, before: int | None = None) -> Looks | None:
    """Who looked at a case, unmasked, printed, took or exported something; None for who does not answer for it."""
    from db.services.cases.scope import handled_by, load

    with reading() as session:
        case = load(session, actor, case_id)
        handles = session.scalar(select(Case.id).where(Case.id == case_id, handled_by(actor))) is not None
        answer_for_it = (case.registered_by_id, case.first_responsible_id, actor.id if handles else None)
        if not may_be_told(actor, answer_for_it):
            return None
        return looks_among(session, JournalRow.case_id == case_id, before=before)


def looks_among(session: Session, *about: ColumnElement[bool], before: int | None = None) -> Looks:
    """A page of the looks among these journal rows; the same by the same person within an hour stands once."""
    last = func.max(JournalRow.seq).label("last")
    same = (JournalRow.actor_id, JournalRow.actor, JournalRow.event, JournalRow.after)
    query = (
        select(last, func.max(JournalRow.at).label("at"), func.count().label("times"), *same)
        .where(*about, JournalRow.event.in_(LOOKS))
        .group_by(*same, func.substr(JournalRow.at, 1, _HOUR))
        .order_by(last.desc())
        .limit(SHOWN + 1)
    )
    if before is not None:
        query = query.having(func.max(JournalRow.seq) < before)
    found = session.execute(query).all()
    page = found[:SHOWN]
    roles = _roles(session, {row.actor_id for row in page})
    files = _files(session, {_named(row.after) for row in page})
    seen = [
        (
            datetime.fromisoformat(row.at),
            row.actor,
            roles.get(row.actor_id, ()),
            row.event,
            files.get(_named(row.after), ""),
            row.times,
        )
        for row in page
    ]
    return Looks(pd.DataFrame(seen, columns=SEEN), int(page[-1].last) if len(found) > SHOWN else None)


def _roles(session: Session, people: Iterable[int | None]) -> dict[int, tuple[str, ...]]:
    order = {role.value: place for place, role in enumerate(Role)}
    held: dict[int, list[str]] = {}
    for person_id, role in session.execute(
        select(PersonRole.person_id, PersonRole.role).where(PersonRole.person_id.in_(people))
    ):
        held.setdefault(person_id, []).append(role)
    return {who: tuple(sorted(roles, key=lambda one: order.get(one, len(order)))) for who, roles in held.items()}


def _files(session: Session, ids: Iterable[int | None]) -> dict[int | None, str]:
    query = select(Attachment.id, Attachment.name).where(Attachment.id.in_([one for one in ids if one is not None]))
    return dict(session.execute(query).all())


def _named(after: str | None) -> int | None:
    """The file a row is about."""
    found = json.loads(after) if after else {}
    file_id = found.get("attachment") if isinstance(found, dict) else None
    return int(file_id) if file_id is not None else None
