"""Looks at a record: one row per opening, repeats within a few minutes counted once, told on the record."""

import json
from datetime import UTC, datetime, timedelta

import pandas as pd
from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from db import clock, journal
from db.engine import current, reading, transaction
from db.journal import JournalRow
from db.rules.permissions import Actor, Permission
from db.services.acts import guarded
from db.services.office import limits_in_force

LOOKS = ("look", "unmask", "download", "print", "export")
SEEN = ["at", "person", "event", "what"]
SHOWN = 200


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
def who_has_seen(actor: Actor, *, case_id: int) -> pd.DataFrame:
    """The latest looks, unmaskings, prints and exports of a case the actor may see: columns of SEEN."""
    from db.services.cases.scope import load

    with reading() as session:
        load(session, actor, case_id)
        return looks_among(session, JournalRow.case_id == case_id)


def looks_among(session: Session, *about: ColumnElement[bool]) -> pd.DataFrame:
    """The latest looks, unmaskings, prints, downloads and exports among these journal rows: columns of SEEN."""
    rows = session.scalars(
        select(JournalRow).where(*about, JournalRow.event.in_(LOOKS)).order_by(JournalRow.seq.desc()).limit(SHOWN)
    )
    seen = [(datetime.fromisoformat(row.at), row.actor, row.event, _what(row.after)) for row in rows]
    return pd.DataFrame(seen, columns=SEEN)


def _what(after: str | None) -> str:
    found = json.loads(after) if after else {}
    return str(found.get("what", "")) if isinstance(found, dict) else ""
