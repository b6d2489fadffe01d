"""What the Word forms are made from: a file's own rows in clear, under its reader's scope, each printing journalled."""

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from db import clock, journal
from db.documents import word
from db.documents.days import hour_of
from db.documents.forms import Document, Form, forms, word_for
from db.engine import current, transaction
from db.languages import date_in
from db.models import (
    Agreement,
    Committee,
    Dispute,
    DisputeMediator,
    DisputeParty,
    DisputeSession,
    DisputeVisit,
    Mediator,
)
from db.rules.mediation.words import AgreementForm, PartyKind, SessionKind, Side
from db.rules.permissions import Actor, Permission
from db.rules.problems import N_, NotThere, Problem, Problems
from db.services.acts import guarded
from db.services.mediation import document_parts, ground
from db.services.mediation.document_words import (
    Texts,
    capitals,
    clear,
    day_of,
    figures,
    file_number,
    label_of,
    listed,
    names_of,
    obligations_of,
    own_row,
    person_name,
)
from db.services.mediation.scope import load
from db.services.templates import standing

# What a file may hold several of, so that a form says which.
_OF_ROWS = ("enquiry", "session", "visit", "party", "performance")
Values = dict[str, object]
Gather = Callable[[Session, Dispute, Mapping[int, Texts], int | None], Values]


@guarded(Permission.MEDIATION_UNMASK)
def document(actor: Actor, *, form: str, dispute_id: int, of: int | None = None) -> Document:
    """A form of a dispute as Word, with names in clear; `of` is the session or visit. Raises NotThere and Problems."""
    wanted = forms().get(form)
    if wanted is None or wanted.of not in (*_GATHER, "dispute"):
        raise NotThere(f"form {form}")
    with transaction(actor) as session:
        dispute = load(session, actor, dispute_id, Permission.MEDIATION_UNMASK)
        values = _values(session, dispute, wanted, of)
        detail: dict[str, object] = {"what": form, "of": of}
        journal.note(session, "print", tbl="dispute", pk=dispute.id, detail=detail)
        name = f"{wanted.zh} {dispute.number}{f'-{of}' if of is not None else ''}.docx"
    return Document(name, word.render(standing(wanted), wanted, values, at=clock.now()))


def _values(session: Session, dispute: Dispute, form: Form, of: int | None) -> Values:
    if (of is None) == (form.of in _OF_ROWS):
        raise NotThere(f"{form.of} {of}")
    parties = _parties(session, dispute.id)
    values = _of_dispute(session, dispute, parties)
    if form.needs and getattr(dispute, form.needs) is None:
        raise Problems(Problem("", N_("There is nothing yet to put on this sheet.")))
    if form.of == "dispute":
        return values
    return values | _GATHER[form.of](session, dispute, parties, of)


def _of_dispute(session: Session, dispute: Dispute, parties: Mapping[int, Texts]) -> Values:
    """What every form may say."""
    rows = list(parties.values())
    return {
        "committee": session.get_one(Committee, dispute.committee_id).name,
        "number": dispute.number,
        "file_number": file_number(dispute),
        "subject": dispute.subject,
        "category": label_of(session, "dispute_category", dispute.category),
        "source": label_of(session, "dispute_source", dispute.source),
        "facts": dispute.facts,
        "request": dispute.request,
        "place": dispute.place,
        "amount": figures(dispute.amount),
        "amount_capital": capitals(dispute.amount),
        "received_day": day_of(dispute.received_on),
        "accepted_day": day_of(dispute.accepted_on),
        "registrar": person_name(session, dispute.registered_by_id),
        "applicants": listed(names_of(rows, Side.APPLICANT)),
        "respondents": listed(names_of(rows, Side.RESPONDENT)),
        "party_names": listed(names_of(rows)),
        "mediators": listed(_standing_mediators(session, dispute.id)),
        "today": day_of(clock.today(current().settings.timezone)),
        "parties": rows,
    }


def _parties(session: Session, dispute_id: int) -> dict[int, Texts]:
    """The parties in the file, applicants first, by id."""
    wanted = (
        select(DisputeParty)
        .where(DisputeParty.dispute_id == dispute_id, DisputeParty.removed_at.is_(None))
        .order_by(DisputeParty.side, DisputeParty.id)
    )
    return {row.id: _party(row, person_name(session, row.identity_seen_by_id)) for row in session.scalars(wanted)}


def _party(row: DisputeParty, seen_by: str) -> Texts:
    hidden = {name: clear(row, name) for name in ("name", "contact", "address", "guardian", "agent", "agent_contact")}
    return hidden | {
        "side": word_for("side", row.side),
        "kind": word_for("party_kind", row.kind),
        "sex": word_for("sex", row.sex),
        "age": f"{row.age}岁" if row.age is not None else "",
        "occupation": row.occupation,
        "agent_powers": row.agent_powers,
        "identity_day": date_in("zh", row.identity_seen_on),
        "identity_by": seen_by,
        "told_day": day_of(row.told_on),
        "consent_day": day_of(row.consent_on),
        "signed_day": day_of(row.signed_on),
    }


