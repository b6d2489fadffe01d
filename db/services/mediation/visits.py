"""Follow-up visits by somebody who is and was no mediator of the file."""

from dataclasses import asdict
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from db import clock
from db.engine import transaction
from db.models import Dispute, DisputeMediator, DisputeVisit, Mediator
from db.rules.mediation.visits import Visit, check_visit
from db.rules.mediation.words import State, Step
from db.rules.permissions import Actor, Permission
from db.rules.problems import N_, Problem, Problems
from db.services.acts import earlier, guarded, remember
from db.services.mediation import clocks, ground, scope, timeline


@guarded(Permission.MEDIATION_VISIT)
def add_visit(
    actor: Actor,
    *,
    dispute_id: int,
    visited_on: date | None,
    how: str,
    reason: str = "",
    performance: str,
    satisfaction: str = "",
    court_case: bool = False,
    recurrence: bool = False,
    words: str = "",
    key: str,
) -> int:
    """What a visit found of the agreement's performance; answers its id."""
    visit = Visit(visited_on, how, reason, performance, satisfaction, court_case, recurrence, words)
    with transaction(actor) as session:
        if (done := earlier(session, key)) is not None:
            return int(done)
        dispute = _visited(session, actor, dispute_id)
        agreement = ground.agreement_of(session, dispute)
        check_visit(visit, effective=agreement.effective_on if agreement else None, today=ground.today())
        row = DisputeVisit(dispute_id=dispute.id, person_id=actor.id, **asdict(visit))
        session.add(row)
        clocks.keep_due(session, dispute)
        detail = {
            "visit_id": row.id,
            "visited_on": visited_on,
            "performance": performance,
            "satisfaction": satisfaction,
        }
        timeline.line(session, actor, dispute, Step.VISIT, detail=detail)
        remember(session, actor, key, "visits.add_visit", row.id)
        return row.id


@guarded(Permission.MEDIATION_VISIT)
def remove_visit(actor: Actor, *, dispute_id: int, visit_id: int, version: int, key: str) -> int:
    """Take a visit out of the file; answers its new version."""
    return _mark(actor, dispute_id, visit_id, version, key, removed=True)


@guarded(Permission.MEDIATION_VISIT)
def restore_visit(actor: Actor, *, dispute_id: int, visit_id: int, version: int, key: str) -> int:
    """Put a removed visit back; answers its new version."""
    return _mark(actor, dispute_id, visit_id, version, key, removed=False)


def _mark(actor: Actor, dispute_id: int, visit_id: int, version: int, key: str, *, removed: bool) -> int:
    with transaction(actor) as session:
        if (done := earlier(session, key)) is not None:
            return int(done)
        dispute = _visited(session, actor, dispute_id)
        row = ground.own(session, dispute, DisputeVisit, visit_id, version, {}, removed=not removed)
        row.removed_at = clock.now() if removed else None
        clocks.keep_due(session, dispute)
        step = Step.REMOVE if removed else Step.RESTORE
        timeline.line(session, actor, dispute, step, detail={"what": "dispute_visit", "visit_id": row.id})
        remember(session, actor, key, f"visits.{step}_visit", row.version)
        return row.version


def _visited(session: Session, actor: Actor, dispute_id: int) -> Dispute:
    """The dispute with an agreement in effect, locked; raises Problems for who is or was its mediator."""
    dispute = scope.kept(session, actor, dispute_id, Permission.MEDIATION_VISIT)
    mediated = (
        select(DisputeMediator.id)
        .join(Mediator, Mediator.id == DisputeMediator.mediator_id)
        .where(DisputeMediator.dispute_id == dispute.id, Mediator.person_id == actor.id)
    )
    if session.scalar(mediated.limit(1)) is not None:
        raise Problems(Problem("", N_("A follow-up visit is made by somebody other than the mediators.")))
    if dispute.state != State.AGREED:
        raise Problems(Problem("", N_("There is no agreement in effect to follow up.")))
    return dispute
