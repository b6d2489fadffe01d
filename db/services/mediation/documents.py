"""What the Word forms are made from: a file's own rows in clear, under its reader's scope, each printing journalled."""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import TypeVar
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from db import clock, journal
from db.documents import word
from db.documents.forms import Document, Form, forms, word_for
from db.engine import current, transaction
from db.identity import decrypt
from db.models import (
    Agreement,
    Code,
    Committee,
    Dispute,
    DisputeMediator,
    DisputeParty,
    DisputeSession,
    DisputeVisit,
    Mediator,
    Obligation,
    Person,
)
from db.rules.mediation.words import AgreementForm, ObligationKind, SessionKind, Side
from db.rules.money import capital, yuan
from db.rules.permissions import Actor, Permission
from db.rules.problems import N_, NotThere, Problem, Problems
from db.services.acts import guarded
from db.services.mediation.scope import load
from db.services.templates import standing

# A day nobody has entered yet is filled in by hand.
BLANK_DAY = "　　　　年　　月　　日"
# What a file may hold several of, so that a form says which.
_OF_ROWS = ("enquiry", "session", "visit")
Texts = dict[str, str]
Values = dict[str, object]
Gather = Callable[[Session, Dispute, Mapping[int, Texts], int | None], Values]
Row = TypeVar("Row", DisputeSession, DisputeVisit)


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
    if form.of == "dispute":
        return values
    return values | _GATHER[form.of](session, dispute, parties, of)


def _of_dispute(session: Session, dispute: Dispute, parties: Mapping[int, Texts]) -> Values:
    """What every form may say."""
    rows = list(parties.values())
    return {
        "committee": session.get_one(Committee, dispute.committee_id).name,
        "number": dispute.number,
        "file_number": _file_number(dispute),
        "subject": dispute.subject,
        "category": _label(session, "dispute_category", dispute.category),
        "source": _label(session, "dispute_source", dispute.source),
        "facts": dispute.facts,
        "request": dispute.request,
        "place": dispute.place,
        "amount": _figures(dispute.amount),
        "amount_capital": _capital(dispute.amount),
        "received_day": _day(dispute.received_on),
        "accepted_day": _day(dispute.accepted_on),
        "registrar": _person(session, dispute.registered_by_id),
        "applicants": _listed(_names(rows, Side.APPLICANT)),
        "respondents": _listed(_names(rows, Side.RESPONDENT)),
        "party_names": _listed(_names(rows)),
        "mediators": _listed(_standing_mediators(session, dispute.id)),
        "today": _day(clock.today(current().settings.timezone)),
        "parties": rows,
    }


def _parties(session: Session, dispute_id: int) -> dict[int, Texts]:
    """The parties in the file, applicants first, by id."""
    wanted = (
        select(DisputeParty)
        .where(DisputeParty.dispute_id == dispute_id, DisputeParty.removed_at.is_(None))
        .order_by(DisputeParty.side, DisputeParty.id)
    )
    return {row.id: _party(row) for row in session.scalars(wanted)}


def _party(row: DisputeParty) -> Texts:
    hidden = {name: _clear(row, name) for name in ("name", "contact", "address", "guardian", "agent", "agent_contact")}
    return hidden | {
        "side": word_for("side", row.side),
        "sex": word_for("sex", row.sex),
        "age": f"{row.age}岁" if row.age is not None else "",
        "occupation": row.occupation,
        "agent_powers": row.agent_powers,
        "told_day": _day(row.told_on),
        "consent_day": _day(row.consent_on),
        "signed_day": _day(row.signed_on),
    }


def _of_session(kind: SessionKind) -> Gather:
    """An enquiry or a session; a caucus is on no form, whoever asks."""

    def gather(session: Session, dispute: Dispute, parties: Mapping[int, Texts], of: int | None) -> Values:
        row = _own(session, DisputeSession, dispute, of)
        if row.kind != kind:
            raise NotThere(f"session {of}")
        there = [parties[one] for one in json.loads(row.present) if one in parties]
        return {
            "session_time": _times(row.held_at, row.ended_at),
            "session_day": _day(clock.day_of(row.held_at, current().settings.timezone)),
            "session_place": row.place,
            "session_open": "公开" if row.open_to_others else "不公开",
            "present_names": _listed(_names(there)),
            "invited": _listed(row.invited.splitlines()),
            "notices": row.notices,
            "statements": row.statements,
            "checked": row.checked,
            "result": row.result,
            "recorder": row.recorder,
            "session_mediators": _listed(_mediators(session, json.loads(row.mediators))),
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
            "agreed_amount": _figures(row.amount),
            "agreed_amount_capital": _capital(row.amount),
            "copies": str(row.copies or ""),
            "reached_day": _day(row.reached_on),
            "mediator_signed_day": _day(row.mediator_signed_on),
            "sealed_day": _day(row.sealed_on),
            "recorder": row.recorder,
            "obligations": _obligations(session, dispute.id, parties),
        }

    return gather


