"""Looks at disputes: one journal row per opening, repeats within a few minutes counted once."""

import json
from datetime import UTC, datetime, timedelta

import pandas as pd
from sqlalchemy import select
from sqlalchemy.orm import Session

from db import clock, journal
from db.engine import current, reading, transaction
from db.journal import JournalRow
from db.rules.permissions import Actor
from db.services.journal.looks import LOOKS, SEEN, SHOWN
from db.services.office import limits_in_force


def look(session: Session, actor: Actor, dispute_id: int, what: str) -> None:
    """Note in the caller's transaction that the actor saw a dispute (look, unmask), once per few minutes."""
    if not _lately(session, actor, dispute_id, what):
        journal.note(session, what, tbl="dispute", pk=dispute_id)


def note_look(actor: Actor, *, dispute_id: int, what: str) -> None:
    """The same in a transaction of its own, and without any when there is nothing to write."""
    with reading() as session:
        if _lately(session, actor, dispute_id, what):
            return
    with transaction(actor) as session:
        look(session, actor, dispute_id, what)


def looks_at(session: Session, dispute_id: int) -> pd.DataFrame:
    """The latest looks, unmaskings, prints, downloads and exports of a dispute: columns of SEEN."""
    rows = session.scalars(
        select(JournalRow)
        .where(JournalRow.tbl == "dispute", JournalRow.pk == str(dispute_id), JournalRow.event.in_(LOOKS))
        .order_by(JournalRow.seq.desc())
        .limit(SHOWN)
    )
    seen = [(datetime.fromisoformat(row.at), row.actor, row.event, _what(row.after)) for row in rows]
    return pd.DataFrame(seen, columns=SEEN)


def _what(after: str | None) -> str:
    return str(json.loads(after).get("what", "")) if after else ""


def _lately(session: Session, actor: Actor, dispute_id: int, what: str) -> bool:
    limits = limits_in_force(session, clock.today(current().settings.timezone))
    since = clock.now().astimezone(UTC) - timedelta(minutes=limits["coalesce_looks"].amount)
    found = session.scalar(
        select(JournalRow.seq)
        .where(
            JournalRow.tbl == "dispute",
            JournalRow.pk == str(dispute_id),
            JournalRow.actor_id == actor.id,
            JournalRow.event == what,
            JournalRow.at > since.isoformat(timespec="microseconds"),
        )
        .limit(1)
    )
    return found is not None
