"""The records behind one figure of a chart, as far as this person may see them: numbers and subjects, never a name."""

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd
from sqlalchemy import ColumnElement, and_, func, null, select
from sqlalchemy.orm import Session

from db.engine import reading
from db.rules.briefings.chart import ChartSpec
from db.rules.briefings.recommending import REST
from db.rules.permissions import Actor, Permission
from db.services.acts import guarded
from db.services.briefings.asking import Question, conditions, one_of, question_of
from db.services.briefings.drawing import axis_of, series_of, sums_of

BEHIND = ["day", "number", "subject", "unit", "state", "id"]
FIRST = 50
FIGURES_ONLY = "figures only"


@dataclass(frozen=True)
class Behind:
    """The first FIRST records, the newest first: columns of BEHIND, `day` the one the measure counts on.

    `total` are all of them this person may open; `id` belongs to the screen of `register` (of a supervision notice its
    matter's, of a decision its meeting's, of a shift its duty's). `reason` is FIGURES_ONLY for who may open none.
    """

    rows: pd.DataFrame
    total: int
    register: str
    more: bool
    reason: str = ""


@guarded(Permission.CHARTS_DRAW)
def behind(actor: Actor, *, spec: ChartSpec, at: str | None = None, what: str | None = None) -> Behind:
    """The records of one figure, by its codes of axis and series; None for the whole of either.

    Raises Refused and Problems as drawing does. A rate opens what it is of.
    """
    question = question_of(actor, spec)
    register, measure = question.register, question.measure
    if not actor.may(register.reads):
        return Behind(pd.DataFrame(columns=BEHIND), 0, register.code, more=False, reason=FIGURES_ONLY)
    reach = and_(register.visible(actor), measure.reach(actor))
    with reading() as session:
        place = _place(session, question, reach, at, what)
        wanted = and_(reach, register.readable(actor), *conditions(question), *place)
        record_id, number, subject, unit, state = register.record(question.asked)
        day = measure.day(question.asked) if measure.day else null()
        found = measure.joined(register.begun(select(day, number, subject, unit, state, record_id))).where(wanted)
        found = found.order_by(day.desc(), record_id.desc()).limit(FIRST)
        rows = [tuple(row) for row in session.execute(found)]
        counted = measure.joined(register.begun(select(func.count()))).where(wanted)
        total = int(session.scalar(counted) or 0)
    return Behind(pd.DataFrame(rows, columns=BEHIND), total, register.code, more=total > len(rows))


def _place(
    session: Session, question: Question, reach: ColumnElement[bool], at: str | None, what: str | None
) -> Sequence[ColumnElement[bool]]:
    """Where the figure stands; what was folded stands for every code in it."""
    asked = [(question.split, at), (question.by, what)]
    folded = {}
    if REST in (at, what):
        sums = sums_of(session, question, reach)
        folded = {
            0: axis_of(session, question, question.spec.kind, sums, {}).get(REST, []),
            1: series_of(session, question, sums, {}).get(REST, []),
        }
    return [
        one_of(question, dimension, folded[side] if code == REST else [code])
        for side, (dimension, code) in enumerate(asked)
        if dimension is not None and code is not None
    ]
