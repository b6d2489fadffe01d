"""Cards and vetoes: given with reason and signature by the director, taken back and put back; totals follow at once."""

from datetime import date

import pandas as pd
from sqlalchemy import select
from sqlalchemy.orm import Session

from db import clock
from db.engine import current, reading, transaction
from db.models import AssessedUnit, Assessment, Person, ScoreCard
from db.rules.permissions import Actor, Permission
from db.rules.problems import NotThere
from db.rules.scoring.cards import check_card
from db.services.acts import earlier, guarded, remember
from db.services.duty.rows import framed
from db.services.records import seen
from db.services.scoring import ledger, scope

CARDS = ["id", "version", "kind", "on_day", "reason", "signed_by", "signed_at", "removed_at"]


@guarded(Permission.SCORES_RULE)
def give(actor: Actor, *, assessed_unit_id: int, kind: str, on_day: date | None, reason: str, key: str) -> int:
    """A card signed by the actor; answers its id. Raises NotThere, and Problems beside the fields."""
    with transaction(actor) as session:
        if (done := earlier(session, key)) is not None:
            return int(done)
        assessed = scope.entered(session, actor, assessed_unit_id, Permission.SCORES_RULE)
        year = session.get_one(Assessment, assessed.assessment_id).year
        edition, today = ledger.in_force(session, assessed.assessment_id), clock.today(current().settings.timezone)
        rubric = edition.rubric if edition else None
        check_card(kind=kind, on_day=on_day, reason=reason, year=year, today=today, rubric=rubric)
        row = ScoreCard(
            assessed_unit_id=assessed.id,
            kind=kind,
            on_day=on_day or today,
            reason=reason.strip(),
            signed_by_id=actor.id,
            signed_at=clock.now(),
        )
        session.add(row)
        session.flush()
        ledger.refresh(session, assessed, edition)
        remember(session, actor, key, "scoring.give_card", row.id)
        return row.id


@guarded(Permission.SCORES_RULE)
def take_back(actor: Actor, *, card_id: int, version: int, key: str) -> int:
    """Take a card back; it stays on record and can be put back. Answers its new version."""
    return _mark(actor, card_id, version, key, removed=True)


@guarded(Permission.SCORES_RULE)
def put_back(actor: Actor, *, card_id: int, version: int, key: str) -> int:
    """Put back a card that was taken back; answers its new version."""
    return _mark(actor, card_id, version, key, removed=False)


@guarded(Permission.SCORES_OPEN)
def cards(actor: Actor, *, assessed_unit_id: int) -> pd.DataFrame:
    """Every card of a unit within reach, those taken back too, the newest first: columns of CARDS; raises NotThere."""
    with reading() as session:
        scope.reached(session, actor, assessed_unit_id)
        query = select(ScoreCard, Person.name).join(Person, Person.id == ScoreCard.signed_by_id)
        query = query.where(ScoreCard.assessed_unit_id == assessed_unit_id).order_by(ScoreCard.id.desc())
        told = [
            (card.id, card.version, card.kind, card.on_day, card.reason, name, card.signed_at, card.removed_at)
            for card, name in session.execute(query)
        ]
    return framed(told, CARDS, {})


def _mark(actor: Actor, card_id: int, version: int, key: str, *, removed: bool) -> int:
    with transaction(actor) as session:
        if (done := earlier(session, key)) is not None:
            return int(done)
        assessed, row = _card(session, actor, card_id, version)
        row.removed_at = clock.now() if removed else None
        session.flush()
        ledger.refresh(session, assessed)
        remember(session, actor, key, "scoring.mark_card", row.version)
        return row.version


def _card(session: Session, actor: Actor, card_id: int, version: int) -> tuple[AssessedUnit, ScoreCard]:
    found = session.get(ScoreCard, card_id)
    if found is None:
        raise NotThere(f"score card {card_id}")
    assessed = scope.entered(session, actor, found.assessed_unit_id, Permission.SCORES_RULE)
    return assessed, seen(session, ScoreCard, card_id, version, {})
