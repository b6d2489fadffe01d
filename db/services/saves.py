"""When and by whom a record was last saved, as the journal has it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, String, and_, cast, func, select
from sqlalchemy.orm import Session

from db.engine import reading
from db.journal import JournalRow
from db.models import (
    AssessedUnit,
    BriefingBlock,
    DutyMember,
    DutyNeed,
    DutyPost,
    DutyShift,
    LimitRule,
    MeetingAttendance,
    MeetingDecision,
    MeetingTopic,
    RotaPlace,
    ScoreEntry,
    ScoreSheet,
    Unit,
    Work,
    WorkUnit,
)
from db.rules.permissions import Actor, Permission
from db.rules.problems import NotThere
from db.services.acts import guarded
from db.services.scoring import scope as scores
from db.services.works import scope as works

# Whoever may read these may know who saved them; what is confidential tells it among its own words.
READ_WITH: Mapping[str, Permission] = {
    "meeting": Permission.MEETINGS_READ,
    "briefing": Permission.BRIEFINGS_READ,
    "assessment": Permission.SCORES_READ,
    "score_rubric": Permission.SCORES_READ,
    "assessed_unit": Permission.SCORES_OPEN,
    "work": Permission.WORKS_READ,
    "duty": Permission.DUTY_READ,
    "rota": Permission.DUTY_READ,
    "meeting_kind": Permission.MEETINGS_MANAGE,
    "committee": Permission.COMMITTEES_READ,
    "mediator": Permission.COMMITTEES_READ,
    "layout": Permission.TEMPLATES_MANAGE,
    "person": Permission.PEOPLE_MANAGE,
    "unit": Permission.UNITS_MANAGE,
    "code": Permission.CODES_MANAGE,
    "limit_set": Permission.LIMITS_MANAGE,
}
# What is written on the same screen and stands in a table of its own: the column that names the record.
PARTS: Mapping[str, tuple[Any, ...]] = {
    "meeting": (MeetingTopic.meeting_id, MeetingDecision.meeting_id, MeetingAttendance.meeting_id),
    "briefing": (BriefingBlock.briefing_id,),
    "assessment": (AssessedUnit.assessment_id,),
    "assessed_unit": (ScoreSheet.assessed_unit_id,),
    "work": (WorkUnit.work_id,),
    "duty": (DutyPost.duty_id, DutyShift.duty_id, DutyNeed.duty_id, DutyMember.duty_id),
    "rota": (RotaPlace.rota_id,),
    "limit_set": (LimitRule.limit_set_id,),
}


def _scored(actor: Actor) -> Select[int]:
    return select(AssessedUnit.id).join(Unit, Unit.id == AssessedUnit.unit_id).where(scores.within(actor))


def _work(actor: Actor) -> Select[int]:
    return select(Work.id).where(works.visible(actor))


# Of these some people read only what is of their unit.
WITHIN: Mapping[str, Callable[[Actor], Select[int]]] = {"assessed_unit": _scored, "work": _work}


@dataclass(frozen=True)
class Save:
    """A moment (aware) and a name; "" for a command of the program."""

    at: datetime
    by: str


@guarded(Permission.ACCOUNT_OWN)
def last(actor: Actor, *, table: str, record_id: int) -> Save | None:
    """The last save of a record of this table or of what belongs to it; None for what nobody ever wrote, or not theirs.

    Raises NotThere for a table that does not tell it, or that this person may not read.
    """
    permission = READ_WITH.get(table)
    if permission is None or not actor.may(permission):
        raise NotThere(table)
    with reading() as session:
        if (reached := WITHIN.get(table)) and record_id not in set(session.scalars(reached(actor))):
            return None
        return newest(session, table, record_id)


def newest(session: Session, table: str, record_id: int) -> Save | None:
    """The same inside the caller's session, for a record whose service asked who may see it."""
    written = and_(JournalRow.tbl == table, JournalRow.pk == str(record_id))
    ways = [written, *(_part(of, of == record_id) for of in PARTS.get(table, ()))]
    if table == "assessed_unit":
        sheets = select(ScoreSheet.id).where(ScoreSheet.assessed_unit_id == record_id)
        ways.append(_part(ScoreEntry.sheet_id, ScoreEntry.sheet_id.in_(sheets)))
    # Each by its own way into the index, for a condition of them all would read the whole journal.
    latest = [session.scalar(select(func.max(JournalRow.seq)).where(way)) for way in ways]
    found = session.get(JournalRow, max(seq or 0 for seq in latest))
    if found is None:
        return None
    return Save(datetime.fromisoformat(found.at), "" if found.actor_id is None else found.actor)


def _part(of: Any, belongs: ColumnElement[bool]) -> ColumnElement[bool]:
    part = of.class_
    ids = select(cast(part.id, String)).where(belongs)
    return and_(JournalRow.tbl == part.__tablename__, JournalRow.pk.in_(ids))
