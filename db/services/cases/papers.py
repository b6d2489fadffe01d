"""The forms of a case as Word: under their reader's scope, with names only when asked for, each printing journalled."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from db import clock
from db.documents import word
from db.documents.forms import Document, Form, forms_of_cases
from db.engine import current, noting, reading, transaction
from db.languages import date_in
from db.models import Case, CaseConference, CaseExtension, CaseUnit, CaseVisit, Unit
from db.rules.case_flow import Step
from db.rules.permissions import Actor, Permission
from db.rules.problems import N_, NotThere, Problem, Problems
from db.services.acts import guarded
from db.services.cases import conferences, paper_values
from db.services.cases.paper_values import Values
from db.services.cases.scope import load, visible
from db.services.intake.registering import find_own, receipt_of
from db.services.sheets import note_print
from db.services.templates import standing

RECEIPT = "resident_receipt"
Row = TypeVar("Row", CaseUnit, CaseExtension, CaseVisit, CaseConference)


@dataclass(frozen=True)
class Offer:
    """A form there is something to put on: `of` is the row it is made from, `on` its day, `unit` whose it is."""

    form: Form
    of: int | None = None
    on: date | None = None
    unit: str = ""
    unit_en: str = ""


@guarded(Permission.CASES_READ)
def offers(actor: Actor, *, case_id: int) -> tuple[Offer, ...]:
    """Every form of this case there is something to put on now, in the order of its way; raises NotThere."""
    with reading() as session:
        case = load(session, actor, case_id)
        found = [offer for form in forms_of_cases().values() for offer in _offers(session, case, form)]
    return tuple(one for one in found if one.form.of != "receipt" or actor.may(Permission.INTAKE_REGISTER))


@guarded(Permission.CASES_READ)
def numbered(actor: Actor, *, number: str) -> int:
    """The case of this number, for who may read it; raises NotThere."""
    with reading() as session:
        found = session.scalar(select(Case.id).where(Case.number == number.strip(), visible(actor)))
    if found is None:
        raise NotThere(f"case {number[:40]}")
    return found


@guarded(Permission.CASES_READ)
def document(actor: Actor, *, form: str, case_id: int, of: int | None = None, identities: bool = False) -> Document:
    """A form as Word; `of` is the share, extension, visit or meeting. Raises NotThere, Refused and Problems.

    A form for a unit never says who brought the matter; another does in clear with `identities`, and masked without.
    """
    wanted = _known(form)
    needed = Permission.CASES_UNMASK if identities else Permission.CASES_READ
    meeting = conferences.values_of(actor, conference_id=of or 0) if wanted.of == "conference" else None
    with noting(actor) as session:
        case = load(session, actor, case_id, needed)
        offer = _offered(session, case, wanted, of)
        values = paper_values.of_case(session, case) | _more(session, case, offer, identities)
        if meeting is not None:
            values |= paper_values.of_conference(meeting)
        note_print(session, case.id, form, identities=identities and "parties" in values)
        name = _file_name(case.number, offer)
    return _made(wanted, name, values)


@guarded(Permission.INTAKE_REGISTER)
def receipt(actor: Actor, *, case_id: int, where: str = "") -> Document:
    """The resident's receipt as Word: for a day whoever registered the matter, later who may reply to it."""
    form = forms_of_cases()[RECEIPT]
    with transaction(actor) as session:
        case = find_own(session, actor, case_id)
        note_print(session, case.id, form.code)
        values = paper_values.of_receipt(session, receipt_of(session, case), where)
        name = _file_name(case.number, Offer(form))
    return _made(form, name, values)


def _known(code: str) -> Form:
    form = forms_of_cases().get(code)
    if form is None or form.of == "receipt":
        raise NotThere(f"form {code}")
    return form


def _offered(session: Session, case: Case, form: Form, of: int | None) -> Offer:
    """What was asked for, when it stands on this very case; raises NotThere, and Problems while there is nothing."""
    found = list(_offers(session, case, form))
    if not found and of is None:
        raise Problems(Problem("", N_("There is nothing yet to put on this sheet.")))
    offer = next((one for one in found if one.of == of), None)
    if offer is None:
        raise NotThere(f"{form.of} {of}")
    return offer


def _offers(session: Session, case: Case, form: Form) -> Iterator[Offer]:
    """One for each row this form can be made from now."""
    match form.of:
        case "case_unit":
            yield from _of_units(session, case, form, returned=False)
        case "objection":
            yield from _of_units(session, case, form, returned=True)
        case "extension":
            approved = CaseExtension.approved
            for extension in _rows(session, CaseExtension, case, approved):
                yield Offer(form, extension.id, extension.decided_on)
        case "case_visit":
            for visit in _rows(session, CaseVisit, case):
                yield Offer(form, visit.id, visit.visited_on)
        case "conference":
            for meeting in _rows(session, CaseConference, case, CaseConference.removed_at.is_(None)):
                yield Offer(form, meeting.id, clock.day_of(meeting.held_at, current().settings.timezone))
        case "referral":
            if (taken := paper_values.standing_steps(session, case.id).get(Step.NOT_ACCEPT)) is not None:
                yield Offer(form, on=taken.on)
        case _:
            if not form.needs or getattr(case, form.needs) is not None:
                yield Offer(form)


def _of_units(session: Session, case: Case, form: Form, *, returned: bool) -> Iterator[Offer]:
    """One for each unit that takes part, or that gave reasons for not doing so."""
    query = select(CaseUnit, Unit.name, Unit.name_en).join(Unit, Unit.id == CaseUnit.unit_id)
    query = query.where(CaseUnit.objection != "" if returned else CaseUnit.state != "returned")
    query = query.where(CaseUnit.case_id == case.id).order_by(CaseUnit.role.desc(), CaseUnit.id)
    for share, name, name_en in session.execute(query):
        yield Offer(form, share.id, None, name, name_en)


def _rows(session: Session, model: type[Row], case: Case, *conditions: object) -> list[Row]:
    query = select(model).where(model.case_id == case.id, *conditions).order_by(model.id)  # type: ignore[arg-type]
    return list(session.scalars(query))


def _more(session: Session, case: Case, offer: Offer, identities: bool) -> Values:
    """What this form says beyond the case itself."""
    match offer.form.of:
        case "case_unit":
            return paper_values.of_share(session, session.get_one(CaseUnit, offer.of))
        case "objection":
            return paper_values.of_objection(session, session.get_one(CaseUnit, offer.of))
        case "conference":
            return {}
    who = paper_values.of_parties(session, case, identities=identities)
    match offer.form.of:
        case "extension":
            return who | paper_values.of_extension(session, session.get_one(CaseExtension, offer.of))
        case "case_visit":
            return who | paper_values.of_visit(session, session.get_one(CaseVisit, offer.of))
        case "referral":
            return who | paper_values.of_referral(paper_values.standing_steps(session, case.id)[Step.NOT_ACCEPT])
    return who


def _file_name(number: str, offer: Offer) -> str:
    """案件转办通知单 2026-000012 柳林村.docx."""
    day = date_in("zh", offer.on)
    return f"{' '.join(part for part in (offer.form.zh, number, offer.unit, day) if part)}.docx".replace("/", "／")


def _made(form: Form, name: str, values: Values) -> Document:
    return Document(name, word.render(standing(form), form, values, at=clock.now()))
