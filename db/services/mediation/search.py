"""The word index of disputes: kept by the acts that change words, asked by the list."""

from sqlalchemy import ColumnElement
from sqlalchemy.orm import Session

from db.models import Dispute, DisputeWords
from db.rules.words import words_of
from db.services.search import holding


def index(session: Session, dispute: Dispute) -> None:
    """Keep the words of a dispute."""
    number = f"{dispute.number} {dispute.running}"
    words = words_of(number, dispute.subject, dispute.facts, dispute.place, dispute.request)
    row = session.get(DisputeWords, dispute.id)
    if row is None:
        session.add(DisputeWords(dispute_id=dispute.id, words=words))
    else:
        row.words = words


def matching(session: Session, wanted: str) -> ColumnElement[bool]:
    """Disputes that hold every part of the text asked for as it stands there."""
    return holding(session, wanted, Dispute.id, DisputeWords.dispute_id, DisputeWords.words, "dispute_words_search")
