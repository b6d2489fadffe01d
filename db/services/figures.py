"""The figures of a desk: how many are open, due and overdue, and how many came and went each week."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pandas as pd
from sqlalchemy import ColumnElement, case, func, select
from sqlalchemy.orm import Session

from db import clock
from db.engine import current, reading
from db.models import Case
from db.rules.permissions import Actor, Permission, Scope
from db.services.acts import guarded
from db.services.cases.scope import visible
from db.services.office import limits_in_force
from db.services.working_days import working_calendar

WEEKS = 12
WEEKLY = ["week", "registered", "closed"]
SMALLEST_SHOWN = 3


@dataclass(frozen=True)
class Figures:
    """None stands for a number from 1 to 2 that this reader gets no details of."""

    open: int | None
    due_soon: int | None
    overdue: int | None
    registered: int | None
    closed: int | None
    weekly: pd.DataFrame
    whole_office: bool


@guarded(Permission.FIGURES_READ)
def desk(actor: Actor) -> Figures:
    """Figures of what the actor's figures reach; weekly is a frame of WEEKLY, oldest first, Mondays as dates.

    Who may read figures but no case gets no number of 1 or 2: so small a number may point at somebody.
    """
    today = clock.today(current().settings.timezone)
    monday = today - timedelta(days=today.weekday())
    seen = visible(actor, Permission.FIGURES_READ)
    with reading() as session:
        soon = limits_in_force(session, today)["due_soon"].amount
        until = working_calendar(session).add_working(today, soon)
        row = session.execute(
            select(
                func.count(),
                func.count(case((Case.next_due_on.between(today, until), 1))),
                func.count(case((Case.next_due_on < today, 1))),
            ).where(Case.open, seen)
        ).one()
        weekly = _weekly(session, seen, monday)
    hides = not actor.may(Permission.CASES_READ)
    came, went = (shown(int(weekly.iloc[-1][name]), hides) for name in WEEKLY[1:])
    if hides:
        for column in WEEKLY[1:]:
            weekly[column] = pd.array([shown(int(n), hides) for n in weekly[column]], dtype="Int64")
    return Figures(
        open=shown(row[0], hides),
        due_soon=shown(row[1], hides),
        overdue=shown(row[2], hides),
        registered=came,
        closed=went,
        weekly=weekly,
        whole_office=actor.scope(Permission.FIGURES_READ) is Scope.ALL,
    )


def shown(number: int, hides: bool) -> int | None:
    """The number, or None where it is so small that it may point at somebody."""
    return None if hides and 0 < number < SMALLEST_SHOWN else number


def _weekly(session: Session, seen: ColumnElement[bool], monday: date) -> pd.DataFrame:
    zone = ZoneInfo(current().settings.timezone)
    starts = [monday - timedelta(weeks=back) for back in reversed(range(WEEKS))]
    closings = select(Case.closed_on, func.count()).where(
        Case.closed_on >= starts[0], Case.closed_on < monday + timedelta(weeks=1), seen
    )
    went: dict[date, int] = dict.fromkeys(starts, 0)
    for day, count in session.execute(closings.group_by(Case.closed_on)):
        if day is not None:
            went[day - timedelta(days=day.weekday())] += count
    rows = []
    for start in starts:
        first, last = (datetime.combine(start + timedelta(weeks=n), time.min, zone) for n in (0, 1))
        came = select(func.count()).where(Case.received_at >= first, Case.received_at < last, seen)
        rows.append([start, int(session.scalar(came) or 0), went[start]])
    return pd.DataFrame(rows, columns=WEEKLY)
