"""The supervision notice as Word (中心督办通知书), with the unit's answer once there is one."""

from datetime import date

from sqlalchemy.orm import Session

from db import clock, journal
from db.documents import word
from db.documents.forms import Document, forms
from db.engine import current, noting
from db.languages import date_in
from db.models import Case, Person, Supervision, Unit
from db.rules.permissions import Actor, Permission
from db.services.acts import guarded
from db.services.office import facts_of
from db.services.supervision.scope import found
from db.services.templates import standing

FORM = "supervision_notice"


@guarded(Permission.CASES_READ)
def document(actor: Actor, *, supervision_id: int) -> Document:
    """A notice as Word, a draft too, in Chinese; each printing is journalled. Raises NotThere and Problems."""
    form = forms()[FORM]
    with noting(actor) as session:
        notice, case = found(session, actor, supervision_id)
        values = _values(session, notice, case)
        detail = {"what": FORM, "supervision_id": notice.id}
        journal.note(session, "print", tbl="supervision", pk=notice.id, case_id=case.id, detail=detail)
        name = f"{form.zh} {notice.number or case.number}.docx"
    return Document(name, word.render(standing(form), form, values, at=clock.now()))


def _values(session: Session, notice: Supervision, case: Case) -> dict[str, object]:
    """What the template may fill in (presets/forms.toml)."""
    zone = current().settings.timezone
    earlier = session.get(Supervision, notice.repeats_id) if notice.repeats_id else None
    return {
        "office": facts_of(session).name,
        "number": notice.number,
        "unit": session.get_one(Unit, notice.unit_id).name,
        "case_number": case.number,
        "subject": case.subject,
        "received_day": _day(clock.day_of(case.received_at, zone)),
        "missed_day": _day(notice.missed_on),
        "text": notice.text,
        "answer_day": _day(notice.answer_by),
        "repeats": earlier.number if earlier else "",
        "issuer": _name(session, notice.issued_by_id),
        "issued_day": _day(clock.day_of(notice.issued_at, zone) if notice.issued_at else None),
        "answer": notice.answer,
        "answered_by": _name(session, notice.answered_by_id),
        "answered_day": _day(clock.day_of(notice.answered_at, zone) if notice.answered_at else None),
        "today": _day(clock.today(zone)),
    }


def _day(day: date | None) -> str:
    return date_in("zh", day)


def _name(session: Session, person_id: int | None) -> str:
    return session.get_one(Person, person_id).name if person_id else ""
