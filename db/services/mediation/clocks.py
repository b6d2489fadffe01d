"""Keeping the due days of a dispute: part of every act that moves one."""

from datetime import date

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from db.models import Agreement, Dispute, DisputeVisit, Obligation
from db.rules.mediation import days
from db.rules.mediation.words import Standing, State
from db.services.limits_in_force import limits_of
from db.services.working_days import working_calendar


def keep_due(session: Session, dispute: Dispute) -> None:
    """Store the days that follow from the dispute as it stands now."""
    session.flush()
    facts = _facts(session, dispute)
    known = days.days_of(facts, limits_of(session, dispute.limit_set_id), working_calendar(session))
    dispute.due_on, dispute.next_due_on, dispute.provisional = known.due_on, known.next_on, known.provisional
    session.flush()


def keep_all_due(session: Session) -> int:
    """The same for every open dispute after the calendar changed; answers how many moved."""
    waiting = select(Dispute).where(Dispute.open, Dispute.next_due_on.is_not(None)).order_by(Dispute.id)
    moved = 0
    for dispute in session.scalars(waiting).all():
        stood = dispute.due_on, dispute.next_due_on, dispute.provisional
        keep_due(session, dispute)
        moved += stood != (dispute.due_on, dispute.next_due_on, dispute.provisional)
    return moved


def confirm_by(session: Session, dispute: Dispute, effective_on: date) -> date:
    """The last day to ask a court for confirmation, under the limits the dispute was opened with."""
    return days.confirm_by(effective_on, limits_of(session, dispute.limit_set_id), working_calendar(session))


def _facts(session: Session, dispute: Dispute) -> days.DayFacts:
    facts = days.DayFacts(State(dispute.state), dispute.accepted_on, dispute.extended_days)
    if facts.state is not State.AGREED:
        return facts
    owed = select(Obligation.due_on).where(
        Obligation.dispute_id == dispute.id, Obligation.removed_at.is_(None), Obligation.standing != Standing.FULFILLED
    )
    visited = exists().where(DisputeVisit.dispute_id == dispute.id, DisputeVisit.removed_at.is_(None))
    effective = select(Agreement.effective_on).where(Agreement.dispute_id == dispute.id)
    return days.DayFacts(
        facts.state,
        facts.accepted_on,
        facts.extended_days,
        session.scalar(effective),
        tuple(session.scalars(owed)),
        bool(session.scalar(select(visited))),
    )