def _of_session(kind: SessionKind) -> Gather:
    """An enquiry or a session; a caucus is on no form, whoever asks."""

    def gather(session: Session, dispute: Dispute, parties: Mapping[int, Texts], of: int | None) -> Values:
        row = own_row(session, DisputeSession, dispute, of)
        if row.kind != kind:
            raise NotThere(f"session {of}")
        there = [parties[one] for one in json.loads(row.present) if one in parties]
        return {
            "session_time": _times(row.held_at, row.ended_at),
            "session_day": day_of(clock.day_of(row.held_at, current().settings.timezone)),
            "session_place": row.place,
            "session_open": "公开" if row.open_to_others else "不公开",
            "present_names": listed(names_of(there)),
            "invited": listed(row.invited.splitlines()),
            "notices": row.notices,
            "statements": row.statements,
            "checked": row.checked,
            "result": row.result,
            "recorder": row.recorder,
            "session_mediators": listed(_mediators(session, json.loads(row.mediators))),
            "present": [{name: party[name] for name in ("side", "name", "agent")} for party in there],
        }

    return gather


def _of_agreement(form: AgreementForm) -> Gather:
    """The one agreement of the file, when it is of this form."""

    def gather(session: Session, dispute: Dispute, parties: Mapping[int, Texts], of: int | None) -> Values:
        row = session.scalars(select(Agreement).where(Agreement.dispute_id == dispute.id)).one_or_none()
        if row is None or row.form != form:
            raise Problems(Problem("", N_("There is nothing yet to put on this sheet.")))
        return {
            "agreement_facts": row.facts,
            "agreement_content": row.content,
            "performance": row.performance,
            "agreed_amount": figures(row.amount),
            "agreed_amount_capital": capitals(row.amount),
            "copies": str(row.copies or ""),
            "reached_day": day_of(row.reached_on),
            "mediator_signed_day": day_of(row.mediator_signed_on),
            "sealed_day": day_of(row.sealed_on),
            "recorder": row.recorder,
            "obligations": obligations_of(session, dispute.id, parties),
        }

    return gather


def _of_confirmation(*, unit: bool) -> Gather:
    """The written agreement once it is in effect, for the application that fits its parties (Art. 33)."""

    def gather(session: Session, dispute: Dispute, parties: Mapping[int, Texts], of: int | None) -> Values:
        told = _of_agreement(AgreementForm.WRITTEN)(session, dispute, parties, of)
        row = ground.agreement_of(session, dispute)
        with_unit = any(party["kind"] != word_for("party_kind", PartyKind.PERSON) for party in parties.values())
        if row is None or row.effective_on is None or row.excluded_matter or with_unit != unit:
            raise Problems(Problem("", N_("There is nothing yet to put on this sheet.")))
        return told

    return gather


def _of_visit(session: Session, dispute: Dispute, parties: Mapping[int, Texts], of: int | None) -> Values:
    row = own_row(session, DisputeVisit, dispute, of)
    form = session.scalar(select(Agreement.form).where(Agreement.dispute_id == dispute.id))
    return {
        "agreement_number": file_number(dispute) if form == AgreementForm.WRITTEN else "",
        "visit_day": day_of(row.visited_on),
        "visit_how": word_for("how", row.how),
        "visit_reason": row.reason,
        "visit_performance": word_for("performance", row.performance),
        "visit_satisfaction": word_for("satisfaction", row.satisfaction),
        "visit_court": "是" if row.court_case else "否",
        "visit_recurrence": "有" if row.recurrence else "无",
        "visit_words": row.words,
        "visitor": person_name(session, row.person_id),
    }


def _standing_mediators(session: Session, dispute_id: int) -> list[str]:
    wanted = (
        select(Mediator.name)
        .join(DisputeMediator, DisputeMediator.mediator_id == Mediator.id)
        .where(DisputeMediator.dispute_id == dispute_id, DisputeMediator.ended_on.is_(None))
        .order_by(DisputeMediator.lead.desc(), DisputeMediator.id)
    )
    return list(session.scalars(wanted))


def _mediators(session: Session, ids: Sequence[int]) -> list[str]:
    return list(session.scalars(select(Mediator.name).where(Mediator.id.in_(ids)).order_by(Mediator.id)))


def _times(begun: datetime, ended: datetime | None) -> str:
    """2026年11月19日 9时至10时30分, in the office's time zone."""
    zone = ZoneInfo(current().settings.timezone)
    at = begun.astimezone(zone)
    until = f"至{hour_of(ended.astimezone(zone))}" if ended else ""
    return f"{day_of(at.date())} {hour_of(at)}{until}"


_GATHER: Mapping[str, Gather] = {
    "enquiry": _of_session(SessionKind.ENQUIRY),
    "session": _of_session(SessionKind.SESSION),
    "agreement": _of_agreement(AgreementForm.WRITTEN),
    "oral": _of_agreement(AgreementForm.ORAL),
    "visit": _of_visit,
    "confirmation": _of_confirmation(unit=False),
    "confirmation_unit": _of_confirmation(unit=True),
    "party": document_parts.of_party,
    "performance": document_parts.of_performance,
    "ended": document_parts.of_end,
    "file": document_parts.of_file,
    "evidence": document_parts.of_evidence,
}
