"""Disputes and obligations due on an agenda: numbers and days, never who is in dispute."""

from datetime import date

import pandas as pd
from sqlalchemy import Select, and_, func, select, true
from sqlalchemy.orm import Session

from db.models import Committee, Dispute, Meeting, Obligation
from db.rules.mediation.words import Standing, State
from db.rules.meetings.agenda import MOST_ROWS
from db.rules.meetings.words import TopicCode
from db.rules.permissions import Actor, Permission, Scope
from db.services.listing import time_left
from db.services.mediation.scope import gathered
from db.services.meetings.agenda.cases import A_WEEK

DISPUTES = ["id", "number", "state", "category", "committee", "received_on", "next_due_on"]
DISPUTES += ["days_left", "working_left"]
OBLIGATIONS = ["id", "dispute_id", "number", "committee", "kind", "standing", "due_on", "days_left", "working_left"]


def fill(session: Session, actor: Actor, _meeting: Meeting, code: TopicCode, today: date) -> tuple[pd.DataFrame, int]:
    """What is overdue or due within a week: rows of DISPUTES or OBLIGATIONS one may open, and how many there are.

    The number counts every file for who reads the figures of mediation of the whole office, else one's own.
    """
    reads_figures = actor.scope(Permission.MEDIATION_FIGURES) is Scope.ALL
    if code is TopicCode.DISPUTES_DUE:
        wanted = and_(Dispute.open, Dispute.state == State.MEDIATING, Dispute.next_due_on <= today + A_WEEK)
        query, due, columns = _disputes(), Dispute.next_due_on, DISPUTES
    else:
        owed = Obligation.standing.in_((Standing.DUE, Standing.PART))
        wanted = and_(Dispute.open, Dispute.state == State.AGREED, owed)
        wanted = and_(wanted, Obligation.removed_at.is_(None), Obligation.due_on <= today + A_WEEK)
        query, due, columns = _obligations(), Obligation.due_on, OBLIGATIONS
    mine = gathered(actor)
    total = _count(session, query.where(wanted, true() if reads_figures else mine))
    rows = session.execute(query.where(wanted, mine).order_by(due, Dispute.id).limit(MOST_ROWS)).mappings().all()
    told: dict[str, object] = {name: [row.get(name) for row in rows] for name in columns}
    return pd.DataFrame(told | time_left(session, [row[due.key] for row in rows]))[columns], total


def _disputes() -> Select[*tuple[object, ...]]:
    own = (Dispute.id, Dispute.number, Dispute.state, Dispute.category, Committee.name.label("committee"))
    query = select(*own, Dispute.received_on, Dispute.next_due_on)
    return query.join(Committee, Committee.id == Dispute.committee_id)


def _obligations() -> Select[*tuple[object, ...]]:
    own = (Obligation.id, Obligation.dispute_id, Dispute.number, Committee.name.label("committee"))
    query = select(*own, Obligation.kind, Obligation.standing, Obligation.due_on).select_from(Obligation)
    query = query.join(Dispute, Dispute.id == Obligation.dispute_id)
    return query.join(Committee, Committee.id == Dispute.committee_id)


def _count(session: Session, query: Select[*tuple[object, ...]]) -> int:
    return int(session.scalar(select(func.count()).select_from(query.subquery())) or 0)
