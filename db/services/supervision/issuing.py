"""Issuing supervision notices, closing, repeating and withdrawing them."""

from collections.abc import Mapping
from datetime import date
from functools import partial

from sqlalchemy.orm import Session

from db import clock
from db.engine import current, transaction
from db.models import Case, Supervision
from db.rules.clocks import due_on
from db.rules.permissions import Actor, Permission
from db.rules.problems import Refused
from db.rules.supervision import Act, State, Why, check_notice, side_of, target_of
from db.services.acts import earlier, guarded, remember
from db.services.intake.registering import next_number
from db.services.office import limits_in_force
from db.services.records import Saved, Values, save_each
from db.services.supervision.drafting import draft_in
from db.services.supervision.scope import load, sides_of
from db.services.supervision.timeline import tell
from db.services.working_days import working_calendar


@guarded(Permission.CASES_SUPERVISION_ISSUE)
def issue(actor: Actor, *, supervision_id: int, version: int, key: str) -> str:
    """Issue a draft: it gets its number, and the day an answer is wanted when none was set. Answers the number."""
    with transaction(actor) as session:
        if (done := earlier(session, key)) is not None:
            return str(done)
        notice, case = load(session, actor, supervision_id, version, {})
        _issue(session, actor, notice, case)
        remember(session, actor, key, "supervision.issue", notice.number)
        return notice.number


@guarded(Permission.CASES_SUPERVISION_ISSUE)
def issue_many(actor: Actor, *, rows: Mapping[int, int], key: str) -> Saved:
    """Issue several drafts: id to the version seen; each is issued or told why not."""
    with transaction(actor) as session:
        if (done := earlier(session, key)) is not None:
            return Saved(tuple(done), {}, {})
        wanted: dict[int, tuple[int, Values]] = {one: (version, {}) for one, version in rows.items()}
        saved = save_each(session, wanted, partial(_issue_one, session, actor))
        remember(session, actor, key, "supervision.issue_many", list(saved.saved))
        return saved


@guarded(Permission.CASES_SUPERVISION_ISSUE)
def close(actor: Actor, *, supervision_id: int, version: int, key: str) -> int:
    """Close a notice, answered or overtaken by events; answers its new version."""
    with transaction(actor) as session:
        if (done := earlier(session, key)) is not None:
            return int(done)
        notice, case = load(session, actor, supervision_id, version, {})
        _close(session, actor, notice, case, Act.CLOSE)
        remember(session, actor, key, "supervision.close", notice.version)
        return notice.version


@guarded(Permission.CASES_SUPERVISION_ISSUE)
def repeat(
    actor: Actor, *, supervision_id: int, version: int, text: str, answer_by: date | None = None, key: str
) -> str:
    """Not answered, or not well: the notice is closed and a new one issued in the same matter. Answers its number."""
    with transaction(actor) as session:
        if (done := earlier(session, key)) is not None:
            return str(done)
        notice, case = load(session, actor, supervision_id, version, {"text": text, "answer_by": answer_by})
        _close(session, actor, notice, case, Act.REPEAT)
        again = draft_in(session, actor, case_id=case.id, text=text, why=Why.REPEATED, answer_by=answer_by)
        again.repeats_id = notice.id
        _issue(session, actor, again, case)
        remember(session, actor, key, "supervision.repeat", again.number)
        return again.number


@guarded(Permission.CASES_SUPERVISE)
def withdraw(actor: Actor, *, supervision_id: int, version: int, key: str) -> int:
    """Take back a draft, or a notice issued, which only who may issue does; its number stays used. Answers its
    version."""
    with transaction(actor) as session:
        if (done := earlier(session, key)) is not None:
            return int(done)
        notice, case = load(session, actor, supervision_id, version, {})
        _move(session, actor, notice, case, Act.WITHDRAW)
        session.flush()
        remember(session, actor, key, "supervision.withdraw", notice.version)
        return notice.version


def _issue_one(session: Session, actor: Actor, supervision_id: int, version: int, _values: Values) -> None:
    notice, case = load(session, actor, supervision_id, version, {})
    _issue(session, actor, notice, case)


def _issue(session: Session, actor: Actor, notice: Supervision, case: Case) -> None:
    today = clock.today(current().settings.timezone)
    check_notice(notice.text, notice.answer_by, today)
    becomes = target_of(State(notice.state), Act.ISSUE)
    running = next_number(session, "supervision", today.year)
    answer_by = notice.answer_by or answer_wanted(session, today)
    notice.state, notice.issued_at, notice.issued_by_id = becomes, clock.now(), actor.id
    notice.year, notice.running, notice.number = today.year, running, f"S{today.year}-{running:06d}"
    notice.answer_by = answer_by
    session.flush()
    tell(session, actor, case, Act.ISSUE, notice)


def answer_wanted(session: Session, issued_on: date) -> date:
    """The day by which a notice issued on a day is answered (limit supervision_answer)."""
    limit = limits_in_force(session, issued_on)["supervision_answer"]
    return due_on(issued_on, limit, working_calendar(session), roll=True)[1]


def _close(session: Session, actor: Actor, notice: Supervision, case: Case, act: Act) -> None:
    _move(session, actor, notice, case, act)
    notice.closed_at, notice.closed_by_id = clock.now(), actor.id
    session.flush()


def _move(session: Session, actor: Actor, notice: Supervision, case: Case, act: Act) -> None:
    """To where an act leads, by somebody on the side that takes it; raises Refused and Problems."""
    becomes = target_of(State(notice.state), act)
    if side_of(State(notice.state), act) not in sides_of(session, actor, notice, case):
        raise Refused(act.value)
    notice.state = becomes
    tell(session, actor, case, act, notice)
