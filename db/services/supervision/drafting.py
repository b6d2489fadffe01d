"""Drafting supervision notices: by hand, from a decision, and by itself for whatever is overdue."""

from datetime import date

from sqlalchemy import ColumnElement, and_, exists, func, or_, select
from sqlalchemy.orm import Session

from db import clock
from db.engine import Database, current, reading, transaction
from db.languages import date_in
from db.models import Case, Supervision
from db.rules.permissions import Actor, Permission, system_actor
from db.rules.problems import N_, Problem, Problems
from db.rules.supervision import STANDING, UNITS_TURN, Act, State, Why, check_notice, target_of
from db.services.acts import earlier, guarded, remember
from db.services.cases.scope import load as load_case
from db.services.cases.scope import visible
from db.services.listing import COUNTED
from db.services.office.presets import preset
from db.services.supervision.scope import load, may_be_supervised
from db.services.supervision.timeline import tell

# So many drafts are written in one go; the next hour, or the next click, writes the next ones.
MOST = 500


@guarded(Permission.CASES_SUPERVISE)
def draft(actor: Actor, *, case_id: int, text: str, answer_by: date | None = None, key: str) -> int:
    """Draft a notice to the lead unit of a case; answers its id."""
    with transaction(actor) as session:
        if (done := earlier(session, key)) is not None:
            return int(done)
        notice = draft_in(session, actor, case_id=case_id, text=text, why=Why.OTHER, answer_by=answer_by)
        remember(session, actor, key, "supervision.draft", notice.id)
        return notice.id


def draft_in(
    session: Session,
    actor: Actor,
    *,
    case_id: int,
    text: str,
    why: str,
    decision_id: int | None = None,
    answer_by: date | None = None,
) -> Supervision:
    """Draft a notice inside the caller's transaction; `why` is a code of rules.supervision.Why. Raises Refused,
    NotThere, and Problems (fields text, answer_by; "" for a matter that can't be supervised)."""
    actor.must(Permission.CASES_SUPERVISE)
    case = load_case(session, actor, case_id, Permission.CASES_SUPERVISE)
    allowed = session.scalar(select(Case.id).where(Case.id == case.id, may_be_supervised()))
    if allowed is None:
        raise Problems(Problem("", N_("Only a matter with a lead unit is supervised, and never an accusation.")))
    check_notice(text, answer_by, clock.today(current().settings.timezone))
    return _drafted(session, actor, case, text, Why(why), decision_id=decision_id, answer_by=answer_by)


@guarded(Permission.CASES_SUPERVISE)
def rewrite(
    actor: Actor, *, supervision_id: int, version: int, text: str, answer_by: date | None = None, key: str
) -> int:
    """Change what a draft says, and until when an answer is wanted; answers its new version."""
    with transaction(actor) as session:
        if (done := earlier(session, key)) is not None:
            return int(done)
        notice, _ = load(session, actor, supervision_id, version, {"text": text, "answer_by": answer_by})
        notice.state = target_of(State(notice.state), Act.REWRITE)
        check_notice(text, answer_by, clock.today(current().settings.timezone))
        notice.text, notice.answer_by = text.strip(), answer_by
        session.flush()
        remember(session, actor, key, "supervision.rewrite", notice.version)
        return notice.version


@guarded(Permission.CASES_SUPERVISE)
def without_notice(actor: Actor) -> int:
    """How many matters are overdue by their lead unit and have no notice for that (counted up to COUNTED)."""
    with reading() as session:
        some = select(Case.id).where(_overdue(), visible(actor, Permission.CASES_SUPERVISE)).limit(COUNTED).subquery()
        return int(session.scalar(select(func.count()).select_from(some)) or 0)


@guarded(Permission.CASES_SUPERVISE)
def draft_overdue(actor: Actor, *, key: str) -> int:
    """Draft a notice for each such matter, the longest overdue first, at most MOST at once; answers how many."""
    with transaction(actor) as session:
        if (done := earlier(session, key)) is not None:
            return int(done)
        count = _draft_all(session, actor, visible(actor, Permission.CASES_SUPERVISE))
        remember(session, actor, key, "supervision.draft_overdue", count)
        return count


def draft_by_itself(database: Database) -> int:
    """The same without anybody asking, as the hourly keeping does it."""
    keeper = system_actor("keeping")
    with database.transaction(keeper) as session:
        return _draft_all(session, keeper, may_be_supervised())


def _draft_all(session: Session, actor: Actor, among: ColumnElement[bool]) -> int:
    words = preset("supervision")["text"]["overdue"]
    query = select(Case).where(_overdue(), among).order_by(Case.next_due_on, Case.id).limit(MOST)
    cases = session.scalars(query).all()
    for case in cases:
        said = words.format(number=case.number, due=date_in("zh", case.next_due_on))
        _drafted(session, actor, case, said, Why.OVERDUE)
    return len(cases)


def _overdue() -> ColumnElement[bool]:
    """Overdue while its lead unit has the next step, and that unit has no notice: none that stands, and none that was
    drafted for this very day and closed or withdrawn since."""
    today = clock.today(current().settings.timezone)
    told = exists().where(
        Supervision.case_id == Case.id,
        Supervision.unit_id == Case.lead_unit_id,
        or_(Supervision.state.in_(STANDING), Supervision.missed_on >= Case.next_due_on),
    )
    return and_(Case.open, Case.next_due_on < today, Case.state.in_(UNITS_TURN), may_be_supervised(), ~told)


def _drafted(
    session: Session,
    actor: Actor,
    case: Case,
    text: str,
    why: Why,
    *,
    decision_id: int | None = None,
    answer_by: date | None = None,
) -> Supervision:
    notice = Supervision(
        case_id=case.id,
        unit_id=case.lead_unit_id,
        why=why.value,
        text=text.strip(),
        missed_on=_missed(case),
        answer_by=answer_by,
        decision_id=decision_id,
        repeats_id=_earlier_one(session, case) if why is Why.REPEATED else None,
        drafted_at=clock.now(),
        drafted_by_id=actor.id,
    )
    session.add(notice)
    session.flush()
    tell(session, actor, case, Act.DRAFT, notice)
    return notice


def _missed(case: Case) -> date | None:
    """The day its lead unit missed, while it still has the next step."""
    late = case.next_due_on is not None and case.next_due_on < clock.today(current().settings.timezone)
    return case.next_due_on if late and case.state in UNITS_TURN else None


def _earlier_one(session: Session, case: Case) -> int | None:
    """The notice its lead unit was told of last in this matter."""
    query = select(Supervision.id).where(
        Supervision.case_id == case.id, Supervision.unit_id == case.lead_unit_id, Supervision.number != ""
    )
    return session.scalar(query.order_by(Supervision.id.desc()).limit(1))
