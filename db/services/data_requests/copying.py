"""A person's own data as a copy: what they told and what the office keeps of them; everybody else is masked."""

import re
from collections.abc import Iterator, Sequence

import pandas as pd
from sqlalchemy import select
from sqlalchemy.orm import Session

from db import clock, journal
from db.documents import word
from db.documents.forms import Document, forms
from db.engine import current, transaction
from db.identity import decrypt, mask_contact, mask_name, normal
from db.languages import date_in, translate
from db.models import Case, CaseParty, DataRequest, DataRequestRecord, Dispute, DisputeParty
from db.rules.data_requests import State
from db.rules.permissions import Actor, Permission
from db.rules.problems import N_, NotThere, Problem, Problems
from db.services.acts import guarded
from db.services.cases.scope import visible
from db.services.data_requests.registering import CASE
from db.services.mediation.scope import visible as visible_disputes
from db.services.office import facts_of
from db.services.templates import standing

COPY = ["number", "what", "value"]
FORM = "data_copy"
_NUMBERS = re.compile(r"(?<!\d)\d[\d\- ]{5,}\d(?!\d)")
_HAS_DATA = (State.CHECKED, State.GRANTED, State.PARTLY)
Line = tuple[str, str, str]
# What stands of the person in a record, under the names of its columns.
OWN = {"name": N_("Name"), "contact": N_("Contact"), "address": N_("Address"), "guardian": N_("Guardian")}


@guarded(Permission.DATA_REQUESTS_KEEP)
def copied(actor: Actor, *, request_id: int, language: str) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """The person's own data record by record (columns of COPY), and the numbers whose contents the actor may not read.

    Only once it is known who asks; the copy is journalled. Raises NotThere and Problems.
    """
    with transaction(actor) as session:
        row, lines, closed = _gathered(session, actor, request_id, language)
        journal.note(session, "export", tbl="data_request", pk=row.id, detail={"what": FORM, "rows": len(lines)})
    return pd.DataFrame(lines, columns=COPY), closed


@guarded(Permission.DATA_REQUESTS_KEEP)
def document(actor: Actor, *, request_id: int, language: str) -> Document:
    """The same as Word, from the office's template."""
    with transaction(actor) as session:
        row, lines, closed = _gathered(session, actor, request_id, language)
        journal.note(session, "print", tbl="data_request", pk=row.id, detail={"what": FORM, "rows": len(lines)})
        office = facts_of(session).name
    form, comma = forms()[FORM], translate(N_(", "), language)
    values: dict[str, object] = {
        "office": office,
        "title": translate(N_("Copy of personal data"), language),
        "number": row.number,
        "name": decrypt(current(), "data_request.name", row.name),
        "received_day": date_in(language, row.received_on),
        "left_out": comma.join(closed),
        "lines": [{"number": number, "what": what, "value": value} for number, what, value in lines],
        "today": date_in(language, clock.today(current().settings.timezone)),
    }
    return Document(f"{values['title']} {row.number}.docx", word.render(standing(form), form, values, at=clock.now()))


def _gathered(
    session: Session, actor: Actor, request_id: int, language: str
) -> tuple[DataRequest, list[Line], tuple[str, ...]]:
    row = session.get(DataRequest, request_id)
    if row is None:
        raise NotThere("data_request")
    if row.state not in _HAS_DATA:
        raise Problems(Problem("", N_("Check first who asks.")))
    taken = select(DataRequestRecord).where(DataRequestRecord.request_id == row.id, DataRequestRecord.taken)
    lines: list[Line] = []
    closed: list[str] = []
    for one in session.scalars(taken.order_by(DataRequestRecord.id)):
        told = list(_of_case(session, actor, one) if one.root == CASE else _of_dispute(session, actor, one))
        if told:
            lines += [(one.number, translate(what, language), value) for what, value in told if value]
        else:
            closed.append(one.number)
    return row, lines, tuple(closed)


def _of_case(session: Session, actor: Actor, one: DataRequestRecord) -> Iterator[tuple[str, str]]:
    readable = select(Case).where(Case.id == one.record_id, visible(actor, Permission.CASES_UNMASK))
    case = session.scalars(readable.execution_options(with_gone=True)).one_or_none()
    parties = session.scalars(select(CaseParty).where(CaseParty.case_id == one.record_id)).all()
    if case is None:
        return
    others = _others(parties, one.party_id, "case_party")
    for party in parties:
        if party.id == one.party_id:
            for field, what in OWN.items():
                yield what, decrypt(current(), f"case_party.{field}", getattr(party, field))
    own = _own_numbers(parties, one.party_id, "case_party")
    yield N_("Received"), str(clock.day_of(case.received_at, current().settings.timezone))
    for what, said in ((N_("Subject"), case.subject), (N_("What was told"), case.text), (N_("Request"), case.request)):
        yield what, masked(said, others, own)
    yield N_("Place"), masked(case.place, others, own)
    if case.replied_on:
        yield N_("Answer"), masked(case.answer, others, own)
        yield N_("Answer given"), str(case.replied_on)


def _of_dispute(session: Session, actor: Actor, one: DataRequestRecord) -> Iterator[tuple[str, str]]:
    readable = select(Dispute).where(Dispute.id == one.record_id, visible_disputes(actor, Permission.MEDIATION_UNMASK))
    dispute = session.scalars(readable).one_or_none()
    parties = session.scalars(select(DisputeParty).where(DisputeParty.dispute_id == one.record_id)).all()
    if dispute is None:
        return
    others, own = _others(parties, one.party_id, "dispute_party"), _own_numbers(parties, one.party_id, "dispute_party")
    for party in parties:
        if party.id == one.party_id:
            for field, what in (OWN | {"agent": N_("Agent")}).items():
                yield what, decrypt(current(), f"dispute_party.{field}", getattr(party, field))
            yield N_("Occupation"), party.occupation
            yield N_("Age"), str(party.age or "")
    yield N_("Received"), str(dispute.received_on)
    yield N_("Subject"), masked(dispute.subject, others, own)


def masked(said: str, others: Sequence[tuple[str, str]], own: Sequence[str]) -> str:
    """A text without other people's names (each beside its mask) and without numbers that are not the person's own."""
    for name, mask in sorted(others, key=lambda pair: -len(pair[0])):
        said = said.replace(name, mask)
    return _NUMBERS.sub(lambda found: found[0] if normal(found[0]) in own else mask_contact(found[0]), said)


def _others(parties: Sequence[CaseParty | DisputeParty], party_id: int, table: str) -> list[tuple[str, str]]:
    fields = ("name", "agent", "guardian") if table == "dispute_party" else ("name", "guardian")
    names = {
        decrypt(current(), f"{table}.{field}", getattr(party, field))
        for party in parties
        for field in fields
        if party.id != party_id
    }
    return [(name, mask_name(name)) for name in names if name]


def _own_numbers(parties: Sequence[CaseParty | DisputeParty], party_id: int, table: str) -> list[str]:
    return [normal(decrypt(current(), f"{table}.contact", p.contact)) for p in parties if p.id == party_id]
