"""What matters say of the units that lead them: accepted and answered in time, rated, satisfied.

An accusation or a sealed matter says nothing here. Due days are those of the clocks (db/rules/clocks.py); a matter
whose due day is still to come, or is today and open, is not judged yet.
"""

from collections.abc import Collection, Iterator
from datetime import timedelta
from typing import cast

from sqlalchemy import ColumnElement, and_, exists, or_, select
from sqlalchemy.orm import Session

from db.models import Case, CaseEntry, CaseVisit, LimitRule, Supervision
from db.rules.case_flow import Step
from db.rules.cases import Kind, Procedure, Satisfaction
from db.rules.clocks import Clock, clocks_for, judged
from db.rules.limits import LimitUnit
from db.rules.supervision import TOLD
from db.services.case_clocks import facts_of
from db.services.office import limits_of
from db.services.scoring.facts.fact import Fact, Span
from db.services.working_days import working_calendar

CASE = "case"
VALID = (Satisfaction.SATISFIED, Satisfaction.FAIRLY, Satisfaction.DISSATISFIED)
STEPPED_IN = (Step.RETURN_ANSWER, Step.RULE)
# No run of days of rest that moves a due day is longer (days).
REST = 30
# What the clocks of a case depend on.
_CLOCKED = (
    *(Case.id, Case.lead_unit_id, Case.limit_set_id, Case.received_at, Case.registered_at, Case.registered_by_id),
    *(Case.kind, Case.grade, Case.procedure, Case.anonymous, Case.imported_due_on, Case.notice_on),
    *(Case.transferred_on, Case.responded_on, Case.accepted_on, Case.extended_days, Case.confirmed_on),
    *(Case.replied_on, Case.visited_on, Case.reopened_on, Case.closed_on),
)
# The notice and the answer a matter owed in some days, each a fact or nothing.
_Owed = tuple[list[Fact], list[Fact]]


def counted() -> ColumnElement[bool]:
    """The matters that may stand in a figure: those of a unit, and never one that could point at somebody (Art. 30)."""
    return and_(Case.lead_unit_id.is_not(None), ~Case.sealed, Case.kind != Kind.ACCUSATION)


def on_time_acceptance(session: Session, span: Span) -> list[Fact]:
    """Matters whose notice fell due, and whether it was given by then."""
    return [fact for notice, _ in _due(session, span) for fact in notice]


def on_time_completion(session: Session, span: Span) -> list[Fact]:
    """Matters due, and whether they were answered by then; an approved extension moves the day."""
    return [fact for _, answer in _due(session, span) for fact in answer]


def overdue(session: Session, span: Span) -> list[Fact]:
    """Matters not answered by their due day."""
    return [fact._replace(met=True) for fact in on_time_completion(session, span) if not fact.met]


def late_acceptance(session: Session, span: Span) -> list[Fact]:
    """Matters not accepted or not answered in time; both at once is one (R-21)."""
    found = ([fact for fact in (*notice, *answer) if not fact.met] for notice, answer in _due(session, span))
    return [min(late, key=lambda fact: fact.on)._replace(met=True) for late in found if late]


def rated_share(session: Session, span: Span) -> list[Fact]:
    """Matters answered that can be rated, and whether somebody rated them since."""
    rated = exists().where(
        CaseVisit.case_id == Case.id,
        CaseVisit.reached,
        CaseVisit.satisfaction.in_(VALID),
        CaseVisit.visited_on >= Case.replied_on,
    )
    days = Case.replied_on.between(span.first, span.last)
    query = select(Case.id, Case.lead_unit_id, Case.replied_on, rated).where(_rateable(), days)
    return [Fact(unit, on or span.first, CASE, case_id, met=met) for case_id, unit, on, met in session.execute(query)]


def satisfaction(session: Session, span: Span) -> list[Fact]:
    """Ratings given, and whether they say satisfied."""
    return _ratings(session, span, (Satisfaction.SATISFIED,))


