"""What the acts on a file stand on: the dispute while it is mediated, its own rows, parties, agreement and promises."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import TypeVar

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from db import clock
from db.base import Versioned
from db.engine import current
from db.models import (
    Agreement,
    Dispute,
    DisputePaper,
    DisputeParty,
    DisputeSession,
    DisputeVisit,
    Obligation,
)
from db.rules.mediation.words import SessionKind, State
from db.rules.mediation.writing import must_be_mediating
from db.rules.permissions import Actor
from db.rules.problems import NotThere
from db.services.mediation import scope
from db.services.records import seen

Own = TypeVar("Own", DisputePaper, DisputeParty, DisputeSession, Obligation, DisputeVisit)


def today() -> date:
    """The calendar day in the office."""
    return clock.today(current().settings.timezone)


def mediating(session: Session, actor: Actor, dispute_id: int) -> Dispute:
    """The dispute to be written to, locked; raises Problems unless it is being mediated."""
    dispute = scope.kept(session, actor, dispute_id)
    must_be_mediating(State(dispute.state))
    return dispute


def own(
    session: Session,
    dispute: Dispute,
    model: type[Own],
    row_id: int,
    version: int,
    mine: Mapping[str, object],
    *,
    removed: bool = False,
) -> Own:
    """A row of this very file as it was seen, standing or `removed`; raises NotThere or Changed."""
    if session.scalar(select(model.dispute_id).where(model.id == row_id)) != dispute.id:
        raise NotThere(model.__tablename__)
    row = seen(session, model, row_id, version, mine)
    if (row.removed_at is not None) != removed:
        raise NotThere(model.__tablename__)
    return row


def parties(session: Session, dispute: Dispute) -> Sequence[DisputeParty]:
    """The parties in dispute, without those taken out."""
    standing = select(DisputeParty).where(DisputeParty.dispute_id == dispute.id, DisputeParty.removed_at.is_(None))
    return session.scalars(standing.order_by(DisputeParty.id)).all()


def agreement_of(session: Session, dispute: Dispute) -> Agreement | None:
    """The agreement as far as it is written."""
    return session.scalars(select(Agreement).where(Agreement.dispute_id == dispute.id)).one_or_none()


def promises(session: Session, dispute: Dispute) -> Sequence[Obligation]:
    """The obligations in their order, without those taken out."""
    standing = select(Obligation).where(Obligation.dispute_id == dispute.id, Obligation.removed_at.is_(None))
    return session.scalars(standing.order_by(Obligation.position, Obligation.id)).all()


def last_session_on(session: Session, dispute: Dispute) -> date | None:
    """The day the parties last sat together; no caucus, whose day is for its mediators."""
    latest = select(func.max(DisputeSession.held_at)).where(
        DisputeSession.dispute_id == dispute.id,
        DisputeSession.kind == SessionKind.SESSION,
        DisputeSession.removed_at.is_(None),
    )
    held_at = session.scalar(latest)
    return clock.day_of(held_at, current().settings.timezone) if held_at else None


def differences(row: Versioned, values: Mapping[str, object]) -> dict[str, dict[str, object]]:
    """What a correction changes, for the timeline: earlier and later values of the columns that differ."""
    before = {name: getattr(row, name) for name, value in values.items() if getattr(row, name) != value}
    return {"before": before, "after": {name: values[name] for name in before}}
