"""What is missing in the rotas on an agenda: open places of the coming days, and gaps since the last meeting."""

from collections import Counter
from datetime import date

import pandas as pd
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from db.models import Duty, DutyPost, DutyShift, Meeting, Rota, RotaPlace
from db.rules.meetings.agenda import MOST_ROWS
from db.rules.meetings.words import TopicCode
from db.rules.permissions import Actor, Permission
from db.services.duty import gaps
from db.services.duty.rows import records
from db.services.duty.serving import PUBLISHED
from db.services.meetings.agenda.cases import A_WEEK

COLUMNS = ["on_day", "what", "duty_id", "duty", "duty_en", "post", "post_en", "shift", "shift_en", "role", "count"]
TO_FILL = "to_fill"
Line = tuple[object, ...]


def fill(session: Session, actor: Actor, meeting: Meeting, _code: TopicCode, today: date) -> tuple[pd.DataFrame, int]:
    """The first lines, COLUMNS, and how many there are: `what` is TO_FILL or a Gap, `count` how often; nobody is named.

    Gaps are those of the meeting's days: all of them for who keeps meetings, so that the chair and the clerk see the
    same and the minutes hold it whoever closes; else those which the actor may know (duty/gaps).
    """
    lines = _to_fill(session, actor, today) + _missing(session, actor, meeting, today)
    return pd.DataFrame(lines[:MOST_ROWS], columns=COLUMNS), len(lines)


def _to_fill(session: Session, actor: Actor, today: date) -> list[Line]:
    if not actor.may(Permission.DUTY_READ):
        return []
    shift = (DutyPost.name, DutyPost.name_en, DutyShift.name, DutyShift.name_en, RotaPlace.role)
    which = (RotaPlace.on_day, Duty.id, Duty.name, Duty.name_en, *shift)
    query = (
        select(*which, func.count())
        .select_from(RotaPlace)
        .join(Rota, Rota.id == RotaPlace.rota_id)
        .join(Duty, Duty.id == Rota.duty_id)
        .join(DutyPost, DutyPost.id == RotaPlace.post_id)
        .join(DutyShift, DutyShift.id == RotaPlace.shift_id)
        .where(Rota.state == PUBLISHED, Duty.active, RotaPlace.member_id.is_(None))
        .where(RotaPlace.on_day.between(today, today + A_WEEK))
        .group_by(*which, DutyPost.position, DutyShift.position)
        .order_by(RotaPlace.on_day, Duty.id, DutyPost.position, DutyShift.position, RotaPlace.role)
    )
    return [(row[0], TO_FILL, *row[1:]) for row in session.execute(query)]


def _missing(session: Session, actor: Actor, meeting: Meeting, today: date) -> list[Line]:
    """Gaps of shifts that began, those of the same shift and role in one line."""
    if not actor.may(Permission.DUTY_READ):
        return []
    counted: Counter[Line] = Counter()
    whole = actor.may(Permission.MEETINGS_KEEP)
    for duty in session.scalars(select(Duty).where(Duty.active).order_by(Duty.id)):
        found = gaps.missing(session, actor, duty.id, meeting.since, min(meeting.until, today), whole=whole)
        for row in records(found):
            shift = (row["post"], row["post_en"], row["shift"], row["shift_en"], row["role"])
            counted[row["on_day"], row["what"], duty.id, duty.name, duty.name_en, *shift] += 1
    return [(*line, n) for line, n in counted.items()]
