"""The supervision notices of one case as its page shows them, and what this person may do with each."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from db import clock
from db.engine import current, reading
from db.languages import date_in
from db.models import Case, Person, Supervision, Unit
from db.rules.permissions import Actor, Permission
from db.rules.supervision import UNITS_TURN, Act, State, acts_for
from db.services.acts import guarded
from db.services.cases.scope import load as load_case
from db.services.office.presets import preset
from db.services.supervision.scope import may_be_supervised, shown_to, sides_of


@dataclass(frozen=True)
class Notice:
    """One notice, who did what with it, and what may be done now."""

    id: int
    version: int
    number: str
    state: str
    why: str
    unit: str
    unit_en: str
    text: str
    missed_on: date | None
    answer_by: date | None
    repeats: str
    drafted_at: datetime
    drafted_by: str
    issued_at: datetime | None
    issued_by: str
    answer: str
    answered_at: datetime | None
    answered_by: str
    closed_at: datetime | None
    acts: tuple[Act, ...]


@dataclass(frozen=True)
class OfCase:
    """The notices of a case, the newest first, and whether one may be drafted and with what words to begin."""

    notices: tuple[Notice, ...]
    may_draft: bool
    begins: str
    today: date


@guarded(Permission.CASES_READ)
def of_case(actor: Actor, *, case_id: int) -> OfCase:
    """The notices of a case this actor may see; raises NotThere when the case is not theirs."""
    with reading() as session:
        case = load_case(session, actor, case_id)
        today = clock.today(current().settings.timezone)
        allowed = session.scalar(select(Case.id).where(Case.id == case_id, may_be_supervised())) is not None
        may_draft = allowed and case.open and actor.may(Permission.CASES_SUPERVISE)
        return OfCase(_notices(session, actor, case), may_draft, _begins(case, today) if may_draft else "", today)


def _begins(case: Case, today: date) -> str:
    """The words of the office for a matter its unit is late with, nothing for another."""
    if case.next_due_on is None or case.next_due_on >= today or case.state not in UNITS_TURN:
        return ""
    words: str = preset("supervision")["text"]["overdue"]
    return words.format(number=case.number, due=date_in("zh", case.next_due_on))


def _notices(session: Session, actor: Actor, case: Case) -> tuple[Notice, ...]:
    drafter, issuer, answerer, earlier = aliased(Person), aliased(Person), aliased(Person), aliased(Supervision)
    query = (
        select(Supervision, Unit.name, Unit.name_en, drafter.name, issuer.name, answerer.name, earlier.number)
        .join(Case, Case.id == Supervision.case_id)
        .join(Unit, Unit.id == Supervision.unit_id)
        .outerjoin(drafter, drafter.id == Supervision.drafted_by_id)
        .outerjoin(issuer, issuer.id == Supervision.issued_by_id)
        .outerjoin(answerer, answerer.id == Supervision.answered_by_id)
        .outerjoin(earlier, earlier.id == Supervision.repeats_id)
        .where(Supervision.case_id == case.id, shown_to(actor))
        .order_by(Supervision.id.desc())
    )
    return tuple(
        Notice(
            id=row.id,
            version=row.version,
            number=row.number,
            state=row.state,
            why=row.why,
            unit=unit,
            unit_en=unit_en,
            text=row.text,
            missed_on=row.missed_on,
            answer_by=row.answer_by,
            repeats=repeats or "",
            drafted_at=row.drafted_at,
            drafted_by=drafted_by or "",
            issued_at=row.issued_at,
            issued_by=issued_by or "",
            answer=row.answer,
            answered_at=row.answered_at,
            answered_by=answered_by or "",
            closed_at=row.closed_at,
            acts=acts_for(State(row.state), sides_of(session, actor, row, case)),
        )
        for row, unit, unit_en, drafted_by, issued_by, answered_by, repeats in session.execute(query)
    )
