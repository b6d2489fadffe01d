"""Taking an import back: what it added is deleted for good, what it changed has its earlier words again.

Only what nobody has worked on since: docs/decisions/0021 says why this is not the bin.
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Select, String, and_, case, cast, delete, exists, false, func, or_, select, update
from sqlalchemy.orm import Session

from db import clock, wall
from db.base import Base
from db.engine import reading, transaction
from db.models import (
    Case,
    CaseEntry,
    CaseImport,
    CaseImportRow,
    CaseLikely,
    CaseLink,
    CaseParty,
    CaseWords,
    RunningNumber,
    Submission,
)
from db.rules.case_import import Verdict
from db.rules.permissions import Actor, Permission
from db.rules.problems import N_, NotThere, Problem, Problems
from db.services.acts import earlier, guarded, remember
from db.services.cases.edit import change
from db.services.cases.scope import visible
from db.services.importing.running import DONE, FAILED, STOPPED, TAKEN_BACK, state_of
from db.services.importing.writing import ACT, REPEAT
from db.services.intake.registering import DELETED

CHUNK = 200
NAMED = 20
WORKED_ON = N_("Somebody has worked on {count} cases of this import since: {numbers}. The others can be taken back.")
_OWN = frozenset({"case_party", "case_entry", "case_words", "case_link", "case_likely", "case_file"})
Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class WhyNot:
    """What stands against taking an import back whole: a message ("" for nothing), and the cases worked on.

    `numbers` are the first 20 of `worked_on`; `untouched` cases could be taken back all the same.
    """

    message: str
    worked_on: int
    numbers: tuple[str, ...]
    untouched: int


@dataclass(frozen=True)
class TakenBack:
    """How many cases were deleted and how many have their earlier words again; `stay` were worked on."""

    deleted: int
    restored: int
    stay: int


@guarded(Permission.CASES_IMPORT)
def why_not_taken_back(actor: Actor, *, import_id: int) -> WhyNot:
    """Whether an import can be taken back now, and what stands against it."""
    with reading() as session:
        made = _import(session, import_id)
        return _why_not(session, actor, made)


@guarded(Permission.CASES_IMPORT)
def take_back(
    actor: Actor, *, import_id: int, untouched_only: bool = False, key: str, progress: Progress | None = None
) -> TakenBack:
    """Take an import back in portions; asked again after an interruption it goes on. Raises Problems.

    With `untouched_only` the cases somebody has worked on stay; without it they stop the whole.
    """
    with reading() as session:
        if (done := earlier(session, key)) is not None:
            return TakenBack(**done)
        against = _why_not(session, actor, _import(session, import_id))
    if against.message and not (untouched_only and against.untouched and against.worked_on):
        values = {"count": against.worked_on, "numbers": ", ".join(against.numbers)}
        raise Problems(Problem("", against.message, values))
    deleted = restored = last = 0
    while True:
        with transaction(actor) as session:
            portion = session.execute(_portion(import_id, last)).all()
            if not portion:
                break
            last = portion[-1].case_id
            made = _import(session, import_id)
            asked = _touched_by_now(import_id, made.ended_at, [row.case_id for row in portion])
            touched = set(session.scalars(asked.execution_options(with_gone=True)))
            ids = {row.case_id for row in portion} - touched
            added = [row.case_id for row in portion if row.added and row.case_id in ids]
            changed = [row.case_id for row in portion if not row.added and row.case_id in ids]
            _delete(session, added)
            for case_id in changed:
                _restore(session, actor, import_id, case_id)
            _forget(session, import_id, sorted(ids))
            deleted, restored = deleted + len(added), restored + len(changed)
        if progress:
            progress(deleted + restored, against.untouched)
    return _end(actor, import_id, deleted, restored, key)


def _end(actor: Actor, import_id: int, deleted: int, restored: int, key: str) -> TakenBack:
    with transaction(actor) as session:
        made = _import(session, import_id)
        handled = select(cast(CaseImportRow.case_id, String)).where(
            CaseImportRow.import_id == import_id,
            CaseImportRow.case_id.is_not(None),
            CaseImportRow.case_version.is_(None),
        )
        session.execute(
            delete(Submission).where(Submission.act == f"{ACT}:{import_id}", Submission.result.in_(handled))
        )
        stay = session.scalar(select(func.count()).select_from(_standing(import_id).subquery())) or 0
        if not stay:
            made.state, made.taken_back_at, made.taken_back_by_id = TAKEN_BACK, clock.now(), actor.id
        told = TakenBack(deleted, restored, stay)
        remember(session, actor, key, "importing.take_back", asdict(told))
        return told


def _import(session: Session, import_id: int) -> CaseImport:
    made = session.get(CaseImport, import_id)
    if made is None:
        raise NotThere(f"import {import_id}")
    return made


def _why_not(session: Session, actor: Actor, made: CaseImport) -> WhyNot:
    state = state_of(made, "").state
    if state == TAKEN_BACK:
        return WhyNot(N_("This import was taken back already."), 0, (), 0)
    if state not in (DONE, STOPPED, FAILED):
        return WhyNot(N_("This import is still under way; stop it first, or wait for it."), 0, (), 0)
    total = session.scalar(select(func.count()).select_from(_standing(made.id).subquery())) or 0
    touched = _touched_by_now(made.id, made.ended_at)
    asked = select(func.count()).select_from(touched.subquery()).execution_options(with_gone=True)
    with wall.beyond(session):
        worked_on = session.scalar(asked) or 0
    numbers = select(Case.number).where(Case.id.in_(touched), visible(actor)).order_by(Case.id).limit(NAMED)
    named = tuple(session.scalars(numbers.execution_options(with_gone=True))) if worked_on else ()
    if not total:
        return WhyNot(N_("Nothing of this import is left to be taken back."), 0, (), 0)
    return WhyNot(WORKED_ON if worked_on else "", worked_on, named, total - worked_on)


# --- what stands and what was touched ---


def _standing(import_id: int) -> Select[int | None, int | None, int, int]:
    """The cases an import added or changed and that were not taken back.

    case_id, version left, 1 when added, and how often the import wrote it (each time a line of the timeline).
    """
    return (
        select(
            CaseImportRow.case_id.label("case_id"),
            func.max(CaseImportRow.case_version).label("version"),
            func.max(case((CaseImportRow.verdict == Verdict.ADD, 1), else_=0)).label("added"),
            func.count().label("writes"),
        )
        .where(
            CaseImportRow.import_id == import_id,
            CaseImportRow.verdict.in_((Verdict.ADD, Verdict.UPDATE)),
            CaseImportRow.case_version.is_not(None),
        )
        .group_by(CaseImportRow.case_id)
    )


def _portion(import_id: int, last: int) -> Select[int, int]:
    standing = _standing(import_id).subquery()
    query = select(standing.c.case_id, standing.c.added).where(standing.c.case_id > last)
    return query.order_by(standing.c.case_id).limit(CHUNK)


def _touched_by_now(import_id: int, ended_at: datetime | None, among: Sequence[int] | None = None) -> Select[int]:
    """The ids of an import's cases that somebody worked on since; `among` these cases only."""
    left = _standing(import_id)
    standing = (left.where(CaseImportRow.case_id.in_(among)) if among is not None else left).subquery()
    entries = select(func.count()).where(CaseEntry.case_id == Case.id).scalar_subquery()
    later = exists().where(CaseEntry.case_id == Case.id, CaseEntry.at > ended_at) if ended_at else false()
    party = exists().where(CaseParty.case_id == Case.id, CaseParty.version > 1)
    linked = exists().where(or_(CaseLink.case_id == Case.id, CaseLink.other_id == Case.id), ~_by_import())
    judged = exists().where(
        or_(CaseLikely.case_id == Case.id, CaseLikely.other_id == Case.id), CaseLikely.state != "open"
    )
    elsewhere = [exists().where(column == Case.id) for column in _references()]
    touched = or_(
        Case.version != standing.c.version,
        Case.gone != "",
        and_(standing.c.added == 1, entries != standing.c.writes),
        later,
        party,
        linked,
        judged,
        *elsewhere,
    )
    return select(Case.id).join(standing, standing.c.case_id == Case.id).where(touched)


