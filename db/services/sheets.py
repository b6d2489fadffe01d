"""What printed sheets are made from: loaded under the reader's scope, each printing journalled."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from db import clock, journal
from db.engine import current, noting, transaction
from db.models import Case, CaseEntry, CaseParty, CaseUnit, Code, Person, Unit
from db.rules.case_flow import Step
from db.rules.permissions import Actor, Permission
from db.rules.problems import N_, Problem, Problems
from db.services.acts import guarded
from db.services.cases.merged import family
from db.services.cases.read import parties_in_clear
from db.services.cases.scope import load
from db.services.intake.registering import Receipt, find_own, receipt_of
from db.services.office import Facts, facts_of, limits_of


class Sheet(StrEnum):
    """The sheets made from a case."""

    CASE = "case"
    ACCEPTANCE = "acceptance"
    REPLY = "reply"
    TRANSFER = "transfer"


@dataclass(frozen=True)
class ReceiptSheet:
    """The receipt with the office it comes from."""

    office: Facts
    receipt: Receipt


@dataclass(frozen=True)
class CaseSheet:
    """A case as its sheets show it; `parties` masked unless identities were asked for and allowed."""

    office: Facts
    fields: Mapping[str, object]
    category: Mapping[str, str]
    parties: tuple[Mapping[str, str], ...]
    units: tuple[Mapping[str, object], ...]
    timeline: tuple[Mapping[str, object], ...]
    identities: bool
    printed_at: datetime
    printed_by: str


FIELDS = (
    "id",
    "number",
    "state",
    "channel",
    "source",
    "source_number",
    "kind",
    "procedure",
    "other_procedure",
    "grade",
    "category",
    "subject",
    "text",
    "request",
    "place",
    "since",
    "anonymous",
    "child",
    "head_count",
    "received_at",
    "registered_at",
    "outcome",
    "facts",
    "legal_basis",
    "answer",
    "notice_on",
    "transferred_on",
    "accepted_on",
    "extended_days",
    "answered_on",
    "confirmed_on",
    "replied_on",
    "closed_on",
    "promise_due_on",
    "statute_due_on",
    "sealed",
)
_NEEDS: Mapping[Sheet, str] = {Sheet.ACCEPTANCE: "accepted_on", Sheet.REPLY: "answered_on"}
_PARTY = ("role", "name", "contact", "address", "guardian")


@guarded(Permission.INTAKE_REGISTER)
def receipt_sheet(actor: Actor, *, case_id: int) -> ReceiptSheet:
    """The receipt to print: for a day whoever registered the matter, later who may see it."""
    with transaction(actor) as session:
        case = find_own(session, actor, case_id)
        note_print(session, case.id, "receipt")
        return ReceiptSheet(facts_of(session), receipt_of(session, case))


@guarded(Permission.CASES_READ)
def case_sheet(actor: Actor, *, sheet: Sheet, case_id: int, identities: bool = False) -> CaseSheet:
    """A sheet of a case; raises NotThere, and Problems while there is nothing yet to put on it."""
    needed = Permission.CASES_UNMASK if identities else Permission.CASES_READ
    if identities:
        actor.must(needed)
    with noting(actor) as session:
        case = load(session, actor, case_id, needed)
        units = _units(session, case.id)
        if getattr(case, _NEEDS.get(sheet, "id")) is None or (sheet is Sheet.TRANSFER and not units):
            raise Problems(Problem("", N_("There is nothing yet to put on this sheet.")))
        note_print(session, case.id, sheet, identities=identities)
        return CaseSheet(
            office=facts_of(session),
            fields={name: getattr(case, name) for name in FIELDS} | _told_with(session, case),
            category=category_of(session, case.category),
            parties=shown_parties(session, case.id, identities=identities),
            units=units,
            timeline=_timeline(session, case.id),
            identities=identities,
            printed_at=clock.now(),
            printed_by=actor.name,
        )


def _told_with(session: Session, case: Case) -> dict[str, object]:
    """The office's day of receipt, and the days the letters speak of, from the limits the case was taken in under."""
    limits = limits_of(session, case.limit_set_id)
    days: dict[str, object] = {name: limits[name].amount for name in ("handling", "extension_most", "review_ask")}
    return days | {"received_on": clock.day_of(case.received_at, current().settings.timezone)}


def note_print(session: Session, case_id: int, what: str, *, identities: bool = False) -> None:
    """A line of the journal for a paper about to leave."""
    detail: dict[str, object] = {"what": str(what), "identities": identities}
    journal.note(session, "print", tbl="case_file", pk=case_id, case_id=case_id, detail=detail)


def shown_parties(session: Session, case_id: int, *, identities: bool) -> tuple[Mapping[str, str], ...]:
    """Role, name, contact, address and guardian of each: masked, or in clear for a caller that checked the right."""
    return _clear(session, case_id) if identities else _masked(session, case_id)


def _clear(session: Session, case_id: int) -> tuple[Mapping[str, str], ...]:
    rows = parties_in_clear(session, case_id).to_dict("records")
    return tuple({name: str(row[name]) for name in _PARTY} for row in rows)


def _masked(session: Session, case_id: int) -> tuple[Mapping[str, str], ...]:
    wanted = select(CaseParty.role, CaseParty.name_mask, CaseParty.contact_mask)
    together = wanted.where(CaseParty.case_id.in_(family(session, case_id)))
    rows = session.execute(together.order_by(CaseParty.case_id != case_id, CaseParty.id))
    return tuple(dict.fromkeys(_PARTY, "") | {"role": role, "name": n, "contact": c} for role, n, c in rows)


def category_of(session: Session, code: str) -> Mapping[str, str]:
    """A category's label in both languages."""
    row = session.scalars(select(Code).where(Code.list_name == "category", Code.code == code)).one_or_none()
    zh = row.label_zh if row else code
    return {"zh": zh, "en": (row.label_en if row else "") or zh}


def _units(session: Session, case_id: int) -> tuple[Mapping[str, object], ...]:
    wanted = (
        select(CaseUnit, Unit.name, Unit.name_en)
        .join(Unit, Unit.id == CaseUnit.unit_id)
        .where(CaseUnit.case_id == case_id, CaseUnit.state != "returned")
        .order_by(CaseUnit.role.desc(), CaseUnit.id)
    )
    return tuple(
        {"zh": name, "en": name_en or name, "role": row.role, "sent_on": row.sent_on, "due_on": row.due_on}
        | {"object_by": row.object_by, "answered_on": row.answered_on, "answer": row.answer}
        for row, name, name_en in session.execute(wanted)
    )


def _timeline(session: Session, case_id: int) -> tuple[Mapping[str, object], ...]:
    """The steps with the words meant for the resident; notes and internal reasons are not loaded."""
    wanted = (
        select(CaseEntry.at, CaseEntry.step, CaseEntry.public, CaseEntry.text, CaseEntry.detail, Person.name, Unit.name)
        .outerjoin(Person, Person.id == CaseEntry.person_id)
        .outerjoin(Unit, Unit.id == CaseEntry.unit_id)
        .where(CaseEntry.case_id == case_id, CaseEntry.step.not_in((Step.NOTE, Step.RECUSE, Step.GRANT_ACCESS)))
        .order_by(CaseEntry.id)
    )
    zone = current().settings.timezone
    return tuple(
        {"on": clock.day_of(at, zone), "step": step, "words": text if public else "", "who": who, "unit": unit}
        | {"absent": json.loads(detail).get("for_name", "")}
        for at, step, public, text, detail, who, unit in session.execute(wanted)
    )
