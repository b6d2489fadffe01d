"""Looks at disputes: one journal row per opening, repeats within a few minutes counted once."""

from sqlalchemy import ColumnElement, and_
from sqlalchemy.orm import Session

from db import journal
from db.engine import reading, transaction
from db.journal import JournalRow
from db.rules.permissions import Actor
from db.services.journal.looks import Looks, looked_lately, looks_among


def look(session: Session, actor: Actor, dispute_id: int, what: str) -> None:
    """Note in the caller's transaction that the actor saw a dispute (look, unmask), once per few minutes."""
    if not looked_lately(session, actor, what, _about(dispute_id)):
        journal.note(session, what, tbl="dispute", pk=dispute_id)


def note_look(actor: Actor, *, dispute_id: int, what: str) -> None:
    """The same in a transaction of its own, and without any when there is nothing to write."""
    with reading() as session:
        if looked_lately(session, actor, what, _about(dispute_id)):
            return
    with transaction(actor) as session:
        look(session, actor, dispute_id, what)


def looks_at(session: Session, dispute_id: int, before: int | None = None) -> Looks:
    """A page of the looks, unmaskings, prints, downloads and exports of a dispute."""
    return looks_among(session, _about(dispute_id), before=before)


def _about(dispute_id: int) -> ColumnElement[bool]:
    return and_(JournalRow.tbl == "dispute", JournalRow.pk == str(dispute_id))
