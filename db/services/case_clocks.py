"""The clocks of stored cases: gathering their facts, keeping due days current, and previewing a recomputation."""

from collections.abc import Sequence

import pandas as pd
from sqlalchemy import select
from sqlalchemy.orm import Session

from db import clock
from db.engine import current, reading, transaction
from db.models import Case, CaseReview
from db.rules.cases import Grade, Kind, Procedure
from db.rules.clocks import Clock, ClockFacts, ReviewFacts, clocks_for, due_of, judged
from db.rules.permissions import Actor, Permission
from db.services.acts import earlier, guarded, remember
from db.services.limits_in_force import limits_of
from db.services.mediation.clocks import keep_all_due
from db.services.working_days import working_calendar

MOVED = ["case_id", "number", "promise_was", "promise_becomes", "statute_was", "statute_becomes"]
CHUNK = 500
Moving = tuple[Case, ClockFacts, tuple[Clock, ...]]


def facts_of(case: Case, reviews: Sequence[CaseReview]) -> ClockFacts:
    """What the clocks of this case depend on."""
    zone = current().settings.timezone
    return ClockFacts(
        received_on=clock.day_of(case.received_at, zone),
        kind=Kind(case.kind),
        grade=Grade(case.grade),
        procedure=Procedure(case.procedure),
        anonymous=case.anonymous,
        # Only the import registers without a person.
        arrived_on=clock.day_of(case.registered_at, zone) if case.registered_by_id is None else None,
        imported_due_on=case.imported_due_on,
        notice_on=case.notice_on,
        transferred_on=case.transferred_on,
        responded_on=case.responded_on,
        accepted_on=case.accepted_on,
        extended_days=case.extended_days,
        confirmed_on=case.confirmed_on,
        replied_on=case.replied_on,
        visited_on=case.visited_on,
        reopened_on=case.reopened_on,
        ended_on=case.closed_on,
        reviews=tuple(
            ReviewFacts(r.kind, r.asked_on, r.hearing_from, r.hearing_to, r.decided_on)
            for r in sorted(reviews, key=lambda r: r.id)
            if r.kind in ("review", "rereview")
        ),
    )


def was_replied(case: Case) -> bool:
    """Whether the resident was ever told: before that there is nothing to visit, review or re-review."""
    return case.replied_on is not None or case.reopened_on is not None


def reviews_of(session: Session, case: Case) -> Sequence[CaseReview]:
    """Reviews and re-reviews of the case; no query where there can be none."""
    if not was_replied(case):
        return ()
    return session.scalars(select(CaseReview).where(CaseReview.case_id == case.id).order_by(CaseReview.id)).all()


def clocks_of(session: Session, case: Case) -> tuple[Clock, ...]:
    """Every clock of the case under the limits it was taken in with."""
    limits = limits_of(session, case.limit_set_id)
    return clocks_for(facts_of(case, reviews_of(session, case)), limits, working_calendar(session))


def keep_due(session: Session, case: Case) -> None:
    """Store the due days that follow from the case as it stands now; part of every act that moves a clock."""
    session.flush()
    facts = facts_of(case, reviews_of(session, case))
    clocks = clocks_for(facts, limits_of(session, case.limit_set_id), working_calendar(session))
    keep(case, facts, clocks)


def keep(case: Case, facts: ClockFacts, clocks: tuple[Clock, ...]) -> None:
    """Set the due days that follow from clocks the caller has reckoned."""
    due = due_of(clocks)
    case.promise_due_on, case.statute_due_on = due.promise_on, due.statute_on
    case.next_due_on = due.next_on if case.open else None
    case.provisional = due.provisional
    # These stay when the clocks stop, and make the rates of charts.
    notice, answer = judged(facts, clocks)
    case.notice_due_on = notice.due_on if notice else None
    case.answer_due_on = answer.due_on if answer else None


def preview_recompute(session: Session) -> pd.DataFrame:
    """Open cases whose due days would move under today's calendar: columns of MOVED."""
    moved = [
        (c.id, c.number, c.promise_due_on, due.promise_on, c.statute_due_on, due.statute_on)
        for c, due in ((case, due_of(clocks)) for case, _, clocks in _would_move(session))
    ]
    return pd.DataFrame(moved, columns=MOVED)


@guarded(Permission.CALENDAR_MANAGE)
def moving(actor: Actor) -> pd.DataFrame:
    """What a recomputation would move, without doing it; numbers and days only."""
    with reading() as session:
        return preview_recompute(session)


@guarded(Permission.CALENDAR_MANAGE)
def recompute(actor: Actor, *, key: str) -> int:
    """Recompute the due days of every open case and dispute; answers how many moved."""
    with transaction(actor) as session:
        done = earlier(session, key)
        if done is not None:
            return int(done)
        moved = list(_would_move(session))
        for case, facts, clocks in moved:
            keep(case, facts, clocks)
        count = len(moved) + keep_all_due(session)
        remember(session, actor, key, "case_clocks.recompute", count)
        return count


def _would_move(session: Session) -> list[Moving]:
    calendar = working_calendar(session)
    found: list[Moving] = []
    last = 0
    while True:
        query = select(Case).where(Case.open, Case.id > last).order_by(Case.id).limit(CHUNK)
        cases = session.scalars(query).all()
        if not cases:
            return found
        last = cases[-1].id
        by_case: dict[int, list[CaseReview]] = {}
        for review in session.scalars(select(CaseReview).where(CaseReview.case_id.in_([c.id for c in cases]))):
            by_case.setdefault(review.case_id, []).append(review)
        for case in cases:
            facts = facts_of(case, by_case.get(case.id, []))
            clocks = clocks_for(facts, limits_of(session, case.limit_set_id), calendar)
            due = due_of(clocks)
            stored = (case.promise_due_on, case.statute_due_on, case.provisional)
            if stored != (due.promise_on, due.statute_on, due.provisional):
                found.append((case, facts, clocks))