def _of_visit(session: Session, dispute: Dispute, parties: Mapping[int, Texts], of: int | None) -> Values:
    row = _own(session, DisputeVisit, dispute, of)
    form = session.scalar(select(Agreement.form).where(Agreement.dispute_id == dispute.id))
    return {
        "agreement_number": _file_number(dispute) if form == AgreementForm.WRITTEN else "",
        "visit_day": _day(row.visited_on),
        "visit_how": word_for("how", row.how),
        "visit_reason": row.reason,
        "visit_performance": word_for("performance", row.performance),
        "visit_satisfaction": word_for("satisfaction", row.satisfaction),
        "visit_court": "是" if row.court_case else "否",
        "visit_recurrence": "有" if row.recurrence else "无",
        "visit_words": row.words,
        "visitor": _person(session, row.person_id),
    }


def _own(session: Session, model: type[Row], dispute: Dispute, row_id: int | None) -> Row:
    """A row of this very file that nobody took out; raises NotThere."""
    row = session.get(model, row_id) if row_id is not None else None
    if row is None or row.dispute_id != dispute.id or row.removed_at is not None:
        raise NotThere(f"{model.__tablename__} {row_id}")
    return row


def _obligations(session: Session, dispute_id: int, parties: Mapping[int, Texts]) -> list[Texts]:
    wanted = (
        select(Obligation)
        .where(Obligation.dispute_id == dispute_id, Obligation.removed_at.is_(None))
        .order_by(Obligation.due_on, Obligation.position, Obligation.id)
    )
    names = {one: party["name"] for one, party in parties.items()}
    return [_obligation(row, names) for row in session.scalars(wanted)]


def _obligation(row: Obligation, names: Mapping[int, str]) -> Texts:
    told = {
        "debtor": names.get(row.debtor_id, ""),
        "creditor": names.get(row.creditor_id, ""),
        "amount": _figures(row.amount),
        "amount_capital": _capital(row.amount),
        "act": row.act,
        "manner": row.manner,
        "place": row.place,
        "due_day": _day(row.due_on),
    }
    return told | {"text": _sentence(told, money=row.kind == ObligationKind.MONEY)}


def _sentence(told: Texts, *, money: bool) -> str:
    """Who owes what to whom until when, as the agreement says it."""
    owed = f"支付人民币{told['amount']}元（大写：{told['amount_capital']}）" if money else f"履行：{told['act']}"
    named = {"履行方式": told["manner"], "履行地点": told["place"]}
    more = "".join(f"，{name}：{value}" for name, value in named.items() if value)
    return f"{told['debtor']}于{told['due_day']}前向{told['creditor']}{owed.rstrip('。')}{more}。"


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


def _person(session: Session, person_id: int | None) -> str:
    person = session.get(Person, person_id) if person_id is not None else None
    return person.name if person else ""


def _label(session: Session, list_name: str, code: str) -> str:
    return session.scalar(select(Code.label_zh).where(Code.list_name == list_name, Code.code == code)) or code


def _clear(row: DisputeParty, name: str) -> str:
    return decrypt(current(), f"dispute_party.{name}", getattr(row, name))


def _names(rows: Iterable[Texts], side: Side | None = None) -> list[str]:
    return [row["name"] for row in rows if side is None or row["side"] == word_for("side", side)]


def _listed(names: Iterable[str]) -> str:
    return "、".join(name.strip() for name in names if name.strip())


def _file_number(dispute: Dispute) -> str:
    return f"（{dispute.year}）人调字第{dispute.running}号"


def _figures(fen: int) -> str:
    return yuan(fen) if fen else ""


def _capital(fen: int) -> str:
    return capital(fen) if fen else ""


def _day(day: date | None) -> str:
    return f"{day.year}年{day.month}月{day.day}日" if day else BLANK_DAY


def _times(begun: datetime, ended: datetime | None) -> str:
    """2026年11月19日 9时至10时30分, in the office's time zone."""
    zone = ZoneInfo(current().settings.timezone)
    at = begun.astimezone(zone)
    until = f"至{_hour(ended.astimezone(zone))}" if ended else ""
    return f"{_day(at.date())} {_hour(at)}{until}"


def _hour(at: datetime) -> str:
    return f"{at.hour}时{f'{at.minute}分' if at.minute else ''}"


_GATHER: Mapping[str, Gather] = {
    "enquiry": _of_session(SessionKind.ENQUIRY),
    "session": _of_session(SessionKind.SESSION),
    "agreement": _of_agreement(AgreementForm.WRITTEN),
    "oral": _of_agreement(AgreementForm.ORAL),
    "visit": _of_visit,
}
