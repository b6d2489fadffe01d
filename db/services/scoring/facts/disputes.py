"""What mediation says of the units whose committees mediate: disputes found, files that are standard, settled here.

A dispute that came from an accusation or a sealed matter says nothing here.
"""

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session

from db.models import Agreement, Case, Committee, Dispute, DisputeSearch
from db.rules.cases import Kind
from db.services.scoring.facts.fact import Fact, Span

DISPUTE, SEARCH = "dispute", "search"


def disputes_found(session: Session, span: Span) -> list[Fact]:
    """The disputes each search found (R-08)."""
    query = (
        select(Committee.unit_id, DisputeSearch.held_on, DisputeSearch.id, DisputeSearch.found)
        .join(Committee, Committee.id == DisputeSearch.committee_id)
        .where(DisputeSearch.removed_at.is_(None), DisputeSearch.found > 0)
        .where(DisputeSearch.held_on.between(span.first, span.last))
    )
    return [Fact(unit, on, SEARCH, search_id, found) for unit, on, search_id, found in session.execute(query)]


def standard_files(session: Session, span: Span) -> list[Fact]:
    """Files archived with every required document (R-09)."""
    query = (
        select(Committee.unit_id, Dispute.archived_on, Dispute.id)
        .join(Committee, Committee.id == Dispute.committee_id)
        .where(_counted(), Dispute.standard.is_(True), Dispute.archived_on.between(span.first, span.last))
    )
    return [Fact(unit, on or span.first, DISPUTE, dispute_id) for unit, on, dispute_id in session.execute(query)]


def resolved_locally(session: Session, span: Span) -> list[Fact]:
    """Disputes that ended, and whether in an agreement in effect (R-40); one that was withdrawn ended in neither."""
    ended = func.coalesce(Agreement.effective_on, Dispute.ended_on).label("ended")
    query = (
        select(Committee.unit_id, ended, Dispute.id, Agreement.effective_on.is_not(None))
        .join(Committee, Committee.id == Dispute.committee_id)
        .outerjoin(Agreement, Agreement.dispute_id == Dispute.id)
        .where(_counted(), ended.between(span.first, span.last))
        .where(or_(Agreement.effective_on.is_not(None), Dispute.routes_told != ""))
    )
    return [Fact(unit, on, DISPUTE, dispute_id, met=met) for unit, on, dispute_id, met in session.execute(query)]


def _counted() -> ColumnElement[bool]:
    hidden = select(Case.id).where(or_(Case.sealed, Case.kind == Kind.ACCUSATION))
    return or_(Dispute.case_id.is_(None), Dispute.case_id.not_in(hidden))
