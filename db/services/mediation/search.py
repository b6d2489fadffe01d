"""The word index of disputes: kept by the acts that change words, asked by the list."""

from sqlalchemy import ColumnElement, false, func, select, text
from sqlalchemy.orm import Session

from db.models import Dispute, DisputeWords
from db.rules.words import sought, words_of


def index(session: Session, dispute: Dispute) -> None:
    """Keep the words of a dispute."""
    words = words_of(dispute.number, dispute.subject, dispute.facts, dispute.place, dispute.request)
    row = session.get(DisputeWords, dispute.id)
    if row is None:
        session.add(DisputeWords(dispute_id=dispute.id, words=words))
    else:
        row.words = words


def matching(session: Session, wanted: str) -> ColumnElement[bool]:
    """Disputes that hold every piece of the text asked for."""
    pieces = sought(wanted)
    if not pieces:
        return false()
    if session.get_bind().dialect.name == "sqlite":
        found = text(
            "SELECT rowid AS dispute_id FROM dispute_words_search WHERE dispute_words_search MATCH :words"
        ).bindparams(words=" AND ".join(f'"{piece}"' for piece in pieces))
        return Dispute.id.in_(select(found.columns(DisputeWords.dispute_id).subquery().c.dispute_id))
    query = func.to_tsquery(text("'simple'"), " & ".join(f"'{piece}'" for piece in pieces))
    vector = func.to_tsvector(text("'simple'"), DisputeWords.words)
    return Dispute.id.in_(select(DisputeWords.dispute_id).where(vector.op("@@")(query)))