def satisfied_or_fairly(session: Session, span: Span) -> list[Fact]:
    """Ratings given, and whether they say at least fairly satisfied."""
    return _ratings(session, span, (Satisfaction.SATISFIED, Satisfaction.FAIRLY))


def supervised(session: Session, span: Span) -> list[Fact]:
    """Matters in which a leader stepped in, by a step or by a supervision notice that was not withdrawn; each once."""
    within = (Supervision.issued_at >= span.begins, Supervision.issued_at < span.ends)
    notices = (
        select(Case.id, Supervision.unit_id, Supervision.issued_at)
        .join(Supervision, Supervision.case_id == Case.id)
        .where(counted(), Supervision.state.in_(TOLD), *within)
    )
    steps = (
        select(Case.id, Case.lead_unit_id, CaseEntry.at)
        .join(CaseEntry, CaseEntry.case_id == Case.id)
        .where(counted(), CaseEntry.step.in_(STEPPED_IN), CaseEntry.at >= span.begins, CaseEntry.at < span.ends)
    )
    found = (*session.execute(steps), *session.execute(notices))
    return [Fact(unit, span.day_of(at), CASE, case_id) for case_id, unit, at in found]


def _ratings(session: Session, span: Span, good: Collection[str]) -> list[Fact]:
    query = (
        select(Case.id, Case.lead_unit_id, CaseVisit.id, CaseVisit.visited_on, CaseVisit.satisfaction)
        .join(CaseVisit, CaseVisit.case_id == Case.id)
        .where(_rateable(), CaseVisit.reached, CaseVisit.satisfaction.in_(VALID))
        .where(CaseVisit.visited_on.between(span.first, span.last))
    )
    return [
        Fact(unit, on, CASE, case_id, met=said in good, once=visit_id)
        for case_id, unit, visit_id, on, said in session.execute(query)
    ]


def _rateable() -> ColumnElement[bool]:
    """What another legal procedure decides is outside the evaluation, and nobody can be asked without a name."""
    return and_(counted(), ~Case.anonymous, Case.procedure == Procedure.ORDINARY)


def _due(session: Session, span: Span) -> list[_Owed]:
    """Of each matter the notice and the answer that fell due in these days; read once, however many triggers ask."""
    kept: dict[Span, list[_Owed]] = session.info.setdefault("score_due", {})
    if span not in kept:
        kept[span] = list(_read_due(session, span))
    return kept[span]


def _read_due(session: Session, span: Span) -> Iterator[_Owed]:
    calendar = working_calendar(session)
    before = timedelta(days=_longest(session))
    begun = or_(
        Case.open,
        Case.received_at >= span.begins - before,
        Case.registered_at >= span.begins - before,
        Case.accepted_on >= span.first - before,
        Case.reopened_on >= span.first - before,
        Case.imported_due_on >= span.first,
    )
    for row in session.execute(select(*_CLOCKED).where(counted(), begun, Case.received_at < span.ends)):
        facts = facts_of(cast(Case, row), ())
        notice, answer = judged(facts, clocks_for(facts, limits_of(session, row.limit_set_id), calendar))
        yield _judged(row.id, row.lead_unit_id, notice, span), _judged(row.id, row.lead_unit_id, answer, span)


def _judged(case_id: int, unit_id: int, clock: Clock | None, span: Span) -> list[Fact]:
    if clock is None or not span.holds(clock.due_on):
        return []
    if clock.stopped_on is None and clock.due_on >= span.today:
        return []
    met = clock.stopped_on is not None and clock.stopped_on <= clock.due_on
    return [Fact(unit_id, clock.due_on, CASE, case_id, met=met)]


def _longest(session: Session) -> int:
    """Days no clock runs longer than, its extension included: twice the longest limit, and a long holiday."""
    days = (LimitUnit.CALENDAR_DAYS, LimitUnit.WORKING_DAYS)
    most = session.scalars(select(LimitRule.amount).where(LimitRule.unit.in_(days)).order_by(LimitRule.amount.desc()))
    return 2 * (most.first() or 0) + REST
