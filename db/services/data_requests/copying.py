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
from db.models import Case, DataRequest, DataRequestRecord, Dispute, DisputeParty
from db.rules.data_requests import State
from db.rules.permissions import Actor, Permission
from db.rules.problems import N_, NotThere, Problem, Problems
from db.services.acts import guarded
from db.services.cases.scope import visible
from db.services.data_requests.identities import in_clear, parties_of
from db.services.data_requests.others_words import own_words
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
    if case is None:
        return
    own, others, numbers = _people(session, one)

    def told(field: str) -> str:
        said = own_words(session, f"case_file.{field}", case.id, getattr(case, field))
        return masked(said, others, numbers)

    yield from ((what, own[field]) for field, what in OWN.items() if field in own)
    yield N_("Received"), str(clock.day_of(case.received_at, current().settings.timezone))
    for what, field in ((N_("Subject"), "subject"), (N_("What was told"), "text"), (N_("Request"), "request")):
        yield what, told(field)
    yield N_("Place"), told("place")
    if case.replied_on:
        yield N_("Answer"), told("answer")
        yield N_("Answer given"), str(case.replied_on)


def _of_dispute(session: Session, actor: Actor, one: DataRequestRecord) -> Iterator[tuple[str, str]]:
    readable = select(Dispute).where(Dispute.id == one.record_id, visible_disputes(actor, Permission.MEDIATION_UNMASK))
    dispute = session.scalars(readable).one_or_none()
    if dispute is None:
        return
    own, others, numbers = _people(session, one)
    yield from ((what, own[field]) for field, what in (OWN | {"agent": N_("Agent")}).items() if field in own)
    party = session.get(DisputeParty, one.party_id)
    if party is not None:
        yield N_("Occupation"), party.occupation
        yield N_("Age"), str(party.age or "")
    yield N_("Received"), str(dispute.received_on)
    subject = own_words(session, "dispute.subject", dispute.id, dispute.subject)
    yield N_("Subject"), masked(subject, others, numbers)


def _people(session: Session, one: DataRequestRecord) -> tuple[dict[str, str], list[tuple[str, str]], list[str]]:
    """The person's own data, withheld from everybody else or not; the others' names beside their masks; own numbers."""
    clear = {party.id: in_clear(session, one.root, party) for party in parties_of(session, one.root, one.record_id)}
    own = clear.pop(one.party_id, {})
    names = {told[field] for told in clear.values() for field in ("name", "agent", "guardian") if told.get(field)}
    return own, [(name, mask_name(name)) for name in sorted(names)], [normal(own.get("contact", ""))]


def masked(said: str, others: Sequence[tuple[str, str]], own: Sequence[str]) -> str:
    """A text without other people's names (each beside its mask) and without numbers that are not the person's own."""
    for name, mask in sorted(others, key=lambda pair: -len(pair[0])):
        said = said.replace(name, mask)
    return _NUMBERS.sub(lambda found: found[0] if normal(found[0]) in own else mask_contact(found[0]), said)