def _by_import() -> ColumnElement[bool]:
    """A link some import made because of equal texts."""
    return exists().where(
        CaseImportRow.case_id == CaseLink.case_id,
        CaseImportRow.repeat_of_id == CaseLink.other_id,
        CaseImportRow.verdict == REPEAT,
    )


def _references() -> list[ColumnElement[int]]:
    """Every column of another table that may point at a case somebody worked on."""
    return [
        key.parent
        for table in Base.metadata.sorted_tables
        if table.name not in _OWN
        for key in table.foreign_keys
        if key.target_fullname == "case_file.id"
    ]


# --- deleting and restoring ---


def _delete(session: Session, ids: Sequence[int]) -> None:
    """Cases for good, with everything an import writes beside them."""
    if not ids:
        return
    for column in (CaseLikely.case_id, CaseLikely.other_id, CaseLink.case_id, CaseLink.other_id):
        session.execute(delete(column.class_).where(column.in_(ids)))
    for model in (CaseWords, CaseParty, CaseEntry):
        session.execute(delete(model).where(model.case_id.in_(ids)))
    session.execute(delete(Case).where(Case.id.in_(ids)))
    kept = session.get(RunningNumber, DELETED) or RunningNumber(series=DELETED[0], year=DELETED[1], last=0)
    kept.last = max(kept.last, *ids)
    session.add(kept)
    session.flush()


def _restore(session: Session, actor: Actor, import_id: int, case_id: int) -> None:
    """The words a case had before the import changed them the first time."""
    mine = (CaseImportRow.import_id == import_id) & (CaseImportRow.case_id == case_id) & (CaseImportRow.before != "")
    before = session.scalar(select(CaseImportRow.before).where(mine).order_by(CaseImportRow.id).limit(1))
    case_ = session.get(Case, case_id)
    if before and case_ is not None:
        change(session, actor, case_, json.loads(before))


def _forget(session: Session, import_id: int, ids: Sequence[int]) -> None:
    """What was recorded of these rows, except that they were there; a row without a version was taken back."""
    mine = (CaseImportRow.import_id == import_id) & CaseImportRow.case_id.in_(ids)
    session.execute(update(CaseImportRow).where(mine).values(case_version=None, before="", value=""))
