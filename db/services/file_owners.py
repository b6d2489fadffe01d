"""What files belong to: cases, disputes, score entries, appeals and lines of work; who sees and who may change them."""

import contextlib
from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from db.models import (
    AssessedUnit,
    Attachment,
    Case,
    Dispute,
    ScoreAppeal,
    ScoreEntry,
    ScoreSheet,
    Unit,
    Work,
)
from db.rules.files import MOST_PER_CASE, MOST_PER_DISPUTE
from db.rules.permissions import Actor, Permission
from db.rules.problems import N_, NotThere, Refused
from db.services.cases.merged import files_seen
from db.services.cases.scope import load, visible
from db.services.mediation import scope as disputes
from db.services.scoring import scope as scores
from db.services.works import scope as works

MAY_ADD = (Permission.CASES_EDIT, Permission.CASES_HANDLE, Permission.CASES_SIGN)


@dataclass(frozen=True)
class Owner:
    """What files belong to: how many it holds, and loading it for somebody who may change its files."""

    field: str
    column: InstrumentedAttribute[int | None]
    most: int
    full: str
    read: Permission
    seen: Callable[[Actor], ColumnElement[bool]]
    kept: Callable[[Session, Actor, int, bool], object]


def _kept_case(session: Session, actor: Actor, case_id: int, write: bool) -> Case:
    load(session, actor, case_id)
    for permission in MAY_ADD:
        with contextlib.suppress(NotThere):
            return load(session, actor, case_id, permission, write=write)
    raise Refused("files:attach")


def _kept_dispute(session: Session, actor: Actor, dispute_id: int, write: bool) -> Dispute:
    if write:
        return disputes.kept(session, actor, dispute_id)
    return disputes.load(session, actor, dispute_id, Permission.MEDIATION_KEEP)


def _kept_entry(session: Session, actor: Actor, entry_id: int, write: bool) -> ScoreEntry:
    row = session.get(ScoreEntry, entry_id)
    sheet = session.get(ScoreSheet, row.sheet_id) if row else None
    if row is None or sheet is None:
        raise NotThere(f"score entry {entry_id}")
    load_unit = scores.entered if write else scores.reached
    load_unit(session, actor, sheet.assessed_unit_id, Permission.SCORES_ENTER)
    return row


def _kept_appeal(session: Session, actor: Actor, appeal_id: int, write: bool) -> ScoreAppeal:
    found = session.scalars(
        select(ScoreAppeal)
        .join(Unit, Unit.id == ScoreAppeal.unit_id)
        .where(
            ScoreAppeal.id == appeal_id, ScoreAppeal.state == "asked", scores.within(actor, Permission.SCORES_APPEAL)
        )
    ).one_or_none()
    if found is None:
        raise NotThere(f"appeal {appeal_id}")
    return found


def _kept_work(session: Session, actor: Actor, work_id: int, write: bool) -> Work:
    if write:
        return works.kept(session, actor, work_id)
    actor.must(Permission.WORKS_KEEP)
    return works.load(session, actor, work_id)


def _seen_entries(actor: Actor) -> ColumnElement[bool]:
    entries = select(ScoreEntry.id).join(ScoreSheet, ScoreSheet.id == ScoreEntry.sheet_id)
    entries = entries.join(AssessedUnit, AssessedUnit.id == ScoreSheet.assessed_unit_id)
    entries = entries.join(Unit, Unit.id == AssessedUnit.unit_id)
    return Attachment.score_entry_id.in_(entries.where(scores.within(actor)))


def _seen_appeals(actor: Actor) -> ColumnElement[bool]:
    appeals = select(ScoreAppeal.id).join(Unit, Unit.id == ScoreAppeal.unit_id)
    return Attachment.score_appeal_id.in_(appeals.where(scores.within(actor)))


def _seen_works(actor: Actor) -> ColumnElement[bool]:
    mine = Attachment.work_id.in_(select(Work.id).where(works.visible(actor)))
    return mine if works.reads_all(actor) else and_(mine, Attachment.internal.is_(False))


CASE = Owner(
    "files",
    Attachment.case_id,
    MOST_PER_CASE,
    N_("A case holds at most {most} files."),
    Permission.CASES_READ,
    lambda actor: or_(Attachment.case_id.in_(select(Case.id).where(visible(actor))), files_seen(actor)),
    _kept_case,
)
DISPUTE = Owner(
    "uploads",
    Attachment.dispute_id,
    MOST_PER_DISPUTE,
    N_("A dispute holds at most {most} files."),
    Permission.MEDIATION_READ,
    lambda actor: Attachment.dispute_id.in_(select(Dispute.id).where(disputes.visible(actor))),
    _kept_dispute,
)
FULL = N_("At most {most} files.")
ENTRY = Owner(
    "evidence",
    Attachment.score_entry_id,
    MOST_PER_CASE,
    FULL,
    Permission.SCORES_OPEN,
    _seen_entries,
    _kept_entry,
)
APPEAL = Owner(
    "files",
    Attachment.score_appeal_id,
    MOST_PER_CASE,
    FULL,
    Permission.SCORES_OPEN,
    _seen_appeals,
    _kept_appeal,
)
WORK = Owner("uploads", Attachment.work_id, MOST_PER_CASE, FULL, Permission.WORKS_READ, _seen_works, _kept_work)
OWNERS = (CASE, DISPUTE, ENTRY, APPEAL, WORK)
