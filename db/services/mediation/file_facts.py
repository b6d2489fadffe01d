"""A file as the rules of completeness ask about it, without what was taken out; inside the caller's session."""

import json
from collections.abc import Sequence
from datetime import date
from functools import cache

from sqlalchemy import select
from sqlalchemy.orm import Session

from db import clock
from db.engine import current
from db.models import (
    Agreement,
    Attachment,
    Dispute,
    DisputePaper,
    DisputeParty,
    DisputeSession,
    DisputeVisit,
    Obligation,
    Performance,
)
from db.rules.mediation.dossier import Document, FileFacts, Held, Paper, PartyOnFile, result_of
from db.rules.mediation.words import SessionKind, Standing, State
from db.services.mediation import ground
from db.services.office.presets import preset

APPLICATION = "application"


@cache
def documents() -> tuple[Document, ...]:
    """The official form set in its order."""
    return tuple(Document(**entry) for entry in preset("mediation_file")["document"])


def facts_of(session: Session, dispute: Dispute) -> FileFacts:
    """What the completeness of this file depends on."""
    agreement = ground.agreement_of(session, dispute)
    done = _performances(session, dispute)
    papers = _papers(session, dispute)
    counted = [row for row in papers if is_count(row)]
    return FileFacts(
        result=_result(dispute, agreement),
        received_on=dispute.received_on,
        applied_for=dispute.source == APPLICATION,
        accepted_on=dispute.accepted_on,
        ended_on=dispute.ended_on,
        routes_told_on=dispute.routes_told_on,
        parties=tuple(_party(row) for row in ground.parties(session, dispute)),
        held=_held(session, dispute),
        form=agreement.form if agreement else "",
        reached_on=agreement.reached_on if agreement else None,
        sealed_on=agreement.sealed_on if agreement else None,
        effective_on=agreement.effective_on if agreement else None,
        owed=sum(row.standing != Standing.FULFILLED for row in ground.promises(session, dispute)),
        performed=tuple(row.done_on for row, _ in done),
        unproved=sum(not proved for _, proved in done),
        visits=_visits(session, dispute),
        confirmation=bool(agreement and agreement.confirmation),
        requested_on=agreement.requested_on if agreement else None,
        decided_on=agreement.decided_on if agreement else None,
        file_note=bool(dispute.file_note.strip()),
        papers=tuple(_paper(row) for row in papers if row not in counted),
        counted={row.document: row.pages for row in counted},
        archived_on=dispute.archived_on,
    )


def is_count(row: DisputePaper) -> bool:
    """Whether a row holds no paper but only the pages of a document Linli keeps."""
    made = any(document.made for document in documents() if document.code == row.document)
    return made and not row.title and row.dated_on is None and row.attachment_id is None


def _result(dispute: Dispute, agreement: Agreement | None) -> State:
    return result_of(
        State(dispute.state),
        effective=bool(agreement and agreement.effective_on),
        refused=bool(dispute.refused_by),
        routes_told=bool(dispute.routes_told),
    )


def _party(row: DisputeParty) -> PartyOnFile:
    return PartyOnFile(
        id=row.id,
        name=row.name_mask,
        child=row.child,
        has_guardian=row.guardian is not None,
        has_agent=row.agent is not None,
        told_on=row.told_on,
        consent_on=row.consent_on,
        identity_seen_on=row.identity_seen_on,
        signed_on=row.signed_on,
    )


def _paper(row: DisputePaper) -> Paper:
    return Paper(row.id, row.document, row.title, row.pages, row.dated_on, row.remark)


def _held(session: Session, dispute: Dispute) -> tuple[Held, ...]:
    """Enquiries and sessions; a caucus is its mediators' alone."""
    rows = session.execute(
        select(DisputeSession.kind, DisputeSession.held_at, DisputeSession.present)
        .where(
            DisputeSession.dispute_id == dispute.id,
            DisputeSession.kind != SessionKind.CAUCUS,
            DisputeSession.removed_at.is_(None),
        )
        .order_by(DisputeSession.held_at, DisputeSession.id)
    )
    zone = current().settings.timezone
    return tuple(Held(kind, clock.day_of(at, zone), tuple(json.loads(present))) for kind, at, present in rows)


def _performances(session: Session, dispute: Dispute) -> list[tuple[Performance, bool]]:
    """What was done, and whether something proves it: words, or a file that is still there."""
    rows = session.execute(
        select(Performance, Attachment.id)
        .join(Obligation, Obligation.id == Performance.obligation_id)
        .outerjoin(Attachment, (Attachment.id == Performance.attachment_id) & Attachment.removed_at.is_(None))
        .where(Obligation.dispute_id == dispute.id, Obligation.removed_at.is_(None), Performance.removed_at.is_(None))
        .order_by(Performance.done_on, Performance.id)
    )
    return [(row, bool(row.evidence.strip()) or attached is not None) for row, attached in rows]


def _visits(session: Session, dispute: Dispute) -> tuple[date, ...]:
    standing = select(DisputeVisit.visited_on).where(
        DisputeVisit.dispute_id == dispute.id, DisputeVisit.removed_at.is_(None)
    )
    return tuple(session.scalars(standing.order_by(DisputeVisit.visited_on)))


def _papers(session: Session, dispute: Dispute) -> Sequence[DisputePaper]:
    standing = select(DisputePaper).where(DisputePaper.dispute_id == dispute.id, DisputePaper.removed_at.is_(None))
    return session.scalars(standing.order_by(DisputePaper.id)).all()
