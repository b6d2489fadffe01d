"""Matters under supervision on an agenda: notices issued, and those answered and not closed yet."""

from datetime import date

import pandas as pd
from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session

from db.models import Case, Meeting, Supervision, Unit
from db.rules.meetings.agenda import MOST_ROWS
from db.rules.meetings.words import TopicCode
from db.rules.permissions import Actor
from db.rules.supervision import State
from db.services.listing import time_left
from db.services.meetings.redacting import Names
from db.services.supervision.scope import shown_to

COLUMNS = ["id", "version", "number", "case_id", "case_number", "subject", "unit", "unit_en", "state", "why", "text"]
COLUMNS += ["issued_at", "answer_by", "days_left", "working_left"]


def fill(session: Session, actor: Actor, _meeting: Meeting, _code: TopicCode, _today: date) -> tuple[pd.DataFrame, int]:
    """The first rows, what is due first on top, COLUMNS (the days left are those of the answer), and how many."""
    wanted = and_(shown_to(actor), Supervision.state.in_((State.ISSUED, State.ANSWERED)))
    base = select(Supervision.id).join(Case, Case.id == Supervision.case_id).where(wanted)
    total = session.scalar(select(func.count()).select_from(base.subquery())) or 0
    query = (
        select(
            Supervision.id,
            Supervision.version,
            Supervision.number,
            Supervision.case_id,
            Case.number.label("case_number"),
            Case.subject,
            Unit.name.label("unit"),
            Unit.name_en.label("unit_en"),
            Supervision.state,
            Supervision.why,
            Supervision.text,
            Supervision.issued_at,
            Supervision.answer_by,
        )
        .join(Case, Case.id == Supervision.case_id)
        .join(Unit, Unit.id == Supervision.unit_id)
        .where(wanted)
        .order_by(Supervision.answer_by, Supervision.id)
        .limit(MOST_ROWS)
    )
    rows = [row._asdict() for row in session.execute(query)]
    names = Names(session, [row["case_id"] for row in rows])
    for row in rows:
        row |= {name: names.masked(row["case_id"], row[name]) for name in ("subject", "text")}
    columns: dict[str, object] = {name: [row.get(name) for row in rows] for name in COLUMNS}
    return pd.DataFrame(columns | time_left(session, [row["answer_by"] for row in rows]))[COLUMNS], int(total)
