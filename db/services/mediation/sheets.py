"""What a file's printed cover, contents and closing note say: masks unless names are asked for and allowed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from db import clock, journal
from db.engine import current, transaction
from db.identity import decrypt
from db.models import Code, Committee, Dispute, DisputeMediator, DisputeParty, Mediator, Person
from db.rules.permissions import Actor, Permission
from db.services.acts import guarded
from db.services.mediation import ground, scope
from db.services.mediation.dossier import Dossier, dossier_of
from db.services.mediation.file_facts import facts_of
from db.services.office import Facts
from db.services.office.facts import facts_of as office_of

InBoth = Mapping[str, str]


@dataclass(frozen=True)
class Cover:
    """What stands on the cover of a file; names of committee, category and retention in both languages."""

    committee: InBoth
    category: InBoth
    retention: InBoth
    year: int
    running: int
    number: str
    applicants: tuple[str, ...]
    respondents: tuple[str, ...]
    mediators: tuple[str, ...]
    from_on: date
    until_on: date | None
    filed_by: str
    filed_on: date | None
    note: str
    signed_incomplete: str


@dataclass(frozen=True)
class DossierSheet:
    """The file to print."""

    office: Facts
    cover: Cover
    dossier: Dossier
    printed_at: datetime
    printed_by: str


@guarded(Permission.MEDIATION_READ)
def dossier_sheet(actor: Actor, *, dispute_id: int, identities: bool = False) -> DossierSheet:
    """Cover, contents and closing note; with names only for who may see them. Every printing is journalled."""
    needed = Permission.MEDIATION_UNMASK if identities else Permission.MEDIATION_READ
    actor.must(needed)
    with transaction(actor) as session:
        dispute = scope.load(session, actor, dispute_id, needed)
        detail: dict[str, object] = {"what": "dossier", "identities": identities}
        journal.note(session, "print", tbl="dispute", pk=dispute.id, detail=detail)
        return DossierSheet(
            office=office_of(session),
            cover=_cover(session, dispute, ground.parties(session, dispute), identities),
            dossier=dossier_of(facts_of(session, dispute)),
            printed_at=clock.now(),
            printed_by=actor.name,
        )


def _cover(session: Session, dispute: Dispute, parties: Sequence[DisputeParty], identities: bool) -> Cover:
    committee = session.get_one(Committee, dispute.committee_id)
    return Cover(
        committee=_both(committee.name, committee.name_en),
        category=_code(session, "dispute_category", dispute.category),
        retention=_code(session, "retention", dispute.retention),
        year=dispute.year,
        running=dispute.running,
        number=dispute.number,
        applicants=tuple(_name(party, identities) for party in parties if party.side == "applicant"),
        respondents=tuple(_name(party, identities) for party in parties if party.side == "respondent"),
        mediators=_mediators(session, dispute),
        from_on=dispute.accepted_on or dispute.received_on,
        until_on=dispute.ended_on,
        filed_by=session.scalar(select(Person.name).where(Person.id == dispute.archived_by_id)) or "",
        filed_on=dispute.archived_on,
        note=dispute.file_note,
        signed_incomplete=dispute.signed_incomplete,
    )


def _name(party: DisputeParty, identities: bool) -> str:
    shown = decrypt(current(), "dispute_party.name", party.name) if identities else party.name_mask
    return shown or "–"


def _mediators(session: Session, dispute: Dispute) -> tuple[str, ...]:
    """Who mediates the file, the lead first."""
    standing = (
        select(Mediator.name)
        .join(DisputeMediator, DisputeMediator.mediator_id == Mediator.id)
        .where(DisputeMediator.dispute_id == dispute.id, DisputeMediator.ended_on.is_(None))
        .order_by(DisputeMediator.lead.desc(), DisputeMediator.id)
    )
    return tuple(session.scalars(standing))


def _code(session: Session, list_name: str, code: str) -> InBoth:
    row = session.scalars(select(Code).where(Code.list_name == list_name, Code.code == code)).one_or_none()
    return _both(row.label_zh, row.label_en) if row else _both(code, "")


def _both(zh: str, en: str) -> InBoth:
    return {"zh": zh, "en": en or zh}
